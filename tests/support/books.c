/* SPDX-License-Identifier: Apache-2.0 */
#include "support/books.h"

#include <stdlib.h>

#include "backend/memory.h"
#include "backend/sqlite.h"

const char *const test_backend_names[TEST_BACKENDS] = { "memory", "sqlite", "nopushdown memory", "nopushdown sqlite", "memory without keys" };

/* The memory backend is told of no foreign key; the copy of the schema must live as long as a store. */
static arc_table plain_tables[256];

static arc_status migrate_plain(void *be, const arc_schema_desc *schema, uint32_t flags)
{
    static arc_schema_desc plain;
    if (schema->n_tables > sizeof plain_tables / sizeof plain_tables[0]) return ARC_E_LIMIT;
    plain = *schema;
    plain.tables = plain_tables;
    for (uint32_t i = 0; i < schema->n_tables; i++) {
        plain_tables[i] = schema->tables[i];
        plain_tables[i].n_fks = 0;
    }
    return arci_backend_memory()->migrate(be, &plain, flags);
}

static arc_status register_plain(arc_context *ctx)
{
    arc_backend_ops ops = *arci_backend_memory();
    ops.scheme = "plain";
    ops.caps &= ~ARC_CAP_FOREIGN_KEYS;
    ops.migrate = migrate_plain;
    return arc_backend_register(ctx, &ops);
}

/* ---- PostgreSQL ---- */

#ifdef ARCORE_HAVE_POSTGRESQL

#include "arcore/postgresql.h"
#include "support/pg.h"

static pg_server server;
static int books_made;

int test_postgresql_start(void)
{
    return pg_start(&server, "") && pg_run(&server, "postgres", "CREATE DATABASE books") == 0;
}

/* Run once more with ARCORE_BOOKS=postgresql, a test has PostgreSQL where else it has memory. The server ends with the process. */
static int instead(int backend)
{
    static int state; /* 1: it runs, -1: not asked for */
    const char *wanted = getenv("ARCORE_BOOKS");
    if (backend) return 0;
    if (!state) {
        state = wanted && !strcmp(wanted, "postgresql") ? 1 : -1;
        if (state > 0 && (!pg_start(&server, "-c fsync=off -c full_page_writes=off -c synchronous_commit=off") ||
                          pg_run(&server, "postgres", "CREATE DATABASE books"))) exit(77);
    }
    return state > 0;
}

void test_postgresql_stop(void)
{
    pg_stop(&server);
}

arc_status test_postgresql_register(arc_context *ctx)
{
    return arc_backend_register(ctx, arc_postgresql_backend());
}

static arc_status on_server(test_book *b, test_env *t)
{
    snprintf(b->uri, sizeof b->uri, "postgresql://postgres@%s/books?durability=server&book=b%d", server.socket, ++books_made);
    return test_postgresql_register(t->ctx);
}

#else

int test_postgresql_start(void)
{
    return 0;
}

void test_postgresql_stop(void) {}

arc_status test_postgresql_register(arc_context *ctx)
{
    (void)ctx;
    return ARC_E_UNSUPPORTED;
}

static arc_status on_server(test_book *b, test_env *t)
{
    (void)b;
    (void)t;
    return ARC_E_UNSUPPORTED;
}

static int instead(int backend)
{
    (void)backend;
    return 0;
}

#endif

/* ---- opening ---- */

static arc_status open_with(test_book *b, test_env *t, int backend)
{
    static const char *const uris[TEST_BACKENDS] = { "memory:b", "sqlite:%s", "nopushdown:memory:b", "nopushdown:sqlite:%s", "plain:b" };
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    b->env = t;
    if (instead(backend)) backend = TEST_POSTGRESQL;
    if (backend == TEST_POSTGRESQL || backend == 4) {
        arc_status st = backend == 4 ? register_plain(t->ctx) : on_server(b, t);
        if (st != ARC_OK) return st;
    } else if (backend >= 2) {
        const arc_backend_ops *inner = backend == 2 ? arci_backend_memory() : arci_backend_sqlite();
        arc_status st = arc_shim_init(&b->shim_ops, &b->shim, inner, ARC_SHIM_NOPUSHDOWN);
        if (st == ARC_OK) st = arc_backend_register(t->ctx, &b->shim_ops);
        if (st != ARC_OK) return st;
    }
    (void)test_dir(t);
    if (backend < TEST_BACKENDS) snprintf(b->uri, sizeof b->uri, uris[backend], test_path(t, "book.db"));
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_book_open(t->ctx, &b->book, b->uri, &o);
    return st == ARC_OK ? arc_session_open(b->book, &b->session, NULL) : st;
}

void test_book_open(test_book *b, int backend)
{
    arc_error e = ARC_ERROR_INIT;
    memset(b, 0, sizeof *b);
    test_open(&b->t);
    arc_status st = open_with(b, &b->t, backend);
    (void)arc_context_error(b->t.ctx, &e);
    assert_ok_err(&e, st);
}

arc_status test_book_open_in(test_book *b, test_env *t, int backend)
{
    memset(b, 0, sizeof *b);
    return open_with(b, t, backend);
}

void test_book_close(test_book *b)
{
    arc_book_close(b->book);
    test_close(&b->t);
}

typedef struct hungry {
    arc_status (*work)(test_book *b);
    int64_t least;
} hungry;

static arc_status starve(test_env *t, void *arg)
{
    const hungry *h = arg;
    test_book b;
    arc_status st = test_book_open_in(&b, t, 0);
    if (st == ARC_OK) st = h->work(&b);
    if (st == ARC_OK) st = arc_book_verify(b.book, NULL, NULL, NULL, NULL);
    arc_book_close(b.book);
    return st;
}

static void every_allocation_fails(void **state)
{
    hungry *h = *state;
    int64_t n = test_oom_sweep(starve, h);
    print_message("%lld allocations\n", (long long)n);
    assert_true(n > h->least);
}

int test_oom_main(arc_status (*work)(test_book *b), int64_t least)
{
    hungry h = { work, least };
    const struct CMUnitTest tests[] = { { "every_allocation_fails", every_allocation_fails, NULL, NULL, &h } };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

void test_session_is(arc_status expected, arc_status actual, const char *call, arc_session *session, const char *file, int line)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(session, &e);
    test_status_is(expected, actual, call, &e, file, line);
}
