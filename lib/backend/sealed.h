/* SPDX-License-Identifier: Apache-2.0 */
/* Values sealed and opened; for sealed.c.
 *
 * A sealed value is text: U+E000, "s1:", the number of the key, ":", what the cipher made of it in base64; inside a column of JSON it stands in quotes.
 * Bound to it are table, column and primary key. */
#ifndef ARCI_BACKEND_SEALED_H
#define ARCI_BACKEND_SEALED_H

#include "arcore/sys/cipher.h"

#define ARCI_SEALED_KEYS 16u     /* most columns of a primary key */

typedef struct arci_sealed_cursor arci_sealed_cursor;

typedef struct arci_sealed_text {
    char *s;             /* where texts go */
    unsigned char *work; /* room for one value */
    unsigned char bound[1024];
    size_t n_bound;
} arci_sealed_text;

/* Most bytes of the sealed form of n bytes. */
size_t arci_sealed_length(size_t n, uint32_t overhead);
/* Replaces *v by its sealed form at text->s + *at. ARC_E_KEY. */
arc_status arci_seal_value(const arc_cipher *cipher, arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key,
                           arc_value *v, size_t *at);
/* The reverse. ARC_E_KEY: not opened, or not sealed. */
arc_status arci_open_value(const arc_cipher *cipher, arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key,
                           arc_value *v, size_t *at);

#endif
