/* SPDX-License-Identifier: Apache-2.0 */
/* One row of any entity as a record. */
#include "store/record_api.h"
#include "store/repo_impl.h"
#include "store/verb.h"

/* The row as the actor may see it; one he may not see is not there. */
static arc_status read_row(arci_txn *t, arci_arena *arena, const arci_entity *e, int64_t id, arci_record *to)
{
    const arci_shape *shape;
    arc_value *row;
    const arci_row_scope *scope = arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], e);
    int holds = 1;
    arc_status st = arci_shape_get(t, &shape, e->name, "*");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &row);
    if (st == ARC_OK && scope) st = arci_scope_holds(t, arena, e, scope, row, &holds);
    if (st != ARC_OK) return st;
    if (!holds) {
        arci_denial_note(t->session, &arci_verbs[ARCI_DO_READ], e, NULL, id);
        arci_no_such(t->env, e->name);
        arci_fail_at(t->env, e->name, NULL, id, -1);
        return ARC_E_NOT_FOUND;
    }
    if (arci_access_hides(t->session, e)) st = arci_access_out(t->env, arena, t->session, shape->table, shape->cols, shape->n, row);
    return st == ARC_OK ? arci_record_load(t->env, to, shape->cols, shape->n, row) : st;
}

/* The row, by definitions that know its custom fields. */
static arc_status read_known(arci_txn *t, const arci_entity *e, int64_t id, arci_record *r)
{
    arci_custom *custom;
    arc_status st = read_row(t, &t->book->scratch, e, id, r);
    if (st != ARC_OK || !arci_record_custom_unknown(t->env, r)) return st;
    st = arci_session_custom(t->env, t->session, &custom);
    return st == ARC_OK ? arci_record_adopt(t->env, r, custom) : st;
}

arc_status arci_master_json(arci_txn *t, const arci_entity *e, int64_t id, arci_str *out)
{
    arci_custom *custom;
    arci_record *r = NULL;
    arc_status st = arci_access_plain(t->env, t->session, e);
    if (st == ARC_OK) st = arci_session_custom(t->env, t->session, &custom);
    if (st == ARC_OK) st = arci_record_new(t->env, e, custom, &r);
    arci_arena_reset(&t->book->scratch);
    if (st == ARC_OK) st = read_known(t, e, id, r);
    if (st == ARC_OK) st = arci_record_get_json(t->env, r, out);
    arci_record_free(r);
    return st;
}

static arc_status get(arci_session *s, arc_record **out, uint32_t entity, int64_t id)
{
    arci_record_box *box;
    arci_scope scope;
    const arci_entity *e = arci_entity_by_id(entity);
    if (!e) return arci_fail(&s->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    arc_status st = e->flags & ARCI_E_RESERVED ? ARC_OK : arci_access_plain(&s->env, s, e);
    if (st == ARC_OK) st = arci_record_box_new(&s->env, s, e, out, &box);
    if (st != ARC_OK) return st;
    const arci_table *table = arci_store_table(s->book->store, e);
    if (!table->draws_id) {
        st = arci_fail(&s->env, ARC_E_UNSUPPORTED, "%s has no id: use a query", "%s 没有编号：请用查询", e->name);
    } else {
        st = arci_scope_begin(s, &scope, ARC_READ, 0);
    }
    if (table->draws_id && st == ARC_OK) {
        arci_arena_reset(&s->book->scratch);
        st = arci_scope_end(&scope, read_known(scope.txn, e, id, box->record));
    }
    if (st != ARC_OK) {
        arci_own_free(*out, ARCI_H_RECORD);
        *out = NULL;
    }
    return st;
}

arc_status arc_session_get(arc_session *session, arc_record **out, uint32_t entity, int64_t id)
{
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? get(s, out, entity, id) : arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    return arci_session_leave(s, st);
}
