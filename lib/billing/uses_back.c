/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/uses_back.h"

#include <string.h>

#include "arcore/fields.h"
#include "billing/uses.h"

enum { R_INVOICE, R_ID, R_ITEM, R_CURRENCY, R_AMOUNT, R_CONSUMES, R_REVERSES, R_COLUMNS };
static const char use_fields[] = "invoice id item currency amount consumes reverses";

static arc_status find_uses(arci_posting *p, const int64_t *ids, uint32_t n, arci_rows *out)
{
    const arci_shape *shape;
    memset(out, 0, sizeof *out);
    arc_status st = n ? arci_shape_get(p->t, &shape, "invoice_item", use_fields) : ARC_OK;
    return st == ARC_OK && n ? arci_credit_find(p->t, &p->arena, shape, ids, n, out) : st;
}

static const arc_value *row_of(const arci_rows *rows, uint32_t r) { return rows->values + (size_t)r * R_COLUMNS; }

/* Their items, locked; of those that stand, what no tax invoice covers. */
static arc_status read_items(arci_posting *p, const arci_rows *rows, arci_plan **plans, uint32_t *n)
{
    int64_t *ids = arci_arena_alloc(&p->arena, (rows->n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows->n_rows; r++) ids[r] = row_of(rows, r)[R_ITEM].u.i;
    arc_status st = arci_plans_read_all(p, plans, n, ids, rows->n_rows);
    return st == ARC_OK ? arci_uses_uncovered(p, *plans, *n) : st;
}

/* The rows that give something back: one an element of a list. */
typedef struct giver {
    arci_posting *p;
    arci_batch *rows;
    uint32_t n;
    arci_plan *plans;
    uint32_t n_plans;
    int posts; /* estimates go to the journal; voiding reverses the entries that documents made */
} giver;

static arc_status open_giver(giver *g, arci_posting *p, arci_plan *plans, uint32_t n_plans, uint32_t most)
{
    const arci_shape *shape;
    memset(g, 0, sizeof *g);
    g->p = p;
    g->plans = plans;
    g->n_plans = n_plans;
    arc_status st = arci_shape_get(p->t, &shape, "invoice_item", "invoice item currency amount effective_date consumes reverses");
    return st == ARC_OK ? arci_batch_new(p->t, &p->arena, &g->rows, shape, ARC_WRITE_INSERT, most + 1, ARCI_BATCH_UNCHECKED, NULL, 0) : st;
}

/* An item gets `amount` back (negative: gives it again) from a document on a day. */
static arc_status give(giver *g, int64_t document, arc_date day, int64_t item, int64_t amount, int consumes, const arc_value *currency, const arc_value *reverses)
{
    arci_plan *plan = arci_plan_find(g->plans, g->n_plans, item);
    char code[4] = { 0 };
    if (!plan) return arci_fail(g->p->t->env, ARC_E_CORRUPT, "a document took over an item that is not there", "单据所使用的应收不存在");
    arc_value *v = arci_batch_row(g->rows, g->n++);
    if (plan->row[ARCI_PLAN_SINCE].u.i > day) day = (arc_date)plan->row[ARCI_PLAN_SINCE].u.i;
    v[0] = arci_v_int(document);
    v[1] = arci_v_int(item);
    v[2] = *currency;
    v[3] = arci_v_int(-amount);
    v[4] = arci_v_int(day);
    v[5] = arci_v_int(consumes);
    v[6] = reverses ? *reverses : arci_v_null();
    plan->open += amount;
    if (!consumes) return ARC_OK;
    if (plan->latest == ARC_DATE_NONE || day > plan->latest) plan->latest = day;
    if (!g->posts || arci_item_counts(&plan->row[ARCI_PLAN_KIND]) != ARCI_COUNTS_ESTIMATED) return ARC_OK;
    memcpy(code, currency->u.s, 3);
    return arci_estimate_post(g->p, "invoice", document, day, plan->row[ARCI_PLAN_CUSTOMER].u.i, code, amount);
}

static arc_status write_given(giver *g)
{
    if (!g->n) return ARC_OK;
    g->rows->n_rows = g->n;
    arc_status st = arci_repo_write(g->p->t, &g->rows, 1, NULL);
    return st == ARC_OK ? arci_plans_write(g->p, g->plans, g->n_plans) : st;
}

/* ---- voiding ------------------------------------------------------------------------------------------------------------------------ */

/* A credit note that is taken back takes again what it gave back: is that still there? */
static arc_status refuse_taken(arci_steps *s, const arci_rows *uses, arci_plan *plans, uint32_t n_plans)
{
    for (uint32_t r = 0; r < uses->n_rows; r++) {
        const arc_value *v = row_of(uses, r);
        uint32_t i = arci_step_of(s, v[R_INVOICE].u.i);
        const arci_plan *plan = arci_plan_find(plans, n_plans, v[R_ITEM].u.i);
        int k;
        if (i == UINT32_MAX || v[R_AMOUNT].u.i >= 0 || v[R_REVERSES].type == ARC_V_INT || (plan && plan->open >= -v[R_AMOUNT].u.i)) continue;
        const char *name = arci_step_name(s, i, &k);
        arci_step_refuse(s, i, ARC_E_STATE, "status", "credit note %.*s: the planned or other receivables that it gave back are invoiced again", "红字单据 %.*s 退回的计划或其他应收已重新开票", k, name);
    }
    return ARC_OK;
}

arc_status arci_uses_void(arci_steps *s, const arc_value *ids, uint32_t n)
{
    arci_posting *p = s->p;
    arci_rows uses;
    arci_plan *plans;
    uint32_t n_plans;
    giver g;
    int64_t *raw = arci_arena_alloc(&p->arena, (n + 1) * sizeof *raw);
    if (!raw) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n; k++) raw[k] = ids[k].u.i;
    arc_status st = find_uses(p, raw, n, &uses);
    if (st != ARC_OK || !uses.n_rows) return st;
    st = read_items(p, &uses, &plans, &n_plans);
    if (st == ARC_OK) st = refuse_taken(s, &uses, plans, n_plans);
    if (st == ARC_OK) st = open_giver(&g, p, plans, n_plans, uses.n_rows);
    for (uint32_t r = 0; r < uses.n_rows && st == ARC_OK; r++) {
        const arc_value *v = row_of(&uses, r);
        uint32_t i = arci_step_of(s, v[R_INVOICE].u.i);
        if (i == UINT32_MAX || v[R_REVERSES].type == ARC_V_INT) continue;
        st = give(&g, v[R_INVOICE].u.i, arci_step_day(s, i), v[R_ITEM].u.i, v[R_AMOUNT].u.i, (int)v[R_CONSUMES].u.i, &v[R_CURRENCY], &v[R_ID]);
    }
    return st == ARC_OK ? write_given(&g) : st;
}

/* ---- crediting ------------------------------------------------------------------------------------------------------------------------- */

typedef struct share { /* of an item in an invoice that is credited */
    const arci_credit_target *of;
    int64_t item, left; /* taken over, and not given back */
    int consumes;
    arc_value currency;
} share;

typedef struct part { /* that a note gives back */
    uint32_t note;
    const share *of;
    int64_t amount;
} part;

struct arci_uses_credit {
    arci_credits *c;
    share *shares; /* target by target */
    int64_t *gross; /* by target: what no issued note took */
    part *parts;
    uint32_t n_shares, n_parts;
    arci_plan *plans;
    uint32_t n_plans;
};

static arci_credit_target *target_of(arci_credits *c, int64_t id)
{
    for (uint32_t k = 0; k < c->n_targets; k++) {
        if (c->targets[k].id == id) return &c->targets[k];
    }
    return NULL;
}

static void count(arci_uses_credit *x, const arci_credit_target *t, const arc_value *v)
{
    uint32_t k = 0;
    while (k < x->n_shares && (x->shares[k].of != t || x->shares[k].item != v[R_ITEM].u.i)) k++;
    if (k == x->n_shares) x->shares[x->n_shares++] = (share){ t, v[R_ITEM].u.i, 0, (int)v[R_CONSUMES].u.i, v[R_CURRENCY] };
    x->shares[k].left += v[R_AMOUNT].u.i;
}

/* Notes that stand gave back their share already; those that wait for the tax service have not. */
static arc_status read_notes(arci_uses_credit *x, const int64_t *targets, arci_rows *out, arci_rows *notes)
{
    enum { N_RED_OF, N_ID, N_STATUS, N_GROSS, N_COLUMNS };
    arci_posting *p = x->c->p;
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "red_of id status gross_amount");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, targets, x->c->n_targets, notes);
    if (st != ARC_OK) return st;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&p->arena, (notes->n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < notes->n_rows; r++) {
        const arc_value *v = notes->values + (size_t)r * N_COLUMNS;
        const arci_credit_target *t = target_of(x->c, v[N_RED_OF].u.i);
        if (!arci_code_is(&v[N_STATUS], "issued") && !arci_code_is(&v[N_STATUS], "closed")) continue;
        x->gross[t - x->c->targets] += v[N_GROSS].u.i;
        ids[n++] = v[N_ID].u.i;
    }
    return find_uses(p, ids, n, out);
}

arc_status arci_uses_credit_open(arci_credits *c, arci_uses_credit **out)
{
    arci_posting *p = c->p;
    arci_rows own, back, notes;
    int64_t *targets = arci_arena_alloc(&p->arena, (c->n_targets + 1) * sizeof *targets);
    *out = NULL;
    if (!targets) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < c->n_targets; k++) targets[k] = c->targets[k].id;
    arc_status st = find_uses(p, targets, c->n_targets, &own);
    if (st != ARC_OK || !own.n_rows) return st;
    arci_uses_credit *x = arci_arena_calloc(&p->arena, 1, sizeof *x);
    if (!x) return arci_nomem(p->t->env);
    x->c = c;
    x->shares = arci_arena_calloc(&p->arena, own.n_rows, sizeof *x->shares);
    x->parts = arci_arena_calloc(&p->arena, (size_t)own.n_rows * p->n, sizeof *x->parts);
    x->gross = arci_arena_calloc(&p->arena, c->n_targets, sizeof *x->gross);
    if (!x->shares || !x->parts || !x->gross) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < c->n_targets; k++) {
        if (c->targets[k].row) x->gross[k] = arci_credit_value(c->headers, c->targets[k].row, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    }
    st = read_notes(x, targets, &back, &notes);
    for (uint32_t r = 0; r < own.n_rows && st == ARC_OK; r++) count(x, target_of(c, row_of(&own, r)[R_INVOICE].u.i), row_of(&own, r));
    for (uint32_t r = 0; r < back.n_rows && st == ARC_OK; r++) {
        for (uint32_t k = 0; k < notes.n_rows; k++) { /* few: the notes of invoices at hand */
            const arc_value *note = notes.values + (size_t)k * 4;
            if (note[1].u.i == row_of(&back, r)[R_INVOICE].u.i) count(x, target_of(c, note[0].u.i), row_of(&back, r));
        }
    }
    if (st == ARC_OK) st = read_items(p, &own, &x->plans, &x->n_plans);
    *out = x;
    return st;
}

/* In proportion to what the note takes of the invoice; who takes the rest gives back the rest. */
arc_status arci_uses_credit_take(arci_uses_credit *x, uint32_t i)
{
    if (!x || !arci_posting_good(x->c->p, i) || x->c->bills.list[i].waits) return ARC_OK;
    arci_bill *d = &x->c->bills.list[i];
    const arci_credit_target *t = x->c->of[i];
    int64_t *left = &x->gross[t - x->c->targets], amount = -d->totals.gross, sum = 0, given = 0, covered = 0;
    for (uint32_t k = 0; k < x->n_shares && *left > 0 && amount > 0; k++) {
        share *s = &x->shares[k];
        if (s->of != t || !s->left) continue;
        sum += s->left; /* within the invoice */
        int64_t most = amount >= *left ? sum : arci_part_of(sum, amount, *left), now = most - given;
        given = most;
        s->left -= now;
        if (!now) continue;
        x->parts[x->n_parts++] = (part){ i, s, now };
        if (!s->consumes) covered += now;
    }
    *left -= amount;
    if (!covered) return ARC_OK;
    d->items[0].amount += covered; /* the receivable stands; its tax invoice is taken back */
    if (!d->items[0].amount) d->n_items = 0;
    return ARC_OK;
}

arc_status arci_uses_credit_write(arci_uses_credit *x)
{
    giver g;
    if (!x || !x->n_parts) return ARC_OK;
    arc_status st = open_giver(&g, x->c->p, x->plans, x->n_plans, x->n_parts);
    g.posts = 1;
    for (uint32_t k = 0; k < x->n_parts && st == ARC_OK; k++) {
        const part *y = &x->parts[k];
        const arci_bill *d = &x->c->bills.list[y->note];
        if (!arci_posting_good(x->c->p, y->note) || !d->id) continue;
        st = give(&g, d->id, d->date, y->of->item, y->amount, y->of->consumes, &y->of->currency, NULL);
    }
    return st == ARC_OK ? write_given(&g) : st;
}
