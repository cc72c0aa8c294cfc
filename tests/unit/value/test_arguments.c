/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong arguments to every function of the layer: a typed error, and outputs as they were. */
#include "value_support.h"

#include "arcore/terms.h"

#define INVALID(call) assert_status(ARC_E_INVALID, call)
#define RANGE(call) assert_status(ARC_E_RANGE, call)
#define CURRENCY(call) assert_status(ARC_E_CURRENCY, call)

static void decimals(void **state)
{
    arc_decimal d = {15, 1, 0}, bad = {1, 19, 0}, neg = {1, -1, 0}, out = {7, 7, 0};
    int32_t c = 7;
    size_t len = 10;
    char buf[10];

    (void)state;
    INVALID(arc_decimal_set(NULL, 1, 1));
    RANGE(arc_decimal_set(&out, 1, 19));
    RANGE(arc_decimal_set(&out, 1, -1));
    INVALID(arc_decimal_parse(NULL, "1", 1));
    INVALID(arc_decimal_parse(&out, NULL, 0));
    INVALID(arc_decimal_parse_as(NULL, "1", 1, 0, NULL));
    INVALID(arc_decimal_parse_as(&out, NULL, 1, 0, NULL));
    RANGE(arc_decimal_parse_as(&out, "1", 1, -2, NULL));
    INVALID(arc_decimal_parse_as(&out, "1", 1, 0,
                                 &(arc_number_options){sizeof(arc_number_options), ARC_NUMBER_SYMBOL, '.', 0}));
    INVALID(arc_number_options_init(NULL));
    INVALID(arc_decimal_print(buf, NULL, &d));
    INVALID(arc_decimal_print(buf, &len, NULL));
    len = 10;
    assert_status(ARC_E_BUFFER, arc_decimal_print(NULL, &len, &d));
    assert_int_equal(3, len);
    INVALID(arc_decimal_normalise(NULL, &d));
    INVALID(arc_decimal_normalise(&out, NULL));
    RANGE(arc_decimal_normalise(&out, &bad));
    INVALID(arc_decimal_compare(NULL, &d, &d));
    INVALID(arc_decimal_compare(&c, NULL, &d));
    INVALID(arc_decimal_compare(&c, &d, NULL));
    RANGE(arc_decimal_compare(&c, &bad, &d));
    RANGE(arc_decimal_compare(&c, &d, &neg));
    INVALID(arc_decimal_rescale(NULL, &d, 1, 1));
    INVALID(arc_decimal_rescale(&out, NULL, 1, 1));
    RANGE(arc_decimal_rescale(&out, &bad, 1, 1));
    RANGE(arc_decimal_rescale(&out, &d, 19, 1));
    INVALID(arc_decimal_rescale(&out, &d, 1, 8));
    INVALID(arc_decimal_add(NULL, &d, &d));
    INVALID(arc_decimal_add(&out, NULL, &d));
    RANGE(arc_decimal_add(&out, &d, &bad));
    INVALID(arc_decimal_sub(&out, &d, NULL));
    RANGE(arc_decimal_sub(&out, &neg, &d));
    INVALID(arc_decimal_neg(NULL, &d));
    INVALID(arc_decimal_neg(&out, NULL));
    RANGE(arc_decimal_neg(&out, &bad));
    INVALID(arc_decimal_mul(NULL, &d, &d, 1, 1));
    INVALID(arc_decimal_mul(&out, &d, NULL, 1, 1));
    INVALID(arc_decimal_mul(&out, &d, &d, 1, -1));
    RANGE(arc_decimal_mul(&out, &d, &d, -2, 1));
    RANGE(arc_decimal_mul(&out, &bad, &d, 1, 1));
    INVALID(arc_decimal_div(NULL, &d, &d, 1, 1));
    INVALID(arc_decimal_div(&out, NULL, &d, 1, 1));
    RANGE(arc_decimal_div(&out, &d, &d, -1, 1));
    RANGE(arc_decimal_div(&out, &d, &bad, 1, 1));
    assert_int_equal(7, out.mantissa);
    assert_int_equal(7, out.scale);
    assert_int_equal(7, c);
    assert_ok(arc_decimal_neg(&out, &d));
    assert_decimal("-1.5", out);
}

static void amounts(void **state)
{
    arc_money m = {100, "CNY", 0}, none = {1, "XXX", 0}, huge = {ARC_MONEY_MAX + 1, "CNY", 0}, out = {7, "EUR", 0},
              keep = out;
    arc_decimal d = {13, 2, 0}, bad = {1, 19, 0};
    arc_currency_info info = ARC_CURRENCY_INFO_INIT;
    int32_t c = 7;
    size_t len = 30;
    char buf[30];

    (void)state;
    INVALID(arc_currency_info_init(NULL));
    INVALID(arc_currency_at(NULL, 0));
    INVALID(arc_currency_get(NULL, "CNY"));
    INVALID(arc_currency_get(&info, NULL));
    INVALID(arc_currency_get_numeric(NULL, 156));
    CURRENCY(arc_currency_get_numeric(&info, 0));
    info.struct_size = 0;
    INVALID(arc_currency_get(&info, "CNY"));
    assert_ok(arc_currency_info_init(&info));
    INVALID(arc_currency_exponent(NULL, "CNY"));
    INVALID(arc_currency_exponent(&c, NULL));
    INVALID(arc_money_set(NULL, 1, "CNY"));
    INVALID(arc_money_set(&out, 1, NULL));
    CURRENCY(arc_money_set(&out, 1, "XAU"));
    INVALID(arc_money_check(NULL));
    INVALID(arc_money_sub(NULL, &m, &m));
    CURRENCY(arc_money_sub(&out, &m, &none));
    RANGE(arc_money_sub(&out, &huge, &m));
    RANGE(arc_money_add(&out, &m, &huge));
    INVALID(arc_money_neg(NULL, &m));
    CURRENCY(arc_money_neg(&out, &none));
    INVALID(arc_money_compare(NULL, &m, &m));
    RANGE(arc_money_compare(&c, &m, &huge));
    INVALID(arc_money_sum(NULL, "CNY", &m, 1));
    INVALID(arc_money_sum(&out, NULL, &m, 1));
    RANGE(arc_money_sum(&out, "CNY", &huge, 1));
    INVALID(arc_money_muldiv(NULL, &m, 1, 1, 1));
    INVALID(arc_money_muldiv(&out, NULL, 1, 1, 1));
    INVALID(arc_money_muldiv(&out, &m, 1, 1, 8));
    INVALID(arc_money_mul(NULL, &m, &d, 1));
    INVALID(arc_money_mul(&out, &m, NULL, 1));
    RANGE(arc_money_mul(&out, &m, &bad, 1));
    RANGE(arc_money_mul(&out, &huge, &d, 1));
    INVALID(arc_money_line(NULL, &d, &d, "CNY", 1));
    INVALID(arc_money_line(&out, NULL, &d, "CNY", 1));
    INVALID(arc_money_line(&out, &d, NULL, "CNY", 1));
    INVALID(arc_money_line(&out, &d, &d, NULL, 1));
    RANGE(arc_money_line(&out, &bad, &d, "CNY", 1));
    INVALID(arc_money_from_decimal(&out, NULL, "CNY", 1));
    INVALID(arc_money_to_decimal(NULL, &m));
    INVALID(arc_money_to_decimal(&d, NULL));
    INVALID(arc_money_round_cash(&out, NULL, NULL, 5, 1));
    INVALID(arc_money_round_cash(&out, NULL, &m, 5, 8));
    INVALID(arc_money_tax_from_net(&out, NULL, NULL, &d, 1));
    INVALID(arc_money_tax_from_net(&out, NULL, &m, NULL, 1));
    INVALID(arc_money_tax_from_gross(&out, NULL, &m, NULL, 1));
    INVALID(arc_money_tax_from_gross(&out, NULL, &m, &d, 8));
    RANGE(arc_money_tax_from_net(&out, NULL, &m, &bad, 1));
    INVALID(arc_money_parse(NULL, "1", 1, "CNY", NULL));
    INVALID(arc_money_parse(&out, NULL, 1, "CNY", NULL));
    INVALID(arc_money_print(buf, NULL, &m));
    INVALID(arc_money_print(buf, &len, NULL));
    CURRENCY(arc_money_print(buf, &len, &none));
    RANGE(arc_money_print_amount(buf, &len, &huge));
    assert_memory_equal(&keep, &out, sizeof out);
    assert_int_equal(7, c);
    assert_ok(arc_money_to_decimal(&d, &m));
    assert_decimal("1.00", d);
    assert_ok(arc_money_tax_from_net(NULL, NULL, &m, &d, 1));
    assert_ok(arc_money_tax_from_gross(NULL, NULL, &m, &d, 1));
    assert_ok(arc_money_round_cash(NULL, NULL, &m, 5, 1));
}

static void dates(void **state)
{
    arc_date d = 7;
    int32_t i = 7;
    int64_t n = 7, den = 7;
    size_t len = 30;
    char buf[30];
    arc_date_options o = ARC_DATE_OPTIONS_INIT, fresh;

    (void)state;
    RANGE(arc_date_check(ARC_DATE_NONE));
    RANGE(arc_date_check(ARC_DATE_MAX + 1));
    INVALID(arc_date_from_ymd(NULL, 2025, 1, 1));
    RANGE(arc_date_from_ymd(&d, 10000, 1, 1));
    RANGE(arc_date_from_ymd(&d, INT32_MIN, 1, 1));
    RANGE(arc_date_from_ymd(&d, 2025, INT32_MAX, 1));
    assert_ok(arc_date_to_ymd(NULL, NULL, NULL, 0));
    INVALID(arc_date_parse(NULL, "2025-01-01", 10));
    INVALID(arc_date_parse(&d, NULL, 10));
    RANGE(arc_date_print(buf, &len, ARC_DATE_NONE));
    INVALID(arc_date_options_init(NULL));
    memset(&fresh, 0xAA, sizeof fresh);
    assert_ok(arc_date_options_init(&fresh));
    assert_memory_equal(&o, &fresh, sizeof o);
    INVALID(arc_date_parse_as(NULL, "x", 1, NULL));
    INVALID(arc_date_parse_as(&d, NULL, 1, NULL));
    o.pivot = -1;
    INVALID(arc_date_parse_as(&d, "x", 1, &o));
    o.pivot = 9901;
    INVALID(arc_date_parse_as(&d, "x", 1, &o));
    o.struct_size = 2;
    INVALID(arc_date_parse_as(&d, "x", 1, &o));
    assert_status(ARC_E_LIMIT, arc_date_parse_as(&d, buf, 65, NULL));
    INVALID(arc_date_add_days(NULL, 0, 1));
    INVALID(arc_date_add_months(NULL, 0, 1));
    INVALID(arc_date_end_of_month(NULL, 0));
    RANGE(arc_date_end_of_month(&d, ARC_DATE_NONE));
    INVALID(arc_date_day_of_month(NULL, 0, 0, 1));
    RANGE(arc_date_day_of_month(&d, 0, 0, 0));
    INVALID(arc_date_weekday(NULL, 0));
    RANGE(arc_date_weekday(&i, ARC_DATE_NONE));
    INVALID(arc_date_iso_week(NULL, &i, 0));
    INVALID(arc_date_iso_week(&i, NULL, 0));
    RANGE(arc_date_iso_week(&i, &i, ARC_DATE_NONE));
    INVALID(arc_date_fraction(NULL, &den, 0, 1, 1));
    INVALID(arc_date_fraction(&n, NULL, 0, 1, 1));
    RANGE(arc_date_fraction(&n, &den, 0, ARC_DATE_NONE, 1));
    INVALID(arc_days_past_due(NULL, 0, 0));
    RANGE(arc_days_past_due(&i, 0, ARC_DATE_NONE));
    INVALID(arc_bucket_index(NULL, 0, NULL, 0));
    INVALID(arc_bucket_index(&i, 0, NULL, 1));
    INVALID(arc_stamp_parse(NULL, "x", 1));
    INVALID(arc_stamp_parse(&n, NULL, 1));
    INVALID(arc_stamp_print(buf, NULL, 0));
    RANGE(arc_stamp_print(buf, &len, INT64_MAX));
    INVALID(arc_stamp_date(NULL, 0, 0));
    RANGE(arc_stamp_date(&d, INT64_MIN, 0));
    RANGE(arc_stamp_date(&d, 0, -1440));
    RANGE(arc_stamp_date(&d, ARC_STAMP_MIN, -1));
    INVALID(arc_stamp_from_date(NULL, 0, 0));
    RANGE(arc_stamp_from_date(&n, ARC_DATE_NONE, 0));
    RANGE(arc_stamp_from_date(&n, 0, 1440));
    RANGE(arc_stamp_from_date(&n, 0, -1440));
    assert_true(d == 7 && i == 7 && n == 7 && den == 7);
}

static void times_in_dates(void **state)
{
    static const struct {
        const char *text;
        arc_status status;
    } cases[] = {{"2025-03-01 12:30:00Z", ARC_OK},
                 {"2025-03-01 12:30Z", ARC_OK},
                 {"2025-03-01 12:30:00.5-08:00", ARC_OK},
                 {"2025-03-01 12:30:00.", ARC_E_SYNTAX},
                 {"2025-03-01 12:30:00+0800", ARC_E_SYNTAX},
                 {"2025-03-01 12:30:00+ab:00", ARC_E_SYNTAX},
                 {"2025-03-01 12:30:60", ARC_E_RANGE},
                 {"2025-03-01 12:60", ARC_E_RANGE},
                 {"2025-03-01 123:00", ARC_E_SYNTAX},
                 {"2025-03-01 ", ARC_E_SYNTAX},
                 {"2025-03-01x12:00", ARC_E_SYNTAX},
                 {"2025-03-01 12:30:00 x", ARC_E_SYNTAX},
                 {"2025年3月1", ARC_E_SYNTAX},
                 {"2025年3-1日", ARC_E_SYNTAX},
                 {"2025年3月1号 12:00", ARC_OK},
                 {"2025y3m1d", ARC_E_SYNTAX},
                 {"2025-03-001", ARC_E_SYNTAX},
                 {"02025-03-01", ARC_E_SYNTAX},
                 {"2025-03-", ARC_E_SYNTAX},
                 {"2025-", ARC_E_SYNTAX},
                 {"2025 03 01", ARC_E_SYNTAX},
                 {"202503011", ARC_E_SYNTAX},
                 {"20250229", ARC_E_RANGE},
                 {"2025\t03", ARC_E_SYNTAX}};
    arc_date_options o = ARC_DATE_OPTIONS_INIT;

    (void)state;
    o.flags = ARC_DATE_TIME_TAIL;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_date d = 7;
        assert_status(cases[i].status, arc_date_parse_as(&d, cases[i].text, strlen(cases[i].text), &o));
        if (cases[i].status == ARC_OK)
            assert_day("2025-03-01", d);
        else
            assert_int_equal(7, d);
    }
}

static void terms_and_calendars(void **state)
{
    test_env *t = *state;
    arc_terms terms = ARC_TERMS_INIT;
    arc_terms_facts f = ARC_TERMS_FACTS_INIT, fresh;
    arc_discount d = {7, 7, 7, 7, {7, 7, 0}, {7, "CNY", 0}};
    arc_instalment line;
    size_t n = 1;
    char buf[200];
    arc_date date = 7;
    int32_t i = 7;
    static const char text[] = "{\"due\":{\"kind\":\"net\"}}";

    INVALID(arc_terms_init(NULL));
    INVALID(arc_terms_facts_init(NULL));
    memset(&fresh, 0xAA, sizeof fresh);
    assert_ok(arc_terms_facts_init(&fresh));
    assert_int_equal(ARC_DATE_NONE, fresh.milestone);
    assert_ok(arc_money_set(&f.gross, 100, "CNY"));
    assert_status(ARC_E_HANDLE, arc_terms_parse(NULL, &terms, text, sizeof text - 1));
    INVALID(arc_terms_parse(t->ctx, NULL, text, sizeof text - 1));
    INVALID(arc_terms_parse(t->ctx, &terms, NULL, 0));
    assert_status(ARC_E_HANDLE, arc_terms_print(NULL, buf, &n, &terms));
    INVALID(arc_terms_print(t->ctx, buf, NULL, &terms));
    INVALID(arc_terms_print(t->ctx, buf, &n, NULL));
    assert_status(ARC_E_HANDLE, arc_terms_schedule(NULL, &line, &n, &terms, &f));
    assert_status(ARC_E_HANDLE, arc_terms_discounts(NULL, &d, &n, &terms, &f));
    INVALID(arc_terms_discounts(t->ctx, &d, NULL, &terms, &f));
    assert_ok(arc_terms_discounts(t->ctx, NULL, &n, &terms, &f));
    assert_int_equal(0, n);
    INVALID(arc_terms_best_discount(t->ctx, NULL, &terms, &f, 1, 0));
    assert_status(ARC_E_RANGE, arc_terms_best_discount(t->ctx, &d, &terms, &f, 0, 0));
    f.flags = 1;
    INVALID(arc_terms_best_discount(t->ctx, &d, &terms, &f, 1, 0));
    INVALID(arc_due_date(&date, &terms.lines[0].due, &f));
    f.flags = 0;
    f.struct_size = 3;
    INVALID(arc_terms_best_discount(t->ctx, &d, &terms, &f, 1, 0));
    f.struct_size = sizeof f;
    terms.struct_size = 0;
    INVALID(arc_terms_check(t->ctx, &terms));
    terms.struct_size = sizeof terms;
    memset(terms.calendar, 'x', sizeof terms.calendar);
    INVALID(arc_terms_check(t->ctx, &terms));
    assert_status(ARC_E_HANDLE, arc_calendar_is_business(NULL, &i, 0));
    assert_status(ARC_E_HANDLE, arc_calendar_add(NULL, &date, 0, 1));
    assert_status(ARC_E_HANDLE, arc_calendar_count(NULL, &i, 0, 1));
    assert_status(ARC_E_HANDLE, arc_calendar_day_name(NULL, buf, &n, 0));
    INVALID(arc_calendar_adjust(NULL, NULL, 0, ARC_ADJUST_NONE));
    RANGE(arc_calendar_adjust(NULL, &date, ARC_DATE_NONE, ARC_ADJUST_NONE));
    assert_true(d.line == 7 && date == 7 && i == 7);
}

static void calendar_arguments(void **state)
{
    static const char *text = "{\"year\":2025,\"days\":[]}";
    test_env *t = *state;
    size_t len = strlen(text), n = 5;
    arc_calendar *c;
    int32_t i = 7;
    arc_date d = 7;
    char buf[5];

    assert_ok(arc_calendar_load(t->ctx, &c, &text, &len, 1));
    INVALID(arc_calendar_knows(c, NULL, 2025));
    INVALID(arc_calendar_is_business(c, NULL, 0));
    RANGE(arc_calendar_is_business(c, &i, ARC_DATE_NONE));
    INVALID(arc_calendar_add(c, NULL, 0, 1));
    RANGE(arc_calendar_add(c, &d, ARC_DATE_NONE, 1));
    INVALID(arc_calendar_count(c, NULL, 0, 1));
    RANGE(arc_calendar_count(c, &i, ARC_DATE_NONE, 1));
    RANGE(arc_calendar_count(c, &i, 1, ARC_DATE_NONE));
    INVALID(arc_calendar_day_name(c, buf, NULL, 0));
    RANGE(arc_calendar_day_name(c, buf, &n, ARC_DATE_NONE));
    assert_status(ARC_E_CALENDAR, arc_calendar_add(c, &d, day("2025-06-01"), INT32_MAX));
    assert_status(ARC_E_CALENDAR, arc_calendar_add(c, &d, day("2025-06-01"), INT32_MIN));
    INVALID(arc_calendar_load(t->ctx, &c, &text, NULL, 1));
    assert_null(c);
    assert_true(i == 7 && d == 7);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_setup, test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals),       cmocka_unit_test(amounts), cmocka_unit_test(dates),
        cmocka_unit_test(times_in_dates), T(terms_and_calendars),    T(calendar_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
