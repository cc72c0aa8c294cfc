/* SPDX-License-Identifier: Apache-2.0 */
/* Many requests for tax invoices a call: each is judged by itself, all are written in one commit. */
#include <string.h>

#include "base/str.h"
#include "billing/invoice.h"
#include "billing/request.h"
#include "ledger/posting.h"

arc_status arc_request_step_init(arc_request_step *step)
{
    static const arc_request_step init = ARC_REQUEST_STEP_INIT;
    if (!step) return ARC_E_INVALID;
    *step = init;
    return ARC_OK;
}

/* An element as it is: its call, or a refusal. */
static arc_status take(arci_posting *p, const arc_request_step *e, arci_request_call *x)
{
    arci_env *env = p->t->env;
    uint32_t verb = x->verb;
    size_t n = e->reason ? strlen(e->reason) : 0;
    int needs = verb == ARCI_DO_REQUEST_REJECT || verb == ARCI_DO_REQUEST_FAIL || verb == ARCI_DO_REQUEST_CANCEL, issues = verb == ARCI_DO_REQUEST_ISSUE;
    x->request = e->request;
    x->text = needs ? e->reason : NULL;
    x->n_text = needs ? n : 0;
    x->fapiao = (arc_fapiao)ARC_FAPIAO_INIT;
    if (issues) {
        x->fapiao.number = e->number;
        x->fapiao.code = e->code;
        x->fapiao.kind = e->kind;
        x->fapiao.date = e->date;
    }
    if (e->flags || e->reserved) return arci_fail(env, ARC_E_INVALID, "an unknown flag", "标志未知");
    if (e->request < 1) return arci_fail(env, ARC_E_INVALID, "the id is not positive", "编号须为正数");
    if (needs && (!n || n > 1000)) return arci_fail(env, ARC_E_REQUIRED, "a reason of 1 to 1,000 bytes is required", "须说明原因，最多 1,000 字节");
    if (needs && arci_utf8_check(e->reason, n) != n) return arci_fail(env, ARC_E_ENCODING, "the text is not UTF-8", "文本不是 UTF-8");
    if (issues && (!e->number || !e->number[0] || e->date == ARC_DATE_NONE)) {
        return arci_fail(env, ARC_E_REQUIRED, "number and date of the tax invoice are required", "须填写发票号码和开票日期");
    }
    return ARC_OK;
}

static arc_status refuse(arci_posting *p, uint32_t i, int64_t request, arc_status st)
{
    if (st == ARC_OK) return ARC_OK;
    if (!arci_bill_judges(st) || p->t->doomed) return st;
    arci_fail_at(p->t->env, p->t->env->err->entity[0] ? NULL : "invoice_request", NULL, p->t->env->err->entity[0] ? -1 : request, -1);
    arci_posting_refuse(p, i, st);
    return ARC_OK;
}

typedef struct asked {
    arc_session *session;
    uint32_t verb;
    const void *steps;
} asked;

static arc_status take_all(arci_posting *p, const asked *a, arci_request_call *calls)
{
    arc_request_step *list = arci_arena_alloc(&p->arena, p->n * sizeof *list);
    if (!list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_request_step_init(&list[i]);
    arc_status st = arci_posting_structs(p, list, sizeof *list, a->steps, "invoice_request");
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        calls[i].verb = a->verb;
        calls[i].session = a->session;
        calls[i].c = p->call;
        arc_status judged = take(p, &list[i], &calls[i]);
        if (p->call->request) arci_request_tell(&calls[i], i);
        st = refuse(p, i, list[i].request, judged);
    }
    return st;
}

static arc_status work(arci_posting *p, const void *elements)
{
    const asked *a = elements;
    arci_request_call *calls = arci_arena_calloc(&p->arena, p->n, sizeof *calls);
    arc_status st = calls ? take_all(p, a, calls) : arci_nomem(p->t->env);
    if (st == ARC_OK && p->call->request) st = arci_posting_asked(p);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_request_call *x = &calls[i];
        if (!arci_posting_good(p, i)) continue;
        arci_arena_init(&x->arena, p->t->env->ctx);
        st = refuse(p, i, x->request, arci_request_one(x));
        if (st == ARC_OK && p->ids && arci_posting_good(p, i)) p->ids[i] = x->made ? x->made : x->request;
        arci_arena_clear(&x->arena);
    }
    return st;
}

static arc_status steps_of(arc_session *session, uint32_t verb, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags)
{
    const asked a = { session, verb, steps };
    return arci_posting_run(session, verb, made, results, steps ? &a : NULL, n, flags, 0, work);
}

arc_status arc_invoice_request_submit_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags)
{
    return steps_of(session, ARCI_DO_REQUEST_SUBMIT, made, results, steps, n, flags);
}

arc_status arc_invoice_request_approve_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags)
{
    return steps_of(session, ARCI_DO_REQUEST_APPROVE, made, results, steps, n, flags);
}

arc_status arc_invoice_request_send_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags)
{
    return steps_of(session, ARCI_DO_REQUEST_SEND, made, results, steps, n, flags);
}

arc_status arc_invoice_request_issue_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags)
{
    return steps_of(session, ARCI_DO_REQUEST_ISSUE, made, results, steps, n, flags);
}

arc_status arc_invoice_request_fail_many(arc_session *session, int64_t *made, arc_status *results, const arc_request_step *steps, size_t n, uint32_t flags)
{
    return steps_of(session, ARCI_DO_REQUEST_FAIL, made, results, steps, n, flags);
}
