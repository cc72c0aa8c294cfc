/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/claim.h"

static const arc_value *named(const arci_claim_line *l, int delivery) { return delivery ? l->delivery_line : l->order_line; }

static arc_status read_heads(arci_txn *t, arci_arena *arena, arci_claim *list, uint32_t n, int delivery)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; list[i].there && k < list[i].n_lines; k++) at += arci_ref(named(&list[i].lines[k], delivery)) != 0;
    }
    if (!at) return ARC_OK;
    int64_t *ids = arci_arena_alloc(arena, at * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    at = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; list[i].there && k < list[i].n_lines; k++) {
            if (arci_ref(named(&list[i].lines[k], delivery))) ids[at++] = arci_ref(named(&list[i].lines[k], delivery));
        }
    }
    arc_status st = delivery ? arci_shape_get(t, &shape, "delivery_line", "delivery") : arci_shape_get(t, &shape, "order_line", "sales_order");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, at, arena, &rows, &found);
    at = 0;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        for (uint32_t k = 0; list[i].there && k < list[i].n_lines; k++) {
            arci_claim_line *l = &list[i].lines[k];
            if (!arci_ref(named(l, delivery))) continue;
            int64_t head = found[at] ? arci_ref(&rows[at]) : 0;
            *(delivery ? &l->delivery : &l->order) = head;
            at++;
        }
    }
    return st;
}

arc_status arci_claims_heads(arci_txn *t, arci_arena *arena, arci_claim *list, uint32_t n)
{
    arc_status st = read_heads(t, arena, list, n, 0);
    return st == ARC_OK ? read_heads(t, arena, list, n, 1) : st;
}

void arci_claim_count(arci_links *l, const arci_claim *c, int sign)
{
    const char *currency = c->currency->u.s;
    const arci_link_sum whole = { 0, sign * c->gross, sign * c->net }, of_order = { 0, sign * c->order_gross, sign * c->order_net };
    if (!c->there) return;
    if (arci_ref(c->contract)) arci_links_free(l, ARCI_LINK_CONTRACT_INVOICE, c->contract->u.i, currency, &whole, c->freed);
    if (arci_ref(c->order)) arci_links_free(l, ARCI_LINK_SALES_ORDER_INVOICE, c->order->u.i, currency, &of_order, c->freed);
    for (uint32_t k = 0; k < c->n_lines; k++) {
        const arci_claim_line *x = &c->lines[k];
        const arci_link_sum sum = { sign * x->quantity, sign * x->gross, sign * x->net }, amounts = { 0, sum.gross, sum.net };
        if (arci_ref(x->order_line)) arci_links_free(l, ARCI_LINK_ORDER_INVOICE, x->order_line->u.i, currency, &sum, c->freed);
        if (arci_ref(x->delivery_line)) arci_links_free(l, ARCI_LINK_DELIVERY_INVOICE, x->delivery_line->u.i, currency, &sum, c->freed);
        if (x->order && !arci_ref(c->order)) arci_links_free(l, ARCI_LINK_SALES_ORDER_INVOICE, x->order, currency, &amounts, c->freed);
        if (!x->contract) continue;
        const arci_link_sum other = { 0, -amounts.gross, -amounts.net };
        arci_links_free(l, ARCI_LINK_CONTRACT_INVOICE, x->contract, currency, &amounts, c->freed);
        if (arci_ref(c->contract)) arci_links_free(l, ARCI_LINK_CONTRACT_INVOICE, c->contract->u.i, currency, &other, c->freed);
    }
}

arci_claim_group arci_claim_group_of(const arci_claim *c, uint32_t line)
{
    const arci_claim_group header = { arci_ref(c->order), arci_ref(c->delivery), arci_ref(c->contract) };
    const arci_claim_line *l = line == UINT32_MAX ? NULL : &c->lines[line];
    if (!l || (!l->order && !l->delivery && !l->contract)) return header;
    const int other = l->contract != 0; /* the order and the delivery of the header are of its contract */
    return (arci_claim_group){ l->order || other ? l->order : header.order, l->delivery || other ? l->delivery : header.delivery, other ? l->contract : header.contract };
}

int arci_claim_group_order(const arci_claim_group *a, const arci_claim_group *b)
{
    if (a->order != b->order) return a->order < b->order ? -1 : 1;
    if (a->delivery != b->delivery) return a->delivery < b->delivery ? -1 : 1;
    return (a->contract > b->contract) - (a->contract < b->contract);
}

int arci_claim_names(const arci_claim *c)
{
    int any = 0;
    if (!c->there) return 0;
    for (uint32_t k = 0; k < c->n_lines && !any; k++) any = c->lines[k].order || c->lines[k].delivery || c->lines[k].contract;
    return any || arci_ref(c->contract) || arci_ref(c->order) || arci_ref(c->delivery);
}
