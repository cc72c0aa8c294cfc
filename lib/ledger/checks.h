/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold in a ledger, proved from the insert-only rows; part of arc_book_verify(). */
#ifndef ARCI_LEDGER_CHECKS_H
#define ARCI_LEDGER_CHECKS_H

#include "store/verify.h"

extern const arci_check arci_ledger_checks[];
extern const uint32_t arci_n_ledger_checks;

arc_status arci_check_parts(arci_verify *v, arci_txn *t); /* checks_parts.c */
arc_status arci_check_accounts(arci_verify *v, arci_txn *t); /* checks_account.c */
arc_status arci_check_conduct(arci_verify *v, arci_txn *t); /* checks_conduct.c */
arc_status arci_check_levels(arci_verify *v, arci_txn *t); /* level.c */
arc_status arci_check_journal(arci_verify *v, arci_txn *t);
arc_status arci_check_control(arci_verify *v, arci_txn *t);
arc_status arci_check_voucher_lines(arci_verify *v, arci_txn *t); /* checks_voucher.c */
arc_status arci_check_vouchers(arci_verify *v, arci_txn *t);
arc_status arci_check_credits(arci_verify *v, arci_txn *t); /* checks_credit.c */
arc_status arci_check_provisions(arci_verify *v, arci_txn *t);
arc_status arci_check_merges(arci_verify *v, arci_txn *t); /* checks_merged.c */
arc_status arci_check_bills(arci_verify *v, arci_txn *t); /* bill_exposure.c */

#endif
