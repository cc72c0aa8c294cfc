/* SPDX-License-Identifier: Apache-2.0 */
/* Actions: what a step of a rule does. A kind of action knows three things: what its parameters must look like (compile, when a rule is published and
 * whenever it is loaded), what they come to for one subject (resolve: reads, never writes), and how it is done (apply: through public verbs that join
 * the open transaction, with the rights of who applies).
 *
 * Engines speak to lists of actions, the `then` of a step:
 *
 *     arci_actions_compile(&build, &list, then)               faults go to the sink with their pointers; grows the facts
 *     arci_actions_resolve(&run, list, i, row, &params)       JSON object, the `params` of a proposal's line
 *     arci_action_apply(&act, type, params, &result)          JSON object: ids of what was made, or why nothing was
 *
 * What is resolved is frozen: it is what a person sees, approves and may change, and all that apply is given. An action that has nobody to
 * go to or must not be done resolves to {"suppressed": reason, ...}: the step fires, the reason is on record, apply does nothing. */
#ifndef ARCI_RULES_ACTION_H
#define ARCI_RULES_ACTION_H

#include "arcore/calendar.h"
#include "base/json.h"
#include "base/str.h"
#include "model/valid.h"
#include "rules/fact.h"
#include "store/proposal.h"

#define ARCI_ACTION_TYPE_MAX 40u /* bytes of a type */
#define ARCI_ACTIONS_MAX 50u     /* of one step */

typedef struct arci_actions arci_actions;

/* ---- compiling --------------------------------------------------------------------------------------------------------------- */

typedef struct arci_action_build {
    arci_env *env;
    arci_txn *t;            /* the book: templates, users, its own kinds of action */
    arci_facts *facts;      /* of the subject; grows. Currency and zone are set */
    arci_fault_sink *sink;  /* NULL: the first fault ends it */
    const char *rule;       /* code; NULL: a document that has none yet */
    arc_date on;            /* the day definitions are looked up for; ARC_DATE_NONE: today */
    arci_actions *list;     /* set by arci_actions_compile(): what is being made ... */
    const char *type;       /* ... and the action under way */
    arci_tells *tells;      /* ... and what it is made of */
} arci_action_build;

/* Reads a list of actions: [{"type", "params"}, ...]; may be empty. With a sink every fault is noted and the return is the first one's status. facts and
 * the document's text must outlive the list. *out NULL on error. */
arc_status arci_actions_compile(arci_action_build *b, arci_actions **out, const arci_json *then);
void arci_actions_free(arci_actions *a); /* NULL allowed */
uint32_t arci_actions_n(const arci_actions *a); /* of NULL 0 */
const char *arci_actions_type(const arci_actions *a, uint32_t i);
const arci_tells *arci_actions_tells(const arci_actions *a, uint32_t i); /* fields its params are made of, whatever row they are for */

/* ---- resolving --------------------------------------------------------------------------------------------------------------- */

typedef struct arci_action_run {
    arci_env *env;
    arci_txn *t;                  /* reads with definer rights */
    arci_arena *arena;            /* of this row; the caller resets it */
    const arc_calendar *calendar; /* of the rule; NULL: none */
    const char *rule, *mark;      /* of the firing */
    int64_t revision, level;
    const arci_entity *subject;
    int64_t row, customer;        /* customer 0: the subject has none */
    arc_date as_of, effective;
    const char *type;             /* set by arci_actions_resolve() */
    struct arci_people_cache *people; /* of the batch; NULL: none */
    arc_date *charged;            /* up to which day what goes before it in the rule charges interest; NULL: nothing does */
    const int64_t *rows;          /* n_rows of rows_of that fire together, where the action is done once for them; else NULL */
    uint32_t n_rows;
    const arci_entity *rows_of;
    arci_tells *tells;            /* receives fields that were read beside the facts; in the arena. NULL: nobody asks */
} arci_action_run;

arc_status arci_action_tells(arci_action_run *r, const char *entity, const char *field, uint8_t rows);

/* Appends the params of action i for one row of facts. A fault of the data (arci_action_is_fault) says why it cannot be done: a value that must be there
 * is missing, does not reckon; the step then does not fire. */
arc_status arci_actions_resolve(arci_action_run *r, const arci_actions *a, uint32_t i, const arc_value *row, arci_str *params);
int arci_action_is_fault(arc_status st);

/* ---- applying ---------------------------------------------------------------------------------------------------------------- */

typedef struct arci_action_do {
    arci_env *env;        /* the session's */
    arc_session *session; /* not entered: its verbs can be called */
    arci_txn *t;          /* the open one */
    arci_arena *arena;
    const char *rule, *mark;
    int64_t revision, level;
    const arci_entity *subject;
    int64_t row, customer;
    arc_date as_of, effective;
    uint32_t seq;         /* of the action in its step, from 0: part of its stable key */
    const char *type;     /* set by arci_action_apply() */
} arci_action_do;

/* Does one action as it was resolved. result: JSON object. A refusal of a verb is the return, with the session's error; ARC_NEEDS_APPROVAL does not
 * come out: the result names the pending change. */
arc_status arci_action_apply(arci_action_do *d, const char *type, const arci_json *params, arci_str *result);

/* ---- kinds ------------------------------------------------------------------------------------------------------------------- */

typedef struct arci_action_kind {
    const char *type;
    const char *label_en, *label_zh;
    const char *schema;     /* JSON Schema of params */
    /* program: in the list's arena (arci_action_arena), or kept there with what frees it. params is an object. Faults by arci_action_wrong() and
     * arci_action_note(). */
    arc_status (*compile)(arci_action_build *b, const arci_json *params, void **program);
    arc_status (*resolve)(arci_action_run *r, const void *program, const arc_value *row, arci_str *params);
    arc_status (*apply)(arci_action_do *d, const arci_json *params, arci_str *result);
} arci_action_kind;

typedef struct arci_action_kinds {
    const arci_action_kind *const *kinds;
    uint32_t n;
} arci_action_kinds;
extern const arci_action_kinds arci_all_actions; /* lib/api/action.c puts those of all layers together */

const arci_action_kind *arci_action_find(const char *type, size_t len); /* of arci_all_actions, or the host's; NULL: none */
arci_arena *arci_action_arena(const arci_action_build *b); /* lives as long as the list */
/* drop(ctx, object) when the list goes; at once when it cannot be kept (ARC_E_NOMEM). */
arc_status arci_action_keep(arci_action_build *b, void *object, void (*drop)(arc_context *ctx, void *object));
/* The error just set is a fault of the document: noted, so that compiling goes on (ARC_OK), or the end of it. */
arc_status arci_action_note(arci_action_build *b, arc_status st);
/* A parameter that is kept where nothing is ever erased: what is compiled between these must not be a person's data. made: receives what it is made of. */
void arci_action_lasts(arci_action_build *b, arci_tells *made);
arc_status arci_action_lasted(arci_action_build *b, const arci_json *at, const arci_tells *made, arc_status st);
arc_status arci_action_told(arci_action_build *b, arc_status st); /* the same of faults the sink has been told already */
arc_status arci_action_wrong(arci_action_build *b, const arci_json *at, arc_status st, const char *en, const char *zh);

/* JSON Schema of a `then`; the same bytes whenever asked. Kinds of the host are let through by any name that begins with "host.". Returns the bytes it
 * has without NUL; writes only when cap is larger. Any thread. */
size_t arci_actions_schema(char *buf, size_t cap);

#endif
