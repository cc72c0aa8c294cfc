/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of custom fields in a scan: the backend hands over the custom column and what formulas read, the values are taken out of it
 * here, row by row. */
#include <string.h>

#include "base/json_text.h"
#include "model/formula.h"
#include "model/record_impl.h"
#include "store/scan_impl.h"

typedef struct arci_composer {
    uint16_t *fetch; /* columns of the table to fetch: first those of the record */
    uint32_t n_fetch, n_record;
    uint16_t *from; /* by place in a row: place in a fetched row, or NONE */
    arci_record *record;
    uint32_t *slot; /* by place in a row: which custom field of the record */
    arci_arena texts; /* of the block under way */
    arc_value *rows;
    size_t cap;
} arci_composer;

#define NONE ((uint16_t)0xffff)

int arci_scan_is_virtual(const arci_scan *s, const arc_cond *c)
{
    for (uint32_t i = 0; s->overlay && i < c->n_ops; i++) {
        if (c->ops[i].op >= ARC_OP_AND) continue;
        if (arci_overlay_virtual(s->overlay, c->ops[i].col)) return 1;
        if (c->ops[i].col2 != ARC_NO_COL && arci_overlay_virtual(s->overlay, c->ops[i].col2)) return 1;
    }
    return 0;
}

/* ---- choices --------------------------------------------------------------------------------------------------------------- */

static int is_choice(const arci_scan *s, const arc_cond_op *o)
{
    if (o->op != ARC_OP_CONTAINS) return 0;
    const arci_virtual *v = arci_overlay_virtual(s->overlay, o->col);
    return v && v->field->kind == ARCI_CUSTOM_CHOICES;
}

/* The list is stored compact: ["a","b"]. A code stands behind [ or , with its quotes, where a quote inside a code is never bare: so the
 * list holds it exactly when it begins with [CODE or holds ,CODE. */
static arc_status needle(arci_scan *s, const arc_value *code, char before, arc_value **out)
{
    arci_str b;
    arci_str_init(&b, s->book->ctx);
    arci_str_putc(&b, before);
    arci_json_put_text(&b, code->u.s, code->len);
    *out = arci_arena_alloc(&s->arena, sizeof **out);
    char *text = b.failed ? NULL : arci_arena_strndup(&s->arena, b.s, b.len);
    if (*out && text) **out = arci_v_text(text, b.len);
    arci_str_clear(&b);
    return *out && text ? ARC_OK : arci_nomem(s->txn->env);
}

static arc_status write_choice(arci_scan *s, const arc_cond_op *o, arc_cond_op *to)
{
    arc_value *first, *later;
    arc_status st = needle(s, o->v, '[', &first);
    if (st == ARC_OK) st = needle(s, o->v, ',', &later);
    if (st != ARC_OK) return st;
    to[0] = to[1] = *o;
    to[0].op = ARC_OP_PREFIX;
    to[0].v = first;
    to[1].v = later;
    memset(&to[2], 0, sizeof to[2]);
    to[2].op = ARC_OP_OR;
    to[2].col2 = ARC_NO_COL;
    to[2].n = 2;
    return ARC_OK;
}

arc_status arci_scan_choices(arci_scan *s, arc_cond *c)
{
    uint32_t more = 0, at = 0;
    for (uint32_t i = 0; i < c->n_ops; i++) more += is_choice(s, &c->ops[i]) ? 2u : 0;
    if (!more) return ARC_OK;
    arc_cond_op *ops = arci_arena_alloc(&s->arena, (c->n_ops + (size_t)more) * sizeof *ops);
    if (!ops) return arci_nomem(s->txn->env);
    for (uint32_t i = 0; i < c->n_ops; i++) {
        if (!is_choice(s, &c->ops[i])) {
            ops[at++] = c->ops[i];
            continue;
        }
        arc_status st = write_choice(s, &c->ops[i], ops + at);
        if (st != ARC_OK) return st;
        at += 3;
    }
    c->ops = ops;
    c->n_ops = at;
    return ARC_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

static uint16_t fetch(arci_composer *c, uint16_t col)
{
    for (uint32_t i = 0; i < c->n_fetch; i++) {
        if (c->fetch[i] == col) return (uint16_t)i;
    }
    c->fetch[c->n_fetch] = col;
    return (uint16_t)c->n_fetch++;
}

static void fetch_field(arci_composer *c, const arci_table *t, const arci_field *f)
{
    uint16_t col = f ? arci_field_col(t->entity, f) : (uint16_t)ARC_NO_COL;
    if (col != ARC_NO_COL) (void)fetch(c, col);
}

/* The columns a formula reads, with the currencies of its amounts. */
static void fetch_formula(arci_composer *c, const arci_table *t, const arci_formula *formula)
{
    for (uint32_t i = 0; i < formula->n_ops; i++) {
        if (formula->ops[i].op != ARCI_FX_FIELD || formula->ops[i].field >= ARCI_FIELD_CUSTOM_FIRST) continue;
        const arci_field *f = arci_entity_field_id(t->entity, formula->ops[i].field);
        fetch_field(c, t, f);
        if (f->type == ARC_T_MONEY) fetch_field(c, t, arci_entity_field(t->entity, f->aux, strlen(f->aux)));
    }
}

static uint32_t slot_of(const arci_record *r, const arci_custom_field *f)
{
    uint32_t i = 0;
    while (i < r->n_custom && r->cfields[i] != f) i++;
    return i;
}

static arc_status plan_places(arci_scan *s, arci_composer *c)
{
    const arci_table *base = s->overlay->base;
    (void)fetch(c, base->col_custom);
    if (base->col_id != ARC_NO_COL) (void)fetch(c, base->col_id); /* for errors */
    for (uint32_t i = 0; i < s->n_cols; i++) {
        const arci_virtual *v = arci_overlay_virtual(s->overlay, s->cols[i]);
        if (v && v->field->formula) fetch_formula(c, base, v->field->formula);
    }
    c->n_record = c->n_fetch;
    for (uint32_t i = 0; i < s->n_cols; i++) {
        const arci_virtual *v = arci_overlay_virtual(s->overlay, s->cols[i]);
        c->from[i] = v ? NONE : fetch(c, s->cols[i]);
        if (v) c->slot[i] = slot_of(c->record, v->field);
        if (v && c->slot[i] == c->record->n_custom) return arci_fail(s->txn->env, ARC_E_INTERNAL, "a custom field without a place", "自定义字段没有位置");
    }
    return ARC_OK;
}

arc_status arci_compose_plan(arci_scan *s, const uint16_t **cols, uint32_t *n)
{
    uint32_t any = 0;
    *cols = s->cols;
    *n = s->n_cols;
    for (uint32_t i = 0; s->overlay && i < s->n_cols; i++) any += arci_overlay_virtual(s->overlay, s->cols[i]) != NULL;
    if (!any) return ARC_OK;
    arci_composer *c = s->composer = arci_arena_calloc(&s->arena, 1, sizeof *c);
    if (!c) return arci_nomem(s->txn->env);
    arci_arena_init(&c->texts, s->book->ctx);
    c->fetch = arci_arena_alloc(&s->arena, s->overlay->base->n_cols * sizeof *c->fetch);
    c->from = arci_arena_alloc(&s->arena, s->n_cols * sizeof *c->from);
    c->slot = arci_arena_calloc(&s->arena, s->n_cols, sizeof *c->slot);
    if (!c->fetch || !c->from || !c->slot) return arci_nomem(s->txn->env);
    arc_status st = arci_record_new(s->txn->env, s->table->entity, s->overlay->custom, &c->record);
    if (st == ARC_OK) st = plan_places(s, c);
    *cols = c->fetch;
    *n = c->n_fetch;
    return st;
}

void arci_compose_free(arci_scan *s)
{
    if (!s->composer) return;
    arci_record_free(s->composer->record);
    arci_arena_clear(&s->composer->texts);
    arci_free(s->book->ctx, s->composer->rows);
    s->composer = NULL;
}

static arc_status take_value(arci_scan *s, uint32_t place, const arci_virtual *v, arc_value *to)
{
    arci_composer *c = s->composer;
    const arc_value *from = &c->record->cvalues[c->slot[place]];
    *to = *from;
    if (from->type == ARC_V_NULL) return ARC_OK;
    if (v->currency) *to = arci_v_text(c->record->ccurrency[c->slot[place]], 3);
    if (to->type != ARC_V_TEXT) return ARC_OK;
    to->u.s = arci_arena_strndup(&c->texts, to->u.s, to->len);
    return to->u.s ? ARC_OK : arci_nomem(s->txn->env);
}

static arc_status compose_row(arci_scan *s, const arc_value *row, arc_value *to)
{
    arci_composer *c = s->composer;
    arc_status st = arci_record_load(s->txn->env, c->record, c->fetch, c->n_record, row);
    if (st == ARC_OK) st = arci_record_formulas(s->txn->env, c->record);
    for (uint32_t i = 0; st == ARC_OK && i < s->n_cols; i++) {
        if (c->from[i] != NONE) to[i] = row[c->from[i]];
        else st = take_value(s, i, arci_overlay_virtual(s->overlay, s->cols[i]), &to[i]);
    }
    return st;
}

arc_status arci_compose_block(arci_scan *s, arc_block *block)
{
    arci_composer *c = s->composer;
    size_t need = (size_t)block->n_rows * s->n_cols;
    arci_arena_reset(&c->texts);
    if (c->cap < need) {
        arc_value *rows = arci_resize(s->book->ctx, c->rows, need * sizeof *rows);
        if (!rows) return arci_nomem(s->txn->env);
        c->rows = rows;
        c->cap = need;
    }
    for (uint32_t r = 0; r < block->n_rows; r++) {
        arc_status st = compose_row(s, block->values + (size_t)r * block->n_cols, c->rows + (size_t)r * s->n_cols);
        if (st != ARC_OK) return st;
    }
    block->values = c->rows;
    block->n_cols = s->n_cols;
    return ARC_OK;
}
