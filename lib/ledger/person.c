/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/person.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 500u /* rows in one question */

arc_status arci_person_id(arci_posting *p, arc_value *user)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *user = arci_v_null();
    if (!p->session->actor) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "user_account", "id code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, p->session->actor, strlen(p->session->actor));
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 1, &p->arena, &rows);
    if (st == ARC_OK && rows.n_rows) *user = rows.values[0];
    return st;
}

static arc_status user_id(arci_txn *t, arci_arena *arena, const char *code, int64_t *id)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *id = 0;
    if (!code) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "user_account", "id code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, code, strlen(code));
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st == ARC_OK && rows.n_rows) *id = rows.values[0].u.i;
    return st;
}

arc_status arci_step_people(arci_txn *t, int64_t *user, int64_t *behalf)
{
    arci_arena arena;
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = user_id(t, &arena, t->session->actor, user);
    if (st == ARC_OK) st = user_id(t, &arena, t->session->on_behalf_of, behalf);
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_person_wrote(arci_txn *t, arci_arena *arena, const int64_t *txns, uint32_t n, uint8_t *same)
{
    const arci_shape *shape;
    arc_value *v;
    uint8_t *found;
    const arci_session *s = t->session;
    arc_status st = arci_shape_get(t, &shape, "txn", "actor on_behalf_of");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, txns, n, arena, &v, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *row = v + 2 * (size_t)i;
        /* asked for in the transaction that is still open: its row is not there yet */
        same[i] = txns[i] == t->id || (found[i] && arci_access_same_person(s->actor, s->on_behalf_of, row[0].u.s, row[1].type == ARC_V_TEXT ? row[1].u.s : NULL));
    }
    return st;
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Those of the attachments (id, row) that were not withdrawn are the ones that count. */
static arc_status note_attached(arci_txn *t, arci_arena *arena, const arci_rows *rows, const int64_t *ids, uint32_t n, uint8_t *has)
{
    const arci_shape *gone;
    arci_where w;
    arci_rows withdrawn;
    arc_value *in = arci_arena_alloc(arena, (rows->n_rows + 1u) * sizeof *in);
    uint8_t *out = arci_arena_calloc(arena, rows->n_rows + 1u, 1);
    if (!in || !out) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &gone, "attachment_withdrawal", "attachment");
    for (uint32_t i = 0; i < rows->n_rows; i++) in[i] = rows->values[(size_t)i * rows->n_cols];
    for (uint32_t from = 0; st == ARC_OK && from < rows->n_rows; from += AT_ONCE) {
        arci_where_init(&w);
        arci_where_in(&w, gone->cols[0], in + from, rows->n_rows - from < AT_ONCE ? rows->n_rows - from : AT_ONCE);
        st = arci_repo_find(t, gone, &w, NULL, 0, 0, arena, &withdrawn);
        for (uint32_t k = 0; st == ARC_OK && k < withdrawn.n_rows; k++) {
            for (uint32_t i = from; i < rows->n_rows && i < from + AT_ONCE; i++) out[i] |= in[i].u.i == withdrawn.values[k].u.i;
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < rows->n_rows; i++) {
        const int64_t *at = bsearch(&rows->values[(size_t)i * rows->n_cols + 1].u.i, ids, n, sizeof *ids, by_value);
        if (at && !out[i]) has[at - ids] = 1;
    }
    return st;
}

arc_status arci_person_attached(arci_txn *t, arci_arena *arena, const char *entity, const int64_t *ids, uint32_t n, uint8_t *has)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "attachment", "id row entity");
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arc_value *in = arci_arena_alloc(arena, m * sizeof *in);
        arci_where w;
        arci_rows rows;
        if (!in) return arci_nomem(t->env);
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[2], ARC_OP_EQ, entity, strlen(entity));
        arci_where_in(&w, shape->cols[1], in, m);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
        if (st == ARC_OK) st = note_attached(t, arena, &rows, ids + from, m, has + from);
    }
    return st;
}
