/* SPDX-License-Identifier: Apache-2.0 */
/* Scorecards of customers: a scorecard (rules/table.h) with what its member "credit" says of bands, limits and terms. */
#ifndef ARCI_CREDIT_SCORE_CARD_H
#define ARCI_CREDIT_SCORE_CARD_H

#include "credit/score_facts.h"
#include "rules/table.h"

#define ARCI_BANDS 4u
extern const char *const arci_band_codes[ARCI_BANDS]; /* A to D: the best first */

typedef struct arci_band {
    uint8_t code;      /* place in arci_band_codes */
    uint8_t has_from, has_limit;
    arci_num from;     /* least points; the last band has none */
    int64_t limit;     /* most, minor units of the card's currency */
    arci_num factor;   /* of a limit worked out */
    int64_t days;      /* of the term */
    const char *term;  /* NULL: none is proposed */
} arci_band;

typedef struct arci_card {
    arci_decision *table;
    arci_decision *immediate; /* condition for the last band at once; NULL: none */
    const char *code;
    char currency[4];
    arci_band bands[ARCI_BANDS];
    uint32_t n_bands;
    arci_num margin;       /* points beyond a bound before a band changes */
    int64_t reviews;       /* scores in a row that say so change it as well; 0: never */
    arci_num purchases;    /* times the purchases of a term */
    arci_num worth;        /* share of the net worth */
    int64_t thin;          /* fewer payments are a thin file */
    uint32_t thin_best;    /* best band of one, a place in bands */
} arci_card;

/* The card in force, or the one that is shipped where code is "default" and none is. Freed by arci_card_free(), NULL allowed. */
arc_status arci_card_get(arci_txn *t, arci_card **out, const char *code, arc_date on);
void arci_card_free(arci_card *c);
/* Reads the member "credit" of a document that has been read; the first fault with its pointer. */
arc_status arci_card_read(arci_env *env, arci_card *c, const char *base);
arc_status arci_credit_scorecard_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink); /* of kind scorecard */
/* A table of one condition over the facts of scores. */
arc_status arci_fact_condition(arci_env *env, arci_decision **out, const char *inputs, const char *condition, size_t len, const char *base);
/* Whether it holds for facts. */
arc_status arci_fact_holds(arci_env *env, const arci_decision *condition, arci_arena *arena, const char *facts, size_t len, int *holds);
extern const char arci_scorecard_default[];

/* What a card says of a subject. */
typedef struct arci_scored {
    int64_t points;        /* with 2 decimals */
    arci_num exact;
    uint32_t raw, band;    /* places in bands: by points; after hysteresis */
    uint32_t stands;       /* the same, or that of an override that runs: what is proposed comes of it */
    uint8_t overridden;
    int64_t reviews;       /* scores in a row that say another band than stands */
    uint8_t thin, at_once, changed;
    int64_t limit;         /* proposed */
    const char *why_limit; /* which bound decided: "band", "purchases", "net_worth", "insurer" */
    const char *json;      /* explanation, in the arena */
} arci_scored;

typedef struct arci_score_before {
    int32_t band;     /* that stood before, a place in arci_band_codes; -1: none */
    int64_t reviews;
    arc_date override_to; /* last day of an override that runs; ARC_DATE_NONE: none */
    int64_t override_row;
    int32_t override_band; /* -1: none */
} arci_score_before;

arc_status arci_card_score(arci_env *env, arci_arena *arena, const arci_card *c, const arci_score_subject *x, const arci_score_before *before, arc_date as_of, arci_scored *out);

#endif
