/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "exchange/copy.h"
#include "exchange/dump.h"
#include "store/be.h"
#include "store/uri.h"

typedef struct backup_call {
    arc_copy_options o;
    const char *uri;
    const arc_backend_ops *ops; /* of the target; NULL when there is no such backend */
    arc_write_fn dump; /* told what was copied, as the same transaction sees it; NULL: nobody asks */
    void *user;
} backup_call;

/* ARC_E_EXISTS unless nothing can be opened there. A store that cannot be removed (a server's database) is there before its first book: it may be empty,
 * and making its tables finds out whether it is somebody else's. */
static arc_status check_free(arci_env *env, const arc_backend_ops *ops, const char *uri)
{
    arci_book *there;
    arc_status st = arci_book_connect(env, &there, uri, ARC_BOOK_READONLY);
    if (st == ARC_E_NOT_FOUND) return ARC_OK;
    if (st == ARC_OK) arci_book_disconnect(there);
    if (ops && !ops->remove && (st == ARC_OK || st == ARC_E_NOT_A_BOOK)) return ARC_OK; /* the copy begins with looking for books */
    if (st != ARC_OK && st != ARC_E_NOT_A_BOOK && st != ARC_E_KEY && st != ARC_E_SCHEMA_FOREIGN && st != ARC_E_SCHEMA_OLDER && st != ARC_E_CORRUPT)
        return st;
    return arci_fail(env, ARC_E_EXISTS, "there is something at the target already: a backup overwrites nothing", "目标位置已存在内容，备份不会覆盖");
}

/* Row by row into a store made for it. */
static arc_status copy_work(arci_txn *t, void *user)
{
    backup_call *call = user;
    arci_book *to;
    arc_status st = check_free(t->env, call->ops, call->uri);
    if (st != ARC_OK) return st;
    st = arci_book_connect(t->env, &to, call->uri, ARC_BOOK_CREATE);
    if (st == ARC_OK) {
        st = arci_book_copy(t, to, &call->o);
        arci_book_disconnect(to);
    }
    const arc_copy_options plain = ARC_COPY_OPTIONS_INIT;
    if (st == ARC_OK && call->dump) st = arci_dump(t, call->dump, call->user, &plain);
    /* ARC_E_EXISTS: someone else was quicker, and it is theirs */
    if (st != ARC_OK && st != ARC_E_EXISTS) arci_book_remove(t->env, call->uri);
    return st;
}

void arci_book_remove(arci_env *env, const char *uri)
{
    arc_error slot = ARC_ERROR_INIT; /* what went wrong before is what the caller is to hear of */
    arci_env quiet;
    arci_book *at;
    arci_uri u;
    quiet.ctx = env->ctx;
    quiet.err = &slot;
    if (arci_uri_parse(&quiet, &u, uri) != ARC_OK) return;
    if (arci_book_connect(&quiet, &at, uri, ARCI_BOOK_CLOSED) == ARC_OK) { /* it may be too damaged to open */
        (void)arci_be_remove(&quiet, at, u.location, u.options);
        arci_book_disconnect(at);
    }
    arci_uri_clear(env->ctx, &u);
}

static arc_status backup(arci_book *b, const char *uri, const arc_copy_options *options)
{
    arc_copy_options defaults = ARC_COPY_OPTIONS_INIT;
    backup_call call = { .dump = NULL };
    arci_uri u;
    arc_status st;
    call.o = defaults;
    call.uri = uri;
    if (!uri) return arci_fail(&b->env, ARC_E_INVALID, "target_uri is NULL", "target_uri 为 NULL");
    st = arci_struct_in(&b->env, &call.o, sizeof call.o, options);
    if (st == ARC_OK && call.o.flags) st = arci_fail(&b->env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (st == ARC_OK && b->txn) st = arci_fail(&b->env, ARC_E_TXN, "a transaction is open", "有未结束的事务");
    if (st == ARC_OK) st = arci_uri_parse(&b->env, &u, uri);
    if (st != ARC_OK) return st;
    call.ops = arci_store_backend(b->store, u.scheme, strlen(u.scheme));
    if (strcmp(u.scheme, b->ops->scheme) == 0 && b->ops->backup && strcmp(u.code, b->code) == 0)
        st = arci_be_backup(&b->env, b, u.location, call.o.progress, call.o.progress_user);
    else if (call.ops && !(call.ops->caps & ARC_CAP_DURABLE)) /* it forgets what it holds with its last handle */
        st = arci_fail(&b->env, ARC_E_UNSUPPORTED, "a store that is not durable is gone when the copy is done", "非持久存储在复制结束后即消失");
    else
        st = arci_read_book(b, copy_work, &call);
    arci_uri_clear(b->ctx, &u);
    return st;
}

arc_status arc_book_backup(arc_book *book, const char *target_uri, const arc_copy_options *options)
{
    arci_book *b;
    arc_status st = arci_book_enter(book, &b);
    return st == ARC_OK ? arci_book_leave(b, backup(b, target_uri, options)) : st;
}

arc_status arci_backup_rows(arc_book *book, const char *target_uri, const arc_copy_options *options, arc_write_fn dump, void *user)
{
    backup_call call = { ARC_COPY_OPTIONS_INIT, target_uri, NULL, dump, user };
    arci_book *b;
    arci_uri u;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    st = arci_struct_in(&b->env, &call.o, sizeof call.o, options);
    if (st == ARC_OK) st = arci_uri_parse(&b->env, &u, target_uri);
    if (st == ARC_OK) {
        call.ops = arci_store_backend(b->store, u.scheme, strlen(u.scheme));
        st = arci_read_book(b, copy_work, &call);
        arci_uri_clear(b->ctx, &u);
    }
    return arci_book_leave(b, st);
}
