/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/host_call.h
 *  Calls to the host (主机调用): a question the book asks the program around it - check this customer with the credit bureau, stop this order in the ERP - and its answer.
 *
 *  Asking puts a message into the outbox and an ARC_HOST_CALL row beside what it is about. The host takes the message like any other, does what it is asked, and stores
 *  its answer here, in a word that rules can test and as JSON. Keys are stable: the same question is asked once, and an answer that comes twice is the same answer. */
#ifndef ARCORE_HOST_CALL_H
#define ARCORE_HOST_CALL_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** A question. Start from ARC_HOST_QUESTION_INIT. */
typedef struct arc_host_question {
    uint32_t struct_size;
    int32_t level;          /**< of the step of a rule that asks; 0 = none */
    const char *call_key;   /**< stable id, unique in the book, 1 to 200 bytes; the key of the message too */
    const char *name;       /**< what is asked, 1 to 64 bytes, for example "credit_check" */
    const char *rule;       /**< code of the rule that asks; NULL = none */
    const char *entity;     /**< of the row it is about */
    int64_t row;            /**< its id */
    int64_t customer;       /**< whom it is about; 0 = nobody */
    const char *request;    /**< JSON for the host; at most 1 MiB */
    size_t request_length;  /**< SIZE_MAX = up to the NUL */
    arc_date asked_on;      /**< ARC_DATE_NONE = the session's business date */
    uint32_t reserved;      /**< 0 */
} arc_host_question;

#define ARC_HOST_QUESTION_INIT \
    { (uint32_t)sizeof(arc_host_question), 0, NULL, NULL, NULL, NULL, 0, 0, NULL, SIZE_MAX, ARC_DATE_NONE, 0 }

/** Fills a question with its defaults; the same bytes as ARC_HOST_QUESTION_INIT.
 *  @param question not NULL. @return ARC_OK, or ARC_E_INVALID when question is NULL. @since 0.1 */
ARC_API arc_status arc_host_question_init(arc_host_question *question);

/** Asks the host: a message of kind "host.call" goes into the outbox, with {"call", "name", "entity", "row", "rule", "level", "request"} as its payload.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id       receives the id of the call; may be NULL. @param question not NULL.
 *  @return ARC_OK; ARC_E_EXISTS: the key is taken; ARC_E_REQUIRED: no key, name, entity, row or request, or no date; ARC_E_VALUE: no such entity; ARC_E_REFERENCE: no such customer; ARC_E_SYNTAX:
 *          the request is no JSON; ARC_E_LIMIT: too long; ARC_E_RANGE: not a date; ARC_E_INVALID; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT;
 *          ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_host_ask(arc_session *session, int64_t *id, const arc_host_question *question);

/** Stores the host's answer to a call. The same answer once more changes nothing.
 *
 *  @param session as of arc_host_ask(). @param call its id.
 *  @param outcome the answer in a word, 1 to 64 bytes, for example "approved"; NULL: the host could not answer (status failed), which a later answer mends.
 *  @param answer  JSON; NULL = none. @param length SIZE_MAX = up to the NUL.
 *  @param on      the day; ARC_DATE_NONE = the session's business date.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it was answered otherwise; ARC_E_REQUIRED: no date; ARC_E_SYNTAX: answer is no JSON; ARC_E_LIMIT; ARC_E_RANGE: not a date; otherwise as arc_host_ask():
 *          ARC_E_INVALID, ARC_E_ENCODING, ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_DOOMED, ARC_E_FULL, ARC_E_IO,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_host_answer(arc_session *session, int64_t call, const char *outcome, const char *answer, size_t length, arc_date on);

ARC_END_DECLS

#endif
