/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scout.h"

#include <string.h>

#include "store/ahead.h"
#include "store/repo_impl.h"

#define RUNS_MOST 6u      /* questions that build on one another deeper than this are asked one by one */
#define STREAM_MOST 256u  /* of what is read row by row: longer answers are not held in memory, but asked again */
#define ROWS_MOST 20000u  /* of answers, after which a reader is not run once more */

struct arci_answer {
    arci_answer *next;
    const arci_table *table; /* NULL: of no use any more */
    arci_scan_spec spec;     /* of rows; n_cols 0: of groups */
    arci_aggregate_spec groups;
    arci_scan *scan; /* asked, not read yet */
    const arc_value *rows;
    uint32_t n_rows, width;
};

/* ---- questions ------------------------------------------------------------------------------------------------------- */

static int same_op(const arc_cond_op *p, const arc_cond_op *q)
{
    if (p->op != q->op || p->col != q->col || p->col2 != q->col2 || p->n != q->n) return 0;
    for (uint32_t k = 0; k < p->n; k++) {
        if (!arci_value_equal(&p->v[k], &q->v[k])) return 0;
    }
    return 1;
}

static int same_conds(const arc_cond *a, uint32_t n, const arc_cond *b, uint32_t m)
{
    if (n != m) return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (a[i].n_ops != b[i].n_ops) return 0;
        for (uint32_t k = 0; k < a[i].n_ops; k++) {
            if (!same_op(&a[i].ops[k], &b[i].ops[k])) return 0;
        }
    }
    return 1;
}

static int same_order(const arc_order *a, uint32_t n, const arc_order *b, uint32_t m)
{
    if (n != m) return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (a[i].col != b[i].col || a[i].descending != b[i].descending) return 0;
    }
    return 1;
}

int arci_spec_same(const arci_scan_spec *a, const arci_scan_spec *b)
{
    if (a->entity != b->entity || a->n_cols != b->n_cols || a->limit != b->limit || a->overlay != b->overlay || a->test != b->test || a->after != b->after) return 0;
    return !memcmp(a->cols, b->cols, a->n_cols * sizeof *a->cols) && same_order(a->order, a->n_order, b->order, b->n_order) && same_conds(a->conds, a->n_conds, b->conds, b->n_conds);
}

static arc_status copy_op(arci_txn *t, arc_cond_op *to, const arc_cond_op *from)
{
    arc_value *v = arci_arena_alloc(&t->arena, from->n * sizeof *v + 1);
    *to = *from;
    to->v = v;
    return v ? arci_repo_copy(t->env, &t->arena, v, from->v, from->n) : arci_nomem(t->env);
}

static arc_status copy_conds(arci_txn *t, const arc_cond **out, const arc_cond *from, uint32_t n)
{
    arc_cond *conds = arci_arena_calloc(&t->arena, (size_t)n + 1, sizeof *conds);
    arc_status st = conds ? ARC_OK : arci_nomem(t->env);
    *out = conds;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arc_cond_op *ops = arci_arena_calloc(&t->arena, (size_t)from[i].n_ops + 1, sizeof *ops);
        if (!ops) return arci_nomem(t->env);
        for (uint32_t k = 0; k < from[i].n_ops && st == ARC_OK; k++) st = copy_op(t, &ops[k], &from[i].ops[k]);
        conds[i].ops = ops;
        conds[i].n_ops = from[i].n_ops;
    }
    return st;
}

static void *copied(arci_txn *t, const void *p, size_t size)
{
    void *own = arci_arena_alloc(&t->arena, size + 1);
    if (own && size) memcpy(own, p, size);
    return own;
}

arc_status arci_spec_copy(arci_txn *t, arci_scan_spec *to, const arci_scan_spec *from)
{
    *to = *from;
    to->cols = copied(t, from->cols, from->n_cols * sizeof *from->cols);
    to->order = copied(t, from->order, from->n_order * sizeof *from->order);
    if (!to->cols || !to->order) return arci_nomem(t->env);
    return copy_conds(t, &to->conds, from->conds, from->n_conds);
}

static int same_groups(const arci_aggregate_spec *a, const arci_aggregate_spec *b)
{
    if (a->entity != b->entity || a->overlay != b->overlay || a->n_groups != b->n_groups || a->n_measures != b->n_measures || a->limit != b->limit) return 0;
    for (uint32_t i = 0; i < a->n_groups; i++) {
        const arc_group *p = &a->groups[i], *q = &b->groups[i];
        if (p->col != q->col || p->kind != q->kind || p->n_edges != q->n_edges || (p->n_edges && memcmp(p->edges, q->edges, p->n_edges * sizeof *p->edges) != 0)) return 0;
    }
    for (uint32_t i = 0; i < a->n_measures; i++) {
        if (a->measures[i].kind != b->measures[i].kind || a->measures[i].col != b->measures[i].col) return 0;
    }
    return same_order(a->order, a->n_order, b->order, b->n_order) && same_conds(a->conds, a->n_conds, b->conds, b->n_conds);
}

static arc_status copy_groups(arci_txn *t, arci_aggregate_spec *to, const arci_aggregate_spec *from)
{
    arc_group *groups = copied(t, from->groups, from->n_groups * sizeof *from->groups);
    *to = *from;
    to->groups = groups;
    to->measures = copied(t, from->measures, from->n_measures * sizeof *from->measures);
    to->order = copied(t, from->order, from->n_order * sizeof *from->order);
    if (!groups || !to->measures || !to->order) return arci_nomem(t->env);
    for (uint32_t i = 0; i < from->n_groups; i++) {
        if (!from->groups[i].n_edges) continue;
        groups[i].edges = copied(t, from->groups[i].edges, from->groups[i].n_edges * sizeof *groups[i].edges);
        if (!groups[i].edges) return arci_nomem(t->env);
    }
    return copy_conds(t, &to->conds, from->conds, from->n_conds);
}

/* ---- answers --------------------------------------------------------------------------------------------------------- */

static arc_status gather(arci_txn *t, arci_answer *a, const arc_block *block, uint32_t *cap)
{
    arc_value *rows = (arc_value *)a->rows;
    if (a->n_rows + block->n_rows > *cap) {
        *cap = 2 * *cap + block->n_rows;
        rows = arci_arena_alloc(&t->arena, (size_t)*cap * a->width * sizeof *rows + 1);
        if (!rows) return arci_nomem(t->env);
        if (a->n_rows) memcpy(rows, a->rows, (size_t)a->n_rows * a->width * sizeof *rows);
        a->rows = rows;
    }
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < block->n_rows && st == ARC_OK; i++) {
        st = arci_repo_copy(t->env, &t->arena, rows + (size_t)a->n_rows * a->width, block->values + (size_t)i * block->n_cols, a->width);
        if (st == ARC_OK) a->n_rows++;
    }
    return st;
}

/* One that cannot be read is asked once more by who needs it, and he is told why. */
static arc_status load(arci_txn *t, arci_answer *a)
{
    arc_block block;
    uint32_t cap = 0;
    arc_status st;
    arci_scan *scan = a->scan;
    a->scan = NULL;
    const uint32_t most = !a->spec.n_cols || (a->spec.flags & ARCI_SCAN_WHOLE) ? UINT32_MAX : STREAM_MOST;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK && (st = gather(t, a, &block, &cap)) == ARC_OK && a->n_rows < most) continue;
    arci_scan_end(scan);
    if (st == ARC_DONE) return ARC_OK;
    a->table = NULL;
    return t->doomed || st == ARC_E_NOMEM ? st : ARC_OK;
}

static const arci_answer nothing; /* no rows */

/* Sums over nothing are a row all the same. */
static arc_status of_nothing(arci_txn *t, const arci_aggregate_spec *spec, const arci_answer **given)
{
    *given = &nothing;
    if (spec->n_groups) return ARC_OK;
    arci_answer *a = arci_arena_calloc(&t->arena, 1, sizeof *a);
    arc_value *row = arci_arena_calloc(&t->arena, (size_t)spec->n_measures + 1, sizeof *row);
    if (!a || !row) return arci_nomem(t->env);
    for (uint32_t i = 0; i < spec->n_measures; i++) row[i] = spec->measures[i].kind == ARC_MEASURE_COUNT ? arci_v_int(0) : arci_v_null();
    a->rows = row;
    a->n_rows = 1;
    a->width = spec->n_measures;
    *given = a;
    return ARC_OK;
}

void arci_answer_block(const arci_answer *a, arc_block *block)
{
    block->values = a->rows;
    block->n_rows = a->n_rows;
    block->n_cols = a->width;
}

void arci_answers_forget(arci_txn *t, const arci_table *table)
{
    for (arci_answer *a = t->answers; a; a = a->next) {
        if (table && a->table != table) continue;
        arci_scan_end(a->scan);
        a->scan = NULL;
        a->table = NULL;
    }
    if (!table) t->answers = NULL;
}

static arci_answer *new_answer(arci_txn *t, const arci_entity *e, uint32_t width)
{
    arci_answer *a = arci_arena_calloc(&t->arena, 1, sizeof *a);
    if (!a) return NULL;
    a->table = arci_store_table(t->book->store, e);
    a->width = width;
    return a;
}

/* Asks without being taken for a run ahead itself. */
static arc_status post(arci_txn *t, arci_answer *a)
{
    const uint8_t asking = t->asking;
    t->asking = 0;
    arc_status st = a->spec.n_cols ? arci_scan_open(t, &a->scan, &a->spec) : arci_scan_aggregate(t, &a->scan, &a->groups);
    t->asking = asking;
    if (st != ARC_OK) return st;
    a->next = t->answers;
    t->answers = a;
    t->asked_new++;
    return ARC_OK;
}

static arc_status known(arci_txn *t, arci_answer *a, const arci_answer **given)
{
    if (a->scan && t->asking != ARCI_SCOUT) {
        arc_status st = load(t, a);
        if (st != ARC_OK || !a->table) return st;
    }
    *given = a->scan ? NULL : a;
    return ARC_OK;
}

arc_status arci_answer_find(arci_txn *t, const arci_scan_spec *spec, const arci_answer **given)
{
    arci_answer *a = t->answers;
    *given = NULL;
    while (a && (!a->table || !a->spec.n_cols || !arci_spec_same(&a->spec, spec))) a = a->next;
    arc_status st = a ? known(t, a, given) : ARC_OK;
    if (st != ARC_OK || *given || t->asking != ARCI_SCOUT) return st;
    t->pretended = 1;
    *given = &nothing;
    if (a || spec->overlay || spec->test || spec->after) return ARC_OK;
    a = new_answer(t, spec->entity, spec->n_cols);
    st = a ? arci_spec_copy(t, &a->spec, spec) : arci_nomem(t->env);
    return st == ARC_OK ? post(t, a) : st;
}

arc_status arci_answer_group(arci_txn *t, const arci_aggregate_spec *spec, const arci_answer **given)
{
    arci_answer *a = t->answers;
    *given = NULL;
    while (a && (!a->table || a->spec.n_cols || !same_groups(&a->groups, spec))) a = a->next;
    arc_status st = a ? known(t, a, given) : ARC_OK;
    if (st != ARC_OK || *given || t->asking != ARCI_SCOUT) return st;
    t->pretended = 1;
    st = of_nothing(t, spec, given);
    if (a || spec->overlay || st != ARC_OK) return st;
    a = new_answer(t, spec->entity, spec->n_groups + spec->n_measures);
    st = a ? copy_groups(t, &a->groups, spec) : arci_nomem(t->env);
    return st == ARC_OK ? post(t, a) : st;
}

/* ---- runs ------------------------------------------------------------------------------------------------------------ */

static arc_status load_all(arci_txn *t, uint32_t *rows)
{
    arc_status st = arci_ahead_load(t, rows);
    for (arci_answer *a = t->answers; a && st == ARC_OK; a = a->next) {
        if (!a->scan) continue;
        st = load(t, a);
        *rows += a->n_rows;
    }
    return st;
}

arc_status arci_scout(arci_txn *t, arc_status (*read)(void *user), void *user)
{
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { t->book->ctx, &none }, *env = t->env;
    uint32_t rows = 0;
    if (t->asking || !t->book->ops->later || (t->book->ops->caps & ARC_CAP_SINGLE_WRITER) || t->book->attached) return read(user);
    for (uint32_t run = 0; run < RUNS_MOST && rows < ROWS_MOST && !t->doomed; run++) {
        t->asking = ARCI_SCOUT;
        t->asked_new = t->pretended = 0;
        t->env = &quiet;
        arc_status st = read(user);
        t->env = env;
        t->asking = 0;
        if (t->doomed || !t->asked_new) {
            if (st == ARC_OK && !t->pretended && !t->doomed) return st; /* all it was told is so */
            break;
        }
        t->env = &quiet;
        st = load_all(t, &rows);
        t->env = env;
        if (st != ARC_OK) break;
    }
    return read(user);
}
