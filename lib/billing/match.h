/* SPDX-License-Identifier: Apache-2.0 */
/* Which plans and estimates documents take by themselves: what is estimated of a delivery is taken by what its lines invoice of that delivery, of an order by those of the order, of a contract
 * by all; what is left of the estimates of a delivery or an order ends with the document that invoices the last of it. */
#ifndef ARCI_BILLING_MATCH_H
#define ARCI_BILLING_MATCH_H

#include "billing/chain.h"
#include "billing/uses.h"

typedef struct arci_match arci_match;
/* line: number of the first line of the group it is taken by; 0: the document is one group. */
typedef arc_status (*arci_match_fn)(arci_bills *b, uint32_t i, arci_plan *plan, int64_t amount, uint32_t line);

/* Finds the open plans and estimates of all that the good documents name; ids: theirs, to be locked and read. NULL: there are none. */
arc_status arci_match_open(arci_bills *b, arci_match **out, int64_t **ids, uint32_t *n);
/* Their states, locked; then how much of deliveries and orders is invoiced, which nobody moves from here on. */
arc_status arci_match_bind(arci_match *m, arci_plan *plans, uint32_t n, const arci_limits *limits);
/* Begins with document i. */
arc_status arci_match_begin(arci_match *m, uint32_t i);
/* What the document names itself is no more there for others; line: that it is for, 0: `take` is told what of it goes to which group, and to the whole document. */
arc_status arci_match_named(arci_match *m, arci_plan *plan, int64_t amount, uint32_t line, arci_match_fn take);
/* Takes at most `left` more, and all that is left of what ends with the document. */
arc_status arci_match_take(arci_match *m, int64_t left, arci_match_fn take);

#endif
