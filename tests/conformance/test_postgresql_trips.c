/* SPDX-License-Identifier: Apache-2.0 */
/* How often a verb waits for the server: counted for each write transaction of every verb's driver, and for batches of documents. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#define ARCORE_DRIVERS_ONLY
#include "api/test_request.c"
#undef ARCORE_DRIVERS_ONLY
#include "arcore/postgresql.h"

enum { TRIPS = 4, VERBS = 160 };

/* ---- the backend, watched ---- */

static const arc_backend_ops *inner;
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
static void *handle;

static void take_trips(void *user, const char *key, const char *value)
{
    if (!strcmp(key, "round_trips")) *(int64_t *)user = strtoll(value, NULL, 10);
}

static int64_t trips(void)
{
    int64_t n = 0;
    (void)inner->describe(handle, take_trips, &n);
    return n;
}

/* ---- what a verb asks, for who looks for a trip to save: ARCORE_TRIPS=1 ---- */

static char told[8000];
static int64_t told_trips;

static void tell(const char *what, uint16_t table)
{
    size_t n = strlen(told);
    int64_t now = trips();
    snprintf(told + n, sizeof told - n, "%s%s %s", now > told_trips ? " |" : "", what, table < schema->n_tables ? schema->tables[table].name : "");
    told_trips = now;
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
    verbs[i].last = at_end - at_begin;
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
    return runs && pg_run(&server, "postgres", "CREATE DATABASE books") ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    pg_stop(&server);
    return 0;
}

static void open_watched(test_book *b)
{
    static int n;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    memset(b, 0, sizeof *b);
    test_open(&b->t);
    assert_ok(arc_backend_register(b->t.ctx, &watched));
    snprintf(b->uri, sizeof b->uri, "postgresql://postgres@%s/books?durability=server&book=b%d", server.socket, ++n);
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_book_open(b->t.ctx, &b->book, b->uri, &o);
    (void)arc_context_error(b->t.ctx, &e);
    assert_ok_err(&e, st);
    assert_ok(arc_session_open(b->book, &b->session, NULL));
}

/* ---- verbs ---- */

static void every_verb(void **state)
{
    (void)state;
    if (!runs) skip();
    int over = 0;
    for (int i = 0; i < DRIVERS; i++) {
        test_book b;
        answer a;
        memset(&a, 0, sizeof a);
        open_watched(&b);
        found_book(&b);
        found_invoices(&b);
        assert_ok(arc_session_set_request_key(b.session, i % 2 ? KEY : NULL));
        drivers[i].drive(&b, b.session, 0, &a);
        if (a.st != drivers[i].expected) {
            print_message("%s.%s\n", arci_verbs[drivers[i].verb].entity ? arci_verbs[drivers[i].verb].entity : "any", arci_verbs[drivers[i].verb].name);
            assert_session_status(drivers[i].expected, &b, a.st);
        }
        test_book_close(&b);
    }
    for (uint32_t i = 0; i < n_verbs; i++) {
        fprintf(stderr, "%s%-36s %lld\n", verbs[i].most > TRIPS ? "* " : "  ", verbs[i].verb, (long long)verbs[i].most);
        over += verbs[i].most > TRIPS;
    }
    fprintf(stderr, "%u verbs, %d over\n", n_verbs, over);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_verb) };
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
