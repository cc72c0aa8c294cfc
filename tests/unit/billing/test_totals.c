/* SPDX-License-Identifier: Apache-2.0 */
/* What the lines of a document come to: worked examples, bounds, and what must hold of any lines. */
#include <string.h>

#include "billing/totals.h"
#include "support/support.h"

static test_env *at;

static int setup(void **state)
{
    int failed = test_setup(state);
    at = *state;
    return failed;
}

static arci_total_rules rules_of(const char *currency, int gross, int group)
{
    arci_total_rules r = ARCI_TOTAL_RULES_INIT;
    memcpy(r.currency, currency, 4);
    r.gross_basis = (uint8_t)gross;
    r.by_group = (uint8_t)group;
    return r;
}

static arci_total_line line(int gross, int64_t amount, int64_t rate)
{
    arci_total_line l;
    memset(&l, 0, sizeof l);
    l.given = ARCI_GIVEN_RATE | (gross ? ARCI_GIVEN_GROSS : ARCI_GIVEN_NET);
    if (gross) l.gross = amount;
    else l.net = amount;
    l.rate = rate;
    return l;
}

static arci_totals totals(arci_total_line *lines, uint32_t n, const arci_total_rules *r)
{
    arci_totals t = { 0, 0, 0 };
    if (arci_totals_compute(&at->env, &t, lines, n, r) != ARC_OK) fail_msg("%s", at->err.message);
    return t;
}

/* n lines of one net amount: tax by line and by group. */
static void net_entered(uint32_t n, int64_t net, int64_t rate, int64_t by_line, int64_t by_group)
{
    arci_total_line lines[100];
    for (int group = 0; group < 2; group++) {
        arci_total_rules r = rules_of("CNY", 0, group);
        int64_t tax = 0;
        for (uint32_t i = 0; i < n; i++) lines[i] = line(0, net, rate);
        arci_totals t = totals(lines, n, &r);
        for (uint32_t i = 0; i < n; i++) tax += lines[i].tax;
        assert_int_equal(t.net, n * net);
        assert_int_equal(t.tax, group ? by_group : by_line);
        assert_int_equal(tax, t.tax);
        assert_int_equal(t.gross, t.net + t.tax);
    }
}

static void worked_examples(void **state)
{
    (void)state;
    net_entered(10, 1005, 1300, 1310, 1307); /* T1.2 */
    net_entered(50, 333, 600, 1000, 999);    /* T1.3 */
    net_entered(100, 35, 1300, 500, 455);    /* T1.4 */
    static const struct {
        int64_t rate, net, tax;
    } gross[] = { { 1300, 8850, 1150 }, { 900, 9174, 826 }, { 600, 9434, 566 }, { 300, 9709, 291 }, { 100, 9901, 99 } }; /* T1.5 */
    for (size_t i = 0; i < sizeof gross / sizeof gross[0]; i++) {
        for (int group = 0; group < 2; group++) {
            arci_total_rules r = rules_of("CNY", 1, group);
            arci_total_line l = line(1, 10000, gross[i].rate);
            arci_totals t = totals(&l, 1, &r);
            assert_int_equal(t.gross, 10000);
            assert_int_equal(t.net, gross[i].net);
            assert_int_equal(t.tax, gross[i].tax);
        }
    }
}

static void minor_units(void **state)
{
    (void)state;
    arci_total_rules jpy = rules_of("JPY", 0, 0), kwd = rules_of("KWD", 0, 0);
    arci_total_line l = line(0, 105, 1000);
    assert_int_equal(totals(&l, 1, &jpy).tax, 11); /* 10.5 */
    l = line(0, -105, 1000);
    assert_int_equal(totals(&l, 1, &jpy).tax, -11);
    memset(&l, 0, sizeof l);
    l.given = ARCI_GIVEN_QUANTITY | ARCI_GIVEN_PRICE | ARCI_GIVEN_KIND;
    l.kind = ARCI_TAX_OUTSIDE;
    l.quantity = (arc_decimal){ 1000000, 6, 0 };
    l.price = (arc_decimal){ 123450000, 8, 0 };
    assert_int_equal(totals(&l, 1, &kwd).gross, 1235); /* 1.2345 */
}

/* Prices are without or with tax. */
static void quantity_and_price(void **state)
{
    (void)state;
    for (int gross = 0; gross < 2; gross++) {
        arci_total_rules r = rules_of("CNY", gross, 0);
        arci_total_line l;
        memset(&l, 0, sizeof l);
        l.given = ARCI_GIVEN_QUANTITY | ARCI_GIVEN_PRICE | ARCI_GIVEN_RATE;
        l.quantity = (arc_decimal){ 3000000, 6, 0 };
        l.price = (arc_decimal){ 3333333333, 8, 0 }; /* 33.33333333 */
        l.rate = 1300;
        arci_totals t = totals(&l, 1, &r);
        assert_int_equal(gross ? t.gross : t.net, 10000);
        assert_int_equal(gross ? t.net : t.gross, gross ? 8850 : 11300);
    }
}

static void refused(arci_total_line *lines, uint32_t n, const arci_total_rules *r, arc_status status, const char *pointer, const char *entity)
{
    arci_totals t;
    memset(&at->err, 0, sizeof at->err);
    assert_int_equal(arci_totals_compute(&at->env, &t, lines, n, r), status);
    assert_string_equal(at->err.pointer, pointer);
    assert_string_equal(at->err.entity, entity);
    assert_true(at->err.message[0] && at->err.message_zh[0]);
}

/* What a caller gives himself may be off by as much as the bounds say, and not by more. */
static void bounds(void **state)
{
    (void)state;
    arci_total_rules r = rules_of("CNY", 0, 0);
    arci_total_line l[25];
    for (int64_t off = -7; off <= 7; off++) { /* 0.06 a line */
        l[0] = line(0, 10000, 1300);
        l[0].given |= ARCI_GIVEN_TAX;
        l[0].tax = 1300 + off;
        if (off >= -6 && off <= 6) assert_int_equal(totals(l, 1, &r).gross, 11300 + off);
        else refused(l, 1, &r, ARC_E_VALUE, "/lines/0/tax_amount", "invoice_line");
    }
    for (uint32_t n = 21; n <= 22; n++) { /* 21 x 0.06 = 1.26, 22 x 0.06 = 1.32: 1.27 a document */
        for (uint32_t i = 0; i < n; i++) {
            l[i] = line(0, 10000, 1300);
            l[i].given |= ARCI_GIVEN_TAX;
            l[i].tax = 1306;
        }
        if (n == 21) assert_int_equal(totals(l, n, &r).tax, 21 * 1306);
        else refused(l, n, &r, ARC_E_VALUE, "", "invoice");
    }
    for (int64_t off = -2; off <= 2; off++) { /* 0.01 between quantity x price and amount */
        l[0] = line(0, 3000 + off, 0);
        l[0].given |= ARCI_GIVEN_QUANTITY | ARCI_GIVEN_PRICE;
        l[0].quantity = (arc_decimal){ 3000000, 6, 0 };
        l[0].price = (arc_decimal){ 1000000000, 8, 0 };
        if (off >= -1 && off <= 1) assert_int_equal(totals(l, 1, &r).net, 3000 + off);
        else refused(l, 1, &r, ARC_E_VALUE, "/lines/0/net_amount", "invoice_line");
    }
    l[0].net = 2999; /* 30.0049 - 29.99 is above 0.01 */
    l[0].price = (arc_decimal){ 1000163333, 8, 0 };
    refused(l, 1, &r, ARC_E_VALUE, "/lines/0/net_amount", "invoice_line");
    r.by_group = 1; /* a group's tax may be off by 1.00 in all */
    for (int64_t off = 100; off <= 101; off++) {
        for (uint32_t i = 0; i < 20; i++) {
            l[i] = line(0, 10000, 1300);
            l[i].given |= ARCI_GIVEN_TAX;
            l[i].tax = 1305 + (i == 0 ? off - 100 : 0);
        }
        if (off == 100) assert_int_equal(totals(l, 20, &r).tax, 26100);
        else refused(l, 20, &r, ARC_E_VALUE, "/lines/0/tax_amount", "invoice_line");
    }
}

static void contradictions(void **state)
{
    (void)state;
    arci_total_rules r = rules_of("CNY", 0, 0);
    arci_total_line l[2] = { line(0, 100, 1300), line(0, 100, 1300) };
    l[1].given = ARCI_GIVEN_RATE;
    refused(l, 2, &r, ARC_E_REQUIRED, "/lines/1/net_amount", "invoice_line");
    l[1] = line(0, 100, 0);
    l[1].given = ARCI_GIVEN_NET;
    refused(l, 2, &r, ARC_E_REQUIRED, "/lines/1/tax_rate", "invoice_line");
    l[1].given |= ARCI_GIVEN_KIND;
    l[1].kind = ARCI_TAX_SIMPLIFIED;
    refused(l, 2, &r, ARC_E_REQUIRED, "/lines/1/tax_rate", "invoice_line");
    l[1].kind = ARCI_TAX_EXEMPT;
    assert_int_equal(totals(l, 2, &r).tax, 13);
    l[1].given |= ARCI_GIVEN_RATE;
    l[1].rate = 300;
    refused(l, 2, &r, ARC_E_VALUE, "/lines/1/tax_rate", "invoice_line");
    l[1] = line(0, 100, 0);
    l[1].given |= ARCI_GIVEN_TAX; /* tax without a rate */
    l[1].tax = 1;
    refused(l, 2, &r, ARC_E_VALUE, "/lines/1/tax_amount", "invoice_line");
    l[1] = line(0, 10000, 1300);
    l[1].given |= ARCI_GIVEN_TAX | ARCI_GIVEN_GROSS;
    l[1].tax = 1300;
    l[1].gross = 11301;
    refused(l, 2, &r, ARC_E_VALUE, "/lines/1/gross_amount", "invoice_line");
    l[1].gross = 11300;
    assert_int_equal(totals(l + 1, 1, &r).gross, 11300);
    l[0] = line(0, ARC_MONEY_MAX, 1300);
    refused(l, 1, &r, ARC_E_OVERFLOW, "/lines/0/tax_amount", "invoice_line");
    l[0] = line(0, ARC_MONEY_MAX, 0);
    l[1] = line(0, 1, 0);
    refused(l, 2, &r, ARC_E_OVERFLOW, "", "invoice");
}

static void discount_lines(void **state)
{
    (void)state;
    arci_total_rules r = rules_of("CNY", 0, 0);
    for (int64_t s = 1; s >= -1; s -= 2) { /* in a credit note all signs turn */
        arci_total_line l[3] = { line(0, s * 10000, 1300), line(0, s * -1000, 1300), line(0, s * 500, 600) };
        l[1].discount_of = 1;
        l[1].given = ARCI_GIVEN_NET; /* rate and kind are the line's */
        arci_totals t = totals(l, 3, &r);
        assert_int_equal(t.tax, s * (1300 - 130 + 30));
        assert_int_equal(l[1].rate, 1300);
        l[1].rate = 600;
        l[1].given = ARCI_GIVEN_NET | ARCI_GIVEN_RATE;
        refused(l, 3, &r, ARC_E_VALUE, "/lines/1/tax_rate", "invoice_line");
        l[1] = line(0, s * -10001, 1300);
        l[1].discount_of = 1;
        refused(l, 3, &r, ARC_E_VALUE, "/lines/1/net_amount", "invoice_line");
        l[1].net = s;
        refused(l, 3, &r, ARC_E_VALUE, "/lines/1/net_amount", "invoice_line");
        l[1].net = s * -1000;
        l[2] = line(0, s * -100, 1300);
        l[2].discount_of = 1; /* not the line above */
        refused(l, 3, &r, ARC_E_VALUE, "/lines/2/discount_of", "invoice_line");
        l[2].discount_of = 2; /* a discount of a discount */
        refused(l, 3, &r, ARC_E_VALUE, "/lines/2/discount_of", "invoice_line");
        l[0].discount_of = 1;
        refused(l, 3, &r, ARC_E_VALUE, "/lines/0/discount_of", "invoice_line");
    }
}

/* Of any lines: sums are totals, what was entered survives, a credit is the mirror, a group's tax is exact, nothing is off by a unit or more. */
static void of_any_lines(void **state)
{
    static const int64_t rates[] = { 0, 100, 300, 500, 600, 900, 1300, 1999, 2500 };
    static const char *const currencies[] = { "CNY", "JPY", "KWD" };
    uint64_t seed = 20261122;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        arci_total_line l[40], m[40], entered[40];
        uint32_t n = 1 + (uint32_t)(test_random(&seed) % 40), k = 1 + (uint32_t)(test_random(&seed) % 4);
        int gross = (int)(test_random(&seed) % 2), group = (int)(test_random(&seed) % 2);
        arci_total_rules r = rules_of(currencies[round % 3], gross, group);
        for (uint32_t i = 0; i < n; i++) {
            int64_t amount = (int64_t)(test_random(&seed) % 200000) - (i % 3 == 2 ? 100000 : 0);
            l[i] = line(gross, amount, rates[test_random(&seed) % k * 2]);
            entered[i] = m[i] = l[i];
            m[i].net = -m[i].net;
            m[i].gross = -m[i].gross;
        }
        arci_totals t = totals(l, n, &r), u = totals(m, n, &r), sum = { 0, 0, 0 };
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(gross ? l[i].gross : l[i].net, gross ? entered[i].gross : entered[i].net);
            assert_int_equal(l[i].net + l[i].tax, l[i].gross);
            assert_int_equal(m[i].tax, -l[i].tax);
            int64_t base = gross ? l[i].gross : l[i].net, parts = 10000 + (gross ? l[i].rate : 0), off = base * l[i].rate - l[i].tax * parts;
            assert_true(off <= parts && off >= -parts);
            sum.net += l[i].net;
            sum.tax += l[i].tax;
            sum.gross += l[i].gross;
        }
        assert_memory_equal(&sum, &t, sizeof t);
        assert_int_equal(u.gross, -t.gross);
        arci_total_group g[40];
        uint32_t n_groups = arci_totals_groups(g, l, n);
        for (uint32_t i = 0; i < n_groups; i++) {
            int64_t base = gross ? g[i].net + g[i].tax : g[i].net, parts = 10000 + (gross ? g[i].rate : 0), off = base * g[i].rate - g[i].tax * parts;
            if (group) assert_true(2 * off <= parts && 2 * off >= -parts);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_examples), cmocka_unit_test(minor_units),    cmocka_unit_test(quantity_and_price), cmocka_unit_test(bounds),
        cmocka_unit_test(contradictions),  cmocka_unit_test(discount_lines), cmocka_unit_test(of_any_lines),
    };
    return cmocka_run_group_tests(tests, setup, test_teardown);
}
