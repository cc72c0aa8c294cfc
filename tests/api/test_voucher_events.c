/* SPDX-License-Identifier: Apache-2.0 */
/* What each event says to a general ledger, with the Chinese accounts: a table that grows with the verbs. The sums of all that was said balance, and the control account is what is
 * open. */
#include "api/voucher_world.h"

typedef struct ledger {
    test_book *b;
    int64_t invoice, receipt, item; /* the newest ones */
    int documents;
} ledger;

static void invoice(ledger *l, const char *gross, const char *tax, const char *currency)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"%s\",\"gross_amount\":\"%s\",\"tax_amount\":\"%s\"}",
             ++l->documents, currency, gross, tax);
    assert_session(l->b, world_json(l->b->session, &l->invoice, ARC_INVOICE, json));
    arc_query *q;
    arc_cursor *c;
    assert_ok(arc_query_new(l->b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, l->invoice));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &l->item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
}

static void receipt(ledger *l, const char *amount, const char *currency, const char *extra)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"R%d\",\"value_date\":\"2026-01-10\",\"currency\":\"%s\",\"amount\":\"%s\"%s}", ++l->documents, currency, amount, extra);
    assert_session(l->b, world_json(l->b->session, &l->receipt, ARC_RECEIPT, json));
}

static int64_t allocate(ledger *l, int64_t amount, int64_t discount, int64_t write_off, const char *reason_code)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    a.item = l->item;
    a.receipt = l->receipt;
    a.amount = amount;
    a.discount = discount;
    a.write_off = write_off;
    a.reason_code = reason_code;
    assert_session(l->b, arc_allocation_apply(l->b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

/* The voucher of what was just posted, in base currency too where that differs. */
static void base_says(ledger *l, const char *expected)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    char got[2000];
    assert_session(l->b, arc_voucher_export(l->b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 400, NULL));
    assert_int_equal(sum.n_vouchers, 1);
    world_spell(l->b, sum.first, 1, got, sizeof got);
    assert_string_equal(got, expected);
}

static const char ours[] = ",\"customer\":1";

static void money_in(ledger *l)
{
    invoice(l, "113000.00", "13000.00", "CNY");
    world_says(l->b, "D 1122 113000.00 C1|C 6001 100000.00|C 2221.01.07 13000.00");
    receipt(l, "5.00", "CNY", "");
    world_says(l->b, "D 1002 5.00|C 2241 5.00"); /* unidentified */
    receipt(l, "113000.00", "CNY", ours);
    world_says(l->b, "D 1002 113000.00|C 2203 113000.00 C1"); /* on account */
    int64_t id = allocate(l, 11300000, 0, 0, NULL);
    world_says(l->b, "D 2203 113000.00 C1|C 1122 113000.00 C1"); /* with the line before: 1002 to 1122 */
    assert_session(l->b, arc_allocation_reverse(l->b->session, NULL, id, ARC_DATE_NONE, "wrong"));
    world_says(l->b, "C 2203 113000.00 C1|D 1122 113000.00 C1");
}

static void less_than_asked(ledger *l)
{
    static const struct {
        int64_t discount, write_off;
        const char *reason, *says;
    } rows[] = {
        { 0, 2000, "bank_fee", "D 2203 980.00 C1|C 1122 1000.00 C1|D 6603.02 20.00" },
        { 2000, 0, NULL, "D 2203 980.00 C1|C 1122 1000.00 C1|D 6603.04 20.00" },
        { 0, 2000, NULL, "D 2203 980.00 C1|C 1122 1000.00 C1|D 6603.05 20.00" },
        { 0, 2000, "damage", "D 2203 980.00 C1|C 1122 1000.00 C1|D 6601 20.00" },
        { 0, 2000, "bad_debt", "D 2203 980.00 C1|C 1122 1000.00 C1|D 1231 20.00" },
    };
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        invoice(l, "1000.00", "0.00", "CNY");
        receipt(l, "980.00", "CNY", ours);
        assert_session(l->b, arc_voucher_export(l->b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 400, NULL));
        (void)allocate(l, 98000, rows[i].discount, rows[i].write_off, rows[i].reason);
        world_says(l->b, rows[i].says);
    }
}

/* Negative on the sides of the invoice, whatever way it is taken back. */
static void taken_back(ledger *l)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    char got[2000];
    invoice(l, "113.00", "13.00", "CNY");
    world_says(l->b, "D 1122 113.00 C1|C 6001 100.00|C 2221.01.07 13.00");
    n.invoice = l->invoice;
    n.date = WORLD_JAN + 20;
    n.number = "K1";
    n.reason_code = "return";
    n.reason = "sent back";
    assert_session(l->b, arc_invoice_credit(l->b->session, NULL, &n));
    assert_session(l->b, arc_voucher_export(l->b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 400, NULL));
    world_spell(l->b, sum.first, 0, got, sizeof got);
    assert_string_equal(got, "D 1122 -113.00 C1 red|C 6001 -100.00 red|C 2221.01.07 -13.00 red");
}

static void currencies(ledger *l)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    static const char *const rates[][2] = { { "2026-01-01", "7.10" }, { "2026-01-10", "7.15" } };
    for (int i = 0; i < 2; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"%s\",\"units\":1,\"rate\":\"%s\"}", rates[i][0], rates[i][1]);
        (void)sample_insert(l->b->session, ARC_EXCHANGE_RATE, json);
    }
    invoice(l, "100.00", "0.00", "USD");
    base_says(l, "D 1122 710.00 C1|C 6001 710.00");
    receipt(l, "100.00", "USD", ours);
    base_says(l, "D 1002 715.00|C 2203 715.00 C1");
    (void)allocate(l, 10000, 0, 0, NULL);
    base_says(l, "D 2203 715.00 C1|C 1122 710.00 C1|C 6603.03 5.00"); /* realised: +5 */
    assert_session(l->b, arc_voucher_export(l->b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 400, NULL));
    assert_int_equal(sum.n_vouchers, 0);
}

static void every_backend(void **state)
{
    static void (*const parts[])(ledger *) = { money_in, less_than_asked, taken_back, currencies };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            test_book b;
            ledger l = { &b, 0, 0, 0, 0 };
            test_book_open(&b, backend);
            assert_ok(arc_session_set_business_date(b.session, WORLD_JAN + 40));
            voucher_world(&b);
            parts[i](&l);
            world_verify(&b);
            test_book_close(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_backend) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
