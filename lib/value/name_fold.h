/* SPDX-License-Identifier: Apache-2.0 */
/* Letters and words of company names: what stands for what. */
#ifndef ARCI_VALUE_NAME_FOLD_H
#define ARCI_VALUE_NAME_FOLD_H

#include <stddef.h>
#include <stdint.h>

typedef struct arci_name_letters {
    uint32_t first, last;
    const char (*texts)[5];
} arci_name_letters;

/* name_letters.c, name_han.c: written by gen/name_tables.py */
extern const arci_name_letters arci_name_ranges[];
extern const size_t arci_n_name_ranges;
extern const uint16_t arci_name_han_pairs[]; /* from, to, from, to ... in the order of from */
extern const size_t arci_n_name_han_pairs;

/* The Latin letters a code point stands for: "" when it is none, "~" for a sign without a sound; NULL when it is not in the tables. */
const char *arci_name_letter(uint32_t u);
/* Full width to ASCII, half-width kana to kana, hiragana to katakana, traditional and Japanese characters to simplified ones. */
uint32_t arci_name_fold_point(uint32_t u);
/* Whether it belongs to a run without spaces: ideographs, kana, hangul. */
int arci_name_is_han(uint32_t u);

/* ---- words (name_words.c, name_words_han.c) ---- */

enum { ARCI_NAME_CORE, ARCI_NAME_GENERIC, ARCI_NAME_REGION, ARCI_NAME_LEGAL, ARCI_NAME_STOP, ARCI_NAME_INITIALS, ARCI_NAME_NUMBER, ARCI_NAME_N_KINDS };

typedef struct arci_name_word {
    const char *text; /* folded, in byte order within its list */
    const char *stem; /* what it is read as; NULL: itself */
} arci_name_word;

extern const arci_name_word arci_name_generic[], arci_name_places[]; /* name_words_trade.c, name_words_places.c */
extern const size_t arci_n_name_generic, arci_n_name_places;
/* The kind of a folded Latin word, and its stem (static, or NULL: the word itself). */
int arci_name_word_kind(const char *s, size_t n, const char **stem);

/* Longest entry of a list of Chinese words that text begins (or ends) with: its bytes, or 0. */
enum { ARCI_HAN_REGION, ARCI_HAN_LEGAL, ARCI_HAN_TRADE };
size_t arci_name_han_prefix(int list, const char *s, size_t n);
size_t arci_name_han_suffix(int list, const char *s, size_t n);

#endif
