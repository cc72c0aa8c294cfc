/* SPDX-License-Identifier: Apache-2.0 */
/* View models: what a template may name. A schema gives each value a type; a template is bound to it once, and from then on each tag
 * knows where its value stands and how readers of its language want it written. */
#ifndef ARCI_RULES_VIEW_H
#define ARCI_RULES_VIEW_H

#include "base/json_out.h"
#include "model/valid.h"
#include "rules/mustache.h"
#include "value/locale.h"

enum { ARCI_VIEW_OBJECT, ARCI_VIEW_LIST, ARCI_VIEW_TEXT, ARCI_VIEW_INTEGER, ARCI_VIEW_DECIMAL, ARCI_VIEW_MONEY, ARCI_VIEW_DATE, ARCI_VIEW_BOOL };

typedef struct arci_view_field arci_view_field;
struct arci_view_field {
    const char *name;
    uint32_t name_len;
    uint8_t type;             /* ARCI_VIEW_* */
    uint8_t nullable;
    uint32_t n_members;       /* OBJECT, and LIST of objects */
    const arci_view_field *members;
    const arci_view_field *of; /* LIST: its elements */
    const char *currency;     /* MONEY: the member that has it, or the code itself; NULL: the value is an object with amount and currency */
};

/* What is written of a value: its own form, or that of a name with an ending (total_cn). */
enum { ARCI_AS_ITSELF, ARCI_AS_NUMBER, ARCI_AS_CODE, ARCI_AS_CAPITAL, ARCI_AS_IS_ZERO, ARCI_AS_LONG, ARCI_AS_ISO, ARCI_AS_PLURAL };

typedef struct arci_view_plural {
    const char *path; /* "items.days": names of the schema, lists included */
    const arci_json *forms;
} arci_view_plural;

struct arci_view_bound {
    const arci_view_field *field;
    uint8_t as;
    uint8_t required;
    uint16_t frame;
    uint16_t n_parts, n_currency; /* 0 and "": the frame itself; 0 and code: constant or inside the value */
    const arci_must_part *parts;  /* below the frame */
    const arci_must_part *currency;
    uint16_t currency_frame;
    char code[4];
    const arci_json *plural;      /* PLURAL: an object of forms */
};

#define ARCI_VIEW_DEPTH 8u
#define ARCI_VIEW_FIELDS 1000u

const char *arci_view_type_name(uint8_t type);
/* Reads a schema: an object of members. Faults name the node. */
arc_status arci_view_read(arci_env *env, arci_arena *arena, const arci_json *node, arci_fault_sink *sink, const arci_view_field **out);

typedef struct arci_view_bind {
    arci_env *env;
    arci_arena *arena;
    arci_fault_sink *sink;  /* NULL: the first fault ends it */
    const arci_json *place; /* the member the text stands in: pointer of faults */
    const arci_view_field *view;
    const arci_json *plurals;  /* of the variant; may be NULL */
    const arci_json *required; /* names that may be null in the view and not here; may be NULL */
} arci_view_bind;
/* Binds a program compiled with ARCI_MUST_EACH. Returns the first fault's status. */
arc_status arci_view_bind_all(const arci_view_bind *b, arci_must *must);

/* For the run. */
arc_status arci_view_put(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, int escape);
arc_status arci_view_section(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json **out, int *yes);

/* The names a view offers, endings included: [{"name","type","nullable"}]. 0: no memory. */
int arci_view_names(cJSON *out, const arci_view_field *view);

#endif
