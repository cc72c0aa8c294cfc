/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/receivable.h
 *  Receivables before the invoice: planned (计划应收), estimated (暂估应收), and those that stand without a tax invoice.
 *
 *  A planned item is a forecast: it counts in no account. An estimated one counts in account.estimated. Documents that are issued consume them, by themselves
 *  or as told (arc_invoice_document.uses), so that nothing counts twice. docs/contracts.md tells more. */
#ifndef ARCORE_RECEIVABLE_H
#define ARCORE_RECEIVABLE_H

#include "arcore/record.h"

ARC_BEGIN_DECLS

/** Makes a planned item of each milestone of an active contract that has none. A milestone that was not reached has no due date.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param n        receives how many were made; may be NULL.
 *  @param contract id of an active contract.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such contract; ARC_E_STATE: it is not active; ARC_E_GUARD: the milestones come to more than the contract with its tolerance, or one
 *          is in another currency; ARC_E_VALUE, ARC_E_CALENDAR: a term does not work out; ARC_E_EXISTS: an item has the contract's number and the milestone's sequence;
 *          ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OVERFLOW; ARC_E_DOOMED; ARC_E_FULL;
 *          ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_contract_plan(arc_session *session, int64_t *n, int64_t contract);

/** Says that a milestone was reached: its planned item gets its due date by the milestone's term, else the contract's, and becomes an estimate when
 *  milestone.item_kind says so.
 *
 *  @param session   as of arc_contract_plan().
 *  @param milestone id of a milestone that was not reached.
 *  @param on        the day.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such milestone; ARC_E_STATE: it was reached already, or its contract is not active; ARC_E_RANGE: no such day; otherwise as arc_contract_plan():
 *          ARC_E_VALUE, ARC_E_CALENDAR, ARC_E_INVALID, ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OVERFLOW, ARC_E_DOOMED,
 *          ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_milestone_reach(arc_session *session, int64_t milestone, arc_date on);

/** Records a receivable without an invoice: an estimate of a delivery, an order or a contract (kind `estimated`, the default), a plan (`planned`), a receivable that
 *  stands without a tax invoice (`invoiced`), or an opening balance (`opening`).
 *
 *  Required: number, customer, currency, amount (positive; negative of an opening credit); of plans and estimates a contract, sales_order, delivery, milestone or project that stands. seq is 1 and business_date the session's when NULL; owner, team and region are the customer's. Receivables that stand
 *  are posted to the journal: to revenue and output VAT (tax_amount), opening balances to `opening`.
 *
 *  @param session as of arc_contract_plan().
 *  @param id      receives the item's id; may be NULL.
 *  @param item    a record of entity ARC_ITEM of this session.
 *  @return ARC_OK; ARC_E_REQUIRED, ARC_E_VALUE: a field; ARC_E_STATE: contract, order or delivery do not stand, of a plan or an estimate; ARC_E_GUARD: one of them or the project is
 *          another customer's, or the milestone another contract's; ARC_E_EXISTS: number and seq are taken; ARC_E_REFERENCE; ARC_E_PERIOD; ARC_E_RULE; ARC_E_CURRENCY; ARC_E_INVALID;
 *          otherwise as arc_contract_plan(): ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OVERFLOW, ARC_E_DOOMED, ARC_E_FULL,
 *          ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_item_record(arc_session *session, int64_t *id, arc_record *item);

/** Records many receivables, as arc_item_record() does, in one durable commit.
 *
 *  @param session as of arc_contract_plan().
 *  @param ids     n ids out, 0 where refused; may be NULL.
 *  @param results n statuses out: ARC_OK; ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_CURRENCY: a field; ARC_E_STATE, ARC_E_GUARD: what it is of; ARC_E_EXISTS: number and seq are taken, in the book or by an earlier element; ARC_E_REFERENCE: it points at
 *                 nothing; ARC_E_FORBIDDEN; ARC_E_PERIOD; ARC_E_RULE. May be NULL only with ARC_ALL_OR_NONE.
 *  @param items   n records of entity ARC_ITEM of this session.
 *  @param n       1 to 100,000.
 *  @param flags   0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some were refused; with ARC_ALL_OR_NONE the status of the first refused element, nothing done: ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_STATE, ARC_E_GUARD, ARC_E_EXISTS, ARC_E_REFERENCE,
 *          ARC_E_PERIOD, ARC_E_RULE, ARC_E_CURRENCY; ARC_E_LIMIT; ARC_E_INVALID; otherwise as arc_contract_plan(): ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY,
 *          ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OVERFLOW, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM,
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_item_record_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *items, size_t n, uint32_t flags);

/** Cancels what documents have not consumed of a planned or estimated item, on the session's business date: an adjustment takes it to 0.
 *
 *  @param session as of arc_contract_plan().
 *  @param item    id of a planned or estimated item.
 *  @param reason  at most 500 bytes of UTF-8, kept; NULL = none.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such item; ARC_E_STATE: it is neither planned nor estimated, or nothing is left of it; ARC_E_REQUIRED: the session has no business date;
 *          ARC_E_INVALID: reason is too long; ARC_E_ENCODING; otherwise as arc_contract_plan(): ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT,
 *          ARC_E_TIMEOUT, ARC_E_OVERFLOW, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_item_cancel(arc_session *session, int64_t item, const char *reason);

/** Where one receivable stands, derived from what the book holds, as the session sees it now.
 *
 *  {item, number, seq, kind, customer, currency, date, amount, open, due_date, settled_on, contract: {id, number, status}, milestone: {id, seq, milestone, reached_on}, order: {id, number, status},
 *  delivery: {id, number, status, signed_on}, invoice: {id, number, status, kind, invoice_date, fapiao_no, delivery_status}, invoices: [{invoice, number, status, fapiao_no, date, amount, consumes}],
 *  requests: [{request, number, status, amount}], payments: [{allocation, date, receipt, credit_item, amount, discount, write_off, mode, reverses}], status, to_invoice, requested, invoiced,
 *  received, settled}.
 *  contract, milestone, order, delivery: what it came from; invoice: the document that made it; each null where there is none, or none the actor may read. invoices: documents that consumed it or
 *  cover it, and took that back. payments: what settled it, and reversals. status: to_invoice, to_pay, partial, paid; null: a plan or estimate that is over, a credit. to_invoice: of a plan or estimate
 *  what is open, of a receivable without invoice what no tax invoice covers. requested: in requests that are under way. received: what receipts paid; settled: what else did. Lists hold what the
 *  actor may read, sums all.
 *
 *  @param session  the session; in its open transaction, or in one of its own when none is open.
 *  @param buf,len  law of arcore.h.
 *  @param item     id of the item.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such item, or none the actor may read; ARC_E_INVALID: len is NULL; ARC_E_FORBIDDEN: the actor may not read items or allocations, or their
 *          amounts; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_item_tracking_json(arc_session *session, char *buf, size_t *len, int64_t item);

ARC_END_DECLS

#endif
