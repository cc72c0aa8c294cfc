/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/allocation.h
 *  Allocations (核销): a credit - a receipt or a credit item - settles a debit item, wholly or in part. Reversals undo them.
 *
 *  Allocations are inserted, never changed or deleted. A reversal is an allocation of its own that points at the one it undoes. */
#ifndef ARCORE_ALLOCATION_H
#define ARCORE_ALLOCATION_H

#include "arcore/ledger_step.h"

ARC_BEGIN_DECLS

/** What settles what. Exactly one of receipt and credit_item is set. All amounts in minor units of the item's currency and >= 0; the item's open amount
 *  falls by amount + discount + write_off, the credit's by amount. amount + discount + write_off > 0.
 *
 *  A receipt in another currency: amount is what it settles of the item at the rate agreed, credit_amount > 0 what leaves the receipt.
 *
 *  In foreign currency both sides carry their booked base amounts: the part that leaves each is its share, and all that is left with the last part. The
 *  difference, gain positive, is kept in the row (fx_difference) and goes to the journal. */
typedef struct arc_allocation {
    uint32_t struct_size;
    arc_date date;       /**< effective date; ARC_DATE_NONE = the session's business date */
    int64_t receipt;     /**< id of a receipt, or 0 */
    int64_t credit_item; /**< id of a credit item (credit note), or 0 */
    int64_t item;        /**< id of the debit item that is settled */
    int64_t amount;      /**< taken from the credit */
    int64_t discount;    /**< cash discount granted */
    int64_t write_off;   /**< given up for reason_code; where roles decide within the tolerance; deductions within the actor's authority (docs/settling.md) */
    int64_t credit_amount; /**< of a receipt in another currency: what leaves it, in its minor units; else 0 */
    int64_t unearned;    /**< part of discount that was not earned; only with the setting ledger.unearned_discount. Where roles decide 0: as much as the item does not offer */
    const char *reason_code; /**< why less was paid (code of deduction_reason), or NULL: write_off is a small difference. It names the account write_off goes to:
                                  small_difference, bank_fee, bad_debt (the allowance), unearned_discount (discounts), else deductions */
    const char *reason;   /**< 1 to 500 bytes, or NULL */
    const char *evidence; /**< JSON: what led to it, or NULL */
    const char *order;    /**< for items in parts: NULL: as the item says; "prorate"; or kinds separated by commas, which come first, those joined by + in proportion. Needs a reason: the agreement */
} arc_allocation;

#define ARC_ALLOCATION_INIT { (uint32_t)sizeof(arc_allocation), ARC_DATE_NONE, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL }

/** Fills an allocation with its defaults; the same bytes as ARC_ALLOCATION_INIT.
 *  @param allocation not NULL. @return ARC_OK, or ARC_E_INVALID when allocation is NULL. @since 0.1 */
ARC_API arc_status arc_allocation_init(arc_allocation *allocation);

/** Applies credits to items. Elements are applied in order, each seeing what those before it left over.
 *
 *  @param session     the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids         n allocation ids out, 0 where refused; may be NULL.
 *  @param results     n statuses out: ARC_OK; ARC_E_NOT_FOUND: no such item or credit; ARC_E_CURRENCY: item and credit differ, without credit_amount; ARC_E_VALUE: credit_amount though they do not differ, or nobody knows what one of them is worth in base currency, or no such reason code or part; ARC_E_REQUIRED: an order without reason; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT: a text;
 *                     ARC_E_GUARD: more than is open on the item or unapplied on the credit (the error names which and how much); where roles decide also a difference above the tolerance, a discount
                     above what the item offers at best, or an unearned part below the true one;
 *                     ARC_E_STATE: the item is a credit, planned or estimated, the credit a debit, the customers differ and neither is above the other, the receipt has no customer or went back, or an unearned discount where the book grants none;
 *                     ARC_E_FORBIDDEN: more is given up than the actor may;
 *                     ARC_E_RANGE: not one credit, a negative, zero or too large amount, or a date before the item or the credit existed.
 *                     May be NULL only with ARC_ALL_OR_NONE.
 *  @param allocations n of them.
 *  @param n           1 to 100,000.
 *  @param flags       0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL; with ARC_ALL_OR_NONE the status of the first refused element and nothing is applied; ARC_E_INVALID, ARC_E_LIMIT, ARC_E_OVERFLOW,
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE,
 *          ARC_E_NOMEM: as arc_invoice_record_many(). @since 0.1 */
ARC_API arc_status arc_allocation_apply(arc_session *session, int64_t *ids, arc_status *results,
                                        const arc_allocation *allocations, size_t n, uint32_t flags);

/** Undoes one allocation (反核销): item and credit are open again by its amounts, with their original due dates. Reports as of a
 *  day before the reversal's date do not change.
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id         receives the id of the reversing allocation; may be NULL.
 *  @param allocation the allocation to undo.
 *  @param date       effective date, not before the allocation's; ARC_DATE_NONE = the session's business date.
 *  @param reason     why, 1 to 500 bytes of UTF-8; kept.
 *  @return ARC_OK; ARC_E_INVALID: reason is missing or too long; ARC_E_NOT_FOUND: no such allocation; ARC_E_STATE: it is
 *          reversed already, or is itself a reversal; ARC_E_RANGE: date before the allocation's; ARC_E_ENCODING; ARC_E_OVERFLOW, ARC_E_TXN, ARC_E_READONLY,
 *          ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_allocation_reverse(arc_session *session, int64_t *id, int64_t allocation, arc_date date,
                                          const char *reason);

/** The same for many, of any sort: steps name row, date and reason; ids are those of the reversing allocations.
 *  @return see arc_ledger_step; the rest as arc_allocation_reverse(). @since 0.1 */
ARC_API arc_status arc_allocation_reverse_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
