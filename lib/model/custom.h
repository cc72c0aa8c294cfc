/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields: what one book adds to the schema at run time. Their values live in the `custom` JSON column of a row, one member a
 * field; a definition flagged `indexed` is mirrored row by row in the entity custom_index by whoever writes the row.
 *
 * A set is read once a session (or after a definition changed) and does not change while records use it: it is counted. */
#ifndef ARCI_MODEL_CUSTOM_H
#define ARCI_MODEL_CUSTOM_H

#include "base/json.h"
#include "model/schema.h"

/* What a definition says; code in the entity custom_field in the same order. */
enum {
    ARCI_CUSTOM_TEXT = 1,  /* ARC_T_TEXT */
    ARCI_CUSTOM_NUMBER,    /* ARC_T_DECIMAL, size = scale */
    ARCI_CUSTOM_MONEY,     /* ARC_T_MONEY that carries its own currency; in JSON "1234.50 CNY" */
    ARCI_CUSTOM_DATE,      /* ARC_T_DATE */
    ARCI_CUSTOM_BOOL,      /* ARC_T_BOOL */
    ARCI_CUSTOM_CHOICE,    /* ARC_T_CODE */
    ARCI_CUSTOM_CHOICES,   /* ARC_T_JSON: array of codes, each at most once, in the order of the definition */
    ARCI_CUSTOM_REFERENCE, /* ARC_T_ID of `aux` */
    ARCI_CUSTOM_MEMBER,    /* the same of user_account */
    ARCI_CUSTOM_ATTACHMENT, /* the same of attachment */
    ARCI_CUSTOM_FORMULA    /* computed on reading: ARC_T_MONEY or ARC_T_DECIMAL, size = scale */
};
extern const char *const arci_custom_kinds[]; /* "text", "number", ...; index = kind - 1; NULL-terminated */

#define ARCI_CUSTOM_REQUIRED 0x1u
#define ARCI_CUSTOM_INDEXED 0x2u
#define ARCI_CUSTOM_RETIRED 0x4u /* stored values can be read, none can be set */
#define ARCI_CUSTOM_PERSONAL 0x8u

#define ARCI_CUSTOM_MAX_FIELDS 200u /* of one entity */
#define ARCI_CUSTOM_MAX_TEXT 4000u  /* bytes */

/* A definition on its way in; texts are copied. */
typedef struct arci_custom_def {
    uint16_t entity; /* entity id */
    uint16_t number; /* field id valid in this book: ARCI_FIELD_CUSTOM_FIRST + n */
    uint16_t kind;
    uint16_t reserved;
    uint32_t flags;
    uint32_t size;       /* text: most bytes (0 = 1,000); number, formula: scale 0..18 */
    const char *name;    /* x_[a-z0-9_]+, at most 40 bytes */
    int64_t position;
    const char *label_en, *label_zh;
    const char *target;  /* reference: entity name */
    const char *choices; /* choice(s): JSON array of codes, or of {"code", "en", "zh"} */
    const char *formula; /* formula.h */
    const char *round;   /* formula: ARC_ROUND_* name, or NULL */
} arci_custom_def;

typedef struct arci_formula arci_formula;

typedef struct arci_custom_field {
    arci_field field; /* the shape all fields have; id = number, aux = entity name of a reference */
    const arci_entity *entity;
    uint32_t flags; /* ARCI_CUSTOM_* flags */
    uint16_t kind;
    arci_code_list choices; /* codes NULL unless choice(s) */
    const arci_formula *formula; /* NULL unless one */
    int64_t position; /* order on forms */
} arci_custom_field;

typedef struct arci_custom arci_custom; /* fields of all entities of a book */

arc_status arci_custom_new(arci_env *env, arci_custom **out); /* empty, one use counted */
void arci_custom_keep(arci_custom *c);
void arci_custom_drop(arci_custom *c); /* NULL allowed; frees with the last use */
/* Checks a definition and adds it. ARC_E_VALUE, ARC_E_RANGE, ARC_E_EXISTS, ARC_E_LIMIT, ARC_E_SYNTAX ... with field and pointer; the set
 * is as before on error. Not while records use the set. */
arc_status arci_custom_check(arci_env *env, const arci_custom *c, const arci_custom_def *def); /* the check alone */
arc_status arci_custom_add(arci_env *env, arci_custom *c, const arci_custom_def *def);

/* Field that points at a row: a reference, a member, an attachment; aux names the entity. */
static inline int arci_custom_points(const arci_custom_field *f)
{
    return f->field.type == ARC_T_ID;
}

/* Fields of an entity sorted by name; count in *n (NULL and 0 for c = NULL). */
const arci_custom_field *const *arci_custom_of(const arci_custom *c, const arci_entity *e, uint32_t *n);
const arci_custom_field *arci_custom_by_name(const arci_custom *c, const arci_entity *e, const char *name, size_t len);
const arci_custom_field *arci_custom_by_number(const arci_custom *c, const arci_entity *e, uint32_t number);

/* The schema as JSON, with the fields of a book; custom may be NULL. The body of arc_schema_json(). */
/* What somebody may see of it; NULL: all. */
typedef struct arci_sight {
    const void *user;
    int (*entity)(const void *user, const arci_entity *e); /* 0: left out */
    /* NULL: all of it; "": left out; "mask", "read": told as its "access". */
    const char *(*field)(const void *user, const arci_entity *e, const arci_field *f);
} arci_sight;
arc_status arci_schema_text(arci_env *env, const arci_custom *custom, const arci_sight *sight, char *buf, size_t *len, const char *language);

/* One mirrored value: what custom_index holds of (row, field). Integers for numbers, money, dates, booleans, ids; text else. One entry for
 * each chosen code of choices. */
typedef struct arci_custom_entry {
    uint16_t number;
    uint16_t seq; /* 0, or which of the chosen codes */
    arc_value value;
} arci_custom_entry;

#endif
