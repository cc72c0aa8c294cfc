/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that take stored invoices a step on. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/fields.h"
#include "billing/invoice.h"
#include "billing/invoice_state.h"
#include "billing/invoice_step.h"
#include "ledger/period.h"

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }
static arc_value text_or_null(const char *s) { return s && *s ? text(s) : arci_v_null(); }
static arc_value date_or_null(arc_date d) { return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d); }

enum { VOID_ROUNDS = 8 }; /* a note to a note to ... */

/* ---- submit, approve, reject ------------------------------------------------------------------------------------------------------------ */

static void fill_submit(const arci_steps *s, uint32_t i, arc_value *v)
{
    (void)s;
    (void)i;
    v[0] = text("submitted");
    v[1] = arci_v_null();
}

static arc_status read_field(arci_steps *s, uint32_t column, const char *entity, const char *field, arc_value **rows, uint8_t **found)
{
    const arci_shape *shape;
    int64_t *ids = arci_arena_calloc(s->arena, s->p->n, sizeof *ids);
    if (!ids) return arci_nomem(s->p->t->env);
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (arci_step_good(s, i) && s->rows[i][column].type == ARC_V_INT) ids[i] = s->rows[i][column].u.i;
    }
    arc_status st = arci_shape_get(s->p->t, &shape, entity, field);
    return st == ARC_OK ? arci_repo_get_many(s->p->t, shape, ids, s->p->n, s->arena, rows, found) : st;
}

/* The customer takes invoices, and the contract is open. */
static arc_status submit(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_value *customers = NULL, *contracts = NULL;
    uint8_t *has_customer = NULL, *has_contract = NULL;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_SUBMIT, elements);
    if (st == ARC_OK) st = read_field(&s, ARCI_STEP_CUSTOMER, "customer", "status", &customers, &has_customer);
    if (st == ARC_OK) st = read_field(&s, ARCI_STEP_CONTRACT, "contract", "status", &contracts, &has_contract);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        static const char *const shut[] = { "blocked", "closed", "merged" };
        if (!arci_step_good(&s, i)) continue;
        int n, bad = 0;
        const char *name = arci_step_name(&s, i, &n);
        for (int k = 0; k < 3; k++) bad |= has_customer[i] && arci_code_is(&customers[i], shut[k]);
        if (bad) arci_step_refuse(&s, i, ARC_E_STATE, "customer", "invoice %.*s: the customer is blocked or closed", "发票 %.*s：客户已冻结或停用", n, name);
        else if (has_contract[i] && (arci_code_is(&contracts[i], "closed") || arci_code_is(&contracts[i], "terminated"))) {
            arci_step_refuse(&s, i, ARC_E_STATE, "contract", "invoice %.*s: its contract is closed", "发票 %.*s：合同已完结或终止", n, name);
        }
    }
    return st == ARC_OK ? arci_steps_update(&s, "status decision_reason", fill_submit) : st;
}

static void judge_approver(arci_steps *s, uint32_t i, const int64_t actors[2])
{
    const arc_value *v = s->rows[i], *const people[2] = { &v[ARCI_STEP_DRAFTED_BY], &v[ARCI_STEP_DRAFTED_FOR] };
    int n;
    const char *name = arci_step_name(s, i, &n);
    const arci_verdict d = arci_invoice_approver(s->p->session, people, actors, &v[ARCI_STEP_CURRENCY], v[ARCI_STEP_GROSS].u.i);
    if (d.class) arci_step_refuse(s, i, ARC_E_FORBIDDEN, strcmp(d.class, "own") == 0 ? "drafted_by" : "gross_amount", "invoice %.*s: %s%.0s", "发票 %.*s：%.0s%s", n, name, d.en, d.zh);
}

static void fill_approve(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("approved");
    v[1] = s->user ? arci_v_int(s->user) : arci_v_null();
    v[2] = text_or_null(s->list[i].reason);
}

static arc_status approve(arci_posting *p, const void *elements)
{
    arci_steps s;
    int64_t actors[2] = { 0, 0 };
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_APPROVE, elements);
    if (st == ARC_OK) st = arci_step_people(p->t, &actors[0], &actors[1]);
    s.user = actors[0];
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_step_good(&s, i)) judge_approver(&s, i, actors);
    }
    return st == ARC_OK ? arci_steps_update(&s, "status approved_by decision_reason", fill_approve) : st;
}

/* A reason that must be there. */
static void need_reason(arci_steps *s)
{
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (!arci_step_good(s, i) || (s->list[i].reason && s->list[i].reason[0])) continue;
        arci_step_refuse(s, i, ARC_E_REQUIRED, "decision_reason", "a reason is required", "须说明原因");
    }
}

static void fill_reject(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("draft");
    v[1] = arci_v_null();
    v[2] = text(s->list[i].reason);
}

static arc_status reject(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_REJECT, elements);
    if (st != ARC_OK) return st;
    need_reason(&s);
    return arci_steps_update(&s, "status approved_by decision_reason", fill_reject);
}

static void fill_recall(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("draft");
    v[1] = text_or_null(s->list[i].reason);
}

/* By who drafted it, or who acts for him, before it is decided. */
static arc_status recall(arci_posting *p, const void *elements)
{
    arci_steps s;
    int64_t actors[2] = { 0, 0 };
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_RECALL, elements);
    if (st == ARC_OK && p->session->access) st = arci_step_people(p->t, &actors[0], &actors[1]);
    for (uint32_t i = 0; i < p->n && st == ARC_OK && p->session->access; i++) {
        int n;
        if (!arci_step_good(&s, i)) continue;
        const arc_value *const people[2] = { &s.rows[i][ARCI_STEP_DRAFTED_BY], &s.rows[i][ARCI_STEP_DRAFTED_FOR] };
        const char *name = arci_step_name(&s, i, &n);
        if (!arci_invoice_his(people, actors)) arci_step_refuse(&s, i, ARC_E_FORBIDDEN, "drafted_by", "invoice %.*s: who drafted it takes it back; others reject it", "发票 %.*s：只有制单人可以撤回，其他人请退回", n, name);
    }
    return st == ARC_OK ? arci_steps_update(&s, "status decision_reason", fill_recall) : st;
}

/* ---- void and close ------------------------------------------------------------------------------------------------------------------------ */

static void fill_void(const arci_steps *s, uint32_t i, arc_value *v)
{
    const arc_value *tax = &s->rows[i][ARCI_STEP_TAX_STATUS];
    v[0] = text("voided");
    v[1] = text(s->list[i].reason);
    v[2] = arci_code_is(tax, "issued") || arci_code_is(tax, "red") ? text("void") : *tax; /* its fapiao, blue or red */
    v[3] = arci_invoice_counts(&s->rows[i][ARCI_STEP_STATUS], &s->rows[i][ARCI_STEP_KIND]) ? arci_v_int(arci_step_day(s, i)) : arci_v_null();
}

/* How many of the documents it is a note to, and those are notes to, are named beside it: notes go first, as if each had been voided in a call of its own. */
static uint32_t round_of(const arci_steps *s, uint32_t i)
{
    uint32_t n = 0;
    while (i != UINT32_MAX && n < VOID_ROUNDS - 1) {
        const arc_value *v = s->rows[i], *of = &v[v[ARCI_STEP_RED_OF].type == ARC_V_INT ? ARCI_STEP_RED_OF : ARCI_STEP_DEBIT_OF];
        i = of->type == ARC_V_INT ? arci_step_of(s, of->u.i) : UINT32_MAX;
        n += i != UINT32_MAX;
    }
    return n;
}

static arc_status void_round(arci_steps *s)
{
    arc_status st = arci_steps_judge(s);
    if (st != ARC_OK) return st;
    need_reason(s);
    st = arci_steps_void(s);
    return st == ARC_OK ? arci_steps_update(s, "status decision_reason tax_status voided_on", fill_void) : st;
}

static arc_status void_them(arci_posting *p, const void *elements)
{
    arci_steps s;
    uint32_t deepest = 0;
    arc_status st = arci_steps_open(&s, p, ARCI_DO_INVOICE_VOID, elements);
    uint32_t *rounds = st == ARC_OK ? arci_arena_alloc(&p->arena, p->n * sizeof *rounds) : NULL;
    if (st == ARC_OK && !rounds) st = arci_nomem(p->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        rounds[i] = arci_step_good(&s, i) ? round_of(&s, i) : UINT32_MAX;
        if (rounds[i] != UINT32_MAX && rounds[i] > deepest) deepest = rounds[i];
    }
    for (uint32_t left = deepest + 1; st == ARC_OK && left-- > 0;) {
        for (uint32_t i = 0; i < p->n; i++) { /* the others wait, or are done */
            if (rounds[i] != UINT32_MAX && rounds[i] != left && p->results[i] == ARC_OK) p->results[i] = ARC_DONE;
        }
        st = left == deepest ? ARC_OK : arci_steps_again(&s);
        if (st == ARC_OK) st = void_round(&s);
        for (uint32_t i = 0; i < p->n; i++) {
            if (rounds[i] != UINT32_MAX && p->results[i] == ARC_DONE) p->results[i] = ARC_OK;
        }
    }
    return st;
}

static void fill_close(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("closed");
    v[1] = text_or_null(s->list[i].reason);
}

static arc_status close_them(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_CLOSE, elements);
    if (st == ARC_OK) st = arci_steps_settled(&s);
    return st == ARC_OK ? arci_steps_update(&s, "status decision_reason", fill_close) : st;
}

/* ---- the way to the customer ----------------------------------------------------------------------------------------------------------------- */

/* The day of the step: not before the invoice. */
static void need_day(arci_steps *s, const char *field)
{
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (!arci_step_good(s, i)) continue;
        arc_date day = arci_step_day(s, i);
        if (day == ARC_DATE_NONE) arci_step_refuse(s, i, ARC_E_REQUIRED, field, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期");
        else if (day < s->rows[i][ARCI_STEP_DATE].u.i || day > ARC_DATE_MAX) {
            arci_step_refuse(s, i, ARC_E_RANGE, field, "the date is before the invoice's", "日期早于开票日期");
        } else {
            arc_status st = arci_day_come(s->p->t, day, (arc_date)s->rows[i][ARCI_STEP_DATE].u.i, "invoice", field, s->list[i].invoice);
            if (st != ARC_OK) arci_posting_refuse(s->p, i, st);
        }
    }
}

static void fill_send(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("sent");
    v[1] = arci_v_int(arci_step_day(s, i));
    v[2] = text_or_null(s->list[i].by);
}

static arc_status send_them(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_SEND, elements);
    if (st != ARC_OK) return st;
    need_day(&s, "sent_on");
    return arci_steps_update(&s, "delivery_status sent_on tracking", fill_send);
}

static void fill_deliver(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("delivered");
    v[1] = arci_v_int(arci_step_day(s, i));
}

static arc_status deliver(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_DELIVER, elements);
    if (st != ARC_OK) return st;
    need_day(&s, "received_on");
    st = arci_steps_due(&s);
    return st == ARC_OK ? arci_steps_update(&s, "delivery_status received_on", fill_deliver) : st;
}

static void fill_confirm(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("confirmed");
    v[1] = arci_v_int(arci_step_day(s, i));
    v[2] = text(s->list[i].by);
}

static arc_status confirm(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_CONFIRM, elements);
    if (st != ARC_OK) return st;
    need_day(&s, "confirmed_on");
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_step_good(&s, i) || (s.list[i].by && s.list[i].by[0])) continue;
        arci_step_refuse(&s, i, ARC_E_REQUIRED, "confirmed_by", "who confirmed it is required", "须填写客户确认人");
    }
    return arci_steps_update(&s, "delivery_status confirmed_on confirmed_by", fill_confirm);
}

static void fill_refuse(const arci_steps *s, uint32_t i, arc_value *v)
{
    v[0] = text("refused");
    v[1] = text(s->list[i].reason);
}

static arc_status refuse_them(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_REFUSE, elements);
    if (st != ARC_OK) return st;
    need_reason(&s);
    return arci_steps_update(&s, "delivery_status decision_reason", fill_refuse);
}

/* ---- base dates ----------------------------------------------------------------------------------------------------------------------------------- */

static void fill_dates(const arci_steps *s, uint32_t i, arc_value *v)
{
    const arc_value *row = s->rows[i];
    v[0] = s->list[i].delivered_on == ARC_DATE_NONE ? row[ARCI_STEP_DELIVERED_ON] : date_or_null(s->list[i].delivered_on);
    v[1] = s->list[i].accepted_on == ARC_DATE_NONE ? row[ARCI_STEP_ACCEPTED_ON] : date_or_null(s->list[i].accepted_on);
}

static arc_status date_them(arci_posting *p, const void *elements)
{
    arci_steps s;
    arc_status st = arci_steps_begin(&s, p, ARCI_DO_INVOICE_DATE, elements);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_step_good(&s, i)) continue;
        if (s.list[i].delivered_on == ARC_DATE_NONE && s.list[i].accepted_on == ARC_DATE_NONE) {
            arci_step_refuse(&s, i, ARC_E_REQUIRED, "delivered_on", "delivered_on or accepted_on is required", "须填写交货日期或验收日期");
        } else if (arc_date_check(s.list[i].delivered_on == ARC_DATE_NONE ? 0 : s.list[i].delivered_on) != ARC_OK ||
                   arc_date_check(s.list[i].accepted_on == ARC_DATE_NONE ? 0 : s.list[i].accepted_on) != ARC_OK) {
            arci_step_refuse(&s, i, ARC_E_RANGE, "delivered_on", "not a date", "不是有效日期");
        } else {
            const arc_date since = (arc_date)s.rows[i][ARCI_STEP_DATE].u.i, days[2] = { s.list[i].delivered_on, s.list[i].accepted_on };
            for (int k = 0; k < 2 && arci_step_good(&s, i); k++) {
                arc_status come = days[k] == ARC_DATE_NONE ? ARC_OK : arci_day_come(p->t, days[k], since, "invoice", k ? "accepted_on" : "delivered_on", s.list[i].invoice);
                if (come != ARC_OK) arci_posting_refuse(p, i, come);
            }
        }
    }
    if (st == ARC_OK) st = arci_steps_due(&s);
    return st == ARC_OK ? arci_steps_update(&s, "delivered_on accepted_on", fill_dates) : st;
}

/* ---- the public functions --------------------------------------------------------------------------------------------------------------------------- */

arc_status arc_invoice_submit(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_SUBMIT, versions, results, steps, n, flags, 0, submit);
}

arc_status arc_invoice_approve(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_APPROVE, versions, results, steps, n, flags, 0, approve);
}

arc_status arc_invoice_reject(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_REJECT, versions, results, steps, n, flags, 0, reject);
}

arc_status arc_invoice_recall(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_RECALL, versions, results, steps, n, flags, 0, recall);
}

arc_status arc_invoice_void(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_VOID, versions, results, steps, n, flags, 0, void_them);
}

arc_status arc_invoice_close(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_CLOSE, versions, results, steps, n, flags, 0, close_them);
}

arc_status arc_invoice_send(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_SEND, versions, results, steps, n, flags, 0, send_them);
}

arc_status arc_invoice_deliver(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_DELIVER, versions, results, steps, n, flags, 0, deliver);
}

arc_status arc_invoice_confirm(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_CONFIRM, versions, results, steps, n, flags, 0, confirm);
}

arc_status arc_invoice_refuse(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_REFUSE, versions, results, steps, n, flags, 0, refuse_them);
}

arc_status arc_invoice_date(arc_session *session, int64_t *versions, arc_status *results, const arc_invoice_step *steps, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_DATE, versions, results, steps, n, flags, 0, date_them);
}
