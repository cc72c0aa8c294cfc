/* SPDX-License-Identifier: Apache-2.0 */
/* Credit policies: definitions of kind `credit_policy`. Which parts exposure has, and which rules documents are checked by. docs/credit.md has the document. */
#ifndef ARCI_CREDIT_POLICY_H
#define ARCI_CREDIT_POLICY_H

#include "arcore/date.h"
#include "store/definition.h"

/* Parts of exposure; their names are arci_part_names[]. Those from ARCI_PART_UNAPPLIED on make it less. */
enum {
    ARCI_PART_OPEN, ARCI_PART_DISPUTED, ARCI_PART_OVERDUE, ARCI_PART_NOTES, ARCI_PART_RECOURSE, ARCI_PART_ESTIMATED, ARCI_PART_DELIVERED, ARCI_PART_ORDERED, ARCI_PART_PLANNED,
    ARCI_PART_DRAFTS, ARCI_PART_GUARANTEES, ARCI_PART_UNAPPLIED, ARCI_PART_COLLATERAL, ARCI_PART_INSURED, ARCI_PARTS
};
extern const char *const arci_part_names[ARCI_PARTS];

enum {
    ARCI_RULE_STATIC, ARCI_RULE_DYNAMIC, ARCI_RULE_PART, ARCI_RULE_DOCUMENT, ARCI_RULE_OLDEST, ARCI_RULE_OVERDUE_SHARE, ARCI_RULE_LEVEL, ARCI_RULE_LAST_PAYMENT, ARCI_RULE_REVIEW,
    ARCI_RULE_DOCUMENTS, ARCI_RULE_RATING, ARCI_CREDIT_RULES
};
extern const char *const arci_credit_rule_names[ARCI_CREDIT_RULES];

enum { ARCI_EFFECT_IGNORE, ARCI_EFFECT_WARN, ARCI_EFFECT_BLOCK };
enum { ARCI_AT_ORDER = 1, ARCI_AT_DELIVERY = 2, ARCI_AT_INVOICE = 4, ARCI_AT_ALL = 7 };

typedef struct arci_policy_part {
    int64_t limit; /* in the policy's currency; -1: none */
    uint8_t include;
} arci_policy_part;

typedef struct arci_credit_rule {
    int32_t rule, effect;
    uint32_t at; /* ARCI_AT_* */
    int32_t days, level;
    int64_t amount;   /* of a document, in the policy's currency */
    int64_t percent;  /* 4 decimals: 20 % is 2000 */
    const arci_json *segments; /* array of codes; NULL: all customers */
    const arci_json *names;    /* documents: categories of attachments; rating: bands */
} arci_credit_rule;

typedef struct arci_policy {
    int64_t definition; /* 0: none is in force: nothing is checked */
    const char *code;
    int64_t revision;
    char currency[4];
    const char *rate_kind;
    int32_t without_limit; /* ARCI_EFFECT_*: no limit is in force */
    uint8_t needs_check;   /* a limit needs a credit check */
    uint8_t netting;       /* what one customer of a group has to its credit lessens what others owe */
    arci_policy_part parts[ARCI_PARTS];
    arci_credit_rule *rules;
    uint32_t n_rules;
} arci_policy;

/* Texts live in the arena. The error has its JSON Pointer. */
arc_status arci_policy_read(arci_env *env, arci_arena *arena, arci_policy *out, const char *json, size_t len);
arc_status arci_credit_policy_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
/* The one in force: that which the setting credit.policy names, else "default"; where there is none, exposure has its usual parts and no rule. ARC_E_NOT_FOUND: the one named is not in force. */
arc_status arci_policy_get(arci_txn *t, arci_arena *arena, arci_policy *out, arc_date on);
/* Whether the book has any policy: asks nothing where there is none. */
arc_status arci_policy_any(arci_txn *t, arci_arena *arena, int *any);
int arci_policy_rule_for(const arci_credit_rule *r, const arc_value *segment);

#endif
