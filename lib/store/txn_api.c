/* SPDX-License-Identifier: Apache-2.0 */
#include "store/be.h"
#include "store/session.h"

#define DEFAULT_TRIES 8u
#define MAX_TRIES 100u

static void txn_dtor(void *object)
{
    arci_txn *t = object;
    t->handle = NULL;
    (void)arci_txn_end(t, 0);
}

static arc_status begin(arci_session *s, arc_txn **out, uint32_t mode)
{
    arci_txn *t = s->book->txn;
    if (!out || (mode != ARC_READ && mode != ARC_WRITE)) {
        return arci_fail(&s->env, ARC_E_INVALID, "out is NULL or mode is neither ARC_READ nor ARC_WRITE",
                         "out 为 NULL，或 mode 不是 ARC_READ、ARC_WRITE");
    }
    if (t) {
        if (t->implicit) return arci_fail(&s->env, ARC_E_TXN, "a cursor is open on the book", "账簿上有未关闭的游标");
        return arci_fail(&s->env, ARC_E_TXN, "a transaction is open on the book", "账簿上有未结束的事务");
    }
    arc_status st = arci_txn_begin(s, &s->env, &t, mode);
    if (st != ARC_OK) return st;
    if (arci_handle_new(s->book->ctx, ARCI_H_TXN, t, txn_dtor, &t->handle) != ARC_OK) {
        (void)arci_txn_end(t, 0);
        return arci_nomem(&s->env);
    }
    *out = t->handle;
    return ARC_OK;
}

arc_status arc_session_begin(arc_session *session, arc_txn **out, uint32_t mode)
{
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    return st == ARC_OK ? arci_session_leave(s, begin(s, out, mode)) : st;
}

static arc_status enter(arc_txn *handle, arci_txn **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_TXN, &object, NULL);
    if (st != ARC_OK) return st;
    arci_txn *t = object;
    st = arci_book_take(t->book, &t->session->env);
    if (st != ARC_OK) return st;
    t->env = &t->session->env;
    *out = t;
    return ARC_OK;
}

arc_status arc_txn_commit(arc_txn *txn)
{
    arci_txn *t;
    arc_status st = enter(txn, &t);
    if (st != ARC_OK) return st;
    arci_session *s = t->session;
    return arci_session_leave(s, arci_txn_end(t, 1));
}

void arc_txn_rollback(arc_txn *txn)
{
    void *object;
    if (arci_handle_get(txn, ARCI_H_TXN, &object, NULL) != ARC_OK) return;
    arci_txn *t = object;
    arci_session *s = t->session;
    arc_error kept = s->error; /* rolling back is what one does after an error: it stays to be read */
    if (arci_book_take(t->book, &s->env) != ARC_OK) return;
    (void)arci_txn_end(t, 0);
    s->error = kept;
    (void)arci_session_leave(s, ARC_OK);
}

static arc_status usable(arci_txn *t)
{
    if (t->doomed) return arci_fail(t->env, ARC_E_DOOMED, "the transaction has failed: roll it back", "事务已失败：请回滚");
    if (t->mode != ARC_WRITE) return arci_fail(t->env, ARC_E_TXN, "the transaction is for reading", "事务为只读事务");
    return ARC_OK;
}

arc_status arc_txn_savepoint(arc_txn *txn, uint32_t *depth)
{
    arci_txn *t;
    arc_status st = enter(txn, &t);
    if (st != ARC_OK) return st;
    arci_session *s = t->session;
    if (!depth) st = arci_fail(t->env, ARC_E_INVALID, "depth is NULL", "depth 为 NULL");
    if (st == ARC_OK) st = usable(t);
    if (st == ARC_OK && t->depth >= ARCI_MAX_SAVEPOINTS) {
        st = arci_fail(t->env, ARC_E_LIMIT, "%d undo points are set", "已有 %d 个保存点", ARCI_MAX_SAVEPOINTS);
    }
    if (st == ARC_OK) st = arci_txn_mark(t, depth);
    return arci_session_leave(s, st);
}

static arc_status to_point(arc_txn *txn, uint32_t depth, arc_status (*move)(arci_txn *t, uint32_t depth))
{
    arci_txn *t;
    arc_status st = enter(txn, &t);
    if (st != ARC_OK) return st;
    arci_session *s = t->session;
    st = usable(t);
    if (st == ARC_OK && (!depth || depth > t->depth)) {
        st = arci_fail(t->env, ARC_E_INVALID, "no undo point %u", "没有保存点 %u", depth);
    }
    if (st == ARC_OK) st = move(t, depth);
    return arci_session_leave(s, st);
}

arc_status arc_txn_rollback_to(arc_txn *txn, uint32_t depth)
{
    return to_point(txn, depth, arci_txn_undo);
}

arc_status arc_txn_release(arc_txn *txn, uint32_t depth)
{
    return to_point(txn, depth, arci_txn_forget);
}

/* ---- run ----------------------------------------------------------------------------------------------------------- */

static int again(arc_status st)
{
    return st == ARC_E_CONFLICT || st == ARC_E_BUSY || st == ARC_E_STALE;
}

/* A status that fn made up by itself left no error behind: it gets one, so that the session tells what the run returned. */
static void own_status(arc_session *session, arc_status st)
{
    void *object;
    if (arci_handle_get(session, ARCI_H_SESSION, &object, NULL) != ARC_OK) return; /* fn closed it */
    arci_session *s = object;
    if (s->error.status == st) return;
    arci_error_clear(&s->error);
    (void)arci_fail(&s->env, st, "%s%.0s", "%.0s%s", arc_status_text(st, "en"), arc_status_text(st, "zh"));
}

/* Whether fn did what it must not: then what it wrote is as it left it. */
static arc_status ended_by_itself(arc_session *session, arc_txn *txn)
{
    void *object;
    arci_session *s;
    if (arci_handle_get(txn, ARCI_H_TXN, &object, NULL) == ARC_OK) return ARC_OK;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    return arci_session_leave(s, arci_fail(&s->env, ARC_E_TXN, "the function has committed or rolled back the transaction itself",
                                           "函数自行提交或回滚了事务"));
}

static arc_status run_once(arc_session *session, uint32_t mode, arc_txn_fn fn, void *user)
{
    arc_txn *txn;
    arc_status st = arc_session_begin(session, &txn, mode);
    if (st != ARC_OK) return st;
    st = fn(user, session, txn);
    if (st < ARC_OK) {
        arc_txn_rollback(txn);
        own_status(session, st);
        return st;
    }
    arc_status ended = ended_by_itself(session, txn);
    if (ended != ARC_OK) return ended;
    arc_status done = arc_txn_commit(txn);
    return done == ARC_OK ? st : done;
}

arc_status arc_session_run(arc_session *session, uint32_t mode, arc_txn_fn fn, void *user, uint32_t tries)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!fn || tries > MAX_TRIES) st = arci_fail(&s->env, ARC_E_INVALID, "fn is NULL or tries is above %u", "fn 为 NULL，或 tries 超过 %u", MAX_TRIES);
    int once = s->book->attached != NULL; /* what the host's transaction has read stays as it was: it has to be begun anew */
    (void)arci_session_leave(s, st);
    if (st != ARC_OK) return st;
    if (!tries) tries = DEFAULT_TRIES;
    if (once) tries = 1;
    do {
        st = run_once(session, mode, fn, user);
    } while (again(st) && --tries);
    return st;
}
