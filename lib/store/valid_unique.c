/* SPDX-License-Identifier: Apache-2.0 */
/* Uniqueness: rows of a run against each other and against those in the book that have the same values. */
#include <string.h>

#include "base/map.h"
#include "model/record_impl.h"
#include "store/valid.h"

#define VALUES_A_CALL 400u

typedef struct search {
    arci_txn *t;
    const arci_valid *v;
    const arci_valid_rule *r;
    arci_unique_row *rows;
    uint32_t n;
    arci_arena arena;
    arci_map keys;      /* key of values to row + 1 */
    arci_str key;
    uint8_t *broken;    /* by row */
    arci_record *other; /* the candidate at hand */
    int64_t *open_ids;  /* candidates that have to be looked up, and the row each would break */
    uint32_t *open_rows;
    uint32_t n_open, cap_open;
} search;

/* ---- keys ----------------------------------------------------------------------------------------------------------------- */

int arci_valid_key(arci_str *key, const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row)
{
    for (uint16_t i = 0; i < r->n_fields; i++) {
        const arc_value *x = arci_valid_value(row, v->entity, r->fields[i]);
        if (x->type == ARC_V_NULL || (x->type == ARC_V_TEXT && !x->len)) return 0;
        if (x->type == ARC_V_INT) {
            arci_str_add(key, (const char *)&x->u.i, sizeof x->u.i);
        } else {
            arci_str_add(key, (const char *)&x->len, sizeof x->len);
            arci_str_add(key, x->u.s, x->len);
        }
    }
    return 1;
}

static int make_key(search *s, const arci_valid_row *row)
{
    arci_str_reset(&s->key);
    return arci_valid_key(&s->key, s->v, s->r, row);
}

/* The rows of the run by key. *until: the first that equals an earlier one. */
static arc_status gather_keys(search *s, uint32_t *until)
{
    for (uint32_t i = 0; i < s->n; i++) {
        const arci_unique_row *u = &s->rows[i];
        int64_t *at;
        if ((u->set && !arci_valid_concerns(s->r, u->set)) || !arci_valid_counts(s->v, s->r, &u->row) || !make_key(s, &u->row)) continue;
        if (s->key.failed) return arci_nomem(s->t->env);
        int32_t fresh = arci_map_put(&s->keys, s->key.s, s->key.len, &at);
        if (fresh < 0) return arci_nomem(s->t->env);
        if (fresh) {
            *at = i + 1;
        } else if (until) {
            *until = s->n = i;
        } else {
            s->broken[i] = 1;
        }
    }
    return ARC_OK;
}

/* ---- candidates -------------------------------------------------------------------------------------------------------------- */

static arc_status later(search *s, int64_t id, uint32_t row)
{
    if (s->n_open == s->cap_open) {
        uint32_t cap = s->cap_open ? s->cap_open * 2 : 16;
        int64_t *ids = arci_arena_alloc(&s->arena, cap * sizeof *ids);
        uint32_t *rows = arci_arena_alloc(&s->arena, cap * sizeof *rows);
        if (!ids || !rows) return arci_nomem(s->t->env);
        if (s->n_open) memcpy(ids, s->open_ids, s->n_open * sizeof *ids);
        if (s->n_open) memcpy(rows, s->open_rows, s->n_open * sizeof *rows);
        s->open_ids = ids;
        s->open_rows = rows;
        s->cap_open = cap;
    }
    s->open_ids[s->n_open] = id;
    s->open_rows[s->n_open++] = row;
    return ARC_OK;
}

static arc_status take_candidate(search *s, const uint16_t *cols, uint32_t n, const arc_value *values)
{
    arci_valid_row row = { .record = s->other };
    arc_status st = arci_record_load(s->t->env, s->other, cols, n, values);
    if (st == ARC_OK) st = arci_record_custom_decode(s->t->env, s->other);
    if (st != ARC_OK || !arci_valid_counts(s->v, s->r, &row) || !make_key(s, &row)) return st;
    if (s->key.failed) return arci_nomem(s->t->env);
    const int64_t *at = arci_map_get(&s->keys, s->key.s, s->key.len);
    const arc_value *id = arci_record_value(s->other, ARCI_FIELD_ID);
    if (!at || (id->type == ARC_V_INT && id->u.i == s->rows[*at - 1].id)) return ARC_OK;
    if (s->r->open) return later(s, id->u.i, (uint32_t)(*at - 1));
    s->broken[*at - 1] = 1;
    return ARC_OK;
}

static arc_status scan_candidates(search *s, const arci_where *w)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(s->t, &shape, s->v->entity->name, "*");
    if (st == ARC_OK) st = arci_repo_scan(s->t, shape, w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            st = take_candidate(s, shape->cols, shape->n, block.values + (size_t)i * block.n_cols);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Values of one field in the rows that count; each once. */
static arc_status values_of(search *s, const arci_field *f, arc_value *out, uint32_t *n)
{
    arci_map seen;
    arc_status st = ARC_OK;
    *n = 0;
    arci_map_init(&seen, s->t->book->ctx);
    for (uint32_t k = 0; k < s->keys.n && st == ARC_OK; k++) {
        const arci_unique_row *u = &s->rows[s->keys.entries[k].value - 1];
        const arc_value *v = arci_valid_value(&u->row, s->v->entity, f);
        int64_t *at;
        int32_t fresh = v->type == ARC_V_INT ? arci_map_put(&seen, &v->u.i, sizeof v->u.i, &at) : arci_map_put(&seen, v->u.s, v->len, &at);
        if (fresh < 0) st = arci_nomem(s->t->env);
        if (fresh == 1) out[(*n)++] = *v;
    }
    arci_map_clear(&seen);
    return st;
}

static int is_indexed(search *s, const arci_field *f)
{
    const arci_table *table = arci_store_table(s->t->book->store, s->v->entity);
    uint16_t col = arci_field_col(s->v->entity, f);
    for (uint16_t i = 0; i < table->desc->n_indexes; i++) {
        if (table->desc->indexes[i].n_key > 1 && table->desc->indexes[i].cols[1] == col) return 1;
    }
    return 0;
}

/* The field rows are looked up by: one that leads an index, else an own one, else a custom one, whose mirror is an index too. */
static const arci_field *driver(search *s)
{
    const arci_field *plain = NULL, *custom = NULL;
    for (uint16_t i = 0; i < s->r->n_fields; i++) {
        const arci_field *f = s->r->fields[i];
        if (f->id >= ARCI_FIELD_CUSTOM_FIRST) custom = custom ? custom : f;
        else if (is_indexed(s, f)) return f;
        else plain = plain ? plain : f;
    }
    return custom ? custom : plain;
}

static arc_status by_column(search *s, const arci_field *f, const arc_value *values, uint32_t n)
{
    arci_where w;
    arci_where_init(&w);
    arci_where_in(&w, arci_field_col(s->v->entity, f), values, n);
    for (uint16_t i = 0; i < s->r->n_fields; i++) {
        const arci_field *other = s->r->fields[i];
        uint32_t m;
        if (other == f || other->id >= ARCI_FIELD_CUSTOM_FIRST || w.n == ARCI_WHERE_MAX) continue;
        arc_value *list = arci_arena_alloc(&s->arena, s->keys.n * sizeof *list);
        if (!list) return arci_nomem(s->t->env);
        arc_status st = values_of(s, other, list, &m);
        if (st != ARC_OK) return st;
        if (m <= VALUES_A_CALL) arci_where_in(&w, arci_field_col(s->v->entity, other), list, m);
    }
    return scan_candidates(s, &w);
}

static arc_status by_mirror(search *s, const arci_field *f, const arc_value *values, uint32_t n)
{
    const arci_shape *mirror, *own;
    arci_where w;
    arci_rows rows;
    arci_arena arena;
    arc_value *found_rows;
    uint8_t *found;
    arc_status st = arci_shape_get(s->t, &mirror, "custom_index", "row entity number num txt");
    if (st == ARC_OK) st = arci_shape_get(s->t, &own, s->v->entity->name, "*");
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->t->book->ctx);
    arci_where_init(&w);
    arci_where_int(&w, mirror->cols[1], ARC_OP_EQ, s->v->entity->id);
    arci_where_int(&w, mirror->cols[2], ARC_OP_EQ, f->id);
    arci_where_in(&w, mirror->cols[values[0].type == ARC_V_INT ? 3 : 4], values, n);
    st = arci_repo_find(s->t, mirror, &w, NULL, 0, 0, &arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(&arena, rows.n_rows * sizeof *ids + 1) : NULL;
    if (st == ARC_OK && !ids) st = arci_nomem(s->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    if (st == ARC_OK) st = arci_repo_get_many(s->t, own, ids, rows.n_rows, &arena, &found_rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        if (found[i]) st = take_candidate(s, own->cols, own->n, found_rows + (size_t)i * own->n);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status look_up(search *s)
{
    const arci_field *f = driver(s);
    uint32_t n;
    arc_value *values = arci_arena_alloc(&s->arena, (s->keys.n + 1) * sizeof *values);
    if (!values) return arci_nomem(s->t->env);
    arc_status st = values_of(s, f, values, &n);
    for (uint32_t from = 0; from < n && st == ARC_OK; from += VALUES_A_CALL) {
        uint32_t part = n - from < VALUES_A_CALL ? n - from : VALUES_A_CALL;
        st = f->id >= ARCI_FIELD_CUSTOM_FIRST ? by_mirror(s, f, values + from, part) : by_column(s, f, values + from, part);
    }
    return st;
}

/* ---- open rows ------------------------------------------------------------------------------------------------------------------ */

static arc_status states(search *s, const char *entity, const char *field, const int64_t *ids, const uint32_t *rows, uint32_t n)
{
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    arc_status st = arci_shape_get(s->t, &shape, entity, field);
    if (st == ARC_OK) st = arci_repo_get_many(s->t, shape, ids, n, &s->arena, &values, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (found[i] && values[i].u.i) s->broken[rows[i]] = 1;
    }
    return st;
}

/* The items of invoices: each stands for the row its invoice would break. */
static arc_status invoice_states(search *s)
{
    const arci_shape *shape;
    for (uint32_t from = 0; from < s->n_open; from += VALUES_A_CALL) {
        uint32_t n = s->n_open - from < VALUES_A_CALL ? s->n_open - from : VALUES_A_CALL;
        arci_where w;
        arci_rows found;
        arc_value *ids = arci_arena_alloc(&s->arena, n * sizeof *ids);
        arc_status st = arci_shape_get(s->t, &shape, "item", "id invoice");
        if (!ids) return arci_nomem(s->t->env);
        for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(s->open_ids[from + i]);
        arci_where_init(&w);
        if (st == ARC_OK) arci_where_in(&w, shape->cols[1], ids, n);
        if (st == ARC_OK) st = arci_repo_find(s->t, shape, &w, NULL, 0, 0, &s->arena, &found);
        if (st != ARC_OK) return st;
        int64_t *items = arci_arena_alloc(&s->arena, found.n_rows * sizeof *items + 1);
        uint32_t *rows = arci_arena_alloc(&s->arena, found.n_rows * sizeof *rows + 1);
        if (!items || !rows) return arci_nomem(s->t->env);
        for (uint32_t i = 0; i < found.n_rows; i++) {
            uint32_t k = from;
            while (s->open_ids[k] != found.values[2 * i + 1].u.i) k++;
            items[i] = found.values[2 * i].u.i;
            rows[i] = s->open_rows[k];
        }
        st = states(s, "item_state", "open", items, rows, found.n_rows);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

static arc_status look_at_open(search *s)
{
    if (!s->n_open) return ARC_OK;
    if (strcmp(s->v->entity->name, "invoice") == 0) return invoice_states(s);
    if (strcmp(s->v->entity->name, "item") == 0) return states(s, "item_state", "open", s->open_ids, s->open_rows, s->n_open);
    return states(s, "receipt_state", "unapplied", s->open_ids, s->open_rows, s->n_open);
}

/* ---- one rule -------------------------------------------------------------------------------------------------------------------- */

static arc_status run_rule(search *s, int64_t definition, uint32_t *until)
{
    /* Where writers do not exclude each other, two that are bound by one rule do. */
    arc_status st = s->t->mode == ARC_WRITE ? arci_repo_lock(s->t, "definition", &definition, 1) : ARC_OK;
    if (st == ARC_OK) st = gather_keys(s, until);
    if (st != ARC_OK || !s->keys.n) return st;
    st = arci_record_new(s->t->env, s->v->entity, s->rows[0].row.record->custom, &s->other);
    if (st == ARC_OK) st = look_up(s);
    if (st == ARC_OK) st = look_at_open(s);
    return st;
}

static arc_status tell(search *s, arci_verdict_fn report, void *user)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (!s->broken[i]) continue;
        if (report) {
            (void)arci_valid_fail(s->t->env, s->v, s->r, &(const arci_broken){ s->r->fields[0], ARC_OK });
            arc_status st = report(user, s->t->env, s->r, s->r->fields[0]->name);
            if (st != ARC_OK) return st;
        } else if (!s->rows[i].refused) {
            s->rows[i].refused = 1;
            s->rows[i].doc = s->v;
            s->rows[i].rule = s->r;
        }
    }
    return ARC_OK;
}

arc_status arci_rules_unique(arci_txn *t, const arci_rules *rules, arci_unique_row *rows, uint32_t n, uint32_t *until, arci_verdict_fn report,
                             void *user)
{
    arc_status st = ARC_OK;
    if (until) *until = n;
    if (!rules || !rules->n_unique || !n) return ARC_OK;
    for (uint32_t d = 0; d < rules->n && st == ARC_OK; d++) {
        const arci_valid *v = rules->docs[d];
        for (uint32_t k = 0; k < v->n_rules && st == ARC_OK; k++) {
            if (v->rules[k].kind != ARCI_VALID_UNIQUE || (v->rules[k].warning && !report)) continue;
            search s = { .t = t, .v = v, .r = &v->rules[k], .rows = rows, .n = until ? *until : n };
            arci_arena_init(&s.arena, t->book->ctx);
            arci_map_init(&s.keys, t->book->ctx);
            arci_str_init(&s.key, t->book->ctx);
            s.broken = arci_arena_calloc(&s.arena, n, 1);
            st = s.broken ? run_rule(&s, rules->ids[d], until) : arci_nomem(t->env);
            if (st == ARC_OK) st = tell(&s, report, user);
            arci_record_free(s.other);
            arci_str_clear(&s.key);
            arci_map_clear(&s.keys);
            arci_arena_clear(&s.arena);
        }
    }
    return st;
}

arc_status arci_rules_unique_fail(arci_env *env, const arci_unique_row *row)
{
    return arci_valid_fail(env, row->doc, row->rule, &(const arci_broken){ row->rule->fields[0], ARC_OK });
}
