/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables and scorecards: read once, typed by facts, then asked with rows. */
#ifndef ARCI_RULES_TABLE_H
#define ARCI_RULES_TABLE_H

#include "arcore/decimal.h"
#include "arcore/decision.h"
#include "base/json_out.h"
#include "rules/cell.h"
#include "store/definition.h"

#define ARCI_TABLE_ROWS 5000u
#define ARCI_TABLE_COLUMNS 64u
#define ARCI_TABLE_OUTPUTS 32u

enum { ARCI_HIT_UNIQUE, ARCI_HIT_ANY, ARCI_HIT_FIRST, ARCI_HIT_ORDER, ARCI_HIT_COLLECT, ARCI_HIT_SUM, ARCI_HIT_MIN, ARCI_HIT_MAX, ARCI_HIT_COUNT };

typedef struct arci_table_input {
    const char *id, *path;
    const arci_fact *fact; /* NULL: a column of conditions */
    arci_range domain;     /* cut by min and max */
    const arci_json *node;
} arci_table_input;

typedef struct arci_table_value {
    const char *json; /* as it goes out; "null" */
    uint8_t has;
    int64_t number;   /* mantissa, or day, where the type has one */
    int32_t scale;
} arci_table_value;

typedef struct arci_table_output {
    const char *id, *field;
    arci_fact fact; /* type of its cells */
    arci_table_value otherwise; /* nothing matched */
    const arci_json *node;
} arci_table_output;

typedef struct arci_table_row {
    const arci_json *node;
    const char *id;              /* "" when it has none */
    const arci_cell *cells;      /* of each input */
    const arci_table_value *out; /* of each output */
} arci_table_row;

/* A characteristic of a scorecard: one input, its bins. */
typedef struct arci_score_bin {
    const arci_json *node;
    arci_cell cell;
    arci_num points; /* times the weight */
    const char *reason;
} arci_score_bin;

typedef struct arci_score_part {
    const arci_json *node;
    const char *name, *reason;
    arci_num baseline, weight;
    uint32_t n_bins;
    arci_score_bin *bins;
} arci_score_part;

typedef struct arci_decision {
    arci_arena arena; /* everything */
    arc_context *ctx;
    arci_json *root;
    arci_facts *facts;
    const arci_json *sample;
    int64_t definition; /* row in the book; 0: none */
    const arci_custom *custom; /* what it was read with; its facts keep it */
    int hit, complete;
    uint32_t n_inputs, n_outputs, n_rows;
    arci_table_input *inputs; /* of a scorecard: one for each part */
    arci_table_output *outputs;
    arci_table_row *rows;
    int scorecard, above; /* above: points above the baseline are the reasons */
    uint32_t n_parts, top;
    arci_num initial;
    arci_score_part *parts;
    arci_logic **conditions;
    uint32_t n_conditions, cap_conditions;
    arc_error error;
} arci_decision;

typedef struct arci_table_reader {
    arci_env *env;
    arci_decision *t;
    arci_fault_sink *sink;
    arc_status first; /* fault */
} arci_table_reader;
/* A fault: noted, so that reading goes on (ARC_OK), or the end of it. */
arc_status arci_table_note(arci_table_reader *r, arc_status st);
arc_status arci_table_wrong(arci_table_reader *r, const arci_json *at, arc_status st, const char *en, const char *zh);
/* Notes the error just set at a node. */
arc_status arci_table_at(arci_table_reader *r, const arci_json *at, arc_status st);
/* field, type, scale, values, nullable, min, max, currency of an input. */
arc_status arci_table_take_fact(arci_table_reader *r, const arci_json *node, arci_table_input *in);
arc_status arci_table_take_cell(arci_table_reader *r, const arci_table_input *in, const arci_json *node, arci_cell *out);
arc_status arci_scorecard_read(arci_table_reader *r); /* scorecard.c */

/* Reads a document: a table, or a scorecard where it has characteristics. custom: fields of the book, base: its currency, may be NULL. strict: what publishing refuses is refused
 * (rows of a unique table that meet). *out NULL on error. */
arc_status arci_table_read(arci_env *env, arci_decision **out, const char *json, size_t len, arci_custom *custom, const char *base, int strict,
                            arci_fault_sink *sink);
void arci_table_free(void *t); /* NULL allowed */
arc_status arci_table_get(arci_txn *t, arci_decision **out, const char *kind, const char *code, arc_date on);

/* A row of arci_facts_width(t->facts) values from JSON; values in the arena. */
arc_status arci_table_row_of(arci_env *env, const arci_decision *t, arci_arena *arena, const arci_json *inputs, arc_value **row);
/* What a row must have to be decided on: values inside of min and max. inputs: where errors point; may be NULL. */
arc_status arci_table_bounds(arci_env *env, const arci_decision *t, const arci_json *inputs, const arc_value *row);
/* Decides: the numbers of the rows that match, ascending, in the arena. calendar may be NULL. */
arc_status arci_table_match(arci_env *env, const arci_decision *t, arci_arena *arena, const arc_value *row, const arc_calendar *calendar, uint32_t **rows, uint32_t *n);
int arci_table_same_outputs(const arci_decision *t, uint32_t a, uint32_t b); /* of two rows */
/* Whether one cell holds: 1, 0; -1: a condition came to an error, which is set. */
int arci_table_cell(arci_env *env, const arci_decision *t, const arci_table_input *in, const arci_cell *c, const arc_value *row, const arc_calendar *calendar);
/* Appends the answer as JSON. */
arc_status arci_table_decide(arci_env *env, const arci_decision *t, const arc_value *row, const arc_calendar *calendar, int explain, arci_str *out);
arc_status arci_scorecard_decide(arci_env *env, const arci_decision *t, const arc_value *row, arci_str *out);
void arci_table_put_value(arci_str *out, const arci_table_input *in, const arc_value *row); /* as JSON text or null */

/* Of a row of the subject, as the actor sees it. today ARC_DATE_NONE: the session's. */
typedef struct arci_table_ask {
    const arci_decision *table;
    int64_t id;
    arc_date today;
    int explain;
    arci_str *out;
} arci_table_ask;
arc_status arci_table_decide_row(arci_txn *t, const arci_table_ask *ask);
/* Of inputs as JSON; NULL: the document's sample. */
arc_status arci_table_decide_json(arci_env *env, const arci_decision *t, arci_arena *arena, const char *inputs, size_t length, int explain, arci_str *out);

/* Overlaps and gaps (table_report.c). */
typedef struct arci_table_findings {
    cJSON *overlaps, *gaps; /* may be NULL: only counted */
    uint32_t n_overlaps, n_conflicts, n_gaps;
    int overlaps_decided, gaps_decided;
    /* of the first pair that surely meets, and, with different outputs, conflicts; n: 0 none */
    uint32_t meet[2], conflict[2];
    int has_meet, has_conflict;
    char example[160]; /* of rows that meet */
    char gap[160];     /* the first */
} arci_table_findings;
arc_status arci_table_look(arci_env *env, const arci_decision *t, arci_table_findings *f);
arc_status arci_table_report(arci_env *env, const arci_decision *t, arci_str *out);

arc_status arci_decision_table_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
arc_status arci_scorecard_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
extern const char arci_decision_table_schema[], arci_scorecard_schema[];

#endif
