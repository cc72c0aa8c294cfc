/* SPDX-License-Identifier: Apache-2.0 */
/* Which open items of its customer a receipt pays, and in which order, when the payer named none. */
#include <stdlib.h>
#include <string.h>

#include "arcore/settle.h"
#include "ledger/items.h"
#include "ledger/merged.h"
#include "ledger/offer.h"
#include "store/access.h"
#include "store/session.h"

enum { ITEMS_MAX = 100000 };

typedef struct debt {
    int64_t id, net; /* net of the discount that paying it whole earns; negative: a credit */
    arc_date due;    /* of a credit its own day; ARC_DATE_MAX: none yet */
    arc_value term;
    uint8_t past;    /* due before the day asked for */
} debt;

typedef struct choosing {
    arci_txn *t;
    arci_arena *arena;
    debt *all; /* oldest first */
    uint32_t n;
    int64_t *chosen;
    uint32_t n_chosen;
    int64_t amount;
    int32_t rule;
} choosing;

static int oldest_first(const void *x, const void *y)
{
    const debt *a = x, *b = y;
    if (a->due != b->due) return a->due < b->due ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static void choose(choosing *c, const debt *d) { c->chosen[c->n_chosen++] = d->id; }

/* ---- rules --------------------------------------------------------------------------------------------------------------------- */

/* One debt of exactly the amount: the one that is due first. */
static int exact(choosing *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->all[i].net != c->amount) continue;
        choose(c, &c->all[i]);
        return 1;
    }
    return 0;
}

/* All that is open, credits among it, or all that is past due: exactly the amount. */
static int clears(choosing *c, int past_due)
{
    arci_acc sum = { 0, 0 };
    int64_t total;
    for (uint32_t i = 0; i < c->n; i++) {
        if (!past_due || c->all[i].net < 0 || c->all[i].past) arci_acc_add(&sum, c->all[i].net);
    }
    if (arci_acc_get(&sum, &total) || total != c->amount) return 0;
    for (uint32_t i = 0; i < c->n; i++) {
        if (!past_due || c->all[i].net < 0 || c->all[i].past) choose(c, &c->all[i]);
    }
    return 1;
}

/* What is past due on one payment term: exactly the amount. Of several such groups the one that holds the oldest debt. */
static int clears_term(choosing *c)
{
    for (uint32_t first = 0; first < c->n; first++) {
        const debt *of = &c->all[first];
        arci_acc sum = { 0, 0 };
        int64_t total;
        int met = 0;
        if (!of->past || of->net < 0 || of->term.type == ARC_V_NULL) continue;
        for (uint32_t i = 0; i < first && !met; i++) met = c->all[i].past && c->all[i].net > 0 && arci_value_compare(&c->all[i].term, &of->term) == 0;
        for (uint32_t i = first; i < c->n && !met; i++) {
            if (c->all[i].past && c->all[i].net > 0 && arci_value_compare(&c->all[i].term, &of->term) == 0) arci_acc_add(&sum, c->all[i].net);
        }
        if (met || arci_acc_get(&sum, &total) || total != c->amount) continue;
        for (uint32_t i = first; i < c->n; i++) {
            if (c->all[i].past && c->all[i].net > 0 && arci_value_compare(&c->all[i].term, &of->term) == 0) choose(c, &c->all[i]);
        }
        return 1;
    }
    return 0;
}

/* By age, as far as it reaches; a credit gives only together with a debt that comes behind it. */
static int oldest(choosing *c, int partial)
{
    int64_t have = c->amount;
    uint32_t waiting = 0; /* credits met and not used yet, from this place on */
    int64_t credits = 0;
    for (uint32_t i = 0; i < c->n && have + credits > 0; i++) {
        const debt *d = &c->all[i];
        if (d->net < 0) {
            if (arci_sub64(credits, d->net, &credits)) return c->n_chosen != 0;
            continue;
        }
        int64_t total;
        if (arci_add64(have, credits, &total) || (total < d->net && !partial)) break;
        for (; waiting < i; waiting++) {
            if (c->all[waiting].net < 0) choose(c, &c->all[waiting]);
        }
        choose(c, d);
        have = total > d->net ? total - d->net : 0;
        credits = 0;
    }
    return c->n_chosen != 0;
}

static void decide(choosing *c, uint32_t flags)
{
    if (c->amount <= 0) return;
    if (exact(c)) c->rule = ARC_CASH_EXACT;
    else if (clears(c, 0)) c->rule = ARC_CASH_ACCOUNT;
    else if (clears(c, 1)) c->rule = ARC_CASH_PAST_DUE;
    else if (clears_term(c)) c->rule = ARC_CASH_TERM;
    else if (oldest(c, !(flags & ARC_SUGGEST_WHOLE))) c->rule = ARC_CASH_OLDEST;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

enum { S_ITEM, S_KIND, S_DUE, S_SINCE, S_OPEN, S_COLUMNS };
static const char state_fields[] = "item kind due_date business_date open customer currency";
enum { I_AMOUNT, I_DISCOUNTS, I_INVOICE };
enum { R_CUSTOMER, R_CURRENCY, R_LEFT, R_RETURNED, R_DATE };

static arc_status read_open(choosing *c, const arc_value *receipt, arc_date as_of, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(c->t, &shape, "item_state", state_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    st = arci_merged_where_now(c->t, c->arena, &w, shape->cols[5], receipt[R_CUSTOMER].u.i);
    if (st != ARC_OK) return st;
    arci_where_text(&w, shape->cols[6], ARC_OP_EQ, receipt[R_CURRENCY].u.s, 3);
    arci_where_int(&w, shape->cols[S_OPEN], ARC_OP_NE, 0);
    arci_where_int(&w, shape->cols[S_SINCE], ARC_OP_LE, as_of);
    st = arci_repo_find(c->t, shape, &w, NULL, 0, ITEMS_MAX + 1, c->arena, rows);
    if (st == ARC_OK && rows->n_rows > ITEMS_MAX) st = arci_fail(c->t->env, ARC_E_LIMIT, "the customer has more than %d open items", "该客户未结应收超过 %d 笔", ITEMS_MAX);
    return st;
}

/* Terms of the invoices they come of. */
static arc_status read_terms(choosing *c, const arc_value *items, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_calloc(c->arena, n + 1u, sizeof *ids);
    if (!ids) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = items[3 * (size_t)i + I_INVOICE].type == ARC_V_INT ? items[3 * (size_t)i + I_INVOICE].u.i : 0;
    arc_status st = arci_shape_get(c->t, &shape, "invoice", "term");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, ids, n, c->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) c->all[i].term = found[i] ? rows[i] : arci_v_null();
    return st;
}

static arc_status read_debts(choosing *c, const arc_value *receipt, arc_date as_of, const arci_tolerance *tol)
{
    const arci_shape *shape;
    arci_rows open;
    arc_value *items = NULL;
    uint8_t *found;
    char currency[4] = { 0 };
    arc_status st = read_open(c, receipt, as_of, &open);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(c->arena, (open.n_rows + 1u) * sizeof *ids) : NULL;
    c->all = st == ARC_OK ? arci_arena_calloc(c->arena, open.n_rows + 1u, sizeof *c->all) : NULL;
    c->chosen = st == ARC_OK ? arci_arena_alloc(c->arena, (open.n_rows + 1u) * sizeof *c->chosen) : NULL;
    if (st != ARC_OK) return st;
    if (!ids || !c->all || !c->chosen) return arci_nomem(c->t->env);
    memcpy(currency, receipt[R_CURRENCY].u.s, 3);
    for (uint32_t i = 0; i < open.n_rows; i++) ids[i] = open.values[(size_t)i * open.n_cols + S_ITEM].u.i;
    st = arci_shape_get(c->t, &shape, "item", "amount discounts invoice");
    if (st == ARC_OK && open.n_rows) st = arci_repo_get_many(c->t, shape, ids, open.n_rows, c->arena, &items, &found);
    if (st == ARC_OK && open.n_rows) st = read_terms(c, items, open.n_rows);
    arci_offered *offers = st == ARC_OK ? arci_arena_calloc(c->arena, open.n_rows + 1u, sizeof *offers) : NULL;
    if (st == ARC_OK && !offers) return arci_nomem(c->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < open.n_rows; i++) {
        const arc_value *item = items + 3 * (size_t)i;
        offers[i] = (arci_offered){ ids[i], item[I_AMOUNT].u.i, open.values[(size_t)i * open.n_cols + S_OPEN].u.i, &item[I_DISCOUNTS], 0 };
    }
    if (st == ARC_OK) st = arci_offers_granted(c->t, c->arena, offers, open.n_rows);
    for (uint32_t i = 0; st == ARC_OK && i < open.n_rows; i++) {
        const arc_value *s = open.values + (size_t)i * open.n_cols;
        arc_offer offer;
        if (arci_item_counts(&s[S_KIND]) != ARCI_COUNTS_OPEN) continue;
        st = arci_offer(c->t->env, c->arena, &offer, &offers[i], currency, (arc_date)receipt[R_DATE].u.i, 0, tol);
        debt *d = &c->all[c->n++];
        d->term = c->all[i].term;
        d->id = s[S_ITEM].u.i;
        d->net = s[S_OPEN].u.i - (s[S_OPEN].u.i > 0 ? offer.amount : 0);
        d->due = s[S_OPEN].u.i < 0 ? (arc_date)s[S_SINCE].u.i : s[S_DUE].type == ARC_V_INT ? (arc_date)s[S_DUE].u.i : ARC_DATE_MAX;
        d->past = s[S_DUE].type == ARC_V_INT && s[S_DUE].u.i < as_of;
    }
    if (st == ARC_OK && c->n) qsort(c->all, c->n, sizeof *c->all, oldest_first);
    return st;
}

static arc_status hidden(arci_txn *t, int64_t id)
{
    arc_status st = arci_fail(t->env, ARC_E_FORBIDDEN, "the customer has items you may not see", "该客户有您无权查看的应收");
    arci_fail_at(t->env, "receipt", NULL, id, -1);
    return st;
}

/* What leaves must be seen by who asks. */
static arc_status all_seen(choosing *c, int64_t receipt)
{
    const arci_entity *e = arci_entity_by_name("item", 4);
    const arci_row_scope *scope = NULL;
    arc_status st = arci_access_read(c->t->env, c->t->session, e, &scope);
    uint8_t *seen = arci_arena_alloc(c->arena, c->n_chosen + 1u);
    if (!seen) return arci_nomem(c->t->env);
    if (st == ARC_OK && scope && c->n_chosen) st = arci_scope_rows(c->t, c->arena, e, scope, c->chosen, c->n_chosen, seen);
    for (uint32_t i = 0; st == ARC_OK && scope && i < c->n_chosen; i++) {
        if (!seen[i]) st = hidden(c->t, receipt);
    }
    return st;
}

static arc_status suggest(choosing *c, int64_t id, arc_date as_of, uint32_t flags)
{
    const arci_shape *shape;
    const arci_row_scope *scope = NULL;
    const arci_entity *e = arci_entity_by_name("receipt", 7);
    arc_value *receipt;
    arci_tolerance tol;
    uint8_t seen = 1;
    arc_status st = arci_access_read(c->t->env, c->t->session, e, &scope);
    if (st == ARC_OK && scope) st = arci_scope_rows(c->t, c->arena, e, scope, &id, 1, &seen);
    if (st == ARC_OK) st = arci_shape_get(c->t, &shape, "receipt_state", "customer currency unapplied returned_on value_date");
    if (st == ARC_OK && seen) st = arci_repo_get(c->t, shape, id, c->arena, &receipt);
    if (st == ARC_E_NOT_FOUND || (st == ARC_OK && !seen)) {
        st = arci_fail(c->t->env, ARC_E_NOT_FOUND, "there is no such receipt", "该回款不存在");
        arci_fail_at(c->t->env, "receipt", NULL, id, -1);
    }
    if (st != ARC_OK) return st;
    if (receipt[R_CUSTOMER].type == ARC_V_NULL) {
        st = arci_fail(c->t->env, ARC_E_STATE, "nobody knows yet whose the receipt is", "回款尚未认领");
        arci_fail_at(c->t->env, "receipt", "customer", id, -1);
        return st;
    }
    c->amount = receipt[R_RETURNED].type == ARC_V_NULL ? receipt[R_LEFT].u.i : 0;
    st = arci_tolerance_get(c->t, c->arena, &tol, NULL, as_of);
    if (st == ARC_OK) st = read_debts(c, receipt, as_of, &tol);
    if (st != ARC_OK) return st;
    decide(c, flags);
    return all_seen(c, id);
}

static arc_status give(arci_env *env, int32_t *rule, int64_t *items, size_t *n, const choosing *c)
{
    const size_t room = *n;
    *n = c->n_chosen;
    if (room < c->n_chosen || (c->n_chosen && !items)) return arci_fail(env, ARC_E_BUFFER, "room for %u items is needed", "需要 %u 个应收的空间", c->n_chosen);
    if (c->n_chosen) memcpy(items, c->chosen, c->n_chosen * sizeof *items);
    if (rule) *rule = c->rule;
    return ARC_OK;
}

arc_status arc_receipt_suggest(arc_session *session, int32_t *rule, int64_t *items, size_t *n, int64_t receipt, arc_date as_of, uint32_t flags)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    choosing c = { .arena = &arena };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    const arc_date day = as_of == ARC_DATE_NONE ? s->business_date : as_of;
    if (!n || (flags & ~ARC_SUGGEST_WHOLE)) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "n is NULL, or an unknown flag", "n 为 NULL，或标志未知"));
    if (day < ARC_DATE_MIN || day > ARC_DATE_MAX) return arci_session_leave(s, arci_fail(&s->env, ARC_E_RANGE, "no day is known", "日期未知"));
    arci_arena_init(&arena, s->book->ctx);
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        c.t = scope.txn;
        st = arci_scope_end(&scope, suggest(&c, receipt, day, flags));
    }
    if (st == ARC_OK) st = give(&s->env, rule, items, n, &c);
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}
