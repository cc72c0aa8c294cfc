/* SPDX-License-Identifier: Apache-2.0 */
/* What a book on PostgreSQL costs beside the server alone, on a private server whose data lie on a disk: loading invoices beside COPY of the same rows into the same
 * tables with the same indexes, one durable receipt beside its own statements through libpq, aging beside its sums as one statement.
 *
 * bench_postgres [--rows N] [--receipts N] [--dir FOLDER]. The last line of the output is one JSON object. See docs/performance.md. */
#include "bench/storage/bench.h"

#include <libpq-fe.h>
#include <unistd.h>

#include "arcore/postgresql.h"
#include "support/pg.h"

bench_args args;

static pg_server server;
static arc_context *ctx;
static int64_t receipts = 300;
enum { CUSTOMERS = 200, MOST_PARAMS = 64, FIRST = 2000 }; /* FIRST: invoices that stand before the clock runs */

static PGconn *raw(const char *database)
{
    const char *keys[] = { "host", "user", "dbname", NULL }, *values[] = { server.dir, "postgres", database, NULL };
    PGconn *c = PQconnectdbParams(keys, values, 0);
    NEED(PQstatus(c) == CONNECTION_OK);
    return c;
}

static PGresult *run(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    ExecStatusType st = PQresultStatus(r);
    if (st == PGRES_FATAL_ERROR) fprintf(stderr, "%s: %s", sql, PQerrorMessage(c));
    NEED(st != PGRES_FATAL_ERROR);
    return r;
}

/* ---- the book ---- */

typedef struct trace {
    char *sql;
    char *values[MOST_PARAMS]; /* NULL: SQL NULL */
    uint32_t n;
} trace;

static trace *traced;
static size_t n_traced, cap_traced;
static int tracing;

static char *text_of(const arc_value *v)
{
    char *s = NULL;
    if (v->type == ARC_V_NULL) return NULL;
    NEED((s = malloc(v->type == ARC_V_INT ? 24 : (size_t)v->len + 1)) != NULL);
    if (v->type == ARC_V_INT) {
        snprintf(s, 24, "%" PRId64, v->u.i);
    } else {
        memcpy(s, v->u.s, v->len);
        s[v->len] = 0;
    }
    return s;
}

static void on_statement(void *user, const char *statement, const arc_value *params, uint32_t n)
{
    (void)user;
    if (!tracing || strstr(statement, "\"arc_sequence\"")) return; /* drawn on a connection of its own, ahead */
    if (n_traced == cap_traced) {
        cap_traced = cap_traced ? cap_traced * 2 : 4096;
        NEED((traced = realloc(traced, cap_traced * sizeof *traced)) != NULL);
    }
    trace *t = &traced[n_traced++];
    NEED(n <= MOST_PARAMS && (t->sql = malloc(strlen(statement) + 64)) != NULL);
    strcpy(t->sql, statement);
    t->n = n;
    for (uint32_t i = 0; i < n; i++) t->values[i] = text_of(&params[i]);
    char *at = strstr(t->sql, "unnest($1, $2)"); /* arrays are not shown: rows by key are those of one customer */
    if (at) {
        char rest[4096];
        snprintf(rest, sizeof rest, "%s", at + strlen("unnest($1, $2)"));
        sprintf(at, "unnest($1::bigint[], $2::bigint[])%s", rest);
        for (uint32_t i = 0; i < 2; i++) NEED((t->values[i] = strdup("{1}")) != NULL);
    }
}

static arc_book *open_book(arc_session **s)
{
    char uri[600];
    arc_book *b;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    snprintf(uri, sizeof uri, "postgresql://postgres@%s/books?book=main", server.socket);
    o.flags = ARC_BOOK_CREATE;
    o.trace = on_statement;
    so.business_date = TODAY;
    NEED(arc_book_open(ctx, &b, uri, &o) == ARC_OK);
    NEED(arc_session_open(b, s, &so) == ARC_OK);
    return b;
}

static arc_record *record(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    NEED(arc_record_new(s, &r, entity) == ARC_OK);
    NEED(arc_record_set_json(r, json, SIZE_MAX) == ARC_OK);
    return r;
}

static void customers(arc_session *s)
{
    char json[200];
    for (int i = 0; i < CUSTOMERS; i++) {
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"C%d\"}", i, i);
        arc_record *r = record(s, ARC_CUSTOMER, json);
        NEED(arc_session_insert(s, NULL, r) == ARC_OK);
        arc_record_free(r);
    }
}

/* ---- loading ---- */

static double load(arc_session *s, int64_t from, int64_t to)
{
    static arc_record *r[BATCH];
    char json[300];
    double sum = 0;
    for (int64_t at = from; at < to; at += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            int64_t n = at + i;
            snprintf(json, sizeof json,
                     "{\"number\":\"N%" PRId64 "\",\"customer\":%" PRId64 ",\"invoice_date\":\"2024-%02d-01\",\"due_date\":\"2024-%02d-28\",\"gross_amount\":\"%" PRId64 ".00\",\"currency\":\"CNY\"}",
                     n, n % CUSTOMERS + 1, (int)(n % 9) + 1, (int)(n % 9) + 2, n % 5000 + 1);
            r[i] = record(s, ARC_INVOICE, json);
        }
        double start = bench_now();
        NEED(arc_invoice_record_many(s, NULL, NULL, r, BATCH, ARC_ALL_OR_NONE) == ARC_OK);
        sum += bench_now() - start;
        for (int i = 0; i < BATCH; i++) arc_record_free(r[i]);
    }
    return sum;
}

typedef struct table {
    const char *name;
    char *bytes;
    size_t n, cap;
} table;

static table tables[] = { { "txn", NULL, 0, 0 },        { "invoice", NULL, 0, 0 },       { "item", NULL, 0, 0 },         { "item_state", NULL, 0, 0 }, 
                          { "journal_entry", NULL, 0, 0 }, { "journal_line", NULL, 0, 0 }, { "event", NULL, 0, 0 }, { "seal_queue", NULL, 0, 0 } };
enum { TABLES = sizeof tables / sizeof tables[0] };

/* The rows of the load: those the copy of the database from before has not. */
static void copy_out(int64_t last_txn)
{
    PGconn *c = raw("books");
    for (int i = 0; i < TABLES; i++) {
        char sql[200], *row;
        int n;
        table *t = &tables[i];
        snprintf(sql, sizeof sql, "COPY (SELECT * FROM \"%s\" WHERE %s > %" PRId64 ") TO STDOUT (FORMAT binary)", t->name, strcmp(t->name, "txn") ? "txn" : "id", last_txn);
        PQclear(run(c, sql));
        while ((n = PQgetCopyData(c, &row, 0)) > 0) {
            if (t->n + (size_t)n > t->cap) {
                t->cap = (t->n + (size_t)n) * 2;
                NEED((t->bytes = realloc(t->bytes, t->cap)) != NULL);
            }
            memcpy(t->bytes + t->n, row, (size_t)n);
            t->n += (size_t)n;
            PQfreemem(row);
        }
        PQclear(PQgetResult(c));
    }
    PQfinish(c);
}

static double copy_in(const char *database)
{
    PGconn *c = raw(database);
    double start = bench_now();
    PQclear(run(c, "BEGIN"));
    for (int i = 0; i < TABLES; i++) {
        char sql[200];
        const table *t = &tables[i];
        snprintf(sql, sizeof sql, "COPY \"%s\" FROM STDIN (FORMAT binary)", t->name);
        PQclear(run(c, sql));
        for (size_t at = 0; at < t->n; at += 1 << 20) NEED(PQputCopyData(c, t->bytes + at, (int)(t->n - at < 1 << 20 ? t->n - at : 1 << 20)) == 1);
        NEED(PQputCopyEnd(c, NULL) == 1);
        PGresult *r = PQgetResult(c);
        if (PQresultStatus(r) != PGRES_COMMAND_OK) fprintf(stderr, "%s: %s", t->name, PQerrorMessage(c));
        NEED(PQresultStatus(r) == PGRES_COMMAND_OK);
        PQclear(r);
        PQclear(PQgetResult(c));
    }
    PQclear(run(c, "COMMIT"));
    double spent = bench_now() - start;
    PQfinish(c);
    return spent;
}

static void bulk(void)
{
    arc_session *s;
    arc_book *b = open_book(&s);
    customers(s);
    (void)load(s, 0, FIRST);
    arc_book_close(b);
    NEED(pg_run(&server, "books", "VACUUM ANALYZE") == 0); /* a server in use does it by itself: plans made for empty tables find rows by the book alone */
    NEED(pg_run(&server, "postgres", "CREATE DATABASE copied TEMPLATE books") == 0);
    PGconn *c = raw("books");
    PGresult *r = run(c, "SELECT max(id) FROM txn");
    int64_t last = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    PQfinish(c);
    b = open_book(&s);
    double ours = load(s, FIRST, FIRST + args.rows);
    arc_book_close(b);
    copy_out(last);
    double theirs = copy_in("copied");
    const figure f = { "load", "s", "COPY of the same rows, binary, one transaction", ours, theirs, theirs / ours, 0.6, 1, 0 };
    figure_add(&f);
}

/* ---- one durable receipt ---- */

static double make_receipts(arc_session *s, int64_t first)
{
    char json[200];
    double sum = 0;
    for (int64_t i = first; i < first + receipts; i++) {
        snprintf(json, sizeof json, "{\"number\":\"R%" PRId64 "\",\"customer\":1,\"value_date\":\"2024-10-01\",\"amount\":\"10.00\",\"currency\":\"CNY\"}", i);
        arc_record *r = record(s, ARC_RECEIPT, json);
        double start = bench_now();
        NEED(arc_receipt_record(s, NULL, r) == ARC_OK);
        sum += bench_now() - start;
        arc_record_free(r);
    }
    return sum;
}

static void drain(PGconn *c)
{
    for (;;) {
        PGresult *r = PQgetResult(c);
        ExecStatusType st = r ? PQresultStatus(r) : PGRES_COMMAND_OK;
        if (st == PGRES_FATAL_ERROR) fprintf(stderr, "replay: %s", PQresultErrorMessage(r));
        NEED(st != PGRES_FATAL_ERROR && st != PGRES_PIPELINE_ABORTED);
        PQclear(r);
        if (st == PGRES_PIPELINE_SYNC) return;
    }
}

/* Whose answer the next statement needs: the library waits there. */
static int is_question(size_t i)
{
    const char *sql = traced[i].sql;
    return !strncmp(sql, "SELECT ", 7) && !strstr(sql, "set_config") && !strstr(sql, " FOR NO KEY UPDATE") && !strstr(sql, " FOR SHARE");
}

/* The very statements, prepared before the clock runs, sent together where the library sends them together. */
static double replay(const char *database)
{
    PGconn *c = raw(database);
    const char *known[256];
    int n_known = 0;
    NEED(PQenterPipelineMode(c));
    int *which = malloc((n_traced + 1) * sizeof *which);
    NEED(which != NULL);
    for (size_t i = 0; i < n_traced; i++) {
        int k = 0;
        char name[16];
        while (k < n_known && strcmp(known[k], traced[i].sql)) k++;
        which[i] = k;
        if (k < n_known) continue;
        NEED(n_known < 256);
        known[n_known++] = traced[i].sql;
        snprintf(name, sizeof name, "p%d", k);
        NEED(PQsendPrepare(c, name, traced[i].sql, 0, NULL) && PQpipelineSync(c));
        drain(c);
    }
    double start = bench_now();
    for (size_t i = 0; i < n_traced; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%d", which[i]);
        NEED(PQsendQueryPrepared(c, name, (int)traced[i].n, (const char *const *)traced[i].values, NULL, NULL, 0));
        if (strcmp(traced[i].sql, "COMMIT") && (!is_question(i) || (i + 1 < n_traced && is_question(i + 1)))) continue;
        NEED(PQpipelineSync(c));
        drain(c);
    }
    double spent = bench_now() - start;
    free(which);
    PQfinish(c);
    return spent;
}

static void durable(void)
{
    arc_session *s;
    arc_book *b = open_book(&s);
    (void)make_receipts(s, 0); /* warms up: statements, numbers */
    arc_book_close(b);
    NEED(pg_run(&server, "postgres", "CREATE DATABASE replayed TEMPLATE books") == 0);
    b = open_book(&s);
    (void)make_receipts(s, 1000000);
    arc_book_close(b);
    NEED(pg_run(&server, "postgres", "DROP DATABASE replayed") == 0 && pg_run(&server, "postgres", "CREATE DATABASE replayed TEMPLATE books") == 0);
    b = open_book(&s);
    arc_session_close(s);
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    so.business_date = TODAY;
    NEED(arc_session_open(b, &s, &so) == ARC_OK);
    tracing = 1;
    double ours = make_receipts(s, 2000000);
    tracing = 0;
    arc_book_close(b);
    double floor = replay("replayed");
    const figure f = { "receipt", "us", "its statements through libpq", ours / (double)receipts * 1e6, floor / (double)receipts * 1e6, ours / floor, 1.5, 0, 0 };
    figure_add(&f);
}

/* ---- aging ---- */

static const char aging_sql[] =
    "SELECT customer, currency, sum(open) FILTER (WHERE $1 - due_date < 1), sum(open) FILTER (WHERE $1 - due_date BETWEEN 1 AND 30), sum(open) FILTER (WHERE $1 - due_date BETWEEN 31 AND 60), "
    "sum(open) FILTER (WHERE $1 - due_date BETWEEN 61 AND 90), sum(open) FILTER (WHERE $1 - due_date > 90), count(*) FROM item_state WHERE book = 1 AND open <> 0 AND kind NOT IN ('planned', 'estimated') "
    "GROUP BY customer, currency ORDER BY customer, currency";

static void ages(void)
{
    static pairs p;
    arc_session *s;
    NEED(pg_run(&server, "books", "ANALYZE") == 0);
    arc_book *b = open_book(&s);
    PGconn *c = raw("books");
    const char *day[1] = { "2024-10-04" }; /* TODAY */
    PQclear(PQprepare(c, "aging", aging_sql, 1, (const Oid[]){ 1082 }));
    for (int i = 0; i < args.pairs; i++) {
        arc_aging *g;
        lap ours = lap_start();
        NEED(arc_aging_compute(s, &g, NULL) == ARC_OK);
        ours = lap_end(ours);
        arc_aging_free(g);
        lap floor = lap_start();
        PGresult *r = PQexecPrepared(c, "aging", 1, day, NULL, NULL, 0);
        floor = lap_end(floor);
        NEED(PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == CUSTOMERS);
        PQclear(r);
        pairs_add(&p, ours, floor);
    }
    figure_pairs("aging", &p, (double)(args.rows + FIRST), 1.3, "its sums as one statement");
    PQfinish(c);
    arc_book_close(b);
}

int main(int argc, char **argv)
{
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    args.dir = "/tmp";
    args.rows = 20000;
    args.pairs = 9;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rows") == 0) args.rows = strtoll(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--receipts") == 0) receipts = strtoll(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--dir") == 0) args.dir = argv[i + 1];
        else bench_die("unknown option", argv[i], 0);
    }
    NEED((argc & 1) && args.rows >= BATCH && args.rows % BATCH == 0 && receipts > 0);
    NEED(setenv("ARCORE_PG_DIR", args.dir, 1) == 0);
    if (!pg_start(&server, "-c shared_buffers=256MB -c max_wal_size=2GB")) return 0;
    NEED(pg_run(&server, "postgres", "CREATE DATABASE books") == 0);
    o.clock = arc_clock_system;
    o.random = arc_random_system;
    NEED(arc_context_new(&ctx, &o) == ARC_OK && arc_backend_register(ctx, arc_postgresql_backend()) == ARC_OK);
    printf("%-28s %12s %12s\n", "figure", "ours", "floor");
    bulk();
    durable();
    ages();
    arc_context_free(ctx);
    pg_stop(&server);
    return figures_json("postgres") ? 1 : 0;
}
