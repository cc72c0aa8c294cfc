/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries: what they take of the orders they are of. */
#include <string.h>

#include "billing/checked.h"
#include "billing/order.h"

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

enum { H_ID, H_NUMBER, H_STATUS, H_CUSTOMER, H_CONTRACT, H_VERSION, H_COLUMNS };
enum { P_ORDER, P_QUANTITY, P_AMOUNT, P_CURRENCY, P_CONTRACT, P_COLUMNS };

typedef struct shipping {
    arci_order_call c;
    int64_t *orders, *lines; /* ids, ascending, of all that deliveries name */
    uint32_t n_orders, n_lines;
    arc_value *heads, *parents; /* their rows: H_*, P_* */
    uint8_t *has_head, *has_parent, *started; /* started: an order of which something is shipped now */
    arci_link_sum *delivered, *invoiced; /* of the order lines */
    arci_contract *contracts;
    uint32_t n_contracts;
} shipping;

static const arc_value *parent_of(const shipping *x, uint32_t k, uint32_t *position_out)
{
    const arc_value *of = &arci_order_line(&x->c, k)[ARCI_OLINE_OF];
    uint32_t at = of->type == ARC_V_INT ? arci_ids_find(x->lines, x->n_lines, of->u.i) : UINT32_MAX;
    *position_out = at;
    return at != UINT32_MAX && x->has_parent[at] ? x->parents + (size_t)at * P_COLUMNS : NULL;
}

static const arc_value *head_of(const shipping *x, const arc_value *id)
{
    uint32_t at = id->type == ARC_V_INT ? arci_ids_find(x->orders, x->n_orders, id->u.i) : UINT32_MAX;
    return at != UINT32_MAX && x->has_head[at] ? x->heads + (size_t)at * H_COLUMNS : NULL;
}

/* ---- holding: orders, deliveries, order lines; others do it in this order too -------------------------------------------------------- */

static arc_status read_parents(shipping *x, int lock)
{
    const arci_shape *shape;
    arci_posting *p = x->c.p;
    arc_status st = lock && x->n_lines ? arci_repo_lock(p->t, "order_line", x->lines, x->n_lines) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "order_line", "sales_order quantity amount currency contract");
    return st == ARC_OK && x->n_lines ? arci_repo_get_many(p->t, shape, x->lines, x->n_lines, &p->arena, &x->parents, &x->has_parent) : st;
}

static arc_status name_lines(shipping *x)
{
    arci_posting *p = x->c.p;
    x->lines = arci_arena_alloc(&p->arena, (x->c.lines.n_rows + 1) * sizeof *x->lines);
    if (!x->lines) return arci_nomem(p->t->env);
    x->n_lines = 0;
    for (uint32_t k = 0; k < x->c.lines.n_rows; k++) {
        const arc_value *of = &arci_order_line(&x->c, k)[ARCI_OLINE_OF];
        if (of->type == ARC_V_INT) x->lines[x->n_lines++] = of->u.i;
    }
    x->n_lines = arci_ids_unique(x->lines, x->n_lines);
    return read_parents(x, 0);
}

static arc_status lock_orders(shipping *x)
{
    const arci_shape *shape;
    arci_posting *p = x->c.p;
    uint32_t n = 0;
    x->orders = arci_arena_alloc(&p->arena, (x->n_lines + p->n + 1) * sizeof *x->orders);
    if (!x->orders) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < x->n_lines; k++) {
        if (x->has_parent[k]) x->orders[n++] = x->parents[(size_t)k * P_COLUMNS + P_ORDER].u.i;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_order_good(&x->c, i) && x->c.rows[i][ARCI_ORDER_CONTRACT].type == ARC_V_INT) x->orders[n++] = x->c.rows[i][ARCI_ORDER_CONTRACT].u.i;
    }
    x->n_orders = arci_ids_unique(x->orders, n);
    if (!x->n_orders) return ARC_OK;
    arc_status st = arci_repo_lock(p->t, "sales_order", x->orders, x->n_orders);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "sales_order", "id number status customer contract version");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, x->orders, x->n_orders, &p->arena, &x->heads, &x->has_head);
    x->started = arci_arena_calloc(&p->arena, x->n_orders, 1);
    return st == ARC_OK && !x->started ? arci_nomem(p->t->env) : st;
}

static arc_status read_sums(shipping *x)
{
    arci_posting *p = x->c.p;
    const char **currencies = arci_arena_alloc(&p->arena, (x->n_lines + 1) * sizeof *currencies);
    x->delivered = arci_arena_calloc(&p->arena, x->n_lines + 1, sizeof *x->delivered);
    x->invoiced = arci_arena_calloc(&p->arena, x->n_lines + 1, sizeof *x->invoiced);
    if (!currencies || !x->delivered || !x->invoiced) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < x->n_lines; k++) currencies[k] = x->has_parent[k] ? x->parents[(size_t)k * P_COLUMNS + P_CURRENCY].u.s : "   ";
    arc_status st = arci_links_read(p->t, &p->arena, ARCI_LINK_ORDER_DELIVERY, x->lines, currencies, x->n_lines, x->delivered);
    return st == ARC_OK ? arci_links_read(p->t, &p->arena, ARCI_LINK_ORDER_INVOICE, x->lines, currencies, x->n_lines, x->invoiced) : st;
}

/* Tolerances and what may be invoiced; nothing of a contract moves, so it is not locked. */
static arc_status read_contracts(shipping *x)
{
    arci_posting *p = x->c.p;
    int64_t *ids = arci_arena_calloc(&p->arena, x->n_orders + x->n_lines + 1, sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < x->n_orders; k++) {
        const arc_value *h = x->heads + (size_t)k * H_COLUMNS;
        if (x->has_head[k] && h[H_CONTRACT].type == ARC_V_INT) ids[k] = h[H_CONTRACT].u.i;
    }
    for (uint32_t k = 0; k < x->n_lines; k++) {
        const arc_value *l = x->parents + (size_t)k * P_COLUMNS;
        if (x->has_parent[k] && l[P_CONTRACT].type == ARC_V_INT) ids[x->n_orders + k] = l[P_CONTRACT].u.i;
    }
    return arci_contracts_read(p->t, &p->arena, ids, x->n_orders + x->n_lines, 0, &x->contracts, &x->n_contracts);
}

/* The lines are found before the orders are locked, and read again behind the lock of the deliveries, which fixes them. */
static arc_status hold(shipping *x)
{
    arc_status st = arci_order_lines(&x->c);
    if (st == ARC_OK) st = name_lines(x);
    if (st == ARC_OK) st = lock_orders(x);
    if (st == ARC_OK) st = arci_order_hold(&x->c);
    if (st == ARC_OK) st = name_lines(x);
    if (st == ARC_OK) st = read_parents(x, 1);
    if (st == ARC_OK) st = read_sums(x);
    return st == ARC_OK ? read_contracts(x) : st;
}

/* Of an order line: its own, or its order's. */
static const arci_contract *contract_of(const shipping *x, const arc_value *line, const arc_value *head)
{
    const arc_value *of = line && line[P_CONTRACT].type == ARC_V_INT ? &line[P_CONTRACT] : head ? &head[H_CONTRACT] : NULL;
    return of && of->type == ARC_V_INT ? arci_contract_find(x->contracts, x->n_contracts, of->u.i) : NULL;
}

static arc_status at(shipping *x, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(x->c.p->t->env, entity, field, id, -1);
    return st;
}

/* ---- ship -------------------------------------------------------------------------------------------------------------------------------- */

static arc_status judge_order(shipping *x, uint32_t i, const arc_value *h)
{
    arci_env *env = x->c.p->t->env;
    int64_t id = x->c.list[i].id;
    int n = (int)h[H_NUMBER].len;
    if (!arci_code_is(&h[H_STATUS], "confirmed") && !arci_code_is(&h[H_STATUS], "delivering")) {
        const char *is[2];
        arci_code_words(is, "order_status", &h[H_STATUS]);
        return at(x, arci_fail(env, ARC_E_STATE, "order %.*s is %s: nothing is delivered on it%.0s", "订单 %.*s %.0s状态为“%s”，不能发货", n, h[H_NUMBER].u.s, is[0], is[1]),
                  "delivery", "sales_order", id);
    }
    if (arci_value_equal(&h[H_CUSTOMER], &x->c.rows[i][ARCI_ORDER_CUSTOMER])) return ARC_OK;
    return at(x, arci_fail(env, ARC_E_GUARD, "order %.*s is another customer's", "订单 %.*s 属于其他客户", n, h[H_NUMBER].u.s), "delivery", "customer", id);
}

static arc_status too_much(shipping *x, const arc_value *l, const char *field, const char *room, const char *asked)
{
    arci_env *env = x->c.p->t->env;
    arci_fail(env, ARC_E_GUARD, "line %lld: the order line leaves %s, the line is %s", "第 %lld 行：订单行可发货余量为 %s，本行为 %s", (long long)l[ARCI_OLINE_SEQ].u.i, room, asked);
    return at(x, ARC_E_GUARD, "delivery_line", field, l[ARCI_OLINE_ID].u.i);
}

static arc_status judge_line(shipping *x, uint32_t i, uint32_t k)
{
    arci_env *env = x->c.p->t->env;
    const arc_value *l = arci_order_line(&x->c, k), *own = &x->c.rows[i][ARCI_ORDER_CONTRACT];
    uint32_t to;
    char room[48], asked[48], currency[4] = { 0 };
    if (l[ARCI_OLINE_QUANTITY].u.i < 0 || l[ARCI_OLINE_AMOUNT].u.i < 0) {
        return at(x, arci_fail(env, ARC_E_VALUE, "quantities and amounts of lines are not negative", "发货单行的数量和金额不能为负"), "delivery_line", "quantity", l[ARCI_OLINE_ID].u.i);
    }
    const arc_value *p = parent_of(x, k, &to), *h = p ? head_of(x, &p[P_ORDER]) : NULL;
    if (!p || !h) return ARC_OK;
    if (own->type == ARC_V_INT && own->u.i != p[P_ORDER].u.i) {
        return at(x, arci_fail(env, ARC_E_GUARD, "line %lld belongs to another order than the delivery", "第 %lld 行与发货单不属于同一订单", (long long)l[ARCI_OLINE_SEQ].u.i), "delivery_line", "order_line",
                  l[ARCI_OLINE_ID].u.i);
    }
    arc_status st = judge_order(x, i, h);
    if (st != ARC_OK) return st;
    if (!arci_value_equal(&p[P_CURRENCY], &l[ARCI_OLINE_CURRENCY])) {
        return at(x, arci_fail(env, ARC_E_CURRENCY, "line %lld: the order line is in another currency", "第 %lld 行：币种与订单行不一致", (long long)l[ARCI_OLINE_SEQ].u.i), "delivery_line", "currency",
                  l[ARCI_OLINE_ID].u.i);
    }
    const arci_contract *c = contract_of(x, p, h);
    arci_link_sum *taken = &x->delivered[to];
    int64_t quantity = arci_with_tolerance(p[P_QUANTITY].u.i, c ? c->tolerance : 0), amount = arci_with_tolerance(p[P_AMOUNT].u.i, c ? c->tolerance : 0), q, a;
    memcpy(currency, p[P_CURRENCY].u.s, 3);
    if (arci_add64(taken->quantity, l[ARCI_OLINE_QUANTITY].u.i, &q) || q > quantity) {
        return too_much(x, l, "quantity", arci_quantity_text(room, quantity - taken->quantity), arci_quantity_text(asked, l[ARCI_OLINE_QUANTITY].u.i));
    }
    if (arci_add64(taken->gross, l[ARCI_OLINE_AMOUNT].u.i, &a) || a > amount) {
        return too_much(x, l, "amount", arci_amount_text(room, amount - taken->gross, currency), arci_amount_text(asked, l[ARCI_OLINE_AMOUNT].u.i, currency));
    }
    taken->quantity = q;
    taken->gross = a;
    return ARC_OK;
}

static void put_back(shipping *x, uint32_t from, uint32_t to)
{
    for (uint32_t k = from; k < to; k++) {
        const arc_value *l = arci_order_line(&x->c, k);
        uint32_t at_line;
        if (!parent_of(x, k, &at_line)) continue;
        x->delivered[at_line].quantity -= l[ARCI_OLINE_QUANTITY].u.i;
        x->delivered[at_line].gross -= l[ARCI_OLINE_AMOUNT].u.i;
    }
}

static arc_status judge_ship(shipping *x, uint32_t i)
{
    const arc_value *h = head_of(x, &x->c.rows[i][ARCI_ORDER_CONTRACT]);
    uint32_t k = x->c.first[i], end = k + x->c.count[i];
    if (!x->c.count[i]) return at(x, arci_fail(x->c.p->t->env, ARC_E_REQUIRED, "a delivery without lines is not shipped", "没有明细行的发货单不能发货"), "delivery", "lines", x->c.list[i].id);
    arc_status st = h ? judge_order(x, i, h) : ARC_OK;
    for (; k < end && st == ARC_OK; k++) {
        st = judge_line(x, i, k);
        if (st != ARC_OK) break;
    }
    if (st != ARC_OK) put_back(x, x->c.first[i], k);
    return st;
}

/* sign 1: it takes of its order lines, -1: it gives back. */
static void count(shipping *x, uint32_t i, int sign)
{
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        const arc_value *l = arci_order_line(&x->c, k);
        uint32_t to;
        const arc_value *p = parent_of(x, k, &to);
        const arci_link_sum sum = { sign * l[ARCI_OLINE_QUANTITY].u.i, sign * l[ARCI_OLINE_AMOUNT].u.i, sign * l[ARCI_OLINE_AMOUNT].u.i };
        if (!p) {
            arci_links_document(&x->c.p->links, ARCI_LINKS_DELIVERY, x->c.list[i].id);
            continue;
        }
        arci_links_add(&x->c.p->links, ARCI_LINK_ORDER_DELIVERY, l[ARCI_OLINE_OF].u.i, l[ARCI_OLINE_CURRENCY].u.s, &sum);
        uint32_t o = arci_ids_find(x->orders, x->n_orders, p[P_ORDER].u.i);
        if (sign > 0 && o != UINT32_MAX) x->started[o] = 1;
    }
}

static arc_status start_orders(shipping *x)
{
    arci_posting *p = x->c.p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at_row = 0;
    if (!x->n_orders) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "sales_order", "status");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, x->n_orders, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t k = 0; k < x->n_orders && st == ARC_OK; k++) {
        const arc_value *h = x->heads + (size_t)k * H_COLUMNS;
        if (!x->started[k] || !arci_code_is(&h[H_STATUS], "confirmed")) continue;
        *arci_batch_key(b, at_row) = h[H_ID];
        *arci_batch_guard(b, at_row) = h[H_VERSION];
        *arci_batch_row(b, at_row++) = text("delivering");
    }
    if (st != ARC_OK || !at_row) return st;
    b->n_rows = at_row;
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* A delivery whose lines are all of one order is of that order. */
static void fill_ship(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    const shipping *x = user;
    const arc_value *order = NULL;
    int one = 1;
    for (uint32_t k = c->first[i]; k < c->first[i] + c->count[i]; k++) {
        uint32_t to;
        const arc_value *p = parent_of(x, k, &to);
        if (!p) continue;
        one &= !order || order->u.i == p[P_ORDER].u.i;
        order = &p[P_ORDER];
    }
    v[0] = text("shipped");
    v[1] = order && one && c->rows[i][ARCI_ORDER_CONTRACT].type != ARC_V_INT ? *order : c->rows[i][ARCI_ORDER_CONTRACT];
}

static arc_status ship(arci_posting *p, const void *elements)
{
    shipping x;
    arci_credit_run run;
    memset(&x, 0, sizeof x);
    arc_status st = arci_order_begin(&x.c, p, ARCI_DO_DELIVERY_SHIP, elements, 0);
    if (st == ARC_OK) st = hold(&x);
    if (st == ARC_OK) st = arci_orders_checked(&run, &x.c);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        int held = 0;
        if (!arci_order_good(&x.c, i)) continue;
        st = arci_order_judged(&x.c, i, judge_ship(&x, i), NULL);
        if (st == ARC_OK && arci_order_good(&x.c, i)) st = arci_delivery_checked(&run, &x.c, i, &held);
        if (held) put_back(&x, x.c.first[i], x.c.first[i] + x.c.count[i]);
        if (st == ARC_OK && arci_order_good(&x.c, i)) count(&x, i, 1);
    }
    if (st == ARC_OK) st = start_orders(&x);
    if (st == ARC_OK) st = arci_order_update(&x.c, "status sales_order", fill_ship, &x);
    return st == ARC_OK ? arci_credit_warned(&run, NULL) : st;
}

arc_status arc_delivery_ship(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_DELIVERY_SHIP, versions, results, steps, n, flags, 0, ship);
}

/* ---- sign -------------------------------------------------------------------------------------------------------------------------------- */

static arc_date day_of(const arci_order_call *c, uint32_t i) { return c->list[i].date == ARC_DATE_NONE ? c->p->session->business_date : c->list[i].date; }

static void fill_sign(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    (void)user;
    v[0] = text("signed");
    v[1] = arci_v_int(day_of(c, i));
    v[2] = c->list[i].by && c->list[i].by[0] ? text(c->list[i].by) : arci_v_null();
}

static arc_status sign(arci_posting *p, const void *elements)
{
    arci_order_call c;
    arc_status st = arci_order_begin(&c, p, ARCI_DO_DELIVERY_SIGN, elements, 0);
    if (st == ARC_OK) st = arci_order_hold(&c);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(&c, i)) continue;
        arc_date day = day_of(&c, i);
        if (day == ARC_DATE_NONE) st = arci_order_judged(&c, i, arci_fail(p->t->env, ARC_E_REQUIRED, "a day is required: the session has no business date", "须提供签收日期：会话未设置业务日期"), "signed_on");
        else if (day < c.rows[i][ARCI_ORDER_DATE].u.i || day > ARC_DATE_MAX) {
            st = arci_order_judged(&c, i, arci_fail(p->t->env, ARC_E_RANGE, "it is not signed for before it is delivered", "签收日期不得早于发货日期"), "signed_on");
        }
    }
    return st == ARC_OK ? arci_order_update(&c, "status signed_on signer", fill_sign, NULL) : st;
}

arc_status arc_delivery_sign(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_DELIVERY_SIGN, versions, results, steps, n, flags, 0, sign);
}

/* ---- refuse, cancel ------------------------------------------------------------------------------------------------------------------------ */

/* Nothing of it is invoiced; and of its order lines, where only what is delivered may be, not more than stays delivered. */
static arc_status judge_back(shipping *x, uint32_t i, const arci_link_sum *invoiced)
{
    arci_env *env = x->c.p->t->env;
    const arc_value *v = x->c.rows[i];
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        const arc_value *l = arci_order_line(&x->c, k);
        uint32_t to;
        const arc_value *p = parent_of(x, k, &to), *h = p ? head_of(x, &p[P_ORDER]) : NULL;
        const arci_contract *c = contract_of(x, p, h);
        int by_delivery = h && (arci_code_is(&h[H_STATUS], "closed") || (c && c->row && arci_code_is(&c->row[ARCI_CONTRACT_BILLING_BASIS], "delivered")));
        int over = by_delivery && (x->invoiced[to].quantity > x->delivered[to].quantity - l[ARCI_OLINE_QUANTITY].u.i ||
                                   x->invoiced[to].gross > x->delivered[to].gross - l[ARCI_OLINE_AMOUNT].u.i);
        if (!invoiced[k].quantity && !invoiced[k].gross && !over) continue;
        return at(x, arci_fail(env, ARC_E_STATE, "delivery %.*s is invoiced: credit that first", "发货单 %.*s 已开票，请先红冲", (int)v[ARCI_ORDER_NUMBER].len, v[ARCI_ORDER_NUMBER].u.s), "delivery", "status",
                  x->c.list[i].id);
    }
    return ARC_OK;
}

static void fill_back(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    (void)user;
    v[0] = text(c->verb == ARCI_DO_DELIVERY_REFUSE ? "refused" : "cancelled");
    v[1] = text(c->list[i].reason);
}

static arc_status take_back(arci_posting *p, const void *elements, uint32_t verb)
{
    shipping x;
    arci_link_sum *invoiced;
    memset(&x, 0, sizeof x);
    arc_status st = arci_order_begin(&x.c, p, verb, elements, 1);
    if (st == ARC_OK) st = hold(&x);
    if (st == ARC_OK) st = arci_order_hold_lines(&x.c, "delivery_line");
    if (st == ARC_OK) st = arci_order_sums(&x.c, ARCI_LINK_DELIVERY_INVOICE, &invoiced);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_order_good(&x.c, i) || !arci_code_is(&x.c.rows[i][ARCI_ORDER_STATUS], "shipped")) continue;
        st = arci_order_judged(&x.c, i, judge_back(&x, i, invoiced), NULL);
        if (st != ARC_OK || !arci_order_good(&x.c, i)) continue;
        count(&x, i, -1);
        put_back(&x, x.c.first[i], x.c.first[i] + x.c.count[i]);
    }
    return st == ARC_OK ? arci_order_update(&x.c, "status decision_reason", fill_back, NULL) : st;
}

static arc_status refuse(arci_posting *p, const void *elements) { return take_back(p, elements, ARCI_DO_DELIVERY_REFUSE); }
static arc_status cancel(arci_posting *p, const void *elements) { return take_back(p, elements, ARCI_DO_DELIVERY_CANCEL); }

arc_status arc_delivery_refuse(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_DELIVERY_REFUSE, versions, results, steps, n, flags, 0, refuse);
}

arc_status arc_delivery_cancel(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_DELIVERY_CANCEL, versions, results, steps, n, flags, 0, cancel);
}
