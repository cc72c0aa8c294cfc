/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals of letters: made, looked at again, applied. */
#ifndef ARCI_DUNNING_RUN_H
#define ARCI_DUNNING_RUN_H

#include "dunning/plan.h"
#include "store/proposal.h"

#define ARCI_DUNNING_ENGINE "dunning"

extern const arci_engine arci_dunning_engine;

/* Adds the letters of a plan to a proposal, and what was considered. */
arc_status arci_dun_propose(arci_dun_plan *p, arci_proposal *out);
/* The items of a letter, as its line tells them: a JSON array. */
void arci_dun_put_items(arci_str *b, const arci_dun_letter *l);
/* What became of an item: a JSON object. */
void arci_dun_explain_item(arci_str *b, const arci_dun_item *x);
arc_status arci_dun_may_tell(arci_env *env, arci_session *s); /* the fields that are told of items */
/* A unit of a proposal on its way into the book: the same letter as was approved. */
arc_status arci_dun_check(arci_txn *t, arci_unit *u);
arc_status arci_dun_apply(arc_session *session, arci_unit *u);

#endif
