/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

#include "arcore/terms.h"

static arc_due_rule rule(int32_t kind, int32_t days, int32_t months)
{
    arc_due_rule r = ARC_DUE_RULE_DEFAULT;

    r.kind = kind;
    r.days = days;
    r.months = months;
    return r;
}

static arc_terms_facts invoiced(const char *date)
{
    arc_terms_facts f = ARC_TERMS_FACTS_INIT;

    f.invoice = day(date);
    return f;
}

static void due_is(const char *want, const char *base, arc_due_rule r)
{
    arc_terms_facts f = invoiced(base);
    arc_date d;

    assert_ok(arc_due_date(&d, &r, &f));
    assert_day(want, d);
}

/* T2.1 */
static void base_table(void **state)
{
    static const char *const t[][6] = {
        {"2025-01-10", "2025-02-09", "2025-03-02", "2025-02-28", "2025-02-28", "2025-02-10"},
        {"2025-01-31", "2025-03-02", "2025-03-02", "2025-03-31", "2025-02-28", "2025-02-28"},
        {"2024-01-31", "2024-03-01", "2024-03-01", "2024-03-31", "2024-02-29", "2024-02-29"},
        {"2025-02-28", "2025-03-30", "2025-03-30", "2025-03-31", "2025-03-31", "2025-03-28"},
        {"2025-12-15", "2026-01-14", "2026-01-30", "2026-01-31", "2026-01-31", "2026-01-15"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        due_is(t[i][1], t[i][0], rule(ARC_DUE_NET, 30, 0));
        due_is(t[i][2], t[i][0], rule(ARC_DUE_EOM_DAYS, 30, 0));
        due_is(t[i][3], t[i][0], rule(ARC_DUE_DAYS_EOM, 30, 0));
        due_is(t[i][4], t[i][0], rule(ARC_DUE_EOM_MONTHS, 0, 1));
        due_is(t[i][5], t[i][0], rule(ARC_DUE_MONTHS, 0, 1));
    }
}

/* The short form, and what it refuses. */
static void short_forms(void **state)
{
    test_env *t = *state;
    static const struct {
        const char *text, *base, *due;
    } good[] = {
        {"NET30", "2025-01-10", "2025-02-09"},   {"net 30", "2025-01-10", "2025-02-09"}, {"30", "2025-01-10", "2025-02-09"},
        {"30D", "2025-01-10", "2025-02-09"},     {"EOM", "2025-01-10", "2025-01-31"},    {"EOM30", "2025-01-10", "2025-03-02"},
        {"EOM+30", "2025-01-10", "2025-03-02"},  {"30EOM", "2025-01-31", "2025-03-31"},  {"EOM+1M", "2025-01-31", "2025-02-28"},
        {"1M", "2025-01-31", "2025-02-28"},      {"+1M", "2024-01-31", "2024-02-29"},    {"NEXT30", "2025-03-10", "2025-05-01"},
        {"DAY15+1M", "2025-03-10", "2025-04-15"}, {"STMT25+30", "2025-03-10", "2025-04-24"}, {" NET0 ", "2025-01-10", "2025-01-10"},
        {"2/10 NET30", "2025-01-10", "2025-02-09"},
    };
    static const char *const bad[] = {"", "NET", "NETX", "NET30X", "30/", "2/10NET30", "x/10 NET30", "EOM+", "DAY32", "STMT0", "NET30@", "NET30@NOWHERE",
                                      "200/10 NET30", "99999999", "月结30"};
    arc_terms terms;
    arc_date d;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        arc_terms_facts f = invoiced(good[i].base);
        assert_ok(arc_terms_parse_text(t->ctx, &terms, good[i].text, SIZE_MAX));
        assert_ok(arc_due_date(&d, &terms.lines[0].due, &f));
        assert_day(good[i].due, d);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_true(arc_terms_parse_text(t->ctx, &terms, bad[i], SIZE_MAX) < 0);
    assert_ok(arc_terms_parse_text(t->ctx, &terms, "3/10 1.5/20 net45@acceptance", SIZE_MAX));
    assert_int_equal(terms.n_tiers, 2);
    assert_int_equal(terms.tiers[1].until.base, ARC_BASE_ACCEPTANCE);
    assert_int_equal(terms.lines[0].due.base, ARC_BASE_ACCEPTANCE);
    assert_int_equal(terms.tiers[1].percent.mantissa, 15);
    assert_status(ARC_E_INVALID, arc_terms_parse_text(t->ctx, NULL, "NET30", SIZE_MAX));
}

/* T2.2 and day-of-month rules */
static void days_of_month(void **state)
{
    arc_due_rule r = rule(ARC_DUE_DAYS_EOM, 30, 0);

    (void)state;
    r.day = 31;
    r.day_months = 1;
    due_is("2025-05-31", "2025-03-02", r);
    r = rule(ARC_DUE_DAY_OF_MONTH, 0, 1);
    r.day = 31;
    due_is("2025-02-28", "2025-01-10", r);
    due_is("2024-02-29", "2024-01-10", r);
    r.months = 0;
    r.day = 10;
    due_is("2025-01-10", "2025-01-31", r);
    r = rule(ARC_DUE_NET, 30, 0);
    r.day = 10;
    r.day_months = 1;
    due_is("2025-03-10", "2025-01-10", r);
}

static void cut_offs(void **state)
{
    arc_due_rule r = rule(ARC_DUE_EOM_MONTHS, 0, 1);

    (void)state;
    r.cutoff_day = 25;
    due_is("2025-02-28", "2025-01-25", r);
    due_is("2025-03-31", "2025-01-26", r);
    r.cutoff_day = 31;
    due_is("2025-02-28", "2025-01-31", r);
    due_is("2025-03-31", "2025-02-28", r);
    r.cutoff_day = 30; /* in February the cut-off is the month's end */
    due_is("2025-03-31", "2025-02-28", r);
    due_is("2025-03-31", "2025-01-31", r);
    r = rule(ARC_DUE_NET, 30, 0);
    r.cutoff_day = 25;
    due_is("2025-03-03", "2025-01-26", r);
    r = rule(ARC_DUE_DAY_OF_MONTH, 0, 1);
    r.day = 15;
    r.cutoff_day = 20;
    due_is("2025-02-15", "2025-01-20", r);
    due_is("2025-03-15", "2025-01-21", r);
}

/* T2.3 and the readings of monthly settlement */
static void monthly_settlement(void **state)
{
    arc_due_rule r;

    (void)state;
    due_is("2025-02-28", "2025-01-10", rule(ARC_DUE_EOM_MONTHS, 0, 1));
    due_is("2025-03-31", "2025-01-10", rule(ARC_DUE_EOM_MONTHS, 0, 2));
    due_is("2025-04-30", "2025-01-10", rule(ARC_DUE_EOM_MONTHS, 0, 3));
    due_is("2025-03-02", "2025-01-10", rule(ARC_DUE_EOM_DAYS, 30, 0));
    due_is("2025-04-01", "2025-01-10", rule(ARC_DUE_EOM_DAYS, 60, 0));
    due_is("2025-05-01", "2025-01-10", rule(ARC_DUE_EOM_DAYS, 90, 0));
    due_is("2025-04-10", "2025-03-10", rule(ARC_DUE_MONTHS, 0, 1));
    due_is("2025-04-09", "2025-03-10", rule(ARC_DUE_NET, 30, 0));
    due_is("2025-05-01", "2025-03-10", rule(ARC_DUE_NEXT_MONTH, 30, 0));
    r = rule(ARC_DUE_NEXT_MONTH, 30, 0);
    r.day = 15;
    due_is("2025-05-15", "2025-03-10", r);
    r = rule(ARC_DUE_STATEMENT, 30, 0);
    r.cutoff_day = 25;
    due_is("2025-04-24", "2025-03-10", r);
    due_is("2025-04-24", "2025-03-25", r);
    due_is("2025-05-25", "2025-03-26", r);
    r.cutoff_day = 31;
    due_is("2025-03-30", "2025-02-10", r);
    due_is("2025-03-30", "2025-02-28", r);
    r = rule(ARC_DUE_STATEMENT, 0, 1);
    r.cutoff_day = 31;
    due_is("2025-02-28", "2025-01-15", r);
    due_is("2025-04-30", "2025-03-10", rule(ARC_DUE_EOM_DAYS, 30, 0));
}

static void base_dates(void **state)
{
    static const int32_t bases[] = {ARC_BASE_INVOICE,   ARC_BASE_DELIVERY, ARC_BASE_ACCEPTANCE, ARC_BASE_RECEIVED,
                                    ARC_BASE_STATEMENT, ARC_BASE_ORDER,    ARC_BASE_CONTRACT,   ARC_BASE_MILESTONE};
    arc_terms_facts f = ARC_TERMS_FACTS_INIT;
    arc_date *dates[] = {&f.invoice,   &f.delivery, &f.acceptance, &f.received,
                         &f.statement, &f.order,    &f.contract,   &f.milestone};
    arc_due_rule r = rule(ARC_DUE_NET, 7, 0);
    arc_date d;

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        r.base = bases[i];
        assert_ok(arc_due_date(&d, &r, &f));
        assert_int_equal(ARC_DATE_NONE, d);
        *dates[i] = 20000 + (arc_date)i;
        assert_ok(arc_due_date(&d, &r, &f));
        assert_int_equal(20007 + (arc_date)i, d);
        *dates[i] = ARC_DATE_NONE;
    }
    f.invoice = day("2025-02-10");
    r.base = ARC_BASE_STATEMENT;
    assert_ok(arc_due_date(&d, &r, &f));
    assert_day("2025-03-07", d);
    r = rule(ARC_DUE_FIXED, 0, 0);
    r.fixed = day("2025-06-30");
    f.invoice = ARC_DATE_NONE;
    assert_ok(arc_due_date(&d, &r, &f));
    assert_day("2025-06-30", d);
}

static void rule_faults(void **state)
{
    struct {
        size_t at;
        int32_t value;
    } bad[] = {{offsetof(arc_due_rule, kind), 0},        {offsetof(arc_due_rule, kind), 10},
               {offsetof(arc_due_rule, base), 0},        {offsetof(arc_due_rule, base), 9},
               {offsetof(arc_due_rule, days), 36501},    {offsetof(arc_due_rule, days), -3651},
               {offsetof(arc_due_rule, months), 1},      {offsetof(arc_due_rule, day), 32},
               {offsetof(arc_due_rule, day), -1},        {offsetof(arc_due_rule, day_months), 1},
               {offsetof(arc_due_rule, cutoff_day), 32}, {offsetof(arc_due_rule, fixed), 0},
               {offsetof(arc_due_rule, convention), 6},  {offsetof(arc_due_rule, reserved), 1}};
    arc_terms_facts f = invoiced("2025-01-10");
    arc_due_rule r;
    arc_date d = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        r = rule(ARC_DUE_NET, 30, 0);
        memcpy((char *)&r + bad[i].at, &bad[i].value, sizeof bad[i].value);
        assert_status(ARC_E_VALUE, arc_due_date(&d, &r, &f));
    }
    r = rule(ARC_DUE_FIXED, 0, 0);
    assert_status(ARC_E_VALUE, arc_due_date(&d, &r, &f));
    r = rule(ARC_DUE_DAY_OF_MONTH, 0, 1);
    assert_status(ARC_E_VALUE, arc_due_date(&d, &r, &f));
    r = rule(ARC_DUE_STATEMENT, 0, 1);
    assert_status(ARC_E_VALUE, arc_due_date(&d, &r, &f));
    r = rule(ARC_DUE_NET, 30, 0);
    r.convention = ARC_ADJUST_FOLLOWING;
    assert_status(ARC_E_CALENDAR, arc_due_date(&d, &r, &f));
    r = rule(ARC_DUE_NET, 30, 0);
    f.invoice = ARC_DATE_MAX;
    assert_status(ARC_E_OVERFLOW, arc_due_date(&d, &r, &f));
    f.invoice = ARC_DATE_MAX + 1;
    assert_status(ARC_E_RANGE, arc_due_date(&d, &r, &f));
    assert_status(ARC_E_INVALID, arc_due_date(&d, NULL, &f));
    assert_status(ARC_E_INVALID, arc_due_date(&d, &r, NULL));
    f.struct_size = 0;
    assert_status(ARC_E_INVALID, arc_due_date(&d, &r, &f));
    assert_int_equal(7, d);
}

static void parse(test_env *t, arc_terms *out, const char *json)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_terms_parse(t->ctx, out, json, strlen(json));

    (void)arc_context_error(t->ctx, &e);
    assert_ok_err(&e, st);
}

static void schedule_is(test_env *t, const char *json, const char *gross, const char *const (*want)[2], size_t n)
{
    arc_terms terms;
    arc_terms_facts f = invoiced("2025-01-10");
    arc_instalment got[ARC_TERMS_LINES];
    size_t len = ARC_TERMS_LINES;
    int64_t sum = 0;

    parse(t, &terms, json);
    f.gross = money(gross, "CNY");
    assert_ok(arc_terms_schedule(t->ctx, got, &len, &terms, &f));
    assert_int_equal(n, len);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal((int)i + 1, got[i].line);
        assert_amount(want[i][0], got[i].amount);
        if (want[i][1] == NULL)
            assert_int_equal(ARC_DATE_NONE, got[i].due);
        else
            assert_day(want[i][1], got[i].due);
        sum += got[i].amount.minor;
    }
    assert_int_equal(f.gross.minor, sum);
}

#define THREE(a, b)                                                                                                    \
    "{\"lines\":[{\"percent\":\"" a "\",\"due\":{\"kind\":\"net\"}},{\"percent\":" b                                   \
    ",\"due\":{\"kind\":\"net\",\"days\":30}},"                                                                        \
    "{\"due\":{\"kind\":\"months\",\"base\":\"acceptance\",\"months\":12}}]}"

/* T1.6, last example */
static void instalments(void **state)
{
    test_env *t = *state;

    schedule_is(t, THREE("30", "40"), "100.01",
                (const char *const[][2]){{"30.00", "2025-01-10"}, {"40.00", "2025-02-09"}, {"30.01", NULL}}, 3);
    schedule_is(t, THREE("30", "\"40.0\""), "-100.01",
                (const char *const[][2]){{"-30.00", "2025-01-10"}, {"-40.00", "2025-02-09"}, {"-30.01", NULL}}, 3);
    schedule_is(t, THREE("49", "49"), "0.01", /* rounded, the balance would be +-0.00; never of the other sign */
                (const char *const[][2]){{"0.00", "2025-01-10"}, {"0.00", "2025-02-09"}, {"0.01", NULL}}, 3);
    schedule_is(t, THREE("50", "49"), "0.01",
                (const char *const[][2]){{"0.01", "2025-01-10"}, {"0.00", "2025-02-09"}, {"0.00", NULL}}, 3);
    schedule_is(t, THREE("49.9", "49.9"), "0.03", /* 0.015 twice and 0.00 */
                (const char *const[][2]){{"0.01", "2025-01-10"}, {"0.01", "2025-02-09"}, {"0.01", NULL}}, 3);
    schedule_is(t, "{\"due\":{\"kind\":\"eom_months\",\"months\":1}}", "100.01",
                (const char *const[][2]){{"100.01", "2025-02-28"}}, 1);
    schedule_is(t,
                "{\"lines\":[{\"percent\":\"33.333\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"33.333\",\"due\":{"
                "\"kind\":\"net\"}},"
                "{\"percent\":\"33.334\",\"due\":{\"kind\":\"net\"}}]}",
                "100.00",
                (const char *const[][2]){{"33.33", "2025-01-10"}, {"33.33", "2025-01-10"}, {"33.34", "2025-01-10"}}, 3);
}

/* Whatever the percentages, the parts add up, keep the sign and lie within one unit of their share. */
static void schedules_add_up(void **state)
{
    static const arc_term_line usual = ARC_TERM_LINE_DEFAULT;
    test_env *t = *state;
    uint64_t seed = 77;

    for (int run = 0; run < 5000; run++) {
        arc_terms terms = ARC_TERMS_INIT;
        arc_terms_facts f = invoiced("2025-01-10");
        arc_instalment got[ARC_TERMS_LINES];
        size_t n = ARC_TERMS_LINES;
        int64_t left = 10000, sum = 0, total = (int64_t)(test_random(&seed) % (run % 3 ? 100 : 1000000000));
        int32_t lines = 1 + (int32_t)(test_random(&seed) % 8);
        terms.n_lines = lines;
        for (int32_t i = 0; i < lines - 1; i++) {
            int64_t p = 1 + (int64_t)(test_random(&seed) % (uint64_t)(left - (lines - i)));
            terms.lines[i + 1] = usual;
            terms.lines[i].kind = ARC_LINE_PERCENT;
            assert_ok(arc_decimal_set(&terms.lines[i].percent, p, 2));
            left -= p;
        }
        if (run % 2) {
            terms.lines[lines - 1].kind = ARC_LINE_PERCENT;
            assert_ok(arc_decimal_set(&terms.lines[lines - 1].percent, left, 2));
        }
        assert_ok(arc_money_set(&f.gross, run % 5 ? total : -total, "EUR"));
        assert_ok(arc_terms_schedule(t->ctx, got, &n, &terms, &f));
        for (size_t i = 0; i < n; i++) {
            sum += got[i].amount.minor;
            assert_true(got[i].amount.minor == 0 || (got[i].amount.minor < 0) == (f.gross.minor < 0));
        }
        assert_int_equal(f.gross.minor, sum);
    }
}

static void best_is(test_env *t, const arc_terms *terms, const arc_terms_facts *f, const char *paid, int32_t tier,
                    const char *amount)
{
    arc_discount d;

    assert_ok(arc_terms_best_discount(t->ctx, &d, terms, f, 1, day(paid)));
    assert_int_equal(tier, d.tier);
    assert_amount(amount, d.amount);
}

static void cash_discounts(void **state)
{
    test_env *t = *state;
    arc_terms terms;
    arc_terms_facts f = invoiced("2025-01-10");
    arc_discount d[4];
    size_t n = 4;

    parse(t, &terms,
          "{\"due\":{\"kind\":\"net\",\"days\":45},\"discounts\":[{\"percent\":\"3\",\"until\":{\"kind\":\"net\","
          "\"days\":10}},"
          "{\"percent\":\"1\",\"until\":{\"kind\":\"net\",\"days\":20},\"grace_days\":3,\"basis\":\"net\"}]}");
    f.gross = money("113.00", "CNY");
    f.net = money("100.00", "CNY");
    best_is(t, &terms, &f, "2024-12-31", 1, "3.39");
    best_is(t, &terms, &f, "2025-01-20", 1, "3.39");
    best_is(t, &terms, &f, "2025-01-21", 2, "1.00");
    best_is(t, &terms, &f, "2025-01-30", 2, "1.00");
    best_is(t, &terms, &f, "2025-02-02", 2, "1.00");
    best_is(t, &terms, &f, "2025-02-03", 0, "0.00");
    assert_ok(arc_terms_discounts(t->ctx, d, &n, &terms, &f));
    assert_int_equal(2, n);
    assert_day("2025-01-30", d[1].until);
    assert_day("2025-02-02", d[1].last);
    assert_decimal("1", d[1].percent);
    n = 1;
    assert_status(ARC_E_BUFFER, arc_terms_discounts(t->ctx, d, &n, &terms, &f));
    assert_int_equal(2, n);
    terms.tiers[0].percent = dec("0.5"); /* the larger one wins, not the first */
    best_is(t, &terms, &f, "2025-01-20", 2, "1.00");
    terms.tiers[0].percent = dec("3");
    f.gross = money("-113.00", "CNY");
    f.net = money("-100.00", "CNY");
    best_is(t, &terms, &f, "2025-01-20", 1, "-3.39");
    f.net = money("-100.00", "USD");
    assert_status(ARC_E_CURRENCY, arc_terms_discounts(t->ctx, d, (n = 4, &n), &terms, &f));
    memset(&f.net, 0, sizeof f.net);
    assert_status(ARC_E_CURRENCY, arc_terms_best_discount(t->ctx, d, &terms, &f, 1, day("2025-01-20")));
    assert_status(ARC_E_RANGE, arc_terms_best_discount(t->ctx, d, &terms, &f, 2, day("2025-01-20")));
    assert_status(ARC_E_RANGE, arc_terms_best_discount(t->ctx, d, &terms, &f, 1, ARC_DATE_NONE));
    terms.tiers[1].basis = ARC_BASIS_GROSS;
    f.invoice = ARC_DATE_NONE;
    best_is(t, &terms, &f, "2025-01-20", 0, "0.00");
}

/* T2.4 */
static void annual_cost(void **state)
{
    arc_decimal p = dec("2"), simple, compound;

    (void)state;
    assert_ok(arc_discount_annual_cost(&simple, &compound, &p, 20, 2));
    assert_decimal("37.24", simple);
    assert_decimal("44.59", compound);
    assert_ok(arc_discount_annual_cost(&simple, &compound, &p, 20, 6));
    assert_decimal("37.244898", simple);
    assert_decimal("44.585293", compound);
    p = dec("50");
    assert_ok(arc_discount_annual_cost(&simple, &compound, &p, 365, 6));
    assert_decimal("100.000000", simple);
    assert_decimal("100.000000", compound);
    p = dec("99.999999");
    assert_status(ARC_E_OVERFLOW, arc_discount_annual_cost(&simple, &compound, &p, 1, 0));
    assert_ok(arc_discount_annual_cost(&simple, &compound, &p, 36500, 6));
    p = dec("100");
    assert_status(ARC_E_RANGE, arc_discount_annual_cost(&simple, &compound, &p, 20, 2));
    p = dec("0");
    assert_status(ARC_E_RANGE, arc_discount_annual_cost(&simple, &compound, &p, 20, 2));
    p = dec("1.1234567");
    assert_status(ARC_E_PRECISION, arc_discount_annual_cost(&simple, &compound, &p, 20, 2));
    p = dec("2");
    assert_status(ARC_E_RANGE, arc_discount_annual_cost(&simple, &compound, &p, 0, 2));
    assert_status(ARC_E_RANGE, arc_discount_annual_cost(&simple, &compound, &p, 20, 7));
    assert_status(ARC_E_INVALID, arc_discount_annual_cost(&simple, &compound, NULL, 20, 2));
}

static void with_calendar(void **state)
{
    static const char notice[] =
        "{\"year\":2025,\"days\":[{\"date\":\"2025-02-08\",\"isOffDay\":false,\"name\":\"\"}]}";
    const char *text = notice;
    size_t len = strlen(notice);
    test_env *t = *state;
    arc_terms terms;
    arc_terms_facts f = invoiced("2025-01-09");
    arc_instalment got[2];
    size_t n = 2;
    arc_calendar *c;

    assert_ok(arc_calendar_load(t->ctx, &c, &text, &len, 1));
    parse(t, &terms, "{\"calendar\":\"CN\",\"due\":{\"kind\":\"net\",\"days\":30,\"convention\":\"following\"}}");
    assert_string_equal("CN", terms.calendar);
    f.gross = money("1.00", "CNY");
    assert_status(ARC_E_CALENDAR, arc_terms_schedule(t->ctx, got, &n, &terms, &f));
    f.calendar = c;
    assert_ok(arc_terms_schedule(t->ctx, got, &n, &terms, &f));
    assert_day("2025-02-08", got[0].due);
    f.invoice++;
    assert_ok(arc_terms_schedule(t->ctx, got, &n, &terms, &f));
    assert_day("2025-02-10", got[0].due);
    f.invoice = day("2025-12-20");
    assert_status(ARC_E_CALENDAR, arc_terms_schedule(t->ctx, got, &n, &terms, &f));
    arc_calendar_free(c);
    assert_status(ARC_E_HANDLE, arc_terms_schedule(t->ctx, got, &n, &terms, &f));
}

static void json_round_trip(void **state)
{
    static const char *const texts[] = {
        "{\"lines\":[{\"due\":{\"kind\":\"net\"}}]}",
        "{\"calendar\":\"CN\",\"rounding\":\"half_even\",\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\","
        "\"base\":\"order\",\"days\":-7}},"
        "{\"percent\":\"12.50\",\"due\":{\"kind\":\"statement\",\"days\":30,\"cutoff_day\":25,\"convention\":"
        "\"modified_following\"}},"
        "{\"percent\":\"1\",\"due\":{\"kind\":\"fixed\",\"date\":\"2026-06-30\"}},"
        "{\"percent\":\"1\",\"due\":{\"kind\":\"days_eom\",\"days\":30,\"day\":31,\"day_months\":1}},"
        "{\"due\":{\"kind\":\"months\",\"base\":\"acceptance\",\"months\":12}}],"
        "\"discounts\":[{\"percent\":\"2\",\"until\":{\"kind\":\"net\",\"days\":10},\"grace_days\":3,\"basis\":\"net\","
        "\"line\":2}]}",
    };
    test_env *t = *state;

    for (size_t i = 0; i < 2; i++) {
        arc_terms terms, again;
        char buf[2000];
        size_t len = sizeof buf;
        parse(t, &terms, texts[i]);
        assert_ok(arc_terms_print(t->ctx, buf, &len, &terms));
        assert_string_equal(texts[i], buf);
        assert_int_equal(strlen(buf), len);
        parse(t, &again, buf);
        assert_memory_equal(&terms, &again, sizeof terms);
        len = 5;
        assert_status(ARC_E_BUFFER, arc_terms_print(t->ctx, buf, &len, &terms));
        assert_int_equal(strlen(texts[i]), len);
    }
}

#define NET "{\"kind\":\"net\"}"

static void bad_json(void **state)
{
    static const struct {
        arc_status status;
        const char *pointer, *text;
    } bad[] = {
        {ARC_E_SYNTAX, "", ""},
        {ARC_E_VALUE, "", "[]"},
        {ARC_E_REQUIRED, "", "{}"},
        {ARC_E_VALUE, "/colour", "{\"due\":" NET ",\"colour\":1}"},
        {ARC_E_VALUE, "/lines", "{\"due\":" NET ",\"lines\":[]}"},
        {ARC_E_LIMIT, "", "{\"lines\":[]}"},
        {ARC_E_VALUE, "/lines", "{\"lines\":{}}"},
        {ARC_E_VALUE, "/lines/0", "{\"lines\":[1]}"},
        {ARC_E_REQUIRED, "/lines/0", "{\"lines\":[{\"percent\":\"100\"}]}"},
        {ARC_E_VALUE, "/lines/0/percent", "{\"lines\":[{\"percent\":\"x\",\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines/0/percent", "{\"lines\":[{\"percent\":1e2,\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines/0/percent", "{\"lines\":[{\"percent\":\"100.1\",\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines/0/percent", "{\"lines\":[{\"percent\":\"-1\",\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines", "{\"lines\":[{\"percent\":\"99.99\",\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines",
         "{\"lines\":[{\"percent\":\"60\",\"due\":" NET "},{\"percent\":\"41\",\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines", "{\"lines\":[{\"percent\":\"100\",\"due\":" NET "},{\"due\":" NET "}]}"},
        {ARC_E_VALUE, "/lines/1/balance", "{\"lines\":[{\"due\":" NET "},{\"due\":" NET "}]}"},
        {ARC_E_REQUIRED, "/due", "{\"due\":{}}"},
        {ARC_E_VALUE, "/due", "{\"due\":7}"},
        {ARC_E_VALUE, "/due/kind", "{\"due\":{\"kind\":\"NET\"}}"},
        {ARC_E_VALUE, "/due/days", "{\"due\":{\"kind\":\"net\",\"days\":\"30\"}}"},
        {ARC_E_VALUE, "/due/days", "{\"due\":{\"kind\":\"net\",\"days\":40000}}"},
        {ARC_E_VALUE, "/due/months", "{\"due\":{\"kind\":\"net\",\"months\":1}}"},
        {ARC_E_RANGE, "/due/days", "{\"due\":{\"kind\":\"net\",\"days\":99999999999}}"},
        {ARC_E_REQUIRED, "/due", "{\"due\":{\"kind\":\"statement\"}}"},
        {ARC_E_REQUIRED, "/due", "{\"due\":{\"kind\":\"fixed\"}}"},
        {ARC_E_RANGE, "/due/date", "{\"due\":{\"kind\":\"fixed\",\"date\":\"2025-02-30\"}}"},
        {ARC_E_VALUE, "/due/convention", "{\"due\":{\"kind\":\"net\",\"convention\":\"next\"}}"},
        {ARC_E_VALUE, "/rounding", "{\"due\":" NET ",\"rounding\":\"exact\"}"},
        {ARC_E_VALUE, "/calendar", "{\"due\":" NET ",\"calendar\":\"0123456789012345678901234567890123456789\"}"},
        {ARC_E_REQUIRED, "/discounts/0", "{\"due\":" NET ",\"discounts\":[{\"percent\":\"2\"}]}"},
        {ARC_E_VALUE, "/discounts/0/percent",
         "{\"due\":" NET ",\"discounts\":[{\"percent\":\"100\",\"until\":" NET "}]}"},
        {ARC_E_VALUE, "/discounts/0/line",
         "{\"due\":" NET ",\"discounts\":[{\"percent\":\"1\",\"until\":" NET ",\"line\":2}]}"},
        {ARC_E_VALUE, "/discounts/0/grace_days",
         "{\"due\":" NET ",\"discounts\":[{\"percent\":\"1\",\"until\":" NET ",\"grace_days\":-1}]}"},
        {ARC_E_VALUE, "/discounts/0/basis",
         "{\"due\":" NET ",\"discounts\":[{\"percent\":\"1\",\"until\":" NET ",\"basis\":\"tax\"}]}"},
    };
    test_env *t = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_terms terms;
        arc_error e = ARC_ERROR_INIT;
        terms.n_lines = 99;
        assert_status(bad[i].status, arc_terms_parse(t->ctx, &terms, bad[i].text, strlen(bad[i].text)));
        assert_int_equal(99, terms.n_lines);
        assert_ok(arc_context_error(t->ctx, &e));
        assert_int_equal(bad[i].status, e.status);
        if (bad[i].pointer[0] != 0) assert_string_equal(bad[i].pointer, e.pointer);
        assert_true(e.message[0] != 0 && e.message_zh[0] != 0);
    }
}

static void bad_structs(void **state)
{
    test_env *t = *state;
    arc_terms terms = ARC_TERMS_INIT, same;
    arc_terms_facts f = invoiced("2025-01-10");
    arc_instalment got[1];
    size_t n = 1;

    memset(&same, 0xAA, sizeof same);
    assert_ok(arc_terms_init(&same));
    assert_status(ARC_OK, arc_terms_check(t->ctx, &terms));
    assert_status(ARC_OK, arc_terms_check(t->ctx, &same));
    assert_status(ARC_E_HANDLE, arc_terms_check(NULL, &terms));
    assert_status(ARC_E_INVALID, arc_terms_check(t->ctx, NULL));
    terms.n_lines = 61;
    assert_status(ARC_E_LIMIT, arc_terms_check(t->ctx, &terms));
    terms.n_lines = 0;
    assert_status(ARC_E_LIMIT, arc_terms_check(t->ctx, &terms));
    terms.n_lines = 1;
    terms.mode = ARC_ROUND_EXACT;
    assert_status(ARC_E_VALUE, arc_terms_check(t->ctx, &terms));
    terms.mode = ARC_ROUND_HALF_UP;
    terms.flags = 1;
    assert_status(ARC_E_INVALID, arc_terms_check(t->ctx, &terms));
    terms.flags = 0;
    assert_status(ARC_E_CURRENCY, arc_terms_schedule(t->ctx, got, &n, &terms, &f));
    f.gross = money("1.00", "CNY");
    assert_status(ARC_E_INVALID, arc_terms_schedule(t->ctx, got, NULL, &terms, &f));
    assert_status(ARC_E_INVALID, arc_terms_schedule(t->ctx, got, &n, &terms, NULL));
    n = 0;
    assert_status(ARC_E_BUFFER, arc_terms_schedule(t->ctx, got, &n, &terms, &f));
    assert_int_equal(1, n);
    assert_ok(arc_terms_schedule(t->ctx, got, &n, &terms, &f));
}

static arc_status oom_body(test_env *t, void *arg)
{
    static const char text[] =
        "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\"}},{\"due\":{\"kind\":\"net\",\"days\":3}}]}";
    arc_terms terms;
    char buf[400];
    size_t len = sizeof buf;
    arc_status st = arc_terms_parse(t->ctx, &terms, text, sizeof text - 1);

    (void)arg;
    return st == ARC_OK ? arc_terms_print(t->ctx, buf, &len, &terms) : st;
}

static void out_of_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(oom_body, NULL) > 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_setup, test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_table), T(short_forms),
        cmocka_unit_test(days_of_month),
        cmocka_unit_test(cut_offs),
        cmocka_unit_test(monthly_settlement),
        cmocka_unit_test(base_dates),
        cmocka_unit_test(rule_faults),
        T(instalments),
        T(schedules_add_up),
        T(cash_discounts),
        cmocka_unit_test(annual_cost),
        T(with_calendar),
        T(json_round_trip),
        T(bad_json),
        T(bad_structs),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
