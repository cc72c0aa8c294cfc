/* SPDX-License-Identifier: Apache-2.0 */
/* What the match engine reads: receipts, items, customers. Whatever is asked for many receipts is asked at once. */
#include <stdlib.h>
#include <string.h>

#include "cash/match.h"
#include "ledger/items.h"

enum { AT_ONCE = 500, HABIT_LEAST = 5, WHOLE_MOST = 50000 };

const char *const arci_mtext_names[ARCI_MTEXTS] = { "memo", "bank_ref", "remark", "creditor_ref", "document", "customer_ref", "details" };

static int64_t id_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static void take_currency(char out[4], const arc_value *v)
{
    memset(out, 0, 4);
    memcpy(out, v->u.s, v->len < 3 ? v->len : 3);
}

static int is_code(const arc_value *v, const char *code) { return v->type == ARC_V_TEXT && v->len == strlen(code) && memcmp(v->u.s, code, v->len) == 0; }

/* ---- beginning and end --------------------------------------------------------------------------------------------------------- */

/* The latest that was learned. */
static arc_status read_model(arci_cash *m)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "match_model", "id document");
    if (st != ARC_OK) return st;
    const arc_order latest[] = { { shape->cols[0], 1 } };
    st = arci_repo_find(m->t, shape, NULL, latest, 1, 1, &m->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = arci_learned_read(m->env, &m->arena, &m->model, rows.values[1].u.s, rows.values[1].len);
    m->model.row = rows.values[0].u.i;
    return st;
}

arc_status arci_cash_begin(arci_cash *m, arci_txn *t, arc_date as_of, const char *strategy)
{
    memset(m, 0, sizeof *m);
    m->t = t;
    m->env = t->env;
    m->as_of = as_of;
    arci_arena_init(&m->arena, t->env->ctx);
    arci_arena_init(&m->scratch, t->env->ctx);
    arci_map_init(&m->item_at, t->env->ctx);
    arci_map_init(&m->customer_at, t->env->ctx);
    arci_map_init(&m->account_at, t->env->ctx);
    arci_map_init(&m->held, t->env->ctx);
    arci_merged_init(&m->merged, t->env->ctx);
    arci_rates_init(&m->rates, t, &m->arena);
    arc_status st = arci_strategies_get(t, &m->arena, &m->strategies, &m->n_strategies, strategy, as_of);
    m->tols = st == ARC_OK ? arci_arena_calloc(&m->arena, m->n_strategies, sizeof *m->tols) : NULL;
    if (st == ARC_OK && !m->tols) return arci_nomem(t->env);
    for (uint32_t i = 0; i < m->n_strategies && st == ARC_OK; i++) st = arci_tolerance_get(t, &m->arena, &m->tols[i], m->strategies[i].tolerance, as_of);
    if (st == ARC_OK) m->tol = m->tols[m->n_strategies - 1];
    if (st == ARC_OK) st = arci_tolerance_user(t, &m->arena, &m->tol, &m->user_group);
    if (st == ARC_OK) st = arci_merged_read(t, &m->arena, &m->merged, ARC_DATE_NONE, NULL);
    return st == ARC_OK ? read_model(m) : st;
}

void arci_cash_end(arci_cash *m)
{
    arci_cash_refs_free(m);
    arci_cash_index_free(m);
    arci_cash_payers_free(m);
    arci_cash_recent_free(m);
    arci_learned_clear(&m->model);
    arci_map_clear(&m->item_at);
    arci_map_clear(&m->customer_at);
    arci_map_clear(&m->account_at);
    arci_map_clear(&m->held);
    arci_merged_clear(&m->merged);
    arci_arena_clear(&m->scratch);
    arci_arena_clear(&m->arena);
}

/* Room for `more` of an array in the arena, doubled when it is full. */
static void *room(arci_cash *m, void *old, uint32_t n, uint32_t *cap, uint32_t more, size_t size)
{
    if (n + more <= *cap) return old;
    uint32_t wanted = *cap ? *cap : 256;
    while (wanted < n + more) wanted *= 2;
    void *grown = arci_arena_calloc(&m->arena, wanted, size);
    if (!grown) return NULL;
    if (n) memcpy(grown, old, n * size);
    *cap = wanted;
    return grown;
}

/* ---- receipts ------------------------------------------------------------------------------------------------------------------ */

enum { S_ID, S_CUSTOMER, S_CURRENCY, S_DATE, S_LEFT, S_VERSION, S_RETURNED, S_CLAIMED, S_VALUE, S_METHOD, S_MOVED };
static const char state_columns[] = "receipt customer currency posting_date unapplied version returned_on claimed_on value_date method moved_on";
enum { X_MEMO, X_BANK_REF, X_REMARK, X_NAME, X_ACCOUNT, X_OURS, X_PROJECT, X_DEPARTMENT, X_OWNER, X_STORE, X_LINE, X_CHANNEL, X_STATEMENT };
static const char text_columns[] = "memo bank_ref remark payer_name payer_account our_account project department owner store business_line channel statement_line";

static void take_state(const arci_cash *m, arci_mreceipt *r, const arc_value *v)
{
    r->id = v[S_ID].u.i;
    r->customer = arci_cash_root(m, id_of(&v[S_CUSTOMER]));
    take_currency(r->currency, &v[S_CURRENCY]);
    r->value_date = (arc_date)v[S_VALUE].u.i;
    r->from = v[S_DATE].type == ARC_V_INT ? (arc_date)v[S_DATE].u.i : r->value_date;
    if (v[S_CLAIMED].type == ARC_V_INT && v[S_CLAIMED].u.i > r->from) r->from = (arc_date)v[S_CLAIMED].u.i;
    r->left = v[S_LEFT].u.i;
    r->version = v[S_VERSION].u.i;
    r->returned = v[S_RETURNED].type != ARC_V_NULL;
    r->offset = (uint8_t)is_code(&v[S_METHOD], "offset");
    r->moved = v[S_MOVED].type == ARC_V_INT;
}

static arc_status missing(arci_cash *m, int64_t id, uint32_t row)
{
    arci_fail(m->env, ARC_E_NOT_FOUND, "there is no such receipt", "该回款不存在");
    arci_fail_at(m->env, "receipt", NULL, id, row);
    return ARC_E_NOT_FOUND;
}

static arc_status read_named(arci_cash *m, const arci_shape *shape, const arci_cash_asked *a)
{
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_repo_get_many(m->t, shape, a->receipts, a->n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < a->n; i++) {
        if (!found[i]) return missing(m, a->receipts[i], i);
        take_state(m, &m->receipts[i], rows + (size_t)i * shape->n);
    }
    m->n_receipts = a->n;
    return st;
}

static arc_status read_waiting(arci_cash *m, const arci_shape *shape, const arci_cash_asked *a)
{
    const arc_order by_date[] = { { shape->cols[S_VALUE], 0 }, { shape->cols[S_ID], 0 } }, in_ids[] = { { shape->cols[S_ID], 0 } };
    arci_where w;
    arci_rows rows;
    arc_value *members;
    uint32_t n_members;
    arc_status st = ARC_OK;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[S_LEFT], ARC_OP_NE, 0);
    if (a->customer) {
        const int64_t root = arci_cash_root(m, a->customer);
        st = arci_cash_members(m, &root, 1, &members, &n_members);
        if (st != ARC_OK) return st;
        arci_where_in(&w, shape->cols[S_CUSTOMER], members, n_members);
    }
    if (a->currency && a->currency[0]) arci_where_text(&w, shape->cols[S_CURRENCY], ARC_OP_EQ, a->currency, 3);
    if (a->after) arci_where_int(&w, shape->cols[S_ID], ARC_OP_GT, a->after);
    st = arci_repo_find(m->t, shape, &w, a->by_id ? in_ids : by_date, a->by_id ? 1 : 2, (int64_t)a->max, &m->arena, &rows);
    if (st != ARC_OK) return st;
    m->receipts = arci_arena_calloc(&m->arena, rows.n_rows + 1u, sizeof *m->receipts);
    if (!m->receipts) return arci_nomem(m->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) take_state(m, &m->receipts[i], rows.values + (size_t)i * rows.n_cols);
    m->n_receipts = rows.n_rows;
    return ARC_OK;
}

static int by_date_id(const void *x, const void *y)
{
    const arci_mreceipt *a = x, *b = y;
    if (a->value_date != b->value_date) return a->value_date < b->value_date ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* In order, each once, and only those the actor sees: one that was named and is not seen is an error. */
static arc_status cut(arci_cash *m, const arci_cash_asked *a)
{
    uint32_t n = 0;
    arc_status st = ARC_OK;
    if (m->n_receipts) qsort(m->receipts, m->n_receipts, sizeof *m->receipts, by_date_id);
    for (uint32_t i = 0; i < m->n_receipts; i++) {
        if (!n || m->receipts[n - 1].id != m->receipts[i].id) m->receipts[n++] = m->receipts[i];
    }
    m->n_receipts = n;
    if (!a->scope || !n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&m->arena, n * sizeof *ids);
    uint8_t *seen = arci_arena_calloc(&m->arena, n, 1);
    if (!ids || !seen) return arci_nomem(m->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = m->receipts[i].id;
    st = arci_scope_rows(m->t, &m->arena, arci_entity_by_name("receipt", 7), a->scope, ids, n, seen);
    m->n_receipts = 0;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (seen[i]) m->receipts[m->n_receipts++] = m->receipts[i];
        else if (a->receipts) st = missing(m, ids[i], i);
    }
    return st;
}

/* What came with the money. */
static arc_status read_texts(arci_cash *m)
{
    static const int links[ARCI_M_LINKS] = { -1, -1, -1, X_PROJECT, X_DEPARTMENT, X_OWNER, X_STORE, X_LINE };
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&m->arena, (m->n_receipts + 1) * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts; i++) ids[i] = m->receipts[i].id;
    arc_status st = arci_shape_get(m->t, &shape, "receipt", text_columns);
    if (st == ARC_OK && m->n_receipts) st = arci_repo_get_many(m->t, shape, ids, m->n_receipts, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < m->n_receipts; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        arci_mreceipt *r = &m->receipts[i];
        if (!found[i]) return arci_fail(m->env, ARC_E_CORRUPT, "a state without its receipt", "回款状态缺少对应的回款");
        for (int k = 0; k <= X_REMARK; k++) r->texts[k] = v[k];
        for (int k = 0; k < ARCI_M_LINKS; k++) r->links[k] = links[k] < 0 ? 0 : id_of(&v[links[k]]);
        r->payer_name = v[X_NAME];
        r->payer_account = v[X_ACCOUNT];
        r->channel = v[X_CHANNEL];
        r->our_account = id_of(&v[X_OURS]);
        r->line = id_of(&v[X_STATEMENT]);
    }
    return st;
}

/* Of which something was taken back: the next match of it needs somebody. */
static arc_status read_reversed(arci_cash *m)
{
    const arci_shape *shape;
    arci_map moved;
    arci_rows rows;
    uint32_t n = 0;
    arc_value *ids = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    arci_map_init(&moved, m->arena.ctx);
    arc_status st = arci_shape_get(m->t, &shape, "allocation", "receipt reverses");
    for (uint32_t i = 0; i < m->n_receipts && st == ARC_OK; i++) {
        int64_t *at;
        if (!m->receipts[i].moved) continue;
        ids[n++] = arci_v_int(m->receipts[i].id);
        if (arci_map_put(&moved, &m->receipts[i].id, sizeof m->receipts[i].id, &at) < 0) st = arci_nomem(m->env);
        else *at = i;
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        const arc_order by[] = { { shape->cols[0], 0 } };
        arci_where w;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], ids + i, n - i < AT_ONCE ? n - i : AT_ONCE);
        arci_where_int(&w, shape->cols[1], ARC_OP_GT, 0);
        st = arci_repo_find(m->t, shape, &w, by, 1, 0, &m->arena, &rows);
        for (uint32_t k = 0; st == ARC_OK && k < rows.n_rows; k++) {
            const int64_t *at = arci_map_get(&moved, &rows.values[(size_t)k * rows.n_cols].u.i, sizeof(int64_t));
            if (at) m->receipts[*at].reversed = 1;
        }
    }
    arci_map_clear(&moved);
    return st;
}

arc_status arci_cash_read(arci_cash *m, const arci_cash_asked *a)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(m->t, &shape, "receipt_state", state_columns);
    if (st != ARC_OK) return st;
    if (a->receipts) {
        m->receipts = arci_arena_calloc(&m->arena, a->n + 1u, sizeof *m->receipts);
        st = m->receipts ? read_named(m, shape, a) : arci_nomem(m->env);
    } else {
        st = read_waiting(m, shape, a);
    }
    if (st == ARC_OK) st = cut(m, a);
    for (uint32_t i = 0; st == ARC_OK && i < m->n_receipts; i++) {
        arci_mreceipt *r = &m->receipts[i];
        for (int k = 0; k < ARCI_MTEXTS; k++) r->texts[k] = arci_v_null();
        r->ultimate = arci_v_null();
        r->kept = -1;
    }
    if (st == ARC_OK) st = read_texts(m);
    if (st == ARC_OK) st = arci_cash_lines(m);
    return st == ARC_OK ? read_reversed(m) : st;
}

/* ---- items --------------------------------------------------------------------------------------------------------------------- */

enum { I_ID, I_CUSTOMER, I_CURRENCY, I_KIND, I_DUE, I_SINCE, I_OPEN, I_DISPUTED };
static const char item_columns[] = "item customer currency kind due_date business_date open disputed";
enum { D_NUMBER, D_SEQ, D_AMOUNT, D_INVOICE, D_DISCOUNTS, D_ORDER, D_CONTRACT, D_DELIVERY, D_PROJECT, D_DEPARTMENT, D_OWNER, D_STORE, D_LINE };
static const char detail_columns[] = "number seq amount invoice discounts sales_order contract delivery project department owner store business_line";

arci_mitem *arci_cash_item(const arci_cash *m, int64_t id)
{
    const int64_t *at = arci_map_get(&m->item_at, &id, sizeof id);
    return at ? &m->items[*at] : NULL;
}

/* Plans and estimates are not paid. */
static arc_status add_item(arci_cash *m, const arc_value *v, int64_t id, uint32_t *at)
{
    int64_t *place;
    *at = UINT32_MAX;
    if (arci_item_counts(&v[I_KIND]) != ARCI_COUNTS_OPEN) return ARC_OK;
    int32_t made = arci_map_put(&m->item_at, &id, sizeof id, &place);
    if (made < 0) return arci_nomem(m->env);
    *at = made ? m->n_items : (uint32_t)*place;
    if (!made) return ARC_OK;
    arci_mitem *items = room(m, m->items, m->n_items, &m->cap_items, 1, sizeof *items);
    if (!items) return arci_nomem(m->env);
    m->items = items;
    *place = m->n_items;
    arci_mitem *i = &items[m->n_items++];
    i->id = id;
    i->named = v[I_CUSTOMER].u.i;
    i->customer = arci_cash_root(m, i->named);
    take_currency(i->currency, &v[I_CURRENCY]);
    i->due = v[I_DUE].type == ARC_V_INT ? (arc_date)v[I_DUE].u.i : ARC_DATE_MAX;
    i->since = (arc_date)v[I_SINCE].u.i;
    i->open = v[I_OPEN].u.i;
    i->closed = i->open == 0;
    i->disputed = v[I_DISPUTED].type == ARC_V_INT && v[I_DISPUTED].u.i != 0;
    return ARC_OK;
}

static arc_status read_details(arci_cash *m, uint32_t from)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = m->n_items - from;
    if (!n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&m->arena, n * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = m->items[from + i].id;
    arc_status st = arci_shape_get(m->t, &shape, "item", detail_columns);
    if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, ids, n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        arci_mitem *item = &m->items[from + i];
        if (!found[i]) return arci_fail(m->env, ARC_E_CORRUPT, "a state without its item", "应收状态缺少对应的应收");
        item->number = v[D_NUMBER];
        item->seq = v[D_SEQ].u.i;
        item->amount = v[D_AMOUNT].u.i;
        item->invoice = id_of(&v[D_INVOICE]);
        item->discounts = v[D_DISCOUNTS];
        item->has_offer = item->open > 0 && v[D_DISCOUNTS].type != ARC_V_NULL;
        for (int k = 0; k < ARCI_M_LINKS; k++) item->links[k] = id_of(&v[D_ORDER + k]);
    }
    return st;
}

/* What was granted before of the discounts of items that offer any. */
static arc_status read_granted(arci_cash *m, uint32_t from)
{
    uint32_t n = 0, k = 0;
    for (uint32_t i = from; i < m->n_items; i++) n += m->items[i].has_offer;
    if (!n) return ARC_OK;
    arci_offered *offers = arci_arena_calloc(&m->arena, n, sizeof *offers);
    if (!offers) return arci_nomem(m->env);
    for (uint32_t i = from; i < m->n_items; i++) {
        const arci_mitem *item = &m->items[i];
        if (item->has_offer) offers[k++] = (arci_offered){ item->id, item->amount, item->open, &item->discounts, 0 };
    }
    arc_status st = arci_offers_granted(m->t, &m->arena, offers, n);
    k = 0;
    for (uint32_t i = from; st == ARC_OK && i < m->n_items; i++) {
        if (m->items[i].has_offer) m->items[i].granted = offers[k++].granted;
    }
    return st;
}

arc_status arci_cash_items(arci_cash *m, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t from = m->n_items, at;
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, "item_state", item_columns);
    if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, ids, n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (found[i]) st = add_item(m, rows + (size_t)i * shape->n, ids[i], &at);
    }
    if (st == ARC_OK) st = read_details(m, from);
    return st == ARC_OK ? read_granted(m, from) : st;
}

/* ---- customers ----------------------------------------------------------------------------------------------------------------- */

arci_mcustomer *arci_cash_customer(const arci_cash *m, int64_t id)
{
    const int64_t *at = arci_map_get(&m->customer_at, &id, sizeof id);
    return at ? &m->customers[*at] : NULL;
}

arc_status arci_cash_members(arci_cash *m, const int64_t *ids, uint32_t n, arc_value **out, uint32_t *n_out)
{
    const arci_map *roots = &m->merged.roots;
    int64_t id;
    *n_out = 0;
    *out = arci_arena_alloc(&m->arena, ((size_t)n + roots->n + 1) * sizeof **out);
    if (!*out) return arci_nomem(m->env);
    for (uint32_t i = 0; i < n; i++) (*out)[(*n_out)++] = arci_v_int(ids[i]);
    for (uint32_t i = 0; i < roots->n; i++) {
        uint32_t k = 0;
        while (k < n && ids[k] != roots->entries[i].value) k++;
        if (k == n) continue;
        memcpy(&id, roots->entries[i].key, sizeof id);
        (*out)[(*n_out)++] = arci_v_int(id);
    }
    return ARC_OK;
}

enum { C_CODE, C_NAME, C_SEGMENT, C_CHANNEL, C_STATUS, C_PARENT };

static arc_status add_customers(arci_cash *m, const int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(m->t, &shape, "customer", "code legal_name segment channel status parent");
    if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, ids, n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        arci_mcustomer *all = room(m, m->customers, m->n_customers, &m->cap_customers, 1, sizeof *all);
        int64_t *at;
        if (!all || arci_map_put(&m->customer_at, &ids[i], sizeof ids[i], &at) < 0) return arci_nomem(m->env);
        *at = m->n_customers;
        m->customers = all;
        arci_mcustomer *c = &all[m->n_customers++];
        *c = (arci_mcustomer){ .id = ids[i], .days_late = ARC_HABIT_DAYS_LEARNED };
        if (!found[i]) continue;
        c->code = v[C_CODE];
        c->name = v[C_NAME];
        c->segment = v[C_SEGMENT];
        c->channel = v[C_CHANNEL];
        c->parent = arci_cash_root(m, id_of(&v[C_PARENT]));
        c->blocked = v[C_STATUS].type == ARC_V_TEXT && !is_code(&v[C_STATUS], "active");
    }
    return st;
}

/* Legal action and insolvency: a person looks first. */
static arc_status read_flags(arci_cash *m, const arc_value *customers, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "flag", "customer item kind from_date to_date");
    if (st != ARC_OK) return st;
    const arc_order by[] = { { shape->cols[0], 0 }, { shape->cols[2], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], customers, n);
    st = arci_repo_find(m->t, shape, &w, by, 2, 0, &m->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if ((!is_code(&v[2], "legal") && !is_code(&v[2], "insolvent")) || v[3].u.i > m->as_of || (v[4].type == ARC_V_INT && v[4].u.i < m->as_of)) continue;
        arci_mcustomer *c = arci_cash_customer(m, arci_cash_root(m, v[0].u.i));
        int64_t *at;
        if (v[1].type != ARC_V_INT) c->held = 1;
        else if (arci_map_put(&m->held, &v[1].u.i, sizeof v[1].u.i, &at) < 0) return arci_nomem(m->env);
    }
    return st;
}

/* Nettings that wait to be used. */
static arc_status read_nettings(arci_cash *m, const arc_value *customers, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "receipt_state", "receipt customer currency unapplied method posting_date");
    if (st != ARC_OK) return st;
    const arc_order by[] = { { shape->cols[1], 0 }, { shape->cols[5], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[1], customers, n);
    arci_where_int(&w, shape->cols[3], ARC_OP_NE, 0);
    st = arci_repo_find(m->t, shape, &w, by, 2, 0, &m->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (!is_code(&v[4], "offset") || (v[5].type == ARC_V_INT && v[5].u.i > m->as_of)) continue;
        arci_mnetting *all = room(m, m->nettings, m->n_nettings, &m->cap_nettings, 1, sizeof *all);
        if (!all) return arci_nomem(m->env);
        m->nettings = all;
        arci_mnetting *x = &all[m->n_nettings++];
        *x = (arci_mnetting){ .receipt = v[0].u.i, .customer = arci_cash_root(m, v[1].u.i), .left = v[3].u.i };
        take_currency(x->currency, &v[2]);
    }
    return st;
}

/* Items of one customer stand together, those of whoever was merged into him behind his own. */
static arc_status lay(arci_cash *m, const uint32_t *at, uint32_t n)
{
    uint32_t *order = room(m, m->order, m->n_order, &m->cap_order, n + 1, sizeof *order), next = m->n_order;
    if (!order) return arci_nomem(m->env);
    m->order = order;
    for (uint32_t i = 0; i < n; i++) {
        if (at[i] == UINT32_MAX) continue;
        arci_mcustomer *c = arci_cash_customer(m, m->items[at[i]].customer);
        if (!c->laid) c->first = next;
        if (!c->laid) next += c->n;
        order[c->first + c->laid++] = at[i];
    }
    m->n_order = next;
    return ARC_OK;
}

/* All that is open of some customers. */
static arc_status read_open(arci_cash *m, const arc_value *customers, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "item_state", item_columns);
    if (st != ARC_OK) return st;
    const arc_order by[] = { { shape->cols[I_CUSTOMER], 0 }, { shape->cols[I_DUE], 0 }, { shape->cols[I_ID], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[I_CUSTOMER], customers, n);
    arci_where_int(&w, shape->cols[I_OPEN], ARC_OP_NE, 0);
    st = arci_repo_find(m->t, shape, &w, by, 3, 0, &m->arena, &rows);
    uint32_t *at = st == ARC_OK ? arci_arena_alloc(&m->arena, (rows.n_rows + 1u) * sizeof *at) : NULL;
    if (st == ARC_OK && !at) return arci_nomem(m->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        st = add_item(m, v, v[I_ID].u.i, &at[i]);
        if (st == ARC_OK && at[i] != UINT32_MAX) arci_cash_customer(m, m->items[at[i]].customer)->n++;
    }
    return st == ARC_OK ? lay(m, at, rows.n_rows) : st;
}

arc_status arci_cash_links(arci_cash *m, uint32_t from)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&m->arena, (m->n_order - from + 1u) * sizeof *ids);
    uint32_t *at = arci_arena_alloc(&m->arena, (m->n_order - from + 1u) * sizeof *at);
    if (!ids || !at) return arci_nomem(m->env);
    for (uint32_t i = from; i < m->n_order; i++) {
        arci_mitem *item = &m->items[m->order[i]];
        if (item->linked || !item->invoice) continue;
        item->linked = 1;
        at[n] = m->order[i];
        ids[n++] = item->invoice;
    }
    arc_status st = n ? arci_shape_get(m->t, &shape, "invoice", "sales_order contract delivery project department owner store business_line") : ARC_OK;
    if (st == ARC_OK && n) st = arci_repo_get_many(m->t, shape, ids, n, &m->arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        for (int k = 0; k < ARCI_M_LINKS && found[i]; k++) {
            int64_t *link = &m->items[at[i]].links[k];
            if (!*link) *link = id_of(&rows[(size_t)i * ARCI_M_LINKS + (size_t)k]);
        }
    }
    return st;
}

static arc_status read_whole(arci_cash *m, const int64_t *ids, uint32_t n)
{
    uint32_t from = m->n_items, first = m->n_order;
    arc_value *values;
    for (uint32_t i = 0; i < n; i++) arci_cash_customer(m, ids[i])->whole = 1;
    arc_status st = arci_cash_members(m, ids, n, &values, &n);
    if (st == ARC_OK) st = read_open(m, values, n);
    if (st == ARC_OK) st = read_details(m, from);
    if (st == ARC_OK) st = read_granted(m, from);
    if (st == ARC_OK) st = arci_cash_links(m, first);
    return st == ARC_OK ? read_nettings(m, values, n) : st;
}

static int by_id(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Ids in order, each once, without 0. */
static uint32_t in_order(int64_t *ids, uint32_t n)
{
    uint32_t k = 0;
    if (n) qsort(ids, n, sizeof *ids, by_id);
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] && (!k || ids[k - 1] != ids[i])) ids[k++] = ids[i];
    }
    return k;
}

static arc_status known(arci_cash *m, const int64_t *ids, uint32_t n)
{
    arc_value *values;
    uint32_t n_values;
    arc_status st = arci_cash_members(m, ids, n, &values, &n_values);
    if (st == ARC_OK) st = add_customers(m, ids, n);
    if (st == ARC_OK) st = read_flags(m, values, n_values);
    return st == ARC_OK ? arci_cash_accounts(m, ids, n) : st;
}

arc_status arci_cash_customers(arci_cash *m, const int64_t *ids, uint32_t n, int whole)
{
    arc_status st = ARC_OK;
    int64_t *asked = arci_arena_alloc(&m->arena, (n + 1u) * sizeof *asked), *fresh = arci_arena_alloc(&m->arena, (n + 1u) * sizeof *fresh);
    uint32_t n_fresh = 0, n_asked = 0;
    if (!asked || !fresh) return arci_nomem(m->env);
    for (uint32_t i = 0; i < n; i++) asked[i] = arci_cash_root(m, ids[i]);
    n = in_order(asked, n);
    for (uint32_t i = 0; i < n; i++) {
        const arci_mcustomer *c = arci_cash_customer(m, asked[i]);
        if (!c) fresh[n_fresh++] = asked[i];
        if (whole && (!c || !c->whole)) asked[n_asked++] = asked[i];
    }
    for (uint32_t i = 0; i < n_fresh && st == ARC_OK; i += AT_ONCE) st = known(m, fresh + i, n_fresh - i < AT_ONCE ? n_fresh - i : AT_ONCE);
    for (uint32_t i = 0; i < n_asked && st == ARC_OK; i += AT_ONCE) st = read_whole(m, asked + i, n_asked - i < AT_ONCE ? n_asked - i : AT_ONCE);
    return st;
}

/* Everybody who owes anything, as long as that is no more than can be looked through for each receipt. */
arc_status arci_cash_whole_book(arci_cash *m)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    if (m->whole_tried) return ARC_OK;
    m->whole_tried = 1;
    arc_status st = arci_shape_get(m->t, &shape, "item_state", "customer open");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_NE, 0);
    st = arci_repo_find(m->t, shape, &w, NULL, 0, WHOLE_MOST + 1, &m->arena, &rows);
    if (st != ARC_OK || rows.n_rows > WHOLE_MOST) return st;
    int64_t *ids = arci_arena_alloc(&m->arena, (rows.n_rows + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    st = arci_cash_customers(m, ids, rows.n_rows, 1);
    m->whole_book = st == ARC_OK;
    return st;
}

/* ---- accounts ------------------------------------------------------------------------------------------------------------------ */

static arc_status take_accounts(arci_cash *m, const arci_rows *rows)
{
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        arci_mcustomer *c = arci_cash_customer(m, v[0].u.i);
        char key[12] = { 0 };
        int64_t *version;
        memcpy(key, &v[0].u.i, 8);
        memcpy(key + 8, v[1].u.s, 3);
        if (arci_map_put(&m->account_at, key, sizeof key, &version) < 0) return arci_nomem(m->env);
        *version = v[2].u.i;
        if (c && v[3].u.i >= HABIT_LEAST) c->days_late = (int32_t)(v[4].u.i / v[3].u.i);
    }
    return ARC_OK;
}

/* Versions, and how late each pays as a rule. */
arc_status arci_cash_accounts(arci_cash *m, const int64_t *customers, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "account", "customer currency version paid_n paid_days");
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        uint32_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
        arc_value *values;
        st = arci_cash_members(m, customers + i, some, &values, &some);
        if (st != ARC_OK) return st;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], values, some);
        st = arci_repo_find(m->t, shape, &w, NULL, 0, 0, &m->arena, &rows);
        if (st == ARC_OK) st = take_accounts(m, &rows);
    }
    return st;
}
