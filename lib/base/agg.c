/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/agg.h"

#define CHUNK 16384u
#define NO_GROUP UINT32_MAX

struct arci_agg_chunk {
    arci_agg_chunk *next;
    size_t size;
    char bytes[];
};

void arci_agg_init(arci_agg *a, const arc_host *host, const arc_group *groups, uint32_t n_groups, const arc_measure *measures,
                   uint32_t n_measures, const uint16_t *group_place, const uint16_t *measure_place, size_t max_bytes)
{
    memset(a, 0, sizeof *a);
    a->host = host;
    a->groups = groups;
    a->n_groups = n_groups;
    a->measures = measures;
    a->n_measures = n_measures;
    a->group_place = group_place;
    a->measure_place = measure_place;
    a->max_bytes = max_bytes;
    a->last = NO_GROUP;
}

void arci_agg_clear(arci_agg *a)
{
    const arc_host *h = a->host;
    if (!h) return;
    h->release(h, a->keys);
    h->release(h, a->cells);
    h->release(h, a->hashes);
    h->release(h, a->slots);
    h->release(h, a->order);
    h->release(h, a->rows);
    while (a->chunks) {
        arci_agg_chunk *next = a->chunks->next;
        h->release(h, a->chunks);
        a->chunks = next;
    }
    memset(a, 0, sizeof *a);
}

static arc_status charge(arci_agg *a, size_t more)
{
    a->bytes += more;
    return a->max_bytes && a->bytes > a->max_bytes ? ARC_E_LIMIT : ARC_OK;
}

/* ---- texts of groups and edges ------------------------------------------------------------------------------------- */

static arc_status keep_text(arci_agg *a, arc_value *v)
{
    if ((v->type != ARC_V_TEXT && v->type != ARC_V_BLOB) || !v->len) return ARC_OK;
    if (!a->chunks || a->chunks->size - a->chunk_used < v->len) {
        size_t size = v->len > CHUNK ? v->len : CHUNK;
        arc_status st = charge(a, size + sizeof(arci_agg_chunk));
        if (st != ARC_OK) return st;
        arci_agg_chunk *c = a->host->alloc(a->host, sizeof *c + size);
        if (!c) return ARC_E_NOMEM;
        c->next = a->chunks;
        c->size = size;
        a->chunks = c;
        a->chunk_used = 0;
    }
    char *to = a->chunks->bytes + a->chunk_used;
    memcpy(to, v->u.s, v->len);
    a->chunk_used += v->len;
    v->u.s = to;
    return ARC_OK;
}

/* ---- finding a row's group ------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    h ^= h >> 32;
    return h;
}

static uint64_t hash_value(const arc_value *v)
{
    if (v->type == ARC_V_INT) return (uint64_t)v->u.i + 1;
    if (v->type == ARC_V_NULL) return 0;
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) + v->len, word;
    size_t n = v->len;
    const char *s = v->u.s;
    for (; n >= 8; n -= 8, s += 8) {
        memcpy(&word, s, 8);
        h = mix(h ^ word);
    }
    word = 0;
    if (n) memcpy(&word, s, n);
    return mix(h ^ word);
}

static int same_value(const arc_value *a, const arc_value *b)
{
    if (a->type != b->type || a->len != b->len) return 0;
    if (a->type == ARC_V_INT) return a->u.i == b->u.i;
    return a->type == ARC_V_NULL || !a->len || !memcmp(a->u.s, b->u.s, a->len);
}

static int64_t bucket_of(const arc_group *g, int64_t v)
{
    uint32_t lo = 0, hi = g->n_edges;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (g->edges[mid] <= v) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static arc_value group_value(const arc_group *g, const arc_value *v)
{
    arc_value r = *v;
    if (g->kind == ARC_GROUP_BUCKET && v->type == ARC_V_INT) r.u.i = bucket_of(g, v->u.i);
    return r;
}

static int same_group(const arci_agg *a, uint32_t group, const arc_value *row)
{
    const arc_value *key = a->keys + (size_t)group * a->n_groups;
    for (uint32_t i = 0; i < a->n_groups; i++) {
        arc_value v = group_value(&a->groups[i], &row[a->group_place[i]]);
        if (!same_value(&key[i], &v)) return 0;
    }
    return 1;
}

static void *grow(arci_agg *a, void *p, size_t size, size_t n)
{
    size_t bytes;
    if (arci_mulsz(size ? size : 1, n, &bytes)) return NULL;
    return a->host->resize(a->host, p, bytes);
}

static arc_status more_groups(arci_agg *a)
{
    uint32_t cap = a->cap ? a->cap * 2 : 64, n_slots = cap * 2;
    size_t each = a->n_groups * sizeof(arc_value) + a->n_measures * sizeof(arci_agg_cell) + 24;
    arc_status st = charge(a, (size_t)(cap - a->cap) * each);
    if (st != ARC_OK) return st;
    if (cap > UINT32_MAX / 4) return ARC_E_LIMIT;
    void *p = grow(a, a->keys, a->n_groups * sizeof(arc_value), cap);
    if (!p) return ARC_E_NOMEM;
    a->keys = p;
    p = grow(a, a->cells, a->n_measures * sizeof(arci_agg_cell), cap);
    if (!p) return ARC_E_NOMEM;
    a->cells = p;
    p = grow(a, a->hashes, sizeof(uint64_t), cap);
    if (!p) return ARC_E_NOMEM;
    a->hashes = p;
    p = grow(a, a->slots, sizeof(uint32_t), n_slots);
    if (!p) return ARC_E_NOMEM;
    a->slots = p;
    a->cap = cap;
    a->n_slots = n_slots;
    memset(a->slots, 0, n_slots * sizeof(uint32_t));
    for (uint32_t i = 0; i < a->n; i++) {
        uint32_t s = (uint32_t)a->hashes[i] & (n_slots - 1);
        while (a->slots[s]) s = (s + 1) & (n_slots - 1);
        a->slots[s] = i + 1;
    }
    return ARC_OK;
}

static arc_status new_group(arci_agg *a, const arc_value *row, uint64_t hash, uint32_t *out)
{
    arc_status st = ARC_OK;
    if (a->n == a->cap) st = more_groups(a);
    if (st != ARC_OK) return st;
    arc_value *key = a->keys + (size_t)a->n * a->n_groups;
    for (uint32_t i = 0; i < a->n_groups; i++) {
        key[i] = group_value(&a->groups[i], &row[a->group_place[i]]);
        st = keep_text(a, &key[i]);
        if (st != ARC_OK) return st;
    }
    if (a->n_measures) memset(a->cells + (size_t)a->n * a->n_measures, 0, a->n_measures * sizeof(arci_agg_cell));
    a->hashes[a->n] = hash;
    uint32_t s = (uint32_t)hash & (a->n_slots - 1);
    while (a->slots[s]) s = (s + 1) & (a->n_slots - 1);
    *out = a->n++;
    a->slots[s] = *out + 1;
    return ARC_OK;
}

static arc_status find_group(arci_agg *a, const arc_value *row, uint32_t *out)
{
    uint64_t hash = 0;
    /* Rows often come in runs of one group. */
    if (a->last != NO_GROUP && same_group(a, a->last, row)) {
        *out = a->last;
        return ARC_OK;
    }
    for (uint32_t i = 0; i < a->n_groups; i++) {
        arc_value v = group_value(&a->groups[i], &row[a->group_place[i]]);
        hash = mix(hash * 31 + hash_value(&v));
    }
    if (a->n_slots) {
        for (uint32_t s = (uint32_t)hash & (a->n_slots - 1); a->slots[s]; s = (s + 1) & (a->n_slots - 1)) {
            uint32_t g = a->slots[s] - 1;
            if (a->hashes[g] == hash && same_group(a, g, row)) {
                *out = a->last = g;
                return ARC_OK;
            }
        }
    }
    arc_status st = new_group(a, row, hash, out);
    if (st == ARC_OK) a->last = *out;
    return st;
}

/* ---- measuring --------------------------------------------------------------------------------------------------------- */

static int compare(const arc_value *x, const arc_value *y)
{
    if (x->type == ARC_V_NULL || y->type == ARC_V_NULL) return (x->type != ARC_V_NULL) - (y->type != ARC_V_NULL);
    if (x->type == ARC_V_INT) return (x->u.i > y->u.i) - (x->u.i < y->u.i);
    uint32_t n = x->len < y->len ? x->len : y->len;
    int c = n ? memcmp(x->u.s, y->u.s, n) : 0;
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

static arc_status measure(arci_agg *a, arci_agg_cell *c, uint32_t kind, const arc_value *v)
{
    if (v->type == ARC_V_NULL) return ARC_OK;
    if (kind == ARC_MEASURE_SUM) {
        arci_acc_add(&c->sum, v->u.i);
    } else {
        int by = c->n ? compare(v, &c->edge) : 0;
        if (!c->n || (kind == ARC_MEASURE_MIN ? by < 0 : by > 0)) {
            c->edge = *v;
            arc_status st = keep_text(a, &c->edge);
            if (st != ARC_OK) return st;
        }
    }
    c->n++;
    return ARC_OK;
}

arc_status arci_agg_add(arci_agg *a, const arc_value *rows, uint32_t n, uint32_t stride)
{
    for (uint32_t r = 0; r < n; r++, rows += stride) {
        uint32_t g;
        arc_status st = find_group(a, rows, &g);
        if (st != ARC_OK) return st;
        arci_agg_cell *cells = a->cells + (size_t)g * a->n_measures;
        for (uint32_t m = 0; m < a->n_measures; m++) {
            if (a->measures[m].kind == ARC_MEASURE_COUNT) {
                cells[m].n++;
                continue;
            }
            st = measure(a, &cells[m], a->measures[m].kind, &rows[a->measure_place[m]]);
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */

static int before(const arci_agg *a, uint32_t x, uint32_t y)
{
    const arc_value *kx = a->keys + (size_t)x * a->n_groups, *ky = a->keys + (size_t)y * a->n_groups;
    for (uint32_t i = 0; i < a->n_groups; i++) {
        int c = compare(&kx[i], &ky[i]);
        if (c) return c < 0;
    }
    return 0;
}

/* Heap sort: no extra memory, and groups are all different, so stability does not matter. */
static void sift(const arci_agg *a, uint32_t *o, uint32_t root, uint32_t n)
{
    for (;;) {
        uint32_t child = root * 2 + 1;
        if (child >= n) return;
        if (child + 1 < n && before(a, o[child], o[child + 1])) child++;
        if (!before(a, o[root], o[child])) return;
        uint32_t t = o[root];
        o[root] = o[child];
        o[child] = t;
        root = child;
    }
}

static void sort_groups(const arci_agg *a, uint32_t *o)
{
    uint32_t sorted = 1;
    while (sorted < a->n && before(a, sorted - 1, sorted)) sorted++;
    if (sorted >= a->n) return; /* rows stepped out of an index often bring their groups in order */
    for (uint32_t i = a->n / 2; i-- > 0;) sift(a, o, i, a->n);
    for (uint32_t i = a->n; i-- > 1;) {
        uint32_t t = o[0];
        o[0] = o[i];
        o[i] = t;
        sift(a, o, 0, i);
    }
}

static arc_status cell_value(const arci_agg_cell *c, uint32_t kind, arc_value *v)
{
    memset(v, 0, sizeof *v);
    if (kind == ARC_MEASURE_COUNT) {
        v->type = ARC_V_INT;
        v->u.i = c->n;
        return ARC_OK;
    }
    if (!c->n) return ARC_OK;
    if (kind != ARC_MEASURE_SUM) {
        *v = c->edge;
        return ARC_OK;
    }
    v->type = ARC_V_INT;
    return arci_acc_get(&c->sum, &v->u.i) ? ARC_E_OVERFLOW : ARC_OK;
}

arc_status arci_agg_finish(arci_agg *a, arc_block *block)
{
    uint32_t cols = a->n_groups + a->n_measures, g;
    arc_status st = ARC_OK;
    if (!a->n_groups && !a->n) st = new_group(a, NULL, 0, &g);
    if (st != ARC_OK) return st;
    block->n_cols = cols;
    block->n_rows = a->n;
    block->values = NULL;
    if (!a->n) return ARC_OK;
    st = charge(a, a->n * ((size_t)cols * sizeof(arc_value) + sizeof(uint32_t)));
    if (st != ARC_OK) return st;
    a->order = grow(a, NULL, sizeof(uint32_t), a->n);
    a->rows = a->order ? grow(a, NULL, cols * sizeof(arc_value), a->n) : NULL;
    if (!a->rows) return ARC_E_NOMEM;
    for (uint32_t i = 0; i < a->n; i++) a->order[i] = i;
    sort_groups(a, a->order);
    arc_value *out = a->rows;
    for (uint32_t i = 0; i < a->n; i++, out += cols) {
        if (a->n_groups) memcpy(out, a->keys + (size_t)a->order[i] * a->n_groups, a->n_groups * sizeof(arc_value));
        for (uint32_t m = 0; m < a->n_measures; m++) {
            const arci_agg_cell *c = a->cells + (size_t)a->order[i] * a->n_measures + m;
            st = cell_value(c, a->measures[m].kind, &out[a->n_groups + m]);
            if (st != ARC_OK) return st;
        }
    }
    block->values = a->rows;
    return ARC_OK;
}
