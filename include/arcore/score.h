/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/score.h
 *  Scores of customers: a scorecard (docs/scorecards.md) asked about how they stand and behave, bands with hysteresis, limits and terms as proposals, overrides by two people.
 *
 *  A score is a row of `score`, never changed: points, band, and an explanation with every characteristic, its value, bin and points. What stands for a customer on a day is his last
 *  override that still runs, else his last score. */
#ifndef ARCORE_SCORE_H
#define ARCORE_SCORE_H

#include "arcore/proposal.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Options of scoring. Start from ARC_SCORE_OPTIONS_INIT. */
typedef struct arc_score_options {
    uint32_t struct_size;
    arc_date as_of;           /**< ARC_DATE_NONE = the session's business date */
    const char *scorecard;    /**< code of the scorecard; NULL = "default", which is the one that is shipped unless the book has one of its own */
    const int64_t *customers; /**< ids; NULL = all that are not closed */
    size_t n_customers;       /**< at most 1,000,000 */
    arc_progress_fn progress; /**< customers done; non-zero stops: ARC_E_CANCELLED, and nothing is written. May be NULL */
    void *user;
} arc_score_options;

#define ARC_SCORE_OPTIONS_INIT { (uint32_t)sizeof(arc_score_options), ARC_DATE_NONE, NULL, NULL, 0, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_SCORE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_score_options_init(arc_score_options *options);

/** What a run came to. Start from ARC_SCORE_SUMMARY_INIT. */
typedef struct arc_score_summary {
    uint32_t struct_size;
    uint32_t scored;    /**< customers */
    uint32_t changed;   /**< whose band is another than before */
    uint32_t thin;      /**< with a thin file */
    uint32_t bands[4];  /**< A, B, C, D */
} arc_score_summary;

#define ARC_SCORE_SUMMARY_INIT { (uint32_t)sizeof(arc_score_summary), 0, 0, 0, { 0, 0, 0, 0 } }

/** Fills a summary with its defaults; the same bytes as ARC_SCORE_SUMMARY_INIT.
 *  @param summary not NULL. @return ARC_OK, or ARC_E_INVALID when summary is NULL. @since 0.1 */
ARC_API arc_status arc_score_summary_init(arc_score_summary *summary);

/** The document of the scorecard that is shipped. Hand it to arc_definition_save(), changed or as it is, and publish it; until then it is what "default" means.
 *
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL. @since 0.1 */
ARC_API arc_status arc_score_shipped(char *buf, size_t *len);

/** Scores a customer and writes nothing: points by characteristic, reasons, band, proposal of limit and terms, and the facts they came of, as JSON; "override" is the band of an override that runs, null without one.
 *
 *  @param session the actor; he must be allowed to score the customer. @param buf,len law of arcore.h. @param customer id. @param options scorecard and as_of; NULL for defaults.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such customer or scorecard; ARC_E_STATE: the scorecard says nothing of credit; ARC_E_RULE: a value is in no bin; ARC_E_REQUIRED: a characteristic asks for
 *          something there is not; ARC_E_FORBIDDEN; ARC_E_RANGE: no day; ARC_E_INVALID: len is NULL; ARC_E_VALUE, ARC_E_PRECISION, ARC_E_OVERFLOW: a fact does not fit its characteristic; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_TXN; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_score_explain(arc_session *session, char *buf, size_t *len, int64_t customer, const arc_score_options *options);

/** Scores customers and keeps what came of it: a row each, in one transaction, read in blocks whatever their number.
 *
 *  @param summary receives what it came to; may be NULL. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_CANCELLED; ARC_E_LIMIT: too many customers; otherwise as arc_score_explain(), and ARC_E_REQUEST; ARC_E_READONLY; ARC_E_CONFLICT; ARC_E_OUTCOME_UNKNOWN; ARC_E_FULL. @since 0.1 */
ARC_API arc_status arc_score_run(arc_session *session, arc_score_summary *summary, const arc_score_options *options);

/** Proposes terms and limits where those of the band that stands differ from what a customer has: a line each, with the score as explanation. Nothing is written; the proposal is looked at, stored, approved by somebody else and
 *  applied as any other (arcore/proposal.h): terms go to the customer, limits through arc_credit_limit_set() with its rules and authorities. A customer that has changed meanwhile becomes stale.
 *
 *  @param session the actor; he must be allowed to score customers, and those he may are looked at. @param out receives the handle; the caller frees it with arc_proposal_free(). NULL on error. @param options NULL for defaults.
 *  @return ARC_OK; ARC_DONE: there is nothing to propose, *out is empty; ARC_E_INVALID: out is NULL; otherwise as arc_score_explain(). @since 0.1 */
ARC_API arc_status arc_score_propose(arc_session *session, arc_proposal **out, const arc_score_options *options);

/** Asks for another band than the score says, until a day. It counts once somebody else approves it.
 *
 *  @param id receives the request. @param customer id. @param band "A" to "D". @param reason 1 to 500 bytes. @param valid_to its last day, not before the business date.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_VALUE: no such band; ARC_E_INVALID, ARC_E_ENCODING: the reason; ARC_E_RANGE: the day; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_READONLY; ARC_E_TXN; ARC_E_BUSY; ARC_E_TIMEOUT;
 *          ARC_E_CONFLICT; ARC_E_DOOMED; ARC_E_OUTCOME_UNKNOWN; ARC_E_FULL; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_score_override_request(arc_session *session, int64_t *id, int64_t customer, const char *band, const char *reason, arc_date valid_to);

/** Approves a request: the band stands from now on until its day. Nobody approves what he asked for himself, unless the book is kept by a single accountant.
 *
 *  @param id receives the override. @param request id of the request.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is no request, was approved already, or its day is over; ARC_E_FORBIDDEN: also one's own request; otherwise as arc_score_override_request(). @since 0.1 */
ARC_API arc_status arc_score_override_approve(arc_session *session, int64_t *id, int64_t request);

/** Ends an override before its day: the score stands again.
 *
 *  @param id receives the row that says so. @param override_id id of the override. @param reason 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is no override, or is over; otherwise as arc_score_override_request(). @since 0.1 */
ARC_API arc_status arc_score_override_end(arc_session *session, int64_t *id, int64_t override_id, const char *reason);

/* ---- statistics ---------------------------------------------------------------------------------------------------------------- */

/** Weight of evidence of each bin, ln((good / all good) / (bad / all bad)), and information value, sum((good share - bad share) x WOE), both in millionths. Where a count is 0, 0.5 is added to all counts of that bin.
 *  The higher, the better the bin.
 *
 *  @param woe receives n values. @param iv receives the sum; may be NULL. @param good,bad n counts each, none negative, not all of one kind 0. @param n 1 to 1,000.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: n, a count, or there are no good or no bad ones. @since 0.1 */
ARC_API arc_status arc_score_woe(int64_t *woe, int64_t *iv, const int64_t *good, const int64_t *bad, size_t n);

/** Score = offset + factor x ln(odds): factor = pdo / ln 2, offset = score - factor x ln(odds), in millionths.
 *
 *  @param factor,offset receive them. @param pdo points to double the odds, 1 to 1,000. @param score points at `odds`, 0 to 100,000. @param odds good to bad, 1 to 1,000,000.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE. @since 0.1 */
ARC_API arc_status arc_score_scaling(int64_t *factor, int64_t *offset, int32_t pdo, int32_t score, int32_t odds);

/** Calibrates a scorecard on what the book knows: customers as they stood on days of observation, and what became of them in a window behind each. Nothing after the day of observation is looked at for what they were; what is good or bad
 *  the request says, as a condition. docs/scorecards.md has the form of request and report.
 *
 *  @param session the actor; he must be allowed to score customers, and those he may are looked at. @param buf,len law of arcore.h: the report as JSON, with the calibrated document and a text in English and Chinese.
 *  @param request JSON. @param length its bytes, or SIZE_MAX. @param progress observations done; non-zero stops: ARC_E_CANCELLED. May be NULL. @param user handed to progress.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_STATE: fewer than 10 good or 10 bad outcomes; ARC_E_SYNTAX, ARC_E_VALUE, ARC_E_REQUIRED, ARC_E_NOT_FOUND, ARC_E_RANGE, ARC_E_RULE: the request, with JSON Pointer; ARC_E_INVALID: NULL;
 *          otherwise as arc_score_explain(). @since 0.1 */
ARC_API arc_status arc_score_calibrate(arc_session *session, char *buf, size_t *len, const char *request, size_t length, arc_progress_fn progress, void *user);

ARC_END_DECLS

#endif
