/* SPDX-License-Identifier: Apache-2.0 */
/* Which subject an event of another entity is about: what its row pointed at when it happened, not what it points at now. */
#include <string.h>

#include "rules/rule_impl.h"
#include "store/audit_rows.h"

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

/* Seals of transactions, INT64_MAX where there is none yet. */
static arc_status seals_of(arci_txn *t, arci_arena *arena, const arci_rows *events, int64_t *seals)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *txns = arci_arena_alloc(arena, (events->n_rows + 1u) * sizeof *txns);
    arc_status st = txns ? arci_shape_get(t, &shape, "seal", "seq txn") : arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < events->n_rows; i++) txns[i] = events->values[(size_t)i * events->n_cols];
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[1], txns, events->n_rows);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < events->n_rows; i++) {
        seals[i] = INT64_MAX;
        for (uint32_t k = 0; k < rows.n_rows; k++) {
            if (rows.values[2 * (size_t)k + 1].u.i == txns[i].u.i) seals[i] = rows.values[2 * (size_t)k].u.i;
        }
    }
    return st;
}

/* The first event behind this one that says what the reference was before it. */
static arc_status said_later(arci_txn *t, arci_arena *arena, const arci_rule_told *e, const arci_entity *entity, const char *field, int64_t id, int64_t *subject, int *said)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    int64_t after = e->seal, after_seq = e->seq;
    arc_status st = arci_shape_get(t, &shape, "event", "txn seq diff entity row");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, entity->name, strlen(entity->name));
    arci_where_int(&w, shape->cols[4], ARC_OP_EQ, id);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    int64_t *seals = st == ARC_OK && rows.n_rows ? arci_arena_calloc(arena, rows.n_rows, sizeof *seals) : NULL;
    if (st != ARC_OK || !rows.n_rows) return st;
    st = seals ? seals_of(t, arena, &rows, seals) : arci_nomem(t->env);
    while (st == ARC_OK && !*said) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < rows.n_rows; i++) {
            const int64_t seq = rows.values[(size_t)i * rows.n_cols + 1].u.i;
            if (seals[i] < after || (seals[i] == after && seq <= after_seq)) continue;
            if (next != UINT32_MAX && (seals[i] > seals[next] || (seals[i] == seals[next] && seq > rows.values[(size_t)next * rows.n_cols + 1].u.i))) continue;
            next = i;
        }
        if (next == UINT32_MAX) break;
        const arc_value *v = rows.values + (size_t)next * rows.n_cols;
        arci_json *diff;
        after = seals[next];
        after_seq = v[1].u.i;
        st = arci_json_parse(t->env, arena, v[2].u.s, v[2].len, &arci_diff_limits, &diff);
        const arci_json *row = st == ARC_OK ? row_in(t, diff, entity, id) : NULL;
        if (row && !arci_rule_text_is(arci_json_get(row, "op"), "insert")) *said = says(t, row, field, "before", "after", subject);
    }
    return st;
}

arc_status arci_rule_via(arci_txn *t, arci_arena *arena, const arci_rule_change *c, const arci_rule_told *e, const arci_json *diff, int64_t id, int64_t *subject)
{
    const arci_json *row = row_in(t, diff, c->entity, id);
    const char *field = c->via->name;
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    int said = 0;
    *subject = 0;
    if (row) {
        int gone = arci_rule_text_is(arci_json_get(row, "op"), "delete");
        said = says(t, row, field, gone ? "before" : "after", gone ? "after" : "before", subject);
    }
    if (said) return ARC_OK;
    arc_status st = said_later(t, arena, e, c->entity, field, id, subject, &said);
    if (st != ARC_OK || said) return st;
    const arci_table *table = arci_store_table(t->book->store, c->entity);
    const uint16_t col = arci_field_col(c->entity, c->via);
    st = arci_shape_of(t->env, arena, &shape, table, &col, 1);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &id, 1, arena, &values, &found);
    if (st == ARC_OK && found[0] && values[0].type == ARC_V_INT) *subject = values[0].u.i;
    return st;
}
