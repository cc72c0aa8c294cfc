/* SPDX-License-Identifier: Apache-2.0 */
/* Limits and exposure as JSON. */
#include <string.h>

#include "arcore/limit.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "credit/exposure.h"
#include "ledger/merged.h"

static void put_date(arci_str *b, const char *key, arc_date day)
{
    char text[16];
    size_t n = sizeof text;
    arci_json_put_key(b, key);
    if (day == ARC_DATE_NONE || arc_date_print(text, &n, day) != ARC_OK) arci_str_puts(b, "null");
    else arci_json_put_text(b, text, strlen(text));
}

static void put_id(arci_str *b, const char *key, const arc_value *v)
{
    if (v->type == ARC_V_INT) {
        arci_json_put_int(b, key, v->u.i);
        return;
    }
    arci_json_put_key(b, key);
    arci_str_puts(b, "null");
}

static void put_value(arci_str *b, const char *key, const arc_value *v)
{
    arci_json_put_key(b, key);
    arci_json_put_text(b, v->type == ARC_V_TEXT ? v->u.s : "", v->type == ARC_V_TEXT ? v->len : 0);
}

/* ---- limits ------------------------------------------------------------------------------------------------------------------------- */

static void put_row(arci_str *b, const arc_value *row, arc_date day, int64_t stamp)
{
    const arc_date from = (arc_date)row[ARCI_LIMIT_FROM].u.i, to = row[ARCI_LIMIT_TO].type == ARC_V_INT ? (arc_date)row[ARCI_LIMIT_TO].u.i : ARC_DATE_NONE;
    arci_str_putc(b, '{');
    arci_json_put_int(b, "id", row[ARCI_LIMIT_ID].u.i);
    put_value(b, "kind", &row[ARCI_LIMIT_KIND]);
    arci_json_put_int(b, "amount", row[ARCI_LIMIT_AMOUNT].u.i);
    put_date(b, "valid_from", from);
    put_date(b, "valid_to", to);
    arci_json_put_key(b, "in_force");
    arci_str_puts(b, from <= day && (to == ARC_DATE_NONE || day <= to) ? "true" : "false");
    put_value(b, "reason", &row[ARCI_LIMIT_REASON]);
    put_id(b, "set_by", &row[ARCI_LIMIT_SET_BY]);
    if (stamp) arci_json_put_int(b, "set_at", stamp);
    put_id(b, "credit_check", &row[ARCI_LIMIT_CHECK]);
    put_id(b, "credit_request", &row[ARCI_LIMIT_REQUEST]);
    arci_str_putc(b, '}');
}

static void put_limit_head(arci_str *b, const arci_limit_key *key)
{
    if (key->pool) arci_json_put_int(b, "customer_group", key->pool);
    else arci_json_put_int(b, "customer", key->customer);
    arci_json_put_str(b, "scope", key->group ? "group" : "own");
    arci_json_put_str(b, "currency", key->currency);
}

/* Null where nothing is in force. */
static void put_amount(arci_str *b, const char *key, int found, int64_t amount)
{
    if (found) {
        arci_json_put_int(b, key, amount);
        return;
    }
    arci_json_put_key(b, key);
    arci_str_puts(b, "null");
}

/* What it will be: each day on which it changes. */
static arc_status put_next(arci_env *env, arci_str *b, const arci_limits_of *all, const arci_limit_key *key, arc_date day)
{
    int first = 1;
    arci_json_put_key(b, "next");
    arci_str_putc(b, '[');
    for (arc_date at = arci_limit_next(all, key, day); at != ARC_DATE_NONE; at = arci_limit_next(all, key, at)) {
        arci_limit_now now;
        arc_status st = arci_limit_on(env, all, key, at, &now);
        if (st != ARC_OK) return st;
        arci_str_puts(b, first ? "{" : ",{");
        put_date(b, "from", at);
        put_amount(b, "amount", now.found, now.amount);
        arci_str_putc(b, '}');
        first = 0;
    }
    arci_str_putc(b, ']');
    return ARC_OK;
}

static arc_status put_limit(arci_env *env, arci_str *b, const arci_limits_of *all, const arci_limit_key *key, arc_date day)
{
    arci_limit_now now;
    int first = 1;
    arc_status st = arci_limit_on(env, all, key, day, &now);
    if (st != ARC_OK) return st;
    arci_str_putc(b, '{');
    put_limit_head(b, key);
    put_amount(b, "amount", now.found, now.amount);
    put_amount(b, "permanent", now.found, now.permanent);
    put_amount(b, "temporary", now.found, now.temporary);
    st = put_next(env, b, all, key, day);
    arci_json_put_key(b, "rows");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < all->n; i++) {
        const arc_value *row = all->rows + (size_t)i * ARCI_LIMIT_COLUMNS;
        if (!arci_limit_is(row, key)) continue;
        if (!first) arci_str_putc(b, ',');
        put_row(b, row, day, all->stamps ? all->stamps[i] : 0);
        first = 0;
    }
    arci_str_puts(b, "]}");
    return st;
}

/* All of a customer or a group; owner: only what it has for all it owns. */
static arc_status put_limits_of(arci_env *env, arci_str *b, const arci_limits_of *all, int64_t customer, int64_t pool, int owner, arc_date day, int *first)
{
    arci_limit_key keys[ARCI_LIMIT_KEYS_MAX];
    arc_status st = ARC_OK;
    const uint32_t n = arci_limit_keys(all, customer, pool, keys, ARCI_LIMIT_KEYS_MAX);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        if (owner && !keys[k].group) continue;
        if (!*first) arci_str_putc(b, ',');
        st = put_limit(env, b, all, &keys[k], day);
        *first = 0;
    }
    return st;
}

enum { R_OF, R_ID, R_SCOPE, R_KIND, R_CURRENCY, R_OLD, R_NEW, R_FROM, R_TO, R_REASON, R_BY, R_STATUS };

static void put_request(arci_str *b, const char *of, const arc_value *v, int *first)
{
    arci_str_puts(b, *first ? "{" : ",{");
    *first = 0;
    arci_json_put_int(b, "id", v[R_ID].u.i);
    arci_json_put_int(b, of, v[R_OF].u.i);
    put_value(b, "scope", &v[R_SCOPE]);
    put_value(b, "kind", &v[R_KIND]);
    put_value(b, "currency", &v[R_CURRENCY]);
    put_id(b, "old_amount", &v[R_OLD]);
    arci_json_put_int(b, "new_amount", v[R_NEW].u.i);
    put_date(b, "valid_from", (arc_date)v[R_FROM].u.i);
    put_date(b, "valid_to", v[R_TO].type == ARC_V_INT ? (arc_date)v[R_TO].u.i : ARC_DATE_NONE);
    put_value(b, "reason", &v[R_REASON]);
    put_id(b, "requested_by", &v[R_BY]);
    arci_str_putc(b, '}');
}

/* Limits asked for and not decided: of the customer, and those for all of who owns it. */
static arc_status put_requests(arci_txn *t, arci_arena *arena, arci_str *b, int pool, const int64_t *ids, uint32_t n, int64_t customer, int *first)
{
    static const char of_customer[] = "customer id scope kind currency old_amount new_amount valid_from valid_to reason requested_by status";
    static const char of_pool[] = "customer_group id scope kind currency old_amount new_amount valid_from valid_to reason requested_by status";
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *values = arci_arena_alloc(arena, (n + 1u) * sizeof *values);
    if (!values) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "credit_request", pool ? of_pool : of_customer);
    if (st != ARC_OK || !n) return st;
    for (uint32_t i = 0; i < n; i++) values[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[R_OF], values, n);
    arci_where_text(&w, shape->cols[R_STATUS], ARC_OP_EQ, "submitted", 9);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1000, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        if (pool || v[R_OF].u.i == customer || v[R_SCOPE].len == 5) put_request(b, pool ? "customer_group" : "customer", v, first);
    }
    return st;
}

static arc_status put_all_requests(arci_txn *t, arci_arena *arena, arci_str *b, const int64_t *owners, uint32_t n_owners, const int64_t *pools, uint32_t n_pools)
{
    int first = 1;
    arci_json_put_key(b, "requests");
    arci_str_putc(b, '[');
    arc_status st = put_requests(t, arena, b, 0, owners, n_owners, owners[0], &first);
    if (st == ARC_OK) st = put_requests(t, arena, b, 1, pools, n_pools, 0, &first);
    arci_str_putc(b, ']');
    return st;
}

/* ---- what secures it ------------------------------------------------------------------------------------------------------------------ */

typedef struct securing {
    arci_stakes stakes; /* first: the functions get it */
    arci_str *b;
    int first, collateral;
} securing;

enum { S_CUSTOMER, S_KIND, S_CURRENCY, S_AMOUNT, S_SHARE, S_FROM, S_TO, S_ID };

/* Up to how much it covers, in its currency; what we answer for secures nothing. */
static arc_status put_security(arci_stakes *s, const arc_value *v)
{
    securing *x = (securing *)s;
    const arc_date day = s->ask->day, from = v[S_FROM].type == ARC_V_INT ? (arc_date)v[S_FROM].u.i : ARC_DATE_NONE, to = v[S_TO].type == ARC_V_INT ? (arc_date)v[S_TO].u.i : ARC_DATE_NONE;
    const int insured = v[S_KIND].len == 9 && memcmp(v[S_KIND].u.s, "insurance", 9) == 0, given = v[S_KIND].len == 5 && memcmp(v[S_KIND].u.s, "given", 5) == 0;
    if ((!x->collateral && given) || from > day || (to != ARC_DATE_NONE && to < day)) return ARC_OK;
    arci_str_puts(x->b, x->first ? "{" : ",{");
    x->first = 0;
    arci_json_put_str(x->b, "part", insured ? "insured" : "collateral");
    arci_json_put_str(x->b, "entity", x->collateral ? "collateral" : "guarantee");
    arci_json_put_int(x->b, "id", v[S_ID].u.i);
    put_value(x->b, "kind", &v[S_KIND]);
    put_value(x->b, "currency", &v[S_CURRENCY]);
    arci_json_put_int(x->b, "amount", v[S_AMOUNT].u.i);
    arci_json_put_int(x->b, "covered", arci_part_of(v[S_AMOUNT].u.i, v[S_SHARE].type == ARC_V_INT ? v[S_SHARE].u.i : 10000, 10000));
    put_date(x->b, "valid_to", to);
    arci_str_putc(x->b, '}');
    return ARC_OK;
}

static arc_status put_securities(arci_txn *t, arci_arena *arena, arci_str *b, const int64_t *customers, uint32_t n, arc_date day)
{
    arci_exposure_ask ask;
    securing x;
    memset(&ask, 0, sizeof ask);
    memset(&x, 0, sizeof x);
    ask.t = t;
    ask.arena = arena;
    ask.customers = customers;
    ask.n = n;
    ask.day = day;
    x.stakes.ask = &ask;
    x.b = b;
    x.first = 1;
    arci_json_put_key(b, "securities");
    arci_str_putc(b, '[');
    arc_status st = arci_stakes_rows(&x.stakes, "guarantee", "customer kind currency amount covered valid_from valid_to id", "valid_from", NULL, put_security);
    x.collateral = 1;
    if (st == ARC_OK) st = arci_stakes_rows(&x.stakes, "collateral", "customer kind currency value eligible valued_on valid_to id", "valued_on", NULL, put_security);
    arci_str_putc(b, ']');
    return st;
}

/* Owners he does not see are told to nobody who sees some customers only; nor are groups. */
static arc_status cut_owners(arci_txn *t, arci_arena *arena, int64_t *owners, uint32_t *n, int64_t *pools)
{
    uint32_t kept = 1;
    if (arci_credit_sees_all(t)) return ARC_OK;
    for (uint32_t i = 0; i < *n; i++) {
        int64_t *seen;
        uint32_t n_seen = 1;
        pools[i] = 0;
        arc_status st = i ? arci_credit_seen(t, arena, &owners[i], 1, &seen, &n_seen) : ARC_OK;
        if (st != ARC_OK) return st;
        if (i && n_seen) owners[kept++] = owners[i];
    }
    *n = kept;
    return ARC_OK;
}

static arc_status tell_limits(arci_txn *t, arci_str *b, int64_t customer, arc_date day, int64_t known)
{
    arci_arena arena;
    arci_limits_of all, pooled = { NULL, 0, NULL };
    int64_t owners[ARCI_OWNERS_MAX], of[ARCI_OWNERS_MAX], *pools = NULL, *family = NULL;
    uint32_t n_owners = 0, n_pools = 0, n_family = 0;
    int first = 1;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_credit_owners_on(t, &arena, customer, day, owners, of, &n_owners);
    if (st == ARC_OK) st = cut_owners(t, &arena, owners, &n_owners, of);
    if (st == ARC_OK) st = arci_limits_read(t, &arena, owners, n_owners, known, &all);
    if (st == ARC_OK) st = arci_credit_pools(t, &arena, of, n_owners, &pools, &n_pools);
    if (st == ARC_OK && n_pools) st = arci_pool_limits_read(t, &arena, pools, n_pools, known, &pooled);
    if (st == ARC_OK) st = arci_limits_stamps(t, &arena, &all);
    if (st == ARC_OK) st = arci_limits_stamps(t, &arena, &pooled);
    if (st == ARC_OK) st = arci_merged_family_now(t, &arena, customer, &family, &n_family);
    arci_str_putc(b, '{');
    arci_json_put_int(b, "customer", customer);
    put_date(b, "as_of", day);
    arci_json_put_key(b, "limits");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; st == ARC_OK && i < n_owners; i++) st = put_limits_of(t->env, b, &all, owners[i], 0, i > 0, day, &first);
    for (uint32_t i = 0; st == ARC_OK && i < n_pools; i++) st = put_limits_of(t->env, b, &pooled, 0, pools[i], 1, day, &first);
    arci_str_puts(b, "]");
    if (st == ARC_OK && known == INT64_MAX) st = put_securities(t, &arena, b, family, n_family, day);
    if (st == ARC_OK && known == INT64_MAX) st = put_all_requests(t, &arena, b, owners, n_owners, pools, n_pools);
    arci_str_puts(b, "}");
    arci_arena_clear(&arena);
    return st == ARC_OK && b->failed ? arci_nomem(t->env) : st;
}

static arc_status may_read(arci_session *s, arci_txn *t, int64_t customer)
{
    const arci_entity *e = arci_entity_by_name("customer", 8), *limits = arci_entity_by_name("credit_limit", 12);
    arc_status st = arci_access_field(&s->env, s, limits, arci_entity_field(limits, "amount", 6));
    return st == ARC_OK ? arci_access_row(t, &arci_verbs[ARCI_DO_READ], e, e, customer) : st;
}

arc_status arc_credit_limit_json(arc_session *session, char *buf, size_t *len, int64_t customer, arc_date as_of, arc_stamp known_at)
{
    arci_session *s;
    arci_scope scope;
    arci_str b;
    const arci_row_scope *rows = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    arci_str_init(&b, s->env.ctx);
    if (as_of == ARC_DATE_NONE) as_of = s->business_date;
    st = as_of < ARC_DATE_MIN || as_of > ARC_DATE_MAX
             ? arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date", "日期超出范围，或会话未设置业务日期")
             : arci_access_read(&s->env, s, arci_entity_by_name("credit_limit", 12), &rows);
    if (st == ARC_OK) st = arci_credit_seal(s, as_of);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        st = may_read(s, scope.txn, customer);
        if (st == ARC_OK) st = tell_limits(scope.txn, &b, customer, as_of, known_at ? known_at : INT64_MAX);
        st = arci_scope_end(&scope, st);
    }
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}

/* ---- exposure ------------------------------------------------------------------------------------------------------------------------ */

static void put_parts(arci_str *b, const arci_policy *p, const int64_t *parts)
{
    arci_json_put_key(b, "parts");
    arci_str_putc(b, '[');
    for (int k = 0; k < ARCI_PARTS; k++) {
        arci_str_puts(b, k ? ",{" : "{");
        arci_json_put_str(b, "part", arci_part_names[k]);
        arci_json_put_int(b, "amount", parts[k]);
        arci_json_put_key(b, "included");
        arci_str_puts(b, p->parts[k].include ? "true" : "false");
        if (p->parts[k].limit >= 0) arci_json_put_int(b, "limit", p->parts[k].limit);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static void put_lines(arci_str *b, const arci_exposure *x)
{
    arci_json_put_key(b, "by_currency");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < x->n_lines; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_str(b, "currency", x->lines[i].currency);
        for (int k = 0; k < ARCI_PARTS; k++) {
            if (x->lines[i].parts[k]) arci_json_put_int(b, arci_part_names[k], x->lines[i].parts[k]);
        }
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

/* Its limits in force, each with what counts against it. */
static arc_status put_uses(arci_exposure_ask ask, arci_str *b, int64_t customer, int64_t pool, int group)
{
    arci_limits_of all;
    arci_limit_key keys[ARCI_LIMIT_KEYS_MAX];
    char apart[ARCI_LIMIT_KEYS_MAX][4];
    int first = 1;
    uint32_t n_apart = 0;
    arc_status st = pool ? arci_pool_limits_read(ask.t, ask.arena, &pool, 1, INT64_MAX, &all) : arci_limits_read(ask.t, ask.arena, &customer, 1, INT64_MAX, &all);
    const uint32_t n = st == ARC_OK ? arci_limit_keys(&all, customer, pool, keys, ARCI_LIMIT_KEYS_MAX) : 0;
    for (uint32_t k = 0; k < n; k++) {
        if (keys[k].group == group) memcpy(apart[n_apart++], keys[k].currency, 4);
    }
    arci_json_put_key(b, "limits");
    arci_str_putc(b, '[');
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        arci_limit_now now;
        arci_exposure x;
        if (keys[k].group != group) continue;
        memcpy(ask.currency, keys[k].currency, 4);
        ask.apart = (const char(*)[4])apart;
        ask.n_apart = n_apart;
        ask.detail = 0;
        st = arci_limit_on(ask.t->env, &all, &keys[k], ask.day, &now);
        if (st == ARC_OK && now.found) st = arci_exposure_of(&ask, &x);
        if (st != ARC_OK || !now.found) continue;
        arci_str_puts(b, first ? "{" : ",{");
        put_limit_head(b, &keys[k]);
        arci_json_put_int(b, "limit", now.amount);
        arci_json_put_int(b, "exposure", x.total);
        arci_json_put_int(b, "headroom", now.amount - x.total);
        arci_str_putc(b, '}');
        first = 0;
    }
    arci_str_putc(b, ']');
    return st;
}

static arc_status fill_ask(arci_exposure_ask *ask, const arci_policy *policy, arci_rates *rates, const char *currency, arc_date day)
{
    arci_env *env = ask->t->env;
    int32_t exponent;
    const char *in = currency ? currency : policy->currency;
    arci_rates_init(rates, ask->t, ask->arena);
    ask->policy = policy;
    ask->rates = rates;
    ask->day = day;
    ask->horizon = ARC_DATE_NONE;
    ask->detail = ARCI_DETAIL_ALL;
    if (!in[0]) return arci_fail(env, ARC_E_REQUIRED, "a currency is required: neither a policy nor the book has one", "须填写币种：信用政策与账簿均未设置");
    if (arc_currency_exponent(&exponent, in) != ARC_OK) return arci_fail(env, ARC_E_CURRENCY, "no such currency", "币种不存在");
    memcpy(ask->currency, in, 3);
    return ARC_OK;
}

static arc_status tell(arci_exposure_ask *ask, arci_str *b, int64_t customer, int64_t pool, const arci_policy *p, int group, int cut)
{
    arci_exposure x;
    arc_status st = arci_exposure_of(ask, &x);
    if (st != ARC_OK) return st;
    arci_str_putc(b, '{');
    if (pool) arci_json_put_int(b, "customer_group", pool);
    else arci_json_put_int(b, "customer", customer);
    put_date(b, "as_of", ask->day);
    arci_json_put_str(b, "currency", ask->currency);
    arci_json_put_key(b, "policy");
    if (p->code) arci_json_put_text(b, p->code, strlen(p->code));
    else arci_str_puts(b, "null");
    arci_json_put_key(b, "group");
    arci_str_puts(b, group ? "true" : "false");
    arci_json_put_int(b, "total", x.total);
    put_parts(b, p, x.parts);
    put_lines(b, &x);
    if (cut) arci_str_puts(b, ",\"limits\":[]"); /* what counts against them is more than he sees */
    else st = put_uses(*ask, b, customer, pool, group);
    arci_str_putc(b, '}');
    return st == ARC_OK && b->failed ? arci_nomem(ask->t->env) : st;
}

arc_status arci_exposure_tell(arci_txn *t, arci_str *b, int64_t customer, const char *currency, arc_date day, int group, arci_txn *who)
{
    arci_arena arena;
    int cut = 0;
    arci_policy policy;
    arci_rates rates;
    arci_exposure_ask ask;
    int64_t *owned = NULL, *family = NULL;
    arci_arena_init(&arena, t->book->ctx);
    memset(&ask, 0, sizeof ask);
    ask.t = t;
    ask.arena = &arena;
    ask.customers = &customer;
    ask.n = 1;
    arc_status st = arci_policy_get(t, &arena, &policy, day);
    if (st == ARC_OK) st = fill_ask(&ask, &policy, &rates, currency, day);
    if (st == ARC_OK && group) st = group == ARC_EXPOSURE_OF_GROUP ? arci_pool_members(t, &arena, customer, &owned, &ask.n) : arci_credit_owned(t, &arena, customer, &owned, &ask.n);
    if (st == ARC_OK && !group) st = arci_merged_family_now(t, &arena, customer, &family, &ask.n);
    if (st == ARC_OK && group && !arci_credit_sees_all(who)) {
        const uint32_t n_all = ask.n;
        st = arci_credit_seen(who, &arena, owned, n_all, &owned, &ask.n);
        cut = ask.n != n_all;
    }
    if (st == ARC_OK) ask.customers = group ? owned : family;
    ask.apart_members = group && !policy.netting;
    if (st == ARC_OK) st = tell(&ask, b, customer, group == ARC_EXPOSURE_OF_GROUP ? customer : 0, &policy, group != 0, cut);
    arci_arena_clear(&arena);
    return st;
}
