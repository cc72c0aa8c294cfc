/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/proposal.h
 *  Proposals: what an engine would do, with its reasons, before anything is done.
 *
 *  An engine (arc_receipt_propose() is the first) answers with a proposal in memory: lines in order, each an action with its explanation. It can be
 *  looked at, lines can be dropped and amounts changed, and it can be thrown away: a dry run. Stored, it waits for decisions; what is
 *  approved is applied unit by unit - a receipt, a customer, a letter - each in a transaction of its own, exactly once. A unit whose
 *  premises have changed meanwhile becomes stale instead, with the reason. docs/proposals.md tells the whole way.
 *
 *  Statuses of lines and proposals are the codes of the list proposal_status: draft, approved, applied, partly_applied (proposals only), stale,
 *  rejected, expired. */
#ifndef ARCORE_PROPOSAL_H
#define ARCORE_PROPOSAL_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

typedef struct arc_proposal arc_proposal;

/** A proposal at a glance. Start from ARC_PROPOSAL_INFO_INIT. Texts live until the next change of the handle. */
typedef struct arc_proposal_info {
    uint32_t struct_size;
    uint32_t n_lines;
    int64_t id;          /**< 0: not stored */
    int64_t version;     /**< of its row; 0: not stored */
    const char *engine;
    const char *status;
    const char *title;   /**< "" when it has none */
    const char *maker;   /**< who stored it; "" when it is not */
    arc_date as_of;
    uint32_t reserved;
    arc_stamp expires;   /**< 0: never */
    uint32_t n_draft, n_approved, n_applied, n_stale, n_rejected, n_expired; /**< lines by status */
} arc_proposal_info;

#define ARC_PROPOSAL_INFO_INIT \
    { (uint32_t)sizeof(arc_proposal_info), 0, 0, 0, NULL, NULL, NULL, NULL, ARC_DATE_NONE, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills an info with its defaults; the same bytes as ARC_PROPOSAL_INFO_INIT.
 *  @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_proposal_info_init(arc_proposal_info *info);

/** A line. Start from ARC_PROPOSAL_LINE_INIT. Texts live until the next change of the handle. */
typedef struct arc_proposal_line {
    uint32_t struct_size;
    uint32_t seq;            /**< 1, 2, 3 ... */
    int64_t customer;        /**< 0: none */
    const char *unit;        /**< lines of a unit are applied together */
    const char *status;
    const char *action;      /**< JSON: verb and arguments */
    const char *explanation; /**< JSON: rule, figures, a sentence in English and Chinese */
    const char *reason;      /**< why it is stale or was rejected; "" */
    const char *result;      /**< JSON: ids of what was made; "" */
} arc_proposal_line;

#define ARC_PROPOSAL_LINE_INIT \
    { (uint32_t)sizeof(arc_proposal_line), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL }

/** Fills a line with its defaults; the same bytes as ARC_PROPOSAL_LINE_INIT.
 *  @param line not NULL. @return ARC_OK, or ARC_E_INVALID when line is NULL. @since 0.1 */
ARC_API arc_status arc_proposal_line_init(arc_proposal_line *line);

/** Frees a proposal in memory; what is stored stays. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_proposal_free(arc_proposal *proposal);

/** Last error of a proposal. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_proposal_error(arc_proposal *proposal, arc_error *error);

/** What it is and how far it has come.
 *  @param info filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: info is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_proposal_describe(arc_proposal *proposal, arc_proposal_info *info);

/** Line i, from 0.
 *  @param line filled up to its struct_size.
 *  @return ARC_OK; ARC_E_INVALID: line is NULL or its struct_size 0; ARC_E_RANGE: there are not so many; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_proposal_get(arc_proposal *proposal, arc_proposal_line *line, uint32_t i);

/** The whole of it as JSON: engine, as_of, status, definitions, params, considered (what was looked at and rejected, and why), lines with
 *  unit, action, explanation, preconditions, context, status.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_proposal_json(arc_proposal *proposal, char *buf, size_t *len);

/* ---- editing a draft: in memory, until it is stored --------------------------------------------------------------------- */

/** Takes a line out: its status becomes rejected.
 *  @param i line, from 0. @param reason 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_INVALID: no reason; ARC_E_ENCODING; ARC_E_RANGE: no such line; ARC_E_STATE: it is no draft any more; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_proposal_drop(arc_proposal *proposal, uint32_t i, const char *reason);

/** Changes the amount of a line, where its action has one. The action as it was proposed is kept beside it.
 *  @param i line, from 0. @param amount positive, in the action's currency, at most what the action says ("most").
 *  @return ARC_OK; ARC_E_INVALID: amount is NULL; ARC_E_CURRENCY: another one; ARC_E_RANGE: no such line, or not an amount it may have; ARC_E_UNSUPPORTED: the action has no amount;
 *          ARC_E_STATE: the line is no draft any more; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_proposal_set_amount(arc_proposal *proposal, uint32_t i, const arc_money *amount);

/* ---- storing and deciding -------------------------------------------------------------------------------------------------- */

/** Options of arc_proposal_store(). Start from ARC_PROPOSAL_OPTIONS_INIT. */
typedef struct arc_proposal_options {
    uint32_t struct_size;
    uint32_t reserved;
    const char *title;  /**< at most 300 bytes; NULL: none */
    arc_stamp expires;  /**< after that nothing of it is applied; 0: never */
} arc_proposal_options;

#define ARC_PROPOSAL_OPTIONS_INIT { (uint32_t)sizeof(arc_proposal_options), 0, NULL, 0 }

/** Fills options with their defaults; the same bytes as ARC_PROPOSAL_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_proposal_options_init(arc_proposal_options *options);

/** Stores a proposal, or the edits of one that is stored.
 *
 *  @param id receives its id; may be NULL. @param options of the first time; NULL for defaults; afterwards not looked at.
 *  @return ARC_OK; ARC_E_FORBIDDEN; ARC_E_STALE: somebody else has changed or decided a line meanwhile: load it again; ARC_E_LIMIT: the title is too long; ARC_E_ENCODING;
 *          ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_DOOMED; ARC_E_OUTCOME_UNKNOWN; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION;
 *          ARC_E_BACKEND; ARC_E_INVALID; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_proposal_store(arc_proposal *proposal, int64_t *id, const arc_proposal_options *options);

/** Loads a stored proposal.
 *
 *  @param session keeps the error. @param out receives the handle; the caller frees it with arc_proposal_free(). NULL on error.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_FORBIDDEN; ARC_E_INVALID: out is NULL; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_proposal_load(arc_session *session, arc_proposal **out, int64_t id);

/** Approves lines of a stored proposal: those that are drafts. Nobody approves what he stored himself, unless the book is kept by a single accountant.
 *
 *  @param lines n lines, from 0; NULL: every draft line. @param n their number.
 *  @return ARC_OK; ARC_E_STATE: not stored, edited since it was, expired, or a line is no draft; ARC_E_FORBIDDEN: also one's own request; ARC_E_RANGE: no such line;
 *          otherwise as arc_proposal_store().
 *  @since 0.1 */
ARC_API arc_status arc_proposal_approve(arc_proposal *proposal, const uint32_t *lines, size_t n);

/** Rejects lines of a stored proposal: drafts, and approved ones that are not applied. Who stored it may take it back so.
 *
 *  @param lines n lines, from 0; NULL: all that are neither applied nor over. @param n their number. @param reason 1 to 500 bytes.
 *  @return as arc_proposal_approve(). @since 0.1 */
ARC_API arc_status arc_proposal_reject(arc_proposal *proposal, const uint32_t *lines, size_t n, const char *reason);

/* ---- applying -------------------------------------------------------------------------------------------------------------- */

#define ARC_APPLY_ATOMIC 0x1u    /**< all units in one transaction, or none */
#define ARC_APPLY_ATOMIC_MAX 10000u /**< lines a proposal may have for that */

/** Options of arc_proposal_apply(). Start from ARC_APPLY_OPTIONS_INIT. */
typedef struct arc_apply_options {
    uint32_t struct_size;
    uint32_t flags;           /**< 0 or ARC_APPLY_ATOMIC */
    arc_progress_fn progress; /**< units done and in all; non-zero stops behind the unit at hand: ARC_E_CANCELLED. May be NULL */
    void *user;
} arc_apply_options;

#define ARC_APPLY_OPTIONS_INIT { (uint32_t)sizeof(arc_apply_options), 0, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_APPLY_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_apply_options_init(arc_apply_options *options);

/** Applies what is approved, unit by unit in order, each in a transaction of its own: exactly once, however often and by however many it is called.
 *
 *  Before a unit is applied its preconditions are looked at again: rows that must have their version and amounts that must still be open. When accounts
 *  it read have moved, the engine is asked again, and the unit is applied only when it answers the same. Otherwise the unit becomes stale, with the
 *  reason in its lines.
 *
 *  @param proposal stored; no transaction may be open on its book. Its lines are as stored afterwards.
 *  @param options NULL for defaults.
 *  @return ARC_OK: nothing approved is left, all of it was applied; ARC_PARTIAL: units are stale, see the lines; ARC_E_STATE: not stored, edited since, or nothing is
 *          approved; ARC_E_STALE: with ARC_APPLY_ATOMIC, a unit is stale and nothing was applied; ARC_E_LIMIT: too large for ARC_APPLY_ATOMIC; ARC_E_CANCELLED; ARC_E_UNSUPPORTED: there is no
 *          such engine; otherwise as arc_proposal_store(): the units before are applied, call it again.
 *  @since 0.1 */
ARC_API arc_status arc_proposal_apply(arc_proposal *proposal, const arc_apply_options *options);

/** Marks proposals as expired whose time is over by the host's clock: their draft and approved lines.
 *
 *  @param n receives how many; may be NULL. @param max at most so many, 1 to 100,000.
 *  @return ARC_OK; ARC_DONE: none is left; ARC_E_INVALID: max is 0, too large, or there is no clock; ARC_E_FORBIDDEN; otherwise as arc_proposal_store(). @since 0.1 */
ARC_API arc_status arc_proposal_expire(arc_session *session, uint32_t *n, uint32_t max);

/* ---- engines --------------------------------------------------------------------------------------------------------------- */

/** Criteria of arc_receipt_propose(). Start from ARC_PROPOSE_OPTIONS_INIT. */
typedef struct arc_propose_options {
    uint32_t struct_size;
    uint32_t flags;     /**< 0 */
    arc_date as_of;     /**< the day allocations are to date from; ARC_DATE_NONE = the session's business date */
    uint32_t max;       /**< receipts at most, oldest first; 0 = 10,000 */
    int64_t customer;   /**< only this customer's; 0 = all */
    char currency[4];   /**< only this currency; "" = all */
    uint32_t reserved;  /**< 0 */
} arc_propose_options;

#define ARC_PROPOSE_OPTIONS_INIT { (uint32_t)sizeof(arc_propose_options), 0, ARC_DATE_NONE, 0, 0, { 0 }, 0 }

/** Fills options with their defaults; the same bytes as ARC_PROPOSE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_propose_options_init(arc_propose_options *options);

/** Proposes what receipts pay: allocations to the open items of their customers. Writes nothing.
 *
 *  For each receipt with something left, oldest first: items whose invoice number its memo, bank reference or remark names, in the order named; then what is
 *  due, the earliest due date first; then what is not due yet. Items of one due date that cannot all be paid share in proportion to what is open.
 *  A unit is a receipt.
 *
 *  @param session keeps the error; its open transaction is used when there is one.
 *  @param out receives the proposal; the caller frees it with arc_proposal_free(). NULL on error.
 *  @param receipts n ids; NULL: every receipt with something left that meets the options. @param n their number, at most 100,000.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_DONE: there is nothing to propose: the proposal has no line; ARC_E_REQUIRED: no date and the session has none; ARC_E_NOT_FOUND: no such receipt, row in the error;
 *          ARC_E_LIMIT: too many; ARC_E_CURRENCY; ARC_E_RANGE: as_of; ARC_E_FORBIDDEN; ARC_E_INVALID; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_receipt_propose(arc_session *session, arc_proposal **out, const int64_t *receipts, size_t n,
                                       const arc_propose_options *options);

ARC_END_DECLS

#endif
