/* SPDX-License-Identifier: Apache-2.0 */
/* Fields, constants and comparisons: what may be compared with what. */
#include <string.h>

#include "arcore/decimal.h"
#include "rules/logic_impl.h"
#include "store/cond.h"

#define MOST_DIGITS 15

static uint32_t fault(arci_compile *c, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh)
{
    char pointer[512];
    arci_json_pointer(at, pointer, sizeof pointer);
    return arci_logic_fault(c, pointer, st, code, en, zh);
}

/* The message of the error just set is the reason. */
static uint32_t fault_as(arci_compile *c, const arci_json *at, arc_status st, const char *code)
{
    char en[sizeof c->env->err->message], zh[sizeof c->env->err->message_zh];
    if (c->stop) return LX_BAD;
    memcpy(en, c->env->err->message, sizeof en);
    memcpy(zh, c->env->err->message_zh, sizeof zh);
    return fault(c, at, st, code, en, zh);
}

/* ---- fields ----------------------------------------------------------------------------------------------------------------- */

uint32_t arci_logic_var(arci_compile *c, const arci_json *args)
{
    const arci_fact *f;
    if (arci_logic_args(args) != 1) return fault(c, args, ARC_E_VALUE, "var_default", "a field is named by its path alone, without a default", "字段只写路径，不带默认值");
    const arci_json *path = arci_logic_arg(args, 0);
    if (path->type != ARCI_JSON_STRING) return fault(c, path, ARC_E_VALUE, "var_path", "the path of a field is a text that stands there as it is", "字段路径须为文本常量");
    arc_status st = arci_facts_path(c->env, c->p->facts, &f, path->s, path->len);
    if (st != ARC_OK) return fault_as(c, path, st, st == ARC_E_NOT_FOUND ? "unknown_field" : st == ARC_E_LIMIT ? "limit" : "field");
    uint32_t node = arci_lx_new(c, LX_VAR, f->type, args);
    if (node == LX_BAD) return node;
    c->p->x[node].fact = f;
    c->p->x[node].flags = f->flags & ARCI_FACT_NULLABLE ? LX_NULLABLE : 0;
    return node;
}

/* ---- constants ------------------------------------------------------------------------------------------------------------------ */

/* A number that went through a double on its way may have lost digits: longer ones are written as text. */
static int too_many_digits(const arci_json *node)
{
    uint32_t n = 0;
    int seen = 0;
    for (uint32_t i = 0; node->type == ARCI_JSON_NUMBER && i < node->len && node->s[i] != 'e' && node->s[i] != 'E'; i++) {
        if (node->s[i] < '0' || node->s[i] > '9') continue;
        seen |= node->s[i] != '0';
        n += seen ? 1u : 0u;
    }
    return n > MOST_DIGITS;
}

/* "100.00 CNY": an amount that names its currency. */
static int names_currency(const arci_json *node)
{
    if (node->type != ARCI_JSON_STRING || node->len < 5 || node->s[node->len - 4] != ' ') return 0;
    for (uint32_t i = node->len - 3; i < node->len; i++) {
        if (node->s[i] < 'A' || node->s[i] > 'Z') return 0;
    }
    return 1;
}

static uint32_t constant(arci_compile *c, const arci_json *node, uint8_t type, uint8_t scale, const arci_fact *fact, const arc_value *v)
{
    uint32_t x = arci_lx_new(c, LX_CONST, type, node);
    arc_value *own = x == LX_BAD ? NULL : arci_arena_alloc(c->p->arena, sizeof *own);
    if (!own) return LX_BAD;
    *own = *v;
    arci_lx *l = &c->p->x[x];
    l->list = own;
    l->n_list = 1;
    l->fact = fact;
    l->scale = scale;
    l->flags = LX_LITERAL;
    if (type == ARCI_FACT_MONEY && v->u.i) {
        const char *currency = fact ? arci_fact_in_currency(c->p->facts, fact) : arci_facts_get_currency(c->p->facts);
        l->currency = arci_arena_strndup(c->p->arena, currency, 3);
    }
    return x;
}

static uint32_t plain_literal(arci_compile *c, const arci_json *node, int number)
{
    arc_decimal d;
    arc_value v = arci_v_int(node->type == ARCI_JSON_TRUE);
    if (node->type == ARCI_JSON_TRUE || node->type == ARCI_JSON_FALSE) return constant(c, node, ARCI_FACT_BOOL, 0, NULL, &v);
    if (node->type == ARCI_JSON_STRING && !number) {
        char *s = arci_arena_strndup(c->p->arena, node->s, node->len);
        if (!s) return LX_BAD;
        v = arci_v_text(s, node->len);
        return constant(c, node, ARCI_FACT_TEXT, 0, NULL, &v);
    }
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    o.flags = ARC_NUMBER_EXPONENT;
    if (arc_decimal_parse_as(&d, node->s, node->len, ARC_SCALE_NATURAL, &o) != ARC_OK) {
        return fault(c, node, ARC_E_VALUE, "constant", "not a number of at most 18 digits", "不是 18 位以内的数值");
    }
    v = arci_v_int(d.mantissa);
    return constant(c, node, ARCI_FACT_DECIMAL, (uint8_t)d.scale, NULL, &v);
}

static const arci_fact plain_facts[] = {
    { .type = 0 },
    { .type = ARCI_FACT_BOOL }, { .type = ARCI_FACT_INT }, { .type = ARCI_FACT_DECIMAL }, { .type = ARCI_FACT_MONEY },
    { .type = ARCI_FACT_DATE }, { .type = ARCI_FACT_STAMP }, { .type = ARCI_FACT_ENUM }, { .type = ARCI_FACT_TEXT }, { .type = ARCI_FACT_REF },
};

static const char *why(arc_status st)
{
    return st == ARC_E_PRECISION ? "precision" : st == ARC_E_CURRENCY ? "currency" : st == ARC_E_OVERFLOW ? "too_large" : "constant";
}

static uint32_t named_amount(arci_compile *c, const arci_json *node, const arci_fact *fact)
{
    arci_fact as = *fact;
    const char *stated = arci_fact_in_currency(c->p->facts, fact);
    arc_value v;
    memcpy(as.fixed, node->s + node->len - 3, 3);
    as.fixed[3] = 0;
    if (stated[0] && memcmp(stated, as.fixed, 3) != 0) return fault(c, node, ARC_E_CURRENCY, "currency", "the rule states another currency", "规则注明的是其他币种");
    arc_status st = arci_fact_constant(c->env, c->p->facts, &as, c->p->arena, &v, node->s, node->len - 4, 0);
    if (st != ARC_OK) return fault_as(c, node, st, why(st));
    uint32_t x = constant(c, node, ARCI_FACT_MONEY, 0, &as, &v);
    if (x != LX_BAD) c->p->x[x].fact = fact;
    return x;
}

uint32_t arci_logic_literal(arci_compile *c, const arci_json *node, const arci_lx *model)
{
    const arci_fact *fact = model ? model->fact : NULL;
    arc_value v;
    if (c->stop) return LX_BAD;
    if (node->type == ARCI_JSON_NULL) return arci_lx_new(c, LX_NOTHING, 0, node);
    if (node->type >= ARCI_JSON_ARRAY) return fault(c, node, ARC_E_VALUE, "constant", "a constant is asked for here", "此处须为常量");
    if (too_many_digits(node)) {
        return fault(c, node, ARC_E_PRECISION, "digits", "a number of more than 15 digits is written as text, lest digits get lost", "超过 15 位的数值须写成文本，以免丢失位数");
    }
    if (!model) return plain_literal(c, node, 0);
    if (!fact || (model->op != LX_VAR && (model->type == ARCI_FACT_INT || model->type == ARCI_FACT_DECIMAL))) {
        if (model->type == ARCI_FACT_INT || model->type == ARCI_FACT_DECIMAL) {
            if (node->type == ARCI_JSON_TRUE || node->type == ARCI_JSON_FALSE) return fault(c, node, ARC_E_VALUE, "type", "a number is asked for here", "此处须为数值");
            return plain_literal(c, node, 1);
        }
        if (!fact && model->type < sizeof plain_facts / sizeof plain_facts[0]) fact = &plain_facts[model->type];
    }
    if (model->type == ARCI_FACT_MONEY && names_currency(node)) return named_amount(c, node, fact);
    const char *s = node->type == ARCI_JSON_TRUE ? "true" : node->type == ARCI_JSON_FALSE ? "false" : node->s;
    size_t len = node->type < ARCI_JSON_NUMBER ? strlen(s) : node->len;
    if (node->type < ARCI_JSON_NUMBER && model->type != ARCI_FACT_BOOL) return fault(c, node, ARC_E_VALUE, "type", "true and false are no values of this field", "true 和 false 不是该字段的值");
    arc_status st = arci_fact_constant(c->env, c->p->facts, fact, c->p->arena, &v, s, len, node->type == ARCI_JSON_NUMBER);
    if (st != ARC_OK) return fault_as(c, node, st, why(st));
    return constant(c, node, model->type, fact->type == ARCI_FACT_DECIMAL ? fact->scale : 0, fact, &v);
}

/* ---- what goes together ------------------------------------------------------------------------------------------------------------ */

static int is_number(uint8_t type) { return type == ARCI_FACT_INT || type == ARCI_FACT_DECIMAL; }
static int is_text(uint8_t type) { return type == ARCI_FACT_TEXT; }

static int has_order(uint8_t type)
{
    return is_number(type) || type == ARCI_FACT_MONEY || type == ARCI_FACT_DATE || type == ARCI_FACT_STAMP || type == ARCI_FACT_ENUM;
}

/* Two amounts in one currency, as far as can be told beforehand: by the same field, or because the rule states one. */
static int one_currency(const arci_compile *c, const arci_lx *a, const arci_lx *b)
{
    if (!a->fact || !b->fact || (a->flags & LX_LITERAL) || (b->flags & LX_LITERAL)) return 1;
    if (arci_facts_get_currency(c->p->facts)[0]) return 1;
    if (a->fact->currency == b->fact->currency && !memcmp(a->fact->fixed, b->fact->fixed, 4)) return 1;
    return 0;
}

static uint32_t together(arci_compile *c, const arci_json *at, uint32_t na, uint32_t nb, uint32_t ok)
{
    const arci_lx *a = &c->p->x[na], *b = &c->p->x[nb];
    if (a->op == LX_NOTHING || b->op == LX_NOTHING) return ok;
    if (a->type != b->type && !(is_number(a->type) && is_number(b->type))) {
        return fault(c, at, ARC_E_VALUE, "type", "values of different kinds are compared", "比较的值类型不同");
    }
    if (a->type == ARCI_FACT_LIST || a->type == ARCI_FACT_CHOICES) return fault(c, at, ARC_E_VALUE, "type", "lists are not compared: use in, some, all, none", "列表不可比较：请用 in、some、all、none");
    if (a->type == ARCI_FACT_ENUM && a->fact && b->fact && a->fact->codes != b->fact->codes) {
        return fault(c, at, ARC_E_VALUE, "type", "codes of different lists are compared", "比较的代码来自不同列表");
    }
    if (a->type == ARCI_FACT_REF && a->fact && b->fact && a->fact->entity && b->fact->entity && a->fact->entity != b->fact->entity) {
        return fault(c, at, ARC_E_VALUE, "type", "references to different entities are compared", "比较的引用指向不同实体");
    }
    if (a->type == ARCI_FACT_MONEY && !one_currency(c, a, b)) {
        return fault(c, at, ARC_E_CURRENCY, "currency_mixed", "amounts that may be in different currencies: state the currency of the rule", "金额可能币种不同：请注明规则的币种");
    }
    return ok;
}

/* ---- operands ------------------------------------------------------------------------------------------------------------------------- */

/* Reads n operands: expressions first, then constants as the first expression has them. 0: a fault. */
static int operands(arci_compile *c, const arci_json *args, uint32_t *kids, uint32_t n, int null_ok)
{
    uint32_t model = LX_BAD;
    int ok = 1;
    for (uint32_t i = 0; i < n; i++) {
        const arci_json *a = arci_logic_arg(args, i);
        kids[i] = LX_BAD;
        if (arci_logic_is_literal(a)) continue;
        if (a->type == ARCI_JSON_ARRAY) {
            (void)fault(c, a, ARC_E_VALUE, "constant", "a list has no place here", "此处不能是列表");
            return 0;
        }
        kids[i] = arci_logic_read(c, a);
        if (kids[i] == LX_BAD) ok = 0;
        else if (model == LX_BAD && c->p->x[kids[i]].op != LX_NOTHING) model = kids[i];
    }
    for (uint32_t i = 0; ok && i < n; i++) {
        const arci_json *a = arci_logic_arg(args, i);
        if (!arci_logic_is_literal(a)) continue;
        if (a->type == ARCI_JSON_NULL && !null_ok) {
            (void)fault(c, a, ARC_E_VALUE, "null", "null has no order: only == and != ask for it", "null 不可比较大小，只能用 == 或 !=");
            return 0;
        }
        arci_lx copy;
        if (model != LX_BAD) copy = c->p->x[model]; /* nodes move when more are made */
        kids[i] = arci_logic_literal(c, a, model != LX_BAD ? &copy : NULL);
        if (kids[i] == LX_BAD) ok = 0;
    }
    return ok;
}

/* ---- comparing -------------------------------------------------------------------------------------------------------------------------- */

static uint32_t with_null(arci_compile *c, const arci_json *args, uint8_t op, uint32_t a, uint32_t b)
{
    int both = c->p->x[a].op == LX_NOTHING && c->p->x[b].op == LX_NOTHING;
    uint32_t other = c->p->x[a].op == LX_NOTHING ? b : a, node;
    if (both || (c->p->x[other].flags & LX_LITERAL)) return arci_lx_new(c, both == (op == LX_EQ) ? LX_TRUE : LX_FALSE, ARCI_FACT_BOOL, args);
    if (c->p->x[other].type == ARCI_FACT_LIST) return fault(c, args, ARC_E_VALUE, "type", "a list is never null: use some, none or count", "列表不会为 null：请用 some、none 或 count");
    node = arci_lx_with(c, LX_NULL, ARCI_FACT_BOOL, args, &other, 1);
    return op == LX_EQ || node == LX_BAD ? node : arci_lx_with(c, LX_NOT, ARCI_FACT_BOOL, args, &node, 1);
}

uint32_t arci_logic_compare(arci_compile *c, const arci_json *args, uint8_t op)
{
    uint32_t n = arci_logic_args(args), kids[3];
    int equality = op == LX_EQ || op == LX_NE;
    if (n < 2 || n > (op == LX_LT || op == LX_LE ? 3u : 2u)) {
        return fault(c, args, ARC_E_VALUE, "arity", "takes two operands; < and <= take three, too", "需要两个操作数；< 和 <= 也可有三个");
    }
    if (!operands(c, args, kids, n, equality)) return LX_BAD;
    if (equality && (c->p->x[kids[0]].op == LX_NOTHING || c->p->x[kids[1]].op == LX_NOTHING)) return with_null(c, args, op, kids[0], kids[1]);
    if (!equality && !has_order(c->p->x[kids[0]].type)) return fault(c, args, ARC_E_VALUE, "order", "values of this kind have no order", "此类值不可比较大小");
    uint32_t ok = 0;
    for (uint32_t i = 1; i < n && ok != LX_BAD; i++) ok = together(c, args, kids[i - 1], kids[i], 0);
    if (ok != LX_BAD && n == 3) ok = together(c, args, kids[0], kids[2], 0);
    return ok == LX_BAD ? ok : arci_lx_with(c, op, ARCI_FACT_BOOL, args, kids, n);
}

/* ---- in ---------------------------------------------------------------------------------------------------------------------------------- */

static void sort_values(arc_value *v, uint32_t n)
{
    for (uint32_t gap = n / 2; gap; gap /= 2) { /* 10,000 at most */
        for (uint32_t i = gap; i < n; i++) {
            arc_value x = v[i];
            uint32_t k = i;
            for (; k >= gap && arci_value_compare(&v[k - gap], &x) > 0; k -= gap) v[k] = v[k - gap];
            v[k] = x;
        }
    }
}

/* The constants of a list, as the left side has them. */
static uint32_t in_list(arci_compile *c, const arci_json *args, uint32_t left, const arci_json *list)
{
    if (list->n > ARCI_LOGIC_LITERALS) return fault(c, list, ARC_E_LIMIT, "literals", "a list has at most 10,000 constants", "列表最多 10,000 个常量");
    arc_value *v = arci_arena_calloc(c->p->arena, list->n + 1u, sizeof *v);
    if (!v) return LX_BAD;
    uint32_t n = 0, kept = *c->nodes, at = c->p->n_x, bad = 0;
    uint8_t scale = 0;
    const char *currency = NULL;
    for (const arci_json *e = list->child; e && !c->stop; e = e->next) {
        const arci_lx model = c->p->x[left];
        if (e->type == ARCI_JSON_NULL) {
            bad |= fault(c, e, ARC_E_VALUE, "null", "null is in no list: ask for it with ==", "null 不能列入列表：请用 ==") == LX_BAD;
            continue;
        }
        uint32_t one = arci_logic_literal(c, e, &model);
        if (one == LX_BAD) {
            bad = 1;
            continue;
        }
        const arci_lx *x = &c->p->x[one];
        if (x->type != model.type && !(is_number(x->type) && is_number(model.type))) bad |= fault(c, e, ARC_E_VALUE, "type", "not of the kind of what is looked for", "与所查找的值类型不同") == LX_BAD;
        if (is_number(x->type) && x->scale > scale) scale = x->scale;
        if (x->currency) currency = x->currency;
        v[n] = *x->list;
        v[n].pad[0] = x->scale; /* until all are brought to one */
        n++;
        c->p->n_x = at; /* constants of a list are no nodes */
        *c->nodes = kept;
    }
    if (bad || c->stop) return LX_BAD;
    for (uint32_t i = 0; i < n; i++) {
        arc_decimal d = { v[i].u.i, v[i].pad[0], 0 };
        if (is_number(c->p->x[left].type) && arc_decimal_rescale(&d, &d, scale, ARC_ROUND_EXACT) != ARC_OK) return fault(c, list, ARC_E_OVERFLOW, "too_large", "a number is too large", "数值过大");
        if (is_number(c->p->x[left].type)) v[i].u.i = d.mantissa;
        v[i].pad[0] = 0;
    }
    sort_values(v, n);
    uint32_t node = arci_lx_with(c, LX_IN, ARCI_FACT_BOOL, args, &left, 1);
    if (node == LX_BAD) return node;
    arci_lx *x = &c->p->x[node];
    x->list = v;
    x->n_list = n;
    x->scale = scale;
    x->fact = c->p->x[left].fact;
    x->currency = currency;
    return node;
}

/* {"in": [needle, text or choices]}. */
static uint32_t in_value(arci_compile *c, const arci_json *args)
{
    const arci_json *needle = arci_logic_arg(args, 0);
    uint32_t kids[2];
    kids[1] = arci_logic_is_literal(arci_logic_arg(args, 1)) ? arci_logic_literal(c, arci_logic_arg(args, 1), NULL) : arci_logic_read(c, arci_logic_arg(args, 1));
    if (kids[1] == LX_BAD) return LX_BAD;
    arci_lx within = c->p->x[kids[1]];
    if (within.type != ARCI_FACT_TEXT && within.type != ARCI_FACT_CHOICES) return fault(c, arci_logic_arg(args, 1), ARC_E_VALUE, "type", "neither a list nor a text", "既非列表也非文本");
    if (within.op == LX_VAR && within.type == ARCI_FACT_CHOICES) within.type = ARCI_FACT_ENUM;
    kids[0] = arci_logic_is_literal(needle) ? arci_logic_literal(c, needle, within.type == ARCI_FACT_ENUM ? &within : NULL) : arci_logic_read(c, needle);
    if (kids[0] == LX_BAD) return LX_BAD;
    if (c->p->x[kids[0]].type != within.type) return fault(c, needle, ARC_E_VALUE, "type", "not of the kind of what it is looked for in", "与被查找的值类型不同");
    if (within.type == ARCI_FACT_ENUM && c->p->x[kids[0]].fact && c->p->x[kids[0]].fact->codes != within.fact->codes) {
        return fault(c, args, ARC_E_VALUE, "type", "codes of different lists are compared", "比较的代码来自不同列表");
    }
    return arci_lx_with(c, within.type == ARCI_FACT_ENUM ? LX_HAS : LX_CONTAINS, ARCI_FACT_BOOL, args, kids, 2);
}

uint32_t arci_logic_in(arci_compile *c, const arci_json *args)
{
    if (args->type != ARCI_JSON_ARRAY || args->n != 2) return fault(c, args, ARC_E_VALUE, "arity", "takes two operands", "需要两个操作数");
    const arci_json *left = args->child, *right = left->next;
    if (right->type != ARCI_JSON_ARRAY) return in_value(c, args);
    if (left->type == ARCI_JSON_ARRAY) return fault(c, left, ARC_E_VALUE, "constant", "a list has no place here", "此处不能是列表");
    if (left->type == ARCI_JSON_NULL) return fault(c, left, ARC_E_VALUE, "null", "null is in no list", "null 不在任何列表中");
    uint32_t node = arci_logic_is_literal(left) ? arci_logic_literal(c, left, NULL) : arci_logic_read(c, left);
    if (node == LX_BAD) return node;
    const arci_lx *x = &c->p->x[node];
    if (x->type == ARCI_FACT_LIST || x->type == ARCI_FACT_CHOICES) return fault(c, left, ARC_E_VALUE, "type", "of a list use some, all or none", "对列表请用 some、all 或 none");
    if (!x->type) return fault(c, left, ARC_E_VALUE, "null", "null is in no list", "null 不在任何列表中");
    return in_list(c, args, node, right);
}

uint32_t arci_logic_affix(arci_compile *c, const arci_json *args, uint8_t op)
{
    uint32_t kids[2];
    if (args->type != ARCI_JSON_ARRAY || args->n != 2) return fault(c, args, ARC_E_VALUE, "arity", "takes two operands", "需要两个操作数");
    if (!operands(c, args, kids, 2, 0)) return LX_BAD;
    for (uint32_t i = 0; i < 2; i++) {
        if (!is_text(c->p->x[kids[i]].type)) return fault(c, arci_logic_arg(args, i), ARC_E_VALUE, "type", "not a text", "不是文本");
    }
    return arci_lx_with(c, op, ARCI_FACT_BOOL, args, kids, 2);
}
