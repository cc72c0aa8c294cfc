/* SPDX-License-Identifier: Apache-2.0 */
/* Which tree answers a question, and which part of the question it answers by its order alone. The choice depends on the question
 * only, never on what the store holds: plan() and fetch() must agree. */
#include "backend/memory_read.h"
#include "base/env.h"

/* A conjunct that is one compare of the column with a constant that is there. */
static const arc_cond_op *simple(const arc_cond *cond, uint16_t col)
{
    const arc_cond_op *op = cond->ops;
    if (cond->n_ops != 1 || op->col != col) return NULL;
    if (op->op == ARC_OP_IS_NULL || op->op == ARC_OP_IN) return op;
    if (op->op > ARC_OP_PREFIX || (op->op <= ARC_OP_GE && op->col2 != ARC_NO_COL) || op->v->type == ARC_V_NULL) return NULL;
    return op;
}

static void mark(mem_access *a, uint32_t cond)
{
    if (cond < 64) a->done |= UINT64_C(1) << cond;
}

/* ---- partial indexes ------------------------------------------------------------------------------------------------------- */

static int proves_nonzero(const arc_cond_op *op, int required)
{
    int64_t v = op->v && op->v->type == ARC_V_INT ? op->v->u.i : 0;
    switch (op->op) {
    case ARC_OP_NE: return required && op->v && op->v->type == ARC_V_INT && !v;
    case ARC_OP_EQ: return v != 0;
    case ARC_OP_GT: return v >= 0;
    case ARC_OP_GE: return v > 0;
    case ARC_OP_LT: return v <= 0;
    case ARC_OP_LE: return v < 0;
    default: return 0;
    }
}

static int is_set_test(const arc_cond *cond, uint16_t col)
{
    return cond->n_ops == 2 && cond->ops[0].op == ARC_OP_IS_NULL && cond->ops[0].col == col && cond->ops[1].op == ARC_OP_NOT;
}

/* Whether the index holds every row that satisfies the conditions. A conjunct that says just that is done with. */
static int holds_all(const mem_question *q, const mem_tree *tree, mem_access *a)
{
    uint32_t where = tree->index ? tree->index->flags & ~(uint32_t)ARC_INDEX_UNIQUE : 0;
    int proved = !where;
    for (uint32_t i = 0; where && i < q->n_conds; i++) {
        uint16_t col = tree->index->where_col;
        const arc_cond_op *op = simple(&q->conds[i], col);
        int required = (q->table->t.cols[col].flags & ARC_COL_REQUIRED) != 0;
        if ((where & ARC_INDEX_WHERE_SET) && is_set_test(&q->conds[i], col)) {
            mark(a, i);
            proved = 1;
        } else if (!op) {
            continue;
        } else if (where & ARC_INDEX_WHERE_NULL) {
            if (op->op != ARC_OP_IS_NULL) continue;
            mark(a, i);
            proved = 1;
        } else if (where & ARC_INDEX_WHERE_SET) {
            proved |= op->op != ARC_OP_IS_NULL && op->op != ARC_OP_NE;
        } else if (q->table->kinds[col] == ARC_V_INT && proves_nonzero(op, required)) {
            if (op->op == ARC_OP_NE) mark(a, i);
            proved = 1;
        }
    }
    return proved;
}

/* ---- what a tree makes of the conditions ------------------------------------------------------------------------------------- */

static void match_conds(const mem_question *q, mem_access *a)
{
    const mem_tree *tree = a->tree;
    for (a->n_eq = 0; a->n_eq < tree->n_key && a->n_eq < MEM_FIXED; a->n_eq++) {
        const arc_cond_op *found = NULL;
        for (uint32_t i = 0; i < q->n_conds && !found; i++) {
            const arc_cond_op *op = simple(&q->conds[i], tree->slots[a->n_eq].col);
            if (!op || !(op->op == ARC_OP_EQ || op->op == ARC_OP_IS_NULL || (op->op == ARC_OP_IN && op->n == 1))) continue;
            found = op;
            mark(a, i);
        }
        if (!found) break;
        a->eq[a->n_eq] = found;
        uint16_t type = q->table->t.cols[found->col].type;
        a->score += found->op == ARC_OP_IS_NULL || type == ARC_T_BOOL || type == ARC_T_CODE ? 60 : 100;
    }
    if (a->n_eq == tree->n_key) return;
    for (uint32_t i = 0; i < q->n_conds; i++) {
        const arc_cond_op *op = simple(&q->conds[i], tree->slots[a->n_eq].col);
        const arc_cond_op **at = NULL;
        if (!op) continue;
        if (op->op == ARC_OP_IN && op->n) at = &a->in;
        if (op->op == ARC_OP_PREFIX) at = &a->prefix;
        if (op->op == ARC_OP_GT || op->op == ARC_OP_GE) at = &a->lo;
        if (op->op == ARC_OP_LT || op->op == ARC_OP_LE) at = &a->hi;
        if (at && !*at) *at = op;
    }
    if (a->in) a->prefix = a->lo = a->hi = NULL;
    if (a->prefix) a->lo = a->hi = NULL;
    for (uint32_t i = 0; i < q->n_conds; i++) {
        const arc_cond_op *op = q->conds[i].ops;
        if (op == a->in || op == a->prefix || op == a->lo || op == a->hi) mark(a, i);
    }
}

static void match_order(const mem_question *q, mem_access *a)
{
    const mem_tree *tree = a->tree;
    uint32_t k = a->n_eq;
    int direction = -1;
    a->all_mapped = 1;
    for (uint32_t i = 0; i < q->n_order; i++) {
        int slot = tree->slot_of[q->order[i].col];
        if (slot >= 0 && (uint32_t)slot < a->n_eq) continue;
        if (k >= tree->n_key) { /* rows are told apart already */
            a->all_mapped = 0;
            continue;
        }
        if (tree->slots[k].col != q->order[i].col) return;
        if (direction >= 0 && direction != q->order[i].descending) return;
        direction = q->order[i].descending;
        k++;
    }
    a->n_mapped = k - a->n_eq;
    a->reverse = direction == 1;
    a->ordered = 1;
}

static int has(const mem_tree *tree, uint16_t col)
{
    return !tree->index || tree->slot_of[col] >= 0;
}

static int covers(const mem_question *q, const mem_access *a)
{
    for (uint32_t i = 0; i < q->n_cols; i++)
        if (!has(a->tree, q->cols[i])) return 0;
    for (uint32_t i = 0; i < q->n_order; i++)
        if (!has(a->tree, q->order[i].col)) return 0;
    for (uint32_t i = 0; i < q->n_conds; i++) {
        if (i < 64 && (a->done >> i & 1u)) continue;
        for (uint32_t k = 0; k < q->conds[i].n_ops; k++) {
            const arc_cond_op *op = &q->conds[i].ops[k];
            if (op->op >= ARC_OP_AND) continue;
            if (!has(a->tree, op->col) || (op->op <= ARC_OP_GE && op->col2 != ARC_NO_COL && !has(a->tree, op->col2))) return 0;
        }
    }
    return 1;
}

static int weigh(const mem_question *q, const mem_tree *tree, mem_access *a)
{
    memset(a, 0, sizeof *a);
    a->tree = tree;
    if (!holds_all(q, tree, a)) return 0;
    match_conds(q, a);
    match_order(q, a);
    a->covering = covers(q, a);
    if (q->must_order && !a->ordered) return 0;
    int unique = tree->index ? (tree->index->flags & ARC_INDEX_UNIQUE) && a->n_eq >= tree->n_own : a->n_eq == tree->n_key;
    for (uint32_t k = 0; k < tree->n_own && k < a->n_eq; k++)
        if (a->eq[k]->op == ARC_OP_IS_NULL) unique = 0; /* NULLs are never equal */
    int narrow = a->in || a->prefix || a->lo || a->hi;
    int useful = q->n_order && a->ordered;
    a->one = unique;
    if (unique) a->score += 10000;
    a->score += a->in ? 70 : a->prefix ? 50 : a->lo && a->hi ? 45 : narrow ? 35 : 0;
    if (tree->index && tree->index->flags & ~(uint32_t)ARC_INDEX_UNIQUE) a->score += 20;
    if (useful) a->score += q->few ? 40 : 12;
    if (!tree->index)
        a->score += 6;
    else if (a->covering)
        a->score += 10;
    else if (a->n_eq <= 1)
        a->score -= narrow ? 20 : useful && q->few ? 10 : 200;
    return 1;
}

int arci_mem_choose(const mem_question *q, mem_access *out)
{
    int found = 0;
    for (uint32_t i = 0; i < q->table->n_trees; i++) {
        mem_access a;
        if (i && q->rows_only) break;
        if (!weigh(q, &q->table->trees[i], &a)) continue;
        if (!found || a.score > out->score) *out = a;
        found = 1;
    }
    return found;
}

/* ---- the calls ------------------------------------------------------------------------------------------------------------------ */

static int shape_valid(const mem_layout *layout, const arc_fetch *f)
{
    if (f->struct_size < sizeof *f || f->table >= layout->n_tables || f->flags || f->limit < 0) return 0;
    if (!f->n_cols || !f->cols || (f->n_conds && !f->conds) || (f->n_order && !f->order)) return 0;
    const mem_table *table = &layout->tables[f->table];
    for (uint32_t i = 0; i < f->n_cols; i++)
        if (f->cols[i] >= table->t.n_cols) return 0;
    for (uint32_t i = 0; i < f->n_order; i++) {
        if (f->order[i].col >= table->t.n_cols || f->order[i].descending > 1) return 0;
        if (f->after && f->after[i].type != ARC_V_NULL && f->after[i].type != table->kinds[f->order[i].col]) return 0;
    }
    return 1;
}

static mem_question question(const mem_table *table, const arc_fetch *f)
{
    mem_question q = { table, f->conds, f->order, f->cols, f->n_conds, f->n_order, f->n_cols, 0, 0, f->limit > 0 || f->after };
    return q;
}

arc_status arci_mem_fetch_question(mem_txn *txn, const arc_fetch *f, mem_question *q)
{
    if (!f || !shape_valid(txn->layout, f)) return ARC_E_INVALID;
    const mem_table *table = &txn->layout->tables[f->table];
    for (uint32_t i = 0; i < f->n_conds; i++)
        if (!arci_mem_cond_valid(table, &f->conds[i])) return ARC_E_INVALID;
    *q = question(table, f);
    q->must_order = f->n_order > 0;
    return ARC_OK;
}

void arci_mem_plan(void *handle, arc_fetch *f)
{
    mem_handle *be = handle;
    mem_access a;
    int all = 1;
    if (!be || !be->ready || !f || f->struct_size < sizeof *f) return;
    arci_mutex_lock(&be->store->lock);
    const mem_layout *layout = be->store->current->layout;
    arci_mutex_unlock(&be->store->lock);
    f->planned = 0;
    if (!shape_valid(layout, f)) return;
    const mem_table *table = &layout->tables[f->table];
    for (uint32_t i = 0; i < f->n_conds; i++) {
        f->conds[i].accepted = (uint32_t)arci_mem_cond_valid(table, &f->conds[i]);
        all = all && f->conds[i].accepted;
    }
    if (!all) return; /* the core cannot have been serious */
    mem_question q = question(table, f);
    if (!arci_mem_choose(&q, &a)) return;
    if (f->n_order && !a.ordered) return;
    f->planned = (f->n_order ? ARC_PLAN_ORDER : 0) | ARC_PLAN_LIMIT;
}

typedef struct saying {
    char s[600];
    size_t n;
} saying;

static void say(saying *b, const char *text)
{
    size_t n = strlen(text);
    if (n > sizeof b->s - 1 - b->n) n = sizeof b->s - 1 - b->n;
    memcpy(b->s + b->n, text, n);
    b->n += n;
    b->s[b->n] = '\0';
}

static void say_path(saying *b, const mem_question *q, const mem_access *a)
{
    const mem_tree *tree = a->tree;
    int narrow = a->in || a->prefix || a->lo || a->hi, open = a->n_eq || narrow;
    say(b, open ? "SEARCH " : "SCAN ");
    say(b, q->table->t.name);
    say(b, !tree->index ? " USING PRIMARY KEY" : a->covering ? " USING COVERING INDEX " : " USING INDEX ");
    if (tree->index) say(b, tree->index->name);
    if (open) say(b, " (");
    for (uint32_t k = 0; k < a->n_eq; k++) {
        say(b, k ? " AND " : "");
        say(b, q->table->t.cols[tree->slots[k].col].name);
        say(b, "=?");
    }
    if (narrow) {
        say(b, a->n_eq ? " AND " : "");
        say(b, q->table->t.cols[tree->slots[a->n_eq].col].name);
        say(b, a->in ? " IN" : a->prefix ? " PREFIX" : a->lo && a->hi ? " BETWEEN" : a->lo ? ">?" : "<?");
    }
    if (open) say(b, ")");
    if (q->n_order) say(b, !a->ordered ? " UNORDERED" : a->reverse ? " IN REVERSE" : " IN ORDER");
}

arc_status arci_mem_explain(void *handle, const arc_fetch *f, char *buf, size_t *len)
{
    mem_txn *txn = handle;
    mem_question q;
    mem_access a;
    mem_scan *scan;
    saying text = { { 0 }, 0 };
    arc_status status = arci_mem_usable(txn, 0);
    if (!status && !len) status = ARC_E_INVALID;
    if (!status) status = arci_mem_fetch_question(txn, f, &q);
    if (status) return status;
    mem_bump bump = { txn->host, NULL, 0, 0 };
    q.must_order = 0; /* as plan() chooses: unless the best path gives the order, the core sorts */
    (void)arci_mem_choose(&q, &a);
    q.must_order = q.n_order && a.ordered;
    status = arci_mem_scan_open(&scan, &a, &bump, txn, &q, NULL);
    arci_mem_bump_free(&bump);
    if (status) return status;
    say_path(&text, &q, &a);
    return arci_text_out(buf, len, text.s, text.n);
}
