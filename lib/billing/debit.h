/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_BILLING_DEBIT_H
#define ARCI_BILLING_DEBIT_H

#include "billing/invoice.h"

/* Debit notes: refuses those whose invoice cannot be added to. Right before documents are written. */
arc_status arci_debit_check(arci_bills *b);

#endif
