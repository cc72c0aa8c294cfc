/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on days to come or gone by, without writing. Rows are as they are; what fires is kept in memory for the days after. */
#ifndef ARCI_RULES_RULE_SIM_H
#define ARCI_RULES_RULE_SIM_H

#include "rules/rule_impl.h"

typedef struct arci_sim_firing {
    const char *code, *mark, *actions; /* actions: JSON list of {"type", "params"} */
    const arci_entity *entity;
    int64_t row, customer, level;
    arc_date effective, on;
    uint8_t passed;
    uint8_t dated; /* mark and day are shown */
    uint8_t leads;    /* of the rows of its unit the one that tells what is done once */
    const char *unit; /* JSON of the unit, with its rows; NULL: the rule has none */
    const char *once; /* JSON list of {"type", "params"}, the same for all rows of the unit; NULL: nothing */
} arci_sim_firing;

typedef struct arci_sim {
    arci_rule_walk walk;
    arci_arena arena;           /* texts of firings */
    arci_sim_firing *firings;   /* by code, entity, row, day, level */
    uint32_t n, cap;
    int64_t errors;
    int64_t rows;
    int bare;                   /* one document without a code */
} arci_sim;

#define ARCI_SIM_DAYS 1000

/* rules: as arc_rule_simulate() takes them. End it in any case. */
arc_status arci_sim_run(arci_session *s, arci_txn *t, arci_sim *sim, const char *rules, size_t n, const arc_rule_options *o);
void arci_sim_end(arci_sim *sim);
void arci_sim_put(arci_str *b, const arci_sim_firing *f);
/* "from", "to" */
void arci_sim_put_days(arci_str *b, const arc_rule_options *o);

#endif
