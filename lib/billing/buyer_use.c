/* SPDX-License-Identifier: Apache-2.0 */
/* What a buyer did with a fapiao (认证、抵扣、入账): told from outside, because the tax service or the buyer says so. What was used is taken back only with the buyer's confirmation. */
#include <string.h>

#include "arcore/credit.h"
#include "arcore/fields.h"
#include "base/str.h"
#include "billing/invoice.h"
#include "billing/invoice_state.h"

typedef struct use_call {
    int64_t invoice;
    const char *use; /* code of buyer_use; NULL: none any more */
    arc_date date;
} use_call;

enum { U_VERSION, U_STATUS, U_KIND, U_FAPIAO_KIND, U_DATE, U_USE, U_ON, U_COLUMNS };
static const char fields[] = "version status kind fapiao_kind invoice_date buyer_use buyer_use_on";

static arc_status fault(const arci_posting *p, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(p->t->env, "invoice", field, id, -1);
    return st;
}

static int is_any(const arc_value *v, const char *const *codes)
{
    for (; *codes; codes++) {
        if (arci_code_is(v, *codes)) return 1;
    }
    return 0;
}

static arc_status judge(const arci_posting *p, const use_call *u, const arc_value *row)
{
    static const char *const special[] = { "digital_special", "paper_special", "electronic_special", NULL }, *const posted[] = { "issued", "credited", "closed", NULL };
    const arci_code_list *l = arci_code_list_get("buyer_use");
    arci_env *env = p->t->env;
    int known = !u->use;
    for (uint32_t i = 0; u->use && l->codes[i]; i++) known |= strcmp(l->codes[i], u->use) == 0;
    if (!known) return fault(p, arci_fail(env, ARC_E_VALUE, "a buyer has certified, deducted or booked a fapiao: \"%.40s\" is none of these", "购方用途状态须为已认证、已抵扣或已入账：“%.40s”无效", u->use), "buyer_use", u->invoice);
    if (row[U_FAPIAO_KIND].type != ARC_V_TEXT || arci_code_is(&row[U_FAPIAO_KIND], "none") || arci_code_is(&row[U_KIND], "credit_note") || arci_code_is(&row[U_KIND], "proforma")) {
        return fault(p, arci_fail(env, ARC_E_STATE, "only fapiao are used by buyers", "只有已开税票的发票才有购方用途状态"), "fapiao_kind", u->invoice);
    }
    if (!is_any(&row[U_STATUS], posted)) return fault(p, arci_fail(env, ARC_E_STATE, "the invoice is not issued", "发票未开具"), "status", u->invoice);
    if (u->use && strcmp(u->use, "booked") != 0 && !is_any(&row[U_FAPIAO_KIND], special)) {
        return fault(p, arci_fail(env, ARC_E_STATE, "only special fapiao (专票) are certified and deducted", "只有专用发票可以认证或抵扣"), "fapiao_kind", u->invoice);
    }
    if (!u->use) return ARC_OK;
    if (u->date == ARC_DATE_NONE) return fault(p, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "日期为必填项：会话未设置业务日期"), "buyer_use_on", u->invoice);
    if (u->date >= row[U_DATE].u.i && u->date <= ARC_DATE_MAX) return ARC_OK;
    return fault(p, arci_fail(env, ARC_E_RANGE, "the date is before the invoice's", "日期早于开票日期"), "buyer_use_on", u->invoice);
}

static arc_status note(arci_posting *p, const void *elements)
{
    use_call u = *(const use_call *)elements;
    const arci_shape *shape, *changed;
    arc_value *row;
    arci_batch *b;
    if (u.use && !*u.use) u.use = NULL;
    if (u.date == ARC_DATE_NONE) u.date = p->session->business_date;
    arci_call_arg_int(p->call, u.invoice);
    arci_call_arg_int(p->call, u.use ? u.date : 0);
    arci_call_arg_text(p->call, u.use ? u.use : "", u.use ? strlen(u.use) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK && p->session->access) st = arci_access_row(p->t, p->t->call->verb, NULL, arci_entity_by_id(ARC_INVOICE), u.invoice);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "invoice", &u.invoice, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "invoice", fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, u.invoice, &p->arena, &row);
    if (st == ARC_OK) st = judge(p, &u, row);
    if (st == ARC_OK) st = arci_shape_get(p->t, &changed, "invoice", "buyer_use buyer_use_on");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, changed, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_key(b, 0)[0] = arci_v_int(u.invoice);
    arci_batch_guard(b, 0)[0] = row[U_VERSION];
    arci_batch_row(b, 0)[0] = u.use ? arci_v_text(u.use, strlen(u.use)) : arci_v_null();
    arci_batch_row(b, 0)[1] = u.use ? arci_v_int(u.date) : arci_v_null();
    return arci_repo_write(p->t, &b, 1, NULL);
}

arc_status arc_credit_buyer_use(arc_session *session, int64_t invoice, const char *use, arc_date date)
{
    arci_session *s;
    const use_call u = { invoice, use, date };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (use && (strlen(use) > 40 || arci_utf8_check(use, strlen(use)) != strlen(use))) {
        st = arci_fail(&s->env, ARC_E_INVALID, "%s is missing, too long or not UTF-8%.0s", "%.0s%s缺失、过长或不是 UTF-8", "buyer_use", arci_field_zh("invoice", "buyer_use"));
        return arci_call_leave(s, st);
    }
    (void)arci_session_leave(s, st);
    return arci_posting_run(session, ARCI_DO_INVOICE_BUYER_USE, NULL, NULL, &u, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, note);
}
