/* SPDX-License-Identifier: Apache-2.0 */
/* Whether those a message was approved for may still be written to. Between the approval and now somebody may have left, been erased, moved, or asked not to be written to: who cannot
 * be written to as it was approved is left out. */
#ifndef ARCI_RULES_ACTION_REACH_H
#define ARCI_RULES_ACTION_REACH_H

#include "rules/action.h"
#include "rules/action_who.h"

typedef struct arci_reach {
    arci_action_run r;
    arci_addressee of;
    const char *channel;
    int64_t contact; /* the first of those written to; 0: none */
} arci_reach;

arc_status arci_reach_begin(arci_action_do *d, arci_reach *x, int64_t customer, const char *channel);
/* Those of a list ({"contact"|"user", "name", "address"}) who can be, as a member of an object. Adds how many to *n. */
arc_status arci_reach_put(arci_reach *x, const char *name, const arci_json *list, arci_str *b, uint32_t *n);

#endif
