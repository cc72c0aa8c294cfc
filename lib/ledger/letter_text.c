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

enum { L_NUMBER, L_CUSTOMER, L_FROM, L_TO, L_CURRENCY, L_OPENING, L_DEBIT, L_CREDIT, L_CLOSING, L_UNAPPLIED, L_STATUS, L_SENT, L_ANSWERED, L_BY, L_DIFFERENCE, L_COLUMNS };
#define LETTERS_MAX 100000u
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

typedef struct printing {
    arci_txn *t;
    arci_arena arena;
    const int64_t *ids;
    uint32_t n;
    arc_value *letters, *customers; /* as the actor may see them; by letter */
} printing;

enum { C_CODE, C_NAME, C_COLUMNS };

/* The letters must be there, and their figures for him to see. */
static arc_status see_letters(printing *x, const arci_shape *shape, uint8_t *found)
{
    arci_txn *t = x->t;
    for (uint32_t i = 0; i < x->n; i++) {
        arc_value *l = x->letters + (size_t)i * shape->n;
        arc_status st = found[i] ? ARC_OK : arci_no_such(t->env, "statement_letter");
        const arc_value closing = found[i] ? l[L_CLOSING] : arci_v_null();
        if (st == ARC_OK) st = arci_access_out(t->env, &x->arena, t->session, shape->table, shape->cols, shape->n, l);
        if (st == ARC_OK && l[L_CLOSING].type != closing.type) st = arci_fail(t->env, ARC_E_FORBIDDEN, "the figures of the letter may not be seen", "无权查看对账函金额");
        if (st == ARC_OK) continue;
        arci_fail_at(t->env, "statement_letter", NULL, x->ids[i], -1);
        return st;
    }
    return ARC_OK;
}

static arc_status read_all(printing *x)
{
    arci_txn *t = x->t;
    const arci_shape *shape, *who;
    uint8_t *found, *there;
    const arci_entity *e = arci_entity_by_name("statement_letter", 16);
    const arci_row_scope *scope = arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], e);
    int64_t *customers = arci_arena_alloc(&x->arena, x->n * sizeof *customers);
    uint8_t *seen = arci_arena_alloc(&x->arena, x->n);
    if (!customers || !seen) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "statement_letter", letter_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &who, "customer", "code legal_name");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, x->ids, x->n, &x->arena, &x->letters, &found);
    if (st == ARC_OK && scope) st = arci_scope_rows(t, &x->arena, e, scope, x->ids, x->n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        if (scope && found[i] && !seen[i]) arci_denial_note(t->session, &arci_verbs[ARCI_DO_READ], e, NULL, x->ids[i]);
        if (scope) found[i] &= seen[i];
        customers[i] = found[i] ? x->letters[(size_t)i * shape->n + L_CUSTOMER].u.i : 0;
    }
    if (st == ARC_OK) st = see_letters(x, shape, found);
    if (st == ARC_OK) st = arci_repo_get_many(t, who, customers, x->n, &x->arena, &x->customers, &there);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        if (there[i]) st = arci_access_out(t->env, &x->arena, t->session, who->table, who->cols, who->n, x->customers + (size_t)i * C_COLUMNS);
    }
    return st;
}

static void compose(arci_str *b, const arc_value *l, const arc_value *customer, int zh)
{
    const char *const *w = words[zh];
    write_head(b, w, l, customer);
    arci_str_putc(b, '\n');
    for (int i = 0; i < 4; i++) amount_line(b, w[W_OPENING + i], &l[L_CURRENCY], sum_of(&l[L_OPENING + i]));
    if (sum_of(&l[L_UNAPPLIED])) amount_line(b, w[W_UNAPPLIED], &l[L_CURRENCY], sum_of(&l[L_UNAPPLIED]));
    write_answer(b, w, l);
}

static arc_status print_all(printing *x, arci_str *b, int zh, arc_letter_fn each, void *user)
{
    arc_status st = read_all(x);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        b->len = 0;
        compose(b, x->letters + (size_t)i * L_COLUMNS, x->customers + (size_t)i * C_COLUMNS, zh);
        if (b->failed) st = arci_nomem(x->t->env);
        else if (each && each(user, x->ids[i], b->s, b->len)) st = arci_fail(x->t->env, ARC_E_CANCELLED, "stopped by the caller", "调用方已中止");
    }
    return st;
}

static arc_status letter_texts(arci_session *s, arci_str *b, const int64_t *letters, uint32_t n, int zh, arc_letter_fn each, void *user)
{
    arci_scope scope;
    printing x = { .ids = letters, .n = n };
    arc_status st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("statement_letter", 16));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    x.t = scope.txn;
    arci_arena_init(&x.arena, s->env.ctx);
    st = arci_scope_end(&scope, n ? print_all(&x, b, zh, each, user) : ARC_OK);
    arci_arena_clear(&x.arena);
    return st;
}

static int language(const char *lang)
{
    return !lang ? -1 : strcmp(lang, "zh") == 0 ? 1 : strcmp(lang, "en") == 0 ? 0 : -1;
}

static arc_status bad_language(arci_env *env) { return arci_fail(env, ARC_E_INVALID, "lang is neither en nor zh, or something is NULL", "lang 须为 en 或 zh，参数不得为 NULL"); }

arc_status arc_statement_letter_text(arc_session *session, char *buf, size_t *len, int64_t letter, const char *lang)
{
    arci_session *s;
    arci_str b;
    const int zh = language(lang);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len || zh < 0) return arci_session_leave(s, bad_language(&s->env));
    arci_str_init(&b, s->env.ctx);
    st = letter_texts(s, &b, &letter, 1, zh, NULL, NULL);
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s ? b.s : "", b.len);
    if (st == ARC_E_BUFFER) st = arci_fail(&s->env, st, "the text needs %zu bytes", "文本需要 %zu 字节", b.len + 1);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}

arc_status arc_statement_letter_texts(arc_session *session, const int64_t *letters, size_t n, const char *lang, arc_letter_fn each, void *user)
{
    arci_session *s;
    arci_str b;
    const int zh = language(lang);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if ((n && !letters) || !each || zh < 0) return arci_session_leave(s, bad_language(&s->env));
    if (n > LETTERS_MAX) return arci_session_leave(s, arci_fail(&s->env, ARC_E_LIMIT, "at most %u letters", "最多 %u 份对账函", LETTERS_MAX));
    arci_str_init(&b, s->env.ctx);
    st = letter_texts(s, &b, letters, (uint32_t)n, zh, each, user);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
