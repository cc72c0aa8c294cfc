/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/task.h
 *  Tasks (任务): what a person is to do - call, visit, write, check - about a customer, an item or any other row. Rules give tasks, and so do people.
 *
 *  A task is a row of ARC_TASK: arc_session_insert() makes one, arc_session_update() changes what it says while it stands. Who does it, and how it ends, are verbs. A
 *  task stands (open, or escalated) until it is done or cancelled; docs/tasks.md has the table. */
#ifndef ARCORE_TASK_H
#define ARCORE_TASK_H

#include "arcore/money.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

/** What came of a task. Start from ARC_TASK_OUTCOME_INIT. */
typedef struct arc_task_outcome {
    uint32_t struct_size;
    arc_date date;         /**< the day; ARC_DATE_NONE = the session's business date */
    arc_date promise_date; /**< a promise to pay was made for that day; ARC_DATE_NONE = none, or as the task has it */
    arc_date next_on;      /**< to be followed up then; ARC_DATE_NONE = not, or as the task has it */
    arc_money promise;     /**< what was promised; no currency = not said */
    const char *feedback;  /**< what was done and said, 1 to 4,000 bytes */
    const char *result;    /**< code of interaction_result; NULL = none, or as the task has it */
} arc_task_outcome;

#define ARC_TASK_OUTCOME_INIT \
    { (uint32_t)sizeof(arc_task_outcome), ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, { 0, { 0 }, 0 }, NULL, NULL }

/** Fills an outcome with its defaults; the same bytes as ARC_TASK_OUTCOME_INIT.
 *  @param outcome not NULL. @return ARC_OK, or ARC_E_INVALID when outcome is NULL. @since 0.1 */
ARC_API arc_status arc_task_outcome_init(arc_task_outcome *outcome);

/** Gives a task that stands to somebody else. An escalated task stays escalated.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param task     its id. @param assignee a user who may act. @param deadline the new one; ARC_DATE_NONE = as it is.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is done or cancelled; ARC_E_REFERENCE: no such user, or one who may not act any more; ARC_E_RANGE: not a date; ARC_E_INVALID; ARC_E_FORBIDDEN;
 *          ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_task_assign(arc_session *session, int64_t task, int64_t assignee, arc_date deadline);

/** A task is done: it says what came of it.
 *
 *  @param session as of arc_task_assign(). @param task its id. @param outcome not NULL; feedback is required.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is done or cancelled already; ARC_E_REQUIRED: no feedback, or no date; ARC_E_VALUE: no such result; ARC_E_CURRENCY, ARC_E_OVERFLOW: no amount;
 *          ARC_E_RANGE: a date; ARC_E_LIMIT: too long; ARC_E_ENCODING; ARC_E_INVALID; otherwise as arc_task_assign(): ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT,
 *          ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_task_close(arc_session *session, int64_t task, const arc_task_outcome *outcome);

/** A task is not needed any more.
 *
 *  @param session as of arc_task_assign(). @param task its id. @param reason 1 to 4,000 bytes, kept as its feedback.
 *  @return as arc_task_close(): ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE; ARC_E_REQUIRED: no reason, or no date; ARC_E_LIMIT; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_task_cancel(arc_session *session, int64_t task, const char *reason);

/** Hands an open task up: to the manager of who has it, or to whom is named.
 *
 *  @param session as of arc_task_assign(). @param task its id. @param assignee 0 = the manager of its assignee. @param deadline the new one; ARC_DATE_NONE = as it is.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is not open; ARC_E_REFERENCE: there is no manager, or no such user who may act; otherwise as arc_task_assign(): ARC_E_RANGE, ARC_E_INVALID, ARC_E_FORBIDDEN,
 *          ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK,
 *          ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_task_escalate(arc_session *session, int64_t task, int64_t assignee, arc_date deadline);

ARC_END_DECLS

#endif
