/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of exposure that accounts do not keep: read by index, and only when they are asked for. */
#include <string.h>

#include "credit/exposure.h"
#include "ledger/bill.h"
#include "ledger/links.h"

enum { AT_ONCE = 500 };

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static int compare(const arci_at_stake *x, int64_t customer, const char *currency)
{
    if (x->customer != customer) return x->customer < customer ? -1 : 1;
    return memcmp(x->currency, currency, 3);
}

arci_at_stake *arci_stake_at(arci_stakes *s, int64_t customer, const char *currency)
{
    uint32_t lo = 0, hi = s->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (compare(&s->list[mid], customer, currency) < 0) lo = mid + 1;
        else hi = mid;
    }
    if (lo < s->n && compare(&s->list[lo], customer, currency) == 0) return &s->list[lo];
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 16;
        arci_at_stake *grown = arci_arena_alloc(s->ask->arena, cap * sizeof *grown);
        if (!grown) return NULL;
        if (s->n) memcpy(grown, s->list, s->n * sizeof *grown);
        s->list = grown;
        s->cap = cap;
    }
    memmove(s->list + lo + 1, s->list + lo, (s->n++ - lo) * sizeof *s->list);
    memset(&s->list[lo], 0, sizeof s->list[lo]);
    s->list[lo].customer = customer;
    memcpy(s->list[lo].currency, currency, 3);
    return &s->list[lo];
}

arc_status arci_stakes_rows(arci_stakes *s, const char *entity, const char *fields, const char *by, const arci_where *more, arci_stake_fn each)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(s->ask->t, &shape, entity, fields);
    for (uint32_t from = 0; st == ARC_OK && from < s->ask->n; from += AT_ONCE) {
        const uint32_t m = s->ask->n - from < AT_ONCE ? s->ask->n - from : AT_ONCE;
        arc_value values[AT_ONCE];
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < m; i++) values[i] = arci_v_int(s->ask->customers[from + i]);
        arci_where_init(&w);
        if (more) w = *more;
        if (m == 1) arci_where_int(&w, shape->cols[0], ARC_OP_EQ, values[0].u.i);
        else arci_where_in(&w, shape->cols[0], values, m);
        const arc_order order[2] = { { shape->cols[0], 0 }, { arci_col(shape->table->entity, by), 0 } };
        st = arci_repo_find(s->ask->t, shape, &w, order, 2, 0, s->ask->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) st = each(s, rows.values + (size_t)r * rows.n_cols);
    }
    return st;
}

arc_status arci_stake_move(arci_stakes *s, const arc_value *customer, const arc_value *currency, int from, int to, int64_t amount)
{
    arci_at_stake *x = arci_stake_at(s, customer->u.i, currency->u.s);
    if (!x) return arci_nomem(s->ask->t->env);
    if (from >= 0) arci_acc_add(&x->parts[from], -amount);
    arci_acc_add(&x->parts[to], amount);
    return ARC_OK;
}

/* ---- items ------------------------------------------------------------------------------------------------------------------------- */

/* What is disputed of an item is at most what is open; the rest of it may be overdue. */
static arc_status disputed(arci_stakes *s, const arc_value *v)
{
    const int64_t open = v[3].u.i, claimed = v[2].u.i;
    if (open <= 0 || claimed <= 0) return ARC_OK;
    const int64_t part = claimed < open ? claimed : open;
    const int late = v[4].type == ARC_V_INT && v[4].u.i < s->ask->day;
    arc_status st = arci_stake_move(s, &v[0], &v[1], ARCI_PART_OPEN, ARCI_PART_DISPUTED, part);
    /* those sums have it among what is overdue */
    return st == ARC_OK && late ? arci_stake_move(s, &v[0], &v[1], ARCI_PART_OVERDUE, ARCI_PART_OPEN, part) : st;
}

arc_status arci_stakes_disputed(arci_stakes *s)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(s->ask->t, &shape, "item_state", "customer currency disputed open due_date");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[2], ARC_OP_GT, 0);
    return arci_stakes_rows(s, "item_state", "customer currency disputed open due_date", "due_date", &w, disputed);
}

/* ---- plans and estimates ------------------------------------------------------------------------------------------------------------- */

typedef struct of_contract {
    int64_t contract, customer, sums[2]; /* estimated, planned */
    char currency[4];
} of_contract;

typedef struct plans {
    arci_stakes stakes; /* first: the functions get it */
    arci_stakes *into;
    of_contract *list;
    uint32_t n, cap;
} plans;

/* What is left of one behind documents that are looked at, and drafts that name it. */
static int64_t left_of(const plans *p, int64_t item, int64_t open)
{
    const arci_exposure_ask *ask = p->into->ask;
    for (uint32_t i = 0; i < ask->n_taken; i++) open -= ask->taken[i].item == item ? ask->taken[i].amount : 0;
    for (uint32_t i = 0; i < p->into->n_drafted; i++) open -= p->into->drafted[i].item == item ? p->into->drafted[i].amount : 0;
    return open > 0 ? open : 0;
}

/* What names its order or delivery is counted there already. */
static arc_status plan(arci_stakes *s, const arc_value *v)
{
    plans *p = (plans *)s;
    const int planned = is(&v[2], "planned");
    const int64_t open = left_of(p, v[8].u.i, v[3].u.i);
    uint32_t at = 0;
    if (v[5].type == ARC_V_INT || v[6].type == ARC_V_INT || !open) return ARC_OK;
    if (v[4].type != ARC_V_INT) return arci_stake_move(p->into, &v[0], &v[1], -1, planned ? ARCI_PART_PLANNED : ARCI_PART_ESTIMATED, open);
    while (at < p->n && (p->list[at].contract != v[4].u.i || p->list[at].customer != v[0].u.i || memcmp(p->list[at].currency, v[1].u.s, 3) != 0)) at++;
    if (at == p->cap) {
        uint32_t cap = p->cap ? p->cap * 2 : 16;
        of_contract *grown = arci_arena_alloc(s->ask->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(s->ask->t->env);
        if (p->n) memcpy(grown, p->list, p->n * sizeof *grown);
        p->list = grown;
        p->cap = cap;
    }
    of_contract *c = &p->list[at];
    if (at == p->n) {
        memset(c, 0, sizeof *c);
        c->contract = v[4].u.i;
        c->customer = v[0].u.i;
        memcpy(c->currency, v[1].u.s, 3);
        p->n++;
    }
    return arci_add64(c->sums[planned], open, &c->sums[planned]) ? arci_fail(s->ask->t->env, ARC_E_OVERFLOW, "what is planned is too large", "计划应收合计超出范围") : ARC_OK;
}

static void add_taken(const of_contract *c, const arci_credit_taken *list, uint32_t n, int64_t *taken)
{
    for (uint32_t i = 0; i < n; i++) {
        if (list[i].contract == c->contract && list[i].customer == c->customer && memcmp(list[i].currency, c->currency, 3) == 0 && arci_add64(*taken, list[i].amount, taken)) *taken = INT64_MAX;
    }
}

/* Lines of orders that name a contract, with their orders and what was delivered and invoiced of them. */
typedef struct order_lines {
    arci_rows rows;
    arc_value *heads; /* by line */
    uint8_t *found;
    arci_link_sum *delivered, *invoiced;
} order_lines;

enum { B_BY, B_LINE, B_ORDER, B_CONTRACT, B_CURRENCY, B_AMOUNT };
enum { B_H_CONTRACT, B_H_STATUS, B_H_CUSTOMER, B_H_ID };
static const char of_heads[] = "contract status customer id";

static arc_status read_lines(const plans *p, const char *fields, const arc_value *values, uint32_t n_values, order_lines *x)
{
    arci_txn *t = p->into->ask->t;
    arci_arena *arena = p->into->ask->arena;
    const arci_shape *lines, *heads;
    arci_where w;
    arc_status st = arci_shape_get(t, &lines, "order_line", fields);
    if (st == ARC_OK) st = arci_shape_get(t, &heads, "sales_order", of_heads);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, lines->cols[B_BY], values, n_values);
    arci_where_int(&w, lines->cols[B_CONTRACT], ARC_OP_GT, 0);
    st = arci_repo_find(t, lines, &w, NULL, 0, 0, arena, &x->rows);
    const uint32_t n = st == ARC_OK ? x->rows.n_rows : 0;
    int64_t *ids = arci_arena_alloc(arena, (n + 1u) * sizeof *ids), *orders = arci_arena_alloc(arena, (n + 1u) * sizeof *orders);
    const char **currencies = arci_arena_alloc(arena, (n + 1u) * sizeof *currencies);
    x->delivered = arci_arena_calloc(arena, n + 1u, sizeof *x->delivered);
    x->invoiced = arci_arena_calloc(arena, n + 1u, sizeof *x->invoiced);
    if (st == ARC_OK && (!ids || !orders || !currencies || !x->delivered || !x->invoiced)) return arci_nomem(t->env);
    if (!n) return st;
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *v = x->rows.values + (size_t)i * x->rows.n_cols;
        ids[i] = v[B_LINE].u.i;
        orders[i] = v[B_ORDER].u.i;
        currencies[i] = v[B_CURRENCY].u.s;
    }
    st = arci_repo_get_many(t, heads, orders, n, arena, &x->heads, &x->found);
    if (st == ARC_OK) st = arci_links_read(t, arena, ARCI_LINK_ORDER_DELIVERY, ids, currencies, n, x->delivered);
    return st == ARC_OK ? arci_links_read(t, arena, ARCI_LINK_ORDER_INVOICE, ids, currencies, n, x->invoiced) : st;
}

/* What they leave to invoice: added where their own contract is this one and their order's is not, taken off the other way round. */
static void count_lines(const of_contract *c, const order_lines *x, int64_t *taken)
{
    for (uint32_t i = 0; i < x->rows.n_rows; i++) {
        const arc_value *v = x->rows.values + (size_t)i * x->rows.n_cols, *h = x->heads + (size_t)i * (B_H_ID + 1);
        const int own = v[B_CONTRACT].u.i == c->contract, headed = x->found[i] && h[B_H_CONTRACT].type == ARC_V_INT && h[B_H_CONTRACT].u.i == c->contract;
        const int open = x->found[i] && (is(&h[B_H_STATUS], "confirmed") || is(&h[B_H_STATUS], "delivering")), closed = x->found[i] && is(&h[B_H_STATUS], "closed");
        if (own == headed || (!open && !closed) || h[B_H_CUSTOMER].u.i != c->customer || memcmp(v[B_CURRENCY].u.s, c->currency, 3) != 0) continue;
        const int64_t most = open && v[B_AMOUNT].u.i > x->delivered[i].gross ? v[B_AMOUNT].u.i : x->delivered[i].gross, left = most > x->invoiced[i].gross ? most - x->invoiced[i].gross : 0;
        if (arci_add64(*taken, own ? left : -left, taken)) *taken = INT64_MAX;
    }
}

/* Commitments go by the contract of the order; lines may name one of their own. */
static arc_status own_lines(const plans *p, const of_contract *c, int64_t *taken)
{
    arci_txn *t = p->into->ask->t;
    const arci_shape *heads;
    const arc_value contract = arci_v_int(c->contract);
    order_lines x;
    arci_where w;
    arci_rows of;
    memset(&x, 0, sizeof x);
    arc_status st = read_lines(p, "contract id sales_order contract currency amount", &contract, 1, &x);
    if (st == ARC_OK) count_lines(c, &x, taken);
    if (st == ARC_OK) st = arci_shape_get(t, &heads, "sales_order", of_heads);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, heads->cols[B_H_CONTRACT], ARC_OP_EQ, c->contract);
    st = arci_repo_find(t, heads, &w, NULL, 0, 0, p->into->ask->arena, &of);
    for (uint32_t from = 0; st == ARC_OK && from < of.n_rows; from += AT_ONCE) {
        const uint32_t m = of.n_rows - from < AT_ONCE ? of.n_rows - from : AT_ONCE;
        arc_value values[AT_ONCE];
        for (uint32_t i = 0; i < m; i++) values[i] = of.values[(size_t)(from + i) * of.n_cols + B_H_ID];
        memset(&x, 0, sizeof x);
        st = read_lines(p, "sales_order id sales_order contract currency amount", values, m, &x);
        if (st == ARC_OK) count_lines(c, &x, taken);
    }
    if (*taken < 0) *taken = 0;
    return st;
}

/* Orders, deliveries and drafts of a contract are what it planned: they are counted, and its plans as far as they go beyond. */
static arc_status beyond(plans *p)
{
    arci_txn *t = p->into->ask->t;
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "commitment", "contract ordered delivered currency customer");
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        of_contract *c = &p->list[i];
        arci_where w;
        arci_rows rows;
        int64_t taken = 0;
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[0], ARC_OP_EQ, c->contract);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, p->into->ask->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            if (v[4].u.i == c->customer && memcmp(v[3].u.s, c->currency, 3) == 0 && (arci_add64(taken, v[1].u.i, &taken) || arci_add64(taken, v[2].u.i, &taken))) taken = INT64_MAX;
        }
        if (st == ARC_OK && taken != INT64_MAX) st = own_lines(p, c, &taken);
        add_taken(c, p->into->drafted, p->into->n_drafted, &taken);
        add_taken(c, p->into->ask->taken, p->into->ask->n_taken, &taken);
        for (int k = 0; st == ARC_OK && k < 2; k++) {
            const int64_t covered = c->sums[k] < taken ? c->sums[k] : taken;
            const arc_value customer = arci_v_int(c->customer), currency = arci_v_text(c->currency, 3);
            taken -= covered;
            st = arci_stake_move(p->into, &customer, &currency, -1, k ? ARCI_PART_PLANNED : ARCI_PART_ESTIMATED, c->sums[k] - covered);
        }
    }
    return st;
}

arc_status arci_stakes_plans(arci_stakes *s)
{
    static const char fields[] = "customer currency kind open contract sales_order delivery expected item";
    const arci_shape *shape;
    arci_where w;
    plans p;
    memset(&p, 0, sizeof p);
    p.stakes.ask = s->ask;
    p.into = s;
    arc_status st = arci_shape_get(s->ask->t, &shape, "item_state", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[7], ARC_OP_EQ, 1); /* the index of plans and estimates */
    st = arci_stakes_rows(&p.stakes, "item_state", fields, "due_date", &w, plan);
    return st == ARC_OK ? beyond(&p) : st;
}

/* ---- bills --------------------------------------------------------------------------------------------------------------------------- */

static arc_status bill(arci_stakes *s, const arc_value *v)
{
    char status[24] = { 0 };
    memcpy(status, v[2].u.s, v[2].len < sizeof status - 1 ? v[2].len : sizeof status - 1);
    const int passed_on = strcmp(status, "endorsed") == 0 || strcmp(status, "discounted") == 0;
    if (arci_bill_ours(status)) return arci_stake_move(s, &v[0], &v[1], -1, ARCI_PART_NOTES, v[3].u.i);
    return passed_on && v[4].u.i && v[5].u.i >= s->ask->day ? arci_stake_move(s, &v[0], &v[1], -1, ARCI_PART_RECOURSE, v[3].u.i) : ARC_OK;
}

arc_status arci_stakes_bills(arci_stakes *s) { return arci_stakes_rows(s, "bill", "customer currency status face recourse maturity", "maturity", NULL, bill); }
