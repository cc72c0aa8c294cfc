/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the untyped evaluator are JSON nodes. */
#include <string.h>

#include "arcore/decimal.h"
#include "rules/loose_impl.h"

const arci_json arci_loose_null = { .type = ARCI_JSON_NULL };

const arci_json *arci_loose_bool(int v)
{
    static const arci_json yes = { .type = ARCI_JSON_TRUE }, no = { .type = ARCI_JSON_FALSE };
    return v ? &yes : &no;
}

static arci_json *make(loose *l, uint32_t type)
{
    arci_json *v = arci_arena_calloc(l->arena, 1, sizeof *v);
    if (v) v->type = type;
    else l->st = arci_nomem(l->env);
    return v;
}

static const arci_json *text_node(loose *l, uint32_t type, const char *s, size_t n)
{
    arci_json *v = make(l, type);
    char *own = v ? arci_arena_strndup(l->arena, s, n) : NULL;
    if (!own) {
        l->st = ARC_E_NOMEM;
        return &arci_loose_null;
    }
    v->s = own;
    v->len = (uint32_t)n;
    return v;
}

const arci_json *arci_loose_string(loose *l, const char *s, size_t n) { return text_node(l, ARCI_JSON_STRING, s, n); }

const arci_json *arci_loose_of(loose *l, const arci_num *n)
{
    char buf[96];
    size_t len = arci_num_text(buf, n);
    if (memchr(buf, '.', len)) {
        while (buf[len - 1] == '0') len--;
        if (buf[len - 1] == '.') len--;
    }
    return text_node(l, ARCI_JSON_NUMBER, buf, len);
}

arci_json *arci_loose_array(loose *l) { return make(l, ARCI_JSON_ARRAY); }

/* Nodes hang in lists, so a value that is in one already is copied (its children stay shared). */
void arci_loose_push(loose *l, arci_json *array, const arci_json *v)
{
    arci_json *own = make(l, v->type), **at = &array->child;
    if (!own) return;
    *own = *v;
    own->key = NULL;
    own->key_len = 0;
    own->next = NULL;
    if (array->parent) at = &array->parent->next; /* the last one, while it is built */
    *at = own;
    array->parent = own;
    array->n++;
}

int arci_loose_number(const arci_json *v, arci_num *out)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arc_decimal d;
    *out = arci_num_of(v->type == ARCI_JSON_TRUE, 0);
    if (v->type <= ARCI_JSON_TRUE) return 1;
    if (v->type == ARCI_JSON_ARRAY) return v->n == 0 || (v->n == 1 && arci_loose_number(v->child, out));
    if (v->type == ARCI_JSON_OBJECT) return 0;
    o.flags = ARC_NUMBER_EXPONENT | ARC_NUMBER_SPACE | ARC_NUMBER_PLUS | ARC_NUMBER_BARE_POINT;
    if (v->type == ARCI_JSON_STRING && !v->len) return 1;
    if (arc_decimal_parse_as(&d, v->s, v->len, ARC_SCALE_NATURAL, &o) != ARC_OK) return 0;
    *out = arci_num_of(d.mantissa, d.scale);
    return 1;
}

int arci_loose_truth(const arci_json *v)
{
    arci_num n;
    switch (v->type) {
    case ARCI_JSON_NULL:
    case ARCI_JSON_FALSE: return 0;
    case ARCI_JSON_NUMBER: return !arci_loose_number(v, &n) || arci_num_sign(&n) != 0;
    case ARCI_JSON_STRING: return v->len > 0;
    case ARCI_JSON_ARRAY: return v->n > 0;
    default: return 1;
    }
}

void arci_loose_text(arci_str *b, const arci_json *v)
{
    switch (v->type) {
    case ARCI_JSON_TRUE: arci_str_puts(b, "true"); return;
    case ARCI_JSON_FALSE: arci_str_puts(b, "false"); return;
    case ARCI_JSON_NUMBER:
    case ARCI_JSON_STRING: arci_str_add(b, v->s, v->len); return;
    case ARCI_JSON_ARRAY:
        for (const arci_json *e = v->child; e; e = e->next) {
            if (e != v->child) arci_str_putc(b, ',');
            arci_loose_text(b, e);
        }
        return;
    default: return;
    }
}

static int same_members(const arci_json *a, const arci_json *b)
{
    for (const arci_json *m = a->child; m; m = m->next) {
        const arci_json *o = arci_json_get(b, m->key);
        if (!o || !arci_loose_same(m, o)) return 0;
    }
    return 1;
}

int arci_loose_same(const arci_json *a, const arci_json *b)
{
    arci_num x, y;
    int c = 1;
    if (a->type != b->type) return 0;
    if (a->type == ARCI_JSON_NUMBER) return arci_loose_number(a, &x) && arci_loose_number(b, &y) && arci_num_cmp(&c, &x, &y) == ARC_OK && c == 0;
    if (a->type == ARCI_JSON_STRING) return a->len == b->len && (!a->len || !memcmp(a->s, b->s, a->len));
    if (a->type < ARCI_JSON_ARRAY) return 1;
    if (a->n != b->n) return 0;
    if (a->type == ARCI_JSON_OBJECT) return same_members(a, b);
    const arci_json *q = b->child;
    for (const arci_json *p = a->child; p; p = p->next, q = q->next) {
        if (!arci_loose_same(p, q)) return 0;
    }
    return 1;
}
