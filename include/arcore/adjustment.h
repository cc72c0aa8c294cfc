/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/adjustment.h
 *  What happens to single items without money coming in: small differences given up, debts that change hands, due dates that move. docs/settling.md. */
#ifndef ARCORE_ADJUSTMENT_H
#define ARCORE_ADJUSTMENT_H

#include "arcore/ledger_step.h"

ARC_BEGIN_DECLS

/** Gives up the rest of an item as a small difference, within the book's tolerance for the item's amount; more than that takes a write-off request.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param allocation receives the id of the row; may be NULL. arc_allocation_reverse() undoes it.
 *  @param item       a debit item.
 *  @param date       effective date; ARC_DATE_NONE: the session's business date.
 *  @param reason     1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: it waits (arcore/pending.h; rules name it item.give_up); ARC_E_NOT_FOUND; ARC_E_STATE: nothing is open; ARC_E_GUARD: above the tolerance; ARC_E_FORBIDDEN; ARC_E_RANGE: date; ARC_E_PERIOD; ARC_E_INVALID, ARC_E_ENCODING: reason; ARC_E_REQUEST,
 *          ARC_E_OVERFLOW, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL,
 *          ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_item_give_up(arc_session *session, int64_t *allocation, int64_t item, arc_date date, const char *reason);

/** The same for many: steps name row, date and reason; ids are those of the allocations.
 *  @return see arc_ledger_step; the rest as arc_item_give_up(). @since 0.1 */
ARC_API arc_status arc_item_give_up_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Moves a debt, or part of it, to another customer (债务转移): the old item is cleared, the new customer owes a new one with its due date. arc_allocation_reverse() of the row takes it
 *  back while the new item is whole.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param allocation receives the id of the row that clears; may be NULL. Its evidence names the new item: {"made": id}.
 *  @param item       a debit item.
 *  @param customer   who owes it from then on.
 *  @param amount     minor units; 0: all that is open.
 *  @param date       day of the consent; ARC_DATE_NONE: the session's business date.
 *  @param consent    the consent to it: document and date, 1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: it waits (item.transfer); ARC_E_NOT_FOUND: no such item or customer; ARC_E_STATE: nothing is open, a refund, a plan, or he owes it already; ARC_E_GUARD: less is open; ARC_E_FORBIDDEN; others as
 *          arc_item_give_up(). @since 0.1 */
ARC_API arc_status arc_item_transfer(arc_session *session, int64_t *allocation, int64_t item, int64_t customer, int64_t amount, arc_date date, const char *consent);

/** The same for many: steps name row, customer, amount, date and, as reason, the consent; ids are those of the allocations.
 *  @return see arc_ledger_step; the rest as arc_item_transfer(). @since 0.1 */
ARC_API arc_status arc_item_transfer_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Clears what is open of items, or a part of it, and lets new items of kind chargeback stand for it, with the same customer, due date, base date and owners: what a customer did not pay is claimed on its own.
 *  steps name row, amount, date, reason and reason_code; ids are those of the allocations, whose evidence names the new items: {"made": id}. arc_allocation_reverse() takes each back while its new item is whole.
 *  @return see arc_ledger_step; the rest as arc_item_transfer(). @since 0.1 */
ARC_API arc_status arc_item_charge_back_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** The same with new items of kind residual: the rest of a debt on an item of its own.
 *  @return see arc_ledger_step; the rest as arc_item_transfer(). @since 0.1 */
ARC_API arc_status arc_item_carry_over_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Moves an item's due date to a later day (展期). What is open on it must lie within the actor's authority for adjustment.approve. Aging as of days before `date` goes by the old one.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param adjustment receives the id of the row; may be NULL.
 *  @param item       an open debit item that has a due date.
 *  @param due_date   the new one, after the old one.
 *  @param date       from when it holds, not before an earlier extension; ARC_DATE_NONE: the session's business date.
 *  @param reason     1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: it waits (adjustment.approve), and the authority is asked of who approves it; ARC_E_NOT_FOUND; ARC_E_STATE: nothing is open, or it has no due date; ARC_E_RANGE: a date; ARC_E_FORBIDDEN: above the authority, or not allowed; others as
 *          arc_item_give_up(). @since 0.1 */
ARC_API arc_status arc_item_extend(arc_session *session, int64_t *adjustment, int64_t item, arc_date due_date, arc_date date, const char *reason);

/** The same for many: steps name row, due_date, date and reason; ids are those of the adjustments.
 *  @return see arc_ledger_step; the rest as arc_item_extend(). @since 0.1 */
ARC_API arc_status arc_item_extend_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Takes the last extension of an item back: the due date before it holds again.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id         receives the id of the reversing row; may be NULL.
 *  @param adjustment the extension.
 *  @param date       from when it holds, not before the extension; ARC_DATE_NONE: the session's business date.
 *  @param reason     1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is not the last one, or is itself a reversal; ARC_E_RANGE: date; ARC_E_FORBIDDEN; others as arc_item_give_up(). @since 0.1 */
ARC_API arc_status arc_adjustment_reverse(arc_session *session, int64_t *id, int64_t adjustment, arc_date date, const char *reason);

/** The same for many: steps name row, date and reason; ids are those of the reversing rows.
 *  @return see arc_ledger_step; the rest as arc_adjustment_reverse(). @since 0.1 */
ARC_API arc_status arc_adjustment_reverse_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
