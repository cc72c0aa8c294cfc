/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for tax invoices against the book: what could not be recorded is refused before the tax service hears of it; what the service has issued is recorded, whatever
 * has become of the book meanwhile. */
#include <stdio.h>
#include <string.h>

#include "billing/chain.h"
#include "billing/invoice.h"
#include "billing/request.h"
#include "ledger/series.h"
#include "store/pending.h"
#include "store/valid.h"

#define NO_NUMBER "00000000000000000000" /* stands for the one the service will give */

/* ---- trying ------------------------------------------------------------------------------------------------------------------------- */

/* The lines of several requests that stand for the same: an item, a line of an order or a delivery. */
static int same(const arc_value *a, const arc_value *b) { return a->type == ARC_V_INT && arci_value_equal(a, b); }

static int meets(const arci_request_call *x, const arci_request_call *other)
{
    if (same(&x->row[Q_CONTRACT], &other->row[Q_CONTRACT])) return 1;
    for (uint32_t r = 0; r < x->lines.n_rows; r++) {
        const arc_value *v = x->lines.values + (size_t)r * QL_COLUMNS;
        for (uint32_t k = 0; k < other->lines.n_rows; k++) {
            const arc_value *w = other->lines.values + (size_t)k * QL_COLUMNS;
            if (same(&v[QL_ITEM], &w[QL_ITEM]) || same(&v[QL_ORDER], &w[QL_ORDER]) || same(&v[QL_DELIVERY], &w[QL_DELIVERY])) return 1;
        }
    }
    return 0;
}

/* As the answer of the service would be, had it come today. */
static arc_status answer(arci_request_call *x, char number[32])
{
    x->fapiao = (arc_fapiao)ARC_FAPIAO_INIT;
    x->fapiao.number = NO_NUMBER;
    (void)snprintf(number, 32, "?%lld", (long long)x->request);
    x->own_number = number;
    x->fapiao.date = x->c->session->business_date;
    return x->fapiao.date == ARC_DATE_NONE ? arci_txn_today(x->c->txn, &x->fapiao.date) : ARC_OK;
}

/* What is at the tax service already will take its part first. */
static arc_status others(arci_request_call *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_txn *t = x->c->txn;
    arc_status st = arci_shape_get(t, &shape, "invoice_request", ARCI_REQUEST_ROW);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[Q_CUSTOMER], ARC_OP_EQ, x->row[Q_CUSTOMER].u.i);
    arci_where_text(&w, shape->cols[Q_STATUS], ARC_OP_EQ, "sent", 4);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, &x->arena, &rows);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        arci_request_call other = { .verb = x->verb, .session = x->session, .c = x->c, .row = rows.values + (size_t)r * rows.n_cols };
        char number[32];
        other.request = other.row[Q_ID].u.i;
        if (other.request == x->request) continue;
        arci_arena_init(&other.arena, t->env->ctx);
        st = arci_request_lines(&other);
        if (st == ARC_OK && meets(x, &other)) {
            st = answer(&other, number);
            if (st == ARC_OK) st = arci_request_document(&other, arci_invoice_told_inside);
        }
        arci_arena_clear(&other.arena);
    }
    return st;
}

static arc_status try(arci_request_call *x, int beside)
{
    char number[32];
    int known;
    arc_status st = arci_series_known(x->c->txn, &x->arena, "invoice", &known);
    if (st == ARC_OK && !known) {
        st = arci_fail(x->c->txn->env, ARC_E_NOT_FOUND, "there is no number series for invoices", "没有发票编号规则");
        arci_fail_at(x->c->txn->env, "invoice", "number", 0, -1);
    }
    if (st == ARC_OK) st = arci_request_lines(x);
    if (st == ARC_OK && beside) st = others(x);
    if (st == ARC_OK) st = answer(x, number);
    if (st == ARC_OK) st = arci_request_document(x, arci_invoice_issue_inside);
    x->own_number = NULL;
    x->made = 0;
    return st;
}

arc_status arci_request_try(arci_request_call *x, int beside)
{
    arci_try undo;
    arci_txn *t = x->c->txn;
    if (!(t->book->ops->caps & ARC_CAP_SAVEPOINT)) return ARC_OK; /* nothing can be tried there: what comes of it is told at the end */
    arc_status st = arci_txn_writing(t);
    if (st == ARC_OK) st = arci_try_begin(t, &undo);
    if (st != ARC_OK) return st;
    const arci_rights own = arci_rights_aside(x->c->session); /* who asks need not be who will record it */
    st = try(x, beside);
    arci_rights_back(x->c->session, own);
    t->env = &x->c->session->env;
    return arci_try_end(t, &undo, st);
}

/* ---- recording --------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_request_was_sent(arci_request_call *x, int *yes)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    char key[64];
    int n = snprintf(key, sizeof key, "invoice_request/%lld", (long long)x->request);
    arc_status st = arci_shape_get(x->c->txn, &shape, "message", "message_key");
    *yes = 0;
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[0], ARC_OP_EQ, key, (size_t)n);
    st = arci_repo_find(x->c->txn, shape, &w, NULL, 0, 1, &x->arena, &rows);
    *yes = st == ARC_OK && rows.n_rows != 0;
    return st;
}

/* No other request has it. */
static arc_status is_free(arci_request_call *x, int64_t invoice, int *free)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(x->c->txn, &shape, "invoice_request", "invoice");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, invoice);
    st = arci_repo_find(x->c->txn, shape, &w, NULL, 0, 1, &x->arena, &rows);
    *free = st == ARC_OK && !rows.n_rows;
    return st;
}

/* The same tax invoice may have come in another way: then that is the request's. One of another customer or amount is a wrong number. */
static arc_status find_fapiao(arci_request_call *x)
{
    enum { ID, NO, CODE, STATUS, CUSTOMER, CURRENCY, GROSS, N };
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_env *env = x->c->txn->env;
    const arc_fapiao *f = &x->fapiao;
    arc_status st = arci_shape_get(x->c->txn, &shape, "invoice", "id fapiao_no fapiao_code status customer currency gross_amount");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[NO], ARC_OP_EQ, f->number, strlen(f->number));
    st = arci_repo_find(x->c->txn, shape, &w, NULL, 0, 0, &x->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        static const char *const stands[] = { "issued", "credited", "closed" };
        const arc_value *v = rows.values + (size_t)r * N, *code = &v[CODE];
        int is = 0;
        for (int k = 0; k < 3; k++) is |= arci_code_is(&v[STATUS], stands[k]);
        if (!is || (f->code && f->code[0] ? code->type != ARC_V_TEXT || code->len != strlen(f->code) || memcmp(code->u.s, f->code, code->len) != 0 : code->type == ARC_V_TEXT && code->len)) continue;
        if (arci_value_equal(&v[CUSTOMER], &x->row[Q_CUSTOMER]) && arci_value_equal(&v[CURRENCY], &x->row[Q_CURRENCY]) && arci_value_equal(&v[GROSS], &x->row[Q_AMOUNT])) {
            st = is_free(x, v[ID].u.i, &is);
            if (st == ARC_OK && is) x->made = v[ID].u.i;
            if (st != ARC_OK || is) return st;
        }
        st = arci_fail(env, ARC_E_EXISTS, "another invoice has this number: it is not the one asked for", "该发票号码已属于另一张发票，并非本申请所开");
        arci_fail_at(env, "invoice", "fapiao_no", v[ID].u.i, -1);
    }
    return st;
}

/* What the book would have said, in both languages, for who looks after it. */
static arc_status keep_fault(arci_request_call *x)
{
    const arc_error *e = x->c->txn->env->err;
    char *s = arci_arena_alloc(&x->arena, sizeof e->message + sizeof e->message_zh + 4);
    if (!s) return arci_nomem(x->c->txn->env);
    (void)snprintf(s, sizeof e->message + sizeof e->message_zh + 4, "%s / %s", e->message, e->message_zh);
    x->overruled = s;
    return ARC_OK;
}

arc_status arci_request_issue(arci_request_call *x)
{
    arci_txn *t = x->c->txn;
    arc_status st = find_fapiao(x);
    if (st != ARC_OK || x->made) return st;
    st = arci_request_document(x, arci_invoice_issue_inside);
    if (st == ARC_OK || st == ARC_E_FORBIDDEN || !arci_bill_judges(st) || t->doomed) return st;
    arc_status kept = keep_fault(x);
    if (kept != ARC_OK) return kept;
    st = arci_request_document(x, arci_invoice_told_inside);
    if (st == ARC_OK || st == ARC_E_FORBIDDEN || !arci_bill_judges(st) || t->doomed) return st;
    x->own_number = x->fapiao.number; /* no series gives it a number */
    return arci_request_document(x, arci_invoice_told_inside);
}
