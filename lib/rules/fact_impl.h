/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of facts: where values come from. */
#ifndef ARCI_RULES_FACT_IMPL_H
#define ARCI_RULES_FACT_IMPL_H

#include "base/arena.h"
#include "rules/fact.h"

/* How a fact comes to its value. */
enum {
    ARCI_HOW_FIELD,  /* field `col` (its number) of the row of its node */
    ARCI_HOW_PARAM,  /* `from` of the call's parameters */
    ARCI_HOW_SINCE,  /* today less the date in slot `from` */
    ARCI_HOW_LATE,   /* the same, never below 0 */
    ARCI_HOW_GIVEN,  /* rows of `entity` that the call names */
    ARCI_HOW_COMPUTED, /* field `col` of its node, as engines of all layers compute it; until the day in slot `from` */
    ARCI_HOW_UNTIL,  /* from which day on field `col` of its node may have another value though no row changes; NULL: never */
    ARCI_HOW_CHILDREN /* rows of `entity` whose field `col` is the id in slot `from` */
};

enum { ARCI_NODE_ROOT, ARCI_NODE_REF, ARCI_NODE_STATE, ARCI_NODE_COMPUTED };

/* Rows facts are read from: one of each node belongs to one row of facts. */
typedef struct arci_fact_node {
    const arci_entity *entity;
    const char *name; /* of a root; "" the subject */
    uint16_t kind;
    uint16_t via;     /* slot of the id; of a root: its number among the roots */
    uint16_t parent;
    uint16_t optional; /* there may be no such row */
} arci_fact_node;

struct arci_facts {
    arc_context *ctx;
    arci_arena arena;
    const arci_entity *subject;
    arci_custom *custom;
    arci_facts *outer; /* of elements: the set whose parameters are seen */
    arci_fact **facts; /* by slot */
    arci_fact_node *nodes;
    arci_fact *params[ARCI_FACTS_PARAMS]; /* as declared; they get a slot when they are asked for */
    uint32_t n_facts, cap_facts, n_nodes, cap_nodes, n_params, n_roots;
    int32_t zone;
    uint8_t alone;
    char currency[4], base[4];
    arci_tells *watch; /* NULL: nobody notes */
    arci_arena *watch_arena;
    uint8_t watch_each;
};

arci_fact *arci_facts_add(arci_env *env, arci_facts *f, const char *path, size_t len); /* NULL: error set */
const arci_fact *arci_facts_find(const arci_facts *f, const char *path, size_t len);

#endif
