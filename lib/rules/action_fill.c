/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/action_fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"

#define MAX_PATH 400u

struct arci_fill {
    const char *name;
    uint8_t type;           /* ARCI_VIEW_* */
    uint8_t special;        /* ARCI_SPECIAL_* */
    uint32_t n;
    arci_fill *members;     /* OBJECT; LIST: one, what an element is */
    arci_logic *logic;      /* a value */
    const char *fixed;      /* a value: JSON */
    const arci_fact *list;  /* LIST ... */
    arci_logic *when, *order; /* ... over its elements */
};

typedef struct filler {
    arci_action_build *b;
    const arci_json *at;
} filler;

/* ---- names that are no facts --------------------------------------------------------------------------------------------------------- */

static const struct special {
    const char *path;
    uint8_t type, special;
} specials[] = {
    { "firing.level", ARCI_VIEW_INTEGER, ARCI_SPECIAL_LEVEL },       { "firing.effective_date", ARCI_VIEW_DATE, ARCI_SPECIAL_EFFECTIVE },
    { "firing.as_of", ARCI_VIEW_DATE, ARCI_SPECIAL_AS_OF },          { "firing.rule", ARCI_VIEW_TEXT, ARCI_SPECIAL_RULE },
    { "firing.mark", ARCI_VIEW_TEXT, ARCI_SPECIAL_MARK },
    { "recipient.name", ARCI_VIEW_TEXT, ARCI_SPECIAL_RECIPIENT },
};

int arci_fill_special(const char *path, size_t len, uint8_t *type)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (strlen(specials[i].path) != len || memcmp(specials[i].path, path, len) != 0) continue;
        *type = specials[i].type;
        return specials[i].special;
    }
    return ARCI_SPECIAL_NONE;
}

static void put_special(arci_action_run *r, int special, const arci_fill_for *reader, arci_str *out)
{
    arci_logic_value v = { .type = ARCI_FACT_DATE };
    switch (special) {
    case ARCI_SPECIAL_LEVEL: arci_str_int(out, r->level); return;
    case ARCI_SPECIAL_RULE: arci_json_put_text(out, r->rule, strlen(r->rule)); return;
    case ARCI_SPECIAL_MARK: arci_json_put_text(out, r->mark, strlen(r->mark)); return;
    case ARCI_SPECIAL_RECIPIENT:
        if (reader->name) arci_json_put_text(out, reader->name, strlen(reader->name));
        else arci_str_puts(out, "null");
        return;
    default:
        v.n = arci_num_of(special == ARCI_SPECIAL_AS_OF ? r->as_of : r->effective, 0);
        arci_action_value(out, &v);
    }
}

/* ---- compiling ------------------------------------------------------------------------------------------------------------------------- */

/* Whether a value of a fact's type can be what the view wants. Texts take anything people can read. */
static int fits(uint8_t view, uint8_t fact)
{
    switch (view) {
    case ARCI_VIEW_TEXT: return fact != ARCI_FACT_LIST && fact != ARCI_FACT_CHOICES;
    case ARCI_VIEW_INTEGER: return fact == ARCI_FACT_INT || fact == ARCI_FACT_DECIMAL || fact == ARCI_FACT_REF;
    case ARCI_VIEW_DECIMAL: return fact == ARCI_FACT_INT || fact == ARCI_FACT_DECIMAL;
    case ARCI_VIEW_MONEY: return fact == ARCI_FACT_MONEY;
    case ARCI_VIEW_DATE: return fact == ARCI_FACT_DATE;
    case ARCI_VIEW_BOOL: return fact == ARCI_FACT_BOOL;
    default: return 0;
    }
}

static arc_status wrong(const filler *c, const arci_json *at, const arci_view_field *f, const char *en, const char *zh)
{
    return arci_action_note(c->b, arci_json_fail(c->b->env, at ? at : c->at, ARC_E_VALUE, "%.60s: %s%.0s", "%.60s：%.0s%s", f->name, en, zh));
}

static arc_status fill_field(const filler *c, arci_facts *facts, const arci_view_field *f, const char *path, const arci_json *data, arci_fill *out);

static arc_status fill_members(const filler *c, arci_facts *facts, const arci_view_field *f, const char *prefix, const arci_json *data, arci_fill *out)
{
    arc_status st = ARC_OK;
    out->members = arci_arena_calloc(arci_action_arena(c->b), f->n_members + 1u, sizeof *out->members);
    if (!out->members) return arci_nomem(c->b->env);
    for (const arci_json *m = data ? data->child : NULL; m && st == ARC_OK; m = m->next) {
        uint32_t i = 0;
        while (i < f->n_members && strcmp(f->members[i].name, m->key) != 0) i++;
        if (i == f->n_members) st = arci_action_wrong(c->b, m, ARC_E_NOT_FOUND, "the view has no such name", "视图没有该名称");
    }
    for (uint32_t i = 0; i < f->n_members && st == ARC_OK; i++) {
        const arci_view_field *field = &f->members[i];
        char path[MAX_PATH];
        size_t n = strlen(prefix);
        if (n + field->name_len + 2 > sizeof path) return arci_action_wrong(c->b, c->at, ARC_E_LIMIT, "a name is too long", "名称过长");
        memcpy(path, prefix, n);
        if (n) path[n++] = '.';
        memcpy(path + n, field->name, field->name_len + 1u);
        st = fill_field(c, facts, field, path, arci_json_get(data, field->name), &out->members[out->n++]);
    }
    return st;
}

/* The facts of an element, and how it is told. */
static arc_status fill_element(const filler *c, const arci_view_field *f, const arci_json *as, arci_fill *out)
{
    out->members = arci_arena_calloc(arci_action_arena(c->b), 1, sizeof *out->members);
    if (!out->members) return arci_nomem(c->b->env);
    out->n = 1;
    if (f->of->type != ARCI_VIEW_OBJECT) return fill_field(c, out->list->elements, f->of, f->of->name, as, out->members);
    if (as && as->type != ARCI_JSON_OBJECT) return wrong(c, as, f, "is an object of names and where they come from", "须为名称与来源组成的对象");
    out->members->type = ARCI_VIEW_OBJECT;
    out->members->name = "";
    return fill_members(c, out->list->elements, f->of, "", as, out->members);
}

static arc_status fill_list(const filler *c, arci_facts *facts, const arci_view_field *f, const char *path, const arci_json *data, arci_fill *out)
{
    const arci_json *each = arci_json_get(data, "each"), *when = arci_json_get(data, "if"), *order = arci_json_get(data, "order"), *as = arci_json_get(data, "as");
    const char *name = each && each->type == ARCI_JSON_STRING ? each->s : path;
    arci_logic *none;
    const arci_fact *key;
    arc_status st = ARC_OK;
    if (data && data->type != ARCI_JSON_OBJECT) return wrong(c, data, f, "is an object with each, if, order and as", "须为含 each、if、order、as 的对象");
    for (const arci_json *m = data ? data->child : NULL; m && st == ARC_OK; m = m->next) {
        if (m != each && m != when && m != order && m != as) st = arci_action_wrong(c->b, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    if (st != ARC_OK) return st;
    st = arci_action_fact(c->b, facts, name, strlen(name), &none, &out->list);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK || out->list->type != ARCI_FACT_LIST) {
        out->list = NULL;
        return wrong(c, each ? each : data, f, "the subject has no such list", "对象没有该列表");
    }
    if (when) st = arci_action_logic(c->b, out->list->elements, when, 0, &out->when);
    if (st == ARC_OK && order) {
        st = order->type == ARCI_JSON_STRING ? arci_action_fact(c->b, out->list->elements, order->s, order->len, &out->order, &key) : ARC_E_VALUE;
        if (st == ARC_OK && !out->order) st = ARC_E_VALUE;
        if (st == ARC_E_NOMEM) return st;
        if (st != ARC_OK) st = wrong(c, order, f, "order is a field of an element", "order 须为元素的字段");
    }
    return st == ARC_OK ? fill_element(c, f, as, out) : st;
}

/* A constant as it will stand in the view; what it is worth is seen when it is first written. */
static arc_status fill_constant(const filler *c, const arci_view_field *f, const arci_json *data, arci_fill *out)
{
    arci_str b;
    if (data->type == ARCI_JSON_ARRAY) return wrong(c, data, f, "is a constant or an expression", "须为常量或表达式");
    if (f->type == ARCI_VIEW_MONEY && !f->currency) return wrong(c, data, f, "an amount is an expression", "金额须为表达式");
    arci_str_init(&b, c->b->env->ctx);
    arci_json_put_node(&b, data);
    out->fixed = b.failed ? NULL : arci_arena_strndup(arci_action_arena(c->b), b.s, b.len);
    arci_str_clear(&b);
    return out->fixed ? ARC_OK : arci_nomem(c->b->env);
}

static arc_status fill_by_name(const filler *c, arci_facts *facts, const arci_view_field *f, const char *path, arci_fill *out)
{
    const arci_fact *fact;
    uint8_t type = f->type;
    arc_status st = arci_action_fact(c->b, facts, path, strlen(path), &out->logic, &fact);
    if (st == ARC_E_NOMEM) return st;
    if (st == ARC_OK) {
        if (out->logic && fits(f->type, fact->type)) return ARC_OK;
        out->logic = NULL;
        return wrong(c, NULL, f, "the field of this name is of another kind", "同名字段类型不同");
    }
    out->special = (uint8_t)arci_fill_special(path, strlen(path), &type);
    if (out->special && type == f->type) return ARC_OK;
    if (f->nullable) { /* it may be missing: then it always is */
        out->fixed = "null";
        return ARC_OK;
    }
    return arci_action_note(c->b, arci_json_fail(c->b->env, c->at, ARC_E_NOT_FOUND, "%.80s: the subject has no such field; say in data where it comes from",
                                                 "%.80s：对象没有该字段，请在 data 中说明来源", path));
}

static arc_status fill_field(const filler *c, arci_facts *facts, const arci_view_field *f, const char *path, const arci_json *data, arci_fill *out)
{
    out->name = f->name;
    out->type = f->type;
    if (f->type == ARCI_VIEW_OBJECT) {
        if (data && data->type != ARCI_JSON_OBJECT) return wrong(c, data, f, "is an object of names and where they come from", "须为名称与来源组成的对象");
        return fill_members(c, facts, f, path, data, out);
    }
    if (f->type == ARCI_VIEW_LIST) return fill_list(c, facts, f, path, data, out);
    if (!data) return fill_by_name(c, facts, f, path, out);
    if (data->type != ARCI_JSON_OBJECT) return fill_constant(c, f, data, out);
    arc_status st = arci_action_logic(c->b, facts, data, f->type != ARCI_VIEW_BOOL, &out->logic);
    if (st != ARC_OK || !out->logic || fits(f->type, arci_logic_type(out->logic))) return st;
    return wrong(c, data, f, "the expression gives another kind of value", "表达式结果类型不符");
}

arc_status arci_fill_compile(arci_action_build *b, const arci_view_field *view, const arci_json *data, const arci_json *at, arci_fill **out)
{
    const filler c = { b, at };
    *out = arci_arena_calloc(arci_action_arena(b), 1, sizeof **out);
    if (!*out) return arci_nomem(b->env);
    (*out)->name = "";
    (*out)->type = ARCI_VIEW_OBJECT;
    if (data && data->type != ARCI_JSON_OBJECT) return arci_action_wrong(b, data, ARC_E_VALUE, "is an object of names and where they come from", "须为名称与来源组成的对象");
    return fill_members(&c, b->facts, view, "", data, *out);
}

/* ---- running --------------------------------------------------------------------------------------------------------------------------- */

static arc_status put_field(arci_action_run *r, const arci_fill *f, const arc_value *row, const arci_fill_for *reader, arci_str *out);

static arc_status put_leaf(arci_action_run *r, const arci_fill *f, const arc_value *row, const arci_fill_for *reader, arci_str *out)
{
    arci_logic_value v;
    arci_str text;
    arc_status st = arci_action_run_logic(r, f->logic, row, &v);
    if (st != ARC_OK) return st;
    if (!v.type || f->type != ARCI_VIEW_TEXT || v.type == ARCI_FACT_TEXT) {
        arci_action_value(out, &v);
        return ARC_OK;
    }
    arci_str_init(&text, r->env->ctx);
    arci_action_words(&text, &v, reader->locale);
    arci_json_put_text(out, text.s ? text.s : "", text.len);
    out->failed |= text.failed;
    arci_str_clear(&text);
    return ARC_OK;
}

typedef struct element {
    arci_logic_value key;
    uint32_t at;
} element;

static int by_key(const void *x, const void *y)
{
    const element *a = x, *b = y;
    int order = 0;
    if (!a->key.type || !b->key.type) order = (a->key.type != 0) - (b->key.type != 0);
    else if (a->key.type == ARCI_FACT_TEXT) {
        uint32_t n = a->key.len < b->key.len ? a->key.len : b->key.len;
        order = n ? memcmp(a->key.s, b->key.s, n) : 0;
        if (!order) order = (a->key.len > b->key.len) - (a->key.len < b->key.len);
    } else if (arci_num_cmp(&order, &a->key.n, &b->key.n) != ARC_OK) {
        order = 0;
    }
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static arc_status choose(arci_action_run *r, const arci_fill *f, const arci_fact_list *list, element *e, uint32_t *n)
{
    arc_status st = ARC_OK;
    *n = 0;
    for (uint32_t i = 0; i < list->n && st == ARC_OK; i++) {
        const arc_value *row = list->rows + (size_t)i * list->width;
        arci_logic_value yes = { .type = 0 };
        if (f->when) st = arci_action_run_logic(r, f->when, row, &yes);
        if (st != ARC_OK || (f->when && !arci_num_sign(&yes.n))) continue;
        memset(&e[*n], 0, sizeof e[*n]);
        if (f->order) st = arci_action_run_logic(r, f->order, row, &e[*n].key);
        e[(*n)++].at = i;
    }
    if (st == ARC_OK && f->order && *n > 1) qsort(e, *n, sizeof *e, by_key);
    return st;
}

static arc_status put_list(arci_action_run *r, const arci_fill *f, const arc_value *row, const arci_fill_for *reader, arci_str *out)
{
    const arc_value *v = &row[f->list->slot];
    uint32_t n = 0;
    if (v->type == ARCI_V_FAULT) return arci_fail(r->env, ARC_E_LIMIT, "%s has too many rows", "%s 行数过多", f->list->path);
    const arci_fact_list *list = v->type == ARCI_V_LIST ? (const arci_fact_list *)(const void *)v->u.s : NULL;
    element *e = arci_arena_alloc(r->arena, ((list ? list->n : 0) + 1u) * sizeof *e);
    if (!e) return arci_nomem(r->env);
    arc_status st = list ? choose(r, f, list, e, &n) : ARC_OK;
    arci_str_putc(out, '[');
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (i) arci_str_putc(out, ',');
        st = put_field(r, f->members, list->rows + (size_t)e[i].at * list->width, reader, out);
    }
    arci_str_putc(out, ']');
    return st;
}

static arc_status put_field(arci_action_run *r, const arci_fill *f, const arc_value *row, const arci_fill_for *reader, arci_str *out)
{
    arc_status st = ARC_OK;
    if (f->type == ARCI_VIEW_LIST) return put_list(r, f, row, reader, out);
    if (f->type == ARCI_VIEW_OBJECT) {
        arci_str_putc(out, '{');
        for (uint32_t i = 0; i < f->n && st == ARC_OK; i++) {
            if (i) arci_str_putc(out, ',');
            arci_json_put_text(out, f->members[i].name, strlen(f->members[i].name));
            arci_str_putc(out, ':');
            st = put_field(r, &f->members[i], row, reader, out);
        }
        arci_str_putc(out, '}');
        return st;
    }
    if (f->fixed) arci_str_puts(out, f->fixed);
    else if (f->special) put_special(r, f->special, reader, out);
    else return put_leaf(r, f, row, reader, out);
    return ARC_OK;
}

arc_status arci_fill_put(arci_action_run *r, const arci_fill *f, const arc_value *row, const arci_fill_for *reader, arci_str *out)
{
    return put_field(r, f, row, reader, out);
}
