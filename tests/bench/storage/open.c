/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a book: in memory, an existing file, a new file with its tables. */
#include "bench.h"

static int64_t fixed_clock(void *user)
{
    (void)user;
    return INT64_C(1728000000000000);
}

typedef struct opening {
    arc_context *ctx;
    char path[PATH], uri[PATH + 8];
    replay_log *ddl;
    int round, done;
} opening;

static void open_close(opening *o, const char *uri, uint32_t flags, replay_log *trace)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_book *book;
    bo.flags = flags;
    bo.trace = trace ? replay_record : NULL;
    bo.trace_user = trace;
    world_check(arc_book_open(o->ctx, &book, uri, &bo), NULL, "open", __FILE__, __LINE__);
    arc_book_close(book);
}

#define ROUNDS 20

static lap open_memory(void *user)
{
    opening *o = user;
    lap start = lap_start();
    for (int i = 0; i < ROUNDS; i++) open_close(o, "memory:bench", ARC_BOOK_CREATE, NULL);
    return lap_end(start);
}

static lap raw_memory(void *user)
{
    lap start = lap_start();
    (void)user;
    for (int i = 0; i < ROUNDS; i++) {
        sqlite3 *db;
        NEED(sqlite3_open(":memory:", &db) == SQLITE_OK);
        NEED(sqlite3_exec(db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK);
        sqlite3_close(db);
    }
    return lap_end(start);
}

static lap open_existing(void *user)
{
    opening *o = user;
    lap start = lap_start();
    for (int i = 0; i < ROUNDS; i++) open_close(o, o->uri, 0, NULL);
    return lap_end(start);
}

/* Opening is not done before SQLite has read the schema: the first question makes it. */
static lap raw_existing(void *user)
{
    opening *o = user;
    lap start = lap_start();
    for (int i = 0; i < ROUNDS; i++) {
        sqlite3 *db;
        NEED(sqlite3_open(o->path, &db) == SQLITE_OK);
        NEED(sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK);
        NEED(sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK);
        sqlite3_close(db);
    }
    return lap_end(start);
}

static lap create_ours(void *user)
{
    opening *o = user;
    char path[PATH], uri[PATH + 8], name[32];
    snprintf(name, sizeof name, "new-%d", o->round);
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, name));
    lap start = lap_start();
    open_close(o, uri, ARC_BOOK_CREATE, NULL);
    lap t = lap_end(start);
    bench_remove(path);
    return t;
}

static lap create_raw(void *user)
{
    opening *o = user;
    char path[PATH];
    sqlite3 *db;
    bench_path(path, "raw-new");
    lap start = lap_start();
    NEED(sqlite3_open(path, &db) == SQLITE_OK);
    NEED(sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK);
    NEED(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK);
    NEED(replay_run(o->ddl, db).failed == 0);
    replay_finish(o->ddl);
    sqlite3_close(db);
    lap t = lap_end(start);
    bench_remove(path);
    return t;
}

/* Keeps of a trace of making a book what makes its tables: everything up to the first commit. */
static void record_ddl(void *user, const char *statement, const arc_value *params, uint32_t n)
{
    opening *o = user;
    if (!o->done) replay_record(o->ddl, statement, params, n);
    if (strcmp(statement, "COMMIT") == 0) o->done = 1;
}

static void learn_ddl(opening *o)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_book *book;
    bo.flags = ARC_BOOK_CREATE;
    bo.trace = record_ddl;
    bo.trace_user = o;
    world_check(arc_book_open(o->ctx, &book, o->uri, &bo), NULL, "open", __FILE__, __LINE__);
    arc_book_close(book);
}

void part_open(void)
{
    opening o;
    pairs p;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    memset(&o, 0, sizeof o);
    co.clock = fixed_clock;
    NEED(arc_context_new(&o.ctx, &co) == ARC_OK);
    o.ddl = replay_new();
    snprintf(o.uri, sizeof o.uri, "sqlite:%s", bench_path(o.path, "existing"));
    learn_ddl(&o);
    pairs_run(&p, args.pairs * 3, open_memory, raw_memory, &o);
    figure f = { "open_memory", "us", "against 100 us", pairs_ours(&p) / ROUNDS * 1e6, 100, pairs_ours(&p) / ROUNDS * 1e4, 1.0, 0, 0 };
    figure_add(&f);
    printf("# sqlite3_open(\":memory:\") and one question: %.1f us\n", pairs_floor(&p) / ROUNDS * 1e6);
    pairs_run(&p, args.pairs * 3, open_existing, raw_existing, &o);
    figure_pairs("open_existing", &p, ROUNDS, 2.0, "raw: open and the first question");
    pairs_run(&p, args.pairs * 2, create_ours, create_raw, &o);
    figure_pairs("create_schema", &p, 1, 2.0, "raw: the same statements in one transaction");
    replay_free(o.ddl);
    bench_remove(o.path);
    arc_context_free(o.ctx);
}
