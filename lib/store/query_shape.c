/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of a query's answer: fields, order, limit, groups, measures. */
#include <string.h>

#include "store/query.h"

static arc_status enter(arc_query *handle, arci_query **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    if ((*out)->error.status != ARC_OK) arci_error_clear(&(*out)->error);
    return ARC_OK;
}

static arc_status invalid(arci_query *q, const char *en, const char *zh)
{
    arci_fail(&q->env, ARC_E_INVALID, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(&q->env, q->table->entity->name, NULL, -1, -1);
    return ARC_E_INVALID;
}

static arc_status too_many(arci_query *q, uint32_t most)
{
    return arci_fail(&q->env, ARC_E_LIMIT, "at most %u", "最多 %u 个", most);
}

static int grouped(const arci_query *q)
{
    return q->n_groups || q->n_measures;
}

static uint16_t type_of(const arci_query *q, uint16_t col)
{
    return q->table->desc->cols[col].type;
}

/* ---- fields and order ---------------------------------------------------------------------------------------------- */

arc_status arci_query_set_fields(arci_query *q, const uint16_t *cols, size_t n)
{
    if (grouped(q)) return invalid(q, "a grouped query selects by its groups and measures", "分组查询不能再选择字段");
    uint16_t *own = arci_arena_alloc(&q->shape, n * sizeof *own);
    if (!own) return arci_nomem(&q->env);
    memcpy(own, cols, n * sizeof *own);
    q->fields = own;
    q->n_fields = (uint32_t)n;
    return ARC_OK;
}

arc_status arc_query_select(arc_query *query, const arc_field_id *fields, size_t n)
{
    arci_query *q;
    uint16_t cols[ARCI_QUERY_MAX_FIELDS];
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (!fields || !n) return invalid(q, "no fields", "没有字段");
    if (n > ARCI_QUERY_MAX_FIELDS) return too_many(q, ARCI_QUERY_MAX_FIELDS);
    for (size_t i = 0; i < n && st == ARC_OK; i++) st = arci_query_column(q, fields[i], &cols[i]);
    return st == ARC_OK ? arci_query_set_fields(q, cols, n) : st;
}

arc_status arci_query_add_order(arci_query *q, uint16_t col, int by_place, int32_t descending)
{
    if (descending != 0 && descending != 1) return invalid(q, "descending is 0 or 1", "descending 须为 0 或 1");
    if (q->n_order == ARCI_QUERY_MAX_ORDER) return too_many(q, ARCI_QUERY_MAX_ORDER);
    if (!by_place && (type_of(q, col) == ARC_T_JSON || type_of(q, col) == ARC_T_BLOB)) {
        return invalid(q, "documents and bytes have no order", "文档和二进制字段不可排序");
    }
    for (uint32_t i = 0; i < q->n_order; i++) {
        if (q->order[i].col == col && q->by_place[i] == by_place) return invalid(q, "sorted by the same field twice", "同一字段重复排序");
    }
    q->order[q->n_order].col = col;
    q->order[q->n_order].descending = (uint16_t)descending;
    q->by_place[q->n_order++] = (uint8_t)by_place;
    return ARC_OK;
}

arc_status arc_query_order(arc_query *query, arc_field_id field, int32_t descending)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = arci_query_column(q, field, &col);
    return st == ARC_OK ? arci_query_add_order(q, col, 0, descending) : st;
}

arc_status arc_query_order_column(arc_query *query, uint32_t col, int32_t descending)
{
    arci_query *q;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (!grouped(q) || col >= q->n_groups + q->n_measures) return invalid(q, "no such column of the answer", "结果中没有此列");
    return arci_query_add_order(q, (uint16_t)col, 1, descending);
}

arc_status arc_query_limit(arc_query *query, int64_t n)
{
    arci_query *q;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (n < 0) return invalid(q, "the limit is negative", "limit 为负数");
    q->limit = n;
    return ARC_OK;
}

arc_status arc_query_after(arc_query *query, const char *token)
{
    arci_query *q;
    char *own = NULL;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (token) {
        size_t n = strlen(token);
        for (size_t i = 0; i < n && n <= 4000; i++) {
            if (token[i] <= ' ' || token[i] > '~') n = SIZE_MAX;
        }
        if (!n || n > 4000) return arci_fail(&q->env, ARC_E_SYNTAX, "not a token of a cursor", "不是游标的分页标记");
        own = arci_strndup(q->env.ctx, token, n);
        if (!own) return arci_nomem(&q->env);
    }
    arci_free(q->env.ctx, q->after);
    q->after = own;
    return ARC_OK;
}

/* ---- groups and measures ------------------------------------------------------------------------------------------- */

arc_status arci_query_add_group(arci_query *q, uint16_t col, const int64_t *edges, size_t n, int bucket)
{
    if (q->fields) return invalid(q, "fields were selected: a grouped query has none", "已选择字段，不能再分组");
    if (q->n_groups == ARCI_QUERY_MAX_GROUPS) return too_many(q, ARCI_QUERY_MAX_GROUPS);
    if (type_of(q, col) == ARC_T_JSON || type_of(q, col) == ARC_T_BLOB) {
        return invalid(q, "documents and bytes do not group", "文档和二进制字段不可分组");
    }
    arc_group g;
    memset(&g, 0, sizeof g);
    g.col = col;
    if (bucket) {
        if (!edges || !n) return invalid(q, "no edges", "没有区间边界");
        if (n > 1000) return too_many(q, 1000);
        if (arci_column_value_type(type_of(q, col)) != ARC_V_INT) return invalid(q, "only numbers and dates fall into buckets", "只有数值和日期可分段");
        for (size_t i = 1; i < n; i++) {
            if (edges[i - 1] >= edges[i]) return invalid(q, "edges must ascend", "边界须递增");
        }
        int64_t *own = arci_arena_alloc(&q->shape, n * sizeof *own);
        if (!own) return arci_nomem(&q->env);
        memcpy(own, edges, n * sizeof *own);
        g.kind = ARC_GROUP_BUCKET;
        g.n_edges = (uint32_t)n;
        g.edges = own;
    }
    q->groups[q->n_groups++] = g;
    return ARC_OK;
}

arc_status arc_query_group(arc_query *query, arc_field_id field)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = arci_query_column(q, field, &col);
    return st == ARC_OK ? arci_query_add_group(q, col, NULL, 0, 0) : st;
}

arc_status arc_query_group_bucket(arc_query *query, arc_field_id field, const int64_t *edges, size_t n)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = arci_query_column(q, field, &col);
    return st == ARC_OK ? arci_query_add_group(q, col, edges, n, 1) : st;
}

arc_status arci_query_add_measure(arci_query *q, uint32_t measure, uint16_t col)
{
    if (q->fields) return invalid(q, "fields were selected: a grouped query has none", "已选择字段，不能再统计");
    if (measure > ARC_MAX) return invalid(q, "unknown measure", "未知的度量");
    if (q->n_measures == ARCI_QUERY_MAX_MEASURES) return too_many(q, ARCI_QUERY_MAX_MEASURES);
    if (measure != ARC_COUNT) {
        uint16_t t = type_of(q, col);
        if (t == ARC_T_JSON || t == ARC_T_BLOB) return invalid(q, "documents and bytes are not measured", "文档和二进制字段不可统计");
        int adds = t == ARC_T_INT || t == ARC_T_MONEY || t == ARC_T_DECIMAL || t == ARC_T_BOOL;
        if (measure == ARC_SUM && !adds) return invalid(q, "only numbers and amounts add up", "只有数值和金额可求和");
    }
    q->measures[q->n_measures].kind = (uint16_t)measure;
    q->measures[q->n_measures++].col = measure == ARC_COUNT ? 0 : col;
    return ARC_OK;
}

arc_status arc_query_measure(arc_query *query, uint32_t measure, arc_field_id field)
{
    arci_query *q;
    uint16_t col = 0;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (measure > ARC_MAX) return invalid(q, "unknown measure", "未知的度量");
    if (measure == ARC_COUNT && field) return invalid(q, "a count has no field", "计数不需要字段");
    if (measure != ARC_COUNT) st = arci_query_column(q, field, &col);
    return st == ARC_OK ? arci_query_add_measure(q, measure, col) : st;
}
