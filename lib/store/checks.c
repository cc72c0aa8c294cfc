/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every row, whatever it means: values fit their fields, amounts have a currency, references point at something, ids are
 * below what is handed out next. */
#include <string.h>

#include "base/map.h"
#include "model/record.h"
#include "store/attachment.h"
#include "store/be.h"
#include "store/custom_index.h"
#include "store/damage.h"
#include "store/proposal.h"
#include "store/verify.h"

static int64_t id_of(const arci_table *t, const arc_value *row)
{
    uint16_t col = t->col_id != ARC_NO_COL ? t->col_id : t->desc->key[t->desc->n_key - 1];
    return row[col].type == ARC_V_INT ? row[col].u.i : 0;
}

/* All columns of a table, by column number, block after block. */
typedef arc_status (*block_fn)(void *user, const arci_table *t, const arc_block *block);

static arc_status each_block(arci_verify *v, arci_txn *txn, const arci_table *t, block_fn fn, void *user)
{
    arci_arena arena;
    arci_scan *scan;
    arc_block block;
    arci_arena_init(&arena, txn->book->ctx);
    uint16_t *cols = arci_arena_alloc(&arena, t->n_cols * sizeof *cols);
    arc_status st = cols ? ARC_OK : arci_nomem(txn->env);
    for (uint16_t c = 0; cols && c < t->n_cols; c++) cols[c] = c;
    arci_scan_spec spec = { .entity = t->entity, .cols = cols, .n_cols = t->n_cols };
    if (st == ARC_OK) st = arci_scan_open(txn, &scan, &spec);
    if (st == ARC_OK) {
        while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
            st = fn(user, t, &block);
            if (st == ARC_OK) st = arci_verify_rows(v, block.n_rows);
            if (st != ARC_OK) break;
        }
        arci_scan_end(scan);
    }
    arci_arena_clear(&arena);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status each_table(arci_verify *v, arci_txn *txn, block_fn fn, void *user)
{
    const arci_store *s = txn->book->store;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < s->n_tables && st == ARC_OK; i++) st = each_block(v, txn, &s->tables[i], fn, user);
    return st;
}

/* ---- values -------------------------------------------------------------------------------------------------------- */

typedef struct value_check {
    arci_verify *v;
    arc_context *ctx;
} value_check;

/* Cut or foreign: no reader of it would get further. */
static arc_status check_json(const value_check *v, arci_env *quiet, const arci_field *f, const arc_value *json)
{
    arci_json *root;
    arci_arena arena;
    arci_arena_init(&arena, v->ctx);
    arc_status st = arci_json_parse(quiet, &arena, json->u.s, json->len, &arci_json_definition_limits, &root);
    if (st == ARC_OK && f->id == ARCI_FIELD_CUSTOM && root->type != ARCI_JSON_OBJECT) {
        st = arci_fail(quiet, ARC_E_SYNTAX, "the stored custom fields are no object", "存储的自定义字段不是对象");
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status check_value(const value_check *v, const arci_table *t, const arc_value *row, uint16_t c)
{
    arc_error e = ARC_ERROR_INIT;
    arci_env quiet = { v->ctx, &e };
    const arci_field *f = t->field_of_col[c];
    const arc_column *col = &t->desc->cols[c];
    if (!f || row[c].type == ARC_V_NULL) return ARC_OK;
    if (f->type == ARC_T_MONEY && row[col->currency_col].type == ARC_V_NULL) {
        return arci_finding(v->v, t->entity->name, f->name, id_of(t, row), "an amount without currency", "金额没有币种");
    }
    arc_status st = f->id == ARCI_FIELD_CUSTOM ? ARC_OK : arci_value_check(&quiet, t->entity, f, &row[c]);
    if (st == ARC_OK && f->type == ARC_T_JSON) st = check_json(v, &quiet, f, &row[c]);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    return arci_finding(v->v, t->entity->name, f->name, id_of(t, row), "%s%.0s", "%.0s%s", e.message, e.message_zh);
}

static arc_status values_of_block(void *user, const arci_table *t, const arc_block *block)
{
    arc_status st = ARC_OK;
    for (uint32_t r = 0; r < block->n_rows; r++) {
        const arc_value *row = block->values + (size_t)r * block->n_cols;
        for (uint16_t c = 1; c < t->n_cols && st == ARC_OK; c++) st = check_value(user, t, row, c);
    }
    return st;
}

static arc_status damaged(void *user, const arci_table *t, uint16_t col, int64_t id)
{
    return arci_finding(user, t->entity->name, t->desc->cols[col].name, id, "the stored value is not of its column's type", "存储的值与列类型不符");
}

static arc_status check_values(arci_verify *v, arci_txn *t)
{
    value_check c = { v, t->book->ctx };
    const arci_mend telling = { damaged, v }, *silent = t->mend;
    t->mend = &telling;
    arc_status st = each_table(v, t, values_of_block, &c);
    t->mend = silent;
    return st;
}

/* ---- references ---------------------------------------------------------------------------------------------------- */

typedef struct references {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena;
} references;

static arc_status check_column(references *r, const arci_table *t, const arc_block *block, uint16_t col, const arci_table *to)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&r->arena, block->n_rows * sizeof *ids);
    uint32_t *of = arci_arena_alloc(&r->arena, block->n_rows * sizeof *of);
    if (!ids || !of) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < block->n_rows; i++) {
        const arc_value *v = &block->values[(size_t)i * block->n_cols + col];
        if (v->type != ARC_V_INT) continue;
        of[n] = i;
        ids[n++] = v->u.i;
    }
    arc_status st = arci_shape_get(r->t, &shape, to->entity->name, to->desc->cols[to->desc->key[1]].name);
    if (st == ARC_OK) st = arci_repo_get_many(r->t, shape, ids, n, &r->arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (found[i]) continue;
        st = arci_finding(r->v, t->entity->name, t->desc->cols[col].name, id_of(t, block->values + (size_t)of[i] * block->n_cols),
                          "points at %s %lld, which is not there", "指向不存在的 %s %lld", to->entity->name, (long long)ids[i]);
    }
    return st;
}

static arc_status references_of_block(void *user, const arci_table *t, const arc_block *block)
{
    references *r = user;
    const arci_store *s = r->t->book->store;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < t->desc->n_fks && st == ARC_OK; i++) {
        st = check_column(r, t, block, t->desc->fks[i].cols[1], &s->tables[t->desc->fks[i].ref_table]);
    }
    if (st == ARC_OK && t->col_txn != ARC_NO_COL) {
        st = check_column(r, t, block, t->col_txn, arci_store_table(s, arci_entity_by_name("txn", 3)));
    }
    arci_arena_reset(&r->arena);
    return st;
}

static arc_status check_references(arci_verify *v, arci_txn *t)
{
    references r = { v, t, { 0 } };
    arci_arena_init(&r.arena, t->book->ctx);
    arc_status st = each_table(v, t, references_of_block, &r);
    arci_arena_clear(&r.arena);
    return st;
}

/* ---- ids and versions ---------------------------------------------------------------------------------------------- */

static arc_status numbers_of_block(void *user, const arci_table *t, const arc_block *block)
{
    arc_status st = ARC_OK;
    for (uint32_t r = 0; r < block->n_rows && st == ARC_OK; r++) {
        const arc_value *row = block->values + (size_t)r * block->n_cols;
        if (t->draws_id && row[t->col_id].u.i < 1) {
            st = arci_finding(user, t->entity->name, "id", row[t->col_id].u.i, "an id below 1", "编号小于 1");
        }
        if (st == ARC_OK && t->col_version != ARC_NO_COL && row[t->col_version].u.i < 1) {
            st = arci_finding(user, t->entity->name, "version", id_of(t, row), "a version below 1", "版本小于 1");
        }
    }
    return st;
}

static arc_status check_numbers(arci_verify *v, arci_txn *t)
{
    return each_table(v, t, numbers_of_block, v);
}

/* ---- numbers that are handed out ------------------------------------------------------------------------------------- */

/* A counter behind the highest id in use would hand it out again. The rows are looked at first: counters only grow. */
static arc_status check_sequence(arci_verify *v, arci_txn *t, const arci_table *table)
{
    const arci_shape *shape;
    arci_rows rows;
    arci_arena arena;
    int64_t next = 0, highest;
    const arc_order order = { table->col_id, 1 };
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_shape_get(t, &shape, table->entity->name, "id");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, &order, 1, 1, &arena, &rows);
    highest = st == ARC_OK && rows.n_rows ? rows.values[0].u.i : 0;
    arci_arena_clear(&arena);
    if (st == ARC_OK) st = arci_be_next_number(t->env, t->book, t->be, t->book->id, table->desc->name, &next);
    if (st != ARC_OK || next > highest) return st == ARC_E_UNSUPPORTED ? ARC_OK : st;
    return arci_finding(v, table->entity->name, "id", highest, "the sequence %s would hand out %lld next, and %lld is in use", "序列 %s 的下一个号为 %lld，但 %lld 已被使用",
                        table->desc->name, (long long)next, (long long)highest);
}

static arc_status check_sequences(arci_verify *v, arci_txn *t)
{
    const arci_store *s = t->book->store;
    arc_status st = ARC_OK;
    int64_t next = 0;
    for (uint32_t i = 0; i < s->n_tables && st == ARC_OK; i++) {
        if (s->tables[i].draws_id) st = check_sequence(v, t, &s->tables[i]);
    }
    if (st == ARC_OK) st = arci_be_next_number(t->env, t->book, t->be, 0, "book", &next);
    if (st != ARC_OK || next > t->book->id) return st == ARC_E_UNSUPPORTED ? ARC_OK : st;
    return arci_finding(v, "book", "id", t->book->id, "the sequence %s would hand out %lld next, and %lld is in use", "序列 %s 的下一个号为 %lld，但 %lld 已被使用", "book",
                        (long long)next, (long long)t->book->id);
}

/* ---- the mirror of custom fields ------------------------------------------------------------------------------------- */

typedef struct mirror {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena;
    arci_custom *custom;
    arci_record *record; /* of the table under way */
    int64_t entries;     /* that should be there */
    arci_arena refs;     /* of the block under way */
    int64_t **to, **of;  /* by custom field: ids pointed at, and the rows that do */
    uint32_t *n_refs;
} mirror;

static arc_status begin_references(mirror *m, uint32_t rows)
{
    uint32_t n = m->record->n_custom;
    arci_arena_reset(&m->refs);
    m->to = arci_arena_calloc(&m->refs, n + (size_t)1, sizeof *m->to);
    m->of = arci_arena_calloc(&m->refs, n + (size_t)1, sizeof *m->of);
    m->n_refs = arci_arena_calloc(&m->refs, n + (size_t)1, sizeof *m->n_refs);
    if (!m->to || !m->of || !m->n_refs) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (!arci_custom_points(m->record->cfields[i])) continue;
        m->to[i] = arci_arena_alloc(&m->refs, rows * sizeof **m->to);
        m->of[i] = arci_arena_alloc(&m->refs, rows * sizeof **m->of);
        if (!m->to[i] || !m->of[i]) return arci_nomem(m->t->env);
    }
    return ARC_OK;
}

static void note_references(mirror *m, int64_t id)
{
    for (uint32_t i = 0; i < m->record->n_custom; i++) {
        if (!m->to[i] || m->record->cvalues[i].type != ARC_V_INT) continue;
        m->to[i][m->n_refs[i]] = m->record->cvalues[i].u.i;
        m->of[i][m->n_refs[i]++] = id;
    }
}

/* Custom fields of the block that point at nothing. */
static arc_status check_pointed(mirror *m)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < m->record->n_custom && st == ARC_OK; i++) {
        const arci_field *f = &m->record->cfields[i]->field;
        const arci_shape *shape;
        arc_value *rows;
        uint8_t *found;
        if (!m->n_refs[i]) continue;
        st = arci_shape_get(m->t, &shape, f->aux, "id");
        if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, m->to[i], m->n_refs[i], &m->refs, &rows, &found);
        for (uint32_t k = 0; k < m->n_refs[i] && st == ARC_OK; k++) {
            if (!found[k]) st = arci_finding(m->v, m->record->entity->name, f->name, m->of[i][k], "points at nothing", "指向的数据不存在");
        }
    }
    return st;
}

/* Custom fields that cannot be read are no reason to leave out the others. */
static arc_status mirror_row(mirror *m, const arci_table *t, const arc_value *row)
{
    uint32_t n = 0;
    int same = 0;
    int64_t id = row[t->col_id].u.i;
    arc_status st = arci_record_load(m->t->env, m->record, NULL, t->n_cols, row);
    if (st == ARC_OK) st = arci_custom_index_same(m->t, &m->arena, m->record, id, &same, &n);
    if (st == ARC_E_CORRUPT && !m->t->doomed) {
        arci_error_clear(m->t->env->err);
        return arci_finding(m->v, t->entity->name, "custom", id, "the stored custom fields cannot be read", "存储的自定义字段无法读取");
    }
    if (st != ARC_OK) return st;
    m->entries += n;
    note_references(m, id);
    if (same) return ARC_OK;
    return arci_finding(m->v, t->entity->name, "custom", id, "indexed custom fields are not mirrored as they are", "自定义字段索引与数据不一致");
}

static arc_status mirror_of_block(void *user, const arci_table *t, const arc_block *block)
{
    mirror *m = user;
    arc_status st = begin_references(m, block->n_rows);
    for (uint32_t r = 0; r < block->n_rows && st == ARC_OK; r++) {
        arci_arena_reset(&m->arena);
        st = mirror_row(m, t, block->values + (size_t)r * block->n_cols);
    }
    return st == ARC_OK ? check_pointed(m) : st;
}

static arc_status count_mirrored(mirror *m)
{
    arc_measure count = { ARC_MEASURE_COUNT, 0 };
    arci_aggregate_spec spec = { .entity = arci_entity_by_name("custom_index", 12), .measures = &count, .n_measures = 1 };
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_scan_aggregate(m->t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    int64_t n = st == ARC_OK ? block.values[0].u.i : 0;
    arci_scan_end(scan);
    if (st != ARC_OK || n == m->entries) return st;
    return arci_finding(m->v, "custom_index", NULL, 0, "%lld entries mirror custom fields, %lld should", "自定义字段索引有 %lld 条，应为 %lld 条",
                        (long long)n, (long long)m->entries);
}

static arc_status check_mirror(arci_verify *v, arci_txn *t)
{
    mirror m;
    memset(&m, 0, sizeof m);
    m.v = v;
    m.t = t;
    const arci_store *s = t->book->store;
    arc_status st = arci_session_custom(t->env, t->session, &m.custom);
    if (st != ARC_OK) return st;
    arci_arena_init(&m.arena, t->book->ctx);
    arci_arena_init(&m.refs, t->book->ctx);
    for (uint32_t i = 0; i < s->n_tables && st == ARC_OK; i++) {
        uint32_t n;
        (void)arci_custom_of(m.custom, s->tables[i].entity, &n);
        if (!n || s->tables[i].col_custom == ARC_NO_COL || !s->tables[i].draws_id) continue;
        st = arci_record_new(t->env, s->tables[i].entity, m.custom, &m.record);
        if (st == ARC_OK) st = each_block(v, t, &s->tables[i], mirror_of_block, &m);
        arci_record_free(m.record);
        m.record = NULL;
    }
    arci_arena_clear(&m.arena);
    arci_arena_clear(&m.refs);
    return st == ARC_OK ? count_mirrored(&m) : st;
}

const arci_check arci_store_checks[] = {
    { "store.value", check_values },
    { "store.reference", check_references },
    { "store.number", check_numbers },
    { "store.sequence", check_sequences },
    { "store.custom_index", check_mirror },
    { "store.attachment", arci_attachment_verify },
    { "store.proposal", arci_proposal_verify },
};
const uint32_t arci_n_store_checks = sizeof arci_store_checks / sizeof arci_store_checks[0];
