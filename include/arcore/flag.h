/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/flag.h
 *  Flags (标记): what holds for an item or all of a customer from a day to a day - dunning is on hold, a court has it, it was sold to a factor, the customer is insolvent. ARC_FLAG rows. */
#ifndef ARCORE_FLAG_H
#define ARCORE_FLAG_H

#include "arcore/record.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_FLAG_HOLD 0x1u      /**< "hold": no dunning */
#define ARC_FLAG_LEGAL 0x2u     /**< "legal": in court */
#define ARC_FLAG_FACTORED 0x4u  /**< "factored": sold; needs evidence of notice or consent */
#define ARC_FLAG_INSOLVENT 0x8u /**< "insolvent" */

/** A flag to be set. Start from ARC_FLAG_INIT. */
typedef struct arc_flag {
    uint32_t struct_size;
    arc_date from_date;   /**< ARC_DATE_NONE = the session's business date */
    arc_date to_date;     /**< last day; ARC_DATE_NONE = no end */
    int32_t reserved;     /**< 0 */
    int64_t customer;     /**< all of this customer; 0 when an item is named */
    int64_t item;         /**< this item alone; 0 when a customer is named */
    int64_t amount;       /**< part of the item, in minor units of its currency; 0 = all of it */
    const char *kind;     /**< code of flag_kind */
    const char *reason;   /**< 1 to 500 bytes */
    const char *evidence; /**< 1 to 200 bytes: notice or consent of a factoring (required there), number of a court file; NULL = none */
} arc_flag;

#define ARC_FLAG_INIT { (uint32_t)sizeof(arc_flag), ARC_DATE_NONE, ARC_DATE_NONE, 0, 0, 0, 0, NULL, NULL, NULL }

/** Fills a flag with its defaults; the same bytes as ARC_FLAG_INIT.
 *  @param flag not NULL. @return ARC_OK, or ARC_E_INVALID when flag is NULL. @since 0.1 */
ARC_API arc_status arc_flag_init(arc_flag *flag);

/** Sets a flag on an item or a customer. Two of one kind on the same item, or on the same customer, do not overlap.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the id of the flag; may be NULL. @param flag not NULL.
 *  @return ARC_OK; ARC_E_INVALID: not one of customer and item, or no reason; ARC_E_VALUE: no such kind; ARC_E_NOT_FOUND: no such item or customer; ARC_E_REQUIRED: a factoring without evidence, or no date;
 *          ARC_E_RANGE: to_date before from_date, or an amount that is not within the item's; ARC_E_EXISTS: one of this kind is in force in that time (the error names it); ARC_E_LIMIT; ARC_E_ENCODING; ARC_E_FORBIDDEN;
 *          ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE;
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_flag_set(arc_session *session, int64_t *id, const arc_flag *flag);

/** Ends a flag.
 *  @param flag its id. @param to_date its last day, not before its first; ARC_DATE_NONE = the session's business date. @param reason why, 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it was ended; ARC_E_RANGE: the day is before its first or after its last; otherwise as arc_flag_set(). @since 0.1 */
ARC_API arc_status arc_flag_end(arc_session *session, int64_t flag, arc_date to_date, const char *reason);

/** Which flags are in force for items on a day: their own, and those of their customers.
 *
 *  @param session the session. @param kinds n out, ARC_FLAG_... added up; 0 also for items the actor does not see. @param items n ids. @param n 1 to 100,000.
 *  @param as_of   ARC_DATE_NONE = the session's business date.
 *  @return ARC_OK; ARC_E_RANGE: not a date; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_flag_active(arc_session *session, uint32_t *kinds, const int64_t *items, size_t n, arc_date as_of);

ARC_END_DECLS

#endif
