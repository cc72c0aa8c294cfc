/* SPDX-License-Identifier: Apache-2.0 */
#include "store/external.h"

#include <string.h>

#include "base/map.h"
#include "store/repo.h"

#define VALUES_A_CALL 400u

enum { X_ID, X_ENTITY, X_ROW, X_SYSTEM, X_VALUE };
static const char fields[] = "id entity row system value";

static const arci_entity *own_entity(void)
{
    return arci_entity_by_name("external_id", 11);
}

static arc_status wrong(arci_env *env, const char *field, arc_status st, const char *en, const char *zh)
{
    arci_fail(env, st, "%s: %s%.0s", "%s：%.0s%s", field, en, zh);
    arci_fail_at(env, "external_id", field, -1, -1);
    return st;
}

static arc_status check_text(arci_env *env, const char *field, const char *s, size_t most)
{
    size_t n = s ? strlen(s) : 0;
    if (!n) return wrong(env, field, ARC_E_REQUIRED, "is required", "为必填项");
    if (n > most) return wrong(env, field, ARC_E_LIMIT, "is too long", "过长");
    return arci_utf8_check(s, n) == n ? ARC_OK : wrong(env, field, ARC_E_ENCODING, "is not UTF-8", "不是 UTF-8");
}

arc_status arci_external_check(arci_env *env, const char *system, const char *value)
{
    arc_status st = check_text(env, "system", system, ARCI_SYSTEM_MAX);
    for (const char *c = system; st == ARC_OK && *c; c++) {
        int ok = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("_.-", *c);
        if (!ok) st = wrong(env, "system", ARC_E_VALUE, "is of a-z A-Z 0-9 _ . -", "只能含 a-z A-Z 0-9 _ . -");
    }
    return st == ARC_OK ? check_text(env, "value", value, ARCI_EXTERNAL_MAX) : st;
}

/* ---- finding -------------------------------------------------------------------------------------------------------------------- */

static arc_status look_up(arci_txn *t, arci_arena *arena, const arci_entity *e, const char *system, const char *const *values, uint32_t n,
                          arci_map *found)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *list = arci_arena_alloc(arena, n * sizeof *list);
    if (!list) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) list[i] = arci_v_text(values[i], strlen(values[i]));
    arc_status st = arci_shape_get(t, &shape, "external_id", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[X_ENTITY], ARC_OP_EQ, e->name, strlen(e->name));
    arci_where_text(&w, shape->cols[X_SYSTEM], ARC_OP_EQ, system, strlen(system));
    if (n == 1) arci_where_text(&w, shape->cols[X_VALUE], ARC_OP_EQ, values[0], strlen(values[0]));
    else arci_where_in(&w, shape->cols[X_VALUE], list, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        int64_t *at;
        if (arci_map_put(found, v[X_VALUE].u.s, v[X_VALUE].len, &at) < 0) return arci_nomem(t->env);
        *at = v[X_ROW].u.i;
    }
    return st;
}

arc_status arci_external_rows(arci_txn *t, arci_arena *arena, const arci_entity *e, const char *system, const char *const *values, uint32_t n,
                              int64_t *rows)
{
    arci_map found;
    arc_status st = ARC_OK;
    arci_map_init(&found, t->book->ctx);
    for (uint32_t from = 0; from < n && st == ARC_OK; from += VALUES_A_CALL) {
        st = look_up(t, arena, e, system, values + from, n - from < VALUES_A_CALL ? n - from : VALUES_A_CALL, &found);
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const int64_t *at = arci_map_get(&found, values[i], strlen(values[i]));
        rows[i] = at ? *at : 0;
    }
    arci_map_clear(&found);
    return st;
}

/* ---- the row --------------------------------------------------------------------------------------------------------------------- */

static arc_status check_row(arci_txn *t, uint32_t verb, const arci_entity *e, int64_t row)
{
    const arci_table *table = e ? arci_store_table(t->book->store, e) : NULL;
    const arci_shape *shape;
    arc_value *values;
    if (!table || !table->draws_id) return arci_fail(t->env, ARC_E_INVALID, "rows of this entity have no id", "该实体的数据没有编号");
    if (t->session->access) {
        arc_status st = arci_access_check(t->env, t->session, &arci_verbs[ARCI_DO_READ], e);
        if (st == ARC_OK) st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], e, e, row);
        if (st == ARC_OK) st = arci_access_row(t, &arci_verbs[verb], own_entity(), e, row);
        if (st != ARC_OK) return st;
    }
    arc_status st = arci_shape_get(t, &shape, e->name, "id");
    return st == ARC_OK ? arci_repo_get(t, shape, row, &t->arena, &values) : st;
}

arc_status arci_external_note(arci_txn *t, arci_arena *arena, const arci_entity *e, int64_t row, const char *system, const char *value)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "external_id", "entity row system value");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = arci_v_text(e->name, strlen(e->name));
    v[1] = arci_v_int(row);
    v[2] = arci_v_text(system, strlen(system));
    v[3] = arci_v_text(value, strlen(value));
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status add(arci_txn *t, const arci_entity *e, int64_t row, const char *system, const char *value)
{
    int64_t now;
    arc_status st = check_row(t, ARCI_DO_EXTERNAL_ADD, e, row);
    if (st == ARC_OK) st = arci_external_rows(t, &t->arena, e, system, &value, 1, &now);
    if (st != ARC_OK || now == row) return st;
    if (now) return wrong(t->env, "value", ARC_E_EXISTS, "stands for another row", "已对应其他数据");
    return arci_external_note(t, &t->arena, e, row, system, value);
}

static arc_status remove_one(arci_txn *t, const arci_entity *e, const char *system, const char *value)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "external_id", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[X_ENTITY], ARC_OP_EQ, e->name, strlen(e->name));
    arci_where_text(&w, shape->cols[X_SYSTEM], ARC_OP_EQ, system, strlen(system));
    arci_where_text(&w, shape->cols[X_VALUE], ARC_OP_EQ, value, strlen(value));
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, &t->arena, &rows);
    if (st == ARC_OK && rows.n_rows) st = check_row(t, ARCI_DO_EXTERNAL_REMOVE, e, rows.values[X_ROW].u.i);
    if (st == ARC_E_NOT_FOUND || (st == ARC_OK && !rows.n_rows)) return wrong(t->env, "value", ARC_E_NOT_FOUND, "is unknown", "未知");
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "external_id", "entity");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_DELETE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = rows.values[X_ID];
    return arci_repo_write(t, &b, 1, NULL);
}

/* ---- the calls --------------------------------------------------------------------------------------------------------------------- */

typedef struct change {
    const arci_entity *entity;
    int64_t row; /* 0: take it away */
    const char *system, *value;
} change;

static arc_status once(arci_call *c, const change *x)
{
    static const char *const names[] = { NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_text(c, x->entity->name, strlen(x->entity->name));
    arci_call_arg_int(c, x->row);
    arci_call_arg_text(c, x->system, strlen(x->system));
    arci_call_arg_text(c, x->value, strlen(x->value));
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = x->row ? add(c->txn, x->entity, x->row, x->system, x->value) : remove_one(c->txn, x->entity, x->system, x->value);
    if (st == ARC_OK) arci_call_keep(c, 0, st, NULL);
    return st;
}

static arc_status change_call(arc_session *session, uint32_t verb, uint32_t entity, int64_t row, const char *system, const char *value)
{
    arci_session *s;
    arci_call call;
    const change x = { arci_entity_by_id(entity), row, system, value };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!x.entity) st = arci_fail(&s->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    if (st == ARC_OK) st = arci_external_check(&s->env, system, value);
    if (st == ARC_OK && verb == ARCI_DO_EXTERNAL_ADD && row <= 0) st = arci_fail(&s->env, ARC_E_NOT_FOUND, "there is no such row", "数据不存在");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, once(&call, &x));
    }
    return arci_call_leave(s, st);
}

arc_status arc_external_add(arc_session *session, uint32_t entity, int64_t row, const char *system, const char *value)
{
    return change_call(session, ARCI_DO_EXTERNAL_ADD, entity, row, system, value);
}

arc_status arc_external_remove(arc_session *session, uint32_t entity, const char *system, const char *value)
{
    return change_call(session, ARCI_DO_EXTERNAL_REMOVE, entity, 0, system, value);
}

/* Begins a reading call about rows of an entity. */
static arc_status begin_read(arc_session *session, arci_session **out, arci_scope *scope, uint32_t entity, const arci_entity **e, int args_ok)
{
    arc_status st = arci_session_enter(session, out);
    if (st != ARC_OK) return st;
    arci_session *s = *out;
    *e = arci_entity_by_id(entity);
    if (!args_ok) st = arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    else if (!*e) st = arci_fail(&s->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], own_entity());
    if (st == ARC_OK) st = arci_scope_begin(s, scope, ARC_READ, 0);
    return st == ARC_OK ? st : arci_session_leave(s, st);
}

arc_status arc_external_find(arc_session *session, int64_t *row, uint32_t entity, const char *system, const char *value)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    const arci_entity *e;
    int64_t found = 0;
    arc_status st = begin_read(session, &s, &scope, entity, &e, row && system && value);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->book->ctx);
    st = arci_external_rows(scope.txn, &arena, e, system, &value, 1, &found);
    if (st == ARC_OK && found) st = check_row(scope.txn, ARCI_DO_READ, e, found);
    if (st == ARC_E_NOT_FOUND || (st == ARC_OK && !found)) st = wrong(&s->env, "value", ARC_E_NOT_FOUND, "is unknown", "未知");
    if (st == ARC_OK) *row = found;
    arci_arena_clear(&arena);
    return arci_session_leave(s, arci_scope_end(&scope, st));
}

static arc_status list_all(arci_txn *t, arci_arena *arena, arc_external_fn list, void *user, const arci_entity *e, int64_t row)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = check_row(t, ARCI_DO_READ, e, row);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "external_id", fields);
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[X_SYSTEM], 0 }, { shape->cols[X_VALUE], 0 } };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[X_ENTITY], ARC_OP_EQ, e->name, strlen(e->name));
    arci_where_int(&w, shape->cols[X_ROW], ARC_OP_EQ, row);
    st = arci_repo_find(t, shape, &w, order, 2, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols; /* texts in an arena are terminated */
        if (list(user, v[X_SYSTEM].u.s, v[X_VALUE].u.s) != 0) st = arci_fail(t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return st;
}

arc_status arc_external_list(arc_session *session, arc_external_fn list, void *user, uint32_t entity, int64_t row)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    const arci_entity *e;
    arc_status st = begin_read(session, &s, &scope, entity, &e, list != NULL);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->book->ctx);
    st = list_all(scope.txn, &arena, list, user, e, row);
    arci_arena_clear(&arena);
    return arci_session_leave(s, arci_scope_end(&scope, st));
}
