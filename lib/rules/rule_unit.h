/* SPDX-License-Identifier: Apache-2.0 */
/* Rules with a unit: rows of a customer, or of a head office, that fire together, and what is done once for all of them (rule_unit.c). */
#ifndef ARCI_RULES_RULE_UNIT_H
#define ARCI_RULES_RULE_UNIT_H

#include "rules/rule_impl.h"
#include "store/proposal.h"

/* A step of a row that is due, of a rule with a unit. */
typedef struct arci_unit_row {
    const arci_rule *rule;
    uint32_t order;                  /* of the rule in its set */
    int64_t row, customer, head;     /* head: whose unit it is */
    int64_t level;
    const char *mark;
    const char *currency, *language; /* "": not what units are split by, or none */
    const void *user;                /* the caller's */
    arc_date effective;
} arci_unit_row;

typedef struct arci_units {
    arci_arena *arena;
    arci_unit_row *rows;
    uint32_t n, cap;
} arci_units;

/* Keeps a step; row: of facts, NULL: it is known to be of one unit with the others. Texts are copied. */
arc_status arci_units_add(arci_env *env, arci_units *u, uint32_t order, const arci_subject_result *of, const arci_rule *rule, const arc_value *row, const arci_step_result *s, const void *user);
/* Finds head offices and brings rows of one unit together: by rule, head, currency, language, row, highest level first. */
arc_status arci_units_settle(arci_txn *t, arci_units *u);
uint32_t arci_units_end(const arci_units *u, uint32_t from); /* of the unit that begins there */
void arci_unit_name(char out[101], const arci_unit_row *r);  /* "customer:5/dun/CNY" */
void arci_unit_put(arci_str *b, const arci_unit_row *r);     /* ,"unit":{"by","customer","currency","language"} */

typedef struct arci_unit_line {
    const char *type, *params;
    uint32_t seq;
    arci_tells tells;
} arci_unit_line;

/* What is done once for the rows of a unit: as the step of their highest level says. */
typedef struct arci_letter {
    const arci_rule_step *step;
    int64_t level;
    arc_date effective;
    char mark[24];          /* made of rows, levels and marks */
    char digest[24];        /* of all that was read of the rows */
    const int64_t *ids;     /* each row once */
    uint32_t n_ids, n;
    arci_unit_line *lines;
} arci_letter;

/* Rows of one unit, settled or ordered in the same way. A rule of a bare set has no lines. A fault of the data (arci_action_is_fault): it cannot be put together. */
arc_status arci_letter_compose(const arci_rule_run *run, const arci_unit_row *rows, uint32_t n, arci_arena *arena, arci_letter *out);
/* The rule of a definition with its actions, in a set of its own. */
arc_status arci_ruleset_whole(arci_txn *t, arci_ruleset **out, int64_t definition);
/* Does one line of it for a head. */
arc_status arci_letter_do(arc_session *session, arci_session *s, arci_txn *t, arci_arena *arena, const arci_rule *rule, const arci_letter *l, int64_t head, arc_date as_of, const char *type, uint32_t seq,
                          const arci_json *params, const char **result);
/* [{"type","result"}] of a row, and behind it what was done once: once of n types with their results. */
const char *arci_letter_results(arci_env *env, arci_arena *arena, const char *own, const char *const *types, const char *const *results, uint32_t n);

/* Rows of a rule's subject that hang on the customers of a unit; none where that cannot be asked, or there are more than 20,000. */
arc_status arci_unit_rows(arci_txn *t, arci_arena *arena, const arci_rule *rule, int64_t customer, arci_rows_found *out);

/* rule_unit_apply.c: lines of a proposal's unit on their way into the book. */
arc_status arci_unit_check(arci_txn *t, arci_unit *u);
arc_status arci_unit_apply(arc_session *session, arci_unit *u);
/* Rows wait until what is done once is decided, and that until a row is: a letter goes out with the rows it is about. */
int arci_unit_waits(const arci_unit *u);

#endif
