/* SPDX-License-Identifier: Apache-2.0 */
/* What went on with customers up to a day beside money: contacts, promises and what became of them, disputes. */
#ifndef ARCI_CREDIT_RELATION_H
#define ARCI_CREDIT_RELATION_H

#include "arcore/date.h"
#include "store/known.h"

#define ARCI_RELATION_DAYS 90    /* of the trend: so many days back, and those before them */
#define ARCI_RELATION_DISPUTES 365

typedef struct arci_relation {
    arc_date last_contact, next_on; /* next_on: earliest next step that is not done. ARC_DATE_NONE: none */
    int64_t contacts, recent, before; /* all; of the last 90 days; of the 90 before */
    int64_t promises, kept, partly, broken, pending;
    int64_t disputes, disputes_open, disputes_year;
    arc_date contact_next, promise_next, dispute_next; /* the first day behind on which these may be others though no row changes; ARC_DATE_NONE: none */
} arci_relation;

/* out: of each customer. ids ascending, each once. known NULL: as known now. */
arc_status arci_relations_read(arci_txn *t, arci_arena *arena, arci_relation *out, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known);

#endif
