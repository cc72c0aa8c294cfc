/* SPDX-License-Identifier: Apache-2.0 */
/* Statement letters to be printed and signed. */
#include <stdio.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/num.h"
#include "base/str.h"
#include "ledger/statement.h"
#include "store/access.h"

enum { L_NUMBER, L_CUSTOMER, L_FROM, L_TO, L_CURRENCY, L_OPENING, L_DEBIT, L_CREDIT, L_CLOSING, L_UNAPPLIED, L_STATUS, L_SENT, L_ANSWERED, L_BY, L_DIFFERENCE };
static const char letter_fields[] = "number customer date_from date_to currency opening debit credit closing unapplied status sent_on confirmed_on confirmed_by difference";

enum { W_TITLE, W_NUMBER, W_TO, W_SENT, W_ASK, W_PERIOD, W_CURRENCY, W_OPENING, W_DEBIT, W_CREDIT, W_CLOSING, W_UNAPPLIED, W_AGREES, W_DIFFERS, W_THEIRS, W_DIFFERENCE, W_REASON, W_STAMP, W_SIGNED, W_DATE, WORDS };
static const char *const words[2][WORDS] = {
    { "CONFIRMATION OF BALANCE", "No.", "To", "Sent on",
      "Our books show the following balance of your account. Please compare it with yours, state below\nwhether it agrees, and return this letter signed. It is no demand for payment.",
      "Period", "Currency", "Opening balance", "Invoiced", "Paid and credited", "Closing balance, owed to us", "of which received and not yet applied", "The balance agrees with our books.",
      "The balance does not agree with our books.", "Balance in our books", "Difference", "Reason", "Stamp", "Confirmed by", "Date" },
    { "对账函", "编号", "致", "发函日期", "截至下列日期，贵公司在本公司账上的往来余额如下。请核对后在下方注明是否相符，盖章签字后寄回。\n本函仅为核对账目之用，并非催款结算。", "对账期间", "币种", "期初余额", "本期应收",
      "本期收款及冲减", "期末余额（贵公司欠款）", "其中：已收款尚未核销", "信息证明无误，余额相符。", "信息不符。", "贵公司账面余额", "差异金额", "不符原因", "盖章", "确认人", "日期" },
};

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static void put_value(arci_str *b, const arc_value *v)
{
    if (v->type == ARC_V_TEXT) arci_str_add(b, v->u.s, v->len);
}

static void put_day(arci_str *b, const arc_value *v)
{
    char text[16];
    size_t n = sizeof text;
    if (v->type == ARC_V_INT && arc_date_print(text, &n, (arc_date)v->u.i) == ARC_OK) arci_str_puts(b, text);
}

static void put_label(arci_str *b, const char *label)
{
    arci_str_puts(b, label);
    arci_str_puts(b, ": ");
}

/* Label, then the amount, lined up on the right: CJK letters take two columns. */
static void amount_line(arci_str *b, const char *label, const arc_value *currency, int64_t minor)
{
    enum { AT = 62 };
    char text[40];
    size_t n = sizeof text, w = 0;
    arc_money m = { minor, { 0 }, 0 };
    memcpy(m.currency, currency->u.s, 3);
    if (arc_money_print_amount(text, &n, &m) != ARC_OK) n = arci_int_text(text, minor);
    for (const unsigned char *p = (const unsigned char *)label; *p; p++) w += (*p & 0xc0u) == 0x80u ? 0 : *p >= 0xe3u && *p < 0xf0u ? 2 : 1;
    arci_str_puts(b, "  ");
    arci_str_puts(b, label);
    for (w += 2 + n; w < AT; w++) arci_str_putc(b, ' ');
    arci_str_add(b, text, n);
    arci_str_putc(b, '\n');
}

static int64_t sum_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static void write_head(arci_str *b, const char *const *w, const arc_value *l, const arc_value *customer)
{
    arci_str_puts(b, w[W_TITLE]);
    arci_str_puts(b, "\n\n");
    put_label(b, w[W_NUMBER]);
    put_value(b, &l[L_NUMBER]);
    arci_str_putc(b, '\n');
    put_label(b, w[W_TO]);
    put_value(b, &customer[1]);
    arci_str_puts(b, customer[0].type == ARC_V_TEXT && customer[0].len ? " (" : "");
    put_value(b, &customer[0]);
    arci_str_puts(b, customer[0].type == ARC_V_TEXT && customer[0].len ? ")\n" : "\n");
    put_label(b, w[W_SENT]);
    put_day(b, &l[L_SENT]);
    arci_str_puts(b, "\n\n");
    arci_str_puts(b, w[W_ASK]);
    arci_str_puts(b, "\n\n  ");
    put_label(b, w[W_PERIOD]);
    put_day(b, &l[L_FROM]);
    arci_str_puts(b, " .. ");
    put_day(b, &l[L_TO]);
    arci_str_puts(b, "    ");
    put_label(b, w[W_CURRENCY]);
    put_value(b, &l[L_CURRENCY]);
    arci_str_putc(b, '\n');
}

/* The customer's answer, or the place for it. */
static void write_answer(arci_str *b, const char *const *w, const arc_value *l)
{
    int agrees = is(&l[L_STATUS], "confirmed"), differs = is(&l[L_STATUS], "differs");
    static const char blank[] = "____________________";
    arci_str_puts(b, agrees ? "\n[x] " : "\n[ ] ");
    arci_str_puts(b, w[W_AGREES]);
    arci_str_puts(b, differs ? "\n[x] " : "\n[ ] ");
    arci_str_puts(b, w[W_DIFFERS]);
    arci_str_putc(b, '\n');
    if (differs) {
        amount_line(b, w[W_THEIRS], &l[L_CURRENCY], sum_of(&l[L_CLOSING]) + sum_of(&l[L_DIFFERENCE]));
        amount_line(b, w[W_DIFFERENCE], &l[L_CURRENCY], sum_of(&l[L_DIFFERENCE]));
    } else if (!agrees) {
        for (int i = W_THEIRS; i <= W_REASON; i++) {
            arci_str_puts(b, "    ");
            put_label(b, w[i]);
            arci_str_puts(b, blank);
            arci_str_putc(b, '\n');
        }
    }
    arci_str_putc(b, '\n');
    put_label(b, w[W_STAMP]);
    arci_str_puts(b, blank);
    arci_str_puts(b, "    ");
    put_label(b, w[W_SIGNED]);
    if (l[L_BY].type == ARC_V_TEXT) put_value(b, &l[L_BY]);
    else arci_str_puts(b, blank);
    arci_str_puts(b, "    ");
    put_label(b, w[W_DATE]);
    if (l[L_ANSWERED].type == ARC_V_INT) put_day(b, &l[L_ANSWERED]);
    else arci_str_puts(b, "__________");
    arci_str_putc(b, '\n');
}

static arc_status compose(arci_txn *t, arci_arena *arena, arci_str *b, int64_t letter, int zh)
{
    const arci_shape *shape, *who;
    arc_value *l, *customer;
    const char *const *w = words[zh];
    arc_status st = arci_shape_get(t, &shape, "statement_letter", letter_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &who, "customer", "code legal_name");
    if (st == ARC_OK) st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], shape->table->entity, shape->table->entity, letter);
    if (st == ARC_OK) st = arci_repo_get(t, shape, letter, arena, &l);
    if (st == ARC_OK) st = arci_repo_get(t, who, l[L_CUSTOMER].u.i, arena, &customer);
    if (st == ARC_OK) st = arci_access_out(t->env, arena, t->session, who->table, who->cols, who->n, customer);
    const arc_value closing = st == ARC_OK ? l[L_CLOSING] : arci_v_null();
    if (st == ARC_OK) st = arci_access_out(t->env, arena, t->session, shape->table, shape->cols, shape->n, l);
    if (st == ARC_OK && l[L_CLOSING].type != closing.type) st = arci_fail(t->env, ARC_E_FORBIDDEN, "the figures of the letter may not be seen", "无权查看对账函金额");
    if (st != ARC_OK) return st;
    write_head(b, w, l, customer);
    arci_str_putc(b, '\n');
    for (int i = 0; i < 4; i++) amount_line(b, w[W_OPENING + i], &l[L_CURRENCY], sum_of(&l[L_OPENING + i]));
    if (sum_of(&l[L_UNAPPLIED])) amount_line(b, w[W_UNAPPLIED], &l[L_CURRENCY], sum_of(&l[L_UNAPPLIED]));
    write_answer(b, w, l);
    return b->failed ? arci_nomem(t->env) : ARC_OK;
}

arc_status arc_statement_letter_text(arc_session *session, char *buf, size_t *len, int64_t letter, const char *lang)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    arci_str b;
    const arci_entity *e = arci_entity_by_name("statement_letter", 16);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    int zh = lang && strcmp(lang, "zh") == 0;
    if (!len || !lang || (!zh && strcmp(lang, "en") != 0)) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len or lang is NULL, or lang is neither en nor zh", "len 或 lang 无效"));
    arci_arena_init(&arena, s->env.ctx);
    arci_str_init(&b, s->env.ctx);
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, compose(scope.txn, &arena, &b, letter, zh));
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s ? b.s : "", b.len);
    if (st == ARC_E_BUFFER) st = arci_fail(&s->env, st, "the text needs %zu bytes", "文本需要 %zu 字节", b.len + 1);
    arci_str_clear(&b);
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}
