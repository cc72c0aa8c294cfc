/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold between documents and what stands above them; part of arc_book_verify(). */
#ifndef ARCI_BILLING_CHECKS_H
#define ARCI_BILLING_CHECKS_H

#include "store/verify.h"

arc_status arci_check_contracts(arci_verify *v, arci_txn *t);
arc_status arci_check_item_parts(arci_verify *v, arci_txn *t); /* checks_parts.c */

extern const arci_check arci_billing_checks[];
extern const uint32_t arci_n_billing_checks;

#endif
