/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/policy.h"

#include <string.h>

#include "arcore/decimal.h"
#include "arcore/money.h"
#include "base/json.h"
#include "store/setting.h"

enum { RULES_MAX = 100, NAMES_MAX = 100, DAYS_MAX = 36600, LEVEL_MAX = 99 };

const char *const arci_part_names[ARCI_PARTS] = { "open",    "disputed", "overdue", "notes",      "recourse",  "estimated",  "delivered",
                                                  "ordered", "planned",  "drafts",  "guarantees", "unapplied", "collateral", "insured" };
const char *const arci_credit_rule_names[ARCI_CREDIT_RULES] = { "static", "dynamic", "part", "document", "oldest", "overdue_share", "level", "last_payment", "review", "documents", "rating" };

static const char *const effects[] = { "ignore", "warn", "block" };
static const struct {
    const char *name;
    uint32_t bit;
} moments[] = { { "order", ARCI_AT_ORDER }, { "delivery", ARCI_AT_DELIVERY }, { "invoice", ARCI_AT_INVOICE } };

static arc_status wrong(arci_env *env, const arci_json *at, const char *en, const char *zh)
{
    return arci_json_fail(env, at, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh);
}

static int text_is(const arci_json *n, const char *s) { return n->type == ARCI_JSON_STRING && strcmp(n->s, s) == 0; }

static int name_of(const arci_json *n, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (text_is(n, names[i])) return i;
    }
    return -1;
}

static arc_status take_amount(arci_env *env, const arci_json *m, const char *currency, int64_t *out)
{
    arc_money money;
    if (!currency[0]) return wrong(env, m, "needs the policy's currency", "须先填写政策币种");
    if (m->type != ARCI_JSON_STRING || arc_money_parse(&money, m->s, m->len, currency, NULL) != ARC_OK || money.minor < 0) {
        return wrong(env, m, "is an amount that is not negative, as text", "须为非负金额（文本）");
    }
    *out = money.minor;
    return ARC_OK;
}

static arc_status take_int(arci_env *env, const arci_json *m, int64_t most, int32_t *out)
{
    int64_t v;
    if (m->type != ARCI_JSON_NUMBER || arci_json_int(env, m, &v) != ARC_OK || v < 0 || v > most) return wrong(env, m, "is a whole number that is not negative, within its bounds", "须为范围内的非负整数");
    *out = (int32_t)v;
    return ARC_OK;
}

static arc_status take_percent(arci_env *env, const arci_json *m, int64_t *out)
{
    arc_decimal d;
    if (m->type == ARCI_JSON_STRING && arc_decimal_parse(&d, m->s, m->len) == ARC_OK && d.mantissa >= 0 && arc_decimal_rescale(&d, &d, 2, ARC_ROUND_EXACT) == ARC_OK && d.mantissa <= 10000) {
        *out = d.mantissa;
        return ARC_OK;
    }
    return wrong(env, m, "is a percentage from 0 to 100 with at most 2 decimals, as text", "须为 0 至 100 的百分比（文本，最多两位小数）");
}

static arc_status take_names(arci_env *env, const arci_json *m, const arci_json **out)
{
    if (m->type != ARCI_JSON_ARRAY || !m->n || m->n > NAMES_MAX) return wrong(env, m, "is a list of 1 to 100 codes", "须为 1 至 100 个代码的列表");
    for (const arci_json *e = m->child; e; e = e->next) {
        if (e->type != ARCI_JSON_STRING || !e->len || e->len > 64) return wrong(env, e, "is a code of 1 to 64 bytes", "须为 1 至 64 字节的代码");
    }
    *out = m;
    return ARC_OK;
}

static arc_status take_effect(arci_env *env, const arci_json *m, int32_t *out)
{
    const int k = name_of(m, effects, 3);
    if (k < 0) return wrong(env, m, "is block, warn or ignore", "须为 block、warn 或 ignore");
    *out = k;
    return ARC_OK;
}

static arc_status take_flag(arci_env *env, const arci_json *m, uint8_t *out)
{
    if (m->type != ARCI_JSON_TRUE && m->type != ARCI_JSON_FALSE) return wrong(env, m, "is true or false", "须为 true 或 false");
    *out = m->type == ARCI_JSON_TRUE;
    return ARC_OK;
}

/* ---- parts -------------------------------------------------------------------------------------------------------------------- */

static void usual(arci_policy *p)
{
    memset(p, 0, sizeof *p);
    p->rate_kind = "booked";
    p->without_limit = ARCI_EFFECT_IGNORE;
    p->needs_check = 1;
    for (int k = 0; k < ARCI_PARTS; k++) {
        p->parts[k].include = k != ARCI_PART_PLANNED && k != ARCI_PART_DRAFTS;
        p->parts[k].limit = -1;
    }
}

static arc_status take_parts(arci_env *env, const arci_json *o, arci_policy *out)
{
    if (o->type != ARCI_JSON_OBJECT) return wrong(env, o, "is an object", "须为对象");
    for (const arci_json *m = o->child; m; m = m->next) {
        arc_status st = ARC_OK;
        int k = 0;
        while (k < ARCI_PARTS && strcmp(arci_part_names[k], m->key) != 0) k++;
        if (k == ARCI_PARTS) return wrong(env, m, "is no part of exposure", "不是敞口组成部分");
        if (m->type != ARCI_JSON_OBJECT) return wrong(env, m, "is an object", "须为对象");
        for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
            if (strcmp(e->key, "include") == 0) st = take_flag(env, e, &out->parts[k].include);
            else if (strcmp(e->key, "limit") == 0 && k < ARCI_PART_UNAPPLIED) st = take_amount(env, e, out->currency, &out->parts[k].limit);
            else st = wrong(env, e, "is include, or the limit of a part that adds", "应为 include，或增加敞口部分的 limit");
        }
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

/* ---- rules -------------------------------------------------------------------------------------------------------------------- */

static arc_status take_moments(arci_env *env, const arci_json *m, uint32_t *out)
{
    if (m->type != ARCI_JSON_ARRAY || !m->n) return wrong(env, m, "is a list of order, delivery, invoice", "须为 order、delivery、invoice 的列表");
    *out = 0;
    for (const arci_json *e = m->child; e; e = e->next) {
        uint32_t bit = 0;
        for (int k = 0; k < 3; k++) bit |= text_is(e, moments[k].name) ? moments[k].bit : 0;
        if (!bit || (*out & bit)) return wrong(env, e, "is order, delivery or invoice, each once", "应为 order、delivery 或 invoice，且不重复");
        *out |= bit;
    }
    return ARC_OK;
}

/* What a rule needs beside its name, and only that. */
static const char *need_of(int32_t rule)
{
    static const char *const needs[ARCI_CREDIT_RULES] = { NULL, "days", NULL, "amount", "days", "percent", "level", "days", NULL, "kinds", "bands" };
    return needs[rule];
}

static arc_status take_need(arci_env *env, const arci_json *m, const char *currency, arci_credit_rule *r)
{
    if (strcmp(m->key, "days") == 0) return take_int(env, m, DAYS_MAX, &r->days);
    if (strcmp(m->key, "level") == 0) return take_int(env, m, LEVEL_MAX, &r->level);
    if (strcmp(m->key, "amount") == 0) return take_amount(env, m, currency, &r->amount);
    if (strcmp(m->key, "percent") == 0) return take_percent(env, m, &r->percent);
    return take_names(env, m, &r->names);
}

static arc_status take_rule(arci_env *env, const arci_json *o, const arci_policy *p, arci_credit_rule *r)
{
    const arci_json *name = o->type == ARCI_JSON_OBJECT ? arci_json_get(o, "rule") : NULL, *effect = name ? arci_json_get(o, "effect") : NULL;
    const int which = name ? name_of(name, arci_credit_rule_names, ARCI_CREDIT_RULES) : -1;
    if (which < 0) return wrong(env, name ? name : o, "names a rule of credit checks", "须写明信用检查规则");
    if (!effect) return wrong(env, o, "needs its effect: block, warn or ignore", "须填写 effect：block、warn 或 ignore");
    r->rule = which;
    r->at = ARCI_AT_ALL;
    const char *need = need_of(r->rule);
    arc_status st = take_effect(env, effect, &r->effect);
    if (st == ARC_OK && need && !arci_json_get(o, need)) return arci_json_fail(env, o, ARC_E_VALUE, "the rule needs %s", "该规则须填写 %s", need);
    for (const arci_json *m = o->child; m && st == ARC_OK; m = m->next) {
        if (m == name || m == effect) continue;
        if (strcmp(m->key, "at") == 0) st = take_moments(env, m, &r->at);
        else if (strcmp(m->key, "segments") == 0) st = take_names(env, m, &r->segments);
        else if (need && strcmp(m->key, need) == 0) st = take_need(env, m, p->currency, r);
        else st = wrong(env, m, "is not known here", "此处不识别");
    }
    return st;
}

static arc_status take_rules(arci_env *env, arci_arena *arena, const arci_json *list, arci_policy *out)
{
    if (list->type != ARCI_JSON_ARRAY || list->n > RULES_MAX) return wrong(env, list, "is a list of at most 100 rules", "须为列表，最多 100 条规则");
    out->rules = arci_arena_calloc(arena, list->n + 1u, sizeof *out->rules);
    if (!out->rules) return arci_nomem(env);
    for (const arci_json *e = list->child; e; e = e->next) {
        arc_status st = take_rule(env, e, out, &out->rules[out->n_rules++]);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

static arc_status take_member(arci_env *env, arci_arena *arena, const arci_json *m, arci_policy *out)
{
    if (strcmp(m->key, "currency") == 0) return ARC_OK;
    if (strcmp(m->key, "parts") == 0) return take_parts(env, m, out);
    if (strcmp(m->key, "rules") == 0) return take_rules(env, arena, m, out);
    if (strcmp(m->key, "without_limit") == 0) return take_effect(env, m, &out->without_limit);
    if (strcmp(m->key, "group_netting") == 0) return take_flag(env, m, &out->netting);
    if (strcmp(m->key, "limit_needs_check") == 0) return take_flag(env, m, &out->needs_check);
    if (strcmp(m->key, "rate_kind") == 0) {
        if (m->type != ARCI_JSON_STRING || !m->len || m->len > 24) return wrong(env, m, "is a kind of exchange rates", "须为汇率种类");
        out->rate_kind = m->s;
        return ARC_OK;
    }
    return wrong(env, m, "is not known here", "此处不识别");
}

arc_status arci_policy_read(arci_env *env, arci_arena *arena, arci_policy *out, const char *json, size_t len)
{
    arci_json *root;
    int32_t exponent;
    usual(out);
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *form = arci_json_get(root, "credit_policy"), *currency = arci_json_get(root, "currency");
    if (!form || !text_is(form, "arcore/1")) return wrong(env, form ? form : root, "must say \"credit_policy\": \"arcore/1\"", "须注明 \"credit_policy\": \"arcore/1\"");
    if (!currency || currency->type != ARCI_JSON_STRING || currency->len != 3 || arc_currency_exponent(&exponent, currency->s) != ARC_OK) {
        return wrong(env, currency ? currency : root, "needs a currency", "须填写币种");
    }
    memcpy(out->currency, currency->s, 3);
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) {
        if (m != form) st = take_member(env, arena, m, out);
    }
    return st;
}

arc_status arci_credit_policy_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_arena arena;
    arci_policy p;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_policy_read(t->env, &arena, &p, json, len);
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

arc_status arci_policy_any(arci_txn *t, arci_arena *arena, int *any)
{
    arci_rows rows;
    arc_status st = arci_definitions_published(t, "credit_policy", arena, &rows);
    *any = st == ARC_OK && rows.n_rows > 0;
    return st;
}

arc_status arci_policy_get(arci_txn *t, arci_arena *arena, arci_policy *out, arc_date on)
{
    arci_rows rows;
    const arc_value *set = NULL, *best = NULL;
    usual(out);
    memcpy(out->currency, t->session->book->base_currency, 3);
    arc_status st = arci_definitions_published(t, "credit_policy", arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = arci_setting_text(t, arena, "credit.policy", &set);
    if (st != ARC_OK) return st;
    const char *wanted = set ? set->u.s : "default";
    const size_t n = set ? set->len : 7;
    for (uint32_t i = 0; i < rows.n_rows; i++) { /* by revision: the last that is in force */
        const arc_value *row = rows.values + (size_t)i * rows.n_cols;
        if (row[ARCI_DEF_CODE].len == n && memcmp(row[ARCI_DEF_CODE].u.s, wanted, n) == 0 && in_force(row, on)) best = row;
    }
    if (!best && !set) return ARC_OK;
    if (!best) {
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "no credit policy \"%.*s\" is in force", "没有生效的信用政策“%.*s”", (int)(n > 60 ? 60 : n), wanted);
        arci_fail_at(t->env, "definition", "code", 0, -1);
        return st;
    }
    st = arci_policy_read(t->env, arena, out, best[ARCI_DEF_DOCUMENT].u.s, best[ARCI_DEF_DOCUMENT].len);
    out->definition = best[ARCI_DEF_ID].u.i;
    out->code = best[ARCI_DEF_CODE].u.s;
    out->revision = best[ARCI_DEF_REVISION].u.i;
    return st;
}

int arci_policy_rule_for(const arci_credit_rule *r, const arc_value *segment)
{
    if (!r->segments) return 1;
    for (const arci_json *e = r->segments->child; e && segment->type == ARC_V_TEXT; e = e->next) {
        if (e->len == segment->len && memcmp(e->s, segment->u.s, e->len) == 0) return 1;
    }
    return 0;
}
