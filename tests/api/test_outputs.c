/* SPDX-License-Identifier: Apache-2.0 */
/* What calls that fail leave in their outputs: a function of one element nothing, a batch nothing that looks as if it had been written. */
#include "support/books.h"

#define ALONE 77

static arc_record *record(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

#define CUSTOMER "{\"code\":\"C1\",\"legal_name\":\"one\"}"
#define INVOICE(number) "{\"customer\":1,\"number\":\"" number "\",\"currency\":\"CNY\",\"gross_amount\":\"10.00\"," \
                        "\"invoice_date\":\"2024-01-01\",\"due_date\":\"2024-02-01\"}"
#define RECEIPT "{\"customer\":1,\"number\":\"R1\",\"currency\":\"CNY\",\"amount\":\"4.00\",\"value_date\":\"2024-03-01\"}"

static void world_on(test_book *b, int backend)
{
    test_book_open(b, backend);
    assert_ok(arc_session_set_business_date(b->session, 20000));
    arc_record *r[] = { record(b->session, ARC_CUSTOMER, CUSTOMER), record(b->session, ARC_INVOICE, INVOICE("I1")), record(b->session, ARC_RECEIPT, RECEIPT) };
    assert_ok(arc_session_insert(b->session, NULL, r[0]));
    assert_ok(arc_invoice_record(b->session, NULL, r[1]));
    assert_ok(arc_receipt_record(b->session, NULL, r[2]));
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
}

static void world(test_book *b) { world_on(b, 0); }

static void one(void **state)
{
    test_book b;
    int64_t id = ALONE;
    int32_t what = ALONE;
    uint32_t n = ALONE;
    (void)state;
    world(&b);
    arc_session *s = b.session;
    arc_record *c = record(s, ARC_CUSTOMER, CUSTOMER), *i = record(s, ARC_INVOICE, INVOICE("I1")), *r = record(s, ARC_RECEIPT, RECEIPT);
    assert_status(ARC_E_EXISTS, arc_session_insert(s, &id, c));
    assert_status(ARC_E_EXISTS, arc_invoice_record(s, &id, i));
    assert_status(ARC_E_EXISTS, arc_receipt_record(s, &id, r));
    assert_status(ARC_E_HANDLE, arc_invoice_record(s, &id, NULL));
    assert_status(ARC_E_INVALID, arc_invoice_record(s, &id, c));
    assert_status(ARC_E_NOT_FOUND, arc_allocation_reverse(s, &id, 9, 20000, "why"));
    assert_status(ARC_E_EXISTS, arc_session_upsert(s, &id, &what, c, "erp", "1", NULL));
    assert_status(ARC_E_HANDLE, arc_session_upsert(s, &id, &what, NULL, "erp", "1", NULL));
    arc_txn *t;
    assert_ok(arc_session_begin(s, &t, ARC_READ));
    assert_status(ARC_E_TXN, arc_invoice_record(s, &id, i));
    assert_status(ARC_E_TXN, arc_proposal_expire(s, &n, 1));
    assert_status(ARC_E_TXN, arc_pending_expire(s, &n, 1));
    arc_txn_rollback(t);
    assert_int_equal(ALONE, id);
    assert_int_equal(ALONE, what);
    assert_int_equal(ALONE, n);
    assert_ok(arc_session_set_request_key(s, "k"));
    assert_status(ARC_E_EXISTS, arc_invoice_record(s, &id, i));
    assert_int_equal(ALONE, id);
    assert_ok(arc_record_set_json(i, "{\"number\":\"I2\"}", SIZE_MAX));
    assert_ok(arc_invoice_record(s, &id, i));
    assert_int_equal(2, id);
    test_book_close(&b);
}

typedef arc_status (*batch)(arc_session *s, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags);

static arc_status upsert(arc_session *s, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags)
{
    static const char *const values[] = { "1", "2", "3" };
    arc_upsert_options o = ARC_UPSERT_OPTIONS_INIT;
    int32_t what[3] = { ALONE, ALONE, ALONE };
    o.flags = flags;
    arc_status st = arc_session_upsert_many(s, ids, what, results, records, values, n, "erp", &o);
    for (size_t i = 0; st < ARC_OK && i < n; i++) assert_int_equal(0, what[i]);
    return st;
}

/* Elements 0 and 2 are good, 1 is what is handed in. */
static void tells(test_book *b, batch call, arc_record *good, arc_record *bad, arc_record *other, uint32_t flags, arc_status want)
{
    int64_t ids[3] = { ALONE, ALONE, ALONE };
    arc_status results[3] = { ALONE, ALONE, ALONE };
    arc_record *records[3] = { good, bad, other };
    assert_status(want, call(b->session, ids, results, records, 3, flags));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(0, ids[i]);
        assert_int_equal(want, results[i]);
    }
}

static arc_status updates(arc_session *s, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags)
{
    memset(ids, 0, n * sizeof *ids);
    return arc_session_update_many(s, results, records, n, flags);
}

static void many(void **state)
{
    test_book b;
    (void)state;
    world(&b);
    arc_session *s = b.session;
    arc_record *c[] = { record(s, ARC_CUSTOMER, "{\"code\":\"C7\",\"legal_name\":\"7\"}"), record(s, ARC_CUSTOMER, CUSTOMER),
                        record(s, ARC_CUSTOMER, "{\"code\":\"C8\",\"legal_name\":\"8\"}") };
    arc_record *i[] = { record(s, ARC_INVOICE, INVOICE("I7")), record(s, ARC_INVOICE, INVOICE("I1")), record(s, ARC_INVOICE, INVOICE("I8")) };
    const batch calls[] = { arc_session_insert_many, upsert, arc_invoice_record_many };
    for (int k = 0; k < 3; k++) {
        arc_record **r = k < 2 ? c : i;
        tells(&b, calls[k], r[0], r[1], r[2], ARC_ALL_OR_NONE, ARC_E_EXISTS);
        tells(&b, calls[k], r[0], NULL, r[2], 0, ARC_E_HANDLE);
        tells(&b, calls[k], r[0], NULL, r[2], ARC_ALL_OR_NONE, ARC_E_HANDLE);
        arc_txn *t;
        assert_ok(arc_session_begin(s, &t, ARC_READ));
        tells(&b, calls[k], r[0], r[0], r[2], 0, ARC_E_TXN);
        arc_txn_rollback(t);
    }
    tells(&b, arc_session_insert_many, c[0], i[0], c[2], 0, ARC_E_FORBIDDEN);
    arc_record *u;
    assert_ok(arc_session_get(s, &u, ARC_CUSTOMER, 1));
    tells(&b, updates, u, NULL, u, 0, ARC_E_HANDLE);
    arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    int64_t ids[2] = { ALONE, ALONE };
    arc_status results[2] = { ALONE, ALONE };
    a[0].receipt = a[0].item = a[0].amount = a[1].receipt = a[1].amount = 1;
    a[1].item = 9;
    assert_status(ARC_E_NOT_FOUND, arc_allocation_apply(s, ids, results, a, 2, ARC_ALL_OR_NONE));
    for (int k = 0; k < 2; k++) assert_true(!ids[k] && results[k] == ARC_E_NOT_FOUND);
    test_book_close(&b);
}

/* Rows of the caller's that are NULL or have no size. */
static void rows(void **state)
{
    test_book b;
    arc_aging *a;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    (void)state;
    world(&b);
    assert_ok(arc_aging_compute(b.session, &a, NULL));
    assert_status(ARC_E_INVALID, arc_aging_get(a, NULL, 0));
    assert_status(ARC_E_INVALID, arc_aging_total(a, NULL, "CNY"));
    row.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_aging_get(a, &row, 0));
    test_book_close(&b);
}

/* A proposal without a line can be stored, and then there is nothing to decide. */
static void no_lines(void **state)
{
    test_book b;
    arc_proposal *p;
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    (void)state;
    world(&b);
    o.customer = 9;
    assert_status(ARC_DONE, arc_receipt_propose(b.session, &p, NULL, 0, &o));
    assert_ok(arc_proposal_store(p, NULL, NULL));
    assert_status(ARC_E_STATE, arc_proposal_approve(p, NULL, 0));
    assert_status(ARC_E_STATE, arc_proposal_reject(p, NULL, 0, "none"));
    test_book_close(&b);
}

/* Nothing is leased into elements that cannot take it. */
static void leases(void **state)
{
    test_book b;
    size_t n = ALONE;
    arc_message m = ARC_MESSAGE_INIT;
    arc_message_lease l[2] = { ARC_MESSAGE_LEASE_INIT };
    (void)state;
    world(&b);
    m.kind = "letter";
    m.message_key = "1";
    m.payload = "{}";
    assert_ok(arc_message_enqueue(b.session, NULL, &m));
    m.message_key = "2";
    assert_ok(arc_message_enqueue(b.session, NULL, &m));
    assert_status(ARC_E_INVALID, arc_message_lease_due(b.session, l, &n, 2, "w", 60)); /* the second has no size */
    assert_int_equal(ALONE, n);
    arc_message_lease_init(&l[1]);
    assert_ok(arc_message_lease_due(b.session, l, &n, 2, "w", 60));
    assert_int_equal(2, n);
    /* of a longer struct, as a newer header may have it */
    struct longer {
        arc_message_lease lease;
        int64_t more;
    } next[2] = { { ARC_MESSAGE_LEASE_INIT, 7 }, { ARC_MESSAGE_LEASE_INIT, 7 } };
    next[0].lease.struct_size = next[1].lease.struct_size = (uint32_t)sizeof next[0];
    b.t.now += INT64_C(61000000);
    assert_ok(arc_message_lease_due(b.session, &next[0].lease, &n, 2, "w", 60));
    assert_int_equal(2, n);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(i + 1, next[i].lease.id);
        assert_int_equal(2, next[i].lease.attempt);
        assert_int_equal(0, next[i].more);
    }
    test_book_close(&b);
}

/* A row by the text that names it. */
static void find(void **state)
{
    test_book b;
    arc_error e = ARC_ERROR_INIT;
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        int64_t id = ALONE;
        world_on(&b, k);
        arc_session *s = b.session;
        assert_status(ARC_E_NOT_FOUND, arc_session_find(s, &id, ARC_CUSTOMER, "c1"));
        assert_ok(arc_session_error(s, &e));
        assert_true(e.status == ARC_E_NOT_FOUND && !strcmp(e.entity, "customer") && !strcmp(e.field, "code"));
        assert_status(ARC_E_NOT_FOUND, arc_session_find(s, &id, ARC_INVOICE, ""));
        assert_status(ARC_E_ENCODING, arc_session_find(s, &id, ARC_INVOICE, "\xff"));
        assert_ok(arc_session_error(s, &e));
        assert_int_equal(ARC_E_ENCODING, e.status);
        assert_status(ARC_E_UNSUPPORTED, arc_session_find(s, &id, ARC_ITEM, "I1"));
        assert_status(ARC_E_NOT_FOUND, arc_session_find(s, &id, 60000, "I1"));
        assert_status(ARC_E_INVALID, arc_session_find(s, &id, ARC_INVOICE, NULL));
        assert_status(ARC_E_INVALID, arc_session_find(s, NULL, ARC_INVOICE, "I1"));
        assert_status(ARC_E_HANDLE, arc_session_find(NULL, &id, ARC_INVOICE, "I1"));
        assert_int_equal(ALONE, id);
        assert_ok(arc_session_find(s, &id, ARC_CUSTOMER, "C1"));
        assert_int_equal(1, id);
        id = ALONE;
        assert_ok(arc_session_find(s, &id, ARC_INVOICE, "I1"));
        assert_int_equal(1, id);
        arc_txn *t; /* what the transaction has written is seen in it */
        assert_ok(arc_session_begin(s, &t, ARC_WRITE));
        arc_record *r = record(s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"two\"}");
        assert_ok(arc_session_insert(s, NULL, r));
        assert_ok(arc_session_find(s, &id, ARC_CUSTOMER, "C2"));
        assert_int_equal(2, id);
        arc_txn_rollback(t);
        assert_status(ARC_E_NOT_FOUND, arc_session_find(s, &id, ARC_CUSTOMER, "C2"));
        test_book_close(&b);
    }
}

static arc_status find_starving(test_env *t, void *arg)
{
    arc_book *book;
    arc_session *s;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    int64_t id;
    (void)arg;
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_book_open(t->ctx, &book, "memory:starving", &o);
    if (st == ARC_OK) st = arc_session_open(book, &s, NULL);
    if (st == ARC_OK) st = arc_session_find(s, &id, ARC_CUSTOMER, "C1");
    return st == ARC_E_NOT_FOUND ? ARC_OK : st;
}

static void find_oom(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(find_starving, NULL) > 0);
}

static arc_status commits(void *user, arc_session *s, arc_txn *t)
{
    (void)user;
    (void)s;
    return arc_txn_commit(t);
}

static arc_status rolls_back(void *user, arc_session *s, arc_txn *t)
{
    (void)user;
    (void)s;
    arc_txn_rollback(t);
    return ARC_OK;
}

/* Work that ends the transaction which is not its to end is told so. */
static void run_ended(void **state)
{
    const arc_txn_fn fns[] = { commits, rolls_back };
    test_book b;
    (void)state;
    world(&b);
    for (int k = 0; k < 2; k++) {
        arc_error e = ARC_ERROR_INIT;
        assert_status(ARC_E_TXN, arc_session_run(b.session, ARC_WRITE, fns[k], NULL, 1));
        assert_ok(arc_session_error(b.session, &e));
        assert_true(e.status == ARC_E_TXN && strstr(e.message, "itself"));
    }
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one), cmocka_unit_test(many), cmocka_unit_test(rows), cmocka_unit_test(no_lines),
                                        cmocka_unit_test(leases), cmocka_unit_test(find),
                                        cmocka_unit_test(find_oom), cmocka_unit_test(run_ended) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
