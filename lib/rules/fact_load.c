/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of facts from a book, in batches: the subjects, then - a read for each - what they point at, and what hangs on them. */
#include <string.h>

#include "ledger/merged.h"
#include "model/record.h"
#include "rules/fact_impl.h"
#include "store/computed.h"
#include "store/repo.h"

#define BATCH 500u /* ids of one read */

typedef struct node_plan {
    const arci_table *table; /* with the custom fields, when any is read */
    arci_overlay *overlay;
    uint16_t *cols;          /* [0] the key */
    uint16_t *slots;         /* of cols[1..] */
    uint32_t n;
} node_plan;

struct arci_fact_reader {
    arci_txn *t;
    arci_arena *arena;
    const arci_facts *f;
    arci_fact_call call;
    node_plan *nodes;
    arci_fact_reader **elements; /* by slot: of lists */
    arci_merged merged;          /* customers that were merged, once they are asked for */
    uint8_t knows_merged;
};

/* ---- plans --------------------------------------------------------------------------------------------------------------------- */

static arc_status plan_node(arci_fact_reader *r, uint32_t node)
{
    const arci_facts *f = r->f;
    const arci_fact_node *n = &f->nodes[node];
    node_plan *p = &r->nodes[node];
    const arci_table *base = arci_store_table(r->t->book->store, n->entity);
    int custom = 0;
    if (n->kind == ARCI_NODE_COMPUTED) return ARC_OK; /* engines read for it */
    if (!base) {
        arci_fail(r->t->env, ARC_E_UNSUPPORTED, "%s has no table yet", "%s 尚无数据表", n->entity->name);
        return ARC_E_UNSUPPORTED;
    }
    for (uint32_t i = 0; i < f->n_facts; i++) custom |= f->facts[i]->how == ARCI_HOW_FIELD && f->facts[i]->node == node && f->facts[i]->col >= ARCI_FIELD_CUSTOM_FIRST;
    if (custom) {
        arc_status st = arci_overlay_new(r->t->env, &p->overlay, base, f->custom);
        if (st != ARC_OK) return st;
    }
    p->table = custom ? &p->overlay->table : base;
    p->cols = arci_arena_alloc(r->arena, (f->n_facts + 1u) * sizeof *p->cols);
    p->slots = arci_arena_alloc(r->arena, (f->n_facts + 1u) * sizeof *p->slots);
    if (!p->cols || !p->slots) return arci_nomem(r->t->env);
    p->cols[p->n++] = base->desc->key[1];
    for (uint32_t i = 0; i < f->n_facts; i++) {
        const arci_fact *x = f->facts[i];
        if (x->how != ARCI_HOW_FIELD || x->node != node) continue;
        p->slots[p->n] = x->slot;
        p->cols[p->n++] = x->col >= ARCI_FIELD_CUSTOM_FIRST ? arci_overlay_col(p->overlay, x->col) : arci_field_col(n->entity, x->field);
    }
    return ARC_OK;
}

arc_status arci_fact_reader_open(arci_txn *t, arci_arena *arena, const arci_facts *f, const arci_fact_call *call, arci_fact_reader **out)
{
    arci_fact_reader *r = *out = arci_arena_calloc(arena, 1, sizeof *r);
    arc_status st = ARC_OK;
    if (!r) return arci_nomem(t->env);
    r->t = t;
    r->arena = arena;
    r->f = f;
    r->call = *call;
    arci_merged_init(&r->merged, t->book->ctx);
    r->nodes = arci_arena_calloc(arena, f->n_nodes + 1u, sizeof *r->nodes);
    r->elements = arci_arena_calloc(arena, f->n_facts + 1u, sizeof(arci_fact_reader *));
    if (!r->nodes || !r->elements) return arci_nomem(t->env);
    for (uint32_t i = 0; i < f->n_nodes && st == ARC_OK; i++) st = plan_node(r, i);
    for (uint32_t i = 0; i < f->n_facts && st == ARC_OK; i++) {
        if (f->facts[i]->how == ARCI_HOW_CHILDREN || f->facts[i]->how == ARCI_HOW_GIVEN) st = arci_fact_reader_open(t, arena, f->facts[i]->elements, call, &r->elements[i]);
    }
    return st;
}

void arci_fact_reader_close(arci_fact_reader *r)
{
    if (!r || !r->nodes || !r->elements) return;
    for (uint32_t i = 0; i < r->f->n_nodes; i++) arci_overlay_drop(r->f->ctx, r->nodes[i].overlay);
    for (uint32_t i = 0; i < r->f->n_facts; i++) arci_fact_reader_close(r->elements[i]);
    arci_merged_clear(&r->merged);
}

/* ---- values -------------------------------------------------------------------------------------------------------------------- */

static arc_value fault(arc_status st)
{
    arc_value v = { ARCI_V_FAULT, { 0, 0, 0 }, 0, { 0 } };
    v.len = (uint32_t)-st;
    return v;
}

/* A stored value as facts have it; texts are copied. */
static arc_status take(const arci_fact_reader *r, arci_arena *rows, const arci_fact *x, const arc_value *v, arc_value *out)
{
    *out = *v;
    if (v->type == ARC_V_INT || v->type == ARC_V_NULL) return ARC_OK;
    if (v->type != ARC_V_TEXT) {
        *out = fault(ARC_E_CORRUPT);
        return ARC_OK;
    }
    if (x->type == ARCI_FACT_ENUM) {
        int64_t i = 0;
        while (x->codes->codes[i] && (strlen(x->codes->codes[i]) != v->len || memcmp(x->codes->codes[i], v->u.s, v->len) != 0)) i++;
        *out = x->codes->codes[i] ? arci_v_int(i) : fault(ARC_E_VALUE);
        return ARC_OK;
    }
    out->u.s = arci_arena_strndup(rows, v->u.s, v->len);
    return out->u.s ? ARC_OK : arci_nomem(r->t->env);
}

static arc_status fill(const arci_fact_reader *r, arci_arena *rows, const node_plan *p, const arc_value *stored, arc_value *row)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 1; i < p->n && st == ARC_OK; i++) st = take(r, rows, r->f->facts[p->slots[i]], &stored[i], &row[p->slots[i]]);
    return st;
}

/* ---- rows by id -------------------------------------------------------------------------------------------------------------------- */

typedef struct wanted {
    int64_t id;
    uint32_t row;
} wanted;

static void sift(wanted *w, uint32_t from, uint32_t n)
{
    for (uint32_t kid; (kid = from * 2 + 1) < n; from = kid) {
        if (kid + 1 < n && w[kid].id < w[kid + 1].id) kid++;
        if (w[from].id >= w[kid].id) return;
        wanted x = w[from];
        w[from] = w[kid];
        w[kid] = x;
    }
}

static void sort_wanted(wanted *w, uint32_t n)
{
    for (uint32_t i = n / 2; i--;) sift(w, i, n);
    for (uint32_t i = n; i-- > 1;) {
        wanted x = w[0];
        w[0] = w[i];
        w[i] = x;
        sift(w, 0, i);
    }
}

static uint32_t first_of(const wanted *w, uint32_t n, int64_t id)
{
    uint32_t from = 0;
    while (n) {
        uint32_t half = n / 2;
        if (w[from + half].id < id) {
            from += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return from;
}

/* Told of each row read whose column is among the ids: which of w. */
typedef arc_status (*row_fn)(void *user, const wanted *w, uint32_t n, const arc_value *stored);

typedef struct read_call {
    const arci_table *table;
    const arci_overlay *overlay;
    const uint16_t *cols;
    uint32_t n_cols;
    uint16_t by;      /* column, first of cols */
    int ordered;      /* by it, then by key */
    uint16_t tag;     /* column that must say `tagged`; ARC_NO_COL: none */
    arc_value tagged;
} read_call;

static arc_status read_batch(const arci_fact_reader *r, arci_arena *rows, const read_call *c, const wanted *w, uint32_t n, row_fn tell, void *user)
{
    arc_value *ids = arci_arena_alloc(rows, n * sizeof *ids);
    uint32_t n_ids = 0;
    arci_scan *scan;
    arc_block block;
    if (!ids) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (!n_ids || ids[n_ids - 1].u.i != w[i].id) ids[n_ids++] = arci_v_int(w[i].id);
    }
    const arc_cond_op op = { ARC_OP_IN, c->by, ARC_NO_COL, 0, n_ids, ids };
    const arc_cond_op about = { ARC_OP_EQ, c->tag, ARC_NO_COL, 0, 1, &c->tagged };
    const arc_cond conds[] = { { &op, 1, 0 }, { &about, 1, 0 } };
    const arc_order order[] = { { c->by, 0 }, { c->table->desc->key[1], 0 } };
    const arci_scan_spec spec = { .entity = c->table->entity, .overlay = c->overlay, .cols = c->cols, .conds = conds, .n_cols = c->n_cols, .n_conds = c->tag == ARC_NO_COL ? 1u : 2u,
                                  .order = c->ordered ? order : NULL, .n_order = c->ordered ? 2u : 0u };
    arc_status st = arci_scan_open(r->t, &scan, &spec);
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *stored = block.values + (size_t)i * block.n_cols;
            uint32_t at = first_of(w, n, stored[0].u.i), end = at;
            while (end < n && w[end].id == stored[0].u.i) end++;
            if (end > at) st = tell(user, w + at, end - at, stored);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status read_wanted(const arci_fact_reader *r, arci_arena *rows, const read_call *c, wanted *w, uint32_t n, row_fn tell, void *user)
{
    arc_status st = ARC_OK;
    sort_wanted(w, n);
    for (uint32_t from = 0; from < n && st == ARC_OK;) {
        uint32_t end = from + BATCH < n ? from + BATCH : n;
        while (end < n && w[end].id == w[end - 1].id) end++; /* rows of one id stay together */
        st = read_batch(r, rows, c, w + from, end - from, tell, user);
        from = end;
    }
    return st;
}

/* ---- nodes --------------------------------------------------------------------------------------------------------------------------- */

typedef struct filling {
    arci_fact_reader *r;
    arci_arena *rows;
    const node_plan *p;
    arc_value *row;
    uint32_t width;
    uint8_t *found;
} filling;

static arc_status fill_rows(void *user, const wanted *w, uint32_t n, const arc_value *stored)
{
    filling *f = user;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = fill(f->r, f->rows, f->p, stored, f->row + (size_t)w[i].row * f->width);
        if (f->found) f->found[w[i].row] = 1;
    }
    return st;
}

/* A reference to a customer that was merged leads to the one it was merged into, and what hangs on that one hangs on either. */
static int is_customer(const arci_entity *e) { return strcmp(e->name, "customer") == 0; }

static arc_status know_merged(arci_fact_reader *r)
{
    if (r->knows_merged) return ARC_OK;
    r->knows_merged = 1;
    return arci_merged_read(r->t, r->arena, &r->merged, ARC_DATE_NONE, NULL);
}

/* ids NULL: those in slot `via` of the rows; else every n_ids-th of them. */
static arc_status read_node(arci_fact_reader *r, arci_arena *rows, uint32_t node, const int64_t *ids, uint32_t step, uint32_t n, arc_value *row, uint8_t *found)
{
    const node_plan *p = &r->nodes[node];
    filling f = { r, rows, p, row, r->f->n_facts, found };
    const read_call c = { p->table, p->overlay, p->cols, p->n, p->cols[0], 0, ARC_NO_COL, { 0 } };
    wanted *w = arci_arena_alloc(rows, (n + 1u) * sizeof *w);
    uint32_t k = 0;
    const int follows = !ids && r->f->nodes[node].kind == ARCI_NODE_REF && is_customer(r->f->nodes[node].entity);
    if (!w) return arci_nomem(r->t->env);
    if (follows && know_merged(r) != ARC_OK) return r->t->env->err->status;
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *v = ids ? NULL : &row[(size_t)i * f.width + r->f->nodes[node].via];
        if (v && v->type != ARC_V_INT) continue;
        w[k].id = v ? v->u.i : ids[(size_t)i * step];
        if (follows) w[k].id = arci_merged_root(&r->merged, w[k].id);
        w[k++].row = i;
    }
    return k ? read_wanted(r, rows, &c, w, k, fill_rows, &f) : ARC_OK;
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------------- */

typedef struct gathering {
    arci_fact_reader *inner;
    arci_arena *rows;
    arc_value *all; /* element rows, in the order read */
    uint32_t *of;   /* of which row of facts */
    uint32_t n, cap, width;
    uint32_t *count; /* by row of facts */
} gathering;

static arc_status gather(void *user, const wanted *w, uint32_t n, const arc_value *stored)
{
    gathering *g = user;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (g->count[w[i].row]++ >= ARCI_FACTS_CHILDREN) continue;
        if (g->n == g->cap) {
            uint32_t cap = g->cap ? g->cap * 2 : 64;
            arc_value *all = arci_arena_calloc(g->rows, (size_t)cap * g->width, sizeof *all);
            uint32_t *of = arci_arena_alloc(g->rows, cap * sizeof *of);
            if (!all || !of) return arci_nomem(g->inner->t->env);
            if (g->n) memcpy(all, g->all, (size_t)g->n * g->width * sizeof *all);
            if (g->n) memcpy(of, g->of, g->n * sizeof *of);
            g->all = all;
            g->of = of;
            g->cap = cap;
        }
        g->of[g->n] = w[i].row;
        node_plan behind = g->inner->nodes[0]; /* the reference stands in front */
        st = fill(g->inner, g->rows, &behind, stored + 1, g->all + (size_t)g->n++ * g->width);
    }
    return st;
}

static arc_status finish(arci_fact_reader *r, arci_arena *rows, uint32_t n, arc_value *row);

/* Whose rows make a list: the row's id; of a customer, all who are one with him. */
static arc_status want_holders(arci_fact_reader *r, arci_arena *rows, const arci_fact *x, uint32_t n, const arc_value *row, wanted **out, uint32_t *k)
{
    const int customers = x->tag ? is_customer(x->tagged) : x->field->aux && strcmp(x->field->aux, "customer") == 0;
    arc_status st = customers ? know_merged(r) : ARC_OK;
    const uint32_t merged = customers ? r->merged.roots.n : 0;
    wanted *w = *out = arci_arena_alloc(rows, ((size_t)n + 1u) * sizeof *w);
    if (st != ARC_OK || !w) return st != ARC_OK ? st : arci_nomem(r->t->env);
    for (uint32_t i = 0, cap = n + 1u; i < n && st == ARC_OK; i++) {
        const arc_value *id = &row[(size_t)i * r->f->n_facts + x->from];
        int64_t *family = NULL, own;
        uint32_t members = 1;
        if (id->type != ARC_V_INT) continue;
        own = id->u.i;
        if (merged) st = arci_merged_family(r->t->env, rows, &r->merged, own, &family, &members);
        if (st == ARC_OK && *k + members > cap) {
            cap = (*k + members) * 2 + n;
            wanted *grown = arci_arena_alloc(rows, (size_t)cap * sizeof *grown);
            if (!grown) return arci_nomem(r->t->env);
            memcpy(grown, w, *k * sizeof *w);
            w = *out = grown;
        }
        for (uint32_t m = 0; m < members && st == ARC_OK; m++) w[(*k)++] = (wanted){ family ? family[m] : own, i };
    }
    return st;
}

static arc_status read_list(arci_fact_reader *r, arci_arena *rows, const arci_fact *x, uint32_t n, arc_value *row)
{
    arci_fact_reader *inner = r->elements[x->slot];
    const node_plan *p = &inner->nodes[0];
    gathering g = { inner, rows, NULL, NULL, 0, 0, inner->f->n_facts ? inner->f->n_facts : 1u, arci_arena_calloc(rows, n + 1u, sizeof(uint32_t)) };
    wanted *w = NULL;
    uint16_t *cols = arci_arena_alloc(rows, (p->n + 1u) * sizeof *cols);
    uint32_t k = 0, width = r->f->n_facts;
    arci_fact_list *lists = arci_arena_calloc(rows, n + 1u, sizeof *lists);
    if (!cols || !lists || !g.count) return arci_nomem(r->t->env);
    cols[0] = arci_field_col(x->entity, x->field);
    memcpy(cols + 1, p->cols, p->n * sizeof *cols);
    const read_call c = { p->table, p->overlay, cols, p->n + 1u, cols[0], 1, x->tag ? arci_field_col(x->entity, x->tag) : ARC_NO_COL,
                          x->tag ? arci_v_text(x->tagged->name, strlen(x->tagged->name)) : arci_v_null() };
    arc_status st = want_holders(r, rows, x, n, row, &w, &k);
    if (st == ARC_OK && k) st = read_wanted(r, rows, &c, w, k, gather, &g);
    if (st == ARC_OK && g.n) st = finish(inner, rows, g.n, g.all);
    if (st != ARC_OK) return st;
    /* Elements of several rows may alternate when rows share an id: sort them out, keeping their order. */
    arc_value *sorted = arci_arena_alloc(rows, ((size_t)g.n * g.width + 1) * sizeof *sorted);
    if (!sorted) return arci_nomem(r->t->env);
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t mine = g.count[i] < ARCI_FACTS_CHILDREN ? g.count[i] : ARCI_FACTS_CHILDREN;
        lists[i].rows = sorted + (size_t)at * g.width;
        lists[i].width = g.width;
        at += mine;
    }
    for (uint32_t i = 0; i < g.n; i++) {
        arci_fact_list *l = &lists[g.of[i]];
        size_t to = (size_t)(l->rows - sorted) + (size_t)l->n++ * g.width;
        memcpy(sorted + to, g.all + (size_t)i * g.width, g.width * sizeof *sorted);
    }
    for (uint32_t i = 0; i < n; i++) {
        arc_value *v = &row[(size_t)i * width + x->slot];
        memset(v, 0, sizeof *v);
        v->type = ARCI_V_LIST;
        v->u.s = (const char *)&lists[i];
        if (g.count[i] > ARCI_FACTS_CHILDREN) *v = fault(ARC_E_LIMIT);
    }
    return ARC_OK;
}

/* Rows the call names: the same for all. */
static arc_status read_given(arci_fact_reader *r, arci_arena *rows, const arci_fact *x, uint32_t n, arc_value *row)
{
    arci_fact_reader *inner = r->elements[x->slot];
    arci_fact_list *list = arci_arena_calloc(rows, 1, sizeof *list);
    arc_value *all = NULL;
    if (!list) return arci_nomem(r->t->env);
    arc_status st = r->call.n_given ? arci_fact_read(inner, rows, r->call.given, r->call.n_given, &all, NULL) : ARC_OK;
    list->rows = all;
    list->n = r->call.n_given;
    list->width = inner->f->n_facts;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arc_value *v = &row[(size_t)i * r->f->n_facts + x->slot];
        memset(v, 0, sizeof *v);
        v->type = ARCI_V_LIST;
        v->u.s = (const char *)list;
    }
    return st;
}

/* ---- what engines compute --------------------------------------------------------------------------------------------------------------- */

static uint8_t *wanted_fields(arci_arena *arena, const arci_facts *f, uint32_t node)
{
    const arci_entity *e = f->nodes[node].entity;
    uint16_t first = 0;
    while (first < e->n_fields && !(e->fields[first].flags & ARCI_F_DERIVED)) first++;
    uint8_t *asked = arci_arena_calloc(arena, (size_t)e->n_fields - first + 1, 1);
    for (uint32_t i = 0; asked && i < f->n_facts; i++) {
        const arci_fact *x = f->facts[i];
        if (x->node == node && (x->how == ARCI_HOW_COMPUTED || x->how == ARCI_HOW_UNTIL)) asked[(x->field - e->fields) - first] = 1;
    }
    return asked;
}

static arc_status take_computed(arci_fact_reader *r, arci_arena *rows, const arci_compute *c, uint32_t node, const wanted *w, uint32_t n, arc_value *row)
{
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        const uint32_t at = arci_id_place(c->ids, c->n, w[k].id);
        for (uint32_t i = 0; i < r->f->n_facts && st == ARC_OK; i++) {
            const arci_fact *x = r->f->facts[i];
            arc_value *to = &row[(size_t)w[k].row * r->f->n_facts + x->slot];
            if (x->node != node || (x->how != ARCI_HOW_COMPUTED && x->how != ARCI_HOW_UNTIL)) continue;
            const size_t cell = (size_t)at * c->width + (size_t)((x->field - c->e->fields) - c->first);
            if (x->how == ARCI_HOW_UNTIL) *to = c->next[cell] == ARC_DATE_NONE ? arci_v_null() : arci_v_int(c->next[cell]);
            else st = take(r, rows, x, &c->values[cell], to);
        }
    }
    return st;
}

/* As of the day of the call, with what is known now. */
static arc_status read_computed(arci_fact_reader *r, arci_arena *rows, uint32_t node, uint32_t n, arc_value *row)
{
    const arci_fact_node *of = &r->f->nodes[node];
    wanted *w = arci_arena_alloc(rows, (n + 1u) * sizeof *w);
    int64_t *ids = arci_arena_alloc(rows, (n + 1u) * sizeof *ids);
    const uint8_t *fields = wanted_fields(rows, r->f, node);
    uint32_t k = 0;
    arc_status st = ARC_OK;
    if (!w || !ids || !fields) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *id = &row[(size_t)i * r->f->n_facts + of->via];
        if (id->type != ARC_V_INT) continue;
        w[k].id = id->u.i;
        w[k++].row = i;
    }
    sort_wanted(w, k);
    for (uint32_t from = 0, end; from < k && st == ARC_OK; from = end) {
        arci_compute c = { .t = r->t, .arena = rows, .e = of->entity, .ids = ids, .as_of = r->call.today, .day = r->call.today, .wanted = fields };
        for (end = from; end < k && (c.n < BATCH || w[end].id == w[end - 1].id); end++) {
            if (!c.n || ids[c.n - 1] != w[end].id) ids[c.n++] = w[end].id;
        }
        st = arci_compute_rows(&c, 1);
        if (st == ARC_OK) st = take_computed(r, rows, &c, node, w + from, end - from, row);
    }
    return st;
}

/* ---- the rest of a row ------------------------------------------------------------------------------------------------------------------ */

static void compute(const arci_fact_reader *r, const arci_fact *x, arc_value *row)
{
    const arc_value *from = &row[x->from];
    if (x->how == ARCI_HOW_PARAM) {
        row[x->slot] = !x->from ? arci_v_int(r->call.today) : r->call.params ? r->call.params[x->from - 1] : arci_v_null();
        return;
    }
    if ((x->flags & ARCI_FACT_BASE) && x->how == ARCI_HOW_FIELD) {
        if (row[x->slot].type == ARC_V_NULL) row[x->slot] = *from;
        return;
    }
    if (x->how != ARCI_HOW_SINCE && x->how != ARCI_HOW_LATE) return;
    row[x->slot] = *from;
    if (from->type != ARC_V_INT) return;
    int64_t n = r->call.today - from->u.i;
    row[x->slot] = arci_v_int(x->how == ARCI_HOW_LATE && n < 0 ? 0 : n);
}

/* What follows from the rows of the roots. */
static arc_status finish(arci_fact_reader *r, arci_arena *rows, uint32_t n, arc_value *row)
{
    const arci_facts *f = r->f;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < f->n_nodes && st == ARC_OK; i++) {
        if (f->nodes[i].kind == ARCI_NODE_COMPUTED) st = read_computed(r, rows, i, n, row);
        else if (f->nodes[i].kind != ARCI_NODE_ROOT) st = read_node(r, rows, i, NULL, 0, n, row, NULL);
    }
    for (uint32_t i = 0; i < f->n_facts && st == ARC_OK; i++) {
        for (uint32_t k = 0; k < n; k++) compute(r, f->facts[i], row + (size_t)k * f->n_facts);
    }
    for (uint32_t i = 0; i < f->n_facts && st == ARC_OK; i++) {
        if (f->facts[i]->how == ARCI_HOW_CHILDREN) st = read_list(r, rows, f->facts[i], n, row);
        if (f->facts[i]->how == ARCI_HOW_GIVEN) st = read_given(r, rows, f->facts[i], n, row);
    }
    return st;
}

static arc_value *blank(const arci_fact_reader *r, arci_arena *rows, uint32_t n)
{
    arc_value *row = arci_arena_calloc(rows, (size_t)n * r->f->n_facts + 1, sizeof *row);
    if (!row) (void)arci_nomem(r->t->env);
    return row;
}

arc_status arci_fact_read(arci_fact_reader *r, arci_arena *rows, const int64_t *ids, uint32_t n, arc_value **out, uint8_t *found)
{
    arc_status st = ARC_OK;
    *out = blank(r, rows, n);
    if (!*out) return ARC_E_NOMEM;
    if (found) memset(found, 0, n);
    for (uint32_t i = 0; ids && i < r->f->n_nodes && st == ARC_OK; i++) {
        const arci_fact_node *node = &r->f->nodes[i];
        if (node->kind == ARCI_NODE_ROOT) st = read_node(r, rows, i, ids + node->via, r->f->n_roots, n, *out, node->via == 0 ? found : NULL);
    }
    return st == ARC_OK ? finish(r, rows, n, *out) : st;
}

const uint16_t *arci_fact_columns(const arci_fact_reader *r, uint32_t *n, const arci_overlay **overlay)
{
    *n = r->nodes[0].n;
    *overlay = r->nodes[0].overlay;
    return r->nodes[0].cols;
}

arc_status arci_fact_read_block(arci_fact_reader *r, arci_arena *rows, const arc_block *block, arc_value **out)
{
    arc_status st = ARC_OK;
    *out = blank(r, rows, block->n_rows);
    if (!*out) return ARC_E_NOMEM;
    for (uint32_t i = 0; i < block->n_rows && st == ARC_OK; i++) {
        st = fill(r, rows, &r->nodes[0], block->values + (size_t)i * block->n_cols, *out + (size_t)i * r->f->n_facts);
    }
    return st == ARC_OK ? finish(r, rows, block->n_rows, *out) : st;
}

/* ---- records ---------------------------------------------------------------------------------------------------------------------------------- */

static arc_status custom_value(arci_fact_reader *r, arci_record *record, uint32_t number, arc_value *out)
{
    int32_t null = 1;
    arc_status st = arci_record_is_null(r->t->env, record, &null, number & ~ARCI_CURRENCY_PART);
    *out = arci_v_null();
    if (st != ARC_OK || null) return st;
    if (!(number & ARCI_CURRENCY_PART)) {
        *out = *arci_record_value(record, number);
        return ARC_OK;
    }
    arc_money m;
    st = arci_record_get_money(r->t->env, record, &m, number & ~ARCI_CURRENCY_PART);
    char *code = st == ARC_OK ? arci_arena_strndup(r->arena, m.currency, 3) : NULL;
    if (code) *out = arci_v_text(code, 3);
    return st != ARC_OK || code ? st : arci_nomem(r->t->env);
}

arc_status arci_fact_read_record(arci_fact_reader *r, arci_arena *rows, arci_record *record, arc_value **out)
{
    arc_status st = ARC_OK;
    *out = blank(r, rows, 1);
    if (!*out) return ARC_E_NOMEM;
    for (uint32_t i = 0; i < r->f->n_facts && st == ARC_OK; i++) {
        const arci_fact *x = r->f->facts[i];
        arc_value v;
        if (x->how != ARCI_HOW_FIELD || x->node != 0) continue;
        if (x->col >= ARCI_FIELD_CUSTOM_FIRST) st = custom_value(r, record, x->col, &v);
        else v = *arci_record_value(record, x->col);
        if (st == ARC_OK) st = take(r, rows, x, &v, &(*out)[x->slot]);
    }
    return st == ARC_OK ? finish(r, rows, 1, *out) : st;
}
