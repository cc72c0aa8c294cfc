/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/run_back.h"

#include <string.h>

#include "ledger/allot.h"

static arc_status once(arci_call *c, int64_t id, const char *reason, int64_t *made, arci_run_back_fn back)
{
    static const char *const names[] = { "id", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, id);
    arci_call_arg_text(c, reason, strlen(reason));
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *made = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = back(c->txn, id, reason, made);
    if (st == ARC_OK) arci_call_keep(c, 0, st, made);
    return st;
}

arc_status arci_run_back(arc_session *session, uint32_t verb, const char *entity, int64_t *made, int64_t id, const char *reason, arci_run_back_fn back)
{
    arci_session *s;
    arci_call call;
    int64_t run = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_reason_check(&s->env, reason, entity);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, once(&call, id, reason, &run, back));
    }
    if (st == ARC_OK && made) *made = run;
    return arci_call_leave(s, st);
}
