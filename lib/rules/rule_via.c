/* SPDX-License-Identifier: Apache-2.0 */
/* Which subject an event of another entity is about: what its row pointed at when it happened, not what it points at now. */
#include <stdlib.h>
#include <string.h>

#include "rules/rule_impl.h"
#include "store/audit_rows.h"

#define AT_ONCE 200u

/* What a row of a diff says of the reference: 1 it says, 0 it does not. */
static int says(arci_txn *t, const arci_json *row, const char *field, const char *side, const char *other, int64_t *id)
{
    const arci_json *image = arci_json_get(row, side), *beside = arci_json_get(row, other);
    const arci_json *v = image ? arci_json_get(image, field) : NULL;
    *id = 0;
    if (v && v->type == ARCI_JSON_NUMBER && arci_json_int(t->env, v, id) == ARC_OK) return 1;
    if (v && v->type == ARCI_JSON_NULL) return 1;
    return (beside && arci_json_get(beside, field)) || (image && !beside); /* a whole image without it: it had none */
}

static const arci_json *row_in(arci_txn *t, const arci_json *diff, const arci_entity *e, int64_t id)
{
    for (const arci_json *row = diff->child; row; row = row->next) {
        const arci_json *own = arci_json_get(row, "id");
        int64_t n;
        if (own && arci_rule_text_is(arci_json_get(row, "entity"), e->name) && arci_json_int(t->env, own, &n) == ARC_OK && n == id) return row;
    }
    return NULL;
}

int arci_rule_via_said(arci_txn *t, const arci_rule_change *c, const arci_json *diff, int64_t id, int64_t *subject)
{
    const arci_json *row = row_in(t, diff, c->entity, id);
    int gone = row && arci_rule_text_is(arci_json_get(row, "op"), "delete");
    *subject = 0;
    return row && says(t, row, c->via->name, gone ? "before" : "after", gone ? "after" : "before", subject);
}

/* ---- what later events say ------------------------------------------------------------------------------------------------------------ */

/* An event about one of the rows. */
typedef struct later {
    int64_t row, seal, seq, txn;
    const arc_value *diff;
} later;

static int by_row_and_seal(const void *x, const void *y)
{
    const later *a = x, *b = y;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    if (a->seal != b->seal) return a->seal < b->seal ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

/* Seals of the transactions; what has none yet is last. */
static arc_status find_seals(arci_txn *t, arci_arena *arena, later *list, uint32_t n)
{
    const arci_shape *shape;
    arc_value *txns = arci_arena_alloc(arena, AT_ONCE * sizeof *txns);
    arc_status st = txns ? arci_shape_get(t, &shape, "seal", "seq txn") : arci_nomem(t->env);
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        uint32_t k = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < k; i++) txns[i] = arci_v_int(list[from + i].txn);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[1], txns, k);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
        for (uint32_t i = from; st == ARC_OK && i < from + k; i++) {
            list[i].seal = INT64_MAX;
            for (uint32_t r = 0; r < rows.n_rows; r++) {
                if (rows.values[2 * (size_t)r + 1].u.i == list[i].txn) list[i].seal = rows.values[2 * (size_t)r].u.i;
            }
        }
    }
    return st;
}

/* All events about some rows, each row's in the order they happened. */
static arc_status find_later(arci_txn *t, arci_arena *arena, const arci_entity *e, const int64_t *ids, uint32_t n, later **out, uint32_t *n_out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *values = arci_arena_alloc(arena, (n + 1u) * sizeof *values);
    *n_out = 0;
    arc_status st = values ? arci_shape_get(t, &shape, "event", "txn seq diff row entity") : arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) values[i] = arci_v_int(ids[i]);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[4], ARC_OP_EQ, e->name, strlen(e->name));
    arci_where_in(&w, shape->cols[3], values, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    *out = st == ARC_OK ? arci_arena_alloc(arena, (rows.n_rows + 1u) * sizeof **out) : NULL;
    if (st == ARC_OK && !*out) return arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        (*out)[(*n_out)++] = (later){ v[3].u.i, 0, v[1].u.i, v[0].u.i, &v[2] };
    }
    if (st == ARC_OK) st = find_seals(t, arena, *out, *n_out);
    if (st == ARC_OK && *n_out > 1) qsort(*out, *n_out, sizeof **out, by_row_and_seal);
    return st;
}

/* The first event behind it that says what the reference was before. */
static arc_status said_later(arci_txn *t, arci_arena *arena, arci_rule_via *v, const later *list, uint32_t n)
{
    arc_status st = ARC_OK;
    uint32_t lo = 0, hi = n;
    const later key = { v->row, v->told.seal, v->told.seq, 0, NULL };
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (by_row_and_seal(&list[mid], &key) <= 0) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < n && list[lo].row == v->row && st == ARC_OK && !v->said; lo++) {
        arci_json *diff;
        st = arci_json_parse(t->env, arena, list[lo].diff->u.s, list[lo].diff->len, &arci_diff_limits, &diff);
        const arci_json *row = st == ARC_OK ? row_in(t, diff, v->change->entity, v->row) : NULL;
        if (row && !arci_rule_text_is(arci_json_get(row, "op"), "insert")) v->said = says(t, row, v->change->via->name, "before", "after", &v->subject);
    }
    return st;
}

/* Rows of one entity and reference: list[i] for i of which[]. */
static arc_status some(arci_txn *t, arci_arena *arena, arci_rule_via *list, const uint32_t *which, uint32_t n)
{
    const arci_rule_change *c = list[which[0]].change;
    const uint16_t col = arci_field_col(c->entity, c->via);
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    later *events;
    uint32_t n_events = 0;
    int64_t *ids = arci_arena_alloc(arena, (n + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = list[which[i]].row;
    arc_status st = find_later(t, arena, c->entity, ids, n, &events, &n_events);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = said_later(t, arena, &list[which[i]], events, n_events);
    if (st == ARC_OK) st = arci_shape_of(t->env, arena, &shape, arci_store_table(t->book->store, c->entity), &col, 1);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &values, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        arci_rule_via *v = &list[which[i]];
        if (!v->said && found[i] && values[i].type == ARC_V_INT) v->subject = values[i].u.i; /* nothing has changed it since */
    }
    return st;
}

arc_status arci_rule_via_then(arci_txn *t, arci_arena *arena, arci_rule_via *list, uint32_t n)
{
    uint32_t which[AT_ONCE];
    uint8_t *done = arci_arena_calloc(arena, n + 1u, 1);
    arc_status st = done ? ARC_OK : arci_nomem(t->env);
    for (uint32_t first = 0; first < n && st == ARC_OK; first++) {
        uint32_t k = 0;
        if (done[first]) continue;
        for (uint32_t i = first; i < n && k < AT_ONCE; i++) {
            if (done[i] || list[i].change->entity != list[first].change->entity || list[i].change->via != list[first].change->via) continue;
            done[i] = 1;
            which[k++] = i;
        }
        st = some(t, arena, list, which, k);
    }
    return st;
}
