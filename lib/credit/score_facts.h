/* SPDX-License-Identifier: Apache-2.0 */
/* What scorecards ask of customers: facts by name, of many customers with a bounded number of reads. docs/scorecards.md lists them. */
#ifndef ARCI_CREDIT_SCORE_FACTS_H
#define ARCI_CREDIT_SCORE_FACTS_H

#include "credit/profile.h"
#include "credit/relation.h"

typedef struct arci_score_subject {
    int64_t customer;
    const char *json; /* the facts, in the arena */
    size_t len;
    uint8_t thin;     /* too few payments to be judged by them */
    arci_num monthly; /* purchases a month in base currency, minor units; 0: not known */
    const char *code; /* of the customer */
} arci_score_subject;

/* ids: ascending, each once; those that are no customers have json NULL. thin: fewer payments are a thin file. */
arc_status arci_score_facts(arci_txn *t, arci_arena *arena, arci_score_subject *out, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known, uint32_t thin);
/* Facts as inputs of a table, for conditions over them: members of the array `inputs`. */
extern const char arci_score_inputs[];

#endif
