/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/name.h
 *  Names of companies: one form for all their spellings, how near two of them are, and whom of many a name could mean. docs/duplicates.md tells
 *  how it is reckoned.
 *
 *  Width, 繁/简, marks on letters, Greek and Cyrillic, brackets, punctuation and case are folded; words are told apart by what they say: who it is
 *  (core), what it does (generic), where (region), how it is incorporated (legal), and what only joins (stop). Scores go from 0 to ARC_NAME_SAME and are
 *  reckoned in integers: the same everywhere. Names are UTF-8 of at most ARC_NAME_MAX bytes. */
#ifndef ARCORE_NAME_H
#define ARCORE_NAME_H

#include "arcore/book.h"

ARC_BEGIN_DECLS

#define ARC_NAME_MAX 1200u      /**< bytes of a name */
#define ARC_NAME_SAME 10000     /**< the score of a name with itself */
#define ARC_NAME_LIKELY 8000    /**< from here on two names are candidates of one company */

#define ARC_NAME_CORE_ONLY 0x1u /**< arc_name_normalise(): just the words that say who it is */

#define ARC_NAME_BY_NAME 0x1u      /**< reason: the names alone are near enough */
#define ARC_NAME_BY_TAX_ID 0x2u    /**< reason: the same tax number */
#define ARC_NAME_BY_ACCOUNT 0x4u   /**< reason: the same bank account */
#define ARC_NAME_BY_PHONE 0x8u     /**< reason: the same telephone number */
#define ARC_NAME_SAME_TEXT 0x10u   /**< reason: the names differ in width, case, marks or punctuation at most */
#define ARC_NAME_TAX_ID_DIFFERS 0x20u /**< both have tax numbers, and not the same: counts against */
#define ARC_NAME_COUNTRY_DIFFERS 0x40u /**< they are of two countries: counts against */

/** Writes the one form of a name: its words in small letters, with a space between them, each as the stem of its spellings.
 *
 *  @param buf receives UTF-8 and a NUL. @param len in: capacity; out: length without NUL.
 *  @param name UTF-8. @param length its bytes, or SIZE_MAX: up to the NUL. @param flags ARC_NAME_CORE_ONLY, or 0.
 *  @return ARC_OK; ARC_E_BUFFER: too short, nothing written; ARC_E_ENCODING: not UTF-8; ARC_E_LIMIT: longer than ARC_NAME_MAX; ARC_E_INVALID: NULL, unknown flags.
 *          Any thread, no handle. @since 0.1 */
ARC_API arc_status arc_name_normalise(char *buf, size_t *len, const char *name, size_t length, uint32_t flags);

/** How near two names are, when nothing is known of other names: ARC_NAME_LIKELY and above are candidates of one company.
 *
 *  @param score receives 0 to ARC_NAME_SAME. @param a,b UTF-8, up to their NUL.
 *  @return ARC_OK; ARC_E_ENCODING; ARC_E_LIMIT; ARC_E_INVALID: NULL. Any thread, no handle. @since 0.1 */
ARC_API arc_status arc_name_compare(int32_t *score, const char *a, const char *b);

/** Tells why two names are as near as they are: {"score", "words", "letters", "a": [{"word", "kind", "weight"}], "b", "matches": [{"a", "b", "how",
 *  "nearness"}], "unmatched_a", "unmatched_b", "legal_differs", "number_differs", "branch_differs"}; kind is core, generic, region, legal, stop, initials or number;
 *  how is same, typo, short, joined, initials or acronym.
 *
 *  @param context keeps the error. @param buf,len law of arcore.h. @param a,b as of arc_name_compare().
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_ENCODING; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_explain(arc_context *context, char *buf, size_t *len, const char *a, const char *b);

/* ---- many names ---- */

typedef struct arc_name_index arc_name_index; /**< checked handle, of a context; one thread at a time */

/** What else is known of a company. Start from ARC_NAME_KEYS_INIT. Letters and digits count, other signs do not. */
typedef struct arc_name_keys {
    uint32_t struct_size;
    uint32_t reserved;        /**< 0 */
    const char *tax_id;       /**< or NULL */
    const char *bank_account; /**< or NULL; more by arc_name_index_add_key() */
    const char *phone;        /**< or NULL */
    const char *country;      /**< two letters, or NULL; of a company that is there already: ignored */
} arc_name_keys;

#define ARC_NAME_KEYS_INIT { (uint32_t)sizeof(arc_name_keys), 0, NULL, NULL, NULL, NULL }

/** A company a name could mean. Start from ARC_NAME_MATCH_INIT. */
typedef struct arc_name_match {
    uint32_t struct_size;
    uint32_t reasons;   /**< ARC_NAME_BY_*, ARC_NAME_SAME_TEXT, ARC_NAME_*_DIFFERS */
    int64_t id;         /**< as it was added */
    int32_t score;      /**< 0 to ARC_NAME_SAME, all reasons together */
    int32_t name_score; /**< of the names alone */
    int32_t margin;     /**< score less that of the best other one found; negative behind the first */
    int32_t reserved;   /**< 0 */
} arc_name_match;

#define ARC_NAME_MATCH_INIT { (uint32_t)sizeof(arc_name_match), 0, 0, 0, 0, 0, 0 }

/** Two companies that could be one. Start from ARC_NAME_PAIR_INIT. */
typedef struct arc_name_pair {
    uint32_t struct_size;
    uint32_t reasons;   /**< as of arc_name_match */
    int64_t a;          /**< the one added first */
    int64_t b;
    int64_t group;      /**< the first company of those that hang together by pairs */
    int32_t score;      /**< 0 to ARC_NAME_SAME */
    int32_t name_score; /**< of the names alone */
    int32_t margin;     /**< score less that of the best other pair of either; 0 or less: others are as near */
    int32_t reserved;   /**< 0 */
} arc_name_pair;

#define ARC_NAME_PAIR_INIT { (uint32_t)sizeof(arc_name_pair), 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills keys with their defaults. @param keys not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_name_keys_init(arc_name_keys *keys);
/** Fills a match with its defaults. @param match not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_name_match_init(arc_name_match *match);
/** Fills a pair with its defaults. @param pair not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_name_pair_init(arc_name_pair *pair);

/** Makes an empty index. Words weigh by how many of its names have them.
 *
 *  @param context where memory comes from and where errors are told.
 *  @param out receives the handle; the caller frees it with arc_name_index_free(). NULL on error.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_new(arc_context *context, arc_name_index **out);

/** Adds a company.
 *
 *  @param index the index. @param id of the company, the caller's; may be added more than once, with other names it has.
 *  @param name UTF-8. @param length its bytes, or SIZE_MAX. @param keys NULL: nothing else is known.
 *  @return ARC_OK; ARC_E_ENCODING; ARC_E_LIMIT: a name or key that is too long, or more than 16,000,000 names; ARC_E_VALUE: a country that is not two letters; ARC_E_INVALID; ARC_E_NOMEM: nothing was added;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_add(arc_name_index *index, int64_t id, const char *name, size_t length, const arc_name_keys *keys);

/** Adds one more key to a company that is in the index.
 *
 *  @param index the index. @param id of the company. @param reason ARC_NAME_BY_TAX_ID, _ACCOUNT or _PHONE: what it is. @param value the number; without letters and digits: nothing is done.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such company; ARC_E_LIMIT: too long; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_add_key(arc_name_index *index, int64_t id, uint32_t reason, const char *value);

/** Says that two companies are not one: arc_name_index_find_pairs() passes them over.
 *
 *  @param index the index. @param a,b two companies, in any order; ids that are not in the index are remembered.
 *  @return ARC_OK; ARC_E_INVALID: a is b; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_exclude(arc_name_index *index, int64_t a, int64_t b);

/** Whom a name could mean, the nearest first; equal ones in the order they were added. A company is named once, by the name of it that is nearest.
 *
 *  @param index the index. @param matches receives them, each with its struct_size set by the caller, or NULL with *n 0. @param n in: room, at most 1,000; out: how many.
 *  @param name UTF-8. @param length its bytes, or SIZE_MAX. @param keys what else is known; NULL: nothing. @param least score to be named, 0 to ARC_NAME_SAME.
 *  @return ARC_OK; ARC_E_ENCODING; ARC_E_LIMIT; ARC_E_VALUE; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_search(arc_name_index *index, arc_name_match *matches, size_t *n, const char *name, size_t length, const arc_name_keys *keys,
                                         int32_t least);

/** Tells why a name is as near to a company of the index as it is: what arc_name_explain() tells, with the weights words have in this index, and "name": the
 *  company's name that is nearest, normalised.
 *
 *  @param index the index. @param buf,len law of arcore.h. @param name UTF-8. @param length its bytes, or SIZE_MAX. @param id of the company.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such company; ARC_E_ENCODING; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_explain(arc_name_index *index, char *buf, size_t *len, const char *name, size_t length, int64_t id);

/** Finds the pairs of companies of the index that could be one. Not all are compared: those that share rare words or parts of words, or a key. Of
 *  companies with one and the same name or key each is paired with the first. The pairs stay with the index until the next call, or the next name.
 *
 *  @param index the index. @param count receives how many there are. @param least score of a pair, 1 to ARC_NAME_SAME.
 *  @param progress told every 1,000 names how many were looked at; the index must not be used inside (ARC_E_STATE). May be NULL. @param user handed to progress.
 *  @return ARC_OK; ARC_E_CANCELLED: progress stopped it, there are no pairs; ARC_E_INVALID; ARC_E_LIMIT: more than 16,000,000 pairs; ARC_E_STATE; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_find_pairs(arc_name_index *index, size_t *count, int32_t least, arc_progress_fn progress, void *user);

/** Hands out a pair that was found, the best first; equal ones in the order of their companies.
 *
 *  @param index the index. @param pair receives it, up to its struct_size. @param at 0 to count - 1.
 *  @return ARC_OK; ARC_E_NOT_FOUND: there are not as many; ARC_E_INVALID: pair is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_get_pair(arc_name_index *index, arc_name_pair *pair, size_t at);

/** Copies the last error of an index.
 *  @param error filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: error is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_name_index_error(arc_name_index *index, arc_error *error);

/** Frees an index.
 *  @param index NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_name_index_free(arc_name_index *index);

ARC_END_DECLS

#endif
