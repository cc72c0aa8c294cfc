/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/commitment.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"

#define AT_ONCE 500u

static const char *const sources[] = { "sales_order", "delivery" };

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }
static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int64_t above_zero(int64_t x) { return x > 0 ? x : 0; }

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static uint32_t unique(int64_t *ids, uint32_t n)
{
    uint32_t kept = 0;
    if (n) qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (!kept || ids[kept - 1] != ids[i]) ids[kept++] = ids[i];
    }
    return kept;
}

/* Rows of an entity whose first field is one of at most AT_ONCE ids, by that field and the second. */
static arc_status rows_of(arci_txn *t, arci_arena *arena, const char *entity, const char *fields, const int64_t *ids, uint32_t n, arci_rows *out)
{
    const arci_shape *shape;
    arc_value values[AT_ONCE];
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) values[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], values, n);
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
    return arci_repo_find(t, shape, &w, order, 2, 0, arena, out);
}

/* ---- what is left ------------------------------------------------------------------------------------------------------------------ */

enum { L_HEAD, L_ID, L_CURRENCY, L_AMOUNT, L_ORDER_LINE, L_WANTED = L_ORDER_LINE /* of an order line */ };

typedef struct lines {
    arci_rows rows;
    int64_t *ids;
    const char **currencies;
    arci_link_sum *delivered, *invoiced; /* by line */
} lines;

static arc_status read_lines(arci_txn *t, arci_arena *arena, int source, const int64_t *heads, uint32_t n, lines *x)
{
    arc_status st = source == ARCI_LINKS_ORDER ? rows_of(t, arena, "order_line", "sales_order id currency amount wanted_on", heads, n, &x->rows)
                                               : rows_of(t, arena, "delivery_line", "delivery id currency amount order_line", heads, n, &x->rows);
    const uint32_t m = st == ARC_OK ? x->rows.n_rows : 0;
    x->ids = arci_arena_alloc(arena, (m + 1u) * sizeof *x->ids);
    x->currencies = arci_arena_alloc(arena, (m + 1u) * sizeof *x->currencies);
    x->delivered = arci_arena_calloc(arena, m + 1u, sizeof *x->delivered);
    x->invoiced = arci_arena_calloc(arena, m + 1u, sizeof *x->invoiced);
    if (st != ARC_OK) return st;
    if (!x->ids || !x->currencies || !x->delivered || !x->invoiced) return arci_nomem(t->env);
    for (uint32_t i = 0; i < m; i++) {
        const arc_value *v = x->rows.values + (size_t)i * x->rows.n_cols;
        x->ids[i] = v[L_ID].u.i;
        x->currencies[i] = v[L_CURRENCY].u.s;
    }
    if (source == ARCI_LINKS_DELIVERY) return arci_links_read(t, arena, ARCI_LINK_DELIVERY_INVOICE, x->ids, x->currencies, m, x->invoiced);
    for (int asking = m ? arci_repo_asking(t) : 0; st == ARC_OK; asking = 0) { /* both in one question, where the store is a trip away */
        st = arci_links_read(t, arena, ARCI_LINK_ORDER_DELIVERY, x->ids, x->currencies, m, x->delivered);
        if (st == ARC_OK) st = arci_links_read(t, arena, ARCI_LINK_ORDER_INVOICE, x->ids, x->currencies, m, x->invoiced);
        if (!asking) break;
        arci_repo_asked(t);
    }
    return st;
}

static arci_commitment *next(arci_commitment *list, uint32_t *n, int source, int64_t row, const arc_value *currency, const arc_value *customer, const arc_value *contract)
{
    arci_commitment *c = &list[(*n)++];
    memset(c, 0, sizeof *c);
    c->source = source;
    c->row = row;
    c->customer = customer->u.i;
    c->contract = contract ? int_of(contract) : 0;
    memcpy(c->currency, currency->u.s, 3);
    return c;
}

static arc_status too_large(arci_txn *t, int source, int64_t row)
{
    arc_status st = arci_fail(t->env, ARC_E_OVERFLOW, "what is ordered or delivered is too large", "订单或发货金额合计超出范围");
    arci_fail_at(t->env, sources[source], NULL, row, -1);
    return st;
}

static int by_day(const void *x, const void *y)
{
    const arci_due_day *a = x, *b = y;
    return (a->day > b->day) - (a->day < b->day);
}

/* What no line tells of is taken from what is wanted first; then the days, each once, without what is wanted at once. */
static void keep_days(arci_commitment *c, int64_t loose)
{
    uint32_t kept = 0;
    if (c->n_wanted) qsort(c->wanted, c->n_wanted, sizeof *c->wanted, by_day); /* ARC_DATE_NONE comes first */
    for (uint32_t i = 0; i < c->n_wanted; i++) {
        arci_due_day d = c->wanted[i];
        const int64_t part = loose < d.open ? loose : d.open;
        loose -= part;
        d.open -= part;
        if (!d.open || d.day == ARC_DATE_NONE) continue;
        if (kept && c->wanted[kept - 1].day == d.day) c->wanted[kept - 1].open += d.open; /* at most what is ordered */
        else c->wanted[kept++] = d;
    }
    c->n_wanted = kept;
}

/* whole: what documents came to that name the order, with or without lines. */
static arc_status of_order(arci_txn *t, arci_arena *arena, arci_commitment *c, const lines *x, uint32_t from, uint32_t to, int64_t whole, int closed, const arc_value *wanted)
{
    int64_t by_line = 0;
    c->wanted = arci_arena_alloc(arena, (to - from + 1u) * sizeof *c->wanted);
    if (!c->wanted) return arci_nomem(t->env);
    for (uint32_t k = from; k < to; k++) {
        const arc_value *v = x->rows.values + (size_t)k * x->rows.n_cols, *on = v[L_WANTED].type == ARC_V_INT ? &v[L_WANTED] : wanted;
        const int64_t amount = v[L_AMOUNT].u.i, d = x->delivered[k].gross, i = x->invoiced[k].gross, used = d > i ? d : i, left = closed ? 0 : above_zero(amount - above_zero(used));
        if (arci_add64(c->delivered, above_zero(d - i), &c->delivered) || arci_add64(by_line, i, &by_line) || arci_add64(c->ordered, left, &c->ordered)) return too_large(t, ARCI_LINKS_ORDER, c->row);
        if (left) c->wanted[c->n_wanted++] = (arci_due_day){ on->type == ARC_V_INT ? (arc_date)on->u.i : ARC_DATE_NONE, left };
    }
    int64_t loose = above_zero(whole - by_line), of_delivered = loose < c->delivered ? loose : c->delivered;
    c->delivered -= of_delivered;
    loose -= of_delivered;
    if (loose > c->ordered) loose = c->ordered;
    c->ordered -= loose;
    keep_days(c, loose);
    return c->ordered > ARC_MONEY_MAX || c->delivered > ARC_MONEY_MAX ? too_large(t, ARCI_LINKS_ORDER, c->row) : ARC_OK;
}

enum { H_ID, H_STATUS, H_CUSTOMER, H_CURRENCY, H_CONTRACT, H_WANTED };

static arc_status some_orders(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arci_commitment **out, uint32_t *n_out)
{
    arci_rows heads;
    lines x;
    uint32_t at = 0;
    arc_status st = rows_of(t, arena, "sales_order", "id status customer currency contract wanted_on", ids, n, &heads);
    const char **currencies = arci_arena_alloc(arena, (n + 1u) * sizeof *currencies);
    arci_link_sum *whole = arci_arena_calloc(arena, n + 1u, sizeof *whole);
    *out = arci_arena_alloc(arena, (n + 1u) * sizeof **out);
    if (st != ARC_OK) return st;
    if (!currencies || !whole || !*out) return arci_nomem(t->env);
    for (uint32_t i = 0, k = 0; i < n; i++) {
        while (k < heads.n_rows && heads.values[(size_t)k * heads.n_cols].u.i < ids[i]) k++;
        const int there = k < heads.n_rows && heads.values[(size_t)k * heads.n_cols].u.i == ids[i];
        currencies[i] = there ? heads.values[(size_t)k * heads.n_cols + H_CURRENCY].u.s : "   ";
    }
    st = arci_links_read(t, arena, ARCI_LINK_SALES_ORDER_INVOICE, ids, currencies, n, whole);
    if (st == ARC_OK) st = read_lines(t, arena, ARCI_LINKS_ORDER, ids, n, &x);
    for (uint32_t i = 0, k = 0; st == ARC_OK && i < heads.n_rows; i++) {
        const arc_value *h = heads.values + (size_t)i * heads.n_cols;
        while (k < n && ids[k] < h[H_ID].u.i) k++;
        while (at < x.rows.n_rows && x.rows.values[(size_t)at * x.rows.n_cols].u.i < h[H_ID].u.i) at++;
        uint32_t end = at;
        while (end < x.rows.n_rows && x.rows.values[(size_t)end * x.rows.n_cols].u.i == h[H_ID].u.i) end++;
        const int closed = is(&h[H_STATUS], "closed");
        if (!closed && !is(&h[H_STATUS], "confirmed") && !is(&h[H_STATUS], "delivering")) continue;
        arci_commitment *c = next(*out, n_out, ARCI_LINKS_ORDER, h[H_ID].u.i, &h[H_CURRENCY], &h[H_CUSTOMER], &h[H_CONTRACT]);
        st = of_order(t, arena, c, &x, at, end, whole[k].gross, closed, &h[H_WANTED]);
        if (!c->ordered && !c->delivered) (*n_out)--;
    }
    return st;
}

/* The lines of one delivery that are of no order, by currency. */
static arc_status of_delivery(arci_txn *t, arci_commitment *list, uint32_t *n, const lines *x, uint32_t from, uint32_t to, const arc_value *head)
{
    const uint32_t first = *n;
    for (uint32_t k = from; k < to; k++) {
        const arc_value *v = x->rows.values + (size_t)k * x->rows.n_cols;
        const int64_t left = above_zero(v[L_AMOUNT].u.i - x->invoiced[k].gross);
        uint32_t at = first;
        if (v[L_ORDER_LINE].type == ARC_V_INT || !left) continue;
        while (at < *n && memcmp(list[at].currency, v[L_CURRENCY].u.s, 3) != 0) at++;
        arci_commitment *c = at < *n ? &list[at] : next(list, n, ARCI_LINKS_DELIVERY, head[0].u.i, &v[L_CURRENCY], &head[2], NULL);
        if (arci_add64(c->delivered, left, &c->delivered) || c->delivered > ARC_MONEY_MAX) return too_large(t, ARCI_LINKS_DELIVERY, head[0].u.i);
    }
    return ARC_OK;
}

static arc_status some_deliveries(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arci_commitment **out, uint32_t *n_out)
{
    arci_rows heads;
    lines x;
    uint32_t at = 0;
    arc_status st = rows_of(t, arena, "delivery", "id status customer", ids, n, &heads);
    if (st == ARC_OK) st = read_lines(t, arena, ARCI_LINKS_DELIVERY, ids, n, &x);
    if (st != ARC_OK) return st;
    *out = arci_arena_alloc(arena, (x.rows.n_rows + 1u) * sizeof **out);
    if (!*out) return arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < heads.n_rows; i++) {
        const arc_value *h = heads.values + (size_t)i * heads.n_cols;
        while (at < x.rows.n_rows && x.rows.values[(size_t)at * x.rows.n_cols].u.i < h[0].u.i) at++;
        uint32_t end = at;
        while (end < x.rows.n_rows && x.rows.values[(size_t)end * x.rows.n_cols].u.i == h[0].u.i) end++;
        if (is(&h[1], "shipped") || is(&h[1], "signed")) st = of_delivery(t, *out, n_out, &x, at, end, h);
    }
    return st;
}

arc_status arci_commitments_compute(arci_txn *t, arci_arena *arena, int source, const int64_t *ids, uint32_t n, arci_commitment **out, uint32_t *n_out)
{
    arc_status st = ARC_OK;
    arci_commitment *all = NULL;
    uint32_t n_all = 0;
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_commitment *part = NULL;
        uint32_t n_part = 0;
        st = source == ARCI_LINKS_ORDER ? some_orders(t, arena, ids + from, m, &part, &n_part) : some_deliveries(t, arena, ids + from, m, &part, &n_part);
        if (st != ARC_OK || !n_part) continue;
        arci_commitment *more = n_all ? arci_arena_alloc(arena, ((size_t)n_all + n_part) * sizeof *more) : part;
        if (!more) return arci_nomem(t->env);
        if (n_all) {
            memcpy(more, all, n_all * sizeof *more);
            memcpy(more + n_all, part, n_part * sizeof *more);
        }
        all = more;
        n_all += n_part;
    }
    *out = all;
    *n_out = n_all;
    return st;
}

/* ---- which documents ------------------------------------------------------------------------------------------------------------------ */

/* Ids behind the links of two kinds, and those whose state changed; sorted. */
static arc_status named(arci_txn *t, arci_arena *arena, const arci_links *l, uint32_t kinds, const int64_t *more, uint32_t n_more, int64_t **out, uint32_t *n)
{
    *out = arci_arena_alloc(arena, ((size_t)l->n + n_more + 1u) * sizeof **out);
    if (!*out) return arci_nomem(t->env);
    if (n_more) memcpy(*out, more, n_more * sizeof **out);
    *n = n_more;
    for (uint32_t i = 0; i < l->n; i++) {
        if (kinds >> l->list[i].link & 1u) (*out)[(*n)++] = l->list[i].parent;
    }
    *n = unique(*out, *n);
    return ARC_OK;
}

/* Heads of lines: their first field; of a delivery line only where it is of no order. */
static arc_status heads_of(arci_txn *t, arci_arena *arena, const arci_links *l, int source, uint32_t line_kinds, uint32_t head_kinds, int64_t **out, uint32_t *n)
{
    int64_t *ids, *heads;
    uint32_t n_ids, n_heads;
    arc_status st = named(t, arena, l, line_kinds, NULL, 0, &ids, &n_ids);
    if (st == ARC_OK) st = named(t, arena, l, head_kinds, l->documents[source], l->n_documents[source], &heads, &n_heads);
    if (st != ARC_OK) return st;
    int64_t *all = arci_arena_alloc(arena, ((size_t)n_ids + n_heads + 1u) * sizeof *all);
    if (!all) return arci_nomem(t->env);
    memcpy(all, heads, n_heads * sizeof *all);
    for (uint32_t from = 0; st == ARC_OK && from < n_ids; from += AT_ONCE) {
        arci_rows rows;
        const uint32_t m = n_ids - from < AT_ONCE ? n_ids - from : AT_ONCE;
        st = source == ARCI_LINKS_ORDER ? rows_of(t, arena, "order_line", "id sales_order", ids + from, m, &rows) : rows_of(t, arena, "delivery_line", "id delivery order_line", ids + from, m, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            if (source == ARCI_LINKS_DELIVERY && v[2].type == ARC_V_INT) continue;
            all[n_heads++] = v[1].u.i;
        }
    }
    *out = all;
    *n = unique(all, n_heads);
    return st;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------------- */

enum { C_ROW, C_CURRENCY, C_CUSTOMER, C_ORDERED, C_DELIVERED, C_CONTRACT, C_VERSION, C_WANTED, C_COLUMNS };

static arc_status read_stored(arci_txn *t, arci_arena *arena, int source, const int64_t *ids, uint32_t n, arci_rows *all)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "commitment", "row currency customer ordered delivered contract version wanted_days source");
    memset(all, 0, sizeof *all);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += AT_ONCE) {
        const uint32_t m = n - from < AT_ONCE ? n - from : AT_ONCE;
        arc_value values[AT_ONCE];
        arci_where w;
        arci_rows part;
        for (uint32_t i = 0; i < m; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[C_COLUMNS], ARC_OP_EQ, sources[source], strlen(sources[source]));
        arci_where_in(&w, shape->cols[C_ROW], values, m);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &part);
        if (st != ARC_OK || !part.n_rows) continue;
        arc_value *more = arci_arena_alloc(arena, ((size_t)all->n_rows + part.n_rows) * part.n_cols * sizeof *more);
        if (!more) return arci_nomem(t->env);
        if (all->n_rows) memcpy(more, all->values, (size_t)all->n_rows * part.n_cols * sizeof *more);
        memcpy(more + (size_t)all->n_rows * part.n_cols, part.values, (size_t)part.n_rows * part.n_cols * sizeof *more);
        all->values = more;
        all->n_rows += part.n_rows;
        all->n_cols = part.n_cols;
    }
    return st;
}

static arc_status damaged(arci_txn *t, int64_t row)
{
    arci_fail(t->env, ARC_E_CORRUPT, "what a document keeps by day is damaged", "单据按日金额已损坏");
    arci_fail_at(t->env, "commitment", "wanted_days", row, -1);
    return ARC_E_CORRUPT;
}

/* The account gets what changes; *text: the days of now as they are stored. was, now: NULL: there is none. */
static arc_status move(arci_txn *t, arci_arena *arena, arci_accounts *accounts, const arc_value *was, const arci_commitment *now, arc_value *text)
{
    char code[4] = { 0 };
    arci_due_days days = { NULL, 0, 0, 0 };
    arc_context *ctx = accounts->index.ctx;
    memcpy(code, was ? was[C_CURRENCY].u.s : now->currency, 3);
    arci_account_change *c = arci_accounts_at(accounts, was ? was[C_CUSTOMER].u.i : now->customer, code);
    if (!c) return arci_nomem(t->env);
    arci_acc_add(&c->ordered, (now ? now->ordered : 0) - (was ? was[C_ORDERED].u.i : 0));
    arci_acc_add(&c->delivered, (now ? now->delivered : 0) - (was ? was[C_DELIVERED].u.i : 0));
    if (was && !arci_due_days_add_stored(ctx, &c->wanted, &was[C_WANTED], -1)) return damaged(t, was[C_ROW].u.i);
    for (uint32_t i = 0; now && i < now->n_wanted; i++) {
        const arc_value day = arci_v_int(now->wanted[i].day);
        arci_due_days_add(ctx, &c->wanted, &day, now->wanted[i].open);
        arci_due_days_add(ctx, &days, &day, now->wanted[i].open);
    }
    arc_status st = arci_due_days_print(arena, text, NULL, &days);
    arci_due_days_clear(ctx, &days);
    return st == ARC_OK ? st : arci_nomem(t->env); /* the days are parts of what is ordered */
}

typedef struct writing {
    arci_arena *arena;
    arci_batch *add, *change;
    uint32_t n_add, n_change;
} writing;

static int same_days(const arc_value *was, const arci_commitment *now)
{
    size_t at = 0;
    uint32_t k = 0;
    arci_due_day d;
    while (arci_due_days_next(was, &at, &d) > 0) {
        if (!now || k == now->n_wanted || now->wanted[k].day != d.day || now->wanted[k].open != d.open) return 0;
        k++;
    }
    return !now || k == now->n_wanted;
}

static arc_status update_row(arci_txn *t, writing *w, int source, const arc_value *was, const arci_commitment *now, arci_accounts *accounts)
{
    const int64_t ordered = now ? now->ordered : 0, delivered = now ? now->delivered : 0;
    if (ordered == was[C_ORDERED].u.i && delivered == was[C_DELIVERED].u.i && same_days(&was[C_WANTED], now)) return ARC_OK;
    arc_value *key = arci_batch_key(w->change, w->n_change), *v = arci_batch_row(w->change, w->n_change);
    key[0] = was[C_ROW];
    key[1] = arci_v_text(sources[source], strlen(sources[source]));
    key[2] = was[C_CURRENCY];
    *arci_batch_guard(w->change, w->n_change++) = was[C_VERSION];
    v[0] = arci_v_int(ordered);
    v[1] = arci_v_int(delivered);
    return move(t, w->arena, accounts, was, now, &v[2]);
}

static arc_status insert_row(arci_txn *t, writing *w, const arci_commitment *now, arci_accounts *accounts)
{
    arc_value *v = arci_batch_row(w->add, w->n_add++);
    v[0] = arci_v_text(sources[now->source], strlen(sources[now->source]));
    v[1] = arci_v_int(now->row);
    v[2] = arci_v_text(now->currency, 3);
    v[3] = arci_v_int(now->customer);
    v[4] = arci_v_int(now->ordered);
    v[5] = arci_v_int(now->delivered);
    v[6] = now->contract ? arci_v_int(now->contract) : arci_v_null();
    return move(t, w->arena, accounts, NULL, now, &v[7]);
}

static const arci_commitment *find(const arci_commitment *list, uint32_t n, const arc_value *was)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (list[mid].row < was[C_ROW].u.i) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < n && list[lo].row == was[C_ROW].u.i; lo++) {
        if (memcmp(list[lo].currency, was[C_CURRENCY].u.s, 3) == 0) return &list[lo];
    }
    return NULL;
}

static arc_status write_rows(arci_txn *t, arci_arena *arena, int source, const arci_commitment *now, uint32_t n, const arci_rows *stored, arci_accounts *accounts)
{
    const arci_shape *all, *sums;
    arci_batch *both[2];
    writing w = { arena, NULL, NULL, 0, 0 };
    uint32_t n_both = 0;
    uint8_t *kept = arci_arena_calloc(arena, n + 1u, 1);
    arc_status st = kept ? arci_shape_get(t, &all, "commitment", "source row currency customer ordered delivered contract wanted_days") : arci_nomem(t->env);
    if (st == ARC_OK) st = arci_shape_get(t, &sums, "commitment", "ordered delivered wanted_days");
    if (st == ARC_OK && n) st = arci_batch_new(t, arena, &w.add, all, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK && stored->n_rows) st = arci_batch_new(t, arena, &w.change, sums, ARC_WRITE_UPDATE, stored->n_rows, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t r = 0; st == ARC_OK && r < stored->n_rows; r++) {
        const arc_value *was = stored->values + (size_t)r * stored->n_cols;
        const arci_commitment *c = find(now, n, was);
        if (c) kept[c - now] = 1;
        st = update_row(t, &w, source, was, c, accounts);
    }
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (!kept[i]) st = insert_row(t, &w, &now[i], accounts);
    }
    if (st != ARC_OK) return st;
    if (w.add) w.add->n_rows = w.n_add;
    if (w.change) w.change->n_rows = w.n_change;
    if (w.n_add) both[n_both++] = w.add;
    if (w.n_change) both[n_both++] = w.change;
    return n_both ? arci_repo_write(t, both, n_both, NULL) : ARC_OK;
}

static arc_status write_some(arci_txn *t, arci_arena *arena, int source, const int64_t *ids, uint32_t n, arci_accounts *accounts)
{
    arci_commitment *now = NULL;
    uint32_t n_now = 0;
    arci_rows stored;
    arc_status st = ARC_OK;
    if (!n) return ARC_OK;
    for (int asking = arci_repo_asking(t); st == ARC_OK; asking = 0) { /* what follows from the ids is one question */
        st = arci_commitments_compute(t, arena, source, ids, n, &now, &n_now);
        if (st == ARC_OK) st = read_stored(t, arena, source, ids, n, &stored);
        if (!asking) break;
        arci_repo_asked(t);
    }
    return st == ARC_OK ? write_rows(t, arena, source, now, n_now, &stored, accounts) : st;
}

#define BIT(link) (1u << (link))

arc_status arci_commitments_write(arci_txn *t, const arci_links *l, arci_accounts *accounts)
{
    const uint32_t of_lines = BIT(ARCI_LINK_ORDER_DELIVERY) | BIT(ARCI_LINK_ORDER_INVOICE), of_heads = BIT(ARCI_LINK_SALES_ORDER_INVOICE);
    int64_t *ids;
    uint32_t n;
    arci_arena arena;
    if (l->nomem) return arci_nomem(t->env);
    if (!l->n && !l->n_documents[0] && !l->n_documents[1]) return ARC_OK;
    arci_arena_init(&arena, l->ctx);
    arc_status st = heads_of(t, &arena, l, ARCI_LINKS_ORDER, of_lines, of_heads, &ids, &n);
    if (st == ARC_OK) st = write_some(t, &arena, ARCI_LINKS_ORDER, ids, n, accounts);
    if (st == ARC_OK) st = heads_of(t, &arena, l, ARCI_LINKS_DELIVERY, BIT(ARCI_LINK_DELIVERY_INVOICE), 0, &ids, &n);
    if (st == ARC_OK) st = write_some(t, &arena, ARCI_LINKS_DELIVERY, ids, n, accounts);
    arci_arena_clear(&arena);
    return st;
}
