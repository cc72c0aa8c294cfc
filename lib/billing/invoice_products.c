/* SPDX-License-Identifier: Apache-2.0 */
/* What the lines of a batch name: their products with the tax code of the day, and that the other rows they point at exist. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/invoice.h"

/* Ids that lines name in one field, each once. */
typedef struct named {
    arci_bills *b;
    uint32_t field;
    const char *name, *entity;
    arci_map index; /* id to position */
    int64_t *ids;
    uint32_t n;
} named;

static arc_status collect(named *x)
{
    arci_bills *b = x->b;
    arci_map_init(&x->index, b->p->arena.ctx);
    x->ids = NULL;
    x->n = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        for (uint32_t k = 0; k < b->list[i].n_lines && arci_bill_good(b, i); k++) {
            const arc_value *v = arci_record_value(b->list[i].lines[k], x->field);
            int64_t *at;
            if (v->type != ARC_V_INT) continue;
            if (!x->ids) x->ids = arci_arena_alloc(&b->p->arena, b->n_lines * sizeof *x->ids);
            int32_t made = x->ids ? arci_map_put(&x->index, &v->u.i, sizeof v->u.i, &at) : ARC_E_NOMEM;
            if (made < 0) return arci_nomem(b->p->t->env);
            if (!made) continue;
            *at = x->n;
            x->ids[x->n++] = v->u.i;
        }
    }
    return ARC_OK;
}

static uint32_t position(const named *x, const arc_value *v)
{
    const int64_t *at = v->type == ARC_V_INT ? arci_map_get(&x->index, &v->u.i, sizeof v->u.i) : NULL;
    return at ? (uint32_t)*at : UINT32_MAX;
}

/* Refuses the documents whose lines point at nothing. */
static arc_status refuse_missing(named *x, const uint8_t *found)
{
    arci_bills *b = x->b;
    for (uint32_t i = 0; i < b->p->n; i++) {
        for (uint32_t k = 0; k < b->list[i].n_lines && arci_bill_good(b, i); k++) {
            uint32_t at = position(x, arci_record_value(b->list[i].lines[k], x->field));
            if (at == UINT32_MAX || found[at]) continue;
            arci_fail(b->p->t->env, ARC_E_REFERENCE, "line %u: there is no such %s%.0s", "第 %u 行：%.0s%s不存在", k + 1, x->entity, arci_entity_zh(x->entity));
            arci_bill_refuse(b, i, arci_line_at(b->p->t->env, ARC_E_REFERENCE, k, x->name));
        }
    }
    return ARC_OK;
}

/* fields: what is read of the rows; rows may be NULL. */
static arc_status read_named(named *x, const char *fields, arc_value **rows)
{
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    arc_status st = collect(x);
    if (st != ARC_OK || !x->n) return st;
    st = arci_shape_get(x->b->p->t, &shape, x->entity, fields);
    if (st == ARC_OK) st = arci_repo_get_many(x->b->p->t, shape, x->ids, x->n, &x->b->p->arena, &values, &found);
    if (st == ARC_OK && rows) *rows = values;
    return st == ARC_OK ? refuse_missing(x, found) : st;
}

/* ---- tax codes ------------------------------------------------------------------------------------------------------------------ */

enum { T_ID, T_CODE, T_KIND, T_RATE, T_FROM, T_TO, T_COLUMNS };

typedef struct taxes {
    arci_bills *b;
    arci_rows rows; /* all of the book: a rate table is short */
} taxes;

static int in_force(const arc_value *row, arc_date day)
{
    return (row[T_FROM].type != ARC_V_INT || row[T_FROM].u.i <= day) && (row[T_TO].type != ARC_V_INT || row[T_TO].u.i >= day);
}

/* The row of the code of row `id` that holds on a day: rates change, a product keeps naming the row it was given. */
static const arc_value *rate_on(const taxes *x, int64_t id, arc_date day)
{
    const arc_value *named_row = NULL, *best = NULL;
    for (uint32_t r = 0; r < x->rows.n_rows && !named_row; r++) {
        const arc_value *row = x->rows.values + (size_t)r * T_COLUMNS;
        if (row[T_ID].u.i == id) named_row = row;
    }
    for (uint32_t r = 0; named_row && r < x->rows.n_rows; r++) {
        const arc_value *row = x->rows.values + (size_t)r * T_COLUMNS;
        if (row[T_CODE].len != named_row[T_CODE].len || memcmp(row[T_CODE].u.s, named_row[T_CODE].u.s, row[T_CODE].len) != 0) continue;
        if (in_force(row, day) && (!best || row[T_FROM].u.i > best[T_FROM].u.i)) best = row;
    }
    return best;
}

static arc_status no_rate(arci_bills *b, uint32_t line)
{
    arci_fail(b->p->t->env, ARC_E_VALUE, "line %u: the product's tax code has no rate on the invoice date", "第 %u 行：商品税目在开票日期没有有效税率", line + 1);
    return arci_line_at(b->p->t->env, ARC_E_VALUE, line, "tax_rate");
}

static arc_status tax_line(taxes *x, const arci_bill *d, uint32_t k, int64_t tax_code)
{
    static const char *const kinds[ARCI_TAX_KINDS] = { "standard", "simplified", "zero", "exempt", "outside" };
    arci_total_line *l = &d->amounts[k];
    const arc_value *row = rate_on(x, tax_code, d->date);
    if (!row) return no_rate(x->b, k);
    if (!(l->given & ARCI_GIVEN_RATE)) {
        l->rate = row[T_RATE].u.i;
        l->given |= ARCI_GIVEN_RATE;
    }
    for (uint8_t i = 0; i < ARCI_TAX_KINDS && !(l->given & ARCI_GIVEN_KIND); i++) {
        if (!arci_code_is(&row[T_KIND], kinds[i])) continue;
        l->kind = i;
        l->given |= ARCI_GIVEN_KIND;
    }
    return ARC_OK;
}

/* What of a line is left open and its product knows. */
static arc_status from_products(named *products, const arc_value *rows)
{
    static const char fields[] = "id code kind rate valid_from valid_to";
    arci_bills *b = products->b;
    const arci_shape *shape;
    taxes x = { b, { NULL, 0, 0 } };
    arc_status st = arci_shape_get(b->p->t, &shape, "tax_code", fields);
    if (st == ARC_OK) st = arci_repo_find(b->p->t, shape, NULL, NULL, 0, 0, &b->p->arena, &x.rows);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        arci_bill *d = &b->list[i];
        for (uint32_t k = 0; k < d->n_lines && st == ARC_OK && arci_bill_good(b, i); k++) {
            uint32_t at = position(products, arci_record_value(d->lines[k], ARC_INVOICE_LINE_PRODUCT));
            const uint32_t tax = ARCI_GIVEN_RATE | ARCI_GIVEN_KIND;
            if (at == UINT32_MAX) continue;
            d->line_products[k] = rows + (size_t)at * ARCI_PRODUCT_COLUMNS;
            const arc_value *code = &d->line_products[k][ARCI_PRODUCT_TAX_CODE];
            int free = (d->amounts[k].given & ARCI_GIVEN_KIND) && d->amounts[k].kind >= ARCI_TAX_ZERO;
            if (code->type == ARC_V_INT && (d->amounts[k].given & tax) != tax && !free) st = arci_bill_judged(b, i, tax_line(&x, d, k, code->u.i));
        }
    }
    return st;
}

static arc_status names(arci_bills *b)
{
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        for (uint32_t k = 0; k < d->n_lines && arci_bill_good(b, i); k++) {
            const arc_value *name = arci_record_value(d->lines[k], ARC_INVOICE_LINE_NAME);
            if ((name->type == ARC_V_TEXT && name->len) || d->line_products[k]) continue;
            arci_fail(b->p->t->env, ARC_E_REQUIRED, "line %u: name is required, or a product", "第 %u 行：须填写名称或选择商品", k + 1);
            arci_bill_refuse(b, i, arci_line_at(b->p->t->env, ARC_E_REQUIRED, k, "name"));
        }
    }
    return ARC_OK;
}

arc_status arci_bills_products(arci_bills *b)
{
    static const struct {
        uint32_t field;
        const char *name, *entity;
    } others[] = { { ARC_INVOICE_LINE_ORDER_LINE, "order_line", "order_line" },          { ARC_INVOICE_LINE_DELIVERY_LINE, "delivery_line", "delivery_line" },
                   { ARC_INVOICE_LINE_RED_OF, "red_of", "invoice_line" }, { ARC_INVOICE_LINE_PROJECT, "project", "project" },
                   { ARC_INVOICE_LINE_ADVANCE, "advance", "invoice" }, { ARC_INVOICE_LINE_CONTRACT, "contract", "contract" } };
    named products = { b, ARC_INVOICE_LINE_PRODUCT, "product", "product", { 0 }, NULL, 0 };
    arc_value *rows = NULL;
    arc_status st = read_named(&products, "name unit tax_code tax_class", &rows);
    if (st == ARC_OK && products.n) st = from_products(&products, rows);
    arci_map_clear(&products.index);
    for (size_t k = 0; k < sizeof others / sizeof others[0] && st == ARC_OK; k++) {
        named x = { b, others[k].field, others[k].name, others[k].entity, { 0 }, NULL, 0 };
        st = read_named(&x, "id", NULL);
        arci_map_clear(&x.index);
    }
    return st == ARC_OK ? names(b) : st;
}
