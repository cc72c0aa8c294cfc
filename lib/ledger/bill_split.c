/* SPDX-License-Identifier: Apache-2.0 */
/* Divisible bills: parts that are bills of their own, and become one again. */
#include <stdio.h>
#include <string.h>

#include "ledger/bill.h"
#include "ledger/period.h"
#include "ledger/states.h"
#include "value/money.h"

enum { MOST_PARTS = 1000 };

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "bill", field, id, -1);
    return st;
}

/* ---- ranges -------------------------------------------------------------------------------------------------------------------- */

static int digits(const char **s, const char *end, int64_t *v)
{
    const char *from = *s;
    *v = 0;
    for (; *s < end && **s >= '0' && **s <= '9' && *s - from < 18; ++*s) *v = *v * 10 + (**s - '0');
    return *s > from;
}

int arci_bill_range(const arc_value *v, int64_t *from, int64_t *to)
{
    *from = 0;
    *to = INT64_MAX;
    if (v->type != ARC_V_TEXT || (v->len == 1 && v->u.s[0] == '0')) return 0;
    const char *s = v->u.s, *end = s + v->len;
    if (!digits(&s, end, from) || s == end || (*s != '-' && *s != ',')) return -1;
    s++;
    return digits(&s, end, to) && s == end && *from >= 1 && *from <= *to ? 1 : -1;
}

/* ---- cutting ------------------------------------------------------------------------------------------------------------------- */

enum { PARENT_NUMBER, PARENT_RANGE, PARENT_STATUS, PARENT_PARENT, PARENT_OFFSET, PARENT_FACE, PARENT_N = 18 };
static const char part_fields[] = "number sub_range status parent part_offset face kind customer currency drawer acceptor endorser issued_on maturity recourse receipt received_on remark";

/* What a part of the smallest range comes to. */
static arc_status check_amounts(arci_env *env, const arc_value *bill, const int64_t *amounts, uint32_t n, int64_t *unit)
{
    int64_t from, to, face = bill[ARCI_BILL_C_FACE].u.i, id = bill[ARCI_BILL_C_ID].u.i, sum = 0;
    (void)arci_bill_range(&bill[ARCI_BILL_C_RANGE], &from, &to);
    int64_t parts = to - from + 1;
    char said[ARCI_SAID], of[ARCI_SAID];
    const char *code = bill[ARCI_BILL_C_CURRENCY].u.s;
    if (face % parts) return fault(env, arci_fail(env, ARC_E_VALUE, "the face is no multiple of its %lld parts", "票面金额不是 %lld 份子票的整数倍", (long long)parts), "sub_range", id);
    *unit = face / parts;
    if (n < 2 || n > MOST_PARTS) return fault(env, arci_fail(env, ARC_E_LIMIT, "a bill is split into 2 to %d parts", "一次可拆分为 2 至 %d 份", MOST_PARTS), "face", id);
    for (uint32_t i = 0; i < n; i++) {
        if (amounts[i] <= 0 || amounts[i] > face - sum || amounts[i] % *unit) {
            arci_money_said(said, *unit, code);
            return fault(env, arci_fail(env, ARC_E_RANGE, "amount %u is not positive, more than the face, or no multiple of %s", "第 %u 份金额不为正数、超出票面或不是 %s 的整数倍", i + 1, said), "face", id);
        }
        sum += amounts[i];
    }
    if (sum == face) return ARC_OK;
    arc_status st = arci_fail(env, ARC_E_RANGE, "the parts come to %s, the face is %s", "各份合计 %s，票面为 %s", arci_money_said(said, sum, code), arci_money_said(of, face, code));
    return fault(env, st, "face", id);
}

static arc_status write_parts(arci_posting *p, const arc_value *bill, const int64_t *amounts, uint32_t n, int64_t unit, arci_batch **out)
{
    const arci_shape *shape;
    arc_value *whole;
    int64_t from, to, at = arci_bill_offset(bill);
    (void)arci_bill_range(&bill[ARCI_BILL_C_RANGE], &from, &to);
    arc_status st = arci_shape_get(p->t, &shape, "bill", part_fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, bill[ARCI_BILL_C_ID].u.i, &p->arena, &whole);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, out, shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        char *range = arci_arena_alloc(&p->arena, 48);
        if (!range) return arci_nomem(p->t->env);
        arc_value *v = arci_batch_row(*out, i);
        memcpy(v, whole, PARENT_N * sizeof *v);
        int len = snprintf(range, 48, "%lld-%lld", (long long)from, (long long)(from + amounts[i] / unit - 1));
        v[PARENT_RANGE] = arci_v_text(range, (size_t)len);
        v[PARENT_STATUS] = arci_v_text("held", 4);
        v[PARENT_PARENT] = bill[ARCI_BILL_C_ID];
        v[PARENT_OFFSET] = arci_v_int(at);
        v[PARENT_FACE] = arci_v_int(amounts[i]);
        from += amounts[i] / unit;
        at += amounts[i];
    }
    return st == ARC_OK ? arci_repo_write(p->t, out, 1, NULL) : st;
}

arc_status arci_bill_note(arci_posting *p, const arci_bill_step *steps, uint32_t n)
{
    const arci_shape *bill, *shape;
    arci_batch *b[2];
    uint32_t updates = 0;
    if (!n) return ARC_OK;
    for (uint32_t i = 0; i < n; i++) updates += steps[i].version.type == ARC_V_INT;
    arc_status st = arci_shape_get(p->t, &bill, "bill", "status");
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "bill_event", "bill seq status event_date currency party proceeds charge item reason reverses");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[0], shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK && updates) st = arci_batch_new(p->t, &p->arena, &b[1], bill, ARC_WRITE_UPDATE, updates, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0, u = 0; i < n; i++) {
        const arci_bill_step *s = &steps[i];
        memcpy(arci_batch_row(b[0], i), s->event, sizeof s->event);
        if (s->version.type != ARC_V_INT) continue;
        *arci_batch_key(b[1], u) = s->event[ARCI_BS_BILL];
        *arci_batch_guard(b[1], u) = s->version;
        *arci_batch_row(b[1], u++) = s->event[ARCI_BS_STATUS];
    }
    st = arci_repo_write(p->t, b, updates ? 2 : 1, NULL);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (steps[i].id) *steps[i].id = arci_batch_id(b[0], i);
    }
    return st;
}

static arci_bill_step step_of(int64_t bill, int64_t seq, const char *status, arc_date date, const arc_value *currency)
{
    arci_bill_step s = { .event = { arci_v_int(bill), arci_v_int(seq), arci_v_text(status, strlen(status)), arci_v_int(date), *currency } };
    return s;
}

arc_status arci_bill_cut(arci_posting *p, const arc_value *bill, int64_t seq, const int64_t *amounts, uint32_t n, arc_date date, const char *reason, int64_t *parts)
{
    arci_batch *b = NULL;
    int64_t unit = 1, event = 0;
    arc_status st = arci_bill_allows(p->t, &p->arena, bill, ARCI_BILL_SPLIT);
    if (st == ARC_OK) st = check_amounts(p->t->env, bill, amounts, n, &unit);
    if (st == ARC_OK) st = write_parts(p, bill, amounts, n, unit, &b);
    arci_bill_step *steps = st == ARC_OK ? arci_arena_calloc(&p->arena, n + 1u, sizeof *steps) : NULL;
    if (st != ARC_OK) return st;
    if (!steps) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) {
        parts[i] = arci_batch_id(b, i);
        steps[i] = step_of(parts[i], 1, "held", date, &bill[ARCI_BILL_C_CURRENCY]);
    }
    steps[n] = step_of(bill[ARCI_BILL_C_ID].u.i, seq, "split", date, &bill[ARCI_BILL_C_CURRENCY]);
    steps[n].version = bill[ARCI_BILL_C_VERSION];
    steps[n].id = &event;
    if (reason) steps[n].event[ARCI_BS_REASON] = arci_v_text(reason, strlen(reason));
    return arci_bill_note(p, steps, n + 1);
}

/* ---- one again ------------------------------------------------------------------------------------------------------------------ */

enum { PART_ID, PART_VERSION, PART_STATUS, PART_CURRENCY };

/* The parts of a bill that were not merged before; latest: the day of their last event. ARC_E_STATE: something has happened to one. */
static arc_status parts_of(arci_txn *t, arci_arena *arena, const arc_value *bill, arci_rows *parts, int64_t **seqs, arc_date *latest)
{
    const arci_shape *shape;
    const arc_value *before;
    arci_where w;
    arci_rows events;
    uint32_t kept = 0;
    arc_status st = arci_shape_get(t, &shape, "bill", "id version status currency parent");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[4], ARC_OP_EQ, bill[ARCI_BILL_C_ID].u.i);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, parts);
    *seqs = st == ARC_OK ? arci_arena_alloc(arena, (parts->n_rows + 1u) * sizeof **seqs) : NULL;
    if (st == ARC_OK && !*seqs) return arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < parts->n_rows; i++) {
        arc_value *v = parts->values + (size_t)i * parts->n_cols;
        if (v[PART_STATUS].len == 6 && memcmp(v[PART_STATUS].u.s, "merged", 6) == 0) continue;
        st = arci_bill_events(t, arena, v[PART_ID].u.i, &events);
        if (st == ARC_OK) (void)arci_bill_standing(&events, &before);
        if (st == ARC_OK && before) {
            st = arci_fail(t->env, ARC_E_STATE, "part %lld of bill %s has moved on: undo that first", "票据子票 %lld（%s）已有后续操作，请先撤销", (long long)v[PART_ID].u.i, bill[ARCI_BILL_C_NUMBER].u.s);
            return fault(t->env, st, "parent", v[PART_ID].u.i);
        }
        memmove(parts->values + (size_t)kept * parts->n_cols, v, parts->n_cols * sizeof *v);
        const arc_value *last = st == ARC_OK && events.n_rows ? events.values + (size_t)(events.n_rows - 1) * events.n_cols : NULL;
        if (last && last[ARCI_BE_DATE].u.i > *latest) *latest = (arc_date)last[ARCI_BE_DATE].u.i;
        (*seqs)[kept++] = last ? last[ARCI_BE_SEQ].u.i : 0;
    }
    parts->n_rows = kept;
    return st;
}

arc_status arci_bill_mergeable(arci_txn *t, arci_arena *arena, const arc_value *bill)
{
    arci_rows parts;
    int64_t *seqs;
    arc_date latest = ARC_DATE_NONE;
    return parts_of(t, arena, bill, &parts, &seqs, &latest);
}

arc_status arci_bill_merge(arci_posting *p, const arc_value *bill, arc_date date)
{
    arci_rows parts;
    int64_t *seqs;
    arc_date latest = ARC_DATE_NONE;
    arc_status st = parts_of(p->t, &p->arena, bill, &parts, &seqs, &latest);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(&p->arena, (parts.n_rows + 1u) * sizeof *ids) : NULL;
    if (st != ARC_OK) return st;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < parts.n_rows; i++) ids[i] = parts.values[(size_t)i * parts.n_cols + PART_ID].u.i;
    st = arci_repo_lock(p->t, "bill", ids, parts.n_rows);
    if (st == ARC_OK) st = parts_of(p->t, &p->arena, bill, &parts, &seqs, &latest); /* as they are under the lock */
    if (st == ARC_OK && date < latest) {
        st = fault(p->t->env, arci_fail(p->t->env, ARC_E_RANGE, "the date is before the last event of a part", "日期早于子票的上一次操作"), NULL, bill[ARCI_BILL_C_ID].u.i);
    }
    arci_bill_step *steps = st == ARC_OK ? arci_arena_calloc(&p->arena, parts.n_rows + 1u, sizeof *steps) : NULL;
    if (st != ARC_OK) return st;
    if (!steps) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < parts.n_rows; i++) {
        const arc_value *v = parts.values + (size_t)i * parts.n_cols;
        steps[i] = step_of(v[PART_ID].u.i, seqs[i] + 1, "merged", date, &v[PART_CURRENCY]);
        steps[i].version = v[PART_VERSION];
    }
    return arci_bill_note(p, steps, parts.n_rows);
}

/* ---- the verb --------------------------------------------------------------------------------------------------------------------- */

typedef struct order {
    int64_t bill;
    const int64_t *amounts;
    int64_t *parts;
    uint32_t n;
    arc_date date;
    const char *reason;
} order;

static arc_status check(arci_posting *p, const order *o, const arc_value *last, arc_date date)
{
    arci_env *env = p->t->env;
    if (date == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), NULL, o->bill);
    if (date < last[ARCI_BE_DATE].u.i || date > ARC_DATE_MAX) return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the bill's last event", "日期早于票据的上一次操作"), NULL, o->bill);
    arc_status st = o->reason ? arci_reason_check(env, o->reason, "bill_event") : ARC_OK;
    return st == ARC_OK ? arci_fact_check(p->t, date, (arc_date)last[ARCI_BE_DATE].u.i, "bill_event", "event_date", o->bill) : st;
}

static arc_status split(arci_posting *p, const void *elements)
{
    const order *o = elements;
    const arci_shape *shape;
    arc_value *bill;
    arci_rows events;
    arc_date date = o->date == ARC_DATE_NONE ? p->session->business_date : o->date;
    arci_call_arg_int(p->call, o->bill);
    arci_call_arg_int(p->call, date);
    for (uint32_t i = 0; i < o->n; i++) arci_call_arg_int(p->call, o->amounts[i]);
    arci_call_arg_text(p->call, o->reason ? o->reason : "", o->reason ? strlen(o->reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "bill", &o->bill, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "bill", ARCI_BILL_FIELDS);
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, o->bill);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, o->bill, &p->arena, &bill);
    if (st == ARC_OK) st = arci_bill_events(p->t, &p->arena, o->bill, &events);
    if (st == ARC_OK && !events.n_rows) st = arci_fail(p->t->env, ARC_E_CORRUPT, "the bill has no events", "票据缺少流转记录");
    if (st != ARC_OK) return st;
    const arc_value *last = events.values + (size_t)(events.n_rows - 1) * events.n_cols;
    int64_t *parts = arci_arena_alloc(&p->arena, (o->n + 1u) * sizeof *parts);
    if (!parts) return arci_nomem(p->t->env);
    st = check(p, o, last, date);
    if (st == ARC_OK) st = arci_bill_cut(p, bill, last[ARCI_BE_SEQ].u.i + 1, o->amounts, o->n, date, o->reason, parts);
    if (st == ARC_OK && p->ids) p->ids[0] = parts[0];
    return st;
}

arc_status arc_bill_split(arc_session *session, int64_t *first, int64_t bill, const int64_t *amounts, size_t n, arc_date date, const char *reason)
{
    const order o = { bill, amounts, NULL, (uint32_t)n, date, reason };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!amounts || n < 2 || n > MOST_PARTS) st = arci_fail(&s->env, ARC_E_INVALID, "a bill is split into 2 to %d parts", "一次可拆分为 2 至 %d 份", MOST_PARTS);
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    return arci_posting_run(session, ARCI_DO_BILL_SPLIT, first, NULL, &o, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, split);
}
