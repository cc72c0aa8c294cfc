/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of exposure that accounts do not keep: read by index, and only when they are asked for. */
#include <string.h>

#include "credit/exposure.h"
#include "ledger/bill.h"

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
