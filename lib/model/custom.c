/* SPDX-License-Identifier: Apache-2.0 */
#include "model/custom.h"

#include <string.h>

#include "model/formula.h"

enum { NAME_MAX_BYTES = 40, CHOICES_MAX = 200, CHOICE_MAX_BYTES = 64, TEXT_DEFAULT_BYTES = 1000, SCALE_MAX = 18 };

struct arci_custom {
    arc_context *ctx;
    arci_arena arena;
    const arci_custom_field **fields; /* by (entity id, name) */
    uint32_t n, cap;
    uint32_t uses; /* a book is used by one thread at a time */
};

const char *const arci_custom_kinds[] = { "text",   "number",  "money",     "date", "bool",
                                          "choice", "choices", "reference", "member", "attachment", "formula", NULL };

static const uint8_t kind_types[] = { ARC_T_TEXT, ARC_T_DECIMAL, ARC_T_MONEY, ARC_T_DATE,
                                      ARC_T_BOOL, ARC_T_CODE,    ARC_T_JSON,  ARC_T_ID,
                                      ARC_T_ID,   ARC_T_ID,      ARC_T_DECIMAL };

arc_status arci_custom_new(arci_env *env, arci_custom **out)
{
    arci_custom *c = arci_calloc(env->ctx, 1, sizeof *c);
    *out = c;
    if (!c) return arci_nomem(env);
    c->ctx = env->ctx;
    c->uses = 1;
    arci_arena_init(&c->arena, env->ctx);
    return ARC_OK;
}

void arci_custom_keep(arci_custom *c)
{
    if (c) c->uses++;
}

void arci_custom_drop(arci_custom *c)
{
    if (!c || --c->uses > 0) return;
    arci_arena_clear(&c->arena);
    arci_free(c->ctx, c->fields);
    arci_free(c->ctx, c);
}

/* First position whose (entity, name) is not less; name NULL: first of the entity. */
static uint32_t lower_bound(const arci_custom *c, uint32_t entity, const char *name, size_t len)
{
    uint32_t lo = 0, hi = c->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const arci_custom_field *f = c->fields[mid];
        int less = f->entity->id < entity;
        if (f->entity->id == entity && name) {
            size_t fn = strlen(f->field.name);
            int cmp = memcmp(f->field.name, name, fn < len ? fn : len);
            less = cmp < 0 || (cmp == 0 && fn < len);
        }
        if (less)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const arci_custom_field *const *arci_custom_of(const arci_custom *c, const arci_entity *e, uint32_t *n)
{
    uint32_t from, to;
    *n = 0;
    if (!c) return NULL;
    from = lower_bound(c, e->id, NULL, 0);
    to = lower_bound(c, (uint32_t)e->id + 1, NULL, 0);
    *n = to - from;
    return c->fields ? c->fields + from : NULL;
}

const arci_custom_field *arci_custom_by_name(const arci_custom *c, const arci_entity *e, const char *name, size_t len)
{
    const arci_custom_field *f;
    uint32_t i;
    if (!c) return NULL;
    i = lower_bound(c, e->id, name, len);
    if (i >= c->n) return NULL;
    f = c->fields[i];
    return f->entity == e && strlen(f->field.name) == len && memcmp(f->field.name, name, len) == 0 ? f : NULL;
}

const arci_custom_field *arci_custom_by_number(const arci_custom *c, const arci_entity *e, uint32_t number)
{
    uint32_t i, n;
    const arci_custom_field *const *of = arci_custom_of(c, e, &n);
    for (i = 0; i < n; i++)
        if (of[i]->field.id == number) return of[i];
    return NULL;
}

/* ---- definitions ------------------------------------------------------------------------------------------------- */

/* Each format skips the other language's text. */
static arc_status def_fail(arci_env *env, const char *field, arc_status status, const char *en, const char *zh)
{
    arci_fail(env, status, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(env, "custom_field", field, -1, -1);
    return status;
}

static int name_ok(const char *name)
{
    size_t i;
    if (!name || name[0] != 'x' || name[1] != '_' || !name[2]) return 0;
    for (i = 2; name[i]; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') || i >= NAME_MAX_BYTES) return 0;
    }
    return 1;
}

static arc_status check_def(arci_env *env, const arci_custom *c, const arci_custom_def *def, const arci_entity *e)
{
    uint32_t n;
    if (!e || !(e->flags & ARCI_E_CUSTOM))
        return def_fail(env, "entity", ARC_E_VALUE, "this entity has no custom fields", "该实体不支持自定义字段");
    if (!name_ok(def->name))
        return def_fail(env, "name", ARC_E_VALUE, "the name must be x_ and up to 38 of a-z, 0-9 and _",
                        "名称须以 x_ 开头，后接至多 38 个小写字母、数字或下划线");
    if (def->number < ARCI_FIELD_CUSTOM_FIRST)
        return def_fail(env, "number", ARC_E_RANGE, "the field number is below 32768", "字段编号小于 32768");
    if (def->kind < ARCI_CUSTOM_TEXT || def->kind > ARCI_CUSTOM_FORMULA)
        return def_fail(env, "type", ARC_E_VALUE, "no such type of custom field", "没有这种自定义字段类型");
    if (def->kind == ARCI_CUSTOM_TEXT && def->size > ARCI_CUSTOM_MAX_TEXT)
        return def_fail(env, "size", ARC_E_RANGE, "custom text holds at most 4,000 bytes", "自定义文本至多 4,000 字节");
    if ((def->kind == ARCI_CUSTOM_NUMBER || def->kind == ARCI_CUSTOM_FORMULA) && def->size > SCALE_MAX)
        return def_fail(env, "size", ARC_E_RANGE, "a number has at most 18 decimals", "数值至多 18 位小数");
    if (def->kind == ARCI_CUSTOM_FORMULA && (def->flags & (ARCI_CUSTOM_REQUIRED | ARCI_CUSTOM_INDEXED | ARCI_CUSTOM_PERSONAL)))
        return def_fail(env, "kind", ARC_E_VALUE, "a formula is computed: it is not required, indexed or personal",
                        "公式为计算字段，不能设为必填、索引或个人信息");
    if (arci_custom_by_name(c, e, def->name, strlen(def->name)))
        return def_fail(env, "name", ARC_E_EXISTS, "there is a field of this name", "该名称的字段已存在");
    if (arci_custom_by_number(c, e, def->number))
        return def_fail(env, "number", ARC_E_EXISTS, "there is a field of this number", "该编号的字段已存在");
    arci_custom_of(c, e, &n);
    if (n >= ARCI_CUSTOM_MAX_FIELDS)
        return def_fail(env, "entity", ARC_E_LIMIT, "an entity has at most 200 custom fields", "一个实体至多 200 个自定义字段");
    return ARC_OK;
}

/* ---- choices ----------------------------------------------------------------------------------------------------- */

static arc_status choice_fail(arci_env *env, const arci_json *at, arc_status status, const char *en, const char *zh)
{
    arci_json_fail(env, at, status, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(env, "custom_field", "choices", -1, -1);
    return status;
}

static const char *text_or(const arci_json *node, const char *otherwise)
{
    return node && node->type == ARCI_JSON_STRING ? node->s : otherwise;
}

static arc_status read_choice(arci_env *env, const arci_json *node, const char **code, const char **en, const char **zh)
{
    const arci_json *name = node->type == ARCI_JSON_OBJECT ? arci_json_get(node, "code") : node;
    if (!name || name->type != ARCI_JSON_STRING || name->len == 0 || name->len > CHOICE_MAX_BYTES)
        return choice_fail(env, name ? name : node, ARC_E_VALUE, "a choice is a text of 1 to 64 bytes, or an object with such a code",
                           "选项须为 1 至 64 字节的文本，或带有这种 code 的对象");
    *code = name->s;
    *en = text_or(arci_json_get(node, "en"), name->s);
    *zh = text_or(arci_json_get(node, "zh"), name->s);
    return ARC_OK;
}

typedef struct choice_lists {
    const char **codes, **en, **zh;
} choice_lists;

static arc_status alloc_lists(arci_env *env, arci_arena *a, uint32_t n, choice_lists *l)
{
    l->codes = arci_arena_calloc(a, n + 1, sizeof *l->codes);
    l->en = arci_arena_calloc(a, n + 1, sizeof *l->en);
    l->zh = arci_arena_calloc(a, n + 1, sizeof *l->zh);
    return l->codes && l->en && l->zh ? ARC_OK : arci_nomem(env);
}

static arc_status read_choices(arci_env *env, arci_arena *a, const char *text, arci_custom_field *f)
{
    arci_json *root, *node;
    choice_lists l;
    uint32_t n = 0, i;
    arc_status st;
    if (!text) return def_fail(env, "choices", ARC_E_REQUIRED, "a choice field needs its choices", "选择字段须给出选项");
    st = arci_json_parse(env, a, text, strlen(text), &arci_json_default_limits, &root);
    if (st == ARC_OK && (root->type != ARCI_JSON_ARRAY || root->n == 0 || root->n > CHOICES_MAX))
        return choice_fail(env, root, ARC_E_VALUE, "choices is an array of 1 to 200 entries", "choices 须为 1 至 200 个选项的数组");
    if (st == ARC_OK) st = alloc_lists(env, a, root->n, &l);
    if (st != ARC_OK) {
        arci_fail_at(env, "custom_field", "choices", -1, -1);
        return st;
    }
    for (node = root->child; node; node = node->next, n++) {
        st = read_choice(env, node, &l.codes[n], &l.en[n], &l.zh[n]);
        if (st != ARC_OK) return st;
        for (i = 0; i < n; i++)
            if (strcmp(l.codes[i], l.codes[n]) == 0)
                return choice_fail(env, node, ARC_E_EXISTS, "this choice is there already", "该选项重复");
    }
    f->choices.name = f->field.name;
    f->choices.codes = l.codes;
    f->choices.labels_en = l.en;
    f->choices.labels_zh = l.zh;
    return ARC_OK;
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

static const char *copy_text(arci_arena *a, const char *s, const char *otherwise)
{
    const char *from = s && *s ? s : otherwise;
    return arci_arena_strndup(a, from, strlen(from));
}

static uint32_t field_size(const arci_custom_def *def)
{
    switch (def->kind) {
    case ARCI_CUSTOM_TEXT: return def->size ? def->size : TEXT_DEFAULT_BYTES;
    case ARCI_CUSTOM_NUMBER:
    case ARCI_CUSTOM_FORMULA: return def->size;
    case ARCI_CUSTOM_CHOICE: return CHOICE_MAX_BYTES;
    default: return 0;
    }
}

/* The entity a field points at; NULL for fields that point at nothing. */
static arc_status find_target(arci_env *env, const arci_custom_def *def, const arci_entity **target)
{
    const char *name = def->kind == ARCI_CUSTOM_MEMBER ? "user_account" : def->kind == ARCI_CUSTOM_ATTACHMENT ? "attachment" : def->target;
    *target = NULL;
    if (def->kind != ARCI_CUSTOM_REFERENCE && def->kind != ARCI_CUSTOM_MEMBER && def->kind != ARCI_CUSTOM_ATTACHMENT) return ARC_OK;
    *target = name ? arci_entity_by_name(name, strlen(name)) : NULL;
    if (!*target) return def_fail(env, "target", ARC_E_VALUE, "no such entity to refer to", "引用的实体不存在");
    if ((*target)->flags & ARCI_E_RESERVED) return def_fail(env, "target", ARC_E_UNSUPPORTED, "this entity has no table yet", "该实体尚无数据表");
    if ((*target)->key) return def_fail(env, "target", ARC_E_VALUE, "rows of this entity have no id", "该实体的数据没有编号");
    return ARC_OK;
}

static arc_status read_formula(arci_env *env, arci_custom *c, const arci_custom *fields, const arci_custom_def *def, arci_custom_field *f)
{
    arci_formula *formula;
    if (!def->formula) return def_fail(env, "formula", ARC_E_REQUIRED, "a formula field needs its formula", "公式字段须给出公式");
    arc_status st = arci_formula_read(env, &c->arena, fields, f->entity, def->formula, def->size, def->round, &formula);
    if (st != ARC_OK) return st;
    f->formula = formula;
    f->field.flags |= ARCI_F_DERIVED;
    if (formula->money) {
        f->field.type = ARC_T_MONEY;
        f->field.size = 0;
    }
    return ARC_OK;
}

/* fields: those a formula may name. */
static arc_status make_field(arci_env *env, arci_custom *c, const arci_custom *fields, const arci_custom_def *def, const arci_entity *e,
                             arci_custom_field **out)
{
    arci_custom_field *f = arci_arena_calloc(&c->arena, 1, sizeof *f);
    const arci_entity *target;
    if (!f) return arci_nomem(env);
    arc_status st = find_target(env, def, &target);
    if (st != ARC_OK) return st;
    f->entity = e;
    f->flags = def->flags;
    f->kind = def->kind;
    f->position = def->position;
    f->field.id = def->number;
    f->field.type = kind_types[def->kind - 1];
    f->field.flags = (uint8_t)((def->flags & ARCI_CUSTOM_REQUIRED ? ARCI_F_REQUIRED : 0u) |
                               (def->flags & ARCI_CUSTOM_PERSONAL ? ARCI_F_PERSONAL : 0u));
    f->field.size = field_size(def);
    f->field.name = copy_text(&c->arena, def->name, "");
    f->field.aux = target ? target->name : NULL;
    f->field.label_en = copy_text(&c->arena, def->label_en, def->name);
    f->field.label_zh = copy_text(&c->arena, def->label_zh, def->name);
    f->field.help = "";
    if (!f->field.name || !f->field.label_en || !f->field.label_zh) return arci_nomem(env);
    *out = f;
    if (def->kind == ARCI_CUSTOM_FORMULA) return read_formula(env, c, fields, def, f);
    if (def->kind == ARCI_CUSTOM_CHOICE || def->kind == ARCI_CUSTOM_CHOICES)
        return read_choices(env, &c->arena, def->choices, f);
    return ARC_OK;
}

arc_status arci_custom_check(arci_env *env, const arci_custom *c, const arci_custom_def *def)
{
    const arci_entity *e = arci_entity_by_id(def->entity);
    arci_custom trial; /* an empty set that lends its arena */
    arci_custom_field *f;
    arc_status st = check_def(env, c, def, e);
    if (st != ARC_OK) return st;
    memset(&trial, 0, sizeof trial);
    trial.ctx = env->ctx;
    arci_arena_init(&trial.arena, env->ctx);
    st = make_field(env, &trial, c, def, e, &f);
    arci_arena_clear(&trial.arena);
    return st;
}

arc_status arci_custom_add(arci_env *env, arci_custom *c, const arci_custom_def *def)
{
    const arci_entity *e = arci_entity_by_id(def->entity);
    arci_custom_field *f = NULL;
    uint32_t at;
    arc_status st = check_def(env, c, def, e);
    if (st != ARC_OK) return st;
    if (c->n == c->cap) {
        uint32_t cap = c->cap ? c->cap * 2 : 16;
        const arci_custom_field **p = arci_resize(c->ctx, c->fields, cap * sizeof *p);
        if (!p) return arci_nomem(env);
        c->fields = p;
        c->cap = cap;
    }
    st = make_field(env, c, c, def, e, &f);
    if (st != ARC_OK) return st;
    at = lower_bound(c, e->id, def->name, strlen(def->name));
    memmove(c->fields + at + 1, c->fields + at, (c->n - at) * sizeof *c->fields);
    c->fields[at] = f;
    c->n++;
    return ARC_OK;
}
