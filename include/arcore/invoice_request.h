/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/invoice_request.h
 *  Requests for tax invoices (开票申请).
 *
 *  A request and its lines are master data (entities `invoice_request`, `invoice_request_line`), added as a draft. It is submitted, approved by somebody else, and sent:
 *  a message for the host's tax service goes into the outbox. What the service answers is told by arc_invoice_request_issue() or arc_invoice_request_fail().
 *
 *  | call | from | to |
 *  |---|---|---|
 *  | submit | draft | submitted |
 *  | approve | submitted | approved |
 *  | reject | submitted, approved, sent, failed | draft: asked for again, or cancelled |
 *  | recall | submitted | draft: by who submitted it |
 *  | send | approved | sent |
 *  | issue | sent, failed; whatever it is now, once it was sent | issued |
 *  | fail | sent | failed |
 *  | cancel | draft, submitted, approved, failed | cancelled |
 *  | reissue | failed, cancelled | as it was; a new draft replaces it |
 *
 *  Everything else is ARC_E_STATE.
 *
 *  What could not be recorded is refused before the tax service hears of it: submitting and sending judge a request by what will make its invoice - customer, term and due date, items,
 *  orders, deliveries, contract, rates, rules of the book, period, number series - and sending counts what is at the service already. What the service has issued is always
 *  recorded: where the book would refuse it by then, it is taken as it is, and `overruled` of the request says why it would not have been. */
#ifndef ARCORE_INVOICE_REQUEST_H
#define ARCORE_INVOICE_REQUEST_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Submits a request: from now on it waits for somebody who approves. A request without a title gets the customer's default one.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param request id of a draft with at least one line, whose lines come to its amount.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such request; ARC_E_STATE: it is no draft; ARC_E_REQUIRED: no title, and the customer has no default one; ARC_E_VALUE: the lines do
 *          not come to its amount; ARC_E_REQUIRED, ARC_E_GUARD, ARC_E_PERIOD, ARC_E_REFERENCE, ARC_E_CALENDAR, ARC_E_CURRENCY, ARC_E_RANGE, ARC_E_RULE and what else
 *          arc_invoice_issue_document() says to the invoice it asks for; ARC_E_INVALID: the id is not positive; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT;
 *          ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_request_submit(arc_session *session, int64_t request);

/** Approves a submitted request: never by who submitted it, nor by a deputy of his.
 *  @param request id of a submitted request.
 *  @return ARC_OK; ARC_E_STATE: it is not submitted; ARC_E_FORBIDDEN: the actor submitted it, or may not; ARC_E_INVALID; otherwise as arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_approve(arc_session *session, int64_t request);

/** Sends a request back, with the reason: it is a draft again, which is submitted anew or cancelled. For who should approve it, for the front end, and for what the tax service refuses.
 *  @param request id of a request that is submitted, approved, sent or failed. @param reason 1 to 1,000 bytes of UTF-8, kept in `failure`.
 *  @return ARC_OK; ARC_E_STATE: it is a draft, issued or cancelled; ARC_E_INVALID: no reason, or a longer one; ARC_E_ENCODING; otherwise as arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_reject(arc_session *session, int64_t request, const char *reason);

/** Takes a submitted request back (撤回), before it is decided: it is a draft again. By who submitted it, or who acts for him; others reject it.
 *  @param request id of a submitted request. @param reason at most 1,000 bytes of UTF-8, kept in `failure`; NULL: none.
 *  @return ARC_OK; ARC_E_STATE: it is not submitted; ARC_E_FORBIDDEN: also who did not submit it; ARC_E_INVALID: a longer reason; ARC_E_ENCODING; otherwise as
 *          arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_recall(arc_session *session, int64_t request, const char *reason);

/** Sends an approved request: puts a message of kind "invoice_request.send" into the outbox. Its payload is {"request", "number", "customer", "currency", "amount", "fapiao_kind",
 *  "title": {"title", "tax_no", "address", "phone", "bank", "account"}, "lines": [{"seq", "name", "amount", "tax_rate"}]}; its key is "invoice_request/" and the id, and of a request that is
 *  sent again "/2", "/3" ... behind it. It is judged again, together with what is at the service already of the same items, order or delivery lines, or contract.
 *  @param message receives the message's id; may be NULL. @param request id of an approved request.
 *  @return ARC_OK; ARC_E_STATE: it is not approved; ARC_E_VALUE: its lines do not come to its amount any more; ARC_E_INVALID; otherwise as arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_send(arc_session *session, int64_t *message, int64_t request);

/** The tax invoice that a tax service issued. Start from ARC_FAPIAO_INIT. */
typedef struct arc_fapiao {
    uint32_t struct_size; /**< sizeof(arc_fapiao) */
    arc_date date;        /**< of the invoice */
    const char *number;   /**< 1 to 20 bytes */
    const char *code;     /**< of paper ones; NULL: none */
    const char *kind;     /**< code of fapiao_kind; NULL: as was asked for */
} arc_fapiao;

#define ARC_FAPIAO_INIT { (uint32_t)sizeof(arc_fapiao), ARC_DATE_NONE, NULL, NULL, NULL }

/** Fills a fapiao with its defaults; the same bytes as ARC_FAPIAO_INIT.
 *  @param fapiao not NULL. @return ARC_OK, or ARC_E_INVALID when fapiao is NULL. @since 0.1 */
ARC_API arc_status arc_fapiao_init(arc_fapiao *fapiao);

/** The tax service has issued it: makes the invoice, or takes the one that has this number already, of the same customer and amount. The invoice consumes or covers the items of the request's lines by their amounts, as arc_invoice_issue_document() with
 *  `uses` does. The actor needs the right invoice.issue too. Told a second time, with the same number and date, it answers with the same invoice.
 *
 *  A tax invoice that exists is not lost: where the book would refuse it - the customer is blocked, the items are used up, the contract is exceeded, no term says when it is due, the day is
 *  closed, a rule objects - it is recorded all the same. It takes of the items what is left and claims the rest itself, an item without term has no due date yet, of a closed day it counts from
 *  the first open one, without a series it has the tax invoice's number; `overruled` says what was against it. So is one that was rejected, cancelled or told to have failed after it was sent.
 *  @param invoice receives the invoice's id; may be NULL. @param request id of a request that was sent. @param fapiao what the service says.
 *  @return ARC_OK; ARC_E_STATE: it was never sent, or issued under another number; ARC_E_REQUIRED: no number or date; ARC_E_EXISTS: the number is another
 *          invoice's; ARC_E_RANGE: no day there is; ARC_E_INVALID: fapiao is NULL or its struct_size wrong; otherwise as arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_issue(arc_session *session, int64_t *invoice, int64_t request, const arc_fapiao *fapiao);

/** The tax service could not issue it. Told a second time with the same reason, nothing changes.
 *  @param request id of a request that was sent. @param reason 1 to 1,000 bytes of UTF-8, kept.
 *  @return ARC_OK; ARC_E_STATE: it was not sent; ARC_E_INVALID: no reason, or a longer one; ARC_E_ENCODING; otherwise as arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_fail(arc_session *session, int64_t request, const char *reason);

/** Gives a request up that is not at the tax service and not issued.
 *  @param request id of the request. @param reason 1 to 1,000 bytes of UTF-8, kept.
 *  @return ARC_OK; ARC_E_STATE: it was sent, issued or cancelled; ARC_E_INVALID: no reason, or a longer one; ARC_E_ENCODING; otherwise as arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_cancel(arc_session *session, int64_t request, const char *reason);

/** Makes a new draft with the contents of a request that failed or was cancelled; `replaces` names that one.
 *  @param id receives the new request's id; may be NULL. @param request id of a failed or cancelled request. @param number of the new one, 1 to 64 bytes of UTF-8.
 *  @return ARC_OK; ARC_E_STATE: it neither failed nor was cancelled; ARC_E_EXISTS: the number is taken; ARC_E_INVALID: no number, or a longer one; ARC_E_ENCODING; otherwise as
 *          arc_invoice_request_submit(). @since 0.1 */
ARC_API arc_status arc_invoice_request_reissue(arc_session *session, int64_t *id, int64_t request, const char *number);

/** One step of one request. Start from ARC_REQUEST_STEP_INIT. */
typedef struct arc_request_step {
    uint32_t struct_size; /**< sizeof(arc_request_step) */
    uint32_t flags;       /**< 0 */
    int64_t request;      /**< its id */
    arc_date date;        /**< issue: of the tax invoice */
    uint32_t reserved;    /**< 0 */
    const char *reason;   /**< fail: why, 1 to 1,000 bytes of UTF-8 */
    const char *number;   /**< issue: of the tax invoice, 1 to 20 bytes */
    const char *code;     /**< issue: of paper ones; NULL: none */
    const char *kind;     /**< issue: code of fapiao_kind; NULL: as was asked for */
} arc_request_step;

#define ARC_REQUEST_STEP_INIT { (uint32_t)sizeof(arc_request_step), 0, 0, ARC_DATE_NONE, 0, NULL, NULL, NULL, NULL }

/** Fills a step with its defaults; the same bytes as ARC_REQUEST_STEP_INIT.
 *  @param step not NULL. @return ARC_OK, or ARC_E_INVALID when step is NULL. @since 0.1 */
ARC_API arc_status arc_request_step_init(arc_request_step *step);

/** Submits many drafts, as arc_invoice_request_submit() does one, in one durable commit.
 *
 *  This and the functions below: one step for each of n requests; what a refused one would do is undone, the others are done.
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param made    n ids out, 0 where refused: of the message (send), of the invoice (issue), else of the request; may be NULL.
 *  @param results n statuses out, each as the function of one says. May be NULL only with ARC_ALL_OR_NONE.
 *  @param steps   n of them, all of one struct_size.
 *  @param n       1 to 100,000.
 *  @param flags   0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some were refused; with ARC_ALL_OR_NONE the status of the first refused element, nothing done: ARC_E_STATE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_REQUIRED,
 *          ARC_E_VALUE, ARC_E_ENCODING; ARC_E_INVALID; ARC_E_LIMIT; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_DOOMED; ARC_E_FULL;
 *          ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_request_submit_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags);

/** Approves many, each never by who submitted it.
 *  @return as arc_invoice_request_submit_many(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_ENCODING, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_REQUEST,
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_request_approve_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags);

/** Sends many to the tax service: a message each.
 *  @return as arc_invoice_request_submit_many(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_ENCODING, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_REQUEST,
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_request_send_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags);

/** The tax service has issued many: an invoice each. Told again, it answers with the same invoices.
 *  @return as arc_invoice_request_submit_many(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_GUARD, ARC_E_REFERENCE,
 *          ARC_E_PERIOD, ARC_E_RULE, ARC_E_EXISTS, ARC_E_CURRENCY, ARC_E_RANGE, ARC_E_OVERFLOW, ARC_E_CALENDAR, ARC_E_ENCODING, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_REQUEST,
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_request_issue_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags);

/** The tax service could not issue many; each has its reason.
 *  @return as arc_invoice_request_submit_many(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_ENCODING, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_REQUEST,
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_request_fail_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
