/* SPDX-License-Identifier: Apache-2.0 */
/* Which lines of orders and deliveries the lines of documents belong to, and which order a document is of when its lines alone say so. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"
#include "billing/chain.h"

/* ---- which lines they belong to --------------------------------------------------------------------------------------------------------- */

static int names_any(const arci_bill *d)
{
    for (uint32_t k = 0; k < d->n_lines; k++) {
        if (arci_record_value(d->lines[k], ARC_INVOICE_LINE_ORDER_LINE)->type == ARC_V_INT) return 1;
        if (arci_record_value(d->lines[k], ARC_INVOICE_LINE_DELIVERY_LINE)->type == ARC_V_INT) return 1;
        if (arci_record_value(d->lines[k], ARC_INVOICE_LINE_CONTRACT)->type == ARC_V_INT) return 1;
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
        d->line_parents[k].contract = *arci_record_value(d->lines[k], ARC_INVOICE_LINE_CONTRACT);
        if (k && d->amounts[k].discount_of == k) d->line_parents[k] = d->line_parents[k - 1];
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

/* ---- the order they are of ------------------------------------------------------------------------------------------------------------- */

/* Lines of one order make the document one of that order; a line of an order of a contract is of that contract. */
static arc_status take_heads(arci_bills *b, const int64_t *lines, uint32_t n)
{
    enum { ORDER, CONTRACT };
    const arci_shape *of_line, *of_order;
    arc_value *orders, *heads;
    uint8_t *found, *there;
    uint32_t at = 0;
    int64_t *ids = arci_arena_calloc(&b->p->arena, n, sizeof *ids);
    if (!ids) return arci_nomem(b->p->t->env);
    arc_status st = arci_shape_get(b->p->t, &of_line, "order_line", "sales_order contract");
    if (st == ARC_OK) st = arci_shape_get(b->p->t, &of_order, "sales_order", "id contract");
    if (st == ARC_OK) st = arci_repo_get_many(b->p->t, of_line, lines, n, &b->p->arena, &orders, &found);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) ids[k] = found[k] ? orders[2 * (size_t)k].u.i : 0;
    if (st == ARC_OK) st = arci_repo_get_many(b->p->t, of_order, ids, n, &b->p->arena, &heads, &there);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        arci_bill *d = &b->list[i];
        const arc_value *order = NULL, *other = NULL, *contract = NULL;
        int differ = 0;
        for (uint32_t k = 0; d->line_parents && k < d->n_lines; k++) {
            if (d->line_parents[k].order_line.type != ARC_V_INT) {
                if (d->line_parents[k].contract.type == ARC_V_INT) other = &d->line_parents[k].contract;
                differ |= other && contract && !arci_value_equal(other, contract);
                continue;
            }
            const arc_value *v = heads + 2 * (size_t)at, *own = &orders[2 * (size_t)at + 1];
            if (!there[at++]) continue;
            differ |= order && !arci_value_equal(order, &v[ORDER]);
            order = &v[ORDER];
            contract = &v[CONTRACT];
            differ |= other && !arci_value_equal(other, contract); /* what is of another contract is not of the order */
            if (d->line_parents[k].contract.type == ARC_V_NULL) d->line_parents[k].contract = own->type == ARC_V_INT ? *own : v[CONTRACT];
        }
        if (order && !differ) arci_chain_take(d, ARC_INVOICE_SALES_ORDER, order);
    }
    return st;
}

/* Lines that are all of one contract make the document one of that. */
static void take_contract(arci_bill *d)
{
    const arc_value *contract = NULL;
    int differ = 0;
    for (uint32_t k = 0; d->line_parents && k < d->n_lines; k++) {
        const arc_value *v = &d->line_parents[k].contract;
        if (v->type != ARC_V_INT && d->line_parents[k].order_line.type != ARC_V_INT) continue;
        differ |= contract && !arci_value_equal(contract, v);
        contract = v;
    }
    if (contract && contract->type == ARC_V_INT && !differ) arci_chain_take(d, ARC_INVOICE_CONTRACT, contract);
}

arc_status arci_chain_heads(arci_bills *b)
{
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&b->p->arena, (b->n_lines + 1) * sizeof *ids);
    if (!ids) return arci_nomem(b->p->t->env);
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        for (uint32_t k = 0; d->line_parents && k < d->n_lines; k++) {
            if (d->line_parents[k].order_line.type == ARC_V_INT) ids[n++] = d->line_parents[k].order_line.u.i;
        }
    }
    arc_status st = n ? take_heads(b, ids, n) : ARC_OK;
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) take_contract(&b->list[i]);
    return st;
}

arc_value arci_line_contract(const arci_bill *d, uint32_t k)
{
    const arc_value *v = d->line_parents ? &d->line_parents[k].contract : arci_record_value(d->lines[k], ARC_INVOICE_LINE_CONTRACT);
    return v->type == ARC_V_INT && !arci_value_equal(v, arci_bill_or_parent(d, ARC_INVOICE_CONTRACT)) ? *v : arci_v_null();
}

const arc_value *arci_line_parent(const arci_bill *d, uint32_t k, int delivery)
{
    if (d->line_parents) return delivery ? &d->line_parents[k].delivery_line : &d->line_parents[k].order_line;
    return arci_record_value(d->lines[k], delivery ? ARC_INVOICE_LINE_DELIVERY_LINE : ARC_INVOICE_LINE_ORDER_LINE);
}

/* ---- discounts, and other lines that take something off ---------------------------------------------------------------------------------- */

static arc_status judge_discount(arci_env *env, const arci_bill *d, uint32_t k)
{
    static const struct {
        uint32_t field;
        const char *name;
    } own[] = { { ARC_INVOICE_LINE_ORDER_LINE, "order_line" }, { ARC_INVOICE_LINE_DELIVERY_LINE, "delivery_line" }, { ARC_INVOICE_LINE_CONTRACT, "contract" } };
    const arc_value *contract = d->line_parents[k].contract.type == ARC_V_INT ? &d->line_parents[k].contract : arci_bill_or_parent(d, ARC_INVOICE_CONTRACT);
    const arc_value *of[] = { &d->line_parents[k].order_line, &d->line_parents[k].delivery_line, contract };
    for (size_t f = 0; f < sizeof own / sizeof *own; f++) {
        const arc_value *v = arci_record_value(d->lines[k], own[f].field);
        if (v->type != ARC_V_INT || arci_value_equal(v, of[f])) continue;
        arci_fail(env, ARC_E_VALUE, "line %u is the discount of line %u: it is of the same %s, or leaves it open%.0s", "第 %u 行为第 %u 行的折扣，%.0s%s须与其一致或不填", k + 1, k, own[f].name,
                  arci_field_zh("invoice_line", own[f].name));
        return arci_line_at(env, ARC_E_VALUE, k, own[f].name);
    }
    return ARC_OK;
}

void arci_chain_discounts(arci_bills *b)
{
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        for (uint32_t k = 1; d->line_parents && k < d->n_lines && arci_bill_good(b, i) && !b->told; k++) {
            if (d->amounts[k].discount_of != k) continue;
            arc_status st = judge_discount(b->p->t->env, d, k);
            if (st != ARC_OK) arci_bill_refuse(b, i, st);
        }
    }
}

static int takes_off(const arci_bill *d, uint32_t k) { return d->amounts[k].gross < 0 && !d->amounts[k].discount_of && !(d->amounts[k].off & ARCI_OFF_CONTRACT); }

/* What the document invoices of what a line names: of nothing less than nothing. */
static arc_status judge_sum(arci_bills *b, const arci_claim *c, uint32_t k, const char *field)
{
    const arci_claim_line *of = &c->lines[k];
    int64_t quantity = 0, gross = 0, net = 0;
    for (uint32_t n = 0; n < c->n_lines; n++) {
        const arci_claim_line *l = &c->lines[n];
        const int64_t own = l->contract ? l->contract : arci_ref(c->contract), contract = of->contract ? of->contract : arci_ref(c->contract);
        const int same = !strcmp(field, "contract") ? own == contract : arci_value_equal(*field == 'o' ? l->order_line : l->delivery_line, *field == 'o' ? of->order_line : of->delivery_line);
        quantity += same ? l->quantity : 0;
        gross += same ? l->gross : 0;
        net += same ? l->net : 0;
    }
    if (gross >= 0 && net >= 0 && (quantity >= 0 || *field == 'c')) return ARC_OK;
    arci_fail(b->p->t->env, ARC_E_GUARD, "line %u takes off more than the document invoices of its %s%.0s", "第 %u 行冲减的金额或数量超过本单据对应%.0s%s的开票", k + 1, field, arci_field_zh("invoice_line", field));
    return arci_line_at(b->p->t->env, ARC_E_GUARD, k, field);
}

arc_status arci_chain_signs(arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    const arci_claim *c = &b->claims[i];
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < d->n_lines && st == ARC_OK; k++) {
        const arci_claim_line *l = &c->lines[k];
        const arci_claim_group of = arci_claim_group_of(c, k);
        if (!takes_off(d, k)) continue;
        const int loose = !arci_advance_of(d, k) && !arci_ref(l->order_line) && !arci_ref(l->delivery_line) && arci_record_value(d->lines[k], ARC_INVOICE_LINE_CONTRACT)->type != ARC_V_INT;
        for (uint32_t n = 0; loose && n < d->n_lines && st == ARC_OK; n++) {
            const arci_claim_group other = arci_claim_group_of(c, n);
            if (of.order == other.order && of.contract == other.contract) continue;
            arci_fail(b->p->t->env, ARC_E_GUARD, "line %u takes something off a document of several contracts or orders: say with discount_of which line it discounts, line by line", "第 %u 行冲减的单据涉及多个合同或订单：请用 discount_of 逐行注明其折扣的行", k + 1);
            st = arci_line_at(b->p->t->env, ARC_E_GUARD, k, "discount_of");
        }
        if (st == ARC_OK && (l->contract || arci_ref(c->contract))) st = judge_sum(b, c, k, "contract");
        if (st == ARC_OK && arci_ref(l->order_line)) st = judge_sum(b, c, k, "order_line");
        if (st == ARC_OK && arci_ref(l->delivery_line)) st = judge_sum(b, c, k, "delivery_line");
    }
    return st;
}
