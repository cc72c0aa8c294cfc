/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/pending.h
 *  Pending changes: inserts and updates of master data that wait for somebody else's approval.
 *
 *  Which do is data: published definitions of kind "approval" (docs/proposals.md) name verbs and fields, for example every change of a bank
 *  account, or an update of a customer that touches its credit fields. Such a call is checked as if it were done, and stored: it answers
 *  ARC_NEEDS_APPROVAL, the error names the pending change (entity "pending_change", id), and nothing else has happened.
 *
 *  Pending changes are rows of ARC_PENDING_CHANGE: queries list them, arc_session_get() shows one. Their status is a code of the list approval_status:
 *  running, approved, rejected, expired. Personal values are kept while one is running only. */
#ifndef ARCORE_PENDING_H
#define ARCORE_PENDING_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Changes what is asked for, before it is decided. It is checked again as if it were done.
 *
 *  @param session the session. @param pending the pending change.
 *  @param after   JSON object of the fields as they are to be; takes the place of the one there was. @param length its bytes, or SIZE_MAX.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided, or has expired; ARC_E_STALE: the row has changed since it was asked; ARC_E_SYNTAX, ARC_E_VALUE ... as
 *          arc_record_set_json(); ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_INVALID; otherwise as arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_edit(arc_session *session, int64_t pending, const char *after, size_t length);

/** Approves a pending change: it is done now, with the rights of who asked for it, in one transaction with the decision. Nobody approves what he asked for himself, unless
 *  the book is kept by a single accountant.
 *
 *  @param row     receives the id of the row inserted or updated, 0 when its key is no id; may be NULL. @param pending the pending change.
 *  @param reason  at most 1,000 bytes; NULL: none.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it has been decided, or has expired; ARC_E_STALE: the row has changed since it was asked: it stays pending; ARC_E_FORBIDDEN: also
 *          one's own request; ARC_E_REQUEST; ARC_E_LIMIT; otherwise as arc_session_update(). @since 0.1 */
ARC_API arc_status arc_pending_approve(arc_session *session, int64_t *row, int64_t pending, const char *reason);

/** Rejects a pending change; who asked for it takes it back so.
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
