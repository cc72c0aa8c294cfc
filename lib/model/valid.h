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
typedef struct arci_conditions arci_conditions; /* all of a document */

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
    arci_arena arena; /* everything but the conditions */
    const arci_entity *entity;
    arci_conditions *conditions;
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
void arci_fault_code(arci_env *env); /* gives the error in env a code, by its status, where it has none */

/* Reads a document; custom: the book's fields, kept, may be NULL. With a sink all faults are noted and the call returns the first one's
 * status; without, it stops at the first. *out is NULL on error. */
/* base: the book's base currency. */
arc_status arci_valid_read(arci_env *env, arci_custom *custom, const char *base, const char *json, size_t len, arci_fault_sink *sink, arci_valid **out);
void arci_valid_free(arc_context *ctx, arci_valid *v); /* NULL allowed */

/* A row: values of some columns as they will be stored, the rest from the record. */
typedef struct arci_valid_row {
    const arci_record *record; /* its custom fields are decoded */
    const arc_value *row;      /* NULL: the record alone */
    const uint16_t *cols;      /* of row, ascending */
    uint32_t n_cols;
} arci_valid_row;

const arc_value *arci_valid_value(const arci_valid_row *row, const arci_entity *e, const arci_field *f);

/* What `today` is in conditions from now on. */
void arci_valid_day(const arci_valid *v, arc_date today);
/* Of a rule that is broken: the field to blame, and why a condition of it could not be worked out (ARC_OK: it could). */
typedef struct arci_broken {
    const arci_field *at;
    arc_status error;
} arci_broken;
/* Whether a row breaks a rule: it applies (its `when`) and does not hold, or nobody can tell. UNIQUE is not broken here. */
int arci_valid_breaks(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row, arci_broken *why);
/* Whether it reads a field of the record that was set (an update is judged by these). */
int arci_valid_concerns(const arci_valid_rule *r, const arci_record *record);
/* Whether a row counts among those a UNIQUE rule compares with; where a condition cannot be worked out it does. */
int arci_valid_counts(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row);
/* Sets the error of a rule that does not hold: status, message, entity, field, pointer, name. Returns ARC_E_RULE. */
arc_status arci_valid_fail(arci_env *env, const arci_valid *v, const arci_valid_rule *r, const arci_broken *why);

/* Normalises the texts of a record. *r becomes a copy that belongs to the record and lives until its next change when anything
 * differs; only_set: only fields that were set. A text that becomes empty becomes NULL. */
arc_status arci_valid_normalise(arci_env *env, const arci_valid *v, arci_record **r, int only_set);
/* The same for one text on its own, in the arena; *s and *n are replaced. */
arc_status arci_valid_normalise_text(arci_env *env, const arci_valid *v, arci_arena *arena, const char *field, const char **s, size_t *n);

/* ---- conditions ---- */

/* The language of conditions is that of all rules; the layer it lives in registers it here (rules/valid_logic.c), for it stands above this one. */
typedef struct arci_condition_language {
    arc_status (*open)(arci_env *env, arci_conditions **out, const arci_entity *e, arci_custom *custom, const char *base);
    void (*close)(arci_conditions *c); /* NULL allowed */
    void (*day)(arci_conditions *c, arc_date today);
    /* *out lives as long as c. currency: of constant amounts, "" when the rule names none. check: what lacks a value decides nothing. Faults go to the
     * sink, all of them, or with NULL to env, the first; the return is the first one's. */
    arc_status (*compile)(arci_env *env, arci_conditions *c, const arci_expr **out, const arci_json *node, const char *currency, int check, arci_fault_sink *sink);
    /* The i-th field it reads, in the order of the document; NULL behind the last. */
    const arci_field *(*field)(const arci_expr *x, uint32_t i);
    int (*test)(const arci_expr *x, const arci_valid_row *row, arc_status *error); /* 0, 1; -1: *error */
} arci_condition_language;
extern const arci_condition_language arci_conditions_of_records;

#endif
