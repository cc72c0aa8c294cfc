/* SPDX-License-Identifier: Apache-2.0 */
/* A row by the text that names it. */
#include <string.h>

#include "arcore/query.h"
#include "store/session.h"

/* The one text that is unique in the book, by itself; NULL: there is none. */
static const arci_field *naming_field(const arci_entity *e)
{
    for (uint16_t i = 0; i < e->n_indexes; i++) {
        if (!(e->indexes[i].flags & ARC_INDEX_UNIQUE) || strchr(e->indexes[i].keys, ' ')) continue;
        const arci_field *f = arci_entity_field(e, e->indexes[i].keys, strlen(e->indexes[i].keys));
        if (f && f->type == ARC_T_TEXT) return f;
    }
    return NULL;
}

static arc_status ask(arc_session *session, int64_t *id, const arci_entity *e, const arci_field *f, const char *key, arc_error *error)
{
    const arc_field_id base = (arc_field_id)e->id << 16, own = base | ARCI_FIELD_ID;
    int64_t found = 0;
    arc_cursor *c = NULL;
    arc_query *q;
    arc_status st = arc_query_new(session, &q, e->id);
    if (st != ARC_OK) return arc_session_error(session, error) == ARC_OK ? st : ARC_E_HANDLE;
    st = arc_query_where_text(q, base | f->id, ARC_EQ, key, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_select(q, &own, 1);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st != ARC_OK) (void)arc_query_error(q, error);
    if (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) st = arc_cursor_get_int(c, &found, 0);
    if (st < ARC_OK && c) (void)arc_cursor_error(c, error);
    if (st == ARC_OK) *id = found;
    arc_cursor_free(c);
    arc_query_free(q);
    return st;
}

static arc_status check(arci_env *env, const int64_t *id, uint32_t entity, const char *key, const arci_entity **e, const arci_field **f)
{
    *e = arci_entity_by_id(entity);
    if (!id || !key) return arci_fail(env, ARC_E_INVALID, "id or key is NULL", "id 或 key 为 NULL");
    if (!*e) return arci_fail(env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    *f = naming_field(*e);
    if (*f || (*e)->flags & ARCI_E_RESERVED) return ARC_OK; /* the query refuses what is reserved */
    return arci_fail(env, ARC_E_UNSUPPORTED, "no text alone names a %s: use a query", "没有单一文本可确定 %s：请用查询", (*e)->name);
}

/* The query and its cursor are gone: what they told is the session's. */
static arc_status tell(arc_session *session, const arci_entity *e, const arci_field *f, arc_status st, const arc_error *error)
{
    arci_session *s;
    arc_status in = arci_session_enter(session, &s);
    if (in != ARC_OK) return in;
    if (st == ARC_DONE) {
        st = arci_no_such(&s->env, e->name);
        arci_fail_at(&s->env, e->name, f->name, -1, -1);
    } else {
        (void)arci_fail_copy(&s->env, error);
    }
    return arci_session_leave(s, st);
}

arc_status arc_session_find(arc_session *session, int64_t *id, uint32_t entity, const char *key)
{
    static const arci_field none = { .name = "" };
    const arci_entity *e;
    const arci_field *f = NULL;
    arc_error error = ARC_ERROR_INIT;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_session_leave(s, check(&s->env, id, entity, key, &e, &f));
    if (st != ARC_OK) return st;
    if (!f) f = &none;
    st = ask(session, id, e, f, key, &error);
    return st == ARC_OK ? st : tell(session, e, f, st, &error);
}
