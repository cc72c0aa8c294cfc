/* SPDX-License-Identifier: Apache-2.0 */
#include "model/formula.h"

#include <string.h>

#include "arcore/money.h"
#include "model/record.h"

enum { MAX_OPS = 64, MAX_DEPTH = 16, MAX_OPERANDS = 16, MAX_SCALE = 18 };

static const char *const modes[] = { "exact", "half_up", "half_even", "half_down", "up", "down", "ceiling", "floor" };
_Static_assert(ARC_ROUND_EXACT == 0 && ARC_ROUND_HALF_UP == 1 && ARC_ROUND_HALF_EVEN == 2 && ARC_ROUND_HALF_DOWN == 3 && ARC_ROUND_UP == 4 &&
                   ARC_ROUND_DOWN == 5 && ARC_ROUND_CEILING == 6 && ARC_ROUND_FLOOR == 7,
               "modes are named by their number");

int32_t arci_round_by_name(const char *name)
{
    for (int32_t i = 0; i < (int32_t)(sizeof modes / sizeof modes[0]); i++) {
        if (strcmp(modes[i], name) == 0) return i;
    }
    return -1;
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

/* What an operand is: an amount or a number, and how many decimals it can have (an amount: beyond those of its currency). */
typedef struct kind {
    uint8_t money;
    uint32_t scale;
} kind;

typedef struct reader {
    arci_env *env;
    const arci_custom *fields;
    const arci_entity *e;
    arci_formula_op ops[MAX_OPS];
    uint32_t n, depth, deepest;
    uint8_t custom;
} reader;

static arc_status fault(const reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status push(reader *r, const arci_json *at, arci_formula_op op, uint32_t operands)
{
    if (r->n == MAX_OPS) return fault(r, at, ARC_E_LIMIT, "more than 64 steps", "公式超过 64 步");
    r->ops[r->n++] = op;
    r->depth = r->depth - operands + 1;
    if (r->depth > r->deepest) r->deepest = r->depth;
    return r->depth > MAX_DEPTH ? fault(r, at, ARC_E_LIMIT, "nested too deep", "公式嵌套过深") : ARC_OK;
}

static arc_status read_var(reader *r, const arci_json *node, kind *k)
{
    arci_formula_op op = { .op = ARCI_FX_FIELD };
    const arci_custom_field *cf = NULL;
    const arci_field *f = NULL;
    if (node->type != ARCI_JSON_STRING) return fault(r, node, ARC_E_SYNTAX, "the name of a field is needed", "须为字段名");
    f = arci_entity_field(r->e, node->s, node->len);
    if (!f) cf = arci_custom_by_name(r->fields, r->e, node->s, node->len);
    if (cf) f = &cf->field;
    if (!f) return fault(r, node, ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
    if (f->flags & ARCI_F_DERIVED) return fault(r, node, ARC_E_VALUE, "a computed field cannot be computed with", "计算字段不能参与计算");
    if (f->type != ARC_T_MONEY && f->type != ARC_T_DECIMAL && (f->type != ARC_T_INT || f->id < ARCI_FIELD_FIRST)) {
        return fault(r, node, ARC_E_VALUE, "only amounts and numbers are computed with", "只有金额和数值可以参与计算");
    }
    op.field = f->id;
    if (cf) r->custom = 1;
    k->money = f->type == ARC_T_MONEY;
    k->scale = f->type == ARC_T_DECIMAL ? f->size : 0;
    return push(r, node, op, 0);
}

static arc_status read_constant(reader *r, const arci_json *node, kind *k)
{
    arci_formula_op op = { .op = ARCI_FX_CONST };
    if (arc_decimal_parse(&op.value, node->s, node->len) != ARC_OK) return fault(r, node, ARC_E_VALUE, "not a number that is exact here", "不是可精确表示的数值");
    k->money = 0;
    k->scale = (uint32_t)op.value.scale;
    return push(r, node, op, 0);
}

static arc_status read_operand(reader *r, const arci_json *node, kind *k);

static arc_status join_sum(reader *r, const arci_json *node, uint8_t op, kind *a, const kind *b)
{
    if (a->money != b->money) return fault(r, node, ARC_E_VALUE, "an amount and a number do not add up", "金额与数值不能相加减");
    if (b->scale > a->scale) a->scale = b->scale;
    return push(r, node, (arci_formula_op){ .op = op }, 2);
}

static arc_status join_product(reader *r, const arci_json *node, kind *a, const kind *b)
{
    if (a->money && b->money) return fault(r, node, ARC_E_VALUE, "two amounts have no product", "两个金额不能相乘");
    a->money |= b->money;
    a->scale += b->scale;
    if (a->scale > MAX_SCALE) return fault(r, node, ARC_E_LIMIT, "the product has more than 18 decimals", "乘积超过 18 位小数");
    return push(r, node, (arci_formula_op){ .op = ARCI_FX_MUL }, 2);
}

/* + - *: from left to right. */
static arc_status read_list(reader *r, const arci_json *list, char sign, kind *k)
{
    uint32_t least = sign == '-' ? 1 : 2, most = sign == '-' ? 2 : MAX_OPERANDS;
    if (list->type != ARCI_JSON_ARRAY || list->n < least || list->n > most) {
        return fault(r, list, ARC_E_SYNTAX, "+ and * take a list of 2 to 16 operands, - of one or two", "+ 与 * 须有 2 至 16 个操作数，- 须有一个或两个");
    }
    arc_status st = read_operand(r, list->child, k);
    if (st == ARC_OK && list->n == 1) return push(r, list, (arci_formula_op){ .op = ARCI_FX_NEG }, 1);
    for (const arci_json *node = list->child->next; st == ARC_OK && node; node = node->next) {
        kind b = { 0, 0 };
        st = read_operand(r, node, &b);
        if (st != ARC_OK) break;
        if (sign == '*') st = join_product(r, node, k, &b);
        else st = join_sum(r, node, sign == '+' ? ARCI_FX_ADD : ARCI_FX_SUB, k, &b);
    }
    return st;
}

static arc_status read_division(reader *r, const arci_json *list, kind *k)
{
    arci_formula_op op = { .op = ARCI_FX_DIV };
    kind b = { 0, 0 };
    int64_t scale = -1;
    if (list->type != ARCI_JSON_ARRAY || list->n != 4) {
        return fault(r, list, ARC_E_SYNTAX, "/ takes a dividend, a divisor, the decimals kept and a rounding mode",
                     "/ 须有被除数、除数、保留小数位和舍入方式");
    }
    const arci_json *divisor = list->child->next, *decimals = divisor->next, *round = decimals->next;
    arc_status st = read_operand(r, list->child, k);
    if (st == ARC_OK) st = read_operand(r, divisor, &b);
    if (st != ARC_OK) return st;
    if (b.money && !k->money) return fault(r, divisor, ARC_E_VALUE, "a number is not divided by an amount", "数值不能除以金额");
    if (decimals->type != ARCI_JSON_NUMBER || arci_int_parse(decimals->s, decimals->len, &scale) != ARC_OK || scale < 0 || scale > MAX_SCALE) {
        return fault(r, decimals, ARC_E_RANGE, "0 to 18 decimals", "小数位须为 0 至 18");
    }
    int32_t mode = round->type == ARCI_JSON_STRING ? arci_round_by_name(round->s) : -1;
    if (mode < 1) return fault(r, round, ARC_E_VALUE, "half_up, half_even, half_down, up, down, ceiling or floor", "须为 half_up、half_even、half_down、up、down、ceiling 或 floor");
    op.scale = (uint8_t)scale;
    op.mode = (uint8_t)mode;
    k->money = k->money && !b.money;
    k->scale = (uint32_t)scale;
    return push(r, list, op, 2);
}

static arc_status read_operand(reader *r, const arci_json *node, kind *k)
{
    if (node->type == ARCI_JSON_NUMBER) return read_constant(r, node, k);
    if (node->type != ARCI_JSON_OBJECT || node->n != 1) {
        return fault(r, node, ARC_E_SYNTAX, "a number, {\"var\": FIELD}, or an object with one of + - * /", "须为数值、{\"var\": 字段} 或含 + - * / 之一的对象");
    }
    const arci_json *m = node->child;
    if (strcmp(m->key, "var") == 0) return read_var(r, m, k);
    if (strcmp(m->key, "/") == 0) return read_division(r, m, k);
    if (m->key_len == 1 && strchr("+-*", m->key[0])) return read_list(r, m, m->key[0], k);
    return fault(r, m, ARC_E_NOT_FOUND, "one of var + - * /", "须为 var + - * / 之一");
}

static arc_status finish(reader *r, arci_arena *arena, const arci_json *root, const kind *k, uint32_t scale, int32_t mode, arci_formula **out)
{
    if (mode == ARC_ROUND_EXACT && k->scale > (k->money ? 0 : scale)) {
        return fault(r, root, ARC_E_REQUIRED, "the result can have more decimals than are kept: \"round\" must say how", "结果的小数位可能超出保留位数：须给出 \"round\"");
    }
    arci_formula *f = *out = arci_arena_calloc(arena, 1, sizeof *f);
    if (!f) return arci_nomem(r->env);
    f->ops = arci_arena_alloc(arena, r->n * sizeof *f->ops);
    if (!f->ops) return arci_nomem(r->env);
    memcpy(f->ops, r->ops, r->n * sizeof *f->ops);
    f->n_ops = r->n;
    f->money = k->money;
    f->mode = (uint8_t)mode;
    f->scale = (uint8_t)scale;
    f->custom = r->custom;
    return ARC_OK;
}

arc_status arci_formula_read(arci_env *env, arci_arena *arena, const arci_custom *fields, const arci_entity *e, const char *json,
                             uint32_t scale, const char *round, arci_formula **out)
{
    reader r = { .env = env, .fields = fields, .e = e };
    arci_json *root;
    arci_arena text;
    kind k = { 0, 0 };
    int32_t mode = round && *round ? arci_round_by_name(round) : ARC_ROUND_EXACT;
    if (mode < 0) {
        arci_fail(env, ARC_E_VALUE, "no such rounding mode", "没有该舍入方式");
        arci_fail_at(env, "custom_field", "round", -1, -1);
        return ARC_E_VALUE;
    }
    arci_arena_init(&text, env->ctx);
    arc_status st = arci_json_parse(env, &text, json, strlen(json), &arci_json_default_limits, &root);
    if (st == ARC_OK) st = read_operand(&r, root, &k);
    if (st == ARC_OK) st = finish(&r, arena, root, &k, scale, mode, out);
    arci_arena_clear(&text);
    if (st != ARC_OK && st != ARC_E_NOMEM) arci_fail_at(env, "custom_field", "formula", -1, -1);
    return st;
}

/* ---- computing ------------------------------------------------------------------------------------------------------------- */

typedef struct operand {
    arc_decimal d;
    char currency[4]; /* "" for numbers */
} operand;

static uint32_t custom_at(const arci_record *r, uint32_t number)
{
    uint32_t i = 0;
    while (i < r->n_custom && r->cfields[i]->field.id != number) i++;
    return i;
}

static int take_field(const arci_record *r, uint32_t number, operand *o)
{
    const arc_value *v;
    const arci_field *f;
    arc_money m;
    memset(&m, 0, sizeof m);
    if (number >= ARCI_FIELD_CUSTOM_FIRST) {
        uint32_t i = custom_at(r, number);
        if (i == r->n_custom) return 0;
        v = &r->cvalues[i];
        f = &r->cfields[i]->field;
        memcpy(m.currency, r->ccurrency[i], 3);
    } else {
        f = arci_entity_field_id(r->entity, number);
        v = arci_record_value(r, number);
        const arci_field *cf = f->type == ARC_T_MONEY ? arci_entity_field(r->entity, f->aux, strlen(f->aux)) : NULL;
        const arc_value *currency = cf ? arci_record_value(r, cf->id) : NULL;
        if (currency && currency->type == ARC_V_TEXT && currency->len == 3) memcpy(m.currency, currency->u.s, 3);
    }
    if (v->type != ARC_V_INT) return 0;
    memset(o, 0, sizeof *o);
    if (f->type != ARC_T_MONEY) return arc_decimal_set(&o->d, v->u.i, f->type == ARC_T_DECIMAL ? (int32_t)f->size : 0) == ARC_OK;
    m.minor = v->u.i;
    memcpy(o->currency, m.currency, 4);
    return m.currency[0] && arc_money_to_decimal(&o->d, &m) == ARC_OK;
}

static int join(const arci_formula_op *op, operand *a, const operand *b)
{
    arc_status st;
    if (a->currency[0] && b->currency[0] && memcmp(a->currency, b->currency, 3) != 0) return 0;
    switch (op->op) {
    case ARCI_FX_ADD: st = arc_decimal_add(&a->d, &a->d, &b->d); break;
    case ARCI_FX_SUB: st = arc_decimal_sub(&a->d, &a->d, &b->d); break;
    case ARCI_FX_MUL:
        st = arc_decimal_mul(&a->d, &a->d, &b->d, ARC_SCALE_NATURAL, ARC_ROUND_EXACT);
        if (b->currency[0]) memcpy(a->currency, b->currency, 4);
        break;
    default:
        st = arc_decimal_div(&a->d, &a->d, &b->d, op->scale, op->mode);
        if (b->currency[0]) a->currency[0] = 0; /* amounts by amounts: a number */
        break;
    }
    return st == ARC_OK;
}

static int compute(const arci_formula *f, const arci_record *r, operand *stack)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n_ops; i++) {
        const arci_formula_op *op = &f->ops[i];
        int ok = 1;
        if (op->op == ARCI_FX_FIELD) {
            ok = take_field(r, op->field, &stack[n++]);
        } else if (op->op == ARCI_FX_CONST) {
            memset(&stack[n], 0, sizeof *stack);
            stack[n++].d = op->value;
        } else if (op->op == ARCI_FX_NEG) {
            ok = arc_decimal_neg(&stack[n - 1].d, &stack[n - 1].d) == ARC_OK;
        } else {
            n--;
            ok = join(op, &stack[n - 1], &stack[n]);
        }
        if (!ok) return 0;
    }
    return 1;
}

void arci_formula_value(const arci_formula *f, const arci_record *r, arc_value *v, char currency[4])
{
    operand stack[MAX_DEPTH + 1];
    arc_decimal d;
    arc_money m;
    memset(v, 0, sizeof *v);
    memset(currency, 0, 4);
    if (!compute(f, r, stack)) return;
    if (f->money) {
        if (!stack[0].currency[0] || arc_money_from_decimal(&m, &stack[0].d, stack[0].currency, f->mode) != ARC_OK) return;
        memcpy(currency, stack[0].currency, 3);
        v->u.i = m.minor;
    } else {
        if (arc_decimal_rescale(&d, &stack[0].d, f->scale, f->mode) != ARC_OK) return;
        v->u.i = d.mantissa;
    }
    v->type = ARC_V_INT;
}
