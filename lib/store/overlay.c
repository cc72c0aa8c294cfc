/* SPDX-License-Identifier: Apache-2.0 */
#include "store/overlay.h"

#include <string.h>

static const char currency_suffix[] = ".currency";
#define SUFFIX (sizeof currency_suffix - 1)
#define NAME_BYTES 56u /* of a name with the suffix */

static int has_currency(const arci_custom_field *f)
{
    return f->field.type == ARC_T_MONEY;
}

/* Fields in the order of their numbers. */
static void sort_fields(const arci_custom_field **f, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const arci_custom_field *x = f[i];
        uint32_t k = i;
        for (; k && f[k - 1]->field.id > x->field.id; k--) f[k] = f[k - 1];
        f[k] = x;
    }
}

/* Everything in one block behind the overlay, widest element first. */
typedef struct parts {
    arc_column *cols;
    const arci_field **field_of_col;
    arci_virtual *virt;
    arci_field *currencies;
    const arci_custom_field **sorted;
    char *names;
} parts;

static arci_overlay *alloc(arc_context *ctx, uint32_t n_cols, uint32_t n_fields, uint32_t n_virt, parts *p)
{
    size_t head = (sizeof(arci_overlay) + 15u) / 16u * 16u, total = n_cols + (size_t)n_virt;
    size_t bytes = head + total * (sizeof *p->cols + sizeof *p->field_of_col) + n_virt * sizeof *p->virt +
                   n_fields * (sizeof *p->currencies + sizeof *p->sorted + NAME_BYTES);
    char *block = arci_calloc(ctx, 1, bytes);
    if (!block) return NULL;
    char *at = block + head;
    p->cols = (arc_column *)(void *)at;
    at += total * sizeof *p->cols;
    p->currencies = (arci_field *)(void *)at;
    at += n_fields * sizeof *p->currencies;
    p->virt = (arci_virtual *)(void *)at;
    at += n_virt * sizeof *p->virt;
    p->field_of_col = (const arci_field **)(void *)at;
    at += total * sizeof *p->field_of_col;
    p->sorted = (const arci_custom_field **)(void *)at;
    p->names = at + n_fields * sizeof *p->sorted;
    return (arci_overlay *)(void *)block;
}

static void put_column(arci_overlay *o, const parts *p, const arci_custom_field *f, const arci_field *field, uint8_t currency)
{
    uint16_t col = o->table.n_cols++;
    arc_column *c = &p->cols[col];
    c->name = field->name;
    c->comment = "";
    c->size = field->size;
    c->type = field->type;
    c->currency_col = !currency && has_currency(f) ? (uint16_t)(col + 1) : (uint16_t)ARC_NO_COL;
    p->field_of_col[col] = field;
    p->virt[o->n_virt].field = f;
    p->virt[o->n_virt++].currency = currency;
}

static void put_currency(arci_overlay *o, const parts *p, const arci_custom_field *f, arci_field *field, char *name)
{
    size_t n = strlen(f->field.name);
    memcpy(name, f->field.name, n);
    memcpy(name + n, currency_suffix, sizeof currency_suffix);
    field->id = (uint16_t)(f->field.id | ARCI_CURRENCY_PART);
    field->type = ARC_T_TEXT;
    field->size = 3;
    field->name = name;
    field->label_en = f->field.label_en;
    field->label_zh = f->field.label_zh;
    field->help = "";
    put_column(o, p, f, field, 1);
}

arc_status arci_overlay_new(arci_env *env, arci_overlay **out, const arci_table *base, arci_custom *custom)
{
    uint32_t n, n_virt = 0;
    parts p;
    const arci_custom_field *const *fields = arci_custom_of(custom, base->entity, &n);
    for (uint32_t i = 0; i < n; i++) n_virt += 1u + (uint32_t)has_currency(fields[i]);
    arci_overlay *o = *out = alloc(env->ctx, base->n_cols, n, n_virt, &p);
    if (!o) return arci_nomem(env);
    o->base = base;
    o->custom = custom;
    o->uses = 1;
    o->table = *base;
    o->desc = *base->desc;
    o->virt = p.virt;
    memcpy(p.cols, base->desc->cols, base->n_cols * sizeof *p.cols);
    memcpy(p.field_of_col, base->field_of_col, base->n_cols * sizeof *p.field_of_col);
    if (n) memcpy(p.sorted, fields, n * sizeof *p.sorted);
    sort_fields(p.sorted, n);
    for (uint32_t i = 0; i < n; i++) {
        put_column(o, &p, p.sorted[i], &p.sorted[i]->field, 0);
        if (has_currency(p.sorted[i])) put_currency(o, &p, p.sorted[i], &p.currencies[i], p.names + i * (size_t)NAME_BYTES);
    }
    o->desc.cols = p.cols;
    o->desc.n_cols = o->table.n_cols;
    o->table.desc = &o->desc;
    o->table.field_of_col = p.field_of_col;
    arci_custom_keep(custom);
    return ARC_OK;
}

void arci_overlay_keep(arci_overlay *o)
{
    if (o) o->uses++;
}

void arci_overlay_drop(arc_context *ctx, arci_overlay *o)
{
    if (!o || --o->uses) return;
    arci_custom_drop(o->custom);
    arci_free(ctx, o);
}

uint16_t arci_overlay_col(const arci_overlay *o, uint32_t number)
{
    for (uint32_t i = 0; i < o->n_virt; i++) {
        const arci_virtual *v = &o->virt[i];
        if ((v->field->field.id | (v->currency ? ARCI_CURRENCY_PART : 0u)) == number) return (uint16_t)(o->base->n_cols + i);
    }
    return ARC_NO_COL;
}

uint32_t arci_overlay_number(const arci_custom *custom, const arci_entity *e, const char *name, size_t len)
{
    const arci_custom_field *f = arci_custom_by_name(custom, e, name, len);
    if (f) return f->field.id;
    if (len <= SUFFIX || memcmp(name + len - SUFFIX, currency_suffix, SUFFIX) != 0) return 0;
    f = arci_custom_by_name(custom, e, name, len - SUFFIX);
    return f && has_currency(f) ? f->field.id | ARCI_CURRENCY_PART : 0;
}
