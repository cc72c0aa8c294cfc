/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and entries: how values are laid down and read back. */
#include "backend/memory_impl.h"

int arci_mem_bytes_cmp(const char *a, uint32_t an, const char *b, uint32_t bn)
{
    uint32_t n = an < bn ? an : bn;
    int r = n ? memcmp(a, b, n) : 0;
    if (r) return r;
    return an < bn ? -1 : an > bn;
}

int arci_mem_value_cmp(const arc_value *a, const arc_value *b)
{
    if (a->type == ARC_V_NULL || b->type == ARC_V_NULL) return (a->type != ARC_V_NULL) - (b->type != ARC_V_NULL);
    if (a->type == ARC_V_INT) return a->u.i < b->u.i ? -1 : a->u.i > b->u.i;
    return arci_mem_bytes_cmp(a->u.s, a->len, b->u.s, b->len);
}

arc_value arci_mem_row_value(const mem_row *row, uint32_t col, uint8_t kind)
{
    arc_value v;
    memset(&v, 0, sizeof v);
    const uint64_t *word = mem_row_word(row, col);
    if (!word) return v;
    v.type = kind;
    if (kind == ARC_V_INT)
        v.u.i = (int64_t)*word;
    else
        v.u.s = mem_row_bytes(row, *word, &v.len);
    return v;
}

arc_value arci_mem_slot_value(const mem_tree *tree, const uint8_t *entry, uint32_t slot)
{
    arc_value v;
    memset(&v, 0, sizeof v);
    if (mem_word(entry) >> slot & 1u) return v;
    const mem_slot *s = &tree->slots[slot];
    v.type = s->kind;
    if (s->kind == ARC_V_INT)
        v.u.i = (int64_t)mem_word(entry + s->off);
    else
        v.u.s = mem_text_bytes(entry + s->off, &v.len);
    return v;
}

void arci_mem_slot_set(const mem_tree *tree, uint8_t *entry, uint32_t slot, const arc_value *value)
{
    const mem_slot *s = &tree->slots[slot];
    uint64_t nulls = mem_word(entry) & ~(UINT64_C(1) << slot);
    if (value->type == ARC_V_NULL) nulls |= UINT64_C(1) << slot;
    memcpy(entry, &nulls, sizeof nulls);
    if (s->kind == ARC_V_INT) {
        int64_t i = value->type == ARC_V_NULL ? 0 : value->u.i;
        memcpy(entry + s->off, &i, sizeof i);
        return;
    }
    mem_text t;
    memset(&t, 0, sizeof t);
    if (value->type != ARC_V_NULL) {
        t.len = value->len;
        if (t.len) memcpy(t.head, value->u.s, t.len < 4 ? t.len : 4);
        if (t.len > 12)
            t.u.p = value->u.s;
        else if (t.len > 4)
            memcpy(t.u.rest, value->u.s + 4, t.len - 4);
    }
    memcpy(entry + s->off, &t, sizeof t);
}

mem_row *arci_mem_row_make(mem_txn *txn, const arc_value *values, uint32_t n)
{
    uint32_t words = (n + 63u) / 64u;
    size_t there = 0, text = 0;
    for (uint32_t c = 0; c < n; c++) {
        there += values[c].type != ARC_V_NULL;
        if (values[c].type > ARC_V_INT) text += values[c].len;
    }
    size_t size = sizeof(mem_row) + (words + there) * sizeof(uint64_t) + text;
    if (size > UINT32_MAX || arci_mem_room(txn, 1)) return NULL;
    mem_row *row = arci_mem_make(txn, size);
    if (!row) return NULL;
    memset(row, 0, sizeof *row + words * sizeof(uint64_t));
    row->words = words;
    row->bytes = (uint32_t)size;
    uint64_t *word = row->bits + words;
    char *out = (char *)(word + there);
    for (uint32_t c = 0; c < n; c++) {
        const arc_value *v = &values[c];
        if (v->type == ARC_V_NULL) continue;
        row->bits[c >> 6] |= UINT64_C(1) << (c & 63u);
        if (v->type == ARC_V_INT) {
            *word++ = (uint64_t)v->u.i;
            continue;
        }
        *word++ = (uint64_t)(out - (char *)row) << 32 | v->len;
        if (v->len) memcpy(out, v->u.s, v->len);
        out += v->len;
    }
    return row;
}

void arci_mem_entry_of_row(const mem_table *table, const mem_tree *tree, uint8_t *entry, const mem_row *row)
{
    uint64_t none = 0;
    const void *payload = tree->index ? NULL : row;
    memcpy(entry, &none, sizeof none);
    for (uint32_t k = 0; k < tree->n_slots; k++) {
        uint16_t col = tree->slots[k].col;
        arc_value v = arci_mem_row_value(row, col, table->kinds[col]);
        arci_mem_slot_set(tree, entry, k, &v);
    }
    memcpy(entry + tree->payload, &payload, sizeof payload);
}

arc_status arci_mem_entry_own(mem_txn *txn, const mem_tree *tree, uint8_t *entry)
{
    size_t size = 0;
    for (uint32_t k = 0; tree->texts && k < tree->n_slots; k++) {
        const mem_text *t = (const void *)(entry + tree->slots[k].off);
        if (tree->slots[k].kind != ARC_V_INT && t->len > 12) size += t->len;
    }
    if (!size) return ARC_OK;
    if (arci_mem_room(txn, 1)) return ARC_E_NOMEM;
    char *p = arci_mem_make(txn, size);
    if (!p) return ARC_E_NOMEM;
    memcpy(entry + tree->payload, &p, sizeof p);
    for (uint32_t k = 0; k < tree->n_slots; k++) {
        mem_text *t = (void *)(entry + tree->slots[k].off);
        if (tree->slots[k].kind == ARC_V_INT || t->len <= 12) continue;
        memcpy(p, t->u.p, t->len);
        t->u.p = p;
        p += t->len;
    }
    return ARC_OK;
}

int arci_mem_in_index(const mem_table *table, const mem_tree *tree, const mem_row *row)
{
    uint32_t where = tree->index->flags & (ARC_INDEX_WHERE_NONZERO | ARC_INDEX_WHERE_NULL | ARC_INDEX_WHERE_SET);
    if (!where) return 1;
    const uint64_t *word = mem_row_word(row, tree->index->where_col);
    if (where & ARC_INDEX_WHERE_NULL) return !word;
    if (where & ARC_INDEX_WHERE_SET) return word != NULL;
    return word && (table->kinds[tree->index->where_col] != ARC_V_INT || *word);
}

int arci_mem_entry_same(const mem_tree *tree, const uint8_t *a, const uint8_t *b, uint32_t n_slots)
{
    for (uint32_t k = 0; k < n_slots; k++) {
        arc_value x = arci_mem_slot_value(tree, a, k), y = arci_mem_slot_value(tree, b, k);
        if (arci_mem_value_cmp(&x, &y)) return 0;
    }
    return 1;
}
