/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: the part of JsonLogic that compares fields of one row with each other and with constants, typed by the schema. */
#include <string.h>

#include "arcore/decimal.h"
#include "model/record_impl.h"
#include "model/valid.h"

enum { X_AND, X_OR, X_NOT, X_SET, X_EQ, X_NE, X_LT, X_LE, X_IN, X_CONTAINS };

typedef struct operand {
    const arci_field *f;         /* NULL: a constant */
    const arci_field *currency;  /* of a plain amount */
    arc_value constant;
    char own_currency[4];        /* of a constant amount; "": zero, in any currency */
} operand;

struct arci_expr {
    uint8_t op;
    uint8_t n;         /* operands */
    uint32_t n_list;
    operand a[3];
    const arc_value *list;
    arci_expr *child;  /* first */
    arci_expr *next;
};

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_expr_reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
}

static void note_read(arci_expr_reader *r, const arci_field *f)
{
    uint16_t n = *r->n_reads;
    if (n == UINT16_MAX) return;
    for (uint16_t i = 0; i < n; i++) {
        if (r->reads[i]->id == f->id) return;
    }
    if (n == ARCI_VALID_MAX_FIELDS) {
        *r->n_reads = UINT16_MAX;
        return;
    }
    r->reads[n] = f;
    *r->n_reads = (uint16_t)(n + 1);
}

arc_status arci_expr_field(arci_expr_reader *r, const arci_json *node, const arci_field **out)
{
    *out = NULL;
    if (node->type != ARCI_JSON_STRING) return wrong(r, node, ARC_E_VALUE, "the name of a field is a text", "字段名须为文本");
    const arci_field *f = arci_entity_field(r->entity, node->s, node->len);
    const arci_custom_field *cf = f ? NULL : arci_custom_by_name(r->custom, r->entity, node->s, node->len);
    if (cf) {
        arci_field *own = arci_arena_calloc(r->arena, 1, sizeof *own);
        if (!own) return arci_nomem(r->env);
        *own = cf->field;
        own->name = arci_arena_strndup(r->arena, cf->field.name, strlen(cf->field.name));
        own->aux = own->label_en = own->label_zh = own->help = NULL;
        if (!own->name) return arci_nomem(r->env);
        f = own;
    }
    if (!f) return wrong(r, node, ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
    if ((f->flags & ARCI_F_DERIVED) || f->id < ARCI_FIELD_FIRST) return wrong(r, node, ARC_E_VALUE, "rules do not read this field", "规则不能使用该字段");
    note_read(r, f);
    *out = f;
    return ARC_OK;
}

static const arci_json *var_of(const arci_json *node)
{
    return node->type == ARCI_JSON_OBJECT && node->n == 1 && strcmp(node->child->key, "var") == 0 ? node->child : NULL;
}

static arc_status read_var(arci_expr_reader *r, const arci_json *var, operand *o)
{
    arc_status st = arci_expr_field(r, var, &o->f);
    if (st == ARC_OK && o->f->type == ARC_T_MONEY && o->f->aux) o->currency = arci_entity_field(r->entity, o->f->aux, strlen(o->f->aux));
    return st;
}

static int is_zero(const arci_json *node)
{
    size_t i = 0;
    while (i < node->len && (node->s[i] == '0' || node->s[i] == '.')) i++;
    return node->len && i == node->len;
}

/* The record that takes constants says whether one fits its field. */
static arc_status take_constant(arci_expr_reader *r, const arci_json *node, const arci_field *f, operand *o)
{
    const char *text = node->type == ARCI_JSON_TRUE ? "true" : node->type == ARCI_JSON_FALSE ? "false" : node->s;
    size_t n = node->type == ARCI_JSON_STRING || node->type == ARCI_JSON_NUMBER ? node->len : strlen(text);
    int custom = f->id >= ARCI_FIELD_CUSTOM_FIRST;
    arc_error kept = *r->env->err;
    arci_record_clear(r->probe);
    arc_status st = ARC_OK;
    if (f->type == ARC_T_MONEY && !custom) {
        const arci_field *currency = arci_entity_field(r->entity, f->aux, strlen(f->aux));
        if (!r->currency[0] && !is_zero(node)) return wrong(r, node, ARC_E_CURRENCY, "the rule names no currency for this amount", "规则未指定该金额的币种");
        st = arci_record_set_text(r->env, r->probe, currency->id, r->currency[0] ? r->currency : "CNY", 3);
        memcpy(o->own_currency, r->currency, 4);
    }
    if (st == ARC_OK) st = arci_record_set_any(r->env, r->probe, f->id, text, n);
    if (st == ARC_E_NOMEM) return st;
    *r->env->err = kept;
    if (st != ARC_OK) return wrong(r, node, st, "the constant does not fit the field it is compared with", "常量与所比较的字段不符");
    o->constant = *arci_record_value(r->probe, f->id);
    if (f->type == ARC_T_MONEY && custom) {
        arci_slot slot;
        st = arci_record_slot(r->env, r->probe, f->id, &slot);
        if (st == ARC_OK) memcpy(o->own_currency, r->probe->ccurrency[slot.pos], 4);
    }
    if (st != ARC_OK || o->constant.type != ARC_V_TEXT) return st;
    o->constant.u.s = arci_arena_strndup(r->arena, o->constant.u.s, o->constant.len);
    return o->constant.u.s ? ARC_OK : arci_nomem(r->env);
}

/* 'n' null, 't' text, 'i' integer-like; a letter for what can be compared with what. */
static char family(const arci_field *f)
{
    switch (f->type) {
    case ARC_T_TEXT: case ARC_T_CODE: return 't';
    case ARC_T_INT: case ARC_T_DECIMAL: return 'n';
    case ARC_T_BOOL: return 'b';
    case ARC_T_DATE: return 'd';
    case ARC_T_STAMP: return 's';
    case ARC_T_MONEY: return 'm';
    case ARC_T_ID: return 'i';
    default: return 0;
    }
}

static arc_status check_pair(arci_expr_reader *r, const arci_json *at, const operand *a, const operand *b, int ordered)
{
    char fa = family(a->f);
    if (!fa || (ordered && (fa == 't' || fa == 'b' || fa == 'i'))) return wrong(r, at, ARC_E_VALUE, "values of this field have no order", "该字段的值不可比较大小");
    if (!b->f) return ARC_OK;
    if (family(b->f) != fa) return wrong(r, at, ARC_E_VALUE, "fields of different types are compared", "比较的字段类型不同");
    if (fa == 'm' && a->currency && b->currency && a->currency != b->currency)
        return wrong(r, at, ARC_E_CURRENCY, "amounts with different currency fields are compared", "比较的金额币种字段不同");
    if (fa == 'i' && a->f->aux && b->f->aux && strcmp(a->f->aux, b->f->aux) != 0)
        return wrong(r, at, ARC_E_VALUE, "references to different entities are compared", "比较的引用指向不同实体");
    return ARC_OK;
}

static arc_status read_compare(arci_expr_reader *r, const arci_json *args, arci_expr *x, int ordered, int reversed)
{
    const arci_json *node[3] = { NULL, NULL, NULL };
    const arci_field *typed = NULL;
    uint32_t most = ordered && !reversed ? 3 : 2;
    if (args->type != ARCI_JSON_ARRAY || args->n < 2 || args->n > most) return wrong(r, args, ARC_E_VALUE, "takes two operands, or three in a row", "需要两个操作数，或连续三个");
    arc_status st = ARC_OK;
    x->n = (uint8_t)args->n;
    const arci_json *next = args->child;
    for (uint32_t i = 0; i < args->n; i++, next = next->next) node[reversed ? args->n - 1 - i : i] = next;
    for (uint32_t i = 0; i < args->n && st == ARC_OK; i++) {
        const arci_json *var = var_of(node[i]);
        if (!var) continue;
        st = read_var(r, var, &x->a[i]);
        if (!typed) typed = x->a[i].f;
    }
    if (st != ARC_OK) return st;
    if (!typed) return wrong(r, args, ARC_E_VALUE, "no field is compared", "没有比较任何字段");
    for (uint32_t i = 0; i < args->n && st == ARC_OK; i++) {
        const operand field = { .f = typed, .currency = typed->type == ARC_T_MONEY && typed->aux ? arci_entity_field(r->entity, typed->aux, strlen(typed->aux)) : NULL };
        if (node[i]->type == ARCI_JSON_NULL && !ordered) continue;
        st = check_pair(r, node[i], &field, &x->a[i], ordered);
        if (st != ARC_OK || x->a[i].f) continue;
        if (node[i]->type == ARCI_JSON_NULL || node[i]->type >= ARCI_JSON_ARRAY) return wrong(r, node[i], ARC_E_VALUE, "not a field and not a constant", "既非字段也非常量");
        st = take_constant(r, node[i], typed, &x->a[i]);
    }
    return st;
}

static arc_status read_in(arci_expr_reader *r, const arci_json *args, arci_expr *x)
{
    if (args->type != ARCI_JSON_ARRAY || args->n != 2) return wrong(r, args, ARC_E_VALUE, "takes two operands", "需要两个操作数");
    const arci_json *left = args->child, *right = left->next;
    const arci_json *var = var_of(left), *within = var_of(right);
    arc_status st;
    if (!var && within && left->type == ARCI_JSON_STRING) { /* a text that contains another */
        st = read_var(r, within, &x->a[0]);
        if (st == ARC_OK && family(x->a[0].f) != 't') return wrong(r, right, ARC_E_VALUE, "the field is no text", "该字段不是文本");
        x->op = X_CONTAINS;
        x->a[1].constant = (arc_value){ ARC_V_TEXT, { 0, 0, 0 }, left->len, { 0 } };
        x->a[1].constant.u.s = arci_arena_strndup(r->arena, left->s, left->len);
        return st != ARC_OK || x->a[1].constant.u.s ? st : arci_nomem(r->env);
    }
    if (!var || right->type != ARCI_JSON_ARRAY) return wrong(r, args, ARC_E_VALUE, "takes a field and a list, or a text and a field", "需要字段与列表，或文本与字段");
    st = read_var(r, var, &x->a[0]);
    if (st == ARC_OK && !family(x->a[0].f)) st = wrong(r, left, ARC_E_VALUE, "values of this field cannot be listed", "该字段的值不能列举");
    arc_value *list = arci_arena_calloc(r->arena, right->n + 1u, sizeof *list);
    if (!list) return arci_nomem(r->env);
    x->list = list;
    for (const arci_json *e = right->child; st == ARC_OK && e; e = e->next) {
        operand o;
        memset(&o, 0, sizeof o);
        if (e->type == ARCI_JSON_NULL || e->type >= ARCI_JSON_ARRAY) return wrong(r, e, ARC_E_VALUE, "not a constant", "不是常量");
        st = take_constant(r, e, x->a[0].f, &o);
        memcpy(x->a[0].own_currency, o.own_currency, 4);
        list[x->n_list++] = o.constant;
    }
    return st;
}

static arc_status read_children(arci_expr_reader *r, const arci_json *args, arci_expr *x)
{
    const arci_expr *child;
    arci_expr **to = &x->child;
    if (args->type != ARCI_JSON_ARRAY || !args->n) return wrong(r, args, ARC_E_VALUE, "takes a list of conditions", "需要条件列表");
    for (const arci_json *e = args->child; e; e = e->next) {
        arc_status st = arci_expr_read(r, e, &child);
        if (st != ARC_OK) return st;
        *to = (arci_expr *)(uintptr_t)child;
        to = &(*to)->next;
    }
    return ARC_OK;
}

/* {"!": {"var": x}} is "x is empty", {"!!": {"var": x}} "x is there"; anything else is negated. */
static arc_status read_not(arci_expr_reader *r, const arci_json *args, arci_expr *x, int twice)
{
    const arci_json *arg = args->type == ARCI_JSON_ARRAY && args->n == 1 ? args->child : args;
    const arci_json *var = var_of(arg);
    const arci_expr *child;
    arc_status st;
    if (var) {
        arci_expr *set = twice ? x : arci_arena_calloc(r->arena, 1, sizeof *set);
        if (!set) return arci_nomem(r->env);
        if (!twice) x->child = set;
        set->op = X_SET;
        return read_var(r, var, &set->a[0]);
    }
    if (twice) return wrong(r, arg, ARC_E_VALUE, "takes a field", "需要字段");
    st = arci_expr_read(r, arg, &child);
    if (st == ARC_OK) x->child = (arci_expr *)(uintptr_t)child;
    return st;
}

arc_status arci_expr_read(arci_expr_reader *r, const arci_json *node, const arci_expr **out)
{
    static const struct {
        const char *name;
        uint8_t op, how; /* how: 1 equality, 2 order, 3 order the other way round */
    } ops[] = { { "==", X_EQ, 1 }, { "===", X_EQ, 1 }, { "!=", X_NE, 1 }, { "!==", X_NE, 1 },
                { "<", X_LT, 2 },  { "<=", X_LE, 2 },  { ">", X_LT, 3 },  { ">=", X_LE, 3 } };
    *out = NULL;
    if (node->type != ARCI_JSON_OBJECT || node->n != 1) return wrong(r, node, ARC_E_VALUE, "a condition is an object with one operator", "条件须为只含一个运算符的对象");
    const arci_json *args = node->child;
    arci_expr *x = arci_arena_calloc(r->arena, 1, sizeof *x);
    if (!x) return arci_nomem(r->env);
    *out = x;
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (strcmp(ops[i].name, args->key) != 0) continue;
        x->op = ops[i].op;
        return read_compare(r, args, x, ops[i].how > 1, ops[i].how == 3);
    }
    if (strcmp(args->key, "and") == 0 || strcmp(args->key, "or") == 0) {
        x->op = args->key[0] == 'a' ? X_AND : X_OR;
        return read_children(r, args, x);
    }
    x->op = X_NOT;
    if (strcmp(args->key, "!") == 0) return read_not(r, args, x, 0);
    if (strcmp(args->key, "!!") == 0) return read_not(r, args, x, 1);
    x->op = X_IN;
    if (strcmp(args->key, "in") == 0) return read_in(r, args, x);
    return wrong(r, args, ARC_E_NOT_FOUND, "there is no such operator", "没有该运算符");
}

const arci_field *arci_expr_first_field(const arci_expr *x)
{
    for (uint32_t i = 0; i < 3; i++) {
        if (x->a[i].f) return x->a[i].f;
    }
    for (const arci_expr *c = x->child; c; c = c->next) {
        const arci_field *f = arci_expr_first_field(c);
        if (f) return f;
    }
    return NULL;
}

/* ---- testing ----------------------------------------------------------------------------------------------------------- */

const arc_value *arci_valid_value(const arci_valid_row *row, const arci_entity *e, const arci_field *f)
{
    if (row->row && f->id < ARCI_FIELD_CUSTOM_FIRST) {
        uint16_t col = arci_field_col(e, f);
        uint32_t from = 0, to = row->n_cols;
        while (from < to) {
            uint32_t mid = (from + to) / 2;
            if (row->cols[mid] < col) from = mid + 1;
            else to = mid;
        }
        if (from < row->n_cols && row->cols[from] == col) return &row->row[from];
    }
    return arci_record_value(row->record, f->id);
}

typedef struct tester {
    const arci_entity *e;
    const arci_valid_row *row;
    int lenient;
} tester;

static const arc_value *value_of(const tester *t, const operand *o)
{
    return o->f ? arci_valid_value(t->row, t->e, o->f) : &o->constant;
}

/* The currency an amount is in; "" when it is not known or any will do. */
static void currency_of(const tester *t, const operand *o, char out[4])
{
    memset(out, 0, 4);
    if (!o->f) {
        memcpy(out, o->own_currency, 3);
    } else if (o->currency) {
        const arc_value *v = arci_valid_value(t->row, t->e, o->currency);
        if (v->type == ARC_V_TEXT && v->len == 3) memcpy(out, v->u.s, 3);
    } else {
        const arci_record *r = t->row->record;
        for (uint32_t i = 0; i < r->n_custom; i++) {
            if (r->cfields[i]->field.id == o->f->id) memcpy(out, r->ccurrency[i], 3);
        }
    }
}

/* -1, 0, 1; decimals of different scales are brought to one without loss. */
static int order_of(const operand *a, const arc_value *va, const operand *b, const arc_value *vb, const arci_field *typed)
{
    uint32_t sa = a->f ? a->f->size : typed->size, sb = b->f ? b->f->size : typed->size;
    if (va->type == ARC_V_TEXT) {
        uint32_t n = va->len < vb->len ? va->len : vb->len;
        int c = n ? memcmp(va->u.s, vb->u.s, n) : 0;
        return c ? (c > 0) - (c < 0) : (va->len > vb->len) - (va->len < vb->len);
    }
    if (family(typed) == 'n') {
        if (typed->type != ARC_T_DECIMAL && !a->f) sa = 0;
        if (a->f && a->f->type != ARC_T_DECIMAL) sa = 0;
        if (b->f && b->f->type != ARC_T_DECIMAL) sb = 0;
        if (typed->type != ARC_T_DECIMAL && !b->f) sb = 0;
        arc_decimal x = { va->u.i, (int32_t)sa, 0 }, y = { vb->u.i, (int32_t)sb, 0 };
        int32_t c = 0;
        (void)arc_decimal_compare(&c, &x, &y);
        return c;
    }
    return (va->u.i > vb->u.i) - (va->u.i < vb->u.i);
}

/* 0 equal currencies (or none needed), 1 the constant's currency is not the row's, 2 two fields differ. */
static int currencies_differ(const tester *t, const operand *a, const operand *b)
{
    char x[4], y[4];
    if ((a->f && a->f->type != ARC_T_MONEY) || (b->f && b->f->type != ARC_T_MONEY)) return 0;
    currency_of(t, a, x);
    currency_of(t, b, y);
    if ((!a->f && !x[0]) || (!b->f && !y[0]) || memcmp(x, y, 4) == 0) return 0;
    return a->f && b->f ? 2 : 1;
}

static int compare(const tester *t, const arci_expr *x, uint32_t at, const arci_field *typed)
{
    const operand *a = &x->a[at], *b = &x->a[at + 1];
    const arc_value *va = value_of(t, a), *vb = value_of(t, b);
    if (va->type == ARC_V_NULL || vb->type == ARC_V_NULL) {
        int null_asked = (!a->f && va->type == ARC_V_NULL) || (!b->f && vb->type == ARC_V_NULL);
        if (t->lenient && !null_asked) return ARCI_UNKNOWN;
        if (x->op == X_EQ) return va->type == vb->type;
        return x->op == X_NE && va->type != vb->type;
    }
    if (typed->type == ARC_T_MONEY) {
        int differ = currencies_differ(t, a, b);
        if (differ) return differ == 1 && t->lenient ? ARCI_UNKNOWN : x->op == X_NE;
    }
    int c = order_of(a, va, b, vb, typed);
    switch (x->op) {
    case X_EQ: return c == 0;
    case X_NE: return c != 0;
    case X_LT: return c < 0;
    default: return c <= 0;
    }
}

static int test(const tester *t, const arci_expr *x);

static int test_all(const tester *t, const arci_expr *x)
{
    int and = x->op == X_AND, result = and;
    for (const arci_expr *c = x->child; c; c = c->next) {
        int one = test(t, c);
        if (one == !and) return one;
        if (one == ARCI_UNKNOWN) result = ARCI_UNKNOWN;
    }
    return result;
}

static int contains(const arc_value *v, const arc_value *part)
{
    for (uint32_t i = 0; i + part->len <= v->len; i++) {
        if (!memcmp(v->u.s + i, part->u.s, part->len)) return 1;
    }
    return 0;
}

static int test_in(const tester *t, const arci_expr *x)
{
    const arc_value *v = value_of(t, &x->a[0]);
    if (v->type == ARC_V_NULL) return t->lenient ? ARCI_UNKNOWN : ARCI_FALSE;
    if (x->op == X_CONTAINS) return contains(v, &x->a[1].constant);
    if (x->a[0].f->type == ARC_T_MONEY && x->a[0].own_currency[0]) {
        char own[4];
        currency_of(t, &x->a[0], own);
        if (memcmp(own, x->a[0].own_currency, 3) != 0) return t->lenient ? ARCI_UNKNOWN : ARCI_FALSE;
    }
    for (uint32_t i = 0; i < x->n_list; i++) {
        if (order_of(&x->a[0], v, &x->a[0], &x->list[i], x->a[0].f) == 0) return ARCI_TRUE;
    }
    return ARCI_FALSE;
}

static int test(const tester *t, const arci_expr *x)
{
    int one;
    const arc_value *v;
    switch (x->op) {
    case X_AND:
    case X_OR: return test_all(t, x);
    case X_NOT:
        one = test(t, x->child);
        return one == ARCI_UNKNOWN ? one : !one;
    case X_SET:
        v = value_of(t, &x->a[0]);
        return v->type != ARC_V_NULL && (v->type != ARC_V_TEXT || v->len);
    case X_IN:
    case X_CONTAINS: return test_in(t, x);
    default: break;
    }
    const arci_field *typed = x->a[0].f ? x->a[0].f : x->a[1].f ? x->a[1].f : x->a[2].f;
    one = compare(t, x, 0, typed);
    if (x->n == 3 && one != ARCI_FALSE) {
        int two = compare(t, x, 1, typed);
        if (two != ARCI_TRUE) one = two;
    }
    return one;
}

int arci_expr_test(const arci_expr *x, const arci_entity *e, const arci_valid_row *row, int lenient)
{
    tester t = { e, row, lenient };
    return test(&t, x);
}
