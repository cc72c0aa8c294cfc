/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of back-tests. */
#ifndef ARCI_RULES_BACKTEST_IMPL_H
#define ARCI_RULES_BACKTEST_IMPL_H

#include "base/map.h"
#include "base/num.h"
#include "rules/rule_unit.h"
#include "rules/backtest.h"
#include "rules/rule_impl.h"

/* Sums and counts under a short name: amounts by currency, actions by type. */
typedef struct arci_bt_sum {
    struct arci_bt_sum *next;
    char name[44];
    arci_acc sum;
} arci_bt_sum;

typedef struct arci_bt_tally {
    int64_t firings, passed, subjects, customers, suppressed;
    arci_bt_sum *money, *actions;
} arci_bt_tally;

typedef struct arci_bt_level {
    int64_t level;
    arci_bt_tally all, day; /* of the period; of the day under way */
} arci_bt_level;

/* Days on which a rule could not be read. */
typedef struct arci_bt_gap {
    struct arci_bt_gap *next;
    arc_date from, to;
    arc_error why;
} arci_bt_gap;

typedef struct arci_bt_rule {
    const char *code, *document;
    size_t length;
    int64_t definition, revision;
    const arci_entity *subject; /* NULL until it was read */
    int dated;                  /* the actor may see the days and marks its triggers make */
    arci_bt_tally all;
    arci_bt_level *levels;
    uint32_t n_levels, cap_levels;
    int64_t errors, matched, only_here, only_there;
    arci_bt_gap *gaps, **last_gap;
} arci_bt_rule;

/* Something that fired on the day under way. */
typedef struct arci_bt_firing {
    uint32_t rule;
    uint8_t passed, crossed, seen, happened;
    int64_t row, customer, level, count;
    const arci_entity *entity;
    arc_date effective;
    const char *mark;
    const char *const *types; /* n of its actions */
    const uint8_t *suppressed;
    uint32_t n;
    arci_bt_sum *money;
} arci_bt_firing;

struct arci_backtest {
    arci_owned owned; /* first: freed with its session */
    arc_context *ctx;
    arci_env env; /* of calls on it */
    arc_error error;
    arc_backtest_totals totals;
    arci_str json;
};
typedef struct arci_backtest arci_backtest;

typedef struct arci_bt_run {
    arci_session *s;  /* the actor's */
    arci_txn *from;   /* of the book */
    arci_env *env;
    arc_backtest_options o;
    arci_backtest *out;
    arci_arena arena; /* of the run */
    arci_arena day_arena;
    arci_bt_rule *rules;
    uint32_t n_rules;
    arci_replay *replay;
    arci_txn *t;      /* of the scratch book */
    arci_ruleset *set;
    const arci_rule_run *run; /* under way */
    arci_rule_read_to *heads; /* by rule of the set: events read today */
    int64_t *keep;            /* the first event each still waits for */
    arc_date day;
    arci_bt_firing *firings; /* of the day */
    uint32_t n_firings, cap_firings;
    arci_units units;        /* what fires together today */
    arci_rule_state *rearm;
    const arci_entity **rearm_of;
    uint32_t n_rearm, cap_rearm, cap_rearm_of;
    arci_bt_sum *money; /* of all */
    arci_map subjects, customers, today; /* seen once, in the period and on the day */
    arci_map ledger;  /* firings the book has: 1, and 2 once met */
    arci_str days, told, errors; /* JSON under way */
    uint32_t n_told, n_errors;
    int64_t evaluated;
    int64_t definition; /* what firings in the scratch book name */
} arci_bt_run;

/* backtest_day.c: looks at the rules at the end of a day. */
arc_status arci_bt_begin(arci_bt_run *x); /* before the first day */
arc_status arci_bt_look(arci_bt_run *x);
/* backtest_tally.c */
arc_status arci_bt_ledger(arci_bt_run *x);       /* what the book's own rules fired in the period */
arc_status arci_bt_take_day(arci_bt_run *x);     /* counts what fired today */
arc_status arci_bt_finish(arci_bt_run *x);       /* the result as JSON */
arc_status arci_bt_add(arci_bt_run *x, arci_arena *arena, arci_bt_sum **list, const char *name, size_t n, int64_t amount);
arci_bt_level *arci_bt_level_of(arci_bt_run *x, arci_bt_rule *r, int64_t level); /* NULL: no memory */

#endif
