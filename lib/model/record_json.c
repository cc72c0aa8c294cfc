/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_text.h"
#include "model/record_impl.h"

/* ---- out ---------------------------------------------------------------------------------------------------------- */

static void put_name(arci_str *b, uint32_t *n, const char *name)
{
    arci_str_putc(b, (*n)++ ? ',' : '{');
    arci_str_putc(b, '"'); /* names are plain ASCII */
    arci_str_puts(b, name);
    arci_str_add(b, "\":", 2);
}

static arc_status fail_row(arci_env *env, const arci_record *r, arc_status st)
{
    if (st != ARC_OK) arci_fail_at(env, r->entity->name, NULL, -1, -1);
    return st;
}

arc_status arci_record_get_json(arci_env *env, arci_record *r, arci_str *b)
{
    uint32_t i, n = 0;
    arc_status st = arci_record_formulas(env, r);
    for (i = 0; st == ARC_OK && i < r->entity->n_fields; i++) {
        const arc_value *v = &r->values[i];
        uint16_t cur = r->currency_pos[i];
        if (v->type == ARC_V_NULL || (i == r->custom_pos && r->n_custom)) continue;
        put_name(b, &n, r->entity->fields[i].name);
        st = arci_value_json(env, b, &r->entity->fields[i], v, cur == ARC_NO_COL ? NULL : &r->values[cur]);
    }
    for (i = 0; st == ARC_OK && i < r->n_custom; i++) {
        arc_value currency = { ARC_V_TEXT, { 0, 0, 0 }, 3, { 0 } };
        if (r->cvalues[i].type == ARC_V_NULL) continue;
        currency.u.s = r->ccurrency[i];
        put_name(b, &n, r->cfields[i]->field.name);
        st = arci_custom_value_json(env, b, r->cfields[i], &r->cvalues[i], &currency);
    }
    if (n == 0) arci_str_putc(b, '{');
    arci_str_putc(b, '}');
    if (st == ARC_OK && b->failed) return arci_nomem(env);
    return fail_row(env, r, st);
}

arc_status arci_record_changes_json(arci_env *env, const arci_record *set, arci_record *values, arci_str *b)
{
    uint32_t n = 0;
    arc_status st = arci_record_custom_decode(env, values);
    for (uint32_t i = 0; st == ARC_OK && i < set->entity->n_fields; i++) {
        uint16_t cur = values->currency_pos[i];
        if (!(set->marks[i] & ARCI_R_SET) || set->entity->fields[i].id < ARCI_FIELD_FIRST) continue;
        put_name(b, &n, set->entity->fields[i].name);
        st = arci_value_json(env, b, &set->entity->fields[i], &values->values[i], cur == ARC_NO_COL ? NULL : &values->values[cur]);
    }
    for (uint32_t i = 0; st == ARC_OK && i < set->n_custom && i < values->n_custom; i++) {
        arc_value currency = { ARC_V_TEXT, { 0, 0, 0 }, 3, { 0 } };
        if (!(set->marks[set->entity->n_fields + i] & ARCI_R_SET)) continue;
        currency.u.s = values->ccurrency[i];
        put_name(b, &n, values->cfields[i]->field.name);
        st = arci_custom_value_json(env, b, values->cfields[i], &values->cvalues[i], &currency);
    }
    if (n == 0) arci_str_putc(b, '{');
    arci_str_putc(b, '}');
    if (st == ARC_OK && b->failed) return arci_nomem(env);
    return fail_row(env, values, st);
}

/* ---- in ----------------------------------------------------------------------------------------------------------- */

static arc_status kind_fail(arci_env *env, const arci_record *r, const arci_slot *s, const char *en, const char *zh)
{
    return arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, en, zh);
}

static arc_status int_node(arci_env *env, arci_record *r, const arci_slot *s, const arci_json *node)
{
    int64_t v;
    if (node->type != ARCI_JSON_NUMBER || arci_int_parse(node->s, node->len, &v) == ARC_E_SYNTAX)
        return kind_fail(env, r, s, "is a whole number", "须为整数");
    if (arci_int_parse(node->s, node->len, &v) != ARC_OK)
        return arci_field_fail(env, r->entity, s->f, ARC_E_RANGE, "is beyond 64 bits", "超出 64 位整数范围");
    return arci_record_set_slot_int(env, r, s, v);
}

static arc_status json_node(arci_env *env, arci_record *r, const arci_slot *s, const arci_json *node)
{
    arci_str b;
    arc_status st;
    arci_str_init(&b, r->ctx);
    arci_json_put_node(&b, node);
    st = b.failed ? arci_nomem(env) : arci_record_set_slot_document(env, r, s, b.s, b.len);
    arci_str_clear(&b);
    return st;
}

arc_status arci_record_put_node(arci_env *env, arci_record *r, const arci_slot *s, const arci_json *node)
{
    if (node->type == ARCI_JSON_NULL) return arci_record_set_slot_null(env, r, s);
    switch (s->f->type) {
    case ARC_T_INT:
    case ARC_T_ID: return int_node(env, r, s, node);
    case ARC_T_BOOL:
        if (node->type != ARCI_JSON_TRUE && node->type != ARCI_JSON_FALSE) return kind_fail(env, r, s, "is true or false", "须为 true 或 false");
        return arci_record_set_slot_int(env, r, s, node->type == ARCI_JSON_TRUE);
    case ARC_T_JSON: return json_node(env, r, s, node);
    default:
        if (node->type != ARCI_JSON_STRING) return kind_fail(env, r, s, "is written as a text", "须写作文本");
        return arci_record_set_slot_any(env, r, s, node->s, node->len);
    }
}

static arc_status member_fail(arci_env *env, const arci_record *r, const arci_json *node, arc_status st)
{
    char pointer[128];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(env, pointer);
    arci_fail_at(env, r->entity->name, node->key_len < 64 ? node->key : NULL, -1, -1);
    return st;
}

static arc_status member_slot(arci_env *env, arci_record *r, const arci_json *node, arci_slot *s)
{
    uint32_t field;
    arc_status st = arci_record_field(env, r, &field, node->key, node->key_len);
    if (st == ARC_OK) st = arci_record_slot(env, r, field, s);
    if (st != ARC_OK) return st;
    if (!s->cf && s->pos == r->custom_pos) return kind_fail(env, r, s, "write the x_ fields instead", "请直接填写 x_ 字段");
    if (s->f->flags & ARCI_F_DERIVED) return kind_fail(env, r, s, "is computed and cannot be set", "为计算字段，不能设置");
    return ARC_OK;
}

/* Amounts need their currency first, and a currency may change only while no amount stands under it: so amounts are emptied, then
 * currencies set, then the rest. */
enum { STEP_EMPTY, STEP_CURRENCY, STEP_REST, STEPS };

static arc_status apply_member(arci_env *env, arci_record *r, const arci_json *node, int step)
{
    arci_slot s;
    arc_status st = member_slot(env, r, node, &s);
    if (st != ARC_OK) return st;
    if (step == STEP_EMPTY) return s.f->type == ARC_T_MONEY ? arci_record_set_slot_null(env, r, &s) : ARC_OK;
    if ((step == STEP_CURRENCY) != arci_is_currency(s.f)) return ARC_OK;
    return arci_record_put_node(env, r, &s, node);
}

arc_status arci_record_set_node(arci_env *env, arci_record *r, const arci_json *object)
{
    arci_record *work;
    const arci_json *node;
    int step;
    arc_status st;
    if (object->type != ARCI_JSON_OBJECT) {
        arci_json_fail(env, object, ARC_E_SYNTAX, "a record is written as a JSON object", "记录应写作 JSON 对象");
        return ARC_E_SYNTAX;
    }
    /* decoding needs the arena, which may hold the document: never here, but in a copy whose arena is its own */
    st = arci_record_scratch(env, r, &work);
    for (step = 0; st == ARC_OK && step < STEPS; step++)
        for (node = object->child; st == ARC_OK && node; node = node->next)
            st = member_fail(env, work, node, apply_member(env, work, node, step));
    if (st == ARC_OK) arci_record_swap(r, work);
    return st;
}

arc_status arci_record_set_json(arci_env *env, arci_record *r, const char *json, size_t len)
{
    arci_json *root;
    arc_status st;
    arci_arena_reset(&r->arena);
    st = arci_json_parse(env, &r->arena, json, len, &arci_json_default_limits, &root);
    if (st != ARC_OK) {
        arci_fail_at(env, r->entity->name, NULL, -1, -1);
        return st;
    }
    return arci_record_set_node(env, r, root);
}
