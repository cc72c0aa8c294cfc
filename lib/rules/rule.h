/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: documents of kind `rule` read into programs, and what of them is due for a row. docs/rules.md tells the documents.
 *
 * Evaluation is pure: facts of a row, what has fired for it before, and a day go in; what is due comes out. A step is due when its day has come ("crossed"), its
 * conditions hold and it has not fired for its mark yet, however late that is looked at. Who writes (rule_apply.c) and who only asks (propose, explain,
 * simulate, back-test) use the same. */
#ifndef ARCI_RULES_RULE_H
#define ARCI_RULES_RULE_H

#include "base/map.h"
#include "rules/logic.h"
#include "rules/trigger.h"
#include "store/repo.h"

#define ARCI_RULE_STEPS 100u   /* of a rule */
#define ARCI_RULE_CHAIN 10     /* firings that set each other off, one after the other */
#define ARCI_RULE_MARK 96u     /* bytes of a mark, NUL included */
#define ARCI_RULE_CODE 65u     /* bytes of a code, NUL included */

struct arci_actions; /* rules/action.h */

/* ---- documents ------------------------------------------------------------------------------------------------------------------ */

enum { ARCI_ON_DATE, ARCI_ON_CHANGE, ARCI_ON_THRESHOLD };
enum { ARCI_CATCH_HIGHEST, ARCI_CATCH_EACH, ARCI_CATCH_ONE };
enum { ARCI_RULE_PROPOSE, ARCI_RULE_APPLY };
enum { ARCI_UNIT_NONE, ARCI_UNIT_CUSTOMER, ARCI_UNIT_HEAD };

/* An event that sets a step off: a verb, or a field that got another value. */
typedef struct arci_rule_change {
    const char *verb;          /* NULL: any that changes the field */
    const arci_entity *entity; /* whose events */
    const arci_entity *holder; /* of field: the entity itself or a row that is told of with it, such as its state */
    const arci_field *field;   /* NULL: the verb is enough */
    const arci_json *from, *to; /* a constant or a list of them; NULL: any */
    const arci_field *via;     /* of the entity: its reference to the subject; NULL: it is the subject */
} arci_rule_change;

/* Crossed when `over` holds and the row is armed; armed again when `rearm` has held. */
typedef struct arci_rule_threshold {
    arci_logic *over, *rearm;
} arci_rule_threshold;

typedef struct arci_rule_step {
    const arci_json *node; /* of the document */
    int64_t level;         /* 1 to 1,000,000, rising */
    uint8_t on;            /* ARCI_ON_* */
    uint8_t pad[7];
    arci_trigger date;
    arci_rule_change change;
    arci_rule_threshold threshold;
    arci_logic *when; /* NULL: no condition of its own */
    struct arci_actions *actions;
    struct arci_actions *once; /* of a unit whose highest level it is; NULL: none */
} arci_rule_step;

/* Rows of a customer, or of a head office and its daughters, that fire together: what is done once for all of them. */
typedef struct arci_rule_unit {
    uint8_t by;                   /* ARCI_UNIT_*; NONE: each row by itself */
    uint8_t by_currency, by_language;
    uint8_t pad[5];
    arci_facts *facts;            /* of the customer, with the list `rows` */
    const arci_fact *rows;
    const arci_fact *level, *effective; /* of an element: "firing.level", "firing.effective_date" */
    const arci_fact *open, *in; /* of an element: what is open, its currency; NULL: it has none */
    const arci_fact *total, *count, *first; /* of all elements of its currency: what is open, how many, is it the first of them */
    const arci_fact *currency, *language; /* of the frame's row; NULL: it has none */
} arci_rule_together;

/* What rules of one subject and currency share: one row of facts serves them all. */
typedef struct arci_rule_frame {
    const arci_entity *subject;
    char currency[4];
    arci_facts *facts;
    const arci_fact *episode;  /* NULL: the subject has none */
    const arci_fact *customer; /* whose it is; NULL: nobody's */
    uint32_t n_rules;
} arci_rule_frame;

typedef struct arci_rule {
    char code[ARCI_RULE_CODE]; /* of the definition: what firings are kept by */
    int64_t definition, revision; /* 0: a document that is not stored */
    int64_t since;             /* µs UTC of the first publishing: events before it are not looked at; 0: all */
    arci_arena arena;          /* its document and what was read from it */
    const arci_json *document;
    arci_rule_frame *frame;
    const char *calendar;      /* NULL: none */
    const char *group;         /* NULL: none */
    arci_logic *when;          /* NULL: always */
    int64_t priority;
    uint8_t mode;              /* ARCI_RULE_* */
    uint8_t catch_up;          /* ARCI_CATCH_* */
    uint8_t cools;             /* has a cooldown */
    uint8_t volatile_; /* reads what follows the day in a way no date bounds */
    uint8_t retired;   /* the revision was, since */
    arci_duration cooldown;
    arci_rule_step *steps;     /* by level */
    uint32_t n_steps;
    arci_rule_together unit;
    arci_tells sets, holds;    /* fields its triggers go by; its conditions read */
} arci_rule;

/* A published rule that cannot be read any more, since something it names has gone: the others go on. */
typedef struct arci_rule_broken {
    char code[ARCI_RULE_CODE];
    int64_t definition;
    arc_error error;
} arci_rule_broken;

/* Rules that are looked at together, highest priority first, then by code. */
typedef struct arci_ruleset {
    arc_context *ctx;
    arci_custom *custom; /* counted */
    arci_rule **rules;
    arci_rule_frame **frames;
    arci_rule_broken *broken;
    uint32_t n, n_frames, n_broken, cap, cap_frames, cap_broken;
    uint32_t users;
    arc_date day; /* in force on; ARC_DATE_NONE: put together otherwise */
    uint8_t bare; /* actions are not read: what they would come to is known, and what they name may have gone */
} arci_ruleset;

arc_status arci_ruleset_new(arci_txn *t, arci_ruleset **out);
void arci_ruleset_free(arci_ruleset *set); /* NULL allowed; frees with the last use */
/* Reads a document into the set. With a sink all faults are noted and the return is the first one's status; the rule is not in the set then. definition and revision 0: not
 * stored. */
arc_status arci_ruleset_add(arci_txn *t, arci_ruleset *set, const char *code, int64_t definition, int64_t revision, const char *json, size_t len, arci_fault_sink *sink);
void arci_ruleset_sort(arci_ruleset *set);
/* The rules in force on a day, and some revisions by their ids: kept with the book, good until its definitions or custom fields change. The caller ends its use
 * with arci_ruleset_free(). Revisions by id are bare. ARC_E_NOT_FOUND: no such revision was ever published; of revisions one that cannot be read any more is an error. */
arc_status arci_ruleset_in_force(arci_txn *t, arci_ruleset **out, arc_date day);
arc_status arci_ruleset_of(arci_txn *t, arci_ruleset **out, const int64_t *ids, uint32_t n);
const arci_rule *arci_ruleset_find(const arci_ruleset *set, const char *code, size_t len);
arc_status arci_rule_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink); /* of kind `rule` */
/* The JSON Schema of such documents: returns its bytes without NUL, writes only when cap is larger. Any thread. */
size_t arci_rule_schema(char *buf, size_t cap);

/* Slots of the frame's row that a rule reads, conditions, triggers and actions alike: used[arci_facts_width()]. */
void arci_rule_slots(const arci_rule *r, uint8_t *used);

/* ---- what has fired ---------------------------------------------------------------------------------------------------------------- */

typedef struct arci_firing {
    const char *policy; /* code of the rule */
    const char *mark;
    int64_t row, level;
    arc_date effective, fired_on;
    uint8_t passed; /* passed over: nothing was done */
    uint8_t rejected; /* neither: somebody did not want it */
    uint8_t pad[6];
} arci_firing;

/* State of a threshold. Without a row it is armed, count 0. */
typedef struct arci_rule_state {
    const char *policy;
    int64_t row, level, count;
    uint8_t armed;
    uint8_t pad[7];
} arci_rule_state;

/* An event that waits to set something off. */
typedef struct arci_rule_event {
    const char *policy;
    int64_t row, level;
    int64_t seal;              /* of its transaction */
    int64_t chain;             /* firings that led to it, one through the other; 0: none did */
    char mark[ARCI_RULE_MARK]; /* "<txn>.<seq>" */
    arc_date day;              /* its business date */
} arci_rule_event;

/* Of some rows, by policy, row and level: what the book keeps, or what a simulation keeps in its place. Lists in any order; sorted by _index(). */
typedef struct arci_history {
    arci_firing *firings;
    arci_rule_state *states;
    arci_rule_event *events;
    uint32_t n_firings, n_states, n_events, cap_firings, cap_states, cap_events;
    arci_arena *arena;
} arci_history;
void arci_history_init(arci_history *h, arci_arena *arena);
arc_status arci_history_add(arci_env *env, arci_history *h, const arci_firing *f);
arc_status arci_history_state(arci_env *env, arci_history *h, const arci_rule_state *s);
arc_status arci_history_event(arci_env *env, arci_history *h, const arci_rule_event *e);
void arci_history_index(arci_history *h);
/* What the book keeps of rows of an entity; states: those of thresholds too. Index it before it is looked at. */
arc_status arci_history_read(arci_txn *t, arci_history *h, const arci_entity *entity, const int64_t *ids, uint32_t n, int states);
arc_status arci_history_states(arci_txn *t, arci_history *h, const arci_entity *entity, const int64_t *ids, uint32_t n); /* those alone */
/* Of an indexed one: all firings for a row; the state of a threshold, NULL: none; events that wait. */
uint32_t arci_history_firings(const arci_history *h, int64_t row, const arci_firing **first);
const arci_rule_state *arci_history_find_state(const arci_history *h, const char *policy, int64_t row, int64_t level);
uint32_t arci_history_find_events(const arci_history *h, const char *policy, int64_t row, int64_t level, const arci_rule_event **first);

int arci_ruleset_waits(const arci_ruleset *set, const uint8_t *wanted); /* for events */
/* Events that wait for rules of a set, behind what each has read so far; for rows of one entity (NULL: all). Sealed ones: what is not sealed yet comes later. Index it
 * before it is looked at. heads[set->n] (may be NULL) receives by rule what was read. */
typedef struct arci_rule_read_to {
    int64_t from, to; /* seals: behind the first, up to the last; both 0: it waits for no events */
} arci_rule_read_to;
/* How many firings led to each event: its transaction is that of a firing. */
arc_status arci_rule_chains(arci_txn *t, arci_history *h);
arc_status arci_rule_events(arci_txn *t, const arci_ruleset *set, const uint8_t *wanted, const arci_entity *entity, arci_history *h, arci_rule_read_to *heads);

/* ---- evaluation ------------------------------------------------------------------------------------------------------------------------ */

enum {
    ARCI_STEP_NONE,    /* nothing to go by: its anchor has no value, the level below has not fired, nothing happened, nothing was crossed */
    ARCI_STEP_WAITS,   /* `day` is to come */
    ARCI_STEP_BEFORE,  /* has fired for its mark, or was passed over */
    ARCI_STEP_BELOW,   /* a higher level has fired in this episode */
    ARCI_STEP_FALSE,   /* a condition does not hold */
    ARCI_STEP_ERROR,   /* a condition is an error: `error` at `pointer` */
    ARCI_STEP_COOLS,   /* due, but the rule fired a short while ago: until `until` */
    ARCI_STEP_LATER,   /* due, but one step at a time */
    ARCI_STEP_PASSED,  /* due, and passed over: by a higher level, or (grouped) by another rule of its group */
    ARCI_STEP_REJECTED, /* somebody rejected it for its mark */
    ARCI_STEP_DUE
};
enum {
    ARCI_GROUP_DUE = 1, /* a higher one that is due now */
    ARCI_GROUP_FIRED,   /* a higher one that has fired today */
    ARCI_GROUP_PEOPLE,  /* a higher one that is due, which people decide */
    ARCI_GROUP_TOMORROW /* LATER: a lower one has fired today */
};
extern const char *const arci_step_outcomes[];

typedef struct arci_step_result {
    const arci_rule_step *step;
    const char *pointer;  /* ERROR */
    arc_status error;     /* ERROR */
    arc_date day;         /* when it was or will be crossed; the effective date of what is due. ARC_DATE_NONE: unknown */
    arc_date until;       /* COOLS */
    uint8_t outcome;
    uint8_t grouped;      /* PASSED or LATER by another rule of its group: ARCI_GROUP_* */
    uint8_t guessed;      /* a calendar did not know the year: weekends */
    uint8_t rearm;        /* threshold: it is to be armed again */
    uint8_t unarmed;      /* threshold: not before the other bound was seen */
    uint8_t passed;       /* BEFORE: it did not fire, it was passed over */
    int64_t count;        /* threshold: how often it was armed again so far */
    int64_t chain;        /* change: firings that led to the event */
    const char *by;       /* grouped: the code of that rule; of its set */
    char mark[ARCI_RULE_MARK];
} arci_step_result;

typedef struct arci_rule_result {
    const arci_rule *rule;
    arci_step_result *steps; /* by level; a step that events set off has one for each that waits */
    uint32_t n, n_due;
    uint8_t when; /* what the rule's own condition came to: ARCI_LOGIC_*; looked at only when a step's day has come, else FALSE */
    uint8_t looked;
} arci_rule_result;

/* Calendars of a transaction by code. */
typedef struct arci_calendars {
    arci_txn *t;
    arci_arena *arena;
    struct arci_calendar_entry *first;
} arci_calendars;
void arci_calendars_init(arci_calendars *c, arci_txn *t, arci_arena *arena);
void arci_calendars_clear(arci_calendars *c);
/* code NULL: NULL. Of a code the book has no rows for: NULL too, and *unknown (may be NULL) is set. */
arc_status arci_calendars_get(arci_calendars *c, const arc_calendar **out, const char *code, int *unknown);

/* What an evaluation runs on. */
typedef struct arci_rule_run {
    arci_txn *t;
    const arci_ruleset *set;
    const uint8_t *wanted;  /* by position in the set; NULL: all */
    arc_date as_of;
    arci_calendars *calendars;
    const arci_history *history; /* NULL: the book's, read as needed */
    arci_history *events;   /* events that wait, read beforehand; may be NULL */
    struct arci_people_cache *people; /* of actions; NULL: each is read by itself */
    int rejected;           /* what was rejected is due all the same */
    const uint8_t *masked;  /* explanations: slots whose values are left out; NULL: none */
    int undated;            /* ... and days and marks */
} arci_rule_run;

/* One rule for one row. row: of the rule's frame. Results lie in the arena. */
arc_status arci_rule_eval(const arci_rule_run *run, const arci_rule *rule, int64_t id, const arc_value *row, const arci_history *history, arci_arena *arena,
                          arci_rule_result *out);

/* All rules of the set about one row, in order, groups settled. */
typedef struct arci_subject_result {
    const arci_entity *entity;
    int64_t id, customer; /* customer 0: none */
    arci_rule_result *rules;
    const arc_value *const *rows; /* by rule: its row of facts */
    uint32_t n;
} arci_subject_result;
/* Whether a step that is PASSED goes on record when the row is done: what passes it over fires, or has fired. After arci_rule_plan(). */
int arci_rule_passes(const arci_subject_result *r, const arci_rule_result *rule, const arci_step_result *s);
/* Told of each row that is there, in the order of ids; the result lives during the call. Other than ARC_OK ends it. */
typedef arc_status (*arci_subject_fn)(void *user, const arci_subject_result *result);
arc_status arci_rules_evaluate(const arci_rule_run *run, const arci_entity *entity, const int64_t *ids, uint32_t n, arci_subject_fn tell, void *user);

#endif
