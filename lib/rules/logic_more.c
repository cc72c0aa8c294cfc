/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic, choices, calendar days, lists of child rows. */
#include <string.h>

#include "rules/logic_impl.h"

static uint32_t fault(arci_compile *c, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh)
{
    char pointer[512];
    arci_json_pointer(at, pointer, sizeof pointer);
    return arci_logic_fault(c, pointer, st, code, en, zh);
}

static int is_number(uint8_t type) { return type == ARCI_FACT_INT || type == ARCI_FACT_DECIMAL; }

static const arci_lx number_model = { .op = LX_ADD, .type = ARCI_FACT_DECIMAL };

/* Expressions first, then constants by `model`, or by the first expression when there is one to go by. */
static int read_all(arci_compile *c, const arci_json *args, uint32_t *kids, uint32_t n, const arci_lx *model)
{
    arci_lx by;
    int ok = 1, have = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_json *a = arci_logic_arg(args, i);
        kids[i] = LX_BAD;
        if (arci_logic_is_literal(a)) continue;
        if (a->type == ARCI_JSON_ARRAY) return fault(c, a, ARC_E_VALUE, "constant", "a list has no place here", "此处不能是列表"), 0;
        kids[i] = arci_logic_read(c, a);
        if (kids[i] == LX_BAD) ok = 0;
        else if (!have && c->p->x[kids[i]].type) by = c->p->x[kids[i]], have = 1;
    }
    if (have && is_number(by.type)) by = number_model; /* a result may have more decimals than the field */
    for (uint32_t i = 0; ok && i < n; i++) {
        const arci_json *a = arci_logic_arg(args, i);
        if (!arci_logic_is_literal(a)) continue;
        kids[i] = arci_logic_literal(c, a, model ? model : have ? &by : NULL);
        if (kids[i] == LX_BAD) ok = 0;
    }
    return ok;
}

/* ---- arithmetic ---------------------------------------------------------------------------------------------------------------- */

static int all_numbers(const arci_compile *c, const uint32_t *kids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!is_number(c->p->x[kids[i]].type)) return 0;
    }
    return 1;
}

static uint32_t amounts(const arci_compile *c, const uint32_t *kids, uint32_t n)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) k += c->p->x[kids[i]].type == ARCI_FACT_MONEY;
    return k;
}

static int mixed(const arci_compile *c, const uint32_t *kids, uint32_t n)
{
    const arci_fact *first = NULL;
    if (arci_facts_get_currency(c->p->facts)[0]) return 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_lx *x = &c->p->x[kids[i]];
        if (x->type != ARCI_FACT_MONEY || (x->flags & LX_LITERAL) || !x->fact) continue;
        if (first && (first->currency != x->fact->currency || memcmp(first->fixed, x->fact->fixed, 4) != 0)) return 1;
        first = x->fact;
    }
    return 0;
}

/* The type of a result; 0: these do not go together. */
static uint8_t result_type(const arci_compile *c, uint8_t op, const uint32_t *kids, uint32_t n)
{
    uint32_t money = amounts(c, kids, n);
    uint8_t first = c->p->x[kids[0]].type;
    int numbers = all_numbers(c, kids, n), same = 1;
    for (uint32_t i = 1; i < n; i++) same &= c->p->x[kids[i]].type == first;
    if (op == LX_MIN || op == LX_MAX) {
        if (numbers) return ARCI_FACT_DECIMAL;
        return same && (first == ARCI_FACT_MONEY || first == ARCI_FACT_DATE || first == ARCI_FACT_STAMP) ? first : 0;
    }
    if (numbers) return ARCI_FACT_DECIMAL;
    if (op == LX_ADD || op == LX_SUB) return money == n ? ARCI_FACT_MONEY : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (c->p->x[kids[i]].type != ARCI_FACT_MONEY && !is_number(c->p->x[kids[i]].type)) return 0;
    }
    if (op == LX_MUL) return money == 1 ? ARCI_FACT_MONEY : 0;
    return money == 2 ? (uint8_t)ARCI_FACT_DECIMAL : first == ARCI_FACT_MONEY ? (uint8_t)ARCI_FACT_MONEY : 0;
}

/* A constant beside an amount is an amount where amounts are added and compared, a number where they are multiplied and divided. */
static const arci_lx *constants_as(uint8_t op, const arci_json *args)
{
    int expressions = 0;
    for (uint32_t i = 0; i < arci_logic_args(args); i++) expressions |= !arci_logic_is_literal(arci_logic_arg(args, i));
    return op == LX_MUL || op == LX_DIV || !expressions ? &number_model : NULL;
}

uint32_t arci_logic_arithmetic(arci_compile *c, const arci_json *args, uint8_t op)
{
    uint32_t n = arci_logic_args(args), least = op == LX_DIV ? 2u : 1u, most = op == LX_DIV || op == LX_SUB ? 2u : 100u;
    if (n < least || n > most) return fault(c, args, ARC_E_VALUE, "arity", "takes another number of operands", "操作数个数不符");
    uint32_t *kids = arci_arena_alloc(c->p->arena, n * sizeof *kids);
    if (!kids || !read_all(c, args, kids, n, constants_as(op, args))) return LX_BAD;
    for (uint32_t i = 0; i < n; i++) {
        if (c->p->x[kids[i]].op == LX_NOTHING) return fault(c, args, ARC_E_VALUE, "null", "null has no place in arithmetic", "算术中不能有 null");
    }
    uint8_t type = result_type(c, op, kids, n);
    if (!type) return fault(c, args, ARC_E_VALUE, "type", "values of these kinds cannot be reckoned with each other", "这些类型的值不能一起计算");
    if (mixed(c, kids, n)) return fault(c, args, ARC_E_CURRENCY, "currency_mixed", "amounts that may be in different currencies: state the currency of the rule", "金额可能币种不同：请注明规则的币种");
    uint32_t node = arci_lx_with(c, op, type, args, kids, n);
    for (uint32_t i = 0; node != LX_BAD && type == ARCI_FACT_MONEY && i < n; i++) {
        const arci_lx *x = &c->p->x[kids[i]];
        if (x->type == ARCI_FACT_MONEY && x->fact && !c->p->x[node].fact) c->p->x[node].fact = x->fact;
    }
    return node;
}

/* ---- if ---------------------------------------------------------------------------------------------------------------------------- */

/* The operands of an `if` of values: condition, value, ..., else. */
static uint32_t choose_values(arci_compile *c, const arci_json *args, uint32_t n, uint32_t *kids)
{
    arci_lx model;
    int have = 0, ok = 1;
    for (uint32_t i = 0; i < n; i++) {
        const arci_json *a = arci_logic_arg(args, i);
        int condition = i % 2 == 0 && i + 1 < n;
        kids[i] = LX_BAD;
        if (condition) kids[i] = arci_logic_read_bool(c, a);
        else if (!arci_logic_is_literal(a)) kids[i] = arci_logic_read(c, a);
        else continue;
        if (kids[i] == LX_BAD) ok = 0;
        else if (!condition && !have && c->p->x[kids[i]].type) model = c->p->x[kids[i]], have = 1;
    }
    if (have && is_number(model.type)) model = number_model;
    for (uint32_t i = 0; ok && i < n; i++) {
        if (kids[i] != LX_BAD) continue;
        kids[i] = arci_logic_literal(c, arci_logic_arg(args, i), have ? &model : NULL);
        if (kids[i] == LX_BAD) ok = 0;
        else if (!have && c->p->x[kids[i]].type) model = c->p->x[kids[i]], have = 1;
    }
    if (!ok) return LX_BAD;
    if (!have) return fault(c, args, ARC_E_VALUE, "type", "nothing but null comes out", "结果只有 null");
    int numbers = is_number(model.type), may_lack = n % 2 == 0;
    for (uint32_t i = 1; i < n; i++) {
        const arci_lx *x = &c->p->x[kids[i]];
        if (i % 2 == 0 && i + 1 < n) continue;
        may_lack |= x->op == LX_NOTHING || (x->flags & LX_NULLABLE);
        if (x->op != LX_NOTHING && x->type != model.type && !(numbers && is_number(x->type))) {
            return fault(c, args, ARC_E_VALUE, "type", "the outcomes are of different kinds", "各分支的结果类型不同");
        }
    }
    uint32_t node = arci_lx_with(c, LX_CHOOSE, numbers ? (uint8_t)ARCI_FACT_DECIMAL : model.type, args, kids, n);
    if (node == LX_BAD) return node;
    c->p->x[node].flags = may_lack ? LX_NULLABLE : 0;
    c->p->x[node].fact = numbers ? NULL : model.fact;
    return node;
}

static int is_condition(arci_compile *c, const arci_json *a)
{
    static const char *const names[] = { "and", "or", "!", "!!", "==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "startsWith", "endsWith", "some", "all", "none" };
    (void)c;
    if (a->type == ARCI_JSON_TRUE || a->type == ARCI_JSON_FALSE) return 1;
    if (a->type != ARCI_JSON_OBJECT || a->n != 1) return 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], a->child->key) == 0) return 1;
    }
    return (strcmp(a->child->key, "if") == 0 || strcmp(a->child->key, "?:") == 0) && arci_logic_args(a->child) > 1 && is_condition(c, arci_logic_arg(a->child, 1));
}

uint32_t arci_logic_choose(arci_compile *c, const arci_json *args)
{
    uint32_t n = arci_logic_args(args);
    if (args->type != ARCI_JSON_ARRAY || n < 2 || n > 200) return fault(c, args, ARC_E_VALUE, "arity", "takes a condition, a value, and so on, and what else", "依次为条件、值……以及否则的值");
    uint32_t *kids = arci_arena_alloc(c->p->arena, (n + 1) * sizeof *kids);
    if (!kids) return LX_BAD;
    if (!is_condition(c, arci_logic_arg(args, 1))) return choose_values(c, args, n, kids);
    if (n % 2 == 0) return fault(c, args, ARC_E_VALUE, "arity", "an `if` of conditions says what holds else", "条件型 if 必须写出否则分支");
    for (uint32_t i = 0; i < n; i++) kids[i] = arci_logic_read_bool(c, arci_logic_arg(args, i));
    return arci_lx_with(c, LX_IF, ARCI_FACT_BOOL, args, kids, n);
}

/* ---- days ----------------------------------------------------------------------------------------------------------------------------- */

uint32_t arci_logic_days(arci_compile *c, const arci_json *args, uint8_t op)
{
    static const arci_lx date = { .op = LX_ADD_DAYS, .type = ARCI_FACT_DATE };
    uint32_t kids[2];
    if (args->type != ARCI_JSON_ARRAY || args->n != 2) return fault(c, args, ARC_E_VALUE, "arity", "takes two operands", "需要两个操作数");
    if (op == LX_ADD_BUSINESS_DAYS && arci_facts_are_alone(c->p->facts)) return fault(c, args, ARC_E_UNSUPPORTED, "operator_left_out", "rules about records know no calendar", "针对记录的规则没有日历");
    for (uint32_t i = 0; i < 2; i++) {
        const arci_json *a = arci_logic_arg(args, i);
        int day = i == 0 || op == LX_DAYS_BETWEEN;
        kids[i] = arci_logic_is_literal(a) ? arci_logic_literal(c, a, day ? &date : &number_model) : arci_logic_read(c, a);
        if (kids[i] == LX_BAD) return LX_BAD;
        const arci_lx *x = &c->p->x[kids[i]];
        if (day && x->type != ARCI_FACT_DATE) return fault(c, a, ARC_E_VALUE, "type", "a date is asked for here", "此处须为日期");
        if (!day && (!is_number(x->type) || (x->op == LX_CONST && x->scale))) return fault(c, a, ARC_E_VALUE, "type", "a whole number is asked for here", "此处须为整数");
    }
    return arci_lx_with(c, op, op == LX_DAYS_BETWEEN ? ARCI_FACT_INT : ARCI_FACT_DATE, args, kids, 2);
}

/* ---- lists ------------------------------------------------------------------------------------------------------------------------------ */

/* One of the chosen codes as a row of one fact, whose path is "". */
static arci_facts *choice_facts(arci_compile *c, const arci_fact *list)
{
    const arci_fact one = { .path = "", .type = ARCI_FACT_ENUM, .codes = list->codes };
    const arci_fact *made;
    arci_fact *own = (arci_fact *)(uintptr_t)list; /* the set's own: made when first needed */
    arci_facts *f = list->elements;
    arc_status st = f ? ARC_OK : arci_facts_new(c->env, &f, NULL, NULL);
    if (st == ARC_OK && !list->elements) {
        own->elements = f;
        st = arci_facts_param(c->env, f, &one, &made);
    }
    if (st == ARC_OK) st = arci_facts_path(c->env, f, &made, "", 0); /* slot 0 */
    if (st == ARC_OK) return f;
    c->st = st;
    c->stop = 1;
    return NULL;
}

static uint32_t over_arity(arci_compile *c, const arci_json *args, uint8_t op)
{
    uint32_t n = arci_logic_args(args), least = op == LX_COUNT ? 1u : 2u, most = op == LX_SUM ? 3u : 2u;
    if (n >= least && n <= most && (args->type == ARCI_JSON_ARRAY || op == LX_COUNT)) return 0;
    return fault(c, args, ARC_E_VALUE, "arity", "takes a list, what is asked of each element, and of sum a condition", "依次为列表、对每个元素的要求；sum 还可带条件");
}

uint32_t arci_logic_over(arci_compile *c, const arci_json *args, uint8_t op)
{
    arci_logic *sub = NULL, *filter = NULL;
    uint32_t list = over_arity(c, args, op), n = arci_logic_args(args);
    if (list == LX_BAD) return list;
    if (arci_logic_is_literal(arci_logic_arg(args, 0)) || arci_logic_arg(args, 0)->type == ARCI_JSON_ARRAY) return fault(c, args, ARC_E_VALUE, "type", "the first operand is the field that is the list", "第一个操作数须为列表字段");
    list = arci_logic_read(c, arci_logic_arg(args, 0));
    if (list == LX_BAD) return list;
    const arci_lx *l = &c->p->x[list];
    if (l->op != LX_VAR || (l->type != ARCI_FACT_LIST && l->type != ARCI_FACT_CHOICES)) return fault(c, args, ARC_E_VALUE, "type", "the first operand is the field that is the list", "第一个操作数须为列表字段");
    const arci_fact *fact = l->fact;
    arci_facts *elements = fact->type == ARCI_FACT_CHOICES ? choice_facts(c, fact) : fact->elements;
    if (!elements) return LX_BAD;
    if (op == LX_SUM && arci_logic_part(c, &sub, elements, arci_logic_arg(args, 1), 1) != ARC_OK) return LX_BAD;
    if (n > (op == LX_SUM ? 2u : 1u) && arci_logic_part(c, &filter, elements, arci_logic_arg(args, op == LX_SUM ? 2 : 1), 0) != ARC_OK) return LX_BAD;
    if (filter) arci_logic_flow(c, NULL, filter);
    if (sub && c->st == ARC_OK) arci_logic_flow(c, filter ? filter : sub, sub);
    if (c->st != ARC_OK || c->stop) return LX_BAD;
    uint8_t type = ARCI_FACT_BOOL;
    if (op == LX_COUNT) type = ARCI_FACT_INT;
    if (op == LX_SUM) type = sub->x[sub->root].type;
    if (op == LX_SUM && !is_number(type) && type != ARCI_FACT_MONEY) return fault(c, arci_logic_arg(args, 1), ARC_E_VALUE, "type", "only numbers and amounts add up", "只有数值和金额可以求和");
    uint32_t node = arci_lx_with(c, op, is_number(type) && op == LX_SUM ? (uint8_t)ARCI_FACT_DECIMAL : type, args, &list, 1);
    if (node == LX_BAD) return node;
    c->p->x[node].sub = sub;
    c->p->x[node].filter = filter;
    return node;
}
