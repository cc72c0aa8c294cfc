/* SPDX-License-Identifier: Apache-2.0 */
/* Issuing documents with lines. */
#include "billing/invoice.h"

#include <string.h>

#include "arcore/fields.h"
#include "ledger/alone.h"
#include "store/definition.h"
#include "store/setting.h"

arc_status arc_invoice_document_init(arc_invoice_document *document)
{
    static const arc_invoice_document init = ARC_INVOICE_DOCUMENT_INIT;
    if (!document) return ARC_E_INVALID;
    *document = init;
    return ARC_OK;
}

arc_status arc_invoice_use_init(arc_invoice_use *use)
{
    static const arc_invoice_use init = ARC_INVOICE_USE_INIT;
    if (!use) return ARC_E_INVALID;
    *use = init;
    return ARC_OK;
}

/* Where a second person is asked for, none goes straight. */
static arc_status straight(arci_bills *b)
{
    arci_posting *p = b->p;
    arci_alone alone;
    if (p->call->outer) return ARC_OK; /* what makes it was approved itself */
    arc_status st = arci_alone_read(p->t, &alone, ARCI_INVOICE_APPROVAL, ARCI_DO_INVOICE_ISSUE);
    for (uint32_t i = 0; i < p->n && st == ARC_OK && alone.needed; i++) {
        const arci_bill *d = &b->list[i];
        if (!arci_bill_good(b, i) || strcmp(d->kind, "proforma") == 0 || !arci_alone_refused(&alone, arci_bill_value(d, ARC_INVOICE_CURRENCY), d->totals.gross)) continue;
        arci_fail(p->t->env, ARC_E_STATE, "invoices are approved by a second person first: draft and submit them", "发票须先由他人审批：请保存草稿并提交");
        arci_fail_at(p->t->env, "invoice", "status", 0, -1);
        st = arci_bill_judged(b, i, ARC_E_STATE);
    }
    return st;
}

static arc_status issue_them(arci_posting *p, const void *elements, int told)
{
    arci_bills b;
    arc_invoice_document *documents = arci_arena_alloc(&p->arena, p->n * sizeof *documents);
    if (!documents) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_invoice_document_init(&documents[i]);
    arc_status st = arci_posting_structs(p, documents, sizeof *documents, elements, "invoice");
    if (st == ARC_OK) st = arci_bills_take(&b, p, documents);
    if (st == ARC_OK) b.told = (uint8_t)(told != 0);
    if (st == ARC_OK) st = arci_setting_ask(p->t, ARCI_INVOICE_APPROVAL);
    if (st == ARC_OK) st = arci_setting_ask(p->t, ARCI_PART_ORDER);
    if (st == ARC_OK) st = arci_definitions_ask(p->t, "credit_policy");
    if (st == ARC_OK) st = arci_bills_admit(&b);
    if (st == ARC_OK) st = arci_bills_complete(&b);
    if (st == ARC_OK) st = straight(&b);
    return st == ARC_OK ? arci_bills_write(&b) : st;
}

static arc_status issue(arci_posting *p, const void *elements) { return issue_them(p, elements, 0); }
static arc_status issue_told(arci_posting *p, const void *elements) { return issue_them(p, elements, 1); }

arc_status arc_invoice_issue_many(arc_session *session, int64_t *ids, arc_status *results, const arc_invoice_document *documents, size_t n,
                                  uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_ISSUE, ids, results, documents, n, flags, 0, issue);
}

arc_status arc_invoice_issue_document(arc_session *session, int64_t *id, const arc_invoice_document *document)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_ISSUE, id, NULL, document, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, issue);
}

arc_status arci_invoice_issue_inside(arc_session *session, int64_t *id, const arc_invoice_document *document)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_ISSUE, id, NULL, document, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_INSIDE, issue);
}

arc_status arci_invoice_told_inside(arc_session *session, int64_t *id, const arc_invoice_document *document)
{
    return arci_posting_run(session, ARCI_DO_INVOICE_ISSUE, id, NULL, document, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_INSIDE, issue_told);
}
