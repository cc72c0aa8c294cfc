/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of actions, compiled and resolved. */
#include "rules/action_value.h"

#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/action_fill.h"
#include "store/cond.h"
#include "value/currency.h"

/* ---- expressions ----------------------------------------------------------------------------------------------------------------- */

static void drop_logic(arc_context *ctx, void *object)
{
    (void)ctx;
    arci_logic_free(object);
}

arc_status arci_action_logic(arci_action_build *b, arci_facts *facts, const arci_json *node, int value, arci_logic **out)
{
    *out = NULL;
    arc_status st = arci_logic_compile(b->env, out, facts, node, value, b->sink);
    if (st != ARC_OK) return arci_action_told(b, st);
    st = arci_action_keep(b, *out, drop_logic);
    if (st != ARC_OK) *out = NULL;
    return st;
}

arc_status arci_action_fact(arci_action_build *b, arci_facts *facts, const char *path, size_t len, arci_logic **out, const arci_fact **fact)
{
    arci_json var = { .key = "var", .key_len = 3, .s = path, .len = (uint32_t)len, .type = ARCI_JSON_STRING };
    arci_json node = { .type = ARCI_JSON_OBJECT, .n = 1, .child = &var };
    *out = NULL;
    var.parent = &node;
    arc_status st = arci_facts_path(b->env, facts, fact, path, len);
    if (st != ARC_OK || (*fact)->type == ARCI_FACT_LIST) return st;
    st = arci_logic_compile(b->env, out, facts, &node, 1, NULL);
    if (st == ARC_OK) st = arci_action_keep(b, *out, drop_logic);
    if (st != ARC_OK) *out = NULL;
    return st;
}

arc_status arci_action_run_logic(arci_action_run *r, const arci_logic *p, const arc_value *row, arci_logic_value *out)
{
    arci_logic_run run = { .calendar = r->calendar };
    memset(out, 0, sizeof *out);
    int result = arci_logic_type(p) == ARCI_FACT_BOOL ? arci_logic_test(p, row, &run) : arci_logic_get(p, row, &run, out);
    if (result == ARCI_LOGIC_ERROR) {
        arci_fail(r->env, run.error, "the action's parameter cannot be worked out", "动作参数无法计算");
        if (run.pointer) arci_fail_pointer(r->env, run.pointer);
        return run.error;
    }
    if (arci_logic_type(p) != ARCI_FACT_BOOL) return ARC_OK;
    out->type = ARCI_FACT_BOOL;
    out->n = arci_num_of(result == ARCI_LOGIC_TRUE, 0);
    return ARC_OK;
}

/* ---- constants -------------------------------------------------------------------------------------------------------------------- */

static const uint8_t fact_of[] = { 0, ARCI_FACT_TEXT, ARCI_FACT_TEXT, ARCI_FACT_INT, ARCI_FACT_BOOL, ARCI_FACT_DECIMAL, ARCI_FACT_MONEY, ARCI_FACT_DATE, ARCI_FACT_INT, 0 };

static arc_status at_node(arci_action_build *b, const arci_json *node, arc_status st)
{
    char pointer[sizeof b->env->err->pointer];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(b->env, pointer);
    return arci_action_note(b, st);
}

static uint32_t decimals_of(const arci_json *node)
{
    const char *dot = memchr(node->s, '.', node->len);
    return dot ? (uint32_t)(node->len - (uint32_t)(dot - node->s) - 1) : 0;
}

static arc_status take_scalar(arci_action_build *b, arci_param *p, const arci_json *node)
{
    const arci_param_spec *spec = p->spec;
    arci_fact fact = { .type = fact_of[spec->type], .currency = ARCI_NO_SLOT };
    const char *s = node->type == ARCI_JSON_TRUE ? "true" : node->type == ARCI_JSON_FALSE ? "false" : node->s;
    int number = node->type == ARCI_JSON_NUMBER;
    arc_value v;
    if (node->type != ARCI_JSON_STRING && !number && (spec->type != ARCI_AP_BOOL || s == node->s)) return arci_action_wrong(b, node, ARC_E_VALUE, "no constant of this kind", "不是该类型的常量");
    if (spec->type == ARCI_AP_BOOL && s == node->s) return arci_action_wrong(b, node, ARC_E_VALUE, "is true or false", "须为 true 或 false");
    if (spec->type == ARCI_AP_DECIMAL) fact.scale = (uint8_t)(decimals_of(node) < 18 ? decimals_of(node) : 18);
    memcpy(fact.fixed, arci_facts_get_currency(b->facts), 4);
    arc_status st = arci_fact_constant(b->env, b->facts, &fact, arci_action_arena(b), &v, s, s == node->s ? node->len : strlen(s), number);
    if (st != ARC_OK) return at_node(b, node, st);
    p->fixed.n = arci_num_of(v.u.i, fact.scale);
    p->fixed.type = fact.type;
    if (spec->type == ARCI_AP_INT && v.u.i < spec->least) return arci_action_wrong(b, node, ARC_E_RANGE, "too small", "数值过小");
    if (spec->type != ARCI_AP_MONEY) return ARC_OK;
    p->fixed.currency = arci_arena_strndup(arci_action_arena(b), fact.fixed, 3);
    return p->fixed.currency ? ARC_OK : arci_nomem(b->env);
}

static arc_status take_code(arci_action_build *b, arci_param *p, const arci_json *node)
{
    const arci_code_list *list = arci_code_list_get(p->spec->aux);
    for (uint32_t i = 0; node->type == ARCI_JSON_STRING && list->codes[i]; i++) {
        if (strcmp(list->codes[i], node->s) != 0) continue;
        p->fixed.type = ARCI_FACT_TEXT;
        p->fixed.s = list->codes[i];
        p->fixed.len = node->len;
        return ARC_OK;
    }
    return arci_action_note(b, arci_json_fail(b->env, node, ARC_E_VALUE, "is one of the list %s", "须为 %s 中的代码", p->spec->aux));
}

static arc_status take_date(arci_action_build *b, arci_param *p, const arci_json *node)
{
    int lasts = node->type == ARCI_JSON_STRING && node->len && (node->s[0] == 'P' || (node->s[0] == '-' && node->s[1] == 'P'));
    if (!lasts) return take_scalar(b, p, node);
    p->lasts = 1;
    return at_node(b, node, arci_duration_parse(b->env, &p->after, node->s, node->len));
}

arc_status arci_action_named(arci_txn *t, arci_arena *arena, const char *entity, const char *field, const char *s, size_t n, int64_t *id)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_shape *shape;
    const uint16_t cols[] = { arci_col(e, "id") };
    arci_rows rows;
    arci_where w;
    arc_status st = arci_shape_of(t->env, arena, &shape, arci_store_table(t->book->store, e), cols, 1);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, arci_col(e, field), ARC_OP_EQ, s, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK) return st;
    if (!rows.n_rows) return arci_fail(t->env, ARC_E_NOT_FOUND, "there is no %s %.60s", "没有 %s %.60s", entity, s);
    *id = rows.values[0].u.i;
    return ARC_OK;
}

static arc_status take_ref(arci_action_build *b, arci_param *p, const arci_json *node)
{
    int64_t id = 0;
    if (node->type != ARCI_JSON_STRING) return arci_action_wrong(b, node, ARC_E_VALUE, "is a code, or the path of a reference", "须为编码或引用路径");
    arc_status st = arci_action_named(b->t, arci_action_arena(b), p->spec->aux, "code", node->s, node->len, &id);
    p->fixed.type = ARCI_FACT_INT;
    p->fixed.n = arci_num_of(id, 0);
    return st == ARC_E_NOT_FOUND ? at_node(b, node, st) : st;
}

/* ---- compiling ---------------------------------------------------------------------------------------------------------------------- */

/* What an expression may come to. */
static int fits(uint8_t spec, uint8_t type)
{
    switch (spec) {
    case ARCI_AP_TEXT: return type == ARCI_FACT_TEXT || type == ARCI_FACT_ENUM;
    case ARCI_AP_CODE: return type == ARCI_FACT_ENUM || type == ARCI_FACT_TEXT;
    case ARCI_AP_INT:
    case ARCI_AP_DECIMAL: return type == ARCI_FACT_INT || type == ARCI_FACT_DECIMAL;
    case ARCI_AP_BOOL: return type == ARCI_FACT_BOOL;
    case ARCI_AP_MONEY: return type == ARCI_FACT_MONEY;
    case ARCI_AP_DATE: return type == ARCI_FACT_DATE;
    default: return type == ARCI_FACT_REF;
    }
}

static arc_status take_reference(arci_action_build *b, arci_param *p, const arci_json *node)
{
    const arci_json *path = arci_json_get(node, "var");
    const arci_fact *fact;
    if (node->n != 1 || !path || path->type != ARCI_JSON_STRING) return arci_action_wrong(b, node, ARC_E_VALUE, "is {\"var\": path of a reference}", "须为 {\"var\": 引用路径}");
    arc_status st = arci_action_fact(b, b->facts, path->s, path->len, &p->logic, &fact);
    if (st != ARC_OK) return at_node(b, path, st);
    if (fact->type == ARCI_FACT_REF && fact->entity && strcmp(fact->entity->name, p->spec->aux) == 0) return ARC_OK;
    return arci_action_note(b, arci_json_fail(b->env, path, ARC_E_VALUE, "does not point at a %s", "没有指向 %s", p->spec->aux));
}

static arc_status take_expression(arci_action_build *b, arci_param *p, const arci_json *node)
{
    if (p->spec->type == ARCI_AP_REF) return take_reference(b, p, node);
    arc_status st = arci_action_logic(b, b->facts, node, p->spec->type != ARCI_AP_BOOL, &p->logic);
    if (st != ARC_OK || !p->logic || fits(p->spec->type, arci_logic_type(p->logic))) return st;
    return arci_action_wrong(b, node, ARC_E_VALUE, "the expression gives another kind of value", "表达式结果类型不符");
}

static arc_status take_param(arci_action_build *b, arci_param *p, const arci_json *node)
{
    p->node = node;
    if (p->spec->type == ARCI_AP_RAW) return ARC_OK;
    if (node->type == ARCI_JSON_OBJECT) return take_expression(b, p, node);
    switch (p->spec->type) {
    case ARCI_AP_TEXT:
        if (node->type != ARCI_JSON_STRING) return arci_action_wrong(b, node, ARC_E_VALUE, "is a text", "须为文本");
        return arci_text_compile(b, node, &p->text);
    case ARCI_AP_CODE: return take_code(b, p, node);
    case ARCI_AP_DATE: return take_date(b, p, node);
    case ARCI_AP_REF: return take_ref(b, p, node);
    default: return take_scalar(b, p, node);
    }
}

arc_status arci_param_compile(arci_action_build *b, const arci_param_spec *spec, const arci_json *node, arci_param *out)
{
    memset(out, 0, sizeof *out);
    out->spec = spec;
    return take_param(b, out, node);
}

arc_status arci_params_compile(arci_action_build *b, const arci_json *params, const arci_param_spec *specs, uint32_t n, arci_param *out)
{
    arc_status st = ARC_OK;
    memset(out, 0, n * sizeof *out);
    for (uint32_t i = 0; i < n; i++) out[i].spec = &specs[i];
    for (const arci_json *m = params->child; m && st == ARC_OK; m = m->next) {
        uint32_t i = 0;
        while (i < n && strcmp(specs[i].name, m->key) != 0) i++;
        st = i < n ? take_param(b, &out[i], m) : arci_action_wrong(b, m, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!specs[i].required || out[i].node) continue;
        st = arci_action_note(b, arci_json_fail(b->env, params, ARC_E_REQUIRED, "%s is required", "%s 为必填项", specs[i].name));
    }
    return st;
}

/* ---- resolving ------------------------------------------------------------------------------------------------------------------------ */

static arc_status missing(arci_action_run *r, const arci_param *p, arc_status st)
{
    return arci_fail(r->env, st, "%s has no value, or none that fits", "%s 没有值或值不合适", p->spec->name);
}

/* Codes as texts. */
static arc_status as_code(arci_action_run *r, const arci_param *p, arci_logic_value *v)
{
    const arci_code_list *list = p->spec->type == ARCI_AP_CODE ? arci_code_list_get(p->spec->aux) : NULL;
    int64_t at = 0;
    if (v->type == ARCI_FACT_ENUM) {
        if (arci_num_int(&v->n, &at) || !v->codes) return missing(r, p, ARC_E_VALUE);
        v->s = v->codes->codes[at];
        v->len = (uint32_t)strlen(v->s);
        v->type = ARCI_FACT_TEXT;
    }
    if (!list || v->type != ARCI_FACT_TEXT) return ARC_OK;
    for (uint32_t i = 0; list->codes[i]; i++) {
        if (strlen(list->codes[i]) == v->len && memcmp(list->codes[i], v->s, v->len) == 0) return ARC_OK;
    }
    return missing(r, p, ARC_E_VALUE);
}

static arc_status written(arci_action_run *r, const arci_param *p, const arc_value *row, const arci_locale *locale, arci_logic_value *out)
{
    arci_str b;
    arci_str_init(&b, r->env->ctx);
    arc_status st = arci_text_write(r, p->text, row, locale, &b);
    if (st == ARC_OK && p->spec->most && b.len > p->spec->most) st = arci_fail(r->env, ARC_E_LIMIT, "%s is longer than %u bytes", "%s 超过 %u 字节", p->spec->name, p->spec->most);
    if (st == ARC_OK && b.len) {
        out->type = ARCI_FACT_TEXT;
        out->len = (uint32_t)b.len;
        out->s = arci_arena_strndup(r->arena, b.s, b.len);
        if (!out->s) st = arci_nomem(r->env);
    }
    arci_str_clear(&b);
    return st;
}

arc_status arci_param_get(arci_action_run *r, const arci_param *p, const arc_value *row, const arci_locale *locale, arci_logic_value *out)
{
    arc_status st = ARC_OK;
    arc_date day;
    int guessed = 0;
    *out = p->fixed;
    if (p->logic) st = arci_action_run_logic(r, p->logic, row, out);
    else if (p->text) st = written(r, p, row, locale, out);
    if (st == ARC_OK && p->lasts) {
        st = arci_duration_add(&day, r->as_of, &p->after, NULL, &guessed);
        out->type = ARCI_FACT_DATE;
        out->n = arci_num_of(day, 0);
    }
    if (st == ARC_OK && (p->spec->type == ARCI_AP_TEXT || p->spec->type == ARCI_AP_CODE)) st = as_code(r, p, out);
    if (st != ARC_OK || out->type || !p->spec->required) return st;
    return missing(r, p, ARC_E_REQUIRED);
}

arc_status arci_action_amount_of(arci_action_run *r, const arci_logic_value *v, arc_money *out)
{
    int64_t minor = 0;
    if (!v->currency) return arci_fail(r->env, ARC_E_CURRENCY, "the amount is in no currency", "金额没有币种");
    char currency[4] = { v->currency[0], v->currency[1], v->currency[2], 0 };
    if (arci_num_round(&v->n, 0, &minor)) return arci_fail(r->env, ARC_E_OVERFLOW, "the amount is too large", "金额过大");
    arc_status st = arc_money_set(out, minor, currency);
    return st == ARC_OK ? st : arci_fail(r->env, st, "no amount", "不是金额");
}

static arc_status put_money(arci_action_run *r, const arci_param *p, const char *currency, const arci_logic_value *v, arci_str *out)
{
    char text[64];
    size_t n = sizeof text - 4;
    arc_money m;
    arc_status st = arci_action_amount_of(r, v, &m);
    if (st == ARC_OK) st = arc_money_print_amount(text, &n, &m);
    if (st != ARC_OK) return st;
    if (currency) {
        arci_action_text(out, p->spec->name, text, n);
        arci_action_text(out, currency, m.currency, 3);
        return ARC_OK;
    }
    text[n++] = ' ';
    memcpy(text + n, m.currency, 3);
    arci_action_text(out, p->spec->name, text, n + 3);
    return ARC_OK;
}

arc_status arci_param_put(arci_action_run *r, const arci_param *p, const char *currency, const arc_value *row, const arci_locale *locale, arci_str *out)
{
    arci_logic_value v;
    int64_t whole = 0;
    arc_status st = arci_param_get(r, p, row, locale, &v);
    if (st != ARC_OK || !v.type) return st;
    if (p->spec->type == ARCI_AP_MONEY) return put_money(r, p, currency, &v, out);
    if (p->spec->type == ARCI_AP_INT) {
        if (arci_num_int(&v.n, &whole) || whole < p->spec->least) return missing(r, p, ARC_E_RANGE);
        arci_action_int(out, p->spec->name, whole);
        return ARC_OK;
    }
    arci_action_key(out, p->spec->name);
    arci_action_value(out, &v);
    return ARC_OK;
}

arc_status arci_params_put(arci_action_run *r, const arci_param *params, uint32_t n, const arc_value *row, const arci_locale *locale, arci_str *out)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (params[i].spec->type != ARCI_AP_RAW && arci_param_given(&params[i])) st = arci_param_put(r, &params[i], "currency", row, locale, out);
    }
    return st;
}
