/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/merge.h
 *  Customers that turned out to be one (合并客户). docs/merging.md tells it as a lesson.
 *
 *  Nothing is moved: invoices, receipts and all other rows keep the customer they name. A merge is a row of `merge_record` with a day; from that
 *  day on whoever reads takes both as one, and what stands on an earlier day, or was known at an earlier seal, reads as it did. Undoing a merge is
 *  another row: both are two again from its day on, each with the documents that name him. */
#ifndef ARCORE_MERGE_H
#define ARCORE_MERGE_H

#include "arcore/record.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_MERGE_LEAVE_OWNER 0x1u /**< owner, team and region of the merged customer stay as they are; without it they become those of the kept one, and unmerging puts them back */

/** What to merge. Start from ARC_MERGE_INIT. */
typedef struct arc_merge {
    uint32_t struct_size;
    uint32_t flags;     /**< 0 or ARC_MERGE_LEAVE_OWNER */
    int64_t kept;       /**< the customer that stays */
    int64_t merged;     /**< the one that goes into it */
    const char *reason; /**< 1 to 500 bytes */
} arc_merge;

#define ARC_MERGE_INIT { (uint32_t)sizeof(arc_merge), 0, 0, 0, NULL }

/** Fills a merge with its defaults; the same bytes as ARC_MERGE_INIT.
 *  @param merge not NULL. @return ARC_OK, or ARC_E_INVALID when merge is NULL. @since 0.1 */
ARC_API arc_status arc_merge_init(arc_merge *merge);

/** Merges a customer into another, from the session's business date on. New documents that name the merged one are refused (ARC_E_STATE, the error names the kept
 *  one); what hangs on documents of his - an order's delivery and invoice - goes on. Imports find the kept one by his code.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open. Its business date is the day.
 *  @param id      receives the id of the merge_record row; may be NULL. @param merge not NULL.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: stored as a pending change, which the error names; ARC_E_INVALID: NULL, unknown flag, no reason, or a customer into itself; ARC_E_NOT_FOUND: no such
 *          customer, or the actor may not see it; ARC_E_STATE: one of the two is merged into another already (the error names which), or the merged one is above the kept one in the
 *          tree of parents; ARC_E_RANGE: there is a later merge, or undoing of one, that it would cross; ARC_E_REQUIRED: the session has no business date;
 *          ARC_E_PERIOD: the day is in a closed period; ARC_E_LIMIT; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT;
 *          ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_customer_merge(arc_session *session, int64_t *id, const arc_merge *merge);

/** Takes a merged customer out again, from the session's business date on. What was posted to the kept one meanwhile stays with it, and what names the
 *  merged one - from before, or by way of his orders - is his again.
 *
 *  @param id receives the id of the merge_record row that undoes; may be NULL.
 *  @param customer the merged customer. @param reason 1 to 500 bytes.
 *  @return as arc_customer_merge(); ARC_E_STATE: he is not merged into another; ARC_E_RANGE: the day is before that of the merge. @since 0.1 */
ARC_API arc_status arc_customer_unmerge(arc_session *session, int64_t *id, int64_t customer, const char *reason);

/** Whose a customer's documents are as of a day: himself, or the customer at the end of his merges.
 *
 *  @param session the session. @param root receives the id. @param customer any customer the actor sees. @param as_of ARC_DATE_NONE = what stands now.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such customer; ARC_E_INVALID: root is NULL; ARC_E_RANGE: not a date; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION;
 *          ARC_E_BACKEND; ARC_E_FORK; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_customer_root(arc_session *session, int64_t *root, int64_t customer, arc_date as_of);

/** The customers that are one with a customer as of a day: the kept one first, then those merged into it, also by way of others.
 *
 *  @param session the session. @param ids receives at most *n ids; may be NULL when *n is 0. @param n in: room; out: how many there are. @param customer any of them. @param as_of as arc_customer_root().
 *  @return ARC_OK; ARC_E_BUFFER: more than there is room for, *n says how many, nothing was written; otherwise as arc_customer_root(). @since 0.1 */
ARC_API arc_status arc_customer_family(arc_session *session, int64_t *ids, uint32_t *n, int64_t customer, arc_date as_of);

ARC_END_DECLS

#endif
