/* SPDX-License-Identifier: Apache-2.0 */
#include "arcore/custom.h"

#include <string.h>

#include "base/json_text.h"
#include "store/custom_def.h"

static arc_status member_fail(arci_env *env, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    arci_json_fail(env, at, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(env, "custom_field", at->key_len < 64 ? at->key : NULL, 0, -1);
    return st;
}

static arc_status take_text(arci_env *env, const arci_json *m, const char **out)
{
    if (m->type != ARCI_JSON_STRING) return member_fail(env, m, ARC_E_VALUE, "is a text", "须为文本");
    if (m->len > 120) return member_fail(env, m, ARC_E_LIMIT, "is too long", "过长");
    *out = m->s;
    return ARC_OK;
}

static arc_status take_flag(arci_env *env, const arci_json *m, arci_definition *d, uint32_t flag)
{
    if (m->type != ARCI_JSON_TRUE && m->type != ARCI_JSON_FALSE) return member_fail(env, m, ARC_E_VALUE, "is true or false", "须为 true 或 false");
    d->def.flags = m->type == ARCI_JSON_TRUE ? d->def.flags | flag : d->def.flags & ~flag;
    return ARC_OK;
}

static arc_status take_size(arci_env *env, const arci_json *m, arci_definition *d)
{
    int64_t v;
    if (arci_json_int(env, m, &v) != ARC_OK || v < 0 || v > UINT32_MAX) return member_fail(env, m, ARC_E_VALUE, "is a number from 0", "须为非负整数");
    d->def.size = (uint32_t)v;
    return ARC_OK;
}

static arc_status take_document(arci_env *env, const arci_json *m, arci_str *b, const char **out)
{
    arci_json_put_node(b, m);
    *out = b->s;
    return b->failed ? arci_nomem(env) : ARC_OK;
}

static arc_status take_choices(arci_env *env, const arci_json *m, arci_definition *d)
{
    if (m->type != ARCI_JSON_ARRAY) return member_fail(env, m, ARC_E_VALUE, "is a list", "须为列表");
    return take_document(env, m, &d->choices, &d->def.choices);
}

static arc_status take_position(arci_env *env, const arci_json *m, arci_definition *d)
{
    d->has_position = 1;
    if (arci_json_int(env, m, &d->def.position) != ARC_OK) return member_fail(env, m, ARC_E_VALUE, "is a whole number", "须为整数");
    return ARC_OK;
}

arc_status arci_definition_member(arci_env *env, const arci_json *m, arci_definition *d)
{
    const struct {
        const char *name;
        const char **text;
        uint32_t flag;
    } members[] = { { "entity", &d->entity_name, 0 }, { "name", &d->def.name, 0 }, { "kind", &d->kind, 0 },
                    { "label_en", &d->def.label_en, 0 }, { "label_zh", &d->def.label_zh, 0 }, { "target", &d->def.target, 0 }, { "round", &d->def.round, 0 },
                    { "required", NULL, ARCI_CUSTOM_REQUIRED }, { "indexed", NULL, ARCI_CUSTOM_INDEXED },
                    { "personal", NULL, ARCI_CUSTOM_PERSONAL } };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (strcmp(members[i].name, m->key) != 0) continue;
        return members[i].text ? take_text(env, m, members[i].text) : take_flag(env, m, d, members[i].flag);
    }
    if (strcmp(m->key, "size") == 0) return take_size(env, m, d);
    if (strcmp(m->key, "position") == 0) return take_position(env, m, d);
    if (strcmp(m->key, "choices") == 0) return take_choices(env, m, d);
    if (strcmp(m->key, "formula") == 0) return take_document(env, m, &d->formula, &d->def.formula);
    return member_fail(env, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
}

static arc_status missing(arci_env *env, const char *member)
{
    arci_fail(env, ARC_E_REQUIRED, "%s is required", "%s 为必填项", member);
    arci_fail_at(env, "custom_field", member, 0, -1);
    return ARC_E_REQUIRED;
}

arc_status arci_definition_fault(arci_env *env, const char *member, arc_status st, const char *en, const char *zh)
{
    arci_fail(env, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(env, "custom_field", member, 0, -1);
    return st;
}

static arc_status read_definition(arci_env *env, arci_arena *arena, const char *json, size_t length, arci_definition *d)
{
    arci_json *root;
    arc_status st = arci_json_parse(env, arena, json, length, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    if (root->type != ARCI_JSON_OBJECT) return arci_json_fail(env, root, ARC_E_SYNTAX, "a definition is an object", "定义须为对象");
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) st = arci_definition_member(env, m, d);
    if (st != ARC_OK) return st;
    if (!d->entity_name) return missing(env, "entity");
    if (!d->def.name) return missing(env, "name");
    if (!d->kind) return missing(env, "kind");
    d->entity = arci_entity_by_name(d->entity_name, strlen(d->entity_name));
    if (!d->entity || (d->entity->flags & ARCI_E_RESERVED)) return arci_definition_fault(env, "entity", ARC_E_VALUE, "there is no such entity", "没有该实体");
    d->def.entity = d->entity->id;
    for (uint16_t k = 0; arci_custom_kinds[k]; k++) {
        if (strcmp(arci_custom_kinds[k], d->kind) == 0) d->def.kind = (uint16_t)(k + 1);
    }
    if (!d->def.kind) return arci_definition_fault(env, "kind", ARC_E_VALUE, "there is no such kind of field", "没有该字段类型");
    return ARC_OK;
}

arc_value arci_definition_text(const char *s)
{
    return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null();
}

static arc_status insert_definition(arci_txn *t, const arci_definition *d)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "custom_field",
                                   "entity number name kind size label_en label_zh target choices required indexed personal retired position formula round");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = arci_definition_text(d->entity->name);
    v[1] = arci_v_int(d->def.number);
    v[2] = arci_definition_text(d->def.name);
    v[3] = arci_definition_text(d->kind);
    v[4] = arci_v_int(d->def.size);
    v[5] = arci_definition_text(d->def.label_en);
    v[6] = arci_definition_text(d->def.label_zh);
    v[7] = arci_definition_text(d->def.target);
    v[8] = arci_definition_text(d->def.choices);
    v[9] = arci_v_int((d->def.flags & ARCI_CUSTOM_REQUIRED) != 0);
    v[10] = arci_v_int((d->def.flags & ARCI_CUSTOM_INDEXED) != 0);
    v[11] = arci_v_int((d->def.flags & ARCI_CUSTOM_PERSONAL) != 0);
    v[12] = arci_v_int(0);
    if (d->has_position) v[13] = arci_v_int(d->def.position);
    v[14] = arci_definition_text(d->def.formula);
    v[15] = arci_definition_text(d->def.round);
    return arci_repo_write(t, &b, 1, NULL);
}

/* Numbers count up and are never used again: fields are retired, not removed. */
static uint16_t next_number(const arci_custom *set, const arci_entity *e)
{
    uint32_t n, last = ARCI_FIELD_CUSTOM_FIRST - 1u;
    const arci_custom_field *const *fields = arci_custom_of(set, e, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (fields[i]->field.id > last) last = fields[i]->field.id;
    }
    return (uint16_t)(last + 1);
}

/* Choices and formulas are documents inside the definition: their pointers begin there. */
arc_status arci_definition_place(arci_env *env, arc_status st)
{
    char pointer[sizeof env->err->pointer];
    const char *field = env->err->field;
    if (st == ARC_OK || st == ARC_E_NOMEM || (strcmp(field, "choices") != 0 && strcmp(field, "formula") != 0)) return st;
    size_t n = strlen(field), rest = strlen(env->err->pointer);
    if (1 + n + rest >= sizeof pointer) rest = sizeof pointer - 2 - n;
    pointer[0] = '/';
    memcpy(pointer + 1, field, n);
    memcpy(pointer + 1 + n, env->err->pointer, rest);
    pointer[1 + n + rest] = 0;
    arci_fail_pointer(env, pointer);
    return st;
}

/* The set is read afresh inside the transaction, so that numbers and names are judged by what is there now. */
static arc_status define(arci_txn *t, arci_definition *d)
{
    arci_custom *set;
    arci_session_forget_custom(t->session);
    arc_status st = arci_session_custom(t->env, t->session, &set);
    if (st != ARC_OK) return st;
    d->def.number = next_number(set, d->entity);
    if (set)
        arci_custom_keep(set);
    else
        st = arci_custom_new(t->env, &set);
    if (st == ARC_OK) st = arci_definition_place(t->env, arci_custom_check(t->env, set, &d->def));
    arci_custom_drop(set);
    if (st == ARC_OK) st = insert_definition(t, d);
    return st == ARC_OK ? arci_custom_changed(t) : st;
}

static arc_status ask_define(arci_call *c, const char *json, size_t length)
{
    static const char *const names[] = { "field", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_text(c, json, length);
    arci_call_arg_end(c, 0, NULL);
    return arci_call_replay(c);
}

static arc_status define_once(arci_call *c, arci_definition *d, const char *json, size_t length, int64_t *made)
{
    arc_status st = ask_define(c, json, length);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *made = arci_call_number(c, 0, 0);
        return ARC_OK;
    }
    if (st == ARC_OK) st = define(c->txn, d);
    *made = (int64_t)ARCI_PUBLIC_FIELD(d->entity->id, d->def.number);
    if (st == ARC_OK) arci_call_keep(c, 0, st, made);
    return st;
}

static arc_status define_call(arci_session *s, arc_field_id *field, const char *json, size_t length)
{
    arci_arena arena;
    arci_call call;
    arci_definition d;
    int64_t made = 0;
    memset(&d, 0, sizeof d);
    arci_arena_init(&arena, s->env.ctx);
    arci_str_init(&d.choices, s->env.ctx);
    arci_str_init(&d.formula, s->env.ctx);
    arc_status st = read_definition(&s->env, &arena, json, length, &d);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_CUSTOM_DEFINE], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, define_once(&call, &d, json, length, &made));
    }
    if (st == ARC_OK && field) *field = (arc_field_id)made;
    arci_str_clear(&d.choices);
    arci_str_clear(&d.formula);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_custom_define(arc_session *session, arc_field_id *field, const char *json, size_t length)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!json) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "json is NULL", "json 为 NULL"));
    return arci_call_leave(s, define_call(s, field, json, length == SIZE_MAX ? strlen(json) : length));
}

/* ---- retiring ------------------------------------------------------------------------------------------------------- */

arc_status arci_custom_asked(arci_txn *t, int64_t id, const arci_entity *e, const char *name, arci_asked *out)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_shape_get(t, &shape, "custom_field", "version");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, &t->arena, &row);
    if (st != ARC_OK) return st;
    out->row = id;
    out->version = row[0].u.i;
    arci_asked_text(&out->after, "entity", e->name, strlen(e->name));
    arci_asked_text(&out->after, "name", name, strlen(name));
    return ARC_OK;
}

typedef struct retirement {
    const arci_entity *e;
    const char *name;
} retirement;

static arc_status find_field(arci_txn *t, arci_arena *arena, const retirement *r, int64_t *id)
{
    const arci_shape *key;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &key, "custom_field", "id retired entity name");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, key->cols[2], ARC_OP_EQ, r->e->name, strlen(r->e->name));
    arci_where_text(&w, key->cols[3], ARC_OP_EQ, r->name, strlen(r->name));
    st = arci_repo_find(t, key, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK) return st;
    if (!rows.n_rows) return arci_definition_fault(t->env, "name", ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
    if (rows.values[1].u.i) return arci_definition_fault(t->env, "name", ARC_E_STATE, "the field is retired", "该字段已停用");
    *id = rows.values[0].u.i;
    return ARC_OK;
}

static arc_status retire(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = find_field(t, arena, what, id);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "custom_field", "retired");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(*id);
    arci_batch_row(b, 0)[0] = arci_v_int(1);
    st = arci_repo_write(t, &b, 1, NULL);
    return st == ARC_OK ? arci_custom_changed(t) : st;
}

static void retire_args(arci_call *c, const void *what)
{
    const retirement *r = what;
    arci_call_arg_text(c, r->e->name, strlen(r->e->name));
    arci_call_arg_text(c, r->name, strlen(r->name));
}

static arc_status tell_retire(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    const retirement *r = what;
    int64_t id;
    arc_status st = find_field(t, arena, r, &id);
    if (st == ARC_OK) st = arci_custom_asked(t, id, r->e, r->name, out);
    arci_asked_raw(&out->before, "retired", "false", 5);
    arci_asked_raw(&out->after, "retired", "true", 4);
    return st;
}

static arc_status take_retire(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    size_t n;
    const char *entity = NULL;
    retirement *r = arci_arena_calloc(arena, 1, sizeof *r);
    (void)with;
    (void)asked;
    if (!r) return arci_nomem(env);
    *what = r;
    arc_status st = arci_asked_get_text(env, after, "entity", &entity, &n);
    if (st == ARC_OK) st = arci_asked_get_text(env, after, "name", &r->name, &n);
    r->e = entity ? arci_entity_by_name(entity, strlen(entity)) : NULL;
    return st == ARC_OK && !r->e ? arci_fail(env, ARC_E_CORRUPT, "a custom field of no entity", "自定义字段的实体不存在") : st;
}

static const char *const retire_names[] = { "custom_field", NULL };
const arci_deed arci_custom_retire_deed = { ARCI_DO_CUSTOM_RETIRE, retire_names, retire_args, retire, tell_retire, take_retire, NULL };

arc_status arc_custom_retire(arc_session *session, uint32_t entity, const char *name)
{
    arci_session *s;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    const retirement r = { arci_entity_by_id(entity), name };
    if (!name) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "name is NULL", "name 为 NULL"));
    if (!r.e) return arci_call_leave(s, arci_definition_fault(&s->env, "entity", ARC_E_NOT_FOUND, "there is no such entity", "没有该实体"));
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &arci_custom_retire_deed, &r, NULL);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

/* ---- the schema of a book ---------------------------------------------------------------------------------------------- */

static int sees_entity(const void *user, const arci_entity *e)
{
    for (uint32_t v = 0; v < ARCI_N_VERBS; v++) {
        if ((!arci_verbs[v].entity || !strcmp(arci_verbs[v].entity, e->name)) && arci_access_may(user, &arci_verbs[v], e)) return 1;
    }
    return 0;
}

static const char *sees_field(const void *user, const arci_entity *e, const arci_field *f)
{
    uint8_t right = f->id >= ARCI_FIELD_CUSTOM_FIRST ? arci_access_custom_right(user, e, f->name, strlen(f->name)) : arci_access_right(user, e, f);
    return right == ARCI_RIGHT_WRITE ? NULL : right == ARCI_RIGHT_READ ? "read" : right == ARCI_RIGHT_MASK ? "mask" : "";
}

arc_status arc_session_schema_json(arc_session *session, char *buf, size_t *len, const char *language)
{
    arci_session *s;
    arci_custom *custom;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_sight sight = { s, sees_entity, sees_field };
    st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = arci_session_custom_now(&s->env, s, &custom);
    if (st == ARC_OK) st = arci_schema_text(&s->env, custom, s->access ? &sight : NULL, buf, len, language ? language : s->language);
    if (st == ARC_E_BUFFER) arci_fail(&s->env, st, "the buffer is too short", "缓冲区不足");
    return arci_session_leave(s, st);
}
