/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/step.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "ledger/allot.h"
#include "store/merged_to.h"

arc_status arc_ledger_step_init(arc_ledger_step *step)
{
    static const arc_ledger_step init = ARC_LEDGER_STEP_INIT;
    if (!step) return ARC_E_INVALID;
    *step = init;
    return ARC_OK;
}

/* ---- refusing ------------------------------------------------------------------------------------------------------------------ */

int arci_ledger_refuse(arci_ledger_steps *s, uint32_t i, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_posting *p = s->p;
    if (st == ARC_E_NOMEM || st == ARC_E_INTERNAL || p->t->doomed) {
        p->failed = *p->t->env->err;
        return 0;
    }
    if (entity) arci_fail_at(p->t->env, entity, field, id, -1);
    arci_posting_refuse(p, i, st);
    return 1;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------------- */

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static int64_t id_of(const arci_ledger_steps *s, const int64_t *ids, uint32_t i) { return ids ? ids[i] : s->list[i].row; }

arc_status arci_ledger_sorted(arci_ledger_steps *s, int64_t **out, uint32_t *n, const int64_t *ids)
{
    int64_t *list = arci_arena_alloc(&s->p->arena, (s->p->n + 1u) * sizeof *list);
    uint32_t m = 0, unique = 0;
    *out = list;
    *n = 0;
    if (!list) return arci_nomem(s->p->t->env);
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (arci_ledger_good(s, i) && id_of(s, ids, i) && id_of(s, ids, i) != ARCI_LEDGER_NONE) list[m++] = id_of(s, ids, i);
    }
    if (m) qsort(list, m, sizeof *list, by_value);
    for (uint32_t i = 0; i < m; i++) {
        if (!unique || list[unique - 1] != list[i]) list[unique++] = list[i];
    }
    *n = unique;
    return ARC_OK;
}

struct arci_step_place {
    int64_t row;
    uint32_t element;
};

static int by_row(const void *x, const void *y)
{
    const struct arci_step_place *a = x, *b = y;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    return (a->element > b->element) - (a->element < b->element);
}

static arc_status place_all(arci_ledger_steps *s)
{
    s->places = arci_arena_alloc(&s->p->arena, s->p->n * sizeof *s->places);
    if (!s->places) return arci_nomem(s->p->t->env);
    for (uint32_t i = 0; i < s->p->n; i++) {
        s->places[i].row = s->list[i].row;
        s->places[i].element = i;
    }
    qsort(s->places, s->p->n, sizeof *s->places, by_row);
    return ARC_OK;
}

uint32_t arci_ledger_element(const arci_ledger_steps *s, int64_t row)
{
    uint32_t from = 0, to = s->p->n;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (s->places[mid].row < row) from = mid + 1;
        else to = mid;
    }
    for (; from < s->p->n && s->places[from].row == row; from++) {
        if (arci_ledger_good(s, s->places[from].element)) return s->places[from].element;
    }
    return UINT32_MAX;
}

static uint32_t place_of(const int64_t *list, uint32_t n, int64_t id)
{
    const int64_t *at = n ? bsearch(&id, list, n, sizeof *list, by_value) : NULL;
    return at ? (uint32_t)(at - list) : UINT32_MAX;
}

static arc_status refuse_unseen(arci_ledger_steps *s, const arci_entity *e, const int64_t *ids, const int64_t *list, uint32_t n)
{
    arci_posting *p = s->p;
    const arci_row_scope *scope = arci_access_scope(p->session, p->call->verb, NULL);
    if (!scope || !n) return ARC_OK;
    uint8_t *seen = arci_arena_alloc(&p->arena, n);
    if (!seen) return arci_nomem(p->t->env);
    arc_status st = arci_scope_rows(p->t, &p->arena, e, scope, list, n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!arci_ledger_good(s, i)) continue;
        uint32_t at = place_of(list, n, id_of(s, ids, i));
        if (at == UINT32_MAX || seen[at]) continue;
        arc_status why = arci_access_row(p->t, p->call->verb, NULL, e, id_of(s, ids, i));
        if (why == ARC_OK) continue;
        if (!arci_ledger_refuse(s, i, why, NULL, NULL, 0)) return why;
    }
    return st;
}

/* Reads them; an element whose row is not there is refused where rows says so. */
static arc_status read_rows(arci_ledger_steps *s, const arc_value ***out, const arci_shape *shape, const int64_t *ids, int required)
{
    arci_posting *p = s->p;
    arc_value *values = NULL;
    uint8_t *found = NULL;
    int64_t *list;
    uint32_t n;
    arc_status st = arci_ledger_sorted(s, &list, &n, ids);
    const arc_value **rows = st == ARC_OK ? arci_arena_calloc(&p->arena, p->n, sizeof *rows) : NULL;
    if (st != ARC_OK) return st;
    if (!rows) return arci_nomem(p->t->env);
    *out = rows;
    if (n) st = arci_repo_get_many(p->t, shape, list, n, &p->arena, &values, &found);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!arci_ledger_good(s, i) || id_of(s, ids, i) == ARCI_LEDGER_NONE) continue;
        uint32_t at = place_of(list, n, id_of(s, ids, i));
        if (at != UINT32_MAX && found[at]) {
            rows[i] = values + (size_t)at * shape->n;
        } else if (required && !p->t->asking) {
            const arci_entity *e = shape->table->entity;
            arc_status why = arci_no_such(p->t->env, e->name);
            if (!arci_ledger_refuse(s, i, why, e->name, NULL, id_of(s, ids, i))) return why;
        }
    }
    return st;
}

arc_status arci_ledger_about(arci_ledger_steps *s, const int64_t *ids, const char *entity, const char *fields, arci_ledger_about_fn each, void *user)
{
    enum { A_QUESTION = 500 };
    arci_posting *p = s->p;
    const arci_shape *shape;
    int64_t *list;
    uint32_t n;
    arc_status st = arci_ledger_sorted(s, &list, &n, ids);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, entity, fields);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += A_QUESTION) {
        const uint32_t m = n - from < A_QUESTION ? n - from : A_QUESTION;
        arc_value *in = arci_arena_alloc(&p->arena, m * sizeof *in);
        arci_where w;
        arci_rows rows;
        if (!in) return arci_nomem(p->t->env);
        for (uint32_t i = 0; i < m; i++) in[i] = arci_v_int(list[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], in, m);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
        for (uint32_t k = 0; st == ARC_OK && k < rows.n_rows; k++) {
            const arc_value *row = rows.values + (size_t)k * rows.n_cols;
            uint32_t i = arci_ledger_element(s, row[0].u.i);
            if (i != UINT32_MAX) each(user, i, row);
        }
    }
    return st;
}

/* The first element that names a row keeps it. */
static arc_status refuse_twice(arci_ledger_steps *s, const char *entity, const int64_t *ids, const int64_t *list, uint32_t n)
{
    arci_posting *p = s->p;
    uint8_t *named = arci_arena_calloc(&p->arena, n + 1u, 1);
    if (!named) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_ledger_good(s, i)) continue;
        uint32_t at = place_of(list, n, id_of(s, ids, i));
        if (at == UINT32_MAX || !named[at]) {
            if (at != UINT32_MAX) named[at] = 1;
            continue;
        }
        arc_status st = arci_fail(p->t->env, ARC_E_EXISTS, "the row is named twice in this call", "同一次调用中重复引用了该记录");
        if (!arci_ledger_refuse(s, i, st, entity, NULL, id_of(s, ids, i))) return st;
    }
    return ARC_OK;
}

arc_status arci_ledger_rows(arci_ledger_steps *s, const arc_value ***rows, const char *entity, const char *fields, const int64_t *ids, int once)
{
    const arci_shape *shape;
    int64_t *list;
    uint32_t n;
    arc_status st = arci_shape_get(s->p->t, &shape, entity, fields);
    if (st == ARC_OK) st = arci_ledger_sorted(s, &list, &n, ids);
    if (st == ARC_OK && once && !s->p->t->asking) st = refuse_twice(s, entity, ids, list, n);
    if (st == ARC_OK && !s->p->t->asking) st = refuse_unseen(s, shape->table->entity, ids, list, n);
    return st == ARC_OK ? read_rows(s, rows, shape, ids, 1) : st;
}

arc_status arci_ledger_beside(arci_ledger_steps *s, const arc_value ***rows, const char *entity, const char *fields, const int64_t *ids)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(s->p->t, &shape, entity, fields);
    return st == ARC_OK ? read_rows(s, rows, shape, ids, 0) : st;
}

/* ---- the frame ----------------------------------------------------------------------------------------------------------------- */

typedef struct asked_steps {
    const arci_ledger_verb *verb;
    const arc_ledger_step *given;
    arci_ledger_steps steps;
} asked_steps;

static arc_status take(asked_steps *a, arci_posting *p)
{
    arc_ledger_step *list = arci_arena_alloc(&p->arena, p->n * sizeof *list);
    if (!list) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_ledger_step_init(&list[i]);
    arc_status st = arci_posting_structs(p, list, sizeof *list, a->given, a->verb->entity);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (list[i].flags) {
            st = arci_fail(p->t->env, ARC_E_INVALID, "an unknown flag", "标志未知");
            arci_fail_at(p->t->env, a->verb->entity, NULL, list[i].row, i);
        }
        if (list[i].date == ARC_DATE_NONE) list[i].date = p->session->business_date;
    }
    const arci_ledger_steps s = { p, list, a->verb, NULL };
    a->steps = s;
    return st == ARC_OK ? place_all(&a->steps) : st;
}

static void tell_text(arci_call *c, const char *text) { arci_call_arg_text(c, text ? text : "", text ? strlen(text) : 0); }

static arc_status ask(const arci_ledger_steps *s)
{
    arci_posting *p = s->p;
    for (uint32_t i = 0; p->call->request && i < p->n; i++) {
        const arc_ledger_step *e = &s->list[i];
        const int64_t numbers[] = { e->row, e->version, e->customer, e->credit_item, e->amount, e->date, e->due_date };
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) arci_call_arg_int(p->call, numbers[k]);
        tell_text(p->call, e->reason_code);
        tell_text(p->call, e->reason);
        arci_posting_arg_end(p, i);
    }
    return arci_posting_asked(p);
}

static arc_status run(arci_posting *p, const void *elements)
{
    asked_steps *a = *(asked_steps *const *)elements;
    arc_status st = take(a, p);
    if (st == ARC_OK) st = ask(&a->steps);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; a->verb->reasoned && i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        st = arci_reason_check(p->t->env, a->steps.list[i].reason, a->verb->entity);
        if (st != ARC_OK && !arci_ledger_refuse(&a->steps, i, st, NULL, NULL, 0)) return st;
    }
    return a->verb->work(&a->steps);
}

/* What is kept of an element that waits: its step, and what the verb says of the row as it is. */
static arc_status tell_step(arci_posting *p, const void *elements, uint32_t i, arci_asked *out)
{
    asked_steps *a = *(asked_steps *const *)elements;
    const arc_ledger_step *e = &a->steps.list[i];
    char day[16];
    size_t n = sizeof day;
    arc_status st = a->verb->tell(&a->steps, i, out);
    if (st != ARC_OK) return st;
    if (arc_date_print(day, &n, e->date) != ARC_OK) return arci_fail(p->t->env, ARC_E_RANGE, "not a date", "不是有效日期");
    arci_asked_text(&out->after, "effective_date", day, n);
    if (e->amount) arci_asked_int(&out->after, "minor", e->amount);
    if (e->reason) arci_asked_text(&out->after, "reason", e->reason, strlen(e->reason));
    return ARC_OK;
}

static arci_posting_waits waits_of(const arci_ledger_verb *verb)
{
    const arci_posting_waits w = { verb->waits_as, NULL, tell_step };
    return w;
}

arc_status arci_ledger_inside(arc_session *session, const arci_ledger_verb *verb, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    asked_steps a = { verb, steps, { 0 } }, *element = &a;
    return arci_posting_run(session, verb->verb, ids, results, steps ? &element : NULL, n, flags, ARCI_POSTING_INSIDE, run);
}

arc_status arci_ledger_many(arc_session *session, const arci_ledger_verb *verb, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    asked_steps a = { verb, steps, { 0 } }, *element = &a;
    const arci_posting_waits w = waits_of(verb);
    return arci_posting_run_waiting(session, verb->verb, ids, results, steps ? &element : NULL, n, flags, 0, run, verb->waits_as ? &w : NULL);
}

arc_status arci_ledger_one(arc_session *session, const arci_ledger_verb *verb, int64_t *id, const arc_ledger_step *step)
{
    asked_steps a = { verb, step, { 0 } }, *element = &a;
    const arci_posting_waits w = waits_of(verb);
    return arci_posting_run_waiting(session, verb->verb, id, NULL, &element, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, run, verb->waits_as ? &w : NULL);
}

arc_status arci_ledger_approved(arci_session *s, const arci_ledger_verb *verb, int64_t *id, const arc_ledger_step *step)
{
    asked_steps a = { verb, step, { 0 } }, *element = &a;
    return arci_posting_run_approved(s, verb->verb, id, &element, run);
}

void arci_ledger_merged(arci_ledger_steps *s, const arc_value *const *customers, uint32_t at, const int64_t *ids)
{
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (!arci_ledger_good(s, i) || !customers[i] || customers[i][at].type != ARC_V_INT) continue;
        arci_posting_refuse(s->p, i, arci_merged_refuse(s->p->t->env, s->verb->entity, ids[i], customers[i][at].u.i));
    }
}
