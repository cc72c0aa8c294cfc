/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes: limits by line and by invoice, what they settle, what they say to the journal; on every backend. */
#include "api/credits.h"

#define HEADER "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-10\",\"term\":\"NET30\"}"
#define LINE_A "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"3\",\"price\":\"33.33\",\"tax_rate\":\"0.13\"}"
#define LINE_B "{\"name\":\"b\",\"currency\":\"CNY\",\"net_amount\":\"50.00\",\"tax_rate\":\"0.06\"}"

/* 99.99 + 13.00 and 50.00 + 3.00. */
static int64_t two_lines(invoices *v) { return issue_ok(v, HEADER, LINE_A, LINE_B, NULL); }

static void all_of_it(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = two_lines(&v);
        arc_credit_note n = credit_of(id);
        int64_t credit = credit_ok(&v, &n);
        invoice_is(&v, credit, "{\"number\":\"INV-202602-0001\",\"kind\":\"credit_note\",\"status\":\"issued\",\"red_of\":1,\"net_amount\":\"-149.99\",\"tax_amount\":\"-16.00\","
                               "\"gross_amount\":\"-165.99\",\"reason_code\":\"return\",\"reason\":\"退货\",\"invoice_date\":\"2026-02-16\",\"due_date\":\"2026-02-16\"}");
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        row_is(&v, ARC_INVOICE_LINE, 3, "{\"invoice\":2,\"seq\":1,\"red_of\":1,\"quantity\":\"-3\",\"price\":\"33.33\",\"net_amount\":\"-99.99\",\"tax_amount\":\"-13.00\",\"name\":\"a\"}");
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_GROSS_AMOUNT), 0);
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 0);
        assert_int_equal(open_of(&v, 1), 0);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 0);
        assert_int_equal(sum_where(&v, ARC_ALLOCATION, ARC_ALLOCATION_AMOUNT, ARC_ALLOCATION_MODE, "credit_note"), 16599);
        assert_int_equal(role_sum(&v, "receivable"), 0);
        assert_int_equal(role_sum(&v, "revenue"), 0);
        assert_int_equal(role_sum(&v, "output_vat"), 0);
        credit_refused(&v, &n, ARC_E_STATE, "status", "in full already");
        invoices_close(&v);
    }
}

/* Three pieces of 33.33 with 4.333 tax each: whoever takes the last one takes the last cent. */
static void pieces(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = two_lines(&v), tax[3];
        for (int i = 0; i < 3; i++) {
            arc_record *r;
            arc_money m;
            int64_t credit = credit_one(&v, id, credit_seq(1, ARC_CREDIT_QUANTITY, 1000000));
            assert_session(&v.b, arc_session_get(v.s, &r, ARC_INVOICE, credit));
            assert_ok(arc_record_get_money(r, &m, ARC_INVOICE_TAX_AMOUNT));
            tax[i] = m.minor;
            arc_record_free(r);
        }
        assert_int_equal(tax[0] + tax[1] + tax[2], -1300);
        invoice_is(&v, id, "{\"status\":\"issued\"}");
        assert_int_equal(open_of(&v, 1), 5300);
        (void)credit_one(&v, id, credit_seq(2, ARC_CREDIT_GROSS, 5299));
        (void)credit_one(&v, id, credit_seq(2, 0, 0));
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_NET_AMOUNT), 0);
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_TAX_AMOUNT), 0);
        invoices_close(&v);
    }
}

static void limits(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = two_lines(&v);
        arc_credit_line l = credit_seq(1, ARC_CREDIT_QUANTITY, 3000001);
        arc_credit_note n = credit_of(id);
        n.lines = &l;
        n.n_lines = 1;
        credit_refused(&v, &n, ARC_E_GUARD, "quantity", "line 1: more than is left of it: 3.000000");
        l = credit_seq(1, ARC_CREDIT_NET, 10000);
        credit_refused(&v, &n, ARC_E_GUARD, "net_amount", "more than is left of it: 99.99");
        l = credit_seq(2, ARC_CREDIT_GROSS, 5301);
        credit_refused(&v, &n, ARC_E_GUARD, "gross_amount", "line 2: more than is left of it: 53.00");
        l = credit_seq(2, ARC_CREDIT_GROSS, -100);
        credit_refused(&v, &n, ARC_E_GUARD, "gross_amount", "line 2");
        l = credit_seq(2, ARC_CREDIT_TAX, 301);
        credit_refused(&v, &n, ARC_E_GUARD, "tax_amount", "line 2");
        l = credit_seq(2, ARC_CREDIT_QUANTITY, 1);
        credit_refused(&v, &n, ARC_E_VALUE, "quantity", "no quantity");
        l = credit_seq(3, 0, 0);
        credit_refused(&v, &n, ARC_E_NOT_FOUND, "seq", "no such line");
        l.line = 1;
        credit_refused(&v, &n, ARC_E_VALUE, "seq", "by its id or by its number");
        arc_credit_line twice[2] = { credit_seq(1, ARC_CREDIT_NET, 1), credit_seq(1, ARC_CREDIT_NET, 1) };
        n.lines = twice;
        n.n_lines = 2;
        credit_refused(&v, &n, ARC_E_VALUE, "seq", "twice");
        n = credit_of(id);
        n.amount = 100;
        credit_refused(&v, &n, ARC_E_VALUE, "gross_amount", "has lines");
        (void)credit_one(&v, id, credit_seq(2, 0, 0));
        l = credit_seq(2, ARC_CREDIT_NET, 1);
        n = credit_of(id);
        n.lines = &l;
        n.n_lines = 1;
        credit_refused(&v, &n, ARC_E_GUARD, "seq", "in full already");
        invoices_close(&v);
    }
}

static void arguments(void **state)
{
    (void)state;
    invoices v;
    invoices_open(&v, 0);
    int64_t id = two_lines(&v);
    arc_credit_note n = credit_of(99);
    credit_refused(&v, &n, ARC_E_NOT_FOUND, "", "no invoice 99");
    n = credit_of(id);
    n.reason_code = NULL;
    credit_refused(&v, &n, ARC_E_REQUIRED, "reason_code", "reason code");
    n.reason_code = "whim";
    credit_refused(&v, &n, ARC_E_VALUE, "reason_code", "whim");
    n = credit_of(id);
    n.reason = "";
    credit_refused(&v, &n, ARC_E_REQUIRED, "reason", "reason");
    n = credit_of(id);
    assert_ok(arc_date_parse(&n.date, "2026-01-09", SIZE_MAX));
    credit_refused(&v, &n, ARC_E_RANGE, "invoice_date", "not dated before");
    n.date = ARC_DATE_NONE;
    int64_t credit = credit_ok(&v, &n);
    n = credit_of(credit);
    credit_refused(&v, &n, ARC_E_STATE, "status", "credit note itself");
    n.flags = 1;
    credit_refused(&v, &n, ARC_E_INVALID, "", "unknown flag");
    assert_int_equal(arc_credit_note_init(NULL), ARC_E_INVALID);
    assert_int_equal(arc_credit_line_init(NULL), ARC_E_INVALID);
    (void)sample_insert(v.s, ARC_FISCAL_PERIOD, "{\"code\":\"2026-01\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}");
    n = credit_of(two_lines(&v));
    assert_session(&v.b, arc_fiscal_period_close(v.s, 1, "月结", 0));
    assert_ok(arc_date_parse(&n.date, "2026-01-20", SIZE_MAX));
    credit_refused(&v, &n, ARC_E_PERIOD, "", "2026-01");
    invoices_close(&v);
}

/* What was paid already is the customer's: the surplus stays an open credit. Instalments are settled by due date. */
static void surplus(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-10\",\"due_date\":\"2026-02-10\",\"retention\":\"0.05\"}",
                              "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1000.00\",\"tax_rate\":\"0.13\"}", NULL);
        assert_session(&v.b, book_receipt(v.s, NULL, "R1", 1, 50000));
        assert_session(&v.b, book_allocate(v.s, NULL, 1, 1, 50000));
        (void)credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 60000)); /* 573.50 is open by the term, 56.50 retained */
        assert_int_equal(open_of(&v, 1), 0);
        assert_int_equal(open_of(&v, 2), 3000);
        (void)credit_one(&v, id, credit_seq(1, 0, 0));
        assert_int_equal(open_of(&v, 2), 0);
        assert_int_equal(open_of(&v, 4), -50000);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), -50000);
        assert_int_equal(role_sum(&v, "receivable") + role_sum(&v, "retention_receivable"), -50000);
        assert_int_equal(role_sum(&v, "retention_receivable"), 0);
        invoices_close(&v);
    }
}

/* Recorded without lines: by amount, tax in proportion. */
static void without_lines(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id;
        invoices_open(&v, backend);
        arc_record *r = invoices_record(v.s, ARC_INVOICE, "{\"customer\":1,\"number\":\"X1\",\"invoice_date\":\"2026-01-10\",\"due_date\":\"2026-02-10\",\"currency\":\"CNY\","
                                                          "\"gross_amount\":\"100.00\",\"tax_amount\":\"11.50\"}");
        assert_session(&v.b, arc_invoice_record(v.s, &id, r));
        arc_record_free(r);
        arc_credit_note n = credit_of(id);
        n.amount = 3333;
        n.number = "CN1";
        for (int i = 0; i < 3; i++) {
            char number[8];
            snprintf(number, sizeof number, "CN%d", i);
            n.number = number;
            (void)credit_ok(&v, &n);
        }
        n.number = "CN1";
        n.amount = 0;
        credit_refused(&v, &n, ARC_E_EXISTS, "number", "");
        n.number = "CN9";
        n.amount = 2;
        credit_refused(&v, &n, ARC_E_GUARD, "gross_amount", "0.01");
        n.amount = 0;
        (void)credit_ok(&v, &n);
        assert_int_equal(sum_of(&v, ARC_INVOICE, ARC_INVOICE_NET_AMOUNT), 0);
        assert_int_equal(sum_of(&v, ARC_INVOICE, ARC_INVOICE_TAX_AMOUNT), 0);
        assert_int_equal(role_sum(&v, "revenue"), 0);
        assert_int_equal(role_sum(&v, "output_vat"), 0);
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        invoices_close(&v);
    }
}

/* Notes of one call in their order, several of one invoice; each tells what came of it. */
static void batch(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t a = two_lines(&v), b = two_lines(&v), ids[5];
        arc_credit_line l = credit_seq(1, ARC_CREDIT_QUANTITY, 2000000);
        arc_status results[5];
        arc_credit_note n[5] = { credit_of(a), credit_of(b), credit_of(a), credit_of(99), credit_of(a) };
        n[0].lines = n[2].lines = &l;
        n[0].n_lines = n[2].n_lines = 1;
        assert_int_equal(arc_invoice_credit_many(v.s, ids, results, n, 5, 0), ARC_PARTIAL);
        static const arc_status expected[] = { ARC_OK, ARC_OK, ARC_E_GUARD, ARC_E_NOT_FOUND, ARC_OK };
        assert_memory_equal(results, expected, sizeof results);
        assert_true(ids[0] && ids[1] && !ids[2] && !ids[3] && ids[4]);
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 0);
        assert_int_equal(sum_of(&v, ARC_INVOICE, ARC_INVOICE_TAX_AMOUNT), 0);
        invoice_is(&v, a, "{\"status\":\"credited\"}");
        invoice_is(&v, b, "{\"status\":\"credited\"}");
        invoices_close(&v);
    }
}

/* In another currency: at what the invoice is booked at, the last one takes the last cent. */
static void foreign(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-10\",\"due_date\":\"2026-02-10\",\"fx_rate\":\"7.1234\"}",
                              "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"100.01\",\"tax_kind\":\"zero\"}", NULL);
        (void)credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 3333));
        (void)credit_one(&v, id, credit_seq(1, ARC_CREDIT_GROSS, 3334));
        (void)credit_one(&v, id, credit_seq(1, 0, 0));
        assert_int_equal(sum_of(&v, ARC_INVOICE, ARC_INVOICE_BASE_AMOUNT), 0);
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN), 0);
        assert_int_equal(sum_where(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, ARC_JOURNAL_LINE_ACCOUNT_ROLE, "revenue"), 0);
        assert_int_equal(sum_where(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, ARC_JOURNAL_LINE_ACCOUNT_ROLE, "receivable"), 0);
        invoices_close(&v);
    }
}

/* Random pieces of random invoices: sums exact, limits hold, the book verifies. */
static uint64_t seed = 20260216;
static int64_t below(int64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)n);
}

static int64_t random_invoice(invoices *v, int lines)
{
    static const char *const rates[] = { "0.13", "0.09", "0.06", "0.03", "0" };
    char text[6][160];
    const char *list[7] = { 0 };
    for (int k = 0; k < lines; k++) {
        if (below(2)) snprintf(text[k], sizeof text[k], "{\"name\":\"x\",\"currency\":\"CNY\",\"quantity\":\"%d\",\"price\":\"%d.%02d\",\"tax_rate\":\"%s\"}", (int)below(9) + 1, (int)below(500), (int)below(99) + 1, rates[below(5)]);
        else snprintf(text[k], sizeof text[k], "{\"name\":\"x\",\"currency\":\"CNY\",\"gross_amount\":\"%d.%02d\",\"tax_rate\":\"%s\"}", (int)below(900), (int)below(99) + 1, rates[below(5)]);
        list[k] = text[k];
    }
    return issue_lines(v, HEADER, list);
}

static void random_pieces(void **state)
{
    (void)state;
    invoices v;
    invoices_open(&v, 1);
    int done = 0;
    for (int i = 0; i < 40; i++) {
        int lines = (int)below(6) + 1;
        int64_t id = random_invoice(&v, lines);
        for (int k = 0; k < 12; k++) {
            static const uint32_t ways[] = { ARC_CREDIT_QUANTITY, ARC_CREDIT_NET, ARC_CREDIT_GROSS, 0 };
            uint32_t way = ways[below(4)];
            arc_credit_line l = credit_seq(below(lines) + 1, way, way == ARC_CREDIT_QUANTITY ? (below(3) + 1) * 1000000 : below(20000) + 1);
            arc_credit_note n = credit_of(id);
            n.lines = &l;
            n.n_lines = 1;
            arc_status st = arc_invoice_credit(v.s, NULL, &n);
            if (st != ARC_OK && st != ARC_E_GUARD && st != ARC_E_VALUE && st != ARC_E_STATE) assert_session(&v.b, st);
            done += st == ARC_OK;
        }
        arc_credit_note rest = credit_of(id);
        arc_status st = arc_invoice_credit(v.s, NULL, &rest);
        if (st != ARC_E_STATE) assert_session(&v.b, st);
        invoice_is(&v, id, "{\"status\":\"credited\"}");
    }
    assert_true(done > 40); /* most of the pieces fit */
    static const arc_field_id fields[] = { ARC_INVOICE_LINE_NET_AMOUNT, ARC_INVOICE_LINE_TAX_AMOUNT, ARC_INVOICE_LINE_GROSS_AMOUNT };
    for (int k = 0; k < 3; k++) assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, fields[k]), 0);
    assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 0);
    assert_int_equal(role_sum(&v, "output_vat"), 0);
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_of_it), cmocka_unit_test(pieces),        cmocka_unit_test(limits), cmocka_unit_test(arguments),
                                        cmocka_unit_test(surplus),   cmocka_unit_test(without_lines), cmocka_unit_test(batch),  cmocka_unit_test(foreign),
                                        cmocka_unit_test(random_pieces) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
