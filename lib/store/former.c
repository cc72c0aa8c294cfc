/* SPDX-License-Identifier: Apache-2.0 */
#include "store/former.h"

#include <string.h>

#include "arcore/name.h"
#include "store/session.h"

extern const arci_entity arci_entity_customer;

#define KEY 300u /* bytes of customer_alias.key */
static const char *const columns[ARCI_FORMER_NAMES] = { "legal_name", "short_name" };
static const char kind[] = "former_name";

static arc_status key_of(arci_txn *t, arci_arena *arena, arc_value *out, const arc_value *name)
{
    char *key = arci_arena_alloc(arena, KEY + 1);
    size_t n = KEY;
    if (!key) return arci_nomem(t->env);
    const arc_status st = arc_name_normalise(key, &n, name->u.s, name->len, 0);
    if (st == ARC_E_NOMEM) return arci_nomem(t->env);
    if (st == ARC_OK && n) *out = arci_v_text(key, n);
    else *out = *name; /* nothing but punctuation, or longer than keys are: compared as it is */
    return ARC_OK;
}

static int same_text(const arc_value *a, const arc_value *b) { return a->len == b->len && memcmp(a->u.s, b->u.s, a->len) == 0; }

/* One name that was, unless it is noted already or the new one is the same in another spelling. */
static arc_status note(arci_txn *t, arci_arena *arena, arci_former *f, const arc_value *was, const arc_value *is)
{
    arc_value key, now = arci_v_null();
    if (was->type != ARC_V_TEXT || !was->len || (is->type == ARC_V_TEXT && same_text(was, is))) return ARC_OK;
    arc_status st = key_of(t, arena, &key, was);
    if (st == ARC_OK && is->type == ARC_V_TEXT && is->len) st = key_of(t, arena, &now, is);
    if (st != ARC_OK || (now.type == ARC_V_TEXT && same_text(&key, &now)) || (f->n && same_text(&key, &f->keys[0]))) return st;
    f->names[f->n] = *was;
    f->keys[f->n++] = key;
    return ARC_OK;
}

arc_status arci_former_update(arci_txn *t, arci_arena *arena, arci_former *f, const arci_batch *b, int64_t id)
{
    const arci_shape *shape;
    arc_value *row = NULL;
    uint8_t *found;
    f->n = 0;
    f->customer = id;
    if (b->shape->table->entity != &arci_entity_customer) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "customer", "legal_name short_name");
    for (uint16_t c = 0; st == ARC_OK && c < b->shape->n; c++) {
        for (int k = 0; k < ARCI_FORMER_NAMES && st == ARC_OK; k++) {
            if (b->shape->cols[c] != arci_col(&arci_entity_customer, columns[k])) continue;
            if (!row) st = arci_repo_get_many(t, shape, &id, 1, arena, &row, &found);
            if (st == ARC_OK && !found[0]) return ARC_OK; /* told when it is written */
            if (st == ARC_OK) st = note(t, arena, f, &row[k], &arci_batch_row(b, 0)[c]);
        }
    }
    return st;
}

/* The row it has already, when it went to and fro; *version 0: none. */
static arc_status find(arci_txn *t, arci_arena *arena, const arci_former *f, uint32_t i, int64_t *id, int64_t *version)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *version = 0;
    arc_status st = arci_shape_get(t, &shape, "customer_alias", "id version kind key customer");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, kind, sizeof kind - 1);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, f->keys[i].u.s, f->keys[i].len);
    arci_where_int(&w, shape->cols[4], ARC_OP_EQ, f->customer);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    *id = rows.values[0].u.i;
    *version = rows.values[1].u.i;
    return ARC_OK;
}

static arc_status keep(arci_txn *t, arci_arena *arena, const arci_former *f, uint32_t i)
{
    const arci_shape *shape;
    arci_batch *b;
    int64_t id = 0, version;
    const arc_value day = t->session->business_date == ARC_DATE_NONE ? arci_v_null() : arci_v_int(t->session->business_date);
    arc_status st = find(t, arena, f, i, &id, &version);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "customer_alias", version ? "last_seen" : "last_seen customer kind value key supports contradicts");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, version ? ARC_WRITE_UPDATE : ARC_WRITE_INSERT, 1, version ? ARCI_BATCH_VERSION : 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = day;
    if (version) {
        arci_batch_key(b, 0)[0] = arci_v_int(id);
        arci_batch_guard(b, 0)[0] = arci_v_int(version);
    } else {
        v[1] = arci_v_int(f->customer);
        v[2] = arci_v_text(kind, sizeof kind - 1);
        v[3] = f->names[i];
        v[4] = f->keys[i];
        v[5] = v[6] = arci_v_int(0);
    }
    return arci_repo_write(t, &b, 1, NULL);
}

arc_status arci_former_written(arci_txn *t, arci_arena *arena, const arci_former *f)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < f->n && st == ARC_OK; i++) st = keep(t, arena, f, i);
    return st;
}
