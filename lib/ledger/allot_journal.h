/* SPDX-License-Identifier: Apache-2.0 */
/* What allocation rows say to the journal. */
#ifndef ARCI_LEDGER_ALLOT_JOURNAL_H
#define ARCI_LEDGER_ALLOT_JOURNAL_H

#include "ledger/allot.h"

/* The parts of what leaves an item in base currency. */
typedef struct arci_base_parts {
    int64_t amount, discount, write_off;
} arci_base_parts;
arci_base_parts arci_base_parts_of(int64_t base, int64_t amount, int64_t discount, int64_t write_off);
/* Opens an entry for each row written, whose ids are known by now. */
arc_status arci_allot_account(arci_allot *a);

#endif
