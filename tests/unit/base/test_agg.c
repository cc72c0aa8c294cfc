/* SPDX-License-Identifier: Apache-2.0 */
/* Grouping against a naive model: every group is looked for from the start, in the order rows come. */
#include "base/agg.h"
#include "support/support.h"

static int64_t calls_left = -1;

static void *host_resize(const arc_host *h, void *p, size_t n)
{
    (void)h;
    if (calls_left == 0) return NULL;
    if (calls_left > 0) calls_left--;
    return realloc(p, n);
}
static void *host_alloc(const arc_host *h, size_t n)
{
    return host_resize(h, NULL, n);
}
static void host_release(const arc_host *h, void *p)
{
    (void)h;
    free(p);
}
static const arc_host host = { .struct_size = (uint32_t)sizeof(arc_host), .alloc = host_alloc, .resize = host_resize,
                               .release = host_release };

static const char *const codes[] = { "CNY", "USD", "", "a long text that fills more than one word", "CN" };
static const int64_t edges[] = { -50, 0, 50 };
static const arc_group groups[] = { { 1, ARC_GROUP_VALUE, 0, NULL }, { 2, ARC_GROUP_BUCKET, 3, edges } };
static const arc_measure measures[] = { { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_SUM, 3 }, { ARC_MEASURE_MIN, 1 }, { ARC_MEASURE_MAX, 3 } };
static const uint16_t gplace[] = { 0, 1 }, mplace[] = { 0, 2, 0, 2 };

enum { ROWS = 3000 };

static void fill(arc_value *row, uint64_t *seed)
{
    memset(row, 0, 3 * sizeof *row);
    uint64_t r = test_random(seed);
    if (r % 6 < 5) {
        row[0].type = ARC_V_TEXT;
        row[0].u.s = codes[r % 6];
        row[0].len = (uint32_t)strlen(codes[r % 6]);
    }
    if (r / 8 % 9) {
        row[1].type = ARC_V_INT;
        row[1].u.i = (int64_t)(r / 128 % 121) - 60;
    }
    if (r / 65536 % 5) {
        row[2].type = ARC_V_INT;
        row[2].u.i = (int64_t)(r >> 40) - (1 << 22);
    }
}

static int key_of(const arc_value *row, int *bucket)
{
    int code = 0;
    *bucket = -1;
    if (row[0].type) {
        for (code = 0; strcmp(codes[code], row[0].u.s) != 0;) code++;
        code++;
    }
    if (row[1].type) *bucket = (row[1].u.i >= -50) + (row[1].u.i >= 0) + (row[1].u.i >= 50);
    return code;
}

static void groups_equal_the_model(void **state)
{
    (void)state;
    static arc_value rows[ROWS * 3];
    int64_t count[6][5] = { { 0 } }, sum[6][5] = { { 0 } }, max[6][5], seen[6][5] = { { 0 } };
    uint64_t seed = 7;
    uint32_t n_groups = 0;
    for (int i = 0; i < ROWS; i++) {
        int b, c;
        fill(rows + i * 3, &seed);
        c = key_of(rows + i * 3, &b);
        if (!count[c][b + 1]++) n_groups++;
        if (!rows[i * 3 + 2].type) continue;
        int64_t v = rows[i * 3 + 2].u.i;
        sum[c][b + 1] += v;
        if (!seen[c][b + 1]++ || v > max[c][b + 1]) max[c][b + 1] = v;
    }
    arci_agg a;
    arc_block block;
    arci_agg_init(&a, &host, groups, 2, measures, 4, gplace, mplace, 0);
    assert_ok(arci_agg_add(&a, rows, 1000, 3));
    assert_ok(arci_agg_add(&a, rows + 3000, ROWS - 1000, 3));
    assert_ok(arci_agg_finish(&a, &block));
    assert_int_equal(block.n_rows, n_groups);
    assert_int_equal(block.n_cols, 6);
    for (uint32_t i = 0; i < block.n_rows; i++) {
        const arc_value *v = block.values + i * 6;
        int c = 0, b = v[1].type ? (int)v[1].u.i : -1;
        if (v[0].type) {
            for (c = 0; strlen(codes[c]) != v[0].len || memcmp(codes[c], v[0].u.s, v[0].len) != 0;) c++;
            c++;
        }
        assert_int_equal(v[2].u.i, count[c][b + 1]);
        if (seen[c][b + 1]) {
            assert_int_equal(v[3].u.i, sum[c][b + 1]);
            assert_int_equal(v[5].u.i, max[c][b + 1]);
        }
        assert_int_equal(v[4].type, v[0].type);
        if (!i) continue;
        const arc_value *w = v - 6;
        int order = w[0].type != v[0].type ? (w[0].type ? 1 : -1) : 0;
        if (!order && v[0].type) {
            order = memcmp(w[0].u.s, v[0].u.s, w[0].len < v[0].len ? w[0].len : v[0].len);
            if (!order) order = (int)w[0].len - (int)v[0].len;
        }
        if (!order) order = w[1].type < v[1].type ? -1 : (int)(w[1].u.i - v[1].u.i);
        assert_true(order < 0);
    }
    arci_agg_clear(&a);
}

static void no_rows(void **state)
{
    (void)state;
    arci_agg a;
    arc_block block;
    arci_agg_init(&a, &host, NULL, 0, measures, 4, gplace, mplace, 0);
    assert_ok(arci_agg_finish(&a, &block));
    assert_int_equal(block.n_rows, 1);
    assert_int_equal(block.values[0].u.i, 0);
    assert_int_equal(block.values[1].type, ARC_V_NULL);
    arci_agg_clear(&a);
    arci_agg_init(&a, &host, groups, 2, measures, 4, gplace, mplace, 0);
    assert_ok(arci_agg_finish(&a, &block));
    assert_int_equal(block.n_rows, 0);
    arci_agg_clear(&a);
}

static void sums_do_not_wrap(void **state)
{
    (void)state;
    arc_value row[3] = { { ARC_V_NULL, { 0 }, 0, { 0 } }, { ARC_V_NULL, { 0 }, 0, { 0 } }, { ARC_V_INT, { 0 }, 0, { INT64_MAX } } };
    arci_agg a;
    arc_block block;
    arci_agg_init(&a, &host, NULL, 0, measures, 2, gplace, mplace, 0);
    assert_ok(arci_agg_add(&a, row, 1, 3));
    assert_ok(arci_agg_add(&a, row, 1, 3));
    assert_status(ARC_E_OVERFLOW, arci_agg_finish(&a, &block));
    arci_agg_clear(&a);
    arci_agg_init(&a, &host, NULL, 0, measures, 2, gplace, mplace, 0);
    assert_ok(arci_agg_add(&a, row, 1, 3));
    assert_ok(arci_agg_add(&a, row, 1, 3));
    row[2].u.i = INT64_MIN;
    assert_ok(arci_agg_add(&a, row, 1, 3));
    assert_ok(arci_agg_finish(&a, &block)); /* only the result counts */
    assert_int_equal(block.values[1].u.i, INT64_MAX - 1);
    arci_agg_clear(&a);
}

static void limits(void **state)
{
    (void)state;
    arc_value row[3] = { { ARC_V_NULL, { 0 }, 0, { 0 } }, { ARC_V_NULL, { 0 }, 0, { 0 } }, { ARC_V_NULL, { 0 }, 0, { 0 } } };
    arci_agg a;
    static const arc_group by[] = { { 3, ARC_GROUP_VALUE, 0, NULL } };
    static const uint16_t place[] = { 2 };
    arc_status st = ARC_OK;
    arci_agg_init(&a, &host, by, 1, measures, 1, place, mplace, 1 << 16);
    row[2].type = ARC_V_INT;
    for (; st == ARC_OK && row[2].u.i < 100000; row[2].u.i++) st = arci_agg_add(&a, row, 1, 3);
    assert_int_equal(st, ARC_E_LIMIT);
    arci_agg_clear(&a);
    for (int64_t n = 0;; n++) {
        arc_block block;
        uint64_t seed = 3;
        calls_left = n;
        arci_agg_init(&a, &host, groups, 2, measures, 4, gplace, mplace, 0);
        st = ARC_OK;
        for (int i = 0; st == ARC_OK && i < 300; i++) {
            fill(row, &seed);
            st = arci_agg_add(&a, row, 1, 3);
        }
        if (st == ARC_OK) st = arci_agg_finish(&a, &block);
        arci_agg_clear(&a);
        if (st == ARC_OK) break;
        assert_int_equal(st, ARC_E_NOMEM);
    }
    calls_left = -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_equal_the_model),
        cmocka_unit_test(no_rows),
        cmocka_unit_test(sums_do_not_wrap),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
