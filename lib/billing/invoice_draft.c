/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: kept, changed, issued; and what a document would come to. */
#include <string.h>

#include "arcore/fields.h"
#include "base/json.h"
#include "billing/checked.h"
#include "billing/draft.h"
#include "billing/invoice_step.h"
#include "billing/uses.h"
#include "store/record_api.h"

/* Without what the library and verbs keep. */
static arc_status strip(arci_bills *b, arci_record *r)
{
    const arc_value null = arci_v_null();
    arc_status st = ARC_OK;
    for (uint16_t i = 0; i < r->entity->n_fields && st == ARC_OK; i++) {
        const arci_field *f = &r->entity->fields[i];
        int kept = f->id == ARCI_FIELD_ID || f->id == ARCI_FIELD_VERSION || f->id == ARCI_FIELD_TXN || (f->flags & (ARCI_F_VERB | ARCI_F_DERIVED));
        if (kept && f->id != ARCI_FIELD_CUSTOM) st = arci_record_put(b->p->t->env, r, f->id, &null);
    }
    return st;
}

/* ---- keeping ---------------------------------------------------------------------------------------------------------------------- */

typedef struct keeper {
    arci_bills b;
    arci_made made;
    arc_value lines, uses; /* JSON */
    int64_t user, behalf, id, version;
} keeper;

static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }

static void fill_draft(void *user, uint32_t i, arc_value *row, const arci_shape *shape)
{
    const keeper *k = user;
    const arci_bill *d = &k->b.list[i];
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        arc_value *v = &row[c];
        switch (f ? ARCI_PUBLIC_FIELD(ARC_INVOICE, f->id) : 0) {
        case ARC_INVOICE_NUMBER: *v = d->number; break;
        case ARC_INVOICE_INVOICE_DATE: *v = arci_v_int(d->date); break;
        case ARC_INVOICE_KIND: *v = arci_v_text(d->kind, strlen(d->kind)); break;
        case ARC_INVOICE_STATUS: *v = arci_v_text("draft", 5); break;
        case ARC_INVOICE_NET_AMOUNT: *v = arci_v_int(d->totals.net); break;
        case ARC_INVOICE_TAX_AMOUNT: *v = arci_v_int(d->totals.tax); break;
        case ARC_INVOICE_GROSS_AMOUNT: *v = arci_v_int(d->totals.gross); break;
        case ARC_INVOICE_DRAFT_LINES: *v = k->lines; break;
        case ARC_INVOICE_DRAFT_USES: *v = k->uses; break;
        case ARC_INVOICE_DRAFT_REST: *v = arci_bill_own(d) == d->totals.gross ? arci_v_null() : arci_v_int(arci_bill_own(d)); break;
        case ARC_INVOICE_DRAFTED_BY: *v = id_or_null(k->user); break;
        case ARC_INVOICE_DRAFTED_FOR: *v = id_or_null(k->behalf); break;
        case ARC_INVOICE_OWNER: if (v->type == ARC_V_NULL) *v = d->customer[ARCI_CUSTOMER_OWNER]; break;
        case ARC_INVOICE_TEAM: if (v->type == ARC_V_NULL) *v = d->customer[ARCI_CUSTOMER_TEAM]; break;
        case ARC_INVOICE_REGION: if (v->type == ARC_V_NULL) *v = d->customer[ARCI_CUSTOMER_REGION]; break;
        default: break;
        }
    }
}

static void fill_nothing(const arci_session *s, arc_value *row, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s;
    (void)row;
    (void)shape;
    (void)r;
    (void)customer;
}

static arc_status insert_draft(keeper *k)
{
    arci_posting *p = k->b.p;
    arci_documents docs;
    memset(&docs, 0, sizeof docs);
    docs.records = &k->b.list[0].record;
    docs.customers = &k->b.list[0].customer;
    docs.finish = fill_draft;
    docs.user = k;
    arc_status st = arci_posting_documents(p, &docs, "invoice", fill_nothing);
    if (st == ARC_OK && docs.n && p->ids) p->ids[0] = arci_batch_id(docs.batch, 0);
    return st;
}

/* What verbs keep of a stored draft stays, all else is as the record has it. */
static arc_status update_draft(keeper *k)
{
    arci_posting *p = k->b.p;
    const arci_shape *shape;
    arci_batch *batch;
    uint32_t refused = 0;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", NULL);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &batch, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *row = arci_batch_row(batch, 0);
    arci_valid_row view = { k->b.list[0].record, row, shape->cols, shape->n };
    st = arci_record_row(p->t->env, k->b.list[0].record, shape->cols, shape->n, row);
    if (st != ARC_OK) return st;
    fill_draft(k, 0, row, shape);
    st = p->rules ? arci_rules_judge(p->t->env, p->rules, &view, NULL, NULL, NULL) : ARC_OK;
    if (st != ARC_OK) return arci_bill_judged(&k->b, 0, st);
    arci_batch_key(batch, 0)[0] = arci_v_int(k->id);
    arci_batch_guard(batch, 0)[0] = arci_v_int(k->version);
    st = arci_repo_write(p->t, &batch, 1, &refused);
    if (st == ARC_OK && refused) arci_posting_refuse(p, 0, arci_batch_refused(p->t, batch, 0));
    if (st == ARC_OK && !refused && p->ids) p->ids[0] = k->id;
    return st;
}

/* The stored draft that the header names: the actor may change it, and it is as it was read. */
static arc_status find_draft(keeper *k, const arci_record *given)
{
    arci_posting *p = k->b.p;
    const arci_shape *shape;
    arc_value *row;
    const arc_value *id = arci_record_value(given, ARC_INVOICE_ID), *version = arci_record_value(given, ARC_INVOICE_VERSION);
    if (id->type != ARC_V_INT) return ARC_OK;
    k->id = id->u.i;
    k->version = version->type == ARC_V_INT ? version->u.i : 0;
    if (!k->version) {
        arci_fail(p->t->env, ARC_E_REQUIRED, "the version of the draft is required", "须提供草稿的版本");
        arci_fail_at(p->t->env, "invoice", "version", k->id, -1);
        return ARC_E_REQUIRED;
    }
    arc_status st = arci_access_row(p->t, p->t->call->verb, NULL, given->entity, k->id);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "invoice", "version status kind red_of");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, k->id, &p->arena, &row);
    if (st != ARC_OK) return st;
    const arci_invoice_row state = { &row[1], &row[2], NULL, NULL, NULL, 0, (uint8_t)arci_invoice_is_note(&row[2], &row[3]) };
    const arci_verdict v = arci_invoice_verdict(ARCI_DO_INVOICE_DRAFT, &state);
    if (v.class) st = arci_fail(p->t->env, ARC_E_STATE, "%s%.0s", "%.0s%s", v.en, v.zh);
    else if (row[0].u.i != k->version) st = arci_fail(p->t->env, ARC_E_STALE, "the draft was changed since: it has version %lld", "草稿已被修改：当前版本 %lld", (long long)row[0].u.i);
    if (st != ARC_OK) arci_fail_at(p->t->env, "invoice", v.class ? "status" : "version", k->id, -1);
    if (st == ARC_OK) {
        k->b.list[0].kept = 1;
        k->b.list[0].kind = arci_arena_strndup(&p->arena, row[2].u.s, row[2].len);
        if (!k->b.list[0].kind) st = arci_nomem(p->t->env);
    }
    return st;
}

static arc_status keep_draft(keeper *k, const arc_invoice_document *document)
{
    arci_posting *p = k->b.p;
    arci_record *given, *own;
    arc_status st = arci_bills_take(&k->b, p, document);
    if (st != ARC_OK) return st;
    k->b.drafting = 1;
    given = k->b.list[0].record;
    st = find_draft(k, given);
    if (st != ARC_OK) return arci_bill_judged(&k->b, 0, st);
    st = arci_made_record(&k->b, &k->made, ARC_INVOICE, &own);
    if (st == ARC_OK) st = arci_record_copy(p->t->env, own, given);
    if (st == ARC_OK && k->id) st = strip(&k->b, own);
    if (st != ARC_OK) return st;
    k->b.list[0].record = own;
    st = arci_bills_admit(&k->b);
    if (st == ARC_OK) st = arci_bills_complete(&k->b);
    if (st != ARC_OK || !arci_bill_good(&k->b, 0)) return st;
    st = arci_draft_lines(&k->b, &k->b.list[0], &k->lines);
    if (st == ARC_OK) st = arci_uses_keep(&k->b, 0, &k->uses);
    if (st == ARC_OK) st = arci_step_people(p->t, &k->user, &k->behalf);
    if (st != ARC_OK) return arci_bill_judged(&k->b, 0, st);
    return k->id ? update_draft(k) : insert_draft(k);
}

static arc_status draft(arci_posting *p, const void *elements)
{
    keeper k;
    arc_invoice_document document = ARC_INVOICE_DOCUMENT_INIT;
    memset(&k, 0, sizeof k);
    k.b.p = p;
    arc_status st = arci_posting_structs(p, &document, sizeof document, elements, "invoice");
    if (st == ARC_OK) st = keep_draft(&k, &document);
    arci_made_free(&k.made);
    return st;
}

arc_status arc_invoice_draft(arc_session *session, int64_t *id, const arc_invoice_document *document)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_DRAFT, id, NULL, document, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, draft);
}

/* ---- issuing drafts ------------------------------------------------------------------------------------------------------------------ */

static arc_status load_drafts(arci_bills *b, arci_made *m, const arci_steps *s)
{
    arci_posting *p = b->p;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    arc_status st = ids ? arci_shape_get(p->t, &shape, "invoice", NULL) : arci_nomem(p->t->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < p->n; i++) ids[i] = s->list[i].invoice;
    st = arci_repo_get_many(p->t, shape, ids, p->n, &p->arena, &rows, &found);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_bill *d = &b->list[i];
        st = arci_made_record(b, m, ARC_INVOICE, &d->record); /* also of refused ones: rules look at all */
        d->draft = ids[i];
        if (st != ARC_OK || !arci_step_good(s, i)) continue;
        st = arci_record_load(p->t->env, d->record, shape->cols, shape->n, rows + (size_t)i * shape->n);
        if (st != ARC_OK) return st;
        const arc_value lines = *arci_record_value(d->record, ARC_INVOICE_DRAFT_LINES), uses = *arci_record_value(d->record, ARC_INVOICE_DRAFT_USES), kind = *arci_record_value(d->record, ARC_INVOICE_KIND);
        d->version = s->rows[i][ARCI_STEP_VERSION].u.i;
        d->kept = 1;
        d->kind = arci_arena_strndup(&p->arena, kind.u.s, kind.len);
        st = d->kind ? arci_draft_read(b, m, d, &lines) : arci_nomem(p->t->env);
        if (st == ARC_OK) st = arci_uses_kept(b, i, &uses);
        if (st == ARC_OK) st = strip(b, d->record);
    }
    return st;
}

static arc_status issue_them(arci_posting *p, const void *elements)
{
    arci_steps s;
    arci_bills b;
    arci_made m = { NULL, 0, 0 };
    int notes = 0;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_ISSUE, elements);
    if (st == ARC_OK) st = arci_credit_drafts(&s, &notes);
    if (st != ARC_OK || notes) return st;
    st = arci_bills_new(&b, p);
    if (st == ARC_OK) st = load_drafts(&b, &m, &s);
    if (st == ARC_OK) st = arci_rules_get(p->t, arci_entity_by_id(ARC_INVOICE), &p->rules);
    if (st == ARC_OK) st = arci_bills_complete(&b);
    if (st == ARC_OK) st = arci_bills_write(&b);
    arci_made_free(&m);
    return st;
}

arc_status arc_invoice_issue(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_ISSUE, versions, results, steps, n, flags, 0, issue_them);
}

/* ---- preview ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct viewer {
    arc_record *invoice;
    arc_record *const *lines, *const *items;
    uint32_t *n_items;
} viewer;

static arc_status into(arci_posting *p, arc_record *handle, uint32_t entity, const arci_shape *shape, const arc_value *row)
{
    arci_record_box *box;
    arc_status st = arci_record_box_in(p->t->env, p->session, handle, &box);
    if (st == ARC_OK && box->record->entity->id != entity) {
        st = arci_fail(p->t->env, ARC_E_INVALID, "the record is of entity %s%.0s", "记录属于实体“%.0s%s”", box->record->entity->name, box->record->entity->label_zh);
    }
    return st == ARC_OK ? arci_record_load(p->t->env, box->record, shape->cols, shape->n, row) : st;
}

static arc_status show_header(arci_bills *b, const viewer *v)
{
    const arci_shape *shape;
    const arci_bill *d = &b->list[0];
    arci_posting *p = b->p;
    if (!v->invoice) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", NULL);
    arc_value *row = st == ARC_OK ? arci_arena_calloc(&p->arena, shape->n, sizeof *row) : NULL;
    if (!row) return st == ARC_OK ? arci_nomem(p->t->env) : st;
    st = arci_record_row(p->t->env, d->record, shape->cols, shape->n, row);
    if (st != ARC_OK) return st;
    arci_bill_fill(b, d, row, shape);
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        uint32_t field = f ? ARCI_PUBLIC_FIELD(ARC_INVOICE, f->id) : 0;
        if (field == ARC_INVOICE_STATUS) row[c] = arci_v_text("draft", 5);
        if (field == ARC_INVOICE_ISSUED_ON) row[c] = arci_v_null();
    }
    return into(p, v->invoice, ARC_INVOICE, shape, row);
}

static arc_status show_lines(arci_bills *b, const viewer *v)
{
    const arci_shape *shape;
    const arci_bill *d = &b->list[0];
    arci_posting *p = b->p;
    arc_status st = arci_shape_get(p->t, &shape, "invoice_line", NULL);
    arc_value *row = st == ARC_OK ? arci_arena_calloc(&p->arena, shape->n, sizeof *row) : NULL;
    if (!row) return st == ARC_OK ? arci_nomem(p->t->env) : st;
    for (uint32_t k = 0; v->lines && k < d->n_lines && st == ARC_OK; k++) {
        st = arci_record_row(p->t->env, d->lines[k], shape->cols, shape->n, row);
        if (st != ARC_OK) return st;
        arci_bill_line_fill(b, d, k, row, shape);
        st = into(p, v->lines[k], ARC_INVOICE_LINE, shape, row);
    }
    return st;
}

static arc_status show_items(arci_bills *b, const viewer *v)
{
    const arci_shape *shape;
    const arci_bill *d = &b->list[0];
    arci_posting *p = b->p;
    arc_value row[ARCI_ITEM_COLUMNS];
    arc_status st = arci_shape_get(p->t, &shape, "item", arci_item_fields);
    for (uint32_t k = 0; k < d->n_items && st == ARC_OK; k++) {
        memset(row, 0, sizeof row);
        arci_bill_item_fill(b, d, k, row);
        st = into(p, v->items[k], ARC_ITEM, shape, row);
    }
    return st;
}

/* A draft read from the book is what it will be: of its kind, without what verbs keep. */
static arc_status as_new(arci_bills *b, arci_made *m, int64_t *id)
{
    arci_bill *d = &b->list[0];
    arci_env *env = b->p->t->env;
    arci_record *given = d->record, *own;
    const arc_value *stored = arci_record_value(given, ARC_INVOICE_ID), *kind = arci_record_value(given, ARC_INVOICE_KIND);
    *id = stored->type == ARC_V_INT ? stored->u.i : 0;
    if (!*id) return ARC_OK;
    if (kind->type == ARC_V_TEXT) d->kind = arci_arena_strndup(&b->p->arena, kind->u.s, kind->len);
    arc_status st = d->kind ? arci_made_record(b, m, ARC_INVOICE, &own) : arci_nomem(env);
    if (st == ARC_OK) st = arci_record_copy(env, own, given);
    if (st == ARC_OK) st = strip(b, own);
    if (st == ARC_OK) d->record = own;
    if (st == ARC_OK) d->kept = 1;
    return st;
}

static arc_status show(arci_posting *p, const viewer *v, const arc_invoice_document *document, arci_made *m)
{
    arci_bills b;
    int64_t own = 0;
    uint32_t room = *v->n_items;
    arc_status st = arci_bills_take(&b, p, document);
    if (st == ARC_OK) st = as_new(&b, m, &own);
    if (st == ARC_OK) st = arci_bills_admit(&b);
    if (st == ARC_OK) st = arci_bills_complete(&b);
    if (st == ARC_OK && !p->failed.status && !p->n_refused) st = arci_bills_try(&b, own);
    if (p->failed.status) st = arci_fail_copy(p->t->env, &p->failed);
    if (st == ARC_OK && p->n_refused) st = arci_fail_copy(p->t->env, &p->first);
    if (st != ARC_OK) return st;
    *v->n_items = b.list[0].n_items;
    if (room < b.list[0].n_items) return arci_fail(p->t->env, ARC_E_BUFFER, "there is room for %u items, the document makes %u", "仅有 %u 个应收的空间，单据产生 %u 个", room, b.list[0].n_items);
    st = show_header(&b, v);
    if (st == ARC_OK) st = show_lines(&b, v);
    return st == ARC_OK ? show_items(&b, v) : st;
}

static arc_status preview(arci_txn *t, const viewer *v, const void *document)
{
    arci_posting p;
    arci_call call, *outer = t->call;
    arc_status result = ARC_OK;
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    memset(&p, 0, sizeof p);
    memset(&call, 0, sizeof call);
    call.session = p.session = t->session;
    arci_made m = { NULL, 0, 0 };
    call.verb = &arci_verbs[ARCI_DO_READ];
    call.entity = arci_entity_by_id(ARC_INVOICE);
    call.txn = p.t = t;
    p.call = &call;
    p.n = 1;
    p.results = &result;
    arci_arena_init(&p.arena, t->env->ctx);
    t->call = &call;
    arc_status st = arci_posting_structs(&p, &d, sizeof d, document, "invoice");
    if (st == ARC_OK) st = show(&p, v, &d, &m);
    arci_made_free(&m);
    t->call = outer;
    arci_arena_clear(&p.arena);
    return st;
}

arc_status arc_invoice_preview(arc_session *session, arc_record *invoice, arc_record *const *lines, arc_record *const *items, uint32_t *n_items,
                               const arc_invoice_document *document)
{
    arci_session *s;
    arci_scope scope;
    const viewer v = { invoice, lines, items, n_items };
    const arci_row_scope *rows;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!document || !n_items || (*n_items && !items)) st = arci_fail(&s->env, ARC_E_INVALID, "document, n_items or items is NULL", "document、n_items 或 items 为 NULL");
    if (st == ARC_OK) st = arci_access_read(&s->env, s, arci_entity_by_id(ARC_INVOICE), &rows);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, preview(scope.txn, &v, document));
    return arci_session_leave(s, st);
}
