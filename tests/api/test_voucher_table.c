/* SPDX-License-Identifier: Apache-2.0 */
/* What every event says to a general ledger, row by row of the accounting table, in the accounts of both maps that are shipped. A row an engine does not stand for yet is named in docs/journal.md. */
#include "api/voucher_world.h"

#define DAY(n) (WORLD_JAN + (n))

/* All that was posted since the last time, voucher by voucher; base: in base currency. */
static void ledger_says(test_book *b, const char *ledger, const char *map, int base, const char *expected)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    char got[4000] = "";
    o.map = map;
    assert_session(b, arc_voucher_export(b->session, &sum, ledger, ARC_DATE_NONE, DAY(400), &o));
    for (int64_t id = sum.first; id && id <= sum.last; id++) {
        size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s", n ? " ; " : "");
        world_spell(b, id, base, got + strlen(got), sizeof got - strlen(got));
    }
    if (strcmp(got, expected) != 0) fail_msg("%s: %s\nexpected %s", ledger, got, expected);
}

static void says(test_book *b, const char *china, const char *generic)
{
    ledger_says(b, "CN", "main", 0, china);
    ledger_says(b, "US", "generic", 0, generic);
}

static void says_base(test_book *b, const char *china, const char *generic)
{
    ledger_says(b, "CN", "main", 1, china);
    ledger_says(b, "US", "generic", 1, generic);
}

/* Posted, and looked at before. */
static void seen(test_book *b)
{
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    assert_session(b, arc_voucher_export(b->session, NULL, "CN", ARC_DATE_NONE, DAY(400), &o));
    o.map = "generic";
    assert_session(b, arc_voucher_export(b->session, NULL, "US", ARC_DATE_NONE, DAY(400), &o));
}

static int64_t post(test_book *b, uint32_t entity, const char *json)
{
    int64_t id = 0;
    assert_session(b, world_json(b->session, &id, entity, json));
    return id;
}

/* An invoice over a gross amount; its item has the returned id. */
static int64_t claim(test_book *b, const char *number, const char *gross, const char *tax, const char *more)
{
    char json[500];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"%s\",\"tax_amount\":\"%s\"%s}",
             number, gross, tax, more);
    (void)post(b, ARC_INVOICE, json);
    int64_t last = 0;
    arc_query *q;
    arc_cursor *c;
    arc_field_id field = ARC_ITEM_ID;
    assert_session(b, arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &last, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return last;
}

static int64_t money(test_book *b, const char *number, const char *amount, const char *more)
{
    char json[600];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"value_date\":\"2026-01-10\",\"currency\":\"CNY\",\"amount\":\"%s\"%s}", number, amount, more);
    return post(b, ARC_RECEIPT, json);
}
#define OF_C1 ",\"customer\":1"

static int64_t apply(test_book *b, int64_t receipt, int64_t item, int64_t amount, int64_t discount, int64_t write_off, const char *why)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.receipt = receipt;
    a.item = item;
    a.amount = amount;
    a.discount = discount;
    a.write_off = write_off;
    a.reason_code = why;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

static int64_t issue(test_book *b, uint32_t flags, const char *header, const char *const *lines)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *records[8];
    int64_t id = 0;
    d.flags = flags;
    assert_ok(arc_record_new(b->session, &d.invoice, ARC_INVOICE));
    assert_ok(arc_record_set_json(d.invoice, header, SIZE_MAX));
    for (; lines[d.n_lines]; d.n_lines++) {
        assert_ok(arc_record_new(b->session, &records[d.n_lines], ARC_INVOICE_LINE));
        assert_ok(arc_record_set_json(records[d.n_lines], lines[d.n_lines], SIZE_MAX));
    }
    d.lines = records;
    assert_session(b, arc_invoice_issue_document(b->session, &id, &d));
    for (uint32_t i = 0; i < d.n_lines; i++) arc_record_free(records[i]);
    arc_record_free(d.invoice);
    return id;
}
#define ISSUE(b, flags, header, ...) issue(b, flags, header, (const char *const[]){ __VA_ARGS__, NULL })
#define HEADER(number) "{\"number\":\"" number "\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-06\",\"due_date\":\"2026-02-05\"}"
#define LINE(net) "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"" net "\",\"tax_rate\":\"0.13\"}"

static void invoices_and_receipts(test_book *b)
{
    int64_t item = claim(b, "I1", "113000.00", "13000.00", "");
    says(b, "D 1122 113000.00 C1|C 6001 100000.00|C 2221.01.07 13000.00", "D 1100 113000.00 C1|C 4000 100000.00|C 2200 13000.00");
    int64_t receipt = money(b, "R1", "113000.00", OF_C1);
    says(b, "D 1002 113000.00|C 2203 113000.00 C1", "D 1000 113000.00|C 2100 113000.00 C1");
    (void)apply(b, receipt, item, 11300000, 0, 0, NULL);
    says(b, "D 2203 113000.00 C1|C 1122 113000.00 C1", "D 2100 113000.00 C1|C 1100 113000.00 C1");
    receipt = money(b, "R2", "500.00", "");
    says(b, "D 1002 500.00|C 2241 500.00", "D 1000 500.00|C 2110 500.00"); /* nobody knows whose it is */
    assert_session(b, arc_receipt_claim(b->session, receipt, 1, DAY(20)));
    says(b, "D 2241 500.00|C 2203 500.00 C1", "D 2110 500.00|C 2100 500.00 C1");
}

static void advances(test_book *b)
{
    int64_t advance = ISSUE(b, ARC_AS_ADVANCE, HEADER("A1"), LINE("300.00"));
    char deduct[200];
    says(b, "D 1122 339.00 C1|C 2204 300.00 C1|C 2221.06 39.00", "D 1100 339.00 C1|C 2120 300.00 C1|C 2210 39.00");
    snprintf(deduct, sizeof deduct, "{\"name\":\"d\",\"currency\":\"CNY\",\"net_amount\":\"-300.00\",\"tax_rate\":\"0.13\",\"advance\":%lld}", (long long)advance);
    (void)ISSUE(b, 0, HEADER("F1"), LINE("1000.00"), deduct);
    says(b, "D 1122 791.00 C1|C 6001 1000.00|D 2204 300.00 C1|D 2221.06 39.00|C 2221.01.07 130.00", "D 1100 791.00 C1|C 4000 1000.00|D 2120 300.00 C1|D 2210 39.00|C 2200 130.00");
}

static void differences(test_book *b)
{
    int64_t item = claim(b, "I10", "10000.00", "0.00", ""), receipt = money(b, "R10", "9980.00", OF_C1);
    seen(b);
    (void)apply(b, receipt, item, 998000, 0, 2000, "bank_fee");
    says(b, "D 2203 9980.00 C1|C 1122 10000.00 C1|D 6603.02 20.00", "D 2100 9980.00 C1|C 1100 10000.00 C1|D 6100 20.00");
    item = claim(b, "I11", "1000.00", "0.00", "");
    receipt = money(b, "R11", "980.00", OF_C1);
    seen(b);
    (void)apply(b, receipt, item, 98000, 2000, 0, NULL);
    says(b, "D 2203 980.00 C1|C 1122 1000.00 C1|D 6603.04 20.00", "D 2100 980.00 C1|C 1100 1000.00 C1|D 4900 20.00");
    item = claim(b, "I12", "100.03", "0.00", "");
    receipt = money(b, "R12", "100.00", OF_C1);
    seen(b);
    (void)apply(b, receipt, item, 10000, 0, 3, NULL);
    says(b, "D 2203 100.00 C1|C 1122 100.03 C1|D 6603.05 0.03", "D 2100 100.00 C1|C 1100 100.03 C1|D 6190 0.03");
    /* a promotion of 113.00 is accepted: its net is an expense, its tax comes back by a credit note */
    int64_t invoice = ISSUE(b, 0, HEADER("I13"), LINE("1000.00"));
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    l.seq = 1;
    l.given = ARC_CREDIT_TAX;
    l.tax = 1300;
    n.invoice = invoice;
    n.lines = &l;
    n.n_lines = 1;
    n.number = "K13";
    n.reason_code = "promo";
    n.reason = "促销扣款";
    seen(b);
    assert_session(b, arc_invoice_credit(b->session, NULL, &n));
    says(b, "D 1122 -13.00 C1 red|C 2221.01.07 -13.00 red", "D 1100 -13.00 C1 red|C 2200 -13.00 red");
    arc_query *q;
    arc_cursor *c;
    arc_field_id field = ARC_ITEM_ID;
    assert_session(b, arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    receipt = money(b, "R13", "1017.00", OF_C1);
    seen(b);
    (void)apply(b, receipt, item, 101700, 0, 10000, "promo");
    says(b, "D 2203 1017.00 C1|C 1122 1117.00 C1|D 6601 100.00", "D 2100 1017.00 C1|C 1100 1117.00 C1|D 4910 100.00");
}

static void credits(test_book *b)
{
    int64_t invoice = ISSUE(b, 0, HEADER("I20"), LINE("3000.00"));
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    seen(b);
    l.seq = 1;
    l.given = ARC_CREDIT_NET;
    l.net = 100000;
    n.invoice = invoice;
    n.lines = &l;
    n.n_lines = 1;
    n.number = "K20";
    n.reason_code = "return";
    n.reason = "退货";
    assert_session(b, arc_invoice_credit(b->session, NULL, &n));
    says(b, "D 1122 -1130.00 C1 red|C 6001 -1000.00 red|C 2221.01.07 -130.00 red", "D 1100 -1130.00 C1 red|C 4000 -1000.00 red|C 2200 -130.00 red");
    l.net = 10000; /* a rebate that was accrued */
    n.number = "K21";
    n.reason_code = "promo";
    n.role = "refund_liability";
    assert_session(b, arc_invoice_credit(b->session, NULL, &n));
    says(b, "D 1122 -113.00 C1 red|C 2241.03 -100.00 C1 red|C 2221.01.07 -13.00 red", "D 1100 -113.00 C1 red|C 2140 -100.00 C1 red|C 2200 -13.00 red");
    n.role = "on_account";
    n.number = "K22";
    assert_session_status(ARC_E_VALUE, b, arc_invoice_credit(b->session, NULL, &n));
}

static void provisions(test_book *b)
{
    arc_provision p = ARC_PROVISION_INIT;
    arc_provision_part parts[2] = { ARC_PROVISION_PART_INIT, ARC_PROVISION_PART_INIT };
    parts[0].customer = 1;
    parts[0].balance = 1000000;
    parts[0].rate = 30000;
    parts[0].amount = 30000;
    parts[1].bucket = 3;
    parts[1].amount = 20000;
    assert_session_status(ARC_E_VALUE, b, arc_provision_run(b->session, &p, DAY(30), 50001, "aging", "月末", parts, 2));
    assert_session(b, arc_provision_run(b->session, &p, DAY(30), 50000, "aging", "月末", parts, 2));
    assert_int_equal(p.charge, 50000);
    says(b, "D 6702 500.00|C 1231 500.00", "D 6200 500.00|C 1195 500.00");
    int64_t item = claim(b, "I30", "300.00", "0.00", ""), request, allocation;
    seen(b);
    arc_record *r;
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"W1\",\"customer\":1,\"items\":[%lld],\"currency\":\"CNY\",\"amount\":\"300.00\",\"reason\":\"bankrupt\"}", (long long)item);
    assert_ok(arc_record_new(b->session, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_write_off_request(b->session, &request, r));
    arc_record_free(r);
    assert_session(b, arc_write_off_approve(b->session, &allocation, request, DAY(31), "破产"));
    says(b, "C 1122 300.00 C1|D 1231 300.00", "C 1100 300.00 C1|D 1195 300.00");
    assert_session(b, arc_write_off_recover(b->session, NULL, request, 10000, DAY(32), "收回"));
    int64_t receipt = money(b, "R30", "100.00", OF_C1);
    (void)apply(b, receipt, item, 10000, 0, 0, NULL);
    says(b, "D 1002 100.00|C 2203 100.00 C1 ; D 1122 300.00 C1|C 1231 300.00 ; C 1122 200.00 C1|D 1231 200.00 ; D 2203 100.00 C1|C 1122 100.00 C1",
         "D 1000 100.00|C 2100 100.00 C1 ; D 1100 300.00 C1|C 1195 300.00 ; C 1100 200.00 C1|D 1195 200.00 ; D 2100 100.00 C1|C 1100 100.00 C1");
    assert_session_status(ARC_E_STATE, b, arc_provision_run(b->session, &p, DAY(29), 0, "aging", "r", NULL, 0)); /* a later day stands */
    assert_session(b, arc_provision_run(b->session, &p, DAY(40), 10000, "individual", "转回", NULL, 0));
    assert_int_equal(p.existing, 30000); /* 500 - 300 + 100 */
    assert_int_equal(p.charge, -20000);
    says(b, "C 6702 200.00|D 1231 200.00", "C 6200 200.00|D 1195 200.00");
    assert_session_status(ARC_E_STATE, b, arc_provision_reverse(b->session, NULL, 1, "r"));
    int64_t back;
    assert_session(b, arc_provision_reverse(b->session, &back, p.id, "误提"));
    says(b, "D 6702 200.00|C 1231 200.00", "D 6200 200.00|C 1195 200.00");
    assert_session_status(ARC_E_STATE, b, arc_provision_reverse(b->session, NULL, back, "r"));
    assert_session_status(ARC_E_STATE, b, arc_provision_reverse(b->session, NULL, p.id, "r"));
    assert_session_status(ARC_E_VALUE, b, arc_provision_run(b->session, &p, DAY(40), 1, "none", "r", NULL, 0));
    assert_session_status(ARC_E_RANGE, b, arc_provision_run(b->session, &p, DAY(40), -1, "aging", "r", NULL, 0));
    (void)sample_insert(b->session, ARC_BOOK_SETTING, "{\"name\":\"ledger.provision_method\",\"value\":\"none\"}");
    assert_session_status(ARC_E_STATE, b, arc_provision_run(b->session, &p, DAY(40), 1, "aging", "r", NULL, 0));
    item = claim(b, "I31", "7.00", "0.00", ""); /* straight to the expense */
    seen(b);
    snprintf(json, sizeof json, "{\"number\":\"W2\",\"customer\":1,\"items\":[%lld],\"currency\":\"CNY\",\"amount\":\"7.00\",\"reason\":\"uneconomic\"}", (long long)item);
    assert_ok(arc_record_new(b->session, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_write_off_request(b->session, &request, r));
    arc_record_free(r);
    assert_session(b, arc_write_off_approve(b->session, NULL, request, DAY(31), "不经济"));
    says(b, "C 1122 7.00 C1|D 6702 7.00", "C 1100 7.00 C1|D 6200 7.00");
}

/* T1.8: USD 10,000 at 7.10; 4,000 at 7.15, the rest revalued at 7.20. */
static void exchange(test_book *b)
{
    (void)sample_insert(b->session, ARC_EXCHANGE_RATE, "{\"kind\":\"closing\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-31\",\"units\":1,\"rate\":\"7.2\"}");
    (void)post(b, ARC_INVOICE, "{\"number\":\"I40\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"USD\",\"gross_amount\":\"10000.00\",\"fx_rate\":\"7.1\"}");
    says_base(b, "D 1122 71000.00 C1|C 6001 71000.00", "D 1100 71000.00 C1|C 4000 71000.00");
    int64_t receipt = post(b, ARC_RECEIPT, "{\"number\":\"R40\",\"customer\":1,\"value_date\":\"2026-01-10\",\"currency\":\"USD\",\"amount\":\"4000.00\",\"fx_rate\":\"7.15\"}");
    (void)apply(b, receipt, 1, 400000, 0, 0, NULL);
    says_base(b, "D 1002 28600.00|C 2203 28600.00 C1 ; D 2203 28600.00 C1|C 1122 28400.00 C1|C 6603.03 200.00",
              "D 1000 28600.00|C 2100 28600.00 C1 ; D 2100 28600.00 C1|C 1100 28400.00 C1|C 7100 200.00");
    assert_session(b, arc_revaluation_run(b->session, NULL, DAY(40)));
    says_base(b, "D 1122 600.00 C1|C 6603.06 600.00 ; C 1122 600.00 C1|D 6603.06 600.00", "D 1100 600.00 C1|C 7110 600.00 ; C 1100 600.00 C1|D 7110 600.00");
}

static int64_t bill(test_book *b, const char *number, int64_t item)
{
    char json[300];
    arc_record *r;
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    a.item = item;
    a.amount = 100000;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1000.00\",\"maturity\":\"2026-06-30\",\"received_on\":\"2026-01-20\",\"recourse\":true}", number);
    assert_ok(arc_record_new(b->session, &r, ARC_BILL));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_bill_record(b->session, &id, r, &a, 1));
    arc_record_free(r);
    return id;
}

static void notes(test_book *b)
{
    arc_bill_move m = ARC_BILL_MOVE_INIT;
    int64_t items[3], bills[3];
    for (int i = 0; i < 3; i++) {
        char number[8];
        snprintf(number, sizeof number, "I5%d", i);
        items[i] = claim(b, number, "1000.00", "0.00", "");
    }
    seen(b);
    bills[0] = bill(b, "B1", items[0]);
    says(b, "D 1121 1000.00 C1|C 2203 1000.00 C1 ; D 2203 1000.00 C1|C 1122 1000.00 C1", "D 1130 1000.00 C1|C 2100 1000.00 C1 ; D 2100 1000.00 C1|C 1100 1000.00 C1");
    bills[1] = bill(b, "B2", items[1]);
    bills[2] = bill(b, "B3", items[2]);
    seen(b);
    m.date = DAY(35);
    m.party = "供应商";
    assert_session(b, arc_bill_endorse(b->session, NULL, bills[0], &m));
    says(b, "D 1122.09 1000.00 C1|C 1121 1000.00 C1", "D 1190 1000.00 C1|C 1130 1000.00 C1");
    m.charge = 1250;
    assert_session(b, arc_bill_discount(b->session, NULL, bills[1], &m));
    says(b, "D 6603.02 12.50|D 1002 987.50|C 1121 1000.00 C1", "D 6100 12.50|D 1000 987.50|C 1130 1000.00 C1");
    m.charge = 0;
    m.reason = "拒付";
    assert_session(b, arc_bill_dishonour(b->session, NULL, bills[2], &m));
    says(b, "D 1122 1000.00 C1|C 1121 1000.00 C1", "D 1100 1000.00 C1|C 1130 1000.00 C1");
}

static void debts(test_book *b)
{
    int64_t receipt = money(b, "R60", "400.00", OF_C1);
    seen(b);
    assert_session(b, arc_receipt_refund(b->session, NULL, receipt, 0, 15000, DAY(35), "多付"));
    says(b, "D 1122 150.00 C1|C 2241.02 150.00 C1 ; D 2203 150.00 C1|C 1122 150.00 C1", "D 1100 150.00 C1|C 2130 150.00 C1 ; D 2100 150.00 C1|C 1100 150.00 C1");
    int64_t item = claim(b, "I60", "800.00", "0.00", "");
    seen(b);
    assert_session(b, arc_item_transfer(b->session, NULL, item, 2, 0, DAY(35), "三方协议 2026-01-30"));
    says(b, "C 1122 800.00 C1|D 1122.08 800.00 C1 ; D 1122 800.00 C2|C 1122.08 800.00 C2", "C 1100 800.00 C1|D 1180 800.00 C1 ; D 1100 800.00 C2|C 1180 800.00 C2");
    item = claim(b, "I61", "500.00", "0.00", "");
    seen(b);
    receipt = money(b, "R61", "500.00", OF_C1 ",\"method\":\"offset\",\"evidence\":\"抵账协议 2026-01-30\"");
    (void)apply(b, receipt, item, 50000, 0, 0, NULL);
    says(b, "D 1122.09 500.00 C1|C 2203 500.00 C1 ; D 2203 500.00 C1|C 1122 500.00 C1", "D 1190 500.00 C1|C 2100 500.00 C1 ; D 2100 500.00 C1|C 1100 500.00 C1");
}

/* Late interest carries output VAT (价外费用): 113.00 = 100.00 + 13.00; without a tax invoice it is a receivable of its own. */
static void interest(test_book *b)
{
    int64_t invoice = ISSUE(b, 0, HEADER("N1"), "{\"name\":\"逾期利息\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\",\"account_role\":\"interest_income\"}"), id;
    arc_record *r;
    const char *kind;
    size_t n;
    says(b, "D 1122 113.00 C1|C 6603.01 100.00|C 2221.01.07 13.00", "D 1100 113.00 C1|C 7000 100.00|C 2200 13.00");
    assert_int_equal(invoice, 1);
    assert_session(b, arc_session_get(b->session, &r, ARC_ITEM, 1));
    assert_ok(arc_record_get_text(r, &kind, &n, ARC_ITEM_KIND));
    assert_string_equal(kind, "fee");
    arc_record_free(r);
    assert_ok(arc_record_new(b->session, &r, ARC_ITEM));
    assert_ok(arc_record_set_json(r, "{\"number\":\"N2\",\"customer\":1,\"kind\":\"fee\",\"currency\":\"CNY\",\"amount\":\"50.00\",\"business_date\":\"2026-01-20\",\"due_date\":\"2026-02-20\",\"account_role\":\"interest_income\"}", SIZE_MAX));
    assert_session(b, arc_item_record(b->session, &id, r));
    says(b, "D 1122 50.00 C1|C 6603.01 50.00", "D 1100 50.00 C1|C 7000 50.00");
    assert_ok(arc_record_set_json(r, "{\"number\":\"N3\",\"account_role\":null,\"amount\":\"113.00\",\"tax_amount\":\"13.00\"}", SIZE_MAX));
    assert_session(b, arc_item_record(b->session, &id, r));
    says(b, "D 1122 113.00 C1|C 6051 100.00|C 2221.01.07 13.00", "D 1100 113.00 C1|C 4800 100.00|C 2200 13.00");
    assert_ok(arc_record_set_json(r, "{\"number\":\"N4\",\"account_role\":\"receivable\"}", SIZE_MAX));
    assert_session_status(ARC_E_VALUE, b, arc_item_record(b->session, &id, r));
    arc_record_free(r);
}

/* T5.9: orders of 100.00, 88.80 and 0.99, fees 0.60 + 0.53 + 0.01: 188.65 came in. Gross against net, commission and fee, each its own line. */
static void payout(test_book *b)
{
    int64_t item = claim(b, "I70", "189.79", "0.00", "");
    seen(b);
    int64_t receipt = money(b, "P1", "189.79", OF_C1 ",\"method\":\"wechat\",\"charges\":[{\"role\":\"payment_fee\",\"amount\":\"1.14\"}]");
    says(b, "D 1002 188.65|D 6603.07 1.14|C 2203 189.79 C1", "D 1000 188.65|D 6120 1.14|C 2100 189.79 C1");
    (void)apply(b, receipt, item, 18979, 0, 0, NULL);
    says(b, "D 2203 189.79 C1|C 1122 189.79 C1", "D 2100 189.79 C1|C 1100 189.79 C1");
    receipt = money(b, "P2", "1000.00", OF_C1 ",\"charges\":[{\"role\":\"commission\",\"amount\":\"50.00\"},{\"role\":\"input_vat\",\"amount\":\"3.00\"},{\"role\":\"payment_fee\",\"amount\":\"6.00\"}]");
    says(b, "D 1002 941.00|D 6601.02 50.00|D 2221.01.01 3.00|D 6603.07 6.00|C 2203 1000.00 C1", "D 1000 941.00|D 6110 50.00|D 2205 3.00|D 6120 6.00|C 2100 1000.00 C1");
    assert_session(b, arc_receipt_return(b->session, receipt, DAY(35), "平台撤回"));
    says(b, "D 2203 1000.00 C1|C 1002 941.00|C 6601.02 50.00|C 2221.01.01 3.00|C 6603.07 6.00", "D 2100 1000.00 C1|C 1000 941.00|C 6110 50.00|C 2205 3.00|C 6120 6.00");
    static const char *const bad[] = { "[]", "{}", "[{\"role\":\"commission\"}]", "[{\"role\":\"commission\",\"amount\":\"0.00\"}]", "[{\"role\":\"commission\",\"amount\":\"10.01\"}]",
                                       "[{\"role\":\"bank\",\"amount\":\"1.00\"}]", "[{\"role\":\"A b\",\"amount\":\"1.00\"}]", "[{\"role\":\"commission\",\"amount\":\"1.001\"}]",
                                       "[{\"role\":\"commission\",\"amount\":\"-1.00\"}]", "[{\"role\":\"commission\",\"amount\":\"1.00\",\"x\":1}]" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char json[300];
        arc_error e = ARC_ERROR_INIT;
        snprintf(json, sizeof json, "{\"number\":\"P3\",\"customer\":1,\"value_date\":\"2026-01-10\",\"currency\":\"CNY\",\"amount\":\"10.00\",\"charges\":%s}", bad[i]);
        if (world_json(b->session, NULL, ARC_RECEIPT, json) != ARC_E_VALUE) fail_msg("%s", bad[i]);
        (void)arc_session_error(b->session, &e);
        assert_string_equal(e.field, "charges");
        assert_true(e.message_zh[0] != 0);
    }
    /* in another currency the charges are worth their share; all of it went on charges */
    receipt = post(b, ARC_RECEIPT, "{\"number\":\"P4\",\"customer\":1,\"value_date\":\"2026-01-10\",\"currency\":\"USD\",\"amount\":\"10.00\",\"fx_rate\":\"7.12345\",\"charges\":[{\"role\":\"commission\",\"amount\":\"3.33\"},"
                                   "{\"role\":\"payment_fee\",\"amount\":\"3.33\"}]}");
    says_base(b, "D 1002 23.79|D 6601.02 23.72|D 6603.07 23.72|C 2203 71.23 C1", "D 1000 23.79|D 6110 23.72|D 6120 23.72|C 2100 71.23 C1");
    (void)money(b, "P5", "1.00", OF_C1 ",\"charges\":[{\"role\":\"commission\",\"amount\":\"1.00\"}]");
    says(b, "D 6601.02 1.00|C 2203 1.00 C1", "D 6110 1.00|C 2100 1.00 C1");
}

/* A customer whose credits are more than his debts: shown under receipts on account, not posted. */
static void reclassified(test_book *b)
{
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    char json[2000];
    size_t n = sizeof json;
    (void)claim(b, "I80", "100.00", "0.00", "");
    (void)post(b, ARC_INVOICE, "{\"number\":\"K80\",\"customer\":2,\"invoice_date\":\"2026-01-06\",\"due_date\":\"2026-01-06\",\"currency\":\"CNY\",\"gross_amount\":\"-30.00\"}");
    (void)post(b, ARC_INVOICE, "{\"number\":\"K81\",\"customer\":1,\"invoice_date\":\"2026-01-26\",\"due_date\":\"2026-01-26\",\"currency\":\"CNY\",\"gross_amount\":\"-130.00\"}");
    assert_session(b, arc_journal_reclass_json(b->session, json, &n, NULL));
    assert_string_equal(json, "{\"base_currency\":\"CNY\",\"rows\":[{\"customer\":1,\"currency\":\"CNY\",\"debit\":\"receivable\",\"credit\":\"on_account\",\"amount\":\"30.00\",\"base\":\"30.00\"},"
                              "{\"customer\":2,\"currency\":\"CNY\",\"debit\":\"receivable\",\"credit\":\"on_account\",\"amount\":\"30.00\",\"base\":\"30.00\"}],\"total\":\"60.00\"}");
    o.as_of = DAY(20); /* before the second credit */
    o.map = "main";
    n = sizeof json;
    assert_session(b, arc_journal_reclass_json(b->session, json, &n, &o));
    assert_string_equal(json, "{\"base_currency\":\"CNY\",\"as_of\":\"2026-01-21\",\"rows\":[{\"customer\":2,\"currency\":\"CNY\",\"debit\":\"1122\",\"credit\":\"2203\",\"amount\":\"30.00\",\"base\":\"30.00\"}],\"total\":\"30.00\"}");
    o.map = "nomap";
    assert_session_status(ARC_E_NOT_FOUND, b, arc_journal_reclass_json(b->session, json, &n, &o));
    n = 3;
    assert_session_status(ARC_E_BUFFER, b, arc_journal_reclass_json(b->session, json, &n, NULL));
    assert_session_status(ARC_E_INVALID, b, arc_journal_reclass_json(b->session, json, NULL, NULL));
}

typedef struct part {
    const char *name;
    void (*run)(test_book *b);
} part;

static void every_backend(void **state)
{
    const part *p = *state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        char json[9000];
        size_t n = sizeof json;
        test_book b;
        test_book_open(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, DAY(40)));
        voucher_world(&b);
        assert_ok(arc_account_map_shipped(json, &n, "generic"));
        world_map(&b, "generic", json);
        p->run(&b);
        world_verify(&b);
        test_book_close(&b);
    }
}

int main(void)
{
    static const part parts[] = { { "invoices_and_receipts", invoices_and_receipts }, { "advances", advances }, { "differences", differences }, { "credits", credits },
                                  { "provisions", provisions }, { "exchange", exchange }, { "notes", notes }, { "debts", debts }, { "interest", interest },
                                  { "payout", payout }, { "reclassified", reclassified } };
    struct CMUnitTest tests[sizeof parts / sizeof *parts];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        part *p = malloc(sizeof *p);
        *p = parts[i];
        tests[i] = (struct CMUnitTest){ parts[i].name, every_backend, NULL, NULL, p };
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) free(tests[i].initial_state);
    return failed;
}
