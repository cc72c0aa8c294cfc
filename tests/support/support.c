/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* nftw */
#include <ftw.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/support.h"

/* ---- memory ------------------------------------------------------------------------------------------------------ */

typedef union header {
    struct {
        size_t size;
        uint64_t magic;
    } h;
    max_align_t align;
} header;

#define GUARD_BYTES 16
#define ALIVE UINT64_C(0x616c697665)
#define DEAD UINT64_C(0x64656164)

static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;

static int refuse(test_memory *m)
{
    m->calls++;
    int no = m->fail_at > 0 && (m->calls == m->fail_at || (m->fail_on && m->calls > m->fail_at));
    m->failed += no;
    return no;
}

static void count(test_memory *m, int64_t blocks, int64_t bytes)
{
    m->blocks += blocks;
    m->bytes += bytes;
    if (m->bytes > m->peak) m->peak = m->bytes;
}

/* The bytes behind a block show whether somebody wrote past its end. */
static void set_guard(header *h)
{
    memset((char *)(h + 1) + h->h.size, 0x3c, GUARD_BYTES);
}

static void check_block(const header *h)
{
    assert_true(h->h.magic == ALIVE);
    for (size_t i = 0; i < GUARD_BYTES; i++) assert_int_equal(((const char *)(h + 1))[h->h.size + i], 0x3c);
}

static void *counted_resize(void *user, void *p, size_t size)
{
    test_memory *m = user;
    header *old = p ? (header *)p - 1 : NULL, *new = NULL;
    assert_true(size > 0);
    if (old) check_block(old);
    pthread_mutex_lock(&memory_lock);
    if (!refuse(m)) {
        new = malloc(sizeof(header) + size + GUARD_BYTES); /* always moves, so that stale pointers show */
        if (new) count(m, !old, (int64_t)size - (old ? (int64_t)old->h.size : 0));
    }
    pthread_mutex_unlock(&memory_lock);
    if (!new) return NULL;
    memset(new + 1, 0xa5, size);
    if (old) {
        memcpy(new + 1, old + 1, old->h.size < size ? old->h.size : size);
        old->h.magic = DEAD;
        free(old);
    }
    new->h.size = size;
    new->h.magic = ALIVE;
    set_guard(new);
    return new + 1;
}

static void *counted_alloc(void *user, size_t size)
{
    return counted_resize(user, NULL, size);
}

static void counted_release(void *user, void *p)
{
    assert_non_null(p);
    header *old = (header *)p - 1;
    check_block(old);
    pthread_mutex_lock(&memory_lock);
    count(user, -1, -(int64_t)old->h.size);
    pthread_mutex_unlock(&memory_lock);
    old->h.magic = DEAD;
    free(old);
}

/* ---- context ----------------------------------------------------------------------------------------------------- */

static int64_t fixed_clock(void *user)
{
    return ((test_env *)user)->now;
}

static int32_t fixed_random(void *user, void *out, size_t n)
{
    for (size_t i = 0; i < n; i++) ((unsigned char *)out)[i] = (unsigned char)test_random(&((test_env *)user)->random);
    return 0;
}

static arc_status open_env(test_env *t, int64_t fail_at)
{
    memset(t, 0, sizeof *t);
    t->now = TEST_NOW;
    t->random = 1;
    t->memory.fail_at = fail_at;
    t->allocator.struct_size = (uint32_t)sizeof t->allocator;
    t->allocator.user = &t->memory;
    t->allocator.alloc = counted_alloc;
    t->allocator.resize = counted_resize;
    t->allocator.release = counted_release;
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.allocator = &t->allocator;
    o.clock = fixed_clock;
    o.clock_user = t;
    o.random = fixed_random;
    o.random_user = t;
    (void)arc_error_init(&t->err);
    arc_status status = arc_context_new(&t->ctx, &o);
    t->env.ctx = t->ctx;
    t->env.err = &t->err;
    return status;
}

void test_open(test_env *t)
{
    assert_int_equal(open_env(t, 0), ARC_OK);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void test_close(test_env *t)
{
    arc_context_free(t->ctx);
    t->ctx = NULL;
    if (t->dir[0]) {
        (void)nftw(t->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        t->dir[0] = 0;
    }
    if (t->memory.blocks) {
        fail_msg("%lld blocks with %lld bytes leaked", (long long)t->memory.blocks, (long long)t->memory.bytes);
    }
}

int test_setup(void **state)
{
    test_env *t = malloc(sizeof *t);
    if (!t) return -1;
    test_open(t);
    *state = t;
    return 0;
}

int test_teardown(void **state)
{
    test_close(*state);
    free(*state);
    return 0;
}

/* Of a long sweep every third allocation, and every seventh where the sanitizers make a run several times as long. */
static int64_t next_failure(int64_t n)
{
    return n < 300 || test_soak() ? n + 1 : n + (TEST_SANITIZED ? 7 : 3);
}

int64_t test_oom_sweep(arc_status (*body)(test_env *t, void *arg), void *arg)
{
    for (int64_t n = 1;; n = next_failure(n)) {
        test_env t;
        arc_status status = open_env(&t, n);
        if (status == ARC_OK) status = body(&t, arg);
        int64_t failed = t.memory.failed;
        if ((status == ARC_E_NOMEM) != (failed > 0) || (!failed && status != ARC_OK)) {
            fail_msg("allocation %lld %s, status %s: %s", (long long)n, failed ? "failed" : "was not reached",
                     arc_status_name(status), t.err.message);
        }
        test_close(&t);
        if (!failed) return n - 1;
    }
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

const char *test_dir(test_env *t)
{
    if (!t->dir[0]) {
        const char *tmp = getenv("TMPDIR");
        snprintf(t->dir, sizeof t->dir, "%s/arcore-test-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
        if (!mkdtemp(t->dir)) fail_msg("cannot make a folder %s", t->dir);
    }
    return t->dir;
}

const char *test_path(test_env *t, const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", test_dir(t), name);
    return path;
}

int test_soak(void)
{
    const char *s = getenv("ARCORE_SOAK");
    return s && s[0] && strcmp(s, "0") != 0;
}

int64_t test_sized(int64_t usual, int64_t soak) { return test_soak() ? soak : usual; }

const char *test_data(const char *relative)
{
    static char path[1024];
    const char *root = getenv("ARCORE_DATA");
    if (root && root[0]) snprintf(path, sizeof path, "%s/%s", root, relative);
    else snprintf(path, sizeof path, "%s/../shared/data/%s", ARCORE_SOURCE_DIR, relative);
    return access(path, R_OK) == 0 ? path : NULL;
}

char *test_read_file(const char *path, size_t *len)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    char *buf = fstat(fileno(f), &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;
    if (buf) {
        *len = fread(buf, 1, (size_t)st.st_size, f);
        buf[*len] = 0;
    }
    fclose(f);
    return buf;
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

uint64_t test_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void test_status_is(arc_status expected, arc_status actual, const char *call, const arc_error *err, const char *file, int line)
{
    if (expected == actual) return;
    print_error("%s: %s, not %s", call, arc_status_name(actual), arc_status_name(expected));
    if (err) print_error(" (%s; entity %s, field %s, pointer %s)", err->message, err->entity, err->field, err->pointer);
    print_error("\n");
    _fail(file, line);
}
