/* SPDX-License-Identifier: Apache-2.0 */
/* Many names and what they share: words and parts of words lead to the names that have them, keys to the companies. */
#ifndef ARCI_VALUE_NAME_INDEX_H
#define ARCI_VALUE_NAME_INDEX_H

#include "base/map.h"
#include "value/name.h"

#define ARCI_NAMES_MOST 16000000u
#define ARCI_NAME_NONE UINT32_MAX
#define ARCI_NAME_FEATURES 160u /* of a name */
#define ARCI_NAME_SHORT 6u /* letters of a short word */
#define ARCI_NAME_BLOCK 14u
#define ARCI_NAME_KEY_SHARED 200u /* a key that more companies have says nothing */

/* A spelling: the companies that have it hang on it by their names. */
typedef struct arci_name_form {
    uint64_t at; /* in blobs */
    uint32_t len;
    uint32_t first, last; /* names */
} arci_name_form;

typedef struct arci_name_entry {
    uint32_t company, form;
    uint32_t next_of_form, next_of_company;
} arci_name_entry;

typedef struct arci_name_company {
    int64_t id;
    uint32_t first_name, last_name, first_key;
    char country[4]; /* "" where it is not known */
} arci_name_company;

/* A company has a key. */
typedef struct arci_name_held {
    uint32_t key, company;
    uint32_t next_of_key, next_of_company;
} arci_name_held;

typedef struct arci_name_key {
    uint32_t reason, first, last, n;
    const char *value; /* the map's; the first byte is the kind */
    uint32_t len;
} arci_name_key;

typedef struct arci_name_block {
    uint32_t next, n;
    uint32_t forms[ARCI_NAME_BLOCK];
} arci_name_block;

typedef struct arci_name_feature {
    uint64_t hash; /* 0: free */
    uint32_t n, first, last; /* blocks */
    uint32_t word;           /* a whole word, not a part of one */
} arci_name_feature;

typedef struct arci_name_found {
    uint32_t a, b; /* companies, a < b */
    uint32_t reasons;
    int32_t score, name_score, margin;
    uint32_t group;
} arci_name_found;

typedef struct arci_name_ix {
    arc_context *ctx;
    arc_error error;
    int busy; /* a callback is running inside of a call */
    char *blobs;
    size_t n_blobs, cap_blobs;
    arci_name_form *forms;
    arci_name_entry *names;
    arci_name_company *companies;
    arci_name_held *held;
    arci_name_key *keys;
    arci_name_block *blocks;
    arci_name_found *pairs;
    uint32_t *counts; /* by form: what it shares with the name at hand; all 0 between calls */
    uint32_t *touched; /* the forms whose count is not 0 */
    size_t n_forms, cap_forms, n_names, cap_names, n_companies, cap_companies, n_held, cap_held, n_keys, cap_keys, n_blocks, cap_blocks, n_pairs, cap_pairs,
        cap_counts, cap_touched;
    arci_name_feature *features; /* open addressing, a power of two */
    size_t n_features, cap_features;
    arci_map by_text, by_id, by_key;
    arci_map apart; /* two ids, the smaller first: not one company */
} arci_name_ix;

void arci_name_ix_init(arci_name_ix *ix, arc_context *ctx);
void arci_name_ix_clear(arci_name_ix *ix);
arc_status arci_name_ix_add(arci_env *env, arci_name_ix *ix, int64_t id, const char *s, size_t n, const arc_name_keys *keys);
arc_status arci_name_ix_add_key(arci_env *env, arci_name_ix *ix, uint32_t company, uint32_t reason, const char *value);
arc_status arci_name_ix_exclude(arci_env *env, arci_name_ix *ix, int64_t a, int64_t b);
uint32_t arci_name_ix_company(const arci_name_ix *ix, int64_t id); /* ARCI_NAME_NONE */

/* ---- between the parts ---- */

typedef struct arci_name_hashes {
    uint32_t n;
    uint64_t hash[ARCI_NAME_FEATURES];
    uint8_t word[ARCI_NAME_FEATURES];
} arci_name_hashes;

void arci_name_hash(arci_name_hashes *out, const arci_name *name);
const arci_name_feature *arci_name_feature_at(const arci_name_ix *ix, uint64_t hash); /* NULL */
void arci_name_ix_form(const arci_name_ix *ix, uint32_t form, arci_name *out);
void arci_name_ix_weigher(const arci_name_ix *ix, arci_name_weigher *w);
/* What is kept of a key, first the byte of its kind; 0 when nothing is left of it. ARC_E_LIMIT when it is too long. */
#define ARCI_NAME_KEY 80u
arc_status arci_name_country(char out[4], const char *country); /* ARC_E_VALUE */
uint32_t arci_name_country_differs(const char *a, const char *b); /* the reason, or 0 */
arc_status arci_name_key_text(char out[ARCI_NAME_KEY], size_t *n, uint32_t reason, const char *value);

/* The forms before `before` that share most with a name: at most `most`, the best first. */
uint32_t arci_name_candidates(arci_name_ix *ix, uint32_t *out, uint32_t most, const arci_name_hashes *h, uint32_t before, uint32_t budget);
/* weights_a: of a's words, or NULL; least: of arci_name_compare(). */
int32_t arci_name_ix_nearness(const arci_name_ix *ix, const arci_name *a, const arci_name *b, const int32_t *weights_a, int32_t least);
/* Score of names that are name_score near, with what keys say. */
int32_t arci_name_judge(int32_t name_score, uint32_t *reasons);

typedef struct arci_name_hit {
    uint32_t company, reasons;
    int32_t score, name_score;
} arci_name_hit;

/* All that reach `least`, best first, at most `most` in out. */
arc_status arci_name_ix_search(arci_env *env, arci_name_ix *ix, arci_name_hit *out, uint32_t *n, uint32_t most, const char *s, size_t len, const arc_name_keys *keys,
                               int32_t least);
arc_status arci_name_ix_pairs(arci_env *env, arci_name_ix *ix, int32_t least, arc_progress_fn progress, void *user);

#endif
