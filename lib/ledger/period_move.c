/* SPDX-License-Identifier: Apache-2.0 */
/* Closing, locking and reopening periods. */
#include <string.h>

#include "base/str.h"
#include "ledger/period_impl.h"
#include "ledger/states.h"
#include "store/valid.h"

#define REASON_MAX 500u

static const char *const codes[] = { "open", "locked", "closed" };

typedef struct move {
    int64_t period;
    const char *reason; /* may be NULL */
    uint32_t flags;
    int to; /* ARCI_PERIOD_* */
} move;

arc_status arci_period_get(arci_txn *t, arci_period *out, int64_t id)
{
    const arci_period *list;
    uint32_t n;
    arc_status st = arci_periods(t, &list, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (list[i].id != id) continue;
        *out = list[i];
        return ARC_OK;
    }
    if (st != ARC_OK) return st;
    st = arci_no_such(t->env, "fiscal_period");
    arci_fail_at(t->env, "fiscal_period", NULL, id, -1);
    return st;
}

static arc_status wrong_state(arci_txn *t, const arci_period *p, const char *en, const char *zh)
{
    arc_status st = arci_fail(t->env, ARC_E_STATE, "period %s: %s%.0s", "会计期间 %s：%.0s%s", p->code, en, zh);
    arci_fail_at(t->env, "fiscal_period", "status", p->id, -1);
    return st;
}

static arc_status may_close(arci_txn *t, const arci_period *p, uint32_t flags)
{
    arci_findings f = { .leave_drafts = (flags & ARC_PERIOD_LEAVE_DRAFTS) != 0 };
    if (p->status == ARCI_PERIOD_CLOSED) return wrong_state(t, p, "it is closed", "已结账");
    arc_status st = arci_period_findings(t, p, &f);
    for (uint32_t i = 0; st == ARC_OK && i < f.n; i++) {
        if (!f.list[i].error) continue;
        st = arci_fail(t->env, ARC_E_STATE, "period %s cannot be closed: %s (%s, %lld)%.0s", "会计期间 %s 不能结账%.0s（%s，%lld）：%s", p->code, f.list[i].en,
                       f.list[i].period, (long long)f.list[i].count, f.list[i].zh);
        arci_fail_at(t->env, "fiscal_period", "status", p->id, -1);
    }
    return st;
}

static arc_status may_reopen(arci_txn *t, const arci_period *p)
{
    const arci_period *list;
    uint32_t n;
    if (p->status == ARCI_PERIOD_OPEN) return wrong_state(t, p, "it is open", "未结账也未锁定");
    if (p->status == ARCI_PERIOD_LOCKED) return ARC_OK;
    arc_status st = arci_periods(t, &list, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (list[i].starts > p->ends && list[i].status == ARCI_PERIOD_CLOSED)
            return wrong_state(t, p, "a later period is closed: reopen that first", "之后的期间已结账，请先反结账");
    }
    return st;
}

static arc_status may_move(arci_txn *t, const arci_period *p, int to, uint32_t flags)
{
    if (to == ARCI_PERIOD_CLOSED) return may_close(t, p, flags);
    if (to == ARCI_PERIOD_OPEN) return may_reopen(t, p);
    return p->status == ARCI_PERIOD_OPEN ? ARC_OK : wrong_state(t, p, "it is not open", "不是开放状态");
}

arc_status arci_period_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    arci_period p;
    (void)arena;
    arc_status st = arci_period_get(t, &p, id);
    if (st != ARC_OK) return st;
    return may_move(t, &p, verb == ARCI_DO_PERIOD_CLOSE ? ARCI_PERIOD_CLOSED : verb == ARCI_DO_PERIOD_REOPEN ? ARCI_PERIOD_OPEN : ARCI_PERIOD_LOCKED, 0);
}

static arc_status write_move(arci_txn *t, const arci_period *p, const move *m)
{
    const arci_shape *period, *lock;
    arci_batch *b[2];
    arc_status st = arci_shape_get(t, &period, "fiscal_period", "status");
    if (st == ARC_OK) st = arci_shape_get(t, &lock, "period_lock", "period status reason");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b[0], period, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b[1], lock, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value to = arci_v_text(codes[m->to], strlen(codes[m->to]));
    *arci_batch_key(b[0], 0) = arci_v_int(p->id);
    *arci_batch_guard(b[0], 0) = arci_v_int(p->version);
    arci_batch_row(b[0], 0)[0] = to;
    arc_value *v = arci_batch_row(b[1], 0);
    v[0] = arci_v_int(p->id);
    v[1] = to;
    if (m->reason && *m->reason) v[2] = arci_v_text(m->reason, strlen(m->reason));
    st = arci_repo_write(t, b, 2, NULL);
    return st == ARC_OK ? arci_book_epoch_raise(t) : st;
}

static arc_status run(arci_call *c, const move *m)
{
    static const char *const names[] = { "id", NULL };
    arci_txn *t = c->txn;
    arci_period p;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, m->period);
    arci_call_arg_text(c, m->reason ? m->reason : "", m->reason ? strlen(m->reason) : 0);
    arci_call_arg_int(c, m->flags);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = arci_repo_lock(t, "fiscal_period", &m->period, 1); /* waits for those who post into it */
    if (st == ARC_OK) st = arci_repo_lock(t, "book", &m->period, 1); /* and for those who move another one: which may move hangs on the others */
    if (st != ARC_OK) return st;
    arci_book_epoch_old(t); /* what was read before the lock may be old */
    st = arci_period_get(t, &p, m->period);
    if (st != ARC_OK) return st;
    st = may_move(t, &p, m->to, m->flags);
    if (st == ARC_OK) st = write_move(t, &p, m);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &m->period);
    return st;
}

static arc_status move_call(arc_session *session, uint32_t verb, const move *m)
{
    arci_session *s;
    arci_call call;
    size_t n = m->reason ? strlen(m->reason) : 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (m->flags & ~ARC_PERIOD_LEAVE_DRAFTS) st = arci_fail(&s->env, ARC_E_INVALID, "unknown flag", "未知的标志");
    else if (n > REASON_MAX || (m->to == ARCI_PERIOD_OPEN && !n))
        st = arci_fail(&s->env, ARC_E_INVALID, "a reason of at most %u bytes; reopening needs one", "原因最多 %u 字节；反结账须填写原因", REASON_MAX);
    else if (arci_utf8_check(m->reason ? m->reason : "", n) != n) st = arci_fail(&s->env, ARC_E_ENCODING, "reason is not UTF-8", "原因不是 UTF-8");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, run(&call, m));
    }
    return arci_call_leave(s, st);
}

arc_status arc_fiscal_period_close(arc_session *session, int64_t period, const char *reason, uint32_t flags)
{
    const move m = { period, reason, flags, ARCI_PERIOD_CLOSED };
    return move_call(session, ARCI_DO_PERIOD_CLOSE, &m);
}

arc_status arc_fiscal_period_lock(arc_session *session, int64_t period, const char *reason)
{
    const move m = { period, reason, 0, ARCI_PERIOD_LOCKED };
    return move_call(session, ARCI_DO_PERIOD_LOCK, &m);
}

arc_status arc_fiscal_period_reopen(arc_session *session, int64_t period, const char *reason)
{
    const move m = { period, reason, 0, ARCI_PERIOD_OPEN };
    return move_call(session, ARCI_DO_PERIOD_REOPEN, &m);
}
