/* SPDX-License-Identifier: Apache-2.0 */
/* Which pending changes an actor sees, what of them, and whether he may decide: the inbox of somebody who approves. */
#include <string.h>

#include "base/json_text.h"
#include "store/pending.h"
#include "store/proposal.h"

#define PAGE 200u
#define MAX_LISTED 100000u

static const char *text(const arc_value *v) { return v->type == ARC_V_TEXT ? v->u.s : ""; } /* terminated in an arena */

static int text_is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

static int64_t number(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static int mine(const arci_pending *p)
{
    const arci_session *s = p->s;
    const arc_value *maker = &p->v[ARCI_PC_MAKER], *behalf = &p->v[ARCI_PC_MAKER_FOR];
    return arci_access_same_person(s->actor ? s->actor : ARC_ACTOR_SYSTEM, s->on_behalf_of, text(maker), behalf->type == ARC_V_NULL ? NULL : text(behalf));
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */

/* A row that is not there yet: would it be one of the scope's? */
static arc_status new_row_held(arci_pending *p, const arci_row_scope *scope, int *seen)
{
    const arci_shape *shape;
    arc_record *handle = NULL;
    arci_record_box *box;
    arc_status st = arci_pending_build(p, p->v[ARCI_PC_AFTER].u.s, p->v[ARCI_PC_AFTER].len, &handle, &box);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, p->entity->name, "*");
    if (st == ARC_OK) {
        arc_value *row = arci_arena_calloc(&p->arena, shape->n, sizeof *row);
        st = row ? arci_record_row(p->t->env, box->record, shape->cols, shape->n, row) : arci_nomem(p->t->env);
        if (st == ARC_OK) st = arci_scope_holds(p->t, &p->arena, p->entity, scope, row, seen);
    }
    arci_own_free(handle, ARCI_H_RECORD);
    return st;
}

/* The row a verb of the ledger is about: that of its own entity, or the item it names; and the state that tells its version. */
static arc_status subject(arci_pending *p, const arci_entity **of, int64_t *id, const char **state)
{
    arci_json *after = NULL;
    const arci_json *item = NULL;
    const char *name = p->entity->name;
    *id = p->v[ARCI_PC_ROW].type == ARC_V_INT ? p->v[ARCI_PC_ROW].u.i : 0;
    if (!*id) {
        arc_status st = arci_json_parse(p->t->env, &p->arena, p->v[ARCI_PC_AFTER].u.s, p->v[ARCI_PC_AFTER].len, &arci_json_definition_limits, &after);
        if (st != ARC_OK) return st;
        item = arci_json_get(after, "item");
        if (!item) item = arci_json_get(after, "credit_item");
        if (item && arci_json_int(p->t->env, item, id) != ARC_OK) *id = 0;
        if (*id) name = "item";
    }
    *state = !strcmp(name, "item") ? "item_state" : !strcmp(name, "receipt") ? "receipt_state" : NULL;
    *of = *id ? arci_entity_by_name(name, strlen(name)) : NULL;
    return ARC_OK;
}

/* Who asked for it sees it, and who may read the row it is about. */
static arc_status look(arci_pending *p, int *seen)
{
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    uint8_t one = 0;
    *seen = !p->s->access || mine(p);
    if (*seen || !arci_access_may(p->s, read, p->entity)) return ARC_OK;
    const arci_row_scope *scope = arci_access_scope(p->s, read, p->entity);
    const char *state = NULL;
    int64_t about = 0;
    const arci_entity *of = NULL;
    arc_status st = p->entity->flags & ARCI_E_MASTER ? ARC_OK : subject(p, &of, &about, &state);
    if (st != ARC_OK) return st;
    if (scope && of && state) {
        const arci_row_scope *rows = arci_access_scope(p->s, read, of);
        st = arci_access_may(p->s, read, of) ? arci_scope_rows(p->t, &p->arena, of, rows, &about, 1, &one) : ARC_OK;
        *seen = one;
        return st;
    }
    *seen = !scope || !(p->entity->flags & ARCI_E_MASTER);
    if (*seen || (p->update && p->v[ARCI_PC_ROW].type != ARC_V_INT)) return ARC_OK;
    if (!p->update) return new_row_held(p, scope, seen);
    st = arci_scope_rows(p->t, &p->arena, p->entity, scope, &p->v[ARCI_PC_ROW].u.i, 1, &one);
    *seen = one;
    return st;
}

/* ---- fields -------------------------------------------------------------------------------------------------------------- */

static uint8_t right_of(arci_pending *p, arci_custom *custom, const arci_json *m, const arci_field **f)
{
    const arci_custom_field *cf;
    *f = arci_entity_field(p->entity, m->key, m->key_len);
    if (!*f && (cf = arci_custom_by_name(custom, p->entity, m->key, m->key_len)) != NULL) *f = &cf->field;
    if (*f) return arci_access_right(p->s, p->entity, *f);
    return p->s->access && p->s->access->part_rows && (p->entity->flags & ARCI_E_MASTER) ? ARCI_RIGHT_NONE : ARCI_RIGHT_WRITE;
}

/* The document without what the actor may not read; masked texts show their end. */
static arc_status cut(arci_pending *p, arci_custom *custom, const arc_value *json, const char **out, uint32_t *hidden)
{
    arci_json *root;
    arci_str b;
    int n = 0;
    arc_status st = arci_json_parse(p->t->env, &p->arena, json->u.s, json->len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    arci_str_init(&b, p->t->env->ctx);
    arci_str_putc(&b, '{');
    *hidden = 0;
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) {
        const arci_field *f;
        uint8_t right = right_of(p, custom, m, &f);
        *hidden += right < ARCI_RIGHT_READ;
        if (right < ARCI_RIGHT_MASK) continue;
        if (n++) arci_str_putc(&b, ',');
        arci_json_put_text(&b, m->key, m->key_len);
        arci_str_putc(&b, ':');
        if (right == ARCI_RIGHT_MASK) {
            arc_value v = m->type == ARCI_JSON_STRING ? arci_v_text(m->s, m->len) : arci_v_null();
            st = arci_access_mask(p->t->env, &p->arena, f, &v);
            if (st == ARC_OK && v.type == ARC_V_TEXT) arci_json_put_text(&b, v.u.s, v.len);
            else arci_str_puts(&b, "null");
        } else {
            arci_json_put_node(&b, m);
        }
    }
    arci_str_putc(&b, '}');
    *out = st == ARC_OK && !b.failed ? arci_arena_strndup(&p->arena, b.s, b.len) : NULL;
    arci_str_clear(&b);
    return st == ARC_OK && !*out ? arci_nomem(p->t->env) : st;
}

/* ---- may he decide? -------------------------------------------------------------------------------------------------------- */

static arci_pending_verdict *no(arci_pending_verdict *v, const char *class, const char *en, const char *zh)
{
    v->class = class;
    v->en = en;
    v->zh = zh;
    return v;
}

/* Changes of one's own account are somebody else's to approve, whoever asked. */
static arc_status own_account(arci_pending *p, int *is)
{
    const arci_shape *shape;
    arc_value *row;
    *is = 0;
    if (!p->s->access || strcmp(p->entity->name, "user_account") != 0 || p->v[ARCI_PC_ROW].type != ARC_V_INT) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "user_account", "code");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, p->v[ARCI_PC_ROW].u.i, &p->arena, &row);
    if (st == ARC_OK) *is = arci_access_same_person(p->s->actor, p->s->on_behalf_of, text(&row[0]), NULL);
    return st;
}

static arc_status row_moved(arci_pending *p, int *is)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t id = p->v[ARCI_PC_ROW].type == ARC_V_INT ? p->v[ARCI_PC_ROW].u.i : 0;
    const char *state = NULL;
    *is = 0;
    if (!p->update) return ARC_OK;
    const arci_entity *of = NULL;
    arc_status st = p->entity->flags & ARCI_E_VERSIONED ? ARC_OK : subject(p, &of, &id, &state);
    if (st != ARC_OK || !id || (!(p->entity->flags & ARCI_E_VERSIONED) && !state)) return st;
    st = arci_shape_get(p->t, &shape, state ? state : p->entity->name, "version");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, &id, 1, &p->arena, &rows, &found);
    if (st == ARC_OK) *is = !found[0] || rows[0].u.i != p->v[ARCI_PC_ROW_VERSION].u.i;
    return st;
}

static arc_status may_decide(arci_pending *p, arci_pending_verdict *v)
{
    int over = 0, own = 0, moved = 0;
    arc_status st = own_account(p, &own);
    if (st == ARC_OK) st = row_moved(p, &moved);
    if (st == ARC_OK && text_is(&p->v[ARCI_PC_STATUS], "running") && p->v[ARCI_PC_EXPIRES].type == ARC_V_INT) st = arci_pending_over(p, &over);
    if (st != ARC_OK) return st;
    if (!text_is(&p->v[ARCI_PC_STATUS], "running")) no(v, "state", "it has been decided", "已审批");
    else if (over) no(v, "expired", "it has expired", "已过期");
    else if (!arci_access_may(p->s, &arci_verbs[ARCI_DO_PENDING_APPROVE], NULL)) no(v, "permission", "no role of the actor allows it", "当前操作人的角色没有此权限");
    else if (p->s->access && mine(p)) no(v, "own", "nobody decides what he asked for himself", "不能审批自己提出的请求");
    else if (own) no(v, "own", "nobody approves a change of his own account", "不能审批对自己账号的变更");
    else if (v->hidden) no(v, "fields", "it changes fields the actor may not read", "变更涉及当前操作人无权查看的字段");
    else if (moved) no(v, "stale", "the row has changed since it was asked", "提出后该数据已变更");
    return ARC_OK;
}

arc_status arci_pending_judge(arci_pending *p, arci_pending_verdict *v)
{
    arci_custom *custom = NULL;
    uint32_t hidden = 0;
    memset(v, 0, sizeof *v);
    arc_status st = look(p, &v->seen);
    if (st != ARC_OK || !v->seen) return st;
    st = arci_session_custom(p->t->env, p->s, &custom);
    if (st == ARC_OK) st = cut(p, custom, &p->v[ARCI_PC_BEFORE], &v->before, &hidden);
    if (st == ARC_OK) st = cut(p, custom, &p->v[ARCI_PC_AFTER], &v->after, &v->hidden);
    return st == ARC_OK ? may_decide(p, v) : st;
}

/* ---- the list -------------------------------------------------------------------------------------------------------------- */

arc_status arc_pending_options_init(arc_pending_options *options)
{
    static const arc_pending_options init = ARC_PENDING_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

typedef struct listing {
    arci_session *s;
    arc_pending_options o;
    const arci_entity *entity; /* NULL: all */
    arc_pending_fn list;
    void *user;
    uint32_t told;
    int64_t last;
} listing;

static arc_status tell(listing *l, arci_pending *p, const arci_pending_verdict *v)
{
    arc_pending_info i;
    memset(&i, 0, sizeof i);
    i.struct_size = (uint32_t)sizeof i;
    i.may_approve = !v->class;
    i.id = p->id;
    i.version = number(&p->v[ARCI_PC_VERSION]);
    i.row = number(&p->v[ARCI_PC_ROW]);
    i.result_row = number(&p->v[ARCI_PC_RESULT]);
    i.hidden = v->hidden;
    i.asked = number(&p->v[ARCI_PC_ASKED]);
    i.expires = number(&p->v[ARCI_PC_EXPIRES]);
    i.verb = text(&p->v[ARCI_PC_VERB]);
    i.entity = p->entity->name;
    i.status = text(&p->v[ARCI_PC_STATUS]);
    i.maker = text(&p->v[ARCI_PC_MAKER]);
    i.maker_for = text(&p->v[ARCI_PC_MAKER_FOR]);
    i.reason = text(&p->v[ARCI_PC_REASON]);
    i.decided_by = text(&p->v[ARCI_PC_DECIDED_BY]);
    i.decision_reason = text(&p->v[ARCI_PC_DECISION]);
    i.before = v->before;
    i.after = v->after;
    i.why_class = v->class ? v->class : "";
    i.why = v->class ? v->en : "";
    i.why_zh = v->class ? v->zh : "";
    l->told++;
    return l->list(l->user, &i) == 0 ? ARC_OK : arci_fail(p->t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

static int wanted(const listing *l, const arci_pending *p, const arci_pending_verdict *v)
{
    if (!v->seen) return 0;
    if ((l->o.flags & ARC_PENDING_MINE) && !mine(p)) return 0;
    return !(l->o.flags & ARC_PENDING_DECIDABLE) || !v->class;
}

static arc_status read_page(arci_txn *t, listing *l, const arci_shape *shape, arci_arena *arena, arci_rows *rows)
{
    const arc_order by_id[] = { { shape->cols[ARCI_PC_ID], 0 } };
    arci_where w;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[ARCI_PC_ID], ARC_OP_GT, l->last);
    if (!(l->o.flags & ARC_PENDING_CLOSED)) arci_where_text(&w, shape->cols[ARCI_PC_STATUS], ARC_OP_EQ, "running", 7);
    if (l->entity) arci_where_text(&w, shape->cols[ARCI_PC_ENTITY], ARC_OP_EQ, l->entity->name, strlen(l->entity->name));
    if (l->o.row) arci_where_int(&w, shape->cols[ARCI_PC_ROW], ARC_OP_EQ, l->o.row);
    return arci_repo_find(t, shape, &w, by_id, 1, PAGE, arena, rows);
}

static arc_status list_all(arci_txn *t, listing *l)
{
    const arci_shape *shape;
    arci_arena arena;
    arci_rows rows = { .n_rows = PAGE };
    arc_status st = arci_shape_get(t, &shape, "pending_change", arci_pending_fields);
    arci_arena_init(&arena, t->book->ctx);
    while (st == ARC_OK && rows.n_rows == PAGE && l->told < l->o.max) {
        arci_arena_reset(&arena);
        st = read_page(t, l, shape, &arena, &rows);
        for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK && l->told < l->o.max; i++) {
            arci_pending p = { .s = l->s, .t = t };
            arci_pending_verdict v;
            arci_arena_init(&p.arena, t->book->ctx);
            st = arci_pending_take(&p, rows.values + (size_t)i * rows.n_cols);
            l->last = p.id;
            if (st == ARC_OK) st = arci_pending_judge(&p, &v);
            if (st == ARC_OK && wanted(l, &p, &v)) st = tell(l, &p, &v);
            arci_arena_clear(&p.arena);
        }
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status take_options(listing *l, const arc_pending_options *options)
{
    static const uint32_t known = ARC_PENDING_MINE | ARC_PENDING_DECIDABLE | ARC_PENDING_CLOSED;
    static const arc_pending_options init = ARC_PENDING_OPTIONS_INIT;
    arci_env *env = &l->s->env;
    l->o = init;
    arc_status st = arci_struct_in(env, &l->o, sizeof l->o, options);
    if (st != ARC_OK) return st;
    l->entity = l->o.entity ? arci_entity_by_id(l->o.entity) : NULL;
    if ((l->o.flags & ~known) || l->o.row < 0 || l->o.after < 0 || (l->o.row && !l->o.entity)) {
        return arci_fail(env, ARC_E_INVALID, "an unknown flag, a negative number, or a row without its entity", "标志未知、数字为负，或有行而无实体");
    }
    if (l->o.entity && !l->entity) return arci_fail(env, ARC_E_NOT_FOUND, "there is no such entity", "没有该实体");
    if (!l->o.max || l->o.max > MAX_LISTED) l->o.max = MAX_LISTED;
    l->last = l->o.after;
    return ARC_OK;
}

arc_status arc_pending_list(arc_session *session, arc_pending_fn list, void *user, const arc_pending_options *options)
{
    listing l = { .list = list, .user = user };
    arci_scope scope;
    arc_status st = arci_session_enter(session, &l.s);
    if (st != ARC_OK) return st;
    st = list ? take_options(&l, options) : arci_fail(&l.s->env, ARC_E_INVALID, "list is NULL", "list 为 NULL");
    if (st == ARC_OK) st = arci_access_check(&l.s->env, l.s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("pending_change", 14));
    if (st == ARC_OK) st = arci_scope_begin(l.s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, list_all(scope.txn, &l));
    return arci_session_leave(l.s, st);
}
