/* SPDX-License-Identifier: Apache-2.0 */
/* Shims: one forwarding backend that counts, fails on command, hides the optional calls and hands out statements. */
#include <string.h>

#include "arcore/sys/testkit.h"

typedef struct shim_cursor shim_cursor;

typedef struct shim_be { /* a handle, and the transaction open on it */
    arc_host host;       /* what the inner backend sees; first, so that its functions find the rest */
    const arc_host *outer;
    arc_shim *shim;
    arc_backend_ops inner; /* copied: an inner table may be shorter than ours */
    void *be;
    void *txn;
    int doomed;
    shim_cursor *cursors;
} shim_be;

struct shim_cursor {
    shim_cursor *next, **at;
    shim_be *owner;
    void *inner;
};

/* ---- the host between -------------------------------------------------------------------------------------------- */

static const shim_be *of(const arc_host *h) { return (const shim_be *)(const void *)h; }
static void *host_alloc(const arc_host *h, size_t n) { return of(h)->outer->alloc(of(h)->outer, n); }
static void *host_resize(const arc_host *h, void *p, size_t n) { return of(h)->outer->resize(of(h)->outer, p, n); }
static void host_release(const arc_host *h, void *p) { of(h)->outer->release(of(h)->outer, p); }
static void host_log(const arc_host *h, int32_t level, const char *text) { of(h)->outer->log(of(h)->outer, level, text); }
static int32_t host_cancelled(const arc_host *h) { return of(h)->outer->cancelled(of(h)->outer); }

static void host_error(const arc_host *h, arc_status s, int32_t code, const char *sqlstate, const char *text)
{
    of(h)->outer->set_error(of(h)->outer, s, code, sqlstate, text);
}

static const arc_backend_ops *host_find(const arc_host *h, const char *scheme)
{
    return of(h)->outer->find_backend(of(h)->outer, scheme);
}

static void host_trace(const arc_host *h, const char *statement, const arc_value *params, uint32_t n)
{
    arc_shim *s = of(h)->shim;
    s->statements++;
    if (s->on_statement) s->on_statement(s->user, statement, params, n);
    if (of(h)->outer->trace) of(h)->outer->trace(of(h)->outer, statement, params, n);
}

/* ---- before each call ---------------------------------------------------------------------------------------------- */

static arc_status before(arc_shim *s, uint32_t call, int64_t rows)
{
    s->count[call]++;
    s->calls++;
    if (s->on_call) s->on_call(s->user, call, rows);
    if (!s->fail_at || s->calls < s->fail_at || (s->calls > s->fail_at && !s->fail_on)) return ARC_OK;
    s->failed++;
    return s->fail_status;
}

/* In a transaction: an error dooms it, and what follows is refused here, so that a caller who goes on is found out. */
static arc_status enter(shim_be *b, uint32_t call, int64_t rows)
{
    if (b->doomed) {
        b->shim->violations++;
        return ARC_E_DOOMED;
    }
    arc_status s = before(b->shim, call, rows);
    if (s) b->doomed = 1;
    return s;
}

static arc_status leave(shim_be *b, arc_status s)
{
    if (s < 0) b->doomed = 1;
    return s;
}

/* ---- cursors: known, because they die with their transaction --------------------------------------------------------- */

static shim_cursor *cursor_new(shim_be *b)
{
    shim_cursor *c = b->outer->alloc(b->outer, sizeof *c);
    if (!c) return NULL;
    memset(c, 0, sizeof *c);
    c->owner = b;
    c->at = &b->cursors;
    c->next = b->cursors;
    if (c->next) c->next->at = &c->next;
    b->cursors = c;
    return c;
}

static void cursor_free(shim_cursor *c)
{
    *c->at = c->next;
    if (c->next) c->next->at = c->at;
    c->owner->outer->release(c->owner->outer, c);
}

static void txn_over(shim_be *b)
{
    while (b->cursors) cursor_free(b->cursors);
    b->txn = NULL;
    b->doomed = 0;
}

/* ---- open to rollback ---------------------------------------------------------------------------------------------------- */

static arc_status open_kind(const char *scheme, const arc_host *h, const char *location, const char *options, uint32_t flags,
                            void **be)
{
    const arc_backend_ops *self = h->find_backend ? h->find_backend(h, scheme) : NULL;
    arc_shim *shim = self ? self->user : NULL;
    if (!shim) return ARC_E_UNSUPPORTED;
    const arc_backend_ops *inner = shim->inner;
    size_t n = strlen(inner->scheme);
    if (strncmp(location, inner->scheme, n) != 0 || location[n] != ':') return ARC_E_INVALID;
    arc_status s = before(shim, ARC_CALL_OPEN, 0);
    if (s) return s;
    shim_be *b = h->alloc(h, sizeof *b);
    if (!b) return ARC_E_NOMEM;
    memset(b, 0, sizeof *b);
    b->outer = h;
    b->shim = shim;
    memcpy(&b->inner, inner, inner->struct_size < sizeof b->inner ? inner->struct_size : sizeof b->inner);
    const arc_host host = { (uint32_t)sizeof host, 0, h->user, host_alloc, host_resize, host_release, host_log,
                            host_error, host_cancelled, h->trace || shim->kind == ARC_SHIM_TRACE ? host_trace : NULL,
                            host_find };
    b->host = host;
    s = b->inner.open(&b->host, location + n + 1, options, flags, &b->be);
    if (s) h->release(h, b);
    else *be = b;
    return s;
}

static arc_status open_fault(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    return open_kind("fault", h, location, options, flags, be);
}

static arc_status open_nopushdown(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    return open_kind("nopushdown", h, location, options, flags, be);
}

static arc_status open_trace(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    return open_kind("trace", h, location, options, flags, be);
}

static void shim_close(void *be)
{
    shim_be *b = be;
    b->inner.close(b->be);
    txn_over(b);
    b->outer->release(b->outer, b);
}

static arc_status shim_migrate(void *be, const arc_schema_desc *schema, uint32_t flags)
{
    shim_be *b = be;
    arc_status s = before(b->shim, ARC_CALL_MIGRATE, 0);
    return s ? s : b->inner.migrate(b->be, schema, flags);
}

static arc_status shim_begin(void *be, uint32_t mode, uint32_t timeout_ms, void **txn)
{
    shim_be *b = be;
    void *got = NULL;
    arc_status s = before(b->shim, ARC_CALL_BEGIN, 0);
    if (b->txn) b->shim->violations++;
    if (!s) s = b->inner.begin(b->be, mode, timeout_ms, &got);
    if (s) return s;
    b->txn = got;
    b->doomed = 0;
    *txn = b;
    return ARC_OK;
}

static arc_status shim_commit(void *txn)
{
    shim_be *b = txn;
    arc_status s;
    if (b->doomed) {
        b->shim->violations++;
        b->inner.rollback(b->txn);
        txn_over(b);
        return ARC_E_DOOMED;
    }
    s = before(b->shim, ARC_CALL_COMMIT, 0);
    if (!s) {
        s = b->inner.commit(b->txn);
    } else if (b->shim->commit_first) { /* the answer got lost, the deed did not; or neither happened */
        if (b->inner.commit(b->txn) == ARC_OK) s = ARC_E_OUTCOME_UNKNOWN;
    } else {
        b->inner.rollback(b->txn);
    }
    txn_over(b);
    return s;
}

static void shim_rollback(void *txn)
{
    shim_be *b = txn;
    b->shim->count[ARC_CALL_ROLLBACK]++;
    if (b->shim->on_call) b->shim->on_call(b->shim->user, ARC_CALL_ROLLBACK, 0);
    b->inner.rollback(b->txn);
    txn_over(b);
}

/* ---- writing and reading --------------------------------------------------------------------------------------------------- */

static arc_status shim_write(void *txn, arc_write *const *writes, uint32_t n)
{
    shim_be *b = txn;
    int64_t rows = 0;
    for (uint32_t i = 0; i < n; i++)
        if (writes[i]->struct_size >= sizeof(arc_write)) rows += writes[i]->n_rows;
    arc_status s = enter(b, ARC_CALL_WRITE, rows);
    if (!s) s = leave(b, b->inner.write(b->txn, writes, n));
    if (!s) b->shim->rows_written += rows;
    return s;
}

static arc_status shim_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    shim_be *b = txn;
    shim_cursor *first = b->cursors, *c = NULL;
    arc_status s = enter(b, ARC_CALL_FETCH, 0);
    if (s) return s;
    for (uint32_t i = 0; i < n; i++) /* before the call: behind it there would be cursors to end */
        if (!cursor_new(b)) s = ARC_E_NOMEM;
    if (!s) s = b->inner.fetch(b->txn, fetches, n);
    if (s) {
        while (b->cursors != first) cursor_free(b->cursors);
        return leave(b, s);
    }
    c = b->cursors;
    for (uint32_t i = 0; i < n; i++, c = c->next) {
        c->inner = fetches[i]->cursor;
        fetches[i]->cursor = c;
    }
    return ARC_OK;
}

static arc_status shim_next(void *cursor, arc_block *block)
{
    shim_cursor *c = cursor;
    arc_status s = enter(c->owner, ARC_CALL_NEXT, 0);
    if (s) return s;
    s = leave(c->owner, c->owner->inner.next(c->inner, block));
    if (s == ARC_OK) c->owner->shim->rows_read += block->n_rows;
    return s;
}

static void shim_end(void *cursor)
{
    shim_cursor *c = cursor;
    c->owner->inner.end(c->inner);
    cursor_free(c);
}

static arc_status shim_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_RESERVE, 0);
    return s ? s : leave(b, b->inner.reserve(b->txn, book, sequence, n, first));
}

/* ---- the optional calls: present only where the inner backend has them ------------------------------------------------------ */

static void shim_plan(void *be, arc_fetch *fetch)
{
    shim_be *b = be;
    b->inner.plan(b->be, fetch);
}

static arc_status shim_aggregate(void *txn, arc_aggregate *aggregate)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_AGGREGATE, 0);
    if (s) return s;
    shim_cursor *c = cursor_new(b);
    s = c ? b->inner.aggregate(b->txn, aggregate) : ARC_E_NOMEM;
    if (s) {
        if (c) cursor_free(c);
        return s == ARC_E_UNSUPPORTED ? s : leave(b, s); /* an honest no: the transaction lives on */
    }
    c->inner = aggregate->cursor;
    aggregate->cursor = c;
    return ARC_OK;
}

static arc_status shim_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                                uint32_t n_keys, void **cursor)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_GET_MANY, 0);
    if (s) return s;
    shim_cursor *c = cursor_new(b);
    s = c ? b->inner.get_many(b->txn, table, cols, n_cols, keys, n_keys, &c->inner) : ARC_E_NOMEM;
    if (s) {
        if (c) cursor_free(c);
        return leave(b, s);
    }
    *cursor = c;
    return ARC_OK;
}

static arc_status shim_savepoint(void *txn, uint32_t depth)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_SAVEPOINT, 0);
    return s ? s : leave(b, b->inner.savepoint(b->txn, depth));
}

static arc_status shim_rollback_to(void *txn, uint32_t depth)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_ROLLBACK_TO, 0);
    return s ? s : leave(b, b->inner.rollback_to(b->txn, depth));
}

static arc_status shim_release(void *txn, uint32_t depth)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_RELEASE, 0);
    return s ? s : leave(b, b->inner.release(b->txn, depth));
}

static arc_status shim_lock_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_LOCK_ROWS, 0);
    return s ? s : leave(b, b->inner.lock_rows(b->txn, table, keys, n_keys));
}

static arc_status shim_share_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys)
{
    shim_be *b = txn;
    arc_status s = enter(b, ARC_CALL_LOCK_ROWS, 0);
    return s ? s : leave(b, b->inner.share_rows(b->txn, table, keys, n_keys));
}

static arc_status shim_check(void *be, void (*report)(void *user, const char *finding), void *user)
{
    shim_be *b = be;
    arc_status s = before(b->shim, ARC_CALL_CHECK, 0);
    return s ? s : b->inner.check(b->be, report, user);
}

static arc_status shim_backup(void *be, const char *location, int32_t (*progress)(void *user, int64_t done, int64_t total),
                              void *user)
{
    shim_be *b = be;
    size_t n = strlen(b->inner.scheme);
    if (strncmp(location, b->inner.scheme, n) != 0 || location[n] != ':') return ARC_E_INVALID;
    arc_status s = before(b->shim, ARC_CALL_BACKUP, 0);
    return s ? s : b->inner.backup(b->be, location + n + 1, progress, user);
}

static arc_status shim_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len)
{
    shim_be *b = txn;
    arc_status s = before(b->shim, ARC_CALL_EXPLAIN, 0);
    return s ? s : b->inner.explain(b->txn, fetch, buf, len);
}

static arc_status shim_describe(void *be, void (*say)(void *user, const char *key, const char *value), void *user)
{
    shim_be *b = be;
    return b->inner.describe(b->be, say, user);
}

static arc_status shim_next_number(void *txn, int64_t book, const char *sequence, int64_t *next)
{
    shim_be *b = txn;
    return b->inner.next_number(b->txn, book, sequence, next);
}

static arc_status shim_snapshot(void *txn, uint64_t *number)
{
    shim_be *b = txn;
    return b->inner.snapshot(b->txn, number);
}

static void shim_later(void *txn)
{
    shim_be *b = txn;
    b->inner.later(b->txn);
}

/* ---- making one ---------------------------------------------------------------------------------------------------------------- */

static const arc_backend_ops all = {
    ARC_BACKEND_HEAD,
    .open = open_fault, .close = shim_close, .migrate = shim_migrate, .begin = shim_begin, .commit = shim_commit,
    .rollback = shim_rollback, .write = shim_write, .fetch = shim_fetch, .next = shim_next, .end = shim_end,
    .reserve = shim_reserve, .plan = shim_plan, .aggregate = shim_aggregate, .get_many = shim_get_many,
    .savepoint = shim_savepoint, .rollback_to = shim_rollback_to, .release = shim_release, .lock_rows = shim_lock_rows, .share_rows = shim_share_rows,
    .check = shim_check, .backup = shim_backup, .explain = shim_explain, .describe = shim_describe,
    .next_number = shim_next_number,
    .snapshot = shim_snapshot,
    .later = shim_later,
};

static void hide(arc_backend_ops *out, const arc_backend_ops *in, uint32_t kind)
{
    int push = kind != ARC_SHIM_NOPUSHDOWN;
    if (!in->plan || !push) out->plan = NULL;
    if (!in->aggregate || !push) out->aggregate = NULL;
    if (!in->get_many || !push) out->get_many = NULL;
    if (!in->explain || !push) out->explain = NULL;
    if (!in->savepoint) out->savepoint = NULL;
    if (!in->rollback_to) out->rollback_to = NULL;
    if (!in->release) out->release = NULL;
    if (!in->lock_rows) out->lock_rows = NULL;
    if (!in->share_rows) out->share_rows = NULL;
    if (!in->check) out->check = NULL;
    if (!in->backup) out->backup = NULL;
    if (!in->describe) out->describe = NULL;
    if (!in->next_number) out->next_number = NULL;
    if (!in->snapshot) out->snapshot = NULL;
    if (!in->later) out->later = NULL;
}

arc_status arc_shim_init(arc_backend_ops *out, arc_shim *shim, const arc_backend_ops *inner, uint32_t kind)
{
    static const struct {
        const char *scheme, *description;
        arc_status (*open)(const arc_host *, const char *, const char *, uint32_t, void **);
    } kinds[] = { { "fault", "a backend whose calls fail on command", open_fault },
                  { "nopushdown", "a backend that takes nothing of a question", open_nopushdown },
                  { "trace", "a backend that is watched", open_trace } };
    arc_backend_ops in;
    if (!out || !shim || !inner || kind < ARC_SHIM_FAULT || kind > ARC_SHIM_TRACE) return ARC_E_INVALID;
    if (inner->abi != ARC_BACKEND_ABI || inner->struct_size < offsetof(arc_backend_ops, plan)) return ARC_E_INVALID;
    memset(&in, 0, sizeof in);
    memcpy(&in, inner, inner->struct_size < sizeof in ? inner->struct_size : sizeof in);
    memset(shim, 0, sizeof *shim);
    shim->struct_size = (uint32_t)sizeof *shim;
    shim->kind = kind;
    shim->inner = inner;
    *out = all;
    out->scheme = kinds[kind - 1].scheme;
    out->description = kinds[kind - 1].description;
    out->open = kinds[kind - 1].open;
    out->caps = in.caps;
    out->threads = in.threads;
    out->max_rows = in.max_rows;
    out->user = shim;
    hide(out, &in, kind);
    return ARC_OK;
}
