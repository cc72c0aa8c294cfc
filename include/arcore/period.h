/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/period.h
 *  Fiscal periods (会计期间): which days may still be posted on.
 *
 *  Periods are master data (entity `fiscal_period`): arc_session_insert() adds them. They do not overlap, and none is added before one that is closed. A day belongs
 *  to the first period that ends on or after it, so days between two periods go with the next. Days after the last period are open; so is
 *  every day of a book without periods.
 *
 *  A period is open, locked or closed. Every verb that posts refuses a day in a closed period with ARC_E_PERIOD, and in a locked one unless the
 *  actor has the right "fiscal_period.post_locked"; in a book in the mode single nobody has, and who locked reopens. The days that count: an invoice's date, a receipt's posting date, an
 *  allocation's effective date. What moved a period is kept: entity `period_lock`. */
#ifndef ARCORE_PERIOD_H
#define ARCORE_PERIOD_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_PERIOD_LEAVE_DRAFTS 0x1u /**< close although invoices dated in the period are drafts */

/** Closes a period (结账): nobody posts into it any more. Waits for postings under way in other transactions.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param period  id of a fiscal_period that is open or locked.
 *  @param reason  at most 500 bytes of UTF-8, kept; NULL = none.
 *  @param flags   0 or ARC_PERIOD_LEAVE_DRAFTS.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such period; ARC_E_STATE: it is closed, an earlier one is not, or there are drafts (the error names what, arc_fiscal_period_ready_json()
 *          tells all); ARC_E_INVALID: an unknown flag, or reason is too long; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN;
 *          ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND;
 *          ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_fiscal_period_close(arc_session *session, int64_t period, const char *reason, uint32_t flags);

/** Locks an open period: only actors with the right "fiscal_period.post_locked" post into it, until it is reopened or closed; in the mode single nobody does.
 *
 *  @param period id of an open fiscal_period. @param reason as of arc_fiscal_period_close().
 *  @return ARC_OK; ARC_E_STATE: it is locked or closed; otherwise as arc_fiscal_period_close(). @since 0.1 */
ARC_API arc_status arc_fiscal_period_lock(arc_session *session, int64_t period, const char *reason);

/** Reopens a locked or closed period (反结账). Of closed ones the last is reopened first.
 *
 *  @param period id of the fiscal_period. @param reason 1 to 500 bytes of UTF-8, kept.
 *  @return ARC_OK; ARC_E_STATE: it is open, or a later one is closed; ARC_E_INVALID: no reason; otherwise as arc_fiscal_period_close(). @since 0.1 */
ARC_API arc_status arc_fiscal_period_reopen(arc_session *session, int64_t period, const char *reason);

/** What stands in the way of closing a period, and what one should know before: {period, status, starts_on, ends_on, ready, findings: [{code, severity, count, period,
 *  en, zh}]}. Severity "error" stops closing, "warning" does not. Codes: earlier_open (one finding a period), drafts, unidentified (receipts of the period nobody has
 *  claimed), unexported (entries in no voucher), unanswered (vouchers not acknowledged), not_revalued (open items in a foreign currency).
 *
 *  @param buf,len law of arcore.h. @param period id of the fiscal_period.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND; ARC_E_INVALID: len is NULL; ARC_E_FORBIDDEN: the actor may not read periods; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_fiscal_period_ready_json(arc_session *session, char *buf, size_t *len, int64_t period);

ARC_END_DECLS

#endif
