/* SPDX-License-Identifier: Apache-2.0 */
#include "store/known.h"

#include <string.h>

#include "store/audit_rows.h"
#include "store/stream.h"

#define CHUNK 200u

typedef struct row_key {
    int64_t row;
    uint32_t entity, pad;
} row_key;

void arci_known_init(arci_known *k, arc_context *ctx)
{
    arci_map_init(&k->rows, ctx);
}

void arci_known_clear(arci_known *k)
{
    arci_map_clear(&k->rows);
}

int arci_known_has(const arci_known *k, uint16_t entity, int64_t row)
{
    row_key key = { row, entity, 0 };
    return !k->rows.n || !arci_map_get(&k->rows, &key, sizeof key);
}

arc_status arci_known_missing(arci_txn *t, const arci_known *k, uint16_t entity, arci_arena *arena, int64_t **ids, uint32_t *n)
{
    *n = 0;
    *ids = arci_arena_alloc(arena, ((size_t)k->rows.n + 1) * sizeof **ids);
    if (!*ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < k->rows.n; i++) {
        row_key key;
        memcpy(&key, k->rows.entries[i].key, sizeof key);
        if (key.entity == entity) (*ids)[(*n)++] = key.row;
    }
    return ARC_OK;
}

/* Rows an event inserted. */
static arc_status take_event(arci_txn *t, arci_known *k, arci_arena *arena, const arc_value *diff)
{
    arci_json *root;
    arc_status st = arci_json_parse(t->env, arena, diff->u.s, diff->len, &arci_diff_limits, &root);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK) return arci_fail(t->env, ARC_E_CORRUPT, "an event cannot be read", "事件无法读取");
    for (const arci_json *node = root->child; node; node = node->next) {
        const arci_json *name = arci_json_get(node, "entity"), *op = arci_json_get(node, "op"), *id = arci_json_get(node, "id");
        const arci_entity *e = name && name->type == ARCI_JSON_STRING ? arci_entity_by_name(name->s, name->len) : NULL;
        row_key key = { 0, e ? e->id : 0u, 0 };
        int64_t *value;
        if (!e || !op || op->type != ARCI_JSON_STRING || strcmp(op->s, "insert") != 0 || !id || id->type != ARCI_JSON_NUMBER) continue;
        if (arci_int_parse(id->s, id->len, &key.row) != ARC_OK) continue;
        if (arci_map_put(&k->rows, &key, sizeof key, &value) < 0) return arci_nomem(t->env);
        *value = 1;
    }
    return ARC_OK;
}

static arc_status take_txns(arci_txn *t, arci_known *k, arci_arena *arena, const arc_value *txns, uint32_t n)
{
    const arci_shape *shape;
    arci_scan *scan;
    arci_where w;
    arc_block block;
    arc_status st = arci_shape_get(t, &shape, "event", "diff txn");
    if (st != ARC_OK || !n) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[1], txns, n);
    st = arci_repo_scan(t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        const arc_value *row = block.values;
        for (uint32_t r = 0; st == ARC_OK && r < block.n_rows; r++, row += block.n_cols) {
            st = take_event(t, k, arena, row);
            arci_arena_reset(arena);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Transactions of a table behind a seal, or all of the queue. */
static arc_status take_table(arci_txn *t, arci_known *k, arci_arena *arena, const char *entity, const char *fields, int64_t after)
{
    arc_value txns[CHUNK];
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena all;
    uint32_t n = 0;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_arena_init(&all, t->book->ctx);
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_GT, after);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, &all, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        txns[n++] = rows.values[2 * (size_t)r + 1];
        if (n < CHUNK && r + 1 < rows.n_rows) continue;
        st = take_txns(t, k, arena, txns, n);
        n = 0;
    }
    arci_arena_clear(&all);
    return st;
}

static arc_status check_seal(arci_txn *t, arci_arena *arena, int64_t seq)
{
    const arci_shape *shape;
    arc_value *row;
    if (!seq) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "seal", "seq");
    if (st == ARC_OK) st = arci_repo_get(t, shape, seq, arena, &row);
    if (st != ARC_E_NOT_FOUND) return st;
    return arci_fail(t->env, ARC_E_RANGE, "there is no seal %lld", "没有第 %lld 号封签", (long long)seq);
}

arc_status arci_known_read(arci_txn *t, arci_known *k, int64_t seq)
{
    arci_arena arena;
    if (t->id) return arci_fail(t->env, ARC_E_TXN, "the transaction has written and is not told of yet: commit first", "事务已写入但尚未记录，请先提交");
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = check_seal(t, &arena, seq);
    arci_arena_reset(&arena);
    if (st == ARC_OK) st = take_table(t, k, &arena, "seal", "seq txn", seq);
    if (st == ARC_OK) st = take_table(t, k, &arena, "seal_queue", "ordinal txn", 0);
    arci_arena_clear(&arena);
    return st;
}
