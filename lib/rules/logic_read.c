/* SPDX-License-Identifier: Apache-2.0 */
/* From a JSON document to typed nodes: operators, boolean expressions, limits, faults. */
#include <string.h>

#include "rules/logic_impl.h"

/* ---- faults -------------------------------------------------------------------------------------------------------------- */

/* The error just set, at a place and with a code. */
static uint32_t note(arci_compile *c, const char *pointer, arc_status st, const char *code)
{
    if (c->st == ARC_OK) c->st = st;
    if (st == ARC_E_NOMEM) {
        c->stop = 1;
        return LX_BAD;
    }
    arci_fail_pointer(c->env, pointer);
    arci_fail_rule(c->env, code);
    if (!c->sink) {
        c->stop = 1;
        return LX_BAD;
    }
    arc_status told = arci_fault_note(c->env, c->sink);
    if (told != ARC_OK) {
        c->st = told;
        c->stop = 1;
    }
    return LX_BAD;
}

uint32_t arci_logic_fault(arci_compile *c, const char *pointer, arc_status st, const char *code, const char *en, const char *zh)
{
    if (c->stop) return LX_BAD;
    arci_fail(c->env, st, "%s%.0s", "%.0s%s", en, zh);
    return note(c, pointer, st, code);
}

static uint32_t fault(arci_compile *c, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh)
{
    char pointer[512];
    arci_json_pointer(at, pointer, sizeof pointer);
    return arci_logic_fault(c, pointer, st, code, en, zh);
}

/* ---- nodes --------------------------------------------------------------------------------------------------------------- */

static uint32_t no_memory(arci_compile *c)
{
    c->st = arci_nomem(c->env);
    c->stop = 1;
    return LX_BAD;
}

static void *grown(arci_compile *c, void *old, uint32_t n, uint32_t cap, size_t size)
{
    void *p = arci_arena_alloc(c->p->arena, cap * size);
    if (p && n) memcpy(p, old, n * size);
    if (!p) (void)no_memory(c);
    return p;
}

uint32_t arci_lx_new(arci_compile *c, uint8_t op, uint8_t type, const arci_json *at)
{
    arci_logic *p = c->p;
    char pointer[512];
    if (c->stop) return LX_BAD;
    if (++*c->nodes > ARCI_LOGIC_NODES) {
        (void)fault(c, at, ARC_E_LIMIT, "nodes", "more than 1,000 operators, fields and constants", "运算符、字段和常量超过 1,000 个");
        c->stop = 1;
        return LX_BAD;
    }
    if (p->n_x == p->cap_x) {
        uint32_t cap = p->cap_x ? p->cap_x * 2 : 8;
        arci_lx *x = grown(c, p->x, p->n_x, cap, sizeof *x);
        if (!x) return LX_BAD;
        p->x = x;
        p->cap_x = cap;
    }
    arci_lx *x = &p->x[p->n_x];
    memset(x, 0, sizeof *x);
    x->op = op;
    x->type = type;
    x->atom = 0xffff;
    if (op != LX_CONST && op != LX_TRUE && op != LX_FALSE) {
        arci_json_pointer(at->parent ? at->parent : at, pointer, sizeof pointer);
        x->pointer = arci_arena_strndup(p->arena, pointer, strlen(pointer));
        if (!x->pointer) return no_memory(c);
    }
    return p->n_x++;
}

uint32_t arci_lx_with(arci_compile *c, uint8_t op, uint8_t type, const arci_json *at, const uint32_t *kids, uint32_t n)
{
    arci_logic *p = c->p;
    uint32_t node = arci_lx_new(c, op, type, at);
    for (uint32_t i = 0; i < n; i++) {
        if (kids[i] == LX_BAD) return LX_BAD;
    }
    if (node == LX_BAD) return LX_BAD;
    if (p->n_kids + n > p->cap_kids) {
        uint32_t cap = (p->n_kids + n) * 2;
        uint32_t *more = grown(c, p->kids, p->n_kids, cap, sizeof *more);
        if (!more) return LX_BAD;
        p->kids = more;
        p->cap_kids = cap;
    }
    p->x[node].kid = p->n_kids;
    p->x[node].n = (uint16_t)n;
    for (uint32_t i = 0; i < n; i++) p->kids[p->n_kids++] = kids[i];
    return node;
}

/* ---- operands --------------------------------------------------------------------------------------------------------------- */

uint32_t arci_logic_args(const arci_json *args)
{
    return args->type == ARCI_JSON_ARRAY ? args->n : 1;
}

const arci_json *arci_logic_arg(const arci_json *args, uint32_t i)
{
    const arci_json *a = args->type == ARCI_JSON_ARRAY ? args->child : args;
    while (i--) a = a->next;
    return a;
}

int arci_logic_is_literal(const arci_json *node)
{
    return node->type < ARCI_JSON_ARRAY;
}

/* ---- boolean operators --------------------------------------------------------------------------------------------------------- */

static uint32_t as_bool(arci_compile *c, const arci_json *at, uint32_t node)
{
    if (node == LX_BAD) return node;
    const arci_lx *x = &c->p->x[node];
    if (arci_lx_is_bool(x)) return node;
    if (x->op == LX_VAR && x->type == ARCI_FACT_BOOL) return arci_lx_with(c, LX_FLAG, ARCI_FACT_BOOL, at->child, &node, 1);
    return fault(c, at, ARC_E_VALUE, "not_boolean", "a condition is asked for here, and this is none", "此处须为条件");
}

uint32_t arci_logic_read_bool(arci_compile *c, const arci_json *node)
{
    if (node->type == ARCI_JSON_TRUE || node->type == ARCI_JSON_FALSE) {
        return arci_lx_new(c, node->type == ARCI_JSON_TRUE ? LX_TRUE : LX_FALSE, ARCI_FACT_BOOL, node);
    }
    if (node->type != ARCI_JSON_OBJECT) return fault(c, node, ARC_E_VALUE, "not_boolean", "a condition is asked for here, and this is none", "此处须为条件");
    return as_bool(c, node, arci_logic_read(c, node));
}

static uint32_t all_of(arci_compile *c, const arci_json *args, uint8_t op)
{
    uint32_t n = arci_logic_args(args), bad = 0;
    if (!n) return fault(c, args, ARC_E_VALUE, "arity", "takes at least one condition", "至少需要一个条件");
    if (n > ARCI_LOGIC_NODES) return fault(c, args, ARC_E_LIMIT, "nodes", "more than 1,000 operands", "操作数超过 1,000 个");
    uint32_t *kids = arci_arena_alloc(c->p->arena, n * sizeof *kids);
    if (!kids) return no_memory(c);
    const arci_json *a = arci_logic_arg(args, 0);
    for (uint32_t i = 0; i < n; i++, a = a->next) {
        kids[i] = arci_logic_read_bool(c, a);
        bad |= kids[i] == LX_BAD;
    }
    return bad ? LX_BAD : arci_lx_with(c, op, ARCI_FACT_BOOL, args, kids, n);
}

/* {"!": {"var": x}}: "has no value or is empty". Numbers and amounts are refused, of which other engines take 0 for empty too. */
static uint32_t emptiness(arci_compile *c, const arci_json *at, uint32_t var)
{
    switch (c->p->x[var].type) {
    case ARCI_FACT_INT:
    case ARCI_FACT_DECIMAL:
    case ARCI_FACT_MONEY:
        return fault(c, at, ARC_E_VALUE, "truth_of_number", "a number is not a condition: compare it with null or with 0", "数值不是条件：请与 null 或 0 比较");
    case ARCI_FACT_LIST: return fault(c, at, ARC_E_VALUE, "not_boolean", "a list is not a condition: use some, none or count", "列表不是条件：请用 some、none 或 count");
    default: return arci_lx_with(c, LX_EMPTY, ARCI_FACT_BOOL, at->child, &var, 1);
    }
}

static uint32_t negation(arci_compile *c, const arci_json *args, int twice)
{
    if (arci_logic_args(args) != 1) return fault(c, args, ARC_E_VALUE, "arity", "takes one operand", "需要一个操作数");
    const arci_json *arg = arci_logic_arg(args, 0);
    uint32_t kid;
    if (arg->type == ARCI_JSON_OBJECT) {
        kid = arci_logic_read(c, arg);
        if (kid != LX_BAD && c->p->x[kid].op == LX_VAR && c->p->x[kid].type != ARCI_FACT_BOOL) {
            kid = emptiness(c, arg, kid);
            return twice || kid == LX_BAD ? (kid == LX_BAD ? kid : arci_lx_with(c, LX_NOT, ARCI_FACT_BOOL, args, &kid, 1)) : kid;
        }
        kid = as_bool(c, arg, kid);
    } else {
        kid = arci_logic_read_bool(c, arg);
    }
    return twice || kid == LX_BAD ? kid : arci_lx_with(c, LX_NOT, ARCI_FACT_BOOL, args, &kid, 1);
}

/* ---- operators -------------------------------------------------------------------------------------------------------------------- */

typedef uint32_t (*reader)(arci_compile *c, const arci_json *args, uint8_t op);

static uint32_t read_not(arci_compile *c, const arci_json *args, uint8_t op) { return negation(c, args, op); }
static uint32_t read_in(arci_compile *c, const arci_json *args, uint8_t op) { return (void)op, arci_logic_in(c, args); }
static uint32_t read_if(arci_compile *c, const arci_json *args, uint8_t op) { return (void)op, arci_logic_choose(c, args); }
static uint32_t read_var(arci_compile *c, const arci_json *args, uint8_t op) { return (void)op, arci_logic_var(c, args); }

static const struct {
    const char *name;
    reader read;
    uint8_t op;
} operators[] = {
    { "and", all_of, LX_AND }, { "or", all_of, LX_OR }, { "!", read_not, 0 }, { "!!", read_not, 1 }, { "var", read_var, 0 },
    { "==", arci_logic_compare, LX_EQ }, { "===", arci_logic_compare, LX_EQ }, { "!=", arci_logic_compare, LX_NE },
    { "!==", arci_logic_compare, LX_NE }, { "<", arci_logic_compare, LX_LT }, { "<=", arci_logic_compare, LX_LE },
    { ">", arci_logic_compare, LX_GT }, { ">=", arci_logic_compare, LX_GE }, { "in", read_in, 0 }, { "if", read_if, 0 },
    { "?:", read_if, 0 }, { "+", arci_logic_arithmetic, LX_ADD }, { "-", arci_logic_arithmetic, LX_SUB },
    { "*", arci_logic_arithmetic, LX_MUL }, { "/", arci_logic_arithmetic, LX_DIV }, { "min", arci_logic_arithmetic, LX_MIN },
    { "max", arci_logic_arithmetic, LX_MAX }, { "startsWith", arci_logic_affix, LX_STARTS }, { "endsWith", arci_logic_affix, LX_ENDS },
    { "some", arci_logic_over, LX_SOME }, { "all", arci_logic_over, LX_ALL }, { "none", arci_logic_over, LX_NONE },
    { "sum", arci_logic_over, LX_SUM }, { "count", arci_logic_over, LX_COUNT },
    { "days_between", arci_logic_days, LX_DAYS_BETWEEN }, { "add_days", arci_logic_days, LX_ADD_DAYS },
    { "add_business_days", arci_logic_days, LX_ADD_BUSINESS_DAYS }, { "add_months", arci_logic_days, LX_ADD_MONTHS },
};

static uint32_t unknown(arci_compile *c, const arci_json *args)
{
    static const char *const others[] = { "method", "log", "missing", "missing_some", "reduce", "map", "filter", "merge", "cat", "substr", "try", "throw", "%" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(others[i], args->key) != 0) continue;
        return fault(c, args, ARC_E_UNSUPPORTED, "operator_left_out", "this operator of JsonLogic has no place in rules", "规则不支持此 JsonLogic 运算符");
    }
    return fault(c, args, ARC_E_NOT_FOUND, "unknown_operator", "there is no such operator", "没有该运算符");
}

uint32_t arci_logic_read(arci_compile *c, const arci_json *node)
{
    uint32_t out = LX_BAD;
    if (c->stop) return LX_BAD;
    if (node->type != ARCI_JSON_OBJECT || node->n != 1) {
        return fault(c, node, ARC_E_VALUE, "multi_key", "an expression is an object with exactly one operator", "表达式须为恰含一个运算符的对象");
    }
    const arci_json *args = node->child;
    if (++c->depth > ARCI_LOGIC_DEPTH) {
        c->depth--;
        return fault(c, node, ARC_E_LIMIT, "depth", "more than 32 expressions within each other", "表达式嵌套超过 32 层");
    }
    size_t i = 0, n = sizeof operators / sizeof operators[0];
    while (i < n && strcmp(operators[i].name, args->key) != 0) i++;
    out = i < n ? operators[i].read(c, args, operators[i].op) : unknown(c, args);
    c->depth--;
    return out;
}

/* ---- programs --------------------------------------------------------------------------------------------------------------------- */

static void read_root(arci_compile *c, const arci_json *node, int value)
{
    if (!value) c->p->root = arci_logic_read_bool(c, node);
    else if (arci_logic_is_literal(node)) c->p->root = arci_logic_literal(c, node, NULL);
    else c->p->root = arci_logic_read(c, node);
}

static arc_status compile(arci_compile *c, const arci_json *node, int value, int whole, arci_logic *p)
{
    c->p = p;
    read_root(c, node, value);
    if (p->root == LX_BAD && c->st == ARC_OK) (void)no_memory(c); /* every fault has said its own */
    if (c->st == ARC_OK && !c->stop && whole) arci_logic_flow(c, NULL, p);
    if (c->st == ARC_OK && !c->stop) c->st = arci_logic_code(c);
    return c->st;
}

arc_status arci_logic_part(arci_compile *outer, arci_logic **out, arci_facts *facts, const arci_json *node, int value)
{
    arci_compile c = *outer;
    c.check = 0; /* of an element everything is there */
    arci_logic *p = arci_arena_calloc(outer->p->arena, 1, sizeof *p);
    *out = p;
    if (!p) {
        (void)no_memory(outer);
        return ARC_E_NOMEM;
    }
    p->ctx = outer->p->ctx;
    p->arena = outer->p->arena;
    p->facts = facts;
    arc_status st = compile(&c, node, value, 0, p);
    outer->st = c.st;
    outer->stop = c.stop;
    return st;
}

static arc_status compile_whole(arci_env *env, arci_logic **out, arci_facts *facts, const arci_json *node, int value, int check, arci_fault_sink *sink)
{
    uint32_t nodes = 0;
    arci_compile c = { env, sink, NULL, 0, &nodes, ARC_OK, 0, check };
    *out = NULL;
    arci_logic *p = arci_calloc(env->ctx, 1, sizeof *p);
    if (!p) return arci_nomem(env);
    p->ctx = env->ctx;
    arci_arena_init(&p->memory, env->ctx);
    p->arena = &p->memory;
    p->facts = facts;
    arc_status st = compile(&c, node, value, 1, p);
    if (st == ARC_OK) {
        *out = p;
        return ARC_OK;
    }
    arci_logic_free(p);
    return st;
}

arc_status arci_logic_compile(arci_env *env, arci_logic **out, arci_facts *facts, const arci_json *node, int value, arci_fault_sink *sink)
{
    return compile_whole(env, out, facts, node, value, 0, sink);
}

arc_status arci_logic_compile_check(arci_env *env, arci_logic **out, arci_facts *facts, const arci_json *node, arci_fault_sink *sink)
{
    return compile_whole(env, out, facts, node, 0, 1, sink);
}

void arci_logic_free(arci_logic *p)
{
    if (!p) return;
    arci_arena_clear(&p->memory);
    arci_free(p->ctx, p);
}
