/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps: looking at what rules can have become due for, not at the whole book.
 *
 * Looked at are, by rule: rows whose day has come (evaluation_date), and rows that hang on anything that has changed since the last sweep, as the events tell
 * (sweep_paths.c has how). All rows: the first time, after the rule was published anew, and after what all rows hang on changed (calendars, the book's own
 * fields and settings). Whatever the reason, what is told of is what a look at all rows on that day would tell of.
 *
 * A sweep goes in chunks, each in a transaction of its own unless one is open: what a chunk has found out is written with it. When it dies, the rows it has not come to
 * are looked at by the next; what it told of and nobody did is due then as well. Where transactions wait for their seals they are sealed first; what still waits, for
 * want of the key, is looked at all the same. */
#ifndef ARCI_RULES_SWEEP_H
#define ARCI_RULES_SWEEP_H

#include "arcore/book.h"
#include "rules/rule.h"

#define ARCI_SWEEP_FULL 0x1u /* look at all rows */
#define ARCI_SWEEP_LOOK 0x2u /* write nothing: the next sweep looks at the same and more */

typedef struct arci_sweep_counts {
    int64_t looked;  /* rows of subjects evaluated */
    int64_t dirty;   /* of them: something they hang on has changed */
    int64_t due;     /* of them: their day had come */
    int64_t events;  /* events read */
    int64_t dates;   /* rows of evaluation_date written */
    int64_t armed;   /* thresholds armed again */
    uint32_t rules;  /* swept */
    uint32_t full;   /* of them: over all rows */
} arci_sweep_counts;

typedef struct arci_sweep {
    arci_session *session;
    const arci_ruleset *set;
    const uint8_t *wanted;       /* by position in the set; NULL: all */
    arci_history *events;        /* events that wait, read beforehand; may be NULL */
    arc_progress_fn progress;    /* rows looked at; total 0 where not known. May be NULL */
    void *progress_user;
    arc_date as_of;
    uint32_t flags;              /* ARCI_SWEEP_* */
    uint32_t chunk;              /* rows of a transaction; 0: 2,000 */
    arci_sweep_counts counts;    /* OUT */
} arci_sweep;

/* Tells (NULL: nobody) of each row that was looked at, inside of the chunk's transaction: by entity in the order of the set's frames, then by id. A sweep of a day before the
 * last one's is a look at all rows and writes nothing. Not within a scope. ARC_E_CANCELLED. */
arc_status arci_sweep_run(arci_sweep *w, arci_subject_fn tell, void *user);

/* Where transactions wait for their seals: seals them, unless somebody else does, or has the key. Not within a scope. */
arc_status arci_sweep_seal(arci_session *session);

/* Which rows have to be looked at on a day, for who evaluates them himself and keeps nothing: with what the last sweep kept, and what has changed since. */
typedef struct arci_sweep_look arci_sweep_look;
struct arci_rows_found;
arc_status arci_sweep_look_new(arci_txn *t, const arci_ruleset *set, const uint8_t *wanted, arc_date as_of, arci_sweep_look **out);
/* Adds to rows, ascending; *all: nothing is known, look at all there are. */
arc_status arci_sweep_look_rows(arci_sweep_look *l, const arci_entity *entity, struct arci_rows_found *rows, int *all);
void arci_sweep_look_free(arci_sweep_look *l); /* NULL allowed */

/* From when on something of a rule can be due for a row that was evaluated, though nothing changes: as_of or earlier while something is; ARC_DATE_MAX: never. run: of the evaluation. */
arc_status arci_rule_next(const arci_rule_run *run, const arci_rule_result *result, const arc_value *row, arc_date *next);

#endif
