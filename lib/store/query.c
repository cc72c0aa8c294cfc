/* SPDX-License-Identifier: Apache-2.0 */
/* Building queries. Running them: query_run.c. */
#include <string.h>

#include "arcore/decimal.h"
#include "arcore/money.h"
#include "store/query.h"

#define ORDER_MAX_BYTES 1000u

_Static_assert(ARC_EQ == ARC_OP_EQ && ARC_NE == ARC_OP_NE && ARC_LT == ARC_OP_LT && ARC_LE == ARC_OP_LE && ARC_GT == ARC_OP_GT &&
                   ARC_GE == ARC_OP_GE && ARC_PREFIX == ARC_OP_PREFIX && ARC_CONTAINS == ARC_OP_CONTAINS,
               "operators go to backends as they are");
_Static_assert(ARC_COUNT == ARC_MEASURE_COUNT && ARC_SUM == ARC_MEASURE_SUM && ARC_MIN == ARC_MEASURE_MIN && ARC_MAX == ARC_MEASURE_MAX,
               "measures go to backends as they are");

/* ---- life ---------------------------------------------------------------------------------------------------------- */

static void query_free(arci_owned *o)
{
    arci_query *q = (arci_query *)(void *)o;
    arc_context *ctx = q->env.ctx;
    arci_arena_clear(&q->arena);
    arci_arena_clear(&q->shape);
    arci_overlay_drop(ctx, q->overlay);
    if (q->ops != q->few_ops) {
        arci_free(ctx, q->ops);
        arci_free(ctx, q->starts);
    }
    arci_free(ctx, q->after);
    arci_free(ctx, q);
}

arc_status arci_query_make(arci_env *env, arci_session *s, uint32_t entity, arci_query **out)
{
    const arci_entity *e = arci_entity_by_id(entity);
    *out = NULL;
    if (!e) return arci_fail(env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    const arci_table *t = arci_store_table(s->book->store, e);
    if (!t) {
        arci_fail(env, ARC_E_UNSUPPORTED, "%s has no table yet", "%s 尚无数据表", e->name);
        arci_fail_at(env, e->name, NULL, -1, -1);
        return ARC_E_UNSUPPORTED;
    }
    arci_query *q = arci_calloc(env->ctx, 1, sizeof *q);
    if (!q) return arci_nomem(env);
    q->session = s;
    q->table = t;
    (void)arc_error_init(&q->error);
    q->env.ctx = env->ctx;
    q->env.err = &q->error;
    arci_arena_init(&q->arena, env->ctx);
    q->ops = q->few_ops;
    q->starts = q->few_starts;
    q->cap_ops = ARCI_QUERY_FEW;
    arci_arena_init(&q->shape, env->ctx);
    arc_status st = arci_own(env, s, &q->owned, ARCI_H_QUERY, query_free);
    if (st != ARC_OK) {
        query_free(&q->owned);
        return st;
    }
    *out = q;
    return ARC_OK;
}

arc_status arc_query_new(arc_session *session, arc_query **out, uint32_t entity)
{
    arci_session *s;
    arci_query *q;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? arci_query_make(&s->env, s, entity, &q) : arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    if (st == ARC_OK) *out = q->owned.handle;
    return arci_session_leave(s, st);
}

void arc_query_free(arc_query *query)
{
    arci_own_end(query, ARCI_H_QUERY);
}

static arc_status enter(arc_query *handle, arci_query **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    if ((*out)->error.status != ARC_OK) arci_error_clear(&(*out)->error);
    return ARC_OK;
}

arc_status arc_query_error(arc_query *query, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(query, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_query *)object)->error, sizeof(arc_error));
}

/* ---- fields -------------------------------------------------------------------------------------------------------- */

static arc_status field_fault(arci_query *q, arc_status st, const char *name, const char *en, const char *zh)
{
    arci_fail(&q->env, st, "%s%s%s%.0s", "%s%s%.0s%s", name ? name : "", name ? ": " : "", en, zh);
    arci_fail_at(&q->env, q->table->entity->name, name, -1, -1);
    return st;
}

arc_status arci_query_column(arci_query *q, arc_field_id field, uint16_t *col)
{
    const arci_entity *e = q->table->entity;
    if (field >> 16 && field >> 16 != e->id) return field_fault(q, ARC_E_INVALID, NULL, "a field of another entity", "其他实体的字段");
    uint32_t id = field & 0xffff;
    if (id >= ARCI_FIELD_CUSTOM_FIRST) {
        arc_status st = arci_query_custom_column(q, id, col);
        return st == ARC_E_NOT_FOUND ? field_fault(q, st, NULL, "no such custom field in this book", "本账簿没有该自定义字段") : st;
    }
    const arci_field *f = arci_entity_field_id(e, id);
    if (!f) return field_fault(q, ARC_E_NOT_FOUND, NULL, "no such field", "没有此字段");
    *col = arci_field_col(e, f);
    if (*col == ARC_NO_COL) return field_fault(q, ARC_E_UNSUPPORTED, f->name, "computed on reading", "读取时计算的字段");
    return ARC_OK;
}

arc_status arc_query_field(arc_query *query, arc_field_id *field, const char *name)
{
    arci_query *q;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (!field || !name) return field_fault(q, ARC_E_INVALID, NULL, "an argument is NULL", "参数为 NULL");
    st = arci_query_name(q, field, name, strlen(name));
    return st == ARC_E_NOT_FOUND ? field_fault(q, st, NULL, "no such field", "没有此字段") : st;
}

static const arc_column *column(const arci_query *q, uint16_t col)
{
    return &q->table->desc->cols[col];
}

/* The column of a field that must be of one of two types. */
static arc_status typed(arci_query *q, arc_field_id field, uint16_t *col, uint32_t types)
{
    arc_status st = arci_query_column(q, field, col);
    if (st != ARC_OK) return st;
    if (types & 1u << column(q, *col)->type) return ARC_OK;
    return field_fault(q, ARC_E_INVALID, column(q, *col)->name, "a field of another type", "字段类型不符");
}

#define T(x) (1u << ARC_T_##x)
#define INTEGERS (T(INT) | T(BOOL) | T(ID))
#define TEXTS (T(TEXT) | T(CODE) | T(JSON))
#define ANY (INTEGERS | TEXTS | T(DATE) | T(STAMP) | T(MONEY) | T(DECIMAL) | T(BLOB))

/* ---- pushing ------------------------------------------------------------------------------------------------------- */

static arc_status more_ops(arci_query *q)
{
    uint32_t cap = q->cap_ops * 4;
    arc_cond_op *ops = arci_alloc(q->env.ctx, cap * sizeof *ops);
    uint32_t *starts = arci_alloc(q->env.ctx, cap * sizeof *starts);
    if (!ops || !starts) {
        arci_free(q->env.ctx, ops);
        arci_free(q->env.ctx, starts);
        return arci_nomem(&q->env);
    }
    memcpy(ops, q->ops, q->n_ops * sizeof *ops);
    memcpy(starts, q->starts, q->depth * sizeof *starts);
    if (q->ops != q->few_ops) {
        arci_free(q->env.ctx, q->ops);
        arci_free(q->env.ctx, q->starts);
    }
    q->ops = ops;
    q->starts = starts;
    q->cap_ops = cap;
    return ARC_OK;
}

static arc_status append(arci_query *q, const arc_cond_op *op)
{
    if (q->n_ops >= ARCI_QUERY_MAX_OPS) return field_fault(q, ARC_E_LIMIT, NULL, "more than 1,000 steps", "条件超过 1,000 步");
    arc_status st = q->n_ops == q->cap_ops ? more_ops(q) : ARC_OK;
    if (st == ARC_OK) q->ops[q->n_ops++] = *op;
    return st;
}

static arc_status copy_constants(arci_query *q, const arc_value *v, uint32_t n, const arc_value **out)
{
    *out = NULL;
    if (!n) return ARC_OK;
    arc_value *own = arci_arena_alloc(&q->arena, n * sizeof *own);
    if (!own) return arci_nomem(&q->env);
    memcpy(own, v, n * sizeof *own);
    for (uint32_t i = 0; i < n; i++) {
        if (own[i].type != ARC_V_TEXT) continue;
        own[i].u.s = arci_arena_strndup(&q->arena, v[i].u.s, v[i].len);
        if (!own[i].u.s) return arci_nomem(&q->env);
    }
    *out = own;
    return ARC_OK;
}

arc_status arci_query_push(arci_query *q, uint16_t col, uint16_t op, uint16_t col2, const arc_value *v, uint32_t n)
{
    arc_cond_op o;
    const arci_virtual *custom = arci_query_virtual(q, col);
    if (custom && custom->field->kind == ARCI_CUSTOM_CHOICES && op != ARC_OP_CONTAINS && op != ARC_OP_IS_NULL) {
        return field_fault(q, ARC_E_INVALID, custom->field->field.name, "of a list of choices only what it holds is asked for", "多选字段只能查询是否包含某选项");
    }
    memset(&o, 0, sizeof o);
    o.op = op;
    o.col = col;
    o.col2 = col2;
    o.n = n;
    uint32_t start = q->n_ops;
    arc_status st = copy_constants(q, v, n, &o.v);
    if (st == ARC_OK) st = append(q, &o);
    if (st == ARC_OK) q->starts[q->depth++] = start;
    return st;
}

arc_status arci_query_join(arci_query *q, uint16_t op, uint32_t n)
{
    arc_cond_op o;
    memset(&o, 0, sizeof o);
    if (!n || n > q->depth) return field_fault(q, ARC_E_INVALID, NULL, "not so many conditions stand there", "没有足够的条件可组合");
    o.op = op;
    o.n = op == ARC_OP_NOT ? 0 : n;
    o.col2 = ARC_NO_COL;
    arc_status st = append(q, &o);
    if (st == ARC_OK) q->depth -= n - 1;
    return st;
}

static int compares(uint32_t op)
{
    return op >= ARC_EQ && op <= ARC_GE;
}

static arc_status where(arc_query *query, arc_field_id field, uint32_t op, uint32_t types, int ops_ok, const arc_value *v)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = typed(q, field, &col, types);
    if (st != ARC_OK) return st;
    if (!ops_ok) return field_fault(q, ARC_E_INVALID, column(q, col)->name, "an operator that does not fit", "运算符不适用");
    return arci_query_push(q, col, (uint16_t)op, ARC_NO_COL, v, 1);
}

arc_status arc_query_where_int(arc_query *query, arc_field_id field, uint32_t op, int64_t value)
{
    arc_value v = arci_v_int(value);
    return where(query, field, op, INTEGERS, compares(op), &v);
}

arc_status arc_query_where_date(arc_query *query, arc_field_id field, uint32_t op, arc_date date)
{
    arci_query *q;
    arc_value v = arci_v_int(date);
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    if (date < ARC_DATE_MIN || date > ARC_DATE_MAX) return field_fault(q, ARC_E_RANGE, NULL, "not a date", "不是有效日期");
    return where(query, field, op, T(DATE), compares(op), &v);
}

arc_status arc_query_where_stamp(arc_query *query, arc_field_id field, uint32_t op, arc_stamp stamp)
{
    arc_value v = arci_v_int(stamp);
    return where(query, field, op, T(STAMP), compares(op), &v);
}

arc_status arc_query_where_minor(arc_query *query, arc_field_id field, uint32_t op, int64_t minor)
{
    arc_value v = arci_v_int(minor);
    return where(query, field, op, T(MONEY), compares(op), &v);
}

static arc_status text_value(arci_query *q, const char *text, size_t length, arc_value *v)
{
    if (!text) return field_fault(q, ARC_E_INVALID, NULL, "text is NULL", "text 为 NULL");
    if (length == SIZE_MAX) length = strlen(text);
    if (length > UINT32_MAX || arci_utf8_check(text, length) != length || (length && memchr(text, 0, length))) {
        return field_fault(q, ARC_E_ENCODING, NULL, "not UTF-8, or a NUL inside", "不是 UTF-8，或含有 NUL");
    }
    *v = arci_v_text(text, length);
    return ARC_OK;
}

arc_status arc_query_where_text(arc_query *query, arc_field_id field, uint32_t op, const char *text, size_t length)
{
    arci_query *q;
    arc_value v;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = text_value(q, text, length, &v);
    if (st != ARC_OK) return st;
    return where(query, field, op, TEXTS, compares(op) || op == ARC_PREFIX || op == ARC_CONTAINS, &v);
}

arc_status arci_query_push_money(arci_query *q, uint16_t col, uint16_t op, const arc_money *m)
{
    arc_value minor = arci_v_int(m->minor), currency = arci_v_text(m->currency, 3);
    uint32_t n_ops = q->n_ops, depth = q->depth;
    arc_status st = arci_query_push(q, col, op == ARC_NE ? ARC_OP_EQ : op, ARC_NO_COL, &minor, 1);
    if (st == ARC_OK) st = arci_query_push(q, column(q, col)->currency_col, ARC_OP_EQ, ARC_NO_COL, &currency, 1);
    if (st == ARC_OK) st = arci_query_join(q, ARC_OP_AND, 2);
    if (st == ARC_OK && op == ARC_NE) st = arci_query_join(q, ARC_OP_NOT, 1);
    if (st != ARC_OK) {
        q->n_ops = n_ops;
        q->depth = depth;
    }
    return st;
}

arc_status arc_query_where_money(arc_query *query, arc_field_id field, uint32_t op, arc_money money)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = typed(q, field, &col, T(MONEY));
    if (st != ARC_OK) return st;
    const char *name = column(q, col)->name;
    if (!compares(op)) return field_fault(q, ARC_E_INVALID, name, "an operator that does not fit", "运算符不适用");
    int32_t exponent;
    if (memchr(money.currency, 0, sizeof money.currency) == NULL || arc_currency_exponent(&exponent, money.currency) != ARC_OK) {
        return field_fault(q, ARC_E_CURRENCY, name, "unknown currency", "未知的币种");
    }
    if (arc_money_check(&money) != ARC_OK) return field_fault(q, ARC_E_RANGE, name, "beyond what an amount may be", "金额超出范围");
    return arci_query_push_money(q, col, (uint16_t)op, &money);
}

arc_status arc_query_where_decimal(arc_query *query, arc_field_id field, uint32_t op, arc_decimal value)
{
    arci_query *q;
    uint16_t col;
    arc_decimal d;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = typed(q, field, &col, T(DECIMAL));
    if (st != ARC_OK) return st;
    st = arc_decimal_rescale(&d, &value, (int32_t)column(q, col)->size, ARC_ROUND_EXACT);
    if (st != ARC_OK) return field_fault(q, st, column(q, col)->name, "does not fit the decimals of the field", "与字段的小数位不符");
    arc_value v = arci_v_int(d.mantissa);
    return where(query, field, op, T(DECIMAL), compares(op), &v);
}

arc_status arc_query_where_null(arc_query *query, arc_field_id field)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = typed(q, field, &col, ANY);
    return st == ARC_OK ? arci_query_push(q, col, ARC_OP_IS_NULL, ARC_NO_COL, NULL, 0) : st;
}

static arc_status in_count(arci_query *q, const void *values, size_t n)
{
    if (!values || !n) return field_fault(q, ARC_E_INVALID, NULL, "an empty list", "空列表");
    return n > ARCI_QUERY_MAX_IN ? field_fault(q, ARC_E_LIMIT, NULL, "more than 10,000 values", "列表超过 10,000 个值") : ARC_OK;
}

arc_status arc_query_where_in_int(arc_query *query, arc_field_id field, const int64_t *values, size_t n)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = in_count(q, values, n);
    if (st == ARC_OK) st = typed(q, field, &col, INTEGERS | T(DATE) | T(STAMP));
    if (st != ARC_OK) return st;
    arc_value *v = arci_alloc(q->env.ctx, n * sizeof *v);
    if (!v) return arci_nomem(&q->env);
    for (size_t i = 0; i < n; i++) v[i] = arci_v_int(values[i]);
    st = arci_query_push(q, col, ARC_OP_IN, ARC_NO_COL, v, (uint32_t)n);
    arci_free(q->env.ctx, v);
    return st;
}

arc_status arc_query_where_in_text(arc_query *query, arc_field_id field, const char *const *values, size_t n)
{
    arci_query *q;
    uint16_t col;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = in_count(q, values, n);
    if (st == ARC_OK) st = typed(q, field, &col, TEXTS);
    if (st != ARC_OK) return st;
    arc_value *v = arci_alloc(q->env.ctx, n * sizeof *v);
    if (!v) return arci_nomem(&q->env);
    for (size_t i = 0; i < n && st == ARC_OK; i++) st = text_value(q, values[i], SIZE_MAX, &v[i]);
    if (st == ARC_OK) st = arci_query_push(q, col, ARC_OP_IN, ARC_NO_COL, v, (uint32_t)n);
    arci_free(q->env.ctx, v);
    return st;
}

arc_status arc_query_where_field(arc_query *query, arc_field_id field, uint32_t op, arc_field_id other)
{
    arci_query *q;
    uint16_t a, b;
    arc_status st = enter(query, &q);
    if (st == ARC_OK) st = typed(q, field, &a, ANY);
    if (st == ARC_OK) st = typed(q, other, &b, ANY);
    if (st != ARC_OK) return st;
    const arc_column *x = column(q, a), *y = column(q, b);
    int fits = compares(op) && x->type == y->type && x->currency_col == y->currency_col;
    if (x->type == ARC_T_DECIMAL) fits = fits && x->size == y->size;
    if (!fits) return field_fault(q, ARC_E_INVALID, x->name, "fields that do not compare", "字段之间不可比较");
    return arci_query_push(q, a, (uint16_t)op, b, NULL, 0);
}

static arc_status join(arc_query *query, uint16_t op, uint32_t n)
{
    arci_query *q;
    arc_status st = enter(query, &q);
    return st == ARC_OK ? arci_query_join(q, op, n) : st;
}

arc_status arc_query_and(arc_query *query, uint32_t n)
{
    return join(query, ARC_OP_AND, n);
}

arc_status arc_query_or(arc_query *query, uint32_t n)
{
    return join(query, ARC_OP_OR, n);
}

arc_status arc_query_not(arc_query *query)
{
    return join(query, ARC_OP_NOT, 1);
}

arc_status arc_query_clear(arc_query *query)
{
    arci_query *q;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    q->n_ops = q->depth = 0;
    arci_arena_reset(&q->arena);
    return ARC_OK;
}
