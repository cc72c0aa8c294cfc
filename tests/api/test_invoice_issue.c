/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with lines, issued straight: rows, items, accounts, journal, on every backend. */
#include "api/invoices.h"

static void one_document(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-31\",\"term\":\"EOM+1M\"}",
                              "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"10\",\"price\":\"10.05\",\"tax_rate\":\"0.13\"}",
                              "{\"name\":\"b\",\"currency\":\"CNY\",\"net_amount\":\"-10.05\",\"discount_of\":1}", NULL);
        invoice_is(&v, id, "{\"number\":\"INV-202601-0001\",\"status\":\"issued\",\"kind\":\"invoice\",\"net_amount\":\"90.45\",\"tax_amount\":\"11.76\","
                           "\"gross_amount\":\"102.21\",\"due_date\":\"2026-02-28\",\"term\":\"EOM+1M\",\"issued_on\":\"2026-02-16\"}");
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_GROSS_AMOUNT), 10221);
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 10221);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 10221);
        assert_int_equal(role_sum(&v, "receivable"), 10221);
        assert_int_equal(role_sum(&v, "revenue"), -9045);
        assert_int_equal(role_sum(&v, "output_vat"), -1176);
        invoices_close(&v);
    }
}

/* In a transaction of the caller's own a number is drawn as well, and given back when it is rolled back. */
static void in_a_transaction(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_txn *txn;
        invoices_open(&v, backend);
        for (int i = 0; i < 2; i++) {
            assert_session(&v.b, arc_session_begin(v.s, &txn, ARC_WRITE));
            int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-31\"}", "{\"name\":\"A\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_rate\":\"0.13\"}", NULL);
            invoice_is(&v, id, "{\"number\":\"INV-202601-0001\"}");
            if (i) assert_ok(arc_txn_commit(txn));
            else arc_txn_rollback(txn);
        }
        assert_int_equal(invoices_count(&v, ARC_INVOICE), 1);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_document), cmocka_unit_test(in_a_transaction) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
