/* SPDX-License-Identifier: Apache-2.0 */
/* Approving, rejecting and expiring stored proposals. */
#include <string.h>

#include "store/proposal.h"

#define MAX_REASON 500u
#define MAX_EXPIRE 100000u

typedef struct decision {
    arci_proposal *p;
    arci_call *c;
    const uint32_t *lines; /* NULL: all that can be */
    size_t n;
    const char *reason; /* NULL: an approval */
    uint32_t *chosen;
    uint32_t n_chosen;
    arci_arena *arena;
} decision;

static arc_status state(arci_txn *t, const char *en, const char *zh)
{
    return arci_fail(t->env, ARC_E_STATE, "%s%.0s", "%.0s%s", en, zh);
}

static int decidable(const decision *d, const arci_pline *l)
{
    if (l->hidden || (!d->reason && (l->shown_action || l->shown_why))) return 0; /* nobody approves what he does not see whole */
    return l->status == ARCI_P_DRAFT || (d->reason && l->status == ARCI_P_APPROVED);
}

static arc_status choose(decision *d)
{
    arci_txn *t = d->c->txn;
    const arci_proposal *p = d->p;
    uint8_t *marks = arci_arena_calloc(d->arena, p->n + 1u, 1);
    d->chosen = arci_arena_alloc(d->arena, (p->n + 1) * sizeof *d->chosen);
    if (!marks || !d->chosen) return arci_nomem(t->env);
    for (size_t i = 0; d->lines && i < d->n; i++) {
        if (d->lines[i] >= p->n) return arci_fail(t->env, ARC_E_RANGE, "the proposal has %u lines", "该建议共 %u 行", p->n);
        const arci_pline *l = &p->lines[d->lines[i]];
        if (!decidable(d, l)) {
            arc_status st = arci_fail(t->env, ARC_E_STATE, "line %u is %s", "第 %u 行状态为 %s", d->lines[i] + 1, arci_p_status[l->status]);
            arci_fail_at(t->env, "proposal_line", "status", l->id, (int64_t)d->lines[i]);
            return st;
        }
        marks[d->lines[i]] = 1;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        if (d->lines ? marks[i] : decidable(d, &p->lines[i])) d->chosen[d->n_chosen++] = i;
    }
    return d->n_chosen ? ARC_OK : state(t, "no line can be decided", "没有可审批的行");
}

static arc_status ask(decision *d)
{
    static const char *const names[] = { "id", NULL };
    arci_call *c = d->c;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, d->p->id);
    arci_call_arg_int(c, d->lines ? (int64_t)d->n : -1);
    for (size_t i = 0; d->lines && i < d->n; i++) arci_call_arg_int(c, d->lines[i]);
    arci_call_arg_text(c, d->reason, d->reason ? strlen(d->reason) : 0);
    arci_call_arg_end(c, 0, NULL);
    return arci_call_replay(c);
}

static arc_status check(decision *d)
{
    arci_txn *t = d->c->txn;
    int over = 0;
    for (uint32_t i = 0; i < d->p->n; i++) {
        if (d->p->lines[i].edited) return state(t, "it was edited: store it first", "建议已编辑：请先保存");
    }
    arc_status st = arci_proposal_head(t, d->p);
    if (st == ARC_OK) st = arci_proposal_lines(t, d->p, NULL);
    if (st == ARC_OK) st = arci_proposal_over(t, d->p, &over);
    if (st == ARC_OK && over && !d->reason) st = state(t, "it has expired", "建议已过期");
    return st == ARC_OK && !d->reason ? arci_not_own_request(t->env, t->session, d->p->maker, d->p->maker_for) : st;
}

static arc_status decide(decision *d)
{
    arci_proposal *p = d->p;
    arci_call *c = d->c;
    if (!p->id) return state(c->txn, "it is not stored", "建议尚未保存");
    arc_status st = ask(d);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        st = arci_proposal_head(c->txn, p);
        return st == ARC_OK ? arci_proposal_lines(c->txn, p, NULL) : st;
    }
    if (st == ARC_OK) st = check(d);
    if (st == ARC_OK) st = choose(d);
    if (st != ARC_OK) return st;
    const char *reason = d->reason ? arci_proposal_keep(p, d->reason, strlen(d->reason)) : NULL;
    if (d->reason && !reason) return arci_nomem(c->txn->env);
    for (uint32_t i = 0; i < d->n_chosen; i++) {
        p->lines[d->chosen[i]].reason = reason;
        arci_proposal_set_status(p, d->chosen[i], d->reason ? ARCI_P_REJECTED : ARCI_P_APPROVED);
    }
    st = arci_proposal_write(c->txn, p, d->chosen, d->n_chosen);
    if (st == ARC_OK && d->reason && p->does && p->does->rejected) st = p->does->rejected(c->txn, p, d->chosen, d->n_chosen);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &p->id);
    return st;
}

/* What was decided is in memory only when it is in the book. */
static arc_status settle(decision *d, const arci_pline *before, const int64_t *counts, arc_status st)
{
    arci_proposal *p = d->p;
    if (st == ARC_OK) {
        for (uint32_t i = 0; i < d->n_chosen; i++) p->lines[d->chosen[i]].version++;
        p->version += d->n_chosen > 0;
    } else {
        if (p->n) memcpy(p->lines, before, p->n * sizeof *before);
        memcpy(p->counts, counts, sizeof p->counts);
    }
    return st;
}

static arc_status run(arc_proposal *proposal, uint32_t verb, const uint32_t *lines, size_t n, const char *reason)
{
    arci_proposal *p;
    arci_session *s;
    arci_call c;
    arci_arena arena;
    int64_t counts[ARCI_P_STATUSES];
    arc_status st = arci_proposal_in(proposal, &p);
    if (st == ARC_OK) st = arci_session_enter(p->session->handle, &s);
    if (st != ARC_OK) return st;
    if (lines && !n) return arci_call_leave(s, arci_proposal_out(p, arci_fail(&s->env, ARC_E_INVALID, "no lines", "没有行")));
    arci_arena_init(&arena, s->env.ctx);
    arci_pline *before = arci_arena_alloc(&arena, (p->n + 1) * sizeof *before);
    st = before ? ARC_OK : arci_nomem(&s->env);
    if (before && p->n) memcpy(before, p->lines, p->n * sizeof *before);
    memcpy(counts, p->counts, sizeof counts);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        decision d = { .p = p, .c = &c, .lines = lines, .n = n, .reason = reason, .arena = &arena };
        st = arci_call_begin(s, &c, &arci_verbs[verb], NULL, 0);
        if (st == ARC_OK) st = settle(&d, before, counts, arci_call_end(&c, decide(&d)));
    }
    arci_arena_clear(&arena);
    return arci_call_leave(s, arci_proposal_out(p, st));
}

arc_status arc_proposal_approve(arc_proposal *proposal, const uint32_t *lines, size_t n)
{
    return run(proposal, ARCI_DO_PROPOSAL_APPROVE, lines, n, NULL);
}

arc_status arc_proposal_reject(arc_proposal *proposal, const uint32_t *lines, size_t n, const char *reason)
{
    arci_proposal *p;
    arc_status st = arci_proposal_in(proposal, &p);
    if (st != ARC_OK) return st;
    size_t len = reason ? strlen(reason) : 0;
    if (len && len <= MAX_REASON && arci_utf8_check(reason, len) == len) return run(proposal, ARCI_DO_PROPOSAL_REJECT, lines, n, reason);
    arci_session *s;
    st = arci_session_enter(p->session->handle, &s);
    if (st != ARC_OK) return st;
    st = arci_fail(&s->env, ARC_E_INVALID, "a reason of 1 to %u bytes is required", "须填写原因（1 至 %u 字节）", MAX_REASON);
    return arci_call_leave(s, arci_proposal_out(p, st));
}

/* ---- expiry ---------------------------------------------------------------------------------------------------------- */

/* Proposals that wait and whose time is over. */
static arc_status find_over(arci_txn *t, arci_arena *arena, int64_t now, uint32_t max, int approved, arci_rows *out)
{
    static const char *const waiting[] = { "draft", "approved", "partly_applied" };
    const arci_shape *shape;
    arci_where w;
    arc_value codes[3];
    arc_status st = arci_shape_get(t, &shape, "proposal", "id status expires n_draft n_approved");
    if (st != ARC_OK) return st;
    for (int i = 0; i < 3; i++) codes[i] = arci_v_text(waiting[i], strlen(waiting[i]));
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[1], codes, 3);
    arci_where_int(&w, shape->cols[2], ARC_OP_LE, now);
    arci_where_int(&w, shape->cols[3 + approved], ARC_OP_GT, 0);
    return arci_repo_find(t, shape, &w, NULL, 0, (int64_t)max, arena, out);
}

static arc_status expire_one(arci_txn *t, arci_session *s, int64_t id, uint32_t *n)
{
    arc_proposal *handle;
    arci_proposal *p;
    uint32_t lines = 0, *chosen = NULL;
    arc_status st = arci_proposal_new(t->env, s, &handle, &p, "", ARC_DATE_NONE, "", "");
    if (st != ARC_OK) return st;
    p->id = id;
    st = arci_proposal_read(t, p);
    if (st == ARC_OK && !(chosen = arci_arena_alloc(&p->arena, (p->n + 1) * sizeof *chosen))) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (p->lines[i].status != ARCI_P_DRAFT && p->lines[i].status != ARCI_P_APPROVED) continue;
        arci_proposal_set_status(p, i, ARCI_P_EXPIRED);
        chosen[lines++] = i;
    }
    if (st == ARC_OK && lines) {
        st = arci_proposal_write(t, p, chosen, lines);
        (*n)++;
    }
    arci_own_free(handle, ARCI_H_PROPOSAL);
    return st;
}

static arc_status expire(arci_call *c, uint32_t *n, uint32_t max, arci_arena *arena)
{
    static const char *const names[] = { "n", NULL };
    arci_rows rows;
    int64_t now = 0, kept;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, max);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *n = (uint32_t)arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = arci_session_now(c->txn->env, c->session, &now);
    for (int approved = 0; approved < 2 && st == ARC_OK && *n < max; approved++) {
        st = find_over(c->txn, arena, now, max - *n, approved, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
            st = expire_one(c->txn, c->session, rows.values[(size_t)i * rows.n_cols].u.i, n);
        }
    }
    if (st == ARC_OK && *n < max) st = ARC_DONE;
    kept = *n;
    if (st >= ARC_OK) arci_call_keep(c, 0, st, &kept);
    return st;
}

arc_status arc_proposal_expire(arc_session *session, uint32_t *n, uint32_t max)
{
    arci_session *s;
    arci_call c;
    arci_arena arena;
    uint32_t done = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!max || max > MAX_EXPIRE) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "max is 1 to %u", "max 须为 1 至 %u", MAX_EXPIRE));
    arci_arena_init(&arena, s->env.ctx);
    st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_PROPOSAL_EXPIRE], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&c, expire(&c, &done, max, &arena));
    arci_arena_clear(&arena);
    if (n && st >= ARC_OK) *n = done;
    return arci_call_leave(s, st);
}
