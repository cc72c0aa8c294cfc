/* SPDX-License-Identifier: Apache-2.0 */
#include "store/computed.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/json_out.h"
#include "store/access.h"

#define AT_ONCE 500u

/* ---- for engines -------------------------------------------------------------------------------------------------------- */

static int by_number(const void *x, const void *y)
{
    const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

uint32_t arci_id_sort(int64_t *ids, uint32_t n)
{
    uint32_t left = 0;
    if (n > 1) qsort(ids, n, sizeof *ids, by_number);
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] && (!left || ids[left - 1] != ids[i])) ids[left++] = ids[i];
    }
    return left;
}

uint32_t arci_id_place(const int64_t *ids, uint32_t n, int64_t id)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < n && ids[lo] == id ? lo : UINT32_MAX;
}

uint32_t arci_compute_place(const arci_compute *c, int64_t id) { return arci_id_place(c->ids, c->n, id); }

arc_value *arci_compute_at(const arci_compute *c, uint32_t i, uint32_t field)
{
    uint32_t at = c->first;
    while (c->e->fields[at].id != (field & 0xffffu)) at++;
    return &c->values[(size_t)i * c->width + (at - c->first)];
}

arc_status arci_compute_list(const arci_compute *c, arc_value *out, const int64_t *ids, uint32_t n)
{
    arci_str b;
    arci_str_init(&b, c->t->book->ctx);
    arci_str_putc(&b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) arci_str_putc(&b, ',');
        arci_str_int(&b, ids[i]);
    }
    arci_str_putc(&b, ']');
    const char *kept = b.failed ? NULL : arci_arena_strndup(c->arena, b.s, b.len);
    if (kept) *out = arci_v_text(kept, b.len);
    arci_str_clear(&b);
    return kept ? ARC_OK : arci_nomem(c->t->env);
}

/* ---- reading for many ids ------------------------------------------------------------------------------------------------- */

static arc_status take_all(arci_scan *scan, arci_take_row take, void *user)
{
    arc_block block;
    arc_status st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t r = 0; st == ARC_OK && r < block.n_rows; r++) st = take(user, block.values + (size_t)r * block.n_cols);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* The ids from `at` on as constants; how many. */
static uint32_t next_ids(arc_value *in, const int64_t *ids, uint32_t n, uint32_t at)
{
    uint32_t k = n - at < AT_ONCE ? n - at : AT_ONCE;
    for (uint32_t i = 0; i < k; i++) in[i] = arci_v_int(ids[at + i]);
    return k;
}

static arc_status begin_in(arci_txn *t, arci_arena *arena, arc_value **in, uint32_t n)
{
    *in = arci_arena_alloc(arena, (n < AT_ONCE ? n : AT_ONCE) * sizeof **in + 1);
    return *in ? ARC_OK : arci_nomem(t->env);
}

static void where_in(arci_where *w, const arci_where *more, uint16_t col, const arc_value *in, uint32_t k)
{
    arci_where_init(w);
    arci_where_in(w, col, in, k);
    for (uint32_t i = 0; more && i < more->n; i++) {
        if (w->n == ARCI_WHERE_MAX) w->failed = 1;
        else w->conds[w->n++] = more->conds[i];
    }
    if (more && more->failed) w->failed = 1;
}

static arc_status no_column(arci_txn *t) { return arci_fail(t->env, ARC_E_INTERNAL, "a condition names no column", "条件引用了不存在的列"); }

arc_status arci_find_in(arci_txn *t, arci_arena *arena, const arci_shape *shape, uint16_t col, const int64_t *ids, uint32_t n, const arci_where *more, const arc_order *order,
                        uint32_t n_order, arci_take_row take, void *user)
{
    arc_value *in;
    arc_status st = begin_in(t, arena, &in, n);
    for (uint32_t at = 0; st == ARC_OK && at < n; at += AT_ONCE) {
        arci_where w;
        arci_scan *scan;
        where_in(&w, more, col, in, next_ids(in, ids, n, at));
        if (w.failed) return no_column(t);
        arci_scan_spec spec = { .entity = shape->table->entity, .cols = shape->cols, .n_cols = shape->n, .conds = w.conds, .n_conds = w.n, .order = order, .n_order = n_order };
        st = arci_scan_open(t, &scan, &spec);
        if (st == ARC_OK) st = take_all(scan, take, user);
    }
    return st;
}

arc_status arci_sum_in(arci_txn *t, arci_arena *arena, const arci_entity *e, const arc_group *groups, uint32_t n_groups, const arc_measure *sums, uint32_t n_sums, const int64_t *ids,
                       uint32_t n, const arci_where *more, arci_take_row take, void *user)
{
    arc_value *in;
    arc_status st = begin_in(t, arena, &in, n);
    for (uint32_t at = 0; st == ARC_OK && at < n; at += AT_ONCE) {
        arci_where w;
        arci_scan *scan;
        where_in(&w, more, groups[0].col, in, next_ids(in, ids, n, at));
        if (w.failed) return no_column(t);
        arci_aggregate_spec spec = { .entity = e, .conds = w.conds, .n_conds = w.n, .groups = groups, .n_groups = n_groups, .measures = sums, .n_measures = n_sums };
        st = arci_scan_aggregate(t, &scan, &spec);
        if (st == ARC_OK) st = take_all(scan, take, user);
    }
    return st;
}

arc_status arci_take_ints(void *user, const arc_value *row)
{
    arci_ints *x = user;
    if (x->n == x->cap) {
        const uint32_t cap = x->cap ? 2 * x->cap : 64;
        int64_t *v = arci_arena_alloc(x->arena, (size_t)cap * x->width * sizeof *v);
        if (!v) return arci_nomem(x->t->env);
        if (x->n) memcpy(v, x->v, (size_t)x->n * x->width * sizeof *v);
        x->v = v;
        x->cap = cap;
    }
    for (uint32_t i = 0; i < x->width; i++) x->v[(size_t)x->n * x->width + i] = row[i].type == ARC_V_INT ? row[i].u.i : 0;
    x->n++;
    return ARC_OK;
}

/* ---- the engines --------------------------------------------------------------------------------------------------------------- */

static uint16_t first_derived(const arci_entity *e)
{
    uint16_t at = 0;
    while (at < e->n_fields && !(e->fields[at].flags & ARCI_F_DERIVED)) at++;
    return at;
}

int arci_compute_wants(const arci_compute *c, uint32_t field)
{
    uint16_t at = 0;
    while (at < c->width && c->e->fields[c->first + at].id != (field & 0xFFFFu)) at++;
    return at < c->width && (!c->wanted || c->wanted[at]);
}

void arci_compute_until(const arci_compute *c, uint32_t i, uint32_t field, arc_date day)
{
    if (!c->next || day == ARC_DATE_NONE || day <= c->day) return;
    arc_date *at = c->next + (arci_compute_at(c, i, field) - c->values);
    if (*at == ARC_DATE_NONE || day < *at) *at = day;
}

arc_status arci_compute_rows(arci_compute *c, int with_next)
{
    arc_status st = ARC_OK;
    c->first = first_derived(c->e);
    c->width = (uint16_t)(c->e->n_fields - c->first);
    const size_t n = (size_t)c->n * c->width;
    c->values = arci_arena_calloc(c->arena, n + 1, sizeof *c->values);
    c->next = with_next ? arci_arena_calloc(c->arena, n + 1, sizeof *c->next) : NULL;
    if (!c->values || (with_next && !c->next)) return arci_nomem(c->t->env);
    for (size_t i = 0; i < n; i++) c->values[i] = arci_v_null();
    for (size_t i = 0; with_next && i < n; i++) c->next[i] = ARC_DATE_NONE;
    for (uint32_t k = 0; arci_all_computing[k] && st == ARC_OK; k++) {
        for (const arci_computed_entity *one = arci_all_computing[k]->entities; one->entity && st == ARC_OK; one++) {
            if (strcmp(one->entity, c->e->name) == 0) st = one->fill(c);
        }
    }
    return st;
}

/* ---- one entity of a call ---------------------------------------------------------------------------------------------------- */

typedef struct computing {
    arci_session *s;
    arci_record_box **boxes;
    uint32_t n;
    arc_date as_of, day;
} computing;

static arc_status at_row(const computing *x, arc_status st, const arci_entity *e, const char *field, int64_t id, uint32_t row)
{
    arci_fail_at(&x->s->env, e ? e->name : NULL, field, id, (int32_t)row);
    return st;
}

static int64_t id_of(const arci_record *r)
{
    const arc_value *v = arci_record_value(r, ARCI_FIELD_ID);
    return v->type == ARC_V_INT ? v->u.i : 0;
}

/* The rows the records of an entity stand for, each once. */
static arc_status name_rows(const computing *x, arci_compute *c)
{
    int64_t *ids = arci_arena_alloc(c->arena, x->n * sizeof *ids);
    uint32_t n = 0;
    if (!ids) return arci_nomem(&x->s->env);
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->boxes[i]->record->entity != c->e) continue;
        ids[n] = id_of(x->boxes[i]->record);
        if (!ids[n++]) return at_row(x, arci_fail(&x->s->env, ARC_E_INVALID, "a record that was never read has nothing to compute", "未读取的记录无法计算"), c->e, "id", 0, i);
    }
    c->ids = ids;
    c->n = arci_id_sort(ids, n);
    return ARC_OK;
}

/* Rows that are there and that the actor sees; the first that is not is told, as of one that does not exist. */
static arc_status see_rows(const computing *x, const arci_compute *c)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found, *seen = arci_arena_calloc(c->arena, c->n, 1);
    const arci_row_scope *scope = arci_access_scope(x->s, &arci_verbs[ARCI_DO_READ], c->e);
    if (!seen) return arci_nomem(&x->s->env);
    arc_status st = arci_shape_get(c->t, &shape, c->e->name, "id");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, c->ids, c->n, c->arena, &rows, &found);
    if (st == ARC_OK && scope) st = arci_scope_rows(c->t, c->arena, c->e, scope, c->ids, c->n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        if (x->boxes[i]->record->entity != c->e) continue;
        const int64_t id = id_of(x->boxes[i]->record);
        const uint32_t at = arci_compute_place(c, id);
        if (found[at] && (!scope || seen[at])) continue;
        if (found[at]) arci_denial_note(x->s, &arci_verbs[ARCI_DO_READ], c->e, NULL, id);
        st = at_row(x, arci_no_such(&x->s->env, c->e->name), c->e, NULL, id, i);
    }
    return st;
}

/* May the actor read what a field is computed from? */
static int may_need(const computing *x, const char *needs)
{
    for (const char *p = needs; p && *p;) {
        const size_t len = strcspn(p, " ");
        const char *dot = memchr(p, '.', len);
        const size_t n_entity = dot ? (size_t)(dot - p) : len;
        const arci_entity *e = arci_entity_by_name(p, n_entity);
        const arci_field *f = e && dot ? arci_entity_field(e, dot + 1, len - n_entity - 1) : NULL;
        if (!e || (dot && !f) || !arci_access_may(x->s, &arci_verbs[ARCI_DO_READ], e)) return 0;
        if (f && arci_access_right(x->s, e, f) < ARCI_RIGHT_READ) return 0;
        p += len + (p[len] == ' ');
    }
    return 1;
}

const char *arci_computed_needs(const arci_entity *e, const arci_field *f)
{
    for (uint32_t k = 0; arci_all_computing[k]; k++) {
        for (const arci_computed_field *one = arci_all_computing[k]->fields; one->entity; one++) {
            if (strcmp(one->entity, e->name) == 0 && strcmp(one->field, f->name) == 0) return one->needs;
        }
    }
    return NULL;
}

const arci_computed_fact *arci_computed_fact_of(const arci_entity *e, const char *field)
{
    for (uint32_t k = 0; arci_all_computed_facts[k]; k++) {
        for (const arci_computed_fact *one = arci_all_computed_facts[k]; one->entity; one++) {
            if (strcmp(one->entity, e->name) == 0 && strcmp(one->field, field) == 0) return one;
        }
    }
    return NULL;
}

/* What the actor is to see of a field, once for all rows. */
static arc_status cut_field(const computing *x, const arci_compute *c, uint16_t at)
{
    const arci_field *f = &c->e->fields[c->first + at];
    const arci_field *currency = f->type == ARC_T_MONEY ? arci_entity_field(c->e, f->aux, strlen(f->aux)) : NULL;
    const uint8_t right = arci_access_right(x->s, c->e, f);
    const int hidden = right == ARCI_RIGHT_NONE || !may_need(x, arci_computed_needs(c->e, f)) || (currency && arci_access_right(x->s, c->e, currency) < ARCI_RIGHT_READ);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && (hidden || right == ARCI_RIGHT_MASK) && i < c->n; i++) {
        arc_value *v = &c->values[(size_t)i * c->width + at];
        if (hidden) *v = arci_v_null();
        else st = arci_access_mask(&x->s->env, c->arena, f, v);
    }
    return st;
}

/* Into the records; what they had before is forgotten, also when this fails. */
static arc_status put_values(const computing *x, const arci_compute *c)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n; i++) {
        arci_record *r = x->boxes[i]->record;
        if (r->entity != c->e) continue;
        const arc_value *v = c->values + (size_t)arci_compute_place(c, id_of(r)) * c->width, none = arci_v_null();
        for (uint16_t k = 0; st == ARC_OK && k < c->width; k++) st = arci_record_put(&x->s->env, r, c->e->fields[c->first + k].id, &v[k]);
        for (uint16_t k = 0; st != ARC_OK && k < c->width; k++) (void)arci_record_put(&x->s->env, r, c->e->fields[c->first + k].id, &none);
    }
    return st;
}

static arc_status compute(const computing *x, arci_compute *c)
{
    arc_status st = name_rows(x, c);
    if (st == ARC_OK) st = see_rows(x, c);
    if (st != ARC_OK) return st;
    st = arci_compute_rows(c, 0);
    for (uint16_t at = 0; at < c->width && st == ARC_OK && x->s->access; at++) st = cut_field(x, c, at);
    return st;
}

/* ---- the call ---------------------------------------------------------------------------------------------------------------------- */

/* Nothing is put into a record before all of them are computed. */
static arc_status compute_all(computing *x, arci_txn *t, arci_arena *arena)
{
    arci_compute *list = arci_arena_alloc(arena, x->n * sizeof *list);
    arc_status st = list ? ARC_OK : arci_nomem(&x->s->env);
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) {
        const arci_entity *e = x->boxes[i]->record->entity;
        const uint16_t first = first_derived(e);
        int done = first == e->n_fields;
        for (uint32_t k = n; k-- > 0 && !done;) done = list[k].e == e;
        if (done) continue;
        const arci_compute one = { .t = t, .arena = arena, .e = e, .first = first, .width = (uint16_t)(e->n_fields - first), .as_of = x->as_of, .day = x->day };
        list[n] = one;
        st = compute(x, &list[n++]);
    }
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) st = put_values(x, &list[k]);
    return st;
}

static arc_status take_records(computing *x, arc_record *const *records, arci_arena *arena)
{
    x->boxes = arci_arena_alloc(arena, x->n * sizeof(arci_record_box *));
    if (!x->boxes) return arci_nomem(&x->s->env);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) {
        st = arci_record_box_in(&x->s->env, x->s, records[i], &x->boxes[i]);
        if (st != ARC_OK) return at_row(x, st, NULL, NULL, 0, i);
        if (i && x->boxes[i]->record->entity == x->boxes[i - 1]->record->entity) continue;
        st = arci_access_plain(&x->s->env, x->s, x->boxes[i]->record->entity);
    }
    return st;
}

static arc_status compute_in(arci_session *s, arc_record *const *records, size_t n, arc_date as_of, arci_arena *arena)
{
    computing x = { s, NULL, (uint32_t)n, as_of, as_of };
    arci_scope scope;
    arc_status st = ARC_OK;
    if (n && !records) return arci_fail(&s->env, ARC_E_INVALID, "records is NULL", "records 为 NULL");
    if (n > INT32_MAX) return arci_fail(&s->env, ARC_E_LIMIT, "too many records", "记录过多");
    if (as_of != ARC_DATE_NONE && (as_of < ARC_DATE_MIN || as_of > ARC_DATE_MAX)) return arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar", "日期超出范围");
    if (!n) return ARC_OK;
    st = take_records(&x, records, arena);
    if (st == ARC_OK && as_of == ARC_DATE_NONE) st = arci_session_day(&s->env, s, &x.day);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    return st == ARC_OK ? arci_scope_end(&scope, compute_all(&x, scope.txn, arena)) : st;
}

arc_status arci_record_compute(arc_session *session, arc_record *const *records, size_t n, arc_date as_of)
{
    arci_session *s;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->book->ctx);
    st = compute_in(s, records, n, as_of, &arena);
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}

/* ---- what the store itself knows: files and ids of other systems --------------------------------------------------------------------- */

/* Attachments that count, by row and id. NULL where a row has none. */
static arc_status fill_files(arci_compute *c, const char *field)
{
    const arci_shape *shape, *marks;
    const arci_field *f = arci_entity_field(c->e, field, strlen(field));
    arci_ints l = { c->t, c->arena, 2, 0, 0, NULL };
    arci_where w;
    arc_value *reasons;
    uint8_t *withdrawn = NULL;
    arc_status st = arci_shape_get(c->t, &shape, "attachment", "row id entity");
    if (st == ARC_OK) st = arci_shape_get(c->t, &marks, "attachment_withdrawal", "reason");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, c->e->name, strlen(c->e->name));
    st = arci_find_in(c->t, c->arena, shape, shape->cols[0], c->ids, c->n, &w, order, 2, arci_take_ints, &l);
    int64_t *ids = st == ARC_OK && l.n ? arci_arena_alloc(c->arena, l.n * sizeof *ids) : NULL;
    if (st != ARC_OK || !l.n) return st;
    if (!ids) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < l.n; i++) ids[i] = l.v[2 * i + 1];
    st = arci_repo_get_many(c->t, marks, ids, l.n, c->arena, &reasons, &withdrawn);
    for (uint32_t at = 0, end; st == ARC_OK && at < l.n; at = end) {
        const int64_t row = l.v[2 * at];
        uint32_t kept = at;
        for (end = at; end < l.n && l.v[2 * end] == row; end++) {
            if (!withdrawn[end]) ids[kept++] = ids[end];
        }
        if (kept > at) st = arci_compute_list(c, arci_compute_at(c, arci_compute_place(c, row), f->id), ids + at, kept - at);
    }
    return st;
}

/* ---- ids of other systems --------------------------------------------------------------------------------------------------------------- */

typedef struct outside {
    arci_compute *c;
    int64_t row; /* whose list is open; 0: none */
    cJSON *list;
} outside;

static arc_status close_list(outside *x)
{
    arci_str b;
    if (!x->row) return ARC_OK;
    arci_str_init(&b, x->c->t->book->ctx);
    const int ok = arci_jo_print(x->list, 0, &b) && !b.failed;
    const char *kept = ok ? arci_arena_strndup(x->c->arena, b.s, b.len) : NULL;
    if (kept) *arci_compute_at(x->c, arci_compute_place(x->c, x->row), ARC_CUSTOMER_EXTERNAL_IDS) = arci_v_text(kept, b.len);
    arci_str_clear(&b);
    cJSON_Delete(x->list);
    x->list = NULL;
    x->row = 0;
    return kept ? ARC_OK : arci_nomem(x->c->t->env);
}

/* row, system, value; by row */
static arc_status take_outside(void *user, const arc_value *v)
{
    outside *x = user;
    arc_status st = x->row == v[0].u.i ? ARC_OK : close_list(x);
    if (st != ARC_OK) return st;
    if (!x->row) {
        x->list = cJSON_CreateArray();
        if (!x->list) return arci_nomem(x->c->t->env);
        x->row = v[0].u.i;
    }
    cJSON *one = arci_jo_object(x->list, NULL);
    return one && arci_jo_text(one, "system", v[1].u.s, v[1].len) && arci_jo_text(one, "value", v[2].u.s, v[2].len) ? ARC_OK : arci_nomem(x->c->t->env);
}

static arc_status fill_customers(arci_compute *c)
{
    const arci_shape *shape;
    outside x = { c, 0, NULL };
    arci_where w;
    if (!arci_compute_wants(c, ARC_CUSTOMER_EXTERNAL_IDS)) return ARC_OK;
    arc_status st = arci_shape_get(c->t, &shape, "external_id", "row system value entity id");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[4], 0 } };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, c->e->name, strlen(c->e->name));
    st = arci_find_in(c->t, c->arena, shape, shape->cols[0], c->ids, c->n, &w, order, 2, take_outside, &x);
    if (st == ARC_OK) st = close_list(&x);
    cJSON_Delete(x.list);
    return st;
}

static arc_status files(arci_compute *c) { return fill_files(c, "files"); }
static arc_status proof(arci_compute *c) { return fill_files(c, "proof"); }
static arc_status evidence(arci_compute *c) { return fill_files(c, "evidence"); }

static const arci_computed_entity entities[] = {
    { "customer", fill_customers }, { "item", files }, { "receipt", files }, { "contract", files }, { "delivery", proof }, { "dispute", evidence }, { "write_off_request", evidence }, { "credit_request", evidence }, { NULL, NULL },
};
static const arci_computed_field fields[] = {
    { "item", "files", "attachment" },     { "receipt", "files", "attachment" },    { "contract", "files", "attachment" },
    { "delivery", "proof", "attachment" }, { "dispute", "evidence", "attachment" }, { "write_off_request", "evidence", "attachment" }, { "credit_request", "evidence", "attachment" },
    { "customer", "external_ids", "external_id" }, { NULL, NULL, NULL },
};
const arci_computing arci_store_computing = { entities, fields };
