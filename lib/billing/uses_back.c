/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/uses_back.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/uses.h"
#include "billing/voids.h"

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
    arc_status st = arci_shape_get(p->t, &shape, "invoice_item", "invoice item currency amount effective_date consumes reverses reopens");
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

/* The first row of each plan that opens again says so. */
static void mark_reopened(giver *g)
{
    for (uint32_t r = 0; r < g->n; r++) {
        arc_value *v = arci_batch_row(g->rows, r);
        arci_plan *plan = v[5].u.i ? arci_plan_find(g->plans, g->n_plans, v[1].u.i) : NULL;
        if (!plan || plan->marked || !arci_plan_reopened(plan)) continue;
        plan->marked = 1;
        v[7] = arci_v_int(1);
    }
}

static arc_status write_given(giver *g)
{
    if (!g->n) return ARC_OK;
    g->rows->n_rows = g->n;
    mark_reopened(g);
    arc_status st = arci_repo_write(g->p->t, &g->rows, 1, NULL);
    return st == ARC_OK ? arci_plans_write(g->p, g->plans, g->n_plans) : st;
}

/* ---- voiding ------------------------------------------------------------------------------------------------------------------------ */

struct arci_void_uses {
    arci_rows rows; /* document by document */
    uint32_t *first, *count; /* by element */
    arci_plan *plans;
    int64_t *left; /* of each, after what was judged so far; one behind the last for items that are not there */
    uint32_t n_plans;
};

/* All items that voiding may move, in one order: its own, what notes settled, what documents took over. Who settles or frees some of them does so in that order too. */
static arc_status lock_items(arci_voids *v)
{
    arci_posting *p = v->s->p;
    const arci_void_uses *x = v->uses;
    const arc_value *settled;
    uint32_t n = 0, n_settled = arci_void_notes_settled(v, &settled);
    int64_t *ids = arci_arena_alloc(&p->arena, ((size_t)v->items.n_rows + n_settled + x->rows.n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < v->items.n_rows; r++) ids[n++] = arci_void_item(v, r)[ARCI_VITEM_ID].u.i;
    for (uint32_t r = 0; r < n_settled; r++) ids[n++] = settled[(size_t)r * ARCI_AL_N + ARCI_AL_ITEM].u.i;
    for (uint32_t r = 0; r < x->rows.n_rows; r++) ids[n++] = row_of(&x->rows, r)[R_ITEM].u.i;
    return arci_repo_lock(p->t, "item_state", ids, n);
}

arc_status arci_void_uses_open(arci_voids *v)
{
    arci_posting *p = v->s->p;
    arci_void_uses *x = v->uses = arci_arena_calloc(&p->arena, 1, sizeof *x);
    int64_t *raw = arci_arena_alloc(&p->arena, (v->n + 1) * sizeof *raw);
    if (!x || !raw) return arci_nomem(p->t->env);
    x->first = arci_arena_calloc(&p->arena, p->n, sizeof *x->first);
    x->count = arci_arena_calloc(&p->arena, p->n, sizeof *x->count);
    if (!x->first || !x->count) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < v->n; k++) raw[k] = v->ids[k].u.i;
    arc_status st = find_uses(p, raw, v->n, &x->rows);
    if (st == ARC_OK) st = lock_items(v);
    if (st == ARC_OK) st = read_items(p, &x->rows, &x->plans, &x->n_plans);
    if (st != ARC_OK) return st;
    x->left = arci_arena_calloc(&p->arena, x->n_plans + 1, sizeof *x->left);
    if (!x->left) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < x->n_plans; k++) x->left[k] = x->plans[k].open;
    for (uint32_t r = 0; r < x->rows.n_rows; r++) {
        uint32_t i = arci_step_of(v->s, row_of(&x->rows, r)[R_INVOICE].u.i);
        if (i == UINT32_MAX) continue;
        if (!x->count[i]++) x->first[i] = r;
    }
    return ARC_OK;
}

/* What is left of the item a row is of. */
static int64_t *left_of(arci_void_uses *x, uint32_t r)
{
    const arci_plan *plan = arci_plan_find(x->plans, x->n_plans, row_of(&x->rows, r)[R_ITEM].u.i);
    return &x->left[plan ? (uint32_t)(plan - x->plans) : x->n_plans];
}

/* Voided, a document gives back what it took over; a note takes again what it gave back. What was given back once is over. */
static void move_uses(arci_void_uses *x, uint32_t i, int sign)
{
    for (uint32_t r = x->first[i]; r < x->first[i] + x->count[i]; r++) {
        const arc_value *v = row_of(&x->rows, r);
        if (v[R_REVERSES].type != ARC_V_INT) *left_of(x, r) += sign * v[R_AMOUNT].u.i;
    }
}

void arci_void_uses_undo(arci_voids *v, uint32_t i) { move_uses(v->uses, i, -1); }

arc_status arci_void_uses_judge(arci_voids *v, uint32_t i)
{
    arci_void_uses *x = v->uses;
    int fits = 1, n;
    move_uses(x, i, 1);
    for (uint32_t r = x->first[i]; r < x->first[i] + x->count[i]; r++) fits &= row_of(&x->rows, r)[R_AMOUNT].u.i > 0 || *left_of(x, r) >= 0;
    if (fits) return ARC_OK;
    move_uses(x, i, -1);
    const char *name = arci_step_name(v->s, i, &n);
    arci_step_refuse(v->s, i, ARC_E_STATE, "status", "credit note %.*s: the planned or other receivables that it gave back are invoiced again", "红字单据 %.*s 退回的计划或其他应收已重新开票", n, name);
    return ARC_OK;
}

arc_status arci_void_uses_write(arci_voids *v)
{
    arci_void_uses *x = v->uses;
    giver g;
    if (!x->rows.n_rows) return ARC_OK;
    arc_status st = open_giver(&g, v->s->p, x->plans, x->n_plans, x->rows.n_rows);
    for (uint32_t r = 0; r < x->rows.n_rows && st == ARC_OK; r++) {
        const arc_value *row = row_of(&x->rows, r);
        uint32_t i = arci_step_of(v->s, row[R_INVOICE].u.i);
        if (i == UINT32_MAX || row[R_REVERSES].type == ARC_V_INT) continue;
        st = give(&g, row[R_INVOICE].u.i, arci_step_day(v->s, i), row[R_ITEM].u.i, row[R_AMOUNT].u.i, (int)row[R_CONSUMES].u.i, &row[R_CURRENCY], &row[R_ID]);
    }
    return st == ARC_OK ? write_given(&g) : st;
}

/* ---- crediting ------------------------------------------------------------------------------------------------------------------------- */

typedef struct share { /* of an item in an invoice that is credited */
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
    uint32_t *first, *count; /* by target: its shares */
    int64_t *gross;          /* by target: what no issued note took */
    part *parts;
    uint32_t n_shares, n_parts;
    arci_plan *plans;
    uint32_t n_plans;
};

/* Position of the target; targets are by id. UINT32_MAX: it is none. */
static uint32_t target_at(const arci_credits *c, int64_t id)
{
    uint32_t lo = 0, hi = c->n_targets;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->targets[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < c->n_targets && c->targets[lo].id == id ? lo : UINT32_MAX;
}

/* What invoices took over comes invoice by invoice: shares of a target lie together. Notes add to none. */
static void count(arci_uses_credit *x, uint32_t t, const arc_value *v)
{
    uint32_t k = x->first[t], end = k + x->count[t];
    if (!x->count[t]) k = end = x->first[t] = x->n_shares;
    while (k < end && x->shares[k].item != v[R_ITEM].u.i) k++;
    if (k == end) {
        x->shares[x->n_shares++] = (share){ v[R_ITEM].u.i, 0, (int)v[R_CONSUMES].u.i, v[R_CURRENCY] };
        x->count[t]++;
    }
    x->shares[k].left += v[R_AMOUNT].u.i;
}

typedef struct taken_back { /* a note that stands */
    int64_t id;
    uint32_t of;
} taken_back;

static int by_note(const void *x, const void *y)
{
    const taken_back *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

/* Notes that stand gave back their share already; those that wait for the tax service have not. */
static arc_status read_notes(arci_uses_credit *x, const int64_t *targets)
{
    enum { N_RED_OF, N_ID, N_STATUS, N_GROSS, N_COLUMNS };
    arci_posting *p = x->c->p;
    const arci_shape *shape;
    arci_rows rows, back;
    uint32_t n = 0, at = 0;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "red_of id status gross_amount");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, targets, x->c->n_targets, &rows);
    if (st != ARC_OK) return st;
    int64_t *ids = arci_arena_alloc(&p->arena, (rows.n_rows + 1) * sizeof *ids);
    taken_back *notes = arci_arena_alloc(&p->arena, (rows.n_rows + 1) * sizeof *notes);
    if (!ids || !notes) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * N_COLUMNS;
        if (!arci_code_is(&v[N_STATUS], "issued") && !arci_code_is(&v[N_STATUS], "closed")) continue;
        notes[n] = (taken_back){ v[N_ID].u.i, target_at(x->c, v[N_RED_OF].u.i) };
        x->gross[notes[n++].of] += v[N_GROSS].u.i;
    }
    if (n) qsort(notes, n, sizeof *notes, by_note);
    for (uint32_t k = 0; k < n; k++) ids[k] = notes[k].id;
    st = find_uses(p, ids, n, &back);
    for (uint32_t r = 0; st == ARC_OK && r < back.n_rows; r++) { /* both by id of the note */
        while (notes[at].id < row_of(&back, r)[R_INVOICE].u.i) at++;
        count(x, notes[at].of, row_of(&back, r));
    }
    return st;
}

static arc_status room(arci_uses_credit *x, uint32_t n_rows)
{
    arci_credits *c = x->c;
    arci_arena *arena = &c->p->arena;
    x->shares = arci_arena_calloc(arena, n_rows, sizeof *x->shares);
    x->gross = arci_arena_calloc(arena, c->n_targets, sizeof *x->gross);
    x->first = arci_arena_calloc(arena, c->n_targets, sizeof *x->first);
    x->count = arci_arena_calloc(arena, c->n_targets, sizeof *x->count);
    if (!x->shares || !x->gross || !x->first || !x->count) return arci_nomem(c->p->t->env);
    for (uint32_t k = 0; k < c->n_targets; k++) {
        if (c->targets[k].row) x->gross[k] = arci_credit_value(c->headers, c->targets[k].row, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    }
    return ARC_OK;
}

arc_status arci_uses_credit_open(arci_credits *c, arci_uses_credit **out)
{
    arci_posting *p = c->p;
    arci_rows own;
    size_t most = 0;
    int64_t *targets = arci_arena_alloc(&p->arena, (c->n_targets + 1) * sizeof *targets);
    *out = NULL;
    if (!targets) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < c->n_targets; k++) targets[k] = c->targets[k].id;
    arc_status st = find_uses(p, targets, c->n_targets, &own);
    if (st != ARC_OK || !own.n_rows) return st;
    arci_uses_credit *x = arci_arena_calloc(&p->arena, 1, sizeof *x);
    if (!x) return arci_nomem(p->t->env);
    x->c = c;
    st = room(x, own.n_rows);
    for (uint32_t r = 0; r < own.n_rows && st == ARC_OK; r++) count(x, target_at(c, row_of(&own, r)[R_INVOICE].u.i), row_of(&own, r));
    if (st == ARC_OK) st = read_notes(x, targets);
    if (st == ARC_OK) st = read_items(p, &own, &x->plans, &x->n_plans);
    for (uint32_t k = 0; k < c->n_targets && st == ARC_OK; k++) most += (size_t)x->count[k] * c->targets[k].n_notes;
    x->parts = st == ARC_OK ? arci_arena_calloc(&p->arena, most + 1, sizeof *x->parts) : NULL;
    if (st == ARC_OK && !x->parts) st = arci_nomem(p->t->env);
    *out = x;
    return st;
}

/* In proportion to what the note takes of the invoice; who takes the rest gives back the rest. */
arc_status arci_uses_credit_take(arci_uses_credit *x, uint32_t i)
{
    if (!x || !arci_posting_good(x->c->p, i) || x->c->bills.list[i].waits) return ARC_OK;
    arci_bill *d = &x->c->bills.list[i];
    const uint32_t t = (uint32_t)(x->c->of[i] - x->c->targets);
    int64_t *left = &x->gross[t], amount = -d->totals.gross, sum = 0, given = 0, covered = 0;
    for (uint32_t k = x->first[t]; k < x->first[t] + x->count[t] && *left > 0 && amount > 0; k++) {
        share *s = &x->shares[k];
        if (!s->left) continue;
        sum += s->left; /* within the invoice */
        int64_t most = amount >= *left ? sum : arci_part_of(sum, amount, *left), now = most - given;
        given = most;
        s->left -= now;
        if (!now) continue;
        x->parts[x->n_parts++] = (part){ i, s, now };
        if (!s->consumes) covered += now;
    }
    *left -= amount;
    d->covered = -covered; /* the receivable stands; its tax invoice is taken back */
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
