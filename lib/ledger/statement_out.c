/* SPDX-License-Identifier: Apache-2.0 */
/* The statement as a handle: figures, rows, JSON, text. */
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/handle.h"
#include "base/json_out.h"
#include "ledger/statement.h"
#include "store/access.h"
#include "value/currency.h"

arc_status arc_statement_options_init(arc_statement_options *options)
{
    static const arc_statement_options init = ARC_STATEMENT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_statement_info_init(arc_statement_info *info)
{
    static const arc_statement_info init = ARC_STATEMENT_INFO_INIT;
    if (!info) return ARC_E_INVALID;
    *info = init;
    return ARC_OK;
}

arc_status arc_statement_row_init(arc_statement_row *row)
{
    static const arc_statement_row init = ARC_STATEMENT_ROW_INIT;
    if (!row) return ARC_E_INVALID;
    *row = init;
    return ARC_OK;
}

static void free_statement(arci_owned *o)
{
    arci_statement *s = (arci_statement *)o;
    arc_context *ctx = s->ctx;
    arci_arena_clear(&s->arena);
    arci_free(ctx, s);
}

void arc_statement_free(arc_statement *handle) { arci_own_end(handle, ARCI_H_STATEMENT); }

/* ---- computing ------------------------------------------------------------------------------------------------------------- */

static arc_status may_read(arci_session *s)
{
    static const char *const entities[] = { "item", "receipt", "allocation" };
    arc_status st = ARC_OK;
    for (int i = 0; i < 3 && st == ARC_OK; i++) {
        const arci_entity *e = arci_entity_by_name(entities[i], strlen(entities[i]));
        st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
        if (st == ARC_OK) st = arci_access_field(&s->env, s, e, arci_entity_field(e, "amount", 6));
    }
    return st;
}

arc_status arci_statement_asked(arci_session *s, arc_statement_info *info, const arc_statement_options *o)
{
    arci_env *env = &s->env;
    if (o->flags & ~ARC_STATEMENT_OPEN_ITEMS) return arci_fail(env, ARC_E_INVALID, "an unknown flag", "未知标志");
    info->customer = o->customer;
    memcpy(info->currency, o->currency[0] ? o->currency : s->book->base_currency, 3);
    if (!arci_currency_find(info->currency)) return arci_fail(env, ARC_E_CURRENCY, "unknown currency", "未知币种");
    info->from = o->from;
    info->known_at = o->known_at;
    if (o->known_at < 0) return arci_fail(env, ARC_E_INVALID, "known_at is negative", "known_at 为负数");
    info->to = o->to == ARC_DATE_NONE ? s->business_date : o->to;
    int whole = info->to >= ARC_DATE_MIN && info->to <= ARC_DATE_MAX && (info->from == ARC_DATE_NONE || (info->from >= ARC_DATE_MIN && info->from <= info->to));
    return whole ? may_read(s) : arci_fail(env, ARC_E_RANGE, "no such days, or the session has no business date", "日期无效，或会话未设置业务日期");
}

static arc_status new_statement(arci_session *s, arci_statement **out, const arc_statement_info *info)
{
    arci_statement *x = arci_calloc(s->env.ctx, 1, sizeof *x);
    *out = x;
    if (!x) return arci_nomem(&s->env);
    x->ctx = x->env.ctx = s->env.ctx;
    x->env.err = &x->error;
    x->info = *info;
    (void)arc_error_init(&x->error);
    arci_arena_init(&x->arena, x->ctx);
    return ARC_OK;
}

static int by_customer(const void *x, const void *y)
{
    const arci_statement *a = *(arci_statement *const *)x, *b = *(arci_statement *const *)y;
    return (a->info.customer > b->info.customer) - (a->info.customer < b->info.customer);
}

/* Makes them all; those not handed out are freed. list has room for n, sorted for another n. */
static arc_status gather(arci_session *s, arci_statement **list, arci_statement **sorted, const arc_statement_info *info, const int64_t *customers, uint32_t n, const arc_statement_options *o)
{
    arci_scope scope;
    arc_error first = ARC_ERROR_INIT;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        st = new_statement(s, &list[i], info);
        if (st == ARC_OK) list[i]->info.customer = customers[i];
        sorted[i] = list[i];
    }
    if (st == ARC_OK) qsort(sorted, n, sizeof(arci_statement *), by_customer);
    for (uint32_t i = 1; st == ARC_OK && i < n; i++) {
        if (sorted[i]->info.customer == sorted[i - 1]->info.customer) st = arci_fail(&s->env, ARC_E_INVALID, "a customer is named twice", "客户重复");
    }
    if (st == ARC_OK) st = arci_statements_gather(scope.txn, sorted, n, o->flags, o->known_at);
    if (st == ARC_OK) first = *s->env.err; /* of one that is refused */
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (list[i]->status == ARC_OK) st = arci_own(&s->env, s, &list[i]->owned, ARCI_H_STATEMENT, free_statement);
    }
    st = arci_scope_end(&scope, st);
    if (st == ARC_OK && first.status != ARC_OK) (void)arci_fail_copy(&s->env, &first);
    return st;
}

static void forget(arci_statement *x)
{
    if (x && x->owned.handle) arci_own_end(x->owned.handle, ARCI_H_STATEMENT);
    else if (x) free_statement(&x->owned);
}

arc_status arc_statement_compute(arc_session *session, arc_statement **out, const arc_statement_options *options)
{
    arci_session *s;
    arci_statement *x = NULL, *same = NULL;
    arc_statement_info info = ARC_STATEMENT_INFO_INIT;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    st = out && options ? arci_struct_in(&s->env, &o, sizeof o, options) : arci_fail(&s->env, ARC_E_INVALID, "out or options is NULL", "输出参数或选项为空");
    if (st == ARC_OK) st = arci_statement_asked(s, &info, &o);
    if (st == ARC_OK) st = gather(s, &x, &same, &info, &o.customer, 1, &o);
    if (st == ARC_OK) st = x->status;
    if (st == ARC_OK) *out = x->owned.handle;
    else forget(x);
    return arci_session_leave(s, st);
}

enum { MOST_CUSTOMERS = 10000 };

static arc_status compute_many(arci_session *s, arc_statement **out, arc_status *results, const arc_statement_options *o, const int64_t *customers, uint32_t n)
{
    arc_statement_info info = ARC_STATEMENT_INFO_INIT;
    arci_statement **list = arci_calloc(s->env.ctx, 2u * (size_t)n, sizeof(arci_statement *));
    int refused = 0;
    arc_status st = list ? arci_statement_asked(s, &info, o) : arci_nomem(&s->env);
    if (st == ARC_OK && o->customer) st = arci_fail(&s->env, ARC_E_INVALID, "customer is 0: the customers are given beside", "customer 须为 0");
    if (st == ARC_OK) st = gather(s, list, list + n, &info, customers, n, o);
    for (uint32_t i = 0; list && i < n; i++) {
        results[i] = st == ARC_OK ? list[i]->status : st;
        refused |= st == ARC_OK && list[i]->status != ARC_OK;
        if (results[i] == ARC_OK) out[i] = list[i]->owned.handle;
        else forget(list[i]);
    }
    arci_free(s->env.ctx, list);
    return st == ARC_OK && refused ? ARC_PARTIAL : st;
}

arc_status arc_statement_compute_many(arc_session *session, arc_statement **out, arc_status *results, const arc_statement_options *options, const int64_t *customers, size_t n)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    if (!out || !results || !customers || !n) st = arci_fail(&s->env, ARC_E_INVALID, "no customers, or nowhere to put statements", "没有客户，或未提供结果数组");
    else if (n > MOST_CUSTOMERS) st = arci_fail(&s->env, ARC_E_LIMIT, "at most %d customers a call", "每次最多 %d 个客户", MOST_CUSTOMERS);
    for (size_t i = 0; st == ARC_OK && i < n; i++) out[i] = NULL;
    if (st == ARC_OK) st = options ? arci_struct_in(&s->env, &o, sizeof o, options) : arci_fail(&s->env, ARC_E_INVALID, "options is NULL", "选项为空");
    if (st == ARC_OK) st = compute_many(s, out, results, &o, customers, (uint32_t)n);
    return arci_session_leave(s, st);
}

/* ---- figures and rows ---------------------------------------------------------------------------------------------------------- */

static arc_status enter(arc_statement *handle, arci_statement **out)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_STATEMENT, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    if ((*out)->error.status != ARC_OK) arci_error_clear(&(*out)->error);
    return ARC_OK;
}

arc_status arc_statement_error(arc_statement *handle, arc_error *error)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_STATEMENT, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_statement *)object)->error, sizeof *error);
}

static arc_status give(arci_statement *s, void *to, const void *from, size_t size)
{
    if (to && arci_struct_out(to, from, size) == ARC_OK) return ARC_OK;
    return arci_fail(&s->env, ARC_E_INVALID, "the output is not an initialised struct", "输出结构未初始化");
}

arc_status arc_statement_get_info(arc_statement *handle, arc_statement_info *info)
{
    arci_statement *s;
    arc_status st = enter(handle, &s);
    return st == ARC_OK ? give(s, info, &s->info, sizeof *info) : st;
}

static arc_status give_row(arci_statement *s, arc_statement_row *row, const arc_statement_row *rows, uint32_t n, uint32_t i)
{
    if (i < n) return give(s, row, &rows[i], sizeof *row);
    return arci_fail(&s->env, ARC_E_RANGE, "row %u of %u", "第 %u 行，共 %u 行", i, n);
}

arc_status arc_statement_get_row(arc_statement *handle, arc_statement_row *row, uint32_t i)
{
    arci_statement *s;
    arc_status st = enter(handle, &s);
    return st == ARC_OK ? give_row(s, row, s->rows, s->info.n_rows, i) : st;
}

arc_status arc_statement_get_open(arc_statement *handle, arc_statement_row *row, uint32_t i)
{
    arci_statement *s;
    arc_status st = enter(handle, &s);
    return st == ARC_OK ? give_row(s, row, s->open, s->info.n_open, i) : st;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------------------ */

typedef char short_text[40];

static const char *day_text(short_text out, arc_date on)
{
    size_t n = sizeof(short_text);
    if (on == ARC_DATE_NONE || arc_date_print(out, &n, on) != ARC_OK) out[0] = 0;
    return out;
}

static const char *amount_text(short_text out, const char *currency, int64_t minor)
{
    arc_money m = { minor, { 0 }, 0 };
    size_t n = sizeof(short_text);
    memcpy(m.currency, currency, 3);
    if (arc_money_print_amount(out, &n, &m) != ARC_OK) { /* a sum beyond ARC_MONEY_MAX: in minor units */
        arci_int_text(out, minor);
    }
    return out;
}

static int put(cJSON *o, const char *key, const char *text) { return arci_jo_text(o, key, text, strlen(text)); }

static int put_day(cJSON *o, const char *key, arc_date on)
{
    short_text t;
    return on == ARC_DATE_NONE ? arci_jo_null(o, key) : put(o, key, day_text(t, on));
}

static int put_amount(cJSON *o, const char *key, const arci_statement *s, int64_t minor)
{
    short_text t;
    return put(o, key, amount_text(t, s->info.currency, minor));
}

static int put_rows(cJSON *root, const char *key, const arci_statement *s, const arc_statement_row *rows, uint32_t n)
{
    cJSON *list = arci_jo_array(root, key);
    for (uint32_t i = 0; list && i < n; i++) {
        const arc_statement_row *r = &rows[i];
        const arci_entity *e = arci_entity_by_id(r->entity);
        cJSON *o = arci_jo_object(list, NULL);
        if (!o || !put_day(o, "date", r->date) || !put(o, "kind", r->kind) || !put(o, "number", r->number) || !put_day(o, "due", r->due) ||
            !put_amount(o, "debit", s, r->debit) || !put_amount(o, "credit", s, r->credit) || !put_amount(o, "balance", s, r->balance) ||
            !put(o, "entity", e ? e->name : "") || !arci_jo_int(o, "id", r->id)) {
            return 0;
        }
    }
    return list != NULL;
}

static int build(const arci_statement *s, cJSON *root)
{
    const arc_statement_info *f = &s->info;
    return root && arci_jo_int(root, "customer", f->customer) && put(root, "code", f->code) && put(root, "name", f->name) && put(root, "currency", f->currency) &&
           put_day(root, "from", f->from) && put_day(root, "to", f->to) && put_amount(root, "opening", s, f->opening) && put_amount(root, "debit", s, f->debit) &&
           put_amount(root, "credit", s, f->credit) && put_amount(root, "closing", s, f->closing) && put_amount(root, "unapplied", s, f->unapplied) &&
           put_amount(root, "overdue", s, f->overdue) && (!f->known_at || arci_jo_int(root, "known_at", f->known_at)) && put_rows(root, "rows", s, s->rows, f->n_rows) && put_rows(root, "open", s, s->open, f->n_open);
}

static arc_status give_text(arci_statement *s, char *buf, size_t *len, const arci_str *text)
{
    arc_status st = arci_text_out(buf, len, text->s ? text->s : "", text->len);
    return st == ARC_E_BUFFER ? arci_fail(&s->env, st, "the text needs %zu bytes", "文本需要 %zu 字节", text->len + 1) : st;
}

arc_status arc_statement_json(arc_statement *handle, char *buf, size_t *len)
{
    arci_statement *s;
    arci_str text;
    arc_status st = enter(handle, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arci_str_init(&text, s->ctx);
    cJSON *root = arci_jo_object(NULL, NULL);
    int built = build(s, root) && arci_jo_print(root, 0, &text);
    cJSON_Delete(root);
    st = built ? give_text(s, buf, len, &text) : arci_nomem(&s->env);
    arci_str_clear(&text);
    return st;
}

/* ---- text -------------------------------------------------------------------------------------------------------------------------- */

enum { W_TITLE, W_PERIOD, W_DATE, W_KIND, W_NUMBER, W_DUE, W_DEBIT, W_CREDIT, W_BALANCE, W_OPENING, W_TOTAL, W_CLOSING, W_UNAPPLIED, W_OVERDUE, W_OPEN, W_BEGIN, WORDS };
static const char *const words[2][WORDS] = {
    { "Statement of account", "Period", "Date", "Kind", "Number", "Due", "Debit", "Credit", "Balance", "Opening balance", "Total", "Closing balance",
      "of which not yet applied", "overdue", "Open items", "beginning" },
    { "客户对账单", "期间", "日期", "类型", "单据编号", "到期日", "借方", "贷方", "余额", "期初余额", "合计", "期末余额", "其中未核销回款", "已逾期", "未结明细", "期初" },
};
static const struct {
    const char *kind, *en, *zh;
} movements[] = { { "receipt", "Receipt", "回款" },       { "receipt_return", "Receipt returned", "退回" }, { "receipt_unclaim", "Claim taken back", "撤销认领" }, { "discount", "Cash discount", "现金折扣" },
                  { "write_off", "Write-off", "核减" }, { "exchange", "Other currency", "其他币种" },     { "adjustment", "Adjustment", "调整" },
                  { "merge", "Merged in", "客户并入" },     { "unmerge", "Taken apart", "撤销并入" } };

static const char *kind_label(const char *kind, int zh)
{
    const arci_code_list *l = arci_code_list_get("item_kind");
    for (size_t i = 0; i < sizeof movements / sizeof *movements; i++) {
        if (strcmp(movements[i].kind, kind) == 0) return zh ? movements[i].zh : movements[i].en;
    }
    for (uint32_t i = 0; l && l->codes[i]; i++) {
        if (strcmp(l->codes[i], kind) == 0) return zh ? l->labels_zh[i] : l->labels_en[i];
    }
    return kind;
}

/* Columns a text takes: CJK and full-width letters take two. Valid UTF-8. */
static uint32_t width_of(const char *s)
{
    uint32_t n = 0;
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if ((*p & 0xc0u) == 0x80u) continue;
        n += *p >= 0xe3u && *p < 0xf0u ? 2 : 1; /* from U+3000 on; what lies above the BMP is rare here */
    }
    return n;
}

static void pad(arci_str *b, uint32_t n)
{
    while (n--) arci_str_putc(b, ' ');
}

/* A cell of `width` columns, cut never: a longer one pushes the rest. */
static void cell(arci_str *b, const char *s, uint32_t width, int right)
{
    uint32_t w = width_of(s), rest = w < width ? width - w : 0;
    if (right) pad(b, rest);
    arci_str_puts(b, s);
    if (!right) pad(b, rest);
    arci_str_puts(b, "  ");
}

static void end_line(arci_str *b)
{
    while (b->len && b->s && b->s[b->len - 1] == ' ') b->len--;
    arci_str_putc(b, '\n');
}

static void row_text(arci_str *b, const char *date, const char *kind, const char *number, const char *due, const char *debit, const char *credit, const char *balance)
{
    cell(b, date, 10, 0);
    cell(b, kind, 17, 0);
    cell(b, number, 20, 0);
    cell(b, due, 10, 0);
    cell(b, debit, 16, 1);
    cell(b, credit, 16, 1);
    cell(b, balance, 16, 1);
    end_line(b);
}

static void rows_text(arci_str *b, const arci_statement *s, const arc_statement_row *rows, uint32_t n, int zh)
{
    short_text day, due, debit, credit, balance;
    for (uint32_t i = 0; i < n; i++) {
        const arc_statement_row *r = &rows[i];
        row_text(b, day_text(day, r->date), kind_label(r->kind, zh), r->number, day_text(due, r->due),
                 r->debit ? amount_text(debit, s->info.currency, r->debit) : "", r->credit ? amount_text(credit, s->info.currency, r->credit) : "",
                 amount_text(balance, s->info.currency, r->balance));
    }
}

static void line_of(arci_str *b, const char *label, const arci_statement *s, int64_t amount)
{
    short_text t;
    cell(b, "", 10, 0);
    cell(b, label, 17 + 2 + 20 + 2 + 10, 0); /* over kind, number and due date */
    cell(b, "", 16, 0);
    cell(b, "", 16, 0);
    cell(b, amount_text(t, s->info.currency, amount), 16, 1);
    end_line(b);
}

static void write_text(arci_str *b, const arci_statement *s, int zh)
{
    const char *const *w = words[zh];
    const arc_statement_info *f = &s->info;
    short_text from, to, debit, credit;
    arci_str_puts(b, w[W_TITLE]);
    arci_str_puts(b, "  ");
    arci_str_puts(b, f->code);
    arci_str_puts(b, "  ");
    arci_str_puts(b, f->name);
    arci_str_puts(b, "  (");
    arci_str_puts(b, f->currency);
    arci_str_puts(b, ")\n");
    arci_str_puts(b, w[W_PERIOD]);
    arci_str_puts(b, ": ");
    arci_str_puts(b, f->from == ARC_DATE_NONE ? w[W_BEGIN] : day_text(from, f->from));
    arci_str_puts(b, " .. ");
    arci_str_puts(b, day_text(to, f->to));
    arci_str_puts(b, "\n\n");
    row_text(b, w[W_DATE], w[W_KIND], w[W_NUMBER], w[W_DUE], w[W_DEBIT], w[W_CREDIT], w[W_BALANCE]);
    line_of(b, w[W_OPENING], s, f->opening);
    rows_text(b, s, s->rows, f->n_rows, zh);
    row_text(b, "", w[W_TOTAL], "", "", amount_text(debit, f->currency, f->debit), amount_text(credit, f->currency, f->credit), "");
    line_of(b, w[W_CLOSING], s, f->closing);
    if (f->unapplied) line_of(b, w[W_UNAPPLIED], s, f->unapplied);
    if (f->overdue) line_of(b, w[W_OVERDUE], s, f->overdue);
    if (!f->n_open) return;
    arci_str_putc(b, '\n');
    arci_str_puts(b, w[W_OPEN]);
    arci_str_putc(b, '\n');
    rows_text(b, s, s->open, f->n_open, zh);
}

arc_status arc_statement_text(arc_statement *handle, char *buf, size_t *len, const char *lang)
{
    arci_statement *s;
    arci_str text;
    arc_status st = enter(handle, &s);
    if (st != ARC_OK) return st;
    int zh = lang && strcmp(lang, "zh") == 0;
    if (!len || !lang || (!zh && strcmp(lang, "en") != 0)) return arci_fail(&s->env, ARC_E_INVALID, "len or lang is NULL, or lang is neither en nor zh", "len 或 lang 无效");
    arci_str_init(&text, s->ctx);
    write_text(&text, s, zh);
    st = text.failed ? arci_nomem(&s->env) : give_text(s, buf, len, &text);
    arci_str_clear(&text);
    return st;
}
