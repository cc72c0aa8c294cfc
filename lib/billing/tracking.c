/* SPDX-License-Identifier: Apache-2.0 */
/* How far a contract is: to be invoiced, to be paid, partly paid, paid (待开票, 待付款, 部分支付, 已结清). Derived, never stored. */
#include <string.h>

#include "arcore/contract.h"
#include "arcore/date.h"
#include "base/json_out.h"
#include "billing/chain.h"
#include "billing/report.h"
#include "ledger/by_contract.h"

enum { T_ID, T_NUMBER, T_SEQ, T_KIND, T_AMOUNT, T_CURRENCY, T_MILESTONE, T_CONTRACT, T_INVOICE, T_ORIGIN, T_COLUMNS };
static const char item_fields[] = "id number seq kind amount currency milestone contract invoice origin";
enum { S_ITEM, S_OPEN, S_DUE, S_KIND, S_COLUMNS };

/* An item of the contract, or its part in one of a document over several. */
typedef struct tracked {
    const arc_value *item, *state; /* T_*, S_* */
    const arci_shared *shared;     /* NULL: all of it is the contract's */
    uint32_t share;
    uint8_t seen, pad[3];
    int64_t amount, open, claim, received; /* claim: amount with what adjustments made of it; received: of receipts */
} tracked;

typedef struct tracking {
    arci_txn *t;
    arci_arena *arena;
    arci_contract *contract;
    tracked *items;
    uint32_t n;
    arci_by_contract by;
    int64_t billed, credited, received, open, overdue, retention; /* received: of receipts alone; open: of what stands */
    arc_date next_due, today; /* next_due ARC_DATE_NONE: nothing is due */
    char currency[4];
} tracking;

static int stands(const arc_value *state) { return arci_item_counts(&state[S_KIND]) == ARCI_COUNTS_OPEN; }
static arc_status overflow(const tracking *x) { return arci_fail(x->t->env, ARC_E_OVERFLOW, "a sum of the contract is too large", "合同合计超出范围"); }

/* ---- its items ------------------------------------------------------------------------------------------------------------------------ */

static arc_status find_documents(tracking *x, arci_ints *out)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(x->t, &shape, "invoice_line", "contract invoice");
    return st == ARC_OK ? arci_find_in(x->t, x->arena, shape, shape->cols[0], &x->contract->id, 1, NULL, NULL, 0, arci_take_ints, out) : st;
}

/* Those that name it, and those of documents with lines of it: ids, ascending. */
static arc_status find_items(tracking *x, int64_t **ids, uint32_t *n)
{
    const arci_shape *own, *of;
    arci_ints lines = { x->t, x->arena, 2, 0, 0, NULL }, more = { x->t, x->arena, 2, 0, 0, NULL };
    arc_status st = arci_shape_get(x->t, &own, "item", "contract id");
    if (st == ARC_OK) st = arci_shape_get(x->t, &of, "item", "invoice id");
    if (st == ARC_OK) st = arci_find_in(x->t, x->arena, own, own->cols[0], &x->contract->id, 1, NULL, NULL, 0, arci_take_ints, &more);
    if (st == ARC_OK) st = find_documents(x, &lines);
    int64_t *documents = arci_arena_alloc(x->arena, (lines.n + 1u) * sizeof *documents);
    if (st == ARC_OK && !documents) st = arci_nomem(x->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < lines.n; i++) documents[i] = lines.v[2 * (size_t)i + 1];
    const uint32_t k = st == ARC_OK ? arci_id_sort(documents, lines.n) : 0;
    if (k) st = arci_find_in(x->t, x->arena, of, of->cols[0], documents, k, NULL, NULL, 0, arci_take_ints, &more);
    *ids = arci_arena_alloc(x->arena, (more.n + 1u) * sizeof **ids);
    if (st == ARC_OK && !*ids) st = arci_nomem(x->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < more.n; i++) (*ids)[i] = more.v[2 * (size_t)i + 1];
    *n = st == ARC_OK ? arci_id_sort(*ids, more.n) : 0;
    return st;
}

/* Which part of them is the contract's. An item of a document that has nothing of it is passed over. */
static arc_status take_items(tracking *x, const int64_t *ids, uint32_t n, const arc_value *items, const arc_value *states, const uint8_t *found, const uint8_t *seen)
{
    int64_t *documents = arci_arena_alloc(x->arena, (n + 1u) * sizeof *documents);
    arci_item_figures *figures = arci_arena_alloc(x->arena, (n + 1u) * sizeof *figures);
    x->items = arci_arena_calloc(x->arena, n + 1u, sizeof *x->items);
    if (!documents || !figures || !x->items) return arci_nomem(x->t->env);
    for (uint32_t r = 0; r < n; r++) documents[r] = items[(size_t)r * T_COLUMNS + T_INVOICE].type == ARC_V_INT ? items[(size_t)r * T_COLUMNS + T_INVOICE].u.i : 0;
    arc_status st = arci_by_contract_read(x->t, x->arena, &x->by, documents, n, ARC_DATE_NONE);
    if (st == ARC_OK) st = arci_item_figures_read(x->t, x->arena, figures, ids, n, ARC_DATE_NONE);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        tracked *i = &x->items[x->n];
        *i = (tracked){ items + (size_t)r * T_COLUMNS, states + (size_t)r * S_COLUMNS, documents[r] ? arci_shared_find(&x->by, documents[r]) : NULL, 0, seen[r], { 0 }, 0, 0, 0, 0 };
        const arci_shared *d = i->shared;
        while (d && i->share < d->n_shares && d->shares[i->share].contract != x->contract->id) i->share++;
        if (!found[r] || (d && i->share == d->n_shares)) continue;
        const int64_t open = i->state[S_OPEN].u.i, claim = figures[r].amount + figures[r].added;
        i->amount = d ? arci_shared_amount(d, i->share, ids[r]) : i->item[T_AMOUNT].u.i;
        i->open = d ? arci_shared_open(d, i->share, ids[r], open) : open;
        i->claim = d ? arci_shared_claim(d, i->share, ids[r]) : claim;
        x->n++;
    }
    return st;
}

static arc_status read_items(tracking *x, int64_t **out, uint32_t *n)
{
    const arci_shape *shape, *states;
    const arci_entity *e = arci_entity_by_name("item", 4);
    arc_value *rows, *now;
    uint8_t *there, *found;
    arc_status st = find_items(x, out, n);
    if (st != ARC_OK || !*n) return st;
    uint8_t *seen = arci_arena_alloc(x->arena, *n);
    if (!seen) return arci_nomem(x->t->env);
    memset(seen, 1, *n);
    st = arci_shape_get(x->t, &shape, "item", item_fields);
    if (st == ARC_OK) st = arci_shape_get(x->t, &states, "item_state", "item open due_date kind");
    if (st == ARC_OK) st = arci_repo_get_many(x->t, shape, *out, *n, x->arena, &rows, &there);
    if (st == ARC_OK) st = arci_repo_get_many(x->t, states, *out, *n, x->arena, &now, &found);
    if (st == ARC_OK && x->t->session->access) {
        st = arci_scope_rows(x->t, x->arena, e, arci_access_scope(x->t->session, &arci_verbs[ARCI_DO_READ], e), *out, *n, seen);
    }
    return st == ARC_OK ? take_items(x, *out, *n, rows, now, found, seen) : st;
}

/* ---- what was paid of them --------------------------------------------------------------------------------------------------------------- */

/* Of receipts, by item; what credit notes, discounts and write-offs settled is no payment. */
typedef struct paid {
    const int64_t *ids; /* ascending */
    int64_t *amounts;
    uint32_t n;
} paid;

static arc_status take_paid(void *user, const arc_value *row)
{
    const paid *p = user;
    p->amounts[arci_id_place(p->ids, p->n, row[0].u.i)] = row[1].u.i; /* only rows of these ids come */
    return ARC_OK;
}

static arc_status read_paid(tracking *x, paid *out)
{
    const arci_entity *e = arci_entity_by_name("allocation", 10);
    const arc_group groups[1] = { { arci_col(e, "item"), ARC_GROUP_VALUE, 0, NULL } };
    const arc_measure sum = { ARC_MEASURE_SUM, arci_col(e, "amount") };
    arci_where w;
    out->amounts = arci_arena_calloc(x->arena, out->n + 1u, sizeof *out->amounts);
    if (!out->amounts) return arci_nomem(x->t->env);
    arci_where_init(&w);
    arci_where_int(&w, arci_col(e, "receipt"), ARC_OP_GT, 0);
    return arci_sum_in(x->t, x->arena, e, groups, 1, &sum, 1, out->ids, out->n, &w, take_paid, out);
}

static int64_t paid_of(const paid *p, int64_t item)
{
    const uint32_t at = arci_id_place(p->ids, p->n, item);
    return at == UINT32_MAX ? 0 : p->amounts[at];
}

/* Of a document over several contracts: what neither is open, nor was credited, nor settled by anything else, its part of which goes by what is left of each. */
static int64_t paid_of_share(const tracked *i, const paid *p)
{
    const arci_shared *d = i->shared;
    const arci_contract_share *s = &d->shares[i->share];
    int64_t left = 0, receipts = 0, open = 0;
    for (uint32_t k = 0; k < d->n_shares; k++) left += d->shares[k].left;
    for (uint32_t k = 0; k < d->n_items; k++) {
        receipts += paid_of(p, d->items[k]);
        open += arci_shared_open(d, i->share, d->items[k], d->figures[k].open);
    }
    return receipts ? s->left - open - arci_shared_part(d, i->share, left - d->open - receipts) : 0;
}

static arc_status add_up(tracking *x)
{
    int over = 0;
    for (uint32_t r = 0; r < x->n && !over; r++) {
        const tracked *i = &x->items[r];
        const arc_value *due = &i->state[S_DUE];
        if (memcmp(i->item[T_CURRENCY].u.s, x->currency, 3) != 0) continue; /* other currencies are not added */
        if (i->open > 0 && due->type == ARC_V_INT && (x->next_due == ARC_DATE_NONE || due->u.i < x->next_due)) x->next_due = (arc_date)due->u.i;
        over |= arci_add64(x->received, i->received, &x->received);
        if (!stands(i->state)) continue;
        over |= arci_add64(x->open, i->open, &x->open);
        if (arci_code_is(&i->state[S_KIND], "retention")) over |= arci_add64(x->retention, i->open, &x->retention);
        if (i->open > 0 && due->type == ARC_V_INT && due->u.i < x->today) over |= arci_add64(x->overdue, i->open, &x->overdue);
        if (i->item[T_ORIGIN].type == ARC_V_INT || arci_code_is(&i->state[S_KIND], "refund")) continue; /* they go on with another's */
        if (i->item[T_AMOUNT].u.i > 0) over |= arci_add64(x->billed, i->claim, &x->billed);
        else if (i->item[T_INVOICE].type == ARC_V_INT) over |= arci_add64(x->credited, -i->claim, &x->credited);
    }
    return over ? overflow(x) : ARC_OK;
}

static arc_status read_all(tracking *x)
{
    int64_t *ids;
    paid p = { NULL, NULL, 0 };
    arc_status st = read_items(x, &ids, &p.n);
    p.ids = ids;
    if (st == ARC_OK && p.n) st = read_paid(x, &p);
    for (uint32_t r = 0; st == ARC_OK && r < x->n; r++) {
        tracked *i = &x->items[r];
        if (!i->shared) i->received = paid_of(&p, i->item[T_ID].u.i);
        else if (i->shared->items[0] == i->item[T_ID].u.i) i->received = paid_of_share(i, &p); /* that of the document, told once */
    }
    return st == ARC_OK ? add_up(x) : st;
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
static const char *status_of(const tracked *i)
{
    if (!stands(i->state)) return i->open ? "to_invoice" : NULL;
    if (i->amount < 0) return NULL;
    return !i->open ? "paid" : i->open < i->amount ? "partial" : "to_pay";
}

static int put_item(cJSON *list, const tracked *i)
{
    const arc_value *v = i->item, *s = i->state;
    const char *status = status_of(i);
    char currency[4] = { 0 };
    cJSON *o = arci_jo_object(list, NULL);
    memcpy(currency, v[T_CURRENCY].u.s, 3);
    return o && arci_jo_int(o, "item", v[T_ID].u.i) && arci_jo_text(o, "number", v[T_NUMBER].u.s, v[T_NUMBER].len) && arci_jo_int(o, "seq", v[T_SEQ].u.i) &&
           (v[T_MILESTONE].type == ARC_V_INT ? arci_jo_int(o, "milestone", v[T_MILESTONE].u.i) : arci_jo_null(o, "milestone")) &&
           arci_jo_text(o, "kind", s[S_KIND].u.s, s[S_KIND].len) && put_money(o, "amount", currency, i->amount) && put_money(o, "open", currency, i->open) &&
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
    const int64_t amount = c->limited ? v[ARCI_CONTRACT_AMOUNT].u.i : 0, settled = x->billed - x->credited - x->received - x->open;
    int ok = arci_jo_int(root, "contract", c->id) && arci_jo_text(root, "number", v[ARCI_CONTRACT_NUMBER].u.s, v[ARCI_CONTRACT_NUMBER].len) &&
             put_text(root, "currency", x->currency) && put_text(root, "status", contract_status(x)) &&
             (c->limited ? put_money(root, "amount", x->currency, amount) : arci_jo_null(root, "amount")) &&
             (c->limited ? put_money(root, "issued", x->currency, c->issued) : arci_jo_null(root, "issued")) && put_money(root, "received", x->currency, x->received) &&
             (c->limited ? put_money(root, "unpaid", x->currency, amount - x->received) : arci_jo_null(root, "unpaid")) &&
             put_money(root, "open", x->currency, x->open) && put_day(root, "next_due", x->next_due) &&
             put_money(root, "billed", x->currency, x->billed) && put_money(root, "credited", x->currency, x->credited) && put_money(root, "settled", x->currency, settled) &&
             (x->today == ARC_DATE_NONE ? arci_jo_null(root, "overdue") : put_money(root, "overdue", x->currency, x->overdue)) && put_money(root, "retention", x->currency, x->retention) && (list = arci_jo_array(root, "items")) != NULL;
    for (uint32_t r = 0; ok && r < x->n; r++) ok = !x->items[r].seen || put_item(list, &x->items[r]);
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
    st = read_all(x);
    if (st != ARC_OK) return st;
    cJSON *root = arci_jo_object(NULL, NULL);
    int ok = root && put_all(root, x) && arci_jo_print(root, 0, out);
    cJSON_Delete(root);
    return ok ? ARC_OK : arci_nomem(x->t->env);
}

static arc_status tell(arci_txn *t, arci_arena *arena, arci_str *out, int64_t contract)
{
    tracking x = { .t = t, .arena = arena, .next_due = ARC_DATE_NONE, .today = t->session->business_date };
    return track(&x, out, contract);
}

arc_status arc_contract_tracking_json(arc_session *session, char *buf, size_t *len, int64_t contract)
{
    static const arci_report_field fields[] = { { "contract", "amount" }, { "item", "amount" }, { "item_state", "open" }, { "allocation", "amount" }, { NULL, NULL } };
    return arci_report(session, buf, len, contract, fields, tell);
}
