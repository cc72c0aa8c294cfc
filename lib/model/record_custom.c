/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json_text.h"
#include "model/formula.h"
#include "model/record_impl.h"

/* ---- column to slots ---------------------------------------------------------------------------------------------- */

static arc_status corrupt(arci_env *env, const arci_record *r)
{
    const arc_value *id = arci_record_value(r, ARCI_FIELD_ID);
    arci_fail(env, ARC_E_CORRUPT, "the stored custom fields cannot be read", "存储的自定义字段无法读取");
    arci_fail_at(env, r->entity->name, "custom", id->type == ARC_V_INT ? id->u.i : -1, -1);
    return ARC_E_CORRUPT;
}

static arc_status parse_column(arci_env *env, arci_record *r, arci_json **out)
{
    const arc_value *v = &r->values[r->custom_pos];
    arc_status st;
    *out = NULL;
    arci_arena_reset(&r->arena);
    if (v->type == ARC_V_NULL) return ARC_OK;
    st = arci_json_parse(env, &r->arena, v->u.s, v->len, &arci_json_default_limits, out);
    if (st == ARC_E_NOMEM) return st;
    return st != ARC_OK || (*out)->type != ARCI_JSON_OBJECT ? corrupt(env, r) : ARC_OK;
}

static uint32_t custom_number(const arci_record *r, const char *name, size_t len)
{
    const arci_custom_field *cf = arci_custom_by_name(r->custom, r->entity, name, len);
    uint32_t i;
    for (i = 0; cf && i < r->n_custom; i++)
        if (r->cfields[i] == cf) return i;
    return r->n_custom;
}

static arc_status decode_members(arci_env *env, arci_record *r, const arci_json *root)
{
    const arci_json *node;
    for (node = root->child; node; node = node->next) {
        arci_slot s;
        uint8_t mark;
        arc_status st;
        uint32_t i = custom_number(r, node->key, node->key_len);
        if (i == r->n_custom) continue; /* defined after this set was read: kept as it is */
        s.f = &r->cfields[i]->field;
        s.cf = r->cfields[i];
        s.v = &r->cvalues[i];
        s.pos = i;
        s.mark = &mark; /* reading marks nothing */
        s.reading = 1;
        mark = 0;
        st = arci_record_put_node(env, r, &s, node);
        if (st == ARC_E_NOMEM) return st;
        if (st != ARC_OK) return corrupt(env, r);
    }
    return ARC_OK;
}

arc_status arci_record_custom_decode(arci_env *env, arci_record *r)
{
    arci_json *root;
    arc_status st;
    if (r->custom_decoded) return ARC_OK;
    st = parse_column(env, r, &root);
    if (st == ARC_OK && root) st = decode_members(env, r, root);
    if (st != ARC_OK) {
        memset(r->cvalues, 0, r->n_custom * sizeof *r->cvalues);
        r->custom_dirty = 0;
        return st;
    }
    r->custom_decoded = 1;
    r->custom_dirty = 0;
    return ARC_OK;
}

arc_status arci_record_formulas(arci_env *env, arci_record *r)
{
    uint32_t i;
    arc_status st = arci_record_custom_decode(env, r);
    for (i = 0; st == ARC_OK && i < r->n_custom; i++)
        if (r->cfields[i]->formula) arci_formula_value(r->cfields[i]->formula, r, &r->cvalues[i], r->ccurrency[i]);
    return st;
}

int arci_record_custom_unknown(arci_env *env, arci_record *r)
{
    const arci_json *node;
    arci_json *root;
    if (r->custom_pos == ARC_NO_COL || r->values[r->custom_pos].type != ARC_V_TEXT) return 0;
    if (parse_column(env, r, &root) != ARC_OK) return 0;
    for (node = root->child; node; node = node->next)
        if (custom_number(r, node->key, node->key_len) == r->n_custom) return 1;
    return 0;
}

/* ---- slots to column ---------------------------------------------------------------------------------------------- */

typedef struct encoder {
    arci_str b;
    uint32_t n;
} encoder;

static void put_key(encoder *e, const char *name, size_t len)
{
    arci_str_putc(&e->b, e->n++ ? ',' : '{');
    arci_json_put_text(&e->b, name, len);
    arci_str_putc(&e->b, ':');
}

static arc_status put_known(arci_env *env, arci_record *r, encoder *e, uint32_t i)
{
    const arci_custom_field *cf = r->cfields[i];
    arc_value currency = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    if (r->cvalues[i].type == ARC_V_NULL || cf->formula) return ARC_OK;
    if (r->ccurrency[i][0]) {
        currency.type = ARC_V_TEXT;
        currency.len = 3;
        currency.u.s = r->ccurrency[i];
    }
    put_key(e, cf->field.name, strlen(cf->field.name));
    return arci_custom_value_json(env, &e->b, cf, &r->cvalues[i], &currency);
}

/* Next member of the old document that no definition known here names, in order of name; NULL when there is none behind `last`. */
static const arci_json *next_unknown(const arci_record *r, const arci_json *root, const arci_json *last)
{
    const arci_json *node, *best = NULL;
    for (node = root ? root->child : NULL; node; node = node->next) {
        if (last && strcmp(node->key, last->key) <= 0) continue;
        if (best && strcmp(node->key, best->key) >= 0) continue;
        if (custom_number(r, node->key, node->key_len) == r->n_custom) best = node;
    }
    return best;
}

static arc_status encode_members(arci_env *env, arci_record *r, encoder *e, const arci_json *root)
{
    const arci_json *unknown = next_unknown(r, root, NULL);
    uint32_t i = 0;
    arc_status st = ARC_OK;
    while (st == ARC_OK && (i < r->n_custom || unknown)) {
        if (unknown && (i == r->n_custom || strcmp(unknown->key, r->cfields[i]->field.name) < 0)) {
            put_key(e, unknown->key, unknown->key_len);
            arci_json_put_node(&e->b, unknown);
            unknown = next_unknown(r, root, unknown);
        } else {
            st = put_known(env, r, e, i++);
        }
    }
    if (e->n) arci_str_putc(&e->b, '}');
    return st == ARC_OK && e->b.failed ? arci_nomem(env) : st;
}

arc_status arci_record_custom_encode(arci_env *env, arci_record *r)
{
    encoder e;
    arci_json *root;
    arc_value *v;
    arc_status st;
    if (!r->custom_dirty) return ARC_OK;
    v = &r->values[r->custom_pos];
    st = parse_column(env, r, &root);
    if (st != ARC_OK) return st;
    e.b = r->out; /* lends its memory */
    e.n = 0;
    arci_str_reset(&e.b);
    st = encode_members(env, r, &e, root);
    r->out = e.b;
    if (st == ARC_OK && e.n && e.b.len > r->entity->fields[r->custom_pos].size)
        st = arci_field_fail(env, r->entity, &r->entity->fields[r->custom_pos], ARC_E_LIMIT, "too many custom values", "自定义字段内容过多");
    if (st == ARC_OK && e.n) st = arci_record_keep(env, r, v, ARC_V_TEXT, e.b.s, e.b.len);
    if (st == ARC_OK && !e.n) memset(v, 0, sizeof *v);
    arci_str_reset(&r->out);
    if (st == ARC_OK) r->custom_dirty = 0;
    return st;
}

static arc_status take_column(arci_env *env, arci_record *r, const arc_value *stored)
{
    arc_value *v = &r->values[r->custom_pos];
    if (stored->type == ARC_V_TEXT) return arci_record_keep(env, r, v, ARC_V_TEXT, stored->u.s, stored->len);
    memset(v, 0, sizeof *v);
    return ARC_OK;
}

static arc_status take_set_fields(arci_env *env, arci_record *to, const arci_record *from)
{
    uint32_t i;
    for (i = 0; i < from->n_custom; i++) {
        const arc_value *v = &from->cvalues[i];
        if (!(from->marks[from->entity->n_fields + i] & ARCI_R_SET)) continue;
        if (v->type == ARC_V_TEXT) {
            arc_status st = arci_record_keep(env, to, &to->cvalues[i], ARC_V_TEXT, v->u.s, v->len);
            if (st != ARC_OK) return st;
        } else {
            to->cvalues[i] = *v;
        }
        memcpy(to->ccurrency[i], from->ccurrency[i], 4);
        to->custom_dirty = 1;
    }
    return ARC_OK;
}

arc_status arci_record_custom_merge(arci_env *env, arci_record *r, const arc_value *stored, arci_record **merged)
{
    arci_record *work;
    arc_status st = arci_record_custom_decode(env, r);
    if (st == ARC_OK) st = arci_record_scratch(env, r, &work);
    if (st == ARC_OK) st = take_column(env, work, stored);
    if (st != ARC_OK) return st;
    memset(work->cvalues, 0, work->n_custom * sizeof *work->cvalues);
    work->custom_decoded = 0;
    work->custom_dirty = 0;
    st = arci_record_custom_decode(env, work);
    if (st == ARC_OK) st = take_set_fields(env, work, r);
    *merged = work;
    return st;
}

/* ---- choices ------------------------------------------------------------------------------------------------------ */

static int chosen(const arci_json *array, const char *code)
{
    const arci_json *node;
    for (node = array->child; node; node = node->next)
        if (node->type == ARCI_JSON_STRING && strcmp(node->s, code) == 0) return 1;
    return 0;
}

static arc_status check_chosen(arci_env *env, const arci_record *r, const arci_slot *s, const arci_json *array)
{
    const arci_json *node, *other;
    size_t i;
    for (node = array->child; node; node = node->next) {
        const char *const *codes = s->cf->choices.codes;
        if (node->type != ARCI_JSON_STRING)
            return arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, "is a list of codes", "须为代码列表");
        for (i = 0; codes[i] && strcmp(codes[i], node->s) != 0; i++) {}
        if (!codes[i]) return arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, "holds a code that is not one of its choices", "含有不在选项中的代码");
        for (other = array->child; other != node; other = other->next)
            if (strcmp(other->s, node->s) == 0)
                return arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, "holds a code twice", "代码重复");
    }
    return ARC_OK;
}

arc_status arci_record_choices(arci_env *env, arci_record *r, const arci_slot *s, const char **text, size_t *len)
{
    arci_arena arena; /* the record's own holds the document a list may be part of */
    arci_json *array;
    const char *const *codes;
    uint32_t n = 0;
    arc_status st;
    arci_arena_init(&arena, r->ctx);
    st = arci_json_parse(env, &arena, *text, *len, &arci_json_default_limits, &array);
    if (st == ARC_OK && array->type != ARCI_JSON_ARRAY)
        st = arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, "is a list of codes", "须为代码列表");
    if (st == ARC_OK) st = check_chosen(env, r, s, array);
    if (st == ARC_OK) {
        arci_str_reset(&r->out);
        for (codes = s->cf->choices.codes; *codes; codes++) {
            if (!chosen(array, *codes)) continue;
            arci_str_putc(&r->out, n++ ? ',' : '[');
            arci_json_put_text(&r->out, *codes, strlen(*codes));
        }
        arci_str_puts(&r->out, n ? "]" : "[]");
        if (r->out.failed) st = arci_nomem(env);
        *text = r->out.s;
        *len = r->out.len;
    } else {
        arci_fail_at(env, r->entity->name, s->f->name, -1, -1);
    }
    arci_arena_clear(&arena);
    return st;
}

/* ---- mirrored values ---------------------------------------------------------------------------------------------- */

static arc_status index_choices(arci_env *env, arci_record *r, uint32_t i, arci_custom_entry *to, uint32_t *n)
{
    arci_json *array, *node;
    uint16_t seq = 0;
    arc_status st = arci_json_parse(env, &r->arena, r->cvalues[i].u.s, r->cvalues[i].len, &arci_json_default_limits, &array);
    if (st != ARC_OK) return st;
    for (node = array->child; node; node = node->next) {
        arci_custom_entry *e = &to[(*n)++];
        memset(e, 0, sizeof *e);
        e->number = r->cfields[i]->field.id;
        e->seq = seq++;
        e->value.type = ARC_V_TEXT;
        e->value.len = node->len;
        e->value.u.s = node->s;
    }
    return ARC_OK;
}

static size_t count_entries(const arci_record *r)
{
    size_t n = 0;
    uint32_t i;
    for (i = 0; i < r->n_custom; i++) {
        const char *const *codes = r->cfields[i]->choices.codes;
        n++;
        if (r->cfields[i]->kind == ARCI_CUSTOM_CHOICES)
            for (; *codes; codes++) n++;
    }
    return n;
}

arc_status arci_record_custom_index(arci_env *env, arci_record *r, const arci_custom_entry **entries, uint32_t *n)
{
    arci_custom_entry *to;
    uint32_t i;
    arc_status st = arci_record_custom_decode(env, r);
    *n = 0;
    if (st != ARC_OK) return st;
    arci_arena_reset(&r->arena);
    to = arci_arena_calloc(&r->arena, count_entries(r) + 1, sizeof *to);
    if (!to) return arci_nomem(env);
    *entries = to;
    for (i = 0; st == ARC_OK && i < r->n_custom; i++) {
        if (!(r->cfields[i]->flags & ARCI_CUSTOM_INDEXED) || r->cvalues[i].type == ARC_V_NULL) continue;
        if (r->cfields[i]->kind == ARCI_CUSTOM_CHOICES) {
            st = index_choices(env, r, i, to, n);
            continue;
        }
        to[*n].number = r->cfields[i]->field.id;
        to[(*n)++].value = r->cvalues[i];
    }
    return st;
}

/* ---- one field ------------------------------------------------------------------------------------------------------ */

arc_status arci_record_take(arci_env *env, arci_record *to, arci_record *from, uint32_t field)
{
    arci_slot in, out;
    arc_status st = arci_record_slot(env, from, field, &in);
    if (st == ARC_OK) st = arci_record_slot(env, to, field, &out);
    if (st != ARC_OK) return st;
    if (in.v->type == ARC_V_TEXT || in.v->type == ARC_V_BLOB) {
        st = arci_record_keep(env, to, out.v, in.v->type, in.v->u.s, in.v->len);
        if (st != ARC_OK) return st;
    } else {
        *out.v = *in.v;
    }
    if (in.cf) {
        memcpy(to->ccurrency[out.pos], from->ccurrency[in.pos], 4);
        to->custom_dirty = 1;
    }
    *out.mark |= ARCI_R_SET;
    return ARC_OK;
}

arc_status arci_record_same(arci_env *env, arci_record *a, arci_record *b, uint32_t field, int *same)
{
    arci_slot x, y;
    arc_status st = arci_record_slot(env, a, field, &x);
    if (st == ARC_OK) st = arci_record_slot(env, b, field, &y);
    if (st != ARC_OK) return st;
    *same = x.v->type == y.v->type;
    if (*same && x.v->type == ARC_V_INT) *same = x.v->u.i == y.v->u.i;
    else if (*same && x.v->type != ARC_V_NULL) *same = x.v->len == y.v->len && (!x.v->len || !memcmp(x.v->u.s, y.v->u.s, x.v->len));
    if (*same && x.cf) *same = !memcmp(a->ccurrency[x.pos], b->ccurrency[y.pos], 4);
    return ARC_OK;
}
