/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as canonical JSON: what events tell of a row, and what a proof computes again from the row as it is stored.
 *
 * An image is an object of the fields that have a value, in order of their ids: no floats, money and decimals as text, dates ISO 8601.
 * What has no such form (an amount whose currency is unknown) is the bare number.
 * Left out are the id, version and txn (told beside it), what is personal, and a book's own code (a copy has another). Bytes, and text or
 * JSON beyond 64 KiB, stand as {"bytes": n, "sha256": "..."}. */
#ifndef ARCI_STORE_IMAGE_H
#define ARCI_STORE_IMAGE_H

#include "base/sha256.h"
#include "base/str.h"
#include "store/session.h"

/* One personal value of a row: name of the field and the value as JSON. Texts live until the call returns. */
typedef void (*arci_personal_fn)(void *user, const char *name, size_t n_name, const char *json, size_t n_json);

typedef struct arci_imager {
    arci_txn *t;
    arci_arena *arena; /* for documents that must be read; the caller resets it */
    arci_str scratch;
    arci_personal_fn personal; /* NULL: personal values are passed over */
    void *user;
} arci_imager;

/* Values by column of a row read with the shape "*", which has all columns but the book. */
static inline void arci_image_vals(const arci_table *t, const arc_value *row, const arc_value **vals)
{
    vals[0] = NULL;
    for (uint16_t c = 1; c < t->n_cols; c++) vals[c] = &row[c - 1];
}
/* Is the field part of images (personal ones are not, but are told of)? */
int arci_image_has(const arci_entity *e, const arci_field *f);
/* Do events tell of rows of this table? */
static inline int arci_table_told(const arci_table *t)
{
    return !(t->entity->flags & (ARCI_E_STATE | ARCI_E_UNTOLD));
}
/* Appends ,"name":value (the comma unless `first`) of a field that is in images. vals: by column, NULL = no value. */
arc_status arci_image_field(arci_imager *im, arci_str *out, int first, const arci_table *t, const arc_value *const *vals, uint16_t col);
/* Appends the image of a row and reports its personal values. */
arc_status arci_image_put(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *const *vals);
/* The object of the key fields behind the book, for rows without an id. */
arc_status arci_image_key(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *const *vals);
/* {"bytes":n,"sha256":"..."} */
void arci_image_digest(arci_str *out, const char *s, size_t n);
/* The member of a custom column that are not personal; personal ones are reported. */
arc_status arci_image_custom(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *v);
void arci_hex_of(const void *p, size_t n, char out[65]); /* SHA-256, hexadecimal */

#endif
