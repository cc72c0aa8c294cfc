/* SPDX-License-Identifier: Apache-2.0 */
/* What validation rules ask of texts: named formats with their check digits, a small pattern language, normalisation. */
#ifndef ARCI_VALUE_TEXTFORM_H
#define ARCI_VALUE_TEXTFORM_H

#include "base/arena.h"

/* ---- named formats: the whole text, as it is (normalise first) ---- */

typedef struct arci_format {
    const char *name;
    int (*fits)(const char *s, size_t n);
    const char *en, *zh; /* what it is, for messages */
} arci_format;

extern const arci_format arci_formats[];
extern const uint32_t arci_n_formats;
const arci_format *arci_format_by_name(const char *name, size_t n); /* NULL when unknown */

/* textform_vat.c: two letters of the state, and the rest with its check digits. */
int arci_vat_fits(const char *s, size_t n);

/* ---- patterns ----
 * The part of ECMAScript's regular expressions that needs no backtracking: a sequence of elements, each a character, `.`, `\d`, `\w`,
 * an escaped character or a class [a-z0-9_] / [^...], followed by nothing, `?`, `*`, `+`, {n}, {n,} or {n,m}. No groups, no
 * alternatives. The whole text must match; characters are code points. Time is linear in the text for each element. */

#define ARCI_PATTERN_ELEMENTS 64u

typedef struct arci_pattern arci_pattern;
/* ARC_E_SYNTAX or ARC_E_LIMIT with a message that names the byte; the pattern lives in the arena. */
arc_status arci_pattern_read(arci_env *env, arci_arena *arena, const arci_pattern **out, const char *s, size_t n);
/* 1 or 0; texts longer than ARCI_PATTERN_TEXT code points do not match. */
#define ARCI_PATTERN_TEXT 4096u
int arci_pattern_fits(const arci_pattern *p, const char *s, size_t n);

/* ---- normalisation ---- */

#define ARCI_NORM_TRIM 0x1u          /* no space at either end */
#define ARCI_NORM_COLLAPSE 0x2u      /* runs of space become one */
#define ARCI_NORM_REMOVE_SPACE 0x4u
#define ARCI_NORM_HALF_WIDTH 0x8u    /* U+FF01..U+FF5E and the ideographic space become ASCII */
#define ARCI_NORM_UPPER 0x10u        /* a-z only: no language decides */
#define ARCI_NORM_LOWER 0x20u

uint32_t arci_norm_by_name(const char *name, size_t n); /* 0 when unknown */
/* Writes at most n bytes to out (which may be s) and returns how many. s is UTF-8. */
size_t arci_normalise(char *out, const char *s, size_t n, uint32_t steps);

/* The code point at s (n > 0 bytes of valid UTF-8) and its length in bytes. */
uint32_t arci_utf8_at(const char *s, size_t n, size_t *len);
size_t arci_utf8_count(const char *s, size_t n);

#endif
