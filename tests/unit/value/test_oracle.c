/* SPDX-License-Identifier: Apache-2.0 */
/* Random cases against Python's decimal, fractions and datetime (oracle.py). ARCORE_CASES and ARCORE_SEED change how
 * many and which. */
#include <inttypes.h>

#include "value_support.h"

#include "arcore/terms.h"

typedef struct outcome {
    arc_status status;
    int64_t value;
} outcome;

static outcome do_muldiv(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    int64_t a, n, d;
    int mode;
    arc_money m;

    assert_int_equal(4, sscanf(args, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %d", &a, &n, &d, &mode));
    assert_ok(arc_money_set(&m, a, "CNY"));
    o.status = arc_money_muldiv(&m, &m, n, d, mode);
    o.value = m.minor;
    return o;
}

static outcome do_decimal(const char *args,
                          arc_status (*f)(arc_decimal *, const arc_decimal *, const arc_decimal *, int32_t, int32_t))
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_decimal a = {0, 0, 0}, b = {0, 0, 0}, r = {0, 0, 0};
    int scale, mode;

    assert_int_equal(6, sscanf(args, "%" SCNd64 " %" SCNd32 " %" SCNd64 " %" SCNd32 " %d %d", &a.mantissa, &a.scale,
                               &b.mantissa, &b.scale, &scale, &mode));
    o.status = f(&r, &a, &b, scale, mode);
    o.value = r.mantissa;
    return o;
}

static outcome do_mul(const char *args)
{
    return do_decimal(args, arc_decimal_mul);
}

static outcome do_div(const char *args)
{
    return do_decimal(args, arc_decimal_div);
}

static outcome do_add(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_decimal a = {0, 0, 0}, b = {0, 0, 0}, r = {0, 0, 0};
    int sub;

    assert_int_equal(5, sscanf(args, "%" SCNd64 " %" SCNd32 " %" SCNd64 " %" SCNd32 " %d", &a.mantissa, &a.scale,
                               &b.mantissa, &b.scale, &sub));
    o.status = sub ? arc_decimal_sub(&r, &a, &b) : arc_decimal_add(&r, &a, &b);
    o.value = (int64_t)((uint64_t)r.mantissa * 100 + (uint64_t)r.scale); /* compared modulo 2^64 */
    return o;
}

static outcome do_compare(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_decimal a = {0, 0, 0}, b = {0, 0, 0};
    int32_t c = 0;

    assert_int_equal(
        4, sscanf(args, "%" SCNd64 " %" SCNd32 " %" SCNd64 " %" SCNd32, &a.mantissa, &a.scale, &b.mantissa, &b.scale));
    o.status = arc_decimal_compare(&c, &a, &b);
    o.value = c;
    return o;
}

static outcome do_convert(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    char from[4], to[4];
    arc_rate r = {{0, 0, 0}, 0, 0};
    int64_t a;
    int mode, back;
    arc_money m;

    assert_int_equal(8, sscanf(args, "%" SCNd64 " %3s %3s %" SCNd64 " %" SCNd32 " %" SCNd32 " %d %d", &a, from, to,
                               &r.value.mantissa, &r.value.scale, &r.per, &mode, &back));
    assert_ok(arc_money_set(&m, a, from));
    o.status = back ? arc_money_convert_back(&m, &m, to, &r, mode) : arc_money_convert(&m, &m, to, &r, mode);
    o.value = m.minor;
    return o;
}

static outcome do_tax(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_decimal r = {0, 0, 0};
    arc_money m, net = {0, {0}, 0}, tax = {0, {0}, 0};
    int64_t a;
    int mode;

    assert_int_equal(4, sscanf(args, "%" SCNd64 " %" SCNd64 " %" SCNd32 " %d", &a, &r.mantissa, &r.scale, &mode));
    assert_ok(arc_money_set(&m, a, "CNY"));
    o.status = arc_money_tax_from_gross(&net, &tax, &m, &r, mode);
    if (o.status == ARC_OK) assert_int_equal(a, net.minor + tax.minor);
    o.value = net.minor;
    return o;
}

static outcome do_text(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_number_options options = ARC_NUMBER_OPTIONS_INIT;
    char text[80], code[4];
    arc_money m = {0, {0}, 0};

    assert_int_equal(3, sscanf(args, "%79s %3s %" SCNd32, text, code, &options.mode));
    o.status = arc_money_parse(&m, text, strlen(text), code, &options);
    o.value = m.minor;
    return o;
}

static outcome do_week(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_date d = (arc_date)strtol(args, NULL, 10);
    int32_t year = 0, week = 0, weekday = 0;

    o.status = arc_date_iso_week(&year, &week, d);
    assert_ok(arc_date_weekday(&weekday, d));
    o.value = year * INT64_C(1000) + week * 10 + weekday;
    return o;
}

static outcome do_months(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_date d, r = 0;
    int n;

    assert_int_equal(2, sscanf(args, "%" SCNd32 " %d", &d, &n));
    o.status = arc_date_add_months(&r, d, n);
    o.value = r;
    return o;
}

static outcome do_fraction(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_date a, b;
    int kind;
    int64_t den, num = 0, got = 0;

    assert_int_equal(4, sscanf(args, "%" SCNd32 " %" SCNd32 " %d %" SCNd64, &a, &b, &kind, &den));
    o.status = arc_date_fraction(&num, &got, a, b, kind);
    assert_int_equal(den, got);
    o.value = num;
    return o;
}

static outcome do_cost(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_decimal p = {0, 0, 0}, compound = {0, 0, 0};
    int days, scale;

    assert_int_equal(4, sscanf(args, "%" SCNd64 " %" SCNd32 " %d %d", &p.mantissa, &p.scale, &days, &scale));
    o.status = arc_discount_annual_cost(NULL, &compound, &p, days, scale);
    o.value = compound.mantissa;
    return o;
}

static outcome do_stamp(const char *args)
{
    outcome o = {ARC_E_INTERNAL, 0};
    arc_stamp s = 0, back = 1;
    char text[32];
    size_t len = sizeof text;

    o.status = arc_stamp_parse(&s, args, strcspn(args, " "));
    assert_ok(arc_stamp_print(text, &len, s));
    assert_ok(arc_stamp_parse(&back, text, len));
    assert_int_equal(s, back);
    o.value = s;
    return o;
}

static const struct {
    const char *name;
    outcome (*run)(const char *args);
} ops[] = {{"muldiv ", do_muldiv},   {"mul ", do_mul},         {"div ", do_div},           {"add ", do_add},
           {"compare ", do_compare}, {"convert ", do_convert}, {"tax ", do_tax},           {"text ", do_text},
           {"week ", do_week},       {"months ", do_months},   {"fraction ", do_fraction}, {"cost ", do_cost},
           {"stamp ", do_stamp}};

/* The expected value; sums carry their scale and are compared modulo 2^64. */
static int64_t expected_value(const char *s)
{
    uint64_t v = 0;
    int minus = *s == '-';

    for (s += minus; *s >= '0' && *s <= '9'; s++) v = v * 10 + (uint64_t)(*s - '0');
    return (int64_t)(minus ? 0 - v : v);
}

static void check(const char *line)
{
    const char *arrow = strstr(line, " -> ");
    outcome o = {ARC_E_INTERNAL, 0};
    size_t i = 0;

    assert_non_null(arrow);
    while (strncmp(line, ops[i].name, strlen(ops[i].name)) != 0) assert_true(++i < sizeof ops / sizeof ops[0]);
    o = ops[i].run(line + strlen(ops[i].name));
    arrow += 4;
    if (strncmp(arrow, "ARC_", 4) == 0 ? strncmp(arrow, arc_status_name(o.status), strlen(arrow) - 1) == 0
                                       : o.status == ARC_OK && o.value == expected_value(arrow))
        return;
    print_error("%s  got %s %lld\n", line, arc_status_name(o.status), (long long)o.value);
    fail();
}

static void agrees_with_python(void **state)
{
    const char *cases = getenv("ARCORE_CASES"), *seed = getenv("ARCORE_SEED");
    char command[600], line[400];
    int64_t n = 0;
    int ended = 0;
    FILE *p;

    (void)state;
    (void)snprintf(command, sizeof command, "python3 %s/tests/unit/value/oracle.py %s %s", ARCORE_SOURCE_DIR,
                   cases ? cases : "120000", seed ? seed : "20250331");
    p = popen(command, "r");
    assert_non_null(p);
    while (!ended && fgets(line, sizeof line, p) != NULL) {
        ended = strncmp(line, "end ", 4) == 0;
        if (ended) break;
        check(line);
        n++;
    }
    assert_int_equal(0, pclose(p));
    assert_true(ended);
    printf("%lld cases agree\n", (long long)n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_python)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
