/* SPDX-License-Identifier: Apache-2.0 */
/* Settling items with one receipt: reads them, asks the tolerance, writes what was decided. */
#include "ledger/settle.h"

#include <stdio.h>
#include <string.h>

#include "ledger/debt.h"
#include "ledger/given_up.h"

enum { ITEMS_MAX = 10000, ROWS_A_LINE = 4 };

arc_status arc_settle_options_init(arc_settle_options *options)
{
    static const arc_settle_options init = ARC_SETTLE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_settled_line_init(arc_settled_line *line)
{
    static const arc_settled_line init = ARC_SETTLED_LINE_INIT;
    if (!line) return ARC_E_INVALID;
    *line = init;
    return ARC_OK;
}

arc_status arc_settled_init(arc_settled *settled)
{
    static const arc_settled init = ARC_SETTLED_INIT;
    if (!settled) return ARC_E_INVALID;
    *settled = init;
    return ARC_OK;
}

typedef struct request {
    int64_t receipt;
    const int64_t *items, *discounts;
    uint32_t n;
    arc_settle_options options;
    arci_settling *s; /* out */
    arci_arena *keep; /* of the lines */
} request;

typedef struct run {
    arci_posting *p;
    const request *r;
    arci_settling *s;
    arci_allot allot;
    arci_tolerance tol;
    arc_date paid_on;
    const arci_side *receipt;
    char *evidence;
} run;

static void ask_text(arci_call *c, const char *s) { arci_call_arg_text(c, s ? s : "", s ? strlen(s) : 0); }

static arc_status ask(arci_posting *p, const request *r)
{
    const arc_settle_options *o = &r->options;
    const int64_t numbers[] = { r->receipt, o->flags, o->date, o->rest, o->charges, o->instructed, r->discounts != NULL };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) arci_call_arg_int(p->call, numbers[i]);
    for (uint32_t i = 0; i < r->n; i++) arci_call_arg_int(p->call, r->items[i]);
    for (uint32_t i = 0; r->discounts && i < r->n; i++) arci_call_arg_int(p->call, r->discounts[i]);
    ask_text(p->call, o->tolerance);
    ask_text(p->call, o->reason_code);
    ask_text(p->call, o->reason);
    ask_text(p->call, o->order);
    arci_posting_arg_end(p, 0);
    return arci_posting_asked(p);
}

static arc_status not_there(arci_env *env, const char *entity, int64_t id)
{
    arc_status st = entity[0] == 'i' ? arci_fail(env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在") : arci_fail(env, ARC_E_NOT_FOUND, "there is no such receipt", "该回款不存在");
    arci_fail_at(env, entity, NULL, id, -1);
    return st;
}

/* Value date and amount of the receipt, amounts and discounts of the items. */
static arc_status read_facts(run *x, const arc_value **items)
{
    const arci_shape *shape;
    arci_txn *t = x->p->t;
    arc_value *row, *rows = NULL;
    uint8_t *found;
    arc_status st = arci_shape_get(t, &shape, "receipt", "value_date amount");
    if (st == ARC_OK) st = arci_repo_get(t, shape, x->r->receipt, &x->p->arena, &row);
    if (st != ARC_OK) return st;
    x->paid_on = (arc_date)row[0].u.i;
    x->s->received = row[1].u.i;
    st = arci_shape_get(t, &shape, "item", "amount discounts");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, x->r->items, x->r->n, &x->p->arena, &rows, &found);
    *items = rows;
    return st;
}

/* What the items offer, and what of it was granted before. */
static arc_status read_offers(run *x, arci_offered **out)
{
    const arc_value *facts = NULL;
    arc_status st = read_facts(x, &facts);
    arci_offered *list = st == ARC_OK ? arci_arena_calloc(&x->p->arena, x->r->n, sizeof *list) : NULL;
    if (st != ARC_OK) return st;
    if (!list) return arci_nomem(x->p->t->env);
    for (uint32_t i = 0; i < x->r->n; i++) {
        const arci_side *side = arci_sides_find(&x->allot.items, x->r->items[i]);
        if (!side) return not_there(x->p->t->env, "item", x->r->items[i]);
        list[i] = (arci_offered){ side->id, facts[2 * i].u.i, side->left, &facts[2 * i + 1], 0 };
    }
    *out = list;
    return arci_offers_granted(x->p->t, &x->p->arena, list, x->r->n);
}

static arc_status fill_lines(run *x)
{
    arci_env *env = x->p->t->env;
    arci_offered *offers = NULL;
    arc_status st = read_offers(x, &offers);
    if (st != ARC_OK) return st;
    x->s->lines = arci_arena_calloc(x->r->keep, x->r->n, sizeof *x->s->lines);
    if (!x->s->lines) return arci_nomem(env);
    x->s->n = x->r->n;
    for (uint32_t i = 0; i < x->r->n; i++) {
        arci_settle_line *l = &x->s->lines[i];
        const arci_side *side = arci_sides_find(&x->allot.items, x->r->items[i]);
        if (memcmp(side->currency, x->receipt->currency, 3) != 0) {
            st = arci_two_currencies(env, side, x->receipt, 1);
        } else {
            st = arci_offer(env, &x->p->arena, &l->offer, &offers[i], side->currency, x->paid_on, 0, &x->tol);
        }
        if (st != ARC_OK) {
            arci_fail_at(env, "item", NULL, side->id, -1);
            return st;
        }
        (void)arc_settled_line_init(&l->out);
        l->out.item = side->id;
        l->out.open = side->left;
        l->taken = x->r->discounts ? x->r->discounts[i] : -1;
    }
    return ARC_OK;
}

static arc_status limit(arci_settling *s)
{
    const run *x = s->user;
    return arci_tolerated(s->t, &x->p->arena, s->tol, x->receipt->customer, s->currency, s->out.net, &s->tolerated);
}

/* ---- writing ----------------------------------------------------------------------------------------------------------------- */

/* What decided, for who asks later. */
static arc_status tell_evidence(run *x)
{
    x->evidence = arci_arena_alloc(&x->p->arena, 200);
    if (!x->evidence) return arci_nomem(x->p->t->env);
    snprintf(x->evidence, 200, "{\"definition\":%lld,\"difference_minor\":%lld,\"tolerance_minor\":%lld}", (long long)x->tol.definition, (long long)x->s->out.difference,
             (long long)x->s->tolerated);
    return ARC_OK;
}

static arci_allot_row row_of(const run *x, const arci_settle_line *l)
{
    const arc_settle_options *o = &x->r->options;
    const arci_allot_row row = { .date = o->date, .receipt = x->r->receipt, .item = l->out.item, .mode = "manual", .reason = o->reason, .evidence = x->evidence };
    return row;
}

/* What is given up, in a row of its own for each account it goes to. */
static arc_status give_up(run *x, const arci_settle_line *l, int64_t amount, const char *reason_code)
{
    arci_allot_row row = row_of(x, l);
    if (!amount) return ARC_OK;
    row.write_off = amount;
    row.reason_code = reason_code;
    return arci_allot_add(&x->allot, &row);
}

/* Takes from credits, in their order, what the line is paid with; the receipt gives the rest. */
static arc_status pay_line(run *x, const arci_settle_line *l, uint32_t *credit, int64_t *given)
{
    arci_allot_row row = row_of(x, l);
    int64_t wanted = l->out.amount;
    arc_status st = ARC_OK;
    for (; wanted && *credit < x->s->n && st == ARC_OK; ++*credit, *given = 0) {
        const arc_settled_line *c = &x->s->lines[*credit].out;
        if (c->open >= 0 || c->amount == *given) continue;
        arci_allot_row from = row;
        from.receipt = 0;
        from.credit_item = c->item;
        from.order = x->r->options.order;
        from.amount = c->amount - *given < wanted ? c->amount - *given : wanted;
        st = arci_allot_add(&x->allot, &from);
        wanted -= from.amount;
        *given += from.amount;
        if (*given < c->amount) break; /* some is left for the next line */
    }
    row.amount = wanted;
    row.discount = l->out.discount;
    row.unearned = l->out.unearned;
    row.order = x->r->options.order;
    if (st == ARC_OK && row.amount + row.discount) st = arci_allot_add(&x->allot, &row);
    if (st == ARC_OK) st = give_up(x, l, l->out.fee, "bank_fee");
    if (st == ARC_OK) st = give_up(x, l, l->out.tolerated, "small_difference");
    if (st == ARC_OK && l->out.deducted) {
        arci_given_up g = { x->tol, x->r->options.date };
        st = arci_may_give_up(&x->allot, &g, l->out.item, l->out.deducted, x->r->options.reason_code, x->r->options.date);
    }
    return st == ARC_OK ? give_up(x, l, l->out.deducted, x->r->options.reason_code) : st;
}

static arc_status move_rests(run *x)
{
    const arc_settle_options *o = &x->r->options;
    uint32_t n = 0, k = 0;
    arci_debt_order *orders = arci_arena_calloc(&x->p->arena, x->s->n, sizeof *orders);
    arci_debt_moved *moved = arci_arena_calloc(&x->p->arena, x->s->n, sizeof *moved);
    if (!orders || !moved) return arci_nomem(x->p->t->env);
    for (uint32_t i = 0; i < x->s->n; i++) {
        const arc_settled_line *l = &x->s->lines[i].out;
        const arci_debt_order m = { .item = l->item, .kind = o->rest == ARC_REST_RESIDUAL ? "residual" : "chargeback", .reason_code = o->reason_code, .reason = o->reason,
                                   .date = o->date };
        if (l->moved) orders[n++] = m;
    }
    arc_status st = arci_debts_move(x->p, orders, n, moved, NULL, NULL);
    for (uint32_t i = 0; st == ARC_OK && i < x->s->n; i++) {
        if (!x->s->lines[i].out.moved) continue;
        x->s->out.rows[x->s->out.n_rows++] = moved[k].allocation;
        x->s->lines[i].out.made = moved[k++].item;
    }
    return st;
}

/* The ids of what was written, for who undoes it as a whole; those of moved rests follow. */
static arc_status keep_rows(run *x)
{
    arc_settled *out = &x->s->out;
    out->n_rows = 0;
    out->rows = arci_arena_alloc(x->r->keep, (x->allot.rows->n_rows + x->s->n) * sizeof *out->rows);
    if (!out->rows) return arci_nomem(x->p->t->env);
    while (out->n_rows < x->allot.rows->n_rows) {
        out->rows[out->n_rows] = arci_allot_id(&x->allot, out->n_rows);
        out->n_rows++;
    }
    return ARC_OK;
}

static arc_status write_all(run *x)
{
    uint32_t credit = 0;
    int64_t given = 0;
    arc_status st = tell_evidence(x);
    for (uint32_t i = 0; i < x->s->n && st == ARC_OK; i++) {
        if (x->s->lines[i].out.open > 0) st = pay_line(x, &x->s->lines[i], &credit, &given);
    }
    if (st != ARC_OK || (x->r->options.flags & ARC_SETTLE_DRY)) return st; /* judged alike */
    st = arci_allot_write(&x->allot);
    if (st == ARC_OK) st = keep_rows(x);
    if (st == ARC_OK && x->s->out.n_rows) x->s->out.allocation = x->s->out.rows[0];
    if (st == ARC_OK) st = move_rests(x);
    if (st == ARC_OK && x->p->ids) x->p->ids[0] = x->s->out.allocation;
    return st;
}

static arc_status open_sides(run *x)
{
    const request *r = x->r;
    int64_t *ids = arci_arena_alloc(&x->p->arena, r->n * sizeof *ids), receipt = r->receipt;
    uint32_t cap = 0;
    if (!ids) return arci_nomem(x->p->t->env);
    memcpy(ids, r->items, r->n * sizeof *ids);
    cap = r->n * (ROWS_A_LINE + 1u);
    arc_status st = arci_allot_open(x->p, &x->allot, ids, r->n, &receipt, 1, cap);
    if (st != ARC_OK) return st;
    if (x->allot.items.n != r->n) return arci_fail(x->p->t->env, ARC_E_INVALID, "an item is named twice, or is 0", "应收重复或为 0");
    x->receipt = arci_sides_find(&x->allot.receipts, r->receipt);
    if (!x->receipt) return not_there(x->p->t->env, "receipt", r->receipt);
    if (x->receipt->customer && !x->receipt->closed) return ARC_OK;
    st = x->receipt->closed ? arci_fail(x->p->t->env, ARC_E_STATE, "the receipt went back to the payer", "回款已退回")
                            : arci_fail(x->p->t->env, ARC_E_STATE, "nobody knows yet whose the receipt is", "回款尚未认领");
    arci_fail_at(x->p->t->env, "receipt", x->receipt->closed ? "returned_on" : "customer", r->receipt, -1);
    return st;
}

static arc_status settle(arci_posting *p, const void *elements)
{
    request *r = *(request *const *)elements;
    run x = { .p = p, .r = r, .s = r->s };
    if (r->options.date == ARC_DATE_NONE) r->options.date = p->session->business_date;
    arc_status st = ask(p, r);
    if (st == ARC_DONE) r->s->out.allocation = p->ids[0];
    if (st != ARC_OK) return st;
    st = open_sides(&x);
    if (st == ARC_OK) st = arci_tolerance_get(p->t, &p->arena, &x.tol, r->options.tolerance, r->options.date);
    if (st == ARC_OK) st = fill_lines(&x);
    if (st != ARC_OK) return st;
    r->s->t = p->t;
    r->s->options = r->options;
    r->s->tol = &x.tol;
    r->s->unapplied = x.receipt->left;
    r->s->limit = limit;
    r->s->user = &x;
    r->s->out.definition = x.tol.definition;
    memcpy(r->s->currency, x.receipt->currency, 3);
    st = arci_settle_decide(r->s);
    return st == ARC_OK ? write_all(&x) : st;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------------------- */

static arc_status check(arci_env *env, request *r, const void *settled, const void *options)
{
    const arc_settle_options *o = &r->options;
    arc_settled room;
    arc_status st = arci_struct_in(env, &room, sizeof room, settled);
    if (st == ARC_OK) st = arci_struct_in(env, &r->options, sizeof r->options, options);
    if (st != ARC_OK) return st;
    if (!r->items || !r->n || (o->flags & ~ARC_SETTLE_DRY) || o->rest < ARC_REST_PARTIAL || o->rest > ARC_REST_DEDUCT || o->charges < ARC_CHARGES_NONE ||
        o->charges > ARC_CHARGES_BEN || o->instructed < 0 || o->instructed > ARC_MONEY_MAX || o->reserved) {
        return arci_fail(env, ARC_E_INVALID, "no items, or an option out of its range", "没有应收，或选项超出范围");
    }
    return ARC_OK;
}

static void give(arc_settled *settled, arc_settled_line *lines, const arci_settling *s)
{
    arc_settled out = s->out, in = ARC_SETTLED_INIT;
    if (settled) {
        (void)arci_struct_in(NULL, &in, sizeof in, settled);
        if (in.rows && out.n_rows) memcpy(in.rows, out.rows, out.n_rows * sizeof *out.rows);
        out.rows = in.rows;
        (void)arci_struct_out(settled, &out, sizeof out);
    }
    if (!lines || !s->n) return;
    char *at = (char *)lines;
    uint32_t stride;
    memcpy(&stride, at, sizeof stride);
    for (uint32_t i = 0; i < s->n; i++, at += stride) (void)arci_struct_out(at, &s->lines[i].out, sizeof s->lines[i].out);
}

arc_status arc_receipt_settle(arc_session *session, arc_settled *settled, arc_settled_line *lines, int64_t receipt, const int64_t *items, const int64_t *discounts,
                              size_t n, const arc_settle_options *options)
{
    arci_session *s;
    arci_arena keep;
    arci_settling settling;
    request r = { .receipt = receipt, .items = items, .discounts = discounts, .n = (uint32_t)n, .options = ARC_SETTLE_OPTIONS_INIT, .s = &settling, .keep = &keep };
    request *element = &r;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memset(&settling, 0, sizeof settling);
    st = n > ITEMS_MAX ? arci_fail(&s->env, ARC_E_LIMIT, "at most %d items a call", "每次最多 %d 笔应收", ITEMS_MAX) : check(&s->env, &r, settled, options);
    if (st == ARC_OK && lines && lines->struct_size < sizeof lines->struct_size) st = arci_fail(&s->env, ARC_E_INVALID, "a line has no struct_size", "明细缺少 struct_size");
    if (st != ARC_OK) return arci_call_leave(s, st);
    arci_arena_init(&keep, s->book->ctx);
    (void)arci_session_leave(s, ARC_OK);
    st = arci_posting_run(session, ARCI_DO_ALLOCATION_APPLY, &settling.out.allocation, NULL, &element, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, settle);
    if (st == ARC_OK) give(settled, lines, &settling);
    arci_arena_clear(&keep);
    return st;
}
