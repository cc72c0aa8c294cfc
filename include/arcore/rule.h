/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/rule.h
 *  Rules: when something is due for a row of the book, and what is done then.
 *
 *  A rule is a definition of kind `rule`: a subject, a condition, and steps, each set off by a date, a change or a threshold, with actions. A step fires once
 *  for what set it off: it is due when its day has come, its conditions hold and it has not fired yet, however late that is looked at.
 *  docs/rules.md tells the documents.
 *
 *  arc_rule_propose() says what is due as a proposal, which people approve and arc_proposal_apply() does. Rules of the mode "apply" are done by arc_rule_run()
 *  without asking. What has fired is kept in `rule_firing`, written in the transaction of its actions. */
#ifndef ARCORE_RULE_H
#define ARCORE_RULE_H

#include "arcore/definition.h"
#include "arcore/proposal.h"

ARC_BEGIN_DECLS

/** Looks only at rows on which something can have become due since the last time: those whose day has come, and those that hang on what has changed. All rows are
 *  looked at the first time, and after a rule was published anew or a calendar changed. What is found is the same. Outside of a transaction next dates are brought up to date and kept
 *  first, in transactions of their own: when that is stopped it goes on where it was. */
#define ARC_RULE_SWEEP 0x1u

/** arc_rule_propose(): what somebody rejected is proposed as well, and done when it is approved this time. Without ARC_RULE_SWEEP. */
#define ARC_RULE_REJECTED 0x2u

/** Which rules are looked at, for which rows, on which day. Start from ARC_RULE_OPTIONS_INIT. */
typedef struct arc_rule_options {
    uint32_t struct_size;
    uint32_t flags;            /**< ARC_RULE_SWEEP, without rows; ARC_RULE_REJECTED */
    const char *const *codes;  /**< n_codes rules; NULL: all that are in force */
    size_t n_codes;
    const int64_t *rows;       /**< n_rows ids of `entity`; NULL: all */
    size_t n_rows;             /**< at most 1,000,000 */
    uint32_t entity;           /**< number of the entity of rows, for example ARC_ITEM; 0: all rules, where rows is NULL */
    arc_date as_of;            /**< ARC_DATE_NONE = the session's business date */
    uint32_t max;              /**< rows something is due for, at most; 0 = 100,000, of arc_rule_run() all */
    arc_date from;             /**< arc_rule_simulate(), arc_rule_compare(): the first day; ARC_DATE_NONE = as_of alone. Else ARC_DATE_NONE */
    arc_progress_fn progress;  /**< rows done and in all; non-zero stops: ARC_E_CANCELLED. May be NULL */
    void *user;
} arc_rule_options;

#define ARC_RULE_OPTIONS_INIT { (uint32_t)sizeof(arc_rule_options), 0, NULL, 0, NULL, 0, 0, ARC_DATE_NONE, 0, ARC_DATE_NONE, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_RULE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_rule_options_init(arc_rule_options *options);

/** Proposes what rules have due. Writes nothing but, with ARC_RULE_SWEEP, what is kept for the next time.
 *
 *  A unit is a row ("item:12"), or the rows of a customer where the rule says so ("customer:5/dun/CNY"; lines have "row", those of what is done once "once" and "rows"); a line an action: {"verb":"rule.<type>","rule","revision","level","mark","effective_date","seq","type","params"}; a step without actions has one
 *  line of the type "none". The effective date is the day the step should have fired on. What was looked at and not proposed - conditions that are
 *  errors, rules that cannot be read any more, what cools down, what somebody rejected and when - is in the JSON under "considered".
 *
 *  When a unit is applied the row is looked at again as of the same day with the same revisions: a step that is no longer due makes the unit stale.
 *
 *  @param session keeps the error; its open transaction is used when there is one.
 *  @param out receives the proposal; the caller frees it with arc_proposal_free(). NULL on error.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_DONE: nothing is due: the proposal has no line; ARC_E_REQUIRED: no date and the session has none; ARC_E_NOT_FOUND: no such rule in force, no such entity, or no such
 *          row (row in the error); ARC_E_LIMIT: too many rows or lines; ARC_E_RANGE: as_of; ARC_E_FORBIDDEN: also when triggers or conditions of a rule that was named read fields the actor must not; ARC_E_CANCELLED;
 *          ARC_E_INVALID; with ARC_RULE_SWEEP ARC_E_READONLY, ARC_E_CONFLICT, ARC_E_FULL, ARC_E_OUTCOME_UNKNOWN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_rule_propose(arc_session *session, arc_proposal **out, const arc_rule_options *options);

/** What came of arc_rule_run(). Start from ARC_RULE_REPORT_INIT. */
typedef struct arc_rule_report {
    uint32_t struct_size;
    uint32_t n_rules;  /**< in force and wanted */
    int64_t rows;      /**< looked at */
    int64_t fired;     /**< firings written */
    int64_t passed;    /**< passed over, written too */
    int64_t actions;   /**< done */
    int64_t armed;     /**< thresholds armed again */
    int64_t waiting;   /**< due, and waiting for a proposal: rules that do not apply themselves */
    int64_t held;      /**< due, but cooling down or behind another step */
    int64_t failed;    /**< conditions or actions that could not be answered, rules that were refused for a row: told one by one */
    int64_t more;      /**< rows left to the next run, as `max` asks */
} arc_rule_report;

#define ARC_RULE_REPORT_INIT { (uint32_t)sizeof(arc_rule_report), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills a report with its defaults; the same bytes as ARC_RULE_REPORT_INIT.
 *  @param report not NULL. @return ARC_OK, or ARC_E_INVALID when report is NULL. @since 0.1 */
ARC_API arc_status arc_rule_report_init(arc_rule_report *report);

/** Runs rules: does what those of the mode "apply" have due, row by row, each row in a transaction of its own, and arms thresholds again that were seen on the other
 *  side, also those of rules that only propose.
 *
 *  It may be called as often and as seldom as one likes: every hour, once a day, after a week. A step fires once, with the day it should have had. What a verb refuses is
 *  told, nothing of that rule is done for that row, and the next run tries again; other rules of the row and other rows go on. Two that run at once do nothing twice.
 *
 *  @param session keeps the error. No transaction may be open on its book.
 *  @param report filled up to its struct_size; may be NULL.
 *  @param failed told of what fails: status, entity, id, rule (its code), pointer and message; non-zero stops: ARC_E_CANCELLED. The book must not be used inside. May be NULL.
 *  @param user handed to it. @param options NULL for defaults. max bounds the rows something is done for; those left are counted (more) and
 *         the next run begins with them. from must be ARC_DATE_NONE.
 *  @return ARC_OK; ARC_PARTIAL: something failed; ARC_E_TXN: a transaction is open; ARC_E_REQUIRED: no date; ARC_E_NOT_FOUND: no such rule, entity or row; ARC_E_RANGE: as_of; ARC_E_LIMIT; ARC_E_FORBIDDEN;
 *          ARC_E_REQUEST; ARC_E_CANCELLED; ARC_E_INVALID; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_DOOMED; ARC_E_OUTCOME_UNKNOWN; ARC_E_FULL; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE: what was done before stays done; call it again.
 *  @since 0.1 */
ARC_API arc_status arc_rule_run(arc_session *session, arc_rule_report *report, arc_fault_fn failed, void *user, const arc_rule_options *options);

/** Why a rule is due for a row on a day, or is not: JSON.
 *
 *  {"rule","revision","entity","row","as_of","if":{what each test came to},"steps":[{"level","on","outcome","by","mark","day","until","step_if","over","rearm","actions":[{"type","params"}],
 *  "fired":{"on","status","suppressed":[{"type","suppressed","why"}]},"en","zh"}]}. Outcomes: none (nothing sets it off: en and zh say what is missing), waits, fired_before, passed_before (passed over then), below (a higher level has
 *  fired), false, error, cools, later (one step at a time), passed (over, now), held (people first decide about another rule of its group), rejected, due. `rearm`: of a threshold that was crossed, what arms it again.
 *  Of a rule with a unit: "unit":{"by","customer","currency"},"rows":[ids],"once":[{"type","params"}], what the rows it is due with would have done once.
 *
 *  @param session keeps the error. @param buf,len law of arcore.h. @param code a rule in force on the day. @param row id of a row of its subject.
 *  @param as_of the day; ARC_DATE_NONE: the session's business date.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such rule in force, or no such row; ARC_E_REQUIRED: no date; ARC_E_RANGE: as_of; ARC_E_FORBIDDEN: also when the rule reads what the actor must not;
 *          ARC_E_INVALID: len or code is NULL; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_rule_explain(arc_session *session, char *buf, size_t *len, const char *code, int64_t row, arc_date as_of);

/** What rules would do, without doing it: on a day, or on each day from one to another. Rows are taken as they are now, only the day goes on; what fires counts for the days after.
 *
 *  {"from","to","rules":[{"rule","revision"}],"rows","fired","passed","errors","by_rule":[{"rule","level","fired","passed"}],"firings":[{"rule","level","entity","row","customer","mark","effective_date",
 *  "on","status","actions":[{"type","params"}]}],"more":n}. options.max bounds `firings` (0 = 1,000).
 *
 *  @param session keeps the error. @param buf,len law of arcore.h.
 *  @param rules JSON: "code" (in force on the last day), "code@3" (a published revision), a document, {"code","document"} (a document in place of the rule of this code: what that one
 *         has fired counts), or a list of these; NULL: all rules in force on the last day.
 *  @param length its bytes, or SIZE_MAX. @param options as_of is the last day, from the first; at most 1,000 days. codes are not looked at.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such rule or revision, entity or row; ARC_E_SYNTAX, ARC_E_VALUE and others: a document cannot be read, pointer and rule in the error; ARC_E_RANGE: a day, or too
 *          many; others as arc_rule_propose(). @since 0.1 */
ARC_API arc_status arc_rule_simulate(arc_session *session, char *buf, size_t *len, const char *rules, size_t length, const arc_rule_options *options);

/** What would be different with other rules: two simulations side by side, by rule.
 *
 *  {"from","to","rules":[{"rule","same","gain","lose","change"}],"gain":[firing],"lose":[firing],"change":[{"before":firing,"after":firing}],"more":n}: a row and episode something fires for only afterwards, only before,
 *  or otherwise (level, day or actions). Rules are matched by code; two single documents without one are matched with each other. options.max bounds each list (0 = 1,000).
 *
 *  @param before,n_before,after,n_after as `rules` of arc_rule_simulate(). @return as arc_rule_simulate(). @since 0.1 */
ARC_API arc_status arc_rule_compare(arc_session *session, char *buf, size_t *len, const char *before, size_t n_before, const char *after, size_t n_after, const arc_rule_options *options);

ARC_END_DECLS

#endif
