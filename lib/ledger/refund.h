/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a refund back: the money came back, or was never paid out. */
#ifndef ARCI_LEDGER_REFUND_H
#define ARCI_LEDGER_REFUND_H

#include "ledger/allot.h"

/* Undoes the allocation `id` of mode refund, whose row is `old`: a credit item settles the refund. */
arc_status arci_refund_take_back(arci_posting *p, int64_t id, const arc_value *old, arc_date date, const char *reason, int64_t *undone);

#endif
