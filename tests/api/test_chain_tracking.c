/* SPDX-License-Identifier: Apache-2.0 */
/* How far contracts are, derived from their items. */
#include "api/invoices.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"contract\":1"
#define LINE(gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"}"

static void has(invoices *v, const char *part)
{
    static char json[8000];
    size_t n = sizeof json;
    assert_session(&v->b, arc_contract_tracking_json(v->s, json, &n, 1));
    if (!strstr(json, part)) fail_msg("%s is not in %s", part, json);
}

static void pay(invoices *v, const char *number, const char *amount, int64_t item, int64_t minor, const char *currency)
{
    char json[200];
    int64_t receipt = 0;
    arc_status result;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"currency\":\"%s\",\"amount\":\"%s\",\"value_date\":\"2026-02-16\"}", number, currency, amount);
    arc_record *r = invoices_record(v->s, ARC_RECEIPT, json);
    assert_session(&v->b, arc_receipt_record(v->s, &receipt, r));
    arc_record_free(r);
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.receipt = receipt;
    a.item = item;
    a.date = PEOPLE_DAY;
    a.amount = minor;
    assert_session(&v->b, arc_allocation_apply(v->s, NULL, &result, &a, 1, ARC_ALL_OR_NONE));
}

static void statuses(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        size_t n = 0;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K1\",\"amount\":\"1000.00\",\"tax_included\":true}");
        (void)sample_insert(v.s, ARC_MILESTONE, "{\"contract\":1,\"currency\":\"CNY\",\"seq\":1,\"amount\":\"1000.00\",\"trigger_kind\":\"delivery\"}");
        assert_session(&v.b, arc_contract_activate(v.s, 1));
        assert_session(&v.b, arc_contract_plan(v.s, NULL, 1));
        has(&v, "\"status\":\"to_invoice\",\"amount\":\"1000.00\",\"issued\":\"0.00\",\"received\":\"0.00\",\"unpaid\":\"1000.00\",\"open\":\"0.00\",\"next_due\":null");
        has(&v, "\"milestone\":1,\"kind\":\"planned\",\"amount\":\"1000.00\",\"open\":\"1000.00\",\"due_date\":null,\"status\":\"to_invoice\"");
        (void)issue_ok(&v, "{" HEADER "}", LINE("600.00"), NULL);
        has(&v, "\"status\":\"to_pay\",\"amount\":\"1000.00\",\"issued\":\"600.00\",\"received\":\"0.00\",\"unpaid\":\"1000.00\",\"open\":\"600.00\",\"next_due\":\"2026-03-18\"");
        pay(&v, "R1", "250.00", 2, 25000, "CNY");
        has(&v, "\"status\":\"partial\",\"amount\":\"1000.00\",\"issued\":\"600.00\",\"received\":\"250.00\",\"unpaid\":\"750.00\",\"open\":\"350.00\"");
        has(&v, "\"amount\":\"600.00\",\"open\":\"350.00\",\"due_date\":\"2026-03-18\",\"status\":\"partial\"");
        pay(&v, "R2", "350.00", 2, 35000, "CNY");
        (void)issue_ok(&v, "{" HEADER "}", LINE("400.00"), NULL);
        pay(&v, "R3", "400.00", 3, 40000, "CNY");
        has(&v, "\"status\":\"paid\",\"amount\":\"1000.00\",\"issued\":\"1000.00\",\"received\":\"1000.00\",\"unpaid\":\"0.00\",\"open\":\"0.00\",\"next_due\":null");
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_contract_tracking_json(v.s, NULL, &n, 99));
        assert_session_status(ARC_E_INVALID, &v.b, arc_contract_tracking_json(v.s, NULL, NULL, 1));
        invoices_close(&v);
    }
}

static void item_has(invoices *v, int64_t item, const char *part)
{
    static char json[8000];
    size_t n = sizeof json;
    assert_session(&v->b, arc_item_tracking_json(v->s, json, &n, item));
    if (!strstr(json, part)) fail_msg("%s is not in %s", part, json);
}

/* One receivable: what it came from, what is asked for, what took it over, what was paid. */
static void of_an_item(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0;
        size_t n = 0;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"K1\",\"amount\":\"1000.00\",\"tax_included\":true}");
        (void)sample_insert(v.s, ARC_MILESTONE, "{\"contract\":1,\"currency\":\"CNY\",\"seq\":1,\"milestone\":\"go\",\"amount\":\"1000.00\",\"trigger_kind\":\"delivery\"}");
        assert_session(&v.b, arc_contract_activate(v.s, 1));
        assert_session(&v.b, arc_contract_plan(v.s, NULL, 1));
        item_has(&v, 1, "\"contract\":{\"id\":1,\"number\":\"K1\",\"status\":\"active\"},\"milestone\":{\"id\":1,\"seq\":1,\"milestone\":\"go\",\"reached_on\":null},\"order\":null,\"delivery\":null,\"invoice\":null");
        item_has(&v, 1, "\"invoices\":[],\"requests\":[],\"payments\":[],\"status\":\"to_invoice\",\"to_invoice\":\"1000.00\"");
        (void)sample_insert(v.s, ARC_INVOICE_REQUEST, "{\"number\":\"Q1\",\"customer\":1,\"fapiao_kind\":\"none\",\"currency\":\"CNY\",\"amount\":\"100.00\"}");
        (void)sample_insert(v.s, ARC_INVOICE_REQUEST_LINE, "{\"invoice_request\":1,\"seq\":1,\"item\":1,\"name\":\"a\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_rate\":\"0.13\"}");
        item_has(&v, 1, "\"requests\":[{\"request\":1,\"number\":\"Q1\",\"status\":\"draft\",\"amount\":\"100.00\"}]");
        item_has(&v, 1, "\"requested\":\"100.00\"");
        int64_t invoice = issue_ok(&v, "{" HEADER "}", LINE("600.00"), NULL);
        invoice_is(&v, invoice, "{\"status\":\"issued\"}");
        item_has(&v, 1, "\"invoices\":[{\"invoice\":1,\"number\":\"INV-202602-0001\",\"status\":\"issued\",\"fapiao_no\":null,\"date\":");
        item_has(&v, 1, "\"amount\":\"600.00\",\"consumes\":true}]");
        item_has(&v, 1, "\"status\":\"to_invoice\",\"to_invoice\":\"400.00\",\"requested\":\"100.00\",\"invoiced\":\"600.00\"");
        pay(&v, "R1", "250.00", 2, 25000, "CNY");
        item_has(&v, 2, "\"invoice\":{\"id\":1,\"number\":\"INV-202602-0001\",\"status\":\"issued\"");
        item_has(&v, 2, "\"payments\":[{\"allocation\":1,");
        item_has(&v, 2, "\"status\":\"partial\",\"to_invoice\":\"0.00\",\"requested\":\"0.00\",\"invoiced\":\"600.00\",\"received\":\"250.00\",\"settled\":\"0.00\"");
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"S1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"50.00\"}");
        assert_session(&v.b, arc_item_record(v.s, &id, r));
        arc_record_free(r);
        item_has(&v, id, "\"status\":\"to_pay\",\"to_invoice\":\"50.00\"");
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_item_tracking_json(v.s, NULL, &n, 99));
        assert_session_status(ARC_E_INVALID, &v.b, arc_item_tracking_json(v.s, NULL, NULL, 1));
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(of_an_item), cmocka_unit_test(statuses) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
