/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/aging.h"

arc_status arci_aging_contracts_read(arci_aging_run *run, const arc_block *block, uint32_t id_at, arci_aging_contracts *out)
{
    enum { CONTRACT, INVOICE };
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    const uint32_t n = block->n_rows;
    int64_t *ids = arci_arena_alloc(&run->work, (n + 1u) * sizeof *ids);
    out->contracts = arci_arena_calloc(&run->work, n + 1u, sizeof *out->contracts);
    out->shared = arci_arena_calloc(&run->work, n + 1u, sizeof *out->shared);
    if (!ids || !out->contracts || !out->shared) return arci_nomem(run->env);
    for (uint32_t r = 0; r < n; r++) ids[r] = block->values[(size_t)r * block->n_cols + id_at].u.i;
    arc_status st = arci_shape_get(run->t, &shape, "item", "contract invoice");
    if (st == ARC_OK && n) st = arci_repo_get_many(run->t, shape, ids, n, &run->work, &values, &found);
    if (st != ARC_OK || !n) return st;
    for (uint32_t r = 0; r < n; r++) ids[r] = found[r] && values[2 * (size_t)r + INVOICE].type == ARC_V_INT ? values[2 * (size_t)r + INVOICE].u.i : 0;
    st = arci_by_contract_read(run->t, &run->work, &out->by, ids, n, run->as_of);
    for (uint32_t r = 0; st == ARC_OK && r < n; r++) {
        const arc_value *contract = &values[2 * (size_t)r + CONTRACT];
        out->contracts[r] = found[r] && contract->type == ARC_V_INT ? contract->u.i : 0;
        out->shared[r] = ids[r] ? arci_shared_find(&out->by, ids[r]) : NULL;
    }
    return st;
}
