/* SPDX-License-Identifier: Apache-2.0 */
/* How far a contract is: to be invoiced, to be paid, partly paid, paid (待开票, 待付款, 部分支付, 已结清). Derived, never stored. */
#include <string.h>

#include "arcore/contract.h"
#include "arcore/date.h"
#include "base/json_out.h"
#include "billing/chain.h"
#include "billing/report.h"

enum { T_ID, T_NUMBER, T_SEQ, T_KIND, T_AMOUNT, T_CURRENCY, T_MILESTONE, T_CONTRACT, T_COLUMNS };
enum { S_ITEM, S_OPEN, S_DUE, S_KIND, S_COLUMNS };

typedef struct tracking {
    arci_txn *t;
    arci_arena *arena;
    arci_contract *contract;
    arci_rows items;
    arc_value *states;
    uint8_t *found, *seen;
    int64_t received, open; /* of receipts alone; of what stands */
    arc_date next_due;      /* ARC_DATE_NONE: nothing is due */
    char currency[4];
} tracking;

static int stands(const arc_value *state) { return arci_item_counts(&state[S_KIND]) == ARCI_COUNTS_OPEN; }

/* What receipts paid of the items; what credit notes, discounts and write-offs settled is no payment. */
static arc_status read_paid(tracking *x, const int64_t *ids)
{
    const arci_shape *shape;
    arc_value values[500];
    arc_status st = arci_shape_get(x->t, &shape, "allocation", "item receipt amount currency");
    for (uint32_t from = 0; from < x->items.n_rows && st == ARC_OK; from += 500) {
        uint32_t n = x->items.n_rows - from < 500 ? x->items.n_rows - from : 500;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < n; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], values, n);
        st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, x->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * 4;
            if (v[1].type == ARC_V_INT && memcmp(v[3].u.s, x->currency, 3) == 0 && arci_add64(x->received, v[2].u.i, &x->received)) st = arci_fail(x->t->env, ARC_E_OVERFLOW, "what was paid is too large", "已收金额超出范围");
        }
    }
    return st;
}

static arc_status read_items(tracking *x)
{
    const arci_shape *shape, *states;
    const arci_entity *e = arci_entity_by_name("item", 4);
    arci_where w;
    arc_status st = arci_shape_get(x->t, &shape, "item", "id number seq kind amount currency milestone contract");
    if (st == ARC_OK) st = arci_shape_get(x->t, &states, "item_state", "item open due_date kind");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[T_CONTRACT], ARC_OP_EQ, x->contract->id);
    st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, x->arena, &x->items);
    if (st != ARC_OK || !x->items.n_rows) return st;
    int64_t *ids = arci_arena_alloc(x->arena, x->items.n_rows * sizeof *ids);
    x->seen = arci_arena_alloc(x->arena, x->items.n_rows);
    if (!ids || !x->seen) return arci_nomem(x->t->env);
    for (uint32_t r = 0; r < x->items.n_rows; r++) ids[r] = x->items.values[(size_t)r * T_COLUMNS].u.i;
    memset(x->seen, 1, x->items.n_rows);
    st = arci_repo_get_many(x->t, states, ids, x->items.n_rows, x->arena, &x->states, &x->found);
    if (st == ARC_OK && x->t->session->access) {
        st = arci_scope_rows(x->t, x->arena, e, arci_access_scope(x->t->session, &arci_verbs[ARCI_DO_READ], e), ids, x->items.n_rows, x->seen);
    }
    for (uint32_t r = 0; r < x->items.n_rows && st == ARC_OK; r++) {
        const arc_value *s = x->states + (size_t)r * S_COLUMNS;
        if (!x->found[r] || memcmp(x->items.values[(size_t)r * T_COLUMNS + T_CURRENCY].u.s, x->currency, 3) != 0) continue; /* other currencies are not added */
        if (stands(s) && arci_add64(x->open, s[S_OPEN].u.i, &x->open)) return arci_fail(x->t->env, ARC_E_OVERFLOW, "what is open is too large", "未收金额超出范围");
        if (s[S_OPEN].u.i > 0 && s[S_DUE].type == ARC_V_INT && (x->next_due == ARC_DATE_NONE || s[S_DUE].u.i < x->next_due)) x->next_due = (arc_date)s[S_DUE].u.i;
    }
    return st == ARC_OK ? read_paid(x, ids) : st;
}

/* ---- as JSON ------------------------------------------------------------------------------------------------------------------------ */

static int put_text(cJSON *o, const char *key, const char *s) { return arci_jo_text(o, key, s, strlen(s)); }

static int put_money(cJSON *o, const char *key, const char *currency, int64_t minor)
{
    char text[48];
    return put_text(o, key, arci_amount_text(text, minor, currency));
}

static int put_day(cJSON *o, const char *key, arc_date day)
{
    char text[16];
    size_t n = sizeof text;
    return day == ARC_DATE_NONE ? arci_jo_null(o, key) : arc_date_print(text, &n, day) == ARC_OK && arci_jo_text(o, key, text, n);
}

/* NULL: a plan or an estimate that is over, a credit that is used up. */
static const char *status_of(const arc_value *item, const arc_value *state)
{
    int64_t amount = item[T_AMOUNT].u.i, open = state[S_OPEN].u.i;
    if (!stands(state)) return open ? "to_invoice" : NULL;
    if (amount < 0) return NULL;
    return !open ? "paid" : open < amount ? "partial" : "to_pay";
}

static int put_item(cJSON *list, const tracking *x, uint32_t r)
{
    const arc_value *v = x->items.values + (size_t)r * T_COLUMNS, *s = x->states + (size_t)r * S_COLUMNS;
    const char *status = status_of(v, s);
    char currency[4] = { 0 };
    cJSON *o = arci_jo_object(list, NULL);
    memcpy(currency, v[T_CURRENCY].u.s, 3);
    return o && arci_jo_int(o, "item", v[T_ID].u.i) && arci_jo_text(o, "number", v[T_NUMBER].u.s, v[T_NUMBER].len) && arci_jo_int(o, "seq", v[T_SEQ].u.i) &&
           (v[T_MILESTONE].type == ARC_V_INT ? arci_jo_int(o, "milestone", v[T_MILESTONE].u.i) : arci_jo_null(o, "milestone")) &&
           arci_jo_text(o, "kind", s[S_KIND].u.s, s[S_KIND].len) && put_money(o, "amount", currency, v[T_AMOUNT].u.i) && put_money(o, "open", currency, s[S_OPEN].u.i) &&
           put_day(o, "due_date", s[S_DUE].type == ARC_V_INT ? (arc_date)s[S_DUE].u.i : ARC_DATE_NONE) && (status ? put_text(o, "status", status) : arci_jo_null(o, "status"));
}

static const char *contract_status(const tracking *x)
{
    const arci_contract *c = x->contract;
    if (c->limited && x->received >= c->row[ARCI_CONTRACT_AMOUNT].u.i) return "paid";
    if (x->received > 0) return !c->limited && !x->open ? "paid" : "partial";
    return x->open > 0 ? "to_pay" : "to_invoice";
}

static int put_all(cJSON *root, const tracking *x)
{
    const arci_contract *c = x->contract;
    const arc_value *v = c->row;
    cJSON *list = NULL;
    int64_t amount = c->limited ? v[ARCI_CONTRACT_AMOUNT].u.i : 0;
    int ok = arci_jo_int(root, "contract", c->id) && arci_jo_text(root, "number", v[ARCI_CONTRACT_NUMBER].u.s, v[ARCI_CONTRACT_NUMBER].len) &&
             put_text(root, "currency", x->currency) && put_text(root, "status", contract_status(x)) &&
             (c->limited ? put_money(root, "amount", x->currency, amount) : arci_jo_null(root, "amount")) &&
             (c->limited ? put_money(root, "issued", x->currency, c->issued) : arci_jo_null(root, "issued")) && put_money(root, "received", x->currency, x->received) &&
             (c->limited ? put_money(root, "unpaid", x->currency, amount - x->received) : arci_jo_null(root, "unpaid")) &&
             put_money(root, "open", x->currency, x->open) && put_day(root, "next_due", x->next_due) && (list = arci_jo_array(root, "items")) != NULL;
    for (uint32_t r = 0; ok && r < x->items.n_rows; r++) ok = !x->found[r] || !x->seen[r] || put_item(list, x, r);
    return ok;
}

static arc_status track(tracking *x, arci_str *out, int64_t id)
{
    const arci_entity *e = arci_entity_by_name("contract", 8);
    int64_t ids[1] = { id };
    uint32_t n;
    arc_status st = arci_access_row(x->t, &arci_verbs[ARCI_DO_READ], e, e, id);
    if (st == ARC_OK) st = arci_contracts_read(x->t, x->arena, ids, 1, 0, &x->contract, &n);
    if (st == ARC_OK && (!n || !x->contract->row)) {
        st = arci_no_such(x->t->env, "contract");
        arci_fail_at(x->t->env, "contract", NULL, id, -1);
    }
    if (st != ARC_OK) return st;
    memcpy(x->currency, x->contract->row[ARCI_CONTRACT_CURRENCY].u.s, 3);
    st = read_items(x);
    if (st != ARC_OK) return st;
    cJSON *root = arci_jo_object(NULL, NULL);
    int ok = root && put_all(root, x) && arci_jo_print(root, 0, out);
    cJSON_Delete(root);
    return ok ? ARC_OK : arci_nomem(x->t->env);
}

static arc_status tell(arci_txn *t, arci_arena *arena, arci_str *out, int64_t contract)
{
    tracking x = { .t = t, .arena = arena, .next_due = ARC_DATE_NONE };
    return track(&x, out, contract);
}

arc_status arc_contract_tracking_json(arc_session *session, char *buf, size_t *len, int64_t contract)
{
    static const arci_report_field fields[] = { { "contract", "amount" }, { "item", "amount" }, { "item_state", "open" }, { "allocation", "amount" }, { NULL, NULL } };
    return arci_report(session, buf, len, contract, fields, tell);
}
