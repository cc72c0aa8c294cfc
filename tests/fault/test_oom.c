/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Memory runs out anywhere in a day's work with a book: open, post, import, query, age, verify, dump, close. Allocations of
 * the library, of SQLite and of cJSON fail once, and from then on. Every call either did what it should or says ARC_E_NOMEM and
 * has changed nothing; a handle that saw one failure goes on; nothing leaks. */
#include <cjson/cJSON.h>
#include <unistd.h>

#include "support/arfault.h"
#include "support/procs.h"
#include "support/work_book.h"

/* ---- allocators that fail ---- */

enum { OURS = 1, SQLITE = 2, CJSON = 4 };

static struct {
    int64_t calls, fail_at, failed, blocks[5];
    int on, who; /* who: whose allocations count and fail */
} oom;

static int refuse(int who)
{
    if (!(oom.who & who)) return 0;
    oom.calls++;
    int no = oom.fail_at && (oom.calls == oom.fail_at || (oom.on && oom.calls > oom.fail_at));
    oom.failed += no;
    return no;
}

static void arm(int who, int64_t at, int on)
{
    oom.calls = oom.failed = 0;
    oom.who = who;
    oom.fail_at = at;
    oom.on = on;
}

typedef union head {
    size_t size;
    max_align_t align;
} head;

static void *take(int who, void *old, size_t n)
{
    if (refuse(who)) return NULL;
    head *h = realloc(old ? (head *)old - 1 : NULL, sizeof *h + n);
    if (!h) return NULL;
    oom.blocks[who] += !old;
    h->size = n;
    return h + 1;
}

static void give(int who, void *p)
{
    if (!p) return;
    oom.blocks[who]--;
    free((head *)p - 1);
}

static void *our_alloc(void *user, size_t n) { (void)user; return take(OURS, NULL, n); }
static void *our_resize(void *user, void *p, size_t n) { (void)user; return take(OURS, p, n); }
static void our_release(void *user, void *p) { (void)user; give(OURS, p); }
static void *lite_alloc(int n) { return take(SQLITE, NULL, (size_t)n); }
static void *lite_resize(void *p, int n) { return take(SQLITE, p, (size_t)n); }
static void lite_release(void *p) { give(SQLITE, p); }
static int lite_size(void *p) { return p ? (int)((head *)p - 1)->size : 0; }
static int lite_round(int n) { return (n + 7) & ~7; }
static int lite_init(void *user) { (void)user; return SQLITE_OK; }
static void lite_end(void *user) { (void)user; }
static void *json_alloc(size_t n) { return take(CJSON, NULL, n); }
static void json_release(void *p) { give(CJSON, p); }

/* ---- the day's work ---- */

typedef struct day {
    const char *uri;
    char csv[600]; /* the file to import */
    arfault *disk; /* NULL: memory */
    arf_image base;
    arc_context *ctx;
    arc_book *outer; /* keeps a memory store alive */
    arc_book *book;
    arc_session *s;
    work_digest state[8];
    int64_t points, unhurt, refused, bad;
    int on, who;
    int64_t at;
    const char *doing;
} day;

static const char csv[] = "no,code,name,on,due,cur,amount,paid\n"
                          "A1,X1,First Ltd.,2026-01-02,2026-02-01,CNY,100.50,2026-01-05\n"
                          "A2,X2,Second Ltd.,2026-01-02,2026-02-01,CNY,200.00,\n"
                          "A3,X1,First Ltd.,2026-01-03,2026-02-01,USD,7.77,2026-01-09\n";
static const char mapping[] =
    "{\"mapping\":\"arcore/1\",\"file\":{\"encoding\":\"utf-8\",\"delimiter\":\",\",\"date\":\"ymd\"},\"targets\":["
    "{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"code\"},\"legal_name\":{\"column\":\"name\"}}},"
    "{\"entity\":\"invoice\",\"fields\":{\"number\":{\"column\":\"no\"},\"customer\":{\"match\":\"customer\"},\"invoice_date\":{\"column\":"
    "\"on\"},\"due_date\":{\"column\":\"due\"},\"currency\":{\"column\":\"cur\"},\"gross_amount\":{\"column\":\"amount\"}}},"
    "{\"entity\":\"receipt\",\"when\":{\"column\":\"paid\",\"filled\":true},\"group_by\":[\"code\",\"cur\",\"paid\"],\"settles\":\"invoice\","
    "\"fields\":{\"number\":{\"template\":\"R-{code}-{cur}-{paid}\"},\"customer\":{\"match\":\"customer\"},\"value_date\":{\"column\":"
    "\"paid\"},\"currency\":{\"column\":\"cur\"},\"amount\":{\"sum\":\"gross_amount\"}}}]}";

static arc_status in_one(arc_session *s)
{
    arc_txn *t = NULL;
    uint32_t depth;
    int64_t receipt = 0;
    arc_status st = arc_session_begin(s, &t, ARC_WRITE);
    if (st != ARC_OK) return st;
    st = book_invoice(s, NULL, "ONE", 1, 700);
    if (st == ARC_OK) st = arc_txn_savepoint(t, &depth);
    if (st == ARC_OK) st = book_invoice(s, NULL, "TWO", 1, 800);
    if (st == ARC_OK) st = arc_txn_rollback_to(t, depth);
    if (st == ARC_OK) st = book_receipt(s, &receipt, "R2", 1, 100);
    if (st == ARC_OK) return arc_txn_commit(t);
    arc_txn_rollback(t);
    return st;
}

enum { CHANGES = 6 };

static arc_status change(day *d, int64_t i)
{
    static const char *const names[] = { "receipt", "allocate", "bulk", "reverse", "import", "transaction" };
    d->doing = names[i];
    switch (i) {
    case 0: return book_receipt(d->s, NULL, "R1", 1, 1000);
    case 1: return book_allocate(d->s, NULL, 1, 1, 500);
    case 2: return book_bulk(d->s, "B", 1, 5);
    case 3: return arc_allocation_reverse(d->s, NULL, 1, ARC_DATE_NONE, "a mistake");
    case 4:
        return arc_import_csv_file(d->s, NULL, d->csv, mapping, SIZE_MAX, NULL);
    default: return in_one(d->s);
    }
}

static int32_t swallow(void *user, const char *bytes, size_t n)
{
    (void)bytes;
    *(size_t *)user += n;
    return 0;
}

static arc_status ask(day *d)
{
    static const char question[] = "{\"entity\":\"invoice\",\"filters\":[{\"member\":\"number\",\"operator\":\"startsWith\",\"values\":[\"B\"]}],"
                                   "\"order\":[{\"member\":\"due_date\",\"descending\":true}],\"limit\":3}";
    arc_query *q = NULL;
    size_t bytes = 0;
    int64_t rows;
    d->doing = "query";
    arc_status st = arc_query_from_json(d->s, &q, question, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_export(q, &rows, ARC_EXPORT_CSV, swallow, &bytes, NULL);
    arc_query_free(q);
    return st;
}

static arc_status read_all(day *d)
{
    arc_aging *a = NULL;
    char text[4096];
    size_t len = sizeof text, bytes = 0;
    arc_status st = ask(d);
    if (st != ARC_OK) return st;
    d->doing = "aging";
    st = arc_aging_compute(d->s, &a, NULL);
    if (st == ARC_OK) st = arc_aging_json(a, text, &len);
    arc_aging_free(a);
    if (st != ARC_OK) return st;
    d->doing = "verify";
    st = arc_book_verify(d->book, NULL, NULL, NULL, NULL);
    if (st != ARC_OK) return st;
    d->doing = "dump";
    return arc_book_dump(d->book, swallow, &bytes, NULL);
}

static int64_t day_clock(void *user)
{
    (void)user;
    return TEST_NOW;
}

static int32_t day_random(void *user, void *out, size_t n)
{
    (void)user;
    memset(out, 0x5a, n);
    return 0;
}

static arc_status new_context(arc_context **out)
{
    arc_allocator a = { (uint32_t)sizeof a, 0, NULL, our_alloc, our_resize, our_release };
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.allocator = &a;
    o.clock = day_clock;
    o.random = day_random;
    return arc_context_new(out, &o);
}

static arc_status open_day(day *d, uint32_t flags)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_status st = ARC_OK;
    o.flags = flags;
    d->doing = "open";
    if (!d->ctx) st = new_context(&d->ctx);
    if (st == ARC_OK) st = arc_book_open(d->ctx, &d->book, d->uri, &o);
    return st == ARC_OK ? book_session(d->book, &d->s) : st;
}

static void close_day(day *d)
{
    arc_book_close(d->book);
    d->book = NULL;
    if (d->outer) return;
    arc_context_free(d->ctx);
    d->ctx = NULL;
}

/* Before the first point, and again before every other: customer 1 with one invoice. */
static void morning(day *d)
{
    if (d->disk && d->base.present[0]) {
        arfault_load(d->disk, &d->base);
        return;
    }
    assert_ok(open_day(d, ARC_BOOK_CREATE));
    assert_ok(book_customers(d->s, 1, 1));
    assert_ok(book_invoice(d->s, NULL, "FIRST", 1, 500000));
    if (!d->disk) {
        d->outer = d->book;
        d->book = NULL;
        return;
    }
    close_day(d);
    arfault_save(d->disk, &d->base);
}

static void evening(day *d)
{
    arc_context_free(d->ctx);
    d->ctx = NULL;
    d->book = d->outer = NULL;
}

/* ---- points ---- */

static void bad(day *d, const char *what, arc_status st)
{
    if (d->bad++ < 12) {
        fprintf(stderr, "VIOLATION allocation %lld%s of %s, doing %s: %s (%s)\n", (long long)d->at, d->on ? " and on" : "",
                d->who == OURS ? "the library" : "the library, SQLite and cJSON", d->doing, what, arc_status_name(st));
    }
}

static void expect_state(day *d, arc_book *b, int64_t state, const char *when)
{
    work_digest now;
    arc_status st = book_digest(b, &now);
    if (st != ARC_OK) bad(d, when, st);
    else if (!work_same(&now, &d->state[state])) bad(d, when, ARC_OK);
}

static arc_status work_day(day *d, int64_t *state)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && *state < CHANGES) {
        st = change(d, *state);
        if (st != ARC_OK) break;
        ++*state;
        if (*state % 2 == 0) st = read_all(d);
    }
    return st;
}

/* 0: no allocation failed. */
static int point(day *d)
{
    int64_t state = 0;
    morning(d);
    arm(d->who, d->at, d->on);
    arc_status st = open_day(d, 0);
    if (st == ARC_OK) st = work_day(d, &state);
    int64_t failed = oom.failed;
    if (st != ARC_OK && (st != ARC_E_NOMEM || !failed)) bad(d, "the status", st);
    if (d->on) close_day(d); /* without memory */
    arm(0, 0, 0);
    if (!d->on && d->s && d->book && failed) {
        expect_state(d, d->book, state, "the same handle shows another state");
        st = work_day(d, &state);
        if (st != ARC_OK) bad(d, "the same handle does not go on", st);
    }
    if (!d->on) close_day(d);
    d->s = NULL;
    arc_status again = open_day(d, 0);
    if (again != ARC_OK) bad(d, "does not open again", again);
    else expect_state(d, d->book, state, "opened again it shows another state");
    d->s = NULL;
    evening(d);
    if (oom.blocks[OURS]) bad(d, "the library leaks", (arc_status)oom.blocks[OURS]);
    oom.blocks[OURS] = 0;
    d->points += failed > 0;
    d->unhurt += failed > 0 && st == ARC_OK && d->on;
    return failed > 0;
}

static void write_csv(day *d, test_env *t)
{
    snprintf(d->csv, sizeof d->csv, "%s", test_path(t, "in.csv"));
    FILE *f = fopen(d->csv, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(csv, 1, sizeof csv - 1, f), sizeof csv - 1);
    assert_int_equal(fclose(f), 0);
}

static void learn_states(day *d)
{
    morning(d);
    assert_ok(open_day(d, 0));
    for (int64_t i = 0; i < CHANGES; i++) {
        assert_ok(book_digest(d->book, &d->state[i]));
        assert_ok(change(d, i));
    }
    assert_ok(book_digest(d->book, &d->state[CHANGES]));
    close_day(d);
    d->s = NULL;
    evening(d);
}

static int64_t count_calls(day *d, int who)
{
    int64_t state = 0;
    morning(d);
    arm(who, 0, 0);
    assert_ok(open_day(d, 0));
    assert_ok(work_day(d, &state));
    close_day(d);
    int64_t calls = oom.calls;
    arm(0, 0, 0);
    d->s = NULL;
    evening(d);
    return calls;
}

/* About `usual` points, or all of them; in a soak about ten thousand. */
static void sweep(day *d, const char *title, int who, int64_t usual)
{
    int64_t calls = count_calls(d, who), lite = oom.blocks[SQLITE];
    usual = test_sized(usual, 10000);
    int64_t every = 1 + calls * 2 / usual;
    double start = proc_clock();
    d->points = d->unhurt = d->bad = 0;
    d->who = who;
    for (d->on = 0; d->on < 2; d->on++) {
        for (d->at = 1 + d->on * every / 2; d->bad < 20 && point(d); d->at += every) {
        }
    }
    fprintf(stderr, "%s: %lld allocations a run, %lld runs in which one failed, %lld violations, %.1f s\n", title, (long long)calls,
            (long long)d->points, (long long)d->bad, proc_clock() - start);
    assert_int_equal(d->bad, 0);
    assert_true(d->points >= (calls * 2 < usual ? calls : usual) / 2);
    assert_true(oom.blocks[SQLITE] <= lite + 8); /* SQLite keeps a little for the process */
    assert_int_equal(oom.blocks[CJSON], 0);
}

static void memory(void **unused)
{
    static day d;
    test_env t;
    (void)unused;
    test_open(&t);
    write_csv(&d, &t);
    d.uri = "memory:day";
    learn_states(&d);
    sweep(&d, "memory, allocations of the library", OURS, 500);
    test_close(&t);
}

static void sqlite(void **unused)
{
    static day d;
    test_env t;
    char uri[700];
    (void)unused;
    test_open(&t);
    snprintf(uri, sizeof uri, "sqlite:%s?vfs=arfault&checkpoint=40", test_path(&t, "book"));
    write_csv(&d, &t);
    d.uri = uri;
    d.disk = arfault_new("arfault");
    learn_states(&d);
    sweep(&d, "sqlite, allocations of the library", OURS, 100);
    sweep(&d, "sqlite, allocations of the library, SQLite and cJSON", OURS | SQLITE | CJSON, 130);
    arf_image_clear(&d.base);
    arfault_free(d.disk);
    test_close(&t);
}

int main(void)
{
    static const sqlite3_mem_methods methods = { lite_alloc, lite_release, lite_resize, lite_size, lite_round, lite_init, lite_end, NULL };
    cJSON_Hooks hooks = { json_alloc, json_release };
    const struct CMUnitTest tests[] = { cmocka_unit_test(memory), cmocka_unit_test(sqlite) };
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    /* No lookaside: small allocations of SQLite can fail too. */
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) || sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0)) return 2;
    cJSON_InitHooks(&hooks);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
