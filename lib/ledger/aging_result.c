/* SPDX-License-Identifier: Apache-2.0 */
/* The result of an aging: rows with names, totals by currency, JSON. */
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/handle.h"
#include "base/json_out.h"
#include "ledger/aging.h"
#include "store/access.h"

arc_status arc_aging_row_init(arc_aging_row *row)
{
    static const arc_aging_row init = ARC_AGING_ROW_INIT;
    if (!row) return ARC_E_INVALID;
    *row = init;
    return ARC_OK;
}

/* ---- what a run holds ---- */

void arci_aging_open(arci_aging_run *run)
{
    arc_context *ctx = run->env->ctx;
    arci_arena_init(&run->arena, ctx);
    arci_known_init(&run->known, ctx);
    arci_merged_init(&run->merged, ctx);
    arci_map_init(&run->items, ctx);
    arci_map_init(&run->dues, ctx);
    arci_map_init(&run->plans, ctx);
    arci_map_init(&run->past, ctx);
    arci_arena_init(&run->work, ctx);
    arci_map_init(&run->receipts, ctx);
    arci_map_init(&run->lines, ctx);
}

void arci_aging_close(arci_aging_run *run)
{
    arci_known_clear(&run->known);
    arci_merged_clear(&run->merged);
    arci_map_clear(&run->items);
    arci_map_clear(&run->plans);
    arci_map_clear(&run->dues);
    arci_map_clear(&run->past);
    arci_arena_clear(&run->work);
    arci_map_clear(&run->receipts);
    arci_map_clear(&run->lines);
    arci_arena_clear(&run->arena);
}

/* ---- the result ---- */

typedef struct aging {
    arci_owned owned; /* first: freed with its session */
    arc_context *ctx;
    arci_env env; /* of calls on it */
    arc_error error;
    arci_arena arena;
    arc_aging_row *rows;   /* by currency, then code */
    arc_aging_row *totals; /* by currency */
    int32_t *edges;
    uint32_t n_rows, n_totals, n_edges;
    int32_t basis;
    arc_date as_of;
} aging;

static void free_aging(arci_owned *o)
{
    aging *a = (aging *)o;
    arc_context *ctx = a->ctx;
    arci_arena_clear(&a->arena);
    arci_free(ctx, a);
}

void arc_aging_free(arc_aging *handle) { arci_own_end(handle, ARCI_H_AGING); }

static int by_currency_and_code(const void *x, const void *y)
{
    const arc_aging_row *a = x, *b = y;
    int d = memcmp(a->currency, b->currency, 3);
    if (!d) d = strcmp(a->code, b->code);
    return d ? d : (a->customer > b->customer) - (a->customer < b->customer);
}

static arc_status take_sums(arci_env *env, arc_aging_row *row, int64_t *buckets, const arci_acc *sums, uint32_t n)
{
    arci_acc total = { 0, 0 };
    for (uint32_t b = 0; b < n; b++) {
        if (arci_acc_get(&sums[b], &buckets[b])) return arci_fail(env, ARC_E_OVERFLOW, "a bucket's sum is too large", "账龄合计超出范围");
        arci_acc_add(&total, buckets[b]);
    }
    row->struct_size = (uint32_t)sizeof *row;
    row->n_buckets = n;
    row->buckets = buckets;
    if (arci_acc_get(&total, &row->total) || arci_acc_get(&sums[n], &row->unapplied)) {
        return arci_fail(env, ARC_E_OVERFLOW, "a customer's sum is too large", "客户合计超出范围");
    }
    return ARC_OK;
}

static arc_status fill_rows(arci_aging_run *run, aging *a)
{
    a->rows = arci_arena_calloc(&a->arena, run->n_lines + 1u, sizeof *a->rows);
    if (!a->rows) return arci_nomem(run->env);
    for (const arci_aging_line *line = run->first; line; line = line->next) {
        arc_aging_row *row = &a->rows[a->n_rows];
        int64_t *buckets = arci_arena_alloc(&a->arena, run->n_buckets * sizeof *buckets);
        if (!buckets) return arci_nomem(run->env);
        arc_status st = take_sums(run->env, row, buckets, line->sums, run->n_buckets);
        if (st != ARC_OK) return st;
        row->customer = line->customer;
        memcpy(row->currency, line->currency, 3);
        row->n_items = line->n_items;
        row->code = row->name = "";
        a->n_rows++;
    }
    return ARC_OK;
}

/* Documents may be the actor's although their customer is no longer, and names may be hidden from him. */
static arc_status may_be_named(arci_aging_run *run, const arci_shape *shape, const int64_t *ids, uint32_t n, arc_value *values, uint8_t *seen)
{
    const arci_session *s = run->t->session;
    const arci_entity *e = shape->table->entity;
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    memset(seen, arci_access_may(s, read, e), n);
    if (!s->access || !n || !seen[0]) return ARC_OK;
    arc_status st = arci_scope_rows(run->t, &run->arena, e, arci_access_scope(s, read, e), ids, n, seen);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arc_value *v = values + (size_t)i * shape->n;
        st = arci_access_out(run->env, &run->arena, s, shape->table, shape->cols, shape->n, v);
        for (uint16_t k = 0; k < shape->n; k++) {
            if (v[k].type == ARC_V_NULL) v[k] = arci_v_text("", 0);
        }
    }
    return st;
}

static arc_status name_rows(arci_aging_run *run, aging *a)
{
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found;
    if (!a->n_rows) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&run->arena, a->n_rows * sizeof *ids);
    if (!ids) return arci_nomem(run->env);
    for (uint32_t i = 0; i < a->n_rows; i++) ids[i] = a->rows[i].customer;
    arc_status st = arci_shape_get(run->t, &shape, arci_agings_by[run->by].entity, arci_agings_by[run->by].texts);
    if (st == ARC_OK) st = arci_repo_get_many(run->t, shape, ids, a->n_rows, &run->arena, &values, &found);
    uint8_t *seen = arci_arena_alloc(&run->arena, a->n_rows);
    if (st == ARC_OK && !seen) st = arci_nomem(run->env);
    if (st == ARC_OK) st = may_be_named(run, shape, ids, a->n_rows, values, seen);
    for (uint32_t i = 0; st == ARC_OK && i < a->n_rows; i++) {
        if (!found[i] || !seen[i]) continue; /* not there: verify tells */
        const arc_value *v = values + (size_t)i * shape->n;
        a->rows[i].code = arci_arena_strndup(&a->arena, v[0].u.s, v[0].len);
        a->rows[i].name = v[1].type == ARC_V_TEXT ? arci_arena_strndup(&a->arena, v[1].u.s, v[1].len) : ""; /* contracts need none */
        if (!a->rows[i].code || !a->rows[i].name) return arci_nomem(run->env);
    }
    return st;
}

/* Rows are sorted by currency: each run of one currency makes a total. */
static arc_status add_totals(arci_aging_run *run, aging *a)
{
    a->totals = arci_arena_calloc(&a->arena, a->n_rows + 1u, sizeof *a->totals);
    arci_acc *sums = arci_arena_alloc(&run->arena, (run->n_buckets + 1u) * sizeof *sums);
    if (!a->totals || !sums) return arci_nomem(run->env);
    for (uint32_t i = 0; i < a->n_rows;) {
        arc_aging_row *total = &a->totals[a->n_totals++];
        int64_t *buckets = arci_arena_alloc(&a->arena, run->n_buckets * sizeof *buckets);
        if (!buckets) return arci_nomem(run->env);
        memset(sums, 0, (run->n_buckets + 1u) * sizeof *sums);
        memcpy(total->currency, a->rows[i].currency, 4);
        total->code = total->name = "";
        for (; i < a->n_rows && memcmp(a->rows[i].currency, total->currency, 3) == 0; i++) {
            for (uint32_t b = 0; b < run->n_buckets; b++) arci_acc_add(&sums[b], a->rows[i].buckets[b]);
            arci_acc_add(&sums[run->n_buckets], a->rows[i].unapplied);
            total->n_items += a->rows[i].n_items;
        }
        arc_status st = take_sums(run->env, total, buckets, sums, run->n_buckets);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

static arc_status fill(arci_aging_run *run, aging *a)
{
    a->basis = run->basis;
    a->as_of = run->as_of;
    a->n_edges = run->n_buckets - 1;
    a->edges = arci_arena_alloc(&a->arena, run->n_buckets * sizeof *a->edges);
    if (!a->edges) return arci_nomem(run->env);
    memcpy(a->edges, run->edges, a->n_edges * sizeof *a->edges);
    arc_status st = fill_rows(run, a);
    if (st == ARC_OK) st = name_rows(run, a);
    if (st != ARC_OK) return st;
    qsort(a->rows, a->n_rows, sizeof *a->rows, by_currency_and_code);
    return add_totals(run, a);
}

arc_status arci_aging_result(arci_aging_run *run, arc_aging **out)
{
    arc_context *ctx = run->env->ctx;
    aging *a = arci_calloc(ctx, 1, sizeof *a);
    if (!a) return arci_nomem(run->env);
    a->ctx = ctx;
    a->env.ctx = ctx;
    a->env.err = &a->error;
    (void)arc_error_init(&a->error);
    arci_arena_init(&a->arena, ctx);
    arc_status st = fill(run, a);
    if (st == ARC_OK) st = arci_own(run->env, run->t->session, &a->owned, ARCI_H_AGING, free_aging);
    if (st != ARC_OK) {
        free_aging(&a->owned);
        return st;
    }
    *out = a->owned.handle;
    return ARC_OK;
}

static arc_status enter(arc_aging *handle, aging **out)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_AGING, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    if ((*out)->error.status != ARC_OK) arci_error_clear(&(*out)->error);
    return ARC_OK;
}

arc_status arc_aging_error(arc_aging *handle, arc_error *error)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_AGING, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((aging *)object)->error, sizeof *error);
}

static arc_status give_row(aging *a, arc_aging_row *row, const arc_aging_row *from)
{
    if (arci_struct_out(row, from, sizeof *row) == ARC_OK) return ARC_OK;
    return arci_fail(&a->env, ARC_E_INVALID, "row is not an initialised arc_aging_row", "row 不是初始化过的 arc_aging_row");
}

arc_status arc_aging_count(arc_aging *handle, uint32_t *n)
{
    aging *a;
    arc_status st = enter(handle, &a);
    if (st != ARC_OK) return st;
    if (!n) return arci_fail(&a->env, ARC_E_INVALID, "n is NULL", "n 为 NULL");
    *n = a->n_rows;
    return ARC_OK;
}

arc_status arc_aging_get(arc_aging *handle, arc_aging_row *row, uint32_t i)
{
    aging *a;
    arc_status st = enter(handle, &a);
    if (st != ARC_OK) return st;
    if (i < a->n_rows) return give_row(a, row, &a->rows[i]);
    st = arci_fail(&a->env, ARC_E_RANGE, "row %u of %u", "第 %u 行，共 %u 行", i, a->n_rows);
    arci_fail_at(&a->env, NULL, NULL, -1, i);
    return st;
}

arc_status arc_aging_total(arc_aging *handle, arc_aging_row *row, const char *currency)
{
    aging *a;
    arc_status st = enter(handle, &a);
    if (st != ARC_OK) return st;
    if (!currency) return arci_fail(&a->env, ARC_E_INVALID, "currency is NULL", "currency 为 NULL");
    for (uint32_t i = 0; i < a->n_totals; i++) {
        if (strcmp(a->totals[i].currency, currency) == 0) return give_row(a, row, &a->totals[i]);
    }
    return arci_fail(&a->env, ARC_E_NOT_FOUND, "nothing is open in %.8s", "%.8s 没有未结应收", currency);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------- */

static int add_amount(cJSON *parent, const char *key, int64_t minor, const char *currency)
{
    char text[64];
    size_t len = sizeof text;
    arc_money m;
    memset(&m, 0, sizeof m);
    m.minor = minor;
    memcpy(m.currency, currency, 3);
    if (arc_money_print_amount(text, &len, &m) != ARC_OK) len = arci_int_text(text, minor); /* beyond ARC_MONEY_MAX: minor units */
    return arci_jo_text(parent, key, text, len);
}

static int add_row(cJSON *rows, const arc_aging_row *r)
{
    cJSON *o = arci_jo_object(rows, NULL);
    if (!o) return 0;
    if (r->customer && (!arci_jo_int(o, "customer", r->customer) || !arci_jo_text(o, "code", r->code, strlen(r->code)) ||
                        !arci_jo_text(o, "name", r->name, strlen(r->name)))) {
        return 0;
    }
    cJSON *buckets = arci_jo_text(o, "currency", r->currency, 3) ? arci_jo_array(o, "buckets") : NULL;
    if (!buckets) return 0;
    for (uint32_t b = 0; b < r->n_buckets; b++) {
        if (!add_amount(buckets, NULL, r->buckets[b], r->currency)) return 0;
    }
    return add_amount(o, "total", r->total, r->currency) && add_amount(o, "unapplied", r->unapplied, r->currency) &&
           arci_jo_int(o, "items", r->n_items);
}

static int build(const aging *a, cJSON *root)
{
    char day[16];
    size_t len = sizeof day;
    if (!root || arc_date_print(day, &len, a->as_of) != ARC_OK || !arci_jo_text(root, "as_of", day, len)) return 0;
    const char *basis = a->basis == ARC_AGE_BY_DUE_DATE ? "due_date" : "document_date";
    cJSON *edges = arci_jo_text(root, "basis", basis, strlen(basis)) ? arci_jo_array(root, "edges") : NULL;
    if (!edges) return 0;
    for (uint32_t i = 0; i < a->n_edges; i++) {
        if (!arci_jo_int(edges, NULL, a->edges[i])) return 0;
    }
    cJSON *rows = arci_jo_array(root, "rows");
    if (!rows) return 0;
    for (uint32_t i = 0; i < a->n_rows; i++) {
        if (!add_row(rows, &a->rows[i])) return 0;
    }
    cJSON *totals = arci_jo_array(root, "totals");
    if (!totals) return 0;
    for (uint32_t i = 0; i < a->n_totals; i++) {
        if (!add_row(totals, &a->totals[i])) return 0;
    }
    return 1;
}

arc_status arc_aging_json(arc_aging *handle, char *buf, size_t *len)
{
    aging *a;
    arc_status st = enter(handle, &a);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&a->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arci_str text;
    arci_str_init(&text, a->ctx);
    cJSON *root = arci_jo_object(NULL, NULL);
    int built = build(a, root) && arci_jo_print(root, 0, &text);
    cJSON_Delete(root);
    st = built ? arci_text_out(buf, len, text.s, text.len) : arci_nomem(&a->env);
    if (st == ARC_E_BUFFER) st = arci_fail(&a->env, st, "the text needs %zu bytes", "文本需要 %zu 字节", text.len + 1);
    arci_str_clear(&text);
    return st;
}
