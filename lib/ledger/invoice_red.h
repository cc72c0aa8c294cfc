/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_LEDGER_INVOICE_RED_H
#define ARCI_LEDGER_INVOICE_RED_H

#include "ledger/posting.h"

/* Recorded credit notes that name the invoice they take back (red_of): it is of the same customer and currency, and all its notes together are no more than it. Locks the
 * invoices; refuses the elements that do not fit. */
arc_status arci_invoice_reds(arci_posting *p, arci_record *const *records);

#endif
