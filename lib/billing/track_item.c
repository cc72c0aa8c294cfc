/* SPDX-License-Identifier: Apache-2.0 */
/* Where one receivable stands: what it came from, which documents took it over, what was paid of it. Derived, never stored. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/receivable.h"
#include "base/json_out.h"
#include "billing/chain.h"
#include "billing/report.h"

enum { I_ID, I_NUMBER, I_SEQ, I_KIND, I_CUSTOMER, I_CURRENCY, I_AMOUNT, I_DATE, I_CONTRACT, I_ORDER, I_DELIVERY, I_MILESTONE, I_INVOICE, I_COLUMNS };
enum { S_OPEN, S_DUE, S_KIND, S_SETTLED, S_COLUMNS };

typedef struct following {
    arci_txn *t;
    arci_arena *arena;
    const arc_value *item, *state;
    char currency[4];
    int64_t covered, consumed, requested, received, settled; /* settled: by anything but receipts */
} following;

static const arci_entity *entity_of(const char *name) { return arci_entity_by_name(name, strlen(name)); }

/* 1: the actor may see the row. */
static arc_status seen(following *x, const char *entity, int64_t id, int *yes)
{
    const arci_entity *e = entity_of(entity);
    *yes = arci_access_may(x->t->session, &arci_verbs[ARCI_DO_READ], e);
    if (!*yes || !x->t->session->access) return ARC_OK;
    uint8_t one = 0;
    arc_status st = arci_scope_rows(x->t, x->arena, e, arci_access_scope(x->t->session, &arci_verbs[ARCI_DO_READ], e), &id, 1, &one);
    *yes = one;
    return st;
}

/* ---- JSON --------------------------------------------------------------------------------------------------------------------------- */

static int put(cJSON *o, const char *key, const arc_value *v)
{
    return v->type == ARC_V_TEXT ? arci_jo_text(o, key, v->u.s, v->len) : v->type == ARC_V_INT ? arci_jo_int(o, key, v->u.i) : arci_jo_null(o, key);
}

static int put_day(cJSON *o, const char *key, const arc_value *v)
{
    char text[16];
    size_t n = sizeof text;
    return v->type != ARC_V_INT ? arci_jo_null(o, key) : arc_date_print(text, &n, (arc_date)v->u.i) == ARC_OK && arci_jo_text(o, key, text, n);
}

static int put_money(cJSON *o, const char *key, const following *x, int64_t minor)
{
    char text[48];
    arci_amount_text(text, minor, x->currency);
    return arci_jo_text(o, key, text, strlen(text));
}

static arc_status done(const following *x, int ok) { return ok ? ARC_OK : arci_nomem(x->t->env); }

/* ---- what it came from ---------------------------------------------------------------------------------------------------------------- */

/* {id, number, status} of a row that is named, or null: none, or none the actor may see. */
static arc_status put_head(following *x, cJSON *root, const char *key, const char *entity, const arci_shape *shape, const arc_value *id)
{
    arc_value *row;
    uint8_t *found;
    int yes = id->type == ARC_V_INT;
    arc_status st = yes ? seen(x, entity, id->u.i, &yes) : ARC_OK;
    if (st == ARC_OK && yes) st = arci_repo_get_many(x->t, shape, &id->u.i, 1, x->arena, &row, &found);
    if (st != ARC_OK) return st;
    if (!yes || !found[0]) return done(x, arci_jo_null(root, key));
    cJSON *o = arci_jo_object(root, key);
    int ok = o && put(o, "id", id);
    for (uint16_t c = 0; ok && c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        ok = f->type == ARC_T_DATE ? put_day(o, f->name, &row[c]) : put(o, f->name, &row[c]);
    }
    return done(x, ok);
}

static arc_status put_origin(following *x, cJSON *root)
{
    const arci_shape *contract, *order, *delivery, *milestone, *invoice;
    arc_status st = arci_shape_get(x->t, &contract, "contract", "number status");
    if (st == ARC_OK) st = arci_shape_get(x->t, &order, "sales_order", "number status");
    if (st == ARC_OK) st = arci_shape_get(x->t, &delivery, "delivery", "number status signed_on");
    if (st == ARC_OK) st = arci_shape_get(x->t, &milestone, "milestone", "seq milestone reached_on");
    if (st == ARC_OK) st = arci_shape_get(x->t, &invoice, "invoice", "number status kind invoice_date fapiao_no delivery_status");
    if (st == ARC_OK) st = put_head(x, root, "contract", "contract", contract, &x->item[I_CONTRACT]);
    if (st == ARC_OK) st = put_head(x, root, "milestone", "milestone", milestone, &x->item[I_MILESTONE]);
    if (st == ARC_OK) st = put_head(x, root, "order", "sales_order", order, &x->item[I_ORDER]);
    if (st == ARC_OK) st = put_head(x, root, "delivery", "delivery", delivery, &x->item[I_DELIVERY]);
    return st == ARC_OK ? put_head(x, root, "invoice", "invoice", invoice, &x->item[I_INVOICE]) : st;
}

/* ---- what took it over, and what is asked for ----------------------------------------------------------------------------------------------- */

static arc_status find_by(following *x, const arci_shape *shape, const char *second, arci_rows *out)
{
    arci_where w;
    const arc_order order[1] = { { arci_col(shape->table->entity, second), 0 } };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, x->item[I_ID].u.i);
    return arci_repo_find(x->t, shape, &w, order, 1, 0, x->arena, out);
}

/* One row of a list, about a document the actor may see or not: then its amount counts, and the row is left out. */
static arc_status put_use(following *x, cJSON *list, const arci_shape *shape, const arc_value *v)
{
    arc_value *row;
    uint8_t *found;
    int yes;
    if (v[4].u.i) x->consumed += v[2].u.i;
    else x->covered += v[2].u.i;
    arc_status st = seen(x, "invoice", v[1].u.i, &yes);
    if (st == ARC_OK && yes) st = arci_repo_get_many(x->t, shape, &v[1].u.i, 1, x->arena, &row, &found);
    if (st != ARC_OK || !yes || !found[0]) return st;
    cJSON *o = arci_jo_object(list, NULL);
    return done(x, o && put(o, "invoice", &v[1]) && put(o, "number", &row[0]) && put(o, "status", &row[1]) && put(o, "fapiao_no", &row[2]) && put_day(o, "date", &v[3]) &&
                       put_money(o, "amount", x, v[2].u.i) && arci_jo_bool(o, "consumes", v[4].u.i != 0));
}

static arc_status put_uses(following *x, cJSON *root)
{
    const arci_shape *uses, *invoices;
    arci_rows rows;
    cJSON *list = arci_jo_array(root, "invoices");
    if (!list) return arci_nomem(x->t->env);
    arc_status st = arci_shape_get(x->t, &uses, "invoice_item", "item invoice amount effective_date consumes");
    if (st == ARC_OK) st = arci_shape_get(x->t, &invoices, "invoice", "number status fapiao_no");
    if (st == ARC_OK) st = find_by(x, uses, "id", &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) st = put_use(x, list, invoices, rows.values + (size_t)r * rows.n_cols);
    return st;
}

static arc_status put_requests(following *x, cJSON *root)
{
    const arci_shape *lines, *requests;
    arci_rows rows;
    arc_value *row;
    uint8_t *found;
    int yes;
    cJSON *list = arci_jo_array(root, "requests");
    if (!list) return arci_nomem(x->t->env);
    arc_status st = arci_shape_get(x->t, &lines, "invoice_request_line", "item invoice_request amount");
    if (st == ARC_OK) st = arci_shape_get(x->t, &requests, "invoice_request", "number status");
    if (st == ARC_OK) st = find_by(x, lines, "id", &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        st = arci_repo_get_many(x->t, requests, &v[1].u.i, 1, x->arena, &row, &found);
        if (st != ARC_OK || !found[0]) continue;
        if (!arci_code_is(&row[1], "issued") && !arci_code_is(&row[1], "failed") && !arci_code_is(&row[1], "cancelled")) x->requested += v[2].u.i;
        st = seen(x, "invoice_request", v[1].u.i, &yes);
        if (st != ARC_OK || !yes) continue;
        cJSON *o = arci_jo_object(list, NULL);
        st = done(x, o && put(o, "request", &v[1]) && put(o, "number", &row[0]) && put(o, "status", &row[1]) && put_money(o, "amount", x, v[2].u.i));
    }
    return st;
}

/* ---- what was paid ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status put_payments(following *x, cJSON *root)
{
    enum { ITEM, ID, RECEIPT, CREDIT_ITEM, DATE, AMOUNT, DISCOUNT, WRITE_OFF, MODE, REVERSES };
    const arci_shape *shape;
    arci_rows rows;
    int yes;
    cJSON *list = arci_jo_array(root, "payments");
    if (!list) return arci_nomem(x->t->env);
    arc_status st = arci_shape_get(x->t, &shape, "allocation", "item id receipt credit_item effective_date amount discount write_off mode reverses");
    if (st == ARC_OK) st = find_by(x, shape, "id", &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        if (v[RECEIPT].type == ARC_V_INT) x->received += v[AMOUNT].u.i;
        else x->settled += v[AMOUNT].u.i;
        x->settled += v[DISCOUNT].u.i + v[WRITE_OFF].u.i;
        st = seen(x, "allocation", v[ID].u.i, &yes);
        if (st != ARC_OK || !yes) continue;
        cJSON *o = arci_jo_object(list, NULL);
        st = done(x, o && put(o, "allocation", &v[ID]) && put_day(o, "date", &v[DATE]) && put(o, "receipt", &v[RECEIPT]) && put(o, "credit_item", &v[CREDIT_ITEM]) &&
                         put_money(o, "amount", x, v[AMOUNT].u.i) && put_money(o, "discount", x, v[DISCOUNT].u.i) && put_money(o, "write_off", x, v[WRITE_OFF].u.i) &&
                         put(o, "mode", &v[MODE]) && put(o, "reverses", &v[REVERSES]));
    }
    return st;
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------------------- */

static const char *status_of(const following *x)
{
    const int64_t open = x->state[S_OPEN].u.i, amount = x->item[I_AMOUNT].u.i;
    if (arci_item_counts(&x->state[S_KIND]) != ARCI_COUNTS_OPEN) return open ? "to_invoice" : NULL;
    return amount < 0 ? NULL : !open ? "paid" : open < amount ? "partial" : "to_pay";
}

static int put_sums(cJSON *root, const following *x)
{
    const char *status = status_of(x);
    int plan = arci_item_counts(&x->state[S_KIND]) != ARCI_COUNTS_OPEN, own = x->item[I_INVOICE].type == ARC_V_INT;
    int64_t to_invoice = plan ? x->state[S_OPEN].u.i : own ? 0 : x->item[I_AMOUNT].u.i - x->covered;
    return (status ? arci_jo_text(root, "status", status, strlen(status)) : arci_jo_null(root, "status")) && put_money(root, "to_invoice", x, to_invoice) &&
           put_money(root, "requested", x, x->requested) && put_money(root, "invoiced", x, plan ? x->consumed : own ? x->item[I_AMOUNT].u.i : x->covered) &&
           put_money(root, "received", x, x->received) && put_money(root, "settled", x, x->settled);
}

static arc_status follow(following *x, arci_str *out, int64_t id)
{
    const arci_shape *items, *states;
    arc_value *item, *state;
    arc_status st = arci_access_row(x->t, &arci_verbs[ARCI_DO_READ], entity_of("item"), entity_of("item"), id);
    if (st == ARC_OK) st = arci_shape_get(x->t, &items, "item", "id number seq kind customer currency amount business_date contract sales_order delivery milestone invoice");
    if (st == ARC_OK) st = arci_shape_get(x->t, &states, "item_state", "open due_date kind settled_on");
    if (st == ARC_OK) st = arci_repo_get(x->t, items, id, x->arena, &item);
    if (st == ARC_OK) st = arci_repo_get(x->t, states, id, x->arena, &state);
    if (st != ARC_OK) return st;
    x->item = item;
    x->state = state;
    memcpy(x->currency, item[I_CURRENCY].u.s, 3);
    cJSON *root = arci_jo_object(NULL, NULL);
    st = done(x, root && put(root, "item", &item[I_ID]) && put(root, "number", &item[I_NUMBER]) && put(root, "seq", &item[I_SEQ]) && put(root, "kind", &state[S_KIND]) &&
                     put(root, "customer", &item[I_CUSTOMER]) && put(root, "currency", &item[I_CURRENCY]) && put_day(root, "date", &item[I_DATE]) &&
                     put_money(root, "amount", x, item[I_AMOUNT].u.i) && put_money(root, "open", x, state[S_OPEN].u.i) && put_day(root, "due_date", &state[S_DUE]) &&
                     put_day(root, "settled_on", &state[S_SETTLED]));
    if (st == ARC_OK) st = put_origin(x, root);
    if (st == ARC_OK) st = put_uses(x, root);
    if (st == ARC_OK) st = put_requests(x, root);
    if (st == ARC_OK) st = put_payments(x, root);
    if (st == ARC_OK) st = done(x, put_sums(root, x) && arci_jo_print(root, 0, out));
    cJSON_Delete(root);
    return st;
}

static arc_status tell(arci_txn *t, arci_arena *arena, arci_str *out, int64_t item)
{
    following x;
    memset(&x, 0, sizeof x);
    x.t = t;
    x.arena = arena;
    return follow(&x, out, item);
}

arc_status arc_item_tracking_json(arc_session *session, char *buf, size_t *len, int64_t item)
{
    static const arci_report_field fields[] = { { "item", "amount" }, { "item_state", "open" }, { "allocation", "amount" }, { NULL, NULL } };
    return arci_report(session, buf, len, item, fields, tell);
}
