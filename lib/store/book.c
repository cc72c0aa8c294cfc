/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/money.h"
#include "base/str.h"
#include "store/definition.h"
#include "store/access.h"
#include "store/be.h"
#include "store/repo.h"
#include "store/reach.h"
#include "store/uri.h"
#include "store/verb.h"
#include "store/pending.h"
#include "store/valid.h"

#define MAX_TIMEOUT_MS 3600000u
#define MAX_OFFSET 1080
#define MAX_NAME 200
#define MAX_KEY 256
#define KNOWN_FLAGS (ARC_BOOK_CREATE | ARC_BOOK_UPGRADE | ARC_BOOK_READONLY | ARC_BOOK_FOREIGN_TRIGGERS | ARC_BOOK_CHECK)

_Static_assert(ARC_BOOK_CREATE == ARC_OPEN_CREATE && ARC_BOOK_UPGRADE == ARC_OPEN_UPGRADE && ARC_BOOK_READONLY == ARC_OPEN_READONLY &&
                   ARC_BOOK_FOREIGN_TRIGGERS == ARC_OPEN_FOREIGN_TRIGGERS && ARC_BOOK_CHECK == ARC_OPEN_CHECK,
               "the flags go to backends as they are");

/* ---- structs of the interface -------------------------------------------------------------------------------------- */

arc_status arc_book_options_init(arc_book_options *options)
{
    static const arc_book_options defaults = ARC_BOOK_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    memcpy(options, &defaults, sizeof defaults);
    return ARC_OK;
}

arc_status arc_book_info_init(arc_book_info *info)
{
    static const arc_book_info defaults = ARC_BOOK_INFO_INIT;
    if (!info) return ARC_E_INVALID;
    memcpy(info, &defaults, sizeof defaults);
    return ARC_OK;
}

/* ---- enter and leave ----------------------------------------------------------------------------------------------- */

enum {
    FREE,
    INSIDE, /* a call is */
    LATE,   /* a call is, and has something to end when it leaves */
    NOTING  /* for a moment: `late` is being read or written */
};

static void book_free(void *object);

static int swap(arci_book *b, int from, int to)
{
    return atomic_compare_exchange_strong_explicit(&b->busy, &from, to, memory_order_acq_rel, memory_order_relaxed);
}

arc_status arci_book_take(arci_book *b, arci_env *env)
{
    if (!arci_process_same(&b->process)) {
        return arci_fail(env, ARC_E_FORK, "the book was opened before fork(): open it again in this process",
                         "账簿在 fork() 之前打开：请在本进程中重新打开");
    }
    /* Another thread is inside: its error slot is not ours to write. */
    if (!swap(b, FREE, INSIDE)) return ARC_E_HANDLE;
    if (env->err->status != ARC_OK) arci_error_clear(env->err);
    return ARC_OK;
}

/* 1: the book itself was among them and is gone. */
static int end_late(const arci_late *late, uint32_t n)
{
    void *book = NULL, *object;
    for (uint32_t i = 0; i < n; i++) {
        if (late[i].type == ARCI_H_BOOK) book = late[i].handle;
        else if (late[i].type == ARCI_H_SESSION) arci_session_end(late[i].handle);
        else arci_own_free(late[i].handle, late[i].type);
    }
    if (!book || arci_handle_release(book, ARCI_H_BOOK, &object) != ARC_OK) return 0;
    book_free(object);
    return 1;
}

void arci_book_give(arci_book *b)
{
    arci_late late[ARCI_BOOK_LATE];
    while (!swap(b, INSIDE, FREE)) {
        if (!swap(b, LATE, NOTING)) continue;
        uint32_t n = b->n_late;
        if (b->held) { /* the call that holds the book ends them */
            atomic_store_explicit(&b->busy, FREE, memory_order_release);
            return;
        }
        memcpy(late, b->late, n * sizeof *late);
        b->n_late = 0;
        atomic_store_explicit(&b->busy, INSIDE, memory_order_release);
        if (end_late(late, n)) return;
    }
}

int arci_book_later(arci_book *b, void *handle, int type)
{
    for (;;) {
        int then = LATE;
        if (swap(b, FREE, INSIDE)) {
            if (!b->held) return 0;
            then = FREE;
        } else if (!swap(b, INSIDE, NOTING) && !swap(b, LATE, NOTING)) {
            continue;
        }
        /* More than fit are left to the end of what they were made from. */
        if (b->n_late < ARCI_BOOK_LATE) b->late[b->n_late++] = (arci_late){ handle, type };
        atomic_store_explicit(&b->busy, then, memory_order_release);
        return 1;
    }
}

void arci_book_hold(arci_book *b)
{
    b->held = 1;
}

void arci_book_unhold(arci_book *b)
{
    for (;;) {
        if (swap(b, FREE, INSIDE)) {
            b->held = 0;
            atomic_store_explicit(&b->busy, b->n_late ? LATE : INSIDE, memory_order_release);
            arci_book_give(b);
            return;
        }
    }
}

arc_status arci_book_enter(arc_book *handle, arci_book **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_BOOK, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    return arci_book_take(*out, &(*out)->env);
}

arc_status arci_book_leave(arci_book *b, arc_status st)
{
    arci_book_give(b);
    return st;
}

arc_status arc_book_error(arc_book *book, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(book, ARCI_H_BOOK, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_book *)object)->error, sizeof(arc_error));
}

/* ---- the book's row ------------------------------------------------------------------------------------------------ */

static void take_row(arci_book *b, const arc_value *v)
{
    b->id = v[0].u.i;
    size_t n = v[2].len < sizeof b->base_currency ? v[2].len : sizeof b->base_currency - 1;
    memcpy(b->base_currency, v[2].u.s, n);
    b->base_currency[n] = 0;
    b->utc_offset_minutes = (int32_t)v[3].u.i;
}

/* Finds the book by its code; ARC_E_NOT_FOUND without an error when there is none. */
static arc_status find_row(arci_txn *t)
{
    arci_book *b = t->book;
    const arci_entity *e = arci_entity_by_name("book", 4);
    uint16_t cols[] = { 0, arci_col(e, "name"), arci_col(e, "base_currency"), arci_col(e, "zone_offset") };
    arci_where w;
    arc_block block;
    arci_scan *scan;
    arci_where_init(&w);
    arci_where_text(&w, arci_col(e, "code"), ARC_OP_EQ, b->code, strlen(b->code));
    arci_scan_spec spec = { .entity = e, .cols = cols, .n_cols = 4, .conds = w.conds, .n_conds = w.n, .flags = ARCI_SCAN_ANY_BOOK };
    arc_status st = arci_scan_open(t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    if (st == ARC_OK) {
        take_row(b, block.values);
        b->name = arci_strndup(b->ctx, block.values[1].u.s, block.values[1].len);
        if (!b->name) st = arci_nomem(t->env);
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_E_NOT_FOUND : st;
}

static arc_status make_row(arci_txn *t, const arc_book_options *o)
{
    arci_book *b = t->book;
    const arci_shape *shape;
    arci_batch *batch;
    const char *name = o->name ? o->name : b->code;
    arc_status st = arci_be_reserve(t->env, b, t->be, 0, "book", 1, &b->id);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "book", "code name base_currency zone_offset created access_mode access_epoch");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &batch, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_txn_touch(t);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(batch, 0);
    v[0] = arci_v_text(b->code, strlen(b->code));
    v[1] = arci_v_text(name, strlen(name));
    v[2] = arci_v_text(o->base_currency ? o->base_currency : "CNY", 3);
    v[3] = arci_v_int(o->utc_offset_minutes);
    v[4] = arci_v_int(t->stamp);
    v[5] = arci_v_text("single", 6);
    v[6] = arci_v_int(0);
    st = arci_repo_write(t, &batch, 1, NULL);
    return st == ARC_OK ? find_row(t) : st;
}

static int64_t stamp_given(void *user)
{
    return ((const arc_book_options *)user)->created;
}

static arc_status find_or_make(arci_book *b, arc_book_options *o)
{
    arci_session s;
    arci_scope scope;
    arci_call call;
    arci_session_system(&s, b);
    arc_status st = arci_scope_begin(&s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, find_row(scope.txn));
    if (st == ARC_E_NOT_FOUND && (o->flags & ARC_BOOK_CREATE)) {
        s.clock = o->created ? stamp_given : NULL;
        s.clock_user = o;
        st = arci_call_begin(&s, &call, &arci_verbs[ARCI_DO_BOOK_CREATE], NULL, 0);
        if (st == ARC_OK) {
            st = find_row(call.txn); /* another process may have been quicker */
            if (st == ARC_E_NOT_FOUND) st = make_row(call.txn, o);
            st = arci_call_end(&call, st);
        }
    } else if (st == ARC_E_NOT_FOUND) {
        st = arci_fail(&b->env, st, "no book %s in this store", "存储中没有账簿 %s", b->code);
    }
    if (st != ARC_OK && s.error.status != ARC_OK) (void)arci_fail_copy(&b->env, &s.error);
    arci_session_clear(&s);
    return st;
}

/* ---- open ---------------------------------------------------------------------------------------------------------- */

static arc_status check_options(arci_env *env, const arc_book_options *o)
{
    if (o->flags & ~KNOWN_FLAGS) return arci_fail(env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if ((o->flags & ARC_BOOK_READONLY) && (o->flags & (ARC_BOOK_CREATE | ARC_BOOK_UPGRADE))) {
        return arci_fail(env, ARC_E_READONLY, "read-only and create or upgrade exclude each other", "只读与创建或升级互斥");
    }
    if (o->timeout_ms > MAX_TIMEOUT_MS) return arci_fail(env, ARC_E_INVALID, "timeout_ms is above an hour", "timeout_ms 超过一小时");
    if (o->utc_offset_minutes < -MAX_OFFSET || o->utc_offset_minutes > MAX_OFFSET) {
        return arci_fail(env, ARC_E_INVALID, "utc_offset_minutes is beyond 18 hours", "utc_offset_minutes 超过 18 小时");
    }
    if (o->n_seal_key > MAX_KEY || (o->n_seal_key && !o->seal_key)) {
        return arci_fail(env, ARC_E_INVALID, "seal_key is above %d bytes, or NULL", "seal_key 超过 %d 字节或为 NULL", MAX_KEY);
    }
    int32_t exponent;
    if (o->base_currency && arc_currency_exponent(&exponent, o->base_currency) != ARC_OK) {
        return arci_fail(env, ARC_E_CURRENCY, "unknown base currency", "未知的本位币");
    }
    if (o->name) {
        size_t n = strlen(o->name);
        if (!n || n > MAX_NAME || arci_utf8_check(o->name, n) != n) {
            return arci_fail(env, ARC_E_INVALID, "a book's name is 1 to %d bytes of UTF-8", "账簿名称须为 1 至 %d 字节的 UTF-8", MAX_NAME);
        }
    }
    return ARC_OK;
}

void arci_caches_free(arci_book *b)
{
    for (int i = 0; i < ARCI_CACHES; i++) {
        if (b->caches[i].p) b->caches[i].free(b->ctx, b->caches[i].p);
        b->caches[i].p = NULL;
    }
}

static void book_free(void *object)
{
    arci_book *b = object;
    int ours = arci_process_same(&b->process);
    while (b->sessions) arci_session_end(b->sessions->handle);
    if (b->txn) (void)arci_txn_end(b->txn, 0);
    if (ours) arci_denials_write(b, 1);
    arci_denials_free(b);
    arci_access_cache_free(b);
    arci_reach_free(b);
    arci_shapes_free(b);
    arci_rules_free(b);
    arci_approvals_free(b);
    arci_custom_drop(b->custom);
    arci_published_free(b);
    arci_free(b->ctx, b->redo);
    arci_caches_free(b);
    if (b->host_actions.p) b->host_actions.free(b->ctx, b->host_actions.p);
    arci_scans_free(b);
    arci_arena_clear(&b->scratch);
    /* A connection inherited by fork() belongs to the parent: it is not even said goodbye to. */
    if (ours) arci_be_close(b);
    arci_txn_free(b->ctx, b->spare_txn);
    arci_free(b->ctx, b->seal_key);
    arci_process_clear(&b->process);
    arci_free(b->ctx, b->uri);
    arci_free(b->ctx, b->name);
    arci_free(b->ctx, b);
}

static arc_status connect_book(arci_book *b, const arci_uri *u, const arc_book_options *o)
{
    const arc_backend_ops *ops = arci_store_backend(b->store, u->scheme, strlen(u->scheme));
    if (!ops) return arci_fail(&b->env, ARC_E_UNSUPPORTED, "no backend for %s:", "没有 %s: 的后端", u->scheme);
    b->ops = ops;
    if (ops->threads == ARC_THREADS_SERIAL) b->serial = &b->store->serial[ops - b->store->backends];
    arci_be_host(b);
    if (o->flags & ARCI_BOOK_CLOSED) return ARC_OK;
    arc_status st = b->attached ? arci_be_attach(&b->env, b, b->attached, u->options, o->flags) : arci_be_open(&b->env, b, u->location, u->options, o->flags);
    return st == ARC_OK ? arci_be_migrate(&b->env, b, o->flags) : st;
}

/* Without a handle, and connected only. */
static arc_status book_new(arci_env *env, arci_book **out, const char *uri, void *connection, const arc_book_options *o)
{
    arci_uri u;
    arci_store *store;
    arc_status st = arci_uri_parse(env, &u, uri);
    if (st != ARC_OK) return st;
    st = arci_store_get(env, &store);
    arci_book *b = st == ARC_OK ? arci_calloc(env->ctx, 1, sizeof *b) : NULL;
    if (!b) {
        arci_uri_clear(env->ctx, &u);
        return st == ARC_OK ? arci_nomem(env) : st;
    }
    b->ctx = env->ctx;
    b->store = store;
    b->attached = connection;
    arci_process_init(&b->process);
    (void)arc_error_init(&b->error);
    (void)arc_error_init(&b->host_error);
    b->env.ctx = b->ctx;
    b->env.err = &b->error;
    b->flags = o->flags & ~(ARC_BOOK_CREATE | ARC_BOOK_UPGRADE | ARC_BOOK_CHECK);
    b->timeout_ms = o->timeout_ms;
    b->trace = o->trace;
    b->trace_user = o->trace_user;
    memcpy(b->code, u.code, sizeof b->code);
    atomic_init(&b->busy, FREE);
    arci_arena_init(&b->scratch, b->ctx);
    b->uri = arci_strndup(b->ctx, uri, strlen(uri));
    b->n_seal_key = o->n_seal_key;
    if (o->n_seal_key) b->seal_key = (uint8_t *)arci_strndup(b->ctx, o->seal_key, o->n_seal_key);
    st = b->uri && (b->seal_key || !o->n_seal_key) ? connect_book(b, &u, o) : arci_nomem(&b->env);
    arci_uri_clear(b->ctx, &u);
    if (st != ARC_OK) {
        (void)arci_fail_copy(env, &b->error);
        book_free(b);
        return st;
    }
    *out = b;
    return ARC_OK;
}

static arc_status give_handle(arci_env *env, arci_book **out, arci_book *b, arc_status st)
{
    if (st == ARC_OK && arci_handle_new(b->ctx, ARCI_H_BOOK, b, book_free, &b->handle) != ARC_OK) st = arci_nomem(&b->env);
    if (st != ARC_OK) {
        (void)arci_fail_copy(env, &b->error);
        book_free(b);
        return st;
    }
    *out = b;
    return ARC_OK;
}

static arc_status book_open(arci_env *env, arci_book **out, const char *uri, void *connection, arc_book_options *o)
{
    arci_book *b;
    arc_status st = book_new(env, &b, uri, connection, o);
    return st == ARC_OK ? give_handle(env, out, b, find_or_make(b, o)) : st;
}

arc_status arci_book_open(arci_env *env, arci_book **out, const char *uri)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arci_book *b;
    arci_session s;
    arci_scope scope;
    arc_status st = book_new(env, &b, uri, NULL, &o);
    if (st != ARC_OK) return st;
    arci_session_system(&s, b);
    st = arci_scope_begin(&s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, find_row(scope.txn));
    if (st != ARC_OK) (void)arci_fail_copy(&b->env, &s.error);
    arci_session_clear(&s);
    return give_handle(env, out, b, st);
}

arc_status arci_book_connect(arci_env *env, arci_book **out, const char *uri, uint32_t flags)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    o.flags = flags;
    return book_new(env, out, uri, NULL, &o);
}

void arci_book_disconnect(arci_book *b)
{
    book_free(b);
}

arc_status arc_book_open(arc_context *context, arc_book **out, const char *uri, const arc_book_options *options)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arci_book *b;
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    arci_env env = { context, arci_context_error_slot(context) };
    if (!out || !uri) return arci_fail(&env, ARC_E_INVALID, "out or uri is NULL", "out 或 uri 为 NULL");
    st = arci_struct_in(&env, &o, sizeof o, options);
    if (st == ARC_OK) st = check_options(&env, &o);
    if (st == ARC_OK) st = book_open(&env, &b, uri, NULL, &o);
    if (st == ARC_OK) *out = b->handle;
    return st;
}

/* The connection knows where it leads. */
static arc_status check_attach(arci_env *env, const char *uri, const arc_book_options *o)
{
    size_t scheme = strcspn(uri, ":");
    if (uri[scheme] && uri[scheme + 1] && uri[scheme + 1] != '?') {
        return arci_fail(env, ARC_E_INVALID, "the URI of a connection has a scheme and a book, and no place", "连接的 URI 只含 scheme 与 book，不含位置");
    }
    if (o->flags & ~(ARC_BOOK_READONLY | ARC_BOOK_FOREIGN_TRIGGERS)) {
        return arci_fail(env, ARC_E_INVALID, "on a connection of the host's a book is neither made, upgraded nor checked: open it for that", "宿主连接上不能创建、升级或检查账簿：请单独打开账簿");
    }
    return check_options(env, o);
}

arc_status arc_book_attach(arc_context *context, arc_book **out, const char *uri, void *connection, const arc_book_options *options)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arci_book *b;
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    arci_env env = { context, arci_context_error_slot(context) };
    if (!out || !uri || !connection) return arci_fail(&env, ARC_E_INVALID, "out, uri or connection is NULL", "out、uri 或 connection 为 NULL");
    st = arci_struct_in(&env, &o, sizeof o, options);
    if (st == ARC_OK) st = check_attach(&env, uri, &o);
    if (st == ARC_OK) st = book_open(&env, &b, uri, connection, &o);
    if (st == ARC_OK) *out = b->handle;
    return st;
}

arc_status arc_book_clone(arc_book *book, arc_book **out)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arci_book *b, *twin;
    if (out) *out = NULL;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    if (!out) return arci_book_leave(b, arci_fail(&b->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    if (b->attached) {
        st = arci_fail(&b->env, ARC_E_UNSUPPORTED, "the book is on a connection of the host's, and there is one of that", "账簿使用宿主程序的连接，该连接只有一个");
        return arci_book_leave(b, st);
    }
    o.flags = b->flags;
    o.timeout_ms = b->timeout_ms;
    o.trace = b->trace;
    o.trace_user = b->trace_user;
    o.seal_key = b->seal_key;
    o.n_seal_key = b->n_seal_key;
    st = book_open(&b->env, &twin, b->uri, NULL, &o);
    if (st == ARC_OK) *out = twin->handle;
    return arci_book_leave(b, st);
}

void arc_book_close(arc_book *book)
{
    void *object;
    if (arci_handle_get(book, ARCI_H_BOOK, &object, NULL) != ARC_OK || arci_book_later(object, book, ARCI_H_BOOK)) return;
    if (arci_handle_release(book, ARCI_H_BOOK, &object) == ARC_OK) book_free(object);
}

static void copy_text(char *to, size_t cap, const char *from)
{
    size_t n = strlen(from);
    if (n >= cap) n = cap - 1;
    memcpy(to, from, n);
    to[n] = 0;
}

arc_status arc_book_describe(arc_book *book, arc_book_info *info)
{
    arc_book_info i = ARC_BOOK_INFO_INIT;
    arci_book *b;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    if (!info || !info->struct_size) {
        return arci_book_leave(b, arci_fail(&b->env, ARC_E_INVALID, "info is NULL or has no size", "info 为 NULL 或未设置大小"));
    }
    i.flags = (b->flags & ARC_BOOK_READONLY) | (b->attached ? ARC_BOOK_ATTACHED : 0);
    i.id = b->id;
    i.schema_version = b->store->model->desc.version;
    i.capabilities = b->ops->caps;
    i.utc_offset_minutes = b->utc_offset_minutes;
    memcpy(i.base_currency, b->base_currency, sizeof i.base_currency);
    copy_text(i.scheme, sizeof i.scheme, b->ops->scheme);
    copy_text(i.code, sizeof i.code, b->code);
    copy_text(i.name, sizeof i.name, b->name);
    copy_text(i.fingerprint, sizeof i.fingerprint, b->store->model->fingerprint);
    return arci_book_leave(b, arci_struct_out(info, &i, sizeof i));
}
