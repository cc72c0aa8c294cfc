/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to single items: small differences given up, debts that change hands or are told anew, due dates that move. */
#include "arcore/adjustment.h"

#include <string.h>

#include "arcore/date.h"
#include "ledger/debt.h"
#include "ledger/period.h"
#include "ledger/states.h"
#include "ledger/step.h"
#include "ledger/tolerance.h"

static arc_value date_or_null(arc_date d) { return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d); }
static int good(const arci_ledger_steps *s, uint32_t i) { return arci_ledger_good(s, i); }
static int no(arci_ledger_steps *s, uint32_t i, arc_status st, const char *entity, const char *field) { return arci_ledger_refuse(s, i, st, entity, field, s->list[i].row); }

static uint32_t count_good(const arci_ledger_steps *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->p->n; i++) n += good(s, i) != 0;
    return n;
}

/* The items and their states; steps that looked at another version are refused. */
static arc_status read_items(arci_ledger_steps *s, arci_allot *a, const arc_value ***items, const char *fields)
{
    arci_posting *p = s->p;
    int64_t *ids;
    uint32_t n;
    arc_status st = ARC_OK;
    if (arci_repo_asking(p->t)) {
        arci_sides sides;
        st = arci_ledger_sorted(s, &ids, &n, NULL);
        if (st == ARC_OK) st = arci_sides_ask(p, &sides, "item_state", ids, n);
        arci_repo_asked(p->t);
    }
    if (st == ARC_OK) st = arci_ledger_rows(s, items, "item", fields, NULL, 1);
    if (st == ARC_OK) st = arci_ledger_sorted(s, &ids, &n, NULL);
    if (st == ARC_OK) st = arci_allot_open(p, a, ids, n, NULL, 0, n);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(s, i)) continue;
        const arci_side *side = arci_sides_find(&a->items, s->list[i].row);
        arc_status why = ARC_OK;
        if (!side) why = arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在");
        else if (s->list[i].version && s->list[i].version != side->version) why = arci_fail(p->t->env, ARC_E_STALE, "the item has changed since", "应收已变更");
        if (why != ARC_OK && !no(s, i, why, "item", NULL)) return why;
    }
    return st;
}

static uint32_t facts_of(const arci_side *side, int64_t amount)
{
    const arc_value due = date_or_null(side->due);
    return arci_item_facts(amount, side->left, &side->kind, &due);
}

/* ---- what is kept of a step that waits ---------------------------------------------------------------------------------------------- */

static void put_money(arci_str *b, const char *name, int64_t amount, const char *currency)
{
    char text[40];
    size_t n = sizeof text;
    const arc_money m = { amount, { currency[0], currency[1], currency[2], 0 }, 0 };
    if (arc_money_print_amount(text, &n, &m) == ARC_OK) arci_asked_text(b, name, text, n);
}

static arc_status put_day(arci_env *env, arci_str *b, const char *name, arc_date day)
{
    char text[16];
    size_t n = sizeof text;
    if (day == ARC_DATE_NONE) return ARC_OK;
    if (arc_date_print(text, &n, day) != ARC_OK) return arci_fail(env, ARC_E_RANGE, "not a date", "不是有效日期");
    arci_asked_text(b, name, text, n);
    return ARC_OK;
}

/* The item as it is: what is open, its customer, the version of its state. */
static arc_status tell_item(arci_ledger_steps *s, uint32_t i, arci_asked *out, int of_item)
{
    arci_sides sides;
    int64_t id = s->list[i].row;
    arc_status st = arci_sides_read(s->p, &sides, "item_state", &id, 1);
    const arci_side *side = st == ARC_OK ? arci_sides_find(&sides, s->list[i].row) : NULL;
    if (st != ARC_OK || !side) return st == ARC_OK ? arci_fail(s->p->t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在") : st;
    if (of_item) out->row = side->id;
    else arci_asked_int(&out->after, "item", side->id);
    out->version = side->version;
    arci_asked_text(&out->before, "currency", side->currency, 3);
    put_money(&out->before, "open", side->left, side->currency);
    arci_asked_int(&out->before, "customer", side->customer);
    return put_day(s->p->t->env, &out->before, "due_date", side->due);
}

/* ---- small differences ------------------------------------------------------------------------------------------------------------ */

/* The whole rest of an item, when the tolerance allows that much of the item's amount. */
static arc_status may_give_up(arci_ledger_steps *s, uint32_t i, const arci_side *side, const arci_tolerance *tol, int64_t amount)
{
    arci_posting *p = s->p;
    int64_t most = 0;
    arc_status st = arci_item_tell(p->t, ARCI_DO_WRITE_OFF_REQUEST, facts_of(side, amount), side->id);
    if (st == ARC_OK) st = arci_tolerated(p->t, &p->arena, tol, side->customer, side->currency, amount, &most);
    if (st != ARC_OK || side->left <= most) return st;
    char open[ARCI_SAID], allowed[ARCI_SAID];
    st = arci_fail(p->t->env, ARC_E_GUARD, "%s is open, the tolerance is %s: ask for a write-off", "未收 %s，容差为 %s：请申请坏账核销", arci_money_said(open, side->left, side->currency),
                   arci_money_said(allowed, most, side->currency));
    arci_fail_at(p->t->env, "item", "open", s->list[i].row, -1);
    return st;
}

static arc_status give_up(arci_ledger_steps *s)
{
    arci_posting *p = s->p;
    arci_tolerance tol;
    arc_date of = ARC_DATE_NONE;
    arci_allot a;
    const arc_value **items;
    arc_status st = read_items(s, &a, &items, "amount");
    uint32_t *at = st == ARC_OK ? arci_arena_alloc(&p->arena, p->n * sizeof *at) : NULL;
    if (st != ARC_OK) return st;
    if (!at) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arc_ledger_step *e = &s->list[i];
        if (!good(s, i)) continue;
        arci_side *side = arci_sides_find(&a.items, e->row);
        if (e->date != of) st = arci_tolerance_get(p->t, &p->arena, &tol, NULL, e->date); /* of a call mostly one */
        of = e->date;
        if (st != ARC_OK) return st;
        st = may_give_up(s, i, side, &tol, items[i][0].u.i);
        const arci_allot_row row = { .date = e->date, .item = e->row, .write_off = side->left, .mode = "write_off", .reason_code = "small_difference", .reason = e->reason };
        if (st == ARC_OK) st = arci_allot_add(&a, &row);
        if (st == ARC_OK) at[a.rows->n_rows - 1] = i;
        else if (no(s, i, st, NULL, NULL)) st = ARC_OK;
    }
    if (st == ARC_OK) st = arci_allot_write(&a);
    for (uint32_t r = 0; st == ARC_OK && p->ids && r < a.rows->n_rows; r++) p->ids[at[r]] = arci_allot_id(&a, r);
    return st;
}

static arc_status tell_give_up(arci_ledger_steps *s, uint32_t i, arci_asked *out) { return tell_item(s, i, out, 1); }

/* ---- debts that change hands -------------------------------------------------------------------------------------------------------- */

typedef struct refusing {
    arci_ledger_steps *s;
    const uint32_t *element; /* of an order */
} refusing;

static int refuse_order(void *user, uint32_t k, arc_status st)
{
    const refusing *r = user;
    return arci_ledger_refuse(r->s, r->element[k], st, NULL, NULL, 0);
}

static arc_status move(arci_ledger_steps *s, const char *kind, const arc_value **owners)
{
    arci_posting *p = s->p;
    uint32_t n = 0;
    arci_debt_order *orders = arci_arena_calloc(&p->arena, p->n, sizeof *orders);
    arci_debt_moved *moved = arci_arena_calloc(&p->arena, p->n, sizeof *moved);
    uint32_t *element = arci_arena_alloc(&p->arena, p->n * sizeof *element);
    if (!orders || !moved || !element) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        const arc_ledger_step *e = &s->list[i];
        if (!good(s, i)) continue;
        const arci_debt_order o = { .item = e->row, .amount = e->amount, .customer = owners ? e->customer : 0, .owner = owners ? owners[i] : NULL, .version = e->version, .kind = kind,
                                    .reason_code = e->reason_code, .reason = e->reason, .date = e->date };
        element[n] = i;
        orders[n++] = o;
    }
    refusing r = { s, element };
    arc_status st = arci_debts_move(p, orders, n, moved, refuse_order, &r);
    for (uint32_t k = 0; st == ARC_OK && p->ids && k < n; k++) p->ids[element[k]] = moved[k].allocation;
    return st;
}

static arc_status change_hands(arci_ledger_steps *s)
{
    arci_posting *p = s->p;
    const arc_value **items, **owners = NULL;
    int64_t *to = arci_arena_calloc(&p->arena, p->n, sizeof *to);
    if (!to) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) to[i] = s->list[i].customer;
    arc_status st = arci_ledger_rows(s, &items, "item", "customer", NULL, 1);
    if (st == ARC_OK) st = arci_ledger_rows(s, &owners, "customer", "owner team region merged_into", to, 0);
    if (st == ARC_OK) arci_ledger_merged(s, owners, 3, to);
    return st == ARC_OK ? move(s, "transfer", owners) : st;
}

static arc_status tell_transfer(arci_ledger_steps *s, uint32_t i, arci_asked *out)
{
    arc_status st = tell_item(s, i, out, 1);
    arci_asked_int(&out->after, "customer", s->list[i].customer);
    return st;
}

static arc_status charge_back(arci_ledger_steps *s)
{
    const arc_value **items;
    arc_status st = arci_ledger_rows(s, &items, "item", "customer", NULL, 1);
    return st == ARC_OK ? move(s, "chargeback", NULL) : st;
}

static arc_status carry_over(arci_ledger_steps *s)
{
    const arc_value **items;
    arc_status st = arci_ledger_rows(s, &items, "item", "customer", NULL, 1);
    return st == ARC_OK ? move(s, "residual", NULL) : st;
}

/* ---- due dates ---------------------------------------------------------------------------------------------------------------------- */

enum { A_ITEM, A_DATE, A_CURRENCY, A_DUE, A_CODE, A_REASON, A_REVERSES, A_OLD_DUE };
#define ADJUSTMENT "item effective_date currency due_date reason_code reason reverses old_due_date"
static const char adjustment_fields[] = ADJUSTMENT, adjustment_rows[] = ADJUSTMENT " id";
enum { A_ID = A_OLD_DUE + 1, A_COLUMNS };

typedef struct dating {
    arci_ledger_steps *s;
    arci_sides sides;
    int64_t *items;          /* by element */
    const arc_value **last;  /* the last extension of each item, or NULL */
    arc_date *due;           /* what is to hold */
    int64_t *reverses;
} dating;

/* The last extension of each item. */
static arc_status read_last(dating *d)
{
    arci_posting *p = d->s->p;
    const arci_shape *shape;
    int64_t *ids;
    uint32_t n;
    const uint32_t at_once = 500;
    arci_map map;
    arc_status st = arci_ledger_sorted(d->s, &ids, &n, d->items);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "adjustment", adjustment_rows);
    arci_map_init(&map, p->arena.ctx);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += at_once) {
        const uint32_t m = n - from < at_once ? n - from : at_once;
        arc_value *in = arci_arena_alloc(&p->arena, m * sizeof *in);
        const arc_order by_id = { shape->cols[A_ID], 0 };
        arci_where w;
        arci_rows rows = { 0 };
        if (!in) st = arci_nomem(p->t->env);
        for (uint32_t i = 0; in && i < m; i++) in[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        if (in) arci_where_in(&w, shape->cols[A_ITEM], in, m);
        arci_where_text(&w, shape->cols[A_CODE], ARC_OP_EQ, "extension", 9);
        if (in) st = arci_repo_find(p->t, shape, &w, &by_id, 1, 0, &p->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * A_COLUMNS;
            int64_t *at;
            if (arci_map_put(&map, &v[A_ITEM].u.i, sizeof v[A_ITEM].u.i, &at) < 0) st = arci_nomem(p->t->env);
            else *at = (int64_t)(intptr_t)v;
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const int64_t *at = good(d->s, i) ? arci_map_get(&map, &d->items[i], sizeof d->items[i]) : NULL;
        if (at) d->last[i] = (const arc_value *)(intptr_t)*at;
    }
    arci_map_clear(&map);
    return st;
}

static arc_status open_dating(dating *d, arci_ledger_steps *s)
{
    arci_posting *p = s->p;
    memset(d, 0, sizeof *d);
    d->s = s;
    d->items = arci_arena_calloc(&p->arena, p->n, sizeof *d->items);
    d->last = arci_arena_calloc(&p->arena, p->n, sizeof *d->last);
    d->due = arci_arena_calloc(&p->arena, p->n, sizeof *d->due);
    d->reverses = arci_arena_calloc(&p->arena, p->n, sizeof *d->reverses);
    return d->items && d->last && d->due && d->reverses ? ARC_OK : arci_nomem(p->t->env);
}

static arc_status ask_dates(dating *d)
{
    const arc_value **items;
    int64_t *ids;
    uint32_t n;
    if (!arci_repo_asking(d->s->p->t)) return ARC_OK;
    arc_status st = arci_ledger_sorted(d->s, &ids, &n, d->items);
    if (st == ARC_OK) st = arci_sides_ask(d->s->p, &d->sides, "item_state", ids, n);
    if (st == ARC_OK) st = read_last(d);
    if (st == ARC_OK) st = arci_ledger_rows(d->s, &items, "item", "amount", d->items, 1);
    arci_repo_asked(d->s->p->t);
    return st;
}

static arc_status read_dates(dating *d)
{
    arci_ledger_steps *s = d->s;
    int64_t *ids;
    uint32_t n;
    arc_status st = arci_ledger_sorted(s, &ids, &n, d->items);
    if (st == ARC_OK) st = arci_sides_read(s->p, &d->sides, "item_state", ids, n);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(s, i)) continue;
        const arci_side *side = arci_sides_find(&d->sides, d->items[i]);
        arc_status why = ARC_OK;
        if (!side) why = arci_fail(s->p->t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在");
        else if (s->list[i].version && s->list[i].version != side->version) why = arci_fail(s->p->t->env, ARC_E_STALE, "the item has changed since", "应收已变更");
        if (why != ARC_OK && !arci_ledger_refuse(s, i, why, "item", NULL, d->items[i])) return why;
    }
    return st == ARC_OK ? read_last(d) : st;
}

static arc_status above(arci_env *env, int64_t item)
{
    arc_status st = arci_fail(env, ARC_E_FORBIDDEN, "the amount is above your authority", "金额超出您的审批权限");
    arci_fail_at(env, "item", "open", item, -1);
    return st;
}

/* What is open must lie within the actor's authority; of what waits, within that of who approves it. */
static arc_status within_authority(arci_posting *p, const arci_side *side)
{
    int64_t most = 0;
    if (p->trying || p->approved) return ARC_OK;
    return arci_access_authority(p->session, "adjustment.approve", side->currency, &most) == ARC_OK && side->left <= most ? ARC_OK : above(p->t->env, side->id);
}

static arc_status move_due(arci_posting *p, const arci_side *side, arc_date to)
{
    const arc_value was = date_or_null(side->due), now = date_or_null(to);
    arci_account_change *c = arci_accounts_at(&p->accounts, side->customer, side->currency);
    if (!c) return arci_nomem(p->t->env);
    if (to != ARC_DATE_NONE && (c->oldest_due == ARC_DATE_NONE || to < c->oldest_due)) c->oldest_due = to;
    if (side->left <= 0 || !side->real) return ARC_OK;
    arci_account_due(&p->accounts, c, &was, -side->left);
    arci_account_due(&p->accounts, c, &now, side->left);
    return ARC_OK;
}

static arc_status write_dates(dating *d)
{
    arci_posting *p = d->s->p;
    const arci_shape *shape, *states;
    arci_batch *b[2];
    uint32_t n = count_good(d->s), row = 0;
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", adjustment_fields);
    if (st == ARC_OK) st = arci_shape_get(p->t, &states, "item_state", "due_date episode");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[0], shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[1], states, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const arc_ledger_step *e = &d->s->list[i];
        if (!good(d->s, i)) continue;
        const arci_side *side = arci_sides_find(&d->sides, d->items[i]);
        arc_value *v = arci_batch_row(b[0], row);
        v[A_ITEM] = arci_v_int(side->id);
        v[A_DATE] = arci_v_int(e->date);
        v[A_CURRENCY] = arci_v_text(side->currency, 3);
        v[A_DUE] = date_or_null(d->due[i]);
        v[A_CODE] = arci_v_text("extension", 9);
        v[A_REASON] = arci_v_text(e->reason, strlen(e->reason));
        if (d->reverses[i]) v[A_REVERSES] = arci_v_int(d->reverses[i]);
        v[A_OLD_DUE] = date_or_null(side->due);
        arci_batch_row(b[1], row)[0] = date_or_null(d->due[i]);
        arci_batch_row(b[1], row)[1] = arci_v_int(side->episode + 1);
        arci_batch_key(b[1], row)[0] = arci_v_int(side->id);
        arci_batch_guard(b[1], row++)[0] = arci_v_int(side->version);
        st = move_due(p, side, d->due[i]);
    }
    if (st == ARC_OK) st = arci_repo_write(p->t, b, 2, NULL);
    row = 0;
    for (uint32_t i = 0; st == ARC_OK && p->ids && i < p->n; i++) {
        if (good(d->s, i)) p->ids[i] = arci_batch_id(b[0], row++);
    }
    return st;
}

static arc_status may_extend(dating *d, uint32_t i, int64_t amount)
{
    arci_posting *p = d->s->p;
    const arc_ledger_step *e = &d->s->list[i];
    const arci_side *side = arci_sides_find(&d->sides, d->items[i]);
    arc_status st = arci_item_tell(p->t, ARCI_DO_ADJUSTMENT_APPROVE, facts_of(side, amount), side->id);
    if (st != ARC_OK) return st;
    if (e->due_date <= side->due || e->due_date > ARC_DATE_MAX) {
        st = arci_fail(p->t->env, ARC_E_RANGE, "the new due date is after the old one", "新到期日须晚于原到期日");
        arci_fail_at(p->t->env, "adjustment", "due_date", side->id, -1);
    } else if (e->date < side->since || e->date > ARC_DATE_MAX || (d->last[i] && e->date < d->last[i][A_DATE].u.i)) {
        st = arci_fail(p->t->env, ARC_E_RANGE, "the date is before the item's, or before its last extension", "日期早于应收日期或上次展期");
        arci_fail_at(p->t->env, "adjustment", "effective_date", side->id, -1);
    }
    if (st == ARC_OK) st = arci_fact_check(p->t, e->date, d->last[i] ? (arc_date)d->last[i][A_DATE].u.i : side->since, "adjustment", "effective_date", side->id); /* nothing is posted, but the agings of that day change */
    return st == ARC_OK ? within_authority(p, side) : st;
}

static arc_status extend(arci_ledger_steps *s)
{
    dating d;
    const arc_value **items;
    arc_status st = open_dating(&d, s);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) d.items[i] = s->list[i].row;
    if (st == ARC_OK) st = ask_dates(&d);
    if (st == ARC_OK) st = arci_ledger_rows(s, &items, "item", "amount", d.items, 1);
    if (st == ARC_OK) st = read_dates(&d);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(s, i)) continue;
        d.due[i] = s->list[i].due_date;
        arc_status why = may_extend(&d, i, items[i][0].u.i);
        if (why != ARC_OK && !no(s, i, why, NULL, NULL)) return why;
    }
    return st == ARC_OK ? write_dates(&d) : st;
}

static arc_status tell_extend(arci_ledger_steps *s, uint32_t i, arci_asked *out)
{
    arc_status st = tell_item(s, i, out, 0);
    return st == ARC_OK ? put_day(s->p->t->env, &out->after, "due_date", s->list[i].due_date) : st;
}

static arc_status fits_extend(arci_txn *t, arci_arena *arena, const arc_ledger_step *e)
{
    const arci_shape *shape;
    arc_value *v;
    int64_t most = 0;
    char currency[4] = { 0 };
    arc_status st = arci_shape_get(t, &shape, "item_state", "open currency");
    if (st == ARC_OK) st = arci_repo_get(t, shape, e->row, arena, &v);
    if (st != ARC_OK) return st;
    memcpy(currency, v[1].u.s, 3);
    return arci_access_authority(t->session, "adjustment.approve", currency, &most) == ARC_OK && v[0].u.i <= most ? ARC_OK : above(t->env, e->row);
}

static arc_status may_take_back(dating *d, uint32_t i, const arc_value *row)
{
    arci_posting *p = d->s->p;
    const arc_ledger_step *e = &d->s->list[i];
    if (!d->last[i] || d->last[i][A_ID].u.i != e->row || row[A_REVERSES].type == ARC_V_INT) {
        arc_status st = arci_fail(p->t->env, ARC_E_STATE, "only the last extension of an item can be taken back", "只能撤销最近一次展期");
        arci_fail_at(p->t->env, "adjustment", "reverses", e->row, -1);
        return st;
    }
    if (e->date < row[A_DATE].u.i || e->date > ARC_DATE_MAX) {
        arc_status st = arci_fail(p->t->env, ARC_E_RANGE, "the date is before the extension's", "日期早于展期日期");
        arci_fail_at(p->t->env, "adjustment", "effective_date", e->row, -1);
        return st;
    }
    arc_status st = arci_fact_check(p->t, e->date, (arc_date)row[A_DATE].u.i, "adjustment", "effective_date", e->row);
    return st == ARC_OK ? within_authority(p, arci_sides_find(&d->sides, d->items[i])) : st;
}

static arc_status take_back(arci_ledger_steps *s)
{
    dating d;
    const arc_value **rows, **items;
    arc_status st = open_dating(&d, s);
    if (st == ARC_OK) st = arci_ledger_rows(s, &rows, "adjustment", adjustment_fields, NULL, 1);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) d.items[i] = good(s, i) ? rows[i][A_ITEM].u.i : 0;
    if (st == ARC_OK) st = ask_dates(&d);
    if (st == ARC_OK) st = arci_ledger_rows(s, &items, "item", "amount", d.items, 1);
    if (st == ARC_OK) st = read_dates(&d);
    for (uint32_t i = 0; st == ARC_OK && i < s->p->n; i++) {
        if (!good(s, i)) continue;
        d.due[i] = rows[i][A_OLD_DUE].type == ARC_V_INT ? (arc_date)rows[i][A_OLD_DUE].u.i : ARC_DATE_NONE;
        d.reverses[i] = s->list[i].row;
        arc_status why = may_take_back(&d, i, rows[i]);
        if (why != ARC_OK && !no(s, i, why, NULL, NULL)) return why;
    }
    return st == ARC_OK ? write_dates(&d) : st;
}

/* ---- verbs ---------------------------------------------------------------------------------------------------------------------- */

const arci_ledger_verb arci_give_up_verb = { ARCI_DO_ALLOCATION_APPLY, ARCI_DO_ITEM_GIVE_UP, "item", 1, give_up, tell_give_up, NULL };
const arci_ledger_verb arci_transfer_verb = { ARCI_DO_ITEM_TRANSFER, ARCI_DO_ITEM_TRANSFER, "item", 1, change_hands, tell_transfer, NULL };
const arci_ledger_verb arci_extend_verb = { ARCI_DO_ADJUSTMENT_APPROVE, ARCI_DO_ADJUSTMENT_APPROVE, "item", 1, extend, tell_extend, fits_extend };
static const arci_ledger_verb charge_back_verb = { ARCI_DO_ALLOCATION_APPLY, 0, "item", 1, charge_back, NULL, NULL };
static const arci_ledger_verb carry_over_verb = { ARCI_DO_ALLOCATION_APPLY, 0, "item", 1, carry_over, NULL, NULL };
static const arci_ledger_verb take_back_verb = { ARCI_DO_ADJUSTMENT_REVERSE, 0, "adjustment", 1, take_back, NULL, NULL };

static arc_ledger_step step_of(int64_t row, arc_date date, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = row;
    s.date = date;
    s.reason = reason;
    return s;
}

arc_status arc_item_give_up(arc_session *session, int64_t *allocation, int64_t item, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(item, date, reason);
    return arci_ledger_one(session, &arci_give_up_verb, allocation, &s);
}

arc_status arc_item_give_up_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &arci_give_up_verb, ids, results, steps, n, flags);
}

arc_status arc_item_transfer(arc_session *session, int64_t *allocation, int64_t item, int64_t customer, int64_t amount, arc_date date, const char *consent)
{
    arc_ledger_step s = step_of(item, date, consent);
    s.customer = customer;
    s.amount = amount;
    return arci_ledger_one(session, &arci_transfer_verb, allocation, &s);
}

arc_status arc_item_transfer_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &arci_transfer_verb, ids, results, steps, n, flags);
}

arc_status arc_item_charge_back_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &charge_back_verb, ids, results, steps, n, flags);
}

arc_status arc_item_carry_over_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &carry_over_verb, ids, results, steps, n, flags);
}

arc_status arc_item_extend(arc_session *session, int64_t *adjustment, int64_t item, arc_date due_date, arc_date date, const char *reason)
{
    arc_ledger_step s = step_of(item, date, reason);
    s.due_date = due_date;
    return arci_ledger_one(session, &arci_extend_verb, adjustment, &s);
}

arc_status arc_item_extend_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &arci_extend_verb, ids, results, steps, n, flags);
}

arc_status arc_adjustment_reverse(arc_session *session, int64_t *id, int64_t adjustment, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(adjustment, date, reason);
    return arci_ledger_one(session, &take_back_verb, id, &s);
}

arc_status arc_adjustment_reverse_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &take_back_verb, ids, results, steps, n, flags);
}
