/* SPDX-License-Identifier: Apache-2.0 */
/* What accounts keep of how customers behave, against the allocations and items it came of. */
#include <string.h>

#include "ledger/accounts.h"
#include "ledger/checks.h"
#include "store/stream.h"

enum { AT_ONCE = 500 };

enum { I_ID, I_CUSTOMER, I_CURRENCY, I_KIND, I_AMOUNT, I_SEQ, I_SINCE, I_DUE };
static const char item_fields[] = "id customer currency kind amount seq business_date due_date";
enum { A_ITEM, A_ID, A_AMOUNT, A_DAYS, A_REVERSES, A_RECEIPT };
static const char allocation_fields[] = "item id amount days_late reverses receipt";
enum { R_VALUE_DATE, R_METHOD };

typedef struct payment { /* whose days are to be compared with those of its receipt */
    int64_t id, amount, days;
    arc_date since, due;
    uint8_t told, refund;
} payment;

typedef struct conduct {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena;
    arci_accounts sums; /* open: gross amount of its payments */
    arci_map moved;     /* items whose due date was moved: what it was at a payment is not asked again */
    payment waiting[AT_ONCE];
    int64_t receipts[AT_ONCE];
    uint32_t n;
} conduct;

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static arc_status read_moved(conduct *c)
{
    arci_stream s;
    arc_status st = arci_stream_open(c->t, c->v, &s, "adjustment", "item due_date", "id");
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        int64_t *at;
        if (s.row[1].type != ARC_V_INT) continue;
        if (arci_map_put(&c->moved, &s.row[0].u.i, sizeof s.row[0].u.i, &at) < 0) {
            st = arci_nomem(c->t->env);
            break;
        }
    }
    arci_stream_close(&s);
    return st;
}

/* The days of those waiting, from their receipts. */
static arc_status compare(conduct *c)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    const arc_value refund = arci_v_text("refund", 6), none = arci_v_null();
    if (!c->n) return ARC_OK;
    arci_arena_reset(&c->arena);
    arc_status st = arci_shape_get(c->t, &shape, "receipt", "value_date method");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, c->receipts, c->n, &c->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < c->n; i++) {
        const payment *p = &c->waiting[i];
        const arc_value *r = rows + 2 * (size_t)i;
        int64_t days = 0;
        if (!found[i]) continue; /* told elsewhere */
        const int counts = arci_conduct_days(&days, &r[R_METHOD], p->refund ? &refund : &none, p->amount, (arc_date)r[R_VALUE_DATE].u.i, p->since, p->due);
        if (counts == p->told && (!counts || days == p->days)) continue;
        st = arci_finding(c->v, "allocation", "days_late", p->id, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)p->days, (long long)days);
    }
    c->n = 0;
    return st;
}

static arc_status add_row(conduct *c, const arc_value *item, const arc_value *row, arci_account_change *a)
{
    const int reversal = row[A_REVERSES].type == ARC_V_INT, told = row[A_DAYS].type == ARC_V_INT;
    const int64_t amount = row[A_AMOUNT].u.i;
    if (told) {
        arci_conduct_pay(a->conduct, amount, row[A_DAYS].u.i, reversal ? -1 : 1);
        arci_acc_add(&a->open, (int64_t)arci_mag64(amount)); /* at most ARC_MONEY_MAX */
    }
    if (reversal || row[A_RECEIPT].type != ARC_V_INT || arci_map_get(&c->moved, &item[I_ID].u.i, sizeof item[I_ID].u.i)) return ARC_OK;
    payment *p = &c->waiting[c->n];
    *p = (payment){ .id = row[A_ID].u.i, .amount = amount, .days = int_of(&row[A_DAYS]), .since = (arc_date)item[I_SINCE].u.i, .told = (uint8_t)told,
                    .due = item[I_DUE].type == ARC_V_INT ? (arc_date)item[I_DUE].u.i : ARC_DATE_NONE };
    p->refund = item[I_KIND].len == 6 && memcmp(item[I_KIND].u.s, "refund", 6) == 0;
    c->receipts[c->n++] = row[A_RECEIPT].u.i;
    return c->n == AT_ONCE ? compare(c) : ARC_OK;
}

static arc_status sum_all(conduct *c)
{
    arci_stream items, rows;
    memset(&rows, 0, sizeof rows);
    arc_status st = arci_stream_open(c->t, c->v, &items, "item", item_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(c->t, c->v, &rows, "allocation", allocation_fields, "id");
    while (st == ARC_OK && items.row) {
        const arc_value *item = items.row;
        char currency[4] = { 0 };
        memcpy(currency, item[I_CURRENCY].u.s, item[I_CURRENCY].len < 3 ? item[I_CURRENCY].len : 3);
        arci_account_change *a = arci_accounts_at(&c->sums, item[I_CUSTOMER].u.i, currency);
        if (!a) st = arci_nomem(c->t->env);
        else arci_account_deal(a, &item[I_KIND], item[I_AMOUNT].u.i, item[I_SEQ].u.i, (arc_date)item[I_SINCE].u.i);
        while (st == ARC_OK && rows.row && rows.row[A_ITEM].u.i <= item[I_ID].u.i) {
            if (rows.row[A_ITEM].u.i == item[I_ID].u.i) st = add_row(c, item, rows.row, a);
            if (st == ARC_OK) st = arci_stream_next(&rows);
        }
        if (st == ARC_OK) st = arci_stream_next(&items);
    }
    arci_stream_close(&rows);
    arci_stream_close(&items);
    return st == ARC_OK ? compare(c) : st;
}

/* Amounts that are not kept: only where they may have left int64 on the way. */
static int too_large(const arci_account_change *a)
{
    int64_t gross;
    return arci_acc_get(&a->open, &gross) || gross > INT64_MAX / ARCI_CONDUCT_FACTOR;
}

static arc_date day_of(const arc_value *v) { return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE; }

static arc_status wrong_day(conduct *c, const char *field, int64_t customer, arc_date is, arc_date should)
{
    return arci_finding(c->v, "account", field, customer, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)is, (long long)should);
}

static arc_status check_account(conduct *c, const arc_value *row)
{
    static const char names[] = ARCI_CONDUCT_FIELDS;
    char currency[4] = { 0 };
    arc_value should[ARCI_CONDUCT_N];
    const char *name = names;
    arc_status st = ARC_OK;
    memcpy(currency, row[1].u.s, row[1].len < 3 ? row[1].len : 3);
    arci_account_change *a = arci_accounts_at(&c->sums, row[0].u.i, currency);
    if (!a) return arci_nomem(c->t->env);
    arci_conduct_values(should, a->conduct, NULL);
    if (day_of(&row[2]) != a->first_deal) st = wrong_day(c, "first_deal_on", row[0].u.i, day_of(&row[2]), a->first_deal);
    if (st == ARC_OK && day_of(&row[3]) != a->last_deal) st = wrong_day(c, "last_deal_on", row[0].u.i, day_of(&row[3]), a->last_deal);
    for (int k = 0; k < ARCI_CONDUCT_N && st == ARC_OK; k++) {
        const arc_value *is = &row[4 + k];
        const size_t n = strcspn(name, " ");
        char field[32] = { 0 };
        memcpy(field, name, n < sizeof field ? n : sizeof field - 1);
        name += n + 1;
        const int same = is->type == should[k].type && int_of(is) == int_of(&should[k]);
        if (same || (k >= ARCI_CONDUCT_AMOUNTS && is->type == ARC_V_NULL && too_large(a))) continue;
        st = arci_finding(c->v, "account", field, row[0].u.i, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)int_of(is), (long long)int_of(&should[k]));
    }
    return st;
}

arc_status arci_check_conduct(arci_verify *v, arci_txn *t)
{
    conduct *c = arci_resize(t->env->ctx, NULL, sizeof *c);
    arci_stream s;
    if (!c) return arci_nomem(t->env);
    memset(c, 0, sizeof *c);
    memset(&s, 0, sizeof s);
    c->v = v;
    c->t = t;
    arci_arena_init(&c->arena, t->env->ctx);
    arci_accounts_init(&c->sums, t->env->ctx);
    arci_map_init(&c->moved, t->env->ctx);
    arc_status st = read_moved(c);
    if (st == ARC_OK) st = sum_all(c);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s, "account", "customer currency first_deal_on last_deal_on " ARCI_CONDUCT_FIELDS, "currency");
    while (st == ARC_OK && s.row) {
        st = check_account(c, s.row);
        if (st == ARC_OK) st = arci_stream_next(&s);
    }
    arci_stream_close(&s);
    arci_map_clear(&c->moved);
    arci_accounts_clear(&c->sums);
    arci_arena_clear(&c->arena);
    arci_free(t->env->ctx, c);
    return st;
}
