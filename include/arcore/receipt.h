/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/receipt.h
 *  Receipts: money that came in. A receipt waits, unapplied, until allocations use it. */
#ifndef ARCORE_RECEIPT_H
#define ARCORE_RECEIPT_H

#include "arcore/ledger_step.h"

ARC_BEGIN_DECLS

/** Records receipts. Each is unapplied at first; the customer's account grows by it on the unapplied side.
 *
 *  Required fields of each record: number, value_date, currency, amount (positive). customer is left out while the payer is not
 *  known; such a receipt cannot be applied (ARC_E_STATE). Of method `offset` it is a netting: it needs evidence, and waits for approval where a rule names receipt.offset: those are recorded in
 *  calls of their own (ARC_NEEDS_APPROVAL). posting_date defaults to value_date while
 *  that day may be posted on, else to the session's business date; booking_date to value_date. Agings, statements and letters count a receipt from its posting_date, as the journal does; discounts go by value_date. A value date after the session's business date is refused (ARC_E_RANGE): money that has not come
 *  must not settle anything. The book's setting `receipt.days_ahead` (a row of ARC_BOOK_SETTING, a number of days) allows that many. Fields kept by the library (id, txn) must be NULL; custom fields marked
 *  required must have a value.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids      n ids out, 0 where refused; may be NULL.
 *  @param results  n statuses out: ARC_OK; ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE: a field; ARC_E_EXISTS: the number is
 *                  taken; ARC_E_REFERENCE: no such customer. May be NULL only with ARC_ALL_OR_NONE.
 *  @param receipts n records of entity ARC_RECEIPT, of this session.
 *  @param n        1 to 100,000.
 *  @param flags    0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL; with ARC_ALL_OR_NONE the status of the first refused element; ARC_E_INVALID, ARC_E_LIMIT, ARC_E_OVERFLOW, ARC_E_TXN,
 *          ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE,
 *          ARC_E_NOMEM: as arc_invoice_record_many(). @since 0.1 */
ARC_API arc_status arc_receipt_record_many(arc_session *session, int64_t *ids, arc_status *results,
                                           arc_record *const *receipts, size_t n, uint32_t flags);

/** Records one receipt; as arc_receipt_record_many() with ARC_ALL_OR_NONE.
 *  @param id receives the id; may be NULL.
 *  @return ARC_OK; every status of arc_receipt_record_many(): ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_EXISTS, ARC_E_REFERENCE,
 *          ARC_E_INVALID, ARC_E_OVERFLOW, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO,
 *          ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_receipt_record(arc_session *session, int64_t *id, arc_record *receipt);

/** Says whose a receipt is that nobody knew (认领): from `date` on it is on the customer's account and can be applied.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param receipt  a receipt without customer. @param customer whose it is.
 *  @param date     not before its posting date; ARC_DATE_NONE: the session's business date.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such receipt or customer; ARC_E_STATE: it is a customer's already, or went back; ARC_E_RANGE: date; ARC_E_PERIOD; ARC_E_INVALID, ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_OVERFLOW,
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE,
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_receipt_claim(arc_session *session, int64_t receipt, int64_t customer, arc_date date);

/** The same for many: steps name row, customer and date; ids are those of the claims.
 *  @return see arc_ledger_step; the rest as arc_receipt_claim(). @since 0.1 */
ARC_API arc_status arc_receipt_claim_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Takes a claim back: nobody knows whose the receipt is. Only while nothing of it is applied.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param receipt a receipt that was claimed. @param date from when it is nobody's; not before the claim, nor before its last allocation was reversed; ARC_DATE_NONE: the session's
 *                 business date. Reports as of days before do not change. @param reason 1 to 500 bytes; kept with the claim (entity ARC_RECEIPT_CLAIM).
 *  @return ARC_OK; ARC_E_STATE: nobody claimed it, some or all of it is applied, or it went back; ARC_E_RANGE: date; ARC_E_INVALID, ARC_E_ENCODING: reason; others as arc_receipt_claim(). @since 0.1 */
ARC_API arc_status arc_receipt_unclaim(arc_session *session, int64_t receipt, arc_date date, const char *reason);

/** The same for many: steps name row, date and reason; ids are those of the rows that end the claims.
 *  @return see arc_ledger_step; the rest as arc_receipt_unclaim(). @since 0.1 */
ARC_API arc_status arc_receipt_unclaim_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** The money went back (bounced cheque, returned direct debit, a netting that was cancelled): all allocations of the receipt are reversed as of `date`, its items are open again with their due dates,
 *  and nothing of it is left. Reports as of days before do not change.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param receipt the receipt. @param date when it went back, not before its allocations and their reversals; ARC_DATE_NONE: the session's business date. @param reason 1 to 500 bytes; kept in the rows.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it went back already, part of it was refunded, or it is a bill of exchange; ARC_E_RANGE: date; ARC_E_INVALID, ARC_E_ENCODING: reason; others as arc_receipt_claim(). @since 0.1 */
ARC_API arc_status arc_receipt_return(arc_session *session, int64_t receipt, arc_date date, const char *reason);

/** The same for many: steps name row, date and reason; ids are those of the receipts.
 *  @return see arc_ledger_step; the rest as arc_receipt_return(). @since 0.1 */
ARC_API arc_status arc_receipt_return_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Pays back what a receipt has left, or a credit item: a debit item of kind refund is made and settled with it. Who made a customer's bank data refunds nothing to it.
 *  arc_allocation_reverse() of the row takes it back.
 *
 *  @param session     the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param allocation  receives the id of the row; may be NULL. Its item is the refund.
 *  @param receipt     a receipt with something left, or 0. @param credit_item a credit item, or 0: exactly one.
 *  @param amount      minor units; 0: all that is left. @param date effective date; ARC_DATE_NONE: the session's business date. @param reason 1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: it waits (receipt.refund); who approves it needs authority for receipt.approve; ARC_E_NOT_FOUND; ARC_E_STATE: nothing is left, it went back, or has no customer; ARC_E_GUARD: less is left; ARC_E_RANGE: amount or date; ARC_E_FORBIDDEN: duties, or not
 *          allowed; ARC_E_INVALID, ARC_E_ENCODING; others as arc_receipt_claim(). @since 0.1 */
ARC_API arc_status arc_receipt_refund(arc_session *session, int64_t *allocation, int64_t receipt, int64_t credit_item, int64_t amount, arc_date date, const char *reason);

/** The same for many: steps name row or credit_item, amount, date and reason; ids are those of the allocations.
 *  @return see arc_ledger_step; the rest as arc_receipt_refund(). @since 0.1 */
ARC_API arc_status arc_receipt_refund_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
