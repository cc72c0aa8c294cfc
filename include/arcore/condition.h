/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/condition.h
 *  Conditions: JsonLogic with types, as front ends edit it, compiled against an entity of the book. docs/rules.md is the language.
 *
 *      {"and": [{"in": [{"var": "kind"}, ["invoiced", "fee"]]}, {">=": [{"var": "open"}, "1000.00"]}, {">": [{"var": "days_overdue"}, 15]},
 *               {"==": [{"var": "customer.opt_out"}, false]}]}
 *
 *  Fields are those of the entity, of what its references point at, and the book's own (x_...); `today` is the date of the call. What cannot be
 *  trusted does not compile: each fault has a JSON Pointer, a code and a reason. A condition is true, false, or an error (a division by zero,
 *  reckoning with a value that is missing): never a guess.
 *
 *  A document is the expression itself, or {"if": expression, "currency": "CNY"}. */
#ifndef ARCORE_CONDITION_H
#define ARCORE_CONDITION_H

#include "arcore/calendar.h"
#include "arcore/record.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

typedef struct arc_condition arc_condition; /**< checked handle, of a session */

#define ARC_CONDITION_FALSE 0
#define ARC_CONDITION_TRUE 1
#define ARC_CONDITION_ERROR 2  /**< arc_condition_explain() tells why */
#define ARC_CONDITION_ABSENT 3 /**< no such row, or not to be seen */

/** How a condition is read. Start from ARC_CONDITION_OPTIONS_INIT. */
typedef struct arc_condition_options {
    uint32_t struct_size;
    uint32_t flags;               /**< 0 */
    const char *currency;         /**< of constant amounts, ISO 4217; NULL: what the document states, or none */
    const arc_calendar *calendar; /**< of add_business_days; NULL: none. Must outlive the condition */
    int32_t zone_minutes;         /**< east of UTC, -1439 to 1439: a date literal may be the instant at which a day begins there */
    uint32_t reserved;            /**< 0 */
} arc_condition_options;

#define ARC_CONDITION_OPTIONS_INIT { (uint32_t)sizeof(arc_condition_options), 0, NULL, NULL, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_CONDITION_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_condition_options_init(arc_condition_options *options);

/** Compiles a condition. The actor must be able to read every field it looks at, and all rows of other entities it reaches.
 *
 *  @param session it is run in; keeps the error: the first fault, its JSON Pointer, its code in `rule`.
 *  @param out receives the handle; the caller frees it with arc_condition_free(). NULL on error.
 *  @param entity an ARC_<ENTITY> constant: what it is about. @param json,length the document; SIZE_MAX: up to the NUL. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_EXISTS: not JSON; ARC_E_NOT_FOUND: an unknown entity, field or operator; ARC_E_UNSUPPORTED: an operator rules
 *          do not have, or a reserved entity; ARC_E_VALUE: what does not fit or needs a guard; ARC_E_PRECISION, ARC_E_RANGE, ARC_E_OVERFLOW, ARC_E_CURRENCY: a
 *          constant; ARC_E_LIMIT: deeper than 32, more than 1,000 operators, fields and constants, a list of more than 10,000; ARC_E_FORBIDDEN; ARC_E_INVALID;
 *          ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_condition_new(arc_session *session, arc_condition **out, uint32_t entity, const char *json, size_t length,
                                     const arc_condition_options *options);

/** Checks a document and tells all its faults, for the front end that edits it:
 *  [{"pointer":"/and/0/==/1","code":"constant","status":"ARC_E_VALUE","en":"...","zh":"..."}]; [] when there is none.
 *
 *  @param session as of arc_condition_new(). @param buf,len law of arcore.h. @param entity, json, length, options as there.
 *  @return ARC_OK, also when there are faults; ARC_E_BUFFER; ARC_E_FORBIDDEN; ARC_E_UNSUPPORTED: a reserved entity; ARC_E_NOT_FOUND: no such entity; ARC_E_INVALID; ARC_E_TXN;
 *          ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_condition_check(arc_session *session, char *buf, size_t *len, uint32_t entity, const char *json, size_t length,
                                       const arc_condition_options *options);

/** Frees a condition. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_condition_free(arc_condition *condition);
/** Last error of a condition. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_condition_error(arc_condition *condition, arc_error *error);

/** Tests rows of the entity by id, read in batches.
 *
 *  @param condition the condition. @param results receives n ARC_CONDITION_*. @param ids n ids; may repeat. @param n at most 1,000,000.
 *  @param today the day it is asked for; ARC_DATE_NONE: the session's.
 *  @return ARC_OK; ARC_E_INVALID: NULL, or no day is known; ARC_E_LIMIT; ARC_E_RANGE: not a date; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE; after the book got other fields also what arc_condition_new() answers. @since 0.1 */
ARC_API arc_status arc_condition_test(arc_condition *condition, int32_t *results, const int64_t *ids, size_t n, arc_date today);

/** Tests a record of the entity as it is in memory, stored or not; what its references point at is read from the book.
 *
 *  @param condition the condition. @param result receives ARC_CONDITION_FALSE, _TRUE or _ERROR. @param record of the same entity and session.
 *  @param today as above.
 *  @return as arc_condition_test(); ARC_E_INVALID also when the record is of another entity. @since 0.1 */
ARC_API arc_status arc_condition_test_record(arc_condition *condition, int32_t *result, arc_record *record, arc_date today);

/** Tells why a row does or does not match, test by test:
 *  {"result":true,"tests":[{"pointer":"/and/0","op":"in","left":"fee","right":"[invoiced, fee]","result":true},
 *  {"pointer":"/and/1","op":">=","evaluated":false}],"sentence":"...","sentence_zh":"..."}; after an error "result":"error" and "error":{"code","pointer","en","zh"}.
 *
 *  @param condition the condition. @param buf,len law of arcore.h. @param id of the row. @param today as of arc_condition_test().
 *  @return as arc_condition_test(); ARC_E_NOT_FOUND: no such row, or not to be seen; ARC_E_BUFFER. @since 0.1 */
ARC_API arc_status arc_condition_explain(arc_condition *condition, char *buf, size_t *len, int64_t id, arc_date today);

/** The same of a record in memory.
 *  @param condition the condition. @param buf,len law of arcore.h. @param record as of arc_condition_test_record(). @param today as there.
 *  @return as arc_condition_test_record(); ARC_E_BUFFER. @since 0.1 */
ARC_API arc_status arc_condition_explain_record(arc_condition *condition, char *buf, size_t *len, arc_record *record, arc_date today);

/** Counts the rows that match and names the first ones by id:
 *  {"matches":12,"errors":1,"read":40,"rows":[3,5,8],"asked":{"entity":"item","tests":2,"whole":false},"first_error":{"id":7,"code":"ARC_E_DIVIDE","pointer":"/and/2"}}.
 *  read: rows that the store handed over after it applied the tests it could be asked (asked.tests; whole: nothing was left to test); asked.entity: of
 *  which entity, the state of the rows where most can be asked of that.
 *
 *  @param condition the condition. @param buf,len law of arcore.h. @param limit ids to name, at most 1,000. @param today as of arc_condition_test().
 *  @return as arc_condition_test(); ARC_E_BUFFER. @since 0.1 */
ARC_API arc_status arc_condition_preview(arc_condition *condition, char *buf, size_t *len, uint32_t limit, arc_date today);

ARC_END_DECLS

#endif
