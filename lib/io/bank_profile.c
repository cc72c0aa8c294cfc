/* SPDX-License-Identifier: Apache-2.0 */
/* Reading profiles. */
#include "io/bank_profile.h"

#include <string.h>

#include "arcore/date.h"

static const char *const targets[] = { NULL, "booked", "value", "amount", "credit", "debit", "direction", "currency", "fee", "balance", "original", "original_currency", "fee_text",
                                       "source_account", "refund" };

static arc_status wrong(arci_env *env, const arci_json *n, const char *en, const char *zh) { return arci_json_fail(env, n, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh); }

static int target(const char *name)
{
    for (int i = 1; i < (int)(sizeof targets / sizeof targets[0]); i++)
        if (strcmp(name, targets[i]) == 0) return i;
    for (size_t i = 0; i < arci_n_bank_line_fields; i++)
        if (strcmp(name, arci_bank_line_fields[i].name) == 0 && strcmp(name, "raw") != 0 && strcmp(name, "extra") != 0) return ARCI_TO_TEXT + (int)i;
    return 0;
}

static arc_status columns(arci_env *env, arci_profile *p, const arci_json *n, int optional)
{
    if (n->type != ARCI_JSON_OBJECT) return wrong(env, n, "an object from fields to column names is expected", "应为字段到列名的对象");
    for (const arci_json *c = n->child; c; c = c->next) {
        int to = target(c->key);
        if (!to) return wrong(env, c, "there is no such field", "没有这个字段");
        if (c->type != ARCI_JSON_STRING && c->type != ARCI_JSON_ARRAY) return wrong(env, c, "a column name or a list of them is expected", "应为列名或列名数组");
        for (const arci_json *k = c->type == ARCI_JSON_ARRAY ? c->child : NULL; k; k = k->next)
            if (k->type != ARCI_JSON_STRING) return wrong(env, k, "a column name is expected", "应为列名");
        for (uint32_t i = 0; i < p->n_columns; i++)
            if (p->columns[i].to == to) return wrong(env, c, "the field has a column already", "该字段已有列");
        if (p->n_columns == ARCI_PROFILE_COLUMNS) return arci_json_fail(env, c, ARC_E_LIMIT, "too many columns", "列过多");
        p->columns[p->n_columns].to = to;
        p->columns[p->n_columns].optional = optional;
        p->columns[p->n_columns++].names = c;
        if (to >= ARCI_TO_TEXT && strcmp(c->key, "id") == 0) p->has_id = 1;
    }
    return ARC_OK;
}

static arc_status words(arci_env *env, arci_profile_words *out, const arci_json *n)
{
    if (n->type != ARCI_JSON_ARRAY) return wrong(env, n, "a list of texts is expected", "应为文本数组");
    for (const arci_json *w = n->child; w; w = w->next) {
        if (w->type != ARCI_JSON_STRING) return wrong(env, w, "a text is expected", "应为文本");
        if (out->n == ARCI_PROFILE_WORDS) return arci_json_fail(env, w, ARC_E_LIMIT, "too many words", "词过多");
        out->w[out->n++] = w->s;
    }
    return ARC_OK;
}

/* {"credit": [...], "debit": [...], "neutral": [...]} */
static arc_status directions(arci_env *env, arci_profile_words *credit, arci_profile_words *debit, arci_profile_words *neutral, const arci_json *n)
{
    arc_status st = ARC_OK;
    if (n->type != ARCI_JSON_OBJECT) return wrong(env, n, "an object is expected", "应为对象");
    for (const arci_json *c = n->child; c && st == ARC_OK; c = c->next) {
        arci_profile_words *to = strcmp(c->key, "credit") == 0 ? credit : strcmp(c->key, "debit") == 0 ? debit : strcmp(c->key, "neutral") == 0 ? neutral : NULL;
        st = to ? words(env, to, c) : wrong(env, c, "credit, debit or neutral is expected", "应为 credit、debit 或 neutral");
    }
    return st;
}

static arc_status marks(arci_env *env, arci_profile *p, const arci_json *n)
{
    if (n->type != ARCI_JSON_OBJECT) return wrong(env, n, "an object from texts to fields is expected", "应为文本到字段的对象");
    for (const arci_json *c = n->child; c; c = c->next) {
        int known = c->type == ARCI_JSON_STRING && (strcmp(c->s, "from_on") == 0 || strcmp(c->s, "to_on") == 0 || strcmp(c->s, "month") == 0);
        for (size_t i = 0; c->type == ARCI_JSON_STRING && i < arci_n_bank_statement_fields; i++) known |= strcmp(c->s, arci_bank_statement_fields[i].name) == 0;
        if (!known) return wrong(env, c, "a field of the statement is expected", "应为对账单字段");
        if (p->n_marks == ARCI_PROFILE_MARKS) return arci_json_fail(env, c, ARC_E_LIMIT, "too many marks", "标记过多");
        p->marks[p->n_marks].after = c->key;
        p->marks[p->n_marks++].to = c->s;
    }
    return ARC_OK;
}

static arc_status one_char(arci_env *env, int *out, const arci_json *n, const char *allowed)
{
    if (n->type == ARCI_JSON_STRING && n->len == 0) {
        *out = 0;
        return ARC_OK;
    }
    if (n->type != ARCI_JSON_STRING || n->len != 1 || !strchr(allowed, n->s[0])) return wrong(env, n, "one of the signs that may stand here is expected", "应为允许的单个符号");
    *out = n->s[0];
    return ARC_OK;
}

static arc_status date(arci_env *env, arci_profile *p, const arci_json *n)
{
    static const struct {
        const char *name;
        int order;
    } orders[] = { { "ymd", ARC_DATE_YMD }, { "dmy", ARC_DATE_DMY }, { "mdy", ARC_DATE_MDY }, { "md", 0 }, { "excel", ARC_DATE_EXCEL_1900 } };
    for (size_t i = 0; n->type == ARCI_JSON_STRING && i < sizeof orders / sizeof orders[0]; i++) {
        if (strcmp(n->s, orders[i].name) != 0) continue;
        p->date = orders[i].order;
        return ARC_OK;
    }
    return wrong(env, n, "ymd, dmy, mdy, md or excel is expected", "应为 ymd、dmy、mdy、md 或 excel");
}

static arc_status text(arci_env *env, const char **out, const arci_json *n)
{
    if (n->type != ARCI_JSON_STRING) return wrong(env, n, "a text is expected", "应为文本");
    *out = n->s;
    return ARC_OK;
}

static arc_status currencies(arci_env *env, arci_profile *p, const arci_json *n)
{
    if (n->type != ARCI_JSON_OBJECT) return wrong(env, n, "an object from words to codes is expected", "应为词到币种代码的对象");
    for (const arci_json *c = n->child; c; c = c->next)
        if (c->type != ARCI_JSON_STRING || !arci_bank_currency_form(c->s, c->len)) return wrong(env, c, "a currency is expected", "应为币种");
    p->currencies = n;
    return ARC_OK;
}

static arc_status sign(arci_env *env, int *inverted, const arci_json *n)
{
    if (n->type != ARCI_JSON_STRING || (strcmp(n->s, "signed") != 0 && strcmp(n->s, "inverted") != 0)) return wrong(env, n, "signed or inverted is expected", "应为 signed 或 inverted");
    *inverted = n->s[0] == 'i';
    return ARC_OK;
}

static arc_status currency(arci_env *env, arci_profile *p, const arci_json *n)
{
    if (n->type != ARCI_JSON_STRING || !arci_bank_currency_form(n->s, n->len)) return wrong(env, n, "a currency is expected", "应为币种");
    memcpy(p->currency, n->s, 3);
    return ARC_OK;
}

static arc_status member(arci_env *env, arci_profile *p, const arci_json *n)
{
    const char *k = n->key, *unused;
    arci_profile_words none = { { NULL }, 0 };
    if (strcmp(k, "bank_csv") == 0) return n->type == ARCI_JSON_STRING && strcmp(n->s, "arcore/1") == 0 ? ARC_OK : wrong(env, n, "arcore/1 is expected", "应为 arcore/1");
    if (strcmp(k, "title") == 0) return text(env, &p->title, n);
    if (strcmp(k, "description") == 0) return text(env, &unused, n);
    if (strcmp(k, "encoding") == 0) return text(env, &p->encoding, n);
    if (strcmp(k, "delimiter") == 0) return one_char(env, &p->delimiter, n, ",;\t|");
    if (strcmp(k, "quote") == 0) return one_char(env, &p->quote, n, "\"'");
    if (strcmp(k, "decimal") == 0) return one_char(env, &p->decimal, n, ".,");
    if (strcmp(k, "date") == 0) return date(env, p, n);
    if (strcmp(k, "currency") == 0) return currency(env, p, n);
    if (strcmp(k, "currencies") == 0) return currencies(env, p, n);
    if (strcmp(k, "account") == 0) return text(env, &p->account, n);
    if (strcmp(k, "sign") == 0) return sign(env, &p->inverted, n);
    if (strcmp(k, "fee_sign") == 0) return sign(env, &p->fee_inverted, n);
    if (strcmp(k, "strip") == 0) return text(env, &p->strip, n);
    if (strcmp(k, "columns") == 0) return columns(env, p, n, 0);
    if (strcmp(k, "optional") == 0) return columns(env, p, n, 1);
    if (strcmp(k, "directions") == 0) return directions(env, &p->credit, &p->debit, &p->neutral, n);
    if (strcmp(k, "neutral") == 0) return directions(env, &p->neutral_credit, &p->neutral_debit, &none, n);
    if (strcmp(k, "nothing") == 0) return words(env, &p->nothing, n);
    if (strcmp(k, "footer") == 0) return words(env, &p->footer, n);
    if (strcmp(k, "void") == 0) return words(env, &p->void_status, n);
    if (strcmp(k, "pending") == 0) return words(env, &p->pending_status, n);
    if (strcmp(k, "refund") == 0) return words(env, &p->refund_status, n);
    if (strcmp(k, "preamble") == 0) return marks(env, p, n);
    if (strcmp(k, "fee_after") == 0) return text(env, &p->fee_after, n);
    return wrong(env, n, "there is no such member", "没有这个成员");
}

static int has(const arci_profile *p, int to)
{
    for (uint32_t i = 0; i < p->n_columns; i++)
        if (p->columns[i].to == to) return 1;
    return 0;
}

static arc_status complete(arci_env *env, const arci_profile *p, const arci_json *root)
{
    if (!arci_json_get(root, "bank_csv")) return arci_json_fail(env, root, ARC_E_REQUIRED, "\"bank_csv\": \"arcore/1\" is missing", "缺少 \"bank_csv\": \"arcore/1\"");
    if (!has(p, ARCI_TO_BOOKED)) return arci_json_fail(env, root, ARC_E_REQUIRED, "a column for booked is missing", "缺少 booked 列");
    if (!has(p, ARCI_TO_AMOUNT) && !has(p, ARCI_TO_CREDIT) && !has(p, ARCI_TO_DEBIT)) return arci_json_fail(env, root, ARC_E_REQUIRED, "a column for amount, or for credit and debit, is missing", "缺少 amount 列，或 credit 与 debit 列");
    if (has(p, ARCI_TO_DIRECTION) && !p->credit.n && !p->debit.n) return arci_json_fail(env, root, ARC_E_REQUIRED, "directions are missing", "缺少 directions");
    return ARC_OK;
}

arc_status arci_profile_read(arci_env *env, arci_profile *p, const char *json, size_t len)
{
    arci_json *root;
    memset(p, 0, sizeof *p);
    arci_arena_init(&p->arena, env->ctx);
    p->format = ARC_BANK_CSV;
    p->quote = '"';
    p->decimal = '.';
    p->date = ARC_DATE_YMD;
    arc_status st = arci_json_parse(env, &p->arena, json, len, &arci_json_definition_limits, &root);
    if (st == ARC_OK && root->type != ARCI_JSON_OBJECT) st = wrong(env, root, "a profile is an object", "配置应为对象");
    for (const arci_json *n = st == ARC_OK ? root->child : NULL; n && st == ARC_OK; n = n->next) st = member(env, p, n);
    if (st == ARC_OK) st = complete(env, p, root);
    if (st != ARC_OK) arci_profile_clear(p);
    return st;
}

void arci_profile_clear(arci_profile *p) { arci_arena_clear(&p->arena); }
