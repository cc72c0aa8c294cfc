/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/match.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"

#define AT_ONCE 500u

/* What a document invoices of one delivery, of an order without its deliveries, or of neither. */
typedef struct pool {
    arci_claim_group of;
    int64_t gross, left;
    uint32_t leader; /* number of its first line; 0: it has none */
} pool;

typedef struct drawn { /* that a candidate takes out of a pool */
    uint32_t fit, pool;
    int64_t amount;
} drawn;

typedef struct candidate {
    int64_t item, contract, order, delivery;
    arci_plan *plan;
} candidate;

typedef struct key { /* what a candidate names */
    int64_t id;
    uint32_t at;
} key;

typedef struct part { /* a line of a delivery or an order of which something is estimated */
    int64_t head, id, quantity, amount;
    arci_link_sum invoiced; /* before this call */
} part;

enum { BY_CONTRACT, BY_ORDER, BY_DELIVERY, KEYS };

struct arci_match {
    arci_bills *b;
    const arci_limits *limits;
    candidate *list; /* of deliveries, of orders, of contracts; what falls due first before the rest */
    uint32_t n, cap;
    key *keys[KEYS];
    uint32_t n_keys[KEYS];
    part *parts[2]; /* of orders, of deliveries; by head */
    uint32_t n_parts[2];
    /* of the document at hand */
    uint32_t i;
    pool *pools;
    uint32_t n_pools, n_led; /* led: that have lines */
    drawn *drawn;
    uint32_t n_drawn;
    uint32_t *fits; /* its candidates, ascending */
    uint32_t n_fits;
};

static const arc_value *head_of(const arci_claim *c, int k) { return k == BY_CONTRACT ? c->contract : k == BY_ORDER ? c->order : c->delivery; }
static int64_t line_head(const arci_claim *c, uint32_t line, int k) { return k == BY_CONTRACT ? c->lines[line].contract : k == BY_ORDER ? c->lines[line].order : c->lines[line].delivery; }
static int64_t named(const candidate *c, int k) { return k == BY_CONTRACT ? c->contract : k == BY_ORDER ? c->order : c->delivery; }
static int takes(const arci_match *m, uint32_t i) { return arci_bill_good(m->b, i) && m->b->claims[i].judged && m->b->list[i].totals.gross > 0; }

/* ---- candidates ------------------------------------------------------------------------------------------------------------------------ */

static arc_status keep(arci_match *m, const arci_rows *rows)
{
    if (m->n + rows->n_rows > m->cap) {
        uint32_t cap = 2 * (m->n + rows->n_rows);
        candidate *more = arci_arena_calloc(&m->b->p->arena, cap, sizeof *more);
        if (!more) return arci_nomem(m->b->p->t->env);
        if (m->n) memcpy(more, m->list, m->n * sizeof *more);
        m->list = more;
        m->cap = cap;
    }
    for (uint32_t r = 0; r < rows->n_rows; r++) {
        const arc_value *v = rows->values + (size_t)r * rows->n_cols;
        m->list[m->n++] = (candidate){ v[0].u.i, arci_ref(&v[1]), arci_ref(&v[2]), arci_ref(&v[3]), NULL };
    }
    return ARC_OK;
}

/* Ids of the contracts (orders, deliveries) that documents name, ascending. */
static arc_status heads(const arci_match *m, int k, int64_t **ids, uint32_t *n)
{
    size_t most = 1;
    for (uint32_t i = 0; i < m->b->p->n; i++) most += takes(m, i) ? 1u + m->b->claims[i].n_lines : 0;
    *n = 0;
    *ids = arci_arena_alloc(&m->b->p->arena, most * sizeof **ids);
    if (!*ids) return arci_nomem(m->b->p->t->env);
    for (uint32_t i = 0; i < m->b->p->n; i++) {
        const arci_claim *c = &m->b->claims[i];
        if (!takes(m, i)) continue;
        (*ids)[(*n)++] = arci_ref(head_of(c, k));
        for (uint32_t line = 0; line < c->n_lines; line++) (*ids)[(*n)++] = line_head(c, line, k);
    }
    *n = arci_ids_unique(*ids, *n);
    return ARC_OK;
}

/* Open plans and estimates that name them: what is over is not in that index. */
static arc_status read_candidates(arci_match *m, int k)
{
    const arci_shape *shape;
    arc_value values[AT_ONCE];
    int64_t *ids;
    uint32_t n;
    arc_status st = heads(m, k, &ids, &n);
    if (st == ARC_OK && n) st = arci_shape_get(m->b->p->t, &shape, "item_state", "item contract sales_order delivery");
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        uint32_t some = n - from < AT_ONCE ? n - from : AT_ONCE;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < some; i++) values[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[1 + k], values, some);
        st = arci_repo_find(m->b->p->t, shape, &w, NULL, 0, 0, &m->b->p->arena, &rows);
        if (st == ARC_OK) st = keep(m, &rows);
    }
    return st;
}

arc_status arci_match_open(arci_bills *b, arci_match **out, int64_t **ids, uint32_t *n)
{
    arci_match *m = arci_arena_calloc(&b->p->arena, 1, sizeof *m);
    arc_status st = m ? ARC_OK : arci_nomem(b->p->t->env);
    *out = NULL;
    *n = 0;
    if (!m) return st;
    m->b = b;
    for (int k = 0; k < KEYS && st == ARC_OK; k++) st = read_candidates(m, k);
    if (st != ARC_OK || !m->n) return st;
    *ids = arci_arena_alloc(&b->p->arena, m->n * sizeof **ids);
    if (!*ids) return arci_nomem(b->p->t->env);
    for (uint32_t c = 0; c < m->n; c++) (*ids)[(*n)++] = m->list[c].item;
    *out = m;
    return ARC_OK;
}

/* ---- their states ----------------------------------------------------------------------------------------------------------------------- */

static int rank(const candidate *c) { return c->delivery ? 0 : c->order ? 1 : 2; }

/* What is estimated of a delivery before what is of an order or a contract, of each what falls due first; what has no due date comes last. */
static int in_turn(const void *x, const void *y)
{
    const candidate *a = x, *c = y;
    const arc_value *da = &a->plan->row[ARCI_PLAN_DUE], *dc = &c->plan->row[ARCI_PLAN_DUE];
    int64_t on_a = da->type == ARC_V_INT ? da->u.i : INT64_MAX, on_c = dc->type == ARC_V_INT ? dc->u.i : INT64_MAX;
    if (rank(a) != rank(c)) return rank(a) < rank(c) ? -1 : 1;
    if (on_a != on_c) return on_a < on_c ? -1 : 1;
    return (a->item > c->item) - (a->item < c->item);
}

static int by_key(const void *x, const void *y)
{
    const key *a = x, *b = y;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static arc_status index_them(arci_match *m)
{
    for (int k = 0; k < KEYS; k++) {
        m->keys[k] = arci_arena_alloc(&m->b->p->arena, (m->n + 1) * sizeof **m->keys);
        if (!m->keys[k]) return arci_nomem(m->b->p->t->env);
        for (uint32_t c = 0; c < m->n; c++) {
            if (named(&m->list[c], k)) m->keys[k][m->n_keys[k]++] = (key){ named(&m->list[c], k), c };
        }
        if (m->n_keys[k]) qsort(m->keys[k], m->n_keys[k], sizeof **m->keys, by_key);
    }
    m->fits = arci_arena_alloc(&m->b->p->arena, (KEYS * (size_t)m->n + 1) * sizeof *m->fits);
    return m->fits ? ARC_OK : arci_nomem(m->b->p->t->env);
}

static int by_head(const void *x, const void *y)
{
    const part *a = x, *b = y;
    if (a->head != b->head) return a->head < b->head ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static arc_status keep_parts(arci_match *m, int delivery, const arci_rows *rows)
{
    arci_arena *arena = &m->b->p->arena;
    uint32_t n = m->n_parts[delivery];
    part *list = arci_arena_alloc(arena, ((size_t)n + rows->n_rows) * sizeof *list);
    int64_t *ids = arci_arena_alloc(arena, rows->n_rows * sizeof *ids);
    const char **currencies = arci_arena_alloc(arena, rows->n_rows * sizeof *currencies);
    arci_link_sum *sums = arci_arena_alloc(arena, rows->n_rows * sizeof *sums);
    if (!list || !ids || !currencies || !sums) return arci_nomem(m->b->p->t->env);
    if (n) memcpy(list, m->parts[delivery], n * sizeof *list);
    for (uint32_t r = 0; r < rows->n_rows; r++) {
        const arc_value *v = rows->values + (size_t)r * rows->n_cols;
        list[n + r] = (part){ v[0].u.i, v[1].u.i, v[2].u.i, v[3].u.i, { 0, 0, 0 } };
        ids[r] = v[1].u.i;
        currencies[r] = v[4].u.s;
    }
    arc_status st = arci_links_read(m->b->p->t, arena, delivery ? ARCI_LINK_DELIVERY_INVOICE : ARCI_LINK_ORDER_INVOICE, ids, currencies, rows->n_rows, sums);
    for (uint32_t r = 0; r < rows->n_rows; r++) list[n + r].invoiced = sums[r];
    m->parts[delivery] = list;
    m->n_parts[delivery] = n + rows->n_rows;
    return st;
}

/* All lines of the deliveries (or orders) that candidates name. */
static arc_status read_parts(arci_match *m, int delivery)
{
    const arci_shape *shape;
    int k = delivery ? BY_DELIVERY : BY_ORDER;
    arc_value *values = arci_arena_alloc(&m->b->p->arena, (m->n_keys[k] + 1) * sizeof *values);
    uint32_t n = 0;
    if (!values) return arci_nomem(m->b->p->t->env);
    for (uint32_t c = 0; c < m->n_keys[k]; c++) {
        if (!c || m->keys[k][c].id != m->keys[k][c - 1].id) values[n++] = arci_v_int(m->keys[k][c].id);
    }
    arc_status st = delivery ? arci_shape_get(m->b->p->t, &shape, "delivery_line", "delivery id quantity amount currency") : arci_shape_get(m->b->p->t, &shape, "order_line", "sales_order id quantity amount currency");
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], values + from, n - from < AT_ONCE ? n - from : AT_ONCE);
        st = arci_repo_find(m->b->p->t, shape, &w, NULL, 0, 0, &m->b->p->arena, &rows);
        if (st == ARC_OK && rows.n_rows) st = keep_parts(m, delivery, &rows);
    }
    if (m->n_parts[delivery]) qsort(m->parts[delivery], m->n_parts[delivery], sizeof **m->parts, by_head);
    return st;
}

arc_status arci_match_bind(arci_match *m, arci_plan *plans, uint32_t n, const arci_limits *limits)
{
    uint32_t left = 0, unique = 0;
    m->limits = limits;
    for (uint32_t k = 0; k < m->n; k++) {
        candidate *c = &m->list[k];
        c->plan = arci_plan_find(plans, n, c->item);
        if (c->plan && c->plan->open) m->list[left++] = *c;
    }
    if (left > 1) qsort(m->list, left, sizeof *m->list, in_turn);
    for (uint32_t k = 0; k < left; k++) { /* found by its order and its contract: once */
        if (!unique || m->list[unique - 1].item != m->list[k].item) m->list[unique++] = m->list[k];
    }
    m->n = unique;
    arc_status st = index_them(m);
    for (int delivery = 0; delivery < 2 && st == ARC_OK; delivery++) st = read_parts(m, delivery);
    return st;
}

/* ---- a document ---------------------------------------------------------------------------------------------------------------------------- */

static int by_at(const void *x, const void *y)
{
    const uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static void add_fits(arci_match *m, int k, int64_t id)
{
    uint32_t lo = 0, hi = m->n_keys[k];
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (m->keys[k][mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    for (; id && lo < m->n_keys[k] && m->keys[k][lo].id == id; lo++) m->fits[m->n_fits++] = m->keys[k][lo].at;
}

static int by_pool(const void *x, const void *y)
{
    const pool *a = x, *b = y;
    return arci_claim_group_order(&a->of, &b->of);
}

static pool *pool_of(const arci_match *m, const arci_claim_group *of)
{
    const pool wanted = { *of, 0, 0, 0 };
    return bsearch(&wanted, m->pools, m->n_pools, sizeof wanted, by_pool);
}

/* What the document comes to, by order and delivery. What no line says is of those of the header. */
static arc_status make_pools(arci_match *m, const arci_claim *c)
{
    int64_t rest = c->gross;
    uint32_t n = 0;
    m->pools = arci_arena_alloc(&m->b->p->arena, (c->n_lines + 1) * sizeof *m->pools);
    if (!m->pools) return arci_nomem(m->b->p->t->env);
    for (uint32_t k = 0; k < c->n_lines; k++) {
        m->pools[n++] = (pool){ arci_claim_group_of(c, k), 0, c->lines[k].gross, 0 };
        rest -= c->lines[k].gross; /* lines of a document add up */
    }
    m->pools[n++] = (pool){ arci_claim_group_of(c, UINT32_MAX), 0, rest, 0 };
    qsort(m->pools, n, sizeof *m->pools, by_pool);
    m->n_pools = m->n_led = 0;
    for (uint32_t k = 0; k < n; k++) {
        pool *last = m->n_pools ? &m->pools[m->n_pools - 1] : NULL;
        if (last && !by_pool(last, &m->pools[k])) last->left += m->pools[k].left;
        else m->pools[m->n_pools++] = m->pools[k];
    }
    for (uint32_t k = 0; k < c->n_lines; k++) {
        const arci_claim_group of = arci_claim_group_of(c, k);
        pool *p = pool_of(m, &of);
        if (!p->leader) m->n_led++, p->leader = k + 1;
    }
    for (uint32_t k = 0; k < m->n_pools; k++) m->pools[k].gross = m->pools[k].left;
    return ARC_OK;
}

arc_status arci_match_begin(arci_match *m, uint32_t i)
{
    const arci_claim *c = &m->b->claims[i];
    uint32_t n = 0;
    m->i = i;
    m->n_fits = 0;
    arc_status st = make_pools(m, c);
    if (st != ARC_OK) return st;
    int64_t *contracts = arci_arena_alloc(&m->b->p->arena, (m->n_pools + 1u) * sizeof *contracts); /* each once: there is no room for more */
    if (!contracts) return arci_nomem(m->b->p->t->env);
    for (uint32_t k = 0; k < m->n_pools; k++) contracts[k] = m->pools[k].of.contract;
    const uint32_t n_contracts = arci_ids_unique(contracts, m->n_pools);
    for (uint32_t k = 0; k < n_contracts; k++) add_fits(m, BY_CONTRACT, contracts[k]);
    for (uint32_t k = 0; k < m->n_pools; k++) { /* by order, so that no order is looked up twice; of a delivery there is one order at most */
        if (!k || m->pools[k].of.order != m->pools[k - 1].of.order) add_fits(m, BY_ORDER, m->pools[k].of.order);
        if (!k || m->pools[k].of.delivery != m->pools[k - 1].of.delivery) add_fits(m, BY_DELIVERY, m->pools[k].of.delivery);
    }
    if (m->n_fits) qsort(m->fits, m->n_fits, sizeof *m->fits, by_at);
    for (uint32_t k = 0; k < m->n_fits; k++) {
        if (!n || m->fits[n - 1] != m->fits[k]) m->fits[n++] = m->fits[k];
    }
    m->n_fits = n;
    return ARC_OK;
}

/* Whether what is in a pool may go to what is estimated of a contract, order or delivery. */
static int matches(const arci_claim_group *p, const candidate *c)
{
    int of_contract = c->contract && c->contract == p->contract;
    if (c->delivery && p->delivery) return p->delivery == c->delivery;
    if (c->order && p->order) return p->order == c->order;
    if (c->delivery || c->order) return of_contract && !p->order && !p->delivery;
    return of_contract;
}

/* exact: out of pools of exactly what the candidate is of; else out of others that may go to it. Returns what was there. */
static int64_t draw(arci_match *m, uint32_t fit, const candidate *c, int64_t most, int exact)
{
    int64_t left = most;
    for (uint32_t k = 0; k < m->n_pools && left > 0; k++) {
        pool *p = &m->pools[k];
        if (p->left <= 0 || !matches(&p->of, c) || (exact && (p->of.delivery != c->delivery || (p->of.order != c->order && !c->delivery)))) continue;
        int64_t some = p->left < left ? p->left : left;
        p->left -= some;
        left -= some;
        m->drawn[m->n_drawn++] = (drawn){ fit, k, some }; /* it used up the pool, or was the last of its turn */
    }
    return most - left;
}

static int in_groups(const void *x, const void *y)
{
    const drawn *a = x, *b = y;
    if (a->fit != b->fit) return a->fit < b->fit ? -1 : 1;
    return (a->pool > b->pool) - (a->pool < b->pool);
}

/* Room for what `turns` turns draw. */
static arc_status room(arci_match *m, size_t turns)
{
    m->n_drawn = 0;
    m->drawn = arci_arena_alloc(&m->b->p->arena, (turns + m->n_pools + 1) * sizeof *m->drawn);
    return m->drawn ? ARC_OK : arci_nomem(m->b->p->t->env);
}

/* Tells what candidate `fit` drew, group by group, from `at` on, and moves on behind it; rest: what none of them was drawn for. */
static arc_status tell(arci_match *m, uint32_t *at, uint32_t fit, arci_plan *plan, int64_t rest, uint32_t rest_line, arci_match_fn take)
{
    arc_status st = ARC_OK;
    while (*at < m->n_drawn && m->drawn[*at].fit == fit && st == ARC_OK) {
        const uint32_t from = m->drawn[*at].pool, line = m->n_led > 1 ? m->pools[from].leader : 0;
        int64_t sum = 0;
        for (; *at < m->n_drawn && m->drawn[*at].fit == fit && m->drawn[*at].pool == from; ++*at) sum += m->drawn[*at].amount;
        if (rest && line == rest_line) sum += rest, rest = 0;
        st = take(m->b, m->i, plan, sum, line);
    }
    return st == ARC_OK && rest ? take(m->b, m->i, plan, rest, rest_line) : st;
}

arc_status arci_match_named(arci_match *m, arci_plan *plan, int64_t amount, uint32_t line, arci_match_fn take)
{
    const candidate c = { plan->id, arci_ref(&plan->row[ARCI_PLAN_CONTRACT]), arci_ref(&plan->row[ARCI_PLAN_ORDER]), arci_ref(&plan->row[ARCI_PLAN_DELIVERY]), NULL };
    uint32_t at = 0;
    if (line) {
        const arci_claim_group of = arci_claim_group_of(&m->b->claims[m->i], line - 1);
        pool *p = pool_of(m, &of);
        p->left -= p->left < amount ? p->left : amount;
        return take(m->b, m->i, plan, amount, 0);
    }
    arc_status st = room(m, 2);
    if (st != ARC_OK) return st;
    int64_t rest = amount - draw(m, 0, &c, amount, 1);
    rest -= draw(m, 0, &c, rest, 0);
    qsort(m->drawn, m->n_drawn, sizeof *m->drawn, in_groups);
    return tell(m, &at, 0, plan, rest, 0, take);
}

/* ---- the last of it ------------------------------------------------------------------------------------------------------------------------- */

/* Whether nothing of a delivery or an order is left to invoice, with what this call invoices of it. */
static int is_whole(const arci_match *m, int delivery, int64_t head)
{
    const part *list = m->parts[delivery];
    uint32_t lo = 0, hi = m->n_parts[delivery], first;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (list[mid].head < head) lo = mid + 1;
        else hi = mid;
    }
    for (first = lo; lo < m->n_parts[delivery] && list[lo].head == head; lo++) {
        const arci_link_sum *now = arci_limits_taken(m->limits, delivery, list[lo].id);
        if (!now) now = &list[lo].invoiced;
        if ((!list[lo].quantity || now->quantity < list[lo].quantity) && now->gross < list[lo].amount) return 0;
    }
    return lo > first;
}

/* What is estimated of a delivery or an order ends when the last of that is invoiced; it is the document's own: one that only names the header says nothing of quantities. */
static int ends(const arci_match *m, const candidate *c)
{
    const arci_claim *d = &m->b->claims[m->i];
    int of_delivery = 0, of_order = 0;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        of_delivery |= c->delivery && d->lines[k].delivery == c->delivery;
        of_order |= c->order && d->lines[k].order == c->order;
    }
    return (of_delivery && is_whole(m, 1, c->delivery)) || (of_order && is_whole(m, 0, c->order));
}

static int same_side(const arci_claim *d, const arci_plan *plan)
{
    return arci_value_equal(&plan->row[ARCI_PLAN_CUSTOMER], d->customer) && arci_value_equal(&plan->row[ARCI_PLAN_CURRENCY], d->currency);
}

/* Where what is left of something that ends is counted: the largest group that may go to it, else of its order. */
static uint32_t group_of(const arci_match *m, const candidate *c)
{
    const pool *best = NULL, *of_order = NULL;
    for (uint32_t k = 0; k < m->n_pools && m->n_led > 1; k++) {
        const pool *p = &m->pools[k];
        if (p->leader && matches(&p->of, c) && (!best || p->gross > best->gross)) best = p;
        if (p->leader && c->order && p->of.order == c->order && (!of_order || p->gross > of_order->gross)) of_order = p;
    }
    if (!best) best = of_order;
    return best ? best->leader : 0;
}

/* What lines invoice of an order goes to what is estimated of the order before what is of its deliveries, and so on: twice through, then what was found is taken. */
arc_status arci_match_take(arci_match *m, int64_t left, arci_match_fn take)
{
    uint32_t at = 0;
    arc_status st = room(m, 2 * (size_t)m->n_fits);
    int64_t *taken = arci_arena_calloc(&m->b->p->arena, (size_t)m->n_fits + 1, sizeof *taken);
    if (st != ARC_OK || !taken) return arci_nomem(m->b->p->t->env);
    for (int exact = 1; exact >= 0; exact--) {
        for (uint32_t k = 0; k < m->n_fits && left > 0; k++) {
            const candidate *c = &m->list[m->fits[k]];
            int64_t open = c->plan->open - taken[k];
            if (open <= 0 || !same_side(&m->b->claims[m->i], c->plan)) continue;
            int64_t amount = draw(m, k, c, open < left ? open : left, exact);
            taken[k] += amount;
            left -= amount;
        }
    }
    if (m->n_drawn) qsort(m->drawn, m->n_drawn, sizeof *m->drawn, in_groups);
    for (uint32_t k = 0; k < m->n_fits && st == ARC_OK; k++) {
        const candidate *c = &m->list[m->fits[k]];
        const int64_t rest = c->plan->open > taken[k] && same_side(&m->b->claims[m->i], c->plan) && ends(m, c) ? c->plan->open - taken[k] : 0;
        st = tell(m, &at, k, c->plan, rest, rest ? group_of(m, c) : 0, take);
    }
    return st;
}
