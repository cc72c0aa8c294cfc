/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/order.h
 *  Orders (订单) and deliveries (发货单): the links between contract and invoice.
 *
 *  Orders, deliveries and their lines are master data (entities `sales_order`, `order_line`, `delivery`, `delivery_line`), added as drafts by arc_session_insert(). Their lines are
 *  fixed once they are no draft. The functions below move them, many a call:
 *
 *  | call | from | to |
 *  |---|---|---|
 *  | arc_order_confirm() | draft | confirmed |
 *  | arc_order_close() | confirmed, delivering | closed |
 *  | arc_order_cancel() | draft, confirmed, delivering with nothing delivered or invoiced | cancelled |
 *  | arc_delivery_ship() | draft | shipped; its orders: delivering |
 *  | arc_delivery_sign() | shipped | signed |
 *  | arc_delivery_refuse() | shipped with nothing invoiced | refused |
 *  | arc_delivery_cancel() | draft, shipped with nothing invoiced | cancelled |
 *
 *  Everything else is ARC_E_STATE. docs/contracts.md tells what may not be exceeded. */
#ifndef ARCORE_ORDER_H
#define ARCORE_ORDER_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** One step of one order or delivery. Start from ARC_ORDER_STEP_INIT. */
typedef struct arc_order_step {
    uint32_t struct_size; /**< sizeof(arc_order_step) */
    uint32_t flags;       /**< 0 */
    int64_t id;           /**< of the order or delivery */
    int64_t version;      /**< the version that was looked at; 0: whatever it is now */
    arc_date date;        /**< arc_delivery_sign(): when; ARC_DATE_NONE: the session's business date */
    uint32_t reserved;    /**< 0 */
    const char *reason;   /**< why, at most 500 bytes; required by cancel and refuse */
    const char *by;       /**< arc_delivery_sign(): who signed, at most 120 bytes; NULL: not known */
} arc_order_step;

#define ARC_ORDER_STEP_INIT \
    { (uint32_t)sizeof(arc_order_step), 0, 0, 0, ARC_DATE_NONE, 0, NULL, NULL }

/** Fills a step with its defaults; the same bytes as ARC_ORDER_STEP_INIT.
 *  @param step not NULL. @return ARC_OK, or ARC_E_INVALID when step is NULL. @since 0.1 */
ARC_API arc_status arc_order_step_init(arc_order_step *step);

/** Confirms drafts of orders. The amounts of an order's lines are taken of its contract: the contract must be active, of the order's customer and currency, the order date within
 *  its dates, and all its orders together within its amount and tolerance. An order without lines takes nothing.
 *
 *  This and the functions below: one step for each of n orders (or deliveries), judged in their order; what a refused one would take is free for the next.
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param versions n versions out, 0 where refused; may be NULL.
 *  @param results  n statuses out: ARC_OK; ARC_E_STATE: not possible in its state, or its contract's or order's; the message says why; ARC_E_GUARD: more than is left, another
 *                  customer's, outside the contract's dates; ARC_E_CURRENCY; ARC_E_STALE: another version than was named; ARC_E_NOT_FOUND: no such row; ARC_E_FORBIDDEN: not by
 *                  this actor; ARC_E_EXISTS: named twice; ARC_E_REQUIRED: a reason, a day, lines; ARC_E_RANGE: a day before the delivery's. May be NULL only with ARC_ALL_OR_NONE.
 *  @param steps    n of them, all of one struct_size.
 *  @param n        1 to 100,000.
 *  @param flags    0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL; with ARC_ALL_OR_NONE the status of the first refused element, nothing done: ARC_E_STATE, ARC_E_GUARD, ARC_E_CURRENCY, ARC_E_STALE,
 *          ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_REQUIRED; ARC_E_OVERFLOW; ARC_E_INVALID; ARC_E_LIMIT; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_order_confirm(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

/** Closes orders: nothing more is delivered on them, and of their lines only what was delivered is invoiced. What was neither delivered nor invoiced goes back to the contract.
 *  @return as arc_order_confirm(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_OVERFLOW, ARC_E_INVALID, ARC_E_LIMIT,
 *          ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_order_close(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

/** Cancels orders of which nothing is delivered and nothing invoiced: what they took goes back to their contracts. A reason is required.
 *  @return as arc_order_confirm(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_OVERFLOW, ARC_E_INVALID,
 *          ARC_E_LIMIT, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_order_cancel(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

/** Ships deliveries: of each order line not more, in quantity and amount, than was ordered, with the tolerance of the order's contract. The orders must be confirmed, of the same
 *  customer, and the lines in their currency.
 *  @return as arc_order_confirm(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_GUARD, ARC_E_CURRENCY, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_REQUIRED,
 *          ARC_E_OVERFLOW, ARC_E_INVALID, ARC_E_LIMIT, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO,
 *          ARC_E_CONNECTION, ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_delivery_ship(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

/** Notes that the customer took deliveries: on which day, and who signed.
 *  @return as arc_order_confirm(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_RANGE, ARC_E_INVALID,
 *          ARC_E_LIMIT, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_delivery_sign(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

/** Notes that the customer refused deliveries: their quantities may be delivered again. Not once something of them is invoiced: credit that first. A reason is required.
 *  @return as arc_order_cancel(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_OVERFLOW, ARC_E_INVALID,
 *          ARC_E_LIMIT, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_delivery_refuse(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

/** Cancels deliveries, those that are shipped too: their quantities may be delivered again. Not once something of them is invoiced. A reason is required.
 *  @return as arc_order_cancel(): ARC_OK, ARC_PARTIAL, ARC_E_STATE, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_FORBIDDEN, ARC_E_EXISTS, ARC_E_REQUIRED, ARC_E_OVERFLOW, ARC_E_INVALID,
 *          ARC_E_LIMIT, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_delivery_cancel(arc_session *session, int64_t *versions, arc_status *results, const arc_order_step *steps, size_t n, uint32_t flags);

ARC_END_DECLS

#endif
