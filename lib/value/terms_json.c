/* SPDX-License-Identifier: Apache-2.0 */
/* Terms as JSON, their form in storage. */
#include <string.h>

#include "base/json.h"
#include "base/json_out.h"
#include "value/date.h"
#include "value/terms.h"

/* Names by code; places without a name are not codes. */
static const char *const kinds[] = {NULL,     "net",          "eom_days",   "days_eom",  "eom_months",
                                    "months", "day_of_month", "next_month", "statement", "fixed"};
static const char *const base_names[] = {NULL,        "invoice", "delivery", "acceptance", "received",
                                         "statement", "order",   "contract", "milestone"};
static const char *const conventions[] = {"none",      "following",          "modified_following",
                                          "preceding", "modified_preceding", "end_of_month"};
static const char *const modes[] = {NULL, "half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"};
static const char *const basis_names[] = {"gross", "net"};
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* ---- reading ---- */

static arc_status read_name(arci_env *env, int32_t *out, const arci_json *node, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (node->type == ARCI_JSON_STRING && names[i] != NULL && strcmp(node->s, names[i]) == 0) {
            *out = (int32_t)i;
            return ARC_OK;
        }
    }
    return arci_json_fail(env, node, ARC_E_VALUE, "not one of the names allowed here", "不是此处允许的名称");
}

static arc_status read_int(arci_env *env, int32_t *out, const arci_json *node)
{
    int64_t v;
    arc_status st;

    if (node->type != ARCI_JSON_NUMBER) return arci_json_fail(env, node, ARC_E_VALUE, "must be a number", "必须是数字");
    st = arci_json_int(env, node, &v);
    if (st != ARC_OK) return st;
    if (v < INT32_MIN || v > INT32_MAX)
        return arci_json_fail(env, node, ARC_E_RANGE, "the number is too large", "数字过大");
    *out = (int32_t)v;
    return ARC_OK;
}

static arc_status read_percent(arci_env *env, arc_decimal *out, const arci_json *node)
{
    arc_status st = ARC_E_VALUE;

    if (node->type == ARCI_JSON_STRING || node->type == ARCI_JSON_NUMBER)
        st = arc_decimal_parse(out, node->s, node->len);
    if (st == ARC_OK) return st;
    return arci_json_fail(env, node, ARC_E_VALUE, "must be a decimal number, best as text: \"12.5\"",
                          "必须是十进制数，最好写成文本：\"12.5\"");
}

static arc_status read_date(arci_env *env, arc_date *out, const arci_json *node)
{
    arc_status st = node->type == ARCI_JSON_STRING ? arc_date_parse(out, node->s, node->len) : ARC_E_VALUE;

    return st == ARC_OK ? st
                        : arci_json_fail(env, node, st, "must be a date such as \"2025-01-31\"",
                                         "必须是日期，如 \"2025-01-31\"");
}

static arc_status object_only(arci_env *env, const arci_json *node)
{
    return node->type == ARCI_JSON_OBJECT ? ARC_OK
                                          : arci_json_fail(env, node, ARC_E_VALUE, "must be an object", "必须是对象");
}

static arc_status unknown(arci_env *env, const arci_json *node)
{
    return arci_json_fail(env, node, ARC_E_VALUE, "unknown member", "未知成员");
}

static int is(const arci_json *node, const char *key)
{
    return strcmp(node->key, key) == 0;
}

static arc_status rule_member(arci_env *env, arc_due_rule *r, const arci_json *m)
{
    if (is(m, "kind")) return read_name(env, &r->kind, m, kinds, COUNT(kinds));
    if (is(m, "base")) return read_name(env, &r->base, m, base_names, COUNT(base_names));
    if (is(m, "convention")) return read_name(env, &r->convention, m, conventions, COUNT(conventions));
    if (is(m, "days")) return read_int(env, &r->days, m);
    if (is(m, "months")) return read_int(env, &r->months, m);
    if (is(m, "day")) return read_int(env, &r->day, m);
    if (is(m, "day_months")) return read_int(env, &r->day_months, m);
    if (is(m, "cutoff_day")) return read_int(env, &r->cutoff_day, m);
    if (is(m, "date")) return read_date(env, &r->fixed, m);
    return unknown(env, m);
}

static arc_status read_rule(arci_env *env, arc_due_rule *out, const arci_json *node)
{
    arc_due_rule r = ARC_DUE_RULE_DEFAULT;
    const char *fault;
    arc_status st = object_only(env, node);

    for (const arci_json *m = node->child; m != NULL && st == ARC_OK; m = m->next) st = rule_member(env, &r, m);
    if (st != ARC_OK) return st;
    if (arci_json_get(node, "kind") == NULL)
        return arci_json_fail(env, node, ARC_E_REQUIRED, "the kind is missing", "缺少 kind");
    fault = arci_due_rule_fault(&r);
    if (fault != NULL) {
        const arci_json *at = arci_json_get(node, fault);
        return arci_json_fail(env, at != NULL ? at : node, at != NULL ? ARC_E_VALUE : ARC_E_REQUIRED,
                              "\"%s\" is missing, out of range, or not used by this kind",
                              "“%s”缺失、超出范围或不适用于该 kind", fault);
    }
    *out = r;
    return ARC_OK;
}

static arc_status read_line(arci_env *env, arc_term_line *l, const arci_json *node)
{
    static const arc_term_line usual = ARC_TERM_LINE_DEFAULT;
    int due = 0;
    arc_status st = object_only(env, node);

    *l = usual;
    for (const arci_json *m = node->child; m != NULL && st == ARC_OK; m = m->next) {
        if (is(m, "percent")) {
            l->kind = ARC_LINE_PERCENT;
            st = read_percent(env, &l->percent, m);
        } else if (is(m, "due")) {
            due = 1;
            st = read_rule(env, &l->due, m);
        } else {
            st = unknown(env, m);
        }
    }
    if (st == ARC_OK && !due) return arci_json_fail(env, node, ARC_E_REQUIRED, "\"due\" is missing", "缺少“due”");
    return st;
}

static arc_status read_tier(arci_env *env, arc_discount_tier *t, const arci_json *node)
{
    static const arc_discount_tier usual = ARC_DISCOUNT_TIER_DEFAULT;
    int until = 0, percent = 0;
    arc_status st = object_only(env, node);

    *t = usual;
    for (const arci_json *m = node->child; m != NULL && st == ARC_OK; m = m->next) {
        if (is(m, "percent")) {
            percent = 1;
            st = read_percent(env, &t->percent, m);
        } else if (is(m, "until")) {
            until = 1;
            st = read_rule(env, &t->until, m);
        } else if (is(m, "grace_days")) {
            st = read_int(env, &t->grace_days, m);
        } else if (is(m, "basis")) {
            st = read_name(env, &t->basis, m, basis_names, COUNT(basis_names));
        } else if (is(m, "line")) {
            st = read_int(env, &t->line, m);
        } else {
            st = unknown(env, m);
        }
    }
    if (st == ARC_OK && !(until && percent))
        return arci_json_fail(env, node, ARC_E_REQUIRED, "\"percent\" or \"until\" is missing",
                              "缺少“percent”或“until”");
    return st;
}

static arc_status read_list(arci_env *env, arc_terms *t, const arci_json *node, int lines)
{
    uint32_t most = lines ? ARC_TERMS_LINES : ARC_TERMS_TIERS;
    int32_t n = 0;
    arc_status st = ARC_OK;

    if (node->type != ARCI_JSON_ARRAY) return arci_json_fail(env, node, ARC_E_VALUE, "must be an array", "必须是数组");
    if (node->n > most)
        return arci_json_fail(env, node, ARC_E_LIMIT, "at most %d elements", "最多 %d 个元素", (int)most);
    for (const arci_json *e = node->child; e != NULL && st == ARC_OK; e = e->next, n++)
        st = lines ? read_line(env, &t->lines[n], e) : read_tier(env, &t->tiers[n], e);
    if (lines)
        t->n_lines = n;
    else
        t->n_tiers = n;
    return st;
}

static arc_status read_calendar(arci_env *env, arc_terms *t, const arci_json *node)
{
    if (node->type != ARCI_JSON_STRING || node->len >= sizeof t->calendar)
        return arci_json_fail(env, node, ARC_E_VALUE, "must be text of at most 31 bytes", "必须是不超过 31 字节的文本");
    memcpy(t->calendar, node->s, node->len + 1);
    return ARC_OK;
}

static arc_status read_terms(arci_env *env, arc_terms *t, const arci_json *root)
{
    arc_status st = object_only(env, root);
    int have = 0;

    for (const arci_json *m = root->child; m != NULL && st == ARC_OK; m = m->next) {
        if (is(m, "due") || is(m, "lines")) {
            if (have++)
                return arci_json_fail(env, m, ARC_E_VALUE, "either \"due\" or \"lines\"", "“due”与“lines”只能有一个");
            st = is(m, "due") ? read_rule(env, &t->lines[0].due, m) : read_list(env, t, m, 1);
        } else if (is(m, "discounts")) {
            st = read_list(env, t, m, 0);
        } else if (is(m, "calendar")) {
            st = read_calendar(env, t, m);
        } else if (is(m, "rounding")) {
            st = read_name(env, &t->mode, m, modes, COUNT(modes));
        } else {
            st = unknown(env, m);
        }
    }
    if (st == ARC_OK && !have)
        return arci_json_fail(env, root, ARC_E_REQUIRED, "\"due\" or \"lines\" is missing", "缺少“due”或“lines”");
    return st == ARC_OK ? arci_terms_verify(env, t) : st;
}

arc_status arci_terms_parse(arci_env *env, arc_terms *out, const char *json, size_t len)
{
    arci_arena arena;
    arci_json *root = NULL;
    arc_terms t;
    arc_status st;

    arci_arena_init(&arena, env->ctx);
    (void)arc_terms_init(&t);
    st = arci_json_parse(env, &arena, json, len, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = read_terms(env, &t, root);
    arci_arena_clear(&arena);
    if (st == ARC_OK) *out = t;
    return st;
}

arc_status arc_terms_parse(arc_context *context, arc_terms *out, const char *json, size_t len)
{
    arci_env env;
    arc_status st = arci_env_of(&env, context);

    if (st != ARC_OK) return st;
    if (out == NULL || json == NULL) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为空");
    return arci_terms_parse(&env, out, json, len == SIZE_MAX ? strlen(json) : len);
}

/* ---- writing ---- */

static int put_name(cJSON *o, const char *key, const char *const *names, int32_t code, int32_t usual)
{
    return code == usual || arci_jo_text(o, key, names[code], strlen(names[code]));
}

static int put_int(cJSON *o, const char *key, int32_t v)
{
    return v == 0 || arci_jo_int(o, key, v);
}

static int put_percent(cJSON *o, const arc_decimal *p)
{
    char text[48];
    size_t len = sizeof text;

    return arc_decimal_print(text, &len, p) == ARC_OK && arci_jo_text(o, "percent", text, len);
}

static int put_rule(cJSON *parent, const char *key, const arc_due_rule *r)
{
    cJSON *o = arci_jo_object(parent, key);
    char date[11];
    size_t len = sizeof date;
    int ok = o != NULL && put_name(o, "kind", kinds, r->kind, -1) &&
             put_name(o, "base", base_names, r->base, ARC_BASE_INVOICE) && put_int(o, "days", r->days) &&
             put_int(o, "months", r->months) && put_int(o, "day", r->day) && put_int(o, "day_months", r->day_months) &&
             put_int(o, "cutoff_day", r->cutoff_day) &&
             put_name(o, "convention", conventions, r->convention, ARC_ADJUST_NONE);

    if (!ok || r->kind != ARC_DUE_FIXED) return ok;
    return arc_date_print(date, &len, r->fixed) == ARC_OK && arci_jo_text(o, "date", date, len);
}

static int put_terms(cJSON *root, const arc_terms *t)
{
    cJSON *list;

    if (t->calendar[0] != 0 && !arci_jo_text(root, "calendar", t->calendar, strlen(t->calendar))) return 0;
    if (!put_name(root, "rounding", modes, t->mode, ARC_ROUND_HALF_UP)) return 0;
    list = arci_jo_array(root, "lines");
    for (int32_t i = 0; i < t->n_lines; i++) {
        cJSON *o = list != NULL ? arci_jo_object(list, NULL) : NULL;
        if (o == NULL || (t->lines[i].kind == ARC_LINE_PERCENT && !put_percent(o, &t->lines[i].percent))) return 0;
        if (!put_rule(o, "due", &t->lines[i].due)) return 0;
    }
    if (t->n_tiers == 0) return 1;
    list = arci_jo_array(root, "discounts");
    for (int32_t i = 0; i < t->n_tiers; i++) {
        const arc_discount_tier *d = &t->tiers[i];
        cJSON *o = list != NULL ? arci_jo_object(list, NULL) : NULL;
        if (o == NULL || !put_percent(o, &d->percent) || !put_rule(o, "until", &d->until)) return 0;
        if (!put_int(o, "grace_days", d->grace_days) || !put_name(o, "basis", basis_names, d->basis, ARC_BASIS_GROSS))
            return 0;
        if (!put_int(o, "line", d->line)) return 0;
    }
    return 1;
}

arc_status arc_terms_print(arc_context *context, char *buf, size_t *len, const arc_terms *terms)
{
    arci_env env;
    arc_terms t;
    arci_str text;
    cJSON *root;
    int ok;
    arc_status st = arci_env_of(&env, context);
    if (st == ARC_OK) st = arci_terms_in(&env, &t, terms);

    if (st != ARC_OK) return st;
    if (len == NULL) return arci_fail(&env, ARC_E_INVALID, "len is NULL", "len 为空");
    arci_str_init(&text, context);
    root = arci_jo_object(NULL, NULL);
    ok = root != NULL && put_terms(root, &t) && arci_jo_print(root, 0, &text);
    cJSON_Delete(root);
    st = ok && !text.failed ? arci_text_out(buf, len, text.s, text.len) : arci_nomem(&env);
    if (st == ARC_E_BUFFER) (void)arci_fail(&env, st, "the buffer is too short", "缓冲区太短");
    arci_str_clear(&text);
    return st;
}
