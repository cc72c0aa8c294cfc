/* SPDX-License-Identifier: Apache-2.0 */
/* What a document costs in a small book and in a large one, beside what its statements cost bare SQLite in the same two: the library may grow as the store
 * grows, no more.
 *
 * Both sides work on one file, by turns, so that a book of millions is not kept twice. The statements of the floor are recorded by a third connection, whose
 * COMMIT SQLite is made to refuse: what they did is undone, and the same ids are drawn again when they are replayed. */
#include "ledger.h"

enum { BATCHES = 4, WARM = 1, SINGLES = 40, PAID_OF = 10 };

typedef struct grown {
    world ours;
    char uri[PATH + 8];
    sqlite3 *floor;
    replay_log *log;
    int64_t next; /* document */
} grown;

typedef struct costs { /* of one size */
    pairs issued, paid, one_issued, one_paid;
} costs;

typedef void (*work_fn)(world *w, int64_t first, int count, int64_t customer);

/* ---- a recording that leaves nothing behind ------------------------------------------------------------------------------------------------ */

static replay_log *refusing; /* NULL: commits are as ever */

static int refuse_commit(void *user)
{
    (void)user;
    if (!refusing) return 0;
    replay_stop(refusing); /* what comes after is the undoing */
    return 1;
}

static int each_connection(sqlite3 *db, char **error, const void *api)
{
    (void)error, (void)api;
    if (refusing) sqlite3_commit_hook(db, refuse_commit, NULL);
    return SQLITE_OK;
}

static void record(grown *g, work_fn work, int64_t first, int count)
{
    world w;
    refusing = g->log;
    world_open(&w, g->uri, g->ours.n, g->log);
    replay_clear(g->log); /* what opening asked */
    world_forgive(1);
    work(&w, first, count, 0);
    world_forgive(0);
    world_close(&w);
    refusing = NULL;
}

/* ---- the two sides --------------------------------------------------------------------------------------------------------------------------- */

static lap by_floor(grown *g, work_fn work, int64_t first, int count)
{
    record(g, work, first, count);
    lap start = lap_start();
    replay_counts n = replay_run(g->log, g->floor);
    lap end = lap_end(start);
    NEED(n.failed == 0 && n.statements > 5);
    return end;
}

static lap by_us(grown *g, work_fn work, int64_t first, int count)
{
    record(g, work, first, count); /* for nothing: so that the processor's caches are as cold as for the floor */
    lap start = lap_start();
    work(&g->ours, first, count, 0);
    return lap_end(start);
}

static lap turns(grown *g, lap (*side)(grown *, work_fn, int64_t, int), work_fn work, int64_t first, int n, int count)
{
    lap sum = { 0, 0 };
    for (int i = 0; i < n; i++) {
        lap one = side(g, work, first + (int64_t)i * count, count);
        if (i >= (count > 1 ? WARM : WARM * 5)) lap_add(&sum, one); /* the other side's commits emptied the cache */
    }
    return sum;
}

/* Issues and pays in batches, then one by one, each side from an empty log. */
static void side(grown *g, lap (*by)(grown *, work_fn, int64_t, int), lap t[4])
{
    NEED(sqlite3_wal_checkpoint_v2(g->floor, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK);
    t[0] = turns(g, by, ledger_issue, g->next, BATCHES + WARM, DOCUMENTS);
    t[1] = turns(g, by, ledger_pay, g->next, BATCHES + WARM, DOCUMENTS);
    g->next += (BATCHES + WARM) * DOCUMENTS;
    t[2] = turns(g, by, ledger_issue, g->next, SINGLES + 5 * WARM, 1);
    t[3] = turns(g, by, ledger_pay, g->next, SINGLES + 5 * WARM, 1);
    g->next += SINGLES + 5 * WARM;
}

static void measure(grown *g, costs *c)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < args.pairs; i++) {
        lap ours[4], floor[4];
        if (i & 1) side(g, by_floor, floor);
        side(g, by_us, ours);
        if (!(i & 1)) side(g, by_floor, floor);
        pairs_add(&c->issued, ours[0], floor[0]);
        pairs_add(&c->paid, ours[1], floor[1]);
        pairs_add(&c->one_issued, ours[2], floor[2]);
        pairs_add(&c->one_paid, ours[3], floor[3]);
    }
}

static void grow_to(grown *g, int64_t size)
{
    for (int64_t n = 0; g->next < size; n++, g->next += DOCUMENTS) {
        ledger_issue(&g->ours, g->next, DOCUMENTS, 0);
        if (n % PAID_OF == 0) ledger_pay(&g->ours, g->next, DOCUMENTS, 0);
    }
}

/* ours: how many times as dear on the large book; floor: the same of SQLite alone. */
static void figure_growth(const char *name, const pairs *small, const pairs *large, const char *what)
{
    char note[200];
    double ours = pairs_ours(large) / pairs_ours(small), floor = pairs_floor(large) / pairs_floor(small);
    snprintf(note, sizeof note, "%s: cost at %" PRId64 " documents over cost at %" PRId64 "; SQLite alone beside it", what, args.large, args.small);
    figure f = { name, "x", note, ours, floor, ours / floor, 1.2, 0, pairs_cpu(large) / pairs_cpu(small) };
    figure_add(&f);
}

static void figures_of(const char *size, const costs *c)
{
    static char names[8][40]; /* the figures keep them */
    static int n;
    const pairs *p[] = { &c->issued, &c->paid };
    for (int i = 0; i < 2; i++, n++) {
        snprintf(names[n], sizeof names[n], "%s_at_%s", i ? "pay" : "issue", size);
        figure_rate(names[n], p[i], BATCHES * DOCUMENTS, 0, "rate against the replay on a book of this size");
    }
}

/* A book of at least `size` documents, and the floor's connection to it. Both sizes have the customers and documents of the same world. */
static void grown_open(grown *g, const char *path, int64_t size)
{
    int64_t measured = 2 * (int64_t)args.pairs * 2 * ((BATCHES + WARM) * DOCUMENTS + SINGLES + 5 * WARM);
    sqlite3_stmt *count;
    NEED(g->log = replay_new()); /* its statements are prepared for one connection */
    snprintf(g->uri, sizeof g->uri, "sqlite:%s", path);
    world_open(&g->ours, g->uri, args.large + args.large / 4 + measured, NULL); /* the last day is today; a kept book grows with each measuring */
    NEED(sqlite3_open(path, &g->floor) == SQLITE_OK);
    NEED(sqlite3_db_config(g->floor, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) == SQLITE_OK);
    NEED(sqlite3_exec(g->floor, "PRAGMA synchronous=FULL; PRAGMA cache_size=-24576; PRAGMA wal_autocheckpoint=16000", NULL, NULL, NULL) == SQLITE_OK); /* as ours */
    NEED(sqlite3_prepare_v2(g->floor, "SELECT max(id), (SELECT max(id) FROM customer) FROM invoice", -1, &count, NULL) == SQLITE_OK && sqlite3_step(count) == SQLITE_ROW);
    g->next = sqlite3_column_int64(count, 0); /* where the last measuring, or growing, left it */
    if (sqlite3_column_type(count, 1) == SQLITE_NULL) world_customers(&g->ours);
    NEED(sqlite3_finalize(count) == SQLITE_OK);
    grow_to(g, size);
}

static void grown_close(grown *g)
{
    replay_free(g->log);
    sqlite3_close(g->floor);
    world_close(&g->ours);
}

void part_growth(void)
{
    static grown g[2];
    static costs small, large;
    char path[PATH], kept[PATH];
    memset(g, 0, sizeof g);
    NEED(sqlite3_auto_extension((void (*)(void))each_connection) == SQLITE_OK);
    bench_path(kept, "growth");
    if (args.keep) NEED(snprintf(kept, sizeof kept, "%s", args.keep) < PATH);
    grown_open(&g[1], kept, args.large);
    grown_open(&g[0], bench_path(path, "growth-small"), args.small);
    measure(&g[0], &small);
    figures_of("small", &small);
    measure(&g[1], &large);
    figures_of("large", &large);
    figure_growth("growth_issue", &small.issued, &large.issued, "invoices, 500 a call");
    figure_growth("growth_pay", &small.paid, &large.paid, "receipts and their allocations, 500 a commit");
    figure_growth("growth_issue_durable", &small.one_issued, &large.one_issued, "one durable invoice");
    figure_growth("growth_pay_durable", &small.one_paid, &large.one_paid, "one durable receipt and its allocation");
    grown_close(&g[0]);
    grown_close(&g[1]);
    (void)sqlite3_cancel_auto_extension((void (*)(void))each_connection);
    bench_remove(path);
    if (!args.keep) bench_remove(kept);
}
