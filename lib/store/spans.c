/* SPDX-License-Identifier: Apache-2.0 */
#include "store/spans.h"

#include <string.h>

#include "store/valid.h"

extern const arci_entity arci_entity_fiscal_period;

enum { ID, CODE, FROM, TO, STATUS };

static arc_status read_all(arci_txn *t, arci_arena *arena, arci_spans *s)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_book_epoch_raise(t); /* the book's row: two who add periods meet here */
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "fiscal_period", "id code starts_on ends_on status");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK) return st;
    s->n = rows.n_rows;
    s->cap = rows.n_rows * 2 + 16;
    s->list = arci_arena_calloc(arena, s->cap, sizeof *s->list);
    if (!s->list) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        const arci_span span = { (arc_date)v[FROM].u.i, (arc_date)v[TO].u.i, v[ID].u.i, v[CODE].u.s, v[STATUS].u.s[0] == 'c' };
        s->list[i] = span;
    }
    return ARC_OK;
}

static arc_status wrong(arci_txn *t, const char *field, const char *en, const char *zh, const char *code)
{
    arc_status st = arci_fail(t->env, ARC_E_RANGE, "%s%.0s %s", "%.0s%s %s", en, zh, code);
    arci_fail_at(t->env, "fiscal_period", field, -1, -1);
    return st;
}

static const arc_value *field(const arci_shape *shape, const arc_value *row, const char *name)
{
    const uint16_t col = arci_col(shape->table->entity, name);
    for (uint16_t i = 0; i < shape->n; i++) {
        if (shape->cols[i] == col) return &row[i];
    }
    return NULL;
}

static arc_status fits(arci_txn *t, const arci_spans *s, const arci_span *span)
{
    if (span->to < span->from) return wrong(t, "ends_on", "the period ends before it starts", "期间的结束日期早于开始日期", "");
    for (uint32_t i = 0; i < s->n; i++) {
        const arci_span *other = &s->list[i];
        if (span->from <= other->to && other->from <= span->to)
            return wrong(t, "starts_on", "the period overlaps period", "期间重叠，与之重叠的期间：", other->id ? other->code : "");
        if (other->closed && span->to < other->from)
            return wrong(t, "ends_on", "the period lies before a closed one: period", "期间早于已结账的期间：", other->code);
    }
    return ARC_OK;
}

arc_status arci_spans_fit(arci_txn *t, arci_arena *arena, arci_spans *s, const arci_shape *shape, const arc_value *row)
{
    if (shape->table->entity != &arci_entity_fiscal_period) return ARC_OK;
    const arc_value *from = field(shape, row, "starts_on"), *to = field(shape, row, "ends_on");
    if (!from || !to) return arci_fail(t->env, ARC_E_INTERNAL, "a period without dates", "期间缺少日期");
    const arci_span span = { (arc_date)from->u.i, (arc_date)to->u.i, 0, "", 0 };
    arc_status st = s->list ? ARC_OK : read_all(t, arena, s);
    if (st == ARC_OK && s->n == s->cap) {
        arci_span *more = arci_arena_alloc(arena, 2 * (size_t)s->cap * sizeof *more);
        if (!more) return arci_nomem(t->env);
        memcpy(more, s->list, s->n * sizeof *more);
        s->list = more;
        s->cap *= 2;
    }
    if (st == ARC_OK) st = fits(t, s, &span);
    if (st == ARC_OK) s->list[s->n++] = span;
    return st;
}
