/* SPDX-License-Identifier: Apache-2.0 */
/* External ids for the upsert. */
#ifndef ARCI_STORE_EXTERNAL_H
#define ARCI_STORE_EXTERNAL_H

#include "arcore/external.h"
#include "store/verb.h"

#define ARCI_SYSTEM_MAX 64u
#define ARCI_EXTERNAL_MAX 200u

arc_status arci_external_check(arci_env *env, const char *system, const char *value);
/* rows[i] for values[i], 0 where unknown. */
arc_status arci_external_rows(arci_txn *t, arci_arena *arena, const arci_entity *e, const char *system, const char *const *values, uint32_t n,
                              int64_t *rows);
/* ARC_E_EXISTS when it is taken. */
arc_status arci_external_note(arci_txn *t, arci_arena *arena, const arci_entity *e, int64_t row, const char *system, const char *value);

#endif
