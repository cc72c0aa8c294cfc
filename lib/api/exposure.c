/* SPDX-License-Identifier: Apache-2.0 */
/* Exposure now, from the sums that are kept; of an earlier day in the book as it was then. */
#include "arcore/limit.h"
#include "billing/rebuild.h"
#include "credit/exposure.h"
#include "credit/limit.h"
#include "ledger/rebuild.h"
#include "store/replay.h"

static const arci_rebuild_fn rebuild[] = { arci_ledger_rebuild, arci_billing_rebuild };

/* The scratch book's session has all rights: who asks was asked about the customer. */
static arc_status then(arci_txn *t, arci_str *b, int64_t customer, const char *currency, arc_date day, int group)
{
    arci_replay_options o = { .rebuild = rebuild, .n_rebuild = 2, .days = ARCI_REPLAY_BUSINESS };
    arci_replay *r = NULL;
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_replay_open(t, &r, &o);
    if (st == ARC_OK) st = arci_replay_to_day(r, day);
    if (st == ARC_OK) st = arci_session_enter(arci_replay_session(r), &s);
    if (st == ARC_OK) {
        st = arci_scope_begin(s, &scope, ARC_READ, 0);
        if (st == ARC_OK) st = arci_scope_end(&scope, arci_exposure_tell(scope.txn, b, customer, currency, day, group, t));
        if (st != ARC_OK) (void)arci_fail_copy(t->env, s->env.err);
        (void)arci_session_leave(s, ARC_OK);
    }
    arci_replay_close(r);
    return st;
}

/* A group has customers of everybody: only who sees all of them. */
static arc_status may_read_group(arci_session *s, arci_txn *t, int64_t pool)
{
    const arci_shape *shape;
    arc_value *row;
    arci_arena arena;
    if (arci_access_scope(s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("item", 4))) {
        return arci_fail(t->env, ARC_E_FORBIDDEN, "the exposure of a customer group is for who sees all customers", "客户集团敞口仅供可查看全部客户的人员查询");
    }
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_shape_get(t, &shape, "customer_group", "code");
    if (st == ARC_OK) st = arci_repo_get(t, shape, pool, &arena, &row);
    arci_arena_clear(&arena);
    return st;
}

static arc_status tell(arci_session *s, arci_txn *t, arci_str *b, int64_t customer, const char *currency, arc_date day, int group)
{
    const arci_entity *e = arci_entity_by_name("customer", 8), *item = arci_entity_by_name("item", 4);
    arc_status st = arci_access_field(t->env, s, item, arci_entity_field(item, "amount", 6));
    if (st == ARC_OK && group != ARC_EXPOSURE_OF_GROUP) st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], item, e, customer);
    if (st == ARC_OK && group == ARC_EXPOSURE_OF_GROUP) st = may_read_group(s, t, customer);
    if (st != ARC_OK) return st;
    return day < s->business_date ? then(t, b, customer, currency, day, group) : arci_exposure_tell(t, b, customer, currency, day, group, t);
}

arc_status arc_credit_exposure_json(arc_session *session, char *buf, size_t *len, int64_t customer, const char *currency, arc_date as_of, int32_t group)
{
    arci_session *s;
    arci_scope scope;
    arci_str b;
    const arci_row_scope *rows = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len || group < 0 || group > ARC_EXPOSURE_OF_GROUP) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL, or group is none of its constants", "len 为 NULL，或 group 取值无效"));
    arci_str_init(&b, s->env.ctx);
    if (as_of == ARC_DATE_NONE) as_of = s->business_date;
    st = as_of < ARC_DATE_MIN || as_of > ARC_DATE_MAX
             ? arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date", "日期超出范围，或会话未设置业务日期")
             : arci_access_read(&s->env, s, arci_entity_by_name("item", 4), &rows);
    if (st == ARC_OK) st = arci_credit_seal(s, as_of);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, tell(s, scope.txn, &b, customer, currency, as_of, group));
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
