/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations and their reversals: insert-only rows between a credit and a debit item; the states beside them follow. */
#include "ledger/allocation.h"

#include <string.h>

#include "ledger/period.h"
#include "ledger/sides.h"

static const char row_fields[] =
    "effective_date item receipt credit_item currency amount discount write_off reverses mode reason owner team region base_currency fx_difference credit_currency credit_amount item_base credit_base";
enum { DATE, ITEM, RECEIPT, CREDIT_ITEM, CURRENCY, AMOUNT, DISCOUNT, WRITE_OFF, REVERSES, MODE, REASON, OWNER, BASE_CURRENCY = OWNER + 3, FX, CREDIT_CURRENCY, CREDIT_AMOUNT, ITEM_BASE, CREDIT_BASE };

#define REASON_MAX 500u

arc_status arc_allocation_init(arc_allocation *allocation)
{
    static const arc_allocation init = ARC_ALLOCATION_INIT;
    if (!allocation) return ARC_E_INVALID;
    *allocation = init;
    return ARC_OK;
}

typedef struct batch_of {
    const arc_allocation *elements;
    const char *mode;
} batch_of;

static void refuse(arci_posting *p, uint32_t i, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(p->t->env, entity, field, id, -1);
    arci_posting_refuse(p, i, st);
}

static int parts_fit(arci_posting *p, uint32_t i, const arc_allocation *a)
{
    arci_env *env = p->t->env;
    int one_credit = (a->receipt != 0) != (a->credit_item != 0);
    int in_range = a->amount >= 0 && a->discount >= 0 && a->write_off >= 0 && a->credit_amount >= 0 && a->credit_amount <= ARC_MONEY_MAX && a->amount <= ARC_MONEY_MAX &&
                   a->discount <= ARC_MONEY_MAX && a->write_off <= ARC_MONEY_MAX;
    if (!one_credit || !in_range || a->amount + a->discount + a->write_off == 0) {
        arc_status st = arci_fail(env, ARC_E_RANGE, "an allocation takes from one receipt or credit item; its parts are not negative, and not all zero",
                                  "核销须来自一笔回款或一笔贷项；各部分金额不得为负且不得全为零");
        refuse(p, i, st, "allocation", "amount", 0);
        return 0;
    }
    return 1;
}

static int enough_left(arci_posting *p, uint32_t i, const char *entity, int64_t id, int64_t left, int64_t wanted, const char *currency)
{
    if (wanted <= left) return 1;
    arc_status st = arci_fail(p->t->env, ARC_E_GUARD, "%lld minor units of %s are wanted, %lld are left", "需要 %lld（最小货币单位，%s），仅剩 %lld",
                              (long long)wanted, currency, (long long)left);
    refuse(p, i, st, entity, NULL, id);
    return 0;
}

/* In two currencies both sides must be worth something in base currency, or the journal would not balance. */
static arc_status currencies_fit(arci_env *env, const arc_allocation *a, const arci_side *item, const arci_side *credit)
{
    int same = memcmp(item->currency, credit->currency, 3) == 0, known = (item->domestic || item->has_base) && (credit->domestic || credit->has_base);
    if (same && !a->credit_amount) return ARC_OK;
    if (same) return arci_fail(env, ARC_E_VALUE, "credit_amount is for a receipt in another currency", "credit_amount 仅用于不同币种的回款");
    if (!a->credit_amount || !a->receipt || !a->amount) {
        return arci_fail(env, ARC_E_CURRENCY, "the item is in %s, the credit in %s", "应收币种为 %s，贷项币种为 %s", item->currency, credit->currency);
    }
    if (known) return ARC_OK;
    return arci_fail(env, ARC_E_VALUE, "what the item or the receipt is worth in base currency is not known", "应收或回款的本位币金额未知");
}

static int sides_fit(arci_posting *p, uint32_t i, const arc_allocation *a, const arci_side *item, const arci_side *credit)
{
    arci_env *env = p->t->env;
    arc_status st = currencies_fit(env, a, item, credit);
    if (st != ARC_OK) {
        /* told */
    } else if (!credit->customer) {
        st = arci_fail(env, ARC_E_STATE, "nobody knows yet whose the receipt is", "回款尚未认领");
    } else if (item->customer != credit->customer) {
        st = arci_fail(env, ARC_E_STATE, "item and credit belong to different customers", "应收与贷项属于不同客户");
    } else if (credit->closed) {
        st = arci_fail(env, ARC_E_STATE, "the receipt went back to the payer", "回款已退回");
    } else if (item->left < 0) {
        st = arci_fail(env, ARC_E_STATE, "the item to settle is a credit", "待核销项是贷项");
    } else if (!a->receipt && credit->left > 0) {
        st = arci_fail(env, ARC_E_STATE, "the credit item is a debit", "所用贷项是借项");
    }
    if (st == ARC_OK) return 1;
    refuse(p, i, st, "item", NULL, item->id);
    return 0;
}

static int date_fits(arci_posting *p, uint32_t i, arc_date date, arc_date first, int64_t item)
{
    if (date >= first && date <= ARC_DATE_MAX) return arci_posting_period(p, i, date);
    arc_status st = arci_fail(p->t->env, ARC_E_RANGE, "the date is before the item or the credit existed", "核销日期早于应收或贷项的日期");
    refuse(p, i, st, "allocation", "effective_date", item);
    return 0;
}

/* The parts of what leaves an item in base currency. */
typedef struct base_parts {
    int64_t amount, discount, write_off;
} base_parts;

static base_parts parts_of(int64_t base, int64_t amount, int64_t discount, int64_t write_off)
{
    int64_t settled = amount + discount + write_off;
    base_parts b = { 0, arci_part_of(base, discount, settled), arci_part_of(base, write_off, settled) };
    b.amount = base - b.discount - b.write_off;
    return b;
}

/* Changes both sides, and keeps what leaves them in base currency where one of them is foreign. */
static void move(arci_posting *p, const arc_allocation *a, arci_side *item, arci_side *credit, int64_t settled, int64_t leaves, arc_date date, arc_value *row)
{
    int item_known, credit_known, foreign = !item->domestic || !credit->domestic;
    int64_t from_item = arci_side_base(item, settled, &item_known);
    int64_t from_credit = a->receipt ? arci_side_base(credit, leaves, &credit_known) : -arci_side_base(credit, -leaves, &credit_known);
    arci_side_move(item, settled, from_item, date);
    arci_side_move(credit, a->receipt ? leaves : -leaves, a->receipt ? from_credit : -from_credit, date);
    if (a->credit_amount) {
        row[CREDIT_CURRENCY] = arci_v_text(credit->currency, 3);
        row[CREDIT_AMOUNT] = arci_v_int(a->credit_amount);
    }
    if (!foreign || (!item_known && !credit_known)) return;
    row[BASE_CURRENCY] = arci_v_text(p->session->book->base_currency, 3);
    if (item_known) row[ITEM_BASE] = arci_v_int(from_item);
    if (credit_known) row[CREDIT_BASE] = arci_v_int(from_credit);
    if (item_known && credit_known) row[FX] = arci_v_int(from_credit - parts_of(from_item, a->amount, a->discount, a->write_off).amount);
}

/* Judges element i and, when it is good, changes both sides and writes its row. 1 = good. */
static int apply_one(arci_posting *p, uint32_t i, const arc_allocation *a, const arci_sides *items, const arci_sides *receipts,
                     arc_value *row)
{
    if (!parts_fit(p, i, a)) return 0;
    arci_side *item = arci_sides_find(items, a->item);
    arci_side *credit = a->receipt ? arci_sides_find(receipts, a->receipt) : arci_sides_find(items, a->credit_item);
    if (!item || !credit) {
        arc_status st = !item ? arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在")
                        : a->receipt ? arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such receipt", "该回款不存在")
                                     : arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such credit item", "该贷项不存在");
        refuse(p, i, st, !item || !a->receipt ? "item" : "receipt", NULL, !item ? a->item : a->receipt ? a->receipt : a->credit_item);
        return 0;
    }
    arc_date date = a->date == ARC_DATE_NONE ? p->session->business_date : a->date;
    int64_t settled = a->amount + a->discount + a->write_off; /* each within ARC_MONEY_MAX: no overflow */
    int64_t at_hand = a->receipt ? credit->left : -credit->left, leaves = a->credit_amount ? a->credit_amount : a->amount;
    if (!sides_fit(p, i, a, item, credit) ||
        !date_fits(p, i, date, item->since > credit->since ? item->since : credit->since, item->id) ||
        !enough_left(p, i, "item", item->id, item->left, settled, item->currency) ||
        !enough_left(p, i, a->receipt ? "receipt" : "item", credit->id, at_hand, leaves, credit->currency)) {
        return 0;
    }
    move(p, a, item, credit, settled, leaves, date, row);
    row[DATE] = arci_v_int(date);
    row[ITEM] = arci_v_int(a->item);
    if (a->receipt) row[RECEIPT] = arci_v_int(a->receipt);
    else row[CREDIT_ITEM] = arci_v_int(a->credit_item);
    row[CURRENCY] = arci_v_text(item->currency, 3);
    row[AMOUNT] = arci_v_int(a->amount);
    row[DISCOUNT] = arci_v_int(a->discount);
    row[WRITE_OFF] = arci_v_int(a->write_off);
    memcpy(&row[OWNER], item->owner, sizeof item->owner);
    return 1;
}

/* Between two currencies: out of the receipt's, into the item's, at what the receipt was booked at. */
static void exchange(arci_journal *j, const arc_value *row, const arci_side *item, const arci_side *credit, int64_t amount, int64_t worth)
{
    int64_t out = -worth;
    arci_journal_line(j, ARCI_ROLE_EXCHANGE, credit->currency, -row[CREDIT_AMOUNT].u.i, &out);
    arci_journal_line(j, ARCI_ROLE_EXCHANGE, item->currency, item->domestic ? worth : amount, &worth);
}

/* What a row says to the journal. A credit item stands in the same control account as what it settles: only what differs is told. */
static void account_for(arci_posting *p, const arc_value *row, int64_t id, const char *purpose, const arci_side *item, const arci_side *credit)
{
    int64_t amount = row[AMOUNT].u.i, discount = row[DISCOUNT].u.i, write_off = row[WRITE_OFF].u.i;
    const arci_entry e = { .date = (arc_date)row[DATE].u.i, .purpose = purpose, .entity = "allocation", .source = id, .customer = item->customer,
                           .person = &row[OWNER] };
    arci_journal *j = &p->journal;
    int has_item = row[ITEM_BASE].type != ARC_V_NULL, has_credit = row[CREDIT_BASE].type != ARC_V_NULL;
    int64_t from_item = has_item ? row[ITEM_BASE].u.i : 0, from_credit = has_credit ? row[CREDIT_BASE].u.i : 0;
    const base_parts parts = parts_of(from_item, amount, discount, write_off);
    arci_journal_open(j, &e);
    if (item->role == credit->role) {
        int64_t base = from_credit - from_item;
        arci_journal_line(j, item->role, item->currency, -(discount + write_off), has_item && has_credit ? &base : NULL);
    } else {
        int64_t base = -from_item;
        arci_journal_line(j, credit->role, credit->currency, row[CREDIT_AMOUNT].type != ARC_V_NULL ? row[CREDIT_AMOUNT].u.i : amount, has_credit ? &from_credit : NULL);
        arci_journal_line(j, item->role, item->currency, -(amount + discount + write_off), has_item ? &base : NULL);
    }
    if (row[CREDIT_AMOUNT].type != ARC_V_NULL) exchange(j, row, item, credit, amount, from_credit);
    arci_journal_line(j, ARCI_ROLE_DISCOUNT, item->currency, discount, has_item ? &parts.discount : NULL);
    arci_journal_line(j, ARCI_ROLE_SMALL_DIFFERENCE, item->currency, write_off, has_item ? &parts.write_off : NULL);
    if (row[FX].type == ARC_V_NULL) return;
    int64_t loss = -row[FX].u.i;
    arci_journal_line(j, ARCI_ROLE_FX_REALISED, item->currency, item->domestic ? loss : 0, &loss);
}

/* The rows written, whose ids are known by now. */
static void account_for_all(arci_posting *p, const arci_batch *b, const arci_sides *items, const arci_sides *receipts)
{
    for (uint32_t r = 0; r < b->n_rows; r++) {
        const arc_value *row = arci_batch_row(b, r);
        const arci_side *credit = row[RECEIPT].type == ARC_V_INT ? arci_sides_find(receipts, row[RECEIPT].u.i) : arci_sides_find(items, row[CREDIT_ITEM].u.i);
        account_for(p, row, arci_batch_id(b, r), row[REVERSES].type == ARC_V_NULL ? "allocation" : "reversal", arci_sides_find(items, row[ITEM].u.i), credit);
    }
}

static arc_status take_elements(arci_posting *p, arc_allocation **out, const void *elements)
{
    arc_allocation *copies = arci_arena_alloc(&p->arena, p->n * sizeof *copies);
    if (!copies) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_allocation_init(&copies[i]);
    *out = copies;
    return arci_posting_structs(p, copies, sizeof *copies, elements, "allocation");
}

static arc_status read_sides(arci_posting *p, const arc_allocation *a, arci_sides *items, arci_sides *receipts)
{
    int64_t *ids = arci_arena_calloc(&p->arena, (size_t)p->n * 2, sizeof *ids);
    int64_t *receipt_ids = arci_arena_calloc(&p->arena, p->n, sizeof *receipt_ids);
    if (!ids || !receipt_ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        ids[2 * i] = a[i].item;
        ids[2 * i + 1] = a[i].credit_item;
        receipt_ids[i] = a[i].receipt;
    }
    arc_status st = arci_sides_read(p, items, "item_state", ids, p->n * 2);
    return st == ARC_OK ? arci_sides_read(p, receipts, "receipt_state", receipt_ids, p->n) : st;
}

static arc_status new_rows(arci_posting *p, arci_batch **b, uint32_t n)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "allocation", row_fields);
    return st == ARC_OK ? arci_batch_new(p->t, &p->arena, b, shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0) : st;
}

static arc_status ask(arci_posting *p, const arc_allocation *a, const char *mode)
{
    for (uint32_t i = 0; p->call->request && i < p->n; i++) {
        const int64_t parts[] = { a[i].item, a[i].receipt, a[i].credit_item, a[i].amount, a[i].discount, a[i].write_off, a[i].date, a[i].credit_amount };
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) arci_call_arg_int(p->call, parts[k]);
        arci_call_arg_text(p->call, mode, strlen(mode));
        arci_posting_arg_end(p, i);
    }
    return arci_posting_asked(p);
}

/* States first: they read the allocations there were before. */
static arc_status write_all(arci_posting *p, arci_batch *b, const arci_sides *items, const arci_sides *receipts)
{
    arc_status st = arci_sides_write(p, items);
    if (st == ARC_OK) st = arci_sides_write(p, receipts);
    if (st == ARC_OK) st = arci_repo_write(p->t, &b, 1, NULL);
    if (st == ARC_OK) account_for_all(p, b, items, receipts);
    return st;
}

static arc_status apply(arci_posting *p, const void *elements)
{
    const batch_of *of = elements;
    arc_allocation *a = NULL;
    arci_sides items = { 0 }, receipts = { 0 };
    arci_batch *b = NULL;
    arc_status st = take_elements(p, &a, of->elements);
    if (st == ARC_OK) st = ask(p, a, of->mode);
    if (st == ARC_OK) st = read_sides(p, a, &items, &receipts);
    if (st == ARC_OK) st = new_rows(p, &b, p->n);
    if (st != ARC_OK) return st;
    uint32_t *at = arci_arena_alloc(&p->arena, p->n * sizeof *at);
    if (!at) return arci_nomem(p->t->env);
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        arc_value *row = arci_batch_row(b, n);
        if (!arci_posting_good(p, i) || !apply_one(p, i, &a[i], &items, &receipts, row)) continue;
        row[MODE] = arci_v_text(of->mode, strlen(of->mode));
        at[n++] = i;
    }
    if (!n) return ARC_OK;
    b->n_rows = n;
    st = write_all(p, b, &items, &receipts);
    for (uint32_t r = 0; st == ARC_OK && p->ids && r < n; r++) p->ids[at[r]] = arci_batch_id(b, r);
    return st;
}

arc_status arci_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                 uint32_t flags, uint32_t how, const char *mode)
{
    batch_of of = { allocations, mode };
    return arci_posting_run(session, ARCI_DO_ALLOCATION_APPLY, ids, results, allocations ? &of : NULL, n, flags, how, apply);
}

arc_status arc_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                uint32_t flags)
{
    return arci_allocation_apply(session, ids, results, allocations, n, flags, 0, "manual");
}

/* ---- reversal ---------------------------------------------------------------------------------------------------------- */

typedef struct reversal {
    int64_t allocation;
    arc_date date;
    const char *reason;
} reversal;

static arc_status check_reversal(arci_posting *p, const reversal *r, const arc_value *row)
{
    if (row[REVERSES].type != ARC_V_NULL) {
        arc_status st = arci_fail(p->t->env, ARC_E_STATE, "a reversal cannot be reversed: allocate again", "反核销记录不能再次冲销，请重新核销");
        arci_fail_at(p->t->env, "allocation", NULL, r->allocation, -1);
        return st;
    }
    if (r->date < row[DATE].u.i || r->date > ARC_DATE_MAX) {
        arc_status st = arci_fail(p->t->env, ARC_E_RANGE, "the date is before the allocation's", "反核销日期早于核销日期");
        arci_fail_at(p->t->env, "allocation", "effective_date", r->allocation, -1);
        return st;
    }
    return ARC_OK;
}

/* Refused here and not by the unique index, which would fail the whole scope with a message about an index. */
static arc_status not_reversed_yet(arci_posting *p, int64_t allocation)
{
    const arci_shape *shape;
    arci_where where;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "allocation", row_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&where);
    arci_where_int(&where, shape->cols[REVERSES], ARC_OP_EQ, allocation);
    st = arci_repo_find(p->t, shape, &where, NULL, 0, 1, &p->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = arci_fail(p->t->env, ARC_E_STATE, "the allocation is reversed already", "该核销已被冲销");
    arci_fail_at(p->t->env, "allocation", NULL, allocation, -1);
    return st;
}

static arc_status reverse(arci_posting *p, const void *elements)
{
    reversal r = *(const reversal *)elements;
    const arci_shape *shape;
    arc_value *old;
    if (r.date == ARC_DATE_NONE) r.date = p->session->business_date;
    arci_call_arg_int(p->call, r.allocation);
    arci_call_arg_int(p->call, r.date);
    arci_call_arg_text(p->call, r.reason, strlen(r.reason));
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "allocation", row_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, shape->table->entity, r.allocation);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r.allocation, &p->arena, &old);
    if (st == ARC_OK) st = check_reversal(p, &r, old);
    if (st == ARC_OK) st = arci_period_check(p->t, r.date);
    if (st == ARC_OK) st = not_reversed_yet(p, r.allocation);
    if (st != ARC_OK) return st;
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = old[ITEM].u.i;
    a.receipt = old[RECEIPT].type == ARC_V_INT ? old[RECEIPT].u.i : 0;
    a.credit_item = old[CREDIT_ITEM].type == ARC_V_INT ? old[CREDIT_ITEM].u.i : 0;
    arci_sides items = { 0 }, receipts = { 0 };
    st = read_sides(p, &a, &items, &receipts);
    if (st != ARC_OK) return st;
    arci_side *item = arci_sides_find(&items, a.item);
    arci_side *credit = a.receipt ? arci_sides_find(&receipts, a.receipt) : arci_sides_find(&items, a.credit_item);
    if (!item || !credit) {
        return arci_fail(p->t->env, ARC_E_CORRUPT, "the allocation's item or credit has no state", "核销对应的应收或贷项缺少状态记录");
    }
    int64_t amount = old[AMOUNT].u.i;
    int64_t leaves = old[CREDIT_AMOUNT].type == ARC_V_NULL ? amount : old[CREDIT_AMOUNT].u.i;
    int64_t from_item = old[ITEM_BASE].type == ARC_V_NULL ? 0 : old[ITEM_BASE].u.i, from_credit = old[CREDIT_BASE].type == ARC_V_NULL ? 0 : old[CREDIT_BASE].u.i;
    arci_side_move(item, -(amount + old[DISCOUNT].u.i + old[WRITE_OFF].u.i), -from_item, r.date);
    arci_side_move(credit, a.receipt ? -leaves : leaves, a.receipt ? -from_credit : from_credit, r.date);
    arci_batch *b;
    st = new_rows(p, &b, 1);
    if (st != ARC_OK) return st;
    arc_value *row = arci_batch_row(b, 0);
    memcpy(row, old, shape->n * sizeof *row);
    row[DATE] = arci_v_int(r.date);
    static const int parts[] = { AMOUNT, DISCOUNT, WRITE_OFF, FX, CREDIT_AMOUNT, ITEM_BASE, CREDIT_BASE };
    for (size_t c = 0; c < sizeof parts / sizeof *parts; c++) {
        if (old[parts[c]].type != ARC_V_NULL) row[parts[c]] = arci_v_int(-old[parts[c]].u.i);
    }
    row[REVERSES] = arci_v_int(r.allocation);
    row[MODE] = arci_v_text("manual", 6);
    row[REASON] = arci_v_text(r.reason, strlen(r.reason));
    st = write_all(p, b, &items, &receipts);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_batch_id(b, 0);
    return st;
}

arc_status arc_allocation_reverse(arc_session *session, int64_t *id, int64_t allocation, arc_date date, const char *reason)
{
    arci_session *s;
    size_t n = reason ? strlen(reason) : 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!n || n > REASON_MAX) {
        st = arci_fail(&s->env, ARC_E_INVALID, "a reason of 1 to %u bytes is required", "须填写原因（1 至 %u 字节）", REASON_MAX);
    } else if (arci_utf8_check(reason, n) != n) {
        st = arci_fail(&s->env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8");
    }
    if (st != ARC_OK) arci_fail_at(&s->env, "allocation", "reason", 0, -1);
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    reversal r = { allocation, date, reason };
    return arci_posting_run(session, ARCI_DO_ALLOCATION_REVERSE, id, NULL, &r, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, reverse);
}
