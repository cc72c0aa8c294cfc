/* SPDX-License-Identifier: Apache-2.0 */
/* Durations, and the days they lead to, with calendars that know the year and with those that do not. */
#include "support/support.h"

#include "rules/duration.h"

static arc_date day(const char *text)
{
    arc_date d;
    assert_ok(arc_date_parse(&d, text, SIZE_MAX));
    return d;
}

static void parse(void **state)
{
    static const struct {
        const char *text;
        int months, days;
    } good[] = { { "P15D", 0, 15 },  { "-P3D", 0, -3 }, { "P1M", 1, 0 },           { "P2W", 0, 14 },  { "P1Y2M3D", 14, 3 },
                 { "P0D", 0, 0 },    { "P1Y", 12, 0 },  { "-P1Y6M", -18, 0 },      { "P1W1D", 0, 8 }, { "P36600D", 0, 36600 } };
    static const char *const bad[] = { "", "P", "-P", "15D", "P15", "PD", "P1D1M", "P1D2D", "PT5H", "P1DT5H", "P-1D", "+P1D", "p1d", "P1.5D", "P1D ", " P1D", "P36601D", "P101Y", "P99999999999D" };
    test_env *t = *state;
    arci_duration d;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_ok_err(&t->err, arci_duration_parse(&t->env, &d, good[i].text, strlen(good[i].text)));
        assert_int_equal(d.months, good[i].months);
        assert_int_equal(d.days, good[i].days);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_status st = arci_duration_parse(&t->env, &d, bad[i], strlen(bad[i]));
        if (st != ARC_E_SYNTAX && st != ARC_E_RANGE) fail_msg("%s: %s", bad[i], arc_status_name(st));
        assert_true(t->err.message_zh[0] != 0);
    }
}

/* 2025-09-28 (a Sunday) was worked, 2025-10-01 to 08 were off. */
static const char china[] = "{\"year\":2025,\"days\":[{\"name\":\"make-up\",\"date\":\"2025-09-28\",\"isOffDay\":false},{\"name\":\"a\",\"date\":\"2025-10-01\",\"isOffDay\":true},"
                            "{\"name\":\"a\",\"date\":\"2025-10-02\",\"isOffDay\":true},{\"name\":\"a\",\"date\":\"2025-10-03\",\"isOffDay\":true},"
                            "{\"name\":\"a\",\"date\":\"2025-10-06\",\"isOffDay\":true},{\"name\":\"a\",\"date\":\"2025-10-07\",\"isOffDay\":true},"
                            "{\"name\":\"a\",\"date\":\"2025-10-08\",\"isOffDay\":true}]}";

static arc_calendar *load(test_env *t)
{
    const char *text = china;
    size_t len = sizeof china - 1;
    arc_calendar *c;
    assert_ok(arc_calendar_load(t->ctx, &c, &text, &len, 1));
    return c;
}

static void added(test_env *t, const char *from, const char *duration, const arc_calendar *c, const char *to, int guess)
{
    arci_duration d;
    arc_date out = 0;
    char text[16];
    size_t n = sizeof text;
    int guessed = 0;
    assert_ok(arci_duration_parse(&t->env, &d, duration, strlen(duration)));
    assert_ok(arci_duration_add(&out, day(from), &d, c, &guessed));
    assert_ok(arc_date_print(text, &n, out));
    if (strcmp(text, to) != 0 || guessed != guess) fail_msg("%s + %s: %s (%d), expected %s", from, duration, text, guessed, to);
}

static void add(void **state)
{
    test_env *t = *state;
    arc_calendar *c = load(t);
    added(t, "2025-01-31", "P1M", NULL, "2025-02-28", 0);
    added(t, "2024-02-29", "P1Y", NULL, "2025-02-28", 0);
    added(t, "2025-03-31", "-P1M1D", NULL, "2025-02-27", 0);
    added(t, "2025-09-26", "P15D", NULL, "2025-10-11", 0);
    added(t, "2025-09-26", "P1D", c, "2025-09-28", 0); /* Friday to the Sunday that is worked */
    added(t, "2025-09-26", "P4D", c, "2025-10-09", 0);
    added(t, "2025-10-09", "-P1D", c, "2025-09-30", 0);
    added(t, "2025-10-04", "P0D", c, "2025-10-09", 0);
    added(t, "2026-10-02", "P1D", c, "2026-10-05", 1); /* nobody has told of 2026: weekends */
    added(t, "2026-10-05", "-P1D", c, "2026-10-02", 1);
    added(t, "2026-10-03", "P0D", c, "2026-10-05", 1);
    added(t, "2025-12-31", "P2D", c, "2026-01-02", 1);
    arc_calendar_free(c);
}

static void rolled(const char *from, int32_t convention, const arc_calendar *c, const char *to, int guess)
{
    arc_date out = 0;
    int guessed = 0;
    assert_ok(arci_duration_roll(&out, day(from), convention, c, &guessed));
    if (out != day(to) || guessed != guess) fail_msg("%s rolled %d: not %s", from, convention, to);
}

static void roll(void **state)
{
    test_env *t = *state;
    arc_calendar *c = load(t);
    rolled("2025-10-04", ARC_ADJUST_NONE, c, "2025-10-04", 0);
    rolled("2025-10-04", ARC_ADJUST_FOLLOWING, c, "2025-10-09", 0);
    rolled("2025-10-04", ARC_ADJUST_PRECEDING, c, "2025-09-30", 0);
    rolled("2025-10-04", ARC_ADJUST_FOLLOWING, NULL, "2025-10-06", 0);
    rolled("2026-05-31", ARC_ADJUST_MODIFIED_FOLLOWING, c, "2026-05-29", 1); /* a Sunday: Monday is in June */
    rolled("2026-05-02", ARC_ADJUST_MODIFIED_FOLLOWING, c, "2026-05-04", 1);
    rolled("2026-08-01", ARC_ADJUST_MODIFIED_PRECEDING, c, "2026-08-03", 1);
    rolled("2026-05-10", ARC_ADJUST_END_OF_MONTH, c, "2026-05-29", 1);
    rolled("2026-05-13", ARC_ADJUST_FOLLOWING, c, "2026-05-13", 1);
    arc_calendar_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parse, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(add, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(roll, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("rules duration", tests, NULL, NULL);
}
