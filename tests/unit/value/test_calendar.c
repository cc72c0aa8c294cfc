/* SPDX-License-Identifier: Apache-2.0 */
#include "value_support.h"

#include "arcore/calendar.h"

static arc_status load(test_env *t, arc_calendar **out, const char *text)
{
    size_t len = strlen(text);

    return arc_calendar_load(t->ctx, out, &text, &len, 1);
}

/* Parts of the notice for 2025 (T2.5). */
static const char china_2025[] =
    "{\"format\":\"arcore-calendar/1\",\"code\":\"CN\",\"name\":\"中国\",\"years\":[2025],\"days\":["
    "{\"date\":\"2025-01-01\",\"off\":true,\"name\":\"元旦\"},{\"date\":\"2025-01-26\",\"off\":false,\"name\":\"春节\"}"
    ","
    "{\"date\":\"2025-01-28\",\"off\":true},{\"date\":\"2025-01-29\",\"off\":true},{\"date\":\"2025-01-30\",\"off\":"
    "true},"
    "{\"date\":\"2025-01-31\",\"off\":true},{\"date\":\"2025-02-01\",\"off\":true},{\"date\":\"2025-02-02\",\"off\":"
    "true},"
    "{\"date\":\"2025-02-03\",\"off\":true},{\"date\":\"2025-02-04\",\"off\":true},{\"date\":\"2025-02-08\",\"off\":"
    "false},"
    "{\"date\":\"2025-04-04\",\"off\":true},{\"date\":\"2025-04-27\",\"off\":false},{\"date\":\"2025-05-01\",\"off\":"
    "true},"
    "{\"date\":\"2025-05-02\",\"off\":true},{\"date\":\"2025-05-05\",\"off\":true},{\"date\":\"2025-06-02\",\"off\":"
    "true},"
    "{\"date\":\"2025-09-28\",\"off\":false},{\"date\":\"2025-10-01\",\"off\":true},{\"date\":\"2025-10-02\",\"off\":"
    "true},"
    "{\"date\":\"2025-10-03\",\"off\":true},{\"date\":\"2025-10-06\",\"off\":true},{\"date\":\"2025-10-07\",\"off\":"
    "true},"
    "{\"date\":\"2025-10-08\",\"off\":true},{\"date\":\"2025-10-11\",\"off\":false}]}";

static void adjust_is(const arc_calendar *c, const char *want, const char *date, int32_t convention)
{
    arc_date d;

    assert_ok(arc_calendar_adjust(c, &d, day(date), convention));
    assert_day(want, d);
}

static void vectors(const arc_calendar *c)
{
    static const char *const stay[] = {"2025-09-28", "2025-02-08", "2025-01-26", "2025-10-11"};

    adjust_is(c, "2025-02-05", "2025-01-31", ARC_ADJUST_FOLLOWING);
    adjust_is(c, "2025-01-27", "2025-01-31", ARC_ADJUST_MODIFIED_FOLLOWING);
    adjust_is(c, "2025-06-03", "2025-05-31", ARC_ADJUST_FOLLOWING);
    adjust_is(c, "2025-05-30", "2025-05-31", ARC_ADJUST_MODIFIED_FOLLOWING);
    adjust_is(c, "2025-10-09", "2025-10-04", ARC_ADJUST_FOLLOWING);
    adjust_is(c, "2025-09-30", "2025-10-04", ARC_ADJUST_PRECEDING);
    adjust_is(c, "2025-10-09", "2025-10-04", ARC_ADJUST_MODIFIED_PRECEDING);
    adjust_is(c, "2025-10-09", "2025-10-04", ARC_ADJUST_MODIFIED_FOLLOWING);
    adjust_is(c, "2025-03-14", "2025-03-16", ARC_ADJUST_MODIFIED_PRECEDING);
    adjust_is(c, "2025-05-30", "2025-05-10", ARC_ADJUST_END_OF_MONTH);
    adjust_is(c, "2025-10-04", "2025-10-04", ARC_ADJUST_NONE);
    adjust_is(c, "2025-01-27", "2025-01-02", ARC_ADJUST_END_OF_MONTH);
    for (size_t i = 0; i < 4; i++) {
        for (int32_t k = ARC_ADJUST_NONE; k <= ARC_ADJUST_MODIFIED_PRECEDING; k++) adjust_is(c, stay[i], stay[i], k);
    }
}

/* T2.5 */
static void conventions(void **state)
{
    test_env *t = *state;
    arc_calendar *c;

    assert_ok_err(&t->err, load(t, &c, china_2025));
    vectors(c);
    arc_calendar_free(c);
}

static void names(void **state)
{
    test_env *t = *state;
    arc_calendar *c;
    char name[32];
    size_t len = sizeof name;

    assert_ok(load(t, &c, china_2025));
    assert_ok(arc_calendar_day_name(c, name, &len, day("2025-01-01")));
    assert_string_equal("元旦", name);
    len = 6;
    assert_status(ARC_E_BUFFER, arc_calendar_day_name(c, name, &len, day("2025-01-01")));
    assert_int_equal(6, len);
    len = sizeof name;
    assert_ok(arc_calendar_day_name(c, name, &len, day("2025-03-01")));
    assert_string_equal("", name);
    assert_status(ARC_E_CALENDAR, arc_calendar_day_name(c, name, &len, day("2026-03-01")));
    arc_calendar_free(c);
}

static void unknown_years(void **state)
{
    test_env *t = *state;
    arc_calendar *c;
    arc_date d = 77;
    int32_t n = 77;
    arc_error e = ARC_ERROR_INIT;

    assert_ok(load(t, &c, china_2025));
    assert_ok(arc_calendar_knows(c, &n, 2025));
    assert_int_equal(1, n);
    assert_ok(arc_calendar_knows(c, &n, 2026));
    assert_int_equal(0, n);
    n = 77;
    assert_status(ARC_E_CALENDAR, arc_calendar_is_business(c, &n, day("2026-01-05")));
    assert_status(ARC_E_CALENDAR, arc_calendar_is_business(c, &n, day("2024-12-31")));
    assert_status(ARC_E_CALENDAR, arc_calendar_adjust(c, &d, day("2025-01-01"), ARC_ADJUST_PRECEDING));
    assert_status(ARC_E_CALENDAR, arc_calendar_add(c, &d, day("2025-12-31"), 1));
    assert_status(ARC_E_CALENDAR, arc_calendar_count(c, &n, day("2025-12-01"), day("2026-01-02")));
    assert_ok(arc_context_error(t->ctx, &e));
    assert_int_equal(ARC_E_CALENDAR, e.status);
    assert_non_null(strstr(e.message, "2026"));
    assert_non_null(strstr(e.message_zh, "2026"));
    assert_int_equal(77, d);
    assert_int_equal(77, n);
    assert_ok(arc_calendar_count(c, &n, day("2025-12-01"), day("2026-01-01")));
    assert_int_equal(23, n);
    assert_ok(arc_calendar_adjust(c, &d, day("2026-01-03"), ARC_ADJUST_NONE));
    assert_status(ARC_E_INVALID, arc_calendar_adjust(c, &d, 0, 6));
    assert_status(ARC_E_INVALID, arc_calendar_adjust(c, NULL, 0, 0));
    assert_status(ARC_E_RANGE, arc_calendar_adjust(c, &d, ARC_DATE_NONE, 0));
    assert_ok(arc_calendar_adjust(NULL, &d, day("2026-01-03"), ARC_ADJUST_NONE));
    assert_status(ARC_E_HANDLE, arc_calendar_adjust(NULL, &d, day("2026-01-03"), ARC_ADJUST_FOLLOWING));
    arc_calendar_free(c);
}

/* Next, previous, n-th and count against stepping day by day. */
static void walking(void **state)
{
    test_env *t = *state;
    arc_calendar *c;
    uint64_t seed = 5;

    assert_ok(load(t, &c, china_2025));
    for (int run = 0; run < 3000; run++) {
        arc_date from = day("2025-02-01") + (arc_date)(test_random(&seed) % 200), to, end = from, back;
        int32_t n = 1 + (int32_t)(test_random(&seed) % 60), count = 0, is;
        assert_ok(arc_calendar_add(c, &to, from, n));
        for (int32_t k = 0; k < n; k += is) assert_ok(arc_calendar_is_business(c, &is, ++end));
        assert_int_equal(end, to);
        assert_ok(arc_calendar_count(c, &count, from + 1, to + 1));
        assert_int_equal(n, count);
        assert_ok(arc_calendar_count(c, &count, to + 1, from + 1));
        assert_int_equal(-n, count);
        assert_ok(arc_calendar_add(c, &back, to + 1, -n));
        assert_true(back > from);
        assert_ok(arc_calendar_count(c, &count, back, to + 1));
        assert_int_equal(n, count);
        assert_ok(arc_calendar_add(c, &back, from, 0));
        assert_ok(arc_calendar_adjust(c, &end, from, ARC_ADJUST_FOLLOWING));
        assert_int_equal(end, back);
    }
    arc_calendar_free(c);
}

static void unions(void **state)
{
    test_env *t = *state;
    arc_calendar *cn, *ae, *both, *none = NULL;
    const arc_calendar *list[2];
    int32_t is, n;
    char name[32];
    size_t len = sizeof name;

    assert_ok(load(t, &cn, china_2025));
    assert_ok(load(t, &ae,
                   "{\"format\":\"arcore-calendar/1\",\"weekend\":[\"fri\"],\"years\":[2024,2025,2026],"
                   "\"days\":[{\"date\":\"2025-03-31\",\"off\":true,\"name\":\"Eid\"}]}"));
    list[0] = cn;
    list[1] = ae;
    assert_ok(arc_calendar_union(t->ctx, &both, list, 2));
    arc_calendar_free(cn);
    arc_calendar_free(ae);
    assert_ok(arc_calendar_knows(both, &n, 2025));
    assert_int_equal(1, n);
    assert_ok(arc_calendar_knows(both, &n, 2026));
    assert_int_equal(0, n);
    assert_ok(arc_calendar_is_business(both, &is, day("2025-03-31")));
    assert_int_equal(0, is);
    assert_ok(arc_calendar_day_name(both, name, &len, day("2025-03-31")));
    assert_string_equal("Eid", name);
    assert_ok(arc_calendar_is_business(both, &is, day("2025-03-28"))); /* Friday */
    assert_int_equal(0, is);
    assert_ok(arc_calendar_is_business(both, &is, day("2025-03-29"))); /* Saturday */
    assert_int_equal(0, is);
    assert_ok(arc_calendar_is_business(both, &is, day("2025-02-08"))); /* worked Saturday, worked day there */
    assert_int_equal(1, is);
    assert_ok(arc_calendar_is_business(both, &is, day("2025-01-01")));
    assert_int_equal(0, is);
    list[1] = ae;
    assert_status(ARC_E_HANDLE, arc_calendar_union(t->ctx, &none, list, 2));
    assert_null(none);
    assert_status(ARC_E_INVALID, arc_calendar_union(t->ctx, &none, list, 0));
    arc_calendar_free(both);
}

static void handles(void **state)
{
    test_env *t = *state;
    arc_calendar *c, *left;
    arc_context *other;
    const arc_calendar *list[1];
    int32_t n;

    assert_ok(load(t, &c, china_2025));
    assert_ok(arc_context_new(&other, NULL));
    list[0] = c;
    assert_status(ARC_E_HANDLE, arc_calendar_union(other, &left, list, 1));
    arc_context_free(other);
    arc_calendar_free(c);
    assert_status(ARC_E_HANDLE, arc_calendar_knows(c, &n, 2025));
    arc_calendar_free(c);
    arc_calendar_free(NULL);
    assert_status(ARC_E_HANDLE, arc_calendar_knows(NULL, &n, 2025));
    assert_status(ARC_E_HANDLE, arc_calendar_knows((const arc_calendar *)t->ctx, &n, 2025));
    assert_status(ARC_E_HANDLE, arc_calendar_load(NULL, &c, NULL, NULL, 1));
    assert_status(ARC_E_INVALID, arc_calendar_load(t->ctx, &c, NULL, NULL, 1));
    assert_status(ARC_E_INVALID, arc_calendar_load(t->ctx, NULL, NULL, NULL, 1));
    assert_ok(load(t, &left, china_2025)); /* freed with the context */
}

static void bad_documents(void **state)
{
    static const struct {
        arc_status status;
        const char *pointer, *text;
    } bad[] = {
        {ARC_E_SYNTAX, "", "{"},
        {ARC_E_SYNTAX, "", "{\"year\":2025,\"days\":[]} x"},
        {ARC_E_EXISTS, "/year", "{\"year\":2025,\"year\":2025,\"days\":[]}"},
        {ARC_E_VALUE, "", "7"},
        {ARC_E_VALUE, "/0", "[7]"},
        {ARC_E_REQUIRED, "", "{}"},
        {ARC_E_REQUIRED, "", "{\"year\":2025}"},
        {ARC_E_REQUIRED, "", "{\"format\":\"arcore-calendar/1\",\"days\":[]}"},
        {ARC_E_VALUE, "/format", "{\"format\":\"arcore-calendar/2\",\"years\":[],\"days\":[]}"},
        {ARC_E_VALUE, "/colour", "{\"format\":\"arcore-calendar/1\",\"years\":[],\"days\":[],\"colour\":1}"},
        {ARC_E_VALUE, "/weekend/0",
         "{\"format\":\"arcore-calendar/1\",\"weekend\":[\"Sat\"],\"years\":[],\"days\":[]}"},
        {ARC_E_VALUE, "/year", "{\"year\":\"2025\",\"days\":[]}"},
        {ARC_E_RANGE, "/year", "{\"year\":0,\"days\":[]}"},
        {ARC_E_RANGE, "/year", "{\"year\":10000,\"days\":[]}"},
        {ARC_E_VALUE, "/days", "{\"year\":2025,\"days\":{}}"},
        {ARC_E_VALUE, "/days/0", "{\"year\":2025,\"days\":[1]}"},
        {ARC_E_REQUIRED, "/days/0", "{\"year\":2025,\"days\":[{\"date\":\"2025-01-01\"}]}"},
        {ARC_E_REQUIRED, "/days/0", "{\"year\":2025,\"days\":[{\"isOffDay\":true}]}"},
        {ARC_E_RANGE, "/days/1/date",
         "{\"year\":2025,\"days\":[{\"date\":\"2025-01-01\",\"isOffDay\":true},{\"date\":\"2025-02-30\",\"isOffDay\":"
         "true}]}"},
        {ARC_E_SYNTAX, "/days/0/date", "{\"year\":2025,\"days\":[{\"date\":\"2025-1-1\",\"isOffDay\":true}]}"},
        {ARC_E_VALUE, "/days/0/isOffDay", "{\"year\":2025,\"days\":[{\"date\":\"2025-01-01\",\"isOffDay\":1}]}"},
        {ARC_E_VALUE, "/days/0/name",
         "{\"year\":2025,\"days\":[{\"date\":\"2025-01-01\",\"isOffDay\":true,\"name\":1}]}"},
        {ARC_E_EXISTS, "/1/year", "[{\"year\":2025,\"days\":[]},{\"year\":2025,\"days\":[]}]"},
        {ARC_E_EXISTS, "",
         "{\"year\":2025,\"days\":[{\"date\":\"2025-01-01\",\"isOffDay\":true},{\"date\":\"2025-01-01\",\"isOffDay\":"
         "false}]}"},
        {ARC_E_EXISTS, "/1/weekend",
         "[{\"year\":2025,\"days\":[]},{\"format\":\"arcore-calendar/1\",\"weekend\":[],\"years\":[],\"days\":[]}]"},
    };
    test_env *t = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_calendar *c = (arc_calendar *)t;
        arc_error e = ARC_ERROR_INIT;
        assert_status(bad[i].status, load(t, &c, bad[i].text));
        assert_null(c);
        assert_ok(arc_context_error(t->ctx, &e));
        assert_int_equal(bad[i].status, e.status);
        if (bad[i].pointer[0] != 0) assert_string_equal(bad[i].pointer, e.pointer);
        assert_true(e.message[0] != 0 && e.message_zh[0] != 0);
    }
}

/* The State Council's own data for four years. */
static void real_notices(void **state)
{
    static const char *const files[] = {"calendar/cn-2023.json", "calendar/cn-2024.json", "calendar/cn-2025.json",
                                        "calendar/cn-2026.json"};
    static const int32_t workdays[] = {249, 251, 248, 248};
    test_env *t = *state;
    arc_calendar *c;
    char *texts[4];
    size_t lens[4];
    int32_t n;

    for (int i = 0; i < 4; i++) {
        TEST_NEED_DATA(path, files[i]);
        texts[i] = test_read_file(path, &lens[i]);
        assert_non_null(texts[i]);
    }
    assert_ok_err(&t->err, arc_calendar_load(t->ctx, &c, (const char *const *)texts, lens, 4));
    vectors(c);
    for (int32_t y = 2023; y <= 2026; y++) {
        arc_date from, to;
        assert_ok(arc_date_from_ymd(&from, y, 1, 1));
        assert_ok(arc_date_from_ymd(&to, y + 1, 1, 1));
        assert_ok(arc_calendar_count(c, &n, from, to));
        assert_int_equal(workdays[y - 2023], n);
    }
    arc_calendar_free(c);
    for (int i = 0; i < 4; i++) free(texts[i]);
}

static arc_status oom_body(test_env *t, void *arg)
{
    arc_calendar *c = NULL, *u = NULL;
    const arc_calendar *list[2];
    arc_status st = load(t, &c, china_2025);

    (void)arg;
    if (st == ARC_OK) {
        list[0] = list[1] = c;
        st = arc_calendar_union(t->ctx, &u, list, 2);
    }
    arc_calendar_free(u);
    arc_calendar_free(c);
    return st;
}

static void out_of_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(oom_body, NULL) > 5);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_setup, test_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(conventions),   T(names),        T(unknown_years),
        T(walking),       T(unions),       T(handles),
        T(bad_documents), T(real_notices), cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
