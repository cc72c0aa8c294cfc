/* SPDX-License-Identifier: Apache-2.0 */
#include "store/deed.h"

#include <string.h>

#include "base/json_text.h"

/* ---- what is kept ------------------------------------------------------------------------------------------------------- */

static void key(arci_str *b, const char *name)
{
    if (b->len) arci_str_putc(b, ',');
    arci_json_put_text(b, name, strlen(name));
    arci_str_putc(b, ':');
}

void arci_asked_text(arci_str *b, const char *name, const char *s, size_t n)
{
    key(b, name);
    arci_json_put_text(b, s, n);
}

void arci_asked_int(arci_str *b, const char *name, int64_t v)
{
    key(b, name);
    arci_str_int(b, v);
}

void arci_asked_raw(arci_str *b, const char *name, const char *json, size_t n)
{
    key(b, name);
    arci_str_add(b, json, n);
}

static arc_status damaged(arci_env *env, const char *name)
{
    return arci_fail(env, ARC_E_CORRUPT, "a pending change lacks %s", "待批变更缺少 %s", name);
}

arc_status arci_asked_get_text(arci_env *env, const arci_json *after, const char *name, const char **out, size_t *n)
{
    const arci_json *m = arci_json_get(after, name);
    if (!m || m->type != ARCI_JSON_STRING) return damaged(env, name);
    *out = m->s;
    *n = m->len;
    return ARC_OK;
}

arc_status arci_asked_get_int(arci_env *env, const arci_json *after, const char *name, int64_t *out)
{
    const arci_json *m = arci_json_get(after, name);
    return !m || arci_json_int(env, m, out) == ARC_OK ? ARC_OK : damaged(env, name);
}

/* ---- asking ------------------------------------------------------------------------------------------------------------- */

static arc_status told(arci_call *c, int64_t pending)
{
    arci_env *env = &c->session->env;
    arci_fail(env, ARC_NEEDS_APPROVAL, "it waits for approval", "已提交审批");
    arci_fail_at(env, "pending_change", NULL, pending, -1);
    return ARC_NEEDS_APPROVAL;
}

static arc_status keep(arci_call *c, arci_arena *arena, const arci_deed *d, const void *what, const arci_approval *a, int64_t *id)
{
    arci_txn *t = c->txn;
    arci_asked asked;
    memset(&asked, 0, sizeof asked);
    arci_str_init(&asked.before, t->env->ctx);
    arci_str_init(&asked.after, t->env->ctx);
    arc_status st = d->tell(t, arena, what, &asked);
    if (st == ARC_OK) st = arci_pending_put(t, arena, c->verb, a, asked.row, asked.version, &asked.before, &asked.after, id);
    arci_str_clear(&asked.before);
    arci_str_clear(&asked.after);
    return st;
}

/* It is done, so that it is known whether it could be, undone, and kept. */
static arc_status ask(arci_call *c, arci_arena *arena, const arci_deed *d, const void *what, const arci_approval *a)
{
    int64_t number = 0, id = 0;
    arci_try try;
    arc_status st = arci_txn_writing(c->txn);
    if (st == ARC_OK) st = arci_try_begin(c->txn, &try);
    if (st != ARC_OK) return st;
    st = arci_try_end(c->txn, &try, d->work(c->txn, arena, what, &number));
    if (st == ARC_OK) st = keep(c, arena, d, what, a, &id);
    if (st != ARC_OK) return st;
    arci_call_keep(c, 0, ARC_NEEDS_APPROVAL, &id);
    return told(c, id);
}

/* ---- doing -------------------------------------------------------------------------------------------------------------- */

static arc_status do_once(arci_call *c, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number)
{
    const arci_approval *a = NULL;
    arc_status st = arci_call_elements(c, d->name, 1, 0);
    if (st != ARC_OK) return st;
    if (c->request) d->args(c, what);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *number = arci_call_number(c, 0, 0);
        st = arci_call_status(c, 0);
        return st == ARC_NEEDS_APPROVAL ? told(c, *number) : st;
    }
    if (st == ARC_OK && d->tell) st = arci_approval_for(c->txn, c->verb, NULL, NULL, &a);
    if (st == ARC_OK && a) return ask(c, arena, d, what, a);
    if (st == ARC_OK) st = d->work(c->txn, arena, what, number);
    if (st == ARC_OK) arci_call_keep(c, 0, st, number);
    return st;
}

arc_status arci_deed_do(arci_session *s, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number)
{
    arci_call call;
    int64_t done = 0;
    arc_status st = ARC_OK;
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[d->verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, do_once(&call, arena, d, what, &done));
    }
    if (st == ARC_OK && number) *number = done;
    return st;
}

arc_status arci_deed_perform(arci_session *s, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number)
{
    arci_call call;
    arc_status st = arci_call_begin(s, &call, &arci_verbs[d->verb], NULL, 0);
    return st == ARC_OK ? arci_call_end(&call, d->work(call.txn, arena, what, number)) : st;
}
