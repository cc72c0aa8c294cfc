/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/contract.h
 *  Contracts (合同): what was agreed with a customer, and what is left of it to invoice.
 *
 *  Contracts and their milestones are master data (entities `contract`, `milestone`): arc_session_insert() adds them, as drafts. Verbs make them active, amend and end them. Only an active contract is
 *  invoiced; an invoice that would exceed it, that is in another currency, of another customer or outside its dates is refused with ARC_E_GUARD
 *  (ARC_E_CURRENCY), in the transaction that issues it. docs/contracts.md tells more. */
#ifndef ARCORE_CONTRACT_H
#define ARCORE_CONTRACT_H

#include "arcore/record.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Makes a draft contract active: from now on it can be invoiced. For who needs nobody's approval; others submit it.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param contract id of a contract that is a draft.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such contract; ARC_E_STATE: it is submitted, active, closed or terminated; ARC_E_REQUIRED: it has no amount and is no
 *          framework contract; ARC_E_INVALID: the id is not positive; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_DOOMED; ARC_E_FULL;
 *          ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_contract_activate(arc_session *session, int64_t contract);

/** Submits a draft for approval. It is not changed until it is approved or rejected.
 *
 *  @param contract id of a contract that is a draft.
 *  @return ARC_OK; ARC_E_STATE: it is no draft; ARC_E_REQUIRED: it has no amount and is no framework contract; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_submit(arc_session *session, int64_t contract);

/** Approves a submitted contract: it is active. Nobody approves what he submitted himself, where roles decide.
 *
 *  @param contract id of a contract that is submitted.
 *  @return ARC_OK; ARC_E_STATE: it is not submitted; ARC_E_FORBIDDEN: also who submitted it; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_approve(arc_session *session, int64_t contract);

/** Sends a submitted contract back: it is a draft again.
 *
 *  @param contract id of a contract that is submitted.
 *  @param reason   why; 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_STATE: it is not submitted; ARC_E_REQUIRED: no reason; ARC_E_INVALID; ARC_E_ENCODING; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_reject(arc_session *session, int64_t contract, const char *reason);

/** Takes a submitted contract back (撤回), before it is decided: it is a draft again. By who submitted it, or who acts for him; others reject it.
 *  @param contract id of a submitted contract. @param reason at most 500 bytes of UTF-8, kept in `decision_reason`; NULL: none.
 *  @return ARC_OK; ARC_E_STATE: it is not submitted; ARC_E_FORBIDDEN: also who did not submit it; ARC_E_INVALID; ARC_E_ENCODING; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_recall(arc_session *session, int64_t contract, const char *reason);

/** Amends an active contract (补充协议): the only way by which its amount, tolerance and end change. Its limit, amount with tolerance, may not become less than what is issued of it or
 *  ordered on it. The rows of `contract_change` are its history; as of days before it, what held then holds.
 *
 *  @param session   the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id        the id of the new row of contract_change; may be NULL.
 *  @param amendment a record of contract_change: contract and reason are required; of amount (currency: the contract's), tolerance and ends_on what is NULL stays as it is;
 *                   effective_date is the session's business date when NULL: not before the last change of the contract, not after the business date; number is the agreement's.
 *                   The caller keeps it.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such contract; ARC_E_STATE: it is not active; ARC_E_GUARD: more is issued or ordered; the message tells both; ARC_E_VALUE: negative, an
 *          amount for a framework contract, or nothing changes; ARC_E_CURRENCY: not the contract's; ARC_E_RANGE: the day, or an end before the start; ARC_E_REQUIRED; ARC_E_INVALID: no such
 *          record; ARC_E_FORBIDDEN; ARC_E_REFERENCE; ARC_E_OVERFLOW; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_DOOMED; ARC_E_FULL;
 *          ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_contract_amend(arc_session *session, int64_t *id, arc_record *amendment);

/** Closes an active contract, which was fulfilled: nothing is invoiced on it any more and nothing of it is left; credit notes still can be. Orders of it must be closed or cancelled,
 *  and its planned receivables invoiced or cancelled before.
 *
 *  @param contract id of an active contract. The day is the session's business date.
 *  @return ARC_OK; ARC_E_STATE: it is not active, or something of it is open; ARC_E_REQUIRED: the session has no business date; ARC_E_RANGE: that is before the last change of the
 *          contract; ARC_E_INVALID; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_close(arc_session *session, int64_t contract);

/** Terminates an active contract (终止) before it was fulfilled: nothing is invoiced on it any more and nothing of it is left. Its planned receivables are cancelled. What is issued stands and is
 *  collected; what is estimated stands until an invoice without the contract names it in `uses`, or arc_item_cancel(). Orders of it must be closed or cancelled before.
 *
 *  @param contract id of an active contract.
 *  @param on       since when; ARC_DATE_NONE: the session's business date. Not before the last change of the contract, not after the business date.
 *  @param reason   why; 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_STATE: it is not active, or orders of it are open; ARC_E_REQUIRED: no reason, no day; ARC_E_RANGE: the day; ARC_E_INVALID; ARC_E_ENCODING; otherwise as
 *          arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_terminate(arc_session *session, int64_t contract, arc_date on, const char *reason);

/** Takes the end of a contract back: a closed or terminated one is active again. Orders stay closed; planned receivables that were cancelled stay so: arc_contract_plan() makes them anew of
 *  milestones of which nothing was invoiced. As of days before, it stays closed or terminated.
 *
 *  @param contract id of a contract that is closed or terminated.
 *  @param on       since when; as of arc_contract_terminate().
 *  @param reason   why; 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_STATE: it is neither closed nor terminated; ARC_E_REQUIRED; ARC_E_RANGE; ARC_E_INVALID; ARC_E_ENCODING; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_reopen(arc_session *session, int64_t contract, arc_date on, const char *reason);

/** What a contract leaves to invoice. Start from ARC_HEADROOM_INIT. */
typedef struct arc_headroom {
    uint32_t struct_size; /**< sizeof(arc_headroom) */
    uint32_t unlimited;   /**< 1: a framework contract, or one without amount: limit and headroom are 0 */
    arc_money limit;      /**< its amount with tolerance */
    arc_money issued;     /**< issued invoices less credit notes; inclusive of tax when the contract's amount is */
    arc_money headroom;   /**< limit less issued; negative when other systems issued more; of a closed or terminated contract never above 0 */
    arc_money ordered;    /**< what its orders take of it, in the same basis: confirmed ones, and what was used of closed ones */
} arc_headroom;

#define ARC_HEADROOM_INIT { (uint32_t)sizeof(arc_headroom), 0, { 0, "", 0 }, { 0, "", 0 }, { 0, "", 0 }, { 0, "", 0 } }

/** Fills a result with its defaults; the same bytes as ARC_HEADROOM_INIT.
 *  @param headroom not NULL. @return ARC_OK, or ARC_E_INVALID when headroom is NULL. @since 0.1 */
ARC_API arc_status arc_headroom_init(arc_headroom *headroom);

/** What a contract leaves to invoice, as the session sees the book now.
 *
 *  @param session  the session; in its open transaction, or in one of its own when none is open.
 *  @param headroom struct_size set; filled.
 *  @param contract id of the contract.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such contract, or none the actor may read; ARC_E_INVALID: headroom is NULL or its struct_size wrong; ARC_E_FORBIDDEN: the actor may not
 *          read contracts or their amounts; ARC_E_OVERFLOW; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_headroom_compute(arc_session *session, arc_headroom *headroom, int64_t contract);

/** How far a contract is (待开票, 待付款, 部分支付, 已结清), derived from its items and what was paid of them, as the session sees the book now.
 *
 *  {contract, number, currency, status, amount, issued, received, unpaid, open, next_due, billed, credited, settled, overdue, retention, items: [{item, number, seq, milestone, kind, amount, open, due_date, status}]}.
 *  status: to_invoice, to_pay, partial, paid; of an item also null: a plan or estimate that is over, a credit. received: what receipts paid, without discounts, write-offs and credit
 *  notes. unpaid: amount less received; amount, issued and unpaid are null without a limit. open: of items that stand. next_due: the earliest due date of what is open, planned
 *  items too. billed, credited: what invoices and credit notes claim. settled: by anything but receipts and credit notes: billed - credited - received - settled = open. overdue: due before the
 *  session's business date, null without one. retention: what is open of retentions. items: those the actor may read. Of a document over several contracts all of it is the part of this one:
 *  docs/contracts.md.
 *
 *  @param session  the session; in its open transaction, or in one of its own when none is open.
 *  @param buf,len  law of arcore.h.
 *  @param contract id of the contract.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such contract, or none the actor may read; ARC_E_INVALID: len is NULL; ARC_E_FORBIDDEN: the actor may not read contracts, items or
 *          allocations, or their amounts; ARC_E_OVERFLOW; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_contract_tracking_json(arc_session *session, char *buf, size_t *len, int64_t contract);

ARC_END_DECLS

#endif
