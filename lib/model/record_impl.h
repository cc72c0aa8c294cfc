/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the record_*.c files only. */
#ifndef ARCI_MODEL_RECORD_IMPL_H
#define ARCI_MODEL_RECORD_IMPL_H

#include <string.h>

#include "model/record.h"

/* One field of a record, plain or custom. */
typedef struct arci_slot {
    const arci_field *f;
    const arci_custom_field *cf; /* NULL for plain fields */
    arc_value *v;
    uint8_t *mark;
    uint32_t pos; /* field position, or number of the custom field in cfields */
    uint8_t reading; /* the value comes from the store: it may be older than the definition, so choices are not checked */
} arci_slot;

/* Resolves a public or bare field id; decodes custom values when one is asked for. ARC_E_INVALID (another entity), ARC_E_NOT_FOUND. */
arc_status arci_record_slot(arci_env *env, arci_record *r, uint32_t field, arci_slot *out);
/* Position by bare id of a plain field, or ARC_NO_COL. */
uint16_t arci_record_pos(const arci_record *r, uint32_t number);
/* Error with entity and field; the first text is English, the second Chinese. */
arc_status arci_field_fail(arci_env *env, const arci_entity *e, const arci_field *f, arc_status status, const char *en,
                           const char *zh);
/* Stores text or bytes in the record's own memory. Nothing changes on ARC_E_NOMEM. s may point into the record. */
arc_status arci_record_keep(arci_env *env, arci_record *r, arc_value *slot, uint8_t type, const char *s, size_t len);
/* Custom values between column and slots. */
arc_status arci_record_custom_decode(arci_env *env, arci_record *r);
arc_status arci_record_custom_encode(arci_env *env, arci_record *r);
/* A list of choices in JSON: codes of the definition, each once; *text becomes the canonical form, which lives in r->out. */
arc_status arci_record_choices(arci_env *env, arci_record *r, const arci_slot *s, const char **text, size_t *len);
/* Setters of a slot that has been resolved; statuses of the public setters. set_slot_any reads the text form, put_node a JSON node;
 * set_slot_document takes JSON that the wall has let in and that is compact. */
arc_status arci_record_put_node(arci_env *env, arci_record *r, const arci_slot *s, const arci_json *node);
arc_status arci_record_set_slot_any(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len);
arc_status arci_record_set_slot_null(arci_env *env, arci_record *r, const arci_slot *s);
arc_status arci_record_set_slot_int(arci_env *env, arci_record *r, const arci_slot *s, int64_t v);
arc_status arci_record_set_slot_text(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len);
arc_status arci_record_set_slot_document(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len);
arc_status arci_record_set_slot_money(arci_env *env, arci_record *r, const arci_slot *s, int64_t minor, const char currency[4]);
arc_status arci_record_set_slot_blob(arci_env *env, arci_record *r, const arci_slot *s, const void *p, size_t len);
/* Exchanges contents, marks included. */
void arci_record_swap(arci_record *a, arci_record *b);
arc_status arci_record_scratch(arci_env *env, arci_record *r, arci_record **out); /* a copy of r to work on */

/* JSON form of a custom value; money carries its currency. */
arc_status arci_custom_value_json(arci_env *env, arci_str *b, const arci_custom_field *cf, const arc_value *v,
                                  const arc_value *currency);
/* ARC_E_CURRENCY when the code is unknown or not three bytes; out is terminated. */
arc_status arci_currency_in(arci_env *env, const arci_entity *e, const arci_field *f, const char *code, size_t len, char out[4]);

static inline int arci_is_currency(const arci_field *f)
{
    return f->type == ARC_T_TEXT && f->aux && f->aux[0] == 'c' && strcmp(f->aux, "currency") == 0;
}

#endif
