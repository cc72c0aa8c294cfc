/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/definition.h"
#include "store/be.h"
#include "store/trail.h"
#include "store/repo.h"
#include "store/access.h"
#include "store/pending.h"
#include "store/reach.h"
#include "store/valid.h"

#define MAX_BLOCK 1024u
#define US_PER_MINUTE INT64_C(60000000)
#define MINUTES_PER_DAY 1440

/* ---- begin and end ------------------------------------------------------------------------------------------------- */

/* What a transaction of the host's held back may have been undone since, and its epochs have come again with other content. */
static void forget_all(arci_book *b)
{
    arci_access_cache_free(b);
    arci_reach_free(b);
    arci_rules_forget(b);
    arci_approvals_free(b);
    b->epoch_seen = 0;
    b->custom_version = 0;
    arci_published_free(b);
    for (arci_session *s = b->sessions; s; s = s->next) {
        s->access_known = 0;
        arci_session_forget_custom(s);
    }
}

arc_status arci_txn_begin(arci_session *s, arci_env *env, arci_txn **out, uint32_t mode)
{
    arci_book *b = s->book;
    *out = NULL;
    if (mode == ARC_WRITE && (b->flags & ARC_BOOK_READONLY)) {
        return arci_fail(env, ARC_E_READONLY, "the book is open for reading only", "账簿以只读方式打开");
    }
    if (b->attached) forget_all(b);
    arci_txn *t = b->spare_txn;
    if (t) {
        b->spare_txn = NULL;
    } else {
        t = arci_calloc(b->ctx, 1, sizeof *t);
        if (!t) return arci_nomem(env);
        arci_arena_init(&t->arena, b->ctx);
    }
    t->book = b;
    t->session = s;
    t->env = env;
    t->mode = mode;
    if (mode == ARC_WRITE && b->n_redo) {
        memcpy(t->sequences, b->redo, b->n_redo * sizeof *b->redo);
        t->n_sequences = b->n_redo;
    }
    b->n_redo = 0;
    t->access_generation = atomic_load(&b->store->access_generation);
    arc_status st = arci_be_begin(env, b, mode, s->timeout_ms, &t->be);
    if (st != ARC_OK) {
        b->spare_txn = t;
        return st;
    }
    b->txn = t;
    *out = t;
    return ARC_OK;
}

/* The numbers that a try drew which came to nothing are those of the next one: it makes the same rows. */
static void keep_numbers(const arci_txn *t, arc_status st)
{
    arci_book *b = t->book;
    if (!t->late || !b->late_failed || st == ARC_E_OUTCOME_UNKNOWN) return;
    if (!b->redo) b->redo = arci_calloc(b->ctx, ARCI_MAX_SEQUENCES, sizeof *b->redo);
    if (!b->redo) return;
    memcpy(b->redo, t->sequences, t->n_sequences * sizeof *b->redo);
    b->n_redo = t->n_sequences;
    for (uint32_t i = 0; i < b->n_redo; i++) {
        if (b->redo[i].end) b->redo[i].next = b->redo[i].first;
        b->redo[i].depth = 0;
    }
}

/* What was asked for ahead and is of no use. */
static void forget_asked(arci_txn *t)
{
    arci_repo_forget_asked(t);
    arci_scan_end(t->epoch_scan);
    t->epoch_scan = NULL;
}

static void txn_reset(arci_txn *t)
{
    arci_arena arena = t->arena;
    arci_trail *trail = t->trail;
    memset(t, 0, sizeof *t);
    t->arena = arena;
    t->trail = trail;
    arci_trail_reset(trail);
    arci_arena_reset(&t->arena);
}

void arci_txn_free(arc_context *ctx, arci_txn *t)
{
    if (!t) return;
    arci_trail_free(ctx, t->trail);
    arci_arena_clear(&t->arena);
    arci_free(ctx, t);
}

arc_status arci_txn_end(arci_txn *t, int commit)
{
    arci_book *b = t->book;
    void *object;
    arc_status st = ARC_OK;
    int doomed = t->doomed;
    if (commit && !doomed) st = arci_trail_commit(t);
    forget_asked(t);
    while (t->scans) arci_scan_detach(t->scans);
    if (commit && !doomed && st == ARC_OK) {
        st = arci_be_commit(t->env, b, t->be);
    } else {
        arci_be_rollback(b, t->be);
        if (t->wrote) arci_session_forget_custom(t->session); /* they may have been defined in here */
        if (commit && doomed) st = arci_fail(t->env, ARC_E_DOOMED, "the transaction had failed and was rolled back", "事务此前已失败，已回滚");
    }
    if (!commit || st != ARC_OK) keep_numbers(t, st);
    if (t->access_changed) {
        atomic_fetch_add(&b->store->access_generation, 1);
        for (arci_session *s = b->sessions; s; s = s->next) s->access_known = 0; /* what it looked at may not have come to be */
    }
    if (t->epoch_moved || t->access_changed) b->epoch_seen = 0;
    if (t->epoch_moved && (!commit || st != ARC_OK)) arci_rules_forget(b);
    if (t->handle) (void)arci_handle_release(t->handle, ARCI_H_TXN, &object);
    b->txn = NULL;
    txn_reset(t);
    if (!b->spare_txn) {
        b->spare_txn = t;
    } else {
        arci_txn_free(b->ctx, t);
    }
    return st;
}

void arci_txn_leave(arci_txn *t)
{
    if (t->implicit && !--t->users) (void)arci_txn_end(t, 0);
}

void arci_txn_doom(arci_txn *t)
{
    t->doomed = 1;
}

/* ---- numbers ------------------------------------------------------------------------------------------------------- */

static arci_sequence *find_sequence(arci_txn *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_sequences; i++) {
        if (t->sequences[i].name == name || !strcmp(t->sequences[i].name, name)) return &t->sequences[i];
    }
    /* More sequences than places: the last place is given up, what it holds is never handed out. */
    uint32_t at = t->n_sequences < ARCI_MAX_SEQUENCES ? t->n_sequences++ : ARCI_MAX_SEQUENCES - 1;
    memset(&t->sequences[at], 0, sizeof t->sequences[at]);
    t->sequences[at].name = name;
    return &t->sequences[at];
}

static arc_status draw(arci_txn *t, arci_sequence *q, uint32_t n)
{
    int64_t first;
    arc_status st = arci_be_reserve(t->env, t->book, t->be, t->book->id, q->name, n, &first);
    if (st != ARC_OK) {
        arci_txn_doom(t);
        return st;
    }
    if (q->next != q->end && q->end == first) {
        q->end += n;
    } else {
        q->next = q->first = first;
        q->end = first + n;
    }
    q->depth = t->depth;
    return ARC_OK;
}

arc_status arci_txn_expect(arci_txn *t, const char *sequence, uint32_t n)
{
    arci_sequence *q = find_sequence(t, sequence);
    if (q->end - q->next >= n) return ARC_OK;
    return draw(t, q, n - (uint32_t)(q->end - q->next));
}

arc_status arci_txn_reserve(arci_txn *t, const char *sequence, uint32_t n, int64_t *first)
{
    arci_sequence *q = find_sequence(t, sequence);
    if (q->end - q->next < n) {
        /* Blocks double, so that one insert leaves no gap and many ask seldom. */
        if (!q->block) q->block = 1;
        else if (q->block < MAX_BLOCK) q->block *= 2;
        arc_status st = draw(t, q, n > q->block ? n : q->block);
        if (st != ARC_OK) return st;
    }
    *first = q->next;
    q->next += n;
    return ARC_OK;
}

/* ---- the transaction's own row ------------------------------------------------------------------------------------- */

static arc_date civil_day(const arci_book *b, int64_t stamp)
{
    int64_t minutes = stamp / US_PER_MINUTE - (stamp % US_PER_MINUTE < 0) + b->utc_offset_minutes;
    int64_t day = minutes / MINUTES_PER_DAY - (minutes % MINUTES_PER_DAY < 0);
    return (arc_date)(day < ARC_DATE_MIN ? ARC_DATE_MIN : day > ARC_DATE_MAX ? ARC_DATE_MAX : day);
}

arc_status arci_txn_touch(arci_txn *t)
{
    arci_session *s = t->session;
    int64_t id;
    if (t->id) return ARC_OK;
    if (t->mode != ARC_WRITE) return arci_fail(t->env, ARC_E_TXN, "the transaction is for reading", "事务为只读事务");
    arc_status st = arci_session_now(t->env, s, &t->stamp);
    if (st == ARC_OK) st = arci_txn_reserve(t, "txn", 1, &id);
    if (st != ARC_OK) return st;
    t->business_date = s->business_date != ARC_DATE_NONE ? s->business_date : civil_day(t->book, t->stamp);
    t->id = id;
    t->touch_depth = t->depth;
    return ARC_OK;
}

arc_status arci_session_day(arci_env *env, arci_session *s, arc_date *day)
{
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { env->ctx, &none };
    int64_t stamp;
    *day = s->business_date;
    if (*day == ARC_DATE_NONE && arci_session_now(&quiet, s, &stamp) == ARC_OK) *day = civil_day(s->book, stamp);
    return ARC_OK;
}

/* ---- undo points --------------------------------------------------------------------------------------------------- */

static arc_status doom_on(arci_txn *t, arc_status st)
{
    if (st != ARC_OK) arci_txn_doom(t);
    return st;
}

arc_status arci_txn_mark(arci_txn *t, uint32_t *depth)
{
    if (!(t->book->ops->caps & ARC_CAP_SAVEPOINT)) {
        return arci_fail(t->env, ARC_E_UNSUPPORTED, "this backend has no undo points", "此后端不支持保存点");
    }
    arc_status st = arci_trail_mark_set(t, t->depth + 1);
    if (st == ARC_OK) st = doom_on(t, arci_be_savepoint(t->env, t->book, t->be, t->depth + 1));
    if (st == ARC_OK) *depth = ++t->depth;
    return st;
}

arc_status arci_txn_undo(arci_txn *t, uint32_t depth)
{
    forget_asked(t);
    arc_status st = doom_on(t, arci_be_rollback_to(t->env, t->book, t->be, depth));
    if (st != ARC_OK) return st;
    t->depth = depth;
    t->undone++;
    arci_trail_undo(t, depth);
    if (t->epoch_moved) { /* perhaps in what was just undone */
        arci_book_epoch_old(t);
        arci_rules_forget(t->book);
    }
    if (t->id && t->touch_depth >= depth) t->id = 0;
    t->custom_seen = NULL;
    for (uint32_t i = 0; i < t->n_sequences; i++) {
        /* The store may have forgotten that these were drawn. */
        if (t->sequences[i].depth >= depth) t->sequences[i].next = t->sequences[i].end = 0;
    }
    return ARC_OK;
}

arc_status arci_txn_forget(arci_txn *t, uint32_t depth)
{
    arc_status st = doom_on(t, arci_be_release(t->env, t->book, t->be, depth));
    if (st != ARC_OK) return st;
    t->depth = depth - 1;
    if (t->touch_depth >= depth) t->touch_depth = depth - 1;
    for (uint32_t i = 0; i < t->n_sequences; i++) {
        if (t->sequences[i].depth >= depth) t->sequences[i].depth = depth - 1;
    }
    return ARC_OK;
}

/* ---- scopes -------------------------------------------------------------------------------------------------------- */

static arc_status join(arci_session *s, arci_txn *t, uint32_t mode, uint32_t flags)
{
    if (t->session != s && !(flags & ARCI_SCOPE_ANY_SESSION)) {
        return arci_fail(&s->env, ARC_E_TXN, "a transaction of another session is open on the book", "账簿上有另一会话的事务");
    }
    if (t->doomed) return arci_fail(&s->env, ARC_E_DOOMED, "the transaction has failed: roll it back", "事务已失败：请回滚");
    if (mode == ARC_READ || t->mode == ARC_WRITE) return ARC_OK;
    if (t->implicit) {
        return arci_fail(&s->env, ARC_E_TXN, "a cursor holds a snapshot: free it first, or open it in a WRITE transaction",
                         "游标占用着快照：请先释放，或在写事务中打开");
    }
    return arci_fail(&s->env, ARC_E_TXN, "the transaction is for reading", "事务为只读事务");
}

arc_status arci_scope_begin(arci_session *s, arci_scope *scope, uint32_t mode, uint32_t flags)
{
    arci_txn *t = s->book->txn;
    memset(scope, 0, sizeof *scope);
    scope->mode = mode;
    if (t) {
        arc_status st = join(s, t, mode, flags);
        if (st != ARC_OK) return st;
        t->env = &s->env;
        if (t->implicit) t->users++;
        scope->outer_depth = t->scope_depth;
        scope->outer_armed = t->scope_armed;
        scope->outer_wrote = t->wrote;
        if (mode == ARC_WRITE) {
            t->wrote = 0;
            t->scope_depth = 0;
            t->scope_armed = ((scope->outer_armed && !scope->outer_depth) || !(flags & ARCI_SCOPE_NO_UNDO)) && (s->book->ops->caps & ARC_CAP_SAVEPOINT);
        }
    } else {
        arc_status st = arci_txn_begin(s, &s->env, &t, mode);
        if (st != ARC_OK) return st;
        scope->own = 1;
        if (mode == ARC_READ) {
            t->implicit = 1;
            t->users = 1;
        }
    }
    scope->txn = t;
    return ARC_OK;
}

/* Undoes what a scope that joined has written; the error of the call stays. */
static void undo_scope(arci_txn *t)
{
    if (t->scope_depth) {
        arc_error none = ARC_ERROR_INIT;
        arci_env quiet = { t->book->ctx, &none }, *env = t->env;
        t->env = &quiet;
        if (!t->doomed && arci_txn_undo(t, t->scope_depth) == ARC_OK) (void)arci_txn_forget(t, t->scope_depth);
        t->env = env;
    } else if (t->wrote) {
        arci_txn_doom(t);
    }
}

arc_status arci_scope_end(arci_scope *scope, arc_status st)
{
    arci_txn *t = scope->txn;
    if (scope->mode == ARC_READ) {
        arci_txn_leave(t);
        return st;
    }
    if (scope->own) {
        if (st < ARC_OK) {
            (void)arci_txn_end(t, 0);
            return st;
        }
        arc_status ended = arci_txn_end(t, 1);
        return ended == ARC_OK ? st : ended;
    }
    if (st < ARC_OK) {
        undo_scope(t);
    } else if (t->scope_depth && scope->outer_armed && !scope->outer_depth) {
        scope->outer_depth = t->scope_depth; /* the first write of this scope is also the first one of the scope around it: that one undoes to the same point */
    } else if (t->scope_depth) {
        arc_status done = arci_txn_forget(t, t->scope_depth);
        if (done != ARC_OK) st = done;
    }
    t->wrote = (uint8_t)(scope->outer_wrote | (st >= ARC_OK && t->wrote));
    t->scope_depth = scope->outer_depth;
    t->scope_armed = scope->outer_armed;
    return st;
}

arc_status arci_txn_writing(arci_txn *t)
{
    if (t->doomed) return arci_fail(t->env, ARC_E_DOOMED, "the transaction has failed: roll it back", "事务已失败：请回滚");
    if (t->mode != ARC_WRITE) return arci_fail(t->env, ARC_E_TXN, "the transaction is for reading", "事务为只读事务");
    if (t->scope_armed && !t->scope_depth) {
        arc_status st = arci_txn_mark(t, &t->scope_depth);
        if (st != ARC_OK) return st;
    }
    t->wrote = 1;
    return ARC_OK;
}
