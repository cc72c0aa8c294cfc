/* SPDX-License-Identifier: Apache-2.0 */
/* What was kept back of a receipt on its way: commissions, payment fees. A JSON array of {"role": account role, "amount": "1.14"}; what is left of the amount came in. */
#ifndef ARCI_LEDGER_CHARGES_H
#define ARCI_LEDGER_CHARGES_H

#include "ledger/journal.h"

#define ARCI_CHARGES_MAX 20u

typedef struct arci_charges {
    struct {
        const char *role; /* in the arena */
        int64_t amount;
    } list[ARCI_CHARGES_MAX];
    uint32_t n;
    int64_t total;
} arci_charges;

/* Reads such an array; NULL: none. ARC_E_VALUE, ARC_E_LIMIT: it is no such array, a role that charges cannot have, or more than the amount; the error has no place yet. */
arc_status arci_charges_read(arci_env *env, arci_arena *arena, arci_charges *out, const arc_value *json, const char *currency, int64_t amount);
/* Debits `amount` of the entry opened last: the charges to their roles, what is left to `into`. sign -1: taken back. base: of the whole; NULL: not known. */
void arci_charges_post(arci_journal *j, const arci_charges *c, const char *into, const char *currency, int64_t amount, const int64_t *base, int sign);

#endif
