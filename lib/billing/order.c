/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: what they take of their contracts. */
#include <string.h>

#include "billing/order.h"

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

typedef struct ordering {
    arci_order_call c;
    arci_contract *contracts;
    uint32_t n_contracts;
    arci_link_sum *amounts; /* by element: what it commits from now on */
} ordering;

/* Contracts before orders. */
static arc_status hold(ordering *x)
{
    arci_posting *p = x->c.p;
    int64_t *ids = arci_arena_calloc(&p->arena, p->n, sizeof *ids);
    x->amounts = arci_arena_calloc(&p->arena, p->n, sizeof *x->amounts);
    if (!ids || !x->amounts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_order_good(&x->c, i) && x->c.rows[i][ARCI_ORDER_CONTRACT].type == ARC_V_INT) ids[i] = x->c.rows[i][ARCI_ORDER_CONTRACT].u.i;
    }
    arc_status st = arci_contracts_read(p->t, &p->arena, ids, p->n, 1, &x->contracts, &x->n_contracts);
    return st == ARC_OK ? arci_order_hold(&x->c) : st;
}

static arci_contract *contract_of(const ordering *x, uint32_t i)
{
    const arc_value *v = &x->c.rows[i][ARCI_ORDER_CONTRACT];
    arci_contract *c = v->type == ARC_V_INT ? arci_contract_find(x->contracts, x->n_contracts, v->u.i) : NULL;
    return c && c->row ? c : NULL;
}

/* What an order takes of its contract moves to amounts[i]. */
static void commit(ordering *x, uint32_t i)
{
    const arc_value *v = x->c.rows[i];
    const int64_t gross = v[ARCI_ORDER_COMMITTED].type == ARC_V_INT ? v[ARCI_ORDER_COMMITTED].u.i : 0;
    const int64_t net = v[ARCI_ORDER_COMMITTED_NET].type == ARC_V_INT ? v[ARCI_ORDER_COMMITTED_NET].u.i : 0;
    const arci_link_sum change = { 0, x->amounts[i].gross - gross, x->amounts[i].net - net };
    if (v[ARCI_ORDER_CONTRACT].type == ARC_V_INT) arci_links_add(&x->c.p->links, ARCI_LINK_CONTRACT_ORDER, v[ARCI_ORDER_CONTRACT].u.i, v[ARCI_ORDER_CURRENCY].u.s, &change);
}

/* ---- confirm ----------------------------------------------------------------------------------------------------------------------- */

/* Lines are inclusive of tax: without it, round(amount / (1 + rate)). */
static arc_status add_up(ordering *x, uint32_t i)
{
    arci_env *env = x->c.p->t->env;
    arci_link_sum *sum = &x->amounts[i];
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        const arc_value *l = arci_order_line(&x->c, k);
        int64_t amount = l[ARCI_OLINE_AMOUNT].u.i, rate = l[ARCI_OLINE_OF].type == ARC_V_INT ? l[ARCI_OLINE_OF].u.i : 0;
        if (!arci_value_equal(&l[ARCI_OLINE_CURRENCY], &x->c.rows[i][ARCI_ORDER_CURRENCY])) {
            arci_fail(env, ARC_E_CURRENCY, "a line is in another currency than the order", "订单行币种与订单不一致");
            arci_fail_at(env, "order_line", "currency", l[ARCI_OLINE_ID].u.i, -1);
            return ARC_E_CURRENCY;
        }
        if (l[ARCI_OLINE_QUANTITY].u.i < 0 || amount < 0 || rate < 0 || arci_add64(sum->gross, amount, &sum->gross) || sum->gross > ARC_MONEY_MAX) {
            arci_fail(env, ARC_E_VALUE, "quantities and amounts of lines are not negative, and their sum within range", "订单行的数量和金额不能为负，合计不能超出范围");
            arci_fail_at(env, "order_line", "amount", l[ARCI_OLINE_ID].u.i, -1);
            return ARC_E_VALUE;
        }
        sum->net += arci_part_of(amount, 10000, 10000 + rate);
    }
    return ARC_OK;
}

static arc_status at(ordering *x, arc_status st, const char *field, uint32_t i)
{
    arci_fail_at(x->c.p->t->env, "sales_order", field, x->c.list[i].id, -1);
    return st;
}

static arc_status judge_confirm(ordering *x, uint32_t i)
{
    arci_env *env = x->c.p->t->env;
    const arc_value *v = x->c.rows[i];
    arci_contract *c = contract_of(x, i);
    char room[48], asked[48], currency[4] = { 0 };
    arc_status st = add_up(x, i);
    if (st != ARC_OK || !c) return st;
    const arc_value *k = c->row;
    int n = (int)k[ARCI_CONTRACT_NUMBER].len;
    const char *number = k[ARCI_CONTRACT_NUMBER].u.s;
    if (!arci_code_is(&k[ARCI_CONTRACT_STATUS], "active")) {
        const char *is[2];
        arci_code_words(is, "contract_status", &k[ARCI_CONTRACT_STATUS]);
        return at(x, arci_fail(env, ARC_E_STATE, "contract %.*s is %s: only active contracts are ordered on%.0s", "合同 %.*s %.0s状态为“%s”，只有执行中的合同可以下单", n, number, is[0], is[1]),
                  "contract", i);
    }
    if (!arci_value_equal(&k[ARCI_CONTRACT_CURRENCY], &v[ARCI_ORDER_CURRENCY])) {
        return at(x, arci_fail(env, ARC_E_CURRENCY, "contract %.*s is in %.*s", "合同 %.*s 的币种为 %.*s", n, number, 3, k[ARCI_CONTRACT_CURRENCY].u.s), "currency", i);
    }
    if (!arci_value_equal(&k[ARCI_CONTRACT_CUSTOMER], &v[ARCI_ORDER_CUSTOMER])) {
        return at(x, arci_fail(env, ARC_E_GUARD, "contract %.*s is another customer's", "合同 %.*s 属于其他客户", n, number), "contract", i);
    }
    if ((k[ARCI_CONTRACT_STARTS].type == ARC_V_INT && v[ARCI_ORDER_DATE].u.i < k[ARCI_CONTRACT_STARTS].u.i) ||
        (k[ARCI_CONTRACT_ENDS].type == ARC_V_INT && v[ARCI_ORDER_DATE].u.i > k[ARCI_CONTRACT_ENDS].u.i)) {
        return at(x, arci_fail(env, ARC_E_GUARD, "the order date is outside the dates of contract %.*s", "下单日期不在合同 %.*s 的有效期内", n, number), "order_date", i);
    }
    int64_t is = c->without_tax ? x->amounts[i].net : x->amounts[i].gross, sum;
    if (arci_add64(c->ordered, is, &sum) || (c->limited && sum > c->limit && is > 0)) {
        memcpy(currency, k[ARCI_CONTRACT_CURRENCY].u.s, 3);
        return at(x, arci_fail(env, ARC_E_GUARD, "contract %.*s leaves %s to order, the order is %s", "合同 %.*s 可下单余额为 %s，本订单为 %s", n, number,
                               arci_amount_text(room, c->limit - c->ordered, currency), arci_amount_text(asked, is, currency)), "contract", i);
    }
    c->ordered = sum;
    return ARC_OK;
}

static void fill_confirm(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    const ordering *x = user;
    v[0] = text("confirmed");
    v[1] = c->count[i] ? arci_v_int(x->amounts[i].gross) : arci_v_null();
    v[2] = c->count[i] ? arci_v_int(x->amounts[i].net) : arci_v_null();
}

static arc_status confirm(arci_posting *p, const void *elements)
{
    ordering x;
    memset(&x, 0, sizeof x);
    arc_status st = arci_order_begin(&x.c, p, ARCI_DO_ORDER_CONFIRM, elements, 0);
    if (st == ARC_OK) st = hold(&x);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(&x.c, i)) continue;
        st = arci_order_judged(&x.c, i, judge_confirm(&x, i), NULL);
        if (st == ARC_OK && arci_order_good(&x.c, i)) commit(&x, i);
    }
    return st == ARC_OK ? arci_order_update(&x.c, "status committed committed_net", fill_confirm, &x) : st;
}

arc_status arc_order_confirm(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_ORDER_CONFIRM, versions, results, steps, n, flags, 0, confirm);
}

/* ---- close, cancel --------------------------------------------------------------------------------------------------------------------- */

typedef struct used {
    arci_link_sum *delivered, *invoiced; /* by line */
    arci_link_sum *whole;                /* by element: documents that name the order */
} used;

static arc_status read_used(ordering *x, used *u)
{
    arci_posting *p = x->c.p;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    const char **currencies = arci_arena_alloc(&p->arena, p->n * sizeof *currencies);
    u->whole = arci_arena_calloc(&p->arena, p->n, sizeof *u->whole);
    if (!ids || !currencies || !u->whole) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        ids[i] = x->c.list[i].id;
        currencies[i] = x->c.rows[i] ? x->c.rows[i][ARCI_ORDER_CURRENCY].u.s : "   ";
    }
    arc_status st = arci_links_read(p->t, &p->arena, ARCI_LINK_SALES_ORDER_INVOICE, ids, currencies, p->n, u->whole);
    if (st == ARC_OK) st = arci_order_sums(&x->c, ARCI_LINK_ORDER_DELIVERY, &u->delivered);
    return st == ARC_OK ? arci_order_sums(&x->c, ARCI_LINK_ORDER_INVOICE, &u->invoiced) : st;
}

/* What was delivered or invoiced stays committed: of each line the greater, and not less than documents of the order came to. */
static void keep_used(ordering *x, const used *u, uint32_t i)
{
    const arc_value *v = x->c.rows[i];
    int64_t sum = 0, committed = v[ARCI_ORDER_COMMITTED].type == ARC_V_INT ? v[ARCI_ORDER_COMMITTED].u.i : 0;
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        int64_t more = u->delivered[k].gross > u->invoiced[k].gross ? u->delivered[k].gross : u->invoiced[k].gross;
        if (more > 0 && arci_add64(sum, more, &sum)) sum = INT64_MAX;
    }
    if (u->whole[i].gross > sum) sum = u->whole[i].gross;
    x->amounts[i].gross = sum < committed ? sum : committed;
    x->amounts[i].net = committed && v[ARCI_ORDER_COMMITTED_NET].type == ARC_V_INT ? arci_part_of(v[ARCI_ORDER_COMMITTED_NET].u.i, x->amounts[i].gross, committed) : 0;
}

static void fill_close(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    const ordering *x = user;
    int any = c->rows[i][ARCI_ORDER_COMMITTED].type == ARC_V_INT;
    v[0] = text("closed");
    v[1] = any ? arci_v_int(x->amounts[i].gross) : arci_v_null();
    v[2] = any ? arci_v_int(x->amounts[i].net) : arci_v_null();
}

static arc_status close(arci_posting *p, const void *elements)
{
    ordering x;
    used u;
    memset(&x, 0, sizeof x);
    arc_status st = arci_order_begin(&x.c, p, ARCI_DO_ORDER_CLOSE, elements, 0);
    if (st == ARC_OK) st = hold(&x);
    if (st == ARC_OK) st = read_used(&x, &u);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(&x.c, i)) continue;
        keep_used(&x, &u, i);
        commit(&x, i);
    }
    return st == ARC_OK ? arci_order_update(&x.c, "status committed committed_net", fill_close, &x) : st;
}

arc_status arc_order_close(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_ORDER_CLOSE, versions, results, steps, n, flags, 0, close);
}

static arc_status judge_cancel(ordering *x, const used *u, uint32_t i)
{
    const arc_value *v = x->c.rows[i];
    int any = u->whole[i].gross || u->whole[i].net;
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) any |= u->delivered[k].quantity || u->delivered[k].gross || u->invoiced[k].quantity || u->invoiced[k].gross;
    if (!any) return ARC_OK;
    return at(x, arci_fail(x->c.p->t->env, ARC_E_STATE, "order %.*s is delivered or invoiced in part: close it", "订单 %.*s 已部分发货或开票，请完结订单", (int)v[ARCI_ORDER_NUMBER].len,
                           v[ARCI_ORDER_NUMBER].u.s), "status", i);
}

static void fill_cancel(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    (void)user;
    v[0] = text("cancelled");
    v[1] = v[2] = arci_v_null();
    v[3] = text(c->list[i].reason);
}

static arc_status cancel(arci_posting *p, const void *elements)
{
    ordering x;
    used u;
    memset(&x, 0, sizeof x);
    arc_status st = arci_order_begin(&x.c, p, ARCI_DO_ORDER_CANCEL, elements, 1);
    if (st == ARC_OK) st = hold(&x);
    if (st == ARC_OK) st = read_used(&x, &u);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(&x.c, i)) continue;
        st = arci_order_judged(&x.c, i, judge_cancel(&x, &u, i), NULL);
        if (st == ARC_OK && arci_order_good(&x.c, i)) commit(&x, i); /* amounts are 0 */
    }
    return st == ARC_OK ? arci_order_update(&x.c, "status committed committed_net decision_reason", fill_cancel, &x) : st;
}

arc_status arc_order_cancel(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_ORDER_CANCEL, versions, results, steps, n, flags, 0, cancel);
}
