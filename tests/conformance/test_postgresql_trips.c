/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* How often a verb waits for the server: counted for each write transaction of every verb's driver, and for batches of documents. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#define ARCORE_DRIVERS_ONLY
#include "api/test_request.c"
#undef ARCORE_DRIVERS_ONLY
#include "arcore/postgresql.h"
#include "conformance/trips.h"

enum { TRIPS = 4, VERBS = 256 };

/* ---- the backend, watched ---- */

static arc_backend_ops watched;
static const arc_schema_desc *schema;
static int64_t at_begin, at_end;
static uint32_t mode;
static char verb[80];

typedef struct seen {
    char verb[80];
    int64_t most, last;
} seen;

static seen verbs[VERBS];
static uint32_t n_verbs;

/* ---- what a verb asks, for who looks for a trip to save: ARCORE_TRIPS=1 ---- */

static char told[16000];
static int64_t told_trips;

static void tell(const char *what, uint16_t table)
{
    size_t n = strlen(told);
    int64_t now = trips();
    snprintf(told + n, sizeof told - n, "%s%s %s", now > told_trips ? " |" : "", what, table < schema->n_tables ? schema->tables[table].name : "");
    told_trips = now;
}

/* Columns of a question that are compared, and how: "=" one value, "#" several, "~" anything else. */
static void tell_conds(uint16_t table, const arc_cond *conds, uint32_t n_conds)
{
    for (uint32_t i = 0; i < n_conds; i++) {
        for (uint32_t k = 0; k < conds[i].n_ops; k++) {
            const arc_cond_op *o = &conds[i].ops[k];
            const char *col = o->col < schema->tables[table].n_cols ? schema->tables[table].cols[o->col].name : "?";
            size_t n = strlen(told);
            if (strcmp(col, "book") == 0) continue;
            snprintf(told + n, sizeof told - n, "%s%s%s", i > 1 || k ? "," : "[", o->n == 1 && o->op == ARC_OP_EQ ? "" : o->op == ARC_OP_IN ? "#" : "~", col);
            n = strlen(told);
            if (o->n == 1 && o->v[0].type == ARC_V_TEXT) snprintf(told + n, sizeof told - n, "=%.*s", (int)(o->v[0].len < 24 ? o->v[0].len : 24), o->v[0].u.s);
            for (uint32_t j = 0; j < o->n && j < 4 && o->v[0].type == ARC_V_INT; j++, n = strlen(told)) snprintf(told + n, sizeof told - n, "%s%lld", j ? ";" : "=", (long long)o->v[j].u.i);
        }
    }
    size_t n = strlen(told);
    snprintf(told + n, sizeof told - n, "]");
}

static arc_status watch_migrate(void *be, const arc_schema_desc *desc, uint32_t flags)
{
    schema = desc;
    return inner->migrate(be, desc, flags);
}

static arc_status watch_begin(void *be, uint32_t how, uint32_t timeout_ms, void **txn)
{
    handle = be;
    mode = how;
    at_begin = told_trips = trips();
    verb[0] = told[0] = 0;
    return inner->begin(be, how, timeout_ms, txn);
}

static arc_status watch_write(void *txn, arc_write *const *writes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const arc_table *t = &schema->tables[writes[i]->table];
        for (uint32_t c = 0; !strcmp(t->name, "txn") && c < writes[i]->n_cols; c++) {
            const arc_value *v = &writes[i]->rows[c];
            if (strcmp(t->cols[writes[i]->cols[c]].name, "verb") == 0 && v->type == ARC_V_TEXT) snprintf(verb, sizeof verb, "%.*s", (int)v->len, v->u.s);
        }
    }
    arc_status st = inner->write(txn, writes, n);
    tell(" write", writes[0]->table);
    return st;
}

static arc_status watch_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    arc_status st = inner->fetch(txn, fetches, n);
    tell(" fetch", fetches[0]->table);
    tell_conds(fetches[0]->table, fetches[0]->conds, fetches[0]->n_conds);
    return st;
}

static arc_status watch_next(void *cursor, arc_block *block)
{
    arc_status st = inner->next(cursor, block);
    if (trips() > told_trips) tell("", 65535);
    return st;
}

static arc_status watch_aggregate(void *txn, arc_aggregate *a)
{
    arc_status st = inner->aggregate(txn, a);
    tell(" aggregate", a->table);
    tell_conds(a->table, a->conds, a->n_conds);
    return st;
}

static arc_status watch_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys, uint32_t n_keys, void **cursor)
{
    arc_status st = inner->get_many(txn, table, cols, n_cols, keys, n_keys, cursor);
    tell(" get", table);
    return st;
}

static arc_status watch_lock(void *txn, uint16_t table, const arc_value *keys, uint32_t n)
{
    arc_status st = inner->lock_rows(txn, table, keys, n);
    tell(" lock", table);
    return st;
}

static arc_status watch_savepoint(void *txn, uint32_t depth)
{
    arc_status st = inner->savepoint(txn, depth);
    tell(" savepoint", 65535);
    return st;
}

static arc_status watch_rollback_to(void *txn, uint32_t depth)
{
    arc_status st = inner->rollback_to(txn, depth);
    tell(" rollback_to", 65535);
    return st;
}

static arc_status watch_commit(void *txn)
{
    arc_status st = inner->commit(txn);
    tell(" commit", 65535);
    uint32_t i = 0;
    at_end = trips();
    if (mode != ARC_TXN_WRITE || !verb[0] || st != ARC_OK) return st;
    while (i < n_verbs && strcmp(verbs[i].verb, verb)) i++;
    assert_true(i < VERBS);
    if (i == n_verbs) snprintf(verbs[n_verbs++].verb, sizeof verbs[i].verb, "%s", verb);
    verbs[i].last = at_end - at_begin - (strstr(told, "kind=validation") != NULL); /* what the book is set up with is read once more: by the first of a connection, and behind a change of it */
    if (getenv("ARCORE_TRIPS")) fprintf(stderr, "%s %lld:%s\n", verb, (long long)verbs[i].last, told);
    if (verbs[i].last > verbs[i].most) verbs[i].most = verbs[i].last;
    return st;
}

/* ---- a server and books on it ---- */

static pg_server server;
static int runs;

static int start(void **state)
{
    (void)state;
    inner = arc_postgresql_backend();
    watched = *inner;
    watched.migrate = watch_migrate;
    watched.begin = watch_begin;
    watched.write = watch_write;
    watched.commit = watch_commit;
    watched.fetch = watch_fetch;
    watched.next = watch_next;
    watched.aggregate = watch_aggregate;
    watched.get_many = watch_get_many;
    watched.lock_rows = watch_lock;
    watched.savepoint = watch_savepoint;
    watched.rollback_to = watch_rollback_to;
    runs = pg_start(&server, "-c fsync=off -c full_page_writes=off");
    return runs && (pg_run(&server, "postgres", "CREATE DATABASE books") || pg_run(&server, "postgres", "CREATE ROLE app LOGIN")) ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    pg_stop(&server);
    return 0;
}

/* The first book is the owner's, who makes the tables; the others are those of a program that may do no more than it must. */
static void open_watched(test_book *b)
{
    static int n;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    memset(b, 0, sizeof *b);
    test_open(&b->t);
    assert_ok(arc_backend_register(b->t.ctx, &watched));
    snprintf(b->uri, sizeof b->uri, "postgresql://%s@%s/books?durability=server&book=b%d%s", n ? "app" : "postgres", server.socket, n, n ? "" : "&role=app");
    n++;
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_book_open(b->t.ctx, &b->book, b->uri, &o);
    (void)arc_context_error(b->t.ctx, &e);
    assert_ok_err(&e, st);
    assert_ok(arc_session_open(b->book, &b->session, NULL));
}

/* ---- verbs ---- */

/* Those that wait more often, and why: docs/postgresql.md. Whoever grows one, or another one beyond TRIPS, sees red; whoever shortens one takes it out. */
static const struct {
    const char *verb;
    int64_t most;
} longer[] = {
    { "book.create", 5 },
    { "customer_group.insert", 6 },
    { "custom_field.alter", 7 },
    { "external_id.upsert", 10 },
    { "invoice.red_issued", 6 },
    { "item.transfer", 5 },
    { "write_off_request.recover", 6 },
    { "pending_change.edit", 5 },
    { "proposal.apply", 20 },
    { "import_job.run", 12 },
    { "customer_group.load", 7 },
    { "invoice_request.submit", 7 },
    { "invoice_request.send", 39 },
    { "invoice_request.issue", 6 },
    { "delivery.refuse", 5 },
    { "bank_statement.import", 6 },
    { "bank_statement.undo", 5 },
    { "statement_line.receive", 11 },
    { "bill.record", 7 },
    { "bill.dishonour", 5 },
    { "bill.return", 6 },
    { "score.run", 6 },
};

static int64_t allowed(const char *name)
{
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        if (!strcmp(longer[i].verb, name)) return longer[i].most;
    }
    return TRIPS;
}

/* Every second one with a request key. */
static void drive_once(test_book *b, int i, answer *a)
{
    found_book(b);
    found_invoices(b);
    assert_ok(arc_session_set_request_key(b->session, i % 2 ? KEY : NULL));
    drivers[i].drive(b, b->session, 0, a);
}

#include "conformance/same_dumps.h"

static void every_verb(void **state)
{
    (void)state;
    if (!runs) skip();
    int over = 0, wrong = 0;
    for (int i = 0; i < DRIVERS; i++) {
        test_book b;
        answer a;
        memset(&a, 0, sizeof a);
        char name[80];
        snprintf(name, sizeof name, "%s.%s", arci_verbs[drivers[i].verb].entity ? arci_verbs[drivers[i].verb].entity : "any", arci_verbs[drivers[i].verb].name);
        open_watched(&b);
        drive_once(&b, i, &a);
        if (a.st != drivers[i].expected) {
            print_message("%s\n", name);
            assert_session_status(drivers[i].expected, &b, a.st);
        }
        if (test_soak() || i % 2) { /* one verb in two, with a request key; all of them in the long run */
            sample_bytes dump = sealed_dump(&b);
            compare_stores(name, i, b.uri, dump.s);
            free(dump.s);
        }
        test_book_close(&b);
    }
    for (uint32_t i = 0; i < n_verbs; i++) {
        const int64_t most = allowed(verbs[i].verb);
        fprintf(stderr, "%s%-36s %lld\n", verbs[i].most > TRIPS ? "* " : "  ", verbs[i].verb, (long long)verbs[i].most);
        over += verbs[i].most > TRIPS;
        if (verbs[i].most > most) wrong++;
        if (verbs[i].most > most) fprintf(stderr, "^ at most %lld trips are allowed\n", (long long)most);
        if (most > TRIPS && verbs[i].most < most) fprintf(stderr, "^ has become shorter than the %lld it is known with\n", (long long)most);
    }
    fprintf(stderr, "%u verbs, %d over %d\n", n_verbs, over, TRIPS);
    fprintf(stderr, "%d dumps differ\n", differ);
    if (differ) fail_msg("%d dumps are not the same bytes", differ);
    if (wrong) fail_msg("%d verbs wait more often than they may", wrong);
}

/* ---- what a day is made of, by a book that has been open for a while ---- */

static arc_record *made(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(b->session, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static arc_record *invoice_of(test_book *b, int n, int customer)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"T%d\",\"customer\":%d,\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-02-02\",\"gross_amount\":\"100.00\",\"currency\":\"CNY\"}", n, customer);
    return made(b, ARC_INVOICE, json);
}

static arc_record *receipt_of(test_book *b, int n, int customer)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"P%d\",\"customer\":%d,\"value_date\":\"2026-01-03\",\"amount\":\"100.00\",\"currency\":\"CNY\"}", n, customer);
    return made(b, ARC_RECEIPT, json);
}

enum { BATCH = 1000 };
static arc_record *records[BATCH];
static arc_allocation payments[BATCH];

/* The item of an invoice. */
static int64_t item_of(test_book *b, int64_t invoice)
{
    const arc_field_id field = ARC_ITEM_ID;
    int64_t item = 0;
    arc_query *q;
    arc_cursor *c;
    assert_ok(arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

static void batches(test_book *b, int first)
{
    static arc_status results[BATCH];
    static int64_t invoices[BATCH], receipts[BATCH];
    for (int i = 0; i < BATCH; i++) records[i] = invoice_of(b, first + i, i % 3 + 1);
    int64_t before = trips();
    assert_session(b, arc_invoice_record_many(b->session, invoices, results, records, BATCH, ARC_ALL_OR_NONE));
    at_most(before, TRIPS, "1000 invoices");
    for (int i = 0; i < BATCH; i++) arc_record_free(records[i]);
    for (int i = 0; i < BATCH; i++) records[i] = receipt_of(b, first + i, i % 3 + 1);
    before = trips();
    assert_session(b, arc_receipt_record_many(b->session, receipts, results, records, BATCH, ARC_ALL_OR_NONE));
    at_most(before, TRIPS, "1000 receipts");
    for (int i = 0; i < BATCH; i++) arc_record_free(records[i]);
    const int64_t first_item = item_of(b, invoices[0]);
    for (int i = 0; i < BATCH; i++) {
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.item = first_item + i;
        a.receipt = receipts[i];
        a.amount = 10000;
        payments[i] = a;
    }
    before = trips();
    assert_session(b, arc_allocation_apply(b->session, NULL, results, payments, BATCH, ARC_ALL_OR_NONE));
    at_most(before, TRIPS, "1000 allocations");
}

/* Invoices, whose items follow one another; the first of these. */
static int64_t batch_of_items(test_book *b, int first)
{
    static arc_status results[BATCH];
    static int64_t invoices[BATCH];
    for (int i = 0; i < BATCH; i++) records[i] = invoice_of(b, first + i, i % 3 + 1);
    assert_session(b, arc_invoice_record_many(b->session, invoices, results, records, BATCH, ARC_ALL_OR_NONE));
    for (int i = 0; i < BATCH; i++) arc_record_free(records[i]);
    return item_of(b, invoices[0]);
}

/* Requests to write debts off, decided and recovered; each of one item. */
static void bad_debts(test_book *b, int first)
{
    static arc_status results[BATCH];
    static arc_ledger_step steps[BATCH];
    static int64_t requests[BATCH];
    const int64_t item = batch_of_items(b, first);
    for (int i = 0; i < BATCH; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"number\":\"W%d\",\"customer\":%d,\"items\":[%lld],\"currency\":\"CNY\",\"amount\":\"60.00\",\"reason\":\"bankrupt\"}", first + i, i % 3 + 1, (long long)item + i);
        records[i] = made(b, ARC_WRITE_OFF_REQUEST, json);
    }
    int64_t before = trips();
    assert_session(b, arc_write_off_request_many(b->session, requests, results, records, BATCH, ARC_ALL_OR_NONE));
    at_most(before, TRIPS, "1000 requests to write off");
    for (int i = 0; i < BATCH; i++) {
        arc_record_free(records[i]);
        (void)arc_ledger_step_init(&steps[i]);
        steps[i].row = requests[i];
        steps[i].reason = "bankrupt";
    }
    before = trips();
    assert_session(b, arc_write_off_approve_many(b->session, NULL, results, steps, BATCH, ARC_ALL_OR_NONE));
    at_most(before, TRIPS + 1, "1000 of them approved");
    before = trips();
    assert_session(b, arc_write_off_recover_many(b->session, NULL, results, steps, BATCH, ARC_ALL_OR_NONE));
    at_most(before, 2 * TRIPS, "1000 recovered");
}

/* Bills of exchange, each of which settles an item. */
static void bills(test_book *b, int first)
{
    static arc_status results[BATCH];
    static arc_bill_entry entries[BATCH];
    static int64_t ids[BATCH];
    const int64_t item = batch_of_items(b, first);
    for (int i = 0; i < BATCH; i++) {
        char json[200];
        arc_allocation a = ARC_ALLOCATION_INIT;
        snprintf(json, sizeof json, "{\"number\":\"B%d\",\"kind\":\"bank\",\"customer\":%d,\"currency\":\"CNY\",\"face\":\"100.00\",\"maturity\":\"2030-01-01\"}", first + i, i % 3 + 1);
        records[i] = made(b, ARC_BILL, json);
        (void)arc_bill_entry_init(&entries[i]);
        a.item = item + i;
        a.amount = 10000;
        payments[i] = a;
        entries[i].bill = records[i];
        entries[i].allocations = &payments[i];
        entries[i].n = 1;
    }
    int64_t before = trips();
    assert_session(b, arc_bill_record_many(b->session, ids, results, entries, BATCH, ARC_ALL_OR_NONE));
    at_most(before, 2 * TRIPS, "1000 bills, and what they settle");
    for (int i = 0; i < BATCH; i++) arc_record_free(records[i]);
    static arc_bill_move moves[BATCH];
    for (int i = 0; i < BATCH; i++) {
        (void)arc_bill_move_init(&moves[i]);
        moves[i].flags = ARC_BILL_SENT;
    }
    before = trips();
    assert_session(b, arc_bill_collect_many(b->session, NULL, results, ids, moves, BATCH, ARC_ALL_OR_NONE));
    at_most(before, TRIPS, "1000 bills sent to be collected");
}

/* A draft of n lines is issued. */
static void issue_lines(test_book *b, int number, int n)
{
    char json[300];
    arc_invoice_step e = ARC_INVOICE_STEP_INIT;
    snprintf(json, sizeof json, "{\"number\":\"L%d\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-01\",\"term\":\"NET30\"}", number);
    arc_record *r = made(b, ARC_INVOICE, json), *lines[200];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    for (int i = 0; i < n; i++) lines[i] = made(b, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"10.00\",\"tax_rate\":\"0.13\"}");
    d.invoice = r;
    d.lines = lines;
    d.n_lines = (uint32_t)n;
    int64_t before = trips();
    assert_session(b, arc_invoice_draft(b->session, &e.invoice, &d));
    at_most(before, TRIPS, n > 1 ? "a draft of 100 lines" : "a draft of one line");
    before = trips();
    assert_session(b, arc_invoice_issue(b->session, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
    at_most(before, TRIPS + (n == 1), n > 1 ? "100 lines issued" : "one line issued");
    for (int i = 0; i < n; i++) arc_record_free(lines[i]);
    arc_record_free(r);
}

static void everyday(void **state)
{
    test_book b;
    arc_record *r;
    int64_t id = 0, allocation = 0, undone, before;
    (void)state;
    if (!runs) skip();
    open_watched(&b);
    found_book(&b);
    for (int round = 0; round < 2; round++) { /* the first one warms up */
        fprintf(stderr, "%s\n", round ? "everyday:" : "warming up:");
        r = invoice_of(&b, round + 1, 1);
        before = trips();
        assert_session(&b, arc_invoice_record(b.session, &id, r));
        at_most(before, round ? TRIPS : 20, "an invoice");
        arc_record_free(r);
        r = receipt_of(&b, round + 1, 1);
        before = trips();
        assert_session(&b, arc_receipt_record(b.session, &id, r));
        at_most(before, round ? TRIPS : 20, "a receipt");
        arc_record_free(r);
        before = trips();
        assert_session(&b, book_allocate(b.session, &allocation, id, ITEM, 100));
        at_most(before, round ? TRIPS : 20, "an allocation");
        before = trips();
        assert_session(&b, arc_allocation_reverse(b.session, &undone, allocation, ARC_DATE_NONE, "wrong item"));
        at_most(before, round ? TRIPS : 20, "its reversal");
    }
    batches(&b, 1000);
    bad_debts(&b, 3000);
    bills(&b, 5000);
    issue_lines(&b, 1, 1);
    issue_lines(&b, 2, 100);
    test_book_close(&b);
}

/* The role of programs, whose every verb the test above has run, cannot touch what is never changed. */
static void role_is_bound(void **state)
{
    static const char *const refused[] = { "UPDATE item SET amount = 1", "DELETE FROM item", "TRUNCATE item", "DELETE FROM event", "UPDATE event SET diff = '{}'",
                                           "DELETE FROM allocation", "UPDATE journal_line SET amount = 0", "DELETE FROM account", "UPDATE seal SET hash = ''",
                                           "DROP TABLE item", "ALTER TABLE item DISABLE TRIGGER ALL", "CREATE TABLE mine (x int)", "UPDATE arc_schema SET version = 0" };
    (void)state;
    if (!runs) skip();
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SET ROLE app; %s", refused[i]);
        if (pg_run(&server, "books", sql) == 0) fail_msg("the role may %s", refused[i]);
    }
    assert_int_equal(pg_run(&server, "books", "SET ROLE app; UPDATE item_state SET open = open; SELECT count(*) FROM v_item"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_verb), cmocka_unit_test(everyday), cmocka_unit_test(role_is_bound) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the PostgreSQL backend was not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
