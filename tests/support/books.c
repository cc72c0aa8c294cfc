/* SPDX-License-Identifier: Apache-2.0 */
#include "support/books.h"

#include "backend/memory.h"
#include "backend/sqlite.h"

const char *const test_backend_names[TEST_BACKENDS] = { "memory", "sqlite", "nopushdown memory", "nopushdown sqlite" };

static arc_status open_with(test_book *b, test_env *t, int backend)
{
    static const char *const uris[TEST_BACKENDS] = { "memory:b", "sqlite:%s", "nopushdown:memory:b", "nopushdown:sqlite:%s" };
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    if (backend >= 2) {
        const arc_backend_ops *inner = backend == 2 ? arci_backend_memory() : arci_backend_sqlite();
        arc_status st = arc_shim_init(&b->shim_ops, &b->shim, inner, ARC_SHIM_NOPUSHDOWN);
        if (st == ARC_OK) st = arc_backend_register(t->ctx, &b->shim_ops);
        if (st != ARC_OK) return st;
    }
    (void)test_dir(t);
    snprintf(b->uri, sizeof b->uri, uris[backend], test_path(t, "book.db"));
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

void test_session_is(arc_status expected, arc_status actual, const char *call, arc_session *session, const char *file, int line)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(session, &e);
    test_status_is(expected, actual, call, &e, file, line);
}
