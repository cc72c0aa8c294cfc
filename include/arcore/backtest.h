/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/backtest.h
 *  Back-tests: what rules would have done on each day of a stretch of the past, with what the book knew then.
 *
 *  The book is rebuilt in memory from its events (docs/audit.md), day by day. At the end of each day the rules are looked at as of that day; what they
 *  have due fires in the scratch book, so that levels, cool-downs and thresholds go on as they would have. Nothing is written to the book, no action is done:
 *  what actions come to (recipients, texts, amounts) is worked out, and what cannot be is an error as it would have been.
 *
 *  A simulation (arcore/rule.h) asks about other days with what is known today; a back-test about the days that were. */
#ifndef ARCORE_BACKTEST_H
#define ARCORE_BACKTEST_H

#include "arcore/rule.h"

ARC_BEGIN_DECLS

/** A transaction belongs to its business date: for books that were written in retrospect. Those whose dates do not fit the order they came in - as few as can be - belong to the day of
 *  the one before. Without it: to the day it was sealed on, in the book's time zone. */
#define ARC_BACKTEST_BUSINESS_DATES 0x1u
/** Nothing has fired before `from`. Without it: what the book's rules had fired by then. */
#define ARC_BACKTEST_FRESH 0x2u

/** A rule to be tested. Start from ARC_BACKTEST_RULE_INIT. */
typedef struct arc_backtest_rule {
    uint32_t struct_size;
    uint32_t reserved;    /**< 0 */
    const char *code;     /**< what firings are kept by: not NULL, 1 to 64 bytes */
    const char *document; /**< the document, which need not be stored; NULL: a revision of the book */
    size_t length;        /**< bytes of document, SIZE_MAX = terminated */
    int64_t revision;     /**< without a document: 0 = the one published last */
} arc_backtest_rule;

#define ARC_BACKTEST_RULE_INIT { (uint32_t)sizeof(arc_backtest_rule), 0, NULL, NULL, SIZE_MAX, 0 }

/** Fills a rule with its defaults. @param rule not NULL. @return ARC_OK, or ARC_E_INVALID when rule is NULL. @since 0.1 */
ARC_API arc_status arc_backtest_rule_init(arc_backtest_rule *rule);

/** Start from ARC_BACKTEST_OPTIONS_INIT. */
typedef struct arc_backtest_options {
    uint32_t struct_size;
    uint32_t flags;                 /**< ARC_BACKTEST_* */
    arc_date from;                  /**< first day looked at; ARC_DATE_NONE = the day of the first transaction */
    arc_date to;                    /**< last day; ARC_DATE_NONE = the day of the last transaction */
    const arc_backtest_rule *rules; /**< n_rules, looked at together; NULL = those in force today */
    size_t n_rules;                 /**< at most 1,000 */
    uint32_t max;                   /**< firings told one by one; 0 = 1,000 */
    uint32_t reserved;              /**< 0 */
    arc_progress_fn progress;       /**< seals applied, seals there are; non-zero stops: ARC_E_CANCELLED. May be NULL */
    void *user;
} arc_backtest_options;

#define ARC_BACKTEST_OPTIONS_INIT { (uint32_t)sizeof(arc_backtest_options), 0, ARC_DATE_NONE, ARC_DATE_NONE, NULL, 0, 0, 0, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_backtest_options_init(arc_backtest_options *options);

/** What all of it came to. Start from ARC_BACKTEST_TOTALS_INIT. Counts are of rows the actor may see; `hidden` tells how many firings were of others. */
typedef struct arc_backtest_totals {
    uint32_t struct_size;
    uint32_t n_rules;
    arc_date from, to;
    int64_t days;       /**< looked at */
    int64_t firings;    /**< steps that fired */
    int64_t passed;     /**< steps that were passed over by a higher level or another rule of their group */
    int64_t subjects;   /**< rows something fired for, each once */
    int64_t customers;  /**< whose they are, each once */
    int64_t errors;     /**< a condition or an action that could not be worked out, each day anew */
    int64_t hidden;     /**< firings for rows the actor may not see */
    int64_t matched;    /**< firings that are in the book's own ledger too: the same rule, row, level and mark */
    int64_t only_here;  /**< firings the book does not have */
    int64_t only_there; /**< firings the book has of these rules and days, and the test has not */
    int64_t seals;      /**< transactions the book was rebuilt from */
    int64_t erased;     /**< personal values that are not kept any more: rules saw no value */
} arc_backtest_totals;

#define ARC_BACKTEST_TOTALS_INIT { (uint32_t)sizeof(arc_backtest_totals), 0, ARC_DATE_NONE, ARC_DATE_NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills totals with their defaults. @param totals not NULL. @return ARC_OK, or ARC_E_INVALID when totals is NULL. @since 0.1 */
ARC_API arc_status arc_backtest_totals_init(arc_backtest_totals *totals);

typedef struct arc_backtest arc_backtest;

/** Runs a back-test over the events of the book. It takes the time of the events and of the evaluations, and the memory of the book.
 *
 *  A rule that names what was not there on a day (a field of the book's own, a template, a calendar) is not looked at on that day; the result says from when to when,
 *  and why.
 *
 *  @param session   keeps the error; its open transaction is used when there is one, and must not have written.
 *  @param out       receives the result; the caller frees it with arc_backtest_free(). NULL on error.
 *  @param options   NULL for defaults.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL, an unknown flag, a rule without a code, two rules of one code; ARC_E_NOT_FOUND: no such rule or revision; ARC_E_RANGE: to is before from, a
 *          date, or there are no transactions; ARC_E_LIMIT: too many rules or days; ARC_E_FORBIDDEN: the actor may not read firings of rules, or what a rule reads; ARC_E_CANCELLED; a document that could not be
 *          published today: the status of its first fault, with row (of rules) and JSON Pointer; ARC_E_CORRUPT: events that fit nothing; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_rule_backtest(arc_session *session, arc_backtest **out, const arc_backtest_options *options);

/** Last error of a back-test. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_backtest_error(arc_backtest *backtest, arc_error *error);

/** What all of it came to. @param totals filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: totals is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_backtest_get_totals(arc_backtest *backtest, arc_backtest_totals *totals);

/** The whole result as JSON; docs/backtest.md tells its members: totals, rules with their levels, days with rule and level, firings one by one, errors, what the book has and the test has
 *  not.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_backtest_json(arc_backtest *backtest, char *buf, size_t *len);

/** Frees a result. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_backtest_free(arc_backtest *backtest);

ARC_END_DECLS

#endif
