/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/writeoff.h
 *  Bad debts (坏账核销): somebody asks, somebody else decides within his authority, and what comes in after all is recovered.
 *
 *  A request is a record of entity write_off_request. Approved, it becomes allocations without a credit (mode write_off) against the allowance for bad debts - or the
 *  expense, where the setting ledger.provision_method is "none". The register of debts written off (账销案存) is the query for these rows. docs/settling.md. */
#ifndef ARCORE_WRITEOFF_H
#define ARCORE_WRITEOFF_H

#include "arcore/ledger_step.h"

ARC_BEGIN_DECLS

/** Asks for a write-off. Required fields: number, customer, items (JSON array of ids of open items of the customer), currency, amount (at most what is open on them), reason. Evidence
 *  is attached to the request afterwards; the setting write_off.evidence makes it a condition of approval.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the id; may be NULL.
 *  @param record  a record of entity ARC_WRITE_OFF_REQUEST, of this session.
 *  @return ARC_OK; ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE: a field; ARC_E_EXISTS: the number is taken; ARC_E_REFERENCE: no such customer, or an item is none of his; ARC_E_CURRENCY; ARC_E_STATE: nothing
 *          is open on an item; ARC_E_GUARD: less is open than asked for; ARC_E_INVALID, ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_OVERFLOW, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_write_off_request(arc_session *session, int64_t *id, arc_record *record);

/** Asks for many.
 *  @param session the session. @param ids n ids out, 0 where refused; may be NULL. @param results n statuses out, as arc_write_off_request(); may be NULL only with ARC_ALL_OR_NONE.
 *  @param records n records of entity ARC_WRITE_OFF_REQUEST. @param n 1 to 100,000. @param flags 0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL; others as arc_write_off_request(). @since 0.1 */
ARC_API arc_status arc_write_off_request_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags);

/** Approves a request and writes its items off, in their order, up to its amount. Who decides is not who asked, posted no receipt of the customer, and has authority for the amount
 *  (write_off_request.approve); in a book kept by a single accountant he decides himself.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param allocation receives the id of the first row; may be NULL.
 *  @param request    the request.
 *  @param date       effective date; ARC_DATE_NONE: the session's business date.
 *  @param reason     of the decision, 1 to 500 bytes; kept in the request and the rows.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided, or an item is settled meanwhile; ARC_E_GUARD: less is open by now; ARC_E_FORBIDDEN: own request, above the authority,
 *          duties; ARC_E_REQUIRED: no evidence is attached; ARC_E_RANGE: date; ARC_E_PERIOD; others as arc_write_off_request(). @since 0.1 */
ARC_API arc_status arc_write_off_approve(arc_session *session, int64_t *allocation, int64_t request, arc_date date, const char *reason);

/** The same for many requests: steps name row, date and reason; ids are those of the first rows.
 *  @return see arc_ledger_step; the rest as arc_write_off_approve(). @since 0.1 */
ARC_API arc_status arc_write_off_approve_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Rejects a request.
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open. @param request the request. @param reason of the decision, 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided; others as arc_write_off_request(). @since 0.1 */
ARC_API arc_status arc_write_off_reject(arc_session *session, int64_t request, const char *reason);

/** The same for many requests: steps name row, reason; ids are those of the requests.
 *  @return see arc_ledger_step; the rest as arc_write_off_reject(). @since 0.1 */
ARC_API arc_status arc_write_off_reject_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Takes one's own request back (撤回), before it is decided: it becomes recalled, and its items may be asked for again. Others reject it.
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open. @param request the request, asked for by the actor, or by whom he acts for; in a book
 *  kept by a single accountant any. @param reason at most 500 bytes; NULL: none.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided, or taken back; ARC_E_FORBIDDEN: also a request of somebody else; others as arc_write_off_request(). @since 0.1 */
ARC_API arc_status arc_write_off_recall(arc_session *session, int64_t request, const char *reason);

/** The same for many requests: steps name row, reason; ids are those of the requests.
 *  @return see arc_ledger_step; the rest as arc_write_off_recall(). @since 0.1 */
ARC_API arc_status arc_write_off_recall_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Takes a write-off back, wholly or in part (坏账收回): the items are open again, and what came in is applied to them like any payment.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param allocation receives the id of the first reversing row; may be NULL.
 *  @param request    the request that was approved.
 *  @param amount     minor units; 0: all that still stands.
 *  @param date       effective date, not before the write-off's; ARC_DATE_NONE: the session's business date.
 *  @param reason     1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: nothing was written off by it; ARC_E_GUARD: less is written off; ARC_E_RANGE: date; ARC_E_PERIOD; others as
 *          arc_write_off_request(). @since 0.1 */
ARC_API arc_status arc_write_off_recover(arc_session *session, int64_t *allocation, int64_t request, int64_t amount, arc_date date, const char *reason);

/** The same for many requests: steps name row, amount, date and reason; ids are those of the first reversing rows.
 *  @return see arc_ledger_step; the rest as arc_write_off_recover(). @since 0.1 */
ARC_API arc_status arc_write_off_recover_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
