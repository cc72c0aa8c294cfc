/* SPDX-License-Identifier: Apache-2.0 */
/* Customers merged and taken apart again: a row of merge_record each, and the customer's own word of it. Nothing else is written. */
#include "arcore/merge.h"

#include <string.h>

#include "arcore/fields.h"
#include "credit/merge.h"
#include "ledger/allot.h"
#include "ledger/merged.h"
#include "ledger/period.h"
#include "base/json_text.h"

arc_status arc_merge_init(arc_merge *merge)
{
    static const arc_merge init = ARC_MERGE_INIT;
    if (!merge) return ARC_E_INVALID;
    *merge = init;
    return ARC_OK;
}

enum { C_ID, C_VERSION, C_MERGED_INTO, C_PARENT, C_STATUS, C_OWNER, C_TEAM, C_REGION, C_COLUMNS };
static const char customer_columns[] = "id version merged_into parent status owner team region";
enum { N_STATES = 4 };
static const char *const state_names[N_STATES] = { "status", "owner", "team", "region" };

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "customer", field, id, -1);
    return st;
}

/* The day, on which it may be done. */
static arc_status day_of(arci_txn *t, arc_date *day)
{
    int64_t any = 1;
    arc_status st = arci_repo_lock(t, "book", &any, 1); /* two who merge meet here: which may hangs on all others */
    *day = t->session->business_date;
    if (st == ARC_OK && *day == ARC_DATE_NONE) {
        st = fault(t->env, arci_fail(t->env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), NULL, 0);
    }
    return st == ARC_OK ? arci_period_check(t, *day) : st;
}

static arc_status read_customer(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id, arc_value **row)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "customer", customer_columns);
    if (st == ARC_OK) st = arci_access_row(t, &arci_verbs[verb], NULL, shape->table->entity, id);
    return st == ARC_OK ? arci_repo_get(t, shape, id, arena, row) : st;
}

static arc_status other_merge(arci_env *env, int64_t customer, const arc_value *into)
{
    return fault(env, arci_fail(env, ARC_E_STATE, "customer %lld was merged into customer %lld already", "客户 %lld 已并入客户 %lld", (long long)customer, (long long)into->u.i), "merged_into", customer);
}

/* ---- merging --------------------------------------------------------------------------------------------------------------- */

/* Parents of the kept customer: the one that goes is none of them, or the tree would end in a ring. */
static arc_status check_tree(arci_txn *t, arci_arena *arena, const arc_merge *m, const arc_value *parent)
{
    const arci_shape *shape;
    arc_value *row;
    int64_t up = parent->type == ARC_V_INT ? parent->u.i : 0;
    arc_status st = arci_shape_get(t, &shape, "customer", "parent");
    for (uint32_t steps = 0; st == ARC_OK && up && steps < 1000; steps++) {
        if (up == m->merged) {
            return fault(t->env, arci_fail(t->env, ARC_E_STATE, "customer %lld stands above %lld: change its parent first", "客户 %lld 是 %lld 的上级，请先修改母公司", (long long)m->merged, (long long)m->kept), "parent", m->kept);
        }
        st = arci_repo_get(t, shape, up, arena, &row);
        if (st == ARC_E_NOT_FOUND) return ARC_OK;
        up = st == ARC_OK && row[0].type == ARC_V_INT ? row[0].u.i : 0;
    }
    return st;
}

static arc_status crosses(arci_env *env, const arci_merge_edge *e)
{
    return fault(env, arci_fail(env, ARC_E_RANGE, "customer %lld was merged into %lld until a day that lies ahead: merge on that day or later", "客户 %lld 并入 %lld 的结束日在此之后，请在该日或之后合并",
                                (long long)e->merged, (long long)e->kept), "merged_into", e->merged);
}

/* On no day from this one on, past merges among them, may a customer belong to two or to himself. */
static arc_status check_days(arci_txn *t, arci_arena *arena, const arc_merge *m, arc_date day)
{
    arci_merged all;
    arci_map seen;
    int64_t *one;
    arci_merged_init(&all, t->env->ctx);
    arci_map_init(&seen, t->env->ctx);
    arc_status st = arci_merged_read(t, arena, &all, ARC_DATE_NONE, NULL);
    if (st == ARC_OK && arci_map_put(&seen, &m->kept, sizeof m->kept, &one) < 0) st = arci_nomem(t->env);
    for (uint32_t at = 0; st == ARC_OK && at < seen.n; at++) { /* whom he reaches from the kept one */
        for (uint32_t i = 0; st == ARC_OK && i < all.n; i++) {
            const arci_merge_edge *e = &all.edges[i];
            if ((e->undo && e->to <= day) || (e->undo && e->to <= e->from)) continue;
            if (!at && e->merged == m->merged) st = crosses(t->env, e);
            if (st != ARC_OK || memcmp(&e->merged, seen.entries[at].key, sizeof e->merged) != 0) continue;
            if (e->kept == m->merged) st = crosses(t->env, e);
            else if (arci_map_put(&seen, &e->kept, sizeof e->kept, &one) < 0) st = arci_nomem(t->env);
        }
    }
    arci_map_clear(&seen);
    arci_merged_clear(&all);
    return st;
}

static arc_status write_record(arci_txn *t, arci_arena *arena, const arc_value row[6], int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "merge_record", "kept merged effective_date reverses reason before");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    memcpy(arci_batch_row(b, 0), row, 6 * sizeof *row);
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

/* What the customer says of it himself: status, owner, team and region as they become. */
static arc_status write_customer(arci_txn *t, arci_arena *arena, const arc_value *was, arc_value into, const arc_value *states)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "customer", "merged_into status owner team region");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = was[C_ID];
    *arci_batch_guard(b, 0) = was[C_VERSION];
    arci_batch_row(b, 0)[0] = into;
    memcpy(arci_batch_row(b, 0) + 1, states, N_STATES * sizeof *states);
    return arci_repo_write(t, &b, 1, NULL);
}

/* {"status":"active","owner":1,"team":null,...}: what changes, as it was. */
static arc_status tell_states(arci_env *env, arci_str *b, const arc_value *states, int n)
{
    for (int i = 0; i < n; i++) {
        arci_str_puts(b, i ? ",\"" : "{\"");
        arci_str_puts(b, state_names[i]);
        arci_str_puts(b, "\":");
        if (states[i].type == ARC_V_INT) arci_str_int(b, states[i].u.i);
        else if (states[i].type == ARC_V_TEXT) arci_json_put_text(b, states[i].u.s, states[i].len);
        else arci_str_puts(b, "null");
    }
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(env) : ARC_OK;
}

static arc_status check_merge(arci_txn *t, arci_arena *arena, const arc_merge *m, arc_date day, const arc_value *kept, const arc_value *merged)
{
    if (merged[C_MERGED_INTO].type == ARC_V_INT) return other_merge(t->env, m->merged, &merged[C_MERGED_INTO]);
    if (kept[C_MERGED_INTO].type == ARC_V_INT) return other_merge(t->env, m->kept, &kept[C_MERGED_INTO]);
    arc_status st = check_tree(t, arena, m, &kept[C_PARENT]);
    return st == ARC_OK ? check_days(t, arena, m, day) : st;
}

static arc_status make_one(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const arc_merge *m = what;
    arc_value *kept, *merged;
    arc_date day;
    arci_str before;
    const int hand_over = !(m->flags & ARC_MERGE_LEAVE_OWNER);
    arc_status st = day_of(t, &day);
    if (st == ARC_OK) st = read_customer(t, arena, ARCI_DO_CUSTOMER_MERGE, m->merged, &merged);
    if (st == ARC_OK) st = read_customer(t, arena, ARCI_DO_CUSTOMER_MERGE, m->kept, &kept);
    if (st == ARC_OK) st = check_merge(t, arena, m, day, kept, merged);
    if (st != ARC_OK) return st;
    arci_str_init(&before, t->env->ctx);
    st = tell_states(t->env, &before, &merged[C_STATUS], hand_over ? N_STATES : 1);
    const arc_value row[6] = { arci_v_int(m->kept), arci_v_int(m->merged), arci_v_int(day), arci_v_null(), arci_v_text(m->reason, strlen(m->reason)), arci_v_text(before.s, before.len) };
    const arc_value *from = hand_over ? kept : merged, states[N_STATES] = { arci_v_text("merged", 6), from[C_OWNER], from[C_TEAM], from[C_REGION] };
    if (st == ARC_OK) st = write_record(t, arena, row, id);
    if (st == ARC_OK) st = write_customer(t, arena, merged, arci_v_int(m->kept), states);
    arci_str_clear(&before);
    return st;
}

/* ---- taking apart ----------------------------------------------------------------------------------------------------------- */

typedef struct unmerging {
    int64_t customer;
    const char *reason;
} unmerging;

enum { R_ID, R_KEPT, R_DAY, R_BEFORE, R_COLUMNS };

/* The merge that stands. */
static arc_status find_record(arci_txn *t, arci_arena *arena, int64_t customer, const arc_value **row)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "merge_record", "id kept effective_date before reverses merged");
    if (st != ARC_OK) return st;
    const arc_order latest = { shape->cols[R_ID], 1 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[5], ARC_OP_EQ, customer);
    arci_where_null(&w, shape->cols[4]);
    st = arci_repo_find(t, shape, &w, &latest, 1, 1, arena, &rows);
    if (st == ARC_OK && !rows.n_rows) st = arci_fail(t->env, ARC_E_CORRUPT, "the customer says that it is merged, no record does", "客户标记为已合并，但没有合并记录");
    if (st == ARC_OK) *row = rows.values;
    return st;
}

/* What it said before, of what was changed then. */
static arc_status put_back(arci_txn *t, arci_arena *arena, const arc_value *json, const arc_value *customer, arc_value *states)
{
    arci_json *before;
    arc_status st = json->type == ARC_V_TEXT ? arci_json_parse(t->env, arena, json->u.s, json->len, &arci_json_default_limits, &before)
                                             : arci_fail(t->env, ARC_E_CORRUPT, "the merge does not tell what was before", "合并记录缺少合并前的信息");
    for (int i = 0; st == ARC_OK && i < N_STATES; i++) {
        const arci_json *m = arci_json_get(before, state_names[i]);
        int64_t id = 0;
        states[i] = m ? arci_v_null() : customer[C_STATUS + i];
        if (m && m->type == ARCI_JSON_STRING) states[i] = arci_v_text(m->s, m->len);
        if (!m || m->type != ARCI_JSON_NUMBER) continue;
        st = arci_json_int(t->env, m, &id);
        states[i] = arci_v_int(id);
    }
    return st;
}

static arc_status take_apart(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const unmerging *u = what;
    const arc_value *record;
    arc_value *customer, states[N_STATES];
    arc_date day;
    arc_status st = day_of(t, &day);
    if (st == ARC_OK) st = read_customer(t, arena, ARCI_DO_CUSTOMER_UNMERGE, u->customer, &customer);
    if (st == ARC_OK && customer[C_MERGED_INTO].type != ARC_V_INT) {
        st = fault(t->env, arci_fail(t->env, ARC_E_STATE, "the customer is not merged into another", "该客户未被合并"), "merged_into", u->customer);
    }
    if (st == ARC_OK) st = find_record(t, arena, u->customer, &record);
    if (st == ARC_OK && day < record[R_DAY].u.i) {
        st = fault(t->env, arci_fail(t->env, ARC_E_RANGE, "the day is before that of the merge", "日期早于合并生效日"), "merged_into", u->customer);
    }
    if (st == ARC_OK) st = put_back(t, arena, &record[R_BEFORE], customer, states);
    if (st != ARC_OK) return st;
    const arc_value row[6] = { record[R_KEPT], arci_v_int(u->customer), arci_v_int(day), record[R_ID], arci_v_text(u->reason, strlen(u->reason)), arci_v_null() };
    st = write_record(t, arena, row, id);
    return st == ARC_OK ? write_customer(t, arena, customer, arci_v_null(), states) : st;
}

/* ---- what waits for approval -------------------------------------------------------------------------------------------------- */

static void merge_args(arci_call *c, const void *what)
{
    const arc_merge *m = what;
    arci_call_arg_int(c, m->kept);
    arci_call_arg_int(c, m->merged);
    arci_call_arg_int(c, m->flags);
    arci_call_arg_text(c, m->reason, strlen(m->reason));
}

static void unmerge_args(arci_call *c, const void *what)
{
    const unmerging *u = what;
    arci_call_arg_int(c, u->customer);
    arci_call_arg_text(c, u->reason, strlen(u->reason));
}

/* The customer that changes, with his version: what was asked for is stale once he has changed. */
static arc_status tell_row(arci_txn *t, arci_arena *arena, int64_t customer, const char *reason, arci_asked *out)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_shape_get(t, &shape, "customer", customer_columns);
    if (st == ARC_OK) st = arci_repo_get(t, shape, customer, arena, &row);
    if (st != ARC_OK) return st;
    out->row = customer;
    out->version = row[C_VERSION].u.i;
    if (row[C_MERGED_INTO].type == ARC_V_INT) arci_asked_int(&out->before, "merged_into", row[C_MERGED_INTO].u.i);
    else arci_asked_raw(&out->before, "merged_into", "null", 4);
    arci_asked_text(&out->after, "reason", reason, strlen(reason));
    return ARC_OK;
}

static arc_status tell_merge(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    const arc_merge *m = what;
    arc_status st = tell_row(t, arena, m->merged, m->reason, out);
    arci_asked_int(&out->after, "merged_into", m->kept);
    arci_asked_int(&out->after, "flags", m->flags);
    return st;
}

static arc_status tell_unmerge(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    const unmerging *u = what;
    arc_status st = tell_row(t, arena, u->customer, u->reason, out);
    arci_asked_raw(&out->after, "merged_into", "null", 4);
    return st;
}

static arc_status take_merge(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    arc_merge *m = arci_arena_calloc(arena, 1, sizeof *m);
    int64_t flags = 0;
    size_t n;
    (void)with;
    if (!m) return arci_nomem(env);
    (void)arc_merge_init(m);
    *what = m;
    m->merged = asked->row;
    arc_status st = arci_asked_get_int(env, after, "merged_into", &m->kept);
    if (st == ARC_OK) st = arci_asked_get_int(env, after, "flags", &flags);
    m->flags = (uint32_t)flags;
    return st == ARC_OK ? arci_asked_get_text(env, after, "reason", &m->reason, &n) : st;
}

static arc_status take_unmerge(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    unmerging *u = arci_arena_calloc(arena, 1, sizeof *u);
    size_t n;
    (void)with;
    if (!u) return arci_nomem(env);
    *what = u;
    u->customer = asked->row;
    return arci_asked_get_text(env, after, "reason", &u->reason, &n);
}

static const char *const names[] = { "id", NULL };
const arci_deed arci_merge_deed = { ARCI_DO_CUSTOMER_MERGE, names, merge_args, make_one, tell_merge, take_merge, NULL };
const arci_deed arci_unmerge_deed = { ARCI_DO_CUSTOMER_UNMERGE, names, unmerge_args, take_apart, tell_unmerge, take_unmerge, NULL };

/* ---- the calls ------------------------------------------------------------------------------------------------------------------ */

static arc_status do_deed(arci_session *s, arc_status st, const arci_deed *deed, const void *what, int64_t *id)
{
    arci_arena arena;
    int64_t number = 0;
    if (st != ARC_OK) return arci_call_leave(s, st);
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, deed, what, &number);
    arci_arena_clear(&arena);
    if (id && st == ARC_OK) *id = number;
    return arci_call_leave(s, st);
}

arc_status arc_customer_merge(arc_session *session, int64_t *id, const arc_merge *merging)
{
    arc_merge m = ARC_MERGE_INIT;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = merging ? arci_struct_in(&s->env, &m, sizeof m, merging) : arci_fail(&s->env, ARC_E_INVALID, "merge is NULL", "merge 为 NULL");
    if (st == ARC_OK && (m.flags & ~ARC_MERGE_LEAVE_OWNER)) st = arci_fail(&s->env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (st == ARC_OK) st = arci_reason_check(&s->env, m.reason, "merge_record");
    if (st == ARC_OK && m.kept == m.merged) st = fault(&s->env, arci_fail(&s->env, ARC_E_INVALID, "a customer is not merged into itself", "客户不能并入自身"), "merged_into", m.merged);
    return do_deed(s, st, &arci_merge_deed, &m, id);
}

arc_status arc_customer_unmerge(arc_session *session, int64_t *id, int64_t customer, const char *reason)
{
    const unmerging u = { customer, reason };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    return do_deed(s, arci_reason_check(&s->env, reason, "merge_record"), &arci_unmerge_deed, &u, id);
}
