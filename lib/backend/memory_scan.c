/* SPDX-License-Identifier: Apache-2.0 */
/* Walking an access path: one range of a tree, or one a constant of IN, leaf by leaf. */
#include "backend/memory_read.h"

/* ---- opening ---------------------------------------------------------------------------------------------------------------- */

static int copy_bounds(mem_scan *s, mem_bump *b, const mem_access *a)
{
    arc_value *v = NULL;
    if (a->lo && !arci_mem_values_copy(b, a->lo->v, 1, &v)) return 0;
    if (a->lo) s->lo = v;
    if (a->hi && !arci_mem_values_copy(b, a->hi->v, 1, &v)) return 0;
    if (a->hi) s->hi = v;
    if (a->prefix && !arci_mem_values_copy(b, a->prefix->v, 1, &v)) return 0;
    if (a->prefix) s->prefix = v;
    s->lo_op = a->lo ? a->lo->op : 0;
    s->hi_op = a->hi ? a->hi->op : 0;
    s->n_ranges = 1;
    if (!a->in) return 1;
    /* The constants ascending, once each. */
    mem_pred *p;
    uint32_t n, first;
    arc_cond cond = { a->in, 1, 0 };
    if (!arci_mem_preds(b, s->table, s->tree, &cond, 1, 0, &p, &n, &first)) return 0;
    arc_value *in = (arc_value *)(uintptr_t)p->tests[0].v;
    n = 1;
    for (uint32_t i = 1; i < a->in->n; i++)
        if (arci_mem_value_cmp(&in[i], &in[n - 1])) in[n++] = in[i];
    s->in = in;
    s->n_ranges = n;
    return 1;
}

static int fix_slots(mem_scan *s, mem_bump *b, const mem_access *a)
{
    static const arc_value null = { ARC_V_NULL, { 0 }, 0, { 0 } };
    arc_value *v;
    for (uint32_t k = 0; k < a->n_eq; k++) {
        if (a->eq[k]->op == ARC_OP_IS_NULL) {
            arci_mem_slot_set(s->tree, (uint8_t *)s->bound, k, &null);
            continue;
        }
        if (!arci_mem_values_copy(b, a->eq[k]->v, 1, &v)) return 0;
        arci_mem_slot_set(s->tree, (uint8_t *)s->bound, k, v);
    }
    s->n_eq = a->n_eq;
    return 1;
}

/* `after` is applied by comparing until the first row behind it comes; where its values also name a place in the tree, the scan
 * starts there. */
static int copy_after(mem_scan *s, mem_bump *b, const mem_question *q, const mem_access *a, const arc_value *after)
{
    arc_value *v;
    mem_loc *locs = arci_mem_bump(b, q->n_order * sizeof *locs);
    arc_order *order = arci_mem_bump(b, q->n_order * sizeof *order);
    if (!locs || !order || !arci_mem_values_copy(b, after, q->n_order, &v)) return 0;
    memcpy(order, q->order, q->n_order * sizeof *order);
    s->after = v;
    s->order = order;
    s->n_order = q->n_order;
    s->order_locs = locs;
    s->after_slots = s->n_eq + a->n_mapped;
    s->after_whole = a->all_mapped;
    for (uint32_t i = 0; i < q->n_order; i++) {
        locs[i] = arci_mem_loc(s->table, s->tree, order[i].col);
        if (!locs[i].in_entry) s->need_row = 1;
        int slot = s->tree->slot_of[order[i].col];
        if (slot < 0 || (uint32_t)slot >= s->n_eq) continue;
        arc_value fixed = arci_mem_slot_value(s->tree, (uint8_t *)s->bound, (uint32_t)slot);
        if (arci_mem_value_cmp(&fixed, &v[i])) s->after_slots = 0;
    }
    return 1;
}

static arc_status scan_open(mem_scan *s, mem_bump *b, const mem_question *q, const mem_access *a, const arc_value *after)
{
    s->bound = arci_mem_bump(b, s->tree->entry);
    s->seek = arci_mem_bump(b, s->tree->entry);
    if (!s->bound || !s->seek || !fix_slots(s, b, a) || !copy_bounds(s, b, a)) return ARC_E_NOMEM;
    if (!arci_mem_preds(b, s->table, s->tree, q->conds, q->n_conds, a->done, &s->preds, &s->n_preds, &s->first_row))
        return ARC_E_NOMEM;
    if (s->first_row < s->n_preds) s->need_row = 1;
    if (after && q->n_order && !copy_after(s, b, q, a, after)) return ARC_E_NOMEM;
    for (uint32_t i = 0; i < q->n_cols; i++)
        if (s->tree->slot_of[q->cols[i]] < 0) s->need_row = 1;
    return ARC_OK;
}

/* ---- ranges ------------------------------------------------------------------------------------------------------------------ */

static void seek(mem_scan *s, const arc_value *v, int mode, int prefix, mem_pos *pos)
{
    memcpy(s->seek, s->bound, s->tree->entry);
    if (v) arci_mem_slot_set(s->tree, (uint8_t *)s->seek, s->n_eq, v);
    arci_mem_seek(s->tree, &s->root, (uint8_t *)s->seek, s->n_eq + (v ? 1u : 0u), mode, prefix, pos);
}

static void seek_after(mem_scan *s)
{
    mem_pos pos;
    memcpy(s->seek, s->bound, s->tree->entry);
    for (uint32_t i = 0; i < s->n_order; i++) {
        int slot = s->tree->slot_of[s->order[i].col];
        if (slot >= (int)s->n_eq && (uint32_t)slot < s->after_slots)
            arci_mem_slot_set(s->tree, (uint8_t *)s->seek, (uint32_t)slot, &s->after[i]);
    }
    int beyond = s->after_whole;
    arci_mem_seek(s->tree, &s->root, (uint8_t *)s->seek, s->after_slots, beyond != s->reverse ? MEM_GT : MEM_GE, 0, &pos);
    if (s->reverse) {
        if (arci_mem_pos_cmp(&pos, &s->end) < 0) s->end = pos;
    } else if (arci_mem_pos_cmp(&pos, &s->pos) > 0) {
        s->pos = pos;
    }
}

/* Sets pos and end for one range; 0: it is empty. */
static int range_open(mem_scan *s, uint32_t r)
{
    static const arc_value null = { ARC_V_NULL, { 0 }, 0, { 0 } };
    const arc_value *same = s->in ? &s->in[r] : s->prefix;
    if (!s->root.node) return 0;
    if (same) {
        seek(s, same, MEM_GE, !s->in, &s->pos);
        seek(s, same, MEM_GT, !s->in, &s->end);
    } else {
        if (s->lo)
            seek(s, s->lo, s->lo_op == ARC_OP_GT ? MEM_GT : MEM_GE, 0, &s->pos);
        else
            seek(s, s->hi ? &null : NULL, s->hi ? MEM_GT : MEM_GE, 0, &s->pos);
        seek(s, s->hi, s->hi && s->hi_op == ARC_OP_LT ? MEM_GE : MEM_GT, 0, &s->end);
    }
    if (s->after && s->after_slots) seek_after(s);
    return arci_mem_pos_cmp(&s->pos, &s->end) < 0;
}

/* How far into the tree a place is, of 65,536. */
static uint32_t share_before(const mem_pos *pos)
{
    uint32_t at = 0, width = 65536;
    for (uint32_t d = 0; d < pos->depth && width; d++) {
        uint32_t n = pos->at[d].node->n;
        at += width * pos->at[d].i / n;
        width /= n;
    }
    return at;
}

/* Finding a row by its key costs about as much as passing five on the way through all of them. */
static int names_many(mem_scan *s)
{
    return s->n_ranges == 1 && range_open(s, 0) && share_before(&s->end) - share_before(&s->pos) > 65536 / 5;
}

static arc_status scan_make(mem_scan **out, const mem_access *a, mem_bump *b, mem_txn *txn, const mem_question *q,
                            const arc_value *after)
{
    mem_scan *s = *out = arci_mem_bump(b, sizeof *s);
    if (!s) return ARC_E_NOMEM;
    s->txn = txn;
    s->table = q->table;
    s->tree = a->tree;
    s->root = txn->roots[a->tree->root];
    s->rows = txn->roots[q->table->trees[0].root];
    s->reverse = a->reverse;
    arc_status status = scan_open(s, b, q, a, after);
    s->range = s->reverse ? s->n_ranges : 0;
    return status;
}

arc_status arci_mem_scan_open(mem_scan **out, mem_access *a, mem_bump *b, mem_txn *txn, const mem_question *q,
                              const arc_value *after)
{
    if (!arci_mem_choose(q, a)) return ARC_E_INVALID;
    arc_status status = scan_make(out, a, b, txn, q, after);
    if (status || !a->tree->index || a->covering || a->one || q->must_order || !names_many(*out)) return status;
    mem_question rows = *q;
    rows.rows_only = 1;
    (void)arci_mem_choose(&rows, a);
    return scan_make(out, a, b, txn, &rows, after);
}

/* The walk will come to the leaf beside this one; fetching its lines now hides most of the wait. */
static void warm(const mem_scan *s)
{
    const mem_pos *pos = s->reverse ? &s->end : &s->pos;
    if (pos->depth < 2) return;
    const mem_node *parent = pos->at[pos->depth - 2].node;
    uint32_t i = pos->at[pos->depth - 2].i + (s->reverse ? UINT32_MAX : 1u);
    if (i >= parent->n) return;
    const char *beside = (const char *)*mem_child(parent, i);
    size_t size = (size_t)s->tree->leaf_cap * s->tree->entry;
    for (size_t at = 0; at < size; at += 64) mem_prefetch(beside + at);
}

static int leaf_open(mem_scan *s)
{
    if (mem_leaf(&s->pos) != mem_leaf(&s->end)) warm(s);
    const mem_node *last = mem_leaf(&s->end), *first = mem_leaf(&s->pos);
    s->leaf = s->reverse ? mem_leaf(&s->end) : mem_leaf(&s->pos);
    s->from = s->leaf == first ? mem_index(&s->pos) : 0;
    s->to = s->leaf == last ? mem_index(&s->end) : s->leaf->n;
    return 1;
}

static int next_leaf(mem_scan *s)
{
    if (s->open) {
        if (mem_leaf(&s->pos) != mem_leaf(&s->end) && (s->reverse ? arci_mem_prev_leaf(&s->end) : arci_mem_next_leaf(&s->pos)))
            return leaf_open(s);
        s->open = 0;
    }
    while (s->reverse ? s->range > 0 : s->range < s->n_ranges) {
        uint32_t r = s->reverse ? --s->range : s->range++;
        if (!range_open(s, r)) continue;
        s->open = 1;
        return leaf_open(s);
    }
    return 0;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------- */

static const mem_row *row_of(const mem_scan *s, const uint8_t *entry)
{
    const mem_tree *rows = &s->table->trees[0];
    if (!s->tree->index) return mem_pointer(entry + rows->payload);
    uint64_t key[MEM_ENTRY_WORDS];
    mem_pos pos;
    key[0] = 0;
    for (uint32_t k = 0; k < rows->n_key; k++) {
        const mem_slot *from = &s->tree->slots[s->tree->slot_of[rows->slots[k].col]];
        memcpy((uint8_t *)key + rows->slots[k].off, entry + from->off, from->kind == ARC_V_INT ? 8 : 16);
    }
    const uint8_t *found = arci_mem_find(rows, &s->rows, (uint8_t *)key, &pos);
    return found ? mem_pointer(found + rows->payload) : NULL;
}

static int behind(mem_scan *s, const mem_src *src)
{
    for (uint32_t i = 0; i < s->n_order; i++) {
        arc_value v = arci_mem_get(src, &s->order_locs[i]);
        int r = arci_mem_value_cmp(&v, &s->after[i]);
        if (!r) continue;
        if ((r > 0) == s->order[i].descending) return 0;
        s->after = NULL; /* rows come in order: all that follow are behind it too */
        return 1;
    }
    return 0;
}

static int holds(mem_scan *s, mem_src *src)
{
    for (uint32_t i = 0; i < s->first_row; i++)
        if (!arci_mem_pred_holds(&s->preds[i], src)) return 0;
    if (s->need_row) {
        src->row = row_of(s, src->entry);
        if (!src->row) return 0;
        for (uint32_t i = s->first_row; i < s->n_preds; i++)
            if (!arci_mem_pred_holds(&s->preds[i], src)) return 0;
    }
    return !s->after || behind(s, src);
}

int arci_mem_scan_leaf(mem_scan *s)
{
    return s->from < s->to || next_leaf(s);
}

int arci_mem_scan_next(mem_scan *s, mem_src *src, uint32_t *budget)
{
    src->row = NULL;
    for (;;) {
        while (s->from < s->to) {
            uint32_t i = s->reverse ? --s->to : s->from++;
            src->entry = mem_entry(s->tree, s->leaf, i);
            if (holds(s, src)) return 1;
        }
        if (!*budget) {
            *budget = 256;
            return -1;
        }
        --*budget;
        if (!next_leaf(s)) return 0;
    }
}
