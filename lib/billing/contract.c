/* SPDX-License-Identifier: Apache-2.0 */
/* What contracts leave to invoice. */
#include "arcore/contract.h"

#include <string.h>

#include "billing/chain.h"
#include "store/verb.h"

static const arci_entity *contract_entity(void) { return arci_entity_by_name("contract", 8); }

static arc_status get(arci_txn *t, arci_contract **out, int64_t id)
{
    uint32_t n;
    int64_t ids[1] = { id };
    arc_status st = arci_contracts_read(t, &t->arena, ids, 1, 0, out, &n);
    if (st != ARC_OK || (n && (*out)->row)) return st;
    st = arci_no_such(t->env, "contract");
    arci_fail_at(t->env, "contract", NULL, id, -1);
    return st;
}

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
    if (st == ARC_OK) st = get(t, &c, id);
    if (st != ARC_OK) return st;
    out->unlimited = !c->limited;
    memcpy(out->limit.currency, c->row[ARCI_CONTRACT_CURRENCY].u.s, 3);
    out->issued = out->headroom = out->ordered = out->limit;
    out->limit.minor = c->limited ? c->limit : 0;
    out->issued.minor = c->issued;
    out->ordered.minor = c->ordered;
    out->headroom.minor = c->limited ? arci_contract_room(c->limit, c->issued, c->over) : 0;
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
