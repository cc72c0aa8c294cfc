/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/types.h"
#include "ledger/last_receipt.h"

static const char account_fields[] = "customer currency open estimated unapplied n_open oldest_due last_receipt_on first_deal_on last_deal_on ordered delivered version " ARCI_CONDUCT_FIELDS " due_days wanted_days";
enum { CUSTOMER, CURRENCY, OPEN, ESTIMATED, UNAPPLIED, N_OPEN, OLDEST_DUE, LAST_RECEIPT_ON, FIRST_DEAL_ON, LAST_DEAL_ON, ORDERED, DELIVERED, VERSION, CONDUCT, DUE_DAYS = CONDUCT + ARCI_CONDUCT_N, WANTED_DAYS, COLUMNS };

static const char balance_fields[] = "open estimated unapplied n_open oldest_due last_receipt_on first_deal_on last_deal_on ordered delivered " ARCI_CONDUCT_FIELDS " due_days wanted_days";
enum { B_OPEN, B_ESTIMATED, B_UNAPPLIED, B_N_OPEN, B_OLDEST_DUE, B_LAST_RECEIPT_ON, B_FIRST_DEAL_ON, B_LAST_DEAL_ON, B_ORDERED, B_DELIVERED, B_CONDUCT, B_DUE_DAYS = B_CONDUCT + ARCI_CONDUCT_N, B_WANTED_DAYS, B_COLUMNS };

static const char opening_fields[] = "customer currency open estimated unapplied n_open oldest_due last_receipt_on first_deal_on last_deal_on ordered delivered " ARCI_CONDUCT_FIELDS " due_days wanted_days";
#define OPENING_BALANCES 2 /* where they begin in it */

#define READ_AT_ONCE 500u /* customers named in one question */

void arci_accounts_init(arci_accounts *a, arc_context *ctx)
{
    memset(a, 0, sizeof *a);
    arci_map_init(&a->index, ctx);
}

void arci_accounts_clear(arci_accounts *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        arci_due_days_clear(a->index.ctx, &a->changes[i].due);
        arci_due_days_clear(a->index.ctx, &a->changes[i].wanted);
    }
    arci_free(a->index.ctx, a->changes);
    arci_map_clear(&a->index);
    a->changes = NULL;
    a->n = a->cap = 0;
}

static void account_key(char key[12], int64_t customer, const char *currency)
{
    memcpy(key, &customer, 8);
    memcpy(key + 8, currency, 3);
    key[11] = 0;
}

arci_account_change *arci_accounts_at(arci_accounts *a, int64_t customer, const char *currency)
{
    char key[12];
    account_key(key, customer, currency);
    if (a->n == a->cap) {
        uint32_t cap = a->cap ? a->cap * 2 : 16;
        void *grown = arci_resize(a->index.ctx, a->changes, cap * sizeof *a->changes);
        if (!grown) return NULL;
        a->changes = grown;
        a->cap = cap;
    }
    int64_t *position;
    int32_t made = arci_map_put(&a->index, key, sizeof key, &position);
    if (made < 0) return NULL;
    if (made) {
        arci_account_change *c = &a->changes[a->n];
        memset(c, 0, sizeof *c);
        c->customer = customer;
        memcpy(c->currency, currency, 3);
        c->oldest_due = c->last_receipt_on = c->receipt_gone = c->first_deal = c->last_deal = ARC_DATE_NONE;
        *position = ++a->n;
    }
    return &a->changes[*position - 1];
}

static int by_key(const void *x, const void *y)
{
    const arci_account_change *a = x, *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return memcmp(a->currency, b->currency, 3);
}

static arc_status too_large(arci_env *env, int64_t customer)
{
    arc_status st = arci_fail(env, ARC_E_OVERFLOW, "the account's balance would be too large", "账户余额超出范围");
    arci_fail_at(env, "account", "open", customer, -1);
    return st;
}

static arc_status add(arci_env *env, int64_t *sum, const arci_acc *change, int64_t customer)
{
    arci_acc total = *change;
    arci_acc_add(&total, *sum);
    return arci_acc_get(&total, sum) || *sum > ARC_MONEY_MAX || *sum < -ARC_MONEY_MAX ? too_large(env, customer) : ARC_OK;
}

static arc_status by_day(arci_env *env, arci_arena *arena, arc_value out[2], arci_account_change *c, const arc_value *row)
{
    arc_status st = arci_due_days_print(arena, &out[0], row ? &row[DUE_DAYS] : NULL, &c->due);
    if (st == ARC_OK) st = arci_due_days_print(arena, &out[1], row ? &row[WANTED_DAYS] : NULL, &c->wanted);
    if (st == ARC_E_NOMEM) return arci_nomem(env);
    if (st == ARC_E_OVERFLOW) return too_large(env, c->customer);
    if (st == ARC_OK) return st;
    st = arci_fail(env, st, "what the account keeps by day is damaged", "账户按日金额已损坏");
    arci_fail_at(env, "account", "due_days", c->customer, -1);
    return st;
}

static arc_value date_value(arc_date d)
{
    return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d);
}

static arc_date value_date(const arc_value *v)
{
    return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE;
}

void arci_account_deal(arci_account_change *c, const arc_value *kind, int64_t amount, int64_t seq, arc_date on)
{
    if (!arci_conduct_deal(c->conduct, kind, amount, seq)) return;
    if (c->first_deal == ARC_DATE_NONE || on < c->first_deal) c->first_deal = on;
    if (on > c->last_deal) c->last_deal = on;
}

/* The balances after the change; `row` is the stored account or NULL. */
static arc_status balances(arci_env *env, arci_arena *arena, arc_value *out, arci_account_change *c, const arc_value *row)
{
    int64_t open = row ? row[OPEN].u.i : 0, estimated = row ? row[ESTIMATED].u.i : 0, unapplied = row ? row[UNAPPLIED].u.i : 0;
    arc_status st = add(env, &open, &c->open, c->customer);
    if (st == ARC_OK) st = add(env, &estimated, &c->estimated, c->customer);
    if (st == ARC_OK) st = add(env, &unapplied, &c->unapplied, c->customer);
    int64_t ordered = row ? row[ORDERED].u.i : 0, delivered = row ? row[DELIVERED].u.i : 0;
    if (st == ARC_OK) st = add(env, &ordered, &c->ordered, c->customer);
    if (st == ARC_OK) st = add(env, &delivered, &c->delivered, c->customer);
    if (st != ARC_OK) return st;
    int64_t n_open = (row ? row[N_OPEN].u.i : 0) + c->n_open;
    arc_date oldest = row ? value_date(&row[OLDEST_DUE]) : ARC_DATE_NONE;
    if (oldest == ARC_DATE_NONE || (c->oldest_due != ARC_DATE_NONE && c->oldest_due < oldest)) oldest = c->oldest_due;
    if (n_open == 0) oldest = ARC_DATE_NONE;
    arc_date last = row ? value_date(&row[LAST_RECEIPT_ON]) : ARC_DATE_NONE;
    if (last == ARC_DATE_NONE || c->last_receipt_on > last) last = c->last_receipt_on;
    out[B_OPEN] = arci_v_int(open);
    out[B_ESTIMATED] = arci_v_int(estimated);
    out[B_UNAPPLIED] = arci_v_int(unapplied);
    out[B_N_OPEN] = arci_v_int(n_open);
    out[B_OLDEST_DUE] = date_value(oldest);
    out[B_LAST_RECEIPT_ON] = date_value(last);
    arc_date first_deal = row ? value_date(&row[FIRST_DEAL_ON]) : ARC_DATE_NONE, last_deal = row ? value_date(&row[LAST_DEAL_ON]) : ARC_DATE_NONE;
    if (c->first_deal != ARC_DATE_NONE && (first_deal == ARC_DATE_NONE || c->first_deal < first_deal)) first_deal = c->first_deal;
    if (c->last_deal > last_deal) last_deal = c->last_deal; /* ARC_DATE_NONE is the smallest */
    out[B_FIRST_DEAL_ON] = date_value(first_deal);
    out[B_LAST_DEAL_ON] = date_value(last_deal);
    arci_conduct_values(&out[B_CONDUCT], c->conduct, row ? &row[CONDUCT] : NULL);
    out[B_ORDERED] = arci_v_int(ordered);
    out[B_DELIVERED] = arci_v_int(delivered);
    return by_day(env, arena, &out[B_DUE_DAYS], c, row);
}

/* stored[i] becomes the row of changes[i], or stays NULL. changes are sorted. */
static arc_status read_some(arci_txn *t, const arci_shape *shape, const arci_accounts *a, const arc_value *ids, uint32_t n,
                            arci_arena *arena, const arc_value **stored)
{
    arci_where where;
    arci_where_init(&where);
    arci_where_in(&where, shape->cols[CUSTOMER], ids, n);
    arci_rows rows;
    arc_status st = arci_repo_find(t, shape, &where, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *row = rows.values + (size_t)r * rows.n_cols;
        arci_account_change wanted = { 0 };
        wanted.customer = row[CUSTOMER].u.i;
        memcpy(wanted.currency, row[CURRENCY].u.s, row[CURRENCY].len < 3 ? row[CURRENCY].len : 3);
        const arci_account_change *c = bsearch(&wanted, a->changes, a->n, sizeof *a->changes, by_key);
        if (c) stored[c - a->changes] = row;
    }
    return st;
}

static arc_status read_stored(arci_txn *t, const arci_accounts *a, arci_arena *arena, const arc_value **stored)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "account", account_fields);
    if (st != ARC_OK) return st;
    arc_value *ids = arci_arena_alloc(arena, READ_AT_ONCE * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < a->n;) {
        uint32_t n = 0;
        for (; i < a->n; i++) {
            if (i > 0 && n > 0 && a->changes[i].customer == a->changes[i - 1].customer) continue;
            if (n == READ_AT_ONCE) break;
            ids[n++] = arci_v_int(a->changes[i].customer);
        }
        st = read_some(t, shape, a, ids, n, arena, stored);
    }
    return st;
}

/* The day a customer paid last may have been that of a receipt that is not his any more: the day before it is looked for where that is so. */
static arc_status look_back(arci_txn *t, const arci_accounts *a, arci_arena *arena, const arc_value **stored)
{
    uint32_t n = 0;
    arci_last_receipt *list = NULL;
    for (uint32_t i = 0; i < a->n; i++) {
        const arci_account_change *c = &a->changes[i];
        if (c->receipt_gone == ARC_DATE_NONE || !stored[i] || value_date(&stored[i][LAST_RECEIPT_ON]) > c->receipt_gone) continue;
        if (!list) list = arci_arena_calloc(arena, a->n - i, sizeof *list);
        if (!list) return arci_nomem(t->env);
        list[n].customer = c->customer;
        memcpy(list[n].currency, c->currency, 4);
        list[n++].on = c->receipt_gone;
    }
    arc_status st = n ? arci_last_receipts(t, arena, list, n) : ARC_OK;
    for (uint32_t i = 0, k = 0; st == ARC_OK && k < n; i++) {
        if (list[k].customer != a->changes[i].customer || memcmp(list[k].currency, a->changes[i].currency, 3) != 0) continue;
        arc_value *row = arci_arena_alloc(arena, COLUMNS * sizeof *row);
        if (!row) return arci_nomem(t->env);
        memcpy(row, stored[i], COLUMNS * sizeof *row);
        row[LAST_RECEIPT_ON] = date_value(list[k++].on);
        stored[i] = row;
    }
    return st;
}

static arc_status ask_back(arci_txn *t, const arci_accounts *a, arci_arena *arena)
{
    uint32_t n = 0;
    arci_last_receipt *list = NULL;
    for (uint32_t i = 0; i < a->n; i++) {
        const arci_account_change *c = &a->changes[i];
        if (c->receipt_gone == ARC_DATE_NONE) continue;
        if (!list) list = arci_arena_calloc(arena, a->n - i, sizeof *list);
        if (!list) return arci_nomem(t->env);
        list[n].customer = c->customer;
        memcpy(list[n].currency, c->currency, 4);
        list[n++].on = c->receipt_gone;
    }
    return n && n < READ_AT_ONCE ? arci_last_receipts_ask(t, arena, list, n) : ARC_OK;
}

static const arc_value written; /* stands for the row of an account opened just now */

/* *refused counts those that another writer has opened meanwhile. */
static arc_status insert_new(arci_txn *t, const arci_accounts *a, arci_arena *arena, const arc_value **stored, uint32_t n_new, uint32_t *refused)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "account", opening_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, n_new, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    uint32_t at = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        if (stored[i]) continue;
        arci_account_change *c = &a->changes[i];
        arc_value now[B_COLUMNS], *v = arci_batch_row(b, at++);
        st = balances(t->env, arena, now, c, NULL);
        if (st != ARC_OK) return st;
        v[CUSTOMER] = arci_v_int(c->customer);
        v[CURRENCY] = arci_v_text(c->currency, 3);
        memcpy(&v[OPENING_BALANCES], now, sizeof now);
    }
    st = arci_repo_write(t, &b, 1, refused);
    if (st != ARC_OK || !*refused) return st;
    for (uint32_t i = 0, k = 0; i < a->n; i++) { /* what was taken is written: only the others stay without a row */
        if (stored[i]) continue;
        uint8_t result = b->results[k++];
        if (result == ARC_ROW_OK) stored[i] = &written;
        else if (result != ARC_ROW_EXISTS) return arci_batch_refused(t, b, k - 1);
    }
    return ARC_OK;
}

static arc_status update_old(arci_txn *t, const arci_accounts *a, arci_arena *arena, const arc_value **stored, uint32_t n_old)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "account", balance_fields);
    if (st == ARC_OK) {
        st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, n_old, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    }
    if (st != ARC_OK) return st;
    uint32_t at = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        if (!stored[i] || stored[i] == &written) continue;
        st = balances(t->env, arena, arci_batch_row(b, at), &a->changes[i], stored[i]);
        if (st != ARC_OK) return st;
        arc_value *key = arci_batch_key(b, at);
        key[0] = stored[i][CUSTOMER];
        key[1] = stored[i][CURRENCY];
        arci_batch_guard(b, at)[0] = stored[i][VERSION];
        at++;
    }
    return arci_repo_write(t, &b, 1, NULL);
}

/* Those opened by another writer between the first look and the insert; the others keep what they have. */
static arc_status read_missing(arci_txn *t, const arci_accounts *a, arci_arena *arena, const arc_value **stored)
{
    const arc_value **again = arci_arena_calloc(arena, a->n, sizeof *again);
    arc_status st = again ? read_stored(t, a, arena, again) : arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < a->n; i++) {
        if (stored[i]) continue;
        stored[i] = again[i];
        if (!again[i]) st = arci_fail(t->env, ARC_E_CONFLICT, "another writer opened the same account; try again", "其他写入者开立了相同账户，请重试");
    }
    return st;
}

/* Where writers do not exclude each other, who comes second waits here, and reads what the first one has left. */
static arc_status lock_all(arci_txn *t, const arci_accounts *a, arci_arena *arena)
{
    if (t->book->ops->caps & ARC_CAP_SINGLE_WRITER) return ARC_OK;
    arc_value *keys = arci_arena_alloc(arena, 2 * (size_t)a->n * sizeof *keys);
    if (!keys) return arci_nomem(t->env);
    for (uint32_t i = 0; i < a->n; i++) {
        keys[2 * i] = arci_v_int(a->changes[i].customer);
        keys[2 * i + 1] = arci_v_text(a->changes[i].currency, 3);
    }
    return arci_repo_lock_keys(t, "account", keys, a->n);
}

static uint32_t count(const arci_accounts *a, const arc_value *const *stored, int there)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++) n += there ? stored[i] && stored[i] != &written : !stored[i];
    return n;
}

/* One more round where another writer was the first to post on an account. */
static arc_status write_all(arci_txn *t, const arci_accounts *a, arci_arena *arena, const arc_value **stored)
{
    uint32_t refused = 0, n;
    arc_status st = lock_all(t, a, arena);
    if (st == ARC_OK) st = ask_back(t, a, arena);
    if (st == ARC_OK) st = read_stored(t, a, arena, stored);
    if (st == ARC_OK) st = look_back(t, a, arena, stored);
    if (st == ARC_OK && (n = count(a, stored, 0)) != 0) st = insert_new(t, a, arena, stored, n, &refused);
    if (st == ARC_OK && refused) {
        st = lock_all(t, a, arena);
        if (st == ARC_OK) st = read_missing(t, a, arena, stored);
    }
    if (st == ARC_OK && (n = count(a, stored, 1)) != 0) st = update_old(t, a, arena, stored, n);
    return st;
}

arc_status arci_accounts_write(arci_txn *t, arci_accounts *a)
{
    if (!a->n) return ARC_OK;
    qsort(a->changes, a->n, sizeof *a->changes, by_key); /* the index is of no use from here on */
    arci_arena arena;
    arci_arena_init(&arena, a->index.ctx);
    const arc_value **stored = arci_arena_calloc(&arena, a->n, sizeof *stored);
    arc_status st = stored ? write_all(t, a, &arena, stored) : arci_nomem(t->env);
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_accounts_ask(arci_txn *t, arci_accounts *a)
{
    if (!a->n || a->n > READ_AT_ONCE || !arci_repo_asking(t)) return ARC_OK;
    qsort(a->changes, a->n, sizeof *a->changes, by_key);
    arci_arena arena;
    arci_arena_init(&arena, a->index.ctx);
    const arc_value **stored = arci_arena_calloc(&arena, a->n, sizeof *stored);
    arc_status st = stored ? lock_all(t, a, &arena) : arci_nomem(t->env);
    if (st == ARC_OK) st = read_stored(t, a, &arena, stored);
    arci_repo_asked(t);
    arci_arena_clear(&arena);
    return st;
}
