/* SPDX-License-Identifier: Apache-2.0 */
/* The store's own copy of the tables, and the trees that follow from them. */
#include "backend/memory_impl.h"

#define MEM_TABLES 60000u /* tables, and trees: they are numbered in 16 bits */

struct mem_chunk {
    mem_chunk *next;
    uint64_t data[];
};

typedef struct maker {
    const arc_host *host;
    mem_layout *layout;
    size_t left; /* of the newest chunk, at its end */
    char *at;
    int failed;
} maker;

#define CHUNK 16384u

/* Zeroed memory that lives as long as the layout; after a failure NULL for ever, which every caller tests at its end. */
static void *take(maker *m, size_t size)
{
    size = (size + 8u) & ~(size_t)7u; /* one byte at least */
    if (m->failed) return NULL;
    if (m->left < size) {
        size_t cap = size > CHUNK ? size : CHUNK;
        mem_chunk *c = arci_mem_zalloc(m->host, sizeof *c + cap);
        if (!c) {
            m->failed = 1;
            return NULL;
        }
        c->next = m->layout->chunks;
        m->layout->chunks = c;
        m->at = (char *)c->data;
        m->left = cap;
    }
    void *p = m->at;
    m->at += size;
    m->left -= size;
    return p;
}

static void *copy(maker *m, const void *p, size_t size)
{
    void *q = take(m, size);
    if (q && size) memcpy(q, p, size);
    return q;
}

static const char *copy_text(maker *m, const char *s)
{
    return copy(m, s ? s : "", s ? strlen(s) + 1 : 1);
}

void arci_mem_layout_free(const arc_host *host, mem_layout *layout)
{
    while (layout) {
        mem_layout *older = layout->older;
        while (layout->chunks) {
            mem_chunk *next = layout->chunks->next;
            mem_free(host, layout->chunks);
            layout->chunks = next;
        }
        mem_free(host, layout);
        layout = older;
    }
}

static uint8_t kind_of(uint16_t type)
{
    switch (type) {
    case ARC_T_TEXT:
    case ARC_T_CODE:
    case ARC_T_JSON: return ARC_V_TEXT;
    case ARC_T_BLOB: return ARC_V_BLOB;
    case ARC_T_INT:
    case ARC_T_BOOL:
    case ARC_T_DATE:
    case ARC_T_STAMP:
    case ARC_T_MONEY:
    case ARC_T_DECIMAL:
    case ARC_T_ID: return ARC_V_INT;
    default: return ARC_V_NULL;
    }
}

/* ---- is the schema one at all? ------------------------------------------------------------------------------------------ */

static int cols_valid(const uint16_t *cols, uint32_t n, const arc_table *t)
{
    for (uint32_t i = 0; i < n; i++)
        if (!cols || cols[i] >= t->n_cols) return 0;
    return 1;
}

static int index_valid(const arc_table *t, const arc_index *x)
{
    uint32_t where = x->flags & ~(uint32_t)ARC_INDEX_UNIQUE;
    if (where & ~(uint32_t)(ARC_INDEX_WHERE_NONZERO | ARC_INDEX_WHERE_NULL | ARC_INDEX_WHERE_SET)) return 0;
    if ((where & (where - 1)) || (where && x->where_col >= t->n_cols)) return 0;
    return x->name && x->n_key && x->n_key + t->n_key <= (int)MEM_SLOTS && cols_valid(x->cols, x->n_key + (uint32_t)x->n_include, t);
}

static int table_valid(const arc_table *t)
{
    if (!t->name || !t->cols || !t->n_cols || !t->n_key || t->n_key > MEM_SLOTS || !cols_valid(t->key, t->n_key, t)) return 0;
    for (uint32_t c = 0; c < t->n_cols; c++)
        if (!t->cols[c].name || !kind_of(t->cols[c].type)) return 0;
    for (uint32_t i = 0; i < t->n_indexes; i++)
        if (!index_valid(t, &t->indexes[i])) return 0;
    return 1;
}

static int fk_valid(const arc_schema_desc *s, const arc_table *t, const arc_foreign_key *f)
{
    const arc_table *parent = f->ref_table < s->n_tables ? &s->tables[f->ref_table] : NULL;
    if (!parent || f->n_cols != parent->n_key || !cols_valid(f->cols, f->n_cols, t)) return 0;
    for (uint32_t k = 0; k < f->n_cols; k++)
        if (kind_of(t->cols[f->cols[k]].type) != kind_of(parent->cols[parent->key[k]].type)) return 0;
    return 1;
}

static int schema_valid(const arc_schema_desc *s)
{
    if (!s->tables || !s->n_tables || s->n_tables > MEM_TABLES) return 0;
    uint32_t roots = 1;
    for (uint32_t i = 0; i < s->n_tables; i++) {
        if (!table_valid(&s->tables[i])) return 0;
        roots += 1u + s->tables[i].n_indexes;
    }
    for (uint32_t i = 0; i < s->n_tables; i++)
        for (uint32_t f = 0; f < s->tables[i].n_fks; f++)
            if (!fk_valid(s, &s->tables[i], &s->tables[i].fks[f])) return 0;
    return roots <= MEM_TABLES;
}

/* ---- building ----------------------------------------------------------------------------------------------------------- */

static void copy_table(maker *m, arc_table *to, const arc_table *from)
{
    *to = *from;
    to->comment = NULL;
    to->name = copy_text(m, from->name);
    to->key = copy(m, from->key, from->n_key * sizeof *from->key);
    arc_column *cols = copy(m, from->cols, from->n_cols * sizeof *cols);
    for (uint32_t c = 0; cols && c < from->n_cols; c++) {
        cols[c].comment = NULL;
        cols[c].name = copy_text(m, from->cols[c].name);
        uint32_t n = 0;
        if (!from->cols[c].codes) continue;
        while (from->cols[c].codes[n]) n++;
        const char **codes = take(m, (n + 1) * sizeof *codes);
        for (uint32_t k = 0; codes && k < n; k++) codes[k] = copy_text(m, from->cols[c].codes[k]);
        cols[c].codes = codes;
    }
    to->cols = cols;
    arc_index *indexes = copy(m, from->indexes, from->n_indexes * sizeof *indexes);
    for (uint32_t i = 0; indexes && i < from->n_indexes; i++) {
        const arc_index *x = &from->indexes[i];
        indexes[i].name = copy_text(m, x->name);
        indexes[i].cols = copy(m, x->cols, ((size_t)x->n_key + x->n_include) * sizeof *x->cols);
    }
    to->indexes = indexes;
    arc_foreign_key *fks = copy(m, from->fks, from->n_fks * sizeof *fks);
    for (uint32_t i = 0; fks && i < from->n_fks; i++)
        fks[i].cols = copy(m, from->fks[i].cols, from->fks[i].n_cols * sizeof *from->fks[i].cols);
    to->fks = fks;
}

static void add_slot(mem_tree *tree, mem_slot *slots, int16_t *slot_of, const uint8_t *kinds, uint16_t col)
{
    if (slot_of[col] >= 0 || tree->n_slots >= MEM_SLOTS) return;
    mem_slot *s = &slots[tree->n_slots];
    s->col = col;
    s->kind = kinds[col];
    s->off = (uint16_t)tree->entry;
    slot_of[col] = (int16_t)tree->n_slots++;
    tree->entry += s->kind == ARC_V_INT ? 8 : 16;
    if (s->kind != ARC_V_INT) tree->texts = 1;
}

static void make_tree(maker *m, mem_tree *tree, const arc_table *t, const uint8_t *kinds, const arc_index *index)
{
    uint32_t n = (uint32_t)t->n_key + (index ? (uint32_t)index->n_key + index->n_include : 0);
    mem_slot *slots = take(m, n * sizeof *slots);
    int16_t *slot_of = take(m, t->n_cols * sizeof *slot_of);
    if (m->failed) return;
    memset(slot_of, 0xff, t->n_cols * sizeof *slot_of);
    tree->index = index;
    tree->entry = 8;
    for (uint32_t k = 0; index && k < index->n_key; k++) add_slot(tree, slots, slot_of, kinds, index->cols[k]);
    tree->n_own = tree->n_slots;
    for (uint32_t k = 0; k < t->n_key; k++) add_slot(tree, slots, slot_of, kinds, t->key[k]);
    tree->n_key = tree->n_slots;
    if (!index) tree->n_own = tree->n_key;
    tree->key = tree->entry;
    for (uint32_t k = 0; index && k < index->n_include; k++) add_slot(tree, slots, slot_of, kinds, index->cols[index->n_key + k]);
    tree->payload = tree->entry;
    tree->entry += 8;
    tree->slots = slots;
    tree->slot_of = slot_of;
    tree->leaf_cap = 4096u / tree->entry;
    if (tree->leaf_cap > 64) tree->leaf_cap = 64;
    if (tree->leaf_cap < 8) tree->leaf_cap = 8;
}

static void make_sequences(maker *m, mem_tree *tree)
{
    static const uint16_t key[] = { 0, 1 }, next[] = { 2 };
    static const uint8_t kinds[] = { ARC_V_INT, ARC_V_TEXT, ARC_V_INT };
    static const arc_index index = { "", next, 0, 1, ARC_NO_COL, 0, 0, 0 };
    static const arc_table table = { "", NULL, NULL, key, NULL, NULL, 3, 2, 0, 0, 0, 0 };
    make_tree(m, tree, &table, kinds, &index);
}

/* A tree whose leading slots are, in any order, the columns of the foreign key, and that holds every row that has them. */
static const mem_tree *tree_by(const mem_table *t, const arc_foreign_key *f)
{
    for (uint32_t i = 0; i < t->n_trees; i++) {
        const mem_tree *tree = &t->trees[i];
        uint32_t hit = 0;
        int whole = !tree->index || !(tree->index->flags & ~(uint32_t)ARC_INDEX_UNIQUE);
        for (uint32_t k = 0; k < f->n_cols; k++) {
            hit += tree->slot_of[f->cols[k]] >= 0 && tree->slot_of[f->cols[k]] < f->n_cols;
            if (!whole && (tree->index->flags & ARC_INDEX_WHERE_SET) && tree->index->where_col == f->cols[k]) whole = 1;
        }
        if (whole && hit == f->n_cols && f->n_cols <= tree->n_slots) return tree;
    }
    return NULL;
}

static void make_children(maker *m, mem_table *tables, uint32_t n, uint16_t parent)
{
    uint32_t found = 0;
    for (uint32_t t = 0; t < n; t++)
        for (uint32_t f = 0; f < tables[t].t.n_fks; f++) found += tables[t].t.fks[f].ref_table == parent;
    mem_child_key *keys = take(m, found * sizeof *keys);
    if (!keys) return;
    tables[parent].children = keys;
    tables[parent].n_children = found;
    for (uint16_t t = 0; t < n; t++) {
        for (uint16_t f = 0; f < tables[t].t.n_fks; f++) {
            if (tables[t].t.fks[f].ref_table != parent) continue;
            mem_child_key key = { t, f, tree_by(&tables[t], &tables[t].t.fks[f]) };
            *keys++ = key;
        }
    }
}

static void make_table(maker *m, mem_table *table, const arc_table *from, uint16_t number)
{
    copy_table(m, &table->t, from);
    uint8_t *kinds = take(m, from->n_cols);
    mem_tree *trees = take(m, (from->n_indexes + 1u) * sizeof *trees);
    if (m->failed) return;
    for (uint32_t c = 0; c < from->n_cols; c++) kinds[c] = kind_of(from->cols[c].type);
    table->kinds = kinds;
    table->trees = trees;
    table->n_trees = from->n_indexes + 1u;
    for (uint32_t i = 0; i < table->n_trees; i++) {
        make_tree(m, &trees[i], &table->t, kinds, i ? &table->t.indexes[i - 1] : NULL);
        trees[i].table = number;
        trees[i].root = (uint16_t)m->layout->n_roots++;
    }
}

arc_status arci_mem_layout_make(const arc_host *host, const arc_schema_desc *schema, mem_layout **out)
{
    *out = NULL;
    if (!schema_valid(schema)) return ARC_E_INVALID;
    mem_layout *layout = arci_mem_zalloc(host, sizeof *layout);
    if (!layout) return ARC_E_NOMEM;
    maker m = { host, layout, 0, NULL, 0 };
    layout->version = schema->version;
    layout->application_id = schema->application_id;
    layout->n_tables = schema->n_tables;
    make_sequences(&m, &layout->sequences);
    layout->n_roots = 1;
    mem_table *tables = take(&m, schema->n_tables * sizeof *tables);
    for (uint32_t t = 0; tables && t < schema->n_tables; t++) make_table(&m, &tables[t], &schema->tables[t], (uint16_t)t);
    for (uint32_t t = 0; !m.failed && t < schema->n_tables; t++) make_children(&m, tables, schema->n_tables, (uint16_t)t);
    layout->tables = tables;
    if (m.failed) {
        arci_mem_layout_free(host, layout);
        return ARC_E_NOMEM;
    }
    *out = layout;
    return ARC_OK;
}

/* ---- comparing ------------------------------------------------------------------------------------------------------------ */

static int same_cols(const uint16_t *a, const uint16_t *b, uint32_t n)
{
    return !n || memcmp(a, b, n * sizeof *a) == 0;
}

static int same_index(const arc_index *a, const arc_index *b)
{
    return strcmp(a->name, b->name) == 0 && a->n_key == b->n_key && a->n_include == b->n_include && a->flags == b->flags &&
           (a->where_col == b->where_col || !(a->flags & ~(uint32_t)ARC_INDEX_UNIQUE)) &&
           same_cols(a->cols, b->cols, (uint32_t)a->n_key + a->n_include);
}

static int more(uint32_t had, uint32_t has, int additive)
{
    return had == has || (additive && had < has);
}

static int same_table(const arc_table *had, const arc_table *has, int additive)
{
    if (strcmp(had->name, has->name) || had->n_key != has->n_key || !same_cols(had->key, has->key, had->n_key)) return 0;
    if (had->flags != has->flags || !more(had->n_cols, has->n_cols, additive)) return 0;
    if (!more(had->n_indexes, has->n_indexes, additive) || !more(had->n_fks, has->n_fks, additive)) return 0;
    for (uint32_t c = 0; c < had->n_cols; c++) {
        const arc_column *a = &had->cols[c], *b = &has->cols[c];
        if (strcmp(a->name, b->name) || a->type != b->type || a->flags != b->flags) return 0;
        if (!more(a->size, b->size, additive && a->type != ARC_T_DECIMAL)) return 0;
    }
    for (uint32_t c = had->n_cols; c < has->n_cols; c++)
        if (has->cols[c].flags & ARC_COL_REQUIRED) return 0; /* old rows have no value for it */
    for (uint32_t i = 0; i < had->n_indexes; i++)
        if (!same_index(&had->indexes[i], &has->indexes[i])) return 0;
    for (uint32_t i = 0; i < had->n_fks; i++) {
        const arc_foreign_key *a = &had->fks[i], *b = &has->fks[i];
        if (a->ref_table != b->ref_table || a->n_cols != b->n_cols || !same_cols(a->cols, b->cols, a->n_cols)) return 0;
    }
    return 1;
}

int arci_mem_layout_within(const mem_layout *layout, const arc_schema_desc *schema)
{
    if (!schema_valid(schema) || schema->n_tables > layout->n_tables) return 0;
    for (uint32_t t = 0; t < schema->n_tables; t++)
        if (!same_table(&schema->tables[t], &layout->tables[t].t, 1)) return 0;
    return 1;
}

arc_status arci_mem_layout_compare(const mem_layout *layout, const arc_schema_desc *schema, int additive)
{
    if (!schema_valid(schema)) return ARC_E_INVALID;
    if (!more(layout->n_tables, schema->n_tables, additive)) return ARC_E_SCHEMA_FOREIGN;
    for (uint32_t t = 0; t < layout->n_tables; t++)
        if (!same_table(&layout->tables[t].t, &schema->tables[t], additive)) return ARC_E_SCHEMA_FOREIGN;
    return ARC_OK;
}
