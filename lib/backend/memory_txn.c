/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: who may write, what a reader sees, and when the memory of an old version goes. */
#include "backend/memory_impl.h"

#define SLICE_MS 20u /* how often a wait asks whether it was cancelled */

arc_status arci_mem_fail(mem_txn *txn, arc_status status, const char *message)
{
    if (!txn->doomed) txn->doomed = status;
    if (message && txn->host->set_error) txn->host->set_error(txn->host, status, 0, NULL, message);
    return status;
}

arc_status arci_mem_usable(mem_txn *txn, int write)
{
    if (!txn) return ARC_E_INVALID;
    if (txn->doomed) return ARC_E_DOOMED;
    if (write && !txn->write) return arci_mem_fail(txn, ARC_E_TXN, "this is a READ transaction");
    return ARC_OK;
}

/* ---- the writer's place ------------------------------------------------------------------------------------------------------ */

arc_status arci_mem_acquire(mem_handle *be, uint32_t timeout_ms)
{
    mem_store *store = be->store;
    int64_t start = -1;
    arci_mutex_lock(&store->lock);
    while (store->writing) {
        int64_t now = arci_steady_ms();
        if (start < 0) start = now;
        if (now - start >= (int64_t)timeout_ms) {
            arci_mutex_unlock(&store->lock);
            return ARC_E_BUSY;
        }
        int64_t left = (int64_t)timeout_ms - (now - start);
        arci_cond_wait(&store->freed, &store->lock, left < (int64_t)SLICE_MS ? (uint32_t)left : SLICE_MS);
        if (!store->writing || !be->host->cancelled) continue;
        arci_mutex_unlock(&store->lock);
        if (be->host->cancelled(be->host)) return ARC_E_CANCELLED;
        arci_mutex_lock(&store->lock);
    }
    store->writing = 1;
    arci_mutex_unlock(&store->lock);
    return ARC_OK;
}

/* Takes the versions nobody can see any more off the chain; the lock is held. The caller frees them after unlocking. */
static mem_version *collect(mem_store *store)
{
    mem_version *dead = NULL, **tail = &dead;
    while (store->oldest != store->current && !store->oldest->refs) {
        *tail = store->oldest;
        store->oldest = store->oldest->newer;
        tail = &(*tail)->newer;
    }
    *tail = NULL;
    return dead;
}

static void bury(const arc_host *host, mem_version *dead)
{
    while (dead) {
        mem_version *newer = dead->newer;
        arci_mem_log_free(host, &dead->retired);
        mem_free(host, dead);
        dead = newer;
    }
}

void arci_mem_give_up(mem_handle *be)
{
    arci_mutex_lock(&be->store->lock);
    be->store->writing = 0;
    arci_cond_wake(&be->store->freed);
    arci_mutex_unlock(&be->store->lock);
}

void arci_mem_publish(mem_handle *be, mem_version *next, mem_log *retired)
{
    mem_store *store = be->store;
    arci_mutex_lock(&store->lock);
    if (store->current) {
        if (retired) store->current->retired = *retired;
        store->current->newer = next;
    } else {
        store->oldest = next;
    }
    next->number = ++store->published;
    store->current = next;
    store->writing = 0;
    mem_version *dead = collect(store);
    arci_cond_wake(&store->freed);
    arci_mutex_unlock(&store->lock);
    bury(be->host, dead);
}

/* ---- begin and end ------------------------------------------------------------------------------------------------------------ */

void arci_mem_txn_init(mem_txn *txn, mem_handle *be, mem_version *next)
{
    memset(txn, 0, sizeof *txn);
    txn->be = be;
    txn->host = be->host;
    txn->next = next;
    txn->layout = next->layout;
    txn->roots = next->roots;
    txn->write = 1;
    txn->stamp = txn->first_stamp = ++be->store->stamp;
}

static arc_status begin_write(mem_handle *be, uint32_t timeout_ms, mem_txn *txn)
{
    if (be->flags & ARC_OPEN_READONLY) return ARC_E_READONLY;
    arc_status status = arci_mem_acquire(be, timeout_ms);
    if (status) return status;
    const mem_version *now = be->store->current; /* only a writer changes it, and that is us */
    mem_version *next = arci_mem_version_make(be->host, now->layout);
    if (!next) {
        arci_mem_give_up(be);
        return ARC_E_NOMEM;
    }
    memcpy(next->roots, now->roots, now->n_roots * sizeof(mem_root));
    arci_mem_txn_init(txn, be, next);
    return ARC_OK;
}

static void begin_read(mem_handle *be, mem_txn *txn)
{
    arci_mutex_lock(&be->store->lock);
    txn->base = be->store->current;
    txn->base->refs++;
    arci_mutex_unlock(&be->store->lock);
    txn->be = be;
    txn->host = be->host;
    txn->layout = txn->base->layout;
    txn->roots = txn->base->roots;
}

arc_status arci_mem_begin(void *handle, uint32_t mode, uint32_t timeout_ms, void **out)
{
    mem_handle *be = handle;
    if (!be || !out) return ARC_E_INVALID;
    *out = NULL;
    if (mode != ARC_TXN_READ && mode != ARC_TXN_WRITE) return ARC_E_INVALID;
    if (!be->ready || be->txn) return ARC_E_TXN;
    mem_txn *txn = arci_mem_zalloc(be->host, sizeof *txn);
    if (!txn) return ARC_E_NOMEM;
    if (mode == ARC_TXN_WRITE) {
        arc_status status = begin_write(be, timeout_ms, txn);
        if (status) {
            mem_free(be->host, txn);
            return status;
        }
    } else {
        begin_read(be, txn);
    }
    *out = be->txn = txn;
    return ARC_OK;
}

arc_status arci_mem_snapshot(void *handle, uint64_t *number)
{
    mem_txn *txn = handle;
    if (!txn || !number) return ARC_E_INVALID;
    if (txn->write) return ARC_E_UNSUPPORTED;
    *number = txn->base->number;
    return ARC_OK;
}

static void finish(mem_txn *txn)
{
    const arc_host *host = txn->host;
    while (txn->n_saves) mem_free(host, txn->saves[--txn->n_saves].roots);
    mem_free(host, txn->saves);
    txn->be->txn = NULL;
    mem_free(host, txn);
}

static void end_read(mem_txn *txn)
{
    mem_store *store = txn->be->store;
    arci_mutex_lock(&store->lock);
    txn->base->refs--;
    mem_version *dead = collect(store);
    arci_mutex_unlock(&store->lock);
    bury(txn->host, dead);
    finish(txn);
}

void arci_mem_rollback(void *handle)
{
    mem_txn *txn = handle;
    if (!txn) return;
    arci_mem_cursors_drop(txn);
    if (!txn->write) {
        end_read(txn);
        return;
    }
    arci_mem_log_free(txn->host, &txn->created);
    mem_free(txn->host, txn->retired.p);
    mem_free(txn->host, txn->next);
    arci_mem_give_up(txn->be);
    finish(txn);
}

arc_status arci_mem_commit(void *handle)
{
    mem_txn *txn = handle;
    if (!txn) return ARC_E_INVALID;
    if (txn->doomed || !txn->write || !txn->changed) {
        arc_status status = txn->doomed ? ARC_E_DOOMED : ARC_OK;
        arci_mem_rollback(txn);
        return status;
    }
    arci_mem_cursors_drop(txn);
    for (size_t i = 0; i < txn->created.n; i++) /* of undone savepoints */
        if (txn->created.p[i] & 1u) mem_free(txn->host, (void *)(txn->created.p[i] & ~(uintptr_t)1));
    mem_free(txn->host, txn->created.p);
    arci_mem_publish(txn->be, txn->next, &txn->retired);
    finish(txn);
    return ARC_OK;
}

/* ---- sequences ----------------------------------------------------------------------------------------------------------------- */

/* The entry of a sequence, numbered 0, in `entry`; the one that is there, or NULL. */
static const uint8_t *sequence_of(mem_txn *txn, int64_t book, const char *sequence, size_t len, uint8_t *entry)
{
    const mem_tree *tree = &txn->layout->sequences;
    arc_value key[3];
    mem_pos pos;
    memset(key, 0, sizeof key);
    key[0].type = key[2].type = ARC_V_INT;
    key[0].u.i = book;
    key[1].type = ARC_V_TEXT;
    key[1].len = (uint32_t)len;
    key[1].u.s = sequence;
    for (uint32_t k = 0; k < 3; k++) arci_mem_slot_set(tree, entry, k, &key[k]);
    return arci_mem_find(tree, &txn->roots[tree->root], entry, &pos);
}

static arc_status reserve(mem_txn *txn, int64_t book, const char *sequence, size_t len, uint32_t n, int64_t *first)
{
    const mem_tree *tree = &txn->layout->sequences;
    uint64_t buffer[8] = { 0 };
    uint8_t *entry = (uint8_t *)buffer;
    arc_value last = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    const uint8_t *had = sequence_of(txn, book, sequence, len, entry);
    if (had) last = arci_mem_slot_value(tree, had, 2);
    *first = last.u.i;
    if (arci_add64(last.u.i, (int64_t)n, &last.u.i)) return ARC_E_OVERFLOW;
    *first += 1;
    arci_mem_slot_set(tree, entry, 2, &last);
    arc_status status = arci_mem_entry_own(txn, tree, entry);
    if (status) return status;
    return had ? arci_mem_replace(txn, tree, entry) : arci_mem_insert(txn, tree, entry);
}

arc_status arci_mem_next_number(void *handle, int64_t book, const char *sequence, int64_t *next)
{
    mem_txn *txn = handle;
    uint64_t buffer[8] = { 0 };
    arc_status status = arci_mem_usable(txn, 0);
    if (status) return status;
    if (!sequence || !next || strlen(sequence) > UINT32_MAX) return arci_mem_fail(txn, ARC_E_INVALID, "next_number: a name is needed");
    const uint8_t *had = sequence_of(txn, book, sequence, strlen(sequence), (uint8_t *)buffer);
    *next = had ? arci_mem_slot_value(&txn->layout->sequences, had, 2).u.i + 1 : 1;
    return ARC_OK;
}

arc_status arci_mem_reserve(void *handle, int64_t book, const char *sequence, uint32_t n, int64_t *first)
{
    mem_txn *txn = handle;
    arc_status status = arci_mem_usable(txn, 1);
    if (status) return status;
    if (!sequence || !first || !n) return arci_mem_fail(txn, ARC_E_INVALID, "reserve: a name and a count are needed");
    size_t len = strlen(sequence);
    if (len > UINT32_MAX) return arci_mem_fail(txn, ARC_E_LIMIT, NULL);
    arci_mem_guard_cursors(txn);
    status = reserve(txn, book, sequence, len, n, first);
    return status ? arci_mem_fail(txn, status, NULL) : ARC_OK;
}
