/* SPDX-License-Identifier: Apache-2.0 */
/* Red letters: every transition of the confirmation, nothing posted before the red fapiao exists; on every backend. */
#include "api/credits.h"

#define HEADER "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-10\",\"term\":\"NET30\",\"fapiao_kind\":\"digital_special\"}"
#define LINE "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"2\",\"price\":\"100.00\",\"tax_rate\":\"0.13\"}"

static const char *const states[] = { "", "not_needed", "seller_entered", "buyer_entered", "confirmed", "refused_by_buyer", "refused_by_seller", "lapsed", "withdrawn", "withdrawn_after" };

static void state_refused(invoices *v, int64_t id, const char *state, const char *reason, arc_status status)
{
    arc_error e = ARC_ERROR_INIT;
    assert_session_status(status, &v->b, arc_credit_red_status(v->s, id, state, NULL, reason));
    (void)arc_session_error(v->s, &e);
    assert_true(e.message_zh[0] != 0);
}

static void tell(invoices *v, int64_t id, int state) { assert_session(&v->b, arc_credit_red_status(v->s, id, states[state], NULL, state >= 5 ? "原因" : NULL)); }

static void issued_refused(invoices *v, int64_t id)
{
    assert_session_status(ARC_E_STATE, &v->b, arc_credit_red_issued(v->s, id, "99", NULL, ARC_DATE_NONE));
}

static void waits(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t blue = issue_ok(&v, HEADER, LINE, NULL), items = invoices_count(&v, ARC_ITEM), entries = invoices_count(&v, ARC_JOURNAL_ENTRY);
        int64_t red = credit_one(&v, blue, credit_seq(1, ARC_CREDIT_QUANTITY, 1000000));
        invoice_is(&v, red, "{\"status\":\"approved\",\"tax_status\":\"red_pending\",\"number\":null,\"gross_amount\":\"-113.00\",\"fapiao_kind\":\"digital_special\",\"issued_on\":null}");
        assert_int_equal(invoices_count(&v, ARC_ITEM), items);
        assert_int_equal(invoices_count(&v, ARC_JOURNAL_ENTRY), entries);
        arc_credit_line l = credit_seq(1, ARC_CREDIT_QUANTITY, 1000001); /* the share is taken */
        arc_credit_note n = credit_of(blue);
        n.lines = &l;
        n.n_lines = 1;
        credit_refused(&v, &n, ARC_E_GUARD, "quantity", "1.000000");
        issued_refused(&v, red);
        assert_session(&v.b, arc_credit_red_status(v.s, red, "seller_entered", "QRD-1", NULL));
        issued_refused(&v, red);
        assert_session(&v.b, arc_credit_red_status(v.s, red, "seller_entered", NULL, NULL));
        assert_session(&v.b, arc_credit_red_status(v.s, red, "confirmed", NULL, NULL));
        invoice_is(&v, red, "{\"red_status\":\"confirmed\",\"confirm_no\":\"QRD-1\",\"status\":\"approved\"}");
        assert_int_equal(invoices_count(&v, ARC_ITEM), items);
        assert_session(&v.b, arc_credit_red_issued(v.s, red, "26312000000000000001", NULL, ARC_DATE_NONE));
        invoice_is(&v, red, "{\"status\":\"issued\",\"tax_status\":\"red\",\"number\":\"INV-202602-0001\",\"fapiao_no\":\"26312000000000000001\",\"invoice_date\":\"2026-02-16\","
                            "\"issued_on\":\"2026-02-16\",\"due_date\":\"2026-02-16\"}");
        assert_int_equal(open_of(&v, 1), 11300);
        assert_int_equal(role_sum(&v, "output_vat"), -1300);
        assert_int_equal(role_sum(&v, "receivable"), 11300);
        issued_refused(&v, red);
        state_refused(&v, red, "withdrawn_after", "r", ARC_E_STATE);
        invoice_is(&v, blue, "{\"status\":\"issued\"}");
        int64_t rest = credit_one(&v, blue, credit_seq(1, 0, 0));
        invoice_is(&v, blue, "{\"status\":\"issued\"}");
        assert_session(&v.b, arc_credit_red_status(v.s, rest, "not_needed", NULL, NULL));
        assert_session(&v.b, arc_credit_red_issued(v.s, rest, "2", "011", ARC_DATE_NONE));
        invoice_is(&v, blue, "{\"status\":\"credited\"}");
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 0);
        assert_int_equal(role_sum(&v, "revenue"), 0);
        invoices_close(&v);
    }
}

/* Which states lead to which, as docs/credit-notes.md tells. */
static void transitions(void **state)
{
    (void)state;
    static const int way[10][3] = { { 0 }, { 1 }, { 2 }, { 3 }, { 4 }, { 2, 5 }, { 3, 6 }, { 2, 7 }, { 2, 8 }, { 4, 9 } };
    invoices v;
    invoices_open(&v, 0);
    int64_t blue = issue_ok(&v, HEADER, LINE, NULL);
    for (int from = 0; from < 10; from++) {
        for (int to = 1; to < 10; to++) {
            static const int next[10][6] = { { 1, 2, 3, 4 }, { 8 }, { 4, 5, 7, 8 }, { 4, 6, 7, 8 }, { 9 }, { 1, 2, 3, 4 }, { 1, 2, 3, 4 }, { 1, 2, 3, 4 }, { 1, 2, 3, 4 }, { 1, 2, 3, 4 } };
            int may = from == to;
            arc_credit_note n = credit_of(blue);
            int64_t red;
            for (int k = 0; k < 6; k++) may |= next[from][k] == to;
            arc_txn *txn;
            assert_session(&v.b, arc_session_begin(v.s, &txn, ARC_WRITE));
            red = credit_ok(&v, &n);
            for (int k = 0; k < 3 && way[from][k]; k++) tell(&v, red, way[from][k]);
            if (may) {
                tell(&v, red, to);
                char json[120];
                snprintf(json, sizeof json, "{\"red_status\":\"%s\",\"status\":\"%s\",\"tax_status\":\"%s\"}", states[to], to >= 5 ? "draft" : "approved", to >= 5 ? "failed" : "red_pending");
                invoice_is(&v, red, json);
            } else {
                state_refused(&v, red, states[to], "r", ARC_E_STATE);
            }
            arc_txn_rollback(txn);
        }
    }
    invoices_close(&v);
}

/* What was refused gives its share back; asked for anew it must still be there. */
static void returned(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t blue = issue_ok(&v, HEADER, LINE, NULL);
        int64_t first = credit_one(&v, blue, credit_seq(1, 0, 0)), second;
        tell(&v, first, 2);
        state_refused(&v, first, "refused_by_buyer", NULL, ARC_E_REQUIRED);
        state_refused(&v, first, "maybe", NULL, ARC_E_VALUE);
        tell(&v, first, 5);
        invoice_is(&v, first, "{\"status\":\"draft\",\"decision_reason\":\"原因\"}");
        issued_refused(&v, first);
        second = credit_one(&v, blue, credit_seq(1, ARC_CREDIT_NET, 1));
        state_refused(&v, first, "seller_entered", NULL, ARC_E_GUARD);
        tell(&v, second, 2);
        tell(&v, second, 8);
        tell(&v, first, 1);
        assert_session(&v.b, arc_credit_red_issued(v.s, first, "7", NULL, ARC_DATE_NONE));
        invoice_is(&v, blue, "{\"status\":\"credited\"}");
        state_refused(&v, second, "seller_entered", NULL, ARC_E_STATE);
        assert_session_status(ARC_E_STATE, &v.b, arc_credit_red_status(v.s, blue, "confirmed", NULL, NULL));
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_credit_red_status(v.s, 99, "confirmed", NULL, NULL));
        assert_session_status(ARC_E_INVALID, &v.b, arc_credit_red_status(v.s, second, NULL, NULL, NULL));
        assert_session_status(ARC_E_INVALID, &v.b, arc_credit_red_issued(v.s, second, "", NULL, ARC_DATE_NONE));
        invoices_close(&v);
    }
}

/* A red fapiao exists at 01 and 04 alone; without a confirmation only while the buyer has not used the blue one, whenever that is told. */
static void exists(void **state)
{
    (void)state;
    static const int way[10][3] = { { 0 }, { 1 }, { 2 }, { 3 }, { 2, 4 }, { 2, 5 }, { 3, 6 }, { 2, 7 }, { 2, 8 }, { 4, 9 } };
    static const char *const uses[] = { NULL, "certified", "deducted", "booked" };
    invoices v;
    invoices_open(&v, 0);
    int64_t blue = issue_ok(&v, HEADER, LINE, NULL);
    for (int at = 0; at < 10; at++) {
        for (int use = 0; use < 4; use++) {
            arc_credit_note n = credit_of(blue);
            arc_txn *txn;
            assert_session(&v.b, arc_session_begin(v.s, &txn, ARC_WRITE));
            const int64_t red = credit_ok(&v, &n);
            for (int k = 0; k < 3 && way[at][k]; k++) tell(&v, red, way[at][k]);
            if (use) assert_session(&v.b, arc_credit_buyer_use(v.s, blue, uses[use], ARC_DATE_NONE));
            if (at == 4 || (at == 1 && !use)) {
                assert_session(&v.b, arc_credit_red_issued(v.s, red, "26312000000000000001", NULL, ARC_DATE_NONE));
                invoice_is(&v, blue, "{\"status\":\"credited\"}");
            } else {
                issued_refused(&v, red);
                invoice_is(&v, blue, "{\"status\":\"issued\"}");
            }
            if (use && at != 1 && at != 4) state_refused(&v, red, "not_needed", NULL, ARC_E_STATE);
            if (use && at == 1) { /* withdrawn, then with a confirmation */
                tell(&v, red, 8);
                state_refused(&v, red, "not_needed", NULL, ARC_E_STATE);
                tell(&v, red, 3);
                tell(&v, red, 4);
                assert_session(&v.b, arc_credit_red_issued(v.s, red, "26312000000000000001", NULL, ARC_DATE_NONE));
            }
            arc_txn_rollback(txn);
        }
    }
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(waits), cmocka_unit_test(transitions), cmocka_unit_test(returned), cmocka_unit_test(exists) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
