/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/contract.h
 *  Contracts (合同): what was agreed with a customer, and what is left of it to invoice.
 *
 *  Contracts and their milestones are master data (entities `contract`, `milestone`): arc_session_insert() adds them, as drafts. Only an active contract is
 *  invoiced; an invoice that would exceed it, that is in another currency, of another customer or outside its dates is refused with ARC_E_GUARD
 *  (ARC_E_CURRENCY), in the transaction that issues it. docs/contracts.md tells more. */
#ifndef ARCORE_CONTRACT_H
#define ARCORE_CONTRACT_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Makes a draft contract active: from now on it can be invoiced.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param contract id of a contract that is a draft or submitted.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such contract; ARC_E_STATE: it is active, closed or terminated; ARC_E_REQUIRED: it has no amount and is no
 *          framework contract; ARC_E_INVALID: the id is not positive; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_DOOMED; ARC_E_FULL;
 *          ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_contract_activate(arc_session *session, int64_t contract);

/** Closes an active contract: nothing is invoiced on it any more; credit notes still can be.
 *
 *  @param contract id of an active contract.
 *  @return ARC_OK; ARC_E_STATE: it is not active; ARC_E_INVALID; otherwise as arc_contract_activate(). @since 0.1 */
ARC_API arc_status arc_contract_close(arc_session *session, int64_t contract);

/** What a contract leaves to invoice. Start from ARC_HEADROOM_INIT. */
typedef struct arc_headroom {
    uint32_t struct_size; /**< sizeof(arc_headroom) */
    uint32_t unlimited;   /**< 1: a framework contract, or one without amount: limit and headroom are 0 */
    arc_money limit;      /**< its amount with tolerance */
    arc_money issued;     /**< issued invoices less credit notes; inclusive of tax when the contract's amount is */
    arc_money headroom;   /**< limit less issued; negative when more was issued before it was lowered */
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
 *  {contract, number, currency, status, amount, issued, received, unpaid, open, next_due, items: [{item, number, seq, milestone, kind, amount, open, due_date, status}]}.
 *  status: to_invoice, to_pay, partial, paid; of an item also null: a plan or estimate that is over, a credit. received: what receipts paid, without discounts, write-offs and credit
 *  notes. unpaid: amount less received; amount, issued and unpaid are null without a limit. open: of items that stand. next_due: the earliest due date of what is open, planned
 *  items too. items: those the actor may read.
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
