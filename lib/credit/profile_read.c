/* SPDX-License-Identifier: Apache-2.0 */
/* How customers stand now: their accounts, and what of them is open. */
#include <stdlib.h>
#include <string.h>

#include "credit/profile.h"
#include "ledger/items.h"
#include "store/computed.h"

#define LOOKED_AT 2000 /* rows dated behind the day that are looked at to find whose they are */

enum { A_CUSTOMER, A_CURRENCY, A_OPEN, A_UNAPPLIED, A_LAST, A_FIRST_DEAL, A_LAST_DEAL, A_CONDUCT };
static const char account_fields[] = "customer currency open unapplied last_receipt_on first_deal_on last_deal_on " ARCI_CONDUCT_FIELDS;
enum { S_CUSTOMER, S_CURRENCY, S_OPEN, S_DUE, S_KIND };
static const char state_fields[] = "customer currency open due_date kind";
enum { I_CUSTOMER, I_CURRENCY, I_KIND, I_AMOUNT, I_SEQ, I_DATE };
static const char item_fields[] = "customer currency kind amount seq business_date";

static int by_account(const void *x, const void *y)
{
    const arci_standing *a = x, *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return memcmp(a->currency, b->currency, 3);
}

arci_standing *arci_standing_at(arci_standings *s, int64_t customer, const arc_value *currency)
{
    char key[12] = { 0 };
    int64_t *at;
    customer = arci_family_of(&s->families, customer);
    memcpy(key, &customer, 8);
    memcpy(key + 8, currency->u.s, currency->len < 3 ? currency->len : 3);
    int32_t made = arci_map_put(&s->index, key, sizeof key, &at);
    if (made < 0) return NULL;
    if (made && s->n == s->cap) {
        const uint32_t cap = s->cap ? s->cap * 2 : 16;
        arci_standing *grown = arci_arena_alloc(s->arena, cap * sizeof *grown);
        if (!grown) return NULL;
        if (s->n) memcpy(grown, s->list, s->n * sizeof *grown);
        s->list = grown;
        s->cap = cap;
    }
    if (made) {
        arci_standing *x = &s->list[s->n];
        memset(x, 0, sizeof *x);
        x->customer = customer;
        memcpy(x->currency, key + 8, 3);
        x->next_due = x->oldest_due = x->last_paid = x->first_deal = x->last_deal = ARC_DATE_NONE;
        *at = ++s->n;
    }
    return &s->list[*at - 1];
}

/* ---- is it now? -------------------------------------------------------------------------------------------------------------- */

static int is_asked(const arci_standings *s, int64_t customer) { return arci_id_place(s->ids, s->n_ids, customer) != UINT32_MAX; }

/* Whether a row dated behind the day is of one of the customers; more rows than are looked at: it may be. */
static arc_status dated_later(arci_standings *s, const char *entity, const char *date, int *yes)
{
    const arci_shape *shape, *items;
    arci_where w;
    arci_rows rows;
    arc_value *of;
    uint8_t *found;
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    uint16_t cols[1] = { arci_col(e, "item") };
    arci_where_init(&w);
    arci_where_int(&w, arci_col(e, date), ARC_OP_GT, s->as_of);
    arc_status st = arci_shape_of(s->t->env, s->arena, &shape, arci_store_table(s->t->book->store, e), cols, 1);
    if (st == ARC_OK) st = arci_repo_find(s->t, shape, &w, NULL, 0, LOOKED_AT + 1, s->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    *yes = rows.n_rows > LOOKED_AT;
    int64_t *ids = arci_arena_alloc(s->arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(s->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) ids[i] = rows.values[i].u.i;
    st = arci_shape_get(s->t, &items, "item", "customer");
    if (st == ARC_OK && !*yes) st = arci_repo_get_many(s->t, items, ids, rows.n_rows, s->arena, &of, &found);
    for (uint32_t i = 0; st == ARC_OK && !*yes && i < rows.n_rows; i++) *yes = found[i] && is_asked(s, of[i].u.i);
    return st;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

static arc_status take_account(void *user, const arc_value *v)
{
    arci_standings *s = user;
    arci_standing *x = arci_standing_at(s, v[A_CUSTOMER].u.i, &v[A_CURRENCY]);
    if (!x) return arci_nomem(s->t->env);
    x->open += v[A_OPEN].u.i; /* of merged customers several; within what accounts hold */
    x->unapplied += v[A_UNAPPLIED].u.i;
    if (v[A_LAST].type == ARC_V_INT && v[A_LAST].u.i > x->last_paid) x->last_paid = (arc_date)v[A_LAST].u.i; /* ARC_DATE_NONE is the smallest */
    if (v[A_FIRST_DEAL].type == ARC_V_INT && (x->first_deal == ARC_DATE_NONE || v[A_FIRST_DEAL].u.i < x->first_deal)) x->first_deal = (arc_date)v[A_FIRST_DEAL].u.i;
    if (v[A_LAST_DEAL].type == ARC_V_INT && v[A_LAST_DEAL].u.i > x->last_deal) x->last_deal = (arc_date)v[A_LAST_DEAL].u.i;
    for (int k = 0; k < ARCI_CONDUCT_N; k++) {
        if (v[A_CONDUCT + k].type == ARC_V_INT) arci_acc_add(&x->conduct[k], v[A_CONDUCT + k].u.i);
        else if (k >= ARCI_CONDUCT_AMOUNTS) x->unkept = 1;
    }
    return ARC_OK;
}

static arc_status take_open(void *user, const arc_value *v)
{
    arci_standings *s = user;
    const int64_t open = v[S_OPEN].u.i;
    if (open <= 0 || arci_item_counts(&v[S_KIND]) != ARCI_COUNTS_OPEN) return ARC_OK;
    arci_standing *x = arci_standing_at(s, v[S_CUSTOMER].u.i, &v[S_CURRENCY]);
    if (!x) return arci_nomem(s->t->env);
    arci_acc_add(&x->debit, open);
    x->n_debit++;
    if (v[S_DUE].type != ARC_V_INT) return ARC_OK;
    const arc_date due = (arc_date)v[S_DUE].u.i;
    if (x->oldest_due == ARC_DATE_NONE || due < x->oldest_due) x->oldest_due = due;
    if (due >= s->as_of) {
        if (x->next_due == ARC_DATE_NONE || due < x->next_due) x->next_due = due;
        return ARC_OK;
    }
    arci_acc_add(&x->overdue, open);
    x->n_overdue++;
    arci_conduct_weigh(&x->overdue_days, open, s->as_of - due);
    if (s->as_of - due > x->worst) x->worst = s->as_of - due;
    return ARC_OK;
}

static arc_status read_now(arci_standings *s)
{
    const arci_shape *accounts, *states;
    arci_where open;
    arc_status st = arci_shape_get(s->t, &accounts, "account", account_fields);
    if (st == ARC_OK) st = arci_shape_get(s->t, &states, "item_state", state_fields);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, accounts, accounts->cols[A_CUSTOMER], s->ids, s->n_ids, NULL, NULL, 0, take_account, s);
    if (st != ARC_OK) return st;
    arci_where_init(&open);
    arci_where_int(&open, states->cols[S_OPEN], ARC_OP_NE, 0);
    return arci_find_in(s->t, s->arena, states, states->cols[S_CUSTOMER], s->ids, s->n_ids, &open, NULL, 0, take_open, s);
}

static arc_status take_later(void *user, const arc_value *v)
{
    int *yes = user;
    (void)v;
    *yes = 1;
    return ARC_OK;
}

/* Money of the customers that came, went back, or was found to be theirs or not behind the day. */
static arc_status money_later(arci_standings *s, int *later)
{
    const arci_shape *states, *claims;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(s->t, &states, "receipt_state", "customer");
    if (st == ARC_OK) st = arci_shape_get(s->t, &claims, "receipt_claim", "customer effective_date");
    if (st != ARC_OK) return st;
    const arci_entity *e = states->table->entity;
    arci_where_init(&w);
    arci_where_int(&w, arci_col(e, "unapplied"), ARC_OP_NE, 0);
    arci_where_int(&w, arci_col(e, "posting_date"), ARC_OP_GT, s->as_of);
    st = arci_find_in(s->t, s->arena, states, states->cols[0], s->ids, s->n_ids, &w, NULL, 0, take_later, later);
    arci_where_init(&w);
    arci_where_int(&w, claims->cols[1], ARC_OP_GT, s->as_of);
    if (st == ARC_OK && !*later) st = arci_find_in(s->t, s->arena, claims, claims->cols[0], s->ids, s->n_ids, &w, NULL, 0, take_later, later);
    if (st != ARC_OK || *later) return st;
    arci_where_init(&w); /* what was used up, or went back */
    arci_where_int(&w, arci_col(e, "settled_on"), ARC_OP_GT, s->as_of);
    st = arci_repo_find(s->t, states, &w, NULL, 0, LOOKED_AT + 1, s->arena, &rows);
    if (st != ARC_OK) return st;
    *later = rows.n_rows > LOOKED_AT;
    for (uint32_t i = 0; !*later && i < rows.n_rows; i++) *later = rows.values[i].type == ARC_V_INT && is_asked(s, rows.values[i].u.i);
    return ARC_OK;
}

/* Anything of the customers that is dated behind the day: items, allocations, adjustments, receipts. */
static arc_status look_ahead(arci_standings *s, int *later)
{
    const arci_shape *items;
    arci_where w;
    *later = 0;
    arc_status st = dated_later(s, "allocation", "effective_date", later);
    if (st == ARC_OK && !*later) st = dated_later(s, "adjustment", "effective_date", later);
    if (st == ARC_OK && !*later) st = arci_shape_get(s->t, &items, "item", item_fields);
    if (st != ARC_OK || *later) return st;
    arci_where_init(&w);
    arci_where_int(&w, items->cols[I_DATE], ARC_OP_GT, s->as_of);
    st = arci_find_in(s->t, s->arena, items, items->cols[I_CUSTOMER], s->ids, s->n_ids, &w, NULL, 0, take_later, later);
    return st == ARC_OK && !*later ? money_later(s, later) : st;
}

arc_status arci_standings_read(arci_standings *s, arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known)
{
    int later = 0;
    memset(s, 0, sizeof *s);
    s->t = t;
    s->arena = arena;
    s->as_of = as_of;
    s->known = known;
    arci_map_init(&s->index, t->env->ctx);
    arc_status st = arci_families_read(t, arena, &s->families, ids, n, as_of, known);
    s->ids = s->families.ids;
    s->n_ids = s->families.n;
    if (st == ARC_OK && !known) st = look_ahead(s, &later);
    s->now = !known && !later;
    if (st == ARC_OK) st = s->now ? read_now(s) : arci_standings_past(s);
    if (st == ARC_OK && s->n > 1) qsort(s->list, s->n, sizeof *s->list, by_account);
    return st;
}

void arci_standings_clear(arci_standings *s)
{
    if (!s->t) return;
    arci_map_clear(&s->index);
    arci_families_clear(&s->families);
}

uint32_t arci_standings_of(const arci_standings *s, int64_t customer, uint32_t *at)
{
    uint32_t lo = 0, hi = s->n, n = 0;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (s->list[mid].customer < customer) lo = mid + 1;
        else hi = mid;
    }
    *at = lo;
    while (lo + n < s->n && s->list[lo + n].customer == customer) n++;
    return n;
}
