/* SPDX-License-Identifier: Apache-2.0 */
/* Random sequences of ledger verbs against a model of plain arrays that shares no code with the library: after every step the same
 * result, and now and then the same open amounts, the same aging as of a random past day, also as known at a random past seal, a clean verify, the
 * same after reopening. */
#include "support/support.h"

#include "arcore/aging.h"
#include "arcore/allocation.h"
#include "arcore/arcore.h"
#include "arcore/fields.h"
#include "arcore/receipt.h"

enum { CUSTOMERS = 4, MAX = 400, FIRST_DAY = 20000, DAYS = 400 };

typedef struct doc { /* an item or a receipt */
    int64_t id, item_id, amount;
    int customer, currency, since, due, is_receipt;
} doc;
typedef struct alloc {
    int64_t id, amount, discount, write_off;
    int credit, item, date, reversed, reversal;
} alloc;

typedef struct world {
    test_env *t;
    arc_book *book;
    arc_session *session;
    uint64_t seed;
    int64_t customers[CUSTOMERS];
    doc docs[MAX];
    alloc allocs[MAX * 2];
    int n_docs, n_allocs, next_number;
    char uri[600];
    int hits[8];
    struct {
        int64_t seal;
        int n_docs, n_allocs;
    } snapshots[1000]; /* what was known after each step */
    int n_snapshots;
    int64_t last_item;
} world;

static const char *const codes[] = { "CNY", "USD", "JPY" };

static uint64_t rnd(world *w, uint64_t n) { return test_random(&w->seed) % n; }

/* ---- the model ------------------------------------------------------------------------------------------------------------- */

/* What is left of a document as of a day: its sign, towards zero. */
static __int128 left_on(const world *w, int d, int day)
{
    if (w->docs[d].since > day) return 0;
    __int128 left = w->docs[d].amount;
    for (int i = 0; i < w->n_allocs; i++) {
        const alloc *a = &w->allocs[i];
        if (a->date > day) continue;
        if (a->item == d) left -= (__int128)a->amount + a->discount + a->write_off;
        if (a->credit == d) left += w->docs[d].is_receipt ? -(__int128)a->amount : a->amount;
    }
    return left;
}

/* The least that was left at the end of any day from one on, without its sign. */
static __int128 least_since(const world *w, int d, int day)
{
    __int128 left = left_on(w, d, INT32_MAX), least = left < 0 ? -left : left;
    for (int i = 0; i < w->n_allocs; i++) {
        const alloc *a = &w->allocs[i];
        if ((a->item != d && a->credit != d) || a->date <= day) continue;
        left = left_on(w, d, a->date - 1);
        if (left < 0) left = -left;
        if (left < least) least = left;
    }
    return least;
}

static arc_status judge(const world *w, int credit, int item, int64_t amount, int64_t discount, int64_t write_off, int date)
{
    const doc *c = &w->docs[credit], *i = &w->docs[item];
    if (amount < 0 || discount < 0 || write_off < 0 || amount + discount + write_off == 0) return ARC_E_RANGE;
    if (c->currency != i->currency) return ARC_E_CURRENCY;
    if (c->customer < 0 || c->customer != i->customer) return ARC_E_STATE;
    __int128 open = left_on(w, item, INT32_MAX), have = left_on(w, credit, INT32_MAX);
    if (open < 0 || (!c->is_receipt && have > 0)) return ARC_E_STATE;
    if (date < i->since || date < c->since) return ARC_E_RANGE;
    if (amount + discount + write_off > least_since(w, item, date) || amount > least_since(w, credit, date)) return ARC_E_GUARD;
    return ARC_OK;
}

/* ---- the library ------------------------------------------------------------------------------------------------------------- */

static void open_book(world *w)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    bo.flags = ARC_BOOK_CREATE;
    so.business_date = FIRST_DAY + 4 * DAYS;
    assert_ok(arc_book_open(w->t->ctx, &w->book, w->uri, &bo));
    assert_ok(arc_session_open(w->book, &w->session, &so));
}

static void add_customers(world *w)
{
    for (int i = 0; i < CUSTOMERS; i++) {
        char code[16];
        arc_record *r;
        snprintf(code, sizeof code, "C%d", i);
        assert_ok(arc_record_new(w->session, &r, ARC_CUSTOMER));
        assert_ok(arc_customer_set_code(r, code, SIZE_MAX));
        assert_ok(arc_customer_set_legal_name(r, code, SIZE_MAX));
        assert_ok(arc_session_insert(w->session, &w->customers[i], r));
        arc_record_free(r);
    }
}

static int64_t any_amount(world *w)
{
    static const int64_t edges[] = { 1, 2, 99, 100, 101, INT64_C(2147483647), INT64_C(9007199254740993) };
    return rnd(w, 2) ? edges[rnd(w, 7)] : (int64_t)rnd(w, 100000) + 1;
}

/* Ids count up in call order; numbers may be left out. */
static int64_t item_of_invoice(world *w, int64_t invoice)
{
    for (int64_t id = w->last_item + 1; id < w->last_item + 1000; id++) {
        arc_record *r;
        int64_t of = 0;
        if (arc_session_get(w->session, &r, ARC_ITEM, id) != ARC_OK) continue;
        assert_ok(arc_item_invoice(r, &of));
        arc_record_free(r);
        if (of == invoice) return w->last_item = id;
    }
    fail_msg("invoice %lld has no item", (long long)invoice);
    return 0;
}

static arc_record *invoice_record(world *w, const doc *d, int number)
{
    arc_record *r;
    char text[24];
    arc_money m;
    memset(&m, 0, sizeof m);
    m.minor = d->amount;
    memcpy(m.currency, codes[d->currency], 3);
    snprintf(text, sizeof text, "N%d", number);
    assert_ok(arc_record_new(w->session, &r, ARC_INVOICE));
    assert_ok(arc_invoice_set_number(r, text, SIZE_MAX));
    assert_ok(arc_invoice_set_customer(r, w->customers[d->customer]));
    assert_ok(arc_invoice_set_invoice_date(r, d->since));
    assert_ok(arc_invoice_set_due_date(r, d->due));
    assert_ok(arc_invoice_set_gross_amount(r, m));
    return r;
}

static void step_invoice(world *w)
{
    doc d = { 0 };
    d.customer = (int)rnd(w, CUSTOMERS);
    d.currency = (int)rnd(w, 3);
    d.since = FIRST_DAY + (int)rnd(w, DAYS);
    d.due = d.since + (int)rnd(w, 90);
    d.amount = rnd(w, 15) ? any_amount(w) * (rnd(w, 5) ? 1 : -1) : 0;
    int taken = w->next_number && !rnd(w, 10);
    arc_record *r = invoice_record(w, &d, taken ? (int)rnd(w, (uint64_t)w->next_number) : w->next_number);
    assert_status(taken ? ARC_E_EXISTS : ARC_OK, arc_invoice_record(w->session, &d.id, r));
    arc_record_free(r);
    if (taken) return;
    w->next_number++;
    d.item_id = item_of_invoice(w, d.id);
    w->docs[w->n_docs++] = d;
    w->hits[0]++;
}

static void step_receipt(world *w)
{
    doc d = { 0 };
    arc_record *r;
    char text[24];
    arc_money m;
    d.is_receipt = 1;
    d.customer = rnd(w, 8) ? (int)rnd(w, CUSTOMERS) : -1;
    d.currency = (int)rnd(w, 3);
    d.since = FIRST_DAY + (int)rnd(w, DAYS);
    d.amount = any_amount(w);
    memset(&m, 0, sizeof m);
    m.minor = d.amount;
    memcpy(m.currency, codes[d.currency], 3);
    snprintf(text, sizeof text, "R%d", w->n_docs);
    assert_ok(arc_record_new(w->session, &r, ARC_RECEIPT));
    assert_ok(arc_receipt_set_number(r, text, SIZE_MAX));
    if (d.customer >= 0) assert_ok(arc_receipt_set_customer(r, w->customers[d.customer]));
    assert_ok(arc_receipt_set_value_date(r, d.since));
    assert_ok(arc_receipt_set_amount(r, m));
    assert_ok(arc_receipt_record(w->session, &d.id, r));
    arc_record_free(r);
    d.item_id = d.id;
    w->docs[w->n_docs++] = d;
    w->hits[1]++;
}

/* A pair that could fit is looked for, so that most tries are good ones and the rest are refused in every way. */
static int any_pair(world *w, int *credit, int *item)
{
    *credit = -1;
    for (int tries = 0; tries < 30; tries++) {
        int c = (int)rnd(w, (uint64_t)w->n_docs), i = (int)rnd(w, (uint64_t)w->n_docs);
        if (w->docs[i].is_receipt || c == i) continue;
        *credit = c;
        *item = i;
        if (w->docs[c].customer == w->docs[i].customer && w->docs[c].currency == w->docs[i].currency) break;
    }
    return *credit >= 0;
}

static alloc any_alloc(world *w, int credit, int item)
{
    __int128 open = left_on(w, item, INT32_MAX), have = left_on(w, credit, INT32_MAX);
    if (have < 0) have = -have;
    __int128 fits = open < have ? open : have;
    alloc a = { 0 };
    a.credit = credit;
    a.item = item;
    a.amount = rnd(w, 3) && fits > 0 ? (int64_t)(rnd(w, 2) ? fits : 1 + fits / 2) : any_amount(w);
    if (!rnd(w, 6)) a.discount = 1;
    if (!rnd(w, 8)) a.write_off = 2;
    a.date = FIRST_DAY + (int)rnd(w, DAYS + 100);
    return a;
}

/* One to three elements; now and then all or none. Elements often share a side: each sees what those before it left over. */
static void step_allocate(world *w)
{
    arc_allocation in[3];
    alloc made[3];
    arc_status expected[3], results[3];
    int64_t ids[3];
    int credit, item, n = 1 + (int)rnd(w, 3), refused = 0, before = w->n_allocs, atomic = !rnd(w, 4);
    if (!any_pair(w, &credit, &item)) return;
    for (int k = 0; k < n; k++) {
        if (k && rnd(w, 2) && !any_pair(w, &credit, &item)) return;
        alloc a = made[k] = any_alloc(w, credit, item);
        arc_allocation_init(&in[k]);
        in[k].date = a.date;
        if (w->docs[credit].is_receipt) in[k].receipt = w->docs[credit].id;
        else in[k].credit_item = w->docs[credit].item_id;
        in[k].item = w->docs[item].item_id;
        in[k].amount = a.amount;
        in[k].discount = a.discount;
        in[k].write_off = a.write_off;
        expected[k] = judge(w, credit, item, a.amount, a.discount, a.write_off, a.date);
        if (expected[k] == ARC_OK) w->allocs[w->n_allocs++] = a;
        else refused++;
        w->hits[expected[k] == ARC_OK ? 3 : 2]++;
    }
    arc_status all = ARC_OK;
    for (int k = n - 1; k >= 0; k--) if (expected[k] != ARC_OK) all = atomic ? expected[k] : ARC_PARTIAL;
    assert_status(all, arc_allocation_apply(w->session, ids, results, in, (uint32_t)n, atomic ? ARC_ALL_OR_NONE : 0));
    if (atomic && refused) {
        w->n_allocs = before;
        for (int k = 0; k < n; k++) assert_true(ids[k] == 0 && results[k] != ARC_OK);
        return;
    }
    for (int k = 0; k < n; k++) {
        assert_int_equal(results[k], expected[k]);
        assert_true((ids[k] != 0) == (expected[k] == ARC_OK));
        if (ids[k]) w->allocs[before++].id = ids[k];
    }
}

static void step_reverse(world *w)
{
    if (!w->n_allocs) return;
    int k = (int)rnd(w, (uint64_t)w->n_allocs);
    alloc *old = &w->allocs[k], a = *old;
    a.date = old->date - 5 + (int)rnd(w, 60);
    arc_status expected = old->reversal || old->reversed ? ARC_E_STATE : a.date < old->date ? ARC_E_RANGE : ARC_OK;
    assert_status(expected, arc_allocation_reverse(w->session, &a.id, old->id, a.date, "bounced"));
    if (expected != ARC_OK) return;
    old->reversed = 1;
    a.reversal = 1;
    a.amount = -a.amount;
    a.discount = -a.discount;
    a.write_off = -a.write_off;
    w->allocs[w->n_allocs++] = a;
    w->hits[4]++;
}

static void take_snapshot(world *w)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    assert_ok(arc_audit_head(w->session, &m));
    w->snapshots[w->n_snapshots].seal = m.seq;
    w->snapshots[w->n_snapshots].n_docs = w->n_docs;
    w->snapshots[w->n_snapshots++].n_allocs = w->n_allocs;
}

static void check_aging_known(world *w, int64_t known_at);

/* As known at a seal of the past: the model with what it held then. */
static void check_past(world *w)
{
    int n_docs = w->n_docs, n_allocs = w->n_allocs, at = (int)rnd(w, (uint64_t)w->n_snapshots);
    w->n_docs = w->snapshots[at].n_docs;
    w->n_allocs = w->snapshots[at].n_allocs;
    check_aging_known(w, w->snapshots[at].seal);
    w->n_docs = n_docs;
    w->n_allocs = n_allocs;
    w->hits[7]++;
}

static void check_aging(world *w) { check_aging_known(w, 0); }

static void check_aging_known(world *w, int64_t known_at)
{
    static const int32_t edges[] = { 1, 31, 61 };
    int day = FIRST_DAY + (int)rnd(w, DAYS + 120);
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    o.as_of = day;
    o.edges = edges;
    o.n_edges = 3;
    o.known_at = known_at;
    arc_aging *aging;
    uint32_t n;
    assert_ok(arc_aging_compute(w->session, &aging, &o));
    assert_ok(arc_aging_count(aging, &n));
    __int128 buckets[CUSTOMERS][3][4] = { { { 0 } } }, unapplied[CUSTOMERS][3] = { { 0 } };
    for (int d = 0; d < w->n_docs; d++) {
        const doc *x = &w->docs[d];
        __int128 left = left_on(w, d, day);
        if (x->customer < 0) continue;
        int age = day - x->due;
        if (x->is_receipt) unapplied[x->customer][x->currency] += left;
        else buckets[x->customer][x->currency][(age >= 1) + (age >= 31) + (age >= 61)] += left;
    }
    for (uint32_t i = 0; i < n; i++) {
        arc_aging_row row = { .struct_size = sizeof row };
        assert_ok(arc_aging_get(aging, &row, i));
        int c = row.code[1] - '0', cur = row.currency[0] == 'C' ? 0 : row.currency[0] == 'U' ? 1 : 2;
        for (int b = 0; b < 4; b++) assert_true(row.buckets[b] == buckets[c][cur][b]);
        assert_true(row.unapplied == unapplied[c][cur]);
        memset(buckets[c][cur], 0, sizeof buckets[c][cur]);
        unapplied[c][cur] = 0;
    }
    for (int c = 0; c < CUSTOMERS; c++) { /* what the library left out is zero */
        for (int cur = 0; cur < 3; cur++) {
            for (int b = 0; b < 4; b++) assert_true(buckets[c][cur][b] == 0);
            assert_true(unapplied[c][cur] == 0);
        }
    }
    arc_aging_free(aging);
    w->hits[5]++;
}

static int32_t print_finding(void *user, const arc_finding *f)
{
    (void)user;
    fprintf(stderr, "%s %s.%s %lld: %s\n", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static void check_verify(world *w)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(w->book, &sum, print_finding, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    assert_true(sum.checks > 5);
    w->hits[6]++;
}

static void run(test_env *t, const char *uri, int reopen, uint64_t seed, int steps)
{
    world *w = calloc(1, sizeof *w);
    w->t = t;
    w->seed = seed;
    snprintf(w->uri, sizeof w->uri, "%s", uri);
    open_book(w);
    add_customers(w);
    for (int i = 0; i < steps && w->n_docs < MAX - 2 && w->n_allocs < MAX * 2 - 4; i++) {
        switch (rnd(w, 10)) {
        case 0: case 1: case 2: step_invoice(w); break;
        case 3: case 4: step_receipt(w); break;
        case 5: case 6: case 7: if (w->n_docs > 1) step_allocate(w); break;
        case 8: step_reverse(w); break;
        default: check_aging(w); break;
        }
        take_snapshot(w);
        if (i % 5 == 4) check_past(w);
        if (i % 40 == 39) check_verify(w);
        if (reopen && i % 70 == 69) {
            arc_book_close(w->book);
            open_book(w);
        }
    }
    check_verify(w);
    check_aging(w);
    arc_book_close(w->book);
    for (int i = 0; i < 8; i++) assert_true(w->hits[i] > 0);
    free(w);
}

static void memory_book(void **state)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        char uri[40];
        snprintf(uri, sizeof uri, "memory:model%d", (int)seed);
        print_message("SEED=%d\n", (int)seed);
        run(*state, uri, 0, seed, 300);
    }
}

static void sqlite_book(void **state)
{
    for (uint64_t seed = 101; seed <= 103; seed++) {
        char uri[600], name[32];
        snprintf(name, sizeof name, "model%d.arc", (int)seed);
        snprintf(uri, sizeof uri, "sqlite:%s", test_path(*state, name));
        print_message("SEED=%d\n", (int)seed);
        run(*state, uri, 1, seed, 250);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_book, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(sqlite_book, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
