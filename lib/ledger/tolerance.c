/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/tolerance.h"

#include <string.h>

#include "arcore/decimal.h"
#include "base/json.h"
#include "store/setting.h"

enum { LIMITS_MAX = 1000, GRACE_MAX = 366 };

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const arci_json *at, const char *en, const char *zh)
{
    return arci_json_fail(env, at, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status take_amount(arci_env *env, const arci_json *m, const char *currency, int64_t *out)
{
    arc_money money;
    if (m->type != ARCI_JSON_STRING || arc_money_parse(&money, m->s, m->len, currency, NULL) != ARC_OK || money.minor < 0) {
        return wrong(env, m, "is an amount that is not negative, as text", "须为非负金额（文本）");
    }
    *out = money.minor;
    return ARC_OK;
}

static arc_status take_percent(arci_env *env, const arci_json *m, arc_decimal *out)
{
    const arc_decimal hundred = { 100, 0, 0 };
    int32_t order = 1;
    if (m->type == ARCI_JSON_STRING && arc_decimal_parse(out, m->s, m->len) == ARC_OK && out->mantissa >= 0 && out->scale <= 6 &&
        arc_decimal_compare(&order, out, &hundred) == ARC_OK && order <= 0) {
        out->scale += 2; /* a share of 1 */
        return ARC_OK;
    }
    return wrong(env, m, "is a percentage from 0 to 100, as text", "须为 0 至 100 的百分比（文本）");
}

static arc_status take_member(arci_env *env, const arci_json *m, arci_limit *l, int fee)
{
    if (strcmp(m->key, "currency") == 0) return ARC_OK;
    if (strcmp(m->key, fee ? "most" : "absolute") == 0) return take_amount(env, m, l->currency, &l->absolute);
    if (!fee && strcmp(m->key, "percent") == 0) return take_percent(env, m, &l->percent);
    if (!fee && strcmp(m->key, "group") == 0 && m->type == ARCI_JSON_STRING && m->len) {
        l->group = m->s;
        return ARC_OK;
    }
    return wrong(env, m, "is not known here", "此处不识别");
}

static int same_group(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static arc_status take_limits(arci_env *env, arci_arena *arena, const arci_json *list, const arci_limit **out, uint32_t *n, int fee)
{
    if (list->type != ARCI_JSON_ARRAY || list->n > LIMITS_MAX) return wrong(env, list, "is a list of at most 1000", "须为列表，最多 1000 项");
    arci_limit *all = arci_arena_calloc(arena, list->n + 1u, sizeof *all);
    if (!all) return arci_nomem(env);
    *out = all;
    *n = 0;
    for (const arci_json *e = list->child; e; e = e->next) {
        arci_limit *l = &all[*n];
        const arci_json *c = arci_json_get(e, "currency");
        int32_t exponent;
        if (!c || c->type != ARCI_JSON_STRING || c->len != 3 || arc_currency_exponent(&exponent, c->s) != ARC_OK) return wrong(env, c ? c : e, "needs a currency", "须填写币种");
        memcpy(l->currency, c->s, 3);
        for (const arci_json *m = e->child; m; m = m->next) {
            arc_status st = take_member(env, m, l, fee);
            if (st != ARC_OK) return st;
        }
        for (uint32_t i = 0; i < *n; i++) {
            if (same_group(all[i].group, l->group) && memcmp(all[i].currency, l->currency, 3) == 0) return wrong(env, e, "names a group and currency twice", "分组与币种重复");
        }
        (*n)++;
    }
    return ARC_OK;
}

static arc_status take_discount(arci_env *env, const arci_json *o, arci_tolerance *out)
{
    if (o->type != ARCI_JSON_OBJECT) return wrong(env, o, "is an object", "须为对象");
    for (const arci_json *m = o->child; m; m = m->next) {
        int yes = m->type == ARCI_JSON_TRUE;
        int64_t days = 0;
        if (strcmp(m->key, "partial") == 0 && (yes || m->type == ARCI_JSON_FALSE)) {
            out->partial_discount = (uint8_t)yes;
        } else if (strcmp(m->key, "unearned") == 0 && (yes || m->type == ARCI_JSON_FALSE)) {
            out->unearned_discount = (uint8_t)yes;
        } else if (strcmp(m->key, "grace_days") == 0 && m->type == ARCI_JSON_NUMBER && arci_json_int(env, m, &days) == ARC_OK && days >= 0 && days <= GRACE_MAX) {
            out->grace_days = (int32_t)days;
        } else {
            return wrong(env, m, "is grace_days (0 to 366), partial or unearned (true or false)", "须为 grace_days（0 至 366）、partial 或 unearned（true 或 false）");
        }
    }
    return ARC_OK;
}

arc_status arci_tolerance_read(arci_env *env, arci_arena *arena, arci_tolerance *out, const char *json, size_t len)
{
    arci_json *root;
    memset(out, 0, sizeof *out);
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *form = arci_json_get(root, "tolerance");
    if (!form || form->type != ARCI_JSON_STRING || strcmp(form->s, "arcore/1") != 0) {
        return wrong(env, form ? form : root, "must say \"tolerance\": \"arcore/1\"", "须注明 \"tolerance\": \"arcore/1\"");
    }
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) {
        if (m == form) continue;
        if (strcmp(m->key, "customers") == 0) {
            st = take_limits(env, arena, m, &out->customers, &out->n_customers, 0);
        } else if (strcmp(m->key, "users") == 0) {
            out->asks_users = 1;
            st = take_limits(env, arena, m, &out->users, &out->n_users, 0);
        } else if (strcmp(m->key, "bank_fee") == 0) {
            st = take_limits(env, arena, m, &out->fees, &out->n_fees, 1);
        } else if (strcmp(m->key, "discount") == 0) {
            st = take_discount(env, m, out);
        } else {
            st = wrong(env, m, "is not known here", "此处不识别");
        }
    }
    return st;
}

arc_status arci_tolerance_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_arena arena;
    arci_tolerance tol;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_tolerance_read(t->env, &arena, &tol, json, len);
    arci_arena_clear(&arena);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arc_status noted = arci_fault_note(t->env, sink);
    return noted == ARC_OK ? st : noted;
}

/* ---- the one in force ---------------------------------------------------------------------------------------------------------- */

static int in_force(const arc_value *row, arc_date on)
{
    if (row[ARCI_DEF_FROM].type == ARC_V_INT && on < row[ARCI_DEF_FROM].u.i) return 0;
    return row[ARCI_DEF_TO].type != ARC_V_INT || on <= row[ARCI_DEF_TO].u.i;
}

arc_status arci_tolerance_get(arci_txn *t, arci_arena *arena, arci_tolerance *out, const char *code, arc_date on)
{
    arci_rows rows;
    const arc_value *set = NULL, *best = NULL;
    const char *wanted = code;
    memset(out, 0, sizeof *out);
    arc_status st = code ? ARC_OK : arci_setting_text(t, arena, "ledger.tolerance", &set);
    if (!code && st == ARC_OK && set) wanted = set->u.s;
    if (st == ARC_OK) st = arci_definitions_published(t, "tolerance", arena, &rows);
    if (st != ARC_OK) return st;
    size_t n = set ? set->len : strlen(wanted ? wanted : "default");
    if (!wanted) wanted = "default";
    for (uint32_t i = 0; i < rows.n_rows; i++) { /* by revision: the last that is in force */
        const arc_value *row = rows.values + (size_t)i * rows.n_cols;
        if (row[ARCI_DEF_CODE].len == n && memcmp(row[ARCI_DEF_CODE].u.s, wanted, n) == 0 && in_force(row, on)) best = row;
    }
    if (!best && !code && !set) return ARC_OK;
    if (!best) {
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "no tolerance \"%.*s\" is in force", "没有生效的容差定义“%.*s”", (int)(n > 60 ? 60 : n), wanted);
        arci_fail_at(t->env, "definition", "code", 0, -1);
        return st;
    }
    st = arci_tolerance_read(t->env, arena, out, best[ARCI_DEF_DOCUMENT].u.s, best[ARCI_DEF_DOCUMENT].len);
    out->definition = best[ARCI_DEF_ID].u.i;
    out->code = best[ARCI_DEF_CODE].u.s;
    return st;
}

/* ---- asking it ----------------------------------------------------------------------------------------------------------------- */

int64_t arci_limit_of(const arci_limit *limit, const char *currency, int64_t amount)
{
    arc_money share, whole = { amount, { currency[0], currency[1], currency[2], 0 }, 0 };
    if (arc_money_mul(&share, &whole, &limit->percent, ARC_ROUND_HALF_UP) != ARC_OK) return 0;
    return share.minor < limit->absolute ? share.minor : limit->absolute;
}

static int64_t least(const arci_limit *limits, uint32_t n, const arc_value *group, const char *currency, int64_t amount)
{
    const arci_limit *mine = NULL;
    for (uint32_t i = 0; i < n; i++) {
        const arci_limit *l = &limits[i];
        if (memcmp(l->currency, currency, 3) != 0) continue;
        if (!l->group && !mine) mine = l;
        if (l->group && group->type == ARC_V_TEXT && strlen(l->group) == group->len && memcmp(l->group, group->u.s, group->len) == 0) mine = l;
    }
    return mine ? arci_limit_of(mine, currency, amount) : 0;
}

/* The code of the team of the session's actor; NULL value: nobody the book knows, or of no team. */
static arc_status user_group(arci_txn *t, arci_arena *arena, arc_value *group)
{
    const arci_shape *users, *units;
    arci_where w;
    arci_rows rows;
    arc_value *unit;
    *group = arci_v_null();
    if (!t->session->actor) return ARC_OK;
    arc_status st = arci_shape_get(t, &users, "user_account", "team code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, users->cols[1], ARC_OP_EQ, t->session->actor, strlen(t->session->actor));
    st = arci_repo_find(t, users, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK || !rows.n_rows || rows.values[0].type != ARC_V_INT) return st;
    st = arci_shape_get(t, &units, "org_unit", "code");
    if (st == ARC_OK) st = arci_repo_get(t, units, rows.values[0].u.i, arena, &unit);
    if (st == ARC_OK) *group = unit[0];
    return st;
}

arc_status arci_tolerance_user(arci_txn *t, arci_arena *arena, const arci_tolerance *tol, arc_value *group)
{
    *group = arci_v_null();
    return tol->asks_users ? user_group(t, arena, group) : ARC_OK;
}

int64_t arci_tolerated_of(const arci_tolerance *tol, const arc_value *segment, const arc_value *user, const char *currency, int64_t amount)
{
    if (!tol->definition || amount <= 0) return 0;
    int64_t most = least(tol->customers, tol->n_customers, segment, currency, amount);
    int64_t his = tol->asks_users && most ? least(tol->users, tol->n_users, user, currency, amount) : most;
    return his < most ? his : most;
}

arc_status arci_tolerated(arci_txn *t, arci_arena *arena, const arci_tolerance *tol, int64_t customer, const char *currency, int64_t amount, int64_t *most)
{
    const arci_shape *shape;
    arc_value *row, group;
    *most = 0;
    if (!tol->definition || amount <= 0) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "customer", "segment");
    if (st == ARC_OK) st = arci_repo_get(t, shape, customer, arena, &row);
    if (st == ARC_OK) st = arci_tolerance_user(t, arena, tol, &group);
    if (st == ARC_OK) *most = arci_tolerated_of(tol, &row[0], &group, currency, amount);
    return st;
}

int64_t arci_tolerated_fee(const arci_tolerance *tol, const char *currency)
{
    for (uint32_t i = 0; i < tol->n_fees; i++) {
        if (memcmp(tol->fees[i].currency, currency, 3) == 0) return tol->fees[i].absolute;
    }
    return 0;
}
