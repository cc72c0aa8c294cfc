/* SPDX-License-Identifier: Apache-2.0 */
/* Counts and sums. A group's key is two words a column, so that finding the group compares words: most rows belong to the group of
 * the row before, the others go through a hash table. */
#include <stdlib.h>

#include "backend/memory_read.h"

#define THERE UINT32_C(0x80000000) /* in the length of a text: not NULL */

typedef struct measure {
    arci_acc sum;
    uint64_t n; /* values that were not NULL; rows for COUNT */
    arc_value best;
} measure;

typedef struct agg {
    mem_txn *txn;
    mem_bump *bump;
    const arc_aggregate *a;
    mem_loc *group_locs, *measure_locs;
    uint64_t *key; /* of the row at hand */
    uint64_t *keys;
    measure *measures;
    uint32_t *slots; /* group + 1, 0 = free */
    uint32_t words, n, cap, n_slots, last;
    const mem_text **texts; /* long texts met, each once: open addressing */
    uint32_t n_texts, cap_texts;
} agg;

/* ---- long texts ---------------------------------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(const char *s, uint32_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < n; i++) h = (h ^ (uint8_t)s[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

static uint32_t text_place(const mem_text *const *table, uint32_t cap, const char *s, uint32_t len)
{
    uint32_t i = (uint32_t)hash_bytes(s, len) & (cap - 1);
    while (table[i] && (table[i]->len != len || memcmp(table[i]->u.p, s, len) != 0)) i = (i + 1) & (cap - 1);
    return i;
}

static int texts_grow(agg *g)
{
    uint32_t cap = g->cap_texts ? g->cap_texts * 2 : 64;
    const mem_text **table = arci_mem_bump(g->bump, cap * sizeof *table);
    if (!table) return 0;
    for (uint32_t i = 0; i < g->cap_texts; i++)
        if (g->texts[i]) table[text_place(table, cap, g->texts[i]->u.p, g->texts[i]->len)] = g->texts[i];
    g->texts = table;
    g->cap_texts = cap;
    return 1;
}

/* The one pointer that stands for these bytes. */
static const char *intern(agg *g, const char *s, uint32_t len)
{
    if (g->n_texts * 2 >= g->cap_texts && !texts_grow(g)) return NULL;
    uint32_t i = text_place(g->texts, g->cap_texts, s, len);
    if (g->texts[i]) return g->texts[i]->u.p;
    mem_text *t = arci_mem_bump(g->bump, sizeof *t);
    if (!t) return NULL;
    t->len = len;
    t->u.p = s; /* bytes of the snapshot outlive the cursor */
    g->texts[i] = t;
    g->n_texts++;
    return s;
}

/* ---- keys ---------------------------------------------------------------------------------------------------------------------- */

static uint32_t bucket(const arc_group *group, int64_t v)
{
    uint32_t lo = 0, hi = group->n_edges;
    if (hi <= 8) {
        while (lo < hi && group->edges[lo] <= v) lo++;
        return lo;
    }
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (group->edges[mid] <= v)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int text_key(agg *g, const mem_src *src, const mem_loc *l, uint64_t *key)
{
    uint32_t len = 0;
    if (l->in_entry && !(mem_word(src->entry) >> l->bit & 1u) && ((const mem_text *)(const void *)(src->entry + l->off))->len <= 12) {
        memcpy(key, src->entry + l->off, sizeof(mem_text));
        ((mem_text *)(void *)key)->len |= THERE;
        return 1;
    }
    const char *s = mem_get_bytes(src, l, &len);
    mem_text t;
    memset(&t, 0, sizeof t);
    if (s) {
        if (len <= 12) {
            if (len) memcpy(t.head, s, len < 4 ? len : 4);
            if (len > 4) memcpy(t.u.rest, s + 4, len - 4);
        } else {
            memcpy(t.head, s, 4);
            t.u.p = intern(g, s, len);
            if (!t.u.p) return 0;
        }
        t.len = len | THERE;
    }
    memcpy(key, &t, sizeof t);
    return 1;
}

static int row_key(agg *g, const mem_src *src)
{
    for (uint32_t i = 0; i < g->a->n_groups; i++) {
        const mem_loc *l = &g->group_locs[i];
        uint64_t *key = g->key + (size_t)i * 2;
        int64_t v = 0;
        if (l->kind != ARC_V_INT) {
            if (!text_key(g, src, l, key)) return 0;
            continue;
        }
        key[0] = (uint64_t)mem_get_int(src, l, &v);
        if (!key[0])
            key[1] = 0;
        else
            key[1] = g->a->groups[i].kind == ARC_GROUP_BUCKET ? bucket(&g->a->groups[i], v) : (uint64_t)v;
    }
    return 1;
}

/* ---- groups -------------------------------------------------------------------------------------------------------------------- */

static int same_words(const uint64_t *a, const uint64_t *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (a[i] != b[i]) return 0;
    return 1;
}

static uint32_t place(const agg *g, const uint32_t *slots, uint32_t n_slots, const uint64_t *key)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = 0; i < g->words; i++) {
        h = (h ^ key[i]) * UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    uint32_t at = (uint32_t)h & (n_slots - 1);
    while (slots[at] && !same_words(g->keys + (size_t)(slots[at] - 1) * g->words, key, g->words)) at = (at + 1) & (n_slots - 1);
    return at;
}

static int grow(agg *g)
{
    const arc_host *host = g->txn->host;
    uint32_t cap = g->cap ? g->cap * 2 : 64, n_slots = cap * 2;
    if (cap > UINT32_MAX / 8) return 0;
    uint64_t *keys = host->resize(host, g->keys, ((size_t)cap * g->words + 1) * sizeof *keys);
    if (!keys) return 0;
    g->keys = keys;
    measure *m = host->resize(host, g->measures, ((size_t)cap * g->a->n_measures + 1) * sizeof *m);
    if (!m) return 0;
    g->measures = m;
    uint32_t *slots = arci_mem_zalloc(host, n_slots * sizeof *slots);
    if (!slots) return 0;
    for (uint32_t i = 0; i < g->n; i++) slots[place(g, slots, n_slots, keys + (size_t)i * g->words)] = i + 1;
    mem_free(host, g->slots);
    g->slots = slots;
    g->n_slots = n_slots;
    g->cap = cap;
    return 1;
}

/* Makes the group of g->key the last one. */
static int find_group(agg *g)
{
    if (g->n && same_words(g->keys + (size_t)g->last * g->words, g->key, g->words)) return 1;
    if (g->n == g->cap && !grow(g)) return 0;
    uint32_t at = place(g, g->slots, g->n_slots, g->key);
    if (g->slots[at]) {
        g->last = g->slots[at] - 1;
        return 1;
    }
    g->last = g->n++;
    g->slots[at] = g->n;
    if (g->words) memcpy(g->keys + (size_t)g->last * g->words, g->key, g->words * sizeof *g->key);
    memset(g->measures + (size_t)g->last * g->a->n_measures, 0, g->a->n_measures * sizeof *g->measures);
    return 1;
}

static void measure_row(agg *g, const mem_src *src)
{
    measure *m = g->measures + (size_t)g->last * g->a->n_measures;
    for (uint32_t i = 0; i < g->a->n_measures; i++, m++) {
        const mem_loc *l = &g->measure_locs[i];
        uint16_t kind = g->a->measures[i].kind;
        int64_t v;
        if (kind == ARC_MEASURE_COUNT) {
            m->n++;
        } else if (kind == ARC_MEASURE_SUM) {
            if (!mem_get_int(src, l, &v)) continue;
            arci_acc_add(&m->sum, v);
            m->n++;
        } else {
            arc_value x = arci_mem_get(src, l);
            if (x.type == ARC_V_NULL) continue;
            int r = m->n++ ? arci_mem_value_cmp(&x, &m->best) : 0;
            if (m->n == 1 || (kind == ARC_MEASURE_MIN ? r < 0 : r > 0)) m->best = x;
        }
    }
}

/* ---- the answer ------------------------------------------------------------------------------------------------------------------ */

typedef struct line {
    const arc_value *v;
    uint32_t n;
} line;

static int by_groups(const void *a, const void *b)
{
    const line *x = a, *y = b;
    for (uint32_t i = 0; i < x->n; i++) {
        int r = arci_mem_value_cmp(&x->v[i], &y->v[i]);
        if (r) return r;
    }
    return 0;
}

static arc_value group_value(const agg *g, uint32_t group, uint32_t i)
{
    const uint64_t *key = g->keys + (size_t)group * g->words + (size_t)i * 2;
    arc_value v;
    memset(&v, 0, sizeof v);
    if (g->group_locs[i].kind == ARC_V_INT) {
        if (key[0]) v.type = ARC_V_INT;
        v.u.i = (int64_t)key[1];
        return v;
    }
    const mem_text *t = (const void *)key; /* the keys live on as the cursor's */
    if (!(t->len & THERE)) return v;
    v.type = g->group_locs[i].kind;
    v.len = t->len & ~THERE;
    v.u.s = v.len <= 12 ? t->head : t->u.p;
    return v;
}

static arc_status measure_value(const agg *g, uint32_t group, uint32_t i, arc_value *v)
{
    const measure *m = g->measures + (size_t)group * g->a->n_measures + i;
    uint16_t kind = g->a->measures[i].kind;
    memset(v, 0, sizeof *v);
    if (kind == ARC_MEASURE_COUNT || (kind == ARC_MEASURE_SUM && m->n)) v->type = ARC_V_INT;
    if (kind == ARC_MEASURE_COUNT)
        v->u.i = (int64_t)m->n;
    else if (kind != ARC_MEASURE_SUM)
        *v = m->best;
    else if (m->n && arci_acc_get(&m->sum, &v->u.i))
        return ARC_E_OVERFLOW;
    return ARC_OK;
}

static arc_status answer(agg *g, mem_cursor *c)
{
    const arc_host *host = g->txn->host;
    uint32_t n = g->a->n_groups, width = n + g->a->n_measures;
    size_t size = ((size_t)g->n * width + 1) * sizeof(arc_value);
    arc_value *values = mem_alloc(host, size);
    line *lines = mem_alloc(host, ((size_t)g->n + 1) * sizeof *lines);
    arc_status status = values && lines ? ARC_OK : ARC_E_NOMEM;
    c->values = values && lines ? mem_alloc(host, size) : NULL;
    if (!c->values) status = ARC_E_NOMEM;
    for (uint32_t r = 0; !status && r < g->n; r++) {
        arc_value *v = values + (size_t)r * width;
        for (uint32_t i = 0; i < n; i++) v[i] = group_value(g, r, i);
        for (uint32_t i = 0; i < g->a->n_measures && !status; i++) status = measure_value(g, r, i, &v[n + i]);
        lines[r].v = v;
        lines[r].n = n;
    }
    if (!status) {
        if (n && g->n) qsort(lines, g->n, sizeof *lines, by_groups);
        for (uint32_t r = 0; r < g->n; r++) memcpy(c->values + (size_t)r * width, lines[r].v, width * sizeof *values);
        c->n_rows = g->n;
        c->n_cols = width;
    }
    mem_free(host, values);
    mem_free(host, lines);
    return status;
}

static int take_row(agg *g, const mem_src *src)
{
    if (!row_key(g, src) || !find_group(g)) return 0;
    measure_row(g, src);
    return 1;
}

static arc_status pass_leaves(agg *g, mem_scan *scan)
{
    const arc_host *host = g->txn->host;
    for (uint32_t leaves = 1; arci_mem_scan_leaf(scan); leaves++) {
        mem_src src = { NULL, NULL };
        for (; scan->from < scan->to; scan->from++) {
            src.entry = mem_entry(scan->tree, scan->leaf, scan->from);
            if (!take_row(g, &src)) return ARC_E_NOMEM;
        }
        if (leaves % 256 == 0 && host->cancelled && host->cancelled(host)) return ARC_E_CANCELLED;
    }
    return ARC_OK;
}

static arc_status pass(agg *g, mem_scan *scan)
{
    const arc_host *host = g->txn->host;
    uint32_t budget = 256;
    mem_src src;
    int r;
    if (!g->a->n_groups && !find_group(g)) return ARC_E_NOMEM;
    if (mem_scan_plain(scan)) return pass_leaves(g, scan);
    while ((r = arci_mem_scan_next(scan, &src, &budget)) != 0) {
        if (r < 0) {
            if (host->cancelled && host->cancelled(host)) return ARC_E_CANCELLED;
            continue;
        }
        if (!take_row(g, &src)) return ARC_E_NOMEM;
    }
    return ARC_OK;
}

/* ---- the call -------------------------------------------------------------------------------------------------------------------- */

static int valid(const mem_layout *layout, const arc_aggregate *a)
{
    if (!a || a->struct_size < sizeof *a || a->table >= layout->n_tables || (a->n_conds && !a->conds)) return 0;
    if ((a->n_groups && !a->groups) || (a->n_measures && !a->measures) || !(a->n_groups + a->n_measures)) return 0;
    const mem_table *table = &layout->tables[a->table];
    for (uint32_t i = 0; i < a->n_conds; i++)
        if (!arci_mem_cond_valid(table, &a->conds[i])) return 0;
    for (uint32_t i = 0; i < a->n_groups; i++) {
        const arc_group *g = &a->groups[i];
        if (g->col >= table->t.n_cols || g->kind > ARC_GROUP_BUCKET) return 0;
        if (g->kind == ARC_GROUP_BUCKET && (table->kinds[g->col] != ARC_V_INT || (g->n_edges && !g->edges))) return 0;
    }
    for (uint32_t i = 0; i < a->n_measures; i++) {
        const arc_measure *m = &a->measures[i];
        if (m->kind > ARC_MEASURE_MAX || (m->kind != ARC_MEASURE_COUNT && m->col >= table->t.n_cols)) return 0;
        if (m->kind == ARC_MEASURE_SUM && table->kinds[m->col] != ARC_V_INT) return 0;
    }
    return 1;
}

static arc_status prepare(agg *g, mem_cursor *c)
{
    const arc_aggregate *a = g->a;
    mem_question q;
    mem_access access;
    uint16_t *cols = arci_mem_bump(g->bump, ((size_t)a->n_groups + a->n_measures) * sizeof *cols);
    g->group_locs = arci_mem_bump(g->bump, a->n_groups * sizeof *g->group_locs);
    g->measure_locs = arci_mem_bump(g->bump, a->n_measures * sizeof *g->measure_locs);
    g->words = a->n_groups * 2;
    g->key = arci_mem_bump(g->bump, g->words * sizeof *g->key);
    if (!cols || !g->group_locs || !g->measure_locs || !g->key) return ARC_E_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_groups; i++) cols[n++] = a->groups[i].col;
    for (uint32_t i = 0; i < a->n_measures; i++)
        if (a->measures[i].kind != ARC_MEASURE_COUNT) cols[n++] = a->measures[i].col;
    memset(&q, 0, sizeof q);
    q.table = &g->txn->layout->tables[a->table];
    q.conds = a->conds;
    q.n_conds = a->n_conds;
    q.cols = cols;
    q.n_cols = n;
    arc_status status = arci_mem_scan_open(&c->scan, &access, g->bump, g->txn, &q, NULL);
    if (status) return status;
    for (uint32_t i = 0; i < a->n_groups; i++) g->group_locs[i] = arci_mem_loc(q.table, access.tree, a->groups[i].col);
    for (uint32_t i = 0; i < a->n_measures; i++)
        if (a->measures[i].kind != ARC_MEASURE_COUNT) g->measure_locs[i] = arci_mem_loc(q.table, access.tree, a->measures[i].col);
    return ARC_OK;
}

arc_status arci_mem_aggregate(void *handle, arc_aggregate *a)
{
    mem_txn *txn = handle;
    agg g;
    arc_status status = arci_mem_usable(txn, 0);
    if (status) return status;
    if (!valid(txn->layout, a)) return arci_mem_fail(txn, ARC_E_INVALID, "aggregate: a question that makes no sense");
    mem_cursor *c = arci_mem_cursor_make(txn, MEM_CURSOR_VALUES);
    if (!c) return arci_mem_fail(txn, ARC_E_NOMEM, NULL);
    memset(&g, 0, sizeof g);
    g.txn = txn;
    g.bump = &c->bump;
    g.a = a;
    status = prepare(&g, c);
    if (!status) status = pass(&g, c->scan);
    if (!status) status = answer(&g, c);
    mem_free(txn->host, g.slots);
    mem_free(txn->host, g.measures);
    c->keys = g.keys;
    if (status) {
        arci_mem_cursor_free(c);
        return arci_mem_fail(txn, status, status == ARC_E_OVERFLOW ? "a sum does not fit 64 bits" : NULL);
    }
    arci_mem_cursor_join(c);
    a->cursor = c;
    return ARC_OK;
}
