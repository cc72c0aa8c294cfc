/* SPDX-License-Identifier: Apache-2.0 */
/* Aging: folds open items, and what was settled since, to a business date; buckets per customer and currency. */
#include "arcore/aging.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/handle.h"
#include "ledger/aging.h"
#include "ledger/returns.h"
#include "store/access.h"
#include "store/scout.h"
#include "value/currency.h"

#define AT_ONCE 200u

static const int32_t default_edges[] = { 1, 31, 61, 91 };

/* By ARC_AGING_BY_*. */
const arci_aging_by arci_agings_by[] = {
    { "customer", "code legal_name", NULL },  { "user_account", "code name", NULL }, { "org_unit", "code name", NULL },
    { "org_unit", "code name", NULL },        { "customer_group", "code name", "customer_group" }, { "project", "code name", "project" },
    { "org_unit", "code name", "department" }, { "org_unit", "code name", "business_line" }, { "contract", "number name", "contract" },
};
enum { N_BY = sizeof arci_agings_by / sizeof *arci_agings_by };

arc_status arc_aging_options_init(arc_aging_options *options)
{
    static const arc_aging_options init = ARC_AGING_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

/* Sums do not depend on the order of rows: none is asked for, so that a store reads the index that holds what is open. */
static arc_status scan_any_order(arci_aging_run *run, const arci_shape *shape, const arci_where *where, arci_scan **out)
{
    arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = shape->n, .conds = where->conds, .n_conds = where->n };
    *out = NULL;
    if (where->failed) return arci_fail(run->env, ARC_E_INTERNAL, "a condition names no column", "条件引用了不存在的列");
    return arci_scan_open(run->t, out, &spec);
}

/* ---- what came after the date: open amounts as they were ---------------------------------------------------------------- */

/* Adds `amount` to what an id is to get back. */
static arc_status give_back(arci_env *env, arci_map *m, const arc_value *id, int64_t amount)
{
    int64_t *sum;
    if (id->type != ARC_V_INT || !amount) return ARC_OK;
    if (arci_map_put(m, &id->u.i, sizeof id->u.i, &sum) < 0) return arci_nomem(env);
    if (arci_add64(*sum, amount, sum)) return arci_fail(env, ARC_E_OVERFLOW, "a sum of allocations is too large", "核销合计超出范围");
    return ARC_OK;
}

static const char allocation_fields[] = "item receipt credit_item amount discount write_off effective_date credit_amount";
enum { ITEM, RECEIPT, CREDIT_ITEM, AMOUNT, DISCOUNT, WRITE_OFF, DATE, CREDIT_AMOUNT };

/* What an allocation took goes back to both sides. */
static arc_status undo_allocation(arci_aging_run *run, const arc_value *v)
{
    int64_t taken = v[AMOUNT].u.i;
    arc_status st = give_back(run->env, &run->items, &v[ITEM], taken + v[DISCOUNT].u.i + v[WRITE_OFF].u.i);
    if (st == ARC_OK) st = give_back(run->env, &run->receipts, &v[RECEIPT], v[CREDIT_AMOUNT].type == ARC_V_INT ? v[CREDIT_AMOUNT].u.i : taken);
    return st == ARC_OK ? give_back(run->env, &run->items, &v[CREDIT_ITEM], -taken) : st;
}

static const char adjustment_fields[] = "item effective_date amount due_date old_due_date id kind";
static const char use_fields[] = "item effective_date amount consumes";

static arc_status undo_adjustment(arci_aging_run *run, const arc_value *v)
{
    int64_t *was;
    arc_status st = v[2].type == ARC_V_INT ? give_back(run->env, &run->items, &v[0], -v[2].u.i) : ARC_OK;
    if (st == ARC_OK && v[6].type == ARC_V_TEXT && arci_map_put(&run->plans, &v[0].u.i, sizeof v[0].u.i, &was) < 0) st = arci_nomem(run->env);
    if (st != ARC_OK || (v[3].type == ARC_V_NULL && v[4].type == ARC_V_NULL)) return st;
    int32_t made = arci_map_put(&run->dues, &v[0].u.i, sizeof v[0].u.i, &was);
    if (made < 0) return arci_nomem(run->env);
    if (made) *was = v[4].type == ARC_V_INT ? v[4].u.i : ARC_DATE_NONE;
    return ARC_OK;
}

/* What a document consumed of an estimate was still there. */
static arc_status undo_use(arci_aging_run *run, const arc_value *v) { return v[3].u.i ? give_back(run->env, &run->items, &v[0], v[2].u.i) : ARC_OK; }

typedef struct unknown_row {
    const arc_value *v;
    int64_t date, id;
} unknown_row;

static int in_time(const void *x, const void *y)
{
    const unknown_row *a = x, *b = y;
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Rows of the time up to the date that were not known then, in time. */
static arc_status fold_unknown(arci_aging_run *run, const char *entity, const char *fields, uint32_t date_at, arc_status (*undo)(arci_aging_run *run, const arc_value *v))
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids;
    uint32_t n, kept = 0;
    arc_status st = arci_shape_get(run->t, &shape, entity, fields);
    if (st == ARC_OK) st = arci_known_missing(run->t, &run->known, shape->table->entity->id, &run->arena, &ids, &n);
    if (st != ARC_OK || !n) return st;
    st = arci_repo_get_many(run->t, shape, ids, n, &run->arena, &rows, &found);
    unknown_row *list = st == ARC_OK ? arci_arena_alloc(&run->arena, n * sizeof *list) : NULL;
    if (st == ARC_OK && !list) return arci_nomem(run->env);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        const unknown_row one = { v, v[date_at].u.i, ids[i] };
        if (found[i] && one.date <= run->as_of) list[kept++] = one;
    }
    if (kept) qsort(list, kept, sizeof *list, in_time);
    for (uint32_t i = 0; st == ARC_OK && i < kept; i++) st = undo(run, list[i].v);
    return st;
}

/* Receipts that went back by the date, which was not known: they were still here. */
static arc_status fold_returns(arci_aging_run *run)
{
    const arci_shape *states;
    arci_return *list;
    arc_value *state;
    uint32_t n;
    arc_status st = arci_returns_unknown(run->t, &run->arena, &run->known, &list, &n);
    if (st == ARC_OK && n) st = arci_shape_get(run->t, &states, "receipt_state", "returned");
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value id = arci_v_int(list[i].receipt);
        if (list[i].on > run->as_of) continue;
        st = arci_repo_get(run->t, states, id.u.i, &run->arena, &state);
        if (st == ARC_OK && state[0].type == ARC_V_INT) st = give_back(run->env, &run->receipts, &id, state[0].u.i);
    }
    return st;
}

/* Reads the allocations effective after the date: what they took from an item or a receipt was still there on the date. */
static arc_status fold_back(arci_aging_run *run)
{
    const arci_shape *shape;
    arci_where where;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(run->t, &shape, "allocation", allocation_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&where);
    arci_where_int(&where, shape->cols[DATE], ARC_OP_GT, run->as_of);
    st = scan_any_order(run, shape, &where, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t r = 0; st == ARC_OK && r < block.n_rows; r++) {
            st = undo_allocation(run, block.values + (size_t)r * block.n_cols);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Adjustments (or uses) effective after the date: their amounts go back; the due date was the one the first of them changed. */
static arc_status fold_moves(arci_aging_run *run, const char *entity, const char *fields, arc_status (*undo)(arci_aging_run *run, const arc_value *v))
{
    const arci_shape *shape;
    arci_where where;
    arci_rows rows;
    arc_status st = arci_shape_get(run->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&where);
    arci_where_int(&where, shape->cols[1], ARC_OP_GT, run->as_of);
    const arc_order in_time[2] = { { shape->cols[1], 0 }, { arci_col(shape->table->entity, "id"), 0 } };
    st = arci_repo_find(run->t, shape, &where, in_time, 2, 0, &run->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) st = undo(run, rows.values + (size_t)i * rows.n_cols);
    return st;
}

/* ---- accumulation --------------------------------------------------------------------------------------------------------- */

static arci_aging_line *new_line(arci_aging_run *run, int64_t customer, const char *currency)
{
    arci_aging_line *line = arci_arena_calloc(&run->arena, 1, sizeof *line + (run->n_buckets + 1) * sizeof(arci_acc));
    if (!line) return NULL;
    line->customer = customer;
    memcpy(line->currency, currency, 3);
    line->next = run->first;
    run->first = line;
    run->n_lines++;
    return line;
}

/* Rows of a customer come together, in a few currencies. */
arci_acc *arci_aging_sums(arci_aging_run *run, int64_t customer, const arc_value *currency, uint32_t **n_items)
{
    arci_aging_line *line = NULL;
    for (uint32_t i = 0; i < ARCI_AGING_RECENT; i++) {
        line = run->recent[i];
        if (line && line->customer == customer && memcmp(line->currency, currency->u.s, 3) == 0) break;
        line = NULL;
    }
    if (!line) {
        char key[12] = { 0 };
        int64_t *at;
        memcpy(key, &customer, 8);
        memcpy(key + 8, currency->u.s, 3);
        int32_t made = arci_map_put(&run->lines, key, sizeof key, &at);
        if (made < 0) return NULL;
        line = made ? new_line(run, customer, currency->u.s) : (arci_aging_line *)(intptr_t)*at;
        if (!line) return NULL; /* no memory, now or in an earlier try */
        *at = (int64_t)(intptr_t)line;
        run->recent[run->oldest++ % ARCI_AGING_RECENT] = line;
    }
    *n_items = &line->n_items;
    return line->sums;
}

static uint32_t bucket_of(const arci_aging_run *run, int64_t age)
{
    uint32_t b = 0;
    while (b < run->n_buckets - 1 && age >= run->edges[b]) b++;
    return b;
}

/* Columns of an item's state: what a row has to be read for decides what it costs. FROM is the day it is aged from, by basis; the id and who owns it come where they are asked for. */
enum { I_CUSTOMER, I_CURRENCY, I_KIND, I_OPEN, I_FROM, I_MORE };
#define OF_ITEMS "customer currency kind open "
#define ALSO_BY(columns) { (columns), (columns " owner"), (columns " team"), (columns " region") }
static const char *const item_columns[][2][4] = {
    { ALSO_BY(OF_ITEMS "due_date"), ALSO_BY(OF_ITEMS "due_date item") },
    { ALSO_BY(OF_ITEMS "business_date"), ALSO_BY(OF_ITEMS "business_date item") },
};
/* Of receipts; the first of each pair is all that an open one needs, and stands in the index of open ones. */
enum { R_CUSTOMER, R_CURRENCY, R_LEFT, R_CLAIMED_ON, R_RECEIPT, R_MORE, R_RETURNED_ON = R_MORE, R_RETURNED, R_MOST };
#define OF_RECEIPTS "customer currency unapplied claimed_on receipt"
static const char *const receipt_columns[2][4] = { ALSO_BY(OF_RECEIPTS), ALSO_BY(OF_RECEIPTS " returned_on returned") };

typedef struct passing {
    const char *entity, *columns, *date, *left; /* of the states */
    uint32_t id_at, owner_at; /* places of columns; id_at 0: not read */
    int with_returns;
    arc_status (*add)(arci_aging_run *run, const struct passing *p, const arc_value *v, int64_t key);
} passing;

static int by_owner(const arci_aging_run *run) { return run->by >= ARC_AGING_BY_OWNER && run->by <= ARC_AGING_BY_REGION; }

static int64_t then(const arci_map *later, const arc_value *id, int64_t now)
{
    const int64_t *back = later->n ? arci_map_get(later, &id->u.i, sizeof id->u.i) : NULL;
    return now + (back ? *back : 0); /* |both| are bounded by ARC_MONEY_MAX sums that verify proves */
}

static int is_kind(const arc_value *v, const char *kind) { return v->len == strlen(kind) && memcmp(v->u.s, kind, v->len) == 0; }

/* The day an item is aged from, as it held on the date. */
static arc_value from_then(const arci_aging_run *run, const passing *p, const arc_value *v)
{
    const int64_t *was = run->dues.n && run->basis == ARC_AGE_BY_DUE_DATE ? arci_map_get(&run->dues, &v[p->id_at].u.i, sizeof v->u.i) : NULL;
    return !was ? v[I_FROM] : *was == ARC_DATE_NONE ? arci_v_null() : arci_v_int(*was);
}

static arc_status add_item(arci_aging_run *run, const passing *p, const arc_value *v, int64_t key)
{
    /* A plan is a forecast: it is not aged before it becomes a claim. */
    if (is_kind(&v[I_KIND], "planned") || (is_kind(&v[I_KIND], "estimated") && !(run->flags & ARC_AGING_ESTIMATED))) return ARC_OK;
    if (run->known_at && !arci_known_has(&run->known, ARC_ITEM, v[p->id_at].u.i)) return ARC_OK;
    if (run->plans.n && arci_map_get(&run->plans, &v[p->id_at].u.i, sizeof v->u.i)) return ARC_OK;
    int64_t open = then(&run->items, &v[p->id_at], v[I_OPEN].u.i);
    if (!open) return ARC_OK;
    uint32_t *n_items;
    arci_acc *sums = arci_aging_sums(run, key, &v[I_CURRENCY], &n_items);
    if (!sums) return arci_nomem(run->env);
    /* Without a due date (its trigger has not happened) an item is not due, whatever its age. */
    const arc_value from = from_then(run, p, v);
    uint32_t b = from.type == ARC_V_INT ? bucket_of(run, (int64_t)run->as_of - from.u.i) : 0;
    arci_acc_add(&sums[b], open);
    ++*n_items;
    return ARC_OK;
}

static arc_status add_receipt(arci_aging_run *run, const passing *p, const arc_value *v, int64_t key)
{
    if (v[R_CUSTOMER].type != ARC_V_INT) return ARC_OK; /* nobody's yet */
    if (run->past.n && !run->in_past && arci_map_get(&run->past, &v[R_RECEIPT].u.i, sizeof v[R_RECEIPT].u.i)) return ARC_OK;
    if (run->known_at && !arci_known_has(&run->known, ARC_RECEIPT, v[R_RECEIPT].u.i)) return ARC_OK;
    if (v[R_CLAIMED_ON].type == ARC_V_INT && v[R_CLAIMED_ON].u.i > run->as_of) return ARC_OK; /* nobody's then */
    int64_t left = then(&run->receipts, &v[R_RECEIPT], v[R_LEFT].u.i);
    if (p->with_returns && v[R_RETURNED_ON].type == ARC_V_INT && v[R_RETURNED_ON].u.i > run->as_of && v[R_RETURNED].type == ARC_V_INT) {
        left += v[R_RETURNED].u.i; /* it was still here */
    }
    if (!left) return ARC_OK;
    uint32_t *n_items;
    arci_acc *sums = arci_aging_sums(run, key, &v[R_CURRENCY], &n_items);
    if (!sums) return arci_nomem(run->env);
    arci_acc_add(&sums[run->n_buckets], left);
    return ARC_OK;
}

arc_status arci_aging_cut(arci_aging_run *run, const arci_entity *e, arci_where *where)
{
    arc_cond *own;
    arc_status st = arci_scope_cond(run->t, &run->arena, e, arci_access_scope(run->t->session, &arci_verbs[ARCI_DO_READ], e), &own);
    if (st != ARC_OK || !own) return st;
    if (where->n == ARCI_WHERE_MAX) where->failed = 1;
    else where->conds[where->n++] = *own;
    return ARC_OK;
}

/* What a pass reads: open rows; rows settled after the date (closed today, and not then); some that were settled by it as we know now. */
enum { OPEN, SETTLED, SETTLED_BY_THEN };

typedef struct some_ids {
    const arc_value *ids; /* SETTLED_BY_THEN */
    uint32_t n;
} some_ids;

static void choose(const arci_aging_run *run, arci_where *where, const arci_entity *e, const passing *p, int which, const some_ids *some)
{
    uint16_t settled_on = arci_col(e, "settled_on");
    if (which == SETTLED) arci_where_int(where, settled_on, ARC_OP_GT, run->as_of);
    else arci_where_int(where, arci_col(e, p->left), which == OPEN ? ARC_OP_NE : ARC_OP_EQ, 0);
    arci_where_int(where, arci_col(e, p->date), ARC_OP_LE, run->as_of);
    if (which != SETTLED_BY_THEN) return;
    arci_where_int(where, settled_on, ARC_OP_LE, run->as_of);
    arci_where_in(where, arci_col(e, p->add == add_item ? "item" : "receipt"), some->ids, some->n);
}

/* What the rows of a block stand for, where another row has to say: keys[i], 0 = nobody. */
static arc_status look_up(arci_aging_run *run, const passing *p, const arc_block *block, const int64_t **out)
{
    const int of_customer = run->by == ARC_AGING_BY_GROUP, of_item = p->add == add_item;
    const char *entity = of_customer ? "customer" : of_item ? "item" : "receipt";
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    arci_arena_reset(&run->work);
    int64_t *ids = arci_arena_alloc(&run->work, block->n_rows * sizeof *ids), *keys = arci_arena_calloc(&run->work, block->n_rows, sizeof *keys);
    if (!ids || !keys) return arci_nomem(run->env);
    for (uint32_t r = 0; r < block->n_rows; r++) {
        const arc_value *id = &block->values[(size_t)r * block->n_cols + (of_customer ? (uint32_t)I_CUSTOMER : p->id_at)];
        ids[r] = id->type == ARC_V_INT ? id->u.i : 0;
        if (of_customer) ids[r] = arci_merged_root(&run->merged, ids[r]);
    }
    arc_status st = arci_shape_get(run->t, &shape, entity, arci_agings_by[run->by].document_column);
    if (st == ARC_OK) st = arci_repo_get_many(run->t, shape, ids, block->n_rows, &run->work, &values, &found);
    for (uint32_t r = 0; st == ARC_OK && r < block->n_rows; r++) {
        if (found[r] && values[r].type == ARC_V_INT) keys[r] = values[r].u.i;
    }
    *out = keys;
    return st;
}

/* Open items by contract: those of a document over several are divided. */
static arc_status take_contracts(arci_aging_run *run, const passing *p, const arc_block *block)
{
    arci_aging_contracts of;
    arc_value row[I_MORE + 2];
    arci_arena_reset(&run->work);
    arc_status st = arci_aging_contracts_read(run, block, p->id_at, &of);
    for (uint32_t r = 0; st == ARC_OK && r < block->n_rows; r++) {
        const arc_value *v = block->values + (size_t)r * block->n_cols;
        const arci_shared *d = of.shared[r];
        const int64_t open = then(&run->items, &v[p->id_at], v[I_OPEN].u.i);
        if (!d) st = p->add(run, p, v, of.contracts[r]);
        for (uint32_t k = 0; d && k < d->n_shares && st == ARC_OK; k++) {
            memcpy(row, v, block->n_cols * sizeof *row);
            row[I_OPEN] = arci_v_int(arci_shared_open(d, k, v[p->id_at].u.i, open) - (open - v[I_OPEN].u.i)); /* what is given back is added again */
            st = p->add(run, p, row, d->shares[k].contract);
        }
    }
    return st;
}

static arc_status take_block(arci_aging_run *run, const passing *p, const arc_block *block)
{
    const int64_t *keys = NULL;
    if (run->by == ARC_AGING_BY_CONTRACT) {
        if (p->add == add_item) return take_contracts(run, p, block);
        arc_status none = ARC_OK; /* receipts are of none */
        for (uint32_t r = 0; none == ARC_OK && r < block->n_rows; r++) none = p->add(run, p, block->values + (size_t)r * block->n_cols, 0);
        return none;
    }
    const uint32_t at = by_owner(run) ? p->owner_at : (uint32_t)I_CUSTOMER;
    arc_status st = arci_agings_by[run->by].document_column && block->n_rows ? look_up(run, p, block, &keys) : ARC_OK;
    const arc_value *v = block->values;
    for (uint32_t r = 0; st == ARC_OK && r < block->n_rows; r++, v += block->n_cols) {
        int64_t key = keys ? keys[r] : v[at].type == ARC_V_INT ? v[at].u.i : 0;
        st = p->add(run, p, v, run->by == ARC_AGING_BY_CUSTOMER ? arci_merged_root(&run->merged, key) : key);
    }
    return st;
}

static arc_status pass(arci_aging_run *run, const passing *p, int which, const some_ids *some)
{
    const arci_shape *shape;
    arci_where where;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(run->t, &shape, p->entity, p->columns);
    if (st != ARC_OK) return st;
    const arci_entity *e = shape->table->entity;
    arci_where_init(&where);
    choose(run, &where, e, p, which, some);
    if (run->customer) st = arci_merged_where(run->env, &run->arena, &run->merged, &where, arci_col(e, "customer"), run->customer);
    if (st != ARC_OK) return st;
    if (run->currency[0]) arci_where_text(&where, arci_col(e, "currency"), ARC_OP_EQ, run->currency, 3);
    st = arci_aging_cut(run, e, &where);
    int grouped = 0;
    if (st == ARC_OK && which == OPEN) st = arci_aging_grouped(run, p->entity, &where, &grouped);
    if (st == ARC_OK && !grouped) st = scan_any_order(run, shape, &where, &scan);
    if (st != ARC_OK || grouped) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        st = take_block(run, p, &block);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static uint32_t owner_column(const arci_aging_run *run) { return by_owner(run) ? (uint32_t)(run->by - ARC_AGING_BY_OWNER) + 1 : 0; }

static arc_status item_pass(arci_aging_run *run, int which, const some_ids *some)
{
    /* The id is asked for where something is known of single items, or the item itself has to say what it stands for. */
    const uint32_t id = run->items.n || run->dues.n || run->plans.n || run->known_at || (arci_agings_by[run->by].document_column && run->by != ARC_AGING_BY_GROUP) ? 1u : 0u;
    const passing p = { "item_state", item_columns[run->basis][id][owner_column(run)], "business_date", "open", id ? I_MORE : 0, I_MORE + id, 0, add_item };
    return pass(run, &p, which, some);
}

static passing passing_of_receipts(const arci_aging_run *run, int more)
{
    const passing p = { "receipt_state", receipt_columns[more][owner_column(run)], "posting_date", "unapplied", R_RECEIPT, more ? R_MOST : R_MORE, more, add_receipt };
    return p;
}

static arc_status receipt_pass(arci_aging_run *run, int which, const some_ids *some)
{
    const passing p = passing_of_receipts(run, which != OPEN); /* of one that went back nothing is open */
    return pass(run, &p, which, some);
}

static arc_status take_past(arci_aging_run *run, const arc_block *block)
{
    const passing p = passing_of_receipts(run, 1);
    run->in_past = 1;
    arc_status st = take_block(run, &p, block);
    run->in_past = 0;
    return st;
}

/* Rows that get something back and that neither pass met: settled by the date, by allocations nobody knew of. */
static arc_status settled_by_then(arci_aging_run *run, const arci_map *later, arc_status (*read)(arci_aging_run *run, int which, const some_ids *some))
{
    arc_value ids[AT_ONCE];
    arc_status st = ARC_OK;
    uint32_t n = 0;
    for (uint32_t i = 0; st == ARC_OK && i < later->n; i++) {
        int64_t id;
        memcpy(&id, later->entries[i].key, sizeof id);
        ids[n++] = arci_v_int(id);
        if (n < AT_ONCE && i + 1 < later->n) continue;
        const some_ids some = { ids, n };
        st = read(run, SETTLED_BY_THEN, &some);
        n = 0;
    }
    return st;
}

static arc_status fold(arci_aging_run *run)
{
    arc_status st = run->known_at ? arci_known_read(run->t, &run->known, run->known_at) : ARC_OK;
    if (st == ARC_OK) st = arci_merged_read(run->t, &run->arena, &run->merged, run->as_of, run->known_at ? &run->known : NULL);
    if (run->customer) run->customer = arci_merged_root(&run->merged, run->customer);
    if (st == ARC_OK) st = fold_back(run);
    int estimated = (run->flags & ARC_AGING_ESTIMATED) != 0; /* nothing else is consumed */
    if (st == ARC_OK && run->known_at) st = fold_unknown(run, "adjustment", adjustment_fields, 1, undo_adjustment); /* before those behind the date: what the first one changed held */
    if (st == ARC_OK) st = fold_moves(run, "adjustment", adjustment_fields, undo_adjustment);
    if (st == ARC_OK && estimated) st = fold_moves(run, "invoice_item", use_fields, undo_use);
    if (st == ARC_OK && run->known_at) st = fold_unknown(run, "allocation", allocation_fields, DATE, undo_allocation);
    if (st == ARC_OK && run->known_at) st = fold_returns(run);
    if (st == ARC_OK && run->known_at && estimated) st = fold_unknown(run, "invoice_item", use_fields, 1, undo_use);
    if (st == ARC_OK) st = arci_aging_past_claims(run, receipt_columns[1][owner_column(run)], take_past);
    for (int which = OPEN; st == ARC_OK && which <= SETTLED; which++) {
        st = item_pass(run, which, NULL);
        if (st == ARC_OK) st = receipt_pass(run, which, NULL);
    }
    if (st == ARC_OK && run->known_at) st = settled_by_then(run, &run->items, item_pass);
    return st == ARC_OK && run->known_at ? settled_by_then(run, &run->receipts, receipt_pass) : st;
}

/* ---- the call ----------------------------------------------------------------------------------------------------------------- */

static arc_status invalid(arci_env *env, const char *field)
{
    arc_status st = arci_fail(env, ARC_E_INVALID, "%s is not one the aging knows", "账龄参数 %s 无效", field);
    arci_fail_at(env, NULL, field, 0, -1);
    return st;
}

static arc_status check(arci_env *env, arci_aging_run *run, const arc_aging_options *o, const arci_session *s)
{
    run->edges = o->edges ? o->edges : default_edges;
    uint32_t n = o->edges ? o->n_edges : 4;
    if (n > ARC_AGING_MAX_EDGES || (!o->edges && o->n_edges)) return invalid(env, "edges");
    for (uint32_t i = 1; i < n; i++) {
        if (run->edges[i] > run->edges[i - 1]) continue;
        arc_status st = arci_fail(env, ARC_E_INVALID, "edges must ascend: %d stands behind %d", "edges 须递增：%d 在 %d 之后", run->edges[i], run->edges[i - 1]);
        arci_fail_at(env, NULL, "edges", 0, -1);
        return st;
    }
    if (o->flags & ~ARC_AGING_ESTIMATED) return invalid(env, "flags");
    if (o->by < 0 || o->by >= N_BY) return invalid(env, "by");
    if (o->basis != ARC_AGE_BY_DUE_DATE && o->basis != ARC_AGE_BY_DOCUMENT_DATE) return invalid(env, "basis");
    run->n_buckets = n + 1;
    run->basis = o->basis;
    run->by = o->by;
    run->flags = o->flags;
    run->as_of = o->as_of == ARC_DATE_NONE ? s->business_date : o->as_of;
    if (run->as_of < ARC_DATE_MIN || run->as_of > ARC_DATE_MAX) {
        return arci_fail(env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date",
                         "日期超出范围，或会话未设置业务日期");
    }
    run->customer = o->customer;
    run->known_at = o->known_at;
    if (o->known_at < 0) return invalid(env, "known_at");
    memcpy(run->currency, o->currency, 3);
    if (run->currency[0] && !arci_currency_find(run->currency)) {
        return arci_fail(env, ARC_E_CURRENCY, "unknown currency", "未知币种");
    }
    return ARC_OK;
}

/* Sums show what they are made of. */
static arc_status may_age(arci_session *s, int32_t by)
{
    static const char *const entities[] = { "item_state", "receipt_state" }, *const amounts[] = { "open", "unapplied" };
    arc_status st = ARC_OK;
    for (int i = 0; i < 2 && st == ARC_OK; i++) {
        const arci_entity *e = arci_entity_by_name(entities[i], strlen(entities[i]));
        st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
        if (st == ARC_OK) st = arci_access_field(&s->env, s, e, arci_entity_field(e, amounts[i], strlen(amounts[i])));
    }
    const char *column = arci_agings_by[by].document_column;
    const arci_entity *of = arci_entity_by_name(by == ARC_AGING_BY_GROUP ? "customer" : "item", by == ARC_AGING_BY_GROUP ? 8 : 4);
    if (st == ARC_OK && column) st = arci_access_field(&s->env, s, of, arci_entity_field(of, column, strlen(column)));
    return st;
}

typedef struct folding {
    const arci_aging_run *asked;
    arci_aging_run run;
} folding;

static arc_status fold_afresh(void *user)
{
    folding *f = user;
    arci_aging_close(&f->run);
    f->run = *f->asked;
    f->run.env = f->run.t->env;
    arci_aging_open(&f->run);
    return fold(&f->run);
}

static arc_status compute(arci_session *s, arc_aging **out, const arc_aging_options *o)
{
    arci_aging_run asked;
    memset(&asked, 0, sizeof asked);
    arc_status st = check(&s->env, &asked, o, s);
    if (st == ARC_OK) st = may_age(s, asked.by);
    if (st != ARC_OK) return st;
    arci_scope scope;
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    asked.t = scope.txn;
    asked.env = asked.t->env;
    folding f = { &asked, asked };
    arci_aging_open(&f.run);
    /* Of a day gone by the questions hang on what came after it. */
    const int today = s->business_date != ARC_DATE_NONE && asked.as_of >= s->business_date && !asked.known_at;
    st = today ? arci_scout(asked.t, fold_afresh, &f) : fold_afresh(&f);
    if (st == ARC_OK) st = arci_aging_result(&f.run, out);
    arci_aging_close(&f.run);
    return arci_scope_end(&scope, st);
}

arc_status arc_aging_compute(arc_session *session, arc_aging **out, const arc_aging_options *options)
{
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    st = out ? arci_struct_in(&s->env, &o, sizeof o, options)
             : arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "输出参数为空");
    if (st == ARC_OK) st = compute(s, out, &o);
    return arci_session_leave(s, st);
}
