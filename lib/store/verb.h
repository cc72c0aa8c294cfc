/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of every verb that changes the book:
 *
 *     arci_session *s;
 *     arc_status st = arci_session_enter(session, &s);
 *     if (st != ARC_OK) return st;
 *     arci_call c;
 *     st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_...], NULL, 0);
 *     if (st == ARC_OK) st = arci_call_end(&c, work(&c, ...));
 *     return arci_call_leave(s, st);
 *
 * begin asks whether the actor may, then opens a scope; end makes events of what was written and closes it. A call made inside another (an
 * import records invoices) is a call of its own: it is asked about and told of like one that stands alone; the request key is the outer call's alone.
 *
 * Request keys. Work says what it was asked for, looks whether that was done before, and says what came of it. Without a key all of this
 * costs a test of c->request:
 *
 *     static const char *const names[] = { "id", NULL };          what an outcome keeps: ids, versions and counts, never a field's value
 *     st = arci_call_elements(c, names, 1, 0);
 *     arci_call_arg_text(c, name, n);  ...
 *     arci_call_arg_end(c, 0, NULL);
 *     if (st == ARC_OK) st = arci_call_replay(c);
 *     if (st == ARC_OK && arci_call_done(c, 0)) { id = arci_call_number(c, 0, 0); return arci_call_status(c, 0); }
 *     ...
 *     arci_call_keep(c, 0, st, &id);
 *
 * end stores what was kept in the call's own transaction; a verb that was given a key and did not say what it was asked for fails. */
#ifndef ARCI_STORE_VERB_H
#define ARCI_STORE_VERB_H

#include "model/record.h"
#include "store/access.h"

typedef struct arci_request arci_request;
typedef struct arci_call arci_call;
struct arci_call {
    arci_session *session;
    const arci_verb *verb;
    const arci_entity *entity; /* verbs of any entity; may change between the rows of a batch */
    arci_txn *txn;
    arci_scope scope;
    arci_call *outer; /* the call this one is made in, or NULL */
    arci_request *request; /* NULL: made without a request key */
    uint32_t changes; /* in the trail when it began */
    const struct arci_plan *plan; /* what it will ask; NULL: not known, or no matter. store/ahead.h */
};

/* entity: for verbs of any entity (ARCI_VERB_ANY), else NULL. scope_flags: ARCI_SCOPE_*. On error nothing is open. */
arc_status arci_call_begin(arci_session *s, arci_call *c, const arci_verb *verb, const arci_entity *entity, uint32_t scope_flags);
/* Ends the scope as arci_scope_end() does. */
arc_status arci_call_end(arci_call *c, arc_status st);
/* Leaves the session as arci_session_leave() does, and forgets its request key. Every public function that changes the book leaves so, on
 * errors too. */
arc_status arci_call_leave(arci_session *s, arc_status st);

/* For work that changes nothing but the book, so that it can be done once more from the start:
 *
 *     for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) { st = begin, work and end }
 *
 * with st ARC_OK before it, or nothing is done.
 *
 * Where the store is a trip away what such a call writes need not be answered for before it commits. A row that is refused then fails the call as a
 * whole, and it is done again, row by row, to learn which one it was and whether the verb minds. */
int arci_call_tries(arci_session *s, uint32_t *tries, arc_status st);

/* ---- request keys (request.c) ---- */

#define ARCI_REQUEST_NUMBERS 10 /* most numbers of an outcome */

/* The call has n elements; batch: their keys are key#row. names: of the numbers of an outcome, ended by NULL, static. */
arc_status arci_call_elements(arci_call *c, const char *const *names, uint32_t n, int batch);
/* The hash the arguments of the element at hand go to; NULL when nobody asks. Business date and principal are in it from the start. */
arci_sha256 *arci_call_args(arci_call *c);
static inline void arci_call_arg_int(arci_call *c, int64_t v)
{
    if (c->request) arci_digest_int(arci_call_args(c), v);
}
static inline void arci_call_arg_text(arci_call *c, const void *p, size_t n)
{
    if (c->request) arci_digest_text(arci_call_args(c), p, n);
}
static inline arc_status arci_call_arg_record(arci_call *c, arci_record *r, int changes)
{
    return c->request ? arci_record_digest(&c->session->env, r, arci_call_args(c), changes) : ARC_OK;
}
/* All arguments of element i are told. entity: what it is about, for verbs of any entity, else NULL. */
void arci_call_arg_end(arci_call *c, uint32_t i, const arci_entity *entity);
/* Looks the elements up. ARC_E_REQUEST with the row when a key was used with other arguments or by another actor. */
arc_status arci_call_replay(arci_call *c);
/* Whether element i was done before, and what came of it: status 0 or positive, numbers in the order of their names. */
int arci_call_done(const arci_call *c, uint32_t i);
uint32_t arci_call_n_done(const arci_call *c);
arc_status arci_call_status(const arci_call *c, uint32_t i);
int64_t arci_call_number(const arci_call *c, uint32_t i, uint32_t number);
/* Element i was done: status and numbers will be stored. Numbers are copied. Refusals are not kept: a repeat tries them again. */
void arci_call_keep(arci_call *c, uint32_t i, arc_status status, const int64_t *numbers);

/* For the frame alone. */
arc_status arci_request_new(arci_call *c);
arc_status arci_request_end(arci_call *c, arc_status st); /* stores what was kept, frees; the status the scope is to end with */
/* Whether the session's key was used with a verb before: for calls that must know before they begin. 1 yes, 0 no, or an error. */
int32_t arci_request_seen(arci_session *s, arci_txn *t, const arci_verb *verb, const arci_entity *entity);

#endif
