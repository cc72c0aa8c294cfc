/* SPDX-License-Identifier: Apache-2.0 */
/* Queries from their JSON form: strict, every fault with its JSON Pointer. */
#include <string.h>

#include "arcore/money.h"
#include "base/json.h"
#include "model/record_impl.h"
#include "store/query.h"

typedef struct parser {
    arci_query *q;
    arci_record *scratch; /* turns texts into values */
} parser;

static arc_status fail(parser *p, const arci_json *node, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(&p->q->env, node, st, "%s%.0s", "%.0s%s", en, zh);
}

/* Adds the place to an error that a builder function has set. */
static arc_status at(parser *p, const arci_json *node, arc_status st)
{
    char pointer[128];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(&p->q->env, pointer);
    return st;
}

static arc_status check_members(parser *p, const arci_json *o, const char *const *known)
{
    if (o->type != ARCI_JSON_OBJECT) return fail(p, o, ARC_E_SYNTAX, "an object is needed", "此处须为对象");
    for (const arci_json *m = o->child; m; m = m->next) {
        uint32_t i = 0;
        while (known[i] && strcmp(known[i], m->key) != 0) i++;
        if (!known[i]) return fail(p, m, ARC_E_NOT_FOUND, "unknown member", "未知的成员");
    }
    return ARC_OK;
}

static arc_status array(parser *p, const arci_json *node)
{
    return node->type == ARCI_JSON_ARRAY ? ARC_OK : fail(p, node, ARC_E_SYNTAX, "an array is needed", "此处须为数组");
}

static arc_status field(parser *p, const arci_json *node, uint16_t *col)
{
    const arci_entity *e = p->q->table->entity;
    if (!node) return ARC_E_SYNTAX;
    if (node->type != ARCI_JSON_STRING) return fail(p, node, ARC_E_SYNTAX, "a field name is needed", "此处须为字段名");
    arc_field_id id;
    arc_status st = arci_query_name(p->q, &id, node->s, node->len);
    if (st == ARC_E_NOT_FOUND) {
        return arci_json_fail(&p->q->env, node, ARC_E_NOT_FOUND, "%s has no field \"%.40s\"", "%s 没有字段“%.40s”", e->name, node->s);
    }
    if (st != ARC_OK) return st;
    return at(p, node, arci_query_column(p->q, id, col));
}

/* "member" of an object. */
static arc_status member(parser *p, const arci_json *o, uint16_t *col)
{
    const arci_json *m = arci_json_get(o, "member");
    return m ? field(p, m, col) : fail(p, o, ARC_E_SYNTAX, "\"member\" is missing", "缺少 \"member\"");
}

/* ---- filters ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint16_t op;
} operators[] = { { "equals", ARC_OP_EQ },    { "notEquals", ARC_OP_NE },      { "lt", ARC_OP_LT },          { "lte", ARC_OP_LE },
                  { "gt", ARC_OP_GT },        { "gte", ARC_OP_GE },            { "startsWith", ARC_OP_PREFIX }, { "contains", ARC_OP_CONTAINS },
                  { "notSet", ARC_OP_IS_NULL }, { "set", ARC_OP_NOT } };

static arc_status operator_of(parser *p, const arci_json *o, uint16_t *op)
{
    const arci_json *node = arci_json_get(o, "operator");
    if (!node || node->type != ARCI_JSON_STRING) return fail(p, node ? node : o, ARC_E_SYNTAX, "\"operator\" is missing", "缺少 \"operator\"");
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (strcmp(operators[i].name, node->s) != 0) continue;
        *op = operators[i].op;
        return ARC_OK;
    }
    return fail(p, node, ARC_E_NOT_FOUND, "unknown operator", "未知的运算符");
}

/* "1234.50 CNY", or "123450 minor" where the currency is left open. */
static arc_status money(parser *p, const arci_json *node, arc_money *m)
{
    size_t n = node->len;
    char code[4] = { 0 };
    memset(m, 0, sizeof *m);
    if (n > 6 && !memcmp(node->s + n - 6, " minor", 6)) {
        arc_status st = arci_int_parse(node->s, n - 6, &m->minor);
        return st == ARC_OK ? st : fail(p, node, ARC_E_VALUE, "a whole number stands before \"minor\"", "\"minor\" 前须为整数");
    }
    if (n < 5 || node->s[n - 4] != ' ') return fail(p, node, ARC_E_VALUE, "an amount is written \"1234.50 CNY\"", "金额须写作 \"1234.50 CNY\"");
    memcpy(code, node->s + n - 3, 3);
    arc_status st = arc_money_parse(m, node->s, n - 4, code, NULL);
    if (st == ARC_E_CURRENCY || st == ARC_E_PRECISION || st == ARC_E_RANGE) return fail(p, node, st, "not an amount of this currency", "不是该币种的有效金额");
    return st == ARC_OK ? st : fail(p, node, ARC_E_VALUE, "not an amount", "不是有效金额");
}

/* A value of a custom field, also of a retired one; codes must be among the choices. */
static arc_status custom_constant(parser *p, const arci_json *node, const arci_virtual *custom, arc_value *v)
{
    arci_env *env = &p->q->env;
    arci_slot slot;
    const char *const *code = custom->field->choices.codes;
    if (code) {
        while (*code && strcmp(*code, node->s) != 0) code++;
        if (!*code) return fail(p, node, ARC_E_VALUE, "not one of its choices", "不在选项中");
        *v = arci_v_text(node->s, node->len);
        return ARC_OK;
    }
    arc_status st = arci_record_adopt(env, p->scratch, p->q->overlay->custom);
    if (st == ARC_OK) st = arci_record_slot(env, p->scratch, custom->field->field.id, &slot);
    if (st != ARC_OK) return st;
    slot.reading = 1;
    st = at(p, node, arci_record_set_slot_any(env, p->scratch, &slot, node->s, node->len));
    if (st == ARC_OK) *v = *slot.v;
    return st;
}

static arc_status constant(parser *p, const arci_json *node, uint16_t col, arc_value *v)
{
    arci_env *env = &p->q->env;
    const arci_field *f = p->q->table->field_of_col[col];
    if (node->type != ARCI_JSON_STRING) return fail(p, node, ARC_E_SYNTAX, "values are text", "值须为字符串");
    if (f->type == ARC_T_TEXT || (f->type == ARC_T_JSON && !arci_query_virtual(p->q, col))) { /* any text compares, also one that the field could not hold */
        *v = arci_v_text(node->s, node->len);
        return ARC_OK;
    }
    if (!node->len) return fail(p, node, ARC_E_VALUE, "an empty value", "值为空");
    const arci_virtual *custom = arci_query_virtual(p->q, col);
    if (custom) return custom_constant(p, node, custom, v);
    arc_status st = at(p, node, arci_record_set_any(env, p->scratch, ARCI_PUBLIC_FIELD(p->q->table->entity->id, f->id), node->s, node->len));
    if (st == ARC_OK) *v = *arci_record_value(p->scratch, f->id);
    return st;
}

static arc_status push_money(parser *p, const arci_json *node, uint16_t col, uint16_t op)
{
    arc_money m;
    arc_status st = node->type == ARCI_JSON_STRING ? money(p, node, &m) : fail(p, node, ARC_E_SYNTAX, "values are text", "值须为字符串");
    if (st != ARC_OK) return st;
    arc_value v = arci_v_int(m.minor);
    return at(p, node, m.currency[0] ? arci_query_push_money(p->q, col, op, &m) : arci_query_push(p->q, col, op, ARC_NO_COL, &v, 1));
}

/* One value: a compare. Several: "one of" or "none of". */
static arc_status push_values(parser *p, const arci_json *values, uint16_t col, uint16_t op)
{
    int is_money = p->q->table->desc->cols[col].type == ARC_T_MONEY;
    arc_status st = ARC_OK;
    uint32_t n = 0;
    if (!values->n || values->n > ARCI_QUERY_MAX_IN) {
        return fail(p, values, values->n ? ARC_E_LIMIT : ARC_E_SYNTAX, "1 to 10,000 values are needed", "须有 1 至 10,000 个值");
    }
    if (values->n > 1 && op != ARC_OP_EQ && op != ARC_OP_NE) return fail(p, values, ARC_E_SYNTAX, "this operator takes one value", "此运算符只能有一个值");
    if (is_money) {
        for (const arci_json *v = values->child; v && st == ARC_OK; v = v->next) st = push_money(p, v, col, values->n > 1 ? ARC_OP_EQ : op);
        if (st == ARC_OK && values->n > 1) st = at(p, values, arci_query_join(p->q, ARC_OP_OR, values->n));
        return st == ARC_OK && values->n > 1 && op == ARC_OP_NE ? at(p, values, arci_query_join(p->q, ARC_OP_NOT, 1)) : st;
    }
    arc_value *list = arci_arena_alloc(&p->q->arena, values->n * sizeof *list);
    if (!list) return arci_nomem(&p->q->env);
    for (const arci_json *v = values->child; v && st == ARC_OK; v = v->next, n++) {
        st = constant(p, v, col, &list[n]);
        if (st == ARC_OK && list[n].type == ARC_V_TEXT) { /* the scratch record is used again */
            list[n].u.s = arci_arena_strndup(&p->q->arena, list[n].u.s, list[n].len);
            if (!list[n].u.s) st = arci_nomem(&p->q->env);
        }
    }
    if (st != ARC_OK) return st;
    if (n == 1) return at(p, values, arci_query_push(p->q, col, op, ARC_NO_COL, list, 1));
    st = at(p, values, arci_query_push(p->q, col, ARC_OP_IN, ARC_NO_COL, list, n));
    return st == ARC_OK && op == ARC_OP_NE ? at(p, values, arci_query_join(p->q, ARC_OP_NOT, 1)) : st;
}

static arc_status push_other(parser *p, const arci_json *other, uint16_t col, uint16_t op)
{
    uint16_t col2;
    arc_status st = field(p, other, &col2);
    if (st != ARC_OK) return st;
    const arc_column *a = &p->q->table->desc->cols[col], *b = &p->q->table->desc->cols[col2];
    int fits = op >= ARC_OP_EQ && op <= ARC_OP_GE && a->type == b->type && a->currency_col == b->currency_col;
    if (a->type == ARC_T_DECIMAL) fits = fits && a->size == b->size;
    if (!fits) return fail(p, other, ARC_E_VALUE, "fields that do not compare", "字段之间不可比较");
    return at(p, other, arci_query_push(p->q, col, op, col2, NULL, 0));
}

static arc_status leaf(parser *p, const arci_json *o)
{
    static const char *const known[] = { "member", "operator", "values", "other", NULL };
    uint16_t col, op = 0;
    arc_status st = check_members(p, o, known);
    if (st == ARC_OK) st = member(p, o, &col);
    if (st == ARC_OK) st = operator_of(p, o, &op);
    if (st != ARC_OK) return st;
    const arci_json *values = arci_json_get(o, "values"), *other = arci_json_get(o, "other");
    if (op == ARC_OP_IS_NULL || op == ARC_OP_NOT) {
        if (values || other) return fail(p, values ? values : other, ARC_E_SYNTAX, "this operator takes no value", "此运算符没有值");
        st = at(p, o, arci_query_push(p->q, col, ARC_OP_IS_NULL, ARC_NO_COL, NULL, 0));
        return st == ARC_OK && op == ARC_OP_NOT ? at(p, o, arci_query_join(p->q, ARC_OP_NOT, 1)) : st;
    }
    if (!values == !other) return fail(p, o, ARC_E_SYNTAX, "either \"values\" or \"other\" is needed", "须有 \"values\" 或 \"other\" 之一");
    if (other) return push_other(p, other, col, op);
    st = array(p, values);
    if (st == ARC_OK && (op == ARC_OP_PREFIX || op == ARC_OP_CONTAINS) &&
        arci_column_value_type(p->q->table->desc->cols[col].type) != ARC_V_TEXT) {
        return fail(p, o, ARC_E_VALUE, "only text begins with or holds text", "只有文本字段可用此运算符");
    }
    return st == ARC_OK ? push_values(p, values, col, op) : st;
}

static arc_status filter(parser *p, const arci_json *o);

static arc_status filters(parser *p, const arci_json *list, uint16_t op)
{
    arc_status st = array(p, list);
    if (st == ARC_OK && op != 0 && !list->n) st = fail(p, list, ARC_E_SYNTAX, "an empty group", "条件组为空");
    for (const arci_json *f = list->child; f && st == ARC_OK; f = f->next) st = filter(p, f);
    return st == ARC_OK && op ? at(p, list, arci_query_join(p->q, op, list->n)) : st;
}

static arc_status filter(parser *p, const arci_json *o)
{
    if (o->type != ARCI_JSON_OBJECT) return fail(p, o, ARC_E_SYNTAX, "an object is needed", "此处须为对象");
    const arci_json *and = arci_json_get(o, "and"), *or = arci_json_get(o, "or"), *not = arci_json_get(o, "not");
    if (!and && !or && !not) return leaf(p, o);
    if (o->n != 1) return fail(p, o, ARC_E_SYNTAX, "and, or, not stand alone", "and、or、not 须单独出现");
    if (and) return filters(p, and, ARC_OP_AND);
    if (or) return filters(p, or, ARC_OP_OR);
    arc_status st = filter(p, not );
    return st == ARC_OK ? at(p, o, arci_query_join(p->q, ARC_OP_NOT, 1)) : st;
}

/* ---- shape --------------------------------------------------------------------------------------------------------- */

static arc_status fields(parser *p, const arci_json *list)
{
    uint16_t cols[ARCI_QUERY_MAX_FIELDS];
    uint32_t n = 0;
    arc_status st = array(p, list);
    if (st != ARC_OK) return st;
    if (!list->n || list->n > ARCI_QUERY_MAX_FIELDS) {
        return fail(p, list, list->n ? ARC_E_LIMIT : ARC_E_SYNTAX, "1 to 200 fields are needed", "须有 1 至 200 个字段");
    }
    for (const arci_json *f = list->child; f && st == ARC_OK; f = f->next) st = field(p, f, &cols[n++]);
    return st == ARC_OK ? at(p, list, arci_query_set_fields(p->q, cols, n)) : st;
}

static arc_status one_order(parser *p, const arci_json *o)
{
    static const char *const known[] = { "member", "column", "descending", NULL };
    uint16_t col = 0;
    int64_t place = 0;
    arc_status st = check_members(p, o, known);
    if (st != ARC_OK) return st;
    const arci_json *column = arci_json_get(o, "column"), *down = arci_json_get(o, "descending");
    if (down && down->type != ARCI_JSON_TRUE && down->type != ARCI_JSON_FALSE) return fail(p, down, ARC_E_SYNTAX, "true or false", "须为 true 或 false");
    if (!column) {
        st = member(p, o, &col);
    } else {
        st = at(p, column, arci_json_int(&p->q->env, column, &place));
        if (st == ARC_OK && (place < 0 || place >= p->q->n_groups + p->q->n_measures)) st = fail(p, column, ARC_E_VALUE, "no such column of the answer", "结果中没有此列");
        col = (uint16_t)place;
    }
    return st == ARC_OK ? at(p, o, arci_query_add_order(p->q, col, column != NULL, down && down->type == ARCI_JSON_TRUE)) : st;
}

static arc_status edge(parser *p, const arci_json *node, uint16_t col, int64_t *out)
{
    arc_value v;
    arc_status st;
    if (p->q->table->desc->cols[col].type == ARC_T_MONEY) {
        st = node->type == ARCI_JSON_STRING ? arci_int_parse(node->s, node->len, out) : ARC_E_SYNTAX;
        return st == ARC_OK ? st : fail(p, node, ARC_E_VALUE, "the edges of amounts are whole numbers in text, in fen or cents", "金额边界须为字符串形式的整数，以分为单位");
    }
    st = constant(p, node, col, &v);
    if (st == ARC_OK && v.type != ARC_V_INT) st = fail(p, node, ARC_E_VALUE, "only numbers and dates fall into buckets", "只有数值和日期可分段");
    if (st == ARC_OK) *out = v.u.i;
    return st;
}

static arc_status dimension(parser *p, const arci_json *d)
{
    static const char *const known[] = { "member", "edges", NULL };
    uint16_t col;
    int64_t edges[1000];
    uint32_t n = 0;
    arc_status st;
    if (d->type == ARCI_JSON_STRING) {
        st = field(p, d, &col);
        return st == ARC_OK ? at(p, d, arci_query_add_group(p->q, col, NULL, 0, 0)) : st;
    }
    st = check_members(p, d, known);
    if (st == ARC_OK) st = member(p, d, &col);
    if (st != ARC_OK) return st;
    const arci_json *list = arci_json_get(d, "edges");
    if (!list) return at(p, d, arci_query_add_group(p->q, col, NULL, 0, 0));
    st = array(p, list);
    if (st == ARC_OK && list->n > 1000) st = fail(p, list, ARC_E_LIMIT, "more than 1,000 edges", "边界超过 1,000 个");
    for (const arci_json *e = list->child; e && st == ARC_OK; e = e->next) st = edge(p, e, col, &edges[n++]);
    return st == ARC_OK ? at(p, list, arci_query_add_group(p->q, col, edges, n, 1)) : st;
}

static arc_status measure(parser *p, const arci_json *o)
{
    static const char *const known[] = { "measure", "member", NULL };
    static const char *const names[] = { "count", "sum", "min", "max" };
    uint16_t col = 0;
    uint32_t kind = 0;
    arc_status st = check_members(p, o, known);
    if (st != ARC_OK) return st;
    const arci_json *m = arci_json_get(o, "measure");
    if (!m || m->type != ARCI_JSON_STRING) return fail(p, m ? m : o, ARC_E_SYNTAX, "\"measure\" is missing", "缺少 \"measure\"");
    while (kind < 4 && strcmp(names[kind], m->s) != 0) kind++;
    if (kind == 4) return fail(p, m, ARC_E_NOT_FOUND, "count, sum, min or max", "须为 count、sum、min 或 max");
    if (kind != ARC_COUNT) st = member(p, o, &col);
    else if (arci_json_get(o, "member")) st = fail(p, o, ARC_E_SYNTAX, "a count has no member", "计数没有 member");
    return st == ARC_OK ? at(p, o, arci_query_add_measure(p->q, kind, col)) : st;
}

static arc_status each(parser *p, const arci_json *list, arc_status (*one)(parser *p, const arci_json *node))
{
    if (!list) return ARC_OK;
    arc_status st = array(p, list);
    for (const arci_json *n = list->child; n && st == ARC_OK; n = n->next) st = one(p, n);
    return st;
}

static arc_status rest(parser *p, const arci_json *root)
{
    const arci_json *limit = arci_json_get(root, "limit"), *after = arci_json_get(root, "after");
    arc_status st = ARC_OK;
    if (limit) {
        st = at(p, limit, arci_json_int(&p->q->env, limit, &p->q->limit));
        if (st == ARC_OK && p->q->limit < 0) st = fail(p, limit, ARC_E_RANGE, "the limit is negative", "limit 为负数");
    }
    if (st != ARC_OK || !after) return st;
    if (after->type != ARCI_JSON_STRING) return fail(p, after, ARC_E_SYNTAX, "a token is text", "分页标记须为字符串");
    return at(p, after, arc_query_after(p->q->owned.handle, after->s));
}

static arc_status fill(parser *p, const arci_json *root)
{
    const arci_json *list = arci_json_get(root, "fields"), *where = arci_json_get(root, "filters");
    arc_status st = list ? fields(p, list) : ARC_OK;
    if (st == ARC_OK) st = each(p, arci_json_get(root, "dimensions"), dimension);
    if (st == ARC_OK) st = each(p, arci_json_get(root, "measures"), measure);
    if (st == ARC_OK && where) st = filters(p, where, 0);
    if (st == ARC_OK) st = each(p, arci_json_get(root, "order"), one_order);
    return st == ARC_OK ? rest(p, root) : st;
}

static arc_status make(arci_session *s, arci_arena *arena, arci_query **out, const char *json, size_t length)
{
    static const char *const known[] = { "entity", "fields", "filters", "order", "limit", "after", "dimensions", "measures", NULL };
    arci_json *root;
    arci_query stub = { .env = s->env };
    parser p = { &stub, NULL };
    arc_status st = arci_json_parse(&s->env, arena, json, length, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = check_members(&p, root, known);
    if (st != ARC_OK) return st;
    const arci_json *name = arci_json_get(root, "entity");
    if (!name || name->type != ARCI_JSON_STRING) return fail(&p, name ? name : root, ARC_E_SYNTAX, "\"entity\" is missing", "缺少 \"entity\"");
    const arci_entity *e = arci_entity_by_name(name->s, name->len);
    if (!e) return fail(&p, name, ARC_E_NOT_FOUND, "no such entity", "没有此实体");
    st = arci_query_make(&s->env, s, e->id, &p.q);
    if (st != ARC_OK) return st;
    p.q->inside = 1;
    st = arci_record_new(&s->env, e, NULL, &p.scratch);
    if (st == ARC_OK) {
        st = fill(&p, root);
        p.q->inside = 0;
        if (st != ARC_OK) (void)arci_fail_copy(&s->env, &p.q->error);
        arci_record_free(p.scratch);
    }
    if (st == ARC_OK) *out = p.q;
    else arci_own_free(p.q->owned.handle, ARCI_H_QUERY);
    return st;
}

arc_status arc_query_from_json(arc_session *session, arc_query **out, const char *json, size_t length)
{
    arci_session *s;
    arci_query *q;
    arci_arena arena;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out || !json) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "out or json is NULL", "out 或 json 为 NULL"));
    arci_arena_init(&arena, s->book->ctx);
    st = make(s, &arena, &q, json, length == SIZE_MAX ? strlen(json) : length);
    arci_arena_clear(&arena);
    if (st == ARC_OK) *out = q->owned.handle;
    return arci_session_leave(s, st);
}
