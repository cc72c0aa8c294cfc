/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of one contract: it is read under lock, judged, and written with a row of contract_change where it was active. */
#ifndef ARCI_BILLING_CONTRACT_STEP_H
#define ARCI_BILLING_CONTRACT_STEP_H

#include "arcore/contract.h"
#include "billing/chain.h"
#include "billing/states.h"

typedef struct arci_contract_step {
    int64_t contract;
    const char *reason;
    size_t n_reason;
    arc_date date; /* as given */
} arci_contract_step;

/* What changes of a contract. Values that stay are those of its row. */
typedef struct arci_contract_change {
    const char *kind; /* of the row of history */
    arc_date date;
    arc_value number, reason, amount, tolerance, ends_on;
    arc_value custom;
    int64_t id; /* of the row that was written */
} arci_contract_change;

/* Asks for the right to the row, locks and reads it, and judges whether its state allows the verb of the call. */
arc_status arci_contract_open(arci_posting *p, arci_contract **c, int64_t id);
arc_status arci_contract_fault(arci_posting *p, arc_status st, const char *field, int64_t id);
/* The day of a step: as given, else the business date; not before the last change, nor after the business date. */
arc_status arci_contract_day(arci_posting *p, const arci_contract *c, arc_date given, const char *field, arc_date *day);
/* Adds the row of history. */
arc_status arci_contract_history(arci_posting *p, const arci_contract *c, arci_contract_change *x);
/* Updates named fields (static text) under its version. */
arc_status arci_contract_write(arci_posting *p, const arci_contract *c, const char *fields, const arc_value *values, uint16_t n);

#endif
