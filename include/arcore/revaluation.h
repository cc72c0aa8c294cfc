/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/revaluation.h
 *  Revaluation at the end of a period (期末调汇): open items in foreign currencies are valued at the closing rate of the day.
 *
 *  For each item: difference = open as of the day * closing rate - base amount it is carried at. The differences are posted on the day as unrealised exchange differences and
 *  taken back on the next one, so that what is realised later is counted once. Advances are not revalued: they are no monetary items. */
#ifndef ARCORE_REVALUATION_H
#define ARCORE_REVALUATION_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** What a run came to. Amounts in minor units of the book's base currency. Start from ARC_REVALUATION_INIT. */
typedef struct arc_revaluation {
    uint32_t struct_size;
    uint32_t reserved;     /**< 0 */
    int64_t id;            /**< row of ARC_REVALUATION; 0 of a preview */
    int64_t n_items;       /**< items valued */
    int64_t n_unvalued;    /**< items left out: they are carried without a base amount */
    int64_t carried;       /**< sum of base amounts */
    int64_t valued;        /**< sum at the closing rates */
    int64_t difference;    /**< valued - carried: gain positive */
} arc_revaluation;

#define ARC_REVALUATION_INIT { (uint32_t)sizeof(arc_revaluation), 0, 0, 0, 0, 0, 0, 0 }

/** Fills a result with its defaults; the same bytes as ARC_REVALUATION_INIT.
 *  @param revaluation not NULL. @return ARC_OK, or ARC_E_INVALID when revaluation is NULL. @since 0.1 */
ARC_API arc_status arc_revaluation_init(arc_revaluation *revaluation);

/** Revalues what was open on a day and posts it: an entry a customer on the day, and its opposite on the next one. Not twice for one day, unless the first was reversed.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param result  receives what it came to; may be NULL.
 *  @param as_of   the day; ARC_DATE_NONE = the session's business date. Rates: exchange_rate of kind "closing", the latest on or before it.
 *  @return ARC_OK; ARC_E_NOT_FOUND: a currency has no closing rate (the error names it); ARC_E_STATE: the day was revalued; ARC_E_PERIOD: the day, or the next one, is in a closed period;
 *          ARC_E_RANGE: not a date; ARC_E_OVERFLOW; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_CONFLICT; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_revaluation_run(arc_session *session, arc_revaluation *result, arc_date as_of);

/** What arc_revaluation_run() would post, item by item; nothing is written.
 *
 *  @param buf,len law of arcore.h: {as_of, base_currency, carried, valued, difference, unvalued, items: [{item, number, customer, currency, open, carried, rate, valued, difference}]}.
 *  @param as_of   as of arc_revaluation_run().
 *  @return ARC_OK; ARC_E_BUFFER; otherwise as arc_revaluation_run(). @since 0.1 */
ARC_API arc_status arc_revaluation_preview_json(arc_session *session, char *buf, size_t *len, arc_date as_of);

/** Reverses a revaluation: opposite entries on both its days. The day may be revalued again.
 *
 *  @param id          receives the row of the reversal; may be NULL. @param revaluation the one to reverse.
 *  @param reason      1 to 500 bytes of UTF-8, kept with the entries.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is reversed already, or is itself a reversal; ARC_E_ENCODING; otherwise as arc_revaluation_run(). @since 0.1 */
ARC_API arc_status arc_revaluation_reverse(arc_session *session, int64_t *id, int64_t revaluation, const char *reason);

ARC_END_DECLS

#endif
