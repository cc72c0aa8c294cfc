/* SPDX-License-Identifier: Apache-2.0 */
/* A role's document, read and checked:
 *
 *     { "code": "sales", "name": "Sales", "name_zh": "销售",
 *       "rows": "own",                                     own, team, subtree, region, all; or an object by entity, "*" for the others
 *       "owner_at": "document",                            or "now": whose the customer is today decides over documents too
 *       "verbs": [ "*.read", "!bank_account.read", "invoice.record" ],     the last that fits decides
 *       "fields": { "customer.legal_rep": "mask", "bank_account.*": "none" },
 *       "authority": [ { "verb": "adjustment.write_off", "currency": "CNY", "amount": "5000.00" } ],
 *       "excludes": [ { "role": "cashier", "rule": "who posts receipts never writes off" } ] }
 *
 * "*" as entity is every one but those of the platform itself, which "@system" names. */
#ifndef ARCI_SECURITY_ROLE_H
#define ARCI_SECURITY_ROLE_H

#include "base/json.h"
#include "store/access.h"

enum { ARCI_ROWS_DEFAULT, ARCI_ROWS_OWN, ARCI_ROWS_TEAM, ARCI_ROWS_SUBTREE, ARCI_ROWS_REGION, ARCI_ROWS_ALL };
extern const char *const arci_rows_names[]; /* by ARCI_ROWS_* less 1; NULL-terminated */

#define ARCI_ROLE_MAX_EXCLUDES 100u
#define ARCI_ROLE_MAX_AUTHORITIES 200u

typedef struct arci_role_exclude {
    const char *role, *rule; /* rule "" when none is told */
} arci_role_exclude;

typedef struct arci_role {
    const char *code, *name, *name_zh; /* name_zh NULL: none */
    uint8_t rows, at; /* ARCI_ROWS_*, ARCI_AT_* */
    uint8_t *rows_of;  /* by entity position: ARCI_ROWS_* or ARCI_ROWS_DEFAULT */
    uint8_t *verbs;    /* by entity position * ARCI_N_VERBS + verb: 0 or 1 */
    uint8_t **fields;  /* by entity position: rights by field position (0: not named), or NULL */
    arci_role_exclude *excludes;
    arci_authority *authorities;
    arci_custom_right *customs; /* rights on the book's own x_ fields */
    uint32_t n_excludes, n_authorities, n_customs;
} arci_role;

/* Reads and checks a document; everything lies in the arena. ARC_E_SYNTAX, ARC_E_NOT_FOUND, ARC_E_VALUE, ARC_E_REQUIRED, ARC_E_LIMIT,
 * ARC_E_CURRENCY ... with the JSON Pointer. */
arc_status arci_role_read(arci_env *env, arci_arena *arena, const char *json, size_t len, arci_role *out);

/* The roles that are shipped: one document each. */
extern const char *const arci_shipped_roles[];
extern const uint32_t arci_n_shipped_roles;

/* Two duties of one person about one customer that exclude each other although no role does: whoever did `first` may not do `then`. */
typedef struct arci_sod_rule {
    const char *first; /* entity whose rows were written */
    const char *then;  /* verb */
    const char *rule, *rule_zh;
} arci_sod_rule;
extern const arci_sod_rule arci_sod_rules[];
extern const uint32_t arci_n_sod_rules;

#endif
