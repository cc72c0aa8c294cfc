/* SPDX-License-Identifier: Apache-2.0 */
/* References in texts, inside: a text read into pieces, an index of numbers, what of the one is in the other. Pure; memory of texts is kept from one to the next, so a
 * line costs no allocation. */
#ifndef ARCI_CASH_REFERENCE_H
#define ARCI_CASH_REFERENCE_H

#include "arcore/reference.h"
#include "base/env.h"

/* ---- a text (reference_fold.c) -------------------------------------------------------------------------------------------------------- */

enum { ARCI_REF_DIGITS = 1, ARCI_REF_LETTERS = 2, ARCI_REF_HAN = 3 };

/* What stands between two pieces: nothing, one sign of those that numbers have inside, a blank or more, the end of a line, something that separates. */
enum { ARCI_REF_TOUCHING, ARCI_REF_TIGHT, ARCI_REF_LOOSE, ARCI_REF_LINE, ARCI_REF_BARRIER };

#define ARCI_REF_CURRENCY 0x1u /* a sign of money stands before it */
#define ARCI_REF_PERCENT 0x2u
#define ARCI_REF_AT 0x4u
#define ARCI_REF_PLUS 0x8u
#define ARCI_REF_STAR 0x10u
#define ARCI_REF_MINUS 0x20u   /* a dash or ~ among the signs */

typedef struct arci_ref_piece {
    uint32_t start, end; /* in keys */
    uint8_t kind;        /* ARCI_REF_DIGITS ... */
    uint8_t gap;         /* before it */
    uint8_t sign;        /* first sign before it that is no blank; 0 */
    uint8_t before;      /* ARCI_REF_CURRENCY ... */
    uint8_t mask;        /* ARC_MASK_* */
    uint8_t used;        /* part of a hit */
    uint8_t pad[2];
} arci_ref_piece;

typedef struct arci_ref_text {
    arc_context *ctx;
    const char *text;
    size_t length;
    void *block;        /* holds all arrays */
    uint8_t *keys;      /* n letters and digits, folded; ideographs as UTF-8 */
    uint8_t *canon;     /* the same with look-alikes as one */
    uint32_t *at, *to;  /* n: where each stands in the text */
    uint64_t *hash;     /* n + 1: of all before it */
    arci_ref_piece *pieces; /* n_pieces, and one more that tells what stands at the end */
    uint32_t n, n_pieces, cap;
} arci_ref_text;

void arci_ref_text_init(arci_ref_text *t, arc_context *ctx);
void arci_ref_text_clear(arci_ref_text *t);
/* 0: no memory. */
int arci_ref_text_read(arci_ref_text *t, const char *text, size_t length);
/* The piece is a word after which numbers of documents stand: invoice, Rechnung, 票 ... */
int arci_ref_is_label(const arci_ref_text *t, uint32_t i); /* reference_find.c */
void arci_ref_text_mask(arci_ref_text *t, const arc_reference_options *o); /* reference_mask.c */

uint8_t arci_ref_canon(uint8_t c);
uint64_t arci_ref_power(uint32_t n); /* n <= ARC_REFERENCE_NUMBER_MAX + 1 */
#define ARCI_REF_BASE UINT64_C(0x9e3779b97f4a7c15)

/* ---- an index (reference_index.c) ----------------------------------------------------------------------------------------------------- */

typedef struct arci_ref_index arci_ref_index;

arci_ref_index *arci_ref_index_new(arc_context *ctx); /* NULL: no memory */
void arci_ref_index_free(arci_ref_index *x);
/* Adds; not while others look. ARC_E_LIMIT, ARC_E_NOMEM: nothing was added. */
arc_status arci_ref_index_add(arci_env *env, arci_ref_index *x, const char *number, size_t length, int32_t kind, int64_t id, int64_t customer);
/* Puts in order what was added; looking up needs it, adding undoes it. Cheap when nothing was added. */
arc_status arci_ref_index_seal(arci_env *env, arci_ref_index *x);

typedef struct arci_ref_target {
    int64_t id, customer;
    int32_t kind;
    uint32_t next; /* target + 1; 0: the last */
} arci_ref_target;

uint32_t arci_ref_n_numbers(const arci_ref_index *x);
/* The number as it was added first: text, length. */
const char *arci_ref_number(const arci_ref_index *x, uint32_t number, size_t *length);
/* Its folded letters and digits. */
const uint8_t *arci_ref_key(const arci_ref_index *x, uint32_t number, uint32_t *length);
const arci_ref_target *arci_ref_first(const arci_ref_index *x, uint32_t number);
const arci_ref_target *arci_ref_next(const arci_ref_index *x, const arci_ref_target *t); /* NULL: the last */
/* Numbers of a customer, ascending. */
const uint32_t *arci_ref_of_customer(const arci_ref_index *x, int64_t customer, uint32_t *n);
/* Whether one of what a number stands for is of these customers (ascending). */
int arci_ref_is_of(const arci_ref_index *x, uint32_t number, const int64_t *customers, size_t n);

/* Lookups, each up to `most` numbers; returns how many there are (may be more than most). */
typedef struct arci_ref_found {
    uint32_t n;
    uint32_t numbers[ARC_HIT_NUMBERS];
    uint8_t bare[ARC_HIT_NUMBERS]; /* without its letters */
} arci_ref_found;

int arci_ref_may_have(const arci_ref_index *x, uint32_t length, uint64_t hash); /* the filter: 0 is sure */
/* Numbers that are exactly these folded bytes, whole ones first; without any, bare ones. */
void arci_ref_exact(const arci_ref_index *x, arci_ref_found *out, const uint8_t *key, uint32_t length, uint64_t hash);
/* The same where look-alikes count as one. */
void arci_ref_alike(const arci_ref_index *x, arci_ref_found *out, const uint8_t *canon, uint32_t length, uint64_t hash);
/* Numbers that end so, of length 4 and more; longer than the end itself. With customers: theirs only. */
void arci_ref_suffix(const arci_ref_index *x, arci_ref_found *out, const uint8_t *key, uint32_t length, const int64_t *customers, size_t n_customers);
uint64_t arci_ref_hash(const uint8_t *key, uint32_t length); /* of the canonical form of key */

/* ---- the question (reference_find.c) -------------------------------------------------------------------------------------------------- */

/* Hits in the order of the text. `t` is read and masked here; hits have no struct_size. Never fails but for memory (*failed). */
size_t arci_ref_find(const arci_ref_index *x, arci_ref_text *t, arc_reference_hit *hits, size_t most, const char *text, size_t length, const arc_reference_options *o,
                     int *failed);

/* ---- check digits (reference_check.c): digits and capitals only ---- */
int arci_ref_scheme_fits(int32_t scheme, const uint8_t *s, uint32_t n);
/* The part of a structured reference that the creditor chose: offset and length in s; 0 when there is none. Zeros in front are left out. */
int arci_ref_scheme_body(int32_t scheme, const uint8_t *s, uint32_t n, uint32_t *at, uint32_t *length);

#endif
