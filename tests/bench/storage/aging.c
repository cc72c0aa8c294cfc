/* SPDX-License-Identifier: Apache-2.0 */
/* Aging: the memory backend against a plain pass over an array, SQLite against stepping the open rows into C. */
#include "bench.h"

typedef struct plain {
    int64_t open;
    int32_t due;
    char currency[4];
    int64_t rest[5]; /* a row of the usual size: what is not asked for is stepped over too */
} plain;

typedef struct ager {
    world w;
    plain *rows;
    int64_t n, n_open;
    arc_query *all, *open;
    sqlite3 *db;
    sqlite3_stmt *step;
    int64_t sums[2][8], seen;
    char edge_text[4][16];
} ager;

static const int64_t edges[] = { TODAY - 90, TODAY - 60, TODAY - 30, TODAY };

static void make_queries(ager *a)
{
    arc_query **const q[] = { &a->all, &a->open };
    for (int i = 0; i < 2; i++) {
        OK(&a->w, arc_query_new(a->w.session, q[i], ARC_ITEM_STATE));
        if (i) OK(&a->w, arc_query_where_minor(*q[i], ARC_ITEM_STATE_OPEN, ARC_NE, 0));
        OK(&a->w, arc_query_group(*q[i], ARC_ITEM_STATE_CURRENCY));
        OK(&a->w, arc_query_group_bucket(*q[i], ARC_ITEM_STATE_DUE_DATE, edges, 4));
        OK(&a->w, arc_query_measure(*q[i], ARC_SUM, ARC_ITEM_STATE_OPEN));
    }
}

static lap run_query(ager *a, arc_query *q)
{
    arc_cursor *c;
    arc_status st;
    int64_t sum = 0, v;
    lap start = lap_start();
    OK(&a->w, arc_query_run(q, &c));
    while ((st = arc_cursor_next(c)) == ARC_OK) {
        OK(&a->w, arc_cursor_get_int(c, &v, 2));
        sum += v;
    }
    NEED(st == ARC_DONE);
    arc_cursor_free(c);
    lap t = lap_end(start);
    a->seen = sum;
    return t;
}

static lap query_all(void *user) { return run_query(user, ((ager *)user)->all); }
static lap query_open(void *user) { return run_query(user, ((ager *)user)->open); }

static lap compute(void *user)
{
    ager *a = user;
    arc_aging *out;
    lap start = lap_start();
    OK(&a->w, arc_aging_compute(a->w.session, &out, NULL));
    arc_aging_free(out);
    return lap_end(start);
}

static int bucket(int32_t due)
{
    int days = TODAY - due;
    return (days <= 0) + (days <= 30) + (days <= 60) + (days <= 90);
}

static lap array_pass(void *user)
{
    ager *a = user;
    lap start = lap_start();
    memset(a->sums, 0, sizeof a->sums);
    for (int64_t i = 0; i < a->n; i++) {
        const plain *r = &a->rows[i];
        a->sums[r->currency[0] == 'U'][bucket(r->due)] += r->open;
    }
    lap t = lap_end(start);
    int64_t sum = 0;
    for (int i = 0; i < 16; i++) sum += a->sums[i / 8][i % 8];
    NEED(sum == a->seen || !a->seen);
    return t;
}

static lap array_open(void *user)
{
    ager *a = user;
    lap start = lap_start();
    memset(a->sums, 0, sizeof a->sums);
    for (int64_t i = 0; i < a->n; i++) {
        const plain *r = &a->rows[i];
        if (!r->open) continue;
        a->sums[r->currency[0] == 'U'][bucket(r->due)] += r->open;
    }
    return lap_end(start);
}

static lap step_open(void *user)
{
    ager *a = user;
    int rc;
    int64_t n = 0;
    lap start = lap_start();
    memset(a->sums, 0, sizeof a->sums);
    while ((rc = sqlite3_step(a->step)) == SQLITE_ROW) {
        const unsigned char *due = sqlite3_column_text(a->step, 1);
        int b = 0;
        for (int i = 0; i < 4; i++) b += memcmp(due, a->edge_text[i], 10) >= 0; /* dates of one form: their order is that of their bytes */
        a->sums[sqlite3_column_text(a->step, 0)[0] == 'U'][b] += sqlite3_column_int64(a->step, 2);
        n++;
    }
    NEED(rc == SQLITE_DONE);
    sqlite3_reset(a->step);
    a->n_open = n;
    return lap_end(start);
}

/* The rows of the book as an array, paid ones with nothing open. */
static void fill_array(ager *a)
{
    static const arc_field_id fields[] = { ARC_ITEM_STATE_OPEN, ARC_ITEM_STATE_DUE_DATE };
    arc_query *q;
    arc_cursor *c;
    arc_status st;
    a->rows = calloc((size_t)args.rows, sizeof *a->rows);
    NEED(a->rows);
    OK(&a->w, arc_query_new(a->w.session, &q, ARC_ITEM_STATE));
    OK(&a->w, arc_query_select(q, fields, 2));
    OK(&a->w, arc_query_run(q, &c));
    for (a->n = 0; (st = arc_cursor_next(c)) == ARC_OK; a->n++) {
        plain *r = &a->rows[a->n];
        arc_money m;
        arc_date d;
        NEED(a->n < args.rows);
        OK(&a->w, arc_cursor_get_money(c, &m, 0));
        OK(&a->w, arc_cursor_get_date(c, &d, 1));
        r->open = m.minor;
        r->due = d;
        memcpy(r->currency, m.currency, 4);
    }
    NEED(st == ARC_DONE && a->n == args.rows / BATCH * BATCH);
    arc_cursor_free(c);
    arc_query_free(q);
}

static void fill_book(ager *a, const char *uri)
{
    world_open(&a->w, uri, args.rows, NULL);
    world_customers(&a->w);
    for (int64_t i = 0; i < args.rows; i += BATCH) world_load(&a->w, i, BATCH);
    world_settle(&a->w, args.rows / BATCH * BATCH);
    make_queries(a);
}

static void in_memory(void)
{
    ager a;
    pairs p;
    memset(&a, 0, sizeof a);
    fill_book(&a, "memory:aging");
    fill_array(&a);
    pairs_run(&p, args.pairs * 2, query_all, array_pass, &a);
    figure_pairs("aging_memory", &p, (double)a.n, 12, "currency x due bucket, sum of open, all rows; a row of the table");
    a.seen = 0;
    pairs_run(&p, args.pairs * 2, query_open, array_open, &a);
    figure_pairs("aging_memory_open", &p, (double)a.n, 12, "the same where open is not 0");
    pairs_run(&p, args.pairs * 2, compute, array_pass, &a);
    figure_pairs("aging_memory_compute", &p, (double)a.n, 0, "arc_aging_compute(): by customer, as of today");
    free(a.rows);
    world_close(&a.w);
}

static void without_pushdown(const ager *of, const char *path)
{
    char uri[PATH + 32];
    ager a = *of;
    pairs p;
    snprintf(uri, sizeof uri, "nopushdown:sqlite:%s", path);
    world_open_nopushdown(&a.w, uri, of->w.n);
    make_queries(&a);
    pairs_run(&p, args.pairs, query_open, step_open, &a);
    figure_pairs("aging_sqlite_no_pushdown", &p, (double)a.n_open, 0, "the store takes nothing; an open row");
    world_close(&a.w);
}

static void in_sqlite(void)
{
    char path[PATH], uri[PATH + 8];
    ager a;
    pairs p;
    memset(&a, 0, sizeof a);
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, "aging"));
    fill_book(&a, uri);
    for (int i = 0; i < 4; i++) {
        size_t len = sizeof a.edge_text[i];
        NEED(arc_date_print(a.edge_text[i], &len, (arc_date)edges[i]) == ARC_OK);
    }
    NEED(sqlite3_open(path, &a.db) == SQLITE_OK);
    sqlite3_wal_autocheckpoint(a.db, 0);
    NEED(sqlite3_exec(a.db, "PRAGMA cache_size=-24576", NULL, NULL, NULL) == SQLITE_OK);
    NEED(sqlite3_prepare_v3(a.db, "SELECT currency, due_date, open FROM item_state WHERE book = 1 AND open <> 0", -1,
                            SQLITE_PREPARE_PERSISTENT, &a.step, NULL) == SQLITE_OK);
    pairs_run(&p, args.pairs * 2, query_open, step_open, &a);
    figure_pairs("aging_sqlite", &p, (double)a.n_open, 1.5, "against the open rows stepped into C; an open row");
    pairs_run(&p, args.pairs * 2, compute, step_open, &a);
    figure_pairs("aging_sqlite_compute", &p, (double)a.n_open, 0, "arc_aging_compute(): by customer, as of today");
    without_pushdown(&a, path);
    sqlite3_finalize(a.step);
    sqlite3_close(a.db);
    world_close(&a.w);
    bench_remove(path);
}

void part_aging(void)
{
    in_memory();
    in_sqlite();
}
