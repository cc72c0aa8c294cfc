/* SPDX-License-Identifier: Apache-2.0 */
/* The keel: every entity of a book described once. Table descriptors, codec, JSON, CSV headers, docs/schema.md, the field constants of
 * arcore/fields.h and its inline sugar are all read from these arrays. A new field is one line in lib/model/entities_*.c.
 *
 * Numbers are for ever: entity ids and field ids are never reused, and type, size (scale) and unit of a field never change.
 * A field's public id is entity_id * 65536 + field id. Field ids below ARCI_FIELD_FIRST are the system columns every table
 * shares, ids from ARCI_FIELD_CUSTOM up belong to the custom fields of one book.
 * Column order in a table: book, then the fields by position in the array (system columns first), so column = position + 1.
 * Fields stand in the order of their ids. Derived fields have ids from ARCI_FIELD_DERIVED up and so come last: they have no
 * column, and a stored field added later becomes the last column. */
#ifndef ARCI_MODEL_SCHEMA_H
#define ARCI_MODEL_SCHEMA_H

#include "arcore/sys/backend.h"
#include "base/env.h"

#define ARCI_SCHEMA_VERSION 1u /* major * 1000 + minor: 0.1 */
#define ARCI_APPLICATION_ID 0x41524331u /* "ARC1" */

enum {
    ARCI_FIELD_ID = 1,      /* int64 per book, in call order */
    ARCI_FIELD_VERSION = 2, /* 1, 2, 3 ...: optimistic lock */
    ARCI_FIELD_TXN = 3,     /* the txn that wrote the row last */
    ARCI_FIELD_CUSTOM = 4,  /* JSON object of the book's own x_ fields */
    ARCI_FIELD_FIRST = 10,
    ARCI_FIELD_DERIVED = 1000, /* from here on: ARCI_F_DERIVED, no column */
    ARCI_FIELD_CUSTOM_FIRST = 0x8000
};

/* Field flags. */
#define ARCI_F_REQUIRED 0x01u /* never NULL */
#define ARCI_F_PERSONAL 0x02u /* personal data: events keep a salted commitment only */
#define ARCI_F_VERB 0x04u     /* set by verbs only: refused in records handed in by callers */
#define ARCI_F_DERIVED 0x08u  /* no column: computed on demand (store/computed.h) */
#define ARCI_F_LOOSE 0x10u    /* no foreign key: the id may point at several entities, or is a copy that another key already guards */
#define ARCI_F_CACHE 0x20u    /* kept for speed, recomputed by verify */
#define ARCI_F_IMMUTABLE 0x40u /* set once, at insert */
#define ARCI_F_EMPTY 0x80u     /* required text that may be empty: "" says something */

typedef struct arci_field {
    uint16_t id;
    uint8_t type;     /* ARC_T_* */
    uint8_t flags;    /* ARCI_F_* */
    uint32_t size;    /* text, code, JSON, blob: most bytes; decimal: scale */
    const char *name; /* snake_case English, standard term of the field */
    const char *aux;  /* ARC_T_MONEY: name of the currency field; ARC_T_ID: entity pointed at; ARC_T_CODE: name of the code list;
                         ARC_T_TEXT: NULL, or "currency" when the text is an ISO 4217 code */
    const char *label_en, *label_zh;
    const char *help; /* one English line: meaning and unit; "" where the label says it all */
    uint16_t since;   /* schema version */
} arci_field;

typedef struct arci_index {
    const char *name;    /* unique in the entity */
    const char *keys;    /* field names separated by one space; the book is put in front */
    const char *include; /* more fields to make it covering, or NULL */
    const char *where;   /* field of the ARC_INDEX_WHERE_* flag, or NULL */
    uint32_t flags;      /* ARC_INDEX_* */
    uint16_t since;
} arci_index;

/* Entity flags. */
#define ARCI_E_RESERVED 0x01u    /* described, but no table yet: free to change until its engine stands */
#define ARCI_E_VERSIONED 0x02u   /* has ARCI_FIELD_VERSION */
#define ARCI_E_APPEND_ONLY 0x04u /* insert only */
#define ARCI_E_CUSTOM 0x08u      /* has ARCI_FIELD_CUSTOM */
#define ARCI_E_STATE 0x10u       /* what changes beside an append-only entity: a cache that verify recomputes */
#define ARCI_E_MASTER 0x20u      /* callers may insert and update it by record (no verb needed) */
#define ARCI_E_SYSTEM 0x40u      /* the platform's own: never written by records */
#define ARCI_E_ERASABLE 0x80u    /* rows may be deleted */
#define ARCI_E_UNTOLD 0x100u     /* no event tells of its rows: the trail itself, and what is kept for speed or for a moment */

typedef struct arci_code_list {
    const char *name;
    const char *const *codes;     /* NULL-terminated */
    const char *const *labels_en; /* as many */
    const char *const *labels_zh;
} arci_code_list;

typedef struct arci_entity {
    uint16_t id;
    uint16_t since;
    uint32_t flags;
    const char *name; /* snake_case English singular = table name */
    const char *label_en, *label_zh;
    const char *help;
    const char *key;   /* primary key fields behind the book, separated by one space; NULL = "id"; "" = the book alone */
    const char *scope; /* path to owner/team/region, for example "customer"; "" = its own fields; NULL = not scoped */
    const arci_field *fields; /* all, system columns first */
    const arci_index *indexes;
    uint16_t n_fields, n_indexes;
    const char *root; /* reference to the document it is a part of: what happens to it is told with that; NULL = stands for itself */
} arci_entity;

/* A required text that is empty: as good as none. v: its value. */
static inline int arci_field_is_blank(const arci_field *f, const arc_value *v)
{
    return (f->flags & (ARCI_F_REQUIRED | ARCI_F_EMPTY)) == ARCI_F_REQUIRED && f->type == ARC_T_TEXT && v->type == ARC_V_TEXT && !v->len;
}

/* All entities in id order; positions are table numbers of those that are not reserved, see arci_model. */
extern const arci_entity *const arci_entities[];
extern const uint32_t arci_n_entities;
const arci_entity *arci_entity_by_id(uint32_t id);
const arci_entity *arci_entity_by_name(const char *name, size_t len);
const arci_field *arci_entity_field(const arci_entity *e, const char *name, size_t len);
const arci_field *arci_entity_field_id(const arci_entity *e, uint32_t id);
uint16_t arci_field_col(const arci_entity *e, const arci_field *f); /* ARC_NO_COL for derived fields */
int arci_field_sensitive(const arci_entity *e, const arci_field *f); /* sealed where the host has a cipher */
uint32_t arci_entity_position(const arci_entity *e); /* in arci_entities */
extern const arci_code_list arci_code_lists[]; /* in order of their names */
extern const uint32_t arci_n_code_lists;
const arci_code_list *arci_code_list_get(const char *name);
/* A code of a list as messages say it: out[0] the code, out[1] its Chinese label; of what is none of them "?". */
void arci_code_words(const char *out[2], const char *list, const arc_value *v);
/* What Chinese messages call an entity and a field of it: by their labels; what the schema does not know as it is. */
const char *arci_entity_zh(const char *entity);
const char *arci_field_zh(const char *entity, const char *field);
arc_status arci_no_such(arci_env *env, const char *entity); /* ARC_E_NOT_FOUND, said */
arc_status arci_is_required(arci_env *env, const char *entity, const char *field); /* ARC_E_REQUIRED, said */
const char *arci_type_name(uint8_t type); /* "int", "money" ...; "" for an unknown one */
#define ARCI_PUBLIC_FIELD(entity_id, field_id) (((uint32_t)(entity_id) << 16) | (uint32_t)(field_id))

/* Table descriptors made from the entities, once per context; `lib/model/tables.c`. Freed with arci_model_free(). */
typedef struct arci_model {
    arc_schema_desc desc;
    uint16_t *table_of;                  /* by entity position: table number or ARC_NO_COL */
    const arci_entity *const *entity_of; /* by table number */
    char fingerprint[65];                /* SHA-256 over a canonical text of all descriptors */
    void *memory;
} arci_model;
arc_status arci_model_new(arci_env *env, arci_model **out);
void arci_model_free(arc_context *ctx, arci_model *m); /* NULL allowed */
/* SHA-256 over the canonical text of the descriptors, computed; the generator stores it and arci_model_new hands that out. */
void arci_model_fingerprint(const arc_schema_desc *desc, char out[65]);
uint16_t arci_model_table(const arci_model *m, const arci_entity *e);

#endif
