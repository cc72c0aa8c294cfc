/* SPDX-License-Identifier: Apache-2.0 */
/* Rows into the scratch book, as they are told of: with their own ids, versions and transactions, and told to nobody again. */
#include <string.h>

#include "model/record.h"
#include "store/be.h"
#include "store/custom_index.h"
#include "store/replay_impl.h"
#include "store/trail.h"

arc_status arci_replay_corrupt(arci_replay *r, const arci_table *table, int64_t id, const char *en, const char *zh)
{
    arc_status st = arci_fail(r->env, ARC_E_CORRUPT, "seal %lld, transaction %lld: %s%.0s", "第 %lld 号封签，事务 %lld：%.0s%s", (long long)(r->at ? r->at->seal : 0),
                              (long long)(r->at ? r->at->txn : 0), en, zh);
    arci_fail_at(r->env, table ? table->entity->name : NULL, NULL, id ? id : -1, -1);
    return st;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------- */

static arc_status write_in(arci_txn *t, const arci_table *table, uint16_t op, const uint16_t *cols, uint32_t n_cols, const arc_value *rows, uint32_t n, uint8_t *results)
{
    arc_write w, *one = &w;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table->number;
    w.op = op;
    w.cols = cols;
    w.n_cols = n_cols;
    w.rows = rows;
    w.n_rows = n;
    w.results = results;
    arc_status st = arci_be_write(t->env, t->book, t->be, &one, 1);
    if (st == ARC_E_CHECK) arci_fail_at(t->env, table->entity->name, NULL, -1, -1);
    return st;
}

static arc_status write(arci_replay *r, const arci_table *table, uint16_t op, const uint16_t *cols, uint32_t n_cols, const arc_value *rows, uint32_t n, uint8_t *results)
{
    return write_in(r->t, table, op, cols, n_cols, rows, n, results);
}

static uint16_t *all_cols(arci_replay *r, const arci_table *table)
{
    uint16_t *cols = arci_arena_alloc(&r->arena, table->n_cols * sizeof *cols);
    for (uint16_t c = 0; cols && c < table->n_cols; c++) cols[c] = c;
    return cols;
}

static arc_status put_late(arci_replay *r, const arci_table *table, const arc_value *was, const arc_value *now)
{
    if (!arci_trail_grow(r->env->ctx, &r->late, &r->cap_late, r->n_late, sizeof *r->late)) return arci_nomem(r->env);
    r->late[r->n_late++] = (arci_replay_late){ table, was, now };
    return ARC_OK;
}

arc_status arci_replay_flush(arci_replay *r)
{
    arci_replay_rows *w = &r->waiting;
    if (!w->n) return ARC_OK;
    uint16_t *cols = all_cols(r, w->table);
    uint8_t *results = arci_arena_calloc(&r->arena, w->n, 1);
    if (!cols || !results) return arci_nomem(r->env);
    arc_status st = write(r, w->table, ARC_WRITE_INSERT, cols, w->table->n_cols, w->values, w->n, results);
    for (uint32_t i = 0; st == ARC_OK && i < w->n; i++) {
        const arc_value *row = w->values + (size_t)i * w->table->n_cols;
        if (results[i] == ARC_ROW_EXISTS || results[i] == ARC_ROW_REFERENCE) st = put_late(r, w->table, NULL, row);
        else if (results[i] != ARC_ROW_OK) st = arci_replay_corrupt(r, w->table, 0, "a row cannot be written", "数据行无法写入");
    }
    r->counts.rows += w->n;
    w->n = w->cap = 0;
    w->values = NULL;
    w->table = NULL;
    return st;
}

arc_status arci_replay_insert(arci_replay *r, const arci_table *table, const arc_value *row)
{
    arci_replay_rows *w = &r->waiting;
    arc_status st = w->n && (w->table != table || w->n == ARCI_REPLAY_CHUNK) ? arci_replay_flush(r) : ARC_OK;
    if (st != ARC_OK) return st;
    if (w->n == w->cap) {
        uint32_t cap = w->cap ? w->cap * 4 : 8;
        arc_value *values = arci_arena_alloc(&r->arena, (size_t)cap * table->n_cols * sizeof *values);
        if (!values) return arci_nomem(r->env);
        if (w->n) memcpy(values, w->values, (size_t)w->n * table->n_cols * sizeof *values);
        w->values = values;
        w->cap = cap;
    }
    w->table = table;
    memcpy(w->values + (size_t)w->n++ * table->n_cols, row, table->n_cols * sizeof *row);
    return ARC_OK;
}

/* The key, then the columns that are another than they were. */
static arc_status update_now(arci_replay *r, const arci_table *table, const arc_value *was, const arc_value *now, uint8_t *result)
{
    const arc_table *d = table->desc;
    uint32_t n = 0;
    uint16_t *cols = arci_arena_alloc(&r->arena, table->n_cols * sizeof *cols);
    arc_value *row = arci_arena_alloc(&r->arena, ((size_t)table->n_cols + d->n_key) * sizeof *row);
    if (!cols || !row) return arci_nomem(r->env);
    for (uint32_t k = 0; k < d->n_key; k++) row[k] = now[d->key[k]];
    for (uint16_t c = 1; c < table->n_cols; c++) {
        uint32_t k = 0;
        while (k < d->n_key && d->key[k] != c) k++;
        if (k < d->n_key || arci_value_equal(&was[c], &now[c])) continue;
        row[d->n_key + n] = now[c];
        cols[n++] = c;
    }
    *result = ARC_ROW_OK;
    return n ? write(r, table, ARC_WRITE_UPDATE, cols, n, row, 1, result) : ARC_OK;
}

arc_status arci_replay_update(arci_replay *r, const arci_table *table, const arc_value *was, const arc_value *now)
{
    uint8_t result;
    arc_status st = arci_replay_flush(r);
    if (st == ARC_OK) st = update_now(r, table, was, now, &result);
    if (st != ARC_OK) return st;
    r->counts.rows++;
    if (result == ARC_ROW_EXISTS || result == ARC_ROW_REFERENCE) return put_late(r, table, was, now);
    return result == ARC_ROW_OK ? ARC_OK : arci_replay_corrupt(r, table, 0, "a row cannot be changed", "数据行无法更改");
}

arc_status arci_replay_delete(arci_replay *r, const arci_table *table, const arc_value *was)
{
    const arc_table *d = table->desc;
    arc_value key[ARCI_MAX_KEY];
    uint8_t result = ARC_ROW_OK;
    arc_status st = arci_replay_flush(r);
    for (uint32_t k = 0; k < d->n_key; k++) key[k] = was[d->key[k]];
    if (st == ARC_OK) st = write(r, table, ARC_WRITE_DELETE, NULL, 0, key, 1, &result);
    r->counts.rows++;
    return st != ARC_OK || result == ARC_ROW_OK ? st : arci_replay_corrupt(r, table, 0, "a row cannot be deleted", "数据行无法删除");
}

arc_status arci_replay_again(arci_replay *r)
{
    uint8_t result = ARC_ROW_OK;
    arc_status st = ARC_OK;
    while (st == ARC_OK && r->n_late) {
        uint32_t kept = 0, n = r->n_late;
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            const arci_replay_late one = r->late[i];
            uint16_t *cols = one.was ? NULL : all_cols(r, one.table);
            if (one.was) st = update_now(r, one.table, one.was, one.now, &result);
            else st = cols ? write(r, one.table, ARC_WRITE_INSERT, cols, one.table->n_cols, one.now, 1, &result) : arci_nomem(r->env);
            if (st == ARC_OK && result != ARC_ROW_OK) r->late[kept++] = one;
        }
        r->n_late = kept;
        if (st == ARC_OK && kept == n) return arci_replay_corrupt(r, r->late[0].table, 0, "a row is in the way, or points at nothing", "数据行已存在，或其引用的数据不存在");
    }
    return st;
}

arc_status arci_replay_copy(arci_replay *r, const arci_table *table, const arc_value *row)
{
    arc_value *values = arci_arena_alloc(&r->arena, table->n_cols * sizeof *values);
    if (!values) return arci_nomem(r->env);
    values[0] = arci_v_int(r->book->id);
    for (uint16_t c = 1; c < table->n_cols; c++) {
        values[c] = row[c - 1];
        if (values[c].type != ARC_V_TEXT && values[c].type != ARC_V_BLOB) continue;
        values[c].u.s = arci_arena_strndup(&r->arena, row[c - 1].u.s, row[c - 1].len);
        if (!values[c].u.s) return arci_nomem(r->env);
    }
    return arci_replay_insert(r, table, values);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

arc_status arci_replay_find(arci_replay *r, arci_txn *t, const arci_table *table, const arc_value *key, arc_value **out)
{
    const arci_shape *shape;
    const arc_table *d = table->desc;
    arci_where w;
    arci_rows rows;
    *out = NULL;
    arci_where_init(&w);
    for (uint32_t k = 1; k < d->n_key; k++) {
        if (key[k - 1].type == ARC_V_INT) arci_where_int(&w, d->key[k], ARC_OP_EQ, key[k - 1].u.i);
        else arci_where_text(&w, d->key[k], ARC_OP_EQ, key[k - 1].u.s, key[k - 1].len);
    }
    arc_status st = arci_shape_get(t, &shape, table->entity->name, "*");
    if (st == ARC_OK) st = arci_repo_find(t, shape, &w, NULL, 0, 1, &r->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    *out = arci_arena_alloc(&r->arena, table->n_cols * sizeof **out);
    if (!*out) return arci_nomem(r->env);
    (*out)[0] = arci_v_int(t->book->id);
    memcpy(*out + 1, rows.values, (table->n_cols - 1u) * sizeof **out);
    return ARC_OK;
}

arc_status arci_replay_put(arci_replay *r, arci_txn *t, const arci_table *table, arc_value *row)
{
    const arc_table *d = table->desc;
    arci_arena arena;
    uint8_t result = ARC_ROW_OK;
    int64_t id = 0;
    arc_status st = table->draws_id ? arci_txn_reserve(t, d->name, 1, &id) : ARC_OK;
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->book->ctx);
    uint16_t *cols = arci_arena_alloc(&arena, table->n_cols * sizeof *cols);
    arc_value *values = arci_arena_alloc(&arena, ((size_t)table->n_cols + d->n_key) * sizeof *values);
    row[0] = arci_v_int(t->book->id);
    if (table->draws_id) row[table->col_id] = arci_v_int(id);
    if (table->col_version != ARC_NO_COL) row[table->col_version] = arci_v_int(1);
    if (table->col_txn != ARC_NO_COL) row[table->col_txn] = arci_v_int(r->last.txn);
    for (uint16_t c = 0; cols && c < table->n_cols; c++) cols[c] = c;
    st = cols && values ? write_in(t, table, ARC_WRITE_INSERT, cols, table->n_cols, row, 1, &result) : arci_nomem(t->env);
    if (st == ARC_OK && result == ARC_ROW_EXISTS && !table->draws_id) {
        uint32_t n = 0;
        for (uint32_t k = 0; k < d->n_key; k++) values[k] = row[d->key[k]];
        for (uint16_t c = 1; c < table->n_cols; c++) {
            uint32_t k = 0;
            while (k < d->n_key && d->key[k] != c) k++;
            if (k < d->n_key) continue;
            values[d->n_key + n] = row[c];
            cols[n++] = c;
        }
        st = write_in(t, table, ARC_WRITE_UPDATE, cols, n, values, 1, &result);
    }
    if (st == ARC_OK && result != ARC_ROW_OK) st = arci_fail(t->env, ARC_E_INTERNAL, "%s: the row is refused", "%s：数据行被拒绝", table->entity->name);
    arci_arena_clear(&arena);
    return st;
}

/* ---- what is told by digest and never changes ----------------------------------------------------------------------------- */

static const struct {
    const char *parent, *child, *by;
} beside[] = { { "journal_entry", "journal_line", "journal_entry" }, { "voucher", "voucher_entry", "voucher" } };

static arc_status copy_rows(arci_replay *r, const arci_table *table, const char *by, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_scan *scan;
    arci_where w;
    arc_block block;
    arc_status st = arci_shape_get(r->from, &shape, table->entity->name, "*");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, arci_col(table->entity, by), ids, n);
    st = arci_repo_scan(r->from, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; st == ARC_OK && i < block.n_rows; i++) st = arci_replay_copy(r, table, block.values + (size_t)i * block.n_cols);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? arci_replay_flush(r) : st;
}

static arc_status copy_beside(arci_replay *r)
{
    arc_status st = ARC_OK;
    for (size_t b = 0; st == ARC_OK && b < sizeof beside / sizeof *beside; b++) {
        const arci_entity *parent = arci_entity_by_name(beside[b].parent, strlen(beside[b].parent));
        const arci_table *child = arci_store_table(r->book->store, arci_entity_by_name(beside[b].child, strlen(beside[b].child)));
        arc_value ids[ARCI_REPLAY_CHUNK];
        uint32_t n = 0;
        for (uint32_t i = 0; st == ARC_OK && i < r->n_changes; i++) {
            if (r->changes[i].table->entity != parent || r->changes[i].was || !r->changes[i].now) continue;
            ids[n++] = arci_v_int(r->changes[i].id);
            if (n < ARCI_REPLAY_CHUNK) continue;
            st = copy_rows(r, child, beside[b].by, ids, n);
            n = 0;
        }
        if (st == ARC_OK && n) st = copy_rows(r, child, beside[b].by, ids, n);
    }
    return st;
}

/* ---- the mirror of custom fields ------------------------------------------------------------------------------------------- */

static int any_indexed(const arci_custom *set, const arci_entity *e)
{
    uint32_t n;
    const arci_custom_field *const *fields = arci_custom_of(set, e, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (fields[i]->flags & ARCI_CUSTOM_INDEXED) return 1;
    }
    return 0;
}

static arc_status mirror(arci_replay *r, arci_custom *set, const arci_table *table, int64_t id, const arc_value *row)
{
    arci_record *record;
    arc_status st = arci_record_new(r->env, table->entity, set, &record);
    if (st != ARC_OK) return st;
    st = arci_record_load(r->env, record, NULL, table->n_cols, row);
    if (st == ARC_OK) st = arci_custom_index_replace(r->t, &r->arena, record, id);
    arci_record_free(record);
    return st;
}

/* A field began or ceased to be indexed: all rows of the entity. */
static arc_status mirror_all(arci_replay *r, const char *name, size_t n)
{
    const arci_entity *e = arci_entity_by_name(name, n);
    const arci_table *table = e ? arci_store_table(r->book->store, e) : NULL;
    const arci_shape *shape;
    arci_custom *set;
    arci_rows rows;
    if (!table || table->col_custom == ARC_NO_COL || !table->draws_id) return ARC_OK;
    arc_status st = arci_session_custom(r->env, r->session, &set);
    if (st == ARC_OK) st = arci_shape_get(r->t, &shape, e->name, "*");
    if (st == ARC_OK) st = arci_repo_find(r->t, shape, NULL, NULL, 0, 0, &r->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *row = rows.values + (size_t)i * rows.n_cols;
        arc_value *whole;
        if (row[table->col_custom - 1].type == ARC_V_NULL) continue;
        whole = arci_arena_alloc(&r->arena, table->n_cols * sizeof *whole);
        if (!whole) return arci_nomem(r->env);
        whole[0] = arci_v_int(r->book->id);
        memcpy(whole + 1, row, (table->n_cols - 1u) * sizeof *whole);
        st = mirror(r, set, table, row[table->col_id - 1].u.i, whole);
    }
    return st;
}

static arc_status keep_custom(arci_replay *r)
{
    arci_custom *set = NULL;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < r->n_changes; i++) {
        const arci_replay_change *c = &r->changes[i];
        if (strcmp(c->table->entity->name, "custom_field") != 0) continue;
        uint16_t indexed = arci_col(c->table->entity, "indexed"), entity = arci_col(c->table->entity, "entity");
        const arc_value *row = c->now ? c->now : c->was;
        arci_session_forget_custom(r->session);
        r->t->custom_seen = NULL;
        if (c->was && c->now && !arci_value_equal(&c->was[indexed], &c->now[indexed])) st = mirror_all(r, row[entity].u.s, row[entity].len);
    }
    if (st == ARC_OK) st = arci_session_custom(r->env, r->session, &set);
    for (uint32_t i = 0; st == ARC_OK && set && i < r->n_changes; i++) {
        const arci_replay_change *c = &r->changes[i];
        uint16_t col = c->table->col_custom;
        if (!c->now || !c->id || col == ARC_NO_COL || !any_indexed(set, c->table->entity)) continue;
        if (c->was ? arci_value_equal(&c->was[col], &c->now[col]) : c->now[col].type == ARC_V_NULL) continue;
        st = mirror(r, set, c->table, c->id, c->now);
    }
    return st;
}

arc_status arci_replay_keep(arci_replay *r)
{
    arc_status st = arci_replay_flush(r);
    if (st == ARC_OK && r->n_late) st = arci_replay_again(r);
    if (st == ARC_OK && r->n_changes) st = copy_beside(r);
    if (st == ARC_OK && r->n_changes) st = keep_custom(r);
    for (uint32_t i = 0; st == ARC_OK && r->n_changes && i < r->o.n_rebuild; i++) st = r->o.rebuild[i](r->t, &r->arena, r->changes, r->n_changes);
    r->n_changes = 0;
    arci_arena_reset(&r->arena);
    return st;
}
