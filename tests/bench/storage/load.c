/* SPDX-License-Identifier: Apache-2.0 */
/* Writing invoices: against the very statements of the backend, executed by bare SQLite with prepared statements.
 *
 * Three files grow by the same invoices in turns: the recorder (its backend's statements are traced; not timed), ours (not traced) and
 * the floor (the trace replayed). So no more than one step's trace is in memory. */
#include "bench.h"

typedef struct trio {
    world ours, recorder;
    replay_log *log;
    sqlite3 *floor;
    int64_t next; /* invoice */
    int keyed;    /* each call has a request key */
    replay_counts counts;
} trio;

static void replay(trio *t)
{
    replay_counts n = replay_run(t->log, t->floor);
    NEED(n.failed == 0);
    t->counts.statements += n.statements;
    t->counts.rows += n.rows;
}

static void floor_open(sqlite3 **db, const char *path)
{
    NEED(sqlite3_open(path, db) == SQLITE_OK);
    NEED(sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) == SQLITE_OK);
    NEED(sqlite3_exec(*db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK); /* a question in ours, so not in the trace */
    sqlite3_wal_autocheckpoint(*db, 0);                                                /* checkpoints are in the trace */
}

static void uri_of(char out[PATH + 8], const char *path)
{
    snprintf(out, PATH + 8, "sqlite:%s", path);
}

static void trio_open(trio *t, int64_t n)
{
    char path[PATH], uri[PATH + 8];
    memset(t, 0, sizeof *t);
    t->log = replay_new();
    NEED(t->log);
    uri_of(uri, bench_path(path, "ours"));
    world_open(&t->ours, uri, n, NULL);
    world_customers(&t->ours);
    uri_of(uri, bench_path(path, "recorder"));
    world_open(&t->recorder, uri, n, t->log);
    world_customers(&t->recorder);
    floor_open(&t->floor, bench_path(path, "floor"));
    replay(t); /* the tables and the customers too */
    memset(&t->counts, 0, sizeof t->counts);
}

static void trio_close(trio *t)
{
    char path[PATH];
    static const char *const names[] = { "ours", "recorder", "floor" };
    replay_free(t->log);
    sqlite3_close(t->floor);
    world_close(&t->ours);
    world_close(&t->recorder);
    for (int i = 0; i < 3; i++) bench_remove(bench_path(path, names[i]));
}

/* `batches` calls of `size` invoices; in one transaction, or one each. */
static void work(const trio *t, world *w, int batches, int size, int one_commit)
{
    arc_txn *txn = NULL;
    char key[40];
    int64_t first = t->next;
    if (one_commit) OK(w, arc_session_begin(w->session, &txn, ARC_WRITE));
    for (int i = 0; i < batches; i++) {
        snprintf(key, sizeof key, "invoices-%" PRId64, first + (int64_t)i * size);
        if (t->keyed) OK(w, arc_session_set_request_key(w->session, key));
        world_load(w, first + (int64_t)i * size, size);
    }
    if (one_commit) OK(w, arc_txn_commit(txn));
}

static lap time_ours(trio *t, int batches, int size, int one_commit)
{
    lap start = lap_start();
    work(t, &t->ours, batches, size, one_commit);
    return lap_end(start);
}

static lap time_floor(trio *t)
{
    lap start = lap_start();
    replay(t);
    return lap_end(start);
}

/* One pair: `steps` turns of `batches` batches of `size`. */
static void pair(trio *t, pairs *p, int steps, int batches, int size, int one_commit)
{
    lap ours = { 0, 0 }, floor = { 0, 0 };
    for (int i = 0; i < steps; i++) {
        replay_clear(t->log);
        work(t, &t->recorder, batches, size, one_commit);
        if (i & 1) lap_add(&floor, time_floor(t));
        lap_add(&ours, time_ours(t, batches, size, one_commit));
        if (!(i & 1)) lap_add(&floor, time_floor(t));
        t->next += (int64_t)batches * size;
    }
    pairs_add(p, ours, floor);
}

/* ---- written by hand ------------------------------------------------------------------------------------------------ */

/* The least an invoice can be on SQLite: header, two lines, an event, the customer's balance; no checks, no references. */
typedef struct hand {
    sqlite3 *db;
    sqlite3_stmt *header, *line, *event, *balance;
} hand;

static sqlite3_stmt *statement(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    NEED(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK);
    return s;
}

static void hand_open(hand *h, int64_t n)
{
    char path[PATH];
    floor_open(&h->db, bench_path(path, "hand"));
    NEED(sqlite3_exec(h->db,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-24576; PRAGMA wal_autocheckpoint=16000;"
                      "CREATE TABLE balance (customer INTEGER PRIMARY KEY, open INTEGER);"
                      "CREATE TABLE header (id INTEGER PRIMARY KEY, book INTEGER, number TEXT, customer INTEGER, issued INTEGER, due INTEGER,"
                      " currency TEXT, amount INTEGER, open INTEGER);"
                      "CREATE UNIQUE INDEX h1 ON header (book, number);"
                      "CREATE INDEX h2 ON header (book, customer, due) WHERE open <> 0;"
                      "CREATE INDEX h3 ON header (book, due) WHERE open <> 0;"
                      "CREATE TABLE line (header INTEGER, seq INTEGER, amount INTEGER, PRIMARY KEY (header, seq)) WITHOUT ROWID;"
                      "CREATE TABLE event (id INTEGER PRIMARY KEY, kind INTEGER, header INTEGER, day INTEGER)",
                      NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_stmt *s = statement(h->db, "INSERT INTO balance VALUES (?, 0)");
    sqlite3_exec(h->db, "BEGIN", NULL, NULL, NULL);
    for (int64_t i = 1; i <= invoice_customers(n); i++) {
        sqlite3_bind_int64(s, 1, i);
        NEED(sqlite3_step(s) == SQLITE_DONE);
        sqlite3_reset(s);
    }
    sqlite3_exec(h->db, "COMMIT", NULL, NULL, NULL);
    sqlite3_finalize(s);
    h->header = statement(h->db, "INSERT INTO header VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)");
    h->line = statement(h->db, "INSERT INTO line VALUES (?, ?, ?)");
    h->event = statement(h->db, "INSERT INTO event VALUES (NULL, 1, ?, ?)");
    h->balance = statement(h->db, "UPDATE balance SET open = open + ?2 WHERE customer = ?1");
}

static void run3(sqlite3_stmt *s, int64_t a, int64_t b, int64_t c, int n)
{
    sqlite3_bind_int64(s, 1, a);
    sqlite3_bind_int64(s, 2, b);
    if (n > 2) sqlite3_bind_int64(s, 3, c);
    NEED(sqlite3_step(s) == SQLITE_DONE);
    sqlite3_reset(s);
}

static lap hand_batch(hand *h, int64_t first, int64_t n)
{
    lap start = lap_start();
    sqlite3_exec(h->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int64_t i = first; i < first + BATCH; i++) {
        invoice v;
        invoice_make(&v, i, n);
        sqlite3_bind_int64(h->header, 1, i + 1);
        sqlite3_bind_text(h->header, 2, v.number, 13, SQLITE_STATIC);
        sqlite3_bind_int64(h->header, 3, v.customer);
        sqlite3_bind_int64(h->header, 4, v.issued);
        sqlite3_bind_int64(h->header, 5, v.due);
        sqlite3_bind_text(h->header, 6, v.currency, 3, SQLITE_STATIC);
        sqlite3_bind_int64(h->header, 7, v.amount);
        NEED(sqlite3_step(h->header) == SQLITE_DONE);
        sqlite3_reset(h->header);
        run3(h->line, i + 1, 1, v.amount / 2, 3);
        run3(h->line, i + 1, 2, v.amount - v.amount / 2, 3);
        run3(h->event, i + 1, v.issued, 0, 2);
        run3(h->balance, v.customer, v.amount, 0, 2);
    }
    sqlite3_exec(h->db, "COMMIT", NULL, NULL, NULL);
    return lap_end(start);
}

static void hand_close(hand *h)
{
    char path[PATH];
    sqlite3_finalize(h->header);
    sqlite3_finalize(h->line);
    sqlite3_finalize(h->event);
    sqlite3_finalize(h->balance);
    sqlite3_close(h->db);
    bench_remove(bench_path(path, "hand"));
}

/* An ar_bench of another place, when ARCORE_SHARED_BENCH names its folder: its own line, for the eye. */
static void shared_bench(void)
{
    const char *folder = getenv("ARCORE_SHARED_BENCH");
    char command[2 * PATH + 100], line[300], path[PATH];
    if (!folder || strchr(folder, '\'')) return;
    snprintf(command, sizeof command, "'%s/ar_bench' '%s' %" PRId64 " sync=FULL", folder, bench_path(path, "ar_bench"), args.rows);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, "invoice:", 8) == 0) printf("# ar_bench %s", line);
    }
    if (f) pclose(f);
    bench_remove(path);
}

/* ---- the figures ---------------------------------------------------------------------------------------------------- */

static void beside_by_hand(trio *t)
{
    hand h;
    pairs p = { 0 };
    int64_t from = t->next;
    hand_open(&h, t->ours.n);
    for (int i = 0; i < args.pairs; i++) {
        lap a = { 0, 0 }, b = { 0, 0 };
        for (int k = 0; k < 5; k++, t->next += BATCH) {
            lap_add(&a, hand_batch(&h, t->next - from, t->ours.n));
            lap_add(&b, time_ours(t, 1, BATCH, 0));
        }
        pairs_add(&p, b, a);
    }
    figure_rate("load_beside_by_hand", &p, 5 * BATCH, 0, "5 statements an invoice, nothing checked (ar_bench's kind)");
    hand_close(&h);
    shared_bench();
}

static int64_t changes(trio *t, int64_t from)
{
    int64_t n = sqlite3_total_changes64(t->floor) - from;
    return n;
}

static void durable(trio *t)
{
    pairs p = { 0 };
    t->keyed = 1;
    for (int i = 0; i < args.pairs * 2; i++) pair(t, &p, 25, 1, 1, 0);
    t->keyed = 0;
    figure f = { "durable_write", "us", "one invoice with a request key in a transaction of its own, synchronous=FULL", pairs_ours(&p) / 25 * 1e6,
                 pairs_floor(&p) / 25 * 1e6, pairs_ratio(&p), 1.3, 0, pairs_cpu(&p) };
    figure_add(&f);
}

void part_load(void)
{
    trio t;
    pairs many = { 0 }, one = { 0 };
    int steps = (int)(args.rows / BATCH / 2 / args.pairs);
    if (steps < 1) steps = 1;
    trio_open(&t, args.rows * 2);
    pair(&t, &many, 2, 1, BATCH, 0);
    many.n = 0;
    int64_t rows = sqlite3_total_changes64(t.floor), first = t.next;
    for (int i = 0; i < args.pairs; i++) pair(&t, &many, steps, 1, BATCH, 0);
    double written = (double)changes(&t, rows) / (double)(t.next - first);
    printf("# rows written an invoice: %.2f (by hand 5), statements %.2f\n", written,
           (double)t.counts.statements / (double)t.next);
    figure_rate("load_commit_per_1000", &many, (double)steps * BATCH, 0.6, "rate against the replay; stretch 0.8");
    pairs keyed = { 0 };
    t.keyed = 1;
    for (int i = 0; i < args.pairs; i++) pair(&t, &keyed, steps, 1, BATCH, 0);
    t.keyed = 0;
    figure_rate("load_with_keys", &keyed, (double)steps * BATCH, 0.6, "the same with a request key a batch: a row of its own for every invoice");
    for (int i = 0; i < args.pairs; i++) pair(&t, &one, 1, steps, BATCH, 1);
    figure_rate("load_one_commit", &one, (double)steps * BATCH, 0.6, "all batches in one transaction");
    durable(&t);
    beside_by_hand(&t);
    trio_close(&t);
}

/* ---- growth --------------------------------------------------------------------------------------------------------- */

#define GROWTH_STEPS 5
#define GROWTH_PAIRS 7

static void copy(world *w, const char *name)
{
    char path[PATH], uri[PATH + 8];
    uri_of(uri, bench_path(path, name));
    OK(w, arc_book_backup(w->book, uri, NULL));
}

/* The next invoices on a book of this size, and their trace replayed on a copy of it. */
static void at_size(world *w, pairs *p, int64_t *next)
{
    char path[PATH], uri[PATH + 8];
    replay_log *logs[GROWTH_STEPS * (GROWTH_PAIRS + 1)];
    world recorder;
    sqlite3 *db;
    copy(w, "floor");
    copy(w, "recorder");
    uri_of(uri, bench_path(path, "recorder"));
    for (int i = 0; i < GROWTH_STEPS * (GROWTH_PAIRS + 1); i++) {
        logs[i] = replay_new();
        world_open(&recorder, uri, w->n, logs[i]);
        if (i) replay_clear(logs[i]); /* opening */
        world_load(&recorder, *next + (int64_t)i * BATCH, BATCH);
        world_close(&recorder);
    }
    bench_remove(path);
    uri_of(uri, bench_path(path, "ours"));
    world_close(w);
    world_open(w, uri, w->n, NULL); /* both begin with an empty page cache */
    floor_open(&db, bench_path(path, "floor"));
    for (int i = 0; i <= GROWTH_PAIRS; i++) {
        lap ours = { 0, 0 }, floor = { 0, 0 };
        for (int k = 0; k < GROWTH_STEPS; k++, *next += BATCH) {
            lap start = lap_start();
            world_load(w, *next, BATCH);
            lap_add(&ours, lap_end(start));
            start = lap_start();
            replay_counts n = replay_run(logs[i * GROWTH_STEPS + k], db);
            lap_add(&floor, lap_end(start));
            NEED(n.failed == 0);
        }
        if (i) pairs_add(p, ours, floor); /* the first warms the caches */
    }
    for (int i = 0; i < GROWTH_STEPS * (GROWTH_PAIRS + 1); i++) replay_free(logs[i]);
    sqlite3_close(db);
    bench_remove(path);
}

void part_growth(void)
{
    char path[PATH], uri[PATH + 8], note[120];
    world w;
    pairs small = { 0 }, large = { 0 };
    int64_t next = 0;
    uri_of(uri, bench_path(path, "ours"));
    world_open(&w, uri, args.large + 100 * BATCH, NULL);
    world_customers(&w);
    for (; next < args.small; next += BATCH) world_load(&w, next, BATCH);
    at_size(&w, &small, &next);
    figure_rate("load_at_small", &small, GROWTH_STEPS * BATCH, 0, "rate against the replay on the smaller book");
    for (; next < args.large; next += BATCH) world_load(&w, next, BATCH);
    at_size(&w, &large, &next);
    figure_rate("load_at_large", &large, GROWTH_STEPS * BATCH, 0, "the same on the larger book");
    double ours = pairs_ours(&large) / pairs_ours(&small), floor = pairs_floor(&large) / pairs_floor(&small);
    snprintf(note, sizeof note, "cost of a row at %" PRId64 " over cost at %" PRId64, args.large, args.small);
    figure f = { "growth", "x", note, ours, floor, ours / floor, 1.2, 0, 0 };
    figure_add(&f);
    world_close(&w);
    bench_remove(bench_path(path, "ours"));
}
