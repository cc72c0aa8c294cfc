/* SPDX-License-Identifier: Apache-2.0 */
/* Random orders, deliveries, invoices and receipts of a small group against a model of plain sums: every part of exposure, of each customer and of the group, after every step. */
#include "api/limits.h"

enum { CUSTOMERS = 3, MOST = 200, STEPS = 90, DAY = 20500, YUAN = 100 };

typedef struct plain_order {
    int64_t id, line, amount, delivered, invoiced;
    int customer, closed;
} plain_order;

typedef struct plain {
    invoices v;
    int64_t customer[CUSTOMERS];
    plain_order orders[MOST];
    int n_orders, made; /* made: numbers of documents */
    int64_t open[CUSTOMERS], unapplied[CUSTOMERS], loose[CUSTOMERS];
} plain;

static uint64_t seed;

static int64_t draw(int64_t below)
{
    uint64_t z = (seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((z ^ (z >> 31)) % (uint64_t)below);
}

static int64_t max2(int64_t a, int64_t b) { return a > b ? a : b; }

static void add_order(plain *p)
{
    char number[32], json[300];
    plain_order *o = &p->orders[p->n_orders];
    memset(o, 0, sizeof *o);
    o->customer = (int)draw(CUSTOMERS);
    o->amount = 1 + draw(900);
    snprintf(number, sizeof number, "O%d", p->made++);
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}", number, (int)p->customer[o->customer]);
    o->id = sample_insert(p->v.s, ARC_SALES_ORDER, json);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"%lld\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"%lld.00\"}", (int)o->id, (long long)o->amount, (long long)o->amount);
    o->line = sample_insert(p->v.s, ARC_ORDER_LINE, json);
    assert_session(&p->v.b, order_step(&p->v, arc_order_confirm, o->id));
    p->n_orders++;
}

static plain_order *some_order(plain *p)
{
    plain_order *o = p->n_orders ? &p->orders[draw(p->n_orders)] : NULL;
    return o && !o->closed ? o : NULL;
}

static void deliver(plain *p)
{
    char number[20], quantity[24];
    plain_order *o = draw(4) ? some_order(p) : NULL;
    const int64_t room = o ? o->amount - o->delivered : 1 + draw(300), part = room > 0 ? 1 + draw(room) : 0;
    const int of = o ? o->customer : (int)draw(CUSTOMERS);
    if (!part) return;
    snprintf(number, sizeof number, "D%d", p->made++);
    snprintf(quantity, sizeof quantity, "%lld", (long long)part);
    const int64_t id = delivering(&p->v, p->customer[of], number, o ? o->line : 0, quantity, part);
    assert_session(&p->v.b, order_step(&p->v, arc_delivery_ship, id));
    if (!draw(4)) assert_session(&p->v.b, order_step(&p->v, draw(2) ? arc_delivery_refuse : arc_delivery_cancel, id));
    else if (o) o->delivered += part;
    else p->loose[of] += part;
}

/* By order line, or of nothing. */
static void invoice(plain *p)
{
    char header[260], line[300], of_line[40] = "";
    plain_order *o = draw(3) ? some_order(p) : NULL;
    const int64_t room = o ? o->amount - o->invoiced : 1 + draw(300), part = room > 0 ? 1 + draw(room) : 0;
    const int of = o ? o->customer : (int)draw(CUSTOMERS);
    if (!part) return;
    if (o) snprintf(of_line, sizeof of_line, ",\"order_line\":%d", (int)o->line);
    (void)snprintf(header, sizeof header, "{\"customer\":%d,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-%02d-10\"}", (int)p->customer[of], 2 + (int)draw(3));
    snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"%lld\",\"gross_amount\":\"%lld.00\",\"tax_rate\":\"0.13\"%s}", (long long)part, (long long)part, of_line);
    const char *const lines[] = { line, NULL };
    (void)issue_lines(&p->v, header, lines);
    p->open[of] += part;
    if (o) o->invoiced += part;
}

static void receive(plain *p)
{
    char number[20];
    int64_t id;
    const int of = (int)draw(CUSTOMERS);
    const int64_t amount = 1 + draw(200);
    snprintf(number, sizeof number, "R%d", p->made++);
    assert_session(&p->v.b, book_receipt(p->v.s, &id, number, p->customer[of], amount * YUAN));
    p->unapplied[of] += amount;
}

static void close_some(plain *p)
{
    plain_order *o = some_order(p);
    if (!o) return;
    assert_session(&p->v.b, order_step(&p->v, arc_order_close, o->id));
    o->closed = 1;
}

static void compare(plain *p, int from, int to, int64_t customer, int group)
{
    int64_t open = 0, ordered_ = 0, delivered = 0, unapplied = 0;
    for (int c = from; c < to; c++) {
        open += p->open[c];
        unapplied += p->unapplied[c];
        delivered += p->loose[c];
    }
    for (int i = 0; i < p->n_orders; i++) {
        const plain_order *o = &p->orders[i];
        if (o->customer < from || o->customer >= to) continue;
        delivered += max2(0, o->delivered - o->invoiced);
        if (!o->closed) ordered_ += max2(0, o->amount - max2(o->delivered, o->invoiced));
    }
    const char *x = exposure_json(&p->v, customer, DAY, group);
    assert_int_equal(part_of(x, "open") + part_of(x, "overdue"), open * YUAN);
    assert_int_equal(part_of(x, "ordered"), ordered_ * YUAN);
    assert_int_equal(part_of(x, "delivered"), delivered * YUAN);
    assert_int_equal(part_of(x, "unapplied"), -unapplied * YUAN);
    assert_int_equal(number_in(x, NULL, 0, "total"), (open + ordered_ + delivered - unapplied) * YUAN);
}

static void walk(int backend, uint64_t start, int steps)
{
    static void (*const acts[])(plain *p) = { add_order, add_order, deliver, deliver, invoice, invoice, receive, close_some };
    static plain p;
    memset(&p, 0, sizeof p);
    seed = start;
    invoices_open(&p.v, backend);
    publish(&p.v, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"group_netting\":true,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}");
    p.customer[0] = 1;
    for (int c = 1; c < CUSTOMERS; c++) {
        char json[100];
        snprintf(json, sizeof json, "{\"code\":\"S%d\",\"legal_name\":\"s\",\"parent\":%d}", c, (int)p.customer[c - 1]);
        p.customer[c] = sample_insert(p.v.s, ARC_CUSTOMER, json);
    }
    for (int i = 0; i < steps && p.n_orders < MOST; i++) {
        acts[draw(sizeof acts / sizeof acts[0])](&p);
        for (int c = 0; c < CUSTOMERS; c++) compare(&p, c, c + 1, p.customer[c], 0);
        compare(&p, 0, CUSTOMERS, 1, 1);
        compare(&p, 1, CUSTOMERS, p.customer[1], 1);
    }
    invoices_verified(&p.v);
    invoices_close(&p.v);
}

static void walks(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (uint64_t k = 0; k < (test_soak() ? 50u : 1u); k++) walk(backend, 20261122 + k + 1000 * (uint64_t)backend, STEPS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(walks) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
