/* SPDX-License-Identifier: Apache-2.0 */
/* Aging of a whole book by customer: against stepping the open rows into C, against SQL's own GROUP BY, with ten times the paid history; as of a year back against
 * stepping what was open then or was settled since, in both books: what it costs follows the number of such items. */
#include "ledger.h"

#define YEAR_BACK (TODAY - 365)

typedef struct ager {
    world w, with_history;
    sqlite3 *db, *history;
    sqlite3_stmt *step, *group, *back[3], *history_back[3]; /* back: open then, settled since, what settled them */
    arc_date as_of;
    int64_t rows; /* the last statement gave */
} ager;

/* The first `paid` invoices are paid, the others open; of as many customers in every book. */
static void fill(world *w, const char *name, int64_t open, int64_t paid)
{
    char path[PATH], uri[PATH + 8];
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, name));
    world_open(w, uri, open + paid, NULL);
    world_customers(w);
    for (int64_t at = 0; at < open + paid; at += DOCUMENTS) {
        ledger_issue(w, at, DOCUMENTS, -(open / 50));
        if (at < paid) ledger_pay(w, at, DOCUMENTS, -(open / 50));
    }
}

static lap compute_in(world *w, arc_date as_of)
{
    arc_aging *out;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    lap start = lap_start();
    o.as_of = as_of;
    OK(w, arc_aging_compute(w->session, &out, &o));
    arc_aging_free(out);
    return lap_end(start);
}

static lap compute(void *user) { return compute_in(&((ager *)user)->w, ((ager *)user)->as_of); }
static lap compute_with_history(void *user) { return compute_in(&((ager *)user)->with_history, ((ager *)user)->as_of); }

static lap step_all(ager *a, sqlite3_stmt *s)
{
    int rc;
    int64_t sum = 0;
    lap start = lap_start();
    a->rows = 0;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(s); c++) sum += sqlite3_column_type(s, c) == SQLITE_TEXT ? sqlite3_column_text(s, c)[0] : sqlite3_column_int64(s, c);
        a->rows++;
    }
    NEED(rc == SQLITE_DONE && (sum || !a->rows));
    sqlite3_reset(s);
    return lap_end(start);
}
static lap step_open(void *user) { return step_all(user, ((ager *)user)->step); }
static lap step_group(void *user) { return step_all(user, ((ager *)user)->group); }
static lap step_three(ager *a, sqlite3_stmt *const *s)
{
    lap sum = { 0, 0 };
    int64_t items = 0;
    for (int i = 0; i < 3; i++) {
        lap_add(&sum, step_all(a, s[i]));
        if (i < 2) items += a->rows;
    }
    a->rows = items;
    return sum;
}
static lap step_back(void *user) { return step_three(user, ((ager *)user)->back); }
static lap step_history_back(void *user) { return step_three(user, ((ager *)user)->history_back); }

static sqlite3_stmt *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    NEED(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK);
    return s;
}

static sqlite3 *open_file(const char *name)
{
    char path[PATH];
    sqlite3 *db;
    NEED(sqlite3_open(bench_path(path, name), &db) == SQLITE_OK);
    sqlite3_wal_autocheckpoint(db, 0);
    NEED(sqlite3_exec(db, "PRAGMA cache_size=-24576", NULL, NULL, NULL) == SQLITE_OK);
    return db;
}

static void ask_back(sqlite3 *db, sqlite3_stmt **out)
{
    static const char *const asked[] = { "customer, currency, due_date, open FROM item_state WHERE book = 1 AND open <> 0 AND business_date <=",
                                         "customer, currency, due_date, business_date FROM item_state WHERE book = 1 AND settled_on >",
                                         "item, receipt, credit_item, amount, discount, write_off, credit_amount FROM allocation WHERE book = 1 AND effective_date >" };
    char sql[400], day[16];
    size_t n = sizeof day;
    NEED(arc_date_print(day, &n, YEAR_BACK) == ARC_OK);
    for (int i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "SELECT %s '%s'", asked[i], day);
        out[i] = ask(db, sql);
    }
}

static void open_floor(ager *a)
{
    a->db = open_file("aging");
    a->history = open_file("history");
    a->step = ask(a->db, "SELECT customer, currency, kind, due_date, open FROM item_state WHERE book = 1 AND open <> 0");
    a->group = ask(a->db, "SELECT customer, currency, (due_date < '2024-10-04') + (due_date < '2024-09-04') + (due_date < '2024-08-05') + (due_date < '2024-07-06') AS bucket,"
                      " sum(open), count(*) FROM item_state WHERE book = 1 AND open <> 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
    ask_back(a->db, a->back);
    ask_back(a->history, a->history_back);
}

void part_ledger_aging(void)
{
    char path[PATH];
    ager a;
    pairs p, more;
    int64_t open = args.rows / 10 / DOCUMENTS * DOCUMENTS;
    memset(&a, 0, sizeof a);
    fill(&a.w, "aging", open, open);
    fill(&a.with_history, "history", open, open * 10);
    open_floor(&a);
    a.as_of = TODAY;
    pairs_run(&p, args.pairs * 2, compute, step_open, &a);
    figure_pairs("aging_step", &p, (double)open, 1.5, "arc_aging_compute() against the open rows stepped into C; an open item");
    pairs_run(&p, args.pairs * 2, compute, step_group, &a);
    figure_pairs("aging_group_by", &p, (double)open, 1.0, "the same against SQL's GROUP BY customer, currency, bucket");
    pairs_run(&p, args.pairs * 2, compute_with_history, compute, &a);
    figure_pairs("aging_history_x10", &p, (double)open, 1.2, "ten times the paid history beside it");
    a.as_of = YEAR_BACK;
    pairs_run(&p, args.pairs * 2, compute, step_back, &a);
    figure_pairs("aging_year_back", &p, (double)a.rows, 0, "as of a year back, against stepping the items open then, those settled since and what settled them; such an item");
    int64_t few = a.rows;
    pairs_run(&more, args.pairs, compute_with_history, step_history_back, &a);
    figure_pairs("aging_year_back_x10", &more, (double)a.rows, 0, "the same with ten times the paid history, of which many such items");
    figure f = { "aging_year_back_item", "ns", "such an item with ten times the history (ours) and without (floor): cost follows their number",
                 pairs_ours(&more) / (double)a.rows * 1e9, pairs_ours(&p) / (double)few * 1e9, 0, 0, 0, 0 };
    f.ratio = f.ours / f.floor;
    figure_add(&f);
    for (int i = 0; i < 3; i++) {
        sqlite3_finalize(a.back[i]);
        sqlite3_finalize(a.history_back[i]);
    }
    sqlite3_close(a.history);
    sqlite3_finalize(a.step);
    sqlite3_finalize(a.group);
    sqlite3_close(a.db);
    world_close(&a.w);
    world_close(&a.with_history);
    bench_remove(bench_path(path, "aging"));
    bench_remove(bench_path(path, "history"));
}
