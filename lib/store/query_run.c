/* SPDX-License-Identifier: Apache-2.0 */
/* From a query to rows. Everything a cursor needs is copied into its own arena: the query may change or go. */
#include <string.h>

#include "base/json_text.h"
#include "store/access.h"
#include "store/be.h"
#include "store/query.h"

/* ---- conditions ---------------------------------------------------------------------------------------------------- */

/* Appends the conjuncts of ops[from..to), which leave one result: operands of an AND at the end are conjuncts themselves. */
static arc_status split(arci_query *q, arci_arena *arena, uint32_t from, uint32_t to, arc_cond *conds, uint32_t *n)
{
    const arc_cond_op *last = &q->ops[to - 1];
    uint32_t depth = 0, *starts;
    if (last->op != ARC_OP_AND) {
        conds[*n].ops = q->ops + from;
        conds[*n].n_ops = to - from;
        conds[(*n)++].accepted = 0;
        return ARC_OK;
    }
    starts = arci_arena_alloc(arena, (size_t)(to - from + 1) * sizeof *starts);
    if (!starts) return arci_nomem(&q->env);
    for (uint32_t i = from; i < to - 1; i++) {
        const arc_cond_op *o = &q->ops[i];
        if (o->op == ARC_OP_NOT) continue;
        if (o->op == ARC_OP_AND || o->op == ARC_OP_OR) depth -= o->n - 1;
        else starts[depth++] = i;
    }
    starts[depth] = to - 1;
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < depth && st == ARC_OK; k++) st = split(q, arena, starts[k], starts[k + 1], conds, n);
    return st;
}

arc_status arci_query_conjuncts(arci_query *q, arci_arena *arena, arc_cond **conds, uint32_t *n)
{
    arc_status st = ARC_OK;
    *n = 0;
    *conds = arci_arena_calloc(arena, (size_t)q->n_ops + 1, sizeof **conds);
    if (!*conds) return arci_nomem(&q->env);
    for (uint32_t k = 0; k < q->depth && st == ARC_OK; k++) {
        st = split(q, arena, q->starts[k], k + 1 < q->depth ? q->starts[k + 1] : q->n_ops, *conds, n);
    }
    return st;
}

static arc_status copy_op(arci_env *env, arci_arena *arena, arc_cond_op *o)
{
    if (!o->n || !o->v) return ARC_OK;
    arc_value *v = arci_arena_alloc(arena, o->n * sizeof *v);
    if (!v) return arci_nomem(env);
    memcpy(v, o->v, o->n * sizeof *v);
    for (uint32_t i = 0; i < o->n; i++) {
        if (v[i].type != ARC_V_TEXT) continue;
        v[i].u.s = arci_arena_strndup(arena, o->v[i].u.s, v[i].len);
        if (!v[i].u.s) return arci_nomem(env);
    }
    o->v = v;
    return ARC_OK;
}

static arc_status copy_conds(arci_query *q, arci_cursor *c, const arc_cond **out, uint32_t *n)
{
    arc_cond *conds;
    arc_status st = arci_query_conjuncts(q, &c->arena, &conds, n);
    for (uint32_t i = 0; i < *n && st == ARC_OK; i++) {
        arc_cond_op *ops = arci_arena_alloc(&c->arena, conds[i].n_ops * sizeof *ops);
        if (!ops) return arci_nomem(&q->env);
        memcpy(ops, conds[i].ops, conds[i].n_ops * sizeof *ops);
        for (uint32_t k = 0; k < conds[i].n_ops && st == ARC_OK; k++) st = copy_op(&q->env, &c->arena, &ops[k]);
        conds[i].ops = ops;
    }
    *out = conds;
    return st;
}

/* The one currency that top-level conditions leave for a currency column; NULL when they do not. */
static const arc_value *only_currency(const arc_cond *conds, uint32_t n, uint16_t col)
{
    for (uint32_t i = 0; i < n; i++) {
        const arc_cond_op *o = conds[i].ops;
        int one = conds[i].n_ops == 1 && o->col == col && o->col2 == ARC_NO_COL && o->n == 1;
        if (one && (o->op == ARC_OP_EQ || o->op == ARC_OP_IN) && o->v->len == 3) return o->v;
    }
    return NULL;
}

/* ---- what the actor may ask ------------------------------------------------------------------------------------------- */

static arc_status may_use(arci_query *q, uint16_t col)
{
    const arci_field *f = q->table->field_of_col[col];
    return f ? arci_access_field(&q->env, q->session, q->table->entity, f) : ARC_OK;
}

static arc_status may_select(arci_query *q, uint16_t col)
{
    const arci_field *f = q->table->field_of_col[col];
    return f && arci_access_right(q->session, q->table->entity, f) == ARCI_RIGHT_NONE ? may_use(q, col) : ARC_OK;
}

/* Hidden and masked fields tell nothing, not by an order or a count either. */
static arc_status may_ask(arci_query *q)
{
    arc_status st = arci_access_plain(&q->env, q->session, q->table->entity);
    if (st != ARC_OK || !q->session->access) return st;
    for (uint32_t i = 0; i < q->n_ops && st == ARC_OK; i++) {
        if (q->ops[i].op >= ARC_OP_AND) continue;
        st = may_use(q, q->ops[i].col);
        if (st == ARC_OK && q->ops[i].col2 != ARC_NO_COL) st = may_use(q, q->ops[i].col2);
    }
    for (uint32_t i = 0; i < q->n_order && st == ARC_OK; i++) st = q->by_place[i] ? ARC_OK : may_use(q, q->order[i].col);
    for (uint32_t i = 0; i < q->n_groups && st == ARC_OK; i++) st = may_use(q, q->groups[i].col);
    for (uint32_t i = 0; i < q->n_measures && st == ARC_OK; i++) {
        if (q->measures[i].kind != ARC_MEASURE_COUNT) st = may_use(q, q->measures[i].col);
    }
    for (uint32_t i = 0; q->fields && i < q->n_fields && st == ARC_OK; i++) st = may_select(q, q->fields[i]);
    return st;
}

static arc_status cut_to_scope(arci_query *q, arci_cursor *c, arci_txn *t, arci_question *ask)
{
    const arci_entity *e = q->table->entity;
    const arci_row_scope *scope = arci_access_scope(q->session, &arci_verbs[ARCI_DO_READ], e);
    c->hides = (uint8_t)(q->session->access && !ask->grouped && arci_access_hides(q->session, e));
    if (!scope) return ARC_OK;
    c->access = q->session->access; /* the test of rows reads it as long as the cursor lives */
    arci_access_keep(c->access);
    arc_status st = arci_scope_narrow(t, &c->arena, e, scope, &ask->scan.conds, &ask->scan.n_conds, ask->grouped ? NULL : &ask->scan.test);
    ask->agg.conds = ask->scan.conds;
    ask->agg.n_conds = ask->scan.n_conds;
    return st;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static uint16_t place_of(const arci_cursor *c, uint16_t col)
{
    for (uint32_t i = 0; i < c->n_values; i++) {
        if (c->cols[i] == col) return (uint16_t)i;
    }
    return ARC_NO_COL;
}

static uint16_t place_or_add(arci_cursor *c, uint16_t col)
{
    uint16_t at = place_of(c, col);
    if (at != ARC_NO_COL) return at;
    c->cols[c->n_values] = col;
    return (uint16_t)c->n_values++;
}

/* Without a selection: all the actor may see. */
static arc_status chosen_fields(arci_query *q, arci_cursor *c, const uint16_t **cols, uint32_t *n)
{
    const arci_table *t = q->table;
    uint16_t *all = arci_arena_alloc(&c->arena, t->n_cols * sizeof *all);
    *cols = q->fields;
    *n = q->n_fields;
    if (!all) return arci_nomem(&q->env);
    if (q->fields) return ARC_OK;
    const arci_overlay *spread = q->spread ? q->overlay : NULL;
    int open = arci_access_open(q->session, t->entity);
    uint16_t own = q->overlay ? q->overlay->base->n_cols : t->n_cols; /* custom fields are in their column */
    for (uint16_t i = 1; i < own; i++) {
        if (spread && i == t->col_custom) continue;
        if (open || arci_access_right(q->session, t->entity, t->field_of_col[i]) != ARCI_RIGHT_NONE) all[(*n)++] = i;
    }
    for (uint32_t i = 0; spread && i < spread->n_virt; i++) {
        uint16_t col = (uint16_t)(own + i);
        if (spread->virt[i].currency || (spread->virt[i].field->flags & ARCI_CUSTOM_RETIRED)) continue;
        if (open || arci_access_right(q->session, t->entity, t->field_of_col[col]) != ARCI_RIGHT_NONE) all[(*n)++] = col;
    }
    *cols = all;
    return ARC_OK;
}

static arc_status row_columns(arci_query *q, arci_cursor *c)
{
    const arci_table *t = q->table;
    const uint16_t *fields;
    uint32_t n = 0;
    arc_status st = chosen_fields(q, c, &fields, &n);
    if (st != ARC_OK) return st;
    c->n_columns = c->n_values = n;
    c->columns = arci_arena_calloc(&c->arena, n, sizeof *c->columns);
    c->cols = arci_arena_alloc(&c->arena, (2 * (size_t)n + 1 + ARCI_QUERY_MAX_ORDER + ARCI_MAX_KEY) * sizeof *c->cols);
    if (!c->columns || !c->cols) return arci_nomem(&q->env);
    for (uint32_t i = 0; i < n; i++) {
        c->cols[i] = fields[i];
        c->columns[i].col = c->cols[i];
        c->columns[i].field = t->field_of_col[c->cols[i]];
        c->columns[i].measure = UINT32_MAX;
        c->columns[i].currency = ARC_NO_COL;
    }
    for (uint32_t i = 0; i < n; i++) {
        const arc_column *d = &t->desc->cols[c->cols[i]];
        if (d->type == ARC_T_MONEY) c->columns[i].currency = place_or_add(c, d->currency_col);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!arci_query_virtual(q, c->cols[i])) continue;
        (void)place_or_add(c, t->col_custom); /* for records made of a row */
        break;
    }
    c->n_record = c->n_values;
    return ARC_OK;
}

static arc_status row_order(arci_query *q, arci_cursor *c)
{
    c->order = arci_arena_alloc(&c->arena, (ARCI_QUERY_MAX_ORDER + ARCI_MAX_KEY) * sizeof *c->order);
    c->order_place = arci_arena_alloc(&c->arena, (ARCI_QUERY_MAX_ORDER + ARCI_MAX_KEY) * sizeof *c->order_place);
    if (!c->order || !c->order_place) return arci_nomem(&q->env);
    for (uint32_t i = 0; i < q->n_order; i++) {
        if (q->by_place[i]) return arci_fail(&q->env, ARC_E_INVALID, "only grouped queries order by column", "只有分组查询可按结果列排序");
    }
    c->n_order = arci_order_complete(q->table, q->order, q->n_order, c->order);
    for (uint32_t i = 0; i < c->n_order; i++) c->order_place[i] = place_or_add(c, c->order[i].col);
    return ARC_OK;
}

static arc_status ask_rows(arci_query *q, arci_cursor *c, arci_scan_spec *spec)
{
    arc_value *after = NULL;
    arc_status st = row_columns(q, c);
    if (st == ARC_OK) st = row_order(q, c);
    if (st == ARC_OK && q->after) st = arci_token_read(&q->env, &c->arena, c->order, c->n_order, q->table, q->after, &after);
    spec->entity = q->table->entity;
    spec->overlay = q->overlay;
    spec->cols = c->cols;
    spec->n_cols = c->n_values;
    spec->order = c->order;
    spec->n_order = c->n_order;
    spec->after = after;
    spec->limit = q->limit;
    return st;
}

/* ---- groups -------------------------------------------------------------------------------------------------------- */

static arc_status money_column(arci_query *q, arci_cursor *c, uint32_t i, const arci_aggregate_spec *spec)
{
    arci_column *m = &c->columns[i];
    uint16_t currency = q->table->desc->cols[m->col].currency_col;
    for (uint32_t g = 0; g < q->n_groups; g++) {
        if (q->groups[g].col == currency && q->groups[g].kind == ARC_GROUP_VALUE) m->currency = (uint16_t)g;
    }
    const arc_value *only = only_currency(spec->conds, spec->n_conds, currency);
    if (m->currency == ARC_NO_COL && only) memcpy(m->fixed_currency, only->u.s, 3);
    if (m->currency != ARC_NO_COL || only || m->measure == UINT32_MAX) return ARC_OK;
    arci_fail(&q->env, ARC_E_CURRENCY, "amounts of several currencies: group by %s, or ask for one", "金额涉及多币种：请按 %s 分组，或限定一种币种",
              q->table->desc->cols[currency].name);
    arci_fail_at(&q->env, q->table->entity->name, q->table->desc->cols[m->col].name, -1, -1);
    return ARC_E_CURRENCY;
}

static arc_status group_order(arci_query *q, arci_cursor *c, arci_aggregate_spec *spec)
{
    if (q->after) return arci_fail(&q->env, ARC_E_INVALID, "a grouped query has no pages", "分组查询不支持分页标记");
    if (!q->n_order) return ARC_OK;
    c->order = arci_arena_alloc(&c->arena, q->n_order * sizeof *c->order);
    if (!c->order) return arci_nomem(&q->env);
    memcpy(c->order, q->order, q->n_order * sizeof *c->order);
    for (uint32_t i = 0; i < q->n_order; i++) {
        uint32_t g = 0;
        if (q->by_place[i]) continue;
        while (g < q->n_groups && (q->groups[g].col != q->order[i].col || q->groups[g].kind != ARC_GROUP_VALUE)) g++;
        if (g == q->n_groups) return arci_fail(&q->env, ARC_E_INVALID, "ordered by a field it does not group by", "排序字段不在分组中");
        c->order[i].col = (uint16_t)g;
    }
    spec->order = c->order;
    spec->n_order = q->n_order;
    return ARC_OK;
}

static arc_status ask_groups(arci_query *q, arci_cursor *c, arci_aggregate_spec *spec)
{
    arc_group *groups = arci_arena_alloc(&c->arena, (q->n_groups + 1) * sizeof *groups);
    arc_status st = ARC_OK;
    c->grouped = 1;
    c->n_columns = c->n_values = q->n_groups + q->n_measures;
    c->columns = arci_arena_calloc(&c->arena, c->n_columns, sizeof *c->columns);
    if (!c->columns || !groups) return arci_nomem(&q->env);
    for (uint32_t i = 0; i < q->n_groups; i++) {
        groups[i] = q->groups[i];
        c->columns[i].col = groups[i].col;
        c->columns[i].bucket = groups[i].kind == ARC_GROUP_BUCKET;
        c->columns[i].measure = UINT32_MAX;
        if (!groups[i].n_edges) continue;
        int64_t *edges = arci_arena_alloc(&c->arena, groups[i].n_edges * sizeof *edges);
        if (!edges) return arci_nomem(&q->env);
        memcpy(edges, groups[i].edges, groups[i].n_edges * sizeof *edges);
        groups[i].edges = edges;
    }
    for (uint32_t i = 0; i < q->n_measures; i++) {
        arci_column *m = &c->columns[q->n_groups + i];
        m->measure = q->measures[i].kind;
        m->col = m->measure == ARC_COUNT ? ARC_NO_COL : q->measures[i].col;
    }
    for (uint32_t i = 0; i < c->n_columns && st == ARC_OK; i++) {
        arci_column *m = &c->columns[i];
        m->currency = ARC_NO_COL;
        if (m->col == ARC_NO_COL) continue;
        m->field = q->table->field_of_col[m->col];
        if (q->table->desc->cols[m->col].type == ARC_T_MONEY && !m->bucket) st = money_column(q, c, i, spec);
    }
    spec->entity = q->table->entity;
    spec->overlay = q->overlay;
    spec->groups = groups;
    spec->n_groups = q->n_groups;
    spec->measures = q->measures;
    spec->n_measures = q->n_measures;
    spec->limit = q->limit;
    return st == ARC_OK ? group_order(q, c, spec) : st;
}

arc_status arci_query_question(arci_query *q, arci_txn *t, arci_cursor *c, arci_question *out)
{
    const arc_cond *conds = NULL;
    uint32_t n = 0;
    memset(out, 0, sizeof *out);
    arc_status st = q->overlay || (q->spread && !q->fields && q->table->col_custom != ARC_NO_COL) ? arci_query_renew(q) : ARC_OK;
    c->table = q->table;
    c->overlay = q->overlay;
    arci_overlay_keep(c->overlay);
    if (st == ARC_OK) st = copy_conds(q, c, &conds, &n);
    if (st == ARC_OK && q->overlay) st = arci_query_seek(q, t, &c->arena, &conds, &n, &out->seek);
    if (st != ARC_OK) return st;
    out->grouped = q->n_groups || q->n_measures;
    out->scan.conds = out->agg.conds = conds;
    out->scan.n_conds = out->agg.n_conds = n;
    return out->grouped ? ask_groups(q, c, &out->agg) : ask_rows(q, c, &out->scan);
}

/* ---- run ----------------------------------------------------------------------------------------------------------- */

static void cursor_free(arci_owned *o)
{
    arci_cursor *c = (arci_cursor *)(void *)o;
    arc_context *ctx = c->env.ctx;
    if (c->scan) {
        int alive = c->txn && arci_scan_txn(c->scan) == c->txn;
        arci_scan_end(c->scan);
        if (alive) arci_txn_leave(c->txn);
    }
    arci_overlay_drop(ctx, c->overlay);
    arci_access_drop(c->access);
    arci_arena_clear(&c->arena);
    arci_arena_clear(&c->shown);
    arci_free(ctx, c);
}

static arc_status cursor_new(arci_query *q, arci_cursor **out)
{
    arci_cursor *c = arci_calloc(q->env.ctx, 1, sizeof *c);
    if (!c) return arci_nomem(&q->env);
    c->session = q->session;
    c->table = q->table;
    c->env.ctx = q->env.ctx;
    c->env.err = &c->error;
    (void)arc_error_init(&c->error);
    arci_arena_init(&c->arena, q->env.ctx);
    arci_arena_init(&c->shown, q->env.ctx);
    *out = c;
    return ARC_OK;
}

/* Joins the session's transaction, or opens one for reading that lives as long as its cursors. */
static arc_status cursor_txn(arci_query *q, arci_txn **out)
{
    arci_session *s = q->session;
    arci_txn *t = s->book->txn;
    if (t) {
        if (t->session != s) return arci_fail(&q->env, ARC_E_TXN, "a transaction of another session is open on the book", "账簿上有另一会话的事务");
        if (t->doomed) return arci_fail(&q->env, ARC_E_DOOMED, "the transaction has failed: roll it back", "事务已失败：请回滚");
        t->env = &q->env;
    } else {
        arc_status st = arci_txn_begin(s, &q->env, &t, ARC_READ);
        if (st != ARC_OK) return st;
        t->implicit = 1;
    }
    if (t->implicit) t->users++;
    *out = t;
    return ARC_OK;
}

static arc_status open_cursor(arci_query *q, arci_cursor *c)
{
    arci_question ask;
    arci_txn *t;
    arc_status st = may_ask(q);
    if (st == ARC_OK) st = cursor_txn(q, &t);
    if (st != ARC_OK) return st;
    st = arci_query_question(q, t, c, &ask);
    if (st == ARC_OK) st = cut_to_scope(q, c, t, &ask);
    if (st == ARC_OK) st = ask.grouped ? arci_scan_aggregate(t, &c->scan, &ask.agg) : arci_scan_open(t, &c->scan, &ask.scan);
    t->env = &q->session->env;
    if (st == ARC_OK) c->txn = t;
    else arci_txn_leave(t);
    return st;
}

static arc_status run(arci_query *q, arc_cursor **out)
{
    arci_cursor *c;
    if (!out) return arci_fail(&q->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    arc_status st = cursor_new(q, &c);
    if (st != ARC_OK) return st;
    st = open_cursor(q, c);
    if (st == ARC_OK) st = arci_own(&q->env, q->session, &c->owned, ARCI_H_CURSOR, cursor_free);
    if (st != ARC_OK) {
        cursor_free(&c->owned);
        return st;
    }
    *out = c->owned.handle;
    return ARC_OK;
}

static arc_status enter(arc_query *handle, arci_query **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_QUERY, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    return arci_book_take((*out)->session->book, &(*out)->env);
}

arc_status arc_query_run(arc_query *query, arc_cursor **out)
{
    arci_query *q;
    if (out) *out = NULL;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    st = run(q, out);
    arci_book_give(q->session->book);
    return st;
}

/* ---- explain ------------------------------------------------------------------------------------------------------- */

static void put_plan(arci_str *b, const arci_cursor *c, const arci_scan_plan *p, const arci_seek *seek, const char *own)
{
    arci_str_puts(b, "{\"entity\":\"");
    arci_str_puts(b, c->table->entity->name);
    arci_str_puts(b, "\",\"conditions\":");
    arci_str_int(b, p->n_conds);
    arci_str_puts(b, ",\"taken\":");
    arci_str_int(b, p->n_accepted);
    if (c->overlay) {
        arci_str_puts(b, ",\"custom\":{\"tested\":");
        arci_str_int(b, p->n_virtual);
        arci_str_puts(b, ",\"sought\":");
        arci_str_int(b, seek->n_sought);
        if (seek->n_sought) {
            arci_str_puts(b, ",\"rows\":");
            arci_str_int(b, seek->n_rows);
        }
        arci_str_putc(b, '}');
    }
    if (c->grouped) {
        arci_str_puts(b, p->pushed_aggregate ? ",\"grouped\":\"store\"" : ",\"grouped\":\"here\"");
    } else {
        arci_str_puts(b, p->planned & ARC_PLAN_ORDER ? ",\"order\":\"store\"" : ",\"order\":\"here\"");
        arci_str_puts(b, p->planned & ARC_PLAN_LIMIT ? ",\"limit\":\"store\"" : ",\"limit\":\"here\"");
    }
    arci_str_puts(b, ",\"plan\":");
    arci_json_put_text(b, own, strlen(own));
    arci_str_putc(b, '}');
}

static arc_status plan_of(arci_query *q, arci_cursor *c, arci_scan_plan *plan, arci_seek *seek, char *own, size_t cap)
{
    arci_question ask;
    arci_txn *t;
    size_t len = cap;
    arc_status st = may_ask(q);
    if (st == ARC_OK) st = cursor_txn(q, &t);
    if (st != ARC_OK) return st;
    own[0] = 0;
    st = arci_query_question(q, t, c, &ask);
    *seek = ask.seek;
    if (st == ARC_OK) st = cut_to_scope(q, c, t, &ask);
    if (st == ARC_OK && ask.grouped) {
        st = arci_scan_aggregate(t, &c->scan, &ask.agg);
        if (st == ARC_OK) arci_scan_get_plan(c->scan, plan);
        arci_scan_end(c->scan);
        c->scan = NULL;
    } else if (st == ARC_OK) {
        st = arci_scan_explain(t, &ask.scan, plan, own, &len);
        if (st == ARC_E_BUFFER) st = ARC_OK; /* too long to be of use: left out */
    }
    t->env = &q->session->env;
    arci_txn_leave(t);
    return st;
}

static arc_status explain(arci_query *q, char *buf, size_t *len)
{
    arci_cursor *c;
    arci_scan_plan plan = { 0, 0, 0, 0, 0 };
    arci_seek seek = { 0, 0 };
    char own[2048];
    arci_str b;
    if (!len) return arci_fail(&q->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arc_status st = cursor_new(q, &c);
    if (st != ARC_OK) return st;
    st = plan_of(q, c, &plan, &seek, own, sizeof own);
    if (st == ARC_OK) {
        arci_str_init(&b, q->env.ctx);
        put_plan(&b, c, &plan, &seek, own);
        st = b.failed ? arci_nomem(&q->env) : arci_text_out(buf, len, b.s, b.len);
        if (st == ARC_E_BUFFER) arci_fail(&q->env, st, "the buffer is too short", "缓冲区不足");
        arci_str_clear(&b);
    }
    cursor_free(&c->owned);
    return st;
}

arc_status arc_query_explain(arc_query *query, char *buf, size_t *len)
{
    arci_query *q;
    arc_status st = enter(query, &q);
    if (st != ARC_OK) return st;
    st = explain(q, buf, len);
    arci_book_give(q->session->book);
    return st;
}
