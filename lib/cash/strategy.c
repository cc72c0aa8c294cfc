/* SPDX-License-Identifier: Apache-2.0 */
/* Reading matching strategies. */
#include "cash/strategy.h"

#include <string.h>

#include "arcore/decimal.h"
#include "base/json.h"
#include "model/schema.h"
#include "store/setting.h"

enum { LIST_MAX = 200, DIFFS_MAX = 100, TWICE_MAX = 366, MILLION = 1000000, OFF_RATE_PPM = 20000, CHARGE_PPM = 50000 };

const char *const arci_tier_names[ARCI_TIERS] = { "reference", "document_amount", "references_sum", "payer_amount", "account", "past_due", "term", "combination", "oldest" };
static const char *const modes[] = { "off", "suggest", "auto" };
static const char *const agrees[ARCI_AGREES] = { "order", "contract", "delivery", "project", "department", "owner", "store", "business_line" };
static const char *const bys[] = { "document", "order", "contract", "delivery" };
static const char *const diffs[ARCI_DIFFS] = { "discount", "bank_charge", "tolerance", "credit", "deduction", "residual", "chargeback", "partial", "on_account", "refund", "exchange" };
static const char *const firsts[ARCI_FIRSTS] = { "due_date", "business_date", "largest", "smallest", "number", "undisputed" };
#define N_OF(list) ((uint32_t)(sizeof(list) / sizeof(list)[0]))

typedef struct reader {
    arci_env *env;
    arci_arena *arena;
    arci_strategy *out;
} reader;

static arc_status wrong(const reader *r, const arci_json *at, const char *en, const char *zh) { return arci_json_fail(r->env, at, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh); }
static arc_status unknown(const reader *r, const arci_json *at) { return wrong(r, at, "is not known here", "此处不识别"); }
static int is_key(const arci_json *m, const char *key) { return strcmp(m->key, key) == 0; }

static arc_status take_one_of(const reader *r, const arci_json *m, const char *const *list, uint32_t n, uint32_t *at)
{
    for (uint32_t i = 0; m->type == ARCI_JSON_STRING && i < n; i++) {
        if (strcmp(m->s, list[i]) != 0) continue;
        *at = i;
        return ARC_OK;
    }
    return wrong(r, m, "is not one of the words it may be", "不是允许的取值");
}

/* A list of words, as bits. */
static arc_status take_bits(const reader *r, const arci_json *m, const char *const *list, uint32_t n, uint32_t *bits)
{
    if (m->type != ARCI_JSON_ARRAY) return wrong(r, m, "is a list", "须为列表");
    *bits = 0;
    for (const arci_json *e = m->child; e; e = e->next) {
        uint32_t at;
        arc_status st = take_one_of(r, e, list, n, &at);
        if (st != ARC_OK) return st;
        *bits |= 1u << at;
    }
    return ARC_OK;
}

static arc_status take_flag(const reader *r, const arci_json *m, uint8_t *out)
{
    if (m->type != ARCI_JSON_TRUE && m->type != ARCI_JSON_FALSE) return wrong(r, m, "is true or false", "须为 true 或 false");
    *out = m->type == ARCI_JSON_TRUE;
    return ARC_OK;
}

/* A decimal as text, from 0 to `top`, in millionths. */
static arc_status take_ppm(const reader *r, const arci_json *m, int32_t top, int32_t *out)
{
    arc_decimal d;
    if (m->type == ARCI_JSON_STRING && arc_decimal_parse(&d, m->s, m->len) == ARC_OK && d.mantissa >= 0 && d.scale >= 0 && d.scale <= 6) {
        int64_t v = d.mantissa;
        for (int32_t i = d.scale; i < 6 && v <= (int64_t)top * MILLION; i++) v *= 10;
        if (v <= (int64_t)top * MILLION) {
            *out = (int32_t)v;
            return ARC_OK;
        }
    }
    return wrong(r, m, "is a number in range with up to six decimals, as text", "须为范围内的数值（文本，最多六位小数）");
}

static arc_status take_texts(const reader *r, const arci_json *m, arci_texts *out)
{
    if (m->type != ARCI_JSON_ARRAY || !m->n || m->n > LIST_MAX) return wrong(r, m, "is a list of 1 to 200 texts", "须为 1 至 200 个文本的列表");
    const char **list = arci_arena_alloc(r->arena, m->n * sizeof *list);
    if (!list) return arci_nomem(r->env);
    out->list = list;
    for (const arci_json *e = m->child; e; e = e->next) {
        if (e->type != ARCI_JSON_STRING || !e->len) return wrong(r, e, "is a text", "须为文本");
        list[out->n++] = e->s;
    }
    return ARC_OK;
}

static arc_status take_amounts(const reader *r, const arci_json *m, const arci_diff_amount **out, uint32_t *n)
{
    if (m->type != ARCI_JSON_ARRAY || m->n > LIST_MAX) return wrong(r, m, "is a list of amounts by currency", "须为按币种的金额列表");
    arci_diff_amount *list = arci_arena_calloc(r->arena, m->n + 1u, sizeof *list);
    if (!list) return arci_nomem(r->env);
    *out = list;
    for (const arci_json *e = m->child; e; e = e->next) {
        const arci_json *c = arci_json_get(e, "currency"), *a = arci_json_get(e, "amount");
        arc_money money;
        if (!c || !a || e->n != 2 || c->type != ARCI_JSON_STRING || a->type != ARCI_JSON_STRING || arc_money_parse(&money, a->s, a->len, c->s, NULL) != ARC_OK || money.minor < 0) {
            return wrong(r, e, "is a currency and an amount, as text", "须为币种与金额（文本）");
        }
        memcpy(list[*n].currency, c->s, 3);
        list[(*n)++].minor = money.minor;
    }
    return ARC_OK;
}

/* ---- tiers --------------------------------------------------------------------------------------------------------------------- */

static arc_status take_tier(const reader *r, const arci_json *e, uint32_t agree)
{
    arci_strategy *s = r->out;
    const arci_json *name = arci_json_get(e, "tier");
    uint32_t at, bits;
    if (!name) return wrong(r, e, "needs a tier", "须填写 tier");
    arc_status st = take_one_of(r, name, arci_tier_names, ARCI_TIERS, &at);
    for (uint32_t i = 0; st == ARC_OK && i < s->n_tiers; i++) {
        if (s->tiers[i].tier == at) st = wrong(r, name, "is there twice", "重复");
    }
    if (st != ARC_OK) return st;
    arci_tier *t = &s->tiers[s->n_tiers++];
    *t = (arci_tier){ .tier = (uint8_t)at, .mode = ARCI_TIER_SUGGEST, .by = ARCI_BY_ALL, .partial = 1, .agree = agree };
    for (const arci_json *m = e->child; m && st == ARC_OK; m = m->next) {
        if (m == name) continue;
        if (is_key(m, "mode")) {
            st = take_one_of(r, m, modes, N_OF(modes), &bits);
            t->mode = (uint8_t)bits;
        } else if (is_key(m, "by") && at <= ARCI_TIER_REFERENCES) {
            st = take_bits(r, m, bys, N_OF(bys), &bits);
            t->by = (uint8_t)bits;
        } else if (is_key(m, "partial") && at == ARCI_TIER_OLDEST) {
            st = take_flag(r, m, &t->partial);
        } else if (is_key(m, "agree")) {
            st = take_bits(r, m, agrees, ARCI_AGREES, &t->agree);
        } else {
            st = unknown(r, m);
        }
    }
    return st;
}

static arc_status take_tiers(const reader *r, const arci_json *list, uint32_t agree)
{
    arc_status st = ARC_OK;
    if (list->type != ARCI_JSON_ARRAY || !list->n) return wrong(r, list, "is a list of tiers, in order", "须为按顺序的层级列表");
    for (const arci_json *e = list->child; e && st == ARC_OK; e = e->next) st = take_tier(r, e, agree);
    return st;
}

/* ---- differences --------------------------------------------------------------------------------------------------------------- */

static int known_reason(const char *code)
{
    const arci_code_list *l = arci_code_list_get("deduction_reason");
    for (uint32_t i = 0; l->codes[i]; i++) {
        if (strcmp(l->codes[i], code) == 0) return 1;
    }
    return 0;
}

static arc_status take_diff_member(const reader *r, const arci_json *m, arci_diff *d)
{
    uint32_t at = 0;
    arc_status st;
    if (is_key(m, "mode")) {
        st = take_one_of(r, m, modes + 1, 2, &at);
        d->mode = (uint8_t)(at + 1);
    } else if (is_key(m, "across_borders") && d->as == ARCI_DIFF_CHARGE) {
        uint8_t only = 1;
        st = take_flag(r, m, &only);
        d->always = !only;
    } else if (is_key(m, "reason") && d->as >= ARCI_DIFF_DEDUCTION && d->as <= ARCI_DIFF_CHARGEBACK) {
        if (m->type != ARCI_JSON_STRING || !known_reason(m->s)) return wrong(r, m, "is no reason code", "原因代码不存在");
        d->reason = m->s;
        st = ARC_OK;
    } else if (is_key(m, "words") && d->as != ARCI_DIFF_EXCHANGE) {
        arci_texts words = { NULL, 0 };
        st = take_texts(r, m, &words);
        d->words = words.list;
        d->n_words = words.n;
    } else if (is_key(m, "most") && d->as != ARCI_DIFF_EXCHANGE) {
        st = take_amounts(r, m, &d->most, &d->n_most);
    } else if (is_key(m, "percent")) {
        st = take_ppm(r, m, 100, &d->percent_ppm);
        d->percent_ppm /= 100;
    } else {
        st = unknown(r, m);
    }
    return st;
}

static arc_status take_diffs(const reader *r, const arci_json *list)
{
    arc_status st = ARC_OK;
    if (list->type != ARCI_JSON_ARRAY || list->n > DIFFS_MAX) return wrong(r, list, "is a list of rules, in order", "须为按顺序的规则列表");
    arci_diff *all = arci_arena_calloc(r->arena, list->n + 1u, sizeof *all);
    if (!all) return arci_nomem(r->env);
    r->out->diffs = all;
    r->out->n_diffs = 0;
    for (const arci_json *e = list->child; e && st == ARC_OK; e = e->next) {
        const arci_json *as = arci_json_get(e, "as");
        arci_diff *d = &all[r->out->n_diffs++];
        uint32_t at = 0;
        if (!as) return wrong(r, e, "needs an \"as\"", "须填写 as");
        st = take_one_of(r, as, diffs, ARCI_DIFFS, &at);
        d->as = (uint8_t)at;
        d->mode = at <= ARCI_DIFF_CREDIT || at == ARCI_DIFF_ON_ACCOUNT ? ARCI_TIER_AUTO : ARCI_TIER_SUGGEST;
        d->percent_ppm = at == ARCI_DIFF_EXCHANGE ? OFF_RATE_PPM : at == ARCI_DIFF_CHARGE ? CHARGE_PPM : 0;
        for (const arci_json *m = e->child; m && st == ARC_OK; m = m->next) {
            if (m != as) st = take_diff_member(r, m, d);
        }
        if (st == ARC_OK && d->as == ARCI_DIFF_DEDUCTION && !d->reason) st = wrong(r, e, "a deduction needs a reason", "扣款须有原因代码");
    }
    return st;
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------------- */

/* From what a look costs and what a wrong posting costs. */
static arc_status take_costs(const reader *r, const arci_json *o, const arci_json *review, const arci_json *error)
{
    arc_decimal a, b;
    if (!review || !error || review->type != ARCI_JSON_STRING || error->type != ARCI_JSON_STRING || arc_decimal_parse(&a, review->s, review->len) != ARC_OK ||
        arc_decimal_parse(&b, error->s, error->len) != ARC_OK || a.mantissa < 0 || b.mantissa <= 0 || a.scale > 4 || b.scale > 4 || a.scale < 0 || b.scale < 0 ||
        a.mantissa > 10000000 || b.mantissa > 10000000) {
        return wrong(r, o, "review_cost and error_cost are amounts, as text", "review_cost 与 error_cost 须为金额（文本）");
    }
    int64_t x = a.mantissa, y = b.mantissa;
    for (int32_t i = a.scale; i < b.scale; i++) x *= 10;
    for (int32_t i = b.scale; i < a.scale; i++) y *= 10;
    if (x >= y) return wrong(r, review, "a look costs less than a wrong posting", "复核成本须低于错误过账成本");
    r->out->probability_ppm = MILLION - (int32_t)(x * MILLION / y);
    return ARC_OK;
}

static arc_status take_auto(const reader *r, const arci_json *o)
{
    arci_strategy *s = r->out;
    const arci_json *review = arci_json_get(o, "review_cost"), *error = arci_json_get(o, "error_cost"), *p = arci_json_get(o, "probability");
    if (o->type != ARCI_JSON_OBJECT) return wrong(r, o, "is an object", "须为对象");
    if (p && (review || error)) return wrong(r, p, "is given by the costs already", "已由成本决定");
    arc_status st = review || error ? take_costs(r, o, review, error) : ARC_OK;
    for (const arci_json *m = o->child; m && st == ARC_OK; m = m->next) {
        if (m == review || m == error) continue;
        if (m == p) st = take_ppm(r, m, 1, &s->probability_ppm);
        else if (is_key(m, "margin")) st = take_ppm(r, m, 1, &s->margin_ppm);
        else if (is_key(m, "max_amount")) st = take_amounts(r, m, &s->max, &s->n_max);
        else if (is_key(m, "new_payer")) st = take_flag(r, m, &s->new_payer);
        else st = unknown(r, m);
    }
    return st;
}

static arc_status take_when(const reader *r, const arci_json *o)
{
    arci_strategy *s = r->out;
    arc_status st = o->type == ARCI_JSON_OBJECT && o->n ? ARC_OK : wrong(r, o, "is an object with at least one list", "须为至少含一个列表的对象");
    for (const arci_json *m = o->child; m && st == ARC_OK; m = m->next) {
        if (is_key(m, "customers")) st = take_texts(r, m, &s->customers);
        else if (is_key(m, "segments")) st = take_texts(r, m, &s->segments);
        else if (is_key(m, "channels")) st = take_texts(r, m, &s->channels);
        else if (is_key(m, "projects")) st = take_texts(r, m, &s->projects);
        else st = unknown(r, m);
    }
    return st;
}

static arc_status take_priority(const reader *r, const arci_json *list)
{
    arci_strategy *s = r->out;
    if (list->type != ARCI_JSON_ARRAY || !list->n || list->n > ARCI_FIRSTS) return wrong(r, list, "is a list of what comes first", "须为优先顺序列表");
    s->n_first = 0;
    for (const arci_json *e = list->child; e; e = e->next) {
        uint32_t at;
        arc_status st = take_one_of(r, e, firsts, ARCI_FIRSTS, &at);
        if (st != ARC_OK) return st;
        s->first[s->n_first++] = (uint8_t)at;
    }
    return ARC_OK;
}

static arc_status take_member(const reader *r, const arci_json *m)
{
    arci_strategy *s = r->out;
    int64_t days = 0;
    if (is_key(m, "matching") || is_key(m, "title") || is_key(m, "note") || is_key(m, "agree") || is_key(m, "tiers")) return ARC_OK;
    if (is_key(m, "differences")) return take_diffs(r, m);
    if (is_key(m, "auto")) return take_auto(r, m);
    if (is_key(m, "when")) return take_when(r, m);
    if (is_key(m, "priority")) return take_priority(r, m);
    if (is_key(m, "tolerance")) {
        if (m->type != ARCI_JSON_STRING || !m->len) return wrong(r, m, "is the code of a tolerance", "须为容差定义的代码");
        s->tolerance = m->s;
        return ARC_OK;
    }
    if (!is_key(m, "double_payment_days")) return unknown(r, m);
    if (m->type != ARCI_JSON_NUMBER || arci_json_int(r->env, m, &days) != ARC_OK || days < 0 || days > TWICE_MAX) return wrong(r, m, "is 0 to 366 days", "须为 0 至 366 天");
    s->twice_days = (int32_t)days;
    return ARC_OK;
}

arc_status arci_strategy_read(arci_env *env, arci_arena *arena, arci_strategy *out, const char *json, size_t len)
{
    const reader r = { env, arena, out };
    arci_json *root;
    uint32_t agree = 0;
    memset(out, 0, sizeof *out);
    out->probability_ppm = 990000;
    out->margin_ppm = 50000;
    out->twice_days = 30;
    out->first[out->n_first++] = ARCI_FIRST_DUE;
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *form = arci_json_get(root, "matching"), *tiers = arci_json_get(root, "tiers"), *common = arci_json_get(root, "agree");
    if (!form || form->type != ARCI_JSON_STRING || strcmp(form->s, "arcore/1") != 0) {
        return wrong(&r, form ? form : root, "must say \"matching\": \"arcore/1\"", "须注明 \"matching\": \"arcore/1\"");
    }
    if (!tiers) return wrong(&r, root, "needs tiers", "须填写 tiers");
    if (common) st = take_bits(&r, common, agrees, ARCI_AGREES, &agree);
    if (st == ARC_OK) st = take_tiers(&r, tiers, agree);
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) st = take_member(&r, m);
    out->json = json;
    out->json_len = len;
    return st;
}

arc_status arci_strategy_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_arena arena;
    arci_strategy s;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_strategy_read(t->env, &arena, &s, json, len);
    arci_arena_clear(&arena);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arc_status noted = arci_fault_note(t->env, sink);
    return noted == ARC_OK ? st : noted;
}

int64_t arci_diff_most(const arci_diff_amount *list, uint32_t n, const char *currency)
{
    for (uint32_t i = 0; i < n; i++) {
        if (memcmp(list[i].currency, currency, 3) == 0) return list[i].minor;
    }
    return INT64_MAX;
}

/* ---- those in force --------------------------------------------------------------------------------------------------------------- */

static int in_force(const arc_value *row, arc_date on)
{
    if (row[ARCI_DEF_FROM].type == ARC_V_INT && on < row[ARCI_DEF_FROM].u.i) return 0;
    return row[ARCI_DEF_TO].type != ARC_V_INT || on <= row[ARCI_DEF_TO].u.i;
}

static int same_text(const arc_value *v, const char *s, size_t n) { return v->type == ARC_V_TEXT && v->len == n && memcmp(v->u.s, s, n) == 0; }

static arc_status read_row(arci_txn *t, arci_arena *arena, arci_strategy *s, const arc_value *row)
{
    arc_status st = arci_strategy_read(t->env, arena, s, row[ARCI_DEF_DOCUMENT].u.s, row[ARCI_DEF_DOCUMENT].len);
    s->code = arci_arena_strndup(arena, row[ARCI_DEF_CODE].u.s, row[ARCI_DEF_CODE].len);
    s->definition = row[ARCI_DEF_ID].u.i;
    s->revision = row[ARCI_DEF_REVISION].u.i;
    return st == ARC_OK && !s->code ? arci_nomem(t->env) : st;
}

/* The one that was asked for, or is everybody's. */
static arc_status read_named(arci_txn *t, arci_arena *arena, arci_strategy *s, const arci_rows *rows, const char *code, size_t n, arc_date on)
{
    const arc_value *best = NULL;
    char name[65] = { 0 };
    memcpy(name, code, n < 64 ? n : 64);
    for (uint32_t i = 0; i < rows->n_rows; i++) { /* by revision: the last in force */
        const arc_value *row = rows->values + (size_t)i * rows->n_cols;
        if (same_text(&row[ARCI_DEF_CODE], code, n) && in_force(row, on)) best = row;
    }
    if (best) return read_row(t, arena, s, best);
    const char *shipped = arci_strategy_shipped(name);
    if (!shipped) {
        arc_status st = arci_fail(t->env, ARC_E_NOT_FOUND, "no matching strategy \"%s\" is in force", "没有生效的核销策略“%s”", name);
        arci_fail_at(t->env, "definition", "code", 0, -1);
        return st;
    }
    arc_status st = arci_strategy_read(t->env, arena, s, shipped, strlen(shipped));
    s->code = arci_arena_strndup(arena, name, strlen(name));
    return st == ARC_OK && !s->code ? arci_nomem(t->env) : st;
}

static int is_chosen(const arci_strategy *s) { return s->customers.n || s->segments.n || s->channels.n || s->projects.n; }

arc_status arci_strategies_get(arci_txn *t, arci_arena *arena, arci_strategy **out, uint32_t *n, const char *code, arc_date on)
{
    arci_rows rows;
    const arc_value *set = NULL;
    *n = 0;
    if (code && code[0] == '{') { /* a document that is tried */
        *out = arci_arena_calloc(arena, 1, sizeof **out);
        if (!*out) return arci_nomem(t->env);
        *n = 1;
        arc_status read = arci_strategy_read(t->env, arena, *out, code, strlen(code));
        (*out)->code = "document";
        return read;
    }
    arc_status st = arci_definitions_published(t, "matching", arena, &rows);
    if (st == ARC_OK && !code) st = arci_setting_text(t, arena, "cash.strategy", &set);
    if (st != ARC_OK) return st;
    arci_strategy *list = arci_arena_calloc(arena, rows.n_rows + 1u, sizeof *list);
    if (!list) return arci_nomem(t->env);
    *out = list;
    for (uint32_t i = 0; i < rows.n_rows && !code && st == ARC_OK; i++) {
        const arc_value *row = rows.values + (size_t)i * rows.n_cols, *next = row + rows.n_cols;
        int later = i + 1 < rows.n_rows && in_force(next, on) && same_text(&next[ARCI_DEF_CODE], row[ARCI_DEF_CODE].u.s, row[ARCI_DEF_CODE].len);
        if (!in_force(row, on) || later) continue;
        st = read_row(t, arena, &list[*n], row);
        if (st == ARC_OK && is_chosen(&list[*n])) ++*n;
    }
    const char *name = code ? code : set ? set->u.s : "default";
    if (st == ARC_OK) st = read_named(t, arena, &list[*n], &rows, name, code ? strlen(code) : set ? set->len : strlen(name), on);
    ++*n;
    return st;
}
