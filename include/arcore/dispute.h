/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/dispute.h
 *  Disputes (争议): what of a receivable its debtor does not accept, until somebody else than who opened it decides. ARC_DISPUTE rows; docs/disputes.md tells more. */
#ifndef ARCORE_DISPUTE_H
#define ARCORE_DISPUTE_H

#include "arcore/record.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS



/** Opens a dispute over an item or a part of it, from the session's business date on. Several may be open at once: together at most what is open on the item.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the id of the dispute; may be NULL.
 *  @param dispute of ARC_DISPUTE: item, currency (the item's), amount and reason are required; description, assignee and due_date may be given.
 *  @return ARC_OK; ARC_E_REQUIRED; ARC_E_VALUE: a field that verbs keep; ARC_E_RANGE: the amount is not positive, or due_date lies before the business date; ARC_E_CURRENCY: not the item's; ARC_E_REFERENCE: no such
 *          item or assignee; ARC_E_STATE: the item is a credit, planned or estimated, or nothing is open on it; ARC_E_GUARD: more than is open and not disputed yet; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_REQUEST;
 *          ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM.
 *  @since 0.1 */
ARC_API arc_status arc_dispute_open(arc_session *session, int64_t *id, arc_record *dispute);

/** How a dispute ended. Start from ARC_RESOLUTION_INIT. */
typedef struct arc_resolution {
    uint32_t struct_size;
    arc_date date;       /**< last day it was in force is the day before; ARC_DATE_NONE = the session's business date */
    const char *code;    /**< credited, rejected or withdrawn */
    int64_t credit;      /**< credited: the credit item it led to, of the same customer; 0 = none told */
    const char *outcome; /**< 1 to 1,000 bytes; NULL = none */
} arc_resolution;

#define ARC_RESOLUTION_INIT { (uint32_t)sizeof(arc_resolution), ARC_DATE_NONE, NULL, 0, NULL }

/** Fills a resolution with its defaults; the same bytes as ARC_RESOLUTION_INIT.
 *  @param resolution not NULL. @return ARC_OK, or ARC_E_INVALID when resolution is NULL. @since 0.1 */
ARC_API arc_status arc_resolution_init(arc_resolution *resolution);

/** Closes a dispute. Never who opened it, unless a single accountant keeps the book.
 *
 *  @param session    the session. @param dispute id. @param resolution not NULL.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such dispute or credit; ARC_E_STATE: it is closed, or credit is no credit of the same customer; ARC_E_FORBIDDEN: who opened it does not close it; ARC_E_VALUE: no such code, or a
 *          credit with another one; ARC_E_RANGE: the date is before the dispute was opened; ARC_E_LIMIT; ARC_E_ENCODING; otherwise as arc_dispute_open(). @since 0.1 */
ARC_API arc_status arc_dispute_resolve(arc_session *session, int64_t dispute, const arc_resolution *resolution);

/** What of items is under dispute on a day: the sum of the disputes in force. Payments since do not lower it: at most what is open is disputed.
 *
 *  @param session the session. @param amounts n out, in minor units of each item's currency; 0 also for items the actor does not see. @param items n ids. @param n 1 to 100,000.
 *  @param as_of   ARC_DATE_NONE = the session's business date.
 *  @return ARC_OK; ARC_E_RANGE: not a date; ARC_E_OVERFLOW; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_dispute_sums(arc_session *session, int64_t *amounts, const int64_t *items, size_t n, arc_date as_of);

ARC_END_DECLS

#endif
