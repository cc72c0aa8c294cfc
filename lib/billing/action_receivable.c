/* SPDX-License-Identifier: Apache-2.0 */
/* Receivables that rules record: a plan or claim of a contract, a fee, interest. Each is an item with a number of its own. */
#include "billing/action_receivable.h"

#include <stdio.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/fields.h"
#include "arcore/receivable.h"
#include "base/json_text.h"
#include "rules/action_kinds.h"
#include "value/money.h"

enum { NUMBER, AMOUNT, TAX, KIND, DUE, DATE, REMARK, ROLE, N_PARAMS };
static const arci_param_spec specs[N_PARAMS] = {
    { "number", ARCI_AP_TEXT, 1, 64, 0, NULL },       { "amount", ARCI_AP_MONEY, 1, 0, 0, NULL },    { "tax_amount", ARCI_AP_MONEY, 0, 0, 0, NULL },
    { "kind", ARCI_AP_CODE, 0, 0, 0, "item_kind" },   { "due_date", ARCI_AP_DATE, 0, 0, 0, NULL },   { "business_date", ARCI_AP_DATE, 0, 0, 0, NULL },
    { "remark", ARCI_AP_TEXT, 0, 1000, 0, NULL },     { "account_role", ARCI_AP_TEXT, 0, 40, 0, NULL },
};
/* Of interest the amount is worked out. */
static const arci_param_spec interest_specs[N_PARAMS] = {
    { "number", ARCI_AP_TEXT, 1, 64, 0, NULL },       { "base", ARCI_AP_MONEY, 0, 0, 0, NULL },      { "tax_amount", ARCI_AP_MONEY, 0, 0, 0, NULL },
    { "day_count", ARCI_AP_TEXT, 0, 16, 0, NULL },    { "due_date", ARCI_AP_DATE, 0, 0, 0, NULL },   { "business_date", ARCI_AP_DATE, 0, 0, 0, NULL },
    { "remark", ARCI_AP_TEXT, 0, 1000, 0, NULL },     { "account_role", ARCI_AP_TEXT, 0, 40, 0, NULL },
};
enum { RATE, FROM, TO, N_MORE };
static const arci_param_spec more_specs[N_MORE] = { { "rate", ARCI_AP_DECIMAL, 1, 0, 0, NULL }, { "from", ARCI_AP_DATE, 0, 0, 0, NULL }, { "to", ARCI_AP_DATE, 0, 0, 0, NULL } };

static const struct {
    const char *name;
    int32_t count;
} counts[] = { { "act/365", ARC_COUNT_ACT_365 }, { "act/360", ARC_COUNT_ACT_360 }, { "act/act", ARC_COUNT_ACT_ACT }, { "30/360", ARC_COUNT_30_360 }, { "30e/360", ARC_COUNT_30E_360 } };
enum { N_COUNTS = sizeof counts / sizeof counts[0] };

/* What the new item keeps of where it came from: the subject itself, or what the subject points at. */
static const char *const origins[] = { "contract", "sales_order", "delivery", "milestone", "project", "department", "business_line" };
enum { N_ORIGINS = sizeof origins / sizeof origins[0] };

typedef struct recording {
    arci_param params[N_PARAMS], more[N_MORE];
    arci_logic *origin[N_ORIGINS]; /* NULL: none */
    const char *itself;            /* of origins: the subject; NULL: it is none of them */
    arci_logic *open, *due;        /* of interest, where not said */
    int32_t count;
    uint8_t fee, interest;
} recording;

/* ---- compiling ----------------------------------------------------------------------------------------------------------------------- */

static arc_status take_origins(arci_action_build *b, recording *x)
{
    const arci_entity *e = arci_facts_subject(b->facts);
    for (size_t i = 0; e && i < N_ORIGINS; i++) {
        const arci_fact *fact;
        const arci_field *f = arci_entity_field(e, origins[i], strlen(origins[i]));
        if (strcmp(e->name, origins[i]) == 0) x->itself = origins[i];
        if (!f || f->type != ARC_T_ID || strcmp(e->name, origins[i]) == 0) continue;
        arc_status st = arci_action_fact(b, b->facts, origins[i], strlen(origins[i]), &x->origin[i], &fact);
        if (st == ARC_E_NOMEM) return st;
        if (st != ARC_OK || fact->type != ARCI_FACT_REF) x->origin[i] = NULL;
    }
    return ARC_OK;
}

/* What interest is on, from when: the open amount and the due date, where the subject has them. */
static arc_status take_defaults(arci_action_build *b, const arci_json *params, recording *x)
{
    const arci_fact *fact;
    arc_status st = x->params[AMOUNT].node ? ARC_OK : arci_action_fact(b, b->facts, "open", 4, &x->open, &fact);
    if (st != ARC_OK && st != ARC_E_NOMEM) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "base is required: the subject has nothing open", "base 为必填项：对象没有未收金额");
    if (st != ARC_OK || x->more[FROM].node) return st;
    st = arci_action_fact(b, b->facts, "state.due_date", 14, &x->due, &fact);
    if (st != ARC_OK && st != ARC_E_NOMEM) st = arci_action_fact(b, b->facts, "due_date", 8, &x->due, &fact);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    return arci_action_wrong(b, params, ARC_E_REQUIRED, "from is required: the subject has no due date", "from 为必填项：对象没有到期日");
}

static arc_status take_count(arci_action_build *b, recording *x)
{
    const arci_json *node = x->params[KIND].node;
    x->count = ARC_COUNT_ACT_365;
    if (!node) return ARC_OK;
    for (size_t i = 0; i < N_COUNTS && node->type == ARCI_JSON_STRING; i++) {
        if (strcmp(counts[i].name, node->s) != 0) continue;
        x->count = counts[i].count;
        return ARC_OK;
    }
    return arci_action_wrong(b, node, ARC_E_VALUE, "is act/365, act/360, act/act, 30/360 or 30e/360", "须为 act/365、act/360、act/act、30/360 或 30e/360");
}

/* The kinds a caller may record, which are constants. */
static arc_status take_kind(arci_action_build *b, const recording *x)
{
    const arci_json *node = x->params[KIND].node;
    if (!node) return ARC_OK;
    if (node->type == ARCI_JSON_STRING && (strcmp(node->s, "invoiced") == 0 || strcmp(node->s, "planned") == 0 || strcmp(node->s, "estimated") == 0)) return ARC_OK;
    return arci_action_wrong(b, node, ARC_E_VALUE, "is invoiced, planned or estimated", "须为 invoiced、planned 或 estimated");
}

/* Plans and estimates are of a contract, an order, a delivery, a milestone or a project. */
static arc_status needs_origin(arci_action_build *b, const recording *x)
{
    enum { SOURCES = 5 }; /* the first of origins */
    const arci_json *node = x->interest || x->fee ? NULL : x->params[KIND].node;
    if (!node || strcmp(node->s, "invoiced") == 0) return ARC_OK;
    for (size_t i = 0; i < SOURCES; i++) {
        if (x->origin[i] || x->itself == origins[i]) return ARC_OK;
    }
    return arci_action_wrong(b, node, ARC_E_VALUE, "is of a contract, an order, a delivery, a milestone or a project: the subject names none", "须来自合同、订单、发货单、里程碑或项目，而规则对象未指明");
}

/* Constants that never come to anything. */
static arc_status must_count(arci_action_build *b, const arci_param *p, int zero)
{
    arc_decimal d;
    const arci_json *m = p->node;
    int32_t sign = 0;
    if (!m || (m->type != ARCI_JSON_STRING && m->type != ARCI_JSON_NUMBER)) return ARC_OK;
    size_t n = strcspn(m->s, " "); /* "100.00 CNY" */
    const arc_decimal nothing = { 0 };
    if (arc_decimal_parse(&d, m->s, n) != ARC_OK || arc_decimal_compare(&sign, &d, &nothing) != ARC_OK || sign > 0 || (zero && !sign)) return ARC_OK;
    return zero ? arci_action_wrong(b, m, ARC_E_RANGE, "is not negative", "不能为负") : arci_action_wrong(b, m, ARC_E_RANGE, "is above 0: nothing would ever be charged", "须大于 0：否则永不收取");
}

static arc_status check_constants(arci_action_build *b, const recording *x)
{
    arc_status st = must_count(b, &x->params[AMOUNT], 0);
    if (st == ARC_OK) st = must_count(b, &x->params[TAX], 1);
    return st == ARC_OK && x->interest ? must_count(b, &x->more[RATE], 0) : st;
}

static arc_status compile(arci_action_build *b, const arci_json *params, void **program, int fee, int interest)
{
    recording *x = arci_arena_calloc(arci_action_arena(b), 1, sizeof *x);
    arc_status st = ARC_OK;
    *program = x;
    if (!x) return arci_nomem(b->env);
    x->fee = (uint8_t)fee;
    x->interest = (uint8_t)interest;
    const arci_param_spec *table = interest ? interest_specs : specs;
    for (uint32_t i = 0; i < N_PARAMS; i++) x->params[i].spec = &table[i];
    for (uint32_t i = 0; i < N_MORE; i++) x->more[i].spec = &more_specs[i];
    for (const arci_json *m = params->child; m && st == ARC_OK; m = m->next) {
        uint32_t i = 0, k = 0;
        while (i < N_PARAMS && strcmp(table[i].name, m->key) != 0) i++;
        while (k < N_MORE && strcmp(more_specs[k].name, m->key) != 0) k++;
        if (i < N_PARAMS && !(fee && !interest && i == KIND)) st = arci_param_compile(b, &table[i], m, &x->params[i]);
        else if (interest && k < N_MORE) st = arci_param_compile(b, &more_specs[k], m, &x->more[k]);
        else st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    if (st == ARC_OK && !x->params[NUMBER].node) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "number is required", "number 为必填项");
    if (st == ARC_OK && !interest && !x->params[AMOUNT].node) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "amount is required", "amount 为必填项");
    if (st == ARC_OK && interest && !x->more[RATE].node) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "rate is required", "rate 为必填项");
    if (st == ARC_OK) st = interest ? take_count(b, x) : take_kind(b, x);
    if (st == ARC_OK && interest) st = take_defaults(b, params, x);
    if (st == ARC_OK) st = check_constants(b, x);
    if (st == ARC_OK) st = take_origins(b, x);
    return st == ARC_OK ? needs_origin(b, x) : st;
}

static arc_status compile_receivable(arci_action_build *b, const arci_json *params, void **program) { return compile(b, params, program, 0, 0); }
static arc_status compile_fee(arci_action_build *b, const arci_json *params, void **program) { return compile(b, params, program, 1, 0); }
static arc_status compile_interest(arci_action_build *b, const arci_json *params, void **program) { return compile(b, params, program, 1, 1); }

/* ---- resolving ------------------------------------------------------------------------------------------------------------------------- */

static arc_status amount_of(arci_action_run *r, const arci_param *p, const arc_value *row, arc_money *out)
{
    arci_logic_value v;
    arc_status st = arci_param_get(r, p, row, NULL, &v);
    if (st == ARC_OK && !v.type) st = arci_fail(r->env, ARC_E_REQUIRED, "%s has no value", "%s 没有值", p->spec->name);
    return st == ARC_OK ? arci_action_amount_of(r, &v, out) : st;
}

static arc_status day_of(arci_action_run *r, const arci_param *p, const arci_logic *otherwise, arc_date none, const arc_value *row, arc_date *out)
{
    arci_logic_value v = { .type = 0 };
    int64_t day = none;
    arc_status st = arci_param_given(p) ? arci_param_get(r, p, row, NULL, &v) : otherwise ? arci_action_run_logic(r, otherwise, row, &v) : ARC_OK;
    if (st == ARC_OK && v.type && arci_num_int(&v.n, &day)) st = ARC_E_RANGE;
    *out = (arc_date)day;
    if (st == ARC_OK && *out == ARC_DATE_NONE) st = arci_fail(r->env, ARC_E_REQUIRED, "%s has no value", "%s 没有值", p->spec->name);
    return st;
}

/* ---- what was charged -------------------------------------------------------------------------------------------------------------------- */

static void charged_by(arci_txn *t, arci_arena *arena, const arc_value *result, arc_date *until)
{
    arci_json *list;
    arc_date to;
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { t->book->ctx, &none };
    if (result->type != ARC_V_TEXT || arci_json_parse(&quiet, arena, result->u.s, result->len, &arci_json_default_limits, &list) != ARC_OK) return;
    for (const arci_json *a = list->child; a; a = a->next) {
        const arci_json *type = arci_json_get(a, "type"), *made = arci_json_get(a, "result"), *day = made ? arci_json_get(made, "interest_to") : NULL;
        if (!type || type->type != ARCI_JSON_STRING || strcmp(type->s, "interest") != 0 || !day || day->type != ARCI_JSON_STRING) continue;
        if (arc_date_parse(&to, day->s, day->len) == ARC_OK && (*until == ARC_DATE_NONE || to > *until)) *until = to;
    }
}

/* The day up to which the rule has charged interest on the row: its firings say so. ARC_DATE_NONE: none yet. */
static arc_status charged_until(arci_txn *t, arci_arena *arena, const char *rule, const arci_entity *subject, int64_t row, arc_date *until)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *until = ARC_DATE_NONE;
    arc_status st = arci_shape_get(t, &shape, "rule_firing", "result policy entity row");
    if (st != ARC_OK || !rule || !subject) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, rule, strlen(rule));
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, subject->name, strlen(subject->name));
    arci_where_int(&w, shape->cols[3], ARC_OP_EQ, row);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) charged_by(t, arena, rows.values + (size_t)i * rows.n_cols, until);
    return st;
}

/* Base times rate by hundred times the part of a year, rounded once. */
static arc_status work_out(arci_action_run *r, const recording *x, const arc_value *row, arc_money *out, arci_str *told)
{
    arci_logic_value v = { .type = 0 }, rate;
    arc_money base;
    arc_date from, to, until = ARC_DATE_NONE;
    int64_t num = 0, den = 1, mantissa = 0;
    arc_status st = x->open ? arci_action_run_logic(r, x->open, row, &v) : ARC_OK;
    if (st == ARC_OK && x->open && !v.type) st = arci_fail(r->env, ARC_E_REQUIRED, "nothing is open", "没有未收金额");
    if (st == ARC_OK) st = x->open ? arci_action_amount_of(r, &v, &base) : amount_of(r, &x->params[AMOUNT], row, &base);
    if (st == ARC_OK) st = day_of(r, &x->more[FROM], x->due, ARC_DATE_NONE, row, &from);
    if (st == ARC_OK) st = day_of(r, &x->more[TO], NULL, r->as_of, row, &to);
    if (st == ARC_OK) st = charged_until(r->t, r->arena, r->rule, r->subject, r->row, &until);
    if (st == ARC_OK && r->charged && *r->charged != ARC_DATE_NONE && (until == ARC_DATE_NONE || *r->charged > until)) until = *r->charged;
    if (st == ARC_OK && r->charged && to > from) *r->charged = to;
    if (st == ARC_OK && until != ARC_DATE_NONE) {
        st = arci_action_tells(r, "rule_firing", "result", ARCI_TELL_OWN);
        if (until > from) from = until; /* no day twice */
        if (until > to) to = until;
    }
    if (st == ARC_OK) st = arci_param_get(r, &x->more[RATE], row, NULL, &rate);
    if (st == ARC_OK && (!rate.type || arci_num_round(&rate.n, 6, &mantissa))) st = arci_fail(r->env, ARC_E_REQUIRED, "rate has no value, or none that fits", "rate 没有值或值不合适");
    if (st == ARC_OK) st = arc_date_fraction(&num, &den, from, to, x->count);
    if (st != ARC_OK) return st;
    const arci_ratio ratio = { { arci_mag64(base.minor), arci_mag64(mantissa), arci_mag64(num) }, { arci_mag64(den), 100 }, -6, (base.minor < 0) ^ (mantissa < 0) ^ (num < 0) };
    st = arci_money_ratio(out, base.currency, &ratio, ARC_ROUND_HALF_UP);
    if (st != ARC_OK) return arci_fail(r->env, st, "the interest does not work out", "利息无法计算");
    char text[48];
    size_t n = sizeof text;
    if (arc_money_print_amount(text, &n, &base) == ARC_OK) arci_action_text(told, "base", text, n);
    char digits[96];
    arci_num six = rate.n;
    arci_action_text(told, "rate", digits, arci_num_text(digits, &six));
    arci_action_date(told, "from", from);
    arci_action_date(told, "to", to);
    arci_action_int(told, "days", (int64_t)to - from);
    for (size_t i = 0; i < N_COUNTS; i++) {
        if (counts[i].count == x->count) arci_action_text(told, "day_count", counts[i].name, strlen(counts[i].name));
    }
    return ARC_OK;
}

static void put_money(arci_str *out, const char *name, const arc_money *m)
{
    char text[48];
    size_t n = sizeof text;
    if (arc_money_print_amount(text, &n, m) == ARC_OK) arci_action_text(out, name, text, n);
}

static arc_status put_origins(arci_action_run *r, const recording *x, const arc_value *row, arci_str *out)
{
    if (x->itself) arci_action_int(out, x->itself, r->row);
    for (size_t i = 0; i < N_ORIGINS; i++) {
        arci_logic_value v;
        int64_t id = 0;
        if (!x->origin[i]) continue;
        arc_status st = arci_action_run_logic(r, x->origin[i], row, &v);
        if (st != ARC_OK) return st;
        if (v.type && arci_num_int(&v.n, &id) == 0) arci_action_int(out, origins[i], id);
    }
    return ARC_OK;
}

static arc_status put_item(arci_action_run *r, const recording *x, const arc_value *row, const arc_money *amount, arci_str *out)
{
    static const uint8_t texts[] = { NUMBER, DUE, REMARK, ROLE };
    const char *kind = x->fee ? "fee" : "invoiced";
    arc_money tax;
    arc_date day = r->as_of;
    arci_logic_value v = { .type = 0 };
    arc_status st = ARC_OK;
    for (size_t i = 0; i < sizeof texts && st == ARC_OK; i++) {
        if (arci_param_given(&x->params[texts[i]])) st = arci_param_put(r, &x->params[texts[i]], NULL, row, NULL, out);
    }
    if (st == ARC_OK && !x->fee && arci_param_given(&x->params[KIND])) st = arci_param_get(r, &x->params[KIND], row, NULL, &v);
    if (st == ARC_OK && arci_param_given(&x->params[DATE])) st = day_of(r, &x->params[DATE], NULL, r->as_of, row, &day);
    if (st != ARC_OK) return st;
    arci_action_int(out, "customer", r->customer);
    arci_action_text(out, "kind", v.type ? v.s : kind, v.type ? v.len : strlen(kind));
    arci_action_text(out, "currency", amount->currency, 3);
    put_money(out, "amount", amount);
    arci_action_date(out, "business_date", day);
    if (arci_param_given(&x->params[TAX])) {
        st = amount_of(r, &x->params[TAX], row, &tax);
        if (st == ARC_OK && memcmp(tax.currency, amount->currency, 3) != 0) st = arci_fail(r->env, ARC_E_CURRENCY, "tax_amount is in another currency", "税额币种不同");
        if (st == ARC_OK) put_money(out, "tax_amount", &tax);
    }
    return st == ARC_OK ? put_origins(r, x, row, out) : st;
}

/* An amount that comes to nothing, or less: no fee, no interest, no receivable, and why. */
static arc_status nothing_due(arci_action_run *r, const recording *x, const arc_money *amount, arci_str *params)
{
    char text[48], en[120], zh[120];
    size_t n = sizeof text;
    if (arc_money_print_amount(text, &n, amount) != ARC_OK) text[0] = 0;
    const char *const what[][2] = { { "receivable", "应收" }, { "fee", "费用" }, { "interest", "利息" } };
    const char *const *w = what[x->interest ? 2 : x->fee];
    (void)snprintf(en, sizeof en, "no %s: the amount comes to %s %s, which is not above 0", w[0], text, amount->currency);
    (void)snprintf(zh, sizeof zh, "不产生%s：计算金额为 %s %s，不大于 0", w[1], text, amount->currency);
    return arci_action_suppress(r, params, "nothing_due", en, zh);
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const recording *x = program;
    arc_money amount = { 0 };
    arci_str told;
    if (!r->customer) return arci_action_suppress(r, params, "no_customer", "the subject has no customer", "对象没有客户");
    arci_str_init(&told, r->env->ctx);
    arci_str_putc(&told, '{');
    arc_status st = x->interest ? work_out(r, x, row, &amount, &told) : amount_of(r, &x->params[AMOUNT], row, &amount);
    if (st == ARC_OK && amount.minor <= 0) {
        st = nothing_due(r, x, &amount, params);
    } else if (st == ARC_OK) {
        arci_str_puts(params, "{\"item\":{");
        st = put_item(r, x, row, &amount, params);
        arci_str_putc(params, '}');
        if (x->interest) {
            arci_action_key(params, "interest");
            arci_str_add(params, told.s ? told.s : "{", told.len);
            arci_str_putc(params, '}');
        }
        arci_str_putc(params, '}');
    }
    params->failed |= told.failed;
    arci_str_clear(&told);
    return st;
}

/* ---- applying -------------------------------------------------------------------------------------------------------------------------- */

/* Another firing may have charged days of these since they were worked out. */
static arc_status still_uncharged(arci_action_do *d, const arci_json *interest)
{
    const arci_json *m = arci_json_get(interest, "from");
    arc_date from, until;
    if (!m || m->type != ARCI_JSON_STRING || arc_date_parse(&from, m->s, m->len) != ARC_OK) return ARC_OK;
    arc_status st = charged_until(d->t, d->arena, d->rule, d->subject, d->row, &until);
    if (st != ARC_OK || until == ARC_DATE_NONE || until <= from) return st;
    return arci_fail(d->env, ARC_E_STALE, "interest on these days has been charged meanwhile", "这些天的利息同时已被收取");
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result)
{
    const arci_json *item = arci_json_get(params, "item"), *interest = arci_json_get(params, "interest"), *to = interest ? arci_json_get(interest, "to") : NULL;
    arc_record *record;
    arci_str json;
    int64_t id = 0;
    if (!item || item->type != ARCI_JSON_OBJECT) return arci_fail(d->env, ARC_E_VALUE, "the action does not say what it records", "动作未说明登记内容");
    arc_status st = interest ? still_uncharged(d, interest) : ARC_OK;
    if (st == ARC_OK) st = arc_record_new(d->session, &record, ARC_ITEM);
    if (st != ARC_OK) return st;
    arci_str_init(&json, d->env->ctx);
    arci_json_put_node(&json, item);
    st = json.failed ? arci_nomem(d->env) : arc_record_set_json(record, json.s, json.len);
    if (st != ARC_OK && !json.failed) {
        arc_error error = ARC_ERROR_INIT;
        if (arc_record_error(record, &error) == ARC_OK) (void)arci_fail_copy(d->env, &error);
    }
    arci_str_clear(&json);
    if (st == ARC_OK) st = arc_item_record(d->session, &id, record);
    st = arci_action_verb(d, st, "item", &id, result);
    if (st == ARC_OK && to && to->type == ARCI_JSON_STRING && result->len && result->s[result->len - 1] == '}') {
        result->s[--result->len] = 0;
        arci_str_puts(result, ",\"interest_to\":");
        arci_json_put_text(result, to->s, to->len);
        arci_str_putc(result, '}');
    }
    arc_record_free(record);
    return st;
}

#define COMMON \
    "\"number\":" ARCI_SCHEMA_TEXT ",\"tax_amount\":" ARCI_SCHEMA_AMOUNT ",\"due_date\":" ARCI_SCHEMA_DATE ",\"business_date\":" ARCI_SCHEMA_DATE ",\"remark\":" ARCI_SCHEMA_TEXT \
    ",\"account_role\":" ARCI_SCHEMA_TEXT

const arci_action_kind arci_action_receivable = { "receivable", "Record receivable", "登记应收",
    "{\"type\":\"object\",\"properties\":{" COMMON ",\"amount\":" ARCI_SCHEMA_AMOUNT ",\"kind\":{\"enum\":[\"invoiced\",\"planned\",\"estimated\"]}},"
    "\"required\":[\"number\",\"amount\"],\"additionalProperties\":false}", compile_receivable, resolve, apply };
const arci_action_kind arci_action_fee = { "fee", "Charge fee", "收取费用",
    "{\"type\":\"object\",\"properties\":{" COMMON ",\"amount\":" ARCI_SCHEMA_AMOUNT "},\"required\":[\"number\",\"amount\"],\"additionalProperties\":false}", compile_fee, resolve, apply };
const arci_action_kind arci_action_interest = { "interest", "Charge interest", "收取利息",
    "{\"type\":\"object\",\"properties\":{" COMMON ",\"base\":" ARCI_SCHEMA_AMOUNT ",\"rate\":" ARCI_SCHEMA_AMOUNT ",\"from\":" ARCI_SCHEMA_DATE ",\"to\":" ARCI_SCHEMA_DATE ","
    "\"day_count\":{\"enum\":[\"act/365\",\"act/360\",\"act/act\",\"30/360\",\"30e/360\"]}},\"required\":[\"number\",\"rate\"],\"additionalProperties\":false}",
    compile_interest, resolve, apply };
