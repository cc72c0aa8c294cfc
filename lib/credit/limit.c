/* SPDX-License-Identifier: Apache-2.0 */
/* Limits set within somebody's authority, asked for, granted and refused. */
#include "arcore/limit.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"
#include "base/json.h"
#include "credit/limit.h"
#include "credit/policy.h"
#include "ledger/allot.h"
#include "ledger/person.h"

enum { REASON_MAX = 500 };

arc_status arc_credit_limit_init(arc_credit_limit *limit)
{
    static const arc_credit_limit init = ARC_CREDIT_LIMIT_INIT;
    if (!limit) return ARC_E_INVALID;
    *limit = init;
    return ARC_OK;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }
static arc_value text(const char *s) { return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null(); }
static arc_value date_or_null(arc_date d) { return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d); }
static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }

static arc_status fault(arci_posting *p, arc_status st, const char *field)
{
    arci_fail_at(p->t->env, arci_verbs[p->call->verb->number].entity, field, 0, -1);
    return st;
}

/* ---- what is asked for ---------------------------------------------------------------------------------------------------------- */

static void tell(arci_posting *p, const arc_credit_limit *l)
{
    const int64_t numbers[] = { l->customer, l->amount, l->credit_check, l->valid_from, l->valid_to };
    const char *const texts[] = { l->currency, l->kind, l->scope, l->reason };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) arci_call_arg_int(p->call, numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) arci_call_arg_text(p->call, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
    if (l->customer_group) arci_call_arg_int(p->call, l->customer_group);
    arci_posting_arg_end(p, 0);
}

static arc_status check_whose(arci_posting *p, const arc_credit_limit *l)
{
    if (l->customer && l->customer_group) return fault(p, arci_fail(p->t->env, ARC_E_INVALID, "a limit is of a customer or of a customer group", "额度须属于一个客户或一个客户集团"), "customer");
    if (!l->customer_group || strcmp(l->scope, "group") == 0) return ARC_OK;
    return fault(p, arci_fail(p->t->env, ARC_E_VALUE, "the limit of a customer group has the scope group", "客户集团额度的范围须为 group"), "scope");
}

static arc_status check_limit(arci_posting *p, const arc_credit_limit *l)
{
    arci_env *env = p->t->env;
    const int temporary = strcmp(l->kind, "temporary") == 0;
    int32_t exponent;
    if (l->reserved) return fault(p, arci_fail(env, ARC_E_INVALID, "reserved is not 0", "reserved 须为 0"), NULL);
    if (!temporary && strcmp(l->kind, "permanent") != 0) return fault(p, arci_fail(env, ARC_E_VALUE, "a limit is permanent or temporary", "额度种类应为 permanent 或 temporary"), "kind");
    if (strcmp(l->scope, "own") != 0 && strcmp(l->scope, "group") != 0) return fault(p, arci_fail(env, ARC_E_VALUE, "a limit is of the customer (own) or of all it owns (group)", "额度范围应为 own 或 group"), "scope");
    if (!l->currency || !l->currency[0]) return fault(p, arci_fail(env, ARC_E_REQUIRED, "a currency is required", "须填写币种"), "currency");
    if (arc_currency_exponent(&exponent, l->currency) != ARC_OK) return fault(p, arci_fail(env, ARC_E_CURRENCY, "no such currency", "币种不存在"), "currency");
    if (l->amount < 0 || l->amount > ARC_MONEY_MAX) return fault(p, arci_fail(env, ARC_E_RANGE, "a limit is not negative, and an amount of money", "额度不能为负，且不得超出范围"), "amount");
    if (l->valid_from == ARC_DATE_NONE) return fault(p, arci_fail(env, ARC_E_REQUIRED, "a day is required: the session has no business date", "须填写日期：会话未设置业务日期"), "valid_from");
    if (temporary && l->valid_to == ARC_DATE_NONE) return fault(p, arci_fail(env, ARC_E_REQUIRED, "a temporary limit needs its last day", "临时额度须填写失效日期"), "valid_to");
    if (l->valid_from < ARC_DATE_MIN || l->valid_from > ARC_DATE_MAX || (l->valid_to != ARC_DATE_NONE && (l->valid_to < l->valid_from || l->valid_to > ARC_DATE_MAX))) {
        return fault(p, arci_fail(env, ARC_E_RANGE, "the last day is before the first, or no date", "失效日期早于生效日期或日期无效"), "valid_to");
    }
    return arci_reason_check(env, l->reason, arci_verbs[p->call->verb->number].entity);
}

/* A group has customers of everybody: only who is not cut to some of them may. */
static arc_status check_pool(arci_posting *p, const arc_credit_limit *l)
{
    const arci_shape *shape;
    arc_value *row;
    if (arci_access_scope(p->session, p->call->verb, NULL)) return fault(p, arci_fail(p->t->env, ARC_E_FORBIDDEN, "limits of customer groups are for who may set those of all customers", "只有可设定全部客户额度的人员可设定客户集团额度"), "customer_group");
    arc_status st = arci_repo_lock(p->t, "customer_group", &l->customer_group, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "customer_group", "code");
    return st == ARC_OK ? arci_repo_get(p->t, shape, l->customer_group, &p->arena, &row) : st;
}

/* The customer is locked: limits of one are set one after the other, and checks of its documents wait. */
static arc_status check_customer(arci_posting *p, const arc_credit_limit *l, int lock)
{
    const arci_shape *shape;
    arc_value *row;
    if (l->customer_group) return check_pool(p, l);
    arc_status st = arci_shape_get(p->t, &shape, "customer", "status");
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, l->customer);
    if (st == ARC_OK && lock) st = arci_repo_lock(p->t, "customer", &l->customer, 1);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, l->customer, &p->arena, &row);
    if (st != ARC_OK || (!is(&row[0], "merged") && !is(&row[0], "closed"))) return st;
    return fault(p, arci_fail(p->t->env, ARC_E_STATE, "the customer is merged or closed", "客户已合并或停用"), "customer");
}

/* ---- the credit check it rests on -------------------------------------------------------------------------------------------------- */

enum { K_ID, K_CUSTOMER, K_ON, K_SOURCES, K_DOCUMENTS, K_RESULT, K_TO, K_COLUMNS };
static const char check_fields[] = "id customer checked_on sources documents result valid_to";

static int filled(arci_posting *p, const arc_value *json)
{
    arci_json *root;
    if (json->type != ARC_V_TEXT || arci_json_parse(p->t->env, &p->arena, json->u.s, json->len, &arci_json_default_limits, &root) != ARC_OK) return 0;
    return root->type == ARCI_JSON_ARRAY && root->n;
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* NULL: it is complete and holds on the day; else what is missing. */
static const char *lacks(arci_posting *p, const arc_value *v, arc_date day, const char **zh)
{
    static const struct {
        const char *en, *zh;
    } words[] = { { "its sources", "信息来源" }, { "its documents", "资料" }, { "its result", "结论" }, { "the day of its review", "有效期" },
                  { "a result that allows credit", "允许授信的结论" }, { "being in force: it was made later or has run out", "有效性：尚未作出或已过期" } };
    int k = -1;
    if (!filled(p, &v[K_SOURCES])) k = 0;
    else if (!filled(p, &v[K_DOCUMENTS])) k = 1;
    else if (v[K_RESULT].type != ARC_V_TEXT) k = 2;
    else if (v[K_TO].type != ARC_V_INT) k = 3;
    else if (!is(&v[K_RESULT], "pass") && !is(&v[K_RESULT], "warn")) k = 4;
    else if (v[K_ON].u.i > day || v[K_TO].u.i < day) k = 5;
    arci_error_clear(p->t->env->err);
    *zh = k < 0 ? NULL : words[k].zh;
    return k < 0 ? NULL : words[k].en;
}

/* *id: the one named, else the latest that holds; 0: none, and the error says what is missing. */
static arc_status find_check(arci_posting *p, const arc_credit_limit *l, int64_t *id)
{
    arci_env *env = p->t->env;
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    const char *en = NULL, *zh = NULL;
    int64_t *members = NULL;
    uint32_t n_members = 0;
    *id = 0;
    arc_status st = arci_shape_get(p->t, &shape, "credit_check", check_fields);
    if (st == ARC_OK && l->customer_group) st = arci_pool_members(p->t, &p->arena, l->customer_group, &members, &n_members);
    if (st != ARC_OK) return st;
    if (l->customer_group && !l->credit_check) return fault(p, arci_fail(env, ARC_E_REQUIRED, "name a credit check of one of the group's customers, or ask for the limit", "须指定集团内某客户的资信调查，或提交申请"), "credit_check");
    arci_where_init(&w);
    if (!l->customer_group) arci_where_int(&w, shape->cols[K_CUSTOMER], ARC_OP_EQ, l->customer);
    if (l->credit_check) arci_where_int(&w, shape->cols[K_ID], ARC_OP_EQ, l->credit_check);
    const arc_order order[2] = { { shape->cols[K_ON], 1 }, { shape->cols[K_ID], 1 } };
    st = arci_repo_find(p->t, shape, &w, order, 2, 100, &p->arena, &rows);
    if (st == ARC_OK && l->credit_check && !rows.n_rows) return fault(p, arci_fail(env, ARC_E_NOT_FOUND, "the customer has no credit check %lld", "该客户没有资信调查 %lld", (long long)l->credit_check), "credit_check");
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * K_COLUMNS;
        if (l->customer_group && !bsearch(&v[K_CUSTOMER].u.i, members, n_members, sizeof *members, by_value)) {
            return fault(p, arci_fail(env, ARC_E_NOT_FOUND, "the credit check is of no customer of the group", "该资信调查不属于集团内客户"), "credit_check");
        }
        const char *zh_now, *en_now = lacks(p, v, l->valid_from, &zh_now);
        if (!en_now) {
            *id = v[K_ID].u.i;
            return ARC_OK;
        }
        if (en) continue;
        en = en_now;
        zh = zh_now;
    }
    if (st != ARC_OK) return st;
    if (en) return fault(p, arci_fail(env, ARC_E_REQUIRED, "the credit check lacks %s%.0s", "资信调查缺少%.0s%s", en, zh), "credit_check");
    return fault(p, arci_fail(env, ARC_E_REQUIRED, "the customer has no credit check: make one, or ask for the limit", "该客户没有资信调查，请先调查或提交申请"), "credit_check");
}

/* ---- setting ------------------------------------------------------------------------------------------------------------------------- */

/* What it may owe with this row on the day it is most: permanent replaces, temporary adds. Later rows are looked at too, so that the order in which limits are written is nobody's way round.
 * old, had: what is in force on its first day. */
static arc_status resulting(arci_posting *p, const arc_credit_limit *l, int64_t *old, int *had, int64_t *sum)
{
    const int temporary = strcmp(l->kind, "temporary") == 0;
    const arc_date last = l->valid_to == ARC_DATE_NONE ? ARC_DATE_MAX : l->valid_to;
    arci_limits_of all;
    arci_limit_now now;
    arci_limit_key key = { l->customer, l->customer_group, strcmp(l->scope, "group") == 0, { 0 } };
    memcpy(key.currency, l->currency, 3);
    *sum = l->amount;
    *old = *had = 0;
    arc_status st = l->customer_group ? arci_pool_limits_read(p->t, &p->arena, &l->customer_group, 1, INT64_MAX, &all) : arci_limits_read(p->t, &p->arena, &l->customer, 1, INT64_MAX, &all);
    for (arc_date day = l->valid_from; st == ARC_OK && day != ARC_DATE_NONE && day <= last; day = arci_limit_next(&all, &key, day)) {
        st = arci_limit_on(p->t->env, &all, &key, day, &now);
        if (st != ARC_OK) return st;
        if (day == l->valid_from) *old = now.amount, *had = now.found;
        if (!temporary && now.permanent_row && now.permanent_from > l->valid_from) continue; /* one that begins later has taken its place */
        const int64_t with = l->amount + (temporary ? now.amount : now.temporary); /* both are amounts of money */
        if (with > *sum) *sum = with;
    }
    if (st != ARC_OK || *sum <= ARC_MONEY_MAX) return st;
    return fault(p, arci_fail(p->t->env, ARC_E_OVERFLOW, "the limits come to more than an amount can be", "额度合计超出范围"), "amount");
}

static arc_status within(arci_posting *p, const char *verb, const char *currency, int64_t sum)
{
    int64_t most;
    if (arci_access_authority(p->session, verb, currency, &most) == ARC_OK && sum <= most) return ARC_OK;
    return fault(p, arci_fail(p->t->env, ARC_E_FORBIDDEN, "the limit would be above your authority: ask for it", "额度超出您的权限，请提交申请"), "amount");
}

static arc_status write_limit(arci_posting *p, const arc_credit_limit *l, int64_t check, int64_t request, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    int64_t user, behalf;
    arc_status st = arci_step_people(p->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "credit_limit", "customer scope kind currency amount valid_from valid_to credit_check credit_request reason set_by customer_group");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { id_or_null(l->customer), text(l->scope), text(l->kind), text(l->currency), arci_v_int(l->amount), arci_v_int(l->valid_from), date_or_null(l->valid_to),
                              id_or_null(check), id_or_null(request), text(l->reason), id_or_null(user), id_or_null(l->customer_group) };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(p->t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

static arc_status needs_check(arci_posting *p, const arc_credit_limit *l, int64_t *check, int may_lack)
{
    arci_policy policy;
    arc_status st = arci_policy_get(p->t, &p->arena, &policy, l->valid_from);
    if (st != ARC_OK) return st;
    st = find_check(p, l, check);
    if (st != ARC_E_REQUIRED || (!may_lack && policy.needs_check)) return st;
    arci_error_clear(p->t->env->err);
    return ARC_OK;
}

static arc_status set_limit(arci_posting *p, const void *elements)
{
    arc_credit_limit l = *(const arc_credit_limit *)elements;
    int64_t check = 0, old, sum, id = 0;
    int had;
    tell(p, &l);
    if (l.valid_from == ARC_DATE_NONE) l.valid_from = p->session->business_date;
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = check_whose(p, &l);
    if (st == ARC_OK) st = check_limit(p, &l);
    if (st == ARC_OK) st = check_customer(p, &l, 1);
    if (st == ARC_OK) st = resulting(p, &l, &old, &had, &sum);
    if (st == ARC_OK) st = within(p, "credit_limit.set", l.currency, sum);
    if (st == ARC_OK) st = needs_check(p, &l, &check, 0);
    if (st == ARC_OK) st = write_limit(p, &l, check, 0, &id);
    if (st == ARC_OK && p->ids) p->ids[0] = id;
    return st;
}

arc_status arci_limit_would(arci_txn *t, const arc_credit_limit *l)
{
    arci_call call;
    arci_posting p;
    int64_t check = 0, old, sum;
    int had;
    memset(&call, 0, sizeof call);
    memset(&p, 0, sizeof p);
    call.verb = &arci_verbs[ARCI_DO_LIMIT_SET];
    p.session = t->session;
    p.call = &call;
    p.t = t;
    arci_arena_init(&p.arena, t->env->ctx);
    arc_status st = check_limit(&p, l);
    if (st == ARC_OK && l->customer) st = check_customer(&p, l, 0);
    if (st == ARC_OK) st = resulting(&p, l, &old, &had, &sum);
    if (st == ARC_OK) st = within(&p, "credit_limit.set", l->currency, sum);
    if (st == ARC_OK) st = needs_check(&p, l, &check, 0);
    arci_arena_clear(&p.arena);
    return st;
}

static arc_status run(arc_session *session, int64_t *id, const arc_credit_limit *limit, uint32_t verb, arci_posting_fn work)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = limit ? arci_struct_in(&s->env, &l, sizeof l, limit) : arci_fail(&s->env, ARC_E_INVALID, "limit is NULL", "limit 为 NULL");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    if (!l.kind) l.kind = "permanent";
    if (!l.scope) l.scope = l.customer_group ? "group" : "own";
    return arci_posting_run(session, verb, id, NULL, &l, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, work);
}

arc_status arc_credit_limit_set(arc_session *session, int64_t *id, const arc_credit_limit *limit) { return run(session, id, limit, ARCI_DO_LIMIT_SET, set_limit); }

/* ---- requests ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status submit(arci_posting *p, const void *elements)
{
    arc_credit_limit l = *(const arc_credit_limit *)elements;
    const arci_shape *shape;
    arci_batch *b;
    int64_t check = 0, old, sum, user, behalf;
    int had;
    tell(p, &l);
    if (l.valid_from == ARC_DATE_NONE) l.valid_from = p->session->business_date;
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = check_whose(p, &l);
    if (st == ARC_OK) st = check_limit(p, &l);
    if (st == ARC_OK) st = check_customer(p, &l, 1);
    if (st == ARC_OK) st = resulting(p, &l, &old, &had, &sum);
    if (st == ARC_OK) st = needs_check(p, &l, &check, 1);
    if (st == ARC_OK) st = arci_step_people(p->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "credit_request", "customer kind currency old_amount new_amount valid_from valid_to reason scope status credit_check requested_by requested_for customer_group");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { id_or_null(l.customer), text(l.kind), text(l.currency), had ? arci_v_int(old) : arci_v_null(), arci_v_int(l.amount), arci_v_int(l.valid_from), date_or_null(l.valid_to),
                              text(l.reason), text(l.scope), text("submitted"), id_or_null(check), id_or_null(user), id_or_null(behalf), id_or_null(l.customer_group) };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(p->t, &b, 1, NULL);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_batch_id(b, 0);
    return st;
}

arc_status arc_credit_request_submit(arc_session *session, int64_t *id, const arc_credit_limit *limit) { return run(session, id, limit, ARCI_DO_LIMIT_REQUEST, submit); }

enum { Q_CUSTOMER, Q_KIND, Q_CURRENCY, Q_AMOUNT, Q_FROM, Q_TO, Q_REASON, Q_SCOPE, Q_STATUS, Q_CHECK, Q_VERSION, Q_TXN, Q_POOL, Q_COLUMNS };
static const char request_fields[] = "customer kind currency new_amount valid_from valid_to reason scope status credit_check version txn customer_group";

static arc_status refused(arci_txn *t, arc_status st, const char *field, int64_t id, const char *en, const char *zh)
{
    (void)arci_fail(t->env, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "credit_request", field, id, -1);
    return st;
}

static arc_status judge_request(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id, const arc_value *v)
{
    uint8_t own = 0;
    char currency[4] = { 0 };
    int64_t most;
    if (!is(&v[Q_STATUS], "submitted")) return refused(t, ARC_E_STATE, "status", id, "the request was decided already", "申请已有结果");
    if (!t->session->access || verb == ARCI_DO_LIMIT_REJECT) return ARC_OK;
    arc_status st = arci_person_wrote(t, arena, &v[Q_TXN].u.i, 1, &own);
    if (st != ARC_OK) return st;
    if (verb == ARCI_DO_LIMIT_RECALL) return own ? ARC_OK : refused(t, ARC_E_FORBIDDEN, "requested_by", id, "who asked takes a request back; others reject it", "只有申请人可以撤回，其他人请驳回");
    if (own) return refused(t, ARC_E_FORBIDDEN, "requested_by", id, "nobody approves what he asked for himself", "不得审批本人的申请");
    memcpy(currency, v[Q_CURRENCY].u.s, 3);
    if (arci_access_authority(t->session, "credit_request.approve", currency, &most) != ARC_OK || v[Q_AMOUNT].u.i > most) {
        return refused(t, ARC_E_FORBIDDEN, "amount", id, "the amount is above your authority", "金额超出您的审批权限");
    }
    return ARC_OK;
}

arc_status arci_credit_request_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "credit_request", request_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    return st == ARC_OK ? judge_request(t, arena, verb, id, v) : st;
}

typedef struct deciding {
    int64_t id;
    const char *reason;
} deciding;

static arc_status decide(arci_posting *p, const deciding *d, const char *status, const arc_value **out)
{
    const arci_shape *shape, *changes;
    arci_batch *b;
    arc_value *v;
    int64_t user, behalf;
    arci_call_arg_int(p->call, d->id);
    arci_call_arg_text(p->call, d->reason ? d->reason : "", d->reason ? strlen(d->reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "credit_request", &d->id, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "credit_request", request_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, d->id);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, d->id, &p->arena, &v);
    if (st == ARC_OK) st = judge_request(p->t, &p->arena, p->call->verb->number, d->id, v);
    if (st == ARC_OK && (p->call->verb->number != ARCI_DO_LIMIT_APPROVE || v[Q_CHECK].type != ARC_V_INT || (d->reason && *d->reason))) st = arci_reason_check(p->t->env, d->reason, "credit_request");
    if (st == ARC_OK) st = arci_step_people(p->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(p->t, &changes, "credit_request", "status decided_by decision_reason");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, changes, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(d->id);
    *arci_batch_guard(b, 0) = v[Q_VERSION];
    arci_batch_row(b, 0)[0] = text(status);
    arci_batch_row(b, 0)[1] = id_or_null(user);
    arci_batch_row(b, 0)[2] = text(d->reason);
    *out = v;
    return arci_repo_write(p->t, &b, 1, NULL);
}

static char *copy(arci_posting *p, const arc_value *v) { return arci_arena_strndup(&p->arena, v->u.s, v->len); }

/* The limit as it was asked for; what it comes to is asked anew. */
static arc_status approve(arci_posting *p, const void *elements)
{
    const deciding *d = elements;
    const arc_value *v;
    int64_t old, sum, id = 0;
    int had;
    arc_status st = decide(p, d, "approved", &v);
    if (st != ARC_OK) return st;
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = v[Q_CUSTOMER].type == ARC_V_INT ? v[Q_CUSTOMER].u.i : 0;
    l.customer_group = v[Q_POOL].type == ARC_V_INT ? v[Q_POOL].u.i : 0;
    l.amount = v[Q_AMOUNT].u.i;
    l.valid_from = (arc_date)v[Q_FROM].u.i;
    l.valid_to = v[Q_TO].type == ARC_V_INT ? (arc_date)v[Q_TO].u.i : ARC_DATE_NONE;
    l.currency = copy(p, &v[Q_CURRENCY]);
    l.kind = copy(p, &v[Q_KIND]);
    l.scope = copy(p, &v[Q_SCOPE]);
    l.reason = copy(p, &v[Q_REASON]);
    if (!l.currency || !l.kind || !l.scope || !l.reason) return arci_nomem(p->t->env);
    st = check_customer(p, &l, 1);
    if (st == ARC_OK) st = resulting(p, &l, &old, &had, &sum);
    if (st == ARC_OK) st = within(p, "credit_request.approve", l.currency, sum);
    if (st == ARC_OK) st = write_limit(p, &l, v[Q_CHECK].type == ARC_V_INT ? v[Q_CHECK].u.i : 0, d->id, &id);
    if (st == ARC_OK && p->ids) p->ids[0] = id;
    return st;
}

static arc_status reject(arci_posting *p, const void *elements)
{
    const arc_value *v;
    if (p->ids) p->ids[0] = ((const deciding *)elements)->id;
    return decide(p, elements, "rejected", &v);
}

static arc_status recall(arci_posting *p, const void *elements)
{
    const arc_value *v;
    if (p->ids) p->ids[0] = ((const deciding *)elements)->id;
    return decide(p, elements, "recalled", &v);
}

arc_status arc_credit_request_approve(arc_session *session, int64_t *limit, int64_t request, const char *reason)
{
    const deciding d = { request, reason };
    int64_t id = 0;
    arc_status st = arci_posting_run(session, ARCI_DO_LIMIT_APPROVE, &id, NULL, &d, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, approve);
    if (st == ARC_OK && limit) *limit = id;
    return st;
}

arc_status arc_credit_request_reject(arc_session *session, int64_t request, const char *reason)
{
    const deciding d = { request, reason };
    int64_t id = 0;
    return arci_posting_run(session, ARCI_DO_LIMIT_REJECT, &id, NULL, &d, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, reject);
}

arc_status arc_credit_request_recall(arc_session *session, int64_t request, const char *reason)
{
    const deciding d = { request, reason };
    int64_t id = 0;
    return arci_posting_run(session, ARCI_DO_LIMIT_RECALL, &id, NULL, &d, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, recall);
}
