/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of documents move states and accounts as the verbs that wrote them did; the checks of the ledger recompute the same from all rows (checks.c). */
#include "ledger/rebuild.h"

#include <string.h>

#include "base/map.h"
#include "ledger/accounts.h"
#include "ledger/items.h"
#include "ledger/parts.h"

/* ---- columns ------------------------------------------------------------------------------------------------------------- */

enum { S_ITEM, S_CUSTOMER, S_CURRENCY, S_KIND, S_DUE_DATE, S_BUSINESS_DATE, S_OWNER, S_TEAM, S_REGION, S_BASE_CURRENCY, S_CONTRACT, S_ORDER, S_DELIVERY, S_OPEN, S_BASE_OPEN, S_PARTS,
       S_SETTLED_ON, S_MOVED_ON, S_LEVEL, S_DISPUTED, S_EPISODE, S_EXPECTED, S_COLUMNS };
static const char item_state_fields[] = "item customer currency kind due_date business_date owner team region base_currency contract sales_order delivery open base_open parts settled_on "
                                        "moved_on dunning_level disputed episode expected";
/* Of item, beside these: the first are those of its state. */
enum { I_ID, I_AMOUNT = S_DELIVERY + 1, I_BASE, I_PARTS, I_SEQ, I_COLUMNS };
static const char *const item_names[I_COLUMNS] = { "id", "customer", "currency", "kind", "due_date", "business_date", "owner", "team", "region", "base_currency", "contract", "sales_order",
                                                   "delivery", "amount", "base_amount", "parts", "seq" };

enum { R_RECEIPT, R_CUSTOMER, R_CURRENCY, R_VALUE_DATE, R_POSTED, R_OWNER, R_TEAM, R_REGION, R_BASE_CURRENCY, R_METHOD, R_UNAPPLIED, R_BASE, R_SETTLED_ON, R_MOVED_ON, R_CLAIMED_ON,
       R_CLAIMED_BY, R_RETURNED_ON, R_RETURNED, R_COLUMNS };
static const char receipt_state_fields[] = "receipt customer currency value_date posting_date owner team region base_currency method unapplied base_unapplied settled_on moved_on claimed_on "
                                           "claimed_by returned_on returned";
enum { RC_AMOUNT = R_METHOD + 1, RC_BASE, RC_COLUMNS };
static const char *const receipt_names[RC_COLUMNS] = { "id", "customer", "currency", "value_date", "posting_date", "owner", "team", "region", "base_currency", "method", "amount",
                                                       "base_amount" };

enum { A_ITEM, A_RECEIPT, A_CREDIT_ITEM, A_DATE, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_ITEM_BASE, A_CREDIT_BASE, A_CREDIT_AMOUNT, A_PARTS, A_CREDIT_PARTS, A_REOPENS, A_DAYS_LATE, A_REVERSES,
       A_COLUMNS };
static const char *const allocation_names[A_COLUMNS] = { "item", "receipt", "credit_item", "effective_date", "amount", "discount", "write_off", "item_base", "credit_base", "credit_amount",
                                                         "parts", "credit_parts", "reopens", "days_late", "reverses" };
enum { J_ITEM, J_DATE, J_AMOUNT, J_BASE, J_DUE, J_KIND, J_CODE, J_COLUMNS };
static const char *const adjustment_names[J_COLUMNS] = { "item", "effective_date", "amount", "base_amount", "due_date", "kind", "reason_code" };
enum { U_ITEM, U_DATE, U_AMOUNT, U_CONSUMES, U_REOPENS, U_COLUMNS };
static const char *const use_names[U_COLUMNS] = { "item", "effective_date", "amount", "consumes", "reopens" };
enum { D_ITEM, D_AMOUNT, D_RESOLUTION, D_COLUMNS };
static const char *const dispute_names[D_COLUMNS] = { "item", "amount", "resolution" };
enum { C_RECEIPT, C_CUSTOMER, C_DATE, C_ENDS, C_BY, C_OWNER, C_TEAM, C_REGION, C_COLUMNS };
static const char *const claim_names[C_COLUMNS] = { "receipt", "customer", "effective_date", "ends", "claimed_by", "owner", "team", "region" };
enum { E_PURPOSE, E_ENTITY, E_SOURCE, E_DATE, E_COLUMNS };
static const char *const entry_names[E_COLUMNS] = { "purpose", "entity", "source", "posting_date" };

enum { V_ITEM, V_LEVEL, V_COLUMNS };
static const char *const level_names[V_COLUMNS] = { "item", "level" };

enum { OF_ITEM, OF_RECEIPT, OF_ALLOCATION, OF_ADJUSTMENT, OF_USE, OF_DISPUTE, OF_CLAIM, OF_LEVEL, OF_ENTRY, KINDS };
static const struct {
    const char *entity;
    const char *const *names;
    uint32_t n;
} kinds[KINDS] = { { "item", item_names, I_COLUMNS },          { "receipt", receipt_names, RC_COLUMNS },     { "allocation", allocation_names, A_COLUMNS },
                   { "adjustment", adjustment_names, J_COLUMNS }, { "invoice_item", use_names, U_COLUMNS }, { "dispute", dispute_names, D_COLUMNS },
                   { "receipt_claim", claim_names, C_COLUMNS },   { "level_change", level_names, V_COLUMNS },  { "journal_entry", entry_names, E_COLUMNS } };
#define MOST_COLUMNS 24

enum { OPENS_ITEM = 1, OPENS_CREDIT = 2 }; /* bits of allocation.reopens */

/* ---- states ---------------------------------------------------------------------------------------------------------------- */

typedef struct state {
    int64_t id;
    arc_value *v;  /* as the fields of its table are named above; NULL: there is none */
    int64_t open;  /* before */
    arc_value kind, customer, due; /* due: of an item */
    uint8_t is_new, moved;
    uint8_t back;  /* a receipt that goes back now */
} state;

typedef struct states {
    arci_map index; /* id to place + 1 */
    state *list;
    uint32_t n, cap;
    const char *entity, *fields;
    uint32_t n_columns;
} states;

typedef struct rebuild {
    arci_txn *t;
    arci_arena *arena;
    uint16_t cols[KINDS][MOST_COLUMNS];
    const arci_entity *entity[KINDS];
    states items, receipts;
    arci_accounts accounts;
} rebuild;

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static int kind_of(const rebuild *b, const arci_replay_change *c)
{
    for (int k = 0; k < KINDS; k++) {
        if (b->entity[k] == c->table->entity) return k;
    }
    return KINDS;
}

static void know_columns(rebuild *b)
{
    for (int k = 0; k < KINDS; k++) {
        b->entity[k] = arci_entity_by_name(kinds[k].entity, strlen(kinds[k].entity));
        for (uint32_t c = 0; c < kinds[k].n; c++) b->cols[k][c] = arci_col(b->entity[k], kinds[k].names[c]);
    }
}

static arci_account_change *account_of(rebuild *b, const arc_value *customer, const arc_value *currency)
{
    char code[4] = { 0 };
    memcpy(code, currency->u.s, currency->len < 3 ? currency->len : 3);
    return arci_accounts_at(&b->accounts, customer->u.i, code);
}

static const arc_value *value(const rebuild *b, int kind, const arc_value *row, int c) { return &row[b->cols[kind][c]]; }

static arc_status add_state(rebuild *b, states *s, int64_t id, state **out)
{
    int64_t *at;
    *out = NULL;
    if (!id) return ARC_OK;
    int32_t made = arci_map_put(&s->index, &id, sizeof id, &at);
    if (made < 0) return arci_nomem(b->t->env);
    if (made && s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 16;
        state *grown = arci_arena_alloc(b->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(b->t->env);
        if (s->n) memcpy(grown, s->list, s->n * sizeof *grown);
        s->list = grown;
        s->cap = cap;
    }
    if (made) {
        memset(&s->list[s->n], 0, sizeof *s->list);
        s->list[s->n].id = id;
        *at = ++s->n;
    }
    *out = &s->list[*at - 1];
    return ARC_OK;
}

static state *find_state(const states *s, int64_t id)
{
    const int64_t *at = id ? arci_map_get(&s->index, &id, sizeof id) : NULL;
    return at && s->list[*at - 1].v ? &s->list[*at - 1] : NULL;
}

/* ---- which are touched -------------------------------------------------------------------------------------------------------- */

static arc_status touch(rebuild *b, states *s, const arc_value *id)
{
    state *x;
    return id->type == ARC_V_INT ? add_state(b, s, id->u.i, &x) : ARC_OK;
}

static arc_status touch_all(rebuild *b, const arci_replay_change *c, int kind)
{
    const arc_value *row = c->now ? c->now : c->was;
    arc_status st = ARC_OK;
    switch (kind) {
    case OF_ITEM: return touch(b, &b->items, value(b, kind, row, I_ID));
    case OF_RECEIPT: return touch(b, &b->receipts, value(b, kind, row, R_RECEIPT));
    case OF_ALLOCATION:
        st = touch(b, &b->items, value(b, kind, row, A_ITEM));
        if (st == ARC_OK) st = touch(b, &b->items, value(b, kind, row, A_CREDIT_ITEM));
        return st == ARC_OK ? touch(b, &b->receipts, value(b, kind, row, A_RECEIPT)) : st;
    case OF_ADJUSTMENT: return touch(b, &b->items, value(b, kind, row, J_ITEM));
    case OF_USE: return touch(b, &b->items, value(b, kind, row, U_ITEM));
    case OF_DISPUTE: return touch(b, &b->items, value(b, kind, row, D_ITEM));
    case OF_CLAIM: return touch(b, &b->receipts, value(b, kind, row, C_RECEIPT));
    case OF_LEVEL: return touch(b, &b->items, value(b, kind, row, V_ITEM));
    default: return is(value(b, kind, row, E_PURPOSE), "return") && is(value(b, kind, row, E_ENTITY), "receipt") ? touch(b, &b->receipts, value(b, kind, row, E_SOURCE)) : ARC_OK;
    }
}

static arc_status read_states(rebuild *b, states *s, int open, int kind, int customer)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    if (!s->n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(b->arena, s->n * sizeof *ids);
    if (!ids) return arci_nomem(b->t->env);
    for (uint32_t i = 0; i < s->n; i++) ids[i] = s->list[i].id;
    arc_status st = arci_shape_get(b->t, &shape, s->entity, s->fields);
    if (st == ARC_OK) st = arci_repo_get_many(b->t, shape, ids, s->n, b->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < s->n; i++) {
        state *x = &s->list[i];
        if (!found[i]) continue;
        x->v = rows + (size_t)i * shape->n;
        x->open = x->v[open].u.i;
        x->kind = x->v[kind];
        x->customer = x->v[customer];
        if (s == &b->items) x->due = x->v[S_DUE_DATE];
    }
    return st;
}

/* ---- rows that move them ------------------------------------------------------------------------------------------------------- */

static arc_status new_state(rebuild *b, states *s, int64_t id, state **out)
{
    arc_status st = add_state(b, s, id, out);
    if (st != ARC_OK || (*out)->v) return st == ARC_OK ? arci_fail(b->t->env, ARC_E_CORRUPT, "%s%.0s %lld has a state before it is there", "%.0s%s %lld 尚不存在却有状态记录", s->entity, arci_entity_zh(s->entity), (long long)id) : st;
    (*out)->v = arci_arena_calloc(b->arena, s->n_columns, sizeof(arc_value));
    if (!(*out)->v) return arci_nomem(b->t->env);
    (*out)->is_new = 1;
    (*out)->moved = 1;
    return ARC_OK;
}

static arc_status item_made(rebuild *b, const arc_value *row)
{
    state *x;
    arc_status st = new_state(b, &b->items, value(b, OF_ITEM, row, I_ID)->u.i, &x);
    if (st != ARC_OK) return st;
    const arc_value *amount = value(b, OF_ITEM, row, I_AMOUNT);
    for (int c = 0; c <= S_DELIVERY; c++) x->v[c] = *value(b, OF_ITEM, row, c);
    if (arci_item_counts(&x->v[S_KIND]) == ARCI_COUNTS_OPEN || !amount->u.i) {
        for (int c = S_CONTRACT; c <= S_DELIVERY; c++) x->v[c] = arci_v_null();
    } else {
        x->v[S_EXPECTED] = arci_v_int(1);
    }
    x->v[S_OPEN] = *amount;
    x->v[S_BASE_OPEN] = *value(b, OF_ITEM, row, I_BASE);
    x->v[S_PARTS] = *value(b, OF_ITEM, row, I_PARTS);
    if (!amount->u.i) x->v[S_SETTLED_ON] = x->v[S_BUSINESS_DATE];
    x->v[S_LEVEL] = x->v[S_EPISODE] = arci_v_int(0);
    x->kind = x->v[S_KIND];
    if (arci_item_counts(&x->kind) != ARCI_COUNTS_OPEN) return ARC_OK;
    arci_account_change *c = account_of(b, &x->v[S_CUSTOMER], &x->v[S_CURRENCY]);
    if (!c) return arci_nomem(b->t->env);
    arci_account_deal(c, &x->kind, amount->u.i, value(b, OF_ITEM, row, I_SEQ)->u.i, (arc_date)x->v[S_BUSINESS_DATE].u.i);
    return ARC_OK;
}

static arc_status receipt_made(rebuild *b, const arc_value *row)
{
    state *x;
    arc_status st = new_state(b, &b->receipts, value(b, OF_RECEIPT, row, R_RECEIPT)->u.i, &x);
    if (st != ARC_OK) return st;
    for (int c = 0; c <= R_METHOD; c++) x->v[c] = *value(b, OF_RECEIPT, row, c);
    x->v[R_UNAPPLIED] = *value(b, OF_RECEIPT, row, RC_AMOUNT);
    x->v[R_BASE] = *value(b, OF_RECEIPT, row, RC_BASE);
    return ARC_OK;
}

static void later(arc_value *v, int64_t day)
{
    if (v->type != ARC_V_INT || v->u.i < day) *v = arci_v_int(day);
}

/* `amount` leaves on a day, with its base amount. */
static void leave(state *x, int open, int base, int settled, int moved, int since, int64_t amount, int64_t base_amount, int64_t day)
{
    arc_value *v = x->v;
    x->moved = 1;
    v[open].u.i -= amount;
    if (v[base].type == ARC_V_INT) v[base].u.i -= base_amount;
    later(&v[moved], day);
    v[settled] = arci_v_null();
    if (!v[open].u.i) v[settled] = v[moved].u.i > v[since].u.i ? v[moved] : v[since];
}

static void item_moves(state *x, int64_t amount, int64_t base, int64_t day) { leave(x, S_OPEN, S_BASE_OPEN, S_SETTLED_ON, S_MOVED_ON, S_BUSINESS_DATE, amount, base, day); }

/* sign -1: of an item, 1: of the credit that settles it. */
static arc_status take_parts(rebuild *b, state *x, const arc_value *parts, int sign)
{
    arci_parts open, taken;
    char currency[4] = { 0 };
    if (parts->type != ARC_V_TEXT || x->v[S_PARTS].type != ARC_V_TEXT) return ARC_OK;
    memcpy(currency, x->v[S_CURRENCY].u.s, x->v[S_CURRENCY].len < 3 ? x->v[S_CURRENCY].len : 3);
    arc_status st = arci_parts_read(b->t->env, b->arena, &open, &x->v[S_PARTS], currency);
    if (st == ARC_OK) st = arci_parts_read(b->t->env, b->arena, &taken, parts, currency);
    if (st == ARC_OK) st = arci_parts_add(b->t->env, &open, &taken, sign);
    return st == ARC_OK ? arci_parts_print(b->t->env, b->arena, &x->v[S_PARTS], &open) : st;
}

static arc_status paid(rebuild *b, const state *item, const arc_value *row)
{
    const arc_value *days = value(b, OF_ALLOCATION, row, A_DAYS_LATE);
    if (days->type != ARC_V_INT) return ARC_OK;
    arci_account_change *c = account_of(b, &item->v[S_CUSTOMER], &item->v[S_CURRENCY]);
    if (!c) return arci_nomem(b->t->env);
    arci_conduct_pay(c->conduct, value(b, OF_ALLOCATION, row, A_AMOUNT)->u.i, days->u.i, value(b, OF_ALLOCATION, row, A_REVERSES)->type == ARC_V_INT ? -1 : 1);
    return ARC_OK;
}

static arc_status allocated(rebuild *b, const arc_value *row)
{
    const int k = OF_ALLOCATION;
    const int64_t amount = value(b, k, row, A_AMOUNT)->u.i, day = value(b, k, row, A_DATE)->u.i, opens = int_of(value(b, k, row, A_REOPENS));
    const int64_t given = int_of(value(b, k, row, A_DISCOUNT)) + int_of(value(b, k, row, A_WRITE_OFF)), credit_base = int_of(value(b, k, row, A_CREDIT_BASE));
    const arc_value *own = value(b, k, row, A_CREDIT_AMOUNT);
    state *item = find_state(&b->items, int_of(value(b, k, row, A_ITEM))), *credit = find_state(&b->items, int_of(value(b, k, row, A_CREDIT_ITEM)));
    state *receipt = find_state(&b->receipts, int_of(value(b, k, row, A_RECEIPT)));
    arc_status st = ARC_OK;
    if (item) {
        item_moves(item, amount + given, int_of(value(b, k, row, A_ITEM_BASE)), day);
        if (opens & OPENS_ITEM) item->v[S_EPISODE].u.i++;
        st = take_parts(b, item, value(b, k, row, A_PARTS), -1);
        if (st == ARC_OK) st = paid(b, item, row);
    }
    if (credit) {
        item_moves(credit, -amount, -credit_base, day);
        if (opens & OPENS_CREDIT) credit->v[S_EPISODE].u.i++;
        if (st == ARC_OK) st = take_parts(b, credit, value(b, k, row, A_CREDIT_PARTS), 1);
    }
    if (receipt) leave(receipt, R_UNAPPLIED, R_BASE, R_SETTLED_ON, R_MOVED_ON, R_POSTED, own->type == ARC_V_INT ? own->u.i : amount, credit_base, day);
    return st;
}

static void adjusted(rebuild *b, const arc_value *row)
{
    const int k = OF_ADJUSTMENT;
    const arc_value *amount = value(b, k, row, J_AMOUNT), *due = value(b, k, row, J_DUE), *kind = value(b, k, row, J_KIND);
    state *x = find_state(&b->items, int_of(value(b, k, row, J_ITEM)));
    if (!x) return;
    x->moved = 1;
    const arc_value moved_on = x->v[S_MOVED_ON];
    if (amount->type == ARC_V_INT) item_moves(x, -amount->u.i, -int_of(value(b, k, row, J_BASE)), value(b, k, row, J_DATE)->u.i);
    if (arci_item_counts(&x->v[S_KIND]) != ARCI_COUNTS_OPEN) x->v[S_MOVED_ON] = moved_on; /* plans do not keep it */
    if (due->type == ARC_V_INT) x->v[S_DUE_DATE] = *due;
    if (kind->type == ARC_V_TEXT) x->v[S_KIND] = *kind;
    if (is(value(b, k, row, J_CODE), "extension")) x->v[S_EPISODE].u.i++;
}

/* A document used something of a plan or an estimate, or gave it back. */
static void used(rebuild *b, const arc_value *row)
{
    const int k = OF_USE;
    state *x = find_state(&b->items, int_of(value(b, k, row, U_ITEM)));
    if (!x || !int_of(value(b, k, row, U_CONSUMES))) return;
    x->moved = 1;
    x->v[S_OPEN].u.i -= value(b, k, row, U_AMOUNT)->u.i;
    if (int_of(value(b, k, row, U_REOPENS))) x->v[S_EPISODE].u.i++;
}

static int64_t disputed(const rebuild *b, const arc_value *row) { return row && is(value(b, OF_DISPUTE, row, D_RESOLUTION), "open") ? int_of(value(b, OF_DISPUTE, row, D_AMOUNT)) : 0; }

static void dispute_moved(rebuild *b, const arci_replay_change *c)
{
    const int64_t more = disputed(b, c->now) - disputed(b, c->was);
    state *x = find_state(&b->items, int_of(value(b, OF_DISPUTE, c->now ? c->now : c->was, D_ITEM)));
    if (!x || !more) return;
    const int64_t sum = int_of(&x->v[S_DISPUTED]) + more;
    x->v[S_DISPUTED] = sum ? arci_v_int(sum) : arci_v_null();
    x->moved = 1;
}

/* receipts: rows of receipts by place of their state, read when a claim ends. */
static arc_status claimed(rebuild *b, const arc_value *row)
{
    const int k = OF_CLAIM;
    state *x = find_state(&b->receipts, int_of(value(b, k, row, C_RECEIPT)));
    const int ends = value(b, k, row, C_ENDS)->type == ARC_V_INT;
    if (!x) return ARC_OK;
    x->moved = 1;
    x->v[R_CUSTOMER] = ends ? arci_v_null() : *value(b, k, row, C_CUSTOMER);
    x->v[R_CLAIMED_ON] = ends ? arci_v_null() : *value(b, k, row, C_DATE);
    x->v[R_CLAIMED_BY] = ends ? arci_v_null() : *value(b, k, row, C_BY);
    for (int c = 0; c < 3 && !ends; c++) x->v[R_OWNER + c] = *value(b, k, row, C_OWNER + c);
    if (!ends) return ARC_OK;
    const arci_shape *shape;
    arc_value *own;
    arc_status st = arci_shape_get(b->t, &shape, "receipt", "owner team region");
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, x->id, b->arena, &own);
    if (st == ARC_OK) memcpy(&x->v[R_OWNER], own, 3 * sizeof *own);
    return st;
}

/* All of it went back; its allocations were undone before. */
static arc_status returned(rebuild *b, const arc_value *row)
{
    const int k = OF_ENTRY;
    state *x = is(value(b, k, row, E_PURPOSE), "return") && is(value(b, k, row, E_ENTITY), "receipt") ? find_state(&b->receipts, int_of(value(b, k, row, E_SOURCE))) : NULL;
    const arci_shape *shape;
    arc_value *amount;
    if (!x) return ARC_OK;
    arc_status st = arci_shape_get(b->t, &shape, "receipt", "amount");
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, x->id, b->arena, &amount);
    if (st != ARC_OK) return st;
    x->moved = x->back = 1;
    x->v[R_UNAPPLIED] = arci_v_int(0);
    if (x->v[R_BASE].type == ARC_V_INT) x->v[R_BASE] = arci_v_int(0);
    x->v[R_SETTLED_ON] = x->v[R_RETURNED_ON] = *value(b, k, row, E_DATE);
    x->v[R_RETURNED] = *amount;
    return ARC_OK;
}

static void level_changed(rebuild *b, const arc_value *row)
{
    state *x = find_state(&b->items, int_of(value(b, OF_LEVEL, row, V_ITEM)));
    if (!x) return;
    x->v[S_LEVEL] = *value(b, OF_LEVEL, row, V_LEVEL);
    x->moved = 1;
}

static arc_status move(rebuild *b, const arci_replay_change *c, int kind)
{
    if (kind == OF_DISPUTE) dispute_moved(b, c);
    if (kind == OF_DISPUTE || c->was || !c->now) return ARC_OK; /* the others are never changed */
    switch (kind) {
    case OF_ITEM: return item_made(b, c->now);
    case OF_RECEIPT: return receipt_made(b, c->now);
    case OF_ALLOCATION: return allocated(b, c->now);
    case OF_ADJUSTMENT: adjusted(b, c->now); return ARC_OK;
    case OF_USE: used(b, c->now); return ARC_OK;
    case OF_CLAIM: return claimed(b, c->now);
    case OF_LEVEL: level_changed(b, c->now); return ARC_OK;
    default: return ARC_OK; /* entries come last */
    }
}

/* ---- plans and estimates -------------------------------------------------------------------------------------------------------- */

/* The latest day of all that ever moved it. */
static arc_status latest_of(rebuild *b, const char *entity, int64_t item, int64_t *latest)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(b->t, &shape, entity, "item effective_date amount");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, item);
    st = arci_repo_find(b->t, shape, &w, NULL, 0, 0, b->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        if (int_of(&rows.values[3 * r + 2]) && rows.values[3 * r + 1].u.i > *latest) *latest = rows.values[3 * r + 1].u.i;
    }
    return st;
}

static arc_status settle_plan(rebuild *b, state *x)
{
    const arci_shape *shape;
    arc_value *v = x->v, *own;
    arc_status st = ARC_OK;
    int plan = arci_item_counts(&v[S_KIND]) != ARCI_COUNTS_OPEN;
    if (!plan && arci_item_counts(&x->kind) == ARCI_COUNTS_OPEN) return ARC_OK;
    int64_t latest = v[S_BUSINESS_DATE].u.i;
    v[S_SETTLED_ON] = arci_v_null();
    if (!v[S_OPEN].u.i) {
        st = latest_of(b, "invoice_item", x->id, &latest);
        if (st == ARC_OK) st = latest_of(b, "adjustment", x->id, &latest);
        v[S_SETTLED_ON] = arci_v_int(latest);
    }
    v[S_EXPECTED] = plan && v[S_OPEN].u.i ? arci_v_int(1) : arci_v_null();
    for (int c = S_CONTRACT; c <= S_DELIVERY; c++) v[c] = plan && v[S_OPEN].u.i ? v[c] : arci_v_null();
    if (st != ARC_OK || !plan || !v[S_OPEN].u.i || x->open || x->is_new) return st;
    st = arci_shape_get(b->t, &shape, "item", "contract sales_order delivery"); /* something of it is open again */
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, x->id, b->arena, &own);
    if (st == ARC_OK) memcpy(&v[S_CONTRACT], own, 3 * sizeof *own);
    return st;
}

/* ---- accounts --------------------------------------------------------------------------------------------------------------------- */

static arc_status item_account(rebuild *b, const state *x)
{
    const int before = x->is_new ? ARCI_COUNTS_NOT : arci_item_counts(&x->kind), after = arci_item_counts(&x->v[S_KIND]);
    const int64_t open = x->v[S_OPEN].u.i;
    const arc_value *due = &x->v[S_DUE_DATE];
    if (before == ARCI_COUNTS_NOT && after == ARCI_COUNTS_NOT) return ARC_OK;
    arci_account_change *c = account_of(b, &x->v[S_CUSTOMER], &x->v[S_CURRENCY]);
    if (!c) return arci_nomem(b->t->env);
    if (before == ARCI_COUNTS_ESTIMATED) arci_acc_add(&c->estimated, -x->open);
    if (after == ARCI_COUNTS_ESTIMATED) arci_acc_add(&c->estimated, open);
    if (before == ARCI_COUNTS_OPEN) arci_acc_add(&c->open, -x->open);
    if (before == ARCI_COUNTS_OPEN) c->n_open -= x->open != 0;
    if (before == ARCI_COUNTS_OPEN && x->open > 0) arci_account_due(&b->accounts, c, &x->due, -x->open);
    if (after != ARCI_COUNTS_OPEN) return ARC_OK;
    arci_acc_add(&c->open, open);
    c->n_open += open != 0;
    if (open > 0) arci_account_due(&b->accounts, c, due, open);
    if (open > 0 && due->type == ARC_V_INT && (c->oldest_due == ARC_DATE_NONE || due->u.i < c->oldest_due)) c->oldest_due = (arc_date)due->u.i;
    return ARC_OK;
}

static arc_status receipt_account(rebuild *b, const state *x)
{
    const arc_value *now = &x->v[R_CUSTOMER];
    const int other = !arci_value_equal(&x->customer, now);
    arci_account_change *c;
    if (x->customer.type == ARC_V_INT) {
        c = account_of(b, &x->customer, &x->v[R_CURRENCY]);
        if (!c) return arci_nomem(b->t->env);
        arci_acc_add(&c->unapplied, -x->open);
        if ((other || x->back) && x->v[R_VALUE_DATE].u.i > c->receipt_gone) c->receipt_gone = (arc_date)x->v[R_VALUE_DATE].u.i;
    }
    if (now->type != ARC_V_INT) return ARC_OK;
    c = account_of(b, now, &x->v[R_CURRENCY]);
    if (!c) return arci_nomem(b->t->env);
    arci_acc_add(&c->unapplied, x->v[R_UNAPPLIED].u.i);
    if (other && x->v[R_VALUE_DATE].u.i > c->last_receipt_on) c->last_receipt_on = (arc_date)x->v[R_VALUE_DATE].u.i; /* ARC_DATE_NONE is the smallest */
    return ARC_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------------------- */

/* One batch of those that are new, one of those that were there: all but the key. */
static arc_status write_states(rebuild *b, const states *s)
{
    const arci_shape *insert, *update;
    arci_batch *batch[2];
    uint32_t n[2] = { 0, 0 }, at[2] = { 0, 0 }, used_batches = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->list[i].moved) n[!s->list[i].is_new]++;
    }
    arc_status st = arci_shape_get(b->t, &insert, s->entity, s->fields);
    if (st == ARC_OK) st = arci_shape_of(b->t->env, b->arena, &update, insert->table, insert->cols + 1, (uint16_t)(insert->n - 1));
    if (st == ARC_OK) st = arci_batch_new(b->t, b->arena, &batch[0], insert, ARC_WRITE_INSERT, n[0], ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(b->t, b->arena, &batch[1], update, ARC_WRITE_UPDATE, n[1], ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < s->n; i++) {
        const state *x = &s->list[i];
        if (!x->moved) continue;
        if (x->is_new) {
            memcpy(arci_batch_row(batch[0], at[0]++), x->v, s->n_columns * sizeof *x->v);
            continue;
        }
        *arci_batch_key(batch[1], at[1]) = x->v[0];
        memcpy(arci_batch_row(batch[1], at[1]++), x->v + 1, (s->n_columns - 1u) * sizeof *x->v);
    }
    if (st != ARC_OK) return st;
    if (n[0]) used_batches++;
    if (n[1]) batch[used_batches++] = batch[1];
    return used_batches ? arci_repo_write(b->t, batch, used_batches, NULL) : ARC_OK;
}

/* An adjustment of what is open takes it back as a whole: it has no parts of its own. */
static arc_status empty_parts(rebuild *b, state *x)
{
    arci_parts open;
    char currency[4] = { 0 };
    if (x->v[S_OPEN].u.i || x->v[S_PARTS].type != ARC_V_TEXT) return ARC_OK;
    memcpy(currency, x->v[S_CURRENCY].u.s, x->v[S_CURRENCY].len < 3 ? x->v[S_CURRENCY].len : 3);
    arc_status st = arci_parts_read(b->t->env, b->arena, &open, &x->v[S_PARTS], currency);
    arci_parts_empty(&open);
    return st == ARC_OK ? arci_parts_print(b->t->env, b->arena, &x->v[S_PARTS], &open) : st;
}

static arc_status run(rebuild *b, const arci_replay_change *changes, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        int kind = kind_of(b, &changes[i]);
        if (kind < KINDS) st = touch_all(b, &changes[i], kind);
    }
    if (st == ARC_OK) st = read_states(b, &b->items, S_OPEN, S_KIND, S_CUSTOMER);
    if (st == ARC_OK) st = read_states(b, &b->receipts, R_UNAPPLIED, R_METHOD, R_CUSTOMER);
    for (int pass = 0; pass < 3; pass++) { /* documents, what moves them, what sends them back: events stand by document, not by time */
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            int kind = kind_of(b, &changes[i]), when = kind == OF_ITEM || kind == OF_RECEIPT ? 0 : kind == OF_ENTRY ? 2 : 1;
            if (kind == KINDS || when != pass) continue;
            st = kind == OF_ENTRY && changes[i].now && !changes[i].was ? returned(b, changes[i].now) : move(b, &changes[i], kind);
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < b->items.n; i++) {
        if (b->items.list[i].moved) st = settle_plan(b, &b->items.list[i]);
        if (st == ARC_OK && b->items.list[i].moved) st = empty_parts(b, &b->items.list[i]);
        if (st == ARC_OK && b->items.list[i].moved) st = item_account(b, &b->items.list[i]);
    }
    for (uint32_t i = 0; st == ARC_OK && i < b->receipts.n; i++) {
        if (b->receipts.list[i].moved) st = receipt_account(b, &b->receipts.list[i]);
    }
    if (st == ARC_OK) st = write_states(b, &b->items);
    if (st == ARC_OK) st = write_states(b, &b->receipts);
    return st == ARC_OK ? arci_accounts_write(b->t, &b->accounts) : st;
}

arc_status arci_ledger_rebuild(arci_txn *t, arci_arena *arena, const arci_replay_change *changes, uint32_t n)
{
    rebuild b = { .t = t, .arena = arena, .items = { .entity = "item_state", .fields = item_state_fields, .n_columns = S_COLUMNS },
                  .receipts = { .entity = "receipt_state", .fields = receipt_state_fields, .n_columns = R_COLUMNS } };
    know_columns(&b);
    arci_map_init(&b.items.index, t->book->ctx);
    arci_map_init(&b.receipts.index, t->book->ctx);
    arci_accounts_init(&b.accounts, t->book->ctx);
    arc_status st = run(&b, changes, n);
    arci_accounts_clear(&b.accounts);
    arci_map_clear(&b.receipts.index);
    arci_map_clear(&b.items.index);
    return st;
}
