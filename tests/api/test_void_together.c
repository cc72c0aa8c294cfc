/* SPDX-License-Identifier: Apache-2.0 */
/* An invoice and its notes are voided in one call, in whatever order they are named: as if the notes had been voided before it. */
#include "api/credits.h"

static const char *const HEAD = "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\"}";

typedef struct family {
    int64_t invoice, note, more, debit;
} family;

static family make(invoices *v, int whole)
{
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}", NULL };
    family f = { issue_lines(v, HEAD, lines), 0, 0, 0 };
    char head[200];
    arc_credit_note n = credit_of(f.invoice);
    if (whole) f.note = credit_ok(v, &n);
    else f.note = credit_one(v, f.invoice, credit_seq(1, ARC_CREDIT_NET, 3000));
    if (!whole) f.more = credit_one(v, f.invoice, credit_seq(1, ARC_CREDIT_NET, 2000));
    snprintf(head, sizeof head, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"debit_of\":%d}", (int)f.invoice);
    f.debit = issue_lines(v, head, lines);
    return f;
}

static arc_status drop_all(invoices *v, arc_status *results, const int64_t *ids, uint32_t n, uint32_t flags, int64_t version)
{
    arc_invoice_step steps[4] = { ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT };
    for (uint32_t i = 0; i < n; i++) {
        steps[i].invoice = ids[i];
        steps[i].reason = "typed twice";
        if (!i) steps[i].version = version;
    }
    return arc_invoice_void(v->s, NULL, results, steps, n, flags);
}

static int64_t version_of(invoices *v, int64_t id)
{
    arc_record *r;
    int64_t version = 0;
    assert_ok(arc_session_get(v->s, &r, ARC_INVOICE, id));
    assert_ok(arc_record_get_int(r, &version, ARC_INVOICE_VERSION));
    arc_record_free(r);
    return version;
}

static void together(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (int whole = 0; whole < 2; whole++) {
            invoices v;
            arc_status results[4];
            invoices_open(&v, backend);
            const family f = make(&v, whole);
            const int64_t ids[4] = { f.invoice, f.debit, f.note, f.more };
            const uint32_t n = whole ? 3 : 4;
            assert_true(drop_all(&v, results, ids, 1, ARC_ALL_OR_NONE, 0) == ARC_E_STATE); /* alone it stands */
            assert_true(drop_all(&v, results, ids, n, ARC_ALL_OR_NONE, version_of(&v, f.invoice) + 1) == ARC_E_STALE);
            invoice_is(&v, f.note, "{\"status\":\"issued\"}");
            assert_session(&v.b, drop_all(&v, results, ids, n, ARC_ALL_OR_NONE, version_of(&v, f.invoice)));
            for (uint32_t i = 0; i < n; i++) invoice_is(&v, ids[i], "{\"status\":\"voided\",\"decision_reason\":\"typed twice\"}");
            assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 0);
            assert_int_equal(role_sum(&v, "revenue"), 0);
            assert_int_equal(role_sum(&v, "receivable"), 0);
            invoices_close(&v);
        }
    }
}

/* What is refused keeps what hangs on it; the others go. */
static void one_refused(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_status results[4] = { 9, 9, 9, 9 };
        invoices_open(&v, backend);
        const family f = make(&v, 0);
        const int64_t ids[4] = { f.invoice, f.debit, f.note, f.note };
        assert_int_equal(drop_all(&v, results, ids, 3, 0, 0), ARC_PARTIAL); /* one note is not named */
        assert_int_equal(results[0], ARC_E_STATE);
        assert_int_equal(results[1], ARC_OK);
        assert_int_equal(results[2], ARC_OK);
        invoice_is(&v, f.invoice, "{\"status\":\"issued\"}");
        invoice_is(&v, f.note, "{\"status\":\"voided\"}");
        const int64_t twice[3] = { f.invoice, f.more, f.more };
        assert_int_equal(drop_all(&v, results, twice, 3, 0, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_OK);
        assert_int_equal(results[2], ARC_E_EXISTS);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(together), cmocka_unit_test(one_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
