/* SPDX-License-Identifier: Apache-2.0 */
/* The table of operations, and the store's check of itself. */
#include <stdio.h>

#include "backend/memory_read.h"

static const arc_backend_ops memory_ops = {
    ARC_BACKEND_HEAD,
    .scheme = "memory",
    .description = "rows in memory, gone when the last handle closes",
    .caps = ARC_CAP_SINGLE_WRITER | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT,
    .threads = ARC_THREADS_HANDLES,
    .open = arci_mem_open,
    .close = arci_mem_close,
    .migrate = arci_mem_migrate,
    .begin = arci_mem_begin,
    .commit = arci_mem_commit,
    .rollback = arci_mem_rollback,
    .write = arci_mem_write,
    .fetch = arci_mem_fetch,
    .next = arci_mem_next,
    .end = arci_mem_end,
    .reserve = arci_mem_reserve,
    .plan = arci_mem_plan,
    .aggregate = arci_mem_aggregate,
    .get_many = arci_mem_get_many,
    .savepoint = arci_mem_savepoint,
    .rollback_to = arci_mem_rollback_to,
    .release = arci_mem_release,
    .check = arci_mem_check,
    .explain = arci_mem_explain,
    .next_number = arci_mem_next_number,
    .snapshot = arci_mem_snapshot,
};

const arc_backend_ops *arci_backend_memory(void)
{
    return &memory_ops;
}

typedef struct finder {
    mem_txn *txn;
    const mem_table *table;
    void (*report)(void *user, const char *finding);
    void *user;
} finder;

static void found(finder *f, const mem_tree *tree, const char *what)
{
    char text[300];
    (void)snprintf(text, sizeof text, "%.60s%s%.60s: %s", f->table->t.name, tree->index ? "." : "",
                   tree->index ? tree->index->name : "", what);
    f->report(f->user, text);
}

/* Every row that belongs in the index is there as it should be; together with equal counts nothing else is. */
static arc_status check_index(finder *f, const mem_tree *tree)
{
    const mem_tree *rows = &f->table->trees[0];
    const arc_host *host = f->txn->host;
    uint64_t want = 0, steps = 0;
    mem_pos pos, at;
    arci_mem_first(&f->txn->roots[rows->root], &pos);
    for (; arci_mem_settle(&pos); pos.at[pos.depth - 1].i++) {
        uint64_t entry[MEM_ENTRY_WORDS];
        const mem_row *row = mem_pointer(mem_entry(rows, mem_leaf(&pos), mem_index(&pos)) + rows->payload);
        if (++steps % 4096 == 0 && host->cancelled && host->cancelled(host)) return ARC_E_CANCELLED;
        if (!arci_mem_in_index(f->table, tree, row)) continue;
        want++;
        arci_mem_entry_of_row(f->table, tree, (uint8_t *)entry, row);
        const uint8_t *has = arci_mem_find(tree, &f->txn->roots[tree->root], (uint8_t *)entry, &at);
        if (!has)
            found(f, tree, "a row is missing");
        else if (!arci_mem_entry_same(tree, has, (uint8_t *)entry, tree->n_slots))
            found(f, tree, "a row is out of date");
    }
    if (want != f->txn->roots[tree->root].count) found(f, tree, "entries that no row has");
    return ARC_OK;
}

static arc_status check_tables(finder *f)
{
    for (uint32_t t = 0; t < f->txn->layout->n_tables; t++) {
        f->table = &f->txn->layout->tables[t];
        for (uint32_t i = 0; i < f->table->n_trees; i++) {
            const mem_tree *tree = &f->table->trees[i];
            const char *fault = arci_mem_tree_check(tree, &f->txn->roots[tree->root]);
            if (fault) found(f, tree, fault);
            arc_status status = i ? check_index(f, tree) : ARC_OK;
            if (status) return status;
        }
    }
    return ARC_OK;
}

arc_status arci_mem_check(void *handle, void (*report)(void *user, const char *finding), void *user)
{
    mem_handle *be = handle;
    void *mine = NULL;
    if (!be || !report) return ARC_E_INVALID;
    if (!be->txn) {
        arc_status status = arci_mem_begin(be, ARC_TXN_READ, 0, &mine);
        if (status) return status;
    }
    finder f = { be->txn, NULL, report, user };
    arc_status status = check_tables(&f);
    arci_mem_rollback(mine);
    return status;
}
