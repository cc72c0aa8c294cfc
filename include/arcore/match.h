/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/match.h
 *  Cash application (核销): what receipts pay, decided by a strategy, proposed with the reasons, confirmed, applied, taken back.
 *
 *  A strategy is a definition of kind "matching" (docs/matching.md): tiers of evidence in order, each auto, suggest or off, and rules for differences. For each receipt the
 *  first tier that fits gives its candidates. What may post by itself is `auto`, what a person should confirm `suggest`; `none` tells why nothing fits. The answer is
 *  `unique` or `ambiguous`: sums alone prove little, and are never passed off as more. */
#ifndef ARCORE_MATCH_H
#define ARCORE_MATCH_H

#include "arcore/book.h"
#include "arcore/proposal.h"

ARC_BEGIN_DECLS

/** arc_match_run(): what a person should confirm is stored, a proposal for each chunk. A receipt that a stored proposal of matches waits for already is left to it. */
#define ARC_MATCH_STORE 0x1u

/** Which receipts are matched, and how. Start from ARC_MATCH_OPTIONS_INIT. Texts are borrowed for the call. */
typedef struct arc_match_options {
    uint32_t struct_size;
    uint32_t flags;        /**< arc_match_run(): ARC_MATCH_STORE; else 0 */
    const char *strategy;  /**< code of a definition of kind "matching", or of a shipped one, or a document of that kind to be tried (it begins with "{"); NULL: each receipt's own: by customer, segment, channel or project, else the setting
                                cash.strategy, else "default" */
    arc_date as_of;        /**< the day allocations are to date from; ARC_DATE_NONE: the session's business date */
    uint32_t max;          /**< receipts at most; 0: 10,000 */
    int64_t customer;      /**< only this customer's; 0: all */
    char currency[4];      /**< only this currency; "": all */
    uint32_t chunk;        /**< arc_match_run(): receipts that are read, decided and committed together, at most 10,000; 0: 1,000 */
    int64_t after;         /**< arc_match_run(): only receipts with a higher id: where a run that was stopped goes on; 0: all */
    arc_progress_fn progress; /**< arc_match_run(): told after each chunk how many were done; non-zero stops: ARC_E_CANCELLED. May be NULL */
    void *user;            /**< handed to progress */
} arc_match_options;

#define ARC_MATCH_OPTIONS_INIT { (uint32_t)sizeof(arc_match_options), 0, NULL, ARC_DATE_NONE, 0, 0, { 0 }, 0, 0, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_MATCH_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_match_options_init(arc_match_options *options);

/** A strategy that comes with the library: "default", "autocash" (Oracle), "by_order" (按订单号), "by_document" (按发票号), "amount_customer" (金额+客户), "oldest_overdue"
 *  (最早逾期), "named_order" (指定订单), "t_plus" and "kis" (核销规则), "amount_then_date" (先金额后日期). A published definition of the same code stands in for it.
 *
 *  @param buf,len law of arcore.h. @param code NULL: all codes, as a JSON array.
 *  @return ARC_OK; ARC_E_INVALID: len is NULL; ARC_E_NOT_FOUND: no such strategy; ARC_E_BUFFER. @since 0.1 */
ARC_API arc_status arc_match_strategy_shipped(char *buf, size_t *len, const char *code);

/** Proposes what receipts pay. Writes nothing.
 *
 *  A unit is a receipt ("receipt:12"), with one line: the action says which items are settled with what, and what becomes of the difference; the explanation which rule fitted, the
 *  amounts as an equation, the places in the text and the repairs made, the probability, the margin to the second best, and the alternatives with why they were rejected.
 *  `outcome` is "auto" or "suggest"; `answer` "unique" or "ambiguous". Receipts that nothing fits are in the JSON under "considered", with the reason. Later receipts see what
 *  earlier ones take. When a unit is applied whose accounts have moved it is matched again, and must come to the same.
 *
 *  @param session keeps the error; its open transaction is used when there is one.
 *  @param out receives the proposal; the caller frees it with arc_proposal_free(). NULL on error.
 *  @param receipts n ids; NULL: every receipt with something left that meets the options, in the order of value date. @param n their number, at most 100,000.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_DONE: the proposal has no line; ARC_E_NOT_FOUND: no such receipt (row in the error) or strategy; ARC_E_VALUE: the strategy cannot be read; ARC_E_REQUIRED: no date and the session
 *          has none; ARC_E_LIMIT: too many; ARC_E_CURRENCY; ARC_E_RANGE: as_of; ARC_E_FORBIDDEN; ARC_E_INVALID; ARC_E_OVERFLOW; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_match_propose(arc_session *session, arc_proposal **out, const int64_t *receipts, size_t n, const arc_match_options *options);

/** What came of arc_match_run(). Start from ARC_MATCH_REPORT_INIT. */
typedef struct arc_match_report {
    uint32_t struct_size;
    uint32_t chunks;     /**< committed */
    int64_t receipts;    /**< looked at */
    int64_t posted;      /**< matched and applied */
    int64_t suggested;   /**< for a person to confirm; stored where ARC_MATCH_STORE asks for it */
    int64_t none;        /**< nothing fits */
    int64_t refused;     /**< matched, and refused by the ledger (a closed period, an authority): nothing was done for them */
    int64_t allocations; /**< rows written */
    int64_t proposals;   /**< stored */
    int64_t proposal;    /**< the last of them; 0: none */
    int64_t last;        /**< the receipt with the highest id that was looked at: `after` of a call that goes on */
} arc_match_report;

#define ARC_MATCH_REPORT_INIT { (uint32_t)sizeof(arc_match_report), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills a report with its defaults; the same bytes as ARC_MATCH_REPORT_INIT.
 *  @param report not NULL. @return ARC_OK, or ARC_E_INVALID when report is NULL. @since 0.1 */
ARC_API arc_status arc_match_report_init(arc_match_report *report);

/** Matches receipts and applies what may post by itself, in chunks: each is read in a few questions, decided, and committed as one transaction. Memory is that of a chunk.
 *
 *  Receipts are taken in the order of their ids. What was applied has nothing left and is not matched again, so a run that was stopped, or crashed, is called once more, with `after` or
 *  without; nothing happens twice. With a request key (of at most 156 bytes) each chunk has one of its own, and those that were done are answered from the book. Where the ledger refuses one match its chunk is done receipt by receipt.
 *
 *  @param session keeps the error. No transaction may be open on its book.
 *  @param report  filled up to its struct_size, on errors too; may be NULL.
 *  @param options NULL for defaults; max 0: all receipts that wait.
 *  @return ARC_OK; ARC_E_CANCELLED: progress stopped it, what was committed stays; ARC_E_TXN: a transaction is open; ARC_E_FORBIDDEN: allocation.match, allocation.apply, or with ARC_MATCH_STORE
 *          proposal.store; ARC_E_READONLY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_FULL; others as arc_match_propose(). @since 0.1 */
ARC_API arc_status arc_match_run(arc_session *session, arc_match_report *report, const arc_match_options *options);

/** Learns from what was confirmed. Receipts that are settled are matched once more with what was open then, the oldest first, and what is found is compared with what they
 *  paid: how often matches that looked so good were right, by tier, calibrates what is said of new ones; how payers chose becomes the habit that weighs sets. Rows that posted by
 *  themselves and that nobody confirmed teach nothing. What was learned is a row of ARC_MATCH_MODEL; the latest counts.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the row's id; may be NULL. @param cases receives how many receipts it could be compared for; may be NULL.
 *  @param options NULL for defaults; strategy, as_of and max count: the latest max receipts, at most 20,000; 0: 3,000.
 *  @return ARC_OK; ARC_E_FORBIDDEN: allocation.match; ARC_E_LIMIT: max; ARC_E_READONLY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_FULL; ARC_E_REQUEST; others as
 *          arc_match_propose(). @since 0.1 */
ARC_API arc_status arc_match_learn(arc_session *session, int64_t *id, int64_t *cases, const arc_match_options *options);

/** Takes one of the alternatives of a draft line instead of what was proposed, which stays beside it.
 *
 *  @param proposal of arc_match_propose(). @param line from 0. @param candidate 0: what was proposed; 1 and up: alternatives in their order.
 *  @return ARC_OK; ARC_E_RANGE: no such line or alternative; ARC_E_STATE: the line is no draft; ARC_E_UNSUPPORTED: the proposal is none of matches; ARC_E_INVALID; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_match_choose(arc_proposal *proposal, uint32_t line, uint32_t candidate);

/** Leaves some of the items of a draft line out; the rest is settled as it was proposed.
 *
 *  @param proposal of arc_match_propose(). @param line from 0. @param items n ids of items (debits) that are to be settled. @param n at least 1.
 *  @return ARC_OK; ARC_E_RANGE: no such line, or an item it does not settle; others as arc_match_choose(). @since 0.1 */
ARC_API arc_status arc_match_keep(arc_proposal *proposal, uint32_t line, const int64_t *items, size_t n);

/** Takes back all that matching a receipt has settled (反核销): its allocations, and those of the same match that took from credits and nettings. Items are open again with their due dates, the
 *  receipt has its amount again and stays its customer's (arc_receipt_unclaim()). All rows are reversed in one transaction or none. What a bank took back is arc_receipt_return().
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param receipt the receipt. @param date effective date, not before its allocations; ARC_DATE_NONE: the session's business date. @param reason why, 1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_E_STATE: nothing of it is applied; ARC_E_LIMIT: more than 10,000 rows; others as arc_allocation_reverse_many(). @since 0.1 */
ARC_API arc_status arc_match_reverse(arc_session *session, int64_t receipt, arc_date date, const char *reason);

ARC_END_DECLS

#endif
