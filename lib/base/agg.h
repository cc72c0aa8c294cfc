/* SPDX-License-Identifier: Apache-2.0 */
/* Grouping and measuring rows in memory, for the core and for backends that step rows faster than their store groups them. Answers as
 * arc_aggregate says: group values, then measures, ordered by the group values, NULL first; without groups exactly one row. */
#ifndef ARCI_BASE_AGG_H
#define ARCI_BASE_AGG_H

#include "arcore/sys/backend.h"
#include "base/num.h"

typedef struct arci_agg_cell {
    arci_acc sum;
    arc_value edge; /* of MIN and MAX */
    int64_t n;      /* values seen that are not NULL; rows for COUNT */
} arci_agg_cell;

typedef struct arci_agg_chunk arci_agg_chunk; /* texts */

typedef struct arci_agg {
    const arc_host *host;
    const arc_group *groups;     /* borrowed until clear */
    const arc_measure *measures; /* borrowed until clear */
    uint32_t n_groups, n_measures;
    const uint16_t *group_place;   /* where a group's column stands in a row; borrowed */
    const uint16_t *measure_place; /* the same for measures; unused for COUNT */
    size_t max_bytes;              /* ARC_E_LIMIT beyond; 0 = no bound */
    size_t bytes;
    arc_value *keys;      /* n_groups a group */
    arci_agg_cell *cells; /* n_measures a group */
    uint64_t *hashes;
    uint32_t *slots; /* group + 1 */
    uint32_t n, cap, n_slots, last;
    arci_agg_chunk *chunks;
    size_t chunk_used;
    uint32_t *order; /* after finish */
    arc_value *rows; /* after finish */
} arci_agg;

void arci_agg_init(arci_agg *a, const arc_host *host, const arc_group *groups, uint32_t n_groups, const arc_measure *measures,
                   uint32_t n_measures, const uint16_t *group_place, const uint16_t *measure_place, size_t max_bytes);
/* n rows, `stride` values apart. ARC_E_NOMEM, ARC_E_LIMIT. */
arc_status arci_agg_add(arci_agg *a, const arc_value *rows, uint32_t n, uint32_t stride);
/* Sorts and makes the answer: all rows in one block that lives until clear. ARC_E_OVERFLOW when a sum does not fit. n_rows may be 0. */
arc_status arci_agg_finish(arci_agg *a, arc_block *block);
void arci_agg_clear(arci_agg *a); /* frees; the same as never initialised */

#endif
