/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail: every kind of link broken by hand, and what the proof says of it. */
#include "support/support.h"

#include "arcore/arcore.h"
#include "arcore/sys/backend.h"
#include "support/alter.h"
#include "support/books.h"
#include "support/work_book.h"

typedef struct scene {
    test_env t;
    arc_book *book;
    arc_session *s;
    int64_t customer, receipt;
} scene;

static const char key[] = "a key of the host";

static void open_book(scene *x, const char *with)
{
    char uri[700];
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&x->t, "book.arc"));
    o.flags = ARC_BOOK_CREATE;
    o.seal_key = with;
    o.n_seal_key = with ? strlen(with) : 0;
    assert_ok(arc_book_open(x->t.ctx, &x->book, uri, &o));
    assert_ok(book_session(x->book, &x->s));
}

static void rename_customer(scene *x, const char *name)
{
    arc_record *r;
    assert_ok(arc_session_get(x->s, &r, ARC_CUSTOMER, x->customer));
    assert_ok(arc_customer_set_short_name(r, name, SIZE_MAX));
    assert_ok(arc_session_update(x->s, r));
    arc_record_free(r);
}

static void set_text(arc_record *r, uint32_t field, const char *text)
{
    assert_ok(arc_record_set_text(r, field, text, SIZE_MAX));
}

static void make_customer(scene *x)
{
    arc_record *r;
    assert_ok(arc_record_new(x->s, &r, ARC_CUSTOMER));
    set_text(r, ARC_CUSTOMER_CODE, "C0001");
    set_text(r, ARC_CUSTOMER_LEGAL_NAME, "One Ltd.");
    assert_ok(arc_session_insert(x->s, &x->customer, r));
    arc_record_free(r);
}

static void make_receipt(scene *x)
{
    arc_record *r;
    assert_ok(arc_record_new(x->s, &r, ARC_RECEIPT));
    set_text(r, ARC_RECEIPT_NUMBER, "R1");
    set_text(r, ARC_RECEIPT_PAYER_NAME, "Zhang San");
    set_text(r, ARC_RECEIPT_CURRENCY, "CNY");
    assert_ok(arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, x->customer));
    assert_ok(arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, BOOK_DAY));
    arc_money m = { 15000, "CNY", 0 };
    assert_ok(arc_record_set_money(r, ARC_RECEIPT_AMOUNT, m));
    assert_ok(arc_receipt_record(x->s, &x->receipt, r));
    arc_record_free(r);
}

/* Transactions: 1 the book, 2 customer, 3 and 4 invoices, 5 receipt, 6 allocation, 7 a new name, 8 an exchange rate's setting. */
static void fill(scene *x, const char *with)
{
    arc_record *r;
    test_open(&x->t);
    (void)test_dir(&x->t);
    open_book(x, with);
    make_customer(x);
    assert_ok(book_invoice(x->s, NULL, "I1", x->customer, 10000));
    assert_ok(book_invoice(x->s, NULL, "I2", x->customer, 20000));
    make_receipt(x);
    assert_ok(arc_session_set_request_key(x->s, "mine"));
    assert_ok(book_allocate(x->s, NULL, x->receipt, 1, 5000));
    rename_customer(x, "One");
    assert_ok(arc_record_new(x->s, &r, ARC_BOOK_SETTING));
    set_text(r, ARC_BOOK_SETTING_NAME, "aging.edges");
    set_text(r, ARC_BOOK_SETTING_VALUE, "[1, 31]");
    assert_ok(arc_session_insert(x->s, NULL, r));
    arc_record_free(r);
}

static void leave(scene *x)
{
    arc_book_close(x->book);
    test_close(&x->t);
}

typedef struct first {
    char check[40], entity[40], field[40];
    int64_t id;
    int n;
} first;

static int32_t keep_first(void *user, const arc_finding *f)
{
    first *x = user;
    print_message("    %s %s.%s %lld: %s\n", f->check, f->entity, f->field, (long long)f->id, f->message);
    if (x->n++) return 0;
    snprintf(x->check, sizeof x->check, "%s", f->check);
    snprintf(x->entity, sizeof x->entity, "%s", f->entity);
    snprintf(x->field, sizeof x->field, "%s", f->field);
    x->id = f->id;
    return 0;
}

static void proven(scene *x, int64_t seals)
{
    arc_audit_report r = ARC_AUDIT_REPORT_INIT;
    first f = { 0 };
    assert_ok(arc_audit_verify(x->s, &r, keep_first, &f, NULL));
    assert_int_equal(r.findings, 0);
    assert_int_equal(r.seals, seals);
    assert_int_equal(r.unanchored, seals);
    assert_int_equal(r.unsealed, 0);
}

/* ---- breaking links --------------------------------------------------------------------------------------------------- */

static void broken(void **state)
{
    static const struct {
        const char *sql, *check, *entity, *field;
        int64_t id;
    } cases[] = {
        { "UPDATE event SET diff = replace(diff, '100.00', '900.00') WHERE txn = 3", "audit.chain", "event", "digest", 3 },
        { "UPDATE event SET verb = 'invoice.recorx' WHERE txn = 3", "audit.chain", "event", "digest", 3 },
        { "UPDATE event SET digest = replace(digest, substr(digest, 1, 1), 'z') WHERE txn = 4", "audit.chain", "event", "digest", 4 },
        { "UPDATE request SET status = 1", "audit.chain", "txn", "digest", 6 },
        { "DELETE FROM request", "audit.chain", "txn", "digest", 6 },
        { "UPDATE request SET txn = 5", "audit.chain", "txn", "digest", 5 },
        { "DELETE FROM event WHERE txn = 6", "audit.chain", "txn", "n_events", 6 },
        { "UPDATE event SET seq = 2 WHERE txn = 6", "audit.chain", "event", "seq", 6 },
        { "UPDATE txn SET actor = 'nobody' WHERE id = 4", "audit.chain", "txn", "digest", 4 },
        { "UPDATE txn SET business_date = '2020-01-01' WHERE id = 5", "audit.chain", "txn", "digest", 5 },
        { "DELETE FROM txn WHERE id = 5", "audit.chain", "event", "digest", 5 },
        { "DELETE FROM seal WHERE seq = 3", "audit.chain", "seal", "seq", 4 },
        { "DELETE FROM seal WHERE seq = 8", "audit.chain", "txn", "id", 8 },
        { "UPDATE seal SET hash = '00000000' || substr(hash, 9) WHERE seq = 2", "audit.chain", "seal", "hash", 2 },
        { "UPDATE seal SET txn = 99 WHERE seq = 2", "audit.chain", "seal", "txn", 2 },
        { "UPDATE seal SET stamp = stamp - 1000000 WHERE seq = 2", "audit.chain", "seal", "stamp", 2 },
        { "UPDATE invoice SET gross_amount = gross_amount + 100 WHERE id = 2", "audit.rows", "invoice", "gross_amount", 2 },
        { "UPDATE item SET remark = 'paid' WHERE id = 1", "audit.rows", "item", "remark", 1 },
        { "UPDATE allocation SET txn = 5 WHERE id = 1", "audit.rows", "allocation", "txn", 1 },
        { "UPDATE customer SET short_name = 'Two' WHERE id = 1", "audit.rows", "customer", "short_name", 1 },
        { "UPDATE customer SET code = 'C9' WHERE id = 1", "audit.rows", "customer", "", 1 },
        { "UPDATE customer SET version = 3 WHERE id = 1", "audit.rows", "customer", "", 1 },
        { "UPDATE customer SET version = 1 WHERE id = 1", "audit.rows", "customer", "txn", 1 },
        { "INSERT INTO customer_group (book, id, version, txn, code, name) VALUES (1, 7, 1, 2, 'X', 'X')", "audit.rows", "customer_group", "", 7 },
        { "DELETE FROM allocation", "audit.rows", "allocation", "", 1 },
        { "UPDATE receipt SET payer_name = 'Li Si'", "audit.rows", "receipt", "payer_name", 1 },
        { "UPDATE receipt SET memo = 'for I2'", "audit.rows", "receipt", "memo", 1 },
        { "UPDATE receipt SET payer_name = NULL", "audit.rows", "receipt", "", 1 },
        { "UPDATE event_personal SET value = '\"Li Si\"'", "audit.rows", "event_personal", "value", 5 },
        { "UPDATE event_personal SET event = 9", "audit.rows", "event_personal", "", 5 },
        { "UPDATE book_setting SET value = '[1, 61]'", "audit.rows", "book_setting", "", 0 },
        { "DELETE FROM book_setting", "audit.rows", "book_setting", "", 0 },
        { "UPDATE book SET zone_offset = 0", "audit.rows", "book", "", 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static scene x;
        first f = { 0 };
        fill(&x, NULL);
        proven(&x, 8);
        arc_book_close(x.book);
        print_message("  %s\n", cases[i].sql);
        test_alter(test_path(&x.t, "book.arc"), cases[i].sql);
        open_book(&x, NULL);
        arc_audit_report r = ARC_AUDIT_REPORT_INIT;
        assert_ok(arc_audit_verify(x.s, &r, keep_first, &f, NULL));
        assert_int_equal(r.findings, f.n);
        assert_string_equal(f.check, cases[i].check);
        assert_string_equal(f.entity, cases[i].entity);
        assert_string_equal(f.field, cases[i].field);
        assert_int_equal(f.id, cases[i].id);
        arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
        assert_ok(arc_book_verify(x.book, &sum, NULL, NULL, NULL));
        assert_true(sum.findings > 0);
        leave(&x);
    }
}

/* The end cut off together with all it told of: only a head kept outside shows it. */
static void tail_cut(void **state)
{
    static scene x;
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    arc_audit_options o = ARC_AUDIT_OPTIONS_INIT;
    arc_audit_report r = ARC_AUDIT_REPORT_INIT;
    first f = { 0 };
    (void)state;
    fill(&x, NULL);
    assert_ok(arc_audit_head(x.s, &m));
    assert_int_equal(m.seq, 8);
    assert_int_equal(strlen(m.hash), 64);
    o.anchor_seq = m.seq;
    o.anchor_hash = m.hash;
    assert_ok(arc_audit_verify(x.s, &r, NULL, NULL, &o));
    assert_int_equal(r.findings, 0);
    assert_int_equal(r.unanchored, 0);
    assert_string_equal(r.head, m.hash);
    arc_book_close(x.book);
    static const char *const cut[] = { "DELETE FROM book_setting", "DELETE FROM event WHERE txn = 8", "DELETE FROM txn WHERE id = 8", "DELETE FROM seal WHERE seq = 8" };
    for (int i = 0; i < 4; i++) test_alter(test_path(&x.t, "book.arc"), cut[i]);
    open_book(&x, NULL);
    assert_ok(arc_audit_verify(x.s, &r, keep_first, &f, NULL));
    assert_int_equal(r.findings, 0); /* unanchored: nothing to see */
    assert_int_equal(r.unanchored, 7);
    assert_ok(arc_audit_verify(x.s, &r, keep_first, &f, &o));
    assert_int_equal(r.findings, 1);
    assert_string_equal(f.entity, "seal");
    assert_int_equal(f.id, 8);
    /* Another end in its place. */
    rename_customer(&x, "Uno");
    memset(&f, 0, sizeof f);
    assert_ok(arc_audit_verify(x.s, &r, keep_first, &f, &o));
    assert_int_equal(r.findings, 1);
    assert_string_equal(f.field, "hash");
    leave(&x);
}

/* ---- keys ------------------------------------------------------------------------------------------------------------------ */

static void keyed(void **state)
{
    static scene x;
    arc_audit_report r = ARC_AUDIT_REPORT_INIT;
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    uint32_t n = 99;
    first f = { 0 };
    (void)state;
    fill(&x, key);
    proven(&x, 8);
    arc_book_close(x.book);
    open_book(&x, NULL); /* without the key: work goes on, seals wait */
    rename_customer(&x, "Eins");
    rename_customer(&x, "Ein");
    assert_ok(arc_audit_head(x.s, &m));
    assert_int_equal(m.seq, 8);
    assert_int_equal(m.keyed, 1);
    assert_int_equal(m.unsealed, 2);
    assert_status(ARC_E_STATE, arc_audit_seal(x.s, &n, 0));
    assert_ok(arc_audit_verify(x.s, &r, keep_first, &f, NULL));
    assert_int_equal(r.findings, 0);
    assert_int_equal(r.unproven, 8);
    assert_int_equal(r.unsealed, 2);
    arc_book_close(x.book);
    open_book(&x, key);
    rename_customer(&x, "Un"); /* behind those that wait */
    assert_ok(arc_audit_head(x.s, &m));
    assert_int_equal(m.unsealed, 3);
    assert_ok(arc_audit_seal(x.s, &n, 2));
    assert_int_equal(n, 2);
    assert_ok(arc_audit_seal(x.s, &n, 0));
    assert_int_equal(n, 1);
    assert_ok(arc_audit_seal(x.s, &n, 0));
    assert_int_equal(n, 0);
    proven(&x, 11);
    arc_book_close(x.book);
    open_book(&x, "another key");
    assert_ok(arc_audit_verify(x.s, &r, keep_first, &f, NULL));
    assert_int_equal(r.findings, 11);
    leave(&x);
}

/* ---- events ------------------------------------------------------------------------------------------------------------------- */

typedef struct lines {
    char *s;
    size_t n;
} lines;

static int32_t add(void *user, const char *bytes, size_t n)
{
    lines *l = user;
    l->s = realloc(l->s, l->n + n + 1);
    memcpy(l->s + l->n, bytes, n);
    l->n += n;
    l->s[l->n] = 0;
    return 0;
}

static int64_t count(const char *s, const char *word)
{
    int64_t n = 0;
    for (; (s = strstr(s, word)) != NULL; s++) n++;
    return n;
}

/* What is undone is not told of, on any store: the chain proves, and the dump has as many events. */
static void undone(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        arc_txn *t;
        uint32_t depth;
        lines l = { NULL, 0 };
        arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
        test_book_open(&b, k);
        assert_session(&b, book_customers(b.session, 1, 1));
        assert_session(&b, arc_session_begin(b.session, &t, ARC_WRITE));
        assert_session(&b, book_invoice(b.session, NULL, "I1", 1, 100));
        assert_ok(arc_txn_savepoint(t, &depth));
        assert_session(&b, book_invoice(b.session, NULL, "I2", 1, 200));
        assert_session_status(ARC_E_EXISTS, &b, book_invoice(b.session, NULL, "I1", 1, 300));
        assert_session(&b, book_bulk(b.session, "B", 1, 40));
        assert_ok(arc_txn_rollback_to(t, depth));
        assert_session(&b, book_invoice(b.session, NULL, "I3", 1, 400));
        assert_ok(arc_txn_commit(t));
        assert_session(&b, arc_session_begin(b.session, &t, ARC_WRITE));
        assert_session(&b, book_invoice(b.session, NULL, "I9", 1, 100));
        arc_txn_rollback(t);
        assert_session_status(ARC_E_EXISTS, &b, book_invoice(b.session, NULL, "I3", 1, 300));
        assert_ok(arc_book_verify(b.book, &sum, NULL, NULL, NULL));
        assert_int_equal(sum.findings, 0);
        assert_ok(arc_book_dump(b.book, add, &l, NULL));
        assert_int_equal(count(l.s, "{\"entity\":\"event\","), 4); /* book, customer, two invoices */
        assert_int_equal(count(l.s, "{\"entity\":\"txn\","), 3);
        assert_int_equal(count(l.s, "\"verb\":\"invoice.record\",\"entity\":\"invoice\""), 2);
        free(l.s);
        test_book_close(&b);
    }
}

/* A wrong way to ask. */
static void refusals(void **state)
{
    static scene x;
    arc_txn *t;
    arc_audit_mark none = { 0 };
    arc_audit_options o = ARC_AUDIT_OPTIONS_INIT;
    (void)state;
    fill(&x, NULL);
    assert_status(ARC_E_INVALID, arc_audit_head(x.s, NULL));
    assert_status(ARC_E_INVALID, arc_audit_head(x.s, &none));
    o.anchor_seq = 1;
    assert_status(ARC_E_INVALID, arc_audit_verify(x.s, NULL, NULL, NULL, &o));
    o.anchor_hash = "abc";
    assert_status(ARC_E_INVALID, arc_audit_verify(x.s, NULL, NULL, NULL, &o));
    assert_status(ARC_E_INVALID, arc_audit_seal(x.s, NULL, 1000001));
    assert_status(ARC_E_INVALID, arc_audit_mark_init(NULL));
    assert_status(ARC_E_INVALID, arc_audit_options_init(NULL));
    assert_status(ARC_E_INVALID, arc_audit_report_init(NULL));
    assert_ok(arc_session_begin(x.s, &t, ARC_WRITE));
    rename_customer(&x, "Ichi");
    assert_status(ARC_E_TXN, arc_audit_verify(x.s, NULL, NULL, NULL, NULL));
    assert_ok(arc_txn_commit(t));
    proven(&x, 9);
    leave(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(broken), cmocka_unit_test(tail_cut), cmocka_unit_test(keyed), cmocka_unit_test(undone),
                                        cmocka_unit_test(refusals) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
