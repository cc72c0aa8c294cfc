/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of rules. */
#ifndef ARCI_RULES_RULE_IMPL_H
#define ARCI_RULES_RULE_IMPL_H

#include "arcore/rule.h"
#include "rules/action_people.h"
#include "rules/rule.h"
#include "store/access.h"

/* Reading a document: all faults are noted where there is a sink. */
typedef struct arci_rule_reader {
    arci_env *env;
    arci_txn *t;
    arci_ruleset *set;
    arci_rule *r;
    arci_fault_sink *sink;
    arc_status first; /* of all faults */
} arci_rule_reader;

/* A fault has been set in env: notes it. ARC_OK: go on; else the reading ends. */
arc_status arci_rule_note(arci_rule_reader *r, arc_status st);
/* Sets a fault at a node, with its code, and notes it. */
arc_status arci_rule_wrong(arci_rule_reader *r, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh);
/* The same of a fault set below, which lacks place and code. */
arc_status arci_rule_at(arci_rule_reader *r, const arci_json *at, arc_status st, const char *code);
int arci_rule_text_is(const arci_json *m, const char *s);
/* Compiles a condition: faults are noted by the language. *out NULL where it has any. */
arc_status arci_rule_condition(arci_rule_reader *r, const arci_json *node, arci_logic **out);
/* Remarks on one that may end by itself; NULL: none was compiled. */
arc_status arci_rule_lasting(arci_rule_reader *r, const arci_logic *p);
/* The code of a calendar the book has rows of. */
arc_status arci_rule_calendar(arci_rule_reader *r, const arci_json *node, const char **out);

/* rule_on.c: the `on` of a step. previous: the step below, or NULL. */
arc_status arci_rule_on(arci_rule_reader *r, arci_rule_step *step, const arci_rule_step *previous, const arci_json *on);
void arci_rule_on_free(arci_rule_step *step);

/* rule_unit_read.c: `unit`, and the `once` of a step. */
arc_status arci_rule_take_unit(arci_rule_reader *r, const arci_json *unit);
arc_status arci_rule_take_once(arci_rule_reader *r, arci_rule_step *step, const arci_json *once);
/* A list of actions about a set of facts. */
arc_status arci_rule_take_actions(arci_rule_reader *r, struct arci_actions **out, arci_facts *facts, const arci_json *then);

int arci_rule_grouped(const arci_rule *a, const arci_rule *b); /* in one group */

/* ---- rows to look at (rule_find.c) ---- */

typedef struct arci_rows_found { /* rows in any order until they are sorted */
    int64_t *ids; /* ascending, each once; arci_free() */
    uint32_t n, cap;
} arci_rows_found;
/* Rows of an entity for which the condition of one of the rules wanted is not false. */
arc_status arci_rule_find(const arci_rule_run *run, const arci_entity *entity, arci_rows_found *out);
arc_status arci_rule_all_rows(const arci_rule_run *run, const arci_entity *entity, arci_rows_found *out);
arc_status arci_rows_add(arci_env *env, arci_rows_found *f, int64_t id);
void arci_rows_sort(arci_rows_found *f);
void arci_rows_free(arc_context *ctx, arci_rows_found *f);

/* States of this entity's row 1, level 0 hold up to which seal a rule has read its events. */
#define ARCI_RULE_HEADS "event"

/* ---- events (rule_change.c, rule_via.c) ---- */

typedef struct arci_rule_told {
    int64_t txn, seq, seal;
    arc_date day;
    const arc_value *row; /* of the event */
} arci_rule_told;
/* A row of another entity, and the subject it pointed at when the event happened; 0: none. */
typedef struct arci_rule_via {
    const arci_rule_change *change;
    const void *user;
    arci_rule_told told;
    int64_t row, subject;
    int said;
} arci_rule_via;
/* Whether the event itself says so. */
int arci_rule_via_said(arci_txn *t, const arci_rule_change *c, const arci_json *diff, int64_t id, int64_t *subject);
/* Of those whose events do not: what later events, or the rows as they are, say. */
arc_status arci_rule_via_then(arci_txn *t, arci_arena *arena, arci_rule_via *list, uint32_t n);

/* ---- calls about rules (rule_walk.c) ---- */

/* What a walk over rows came to. */
typedef struct arci_rule_counts {
    int64_t rows, due, passed, cools, later, errors, guessed;
} arci_rule_counts;

typedef struct arci_rule_walk {
    arci_session *s;
    arci_txn *t;
    arc_rule_options o;
    arci_ruleset *set;   /* the walk's use of it ends with arci_rule_walk_end() */
    uint8_t *wanted;     /* NULL: all */
    arci_arena arena;
    arci_calendars calendars;
    arci_people_cache *people;
    arci_rule_run run;
    arci_history events; /* that wait for the rules wanted */
    arci_rule_read_to *heads; /* by rule */
    arci_rule_counts counts;
    struct arci_sweep_look *look; /* ARC_RULE_SWEEP: which rows are looked at */
    int definer;         /* all rows, whatever the actor sees */
    int every;           /* rows for which all conditions are false, too */
    uint8_t *mute;       /* by rule: nothing is told of it; NULL: none */
    uint32_t n_mute;
    arci_subject_fn tell;
    void *user;
    /* of the walk under way */
    arc_status stopped;
    int64_t total;
} arci_rule_walk;

arc_status arci_rule_options_in(arci_session *s, arc_rule_options *o, const arc_rule_options *options);
/* The rules of the options in force on their day. End it in any case. */
arc_status arci_rule_walk_begin(arci_rule_walk *w, arci_txn *t);
/* May the actor ask of them? named: he named them, and the first he may not is ARC_E_FORBIDDEN; else what comes of those is not told. */
arc_status arci_rule_walk_may(arci_rule_walk *w, int named);
/* Tells each row of the options that is there and seen, by entity and id. */
arc_status arci_rule_walk_rows(arci_rule_walk *w, arci_subject_fn tell, void *user);
arc_status arci_rule_walk_cut(arci_rule_walk *w, const arci_entity *e, arci_rows_found *rows); /* to those the actor sees */
void arci_rule_walk_end(arci_rule_walk *w);
/* For one that does not come to its begin: so that it can be ended. */
void arci_rule_walk_begin_nothing(arci_rule_walk *w, arci_txn *t);
arc_status arci_rule_refresh(arci_session *s, const arc_rule_options *o, int64_t *armed); /* adds thresholds armed again; NULL allowed */

/* ---- how far events were read (rule_cursor.c) ---- */

typedef struct arci_rule_cursor {
    const arci_ruleset *set;
    arci_history events;
    arci_rule_read_to *heads; /* by rule */
    int64_t *keep;            /* by rule: seal of the first event that still waits, INT64_MAX: none */
} arci_rule_cursor;
arc_status arci_cursor_take(arci_rule_cursor *c, arci_arena *arena, const arci_rule_walk *w);
/* What is still waited for keeps its rule from reading on: an event; all of a row. */
void arci_cursor_hold(arci_rule_cursor *c, uint32_t rule, int64_t row, const arci_step_result *s);
void arci_cursor_hold_row(arci_rule_cursor *c, const arci_entity *entity, int64_t row);
/* Whether to write down where rules stand: there were events, or it has become many seals. */
int arci_cursor_worth(const arci_rule_cursor *c);
arc_status arci_cursor_write(arci_txn *t, arci_arena *arena, const arci_rule_cursor *c, int mode); /* of rules of a mode; -1: all */
/* Rules that only propose read on, in transactions of their own. */
arc_status arci_cursor_refresh(arci_session *s, const arc_rule_options *o);

/* ---- telling (rule_tell.c) ---- */

void arci_rule_put_date(arci_str *b, const char *key, arc_date d); /* nothing for ARC_DATE_NONE */
/* Members of an object under way: level, outcome, mark, dates, and a sentence in English and Chinese. */
void arci_rule_put_step(arci_str *b, const arci_rule_run *run, const arci_rule_result *r, const arci_step_result *s);
/* "if" and "step_if": what each test of the conditions came to. */
arc_status arci_rule_put_trace(arci_str *b, const arci_rule_run *run, const arci_rule *rule, const arci_rule_step *step, const arc_value *row);
arc_status arci_rule_put_step_trace(arci_str *b, const arci_rule_run *run, const arci_rule *rule, const arci_rule_step *step, const arc_value *row); /* of the step alone */
/* "rearm": of a threshold. */
arc_status arci_rule_put_rearm(arci_str *b, const arci_rule_run *run, const arci_rule *rule, const arci_rule_step *step, const arc_value *row);
/* May the actor ask what comes of the rule on days of his choosing? Its triggers and conditions read nothing he may not: what its actions tell is cut instead. */
arc_status arci_rule_may(arci_env *env, arci_session *s, const arci_rule *rule);

/* What a firing did, as the book keeps it: [{"type", "result"}]; NULL: there is none, or it was erased. */
arc_status arci_rule_firing_result(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t row, const char *policy, int64_t level, const char *mark, arc_date *on, const arci_json **result);

/* ---- what is to be done (rule_plan.c, rule_do.c) ---- */

typedef struct arci_rule_line {
    const arci_rule *rule;
    const arci_rule_result *result;
    const arci_step_result *step;
    const arc_value *row; /* of facts */
    const char *type;     /* "none": a step without actions */
    const char *params;   /* JSON object */
    uint32_t seq;         /* of the action in its step */
    uint32_t last;        /* of its step */
    arci_tells tells;     /* fields its params are made of */
    const char *passes;   /* JSON list: events that its rule, when it fires, passes over; NULL: none */
    const arci_tells **passing; /* what those are made of: [0], [1] are for arci_rule_put_action() */
    uint32_t n_passing;
} arci_rule_line;

/* May the actor see what the line would do, to whom and when? */
int arci_rule_shows(const arci_session *s, const arci_rule_line *l);
/* Slots of facts the actor may not see for the rows at hand; NULL: he sees all. */
arc_status arci_rule_mask(arci_env *env, const arci_session *s, arci_arena *arena, const arci_rule *rule, const uint8_t **out);
/* May he see the days and marks its triggers make? */
int arci_rule_dated(const arci_session *s, const arci_rule *rule);
/* Appends its params, or {"hidden":true}. */
void arci_rule_put_params(const arci_session *s, arci_str *b, const arci_rule_line *l);

/* Why a rule is not done for a row though it is due: an action cannot be resolved. */
typedef struct arci_rule_fault {
    const arci_rule *rule;
    int64_t row, level;
    uint32_t seq;
    arc_error error;
} arci_rule_fault;

/* The lines of a row: actions resolved, in the arena. A rule with a fault has none, and nothing of it is due any more; told of each. */
int arci_rule_fault_shows(const arci_session *s, const arci_rule_fault *f); /* may the actor read why? */
typedef void (*arci_rule_fault_fn)(void *user, const arci_rule_fault *fault);
arc_status arci_rule_plan(const arci_rule_run *run, const arci_subject_result *r, arci_arena *arena, arci_rule_line **lines, uint32_t *n, arci_rule_fault_fn fault, void *user);
/* {"rule", "revision", "level", ...}: why a line is there. */
arc_status arci_rule_explain_line(const arci_rule_run *run, const arci_rule_line *l, arci_str *b);
/* The action of a line as a proposal has it. */
void arci_rule_put_action(arci_str *b, const arci_rule_line *l);

/* A firing to be written. */
typedef struct arci_rule_record {
    const char *policy;               /* code of the rule */
    const char *mark, *explanation, *result; /* JSON; the last two may be NULL */
    int64_t definition, level;
    arc_date effective;
    uint8_t passed;
    uint8_t crossed; /* of a threshold: it fires no more until it was armed again */
    uint8_t rejected; /* nobody wants it done */
    uint8_t again;    /* it may have been rejected before: then that row becomes this one */
    int64_t count;   /* of the threshold */
    int64_t chain;   /* of the event */
} arci_rule_record;
/* Writes them, and what of thresholds changes. ARC_E_EXISTS: somebody else has fired one of them. */
arc_status arci_rule_write(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t id, int64_t customer, arc_date fired_on, const arci_rule_record *records, uint32_t n);
/* Whether a threshold may fire: 1 armed again, 0 not any more. */
arc_status arci_rule_arm(arci_txn *t, arci_arena *arena, const arci_entity *entity, const arci_rule_state *states, uint32_t n);

/* Does one action; "none" is nothing. result: JSON, in the arena. */
struct arci_action_do;
arc_status arci_rule_act(struct arci_action_do *d, const char *type, const arci_json *params, const char **result);
/* The day a firing is recorded under: the session's, not before that of the evaluation. */
arc_date arci_rule_fired_on(const arci_session *s, arc_date as_of);
void arci_rule_put_counts(arci_str *b, const arci_rule_counts *c);

#endif
