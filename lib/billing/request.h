/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for tax invoices, between the files that move them. */
#ifndef ARCI_BILLING_REQUEST_H
#define ARCI_BILLING_REQUEST_H

#include "arcore/invoice.h"
#include "arcore/invoice_request.h"
#include "store/verb.h"

enum { Q_ID, Q_VERSION, Q_NUMBER, Q_CUSTOMER, Q_TITLE, Q_CONTRACT, Q_KIND, Q_CURRENCY, Q_AMOUNT, Q_STATUS, Q_REMARK, Q_SUBMITTED_BY, Q_COLUMNS };
enum { QL_REQUEST, QL_SEQ, QL_ITEM, QL_NAME, QL_CURRENCY, QL_AMOUNT, QL_RATE, QL_PRODUCT, QL_UNIT, QL_QUANTITY, QL_ORDER, QL_DELIVERY, QL_COLUMNS };
#define ARCI_REQUEST_ROW "id version number customer buyer_title contract fapiao_kind currency amount status remark submitted_by"
#define ARCI_REQUEST_LINE "invoice_request seq item name currency amount tax_rate product unit quantity order_line delivery_line"

typedef struct arci_request_call {
    uint32_t verb; /* ARCI_DO_* */
    int64_t request;
    const char *text; /* reason or number; NULL: none */
    size_t n_text;
    arc_fapiao fapiao;
    const char *own_number; /* of the invoice; NULL: from its series */
    arc_session *session; /* as the caller holds it */
    arci_call *c;
    arci_arena arena;
    const arc_value *row; /* Q_* */
    const char *overruled; /* what the book would have said to an invoice the tax service has issued; NULL: nothing */
    arci_rows lines;      /* QL_*, by seq */
    int64_t made;         /* message, invoice or request */
} arci_request_call;

/* The lines of a request, checked: at least one, positive, in its currency, together its amount. */
arc_status arci_request_lines(arci_request_call *x);
arc_status arci_request_send(arci_request_call *x);
/* Makes the invoice of the tax service's answer: as the book would have it, else as it is (request_judge.c). */
arc_status arci_request_issue(arci_request_call *x);
/* Could it be issued today, beside all that is at the tax service already? Done by what will write it, and undone. beside: those are done before it. */
arc_status arci_request_try(arci_request_call *x, int beside);
/* The tax service has heard of it at some time. */
arc_status arci_request_was_sent(arci_request_call *x, int *yes);
typedef arc_status (*arci_request_issue_fn)(arc_session *session, int64_t *id, const arc_invoice_document *document);
arc_status arci_request_document(arci_request_call *x, arci_request_issue_fn issue);
arc_status arci_request_reissue(arci_request_call *x);
/* One request within a call: whether the actor may, the row, the step. */
arc_status arci_request_one(arci_request_call *x);
void arci_request_tell(arci_request_call *x, uint32_t i); /* what element i of the call asks for */
arc_status arci_request_fault(arci_request_call *x, arc_status st, const char *field);

#endif
