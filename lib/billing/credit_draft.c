/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes that a second person approves. A draft keeps what it would take of each line, to the cent, and takes nothing yet: that it names its invoice in draft_of, and
 * in red_of only once it is issued, keeps it out of all that is summed up by what notes take back. */
#include <string.h>

#include "arcore/fields.h"
#include "base/json.h"
#include "base/json_out.h"
#include "billing/credit.h"
#include "billing/draft.h"

/* ---- keeping ---------------------------------------------------------------------------------------------------------------------- */

typedef struct drafting {
    arci_credits c;
    arc_value lines, more; /* JSON */
    int64_t user, behalf;
} drafting;

static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }

/* What is taken of each line, as it is approved: not what will be left by the time it is issued. */
static arc_status keep_lines(drafting *x)
{
    arci_env *env = x->c.p->t->env;
    const arci_bill *d = &x->c.bills.list[0];
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < d->n_lines && st == ARC_OK; k++) {
        const arc_value amounts[3] = { arci_v_int(d->amounts[k].net), arci_v_int(d->amounts[k].tax), arci_v_int(d->amounts[k].gross) };
        static const uint32_t fields[3] = { ARC_INVOICE_LINE_NET_AMOUNT, ARC_INVOICE_LINE_TAX_AMOUNT, ARC_INVOICE_LINE_GROSS_AMOUNT };
        for (int f = 0; f < 3 && st == ARC_OK; f++) st = arci_record_put(env, d->lines[k], fields[f], &amounts[f]);
    }
    return st == ARC_OK ? arci_draft_lines(&x->c.bills, d, &x->lines) : st;
}

static arc_status keep_more(drafting *x)
{
    const arc_credit_note *note = &x->c.notes[0];
    arci_posting *p = x->c.p;
    arci_str s;
    if (!note->series && !note->role) return ARC_OK;
    arci_str_init(&s, p->arena.ctx);
    cJSON *root = arci_jo_object(NULL, NULL);
    int ok = root && (!note->series || arci_jo_text(root, "series", note->series, strlen(note->series))) && (!note->role || arci_jo_text(root, "role", note->role, strlen(note->role))) &&
             arci_jo_print(root, 0, &s);
    const char *text = ok ? arci_arena_strndup(&p->arena, s.s, s.len) : NULL;
    if (text) x->more = arci_v_text(text, s.len);
    cJSON_Delete(root);
    arci_str_clear(&s);
    return text ? ARC_OK : arci_nomem(p->t->env);
}

static void fill(void *user, uint32_t i, arc_value *row, const arci_shape *shape)
{
    const drafting *x = user;
    const arci_bill *d = &x->c.bills.list[i];
    arci_bill_fill(&x->c.bills, d, row, shape);
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        arc_value *v = &row[c];
        switch (f ? ARCI_PUBLIC_FIELD(ARC_INVOICE, f->id) : 0) {
        case ARC_INVOICE_STATUS: *v = arci_v_text("draft", 5); break;
        case ARC_INVOICE_DRAFT_OF: *v = arci_v_int(x->c.of[i]->id); break;
        case ARC_INVOICE_RED_OF:
        case ARC_INVOICE_TAX_STATUS:
        case ARC_INVOICE_ISSUED_ON: *v = arci_v_null(); break;
        case ARC_INVOICE_DRAFT_LINES: *v = x->lines; break;
        case ARC_INVOICE_DRAFT_USES: *v = x->more; break;
        case ARC_INVOICE_DRAFTED_BY: *v = id_or_null(x->user); break;
        case ARC_INVOICE_DRAFTED_FOR: *v = id_or_null(x->behalf); break;
        default: break;
        }
    }
}

static void nothing_more(const arci_session *s, arc_value *row, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s;
    (void)row;
    (void)shape;
    (void)r;
    (void)customer;
}

static arc_status keep(drafting *x, arci_posting *p, const void *elements)
{
    arci_documents docs;
    memset(&docs, 0, sizeof docs);
    arc_status st = arci_credits_judge(&x->c, p, elements);
    if (st != ARC_OK || !arci_posting_good(p, 0)) return st;
    st = keep_lines(x);
    if (st == ARC_OK) st = keep_more(x);
    if (st == ARC_OK) st = arci_step_people(p->t, &x->user, &x->behalf);
    if (st != ARC_OK) return arci_bill_judged(&x->c.bills, 0, st);
    docs.records = &x->c.bills.list[0].record;
    docs.customers = &x->c.bills.list[0].customer;
    docs.finish = fill;
    docs.user = x;
    st = arci_posting_documents(p, &docs, "invoice", nothing_more);
    if (st == ARC_OK && docs.n && p->ids) p->ids[0] = arci_batch_id(docs.batch, 0);
    return st;
}

static arc_status draft(arci_posting *p, const void *elements)
{
    drafting x;
    memset(&x, 0, sizeof x);
    x.lines = x.more = arci_v_null();
    arc_status st = keep(&x, p, elements);
    arci_credit_clear(&x.c);
    return st;
}

arc_status arc_invoice_credit_draft(arc_session *session, int64_t *id, const arc_credit_note *note)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_CREDIT_DRAFT, id, NULL, note, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, draft);
}

/* ---- issuing ------------------------------------------------------------------------------------------------------------------------ */

enum { N_DRAFT_OF, N_DATE, N_NUMBER, N_REASON_CODE, N_REASON, N_LINES, N_MORE, N_GROSS, N_COLUMNS };
static const char note_fields[] = "draft_of invoice_date number reason_code reason draft_lines draft_uses gross_amount";

static const char *text_of(arci_arena *arena, const arc_value *v, arc_status *st)
{
    const char *s = v->type == ARC_V_TEXT && *st == ARC_OK ? arci_arena_strndup(arena, v->u.s, v->len) : NULL;
    if (v->type == ARC_V_TEXT && !s && *st == ARC_OK) *st = ARC_E_NOMEM;
    return s;
}

static int64_t minus(const arci_record *r, uint32_t field)
{
    const arc_value *v = arci_record_value(r, field);
    return v->type == ARC_V_INT ? -v->u.i : 0;
}

static arc_status load_lines(arci_credits *c, arci_made *m, uint32_t i, const arc_value *json, arc_credit_note *note)
{
    arci_bill d;
    memset(&d, 0, sizeof d);
    arc_status st = arci_draft_read(&c->bills, m, &d, json);
    arc_credit_line *lines = st == ARC_OK ? arci_arena_alloc(&c->p->arena, (d.n_lines + 1u) * sizeof *lines) : NULL;
    if (st == ARC_OK && !lines) st = arci_nomem(c->p->t->env);
    (void)i;
    for (uint32_t k = 0; k < d.n_lines && st == ARC_OK; k++) {
        const arci_record *r = d.lines[k];
        const arc_value *of = arci_record_value(r, ARC_INVOICE_LINE_RED_OF);
        (void)arc_credit_line_init(&lines[k]);
        lines[k].line = of->type == ARC_V_INT ? of->u.i : 0;
        lines[k].quantity = minus(r, ARC_INVOICE_LINE_QUANTITY);
        lines[k].net = minus(r, ARC_INVOICE_LINE_NET_AMOUNT);
        lines[k].tax = minus(r, ARC_INVOICE_LINE_TAX_AMOUNT);
        lines[k].gross = minus(r, ARC_INVOICE_LINE_GROSS_AMOUNT);
        lines[k].given = ARC_CREDIT_NET | ARC_CREDIT_TAX | ARC_CREDIT_GROSS | (lines[k].quantity ? ARC_CREDIT_QUANTITY : 0);
    }
    note->lines = lines;
    note->n_lines = d.n_lines;
    return st;
}

static arc_status load_more(arci_credits *c, const arc_value *json, arc_credit_note *note)
{
    arci_json *root;
    if (json->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(c->p->t->env, &c->p->arena, json->u.s, json->len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *series = arci_json_get(root, "series"), *role = arci_json_get(root, "role");
    note->series = series ? series->s : NULL;
    note->role = role ? role->s : NULL;
    return ARC_OK;
}

static arc_status load_note(arci_credits *c, arci_made *m, uint32_t i, const arc_value *v, arc_credit_note *note)
{
    arc_status st = ARC_OK;
    note->invoice = v[N_DRAFT_OF].type == ARC_V_INT ? v[N_DRAFT_OF].u.i : 0;
    note->date = (arc_date)v[N_DATE].u.i;
    note->number = text_of(&c->p->arena, &v[N_NUMBER], &st);
    note->reason_code = text_of(&c->p->arena, &v[N_REASON_CODE], &st);
    note->reason = text_of(&c->p->arena, &v[N_REASON], &st);
    if (st != ARC_OK) return arci_nomem(c->p->t->env);
    st = load_lines(c, m, i, &v[N_LINES], note);
    if (st == ARC_OK && !note->n_lines) note->amount = -v[N_GROSS].u.i;
    return st == ARC_OK ? load_more(c, &v[N_MORE], note) : st;
}

static arc_status load(arci_credits *c, arci_made *m, const arci_steps *s)
{
    arci_posting *p = c->p;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    arc_credit_note *notes = arci_arena_alloc(&p->arena, p->n * sizeof *notes);
    if (!ids || !notes) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) ids[i] = s->list[i].invoice;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", note_fields);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, p->n, &p->arena, &rows, &found);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        (void)arc_credit_note_init(&notes[i]);
        if (arci_step_good(s, i)) st = load_note(c, m, i, rows + (size_t)i * N_COLUMNS, &notes[i]);
    }
    c->notes = notes;
    return st;
}

static arc_status issue_notes(arci_steps *s)
{
    arci_credits c;
    arci_made m = { NULL, 0, 0 };
    memset(&c, 0, sizeof c);
    c.p = c.bills.p = s->p;
    arc_status st = load(&c, &m, s);
    if (st == ARC_OK) st = arci_rules_get(s->p->t, arci_entity_by_id(ARC_INVOICE), &s->p->rules);
    if (st == ARC_OK) st = arci_credits_judge(&c, s->p, NULL);
    for (uint32_t i = 0; i < s->p->n && st == ARC_OK; i++) {
        c.bills.list[i].draft = s->list[i].invoice;
        if (arci_step_good(s, i)) c.bills.list[i].version = s->rows[i][ARCI_STEP_VERSION].u.i;
    }
    if (st == ARC_OK) st = arci_credits_write(&c);
    arci_credit_clear(&c);
    arci_made_free(&m);
    return st;
}

static int is_note(const arci_steps *s, uint32_t i) { return arci_invoice_is_note(&s->rows[i][ARCI_STEP_KIND], &s->rows[i][ARCI_STEP_RED_OF]); }

arc_status arci_credit_drafts(arci_steps *s, int *notes)
{
    uint32_t n = 0, others = 0;
    *notes = 0;
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (!arci_step_good(s, i)) continue;
        n += is_note(s, i) != 0;
        others += !is_note(s, i);
    }
    if (!n) return ARC_OK;
    for (uint32_t i = 0; i < s->p->n && others; i++) {
        if (arci_step_good(s, i) && is_note(s, i)) arci_step_refuse(s, i, ARC_E_STATE, "kind", "credit notes are issued in a call of their own", "红字单据须单独开具");
    }
    *notes = !others;
    return others ? ARC_OK : issue_notes(s);
}
