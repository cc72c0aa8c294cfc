/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/computed.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/num.h"

static const int32_t edges[] = { 1, 31, 61, 91 }; /* those of agings */
enum { N_EDGES = sizeof edges / sizeof *edges };

static int is(const arc_value *v, const char *code) { return v->type == ARC_V_TEXT && v->len == strlen(code) && memcmp(v->u.s, code, v->len) == 0; }
static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }
static int64_t number(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

/* ---- sums of items --------------------------------------------------------------------------------------------------------- */

typedef struct figures {
    arci_item_figures *out;
    const int64_t *ids;
    uint32_t n;
} figures;

static arci_item_figures *of(const figures *x, const arc_value *id)
{
    return &x->out[arci_id_place(x->ids, x->n, id->u.i)]; /* only rows of these ids come */
}

static void add(arci_item_figures *f, int64_t *sum, int64_t by)
{
    if (arci_add64(*sum, by, sum)) f->overflow = 1;
}

/* item, mode, sums of amount, discount, write-off */
static arc_status take_settled(void *user, const arc_value *v)
{
    arci_item_figures *f = of(user, &v[0]);
    add(f, &f->received, number(&v[2]));
    add(f, &f->discount, number(&v[3]));
    add(f, &f->written_off, number(&v[4]));
    if (is(&v[1], "write_off")) add(f, &f->bad, number(&v[4]));
    return ARC_OK;
}

/* credit item, sum of amount: what was used of it, in its own sign */
static arc_status take_spent(void *user, const arc_value *v)
{
    arci_item_figures *f = of(user, &v[0]);
    add(f, &f->received, -number(&v[1]));
    return ARC_OK;
}

static arc_status take_added(void *user, const arc_value *v)
{
    arci_item_figures *f = of(user, &v[0]);
    add(f, &f->added, number(&v[1]));
    return ARC_OK;
}

static arc_status take_used(void *user, const arc_value *v)
{
    arci_item_figures *f = of(user, &v[0]);
    add(f, &f->used, number(&v[1]));
    return ARC_OK;
}

/* Sums of some columns by the first and perhaps another one, of rows effective by the date. */
typedef struct summing {
    const char *entity, *by, *also, *sums[3];
    const char *only; /* a column that must be 1 */
    arci_take_row take;
} summing;

static const summing item_sums[] = {
    { "allocation", "item", "mode", { "amount", "discount", "write_off" }, NULL, take_settled },
    { "allocation", "credit_item", NULL, { "amount", NULL, NULL }, NULL, take_spent },
    { "adjustment", "item", NULL, { "amount", NULL, NULL }, NULL, take_added },
    { "invoice_item", "item", NULL, { "amount", NULL, NULL }, "consumes", take_used },
};
enum { N_ITEM_SUMS = sizeof item_sums / sizeof *item_sums };

static arc_status sum_up(arci_txn *t, arci_arena *arena, const summing *s, const int64_t *ids, uint32_t n, arc_date as_of, void *user)
{
    const arci_entity *e = arci_entity_by_name(s->entity, strlen(s->entity));
    const arc_group groups[2] = { { arci_col(e, s->by), ARC_GROUP_VALUE, 0, NULL }, { s->also ? arci_col(e, s->also) : (uint16_t)0, ARC_GROUP_VALUE, 0, NULL } };
    arc_measure sums[3];
    uint32_t n_sums = 0;
    arci_where w;
    while (n_sums < 3 && s->sums[n_sums]) {
        const arc_measure one = { ARC_MEASURE_SUM, arci_col(e, s->sums[n_sums]) };
        sums[n_sums++] = one;
    }
    arci_where_init(&w);
    if (as_of != ARC_DATE_NONE) arci_where_int(&w, arci_col(e, "effective_date"), ARC_OP_LE, as_of);
    if (s->only) arci_where_int(&w, arci_col(e, s->only), ARC_OP_EQ, 1);
    return arci_sum_in(t, arena, e, groups, s->also ? 2 : 1, sums, n_sums, ids, n, &w, s->take, user);
}

/* ---- items as they stand, and as they stood ---------------------------------------------------------------------------------- */

enum { LATER_ITEM, LATER_DUE, LATER_OLD_DUE, LATER_KIND, LATER_DATE, LATER_ID };

typedef struct later {
    figures f;
    uint8_t *told; /* by item: a later change has said when it was due */
} later;

/* Adjustments after the date, the first one first: what they changed held until then. */
static arc_status take_later(void *user, const arc_value *v)
{
    later *x = user;
    const uint32_t at = arci_id_place(x->f.ids, x->f.n, v[LATER_ITEM].u.i);
    arci_item_figures *f = &x->f.out[at];
    if (v[LATER_KIND].type == ARC_V_TEXT) {
        f->planned = 1;
        f->estimated = 0;
    }
    if (x->told[at] || (v[LATER_DUE].type == ARC_V_NULL && v[LATER_OLD_DUE].type == ARC_V_NULL)) return ARC_OK;
    x->told[at] = 1;
    f->due_date = v[LATER_OLD_DUE].type == ARC_V_INT ? (arc_date)v[LATER_OLD_DUE].u.i : ARC_DATE_NONE;
    return ARC_OK;
}

static arc_status read_later(arci_txn *t, arci_arena *arena, const figures *x, arc_date as_of)
{
    const arci_shape *shape;
    later l = { *x, arci_arena_calloc(arena, x->n, 1) };
    arci_where w;
    arc_status st = l.told ? arci_shape_get(t, &shape, "adjustment", "item due_date old_due_date kind effective_date id") : arci_nomem(t->env);
    if (st != ARC_OK) return st;
    const arc_order in_time[3] = { { shape->cols[LATER_ITEM], 0 }, { shape->cols[LATER_DATE], 0 }, { shape->cols[LATER_ID], 0 } };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[LATER_DATE], ARC_OP_GT, as_of);
    return arci_find_in(t, arena, shape, shape->cols[LATER_ITEM], x->ids, x->n, &w, in_time, 3, take_later, &l);
}

enum { I_AMOUNT, I_BUSINESS_DATE };
enum { S_OPEN, S_DUE, S_KIND, S_LEVEL, S_DISPUTED };
static const char state_fields[] = "open due_date kind dunning_level disputed";

static arc_status read_items(arci_txn *t, arci_arena *arena, const figures *x, arc_date as_of)
{
    const arci_shape *items, *states;
    arc_value *item, *state;
    uint8_t *found, *with_state;
    arc_status st = arci_shape_get(t, &items, "item", "amount business_date");
    if (st == ARC_OK) st = arci_shape_get(t, &states, "item_state", state_fields);
    if (st == ARC_OK) st = arci_repo_get_many(t, items, x->ids, x->n, arena, &item, &found);
    if (st == ARC_OK) st = arci_repo_get_many(t, states, x->ids, x->n, arena, &state, &with_state);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        const arc_value *v = item + (size_t)i * items->n, *s = state + (size_t)i * states->n;
        arci_item_figures *f = &x->out[i];
        if (!found[i] || !with_state[i] || (as_of != ARC_DATE_NONE && v[I_BUSINESS_DATE].u.i > as_of)) continue;
        f->stands = 1;
        f->amount = v[I_AMOUNT].u.i;
        f->open = s[S_OPEN].u.i;
        f->business_date = (arc_date)v[I_BUSINESS_DATE].u.i;
        f->due_date = s[S_DUE].type == ARC_V_INT ? (arc_date)s[S_DUE].u.i : ARC_DATE_NONE;
        f->planned = (uint8_t)is(&s[S_KIND], "planned");
        f->estimated = (uint8_t)is(&s[S_KIND], "estimated");
    }
    return st;
}

/* What was open on the date: what moved it later does not count. */
static void fold(arci_item_figures *f)
{
    f->open = f->amount;
    add(f, &f->open, f->added);
    add(f, &f->open, -f->received);
    add(f, &f->open, -f->discount);
    add(f, &f->open, -f->written_off);
    add(f, &f->open, -f->used);
}

arc_status arci_item_figures_read(arci_txn *t, arci_arena *arena, arci_item_figures *out, const int64_t *ids, uint32_t n, arc_date as_of)
{
    const figures x = { out, ids, n };
    if (!n) return ARC_OK;
    memset(out, 0, n * sizeof *out);
    for (uint32_t i = 0; i < n; i++) out[i].due_date = ARC_DATE_NONE;
    arc_status st = read_items(t, arena, &x, as_of);
    for (uint32_t k = 0; st == ARC_OK && k < N_ITEM_SUMS; k++) st = sum_up(t, arena, &item_sums[k], ids, n, as_of, (void *)&x);
    if (st == ARC_OK && as_of != ARC_DATE_NONE) st = read_later(t, arena, &x, as_of);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (!out[i].stands) {
            memset(&out[i], 0, sizeof out[i]);
            out[i].due_date = ARC_DATE_NONE;
        } else if (as_of != ARC_DATE_NONE) {
            fold(&out[i]);
        }
        if (out[i].overflow) {
            st = arci_fail(t->env, ARC_E_OVERFLOW, "a sum of allocations is too large", "核销合计超出范围");
            arci_fail_at(t->env, "item", NULL, ids[i], -1);
        }
    }
    return st;
}

arc_status arci_item_figures_add(arci_env *env, arci_item_figures *sum, const arci_item_figures *f)
{
    add(sum, &sum->amount, f->amount);
    add(sum, &sum->added, f->added);
    add(sum, &sum->received, f->received);
    add(sum, &sum->discount, f->discount);
    add(sum, &sum->written_off, f->written_off);
    add(sum, &sum->used, f->used);
    add(sum, &sum->bad, f->bad);
    add(sum, &sum->open, f->open);
    sum->stands = 1;
    return sum->overflow ? arci_fail(env, ARC_E_OVERFLOW, "a sum of items is too large", "应收合计超出范围") : ARC_OK;
}

const char *arci_item_settlement(const arci_item_figures *f)
{
    const int taken = f->received || f->discount || f->written_off;
    if (!f->stands) return NULL;
    if (f->planned || f->estimated || f->used) return f->open ? "to_invoice" : f->used ? "invoiced" : "cancelled";
    if (f->open && f->amount && (f->open < 0) != (f->amount < 0)) return "overpaid";
    if (f->open) return taken ? "partial" : "open";
    if (f->bad || (f->written_off && !f->received && !f->discount)) return "written_off";
    return taken || !f->added ? "paid" : "cancelled";
}

/* ---- fields of items --------------------------------------------------------------------------------------------------------------- */

static void put_age(const arci_compute *c, uint32_t i, const arci_item_figures *f)
{
    int64_t bucket = 0, late = f->due_date == ARC_DATE_NONE ? 0 : (int64_t)c->day - f->due_date;
    if (c->day == ARC_DATE_NONE || !f->open || f->planned) return; /* nothing of it grows old */
    while (bucket < N_EDGES && f->due_date != ARC_DATE_NONE && late >= edges[bucket]) bucket++;
    *arci_compute_at(c, i, ARC_ITEM_AGE_DAYS) = arci_v_int((int64_t)c->day - f->business_date);
    *arci_compute_at(c, i, ARC_ITEM_OVERDUE_DAYS) = arci_v_int(late > 0 ? late : 0);
    *arci_compute_at(c, i, ARC_ITEM_BUCKET) = arci_v_int(bucket);
}

static void put_disputed(const arci_compute *c, uint32_t i, const arci_item_figures *f, int64_t disputed)
{
    const int64_t most = f->open < 0 ? -f->open : f->open;
    if (disputed) *arci_compute_at(c, i, ARC_ITEM_DISPUTED) = arci_v_int(disputed < most ? disputed : most);
}

/* Level and disputes as they stand: of the states. */
static arc_status put_now(const arci_compute *c, const arci_item_figures *f)
{
    const arci_shape *states;
    arc_value *state;
    uint8_t *found;
    arc_status st = arci_shape_get(c->t, &states, "item_state", state_fields);
    if (st == ARC_OK) st = arci_repo_get_many(c->t, states, c->ids, c->n, c->arena, &state, &found);
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        const arc_value *s = state + (size_t)i * states->n;
        if (!found[i]) continue;
        *arci_compute_at(c, i, ARC_ITEM_DUNNING_LEVEL) = s[S_LEVEL];
        put_disputed(c, i, &f[i], number(&s[S_DISPUTED]));
    }
    return st;
}

typedef struct past {
    const arci_compute *c;
    int64_t *level, *disputed;
    arc_status st;
} past;

static arc_status take_level(void *user, const arc_value *v)
{
    past *x = user;
    x->level[arci_compute_place(x->c, v[0].u.i)] = v[1].u.i;
    return ARC_OK;
}

/* item, amount, closed_on */
static arc_status take_dispute(void *user, const arc_value *v)
{
    past *x = user;
    int64_t *sum = &x->disputed[arci_compute_place(x->c, v[0].u.i)];
    if (v[2].type == ARC_V_INT && v[2].u.i <= x->c->as_of) return ARC_OK;
    return arci_add64(*sum, v[1].u.i, sum) ? arci_fail(x->c->t->env, ARC_E_OVERFLOW, "a sum of disputes is too large", "争议合计超出范围") : ARC_OK;
}

/* The same of a day: of the rows that tell what happened. */
static arc_status put_past(const arci_compute *c, const arci_item_figures *f)
{
    const arci_shape *levels, *disputes;
    past x = { c, arci_arena_calloc(c->arena, c->n, sizeof(int64_t)), arci_arena_calloc(c->arena, c->n, sizeof(int64_t)), ARC_OK };
    arci_where w;
    if (!x.level || !x.disputed) return arci_nomem(c->t->env);
    arc_status st = arci_shape_get(c->t, &levels, "level_change", "item level effective_date id");
    if (st == ARC_OK) st = arci_shape_get(c->t, &disputes, "dispute", "item amount closed_on opened_on");
    if (st != ARC_OK) return st;
    const arc_order in_order[2] = { { levels->cols[0], 0 }, { levels->cols[3], 0 } };
    arci_where_init(&w);
    arci_where_int(&w, levels->cols[2], ARC_OP_LE, c->as_of);
    st = arci_find_in(c->t, c->arena, levels, levels->cols[0], c->ids, c->n, &w, in_order, 2, take_level, &x);
    arci_where_init(&w);
    arci_where_int(&w, disputes->cols[3], ARC_OP_LE, c->as_of);
    if (st == ARC_OK) st = arci_find_in(c->t, c->arena, disputes, disputes->cols[0], c->ids, c->n, &w, NULL, 0, take_dispute, &x);
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        if (!f[i].stands) continue;
        *arci_compute_at(c, i, ARC_ITEM_DUNNING_LEVEL) = arci_v_int(x.level[i]);
        put_disputed(c, i, &f[i], x.disputed[i]);
    }
    return st;
}

static arc_status fill_items(arci_compute *c)
{
    arci_item_figures *all = arci_arena_alloc(c->arena, c->n * sizeof *all);
    if (!all) return arci_nomem(c->t->env);
    arc_status st = arci_item_figures_read(c->t, c->arena, all, c->ids, c->n, c->as_of);
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        const arci_item_figures *f = &all[i];
        if (!f->stands) continue;
        *arci_compute_at(c, i, ARC_ITEM_RECEIVED) = arci_v_int(f->received);
        *arci_compute_at(c, i, ARC_ITEM_DISCOUNT) = arci_v_int(f->discount);
        *arci_compute_at(c, i, ARC_ITEM_WRITTEN_OFF) = arci_v_int(f->written_off);
        *arci_compute_at(c, i, ARC_ITEM_OPEN) = arci_v_int(f->open);
        *arci_compute_at(c, i, ARC_ITEM_STATUS) = text(arci_item_settlement(f));
        put_age(c, i, f);
    }
    if (st != ARC_OK) return st;
    return c->as_of == ARC_DATE_NONE ? put_now(c, all) : put_past(c, all);
}

/* ---- receipts ------------------------------------------------------------------------------------------------------------------------ */

typedef struct receipts {
    const arci_compute *c;
    int64_t *applied;
    uint8_t *whose;      /* as of a day: 0 nothing is told, 1 somebody's, 2 nobody's */
    arc_value *claimed_by;
} receipts;

/* receipt, credit currency, sums of amount and credit amount */
static arc_status take_applied(void *user, const arc_value *v)
{
    receipts *x = user;
    int64_t *sum = &x->applied[arci_compute_place(x->c, v[0].u.i)];
    const int64_t taken = number(v[1].type == ARC_V_TEXT ? &v[3] : &v[2]);
    return arci_add64(*sum, taken, sum) ? arci_fail(x->c->t->env, ARC_E_OVERFLOW, "a sum of allocations is too large", "核销合计超出范围") : ARC_OK;
}
static const summing receipt_sums = { "allocation", "receipt", "credit_currency", { "amount", "credit_amount", NULL }, NULL, take_applied };

/* Claims and ends of claims by the date, the last one last. */
static arc_status take_claim(void *user, const arc_value *v)
{
    receipts *x = user;
    const uint32_t at = arci_compute_place(x->c, v[0].u.i);
    const int ends = v[1].type == ARC_V_INT;
    x->whose[at] = ends ? 2 : 1;
    x->claimed_by[at] = ends ? arci_v_null() : v[2];
    return ARC_OK;
}

static arc_status read_claims(receipts *x)
{
    const arci_compute *c = x->c;
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(c->t, &shape, "receipt_claim", "receipt ends claimed_by effective_date id");
    if (st != ARC_OK) return st;
    const arc_order in_time[3] = { { shape->cols[0], 0 }, { shape->cols[3], 0 }, { shape->cols[4], 0 } };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[3], ARC_OP_LE, c->as_of);
    return arci_find_in(c->t, c->arena, shape, shape->cols[0], c->ids, c->n, &w, in_time, 3, take_claim, x);
}

enum { R_AMOUNT, R_POSTING_DATE, R_CUSTOMER };
enum { T_UNAPPLIED, T_CUSTOMER, T_CLAIMED_BY, T_CLAIMED_ON, T_RETURNED_ON, T_RETURNED };

static int is_claimed(const receipts *x, uint32_t i, const arc_value *r, const arc_value *s)
{
    const arc_date as_of = x->c->as_of;
    if (r[R_CUSTOMER].type == ARC_V_INT) return 1;
    if (as_of == ARC_DATE_NONE) return s[T_CUSTOMER].type == ARC_V_INT;
    if (x->whose[i]) return x->whose[i] == 1;
    return s[T_CUSTOMER].type == ARC_V_INT && (s[T_CLAIMED_ON].type == ARC_V_NULL || s[T_CLAIMED_ON].u.i <= as_of);
}

static arc_status put_receipt(const receipts *x, uint32_t i, const arc_value *r, const arc_value *s)
{
    const arci_compute *c = x->c;
    const int now = c->as_of == ARC_DATE_NONE;
    const int returned = s[T_RETURNED_ON].type == ARC_V_INT && (now || s[T_RETURNED_ON].u.i <= c->as_of);
    int64_t left = s[T_UNAPPLIED].u.i;
    if (!now && (arci_add64(r[R_AMOUNT].u.i, -x->applied[i], &left) || (returned && arci_add64(left, -number(&s[T_RETURNED]), &left)))) {
        return arci_fail(c->t->env, ARC_E_OVERFLOW, "a sum of allocations is too large", "核销合计超出范围");
    }
    const char *status = returned ? "returned" : !is_claimed(x, i, r, s) ? "unclaimed" : !left ? "applied" : x->applied[i] ? "partial" : "unapplied";
    *arci_compute_at(c, i, ARC_RECEIPT_APPLIED) = arci_v_int(x->applied[i]);
    *arci_compute_at(c, i, ARC_RECEIPT_UNAPPLIED) = arci_v_int(left);
    *arci_compute_at(c, i, ARC_RECEIPT_STATUS) = text(status);
    *arci_compute_at(c, i, ARC_RECEIPT_CLAIMED_BY) = now ? s[T_CLAIMED_BY] : x->claimed_by[i];
    return ARC_OK;
}

static arc_status fill_receipts(arci_compute *c)
{
    const arci_shape *rows, *states;
    arc_value *row, *state;
    uint8_t *found, *with_state;
    receipts x = { c, arci_arena_calloc(c->arena, c->n, sizeof(int64_t)), arci_arena_calloc(c->arena, c->n, 1), arci_arena_calloc(c->arena, c->n, sizeof(arc_value)) };
    if (!x.applied || !x.whose || !x.claimed_by) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->n; i++) x.claimed_by[i] = arci_v_null();
    arc_status st = arci_shape_get(c->t, &rows, "receipt", "amount posting_date customer");
    if (st == ARC_OK) st = arci_shape_get(c->t, &states, "receipt_state", "unapplied customer claimed_by claimed_on returned_on returned");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, rows, c->ids, c->n, c->arena, &row, &found);
    if (st == ARC_OK) st = arci_repo_get_many(c->t, states, c->ids, c->n, c->arena, &state, &with_state);
    if (st == ARC_OK) st = sum_up(c->t, c->arena, &receipt_sums, c->ids, c->n, c->as_of, &x);
    if (st == ARC_OK && c->as_of != ARC_DATE_NONE) st = read_claims(&x);
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        const arc_value *r = row + (size_t)i * rows->n;
        if (!found[i] || !with_state[i] || (c->as_of != ARC_DATE_NONE && r[R_POSTING_DATE].u.i > c->as_of)) continue;
        st = put_receipt(&x, i, r, state + (size_t)i * states->n);
    }
    return st;
}

/* ---- allocations ------------------------------------------------------------------------------------------------------------------------ */

static arc_status take_reversal(void *user, const arc_value *v)
{
    const arci_compute *c = user;
    *arci_compute_at(c, arci_compute_place(c, v[0].u.i), ARC_ALLOCATION_REVERSED_BY) = v[1];
    return ARC_OK;
}

static arc_status fill_allocations(arci_compute *c)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(c->t, &shape, "allocation", "reverses id effective_date");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    if (c->as_of != ARC_DATE_NONE) arci_where_int(&w, shape->cols[2], ARC_OP_LE, c->as_of);
    return arci_find_in(c->t, c->arena, shape, shape->cols[0], c->ids, c->n, &w, NULL, 0, take_reversal, c);
}

static const arci_computed_entity entities[] = { { "item", fill_items }, { "receipt", fill_receipts }, { "allocation", fill_allocations }, { NULL, NULL } };
static const arci_computed_field fields[] = {
    { "item", "received", "item.amount allocation.amount" },
    { "item", "discount", "allocation.discount" },
    { "item", "written_off", "allocation.write_off" },
    { "item", "open", "item.amount item_state.open" },
    { "item", "status", "item_state.open" },
    { "item", "age_days", "item.business_date item_state.open" },
    { "item", "overdue_days", "item_state.due_date item_state.open" },
    { "item", "bucket", "item_state.due_date item_state.open" },
    { "item", "dunning_level", "item_state.dunning_level" },
    { "item", "disputed", "item.amount item_state.disputed item_state.open" },
    { "receipt", "applied", "receipt.amount allocation.amount" },
    { "receipt", "unapplied", "receipt.amount receipt_state.unapplied" },
    { "receipt", "status", "receipt_state.unapplied receipt_state.customer receipt_state.returned_on" },
    { "receipt", "claimed_by", "receipt_state.claimed_by" },
    { "allocation", "reversed_by", "allocation.reverses" },
    { NULL, NULL, NULL },
};
const arci_computing arci_ledger_computing = { entities, fields };
