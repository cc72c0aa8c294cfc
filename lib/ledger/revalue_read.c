/* SPDX-License-Identifier: Apache-2.0 */
/* Open items in foreign currencies as of a day: those open now and those settled since, with what was allocated and adjusted after the day folded back. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/num.h"
#include "ledger/journal.h"
#include "ledger/revalue.h"
#include "store/scout.h"

typedef struct fold {
    arci_revalue *r;
    arci_map open, base; /* item to what it gets back */
} fold;

static arc_status give(fold *f, arci_map *m, const arc_value *id, int64_t amount)
{
    int64_t *sum;
    if (id->type != ARC_V_INT || !amount) return ARC_OK;
    if (arci_map_put(m, &id->u.i, sizeof id->u.i, &sum) < 0) return arci_nomem(f->r->t->env);
    if (arci_add64(*sum, amount, sum)) return arci_fail(f->r->t->env, ARC_E_OVERFLOW, "a sum of allocations is too large", "核销合计超出范围");
    return ARC_OK;
}

enum { A_ITEM, A_CREDIT, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_ITEM_BASE, A_CREDIT_BASE, A_DATE };

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static arc_status undo_allocation(fold *f, const arc_value *v)
{
    arc_status st = give(f, &f->open, &v[A_ITEM], int_of(&v[A_AMOUNT]) + int_of(&v[A_DISCOUNT]) + int_of(&v[A_WRITE_OFF]));
    if (st == ARC_OK) st = give(f, &f->base, &v[A_ITEM], int_of(&v[A_ITEM_BASE]));
    if (st == ARC_OK) st = give(f, &f->open, &v[A_CREDIT], -int_of(&v[A_AMOUNT]));
    return st == ARC_OK ? give(f, &f->base, &v[A_CREDIT], -int_of(&v[A_CREDIT_BASE])) : st;
}

static arc_status undo_adjustment(fold *f, const arc_value *v) { return give(f, &f->open, &v[0], -int_of(&v[1])); }

static arc_status each_after(fold *f, const char *entity, const char *fields, uint16_t date_at, arc_status (*undo)(fold *, const arc_value *))
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(f->r->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[date_at], ARC_OP_GT, f->r->as_of);
    st = arci_repo_scan(f->r->t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) st = undo(f, block.values + (size_t)i * block.n_cols);
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

enum { S_ITEM, S_CUSTOMER, S_CURRENCY, S_KIND, S_OPEN, S_BASE_CURRENCY, S_BASE, S_DATE, S_SETTLED };
static const char state_fields[] = "item customer currency kind open base_currency base_open business_date settled_on";

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

static int64_t then(const arci_map *m, const arc_value *id, int64_t now)
{
    const int64_t *back = arci_map_get(m, &id->u.i, sizeof id->u.i);
    return now + (back ? *back : 0); /* both within the bounds that verify proves */
}

static arc_status take(fold *f, const arc_value *v)
{
    arci_revalue *r = f->r;
    if (is(&v[S_KIND], "planned") || is(&v[S_KIND], "estimated") || is(&v[S_KIND], "advance")) return ARC_OK;
    int64_t open = then(&f->open, &v[S_ITEM], v[S_OPEN].u.i);
    if (!open) return ARC_OK;
    if (v[S_BASE].type != ARC_V_INT) {
        r->n_unvalued++;
        return ARC_OK;
    }
    if (r->n == r->cap) {
        uint32_t cap = r->cap ? r->cap * 2 : 64;
        arci_valuation *more = arci_arena_alloc(r->arena, cap * sizeof *more);
        if (!more) return arci_nomem(r->t->env);
        if (r->n) memcpy(more, r->list, r->n * sizeof *more);
        r->list = more;
        r->cap = cap;
    }
    arci_valuation *one = &r->list[r->n++];
    memset(one, 0, sizeof *one);
    one->item = v[S_ITEM].u.i;
    one->customer = v[S_CUSTOMER].u.i;
    one->open = open;
    one->carried = then(&f->base, &v[S_ITEM], v[S_BASE].u.i);
    one->role = arci_item_role(&v[S_KIND]);
    memcpy(one->currency, v[S_CURRENCY].u.s, 3);
    return ARC_OK;
}

static arc_status items(fold *f, int settled)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(f->r->t, &shape, "item_state", state_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    if (settled) arci_where_int(&w, shape->cols[S_SETTLED], ARC_OP_GT, f->r->as_of);
    else arci_where_int(&w, shape->cols[S_OPEN], ARC_OP_NE, 0);
    arci_where_text(&w, shape->cols[S_CURRENCY], ARC_OP_NE, f->r->t->book->base_currency, 3);
    arci_where_int(&w, shape->cols[S_DATE], ARC_OP_LE, f->r->as_of);
    st = arci_repo_scan(f->r->t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) st = take(f, block.values + (size_t)i * block.n_cols);
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static int by_customer(const void *x, const void *y)
{
    const arci_valuation *a = x, *b = y;
    int d = (a->customer > b->customer) - (a->customer < b->customer);
    if (!d) d = memcmp(a->currency, b->currency, 3);
    if (!d) d = strcmp(a->role, b->role);
    return d ? d : (a->item > b->item) - (a->item < b->item);
}

static arc_status value_one(arci_revalue *r, arci_rates *rates, arci_valuation *one)
{
    const char *home = r->t->book->base_currency;
    arc_money open, worth;
    int found;
    arc_status st = arci_rate_on(rates, "closing", one->currency, home, r->as_of, &one->rate, &found);
    if (st != ARC_OK) return st;
    if (!found) {
        st = arci_fail(r->t->env, ARC_E_NOT_FOUND, "no closing rate from %s to %s is known", "缺少 %s 兑 %s 的期末汇率", one->currency, home);
        arci_fail_at(r->t->env, "exchange_rate", "rate", -1, -1);
        return st;
    }
    if (arc_money_set(&open, one->open, one->currency) != ARC_OK || arc_money_convert(&worth, &open, home, &one->rate, ARC_ROUND_HALF_UP) != ARC_OK)
        return arci_fail(r->t->env, ARC_E_OVERFLOW, "an amount at the closing rate is too large", "按期末汇率折算的金额过大");
    one->valued = worth.minor;
    return ARC_OK;
}

static arc_status value_all(arci_revalue *r)
{
    arci_rates rates;
    arci_acc carried = { 0, 0 }, valued = { 0, 0 };
    arc_status st = ARC_OK;
    arci_rates_init(&rates, r->t, r->arena);
    if (r->n) qsort(r->list, r->n, sizeof *r->list, by_customer);
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        st = value_one(r, &rates, &r->list[i]);
        arci_acc_add(&carried, r->list[i].carried);
        arci_acc_add(&valued, r->list[i].valued);
    }
    if (st == ARC_OK && (arci_acc_get(&carried, &r->carried) || arci_acc_get(&valued, &r->valued)))
        st = arci_fail(r->t->env, ARC_E_OVERFLOW, "the sums of a revaluation are too large", "调汇合计超出范围");
    return st;
}

arc_status arci_revalue_open(arci_revalue *r)
{
    fold f = { .r = r };
    arci_map_init(&f.open, r->t->book->ctx);
    arci_map_init(&f.base, r->t->book->ctx);
    r->n = 0;
    r->n_unvalued = 0;
    arc_status st = each_after(&f, "allocation", "item credit_item amount discount write_off item_base credit_base effective_date", A_DATE, undo_allocation);
    if (st == ARC_OK) st = each_after(&f, "adjustment", "item amount effective_date", 2, undo_adjustment);
    if (st == ARC_OK) st = items(&f, 0);
    if (st == ARC_OK) st = items(&f, 1);
    arci_map_clear(&f.open);
    arci_map_clear(&f.base);
    return st;
}

static arc_status read(void *user)
{
    arci_revalue *r = user;
    arc_status st = arci_revalue_open(r);
    return st == ARC_OK ? value_all(r) : st;
}

arc_status arci_revalue_read(arci_revalue *r) { return arci_scout(r->t, read, r); }
