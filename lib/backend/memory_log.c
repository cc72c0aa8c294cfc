/* SPDX-License-Identifier: Apache-2.0 */
/* What a writer makes and no longer needs, and the points it can go back to. */
#include "backend/memory_impl.h"

void *arci_mem_zalloc(const arc_host *host, size_t size)
{
    void *p = mem_alloc(host, size);
    if (p) memset(p, 0, size);
    return p;
}

static int log_room(const arc_host *host, mem_log *log, size_t n)
{
    if (log->cap - log->n >= n) return 1;
    size_t cap = log->cap ? log->cap * 2 : 128;
    while (cap - log->n < n) cap *= 2;
    uintptr_t *p = host->resize(host, log->p, cap * sizeof *p);
    if (!p) return 0;
    log->p = p;
    log->cap = cap;
    return 1;
}

arc_status arci_mem_room(mem_txn *txn, size_t n)
{
    return log_room(txn->host, &txn->created, n) && log_room(txn->host, &txn->retired, n) ? ARC_OK : ARC_E_NOMEM;
}

void *arci_mem_make(mem_txn *txn, size_t size)
{
    void *p = mem_alloc(txn->host, size);
    if (p) txn->created.p[txn->created.n++] = (uintptr_t)p;
    return p;
}

void arci_mem_retire(mem_txn *txn, void *p)
{
    if (p) txn->retired.p[txn->retired.n++] = (uintptr_t)p;
}

mem_node *arci_mem_node_make(mem_txn *txn, const mem_tree *tree, uint32_t level)
{
    size_t size = level ? MEM_INNER_CAP * (sizeof(mem_node *) + tree->key) : (size_t)tree->leaf_cap * tree->entry;
    mem_node *node = arci_mem_make(txn, sizeof *node + size);
    if (!node) return NULL;
    node->stamp = txn->stamp;
    node->log = txn->created.n - 1;
    node->n = 0;
    node->level = level;
    return node;
}

/* Frees a node that only this transaction ever saw. */
static void node_forget(mem_txn *txn, mem_node *node)
{
    txn->created.p[node->log] = 0;
    mem_free(txn->host, node);
}

void arci_mem_node_retire(mem_txn *txn, mem_node *node)
{
    uint64_t since = txn->n_saves ? txn->saves[txn->n_saves - 1].stamp : txn->first_stamp;
    if (!txn->cursors && node->stamp >= since)
        node_forget(txn, node);
    else
        txn->retired.p[txn->retired.n++] = (uintptr_t)node | 1u;
}

void arci_mem_guard_cursors(mem_txn *txn)
{
    if (!txn->watched) return;
    txn->watched = 0;
    if (txn->cursors) txn->stamp = ++txn->be->store->stamp;
}

void arci_mem_log_free(const arc_host *host, mem_log *log)
{
    for (size_t i = 0; i < log->n; i++) mem_free(host, (void *)(log->p[i] & ~(uintptr_t)1));
    mem_free(host, log->p);
    memset(log, 0, sizeof *log);
}

/* ---- savepoints --------------------------------------------------------------------------------------------------------- */

static arc_status saves_room(mem_txn *txn)
{
    if (txn->n_saves < txn->cap_saves) return ARC_OK;
    uint32_t cap = txn->cap_saves ? txn->cap_saves * 2 : 4;
    mem_save *p = txn->host->resize(txn->host, txn->saves, cap * sizeof *p);
    if (!p) return ARC_E_NOMEM;
    txn->saves = p;
    txn->cap_saves = cap;
    return ARC_OK;
}

arc_status arci_mem_savepoint(void *handle, uint32_t depth)
{
    mem_txn *txn = handle;
    arc_status status = arci_mem_usable(txn, 1);
    if (status) return status;
    if (depth != txn->n_saves + 1) return arci_mem_fail(txn, ARC_E_INVALID, "savepoint out of order");
    size_t size = txn->layout->n_roots * sizeof(mem_root);
    mem_root *roots = saves_room(txn) ? NULL : mem_alloc(txn->host, size);
    if (!roots) return arci_mem_fail(txn, ARC_E_NOMEM, NULL);
    memcpy(roots, txn->roots, size);
    txn->stamp = ++txn->be->store->stamp;
    mem_save save = { roots, txn->created.n, txn->retired.n, txn->stamp };
    txn->saves[txn->n_saves++] = save;
    return ARC_OK;
}

static void drop_saves(mem_txn *txn, uint32_t keep)
{
    while (txn->n_saves > keep) mem_free(txn->host, txn->saves[--txn->n_saves].roots);
}

arc_status arci_mem_rollback_to(void *handle, uint32_t depth)
{
    mem_txn *txn = handle;
    arc_status status = arci_mem_usable(txn, 1);
    if (status) return status;
    if (!depth || depth > txn->n_saves) return arci_mem_fail(txn, ARC_E_INVALID, "no such savepoint");
    const mem_save *save = &txn->saves[depth - 1];
    memcpy(txn->roots, save->roots, txn->layout->n_roots * sizeof(mem_root));
    txn->retired.n = save->retired;
    if (txn->cursors) { /* one may still read what was made since: only marked, freed with the transaction */
        for (size_t i = save->created; i < txn->created.n; i++) txn->created.p[i] |= 1u;
    } else {
        for (size_t i = save->created; i < txn->created.n; i++)
            mem_free(txn->host, (void *)(txn->created.p[i] & ~(uintptr_t)1));
        txn->created.n = save->created;
    }
    drop_saves(txn, depth);
    return ARC_OK;
}

arc_status arci_mem_release(void *handle, uint32_t depth)
{
    mem_txn *txn = handle;
    arc_status status = arci_mem_usable(txn, 1);
    if (status) return status;
    if (!depth || depth > txn->n_saves) return arci_mem_fail(txn, ARC_E_INVALID, "no such savepoint");
    size_t from = txn->saves[depth - 1].retired, to = from;
    drop_saves(txn, depth - 1);
    /* Nodes kept for this point alone: a long run of small savepoints must not hoard them. */
    uint64_t since = depth > 1 ? txn->saves[depth - 2].stamp : txn->first_stamp;
    for (size_t i = from; i < txn->retired.n; i++) {
        uintptr_t p = txn->retired.p[i];
        mem_node *node = (mem_node *)(p & ~(uintptr_t)1);
        if ((p & 1u) && !txn->cursors && node->stamp >= since)
            node_forget(txn, node);
        else
            txn->retired.p[to++] = p;
    }
    txn->retired.n = to;
    return ARC_OK;
}
