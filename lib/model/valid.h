/* SPDX-License-Identifier: Apache-2.0 */
/* Validation rules of an entity: a JSON document (docs/validation.md) read into tests on rows. Pure: whoever writes a row applies
 * normalisation, then the rules; uniqueness, which needs the other rows, is looked at by lib/store/rules.c. */
#ifndef ARCI_MODEL_VALID_H
#define ARCI_MODEL_VALID_H

#include "model/record.h"
#include "value/textform.h"

#define ARCI_VALID_MAX_RULES 200u /* of a document */
#define ARCI_VALID_MAX_FIELDS 16u /* named by one rule */
#define ARCI_RULE_NAME 64u        /* bytes of a name, NUL included */

typedef struct arci_expr arci_expr;

typedef enum arci_valid_kind { ARCI_VALID_CHECK = 1, ARCI_VALID_REQUIRED, ARCI_VALID_FORMAT, ARCI_VALID_UNIQUE } arci_valid_kind;

typedef struct arci_valid_rule {
    const char *name;
    const char *en, *zh; /* messages; NULL: the default one */
    arci_valid_kind kind;
    uint8_t warning;
    uint8_t open;              /* UNIQUE: among open rows only */
    uint16_t n_fields;
    const arci_field *fields[ARCI_VALID_MAX_FIELDS]; /* REQUIRED, UNIQUE: all; FORMAT: the one; CHECK: [0] the one to blame */
    const arci_field *reads[ARCI_VALID_MAX_FIELDS];  /* all fields it looks at; more than fit: n_reads = UINT16_MAX, "any" */
    uint16_t n_reads;
    const arci_expr *when;     /* NULL: always */
    const arci_expr *check;
    const arci_expr *among;    /* UNIQUE: which other rows count; NULL: all */
    const arci_format *format; /* FORMAT: one of these ... */
    const arci_pattern *pattern;
    uint32_t min_length, max_length; /* ... code points; 0: no bound */
} arci_valid_rule;

typedef struct arci_valid_norm {
    const arci_field *field;
    uint32_t steps; /* ARCI_NORM_* */
} arci_valid_norm;

typedef struct arci_valid {
    arci_arena arena; /* everything */
    const arci_entity *entity;
    arci_valid_norm *norms;
    arci_valid_rule *rules;
    uint32_t n_norms, n_rules, n_unique;
} arci_valid;

/* Told of each fault of a document; non-zero stops. */
typedef struct arci_fault_sink {
    int32_t (*report)(void *user, const arc_error *fault);
    void *user;
    arc_error first; /* of all faults */
    uint32_t n;
} arci_fault_sink;
/* Counts the error just set in env and hands it on; ARC_E_CANCELLED when the receiver stops, else ARC_OK. */
arc_status arci_fault_note(arci_env *env, arci_fault_sink *sink);

/* Reads a document; custom: the book's fields, may be NULL. With a sink all faults are noted and the call returns the first one's
 * status; without, it stops at the first. *out is NULL on error. */
arc_status arci_valid_read(arci_env *env, const arci_custom *custom, const char *json, size_t len, arci_fault_sink *sink, arci_valid **out);
void arci_valid_free(arc_context *ctx, arci_valid *v); /* NULL allowed */

/* A row: values of some columns as they will be stored, the rest from the record. */
typedef struct arci_valid_row {
    const arci_record *record; /* its custom fields are decoded */
    const arc_value *row;      /* NULL: the record alone */
    const uint16_t *cols;      /* of row, ascending */
    uint32_t n_cols;
} arci_valid_row;

const arc_value *arci_valid_value(const arci_valid_row *row, const arci_entity *e, const arci_field *f);

/* Whether the rule has anything to say about the row (its `when`). */
int arci_valid_applies(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row);
/* Whether it holds: *at is the field to blame when not. UNIQUE holds here. */
int arci_valid_holds(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row, const arci_field **at);
/* Whether it reads a field of the record that was set (an update is judged by these). */
int arci_valid_concerns(const arci_valid_rule *r, const arci_record *record);
/* Whether a row counts among those a UNIQUE rule compares with. */
int arci_valid_counts(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row);
/* Sets the error of a rule that does not hold: status, message, entity, field, pointer, name. Returns ARC_E_RULE. */
arc_status arci_valid_fail(arci_env *env, const arci_valid *v, const arci_valid_rule *r, const arci_field *at);

/* Normalises the texts of a record. *r becomes a copy that belongs to the record and lives until its next change when anything
 * differs; only_set: only fields that were set. A text that becomes empty becomes NULL. */
arc_status arci_valid_normalise(arci_env *env, const arci_valid *v, arci_record **r, int only_set);
/* The same for one text on its own, in the arena; *s and *n are replaced. */
arc_status arci_valid_normalise_text(arci_env *env, const arci_valid *v, arci_arena *arena, const char *field, const char **s, size_t *n);

/* ---- conditions (valid_cond.c) ---- */

typedef struct arci_expr_reader {
    arci_env *env;
    arci_arena *arena;
    const arci_entity *entity;
    const arci_custom *custom;
    arci_record *probe;   /* takes constants as its fields would */
    char currency[4];     /* of constant amounts; "" when the rule names none */
    const arci_field **reads;
    uint16_t *n_reads;
} arci_expr_reader;
arc_status arci_expr_read(arci_expr_reader *r, const arci_json *node, const arci_expr **out);
/* A field by name that rules may look at; a custom field's description is copied into the arena. Errors name the node. */
arc_status arci_expr_field(arci_expr_reader *r, const arci_json *node, const arci_field **out);
enum { ARCI_FALSE, ARCI_TRUE, ARCI_UNKNOWN };
/* lenient: a comparison with NULL is UNKNOWN, not false. */
int arci_expr_test(const arci_expr *x, const arci_entity *e, const arci_valid_row *row, int lenient);
const arci_field *arci_expr_first_field(const arci_expr *x);

#endif
