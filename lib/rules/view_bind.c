/* SPDX-License-Identifier: Apache-2.0 */
/* Binding: each tag of a program is found in the schema before any value is there. Frames of the run and frames here are the same, so that a
 * value that is absent never lets the name mean something further out. */
#include <string.h>

#include "rules/view_impl.h"
#include "value/currency.h"

typedef struct binder {
    const arci_view_bind *b;
    arci_must *must;
    const arci_must_program *program;
    uint32_t depth;
    const arci_view_field *frames[ARCI_MUST_SECTIONS * (ARCI_MUST_DEPTH + 1u) + 1u];
    arc_status first; /* fault */
    uint32_t steps;
} binder;

static arc_status fault(binder *x, const arci_must_op *op, arc_status st, const char *en, const char *zh)
{
    char pointer[sizeof x->b->env->err->pointer];
    arci_must_fail(x->b->env, x->program, op, st, en, zh);
    arci_json_pointer(x->b->place, pointer, sizeof pointer);
    arci_fail_pointer(x->b->env, pointer);
    arci_fail_rule(x->b->env, "tag");
    if (x->first == ARC_OK) x->first = st;
    return x->b->sink ? arci_fault_note(x->b->env, x->b->sink) : st;
}

/* ---- names ------------------------------------------------------------------------------------------------------------------ */

static const arci_view_field *member(const arci_view_field *f, const char *s, uint32_t n)
{
    for (uint32_t i = 0; f->type == ARCI_VIEW_OBJECT && i < f->n_members; i++) {
        if (f->members[i].name_len == n && memcmp(f->members[i].name, s, n) == 0) return &f->members[i];
    }
    return NULL;
}

/* A member by its name, or by its name with one of the endings its type has. */
static const arci_view_field *named(const arci_view_field *f, const arci_must_part *part, int last, const arci_view_ending **ending)
{
    const arci_view_field *found = member(f, part->s, part->len);
    *ending = NULL;
    for (const arci_view_ending *e = arci_view_endings; last && !found && e->text; e++) {
        uint32_t n = (uint32_t)strlen(e->text);
        if (part->len <= n || memcmp(part->s + part->len - n, e->text, n) != 0) continue;
        found = member(f, part->s, part->len - n);
        if (found && found->type != e->type) found = NULL;
        if (found) *ending = e;
    }
    return found;
}

typedef struct found {
    const arci_view_field *field, *holder; /* holder: the object it is a member of */
    const arci_view_ending *ending;
    uint32_t frame;
} found;

static int find(const binder *x, const arci_must_op *op, found *out)
{
    memset(out, 0, sizeof *out);
    out->frame = x->depth - 1;
    out->field = x->frames[x->depth - 1];
    if (!op->n_parts) return 1;
    out->field = NULL;
    for (uint32_t d = x->depth; d-- > 0 && !out->field;) {
        out->holder = x->frames[d];
        out->frame = d;
        out->field = named(x->frames[d], &op->parts[0], op->n_parts == 1, &out->ending);
    }
    for (uint32_t i = 1; out->field && i < op->n_parts; i++) {
        out->holder = out->field;
        out->field = named(out->holder, &op->parts[i], i + 1u == op->n_parts, &out->ending);
    }
    return out->field != NULL;
}

/* ---- currencies --------------------------------------------------------------------------------------------------------------- */

static arc_status bind_currency(binder *x, const arci_must_op *op, const found *f, arci_view_bound *bound)
{
    const char *name = f->field->currency;
    uint32_t n = name ? (uint32_t)strlen(name) : 0, prefix = op->n_parts ? op->n_parts - 1u : 0;
    if (!name) return ARC_OK; /* inside the value */
    int beside = f->holder && member(f->holder, name, n);
    bound->currency_frame = bound->frame;
    for (uint32_t d = f->frame + 1; !beside && d-- > 0;) {
        if (!member(x->frames[d], name, n)) continue;
        bound->currency_frame = (uint16_t)d;
        prefix = 0;
        beside = 1;
    }
    if (!beside) {
        if (n != 3 || arci_currency_exponent(name) < 0) return fault(x, op, ARC_E_CURRENCY, "the view does not have its currency", "视图中没有其币种");
        memcpy(bound->code, name, 4);
        return ARC_OK;
    }
    arci_must_part *parts = arci_arena_calloc(x->b->arena, prefix + 1u, sizeof *parts);
    if (!parts) return arci_nomem(x->b->env);
    if (prefix) memcpy(parts, op->parts, prefix * sizeof *parts);
    parts[prefix].s = name;
    parts[prefix].len = n;
    bound->currency = parts;
    bound->n_currency = (uint16_t)(prefix + 1);
    return ARC_OK;
}

/* ---- paths of the schema, for what a variant says about names -------------------------------------------------------------------- */

/* Whether `path` ("items.days") leads from the root to this field. */
static int leads_to(const arci_view_field *root, const char *path, const arci_view_field *field)
{
    const arci_view_field *at = root;
    while (at && *path) {
        uint32_t n = (uint32_t)strcspn(path, ".");
        if (at->type == ARCI_VIEW_LIST) at = at->of;
        at = member(at, path, n);
        path += n + (path[n] == '.');
    }
    return at == field;
}

static const arci_json *plural_of(const binder *x, const arci_view_field *field)
{
    for (const arci_json *m = x->b->plurals ? x->b->plurals->child : NULL; m; m = m->next) {
        if (leads_to(x->b->view, m->key, field)) return m;
    }
    return NULL;
}

static int is_required(const binder *x, const arci_view_field *field)
{
    if (!field->nullable) return 1;
    for (const arci_json *m = x->b->required ? x->b->required->child : NULL; m; m = m->next) {
        if (m->type == ARCI_JSON_STRING && leads_to(x->b->view, m->s, field)) return 1;
    }
    return 0;
}

/* ---- operations -------------------------------------------------------------------------------------------------------------------- */

static arc_status bind_op(binder *x, arci_must_op *op, const found *f)
{
    arci_view_bound *bound = arci_arena_calloc(x->b->arena, 1, sizeof *bound);
    if (!bound) return arci_nomem(x->b->env);
    bound->field = f->field;
    bound->as = f->ending ? f->ending->as : ARCI_AS_ITSELF;
    bound->frame = (uint16_t)f->frame;
    bound->required = (uint8_t)is_required(x, f->field);
    bound->n_parts = op->n_parts;
    bound->parts = op->parts;
    if (f->ending) {
        arci_must_part *parts = arci_arena_calloc(x->b->arena, op->n_parts, sizeof *parts);
        if (!parts) return arci_nomem(x->b->env);
        memcpy(parts, op->parts, op->n_parts * sizeof *parts);
        parts[op->n_parts - 1].len = f->field->name_len;
        bound->parts = parts;
    }
    op->bound = bound;
    if (bound->as == ARCI_AS_PLURAL) {
        bound->plural = plural_of(x, f->field);
        if (!bound->plural) return fault(x, op, ARC_E_NOT_FOUND, "the variant has no plural forms for it", "该变体没有其复数形式");
    }
    return f->field->type == ARCI_VIEW_MONEY ? bind_currency(x, op, f, bound) : ARC_OK;
}

static arc_status bind_program(binder *x, arci_must_program *p);

static arc_status bind_value(binder *x, arci_must_op *op)
{
    found f;
    if (!find(x, op, &f)) return fault(x, op, ARC_E_NOT_FOUND, "the view has no such value", "视图没有该值");
    if (f.field->type <= ARCI_VIEW_LIST) return fault(x, op, ARC_E_VALUE, "a list or an object cannot be printed", "列表或对象不能直接输出");
    if (f.field->type == ARCI_VIEW_BOOL || (f.ending && f.ending->as == ARCI_AS_IS_ZERO)) return fault(x, op, ARC_E_VALUE, "yes and no are for sections", "是否值只能用于区块");
    return bind_op(x, op, &f);
}

/* Sets *skip when what is inside cannot be looked at. */
static arc_status bind_section(binder *x, arci_must_op *op, int *skip)
{
    found f;
    *skip = 1;
    if (!find(x, op, &f)) return fault(x, op, ARC_E_NOT_FOUND, "the view has no such value", "视图没有该值");
    if (f.ending && f.ending->as != ARCI_AS_IS_ZERO) return fault(x, op, ARC_E_VALUE, "a written form is no section", "格式化的值不能作为区块");
    arc_status st = bind_op(x, op, &f);
    if (st != ARC_OK || op->kind == ARCI_MUST_INVERTED) {
        *skip = st != ARC_OK;
        return st;
    }
    x->frames[x->depth++] = f.field->type == ARCI_VIEW_LIST ? f.field->of : f.field;
    *skip = 0;
    return ARC_OK;
}

static arc_status bind_program(binder *x, arci_must_program *p)
{
    const arci_must_program *outer = x->program;
    uint32_t open[ARCI_MUST_SECTIONS], n_open = 0;
    arc_status st = ARC_OK;
    x->program = p;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_must_op *op = &p->ops[i];
        int skip = 0;
        if (op->kind == ARCI_MUST_VALUE) st = bind_value(x, op);
        else if (op->kind == ARCI_MUST_PARTIAL && op->jump < x->must->n) st = bind_program(x, &x->must->programs[op->jump]);
        else if (op->kind == ARCI_MUST_PARTIAL) st = fault(x, op, ARC_E_LIMIT, "too many partials in each other", "片段嵌套过深");
        else if (op->kind == ARCI_MUST_END && n_open && open[n_open - 1] == i) {
            n_open--;
            x->depth--;
        }
        if (st == ARC_OK) x->program = p;
        if (op->kind != ARCI_MUST_SECTION && op->kind != ARCI_MUST_INVERTED) continue;
        st = bind_section(x, op, &skip);
        if (st == ARC_OK && skip) i = op->jump;
        else if (st == ARC_OK && op->kind == ARCI_MUST_SECTION) open[n_open++] = op->jump;
    }
    x->program = outer;
    return st;
}

arc_status arci_view_bind_all(const arci_view_bind *b, arci_must *must)
{
    binder *x = arci_arena_calloc(b->arena, 1, sizeof *x);
    if (!x) return arci_nomem(b->env);
    x->b = b;
    x->must = must;
    x->frames[x->depth++] = b->view;
    arc_status st = bind_program(x, &must->programs[0]);
    return st == ARC_OK ? x->first : st;
}
