/* SPDX-License-Identifier: Apache-2.0 */
/* arc_receipt_record_many() for import; how: see arci_posting_run(). */
#ifndef ARCI_LEDGER_RECEIPT_H
#define ARCI_LEDGER_RECEIPT_H

#include "arcore/receipt.h"
#include "store/validate.h"

arc_status arci_receipt_record(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *receipts, size_t n,
                               uint32_t flags, uint32_t how);

/* What the verb asks of a record beyond the fields it requires: the error names the field. with_amount: its amount is looked at. */
arc_status arci_receipt_check(arci_txn *t, const arci_record *r, int with_amount);
/* The day it posts on: as told, else its value date while that may be posted on, else the business date; ARC_DATE_NONE: nobody knows. */
arc_status arci_receipt_day(arci_txn *t, arc_date *day, const arci_record *r);
/* What the verb fills in where the record leaves it open, but for the day it posts on; customer: as arci_posting_customer() gives it. */
void arci_receipt_fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer);
void arci_receipt_fill_day(arc_value *v, const arci_shape *shape, arc_date day);
extern const arci_validator arci_receipt_validator;

/* Inside of another call: those that came as bills of exchange, in notes receivable instead of the bank; all or none. */
arc_status arci_receipt_record_notes(arc_session *session, int64_t *ids, arc_record *const *receipts, uint32_t n);

/* arc_receipt_return_many() inside of another call. */
arc_status arci_receipt_return_inside(arc_session *session, arc_status *results, const arc_ledger_step *steps, uint32_t n, uint32_t flags);

/* A netting that was approved, inside the call that approves it. */
arc_status arci_receipt_record_approved(arci_session *s, int64_t *id, arc_record *receipt);

#endif
