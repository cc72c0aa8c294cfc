/* SPDX-License-Identifier: Apache-2.0 */
/* The persistent B-tree: seeking, stepping, inserting, replacing. A separator always equals the least key beneath it and borrows
 * that entry's long text, so it is refreshed with the entry. */
#include "backend/memory_impl.h"

static int text_cmp(const mem_text *a, const mem_text *b, int prefix)
{
    uint32_t an, bn;
    if (!prefix) { /* unused bytes are zero, so the heads compare as they are */
        int r = memcmp(a->head, b->head, sizeof a->head);
        if (r) return r;
    }
    const char *ap = mem_text_bytes(a, &an), *bp = mem_text_bytes(b, &bn);
    if (prefix && an > bn) an = bn;
    return arci_mem_bytes_cmp(ap, an, bp, bn);
}

int arci_mem_cmp(const mem_tree *tree, const uint8_t *a, const uint8_t *b, uint32_t n, int prefix)
{
    uint64_t an = mem_word(a), bn = mem_word(b);
    for (uint32_t k = 0; k < n; k++) {
        const mem_slot *s = &tree->slots[k];
        unsigned a0 = (unsigned)(an >> k) & 1u, b0 = (unsigned)(bn >> k) & 1u;
        if (a0 | b0) {
            if (a0 != b0) return a0 ? -1 : 1;
        } else if (s->kind == ARC_V_INT) {
            int64_t x = (int64_t)mem_word(a + s->off), y = (int64_t)mem_word(b + s->off);
            if (x != y) return x < y ? -1 : 1;
        } else {
            int r = text_cmp((const void *)(a + s->off), (const void *)(b + s->off), prefix && k + 1 == n);
            if (r) return r;
        }
    }
    return 0;
}

void arci_mem_seek(const mem_tree *tree, const mem_root *root, const uint8_t *bound, uint32_t n, int mode, int prefix, mem_pos *pos)
{
    /* Of entries equal to the bound some may lie left of an equal separator, unless the bound is a whole key. */
    int onto = mode == MEM_GT || (n == tree->n_key && !prefix);
    mem_node *node = root->node;
    pos->depth = 0;
    while (node) {
        uint32_t lo = node->level ? 1 : 0, hi = node->n;
        while (lo < hi) {
            uint32_t mid = (lo + hi) / 2;
            const uint8_t *at = node->level ? mem_key(tree, node, mid) : mem_entry(tree, node, mid);
            int r = arci_mem_cmp(tree, at, bound, n, prefix);
            if (r < 0 || (r == 0 && (node->level ? onto : mode == MEM_GT)))
                lo = mid + 1;
            else
                hi = mid;
        }
        if (node->level) lo--;
        pos->at[pos->depth].node = node;
        pos->at[pos->depth++].i = lo;
        node = node->level ? *mem_child(node, lo) : NULL;
    }
}

void arci_mem_first(const mem_root *root, mem_pos *pos)
{
    pos->depth = 0;
    for (mem_node *node = root->node; node; node = node->level ? *mem_child(node, 0) : NULL) {
        pos->at[pos->depth].node = node;
        pos->at[pos->depth++].i = 0;
    }
}

void arci_mem_last(const mem_root *root, mem_pos *pos)
{
    pos->depth = 0;
    for (mem_node *node = root->node; node; node = node->level ? *mem_child(node, node->n - 1) : NULL) {
        pos->at[pos->depth].node = node;
        pos->at[pos->depth++].i = node->level ? node->n - 1 : node->n;
    }
}

static void descend(mem_pos *pos, uint32_t from, int last)
{
    for (uint32_t d = from; d + 1 < pos->depth; d++) {
        mem_node *node = *mem_child(pos->at[d].node, pos->at[d].i);
        pos->at[d + 1].node = node;
        pos->at[d + 1].i = !last ? 0 : node->level ? node->n - 1 : node->n;
    }
}

int arci_mem_next_leaf(mem_pos *pos)
{
    for (uint32_t d = pos->depth; d-- > 1;) {
        if (pos->at[d - 1].i + 1 < pos->at[d - 1].node->n) {
            pos->at[d - 1].i++;
            descend(pos, d - 1, 0);
            return 1;
        }
    }
    return 0;
}

int arci_mem_prev_leaf(mem_pos *pos)
{
    for (uint32_t d = pos->depth; d-- > 1;) {
        if (pos->at[d - 1].i > 0) {
            pos->at[d - 1].i--;
            descend(pos, d - 1, 1);
            return 1;
        }
    }
    return 0;
}

int arci_mem_settle(mem_pos *pos)
{
    if (!pos->depth) return 0;
    return mem_index(pos) < mem_leaf(pos)->n ? 1 : arci_mem_next_leaf(pos);
}

int arci_mem_pos_cmp(const mem_pos *a, const mem_pos *b)
{
    for (uint32_t d = 0; d < a->depth; d++)
        if (a->at[d].i != b->at[d].i) return a->at[d].i < b->at[d].i ? -1 : 1;
    return 0;
}

uint8_t *arci_mem_find(const mem_tree *tree, const mem_root *root, const uint8_t *key, mem_pos *pos)
{
    arci_mem_seek(tree, root, key, tree->n_key, MEM_GE, 0, pos);
    if (!pos->depth || mem_index(pos) >= mem_leaf(pos)->n) return NULL;
    uint8_t *entry = mem_entry(tree, mem_leaf(pos), mem_index(pos));
    return arci_mem_cmp(tree, entry, key, tree->n_key, 0) == 0 ? entry : NULL;
}

/* ---- changing -------------------------------------------------------------------------------------------------------- */

static mem_node *own_copy(mem_txn *txn, const mem_tree *tree, mem_node *node)
{
    mem_node *copy = arci_mem_node_make(txn, tree, node->level);
    if (!copy) return NULL;
    copy->n = node->n;
    if (node->level) {
        memcpy(mem_child(copy, 0), mem_child(node, 0), node->n * sizeof(mem_node *));
        memcpy(mem_key(tree, copy, 0), mem_key(tree, node, 0), (size_t)node->n * tree->key);
    } else {
        memcpy(mem_entry(tree, copy, 0), mem_entry(tree, node, 0), (size_t)node->n * tree->entry);
    }
    arci_mem_node_retire(txn, node);
    return copy;
}

arc_status arci_mem_own_child(mem_txn *txn, const mem_tree *tree, mem_node *parent, uint32_t i, mem_node **out)
{
    mem_node **child = mem_child(parent, i);
    if ((*child)->stamp != txn->stamp) {
        mem_node *copy = own_copy(txn, tree, *child);
        if (!copy) return ARC_E_NOMEM;
        *child = copy;
    }
    *out = *child;
    return ARC_OK;
}

arc_status arci_mem_own_path(mem_txn *txn, const mem_tree *tree, mem_pos *pos)
{
    mem_root *root = &txn->roots[tree->root];
    for (uint32_t d = 0; d < pos->depth; d++) {
        mem_node *node = pos->at[d].node;
        if (d) {
            arc_status status = arci_mem_own_child(txn, tree, pos->at[d - 1].node, pos->at[d - 1].i, &pos->at[d].node);
            if (status) return status;
        } else if (node->stamp != txn->stamp) {
            node = own_copy(txn, tree, node);
            if (!node) return ARC_E_NOMEM;
            root->node = pos->at[0].node = node;
        }
    }
    return ARC_OK;
}

static void leaf_put(const mem_tree *tree, mem_node *leaf, uint32_t i, const uint8_t *entry)
{
    memmove(mem_entry(tree, leaf, i + 1), mem_entry(tree, leaf, i), (size_t)(leaf->n - i) * tree->entry);
    memcpy(mem_entry(tree, leaf, i), entry, tree->entry);
    leaf->n++;
}

static void inner_put(const mem_tree *tree, mem_node *inner, uint32_t i, mem_node *child, const uint8_t *key)
{
    memmove(mem_child(inner, i + 1), mem_child(inner, i), (inner->n - i) * sizeof(mem_node *));
    memmove(mem_key(tree, inner, i + 1), mem_key(tree, inner, i), (size_t)(inner->n - i) * tree->key);
    *mem_child(inner, i) = child;
    memcpy(mem_key(tree, inner, i), key, tree->key);
    inner->n++;
}

/* Splits a full inner node and puts the child where it belongs; *right is the new half, whose first key is its separator.
 * At the right edge of the tree the left half stays full, so that loading in order leaves no air. */
static arc_status inner_split(mem_txn *txn, const mem_tree *tree, mem_node *left, uint32_t i, int edge, mem_node *child,
                              const uint8_t *key, mem_node **right)
{
    mem_node *r = arci_mem_node_make(txn, tree, left->level);
    if (!r) return ARC_E_NOMEM;
    uint32_t keep = edge ? left->n - 1 : left->n / 2;
    r->n = left->n - keep;
    memcpy(mem_child(r, 0), mem_child(left, keep), r->n * sizeof(mem_node *));
    memcpy(mem_key(tree, r, 0), mem_key(tree, left, keep), (size_t)r->n * tree->key);
    left->n = keep;
    if (i <= keep)
        inner_put(tree, left, i, child, key);
    else
        inner_put(tree, r, i - keep, child, key);
    *right = r;
    return ARC_OK;
}

static arc_status leaf_split(mem_txn *txn, const mem_tree *tree, mem_node *left, uint32_t i, int edge, const uint8_t *entry,
                             mem_node **right)
{
    mem_node *r = arci_mem_node_make(txn, tree, 0);
    if (!r) return ARC_E_NOMEM;
    uint32_t keep = edge ? left->n : left->n / 2;
    r->n = left->n - keep;
    memcpy(mem_entry(tree, r, 0), mem_entry(tree, left, keep), (size_t)r->n * tree->entry);
    left->n = keep;
    if (i < keep)
        leaf_put(tree, left, i, entry);
    else
        leaf_put(tree, r, i - keep, entry);
    *right = r;
    return ARC_OK;
}

/* Hangs `right` beside the node at depth d + 1, splitting upward as needed. */
static arc_status hang(mem_txn *txn, const mem_tree *tree, mem_pos *pos, int edge, mem_node *right)
{
    mem_root *root = &txn->roots[tree->root];
    for (uint32_t d = pos->depth - 1; d-- > 0;) {
        mem_node *parent = pos->at[d].node, *split;
        const uint8_t *key = right->level ? mem_key(tree, right, 0) : mem_entry(tree, right, 0);
        uint32_t i = pos->at[d].i + 1;
        if (parent->n < MEM_INNER_CAP) {
            inner_put(tree, parent, i, right, key);
            return ARC_OK;
        }
        arc_status status = inner_split(txn, tree, parent, i, edge, right, key, &split);
        if (status) return status;
        right = split;
    }
    mem_node *top = arci_mem_node_make(txn, tree, right->level + 1);
    if (!top) return ARC_E_NOMEM;
    top->n = 2;
    *mem_child(top, 0) = root->node;
    *mem_child(top, 1) = right;
    memset(mem_key(tree, top, 0), 0, tree->key);
    memcpy(mem_key(tree, top, 1), right->level ? mem_key(tree, right, 0) : mem_entry(tree, right, 0), tree->key);
    root->node = top;
    return ARC_OK;
}

arc_status arci_mem_insert(mem_txn *txn, const mem_tree *tree, const uint8_t *entry)
{
    mem_root *root = &txn->roots[tree->root];
    mem_pos pos;
    arc_status status = arci_mem_room(txn, 4 * MEM_DEPTH);
    if (status) return status;
    txn->changed = 1;
    if (!root->node) {
        mem_node *leaf = arci_mem_node_make(txn, tree, 0);
        if (!leaf) return ARC_E_NOMEM;
        leaf_put(tree, leaf, 0, entry);
        root->node = leaf;
        root->count = 1;
        return ARC_OK;
    }
    arci_mem_seek(tree, root, entry, tree->n_key, MEM_GE, 0, &pos);
    status = arci_mem_own_path(txn, tree, &pos);
    if (status) return status;
    mem_node *leaf = mem_leaf(&pos), *right;
    root->count++;
    if (leaf->n < tree->leaf_cap) {
        leaf_put(tree, leaf, mem_index(&pos), entry);
        return ARC_OK;
    }
    int edge = mem_index(&pos) == leaf->n;
    for (uint32_t d = 0; d + 1 < pos.depth; d++) edge = edge && pos.at[d].i + 1 == pos.at[d].node->n;
    status = leaf_split(txn, tree, leaf, mem_index(&pos), edge, entry, &right);
    return status ? status : hang(txn, tree, &pos, edge, right);
}

arc_status arci_mem_replace(mem_txn *txn, const mem_tree *tree, const uint8_t *entry)
{
    mem_pos pos;
    arc_status status = arci_mem_room(txn, 4 * MEM_DEPTH);
    if (status) return status;
    if (!arci_mem_find(tree, &txn->roots[tree->root], entry, &pos)) return ARC_E_CORRUPT;
    txn->changed = 1;
    status = arci_mem_own_path(txn, tree, &pos);
    if (status) return status;
    uint8_t *old = mem_entry(tree, mem_leaf(&pos), mem_index(&pos));
    arci_mem_retire(txn, mem_pointer(old + tree->payload));
    memcpy(old, entry, tree->entry);
    if (mem_index(&pos)) return ARC_OK;
    for (uint32_t d = pos.depth - 1; d-- > 0;) {
        if (!pos.at[d].i) continue;
        memcpy(mem_key(tree, pos.at[d].node, pos.at[d].i), entry, tree->key);
        break;
    }
    return ARC_OK;
}
