/* SPDX-License-Identifier: Apache-2.0 */
/* What has fired for rows: of the book, or kept by a simulation. */
#include <stdlib.h>
#include <string.h>

#include "rules/rule_impl.h"

#define AT_ONCE 500u

/* list: T ** */
static int grow(arci_arena *arena, void *list, uint32_t *cap, uint32_t n, size_t size)
{
    void *old;
    if (n < *cap) return 1;
    uint32_t more = *cap ? *cap * 2 : 16;
    void *copy = arci_arena_alloc(arena, more * size);
    if (!copy) return 0;
    memcpy(&old, list, sizeof old);
    if (n) memcpy(copy, old, n * size);
    memcpy(list, &copy, sizeof copy);
    *cap = more;
    return 1;
}

void arci_history_init(arci_history *h, arci_arena *arena)
{
    memset(h, 0, sizeof *h);
    h->arena = arena;
}

arc_status arci_history_add(arci_env *env, arci_history *h, const arci_firing *f)
{
    if (!grow(h->arena, &h->firings, &h->cap_firings, h->n_firings, sizeof *f)) return arci_nomem(env);
    arci_firing *own = &h->firings[h->n_firings];
    *own = *f;
    own->policy = arci_arena_strndup(h->arena, f->policy, strlen(f->policy));
    own->mark = arci_arena_strndup(h->arena, f->mark, strlen(f->mark));
    if (!own->policy || !own->mark) return arci_nomem(env);
    h->n_firings++;
    return ARC_OK;
}

arc_status arci_history_state(arci_env *env, arci_history *h, const arci_rule_state *s)
{
    if (!grow(h->arena, &h->states, &h->cap_states, h->n_states, sizeof *s)) return arci_nomem(env);
    arci_rule_state *own = &h->states[h->n_states];
    *own = *s;
    own->policy = arci_arena_strndup(h->arena, s->policy, strlen(s->policy));
    if (!own->policy) return arci_nomem(env);
    h->n_states++;
    return ARC_OK;
}

arc_status arci_history_event(arci_env *env, arci_history *h, const arci_rule_event *e)
{
    if (!grow(h->arena, &h->events, &h->cap_events, h->n_events, sizeof *e)) return arci_nomem(env);
    h->events[h->n_events] = *e;
    h->events[h->n_events].policy = arci_arena_strndup(h->arena, e->policy, strlen(e->policy));
    if (!h->events[h->n_events].policy) return arci_nomem(env);
    h->n_events++;
    return ARC_OK;
}

/* ---- order ---------------------------------------------------------------------------------------------------------------------- */

static int by_place(int64_t row_a, int64_t row_b, const char *a, const char *b, int64_t level_a, int64_t level_b)
{
    if (row_a != row_b) return row_a < row_b ? -1 : 1;
    int c = strcmp(a, b);
    if (c) return c;
    return level_a < level_b ? -1 : level_a > level_b;
}

static int firing_order(const void *x, const void *y)
{
    const arci_firing *a = x, *b = y;
    int c = by_place(a->row, b->row, a->policy, b->policy, a->level, b->level);
    return c ? c : strcmp(a->mark, b->mark);
}

static int state_order(const void *x, const void *y)
{
    const arci_rule_state *a = x, *b = y;
    return by_place(a->row, b->row, a->policy, b->policy, a->level, b->level);
}

static int event_order(const void *x, const void *y)
{
    const arci_rule_event *a = x, *b = y;
    int c = by_place(a->row, b->row, a->policy, b->policy, a->level, b->level);
    if (c) return c;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    size_t m = strlen(a->mark), n = strlen(b->mark);
    return m != n ? (m < n ? -1 : 1) : strcmp(a->mark, b->mark);
}

void arci_history_index(arci_history *h)
{
    if (h->n_firings > 1) qsort(h->firings, h->n_firings, sizeof *h->firings, firing_order);
    if (h->n_states > 1) qsort(h->states, h->n_states, sizeof *h->states, state_order);
    if (h->n_events > 1) qsort(h->events, h->n_events, sizeof *h->events, event_order);
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_events; i++) { /* an event may have been read twice */
        if (n && event_order(&h->events[n - 1], &h->events[i]) == 0) continue;
        h->events[n++] = h->events[i];
    }
    h->n_events = n;
}

uint32_t arci_history_firings(const arci_history *h, int64_t row, const arci_firing **first)
{
    uint32_t lo = 0, hi = h->n_firings, n = 0;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (h->firings[mid].row < row) lo = mid + 1;
        else hi = mid;
    }
    *first = h->n_firings ? h->firings + lo : NULL;
    while (lo + n < h->n_firings && h->firings[lo + n].row == row) n++;
    return n;
}

const arci_rule_state *arci_history_find_state(const arci_history *h, const char *policy, int64_t row, int64_t level)
{
    arci_rule_state key = { policy, row, level, 0, 0, { 0 } };
    return h->n_states ? bsearch(&key, h->states, h->n_states, sizeof key, state_order) : NULL;
}

uint32_t arci_history_find_events(const arci_history *h, const char *policy, int64_t row, int64_t level, const arci_rule_event **first)
{
    uint32_t lo = 0, hi = h->n_events, n = 0;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const arci_rule_event *e = &h->events[mid];
        if (by_place(e->row, row, e->policy, policy, e->level, level) < 0) lo = mid + 1;
        else hi = mid;
    }
    *first = h->n_events ? h->events + lo : NULL;
    while (lo + n < h->n_events && by_place(h->events[lo + n].row, row, h->events[lo + n].policy, policy, h->events[lo + n].level, level) == 0) n++;
    return n;
}

/* ---- of the book ------------------------------------------------------------------------------------------------------------------- */

static const char *text(arci_history *h, const arc_value *v) { return arci_arena_strndup(h->arena, v->u.s, v->len); }

static arc_status read_firings(arci_txn *t, arci_history *h, arci_arena *work, const arci_entity *entity, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "rule_firing", "policy row level mark effective_date fired_on status entity");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[7], ARC_OP_EQ, entity->name, strlen(entity->name));
    arci_where_in(&w, shape->cols[1], ids, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, work, &rows);
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (!grow(h->arena, &h->firings, &h->cap_firings, h->n_firings, sizeof *h->firings)) return arci_nomem(t->env);
        arci_firing *f = &h->firings[h->n_firings++];
        f->policy = text(h, &v[0]);
        f->row = v[1].u.i;
        f->level = v[2].u.i;
        f->mark = text(h, &v[3]);
        f->effective = (arc_date)v[4].u.i;
        f->fired_on = (arc_date)v[5].u.i;
        f->passed = v[6].u.s[0] == 'p';
        f->rejected = v[6].u.s[0] == 'r';
        if (!f->policy || !f->mark) st = arci_nomem(t->env);
    }
    return st;
}

static arc_status read_states(arci_txn *t, arci_history *h, arci_arena *work, const arci_entity *entity, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "rule_state", "policy row level armed rearmed entity");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[5], ARC_OP_EQ, entity->name, strlen(entity->name));
    arci_where_in(&w, shape->cols[1], ids, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, work, &rows);
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        arci_rule_state s = { text(h, &v[0]), v[1].u.i, v[2].u.i, v[4].u.i, v[3].u.i != 0, { 0 } };
        st = s.policy ? arci_history_state(t->env, h, &s) : arci_nomem(t->env);
    }
    return st;
}

static arc_status read_both(arci_txn *t, arci_history *h, const arci_entity *entity, const int64_t *ids, uint32_t n, int firings, int states)
{
    arci_arena work;
    arc_value values[AT_ONCE];
    arc_status st = ARC_OK;
    arci_arena_init(&work, t->book->ctx);
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        uint32_t k = n - from < AT_ONCE ? n - from : AT_ONCE;
        for (uint32_t i = 0; i < k; i++) values[i] = arci_v_int(ids[from + i]);
        if (firings) st = read_firings(t, h, &work, entity, values, k);
        if (st == ARC_OK && states) st = read_states(t, h, &work, entity, values, k);
        arci_arena_reset(&work);
    }
    arci_arena_clear(&work);
    return st;
}

arc_status arci_history_read(arci_txn *t, arci_history *h, const arci_entity *entity, const int64_t *ids, uint32_t n, int states)
{
    return read_both(t, h, entity, ids, n, 1, states);
}

arc_status arci_history_states(arci_txn *t, arci_history *h, const arci_entity *entity, const int64_t *ids, uint32_t n)
{
    return read_both(t, h, entity, ids, n, 0, 1);
}

arc_status arci_rule_firing_result(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t row, const char *policy, int64_t level, const char *mark, arc_date *on, const arci_json **result)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_json *made;
    *result = NULL;
    *on = ARC_DATE_NONE;
    arc_status st = arci_shape_get(t, &shape, "rule_firing", "fired_on result policy entity row level mark");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, policy, strlen(policy));
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, entity->name, strlen(entity->name));
    arci_where_int(&w, shape->cols[4], ARC_OP_EQ, row);
    arci_where_int(&w, shape->cols[5], ARC_OP_EQ, level);
    arci_where_text(&w, shape->cols[6], ARC_OP_EQ, mark, strlen(mark));
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    *on = (arc_date)rows.values[0].u.i;
    if (rows.values[1].type != ARC_V_TEXT) return ARC_OK;
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { t->book->ctx, &none };
    st = arci_json_parse(&quiet, arena, rows.values[1].u.s, rows.values[1].len, &arci_json_default_limits, &made);
    if (st == ARC_E_NOMEM) return arci_nomem(t->env);
    if (st == ARC_OK) *result = made;
    return ARC_OK;
}
