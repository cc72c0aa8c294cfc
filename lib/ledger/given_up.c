/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/given_up.h"

#include <string.h>

#include "base/num.h"
#include "ledger/offer.h"

static arc_status forbidden(const arci_allot *a, const char *field, const char *en, const char *zh)
{
    arc_status st = arci_fail(a->p->t->env, ARC_E_FORBIDDEN, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(a->p->t->env, "allocation", field, 0, -1);
    return st;
}

static arc_status too_much(const arci_allot *a, const char *field, int64_t amount, int64_t most, const char *currency)
{
    char asked[ARCI_SAID], allowed[ARCI_SAID];
    arc_status st = arci_fail(a->p->t->env, ARC_E_GUARD, "%s is above what may be given up here, %s: request a write-off", "%s 超出可直接核减的 %s：请申请核销",
                              arci_money_said(asked, amount, currency), arci_money_said(allowed, most, currency));
    arci_fail_at(a->p->t->env, "allocation", field, 0, -1);
    return st;
}

static arc_status tolerance_on(arci_allot *a, arci_given_up *g, arc_date day)
{
    arc_status st = g->day == day ? ARC_OK : arci_tolerance_get(a->p->t, &a->p->arena, &g->tol, NULL, day);
    if (st == ARC_OK) g->day = day;
    return st;
}

/* ---- small differences ---------------------------------------------------------------------------------------------------- */

enum { SMALL, FEE, DEDUCTION };

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static void add(const arc_value *row, int64_t item, int what, int64_t *sum)
{
    const arc_value *role = &row[ARCI_AL_ROLE];
    int of = role->type == ARC_V_NULL ? SMALL : is(role, ARCI_ROLE_BANK_FEE) ? FEE : DEDUCTION;
    if (row[ARCI_AL_ITEM].u.i != item || is(&row[ARCI_AL_MODE], "write_off") || of != what) return; /* write-offs: by two */
    if (arci_add64(*sum, row[ARCI_AL_WRITE_OFF].u.i, sum)) *sum = INT64_MAX / 2;
}

/* What was given up of an item before, in rows that stand: many small differences are a large one. */
static arc_status before(arci_allot *a, int64_t item, int what, int64_t *sum)
{
    arc_value *rows;
    int64_t *ids;
    uint32_t n;
    *sum = 0;
    arc_status st = arci_allot_standing(a->p, "item", item, &rows, &ids, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) add(rows + (size_t)i * ARCI_AL_N, item, what, sum);
    for (uint32_t i = 0; st == ARC_OK && i < a->rows->n_rows; i++) add(a->rows->rows + (size_t)i * a->rows->stride + a->rows->first, item, what, sum);
    return st;
}

/* What this call deducts of other items in the same currency: one decision, however it is divided. */
static void beside(arci_allot *a, const arci_side *side, int64_t *sum)
{
    for (uint32_t i = 0; i < a->rows->n_rows; i++) {
        const arc_value *row = a->rows->rows + (size_t)i * a->rows->stride + a->rows->first;
        const arci_side *of = arci_sides_find(&a->items, row[ARCI_AL_ITEM].u.i);
        if (of && of != side && memcmp(of->currency, side->currency, 3) == 0) add(row, of->id, DEDUCTION, sum);
    }
}

/* Within the actor's authority, together with what was deducted of the item before, and what the call deducts of others. */
static arc_status may_deduct(arci_allot *a, const arci_side *side, int64_t amount)
{
    int64_t most = 0, given = 0;
    arc_status st = before(a, side->id, DEDUCTION, &given);
    if (st != ARC_OK) return st;
    beside(a, side, &given);
    st = arci_access_authority(a->p->session, "allocation.apply", side->currency, &most);
    return st == ARC_OK && amount <= most && given <= most - amount ? ARC_OK : forbidden(a, "write_off", "the deduction is above your authority", "扣款超出您的权限");
}

arc_status arci_may_give_up(arci_allot *a, arci_given_up *g, int64_t item, int64_t amount, const char *reason_code, arc_date day)
{
    const char *code = reason_code ? reason_code : "small_difference";
    const arci_side *side = arci_sides_find(&a->items, item);
    int64_t most = 0, given = 0;
    if (amount <= 0 || amount > ARC_MONEY_MAX || !a->p->session->access || !side) return ARC_OK;
    if (strcmp(code, "bad_debt") == 0) return forbidden(a, "reason_code", "a bad debt takes a request and somebody else's approval", "坏账须先申请并由他人审批");
    const int fee = strcmp(code, "bank_fee") == 0;
    if (!fee && strcmp(code, "small_difference") != 0) return may_deduct(a, side, amount);
    arc_status st = tolerance_on(a, g, day);
    if (st == ARC_OK) st = before(a, item, fee ? FEE : SMALL, &given);
    if (st == ARC_OK && fee) most = arci_tolerated_fee(&g->tol, side->currency);
    if (st == ARC_OK && !fee) st = arci_tolerated(a->p->t, &a->p->arena, &g->tol, side->customer, side->currency, side->left + given, &most);
    if (st != ARC_OK || (amount <= most && given <= most - amount)) return st;
    return too_much(a, "write_off", amount, most > given ? most - given : 0, side->currency);
}

/* ---- discounts ------------------------------------------------------------------------------------------------------------- */

/* When the money came: the day that earns a discount. */
static arc_status paid_on(arci_allot *a, const arc_allocation *of, arc_date day, arc_date *out)
{
    const arci_shape *shape;
    arc_value *row;
    const arci_side *credit = of->receipt ? NULL : arci_sides_find(&a->items, of->credit_item);
    *out = credit ? credit->since : day;
    if (!of->receipt) return ARC_OK;
    arc_status st = arci_shape_get(a->p->t, &shape, "receipt", "value_date");
    if (st == ARC_OK) st = arci_repo_get(a->p->t, shape, of->receipt, &a->p->arena, &row);
    if (st == ARC_OK) *out = (arc_date)row[0].u.i;
    return st == ARC_E_NOT_FOUND ? ARC_OK : st; /* told when it is applied */
}

arc_status arci_discount_unearned(arci_allot *a, arci_given_up *g, int64_t *unearned, const arc_allocation *of, arc_date day)
{
    const arci_shape *shape;
    arc_value *row;
    arc_offer offer;
    arc_date on;
    const arc_value none = arci_v_null();
    const arci_side *side = arci_sides_find(&a->items, of->item);
    *unearned = 0;
    if (!side) return ARC_OK;
    arc_status st = tolerance_on(a, g, day);
    if (st == ARC_OK) st = paid_on(a, of, day, &on);
    if (st == ARC_OK) st = arci_shape_get(a->p->t, &shape, "item", "amount discounts");
    if (st == ARC_OK) st = arci_repo_get(a->p->t, shape, of->item, &a->p->arena, &row);
    arci_offered item = { side->id, 0, side->left, &none, 0 };
    if (st == ARC_OK) item.amount = row[0].u.i, item.discounts = &row[1];
    if (st == ARC_OK) st = arci_offers_granted(a->p->t, &a->p->arena, &item, 1);
    for (uint32_t i = 0; st == ARC_OK && i < a->rows->n_rows; i++) { /* by this call */
        const arc_value *v = a->rows->rows + (size_t)i * a->rows->stride + a->rows->first;
        if (v[ARCI_AL_ITEM].u.i == side->id) item.granted += v[ARCI_AL_DISCOUNT].u.i;
    }
    if (st == ARC_OK) st = arci_offer(a->p->t->env, &a->p->arena, &offer, &item, side->currency, on, of->amount, &g->tol);
    if (st != ARC_OK) return st;
    if (of->discount > offer.most) return too_much(a, "discount", of->discount, offer.most, side->currency);
    int64_t earned = of->amount > 0 ? offer.earned : 0; /* what pays nothing earns nothing */
    *unearned = of->discount > earned ? of->discount - earned : 0;
    return ARC_OK;
}
