/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of bad debts. */
#ifndef ARCI_LEDGER_WRITEOFF_IMPL_H
#define ARCI_LEDGER_WRITEOFF_IMPL_H

#include "ledger/allot.h"

/* The ids of a request's items, in its order. ARC_E_VALUE: no array of ids. */
arc_status arci_write_off_items(arci_posting *p, const arc_value *json, int64_t **ids, uint32_t *n);
/* The items are the customer's, in the currency, and at least the amount is open on them, as the sides stand now. */
arc_status arci_write_off_fits(arci_posting *p, const arci_sides *sides, const int64_t *ids, uint32_t n, int64_t customer, const char *currency, int64_t amount);

#endif
