/* SPDX-License-Identifier: Apache-2.0 */
/* Account maps: which account of a general ledger an account role of the journal is. Definitions of kind "account_map"; docs/journal.md has their form. */
#ifndef ARCI_LEDGER_ACCOUNT_MAP_H
#define ARCI_LEDGER_ACCOUNT_MAP_H

#include "store/definition.h"

/* Auxiliary dimensions an account demands, and that may decide which account it is. */
enum { ARCI_AUX_CUSTOMER, ARCI_AUX_DEPARTMENT, ARCI_AUX_PERSON, ARCI_AUX_PROJECT, ARCI_AUX_BUSINESS_LINE, ARCI_AUX_N };
extern const char *const arci_aux_names[ARCI_AUX_N];

/* What an override looks at. */
enum { ARCI_KEY_SEGMENT, ARCI_KEY_CURRENCY, ARCI_KEY_DEPARTMENT, ARCI_KEY_BUSINESS_LINE, ARCI_KEY_N };

typedef struct arci_gl_account {
    const char *code, *name, *name_en; /* name_en: "" when none */
    uint32_t aux;                      /* bits of ARCI_AUX_* */
    const char *keys[ARCI_KEY_N];      /* NULL: any */
    uint32_t n_keys;
} arci_gl_account;

typedef struct arci_mapped_role {
    const char *role;
    arci_gl_account *accounts; /* [0] applies where no override does */
    uint32_t n;
} arci_mapped_role;

typedef struct arci_account_map {
    int64_t id, revision; /* of the definition */
    const char *code;
    arci_mapped_role *roles; /* by name */
    uint32_t n;
} arci_account_map;

/* The check of kind "account_map". */
arc_status arci_account_map_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
/* A document, in the arena; of no definition. */
arc_status arci_account_map_read(arci_env *env, arci_arena *arena, const char *json, size_t len, arci_account_map *out);
/* The map in force on a day, in the arena. ARC_E_NOT_FOUND: none of that code. */
arc_status arci_account_map_get(arci_txn *t, arci_arena *arena, const char *code, arc_date on, arci_account_map **out);
/* The account of a role (n bytes): of the overrides whose keys all are as given the one with most keys, the first of equals. keys: texts or NULL.
 * NULL: the map does not know the role. */
const arci_gl_account *arci_account_map_find(const arci_account_map *map, const char *role, size_t n, const char *const keys[ARCI_KEY_N]);

#endif
