/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/ranks.h"

#include <string.h>

enum { MAX_COLS = 256 };

arc_status arci_table_scan(arci_txn *t, arci_scan **out, const arci_table *table, const uint16_t *cols, uint32_t n_cols)
{
    arc_order order[ARCI_MAX_KEY];
    uint16_t all[MAX_COLS];
    arci_scan_spec spec;
    uint16_t i;
    memset(&spec, 0, sizeof spec);
    memset(order, 0, sizeof order);
    for (i = 0; i < MAX_COLS; i++) all[i] = i;
    for (i = 1; i < table->desc->n_key; i++) order[i - 1].col = table->desc->key[i];
    spec.entity = table->entity;
    spec.cols = cols ? cols : all;
    spec.n_cols = cols ? n_cols : table->n_cols;
    spec.order = order;
    spec.n_order = table->desc->n_key - 1u;
    return arci_scan_open(t, out, &spec);
}

static int add_id(arci_ranks *r, arci_rank_list *l, int64_t id)
{
    if (l->n == 0 && id == l->dense + 1) {
        l->dense++;
        return 1;
    }
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 1024;
        int64_t *p = arci_resize(r->ctx, l->rest, cap * sizeof *p);
        if (!p) return 0;
        l->rest = p;
        l->cap = cap;
    }
    l->rest[l->n++] = id;
    return 1;
}

static arc_status read_ids(arci_txn *t, arci_ranks *r, const arci_table *table)
{
    arci_rank_list *list = &r->lists[table->number];
    arci_scan *scan;
    arc_block block;
    uint32_t i;
    arc_status st = arci_table_scan(t, &scan, table, &table->col_id, 1);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (i = 0; st == ARC_OK && i < block.n_rows; i++)
            if (!add_id(r, list, block.values[(size_t)i * block.n_cols].u.i)) st = arci_nomem(t->env);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_ranks_read(arci_txn *t, arci_ranks *r)
{
    uint32_t i;
    arc_status st = ARC_OK;
    r->ctx = t->book->ctx;
    r->store = t->book->store;
    r->lists = arci_calloc(r->ctx, r->store->n_tables, sizeof *r->lists);
    if (!r->lists) return arci_nomem(t->env);
    for (i = 0; st == ARC_OK && i < r->store->n_tables; i++)
        if (r->store->tables[i].draws_id) st = read_ids(t, r, &r->store->tables[i]);
    return st;
}

void arci_ranks_clear(arci_ranks *r)
{
    uint32_t i;
    for (i = 0; r->lists && i < r->store->n_tables; i++) arci_free(r->ctx, r->lists[i].rest);
    arci_free(r->ctx, r->lists);
    r->lists = NULL;
}

int64_t arci_rank(const arci_ranks *r, const arci_entity *e, int64_t id)
{
    const arci_table *table = e ? arci_store_table(r->store, e) : NULL;
    const arci_rank_list *l;
    size_t lo = 0, hi;
    if (!table) return 0;
    l = &r->lists[table->number];
    if (id >= 1 && id <= l->dense) return id;
    hi = l->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->rest[mid] < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < l->n && l->rest[lo] == id ? l->dense + (int64_t)lo + 1 : 0;
}
