/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a decision table. */
#include <string.h>

#include "base/json_text.h"
#include "rules/table.h"
#include "store/cond.h"
#include "value/currency.h"
#include "value/digits.h"

static const struct {
    const char *name;
    int hit;
} policies[] = {
    { "U", ARCI_HIT_UNIQUE }, { "unique", ARCI_HIT_UNIQUE }, { "A", ARCI_HIT_ANY }, { "any", ARCI_HIT_ANY }, { "F", ARCI_HIT_FIRST }, { "first", ARCI_HIT_FIRST },
    { "R", ARCI_HIT_ORDER }, { "rule order", ARCI_HIT_ORDER }, { "C", ARCI_HIT_COLLECT }, { "collect", ARCI_HIT_COLLECT }, { "C+", ARCI_HIT_SUM },
    { "C<", ARCI_HIT_MIN }, { "C>", ARCI_HIT_MAX }, { "C#", ARCI_HIT_COUNT },
};

arc_status arci_table_note(arci_table_reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->first == ARC_OK) r->first = st;
    arci_fault_code(r->env);
    return r->sink ? arci_fault_note(r->env, r->sink) : st;
}

arc_status arci_table_wrong(arci_table_reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_table_note(r, arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh));
}

arc_status arci_table_at(arci_table_reader *r, const arci_json *at, arc_status st)
{
    char pointer[sizeof r->env->err->pointer];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(at, pointer, sizeof pointer);
    arci_fail_pointer(r->env, pointer);
    return arci_table_note(r, st);
}

static int text_is(const arci_json *m, const char *s) { return m && m->type == ARCI_JSON_STRING && strcmp(m->s, s) == 0; }

/* ---- types ----------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint8_t type;
} types[] = {
    { "boolean", ARCI_FACT_BOOL }, { "integer", ARCI_FACT_INT }, { "decimal", ARCI_FACT_DECIMAL }, { "number", ARCI_FACT_DECIMAL },
    { "money", ARCI_FACT_MONEY }, { "date", ARCI_FACT_DATE }, { "text", ARCI_FACT_TEXT }, { "string", ARCI_FACT_TEXT },
};

static int type_of(const arci_json *m)
{
    for (size_t i = 0; m && m->type == ARCI_JSON_STRING && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(m->s, types[i].name) == 0) return types[i].type;
    }
    return 0;
}

static arc_status take_values(arci_table_reader *r, const arci_json *m, arci_fact *spec)
{
    uint32_t n = 0;
    if (spec->type != ARCI_FACT_TEXT || m->type != ARCI_JSON_ARRAY || !m->n) return arci_table_wrong(r, m, ARC_E_VALUE, "is a list of texts, for a text", "须为文本列表，且类型为 text");
    const char **codes = arci_arena_calloc(&r->t->arena, m->n + 1u, sizeof *codes);
    arci_code_list *list = arci_arena_calloc(&r->t->arena, 1, sizeof *list);
    if (!codes || !list) return arci_nomem(r->env);
    for (const arci_json *e = m->child; e; e = e->next) {
        if (e->type != ARCI_JSON_STRING) return arci_table_wrong(r, e, ARC_E_VALUE, "is a text", "须为文本");
        for (uint32_t i = 0; i < n; i++) {
            if (strcmp(codes[i], e->s) == 0) return arci_table_wrong(r, e, ARC_E_EXISTS, "stands here twice", "重复");
        }
        codes[n++] = e->s;
    }
    list->name = "";
    list->codes = list->labels_en = list->labels_zh = codes;
    spec->codes = list;
    spec->type = ARCI_FACT_ENUM;
    return ARC_OK;
}

/* type, scale, currency and values, as an input and an output have them. */
static arc_status take_type(arci_table_reader *r, const arci_json *node, arci_fact *spec)
{
    const arci_json *scale = arci_json_get(node, "scale"), *values = arci_json_get(node, "values"), *currency = arci_json_get(node, "currency");
    int64_t digits = 6;
    spec->type = (uint8_t)type_of(arci_json_get(node, "type"));
    if (scale && (spec->type != ARCI_FACT_DECIMAL || arci_json_int(r->env, scale, &digits) != ARC_OK || digits < 0 || digits > 12))
        return arci_table_wrong(r, scale, ARC_E_RANGE, "is 0 to 12, for a decimal", "须为 0 至 12，且类型为 decimal");
    if (spec->type == ARCI_FACT_DECIMAL) spec->scale = (uint8_t)digits;
    if (spec->type == ARCI_FACT_MONEY) {
        const char *code = currency && currency->type == ARCI_JSON_STRING && currency->len == 3 ? currency->s : currency ? "" : arci_facts_get_currency(r->t->facts);
        if (arci_currency_exponent(code) < 0) return arci_table_wrong(r, currency ? currency : node, ARC_E_CURRENCY, "money needs a currency", "金额须有币种");
        memcpy(spec->fixed, code, 4);
    } else if (currency) {
        return arci_table_wrong(r, currency, ARC_E_VALUE, "only money has a currency", "只有金额有币种");
    }
    return values ? take_values(r, values, spec) : ARC_OK;
}

static arc_status take_bound(arci_table_reader *r, const arci_json *node, const char *key, arci_table_input *in, int64_t *bound)
{
    const arci_json *m = arci_json_get(node, key);
    arc_value v;
    if (!m) return ARC_OK;
    if (in->fact->type == ARCI_FACT_TEXT || in->fact->type == ARCI_FACT_BOOL || in->fact->type == ARCI_FACT_ENUM) return arci_table_wrong(r, m, ARC_E_VALUE, "values of this type have no bounds", "该类型的值没有上下界");
    if (m->type != ARCI_JSON_STRING && m->type != ARCI_JSON_NUMBER) return arci_table_wrong(r, m, ARC_E_VALUE, "is a value of the input's type", "须为该输入类型的值");
    arc_status st = arci_fact_constant(r->env, r->t->facts, in->fact, &r->t->arena, &v, m->s, m->len, m->type == ARCI_JSON_NUMBER);
    if (st != ARC_OK) return arci_table_at(r, m, st);
    *bound = v.u.i;
    return ARC_OK;
}

static arc_status declare(arci_table_reader *r, const arci_json *node, arci_table_input *in)
{
    const arci_json *nullable = arci_json_get(node, "nullable");
    arci_fact spec = { .path = in->path };
    uint32_t before = r->sink ? r->sink->n : 0;
    arc_status st = take_type(r, node, &spec);
    if (st != ARC_OK || (r->sink && r->sink->n > before)) return st;
    if (nullable && nullable->type != ARCI_JSON_TRUE && nullable->type != ARCI_JSON_FALSE) return arci_table_wrong(r, nullable, ARC_E_VALUE, "is true or false", "须为 true 或 false");
    if (nullable && nullable->type == ARCI_JSON_TRUE) spec.flags |= ARCI_FACT_NULLABLE;
    st = arci_facts_param(r->env, r->t->facts, &spec, &in->fact);
    return st == ARC_OK ? ARC_OK : arci_table_at(r, node, st);
}

arc_status arci_table_take_fact(arci_table_reader *r, const arci_json *node, arci_table_input *in)
{
    const arci_json *field = arci_json_get(node, "field"), *type = arci_json_get(node, "type");
    arc_status st = ARC_OK;
    in->fact = NULL;
    if (!field || field->type != ARCI_JSON_STRING || !field->len || field->len > 200) return arci_table_wrong(r, field ? field : node, ARC_E_REQUIRED, "needs a field, what it looks at", "须有 field");
    in->path = field->s;
    for (const arci_table_input *o = r->t->inputs; o && o < in; o++) {
        if (o->path && strcmp(o->path, in->path) == 0) return arci_table_wrong(r, field, ARC_E_EXISTS, "two columns look at this field: write both tests in one", "两列使用同一字段：请合并为一列");
    }
    if (type && !type_of(type) && !text_is(type, "expression")) return arci_table_wrong(r, type, ARC_E_VALUE, "is boolean, integer, decimal, money, date or text", "须为 boolean、integer、decimal、money、date 或 text");
    if (type_of(type)) st = declare(r, node, in);
    else if (!arci_facts_subject(r->t->facts)) return arci_table_wrong(r, node, ARC_E_REQUIRED, "needs a type: the table has no subject whose fields are known", "须有 type：该表没有 subject");
    if (st != ARC_OK || (type_of(type) && !in->fact)) return st;
    st = arci_facts_path(r->env, r->t->facts, &in->fact, in->path, strlen(in->path));
    if (st == ARC_OK && !arci_cell_fits(in->fact)) st = arci_fail(r->env, ARC_E_VALUE, "%.60s: no tests can be written for values of this type", "%.60s：该类型不能用于测试", in->path);
    if (st != ARC_OK) {
        in->fact = NULL;
        return arci_table_at(r, field, st);
    }
    in->domain = arci_cell_domain(in->fact);
    st = take_bound(r, node, "min", in, &in->domain.lo);
    if (st == ARC_OK) st = take_bound(r, node, "max", in, &in->domain.hi);
    if (st == ARC_OK && in->domain.lo > in->domain.hi) st = arci_table_wrong(r, node, ARC_E_RANGE, "min is above max", "min 大于 max");
    return st;
}

/* ---- cells ----------------------------------------------------------------------------------------------------------------------------- */

static arc_status keep_condition(arci_table_reader *r, arci_logic *logic)
{
    arci_decision *t = r->t;
    if (t->n_conditions == t->cap_conditions) {
        uint32_t cap = t->cap_conditions ? t->cap_conditions * 2 : 16;
        arci_logic **more = arci_resize(t->ctx, t->conditions, cap * sizeof(arci_logic *));
        if (!more) {
            arci_logic_free(logic);
            return arci_nomem(r->env);
        }
        t->conditions = more;
        t->cap_conditions = cap;
    }
    t->conditions[t->n_conditions++] = logic;
    return ARC_OK;
}

static arc_status take_condition(arci_table_reader *r, const arci_json *node, arci_cell *out)
{
    arci_json *own = NULL;
    const arci_json *from = node;
    arc_status st = ARC_OK;
    memset(out, 0, sizeof *out);
    out->s = node->type == ARCI_JSON_STRING ? node->s : "";
    out->len = node->type == ARCI_JSON_STRING ? node->len : 0;
    out->any = node->type == ARCI_JSON_NULL || (node->type == ARCI_JSON_STRING && (!node->len || strcmp(node->s, "-") == 0));
    if (out->any) return ARC_OK;
    if (node->type == ARCI_JSON_STRING) {
        st = arci_json_parse(r->env, &r->t->arena, node->s, node->len, &arci_json_definition_limits, &own);
        if (st != ARC_OK) return arci_table_at(r, node, st);
        from = own;
    }
    st = arci_logic_compile(r->env, &out->condition, r->t->facts, from, 0, own ? NULL : r->sink);
    if (st == ARC_OK) return keep_condition(r, out->condition);
    if (own) return arci_table_at(r, node, st);
    if (st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->first == ARC_OK) r->first = st; /* noted */
    return r->sink ? ARC_OK : st;
}

arc_status arci_table_take_cell(arci_table_reader *r, const arci_table_input *in, const arci_json *node, arci_cell *out)
{
    memset(out, 0, sizeof *out);
    out->any = 1;
    out->s = "-";
    out->len = 1;
    if (!node) return ARC_OK;
    if (!in->fact) return text_is(arci_json_get(in->node, "type"), "condition") ? take_condition(r, node, out) : ARC_OK;
    const char *s = node->s;
    size_t len = node->len;
    switch (node->type) {
    case ARCI_JSON_NULL: return ARC_OK;
    case ARCI_JSON_TRUE: s = "true"; len = 4; break;
    case ARCI_JSON_FALSE: s = "false"; len = 5; break;
    case ARCI_JSON_STRING:
    case ARCI_JSON_NUMBER: break;
    default: return arci_table_wrong(r, node, ARC_E_VALUE, "a cell is a text", "单元格须为文本");
    }
    return arci_table_at(r, node, arci_cell_read(r->env, &r->t->arena, r->t->facts, in->fact, in->domain, s, len, out));
}

/* ---- outputs ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status write_value(arci_table_reader *r, const arci_table_output *o, const arc_value *v, arci_table_value *out)
{
    arci_str b;
    char buf[64];
    arci_str_init(&b, r->env->ctx);
    if (v->type == ARC_V_INT) {
        out->has = 1;
        out->number = v->u.i;
        out->scale = o->fact.type == ARCI_FACT_DECIMAL ? o->fact.scale : o->fact.type == ARCI_FACT_MONEY ? arci_currency_exponent(o->fact.fixed) : 0;
    }
    if (o->fact.type == ARCI_FACT_BOOL || o->fact.type == ARCI_FACT_INT) {
        arci_fact_text(&b, &o->fact, v, NULL);
    } else if (o->fact.type == ARCI_FACT_MONEY) {
        arci_str_putc(&b, '"');
        arci_str_add(&b, buf, arci_scaled_text(buf, v->u.i, out->scale));
        arci_str_putc(&b, '"');
    } else {
        arci_str text;
        arci_str_init(&text, r->env->ctx);
        if (o->fact.type == ARCI_FACT_DECIMAL) { /* without the zeros nobody wrote */
            arc_decimal d = { v->u.i, out->scale, 0 };
            (void)arc_decimal_normalise(&d, &d);
            arci_str_add(&text, buf, arci_scaled_text(buf, d.mantissa, d.scale));
        } else {
            arci_fact_text(&text, &o->fact, v, NULL);
        }
        arci_json_put_text(&b, text.s ? text.s : "", text.len);
        if (text.failed) b.failed = 1;
        arci_str_clear(&text);
    }
    out->json = b.failed ? NULL : arci_arena_strndup(&r->t->arena, b.s, b.len);
    arci_str_clear(&b);
    return out->json ? ARC_OK : arci_nomem(r->env);
}

static arc_status take_value(arci_table_reader *r, const arci_table_output *o, const arci_json *node, arci_table_value *out)
{
    arc_value v = arci_v_null();
    arc_status st;
    out->json = "null";
    if (!node || node->type == ARCI_JSON_NULL) return ARC_OK;
    if (node->type == ARCI_JSON_TRUE || node->type == ARCI_JSON_FALSE) {
        st = arci_fact_constant(r->env, r->t->facts, &o->fact, &r->t->arena, &v, node->type == ARCI_JSON_TRUE ? "true" : "false", node->type == ARCI_JSON_TRUE ? 4 : 5, 0);
    } else if (node->type == ARCI_JSON_STRING || node->type == ARCI_JSON_NUMBER) {
        size_t a = 0, b = node->len, n = 0;
        while (a < b && node->s[a] == ' ') a++;
        while (b > a && node->s[b - 1] == ' ') b--;
        if (a == b || (b - a == 1 && node->s[a] == '-') || (b - a == 4 && memcmp(node->s + a, "null", 4) == 0)) return ARC_OK;
        st = arci_cell_literal(r->env, &r->t->arena, r->t->facts, &o->fact, node->s + a, b - a, &n, &v);
        if (st == ARC_OK && n != b - a) st = arci_fail(r->env, ARC_E_SYNTAX, "an output is one value", "输出须为单个值");
    } else {
        return arci_table_wrong(r, node, ARC_E_VALUE, "an output is one value", "输出须为单个值");
    }
    return st == ARC_OK ? write_value(r, o, &v, out) : arci_table_at(r, node, st);
}

static arc_status take_output(arci_table_reader *r, const arci_json *node, arci_table_output *o)
{
    static const char *const keys[] = { "id", "name", "field", "type", "scale", "currency", "values", "default", "description" };
    const arci_json *id = arci_json_get(node, "id"), *field = arci_json_get(node, "field"), *type = arci_json_get(node, "type");
    arc_status st = ARC_OK;
    uint32_t before = r->sink ? r->sink->n : 0;
    o->node = node;
    o->id = o->field = "";
    if (!id || id->type != ARCI_JSON_STRING || !id->len) return arci_table_wrong(r, id ? id : node, ARC_E_REQUIRED, "needs an id, its column in the rows", "须有 id");
    o->id = id->s;
    if (!field || field->type != ARCI_JSON_STRING || !field->len) return arci_table_wrong(r, field ? field : node, ARC_E_REQUIRED, "needs a field, its name in the answer", "须有 field");
    o->field = field->s;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        size_t i = 0;
        while (i < sizeof keys / sizeof keys[0] && strcmp(keys[i], m->key) != 0) i++;
        if (i == sizeof keys / sizeof keys[0]) st = arci_table_wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    if (st == ARC_OK && !type_of(type)) return arci_table_wrong(r, type ? type : node, ARC_E_REQUIRED, "needs a type: boolean, integer, decimal, money, date or text", "须有 type：boolean、integer、decimal、money、date 或 text");
    if (st == ARC_OK) st = take_type(r, node, &o->fact);
    if (r->sink && r->sink->n > before) o->fact.type = 0;
    o->fact.path = o->field;
    o->fact.slot = o->fact.currency = ARCI_NO_SLOT;
    return st == ARC_OK && o->fact.type ? take_value(r, o, arci_json_get(node, "default"), &o->otherwise) : st;
}

/* ---- columns and rows ----------------------------------------------------------------------------------------------------------------------- */

static arc_status take_input(arci_table_reader *r, const arci_json *node, arci_table_input *in)
{
    static const char *const keys[] = { "id", "name", "field", "type", "scale", "currency", "values", "nullable", "min", "max", "description" };
    const arci_json *id = arci_json_get(node, "id");
    arc_status st = ARC_OK;
    in->node = node;
    in->id = in->path = "";
    if (!id || id->type != ARCI_JSON_STRING || !id->len) return arci_table_wrong(r, id ? id : node, ARC_E_REQUIRED, "needs an id, its column in the rows", "须有 id");
    in->id = id->s;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        size_t i = 0;
        while (i < sizeof keys / sizeof keys[0] && strcmp(keys[i], m->key) != 0) i++;
        if (i == sizeof keys / sizeof keys[0]) st = arci_table_wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    if (st == ARC_OK && text_is(arci_json_get(node, "type"), "condition")) {
        if (arci_json_get(node, "field")) return arci_table_wrong(r, node, ARC_E_VALUE, "a column of conditions has no field", "条件列没有 field");
        return ARC_OK;
    }
    return st == ARC_OK ? arci_table_take_fact(r, node, in) : st;
}

static arc_status take_columns(arci_table_reader *r)
{
    arci_decision *t = r->t;
    const arci_json *in = arci_json_get(t->root, "inputs"), *out = arci_json_get(t->root, "outputs");
    arc_status st = ARC_OK;
    if (!in || in->type != ARCI_JSON_ARRAY || !in->n || in->n > ARCI_TABLE_COLUMNS) return arci_table_wrong(r, in ? in : t->root, ARC_E_REQUIRED, "needs inputs, 1 to 64", "须有 inputs，1 至 64 个");
    if (!out || out->type != ARCI_JSON_ARRAY || !out->n || out->n > ARCI_TABLE_OUTPUTS) return arci_table_wrong(r, out ? out : t->root, ARC_E_REQUIRED, "needs outputs, 1 to 32", "须有 outputs，1 至 32 个");
    t->inputs = arci_arena_calloc(&t->arena, in->n, sizeof *t->inputs);
    t->outputs = arci_arena_calloc(&t->arena, out->n, sizeof *t->outputs);
    if (!t->inputs || !t->outputs) return arci_nomem(r->env);
    for (const arci_json *e = in->child; e && st == ARC_OK; e = e->next) st = take_input(r, e, &t->inputs[t->n_inputs++]);
    for (const arci_json *e = out->child; e && st == ARC_OK; e = e->next) st = take_output(r, e, &t->outputs[t->n_outputs++]);
    for (uint32_t i = 0; st == ARC_OK && i < t->n_inputs + t->n_outputs; i++) {
        const char *id = i < t->n_inputs ? t->inputs[i].id : t->outputs[i - t->n_inputs].id;
        for (uint32_t k = 0; *id && k < i && st == ARC_OK; k++) {
            if (strcmp(k < t->n_inputs ? t->inputs[k].id : t->outputs[k - t->n_inputs].id, id) == 0)
                st = arci_table_wrong(r, i < t->n_inputs ? t->inputs[i].node : t->outputs[i - t->n_inputs].node, ARC_E_EXISTS, "two columns have this id", "列 id 重复");
        }
    }
    return st;
}

static int column(const arci_decision *t, const char *id)
{
    for (uint32_t i = 0; i < t->n_inputs; i++) {
        if (strcmp(t->inputs[i].id, id) == 0) return 1;
    }
    for (uint32_t i = 0; i < t->n_outputs; i++) {
        if (strcmp(t->outputs[i].id, id) == 0) return 1;
    }
    return 0;
}

static arc_status take_row(arci_table_reader *r, const arci_json *node, arci_table_row *row)
{
    arci_decision *t = r->t;
    arc_status st = ARC_OK;
    if (node->type != ARCI_JSON_OBJECT) return arci_table_wrong(r, node, ARC_E_VALUE, "a row is an object", "行须为对象");
    arci_cell *cells = arci_arena_calloc(&t->arena, t->n_inputs, sizeof *cells);
    arci_table_value *out = arci_arena_calloc(&t->arena, t->n_outputs, sizeof *out);
    if (!cells || !out) return arci_nomem(r->env);
    row->node = node;
    row->cells = cells;
    row->out = out;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "_id") == 0 && m->type == ARCI_JSON_STRING) row->id = m->s;
        else if (m->key[0] != '_' && !column(t, m->key)) st = arci_table_wrong(r, m, ARC_E_NOT_FOUND, "there is no such column", "没有该列");
    }
    for (uint32_t i = 0; i < t->n_inputs && st == ARC_OK; i++) st = arci_table_take_cell(r, &t->inputs[i], arci_json_get(node, t->inputs[i].id), &cells[i]);
    for (uint32_t i = 0; i < t->n_outputs && st == ARC_OK; i++) {
        out[i].json = "null";
        if (t->outputs[i].fact.type) st = take_value(r, &t->outputs[i], arci_json_get(node, t->outputs[i].id), &out[i]);
    }
    return st;
}

static arc_status take_rows(arci_table_reader *r)
{
    arci_decision *t = r->t;
    const arci_json *rules = arci_json_get(t->root, "rules");
    arc_status st = ARC_OK;
    if (!rules || rules->type != ARCI_JSON_ARRAY || !rules->n) return arci_table_wrong(r, rules ? rules : t->root, ARC_E_REQUIRED, "needs rules, its rows", "须有 rules");
    if (rules->n > ARCI_TABLE_ROWS) return arci_table_wrong(r, rules, ARC_E_LIMIT, "at most 5,000 rows", "最多 5,000 行");
    t->rows = arci_arena_calloc(&t->arena, rules->n, sizeof *t->rows);
    if (!t->rows) return arci_nomem(r->env);
    for (uint32_t i = 0; i < rules->n; i++) t->rows[i].id = "";
    for (const arci_json *e = rules->child; e && st == ARC_OK; e = e->next) st = take_row(r, e, &t->rows[t->n_rows++]);
    return st;
}

static arc_status take_policy(arci_table_reader *r)
{
    const arci_json *m = arci_json_get(r->t->root, "hitPolicy");
    r->t->hit = ARCI_HIT_UNIQUE;
    if (!m) return ARC_OK;
    for (size_t i = 0; m->type == ARCI_JSON_STRING && i < sizeof policies / sizeof policies[0]; i++) {
        if (strcmp(m->s, policies[i].name) != 0) continue;
        r->t->hit = policies[i].hit;
        return ARC_OK;
    }
    return arci_table_wrong(r, m, ARC_E_VALUE, "is U, A, F, R, C, C+, C<, C> or C#", "须为 U、A、F、R、C、C+、C<、C> 或 C#");
}

static arc_status check_aggregate(arci_table_reader *r)
{
    const arci_decision *t = r->t;
    if (t->hit < ARCI_HIT_SUM || !t->n_outputs) return ARC_OK;
    if (t->n_outputs > 1) return arci_table_wrong(r, t->outputs[1].node, ARC_E_VALUE, "an aggregate has one output", "聚合只能有一个输出");
    uint8_t type = t->outputs[0].fact.type;
    int number = type == ARCI_FACT_INT || type == ARCI_FACT_DECIMAL || type == ARCI_FACT_MONEY;
    if (t->hit == ARCI_HIT_COUNT || !type || number || (type == ARCI_FACT_DATE && t->hit != ARCI_HIT_SUM)) return ARC_OK;
    return arci_table_wrong(r, t->outputs[0].node, ARC_E_VALUE, "values of this type cannot be aggregated so", "该类型的值不能如此聚合");
}

static arc_status read_table(arci_table_reader *r)
{
    const arci_json *complete = arci_json_get(r->t->root, "complete");
    r->t->complete = complete && complete->type == ARCI_JSON_TRUE;
    arc_status st = take_policy(r);
    if (st == ARC_OK) st = take_columns(r);
    if (st == ARC_OK && r->t->n_inputs && r->t->n_outputs) st = take_rows(r);
    return st == ARC_OK ? check_aggregate(r) : st;
}

/* ---- the document ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status check_members(arci_table_reader *r)
{
    static const char *const table[] = { "decision_table", "hitPolicy", "inputs", "outputs", "rules", "complete", "currency", "subject", "sample", "name", "description", "passThrough", "executionMode" };
    static const char *const card[] = { "scorecard", "initialScore", "reasonCodeAlgorithm", "topReasons", "characteristics", "currency", "subject", "sample", "name", "description", "label", "label_zh", "credit", "calibration" };
    const char *const *keys = r->t->scorecard ? card : table;
    size_t n = r->t->scorecard ? sizeof card / sizeof card[0] : sizeof table / sizeof table[0];
    arc_status st = ARC_OK;
    for (const arci_json *m = r->t->root->child; m && st == ARC_OK; m = m->next) {
        size_t i = 0;
        while (i < n && strcmp(keys[i], m->key) != 0) i++;
        if (i == n) st = arci_table_wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
        else if (i == 0 && !text_is(m, "arcore/1")) st = arci_table_wrong(r, m, ARC_E_VALUE, "is \"arcore/1\"", "须为 \"arcore/1\"");
        else if (strcmp(m->key, "executionMode") == 0 && !text_is(m, "single")) st = arci_table_wrong(r, m, ARC_E_UNSUPPORTED, "a table is asked once a call", "每次调用只评估一次");
    }
    return st;
}

static arc_status take_subject(arci_table_reader *r, arci_custom *custom, const char *base)
{
    const arci_json *subject = arci_json_get(r->t->root, "subject"), *currency = arci_json_get(r->t->root, "currency");
    const arci_entity *e = NULL;
    arc_status st = ARC_OK;
    if (subject) {
        e = subject->type == ARCI_JSON_STRING ? arci_entity_by_name(subject->s, subject->len) : NULL;
        if (!e) st = arci_table_wrong(r, subject, ARC_E_NOT_FOUND, "there is no such entity", "没有该实体");
    }
    if (st == ARC_OK) st = arci_facts_new(r->env, &r->t->facts, e, custom);
    if (st == ARC_OK && base) arci_facts_base(r->t->facts, base);
    if (st != ARC_OK || !currency) return st;
    return arci_table_at(r, currency, arci_facts_currency(r->env, r->t->facts, currency->type == ARCI_JSON_STRING ? currency->s : "?"));
}

/* What a publisher is not to overlook: rows of a unique table that meet, rows of an "any" table that disagree, gaps where none are wanted. */
static arc_status look(arci_table_reader *r)
{
    const arci_decision *t = r->t;
    arci_table_findings f;
    memset(&f, 0, sizeof f);
    arc_status st = arci_table_look(r->env, t, &f);
    if (st != ARC_OK) return st;
    const uint32_t *pair = f.has_meet ? f.meet : f.conflict;
    if ((t->hit == ARCI_HIT_UNIQUE && f.has_meet) || (t->hit == ARCI_HIT_ANY && f.has_conflict)) {
        if (t->hit == ARCI_HIT_ANY) pair = f.conflict;
        arci_json_fail(r->env, t->rows[pair[1]].node, ARC_E_RULE, "rows %u and %u both apply: %s", "第 %u 行与第 %u 行同时适用：%s", pair[0] + 1, pair[1] + 1, f.example);
        arci_fail_rule(r->env, "overlap");
        st = arci_table_note(r, ARC_E_RULE);
    }
    if (st != ARC_OK || !t->complete || (!f.n_gaps && f.gaps_decided)) return st;
    if (f.n_gaps) arci_json_fail(r->env, t->root, ARC_E_RULE, "no row applies to %s, and the table is to be complete", "没有行适用于 %s，而该表要求完整", f.gap);
    else arci_json_fail(r->env, t->root, ARC_E_RULE, "it could not be decided whether the table is complete", "无法判定该表是否完整");
    arci_fail_rule(r->env, "gap");
    return arci_table_note(r, ARC_E_RULE);
}

arc_status arci_table_read(arci_env *env, arci_decision **out, const char *json, size_t len, arci_custom *custom, const char *base, int strict,
                            arci_fault_sink *sink)
{
    arci_decision *t = arci_calloc(env->ctx, 1, sizeof *t);
    arci_table_reader r = { env, t, sink, ARC_OK };
    *out = NULL;
    if (!t) return arci_nomem(env);
    t->ctx = env->ctx;
    arci_arena_init(&t->arena, env->ctx);
    arc_status st = arci_json_parse(env, &t->arena, json, len, &arci_json_definition_limits, &t->root);
    if (st != ARC_OK) st = arci_table_note(&r, st);
    else if (t->root->type != ARCI_JSON_OBJECT) st = arci_table_wrong(&r, t->root, ARC_E_VALUE, "is an object", "须为对象");
    else {
        t->scorecard = arci_json_get(t->root, "characteristics") || arci_json_get(t->root, "scorecard");
        st = check_members(&r);
        if (st == ARC_OK) st = take_subject(&r, custom, base);
        if (st == ARC_OK && t->facts) st = t->scorecard ? arci_scorecard_read(&r) : read_table(&r);
        t->sample = arci_json_get(t->root, "sample");
    }
    if (st == ARC_OK && strict && r.first == ARC_OK && t->facts && !t->scorecard) st = look(&r);
    if (st == ARC_OK) st = sink && sink->n ? sink->first.status : r.first;
    if (st == ARC_OK) *out = t;
    else arci_table_free(t);
    return st;
}

void arci_table_free(void *object)
{
    arci_decision *t = object;
    if (!t) return;
    for (uint32_t i = 0; i < t->n_conditions; i++) arci_logic_free(t->conditions[i]);
    arci_free(t->ctx, t->conditions);
    arci_facts_free(t->facts);
    arci_arena_clear(&t->arena);
    arci_free(t->ctx, t);
}
