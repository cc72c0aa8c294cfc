/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/links.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"

static const struct {
    const char *code, *parent;
} kinds[ARCI_LINKS] = { { "contract_invoice", "contract" },
                        { "contract_order", "contract" },
                        { "delivery_invoice", "delivery_line" },
                        { "order_delivery", "order_line" },
                        { "order_invoice", "order_line" },
                        { "sales_order_invoice", "sales_order" } };

#define AT_ONCE 500u

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

int arci_invoice_counts(const arc_value *status, const arc_value *kind)
{
    return !is(kind, "proforma") && (is(status, "issued") || is(status, "credited") || is(status, "closed"));
}

arc_date arci_invoice_freed(const arc_value *kind, const arc_value *date, const arc_value *voided_on)
{
    const arc_value *day = is(kind, "credit_note") ? date : voided_on;
    return day->type == ARC_V_INT ? (arc_date)day->u.i : ARC_DATE_NONE;
}

/* ---- collecting ------------------------------------------------------------------------------------------------------------------ */

void arci_links_init(arci_links *l, arc_context *ctx)
{
    memset(l, 0, sizeof *l);
    l->ctx = ctx;
}

void arci_links_clear(arci_links *l)
{
    arci_free(l->ctx, l->list);
    l->list = NULL;
    l->n = l->cap = 0;
    for (int k = 0; k < 2; k++) {
        arci_free(l->ctx, l->documents[k]);
        l->documents[k] = NULL;
        l->n_documents[k] = l->cap_documents[k] = 0;
    }
}

void arci_links_document(arci_links *l, int kind, int64_t id)
{
    if (l->n_documents[kind] == l->cap_documents[kind]) {
        uint32_t cap = l->cap_documents[kind] ? l->cap_documents[kind] * 2 : 16;
        void *grown = arci_resize(l->ctx, l->documents[kind], cap * sizeof *l->documents[kind]);
        if (!grown) {
            l->nomem = 1;
            return;
        }
        l->documents[kind] = grown;
        l->cap_documents[kind] = cap;
    }
    l->documents[kind][l->n_documents[kind]++] = id;
}

static int by_key(const void *x, const void *y)
{
    const arci_link *a = x, *b = y;
    if (a->parent != b->parent) return a->parent < b->parent ? -1 : 1;
    if (a->link != b->link) return a->link < b->link ? -1 : 1;
    return memcmp(a->currency, b->currency, 3);
}

static void add_up(arci_acc *to, const arci_acc *more)
{
    uint64_t lo = to->lo + more->lo;
    to->hi += more->hi + (lo < to->lo);
    to->lo = lo;
}

void arci_links_merge(arci_links *l)
{
    uint32_t kept = 0;
    if (l->n) qsort(l->list, l->n, sizeof *l->list, by_key);
    for (uint32_t i = 0; i < l->n; i++) {
        if (!kept || by_key(&l->list[kept - 1], &l->list[i]) != 0) {
            l->list[kept++] = l->list[i];
            continue;
        }
        add_up(&l->list[kept - 1].quantity, &l->list[i].quantity);
        add_up(&l->list[kept - 1].gross, &l->list[i].gross);
        add_up(&l->list[kept - 1].net, &l->list[i].net);
        if (l->list[i].freed > l->list[kept - 1].freed) l->list[kept - 1].freed = l->list[i].freed; /* none is before all days */
    }
    l->n = kept;
}

void arci_links_add(arci_links *l, int link, int64_t parent, const char *currency, const arci_link_sum *sum) { arci_links_free(l, link, parent, currency, sum, ARC_DATE_NONE); }

void arci_links_free(arci_links *l, int link, int64_t parent, const char *currency, const arci_link_sum *sum, arc_date freed)
{
    if (!sum->quantity && !sum->gross && !sum->net && freed == ARC_DATE_NONE) return;
    if (l->n == l->cap) {
        if (l->n) arci_links_merge(l);
        if (l->n > l->cap / 2 || !l->cap) {
            uint32_t cap = l->cap ? l->cap * 2 : 16;
            void *grown = arci_resize(l->ctx, l->list, cap * sizeof *l->list);
            if (!grown) {
                l->nomem = 1;
                return;
            }
            l->list = grown;
            l->cap = cap;
        }
    }
    arci_link *c = &l->list[l->n++];
    memset(c, 0, sizeof *c);
    c->parent = parent;
    c->link = link;
    c->freed = freed;
    memcpy(c->currency, currency, 3);
    arci_acc_add(&c->quantity, sum->quantity);
    arci_acc_add(&c->gross, sum->gross);
    arci_acc_add(&c->net, sum->net);
}

/* ---- reading ----------------------------------------------------------------------------------------------------------------------- */

enum { C_PARENT, C_LINK, C_CURRENCY, C_QUANTITY, C_GROSS, C_NET, C_FREED, C_VERSION, C_COLUMNS };
static const char state_fields[] = "parent link currency quantity gross_amount net_amount freed_on version";

static arc_status find_some(arci_txn *t, arci_arena *arena, int link, const int64_t *parents, uint32_t n, arci_rows *out)
{
    const arci_shape *shape;
    arc_value ids[AT_ONCE];
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "chain_state", state_fields);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(parents[i]);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[C_PARENT], ids, n);
    if (link >= 0) arci_where_text(&w, shape->cols[C_LINK], ARC_OP_EQ, kinds[link].code, strlen(kinds[link].code));
    return arci_repo_find(t, shape, &w, NULL, 0, 0, arena, out);
}

typedef struct wanted {
    int64_t parent;
    uint32_t at;
} wanted;

static int by_parent(const void *x, const void *y)
{
    const wanted *a = x, *b = y;
    if (a->parent != b->parent) return a->parent < b->parent ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static arc_date freed_of(const arc_value *v) { return v[C_FREED].type == ARC_V_INT ? (arc_date)v[C_FREED].u.i : ARC_DATE_NONE; }

static void take(const wanted *order, uint32_t n, const char *const *currencies, const arc_value *v, arci_link_sum *sums, arc_date *freed)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (order[mid].parent < v[C_PARENT].u.i) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < n && order[lo].parent == v[C_PARENT].u.i; lo++) {
        if (memcmp(currencies[order[lo].at], v[C_CURRENCY].u.s, 3) != 0) continue;
        sums[order[lo].at] = (arci_link_sum){ v[C_QUANTITY].u.i, v[C_GROSS].u.i, v[C_NET].u.i };
        if (freed) freed[order[lo].at] = freed_of(v);
    }
}

arc_status arci_links_read(arci_txn *t, arci_arena *arena, int link, const int64_t *parents, const char *const *currencies, uint32_t n, arci_link_sum *sums)
{
    return arci_links_read_freed(t, arena, link, parents, currencies, n, sums, NULL);
}

arc_status arci_links_read_freed(arci_txn *t, arci_arena *arena, int link, const int64_t *parents, const char *const *currencies, uint32_t n, arci_link_sum *sums, arc_date *freed)
{
    arci_rows rows;
    arc_status st = ARC_OK;
    memset(sums, 0, n * sizeof *sums);
    for (uint32_t i = 0; freed && i < n; i++) freed[i] = ARC_DATE_NONE;
    if (!n) return ARC_OK;
    wanted *order = arci_arena_alloc(arena, n * sizeof *order);
    int64_t *ids = arci_arena_alloc(arena, n * sizeof *ids);
    if (!order || !ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) order[i] = (wanted){ parents[i], i };
    qsort(order, n, sizeof *order, by_parent);
    uint32_t unique = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!unique || ids[unique - 1] != order[i].parent) ids[unique++] = order[i].parent;
    }
    for (uint32_t from = 0; from < unique && st == ARC_OK; from += AT_ONCE) {
        st = find_some(t, arena, link, ids + from, unique - from < AT_ONCE ? unique - from : AT_ONCE, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) take(order, n, currencies, rows.values + (size_t)r * C_COLUMNS, sums, freed);
    }
    return st;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------------- */

static arc_status lock_parents(arci_txn *t, const arci_links *l, int64_t *ids)
{
    static const char *const entities[] = { "contract", "sales_order", "order_line", "delivery_line" };
    arc_status st = ARC_OK;
    for (int e = 0; e < 4 && st == ARC_OK; e++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < l->n; i++) {
            if (strcmp(kinds[l->list[i].link].parent, entities[e]) == 0 && (!n || ids[n - 1] != l->list[i].parent)) ids[n++] = l->list[i].parent;
        }
        if (n) st = arci_repo_lock(t, entities[e], ids, n);
    }
    return st;
}

static int link_of(const arc_value *v)
{
    for (int k = 0; k < ARCI_LINKS; k++) {
        if (is(v, kinds[k].code)) return k;
    }
    return -1;
}

/* stored[i] becomes the row of list[i], or stays NULL. */
static arc_status read_stored(arci_txn *t, arci_arena *arena, const arci_links *l, int64_t *ids, const arc_value **stored)
{
    arc_status st = ARC_OK;
    arci_rows rows;
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (!n || ids[n - 1] != l->list[i].parent) ids[n++] = l->list[i].parent;
    }
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        st = find_some(t, arena, -1, ids + from, n - from < AT_ONCE ? n - from : AT_ONCE, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * C_COLUMNS;
            arci_link key = { .parent = v[C_PARENT].u.i, .link = link_of(&v[C_LINK]) };
            memcpy(key.currency, v[C_CURRENCY].u.s, 3);
            const arci_link *at = bsearch(&key, l->list, l->n, sizeof *l->list, by_key);
            if (at) stored[at - l->list] = v;
        }
    }
    return st;
}

static arc_status now(arci_txn *t, const arci_link *c, const arc_value *stored, arc_value *out)
{
    const arci_acc *more[] = { &c->quantity, &c->gross, &c->net };
    for (int k = 0; k < 3; k++) {
        arci_acc sum = *more[k];
        int64_t v;
        if (stored) arci_acc_add(&sum, stored[C_QUANTITY + k].u.i);
        if (arci_acc_get(&sum, &v) || v > ARC_MONEY_MAX || v < -ARC_MONEY_MAX) {
            arc_status st = arci_fail(t->env, ARC_E_OVERFLOW, "what orders, deliveries or invoices take of it is too large", "下级单据合计超出范围");
            arci_fail_at(t->env, kinds[c->link].parent, NULL, c->parent, -1);
            return st;
        }
        out[k] = arci_v_int(v);
    }
    const arc_date before = stored ? freed_of(stored) : ARC_DATE_NONE, freed = c->freed > before ? c->freed : before;
    out[3] = freed == ARC_DATE_NONE ? arci_v_null() : arci_v_int(freed);
    return ARC_OK;
}

static arc_status write_rows(arci_txn *t, arci_arena *arena, const arci_links *l, const arc_value **stored)
{
    const arci_shape *all, *sums;
    arci_batch *add, *change, *both[2];
    uint32_t n_add = 0, n_change = 0, n = 0;
    arc_status st = arci_shape_get(t, &all, "chain_state", "parent link currency quantity gross_amount net_amount freed_on");
    if (st == ARC_OK) st = arci_shape_get(t, &sums, "chain_state", "quantity gross_amount net_amount freed_on");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &add, all, ARC_WRITE_INSERT, l->n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &change, sums, ARC_WRITE_UPDATE, l->n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; i < l->n && st == ARC_OK; i++) {
        const arci_link *c = &l->list[i];
        if (stored[i]) {
            memcpy(arci_batch_key(change, n_change), stored[i], 3 * sizeof(arc_value));
            *arci_batch_guard(change, n_change) = stored[i][C_VERSION];
            st = now(t, c, stored[i], arci_batch_row(change, n_change++));
            continue;
        }
        arc_value *v = arci_batch_row(add, n_add++);
        v[C_PARENT] = arci_v_int(c->parent);
        v[C_LINK] = arci_v_text(kinds[c->link].code, strlen(kinds[c->link].code));
        v[C_CURRENCY] = arci_v_text(c->currency, 3);
        st = now(t, c, NULL, &v[C_QUANTITY]);
    }
    if (st != ARC_OK) return st;
    add->n_rows = n_add;
    change->n_rows = n_change;
    if (n_add) both[n++] = add;
    if (n_change) both[n++] = change;
    return arci_repo_write(t, both, n, NULL);
}

arc_status arci_links_write(arci_txn *t, arci_links *l)
{
    arci_arena arena;
    if (l->nomem) return arci_nomem(t->env);
    if (!l->n) return ARC_OK;
    arci_links_merge(l);
    arci_arena_init(&arena, l->ctx);
    const arc_value **stored = arci_arena_calloc(&arena, l->n, sizeof *stored);
    int64_t *ids = arci_arena_alloc(&arena, l->n * sizeof *ids);
    arc_status st = stored && ids ? lock_parents(t, l, ids) : arci_nomem(t->env);
    if (st == ARC_OK) st = read_stored(t, &arena, l, ids, stored);
    if (st == ARC_OK) st = write_rows(t, &arena, l, stored);
    arci_arena_clear(&arena);
    return st;
}
