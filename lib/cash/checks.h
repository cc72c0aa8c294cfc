/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of statements and what was learned of payers; part of arc_book_verify(). */
#ifndef ARCI_CASH_CHECKS_H
#define ARCI_CASH_CHECKS_H

#include "store/verify.h"

arc_status arci_check_payers(arci_verify *v, arci_txn *t); /* payer_check.c */

extern const arci_check arci_cash_checks[];
extern const uint32_t arci_n_cash_checks;

#endif
