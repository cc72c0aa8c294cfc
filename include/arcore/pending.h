/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/pending.h
 *  Pending changes: inserts and updates of master data, grants, roles and what else a book wants seen twice, waiting for somebody else's approval.
 *
 *  Which do is data: published definitions of kind "approval" (docs/proposals.md) name verbs and fields, for example every change of a bank
 *  account, or an update of a customer that touches its credit fields. Such a call is checked as if it were done, and stored: it answers
 *  ARC_NEEDS_APPROVAL, the error names the pending change (entity "pending_change", id), and nothing else has happened.
 *
 *  arc_pending_list() is the inbox: what an actor sees of what waits, cut to his rows and fields, and whether he may decide. Pending changes are rows of
 *  ARC_PENDING_CHANGE too, which queries and arc_session_get() show to actors from whom nothing is hidden. Their status is a code of the list approval_status: running,
 *  approved, rejected, recalled, expired. Personal values are kept while one is running only. */
#ifndef ARCORE_PENDING_H
#define ARCORE_PENDING_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** One pending change as an actor sees it. Texts live during the call. */
typedef struct arc_pending_info {
    uint32_t struct_size;
    uint32_t may_approve;   /**< 1: this actor may approve it now */
    int64_t id;
    int64_t version;        /**< of the pending change */
    int64_t row;            /**< it changes; 0: a new row, or one whose key is not an id */
    int64_t result_row;     /**< that was written; 0: none yet */
    arc_stamp asked;        /**< 0: not known */
    arc_stamp expires;      /**< 0: never */
    const char *verb;       /**< for example "customer.update" */
    const char *entity;
    const char *status;     /**< "running", "approved", "rejected", "expired" */
    const char *maker;      /**< who asked */
    const char *maker_for;  /**< whom he acted for; "" */
    const char *reason;     /**< why it has to be approved; "" */
    const char *decided_by; /**< "" while it is running */
    const char *decision_reason; /**< "" */
    const char *before;     /**< JSON: the fields as they were */
    const char *after;      /**< JSON: the fields as they are to be. Of both: without what the actor may not read, and masked what he sees masked */
    const char *why_class;  /**< why he may not approve it: "state", "expired", "permission", "own", "fields", "stale"; "" when he may */
    const char *why;        /**< the same as a sentence; "" */
    const char *why_zh;     /**< in Chinese; "" */
    uint32_t hidden;        /**< changed fields he may not read, or sees masked */
    uint32_t reserved;
} arc_pending_info;

/** Receives one pending change. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_pending_fn)(void *user, const arc_pending_info *info);

#define ARC_PENDING_DECIDABLE 0x1u /**< only those the actor may approve now */
#define ARC_PENDING_MINE 0x2u      /**< only those he asked for, or that were asked for in his name */
#define ARC_PENDING_CLOSED 0x4u    /**< also those that are decided or expired */

/** Options of arc_pending_list(). Start from ARC_PENDING_OPTIONS_INIT. */
typedef struct arc_pending_options {
    uint32_t struct_size;
    uint32_t flags;  /**< ARC_PENDING_* */
    uint32_t entity; /**< only of this one, an ARC_<ENTITY> constant; 0: all */
    uint32_t max;    /**< at most so many; 0: 100,000, which is the most */
    int64_t row;     /**< only of this row of `entity`; 0: all */
    int64_t after;   /**< only those with a higher id: the last one of the page before */
} arc_pending_options;

#define ARC_PENDING_OPTIONS_INIT { (uint32_t)sizeof(arc_pending_options), 0, 0, 0, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_PENDING_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_pending_options_init(arc_pending_options *options);

/** Lists pending changes in the order of their ids: those the actor asked for, and those of rows he may read (a new row: would he see it?).
 *
 *  @param list told of each. @param user handed to list. @param options NULL for defaults: all that is running.
 *  @return ARC_OK; ARC_E_CANCELLED: list stopped it; ARC_E_FORBIDDEN: the actor may not read pending changes; ARC_E_NOT_FOUND: no such entity; ARC_E_INVALID: list is NULL, an
 *          unknown flag, a negative number, or a row without its entity; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_pending_list(arc_session *session, arc_pending_fn list, void *user, const arc_pending_options *options);

/** Changes what is asked for, before it is decided: an insert or an update of master data. It is checked again as if it were done.
 *
 *  @param session the session. @param pending the pending change.
 *  @param after   JSON object of the fields as they are to be; takes the place of the one there was. @param length its bytes, or SIZE_MAX.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided, or has expired; ARC_E_STALE: the row has changed since it was asked; ARC_E_UNSUPPORTED: another verb; ARC_E_SYNTAX, ARC_E_VALUE ... as
 *          arc_record_set_json(); ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_INVALID; otherwise as arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_edit(arc_session *session, int64_t pending, const char *after, size_t length);

/** Approves a pending change: it is done now, with the rights of who asked for it, in one transaction with the decision. Nobody approves what he asked for himself, unless
 *  the book is kept by a single accountant.
 *
 *  @param row     receives the id of the row inserted or updated - of a grant or a role too -, 0 when its key is no id; may be NULL. @param pending the pending change.
 *  @param reason  at most 1,000 bytes; NULL: none.
 *  @return ARC_OK; ARC_E_NOT_FOUND: also one the actor does not see; ARC_E_STATE: it has been decided, or has expired; ARC_E_STALE: the row has changed since it was asked: it stays
 *          pending; ARC_E_FORBIDDEN: also one's own request, a change of one's own account, and fields that may not be read; ARC_E_REQUEST; ARC_E_LIMIT; otherwise as arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_approve(arc_session *session, int64_t *row, int64_t pending, const char *reason);

/** Takes one's own request back (撤回), before it is decided: it becomes recalled.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open. @param pending a pending change the actor asked for, or whom he acts for; in a book kept
 *  by a single accountant any. @param reason at most 1,000 bytes; NULL: none.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided, or taken back; ARC_E_LIMIT; ARC_E_ENCODING; ARC_E_FORBIDDEN: also a request of somebody else; otherwise as
 *          arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_recall(arc_session *session, int64_t pending, const char *reason);

/** Rejects a pending change.
 *
 *  @param reason 1 to 1,000 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided; ARC_E_INVALID: no reason; ARC_E_FORBIDDEN; otherwise as arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_reject(arc_session *session, int64_t pending, const char *reason);

/** Marks pending changes as expired whose time is over by the host's clock.
 *
 *  @param n receives how many; may be NULL. @param max at most so many, 1 to 100,000.
 *  @return ARC_OK; ARC_DONE: none is left; ARC_E_INVALID: max is 0, too large, or there is no clock; ARC_E_FORBIDDEN; otherwise as arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_expire(arc_session *session, uint32_t *n, uint32_t max);

ARC_END_DECLS

#endif
