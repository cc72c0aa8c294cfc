/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to receipts and debts: claims, returns, refunds, write-offs and recoveries, transfers, extensions; each with its way back, and reports of days before as they were. */
#include "api/ledger_kit.h"

static int64_t invoice(test_book *b, const char *number, int64_t customer, const char *gross, const char *currency)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number,
             (int)customer, currency, gross);
    return record_of(b, ARC_INVOICE, json); /* one item an invoice, from the first on: their ids agree until other items are made */
}

static int64_t paid(test_book *b, const char *number, int64_t customer, const char *amount, const char *currency)
{
    char json[300], who[40] = "";
    if (customer) snprintf(who, sizeof who, "\"customer\":%d,", (int)customer);
    snprintf(json, sizeof json, "{%s\"number\":\"%s\",\"value_date\":\"2026-02-01\",\"posting_date\":\"2026-02-01\",\"currency\":\"%s\",\"amount\":\"%s\"}", who, number, currency, amount);
    return record_of(b, ARC_RECEIPT, json);
}

static int64_t open_of(test_book *b, int64_t item) { return field_of(b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_OPEN); }
static int64_t left_of(test_book *b, int64_t receipt) { return field_of(b, ARC_RECEIPT_STATE, receipt, ARC_RECEIPT_STATE_UNAPPLIED); }
static int64_t booked(test_book *b, const char *role) { return sum_of(b, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT, role); }

/* Total and unapplied of the book as of a day, in one currency. */
static void as_of(test_book *b, arc_date day, const char *currency, int64_t total, int64_t unapplied)
{
    arc_aging *a;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    o.as_of = day;
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    arc_status st = arc_aging_total(a, &row, currency);
    assert_int_equal(st == ARC_OK ? row.total : 0, total);
    assert_int_equal(st == ARC_OK ? row.unapplied : 0, unapplied);
    arc_aging_free(a);
}

static arc_date date_of(test_book *b, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r = row_of_id(b, entity, id);
    arc_date d = ARC_DATE_NONE;
    if (arc_record_get_date(r, &d, field) != ARC_OK) d = ARC_DATE_NONE;
    arc_record_free(r);
    return d;
}

enum { FEB_1 = 20485, FEB_10 = FEB_1 + 9, MAR_1 = FEB_1 + 28, MAR_10 = MAR_1 + 9 };

/* An unidentified receipt gets its customer from a day on; not before it came, not twice; taken back while nothing is applied. */
static void claims(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t item = invoice(&b, "I", 1, "100.00", "CNY"), r = paid(&b, "R", 0, "100.00", "CNY"), known = paid(&b, "K", 1, "1.00", "CNY");
        assert_int_equal(booked(&b, "unidentified"), -10000);
        assert_int_equal(arc_receipt_claim(b.session, r, 1, FEB_1 - 1), ARC_E_RANGE);
        assert_int_equal(arc_receipt_claim(b.session, r, 99, FEB_10), ARC_E_NOT_FOUND);
        assert_int_equal(arc_receipt_claim(b.session, known, 1, FEB_10), ARC_E_STATE);
        assert_int_equal(arc_receipt_unclaim(b.session, known, FEB_10, "no"), ARC_E_STATE);
        assert_session(&b, arc_receipt_claim(b.session, r, 1, FEB_10));
        assert_int_equal(booked(&b, "unidentified"), 0);
        assert_int_equal(booked(&b, "on_account"), -10100);
        verify_clean(&b);
        as_of(&b, FEB_10 - 1, "CNY", 10000, 100);
        as_of(&b, FEB_10, "CNY", 10000, 10100);
        int64_t a = allocate(&b, item, r, 4000, 0);
        assert_int_equal(arc_receipt_unclaim(b.session, r, MAR_1, "whose?"), ARC_E_STATE);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, a, ARC_DATE_NONE, "wrong"));
        assert_int_equal(arc_receipt_unclaim(b.session, r, MAR_1, "it paid then"), ARC_E_RANGE);
        assert_session_status(ARC_E_RANGE, &b, arc_receipt_unclaim(b.session, r, 20601, "tomorrow")); /* has not happened */
        assert_ok(arc_session_set_business_date(b.session, 20610));
        assert_session(&b, arc_receipt_unclaim(b.session, r, 20601, "whose?"));
        assert_int_equal(booked(&b, "unidentified"), -10000);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_UNAPPLIED, NULL), 100);
        verify_clean(&b);
        assert_session(&b, arc_receipt_claim(b.session, r, 1, 20602));
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* A bounced payment: one verb reverses all it paid, the days before do not change, and paying again works. */
static void returns(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_allocation a = ARC_ALLOCATION_INIT;
        open_book(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, FEB_10));
        int64_t one = invoice(&b, "I1", 1, "60.00", "CNY"), two = invoice(&b, "I2", 1, "60.00", "CNY"), r = paid(&b, "R", 1, "100.00", "CNY");
        (void)allocate(&b, one, r, 6000, 0);
        a.receipt = r;
        a.item = two;
        a.amount = 3000;
        a.write_off = 10;
        assert_session(&b, arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        assert_session(&b, arc_allocation_reverse(b.session, NULL, 1, ARC_DATE_NONE, "one was undone before"));
        as_of(&b, FEB_10, "CNY", 12000 - 3010, 7000);
        assert_int_equal(arc_receipt_return(b.session, r, FEB_1, "bounced"), ARC_E_RANGE); /* before its allocations */
        assert_int_equal(left_of(&b, r), 7000);
        assert_ok(arc_session_set_business_date(b.session, MAR_1));
        assert_session(&b, arc_receipt_return(b.session, r, MAR_1, "bounced"));
        assert_int_equal(open_of(&b, one) + open_of(&b, two), 12000);
        assert_int_equal(left_of(&b, r), 0);
        assert_int_equal(booked(&b, "bank"), 0);
        assert_int_equal(booked(&b, "on_account"), 0);
        assert_int_equal(booked(&b, "small_difference"), 0);
        as_of(&b, FEB_10, "CNY", 12000 - 3010, 7000);
        as_of(&b, MAR_1 - 1, "CNY", 12000 - 3010, 7000);
        as_of(&b, MAR_1, "CNY", 12000, 0);
        verify_clean(&b);
        assert_int_equal(arc_receipt_return(b.session, r, MAR_10, "again"), ARC_E_STATE);
        assert_session_status(ARC_E_STATE, &b, arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        int64_t again = paid(&b, "R2", 1, "60.00", "CNY");
        (void)allocate(&b, one, again, 6000, 0);
        assert_int_equal(open_of(&b, one), 0);
        int64_t late = paid(&b, "R4", 1, "60.00", "CNY"), row = allocate(&b, two, late, 100, 0);
        assert_ok(arc_session_set_business_date(b.session, MAR_10));
        assert_session(&b, arc_allocation_reverse(b.session, NULL, row, MAR_10, "undone late"));
        assert_int_equal(arc_receipt_return(b.session, late, MAR_10 - 1, "it paid something until then"), ARC_E_RANGE);
        assert_session(&b, arc_receipt_return(b.session, late, MAR_10, "bounced"));
        as_of(&b, MAR_10 - 1, "CNY", 6000 - 100, 6000 - 100);
        int64_t nobody = paid(&b, "R3", 0, "5.00", "CNY");
        assert_int_equal(arc_receipt_settle(b.session, NULL, NULL, nobody, &two, NULL, 1, NULL), ARC_E_STATE); /* whose is it? */
        assert_session(&b, arc_receipt_return(b.session, nobody, MAR_1, "not ours"));
        assert_int_equal(booked(&b, "unidentified"), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Money on account and a credit note are paid back; one reversal takes it back. */
static void refunds(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t id, credit;
        open_book(&b, backend);
        int64_t cm = invoice(&b, "CM", 1, "-30.00", "USD"), r = paid(&b, "R", 1, "100.00", "USD"), nobody = paid(&b, "N", 0, "1.00", "USD");
        assert_int_equal(arc_receipt_refund(b.session, &id, r, cm, 0, MAR_1, "both"), ARC_E_INVALID);
        assert_int_equal(arc_receipt_refund(b.session, &id, nobody, 0, 0, MAR_1, "whose"), ARC_E_STATE);
        assert_int_equal(arc_receipt_refund(b.session, &id, r, 0, 10001, MAR_1, "too much"), ARC_E_GUARD);
        assert_session(&b, arc_receipt_refund(b.session, &id, r, 0, 4000, MAR_1, "paid twice"));
        assert_session(&b, arc_receipt_refund(b.session, &credit, 0, cm, 0, MAR_1, "goods came back"));
        assert_int_equal(left_of(&b, r), 6000);
        assert_int_equal(open_of(&b, cm), 0);
        assert_int_equal(booked(&b, "refund"), -7000);
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), 0);
        verify_clean(&b);
        assert_int_equal(arc_receipt_return(b.session, r, MAR_10, "bounced"), ARC_E_STATE);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, id, MAR_10, "it came back"));
        assert_int_equal(left_of(&b, r), 10000);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, credit, MAR_10, "it came back"));
        assert_int_equal(open_of(&b, cm), -3000);
        assert_int_equal(booked(&b, "refund"), 0);
        as_of(&b, MAR_1, "USD", 0, 6000);
        as_of(&b, MAR_10, "USD", -3000, 10000);
        verify_clean(&b);
        test_book_close(&b);
    }
}

static arc_status ask_for(test_book *b, arc_session *s, int64_t *id, const char *json)
{
    arc_record *r;
    (void)b;
    assert_ok(arc_record_new(s, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_write_off_request(s, id, r);
    arc_record_free(r);
    return st;
}

#define REQUEST(number, items, amount) \
    "{\"number\":\"" number "\",\"customer\":1,\"items\":" items ",\"currency\":\"CNY\",\"amount\":\"" amount "\",\"reason\":\"bankrupt\",\"note\":\"three letters\"}"

/* Asked for, approved, recovered in part and whole; against the allowance, or the expense where there is none. */
static void write_offs(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t w = 0, rejected = 0, direct = 0, row = 0;
        open_book(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, MAR_1));
        int64_t one = invoice(&b, "I1", 1, "100.00", "CNY"), two = invoice(&b, "I2", 1, "50.00", "CNY");
        assert_int_equal(ask_for(&b, b.session, &w, REQUEST("W0", "[1,1]", "10.00")), ARC_E_VALUE);
        assert_int_equal(ask_for(&b, b.session, &w, REQUEST("W0", "[1,99]", "10.00")), ARC_E_REFERENCE);
        assert_int_equal(ask_for(&b, b.session, &w, REQUEST("W0", "{}", "10.00")), ARC_E_VALUE);
        assert_int_equal(ask_for(&b, b.session, &w, REQUEST("W0", "[1,2]", "150.01")), ARC_E_GUARD);
        assert_session(&b, ask_for(&b, b.session, &w, REQUEST("W1", "[1,2]", "120.00")));
        assert_session(&b, ask_for(&b, b.session, &rejected, REQUEST("W2", "[2]", "50.00")));
        assert_session(&b, arc_write_off_reject(b.session, rejected, "call again"));
        assert_int_equal(arc_write_off_approve(b.session, NULL, rejected, ARC_DATE_NONE, "yes"), ARC_E_STATE);
        assert_session(&b, arc_write_off_approve(b.session, &row, w, ARC_DATE_NONE, "court of 1 March"));
        assert_int_equal(arc_write_off_approve(b.session, NULL, w, ARC_DATE_NONE, "again"), ARC_E_STATE);
        assert_int_equal(open_of(&b, one), 0);
        assert_int_equal(open_of(&b, two), 3000);
        assert_int_equal(booked(&b, "bad_debt_allowance"), 12000);
        assert_text(&b, ARC_WRITE_OFF_REQUEST, w, ARC_WRITE_OFF_REQUEST_STATUS, "approved");
        assert_text(&b, ARC_ALLOCATION, row, ARC_ALLOCATION_MODE, "write_off");
        assert_int_equal(arc_allocation_reverse(b.session, NULL, row, ARC_DATE_NONE, "by the back door"), ARC_E_STATE);
        verify_clean(&b);
        as_of(&b, MAR_1 - 1, "CNY", 15000, 0);
        as_of(&b, MAR_1, "CNY", 3000, 0);
        assert_int_equal(arc_write_off_recover(b.session, NULL, w, 12001, MAR_10, "too much"), ARC_E_GUARD);
        assert_session_status(ARC_E_RANGE, &b, arc_write_off_recover(b.session, NULL, w, 2500, MAR_10, "not yet"));
        assert_ok(arc_session_set_business_date(b.session, MAR_10));
        assert_session(&b, arc_write_off_recover(b.session, NULL, w, 2500, MAR_10, "the liquidator paid"));
        assert_int_equal(open_of(&b, one), 2500);
        assert_int_equal(booked(&b, "bad_debt_allowance"), 9500);
        int64_t r = paid(&b, "R", 1, "25.00", "CNY");
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.date = MAR_10;
        a.receipt = r;
        a.item = one;
        a.amount = 2500;
        assert_session(&b, arc_allocation_apply(b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        verify_clean(&b);
        assert_ok(arc_session_set_business_date(b.session, MAR_10 + 1));
        assert_session(&b, arc_write_off_recover(b.session, NULL, w, 0, MAR_10 + 1, "all of it"));
        assert_int_equal(open_of(&b, one), 7500);
        assert_int_equal(open_of(&b, two), 5000);
        assert_int_equal(booked(&b, "bad_debt_allowance"), 0);
        assert_int_equal(arc_write_off_recover(b.session, NULL, w, 0, MAR_10 + 1, "once more"), ARC_E_STATE);
        as_of(&b, MAR_1, "CNY", 3000, 2500); /* the money's value date is earlier */
        (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"ledger.provision_method\",\"value\":\"none\"}");
        (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"write_off.evidence\",\"value\":true}");
        assert_session(&b, ask_for(&b, b.session, &direct, REQUEST("W3", "[2]", "50.00")));
        assert_int_equal(arc_write_off_approve(b.session, NULL, direct, MAR_10 + 1, "direct"), ARC_E_REQUIRED);
        arc_attachment_new file = ARC_ATTACHMENT_NEW_INIT;
        file.entity = ARC_WRITE_OFF_REQUEST;
        file.row = direct;
        file.kind = "other";
        file.name = "ruling.pdf";
        file.media_type = "application/pdf";
        assert_session(&b, arc_attachment_add(b.session, NULL, &file, "%PDF", 4));
        assert_session(&b, arc_write_off_approve(b.session, NULL, direct, MAR_10 + 1, "direct"));
        assert_int_equal(booked(&b, "bad_debt_expense"), 5000);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Nobody approves his own request; only within his authority; who posted the customer's receipts never. */
static void write_offs_need_two(void **state)
{
    people p;
    int64_t w = 0;
    (void)state;
    people_open(&p, 0);
    assert_ok(arc_session_set_business_date(p.b.session, PEOPLE_DAY));
    (void)record_of(&p.b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\",\"owner\":4,\"team\":3,\"region\":1}");
    (void)record_of(&p.b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"CNY\",\"gross_amount\":\"60000.00\"}");
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "bob", "sales_manager");
    (void)people_grant(&p, "clerk", "finance_manager");
    (void)people_grant(&p, "eve", "cfo");
    people_start(&p);
    arc_session *manager = people_session(p.b.book, "bob"), *finance = people_session(p.b.book, "clerk"), *cfo = people_session(p.b.book, "eve");
    assert_int_equal(ask_for(&p.b, finance, &w, REQUEST("W", "[1]", "60000.00")), ARC_E_FORBIDDEN);
    assert_ok(ask_for(&p.b, manager, &w, REQUEST("W", "[1]", "60000.00")));
    assert_int_equal(arc_write_off_approve(manager, NULL, w, ARC_DATE_NONE, "mine"), ARC_E_FORBIDDEN);
    assert_int_equal(arc_write_off_approve(finance, NULL, w, ARC_DATE_NONE, "above 50,000"), ARC_E_FORBIDDEN);
    assert_ok(arc_write_off_approve(cfo, NULL, w, ARC_DATE_NONE, "yes"));
    assert_int_equal(open_of(&p.b, 1), 0);
    verify_clean(&p.b);
    people_close(&p);
}

/* A receipt that was found to be the customer's after it came in is his too: who recorded it, and who claimed it, write none of his debts off, even once it is nobody's again. */
static void claims_are_receipts(void **state)
{
    people p;
    int64_t w = 0, receipt = 0, id;
    (void)state;
    people_open(&p, 0);
    assert_ok(arc_session_set_business_date(p.b.session, PEOPLE_DAY));
    (void)record_of(&p.b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    (void)record_of(&p.b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    for (int i = 1; i <= 2; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\"}", i, i);
        (void)record_of(&p.b, ARC_INVOICE, json);
    }
    assert_session(&p.b, arc_role_define(p.b.session, &id, "{\"code\":\"all\",\"name\":\"All\",\"rows\":\"all\",\"verbs\":[\"*.*\"],"
                                                           "\"authority\":[{\"verb\":\"write_off_request.approve\",\"currency\":\"CNY\",\"amount\":\"1000.00\"}]}", SIZE_MAX));
    (void)people_grant(&p, "root", "admin");
    (void)people_grant(&p, "ann", "all");
    (void)people_grant(&p, "bob", "all");
    (void)people_grant(&p, "eve", "all");
    (void)people_grant(&p, "cash", "all");
    people_start(&p);
    arc_session *recorder = people_session(p.b.book, "ann"), *claimer = people_session(p.b.book, "bob"), *asks = people_session(p.b.book, "cash"), *other = people_session(p.b.book, "eve");
    arc_record *r;
    assert_ok(arc_record_new(recorder, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, "{\"number\":\"R\",\"value_date\":\"2026-02-01\",\"posting_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"5.00\"}", SIZE_MAX));
    assert_ok(arc_receipt_record(recorder, &receipt, r));
    arc_record_free(r);
    assert_ok(arc_receipt_claim(claimer, receipt, 1, PEOPLE_DAY));
    assert_ok(arc_receipt_unclaim(other, receipt, PEOPLE_DAY, "not his"));
    assert_ok(ask_for(&p.b, asks, &w, REQUEST("W", "[1]", "50.00")));
    assert_int_equal(arc_write_off_approve(recorder, NULL, w, ARC_DATE_NONE, "he recorded it"), ARC_E_FORBIDDEN);
    assert_int_equal(arc_write_off_approve(claimer, NULL, w, ARC_DATE_NONE, "he claimed it"), ARC_E_FORBIDDEN);
    assert_int_equal(arc_write_off_approve(other, NULL, w, ARC_DATE_NONE, "he took the claim back"), ARC_E_FORBIDDEN);
    assert_ok(arc_write_off_recall(asks, w, NULL));
    assert_ok(ask_for(&p.b, recorder, &w, REQUEST("V", "[1]", "50.00")));
    assert_ok(arc_write_off_approve(asks, NULL, w, ARC_DATE_NONE, "nothing of his came through his hands"));
    verify_clean(&p.b);
    arc_session_close(recorder);
    arc_session_close(claimer);
    arc_session_close(asks);
    arc_session_close(other);
    people_close(&p);
}

/* Small rests go without a request, up to the tolerance. */
static void small_differences(void **state)
{
    test_book b;
    int64_t id;
    (void)state;
    open_book(&b, 1);
    int64_t item = invoice(&b, "I", 1, "100.00", "CNY"), r = paid(&b, "R", 1, "99.40", "CNY");
    assert_int_equal(arc_item_give_up(b.session, NULL, item, ARC_DATE_NONE, "tail"), ARC_E_GUARD);
    assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default",
                                           "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"0.50\",\"percent\":\"10\"}]}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    (void)allocate(&b, item, r, 9940, 0);
    assert_int_equal(arc_item_give_up(b.session, NULL, item, ARC_DATE_NONE, "tail"), ARC_E_GUARD);
    int64_t s = paid(&b, "S", 1, "0.10", "CNY");
    (void)allocate(&b, item, s, 10, 0);
    assert_session(&b, arc_item_give_up(b.session, &id, item, ARC_DATE_NONE, "tail"));
    assert_int_equal(open_of(&b, item), 0);
    assert_int_equal(booked(&b, "small_difference"), 50);
    assert_int_equal(arc_item_give_up(b.session, NULL, item, ARC_DATE_NONE, "tail"), ARC_E_STATE);
    assert_session(&b, arc_allocation_reverse(b.session, NULL, id, ARC_DATE_NONE, "they paid"));
    assert_int_equal(booked(&b, "small_difference"), 0);
    verify_clean(&b);
    test_book_close(&b);
}

/* A debt changes hands with consent: both accounts, both control accounts, and back. */
static void transfers(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t id;
        open_book(&b, backend);
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        int64_t item = record_of(&b, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"USD\",\"gross_amount\":\"100.00\","
                                                  "\"fx_rate\":\"7.1\"}");
        assert_int_equal(arc_item_transfer(b.session, &id, item, 1, 0, MAR_1, "consent"), ARC_E_STATE);
        assert_int_equal(arc_item_transfer(b.session, &id, item, 2, 10001, MAR_1, "consent"), ARC_E_GUARD);
        assert_int_equal(arc_item_transfer(b.session, &id, item, 2, 0, MAR_1, NULL), ARC_E_INVALID);
        assert_session(&b, arc_item_transfer(b.session, &id, item, 2, 4000, MAR_1, "letter of 28 February"));
        assert_int_equal(open_of(&b, item), 6000);
        assert_int_equal(open_of(&b, item + 2), 4000);
        assert_int_equal(date_of(&b, ARC_ITEM, item + 2, ARC_ITEM_DUE_DATE), 20484);
        assert_int_equal(field_of(&b, ARC_ITEM_STATE, item + 2, ARC_ITEM_STATE_BASE_OPEN), 28400);
        assert_int_equal(booked(&b, "receivable"), 10000);
        assert_int_equal(booked(&b, "transfer"), 0);
        as_of(&b, MAR_1 - 1, "USD", 10000, 0);
        as_of(&b, MAR_1, "USD", 10000, 0);
        verify_clean(&b);
        assert_session(&b, arc_allocation_reverse(b.session, NULL, id, MAR_10, "consent withdrawn"));
        assert_int_equal(open_of(&b, item), 10000);
        assert_int_equal(field_of(&b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_BASE_OPEN), 71000);
        assert_int_equal(open_of(&b, item + 2), 0);
        assert_int_equal(booked(&b, "receivable"), 10000);
        verify_clean(&b);
        assert_session(&b, arc_item_transfer(b.session, &id, item, 2, 0, MAR_10, "again"));
        assert_int_equal(open_of(&b, item), 0);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* The due date moves, and moves back; only the last extension, in order. */
static void extensions(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        int64_t first, second;
        open_book(&b, backend);
        int64_t item = invoice(&b, "I", 1, "100.00", "CNY");
        assert_int_equal(arc_item_extend(b.session, NULL, item, 20484, MAR_1, "no later"), ARC_E_RANGE);
        assert_session(&b, arc_item_extend(b.session, &first, item, MAR_10, FEB_10, "agreed"));
        assert_int_equal(arc_item_extend(b.session, NULL, item, MAR_10 + 9, FEB_10 - 1, "before the last"), ARC_E_RANGE);
        assert_session(&b, arc_item_extend(b.session, &second, item, MAR_10 + 9, MAR_1, "agreed again"));
        assert_int_equal(date_of(&b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_DUE_DATE), MAR_10 + 9);
        assert_int_equal(date_of(&b, ARC_ITEM, item, ARC_ITEM_DUE_DATE), 20484);
        verify_clean(&b);
        assert_int_equal(arc_adjustment_reverse(b.session, NULL, first, MAR_10, "not this one"), ARC_E_STATE);
        assert_session(&b, arc_adjustment_reverse(b.session, NULL, second, MAR_10, "broken promise"));
        assert_int_equal(date_of(&b, ARC_ITEM_STATE, item, ARC_ITEM_STATE_DUE_DATE), MAR_10);
        verify_clean(&b);
        int64_t r = paid(&b, "R", 1, "100.00", "CNY");
        (void)allocate(&b, item, r, 10000, 0);
        assert_int_equal(arc_item_extend(b.session, NULL, item, MAR_10 + 30, 20601, "paid already"), ARC_E_STATE);
        test_book_close(&b);
    }
}

/* Netting: an offset receipt with its agreement, through the clearing account; returned, it is undone. */
static void nettings(void **state)
{
    test_book b;
    arc_record *r;
    static const char json[] = "{\"number\":\"N\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"70.00\",\"method\":\"offset\"}";
    (void)state;
    open_book(&b, 0);
    int64_t item = invoice(&b, "I", 1, "100.00", "CNY");
    assert_ok(arc_record_new(b.session, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session_status(ARC_E_REQUIRED, &b, arc_receipt_record(b.session, NULL, r));
    arc_record_free(r);
    int64_t n = record_of(&b, ARC_RECEIPT, "{\"number\":\"N\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"70.00\",\"method\":\"offset\","
                                           "\"evidence\":\"netting agreement 2026-01\"}");
    (void)allocate(&b, item, n, 7000, 0);
    assert_int_equal(booked(&b, "clearing"), 7000);
    assert_int_equal(booked(&b, "bank"), 0);
    verify_clean(&b);
    assert_session(&b, arc_receipt_return(b.session, n, ARC_DATE_NONE, "agreement void"));
    assert_int_equal(booked(&b, "clearing"), 0);
    assert_int_equal(open_of(&b, item), 10000);
    verify_clean(&b);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(claims), cmocka_unit_test(returns), cmocka_unit_test(refunds), cmocka_unit_test(write_offs),
                                        cmocka_unit_test(write_offs_need_two), cmocka_unit_test(claims_are_receipts), cmocka_unit_test(small_differences), cmocka_unit_test(transfers),
                                        cmocka_unit_test(extensions), cmocka_unit_test(nettings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
