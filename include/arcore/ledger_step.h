/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/ledger_step.h
 *  What is asked of one row of many: the form that all verbs of receipts, items, allocations, adjustments and write-off requests take whose names end in _many. */
#ifndef ARCORE_LEDGER_STEP_H
#define ARCORE_LEDGER_STEP_H

#include "arcore/invoice.h"

ARC_BEGIN_DECLS

/** One step of one row. Start from ARC_LEDGER_STEP_INIT. The function says which row it is and what else it reads; the rest stays as it is there.
 *
 *  All functions that take steps are called alike: (session, ids, results, steps, n, flags).
 *  - ids: n ids out of what was made, 0 where refused; where an element waits for approval the id of its pending change. May be NULL.
 *  - results: n statuses out: ARC_OK; ARC_NEEDS_APPROVAL: it waits (arcore/pending.h); ARC_E_EXISTS: the row is named twice in this call; ARC_E_STALE: another version than was named; others as
 *    the function of one row that the name begins with. May be NULL only with ARC_ALL_OR_NONE.
 *  - steps: n of them, 1 to 100,000, all of one struct_size. - flags: 0 or ARC_ALL_OR_NONE.
 *  - The answer is ARC_OK; ARC_NEEDS_APPROVAL: none was refused, some wait; ARC_PARTIAL: some were refused; with ARC_ALL_OR_NONE the status of the first refused element, and nothing is done; else
 *    a fault of the call as of the function of one row.
 *
 *  Elements are read and written in batches and committed at once. */
typedef struct arc_ledger_step {
    uint32_t struct_size;
    uint32_t flags;       /**< 0 */
    int64_t row;          /**< the receipt, item, allocation, adjustment or request */
    int64_t version;      /**< of the row's item_state or receipt_state that was looked at; 0: whatever it is now */
    int64_t customer;     /**< claim, transfer: to whom */
    int64_t credit_item;  /**< refund: the credit item instead of a receipt, or 0 */
    int64_t amount;       /**< refund, transfer, split, recover: minor units; 0: all that is left */
    arc_date date;        /**< effective date; ARC_DATE_NONE: the session's business date */
    arc_date due_date;    /**< extend: the new one */
    const char *reason_code; /**< split: code of deduction_reason, or NULL */
    const char *reason;   /**< 1 to 500 bytes; a claim has none; a transfer's is the consent */
} arc_ledger_step;

#define ARC_LEDGER_STEP_INIT { (uint32_t)sizeof(arc_ledger_step), 0, 0, 0, 0, 0, 0, ARC_DATE_NONE, ARC_DATE_NONE, NULL, NULL }

/** Fills a step with its defaults; the same bytes as ARC_LEDGER_STEP_INIT.
 *  @param step not NULL. @return ARC_OK, or ARC_E_INVALID when step is NULL. @since 0.1 */
ARC_API arc_status arc_ledger_step_init(arc_ledger_step *step);

ARC_END_DECLS

#endif
