/* SPDX-License-Identifier: Apache-2.0 */
/* From rows that have changed to the subjects of rules that hang on them, along the paths their facts are read by, backwards: from the row a reference points at to
 * the rows that have the reference, from a row of a child list to the row above it. What changes beside a document (item_state) is told of by no event; but nothing of it
 * changes without a row that names the document - an allocation, a dispute, an agreement - so whatever is named counts as touched. */
#include <string.h>

#include "ledger/merged.h"
#include "rules/sweep_impl.h"
#include "store/scan.h"

#define AT_ONCE 500u

/* ---- what is read ------------------------------------------------------------------------------------------------------------------- */

/* Slots that conditions and dates read; what actions say of a row is read when something is due. */
static void slots_of(const arci_rule *r, uint8_t *used)
{
    const arci_logic *programs[4];
    if (r->when) arci_logic_slots(r->when, used);
    for (uint32_t i = 0; i < r->n_steps; i++) {
        const arci_rule_step *s = &r->steps[i];
        programs[0] = s->when;
        programs[1] = s->threshold.over;
        programs[2] = s->threshold.rearm;
        for (int k = 0; k < 3; k++) {
            if (programs[k]) arci_logic_slots(programs[k], used);
        }
        if (s->on == ARCI_ON_DATE && s->date.anchor) used[s->date.anchor->slot] = 1;
    }
    if (r->frame->episode) used[r->frame->episode->slot] = 1;
}

/* A slot that is read reads others: what it is computed from, its currency, the reference on the way to its row. */
static int spread(const arci_paths_set *s)
{
    int more = 0;
    for (uint32_t i = arci_facts_width(s->f); i--;) {
        const arci_fact *x = arci_facts_slot(s->f, i);
        uint32_t to[3] = { ARCI_NO_SLOT, ARCI_NO_SLOT, ARCI_NO_SLOT };
        if (!s->used[i]) continue;
        to[0] = x->currency;
        if (x->how == ARCI_HOW_SINCE || x->how == ARCI_HOW_LATE || x->how == ARCI_HOW_CHILDREN || (x->flags & ARCI_FACT_BASE)) to[1] = x->from;
        if ((x->how == ARCI_HOW_FIELD || x->how == ARCI_HOW_COMPUTED) && s->f->nodes[x->node].kind != ARCI_NODE_ROOT) to[2] = s->f->nodes[x->node].via;
        for (int k = 0; k < 3; k++) {
            if (to[k] == ARCI_NO_SLOT || s->used[to[k]]) continue;
            s->used[to[k]] = 1;
            more = 1;
        }
    }
    return more;
}

static arc_status begin_set(arci_txn *t, arci_arena *arena, arci_paths_set *s, const arci_facts *f, const arci_fact *list)
{
    s->f = f;
    s->list = list;
    s->used = arci_arena_calloc(arena, arci_facts_width(f) + 1u, 1);
    s->watched = arci_arena_calloc(arena, f->n_nodes + 1u, 1);
    s->touched = arci_arena_calloc(arena, f->n_nodes + 1u, sizeof *s->touched);
    return s->used && s->watched && s->touched ? ARC_OK : arci_nomem(t->env);
}

static void end_set(arci_paths_set *s)
{
    while (spread(s)) {}
    for (uint32_t i = 0; i < arci_facts_width(s->f); i++) {
        const arci_fact *x = arci_facts_slot(s->f, i);
        if (s->used[i] && (x->how == ARCI_HOW_FIELD || x->how == ARCI_HOW_COMPUTED)) s->watched[x->node] = 1;
    }
    if (s->list) s->watched[0] = 1; /* rows come and go */
}

arc_status arci_paths_new(arci_txn *t, arci_arena *arena, arci_paths *out, const arci_ruleset *set, const arci_rule_frame *frame, const uint8_t *wanted)
{
    const arci_facts *f = frame->facts;
    uint32_t lists = 0;
    memset(out, 0, sizeof *out);
    out->frame = frame;
    for (uint32_t i = 0; i < arci_facts_width(f); i++) lists += arci_facts_slot(f, i)->how == ARCI_HOW_CHILDREN;
    out->sets = arci_arena_calloc(arena, lists + 1u, sizeof *out->sets);
    if (!out->sets) return arci_nomem(t->env);
    arc_status st = begin_set(t, arena, &out->sets[0], f, NULL);
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
        if (set->rules[i]->frame == frame && wanted[i]) slots_of(set->rules[i], out->sets[0].used);
    }
    out->n = 1;
    if (st == ARC_OK) end_set(&out->sets[0]);
    out->sets[0].watched[0] = 1; /* rows that are new */
    for (uint32_t i = 0; i < arci_facts_width(f) && st == ARC_OK; i++) {
        const arci_fact *x = arci_facts_slot(f, i);
        if (x->how != ARCI_HOW_CHILDREN || !out->sets[0].used[i]) continue;
        arci_paths_set *s = &out->sets[out->n++];
        st = begin_set(t, arena, s, x->elements, x);
        if (st != ARC_OK) return st;
        memset(s->used, 1, arci_facts_width(x->elements));
        end_set(s);
    }
    return st;
}

void arci_paths_free(arc_context *ctx, arci_paths *p)
{
    for (uint32_t k = 0; k < p->n; k++) {
        for (uint32_t i = 0; p->sets[k].touched && i < p->sets[k].f->n_nodes; i++) arci_rows_free(ctx, &p->sets[k].touched[i]);
    }
}

/* ---- rows of events --------------------------------------------------------------------------------------------------------------------- */

static const arci_json *value_of(const arci_json *row, const char *image, const char *field)
{
    const arci_json *in = arci_json_get(row, image);
    return in && in->type == ARCI_JSON_OBJECT ? arci_json_get(in, field) : NULL;
}

static int is_op(const arci_json *row, const char *op)
{
    const arci_json *m = arci_json_get(row, "op");
    return m && m->type == ARCI_JSON_STRING && strcmp(m->s, op) == 0;
}

static int is_customer(const arci_entity *e) { return strcmp(e->name, "customer") == 0; }

/* A customer is merged into another one, or taken out of it. */
static int is_merging(const arci_json *row) { return value_of(row, "after", "merged_into") || value_of(row, "before", "merged_into"); }

/* Whether a row has got another value in something that is read. */
static int concerns(const arci_paths_set *s, uint32_t node, const arci_json *row)
{
    int personal = arci_json_get(row, "personal") != NULL;
    if (!is_op(row, "update") || (is_customer(s->f->nodes[node].entity) && is_merging(row))) return 1;
    for (uint32_t i = 0; i < arci_facts_width(s->f); i++) {
        const arci_fact *x = arci_facts_slot(s->f, i);
        if (!s->used[i] || x->how != ARCI_HOW_FIELD || x->node != node) continue;
        const char *name = x->col >= ARCI_FIELD_CUSTOM_FIRST ? "custom" : x->field ? x->field->name : "custom";
        if (personal && (!x->field || x->col >= ARCI_FIELD_CUSTOM_FIRST || (x->field->flags & ARCI_F_PERSONAL))) return 1;
        if (value_of(row, "after", name) || value_of(row, "before", name)) return 1;
    }
    if (!s->list) return 0;
    return value_of(row, "after", s->list->field->name) || value_of(row, "before", s->list->field->name);
}

static arc_status touch_reference(arci_txn *t, arci_rows_found *ids, const arci_json *m)
{
    int64_t id = 0;
    if (!m || m->type != ARCI_JSON_NUMBER || arci_json_int(t->env, m, &id) != ARC_OK) return ARC_OK;
    return arci_rows_add(t->env, ids, id);
}

/* Documents a row names: their states may have changed. */
static arc_status told_names(arci_txn *t, arci_rows_found *ids, const arci_entity *of, const arci_entity *e, const arci_json *row, int64_t id)
{
    arc_status st = of == e ? arci_rows_add(t->env, ids, id) : ARC_OK;
    for (uint32_t i = 0; i < e->n_fields && st == ARC_OK; i++) {
        const arci_field *f = &e->fields[i];
        if (f->type != ARC_T_ID || !f->aux || strcmp(f->aux, of->name) != 0) continue;
        st = touch_reference(t, ids, value_of(row, "after", f->name));
        if (st == ARC_OK) st = touch_reference(t, ids, value_of(row, "before", f->name));
        if (st != ARC_OK || !is_op(row, "update") || value_of(row, "after", f->name)) continue;
        const arci_shape *shape;
        const uint16_t col = arci_field_col(e, f);
        const arci_table *table = arci_store_table(t->book->store, e);
        arc_value *v;
        arci_arena arena;
        arci_arena_init(&arena, t->book->ctx);
        st = table && col != ARC_NO_COL ? arci_shape_of(t->env, &arena, &shape, table, &col, 1) : ARC_E_NOT_FOUND;
        if (st == ARC_OK) st = arci_repo_get(t, shape, id, &arena, &v);
        if (st == ARC_OK && v[0].type == ARC_V_INT) st = arci_rows_add(t->env, ids, v[0].u.i);
        if (st == ARC_E_NOT_FOUND) st = ARC_OK; /* it went later */
        arci_arena_clear(&arena);
    }
    return st;
}

/* Values of column `out` of rows of an entity whose column `in` is among the ids. */
static arc_status look_up(arci_txn *t, const arci_entity *e, uint16_t in, uint16_t out, const arci_rows_found *ids, arci_rows_found *found)
{
    arc_value v[AT_ONCE];
    const uint16_t cols[1] = { out };
    arc_status st = ARC_OK;
    for (uint32_t from = 0; from < ids->n && st == ARC_OK; from += AT_ONCE) {
        uint32_t n = ids->n - from < AT_ONCE ? ids->n - from : AT_ONCE;
        for (uint32_t i = 0; i < n; i++) v[i] = arci_v_int(ids->ids[from + i]);
        const arc_cond_op op = { ARC_OP_IN, in, ARC_NO_COL, 0, n, v };
        const arc_cond cond = { &op, 1, 0 };
        const arci_scan_spec spec = { .entity = e, .cols = cols, .n_cols = 1, .conds = &cond, .n_conds = 1 };
        arci_scan *scan;
        arc_block block;
        st = arci_scan_open(t, &scan, &spec);
        if (st != ARC_OK) return st;
        while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
            for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
                const arc_value *x = block.values + (size_t)i * block.n_cols;
                if (x->type == ARC_V_INT) st = arci_rows_add(t->env, found, x->u.i);
            }
        }
        arci_scan_end(scan);
        if (st == ARC_DONE) st = ARC_OK;
    }
    return st;
}

/* What is computed of a customer changes with whatever names him, or one of his documents. */
static arc_status told_customers(arci_txn *t, arci_rows_found *ids, const arci_entity *of, const arci_entity *e, const arci_json *row, int64_t id)
{
    static const char *const documents[] = { "item", "receipt", "invoice" };
    int named = e == of;
    for (uint32_t i = 0; i < e->n_fields; i++) named |= e->fields[i].type == ARC_T_ID && !(e->fields[i].flags & ARCI_F_DERIVED) && e->fields[i].aux && strcmp(e->fields[i].aux, of->name) == 0;
    if (named || strcmp(of->name, "customer") != 0) return told_names(t, ids, of, e, row, id);
    for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
        const arci_entity *document = arci_entity_by_name(documents[d], strlen(documents[d]));
        arci_rows_found found = { 0 };
        arc_status st = told_names(t, &found, document, e, row, id);
        const arci_table *table = arci_store_table(t->book->store, document);
        if (st == ARC_OK && found.n) st = look_up(t, document, table->desc->key[1], arci_col(document, "customer"), &found, ids);
        const uint32_t n = found.n;
        arci_rows_free(t->book->ctx, &found);
        if (st != ARC_OK || n) return st;
    }
    return ARC_OK;
}

/* A firing, or the state of a threshold: of the subject itself. */
static arc_status told_firing(arci_txn *t, arci_paths *p, const arci_json *row)
{
    const arci_json *entity = value_of(row, "after", "entity"), *key = arci_json_get(row, "key");
    const arci_json *id = value_of(row, "after", "row");
    if (key && key->type == ARCI_JSON_OBJECT) {
        entity = arci_json_get(key, "entity");
        id = arci_json_get(key, "row");
    }
    if (!entity || entity->type != ARCI_JSON_STRING || strcmp(entity->s, p->frame->subject->name) != 0) return ARC_OK;
    return touch_reference(t, &p->sets[0].touched[0], id);
}

arc_status arci_paths_told(arci_txn *t, arci_paths *p, const arci_entity *e, const arci_json *row)
{
    const arci_json *number = arci_json_get(row, "id");
    int64_t id = 0;
    arc_status st = ARC_OK;
    if (strcmp(e->name, "rule_firing") == 0 || strcmp(e->name, "rule_state") == 0) return told_firing(t, p, row);
    if (!number || number->type != ARCI_JSON_NUMBER || arci_json_int(t->env, number, &id) != ARC_OK) return ARC_OK;
    for (uint32_t k = 0; k < p->n && st == ARC_OK; k++) {
        const arci_paths_set *s = &p->sets[k];
        for (uint32_t i = 0; i < s->f->n_nodes && st == ARC_OK; i++) {
            const arci_fact_node *node = &s->f->nodes[i];
            if (!s->watched[i]) continue;
            if (node->kind == ARCI_NODE_COMPUTED) {
                st = told_customers(t, &s->touched[i], node->entity, e, row, id);
            } else if (node->kind == ARCI_NODE_STATE) {
                st = told_names(t, &s->touched[i], s->f->nodes[node->parent].entity, e, row, id);
            } else if (node->entity == e && concerns(s, i, row)) {
                st = arci_rows_add(t->env, &s->touched[i], id);
                if (st == ARC_OK && is_customer(e) && is_merging(row)) { /* whose it becomes, and whose it was */
                    st = touch_reference(t, &s->touched[i], value_of(row, "before", "merged_into"));
                    if (st == ARC_OK) st = touch_reference(t, &s->touched[i], value_of(row, "after", "merged_into"));
                }
                if (i || !s->list || st != ARC_OK) continue;
                arci_rows_found *above = &p->sets[0].touched[arci_facts_slot(p->sets[0].f, s->list->from)->node]; /* before and after it moved */
                st = touch_reference(t, above, value_of(row, "before", s->list->field->name));
                if (st == ARC_OK) st = touch_reference(t, above, value_of(row, "after", s->list->field->name));
            }
        }
    }
    return st;
}

/* ---- climbing ----------------------------------------------------------------------------------------------------------------------------- */

/* What is read of a customer is read for all who are one with him. */
static arc_status add_families(arci_txn *t, arci_rows_found *ids)
{
    arci_arena arena;
    arci_merged m;
    const uint32_t n = ids->n;
    arci_arena_init(&arena, t->book->ctx);
    arci_merged_init(&m, t->book->ctx);
    arc_status st = arci_merged_read(t, &arena, &m, ARC_DATE_NONE, NULL);
    for (uint32_t i = 0; m.roots.n && i < n && st == ARC_OK; i++) {
        int64_t *family;
        uint32_t members;
        st = arci_merged_family(t->env, &arena, &m, ids->ids[i], &family, &members);
        for (uint32_t k = 0; k < members && st == ARC_OK; k++) st = arci_rows_add(t->env, ids, family[k]);
    }
    arci_merged_clear(&m);
    arci_arena_clear(&arena);
    if (st == ARC_OK) arci_rows_sort(ids);
    return st;
}

static arc_status climb_node(arci_txn *t, arci_paths *p, arci_paths_set *s, uint32_t i)
{
    const arci_fact_node *node = &s->f->nodes[i];
    arci_rows_found *ids = &s->touched[i];
    arci_rows_sort(ids);
    if (!ids->n) return ARC_OK;
    if (is_customer(node->entity) && node->kind != ARCI_NODE_STATE) {
        arc_status st = add_families(t, ids);
        if (st != ARC_OK) return st;
    }
    if (node->kind == ARCI_NODE_ROOT) {
        if (!s->list) return ARC_OK;
        const arci_table *table = arci_store_table(t->book->store, node->entity);
        arci_rows_found *above = &p->sets[0].touched[arci_facts_slot(p->sets[0].f, s->list->from)->node];
        return look_up(t, node->entity, table->desc->key[1], arci_field_col(node->entity, s->list->field), ids, above);
    }
    if (node->kind == ARCI_NODE_COMPUTED) { /* of the row above; and of the customer he was merged into */
        arci_arena arena;
        arci_arena_init(&arena, t->book->ctx);
        int64_t *roots = arci_arena_alloc(&arena, ids->n * sizeof *roots);
        arc_status st = roots ? arci_merged_roots_now(t, &arena, ids->ids, ids->n, roots) : arci_nomem(t->env);
        for (uint32_t k = 0; k < ids->n && st == ARC_OK; k++) {
            st = arci_rows_add(t->env, &s->touched[node->parent], ids->ids[k]);
            if (st == ARC_OK && roots[k] != ids->ids[k]) st = arci_rows_add(t->env, &s->touched[node->parent], roots[k]);
        }
        arci_arena_clear(&arena);
        return st;
    }
    if (node->kind == ARCI_NODE_STATE) { /* its key is that of the document */
        arc_status st = ARC_OK;
        for (uint32_t k = 0; k < ids->n && st == ARC_OK; k++) st = arci_rows_add(t->env, &s->touched[node->parent], ids->ids[k]);
        return st;
    }
    const arci_fact *via = arci_facts_slot(s->f, node->via);
    const arci_entity *holder = s->f->nodes[via->node].entity;
    const arci_table *table = arci_store_table(t->book->store, holder);
    if (via->col >= ARCI_FIELD_CUSTOM_FIRST) { /* a reference of the book's own */
        p->whole = 1;
        return ARC_OK;
    }
    return look_up(t, holder, arci_field_col(holder, via->field), table->desc->key[1], ids, &s->touched[via->node]);
}

arc_status arci_paths_climb(arci_txn *t, arci_paths *p, arci_rows_found *subjects)
{
    arc_status st = ARC_OK;
    for (uint32_t k = p->n; k-- && st == ARC_OK;) { /* lists, then what they hang on */
        for (uint32_t i = p->sets[k].f->n_nodes; i-- && st == ARC_OK;) st = climb_node(t, p, &p->sets[k], i);
    }
    for (uint32_t i = 0; i < p->sets[0].touched[0].n && st == ARC_OK; i++) st = arci_rows_add(t->env, subjects, p->sets[0].touched[0].ids[i]);
    return st;
}
