/* SPDX-License-Identifier: Apache-2.0 */
/* arc_allocation_apply() with the mode (code of allocation_mode) that is kept with each row: for engines and import. how: see
 * arci_posting_run(). */
#ifndef ARCI_LEDGER_ALLOCATION_H
#define ARCI_LEDGER_ALLOCATION_H

#include "arcore/allocation.h"

arc_status arci_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                 uint32_t flags, uint32_t how, const char *mode);

#endif
