/* SPDX-License-Identifier: Apache-2.0 */
#include "dunning/plan.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "base/num.h"
#include "ledger/block.h"
#include "ledger/merged.h"
#include "store/access.h"
#include "store/computed.h"

enum { CHUNK = 500 };
enum { S_ITEM, S_CUSTOMER, S_CURRENCY, S_DUE, S_OPEN, S_DISPUTED, S_LEVEL, S_EPISODE, S_EXPECTED };
enum { N_ITEM, N_AS_OF, N_EPISODE };

/* ---- items ------------------------------------------------------------------------------------------------------------------------ */

static int by_id(const void *x, const void *y)
{
    const arci_dun_item *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static int by_number(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static arci_dun_item *item_of(const arci_dun_plan *p, int64_t id)
{
    const arci_dun_item key = { .id = id };
    return bsearch(&key, p->items, p->n, sizeof *p->items, by_id);
}

static void take_item(arci_dun_plan *p, const arc_value *v)
{
    arci_dun_item *x = &p->items[p->n];
    if (v[S_OPEN].u.i <= 0 || v[S_EXPECTED].type == ARC_V_INT) return;
    *x = (arci_dun_item){ .id = v[S_ITEM].u.i, .customer = v[S_CUSTOMER].u.i, .open = v[S_OPEN].u.i, .disputed = v[S_DISPUTED].type == ARC_V_INT ? v[S_DISPUTED].u.i : 0,
                          .level = v[S_LEVEL].u.i, .episode = v[S_EPISODE].u.i, .due = v[S_DUE].type == ARC_V_INT ? (arc_date)v[S_DUE].u.i : ARC_DATE_NONE, .last = ARC_DATE_NONE,
                          .effective = ARC_DATE_NONE, .next_on = ARC_DATE_NONE, .until = ARC_DATE_NONE, .seen = 1 };
    memcpy(x->currency, v[S_CURRENCY].u.s, 3);
    p->n++;
}

/* Items of customers that were merged are of who is left: his whole family is read. */
static arc_status widen(arci_dun_plan *p, const int64_t *customers, uint32_t n, int64_t **out, uint32_t *m)
{
    arci_merged merged;
    arci_merged_init(&merged, p->t->env->ctx);
    arc_status st = arci_merged_read(p->t, &p->arena, &merged, p->as_of, NULL);
    *m = 0;
    *out = arci_arena_alloc(&p->arena, ((size_t)n + merged.roots.n + 1) * sizeof **out);
    if (!*out) st = arci_nomem(p->env);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) (*out)[(*m)++] = arci_merged_root(&merged, customers[i]);
    const uint32_t named = *m;
    for (uint32_t i = 0; i < merged.roots.n && st == ARC_OK; i++) {
        int hit = 0;
        for (uint32_t k = 0; k < named && !hit; k++) hit = (*out)[k] == merged.roots.entries[i].value;
        if (hit) memcpy(&(*out)[(*m)++], merged.roots.entries[i].key, sizeof **out);
    }
    arci_merged_clear(&merged);
    return st;
}

static arc_status read_items(arci_dun_plan *p, const int64_t *customers, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    int64_t *who = NULL;
    uint32_t m = 0;
    arc_status st = arci_shape_get(p->t, &shape, "item_state", "item customer currency due_date open disputed dunning_level episode expected");
    if (st == ARC_OK && customers) st = widen(p, customers, n, &who, &m);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[S_OPEN], ARC_OP_NE, 0);
    if (customers) {
        arc_value *in = arci_arena_alloc(&p->arena, (m + 1u) * sizeof *in);
        if (!in) return arci_nomem(p->env);
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(who[i]);
        arci_where_in(&w, shape->cols[S_CUSTOMER], in, m);
    }
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
    p->items = st == ARC_OK ? arci_arena_alloc(&p->arena, (rows.n_rows + 1u) * sizeof *p->items) : NULL;
    if (st == ARC_OK && !p->items) st = arci_nomem(p->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) take_item(p, rows.values + (size_t)i * rows.n_cols);
    if (st == ARC_OK && p->n > 1) qsort(p->items, p->n, sizeof *p->items, by_id);
    return st;
}

/* Those the actor sees, and who owes them now. */
static arc_status settle_items(arci_dun_plan *p)
{
    const arci_entity *e = arci_entity_by_name("item", 4);
    const arci_row_scope *scope;
    int64_t *ids = arci_arena_alloc(&p->arena, (p->n + 1u) * sizeof *ids), *roots = arci_arena_alloc(&p->arena, (p->n + 1u) * sizeof *roots);
    uint8_t *seen = arci_arena_alloc(&p->arena, p->n + 1u);
    if (!ids || !roots || !seen) return arci_nomem(p->env);
    arc_status st = arci_access_read(p->env, p->t->session, e, &scope);
    for (uint32_t i = 0; i < p->n; i++) ids[i] = p->items[i].id;
    if (st == ARC_OK && scope) st = arci_scope_rows(p->t, &p->arena, e, scope, ids, p->n, seen);
    for (uint32_t i = 0; i < p->n && scope && st == ARC_OK; i++) p->items[i].seen = seen[i];
    for (uint32_t i = 0; i < p->n; i++) ids[i] = p->items[i].customer;
    if (st == ARC_OK && p->n) st = arci_merged_roots_now(p->t, &p->arena, ids, p->n, roots);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) p->items[i].customer = roots[i];
    return st;
}

/* ---- earlier notices ------------------------------------------------------------------------------------------------------------------ */

static arc_status read_notices(arci_dun_plan *p)
{
    const arci_shape *shape;
    arc_value in[CHUNK];
    arc_status st = arci_shape_get(p->t, &shape, "dunning_notice_item", "item as_of episode");
    for (uint32_t at = 0; at < p->n && st == ARC_OK; at += CHUNK) {
        const uint32_t m = p->n - at < CHUNK ? p->n - at : CHUNK;
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(p->items[at + i].id);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[N_ITEM], in, m);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
            const arc_value *v = rows.values + (size_t)i * rows.n_cols;
            arci_dun_item *x = item_of(p, v[N_ITEM].u.i);
            if (!x || v[N_EPISODE].u.i != x->episode) continue;
            x->notices++;
            if (x->last == ARC_DATE_NONE || v[N_AS_OF].u.i > x->last) x->last = (arc_date)v[N_AS_OF].u.i;
        }
    }
    return st;
}

/* ---- ladders of customers ---------------------------------------------------------------------------------------------------------------- */

typedef struct chooser {
    arci_dun_plan *p;
    int64_t *customers;
    const arci_ladder **ladder;
    uint32_t n;
} chooser;

static arc_status choose_chunk(chooser *c, const arci_ladder *l, arci_fact_reader *reader, arci_arena *rows, uint32_t from, uint32_t m)
{
    arci_dun_plan *p = c->p;
    arci_logic_run run = { 0 };
    arc_value *facts;
    uint8_t found[CHUNK];
    arci_arena_reset(rows);
    arc_status st = arci_calendars_get(&p->calendars, &run.calendar, l->rule->calendar, NULL);
    if (st == ARC_OK) st = arci_fact_read(reader, rows, c->customers + from, m, &facts, found);
    for (uint32_t i = 0; i < m && st == ARC_OK; i++) {
        if (c->ladder[from + i] || !found[i]) continue;
        if (arci_logic_test(l->applies, facts + (size_t)i * arci_facts_width(l->customers), &run) == ARCI_LOGIC_TRUE) c->ladder[from + i] = l;
    }
    return st;
}

static arc_status choose(chooser *c, const arci_ladder *l)
{
    const arci_fact_call call = { .today = c->p->as_of };
    arci_fact_reader *reader = NULL;
    arci_arena rows;
    if (!l->applies) {
        for (uint32_t i = 0; i < c->n; i++) {
            if (!c->ladder[i]) c->ladder[i] = l;
        }
        return ARC_OK;
    }
    arci_arena_init(&rows, c->p->env->ctx);
    arc_status st = arci_fact_reader_open(c->p->t, &c->p->arena, l->customers, &call, &reader);
    for (uint32_t at = 0; at < c->n && st == ARC_OK; at += CHUNK) st = choose_chunk(c, l, reader, &rows, at, c->n - at < CHUNK ? c->n - at : CHUNK);
    arci_fact_reader_close(reader);
    arci_arena_clear(&rows);
    return st;
}

static arc_status choose_ladders(arci_dun_plan *p)
{
    chooser c = { .p = p };
    c.customers = arci_arena_alloc(&p->arena, (p->n + 1u) * sizeof *c.customers);
    c.ladder = arci_arena_calloc(&p->arena, p->n + 1u, sizeof(arci_ladder *));
    if (!c.customers || !c.ladder) return arci_nomem(p->env);
    for (uint32_t i = 0; i < p->n; i++) c.customers[i] = p->items[i].customer;
    c.n = arci_id_sort(c.customers, p->n);
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < p->ladders.n && st == ARC_OK; k++) st = choose(&c, p->ladders.list[k]);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const int64_t *at = bsearch(&p->items[i].customer, c.customers, c.n, sizeof *at, by_number);
        p->items[i].ladder = at ? c.ladder[at - c.customers] : NULL;
    }
    return st;
}

/* ---- levels ------------------------------------------------------------------------------------------------------------------------------- */

typedef struct levelling {
    arci_dun_plan *p;
    const arci_ladder *l;
    uint32_t order;
    arci_logic_run run;
} levelling;

/* Whether a level's day has come and its condition holds. */
static arc_status reached(levelling *v, const arci_dun_item *x, const arci_ladder_level *level, const arc_value *row, arc_date *day, int *yes)
{
    const arc_calendar *calendar;
    int guessed = 0;
    *yes = 0;
    arc_status st = arci_calendars_get(&v->p->calendars, &calendar, level->step->date.calendar, NULL);
    if (st == ARC_OK) st = arci_trigger_day(&level->step->date, day, row, x->last, calendar, &guessed);
    if (st == ARC_E_RANGE) return ARC_OK;
    if (st != ARC_OK || *day == ARC_DATE_NONE || *day > v->p->as_of) return st;
    *yes = !level->step->when || arci_logic_test(level->step->when, row, &v->run) == ARCI_LOGIC_TRUE;
    return ARC_OK;
}

static arc_status next_level(levelling *v, arci_dun_item *x, const arc_value *row)
{
    const arci_ladder *l = v->l;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < l->n && st == ARC_OK; i++) {
        const arci_ladder_level *level = &l->levels[i];
        arc_date day = ARC_DATE_NONE;
        int yes = 0;
        if (level->step->level <= x->level) continue;
        st = reached(v, x, level, row, &day, &yes);
        if (!yes && !x->next) {
            x->next = level->step->level;
            x->next_on = day;
            x->idle = day != ARC_DATE_NONE && day <= v->p->as_of ? "condition" : "not_yet";
        }
        if (!yes) continue;
        x->target = level->step->level;
        x->effective = day;
        if (!l->highest) break; /* one step a run */
    }
    const arci_ladder_level *last = &l->levels[l->n - 1];
    if (st == ARC_OK && !x->target && last->always && x->level == last->step->level) {
        x->target = x->level;
        x->effective = x->last == ARC_DATE_NONE ? x->due : x->last;
    }
    if (!x->target && !x->next) x->idle = "last_level";
    return st;
}

/* What speaks against it, of the item's own days. */
static arc_status look_at_days(levelling *v, arci_dun_item *x)
{
    arc_date free_on;
    if (!x->target) return ARC_OK;
    if (x->due != ARC_DATE_NONE && v->p->as_of - x->due <= v->l->grace_item && v->l->grace_item) {
        x->why = "grace";
        x->until = x->due + v->l->grace_item;
    }
    if (x->last == ARC_DATE_NONE) return ARC_OK;
    arc_status st = arci_duration_add(&free_on, x->last, &v->l->interval, NULL, NULL);
    if (st == ARC_E_RANGE) free_on = ARC_DATE_MAX;
    else if (st != ARC_OK) return st;
    if (free_on <= x->last) free_on = x->last + 1; /* one notice a day */
    if (free_on > v->p->as_of) {
        x->why = "interval";
        x->until = free_on - 1;
    }
    return ARC_OK;
}

static arc_status level_item(levelling *v, arci_dun_item *x, const arc_value *row)
{
    const arci_rule *rule = v->l->rule;
    char number[24];
    arc_status st = ARC_OK;
    if (!rule->when || arci_logic_test(rule->when, row, &v->run) == ARCI_LOGIC_TRUE) st = next_level(v, x, row);
    else x->idle = "not_claimed";
    if (st == ARC_OK) st = look_at_days(v, x);
    if (st != ARC_OK) return st;
    const arci_ladder_level *level = arci_ladder_level_of(v->l, x->target);
    arci_step_result s = { .step = level ? level->step : &rule->steps[0], .day = x->effective };
    const arci_subject_result of = { .id = x->id, .customer = x->customer };
    s.mark[0] = 'e';
    size_t n = arci_int_text(number, x->episode);
    memcpy(s.mark + 1, number, n);
    s.mark[++n] = 'n';
    memcpy(s.mark + n + 1, number, arci_int_text(number, x->notices) + 1);
    return arci_units_add(v->p->env, &v->p->units, v->order, &of, rule, row, &s, x);
}

static arc_status level_chunk(levelling *v, arci_fact_reader *reader, arci_arena *rows, const int64_t *ids, uint32_t n)
{
    arc_value *facts;
    uint8_t found[CHUNK];
    arci_arena_reset(rows);
    arc_status st = arci_fact_read(reader, rows, ids, n, &facts, found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (found[i]) st = level_item(v, item_of(v->p, ids[i]), facts + (size_t)i * arci_facts_width(v->l->rule->frame->facts));
    }
    return st;
}

static arc_status level_ladder(arci_dun_plan *p, const arci_ladder *l, uint32_t order)
{
    levelling v = { .p = p, .l = l, .order = order };
    const arci_fact_call call = { .today = p->as_of };
    arci_fact_reader *reader = NULL;
    arci_arena rows;
    int64_t ids[CHUNK];
    uint32_t m = 0;
    arci_arena_init(&rows, p->env->ctx);
    arc_status st = arci_calendars_get(&p->calendars, &v.run.calendar, l->rule->calendar, NULL);
    if (st == ARC_OK) st = arci_fact_reader_open(p->t, &p->arena, l->rule->frame->facts, &call, &reader);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (p->items[i].ladder != l || !p->items[i].seen) continue;
        ids[m++] = p->items[i].id;
        if (m < CHUNK) continue;
        st = level_chunk(&v, reader, &rows, ids, m);
        m = 0;
    }
    if (st == ARC_OK && m) st = level_chunk(&v, reader, &rows, ids, m);
    arci_fact_reader_close(reader);
    arci_arena_clear(&rows);
    return st;
}

/* ---- blocks ----------------------------------------------------------------------------------------------------------------------------------- */

static arc_status take_blocks(arci_dun_plan *p)
{
    arci_block *list = arci_arena_calloc(&p->arena, p->n + 1u, sizeof *list);
    uint32_t n = 0;
    if (!list) return arci_nomem(p->env);
    for (uint32_t i = 0; i < p->n; i++) {
        const arci_dun_item *x = &p->items[i];
        if (x->target) list[n++] = (arci_block){ .item = x->id, .customer = x->customer, .open = x->open, .disputed = x->disputed };
    }
    arc_status st = arci_blocks_as_of(p->t, &p->arena, p->as_of, list, n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_dun_item *x = item_of(p, list[i].item);
        x->amount = list[i].amount;
        if (!list[i].code) continue;
        x->why = list[i].code;
        x->reason = list[i].reason;
        x->entity = list[i].entity;
        x->row = list[i].row;
        x->until = list[i].until;
    }
    return st;
}

/* ---- days with letters ------------------------------------------------------------------------------------------------------------------------- */

static int by_day(const void *x, const void *y)
{
    const arci_dun_day *a = x, *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

/* The last day on which letters do not count any more. */
static arc_status cool_day(const arci_dun_plan *p, const arci_ladder *l, arc_date *out)
{
    const arci_duration back = { -l->cools.months, -l->cools.days };
    arc_status st = arci_duration_add(out, p->as_of, &back, NULL, NULL);
    if (st == ARC_E_RANGE) *out = ARC_DATE_MIN;
    return st == ARC_E_RANGE ? ARC_OK : st;
}

static arc_status read_days_of(arci_dun_plan *p, const int64_t *heads, uint32_t n, arc_date from, arci_dun_day **grown, uint32_t *cap)
{
    const arci_shape *shape;
    arc_value in[CHUNK];
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "dunning_notice", "customer as_of");
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) in[i] = arci_v_int(heads[i]);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], in, n);
    arci_where_int(&w, shape->cols[1], ARC_OP_GT, from);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
    if (st == ARC_OK && p->n_days + rows.n_rows > *cap) {
        *cap = (p->n_days + rows.n_rows) * 2;
        arci_dun_day *more = arci_arena_alloc(&p->arena, *cap * sizeof *more);
        if (!more) return arci_nomem(p->env);
        if (p->n_days) memcpy(more, *grown, p->n_days * sizeof *more);
        *grown = more;
    }
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        (*grown)[p->n_days++] = (arci_dun_day){ v[0].u.i, (arc_date)v[1].u.i };
    }
    return st;
}

static arc_status read_days(arci_dun_plan *p)
{
    arc_date from = ARC_DATE_MAX, day;
    uint32_t n = 0, cap = 0, kept = 0;
    int64_t *heads = arci_arena_alloc(&p->arena, (p->units.n + 1u) * sizeof *heads);
    arc_status st = heads ? ARC_OK : arci_nomem(p->env);
    for (uint32_t k = 0; k < p->ladders.n && st == ARC_OK; k++) {
        if (!p->ladders.list[k]->cool_count) continue;
        st = cool_day(p, p->ladders.list[k], &day);
        if (st == ARC_OK && day < from) from = day;
    }
    if (st != ARC_OK || from == ARC_DATE_MAX) return st;
    for (uint32_t i = 0; i < p->units.n; i++) heads[n++] = p->units.rows[i].head;
    kept = arci_id_sort(heads, n);
    for (uint32_t at = 0; at < kept && st == ARC_OK; at += CHUNK) st = read_days_of(p, heads + at, kept - at < CHUNK ? kept - at : CHUNK, from, &p->days, &cap);
    if (p->n_days > 1) qsort(p->days, p->n_days, sizeof *p->days, by_day);
    n = 0;
    for (uint32_t i = 0; i < p->n_days; i++) {
        if (!n || by_day(&p->days[n - 1], &p->days[i]) != 0) p->days[n++] = p->days[i];
    }
    p->n_days = n;
    return st;
}

/* Whether a customer had as many days with letters as he may have; until: the last day of that. */
static arc_status cools(const arci_dun_plan *p, const arci_ladder *l, int64_t head, int *yes, arc_date *until)
{
    arc_date from;
    int32_t n = 0;
    *yes = 0;
    if (!l->cool_count) return ARC_OK;
    arc_status st = cool_day(p, l, &from);
    for (uint32_t i = p->n_days; i-- > 0 && st == ARC_OK && !*yes;) { /* the latest first; those of the day itself are of one run */
        if (p->days[i].customer != head || p->days[i].day <= from || p->days[i].day >= p->as_of || ++n < l->cool_count) continue;
        *yes = 1;
        st = arci_duration_add(until, p->days[i].day, &l->cools, NULL, NULL);
        if (st == ARC_E_RANGE) *until = ARC_DATE_MAX;
        if (st == ARC_E_RANGE) st = ARC_OK;
        else --*until;
    }
    return st;
}

/* ---- letters ------------------------------------------------------------------------------------------------------------------------------------ */

/* Of all that a unit has open: what the minimums are measured by, and whether anything of it is old enough. */
static arc_status measure(const arci_dun_plan *p, const arci_unit_row *rows, uint32_t n, int64_t *open, int *old)
{
    *open = 0;
    *old = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_dun_item *x = rows[i].user;
        if (arci_add64(*open, x->open, open)) return arci_fail(p->env, ARC_E_OVERFLOW, "the total is too large", "合计超出范围");
        *old |= x->due != ARC_DATE_NONE && p->as_of - x->due > x->ladder->grace_account;
    }
    return ARC_OK;
}

static int passes(const arci_ladder *l, const arci_ladder_level *level, int64_t sum, int64_t open, const char *currency)
{
    if (level->always) return 1;
    if (level->min_amount && strcmp(currency, l->currency) == 0 && sum < level->min_amount) return 0;
    if (!level->min_ppm) return 1;
    const arci_u128 a = arci_mul_u64((uint64_t)sum, 1000000u), b = arci_mul_u64((uint64_t)open, (uint64_t)level->min_ppm);
    return a.hi > b.hi || (a.hi == b.hi && a.lo >= b.lo);
}

/* From the highest level down: what does not reach its minimum falls to the next lower level and is tested again there. */
static void test_minimums(const arci_ladder *l, const arci_unit_row *rows, uint32_t n, int64_t open, const char *currency)
{
    for (uint32_t k = l->n; k-- > 0;) {
        const int64_t level = l->levels[k].step->level;
        int64_t sum = 0, any = 0;
        for (uint32_t i = 0; i < n; i++) {
            const arci_dun_item *x = rows[i].user;
            if (!x->target || x->why || x->target != level) continue;
            sum += x->amount;
            any = 1;
        }
        if (!any || passes(l, &l->levels[k], sum, open, currency)) continue;
        for (uint32_t i = 0; i < n; i++) {
            arci_dun_item *x = (arci_dun_item *)(uintptr_t)rows[i].user;
            if (!x->target || x->why || x->target != level) continue;
            if (k) x->target = l->levels[k - 1].step->level;
            else x->why = "below_minimum";
        }
    }
}

static arc_status accounts_of(arci_dun_plan *p, const arci_unit_row *rows, uint32_t n, arci_dun_letter *out)
{
    int64_t *ids = arci_arena_alloc(&p->arena, (n + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(p->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = rows[i].customer;
    out->n_accounts = arci_id_sort(ids, n);
    out->accounts = ids;
    return ARC_OK;
}

static arc_status write_letter(arci_dun_plan *p, arci_dun_letter *out)
{
    const arci_rule_run run = { .t = p->t, .set = out->ladder->set, .as_of = p->as_of, .calendars = &p->calendars, .people = p->people };
    return arci_letter_compose(&run, out->rows, out->n, &p->arena, &out->letter);
}

/* The letter of one level, or of all. */
static arc_status one_letter(arci_dun_plan *p, const arci_unit_row *rows, uint32_t n, int64_t level, arci_dun_letter_fn tell, void *user)
{
    arci_dun_letter out = { .unit = rows, .ladder = ((const arci_dun_item *)rows[0].user)->ladder, .level = level };
    out.rows = arci_arena_alloc(&p->arena, (n + 1u) * sizeof *out.rows);
    if (!out.rows) return arci_nomem(p->env);
    for (uint32_t i = 0; i < n; i++) {
        const arci_dun_item *x = rows[i].user;
        if (!x->target || x->why || (level && x->target != level)) continue;
        out.rows[out.n] = rows[i];
        out.rows[out.n++].level = x->target;
        out.open += x->open;
        out.amount += x->amount;
    }
    if (!out.n) return ARC_OK;
    arc_status st = accounts_of(p, rows, n, &out);
    if (st == ARC_OK) st = write_letter(p, &out);
    return st == ARC_OK ? tell(user, p, &out) : st;
}

static arc_status one_unit(arci_dun_plan *p, const arci_unit_row *rows, uint32_t n, arci_dun_letter_fn tell, void *user)
{
    const arci_ladder *l = ((const arci_dun_item *)rows[0].user)->ladder;
    int64_t open;
    arc_date until = ARC_DATE_NONE;
    int old, cooling = 0;
    arc_status st = measure(p, rows, n, &open, &old);
    if (st == ARC_OK) st = cools(p, l, rows[0].head, &cooling, &until);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) {
        arci_dun_item *x = (arci_dun_item *)(uintptr_t)rows[i].user;
        if (!x->target || x->why) continue;
        if (!old && l->grace_account) x->why = "grace";
        else if (x->amount <= l->tolerance && strcmp(x->currency, l->currency) == 0) x->why = "tolerance";
        else if (cooling) {
            x->why = "cooldown";
            x->until = until;
        }
    }
    test_minimums(l, rows, n, open, rows[0].currency);
    if (!l->per_level) return one_letter(p, rows, n, 0, tell, user);
    for (uint32_t k = l->n; k-- > 0 && st == ARC_OK;) st = one_letter(p, rows, n, l->levels[k].step->level, tell, user);
    return st;
}

void arci_dun_unit_name(char out[101], const arci_dun_letter *l)
{
    arci_unit_name(out, l->unit);
    size_t n = strlen(out);
    if (!l->level || n > 96) return;
    out[n] = '/';
    out[n + 1] = 'L';
    out[n + 2] = (char)('0' + l->level);
    out[n + 3] = 0;
}

arc_status arci_dun_letters(arci_dun_plan *p, arci_dun_letter_fn tell, void *user)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0, end; i < p->units.n && st == ARC_OK; i = end) {
        end = arci_units_end(&p->units, i);
        st = one_unit(p, p->units.rows + i, end - i, tell, user);
    }
    return st;
}

/* ---- life ------------------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_dun_begin(arci_dun_plan *p, arci_txn *t, arc_date as_of, const char *ladder, const int64_t *customers, uint32_t n)
{
    memset(p, 0, sizeof *p);
    p->t = t;
    p->env = t->env;
    p->as_of = as_of;
    arci_arena_init(&p->arena, t->book->ctx);
    arci_calendars_init(&p->calendars, t, &p->arena);
    p->units.arena = &p->arena;
    arc_status st = arci_ladders_get(t, &p->arena, &p->ladders, ladder, as_of);
    if (st == ARC_OK) st = arci_people_new(t, &p->people);
    if (st == ARC_OK) st = read_items(p, customers, n);
    if (st == ARC_OK) st = settle_items(p);
    if (st == ARC_OK) st = read_notices(p);
    if (st == ARC_OK) st = choose_ladders(p);
    for (uint32_t k = 0; k < p->ladders.n && st == ARC_OK; k++) st = level_ladder(p, p->ladders.list[k], k);
    if (st == ARC_OK) st = take_blocks(p);
    if (st == ARC_OK) st = arci_units_settle(t, &p->units);
    return st == ARC_OK ? read_days(p) : st;
}

void arci_dun_end(arci_dun_plan *p)
{
    arci_people_free(p->people);
    arci_calendars_clear(&p->calendars);
    arci_ladders_free(p->env->ctx, &p->ladders);
    arci_arena_clear(&p->arena);
}
