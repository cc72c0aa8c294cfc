/* SPDX-License-Identifier: Apache-2.0 */
/* The rounding core where ordinary amounts never lead. */
#include "value_support.h"

#include "value/wide.h"

/* Products that leave d - 1: the digit estimated from the leading limbs is one too large and must be taken back. */
static void estimate_too_large(void **state)
{
    static const struct {
        uint64_t a, b;
        int64_t q; /* (a * b + 1) / d */
    } cases[] = {
        {UINT64_C(683268451013967869), UINT64_C(14016209777027115390), INT64_C(519161199163695293)},
        {UINT64_C(150367245457070923), UINT64_C(1162183293181038296), INT64_C(9473449445673267)},
        {UINT64_C(1056012471173996965), UINT64_C(11574130564501098450), INT64_C(662579041265682713)},
        {UINT64_C(546546518133997821), UINT64_C(12322422786048791809), INT64_C(365093000835616970)},
        {UINT64_C(669676865462416551), UINT64_C(2353438796974322929), INT64_C(85437488720478440)},
        {UINT64_C(698208725940731865), UINT64_C(2498490033124938499), INT64_C(94567773313526468)},
        {UINT64_C(1047796274513771045), UINT64_C(8773762555326748792), INT64_C(498359792900717283)},
        {UINT64_C(540988058361946025), UINT64_C(3289862403052892996), INT64_C(96481863417226663)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arci_ratio r = {{cases[i].a, cases[i].b, 1}, {UINT64_C(4294967311), UINT64_C(4294967357)}, 0, 0};
        int64_t v = 0;
        assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_DOWN));
        assert_int_equal(cases[i].q - 1, v);
        assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_HALF_DOWN));
        assert_int_equal(cases[i].q, v);
        assert_status(ARC_E_PRECISION, arci_ratio_round(&v, &r, ARC_ROUND_EXACT));
        r.negative = 1;
        assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_CEILING));
        assert_int_equal(1 - cases[i].q, v);
    }
}

static void edges(void **state)
{
    arci_ratio r = {{UINT64_MAX, UINT64_MAX, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}, 0, 0};
    int64_t v = 7;

    (void)state;
    assert_status(ARC_E_OVERFLOW, arci_ratio_round(&v, &r, ARC_ROUND_DOWN)); /* 2^64 - 1 */
    r.num[2] = UINT64_C(9223372036854775808);
    assert_status(ARC_E_OVERFLOW, arci_ratio_round(&v, &r, ARC_ROUND_DOWN));
    r.negative = 1;
    assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_EXACT));
    assert_int_equal(INT64_MIN, v);
    r.pow10 = 57;
    assert_status(ARC_E_OVERFLOW, arci_ratio_round(&v, &r, ARC_ROUND_DOWN));
    r.pow10 = -57;
    assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_DOWN));
    assert_int_equal(0, v);
    assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_UP));
    assert_int_equal(-1, v);
    r.num[1] = 0;
    assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_EXACT));
    assert_int_equal(0, v);
    r.den[1] = 0;
    assert_status(ARC_E_DIVIDE, arci_ratio_round(&v, &r, ARC_ROUND_DOWN));
    r = (arci_ratio){{UINT64_MAX, 1, 1}, {1, 1}, 0, 0};
    assert_status(ARC_E_OVERFLOW, arci_ratio_round(&v, &r, ARC_ROUND_UP));
    r = (arci_ratio){{UINT64_MAX, 2, 1}, {2, 1}, -1, 0}; /* ...61.5 */
    assert_ok(arci_ratio_round(&v, &r, ARC_ROUND_HALF_EVEN));
    assert_int_equal(INT64_C(1844674407370955162), v);
    r = (arci_ratio){{UINT64_MAX, 3, 1}, {3, 1}, 0, 1};
    assert_status(ARC_E_OVERFLOW, arci_ratio_round(&v, &r, ARC_ROUND_UP));
    assert_status(ARC_E_INVALID, arci_ratio_round(&v, &r, 8));
    r = (arci_ratio){
        {UINT64_MAX, UINT64_MAX, 1}, {UINT64_MAX - 1, 1}, 0, 0}; /* 2^64 + rest: the quotient is too large */
    assert_status(ARC_E_OVERFLOW, arci_ratio_round(&v, &r, ARC_ROUND_UP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(estimate_too_large), cmocka_unit_test(edges)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
