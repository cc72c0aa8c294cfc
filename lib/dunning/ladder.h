/* SPDX-License-Identifier: Apache-2.0 */
/* Dunning ladders: definitions of kind "dunning" (docs/dunning.md). What they share with rules - conditions, dates that set a level off, units, actions - is read as a rule about items
 * whose steps are the levels; what is theirs alone - minimums, interval, grace, one step at a time - stands beside it. */
#ifndef ARCI_DUNNING_LADDER_H
#define ARCI_DUNNING_LADDER_H

#include "rules/duration.h"
#include "rules/rule.h"
#include "store/definition.h"

#define ARCI_LADDER_LEVEL_MAX 8 /* 9 is legal action */

typedef struct arci_ladder_level {
    const arci_rule_step *step;
    int64_t min_amount;  /* in the ladder's currency; 0: none */
    int32_t min_ppm;     /* of what the account has open; 0: none */
    uint8_t always;      /* whatever the minimums; the last one goes out again each interval */
} arci_ladder_level;

typedef struct arci_ladder {
    arci_arena arena;
    char code[ARCI_RULE_CODE];
    int64_t definition, revision; /* 0: a document that is tried */
    int64_t priority;
    char currency[4]; /* of its amounts; "": it has none */
    arci_ruleset *set;
    const arci_rule *rule;
    arci_facts *customers;
    arci_logic *applies;    /* of the customer; NULL: everybody */
    arci_duration interval; /* between two notices of an item */
    int32_t grace_item, grace_account;
    arci_duration cools;    /* for so long after a day with letters to a customer, of whatever ladder ... */
    int32_t cool_count;     /* ... that were so many; 0: it does not matter */
    uint8_t per_level;      /* a letter for each level */
    int64_t tolerance;      /* items of which no more is claimed are left alone; 0: none */
    uint8_t highest;        /* catch-up: the highest level whose day has come */
    arci_ladder_level *levels;
    uint32_t n;
} arci_ladder;

/* Reads a document; with a sink all faults are noted and the return is the first one's status. *out NULL after an error. */
arc_status arci_ladder_read(arci_txn *t, arci_ladder **out, const char *code, int64_t definition, int64_t revision, const char *json, size_t len, arci_fault_sink *sink);
void arci_ladder_free(arc_context *ctx, arci_ladder *l); /* NULL allowed */
const arci_ladder_level *arci_ladder_level_of(const arci_ladder *l, int64_t level); /* NULL: none */

arc_status arci_ladder_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
extern const char arci_ladder_schema[];

/* Those in force on a day, by priority, then code; of one code, where it is not NULL; a document of its own, where that begins with "{". */
typedef struct arci_ladders {
    arci_ladder **list;
    uint32_t n;
} arci_ladders;
arc_status arci_ladders_get(arci_txn *t, arci_arena *arena, arci_ladders *out, const char *code, arc_date on);
void arci_ladders_free(arc_context *ctx, arci_ladders *l);

#endif
