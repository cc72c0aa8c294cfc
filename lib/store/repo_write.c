/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/record.h"
#include "store/access.h"
#include "store/be.h"
#include "store/repo_impl.h"
#include "store/trail.h"

#define MAX_WRITES 32

/* ---- batches ------------------------------------------------------------------------------------------------------- */

static arc_status batch_fault(arci_txn *t, const arci_shape *s, const char *what)
{
    return arci_fail(t->env, ARC_E_INTERNAL, "%s: %s", "%s：%s", s->table->entity->name, what);
}

static arc_status check_batch(arci_txn *t, const arci_shape *s, uint16_t op, uint32_t flags, uint16_t n_guards)
{
    uint32_t table = s->table->desc->flags;
    if (n_guards > 4 || (op == ARC_WRITE_INSERT && n_guards)) return batch_fault(t, s, "bad guards");
    if (s->names_system && op != ARC_WRITE_DELETE) return batch_fault(t, s, "a batch names system columns");
    if (op == ARC_WRITE_UPDATE && (table & ARC_TABLE_APPEND_ONLY)) return batch_fault(t, s, "rows are never updated");
    if (op == ARC_WRITE_DELETE && !(table & ARC_TABLE_ERASABLE)) return batch_fault(t, s, "rows are never deleted");
    if ((flags & ARCI_BATCH_VERSION) && s->table->col_version == ARC_NO_COL) return batch_fault(t, s, "rows have no version");
    if (op == ARC_WRITE_INSERT && s->lacking != ARC_NO_COL) {
        (void)arci_is_required(t->env, s->table->entity->name, s->table->desc->cols[s->lacking].name);
        arci_fail_at(t->env, s->table->entity->name, s->table->desc->cols[s->lacking].name, -1, -1);
        return ARC_E_REQUIRED;
    }
    return ARC_OK;
}

static void lay_out(arci_batch *b, const arci_shape *s, uint16_t op)
{
    b->key = 1;
    b->first = s->n_insert_sys;
    if (op == ARC_WRITE_UPDATE) b->first = (uint32_t)s->n_key + s->n_update_sys;
    if (op == ARC_WRITE_DELETE) b->first = s->n_key;
    b->guard = b->first + (op == ARC_WRITE_DELETE ? 0 : s->n);
    b->stride = b->guard + b->n_guards;
}

arc_status arci_batch_new(arci_txn *t, arci_arena *arena, arci_batch **out, const arci_shape *shape, uint16_t op, uint32_t n_rows,
                          uint32_t flags, const arc_guard *guards, uint16_t n_guards)
{
    uint16_t versions = (flags & ARCI_BATCH_VERSION) != 0;
    *out = NULL;
    arc_status st = check_batch(t, shape, op, flags, (uint16_t)(n_guards + versions));
    if (st != ARC_OK) return st;
    arci_batch *b = arci_arena_calloc(arena, 1, sizeof *b);
    if (!b) return arci_nomem(t->env);
    b->shape = shape;
    b->op = op;
    b->flags = flags;
    b->n_rows = n_rows;
    b->n_guards = (uint16_t)(n_guards + versions);
    if (versions) {
        b->guards[0].col = shape->table->col_version;
        b->guards[0].op = ARC_OP_EQ;
        b->guards[0].result = ARC_ROW_STALE;
    }
    if (n_guards) memcpy(b->guards + versions, guards, n_guards * sizeof *guards);
    lay_out(b, shape, op);
    b->rows = arci_arena_calloc(arena, (size_t)n_rows * b->stride, sizeof(arc_value));
    b->results = arci_arena_calloc(arena, n_rows, 1);
    b->set = arci_arena_calloc(arena, (size_t)shape->n_update_sys + shape->n_insert_sys + shape->n + 1, 1);
    if (!b->rows || !b->results || !b->set) return arci_nomem(t->env);
    *out = b;
    return ARC_OK;
}

arc_status arci_batch_ids(arci_txn *t, arci_batch *b)
{
    uint32_t missing = 0;
    int64_t next;
    if (b->op != ARC_WRITE_INSERT || !b->shape->table->draws_id) return ARC_OK;
    arc_value *id = b->rows + 1;
    for (uint32_t i = 0; i < b->n_rows; i++) missing += id[(size_t)i * b->stride].type == ARC_V_NULL;
    if (!missing) return ARC_OK;
    arc_status st = arci_txn_reserve(t, b->shape->table->desc->name, missing, &next);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < b->n_rows; i++, id += b->stride) {
        if (id->type == ARC_V_NULL) *id = arci_v_int(next++);
    }
    return ARC_OK;
}

/* ---- before writing ------------------------------------------------------------------------------------------------ */

static arc_status value_fault(arci_txn *t, const arci_batch *b, uint32_t row, uint32_t col, arc_status st)
{
    const arc_column *c = &b->shape->table->desc->cols[col];
    if (st == ARC_E_REQUIRED) (void)arci_is_required(t->env, b->shape->table->entity->name, c->name);
    if (st == ARC_E_INTERNAL) arci_fail(t->env, st, "%s has a value of another kind", "%s 的值类型不符", c->name);
    arci_fail_at(t->env, b->shape->table->entity->name, c->name, -1, row);
    return st;
}

static arc_status check_row(arci_txn *t, const arci_batch *b, uint32_t row)
{
    const arci_shape *s = b->shape;
    const arc_value *v = arci_batch_row(b, row);
    for (uint32_t j = 0; j < s->n; j++) {
        if (v[j].type == (s->kinds[j] & 0x7f)) {
            if (b->flags & ARCI_BATCH_UNCHECKED) continue;
            const arci_field *f = s->table->field_of_col[s->cols[j]];
            arc_status st = f ? arci_value_check(t->env, s->table->entity, f, &v[j]) : ARC_OK;
            if (st != ARC_OK) return value_fault(t, b, row, s->cols[j], st);
        } else if (v[j].type != ARC_V_NULL) {
            return value_fault(t, b, row, s->cols[j], ARC_E_INTERNAL);
        } else if (s->kinds[j] & 0x80) {
            return value_fault(t, b, row, s->cols[j], ARC_E_REQUIRED);
        }
    }
    return ARC_OK;
}

/* Fills the system columns of every row. */
static void fill_system(const arci_txn *t, arci_batch *b)
{
    const arci_table *table = b->shape->table;
    arc_value book = arci_v_int(t->book->id), one = arci_v_int(1), txn = arci_v_int(t->id), *row = b->rows;
    uint32_t at = b->op == ARC_WRITE_INSERT ? 1u + table->draws_id : b->shape->n_key;
    for (uint32_t i = 0; i < b->n_rows; i++, row += b->stride) {
        uint32_t k = at;
        row[0] = book;
        if (b->op == ARC_WRITE_DELETE) continue;
        if (table->col_version != ARC_NO_COL) row[k++] = one;
        if (table->col_txn != ARC_NO_COL) row[k] = txn;
    }
    if (b->op == ARC_WRITE_UPDATE && table->col_version != ARC_NO_COL) b->set[0] = ARC_ADD;
}

static arc_status check_rows(arci_txn *t, arci_batch *b)
{
    arc_status st = ARC_OK;
    if (b->op == ARC_WRITE_DELETE) return ARC_OK;
    for (uint32_t i = 0; i < b->n_rows && st == ARC_OK; i++) st = check_row(t, b, i);
    return st == ARC_OK ? arci_batch_ids(t, b) : st;
}

/* ---- what became of the rows --------------------------------------------------------------------------------------- */

arc_status arci_row_status(uint8_t result)
{
    static const arc_status of[] = { ARC_OK, ARC_E_EXISTS, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_GUARD, ARC_E_REFERENCE };
    return result < sizeof of / sizeof of[0] ? of[result] : ARC_E_BACKEND;
}

const char *arci_taken_field(const arc_table *t)
{
    const arc_index *unique = NULL;
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const arc_index *x = &t->indexes[i];
        if (!(x->flags & ARC_INDEX_UNIQUE)) continue;
        if (unique) return NULL;
        unique = x;
    }
    return unique ? t->cols[unique->cols[unique->n_key - 1]].name : NULL;
}

arc_status arci_batch_refused(arci_txn *t, const arci_batch *b, uint32_t row)
{
    const arci_shape *s = b->shape;
    const arc_value *key = arci_batch_key(b, row);
    const char *field = NULL;
    arc_status st = arci_row_status(b->results[row]);
    switch (st) {
    case ARC_E_EXISTS:
        field = arci_taken_field(s->table->desc);
        arci_fail(t->env, st, "%s: %s is taken", "%s：%s 已存在", s->table->entity->label_en, field ? field : "a unique value");
        break;
    case ARC_E_STALE:
        arci_fail(t->env, st, "%s has changed since it was read", "%s 自读取后已被修改", s->table->entity->name);
        break;
    case ARC_E_NOT_FOUND:
        arci_no_such(t->env, s->table->entity->name);
        break;
    case ARC_E_GUARD:
        arci_fail(t->env, st, "a condition on %s did not hold", "%s 的写入条件不成立", s->table->entity->name);
        break;
    default:
        field = arci_reference_fault(t, b, row);
        arci_fail(t->env, st, "%s: %s points at nothing", "%s：%s 指向的数据不存在", s->table->entity->name, field ? field : "a reference");
        break;
    }
    arci_fail_at(t->env, s->table->entity->name, field, key->type == ARC_V_INT && b->op != ARC_WRITE_INSERT ? key->u.i : -1, row);
    return st;
}

static arc_status look_at_results(arci_txn *t, arci_batch *const *batches, uint32_t n, uint32_t *refused)
{
    for (uint32_t i = 0; i < n; i++) {
        const arci_batch *b = batches[i];
        for (uint32_t r = 0; r < b->n_rows; r++) {
            if (b->results[r] == ARC_ROW_OK) continue;
            if (!refused) return arci_batch_refused(t, b, r);
            (*refused)++;
        }
    }
    return ARC_OK;
}

/* ---- trying ---------------------------------------------------------------------------------------------------------- */

/* Whether another row has the values of a unique index; 0: one of them is NULL. */
static arc_status taken(arci_txn *t, arci_arena *arena, const arci_batch *b, uint32_t row, const arc_index *x, int64_t own, int *out)
{
    const arci_shape *id;
    arci_where w;
    arci_rows rows;
    const arci_table *table = b->shape->table;
    *out = 0;
    arci_where_init(&w);
    for (uint32_t k = 1; k < x->n_key; k++) { /* behind the book */
        const arc_value *v = NULL;
        for (uint32_t j = 0; j < b->shape->n; j++) {
            if (b->shape->cols[j] == x->cols[k]) v = &arci_batch_row(b, row)[j];
        }
        if (!v || v->type == ARC_V_NULL) return ARC_OK;
        arci_where_in(&w, x->cols[k], v, 1);
    }
    arc_status st = arci_shape_get(t, &id, table->entity->name, table->desc->cols[table->desc->key[1]].name);
    if (st == ARC_OK) st = arci_repo_find(t, id, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) *out |= rows.values[r].u.i != own;
    return st;
}

arc_status arci_repo_try(arci_txn *t, arci_arena *arena, arci_batch *b, int64_t own, uint32_t *refused)
{
    const arc_table *d = b->shape->table->desc;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < b->n_rows && st == ARC_OK; i++) st = check_row(t, b, i);
    if (st == ARC_OK) st = arci_mark_references(t, arena, b);
    for (uint32_t i = 0; i < d->n_indexes && st == ARC_OK; i++) {
        for (uint32_t r = 0; (d->indexes[i].flags & ARC_INDEX_UNIQUE) && r < b->n_rows && st == ARC_OK; r++) {
            int is = 0;
            st = taken(t, arena, b, r, &d->indexes[i], own, &is);
            if (is) b->results[r] = ARC_ROW_EXISTS;
        }
    }
    for (uint32_t r = 0; r < b->n_rows; r++) *refused += b->results[r] != ARC_ROW_OK;
    return st;
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

static void describe(arc_write *w, arci_batch *b, uint32_t from, uint32_t n)
{
    const arci_shape *s = b->shape;
    memset(w, 0, sizeof *w);
    w->struct_size = (uint32_t)sizeof *w;
    w->table = s->table->number;
    w->op = b->op;
    if (b->op == ARC_WRITE_INSERT) {
        w->cols = s->insert_cols;
        w->n_cols = (uint32_t)s->n_insert_sys + s->n;
        if (b->flags & ARCI_BATCH_NEXT) w->set = b->set;
    } else if (b->op == ARC_WRITE_UPDATE) {
        w->cols = s->update_cols;
        w->n_cols = (uint32_t)s->n_update_sys + s->n;
        w->set = b->set;
    }
    w->guards = b->guards;
    w->n_guards = b->n_guards;
    w->rows = b->rows + (size_t)from * b->stride;
    w->n_rows = n;
    w->results = b->results + from;
}

static arc_status write_now(arci_txn *t, arc_write *const *writes, uint32_t n)
{
    arc_status st = arci_be_write(t->env, t->book, t->be, writes, n);
    if (st != ARC_OK) arci_txn_doom(t);
    return st;
}

/* Batches in order, as many to a call as fit. */
static arc_status write_all(arci_txn *t, arci_batch *const *batches, uint32_t n)
{
    arc_write store[MAX_WRITES], *list[MAX_WRITES];
    uint32_t most = t->book->ops->max_rows, used = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        uint32_t from = 0;
        while (from < batches[i]->n_rows && st == ARC_OK) {
            uint32_t rows = batches[i]->n_rows - from;
            if (most && rows > most) rows = most;
            describe(&store[used], batches[i], from, rows);
            list[used] = &store[used];
            from += rows;
            if (++used < MAX_WRITES) continue;
            st = write_now(t, list, used);
            used = 0;
        }
    }
    return st == ARC_OK && used ? write_now(t, list, used) : st;
}

static int any_written(arci_batch *const *batches, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t r = 0; r < batches[i]->n_rows; r++) {
            if (batches[i]->results[r] == ARC_ROW_OK) return 1;
        }
    }
    return 0;
}

static arc_status put_all(arci_txn *t, arci_batch *const *batches, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) fill_system(t, batches[i]);
    if (t->book->ops->caps & ARC_CAP_FOREIGN_KEYS) return write_all(t, batches, n);
    return arci_write_referenced(t, batches, n, write_all);
}

arc_status arci_repo_put(arci_txn *t, arci_batch *const *batches, uint32_t n)
{
    arc_status st = put_all(t, batches, n);
    return st == ARC_OK ? look_at_results(t, batches, n, NULL) : st;
}

arc_status arci_repo_write(arci_txn *t, arci_batch *const *batches, uint32_t n, uint32_t *refused)
{
    uint8_t wrote = t->wrote;
    if (refused) *refused = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = check_rows(t, batches[i]);
    if (st == ARC_OK) st = arci_txn_touch(t);
    if (st == ARC_OK) st = arci_txn_writing(t);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = arci_access_changing(t, batches[i]->shape->table->entity, batches[i]);
    if (st == ARC_OK) st = arci_trail_look(t, batches, n);
    for (uint32_t i = 0; i < n; i++) arci_repo_forget_table(t, batches[i]->shape->table, batches[i]->op == ARC_WRITE_INSERT);
    if (st == ARC_OK) st = put_all(t, batches, n);
    if (st != ARC_OK) return st;
    /* When every row was refused nothing has been written: nothing needs undoing. */
    if (!any_written(batches, n)) t->wrote = wrote;
    st = look_at_results(t, batches, n, refused);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = arci_repo_keep_new(t, batches[i]);
    return st == ARC_OK ? arci_trail_take(t, batches, n) : st;
}
