/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/voucher_layout.h"

#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/money.h"
#include "arcore/voucher.h"

static const char *const value_names[] = {
#define LAYOUT_NAME(constant, name) name,
    ARCI_LAYOUT_VALUES(LAYOUT_NAME)
#undef LAYOUT_NAME
};

/* clang-format off */
static const struct {
    const char *code, *json;
} shipped[] = {
    { "plain",
      "{\"header\":true,\"columns\":["
      "{\"header\":\"ledger\",\"value\":\"ledger\"},{\"header\":\"period\",\"value\":\"period\"},{\"header\":\"number\",\"value\":\"number\"},"
      "{\"header\":\"date\",\"value\":\"date\"},{\"header\":\"line\",\"value\":\"line\"},{\"header\":\"summary\",\"value\":\"summary\"},"
      "{\"header\":\"account\",\"value\":\"account\"},{\"header\":\"account_name\",\"value\":\"account_name\"},{\"header\":\"currency\",\"value\":\"currency\"},"
      "{\"header\":\"amount\",\"value\":\"amount\"},{\"header\":\"debit\",\"value\":\"debit\"},{\"header\":\"credit\",\"value\":\"credit\"},"
      "{\"header\":\"customer\",\"value\":\"customer\"},{\"header\":\"department\",\"value\":\"department\"},{\"header\":\"person\",\"value\":\"person\"},"
      "{\"header\":\"project\",\"value\":\"project\"},{\"header\":\"business_line\",\"value\":\"business_line\"},{\"header\":\"document\",\"value\":\"document\"}]}" },
    /* 金蝶 K/3 标准格式凭证引入: the 37 columns its own export has, in their order; its home currency is RMB. */
    { "kingdee_k3",
      "{\"header\":true,\"bom\":true,\"crlf\":true,\"currencies\":{\"CNY\":\"RMB\"},"
      "\"currency_names\":{\"CNY\":\"人民币\",\"USD\":\"美元\",\"HKD\":\"港币\",\"EUR\":\"欧元\",\"JPY\":\"日元\",\"GBP\":\"英镑\"},\"columns\":["
      "{\"header\":\"凭证日期\",\"value\":\"date\"},{\"header\":\"会计年度\",\"value\":\"year\"},{\"header\":\"会计期间\",\"value\":\"month\"},"
      "{\"header\":\"凭证字\",\"text\":\"记\"},{\"header\":\"凭证号\",\"value\":\"number\"},{\"header\":\"科目代码\",\"value\":\"account\"},"
      "{\"header\":\"科目名称\",\"value\":\"account_name\"},{\"header\":\"币别代码\",\"value\":\"currency\"},{\"header\":\"币别名称\",\"value\":\"currency_name\"},"
      "{\"header\":\"原币金额\",\"value\":\"amount\"},{\"header\":\"借方\",\"value\":\"debit\"},{\"header\":\"贷方\",\"value\":\"credit\"},"
      "{\"header\":\"制单\",\"text\":\"\"},{\"header\":\"审核\",\"text\":\"NONE\"},{\"header\":\"核准\",\"text\":\"NONE\"},{\"header\":\"出纳\",\"text\":\"NONE\"},"
      "{\"header\":\"经办\",\"text\":\"\"},{\"header\":\"结算方式\",\"text\":\"*\"},{\"header\":\"结算号\",\"text\":\"\"},{\"header\":\"凭证摘要\",\"value\":\"summary\"},"
      "{\"header\":\"数量\",\"text\":\"0\"},{\"header\":\"数量单位\",\"text\":\"*\"},{\"header\":\"单价\",\"text\":\"0\"},{\"header\":\"参考信息\",\"value\":\"document\"},"
      "{\"header\":\"业务日期\",\"value\":\"date\"},{\"header\":\"往来业务编号\",\"value\":\"document\"},{\"header\":\"附件数\",\"text\":\"0\"},"
      "{\"header\":\"序号\",\"value\":\"number\"},{\"header\":\"系统模块\",\"text\":\"\"},{\"header\":\"业务描述\",\"text\":\"\"},{\"header\":\"汇率类型\",\"text\":\"公司汇率\"},"
      "{\"header\":\"汇率\",\"value\":\"rate\"},{\"header\":\"分录序号\",\"value\":\"entry\"},{\"header\":\"核算项目\",\"value\":\"auxiliaries\"},"
      "{\"header\":\"过账\",\"text\":\"0\"},{\"header\":\"机制凭证\",\"text\":\"\"},{\"header\":\"现金流量\",\"text\":\"\"}]}" },
    /* 金蝶 KIS and 精斗云: the short form, whose columns the import lets its user assign. */
    { "kingdee_kis",
      "{\"header\":true,\"bom\":true,\"crlf\":true,\"currencies\":{\"CNY\":\"RMB\"},\"columns\":["
      "{\"header\":\"日期\",\"value\":\"date\"},{\"header\":\"凭证字\",\"text\":\"记\"},{\"header\":\"凭证号\",\"value\":\"number\"},{\"header\":\"附单据数\",\"text\":\"0\"},{\"header\":\"摘要\",\"value\":\"summary\"},"
      "{\"header\":\"科目代码\",\"value\":\"account\"},{\"header\":\"科目名称\",\"value\":\"account_name\"},{\"header\":\"借方金额\",\"value\":\"debit\"},"
      "{\"header\":\"贷方金额\",\"value\":\"credit\"},{\"header\":\"币别\",\"value\":\"currency\"},{\"header\":\"汇率\",\"value\":\"rate\"},{\"header\":\"原币金额\",\"value\":\"amount\"},"
      "{\"header\":\"客户\",\"value\":\"customer\"},{\"header\":\"部门\",\"value\":\"department\"},{\"header\":\"职员\",\"value\":\"person\"},{\"header\":\"项目\",\"value\":\"project\"}]}" },
    /* 用友 U8 总账工具: no header but its first line; columns stand by position, those behind the project are left out. */
    { "yonyou_u8",
      "{\"first_line\":\"填制凭证,V800\",\"header\":false,\"crlf\":true,\"columns\":["
      "{\"header\":\"制单日期\",\"value\":\"date\"},{\"header\":\"凭证类别字\",\"text\":\"记\"},{\"header\":\"凭证号\",\"value\":\"number\"},{\"header\":\"附单据数\",\"text\":\"0\"},"
      "{\"header\":\"摘要\",\"value\":\"summary\"},{\"header\":\"科目编码\",\"value\":\"account\"},{\"header\":\"借方金额\",\"value\":\"debit\"},{\"header\":\"贷方金额\",\"value\":\"credit\"},"
      "{\"header\":\"数量\",\"text\":\"0\"},{\"header\":\"外币\",\"value\":\"foreign_amount\"},{\"header\":\"汇率\",\"value\":\"rate\"},{\"header\":\"制单人\",\"text\":\"\"},"
      "{\"header\":\"结算方式编码\",\"text\":\"\"},{\"header\":\"票号\",\"text\":\"\"},{\"header\":\"发生日期\",\"value\":\"date\"},{\"header\":\"部门编码\",\"value\":\"department\"},"
      "{\"header\":\"个人编码\",\"value\":\"person\"},{\"header\":\"客户编码\",\"value\":\"customer\"},{\"header\":\"供应商编码\",\"text\":\"\"},{\"header\":\"业务员\",\"text\":\"\"},"
      "{\"header\":\"项目编码\",\"value\":\"project\"}]}" },
};
/* clang-format on */

static const char *find_shipped(const char *code)
{
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        if (strcmp(shipped[i].code, code) == 0) return shipped[i].json;
    }
    return NULL;
}

arc_status arc_voucher_layout_shipped(char *buf, size_t *len, const char *code)
{
    if (!len || !code) return ARC_E_INVALID;
    const char *json = find_shipped(code);
    return json ? arci_text_out(buf, len, json, strlen(json)) : ARC_E_NOT_FOUND;
}

/* ---- reading one ---------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(env, at, st, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status read_column(arci_env *env, const arci_json *object, arci_layout_column *c)
{
    const arci_json *header = arci_json_get(object, "header"), *value = arci_json_get(object, "value"), *fixed = arci_json_get(object, "text");
    if (object->type != ARCI_JSON_OBJECT || !header || header->type != ARCI_JSON_STRING) return wrong(env, object, ARC_E_REQUIRED, "header is required", "header 为必填项");
    if (!value == !fixed) return wrong(env, object, ARC_E_REQUIRED, "either value or text", "须给出 value 或 text 之一");
    if (object->n != 2) return wrong(env, object, ARC_E_VALUE, "there is a member too many", "存在多余成员");
    c->header = header->s;
    c->value = -1;
    if (fixed) {
        c->text = fixed->s;
        return fixed->type == ARCI_JSON_STRING ? ARC_OK : wrong(env, fixed, ARC_E_VALUE, "is a text", "须为文本");
    }
    for (int i = 0; i < ARCI_COL_N && value->type == ARCI_JSON_STRING; i++) {
        if (strcmp(value_names[i], value->s) == 0) c->value = i;
    }
    return c->value >= 0 ? ARC_OK : wrong(env, value, ARC_E_VALUE, "there is no such value", "没有该取值");
}

static arc_status read_flag(arci_env *env, const arci_json *m, uint8_t *out)
{
    if (m->type != ARCI_JSON_TRUE && m->type != ARCI_JSON_FALSE) return wrong(env, m, ARC_E_VALUE, "is true or false", "须为 true 或 false");
    *out = m->type == ARCI_JSON_TRUE;
    return ARC_OK;
}

static arc_status read_columns(arci_env *env, arci_arena *arena, const arci_json *m, arci_layout *l)
{
    arc_status st = ARC_OK;
    if (m->type != ARCI_JSON_ARRAY || !m->n || m->n > 200) return wrong(env, m, ARC_E_VALUE, "is a list of 1 to 200 columns", "须为 1 至 200 列的列表");
    l->columns = arci_arena_calloc(arena, m->n, sizeof *l->columns);
    if (!l->columns) return arci_nomem(env);
    for (const arci_json *c = m->child; c && st == ARC_OK; c = c->next) st = read_column(env, c, &l->columns[l->n++]);
    return st;
}

/* Texts by currency. */
static arc_status read_currencies(arci_env *env, const arci_json *m, const arci_json **out)
{
    if (m->type != ARCI_JSON_OBJECT) return wrong(env, m, ARC_E_VALUE, "is an object of texts by currency", "须为以币种为键的文本对象");
    for (const arci_json *c = m->child; c; c = c->next) {
        if (c->type != ARCI_JSON_STRING || c->key_len != 3) return wrong(env, c, ARC_E_VALUE, "is a text by currency", "须为币种对应的文本");
    }
    *out = m;
    return ARC_OK;
}

static arc_status read_member(arci_env *env, arci_arena *arena, const arci_json *m, arci_layout *l)
{
    if (!strcmp(m->key, "columns")) return read_columns(env, arena, m, l);
    if (!strcmp(m->key, "currencies")) return read_currencies(env, m, &l->currencies);
    if (!strcmp(m->key, "currency_names")) return read_currencies(env, m, &l->currency_names);
    if (!strcmp(m->key, "header")) return read_flag(env, m, &l->header);
    if (!strcmp(m->key, "bom")) return read_flag(env, m, &l->bom);
    if (!strcmp(m->key, "crlf")) return read_flag(env, m, &l->crlf);
    if (!strcmp(m->key, "first_line") && m->type == ARCI_JSON_STRING) {
        l->first_line = m->s;
        return ARC_OK;
    }
    if (!strcmp(m->key, "separator") && m->type == ARCI_JSON_STRING && m->len == 1 && !strchr("\"\r\n", m->s[0])) {
        l->separator = m->s;
        return ARC_OK;
    }
    return wrong(env, m, ARC_E_VALUE, "there is no such member, or it is of another kind", "没有该成员，或其类型不符");
}

arc_status arci_layout_get(arci_env *env, arci_arena *arena, const char *layout, arci_layout *out)
{
    const char *json = layout[0] == '{' ? layout : find_shipped(layout);
    arci_json *root;
    memset(out, 0, sizeof *out);
    out->separator = ",";
    out->header = 1;
    if (!json) return arci_fail(env, ARC_E_NOT_FOUND, "there is no layout %.40s", "没有布局 %.40s", layout);
    arc_status st = arci_json_parse(env, arena, json, strlen(json), &arci_json_definition_limits, &root);
    if (st == ARC_OK && root->type != ARCI_JSON_OBJECT) st = wrong(env, root, ARC_E_VALUE, "is an object", "须为对象");
    for (const arci_json *m = st == ARC_OK ? root->child : NULL; m && st == ARC_OK; m = m->next) st = read_member(env, arena, m, out);
    return st == ARC_OK && !out->n ? wrong(env, root, ARC_E_REQUIRED, "columns are required", "columns 为必填项") : st;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

static void put_cell(const arci_layout *l, arci_str *b, const char *s, size_t n)
{
    int quote = memchr(s, '"', n) || memchr(s, l->separator[0], n) || memchr(s, '\n', n) || memchr(s, '\r', n);
    if (!quote) {
        arci_str_add(b, s, n);
        return;
    }
    arci_str_putc(b, '"');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') arci_str_putc(b, '"');
        arci_str_putc(b, s[i]);
    }
    arci_str_putc(b, '"');
}

static void end_line(const arci_layout *l, arci_str *b) { arci_str_puts(b, l->crlf ? "\r\n" : "\n"); }

void arci_layout_begin(const arci_layout *l, arci_str *b)
{
    if (l->bom) arci_str_puts(b, "\xef\xbb\xbf");
    if (l->first_line) {
        arci_str_puts(b, l->first_line);
        end_line(l, b);
    }
    for (uint32_t i = 0; l->header && i < l->n; i++) {
        if (i) arci_str_puts(b, l->separator);
        put_cell(l, b, l->columns[i].header, strlen(l->columns[i].header));
    }
    if (l->header) end_line(l, b);
}

static const char *member(const arci_json *line, const char *key)
{
    const arci_json *m = arci_json_get(line, key);
    return m && (m->type == ARCI_JSON_STRING || m->type == ARCI_JSON_NUMBER) ? m->s : "";
}

static int foreign(const arci_voucher_row *r) { return strcmp(member(r->line, "currency"), r->home) != 0; }

/* The amount in the line's own currency, whatever its side. */
static const char *own_amount(const arci_voucher_row *r)
{
    const char *s = member(r->line, "debit");
    return *s ? s : member(r->line, "credit");
}

static void put_rate(const arci_layout *l, arci_str *b, const arci_voucher_row *r)
{
    const char *base = member(r->line, "base_debit"), *own = own_amount(r);
    arc_decimal x, y, rate;
    char text[48];
    size_t n = sizeof text;
    if (!*base) base = member(r->line, "base_credit");
    if (!foreign(r)) {
        put_cell(l, b, "1", 1);
        return;
    }
    if (arc_decimal_parse(&x, base, strlen(base)) != ARC_OK || arc_decimal_parse(&y, own, strlen(own)) != ARC_OK || !y.mantissa) return;
    if (arc_decimal_div(&rate, &x, &y, 8, ARC_ROUND_HALF_UP) == ARC_OK && arc_decimal_print(text, &n, &rate) == ARC_OK) put_cell(l, b, text, n);
}

static void put_auxiliaries(const arci_layout *l, arci_str *b, const arci_voucher_row *r)
{
    static const struct {
        const char *key, *label;
    } aux[] = { { "customer", "客户" }, { "department", "部门" }, { "person", "职员" }, { "project", "项目" }, { "business_line", "业务线" } };
    char text[600];
    size_t n = 0;
    for (size_t i = 0; i < sizeof aux / sizeof aux[0]; i++) {
        const char *code = member(r->line, aux[i].key);
        size_t a = strlen(aux[i].label), c = strlen(code);
        if (!c || n + a + c + 5 > sizeof text) continue;
        if (n) text[n++] = ';';
        memcpy(text + n, aux[i].label, a);
        memcpy(text + n + a, "---", 3);
        memcpy(text + n + a + 3, code, c);
        n += a + c + 3;
    }
    put_cell(l, b, text, n);
}

static void put_int(const arci_layout *l, arci_str *b, int64_t v)
{
    char text[24];
    put_cell(l, b, text, arci_int_text(text, v));
}

static void put_date(const arci_layout *l, arci_str *b, const arci_voucher_row *r, int what)
{
    char text[16];
    size_t n = sizeof text;
    if (arc_date_print(text, &n, r->date) != ARC_OK) return;
    if (what == ARCI_COL_DATE) put_cell(l, b, text, n);
    else if (what == ARCI_COL_YEAR) put_cell(l, b, text, n - 6);
    else put_int(l, b, (text[n - 5] - '0') * 10 + text[n - 4] - '0');
}

static void put_text_cell(const arci_layout *l, arci_str *b, const char *s) { put_cell(l, b, s, strlen(s)); }

static void put_side(const arci_layout *l, arci_str *b, const arci_voucher_row *r, int credit)
{
    const char *s = member(r->line, credit ? "base_credit" : "base_debit");
    put_text_cell(l, b, *s ? s : "0");
}

/* What the general ledger calls the currency. */
static void put_currency(const arci_layout *l, arci_str *b, const arci_voucher_row *r, const arci_json *names, int otherwise)
{
    const char *code = member(r->line, "currency");
    const arci_json *name = names ? arci_json_get(names, code) : NULL;
    put_text_cell(l, b, name ? name->s : otherwise ? code : "");
}

static void put_value(const arci_layout *l, arci_str *b, const arci_voucher_row *r, int value)
{
    static const char *const plain[] = { [ARCI_COL_LINE] = "line",         [ARCI_COL_ACCOUNT] = "account",       [ARCI_COL_ROLE] = "role",
                                         [ARCI_COL_CUSTOMER] = "customer",     [ARCI_COL_DEPARTMENT] = "department",
                                         [ARCI_COL_PERSON] = "person",     [ARCI_COL_PROJECT] = "project",       [ARCI_COL_BUSINESS_LINE] = "business_line",
                                         [ARCI_COL_DOCUMENT] = "document", [ARCI_COL_ORIGINAL] = "original_date", [ARCI_COL_N] = NULL };
    const char *en;
    switch (value) {
    case ARCI_COL_DATE: case ARCI_COL_YEAR: case ARCI_COL_MONTH: put_date(l, b, r, value); break;
    case ARCI_COL_LEDGER: put_cell(l, b, r->ledger, r->n_ledger); break;
    case ARCI_COL_PERIOD: put_cell(l, b, r->period, r->n_period); break;
    case ARCI_COL_NUMBER: put_int(l, b, r->number); break;
    case ARCI_COL_ENTRY: { /* counts from 0 */
        int64_t n = 1;
        const char *s = member(r->line, "line");
        (void)arci_int_parse(s, strlen(s), &n);
        put_int(l, b, n - 1);
        break;
    }
    case ARCI_COL_SUMMARY: put_text_cell(l, b, member(r->line, r->zh ? "summary" : "summary_en")); break;
    case ARCI_COL_NAME:
        en = member(r->line, "name_en");
        put_text_cell(l, b, r->zh || !*en ? member(r->line, "name") : en);
        break;
    case ARCI_COL_CURRENCY: put_currency(l, b, r, l->currencies, 1); break;
    case ARCI_COL_CURRENCY_NAME: put_currency(l, b, r, l->currency_names, 0); break;
    case ARCI_COL_AMOUNT: put_text_cell(l, b, own_amount(r)); break;
    case ARCI_COL_FOREIGN: put_text_cell(l, b, foreign(r) ? own_amount(r) : "0"); break;
    case ARCI_COL_RATE: put_rate(l, b, r); break;
    case ARCI_COL_DEBIT: case ARCI_COL_CREDIT: put_side(l, b, r, value == ARCI_COL_CREDIT); break;
    case ARCI_COL_SIDE: put_text_cell(l, b, arci_json_get(r->line, "credit") ? (r->zh ? "贷" : "credit") : r->zh ? "借" : "debit"); break;
    case ARCI_COL_AUXILIARIES: put_auxiliaries(l, b, r); break;
    default: put_text_cell(l, b, member(r->line, plain[value])); break;
    }
}

arc_status arci_layout_row(arci_env *env, const arci_layout *l, arci_str *b, const arci_voucher_row *row)
{
    for (uint32_t i = 0; i < l->n; i++) {
        const arci_layout_column *c = &l->columns[i];
        if (i) arci_str_puts(b, l->separator);
        if (c->text) put_cell(l, b, c->text, strlen(c->text));
        else put_value(l, b, row, c->value);
    }
    end_line(l, b);
    return b->failed ? arci_nomem(env) : ARC_OK;
}
