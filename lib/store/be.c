/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/be.h"
#include "store/session.h"

/* ---- the host table ------------------------------------------------------------------------------------------------ */

static arci_book *book_of(const arc_host *h)
{
    return h->user;
}

static void *host_alloc(const arc_host *h, size_t size)
{
    return arci_alloc(book_of(h)->ctx, size);
}

static void *host_resize(const arc_host *h, void *p, size_t size)
{
    return arci_resize(book_of(h)->ctx, p, size);
}

static void host_release(const arc_host *h, void *p)
{
    arci_free(book_of(h)->ctx, p);
}

static void host_log(const arc_host *h, int32_t level, const char *message)
{
    arci_book *b = book_of(h);
    arci_log(b->ctx, level, b->ops->scheme, ARC_OK, "%s", message ? message : "");
}

static void host_set_error(const arc_host *h, arc_status status, int32_t vendor_code, const char *sqlstate, const char *message)
{
    arci_book *b = book_of(h);
    arci_env env = { b->ctx, &b->host_error };
    (void)arci_fail(&env, status, "%s", "%s", message ? message : "");
    b->host_error.vendor_code = vendor_code;
    if (sqlstate) {
        strncpy(b->host_error.sqlstate, sqlstate, sizeof b->host_error.sqlstate - 1);
    }
}

static int32_t host_cancelled(const arc_host *h)
{
    (void)h;
    return 0;
}

static void host_trace(const arc_host *h, const char *statement, const arc_value *params, uint32_t n_params)
{
    arci_book *b = book_of(h);
    b->trace(b->trace_user, statement, params, n_params);
}

static const arc_backend_ops *host_find(const arc_host *h, const char *scheme)
{
    return scheme ? arci_store_backend(book_of(h)->store, scheme, strlen(scheme)) : NULL;
}

void arci_be_host(arci_book *b)
{
    b->host.struct_size = (uint32_t)sizeof b->host;
    b->host.user = b;
    b->host.alloc = host_alloc;
    b->host.resize = host_resize;
    b->host.release = host_release;
    b->host.log = host_log;
    b->host.set_error = host_set_error;
    b->host.cancelled = host_cancelled;
    b->host.trace = b->trace ? host_trace : NULL;
    b->host.find_backend = host_find;
}

/* ---- the frame of a call ------------------------------------------------------------------------------------------- */

static void in(arci_book *b)
{
    if (b->serial) arci_mutex_lock(b->serial);
    if (b->host_error.status != ARC_OK) arci_error_clear(&b->host_error);
}

arc_status arci_be_broken(arci_env *env, arci_book *b, const char *what)
{
    return arci_fail(env, ARC_E_BACKEND, "backend %s broke its contract: %s", "后端 %s 违反约定：%s", b->ops->scheme, what);
}

arc_status arci_be_damaged(arci_env *env, arci_book *b, const char *what)
{
    if (!(b->ops->caps & ARC_CAP_DURABLE)) return arci_be_broken(env, b, what);
    return arci_fail(env, ARC_E_CORRUPT, "the store is damaged (or backend %s broke its contract): %s",
                     "存储已损坏（或后端 %s 违反约定）：%s", b->ops->scheme, what);
}

static arc_status explain_failure(arci_env *env, arci_book *b, arc_status st)
{
    const arc_error *told = &b->host_error;
    const char *en = arc_status_text(st, "en"), *zh = arc_status_text(st, "zh");
    arc_error e = ARC_ERROR_INIT;
    arci_env own = { env->ctx, &e };
    if (st > ARC_OK || !strcmp(arc_status_name(st), "ARC_E_?")) return arci_be_broken(env, b, "an unknown status");
    if (st == ARC_E_NOMEM) return arci_nomem(env);
    if (told->status != ARC_OK && told->message[0]) {
        (void)arci_fail(&own, st, "%s%.0s (%s: %s)", "%.0s%s（%s：%s）", en, zh, b->ops->scheme, told->message);
    } else {
        (void)arci_fail(&own, st, "%s%.0s", "%.0s%s", en, zh);
    }
    memcpy(e.sqlstate, told->sqlstate, sizeof e.sqlstate);
    e.vendor_code = told->vendor_code;
    return arci_fail_copy(env, &e);
}

/* The next call may be answered for later; a refused row then shows as an error of a call to come. */
static void put_off(arci_book *b, void *txn, int may)
{
    if (may && b->ops->later) b->ops->later(txn);
}

static arc_status out(arci_env *env, arci_book *b, arc_status st)
{
    if (b->serial) arci_mutex_unlock(b->serial);
    if (st < ARC_OK && b->txn && b->txn->late) b->late_failed |= st == ARC_E_EXISTS || st == ARC_E_STALE || st == ARC_E_REFERENCE;
    return st == ARC_OK ? ARC_OK : explain_failure(env, b, st);
}

/* ---- connections and transactions ---------------------------------------------------------------------------------- */

arc_status arci_be_open(arci_env *env, arci_book *b, const char *location, const char *options, uint32_t flags)
{
    in(b);
    arc_status st = out(env, b, b->ops->open(&b->host, location, options, flags, &b->be));
    if (st != ARC_OK) b->be = NULL;
    return st == ARC_OK && !b->be ? arci_be_broken(env, b, "open() gave no handle") : st;
}

arc_status arci_be_attach(arci_env *env, arci_book *b, void *connection, const char *options, uint32_t flags)
{
    if (!b->ops->attach) {
        return arci_fail(env, ARC_E_UNSUPPORTED, "backend %s cannot use a connection of the host's", "后端 %s 不能使用宿主程序的连接", b->ops->scheme);
    }
    in(b);
    arc_status st = out(env, b, b->ops->attach(&b->host, connection, options, flags, &b->be));
    if (st != ARC_OK) b->be = NULL;
    return st == ARC_OK && !b->be ? arci_be_broken(env, b, "attach() gave no handle") : st;
}

void arci_be_close(arci_book *b)
{
    if (!b->be) return;
    in(b);
    b->ops->close(b->be);
    if (b->serial) arci_mutex_unlock(b->serial);
    b->be = NULL;
}

arc_status arci_be_migrate(arci_env *env, arci_book *b, uint32_t flags)
{
    in(b);
    return out(env, b, b->ops->migrate(b->be, &b->store->model->desc, flags));
}

arc_status arci_be_begin(arci_env *env, arci_book *b, uint32_t mode, uint32_t timeout_ms, void **txn)
{
    *txn = NULL;
    in(b);
    arc_status st = out(env, b, b->ops->begin(b->be, mode, timeout_ms, txn));
    if (st != ARC_OK) *txn = NULL;
    return st == ARC_OK && !*txn ? arci_be_broken(env, b, "begin() gave no transaction") : st;
}

arc_status arci_be_commit(arci_env *env, arci_book *b, void *txn)
{
    in(b);
    return out(env, b, b->ops->commit(txn));
}

void arci_be_rollback(arci_book *b, void *txn)
{
    in(b);
    b->ops->rollback(txn);
    if (b->serial) arci_mutex_unlock(b->serial);
}

arc_status arci_be_savepoint(arci_env *env, arci_book *b, void *txn, uint32_t depth)
{
    in(b);
    put_off(b, txn, 1);
    return out(env, b, b->ops->savepoint(txn, depth));
}

arc_status arci_be_rollback_to(arci_env *env, arci_book *b, void *txn, uint32_t depth)
{
    in(b);
    return out(env, b, b->ops->rollback_to(txn, depth));
}

arc_status arci_be_release(arci_env *env, arci_book *b, void *txn, uint32_t depth)
{
    in(b);
    put_off(b, txn, 1);
    return out(env, b, b->ops->release(txn, depth));
}

int arci_be_snapshot(arci_book *b, void *txn, uint64_t *number)
{
    if (!b->ops->snapshot) return 0;
    in(b);
    arc_status st = b->ops->snapshot(txn, number);
    if (b->serial) arci_mutex_unlock(b->serial);
    return st == ARC_OK;
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

arc_status arci_be_write(arci_env *env, arci_book *b, void *txn, arc_write *const *writes, uint32_t n)
{
    in(b);
    for (uint32_t i = 0; i < n; i++) memset(writes[i]->results, 0xff, writes[i]->n_rows); /* one not told is none */
    put_off(b, txn, b->txn && b->txn->late);
    arc_status st = out(env, b, b->ops->write(txn, writes, n));
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        for (uint32_t r = 0; r < writes[i]->n_rows; r++) {
            if (writes[i]->results[r] > ARC_ROW_REFERENCE) return arci_be_broken(env, b, "an unknown result of a row");
        }
    }
    return st;
}

arc_status arci_be_reserve(arci_env *env, arci_book *b, void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first)
{
    *first = 0;
    in(b);
    arc_status st = out(env, b, b->ops->reserve(txn, book, sequence, n, first));
    if (st == ARC_OK && *first < 1) return arci_be_broken(env, b, "a reserved number below 1");
    return st == ARC_OK && *first > INT64_MAX - n ? arci_be_broken(env, b, "reserved numbers beyond 64 bits") : st;
}

arc_status arci_be_next_number(arci_env *env, arci_book *b, void *txn, int64_t book, const char *sequence, int64_t *next)
{
    *next = 0;
    if (!b->ops->next_number) return ARC_E_UNSUPPORTED;
    in(b);
    return out(env, b, b->ops->next_number(txn, book, sequence, next));
}

arc_status arci_be_lock(arci_env *env, arci_book *b, void *txn, uint16_t table, const arc_value *keys, uint32_t n)
{
    in(b);
    put_off(b, txn, 1);
    return out(env, b, b->ops->lock_rows(txn, table, keys, n));
}

arc_status arci_be_share(arci_env *env, arci_book *b, void *txn, uint16_t table, const arc_value *keys, uint32_t n)
{
    in(b);
    put_off(b, txn, 1);
    return out(env, b, b->ops->share_rows ? b->ops->share_rows(txn, table, keys, n) : b->ops->lock_rows(txn, table, keys, n));
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

void arci_be_plan(arci_book *b, arc_fetch *f)
{
    f->planned = 0;
    for (uint32_t i = 0; i < f->n_conds; i++) f->conds[i].accepted = 0;
    if (!b->ops->plan) return;
    in(b);
    b->ops->plan(b->be, f);
    if (b->serial) arci_mutex_unlock(b->serial);
}

arc_status arci_be_fetch(arci_env *env, arci_book *b, void *txn, arc_fetch *f)
{
    arc_fetch *const list[1] = { f };
    f->cursor = NULL;
    in(b);
    arc_status st = out(env, b, b->ops->fetch(txn, list, 1));
    if (st != ARC_OK) f->cursor = NULL; /* none is open, whatever stands there */
    return st == ARC_OK && !f->cursor ? arci_be_broken(env, b, "fetch() gave no cursor") : st;
}

static arc_status check_block(arci_env *env, arci_book *b, const arc_block *block, const uint8_t *kinds, uint32_t n_cols)
{
    if (!block->n_rows || !block->values || block->n_cols != n_cols) return arci_be_broken(env, b, "a block of another shape");
    const arc_value *v = block->values;
    for (uint32_t r = 0; r < block->n_rows; r++) {
        for (uint32_t c = 0; c < n_cols; c++, v++) {
            if (v->type == (kinds[c] & 0x7f)) continue;
            if (v->type == ARC_V_DAMAGED) {
                b->damaged = 1;
                continue;
            }
            if (v->type != ARC_V_NULL) return arci_be_broken(env, b, "a value of another type");
            if (kinds[c] & 0x80) return arci_be_broken(env, b, "NULL in a required column");
        }
    }
    return ARC_OK;
}

arc_status arci_be_next(arci_env *env, arci_book *b, void *cursor, arc_block *block, const uint8_t *kinds, uint32_t n_cols)
{
    memset(block, 0, sizeof *block);
    b->damaged = 0;
    in(b);
    arc_status st = b->ops->next(cursor, block);
    if (st == ARC_DONE) {
        if (b->serial) arci_mutex_unlock(b->serial);
        return ARC_DONE;
    }
    st = out(env, b, st);
    return st == ARC_OK ? check_block(env, b, block, kinds, n_cols) : st;
}

void arci_be_end(arci_book *b, void *cursor)
{
    if (!cursor) return;
    in(b);
    b->ops->end(cursor);
    if (b->serial) arci_mutex_unlock(b->serial);
}

arc_status arci_be_aggregate(arci_env *env, arci_book *b, void *txn, arc_aggregate *a)
{
    if (!b->ops->aggregate) return ARC_E_UNSUPPORTED;
    a->cursor = NULL;
    in(b);
    arc_status st = b->ops->aggregate(txn, a);
    if (st != ARC_OK) a->cursor = NULL; /* none is open, whatever stands there */
    if (st == ARC_E_UNSUPPORTED) {
        if (b->serial) arci_mutex_unlock(b->serial);
        return st;
    }
    st = out(env, b, st);
    return st == ARC_OK && !a->cursor ? arci_be_broken(env, b, "aggregate() gave no cursor") : st;
}

arc_status arci_be_get_many(arci_env *env, arci_book *b, void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols,
                            const arc_value *keys, uint32_t n_keys, void **cursor)
{
    *cursor = NULL;
    in(b);
    arc_status st = out(env, b, b->ops->get_many(txn, table, cols, n_cols, keys, n_keys, cursor));
    if (st != ARC_OK) *cursor = NULL;
    return st == ARC_OK && !*cursor ? arci_be_broken(env, b, "get_many() gave no cursor") : st;
}

/* ---- the store's own words ----------------------------------------------------------------------------------------- */

arc_status arci_be_describe(arci_env *env, arci_book *b, void (*say)(void *user, const char *key, const char *value), void *user)
{
    if (!b->ops->describe) return ARC_OK;
    in(b);
    return out(env, b, b->ops->describe(b->be, say, user));
}

arc_status arci_be_check(arci_env *env, arci_book *b, void (*report)(void *user, const char *finding), void *user)
{
    if (!b->ops->check) return ARC_OK;
    in(b);
    return out(env, b, b->ops->check(b->be, report, user));
}

arc_status arci_be_explain(arci_env *env, arci_book *b, void *txn, const arc_fetch *f, char *buf, size_t *len)
{
    if (!b->ops->explain) return arci_text_out(buf, len, "", 0);
    in(b);
    arc_status st = b->ops->explain(txn, f, buf, len);
    if (st == ARC_E_BUFFER) {
        if (b->serial) arci_mutex_unlock(b->serial);
        return st;
    }
    return out(env, b, st);
}

/* ---- copies -------------------------------------------------------------------------------------------------------- */

arc_status arci_be_backup(arci_env *env, arci_book *b, const char *location, arc_progress_fn progress, void *user)
{
    in(b);
    arc_status st = out(env, b, b->ops->backup(b->be, location, progress, user));
    if (st != ARC_E_EXISTS) return st;
    return arci_fail(env, st, "there is something at the target already: a backup overwrites nothing", "目标位置已存在内容，备份不会覆盖");
}

arc_status arci_be_remove(arci_env *env, arci_book *b, const char *location, const char *options)
{
    if (!b->ops->remove) return ARC_E_UNSUPPORTED;
    in(b);
    return out(env, b, b->ops->remove(&b->host, location, options));
}
