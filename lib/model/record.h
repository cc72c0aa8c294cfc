/* SPDX-License-Identifier: Apache-2.0 */
/* Record: one row of any entity with checked, typed fields. Knows the schema and a book's custom fields, nothing of stores or sessions;
 * lib/store/record_api.c puts the public functions of arcore/record.h over it.
 *
 * Values are arc_value as rows are (money in minor units, decimals as mantissa of the field's scale), one a field position; text sits in
 * one block of memory that is kept, so a record that is cleared and filled again and again allocates nothing once it is warm.
 * All functions that can fail change nothing when they do. Fields are named by public id (ARCI_PUBLIC_FIELD) or by the bare field id. */
#ifndef ARCI_MODEL_RECORD_H
#define ARCI_MODEL_RECORD_H

#include "arcore/types.h"
#include "base/sha256.h"
#include "base/str.h"
#include "model/custom.h"

#define ARCI_R_SET 0x1u /* named by a setter since the record was made, cleared or loaded (also when set to NULL) */

typedef struct arci_record {
    arc_context *ctx;
    const arci_entity *entity;
    arci_custom *custom; /* NULL: the book has none */
    arc_value *values;   /* by field position; NULL for derived fields that nobody computed */
    uint8_t *marks;      /* ARCI_R_* by field position, then by custom field */
    uint16_t *pos_of_col;   /* field position by column; ARC_NO_COL for column 0 */
    uint16_t *pos_of_id;    /* field position by field id, for ids < n_ids */
    uint16_t *currency_pos; /* of money: position of its currency, else ARC_NO_COL */
    uint16_t n_cols;     /* columns of the table, the book's included */
    uint16_t n_ids;
    uint16_t custom_pos; /* position of ARCI_FIELD_CUSTOM or ARC_NO_COL */
    /* owned text */
    char *text;
    size_t text_used, text_cap;
    /* custom fields, decoded from the custom column when first needed */
    const arci_custom_field *const *cfields;
    arc_value *cvalues;
    char (*ccurrency)[4]; /* of custom money */
    uint32_t n_custom;
    uint8_t custom_decoded, custom_dirty;
    struct arci_record *body;    /* whose memory it uses since it was adopted */
    struct arci_record *scratch; /* for changes that are made whole or not at all */
    arci_arena arena;            /* JSON on its way in */
    arci_str out;                /* JSON on its way out */
} arci_record;

arc_status arci_record_new(arci_env *env, const arci_entity *entity, arci_custom *custom, arci_record **out);
void arci_record_free(arci_record *r); /* NULL allowed */
void arci_record_clear(arci_record *r);
arc_status arci_record_copy(arci_env *env, arci_record *to, const arci_record *from); /* same entity; marks too */

/* Rows. Columns are numbered as in the table (0 = book). Values come from a store and are trusted to fit the schema. */
/* Replaces the whole record by a row; cols NULL: all columns from 0 in order. Columns not named become NULL; all marks are cleared. */
arc_status arci_record_load(arci_env *env, arci_record *r, const uint16_t *cols, uint32_t n, const arc_value *row);
/* Fills row[i] with column cols[i]; column 0 is left alone. Pointers live until the next change of the record. Encodes custom values. */
arc_status arci_record_row(arci_env *env, arci_record *r, const uint16_t *cols, uint32_t n, arc_value *row);
/* Columns of the fields marked ARCI_R_SET, ascending (system columns left out; custom when any custom field is); at most n_cols. */
uint32_t arci_record_set_cols(const arci_record *r, uint16_t *cols);
int arci_record_is_set(const arci_record *r, uint32_t field);
void arci_record_settled(arci_record *r); /* its values are what is stored: none counts as set any more */
/* Every required field has a value (custom ones too)? ARC_E_REQUIRED names the first that has none. System fields and those with any of
 * skip_flags (ARCI_F_*) are not looked at. */
arc_status arci_record_check_required(arci_env *env, arci_record *r, uint32_t skip_flags);
/* What a verb takes: nothing in the fields that the library or verbs keep (ARC_E_VALUE), a value in every custom field that must
 * have one (ARC_E_REQUIRED). */
arc_status arci_record_check_verb(arci_env *env, arci_record *r);
arc_status arci_record_check_custom(arci_env *env, arci_record *r); /* the custom ones of these */
/* Value of one field as stored, for code that knows the schema; never fails. Custom fields: NULL until something has decoded them. */
const arc_value *arci_record_value(const arci_record *r, uint32_t field);
/* Sets a field from a stored value without marking it: for readers that compute derived fields and verbs that fill system columns.
 * Type must fit, value is not checked further. */
arc_status arci_record_put(arci_env *env, arci_record *r, uint32_t field, const arc_value *v);
/* Copies a field's value from another record of the entity and marks it set; as it is, without checks. */
arc_status arci_record_take(arci_env *env, arci_record *to, arci_record *from, uint32_t field);
/* Whether both have the same value in a field (custom money: and currency). Custom fields are decoded. */
arc_status arci_record_same(arci_env *env, arci_record *a, arci_record *b, uint32_t field, int *same);
/* What an update of the row whose custom column is `stored` comes to: r, with the custom fields it did not set as they are stored. *merged
 * belongs to r and lives until its next change; r itself is unchanged. */
arc_status arci_record_custom_merge(arci_env *env, arci_record *r, const arc_value *stored, arci_record **merged);
/* Takes over other definitions of the book's custom fields; values and marks stay. What was set and is retired by now: ARC_E_VALUE. */
arc_status arci_record_adopt(arci_env *env, arci_record *r, arci_custom *custom);
/* Whether the row has values of custom fields that these definitions do not know. */
int arci_record_custom_unknown(arci_env *env, arci_record *r);
/* Computes the formulas of a record. */
arc_status arci_record_formulas(arci_env *env, arci_record *r);
/* Mirrored values of the indexed custom fields; entries[] lives until the next change of the record. */
arc_status arci_record_custom_index(arci_env *env, arci_record *r, const arci_custom_entry **entries, uint32_t *n);

/* Typed access; laws and statuses of arcore/record.h. */
arc_status arci_record_field(arci_env *env, const arci_record *r, uint32_t *field, const char *name, size_t len);
arc_status arci_record_is_null(arci_env *env, arci_record *r, int32_t *is_null, uint32_t field);
arc_status arci_record_get_int(arci_env *env, arci_record *r, int64_t *v, uint32_t field);
arc_status arci_record_get_text(arci_env *env, arci_record *r, const char **s, size_t *len, uint32_t field);
arc_status arci_record_get_date(arci_env *env, arci_record *r, arc_date *v, uint32_t field);
arc_status arci_record_get_stamp(arci_env *env, arci_record *r, arc_stamp *v, uint32_t field);
arc_status arci_record_get_money(arci_env *env, arci_record *r, arc_money *v, uint32_t field);
arc_status arci_record_get_decimal(arci_env *env, arci_record *r, arc_decimal *v, uint32_t field);
arc_status arci_record_get_blob(arci_env *env, arci_record *r, const void **p, size_t *len, uint32_t field);
arc_status arci_record_set_null(arci_env *env, arci_record *r, uint32_t field);
arc_status arci_record_set_int(arci_env *env, arci_record *r, uint32_t field, int64_t v);
arc_status arci_record_set_text(arci_env *env, arci_record *r, uint32_t field, const char *s, size_t len);
arc_status arci_record_set_date(arci_env *env, arci_record *r, uint32_t field, arc_date v);
arc_status arci_record_set_stamp(arci_env *env, arci_record *r, uint32_t field, arc_stamp v);
arc_status arci_record_set_money(arci_env *env, arci_record *r, uint32_t field, arc_money v);
arc_status arci_record_set_decimal(arci_env *env, arci_record *r, uint32_t field, arc_decimal v);
arc_status arci_record_set_blob(arci_env *env, arci_record *r, uint32_t field, const void *p, size_t len);
/* Sets any field from text in the form its JSON string has ("2026-11-21", "1234.50", "true", "17"); for CSV and query constants. Money
 * takes the currency the record has by then: set the currency field first. Empty text is NULL for all types but text. */
arc_status arci_record_set_any(arci_env *env, arci_record *r, uint32_t field, const char *s, size_t len);

/* JSON (record_json.c). get appends the object to b; set works whole or not at all. */
arc_status arci_record_get_json(arci_env *env, arci_record *r, arci_str *b);
/* The fields `set` has set, with the values of `values` (a record of the same entity, or itself); NULL is written. Key and version are left out. */
arc_status arci_record_changes_json(arci_env *env, const arci_record *set, arci_record *values, arci_str *b);
arc_status arci_record_set_json(arci_env *env, arci_record *r, const char *json, size_t len);
arc_status arci_record_set_node(arci_env *env, arci_record *r, const arci_json *object); /* a document parsed elsewhere */

/* One value in the record's text and JSON forms, for everything that prints rows. Money needs its currency (NULL: ARC_E_CURRENCY).
 * Text form appends bare characters ("" for NULL); JSON form a JSON value (null for NULL). */
arc_status arci_value_text(arci_env *env, arci_str *b, const arci_field *f, const arc_value *v, const arc_value *currency);
arc_status arci_value_json(arci_env *env, arci_str *b, const arci_field *f, const arc_value *v, const arc_value *currency);
/* Canonical content into a hash, for telling two requests apart: each part with its kind and length. Fields go by their ids, whatever the order
 * they were set in; what the library keeps (version, transaction, the id of a new row) is left out. changes: only the fields set since the
 * record was made or read, NULL among them, and the key; else every field that has a value. */
arc_status arci_record_digest(arci_env *env, arci_record *r, arci_sha256 *h, int changes);
void arci_digest_int(arci_sha256 *h, int64_t v);
void arci_digest_text(arci_sha256 *h, const void *p, size_t n); /* p may be NULL, which is not an empty text */
void arci_digest_value(arci_sha256 *h, const arc_value *v);

/* Checks a value against its field as the setters do. */
arc_status arci_value_check(arci_env *env, const arci_entity *e, const arci_field *f, const arc_value *v);

#endif
