/* SPDX-License-Identifier: Apache-2.0 */
/* Matching strategies: definitions of kind "matching" (docs/matching.md). Which evidence is looked at in which order, what of it may post by itself, and what becomes of
 * differences. A document is read once a call; everything in it lives in the arena. */
#ifndef ARCI_CASH_STRATEGY_H
#define ARCI_CASH_STRATEGY_H

#include "arcore/money.h"
#include "store/definition.h"

enum {
    ARCI_TIER_REFERENCE,   /* the payer names documents, orders or contracts; whatever was paid */
    ARCI_TIER_DOCUMENT,    /* one document is named and paid exactly */
    ARCI_TIER_REFERENCES,  /* several are named and their sum is paid exactly */
    ARCI_TIER_AMOUNT,      /* one open item of the payer is exactly the amount */
    ARCI_TIER_ACCOUNT,     /* all that is open, credits among it */
    ARCI_TIER_PAST_DUE,    /* all that is past due, with the credits */
    ARCI_TIER_TERM,        /* all that is past due of one payment term */
    ARCI_TIER_COMBINATION, /* the set that outweighs all others (arcore/combination.h) */
    ARCI_TIER_OLDEST,      /* oldest first, as far as it reaches */
    ARCI_TIERS
};
extern const char *const arci_tier_names[ARCI_TIERS];

enum { ARCI_TIER_OFF, ARCI_TIER_SUGGEST, ARCI_TIER_AUTO };

/* Fields in which receipt and items must agree. */
enum {
    ARCI_AGREE_ORDER = 1, ARCI_AGREE_CONTRACT = 2, ARCI_AGREE_DELIVERY = 4, ARCI_AGREE_PROJECT = 8, ARCI_AGREE_DEPARTMENT = 16, ARCI_AGREE_OWNER = 32,
    ARCI_AGREE_STORE = 64, ARCI_AGREE_LINE = 128, ARCI_AGREES = 8
};

/* What is named. */
enum { ARCI_BY_DOCUMENT = 1, ARCI_BY_ORDER = 2, ARCI_BY_CONTRACT = 4, ARCI_BY_DELIVERY = 8, ARCI_BY_ALL = 15 };

typedef struct arci_tier {
    uint8_t tier, mode;
    uint8_t by;      /* of reference, document_amount and references_sum */
    uint8_t partial; /* of oldest: an item may be paid in part */
    uint32_t agree;
} arci_tier;

/* Of what is missing or over. */
enum {
    ARCI_DIFF_DISCOUNT, ARCI_DIFF_CHARGE, ARCI_DIFF_TOLERANCE, ARCI_DIFF_CREDIT, ARCI_DIFF_DEDUCTION, ARCI_DIFF_RESIDUAL, ARCI_DIFF_CHARGEBACK, ARCI_DIFF_PARTIAL, ARCI_DIFF_ON_ACCOUNT,
    ARCI_DIFF_REFUND, ARCI_DIFF_EXCHANGE, ARCI_DIFFS
};

typedef struct arci_diff_amount {
    char currency[4];
    int64_t minor;
} arci_diff_amount;

typedef struct arci_diff {
    uint8_t as, mode;
    uint8_t always;            /* of bank_charge: not only across borders */
    const char *reason;        /* code of deduction_reason; NULL: none */
    const char *const *words;  /* one of them must be in the text, folded to lower case; none: any text */
    uint32_t n_words;
    const arci_diff_amount *most; /* by currency; none: no bound */
    uint32_t n_most;
    int32_t percent_ppm;       /* of what was to be paid at most; 0: no bound; of exchange: how far off the rate of the day may be */
} arci_diff;

/* How items are ordered that are paid one after another. */
enum { ARCI_FIRST_DUE, ARCI_FIRST_ISSUED, ARCI_FIRST_LARGE, ARCI_FIRST_SMALL, ARCI_FIRST_NUMBER, ARCI_FIRST_UNDISPUTED, ARCI_FIRSTS };

typedef struct arci_texts {
    const char *const *list;
    uint32_t n;
} arci_texts;

typedef struct arci_strategy {
    const char *code;
    int64_t definition, revision; /* 0: shipped */
    arci_tier tiers[ARCI_TIERS];
    uint32_t n_tiers;
    const arci_diff *diffs;
    uint32_t n_diffs;
    uint8_t first[ARCI_FIRSTS];
    uint32_t n_first;
    int32_t probability_ppm; /* from this on a match posts by itself */
    int32_t margin_ppm;      /* it must outdo the second best by */
    uint8_t new_payer;       /* a payer's account that was never seen does not stop it */
    const arci_diff_amount *max; /* nothing above posts by itself */
    uint32_t n_max;
    const char *tolerance; /* code; NULL: the book's own */
    int32_t twice_days;    /* same payer, amount and reference within so many days is a double payment; 0: not looked at */
    arci_texts customers, segments, channels, projects; /* whose receipts it is for; none of them: everybody's that no other is for */
    const char *json; /* the document */
    size_t json_len;
} arci_strategy;

/* Reads a document. ARC_E_VALUE ... with the JSON Pointer. */
arc_status arci_strategy_read(arci_env *env, arci_arena *arena, arci_strategy *out, const char *json, size_t len);
arc_status arci_strategy_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
extern const char arci_strategy_schema[];

/* Those that come with the library. */
typedef struct arci_shipped_strategy {
    const char *code, *json;
} arci_shipped_strategy;
extern const arci_shipped_strategy arci_shipped_strategies[];
extern const uint32_t arci_n_shipped_strategies;
const char *arci_strategy_shipped(const char *code); /* NULL: none */

/* The strategies in force on a day: the one asked for, or all that receipts may choose among, the one for everybody last. ARC_E_NOT_FOUND. */
arc_status arci_strategies_get(arci_txn *t, arci_arena *arena, arci_strategy **out, uint32_t *n, const char *code, arc_date on);

int64_t arci_diff_most(const arci_diff_amount *list, uint32_t n, const char *currency); /* INT64_MAX: none */

#endif
