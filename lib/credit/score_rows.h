/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of scores. */
#ifndef ARCI_CREDIT_SCORE_ROWS_H
#define ARCI_CREDIT_SCORE_ROWS_H

#include "arcore/score.h"
#include "credit/score_card.h"
#include "store/session.h"

enum {
    ARCI_SC_CUSTOMER, ARCI_SC_AS_OF, ARCI_SC_KIND, ARCI_SC_POINTS, ARCI_SC_BAND, ARCI_SC_RAW_BAND, ARCI_SC_REVIEWS, ARCI_SC_THIN, ARCI_SC_DEFINITION, ARCI_SC_EXPLANATION, ARCI_SC_LIMIT_CURRENCY, ARCI_SC_LIMIT,
    ARCI_SC_TERM, ARCI_SC_REQUEST, ARCI_SC_REASON, ARCI_SC_VALID_TO, ARCI_SC_N
};
extern const char arci_score_fields[]; /* in that order */

/* What stood of each customer before a score of a day. ids: ascending, each once. */
arc_status arci_scores_before(arci_txn *t, arci_arena *arena, arci_score_before *out, const int64_t *ids, uint32_t n, arc_date as_of);
/* What stands on a day: row 0: none. points: with 2 decimals, of the last score. */
typedef struct arci_score_standing {
    int64_t row, points;
    int32_t band; /* a place in arci_band_codes; -1: none */
    uint8_t overridden, thin;
    arc_date as_of;
    arc_date next; /* the first day behind on which another may stand though no row changes; ARC_DATE_NONE: none */
} arci_score_standing;
arc_status arci_scores_standing(arci_txn *t, arci_arena *arena, arci_score_standing *out, const int64_t *ids, uint32_t n, arc_date on);
arc_status arci_score_options_in(arci_session *s, arc_score_options *o, const arc_score_options *given);

#endif
