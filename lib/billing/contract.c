/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts: their states, and what they leave to invoice. */
#include "arcore/contract.h"

#include <string.h>

#include "billing/chain.h"
#include "billing/states.h"
#include "store/verb.h"

static const arci_entity *contract_entity(void) { return arci_entity_by_name("contract", 8); }

/* ---- states ---------------------------------------------------------------------------------------------------------------------- */

typedef struct step {
    int64_t contract;
    int close;
} step;

static arc_status at(arci_txn *t, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(t->env, "contract", field, id, -1);
    return st;
}

static arc_status may(arci_txn *t, const arci_contract *c, int close)
{
    const arc_value *v = c->row;
    int n = (int)v[ARCI_CONTRACT_NUMBER].len;
    arc_status st = arci_contract_may(t, &t->arena, close ? ARCI_DO_CONTRACT_CLOSE : ARCI_DO_CONTRACT_ACTIVATE, c->id);
    if (st != ARC_OK || close || v[ARCI_CONTRACT_AMOUNT].type == ARC_V_INT || arci_code_is(&v[ARCI_CONTRACT_KIND], "framework")) return st;
    st = arci_fail(t->env, ARC_E_REQUIRED, "contract %.*s has no amount and is no framework contract", "合同 %.*s 没有金额，也不是框架合同", n, v[ARCI_CONTRACT_NUMBER].u.s);
    return at(t, st, "amount", c->id);
}

static arc_status get(arci_txn *t, arci_contract **out, int64_t id, int lock)
{
    uint32_t n;
    int64_t ids[1] = { id };
    arc_status st = arci_contracts_read(t, &t->arena, ids, 1, lock, out, &n);
    if (st != ARC_OK || (n && (*out)->row)) return st;
    return at(t, arci_fail(t->env, ARC_E_NOT_FOUND, "no such %s", "没有此 %s", "contract"), NULL, id);
}

static arc_status run(arci_call *c, const step *s)
{
    static const char *const names[] = { "id", NULL };
    const arci_shape *shape;
    arci_batch *b;
    arci_contract *contract;
    arci_txn *t = c->txn;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, s->contract);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = arci_access_row(t, c->verb, NULL, contract_entity(), s->contract);
    if (st == ARC_OK) st = get(t, &contract, s->contract, 1);
    if (st == ARC_OK) st = may(t, contract, s->close);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "contract", "status");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(s->contract);
    *arci_batch_guard(b, 0) = contract->row[ARCI_CONTRACT_ROW_VERSION];
    *arci_batch_row(b, 0) = s->close ? arci_v_text("closed", 6) : arci_v_text("active", 6);
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &s->contract);
    return st;
}

static arc_status step_call(arc_session *session, uint32_t verb, const step *p)
{
    arci_session *s;
    arci_call call;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (p->contract < 1) st = arci_fail(&s->env, ARC_E_INVALID, "the id is not positive", "编号须为正数");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, run(&call, p));
    }
    return arci_call_leave(s, st);
}

arc_status arc_contract_activate(arc_session *session, int64_t contract)
{
    const step s = { contract, 0 };
    return step_call(session, ARCI_DO_CONTRACT_ACTIVATE, &s);
}

arc_status arc_contract_close(arc_session *session, int64_t contract)
{
    const step s = { contract, 1 };
    return step_call(session, ARCI_DO_CONTRACT_CLOSE, &s);
}

/* ---- headroom --------------------------------------------------------------------------------------------------------------------------- */

arc_status arc_headroom_init(arc_headroom *headroom)
{
    static const arc_headroom init = ARC_HEADROOM_INIT;
    if (!headroom) return ARC_E_INVALID;
    *headroom = init;
    return ARC_OK;
}

static arc_status fill(arci_txn *t, arc_headroom *out, int64_t id)
{
    arci_contract *c;
    arc_status st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], contract_entity(), contract_entity(), id);
    if (st == ARC_OK) st = get(t, &c, id, 0);
    if (st != ARC_OK) return st;
    out->unlimited = !c->limited;
    memcpy(out->limit.currency, c->row[ARCI_CONTRACT_CURRENCY].u.s, 3);
    out->issued = out->headroom = out->ordered = out->limit;
    out->limit.minor = c->limited ? c->limit : 0;
    out->issued.minor = c->issued;
    out->ordered.minor = c->ordered;
    out->headroom.minor = c->limited ? c->limit - c->issued : 0; /* sums of money are far from int64's ends */
    return ARC_OK;
}

arc_status arc_headroom_compute(arc_session *session, arc_headroom *headroom, int64_t contract)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    arci_session *s;
    arci_scope scope;
    const arci_entity *e = contract_entity();
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!headroom || !headroom->struct_size) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "headroom is NULL, or without struct_size", "headroom 为 NULL 或未设置 struct_size"));
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
    if (st == ARC_OK) st = arci_access_field(&s->env, s, e, arci_entity_field(e, "amount", 6));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, fill(scope.txn, &h, contract));
    if (st == ARC_OK) st = arci_struct_out(headroom, &h, sizeof h);
    return arci_session_leave(s, st);
}
