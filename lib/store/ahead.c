/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ahead.h"

#include <stdlib.h>
#include <string.h>

#include "store/repo_impl.h"
#include "store/scout.h"
#include "store/verb.h"

#define SET_MOST 4096u /* values one set is asked for */

struct arci_set {
    arci_set *next;
    const arci_table *table; /* NULL: of no use any more */
    uint16_t col;            /* ARC_NO_COL: all rows of the table that pass the condition */
    uint16_t only;           /* ARC_NO_COL: no further condition */
    arc_value is;
    int64_t *values; /* ascending */
    uint32_t n, n_rows;
    arci_scan *scan; /* asked, not read yet */
    arc_value *rows; /* by primary key, all columns */
};

const arci_plan *arci_ahead_plan(const char *verb)
{
    for (const arci_plan *p = arci_plans; p->verb; p++) {
        if (!strcmp(p->verb, verb)) return p;
    }
    return NULL;
}

/* The links of the verb under way, and of those it is a part of. */
typedef struct walk {
    const arci_call *call;
    uint32_t i;
} walk;

static walk walk_of(const arci_txn *t)
{
    walk w = { t->ahead && arci_repo_keeps(t) && !t->doomed ? t->call : NULL, 0 };
    return w;
}

static const arci_link *next_link(walk *w)
{
    for (; w->call; w->call = w->call->outer, w->i = 0) {
        if (w->call->plan && w->i < w->call->plan->n) return &w->call->plan->links[w->i++];
    }
    return NULL;
}

uint32_t arci_set_size(const arci_set *set) { return set->n_rows; }

const arc_value *arci_set_row(const arci_set *set, uint32_t i) { return set->rows + (size_t)i * set->table->n_cols; }

/* ---- asking -------------------------------------------------------------------------------------------------------- */

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static int has_value(const arci_set *s, int64_t v) { return bsearch(&v, s->values, s->n, sizeof v, by_value) != NULL; }

static int is_there(const arci_txn *t, const arci_table *table, uint16_t col, uint16_t only, const arc_value *is, int64_t v)
{
    for (const arci_set *s = t->sets; s; s = s->next) {
        if (s->table != table || s->col != col || s->only != only || (only != ARC_NO_COL && !arci_value_equal(&s->is, is))) continue;
        if (col == ARC_NO_COL || has_value(s, v)) return 1;
    }
    return 0;
}

static arc_status open_set(arci_txn *t, arci_set *s)
{
    arc_order order[ARCI_MAX_KEY];
    arci_where w;
    uint16_t *cols = arci_arena_alloc(&t->arena, s->table->n_cols * sizeof *cols);
    arc_value *values = arci_arena_alloc(&t->arena, s->n * sizeof *values + 1);
    if (!cols || !values) return arci_nomem(t->env);
    for (uint16_t c = 0; c < s->table->n_cols; c++) cols[c] = c;
    for (uint32_t i = 0; i < s->n; i++) values[i] = arci_v_int(s->values[i]);
    arci_where_init(&w);
    if (s->col != ARC_NO_COL) arci_where_in(&w, s->col, values, s->n);
    if (s->only != ARC_NO_COL) arci_where_text(&w, s->only, ARC_OP_EQ, s->is.u.s, s->is.len);
    const arci_scan_spec spec = { .entity = s->table->entity, .cols = cols, .n_cols = s->table->n_cols, .conds = w.conds, .n_conds = w.n, .order = order,
                                  .n_order = arci_order_complete(s->table, NULL, 0, order), .flags = ARCI_SCAN_WHOLE };
    return arci_scan_open(t, &s->scan, &spec);
}

/* values are put in order here; they belong to the caller. */
static arc_status ask(arci_txn *t, const arci_table *table, uint16_t col, uint16_t only, const char *is, int64_t *values, uint32_t n)
{
    uint32_t m = 0;
    const arc_value v = is ? arci_v_text(is, strlen(is)) : arci_v_null();
    if (n > SET_MOST || (col != ARC_NO_COL && !n)) return ARC_OK;
    if (n) qsort(values, n, sizeof *values, by_value);
    for (uint32_t i = 0; i < n; i++) { /* those nobody has asked for */
        if ((!m || values[m - 1] != values[i]) && !is_there(t, table, col, only, &v, values[i])) values[m++] = values[i];
    }
    if (col == ARC_NO_COL ? is_there(t, table, col, only, &v, 0) : !m) return ARC_OK;
    arci_set *s = arci_arena_calloc(&t->arena, 1, sizeof *s);
    int64_t *own = arci_arena_alloc(&t->arena, m * sizeof *own + 1);
    if (!s || !own) return arci_nomem(t->env);
    if (m) memcpy(own, values, m * sizeof *own);
    s->table = table;
    s->col = col;
    s->only = only;
    s->is = v;
    s->values = own;
    s->n = m;
    arc_status st = open_set(t, s);
    if (st != ARC_OK) return st;
    s->next = t->sets;
    t->sets = s;
    return ARC_OK;
}

static const arci_table *table_of(const arci_txn *t, const char *name)
{
    const arci_entity *e = arci_entity_by_name(name, strlen(name));
    return e ? arci_store_table(t->book->store, e) : NULL;
}

static arc_status follow(arci_txn *t, const arci_link *l, int64_t *values, uint32_t n)
{
    const arci_table *to = table_of(t, l->to);
    uint16_t only = to && l->only && !l->lock ? arci_col(to->entity, l->only) : ARC_NO_COL, col = to && l->col ? arci_col(to->entity, l->col) : ARC_NO_COL;
    if (!to || (l->col && col == ARC_NO_COL) || (l->only && !l->lock && only == ARC_NO_COL)) {
        return arci_fail(t->env, ARC_E_INTERNAL, "a plan names %s, which has no such column", "计划引用了 %s 不存在的列", l->to);
    }
    return l->lock ? arci_repo_lock(t, l->to, values, n) : ask(t, to, col, only, l->is, l->col ? values : NULL, l->col ? n : 0);
}

/* ---- when links start ---------------------------------------------------------------------------------------------- */

arc_status arci_ahead_begin(arci_txn *t)
{
    arc_status st = ARC_OK;
    walk w = walk_of(t);
    for (const arci_link *l; st == ARC_OK && (l = next_link(&w));) {
        if (!l->from) st = follow(t, l, NULL, 0);
    }
    return st;
}

static int starts(const arci_link *l, const arci_table *table) { return l->from && !strcmp(l->from, table->entity->name); }

static int is_id(const arci_table *table, const arci_link *l) { return l->to && l->by && table->desc->n_key == 2 && arci_col(table->entity, l->by) == table->desc->key[1]; }

/* The rows themselves, whole, where nobody has asked for them so yet: what they name is asked for when they come. */
static arc_status ask_own(arci_txn *t, const arci_table *table, int64_t *ids, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && (arci_repo_asked_whole(t, table, ids[i]) || arci_repo_kept_whole(t, table, ids[i]))) i++;
    return i == n ? ARC_OK : ask(t, table, table->desc->key[1], ARC_NO_COL, NULL, ids, n);
}

enum { ANY = 1, LOCKS = 2, LOCKS_ONE = 4, PARENTS = 8 };

static int kinds_of_links(const arci_txn *t, const arci_table *table)
{
    int what = 0;
    walk w = walk_of(t);
    for (const arci_link *l; (l = next_link(&w));) {
        if (!starts(l, table)) continue;
        what |= ANY | (l->to ? 0 : l->lock ? LOCKS_ONE : LOCKS) | (l->to && l->by && !is_id(table, l) ? PARENTS : 0);
    }
    return what;
}

/* n 0: the book's own row. */
static arc_status follow_all(arci_txn *t, const arci_table *table, int64_t *ids, uint32_t n, int locked)
{
    arc_status st = ARC_OK;
    walk w = walk_of(t);
    for (const arci_link *l; st == ARC_OK && (l = next_link(&w));) {
        if (starts(l, table) && (is_id(table, l) || (locked && l->to && !l->by))) st = follow(t, l, ids, n);
    }
    return st;
}

arc_status arci_ahead_known(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n, int locked)
{
    const int what = kinds_of_links(t, table);
    if (!what || n > SET_MOST) return ARC_OK;
    if (table->desc->n_key == 1) return follow_all(t, table, NULL, 0, locked);
    if (!n || table->desc->n_key != 2) return ARC_OK;
    if (!locked && ((what & LOCKS) || ((what & LOCKS_ONE) && n == 1))) {
        uint32_t i = 0;
        while (i < n && arci_repo_holds(t, table, ids[i], 0)) i++;
        if (i < n) return arci_repo_lock(t, table->entity->name, ids, n); /* which comes here again */
    }
    int64_t *own = arci_alloc(t->book->ctx, n * sizeof *own);
    if (!own) return arci_nomem(t->env);
    memcpy(own, ids, n * sizeof *own);
    arc_status st = what & PARENTS ? ask_own(t, table, own, n) : ARC_OK;
    if (st == ARC_OK) st = follow_all(t, table, own, n, locked);
    arci_free(t->book->ctx, own);
    return st;
}

arc_status arci_ahead_came(arci_txn *t, const arci_table *table, const arc_value *rows, uint32_t n, uint32_t width, uint32_t first)
{
    arc_status st = ARC_OK;
    walk w = walk_of(t);
    for (const arci_link *l; n && st == ARC_OK && (l = next_link(&w));) {
        if (!starts(l, table) || !l->to || !l->by) continue;
        uint16_t col = arci_col(table->entity, l->by), only = l->lock && l->only ? arci_col(table->entity, l->only) : ARC_NO_COL;
        int64_t *values = arci_alloc(t->book->ctx, n * sizeof *values);
        uint32_t m = 0;
        if (!values) return arci_nomem(t->env);
        for (uint32_t r = 0; r < n && col != ARC_NO_COL; r++) {
            const arc_value *v = &rows[(size_t)r * width + col - first], *when = only == ARC_NO_COL ? NULL : &rows[(size_t)r * width + only - first];
            if (v->type == ARC_V_INT && (!when || (when->type == ARC_V_INT && when->u.i))) values[m++] = v->u.i;
        }
        st = m ? follow(t, l, values, m) : ARC_OK;
        arci_free(t->book->ctx, values);
    }
    return st;
}

/* ---- answers --------------------------------------------------------------------------------------------------------- */

static arc_status take(arci_txn *t, arci_set *s, const arc_block *block, uint32_t *cap)
{
    const size_t width = s->table->n_cols;
    if (s->n_rows + block->n_rows > *cap) {
        *cap = 2 * *cap + block->n_rows;
        arc_value *p = arci_arena_alloc(&t->arena, *cap * width * sizeof *p);
        if (!p) return arci_nomem(t->env);
        if (s->n_rows) memcpy(p, s->rows, s->n_rows * width * sizeof *p);
        s->rows = p;
    }
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < block->n_rows && st == ARC_OK; i++) {
        st = arci_repo_copy(t->env, &t->arena, s->rows + s->n_rows * width, block->values + (size_t)i * block->n_cols, (uint32_t)width);
        if (st == ARC_OK) s->n_rows++;
    }
    return st;
}

/* Waits for the rows; what they lead to is asked for. A set with damaged rows is none: who needs them asks, and is told of it. */
static arc_status load(arci_txn *t, arci_set *s)
{
    arc_block block;
    uint32_t cap = 0;
    arc_status st = ARC_OK;
    if (!s->scan) return ARC_OK;
    const arci_table *table = s->table;
    arci_scan *scan = s->scan;
    s->scan = NULL;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK && (st = take(t, s, &block, &cap)) == ARC_OK) continue;
    arci_scan_end(scan);
    if (st == ARC_DONE && !t->book->damaged) return arci_ahead_came(t, table, s->rows, s->n_rows, table->n_cols, 0);
    s->table = NULL;
    return st == ARC_DONE || (st == ARC_E_CORRUPT && !t->doomed) ? ARC_OK : st;
}

/* Whether a condition of the question is that a column is one of the set's values. */
static int within(const arci_set *s, const arc_cond *c)
{
    const arc_cond_op *o = c->ops;
    if (c->n_ops != 1 || o->col != s->col || o->col2 != ARC_NO_COL || (o->op != ARC_OP_EQ && o->op != ARC_OP_IN) || !o->n || !o->v) return 0;
    for (uint32_t i = 0; i < o->n; i++) {
        if (o->v[i].type != ARC_V_INT || !has_value(s, o->v[i].u.i)) return 0;
    }
    return 1;
}

static int is_only(const arci_set *s, const arc_cond *c)
{
    const arc_cond_op *o = c->ops;
    return c->n_ops == 1 && o->col == s->only && o->col2 == ARC_NO_COL && (o->op == ARC_OP_EQ || o->op == ARC_OP_IN) && o->n == 1 && o->v && arci_value_equal(&o->v[0], &s->is);
}

static int covers(const arci_set *s, const arci_scan_spec *spec)
{
    int values = s->col == ARC_NO_COL, only = s->only == ARC_NO_COL;
    if (!s->table || s->table->entity != spec->entity) return 0;
    for (uint32_t i = 0; i < spec->n_conds && !(values && only); i++) {
        values |= within(s, &spec->conds[i]);
        only |= is_only(s, &spec->conds[i]);
    }
    return values && only;
}

static arci_set *set_with(const arci_txn *t, const arci_table *table, uint16_t col, int64_t v)
{
    arci_set *s = t->sets;
    while (s && (s->table != table || s->col != col || s->only != ARC_NO_COL || !has_value(s, v))) s = s->next;
    return s;
}

/* One set, for the moment, of several that have the values of a condition between them: *out NULL, they have not. In no order: who asks puts rows in his own. */
static arc_status join(arci_txn *t, const arci_table *table, const arc_cond *c, arci_set **out)
{
    const arc_cond_op *o = c->ops;
    const size_t width = table->n_cols;
    uint32_t cap = 0;
    if (c->n_ops != 1 || o->op != ARC_OP_IN || o->n < 2 || o->n > SET_MOST / 8 || o->col2 != ARC_NO_COL || !o->v) return ARC_OK;
    for (uint32_t i = 0; i < o->n; i++) {
        arci_set *s = o->v[i].type == ARC_V_INT ? set_with(t, table, o->col, o->v[i].u.i) : NULL;
        arc_status st = s ? load(t, s) : ARC_OK;
        if (st != ARC_OK || !s || !s->table) return st;
        cap += s->n_rows;
    }
    arci_set *j = arci_arena_calloc(&t->arena, 1, sizeof *j);
    if (!j || !(j->rows = arci_arena_alloc(&t->arena, cap * width * sizeof *j->rows + 1))) return arci_nomem(t->env);
    for (uint32_t i = 0; i < o->n; i++) {
        const arci_set *s = set_with(t, table, o->col, o->v[i].u.i);
        for (uint32_t r = 0; s && r < s->n_rows; r++) {
            const arc_value *row = arci_set_row(s, r);
            if (row[o->col].type == ARC_V_INT && row[o->col].u.i == o->v[i].u.i) memcpy(j->rows + (size_t)j->n_rows++ * width, row, width * sizeof *row);
        }
    }
    j->table = table;
    *out = j;
    return ARC_OK;
}

arc_status arci_ahead_covers(arci_txn *t, const arci_scan_spec *spec, int wait, arci_set **out)
{
    arc_status st = ARC_OK;
    *out = NULL;
    if (!t->sets || spec->overlay || (spec->flags & ARCI_SCAN_ANY_BOOK)) return ARC_OK;
    for (arci_set *s = t->sets; s && !*out && st == ARC_OK; s = s->next) {
        if (!covers(s, spec)) continue;
        if (wait && t->asking != ARCI_SCOUT) st = load(t, s);
        if (s->table) *out = s;
    }
    const arci_table *table = !*out && wait && t->asking != ARCI_SCOUT && st == ARC_OK ? arci_store_table(t->book->store, spec->entity) : NULL;
    for (uint32_t i = 0; table && i < spec->n_conds && !*out && st == ARC_OK; i++) st = join(t, table, &spec->conds[i], out);
    return st;
}

static const arc_value *row_of(const arci_set *s, int64_t id)
{
    const uint16_t key = s->table->desc->key[1];
    uint32_t from = 0, to = s->n_rows;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (arci_set_row(s, mid)[key].u.i < id) from = mid + 1;
        else to = mid;
    }
    return from < s->n_rows && arci_set_row(s, from)[key].u.i == id ? arci_set_row(s, from) : NULL;
}

arc_status arci_ahead_row(arci_txn *t, const arci_table *table, int64_t id, int *known, const arc_value **row)
{
    arc_status st = ARC_OK;
    *known = id < 1;
    *row = NULL;
    if (table->desc->n_key != 2) return ARC_OK;
    for (arci_set *s = t->sets; s && !*known && st == ARC_OK; s = s->next) {
        if (s->table != table) continue;
        int own = s->col == table->desc->key[1] && s->only == ARC_NO_COL && has_value(s, id);
        if (s->scan && (!own || t->asking == ARCI_SCOUT)) continue;
        st = load(t, s);
        if (st != ARC_OK || !s->table) continue;
        *row = row_of(s, id);
        *known = own || *row;
    }
    return st;
}

int arci_ahead_has_ids(const arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n)
{
    if (!t->sets || table->desc->n_key != 2) return 0;
    for (const arci_set *s = t->sets; s; s = s->next) {
        uint32_t i = 0;
        if (s->table != table || s->col != table->desc->key[1] || s->only != ARC_NO_COL) continue;
        while (i < n && has_value(s, ids[i])) i++;
        if (i == n) return 1;
    }
    return 0;
}

arc_status arci_ahead_scout(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n)
{
    const uint8_t asking = t->asking;
    if (table->desc->n_key != 2 || n > SET_MOST || arci_ahead_has_ids(t, table, ids, n)) return ARC_OK;
    int64_t *own = arci_alloc(t->book->ctx, n * sizeof *own);
    if (!own) return arci_nomem(t->env);
    memcpy(own, ids, n * sizeof *own);
    t->asking = 0;
    arc_status st = ask(t, table, table->desc->key[1], ARC_NO_COL, NULL, own, n);
    t->asking = asking;
    t->asked_new++;
    arci_free(t->book->ctx, own);
    return st;
}

arc_status arci_ahead_load(arci_txn *t, uint32_t *rows)
{
    arc_status st = ARC_OK;
    for (arci_set *s = t->sets; s && st == ARC_OK; s = s->next) {
        if (!s->scan) continue;
        st = load(t, s);
        *rows += s->n_rows;
    }
    return st;
}

void arci_ahead_forget(arci_txn *t, const arci_table *table, int inserted)
{
    for (arci_set *s = t->sets; s; s = s->next) {
        if (table && s->table != table) continue;
        if (inserted && s->table && !s->scan && s->n_rows == s->n && s->only == ARC_NO_COL && s->table->desc->n_key == 2 && s->col == s->table->desc->key[1]) continue; /* by id */
        arci_scan_end(s->scan);
        s->scan = NULL;
        s->table = NULL;
    }
    if (!table) t->sets = NULL;
}
