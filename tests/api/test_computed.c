/* SPDX-License-Identifier: Apache-2.0 */
/* Fields without a column: the life of an invoice, as it stands and as of days that are past, for whoever may see it. */
#include "api/settling.h"

static arc_record *read_row(test_book *b, uint32_t entity, int64_t id, arc_date day)
{
    arc_record *r;
    assert_session(b, arc_session_get(b->session, &r, entity, id));
    assert_session(b, arc_record_compute(b->session, &r, 1, day));
    return r;
}

static void text_is(arc_record *r, arc_field_id field, const char *expected)
{
    const char *text = NULL;
    arc_status st = arc_record_get_text(r, &text, NULL, field);
    assert_int_equal(st, expected ? ARC_OK : ARC_E_NOT_FOUND);
    if (expected) assert_string_equal(text, expected);
}

static void money_is(arc_record *r, arc_field_id field, int64_t expected)
{
    arc_money m;
    assert_ok(arc_record_get_money(r, &m, field));
    assert_int_equal(m.minor, expected);
}

/* open and settlement of an invoice as of a day; settlement NULL: it was not there. */
static void invoice_is(test_book *b, int64_t id, arc_date day, int64_t open, const char *settlement)
{
    arc_record *r = read_row(b, ARC_INVOICE, id, day);
    text_is(r, ARC_INVOICE_SETTLEMENT, settlement);
    if (settlement) money_is(r, ARC_INVOICE_OPEN, open);
    else text_is(r, ARC_INVOICE_ITEMS, NULL);
    arc_record_free(r);
}

static void receipt_is(test_book *b, int64_t id, arc_date day, int64_t unapplied, const char *status)
{
    arc_record *r = read_row(b, ARC_RECEIPT, id, day);
    text_is(r, ARC_RECEIPT_STATUS, status);
    if (status) money_is(r, ARC_RECEIPT_UNAPPLIED, unapplied);
    arc_record_free(r);
}

static int64_t apply(test_book *b, int64_t item, int64_t receipt, int64_t amount, int64_t write_off, arc_date day)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.item = item;
    a.receipt = receipt;
    a.amount = amount;
    a.write_off = write_off;
    if (write_off) a.reason_code = "small_difference";
    a.date = day;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

static int64_t invoice_of(test_book *b, int64_t item)
{
    arc_record *r;
    int64_t id = 0;
    assert_session(b, arc_session_get(b->session, &r, ARC_ITEM, item));
    assert_ok(arc_record_get_int(r, &id, ARC_ITEM_INVOICE));
    arc_record_free(r);
    return id;
}

static void life(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t item = invoiced(&b, "I", 1, "100.00", "CNY"), invoice = invoice_of(&b, item), receipt = paid(&b, "R", 1, "150.00", "CNY"), row, back;
        arc_record *r;
        char list[40];
        invoice_is(&b, invoice, ARC_DATE_NONE, 10000, "open");
        invoice_is(&b, invoice, 20453, 0, NULL); /* the day before */
        receipt_is(&b, receipt, ARC_DATE_NONE, 15000, "unapplied");
        (void)apply(&b, item, receipt, 4000, 0, FEB_10);
        invoice_is(&b, invoice, ARC_DATE_NONE, 6000, "partial");
        row = apply(&b, item, receipt, 5990, 10, MAR_1);
        invoice_is(&b, invoice, ARC_DATE_NONE, 0, "paid");
        receipt_is(&b, receipt, ARC_DATE_NONE, 5010, "partial");
        r = read_row(&b, ARC_ITEM, item, ARC_DATE_NONE);
        money_is(r, ARC_ITEM_RECEIVED, 9990);
        money_is(r, ARC_ITEM_WRITTEN_OFF, 10);
        money_is(r, ARC_ITEM_DISCOUNT, 0);
        money_is(r, ARC_ITEM_OPEN, 0);
        text_is(r, ARC_ITEM_STATUS, "paid");
        assert_int_equal(arc_record_get_int(r, &back, ARC_ITEM_OVERDUE_DAYS), ARC_E_NOT_FOUND); /* nothing of it grows old */
        arc_record_free(r);
        assert_session(&b, arc_allocation_reverse(b.session, &back, row, MAR_10, "wrong"));
        invoice_is(&b, invoice, ARC_DATE_NONE, 6000, "partial");
        invoice_is(&b, invoice, MAR_10 - 1, 0, "paid");
        invoice_is(&b, invoice, MAR_1 - 1, 6000, "partial");
        invoice_is(&b, invoice, FEB_10 - 1, 10000, "open");
        receipt_is(&b, receipt, FEB_10 - 1, 15000, "unapplied");
        receipt_is(&b, receipt, FEB_1 - 1, 0, NULL);
        r = read_row(&b, ARC_ITEM, item, FEB_1 + 1); /* due on 31 January */
        assert_ok(arc_record_get_int(r, &row, ARC_ITEM_OVERDUE_DAYS));
        assert_int_equal(row, 2);
        assert_ok(arc_record_get_int(r, &row, ARC_ITEM_AGE_DAYS));
        assert_int_equal(row, 32);
        assert_ok(arc_record_get_int(r, &row, ARC_ITEM_BUCKET));
        assert_int_equal(row, 1);
        arc_record_free(r);
        r = read_row(&b, ARC_ALLOCATION, 2, ARC_DATE_NONE);
        assert_ok(arc_record_get_int(r, &row, ARC_ALLOCATION_REVERSED_BY));
        assert_int_equal(row, back);
        assert_session(&b, arc_record_compute(b.session, &r, 1, MAR_10 - 1)); /* what it had before is forgotten */
        assert_int_equal(arc_record_get_int(r, &row, ARC_ALLOCATION_REVERSED_BY), ARC_E_NOT_FOUND);
        arc_record_free(r);
        r = read_row(&b, ARC_INVOICE, invoice, ARC_DATE_NONE);
        snprintf(list, sizeof list, "[%lld]", (long long)item);
        text_is(r, ARC_INVOICE_ITEMS, list);
        money_is(r, ARC_INVOICE_DIFFERENCE, 0);
        arc_record_free(r);
        test_book_close(&b);
    }
}

static void what_is_wrong(void **state)
{
    (void)state;
    test_book b;
    arc_record *r, *two[2];
    arc_money m;
    open_book(&b, 0);
    int64_t item = invoiced(&b, "I", 1, "100.00", "CNY");
    assert_ok(arc_record_compute(b.session, NULL, 0, ARC_DATE_NONE));
    assert_session_status(ARC_E_INVALID, &b, arc_record_compute(b.session, NULL, 1, ARC_DATE_NONE));
    assert_ok(arc_record_new(b.session, &r, ARC_ITEM));
    assert_session_status(ARC_E_INVALID, &b, arc_record_compute(b.session, &r, 1, ARC_DATE_NONE));
    assert_ok(arc_record_set_int(r, ARC_ITEM_ID, 99));
    assert_session(&b, arc_session_get(b.session, &two[0], ARC_ITEM, item));
    two[1] = r;
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_record_compute(b.session, two, 2, ARC_DATE_NONE));
    assert_int_equal(arc_record_get_money(two[0], &m, ARC_ITEM_OPEN), ARC_E_NOT_FOUND); /* nothing was put */
    two[1] = two[0];
    assert_session_status(ARC_E_RANGE, &b, arc_record_compute(b.session, two, 2, ARC_DATE_MAX + 1));
    assert_session(&b, arc_record_compute(b.session, two, 2, ARC_DATE_NONE));
    money_is(two[0], ARC_ITEM_OPEN, 10000);
    arc_record_free(two[0]);
    assert_int_equal(arc_record_compute(b.session, two, 1, ARC_DATE_NONE), ARC_E_HANDLE);
    arc_record_free(r);
    test_book_close(&b);
}

/* ---- what is above receivables ------------------------------------------------------------------------------------------------ */

static void chain(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_attachment_new file = ARC_ATTACHMENT_NEW_INIT;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        int64_t files[2] = { 0, 0 };
        char list[60];
        open_book(&b, backend);
        int64_t contract = record_of(&b, ARC_CONTRACT, "{\"number\":\"K\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"1000.00\",\"tax_included\":true,\"term\":\"NET30\"}");
        assert_session(&b, arc_contract_activate(b.session, contract));
        int64_t invoice = record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"contract\":1,\"invoice_date\":\"2026-05-10\",\"due_date\":\"2026-06-01\",\"currency\":\"CNY\",\"gross_amount\":\"400.00\"}");
        int64_t order = record_of(&b, ARC_SALES_ORDER, "{\"number\":\"O\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":false}");
        (void)record_of(&b, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"110\",\"currency\":\"CNY\",\"discount\":\"10.00\",\"tax_rate\":\"0.13\",\"amount\":\"113.00\"}");
        (void)record_of(&b, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":2,\"name\":\"b\",\"quantity\":\"1\",\"price\":\"7\",\"currency\":\"CNY\",\"amount\":\"7.00\"}");
        file.entity = ARC_CONTRACT;
        file.row = contract;
        file.kind = "contract";
        file.name = "k.txt";
        file.media_type = "text/plain";
        file.uri = "file:k.txt";
        file.digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        file.size = 1;
        for (int i = 0; i < 2; i++) assert_session(&b, arc_attachment_add(b.session, &files[i], &file, NULL, 0));
        arc_record *r = read_row(&b, ARC_CONTRACT, contract, ARC_DATE_NONE);
        money_is(r, ARC_CONTRACT_ISSUED, 40000);
        money_is(r, ARC_CONTRACT_HEADROOM, 60000);
        snprintf(list, sizeof list, "[%lld,%lld]", (long long)files[0], (long long)files[1]);
        text_is(r, ARC_CONTRACT_FILES, list);
        assert_session(&b, arc_attachment_withdraw(b.session, files[0], "wrong"));
        assert_session(&b, arc_record_compute(b.session, &r, 1, 20600));
        snprintf(list, sizeof list, "[%lld]", (long long)files[1]);
        text_is(r, ARC_CONTRACT_FILES, list);
        text_is(r, ARC_CONTRACT_STATUS, "active"); /* what was read stays */
        arc_money m;
        assert_ok(arc_record_get_money(r, &m, ARC_CONTRACT_HEADROOM));
        assert_int_equal(m.minor, 60000);
        arc_record_free(r);
        r = read_row(&b, ARC_SALES_ORDER, order, ARC_DATE_NONE);
        money_is(r, ARC_SALES_ORDER_GROSS_AMOUNT, 13130); /* the discount with its tax */
        money_is(r, ARC_SALES_ORDER_DISCOUNT, 1130);
        money_is(r, ARC_SALES_ORDER_RECEIVABLE, 12000);
        arc_record_free(r);
        invoice_is(&b, invoice, ARC_DATE_NONE, 40000, "open");
        step.invoice = invoice;
        step.reason = "wrong";
        assert_session(&b, arc_invoice_void(b.session, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        invoice_is(&b, invoice, ARC_DATE_NONE, 0, "cancelled");
        invoice_is(&b, invoice, 20590, 40000, "open");
        invoice_is(&b, invoice, 20600, 0, "cancelled");
        test_book_close(&b);
    }
}

/* Whose a receipt is and was, and one that went back. */
static void receipts(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t r = paid(&b, "R", 0, "10.00", "CNY");
        receipt_is(&b, r, ARC_DATE_NONE, 1000, "unclaimed");
        assert_session(&b, arc_receipt_claim(b.session, r, 1, FEB_10));
        receipt_is(&b, r, ARC_DATE_NONE, 1000, "unapplied");
        receipt_is(&b, r, FEB_10 - 1, 1000, "unclaimed");
        receipt_is(&b, r, FEB_10, 1000, "unapplied");
        assert_session(&b, arc_receipt_unclaim(b.session, r, MAR_1, "whose?"));
        receipt_is(&b, r, ARC_DATE_NONE, 1000, "unclaimed");
        receipt_is(&b, r, MAR_1 - 1, 1000, "unapplied");
        receipt_is(&b, r, MAR_1, 1000, "unclaimed");
        r = paid(&b, "B", 1, "30.00", "CNY");
        int64_t item = invoiced(&b, "I", 1, "30.00", "CNY"), invoice = invoice_of(&b, item);
        (void)apply(&b, item, r, 3000, 0, FEB_10);
        receipt_is(&b, r, ARC_DATE_NONE, 0, "applied");
        assert_session(&b, arc_receipt_return(b.session, r, MAR_1, "bounced"));
        receipt_is(&b, r, ARC_DATE_NONE, 0, "returned");
        receipt_is(&b, r, MAR_1, 0, "returned");
        receipt_is(&b, r, MAR_1 - 1, 0, "applied");
        receipt_is(&b, r, FEB_10 - 1, 3000, "unapplied");
        invoice_is(&b, invoice, ARC_DATE_NONE, 3000, "open");
        invoice_is(&b, invoice, MAR_1 - 1, 0, "paid");
        test_book_close(&b);
    }
}

/* Dunning levels and disputes, now and then: the disputed part is at most what is open. */
static void marks(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_level l = ARC_LEVEL_INIT;
        arc_record *r;
        int64_t level = 0, sum = 0;
        open_book(&b, backend);
        int64_t item = invoiced(&b, "I", 1, "100.00", "CNY"), receipt = paid(&b, "R", 1, "80.00", "CNY");
        l.item = item;
        l.reason = "late";
        for (int i = 1; i <= 2; i++) {
            l.level = i;
            l.date = i == 1 ? FEB_10 : MAR_10;
            assert_session(&b, arc_item_set_level(b.session, NULL, &l));
        }
        assert_ok(arc_record_new(b.session, &r, ARC_DISPUTE));
        assert_ok(arc_record_set_json(r, "{\"item\":1,\"currency\":\"CNY\",\"amount\":\"50.00\",\"reason\":\"quality\"}", SIZE_MAX));
        assert_ok(arc_session_set_business_date(b.session, MAR_1));
        assert_session(&b, arc_dispute_open(b.session, NULL, r));
        assert_ok(arc_session_set_business_date(b.session, 20600));
        arc_record_free(r);
        (void)apply(&b, item, receipt, 8000, 0, MAR_10);
        static const arc_date days[] = { FEB_1, FEB_10, MAR_1, MAR_10, ARC_DATE_NONE };
        static const int64_t levels[] = { 0, 1, 1, 2, 2 }, disputed[] = { 0, 0, 5000, 2000, 2000 };
        for (int i = 0; i < 5; i++) {
            r = read_row(&b, ARC_ITEM, item, days[i]);
            assert_ok(arc_record_get_int(r, &level, ARC_ITEM_DUNNING_LEVEL));
            assert_int_equal(level, levels[i]);
            if (disputed[i]) money_is(r, ARC_ITEM_DISPUTED, disputed[i]);
            assert_session(&b, arc_dispute_sums(b.session, &sum, &item, 1, days[i]));
            assert_int_equal(sum, disputed[i] ? 5000 : 0);
            arc_record_free(r);
        }
        test_book_close(&b);
    }
}

/* ---- many at once -------------------------------------------------------------------------------------------------------------- */

static int64_t calls_for(test_book *b, arc_record *const *records, size_t n, arc_date day)
{
    const int64_t before = b->shim.calls - b->shim.count[ARC_CALL_NEXT];
    assert_session(b, arc_record_compute(b->session, records, n, day));
    return b->shim.calls - b->shim.count[ARC_CALL_NEXT] - before;
}

static void many(void **state)
{
    enum { N = 1000 };
    static arc_record *records[2 * N], *invoices[N];
    (void)state;
    test_book b;
    arc_record *docs[100];
    open_book(&b, 2); /* counted by a shim */
    for (int at = 0; at < N; at += 100) {
        for (int i = 0; i < 100; i++) {
            char json[300];
            snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":1,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-02-01\",\"currency\":\"CNY\",\"gross_amount\":\"%d.00\"}", at + i, at + i + 1);
            assert_ok(arc_record_new(b.session, &docs[i], ARC_INVOICE));
            assert_ok(arc_record_set_json(docs[i], json, SIZE_MAX));
        }
        assert_session(&b, arc_invoice_record_many(b.session, NULL, NULL, docs, 100, ARC_ALL_OR_NONE));
        for (int i = 0; i < 100; i++) arc_record_free(docs[i]);
    }
    for (int i = 0; i < N; i++) {
        assert_session(&b, arc_session_get(b.session, &invoices[i], ARC_INVOICE, i + 1));
        assert_session(&b, arc_session_get(b.session, &records[2 * i], ARC_ITEM, i + 1));
        records[2 * i + 1] = invoices[i];
    }
    const int64_t one = calls_for(&b, records, 2, ARC_DATE_NONE), all = calls_for(&b, records, 2 * N, ARC_DATE_NONE), past = calls_for(&b, records, 2 * N, 20470);
    print_message("calls of the store: %d for 2 records, %d for %d, %d as of a day\n", (int)one, (int)all, 2 * N, (int)past);
    assert_true(one < 40 && all < 3 * one && past < 4 * one);
    for (int i = 0; i < N; i++) {
        money_is(records[2 * i], ARC_ITEM_OPEN, (i + 1) * 100);
        money_is(invoices[i], ARC_INVOICE_OPEN, (i + 1) * 100);
        arc_record_free(records[2 * i]);
        arc_record_free(invoices[i]);
    }
    test_book_close(&b);
}

/* ---- rights ---------------------------------------------------------------------------------------------------------------------- */

static void rights(void **state)
{
    static const char ROLE[] = "{\"code\":\"looker\",\"name\":\"Looker\",\"rows\":\"own\",\"verbs\":[\"customer.read\",\"invoice.read\",\"item.read\",\"allocation.read\"],"
                               "\"fields\":{\"item.amount\":\"none\",\"invoice.settlement\":\"none\"}}";
    (void)state;
    people p;
    arc_grant g = ARC_GRANT_INIT;
    arc_record *mine, *others, *item;
    arc_money m;
    char json[200];
    people_open(&p, 1);
    arc_session *host = p.b.session;
    assert_ok(arc_session_set_business_date(host, PEOPLE_DAY));
    for (int i = 0; i < 2; i++) {
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"c\",\"owner\":%d}", i, (int)people_user(&p, i ? "eve" : "ann"));
        (void)sample_insert(host, ARC_CUSTOMER, json);
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-02-01\",\"currency\":\"CNY\",\"gross_amount\":\"5.00\"}", i, i + 1);
        (void)record_of(&p.b, ARC_INVOICE, json);
    }
    assert_session(&p.b, arc_role_define(host, &g.role, ROLE, SIZE_MAX));
    g.user = people_user(&p, "ann");
    assert_session(&p.b, arc_role_grant(host, NULL, &g));
    static const char SEER[] = "{\"code\":\"seer\",\"name\":\"Seer\",\"rows\":\"own\",\"verbs\":[\"customer.read\",\"invoice.read\",\"item.read\"]}";
    assert_session(&p.b, arc_role_define(host, &g.role, SEER, SIZE_MAX));
    g.user = people_user(&p, "eve");
    assert_session(&p.b, arc_role_grant(host, NULL, &g));
    (void)people_grant(&p, "root", "admin");
    assert_session(&p.b, arc_session_get(host, &others, ARC_INVOICE, 2)); /* read by somebody else of this book */
    people_start(&p);
    arc_session *s = people_session(p.b.book, "ann");
    assert_ok(arc_session_get(s, &mine, ARC_INVOICE, 1));
    assert_ok(arc_session_get(s, &item, ARC_ITEM, 1));
    assert_ok(arc_record_compute(s, &mine, 1, ARC_DATE_NONE));
    assert_int_equal(arc_record_get_money(mine, &m, ARC_INVOICE_OPEN), ARC_E_NOT_FOUND); /* of amounts that are hidden */
    text_is(mine, ARC_INVOICE_SETTLEMENT, NULL);
    text_is(mine, ARC_INVOICE_ITEMS, "[1]");
    assert_ok(arc_record_compute(s, &item, 1, ARC_DATE_NONE));
    assert_int_equal(arc_record_get_money(item, &m, ARC_ITEM_OPEN), ARC_E_NOT_FOUND);
    text_is(item, ARC_ITEM_STATUS, NULL); /* nor is what is open of it shown */
    assert_int_equal(arc_record_compute(s, &others, 1, ARC_DATE_NONE), ARC_E_NOT_FOUND);
    assert_ok(arc_record_compute(host, &others, 1, ARC_DATE_NONE));
    money_is(others, ARC_INVOICE_OPEN, 500);
    arc_record_free(mine);
    arc_record_free(item);
    arc_record_free(others);
    arc_session_close(s);
    s = people_session(p.b.book, "eve"); /* all fields of her own rows */
    assert_int_equal(arc_session_get(s, &mine, ARC_INVOICE, 1), ARC_E_NOT_FOUND);
    assert_ok(arc_session_get(s, &mine, ARC_INVOICE, 2));
    assert_ok(arc_session_get(s, &item, ARC_ITEM, 2));
    assert_ok(arc_record_compute(s, (arc_record *const[2]) { mine, item }, 2, ARC_DATE_NONE));
    money_is(mine, ARC_INVOICE_OPEN, 500);
    text_is(mine, ARC_INVOICE_SETTLEMENT, "open");
    text_is(item, ARC_ITEM_STATUS, "open");
    arc_record_free(mine);
    arc_record_free(item);
    arc_session_close(s);
    people_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(life), cmocka_unit_test(what_is_wrong), cmocka_unit_test(chain), cmocka_unit_test(receipts), cmocka_unit_test(marks), cmocka_unit_test(many), cmocka_unit_test(rights) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
