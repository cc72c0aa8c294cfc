/* SPDX-License-Identifier: Apache-2.0 */
/* Payers as handles. */
#include <string.h>

#include "base/handle.h"
#include "cash/payer.h"
#include "store/access.h"
#include "store/verb.h"

#define MATCHES_MAX 100u

typedef struct payers {
    arc_context *ctx;
    arc_error error;
    arci_payers *index;
    arc_payer_match found[MATCHES_MAX];
} payers;

arc_status arc_payer_init(arc_payer *payer)
{
    static const arc_payer init = ARC_PAYER_INIT;
    if (!payer) return ARC_E_INVALID;
    *payer = init;
    return ARC_OK;
}

arc_status arc_payer_match_init(arc_payer_match *match)
{
    static const arc_payer_match init = ARC_PAYER_MATCH_INIT;
    if (!match) return ARC_E_INVALID;
    *match = init;
    return ARC_OK;
}

static void payers_free(void *object)
{
    payers *p = object;
    arci_payers_free(p->index);
    arci_free(p->ctx, p);
}

void arc_payer_index_free(arc_payer_index *index)
{
    void *object;
    if (index && arci_handle_release(index, ARCI_H_PAYERS, &object) == ARC_OK) payers_free(object);
}

/* Names decide: whoever may not read them finds nobody. */
static arc_status may_load(arci_session *s)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    arc_status st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
    return st == ARC_OK ? arci_access_field(&s->env, s, e, arci_entity_field(e, "legal_name", 10)) : st;
}

static arc_status load(arci_session *s, payers *p)
{
    arci_scope scope;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    return st == ARC_OK ? arci_scope_end(&scope, arci_payers_load(scope.txn, &p->index, 1)) : st;
}

arc_status arc_payer_index_load(arc_session *session, arc_payer_index **out)
{
    arci_session *s;
    void *handle;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? may_load(s) : arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (st != ARC_OK) return arci_session_leave(s, st);
    payers *p = arci_calloc(s->env.ctx, 1, sizeof *p);
    if (!p) return arci_session_leave(s, arci_nomem(&s->env));
    p->ctx = s->env.ctx;
    p->error.struct_size = (uint32_t)sizeof p->error;
    st = load(s, p);
    if (st == ARC_OK && arci_handle_new(p->ctx, ARCI_H_PAYERS, p, payers_free, &handle) != ARC_OK) st = arci_nomem(&s->env);
    if (st == ARC_OK) *out = handle;
    else payers_free(p);
    return arci_session_leave(s, st);
}

static arc_status enter(arc_payer_index *index, payers **p, arci_env *env)
{
    void *object;
    arc_status st = arci_handle_get(index, ARCI_H_PAYERS, &object, &env->ctx);
    if (st != ARC_OK) return st;
    *p = object;
    env->err = &(*p)->error;
    return ARC_OK;
}

arc_status arc_payer_index_error(arc_payer_index *index, arc_error *error)
{
    payers *p;
    arci_env env;
    arc_status st = enter(index, &p, &env);
    if (st != ARC_OK) return st;
    return error ? arci_struct_out(error, &p->error, sizeof p->error) : arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
}

arc_status arc_payer_index_find(arc_payer_index *index, arc_payer_match *matches, size_t *n, uint32_t *flags, const arc_payer *payer)
{
    arc_payer who = ARC_PAYER_INIT;
    uint32_t told = 0;
    size_t found = 0;
    payers *p;
    arci_env env;
    arc_status st = enter(index, &p, &env);
    if (st != ARC_OK) return st;
    if (!n || !payer || (*n && !matches) || *n > MATCHES_MAX) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL, or room for more than 100", "参数为 NULL 或超过 100 个");
    st = arci_struct_in(&env, &who, sizeof who, payer);
    for (size_t i = 0; st == ARC_OK && i < *n; i++)
        if (!matches[i].struct_size) st = arci_fail(&env, ARC_E_INVALID, "struct_size is 0", "struct_size 为 0");
    if (st == ARC_OK) st = arci_payers_find(&env, p->index, p->found, *n, &found, &told, &who, 1);
    if (st != ARC_OK) return st;
    for (size_t i = 0; i < found; i++) (void)arci_struct_out(&matches[i], &p->found[i], sizeof p->found[i]);
    *n = found;
    if (flags) *flags = told;
    return ARC_OK;
}

arc_status arc_payer_index_scope(arc_payer_index *index, int64_t *customers, size_t *n, int64_t customer)
{
    const int64_t *ids;
    size_t found;
    payers *p;
    arci_env env;
    arc_status st = enter(index, &p, &env);
    if (st != ARC_OK) return st;
    if (!n || (*n && !customers)) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    st = arci_payers_scope(&env, p->index, &ids, &found, customer);
    if (st != ARC_OK) return st;
    size_t room = *n;
    *n = found;
    if (room < found) return arci_fail(&env, ARC_E_BUFFER, "the array is too short", "数组过短");
    memcpy(customers, ids, found * sizeof *ids);
    return ARC_OK;
}
