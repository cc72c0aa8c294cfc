/* SPDX-License-Identifier: Apache-2.0 */
/* Queries into their JSON form. */
#include <string.h>

#include "base/json_text.h"
#include "model/record.h"
#include "store/query.h"

typedef struct printer {
    arci_query *q;
    arci_str b;
} printer;

static const char *name_of(const printer *p, uint16_t col)
{
    return p->q->table->field_of_col[col]->name;
}

static void put_member(printer *p, const char *key, uint16_t col)
{
    arci_str_puts(&p->b, key);
    arci_str_putc(&p->b, '"');
    arci_str_puts(&p->b, name_of(p, col));
    arci_str_putc(&p->b, '"');
}

/* A constant as text with quotes; amounts as minor units. */
static arc_status put_constant(printer *p, uint16_t col, const arc_value *v)
{
    const arci_field *f = p->q->table->field_of_col[col];
    arc_status st = ARC_OK;
    if (v->type == ARC_V_TEXT) {
        arci_json_put_text(&p->b, v->u.s, v->len);
        return ARC_OK;
    }
    arci_str_putc(&p->b, '"');
    if (f->type == ARC_T_MONEY) {
        arci_str_int(&p->b, v->u.i);
        arci_str_puts(&p->b, " minor");
    } else {
        st = arci_value_text(&p->q->env, &p->b, f, v, NULL);
    }
    arci_str_putc(&p->b, '"');
    return st;
}

static const char *operator_name(uint16_t op)
{
    static const char *const names[] = { [ARC_OP_EQ] = "equals", [ARC_OP_NE] = "notEquals",      [ARC_OP_LT] = "lt",
                                         [ARC_OP_LE] = "lte",    [ARC_OP_GT] = "gt",             [ARC_OP_GE] = "gte",
                                         [ARC_OP_IN] = "equals", [ARC_OP_PREFIX] = "startsWith", [ARC_OP_CONTAINS] = "contains" };
    return names[op];
}

static arc_status put_leaf(printer *p, const arc_cond_op *o)
{
    arc_status st = ARC_OK;
    put_member(p, "{\"member\":", o->col);
    if (o->op == ARC_OP_IS_NULL) {
        arci_str_puts(&p->b, ",\"operator\":\"notSet\"}");
        return ARC_OK;
    }
    arci_str_puts(&p->b, ",\"operator\":\"");
    arci_str_puts(&p->b, operator_name(o->op));
    arci_str_putc(&p->b, '"');
    if (o->col2 != ARC_NO_COL) {
        put_member(p, ",\"other\":", o->col2);
    } else {
        arci_str_puts(&p->b, ",\"values\":[");
        for (uint32_t i = 0; i < o->n && st == ARC_OK; i++) {
            if (i) arci_str_putc(&p->b, ',');
            st = put_constant(p, o->col, &o->v[i]);
        }
        arci_str_putc(&p->b, ']');
    }
    arci_str_putc(&p->b, '}');
    return st;
}

/* Where the operands of the op at `at` begin: walks back over whole subtrees. */
static uint32_t subtree(const arci_query *q, uint32_t at)
{
    const arc_cond_op *o = &q->ops[at];
    uint32_t operands = o->op == ARC_OP_NOT ? 1 : o->op == ARC_OP_AND || o->op == ARC_OP_OR ? o->n : 0;
    while (operands--) at = subtree(q, at - 1);
    return at;
}

static arc_status put_tree(printer *p, uint32_t at)
{
    const arc_cond_op *o = &p->q->ops[at];
    arc_status st = ARC_OK;
    if (o->op != ARC_OP_AND && o->op != ARC_OP_OR && o->op != ARC_OP_NOT) return put_leaf(p, o);
    if (o->op == ARC_OP_NOT) {
        arci_str_puts(&p->b, "{\"not\":");
        st = put_tree(p, at - 1);
        arci_str_putc(&p->b, '}');
        return st;
    }
    arci_str_puts(&p->b, o->op == ARC_OP_AND ? "{\"and\":[" : "{\"or\":[");
    /* Operands end one before where the next one begins: found from the last to the first, printed from the first. */
    for (uint32_t k = o->n; k-- > 0 && st == ARC_OK;) {
        uint32_t end = at - 1;
        for (uint32_t skip = k; skip--;) end = subtree(p->q, end) - 1;
        if (k + 1 < o->n) arci_str_putc(&p->b, ',');
        st = put_tree(p, end);
    }
    arci_str_puts(&p->b, "]}");
    return st;
}

static arc_status put_filters(printer *p)
{
    arc_status st = ARC_OK;
    const arci_query *q = p->q;
    if (!q->depth) return ARC_OK;
    arci_str_puts(&p->b, ",\"filters\":[");
    for (uint32_t k = 0; k < q->depth && st == ARC_OK; k++) {
        if (k) arci_str_putc(&p->b, ',');
        st = put_tree(p, (k + 1 < q->depth ? q->starts[k + 1] : q->n_ops) - 1);
    }
    arci_str_putc(&p->b, ']');
    return st;
}

static arc_status put_groups(printer *p)
{
    static const char *const names[] = { "count", "sum", "min", "max" };
    const arci_query *q = p->q;
    arc_status st = ARC_OK;
    if (q->n_groups) arci_str_puts(&p->b, ",\"dimensions\":[");
    for (uint32_t i = 0; i < q->n_groups && st == ARC_OK; i++) {
        const arc_group *g = &q->groups[i];
        put_member(p, i ? ",{\"member\":" : "{\"member\":", g->col);
        if (g->kind == ARC_GROUP_BUCKET) arci_str_puts(&p->b, ",\"edges\":[");
        for (uint32_t k = 0; k < g->n_edges && st == ARC_OK; k++) {
            arc_value v = arci_v_int(g->edges[k]);
            if (k) arci_str_putc(&p->b, ',');
            if (q->table->desc->cols[g->col].type == ARC_T_MONEY) {
                arci_str_putc(&p->b, '"');
                arci_str_int(&p->b, v.u.i);
                arci_str_putc(&p->b, '"');
            } else {
                st = put_constant(p, g->col, &v);
            }
        }
        arci_str_puts(&p->b, g->kind == ARC_GROUP_BUCKET ? "]}" : "}");
    }
    if (q->n_groups) arci_str_putc(&p->b, ']');
    if (q->n_measures) arci_str_puts(&p->b, ",\"measures\":[");
    for (uint32_t i = 0; i < q->n_measures; i++) {
        arci_str_puts(&p->b, i ? ",{\"measure\":\"" : "{\"measure\":\"");
        arci_str_puts(&p->b, names[q->measures[i].kind]);
        arci_str_putc(&p->b, '"');
        if (q->measures[i].kind != ARC_MEASURE_COUNT) put_member(p, ",\"member\":", q->measures[i].col);
        arci_str_putc(&p->b, '}');
    }
    if (q->n_measures) arci_str_putc(&p->b, ']');
    return st;
}

static void put_order(printer *p)
{
    const arci_query *q = p->q;
    if (!q->n_order) return;
    arci_str_puts(&p->b, ",\"order\":[");
    for (uint32_t i = 0; i < q->n_order; i++) {
        if (i) arci_str_putc(&p->b, ',');
        if (q->by_place[i]) {
            arci_str_puts(&p->b, "{\"column\":");
            arci_str_int(&p->b, q->order[i].col);
        } else {
            put_member(p, "{\"member\":", q->order[i].col);
        }
        arci_str_puts(&p->b, q->order[i].descending ? ",\"descending\":true}" : "}");
    }
    arci_str_putc(&p->b, ']');
}

static arc_status print(printer *p)
{
    const arci_query *q = p->q;
    arci_str_puts(&p->b, "{\"entity\":\"");
    arci_str_puts(&p->b, q->table->entity->name);
    arci_str_putc(&p->b, '"');
    for (uint32_t i = 0; i < q->n_fields; i++) put_member(p, i ? "," : ",\"fields\":[", q->fields[i]);
    if (q->n_fields) arci_str_putc(&p->b, ']');
    arc_status st = put_groups(p);
    if (st == ARC_OK) st = put_filters(p);
    put_order(p);
    if (q->limit) {
        arci_str_puts(&p->b, ",\"limit\":");
        arci_str_int(&p->b, q->limit);
    }
    if (q->after) {
        arci_str_puts(&p->b, ",\"after\":");
        arci_json_put_text(&p->b, q->after, strlen(q->after));
    }
    arci_str_putc(&p->b, '}');
    if (p->b.failed) return arci_nomem(&p->q->env);
    return st;
}

arc_status arc_query_json(arc_query *query, char *buf, size_t *len)
{
    void *object;
    arc_status st = arci_handle_get(query, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    printer p = { .q = object };
    if (p.q->error.status != ARC_OK) arci_error_clear(&p.q->error);
    if (!len) return arci_fail(&p.q->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arci_str_init(&p.b, p.q->env.ctx);
    st = print(&p);
    if (st == ARC_OK) {
        st = arci_text_out(buf, len, p.b.s, p.b.len);
        if (st == ARC_E_BUFFER) arci_fail(&p.q->env, st, "the buffer is too short", "缓冲区不足");
    }
    arci_str_clear(&p.b);
    return st;
}
