/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/outbox.h
 *  Messages that leave the book: letters, mails, vouchers, requests to other systems. They are put into the outbox in the transaction of what causes them, and
 *  the host delivers them, at least once: a worker leases some, sends them, and says what came of it. The library sends nothing and knows no network.
 *
 *  A message has a stable key. A receiver that has seen the key before drops the message: that is how "at least once" becomes "once".
 *  Time is the host's: the clock of the session or context. */
#ifndef ARCORE_OUTBOX_H
#define ARCORE_OUTBOX_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** A message on its way in. Start from ARC_MESSAGE_INIT. */
typedef struct arc_message {
    uint32_t struct_size;
    uint32_t max_attempts;   /**< deliveries tried before it is given up; 0 = 10 */
    const char *kind;        /**< what it is, for example "dunning.letter"; 1 to 64 bytes */
    const char *channel;     /**< code of the list message_channel ("email", "sms", ...); NULL = none */
    const char *message_key; /**< stable id, unique in the book, 1 to 200 bytes */
    const char *payload;     /**< JSON for who delivers it; at most 1 MiB */
    size_t payload_length;   /**< of it in bytes; SIZE_MAX = up to the NUL */
    int64_t customer;        /**< whom it is about; 0 = nobody */
    int64_t contact;         /**< 0 = nobody */
    arc_stamp not_before;    /**< earliest delivery, µs UTC; 0 = at once */
} arc_message;

#define ARC_MESSAGE_INIT \
    { (uint32_t)sizeof(arc_message), 0, NULL, NULL, NULL, NULL, SIZE_MAX, 0, 0, 0 }

/** Fills the struct with its defaults. @param message not NULL. @return ARC_OK, or ARC_E_INVALID when message is NULL. @since 0.1 */
ARC_API arc_status arc_message_init(arc_message *message);

/** Puts a message into the outbox.
 *
 *  @param session in its open WRITE transaction (with the verb that causes the message: both are committed, or neither is), or in one of its own.
 *  @param id receives the id of the message; may be NULL.
 *  @param message what to send; copied.
 *  @return ARC_OK; ARC_E_EXISTS: the key is taken; ARC_E_INVALID: message is NULL; ARC_E_REQUIRED: no kind, key or payload; ARC_E_VALUE: no such channel; ARC_E_SYNTAX: the payload is
 *          no JSON; ARC_E_LIMIT: too long; ARC_E_RANGE: max_attempts is above 1,000; ARC_E_ENCODING; ARC_E_REFERENCE: no such customer; ARC_E_FORBIDDEN; ARC_E_REQUEST: the
 *          request key was used otherwise; ARC_E_READONLY; ARC_E_TXN; ARC_E_DOOMED; ARC_E_CONFLICT; ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_IO; ARC_E_FULL;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_message_enqueue(arc_session *session, int64_t *id, const arc_message *message);

/** A message that was leased. Start from ARC_MESSAGE_LEASE_INIT. */
typedef struct arc_message_lease {
    uint32_t struct_size;
    uint32_t attempt;      /**< 1 for the first delivery */
    int64_t id;            /**< of the message */
    int64_t lease;         /**< of this lease: hand it back with what came of it */
    arc_stamp leased_to;   /**< end of the lease, µs UTC */
} arc_message_lease;

#define ARC_MESSAGE_LEASE_INIT { (uint32_t)sizeof(arc_message_lease), 0, 0, 0, 0 }

/** Fills the struct with its defaults. @param lease not NULL. @return ARC_OK, or ARC_E_INVALID when lease is NULL. @since 0.1 */
ARC_API arc_status arc_message_lease_init(arc_message_lease *lease);

/** Leases messages that are due, the oldest first. Nobody else is given them until the lease ends; then they are due again. Workers in several processes
 *  are never given the same message at the same time. A message whose attempts are used up when its lease has ended is given up here (status dead).
 *
 *  @param session opens a transaction of its own: ARC_E_TXN when one is open. Read what to send by arc_session_get() of ARC_MESSAGE.
 *  @param leases receives up to n leases; each has its struct_size set. @param count receives how many, 0 when nothing is due.
 *  @param n size of leases, 1 to 1,000. @param lessee who takes them, 1 to 64 bytes. @param seconds how long, 1 to 86,400.
 *  @return ARC_OK; ARC_E_INVALID: a NULL argument, n, lessee or seconds out of range, or no clock; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_READONLY; ARC_E_TXN; ARC_E_DOOMED; ARC_E_CONFLICT;
 *          ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_IO; ARC_E_FULL; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_message_lease_due(arc_session *session, arc_message_lease *leases, size_t *count, size_t n, const char *lessee, uint32_t seconds);

/** It was sent: the message leaves the outbox (status sent).
 *
 *  @param session in its open WRITE transaction, or in one of its own.
 *  @param id of the message. @param lease number of the lease.
 *  @param receipt JSON of the channel, for example its own message id; NULL = none. @param receipt_length SIZE_MAX = up to the NUL.
 *  @return ARC_OK; ARC_E_STALE: the lease has passed to another, or the message has left the outbox; ARC_E_NOT_FOUND: no such message; ARC_E_SYNTAX: the
 *          receipt is no JSON; ARC_E_LIMIT; ARC_E_FORBIDDEN; otherwise as arc_message_enqueue(). @since 0.1 */
ARC_API arc_status arc_message_acknowledge(arc_session *session, int64_t id, int64_t lease, const char *receipt, size_t receipt_length);

/** It was not sent: it is due again after a pause that doubles with each attempt (from `seconds`, up to a day), or given up when its attempts are used up.
 *
 *  @param id of the message. @param lease number of the lease. @param reason why, at most 1,000 bytes; NULL = not known.
 *  @param seconds pause after the first attempt, 1 to 86,400; 0 = 60.
 *  @param dead receives 1 when it was given up; may be NULL.
 *  @return ARC_OK; ARC_E_STALE; ARC_E_NOT_FOUND; ARC_E_INVALID: seconds is out of range; ARC_E_LIMIT; otherwise as arc_message_enqueue(). @since 0.1 */
ARC_API arc_status arc_message_fail(arc_session *session, int32_t *dead, int64_t id, int64_t lease, const char *reason, uint32_t seconds);

/** What became of a message after it was sent: the channel says that it arrived, or that it came back.
 *
 *  @param id of a message that was sent. @param status "delivered", "bounced" or "failed".
 *  @param receipt JSON of the channel; NULL = none. @param receipt_length SIZE_MAX = up to the NUL.
 *  @return ARC_OK; ARC_E_STATE: it has not been sent; ARC_E_VALUE: another status; ARC_E_NOT_FOUND: no such message; ARC_E_SYNTAX: the receipt is no JSON;
 *          ARC_E_LIMIT; otherwise as arc_message_enqueue(). @since 0.1 */
ARC_API arc_status arc_message_receipt(arc_session *session, int64_t id, const char *status, const char *receipt, size_t receipt_length);

ARC_END_DECLS

#endif
