/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts as of a day: what was issued of them by then, and what their amendments left of them. */
#include <stdlib.h>

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
    arci_ints own;     /* documents that count: id, contract */
    arci_ints others;  /* lines of these contracts, of whatever document: invoice, contract, gross, net */
    int64_t *ids;      /* of own, ascending; then their contracts */
    int64_t *contracts;
} days;

static arci_contract *of(const days *x, const arc_value *id)
{
    arci_contract *c = arci_contract_find(x->list, x->n, id->u.i);
    return c && c->row ? c : NULL;
}

/* ---- documents -------------------------------------------------------------------------------------------------------------------------- */

enum { D_ID, D_CONTRACT, D_CURRENCY, D_GROSS, D_NET, D_STATUS, D_KIND, D_DATE, D_VOIDED, D_COLUMNS };
static const char document_fields[] = "id contract currency gross_amount net_amount status kind invoice_date voided_on";

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
    days *x = user;
    arci_contract *c = of(x, &v[D_CONTRACT]);
    if (!c || !counted(v, x->day) || !arci_value_equal(&v[D_CURRENCY], &c->row[ARCI_CONTRACT_CURRENCY])) return ARC_OK;
    const arc_value row[2] = { v[D_ID], v[D_CONTRACT] };
    arc_status st = arci_take_ints(&x->own, row);
    return st == ARC_OK ? add(x, c, c->without_tax && v[D_NET].type == ARC_V_INT ? v[D_NET].u.i : v[D_GROSS].u.i) : st;
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

/* ---- lines of other contracts than their documents' --------------------------------------------------------------------------------------- */

enum { L_INVOICE, L_CONTRACT, L_GROSS, L_NET, L_OFF, L_COLUMNS };
static const char line_fields[] = "invoice contract gross_amount net_amount off_contract";

static arc_status take_away(void *user, const arc_value *v)
{
    const days *x = user;
    const uint32_t at = arci_ids_find(x->ids, x->own.n, v[L_INVOICE].u.i);
    const arc_value id = arci_v_int(at == UINT32_MAX ? 0 : x->contracts[at]);
    arci_contract *c = at == UINT32_MAX ? NULL : of(x, &id);
    return c ? add(x, c, -v[c->without_tax ? L_NET : L_GROSS].u.i) : ARC_OK;
}

static int by_id(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of the documents of these contracts, what is of others, or of none. */
static arc_status not_theirs(days *x, arci_arena *arena)
{
    const arci_shape *shape;
    arci_where w;
    const uint32_t n = x->own.n;
    if (!n) return ARC_OK;
    qsort(x->own.v, n, 2 * sizeof *x->own.v, by_id); /* the id comes first */
    x->ids = arci_arena_alloc(arena, n * sizeof *x->ids);
    x->contracts = arci_arena_alloc(arena, n * sizeof *x->contracts);
    if (!x->ids || !x->contracts) return arci_nomem(x->t->env);
    for (uint32_t k = 0; k < n; k++) {
        x->ids[k] = x->own.v[2 * (size_t)k];
        x->contracts[k] = x->own.v[2 * (size_t)k + 1];
    }
    arc_status st = arci_shape_get(x->t, &shape, "invoice_line", line_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_CONTRACT], ARC_OP_GT, 0);
    st = arci_find_in(x->t, arena, shape, shape->cols[L_INVOICE], x->ids, n, &w, NULL, 0, take_away, x);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_OFF], ARC_OP_EQ, 1);
    return arci_find_in(x->t, arena, shape, shape->cols[L_INVOICE], x->ids, n, &w, NULL, 0, take_away, x);
}

/* Of other documents, what is of these contracts. */
static arc_status theirs(days *x, arci_arena *arena, const int64_t *ids)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(x->t, &shape, "invoice_line", line_fields);
    if (st == ARC_OK) st = arci_find_in(x->t, arena, shape, shape->cols[L_CONTRACT], ids, x->n, NULL, NULL, 0, arci_take_ints, &x->others);
    const uint32_t n = x->others.n;
    if (st != ARC_OK || !n) return st;
    int64_t *invoices = arci_arena_alloc(arena, n * sizeof *invoices);
    if (!invoices) return arci_nomem(x->t->env);
    for (uint32_t k = 0; k < n; k++) invoices[k] = x->others.v[(size_t)k * L_COLUMNS];
    st = arci_shape_get(x->t, &shape, "invoice", document_fields);
    if (st == ARC_OK) st = arci_repo_get_many(x->t, shape, invoices, n, arena, &rows, &found);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        const int64_t *l = x->others.v + (size_t)k * L_COLUMNS;
        const arc_value *v = rows + (size_t)k * D_COLUMNS, id = arci_v_int(l[L_CONTRACT]);
        arci_contract *c = of(x, &id);
        if (!c || !found[k] || !counted(v, x->day) || !arci_value_equal(&v[D_CURRENCY], &c->row[ARCI_CONTRACT_CURRENCY])) continue;
        st = add(x, c, l[c->without_tax ? L_NET : L_GROSS]);
    }
    return st;
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
    days x = { .t = t, .list = list, .n = n, .day = day, .own = { t, arena, 2, 0, 0, NULL }, .others = { t, arena, L_COLUMNS, 0, 0, NULL } };
    for (uint32_t i = 0; i < n; i++) list[i].issued = 0;
    arc_status st = documents(&x, arena, ids);
    if (st == ARC_OK) st = not_theirs(&x, arena);
    if (st == ARC_OK) st = theirs(&x, arena, ids);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "contract_change", "contract seq kind effective_date old_amount old_tolerance");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[C_CONTRACT], 0 }, { shape->cols[C_SEQ], 0 } };
    return arci_find_in(t, arena, shape, shape->cols[C_CONTRACT], ids, n, NULL, order, 2, take_change, &x);
}
