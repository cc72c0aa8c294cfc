/* SPDX-License-Identifier: Apache-2.0 */
/* Setting fields of master data: at once, as an editor would, or asked for as a pending change. Either way it is the update every front end makes: the actor's rights,
 * validation rules and approvals of the book hold. */
#include "rules/action_kinds.h"

#include <string.h>

#include "base/json_text.h"
#include "rules/fact_impl.h"
#include "store/pending.h"

#define MAX_VALUES 50u

typedef struct assigned {
    arci_param param;
    arci_param_spec spec;
    const char *currency; /* of an amount: member for its currency; NULL: in its text */
    const char *raw;      /* JSON as it stands; NULL: the parameter's value */
} assigned;

typedef struct setting {
    const arci_entity *entity;
    arci_logic *on; /* NULL: the subject itself */
    assigned *values;
    uint32_t n;
    arci_param reason, days;
} setting;

static const arci_param_spec reason_spec = { "reason", ARCI_AP_TEXT, 0, 1000, 0, NULL };
static const arci_param_spec days_spec = { "days", ARCI_AP_INT, 0, 0, 1, NULL };

/* ---- compiling ----------------------------------------------------------------------------------------------------------------------- */

static arc_status take_on(arci_action_build *b, const arci_json *on, setting *s)
{
    const arci_fact *fact;
    s->entity = arci_facts_subject(b->facts);
    if (on) {
        if (on->type != ARCI_JSON_STRING) return arci_action_wrong(b, on, ARC_E_VALUE, "is the path of a reference", "须为引用路径");
        arc_status st = arci_action_fact(b, b->facts, on->s, on->len, &s->on, &fact);
        if (st == ARC_E_NOMEM) return st;
        s->entity = st == ARC_OK && fact->type == ARCI_FACT_REF ? fact->entity : NULL;
        if (!s->entity) return arci_action_wrong(b, on, ARC_E_VALUE, "is the path of a reference", "须为引用路径");
    }
    return ARC_OK;
}

static uint8_t type_of(const arci_field *f)
{
    switch (f->type) {
    case ARC_T_TEXT: return ARCI_AP_TEXT;
    case ARC_T_INT: return ARCI_AP_INT;
    case ARC_T_BOOL: return ARCI_AP_BOOL;
    case ARC_T_DATE: return ARCI_AP_DATE;
    case ARC_T_MONEY: return ARCI_AP_MONEY;
    case ARC_T_DECIMAL: return ARCI_AP_DECIMAL;
    case ARC_T_CODE: return f->aux ? ARCI_AP_CODE : ARCI_AP_TEXT;
    case ARC_T_ID: return ARCI_AP_REF;
    default: return ARCI_AP_RAW;
    }
}

/* An update may set it: callers do not set what verbs keep, what is set once and what is computed. */
static int settable(const arci_field *f)
{
    return f->id >= ARCI_FIELD_FIRST && !(f->flags & (ARCI_F_VERB | ARCI_F_IMMUTABLE | ARCI_F_DERIVED | ARCI_F_CACHE));
}

static arc_status take_value(arci_action_build *b, const setting *s, const arci_json *m, assigned *a)
{
    const arci_custom *custom = b->facts->custom;
    const arci_field *f = arci_entity_field(s->entity, m->key, m->key_len);
    const arci_custom_field *own = f ? NULL : arci_custom_by_name(custom, s->entity, m->key, m->key_len);
    if (own && !(own->flags & ARCI_CUSTOM_RETIRED) && own->kind != ARCI_CUSTOM_FORMULA) f = &own->field;
    if (!f || (!own && !settable(f))) return arci_action_wrong(b, m, f ? ARC_E_VALUE : ARC_E_NOT_FOUND, f ? "is not set by callers" : "there is no such field", f ? "不能由调用方设置" : "没有该字段");
    a->spec.name = arci_arena_strndup(arci_action_arena(b), f->name, strlen(f->name));
    if (!a->spec.name) return arci_nomem(b->env);
    a->spec.type = type_of(f);
    a->spec.least = INT32_MIN;
    a->spec.aux = f->aux;
    a->currency = own ? NULL : f->aux;
    if (f->type == ARC_T_CODE && !arci_code_list_get(f->aux ? f->aux : "")) a->spec.type = ARCI_AP_TEXT; /* the book's own list: the record knows it */
    if (m->type == ARCI_JSON_NULL || (m->type == ARCI_JSON_ARRAY && own && own->kind == ARCI_CUSTOM_CHOICES)) {
        arci_str raw;
        arci_str_init(&raw, b->env->ctx);
        arci_json_put_node(&raw, m);
        a->raw = raw.failed ? NULL : arci_arena_strndup(arci_action_arena(b), raw.s, raw.len);
        arci_str_clear(&raw);
        return a->raw ? ARC_OK : arci_nomem(b->env);
    }
    if (own && own->kind == ARCI_CUSTOM_CHOICE && m->type == ARCI_JSON_STRING) {
        uint32_t i = 0;
        while (own->choices.codes[i] && strcmp(own->choices.codes[i], m->s) != 0) i++;
        if (!own->choices.codes[i]) return arci_action_wrong(b, m, ARC_E_VALUE, "is not one of the choices of this field", "不是该字段的选项");
    }
    if (a->spec.type == ARCI_AP_RAW) return arci_action_wrong(b, m, ARC_E_VALUE, "a rule does not set documents", "规则不能设置文档字段");
    if (own ? (own->flags & ARCI_CUSTOM_PERSONAL) != 0 : (f->flags & ARCI_F_PERSONAL) != 0) return arci_param_compile(b, &a->spec, m, &a->param);
    arci_tells made; /* the field is not emptied when a person's data goes */
    arci_action_lasts(b, &made);
    return arci_action_lasted(b, m, &made, arci_param_compile(b, &a->spec, m, &a->param));
}

static arc_status take_values(arci_action_build *b, const arci_json *params, setting *s)
{
    const arci_json *values = arci_json_get(params, "values");
    arc_status st = ARC_OK;
    if (!values) return arci_action_wrong(b, params, ARC_E_REQUIRED, "values is required", "values 为必填项");
    if (values->type != ARCI_JSON_OBJECT || !values->n || values->n > MAX_VALUES) return arci_action_wrong(b, values, ARC_E_VALUE, "is an object of 1 to 50 fields and what they become", "须为 1 至 50 个字段及其新值");
    if (!(s->entity->flags & ARCI_E_MASTER) || !(s->entity->flags & ARCI_E_VERSIONED)) {
        return arci_action_note(b, arci_json_fail(b->env, values, ARC_E_FORBIDDEN, "%s moves by its verbs, its fields are not set", "%s 须用其专用动作处理，不能直接设置字段", s->entity->name));
    }
    s->values = arci_arena_calloc(arci_action_arena(b), values->n, sizeof *s->values);
    if (!s->values) return arci_nomem(b->env);
    for (const arci_json *m = values->child; m && st == ARC_OK; m = m->next) st = take_value(b, s, m, &s->values[s->n++]);
    return st;
}

static arc_status compile(arci_action_build *b, const arci_json *params, void **program, int asks)
{
    setting *s = arci_arena_calloc(arci_action_arena(b), 1, sizeof *s);
    arc_status st = ARC_OK;
    *program = s;
    if (!s) return arci_nomem(b->env);
    for (const arci_json *m = params->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "on") == 0 || strcmp(m->key, "values") == 0) continue;
        if (asks && strcmp(m->key, "reason") == 0) st = arci_param_compile(b, &reason_spec, m, &s->reason);
        else if (asks && strcmp(m->key, "days") == 0) st = arci_param_compile(b, &days_spec, m, &s->days);
        else st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    if (st == ARC_OK) st = take_on(b, arci_json_get(params, "on"), s);
    return st == ARC_OK && s->entity ? take_values(b, params, s) : st;
}

static arc_status compile_set(arci_action_build *b, const arci_json *params, void **program) { return compile(b, params, program, 0); }
static arc_status compile_approval(arci_action_build *b, const arci_json *params, void **program) { return compile(b, params, program, 1); }

/* ---- resolving ------------------------------------------------------------------------------------------------------------------------- */

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const setting *s = program;
    arci_logic_value on = { .type = 0 };
    int64_t id = r->row;
    arc_status st = s->on ? arci_action_run_logic(r, s->on, row, &on) : ARC_OK;
    if (st != ARC_OK) return st;
    if (s->on && (!on.type || arci_num_int(&on.n, &id))) return arci_action_suppress(r, params, "no_row", "the reference points at nothing", "引用为空");
    arci_str_putc(params, '{');
    arci_action_text(params, "entity", s->entity->name, strlen(s->entity->name));
    arci_action_int(params, "id", id);
    if (arci_param_given(&s->reason)) st = arci_param_put(r, &s->reason, NULL, row, NULL, params);
    if (st == ARC_OK && arci_param_given(&s->days)) st = arci_param_put(r, &s->days, NULL, row, NULL, params);
    arci_action_key(params, "values");
    arci_str_putc(params, '{');
    for (uint32_t i = 0; i < s->n && st == ARC_OK; i++) {
        const assigned *a = &s->values[i];
        size_t before = params->len;
        if (a->raw) {
            arci_action_key(params, a->spec.name);
            arci_str_puts(params, a->raw);
            continue;
        }
        st = arci_param_put(r, &a->param, a->currency, row, NULL, params);
        if (st != ARC_OK || params->len != before) continue;
        arci_action_key(params, a->spec.name); /* no value: the field has none any more */
        arci_str_puts(params, "null");
    }
    arci_str_puts(params, "}}");
    return st;
}

/* ---- applying -------------------------------------------------------------------------------------------------------------------------- */

static arc_status read_record(arci_action_do *d, const arci_json *params, arc_record **record, int64_t *id)
{
    const char *entity;
    const arci_json *values = arci_json_get(params, "values");
    arci_str json;
    *record = NULL;
    arc_status st = arci_given_text(d, params, "entity", &entity);
    if (st == ARC_OK) st = arci_given_int(d, params, "id", id);
    if (st != ARC_OK) return st;
    const arci_entity *e = entity ? arci_entity_by_name(entity, strlen(entity)) : NULL;
    if (!e || !values || values->type != ARCI_JSON_OBJECT) return arci_fail(d->env, ARC_E_VALUE, "the action does not say what it sets", "动作未说明设置内容");
    st = arc_session_get(d->session, record, e->id, *id);
    if (st != ARC_OK) return st;
    arci_str_init(&json, d->env->ctx);
    arci_json_put_node(&json, values);
    st = json.failed ? arci_nomem(d->env) : arc_record_set_json(*record, json.s, json.len);
    arci_str_clear(&json);
    if (st != ARC_OK) {
        arc_error error = ARC_ERROR_INIT;
        if (arc_record_error(*record, &error) == ARC_OK && error.status != ARC_OK) (void)arci_fail_copy(d->env, &error);
        arc_record_free(*record);
        *record = NULL;
    }
    return st;
}

static arc_status apply_set(arci_action_do *d, const arci_json *params, arci_str *result)
{
    arc_record *record;
    int64_t id = 0;
    arc_status st = read_record(d, params, &record, &id);
    if (st != ARC_OK) return st;
    st = arci_action_verb(d, arc_session_update(d->session, record), "row", &id, result);
    arc_record_free(record);
    return st;
}

static arc_status apply_approval(arci_action_do *d, const arci_json *params, arci_str *result)
{
    arc_record *record;
    const char *reason;
    arci_approval a = { .verb = "", .n_fields = 0 };
    int64_t id = 0, pending = 0;
    arc_status st = arci_given_text(d, params, "reason", &reason);
    if (st == ARC_OK) st = arci_given_int(d, params, "days", &a.days);
    if (st == ARC_OK) st = read_record(d, params, &record, &id);
    if (st != ARC_OK) return st;
    a.reason = reason ? reason : d->rule;
    st = arci_action_verb(d, arci_master_ask(d->session, &pending, record, &a), "row", &id, result);
    arc_record_free(record);
    return st;
}

#define VALUES "\"on\":{\"type\":\"string\"},\"values\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":50}"

const arci_action_kind arci_action_set = { "set", "Set fields", "设置字段",
    "{\"type\":\"object\",\"properties\":{" VALUES "},\"required\":[\"values\"],\"additionalProperties\":false}", compile_set, resolve, apply_set };
const arci_action_kind arci_action_approval = { "approval", "Ask for approval of a change", "发起变更审批",
    "{\"type\":\"object\",\"properties\":{" VALUES ",\"reason\":" ARCI_SCHEMA_TEXT ",\"days\":" ARCI_SCHEMA_INT "},\"required\":[\"values\"],\"additionalProperties\":false}",
    compile_approval, resolve, apply_approval };
