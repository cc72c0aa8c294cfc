/* SPDX-License-Identifier: Apache-2.0 */
/* Debit notes, advances and their deduction, proforma; voided credit notes; on every backend. */
#include "api/credits.h"

#define HEADER "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-10\",\"due_date\":\"2026-02-10\"}"
#define LATER "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\"}"

#define ADVANCE "{\"name\":\"预收\",\"currency\":\"CNY\",\"net_amount\":\"300.00\",\"tax_rate\":\"0.13\"}"
#define GOODS "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1000.00\",\"tax_rate\":\"0.13\"}"
#define DEDUCT(net) "{\"name\":\"抵扣预收\",\"currency\":\"CNY\",\"net_amount\":\"-" net "\",\"tax_rate\":\"0.13\",\"advance\":1}"

/* 339.00 in advance, deducted from 1,130.00: 791.00 are claimed, the liability and the pending tax are gone, all of the revenue is there. */
static void advance(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id, final;
        invoices_open(&v, backend);
        assert_session(&v.b, AS(&v, &id, ARC_AS_ADVANCE, HEADER, ADVANCE));
        invoice_is(&v, id, "{\"kind\":\"advance\",\"gross_amount\":\"339.00\"}");
        row_is(&v, ARC_ITEM, 1, "{\"kind\":\"advance\",\"amount\":\"339.00\"}");
        assert_int_equal(role_sum(&v, "receivable"), 33900);
        assert_int_equal(role_sum(&v, "advance"), -30000);
        assert_int_equal(role_sum(&v, "pending_vat"), -3900);
        assert_int_equal(role_sum(&v, "revenue") + role_sum(&v, "output_vat"), 0);
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, &final, 0, LATER, GOODS, DEDUCT("300.01")));
        assert_session_status(ARC_E_VALUE, &v.b, AS(&v, &final, ARC_AS_ADVANCE, LATER, GOODS, DEDUCT("100.00")));
        assert_session_status(ARC_E_RANGE, &v.b, AS(&v, &final, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-03-10\"}", GOODS, DEDUCT("100.00")));
        assert_session(&v.b, AS(&v, &final, 0, LATER, GOODS, DEDUCT("300.00")));
        invoice_is(&v, final, "{\"kind\":\"invoice\",\"net_amount\":\"700.00\",\"gross_amount\":\"791.00\"}");
        assert_int_equal(role_sum(&v, "advance"), 0);
        assert_int_equal(role_sum(&v, "pending_vat"), 0);
        assert_int_equal(role_sum(&v, "revenue"), -100000);
        assert_int_equal(role_sum(&v, "output_vat"), -13000);
        assert_int_equal(role_sum(&v, "receivable"), 113000);
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, NULL, 0, LATER, GOODS, DEDUCT("0.01")));
        arc_credit_note n = credit_of(id);
        credit_refused(&v, &n, ARC_E_STATE, "status", "deducted by other invoices");
        n = credit_of(final); /* gives the advance back */
        (void)credit_ok(&v, &n);
        assert_int_equal(role_sum(&v, "advance"), -30000);
        assert_int_equal(role_sum(&v, "pending_vat"), -3900);
        assert_int_equal(role_sum(&v, "revenue"), 0);
        n = credit_of(id);
        (void)credit_ok(&v, &n);
        assert_int_equal(role_sum(&v, "advance"), 0);
        assert_int_equal(role_sum(&v, "pending_vat"), 0);
        assert_int_equal(role_sum(&v, "receivable"), 0);
        assert_session_status(ARC_E_STATE, &v.b, AS(&v, NULL, 0, LATER, GOODS, DEDUCT("1.00")));
        invoices_close(&v);
    }
}

/* Where the book asks so, no more is deducted than came in. */
static void collected(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"advance.collected\",\"value\":\"1\"}");
        assert_session(&v.b, AS(&v, &id, ARC_AS_ADVANCE, HEADER, ADVANCE));
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, NULL, 0, LATER, GOODS, DEDUCT("100.00")));
        assert_session(&v.b, book_receipt(v.s, NULL, "R1", 1, 11300));
        assert_session(&v.b, book_allocate(v.s, NULL, 1, 1, 11300));
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, NULL, 0, LATER, GOODS, DEDUCT("100.01")));
        assert_session(&v.b, AS(&v, NULL, 0, LATER, GOODS, DEDUCT("100.00")));
        assert_session_status(ARC_E_GUARD, &v.b, AS(&v, NULL, 0, LATER, GOODS, DEDUCT("0.01")));
        invoices_close(&v);
    }
}

static void proforma(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id;
        invoices_open(&v, backend);
        assert_session(&v.b, AS(&v, &id, ARC_AS_PROFORMA, HEADER, GOODS));
        invoice_is(&v, id, "{\"kind\":\"proforma\",\"gross_amount\":\"1130.00\",\"due_date\":\"2026-02-10\"}");
        assert_int_equal(invoices_count(&v, ARC_ITEM), 0);
        assert_int_equal(invoices_count(&v, ARC_JOURNAL_ENTRY), 0);
        arc_credit_note n = credit_of(id);
        credit_refused(&v, &n, ARC_E_STATE, "status", "proforma claims nothing");
        assert_session_status(ARC_E_INVALID, &v.b, AS(&v, NULL, ARC_AS_PROFORMA | ARC_AS_ADVANCE, HEADER, GOODS));
        invoices_close(&v);
    }
}

static void debit_note(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0, debit;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        assert_session(&v.b, AS(&v, &id, 0, HEADER, GOODS));
        assert_session(&v.b, AS(&v, &debit, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-01\",\"debit_of\":1,\"reason_code\":\"price\",\"reason\":\"补价\"}",
                                "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"10.00\",\"tax_rate\":\"0.13\"}"));
        invoice_is(&v, debit, "{\"kind\":\"debit_note\",\"debit_of\":1,\"due_date\":\"2026-03-01\",\"gross_amount\":\"11.30\"}");
        row_is(&v, ARC_ITEM, 2, "{\"invoice\":2,\"amount\":\"11.30\",\"due_date\":\"2026-03-01\",\"kind\":\"invoiced\"}");
        assert_int_equal(role_sum(&v, "receivable"), 114130);
        (void)credit_one(&v, debit, credit_seq(1, 0, 0));
        invoice_is(&v, debit, "{\"status\":\"credited\"}");
        assert_session_status(ARC_E_RANGE, &v.b, AS(&v, NULL, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-03-01\",\"debit_of\":1}", GOODS));
        assert_session_status(ARC_E_STATE, &v.b, AS(&v, NULL, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-03-01\",\"debit_of\":3}", GOODS));
        assert_session(&v.b, AS(&v, &step.invoice, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-03-01\"}", GOODS));
        step.reason = "误开";
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        assert_session_status(ARC_E_STATE, &v.b, AS(&v, NULL, 0, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-03-01\",\"debit_of\":4}", GOODS));
        invoices_close(&v);
    }
}

/* As if it had never been; while nobody used what was over. */
static void voided(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        assert_session(&v.b, AS(&v, &id, 0, HEADER, GOODS));
        assert_session(&v.b, book_receipt(v.s, NULL, "R1", 1, 50000));
        assert_session(&v.b, book_allocate(v.s, NULL, 1, 1, 50000));
        arc_credit_note n = credit_of(id);
        step.invoice = credit_ok(&v, &n);
        step.reason = "误开";
        assert_int_equal(open_of(&v, 2), -50000);
        assert_session(&v.b, AS(&v, NULL, 0, LATER, GOODS));
        arc_allocation a = ARC_ALLOCATION_INIT;
        int64_t used;
        arc_status result;
        a.item = 3;
        a.credit_item = 2;
        a.amount = 100;
        assert_session(&v.b, arc_allocation_apply(v.s, &used, &result, &a, 1, 0));
        assert_session_status(ARC_E_STATE, &v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        assert_session(&v.b, arc_allocation_reverse(v.s, NULL, used, ARC_DATE_NONE, "r"));
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        invoice_is(&v, step.invoice, "{\"status\":\"voided\"}");
        invoice_is(&v, id, "{\"status\":\"issued\"}");
        assert_int_equal(open_of(&v, 1), 63000);
        assert_int_equal(open_of(&v, 2), 0);
        assert_int_equal(role_sum(&v, "receivable"), 63000 + 113000);
        assert_int_equal(role_sum(&v, "revenue"), -200000);
        (void)credit_ok(&v, &n); /* all of it again */
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        invoices_close(&v);
    }
}

/* Settled by nothing any more, but credited in part: with the invoice void the credit would stand alone. */
static void not_beside_a_credit_note(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0, own = 0;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        assert_session(&v.b, AS(&v, &id, 0, LATER, GOODS));
        int64_t note = credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 10000));
        for (int64_t k = 1; k < 200 && !own; k++) { /* the allocation it made */
            arc_record *r;
            if (arc_session_get(v.s, &r, ARC_ALLOCATION, k) != ARC_OK) continue;
            arc_record_free(r);
            own = k;
        }
        assert_session(&v.b, arc_allocation_reverse(v.s, NULL, own, ARC_DATE_NONE, "credit it elsewhere"));
        assert_int_equal(open_of(&v, 1), 113000);
        step.invoice = id;
        step.reason = "误开";
        assert_session_status(ARC_E_STATE, &v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        step.invoice = note;
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        step.invoice = id;
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        assert_int_equal(role_sum(&v, "receivable"), 0);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(advance), cmocka_unit_test(collected), cmocka_unit_test(proforma), cmocka_unit_test(debit_note), cmocka_unit_test(voided),
                                       cmocka_unit_test(not_beside_a_credit_note) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
