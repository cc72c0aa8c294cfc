/* SPDX-License-Identifier: Apache-2.0 */
/* Every check recomputes a cache from insert-only rows by merging tables in the order of their ids. */
#include "ledger/checks.h"

#include <string.h>

#include "arcore/types.h"
#include "ledger/commitment.h"
#include "ledger/items.h"
#include "store/stream.h"

static int same(const arc_value *a, const arc_value *b) { return arci_value_compare(a, b) == 0; }
static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int is_code(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* Sum and latest effective date of one id's allocations. */
typedef struct taken {
    arci_acc sum, base;
    int64_t latest; /* INT64_MIN: none */
    int64_t moved;  /* the same without what documents consumed of it */
    int64_t opened; /* how often it was opened again, or its due date moved */
} taken;
#define NOTHING_TAKEN { { 0, 0 }, { 0, 0 }, INT64_MIN, INT64_MIN, 0 }

enum { NOT_OPENED, OPENS_ITEM, OPENS_CREDIT }; /* bits of allocation.reopens */

/* Takes the rows of `id` from a stream of allocations (key, effective_date, base, with `opens` reopens, amount and parts); sign is +1 or -1. Rows of
 * smaller ids point at nothing: the reference check of the store tells of them. */
static arc_status take(arci_stream *s, int64_t id, int sign, int opens, taken *out)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && s->row && s->row[0].u.i <= id) {
        if (s->row[0].u.i == id) {
            if (opens && (int_of(&s->row[3]) & opens)) out->opened++;
            for (uint32_t c = opens ? 4 : 3; c < s->n_cols; c++) arci_acc_add(&out->sum, sign * int_of(&s->row[c]));
            arci_acc_add(&out->base, sign * int_of(&s->row[2]));
            if (int_of(&s->row[1]) > out->latest) out->latest = int_of(&s->row[1]);
            if (out->latest > out->moved) out->moved = out->latest;
        }
        st = arci_stream_next(s);
    }
    return st;
}

static arc_status wrong(arci_verify *v, const char *entity, const char *field, int64_t id, int64_t is, int64_t should)
{
    return arci_finding(v, entity, field, id, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)is, (long long)should);
}

/* left and settled_on of a state against its allocations. */
static arc_status check_left(arci_verify *v, const char *entity, const char *field, int64_t id, const arc_value *left,
                             const arc_value *settled_on, int64_t amount, int64_t since, const taken *t)
{
    arci_acc sum = { 0, 0 };
    int64_t used = 0, should;
    arci_acc_add(&sum, amount);
    if (arci_acc_get(&t->sum, &used)) used = INT64_MAX; /* cannot be: left would leave its range */
    if (arci_sub64(amount, used, &should)) should = INT64_MIN;
    arc_status st = ARC_OK;
    if (int_of(left) != should) st = wrong(v, entity, field, id, int_of(left), should);
    if (st == ARC_OK && (amount >= 0 ? should < 0 || should > amount : should > 0 || should < amount)) {
        st = arci_finding(v, entity, field, id, "%lld is outside 0 and the amount %lld", "%lld 超出 0 与原金额 %lld 之间", (long long)should,
                          (long long)amount);
    }
    int64_t day = t->latest > since ? t->latest : since;
    if (st == ARC_OK && should == 0 && (settled_on->type != ARC_V_INT || settled_on->u.i != day)) {
        st = wrong(v, entity, "settled_on", id, int_of(settled_on), day);
    }
    if (st == ARC_OK && should != 0 && settled_on->type != ARC_V_NULL) {
        st = arci_finding(v, entity, "settled_on", id, "is set though something is open", "尚未结清却有结清日期");
    }
    return st;
}

/* What is left of the base amount of a document, and in what. */
static arc_status check_base(arci_verify *v, const char *entity, const char *field, int64_t id, const arc_value *booked, const arc_value *left, const taken *t)
{
    int64_t used = 0, should;
    if (!same(&booked[1], &left[1])) {
        arc_status st = arci_finding(v, entity, "base_currency", id, "differs from the document's", "与单据不一致");
        if (st != ARC_OK) return st;
    }
    if (booked->type != left->type) return arci_finding(v, entity, field, id, "is set where the document has no base amount, or the other way round", "与单据本位币金额不一致");
    if (booked->type != ARC_V_INT) return ARC_OK;
    if (arci_acc_get(&t->base, &used) || arci_sub64(booked->u.i, used, &should)) should = INT64_MIN;
    return left->u.i == should ? ARC_OK : wrong(v, entity, field, id, left->u.i, should);
}

static arc_status check_moved(arci_verify *v, const char *entity, int64_t id, const arc_value *is, const taken *t)
{
    int64_t day = is->type == ARC_V_INT ? is->u.i : INT64_MIN;
    return day == t->moved ? ARC_OK : wrong(v, entity, "moved_on", id, int_of(is), t->moved == INT64_MIN ? 0 : t->moved);
}

/* ---- items -------------------------------------------------------------------------------------------------------------- */

enum { M_ID, M_CUSTOMER, M_CURRENCY, M_BUSINESS_DATE, M_DUE_DATE, M_OWNER, M_TEAM, M_REGION, M_KIND, M_AMOUNT, M_BASE, M_BASE_CURRENCY, M_CONTRACT };
static const char item_fields[] = "id customer currency business_date due_date owner team region kind amount base_amount base_currency contract sales_order delivery";
enum { S_ITEM, S_CUSTOMER, S_CURRENCY, S_BUSINESS_DATE, S_DUE_DATE, S_OWNER, S_TEAM, S_REGION, S_KIND, S_OPEN, S_SETTLED_ON, S_BASE, S_BASE_CURRENCY, S_MOVED, S_CONTRACT, S_DISPUTED = S_CONTRACT + 3, S_EPISODE, S_EXPECTED };
static const char state_fields[] = "item customer currency business_date due_date owner team region kind open settled_on base_open base_currency moved_on contract sales_order delivery disputed episode expected";
static const char by_item[] = "item effective_date item_base reopens amount discount write_off";
static const char by_credit[] = "credit_item effective_date credit_base reopens amount";
static const char by_receipt[] = "receipt effective_date credit_base amount credit_amount";

/* What moves an item and is no allocation. */
static const char by_adjustment[] = "item effective_date amount due_date base_amount kind reason_code";
static const char by_dispute[] = "item amount resolution"; /* those that are open */
static const char by_use[] = "item effective_date amount consumes reopens";

typedef struct item_streams {
    arci_stream items, states, debits, credits, adjustments, uses, disputes;
    arc_value due, kind; /* of the item at hand, as last agreed; what it became */
    char became[32];
} item_streams;

static void moved(taken *out, int64_t left, int64_t day)
{
    arci_acc_add(&out->sum, left);
    if (day > out->latest) out->latest = day;
}

/* Adjustments, and what documents consumed of a plan or an estimate. */
static arc_status take_moves(item_streams *s, int64_t id, taken *out)
{
    arc_status st = ARC_OK;
    for (; st == ARC_OK && s->adjustments.row && s->adjustments.row[0].u.i <= id; st = arci_stream_next(&s->adjustments)) {
        const arc_value *v = s->adjustments.row;
        if (v[0].u.i != id) continue;
        if (v[2].type == ARC_V_INT) moved(out, -v[2].u.i, v[1].u.i);
        if (v[2].type == ARC_V_INT && v[1].u.i > out->moved) out->moved = v[1].u.i;
        if (v[3].type == ARC_V_INT) s->due = v[3];
        if (is_code(&v[6], "extension")) out->opened++;
        if (v[5].type == ARC_V_TEXT && v[5].len < sizeof s->became) {
            memcpy(s->became, v[5].u.s, v[5].len); /* the row goes with the next one */
            s->kind = arci_v_text(s->became, v[5].len);
        }
        arci_acc_add(&out->base, -int_of(&v[4]));
    }
    for (; st == ARC_OK && s->uses.row && s->uses.row[0].u.i <= id; st = arci_stream_next(&s->uses)) {
        const arc_value *v = s->uses.row;
        if (v[0].u.i != id) continue;
        if (v[3].u.i && v[2].u.i) moved(out, v[2].u.i, v[1].u.i); /* what lapsed moved nothing */
        if (int_of(&v[4])) out->opened++;
    }
    return st;
}

static arc_status check_disputed(arci_verify *v, item_streams *s, int64_t id, const arc_value *is)
{
    int64_t sum = 0;
    arc_status st = ARC_OK;
    for (; st == ARC_OK && s->disputes.row && s->disputes.row[0].u.i <= id; st = arci_stream_next(&s->disputes)) {
        const arc_value *d = s->disputes.row;
        if (d[0].u.i == id && d[2].len == 4 && memcmp(d[2].u.s, "open", 4) == 0 && arci_add64(sum, d[1].u.i, &sum)) sum = INT64_MAX;
    }
    return st != ARC_OK || int_of(is) == sum ? st : wrong(v, "item_state", "disputed", id, int_of(is), sum);
}

static arc_status check_item(arci_verify *v, item_streams *s)
{
    static const char *const copies[] = { "item", "customer", "currency", "business_date", "due_date", "owner", "team", "region", "kind" };
    const arc_value *item = s->items.row;
    int64_t id = item[M_ID].u.i;
    taken t = NOTHING_TAKEN;
    arc_status st = take(&s->debits, id, 1, OPENS_ITEM, &t);
    if (st == ARC_OK) st = take(&s->credits, id, -1, OPENS_CREDIT, &t);
    s->due = item[M_DUE_DATE];
    s->kind = item[M_KIND];
    if (st == ARC_OK) st = take_moves(s, id, &t);
    while (st == ARC_OK && s->states.row && s->states.row[S_ITEM].u.i < id) {
        st = arci_finding(v, "item_state", "item", s->states.row[S_ITEM].u.i, "state of an item that does not exist", "应收不存在但有状态记录");
        if (st == ARC_OK) st = arci_stream_next(&s->states);
    }
    if (st != ARC_OK) return st;
    const arc_value *state = s->states.row;
    if (!state || state[S_ITEM].u.i != id) return arci_finding(v, "item_state", "item", id, "the item has no state", "应收缺少状态记录");
    for (int c = S_CUSTOMER; st == ARC_OK && c <= S_KIND; c++) {
        if (!same(c == S_DUE_DATE ? &s->due : c == S_KIND ? &s->kind : &item[c], &state[c])) st = arci_finding(v, "item_state", copies[c], id, "differs from the item's", "与应收不一致");
    }
    if (st == ARC_OK) {
        st = check_left(v, "item_state", "open", id, &state[S_OPEN], &state[S_SETTLED_ON], int_of(&item[M_AMOUNT]),
                        int_of(&item[M_BUSINESS_DATE]), &t);
    }
    for (int c = 0; c < 3 && st == ARC_OK; c++) { /* of plans and estimates that are open */
        static const char *const names[] = { "contract", "sales_order", "delivery" };
        const arc_value none = arci_v_null(), *should = arci_item_counts(&s->kind) != ARCI_COUNTS_OPEN && int_of(&state[S_OPEN]) ? &item[M_CONTRACT + c] : &none;
        if (!same(should, &state[S_CONTRACT + c])) st = arci_finding(v, "item_state", names[c], id, "does not name what an open plan is of", "与未结计划所属单据不一致");
    }
    const int expected = arci_item_counts(&s->kind) != ARCI_COUNTS_OPEN && int_of(&state[S_OPEN]);
    if (st == ARC_OK && int_of(&state[S_EXPECTED]) != expected) st = wrong(v, "item_state", "expected", id, int_of(&state[S_EXPECTED]), expected);
    if (st == ARC_OK) st = check_base(v, "item_state", "base_open", id, &item[M_BASE], &state[S_BASE], &t);
    if (arci_item_counts(&s->kind) != ARCI_COUNTS_OPEN) t.moved = INT64_MIN; /* of plans and estimates nobody asks */
    if (st == ARC_OK) st = check_moved(v, "item_state", id, &state[S_MOVED], &t);
    if (st == ARC_OK) st = check_disputed(v, s, id, &state[S_DISPUTED]);
    if (st == ARC_OK && int_of(&state[S_EPISODE]) != t.opened) st = wrong(v, "item_state", "episode", id, int_of(&state[S_EPISODE]), t.opened);
    return st == ARC_OK ? arci_stream_next(&s->states) : st;
}

static arc_status run_items(arci_verify *v, arci_txn *t)
{
    item_streams s;
    memset(&s, 0, sizeof s);
    arc_status st = arci_stream_open(t, v, &s.items, "item", item_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.states, "item_state", state_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.debits, "allocation", by_item, "effective_date");
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.credits, "allocation", by_credit, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.adjustments, "adjustment", by_adjustment, "effective_date id");
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.uses, "invoice_item", by_use, "effective_date");
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.disputes, "dispute", by_dispute, NULL);
    while (st == ARC_OK && s.items.row) {
        st = check_item(v, &s);
        if (st == ARC_OK) st = arci_stream_next(&s.items);
    }
    while (st == ARC_OK && s.states.row) {
        st = arci_finding(v, "item_state", "item", s.states.row[S_ITEM].u.i, "state of an item that does not exist", "应收不存在但有状态记录");
        if (st == ARC_OK) st = arci_stream_next(&s.states);
    }
    arci_stream_close(&s.disputes);
    arci_stream_close(&s.uses);
    arci_stream_close(&s.adjustments);
    arci_stream_close(&s.credits);
    arci_stream_close(&s.debits);
    arci_stream_close(&s.states);
    arci_stream_close(&s.items);
    return st;
}

/* ---- receipts ------------------------------------------------------------------------------------------------------------- */

enum { R_ID, R_CURRENCY, R_VALUE_DATE, R_POSTED, R_OWNER, R_TEAM, R_REGION, R_AMOUNT, R_BASE, R_BASE_CURRENCY, R_METHOD, R_CUSTOMER };
static const char receipt_fields[] = "id currency value_date posting_date owner team region amount base_amount base_currency method customer";
/* The rows that say whose it was: the last of them decides. */
enum { L_RECEIPT, L_CUSTOMER, L_DATE, L_ENDS, L_BY, L_OWNER, L_TEAM, L_REGION };
static const char claim_fields[] = "receipt customer effective_date ends claimed_by owner team region";
enum { T_RECEIPT, T_CURRENCY, T_VALUE_DATE, T_POSTED, T_OWNER, T_TEAM, T_REGION, T_UNAPPLIED, T_SETTLED_ON, T_RETURNED_ON, T_BASE, T_BASE_CURRENCY, T_CLAIMED_ON, T_RETURNED, T_MOVED, T_METHOD, T_CUSTOMER, T_CLAIMED_BY };
static const char receipt_state_fields[] = "receipt currency value_date posting_date owner team region unapplied settled_on returned_on base_unapplied base_currency claimed_on returned moved_on method customer claimed_by";

/* As take(): of a receipt in another currency than the item its own amount leaves. */
static arc_status take_from_receipt(arci_stream *s, int64_t id, taken *out)
{
    arc_status st = ARC_OK;
    for (; st == ARC_OK && s->row && s->row[0].u.i <= id; st = arci_stream_next(s)) {
        if (s->row[0].u.i != id) continue;
        arci_acc_add(&out->sum, int_of(&s->row[s->row[4].type == ARC_V_INT ? 4 : 3]));
        arci_acc_add(&out->base, int_of(&s->row[2]));
        if (int_of(&s->row[1]) > out->latest) out->latest = int_of(&s->row[1]);
        out->moved = out->latest;
    }
    return st;
}

/* The day it went back, of the entry that was made then: few do. */
static arc_status check_day_back(arci_verify *v, arci_txn *t, int64_t id, const arc_value *state)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena arena;
    arci_where_init(&w);
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_shape_get(t, &shape, "journal_entry", "posting_date entity source purpose");
    if (st == ARC_OK) {
        arci_where_text(&w, shape->cols[1], ARC_OP_EQ, "receipt", 7);
        arci_where_int(&w, shape->cols[2], ARC_OP_EQ, id);
        arci_where_text(&w, shape->cols[3], ARC_OP_EQ, "return", 6);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, &arena, &rows);
    }
    if (st == ARC_OK && (rows.n_rows != 1 || !same(&rows.values[0], &state[T_RETURNED_ON]))) {
        st = arci_finding(v, "receipt_state", "returned_on", id, "is not the day of its entry", "与退回分录的日期不一致");
    }
    arci_arena_clear(&arena);
    if (st != ARC_OK || same(&state[T_SETTLED_ON], &state[T_RETURNED_ON])) return st;
    return wrong(v, "receipt_state", "settled_on", id, int_of(&state[T_SETTLED_ON]), int_of(&state[T_RETURNED_ON]));
}

/* All of it went back: nothing of it stands anywhere. */
static arc_status check_returned(arci_verify *v, const arc_value *r, const arc_value *state, const taken *t)
{
    int64_t id = r[R_ID].u.i, used = 0;
    if (!same(&r[R_BASE_CURRENCY], &state[T_BASE_CURRENCY]) || r[R_BASE].type != state[T_BASE].type) {
        return arci_finding(v, "receipt_state", "base_currency", id, "differs from the receipt's", "与回款不一致");
    }
    if (arci_acc_get(&t->sum, &used) || used) return arci_finding(v, "receipt_state", "returned_on", id, "%lld is still applied", "仍有 %lld 已核销", (long long)used);
    if (int_of(&state[T_UNAPPLIED])) return wrong(v, "receipt_state", "unapplied", id, int_of(&state[T_UNAPPLIED]), 0);
    if (int_of(&state[T_RETURNED]) != int_of(&r[R_AMOUNT])) return wrong(v, "receipt_state", "returned", id, int_of(&state[T_RETURNED]), int_of(&r[R_AMOUNT]));
    return int_of(&state[T_BASE]) ? wrong(v, "receipt_state", "base_unapplied", id, int_of(&state[T_BASE]), 0) : ARC_OK;
}

/* Whose it is: as it came in, or as the last claim says; who claims it brings its owners. */
static arc_status check_claim(arci_verify *v, const arc_value *r, const arc_value *state, arci_stream *claims)
{
    int64_t id = r[R_ID].u.i;
    arc_value last[L_REGION + 1];
    int claimed = 0;
    arc_status st = ARC_OK;
    for (; st == ARC_OK && claims->row && claims->row[L_RECEIPT].u.i <= id; st = arci_stream_next(claims)) {
        if (claims->row[L_RECEIPT].u.i != id) continue;
        memcpy(last, claims->row, sizeof last);
        claimed = claims->row[L_ENDS].type == ARC_V_NULL;
    }
    if (st != ARC_OK) return st;
    const arc_value none = arci_v_null();
    if (!same(claimed ? &last[L_CUSTOMER] : &r[R_CUSTOMER], &state[T_CUSTOMER])) st = arci_finding(v, "receipt_state", "customer", id, "is not whose the receipt was found to be", "与认领记录不一致");
    if (st == ARC_OK && !same(claimed ? &last[L_DATE] : &none, &state[T_CLAIMED_ON])) st = arci_finding(v, "receipt_state", "claimed_on", id, "differs from the claim's", "与认领记录不一致");
    if (st == ARC_OK && !same(claimed ? &last[L_BY] : &none, &state[T_CLAIMED_BY])) st = arci_finding(v, "receipt_state", "claimed_by", id, "differs from the claim's", "与认领记录不一致");
    for (int c = 0; st == ARC_OK && c < 3; c++) {
        static const char *const copies[] = { "owner", "team", "region" };
        if (!same(claimed ? &last[L_OWNER + c] : &r[R_OWNER + c], &state[T_OWNER + c])) st = arci_finding(v, "receipt_state", copies[c], id, "differs from the receipt's", "与回款不一致");
    }
    return st;
}

static arc_status check_receipt(arci_verify *v, arci_txn *txn, const arc_value *r, arci_stream *states, arci_stream *used, arci_stream *claims)
{
    int64_t id = r[R_ID].u.i;
    taken t = NOTHING_TAKEN;
    arc_status st = take_from_receipt(used, id, &t);
    while (st == ARC_OK && states->row && states->row[T_RECEIPT].u.i < id) st = arci_stream_next(states);
    if (st != ARC_OK) return st;
    const arc_value *state = states->row;
    if (!state || state[T_RECEIPT].u.i != id) {
        return arci_finding(v, "receipt_state", "receipt", id, "the receipt has no state", "回款缺少状态记录");
    }
    static const char *const copies[] = { "receipt", "currency", "value_date", "posting_date" };
    for (int c = R_CURRENCY; st == ARC_OK && c <= R_POSTED; c++) {
        if (!same(&r[c], &state[c])) st = arci_finding(v, "receipt_state", copies[c], id, "differs from the receipt's", "与回款不一致");
    }
    if (st == ARC_OK && !same(&r[R_METHOD], &state[T_METHOD])) st = arci_finding(v, "receipt_state", "method", id, "differs from the receipt's", "与回款不一致");
    if (st == ARC_OK) st = check_claim(v, r, state, claims);
    if (st == ARC_OK) st = check_moved(v, "receipt_state", id, &state[T_MOVED], &t);
    if (st == ARC_OK && state[T_RETURNED_ON].type != ARC_V_NULL) {
        st = check_returned(v, r, state, &t);
        return st == ARC_OK ? check_day_back(v, txn, id, state) : st;
    }
    if (st == ARC_OK && state[T_RETURNED].type != ARC_V_NULL) st = arci_finding(v, "receipt_state", "returned", id, "is set though nothing went back", "未退回却有退回金额");
    if (st != ARC_OK) return st;
    st = check_left(v, "receipt_state", "unapplied", id, &state[T_UNAPPLIED], &state[T_SETTLED_ON], int_of(&r[R_AMOUNT]),
                    int_of(&r[R_POSTED]), &t);
    return st == ARC_OK ? check_base(v, "receipt_state", "base_unapplied", id, &r[R_BASE], &state[T_BASE], &t) : st;
}

static arc_status run_receipts(arci_verify *v, arci_txn *t)
{
    arci_stream receipts, states, used, claims;
    memset(&states, 0, sizeof states);
    memset(&claims, 0, sizeof claims);
    memset(&used, 0, sizeof used);
    arc_status st = arci_stream_open(t, v, &receipts, "receipt", receipt_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &states, "receipt_state", receipt_state_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &used, "allocation", by_receipt, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &claims, "receipt_claim", claim_fields, "id");
    while (st == ARC_OK && receipts.row) {
        st = check_receipt(v, t, receipts.row, &states, &used, &claims);
        if (st == ARC_OK) st = arci_stream_next(&receipts);
    }
    arci_stream_close(&claims);
    arci_stream_close(&used);
    arci_stream_close(&states);
    arci_stream_close(&receipts);
    return st;
}

/* ---- allocations ---------------------------------------------------------------------------------------------------------- */

enum { A_ID, A_ITEM, A_RECEIPT, A_CREDIT_ITEM, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_REVERSES, A_DATE, A_REOPENS };
static const char allocation_fields[] = "id item receipt credit_item amount discount write_off reverses effective_date reopens";

static arc_status check_reversal(arci_verify *v, arci_txn *t, const arc_value *a, const arci_shape *shape, arci_arena *arena)
{
    arc_value *old;
    int64_t id = a[A_ID].u.i;
    arci_arena_reset(arena);
    arc_status st = arci_repo_get(t, shape, a[A_REVERSES].u.i, arena, &old);
    if (st == ARC_E_NOT_FOUND) return arci_finding(v, "allocation", "reverses", id, "reverses one that does not exist", "所冲销的核销不存在");
    if (st != ARC_OK) return st;
    int mirrored = same(&old[A_ITEM], &a[A_ITEM]) && same(&old[A_RECEIPT], &a[A_RECEIPT]) && same(&old[A_CREDIT_ITEM], &a[A_CREDIT_ITEM]) &&
                   int_of(&old[A_DATE]) <= int_of(&a[A_DATE]) && old[A_REVERSES].type == ARC_V_NULL;
    for (int c = A_AMOUNT; c <= A_WRITE_OFF; c++) mirrored = mirrored && int_of(&old[c]) == -int_of(&a[c]);
    return mirrored ? ARC_OK : arci_finding(v, "allocation", "reverses", id, "is not the mirror of what it reverses", "与所冲销的核销不对应");
}

static arc_status check_allocation(arci_verify *v, arci_txn *t, const arc_value *a, const arci_shape *shape, arci_arena *arena)
{
    int64_t id = a[A_ID].u.i;
    int n_credits = (a[A_RECEIPT].type == ARC_V_INT) + (a[A_CREDIT_ITEM].type == ARC_V_INT);
    if (n_credits > 1 || (!n_credits && int_of(&a[A_AMOUNT]))) { /* without a credit something is given up, nothing taken */
        return arci_finding(v, "allocation", "receipt", id, "takes from both or neither of receipt and credit item", "核销来源须为回款或贷项之一");
    }
    if (a[A_REVERSES].type == ARC_V_INT) return check_reversal(v, t, a, shape, arena);
    if (a[A_REOPENS].type != ARC_V_NULL) return arci_finding(v, "allocation", "reopens", id, "opens something again and is no reversal", "非冲销记录却重新打开了应收");
    if (int_of(&a[A_AMOUNT]) < 0 || int_of(&a[A_DISCOUNT]) < 0 || int_of(&a[A_WRITE_OFF]) < 0) {
        return arci_finding(v, "allocation", "amount", id, "a negative part in a row that is no reversal", "非冲销记录的金额为负");
    }
    return ARC_OK;
}

static arc_status run_allocations(arci_verify *v, arci_txn *t)
{
    arci_stream s;
    arci_arena arena;
    const arci_shape *shape = NULL;
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_stream_open(t, v, &s, "allocation", allocation_fields, NULL);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "allocation", allocation_fields);
    while (st == ARC_OK && s.row) {
        st = check_allocation(v, t, s.row, shape, &arena);
        if (st == ARC_OK) st = arci_stream_next(&s);
    }
    arci_stream_close(&s);
    arci_arena_clear(&arena);
    return st;
}

/* ---- invoices ----------------------------------------------------------------------------------------------------------------- */

/* An issued document is what its items claim, and what its lines come to where it has some. */
static arc_status check_invoice(arci_verify *v, const arc_value *row, arci_stream *items, arci_stream *covers, arci_stream *lines)
{
    taken claims = NOTHING_TAKEN, of_lines = NOTHING_TAKEN;
    int64_t id = row[0].u.i, sum = 0, net = 0;
    arc_status st = take(items, id, 1, NOT_OPENED, &claims);
    for (; st == ARC_OK && covers->row && covers->row[0].u.i <= id; st = arci_stream_next(covers)) {
        if (covers->row[0].u.i == id && !covers->row[2].u.i && covers->row[4].type == ARC_V_NULL) moved(&claims, covers->row[3].u.i, 0);
    }
    if (st == ARC_OK) st = take(lines, id, 1, NOT_OPENED, &of_lines);
    if (st != ARC_OK || is_code(&row[2], "draft") || is_code(&row[2], "submitted") || is_code(&row[2], "approved")) return st;
    int claiming = claims.latest != INT64_MIN || !(is_code(&row[3], "proforma") || is_code(&row[2], "voided")); /* a draft may have been dropped */
    if (claiming && (arci_acc_get(&claims.sum, &sum) || sum != int_of(&row[1]))) st = wrong(v, "invoice", "gross_amount", id, int_of(&row[1]), sum);
    if (st != ARC_OK || of_lines.latest == INT64_MIN) return st;
    if (arci_acc_get(&of_lines.sum, &sum) || sum != int_of(&row[1])) st = wrong(v, "invoice", "gross_amount", id, int_of(&row[1]), sum);
    if (st == ARC_OK && (arci_acc_get(&of_lines.base, &net) || net != int_of(&row[4]))) st = wrong(v, "invoice", "net_amount", id, int_of(&row[4]), net);
    return st;
}

static arc_status run_invoices(arci_verify *v, arci_txn *t)
{
    static const char invoice_fields[] = "id gross_amount status kind net_amount";
    static const char of_invoice[] = "invoice seq base_amount amount";
    static const char covered[] = "invoice item consumes amount reverses"; /* receivables that stood before it */
    static const char line_fields[] = "invoice seq net_amount gross_amount";
    arci_stream invoices, items, covers, lines;
    memset(&items, 0, sizeof items);
    memset(&covers, 0, sizeof covers);
    memset(&lines, 0, sizeof lines);
    arc_status st = arci_stream_open(t, v, &invoices, "invoice", invoice_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &items, "item", of_invoice, "seq");
    if (st == ARC_OK) st = arci_stream_open(t, v, &covers, "invoice_item", covered, "item");
    if (st == ARC_OK) st = arci_stream_open(t, v, &lines, "invoice_line", line_fields, "seq");
    while (st == ARC_OK && invoices.row) {
        st = check_invoice(v, invoices.row, &items, &covers, &lines);
        if (st == ARC_OK) st = arci_stream_next(&invoices);
    }
    arci_stream_close(&lines);
    arci_stream_close(&covers);
    arci_stream_close(&items);
    arci_stream_close(&invoices);
    return st;
}

const arci_check arci_ledger_checks[] = {
    { "ledger.item_state", run_items },       { "ledger.receipt_state", run_receipts }, { "ledger.allocation", run_allocations },
    { "ledger.account", arci_check_accounts },       { "ledger.invoice", run_invoices },         { "ledger.parts", arci_check_parts },
    { "ledger.level", arci_check_levels },   { "ledger.conduct", arci_check_conduct },
    { "ledger.commitment", arci_check_commitments },
    { "ledger.journal", arci_check_journal }, { "ledger.control", arci_check_control },   { "ledger.voucher", arci_check_vouchers },
    { "ledger.bill", arci_check_bills },      { "ledger.credit", arci_check_credits },   { "ledger.provision", arci_check_provisions },
    { "ledger.merge", arci_check_merges },
};
const uint32_t arci_n_ledger_checks = sizeof arci_ledger_checks / sizeof *arci_ledger_checks;
