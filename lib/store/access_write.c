/* SPDX-License-Identifier: Apache-2.0 */
/* What callers hand in: rows they may touch, fields they may set, rows they may point at. */
#include <string.h>

#include "store/access.h"
#include "store/verb.h"

const arci_field *arci_access_not_settable(const arci_session *s, const arci_record *r)
{
    const uint8_t *rights = arci_access_rights(s, r->entity);
    for (uint16_t i = 0; rights && i < r->entity->n_fields; i++) {
        if (rights[i] < ARCI_RIGHT_WRITE && arci_record_is_set(r, r->entity->fields[i].id)) return &r->entity->fields[i];
    }
    for (uint32_t i = 0; s->access->n_customs && i < r->n_custom; i++) {
        const arci_field *f = &r->cfields[i]->field;
        if (arci_access_custom_right(s, r->entity, f->name, strlen(f->name)) < ARCI_RIGHT_WRITE && arci_record_is_set(r, f->id)) return f;
    }
    return NULL;
}

/* Ids of one target that the good records set, checked at once. */
static arc_status check_target(arci_txn *t, arci_arena *arena, const arci_row_scope *scope, const arci_field *f, arci_record *const *records,
                               uint32_t n, const arci_field **bad, arc_status *results)
{
    const arci_entity *e = arci_entity_by_name(f->aux, strlen(f->aux));
    if (!e || !e->scope || (e->flags & ARCI_E_RESERVED)) return ARC_OK;
    int64_t *ids = arci_arena_alloc(arena, n * sizeof *ids);
    uint32_t *of = arci_arena_alloc(arena, n * sizeof *of), count = 0;
    uint8_t *seen = arci_arena_alloc(arena, n);
    if (!ids || !of || !seen) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (!records[i] || bad[i] || !arci_record_is_set(records[i], f->id)) continue;
        const arc_value *v = arci_record_value(records[i], f->id);
        if (v->type != ARC_V_INT) continue;
        ids[count] = v->u.i;
        of[count++] = i;
    }
    if (!count) return ARC_OK;
    arc_status st = arci_scope_rows(t, arena, e, scope, ids, count, seen);
    for (uint32_t k = 0; k < count && st == ARC_OK; k++) {
        if (seen[k]) continue;
        bad[of[k]] = f;
        results[of[k]] = ARC_E_REFERENCE;
    }
    return st;
}

arc_status arci_access_records(arci_txn *t, arci_arena *arena, const arci_verb *v, arci_record *const *records, uint32_t n,
                               const arci_field **bad, arc_status *results)
{
    arci_session *s = t->session;
    const arci_entity *e = NULL;
    memset(bad, 0, n * sizeof *bad);
    if (!s->access) return ARC_OK;
    for (uint32_t i = 0; i < n; i++) {
        if (!records[i]) continue;
        e = records[i]->entity;
        bad[i] = arci_access_not_settable(s, records[i]);
        if (bad[i]) results[i] = ARC_E_FORBIDDEN;
    }
    const arci_row_scope *scope = e ? arci_access_scope(s, v, e) : NULL;
    const arci_record *first = NULL;
    arc_status st = ARC_OK;
    for (uint16_t k = 0; scope && k < e->n_fields && st == ARC_OK; k++) {
        const arci_field *f = &e->fields[k];
        if (f->type != ARC_T_ID || !f->aux || arci_field_col(e, f) == ARC_NO_COL || f->id < ARCI_FIELD_FIRST) continue;
        st = check_target(t, arena, scope, f, records, n, bad, results);
    }
    for (uint32_t i = 0; scope && i < n && !first; i++) first = records[i];
    for (uint32_t k = 0; first && k < first->n_custom && st == ARC_OK; k++) {
        if (arci_custom_points(first->cfields[k])) st = check_target(t, arena, scope, &first->cfields[k]->field, records, n, bad, results);
    }
    return st;
}

arc_status arci_access_record_fault(arci_txn *t, const arci_record *r, const arci_field *bad, arc_status st)
{
    const arci_verb *v = t->call ? t->call->verb : &arci_verbs[ARCI_DO_UPDATE];
    const arc_value *value = arci_record_value(r, bad->id);
    arci_denial_note(t->session, v, r->entity, bad->name, st == ARC_E_REFERENCE && value->type == ARC_V_INT ? value->u.i : 0);
    if (st == ARC_E_REFERENCE) arci_fail(t->env, st, "%s: %s points at nothing", "%s：%s 指向的数据不存在", r->entity->name, bad->name);
    else arci_fail(t->env, st, "%s may not be set by this actor", "当前操作人不能设置字段 %s", bad->name);
    arci_fail_at(t->env, r->entity->name, bad->name, -1, -1);
    return st;
}

/* The row as the table has it, from column 1: what the shape does not name is NULL. */
static arc_value *whole_row(arci_arena *arena, const arci_shape *shape, const arc_value *row)
{
    arc_value *whole = arci_arena_calloc(arena, shape->table->n_cols, sizeof *whole);
    for (uint16_t j = 0; whole && j < shape->n; j++) whole[shape->cols[j] - 1] = row[j];
    return whole;
}

/* A row without an owner that somebody adds to what is his own is his. */
static void take_as_own(const arci_access *a, const arci_row_scope *scope, const arci_shape *shape, arc_value *row)
{
    uint16_t owner = arci_col(shape->table->entity, "owner");
    int own = 0;
    for (uint32_t i = 0; i < scope->n[ARCI_AT_DOCUMENT][ARCI_BY_OWNER]; i++) own |= scope->ids[ARCI_AT_DOCUMENT][ARCI_BY_OWNER][i] == a->user;
    for (uint32_t i = 0; i < scope->n[ARCI_AT_NOW][ARCI_BY_OWNER]; i++) own |= scope->ids[ARCI_AT_NOW][ARCI_BY_OWNER][i] == a->user;
    for (uint16_t j = 0; own && owner != ARC_NO_COL && j < shape->n; j++) {
        if (shape->cols[j] == owner && row[j].type == ARC_V_NULL) row[j] = arci_v_int(a->user);
    }
}

arc_status arci_access_insert(arci_txn *t, arci_arena *arena, const arci_verb *v, const arci_shape *shape, arc_value *row)
{
    const arci_entity *e = shape->table->entity;
    const arci_row_scope *scope = arci_access_scope(t->session, v, e);
    int holds;
    if (!scope || (!e->scope && !arci_scope_by_row(t->book->store, e))) return ARC_OK;
    if (e->scope) take_as_own(t->session->access, scope, shape, row);
    arc_value *whole = whole_row(arena, shape, row);
    if (!whole) return arci_nomem(t->env);
    arc_status st = arci_scope_holds(t, arena, e, scope, whole, &holds);
    if (st != ARC_OK || holds) return st;
    arci_denial_note(t->session, v, e, NULL, 0);
    arci_fail(t->env, ARC_E_FORBIDDEN, "the new %s would be outside the actor's rows: set its owner, team or region", "新的 %s 不在该操作人的数据范围内：请设置业务员、团队或区域", e->name);
    arci_fail_at(t->env, e->name, NULL, -1, -1);
    return ARC_E_FORBIDDEN;
}

/* Nobody widens his own reach, nor lives on after he was sent away. */
static arc_status own_account(arci_txn *t, const arci_record *r)
{
    static const char *const fields[] = { "team", "department", "region", "manager", "valid_from", "valid_to", "disabled" };
    const arci_session *s = t->session;
    if (strcmp(r->entity->name, "user_account") != 0 || arci_record_value(r, ARCI_FIELD_ID)->u.i != s->access->user) return ARC_OK;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const arci_field *f = arci_entity_field(r->entity, fields[i], strlen(fields[i]));
        if (arci_record_is_set(r, f->id)) return arci_access_record_fault(t, r, f, ARC_E_FORBIDDEN);
    }
    return ARC_OK;
}

arc_status arci_access_update(arci_txn *t, arci_arena *arena, const arci_verb *v, arci_record *r)
{
    const arci_field *bad;
    arc_status result = ARC_OK, st = ARC_OK;
    const arci_field *id = arci_entity_field_id(r->entity, ARCI_FIELD_ID);
    if (!t->session->access) return ARC_OK;
    if (id) st = arci_access_row(t, v, r->entity, r->entity, arci_record_value(r, ARCI_FIELD_ID)->u.i);
    if (st == ARC_OK && id) st = own_account(t, r);
    if (st == ARC_OK) st = arci_access_records(t, arena, v, &r, 1, &bad, &result);
    return st == ARC_OK && bad ? arci_access_record_fault(t, r, bad, result) : st;
}
