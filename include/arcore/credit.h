/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/credit.h
 *  Credit notes: documents that take back what an invoice claims, whole, by line or by amount. docs/credit-notes.md tells the rules. */
#ifndef ARCORE_CREDIT_H
#define ARCORE_CREDIT_H

#include "arcore/date.h"
#include "arcore/record.h"

ARC_BEGIN_DECLS

/** @name What of a line is given; what is not follows.
 *  @{ */
#define ARC_CREDIT_QUANTITY 1u
#define ARC_CREDIT_NET 2u
#define ARC_CREDIT_TAX 4u
#define ARC_CREDIT_GROSS 8u
/** @} */

/** What is taken back of one line of an invoice. Start from ARC_CREDIT_LINE_INIT. */
typedef struct arc_credit_line {
    uint32_t struct_size; /**< sizeof(arc_credit_line) */
    uint32_t given;       /**< ARC_CREDIT_*: which of the four below are given; 0: all that is left of the line */
    int64_t line;         /**< id of the invoice line; 0: it is named by seq */
    int64_t seq;          /**< number of the line in its invoice, from 1; 0: it is named by line */
    int64_t quantity;     /**< with 6 decimals */
    int64_t net;          /**< without tax, in minor units of the invoice's currency; in the sign the line has */
    int64_t tax;          /**< tax, likewise */
    int64_t gross;        /**< with tax, likewise */
} arc_credit_line;

#define ARC_CREDIT_LINE_INIT { (uint32_t)sizeof(arc_credit_line), 0, 0, 0, 0, 0, 0, 0 }

/** A credit note. Start from ARC_CREDIT_NOTE_INIT. */
typedef struct arc_credit_note {
    uint32_t struct_size;     /**< sizeof(arc_credit_note) */
    uint32_t flags;           /**< 0 */
    int64_t invoice;          /**< id of the invoice it takes back */
    int64_t amount;           /**< of an invoice without lines: what is taken back, with tax, in minor units; 0: all that is left */
    arc_date date;            /**< of the credit note; ARC_DATE_NONE: the session's business date */
    uint32_t n_lines;         /**< 0: everything that is left of the invoice; at most 10,000 */
    const arc_credit_line *lines; /**< n_lines of them, all of one struct_size */
    const char *number;       /**< NULL: from the series */
    const char *series;       /**< code of the number series; NULL: "credit_note", or "invoice" where the book has none */
    const char *reason_code;  /**< required: a code of deduction_reason, for example "return" or "price" */
    const char *reason;       /**< required: why, at most 500 bytes */
    const char *role;         /**< account role that bears the net amount, for example "refund_liability" of a rebate that was accrued; NULL: what the invoice was credited to */
} arc_credit_note;

#define ARC_CREDIT_NOTE_INIT \
    { (uint32_t)sizeof(arc_credit_note), 0, 0, 0, ARC_DATE_NONE, 0, NULL, NULL, NULL, NULL, NULL, NULL }

/** Fills a line with its defaults; the same bytes as ARC_CREDIT_LINE_INIT.
 *  @param line not NULL. @return ARC_OK, or ARC_E_INVALID when line is NULL. @since 0.1 */
ARC_API arc_status arc_credit_line_init(arc_credit_line *line);

/** Fills a credit note with its defaults; the same bytes as ARC_CREDIT_NOTE_INIT.
 *  @param note not NULL. @return ARC_OK, or ARC_E_INVALID when note is NULL. @since 0.1 */
ARC_API arc_status arc_credit_note_init(arc_credit_note *note);

/** Issues credit notes: each is an invoice of kind "credit_note" with negative amounts, red_of its invoice, its lines red_of the invoice's. All credit notes of an
 *  invoice, and of each of its lines, never come to more than it; the last one takes the last cent. What is credited settles the open items of the
 *  invoice (by due date, then id; allocations of mode "credit_note"), what is over stays an open credit item of the customer. An invoice of which nothing is left
 *  has the status "credited". The journal has the red mirror of the invoice's entry.
 *
 *  Several notes of one call may be of one invoice; they are taken in their order.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids     n ids of credit notes out, 0 where refused; may be NULL.
 *  @param results n statuses out: ARC_OK; ARC_E_NOT_FOUND: no such invoice or line; ARC_E_FORBIDDEN: not by this actor; ARC_E_STATE: the invoice cannot be credited, the message
 *                 says why; ARC_E_GUARD: more than is left; ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE: a field, of a line when the error's
 *                 pointer is /lines/N/field; ARC_E_PERIOD: the date is in a closed period; ARC_E_EXISTS: the number is taken; ARC_E_OVERFLOW; ARC_E_RULE. May be NULL only with
 *                 ARC_ALL_OR_NONE.
 *  @param notes   n of them, all of one struct_size.
 *  @param n       1 to 100,000; at most 1,000,000 lines in all.
 *  @param flags   0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some refused, the others issued; with ARC_ALL_OR_NONE the status of the first refused element, nothing issued: ARC_E_NOT_FOUND, ARC_E_FORBIDDEN,
 *          ARC_E_STATE, ARC_E_GUARD, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_PERIOD, ARC_E_EXISTS, ARC_E_OVERFLOW, ARC_E_RULE; ARC_E_INVALID: NULL argument, n is 0,
 *          unknown flag, a text that is too long or not UTF-8; ARC_E_LIMIT: too many elements or lines, or a number that is too long; ARC_E_TXN;
 *          ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL;
 *          ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_credit_many(arc_session *session, int64_t *ids, arc_status *results, const arc_credit_note *notes, size_t n, uint32_t flags);

/** Issues one credit note; as arc_invoice_credit_many() with ARC_ALL_OR_NONE.
 *  @param id receives the credit note's id; may be NULL.
 *  @return ARC_OK; every status of arc_invoice_credit_many(): ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_GUARD, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_PERIOD,
 *          ARC_E_EXISTS, ARC_E_OVERFLOW, ARC_E_RULE, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_credit(arc_session *session, int64_t *id, const arc_credit_note *note);

/** Drafts a credit note that a second person approves: a document of kind "credit_note" and status "draft" with the amounts it will have, draft_of its invoice. It takes nothing yet.
 *
 *  arc_invoice_submit(), arc_invoice_approve(), arc_invoice_reject(), arc_invoice_recall() move it as they move drafts of invoices, arc_invoice_issue() issues it once it was approved - or at once, where the
 *  actor may credit alone - and arc_invoice_void() drops it. What is issued is what was approved, to the cent: refused when less is left by then. To a tax invoice it waits for the tax service then, as
 *  arc_credit_red_status() tells. docs/permissions.md tells who needs whom.
 *
 *  @param session as of arc_invoice_credit().
 *  @param id      receives the id of the draft; may be NULL.
 *  @param note    as of arc_invoice_credit().
 *  @return as arc_invoice_credit(): ARC_OK, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_STATE, ARC_E_GUARD, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_PERIOD, ARC_E_EXISTS,
 *          ARC_E_OVERFLOW, ARC_E_RULE, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION,
 *          ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_invoice_credit_draft(arc_session *session, int64_t *id, const arc_credit_note *note);

/* ---- red letters (红字发票) ---------------------------------------------------------------------------------------------- */

/** Tells the state of the confirmation (红字信息确认单) of a credit note to a tax invoice. Such a note - of an invoice whose fapiao_kind is set and not "none" - waits
 *  from the start: it has taken its share of the invoice, but has status "approved", tax_status "red_pending", no number of a series, no item and no journal entry. States 05 to 09 make a
 *  draft of it that takes no share (tax_status "failed"); it can be asked for anew, or dropped by voiding it. That 72 hours have passed is told by the caller (07).
 *
 *  @param session    the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param credit     id of the credit note.
 *  @param state      code of red_status: "not_needed" (01), "seller_entered" (02), "buyer_entered" (03), "confirmed" (04), "refused_by_buyer" (05), "refused_by_seller" (06),
 *                    "lapsed" (07), "withdrawn" (08), "withdrawn_after" (09). The state it has already changes nothing.
 *  @param confirm_no number of the confirmation, at most 64 bytes; NULL: as it is.
 *  @param reason     why, at most 500 bytes; required from 05 on.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such document; ARC_E_FORBIDDEN; ARC_E_STATE: it is no credit note that waits, the state does not follow the one it has, or no confirmation is said to be needed for a fapiao that the buyer has used; ARC_E_VALUE: no such
 *          state; ARC_E_REQUIRED: the reason; ARC_E_GUARD: asked for anew, but others have taken what it would; ARC_E_INVALID: a text; ARC_E_CORRUPT; ARC_E_LIMIT; ARC_E_TXN;
 *          ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL;
 *          ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_credit_red_status(arc_session *session, int64_t credit, const char *state, const char *confirm_no, const char *reason);

/** Tells that the red fapiao exists: the credit note, whose confirmation is at 01 or 04, is issued and does what arc_invoice_credit() tells.
 *
 *  @param session     the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param credit      id of the credit note.
 *  @param fapiao_no   number of the red fapiao, 1 to 20 bytes.
 *  @param fapiao_code its code, at most 12 bytes; NULL: it has none.
 *  @param date        of the red fapiao, which becomes the date of the credit note; ARC_DATE_NONE: the session's business date.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such document, or its number needs a series that the book has not; ARC_E_FORBIDDEN; ARC_E_STATE: it does not wait, or the confirmation is at neither; ARC_E_REQUIRED:
 *          no date; ARC_E_RANGE: before the invoice's; ARC_E_PERIOD; ARC_E_EXISTS: another invoice has that fapiao; ARC_E_OVERFLOW; ARC_E_INVALID: a text; ARC_E_CORRUPT; ARC_E_LIMIT; ARC_E_TXN;
 *          ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL;
 *          ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_credit_red_issued(arc_session *session, int64_t credit, const char *fapiao_no, const char *fapiao_code, arc_date date);

/** Tells what the buyer did with a fapiao, as the tax service or the buyer says: certified it for deduction (用途确认), deducted it, booked it. A fapiao that was used is not voided any
 *  more, and its credit note needs the buyer's confirmation: state 01 is refused.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param invoice id of an issued invoice with a fapiao_kind.
 *  @param use     code of buyer_use: "certified", "deducted" (special fapiao alone), "booked"; NULL: nothing any more.
 *  @param date    from when; ARC_DATE_NONE: the session's business date.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such invoice; ARC_E_FORBIDDEN; ARC_E_STATE: it is not issued, or such a fapiao is not used so; ARC_E_VALUE: no such use; ARC_E_REQUIRED: no date;
 *          ARC_E_RANGE: before the invoice's; ARC_E_INVALID: a text; ARC_E_CORRUPT; ARC_E_LIMIT; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT;
 *          ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_credit_buyer_use(arc_session *session, int64_t invoice, const char *use, arc_date date);

ARC_END_DECLS

#endif
