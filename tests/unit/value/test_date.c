/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

/* Every day there is, against a calendar that only knows how to go to the next day. */
static void all_days(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t y = 1, m = 1, d = 1, weekday = 1;

    (void)state;
    for (arc_date date = ARC_DATE_MIN; date <= ARC_DATE_MAX; date++) {
        int32_t y2, m2, d2, w2;
        arc_date back, eom;
        char text[11];
        size_t len = sizeof text;
        int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        int last = lengths[m - 1] + (m == 2 && leap);
        assert_int_equal(ARC_OK, arc_date_to_ymd(&y2, &m2, &d2, date));
        assert_true(y == y2 && m == m2 && d == d2);
        assert_int_equal(ARC_OK, arc_date_from_ymd(&back, y, m, d));
        assert_true(back == date);
        assert_int_equal(ARC_OK, arc_date_print(text, &len, date));
        assert_int_equal(ARC_OK, arc_date_parse(&back, text, len));
        assert_true(back == date);
        assert_int_equal(ARC_OK, arc_date_weekday(&w2, date));
        assert_true(w2 == weekday);
        assert_int_equal(ARC_OK, arc_date_end_of_month(&eom, date));
        assert_true(eom == date + last - d);
        weekday = weekday % 7 + 1;
        if (++d > last) {
            d = 1;
            if (++m > 12) {
                m = 1;
                y++;
            }
        }
    }
    assert_int_equal(10000, y);
    assert_day("1970-01-01", 0);
    assert_day("0001-01-01", ARC_DATE_MIN);
    assert_day("9999-12-31", ARC_DATE_MAX);
}

static void bad_dates(void **state)
{
    static const char *const syntax[] = {"",         "2025-3-31",  "2025-03-31 ", "2025/03/31",
                                         "20250331", "2025-03-3a", "-025-03-31",  "+025-03-31"};
    static const char *const range[] = {"2025-02-29", "2025-13-01", "2025-00-10", "2025-01-00",
                                        "2025-04-31", "0000-01-01", "1900-02-29"};
    arc_date d = 5;
    char text[11];
    size_t len = 10;
    int32_t y = 3;

    (void)state;
    for (size_t i = 0; i < sizeof syntax / sizeof syntax[0]; i++)
        assert_status(ARC_E_SYNTAX, arc_date_parse(&d, syntax[i], strlen(syntax[i])));
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        assert_status(ARC_E_RANGE, arc_date_parse(&d, range[i], strlen(range[i])));
    assert_status(ARC_E_BUFFER, arc_date_print(text, &len, 0));
    assert_int_equal(10, len);
    assert_status(ARC_E_INVALID, arc_date_print(text, NULL, 0));
    assert_status(ARC_E_RANGE, arc_date_to_ymd(&y, NULL, NULL, ARC_DATE_NONE));
    assert_status(ARC_E_RANGE, arc_date_to_ymd(&y, NULL, NULL, ARC_DATE_MAX + 1));
    assert_status(ARC_E_OVERFLOW, arc_date_add_days(&d, ARC_DATE_MAX, 1));
    assert_status(ARC_E_OVERFLOW, arc_date_add_days(&d, 0, INT64_MAX));
    assert_status(ARC_E_OVERFLOW, arc_date_add_days(&d, 0, INT64_MIN));
    assert_status(ARC_E_OVERFLOW, arc_date_add_months(&d, 0, INT64_MIN));
    assert_status(ARC_E_OVERFLOW, arc_date_add_months(&d, ARC_DATE_MAX, 1));
    assert_status(ARC_E_OVERFLOW, arc_date_add_months(&d, ARC_DATE_MIN, -1));
    assert_status(ARC_E_RANGE, arc_date_add_days(&d, ARC_DATE_NONE, 1));
    assert_status(ARC_E_RANGE, arc_date_day_of_month(&d, 0, 0, 32));
    assert_int_equal(5, d);
    assert_int_equal(3, y);
}

static void months(void **state)
{
    arc_date d;

    (void)state;
    assert_ok(arc_date_add_months(&d, day("2025-01-31"), 1));
    assert_day("2025-02-28", d);
    assert_ok(arc_date_add_months(&d, day("2024-01-31"), 1));
    assert_day("2024-02-29", d);
    assert_ok(arc_date_add_months(&d, day("2025-03-31"), -13));
    assert_day("2024-02-29", d);
    assert_ok(arc_date_day_of_month(&d, day("2025-12-15"), 1, 31));
    assert_day("2026-01-31", d);
    assert_ok(arc_date_day_of_month(&d, day("2025-01-15"), 1, 30));
    assert_day("2025-02-28", d);
    assert_ok(arc_date_add_months(&d, day("9999-12-31"), -12 * 9998 - 11));
    assert_day("0001-01-31", d);
}

static void read_as(const char *want, int32_t order, uint32_t flags, int32_t pivot, const char *text)
{
    arc_date_options o = ARC_DATE_OPTIONS_INIT;
    arc_date d;

    o.order = order;
    o.flags = flags;
    o.pivot = pivot;
    assert_ok(arc_date_parse_as(&d, text, strlen(text), &o));
    assert_day(want, d);
}

static void refuse_as(arc_status want, int32_t order, uint32_t flags, const char *text)
{
    arc_date_options o = ARC_DATE_OPTIONS_INIT;
    arc_date d = 77;

    o.order = order;
    o.flags = flags;
    assert_status(want, arc_date_parse_as(&d, text, strlen(text), &o));
    assert_int_equal(77, d);
}

static void written_dates(void **state)
{
    (void)state;
    read_as("2025-03-01", ARC_DATE_YMD, 0, 0, "2025/3/1");
    read_as("2025-03-01", ARC_DATE_YMD, 0, 0, "20250301");
    read_as("2025-03-01", ARC_DATE_DMY, 0, 0, "01.03.2025");
    read_as("2025-03-01", ARC_DATE_MDY, 0, 0, "3/1/2025");
    read_as("2025-01-03", ARC_DATE_DMY, 0, 0, "3/1/2025");
    read_as("2025-03-01", ARC_DATE_YMD, 0, 0, "2025年3月1日");
    read_as("2025-03-01", ARC_DATE_YMD, ARC_DATE_FULLWIDTH, 0, "２０２５年３月１日");
    read_as("2025-03-01", ARC_DATE_YMD, ARC_DATE_FULLWIDTH | ARC_DATE_SPACE, 0, "　２０２５－３－１ ");
    read_as("2025-03-01", ARC_DATE_DMY, 0, 0, "01032025");
    read_as("2025-03-01", ARC_DATE_YMD, ARC_DATE_TIME_TAIL, 0, "2025-03-01 12:30:05");
    read_as("2025-03-01", ARC_DATE_YMD, ARC_DATE_TIME_TAIL, 0, "2025-03-01T12:30:05.123+08:00");
    read_as("2025-03-01", ARC_DATE_YMD, ARC_DATE_TIME_TAIL, 0, "20250301 12:30");
    read_as("1950-03-01", ARC_DATE_YMD, 0, 1950, "50-3-1");
    read_as("2049-03-01", ARC_DATE_YMD, 0, 1950, "49-3-1");
    read_as("2025-03-01", ARC_DATE_EXCEL_1900, 0, 0, "45717");
    read_as("2025-03-01", ARC_DATE_EXCEL_1900, 0, 0, "45717.75");
    read_as("1900-01-01", ARC_DATE_EXCEL_1900, 0, 0, "1");
    read_as("1900-02-28", ARC_DATE_EXCEL_1900, 0, 0, "59");
    read_as("1900-03-01", ARC_DATE_EXCEL_1900, 0, 0, "61");
    read_as("2025-03-01", ARC_DATE_EXCEL_1904, 0, 0, "44255");
    refuse_as(ARC_E_RANGE, ARC_DATE_EXCEL_1900, 0, "60");
    read_as("9999-12-31", ARC_DATE_EXCEL_1900, 0, 0, "2958465");
    refuse_as(ARC_E_RANGE, ARC_DATE_EXCEL_1900, 0, "2958466");
    read_as("2025-03-01", ARC_DATE_YMD, ARC_DATE_SPACE, 0,
            "2025-03-01                                                      ");
    refuse_as(ARC_E_LIMIT, ARC_DATE_YMD, ARC_DATE_SPACE,
              "2025-03-01                                                       ");
    refuse_as(ARC_E_RANGE, ARC_DATE_EXCEL_1900, 0, "0");
    refuse_as(ARC_E_RANGE, ARC_DATE_EXCEL_1900, 0, "9999999");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_EXCEL_1900, 0, "2025-03-01");
    refuse_as(ARC_E_RANGE, ARC_DATE_MDY, 0, "13/1/2025");
    refuse_as(ARC_E_RANGE, ARC_DATE_YMD, 0, "2025-02-29");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, "25-3-1");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, "2025-3/1");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, "1.3.2025");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_DMY, 0, "2025-03-01");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, "2025-03-01 12:30");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, ARC_DATE_TIME_TAIL, "2025-03-01 12");
    refuse_as(ARC_E_RANGE, ARC_DATE_YMD, ARC_DATE_TIME_TAIL, "2025-03-01 24:00");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, "２０２５年３月１日");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, " 2025-3-1");
    refuse_as(ARC_E_SYNTAX, ARC_DATE_YMD, 0, "");
    refuse_as(ARC_E_ENCODING, ARC_DATE_YMD, 0, "2025\xE5\xB9");
    refuse_as(ARC_E_INVALID, 0, 0, "2025-03-01");
    refuse_as(ARC_E_INVALID, ARC_DATE_YMD, 64, "2025-03-01");
}

static void fraction_is(int64_t num, int64_t den, const char *from, const char *to, int32_t convention)
{
    int64_t n, d;

    assert_ok(arc_date_fraction(&n, &d, day(from), day(to), convention));
    assert_int_equal(num, n);
    assert_int_equal(den, d);
    assert_ok(arc_date_fraction(&n, &d, day(to), day(from), convention));
    assert_int_equal(-num, n);
    assert_int_equal(den, d);
}

static void day_counts(void **state)
{
    int64_t n = 1, d = 1;

    (void)state;
    fraction_is(8, 73, "2025-01-01", "2025-02-10", ARC_COUNT_ACT_365);
    fraction_is(1, 9, "2025-01-01", "2025-02-10", ARC_COUNT_ACT_360);
    fraction_is(1, 1, "2025-01-01", "2026-01-01", ARC_COUNT_ACT_ACT);
    fraction_is(1, 1, "2024-01-01", "2025-01-01", ARC_COUNT_ACT_ACT);
    /* ISDA's own example: 2003-11-01 to 2004-05-01 = 61/365 + 121/366 */
    fraction_is(66491, 133590, "2003-11-01", "2004-05-01", ARC_COUNT_ACT_ACT);
    fraction_is(1, 2, "2003-11-01", "2004-05-01", ARC_COUNT_30_360);
    fraction_is(7, 90, "2025-01-31", "2025-02-28", ARC_COUNT_30_360);
    fraction_is(1, 6, "2025-01-31", "2025-03-31", ARC_COUNT_30_360);
    fraction_is(31, 180, "2025-01-29", "2025-03-31", ARC_COUNT_30_360);
    fraction_is(61, 360, "2025-01-29", "2025-03-31", ARC_COUNT_30E_360);
    fraction_is(0, 1, "2025-01-29", "2025-01-29", ARC_COUNT_30E_360);
    assert_status(ARC_E_INVALID, arc_date_fraction(&n, &d, 0, 1, 0));
    assert_status(ARC_E_INVALID, arc_date_fraction(&n, &d, 0, 1, 6));
    assert_status(ARC_E_RANGE, arc_date_fraction(&n, &d, ARC_DATE_NONE, 1, 1));
}

/* T2.6 */
static void overdue_buckets(void **state)
{
    static const int64_t edges[] = {1, 31, 61, 91};
    static const struct {
        const char *as_of;
        int32_t days, bucket;
    } want[] = {{"2025-03-30", 0, 0},  {"2025-03-31", 0, 0},  {"2025-04-01", 1, 1},
                {"2025-04-30", 30, 1}, {"2025-05-01", 31, 2}, {"2025-05-30", 60, 2},
                {"2025-05-31", 61, 3}, {"2025-06-29", 90, 3}, {"2025-06-30", 91, 4}};
    int32_t days = 5, bucket;

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_ok(arc_days_past_due(&days, day("2025-03-31"), day(want[i].as_of)));
        assert_int_equal(want[i].days, days);
        assert_ok(arc_bucket_index(&bucket, days, edges, 4));
        assert_int_equal(want[i].bucket, bucket);
    }
    assert_ok(arc_bucket_index(&bucket, 7, NULL, 0));
    assert_int_equal(0, bucket);
    assert_status(ARC_E_INVALID, arc_bucket_index(&bucket, 7, (const int64_t[]){2, 2}, 2));
    assert_status(ARC_E_RANGE, arc_days_past_due(&days, ARC_DATE_NONE, 0));
}

static void stamp_is(int64_t want, const char *text)
{
    arc_stamp s;

    assert_ok(arc_stamp_parse(&s, text, strlen(text)));
    assert_int_equal(want, s);
}

static void stamps(void **state)
{
    static const struct {
        arc_status status;
        const char *text;
    } bad[] = {{ARC_E_SYNTAX, "2025-03-31 23:30:00Z"},
               {ARC_E_SYNTAX, "2025-03-31T23:30:00"},
               {ARC_E_SYNTAX, "2025-03-31T23:30:00X"},
               {ARC_E_SYNTAX, "2025-03-31T23:30:00.Z"},
               {ARC_E_SYNTAX, "2025-03-31T23:30:00+0800"},
               {ARC_E_SYNTAX, "2025-03-31T23:30:00Z "},
               {ARC_E_SYNTAX, "2025-03-31T23-30-00Z"},
               {ARC_E_RANGE, "2025-03-31T24:00:00Z"},
               {ARC_E_RANGE, "2025-03-31T23:59:60Z"},
               {ARC_E_RANGE, "2025-02-30T00:00:00Z"},
               {ARC_E_RANGE, "0001-01-01T00:00:00+00:01"},
               {ARC_E_RANGE, "9999-12-31T23:59:59-00:01"},
               {ARC_E_PRECISION, "2025-03-31T23:30:00.0000001Z"}};
    arc_stamp s = 1;
    arc_date d;
    char text[28];
    size_t len = sizeof text;

    (void)state;
    stamp_is(0, "1970-01-01T00:00:00Z");
    stamp_is(-1, "1969-12-31T23:59:59.999999Z");
    stamp_is(INT64_C(1743463800000000), "2025-03-31T23:30:00Z");
    stamp_is(INT64_C(1743463800500000), "2025-04-01t07:30:00.5000000+08:00");
    stamp_is(ARC_STAMP_MIN, "0001-01-01T00:00:00Z");
    stamp_is(ARC_STAMP_MAX, "9999-12-31T23:59:59.999999Z");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_status(bad[i].status, arc_stamp_parse(&s, bad[i].text, strlen(bad[i].text)));
    assert_int_equal(1, s);
    assert_ok(arc_stamp_print(text, &len, INT64_C(1743463800000001)));
    assert_string_equal("2025-03-31T23:30:00.000001Z", text);
    len = 27;
    assert_status(ARC_E_BUFFER, arc_stamp_print(text, &len, 0));
    assert_status(ARC_E_RANGE, arc_stamp_print(text, &len, INT64_MIN));
    assert_ok(arc_stamp_date(&d, INT64_C(1743463800000000), 480));
    assert_day("2025-04-01", d);
    assert_ok(arc_stamp_date(&d, INT64_C(1743463800000000), 0));
    assert_day("2025-03-31", d);
    assert_ok(arc_stamp_date(&d, -1, 0));
    assert_day("1969-12-31", d);
    assert_ok(arc_stamp_date(&d, 0, -1));
    assert_day("1969-12-31", d);
    assert_status(ARC_E_RANGE, arc_stamp_date(&d, ARC_STAMP_MAX, 1));
    assert_status(ARC_E_RANGE, arc_stamp_date(&d, 0, 1440));
    assert_ok(arc_stamp_from_date(&s, day("2025-04-01"), 480));
    stamp_is(s, "2025-03-31T16:00:00Z");
    assert_status(ARC_E_RANGE, arc_stamp_from_date(&s, ARC_DATE_MIN, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_days),      cmocka_unit_test(bad_dates),  cmocka_unit_test(months),
        cmocka_unit_test(written_dates), cmocka_unit_test(day_counts), cmocka_unit_test(overdue_buckets),
        cmocka_unit_test(stamps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
