/* SPDX-License-Identifier: Apache-2.0 */
/* What a source system may change: a definition of kind "source", whose code is the system's (docs/sync.md). */
#ifndef ARCI_EXCHANGE_SOURCE_H
#define ARCI_EXCHANGE_SOURCE_H

#include "model/valid.h"
#include "store/session.h"

typedef enum arci_ownership { ARCI_OWNED, ARCI_SKIPPED, ARCI_REFUSED } arci_ownership;

typedef struct arci_source_entity {
    const arci_entity *entity;
    const uint32_t *owns; /* field numbers */
    uint32_t n;
    arci_ownership others;
    uint8_t all; /* owns every field */
} arci_source_entity;

typedef struct arci_source {
    arci_arena arena;
    arci_source_entity *entities;
    uint32_t n;
    arci_ownership unlisted; /* fields of entities that are not named */
} arci_source;

/* With a sink all faults are noted, as arci_valid_read() does. */
arc_status arci_source_read(arci_env *env, const arci_custom *custom, const char *json, size_t len, arci_fault_sink *sink, arci_source **out);
void arci_source_free(arc_context *ctx, arci_source *s); /* NULL allowed */
/* s NULL: a system without a definition owns all it sets. */
arci_ownership arci_source_owns(const arci_source *s, const arci_entity *e, uint32_t field);
/* The definition in force for a system; NULL when there is none. */
arc_status arci_source_get(arci_txn *t, const char *system, arci_source **out);
/* The check of kind "source". */
arc_status arci_source_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);

#endif
