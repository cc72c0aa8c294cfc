/* SPDX-License-Identifier: Apache-2.0 */
/* SIZE_MAX is a length everywhere: up to the NUL. Any other length needs no NUL. */
#include "arcore/arcore.h"
#include "support/support.h"

static void values(void **state)
{
    arc_money m, m2;
    arc_decimal d, d2;
    arc_date day, day2;
    arc_stamp s, s2;
    (void)state;
    assert_ok(arc_money_parse(&m, "1130.05", SIZE_MAX, "CNY", NULL));
    assert_ok(arc_money_parse(&m2, "1130.05999", 7, "CNY", NULL));
    assert_true(m.minor == 113005 && m2.minor == 113005);
    assert_ok(arc_decimal_parse(&d, "1.25", SIZE_MAX));
    assert_ok(arc_decimal_parse_as(&d2, "1.25", SIZE_MAX, 2, NULL));
    assert_true(d.mantissa == 125 && d2.mantissa == 125);
    assert_ok(arc_date_parse(&day, "2026-03-01", SIZE_MAX));
    assert_ok(arc_date_parse_as(&day2, "2026-03-01", SIZE_MAX, NULL));
    assert_int_equal(day, day2);
    assert_ok(arc_stamp_parse(&s, "2026-03-01T00:00:00Z", SIZE_MAX));
    assert_ok(arc_stamp_parse(&s2, "2026-03-01T00:00:00Z and more", 20));
    assert_true(s == s2);
    assert_status(ARC_E_SYNTAX, arc_date_parse(&day, "", SIZE_MAX));
    assert_status(ARC_E_SYNTAX, arc_date_parse(&day, "2026-03-011", SIZE_MAX));
    assert_status(ARC_E_SYNTAX, arc_stamp_parse(&s, "", SIZE_MAX));
}

static void documents(void **state)
{
    test_env *t = *state;
    static const char *const year[] = { "{\"calendar\": \"T\", \"year\": 2026, \"days\": []}" };
    const size_t known = strlen(year[0]), nul = SIZE_MAX;
    arc_calendar *c = NULL, *c2 = NULL;
    arc_terms terms, terms2;
    arc_status st = arc_calendar_load(t->ctx, &c, year, &known, 1); /* whatever it says of the text, it says it twice */
    assert_status(st, arc_calendar_load(t->ctx, &c2, year, &nul, 1));
    arc_calendar_free(c);
    arc_calendar_free(c2);
    st = arc_terms_parse(t->ctx, &terms, "{}", 2);
    assert_status(st, arc_terms_parse(t->ctx, &terms2, "{}", SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(values), cmocka_unit_test_setup_teardown(documents, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
