/* SPDX-License-Identifier: Apache-2.0 */
/* Observations: facts as of a day, from nothing dated behind it; outcomes from what fell due in the window behind that day, as it stood at its end. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "credit/calibrate.h"
#include "ledger/items.h"
#include "store/access.h"
#include "store/computed.h"

#define AT_ONCE 300u

#define FACT(name) "{\"id\":\"" name "\",\"field\":\"" name "\",\"type\":\"integer\"}"
const char arci_outcome_inputs[] = FACT("items") "," FACT("late_items") "," FACT("worst_late") "," FACT("late_over_15") "," FACT("late_over_30") "," FACT("late_over_60") "," FACT("late_over_90") ","
                                   FACT("unpaid") ",{\"id\":\"late_share\",\"field\":\"late_share\",\"type\":\"decimal\",\"scale\":4}";

enum { I_ID, I_CUSTOMER, I_KIND, I_AMOUNT, I_DUE };
static const char item_fields[] = "id customer kind amount due_date";
enum { A_ITEM, A_DATE, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_DAYS };
static const char allocation_fields[] = "item effective_date amount discount write_off days_late";

typedef struct due_item {
    int64_t id, amount, open;
    uint32_t of; /* place of the customer */
    arc_date due, settled;
    int64_t late; /* days of its latest payment; INT64_MIN: none */
} due_item;

typedef struct outcome {
    int64_t items, late, worst, over[4], unpaid;
    arci_acc amount, late_amount;
} outcome;

typedef struct block {
    arci_calibration *c;
    arci_arena arena;
    const int64_t *ids;
    uint32_t n;
    arc_date day, end;
    due_item *items;
    int64_t *item_ids;
    uint32_t n_items, cap;
} block;

static arc_status take_item(void *user, const arc_value *v)
{
    block *b = user;
    const uint32_t of = arci_id_place(b->ids, b->n, v[I_CUSTOMER].u.i);
    if (of == UINT32_MAX || v[I_AMOUNT].u.i <= 0 || v[I_DUE].type != ARC_V_INT || v[I_DUE].u.i <= b->day || v[I_DUE].u.i > b->end || arci_item_counts(&v[I_KIND]) != ARCI_COUNTS_OPEN) return ARC_OK;
    if (b->n_items == b->cap) {
        const uint32_t cap = b->cap ? b->cap * 2 : 128;
        due_item *grown = arci_arena_alloc(&b->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(b->c->t->env);
        if (b->n_items) memcpy(grown, b->items, b->n_items * sizeof *grown);
        b->items = grown;
        b->cap = cap;
    }
    b->items[b->n_items++] = (due_item){ .id = v[I_ID].u.i, .amount = v[I_AMOUNT].u.i, .open = v[I_AMOUNT].u.i, .of = of, .due = (arc_date)v[I_DUE].u.i, .settled = ARC_DATE_NONE, .late = INT64_MIN };
    return ARC_OK;
}

static arc_status take_allocation(void *user, const arc_value *v)
{
    block *b = user;
    const uint32_t at = arci_id_place(b->item_ids, b->n_items, v[A_ITEM].u.i);
    if (at == UINT32_MAX || v[A_DATE].u.i > b->end) return ARC_OK;
    due_item *x = &b->items[at];
    x->open -= v[A_AMOUNT].u.i + v[A_DISCOUNT].u.i + v[A_WRITE_OFF].u.i;
    if (v[A_DATE].u.i > x->settled) x->settled = (arc_date)v[A_DATE].u.i;
    if (v[A_DAYS].type == ARC_V_INT && v[A_DAYS].u.i > x->late) x->late = v[A_DAYS].u.i;
    return ARC_OK;
}

static int by_id(const void *x, const void *y)
{
    const due_item *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static arc_status read_outcomes(block *b, outcome *out)
{
    static const int64_t bounds[4] = { 15, 30, 60, 90 };
    const arci_shape *items, *allocations;
    arci_txn *t = b->c->t;
    arc_status st = arci_shape_get(t, &items, "item", item_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &allocations, "allocation", allocation_fields);
    if (st == ARC_OK) st = arci_find_in(t, &b->arena, items, items->cols[I_CUSTOMER], b->ids, b->n, NULL, NULL, 0, take_item, b);
    if (st != ARC_OK || !b->n_items) return st;
    qsort(b->items, b->n_items, sizeof *b->items, by_id);
    b->item_ids = arci_arena_alloc(&b->arena, b->n_items * sizeof *b->item_ids);
    if (!b->item_ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < b->n_items; i++) b->item_ids[i] = b->items[i].id;
    st = arci_find_in(t, &b->arena, allocations, allocations->cols[A_ITEM], b->item_ids, b->n_items, NULL, NULL, 0, take_allocation, b);
    for (uint32_t i = 0; st == ARC_OK && i < b->n_items; i++) {
        const due_item *x = &b->items[i];
        outcome *o = &out[x->of];
        const int64_t late = x->open > 0 ? b->end - x->due : x->late != INT64_MIN ? x->late : x->settled - x->due;
        o->items++;
        o->unpaid += x->open > 0;
        arci_acc_add(&o->amount, x->amount);
        if (late > 0) {
            o->late++;
            arci_acc_add(&o->late_amount, x->amount);
        }
        if (late > o->worst) o->worst = late;
        for (int k = 0; k < 4; k++) o->over[k] += late > bounds[k];
    }
    return st;
}

static void put(arci_str *s, const char *name, int64_t v)
{
    arci_str_puts(s, s->len ? ",\"" : "{\"");
    arci_str_puts(s, name);
    arci_str_puts(s, "\":");
    arci_str_int(s, v);
}

/* Millionths of a share would do: 4 decimals are asked for. */
static int64_t share(const outcome *o)
{
    int64_t late = 0, all = 0;
    if (arci_acc_get(&o->late_amount, &late) || arci_acc_get(&o->amount, &all) || !all) return 0;
    while (all > INT64_MAX / 20000) all /= 10, late /= 10;
    return (late * 20000 / all + 1) / 2;
}

/* Asks the conditions what an outcome is: 1 bad, 0 good, -1 neither. */
static arc_status judge(block *b, const outcome *o, int *what)
{
    static const char *const over[] = { "late_over_15", "late_over_30", "late_over_60", "late_over_90" };
    arci_calibration *c = b->c;
    arci_str s;
    int holds = 0;
    arci_str_init(&s, c->t->env->ctx);
    put(&s, "items", o->items);
    put(&s, "late_items", o->late);
    put(&s, "worst_late", o->worst);
    for (int k = 0; k < 4; k++) put(&s, over[k], o->over[k]);
    put(&s, "unpaid", o->unpaid);
    const arci_num n = arci_num_of(share(o), 4);
    arci_str_puts(&s, ",\"late_share\":\"");
    char digits[100];
    arci_str_add(&s, digits, arci_num_text(digits, &n));
    arci_str_puts(&s, "\"}");
    arc_status st = s.failed ? arci_nomem(c->t->env) : arci_fact_holds(c->t->env, c->bad, &b->arena, s.s, s.len, &holds);
    *what = holds ? 1 : 0;
    if (st == ARC_OK && !holds && c->good) {
        st = arci_fact_holds(c->t->env, c->good, &b->arena, s.s, s.len, &holds);
        *what = holds ? 0 : -1;
    }
    arci_str_clear(&s);
    return st;
}

/* ---- bins ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status find_bins(block *b, const arci_score_subject *x, arci_observed *o)
{
    const arci_decision *t = b->c->table;
    arci_env *env = b->c->t->env;
    arci_json *root;
    arc_value *row;
    arc_status st = arci_json_parse(env, &b->arena, x->json, x->len, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = arci_table_row_of(env, t, &b->arena, root, &row);
    if (st == ARC_OK) st = arci_table_bounds(env, t, root, row);
    for (uint32_t i = 0; st == ARC_OK && i < t->n_parts; i++) {
        const arci_score_part *p = &t->parts[i];
        const arc_value *v = &row[t->inputs[i].fact->slot];
        uint32_t k = 0;
        while (k < p->n_bins && !arci_cell_holds(&p->bins[k].cell, v)) k++;
        if (k == p->n_bins) return arci_json_fail(env, p->node, ARC_E_RULE, "%.60s: the value is in no bin", "%.60s：取值不在任何区间", p->name);
        o->bins[i] = (uint8_t)k;
    }
    return st;
}

static arc_status keep(arci_calibration *c, const arci_observed *o)
{
    if (c->n == c->cap) {
        const uint32_t cap = c->cap ? c->cap * 2 : 256;
        arci_observed *grown = arci_resize(c->t->env->ctx, c->list, cap * sizeof *grown);
        if (!grown) return arci_nomem(c->t->env);
        c->list = grown;
        c->cap = cap;
    }
    c->list[c->n++] = *o;
    *(o->bad ? &c->n_bad : &c->n_good) += 1;
    return ARC_OK;
}

static arc_status observe_block(arci_calibration *c, const int64_t *ids, uint32_t n, arc_date day)
{
    block b = { .c = c, .ids = ids, .n = n, .day = day, .end = (arc_date)(day + c->window) };
    arci_arena_init(&b.arena, c->t->env->ctx);
    outcome *outcomes = arci_arena_calloc(&b.arena, n, sizeof *outcomes);
    arci_score_subject *x = arci_arena_alloc(&b.arena, n * sizeof *x);
    arc_status st = outcomes && x ? read_outcomes(&b, outcomes) : arci_nomem(c->t->env);
    if (st == ARC_OK) st = arci_score_facts(c->t, &b.arena, x, ids, n, day, NULL, 3);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_observed o;
        int what;
        if (!outcomes[i].items || !x[i].json) {
            c->n_without++;
            continue;
        }
        memset(&o, 0, sizeof o);
        o.customer = ids[i];
        st = judge(&b, &outcomes[i], &what);
        if (st != ARC_OK) break;
        if (what < 0) {
            c->n_between++;
            continue;
        }
        o.bad = (uint8_t)what;
        st = find_bins(&b, &x[i], &o);
        if (st == ARC_OK) st = keep(c, &o);
    }
    arci_arena_clear(&b.arena);
    return st;
}

/* Those the actor may score. */
static arc_status cut(arci_calibration *c, arci_arena *arena, int64_t *ids, uint32_t *n)
{
    const arci_row_scope *scope = arci_access_scope(c->t->session, &arci_verbs[ARCI_DO_SCORE_RUN], NULL);
    uint8_t seen[AT_ONCE];
    uint32_t kept = 0;
    if (!scope) return ARC_OK;
    arc_status st = arci_scope_rows(c->t, arena, arci_entity_by_id(ARC_CUSTOMER), scope, ids, *n, seen);
    for (uint32_t i = 0; i < *n && st == ARC_OK; i++) {
        if (seen[i]) ids[kept++] = ids[i];
    }
    *n = kept;
    return st;
}

arc_status arci_calibrate_observe(arci_calibration *c)
{
    const arci_shape *shape;
    int64_t done = 0;
    arc_status st = arci_shape_get(c->t, &shape, "customer", "id");
    for (uint32_t d = 0; d < c->n_days && st == ARC_OK; d++) {
        int64_t last = 0;
        for (uint32_t found = AT_ONCE; found == AT_ONCE && st == ARC_OK;) {
            int64_t ids[AT_ONCE];
            arci_where w;
            arci_rows rows;
            arci_arena arena;
            const arc_order by_id_order = { shape->cols[0], 0 };
            arci_arena_init(&arena, c->t->env->ctx);
            arci_where_init(&w);
            arci_where_int(&w, shape->cols[0], ARC_OP_GT, last);
            st = arci_repo_find(c->t, shape, &w, &by_id_order, 1, AT_ONCE, &arena, &rows);
            found = st == ARC_OK ? rows.n_rows : 0;
            for (uint32_t i = 0; i < found; i++) ids[i] = rows.values[i].u.i;
            uint32_t kept = found;
            if (found) last = ids[found - 1];
            if (found) st = cut(c, &arena, ids, &kept);
            arci_arena_clear(&arena);
            if (!found || st != ARC_OK) break;
            if (kept) st = observe_block(c, ids, kept, c->days[d]);
            done += found;
            if (st == ARC_OK && c->progress && c->progress(c->user, done, 0)) st = arci_fail(c->t->env, ARC_E_CANCELLED, "the calibration was stopped", "校准已中止");
        }
    }
    return st;
}
