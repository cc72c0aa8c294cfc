/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of invoices against the lines of orders and deliveries they name: neither quantity nor amount may exceed them. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/chain.h"

/* ---- which lines they belong to --------------------------------------------------------------------------------------------------------- */

static int names_any(const arci_bill *d)
{
    for (uint32_t k = 0; k < d->n_lines; k++) {
        if (arci_record_value(d->lines[k], ARC_INVOICE_LINE_ORDER_LINE)->type == ARC_V_INT) return 1;
        if (arci_record_value(d->lines[k], ARC_INVOICE_LINE_DELIVERY_LINE)->type == ARC_V_INT) return 1;
    }
    return 0;
}

/* As given; a discount stands under the line it discounts and takes its parents. */
static arc_status take_given(arci_bills *b, arci_bill *d)
{
    if (!names_any(d)) return ARC_OK;
    d->line_parents = arci_arena_calloc(&b->p->arena, d->n_lines, sizeof *d->line_parents);
    if (!d->line_parents) return arci_nomem(b->p->t->env);
    for (uint32_t k = 0; k < d->n_lines; k++) {
        d->line_parents[k].order_line = *arci_record_value(d->lines[k], ARC_INVOICE_LINE_ORDER_LINE);
        d->line_parents[k].delivery_line = *arci_record_value(d->lines[k], ARC_INVOICE_LINE_DELIVERY_LINE);
        int open = d->line_parents[k].order_line.type == ARC_V_NULL && d->line_parents[k].delivery_line.type == ARC_V_NULL;
        if (open && k && d->amounts[k].discount_of == k) d->line_parents[k] = d->line_parents[k - 1];
    }
    return ARC_OK;
}

static arc_status orders_of_deliveries(arci_bills *b, int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t at = 0;
    arc_status st = arci_shape_get(b->p->t, &shape, "delivery_line", "order_line");
    if (st == ARC_OK) st = arci_repo_get_many(b->p->t, shape, ids, n, &b->p->arena, &rows, &found);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        const arci_bill *d = &b->list[i];
        for (uint32_t k = 0; d->line_parents && k < d->n_lines; k++) {
            if (d->line_parents[k].delivery_line.type != ARC_V_INT) continue;
            if (found[at] && d->line_parents[k].order_line.type == ARC_V_NULL) d->line_parents[k].order_line = rows[at];
            at++;
        }
    }
    return st;
}

arc_status arci_chain_lines(arci_bills *b)
{
    uint32_t n = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        b->list[i].line_parents = NULL;
        if (arci_bill_good(b, i)) st = take_given(b, &b->list[i]);
    }
    if (st != ARC_OK) return st;
    int64_t *ids = arci_arena_alloc(&b->p->arena, (b->n_lines + 1) * sizeof *ids);
    if (!ids) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        for (uint32_t k = 0; d->line_parents && k < d->n_lines; k++) {
            if (d->line_parents[k].delivery_line.type == ARC_V_INT) ids[n++] = d->line_parents[k].delivery_line.u.i;
        }
    }
    return n ? orders_of_deliveries(b, ids, n) : ARC_OK;
}

/* ---- what they leave ------------------------------------------------------------------------------------------------------------------------ */

enum { P_QUANTITY, P_AMOUNT, P_CURRENCY };

typedef struct parent {
    const arc_value *row; /* NULL: there is none, which was told before */
    int64_t quantity, amount; /* invoiced so far */
} parent;

typedef struct level {
    arci_bills *b;
    const char *entity, *column; /* of the parents; of invoice_line that names them */
    const char *en, *zh;
    int delivery;
    int64_t *ids;
    parent *parents;
    uint32_t n;
} level;

static const arc_value *parent_of(const level *x, const arci_bill *d, uint32_t k)
{
    return x->delivery ? &d->line_parents[k].delivery_line : &d->line_parents[k].order_line;
}

static parent *find(const level *x, int64_t id)
{
    uint32_t lo = 0, hi = x->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (x->ids[mid] == id) return &x->parents[mid];
        if (x->ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

static int checked(const arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    return arci_bill_good(b, i) && d->line_parents && strcmp(d->kind, "credit_note") != 0 && strcmp(d->kind, "proforma") != 0;
}

static arc_status collect(level *x)
{
    arci_bills *b = x->b;
    x->n = 0;
    x->ids = arci_arena_alloc(&b->p->arena, (b->n_lines + 1) * sizeof *x->ids);
    if (!x->ids) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n; i++) {
        for (uint32_t k = 0; checked(b, i) && k < b->list[i].n_lines; k++) {
            const arc_value *v = parent_of(x, &b->list[i], k);
            if (v->type == ARC_V_INT) x->ids[x->n++] = v->u.i;
        }
    }
    x->n = arci_ids_unique(x->ids, x->n);
    x->parents = arci_arena_calloc(&b->p->arena, x->n + 1, sizeof *x->parents);
    return x->parents ? ARC_OK : arci_nomem(b->p->t->env);
}

/* Quantities of lines that take back may have been entered positive, with a negative price. */
static int64_t signed_quantity(int64_t quantity, int64_t gross) { return gross < 0 && quantity > 0 ? -quantity : quantity; }

static arc_status add(level *x, parent *p, int64_t quantity, int64_t gross)
{
    if (!arci_add64(p->quantity, signed_quantity(quantity, gross), &p->quantity) && !arci_add64(p->amount, gross, &p->amount)) return ARC_OK;
    return arci_fail(x->b->p->t->env, ARC_E_OVERFLOW, "what is invoiced of a line is too large", "行的已开票数量或金额超出范围");
}

/* The rows of invoices that count; a line does not know what became of its invoice. */
static arc_status sum_rows(level *x, const arci_rows *rows)
{
    const arci_shape *shape;
    arc_value *invoices;
    uint8_t *found;
    arci_posting *p = x->b->p;
    int64_t *ids = arci_arena_alloc(&p->arena, (rows->n_rows + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows->n_rows; r++) ids[r] = rows->values[(size_t)r * rows->n_cols + 1].u.i;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "status kind");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, rows->n_rows, &p->arena, &invoices, &found);
    for (uint32_t r = 0; r < rows->n_rows && st == ARC_OK; r++) {
        const arc_value *v = rows->values + (size_t)r * rows->n_cols;
        parent *to = find(x, v[0].u.i);
        if (to && found[r] && arci_invoice_counts(&invoices[2 * r], &invoices[2 * r + 1])) st = add(x, to, v[2].type == ARC_V_INT ? v[2].u.i : 0, v[3].u.i);
    }
    return st;
}

#define AT_ONCE 500u

static arc_status read_level(level *x)
{
    const arci_shape *parents, *lines;
    arc_value *rows, ids[AT_ONCE];
    uint8_t *found;
    arci_posting *p = x->b->p;
    arc_status st = arci_repo_lock(p->t, x->entity, x->ids, x->n);
    if (st == ARC_OK) st = arci_shape_get(p->t, &parents, x->entity, "quantity amount currency");
    if (st == ARC_OK) st = arci_shape_get(p->t, &lines, "invoice_line", x->column);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, parents, x->ids, x->n, &p->arena, &rows, &found);
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) x->parents[i].row = found[i] ? rows + (size_t)i * parents->n : NULL;
    for (uint32_t at = 0; at < x->n && st == ARC_OK; at += AT_ONCE) {
        uint32_t k = x->n - at < AT_ONCE ? x->n - at : AT_ONCE;
        arci_where w;
        arci_rows existing;
        for (uint32_t i = 0; i < k; i++) ids[i] = arci_v_int(x->ids[at + i]);
        arci_where_init(&w);
        arci_where_in(&w, lines->cols[0], ids, k);
        st = arci_repo_find(p->t, lines, &w, NULL, 0, 0, &p->arena, &existing);
        if (st == ARC_OK && existing.n_rows) st = sum_rows(x, &existing);
    }
    return st;
}

/* ---- the check --------------------------------------------------------------------------------------------------------------------------------- */

static const char *quantity_text(char buf[48], int64_t mantissa)
{
    size_t n = 48;
    const arc_decimal exact = { mantissa, 6, 0 };
    arc_decimal d;
    if (arc_decimal_normalise(&d, &exact) != ARC_OK || arc_decimal_print(buf, &n, &d) != ARC_OK) memcpy(buf, "?", 2);
    return buf;
}

static arc_status exceeds(level *x, uint32_t k, const char *field, const char *room, const char *asked)
{
    arci_env *env = x->b->p->t->env;
    arci_fail(env, ARC_E_GUARD, "line %u: the %s line leaves %s, the line is %s%.0s", "第 %u 行：%.0s可开票余量为 %s，本行为 %s（%s）", k + 1, x->en, room, asked, x->zh);
    return arci_line_at(env, ARC_E_GUARD, k, field);
}

/* A line against its parent, with what the lines above it in this document took. */
static arc_status judge_line(level *x, const arci_bill *d, uint32_t k, parent *p, int64_t tolerance)
{
    const arci_total_line *l = &d->amounts[k];
    const arc_value *v = p->row;
    char room[48], asked[48];
    int64_t quantity = l->given & ARCI_GIVEN_QUANTITY ? signed_quantity(l->quantity.mantissa, l->gross) : 0;
    int64_t most = arci_with_tolerance(v[P_QUANTITY].u.i, tolerance);
    arc_status st = add(x, p, quantity, l->gross);
    if (st != ARC_OK) return st;
    if (memcmp(v[P_CURRENCY].u.s, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3) != 0) {
        arci_fail(x->b->p->t->env, ARC_E_CURRENCY, "line %u: the %s line is in another currency%.0s", "第 %u 行：%.0s币种与%s行不一致", k + 1, x->en, x->zh);
        return arci_line_at(x->b->p->t->env, ARC_E_CURRENCY, k, "currency");
    }
    if (quantity > 0 && p->quantity > most) {
        return exceeds(x, k, "quantity", quantity_text(room, most - (p->quantity - quantity)), quantity_text(asked, quantity));
    }
    return ARC_OK;
}

/* A discount stands below its line: amounts are judged once all lines of the document are counted. */
static arc_status judge_amounts(level *x, const arci_bill *d, int64_t tolerance)
{
    char room[48], asked[48], currency[4] = { 0 };
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arc_value *of = parent_of(x, d, k);
        const parent *p = of->type == ARC_V_INT ? find(x, of->u.i) : NULL;
        int64_t own = 0;
        if (!p || !p->row || d->amounts[k].gross <= 0) continue;
        memcpy(currency, p->row[P_CURRENCY].u.s, 3);
        int64_t most = arci_with_tolerance(p->row[P_AMOUNT].u.i, tolerance);
        if (p->amount <= most) continue;
        for (uint32_t i = 0; i < d->n_lines; i++) {
            if (arci_value_equal(parent_of(x, d, i), of)) own += d->amounts[i].gross;
        }
        return exceeds(x, k, "gross_amount", arci_amount_text(room, most - (p->amount - own), currency), arci_amount_text(asked, own, currency));
    }
    return ARC_OK;
}

/* What a refused document took is free for the next. */
static arc_status judge(level *x, uint32_t i, int64_t tolerance)
{
    const arci_bill *d = &x->b->list[i];
    arc_status st = ARC_OK;
    uint32_t done = 0;
    for (; done < d->n_lines && st == ARC_OK; done++) {
        const arc_value *v = parent_of(x, d, done);
        parent *p = v->type == ARC_V_INT ? find(x, v->u.i) : NULL;
        if (p && p->row) st = judge_line(x, d, done, p, tolerance);
    }
    if (st == ARC_OK) st = judge_amounts(x, d, tolerance);
    if (st == ARC_OK) return ARC_OK;
    for (uint32_t k = 0; k < done; k++) {
        const arc_value *v = parent_of(x, d, k);
        parent *p = v->type == ARC_V_INT ? find(x, v->u.i) : NULL;
        const arci_total_line *l = &d->amounts[k];
        if (!p || !p->row) continue;
        p->amount -= l->gross; /* was added above */
        if (l->given & ARCI_GIVEN_QUANTITY) p->quantity -= signed_quantity(l->quantity.mantissa, l->gross);
    }
    return arci_bill_judged(x->b, i, st);
}

arc_status arci_chain_check_lines(arci_bills *b, int64_t (*tolerance)(const arci_bills *b, uint32_t i, const void *user), const void *user)
{
    level levels[] = { { b, "order_line", "order_line invoice quantity gross_amount", "order", "订单", 0, NULL, NULL, 0 },
                       { b, "delivery_line", "delivery_line invoice quantity gross_amount", "delivery", "发货单", 1, NULL, NULL, 0 } };
    arc_status st = ARC_OK;
    for (int l = 0; l < 2 && st == ARC_OK; l++) {
        level *x = &levels[l];
        st = collect(x);
        if (st != ARC_OK || !x->n) continue;
        st = read_level(x);
        for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
            if (checked(b, i)) st = judge(x, i, tolerance(b, i, user));
        }
    }
    return st;
}

/* ---- taking a credit note back ----------------------------------------------------------------------------------------------------------- */

static arc_status room(level *x, const arci_rows *lines, int64_t tolerance, int *fits)
{
    enum { DOCUMENT, ORDER, DELIVERY, QUANTITY, GROSS, COLUMNS };
    arci_posting *p = x->b->p;
    x->ids = arci_arena_alloc(&p->arena, (lines->n_rows + 1) * sizeof *x->ids);
    if (!x->ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < lines->n_rows; r++) {
        const arc_value *v = lines->values + (size_t)r * COLUMNS + (x->delivery ? DELIVERY : ORDER);
        if (v->type == ARC_V_INT) x->ids[x->n++] = v->u.i;
    }
    x->n = arci_ids_unique(x->ids, x->n);
    x->parents = arci_arena_calloc(&p->arena, x->n + 1, sizeof *x->parents);
    if (!x->parents) return arci_nomem(p->t->env);
    arc_status st = x->n ? read_level(x) : ARC_OK;
    for (uint32_t r = 0; r < lines->n_rows && st == ARC_OK; r++) {
        const arc_value *v = lines->values + (size_t)r * COLUMNS, *of = &v[x->delivery ? DELIVERY : ORDER];
        parent *to = of->type == ARC_V_INT ? find(x, of->u.i) : NULL;
        if (to && to->row) st = add(x, to, v[QUANTITY].type == ARC_V_INT ? -v[QUANTITY].u.i : 0, -v[GROSS].u.i);
    }
    for (uint32_t k = 0; k < x->n && st == ARC_OK; k++) {
        const parent *of = &x->parents[k];
        if (!of->row) continue;
        *fits &= of->quantity <= arci_with_tolerance(of->row[P_QUANTITY].u.i, tolerance) && of->amount <= arci_with_tolerance(of->row[P_AMOUNT].u.i, tolerance);
    }
    return st;
}

arc_status arci_chain_room(arci_posting *p, const arci_rows *lines, int64_t tolerance, int *fits)
{
    arci_bills b;
    memset(&b, 0, sizeof b);
    b.p = p;
    level order = { &b, "order_line", "order_line invoice quantity gross_amount", "order", "订单", 0, NULL, NULL, 0 };
    level delivery = { &b, "delivery_line", "delivery_line invoice quantity gross_amount", "delivery", "发货单", 1, NULL, NULL, 0 };
    *fits = 1;
    arc_status st = room(&order, lines, tolerance, fits);
    return st == ARC_OK ? room(&delivery, lines, tolerance, fits) : st;
}
