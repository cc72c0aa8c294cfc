/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: periods, account maps, vouchers and their states, revaluation, balances. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static int32_t swallow(void *user, const char *bytes, size_t n) { return (void)user, (void)bytes, (void)n, 0; }

static arc_status insert(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r = NULL;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = entity == ARC_INVOICE ? arc_invoice_record(s, NULL, r) : arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status vouchers(arc_session *s)
{
    static const int64_t ids[] = { 1, 2 };
    char json[16000];
    size_t n = sizeof json;
    int64_t id;
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    arc_status st = arc_account_map_shipped(json, &n, "china");
    if (st == ARC_OK) st = arc_definition_save(s, &id, "account_map", "main", json, n, NULL);
    if (st == ARC_OK) st = arc_definition_publish(s, id, NULL, NULL);
    if (st == ARC_OK) st = arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, BOOK_DAY + 400, NULL);
    o.merge = ARC_VOUCHER_BY_DAY;
    if (st == ARC_OK) st = arc_voucher_export(s, NULL, "DAY", ARC_DATE_NONE, BOOK_DAY + 400, &o);
    if (st == ARC_OK) st = arc_voucher_send(s, NULL, ids, 2, ARC_ALL_OR_NONE);
    if (st == ARC_OK) st = arc_voucher_reject(s, 1, "no");
    if (st == ARC_OK) st = arc_voucher_rebuild(s, 1, NULL);
    if (st == ARC_OK) st = arc_voucher_acknowledge(s, 2, "7");
    if (st == ARC_OK) st = arc_voucher_write(s, swallow, NULL, NULL, NULL);
    p.format = ARC_VOUCHER_CSV;
    p.layout = "kingdee_k3";
    return st == ARC_OK ? arc_voucher_write(s, swallow, NULL, NULL, &p) : st;
}

static arc_status provisions(arc_session *s)
{
    arc_provision p = ARC_PROVISION_INIT;
    arc_provision_part part = ARC_PROVISION_PART_INIT;
    arc_record *r = NULL;
    part.customer = 1;
    part.amount = 500;
    arc_status st = arc_record_new(s, &r, ARC_RECEIPT);
    if (st == ARC_OK) {
        st = arc_record_set_json(r, "{\"number\":\"P\",\"customer\":1,\"value_date\":\"2026-01-10\",\"currency\":\"USD\",\"amount\":\"9.99\",\"charges\":[{\"role\":\"commission\",\"amount\":\"3.33\"}]}", SIZE_MAX);
    }
    if (st == ARC_OK) st = arc_receipt_record(s, NULL, r);
    arc_record_free(r);
    if (st == ARC_OK) st = arc_receipt_return(s, 1, ARC_DATE_NONE, "back");
    if (st == ARC_OK) st = arc_provision_run(s, &p, BOOK_DAY + 30, 500, "aging", "month end", &part, 1);
    return st == ARC_OK ? arc_provision_reverse(s, NULL, p.id, "wrong") : st;
}

static arc_status month_end(arc_session *s)
{
    char json[8000];
    size_t n = sizeof json;
    arc_revaluation r = ARC_REVALUATION_INIT;
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    arc_status st = arc_revaluation_preview_json(s, json, &n, BOOK_DAY + 30);
    if (st == ARC_OK) st = arc_revaluation_run(s, &r, BOOK_DAY + 30);
    if (st == ARC_OK) st = arc_revaluation_reverse(s, NULL, r.id, "wrong");
    n = sizeof json;
    o.as_of = BOOK_DAY + 20;
    o.map = "main";
    o.flags = ARC_JOURNAL_BY_CUSTOMER;
    if (st == ARC_OK) st = arc_journal_balance_json(s, json, &n, &o);
    n = sizeof json;
    if (st == ARC_OK) st = arc_journal_reclass_json(s, json, &n, &o);
    if (st == ARC_OK) st = provisions(s);
    n = sizeof json;
    if (st == ARC_OK) st = arc_fiscal_period_ready_json(s, json, &n, 1);
    if (st == ARC_OK) st = arc_fiscal_period_lock(s, 1, NULL);
    if (st == ARC_OK) st = arc_fiscal_period_close(s, 1, "month end", 0);
    return st == ARC_OK ? arc_fiscal_period_reopen(s, 1, "late") : st;
}

static arc_status whole(test_book *b)
{
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 40);
    if (st == ARC_OK) st = book_customers(b->session, 1, 2);
    if (st == ARC_OK) st = insert(b->session, ARC_FISCAL_PERIOD, "{\"code\":\"1\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}");
    if (st == ARC_OK) st = insert(b->session, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7\"}");
    if (st == ARC_OK) st = insert(b->session, ARC_EXCHANGE_RATE, "{\"kind\":\"closing\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-31\",\"units\":100,\"rate\":\"710\"}");
    if (st == ARC_OK) st = book_bulk(b->session, "B", 1, 3);
    if (st == ARC_OK) st = insert(b->session, ARC_INVOICE, "{\"number\":\"U\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"USD\",\"gross_amount\":\"10.00\"}");
    if (st == ARC_OK) st = vouchers(b->session);
    if (st == ARC_OK) st = month_end(b->session);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
