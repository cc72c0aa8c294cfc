/* SPDX-License-Identifier: Apache-2.0 */
/* Arena, string builder and map: right results, and clean failure when the n-th allocation fails, for every n. */
#include "base/map.h"
#include "base/str.h"
#include "support/support.h"

/* Blocks of many sizes keep their bytes, are aligned and do not overlap. */
static arc_status fill_arena(test_env *t, void *arg)
{
    static unsigned char *blocks[300];
    static size_t sizes[300];
    arci_arena a;
    uint64_t seed = 3;
    arc_status status = ARC_OK;
    (void)arg;
    arci_arena_init(&a, t->ctx);
    for (int round = 0; round < 2 && !status; round++) {
        int n = 0;
        for (; n < 300; n++) {
            sizes[n] = (size_t)(test_random(&seed) % (n % 40 == 0 ? 60000 : 90));
            blocks[n] = arci_arena_alloc(&a, sizes[n]);
            if (!blocks[n]) {
                status = ARC_E_NOMEM;
                break;
            }
            assert_int_equal((uintptr_t)blocks[n] % _Alignof(max_align_t), 0);
            memset(blocks[n], n & 0xff, sizes[n]);
        }
        for (int i = 0; i < n; i++) {
            for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(blocks[i][k], i & 0xff);
        }
        arci_arena_reset(&a);
        assert_true(t->memory.blocks <= 2 + 64);
    }
    arci_arena_clear(&a);
    return status;
}

static void test_arena(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(fill_arena, NULL) > 5);
}

static void test_arena_limits(void **state)
{
    test_env *t = *state;
    int64_t blocks = t->memory.blocks;
    arci_arena a;
    arci_arena_init(&a, t->ctx);
    assert_null(arci_arena_alloc(&a, SIZE_MAX));
    assert_null(arci_arena_alloc(&a, SIZE_MAX - 20));
    assert_null(arci_arena_calloc(&a, SIZE_MAX / 2, 4));
    assert_null(arci_arena_strndup(&a, "x", SIZE_MAX));
    char *z = arci_arena_calloc(&a, 100, 5);
    for (int i = 0; i < 500; i++) assert_int_equal(z[i], 0);
    assert_string_equal(arci_arena_strndup(&a, "hello", 4), "hell");
    assert_string_equal(arci_arena_strndup(&a, NULL, 0), "");
    assert_ptr_not_equal(arci_arena_alloc(&a, 0), arci_arena_alloc(&a, 0));
    /* reset() keeps one chunk, the largest, and uses it again */
    (void)arci_arena_alloc(&a, 100000);
    arci_arena_reset(&a);
    assert_int_equal(t->memory.blocks, blocks + 1);
    int64_t calls = t->memory.calls;
    assert_non_null(arci_arena_alloc(&a, 100000));
    assert_int_equal(t->memory.calls, calls);
    arci_arena_clear(&a);
    assert_int_equal(t->memory.blocks, blocks);
    assert_non_null(arci_arena_alloc(&a, 1)); /* usable again */
    arci_arena_clear(&a);
}

static arc_status build_text(test_env *t, void *arg)
{
    arci_str b;
    (void)arg;
    arci_str_init(&b, t->ctx);
    for (int i = 0; i < 500; i++) {
        arci_str_puts(&b, "ab");
        arci_str_int(&b, i - 250);
        arci_str_putc(&b, ';');
        arci_str_add(&b, "xyz", (size_t)(i % 4));
    }
    int failed = b.failed;
    size_t len = b.len;
    char *s = arci_str_take(&b);
    assert_int_equal(s == NULL, failed);
    if (!s) return ARC_E_NOMEM;
    assert_int_equal(strlen(s), len);
    assert_memory_equal(s, "ab-250;ab-249;xab-248;xyab-247;xyz", 34);
    arci_free(t->ctx, s);
    return ARC_OK;
}

static void test_builder(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(build_text, NULL) > 5);
}

static void test_builder_edges(void **state)
{
    test_env *t = *state;
    arci_str b;
    arci_str_init(&b, t->ctx);
    char *s = arci_str_take(&b); /* nothing added: still a text */
    assert_string_equal(s, "");
    arci_free(t->ctx, s);
    arci_str_puts(&b, "abc");
    arci_str_add(&b, "x", SIZE_MAX - 2); /* cannot be: sticky failure, the text so far stays */
    assert_int_equal(b.failed, 1);
    arci_str_puts(&b, "def");
    assert_string_equal(b.s, "abc");
    arci_str_reset(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.s, "");
    arci_str_puts(&b, "def");
    assert_string_equal(b.s, "def");
    arci_str_clear(&b);
    assert_null(b.s);
}

static arc_status fill_map(test_env *t, void *arg)
{
    arci_map m;
    char key[32];
    int64_t *value;
    arc_status status = ARC_OK;
    (void)arg;
    arci_map_init(&m, t->ctx);
    for (int i = 0; i < 1000 && !status; i++) {
        int n = snprintf(key, sizeof key, "key %d", i % 700);
        uint32_t before = m.n;
        int32_t r = arci_map_put(&m, key, (size_t)n, &value);
        if (r < 0) {
            status = r;
            assert_int_equal(m.n, before); /* as before the call */
            assert_null(arci_map_get(&m, key, (size_t)n));
            break;
        }
        assert_int_equal(r, i < 700);
        *value += i;
    }
    for (uint32_t i = 0; i < m.n; i++) { /* in order of insertion */
        int n = snprintf(key, sizeof key, "key %u", i);
        assert_int_equal(m.entries[i].key_len, n);
        assert_string_equal(m.entries[i].key, key);
        assert_ptr_equal(arci_map_get(&m, key, (size_t)n), &m.entries[i].value);
        if (!status) assert_int_equal(m.entries[i].value, i < 300 ? i + i + 700 : i);
    }
    arci_map_clear(&m);
    return status;
}

static void test_map(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(fill_map, NULL) > 10);
}

/* Keys are bytes: empty ones, NULs inside, prefixes of each other. */
static void test_map_keys(void **state)
{
    static const struct {
        const char *p;
        size_t n;
    } keys[] = { { "", 0 }, { "\0", 1 }, { "\0\0", 2 }, { "a", 1 }, { "a\0", 2 }, { "a\0b", 3 }, { "abcdefgh", 8 },
                 { "abcdefghi", 9 }, { "abcdefgh\0", 9 } };
    test_env *t = *state;
    arci_map m;
    int64_t *value;
    arci_map_init(&m, t->ctx);
    assert_null(arci_map_get(&m, "a", 1));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_int_equal(arci_map_put(&m, keys[i].p, keys[i].n, &value), 1);
        assert_int_equal(*value, 0);
        *value = (int64_t)i + 1;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_int_equal(*arci_map_get(&m, keys[i].p, keys[i].n), i + 1);
    }
    assert_null(arci_map_get(&m, "ab", 2));
    arci_map_clear(&m);
    assert_int_equal(m.n, 0);
    assert_null(arci_map_get(&m, "a", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena),
        cmocka_unit_test_setup_teardown(test_arena_limits, test_setup, test_teardown),
        cmocka_unit_test(test_builder),
        cmocka_unit_test_setup_teardown(test_builder_edges, test_setup, test_teardown),
        cmocka_unit_test(test_map),
        cmocka_unit_test_setup_teardown(test_map_keys, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
