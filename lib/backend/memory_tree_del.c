/* SPDX-License-Identifier: Apache-2.0 */
/* The persistent B-tree: deleting, and whole-tree passes. */
#include "backend/memory_impl.h"

static void inner_drop(const mem_tree *tree, mem_node *inner, uint32_t i)
{
    memmove(mem_child(inner, i), mem_child(inner, i + 1), (inner->n - i - 1) * sizeof(mem_node *));
    memmove(mem_key(tree, inner, i), mem_key(tree, inner, i + 1), (size_t)(inner->n - i - 1) * tree->key);
    inner->n--;
}

static void move_entries(const mem_tree *tree, mem_node *to, uint32_t at, mem_node *from, uint32_t i, uint32_t n)
{
    memcpy(mem_entry(tree, to, at), mem_entry(tree, from, i), (size_t)n * tree->entry);
}

static void move_children(const mem_tree *tree, mem_node *to, uint32_t at, mem_node *from, uint32_t i, uint32_t n)
{
    memcpy(mem_child(to, at), mem_child(from, i), n * sizeof(mem_node *));
    memcpy(mem_key(tree, to, at), mem_key(tree, from, i), (size_t)n * tree->key);
}

/* All of the right node goes behind the left one. `sep` is the right one's least key. */
static void join(const mem_tree *tree, mem_node *left, mem_node *right, const uint8_t *sep)
{
    if (left->level) {
        move_children(tree, left, left->n, right, 0, right->n);
        memcpy(mem_key(tree, left, left->n), sep, tree->key);
    } else {
        move_entries(tree, left, left->n, right, 0, right->n);
    }
    left->n += right->n;
}

/* Evens out two neighbours, both owned, that together do not fit into one; the parent's key `sep` follows. */
static void even_out(const mem_tree *tree, mem_node *left, mem_node *right, uint8_t *sep)
{
    uint32_t want = (left->n + right->n) / 2, had = left->n;
    void (*move)(const mem_tree *, mem_node *, uint32_t, mem_node *, uint32_t, uint32_t) =
        left->level ? move_children : move_entries;
    if (left->level) memcpy(mem_key(tree, right, 0), sep, tree->key);
    if (want > had) {
        uint32_t n = want - had;
        move(tree, left, had, right, 0, n);
        if (left->level) {
            memmove(mem_child(right, 0), mem_child(right, n), (right->n - n) * sizeof(mem_node *));
            memmove(mem_key(tree, right, 0), mem_key(tree, right, n), (size_t)(right->n - n) * tree->key);
        } else {
            memmove(mem_entry(tree, right, 0), mem_entry(tree, right, n), (size_t)(right->n - n) * tree->entry);
        }
        right->n -= n;
    } else {
        uint32_t n = had - want;
        if (left->level) {
            memmove(mem_child(right, n), mem_child(right, 0), right->n * sizeof(mem_node *));
            memmove(mem_key(tree, right, n), mem_key(tree, right, 0), (size_t)right->n * tree->key);
        } else {
            memmove(mem_entry(tree, right, n), mem_entry(tree, right, 0), (size_t)right->n * tree->entry);
        }
        move(tree, right, 0, left, want, n);
        right->n += n;
    }
    left->n = want;
    memcpy(sep, right->level ? mem_key(tree, right, 0) : mem_entry(tree, right, 0), tree->key);
}

/* Mends the child at pos.at[d].i of an inner node when it has become too small. */
static arc_status mend(mem_txn *txn, const mem_tree *tree, mem_node *parent, uint32_t i)
{
    mem_node *child = *mem_child(parent, i), *left, *right;
    uint32_t cap = child->level ? MEM_INNER_CAP : tree->leaf_cap;
    if (child->n >= cap / 4 || parent->n < 2) return ARC_OK;
    uint32_t r = i ? i : 1;
    arc_status status = arci_mem_own_child(txn, tree, parent, r - 1, &left);
    if (status) return status;
    right = *mem_child(parent, r);
    if (left->n + right->n <= cap) {
        join(tree, left, right, mem_key(tree, parent, r));
        inner_drop(tree, parent, r);
        arci_mem_node_retire(txn, right);
        return ARC_OK;
    }
    status = arci_mem_own_child(txn, tree, parent, r, &right);
    if (status) return status;
    even_out(tree, left, right, mem_key(tree, parent, r));
    return ARC_OK;
}

/* The least entry of a leaf goes away: the separator that equals it becomes the next one. */
static void lift_separator(const mem_tree *tree, const mem_pos *pos)
{
    const mem_node *leaf = mem_leaf(pos);
    for (uint32_t d = pos->depth - 1; d-- > 0;) {
        if (!pos->at[d].i) continue;
        const uint8_t *key = NULL;
        if (leaf->n > 1)
            key = mem_entry(tree, leaf, 1);
        else if (d + 2 < pos->depth) /* the leaf, first of its parent, vanishes: its sibling's separator is next */
            key = mem_key(tree, pos->at[pos->depth - 2].node, 1);
        if (key) memcpy(mem_key(tree, pos->at[d].node, pos->at[d].i), key, tree->key);
        return;
    }
}

arc_status arci_mem_delete(mem_txn *txn, const mem_tree *tree, const uint8_t *key)
{
    mem_root *root = &txn->roots[tree->root];
    mem_pos pos;
    arc_status status = arci_mem_room(txn, 4 * MEM_DEPTH);
    if (status) return status;
    if (!arci_mem_find(tree, root, key, &pos)) return ARC_E_CORRUPT;
    txn->changed = 1;
    status = arci_mem_own_path(txn, tree, &pos);
    if (status) return status;
    mem_node *leaf = mem_leaf(&pos);
    uint32_t i = mem_index(&pos);
    if (!i) lift_separator(tree, &pos);
    arci_mem_retire(txn, mem_pointer(mem_entry(tree, leaf, i) + tree->payload));
    memmove(mem_entry(tree, leaf, i), mem_entry(tree, leaf, i + 1), (size_t)(leaf->n - i - 1) * tree->entry);
    leaf->n--;
    root->count--;
    for (uint32_t d = pos.depth - 1; d-- > 0;) {
        status = mend(txn, tree, pos.at[d].node, pos.at[d].i);
        if (status) return status;
    }
    while (root->node->level && root->node->n == 1) {
        mem_node *top = root->node;
        root->node = *mem_child(top, 0);
        arci_mem_node_retire(txn, top);
    }
    if (!root->node->n) {
        arci_mem_node_retire(txn, root->node);
        root->node = NULL;
    }
    return ARC_OK;
}

void arci_mem_tree_free(const arc_host *host, const mem_tree *tree, mem_node *node)
{
    if (!node) return;
    for (uint32_t i = 0; i < node->n; i++) {
        if (node->level)
            arci_mem_tree_free(host, tree, *mem_child(node, i));
        else
            mem_free(host, mem_pointer(mem_entry(tree, node, i) + tree->payload));
    }
    mem_free(host, node);
}

typedef struct check {
    const mem_tree *tree;
    const uint8_t *last;
    uint64_t count;
} check;

static const char *check_node(check *c, const mem_node *node, int top)
{
    uint32_t cap = node->level ? MEM_INNER_CAP : c->tree->leaf_cap;
    if (node->n > cap || node->n < (node->level ? 2u : 1u)) return "a node holds too few or too many";
    for (uint32_t i = 0; i < node->n; i++) {
        if (node->level) {
            const mem_node *child = *mem_child(node, i), *low = child;
            if (child->level + 1 != node->level) return "a node is at the wrong level";
            while (low->level) low = *mem_child(low, 0);
            if (i && arci_mem_cmp(c->tree, mem_key(c->tree, node, i), mem_entry(c->tree, low, 0), c->tree->n_key, 0))
                return "a separator is not the least key beneath it";
            const char *fault = check_node(c, child, 0);
            if (fault) return fault;
            continue;
        }
        const uint8_t *entry = mem_entry(c->tree, node, i);
        if (c->last && arci_mem_cmp(c->tree, c->last, entry, c->tree->n_key, 0) >= 0) return "entries are out of order";
        c->last = entry;
        c->count++;
    }
    (void)top;
    return NULL;
}

const char *arci_mem_tree_check(const mem_tree *tree, const mem_root *root)
{
    check c = { tree, NULL, 0 };
    const char *fault = root->node ? check_node(&c, root->node, 1) : NULL;
    return fault ? fault : c.count == root->count ? NULL : "the count of entries is wrong";
}
