/* SPDX-License-Identifier: Apache-2.0 */
/* What accounts keep by due date: after random documents, payments, reversals, extensions and disputes what is overdue on any day is that of a plain sum over the items, and what is disputed is apart. */
#include "api/limits.h"

enum { ITEMS = 40, STEPS = 80, DAY = 20500, YUAN = 100 };

typedef struct plain_item {
    int64_t open, disputed;
    arc_date due;
} plain_item;

typedef struct plain {
    invoices v;
    plain_item items[ITEMS + 1];
    int64_t settled[STEPS], settled_amount[STEPS], unapplied;
    int settled_item[STEPS];
    int n, n_settled, numbers;
} plain;

static uint64_t seed;

static int64_t draw(int64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((seed >> 33) % (uint64_t)below);
}

static void day_text(char *out, arc_date day)
{
    size_t n = 16;
    assert_ok(arc_date_print(out, &n, day));
}

static void record(plain *p)
{
    char json[300], due[16];
    if (p->n == ITEMS) return;
    plain_item *x = &p->items[++p->n];
    x->open = 1 + draw(500);
    x->due = DAY - 60 + (arc_date)draw(120);
    day_text(due, x->due);
    snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":1,\"currency\":\"CNY\",\"gross_amount\":\"%lld.00\",\"invoice_date\":\"2025-12-01\",\"due_date\":\"%s\"}", p->n, (long long)x->open, due);
    arc_record *r = invoices_record(p->v.s, ARC_INVOICE, json);
    assert_session(&p->v.b, arc_invoice_record(p->v.s, NULL, r));
    arc_record_free(r);
}

static void settle(plain *p)
{
    char number[20];
    arc_allocation a = ARC_ALLOCATION_INIT;
    const int k = p->n ? 1 + (int)draw(p->n) : 0;
    if (!k || !p->items[k].open || p->n_settled == STEPS) return;
    const int64_t amount = 1 + draw(p->items[k].open);
    snprintf(number, sizeof number, "R%d", p->numbers++);
    assert_session(&p->v.b, book_receipt(p->v.s, &a.receipt, number, 1, amount * YUAN));
    a.item = k;
    a.amount = amount * YUAN;
    a.date = DAY;
    assert_session(&p->v.b, arc_allocation_apply(p->v.s, &p->settled[p->n_settled], NULL, &a, 1, ARC_ALL_OR_NONE));
    p->settled_amount[p->n_settled] = amount;
    p->settled_item[p->n_settled++] = k;
    p->items[k].open -= amount;
}

static void take_back(plain *p)
{
    const int k = p->n_settled ? (int)draw(p->n_settled) : 0;
    if (!p->n_settled || !p->settled[k]) return;
    assert_session(&p->v.b, arc_allocation_reverse(p->v.s, NULL, p->settled[k], DAY, "bounced"));
    p->settled[k] = 0;
    p->items[p->settled_item[k]].open += p->settled_amount[k];
    p->unapplied += p->settled_amount[k];
}

static void extend(plain *p)
{
    const int k = p->n ? 1 + (int)draw(p->n) : 0;
    if (!k || !p->items[k].open) return;
    const arc_date to = p->items[k].due + 1 + (arc_date)draw(40);
    assert_session(&p->v.b, arc_item_extend(p->v.s, NULL, k, to, DAY, "agreed"));
    p->items[k].due = to;
}

static void dispute(plain *p)
{
    char json[200];
    const int k = p->n ? 1 + (int)draw(p->n) : 0;
    if (!k || p->items[k].disputed || p->items[k].open < 2) return;
    p->items[k].disputed = 1 + draw(p->items[k].open - 1);
    snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"%lld.00\",\"reason\":\"quality\"}", k, (long long)p->items[k].disputed);
    arc_record *r = invoices_record(p->v.s, ARC_DISPUTE, json);
    assert_session(&p->v.b, arc_dispute_open(p->v.s, NULL, r));
    arc_record_free(r);
}

/* On days before and behind today, too. */
static void compare(plain *p)
{
    for (int k = -40; k <= 80; k += 40) {
        const arc_date day = DAY + k;
        int64_t late = 0, open = 0, disputed = 0;
        for (int i = 1; i <= p->n; i++) {
            const plain_item *x = &p->items[i];
            const int64_t claimed = x->disputed < x->open ? x->disputed : x->open;
            disputed += claimed;
            if (x->due < day) late += x->open - claimed;
            else open += x->open - claimed;
        }
        assert_ok(arc_session_set_business_date(p->v.s, day));
        const char *json = exposure_json(&p->v, 1, day, 0);
        assert_int_equal(part_of(json, "overdue"), late * YUAN);
        assert_int_equal(part_of(json, "open"), open * YUAN);
        assert_int_equal(part_of(json, "disputed"), disputed * YUAN);
    }
    assert_ok(arc_session_set_business_date(p->v.s, DAY));
}

static void kept_by_due_date(void **state)
{
    static void (*const acts[])(plain *p) = { record, record, record, settle, settle, take_back, extend, dispute };
    static plain p;
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        memset(&p, 0, sizeof p);
        seed = 20261122 + (uint64_t)backend;
        invoices_open(&p.v, backend);
        assert_ok(arc_session_set_business_date(p.v.s, DAY));
        for (int i = 0; i < STEPS; i++) {
            acts[draw(sizeof acts / sizeof *acts)](&p);
            if (i % 8 == 7) compare(&p);
        }
        compare(&p);
        invoices_verified(&p.v);
        invoices_close(&p.v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(kept_by_due_date) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
