/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/invoice.h
 *  Invoices and the open items they make.
 *
 *  An invoice never changes once recorded. What it claims is its *open item*: that is what has a due date, is aged and is
 *  settled by allocations. */
#ifndef ARCORE_INVOICE_H
#define ARCORE_INVOICE_H

#include "arcore/record.h"

ARC_BEGIN_DECLS

/** Records invoices issued elsewhere (by another system, or before this book was opened): each becomes an issued invoice with
 *  one open item, and the customer's account in that currency grows by its gross amount. A negative gross amount records a
 *  credit note: its item is a credit that allocations can use; red_of names the invoice it takes back, whose credit notes never come to more than it (ARC_E_GUARD, ARC_E_STATE).
 *
 *  Required fields of each record: customer, number, invoice_date, due_date, currency, gross_amount (inclusive of tax);
 *  net_amount and tax_amount, when given, must add up to it (one given: the other is the rest). Fields kept by the library or by verbs
 *  (id, txn, kind, status) must be NULL; custom fields marked required must have a value. owner, team and region are copied from the customer
 *  when not given, so that later changes of the customer do not move history.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids      n ids out, 0 where refused; may be NULL.
 *  @param results  n statuses out: ARC_OK; ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE: a field (see arc_session_error() for
 *                  the first refused element: field, row); ARC_E_EXISTS: the number is taken; ARC_E_REFERENCE: no such
 *                  customer. May be NULL only with ARC_ALL_OR_NONE.
 *  @param invoices n records of entity ARC_INVOICE, of this session.
 *  @param n        1 to 100,000.
 *  @param flags    0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK: all recorded; ARC_PARTIAL: some refused, the others recorded; with ARC_ALL_OR_NONE the status of the first
 *          refused element, nothing recorded; ARC_E_INVALID: NULL argument, n is 0, unknown flag, a record of another entity; ARC_E_LIMIT: n is too large;
 *          ARC_E_OVERFLOW: an account's balance would leave int64, nothing recorded; ARC_E_TXN: the open transaction is for reading; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM.
 *  @since 0.1 */
ARC_API arc_status arc_invoice_record_many(arc_session *session, int64_t *ids, arc_status *results,
                                           arc_record *const *invoices, size_t n, uint32_t flags);

/** Records one invoice; as arc_invoice_record_many() with ARC_ALL_OR_NONE.
 *  @param id receives the id; may be NULL.
 *  @return ARC_OK; every status of arc_invoice_record_many(): ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_EXISTS, ARC_E_REFERENCE,
 *          ARC_E_INVALID, ARC_E_OVERFLOW, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO,
 *          ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_record(arc_session *session, int64_t *id, arc_record *invoice);

/* ---- documents with lines ------------------------------------------------------------------------------------------------- */

#define ARC_USE_UP_TO 1u /**< of a planned or estimated item: at most the amount, when less is left of it */

/** Part of a receivable that a document takes over. Start from ARC_INVOICE_USE_INIT. */
typedef struct arc_invoice_use {
    uint32_t struct_size; /**< sizeof(arc_invoice_use) */
    uint32_t flags;       /**< 0 or ARC_USE_UP_TO */
    int64_t item;         /**< id of an item */
    arc_money amount;     /**< positive, inclusive of tax, in the document's currency */
    uint32_t line;        /**< number of the line it is taken for, from 1: a credit note to that line gives it back; 0: what of the document is of its contract, order or delivery */
    uint32_t reserved;    /**< 0 */
} arc_invoice_use;

#define ARC_INVOICE_USE_INIT { (uint32_t)sizeof(arc_invoice_use), 0, 0, { 0, "", 0 }, 0, 0 }

/** Fills a use with its defaults; the same bytes as ARC_INVOICE_USE_INIT.
 *  @param use not NULL. @return ARC_OK, or ARC_E_INVALID when use is NULL. @since 0.1 */
ARC_API arc_status arc_invoice_use_init(arc_invoice_use *use);
/** @name Kinds of documents. Without one it is an invoice, or a debit note when the header has debit_of.
 *  @{ */
#define ARC_AS_ADVANCE 1u  /**< an advance invoice: a contract liability, deducted by later invoices */
#define ARC_AS_PROFORMA 2u /**< a proforma: claims nothing, is not posted */
/** @} */

/** A document with its lines. Start from ARC_INVOICE_DOCUMENT_INIT. */
typedef struct arc_invoice_document {
    uint32_t struct_size; /**< sizeof(arc_invoice_document) */
    uint32_t flags;       /**< 0, ARC_AS_ADVANCE or ARC_AS_PROFORMA */
    arc_record *invoice;  /**< header, of entity ARC_INVOICE */
    arc_record *const *lines; /**< n_lines records of entity ARC_INVOICE_LINE, in their order */
    uint32_t n_lines;     /**< 1 to 10,000 */
    uint32_t reserved;    /**< 0 */
    const char *series;   /**< code of the number series; NULL: "invoice", or that of the kind of document where the book has one */
    const arc_invoice_use *uses; /**< n_uses, together at most its total: planned and estimated items it consumes, and receivables it is the tax invoice of, which it does not claim
                                      again. Of the rest, or of all when NULL, planned and estimated items of its deliveries, orders and contract are consumed by themselves */
    uint32_t n_uses;      /**< 0 to 1,000 */
    uint32_t reserved2;   /**< 0 */
} arc_invoice_document;

#define ARC_INVOICE_DOCUMENT_INIT { (uint32_t)sizeof(arc_invoice_document), 0, NULL, NULL, 0, 0, NULL, NULL, 0, 0 }

/** Fills a document with its defaults; the same bytes as ARC_INVOICE_DOCUMENT_INIT.
 *  @param document not NULL. @return ARC_OK, or ARC_E_INVALID when document is NULL. @since 0.1 */
ARC_API arc_status arc_invoice_document_init(arc_invoice_document *document);

/** Issues documents with lines: totals and tax are computed from the lines, due dates from the payment term, the number is drawn from a series when none is
 *  given; each becomes an issued invoice with its lines and open items, an entry in the journal and a change of the customer's account. docs/invoicing.md
 *  tells how each is found.
 *
 *  Header: customer and currency are required; invoice_date is the session's business date when NULL; term (or due_date) the contract's or the customer's.
 *  net_amount, tax_amount and gross_amount may be given as a check. Fields kept by the library or by verbs must be NULL.
 *  Lines: an amount without or with tax, or quantity and price (which price_basis says with or without tax); tax_rate, or a product with a tax code, or a
 *  tax kind without tax; name, or a product; currency, the header's when NULL. discount_of: a negative line under the one it discounts.
 *
 *  @param session   the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids       n invoice ids out, 0 where refused; may be NULL.
 *  @param results   n statuses out: ARC_OK; ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_CURRENCY, ARC_E_OVERFLOW: a field, of a line when the error's
 *                   pointer is /lines/N/field; ARC_E_EXISTS: the number is taken; ARC_E_REFERENCE: a row pointed at does not exist; ARC_E_STATE: the
 *                   customer is blocked, closed or merged; ARC_E_CALENDAR: of the term; ARC_E_RULE. May be NULL only with ARC_ALL_OR_NONE.
 *  @param documents n of them, all of one struct_size; their records are of this session.
 *  @param n         1 to 100,000; at most 1,000,000 lines in all.
 *  @param flags     0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some refused, the others issued; with ARC_ALL_OR_NONE the status of the first refused element, nothing issued; ARC_E_NOT_FOUND:
 *          a number is needed and the book has no such series; ARC_E_STATE: the pattern of the series, or a setting, is wrong; ARC_E_LIMIT: too many elements or
 *          lines, or a number that is too long; ARC_E_INVALID, ARC_E_OVERFLOW, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT,
 *          ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE,
 *          ARC_E_NOMEM: as arc_invoice_record_many(). @since 0.1 */
ARC_API arc_status arc_invoice_issue_many(arc_session *session, int64_t *ids, arc_status *results, const arc_invoice_document *documents, size_t n,
                                          uint32_t flags);

/** Issues one document; as arc_invoice_issue_many() with ARC_ALL_OR_NONE.
 *  @param id receives the invoice's id; may be NULL.
 *  @return ARC_OK; every status of arc_invoice_issue_many(): ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_CURRENCY, ARC_E_OVERFLOW, ARC_E_EXISTS,
 *          ARC_E_REFERENCE, ARC_E_STATE, ARC_E_CALENDAR, ARC_E_RULE, ARC_E_NOT_FOUND, ARC_E_LIMIT, ARC_E_INVALID, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY,
 *          ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL,
 *          ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_issue_document(arc_session *session, int64_t *id, const arc_invoice_document *document);

/** Computes a document without writing anything: totals, tax by line, due dates and items with their parts, as arc_invoice_issue_document() would have them, and refuses what that
 *  would refuse: contract, orders, deliveries, advances and receivables it uses are held against it as they stand, rules of the book judge it. Of one that is the tax invoice of
 *  receivables which stand the items are those of the rest. No number is drawn, nothing is locked; a book whose invoices are approved first previews them all the same. A
 *  draft read from the book is looked at anew: its own number is not taken. Rows are seen with the right to read.
 *
 *  @param session  the session; in its open transaction, or in a READ one of its own.
 *  @param invoice  receives the header: a record of entity ARC_INVOICE; may be NULL.
 *  @param lines    document->n_lines records of entity ARC_INVOICE_LINE, which receive the lines; may be NULL.
 *  @param items    *n_items records of entity ARC_ITEM, which receive the items; may be NULL when *n_items is 0.
 *  @param n_items  in: room; out: items the document makes, at most 61.
 *  @param document as for arc_invoice_issue_document(); its records are not changed, and may not be among those that receive.
 *  @return ARC_OK; ARC_E_BUFFER: less room than items, nothing is filled; what is wrong with the document: ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE,
 *          ARC_E_CURRENCY, ARC_E_OVERFLOW, ARC_E_REFERENCE, ARC_E_STATE, ARC_E_CALENDAR, ARC_E_PERIOD, ARC_E_LIMIT, ARC_E_EXISTS, ARC_E_RULE; ARC_E_GUARD: more than its contract, an order, a
 *          delivery, an advance or a receivable leaves; ARC_E_NOT_FOUND: a number is needed and the book has no such series; ARC_E_FORBIDDEN: the actor reads no invoices, or sets a field
 *          he may not set; ARC_E_INVALID; ARC_E_HANDLE; ARC_E_TXN; ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_preview(arc_session *session, arc_record *invoice, arc_record *const *lines, arc_record *const *items, uint32_t *n_items,
                                       const arc_invoice_document *document);

/* ---- drafts and their way ------------------------------------------------------------------------------------------------------ */

/** Keeps a draft: a new one, or - when the header names id and version, as a record read from the book does - the new content of one. Its lines lie in the field
 *  draft_lines, its totals are computed; it claims nothing and has no number but one given by hand.
 *
 *  @param id       receives the invoice's id; may be NULL.
 *  @param document header and lines; fields kept by verbs are not looked at.
 *  @return ARC_OK; ARC_E_STALE: the draft was changed since; ARC_E_STATE: it is no draft any more; ARC_E_NOT_FOUND: there is none; and as
 *          arc_invoice_issue_document(): ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_CURRENCY, ARC_E_OVERFLOW, ARC_E_EXISTS, ARC_E_REFERENCE, ARC_E_RULE,
 *          ARC_E_LIMIT, ARC_E_INVALID, ARC_E_FORBIDDEN, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION,
 *          ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_draft(arc_session *session, int64_t *id, const arc_invoice_document *document);

/** One step of one stored invoice. Start from ARC_INVOICE_STEP_INIT. */
typedef struct arc_invoice_step {
    uint32_t struct_size; /**< sizeof(arc_invoice_step) */
    uint32_t flags;       /**< 0 */
    int64_t invoice;      /**< its id */
    int64_t version;      /**< the version that was looked at; 0: whatever it is now */
    arc_date date;        /**< of the step; ARC_DATE_NONE: the session's business date */
    arc_date delivered_on; /**< arc_invoice_date(): goods were handed over; ARC_DATE_NONE: not told */
    arc_date accepted_on;  /**< arc_invoice_date(): they were accepted; ARC_DATE_NONE: not told */
    uint32_t reserved;    /**< 0 */
    const char *reason;   /**< why, at most 500 bytes; required by reject, void and refuse */
    const char *by;       /**< confirm: who at the customer; send: tracking number; at most 120 bytes */
} arc_invoice_step;

#define ARC_INVOICE_STEP_INIT \
    { (uint32_t)sizeof(arc_invoice_step), 0, 0, 0, ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, 0, NULL, NULL }

/** Fills a step with its defaults; the same bytes as ARC_INVOICE_STEP_INIT.
 *  @param step not NULL. @return ARC_OK, or ARC_E_INVALID when step is NULL. @since 0.1 */
ARC_API arc_status arc_invoice_step_init(arc_invoice_step *step);

/** Submits drafts for approval: the customer is not blocked, the contract is open.
 *
 *  This and the functions below: one step for each of n invoices.
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param versions n versions out, 0 where refused; may be NULL.
 *  @param results  n statuses out: ARC_OK; ARC_E_STATE: not possible in its state, the message says why; ARC_E_STALE: another version than was named;
 *                  ARC_E_NOT_FOUND: no such invoice; ARC_E_FORBIDDEN: not by this actor; ARC_E_EXISTS: named twice; ARC_E_REQUIRED, ARC_E_RANGE: a reason, a person or
 *                  a date; ARC_E_PERIOD. May be NULL only with ARC_ALL_OR_NONE.
 *  @param steps    n of them, all of one struct_size.
 *  @param n        1 to 100,000.
 *  @param flags    0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL; with ARC_ALL_OR_NONE the status of the first refused element, nothing done: ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE,
 *          ARC_E_EXISTS; ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM: as arc_invoice_record_many(). @since 0.1 */
ARC_API arc_status arc_invoice_submit(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Approves what was submitted: never by who drafted it or by his deputy, and up to the amount the actor's roles give for invoice.approve.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_approve(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Sends back what was submitted or approved: it is a draft again. A reason is required.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_reject(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Takes back what was submitted (撤回), before it is decided: it is a draft again. By who drafted it, or who acts for him; others reject it. In a book kept by a single accountant by him.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_STATE: it is not submitted, or decided already, ARC_E_FORBIDDEN: also who did not draft it, ARC_E_NOT_FOUND, ARC_E_STALE,
 *          ARC_E_EXISTS, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO,
 *          ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_invoice_recall(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Issues stored drafts: approved ones, or drafts of who may issue alone (docs/permissions.md, "A second person"); drafts of credit notes too, in a call of their own.
 *  They are computed again as of now and become issued invoices as arc_invoice_issue_many() makes them.
 *  @return as arc_invoice_submit() and arc_invoice_issue_many(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED,
 *          ARC_E_VALUE, ARC_E_RANGE, ARC_E_CURRENCY, ARC_E_OVERFLOW, ARC_E_REFERENCE, ARC_E_CALENDAR, ARC_E_PERIOD, ARC_E_RULE, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN,
 *          ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO,
 *          ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_issue(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Voids issued invoices of which nothing is settled and nothing credited, in the period they were issued in; a digital fapiao never: credit it. Items go to 0, the journal entry is
 *  reversed; reports as of days before stay as they were. Drafts are dropped so too. A reason is required. Credit and debit notes named in the same call go first.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_RANGE, ARC_E_PERIOD,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_void(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Closes issued or credited invoices of which nothing is open.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_close(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Notes that invoices were sent, with date and tracking number; again after a refusal.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_RANGE,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_send(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Notes that the customer received invoices; items whose term counts from that day get their due date.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_RANGE,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_deliver(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Notes that the customer confirmed invoices, on which day and who did.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_RANGE,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_confirm(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Notes that the customer refused invoices. A reason is required.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_refuse(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

/** Notes that goods were delivered or accepted: items that had no due date for want of that day get one, by an adjustment that keeps what held before.
 *  @return as arc_invoice_submit(): ARC_OK, ARC_PARTIAL, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_STALE, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_RANGE,
 *          ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_date(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
