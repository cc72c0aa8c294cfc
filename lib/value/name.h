/* SPDX-License-Identifier: Apache-2.0 */
/* Names of companies: what they are made of, how near two of them are. Scores are integers, 0 to ARCI_NAME_ONE, so that every machine says the same. */
#ifndef ARCI_VALUE_NAME_H
#define ARCI_VALUE_NAME_H

#include "arcore/name.h"
#include "base/env.h"
#include "value/name_fold.h"

#define ARCI_NAME_ONE 10000
#define ARCI_NAME_TOKENS 40u /* of a name; what follows is left out */
#define ARCI_NAME_TEXT 1200u /* bytes of all tokens */
#define ARCI_NAME_RAW 192u
#define ARCI_NAME_POINTS 48u /* code points of a token that are compared */

typedef struct arci_name_token {
    uint16_t at, len; /* in text */
    uint8_t kind;     /* ARCI_NAME_* */
    uint8_t han;
    char initial; /* of the word as it was written */
} arci_name_token;

typedef struct arci_name {
    uint16_t n, len, branch; /* branch: an office of a company (分公司), not one of its own */
    arci_name_token tokens[ARCI_NAME_TOKENS];
    char text[ARCI_NAME_TEXT];
    uint16_t raw_len;
    char raw[ARCI_NAME_RAW]; /* the letters as they were written, folded, without gaps */
} arci_name;

/* Reads a name: valid UTF-8. Tokens stand in the order of the text. Never fails: what is too long is cut. */
void arci_name_read(arci_name *out, const char *s, size_t n);

/* ---- reading, in parts ---- */
void arci_name_push(arci_name *out, const char *s, size_t n, int kind, int han);
void arci_name_push_word(arci_name *out, const char *s, size_t n);    /* a folded Latin word or number */
void arci_name_push_han(arci_name *out, const char *s, size_t n);     /* a folded run of ideographs */
/* The canonical form of a folded Latin word and its kind. */
int arci_name_stem(const char *s, size_t n, const char **stem, size_t *stem_len);

/* ---- how near two words are: code points, 0 to ARCI_NAME_ONE ---- */
size_t arci_name_points(uint32_t *out, size_t most, const char *s, size_t n);
uint32_t arci_name_edits(const uint32_t *a, size_t na, const uint32_t *b, size_t nb); /* changes, swaps of neighbours among them; na, nb <= 64 */
int32_t arci_name_jaro(const uint32_t *a, size_t na, const uint32_t *b, size_t nb);
int32_t arci_name_jaro_winkler(const uint32_t *a, size_t na, const uint32_t *b, size_t nb);

/* ---- how near two names are ---- */

enum { ARCI_HOW_SAME, ARCI_HOW_TYPO, ARCI_HOW_SHORT, ARCI_HOW_JOINED, ARCI_HOW_INITIALS, ARCI_HOW_ACRONYM };

typedef struct arci_name_link {
    uint8_t a, b; /* tokens */
    uint8_t how;
    int32_t nearness;
} arci_name_link;

typedef struct arci_name_report {
    uint32_t n_links;
    arci_name_link links[ARCI_NAME_TOKENS * 2];
    int32_t weights_a[ARCI_NAME_TOKENS], weights_b[ARCI_NAME_TOKENS];
    int32_t matched_a[ARCI_NAME_TOKENS], matched_b[ARCI_NAME_TOKENS]; /* of the weight */
    int32_t words, letters; /* nearness by words, and of the names written without spaces */
    int legal_differs, number_differs, branch_differs;
} arci_name_report;

/* How much a token says: 1000 for a word nobody else has. `user` may be NULL with commonness NULL. */
typedef struct arci_name_weigher {
    uint32_t (*names_with)(const void *user, const char *s, size_t n);
    const void *user;
    uint32_t names; /* in the book */
} arci_name_weigher;

int32_t arci_name_weight(const arci_name_weigher *w, const arci_name *name, const arci_name_token *t);
/* report has the weights of both sides filled in; the rest is filled here. What does not come to `least` may come out lower than it is; 0: exact. */
int32_t arci_name_compare(const arci_name *a, const arci_name *b, arci_name_report *report, int32_t least);
void arci_name_weigh(const arci_name_weigher *w, const arci_name *name, int32_t *weights);

#endif
