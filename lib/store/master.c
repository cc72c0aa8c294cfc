/* SPDX-License-Identifier: Apache-2.0 */
/* Master data by record: insert, update, one and many; what waits for approval instead. */
#include <string.h>

#include "store/master_impl.h"
#include "store/pending.h"

#define MAX_MANY 100000u
#define RUN 1000u

/* ---- approvals -------------------------------------------------------------------------------------------------------- */

/* Judges element i as if it were done, and undoes it. */
static arc_status try_one(arci_many *m, uint32_t i)
{
    uint32_t to = i + 1;
    arci_try try;
    arc_status st = arci_try_begin(m->t, &try);
    if (st != ARC_OK) return st;
    if (!m->update) {
        st = arci_many_insert(m, i, &to);
    } else {
        st = arci_many_update(m, i);
        if (arci_many_is_refusal(st)) {
            arci_many_refuse(m, i, st);
            st = ARC_OK;
        }
    }
    m->ids[i] = 0;
    return arci_try_end(m->t, &try, st);
}

/* Once it is approved a new row is whose it would have been: that is kept with it. *field 0: nothing to keep. */
static arc_status note_owner(arci_many *m, arci_record *r, uint32_t *field)
{
    const arci_shape *shape;
    const arci_field *owner = arci_entity_field(r->entity, "owner", 5);
    *field = 0;
    if (m->update || !m->s->access || !owner || arci_record_value(r, owner->id)->type != ARC_V_NULL) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, r->entity->name, NULL);
    if (st != ARC_OK) return st;
    arc_value *row = arci_arena_calloc(m->arena, shape->n, sizeof *row);
    if (!row) return arci_nomem(m->t->env);
    st = arci_record_row(m->t->env, r, shape->cols, shape->n, row);
    if (st == ARC_OK) st = arci_access_insert(m->t, m->arena, m->call->verb, shape, row);
    for (uint32_t k = 0; k < shape->n && st == ARC_OK; k++) {
        if (shape->table->field_of_col[shape->cols[k]] != owner || row[k].type == ARC_V_NULL) continue;
        st = arci_record_put(m->t->env, r, owner->id, &row[k]);
        *field = owner->id;
    }
    return st;
}

static arc_status ask_approval(arci_many *m, uint32_t i, const arci_approval *a)
{
    static const arc_value nothing = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    arci_record *r = m->boxes[i]->record;
    uint32_t owner;
    arc_status st = try_one(m, i);
    if (st != ARC_OK || m->results[i] != ARC_OK || !a) return st;
    st = note_owner(m, r, &owner);
    if (st == ARC_OK) st = arci_pending_store(m->t, m->arena, m->call->verb, a, r, m->update, &m->ids[i]);
    if (owner) (void)arci_record_put(m->t->env, r, owner, &nothing); /* the caller's record stays as it was */
    if (st == ARC_OK) m->results[i] = ARC_NEEDS_APPROVAL;
    return st;
}

/* What a call comes to that refused nothing: the first element that waits is named. */
static arc_status tell_pending(arci_many *m)
{
    for (uint32_t i = 0; i < m->n; i++) {
        if (m->results[i] != ARC_NEEDS_APPROVAL) continue;
        arci_fail(&m->s->env, ARC_NEEDS_APPROVAL, "it waits for approval", "已提交审批");
        arci_fail_at(&m->s->env, "pending_change", NULL, m->ids[i], m->single ? -1 : (int64_t)i);
        return ARC_NEEDS_APPROVAL;
    }
    return ARC_OK;
}

/* ---- the frame ------------------------------------------------------------------------------------------------------- */

static arc_status work(arci_many *m)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0, to; from < m->n && st == ARC_OK; from = to) {
        to = from + 1;
        if (arci_call_done(m->call, from)) continue;
        m->t->call->entity = m->boxes[from]->record->entity;
        if (!m->single) arci_arena_reset(m->arena);
        const arci_approval *a = m->asked;
        if (!m->approved && !a) st = arci_approval_for(m->t, m->call->verb, m->boxes[from]->record->entity, m->boxes[from]->record, &a);
        if (st == ARC_OK && (a || m->trying)) st = ask_approval(m, from, a);
        if (st != ARC_OK || a || m->trying) continue;
        if (m->update) {
            st = arci_many_update(m, from);
            if (arci_many_is_refusal(st)) {
                arci_many_refuse(m, from, st);
                st = ARC_OK;
            }
            continue;
        }
        while (to < m->n && to - from < RUN && !arci_call_done(m->call, to) && m->boxes[to]->record->entity == m->boxes[from]->record->entity) to++;
        st = arci_many_insert(m, from, &to);
    }
    return st;
}

/* Id and version as they are now stored; the next update is of what is set from now on. */
static arc_status fill_record(arci_many *m, size_t i)
{
    arci_record *r = m->boxes[i]->record;
    const arci_table *t = arci_store_table(m->s->book->store, r->entity);
    arc_status st = ARC_OK;
    arc_value id = arci_v_int(m->ids[i]), version = arci_v_int(m->versions[i]);
    if (!m->update && t->draws_id) st = arci_record_put(&m->s->env, r, ARCI_FIELD_ID, &id);
    if (st == ARC_OK && t->col_version != ARC_NO_COL) st = arci_record_put(&m->s->env, r, ARCI_FIELD_VERSION, &version);
    if (st == ARC_OK && !m->says) arci_record_settled(r);
    return st;
}

static arc_status take_elements(arci_many *m)
{
    m->boxes = arci_arena_alloc(m->arena, m->n * sizeof(arci_record_box *));
    m->records = arci_arena_alloc(m->arena, m->n * sizeof(arci_record *));
    m->ids = arci_arena_calloc(m->arena, m->n, sizeof *m->ids);
    m->versions = arci_arena_calloc(m->arena, m->n, sizeof *m->versions);
    if (!m->results) m->results = arci_arena_calloc(m->arena, m->n, sizeof *m->results);
    if (!m->boxes || !m->records || !m->ids || !m->versions || !m->results) return arci_nomem(&m->s->env);
    for (size_t i = 0; i < m->n; i++) {
        arc_status st = arci_record_box_in(&m->s->env, m->s, m->handles[i], &m->boxes[i]);
        if (st != ARC_OK) {
            if (!m->single) arci_fail_at(&m->s->env, NULL, NULL, -1, (int64_t)i);
            return st;
        }
        m->records[i] = m->boxes[i]->record;
        m->results[i] = ARC_OK;
    }
    return ARC_OK;
}

static arc_status check_entity(arci_env *env, const arci_entity *e, int update)
{
    arc_status st = ARC_OK;
    if (!(e->flags & ARCI_E_MASTER)) {
        st = arci_fail(env, ARC_E_FORBIDDEN, "%s moves by its verbs (arc_%s_...), not by records", "%s 须用其专用函数（arc_%s_...）处理，不能直接写入",
                       e->name, e->name);
    } else if (update && !(e->flags & ARCI_E_VERSIONED)) {
        st = arci_fail(env, ARC_E_FORBIDDEN, "%s rows do not change", "%s 的数据不可修改", e->name);
    }
    if (st != ARC_OK) arci_fail_at(env, e->name, NULL, -1, -1);
    return st;
}

/* Before anything is opened: whether these entities are written by records, and by this actor. */
static arc_status check_entities(arci_many *m, const arci_verb *verb)
{
    const arci_entity *last = NULL;
    arc_status st = ARC_OK;
    for (size_t i = 0; i < m->n && st == ARC_OK; i++) {
        const arci_entity *e = m->boxes[i]->record->entity;
        if (e == last) continue;
        last = e;
        st = check_entity(&m->s->env, e, m->update);
        if (st == ARC_OK) st = arci_access_check(&m->s->env, m->s, verb, e);
        if (st != ARC_OK && !m->single) arci_fail_at(&m->s->env, NULL, NULL, -1, (int64_t)i);
    }
    return st;
}

/* ---- request keys ---------------------------------------------------------------------------------------------------- */

static arc_status ask(arci_many *m)
{
    static const char *const names[] = { "id", "version", NULL };
    if (!m->call->request) return ARC_OK;
    arc_status st = arci_call_elements(m->call, names, (uint32_t)m->n, !m->single);
    for (uint32_t i = 0; i < m->n && st == ARC_OK; i++) {
        arci_record *r = m->boxes[i]->record;
        st = arci_call_arg_record(m->call, r, m->update);
        arci_call_arg_end(m->call, i, r->entity);
    }
    return st == ARC_OK ? arci_call_replay(m->call) : st;
}

/* Ids and versions of all that is done: now, or by the same request before. */
static void tell(arci_many *m)
{
    for (uint32_t i = 0; i < m->n; i++) {
        if (arci_call_done(m->call, i)) {
            m->ids[i] = arci_call_number(m->call, i, 0);
            m->versions[i] = arci_call_number(m->call, i, 1);
            m->results[i] = arci_call_status(m->call, i);
        } else if (m->results[i] == ARC_OK) {
            const arc_value *id = arci_record_value(m->boxes[i]->record, ARCI_FIELD_ID);
            m->versions[i] = m->update ? arci_record_value(m->boxes[i]->record, ARCI_FIELD_VERSION)->u.i + 1 : 1;
            int64_t outcome[2] = { m->update && id->type == ARC_V_INT ? id->u.i : m->ids[i], m->versions[i] };
            arci_call_keep(m->call, i, ARC_OK, outcome);
        } else if (m->results[i] == ARC_NEEDS_APPROVAL) {
            int64_t outcome[2] = { m->ids[i], 1 };
            arci_call_keep(m->call, i, ARC_NEEDS_APPROVAL, outcome);
        }
    }
}

static arc_status run_once(arci_many *m, int atomic)
{
    arci_call call;
    arci_arena rows;
    arci_arena_reset(&m->s->book->scratch);
    m->arena = &m->s->book->scratch;
    m->refused = 0;
    arc_status st = take_elements(m);
    const arci_verb *verb = &arci_verbs[m->update ? ARCI_DO_UPDATE : ARCI_DO_INSERT];
    uint32_t how = m->single && !m->s->request_key[0] ? ARCI_SCOPE_NO_UNDO : 0; /* the row of a request is a second write */
    if (st == ARC_OK) st = check_entities(m, verb);
    if (st == ARC_OK && arci_access_shaping(m->boxes[0]->record->entity)) how = 0; /* looked at once more when it is written */
    if (st == ARC_OK) st = arci_call_begin(m->s, &call, verb, m->boxes[0]->record->entity, how);
    if (st != ARC_OK) return st;
    m->t = call.txn;
    m->call = &call;
    arci_arena_init(&rows, m->s->book->ctx);
    if (!m->single) m->arena = &rows; /* emptied between runs */
    st = ask(m);
    if (st == ARC_OK) st = work(m);
    arci_arena_clear(&rows);
    if (st == ARC_OK && m->refused) {
        m->s->error = m->first;
        st = atomic ? m->first.status : ARC_PARTIAL;
    }
    if (st >= ARC_OK) tell(m);
    if (st == ARC_OK) st = tell_pending(m);
    st = arci_call_end(&call, st);
    if (st < ARC_OK) return st;
    for (size_t i = 0; i < m->n && st >= ARC_OK; i++) {
        arc_status filled = m->results[i] == ARC_OK ? fill_record(m, i) : ARC_OK;
        if (filled != ARC_OK) st = filled;
    }
    return st;
}

static arc_status run_many(arci_many *m, int atomic)
{
    arc_status st = ARC_OK, *results = m->results;
    for (uint32_t tries = 0; arci_call_tries(m->s, &tries, st);) {
        m->results = results;
        st = run_once(m, atomic);
    }
    return st;
}

/* Nothing was written: no element may look as if it had been. */
static void forget_results(int64_t *ids, arc_status *results, size_t n, arc_status st)
{
    if (ids) memset(ids, 0, n * sizeof *ids);
    for (size_t i = 0; results && i < n; i++) {
        if (results[i] >= ARC_OK) results[i] = st;
    }
}

static arc_status many_call(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags,
                            int update)
{
    arci_many m = { .handles = records, .results = results, .n = n, .update = update };
    arc_status st = arci_session_enter(session, &m.s);
    if (st != ARC_OK) return st;
    if (!records || !n || (flags & ~ARC_ALL_OR_NONE) || (!results && !(flags & ARC_ALL_OR_NONE))) {
        st = arci_fail(&m.s->env, ARC_E_INVALID, "no records, an unknown flag, or nowhere to put results", "没有记录、未知标志，或未提供结果数组");
    } else if (n > MAX_MANY) {
        st = arci_fail(&m.s->env, ARC_E_LIMIT, "at most %u records a call", "每次最多 %u 条记录", MAX_MANY);
    } else {
        if (results) memset(results, 0, n * sizeof *results);
        st = run_many(&m, (flags & ARC_ALL_OR_NONE) != 0);
        if (st < ARC_OK) forget_results(ids, results, n, st);
        else if (ids) memcpy(ids, m.ids, n * sizeof *ids);
    }
    return arci_call_leave(m.s, st);
}

arc_status arc_session_insert_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n,
                                   uint32_t flags)
{
    return many_call(session, ids, results, records, n, flags, 0);
}

arc_status arc_session_update_many(arc_session *session, arc_status *results, arc_record *const *records, size_t n, uint32_t flags)
{
    return many_call(session, NULL, results, records, n, flags, 1);
}

static arc_status one_record(arci_session *s, int64_t *id, arc_record *record, int update, int says)
{
    arci_many m = { .s = s, .handles = &record, .n = 1, .update = update, .single = 1, .says = says };
    arc_status st = run_many(&m, 1);
    if (st == ARC_OK && id) *id = m.ids[0];
    return st;
}

arc_status arci_master_one(arci_session *s, int64_t *id, arc_record *record, int update)
{
    return one_record(s, id, record, update, 1);
}

static arc_status single(arc_session *session, int64_t *id, arc_record *record, int update)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    return st == ARC_OK ? arci_call_leave(s, one_record(s, id, record, update, 0)) : st;
}

arc_status arci_master_write(arci_session *s, arc_record *handle, int update, int try, int64_t *id)
{
    arci_many m = { .s = s, .handles = &handle, .n = 1, .update = update, .single = 1, .approved = 1, .trying = try };
    arc_status st = run_many(&m, 1);
    *id = m.ids ? m.ids[0] : 0;
    return st;
}

arc_status arci_master_ask(arc_session *session, int64_t *pending, arc_record *record, const arci_approval *a)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_many m = { .s = s, .handles = &record, .n = 1, .update = 1, .single = 1, .asked = a };
    st = run_many(&m, 1);
    *pending = m.ids ? m.ids[0] : 0;
    return arci_call_leave(s, st);
}

arc_status arc_session_insert(arc_session *session, int64_t *id, arc_record *record)
{
    return single(session, id, record, 0);
}

arc_status arc_session_update(arc_session *session, arc_record *record)
{
    return single(session, NULL, record, 1);
}
