/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of every verb that changes the book:
 *
 *     arci_session *s;
 *     arc_status st = arci_session_enter(session, &s);
 *     if (st != ARC_OK) return st;
 *     arci_call c;
 *     st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_...], NULL, 0);
 *     if (st == ARC_OK) st = arci_call_end(&c, work(c.txn, ...));
 *     return arci_session_leave(s, st);
 *
 * begin asks whether the actor may, then opens a scope; end closes it. A call made inside another (an import records invoices) is a call
 * of its own: it is asked about, keyed and told of like one that stands alone. */
#ifndef ARCI_STORE_VERB_H
#define ARCI_STORE_VERB_H

#include "store/access.h"

typedef struct arci_call arci_call;
struct arci_call {
    arci_session *session;
    const arci_verb *verb;
    const arci_entity *entity; /* verbs of any entity; may change between the rows of a batch */
    arci_txn *txn;
    arci_scope scope;
    arci_call *outer; /* the call this one is made in, or NULL */
};

/* entity: for verbs of any entity (ARCI_VERB_ANY), else NULL. scope_flags: ARCI_SCOPE_*. On error nothing is open. */
arc_status arci_call_begin(arci_session *s, arci_call *c, const arci_verb *verb, const arci_entity *entity, uint32_t scope_flags);
/* Ends the scope as arci_scope_end() does. */
arc_status arci_call_end(arci_call *c, arc_status st);

#endif
