/* SPDX-License-Identifier: Apache-2.0 */
/* Debit notes add to an invoice: a claim of its own with its own due date. */
#include "billing/debit.h"

#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"

enum { D_NUMBER, D_KIND, D_STATUS, D_CUSTOMER, D_CURRENCY, D_DATE, D_COLUMNS };

static arc_status judge(arci_bills *b, const arci_bill *d, const arc_value *row)
{
    static const char *const posted[] = { "issued", "credited", "closed" };
    arci_env *env = b->p->t->env;
    arc_status st = ARC_OK;
    int n = row[D_NUMBER].type == ARC_V_TEXT ? (int)row[D_NUMBER].len : 0, is = 0;
    char unnumbered[24];
    const char *name = n ? row[D_NUMBER].u.s : unnumbered;
    if (!n) n = snprintf(unnumbered, sizeof unnumbered, "#%lld", (long long)arci_bill_value(d, ARC_INVOICE_DEBIT_OF)->u.i); /* a draft */
    for (int k = 0; k < 3; k++) is |= arci_code_is(&row[D_STATUS], posted[k]);
    if (arci_code_is(&row[D_STATUS], "voided")) st = arci_fail(env, ARC_E_STATE, "invoice %.*s is voided: issue a new invoice", "发票 %.*s 已作废，请另开发票", n, name);
    else if (!is) st = arci_fail(env, ARC_E_STATE, "invoice %.*s is not issued yet: change it", "发票 %.*s 尚未开具，请直接修改", n, name);
    else if (arci_code_is(&row[D_KIND], "credit_note") || arci_code_is(&row[D_KIND], "proforma")) {
        st = arci_fail(env, ARC_E_STATE, "%.*s is no invoice: a debit note adds to an invoice", "%.*s 不是发票，借项通知单须对应发票", n, name);
    } else if (!arci_value_equal(&row[D_CUSTOMER], arci_bill_value(d, ARC_INVOICE_CUSTOMER)) || !arci_value_equal(&row[D_CURRENCY], arci_bill_value(d, ARC_INVOICE_CURRENCY))) {
        st = arci_fail(env, ARC_E_GUARD, "invoice %.*s is of another customer or currency", "发票 %.*s 属于其他客户或币种", n, name);
    } else if (d->date < row[D_DATE].u.i) {
        st = arci_fail(env, ARC_E_RANGE, "a debit note is not dated before its invoice", "借项通知单日期不得早于原发票日期");
    }
    if (st != ARC_OK) arci_fail_at(env, "invoice", "debit_of", 0, -1);
    return st;
}

arc_status arci_debit_check(arci_bills *b)
{
    arci_posting *p = b->p;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    uint32_t *of = arci_arena_alloc(&p->arena, p->n * sizeof *of);
    if (!ids || !of) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_bill_good(b, i) || strcmp(b->list[i].kind, "debit_note") != 0) continue;
        of[n] = i;
        ids[n++] = arci_bill_value(&b->list[i], ARC_INVOICE_DEBIT_OF)->u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "number kind status customer currency invoice_date");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &rows, &found);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        if (found[k]) st = arci_bill_judged(b, of[k], judge(b, &b->list[of[k]], rows + (size_t)k * D_COLUMNS)); /* others were refused by the chain */
    }
    return st;
}
