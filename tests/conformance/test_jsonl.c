/* SPDX-License-Identifier: Apache-2.0 */
/* The kit on the teaching backend, bare and under shims. */
#define ARC_EXAMPLE_AS_PART
#include "../../examples/backend_jsonl.c"

#include "conformance/run.h"

static void bare(void **unused)
{
    (void)unused;
    kit_run(arc_example_jsonl(), NULL, 0, ARC_CAP_DURABLE | ARC_CAP_SINGLE_WRITER, "");
}

static void shims(void **unused)
{
    (void)unused;
    kit_run_shims(arc_example_jsonl());
}

/* ---- damaged files: a typed answer, never a crash ------------------------------------------------------------------ */

static void *h_alloc(const arc_host *h, size_t n)
{
    ++*(int64_t *)h->user;
    return malloc(n);
}

static void *h_resize(const arc_host *h, void *p, size_t n)
{
    *(int64_t *)h->user += !p;
    return realloc(p, n);
}

static void h_release(const arc_host *h, void *p)
{
    *(int64_t *)h->user -= p != NULL;
    free(p);
}

static void h_error(const arc_host *h, arc_status s, int32_t code, const char *sqlstate, const char *message)
{
    (void)h;
    (void)code;
    (void)sqlstate;
    assert_true(s < 0 && message);
}

static int32_t h_cancelled(const arc_host *h)
{
    (void)h;
    return 0;
}

#define COLUMN(name, type) { name, "", NULL, 100, 0, type, ARC_NO_COL, 1 }
static const arc_column columns[] = { COLUMN("book", ARC_T_ID), COLUMN("id", ARC_T_ID), COLUMN("t", ARC_T_TEXT),
                                      COLUMN("y", ARC_T_BLOB) };
static const uint16_t pk[] = { 0, 1 }, all[] = { 0, 1, 2, 3 };
static const arc_index unique[] = { { "u", all, 3, 0, ARC_NO_COL, 0, ARC_INDEX_UNIQUE, 1 } };
static const arc_table tables[] = { { "thing", "", columns, pk, unique, NULL, 4, 2, 1, 0, ARC_TABLE_ERASABLE, 1 } };
static const arc_schema_desc schema = { (uint32_t)sizeof schema, 1, 7, 1, tables };

static arc_value bytes(uint8_t type, const char *s, uint32_t n)
{
    arc_value v = { type, { 0, 0, 0 }, n, { 0 } };
    v.u.s = s;
    return v;
}

/* Opens, reads all, writes a row; the first status that is not ARC_OK. */
static arc_status use(const arc_host *h, const char *path, uint32_t flags)
{
    const arc_backend_ops *b = arc_example_jsonl();
    arc_value v[4] = { value(ARC_V_INT, NULL, 1), value(ARC_V_INT, NULL, 99), bytes(ARC_V_TEXT, "a\"\\\n\t", 5),
                       bytes(ARC_V_BLOB, "\0\xff", 2) };
    uint8_t res = 0;
    arc_write w = { .struct_size = (uint32_t)sizeof w, .op = ARC_WRITE_INSERT, .cols = all, .rows = v, .n_cols = 4,
                    .n_rows = 1, .results = &res }, *wp = &w;
    arc_fetch f = { .struct_size = (uint32_t)sizeof f, .cols = all, .n_cols = 4 }, *fp = &f;
    arc_block block;
    void *be = NULL, *txn = NULL;
    int64_t first;
    arc_status s = b->open(h, path, "", flags, &be);
    if (s) return s;
    s = b->migrate(be, &schema, flags);
    if (!s) s = b->begin(be, ARC_TXN_WRITE, 0, &txn);
    if (!s) s = b->reserve(txn, 1, "thing", 5, &first);
    if (!s) s = b->fetch(txn, &fp, 1);
    while (!s) s = b->next(f.cursor, &block);
    if (s == ARC_DONE) s = b->write(txn, &wp, 1);
    if (!s && flags) s = b->commit(txn);
    b->close(be);
    return s;
}

static void damaged(void **unused)
{
    (void)unused;
    int64_t live = 0, refused = 0;
    char path[ARC_TESTKIT_LOCATION_MAX];
    arc_host h = { (uint32_t)sizeof h, 0, &live, h_alloc, h_resize, h_release, NULL, h_error, h_cancelled, NULL, NULL };
    assert_int_equal(testkit_make_empty(access("/dev/shm", W_OK) ? NULL : (void *)(uintptr_t) "/dev/shm", 3, path), 0);
    assert_ok(use(&h, path, ARC_OPEN_CREATE));
    size_t n = 0;
    char *good = test_read_file(path, &n);
    assert_non_null(good);
    for (size_t i = 0; i < n * 9; i++) { /* each bit of the file turned, and the file cut behind each byte */
        char *bad = malloc(n);
        FILE *f = fopen(path, "wb");
        memcpy(bad, good, n);
        if (i < n * 8) bad[i / 8] = (char)(bad[i / 8] ^ (1 << i % 8));
        assert_int_equal(fwrite(bad, 1, i < n * 8 ? n : i - n * 8, f), i < n * 8 ? n : i - n * 8);
        fclose(f);
        free(bad);
        arc_status s = use(&h, path, 0);
        assert_true(s == ARC_OK || s == ARC_E_CORRUPT || s == ARC_E_NOT_A_BOOK || s == ARC_E_SCHEMA_FOREIGN ||
                    s == ARC_E_SCHEMA_NEWER || s == ARC_E_SCHEMA_OLDER || s == ARC_E_OVERFLOW);
        refused += s != ARC_OK;
        assert_int_equal(live, 0);
    }
    fprintf(stderr, "%lld of %lld damaged files refused, the others read\n", (long long)refused, (long long)(n * 9));
    assert_true(refused > (int64_t)n * 3);
    free(good);
    testkit_drop(NULL, path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bare), cmocka_unit_test(shims), cmocka_unit_test(damaged) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
