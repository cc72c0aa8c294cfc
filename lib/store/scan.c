/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "store/ahead.h"
#include "store/damage.h"
#include "store/scan_impl.h"
#include "store/scout.h"

/* ---- life ---------------------------------------------------------------------------------------------------------- */

arc_status arci_scan_take(arci_txn *t, const arci_entity *e, arci_scan **out)
{
    arci_book *b = t->book;
    const arci_table *table = arci_store_table(b->store, e);
    *out = NULL;
    if (!table) {
        arci_fail(t->env, ARC_E_UNSUPPORTED, "%s has no table yet", "%s 尚无数据表", e->name);
        arci_fail_at(t->env, e->name, NULL, -1, -1);
        return ARC_E_UNSUPPORTED;
    }
    if (t->doomed) return arci_fail(t->env, ARC_E_DOOMED, "the transaction has failed: roll it back", "事务已失败：请回滚");
    arci_scan *s = b->spare_scans;
    if (s) {
        b->spare_scans = s->next;
    } else {
        s = arci_calloc(b->ctx, 1, sizeof *s);
        if (!s) return arci_nomem(t->env);
        s->book = b;
        arci_arena_init(&s->arena, b->ctx);
        arci_arena_init(&s->sorter.arena, b->ctx);
    }
    s->table = table;
    s->due = -1;
    s->txn = t;
    s->prev = NULL;
    s->next = t->scans;
    if (t->scans) t->scans->prev = s;
    t->scans = s;
    *out = s;
    return ARC_OK;
}

void arci_scan_detach(arci_scan *s)
{
    arci_txn *t = s->txn;
    if (!t) return;
    arci_be_end(s->book, s->cursor);
    s->cursor = NULL;
    if (s->prev) s->prev->next = s->next;
    else t->scans = s->next;
    if (s->next) s->next->prev = s->prev;
    s->prev = s->next = NULL;
    s->txn = NULL;
}

arci_txn *arci_scan_txn(const arci_scan *s)
{
    return s->txn;
}

void arci_scan_end(arci_scan *s)
{
    if (!s) return;
    arci_book *b = s->book;
    arci_arena arena, texts;
    arci_scan_detach(s);
    arci_sort_clear(s);
    arci_compose_free(s);
    arena = s->arena;
    if (s->agg_used) arci_agg_clear(&s->agg);
    texts = s->sorter.arena;
    memset(s, 0, sizeof *s);
    arci_arena_reset(&arena);
    s->arena = arena;
    s->sorter.arena = texts;
    s->book = b;
    s->next = b->spare_scans;
    b->spare_scans = s;
}

void arci_scans_free(arci_book *b)
{
    while (b->spare_scans) {
        arci_scan *next = b->spare_scans->next;
        arci_arena_clear(&b->spare_scans->arena);
        arci_arena_clear(&b->spare_scans->sorter.arena);
        arci_free(b->ctx, b->spare_scans);
        b->spare_scans = next;
    }
}

void arci_scan_overlay(arci_scan *s, const arci_overlay *overlay)
{
    s->overlay = overlay;
    if (overlay) s->table = &overlay->table;
}

/* ---- making a plan ------------------------------------------------------------------------------------------------- */

/* Copies the conditions, the book's in front. Single constants are copied too: callers keep them on the stack. */
arc_status arci_scan_conds(arci_scan *s, const arc_cond *conds, uint32_t n, int any_book)
{
    uint32_t n_ops = !any_book, most = 1, at = 0;
    for (uint32_t i = 0; i < n; i++) {
        arc_status st = arci_cond_check(s->txn->env, s->table, &conds[i]);
        if (st != ARC_OK) return st;
        n_ops += conds[i].n_ops;
        if (conds[i].n_ops > most) most = conds[i].n_ops;
    }
    s->n_conds = n + !any_book;
    s->conds = arci_arena_calloc(&s->arena, s->n_conds + 1, sizeof(arc_cond));
    arc_cond_op *ops = arci_arena_calloc(&s->arena, n_ops + 1, sizeof(arc_cond_op));
    arc_value *values = arci_arena_calloc(&s->arena, n_ops + 1, sizeof(arc_value));
    if (!s->conds || !ops || !values) return arci_nomem(s->txn->env);
    if (!any_book) {
        ops->op = ARC_OP_EQ;
        ops->col2 = ARC_NO_COL;
        ops->n = 1;
        ops->v = values;
        *values = arci_v_int(s->book->id);
        s->conds[at].ops = ops++;
        s->conds[at++].n_ops = 1;
        values++;
    }
    for (uint32_t i = 0; i < n; i++) {
        int last = arci_scan_is_virtual(s, &conds[i]);
        arc_cond *c = last ? &s->conds[s->n_conds - ++s->n_virtual] : &s->conds[at++];
        c->ops = ops;
        c->n_ops = conds[i].n_ops;
        memcpy(ops, conds[i].ops, conds[i].n_ops * sizeof *ops);
        for (uint32_t k = 0; k < conds[i].n_ops; k++, ops++) {
            if (ops->n != 1 || !ops->v) continue;
            *values = *ops->v;
            ops->v = values++;
        }
        if (!last) continue;
        arc_status st = arci_scan_choices(s, c);
        if (st != ARC_OK) return st;
        if (c->n_ops > most) most = c->n_ops;
    }
    s->stack = arci_arena_alloc(&s->arena, most);
    return s->stack ? ARC_OK : arci_nomem(s->txn->env);
}

/* Conditions the backend took come first. */
static void split_conds(arci_scan *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_conds; i++) {
        if (!s->conds[i].accepted) continue;
        arc_cond c = s->conds[i];
        memmove(&s->conds[n + 1], &s->conds[n], (i - n) * sizeof(arc_cond));
        s->conds[n++] = c;
    }
    s->n_pushed = n;
}

static int by_integer(const void *x, const void *y)
{
    const arc_value *a = x, *b = y;
    return (a->u.i > b->u.i) - (a->u.i < b->u.i);
}

/* Long lists that are tested here are searched, not walked: a scope may list every customer of a region. */
static arc_status sort_lists(arci_scan *s)
{
    const uint32_t few = 8;
    for (uint32_t i = s->n_pushed; i < s->n_conds; i++) {
        arc_cond_op *ops = arci_arena_alloc(&s->arena, s->conds[i].n_ops * sizeof *ops);
        if (!ops) return arci_nomem(s->txn->env);
        memcpy(ops, s->conds[i].ops, s->conds[i].n_ops * sizeof *ops);
        for (uint32_t k = 0; k < s->conds[i].n_ops; k++) {
            arc_cond_op *o = &ops[k];
            if (o->op != ARC_OP_IN || o->n <= few || o->v[0].type != ARC_V_INT) continue;
            arc_value *v = arci_arena_alloc(&s->arena, o->n * sizeof *v);
            if (!v) return arci_nomem(s->txn->env);
            memcpy(v, o->v, o->n * sizeof *v);
            qsort(v, o->n, sizeof *v, by_integer);
            o->v = v;
            o->reserved = ARCI_COND_SORTED;
        }
        s->conds[i].ops = ops;
    }
    return ARC_OK;
}

static arc_status check_plan(arci_scan *s, const arc_fetch *f)
{
    if (f->planned & ~(ARC_PLAN_ORDER | ARC_PLAN_LIMIT)) return arci_be_broken(s->txn->env, s->book, "plan() set an unknown flag");
    if ((f->planned & ARC_PLAN_LIMIT) && (s->n_pushed < s->n_conds || (f->n_order && !(f->planned & ARC_PLAN_ORDER)))) {
        return arci_be_broken(s->txn->env, s->book, "plan() took the limit without the rest");
    }
    return ARC_OK;
}

/* Columns to fetch: those wanted, then what is tested or sorted by here. */
static arc_status choose_columns(arci_scan *s, arc_fetch *f)
{
    const arci_table *t = s->table;
    const uint16_t *fetched;
    uint8_t *used = arci_arena_calloc(&s->arena, t->n_cols, 1);
    uint16_t *cols = arci_arena_alloc(&s->arena, (s->n_wanted + t->n_cols) * sizeof *cols);
    s->place = arci_arena_alloc(&s->arena, t->n_cols * sizeof *s->place);
    s->kinds = arci_arena_alloc(&s->arena, s->n_wanted + t->n_cols);
    if (!used || !cols || !s->place || !s->kinds) return arci_nomem(s->txn->env);
    memcpy(cols, s->cols, s->n_wanted * sizeof *cols);
    for (uint32_t i = 0; i < t->n_cols; i++) s->place[i] = ARC_NO_COL;
    for (uint32_t i = 0; i < s->n_wanted; i++) s->place[cols[i]] = (uint16_t)i;
    for (uint32_t i = s->n_pushed; i < s->n_conds; i++) arci_cond_columns(&s->conds[i], used);
    for (uint32_t i = 0; s->sort_here && i < s->n_order; i++) used[s->order[i].col] = 1;
    for (uint32_t i = 0; s->test && i < s->test->n_cols; i++) used[s->test->cols[i]] = 1;
    s->n_cols = s->n_wanted;
    for (uint16_t c = 0; c < t->n_cols; c++) {
        if (!used[c] || s->place[c] != ARC_NO_COL) continue;
        s->place[c] = (uint16_t)s->n_cols;
        cols[s->n_cols++] = c;
    }
    s->cols = cols;
    arc_status st = arci_compose_plan(s, &fetched, &s->n_fetched);
    if (st != ARC_OK) return st;
    f->cols = s->fetched = fetched;
    f->n_cols = s->n_fetched;
    for (uint32_t i = 0; i < s->n_fetched; i++) {
        const arc_column *c = &t->desc->cols[fetched[i]];
        s->kinds[i] = (uint8_t)(arci_column_value_type(c->type) | (c->flags & ARC_COL_REQUIRED ? 0x80 : 0));
    }
    return ARC_OK;
}

static arc_status copy_order(arci_scan *s, const arci_scan_spec *spec)
{
    s->n_order = spec->n_order;
    if (!spec->n_order) return ARC_OK;
    s->order = arci_arena_alloc(&s->arena, spec->n_order * sizeof(arc_order));
    if (!s->order) return arci_nomem(s->txn->env);
    memcpy(s->order, spec->order, spec->n_order * sizeof(arc_order));
    if (!spec->after) return ARC_OK;
    s->after = arci_arena_alloc(&s->arena, spec->n_order * sizeof(arc_value));
    if (!s->after) return arci_nomem(s->txn->env);
    memcpy(s->after, spec->after, spec->n_order * sizeof(arc_value));
    return ARC_OK;
}

static int virtual_order(const arci_scan *s)
{
    for (uint32_t i = 0; s->overlay && i < s->n_order; i++) {
        if (arci_overlay_virtual(s->overlay, s->order[i].col)) return 1;
    }
    return 0;
}

/* What the backend is asked: nothing of custom fields, and no limit where rows are left out or put in order here. */
static void offer(const arci_scan *s, arc_fetch *f, const arci_scan_spec *spec)
{
    int here = virtual_order(s);
    f->cols = s->cols;
    f->n_cols = s->n_wanted;
    if (s->overlay) { /* a plan may look at the columns: those of the table */
        uint16_t *real = s->overlay_cols;
        f->n_cols = 0;
        for (uint32_t i = 0; i < s->n_wanted; i++) {
            if (!arci_overlay_virtual(s->overlay, s->cols[i])) real[f->n_cols++] = s->cols[i];
        }
        if (!f->n_cols) real[f->n_cols++] = s->table->desc->key[0];
        f->cols = real;
    }
    f->n_conds = s->n_conds - s->n_virtual;
    f->order = here ? NULL : s->order;
    f->after = here ? NULL : s->after;
    f->n_order = here ? 0 : s->n_order;
    f->limit = here || s->n_virtual || s->test ? 0 : spec->limit;
}

static arc_status prepare(arci_scan *s, const arci_scan_spec *spec, arc_fetch *f)
{
    arc_status st = arci_scan_conds(s, spec->conds, spec->n_conds, (spec->flags & ARCI_SCAN_ANY_BOOK) != 0);
    if (st == ARC_OK) st = copy_order(s, spec);
    if (st != ARC_OK) return st;
    s->test = spec->test;
    s->n_wanted = spec->n_cols;
    s->cols = arci_arena_alloc(&s->arena, (spec->n_cols + 1) * sizeof(uint16_t));
    if (!s->cols) return arci_nomem(s->txn->env);
    memcpy(s->cols, spec->cols, spec->n_cols * sizeof(uint16_t));
    memset(f, 0, sizeof *f);
    f->struct_size = (uint32_t)sizeof *f;
    f->table = s->table->number;
    if ((spec->flags & ARCI_SCAN_WHOLE) && s->book->ops->later) f->flags = ARC_FETCH_WHOLE;
    s->overlay_cols = arci_arena_alloc(&s->arena, (spec->n_cols + 1) * sizeof(uint16_t));
    if (!s->overlay_cols) return arci_nomem(s->txn->env);
    f->conds = s->conds;
    offer(s, f, spec);
    if (!s->set) arci_be_plan(s->book, f);
    if (s->n_virtual || s->test || virtual_order(s)) f->planned &= ~(uint32_t)(f->n_order ? ARC_PLAN_LIMIT : ARC_PLAN_LIMIT | ARC_PLAN_ORDER);
    split_conds(s);
    st = sort_lists(s);
    if (st == ARC_OK) st = check_plan(s, f);
    s->planned = f->planned;
    s->sort_here = s->n_order && !(f->planned & ARC_PLAN_ORDER);
    s->left = !spec->limit || (f->planned & ARC_PLAN_LIMIT) ? -1 : spec->limit;
    s->due = spec->limit && (f->planned & ARC_PLAN_LIMIT) ? spec->limit : -1;
    if (st == ARC_OK) st = choose_columns(s, f);
    f->n_conds = s->n_pushed;
    if (s->sort_here) {
        f->order = NULL;
        f->after = NULL;
        f->n_order = 0;
    }
    if (!(f->planned & ARC_PLAN_LIMIT)) f->limit = 0;
    return st;
}

arc_status arci_scan_given(arci_txn *t, arci_scan **out, const arci_entity *e, const arci_answer *answer)
{
    arc_status st = arci_scan_take(t, e, out);
    if (st != ARC_OK) return st;
    (*out)->answer = answer;
    (*out)->left = -1;
    return ARC_OK;
}

arc_status arci_scan_open(arci_txn *t, arci_scan **out, const arci_scan_spec *spec)
{
    arci_scan *s;
    arci_set *set;
    const arci_answer *given = NULL;
    arc_fetch f;
    *out = NULL;
    arc_status st = arci_ahead_covers(t, spec, 1, &set);
    if (st == ARC_OK && !set && (t->answers || t->asking == ARCI_SCOUT)) st = arci_answer_find(t, spec, &given);
    if (st == ARC_OK && given) return arci_scan_given(t, out, spec->entity, given);
    if (st == ARC_OK) st = arci_scan_take(t, spec->entity, &s);
    if (st != ARC_OK) return st;
    arci_scan_overlay(s, spec->overlay);
    s->set = set;
    st = prepare(s, spec, &f);
    if (st == ARC_OK && !set) {
        st = arci_be_fetch(t->env, s->book, t->be, &f);
        if (st != ARC_OK) arci_txn_doom(t);
    }
    if (st != ARC_OK) {
        arci_scan_end(s);
        return st;
    }
    s->cursor = f.cursor;
    *out = s;
    return ARC_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static int passes(const arci_scan *s, const arc_value *row, arc_status *st)
{
    int holds = 1;
    for (uint32_t i = s->n_pushed; i < s->n_conds; i++) {
        if (!arci_cond_test(&s->conds[i], row, s->place, s->stack)) return 0;
    }
    if (s->test && *st == ARC_OK) *st = s->test->holds(s->test->user, row, s->place, &holds);
    return holds;
}

/* Keeps the rows that pass; their texts stay where the backend has them. */
static arc_status filter(arci_scan *s, arc_block *block)
{
    size_t width = block->n_cols;
    uint32_t r = 0, n;
    arc_status st = ARC_OK;
    while (r < block->n_rows && passes(s, block->values + r * width, &st)) r++;
    if (r == block->n_rows || st != ARC_OK) return st;
    if (s->buf_rows < block->n_rows) {
        s->buf = arci_arena_alloc(&s->arena, block->n_rows * width * sizeof(arc_value));
        if (!s->buf) return arci_nomem(s->txn->env);
        s->buf_rows = block->n_rows;
    }
    n = r;
    if (r) memcpy(s->buf, block->values, r * width * sizeof(arc_value));
    for (r++; r < block->n_rows; r++) {
        const arc_value *row = block->values + r * width;
        if (passes(s, row, &st)) memcpy(s->buf + n++ * width, row, width * sizeof(arc_value));
    }
    block->values = s->buf;
    block->n_rows = n;
    return st;
}

/* Rows with damaged values: the error, or a copy of the block without them. */
static arc_status mend(arci_scan *s, arc_block *block)
{
    size_t n = (size_t)block->n_rows * block->n_cols;
    if (s->mended_values < n) {
        s->mended = arci_arena_alloc(&s->arena, n * sizeof *s->mended);
        if (!s->mended) return arci_nomem(s->txn->env);
        s->mended_values = n;
    }
    memcpy(s->mended, block->values, n * sizeof *s->mended);
    block->values = s->mended;
    arc_status st = ARC_OK;
    for (uint32_t r = 0; r < block->n_rows && st == ARC_OK; r++) {
        st = arci_damage_row(s->txn, s->table, s->fetched, s->n_fetched, s->mended + (size_t)r * block->n_cols);
    }
    return st;
}

/* What only counting and comparing shows: more rows than were to come, groups that are none. */
static arc_status check_rows(arci_scan *s, const arc_block *block)
{
    if (s->due >= 0 && (s->due -= block->n_rows) < 0) return arci_be_broken(s->txn->env, s->book, "more rows than the limit it took");
    return s->grouped ? arci_groups_check(s, block) : ARC_OK;
}

/* The rows that were asked for ahead, as the backend would hand them over. */
static arc_status next_of_set(arci_scan *s, arc_block *block)
{
    const uint32_t n = arci_set_size(s->set);
    arc_value *v = arci_arena_alloc(&s->arena, (size_t)n * s->n_fetched * sizeof *v + 1);
    if (!v) return arci_nomem(s->txn->env);
    block->values = v;
    block->n_rows = n;
    block->n_cols = s->n_fetched;
    for (uint32_t r = 0; r < n; r++) {
        const arc_value *row = arci_set_row(s->set, r);
        for (uint32_t c = 0; c < s->n_fetched; c++) *v++ = row[s->fetched[c]];
    }
    s->set = NULL;
    return n ? ARC_OK : ARC_DONE;
}

/* Next rows of the backend that pass; not counted against the limit. */
static arc_status next_passing(arci_scan *s, arc_block *block)
{
    if (s->agg_used) { /* grouped here: one block */
        *block = s->agg_block;
        s->agg_block.n_rows = 0;
        return block->n_rows ? ARC_OK : ARC_DONE;
    }
    do {
        if (!s->cursor && !s->set) return ARC_DONE;
        arc_status st = s->set ? next_of_set(s, block) : arci_be_next(s->txn->env, s->book, s->cursor, block, s->kinds, s->n_fetched);
        if (st == ARC_OK) st = check_rows(s, block);
        else if (st == ARC_DONE && s->grouped) st = arci_groups_end(s);
        if (st != ARC_OK) {
            if (st != ARC_DONE) arci_txn_doom(s->txn);
            s->set = NULL;
            arci_be_end(s->book, s->cursor);
            s->cursor = NULL;
            return st;
        }
        if (s->cursor && s->book->damaged) st = mend(s, block);
        if (st == ARC_OK && s->composer) st = arci_compose_block(s, block);
        if (st == ARC_OK && (s->n_pushed < s->n_conds || s->test)) st = filter(s, block);
        if (st != ARC_OK) return st;
    } while (!block->n_rows);
    return ARC_OK;
}

static arc_status load_sorted(arci_scan *s)
{
    arc_block block;
    arc_status st;
    while ((st = next_passing(s, &block)) == ARC_OK) {
        st = arci_sort_add(s, &block);
        if (st != ARC_OK) return st;
    }
    if (st != ARC_DONE) return st;
    arci_sort_finish(s);
    s->loaded = 1;
    return ARC_OK;
}

arc_status arci_scan_next(arci_scan *s, arc_block *block)
{
    arc_status st = ARC_OK;
    if (!s->txn) return ARC_E_TXN;
    if (s->answer) {
        arci_answer_block(s->answer, block);
        s->answer = NULL;
        return block->n_rows ? ARC_OK : ARC_DONE;
    }
    if (s->sort_here) {
        if (!s->loaded) st = load_sorted(s);
        return st == ARC_OK ? arci_sort_next(s, block) : st;
    }
    if (!s->left) return ARC_DONE;
    st = next_passing(s, block);
    if (st != ARC_OK || s->left < 0) return st;
    if (block->n_rows >= s->left) {
        block->n_rows = (uint32_t)s->left;
        s->left = 0;
    } else {
        s->left -= block->n_rows;
    }
    return ARC_OK;
}

/* ---- plans for people ---------------------------------------------------------------------------------------------- */

void arci_scan_get_plan(const arci_scan *s, arci_scan_plan *plan)
{
    plan->n_conds = s->n_conds;
    plan->n_accepted = s->n_pushed;
    plan->n_virtual = s->n_virtual;
    plan->planned = s->planned;
    plan->pushed_aggregate = s->grouped && !s->agg_used;
}

arc_status arci_scan_explain(arci_txn *t, const arci_scan_spec *spec, arci_scan_plan *plan, char *buf, size_t *len)
{
    arci_scan *s;
    arc_fetch f;
    arc_status st = arci_scan_take(t, spec->entity, &s);
    if (st != ARC_OK) return st;
    arci_scan_overlay(s, spec->overlay);
    st = prepare(s, spec, &f);
    if (st == ARC_OK) {
        arci_scan_get_plan(s, plan);
        st = arci_be_explain(t->env, s->book, t->be, &f, buf, len);
    }
    arci_scan_end(s);
    return st;
}

uint32_t arci_order_complete(const arci_table *t, const arc_order *order, uint32_t n, arc_order *out)
{
    uint32_t total = n;
    if (n) memcpy(out, order, n * sizeof *order);
    for (uint32_t k = 1; k < t->desc->n_key; k++) {
        int has = 0;
        for (uint32_t i = 0; i < n; i++) has |= order[i].col == t->desc->key[k];
        if (has) continue;
        out[total].col = t->desc->key[k];
        out[total++].descending = 0;
    }
    return total;
}
