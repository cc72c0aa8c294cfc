/* SPDX-License-Identifier: Apache-2.0 */
/* The untyped evaluator: operators. Values: loose_value.c. */
#include <string.h>

#include "rules/loose_impl.h"

static const arci_json *eval(loose *l, const arci_json *rule, const arci_json *data);

/* ---- operands -------------------------------------------------------------------------------------------------------------------- */

static uint32_t count(const arci_json *args) { return args->type == ARCI_JSON_ARRAY ? args->n : 1; }

static const arci_json *raw(const arci_json *args, uint32_t i)
{
    const arci_json *a = args->type == ARCI_JSON_ARRAY ? args->child : args;
    if (i >= count(args)) return NULL;
    while (i--) a = a->next;
    return a;
}

static const arci_json *arg(loose *l, const arci_json *args, uint32_t i, const arci_json *data)
{
    const arci_json *a = raw(args, i);
    return a ? eval(l, a, data) : &arci_loose_null;
}

/* ---- data -------------------------------------------------------------------------------------------------------------------------- */

static const arci_json *member(const arci_json *of, const char *name, size_t n)
{
    int64_t at = 0;
    if (of->type == ARCI_JSON_OBJECT) {
        for (const arci_json *m = of->child; m; m = m->next) {
            if (m->key_len == n && !memcmp(m->key, name, n)) return m;
        }
        return NULL;
    }
    if (of->type != ARCI_JSON_ARRAY || arci_int_parse(name, n, &at) != ARC_OK || at < 0 || at >= of->n) return NULL;
    return raw(of, (uint32_t)at);
}

/* NULL: there is no such thing. */
static const arci_json *lookup(const arci_json *data, const arci_json *path)
{
    const char *s = path->s, *end;
    if (path->type == ARCI_JSON_NULL || ((path->type == ARCI_JSON_STRING) && !path->len)) return data;
    if (path->type != ARCI_JSON_STRING && path->type != ARCI_JSON_NUMBER) return NULL;
    end = s + path->len;
    while (data && s <= end) {
        const char *dot = memchr(s, '.', (size_t)(end - s));
        data = member(data, s, (size_t)((dot ? dot : end) - s));
        if (!dot) break;
        s = dot + 1;
    }
    return data;
}

static const arci_json *op_var(loose *l, const arci_json *args, const arci_json *data)
{
    const arci_json *path = count(args) ? arg(l, args, 0, data) : &arci_loose_null;
    const arci_json *v = lookup(data, path);
    if (v && v->type != ARCI_JSON_NULL) return v;
    return count(args) > 1 ? arg(l, args, 1, data) : v ? v : &arci_loose_null;
}

static int lacks(const arci_json *data, const arci_json *path)
{
    const arci_json *v = lookup(data, path);
    return !v || v->type == ARCI_JSON_NULL || (v->type == ARCI_JSON_STRING && !v->len);
}

static const arci_json *missing_of(loose *l, const arci_json *keys, const arci_json *data)
{
    arci_json *out = arci_loose_array(l);
    for (const arci_json *k = keys->type == ARCI_JSON_ARRAY ? keys->child : keys; k && out; k = keys->type == ARCI_JSON_ARRAY ? k->next : NULL) {
        if (lacks(data, k)) arci_loose_push(l, out, k);
    }
    return out ? out : &arci_loose_null;
}

static const arci_json *op_missing(loose *l, const arci_json *args, const arci_json *data)
{
    arci_json *keys = arci_loose_array(l);
    if (count(args) == 1 && arg(l, args, 0, data)->type == ARCI_JSON_ARRAY) return missing_of(l, arg(l, args, 0, data), data);
    for (uint32_t i = 0; keys && i < count(args); i++) arci_loose_push(l, keys, arg(l, args, i, data));
    return keys ? missing_of(l, keys, data) : &arci_loose_null;
}

static const arci_json *op_missing_some(loose *l, const arci_json *args, const arci_json *data)
{
    const arci_json *keys = arg(l, args, 1, data), *lacking = missing_of(l, keys, data);
    int64_t need = 0;
    arci_num n;
    if (arci_loose_number(arg(l, args, 0, data), &n)) (void)arci_num_int(&n, &need);
    return (int64_t)keys->n - (int64_t)lacking->n >= need ? arci_loose_array(l) : lacking;
}

/* ---- control ------------------------------------------------------------------------------------------------------------------------- */

static const arci_json *op_if(loose *l, const arci_json *args, const arci_json *data)
{
    uint32_t n = count(args), i = 0;
    for (; i + 1 < n; i += 2) {
        if (arci_loose_truth(arg(l, args, i, data))) return arg(l, args, i + 1, data);
    }
    return i < n ? arg(l, args, i, data) : &arci_loose_null;
}

static const arci_json *op_joined(loose *l, const arci_json *args, const arci_json *data, int and)
{
    const arci_json *v = &arci_loose_null;
    for (uint32_t i = 0; i < count(args) && l->st == ARC_OK; i++) {
        v = arg(l, args, i, data);
        if (arci_loose_truth(v) != and) return v;
    }
    return v;
}

/* ---- comparing ------------------------------------------------------------------------------------------------------------------------ */

static int order(loose *l, const char *op, const arci_json *a, const arci_json *b)
{
    arci_num x, y;
    int c = 0;
    (void)l;
    if (a->type == ARCI_JSON_STRING && b->type == ARCI_JSON_STRING) {
        uint32_t n = a->len < b->len ? a->len : b->len;
        c = n ? memcmp(a->s, b->s, n) : 0;
        if (!c) c = (a->len > b->len) - (a->len < b->len);
    } else {
        if (!arci_loose_number(a, &x) || !arci_loose_number(b, &y)) return 0;
        (void)arci_num_cmp(&c, &x, &y);
    }
    if (op[0] == '<') return op[1] ? c <= 0 : c < 0;
    return op[1] ? c >= 0 : c > 0;
}

static const arci_json *op_order(loose *l, const char *op, const arci_json *args, const arci_json *data)
{
    const arci_json *a = arg(l, args, 0, data), *b = arg(l, args, 1, data);
    int r = order(l, op, a, b);
    if (r && op[0] == '<' && count(args) > 2) r = order(l, op, b, arg(l, args, 2, data));
    return arci_loose_bool(r);
}

/* As == of JavaScript, for what JSON has. */
static int equal(const arci_json *a, const arci_json *b)
{
    arci_num x, y;
    int c = 1;
    if (a->type == b->type) return a->type < ARCI_JSON_ARRAY ? arci_loose_same(a, b) : a == b;
    if (a->type == ARCI_JSON_NULL || b->type == ARCI_JSON_NULL) return 0;
    if (a->type == ARCI_JSON_OBJECT || b->type == ARCI_JSON_OBJECT) return 0;
    return arci_loose_number(a, &x) && arci_loose_number(b, &y) && arci_num_cmp(&c, &x, &y) == ARC_OK && c == 0;
}

static int identical(const arci_json *a, const arci_json *b)
{
    return a->type == b->type && equal(a, b);
}

static const arci_json *op_in(loose *l, const arci_json *args, const arci_json *data)
{
    const arci_json *a = arg(l, args, 0, data), *b = arg(l, args, 1, data);
    if (b->type == ARCI_JSON_ARRAY) {
        for (const arci_json *e = b->child; e; e = e->next) {
            if (identical(a, e)) return arci_loose_bool(1);
        }
        return arci_loose_bool(0);
    }
    if (b->type != ARCI_JSON_STRING || a->type != ARCI_JSON_STRING) return arci_loose_bool(0);
    for (uint32_t i = 0; i + a->len <= b->len; i++) {
        if (!memcmp(b->s + i, a->s, a->len)) return arci_loose_bool(1);
    }
    return arci_loose_bool(0);
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------------------------------- */

static int operand(loose *l, const arci_json *v, arci_num *n)
{
    if (arci_loose_number(v, n)) return 1;
    if (l->st == ARC_OK) l->st = arci_fail(l->env, ARC_E_VALUE, "not a number", "不是数值");
    return 0;
}

static arc_status modulo(arci_num *out, const arci_num *a, const arci_num *b)
{
    arci_num q, whole = arci_num_of(0, 0);
    int64_t i = 0;
    arc_status st = arci_num_div(&q, a, b);
    if (st != ARC_OK) return st;
    char text[96];
    size_t n = arci_num_text(text, &q);
    const char *dot = memchr(text, '.', n);
    if (arci_int_parse(text, dot ? (size_t)(dot - text) : n, &i) != ARC_OK) return ARC_E_OVERFLOW;
    whole = arci_num_of(i, 0);
    st = arci_num_mul(&q, &whole, b);
    return st == ARC_OK ? arci_num_sub(out, a, &q) : st;
}

static const arci_json *op_number(loose *l, const char *op, const arci_json *args, const arci_json *data)
{
    uint32_t n = count(args);
    arci_num sum = arci_num_of(op[0] == '*', 0), x;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        int c = 0;
        if (!operand(l, arg(l, args, i, data), &x)) return &arci_loose_null;
        if (!i && !(op[0] == '-' && n == 1)) {
            sum = x;
            continue;
        }
        switch (op[0]) {
        case '+': st = arci_num_add(&sum, &sum, &x); break;
        case '-': st = arci_num_sub(&sum, &sum, &x); break;
        case '*': st = arci_num_mul(&sum, &sum, &x); break;
        case '/': st = arci_num_div(&sum, &sum, &x); break;
        case '%': st = modulo(&sum, &sum, &x); break;
        default:
            st = arci_num_cmp(&c, &x, &sum);
            if (op[1] == 'i' ? c < 0 : c > 0) sum = x;
        }
    }
    if (st != ARC_OK && l->st == ARC_OK) l->st = arci_fail(l->env, st, "the result is no number", "结果不是数值");
    return arci_loose_of(l, &sum);
}

/* ---- texts --------------------------------------------------------------------------------------------------------------------------------- */

static const arci_json *op_cat(loose *l, const arci_json *args, const arci_json *data)
{
    arci_str b;
    arci_str_init(&b, l->env->ctx);
    for (uint32_t i = 0; i < count(args); i++) arci_loose_text(&b, arg(l, args, i, data));
    const arci_json *out = arci_loose_string(l, b.s ? b.s : "", b.len);
    arci_str_clear(&b);
    return out;
}

static int64_t whole(const arci_json *v)
{
    arci_num n;
    int64_t i = 0;
    return arci_loose_number(v, &n) && !arci_num_int(&n, &i) ? i : 0;
}

static const arci_json *op_substr(loose *l, const arci_json *args, const arci_json *data)
{
    const arci_json *text = arg(l, args, 0, data);
    int64_t len = text->type == ARCI_JSON_STRING ? (int64_t)text->len : 0, from = whole(arg(l, args, 1, data)), end = len;
    if (from < 0) from = from + len < 0 ? 0 : from + len;
    if (from > len) from = len;
    if (count(args) > 2) {
        int64_t n = whole(arg(l, args, 2, data));
        end = n < 0 ? len + n : n > len - from ? len : from + n;
    }
    return arci_loose_string(l, text->s ? text->s + from : "", end > from ? (size_t)(end - from) : 0);
}

/* ---- lists ------------------------------------------------------------------------------------------------------------------------------------ */

static const arci_json *op_merge(loose *l, const arci_json *args, const arci_json *data)
{
    arci_json *out = arci_loose_array(l);
    for (uint32_t i = 0; out && i < count(args); i++) {
        const arci_json *v = arg(l, args, i, data);
        if (v->type != ARCI_JSON_ARRAY) arci_loose_push(l, out, v);
        for (const arci_json *e = v->type == ARCI_JSON_ARRAY ? v->child : NULL; e; e = e->next) arci_loose_push(l, out, e);
    }
    return out ? out : &arci_loose_null;
}

static const arci_json *op_each(loose *l, const char *op, const arci_json *args, const arci_json *data)
{
    const arci_json *list = arg(l, args, 0, data), *rule = raw(args, 1);
    arci_json *out = arci_loose_array(l);
    uint32_t yes = 0, n = 0;
    if (!out || !rule) return out ? out : &arci_loose_null;
    for (const arci_json *e = list->type == ARCI_JSON_ARRAY ? list->child : NULL; e && l->st == ARC_OK; e = e->next) {
        const arci_json *v = eval(l, rule, e);
        int truth = arci_loose_truth(v);
        n++;
        yes += (uint32_t)truth;
        if (op[0] == 'm') arci_loose_push(l, out, v);
        if (op[0] == 'f' && truth) arci_loose_push(l, out, e);
    }
    if (op[0] == 'm' || op[0] == 'f') return out;
    return arci_loose_bool(op[0] == 's' ? yes > 0 : op[0] == 'n' ? !yes : n && yes == n);
}

static const arci_json *op_reduce(loose *l, const arci_json *args, const arci_json *data)
{
    const arci_json *list = arg(l, args, 0, data), *rule = raw(args, 1), *sum = arg(l, args, 2, data);
    for (const arci_json *e = list->type == ARCI_JSON_ARRAY ? list->child : NULL; e && rule && l->st == ARC_OK; e = e->next) {
        arci_json *both = arci_arena_calloc(l->arena, 3, sizeof *both);
        if (!both) {
            l->st = arci_nomem(l->env);
            break;
        }
        both[0].type = ARCI_JSON_OBJECT;
        both[0].n = 2;
        both[0].child = &both[1];
        both[1] = *e;
        both[1].key = "current";
        both[1].key_len = 7;
        both[1].next = &both[2];
        both[2] = *sum;
        both[2].key = "accumulator";
        both[2].key_len = 11;
        both[2].next = NULL;
        sum = eval(l, rule, both);
    }
    return sum;
}

/* ---- all -------------------------------------------------------------------------------------------------------------------------------------- */

static int is(const arci_json *args, const char *name) { return strcmp(args->key, name) == 0; }

static int one_of(const arci_json *args, const char *const *names)
{
    while (*names && strcmp(args->key, *names) != 0) names++;
    return *names != NULL;
}

static const arci_json *operation(loose *l, const arci_json *args, const arci_json *data)
{
    static const char *const numbers[] = { "+", "-", "*", "/", "%", "min", "max", NULL }, *const orders[] = { "<", "<=", ">", ">=", NULL };
    static const char *const lists[] = { "map", "filter", "some", "all", "none", NULL };
    if (one_of(args, numbers)) return op_number(l, args->key, args, data);
    if (one_of(args, orders)) return op_order(l, args->key, args, data);
    if (one_of(args, lists)) return op_each(l, args->key, args, data);
    if (is(args, "var")) return op_var(l, args, data);
    if (is(args, "if") || is(args, "?:")) return op_if(l, args, data);
    if (is(args, "and")) return op_joined(l, args, data, 1);
    if (is(args, "or")) return op_joined(l, args, data, 0);
    if (is(args, "!")) return arci_loose_bool(!arci_loose_truth(arg(l, args, 0, data)));
    if (is(args, "!!")) return arci_loose_bool(arci_loose_truth(arg(l, args, 0, data)));
    if (is(args, "==") || is(args, "!=")) return arci_loose_bool(equal(arg(l, args, 0, data), arg(l, args, 1, data)) == (args->key[0] == '='));
    if (is(args, "===") || is(args, "!==")) return arci_loose_bool(identical(arg(l, args, 0, data), arg(l, args, 1, data)) == (args->key[0] == '='));
    if (is(args, "in")) return op_in(l, args, data);
    if (is(args, "cat")) return op_cat(l, args, data);
    if (is(args, "substr")) return op_substr(l, args, data);
    if (is(args, "merge")) return op_merge(l, args, data);
    if (is(args, "reduce")) return op_reduce(l, args, data);
    if (is(args, "missing")) return op_missing(l, args, data);
    if (is(args, "missing_some")) return op_missing_some(l, args, data);
    if (is(args, "startsWith") || is(args, "endsWith")) {
        const arci_json *a = arg(l, args, 0, data), *b = arg(l, args, 1, data);
        if (a->type != ARCI_JSON_STRING || b->type != ARCI_JSON_STRING || b->len > a->len) return arci_loose_bool(0);
        return arci_loose_bool(!b->len || !memcmp(a->s + (args->key[0] == 's' ? 0 : a->len - b->len), b->s, b->len));
    }
    l->st = arci_json_fail(l->env, args, ARC_E_UNSUPPORTED, "there is no such operator", "没有该运算符");
    return &arci_loose_null;
}

static const arci_json *eval(loose *l, const arci_json *rule, const arci_json *data)
{
    if (l->st != ARC_OK) return &arci_loose_null;
    if (!l->steps--) {
        l->st = arci_fail(l->env, ARC_E_LIMIT, "more than a million steps", "超过一百万步");
        return &arci_loose_null;
    }
    if (rule->type == ARCI_JSON_ARRAY) {
        arci_json *out = arci_loose_array(l);
        for (const arci_json *e = rule->child; e && out; e = e->next) arci_loose_push(l, out, eval(l, e, data));
        return out ? out : &arci_loose_null;
    }
    if (rule->type != ARCI_JSON_OBJECT || rule->n != 1) return rule;
    return operation(l, rule->child, data);
}

arc_status arci_loose(arci_env *env, arci_arena *arena, const arci_json *rule, const arci_json *data, const arci_json **out)
{
    loose l = { env, arena, ARCI_LOOSE_STEPS, ARC_OK };
    *out = eval(&l, rule, data ? data : &arci_loose_null);
    return l.st;
}
