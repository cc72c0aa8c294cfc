/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a SQLite book through queries: one invoice by its number, all invoices by cursor and by Arrow. */
#include "bench.h"

#define GETS 2000

static const arc_field_id ten[] = { ARC_INVOICE_ID,       ARC_INVOICE_NUMBER,   ARC_INVOICE_CUSTOMER,     ARC_INVOICE_INVOICE_DATE,
                                    ARC_INVOICE_DUE_DATE, ARC_INVOICE_CURRENCY, ARC_INVOICE_GROSS_AMOUNT, ARC_INVOICE_KIND,
                                    ARC_INVOICE_STATUS,   ARC_INVOICE_TXN };
static const char ten_columns[] = "id, number, customer, invoice_date, due_date, currency, gross_amount, kind, status, txn";
#define N_TEN (sizeof ten / sizeof *ten)

typedef struct reader {
    world w;
    sqlite3 *db;
    sqlite3_stmt *get, *scan;
    arc_query *by_number, *all;
    int64_t rows, sum; /* what was seen, so that nothing is skipped */
    uint64_t draw;
} reader;

/* ---- one by number -------------------------------------------------------------------------------------------------- */

static void some_number(reader *r, char number[16])
{
    invoice v;
    invoice_make(&v, (int64_t)(bench_mix(r->draw++) % (uint64_t)args.rows), r->w.n);
    memcpy(number, v.number, sizeof v.number);
}

static void get_ours(reader *r)
{
    char number[16];
    const char *text;
    size_t len;
    arc_cursor *c;
    arc_date due;
    arc_money amount;
    int64_t customer;
    some_number(r, number);
    OK(&r->w, arc_query_clear(r->by_number));
    OK(&r->w, arc_query_where_text(r->by_number, ARC_INVOICE_NUMBER, ARC_EQ, number, 13));
    OK(&r->w, arc_query_run(r->by_number, &c));
    OK(&r->w, arc_cursor_next(c));
    OK(&r->w, arc_cursor_get_text(c, &text, &len, 1));
    OK(&r->w, arc_cursor_get_int(c, &customer, 2));
    OK(&r->w, arc_cursor_get_date(c, &due, 4));
    OK(&r->w, arc_cursor_get_money(c, &amount, 6));
    r->sum += customer + due + amount.minor + (int64_t)len;
    arc_cursor_free(c);
}

static void get_raw(reader *r)
{
    char number[16];
    some_number(r, number);
    sqlite3_bind_text(r->get, 1, number, 13, SQLITE_STATIC);
    NEED(sqlite3_step(r->get) == SQLITE_ROW);
    NEED(sqlite3_column_text(r->get, 1));
    int64_t due = sqlite3_column_text(r->get, 4)[9];
    NEED(sqlite3_column_text(r->get, 5));
    r->sum += sqlite3_column_int64(r->get, 2) + due + sqlite3_column_int64(r->get, 6) + sqlite3_column_bytes(r->get, 1);
    sqlite3_reset(r->get);
}

static lap gets_ours(void *user)
{
    reader *r = user;
    r->draw = 1;
    lap start = lap_start();
    for (int i = 0; i < GETS; i++) get_ours(r);
    return lap_end(start);
}

static lap gets_raw(void *user)
{
    reader *r = user;
    r->draw = 1;
    lap start = lap_start();
    for (int i = 0; i < GETS; i++) get_raw(r);
    return lap_end(start);
}

static lap gets_ours_txn(void *user)
{
    reader *r = user;
    arc_txn *txn;
    OK(&r->w, arc_session_begin(r->w.session, &txn, ARC_READ));
    lap t = gets_ours(user);
    OK(&r->w, arc_txn_commit(txn));
    return t;
}

static lap gets_raw_txn(void *user)
{
    reader *r = user;
    sqlite3_exec(r->db, "BEGIN", NULL, NULL, NULL);
    lap t = gets_raw(user);
    sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL);
    return t;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------- */

static lap scan_ours(void *user)
{
    reader *r = user;
    arc_cursor *c;
    arc_status st;
    int64_t rows = 0, sum = 0;
    lap start = lap_start();
    OK(&r->w, arc_query_run(r->all, &c));
    while ((st = arc_cursor_next(c)) == ARC_OK) {
        static const uint32_t texts[] = { 1, 7, 8 }, numbers[] = { 0, 2, 9 }, dates[] = { 3, 4 };
        for (int i = 0; i < 3; i++) {
            const char *text;
            size_t len;
            int64_t n;
            OK(&r->w, arc_cursor_get_text(c, &text, &len, texts[i]));
            OK(&r->w, arc_cursor_get_int(c, &n, numbers[i]));
            sum += n + (int64_t)len;
        }
        for (int i = 0; i < 2; i++) {
            arc_date d;
            OK(&r->w, arc_cursor_get_date(c, &d, dates[i]));
            sum += d;
        }
        arc_money m; /* the amount and its currency: two fields */
        OK(&r->w, arc_cursor_get_money(c, &m, 6));
        sum += m.minor + m.currency[0];
        rows++;
    }
    NEED(st == ARC_DONE && rows == r->rows);
    arc_cursor_free(c);
    lap t = lap_end(start);
    r->sum += sum;
    return t;
}

static lap scan_arrow(void *user)
{
    reader *r = user;
    struct ArrowArrayStream s;
    struct ArrowArray a;
    int64_t rows = 0, sum = 0;
    lap start = lap_start();
    OK(&r->w, arc_query_arrow(r->all, &s, NULL));
    for (;;) {
        NEED(s.get_next(&s, &a) == 0);
        if (!a.release) break;
        const int64_t *amount = a.children[6]->buffers[1];
        for (int64_t i = 0; i < a.length; i++) sum += amount[i];
        rows += a.length;
        a.release(&a);
    }
    s.release(&s);
    lap t = lap_end(start);
    NEED(rows == r->rows);
    r->sum += sum;
    return t;
}

/* Into a struct of C, dates as numbers: what a program would want of the rows. */
static lap scan_raw(void *user)
{
    reader *r = user;
    int64_t rows = 0, sum = 0;
    int rc;
    lap start = lap_start();
    while ((rc = sqlite3_step(r->scan)) == SQLITE_ROW) {
        struct {
            int64_t id, customer, amount, txn;
            char number[64], issued[12], due[12], currency[4], kind[24], status[24];
        } row;
        static const int columns[] = { 1, 3, 4, 5, 7, 8 };
        char *const into[] = { row.number, row.issued, row.due, row.currency, row.kind, row.status };
        row.id = sqlite3_column_int64(r->scan, 0);
        row.customer = sqlite3_column_int64(r->scan, 2);
        row.amount = sqlite3_column_int64(r->scan, 6);
        row.txn = sqlite3_column_int64(r->scan, 9);
        for (int i = 0; i < 6; i++) {
            const unsigned char *text = sqlite3_column_text(r->scan, columns[i]);
            size_t len = (size_t)sqlite3_column_bytes(r->scan, columns[i]);
            memcpy(into[i], text, len);
            into[i][len] = 0;
        }
        sum += row.id + row.customer + row.amount + row.txn + row.number[12] + row.due[9] + row.issued[9] + row.kind[0];
        rows++;
    }
    NEED(rc == SQLITE_DONE && rows == r->rows);
    sqlite3_reset(r->scan);
    lap t = lap_end(start);
    r->sum += sum;
    return t;
}

/* ---- the figures ---------------------------------------------------------------------------------------------------- */

static void queries(reader *r)
{
    OK(&r->w, arc_query_new(r->w.session, &r->by_number, ARC_INVOICE));
    OK(&r->w, arc_query_select(r->by_number, ten, N_TEN));
    OK(&r->w, arc_query_new(r->w.session, &r->all, ARC_INVOICE));
    OK(&r->w, arc_query_select(r->all, ten, N_TEN));
}

static void raw_open(reader *r, const char *path)
{
    char sql[400];
    NEED(sqlite3_open(path, &r->db) == SQLITE_OK);
    sqlite3_wal_autocheckpoint(r->db, 0);
    NEED(sqlite3_exec(r->db, "PRAGMA cache_size=-24576", NULL, NULL, NULL) == SQLITE_OK);
    snprintf(sql, sizeof sql, "SELECT %s FROM invoice WHERE book = 1 AND number = ?1", ten_columns);
    NEED(sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->get, NULL) == SQLITE_OK);
    snprintf(sql, sizeof sql, "SELECT %s FROM invoice WHERE book = 1 ORDER BY id", ten_columns);
    NEED(sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->scan, NULL) == SQLITE_OK);
}

static void raw_close(reader *r)
{
    sqlite3_finalize(r->get);
    sqlite3_finalize(r->scan);
    sqlite3_close(r->db);
}

static void without_pushdown(reader *r, const char *path)
{
    char uri[PATH + 32];
    reader n = *r;
    pairs p;
    snprintf(uri, sizeof uri, "nopushdown:sqlite:%s", path);
    world_open_nopushdown(&n.w, uri, r->w.n);
    queries(&n);
    lap one = lap_start();
    get_ours(&n);
    printf("# get by number without pushdown: %.0f us (reads the table)\n", lap_end(one).wall * 1e6);
    pairs_run(&p, args.pairs, scan_ours, scan_raw, &n);
    figure_pairs("scan_no_pushdown", &p, (double)r->rows, 0, "nothing taken by the store: sorted here");
    world_close(&n.w);
}

void part_read(void)
{
    char path[PATH], uri[PATH + 8];
    reader r;
    pairs p;
    memset(&r, 0, sizeof r);
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, "read"));
    world_open(&r.w, uri, args.rows, NULL);
    world_customers(&r.w);
    for (int64_t i = 0; i < args.rows; i += BATCH) world_load(&r.w, i, BATCH);
    r.rows = args.rows / BATCH * BATCH;
    raw_open(&r, path);
    queries(&r);
    pairs_run(&p, args.pairs * 2, gets_ours_txn, gets_raw_txn, &r);
    figure_pairs("get_by_number", &p, GETS, 2.0, "inside a READ transaction, both");
    pairs_run(&p, args.pairs * 2, gets_ours, gets_raw, &r);
    figure_pairs("get_by_number_alone", &p, GETS, 2.0, "each in a transaction of its own");
    pairs_run(&p, args.pairs, scan_ours, scan_raw, &r);
    figure_pairs("scan_cursor", &p, (double)r.rows, 2.0, "ten fields of every invoice, getters on each");
    pairs_run(&p, args.pairs, scan_arrow, scan_raw, &r);
    figure_pairs("scan_arrow", &p, (double)r.rows, 2.0, "the same through Arrow");
    without_pushdown(&r, path);
    raw_close(&r);
    world_close(&r.w);
    bench_remove(path);
}
