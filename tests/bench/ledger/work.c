/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and receipts through the public verbs; against the replay of their statements, and with many items a customer. */
#include "ledger.h"

static arc_money cny(int64_t minor)
{
    arc_money m;
    memset(&m, 0, sizeof m);
    m.minor = minor;
    memcpy(m.currency, "CNY", 3);
    return m;
}

static int64_t net_of(int64_t i) { return 1000 + (int64_t)(bench_mix((uint64_t)i) >> 44); }
static int64_t gross_of(int64_t i) { return 2 * (net_of(i) + (net_of(i) * 26 + 100) / 200); } /* two lines of net_of, 13 % each rounded half up */

static int64_t who(const invoice *v, int64_t i, int64_t customer)
{
    return customer > 0 ? customer : customer < 0 ? (int64_t)(bench_mix((uint64_t)i) % (uint64_t)-customer) + 1 : v->customer;
}

static arc_record *line_of(world *w, int64_t i, int k)
{
    arc_record *l;
    OK(w, arc_record_new(w->session, &l, ARC_INVOICE_LINE));
    OK(w, arc_record_set_text(l, ARC_INVOICE_LINE_NAME, k ? "freight" : "goods", SIZE_MAX));
    OK(w, arc_record_set_money(l, ARC_INVOICE_LINE_NET_AMOUNT, cny(net_of(i))));
    OK(w, arc_record_set_decimal(l, ARC_INVOICE_LINE_TAX_RATE, (arc_decimal){ .mantissa = 13, .scale = 2 }));
    return l;
}

void ledger_issue(world *w, int64_t first, int count, int64_t customer)
{
    static arc_invoice_document d[DOCUMENTS];
    static arc_record *lines[DOCUMENTS][LINES];
    NEED(count <= DOCUMENTS);
    for (int n = 0; n < count; n++) {
        arc_record *r = w->records[n];
        invoice v;
        invoice_make(&v, first + n, w->n);
        OK(w, arc_record_clear(r));
        OK(w, arc_record_set_text(r, ARC_INVOICE_NUMBER, v.number, 13));
        OK(w, arc_record_set_int(r, ARC_INVOICE_CUSTOMER, who(&v, first + n, customer)));
        OK(w, arc_record_set_date(r, ARC_INVOICE_INVOICE_DATE, v.issued));
        OK(w, arc_record_set_date(r, ARC_INVOICE_DUE_DATE, v.due));
        OK(w, arc_record_set_text(r, ARC_INVOICE_CURRENCY, "CNY", 3));
        for (int k = 0; k < LINES; k++) lines[n][k] = line_of(w, first + n, k);
        (void)arc_invoice_document_init(&d[n]);
        d[n].invoice = r;
        d[n].lines = lines[n];
        d[n].n_lines = LINES;
    }
    OK(w, arc_invoice_issue_many(w->session, NULL, NULL, d, (size_t)count, ARC_ALL_OR_NONE));
    for (int n = 0; n < count * LINES; n++) arc_record_free(lines[n / LINES][n % LINES]);
}

void ledger_pay(world *w, int64_t first, int count, int64_t customer)
{
    static arc_record *r[DOCUMENTS];
    static arc_allocation a[DOCUMENTS];
    static int64_t ids[DOCUMENTS];
    arc_txn *txn = NULL;
    NEED(count <= DOCUMENTS);
    OK(w, arc_session_begin(w->session, &txn, ARC_WRITE));
    for (int n = 0; n < count; n++) {
        char number[24];
        invoice v;
        invoice_make(&v, first + n, w->n);
        snprintf(number, sizeof number, "R%012" PRId64, first + n);
        OK(w, arc_record_new(w->session, &r[n], ARC_RECEIPT));
        OK(w, arc_record_set_text(r[n], ARC_RECEIPT_NUMBER, number, SIZE_MAX));
        OK(w, arc_record_set_int(r[n], ARC_RECEIPT_CUSTOMER, who(&v, first + n, customer)));
        OK(w, arc_record_set_date(r[n], ARC_RECEIPT_VALUE_DATE, v.due < TODAY ? v.due : TODAY));
        OK(w, arc_record_set_money(r[n], ARC_RECEIPT_AMOUNT, cny(gross_of(first + n))));
    }
    OK(w, arc_receipt_record_many(w->session, ids, NULL, r, (size_t)count, ARC_ALL_OR_NONE));
    for (int n = 0; n < count; n++) {
        invoice v;
        invoice_make(&v, first + n, w->n);
        arc_record_free(r[n]);
        (void)arc_allocation_init(&a[n]);
        a[n].date = v.due < TODAY ? v.due : TODAY;
        a[n].receipt = ids[n];
        a[n].item = first + n + 1;
        a[n].amount = gross_of(first + n);
    }
    OK(w, arc_allocation_apply(w->session, NULL, NULL, a, (size_t)count, ARC_ALL_OR_NONE));
    OK(w, arc_txn_commit(txn));
}

/* ---- against the replay: the same work recorded, done, and replayed by turns ------------------------------------------------------ */

typedef struct trio {
    world ours, recorder;
    replay_log *log;
    sqlite3 *floor;
} trio;

typedef void (*work_fn)(world *w, int64_t first, int count, int64_t customer);

static void replay(trio *t)
{
    replay_counts n = replay_run(t->log, t->floor);
    NEED(n.failed == 0);
}

static void trio_open(trio *t)
{
    char path[PATH], uri[PATH + 8];
    memset(t, 0, sizeof *t);
    NEED(t->log = replay_new());
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, "ours"));
    world_open(&t->ours, uri, args.rows, NULL);
    world_customers(&t->ours);
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, "recorder"));
    world_open(&t->recorder, uri, args.rows, t->log);
    world_customers(&t->recorder);
    NEED(sqlite3_open(bench_path(path, "floor"), &t->floor) == SQLITE_OK);
    NEED(sqlite3_db_config(t->floor, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) == SQLITE_OK);
    NEED(sqlite3_exec(t->floor, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK); /* a question in ours, so not in the trace */
    sqlite3_wal_autocheckpoint(t->floor, 0); /* checkpoints are in the trace */
    replay(t);
}

static void trio_close(trio *t)
{
    static const char *const names[] = { "ours", "recorder", "floor" };
    char path[PATH];
    replay_free(t->log);
    sqlite3_close(t->floor);
    world_close(&t->ours);
    world_close(&t->recorder);
    for (int i = 0; i < 3; i++) bench_remove(bench_path(path, names[i]));
}

static lap timed(world *w, work_fn work, int64_t first, int count)
{
    lap start = lap_start();
    work(w, first, count, 0);
    return lap_end(start);
}

static lap replayed(trio *t)
{
    lap start = lap_start();
    replay(t);
    return lap_end(start);
}

static void pair(trio *t, pairs *p, work_fn work, int64_t first, int steps, int count)
{
    lap ours = { 0, 0 }, floor = { 0, 0 };
    for (int i = 0; i < steps; i++, first += count) {
        replay_clear(t->log);
        work(&t->recorder, first, count, 0);
        if (i & 1) lap_add(&floor, replayed(t));
        lap_add(&ours, timed(&t->ours, work, first, count));
        if (!(i & 1)) lap_add(&floor, replayed(t));
    }
    pairs_add(p, ours, floor);
}

static void durable(const char *name, const pairs *p, int steps, const char *note)
{
    figure f = { name, "us", note, pairs_ours(p) / steps * 1e6, pairs_floor(p) / steps * 1e6, pairs_ratio(p), 1.3, 0, pairs_cpu(p) };
    figure_add(&f);
}

void part_write(void)
{
    enum { ONE = 25 };
    trio t;
    pairs many = { 0 }, paid = { 0 }, one = { 0 }, one_paid = { 0 };
    int64_t next = 0;
    int steps = (int)(args.rows / DOCUMENTS / 2 / (args.pairs + 1));
    if (steps < 1) steps = 1;
    trio_open(&t);
    for (int i = 0; i <= args.pairs; i++, next += (int64_t)steps * DOCUMENTS) {
        pair(&t, &many, ledger_issue, next, steps, DOCUMENTS);
        pair(&t, &paid, ledger_pay, next, steps, DOCUMENTS);
        if (!i) many.n = paid.n = 0; /* the first warms the caches */
    }
    for (int i = 0; i < args.pairs * 2; i++, next += ONE) {
        pair(&t, &one, ledger_issue, next, ONE, 1);
        pair(&t, &one_paid, ledger_pay, next, ONE, 1);
    }
    figure_rate("issue_500", &many, (double)steps * DOCUMENTS, 0.6, "invoices of two lines, 500 a call and commit: rate against the replay");
    figure_rate("pay_500", &paid, (double)steps * DOCUMENTS, 0.6, "receipts with their allocations, 500 a commit: rate against the replay");
    durable("issue_durable", &one, ONE, "one invoice: header, 2 lines, item, event, journal, account; synchronous=FULL");
    durable("pay_durable", &one_paid, ONE, "one receipt and its allocation in one commit");
    trio_close(&t);
}

/* ---- many items a customer ------------------------------------------------------------------------------------------------------------ */

/* Documents of customer 2, who has 10,000 items, beside those of customer 1, who has 10. */
void part_customer(void)
{
    enum { FEW = 10, MUCH = 10000, ONE = 50 };
    char path[PATH], uri[PATH + 8];
    world w;
    pairs issued = { 0 }, settled = { 0 };
    int64_t next = 0;
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(path, "customer"));
    world_open(&w, uri, args.rows, NULL);
    world_customers(&w);
    ledger_issue(&w, next, FEW, 1);
    for (next = FEW; next < FEW + MUCH; next += DOCUMENTS) ledger_issue(&w, next, DOCUMENTS, 2);
    for (int i = 0; i < args.pairs * 2; i++) {
        lap t[2][2] = { { { 0, 0 }, { 0, 0 } }, { { 0, 0 }, { 0, 0 } } };
        for (int k = 0; k < 2 * ONE; k++, next++) {
            int who = (k + i) & 1;
            lap start = lap_start();
            ledger_issue(&w, next, 1, who + 1);
            lap_add(&t[0][who], lap_end(start));
            start = lap_start();
            ledger_pay(&w, next, 1, who + 1);
            lap_add(&t[1][who], lap_end(start));
        }
        pairs_add(&issued, t[0][1], t[0][0]);
        pairs_add(&settled, t[1][1], t[1][0]);
    }
    figure_pairs("issue_10000_items", &issued, ONE, 1.2, "an invoice of a customer with 10,000 open items beside one with 10");
    figure_pairs("pay_10000_items", &settled, ONE, 1.2, "a receipt and its allocation, likewise");
    world_close(&w);
    bench_remove(path);
}
