/* SPDX-License-Identifier: Apache-2.0 */
/* Writing rows: what is checked, in the order the contract gives, and then what changes in the trees. */
#include "backend/memory_impl.h"

#define ENTRY_WORDS (2u + 2u * MEM_SLOTS)

typedef struct job {
    mem_txn *txn;
    const mem_table *table;
    const arc_write *w;
    arc_value *old, *now; /* by column */
    const char *why;      /* of an error */
    uint64_t a[ENTRY_WORDS], b[ENTRY_WORDS]; /* entries under construction */
} job;

static arc_status refuse(job *j, arc_status status, const char *why)
{
    j->why = why;
    return status;
}

static mem_root *root_of(job *j, const mem_tree *tree)
{
    return &j->txn->roots[tree->root];
}

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

static arc_status check_value(job *j, uint32_t col)
{
    const arc_column *c = &j->table->t.cols[col];
    const arc_value *v = &j->now[col];
    if (v->type == ARC_V_NULL) return c->flags & ARC_COL_REQUIRED ? refuse(j, ARC_E_CHECK, "a required value is missing") : ARC_OK;
    if (v->type != j->table->kinds[col]) return refuse(j, ARC_E_CHECK, "a value is of another type than its column");
    if (c->type == ARC_T_BOOL && (v->u.i & ~INT64_C(1))) return refuse(j, ARC_E_CHECK, "a boolean is neither 0 nor 1");
    if (v->type != ARC_V_INT && v->len && !v->u.s) return refuse(j, ARC_E_INVALID, "a text has a length but no bytes");
    if (v->type != ARC_V_INT && c->size && v->len > c->size) return refuse(j, ARC_E_CHECK, "a text is longer than its column");
    if (c->type != ARC_T_CODE || !c->codes) return ARC_OK;
    for (uint32_t k = 0; c->codes[k]; k++)
        if (strlen(c->codes[k]) == v->len && memcmp(c->codes[k], v->u.s, v->len) == 0) return ARC_OK;
    return refuse(j, ARC_E_CHECK, "a code is not in its column's list");
}

static arc_status check_key(job *j, const arc_value *key)
{
    for (uint32_t k = 0; k < j->table->t.n_key; k++)
        if (key[k].type != ARC_V_NULL && key[k].type != j->table->kinds[j->table->t.key[k]])
            return refuse(j, ARC_E_INVALID, "a key value is of another type than its column");
    return ARC_OK;
}

static void key_entry(const mem_tree *tree, uint64_t *entry, const arc_value *key)
{
    entry[0] = 0;
    for (uint32_t k = 0; k < tree->n_key; k++) arci_mem_slot_set(tree, (uint8_t *)entry, k, &key[k]);
}

static void values_entry(const mem_tree *tree, uint64_t *entry, const arc_value *values)
{
    const void *none = NULL;
    entry[0] = 0;
    for (uint32_t k = 0; k < tree->n_slots; k++) arci_mem_slot_set(tree, (uint8_t *)entry, k, &values[tree->slots[k].col]);
    memcpy((uint8_t *)entry + tree->payload, &none, sizeof none);
}

static int in_index(const mem_tree *tree, const arc_value *values)
{
    uint32_t where = tree->index->flags & ~(uint32_t)ARC_INDEX_UNIQUE;
    if (!where) return 1;
    const arc_value *v = &values[tree->index->where_col];
    if (where & ARC_INDEX_WHERE_NULL) return v->type == ARC_V_NULL;
    return v->type != ARC_V_NULL && !((where & ARC_INDEX_WHERE_NONZERO) && v->type == ARC_V_INT && !v->u.i);
}

/* ---- unique indexes and foreign keys ----------------------------------------------------------------------------------------- */

/* Whether another row than the one with now's key has now's values in the unique index. */
static int taken(job *j, const mem_tree *tree)
{
    mem_pos pos;
    for (uint32_t k = 0; k < tree->n_own; k++)
        if (j->now[tree->slots[k].col].type == ARC_V_NULL) return 0;
    if (!in_index(tree, j->now)) return 0;
    values_entry(tree, j->a, j->now);
    arci_mem_seek(tree, root_of(j, tree), (uint8_t *)j->a, tree->n_own, MEM_GE, 0, &pos);
    if (!arci_mem_settle(&pos)) return 0;
    const uint8_t *found = mem_entry(tree, mem_leaf(&pos), mem_index(&pos));
    if (arci_mem_cmp(tree, found, (uint8_t *)j->a, tree->n_own, 0)) return 0;
    return arci_mem_cmp(tree, found, (uint8_t *)j->a, tree->n_key, 0) != 0;
}

static int any_taken(job *j)
{
    for (uint32_t i = 1; i < j->table->n_trees; i++)
        if ((j->table->trees[i].index->flags & ARC_INDEX_UNIQUE) && taken(j, &j->table->trees[i])) return 1;
    return 0;
}

static int dangles(job *j, const arc_foreign_key *f, const arc_value *before)
{
    const mem_table *parent = &j->txn->layout->tables[f->ref_table];
    arc_value key[MEM_SLOTS];
    int self = parent == j->table, moved = !before;
    for (uint32_t k = 0; k < f->n_cols; k++) {
        key[k] = j->now[f->cols[k]];
        if (key[k].type == ARC_V_NULL) return 0;
        if (before && arci_mem_value_cmp(&before[f->cols[k]], &key[k])) moved = 1;
        if (self && arci_mem_value_cmp(&key[k], &j->now[parent->t.key[k]])) self = 0;
    }
    if (!moved || self) return 0;
    mem_pos pos;
    key_entry(&parent->trees[0], j->a, key);
    return !arci_mem_find(&parent->trees[0], root_of(j, &parent->trees[0]), (uint8_t *)j->a, &pos);
}

static int any_dangles(job *j, const arc_value *before)
{
    for (uint32_t i = 0; i < j->table->t.n_fks; i++)
        if (dangles(j, &j->table->t.fks[i], before)) return 1;
    return 0;
}

static int points_at(const mem_table *child, const arc_foreign_key *f, const mem_row *row, const arc_value *key)
{
    for (uint32_t k = 0; k < f->n_cols; k++) {
        arc_value v = arci_mem_row_value(row, f->cols[k], child->kinds[f->cols[k]]);
        if (v.type == ARC_V_NULL || arci_mem_value_cmp(&v, &key[k])) return 0;
    }
    return 1;
}

/* Whether a row other than the one about to go points at old's key. */
static int has_child(job *j, const mem_child_key *c)
{
    const mem_table *child = &j->txn->layout->tables[c->table];
    const arc_foreign_key *f = &child->t.fks[c->fk];
    const mem_tree *tree = c->by ? c->by : &child->trees[0];
    uint32_t n = c->by ? f->n_cols : 0;
    arc_value key[MEM_SLOTS];
    mem_pos pos, own;
    j->a[0] = 0;
    for (uint32_t k = 0; k < f->n_cols; k++) {
        key[k] = j->old[j->table->t.key[k]];
        if (n) arci_mem_slot_set(tree, (uint8_t *)j->a, (uint32_t)tree->slot_of[f->cols[k]], &key[k]);
    }
    const uint8_t *self = NULL;
    if (child == j->table) {
        values_entry(tree, j->b, j->old);
        self = arci_mem_find(tree, root_of(j, tree), (uint8_t *)j->b, &own);
    }
    arci_mem_seek(tree, root_of(j, tree), (uint8_t *)j->a, n, MEM_GE, 0, &pos);
    for (; arci_mem_settle(&pos); pos.at[pos.depth - 1].i++) {
        const uint8_t *entry = mem_entry(tree, mem_leaf(&pos), mem_index(&pos));
        if (n && arci_mem_cmp(tree, entry, (uint8_t *)j->a, n, 0)) return 0;
        if (entry == self) continue;
        if (n || points_at(child, f, mem_pointer(entry + tree->payload), key)) return 1;
    }
    return 0;
}

/* ---- changing the trees -------------------------------------------------------------------------------------------------------- */

static arc_status put_row(job *j, int replace)
{
    const mem_tree *tree = &j->table->trees[0];
    mem_row *row = arci_mem_row_make(j->txn, j->now, j->table->t.n_cols);
    if (!row) return ARC_E_NOMEM;
    arci_mem_entry_of_row(j->table, tree, (uint8_t *)j->a, row);
    return replace ? arci_mem_replace(j->txn, tree, (uint8_t *)j->a) : arci_mem_insert(j->txn, tree, (uint8_t *)j->a);
}

static arc_status put_entry(job *j, const mem_tree *tree)
{
    arc_status status = arci_mem_entry_own(j->txn, tree, (uint8_t *)j->b);
    return status ? status : arci_mem_insert(j->txn, tree, (uint8_t *)j->b);
}

/* Brings one index from old to now; either may be NULL. */
static arc_status move_entry(job *j, const mem_tree *tree, const arc_value *old, const arc_value *now)
{
    int was = old && in_index(tree, old), is = now && in_index(tree, now);
    if (was) values_entry(tree, j->a, old);
    if (is) values_entry(tree, j->b, now);
    if (was && is) {
        if (arci_mem_entry_same(tree, (uint8_t *)j->a, (uint8_t *)j->b, tree->n_slots)) return ARC_OK;
        if (arci_mem_entry_same(tree, (uint8_t *)j->a, (uint8_t *)j->b, tree->n_key)) {
            arc_status status = arci_mem_entry_own(j->txn, tree, (uint8_t *)j->b);
            return status ? status : arci_mem_replace(j->txn, tree, (uint8_t *)j->b);
        }
    }
    arc_status status = was ? arci_mem_delete(j->txn, tree, (uint8_t *)j->a) : ARC_OK;
    return status || !is ? status : put_entry(j, tree);
}

static int touches(const mem_tree *tree, const arc_write *w)
{
    for (uint32_t i = 0; i < w->n_cols; i++)
        if (tree->slot_of[w->cols[i]] >= 0 || tree->index->where_col == w->cols[i]) return 1;
    return 0;
}

static arc_status move_entries(job *j, const arc_value *old, const arc_value *now)
{
    for (uint32_t i = 1; i < j->table->n_trees; i++) {
        const mem_tree *tree = &j->table->trees[i];
        if (old && now && !touches(tree, j->w)) continue;
        arc_status status = move_entry(j, tree, old, now);
        if (status) return status;
    }
    return ARC_OK;
}

/* ---- one row --------------------------------------------------------------------------------------------------------------------- */

static arc_status insert_row(job *j, const arc_value *v, uint8_t *result)
{
    const mem_table *table = j->table;
    mem_pos pos;
    memset(j->now, 0, table->t.n_cols * sizeof *j->now);
    for (uint32_t i = 0; i < j->w->n_cols; i++) j->now[j->w->cols[i]] = v[i];
    for (uint32_t c = 0; c < table->t.n_cols; c++) {
        arc_status status = check_value(j, c);
        if (status) return status;
    }
    for (uint32_t k = 0; k < table->t.n_key; k++)
        if (j->now[table->t.key[k]].type == ARC_V_NULL) return refuse(j, ARC_E_CHECK, "a key value is missing");
    values_entry(&table->trees[0], j->a, j->now);
    if (arci_mem_find(&table->trees[0], root_of(j, &table->trees[0]), (uint8_t *)j->a, &pos) || any_taken(j))
        *result = ARC_ROW_EXISTS;
    else if (any_dangles(j, NULL))
        *result = ARC_ROW_REFERENCE;
    if (*result) return ARC_OK;
    arc_status status = put_row(j, 0);
    return status ? status : move_entries(j, NULL, j->now);
}

/* Reads the stored row into old; MISSING and guards go to *result. */
static arc_status stored(job *j, const arc_value *key, const arc_value *guards, uint8_t *result)
{
    const mem_table *table = j->table;
    const mem_tree *tree = &table->trees[0];
    mem_pos pos;
    arc_status status = check_key(j, key);
    if (status) return status;
    key_entry(tree, j->a, key);
    const uint8_t *entry = arci_mem_find(tree, root_of(j, tree), (uint8_t *)j->a, &pos);
    if (!entry) {
        *result = ARC_ROW_MISSING;
        return ARC_OK;
    }
    const mem_row *row = mem_pointer(entry + tree->payload);
    for (uint32_t c = 0; c < table->t.n_cols; c++) j->old[c] = arci_mem_row_value(row, c, table->kinds[c]);
    for (uint32_t g = 0; g < j->w->n_guards && !*result; g++) {
        const arc_guard *guard = &j->w->guards[g];
        if (guards[g].type != ARC_V_NULL && guards[g].type != table->kinds[guard->col])
            return refuse(j, ARC_E_INVALID, "a guard's value is of another type than its column");
        if (!arci_mem_holds(guard->op, &j->old[guard->col], &guards[g])) *result = (uint8_t)guard->result;
    }
    return ARC_OK;
}

static arc_status add_value(job *j, uint32_t col, const arc_value *v)
{
    arc_value *now = &j->now[col];
    if (now->type == ARC_V_NULL) return ARC_OK;
    if (v->type == ARC_V_NULL) {
        *now = *v;
        return ARC_OK;
    }
    if (v->type != ARC_V_INT || now->type != ARC_V_INT) return refuse(j, ARC_E_INVALID, "only integers can be added");
    return arci_add64(now->u.i, v->u.i, &now->u.i) ? refuse(j, ARC_E_OVERFLOW, "a sum does not fit its column") : ARC_OK;
}

static arc_status update_row(job *j, const arc_value *v, uint8_t *result)
{
    const mem_table *table = j->table;
    const arc_write *w = j->w;
    const arc_value *values = v + table->t.n_key;
    arc_status status = stored(j, v, values + w->n_cols, result);
    if (status || *result) return status;
    memcpy(j->now, j->old, table->t.n_cols * sizeof *j->now);
    for (uint32_t i = 0; i < w->n_cols && !status; i++) {
        if (w->set && w->set[i] == ARC_ADD)
            status = add_value(j, w->cols[i], &values[i]);
        else
            j->now[w->cols[i]] = values[i];
        if (!status) status = check_value(j, w->cols[i]);
    }
    if (status) return status;
    if (any_taken(j))
        *result = ARC_ROW_EXISTS;
    else if (any_dangles(j, j->old))
        *result = ARC_ROW_REFERENCE;
    if (*result) return ARC_OK;
    /* The old row's texts stay readable: what is retired lives until the transaction ends. */
    status = put_row(j, 1);
    return status ? status : move_entries(j, j->old, j->now);
}

static arc_status delete_row(job *j, const arc_value *v, uint8_t *result)
{
    const mem_table *table = j->table;
    arc_status status = stored(j, v, v + table->t.n_key, result);
    if (status || *result) return status;
    for (uint32_t i = 0; i < table->n_children && !*result; i++)
        if (has_child(j, &table->children[i])) *result = ARC_ROW_REFERENCE;
    if (*result) return ARC_OK;
    status = move_entries(j, j->old, NULL);
    if (status) return status;
    values_entry(&table->trees[0], j->a, j->old);
    return arci_mem_delete(j->txn, &table->trees[0], (uint8_t *)j->a);
}

/* ---- the call ---------------------------------------------------------------------------------------------------------------------- */

static int is_key(const mem_table *table, uint16_t col)
{
    for (uint32_t k = 0; k < table->t.n_key; k++)
        if (table->t.key[k] == col) return 1;
    return 0;
}

static arc_status check_write(job *j)
{
    const arc_write *w = j->w;
    const arc_table *t = &j->table->t;
    if (w->op < ARC_WRITE_INSERT || w->op > ARC_WRITE_DELETE || w->flags || !w->n_rows || !w->rows || !w->results)
        return refuse(j, ARC_E_INVALID, "write: unknown operation or flag, or no rows");
    if (w->op == ARC_WRITE_UPDATE && (t->flags & ARC_TABLE_APPEND_ONLY))
        return refuse(j, ARC_E_CHECK, "rows of this table are never changed");
    if (w->op == ARC_WRITE_DELETE && (t->flags & ARC_TABLE_APPEND_ONLY) && !(t->flags & ARC_TABLE_ERASABLE))
        return refuse(j, ARC_E_CHECK, "rows of this table are never deleted");
    if ((w->op == ARC_WRITE_INSERT && w->n_guards) || (w->op == ARC_WRITE_DELETE && w->n_cols) ||
        (w->n_cols && !w->cols) || (w->n_guards && !w->guards))
        return refuse(j, ARC_E_INVALID, "write: columns or guards that the operation does not take");
    for (uint32_t i = 0; i < w->n_cols; i++) {
        if (w->cols[i] >= t->n_cols || (w->op == ARC_WRITE_UPDATE && is_key(j->table, w->cols[i])) || (w->set && w->set[i] > ARC_ADD))
            return refuse(j, ARC_E_INVALID, "write: a column that cannot be written");
    }
    for (uint32_t g = 0; g < w->n_guards; g++) {
        const arc_guard *guard = &w->guards[g];
        if (guard->col >= t->n_cols || guard->op < ARC_OP_EQ || guard->op > ARC_OP_GE ||
            (guard->result != ARC_ROW_STALE && guard->result != ARC_ROW_GUARD))
            return refuse(j, ARC_E_INVALID, "write: a guard that is none");
    }
    return ARC_OK;
}

static arc_status write_rows(job *j)
{
    const arc_write *w = j->w;
    const arc_host *host = j->txn->host;
    size_t stride = (w->op == ARC_WRITE_INSERT ? 0u : j->table->t.n_key) + (size_t)w->n_cols + w->n_guards;
    arc_status status = ARC_OK;
    for (uint32_t i = 0; i < w->n_rows && !status; i++) {
        const arc_value *v = w->rows + i * stride;
        w->results[i] = ARC_ROW_OK;
        if (i % 256 == 255 && host->cancelled && host->cancelled(host)) return ARC_E_CANCELLED;
        if (w->op == ARC_WRITE_INSERT)
            status = insert_row(j, v, &w->results[i]);
        else if (w->op == ARC_WRITE_UPDATE)
            status = update_row(j, v, &w->results[i]);
        else
            status = delete_row(j, v, &w->results[i]);
    }
    return status;
}

static arc_status write_one(job *j)
{
    const arc_host *host = j->txn->host;
    if (!j->w || j->w->struct_size < sizeof *j->w || j->w->table >= j->txn->layout->n_tables)
        return refuse(j, ARC_E_INVALID, "write: no such table");
    j->table = &j->txn->layout->tables[j->w->table];
    arc_status status = check_write(j);
    if (status) return status;
    j->old = mem_alloc(host, 2u * j->table->t.n_cols * sizeof *j->old);
    if (!j->old) return ARC_E_NOMEM;
    j->now = j->old + j->table->t.n_cols;
    status = write_rows(j);
    mem_free(host, j->old);
    return status;
}

arc_status arci_mem_write(void *handle, arc_write *const *writes, uint32_t n)
{
    mem_txn *txn = handle;
    job j;
    arc_status status = arci_mem_usable(txn, 1);
    if (status) return status;
    if (n && !writes) return arci_mem_fail(txn, ARC_E_INVALID, NULL);
    arci_mem_guard_cursors(txn);
    j.txn = txn;
    for (uint32_t i = 0; i < n && !status; i++) {
        j.why = NULL;
        j.w = writes[i];
        status = write_one(&j);
    }
    return status ? arci_mem_fail(txn, status, j.why) : ARC_OK;
}

arc_status arci_mem_index_fill(mem_txn *txn, const mem_table *table, const mem_tree *tree)
{
    const mem_tree *rows = &table->trees[0];
    uint64_t entry[ENTRY_WORDS];
    mem_pos pos, at;
    arci_mem_first(&txn->roots[rows->root], &pos);
    for (; arci_mem_settle(&pos); pos.at[pos.depth - 1].i++) {
        const mem_row *row = mem_pointer(mem_entry(rows, mem_leaf(&pos), mem_index(&pos)) + rows->payload);
        if (!arci_mem_in_index(table, tree, row)) continue;
        arci_mem_entry_of_row(table, tree, (uint8_t *)entry, row);
        if ((tree->index->flags & ARC_INDEX_UNIQUE) && !(entry[0] & ((UINT64_C(1) << tree->n_own) - 1u))) {
            arci_mem_seek(tree, &txn->roots[tree->root], (uint8_t *)entry, tree->n_own, MEM_GE, 0, &at);
            if (arci_mem_settle(&at) &&
                !arci_mem_cmp(tree, mem_entry(tree, mem_leaf(&at), mem_index(&at)), (uint8_t *)entry, tree->n_own, 0))
                return ARC_E_CHECK;
        }
        arc_status status = arci_mem_entry_own(txn, tree, (uint8_t *)entry);
        if (!status) status = arci_mem_insert(txn, tree, (uint8_t *)entry);
        if (status) return status;
    }
    return ARC_OK;
}
