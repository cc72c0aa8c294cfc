/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/invoice_lock.h"

#include "billing/invoice.h"

/* Documents that point at others come first, those they point at behind them: a verb that holds one and then reaches for what it points at keeps to the same order. Within a rank
 * the store goes by id. */
enum { NOTES, INVOICES, ADVANCES, RANKS };

static int rank_of(const arc_value *kind)
{
    return arci_code_is(kind, "credit_note") ? NOTES : arci_code_is(kind, "advance") ? ADVANCES : INVOICES;
}

arc_status arci_invoices_lock(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value *kinds;
    uint8_t *found;
    if (n < 2 || (t->book->ops->caps & ARC_CAP_SINGLE_WRITER)) return arci_repo_lock(t, "invoice", ids, n);
    int64_t *of = arci_arena_alloc(arena, n * sizeof *of);
    if (!of) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "invoice", "kind"); /* what a document is it stays */
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &kinds, &found);
    for (int rank = 0; st == ARC_OK && rank < RANKS; rank++) {
        uint32_t m = 0;
        for (uint32_t i = 0; i < n; i++) if (found[i] && rank_of(&kinds[i]) == rank) of[m++] = ids[i];
        if (m) st = arci_repo_lock(t, "invoice", of, m);
    }
    return st;
}
