/* SPDX-License-Identifier: Apache-2.0 */
/* What requests for tax invoices write: the message to the tax service, the invoice it issued, the draft that replaces one. */
#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"
#include "arcore/outbox.h"
#include "base/json_out.h"
#include "billing/chain.h"
#include "billing/invoice.h"
#include "billing/request.h"
#include "store/outbox.h"
#include "store/record_api.h"

/* ---- the message -------------------------------------------------------------------------------------------------------------------- */

static int put(cJSON *o, const char *key, const arc_value *v)
{
    return v->type == ARC_V_TEXT ? arci_jo_text(o, key, v->u.s, v->len) : v->type == ARC_V_INT ? arci_jo_int(o, key, v->u.i) : arci_jo_null(o, key);
}

static int put_amount(cJSON *o, const char *key, int64_t minor, const arc_value *currency)
{
    char text[48], code[4] = { 0 };
    memcpy(code, currency->u.s, 3);
    arci_amount_text(text, minor, code);
    return arci_jo_text(o, key, text, strlen(text));
}

static int put_line(cJSON *list, const arc_value *v)
{
    char rate[48];
    size_t n = sizeof rate;
    const arc_decimal d = { v[QL_RATE].u.i, 4, 0 };
    cJSON *o = arci_jo_object(list, NULL);
    int ok = o && arc_decimal_print(rate, &n, &d) == ARC_OK && put(o, "seq", &v[QL_SEQ]) && put(o, "name", &v[QL_NAME]) &&
             put_amount(o, "amount", v[QL_AMOUNT].u.i, &v[QL_CURRENCY]) && arci_jo_text(o, "tax_rate", rate, n);
    if (ok && v[QL_UNIT].type == ARC_V_TEXT) ok = put(o, "unit", &v[QL_UNIT]);
    if (!ok || v[QL_QUANTITY].type != ARC_V_INT) return ok;
    char quantity[48];
    (void)arci_quantity_text(quantity, v[QL_QUANTITY].u.i);
    return arci_jo_text(o, "quantity", quantity, strlen(quantity));
}

static int put_request(cJSON *root, const arci_request_call *x, const arc_value *title)
{
    static const char *const fields[] = { "title", "tax_no", "address", "phone", "bank", "account" };
    const arc_value *v = x->row;
    cJSON *o, *lines;
    int ok = put(root, "request", &v[Q_ID]) && put(root, "number", &v[Q_NUMBER]) && put(root, "customer", &v[Q_CUSTOMER]) && put(root, "currency", &v[Q_CURRENCY]) &&
             put_amount(root, "amount", v[Q_AMOUNT].u.i, &v[Q_CURRENCY]) && put(root, "fapiao_kind", &v[Q_KIND]) && (o = arci_jo_object(root, "title")) != NULL;
    for (int k = 0; ok && k < 6; k++) ok = put(o, fields[k], &title[k]);
    ok = ok && (lines = arci_jo_array(root, "lines")) != NULL;
    for (uint32_t r = 0; ok && r < x->lines.n_rows; r++) ok = put_line(lines, x->lines.values + (size_t)r * QL_COLUMNS);
    return ok;
}

static arc_status payload(arci_request_call *x, arci_str *out)
{
    const arci_shape *shape;
    arc_value *title;
    arci_txn *t = x->c->txn;
    arc_status st = arci_shape_get(t, &shape, "invoice_title", "title tax_no address phone bank account");
    if (st == ARC_OK) st = arci_repo_get(t, shape, x->row[Q_TITLE].u.i, &x->arena, &title);
    if (st != ARC_OK) return st;
    cJSON *root = arci_jo_object(NULL, NULL);
    int ok = root && put_request(root, x, title) && arci_jo_print(root, 0, out);
    cJSON_Delete(root);
    return ok ? ARC_OK : arci_nomem(t->env);
}

/* What is sent again after it was taken back is a message of its own: receivers drop repeats of a key. */
static arc_status next_key(arci_request_call *x, char *key, size_t size)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(x->c->txn, &shape, "message", "id message_key");
    rows.n_rows = 1;
    for (int n = 1; st == ARC_OK && rows.n_rows; n++) {
        arci_where w;
        if (n == 1) (void)snprintf(key, size, "invoice_request/%lld", (long long)x->request);
        else (void)snprintf(key, size, "invoice_request/%lld/%d", (long long)x->request, n);
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[1], ARC_OP_EQ, key, strlen(key));
        st = arci_repo_find(x->c->txn, shape, &w, NULL, 0, 1, &x->arena, &rows);
    }
    return st;
}

arc_status arci_request_send(arci_request_call *x)
{
    arci_str s;
    char key[64];
    arc_message m = ARC_MESSAGE_INIT;
    arc_status st = arci_request_lines(x);
    if (st != ARC_OK) return st;
    arci_str_init(&s, x->c->txn->env->ctx);
    st = payload(x, &s);
    if (st == ARC_OK) st = next_key(x, key, sizeof key);
    m.kind = "invoice_request.send";
    m.message_key = key;
    m.customer = x->row[Q_CUSTOMER].u.i;
    m.payload = s.s;
    m.payload_length = s.len;
    if (st == ARC_OK) st = arci_outbox_put(x->c, &x->arena, &m, &x->made);
    arci_str_clear(&s);
    return st;
}

/* ---- the invoice ------------------------------------------------------------------------------------------------------------------------- */

static arc_status set(arci_request_call *x, arc_record *handle, uint32_t field, const arc_value *v)
{
    arci_record_box *box;
    arci_env *env = x->c->txn->env;
    if (v->type == ARC_V_NULL) return ARC_OK;
    arc_status st = arci_record_box_in(env, x->c->session, handle, &box);
    return st == ARC_OK ? arci_record_put(env, box->record, field, v) : st;
}

static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static arc_status header(arci_request_call *x, arc_record **out)
{
    arci_record_box *box;
    const arc_value own = text(x->own_number), date = arci_v_int(x->fapiao.date), number = text(x->fapiao.number), code = text(x->fapiao.code), kind = x->fapiao.kind ? text(x->fapiao.kind) : x->row[Q_KIND];
    const struct {
        uint32_t field;
        const arc_value *v;
    } values[] = { { ARC_INVOICE_NUMBER, &own }, { ARC_INVOICE_CUSTOMER, &x->row[Q_CUSTOMER] },      { ARC_INVOICE_CURRENCY, &x->row[Q_CURRENCY] },    { ARC_INVOICE_CONTRACT, &x->row[Q_CONTRACT] },
                   { ARC_INVOICE_BUYER_TITLE, &x->row[Q_TITLE] },      { ARC_INVOICE_INVOICE_DATE, &date },              { ARC_INVOICE_FAPIAO_NO, &number },
                   { ARC_INVOICE_FAPIAO_CODE, &code },                 { ARC_INVOICE_FAPIAO_KIND, &kind },               { ARC_INVOICE_REMARK, &x->row[Q_REMARK] } };
    arc_status st = arci_record_box_new(x->c->txn->env, x->c->session, arci_entity_by_id(ARC_INVOICE), out, &box);
    for (size_t k = 0; k < sizeof values / sizeof values[0] && st == ARC_OK; k++) st = set(x, *out, values[k].field, values[k].v);
    return st;
}

static arc_status line(arci_request_call *x, arc_record **out, const arc_value *v)
{
    static const struct {
        uint32_t field;
        int from;
    } copies[] = { { ARC_INVOICE_LINE_NAME, QL_NAME },         { ARC_INVOICE_LINE_CURRENCY, QL_CURRENCY }, { ARC_INVOICE_LINE_GROSS_AMOUNT, QL_AMOUNT }, { ARC_INVOICE_LINE_TAX_RATE, QL_RATE },
                   { ARC_INVOICE_LINE_PRODUCT, QL_PRODUCT },   { ARC_INVOICE_LINE_UNIT, QL_UNIT },         { ARC_INVOICE_LINE_QUANTITY, QL_QUANTITY },   { ARC_INVOICE_LINE_ORDER_LINE, QL_ORDER },
                   { ARC_INVOICE_LINE_DELIVERY_LINE, QL_DELIVERY } };
    arci_record_box *box;
    arc_status st = arci_record_box_new(x->c->txn->env, x->c->session, arci_entity_by_id(ARC_INVOICE_LINE), out, &box);
    for (size_t k = 0; k < sizeof copies / sizeof copies[0] && st == ARC_OK; k++) st = set(x, *out, copies[k].field, &v[copies[k].from]);
    return st;
}

arc_status arci_request_document(arci_request_call *x, arci_request_issue_fn issue)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_status st = arci_request_lines(x);
    uint32_t n = st == ARC_OK ? x->lines.n_rows : 0;
    arc_record **lines = arci_arena_calloc(&x->arena, n + 1, sizeof(arc_record *));
    arc_invoice_use *uses = arci_arena_calloc(&x->arena, n + 1, sizeof *uses);
    if (st == ARC_OK && (!lines || !uses)) st = arci_nomem(x->c->txn->env);
    if (st == ARC_OK) st = header(x, &d.invoice);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        const arc_value *v = x->lines.values + (size_t)r * QL_COLUMNS;
        st = line(x, &lines[r], v);
        if (v[QL_ITEM].type != ARC_V_INT) continue;
        arc_invoice_use *u = &uses[d.n_uses++];
        (void)arc_invoice_use_init(u);
        u->item = v[QL_ITEM].u.i;
        u->line = r + 1;
        u->flags = ARC_USE_UP_TO; /* the tax invoice exists already, whatever was estimated */
        u->amount.minor = v[QL_AMOUNT].u.i;
        memcpy(u->amount.currency, v[QL_CURRENCY].u.s, 3);
    }
    d.lines = lines;
    d.n_lines = n;
    d.uses = d.n_uses ? uses : NULL;
    if (st == ARC_OK) st = issue(x->session, &x->made, &d);
    for (uint32_t r = 0; lines && r < n; r++) arc_record_free(lines[r]);
    arc_record_free(d.invoice);
    return st;
}

/* ---- again ---------------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_request_reissue(arci_request_call *x)
{
    const arci_shape *requests, *lines;
    arci_batch *b[2];
    arci_txn *t = x->c->txn;
    const arc_value *q = x->row;
    arc_status st = arci_request_lines(x);
    if (st == ARC_OK) st = arci_shape_get(t, &requests, "invoice_request", "number customer buyer_title contract fapiao_kind currency amount status remark replaces");
    if (st == ARC_OK) st = arci_shape_get(t, &lines, "invoice_request_line", ARCI_REQUEST_LINE);
    if (st == ARC_OK) st = arci_batch_new(t, &x->arena, &b[0], requests, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, &x->arena, &b[1], lines, ARC_WRITE_INSERT, x->lines.n_rows, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(t, b[0]);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b[0], 0);
    v[0] = arci_v_text(x->text, x->n_text);
    v[1] = q[Q_CUSTOMER];
    v[2] = q[Q_TITLE];
    v[3] = q[Q_CONTRACT];
    v[4] = q[Q_KIND];
    v[5] = q[Q_CURRENCY];
    v[6] = q[Q_AMOUNT];
    v[7] = arci_v_text("draft", 5);
    v[8] = q[Q_REMARK];
    v[9] = q[Q_ID];
    for (uint32_t r = 0; r < x->lines.n_rows; r++) {
        memcpy(arci_batch_row(b[1], r), x->lines.values + (size_t)r * QL_COLUMNS, QL_COLUMNS * sizeof *v);
        arci_batch_row(b[1], r)[QL_REQUEST] = arci_v_int(arci_batch_id(b[0], 0));
    }
    x->made = arci_batch_id(b[0], 0);
    return arci_repo_write(t, b, 2, NULL);
}
