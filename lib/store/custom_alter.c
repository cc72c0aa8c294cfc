/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a custom field that is there: what can be changed without touching a stored value, and its index. */
#include <string.h>

#include "arcore/custom.h"
#include "base/json_text.h"
#include "store/custom_def.h"
#include "store/custom_index.h"
#include "store/deed.h"

#define PAGE 1000

static const char columns[] = "id kind size label_en label_zh choices required indexed position number retired name target";
enum { A_ID, A_KIND, A_SIZE, A_EN, A_ZH, A_CHOICES, A_REQUIRED, A_INDEXED, A_POSITION, A_NUMBER, A_RETIRED, A_NAME, A_TARGET };

typedef struct change {
    arci_definition d; /* as it will be */
    const arc_value *row; /* as it is */
    const arci_json *root;
    arci_arena arena;
} change;

/* ---- what may change -------------------------------------------------------------------------------------------------------- */

static arc_status read_change(arci_env *env, change *c, const char *json, size_t length)
{
    static const char *const known[] = { "label_en", "label_zh", "choices", "required", "indexed", "position", NULL };
    arci_json *root;
    arc_status st = arci_json_parse(env, &c->arena, json, length, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    c->root = root;
    if (root->type != ARCI_JSON_OBJECT || !root->n) return arci_json_fail(env, root, ARC_E_SYNTAX, "a change is an object", "修改内容须为对象");
    for (const arci_json *m = root->child; m; m = m->next) {
        uint32_t i = 0;
        while (known[i] && strcmp(known[i], m->key) != 0) i++;
        if (known[i]) continue;
        arci_json_fail(env, m, ARC_E_VALUE, "this does not change once the field is defined", "字段定义后此项不可更改");
        arci_fail_at(env, "custom_field", m->key_len < 64 ? m->key : NULL, 0, -1);
        return ARC_E_VALUE;
    }
    return ARC_OK;
}

static arc_status find_row(arci_txn *t, change *c, const arci_entity *e, const char *name)
{
    const arci_shape *key;
    arci_where w;
    arci_rows rows;
    uint16_t entity = arci_col(arci_entity_by_name("custom_field", 12), "entity");
    arc_status st = arci_shape_get(t, &key, "custom_field", columns);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, entity, ARC_OP_EQ, e->name, strlen(e->name));
    arci_where_text(&w, key->cols[A_NAME], ARC_OP_EQ, name, strlen(name));
    st = arci_repo_find(t, key, &w, NULL, 0, 1, &c->arena, &rows);
    if (st != ARC_OK) return st;
    if (!rows.n_rows) return arci_definition_fault(t->env, "name", ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
    if (rows.values[A_RETIRED].u.i) return arci_definition_fault(t->env, "name", ARC_E_STATE, "the field is retired", "该字段已停用");
    c->row = rows.values;
    return ARC_OK;
}

static const char *text(const arc_value *v)
{
    return v->type == ARC_V_TEXT ? v->u.s : NULL;
}

/* The definition as it is, then what the document says. */
static arc_status apply(arci_env *env, change *c, const arci_entity *e)
{
    arci_custom_def *def = &c->d.def;
    arc_status st = ARC_OK;
    def->entity = e->id;
    def->number = (uint16_t)c->row[A_NUMBER].u.i;
    for (uint16_t k = 0; arci_custom_kinds[k]; k++) {
        if (!strcmp(arci_custom_kinds[k], c->row[A_KIND].u.s)) def->kind = (uint16_t)(k + 1);
    }
    def->size = (uint32_t)c->row[A_SIZE].u.i;
    def->name = c->row[A_NAME].u.s;
    def->target = text(&c->row[A_TARGET]);
    def->label_en = text(&c->row[A_EN]);
    def->label_zh = text(&c->row[A_ZH]);
    def->choices = text(&c->row[A_CHOICES]);
    def->flags = (c->row[A_REQUIRED].u.i ? ARCI_CUSTOM_REQUIRED : 0) | (c->row[A_INDEXED].u.i ? ARCI_CUSTOM_INDEXED : 0);
    c->d.has_position = c->row[A_POSITION].type == ARC_V_INT;
    def->position = c->d.has_position ? c->row[A_POSITION].u.i : 0;
    for (const arci_json *m = c->root->child; m && st == ARC_OK; m = m->next) st = arci_definition_member(env, m, &c->d);
    if (st == ARC_OK && def->kind == ARCI_CUSTOM_FORMULA && def->flags) {
        st = arci_definition_fault(env, def->flags & ARCI_CUSTOM_REQUIRED ? "required" : "indexed", ARC_E_VALUE,
                                   "a formula is computed: it is not required or indexed", "公式为计算字段，不能设为必填或索引");
    }
    return st;
}

static const char *code_of(const arci_json *choice)
{
    const arci_json *code = choice->type == ARCI_JSON_OBJECT ? arci_json_get(choice, "code") : choice;
    return code && code->type == ARCI_JSON_STRING ? code->s : "";
}

/* Stored lists follow the order of the definition: the old codes stay where they are, new ones come behind. */
static arc_status check_choices(arci_env *env, change *c)
{
    arci_json *old;
    const arci_json *now = arci_json_get(c->root, "choices");
    if (!now) return ARC_OK;
    if (c->row[A_CHOICES].type != ARC_V_TEXT) return arci_definition_fault(env, "choices", ARC_E_VALUE, "this field has no choices", "该字段没有选项");
    arc_status st = arci_definition_place(env, arci_custom_check(env, NULL, &c->d.def));
    if (st == ARC_OK) st = arci_json_parse(env, &c->arena, c->row[A_CHOICES].u.s, c->row[A_CHOICES].len, &arci_json_default_limits, &old);
    if (st != ARC_OK) return st;
    const arci_json *b = now->child;
    for (const arci_json *a = old->child; a; a = a->next, b = b->next) {
        if (b && strcmp(code_of(a), code_of(b)) == 0) continue;
        arci_json_fail(env, b ? b : now, ARC_E_VALUE, "the choices there are come first, in their order: \"%.64s\"", "原有选项须按原顺序排在前面：“%.64s”", code_of(a));
        arci_fail_at(env, "custom_field", "choices", 0, -1);
        return ARC_E_VALUE;
    }
    return ARC_OK;
}

static arc_status write_change(arci_txn *t, const change *c)
{
    const arci_shape *shape;
    arci_batch *b;
    const arci_custom_def *def = &c->d.def;
    arc_status st = arci_shape_get(t, &shape, "custom_field", "label_en label_zh choices required indexed position");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = c->row[A_ID];
    arc_value *v = arci_batch_row(b, 0);
    v[0] = arci_definition_text(def->label_en);
    v[1] = arci_definition_text(def->label_zh);
    v[2] = arci_definition_text(def->choices);
    v[3] = arci_v_int((def->flags & ARCI_CUSTOM_REQUIRED) != 0);
    v[4] = arci_v_int((def->flags & ARCI_CUSTOM_INDEXED) != 0);
    if (c->d.has_position) v[5] = arci_v_int(def->position);
    st = arci_repo_write(t, &b, 1, NULL);
    return st == ARC_OK ? arci_custom_changed(t) : st;
}

/* ---- the index of one field ------------------------------------------------------------------------------------------------- */

static arc_status empty_index(arci_txn *t, const arci_entity *e, uint16_t number)
{
    const arci_shape *shape;
    arci_arena arena;
    arci_rows rows;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "custom_index", "entity row number seq");
    arci_arena_init(&arena, t->book->ctx);
    do {
        arci_where w;
        rows.n_rows = 0;
        arci_arena_reset(&arena);
        if (st != ARC_OK) break;
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[0], ARC_OP_EQ, e->id);
        arci_where_int(&w, shape->cols[2], ARC_OP_EQ, number);
        st = arci_repo_find(t, shape, &w, NULL, 0, PAGE, &arena, &rows);
        if (st == ARC_OK && rows.n_rows) st = arci_batch_new(t, &arena, &b, shape, ARC_WRITE_DELETE, rows.n_rows, 0, NULL, 0);
        for (uint32_t k = 0; k < rows.n_rows && st == ARC_OK; k++) {
            memcpy(arci_batch_key(b, k), rows.values + (size_t)k * rows.n_cols, 4 * sizeof(arc_value));
        }
        if (st == ARC_OK && rows.n_rows) st = arci_repo_write(t, &b, 1, NULL);
    } while (st == ARC_OK && rows.n_rows == PAGE);
    arci_arena_clear(&arena);
    return st;
}

/* Mirrors the rows of a page; *last is the id of the last. */
static arc_status index_page(arci_txn *t, arci_arena *arena, const arci_entity *e, arci_custom *custom, uint16_t number, int64_t *last, uint32_t *n)
{
    const arci_shape *shape;
    arci_rows rows;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, e->name, "id custom");
    if (st != ARC_OK) return st;
    arc_order by_id = { shape->cols[0], 0 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_GT, *last);
    st = arci_repo_find(t, shape, &w, &by_id, 1, PAGE, arena, &rows);
    if (st != ARC_OK) return st;
    *n = rows.n_rows;
    arci_record **records = arci_arena_calloc(arena, rows.n_rows + (size_t)1, sizeof *records);
    int64_t *ids = arci_arena_calloc(arena, rows.n_rows + (size_t)1, sizeof *ids);
    if (!records || !ids) return arci_nomem(t->env);
    uint32_t made = 0;
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) {
        const arc_value *row = rows.values + (size_t)i * rows.n_cols;
        *last = row[0].u.i;
        if (row[1].type != ARC_V_TEXT) continue;
        st = arci_record_new(t->env, e, custom, &records[made]);
        if (st != ARC_OK) break;
        ids[made++] = *last;
        st = arci_record_load(t->env, records[made - 1], shape->cols, 2, row);
    }
    if (st == ARC_OK) st = arci_custom_index_field(t, arena, records, ids, made, number);
    for (uint32_t i = 0; i < made; i++) arci_record_free(records[i]);
    return st;
}

/* The definitions are those that say it is indexed. */
static arc_status fill_index(arci_txn *t, const arci_entity *e, uint16_t number)
{
    arci_custom *custom;
    arci_arena arena;
    int64_t last = 0;
    uint32_t n = PAGE;
    arc_status st = arci_session_custom(t->env, t->session, &custom);
    arci_arena_init(&arena, t->book->ctx);
    while (st == ARC_OK && n == PAGE) {
        arci_arena_reset(&arena);
        st = index_page(t, &arena, e, custom, number, &last, &n);
    }
    arci_arena_clear(&arena);
    return st;
}

/* ---- the call --------------------------------------------------------------------------------------------------------------- */

typedef struct alteration {
    const arci_entity *e;
    const char *name, *json;
    size_t length;
} alteration;

static void alter_args(arci_call *c, const void *what)
{
    const alteration *a = what;
    arci_call_arg_text(c, a->e->name, strlen(a->e->name));
    arci_call_arg_text(c, a->name, strlen(a->name));
    arci_call_arg_text(c, a->json, a->length);
}

static arc_status alter(arci_txn *t, change *c, const alteration *a)
{
    arc_status st = read_change(t->env, c, a->json, a->length);
    if (st == ARC_OK) st = find_row(t, c, a->e, a->name);
    if (st == ARC_OK) st = apply(t->env, c, a->e);
    if (st == ARC_OK) st = check_choices(t->env, c);
    if (st == ARC_OK) st = write_change(t, c);
    if (st != ARC_OK) return st;
    int was = c->row[A_INDEXED].u.i != 0, is = (c->d.def.flags & ARCI_CUSTOM_INDEXED) != 0;
    if (was == is) return ARC_OK;
    return is ? fill_index(t, a->e, c->d.def.number) : empty_index(t, a->e, c->d.def.number);
}

static void change_init(change *c, arc_context *ctx)
{
    memset(c, 0, sizeof *c);
    arci_arena_init(&c->arena, ctx);
    arci_str_init(&c->d.choices, ctx);
    arci_str_init(&c->d.formula, ctx);
}

static void change_clear(change *c)
{
    arci_str_clear(&c->d.choices);
    arci_str_clear(&c->d.formula);
    arci_arena_clear(&c->arena);
}

static arc_status alter_once(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    change c;
    (void)arena;
    change_init(&c, t->env->ctx);
    arc_status st = alter(t, &c, what);
    if (st == ARC_OK) *id = c.row[A_ID].u.i;
    change_clear(&c);
    return st;
}

/* The members that change, as they are and as they are to be, beside the field's name. */
static arc_status tell_alter(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    static const int column[] = { A_EN, A_ZH, A_CHOICES, A_REQUIRED, A_INDEXED, A_POSITION };
    const alteration *a = what;
    const arci_shape *shape;
    arci_str b;
    change c;
    (void)arena;
    change_init(&c, t->env->ctx);
    arci_str_init(&b, t->env->ctx);
    arc_status st = read_change(t->env, &c, a->json, a->length);
    if (st == ARC_OK) st = find_row(t, &c, a->e, a->name);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "custom_field", columns);
    if (st == ARC_OK) st = arci_custom_asked(t, c.row[A_ID].u.i, a->e, a->name, out);
    for (uint32_t i = 0; st == ARC_OK && i < sizeof column / sizeof column[0]; i++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[column[i]]];
        const arci_json *m = arci_json_get(c.root, f->name);
        if (!m) continue;
        arci_str_reset(&b);
        st = arci_value_json(t->env, &b, f, &c.row[column[i]], NULL);
        arci_asked_raw(&out->before, f->name, b.s, b.len);
        arci_str_reset(&b);
        arci_json_put_node(&b, m);
        arci_asked_raw(&out->after, f->name, b.s, b.len);
        if (b.failed) st = arci_nomem(t->env);
    }
    arci_str_clear(&b);
    change_clear(&c);
    return st;
}

static arc_status take_alter(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    size_t n;
    arci_str b;
    const char *entity = NULL;
    uint32_t members = 0;
    alteration *a = arci_arena_calloc(arena, 1, sizeof *a);
    (void)with;
    (void)asked;
    if (!a) return arci_nomem(env);
    arc_status st = arci_asked_get_text(env, after, "entity", &entity, &n);
    if (st == ARC_OK) st = arci_asked_get_text(env, after, "name", &a->name, &n);
    if (st != ARC_OK) return st;
    a->e = arci_entity_by_name(entity, strlen(entity));
    if (!a->e) return arci_fail(env, ARC_E_CORRUPT, "a custom field of no entity", "自定义字段的实体不存在");
    arci_str_init(&b, env->ctx);
    for (const arci_json *m = after->child; m; m = m->next) {
        if (!strcmp(m->key, "entity") || !strcmp(m->key, "name")) continue;
        arci_str_putc(&b, members++ ? ',' : '{');
        arci_json_put_text(&b, m->key, m->key_len);
        arci_str_putc(&b, ':');
        arci_json_put_node(&b, m);
    }
    arci_str_putc(&b, '}');
    a->json = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    a->length = b.len;
    arci_str_clear(&b);
    *what = a;
    return a->json ? ARC_OK : arci_nomem(env);
}

static const char *const field_names[] = { "custom_field", NULL };
const arci_deed arci_custom_alter_deed = { ARCI_DO_CUSTOM_ALTER, field_names, alter_args, alter_once, tell_alter, take_alter, NULL };

static arc_status alter_call(arci_session *s, const arci_entity *e, const char *name, const char *json, size_t length)
{
    const alteration a = { e, name, json, length };
    change c;
    change_init(&c, s->env.ctx);
    arc_status st = read_change(&s->env, &c, json, length); /* what is wrong in itself is told before anything is opened */
    if (st == ARC_OK) st = arci_deed_do(s, &c.arena, &arci_custom_alter_deed, &a, NULL);
    change_clear(&c);
    return st;
}

arc_status arc_custom_alter(arc_session *session, uint32_t entity, const char *name, const char *json, size_t length)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    const arci_entity *e = arci_entity_by_id(entity);
    if (!name || !json) st = arci_fail(&s->env, ARC_E_INVALID, "name or json is NULL", "name 或 json 为 NULL");
    else if (!e) st = arci_definition_fault(&s->env, "entity", ARC_E_NOT_FOUND, "there is no such entity", "没有该实体");
    else st = alter_call(s, e, name, json, length == SIZE_MAX ? strlen(json) : length);
    return arci_call_leave(s, st);
}
