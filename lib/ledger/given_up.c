/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/given_up.h"

#include <string.h>

static arc_status no(arci_posting *p, const char *field, int64_t item, const char *en, const char *zh)
{
    arc_status st = arci_fail(p->t->env, ARC_E_FORBIDDEN, "%s%.0s", "%.0s%s", en, zh);
    (void)item;
    arci_fail_at(p->t->env, "allocation", field, 0, -1);
    return st;
}

static int within(const arci_posting *p, const char *verb, const char *currency, int64_t amount)
{
    int64_t most = 0;
    return arci_access_authority(p->session, verb, currency, &most) == ARC_OK && amount <= most;
}

arc_status arci_may_give_up(arci_posting *p, arci_given_up *g, const arci_side *item, int64_t amount, const char *reason_code, arc_date day)
{
    const char *code = reason_code ? reason_code : "small_difference";
    int64_t most = 0;
    if (!amount || !p->session->access || !item) return ARC_OK;
    if (strcmp(code, "bad_debt") == 0) return no(p, "reason_code", item->id, "a bad debt takes a request and somebody else's approval", "坏账须先申请并由他人审批");
    if (strcmp(code, "small_difference") != 0 && strcmp(code, "bank_fee") != 0) {
        return within(p, "allocation.apply", item->currency, amount) ? ARC_OK : no(p, "write_off", item->id, "the deduction is above your authority", "扣款超出您的权限");
    }
    if (g->day != day) {
        arc_status st = arci_tolerance_get(p->t, &p->arena, &g->tol, NULL, day);
        if (st != ARC_OK) return st;
        g->day = day;
    }
    if (strcmp(code, "bank_fee") == 0) {
        most = arci_tolerated_fee(&g->tol, item->currency);
    } else {
        arc_status st = arci_tolerated(p->t, &p->arena, &g->tol, item->customer, item->currency, item->left, &most);
        if (st != ARC_OK) return st;
    }
    if (amount <= most || within(p, "write_off_request.approve", item->currency, amount)) return ARC_OK;
    return no(p, "write_off", item->id, "the difference is above the tolerance: ask for a write-off", "差额超出容差：请申请核销");
}
