/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of sweeps. */
#ifndef ARCI_RULES_SWEEP_IMPL_H
#define ARCI_RULES_SWEEP_IMPL_H

#include "rules/fact_impl.h"
#include "rules/rule_impl.h"
#include "rules/sweep.h"

/* ---- paths (sweep_paths.c) ------------------------------------------------------------------------------------------------------- */

/* A set of facts that rules read: a frame's own, or that of the elements of one of its lists. */
typedef struct arci_paths_set {
    const arci_facts *f;
    const arci_fact *list; /* of the first set; NULL: it is that set */
    uint8_t *used;         /* by slot */
    arci_rows_found *touched;     /* by node: rows of it that have changed */
    uint8_t *watched;      /* by node */
} arci_paths_set;

/* What the rules of a frame hang on. */
typedef struct arci_paths {
    const arci_rule_frame *frame;
    arci_paths_set *sets;
    uint32_t n;
    uint8_t whole; /* something changed that is not followed row by row */
} arci_paths;

/* wanted: rules by position in the set. Memory in the arena but for what _free() frees. */
arc_status arci_paths_new(arci_txn *t, arci_arena *arena, arci_paths *out, const arci_ruleset *set, const arci_rule_frame *frame, const uint8_t *wanted);
void arci_paths_free(arc_context *ctx, arci_paths *p);
/* A row of an event's diff. */
arc_status arci_paths_told(arci_txn *t, arci_paths *p, const arci_entity *e, const arci_json *row);
/* Follows all that was touched up to the subjects. */
arc_status arci_paths_climb(arci_txn *t, arci_paths *p, arci_rows_found *subjects);

/* ---- events (sweep_events.c) --------------------------------------------------------------------------------------------------------- */

/* Where in the chain a book stands. */
typedef struct arci_place {
    int64_t seal;
    char digest[65];
} arci_place;

#define ARCI_SWEEP_EVENTS 200000u /* more than that since the last sweep: all rows are looked at */

arc_status arci_place_now(arci_txn *t, arci_place *out);
/* All events behind a seal, those that wait for theirs included, into the paths of frames. *whole: something changed that all rows hang on, or it is too much. */
arc_status arci_sweep_read(arci_txn *t, int64_t seal, arci_paths *paths, uint32_t n, int64_t *events, int *whole);

/* ---- what is kept (sweep_dates.c) ------------------------------------------------------------------------------------------------------ */

typedef struct arci_rule_head {
    arci_place place;
    int64_t definition, epoch, at; /* at -1: no sweep over all rows is under way */
    arc_date swept_on;             /* ARC_DATE_NONE: none yet */
    uint8_t stored;
} arci_rule_head;

arc_status arci_heads_read(arci_txn *t, arci_arena *arena, const arci_ruleset *set, const uint8_t *wanted, arci_rule_head *heads);
/* Whether the chain of the book has the places of stored heads: known[n]. */
arc_status arci_places_known(arci_txn *t, arci_arena *arena, const arci_rule_head *heads, uint32_t n, uint8_t *known);
arc_status arci_heads_all(arci_txn *t, arci_arena *arena, arci_rule_head **heads, uint32_t *n);
/* Heads of the rules marked, in one write. */
arc_status arci_heads_write(arci_txn *t, arci_arena *arena, const arci_ruleset *set, const uint8_t *which, arci_rule_head *heads);
/* A next date of a row. */
typedef struct arci_kept_date {
    int64_t row, epoch;
    arc_date next; /* ARC_DATE_MAX: none is kept */
    arc_date old;  /* when it is to be written: what is kept so far; ARC_DATE_NONE: has to be asked for */
    uint8_t asked;
} arci_kept_date;

typedef struct arci_kept_dates {
    arci_kept_date *dates;
    uint32_t n, cap;
} arci_kept_dates;

/* Dates of rules that have come, by rule and row: out[n]. */
arc_status arci_dates_due(arci_txn *t, const char *const *policies, uint32_t n, const char *entity, arc_date as_of, arci_kept_dates *out);
const arci_kept_date *arci_dates_find(const arci_kept_dates *d, int64_t row);
void arci_dates_free(arc_context *ctx, arci_kept_dates *d);
/* Dates of one rule; rows ascend. epoch: of those that are written; that of a date: of what is kept so far. */
typedef struct arci_rule_dates {
    const char *policy;
    arci_kept_date *dates;
    int64_t epoch;
    uint32_t n;
} arci_rule_dates;
/* Fills in what is kept of rows that have to be asked for: of all rules together. */
arc_status arci_dates_read(arci_txn *t, arci_arena *arena, const char *entity, arci_rule_dates *of, uint32_t n);
arc_status arci_dates_write(arci_txn *t, arci_arena *arena, const char *entity, arci_rule_dates *of, uint32_t n, int64_t *written);

#endif
