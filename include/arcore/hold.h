/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/hold.h
 *  Credit checks (信用检查) of orders, deliveries and invoices, and holds (冻结): what a check stops, and who lets it pass. docs/credit.md tells the rules.
 *
 *  Where a policy (definition of kind credit_policy) is in force, arc_order_confirm(), arc_delivery_ship() and the functions that issue invoices check the document in their own transaction. One that a rule
 *  blocks gets an ARC_HOLD and the result ARC_NEEDS_APPROVAL; an order becomes "held", others stay as they are. Released, or once there is room, the same call lets it pass. What a rule warns of passes:
 *  arc_credit_warnings_json() tells of it, and an ARC_HOLD of status "warned" keeps it. */
#ifndef ARCORE_HOLD_H
#define ARCORE_HOLD_H

#include "arcore/date.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

/** @name What a credit check says.
 *  @{ */
#define ARC_CREDIT_PASS 0
#define ARC_CREDIT_WARN 1 /**< it passes, and somebody should look */
#define ARC_CREDIT_HOLD 2 /**< it is held */
/** @} */

/** What is asked: of a document, or of an amount. Start from ARC_CREDIT_QUESTION_INIT. */
typedef struct arc_credit_question {
    uint32_t struct_size;
    uint32_t entity;      /**< ARC_SALES_ORDER, ARC_DELIVERY or ARC_INVOICE (a draft); 0: an amount is asked about */
    int64_t row;          /**< id of the document */
    int64_t customer;     /**< of an amount */
    int64_t amount;       /**< minor units: what exposure would grow by */
    arc_date wanted_on;   /**< of an amount: when it would be delivered; ARC_DATE_NONE: at once */
    uint32_t reserved;    /**< 0 */
    const char *currency; /**< of the amount */
} arc_credit_question;

#define ARC_CREDIT_QUESTION_INIT { (uint32_t)sizeof(arc_credit_question), 0, 0, 0, 0, ARC_DATE_NONE, 0, NULL }

/** What a check says. Start from ARC_CREDIT_DECISION_INIT. */
typedef struct arc_credit_decision {
    uint32_t struct_size;
    int32_t result;    /**< ARC_CREDIT_* */
    int64_t amount;    /**< of the document, in minor units of its currency */
    int64_t limit;     /**< the one that leaves least, in minor units of currency; with has_limit 0: there is none */
    int64_t exposure;  /**< what would count against it, with the document */
    int64_t excess;    /**< over the limit; 0: within it */
    int32_t has_limit;
    char currency[4];  /**< of the limit */
} arc_credit_decision;

#define ARC_CREDIT_DECISION_INIT { (uint32_t)sizeof(arc_credit_decision), 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0 } }

/** A permit: what a release allows. Start from ARC_CREDIT_PERMIT_INIT. */
typedef struct arc_credit_permit {
    uint32_t struct_size;
    arc_date valid_to;    /**< last day; required */
    int64_t hold;         /**< its id */
    int64_t amount;       /**< up to which the document passes, inclusive of tax, in its currency; 0: what it has now */
    int64_t version;      /**< of the hold that was looked at; 0: whatever it is now */
    const char *reason;   /**< 1 to 500 bytes */
} arc_credit_permit;

#define ARC_CREDIT_PERMIT_INIT { (uint32_t)sizeof(arc_credit_permit), ARC_DATE_NONE, 0, 0, 0, NULL }

/** Fills a question with its defaults; the same bytes as ARC_CREDIT_QUESTION_INIT.
 *  @param question not NULL. @return ARC_OK, or ARC_E_INVALID when question is NULL. @since 0.1 */
ARC_API arc_status arc_credit_question_init(arc_credit_question *question);
/** Fills a decision with its defaults; the same bytes as ARC_CREDIT_DECISION_INIT.
 *  @param decision not NULL. @return ARC_OK, or ARC_E_INVALID when decision is NULL. @since 0.1 */
ARC_API arc_status arc_credit_decision_init(arc_credit_decision *decision);
/** Fills a release with its defaults; the same bytes as ARC_CREDIT_PERMIT_INIT.
 *  @param permit not NULL. @return ARC_OK, or ARC_E_INVALID when permit is NULL. @since 0.1 */
ARC_API arc_status arc_credit_permit_init(arc_credit_permit *permit);

/** Asks what the rules would say, without writing anything. The JSON has all numbers: {result, customer, moment, as_of, policy, amount, currency, limits: [{customer, scope, currency, limit, exposure, document, after,
 *  percent, excess}], rules: [{rule, effect, is, most, currency, en, zh}]}; rules that are kept are not told. Of a limit for customers of which the actor sees a part: {rule, scope, currency, hidden: true}.
 *
 *  @param session  the session. @param decision receives the outcome; may be NULL. @param buf may be NULL. @param len in: size of buf; out: bytes without the NUL; may be NULL with buf.
 *  @param question not NULL.
 *  @return ARC_OK, whatever the outcome; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such document or customer; ARC_E_FORBIDDEN; ARC_E_INVALID: neither a document nor an amount; ARC_E_CURRENCY; ARC_E_RANGE: a negative amount, or no business date;
 *          ARC_E_VALUE: no exchange rate; ARC_E_STATE: the owners go in a circle; ARC_E_OVERFLOW; ARC_E_LIMIT; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_TIMEOUT; ARC_E_BUSY; ARC_E_BACKEND; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_credit_check(arc_session *session, arc_credit_decision *decision, char *buf, size_t *len, const arc_credit_question *question);

/** What the credit checks of the session's last call that changes the book warned of: documents that passed, and that somebody should look at. Each is kept as an ARC_HOLD, too, of status "warned". The JSON: {warnings:
 *  [{hold, element, customer, document_kind, document, rules: [{rule, en, zh}], reasons}]}; element is the place in the call, from 0; reasons, with all numbers, are told to who may read limits and sees all customers. Nothing: an empty list.
 *
 *  @param session the session. @param buf may be NULL. @param len in: size of buf; out: bytes without the NUL.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_credit_warnings_json(arc_session *session, char *buf, size_t *len);

/** Holds a customer: every check of its documents blocks until the hold is ended.
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open. @param id receives the id of the hold; may be NULL. @param customer its id. @param reason why, 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_EXISTS: it is held already (the error names the hold); ARC_E_INVALID, ARC_E_ENCODING: the reason; ARC_E_REQUIRED: no business date; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY;
 *          ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_hold_place(arc_session *session, int64_t *id, int64_t customer, const char *reason);

/** Lets a held document pass, up to an amount and until a day, in the version it has now: the next call that checks it takes it. By another person than who asked for what was held, and
 *  within his authority for hold.release over the excess.
 *  @param session as arc_hold_place(). @param permit not NULL.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is not held any more, or it is the hold of a customer; ARC_E_STALE: another version of the hold; ARC_E_FORBIDDEN: held for himself, above his authority, or not by this actor;
 *          ARC_E_REQUIRED: the last day; ARC_E_RANGE: that day is over, or the amount is less than the document's; otherwise as arc_hold_place(). @since 0.1 */
ARC_API arc_status arc_hold_release(arc_session *session, const arc_credit_permit *permit);

/** Ends a hold: of a customer, whose documents are checked as usual then; of a document that is given up. An order that is held becomes a draft.
 *  @param session as arc_hold_place(). @param hold its id. @param reason why, 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is over; otherwise as arc_hold_place(). @since 0.1 */
ARC_API arc_status arc_hold_end(arc_session *session, int64_t hold, const char *reason);

/** Checks held orders again, those held longest first, and confirms the ones that pass now: after a receipt, or when a limit has changed. Needs the right to confirm them, too.
 *  @param session as arc_hold_place(). @param confirmed receives how many were confirmed; may be NULL. @param max at most so many are looked at, 1 to 10,000. @param after only holds with a greater id: to go on; 0: from the first.
 *  @return ARC_OK; ARC_E_INVALID: max; otherwise as arc_hold_place() and arc_order_confirm(). @since 0.1 */
ARC_API arc_status arc_hold_recheck(arc_session *session, int64_t *confirmed, int64_t after, uint32_t max);

ARC_END_DECLS

#endif
