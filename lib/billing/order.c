/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: what they take of their contracts. */
#include <string.h>

#include "billing/checked.h"
#include "billing/order.h"

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

typedef struct ordering {
    arci_order_call c;
    arci_contract *contracts;
    uint32_t n_contracts;
    arci_link_sum *amounts; /* by element: what it commits from now on */
    arci_link_sum *own;     /* by line: of that, what it takes of a contract of its own */
} ordering;

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

/* Contracts before orders; which lines name is known only once they were read, and looked at again behind the lock. */
static arc_status hold(ordering *x)
{
    arci_posting *p = x->c.p;
    uint32_t n = 0;
    arc_status st = arci_order_lines(&x->c);
    int64_t *ids = arci_arena_calloc(&p->arena, (size_t)p->n + x->c.lines.n_rows + 1, sizeof *ids);
    x->amounts = arci_arena_calloc(&p->arena, p->n, sizeof *x->amounts);
    if (st == ARC_OK && (!ids || !x->amounts)) st = arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_order_good(&x->c, i)) ids[n++] = int_of(&x->c.rows[i][ARCI_ORDER_CONTRACT]);
    }
    for (uint32_t k = 0; k < x->c.lines.n_rows && st == ARC_OK; k++) ids[n++] = int_of(&arci_order_line(&x->c, k)[ARCI_OLINE_CONTRACT]);
    if (st == ARC_OK) st = arci_contracts_read(p->t, &p->arena, ids, n, 1, &x->contracts, &x->n_contracts);
    if (st == ARC_OK) st = arci_order_hold(&x->c);
    x->own = arci_arena_calloc(&p->arena, x->c.lines.n_rows + 1u, sizeof *x->own);
    if (st == ARC_OK && !x->own) st = arci_nomem(p->t->env);
    for (uint32_t k = 0; k < x->c.lines.n_rows && st == ARC_OK; k++) {
        const arc_value *of = &arci_order_line(&x->c, k)[ARCI_OLINE_CONTRACT];
        if (of->type == ARC_V_INT && !arci_contract_find(x->contracts, x->n_contracts, of->u.i)) st = arci_fail(p->t->env, ARC_E_CONFLICT, "another writer changed a line; try again", "其他写入者修改了订单行，请重试");
    }
    return st;
}

static arci_contract *contract_of(const ordering *x, const arc_value *v)
{
    arci_contract *c = v->type == ARC_V_INT ? arci_contract_find(x->contracts, x->n_contracts, v->u.i) : NULL;
    return c && c->row ? c : NULL;
}

/* What an order takes of its contract, and its lines of theirs, moves to amounts[i] and own[]. */
static void commit(ordering *x, uint32_t i)
{
    const arc_value *v = x->c.rows[i];
    arci_links *links = &x->c.p->links;
    arci_link_sum change = { 0, x->amounts[i].gross - int_of(&v[ARCI_ORDER_COMMITTED]), x->amounts[i].net - int_of(&v[ARCI_ORDER_COMMITTED_NET]) };
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        const arc_value *l = arci_order_line(&x->c, k);
        if (l[ARCI_OLINE_CONTRACT].type != ARC_V_INT) continue;
        const arci_link_sum of_it = { 0, x->own[k].gross - int_of(&l[ARCI_OLINE_COMMITTED]), x->own[k].net - int_of(&l[ARCI_OLINE_COMMITTED_NET]) };
        arci_links_add(links, ARCI_LINK_CONTRACT_ORDER, l[ARCI_OLINE_CONTRACT].u.i, v[ARCI_ORDER_CURRENCY].u.s, &of_it);
        change.gross -= of_it.gross;
        change.net -= of_it.net;
    }
    if (v[ARCI_ORDER_CONTRACT].type == ARC_V_INT) arci_links_add(links, ARCI_LINK_CONTRACT_ORDER, v[ARCI_ORDER_CONTRACT].u.i, v[ARCI_ORDER_CURRENCY].u.s, &change);
    arci_links_document(links, ARCI_LINKS_ORDER, x->c.list[i].id);
}

/* The same in the lines that name a contract; none: of orders that are cancelled. */
static arc_status write_own(ordering *x, int none)
{
    arci_posting *p = x->c.p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at = 0, n = 0;
    for (uint32_t k = 0; k < x->c.lines.n_rows; k++) n += arci_order_line(&x->c, k)[ARCI_OLINE_CONTRACT].type == ARC_V_INT;
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "order_line", "committed committed_net");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        for (uint32_t k = x->c.first[i]; arci_order_good(&x->c, i) && k < x->c.first[i] + x->c.count[i]; k++) {
            const arc_value *l = arci_order_line(&x->c, k);
            if (l[ARCI_OLINE_CONTRACT].type != ARC_V_INT) continue;
            arc_value *row = arci_batch_row(b, at);
            *arci_batch_key(b, at) = l[ARCI_OLINE_ID];
            *arci_batch_guard(b, at++) = l[ARCI_OLINE_VERSION];
            row[0] = none ? arci_v_null() : arci_v_int(x->own[k].gross);
            row[1] = none ? arci_v_null() : arci_v_int(x->own[k].net);
        }
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(p->t, &b, 1, NULL);
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
        const int64_t net = arci_part_of(amount, 10000, 10000 + rate);
        sum->net += net;
        if (l[ARCI_OLINE_CONTRACT].type == ARC_V_INT) x->own[k] = (arci_link_sum){ 0, amount, net };
    }
    return ARC_OK;
}

static arc_status at(ordering *x, arc_status st, const char *field, uint32_t i)
{
    arci_fail_at(x->c.p->t->env, "sales_order", field, x->c.list[i].id, -1);
    return st;
}

/* What of an order is of one contract. */
typedef struct part {
    arci_contract *contract;
    int64_t gross, net;
    uint32_t line; /* the first that says so; UINT32_MAX: the order */
} part;

static arc_status at_part(ordering *x, arc_status st, const part *s, const char *field, uint32_t i)
{
    if (s->line == UINT32_MAX) return at(x, st, field, i);
    arci_fail_at(x->c.p->t->env, "order_line", "contract", arci_order_line(&x->c, s->line)[ARCI_OLINE_ID].u.i, -1);
    return st;
}

/* Whether the order may be of the contract at all. */
static arc_status judge_part(ordering *x, uint32_t i, const part *s)
{
    arci_env *env = x->c.p->t->env;
    const arc_value *v = x->c.rows[i], *k = s->contract->row;
    int n = (int)k[ARCI_CONTRACT_NUMBER].len;
    const char *number = k[ARCI_CONTRACT_NUMBER].u.s;
    if (!arci_code_is(&k[ARCI_CONTRACT_STATUS], "active")) {
        const char *is[2];
        arci_code_words(is, "contract_status", &k[ARCI_CONTRACT_STATUS]);
        return at_part(x, arci_fail(env, ARC_E_STATE, "contract %.*s is %s: only active contracts are ordered on%.0s", "合同 %.*s %.0s状态为“%s”，只有执行中的合同可以下单", n, number, is[0], is[1]),
                       s, "contract", i);
    }
    if (!arci_value_equal(&k[ARCI_CONTRACT_CURRENCY], &v[ARCI_ORDER_CURRENCY])) {
        return at_part(x, arci_fail(env, ARC_E_CURRENCY, "contract %.*s is in %.*s", "合同 %.*s 的币种为 %.*s", n, number, 3, k[ARCI_CONTRACT_CURRENCY].u.s), s, "currency", i);
    }
    if (!arci_value_equal(&k[ARCI_CONTRACT_CUSTOMER], &v[ARCI_ORDER_CUSTOMER])) {
        return at_part(x, arci_fail(env, ARC_E_GUARD, "contract %.*s is another customer's", "合同 %.*s 属于其他客户", n, number), s, "contract", i);
    }
    if ((k[ARCI_CONTRACT_STARTS].type == ARC_V_INT && v[ARCI_ORDER_DATE].u.i < k[ARCI_CONTRACT_STARTS].u.i) ||
        (k[ARCI_CONTRACT_ENDS].type == ARC_V_INT && v[ARCI_ORDER_DATE].u.i > k[ARCI_CONTRACT_ENDS].u.i)) {
        return at_part(x, arci_fail(env, ARC_E_GUARD, "the order date is outside the dates of contract %.*s", "下单日期不在合同 %.*s 的有效期内", n, number), s, "order_date", i);
    }
    return ARC_OK;
}

static arc_status take_part(ordering *x, uint32_t i, const part *s)
{
    char room[48], asked[48], currency[4] = { 0 };
    arci_contract *c = s->contract;
    const arc_value *k = c->row;
    int64_t is = c->without_tax ? s->net : s->gross, sum;
    if (arci_add64(c->ordered, is, &sum) || (c->limited && sum > c->limit && is > 0)) {
        memcpy(currency, k[ARCI_CONTRACT_CURRENCY].u.s, 3);
        arci_fail(x->c.p->t->env, ARC_E_GUARD, "contract %.*s leaves %s to order, the order is %s", "合同 %.*s 可下单余额为 %s，本订单为 %s", (int)k[ARCI_CONTRACT_NUMBER].len, k[ARCI_CONTRACT_NUMBER].u.s,
                  arci_amount_text(room, c->limit - c->ordered, currency), arci_amount_text(asked, is, currency));
        return at_part(x, ARC_E_GUARD, s, "contract", i);
    }
    c->ordered = sum;
    return ARC_OK;
}

/* The order's contract first, with all that no line says is of another. */
static uint32_t make_parts(ordering *x, uint32_t i, part *out)
{
    arci_contract *own = contract_of(x, &x->c.rows[i][ARCI_ORDER_CONTRACT]);
    part rest = { own, x->amounts[i].gross, x->amounts[i].net, UINT32_MAX };
    uint32_t n = own != NULL;
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        const arc_value *of = &arci_order_line(&x->c, k)[ARCI_OLINE_CONTRACT];
        arci_contract *c = contract_of(x, of);
        if (of->type != ARC_V_INT) continue;
        rest.gross -= x->own[k].gross;
        rest.net -= x->own[k].net;
        if (!c) continue;
        if (!c->share) {
            out[n] = (part){ c, 0, 0, k };
            c->share = ++n;
        }
        out[c->share - 1].gross += x->own[k].gross;
        out[c->share - 1].net += x->own[k].net;
    }
    if (own) out[0] = rest;
    for (uint32_t k = 0; k < n; k++) out[k].contract->share = 0;
    return n;
}

static arc_status judge_confirm(ordering *x, uint32_t i)
{
    uint32_t done = 0, n;
    arc_status st = add_up(x, i);
    if (st != ARC_OK) return st;
    part *parts = arci_arena_alloc(&x->c.p->arena, (x->c.count[i] + 1u) * sizeof *parts);
    if (!parts) return arci_nomem(x->c.p->t->env);
    n = make_parts(x, i, parts);
    for (; done < n && st == ARC_OK; done += st == ARC_OK) {
        st = parts[done].line == UINT32_MAX && n > 1 && !parts[done].gross ? ARC_OK : judge_part(x, i, &parts[done]); /* nothing of it is the order's own */
        if (st == ARC_OK) st = take_part(x, i, &parts[done]);
    }
    while (st != ARC_OK && done-- > 0) parts[done].contract->ordered -= parts[done].contract->without_tax ? parts[done].net : parts[done].gross;
    return st;
}

static void fill_confirm(const arci_order_call *c, uint32_t i, arc_value *v, void *user)
{
    const ordering *x = user;
    v[0] = text("confirmed");
    v[1] = c->count[i] ? arci_v_int(x->amounts[i].gross) : arci_v_null();
    v[2] = c->count[i] ? arci_v_int(x->amounts[i].net) : arci_v_null();
}

/* Its contract first, then credit: an order that is held takes nothing. */
static arc_status check_all(ordering *x, arci_credit_run *run)
{
    arci_posting *p = x->c.p;
    uint8_t *held = arci_arena_calloc(&p->arena, p->n, 1);
    arc_status st = held ? arci_orders_checked(run, &x->c) : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        int is_held = 0;
        if (!arci_order_good(&x->c, i)) continue;
        st = arci_order_judged(&x->c, i, judge_confirm(x, i), NULL);
        if (st == ARC_OK && arci_order_good(&x->c, i)) st = arci_order_checked(run, &x->c, i, x->amounts[i].gross, &is_held);
        held[i] = (uint8_t)is_held;
        if (st == ARC_OK && arci_order_good(&x->c, i)) commit(x, i);
    }
    return st == ARC_OK && p->n_held ? arci_orders_held(&x->c, held) : st;
}

static arc_status confirm(arci_posting *p, const void *elements)
{
    ordering x;
    arci_credit_run run;
    memset(&x, 0, sizeof x);
    arc_status st = arci_order_begin(&x.c, p, ARCI_DO_ORDER_CONFIRM, elements, 0);
    if (st == ARC_OK) st = hold(&x);
    if (st == ARC_OK) st = check_all(&x, &run);
    if (st == ARC_OK) st = write_own(&x, 0);
    if (st == ARC_OK) st = arci_order_update(&x.c, "status committed committed_net", fill_confirm, &x);
    return st == ARC_OK ? arci_credit_warned(&run, NULL) : st;
}

arc_status arc_order_confirm(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_ORDER_CONFIRM, versions, results, steps, n, flags, 0, confirm);
}

/* ---- held orders, again -------------------------------------------------------------------------------------------------------------- */

typedef struct again {
    int64_t after;
    uint32_t max;
} again;

enum { RECHECK_MAX = 10000 };

static arc_status find_held(arci_posting *p, const again *x, arc_order_step **steps, uint32_t *n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "hold", "id document status document_kind");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, "active", 6);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, "sales_order", 11);
    arci_where_int(&w, shape->cols[0], ARC_OP_GT, x->after);
    const arc_order order = { shape->cols[0], 0 };
    st = arci_repo_find(p->t, shape, &w, &order, 1, x->max, &p->arena, &rows);
    *n = st == ARC_OK ? rows.n_rows : 0;
    *steps = arci_arena_alloc(&p->arena, (*n + 1u) * sizeof **steps);
    if (st == ARC_OK && !*steps) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < *n; r++) {
        (void)arc_order_step_init(&(*steps)[r]);
        (*steps)[r].id = rows.values[(size_t)r * rows.n_cols + 1].u.i;
    }
    return st;
}

/* Those that are refused stay held: their contracts have no room, they are another's. */
static arc_status recheck(arci_posting *p, const void *elements)
{
    const again *x = elements;
    arc_order_step *steps;
    uint32_t n;
    int64_t confirmed = 0;
    arci_call_arg_int(p->call, x->after);
    arci_call_arg_int(p->call, x->max);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK && (x->max < 1 || x->max > RECHECK_MAX)) st = arci_fail(p->t->env, ARC_E_INVALID, "1 to %d holds at once", "每次 1 至 %d 条", RECHECK_MAX);
    if (st == ARC_OK) st = find_held(p, x, &steps, &n);
    if (st != ARC_OK) return st;
    arc_status *results = arci_arena_calloc(&p->arena, n + 1u, sizeof *results);
    if (!results) return arci_nomem(p->t->env);
    if (n) st = arci_posting_run(p->session->handle, ARCI_DO_ORDER_CONFIRM, NULL, results, steps, n, 0, ARCI_POSTING_INSIDE, confirm);
    if (st >= ARC_OK) arci_error_clear(p->t->env->err);
    for (uint32_t i = 0; i < n && st >= ARC_OK; i++) confirmed += results[i] == ARC_OK;
    if (p->ids) p->ids[0] = confirmed;
    return st >= ARC_OK ? ARC_OK : st;
}

arc_status arc_hold_recheck(arc_session *session, int64_t *confirmed, int64_t after, uint32_t max)
{
    const again x = { after, max };
    int64_t n = 0;
    arc_status st = arci_posting_run(session, ARCI_DO_HOLD_RECHECK, &n, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, recheck);
    if (st == ARC_OK && confirmed) *confirmed = n;
    return st;
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
    int64_t sum = 0, committed = int_of(&v[ARCI_ORDER_COMMITTED]), rest = committed, rest_net = int_of(&v[ARCI_ORDER_COMMITTED_NET]), own = 0, own_net = 0;
    for (uint32_t k = x->c.first[i]; k < x->c.first[i] + x->c.count[i]; k++) {
        int64_t more = u->delivered[k].gross > u->invoiced[k].gross ? u->delivered[k].gross : u->invoiced[k].gross;
        if (more > 0 && arci_add64(sum, more, &sum)) sum = INT64_MAX;
        const arc_value *l = arci_order_line(&x->c, k);
        const int64_t had = int_of(&l[ARCI_OLINE_COMMITTED]);
        if (l[ARCI_OLINE_CONTRACT].type != ARC_V_INT || !had) continue;
        x->own[k].gross = more < 0 ? 0 : more < had ? more : had;
        x->own[k].net = arci_part_of(int_of(&l[ARCI_OLINE_COMMITTED_NET]), x->own[k].gross, had);
        rest -= had;
        rest_net -= int_of(&l[ARCI_OLINE_COMMITTED_NET]);
        own += x->own[k].gross;
        own_net += x->own[k].net;
    }
    if (u->whole[i].gross > sum) sum = u->whole[i].gross;
    x->amounts[i].gross = sum < committed ? sum : committed;
    x->amounts[i].net = own_net + (rest ? arci_part_of(rest_net, x->amounts[i].gross - own, rest) : 0); /* of the order's own contract, in proportion */
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
    if (st == ARC_OK) st = write_own(&x, 0);
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
    if (st == ARC_OK) st = write_own(&x, 1);
    return st == ARC_OK ? arci_order_update(&x.c, "status committed committed_net decision_reason", fill_cancel, &x) : st;
}

arc_status arc_order_cancel(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_ORDER_CANCEL, versions, results, steps, n, flags, 0, cancel);
}
