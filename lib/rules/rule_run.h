/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of running: what is to be done (rule_run.c), a row (rule_do.c), a unit of several (rule_run_unit.c). */
#ifndef ARCI_RULES_RULE_RUN_H
#define ARCI_RULES_RULE_RUN_H

#include "rules/rule_unit.h"

/* A row something is to be done for. */
typedef struct arci_rule_job {
    const arci_entity *entity;
    int64_t id;
} arci_rule_job;

typedef struct arci_rule_running {
    arc_session *session;
    arci_session *s;
    arc_rule_options o;
    arc_rule_report report;
    arc_fault_fn failed;
    void *user;
    char key[ARCI_REQUEST_KEY_MAX + 1];
    arci_ruleset *set;
    uint8_t *wanted;
    arci_rule_cursor cursor;
    arci_arena arena, unit;
    arci_rule_job *jobs;
    uint32_t n, cap;
    arci_arena together; /* of units */
    arci_units units;    /* steps that fire together */
    int whole; /* all rows were looked at, by somebody who sees all */
} arci_rule_running;

/* A rule that is not done for the row, and why. */
typedef struct arci_rule_refusal {
    struct arci_rule_refusal *next;
    arc_error error;
} arci_rule_refusal;

typedef struct arci_rule_doing {
    arci_rule_running *r;
    arci_txn *t;
    const arci_rule_run *run;
    arci_rule_record *records;
    arci_rule_refusal *first, **last; /* in the unit's arena */
    uint32_t n, n_actions, n_armed;
    uint32_t tries; /* before this one */
    int lost;       /* no memory for a refusal */
} arci_rule_doing;

arc_status arci_run_tell(arci_rule_running *r, const arc_error *e);
int arci_run_again(arc_status st);
int arci_run_is_grave(arc_status st); /* keeps from doing anything for any row */
/* In the open transaction: what of a row is due, but for rules with a unit. user: arci_rule_doing. */
arc_status arci_run_row(void *user, const arci_subject_result *x);
/* The same of one rule, whose records are left to the caller. */
arc_status arci_run_rule(arci_rule_doing *d, const arci_subject_result *x, const arci_rule *rule);
/* Fires the rows of a unit, in transactions of their own. *any: something was done. */
arc_status arci_run_unit(arci_rule_running *r, const arci_unit_row *rows, uint32_t n, int *any);

#endif
