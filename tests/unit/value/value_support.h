/* SPDX-License-Identifier: Apache-2.0 */
/* Short hands of the value tests. */
#ifndef TESTS_VALUE_SUPPORT_H
#define TESTS_VALUE_SUPPORT_H

#include "support/support.h"

#include "arcore/date.h"
#include "arcore/money.h"

static inline arc_decimal dec(const char *text)
{
    arc_decimal d = {0, 0, 0};

    assert_ok(arc_decimal_parse(&d, text, strlen(text)));
    return d;
}

static inline arc_money money(const char *amount, const char *currency)
{
    arc_money m = {0, {0}, 0};

    assert_ok(arc_money_parse(&m, amount, strlen(amount), currency, NULL));
    return m;
}

static inline arc_date day(const char *iso)
{
    arc_date d = ARC_DATE_NONE;

    assert_ok(arc_date_parse(&d, iso, strlen(iso)));
    return d;
}

static inline void assert_amount(const char *expected, arc_money m)
{
    char text[64];
    size_t len = sizeof text;

    assert_ok(arc_money_print_amount(text, &len, &m));
    assert_string_equal(expected, text);
}

static inline void assert_day(const char *expected, arc_date d)
{
    char text[16];
    size_t len = sizeof text;

    assert_ok(arc_date_print(text, &len, d));
    assert_string_equal(expected, text);
}

static inline void assert_decimal(const char *expected, arc_decimal d)
{
    char text[48];
    size_t len = sizeof text;

    assert_ok(arc_decimal_print(text, &len, &d));
    assert_string_equal(expected, text);
}

#endif
