/* SPDX-License-Identifier: Apache-2.0 */
/* A document of validation rules, checked member by member so that its author hears of every fault at once. */
#include <string.h>

#include "arcore/money.h"
#include "model/valid.h"

typedef struct reader {
    arci_env *env;
    arci_fault_sink *sink;
    arci_valid *v;
    arci_custom *custom;
    const char *base;
    char currency[4]; /* of the rule at hand; "": none */
    arci_valid_rule *rule;
} reader;

static const arci_condition_language *const language = &arci_conditions_of_records;

arc_status arci_fault_note(arci_env *env, arci_fault_sink *sink)
{
    if (!sink->n++) sink->first = *env->err;
    if (!sink->report || sink->report(sink->user, env->err) == 0) return ARC_OK;
    return arci_fail(env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

void arci_fault_code(arci_env *env)
{
    static const struct {
        arc_status status;
        const char *code;
    } codes[] = { { ARC_E_REQUIRED, "required" }, { ARC_E_NOT_FOUND, "unknown" }, { ARC_E_EXISTS, "twice" }, { ARC_E_LIMIT, "limit" }, { ARC_E_RANGE, "range" }, { ARC_E_SYNTAX, "syntax" },
                  { ARC_E_CURRENCY, "currency" }, { ARC_E_PRECISION, "precision" }, { ARC_E_OVERFLOW, "too_large" }, { ARC_E_UNSUPPORTED, "unsupported" }, { ARC_E_ENCODING, "encoding" },
                  { ARC_E_RULE, "rule" } };
    size_t i = 0;
    if (env->err->rule[0]) return;
    while (i < sizeof codes / sizeof codes[0] && codes[i].status != env->err->status) i++;
    arci_fail_rule(env, i < sizeof codes / sizeof codes[0] ? codes[i].code : "value");
}

/* A fault of one member: noted, so that reading goes on, or the end of it. */
static arc_status note(reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || !r->sink) return st;
    return arci_fault_note(r->env, r->sink);
}

static arc_status wrong(reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status missing(reader *r, const arci_json *at, const char *member)
{
    return arci_json_fail(r->env, at, ARC_E_REQUIRED, "%s is required", "%s 为必填项", member);
}

static arc_status take_text(reader *r, const arci_json *m, size_t most, const char **out)
{
    if (m->type != ARCI_JSON_STRING || !m->len) return wrong(r, m, ARC_E_VALUE, "is a text", "须为文本");
    if (m->len > most) return arci_json_fail(r->env, m, ARC_E_LIMIT, "has at most %u bytes", "最多 %u 字节", (unsigned)most);
    *out = arci_arena_strndup(&r->v->arena, m->s, m->len);
    return *out ? ARC_OK : arci_nomem(r->env);
}

/* ---- fields ------------------------------------------------------------------------------------------------------------- */

static void note_read(arci_valid_rule *rule, const arci_field *f)
{
    uint16_t n = rule->n_reads;
    if (n == UINT16_MAX) return;
    for (uint16_t i = 0; i < n; i++) {
        if (rule->reads[i]->id == f->id) return;
    }
    if (n == ARCI_VALID_MAX_FIELDS) {
        rule->n_reads = UINT16_MAX;
        return;
    }
    rule->reads[n] = f;
    rule->n_reads = (uint16_t)(n + 1);
}

/* A field by name; a custom one's description is copied. */
static arc_status take_field(reader *r, const arci_json *node, const arci_field **out)
{
    *out = NULL;
    if (node->type != ARCI_JSON_STRING) return wrong(r, node, ARC_E_VALUE, "the name of a field is a text", "字段名须为文本");
    const arci_field *f = arci_entity_field(r->v->entity, node->s, node->len);
    const arci_custom_field *cf = f ? NULL : arci_custom_by_name(r->custom, r->v->entity, node->s, node->len);
    if (cf) {
        arci_field *own = arci_arena_calloc(&r->v->arena, 1, sizeof *own);
        if (!own) return arci_nomem(r->env);
        *own = cf->field;
        own->name = arci_arena_strndup(&r->v->arena, cf->field.name, strlen(cf->field.name));
        own->aux = own->label_en = own->label_zh = own->help = NULL;
        if (!own->name) return arci_nomem(r->env);
        f = own;
    }
    if (!f) return wrong(r, node, ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
    if ((f->flags & ARCI_F_DERIVED) || f->id < ARCI_FIELD_FIRST) return wrong(r, node, ARC_E_VALUE, "rules do not read this field", "规则不能使用该字段");
    if (r->rule) note_read(r->rule, f);
    *out = f;
    return ARC_OK;
}

/* A condition on the record; faults that were noted are no end of reading. */
static arc_status take_condition(reader *r, const arci_json *m, int check, const arci_expr **out)
{
    uint32_t before = r->sink ? r->sink->n : 0;
    arc_status st = language->compile(r->env, r->v->conditions, out, m, r->currency, check, r->sink);
    if (st != ARC_OK) return r->sink && r->sink->n > before && st != ARC_E_NOMEM && st != ARC_E_CANCELLED ? ARC_OK : st;
    for (uint32_t i = 0; language->field(*out, i); i++) note_read(r->rule, language->field(*out, i));
    return language->field(*out, 0) ? ARC_OK : wrong(r, m, ARC_E_VALUE, "reads no field of the record", "没有读取该记录的任何字段");
}

static arc_status take_fields(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    if (m->type == ARCI_JSON_STRING) {
        rule->n_fields = 1;
        return take_field(r, m, &rule->fields[0]);
    }
    if (m->type != ARCI_JSON_ARRAY || !m->n) return wrong(r, m, ARC_E_VALUE, "is the name of a field or a list of names", "须为字段名或字段名列表");
    if (m->n > ARCI_VALID_MAX_FIELDS) return arci_json_fail(r->env, m, ARC_E_LIMIT, "at most %u fields", "最多 %u 个字段", ARCI_VALID_MAX_FIELDS);
    arc_status st = ARC_OK;
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        st = take_field(r, e, &rule->fields[rule->n_fields]);
        for (uint16_t i = 0; st == ARC_OK && i < rule->n_fields; i++) {
            if (rule->fields[i]->id == rule->fields[rule->n_fields]->id) st = wrong(r, e, ARC_E_EXISTS, "the field stands here twice", "字段重复");
        }
        rule->n_fields++;
    }
    return st;
}

/* ---- what a rule tests ---------------------------------------------------------------------------------------------------- */

static arc_status take_length(reader *r, const arci_json *m, uint32_t *out)
{
    int64_t v;
    arc_status st = arci_json_int(r->env, m, &v);
    if (st != ARC_OK) return st;
    if (v < 1 || v > (int64_t)ARCI_PATTERN_TEXT) return arci_json_fail(r->env, m, ARC_E_RANGE, "is from 1 to %u", "须为 1 至 %u", ARCI_PATTERN_TEXT);
    *out = (uint32_t)v;
    return ARC_OK;
}

static arc_status take_format(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    arc_status st = ARC_OK;
    if (m->type == ARCI_JSON_STRING) {
        rule->format = arci_format_by_name(m->s, m->len);
        return rule->format ? ARC_OK : wrong(r, m, ARC_E_NOT_FOUND, "there is no such format", "没有该格式");
    }
    if (m->type != ARCI_JSON_OBJECT || !m->n) return wrong(r, m, ARC_E_VALUE, "is the name of a format, or an object", "须为格式名或对象");
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        if (strcmp(e->key, "min_length") == 0) {
            st = take_length(r, e, &rule->min_length);
        } else if (strcmp(e->key, "max_length") == 0) {
            st = take_length(r, e, &rule->max_length);
        } else if (strcmp(e->key, "pattern") == 0) {
            const char *text;
            st = take_text(r, e, 500, &text);
            if (st != ARC_OK) return st;
            st = arci_pattern_read(r->env, &r->v->arena, &rule->pattern, e->s, e->len);
            if (st != ARC_OK && st != ARC_E_NOMEM) {
                char pointer[sizeof r->env->err->pointer];
                arci_json_pointer(e, pointer, sizeof pointer);
                arci_fail_pointer(r->env, pointer);
            }
        } else {
            st = wrong(r, e, ARC_E_NOT_FOUND, "no such member", "没有该成员");
        }
    }
    if (st == ARC_OK && rule->max_length && rule->min_length > rule->max_length) st = wrong(r, m, ARC_E_RANGE, "min_length is above max_length", "min_length 大于 max_length");
    return st;
}

static arc_status take_among(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    static const char *const with_state[] = { "invoice", "item", "receipt" };
    if (m->type != ARCI_JSON_STRING) return take_condition(r, m, 0, &rule->among);
    if (strcmp(m->s, "open") != 0) return wrong(r, m, ARC_E_VALUE, "is a condition, or \"open\"", "须为条件或 \"open\"");
    for (size_t i = 0; i < sizeof with_state / sizeof with_state[0]; i++) rule->open |= strcmp(r->v->entity->name, with_state[i]) == 0;
    return rule->open ? ARC_OK : wrong(r, m, ARC_E_VALUE, "rows of this entity are neither open nor settled", "该实体没有未清状态");
}

static arc_status take_currency(reader *r, const arci_json *m)
{
    int32_t exponent;
    if (m->type != ARCI_JSON_STRING || m->len != 3 || arc_currency_exponent(&exponent, m->s) != ARC_OK)
        return wrong(r, m, ARC_E_CURRENCY, "is an ISO 4217 code", "须为 ISO 4217 币种代码");
    memcpy(r->currency, m->s, 4);
    return ARC_OK;
}

static arc_status take_name(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    arc_status st = take_text(r, m, ARCI_RULE_NAME - 1, &rule->name);
    if (st != ARC_OK) return st;
    for (const char *c = rule->name; *c; c++) {
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || strchr("_.-", *c))) {
            rule->name = NULL;
            return wrong(r, m, ARC_E_VALUE, "a name is of a-z 0-9 _ . -", "名称只能含 a-z 0-9 _ . -");
        }
    }
    for (const arci_valid_rule *other = r->v->rules; other < rule; other++) {
        if (other->name && strcmp(other->name, rule->name) == 0) return wrong(r, m, ARC_E_EXISTS, "two rules have this name", "规则名重复");
    }
    return ARC_OK;
}

static arc_status take_message(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    arc_status st = ARC_OK;
    if (m->type != ARCI_JSON_OBJECT) return wrong(r, m, ARC_E_VALUE, "is an object with en and zh", "须为含 en 与 zh 的对象");
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        if (strcmp(e->key, "en") == 0) st = take_text(r, e, 200, &rule->en);
        else if (strcmp(e->key, "zh") == 0) st = take_text(r, e, 200, &rule->zh);
        else st = wrong(r, e, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    return st;
}

static arc_status take_severity(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    int warning = m->type == ARCI_JSON_STRING && strcmp(m->s, "warning") == 0;
    rule->warning = (uint8_t)warning;
    if (warning || (m->type == ARCI_JSON_STRING && strcmp(m->s, "error") == 0)) return ARC_OK;
    return wrong(r, m, ARC_E_VALUE, "is \"error\" or \"warning\"", "须为 \"error\" 或 \"warning\"");
}

static arc_status take_kind(reader *r, const arci_json *m, arci_valid_rule *rule, arci_valid_kind kind)
{
    if (rule->kind) return wrong(r, m, ARC_E_VALUE, "a rule tests one thing: check, required, format or unique", "每条规则只能含 check、required、format、unique 之一");
    rule->kind = kind;
    switch (kind) {
    case ARCI_VALID_CHECK: return take_condition(r, m, 1, &rule->check);
    case ARCI_VALID_FORMAT: return take_format(r, m, rule);
    default: return take_fields(r, m, rule);
    }
}

static arc_status take_member(reader *r, const arci_json *m, arci_valid_rule *rule)
{
    const char *k = m->key;
    if (strcmp(k, "name") == 0) return take_name(r, m, rule);
    if (strcmp(k, "when") == 0) return take_condition(r, m, 0, &rule->when);
    if (strcmp(k, "check") == 0) return take_kind(r, m, rule, ARCI_VALID_CHECK);
    if (strcmp(k, "required") == 0) return take_kind(r, m, rule, ARCI_VALID_REQUIRED);
    if (strcmp(k, "format") == 0) return take_kind(r, m, rule, ARCI_VALID_FORMAT);
    if (strcmp(k, "unique") == 0) return take_kind(r, m, rule, ARCI_VALID_UNIQUE);
    if (strcmp(k, "among") == 0) return take_among(r, m, rule);
    if (strcmp(k, "message") == 0) return take_message(r, m, rule);
    if (strcmp(k, "severity") == 0) return take_severity(r, m, rule);
    if (strcmp(k, "field") == 0 || strcmp(k, "currency") == 0) return ARC_OK; /* read before and after the rest */
    return wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
}

/* ---- one rule --------------------------------------------------------------------------------------------------------------- */

static int can_be_unique(const arci_field *f)
{
    return f->type != ARC_T_JSON && f->type != ARC_T_BLOB && !(f->id >= ARCI_FIELD_CUSTOM_FIRST && f->type == ARC_T_MONEY);
}

static arc_status check_unique(reader *r, const arci_json *node, const arci_valid_rule *rule)
{
    const arci_json *at = arci_json_get(node, "unique");
    for (uint16_t i = 0; i < rule->n_fields; i++) {
        const arci_field *f = rule->fields[i];
        if (!f) continue; /* named wrongly, and reported */
        if (!can_be_unique(f)) return arci_json_fail(r->env, at, ARC_E_VALUE, "values of %s cannot be unique", "%s 的值不能设为唯一", f->name);
        const arci_custom_field *cf = arci_custom_by_number(r->custom, r->v->entity, f->id);
        if (f->id >= ARCI_FIELD_CUSTOM_FIRST && (!cf || !(cf->flags & ARCI_CUSTOM_INDEXED)))
            return arci_json_fail(r->env, at, ARC_E_VALUE, "the custom field %s is not indexed", "自定义字段 %s 未建索引", f->name);
    }
    return ARC_OK;
}

static arc_status settle_rule(reader *r, const arci_json *node, arci_valid_rule *rule)
{
    const arci_json *field = arci_json_get(node, "field");
    arc_status st = ARC_OK;
    if (!arci_json_get(node, "name")) st = note(r, missing(r, node, "name"));
    if (st == ARC_OK && !rule->kind) st = note(r, missing(r, node, "check, required, format or unique"));
    if (st == ARC_OK && arci_json_get(node, "among") && rule->kind != ARCI_VALID_UNIQUE)
        st = note(r, wrong(r, arci_json_get(node, "among"), ARC_E_VALUE, "belongs to unique", "仅用于 unique"));
    if (st == ARC_OK && rule->kind == ARCI_VALID_UNIQUE) st = note(r, check_unique(r, node, rule));
    if (st == ARC_OK && field && rule->kind != ARCI_VALID_FORMAT && rule->kind != ARCI_VALID_CHECK && rule->kind)
        st = note(r, wrong(r, field, ARC_E_VALUE, "belongs to check and format", "仅用于 check 与 format"));
    else if (st == ARC_OK && field)
        st = note(r, take_field(r, field, &rule->fields[0]));
    else if (st == ARC_OK && rule->kind == ARCI_VALID_FORMAT)
        st = note(r, missing(r, node, "field"));
    else if (st == ARC_OK && rule->check)
        rule->fields[0] = language->field(rule->check, 0);
    if (!rule->n_fields) rule->n_fields = rule->fields[0] != NULL;
    if (st == ARC_OK && rule->kind == ARCI_VALID_FORMAT && rule->fields[0] && rule->fields[0]->type != ARC_T_TEXT)
        st = note(r, wrong(r, field, ARC_E_VALUE, "formats are of texts", "格式仅适用于文本字段"));
    return st;
}

static arc_status take_rule(reader *r, const arci_json *node, arci_valid_rule *rule)
{
    if (node->type != ARCI_JSON_OBJECT) return note(r, wrong(r, node, ARC_E_VALUE, "a rule is an object", "规则须为对象"));
    const arci_json *currency = arci_json_get(node, "currency");
    r->rule = rule;
    memset(r->currency, 0, 4);
    arc_status st = currency ? note(r, take_currency(r, currency)) : ARC_OK;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) st = note(r, take_member(r, m, rule));
    if (st == ARC_OK) st = settle_rule(r, node, rule);
    r->v->n_unique += rule->kind == ARCI_VALID_UNIQUE;
    return st;
}

static arc_status take_rules(reader *r, const arci_json *m)
{
    if (m->type != ARCI_JSON_ARRAY) return wrong(r, m, ARC_E_VALUE, "is a list", "须为列表");
    if (m->n > ARCI_VALID_MAX_RULES) return arci_json_fail(r->env, m, ARC_E_LIMIT, "at most %u rules", "最多 %u 条规则", ARCI_VALID_MAX_RULES);
    r->v->rules = arci_arena_calloc(&r->v->arena, m->n + 1u, sizeof *r->v->rules);
    if (!r->v->rules) return arci_nomem(r->env);
    arc_status st = ARC_OK;
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) st = take_rule(r, e, &r->v->rules[r->v->n_rules++]);
    return st;
}

/* ---- normalisation ------------------------------------------------------------------------------------------------------------ */

static arc_status take_steps(reader *r, const arci_json *m, arci_valid_norm *norm)
{
    if (!m || m->type != ARCI_JSON_ARRAY || !m->n) return wrong(r, m ? m : NULL, ARC_E_VALUE, "steps is a list of names", "steps 须为名称列表");
    for (const arci_json *e = m->child; e; e = e->next) {
        uint32_t step = e->type == ARCI_JSON_STRING ? arci_norm_by_name(e->s, e->len) : 0;
        if (!step) return wrong(r, e, ARC_E_NOT_FOUND, "there is no such step", "没有该步骤");
        norm->steps |= step;
    }
    if ((norm->steps & ARCI_NORM_UPPER) && (norm->steps & ARCI_NORM_LOWER)) return wrong(r, m, ARC_E_VALUE, "upper and lower exclude each other", "upper 与 lower 互斥");
    return ARC_OK;
}

static arc_status take_norm(reader *r, const arci_json *node, arci_valid_norm *norm)
{
    r->rule = NULL;
    const arci_json *field = arci_json_get(node, "field"), *steps = arci_json_get(node, "steps");
    if (node->type != ARCI_JSON_OBJECT || !field || !steps || node->n != 2) return wrong(r, node, ARC_E_VALUE, "is an object with field and steps", "须为含 field 与 steps 的对象");
    arc_status st = take_field(r, field, &norm->field);
    if (st != ARC_OK) return st;
    if (norm->field->type != ARC_T_TEXT || norm->field->aux) {
        norm->field = NULL;
        return wrong(r, field, ARC_E_VALUE, "only texts are normalised", "只有文本字段可以规范化");
    }
    for (uint32_t i = 0; i + 1 < r->v->n_norms; i++) {
        if (r->v->norms[i].field && r->v->norms[i].field->id == norm->field->id) return wrong(r, field, ARC_E_EXISTS, "the field stands here twice", "字段重复");
    }
    return take_steps(r, steps, norm);
}

static arc_status take_norms(reader *r, const arci_json *m)
{
    if (m->type != ARCI_JSON_ARRAY) return wrong(r, m, ARC_E_VALUE, "is a list", "须为列表");
    if (m->n > ARCI_VALID_MAX_RULES) return arci_json_fail(r->env, m, ARC_E_LIMIT, "at most %u fields", "最多 %u 个字段", ARCI_VALID_MAX_RULES);
    r->v->norms = arci_arena_calloc(&r->v->arena, m->n + 1u, sizeof *r->v->norms);
    if (!r->v->norms) return arci_nomem(r->env);
    arc_status st = ARC_OK;
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        r->v->n_norms++;
        st = note(r, take_norm(r, e, &r->v->norms[r->v->n_norms - 1]));
    }
    return st;
}

/* ---- the document ---------------------------------------------------------------------------------------------------------------- */

static arc_status take_entity(reader *r, const arci_json *root)
{
    const arci_json *m = arci_json_get(root, "entity");
    if (!m) return missing(r, root, "entity");
    const arci_entity *e = m->type == ARCI_JSON_STRING ? arci_entity_by_name(m->s, m->len) : NULL;
    if (!e) return wrong(r, m, ARC_E_NOT_FOUND, "there is no such entity", "没有该实体");
    /* Rules hold where callers hand in records. */
    if ((e->flags & ARCI_E_RESERVED) || (!(e->flags & ARCI_E_MASTER) && strcmp(e->name, "invoice") != 0 && strcmp(e->name, "receipt") != 0))
        return wrong(r, m, ARC_E_VALUE, "rows of this entity are not written from records", "该实体的数据不由记录写入");
    r->v->entity = e;
    return language->open(r->env, &r->v->conditions, e, r->custom, r->base);
}

static arc_status read_root(reader *r, const arci_json *root)
{
    if (root->type != ARCI_JSON_OBJECT) return note(r, wrong(r, root, ARC_E_SYNTAX, "the document is an object", "文档须为对象"));
    arc_status st = take_entity(r, root);
    if (st != ARC_OK) return st == ARC_E_NOMEM ? st : note(r, st);
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "entity") == 0 || strcmp(m->key, "title") == 0 || strcmp(m->key, "note") == 0) continue;
        if (strcmp(m->key, "normalise") == 0) st = note(r, take_norms(r, m));
        else if (strcmp(m->key, "rules") == 0) st = note(r, take_rules(r, m));
        else st = note(r, wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员"));
    }
    if (st == ARC_OK && !r->v->n_norms && !r->v->n_rules) st = note(r, missing(r, root, "rules or normalise"));
    return st;
}

arc_status arci_valid_read(arci_env *env, arci_custom *custom, const char *base, const char *json, size_t len, arci_fault_sink *sink, arci_valid **out)
{
    reader r;
    arci_arena nodes;
    arci_json *root;
    memset(&r, 0, sizeof r);
    *out = NULL;
    r.env = env;
    r.sink = sink;
    r.custom = custom;
    r.base = base;
    r.v = arci_calloc(env->ctx, 1, sizeof *r.v);
    if (!r.v) return arci_nomem(env);
    arci_arena_init(&r.v->arena, env->ctx);
    arci_arena_init(&nodes, env->ctx);
    arc_status st = arci_json_parse(env, &nodes, json, len, &arci_json_definition_limits, &root);
    if (st == ARC_OK) st = read_root(&r, root);
    else st = note(&r, st);
    arci_arena_clear(&nodes);
    if (st == ARC_OK && sink && sink->n) {
        st = sink->first.status;
        *env->err = sink->first;
    }
    if (st == ARC_OK) *out = r.v;
    else arci_valid_free(env->ctx, r.v);
    return st;
}

void arci_valid_free(arc_context *ctx, arci_valid *v)
{
    if (!v) return;
    language->close(v->conditions);
    arci_arena_clear(&v->arena);
    arci_free(ctx, v);
}
