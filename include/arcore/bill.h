/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/bill.h
 *  Bills of exchange (承兑汇票): received in settlement of receivables, passed on, collected, dishonoured.
 *
 *  A bill (ARC_BILL) is received with a receipt of method "bill", which stands in notes receivable instead of the bank and is allocated like any other. What happens to
 *  it later are events (ARC_BILL_EVENT), each with a day not before the last one's; the status is that of the last event. docs/bills.md tells more. */
#ifndef ARCORE_BILL_H
#define ARCORE_BILL_H

#include "arcore/allocation.h"

ARC_BEGIN_DECLS

/** Receives a bill: the bill, a receipt of method "bill" over its face, and what it settles, in one go. What is not allocated stays on account.
 *
 *  Asks for receipt.record too, and with allocations for allocation.apply.
 *
 *  @param session     the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id          receives the id of the bill; may be NULL.
 *  @param bill        of ARC_BILL: number, kind, customer, currency, face and maturity are required; received_on is the business date when not given. sub_range: "0", or first and last
 *                     part of a divisible bill such as "1-500000"; of one in CNY the face is a fen a part.
 *  @param allocations what it settles: item, amount and whatever else arc_allocation_apply() takes; receipt and credit_item are 0, date ARC_DATE_NONE = received_on. May be NULL when n is 0.
 *  @param n           0 to 10,000.
 *  @return ARC_OK; ARC_E_REQUIRED; ARC_E_VALUE: the parts do not fit the face, or a field that verbs keep; ARC_E_RANGE: face not positive, issued after or matured before it was received; ARC_E_EXISTS: a bill of
 *          this number, or part of it, is held already; ARC_E_REFERENCE; what arc_receipt_record() and arc_allocation_apply() refuse; ARC_E_PERIOD; ARC_E_INVALID; ARC_E_LIMIT; ARC_E_FORBIDDEN; ARC_E_REQUEST;
 *          ARC_E_OVERFLOW; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED; ARC_E_IO; ARC_E_FULL; ARC_E_HANDLE;
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_bill_record(arc_session *session, int64_t *id, arc_record *bill, const arc_allocation *allocations, size_t n);

/** A bill to receive, of many. Start from ARC_BILL_ENTRY_INIT. */
typedef struct arc_bill_entry {
    uint32_t struct_size;
    uint32_t n;                        /**< allocations: 0 to 10,000 */
    arc_record *bill;                  /**< of ARC_BILL */
    const arc_allocation *allocations; /**< what it settles; may be NULL when n is 0 */
} arc_bill_entry;

#define ARC_BILL_ENTRY_INIT { (uint32_t)sizeof(arc_bill_entry), 0, NULL, NULL }

/** Fills an entry with its defaults; the same bytes as ARC_BILL_ENTRY_INIT.
 *  @param entry not NULL. @return ARC_OK, or ARC_E_INVALID when entry is NULL. @since 0.1 */
ARC_API arc_status arc_bill_entry_init(arc_bill_entry *entry);

/** Receives many bills, each as arc_bill_record() does, in one transaction: one that is refused leaves nothing behind, the others stand.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids     receives the ids, 0 for those refused; may be NULL. @param results what came of each; may be NULL with ARC_ALL_OR_NONE.
 *  @param entries n of them. @param n 1 to 100,000. @param flags 0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some were refused, the error is the first one's; otherwise as arc_bill_record(). @since 0.1 */
ARC_API arc_status arc_bill_record_many(arc_session *session, int64_t *ids, arc_status *results, const arc_bill_entry *entries, size_t n, uint32_t flags);

#define ARC_BILL_SENT 0x1u /**< arc_bill_collect(): sent for collection, not paid yet */

/** What happens to a bill. Start from ARC_BILL_MOVE_INIT. Amounts in minor units of its currency. */
typedef struct arc_bill_move {
    uint32_t struct_size;
    uint32_t flags;     /**< 0 or ARC_BILL_SENT */
    arc_date date;      /**< not before the last event's; ARC_DATE_NONE = the session's business date */
    int32_t reserved;   /**< 0 */
    const char *party;  /**< endorsee or bank, 1 to 300 bytes; NULL = none */
    int64_t proceeds;   /**< what comes in; 0 = the face less the charge */
    int64_t charge;     /**< interest and fees kept back, or what a dishonour costs */
    const char *reason; /**< 1 to 500 bytes; NULL = none */
    int64_t amount;     /**< endorsing and discounting a divisible bill: only so much of the face, the first parts of its range; 0 = all */
} arc_bill_move;

#define ARC_BILL_MOVE_INIT { (uint32_t)sizeof(arc_bill_move), 0, ARC_DATE_NONE, 0, NULL, 0, 0, NULL, 0 }

/** Fills a move with its defaults; the same bytes as ARC_BILL_MOVE_INIT.
 *  @param move not NULL. @return ARC_OK, or ARC_E_INVALID when move is NULL. @since 0.1 */
ARC_API arc_status arc_bill_move_init(arc_bill_move *move);

/** Endorses a bill to somebody (背书转让), up to its maturity; with move.amount only a part of a divisible one, which is split first: the event is the part's. With recourse (bill.recourse) we answer for it until it is honoured.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param event   receives the id of the event; may be NULL. @param bill its id.
 *  @param move    party is required; no proceeds and no charge.
 *  @return ARC_OK; ARC_E_STATE: not in the present status (the error says why); ARC_E_NOT_FOUND; ARC_E_REQUIRED; ARC_E_RANGE: the date is before the last event or after the maturity, or an amount does not fit;
 *          ARC_E_ENCODING; ARC_E_PERIOD; ARC_E_INVALID; otherwise as arc_bill_record(). @since 0.1 */
ARC_API arc_status arc_bill_endorse(arc_session *session, int64_t *event, int64_t bill, const arc_bill_move *move);

/** Sells a bill to a bank before its maturity (贴现): proceeds + charge = face.
 *  @param move party is required. @return as arc_bill_endorse(). @since 0.1 */
ARC_API arc_status arc_bill_discount(arc_session *session, int64_t *event, int64_t bill, const arc_bill_move *move);

/** The acceptor pays, at maturity or later: a bill we hold brings money in, one passed on no longer comes back. With ARC_BILL_SENT it is only sent to be collected.
 *  @param move NULL for defaults. proceeds + charge = face of a bill we hold, else both 0. @return as arc_bill_endorse(). @since 0.1 */
ARC_API arc_status arc_bill_collect(arc_session *session, int64_t *event, int64_t bill, const arc_bill_move *move);

/** Collects many bills, or sends them to be collected, each as arc_bill_collect() does, in one transaction: one that is refused is as before, the others stand.
 *
 *  @param session   the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param event_ids receives the ids of the events, 0 for those refused; may be NULL. @param results what came of each; may be NULL with ARC_ALL_OR_NONE.
 *  @param bills     their ids. @param moves one for each; NULL: defaults for all. @param n 1 to 100,000. @param flags 0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some were refused, the error is the first one's; otherwise as arc_bill_collect(). @since 0.1 */
ARC_API arc_status arc_bill_collect_many(arc_session *session, int64_t *event_ids, arc_status *results, const int64_t *bills, const arc_bill_move *moves, size_t n, uint32_t flags);

/** The acceptor does not pay (拒付): the customer owes again. Items of kind "bill" stand for the face: one for each item it had settled, with that item as origin and its due date, and one due on the bill's
 *  maturity for what lay on account; one of kind "fee" stands for the charge. The event names the first. Of a bill passed on with recourse we have paid the holder; without recourse it does not come back: ARC_E_STATE.
 *  @param move NULL for defaults; proceeds 0. @return as arc_bill_endorse(). @since 0.1 */
ARC_API arc_status arc_bill_dishonour(arc_session *session, int64_t *event, int64_t bill, const arc_bill_move *move);

/** Gives a bill we still hold back to who gave it: what it had settled is open again.
 *  @param move reason is required; no proceeds and no charge. @return as arc_bill_endorse(). @since 0.1 */
ARC_API arc_status arc_bill_return(arc_session *session, int64_t *event, int64_t bill, const arc_bill_move *move);

/** Splits a divisible bill that we hold (票据包拆分) into parts with ranges of their own, in the order of the amounts. Each is a bill (parent, part_offset) that shares the receipt, and goes its own way.
 *  Undone by arc_bill_reverse() while nothing has happened to a part: they become one again.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param first   receives the id of the first part; may be NULL. The others: bills whose parent is `bill`, by part_offset.
 *  @param bill    its id. @param amounts the faces of the parts, in minor units; together the face. @param n 2 to 1,000.
 *  @param date    not before the last event; ARC_DATE_NONE = the session's business date. @param reason 1 to 500 bytes; NULL = none.
 *  @return ARC_OK; ARC_E_STATE: not held, or it has no range; ARC_E_RANGE: the amounts do not come to the face, or the date; ARC_E_VALUE: the face is no multiple of its parts; otherwise as arc_bill_endorse(). @since 0.1 */
ARC_API arc_status arc_bill_split(arc_session *session, int64_t *first, int64_t bill, const int64_t *amounts, size_t n, arc_date date, const char *reason);

/** Undoes the last event of a bill, with a reversing entry: claims of a dishonour are taken back; after the return of a bill its receipt is on account again, to be allocated anew.
 *  @param date not before that event; ARC_DATE_NONE = the session's business date. @param reason 1 to 500 bytes.
 *  @return as arc_bill_endorse(); ARC_E_STATE: nothing has happened to it since it was received (give it back), or the new claim was paid. @since 0.1 */
ARC_API arc_status arc_bill_reverse(arc_session *session, int64_t *event, int64_t bill, arc_date date, const char *reason);

/** Bills as of a day, by customer and currency, as a JSON array of {customer, currency, held, recourse, matured, bills}: minor units held by us; passed on with recourse and not matured; passed on with recourse,
 *  matured and not known to be honoured. bills: their ids. Customers without any are left out.
 *
 *  @param session the session. @param buf,len law of arcore.h. @param as_of ARC_DATE_NONE = the session's business date. @param customer its id; 0 = all.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_RANGE: not a date; ARC_E_OVERFLOW; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bill_exposure_json(arc_session *session, char *buf, size_t *len, arc_date as_of, int64_t customer);

/** The same by who has accepted them and currency: an array of {acceptor, currency, held, recourse, matured, bills}; acceptor "" where the bill names none. Bills the actor may not see are not in it.
 *
 *  @param session the session. @param buf,len law of arcore.h. @param as_of ARC_DATE_NONE = the session's business date.
 *  @return as arc_bill_exposure_json(). @since 0.1 */
ARC_API arc_status arc_bill_acceptors_json(arc_session *session, char *buf, size_t *len, arc_date as_of);

ARC_END_DECLS

#endif
