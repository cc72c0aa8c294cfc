/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Damaged book files: cut at many lengths, bytes flipped anywhere. Opening gives a typed error, or a proof finds the damage, or
 * the canonical dump and the audit trail are what they were; a change that nothing finds may touch what is kept for speed, never a balance and
 * never a fact. A damaged log of recent commits gives back a whole number of them. Never a crash. */
#include <unistd.h>

#include <sqlite3.h>

#include "base/sha256.h"
#include "support/arfault.h"
#include "support/procs.h"
#include "support/work_book.h"

enum { STEPS = 121, TEXT = 65536 };

typedef struct lines {
    char *s;
    size_t n;
} lines;

typedef struct scene {
    arfault *disk;
    work *w;
    char path[600], uri[700];
    arf_image whole;      /* everything in the database file */
    arf_image log;        /* the last steps in the log only */
    int64_t first_logged; /* the log begins after so many steps */
    work_digest state[STEPS + 1];
    char aging[TEXT];
    lines dump;
    work_digest trail;
    uint64_t random;
    int64_t tried, refused, unreadable, proved, same, silent, older, bad, all_bad;
    int64_t refused_as[64]; /* by -status */
} scene;

static void bad(scene *s, const char *what, arc_status st, const char *where, size_t at)
{
    if (s->bad++ < 12) fprintf(stderr, "VIOLATION %s at %zu: %s (%s; %s)\n", where, at, what, arc_status_name(st), s->w->finding);
}

/* What may be said of a file that is not as it was written. */
static int typed(arc_status st)
{
    switch (st) {
    case ARC_E_CORRUPT:
    case ARC_E_NOT_A_BOOK:
    case ARC_E_SCHEMA_FOREIGN:
    case ARC_E_SCHEMA_NEWER:
    case ARC_E_SCHEMA_OLDER:
    case ARC_E_NOT_FOUND:
    case ARC_E_UNSUPPORTED:
    case ARC_E_CURRENCY:
    case ARC_E_IO:
    case ARC_E_FULL:
    case ARC_E_READONLY:
    case ARC_E_NOMEM: return 1; /* SQLite's word for lengths that cannot be */
    default: return 0;
    }
}

static arc_context *context(void)
{
    arc_context *ctx;
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.clock = arc_clock_system;
    assert_ok(arc_context_new(&ctx, &o));
    return ctx;
}

/* Balances: customer, currency, open and unapplied, a line each. */
static arc_status balances(arc_book *b, char *out)
{
    arc_session *s = NULL;
    arc_aging *a = NULL;
    uint32_t n = 0;
    size_t len = 0;
    arc_status st = book_session(b, &s);
    if (st == ARC_OK) st = arc_aging_compute(s, &a, NULL);
    if (st == ARC_OK) st = arc_aging_count(a, &n);
    out[0] = 0;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arc_aging_row row;
        memset(&row, 0, sizeof row);
        row.struct_size = (uint32_t)sizeof row;
        st = arc_aging_get(a, &row, i);
        if (st == ARC_OK && len + 128 < TEXT) {
            len += (size_t)snprintf(out + len, TEXT - len, "%lld %s %lld %lld\n", (long long)row.customer, row.currency,
                                    (long long)row.total, (long long)row.unapplied);
        }
    }
    arc_aging_free(a);
    arc_session_close(s);
    return st;
}

static int32_t keep(void *user, const arc_finding *f)
{
    snprintf(user, 512, "%s: %s", f->check, f->message);
    return 0;
}

static void told(scene *s, arc_book *b)
{
    arc_error e = ARC_ERROR_INIT;
    if (arc_book_error(b, &e) == ARC_OK) snprintf(s->w->finding, sizeof s->w->finding, "%.20s %.40s: %s", e.entity, e.field, e.message);
}

static int32_t add_bytes(void *user, const char *bytes, size_t n)
{
    lines *l = user;
    l->s = realloc(l->s, l->n + n + 1);
    assert_non_null(l->s);
    memcpy(l->s + l->n, bytes, n);
    l->n += n;
    l->s[l->n] = 0;
    return 0;
}

/* Of the trail itself, most of which the dump leaves out. */
static void trail_of(const scene *s, work_digest *out)
{
    static const char *const tables[] = { "txn", "event", "event_personal", "seal", "request" };
    arci_sha256 h;
    sqlite3 *db;
    char sql[64];
    arci_sha256_init(&h);
    if (sqlite3_open_v2(s->path, &db, SQLITE_OPEN_READWRITE, "arfault") == SQLITE_OK) {
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
            sqlite3_stmt *st = NULL;
            snprintf(sql, sizeof sql, "SELECT * FROM %s NOT INDEXED", tables[i]);
            if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK) {
                while (sqlite3_step(st) == SQLITE_ROW) {
                    for (int c = 0; c < sqlite3_column_count(st); c++) {
                        const void *p = sqlite3_column_blob(st, c);
                        arci_sha256_add(&h, p ? p : "", (size_t)sqlite3_column_bytes(st, c));
                        arci_sha256_add(&h, "|", 1);
                    }
                }
            }
            arci_sha256_add(&h, "\n", sqlite3_finalize(st) == SQLITE_OK);
        }
    }
    sqlite3_close(db);
    arci_sha256_end(&h, out->b);
}

/* Whether the first line of the dump that is another than it was is of what is kept for speed: the version and the transaction of a state, which nothing
 * is reckoned from. Facts are shown. */
static int of_a_cache(scene *s, arc_book *b)
{
    static const char *const caches[] = { "{\"entity\":\"item_state\"", "{\"entity\":\"receipt_state\"", "{\"entity\":\"account\"" };
    lines now = { NULL, 0 };
    int cache = 0;
    if (arc_book_dump(b, add_bytes, &now, NULL) == ARC_OK) {
        size_t i = 0;
        while (i < now.n && i < s->dump.n && now.s[i] == s->dump.s[i]) i++;
        while (i && now.s[i - 1] != '\n') i--;
        for (size_t k = 0; k < sizeof caches / sizeof caches[0]; k++) cache |= strncmp(now.s + i, caches[k], strlen(caches[k])) == 0;
        if (!cache) fprintf(stderr, "unseen: %.*s\n", (int)strcspn(now.s + i, "\n"), now.s + i);
    }
    free(now.s);
    return cache;
}

/* Looks at an opened book that differs from what it was. */
static void examine(scene *s, arc_book *b, const char *where, size_t at)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    char now[TEXT];
    arc_status st = arc_book_verify(b, &sum, keep, s->w->finding, NULL);
    if (st != ARC_OK) told(s, b);
    if (st != ARC_OK && !typed(st)) bad(s, "verify fails strangely", st, where, at);
    if (st != ARC_OK || sum.findings || book_prove(s->path, "arfault", s->w->finding, sizeof s->w->finding)) {
        s->proved++;
        return;
    }
    st = balances(b, now);
    if (st != ARC_OK && !typed(st)) bad(s, "aging fails strangely", st, where, at);
    if (st == ARC_OK && strcmp(now, s->aging) != 0) bad(s, "a balance changed and no proof found it", st, where, at);
    if (!of_a_cache(s, b)) bad(s, "a fact changed and no proof found it", st, where, at);
    s->silent++;
}

static void try_image(scene *s, const arf_image *image, const char *where, size_t at, int logged)
{
    arc_context *ctx = context();
    arc_book *b = NULL;
    work_digest d;
    arfault_load(s->disk, image);
    s->tried++;
    s->w->finding[0] = 0;
    arc_status st = arc_book_open(ctx, &b, s->uri, NULL);
    if (st != ARC_OK) {
        s->refused++;
        s->refused_as[-st < 64 ? -st : 0]++;
        if (!typed(st)) bad(s, "open fails strangely", st, where, at);
    } else if ((st = book_digest(b, &d)) != ARC_OK) {
        s->unreadable++;
        told(s, b);
        if (!typed(st)) bad(s, "dump fails strangely", st, where, at);
    } else if (work_same(&d, &s->state[STEPS])) {
        work_digest trail;
        arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
        trail_of(s, &trail);
        if (logged || work_same(&trail, &s->trail)) {
            s->same++;
        } else if (arc_book_verify(b, &sum, keep, s->w->finding, NULL) == ARC_OK && !sum.findings) {
            bad(s, "the trail changed and no proof found it", st, where, at);
        } else {
            s->proved++;
        }
    } else if (logged) {
        int64_t i = s->first_logged;
        while (i < STEPS && !work_same(&d, &s->state[i])) i++;
        s->older += i < STEPS;
        if (i == STEPS) bad(s, "half a transaction", st, where, at);
    } else {
        examine(s, b, where, at);
    }
    arc_context_free(ctx);
}

static void copy(arf_image *to, const arf_image *from)
{
    for (int i = 0; i < ARF_FILES; i++) {
        to->present[i] = from->present[i];
        if (!from->present[i]) continue;
        arf_bytes *b = &to->data[i];
        if (b->cap < from->data[i].n) {
            b->p = realloc(b->p, from->data[i].n);
            assert_non_null(b->p);
            b->cap = from->data[i].n;
        }
        b->n = from->data[i].n;
        if (b->n) memcpy(b->p, from->data[i].p, b->n);
    }
}

static void report(scene *s, const char *what, double start)
{
    fprintf(stderr, "%s: %lld tried: %lld refused at open, %lld while reading, %lld found by proofs, %lld without effect, %lld whole older "
                    "states, %lld caches changed unnoticed, %lld violations, %.1f s\n",
            what, (long long)s->tried, (long long)s->refused, (long long)s->unreadable, (long long)s->proved, (long long)s->same,
            (long long)s->older, (long long)s->silent, (long long)s->bad, proc_clock() - start);
    for (int i = 1; i < 64; i++) {
        if (s->refused_as[i]) fprintf(stderr, "    %s %lld\n", arc_status_name(-i), (long long)s->refused_as[i]);
    }
    s->all_bad += s->bad;
    s->bad = s->tried = s->refused = s->unreadable = s->proved = s->same = s->older = s->silent = 0;
    memset(s->refused_as, 0, sizeof s->refused_as);
}

static void cuts(scene *s)
{
    static const size_t edges[] = { 0, 1, 15, 16, 17, 99, 100, 101, 511, 512, 513, 4095, 4096, 4097 };
    static arf_image image;
    double start = proc_clock();
    size_t n = s->whole.data[0].n, fixed = sizeof edges / sizeof edges[0];
    for (size_t i = 0; i < fixed + (size_t)test_sized(80, 2000); i++) {
        size_t page = (size_t)(test_random(&s->random) % (n / 4096)) * 4096;
        size_t at = i < fixed ? edges[i] : i % 2 ? page : page + (size_t)(test_random(&s->random) % 4096);
        copy(&image, &s->whole);
        image.data[0].n = at;
        try_image(s, &image, "cut", at, 0);
    }
    arf_image_clear(&image);
    report(s, "book file cut", start);
}

/* Few bytes of a page are used: three flips in four are aimed at bytes that are not 0. */
static void flips(scene *s)
{
    static arf_image image;
    double start = proc_clock();
    size_t n = s->whole.data[0].n;
    for (int64_t i = 0; i < test_sized(300, 12000); i++) {
        copy(&image, &s->whole);
        unsigned char *p = image.data[0].p;
        size_t at = i < 100 ? (size_t)i : (size_t)(test_random(&s->random) % n);
        for (int k = 0; i >= 100 && i % 4 && p[at] == 0 && k < 1000; k++) at = (size_t)(test_random(&s->random) % n);
        p[at] ^= (unsigned char)(i % 3 ? 1u << test_random(&s->random) % 8 : 1 + test_random(&s->random) % 255);
        try_image(s, &image, "flip", at, 0);
    }
    arf_image_clear(&image);
    report(s, "bytes of the book file flipped", start);
}

static int log_of(const scene *s)
{
    int log = -1;
    for (int i = 1; i < ARF_FILES; i++) {
        if (s->log.present[i] && s->log.data[i].n > 32) log = i;
    }
    assert_true(log > 0);
    return log;
}

static void logs(scene *s)
{
    static arf_image image;
    double start = proc_clock();
    int log = log_of(s);
    size_t n = s->log.data[log].n;
    for (int64_t i = 0; i < test_sized(120, 3000); i++) {
        size_t at = (size_t)(test_random(&s->random) % n);
        copy(&image, &s->log);
        if (i % 3) image.data[log].p[at] ^= (unsigned char)(1 + test_random(&s->random) % 255);
        else image.data[log].n = at;
        try_image(s, &image, i % 3 ? "log flip" : "log cut", at, 1);
    }
    arf_image_clear(&image);
    assert_true(s->older > test_sized(120, 3000) / 3);
    report(s, "log of recent commits cut and flipped", start);
}

/* Transactions; `log` keeps the last ones beside the file, `whole` has everything in it. */
static void prepare(scene *s, test_env *t)
{
    arc_context *ctx = context();
    arc_book *b;
    int64_t wrong;
    snprintf(s->path, sizeof s->path, "%s", test_path(t, "book"));
    snprintf(s->uri, sizeof s->uri, "sqlite:%s?vfs=arfault", s->path);
    s->disk = arfault_new("arfault");
    s->random = 7;
    s->w = work_book_new(s->path, "vfs=arfault&checkpoint=1");
    s->first_logged = 112;
    assert_ok(s->w->open(s->w, 1));
    for (int64_t i = 0; i < STEPS; i++) {
        if (i == s->first_logged) { /* from here on a handle that does not checkpoint */
            work *logging = work_book_new(s->path, "vfs=arfault");
            s->w->close(s->w);
            work_free(s->w);
            s->w = logging;
            assert_ok(s->w->open(s->w, 0));
        }
        assert_ok(s->w->check(s->w, &s->state[i], &wrong));
        assert_ok(s->w->step(s->w, i));
    }
    assert_ok(s->w->check(s->w, &s->state[STEPS], &wrong));
    s->w->close(s->w);
    arfault_save(s->disk, &s->log);
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(s->path, &db, SQLITE_OPEN_READWRITE, "arfault"), SQLITE_OK);
    assert_int_equal(sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    arfault_save(s->disk, &s->whole);
    assert_ok(arc_book_open(ctx, &b, s->uri, NULL));
    assert_ok(balances(b, s->aging));
    assert_true(s->aging[0]);
    assert_ok(arc_book_dump(b, add_bytes, &s->dump, NULL));
    trail_of(s, &s->trail);
    arc_context_free(ctx);
}

static void damaged(void **unused)
{
    static scene s;
    test_env t;
    (void)unused;
    test_open(&t);
    prepare(&s, &t);
    fprintf(stderr, "book file of %zu bytes, log of %zu bytes\n", s.whole.data[0].n, s.log.data[log_of(&s)].n);
    cuts(&s);
    flips(&s);
    logs(&s);
    assert_int_equal(s.all_bad, 0);
    work_free(s.w);
    free(s.dump.s);
    arf_image_clear(&s.whole);
    arf_image_clear(&s.log);
    arfault_free(s.disk);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(damaged) };
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
