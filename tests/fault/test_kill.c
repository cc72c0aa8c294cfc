/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* kill -9: processes that work on one book file die at any moment and are replaced. What they had reported is there, nothing
 * is there by half, every sum is exact, and the lock is free. */
#include <sqlite3.h>
#include <unistd.h>

#include "support/procs.h"
#include "support/work_book.h"

enum { WORKERS = 5, HOT = 4, BULK = 10, MAX_REPORTS = 400000, LIFE = 1000000 };
enum { INVOICE, RECEIPT, MANY };

#define HOT_AMOUNT INT64_C(1000000000000)

static int64_t kills_wanted(void) { return test_sized(600, 10000); }

typedef struct town {
    char uri[700], path[600];
    int64_t next[WORKERS]; /* first number of the life to come */
    int pid[WORKERS], fd[WORKERS];
    double end[WORKERS]; /* when it is killed; 0: not decided */
    int64_t done[WORKERS]; /* reports of this life */
    int64_t kills, idle, lives;
    uint64_t random;
    proc_report *reports;
    size_t n;
} town;

static arc_status open_book(arc_context **ctx, arc_book **book, arc_session **s, const char *uri, uint32_t flags)
{
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    c.clock = arc_clock_system;
    c.random = arc_random_system;
    o.flags = flags;
    o.timeout_ms = 20000;
    *book = NULL;
    arc_status st = arc_context_new(ctx, &c);
    if (st == ARC_OK) st = arc_book_open(*ctx, book, uri, &o);
    return st == ARC_OK ? book_session(*book, s) : st;
}

/* ---- a worker ---- */

static arc_status pay(arc_session *s, const char *number, int64_t hot, int64_t amount)
{
    arc_txn *t = NULL;
    int64_t receipt = 0;
    arc_status st = arc_session_begin(s, &t, ARC_WRITE);
    if (st != ARC_OK) return st;
    st = book_receipt(s, &receipt, number, 1, amount);
    if (st == ARC_OK) st = book_allocate(s, NULL, receipt, hot, amount);
    if (st == ARC_OK) return arc_txn_commit(t);
    arc_txn_rollback(t);
    return st;
}

static int worker(void *arg, int me, int fd)
{
    town *w = arg;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    char number[64];
    uint64_t random = (uint64_t)w->next[me] + (uint64_t)me;
    arc_status st = open_book(&ctx, &book, &s, w->uri, 0);
    for (int64_t seq = w->next[me]; st == ARC_OK; seq++) {
        int kind = (int)(test_random(&random) % 3);
        int64_t amount = 1 + (int64_t)(test_random(&random) % 9999), hot = 1 + (int64_t)(test_random(&random) % HOT);
        snprintf(number, sizeof number, "%c%d-%lld", "IRM"[kind], me, (long long)seq);
        if (kind == INVOICE) st = book_invoice(s, NULL, number, 1 + me, amount);
        else if (kind == RECEIPT) st = pay(s, number, hot, amount);
        else st = book_bulk(s, number, 1 + me, BULK);
        proc_report r = { me, kind, seq, amount };
        if (st == ARC_OK && proc_report_send(fd, &r)) return 3;
    }
    fprintf(stderr, "worker %d: %s\n", me, arc_status_name(st));
    return 2; /* a worker ends by being killed */
}

/* ---- the parent ---- */

static void drain(town *w, int i)
{
    while (proc_report_next(w->fd[i], &w->reports[w->n]) == 1) {
        w->done[i]++;
        if (++w->n == MAX_REPORTS) fail_msg("too many reports");
    }
}

static double soon(town *w)
{
    return proc_clock() + (double)(test_random(&w->random) % 40000) / 1e6;
}

static void start(town *w, int i)
{
    w->lives++;
    w->done[i] = 0;
    w->next[i] += LIFE;
    w->pid[i] = proc_start(worker, w, i, &w->fd[i]);
    /* One in four dies at any moment, of opening too; the others once they have done something. */
    w->end[i] = test_random(&w->random) % 4 ? 0 : soon(w);
}

static int is_due(town *w, int i)
{
    if (w->end[i] <= 0 && w->done[i]) w->end[i] = soon(w);
    return w->end[i] > 0 && proc_clock() >= w->end[i];
}

static void finish(town *w, int i)
{
    proc_kill(w->pid[i]);
    assert_int_equal(proc_wait(w->pid[i]), -9);
    drain(w, i);
    close(w->fd[i]);
    w->kills++;
    w->idle += w->done[i] == 0;
}

static void found_town(town *w, test_env *t)
{
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    snprintf(w->path, sizeof w->path, "%s", test_path(t, "book"));
    snprintf(w->uri, sizeof w->uri, "sqlite:%s?checkpoint=60&busy=20000", w->path);
    assert_ok(open_book(&ctx, &book, &s, w->uri, ARC_BOOK_CREATE));
    assert_ok(book_customers(s, 1, WORKERS));
    for (int i = 0; i < HOT; i++) {
        char number[24];
        snprintf(number, sizeof number, "HOT%d", i);
        assert_ok(book_invoice(s, NULL, number, 1, HOT_AMOUNT));
    }
    arc_context_free(ctx);
}

/* ---- what is there ---- */

typedef struct names {
    char (*name)[40];
    size_t n;
} names;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void read_names(names *out, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q;
    size_t cap = 0;
    memset(out, 0, sizeof *out);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW) {
        if (out->n == cap) {
            cap = cap ? cap * 2 : 1024;
            out->name = realloc(out->name, cap * sizeof *out->name);
            assert_non_null(out->name);
        }
        snprintf(out->name[out->n++], sizeof *out->name, "%s", (const char *)sqlite3_column_text(q, 0));
    }
    assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
    if (out->n) qsort(out->name, out->n, sizeof *out->name, by_name);
}

static int has(const names *in, const char *name)
{
    return in->n && bsearch(name, in->name, in->n, sizeof *in->name, by_name) != NULL;
}

static void check_reports(town *w, sqlite3 *db)
{
    names found[3];
    size_t reported[3] = { 0, 0, 0 }, there = 0;
    int64_t lost = 0;
    read_names(&found[INVOICE], db, "SELECT number FROM invoice WHERE number LIKE 'I%'");
    read_names(&found[RECEIPT], db, "SELECT number FROM receipt");
    read_names(&found[MANY], db, "SELECT substr(number, 1, length(number) - 2) FROM invoice WHERE number LIKE 'M%-0'");
    for (size_t i = 0; i < w->n; i++) {
        const proc_report *r = &w->reports[i];
        char name[40];
        snprintf(name, sizeof name, "%c%d-%lld", "IRM"[r->kind], (int)r->worker, (long long)r->a);
        reported[r->kind]++;
        lost += !has(&found[r->kind], name);
    }
    for (int k = 0; k < 3; k++) {
        there += found[k].n;
        free(found[k].name);
    }
    fprintf(stderr, "kill -9: %lld kills of %lld lives (%lld before a first commit), %zu transactions reported (%zu invoices, %zu receipts, "
                    "%zu batches), %zu found, %lld lost\n",
            (long long)w->kills, (long long)w->lives, (long long)w->idle, w->n, reported[INVOICE], reported[RECEIPT], reported[MANY],
            there, (long long)lost);
    assert_int_equal(lost, 0);
    assert_true(there >= w->n && there - w->n <= (size_t)w->lives); /* each life leaves at most one unreported */
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

/* A batch is there whole or not at all; a receipt never without its allocation; the hot items are short of exactly what came. */
static void check_sums(town *w, sqlite3 *db)
{
    char finding[300] = "";
    assert_int_equal(number(db, "SELECT count(*) FROM (SELECT count(*) AS n FROM invoice WHERE number LIKE 'M%' GROUP BY substr(number, 1, "
                                "length(number) - 2) HAVING n <> 10)"),
                     0);
    assert_int_equal(number(db, "SELECT count(*) FROM receipt_state WHERE unapplied <> 0"), 0);
    int64_t paid = number(db, "SELECT coalesce(sum(amount), 0) FROM receipt");
    int64_t open = number(db, "SELECT sum(s.open) FROM item_state s JOIN item i ON i.book = s.book AND i.id = s.item JOIN invoice n ON n.book = "
                              "i.book AND n.id = i.invoice WHERE n.number LIKE 'HOT%'");
    assert_int_equal(open, HOT * HOT_AMOUNT - paid);
    int64_t wrong = book_prove(w->path, NULL, finding, sizeof finding);
    if (wrong) fail_msg("%lld wrong: %s", (long long)wrong, finding);
}

static void killed(void **unused)
{
    static town w;
    test_env t;
    (void)unused;
    test_open(&t);
    memset(&w, 0, sizeof w);
    w.random = 20260121;
    w.reports = malloc(MAX_REPORTS * sizeof *w.reports);
    assert_non_null(w.reports);
    found_town(&w, &t);
    double begin = proc_clock();
    for (int i = 0; i < WORKERS; i++) start(&w, i);
    while (w.kills < kills_wanted()) {
        for (int i = 0; i < WORKERS; i++) {
            drain(&w, i);
            if (!is_due(&w, i)) continue;
            finish(&w, i);
            start(&w, i);
        }
        proc_pause(0.0005);
    }
    for (int i = 0; i < WORKERS; i++) finish(&w, i);
    double took = proc_clock() - begin;
    sqlite3 *db;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    begin = proc_clock();
    assert_ok(open_book(&ctx, &book, &s, w.uri, 0)); /* the lock is free */
    assert_ok(book_invoice(s, NULL, "LAST", 1, 1));
    assert_true(proc_clock() - begin < 5);
    assert_int_equal(sqlite3_open_v2(w.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    check_reports(&w, db);
    check_sums(&w, db);
    fprintf(stderr, "kill -9: %.1f s\n", took);
    sqlite3_close(db);
    arc_context_free(ctx);
    free(w.reports);
    assert_true(w.n > 100);
    assert_true(w.idle < w.kills / 2);
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(killed) };
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
