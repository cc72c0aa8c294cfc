/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/scan_impl.h"
#include "store/scout.h"

static const arc_column *column(const arci_scan *s, uint16_t col)
{
    return &s->table->desc->cols[col];
}

static arc_status check_spec(arci_scan *s, const arci_aggregate_spec *spec)
{
    const arci_table *t = s->table;
    for (uint32_t i = 0; i < spec->n_groups; i++) {
        const arc_group *g = &spec->groups[i];
        int bad = g->col >= t->n_cols || g->kind > ARC_GROUP_BUCKET;
        if (!bad && g->kind == ARC_GROUP_BUCKET) bad = arci_column_value_type(column(s, g->col)->type) != ARC_V_INT;
        for (uint32_t k = 1; !bad && k < g->n_edges; k++) bad = g->edges[k - 1] >= g->edges[k];
        if (bad) return arci_fail(s->txn->env, ARC_E_INVALID, "group %u is not possible", "第 %u 个分组无效", i);
    }
    for (uint32_t i = 0; i < spec->n_measures; i++) {
        const arc_measure *m = &spec->measures[i];
        int bad = m->kind > ARC_MEASURE_MAX;
        if (!bad && m->kind != ARC_MEASURE_COUNT) bad = m->col >= t->n_cols;
        if (!bad && m->kind == ARC_MEASURE_SUM) bad = arci_column_value_type(column(s, m->col)->type) != ARC_V_INT;
        if (bad) return arci_fail(s->txn->env, ARC_E_INVALID, "measure %u is not possible", "第 %u 个度量无效", i);
    }
    return ARC_OK;
}

/* What the columns of the answer are, for arci_be_next(). */
static arc_status answer_kinds(arci_scan *s, const arci_aggregate_spec *spec)
{
    s->n_wanted = s->n_cols = s->n_fetched = spec->n_groups + spec->n_measures;
    s->n_groups = spec->n_groups;
    s->kinds = arci_arena_alloc(&s->arena, s->n_cols + 1);
    if (!s->kinds) return arci_nomem(s->txn->env);
    for (uint32_t i = 0; i < spec->n_groups; i++) s->kinds[i] = arci_column_value_type(column(s, spec->groups[i].col)->type);
    for (uint32_t i = 0; i < spec->n_measures; i++) {
        const arc_measure *m = &spec->measures[i];
        uint8_t *k = &s->kinds[spec->n_groups + i];
        if (m->kind == ARC_MEASURE_COUNT) *k = ARC_V_INT | 0x80;
        else *k = m->kind == ARC_MEASURE_SUM ? ARC_V_INT : arci_column_value_type(column(s, m->col)->type);
    }
    return ARC_OK;
}

/* Copies of groups and measures, since they are kept; the columns to read and where they stand. */
typedef struct reading {
    arc_group *groups;
    arc_measure *measures;
    uint16_t *cols, *group_place, *measure_place;
    uint32_t n_cols;
} reading;

static uint16_t place_of(reading *r, uint16_t col)
{
    for (uint32_t i = 0; i < r->n_cols; i++) {
        if (r->cols[i] == col) return (uint16_t)i;
    }
    r->cols[r->n_cols] = col;
    return (uint16_t)r->n_cols++;
}

static arc_status plan_reading(arci_scan *s, const arci_aggregate_spec *spec, reading *r)
{
    size_t n = (size_t)spec->n_groups + spec->n_measures + 1;
    r->n_cols = 0;
    r->groups = arci_arena_alloc(&s->arena, n * sizeof *r->groups);
    r->measures = arci_arena_alloc(&s->arena, n * sizeof *r->measures);
    r->cols = arci_arena_alloc(&s->arena, n * sizeof *r->cols);
    r->group_place = arci_arena_calloc(&s->arena, n, sizeof *r->group_place);
    r->measure_place = arci_arena_calloc(&s->arena, n, sizeof *r->measure_place);
    if (!r->groups || !r->measures || !r->cols || !r->group_place || !r->measure_place) return arci_nomem(s->txn->env);
    if (spec->n_groups) memcpy(r->groups, spec->groups, spec->n_groups * sizeof *r->groups);
    if (spec->n_measures) memcpy(r->measures, spec->measures, spec->n_measures * sizeof *r->measures);
    for (uint32_t i = 0; i < spec->n_groups; i++) r->group_place[i] = place_of(r, spec->groups[i].col);
    for (uint32_t i = 0; i < spec->n_measures; i++) {
        if (spec->measures[i].kind != ARC_MEASURE_COUNT) r->measure_place[i] = place_of(r, spec->measures[i].col);
    }
    if (!r->n_cols) (void)place_of(r, 0);
    return ARC_OK;
}

static arc_status agg_failed(arci_scan *s, arc_status st)
{
    if (st == ARC_E_NOMEM) return arci_nomem(s->txn->env);
    if (st == ARC_E_OVERFLOW) return arci_fail(s->txn->env, st, "a sum does not fit 64 bits", "合计超出 64 位整数");
    return arci_fail(s->txn->env, st, "grouping here would take more than %d MiB", "在此分组将占用超过 %d MiB 内存",
                     (int)(ARCI_SCAN_MEMORY >> 20));
}

static arc_status group_here(arci_scan *s, const arci_aggregate_spec *spec, const reading *r)
{
    arci_scan *rows;
    arc_block block;
    arci_agg_init(&s->agg, &s->book->host, r->groups, spec->n_groups, r->measures, spec->n_measures, r->group_place, r->measure_place,
                  ARCI_SCAN_MEMORY);
    s->agg_used = 1;
    arci_scan_spec plain = { .entity = spec->entity, .overlay = s->overlay, .cols = r->cols, .n_cols = r->n_cols, .conds = spec->conds,
                             .n_conds = spec->n_conds };
    arc_status st = arci_scan_open(s->txn, &rows, &plain);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(rows, &block)) == ARC_OK) {
        st = arci_agg_add(&s->agg, block.values, block.n_rows, block.n_cols);
        if (st != ARC_OK) {
            st = agg_failed(s, st);
            break;
        }
    }
    arci_scan_end(rows);
    if (st != ARC_DONE) return st;
    st = arci_agg_finish(&s->agg, &s->agg_block);
    return st == ARC_OK ? st : agg_failed(s, st);
}

/* Groups, measures and conditions the backend knows. */
static int can_push(const arci_scan *s, const reading *r)
{
    for (uint32_t i = 0; s->overlay && i < r->n_cols; i++) {
        if (arci_overlay_virtual(s->overlay, r->cols[i])) return 0;
    }
    return !s->n_virtual;
}

static arc_status push(arci_scan *s, const arci_aggregate_spec *spec, const reading *r)
{
    arc_aggregate a;
    if (!can_push(s, r)) return ARC_E_UNSUPPORTED;
    memset(&a, 0, sizeof a);
    a.struct_size = (uint32_t)sizeof a;
    a.table = s->table->number;
    a.conds = s->conds;
    a.n_conds = s->n_conds;
    a.groups = r->groups;
    a.n_groups = spec->n_groups;
    a.measures = r->measures;
    a.n_measures = spec->n_measures;
    arc_status st = arci_be_aggregate(s->txn->env, s->book, s->txn->be, &a);
    if (st == ARC_OK) s->n_pushed = s->n_conds;
    else if (st != ARC_E_UNSUPPORTED) arci_txn_doom(s->txn);
    s->cursor = a.cursor;
    return st;
}

/* ---- what the backend answers ---------------------------------------------------------------------------------------- */

static arc_status keep_group(arci_scan *s, const arc_value *row)
{
    if (!s->last_group) s->last_group = arci_arena_calloc(&s->arena, s->n_groups + 1, sizeof(arc_value));
    if (!s->last_group) return arci_nomem(s->txn->env);
    for (uint32_t i = 0; i < s->n_groups; i++) {
        s->last_group[i] = row[i];
        if ((row[i].type != ARC_V_TEXT && row[i].type != ARC_V_BLOB) || !row[i].len) continue;
        char *copy = arci_arena_alloc(&s->arena, row[i].len);
        if (!copy) return arci_nomem(s->txn->env);
        memcpy(copy, row[i].u.s, row[i].len);
        s->last_group[i].u.s = copy;
    }
    return ARC_OK;
}

arc_status arci_groups_check(arci_scan *s, const arc_block *block)
{
    const arc_value *before = s->last_group, *row = block->values;
    for (uint32_t r = 0; r < block->n_rows; r++, row += block->n_cols) {
        int c = before ? 0 : -1;
        for (uint32_t i = 0; !c && i < s->n_groups; i++) c = arci_value_compare(&before[i], &row[i]);
        if (c >= 0) return arci_be_broken(s->txn->env, s->book, s->n_groups ? "groups out of order" : "two totals");
        before = row;
    }
    return keep_group(s, before);
}

arc_status arci_groups_end(arci_scan *s)
{
    return s->n_groups || s->last_group ? ARC_DONE : arci_be_broken(s->txn->env, s->book, "no total");
}

/* An order of the answer's columns: sorted here, groups are the last resort. */
static arc_status plan_order(arci_scan *s, const arci_aggregate_spec *spec)
{
    s->left = spec->limit ? spec->limit : -1;
    if (!spec->n_order) return ARC_OK;
    s->sort_here = 1;
    s->order = arci_arena_calloc(&s->arena, (size_t)spec->n_order + spec->n_groups, sizeof *s->order);
    s->place = arci_arena_alloc(&s->arena, ((size_t)s->n_cols + 1) * sizeof *s->place);
    if (!s->order || !s->place) return arci_nomem(s->txn->env);
    memcpy(s->order, spec->order, spec->n_order * sizeof *s->order);
    s->n_order = spec->n_order;
    for (uint32_t i = 0; i < spec->n_groups; i++) s->order[s->n_order++].col = (uint16_t)i;
    for (uint32_t i = 0; i < s->n_cols; i++) s->place[i] = (uint16_t)i;
    return ARC_OK;
}

arc_status arci_scan_aggregate(arci_txn *t, arci_scan **out, const arci_aggregate_spec *spec)
{
    arci_scan *s;
    reading r = { NULL, NULL, NULL, NULL, NULL, 0 };
    const arci_answer *given = NULL;
    *out = NULL;
    arc_status st = t->answers || t->asking == ARCI_SCOUT ? arci_answer_group(t, spec, &given) : ARC_OK;
    if (st == ARC_OK && given) return arci_scan_given(t, out, spec->entity, given);
    if (st == ARC_OK) st = arci_scan_take(t, spec->entity, &s);
    if (st != ARC_OK) return st;
    s->grouped = 1;
    arci_scan_overlay(s, spec->overlay);
    st = check_spec(s, spec);
    if (st == ARC_OK) st = arci_scan_conds(s, spec->conds, spec->n_conds, 0);
    if (st == ARC_OK) st = answer_kinds(s, spec);
    if (st == ARC_OK) st = plan_order(s, spec);
    if (st == ARC_OK) st = plan_reading(s, spec, &r);
    if (st == ARC_OK) st = push(s, spec, &r);
    if (st == ARC_E_UNSUPPORTED && !t->doomed) st = group_here(s, spec, &r);
    if (st != ARC_OK) {
        arci_scan_end(s);
        return st;
    }
    *out = s;
    return ARC_OK;
}
