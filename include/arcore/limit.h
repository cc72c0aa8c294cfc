/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/limit.h
 *  Credit limits (信用额度): what a customer may owe, alone or with all it owns, from a day on. Rows of ARC_CREDIT_LIMIT are only added; the limit of a day is the newest permanent row
 *  in force plus all temporary rows in force, computed whenever it is asked for: a temporary limit falls back by itself. docs/credit.md tells the whole. */
#ifndef ARCORE_LIMIT_H
#define ARCORE_LIMIT_H

#include "arcore/date.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

/** A limit to be set or asked for. Start from ARC_CREDIT_LIMIT_INIT. */
typedef struct arc_credit_limit {
    uint32_t struct_size;
    arc_date valid_from;  /**< ARC_DATE_NONE: the session's business date */
    arc_date valid_to;    /**< last day; ARC_DATE_NONE: until replaced; a temporary one needs it */
    uint32_t reserved;    /**< 0 */
    int64_t customer;
    int64_t amount;       /**< minor units; 0: nothing on credit */
    int64_t credit_check; /**< it rests on; 0: the latest complete one that holds on its first day */
    const char *currency; /**< ISO 4217 */
    const char *kind;     /**< "permanent" or "temporary"; NULL: permanent */
    const char *scope;    /**< "own" or "group" (with all it owns); NULL: own */
    const char *reason;   /**< 1 to 500 bytes */
    int64_t customer_group; /**< instead of a customer: of all its customers and those of its groups, with all they own; scope is group, or NULL */
} arc_credit_limit;

#define ARC_CREDIT_LIMIT_INIT { (uint32_t)sizeof(arc_credit_limit), ARC_DATE_NONE, ARC_DATE_NONE, 0, 0, 0, 0, NULL, NULL, NULL, NULL, 0 }

/** Fills a limit with its defaults; the same bytes as ARC_CREDIT_LIMIT_INIT.
 *  @param limit not NULL. @return ARC_OK, or ARC_E_INVALID when limit is NULL. @since 0.1 */
ARC_API arc_status arc_credit_limit_init(arc_credit_limit *limit);

/** Sets a limit: one more row. It needs a credit check of the customer that is complete (date, sources, documents, result pass or warn, day of review) and holds on its first day,
 *  unless the policy in force says otherwise; that of a customer group on one of a customer of it, which credit_check names, and it is set by who may set limits of all customers; and what the customer may owe with it on any day, with all other limits of that day, must lie within the actor's authority for credit_limit.set in the currency.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the id of the row; may be NULL. @param limit not NULL.
 *  @return ARC_OK; ARC_E_INVALID: NULL, reserved is not 0, or a text that is too long or not UTF-8; ARC_E_NOT_FOUND: no such customer, group or credit check; ARC_E_REQUIRED: a currency, a reason, a day, or a credit
 *          check: the message says what is missing; ARC_E_VALUE: no such kind or scope; ARC_E_CURRENCY: no such currency; ARC_E_RANGE: a negative amount, or the last day before the first;
 *          ARC_E_FORBIDDEN: not by this actor, or above his authority: ask for it; ARC_E_STATE: the customer is merged or closed; ARC_E_OVERFLOW; ARC_E_LIMIT; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_credit_limit_set(arc_session *session, int64_t *id, const arc_credit_limit *limit);

/** Asks for a limit that somebody else grants: an ARC_CREDIT_REQUEST that is submitted. It may lack a credit check: who approves overrides that.
 *  @param session as arc_credit_limit_set(). @param id receives the id of the request; may be NULL. @param limit not NULL.
 *  @return as arc_credit_limit_set(), but for authority and the missing check. @since 0.1 */
ARC_API arc_status arc_credit_request_submit(arc_session *session, int64_t *id, const arc_credit_limit *limit);

/** Grants a request: the limit is set. By another person than who asked, and within his authority for credit_request.approve.
 *  @param session as arc_credit_limit_set(). @param limit receives the id of the limit's row; may be NULL. @param request its id. @param reason why, at most 500 bytes; required where the
 *  request has no credit check.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it was decided; ARC_E_FORBIDDEN: asked for by himself, above his authority, or not by this actor; ARC_E_REQUIRED: a reason; otherwise as
 *          arc_credit_limit_set(). @since 0.1 */
ARC_API arc_status arc_credit_request_approve(arc_session *session, int64_t *limit, int64_t request, const char *reason);

/** Refuses a request.
 *  @param session as arc_credit_limit_set(). @param request its id. @param reason why, 1 to 500 bytes.
 *  @return as arc_credit_request_approve(). @since 0.1 */
ARC_API arc_status arc_credit_request_reject(arc_session *session, int64_t request, const char *reason);

/** Takes a request back: by who submitted it, or who acts for him; else ARC_E_FORBIDDEN.
 *  @param session as arc_credit_limit_set(). @param request its id. @param reason why, 1 to 500 bytes.
 *  @return as arc_credit_request_approve(). @since 0.1 */
ARC_API arc_status arc_credit_request_recall(arc_session *session, int64_t request, const char *reason);

/** Tells the limits of a customer on a day, and those of who owns it: an object {customer, as_of, limits: [{customer, scope, currency, amount, permanent, temporary, next: [{from, amount}],
 *  rows: [{id, kind, amount, valid_from, valid_to, in_force, reason, set_by, set_at, credit_check, credit_request}]}],
 *  securities: [{part, entity, id, kind, currency, amount, covered, valid_to}], requests: [{id, scope, kind, currency, old_amount, new_amount, valid_from, valid_to, reason, requested_by}]}; amounts in minor units. `amount`, `permanent` and `temporary` are null where rows are there and none is in force;
 *  `next` tells what the limit will be from which day on. Of owners only their group limits are told, and of
 *  the customer groups any of them stands in: customer_group instead of customer. securities are those of the customer that are in force, each with what it covers at most, insured or secured; requests limits that
 *  are asked for and not decided. Both only without known_at. set_at is a stamp in µs UTC.
 *
 *  @param session the session. @param buf may be NULL. @param len in: size of buf; out: bytes without the NUL. @param customer its id. @param as_of the day; ARC_DATE_NONE: the session's business date.
 *  @param known_at stamp in µs UTC: only what was written by then counts; 0: all.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such customer; ARC_E_FORBIDDEN; ARC_E_RANGE: no date; ARC_E_STATE: the owners go in a circle; ARC_E_OVERFLOW; ARC_E_INVALID; ARC_E_TXN; of a past day what waits for its seal is sealed first: ARC_E_READONLY, ARC_E_CONFLICT, ARC_E_FULL,
 *          ARC_E_OUTCOME_UNKNOWN; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_TIMEOUT; ARC_E_BUSY; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_credit_limit_json(arc_session *session, char *buf, size_t *len, int64_t customer, arc_date as_of, arc_stamp known_at);

#define ARC_EXPOSURE_OWNED 1    /**< arc_credit_exposure_json(): of a customer with all it owns */
#define ARC_EXPOSURE_OF_GROUP 2 /**< of the customers of a customer group, with all they own */

/** Tells the exposure of a customer on a day by parts: an object {customer, as_of, currency, policy, group, total, parts: [{part, amount, included, limit}], by_currency: [{currency, rate, parts}],
 *  limits: [{customer, scope, currency, limit, exposure, headroom}]}. Amounts in minor units of `currency`; parts that make exposure less are negative. Σ of the included parts is the total.
 *  Of a day before the business date it is what the book knew by the end of that day: what was recorded later, dated back, is not in it, as it is not in an aging with known_at that day's last seal.
 *
 *  As of the session's business date it is read from the sums that are kept; as of a day before that the book is replayed to that day first (docs/audit.md), which costs its history.
 *  @param session the session. @param buf may be NULL. @param len in: size of buf; out: bytes without the NUL. @param customer its id. @param currency of the figures; NULL: the policy's.
 *  @param as_of the day; ARC_DATE_NONE: the session's business date. @param group 0; ARC_EXPOSURE_OWNED: with all it owns; ARC_EXPOSURE_OF_GROUP: customer is the id of a customer group.
 *  @return as arc_credit_limit_json(), ARC_E_READONLY, ARC_E_CONFLICT, ARC_E_FULL and ARC_E_OUTCOME_UNKNOWN too; ARC_E_VALUE: no exchange rate; ARC_E_CURRENCY: no such currency; ARC_E_REQUIRED: neither currency nor policy. @since 0.1 */
ARC_API arc_status arc_credit_exposure_json(arc_session *session, char *buf, size_t *len, int64_t customer, const char *currency, arc_date as_of, int32_t group);

ARC_END_DECLS

#endif
