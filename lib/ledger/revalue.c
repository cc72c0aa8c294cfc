/* SPDX-License-Identifier: Apache-2.0 */
/* Posting a revaluation, and taking one back. */
#include "ledger/revalue.h"

#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "base/str.h"
#include "ledger/journal.h"
#include "ledger/period.h"
#include "ledger/run_back.h"
#include "ledger/states.h"
#include "store/valid.h"

#define LINES_AT_ONCE 2000u

arc_status arc_revaluation_init(arc_revaluation *revaluation)
{
    static const arc_revaluation init = ARC_REVALUATION_INIT;
    if (!revaluation) return ARC_E_INVALID;
    *revaluation = init;
    return ARC_OK;
}

static const char run_fields[] = "as_of base_currency difference entry reversal reverses";
enum { R_AS_OF, R_BASE, R_DIFFERENCE, R_ENTRY, R_REVERSAL, R_REVERSES };
static const char line_fields[] = "revaluation item currency open base_currency carried valued rate";
enum { L_RUN, L_ITEM, L_CURRENCY, L_OPEN, L_BASE, L_CARRIED, L_VALUED, L_RATE };

static arc_status wrong_state(arci_txn *t, int64_t id, const char *en, const char *zh)
{
    arc_status st = arci_fail(t->env, ARC_E_STATE, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "revaluation", "as_of", id, -1);
    return st;
}

/* ---- the journal -------------------------------------------------------------------------------------------------------------- */

typedef struct posting {
    arci_journal *j;
    int64_t run;
    arc_date day;
    int sign; /* -1: taken back */
    const char *purpose;
    arc_value memo; /* NULL: none */
} posting;

/* Entries of one day: a customer each, lines by currency and control account. Only base amounts move. */
static void post_day(const posting *p, const arci_valuation *list, uint32_t n)
{
    for (uint32_t from = 0, to; from < n; from = to) {
        const arci_entry e = { .date = p->day, .purpose = p->purpose, .entity = "revaluation", .source = p->run, .customer = list[from].customer, .memo = &p->memo };
        arci_journal_open(p->j, &e);
        for (to = from; to < n && list[to].customer == list[from].customer;) {
            const arci_valuation *first = &list[to];
            int64_t sum = 0;
            for (; to < n && list[to].customer == first->customer && !memcmp(list[to].currency, first->currency, 3) && !strcmp(list[to].role, first->role); to++) {
                sum += list[to].valued - list[to].carried; /* all within the sums that were checked */
            }
            int64_t up = p->sign * sum, down = -up;
            arci_journal_line(p->j, first->role, first->currency, 0, &up);
            arci_journal_line(p->j, ARCI_ROLE_FX_UNREALISED, first->currency, 0, &down);
        }
    }
}

/* Both days. ids: first entry of each, 0: nothing to say. */
static arc_status post(arci_txn *t, arci_arena *arena, int64_t run, arc_date as_of, const arci_valuation *list, uint32_t n, int sign, const char *memo, int64_t ids[2])
{
    const arc_value text = memo ? arci_v_text(memo, strlen(memo)) : arci_v_null();
    arci_journal j;
    arci_journal_init(&j, arena);
    const posting first = { &j, run, as_of, sign, sign > 0 ? "revaluation" : "reversal", text };
    const posting next = { &j, run, as_of + 1, -sign, sign > 0 ? "revaluation_end" : "reversal", text };
    post_day(&first, list, n);
    uint32_t half = j.n_entries;
    post_day(&next, list, n);
    arc_status st = arci_journal_write(t, &j);
    ids[0] = ids[1] = 0;
    for (uint32_t i = 0; st == ARC_OK && j.ids && i < j.n_entries; i++) {
        int64_t *slot = &ids[i >= half];
        if (!*slot) *slot = j.ids[i];
    }
    return st;
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------------- */

static arc_status may_run(arci_txn *t, arc_date as_of)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    int64_t any = 0, standing = 0;
    arc_status st = arci_period_check(t, as_of);
    if (st == ARC_OK) st = arci_period_check(t, as_of + 1);
    if (st == ARC_OK) st = arci_repo_lock(t, "book", &any, 1); /* two runs meet here */
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "revaluation", "id as_of reverses");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, as_of);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, &t->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) { /* in order of ids: a reversal stands behind what it reverses */
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        standing = v[2].type == ARC_V_INT ? 0 : v[0].u.i;
    }
    return st == ARC_OK && standing ? wrong_state(t, standing, "the day was revalued: reverse that first", "该日已调汇，请先冲销") : st;
}

static arc_status new_run(arci_txn *t, arci_arena *arena, arci_batch **b)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "revaluation", run_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    return st == ARC_OK ? arci_batch_ids(t, *b) : st;
}

static arc_status write_run(arci_txn *t, arci_batch *b, arc_date as_of, int64_t difference, const int64_t ids[2], int64_t reverses)
{
    arc_value *v = arci_batch_row(b, 0);
    v[R_AS_OF] = arci_v_int(as_of);
    v[R_BASE] = arci_v_text(t->book->base_currency, 3);
    v[R_DIFFERENCE] = arci_v_int(difference);
    if (ids[0]) v[R_ENTRY] = arci_v_int(ids[0]);
    if (ids[1]) v[R_REVERSAL] = arci_v_int(ids[1]);
    if (reverses) v[R_REVERSES] = arci_v_int(reverses);
    return arci_repo_write(t, &b, 1, NULL);
}

static int64_t rate_of(const arci_valuation *one)
{
    arc_decimal rate = one->rate.value, per = { 0 };
    if (one->rate.per == 1) return rate.mantissa; /* 8 decimals, as rates have */
    per.mantissa = one->rate.per;
    if (arc_decimal_div(&rate, &one->rate.value, &per, 8, ARC_ROUND_HALF_UP) != ARC_OK) return 0;
    return rate.mantissa;
}

static arc_status write_lines(arci_txn *t, const arci_revalue *r, int64_t run)
{
    const arci_shape *shape;
    arci_arena arena;
    arc_status st = arci_shape_get(t, &shape, "revaluation_line", line_fields);
    arci_arena_init(&arena, t->book->ctx);
    for (uint32_t from = 0; st == ARC_OK && from < r->n; from += LINES_AT_ONCE) {
        uint32_t n = r->n - from < LINES_AT_ONCE ? r->n - from : LINES_AT_ONCE;
        arci_batch *b;
        arci_arena_reset(&arena);
        st = arci_batch_new(t, &arena, &b, shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            const arci_valuation *one = &r->list[from + i];
            arc_value *v = arci_batch_row(b, i);
            v[L_RUN] = arci_v_int(run);
            v[L_ITEM] = arci_v_int(one->item);
            v[L_CURRENCY] = arci_v_text(one->currency, 3);
            v[L_OPEN] = arci_v_int(one->open);
            v[L_BASE] = arci_v_text(t->book->base_currency, 3);
            v[L_CARRIED] = arci_v_int(one->carried);
            v[L_VALUED] = arci_v_int(one->valued);
            v[L_RATE] = arci_v_int(rate_of(one));
        }
        if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
    }
    arci_arena_clear(&arena);
    return st;
}

/* ---- running ----------------------------------------------------------------------------------------------------------------------- */

static arc_status run(arci_txn *t, arc_date as_of, arc_revaluation *out)
{
    arci_arena arena;
    arci_batch *b;
    int64_t ids[2];
    arci_arena_init(&arena, t->book->ctx);
    arci_revalue r = { .t = t, .arena = &arena, .as_of = as_of };
    arc_status st = may_run(t, as_of);
    if (st == ARC_OK) st = arci_revalue_read(&r);
    if (st == ARC_OK) st = new_run(t, &arena, &b);
    if (st == ARC_OK) {
        out->id = arci_batch_id(b, 0);
        st = post(t, &arena, out->id, as_of, r.list, r.n, 1, NULL, ids);
    }
    if (st == ARC_OK) st = write_run(t, b, as_of, r.valued - r.carried, ids, 0);
    if (st == ARC_OK) st = write_lines(t, &r, out->id);
    out->n_items = r.n;
    out->n_unvalued = r.n_unvalued;
    out->carried = r.carried;
    out->valued = r.valued;
    out->difference = r.valued - r.carried;
    arci_arena_clear(&arena);
    return st;
}

static arc_status day_of(arci_session *s, arc_date *day)
{
    arc_status st = ARC_OK;
    if (*day == ARC_DATE_NONE) st = arci_session_day(&s->env, s, day);
    if (st == ARC_OK && (*day < ARC_DATE_MIN || *day >= ARC_DATE_MAX)) st = arci_fail(&s->env, ARC_E_RANGE, "not a date, or no day is known", "不是日期，或未知当日");
    return st;
}

static arc_status run_once(arci_call *c, arc_date as_of, arc_revaluation *out)
{
    static const char *const names[] = { "id", "items", "unvalued", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, as_of);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        out->id = arci_call_number(c, 0, 0);
        out->n_items = arci_call_number(c, 0, 1);
        out->n_unvalued = arci_call_number(c, 0, 2);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = run(c->txn, as_of, out);
    const int64_t numbers[] = { out->id, out->n_items, out->n_unvalued };
    if (st == ARC_OK) arci_call_keep(c, 0, st, numbers);
    return st;
}

arc_status arc_revaluation_run(arc_session *session, arc_revaluation *result, arc_date as_of)
{
    arci_session *s;
    arci_call call;
    arc_revaluation out = ARC_REVALUATION_INIT;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = result && !result->struct_size ? arci_fail(&s->env, ARC_E_INVALID, "result is not initialised", "result 未初始化") : day_of(s, &as_of);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        const arc_revaluation none = ARC_REVALUATION_INIT;
        out = none;
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_REVALUATION_RUN], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, run_once(&call, as_of, &out));
    }
    if (st == ARC_OK && result) st = arci_struct_out(result, &out, sizeof out);
    return arci_call_leave(s, st);
}

/* ---- taking back --------------------------------------------------------------------------------------------------------------------- */

/* What was posted, from the lines that were kept: customer and control account are the item's. */
static arc_status read_posted(arci_txn *t, arci_arena *arena, int64_t id, arci_valuation **list, uint32_t *n)
{
    const arci_shape *shape, *items;
    arci_where w;
    arci_rows rows;
    arc_value *values;
    uint8_t *found;
    arc_status st = arci_shape_get(t, &shape, "revaluation_line", line_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &items, "item", "customer kind");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_RUN], ARC_OP_EQ, id);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows); /* by id: as they were written */
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(arena, (rows.n_rows + 1u) * sizeof *ids) : NULL;
    *list = ids ? arci_arena_calloc(arena, rows.n_rows + 1u, sizeof **list) : NULL;
    if (st == ARC_OK && !*list) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols + L_ITEM].u.i;
    if (st == ARC_OK) st = arci_repo_get_many(t, items, ids, rows.n_rows, arena, &values, &found);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols, *item = values + (size_t)i * items->n;
        arci_valuation *one = &(*list)[i];
        if (!found[i]) return arci_fail(t->env, ARC_E_CORRUPT, "an item of the revaluation is missing", "调汇对应的应收缺失");
        one->item = ids[i];
        one->customer = item[0].u.i;
        one->role = arci_item_role(&item[1]);
        one->carried = v[L_CARRIED].u.i;
        one->valued = v[L_VALUED].u.i;
        memcpy(one->currency, v[L_CURRENCY].u.s, 3);
    }
    if (st == ARC_OK) *n = rows.n_rows;
    return st;
}

static arc_status may_reverse(arci_txn *t, int64_t id, arc_value **row)
{
    const arci_shape *shape;
    int64_t any = 0;
    arc_status st = arci_repo_lock(t, "book", &any, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "revaluation", run_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, &t->arena, row);
    if (st != ARC_OK) return st;
    return arci_revaluation_may(t, &t->arena, ARCI_DO_REVALUATION_REVERSE, id);
}

static arc_status reverse(arci_txn *t, int64_t revaluation, const char *reason, int64_t *id)
{
    arci_arena arena;
    arci_batch *b;
    arci_valuation *list = NULL;
    arc_value *row;
    uint32_t n = 0;
    int64_t ids[2];
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = may_reverse(t, revaluation, &row);
    arc_date as_of = st == ARC_OK ? (arc_date)row[R_AS_OF].u.i : 0;
    if (st == ARC_OK) st = arci_period_check(t, as_of);
    if (st == ARC_OK) st = arci_period_check(t, as_of + 1);
    if (st == ARC_OK) st = read_posted(t, &arena, revaluation, &list, &n);
    if (st == ARC_OK) st = new_run(t, &arena, &b);
    if (st == ARC_OK) {
        *id = arci_batch_id(b, 0);
        st = post(t, &arena, *id, as_of, list, n, -1, reason, ids);
    }
    if (st == ARC_OK) st = write_run(t, b, as_of, -row[R_DIFFERENCE].u.i, ids, revaluation);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_revaluation_reverse(arc_session *session, int64_t *id, int64_t revaluation, const char *reason)
{
    return arci_run_back(session, ARCI_DO_REVALUATION_REVERSE, "revaluation", id, revaluation, reason, reverse);
}
