/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the sealing backend share.
 *
 * A sealed value is text: U+E000, "s1:", the number of the key, ":", what the cipher made of it in base64; inside a column of JSON it stands in quotes,
 * and in a column of bytes it is these bytes. Bound to it are table, column and primary key. */
#ifndef ARCI_BACKEND_SEALED_H
#define ARCI_BACKEND_SEALED_H

#include "arcore/sys/cipher.h"

#define ARCI_SEALED_KEYS 16u /* most columns of a primary key */

typedef struct arci_sealed_cursor arci_sealed_cursor;

typedef struct arci_sealed_be { /* a handle, and the transaction open on it */
    arc_host host;              /* what the inner backend sees; first, so that its functions find the rest */
    const arc_host *outer;
    const arc_cipher *cipher;
    arc_backend_ops inner;
    void *be, *txn;
    const arc_schema_desc *schema; /* as the core has it */
    arc_schema_desc wide;          /* as the inner backend has it: room for what is sealed, and the table of keys behind the others */
    void *memory;                  /* of wide */
    arci_sealed_cursor *cursors;
} arci_sealed_be;

typedef struct arci_sealed_text {
    char *s;             /* where texts go */
    unsigned char *work; /* room for one value */
    unsigned char bound[1024];
    size_t n_bound;
} arci_sealed_text;

static inline int arci_sealed_holds(const arc_value *v) { return v->type == ARC_V_TEXT || v->type == ARC_V_BLOB; }

static inline int arci_sealed_col(const arc_table *t, uint32_t col) { return col < t->n_cols && (t->cols[col].flags & ARC_COL_SENSITIVE) != 0; }

static inline int arci_sealed_table(const arc_table *t)
{
    uint32_t c = 0;
    while (c < t->n_cols && !arci_sealed_col(t, c)) c++;
    return c < t->n_cols;
}

/* Makes b->wide from the core's schema. */
arc_status arci_sealed_widen(arci_sealed_be *b, const arc_schema_desc *schema);
/* Whether the cipher has the keys of this store; a key not yet known there is noted. After the inner backend's migrate(). */
arc_status arci_sealed_prove(arci_sealed_be *b, uint32_t flags);

/* Most bytes of the sealed form of n bytes. */
size_t arci_sealed_length(size_t n, uint32_t overhead);
/* Replaces *v by its sealed form at text->s + *at. ARC_E_KEY. */
arc_status arci_seal_value(const arc_cipher *cipher, arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key,
                           arc_value *v, size_t *at);
/* The reverse. ARC_E_KEY: not opened, or not sealed. */
arc_status arci_open_value(const arc_cipher *cipher, arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key,
                           arc_value *v, size_t *at);

#endif
