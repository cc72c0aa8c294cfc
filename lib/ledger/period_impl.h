/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the periods' verbs. */
#ifndef ARCI_LEDGER_PERIOD_IMPL_H
#define ARCI_LEDGER_PERIOD_IMPL_H

#include "ledger/period.h"

#define ARCI_FINDINGS_MAX 64u

typedef struct arci_period_finding {
    const char *code, *en, *zh; /* static */
    int error;                  /* stops closing */
    int64_t count;
    char period[24];
} arci_period_finding;

typedef struct arci_findings {
    arci_period_finding list[ARCI_FINDINGS_MAX];
    uint32_t n, errors;
    int leave_drafts;
} arci_findings;

/* A copy of one period. ARC_E_NOT_FOUND. */
arc_status arci_period_get(arci_txn *t, arci_period *out, int64_t id);
arc_status arci_period_findings(arci_txn *t, const arci_period *p, arci_findings *f);

/* Receipts up to its end that were nobody's on its last day. */
arc_status arci_period_unclaimed(arci_txn *t, const arci_period *p, int64_t *count);

#endif
