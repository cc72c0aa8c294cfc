/* SPDX-License-Identifier: Apache-2.0 */
/* The states of bills: what becomes of them by which verb, and why not. */
#include <string.h>

#include "ledger/bill.h"
#include "ledger/states.h"

static const struct {
    const char *from, *to;
    int verb, recourse; /* recourse 1: only with it */
} steps[] = {
    { "held", "endorsed", ARCI_BILL_ENDORSE, 0 },
    { "held", "discounted", ARCI_BILL_DISCOUNT, 0 },
    { "held", "collecting", ARCI_BILL_SEND, 0 },
    { "held", "honoured", ARCI_BILL_COLLECT, 0 },
    { "held", "dishonoured", ARCI_BILL_DISHONOUR, 0 },
    { "held", "returned", ARCI_BILL_RETURN, 0 },
    { "held", "split", ARCI_BILL_SPLIT, 0 },
    { "collecting", "honoured", ARCI_BILL_COLLECT, 0 },
    { "collecting", "dishonoured", ARCI_BILL_DISHONOUR, 0 },
    { "endorsed", "honoured", ARCI_BILL_COLLECT, 0 },
    { "endorsed", "dishonoured", ARCI_BILL_DISHONOUR, 1 },
    { "discounted", "honoured", ARCI_BILL_COLLECT, 0 },
    { "discounted", "dishonoured", ARCI_BILL_DISHONOUR, 1 },
};

const char *arci_bill_next(const char *status, int verb, int recourse)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (strcmp(steps[i].from, status) == 0 && steps[i].verb == verb && (recourse || !steps[i].recourse)) return steps[i].to;
    }
    return NULL;
}

arc_status arci_bill_not_now(arci_env *env, const arc_value *bill, const char *status, int verb)
{
    static const char *const done[][3] = { { "held", "it is held", "持有中" },
                                           { "collecting", "it has been sent for collection", "已提交托收" },
                                           { "endorsed", "it has been endorsed to somebody else", "已背书转让" },
                                           { "discounted", "it has been discounted", "已贴现" },
                                           { "honoured", "it has been paid", "已兑付" },
                                           { "dishonoured", "it was dishonoured already", "已拒付" },
                                           { "returned", "it has been given back", "已退票" },
                                           { "split", "it has been split into parts", "已拆分为子票" },
                                           { "merged", "it is a part that became one with the others again", "该子票已合并" } };
    static const char *const verbs[][2] = { { "endorsed", "背书" }, { "discounted", "贴现" }, { "sent for collection", "托收" }, { "collected", "兑付" }, { "dishonoured", "拒付" }, { "given back", "退票" }, { "split", "拆分" } };
    const char *en = "", *zh = "";
    for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
        if (strcmp(done[i][0], status) == 0) en = done[i][1], zh = done[i][2];
    }
    if (verb == ARCI_BILL_DISHONOUR && (status[0] == 'e' || !strcmp(status, "discounted"))) {
        en = "it was passed on without recourse and does not come back to us", zh = "已无追索权转让，不再追索我方";
    }
    arc_status st = arci_fail(env, ARC_E_STATE, "bill %s cannot be %s: %s%.0s%.0s", "票据 %s%.0s%.0s 不能%s：%s", bill[ARCI_BILL_C_NUMBER].u.s, verbs[verb][0], en, verbs[verb][1], zh);
    arci_fail_at(env, "bill", "status", bill[ARCI_BILL_C_ID].u.i, -1);
    return st;
}

arc_status arci_bill_untouched(arci_env *env, const arc_value *bill)
{
    arc_status st = arci_fail(env, ARC_E_STATE, "nothing has happened to bill %s since it was received: give it back instead", "票据 %s 收票后没有其他操作，请使用退票", bill[ARCI_BILL_C_NUMBER].u.s);
    arci_fail_at(env, "bill", "status", bill[ARCI_BILL_C_ID].u.i, -1);
    return st;
}

arc_status arci_bill_allows(arci_txn *t, arci_arena *arena, const arc_value *bill, int verb)
{
    int paid_back = 0;
    const char *status = bill[ARCI_BILL_C_STATUS].u.s;
    if (!arci_bill_next(status, verb, bill[ARCI_BILL_C_RECOURSE].u.i != 0)) return arci_bill_not_now(t->env, bill, status, verb);
    if (verb == ARCI_BILL_SPLIT) {
        int64_t from, to;
        if (arci_bill_range(&bill[ARCI_BILL_C_RANGE], &from, &to) == 1 && to > from) return ARC_OK;
        arc_status whole = arci_fail(t->env, ARC_E_STATE, "bill %s is not divisible: it has no range of parts", "票据 %s 没有子票区间，不可拆分", bill[ARCI_BILL_C_NUMBER].u.s);
        arci_fail_at(t->env, "bill", "sub_range", bill[ARCI_BILL_C_ID].u.i, -1);
        return whole;
    }
    if (verb != ARCI_BILL_RETURN) return ARC_OK;
    arc_status st = arci_receipt_refunded(t, arena, bill[ARCI_BILL_C_RECEIPT].u.i, &paid_back);
    if (st != ARC_OK || !paid_back) return st;
    st = arci_fail(t->env, ARC_E_STATE, "part of bill %s was paid back already: reverse the refund first", "票据 %s 已部分退款，请先撤销退款", bill[ARCI_BILL_C_NUMBER].u.s);
    arci_fail_at(t->env, "bill", "receipt", bill[ARCI_BILL_C_ID].u.i, -1);
    return st;
}

arc_status arci_bill_merged(arci_env *env, const arc_value *bill)
{
    arc_status st = arci_fail(env, ARC_E_STATE, "this part of bill %s became one with the others again: split the bill anew", "票据 %s 的该子票已合并，请重新拆分", bill[ARCI_BILL_C_NUMBER].u.s);
    arci_fail_at(env, "bill", "status", bill[ARCI_BILL_C_ID].u.i, -1);
    return st;
}

/* ---- events -------------------------------------------------------------------------------------------------------------------- */

arc_status arci_bills_events(arci_txn *t, arci_arena *arena, const arc_value *bills, uint32_t n, arci_rows *events)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "bill_event", "id seq status event_date item charge reverses bill");
    if (st != ARC_OK) return st;
    const arc_order by_seq[] = { { shape->cols[ARCI_BE_BILL], 0 }, { shape->cols[ARCI_BE_SEQ], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[ARCI_BE_BILL], bills, n);
    return arci_repo_find(t, shape, &w, by_seq, 2, 0, arena, events);
}

arc_status arci_bill_events(arci_txn *t, arci_arena *arena, int64_t bill, arci_rows *events)
{
    const arc_value one = arci_v_int(bill);
    return arci_bills_events(t, arena, &one, 1, events);
}

const arc_value *arci_bill_standing(const arci_rows *events, const arc_value **before)
{
    const arc_value *found = NULL;
    uint32_t undone = 0;
    *before = NULL;
    for (uint32_t i = events->n_rows; i-- > 0;) {
        const arc_value *v = events->values + (size_t)i * events->n_cols;
        if (v[ARCI_BE_REVERSES].type == ARC_V_INT) {
            undone++;
        } else if (undone) {
            undone--;
        } else if (!found) {
            found = v;
        } else {
            *before = v;
            return found;
        }
    }
    return found;
}

/* ---- for front ends -------------------------------------------------------------------------------------------------------------- */

static int verb_of(uint32_t verb)
{
    static const struct {
        uint32_t verb;
        int of;
    } verbs[] = { { ARCI_DO_BILL_ENDORSE, ARCI_BILL_ENDORSE }, { ARCI_DO_BILL_DISCOUNT, ARCI_BILL_DISCOUNT }, { ARCI_DO_BILL_COLLECT, ARCI_BILL_COLLECT },
                  { ARCI_DO_BILL_DISHONOUR, ARCI_BILL_DISHONOUR }, { ARCI_DO_BILL_RETURN, ARCI_BILL_RETURN }, { ARCI_DO_BILL_SPLIT, ARCI_BILL_SPLIT } };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (verbs[i].verb == verb) return verbs[i].of;
    }
    return ARCI_BILL_VERBS;
}

/* The claims of a dishonour are all open: else they are not taken back. */
static arc_status untouched_items(arci_txn *t, arci_arena *arena, const arc_value *bill, int64_t first)
{
    const arci_shape *shape;
    const arc_value *made;
    arc_value *open;
    uint8_t *found;
    int64_t *ids;
    uint32_t n;
    arc_status st = arci_bill_made(t, arena, bill, first, &made, &ids, &n);
    if (st == ARC_OK && made[ARCI_ITEM_KIND].len == 6) return ARC_OK; /* a refund is settled by the receipt */
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "item_state", "open");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &open, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (open[i].u.i != made[(size_t)i * ARCI_ITEM_COLUMNS + ARCI_ITEM_AMOUNT].u.i) st = arci_bill_settled(t->env, ids[i]);
    }
    return st;
}

arc_status arci_bill_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arci_shape *shape;
    const arc_value *before;
    arc_value *bill;
    arci_rows events;
    int of = verb_of(verb);
    arc_status st = arci_shape_get(t, &shape, "bill", ARCI_BILL_FIELDS);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &bill);
    if (st != ARC_OK) return st;
    if (of < ARCI_BILL_VERBS) return arci_bill_allows(t, arena, bill, of);
    st = arci_bill_events(t, arena, id, &events);
    if (st != ARC_OK) return st;
    const arc_value *last = arci_bill_standing(&events, &before);
    if (!before) return arci_bill_untouched(t->env, bill);
    if (strcmp(bill[ARCI_BILL_C_STATUS].u.s, "merged") == 0) return arci_bill_merged(t->env, bill);
    if (strcmp(bill[ARCI_BILL_C_STATUS].u.s, "split") == 0) return arci_bill_mergeable(t, arena, bill);
    return last[ARCI_BE_ITEM].type == ARC_V_INT ? untouched_items(t, arena, bill, last[ARCI_BE_ITEM].u.i) : ARC_OK;
}
