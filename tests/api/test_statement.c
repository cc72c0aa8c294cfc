/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of account: every movement once, and a closing balance that is the aging's. */
#include "api/ledger_kit.h"

static arc_statement *statement_of(test_book *b, arc_date from, arc_date to, uint32_t flags)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement *s;
    o.customer = 1;
    o.from = from;
    o.to = to;
    o.flags = flags;
    assert_session(b, arc_statement_compute(b->session, &s, &o));
    return s;
}

/* What the aging as of a day says the customer owes. */
static int64_t aged(test_book *b, arc_date on, int64_t *unapplied)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging *a;
    o.as_of = on;
    o.customer = 1;
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    if (arc_aging_total(a, &row, "CNY") != ARC_OK) row.total = row.unapplied = 0;
    arc_aging_free(a);
    *unapplied = row.unapplied;
    return row.total;
}

static void check_ties(test_book *b, arc_date on)
{
    arc_statement_info f = ARC_STATEMENT_INFO_INIT;
    arc_statement_row row = ARC_STATEMENT_ROW_INIT;
    int64_t unapplied, open = 0, total = aged(b, on, &unapplied);
    arc_statement *s = statement_of(b, on - 20, on, ARC_STATEMENT_OPEN_ITEMS);
    assert_ok(arc_statement_get_info(s, &f));
    assert_int_equal(f.closing, total - unapplied);
    assert_int_equal(f.unapplied, unapplied);
    assert_int_equal(f.closing, f.opening + f.debit - f.credit);
    for (uint32_t i = 0; i < f.n_open; i++) {
        assert_ok(arc_statement_get_open(s, &row, i));
        open += row.debit - row.credit;
    }
    assert_int_equal(open, total);
    for (uint32_t i = 0; i < f.n_rows; i++) assert_ok(arc_statement_get_row(s, &row, i));
    if (f.n_rows) assert_int_equal(row.balance, f.closing);
    arc_statement_free(s);
    arc_statement_info before = ARC_STATEMENT_INFO_INIT; /* what was owed before is where it starts */
    s = statement_of(b, ARC_DATE_NONE, on - 21, 0);
    assert_ok(arc_statement_get_info(s, &before));
    assert_int_equal(before.closing, f.opening);
    assert_int_equal(before.opening, 0);
    arc_statement_free(s);
}

static void invoice(test_book *b, const char *number, const char *day, const char *due, const char *amount)
{
    char json[300];
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"%s\",\"due_date\":\"%s\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"}", number, day, due, amount);
    assert_ok(arc_record_new(b->session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_invoice_record(b->session, NULL, r));
    arc_record_free(r);
}

static void receipt(test_book *b, const char *number, const char *day, const char *amount)
{
    char json[300];
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, day, amount);
    assert_ok(arc_record_new(b->session, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_receipt_record(b->session, NULL, r));
    arc_record_free(r);
}

#define DAY(n) (20454 + (n)) /* 2026-01-01 and n days */

static void fill(test_book *b)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    assert_ok(arc_session_set_business_date(b->session, DAY(120)));
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"东方钢铁有限公司\"}");
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"B\"}");
    invoice(b, "I1", "2026-01-05", "2026-02-05", "1000.00");
    invoice(b, "I2", "2026-02-01", "2026-03-01", "500.00");
    invoice(b, "I3", "2026-02-10", "2026-02-10", "-100.00"); /* a credit note */
    receipt(b, "R1", "2026-02-20", "980.00");
    receipt(b, "R2", "2026-03-20", "300.00");
    a.item = 1;
    a.receipt = 1;
    a.amount = 98000;
    a.discount = 2000;
    a.date = DAY(55);
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    a.item = 2;
    a.receipt = 0;
    a.credit_item = 3;
    a.amount = 10000;
    a.discount = 0;
    a.date = DAY(60);
    assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    a.credit_item = 0;
    a.receipt = 2;
    a.amount = 25000;
    a.write_off = 100;
    a.date = DAY(80);
    assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session(b, arc_allocation_reverse(b->session, NULL, id, DAY(90), "bounced"));
}

static void closes_like_the_aging(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        test_book_open(&b, backend);
        fill(&b);
        for (int day = 0; day <= 120; day += backend ? 10 : 1) check_ties(&b, DAY(day));
        test_book_close(&b);
    }
}

static void reads_well(void **state)
{
    test_book b;
    char text[4000];
    size_t n = sizeof text;
    (void)state;
    test_book_open(&b, 0);
    fill(&b);
    arc_statement *s = statement_of(&b, DAY(31), DAY(95), ARC_STATEMENT_OPEN_ITEMS);
    assert_ok(arc_statement_text(s, text, &n, "en"));
    assert_string_equal(text,
        "Statement of account  C1  东方钢铁有限公司  (CNY)\n"
        "Period: 2026-02-01 .. 2026-04-06\n"
        "\n"
        "Date        Kind               Number                Due                    Debit            Credit           Balance\n"
        "            Opening balance                                                                                   1000.00\n"
        "2026-02-01  Invoiced           I2                    2026-03-01            500.00                             1500.00\n"
        "2026-02-10  Credit             I3                    2026-02-10                              100.00           1400.00\n"
        "2026-02-20  Receipt            R1                                                            980.00            420.00\n"
        "2026-02-25  Cash discount      I1                                                             20.00            400.00\n"
        "2026-03-20  Receipt            R2                                                            300.00            100.00\n"
        "2026-03-22  Write-off          I2                                                              1.00             99.00\n"
        "2026-04-01  Cash discount      I1                                           20.00                              119.00\n"
        "            Total                                                          520.00           1401.00\n"
        "            Closing balance                                                                                    119.00\n"
        "            of which not yet applied                                                                          1030.00\n"
        "            overdue                                                                                           1149.00\n"
        "\n"
        "Open items\n"
        "2026-01-05  Invoiced           I1                    2026-02-05           1000.00                             1000.00\n"
        "2026-02-01  Invoiced           I2                    2026-03-01            149.00                              500.00\n");
    n = sizeof text;
    assert_ok(arc_statement_text(s, text, &n, "zh"));
    assert_non_null(strstr(text, "2026-03-20  回款               R2 "));
    n = sizeof text;
    assert_ok(arc_statement_json(s, text, &n));
    assert_non_null(strstr(text, "\"closing\":\"119.00\""));
    n = 10;
    assert_int_equal(arc_statement_json(s, text, &n), ARC_E_BUFFER);
    assert_int_equal(arc_statement_text(s, text, &n, "fr"), ARC_E_INVALID);
    arc_statement_free(s);
    assert_int_equal(arc_statement_text(s, text, &n, "en"), ARC_E_HANDLE);
    test_book_close(&b);
}

static void bad_questions(void **state)
{
    test_book b;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement *s;
    (void)state;
    test_book_open(&b, 0);
    fill(&b);
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_statement_compute(b.session, &s, &o));
    assert_null(s);
    o.customer = 1;
    o.from = DAY(10);
    o.to = DAY(9);
    assert_session_status(ARC_E_RANGE, &b, arc_statement_compute(b.session, &s, &o));
    o.to = DAY(10);
    memcpy(o.currency, "XYZ", 4);
    assert_session_status(ARC_E_CURRENCY, &b, arc_statement_compute(b.session, &s, &o));
    memcpy(o.currency, "USD", 4);
    o.flags = 4;
    assert_session_status(ARC_E_INVALID, &b, arc_statement_compute(b.session, &s, &o));
    o.flags = 0;
    assert_session(&b, arc_statement_compute(b.session, &s, &o));
    arc_statement_info f = ARC_STATEMENT_INFO_INIT;
    assert_ok(arc_statement_get_info(s, &f));
    assert_int_equal(f.n_rows, 0);
    arc_statement_row row = ARC_STATEMENT_ROW_INIT;
    assert_int_equal(arc_statement_get_row(s, &row, 0), ARC_E_RANGE);
    assert_int_equal(arc_statement_get_info(s, NULL), ARC_E_INVALID);
    arc_statement_free(s);
    test_book_close(&b);
}

static int64_t letter_money(test_book *b, arc_field_id field)
{
    arc_record *r;
    arc_money m = { 0 };
    assert_session(b, arc_session_get(b->session, &r, ARC_STATEMENT_LETTER, 1));
    assert_ok(arc_record_get_money(r, &m, field));
    arc_record_free(r);
    return m.minor;
}

static void letter_is(test_book *b, const char *status)
{
    arc_record *r;
    const char *s;
    size_t n;
    assert_session(b, arc_session_get(b->session, &r, ARC_STATEMENT_LETTER, 1));
    assert_ok(arc_record_get_text(r, &s, &n, ARC_STATEMENT_LETTER_STATUS));
    assert_int_equal(n, strlen(status));
    assert_memory_equal(s, status, n);
    arc_record_free(r);
}

/* draft, sent, differs, confirmed: nothing else, and the figures are those that were sent. */
static void letters_are_answered(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
        int64_t id = 0, theirs = 10000;
        test_book_open(&b, backend);
        fill(&b);
        o.customer = 1;
        o.from = DAY(31);
        o.to = DAY(95);
        assert_session_status(ARC_E_NOT_FOUND, &b, arc_statement_letter_make(b.session, &id, &o, NULL)); /* no series */
        assert_session(&b, arc_statement_letter_make(b.session, &id, &o, "L-1"));
        assert_session_status(ARC_E_EXISTS, &b, arc_statement_letter_make(b.session, NULL, &o, "L-1"));
        assert_int_equal(letter_money(&b, ARC_STATEMENT_LETTER_CLOSING), 11900);
        assert_session_status(ARC_E_STATE, &b, arc_statement_letter_confirm(b.session, id, DAY(99), "Li", NULL, 0));
        assert_session_status(ARC_E_RANGE, &b, arc_statement_letter_send(b.session, id, DAY(94)));
        assert_session(&b, arc_statement_letter_send(b.session, id, DAY(96)));
        assert_session_status(ARC_E_STATE, &b, arc_statement_letter_send(b.session, id, DAY(97)));
        assert_session_status(ARC_E_RANGE, &b, arc_statement_letter_confirm(b.session, id, DAY(95), "Li", NULL, 0));
        assert_session_status(ARC_E_INVALID, &b, arc_statement_letter_confirm(b.session, id, DAY(97), NULL, NULL, 0));
        assert_session_status(ARC_E_REFERENCE, &b, arc_statement_letter_confirm(b.session, id, DAY(97), "Li", NULL, 999));
        assert_session(&b, arc_statement_letter_confirm(b.session, id, DAY(97), "Li", &theirs, 0));
        letter_is(&b, "differs");
        assert_int_equal(letter_money(&b, ARC_STATEMENT_LETTER_DIFFERENCE), -1900);
        receipt(&b, "R9", "2026-04-01", "1.00"); /* what comes later moves no letter */
        assert_int_equal(letter_money(&b, ARC_STATEMENT_LETTER_CLOSING), 11900);
        theirs = 11900;
        assert_session(&b, arc_statement_letter_confirm(b.session, id, DAY(98), "Wang", &theirs, 0));
        letter_is(&b, "confirmed");
        assert_session_status(ARC_E_STATE, &b, arc_statement_letter_confirm(b.session, id, DAY(99), "Li", NULL, 0));
        assert_session_status(ARC_E_NOT_FOUND, &b, arc_statement_letter_send(b.session, 99, DAY(99)));
        test_book_close(&b);
    }
}

static void letters_are_printed(void **state)
{
    test_book b;
    int64_t letter = 0, theirs = 90000;
    char text[4000];
    size_t n = sizeof text;
    (void)state;
    open_book(&b, 1);
    (void)record_of(&b, ARC_INVOICE, "{\"number\":\"I1\",\"customer\":1,\"invoice_date\":\"2026-05-10\",\"due_date\":\"2026-06-30\",\"currency\":\"CNY\",\"gross_amount\":\"1000.00\"}");
    (void)record_of(&b, ARC_RECEIPT, "{\"number\":\"R1\",\"customer\":1,\"value_date\":\"2026-05-20\",\"currency\":\"CNY\",\"amount\":\"150.00\"}");
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.customer = 1;
    o.from = 20574; /* 2026-05-01 */
    o.to = 20600;
    assert_session(&b, arc_statement_letter_make(b.session, &letter, &o, "L-1"));
    assert_session(&b, arc_statement_letter_text(b.session, text, &n, letter, "zh"));
    assert_string_equal(text, "对账函\n\n编号: L-1\n致: C (C)\n发函日期: \n\n截至下列日期，贵公司在本公司账上的往来余额如下。请核对后在下方注明是否相符，盖章签字后寄回。\n本函仅为核对账目之用，并非催款结算。\n\n"
                              "  对账期间: 2026-05-01 .. 2026-05-27    币种: CNY\n\n"
                              "  期初余额                                                0.00\n"
                              "  本期应收                                             1000.00\n"
                              "  本期收款及冲减                                        150.00\n"
                              "  期末余额（贵公司欠款）                                850.00\n"
                              "  其中：已收款尚未核销                                  150.00\n"
                              "\n[ ] 信息证明无误，余额相符。\n[ ] 信息不符。\n    贵公司账面余额: ____________________\n    差异金额: ____________________\n    不符原因: ____________________\n\n"
                              "盖章: ____________________    确认人: ____________________    日期: __________\n");
    assert_session(&b, arc_statement_letter_send(b.session, letter, 20601));
    assert_ok(arc_session_set_business_date(b.session, 20610));
    assert_session(&b, arc_statement_letter_confirm(b.session, letter, 20610, "Li", &theirs, 0));
    n = sizeof text;
    assert_session(&b, arc_statement_letter_text(b.session, text, &n, letter, "en"));
    const char *const said[] = { "Sent on: 2026-05-28\n", "[ ] The balance agrees", "[x] The balance does not agree", "Confirmed by: Li    Date: 2026-06-06\n" };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) assert_non_null(strstr(text, said[i]));
    assert_true(strstr(text, " 900.00\n") && strstr(text, " 50.00\n") && strstr(text, " 850.00\n"));
    n = 3;
    assert_session_status(ARC_E_BUFFER, &b, arc_statement_letter_text(b.session, text, &n, letter, "en"));
    assert_session_status(ARC_E_INVALID, &b, arc_statement_letter_text(b.session, text, &n, letter, "fr"));
    n = sizeof text;
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_statement_letter_text(b.session, text, &n, 99, "en"));
    arc_statement *s[2];
    arc_status results[2];
    const int64_t who[2] = { 1, 77 }, twice[2] = { 1, 1 };
    o.customer = 0;
    assert_session_status(ARC_PARTIAL, &b, arc_statement_compute_many(b.session, s, results, &o, who, 2));
    assert_true(s[0] && !s[1] && results[0] == ARC_OK && results[1] == ARC_E_NOT_FOUND);
    arc_statement_free(s[0]);
    assert_session_status(ARC_E_INVALID, &b, arc_statement_compute_many(b.session, s, results, &o, twice, 2));
    assert_true(!s[0] && !s[1]);
    o.customer = 1;
    assert_session_status(ARC_E_INVALID, &b, arc_statement_compute_many(b.session, s, results, &o, who, 2));
    test_book_close(&b);
}

/* ---- many ---- */

enum { MANY = 1203 };

typedef struct heard {
    test_book *b;
    const int64_t *ids;
    int n, stop;
} heard;

/* Each is what the call for one gives, in the order of the call. */
static int32_t hear(void *user, int64_t letter, const char *text, size_t len)
{
    heard *h = user;
    assert_int_equal(letter, h->ids[h->n]);
    assert_int_equal(strlen(text), len);
    assert_non_null(strstr(text, "CONFIRMATION OF BALANCE"));
    return ++h->n == h->stop;
}

static void letters_of_many(void **state)
{
    static int64_t customers[MANY], ids[MANY];
    static arc_status results[MANY];
    static arc_ledger_step steps[MANY];
    test_book b;
    char json[200];
    (void)state;
    open_book(&b, 1);
    (void)record_of(&b, ARC_NUMBER_SERIES, "{\"code\":\"statement_letter\",\"period\":\"\",\"pattern\":\"L-{n:5}\",\"gapless\":true}");
    for (int i = 0; i < MANY; i++) {
        snprintf(json, sizeof json, "{\"code\":\"M%d\",\"legal_name\":\"M\"}", i);
        customers[MANY - 1 - i] = record_of(&b, ARC_CUSTOMER, json); /* descending */
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"2026-05-10\",\"due_date\":\"2026-06-30\",\"currency\":\"CNY\",\"gross_amount\":\"%d.00\"}", i,
                 (int)customers[MANY - 1 - i], i + 1);
        (void)record_of(&b, ARC_INVOICE, json);
    }
    customers[3] = 999999;
    customers[4] = customers[5];
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.from = 20574;
    o.to = 20600;
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_statement_letter_make_many(b.session, ids, results, &o, customers, MANY, ARC_ALL_OR_NONE));
    assert_session_status(ARC_PARTIAL, &b, arc_statement_letter_make_many(b.session, ids, results, &o, customers, MANY, 0));
    for (int i = 0; i < MANY; i++) {
        const arc_status should = i == 3 ? ARC_E_NOT_FOUND : i == 5 ? ARC_E_EXISTS : ARC_OK;
        char number[16];
        arc_record *r;
        const char *is;
        assert_int_equal(results[i], should);
        assert_int_equal(ids[i] != 0, should == ARC_OK);
        if (should != ARC_OK || i % 97) continue;
        snprintf(number, sizeof number, "L-%05d", i + 1 - (i > 3) - (i > 5));
        assert_session(&b, arc_session_get(b.session, &r, ARC_STATEMENT_LETTER, ids[i]));
        assert_ok(arc_record_get_text(r, &is, NULL, ARC_STATEMENT_LETTER_NUMBER));
        assert_string_equal(is, number);
        arc_record_free(r);
        assert_int_equal(field_of(&b, ARC_STATEMENT_LETTER, ids[i], ARC_STATEMENT_LETTER_CLOSING), (MANY - i) * 100);
    }
    ids[3] = ids[0];
    ids[5] = ids[1];
    heard h = { &b, ids, 0, 0 };
    assert_session(&b, arc_statement_letter_texts(b.session, ids, MANY, "en", hear, &h));
    assert_int_equal(h.n, MANY);
    h = (heard){ &b, ids, 0, 7 };
    assert_session_status(ARC_E_CANCELLED, &b, arc_statement_letter_texts(b.session, ids, MANY, "en", hear, &h));
    assert_int_equal(h.n, 7);
    h = (heard){ &b, ids, 0, 0 };
    ids[MANY - 1] = 999999; /* nothing is told of the others either */
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_statement_letter_texts(b.session, ids, MANY, "en", hear, &h));
    assert_int_equal(h.n, 0);
    assert_session_status(ARC_E_INVALID, &b, arc_statement_letter_texts(b.session, ids, MANY, "fr", hear, &h));
    assert_session_status(ARC_E_INVALID, &b, arc_statement_letter_texts(b.session, ids, MANY, "en", NULL, NULL));
    for (int i = 0; i < MANY; i++) {
        (void)arc_ledger_step_init(&steps[i]);
        steps[i].row = ids[i];
        steps[i].date = i == 8 ? 20599 : 20601;
    }
    assert_session_status(ARC_PARTIAL, &b, arc_statement_letter_send_many(b.session, NULL, results, steps, MANY, 0));
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(results[i], i == 3 || i == 5 ? ARC_E_EXISTS : i == 8 ? ARC_E_RANGE : i == MANY - 1 ? ARC_E_NOT_FOUND : ARC_OK);
    }
    assert_session_status(ARC_E_STATE, &b, arc_statement_letter_send(b.session, ids[0], 20601));
    verify_clean(&b);
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(closes_like_the_aging), cmocka_unit_test(reads_well), cmocka_unit_test(bad_questions),
                                        cmocka_unit_test(letters_are_answered), cmocka_unit_test(letters_are_printed), cmocka_unit_test(letters_of_many) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
