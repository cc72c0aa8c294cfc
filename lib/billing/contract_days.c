/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts as of a day: what was issued of them by then, and what their amendments left of them. */
#include <string.h>

#include "billing/chain.h"
#include "billing/invoice.h"
#include "store/computed.h"

typedef struct days {
    arci_txn *t;
    arci_contract *list;
    uint32_t n;
    arc_date day;
    int64_t change_of; /* the contract whose history is being read */
    int seen;          /* a change after the day: what was before it held */
} days;

static arci_contract *of(const days *x, const arc_value *id)
{
    arci_contract *c = arci_contract_find(x->list, x->n, id->u.i);
    return c && c->row ? c : NULL;
}

/* ---- documents -------------------------------------------------------------------------------------------------------------------------- */

enum { D_CONTRACT, D_CURRENCY, D_GROSS, D_NET, D_STATUS, D_KIND, D_DATE, D_VOIDED, D_COLUMNS };
static const char document_fields[] = "contract currency gross_amount net_amount status kind invoice_date voided_on";

/* From its date on until it was voided; a draft that was voided never did. */
static int counted(const arc_value *v, arc_date day)
{
    const arc_value issued = arci_v_text("issued", 6);
    if (v[D_DATE].u.i > day) return 0;
    if (!arci_code_is(&v[D_STATUS], "voided")) return arci_invoice_counts(&v[D_STATUS], &v[D_KIND]);
    return v[D_VOIDED].type == ARC_V_INT && v[D_VOIDED].u.i > day && arci_invoice_counts(&issued, &v[D_KIND]);
}

static arc_status add(const days *x, arci_contract *c, int64_t amount)
{
    if (!arci_add64(c->issued, amount, &c->issued)) return ARC_OK;
    arci_fail(x->t->env, ARC_E_OVERFLOW, "a sum is too large", "合计超出范围");
    arci_fail_at(x->t->env, "contract", NULL, c->id, -1);
    return ARC_E_OVERFLOW;
}

static arc_status take_document(void *user, const arc_value *v)
{
    const days *x = user;
    arci_contract *c = of(x, &v[D_CONTRACT]);
    if (!c || !counted(v, x->day) || !arci_value_equal(&v[D_CURRENCY], &c->row[ARCI_CONTRACT_CURRENCY])) return ARC_OK;
    return add(x, c, c->without_tax && v[D_NET].type == ARC_V_INT ? v[D_NET].u.i : v[D_GROSS].u.i);
}

static arc_status documents(days *x, arci_arena *arena, const int64_t *ids)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(x->t, &shape, "invoice", document_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[D_DATE], ARC_OP_LE, x->day);
    return arci_find_in(x->t, arena, shape, shape->cols[D_CONTRACT], ids, x->n, &w, NULL, 0, take_document, x);
}

/* ---- amendments --------------------------------------------------------------------------------------------------------------------------- */

enum { C_CONTRACT, C_SEQ, C_KIND, C_DATE, C_AMOUNT, C_TOLERANCE, C_COLUMNS };

/* By contract and number; days do not fall. */
static arc_status take_change(void *user, const arc_value *v)
{
    days *x = user;
    arci_contract *c = of(x, &v[C_CONTRACT]);
    if (!c) return ARC_OK;
    if (x->change_of != c->id) {
        x->change_of = c->id;
        x->seen = 0;
        c->over = 0;
    }
    if (v[C_DATE].u.i <= x->day) {
        if (!arci_code_is(&v[C_KIND], "amended")) c->over = !arci_code_is(&v[C_KIND], "reopened");
        return ARC_OK;
    }
    if (!x->seen++) c->limited = arci_contract_limit(c, &v[C_AMOUNT], &v[C_TOLERANCE], &c->limit) != 0;
    return ARC_OK;
}

arc_status arci_contracts_as_of(arci_txn *t, arci_arena *arena, arci_contract *list, const int64_t *ids, uint32_t n, arc_date day)
{
    const arci_shape *shape;
    days x = { t, list, n, day, 0, 0 };
    for (uint32_t i = 0; i < n; i++) list[i].issued = 0;
    arc_status st = documents(&x, arena, ids);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "contract_change", "contract seq kind effective_date old_amount old_tolerance");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[C_CONTRACT], 0 }, { shape->cols[C_SEQ], 0 } };
    return arci_find_in(t, arena, shape, shape->cols[C_CONTRACT], ids, n, NULL, order, 2, take_change, &x);
}
