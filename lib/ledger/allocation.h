/* SPDX-License-Identifier: Apache-2.0 */
/* arc_allocation_apply() with the mode (code of allocation_mode) that is kept with each row: for engines and import. how: see
 * arci_posting_run(). */
#ifndef ARCI_LEDGER_ALLOCATION_H
#define ARCI_LEDGER_ALLOCATION_H

#include "arcore/allocation.h"

/* What an engine says of a row: the definition that decided (0: none), and how likely it was, in ten-thousandths. */
typedef struct arci_decided {
    int64_t rule;
    int32_t likely;
    uint8_t others; /* item and receipt may be of two customers: the engine has seen that one pays for the other */
} arci_decided;

/* decided: n of them, or NULL: no engine. */
arc_status arci_allocation_decided(arc_session *session, int64_t *ids, const arc_allocation *allocations, const arci_decided *decided, size_t n, uint32_t flags, uint32_t how);
arc_status arci_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                 uint32_t flags, uint32_t how, const char *mode);

#endif
