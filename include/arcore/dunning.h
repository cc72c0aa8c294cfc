/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/dunning.h
 *  Dunning (催收): which letters are due by the ladders in force, proposed with the reasons, approved, applied.
 *
 *  A ladder is a definition of kind "dunning" (docs/dunning.md): levels with the day that sets them off, minimums, interval, days of grace, and what is done once for a letter. Letters are
 *  lines of a proposal (arcore/proposal.h); a letter that was applied is an ARC_DUNNING_NOTICE with an ARC_DUNNING_NOTICE_ITEM for each item. */
#ifndef ARCORE_DUNNING_H
#define ARCORE_DUNNING_H

#include "arcore/book.h"
#include "arcore/proposal.h"

ARC_BEGIN_DECLS

/** Which letters are proposed. Start from ARC_DUNNING_OPTIONS_INIT. Borrowed for the call. */
typedef struct arc_dunning_options {
    uint32_t struct_size;
    uint32_t flags;           /**< 0 */
    arc_date as_of;           /**< the day of the run; ARC_DATE_NONE: the session's business date */
    uint32_t n_customers;     /**< at most 100,000 */
    const char *ladder;       /**< code of a ladder in force, the only one then, or a document of that kind to be tried (it begins with "{"; its letters cannot be applied); NULL: those in
                                   force, each customer's the first that is for him */
    const int64_t *customers; /**< only theirs; NULL: all. Of a ladder by head office: name all that belong to it */
} arc_dunning_options;

#define ARC_DUNNING_OPTIONS_INIT { (uint32_t)sizeof(arc_dunning_options), 0, ARC_DATE_NONE, 0, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_DUNNING_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_dunning_options_init(arc_dunning_options *options);

/** Proposes letters. Writes nothing.
 *
 *  A unit is a letter ("customer:5/standard/CNY"), with one line: the action lists the items with the level each is claimed at, what is open of it and what is claimed, and what is done once
 *  for the letter (messages, fees, tasks) as it was worked out; a person may change the parameters of that, not the items. What is due and not claimed is in the JSON under "considered", with
 *  the code of why, until when, and the row that says so. When a unit is applied its items, blocks and levels are looked at again: it goes out as it was approved or is stale. Levels, notice,
 *  items and messages are written in one transaction; there is one letter for a unit, ladder and day, however often a run is repeated.
 *
 *  @param session keeps the error; its open transaction is used when there is one.
 *  @param out     receives the proposal; the caller frees it with arc_proposal_free(). NULL on error.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_DONE: the proposal has no line; ARC_E_NOT_FOUND: no such ladder is in force, or no such customer is seen; ARC_E_REQUIRED: no date and the session has none; ARC_E_RANGE: as_of; ARC_E_LIMIT: too many
 *          customers; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_OVERFLOW; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE; of a document that is tried, its faults. @since 0.1 */
ARC_API arc_status arc_dunning_propose(arc_session *session, arc_proposal **out, const arc_dunning_options *options);

/** Why a customer gets a letter on a day, or not: every claim of his that is open, with its level, its last notice, and what becomes of it. Writes nothing.
 *
 *  A JSON object: `customer`, `as_of`, `items` (by due date: `item`, `due_date`, `open`, `disputed`, `level_before`, `notices`, `last_notice`, `ladder`, `outcome`) and `letters`, the units he is
 *  written to in. `outcome` is "claimed" with `level`, `effective_date` and `amount`; "held_back" or "not_due" with `code`, the reason in words (`en`, `zh`), `until`, `source` and `row` of what says so,
 *  `next_level` and `next_on`.
 *
 *  @param session keeps the error; its open transaction is used when there is one.
 *  @param buf,len law of arcore.h. @param customer his id. @param as_of the day; ARC_DATE_NONE: the session's business date.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such customer is seen; ARC_E_FORBIDDEN: items, or a field that is told; ARC_E_BUFFER; others as arc_dunning_propose(). @since 0.1 */
ARC_API arc_status arc_dunning_explain(arc_session *session, char *buf, size_t *len, int64_t customer, arc_date as_of);

ARC_END_DECLS

#endif
