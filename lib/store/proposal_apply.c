/* SPDX-License-Identifier: Apache-2.0 */
/* Applying a proposal: unit by unit, each looked at again, in a transaction of its own, under a request key of its own. */
#include <string.h>

#include "base/json_text.h"
#include "store/proposal.h"

#define TRIES 8

typedef struct applying {
    arci_proposal *p;
    arci_session *s;
    arc_session *session;
    const arci_engine *engine;
    arc_apply_options o;
    char key[ARCI_REQUEST_KEY_MAX + 1]; /* the caller's, for the call as a whole */
    arci_arena arena;                   /* of a unit */
    arci_map own;  /* by account: versions that applying this proposal has added since its context was noted */
    arci_map done; /* what was counted of that: account, unit and transaction */
    int counted;   /* both are of the lines as they are in memory */
} applying;

/* ---- looking at a unit again ------------------------------------------------------------------------------------------- */

static arc_status stale(arci_txn *t, const char *en, const char *zh)
{
    return arci_fail(t->env, ARC_E_STALE, "%s%.0s", "%.0s%s", en, zh);
}

/* An account a line's context names. */
typedef struct stamp {
    int64_t customer, version;
    const char *currency;
    size_t n;
} stamp;

static arc_status take_stamp(arci_env *env, const arci_json *m, stamp *s)
{
    const arci_json *c = arci_json_get(m, "customer"), *cur = arci_json_get(m, "currency"), *v = arci_json_get(m, "version");
    if (!c || !v || !cur || cur->type != ARCI_JSON_STRING || cur->len != 3) return arci_fail(env, ARC_E_CORRUPT, "a context stamp is damaged", "上下文记录已损坏");
    arc_status st = arci_json_int(env, c, &s->customer);
    s->currency = cur->s;
    s->n = cur->len;
    return st == ARC_OK ? arci_json_int(env, v, &s->version) : st;
}

static arc_status account_version(arci_txn *t, arci_arena *arena, const stamp *s, int64_t *version)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *version = 0;
    arc_status st = arci_shape_get(t, &shape, "account", "version customer currency");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, s->customer);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, s->currency, s->n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st == ARC_OK && rows.n_rows) *version = rows.values[0].u.i;
    return st;
}

/* Accounts, units and transactions as keys; those of accounts are the first 11 bytes. */
enum { ACCOUNT_KEY = 11, KEY = ACCOUNT_KEY + 8 + 100 };

static size_t key_of(char *key, const stamp *s, const arci_pline *l)
{
    size_t n = strlen(l->unit); /* at most 100 */
    memcpy(key, &s->customer, 8);
    memcpy(key + 8, s->currency, 3);
    memcpy(key + ACCOUNT_KEY, &l->txn, 8);
    memcpy(key + ACCOUNT_KEY + 8, l->unit, n);
    return ACCOUNT_KEY + 8 + n;
}

/* A unit that was applied has raised the version of each of its accounts by one. */
static arc_status count_line(applying *a, arci_txn *t, const arci_pline *l)
{
    arci_arena arena;
    arci_json *list;
    stamp s;
    if (l->status != ARCI_P_APPLIED || !l->context) return ARC_OK;
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_json_parse(t->env, &arena, l->context, strlen(l->context), &arci_json_default_limits, &list);
    for (const arci_json *m = st == ARC_OK ? list->child : NULL; m && st == ARC_OK; m = m->next) {
        char key[KEY];
        int64_t *n;
        st = take_stamp(t->env, m, &s);
        if (st != ARC_OK) break;
        int32_t made = arci_map_put(&a->done, key, key_of(key, &s, l), &n);
        if (!made) continue;
        if (made < 0 || arci_map_put(&a->own, key, ACCOUNT_KEY, &n) < 0) st = arci_nomem(t->env);
        else ++*n;
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status count_own(applying *a, arci_txn *t)
{
    arc_status st = ARC_OK;
    arci_map_clear(&a->own);
    arci_map_clear(&a->done);
    arci_map_init(&a->own, t->env->ctx);
    arci_map_init(&a->done, t->env->ctx);
    for (uint32_t i = 0; i < a->p->n && st == ARC_OK; i++) st = count_line(a, t, &a->p->lines[i]);
    a->counted = st == ARC_OK;
    return st;
}

/* Whether somebody else has touched an account of the context. What this proposal's other units did was decided with it. */
static arc_status others_moved(applying *a, arci_txn *t, arci_arena *arena, const char *context, int *moved)
{
    arci_json *list;
    stamp s;
    *moved = 0;
    arc_status st = a->counted ? ARC_OK : count_own(a, t);
    if (st == ARC_OK) st = arci_json_parse(t->env, arena, context, strlen(context), &arci_json_default_limits, &list);
    for (const arci_json *m = st == ARC_OK ? list->child : NULL; m && st == ARC_OK && !*moved; m = m->next) {
        char key[ACCOUNT_KEY];
        int64_t now = 0;
        st = take_stamp(t->env, m, &s);
        if (st == ARC_OK) st = account_version(t, arena, &s, &now);
        if (st != ARC_OK) break;
        memcpy(key, &s.customer, 8);
        memcpy(key + 8, s.currency, 3);
        const int64_t *own = arci_map_get(&a->own, key, sizeof key);
        *moved = now != s.version + (own ? *own : 0);
    }
    return st;
}

static arc_status context_moved(applying *a, arci_txn *t, arci_arena *arena, const char *context, int *moved)
{
    arc_status st = others_moved(a, t, arena, context, moved);
    if (st != ARC_OK || !*moved) return st;
    st = arci_proposal_lines(t, a->p, NULL); /* perhaps it was this proposal, applied from elsewhere */
    a->counted = 0;
    return st == ARC_OK ? others_moved(a, t, arena, context, moved) : st;
}

/* The engine is asked again: it must say what it said then, of what is not applied yet. */
static arc_status ask_again(const applying *a, arci_txn *t, const char *unit)
{
    arc_proposal *handle;
    arci_proposal *fresh;
    const arci_proposal *p = a->p;
    uint32_t k = 0;
    int same = 1;
    arc_status st = arci_proposal_new(t->env, a->s, &handle, &fresh, p->engine, p->as_of, p->definitions, p->params);
    if (st != ARC_OK) return st;
    st = a->engine->rerun(t, fresh, p, unit);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arci_pline *l = &p->lines[i];
        if (strcmp(l->unit, unit) != 0 || l->status == ARCI_P_APPLIED) continue;
        same = same && k < fresh->n && !strcmp(fresh->lines[k].action, l->proposed ? l->proposed : l->action);
        k++;
    }
    if (st == ARC_OK && (!same || k != fresh->n)) {
        st = stale(t, "the accounts have moved, and the engine now proposes something else", "账户已变动，引擎现在给出不同的建议");
    }
    arci_own_free(handle, ARCI_H_PROPOSAL);
    return st;
}

static arc_status parse(arci_txn *t, arci_unit *u)
{
    arc_status st = ARC_OK;
    u->actions = arci_arena_calloc(u->arena, u->n, sizeof *u->actions);
    u->preconditions = arci_arena_calloc(u->arena, u->n, sizeof *u->preconditions);
    u->results = arci_arena_calloc(u->arena, u->n, sizeof *u->results);
    u->dropped = arci_arena_calloc(u->arena, u->n, sizeof *u->dropped);
    if (!u->actions || !u->preconditions || !u->results || !u->dropped) return arci_nomem(t->env);
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        const arci_pline *l = &u->p->lines[u->lines[i]];
        st = arci_json_parse(t->env, u->arena, l->action, strlen(l->action), &arci_json_default_limits, &u->actions[i]);
        if (st != ARC_OK || !l->preconditions) continue;
        st = arci_json_parse(t->env, u->arena, l->preconditions, strlen(l->preconditions), &arci_json_default_limits, &u->preconditions[i]);
    }
    return st;
}

static arc_status look_again(applying *a, arci_txn *t, arci_unit *u)
{
    int moved = 0;
    arc_status st = parse(t, u);
    if (st == ARC_OK) st = a->engine->check(t, u);
    for (uint32_t i = 0; i < u->n && st == ARC_OK && !moved; i++) {
        const arci_pline *l = &u->p->lines[u->lines[i]];
        if (l->context) st = context_moved(a, t, u->arena, l->context, &moved);
    }
    return st == ARC_OK && moved ? ask_again(a, t, u->name) : st;
}

/* ---- a unit -------------------------------------------------------------------------------------------------------------- */

/* Whether no earlier line of its unit was applied by the same transaction. */
static uint32_t first_of(const arci_proposal *p, uint32_t i)
{
    const arci_pline *l = &p->lines[i];
    for (uint32_t k = i; k-- > 0;) {
        const arci_pline *other = &p->lines[k];
        if (other->status == ARCI_P_APPLIED && other->txn == l->txn && !strcmp(other->unit, l->unit)) return 0;
    }
    return 1;
}

/* Lines of the unit that are approved; *applied: that were applied earlier. */
static arc_status pick(applying *a, arci_txn *t, arci_unit *u, uint32_t *applied)
{
    arci_proposal *p = a->p;
    *applied = 0;
    u->n = u->before = 0;
    u->lines = arci_arena_alloc(u->arena, (p->n + 1) * sizeof *u->lines);
    if (!u->lines) return arci_nomem(t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (strcmp(p->lines[i].unit, u->name) != 0) continue;
        if (p->lines[i].status == ARCI_P_APPLIED) {
            u->before += first_of(p, i);
            (*applied)++;
        }
        if (p->lines[i].status == ARCI_P_APPROVED) u->lines[u->n++] = i;
    }
    return ARC_OK;
}

/* The verbs, and the lines that say so. */
static arc_status do_unit(applying *a, arci_txn *t, arci_unit *u)
{
    arci_proposal *p = a->p;
    arc_status st = look_again(a, t, u);
    if (st == ARC_OK) st = a->engine->apply(a->session, u);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < u->n; i++) {
        arci_pline *l = &p->lines[u->lines[i]];
        l->edited = 1; /* until it is read back */
        l->reason = u->dropped[i] ? arci_proposal_keep(p, u->dropped[i], strlen(u->dropped[i])) : NULL;
        if (u->dropped[i]) {
            if (!l->reason) return arci_nomem(t->env);
            arci_proposal_set_status(p, u->lines[i], ARCI_P_STALE);
            continue;
        }
        l->txn = t->id;
        l->result = u->results[i] ? arci_proposal_keep(p, u->results[i], strlen(u->results[i])) : NULL;
        arci_proposal_set_status(p, u->lines[i], ARCI_P_APPLIED);
    }
    st = arci_proposal_write(t, p, u->lines, u->n);
    for (uint32_t i = 0; i < u->n && st == ARC_OK && a->counted; i++) st = count_line(a, t, &p->lines[u->lines[i]]);
    return st == ARC_E_STALE ? ARC_E_CONFLICT : st;
}

static arc_status ask(arci_call *c, const arci_unit *u)
{
    static const char *const names[] = { "lines", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, u->p->id);
    for (uint32_t i = 0; i < u->n; i++) {
        const char *action = u->p->lines[u->lines[i]].action;
        arci_call_arg_text(c, action, strlen(action));
    }
    arci_call_arg_end(c, 0, NULL);
    return arci_call_replay(c);
}

/* The request of a unit: "proposal:7#receipt:12", with "@n" when n of its lines were approved and applied earlier. */
static void unit_key(applying *a, const char *unit, uint32_t applied)
{
    char *key = a->s->request_key;
    size_t n = strlen(unit);
    memcpy(key, "proposal:", 9);
    key += 9;
    key += arci_int_text(key, a->p->id);
    *key++ = '#';
    memcpy(key, unit, n + 1); /* at most 100 bytes */
    key += n;
    if (!applied) return;
    *key++ = '@';
    (void)arci_int_text(key, applied);
}

static arc_status in_call(applying *a, arci_unit *u, uint32_t applied)
{
    arci_call c;
    unit_key(a, u->name, applied);
    arc_status st = arci_call_begin(a->s, &c, &arci_verbs[ARCI_DO_PROPOSAL_APPLY], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    st = ask(&c, u);
    if (st == ARC_OK && !arci_call_done(&c, 0)) {
        int64_t lines = u->n;
        st = do_unit(a, c.txn, u);
        c.txn->env = &a->s->env;
        if (st == ARC_OK) arci_call_keep(&c, 0, st, &lines);
    }
    return arci_call_end(&c, st);
}

/* In an open transaction. ARC_DONE: there was nothing to do. */
static arc_status try_unit(applying *a, const char *unit)
{
    arci_txn *t = a->s->book->txn;
    arci_unit u = { .p = a->p, .name = unit, .arena = &a->arena };
    uint32_t applied;
    int over;
    t->env = &a->s->env;
    arc_status st = arci_proposal_head(t, a->p);
    if (st == ARC_OK) st = arci_proposal_lines(t, a->p, unit);
    if (st == ARC_OK) st = pick(a, t, &u, &applied);
    if (st == ARC_OK && (!u.n || (a->engine->waits && a->engine->waits(&u)))) return ARC_DONE;
    if (st == ARC_OK) st = arci_proposal_over(t, a->p, &over);
    if (st == ARC_OK && over) st = arci_fail(t->env, ARC_E_TIMEOUT, "the proposal has expired", "建议已过期");
    return st == ARC_OK ? in_call(a, &u, applied) : st;
}

/* What the facts refuse, and what nobody can help by trying again. */
static int is_refusal(arc_status st)
{
    switch (st) {
    case ARC_E_STALE: case ARC_E_TIMEOUT: case ARC_E_GUARD: case ARC_E_STATE: case ARC_E_NOT_FOUND: case ARC_E_EXISTS: case ARC_E_REFERENCE: case ARC_E_RANGE:
    case ARC_E_VALUE: case ARC_E_CURRENCY: case ARC_E_REQUIRED: case ARC_E_PERIOD: case ARC_E_OVERFLOW: case ARC_E_RULE: case ARC_E_DIVIDE: case ARC_E_PRECISION:
    case ARC_E_CALENDAR: case ARC_E_LIMIT: case ARC_E_UNSUPPORTED:
        return 1;
    default: return 0;
    }
}

/* Lines of a unit are over: stale or expired, with the reason. */
static arc_status close_unit(applying *a, const char *unit, uint8_t status, const char *reason)
{
    arci_txn *t = a->s->book->txn;
    arci_unit u = { .p = a->p, .name = unit, .arena = &a->arena };
    uint32_t applied;
    arci_call c;
    t->env = &a->s->env;
    arc_status st = arci_call_begin(a->s, &c, &arci_verbs[ARCI_DO_PROPOSAL_APPLY], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    st = arci_proposal_head(t, a->p);
    if (st == ARC_OK) st = arci_proposal_lines(t, a->p, unit);
    if (st == ARC_OK) st = pick(a, t, &u, &applied);
    for (uint32_t i = 0; st == ARC_OK && i < u.n; i++) {
        arci_pline *l = &a->p->lines[u.lines[i]];
        l->edited = 1;
        l->reason = reason;
        arci_proposal_set_status(a->p, u.lines[i], status);
    }
    if (st == ARC_OK && u.n) st = arci_proposal_write(t, a->p, u.lines, u.n);
    return arci_call_end(&c, st == ARC_E_STALE ? ARC_E_CONFLICT : st);
}

/* ---- transactions -------------------------------------------------------------------------------------------------------- */

static void forget(applying *a)
{
    for (uint32_t i = 0; i < a->p->n; i++) a->p->lines[i].edited = 1; /* to be read again */
    a->counted = 0;
}

static arc_status finish(arc_txn *txn, arc_status st)
{
    if (st >= ARC_OK) {
        arc_status done = arc_txn_commit(txn);
        return done == ARC_OK ? st : done;
    }
    arc_txn_rollback(txn);
    return st;
}

static arc_status close_in_txn(applying *a, const char *unit, arc_status why)
{
    arc_txn *txn;
    const char *message = a->s->error.message;
    size_t n = strlen(message);
    const char *reason = arci_proposal_keep(a->p, message, n < 500 ? n : 500);
    arc_status st = reason ? arc_session_begin(a->session, &txn, ARC_WRITE) : arci_nomem(&a->s->env);
    if (st != ARC_OK) return st;
    return finish(txn, close_unit(a, unit, why == ARC_E_TIMEOUT ? ARCI_P_EXPIRED : ARCI_P_STALE, reason));
}

static int again(arc_status st) { return st == ARC_E_CONFLICT || st == ARC_E_BUSY; }

static arc_status one_unit(applying *a, const char *unit)
{
    arc_status st;
    int tries = TRIES;
    do {
        arc_txn *txn;
        arci_arena_reset(&a->arena);
        st = arc_session_begin(a->session, &txn, ARC_WRITE);
        if (st == ARC_OK) st = finish(txn, try_unit(a, unit));
        a->s->request_key[0] = 0;
        if (st < ARC_OK) forget(a);
        if (is_refusal(st)) st = close_in_txn(a, unit, st);
        if (st < ARC_OK) forget(a);
    } while (again(st) && --tries);
    return st < ARC_OK ? st : ARC_OK;
}

static arc_status in_one(applying *a, const char **units, uint32_t n)
{
    arci_call c;
    arci_txn *t = a->s->book->txn;
    arc_status st = arci_call_begin(a->s, &c, &arci_verbs[ARCI_DO_PROPOSAL_APPLY], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n && st >= ARC_OK; i++) st = try_unit(a, units[i]);
    t->env = &a->s->env;
    if (st < ARC_OK && is_refusal(st)) st = arci_fail(t->env, ARC_E_STALE, "%s: %s", "%s：%s", "a unit is stale, nothing was applied", a->s->error.message);
    return arci_call_end(&c, st < ARC_OK ? st : ARC_OK);
}

static arc_status atomic(applying *a, const char **units, uint32_t n)
{
    arc_txn *txn;
    if (a->p->n > ARC_APPLY_ATOMIC_MAX) {
        return arci_fail(&a->s->env, ARC_E_LIMIT, "ARC_APPLY_ATOMIC takes at most %u lines", "ARC_APPLY_ATOMIC 最多 %u 行", ARC_APPLY_ATOMIC_MAX);
    }
    arc_status st = arc_session_begin(a->session, &txn, ARC_WRITE);
    return st == ARC_OK ? finish(txn, in_one(a, units, n)) : st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------ */

/* Everything as it is stored now. */
static arc_status refresh(applying *a)
{
    arci_scope scope;
    arc_status st = arci_session_enter(a->session, &a->s);
    if (st != ARC_OK) return st;
    st = arci_scope_begin(a->s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        st = arci_proposal_head(scope.txn, a->p);
        if (st == ARC_OK) st = arci_proposal_lines(scope.txn, a->p, NULL);
        st = arci_scope_end(&scope, st);
    }
    return arci_session_leave(a->s, st);
}

static const char **units_of(applying *a, arci_arena *arena, uint32_t *n)
{
    const arci_proposal *p = a->p;
    const char **units = arci_arena_alloc(arena, (p->n + 1) * sizeof *units);
    arci_map seen;
    arci_map_init(&seen, a->s->env.ctx);
    *n = 0;
    for (uint32_t i = 0; units && i < p->n; i++) {
        int64_t *at;
        if (p->lines[i].status != ARCI_P_APPROVED || p->lines[i].hidden) continue;
        int32_t made = arci_map_put(&seen, p->lines[i].unit, strlen(p->lines[i].unit), &at);
        if (made < 0) units = NULL;
        else if (made) units[(*n)++] = p->lines[i].unit;
    }
    arci_map_clear(&seen);
    return units;
}

static arc_status every_unit(applying *a)
{
    arci_arena arena;
    uint32_t n;
    arci_arena_init(&arena, a->s->env.ctx);
    const char **units = units_of(a, &arena, &n);
    arc_status st = units ? ARC_OK : arci_nomem(&a->s->env);
    if (st == ARC_OK && n && (a->o.flags & ARC_APPLY_ATOMIC)) {
        st = atomic(a, units, n);
        a->s->request_key[0] = 0;
        if (st < ARC_OK) forget(a);
        n = 0;
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = one_unit(a, units[i]);
        if (st == ARC_OK && a->o.progress && a->o.progress(a->o.user, (int64_t)i + 1, n)) {
            st = arci_fail(&a->s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
        }
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status outcome(applying *a)
{
    const int64_t *n = a->p->counts;
    if (n[ARCI_P_STALE] || n[ARCI_P_EXPIRED]) return ARC_PARTIAL;
    return n[ARCI_P_APPLIED] || n[ARCI_P_APPROVED] ? ARC_OK : arci_fail(&a->s->env, ARC_E_STATE, "nothing is approved", "没有已批准的行");
}

/* The caller's own request key, for the call as a whole: looked for before, kept behind. ARC_DONE: it was not done before. */
static arc_status whole(applying *a, arc_status st, int after)
{
    static const char *const names[] = { NULL };
    arci_call c;
    if (!a->key[0]) return after ? st : ARC_DONE;
    arc_status entered = arci_session_enter(a->session, &a->s);
    if (entered != ARC_OK) return entered;
    memcpy(a->s->request_key, a->key, sizeof a->key);
    arc_status got = arci_call_begin(a->s, &c, &arci_verbs[ARCI_DO_PROPOSAL_APPLY], NULL, 0);
    if (got != ARC_OK) return arci_session_leave(a->s, got);
    got = arci_call_elements(&c, names, 1, 0);
    arci_call_arg_int(&c, a->p->id);
    arci_call_arg_int(&c, a->o.flags);
    arci_call_arg_end(&c, 0, NULL);
    if (got == ARC_OK) got = arci_call_replay(&c);
    if (got == ARC_OK && arci_call_done(&c, 0)) got = arci_call_status(&c, 0);
    else if (got == ARC_OK && !after) got = ARC_DONE;
    else if (got == ARC_OK) arci_call_keep(&c, 0, got = st, NULL);
    return arci_session_leave(a->s, arci_call_end(&c, got));
}

static arc_status prepare(applying *a, const arc_apply_options *options, const arci_engine *const *engines, uint32_t n)
{
    static const arc_apply_options defaults = ARC_APPLY_OPTIONS_INIT;
    arci_env *env = &a->s->env;
    a->o = defaults;
    arc_status st = arci_struct_in(env, &a->o, sizeof a->o, options);
    if (st != ARC_OK) return st;
    st = arci_access_check(env, a->s, &arci_verbs[ARCI_DO_PROPOSAL_APPLY], NULL);
    if (st != ARC_OK) return st;
    if (a->o.flags & ~ARC_APPLY_ATOMIC) return arci_fail(env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (a->s->book->txn) return arci_fail(env, ARC_E_TXN, "a transaction is open: proposals are applied in their own", "存在未结束的事务：建议在自己的事务中执行");
    if (!a->p->id) return arci_fail(env, ARC_E_STATE, "it is not stored", "建议尚未保存");
    for (uint32_t i = 0; i < a->p->n; i++) {
        if (a->p->lines[i].edited) return arci_fail(env, ARC_E_STATE, "it was edited: store it first", "建议已编辑：请先保存");
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!strcmp(engines[i]->name, a->p->engine)) a->engine = engines[i];
    }
    return a->engine ? ARC_OK : arci_fail(env, ARC_E_UNSUPPORTED, "there is no engine %s", "没有引擎 %s", a->p->engine);
}

arc_status arci_proposal_apply(arc_proposal *handle, const arc_apply_options *options, const arci_engine *const *engines, uint32_t n)
{
    applying a;
    memset(&a, 0, sizeof a);
    arc_status st = arci_proposal_in(handle, &a.p);
    if (st != ARC_OK) return st;
    a.session = a.p->session->handle;
    st = arci_session_enter(a.session, &a.s);
    if (st != ARC_OK) return st;
    memcpy(a.key, a.s->request_key, sizeof a.key);
    st = prepare(&a, options, engines, n);
    arci_book *book = a.s->book;
    if (st != ARC_OK) return arci_call_leave(a.s, arci_proposal_out(a.p, st));
    arci_book_hold(book);
    (void)arci_call_leave(a.s, st); /* verbs called from here on enter the session themselves */
    arci_arena_init(&a.arena, a.s->env.ctx);
    arci_map_init(&a.own, a.s->env.ctx);
    arci_map_init(&a.done, a.s->env.ctx);
    st = whole(&a, ARC_OK, 0);
    int fresh = st == ARC_DONE;
    if (fresh) st = refresh(&a);
    if (fresh && st == ARC_OK) st = every_unit(&a);
    arc_error kept = a.s->error;
    arc_status read = refresh(&a);
    if (st >= ARC_OK && read != ARC_OK) st = read;
    else if (st < ARC_OK) a.s->error = kept;
    if (fresh && st == ARC_OK) st = outcome(&a);
    if (fresh && st >= ARC_OK) st = whole(&a, st, 1);
    arci_arena_clear(&a.arena);
    arci_map_clear(&a.own);
    arci_map_clear(&a.done);
    st = arci_proposal_out(a.p, st);
    arci_book_unhold(book);
    return st;
}
