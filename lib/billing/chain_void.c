/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that are voided take nothing of their parents any more. */
#include <string.h>

#include "billing/chain.h"
#include "billing/invoice_step.h"

enum { L_INVOICE, L_ORDER, L_DELIVERY, L_QUANTITY, L_GROSS, L_NET, L_COLUMNS };

static arc_status give_back_lines(arci_steps *s, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_links *l = &s->p->links;
    arc_status st = arci_shape_get(s->p->t, &shape, "invoice_line", "invoice order_line delivery_line quantity gross_amount net_amount");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[L_INVOICE], ids, n);
    st = arci_repo_find(s->p->t, shape, &w, NULL, 0, 0, s->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * L_COLUMNS;
        uint32_t i = arci_step_of(s, v[L_INVOICE].u.i);
        if (i == UINT32_MAX) continue;
        const char *currency = s->rows[i][ARCI_STEP_CURRENCY].u.s;
        const int64_t quantity = v[L_QUANTITY].type == ARC_V_INT ? arci_signed_quantity(v[L_QUANTITY].u.i, v[L_GROSS].u.i) : 0;
        const arci_link_sum sum = { -quantity, -v[L_GROSS].u.i, -v[L_NET].u.i };
        if (v[L_ORDER].type == ARC_V_INT) arci_links_add(l, ARCI_LINK_ORDER_INVOICE, v[L_ORDER].u.i, currency, &sum);
        if (v[L_DELIVERY].type == ARC_V_INT) arci_links_add(l, ARCI_LINK_DELIVERY_INVOICE, v[L_DELIVERY].u.i, currency, &sum);
    }
    return st;
}

/* Issuing locks them first, too. */
arc_status arci_chain_void_lock(arci_steps *s)
{
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(s->arena, s->p->n * sizeof *ids);
    if (!ids) return arci_nomem(s->p->t->env);
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (arci_step_good(s, i) && s->rows[i][ARCI_STEP_CONTRACT].type == ARC_V_INT) ids[n++] = s->rows[i][ARCI_STEP_CONTRACT].u.i;
    }
    n = arci_ids_unique(ids, n);
    return n ? arci_repo_lock(s->p->t, "contract", ids, n) : ARC_OK;
}

arc_status arci_chain_void(arci_steps *s, const arc_value *ids, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t at = 0; at < n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        st = give_back_lines(s, ids + at, n - at < ARCI_STEPS_AT_ONCE ? n - at : ARCI_STEPS_AT_ONCE);
    }
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        uint32_t i = arci_step_of(s, ids[k].u.i);
        const arc_value *v = i == UINT32_MAX ? NULL : s->rows[i];
        if (!v || arci_code_is(&v[ARCI_STEP_KIND], "proforma")) continue;
        const arci_link_sum sum = { 0, -v[ARCI_STEP_GROSS].u.i, -v[v[ARCI_STEP_NET].type == ARC_V_INT ? ARCI_STEP_NET : ARCI_STEP_GROSS].u.i };
        const char *currency = v[ARCI_STEP_CURRENCY].u.s;
        if (v[ARCI_STEP_CONTRACT].type == ARC_V_INT) arci_links_add(&s->p->links, ARCI_LINK_CONTRACT_INVOICE, v[ARCI_STEP_CONTRACT].u.i, currency, &sum);
        if (v[ARCI_STEP_SALES_ORDER].type == ARC_V_INT) arci_links_add(&s->p->links, ARCI_LINK_SALES_ORDER_INVOICE, v[ARCI_STEP_SALES_ORDER].u.i, currency, &sum);
    }
    return st;
}
