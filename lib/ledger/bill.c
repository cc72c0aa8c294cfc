/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving a bill of exchange: the bill, its receipt, what it settles. */
#include "ledger/bill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "ledger/allocation.h"
#include "ledger/period.h"
#include "ledger/receipt.h"
#include "store/record_api.h"

#define MOST_ALLOCATIONS 10000u
#define NUMBER_MAX 64

static const uint32_t required[] = { ARC_BILL_NUMBER, ARC_BILL_KIND, ARC_BILL_CUSTOMER, ARC_BILL_CURRENCY, ARC_BILL_FACE, ARC_BILL_MATURITY, 0 };

typedef struct order {
    arc_session *session;
    arc_record *bill;
    const arc_allocation *allocations;
    uint32_t n;
} order;

typedef struct receiving {
    arci_posting *p;
    const order *o;
    arci_record *bill;
    arc_allocation *allocations; /* full-size copies */
    arc_date date;
    int64_t receipt;
    char number[NUMBER_MAX + 32];
} receiving;

static const arc_value *value(const receiving *x, uint32_t field) { return arci_record_value(x->bill, field); }

static arc_status fault(arci_env *env, arc_status st, const char *field)
{
    arci_fail_at(env, "bill", field, 0, -1);
    return st;
}

/* ---- the record -------------------------------------------------------------------------------------------------------------- */

static arc_status check(receiving *x)
{
    arci_env *env = x->p->t->env;
    int64_t from, to, face = value(x, ARC_BILL_FACE)->u.i;
    int parts = arci_bill_range(value(x, ARC_BILL_SUB_RANGE), &from, &to);
    const arc_value *issued = value(x, ARC_BILL_ISSUED_ON);
    if (face <= 0) return fault(env, arci_fail(env, ARC_E_RANGE, "the face of a bill is positive", "票面金额必须为正数"), "face");
    if (x->date == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "received_on is required: the session has no business date", "收票日期为必填项：会话未设置业务日期"), "received_on");
    if (value(x, ARC_BILL_MATURITY)->u.i < x->date) return fault(env, arci_fail(env, ARC_E_RANGE, "the bill had matured before it was received", "票据在收票前已到期"), "maturity");
    if (issued->type == ARC_V_INT && issued->u.i > x->date) return fault(env, arci_fail(env, ARC_E_RANGE, "the bill was issued after it was received", "出票日期晚于收票日期"), "issued_on");
    arc_status come = arci_day_come(x->p->t, x->date, ARC_DATE_NONE, "bill", "received_on", 0);
    if (come != ARC_OK) return come;
    if (parts < 0) return fault(env, arci_fail(env, ARC_E_VALUE, "a range is \"0\" or two numbers such as 1-500000", "子票区间应为 0 或形如 1-500000 的起止号"), "sub_range");
    if (parts && memcmp(value(x, ARC_BILL_CURRENCY)->u.s, "CNY", 3) == 0 && to - from + 1 != face) {
        return fault(env, arci_fail(env, ARC_E_VALUE, "the range has %lld parts of 0.01, the face is %lld of them", "子票区间为 %lld 份（每份 0.01 元），与票面 %lld 份不符", (long long)(to - from + 1), (long long)face),
                     "face");
    }
    return ARC_OK;
}

enum { H_NUMBER, H_RANGE, H_STATUS, H_ID };
static const char held_fields[] = "number sub_range status id";

/* Bills of these numbers there are already. */
static arc_status read_held(arci_posting *p, const arc_value *numbers, uint32_t n, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(p->t, &shape, "bill", held_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[H_NUMBER], numbers, n);
    return arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, rows);
}

static int same_text(const arc_value *a, const arc_value *b) { return a->len == b->len && memcmp(a->u.s, b->u.s, a->len) == 0; }

/* The same bill, or a part of it, is not held twice; one that came back later is another row. */
static arc_status judge_held(receiving *x, const arci_rows *rows)
{
    arci_posting *p = x->p;
    const arc_value *number = value(x, ARC_BILL_NUMBER), *mine = value(x, ARC_BILL_SUB_RANGE);
    int64_t from, to, a, b;
    int before = 0, parts = arci_bill_range(mine, &from, &to);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        if (!same_text(&v[H_NUMBER], number)) continue;
        (void)arci_bill_range(&v[H_RANGE], &a, &b);
        before += a == from && b == to;
        if (!arci_bill_ours(v[H_STATUS].u.s) || a > to || b < from) continue;
        st = arci_fail(p->t->env, ARC_E_EXISTS, "bill %s, or a part of it, is held already (bill %lld)", "票据 %s（或其子票）已在持有中（票据 %lld）", number->u.s, (long long)v[H_ID].u.i);
        arci_fail_at(p->t->env, "bill", "number", v[H_ID].u.i, -1);
    }
    if (st != ARC_OK) return st;
    int n = snprintf(x->number, sizeof x->number, "%.*s%s%.*s", (int)number->len, number->u.s, parts ? "/" : "", parts ? (int)mine->len : 0, parts ? mine->u.s : "");
    if (before && n > 0 && (size_t)n < sizeof x->number) n += snprintf(x->number + n, sizeof x->number - (size_t)n, "#%d", before + 1);
    if (n <= NUMBER_MAX) return ARC_OK;
    return fault(p->t->env, arci_fail(p->t->env, ARC_E_LIMIT, "number and range have more than %d bytes together", "票据号码与子票区间合计超过 %d 字节", NUMBER_MAX), "number");
}

static arc_status check_held(receiving *x)
{
    arci_rows rows;
    arc_status st = read_held(x->p, value(x, ARC_BILL_NUMBER), 1, &rows);
    return st == ARC_OK ? judge_held(x, &rows) : st;
}

/* ---- receipt and allocations ---------------------------------------------------------------------------------------------------- */

static arc_status set_receipt(receiving *x, arci_record *r)
{
    static const uint32_t from[][2] = { { ARC_BILL_CUSTOMER, ARC_RECEIPT_CUSTOMER }, { ARC_BILL_CURRENCY, ARC_RECEIPT_CURRENCY }, { ARC_BILL_FACE, ARC_RECEIPT_AMOUNT } };
    arci_env *env = x->p->t->env;
    const arc_value endorser = *value(x, ARC_BILL_ENDORSER);
    arc_status st = arci_record_set_text(env, r, ARC_RECEIPT_NUMBER, x->number, strlen(x->number));
    for (size_t i = 0; st == ARC_OK && i < sizeof from / sizeof *from; i++) st = arci_record_put(env, r, from[i][1], value(x, from[i][0]));
    if (st == ARC_OK) st = arci_record_set_date(env, r, ARC_RECEIPT_VALUE_DATE, x->date);
    if (st == ARC_OK) st = arci_record_set_date(env, r, ARC_RECEIPT_POSTING_DATE, x->date);
    if (st == ARC_OK) st = arci_record_set_text(env, r, ARC_RECEIPT_METHOD, "bill", 4);
    if (st == ARC_OK && endorser.type == ARC_V_TEXT) st = arci_record_set_text(env, r, ARC_RECEIPT_PAYER_NAME, endorser.u.s, endorser.len);
    return st;
}

/* Receipts of n bills, all of them or none. */
static arc_status make_receipts(receiving *list, uint32_t n)
{
    arci_posting *p = list->p;
    uint32_t made = 0;
    arc_status st = ARC_OK;
    arc_record **handles = arci_arena_calloc(&p->arena, n, sizeof *handles);
    int64_t *ids = arci_arena_calloc(&p->arena, n, sizeof *ids);
    if (!handles || !ids) return arci_nomem(p->t->env);
    for (; st == ARC_OK && made < n; made += st == ARC_OK) {
        arci_record_box *box;
        st = arci_record_box_new(p->t->env, p->session, arci_entity_by_name("receipt", 7), &handles[made], &box);
        if (st != ARC_OK) break;
        st = set_receipt(&list[made], box->record);
        if (st != ARC_OK) arc_record_free(handles[made]);
    }
    if (st == ARC_OK) st = arci_receipt_record_notes(list->o->session, ids, handles, n);
    for (uint32_t i = 0; i < made; i++) {
        list[i].receipt = ids[i];
        arc_record_free(handles[i]);
    }
    return st;
}

static arc_status take_allocations(receiving *x)
{
    const char *from = (const char *)x->o->allocations;
    uint32_t stride;
    if (!x->o->n) return ARC_OK;
    x->allocations = arci_arena_alloc(&x->p->arena, x->o->n * sizeof *x->allocations);
    if (!x->allocations) return arci_nomem(x->p->t->env);
    memcpy(&stride, from, sizeof stride);
    for (uint32_t i = 0; i < x->o->n; i++, from += stride) {
        arc_allocation *a = &x->allocations[i];
        static const arc_allocation init = ARC_ALLOCATION_INIT;
        *a = init;
        arc_status st = arci_struct_in(x->p->t->env, a, sizeof *a, from);
        if (st == ARC_OK && (a->receipt || a->credit_item)) {
            st = arci_fail(x->p->t->env, ARC_E_INVALID, "receipt and credit_item are 0: the bill itself settles", "receipt 与 credit_item 须为 0：由票据本身核销");
        }
        if (st != ARC_OK) {
            arci_fail_at(x->p->t->env, "allocation", NULL, 0, i);
            return st;
        }
    }
    return ARC_OK;
}

static void ask_text(arci_call *c, const char *s) { arci_call_arg_text(c, s ? s : "", s ? strlen(s) : 0); }

static arc_status tell(receiving *x, uint32_t element)
{
    arci_call *c = x->p->call;
    arc_status st = arci_call_arg_record(c, x->bill, 0);
    for (uint32_t i = 0; c->request && st == ARC_OK && i < x->o->n; i++) {
        const arc_allocation *a = &x->allocations[i];
        const int64_t numbers[] = { a->date, a->item, a->amount, a->discount, a->write_off, a->credit_amount, a->unearned };
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) arci_call_arg_int(c, numbers[k]);
        ask_text(c, a->reason_code);
        ask_text(c, a->reason);
        ask_text(c, a->evidence);
        ask_text(c, a->order);
    }
    arci_posting_arg_end(x->p, element);
    return st;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------------- */

static void fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s, (void)r, (void)customer, (void)v, (void)shape;
}

static void finish(void *user, uint32_t i, arc_value *v, const arci_shape *shape)
{
    const receiving *x = (const receiving *)user + i;
    for (uint16_t c = 0; c < shape->n; c++) {
        switch (ARCI_PUBLIC_FIELD(ARC_BILL, shape->table->field_of_col[shape->cols[c]]->id)) {
        case ARC_BILL_STATUS: v[c] = arci_v_text("held", 4); break;
        case ARC_BILL_RECEIPT: v[c] = arci_v_int(x->receipt); break;
        case ARC_BILL_RECEIVED_ON: v[c] = arci_v_int(x->date); break;
        case ARC_BILL_RECOURSE: if (v[c].type == ARC_V_NULL) v[c] = arci_v_int(1); break;
        default: break;
        }
    }
}

static arc_status write_events(receiving *list, uint32_t n, const arci_batch *bills)
{
    arci_bill_step *steps = arci_arena_calloc(&list->p->arena, n, sizeof *steps);
    if (!steps) return arci_nomem(list->p->t->env);
    for (uint32_t i = 0; i < n; i++) {
        const receiving *x = &list[i];
        const arci_bill_step step = { .event = { arci_v_int(arci_batch_id(bills, i)), arci_v_int(1), arci_v_text("held", 4), arci_v_int(x->date), *value(x, ARC_BILL_CURRENCY), *value(x, ARC_BILL_ENDORSER) } };
        memcpy(&steps[i], &step, sizeof step);
    }
    return arci_bill_note(list->p, steps, n);
}

/* What the bills settle, all of it or none. */
static arc_status settle_all(receiving *list, uint32_t n)
{
    arci_posting *p = list->p;
    uint32_t all = 0, at = 0;
    for (uint32_t i = 0; i < n; i++) all += list[i].o->n;
    if (!all) return ARC_OK;
    arc_allocation *a = arci_arena_alloc(&p->arena, all * sizeof *a);
    if (!a) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < list[i].o->n; k++) {
            a[at] = list[i].allocations[k];
            a[at].receipt = list[i].receipt;
            if (a[at].date == ARC_DATE_NONE) a[at].date = list[i].date;
            at++;
        }
    }
    return arci_allocation_apply(list->o->session, NULL, NULL, a, all, ARC_ALL_OR_NONE, ARCI_POSTING_INSIDE, "bill");
}

static int all_good(const arci_posting *p)
{
    for (uint32_t i = 0; i < p->n; i++) if (!arci_posting_good(p, i)) return 0;
    return 1;
}

/* All n of the call, which are good: a refusal is told of the first, and ends it. */
static arc_status write_all(receiving *list, arci_record **records)
{
    arci_posting *p = list->p;
    arci_documents d = { .records = records, .finish = finish, .user = list };
    int64_t *customer = arci_arena_calloc(&p->arena, p->n, sizeof *customer);
    if (!customer) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) customer[i] = value(&list[i], ARC_BILL_CUSTOMER)->u.i;
    arc_status st = arci_posting_customers(p, &d.customers, customer);
    if (st == ARC_OK) arci_posting_merged(p, d.customers, customer, NULL);
    if (st == ARC_OK && all_good(p)) st = make_receipts(list, p->n);
    if (st == ARC_OK && all_good(p)) st = arci_posting_documents(p, &d, "bill", fill);
    if (st != ARC_OK || !all_good(p)) return st;
    for (uint32_t i = 0; p->ids && i < p->n; i++) p->ids[i] = arci_batch_id(d.batch, i);
    st = write_events(list, p->n, d.batch);
    return st == ARC_OK ? settle_all(list, p->n) : st;
}

static arc_status receive(arci_posting *p, const void *elements)
{
    receiving x = { .p = p, .o = elements };
    arci_record **records;
    arc_status st = arci_posting_records(p, &records, &x.o->bill, ARC_BILL);
    if (st != ARC_OK) return st;
    x.bill = records[0];
    st = take_allocations(&x);
    if (st == ARC_OK) st = tell(&x, 0);
    if (st == ARC_OK) st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_posting_rules(p, records);
    x.bill = records[0];
    if (st == ARC_OK) st = arci_posting_access(p, records);
    if (st != ARC_OK || !arci_posting_good(p, 0) || !arci_posting_required(p, 0, x.bill, required)) return st;
    const arc_value *on = value(&x, ARC_BILL_RECEIVED_ON);
    x.date = on->type == ARC_V_INT ? (arc_date)on->u.i : p->session->business_date;
    st = check(&x);
    if (st == ARC_OK) st = check_held(&x);
    return st == ARC_OK ? write_all(&x, records) : st;
}

/* No two of the call are of one bill: they would be held twice. */
static int apart(const receiving *list, uint32_t n, const uint32_t *sequence)
{
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t k = i; k-- > 0 && same_text(value(&list[sequence[k]], ARC_BILL_NUMBER), value(&list[sequence[i]], ARC_BILL_NUMBER));) {
            int64_t from, to, a, b;
            (void)arci_bill_range(value(&list[sequence[i]], ARC_BILL_SUB_RANGE), &from, &to);
            (void)arci_bill_range(value(&list[sequence[k]], ARC_BILL_SUB_RANGE), &a, &b);
            if (a <= to && b >= from) return 0;
        }
    }
    return 1;
}

typedef struct numbered {
    const arc_value *number;
    uint32_t i;
} numbered;

static int by_number(const void *x, const void *y)
{
    const numbered *a = x, *b = y;
    const uint32_t n = a->number->len < b->number->len ? a->number->len : b->number->len;
    int c = memcmp(a->number->u.s, b->number->u.s, n);
    if (!c) c = (a->number->len > b->number->len) - (a->number->len < b->number->len);
    return c ? c : (a->i > b->i) - (a->i < b->i);
}

static arc_status check_all_held(receiving *list, uint32_t n)
{
    enum { AT_ONCE = 500 };
    arci_posting *p = list->p;
    numbered *sorted = arci_arena_alloc(&p->arena, n * sizeof *sorted);
    uint32_t *sequence = arci_arena_alloc(&p->arena, n * sizeof *sequence);
    arc_value *in = arci_arena_alloc(&p->arena, n * sizeof *in);
    arc_status st = ARC_OK;
    if (!sorted || !sequence || !in) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) sorted[i] = (numbered){ value(&list[i], ARC_BILL_NUMBER), i };
    qsort(sorted, n, sizeof *sorted, by_number);
    for (uint32_t i = 0; i < n; i++) {
        sequence[i] = sorted[i].i;
        in[i] = *sorted[i].number;
    }
    if (!apart(list, n, sequence)) return arci_fail(p->t->env, ARC_E_EXISTS, "a bill is named twice", "票据重复");
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_rows rows;
        st = read_held(p, in + from, m, &rows);
        for (uint32_t k = from; st == ARC_OK && k < from + m; k++) st = judge_held(&list[sequence[k]], &rows);
    }
    return st;
}

/* All bills of a call together; anything that speaks against one ends it, and they are received one by one. */
static arc_status receive_together(arci_posting *p, const void *elements)
{
    const order *orders = elements;
    arci_record **records;
    arc_record **handles = arci_arena_alloc(&p->arena, p->n * sizeof *handles);
    receiving *list = arci_arena_calloc(&p->arena, p->n, sizeof *list);
    if (!handles || !list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) handles[i] = orders[i].bill;
    arc_status st = arci_posting_records(p, &records, handles, ARC_BILL);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        list[i] = (receiving){ .p = p, .o = &orders[i], .bill = records[i] };
        st = take_allocations(&list[i]);
        if (st == ARC_OK) st = tell(&list[i], i);
    }
    if (st == ARC_OK) st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_posting_rules(p, records);
    if (st == ARC_OK) st = arci_posting_access(p, records);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        list[i].bill = records[i];
        if (!arci_posting_good(p, i) || !arci_posting_required(p, i, records[i], required)) return ARC_OK;
        const arc_value *on = value(&list[i], ARC_BILL_RECEIVED_ON);
        list[i].date = on->type == ARC_V_INT ? (arc_date)on->u.i : p->session->business_date;
        st = check(&list[i]);
    }
    if (st == ARC_OK) st = check_all_held(list, p->n);
    return st == ARC_OK ? write_all(list, records) : st;
}

static arc_status judge_order(arci_env *env, const order *o, size_t n)
{
    if (n && !o->allocations) return arci_fail(env, ARC_E_INVALID, "allocations is NULL", "allocations 为 NULL");
    return n > MOST_ALLOCATIONS ? arci_fail(env, ARC_E_LIMIT, "at most %u allocations", "最多 %u 笔核销", MOST_ALLOCATIONS) : ARC_OK;
}

arc_status arc_bill_record(arc_session *session, int64_t *id, arc_record *bill, const arc_allocation *allocations, size_t n)
{
    const order o = { session, bill, allocations, (uint32_t)n };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = judge_order(&s->env, &o, n);
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    return arci_posting_run(session, ARCI_DO_BILL_RECORD, id, NULL, &o, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, receive);
}

/* ---- many at once ---------------------------------------------------------------------------------------------------------------- */

typedef struct crowd {
    arc_session *session;
    const arc_bill_entry *entries;
} crowd;

arc_status arc_bill_entry_init(arc_bill_entry *entry)
{
    static const arc_bill_entry init = ARC_BILL_ENTRY_INIT;
    if (!entry) return ARC_E_INVALID;
    *entry = init;
    return ARC_OK;
}

static arc_status ask_all(arci_posting *p, const order *orders)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; p->call->request && st == ARC_OK && i < p->n; i++) {
        arci_record_box *box;
        receiving x = { .p = p, .o = &orders[i] };
        st = arci_record_box_in(p->t->env, p->session, orders[i].bill, &box);
        if (st == ARC_OK) st = take_allocations(&x);
        if (st != ARC_OK) return st;
        x.bill = box->record;
        st = tell(&x, i);
    }
    return st == ARC_OK ? arci_posting_asked(p) : st;
}

/* The good ones as one call inside this one. Where one of them is refused nothing is done, and nothing said. */
static arc_status try_together(arci_posting *p, arc_session *session, const order *orders, int *done)
{
    uint32_t n = 0;
    order *good = arci_arena_alloc(&p->arena, p->n * sizeof *good);
    uint32_t *of = arci_arena_alloc(&p->arena, p->n * sizeof *of);
    int64_t *ids = arci_arena_calloc(&p->arena, p->n, sizeof *ids);
    if (!good || !of || !ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        of[n] = i;
        good[n++] = orders[i];
    }
    if (n < 2) return ARC_OK;
    arc_status st = arci_posting_run(session, ARCI_DO_BILL_RECORD, ids, NULL, good, n, ARC_ALL_OR_NONE, ARCI_POSTING_INSIDE, receive_together);
    if (st == ARC_E_NOMEM || p->t->doomed) return st;
    *done = st == ARC_OK;
    if (st != ARC_OK) arci_error_clear(p->t->env->err);
    for (uint32_t k = 0; *done && p->ids && k < n; k++) p->ids[of[k]] = ids[k];
    return ARC_OK;
}

/* Where they cannot be received together each is a call of its own inside this one: what is refused leaves nothing behind. */
static arc_status receive_all(arci_posting *p, const void *elements)
{
    const crowd *c = elements;
    arc_bill_entry *entries = arci_arena_calloc(&p->arena, p->n, sizeof *entries);
    order *orders = arci_arena_calloc(&p->arena, p->n, sizeof *orders);
    int done = 0;
    if (!entries || !orders) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_bill_entry_init(&entries[i]);
    arc_status st = arci_posting_structs(p, entries, sizeof *entries, c->entries, "bill");
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const order o = { c->session, entries[i].bill, entries[i].allocations, entries[i].n };
        orders[i] = o;
        st = judge_order(p->t->env, &o, o.n);
        if (st != ARC_OK) arci_fail_at(p->t->env, "bill", NULL, 0, i);
    }
    if (st == ARC_OK) st = ask_all(p, orders);
    if (st == ARC_OK) st = try_together(p, c->session, orders, &done);
    for (uint32_t i = 0; st == ARC_OK && !done && i < p->n; i++) {
        int64_t id = 0;
        if (!arci_posting_good(p, i)) continue;
        arc_status one = arci_posting_run(c->session, ARCI_DO_BILL_RECORD, &id, NULL, &orders[i], 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_INSIDE, receive);
        if (p->ids) p->ids[i] = id;
        if (one == ARC_E_NOMEM || p->t->doomed) st = one;
        else if (one != ARC_OK) arci_posting_refuse(p, i, one);
    }
    return st;
}

arc_status arc_bill_record_many(arc_session *session, int64_t *ids, arc_status *results, const arc_bill_entry *entries, size_t n, uint32_t flags)
{
    const crowd c = { session, entries };
    return arci_posting_run(session, ARCI_DO_BILL_RECORD, ids, results, entries ? &c : NULL, n, flags, 0, receive_all);
}
