/* SPDX-License-Identifier: Apache-2.0 */
/* Statement lines against a large book of open items.
 *
 *   bench_match_throughput DIR [items=1000000] [lines=100000] [book=ITEMS] [runs=5]
 *
 * memory: lines that name a document, and lines of a known customer that pay one open item exactly, decided from memory: no store, nothing written. Beside each a bare lookup of
 * the line's number in a hash map of as many, in the same run. book: receipts that name documents, in the order of the items, matched and posted into SQLite (claims, allocations,
 * journal, events), beside the replay of the same statements on the bare store. The last line is one JSON object of the figures. */
#include "cash/match.h"
#include "bench/storage/bench.h"

bench_args args = { .dir = "/tmp", .rows = 1000000, .pairs = 5 };

static int64_t n_items = 1000000, n_lines = 100000, n_book = 0;

static int64_t number_of(const char *arg, const char *name)
{
    size_t n = strlen(name);
    return strncmp(arg, name, n) == 0 && arg[n] == '=' ? strtoll(arg + n + 1, NULL, 10) : -1;
}

/* ---- memory ---------------------------------------------------------------------------------------------------------------------------- */

#define PER_CUSTOMER 20

static const char tiers[] = "{\"matching\":\"arcore/1\",\"tiers\":[{\"tier\":\"document_amount\",\"mode\":\"auto\"},{\"tier\":\"references_sum\",\"mode\":\"auto\"},"
                            "{\"tier\":\"reference\",\"mode\":\"auto\"},{\"tier\":\"payer_amount\",\"mode\":\"auto\"}],\"differences\":[{\"as\":\"on_account\"}]}";

typedef struct memory {
    arc_context *ctx;
    arc_error error;
    arci_env env;
    arci_cash m;
    arci_strategy strategy;
    arci_mreceipt *lines; /* by reference, then by amount */
    char (*numbers)[32];
    int64_t found;
} memory;

static void fill(memory *x)
{
    arci_cash *m = &x->m;
    m->items = arci_arena_calloc(&m->arena, (size_t)n_items, sizeof *m->items);
    m->order = arci_arena_alloc(&m->arena, (size_t)n_items * sizeof *m->order);
    m->customers = arci_arena_calloc(&m->arena, (size_t)(n_items / PER_CUSTOMER + 1), sizeof *m->customers);
    x->numbers = arci_arena_alloc(&m->arena, (size_t)n_items * sizeof *x->numbers);
    NEED(m->items && m->order && m->customers && x->numbers && arci_cash_refs_none(m) == ARC_OK);
    arci_cash_index_free(m); /* numbers as they stand, no closer look */
    for (int64_t i = 0; i < n_items; i++) {
        arci_mitem *item = &m->items[i];
        int64_t *at;
        snprintf(x->numbers[i], sizeof x->numbers[i], "INV-%09" PRId64, i + 1);
        *item = (arci_mitem){ .id = i + 1, .customer = i / PER_CUSTOMER + 1, .open = 1000 + (int64_t)(bench_mix((uint64_t)i) % 5000000), .due = (arc_date)(TODAY - 60 + i % 90), .since = TODAY - 100 };
        item->amount = item->open;
        memcpy(item->currency, "CNY", 4);
        item->number = arci_v_text(x->numbers[i], 13);
        m->order[i] = (uint32_t)i;
        NEED(arci_map_put(&m->item_at, &item->id, sizeof item->id, &at) == 1);
        *at = i;
        NEED(arci_cash_refs_put(m, &item->number, ARCI_BY_DOCUMENT, item->id, item->customer) == ARC_OK);
        if (i % PER_CUSTOMER) continue;
        NEED(arci_map_put(&m->customer_at, &item->customer, sizeof item->customer, &at) == 1);
        *at = i / PER_CUSTOMER;
        m->customers[*at] = (arci_mcustomer){ .id = item->customer, .first = (uint32_t)i, .n = PER_CUSTOMER, .whole = 1, .days_late = ARC_HABIT_DAYS_LEARNED };
    }
    m->n_items = m->n_order = (uint32_t)n_items;
    m->n_customers = (uint32_t)(n_items / PER_CUSTOMER);
}

static void make_lines(memory *x)
{
    x->lines = arci_arena_calloc(&x->m.arena, (size_t)n_lines * 2, sizeof *x->lines);
    NEED(x->lines);
    for (int64_t i = 0; i < n_lines * 2; i++) {
        const int64_t at = (int64_t)(bench_mix((uint64_t)(i + 7777)) % (uint64_t)n_items);
        arci_mreceipt *r = &x->lines[i];
        const arci_mitem *item = &x->m.items[at];
        char *memo = arci_arena_alloc(&x->m.arena, 48);
        NEED(memo);
        *r = (arci_mreceipt){ .id = i + 1, .left = item->open, .value_date = TODAY, .from = TODAY, .kept = -1 };
        memcpy(r->currency, "CNY", 4);
        if (i < n_lines) r->texts[0] = arci_v_text(memo, (uint32_t)snprintf(memo, 48, "payment of %s, thank you", x->numbers[at]));
        else r->customer = item->customer;
        for (int k = i < n_lines; k < ARCI_MTEXTS; k++) r->texts[k] = arci_v_null();
    }
}

static lap decide(memory *x, int64_t from)
{
    lap start = lap_start();
    for (int64_t i = from; i < from + n_lines; i++) {
        arci_mresult res;
        arci_arena_reset(&x->m.scratch);
        NEED(arci_cash_decide(&x->m, &x->lines[i], &res) == ARC_OK);
        x->found += res.n != 0 && res.c[0].paid == x->lines[i].left;
    }
    return lap_end(start);
}

static lap look_up(memory *x, const arci_map *map, int64_t from)
{
    lap start = lap_start();
    for (int64_t i = from; i < from + n_lines; i++) {
        const int64_t at = (int64_t)(bench_mix((uint64_t)(i + 7777)) % (uint64_t)n_items);
        x->found += arci_map_get(map, x->numbers[at], 13) != NULL;
    }
    return lap_end(start);
}

static void part_memory(void)
{
    memory *x = calloc(1, sizeof *x);
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    pairs by_reference = { 0 }, by_amount = { 0 };
    arci_map bare;
    NEED(x && arc_context_new(&x->ctx, &co) == ARC_OK);
    x->env = (arci_env){ x->ctx, &x->error };
    x->m.env = &x->env;
    x->m.as_of = TODAY;
    arci_arena_init(&x->m.arena, x->ctx);
    arci_arena_init(&x->m.scratch, x->ctx);
    arci_map_init(&x->m.item_at, x->ctx);
    arci_map_init(&x->m.customer_at, x->ctx);
    arci_map_init(&x->m.account_at, x->ctx);
    arci_map_init(&x->m.held, x->ctx);
    arci_map_init(&bare, x->ctx);
    NEED(arci_strategy_read(&x->env, &x->m.arena, &x->strategy, tiers, strlen(tiers)) == ARC_OK);
    x->strategy.code = "bench";
    x->m.strategies = &x->strategy;
    x->m.n_strategies = 1;
    fill(x);
    make_lines(x);
    for (int64_t i = 0; i < n_items; i++) {
        int64_t *at;
        NEED(arci_map_put(&bare, x->numbers[i], 13, &at) == 1);
    }
    for (int i = 0; i <= args.pairs; i++) {
        x->found = 0;
        lap ours = decide(x, 0), floor = look_up(x, &bare, 0), single = decide(x, n_lines);
        NEED(x->found == 3 * n_lines);
        if (i) pairs_add(&by_reference, ours, floor);
        if (i) pairs_add(&by_amount, single, floor);
    }
    figure_pairs("reference", &by_reference, (double)n_lines, 5, "a line that names a document, decided from memory, beside a bare hash lookup");
    figure_pairs("single_amount", &by_amount, (double)n_lines, 5, "a line of a known customer that pays one item exactly, likewise");
    printf("memory: %" PRId64 " KiB at most\n", bench_memory("VmHWM:"));
    arci_map_clear(&bare);
    arci_cash_end(&x->m);
    arc_context_free(x->ctx);
    free(x);
}

/* ---- book -------------------------------------------------------------------------------------------------------------------------------- */

static void load(const char *uri, int64_t lines)
{
    static arc_record *r[BATCH];
    world w;
    world_open(&w, uri, n_book, NULL);
    world_customers(&w);
    for (int64_t at = 0; at < n_book; at += BATCH) world_load(&w, at, (int32_t)(n_book - at < BATCH ? n_book - at : BATCH));
    for (int i = 0; i < BATCH; i++) OK(&w, arc_record_new(w.session, &r[i], ARC_RECEIPT));
    const int64_t step = n_book / lines;
    for (int64_t at = 0; at < lines; at += BATCH) {
        const int64_t n = lines - at < BATCH ? lines - at : BATCH;
        for (int64_t i = 0; i < n; i++) {
            char number[24], memo[60];
            invoice v;
            arc_money m;
            invoice_make(&v, (at + i) * step, n_book);
            memset(&m, 0, sizeof m);
            m.minor = v.amount;
            memcpy(m.currency, v.currency, 4);
            snprintf(number, sizeof number, "R%09" PRId64, at + i);
            snprintf(memo, sizeof memo, "payment of %s, thank you", v.number);
            OK(&w, arc_record_clear(r[i]));
            OK(&w, arc_record_set_text(r[i], ARC_RECEIPT_NUMBER, number, SIZE_MAX));
            OK(&w, arc_record_set_date(r[i], ARC_RECEIPT_VALUE_DATE, TODAY));
            OK(&w, arc_record_set_money(r[i], ARC_RECEIPT_AMOUNT, m));
            OK(&w, arc_record_set_text(r[i], ARC_RECEIPT_MEMO, memo, SIZE_MAX));
        }
        OK(&w, arc_receipt_record_many(w.session, NULL, NULL, r, (size_t)n, ARC_ALL_OR_NONE));
    }
    for (int i = 0; i < BATCH; i++) arc_record_free(r[i]);
    world_close(&w);
}

static void copy(const char *from, const char *to)
{
    sqlite3 *a, *b;
    NEED(sqlite3_open(from, &a) == SQLITE_OK && sqlite3_open(to, &b) == SQLITE_OK);
    sqlite3_backup *k = sqlite3_backup_init(b, "main", a, "main");
    NEED(k && sqlite3_backup_step(k, -1) == SQLITE_DONE && sqlite3_backup_finish(k) == SQLITE_OK);
    NEED(sqlite3_exec(b, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(a);
    sqlite3_close(b);
}

static void match_all(world *w, int64_t most)
{
    arc_match_report report = ARC_MATCH_REPORT_INIT;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    o.max = (uint32_t)most;
    OK(w, arc_match_run(w->session, &report, &o));
    NEED(report.posted == most);
}

static void part_book(void)
{
    char loaded[PATH], ours[PATH], recorder[PATH], bare[PATH], uri[PATH + 8];
    const int64_t lines = n_lines / 10 < n_book / 4 ? n_lines / 10 : n_book / 4;
    const int64_t step = lines / (args.pairs + 1) / 1000 ? lines / (args.pairs + 1) / 1000 * 1000 : lines / (args.pairs + 1);
    pairs p = { 0 };
    world mine, traced;
    sqlite3 *floor;
    replay_log *log = replay_new();
    NEED(log);
    snprintf(uri, sizeof uri, "sqlite:%s", bench_path(loaded, "loaded"));
    load(uri, lines);
    copy(loaded, bench_path(ours, "ours"));
    copy(loaded, bench_path(recorder, "recorder"));
    copy(loaded, bench_path(bare, "floor"));
    snprintf(uri, sizeof uri, "sqlite:%s", ours);
    world_open(&mine, uri, n_book, NULL);
    snprintf(uri, sizeof uri, "sqlite:%s", recorder);
    world_open(&traced, uri, n_book, log);
    NEED(sqlite3_open(bare, &floor) == SQLITE_OK && sqlite3_db_config(floor, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) == SQLITE_OK);
    sqlite3_wal_autocheckpoint(floor, 0); /* checkpoints are in the trace */
    replay_counts opened = replay_run(log, floor);
    NEED(opened.failed == 0);
    for (int i = 0; i <= args.pairs; i++) {
        replay_clear(log);
        match_all(&traced, step);
        lap start = lap_start();
        match_all(&mine, step);
        lap our = lap_end(start);
        start = lap_start();
        replay_counts n = replay_run(log, floor);
        lap theirs = lap_end(start);
        NEED(n.failed == 0);
        if (i) pairs_add(&p, our, theirs);
    }
    figure_pairs("book", &p, (double)step, 2, "a receipt matched, claimed, allocated, with journal and events, 1,000 a commit, in the order of items, beside the replay of its statements");
    world_close(&mine);
    world_close(&traced);
    replay_free(log);
    sqlite3_close(floor);
    bench_remove(loaded);
    bench_remove(ours);
    bench_remove(recorder);
    bench_remove(bare);
}

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "usage: %s DIR [items=N] [lines=N] [book=N] [runs=N]\n", argv[0]), 2;
    args.dir = argv[1];
    n_book = -1;
    for (int i = 2; i < argc; i++) {
        if (number_of(argv[i], "items") > 0) n_items = number_of(argv[i], "items");
        if (number_of(argv[i], "lines") > 0) n_lines = number_of(argv[i], "lines");
        if (number_of(argv[i], "book") >= 0) n_book = number_of(argv[i], "book");
        if (number_of(argv[i], "runs") > 0) args.pairs = (int)number_of(argv[i], "runs");
    }
    if (n_book < 0) n_book = n_items;
    part_memory();
    if (n_book) part_book();
    return figures_json("match_throughput") != 0;
}
