/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of vouchers. */
#ifndef ARCI_LEDGER_VOUCHER_H
#define ARCI_LEDGER_VOUCHER_H

#include "arcore/voucher.h"
#include "base/str.h"
#include "ledger/account_map.h"
#include "store/verb.h"

/* An entry about to be put into a voucher. */
typedef struct arci_gl_entry {
    int64_t id, source, customer; /* customer 0: none */
    arc_date posted, date;        /* date: the voucher's */
    const char *purpose, *entity, *number, *memo; /* terminated; "" when none */
    uint32_t first, n;            /* its lines */
} arci_gl_entry;

typedef struct arci_gl_line {
    int64_t amount, base;
    int64_t aux[ARCI_AUX_N]; /* ids; 0: none */
    const char *role;
    uint32_t n_role;
    char currency[4];
    uint8_t valued, red;
} arci_gl_line;

/* Codes behind the ids of auxiliaries. */
typedef struct arci_gl_codes {
    int64_t *ids; /* ascending */
    const char **codes, **segments; /* segments: of customers */
    uint32_t n;
} arci_gl_codes;

typedef struct arci_gl {
    arci_txn *t;
    arci_arena *arena;
    const arci_account_map *map;
    arci_gl_entry *entries;
    arci_gl_line *lines;
    uint32_t n_entries, n_lines;
    arci_gl_codes codes[ARCI_AUX_N];
    int64_t n_unvalued, n_incomplete;
} arci_gl;

/* Lines of all entries of g, and the codes of their auxiliaries. */
arc_status arci_gl_read(arci_gl *g);
/* Appends the lines of some entries, given by their positions in g->entries, as JSON text. merge: equal ones are added up. */
arc_status arci_gl_lines(arci_gl *g, arci_str *out, const uint32_t *which, uint32_t n, int merge);

/* What the digest of a voucher is over. */
typedef struct arci_voucher_head {
    const char *ledger, *period, *merge;
    size_t n_ledger, n_period, n_merge;
    int64_t number;
    arc_date date;
} arci_voucher_head;
void arci_voucher_digest(const arci_voucher_head *head, const char *lines, size_t n, char hex[65]);

/* 1 to 64 of a-z A-Z 0-9 _ . -; the error names the field. */
arc_status arci_voucher_code(arci_env *env, const char *field, const char *s);

#endif
