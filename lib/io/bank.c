/* SPDX-License-Identifier: Apache-2.0 */
/* Building statements: memory, texts, amounts, dates. */
#include "io/bank.h"

#include <stdarg.h>
#include <string.h>

#include "base/json_text.h"
#include "value/currency.h"
#include "value/date.h"
#include "value/digits.h"
#include "value/textform.h"

#define LINE(member, flags) { #member, offsetof(arc_bank_line, member), flags }
#define STMT(member) { #member, offsetof(arc_bank_statement, member), 0 }

const arci_bank_field arci_bank_line_fields[] = {
    LINE(id, ARCI_BANK_LIFT), LINE(entry_ref, ARCI_BANK_INHERIT), LINE(bank_ref, ARCI_BANK_LIFT), LINE(customer_ref, ARCI_BANK_LIFT), LINE(end_to_end, ARCI_BANK_LIFT), LINE(mandate, ARCI_BANK_LIFT),
    LINE(creditor_id, ARCI_BANK_LIFT), LINE(creditor_ref, ARCI_BANK_LIFT), LINE(document, ARCI_BANK_LIFT), LINE(text, ARCI_BANK_LIFT), LINE(info, ARCI_BANK_LIFT),
    LINE(name, ARCI_BANK_LIFT), LINE(account, ARCI_BANK_LIFT), LINE(bank, ARCI_BANK_LIFT), LINE(ultimate_name, ARCI_BANK_LIFT), LINE(address, ARCI_BANK_LIFT),
    LINE(swift_code, ARCI_BANK_INHERIT), LINE(gvc, ARCI_BANK_INHERIT), LINE(domain, ARCI_BANK_INHERIT | ARCI_BANK_LIFT), LINE(family, ARCI_BANK_INHERIT | ARCI_BANK_LIFT),
    LINE(subfamily, ARCI_BANK_INHERIT | ARCI_BANK_LIFT), LINE(own_code, ARCI_BANK_INHERIT | ARCI_BANK_LIFT), LINE(bai, ARCI_BANK_INHERIT), LINE(prima_nota, ARCI_BANK_INHERIT),
    LINE(purpose, ARCI_BANK_LIFT), LINE(return_reason, ARCI_BANK_LIFT), LINE(check_number, ARCI_BANK_LIFT), LINE(batch, ARCI_BANK_INHERIT | ARCI_BANK_LIFT),
    LINE(method, ARCI_BANK_LIFT), LINE(status, ARCI_BANK_INHERIT), LINE(time, ARCI_BANK_INHERIT), LINE(balance, 0), LINE(raw, 0), LINE(extra, 0),
};
const size_t arci_n_bank_line_fields = sizeof arci_bank_line_fields / sizeof arci_bank_line_fields[0];

const arci_bank_field arci_bank_statement_fields[] = {
    STMT(account), STMT(iban), STMT(bank), STMT(owner), STMT(account_name), STMT(account_type), STMT(id), STMT(related), STMT(number), STMT(sequence), STMT(created), STMT(info),
};
const size_t arci_n_bank_statement_fields = sizeof arci_bank_statement_fields / sizeof arci_bank_statement_fields[0];

/* ---- memory -------------------------------------------------------------------------------------------------------------- */

/* Room for one more in an array of the arena; the old one stays there, so that growing costs at most as much again. */
static void *more(arci_bank *b, void *array, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) return array;
    uint32_t wider = *cap ? *cap * 2 : 4;
    void *grown = arci_arena_alloc(&b->arena, (size_t)wider * size);
    if (!grown) {
        arci_nomem(b->env);
        return NULL;
    }
    if (n) memcpy(grown, array, (size_t)n * size);
    *cap = wider;
    return grown;
}

static void *fresh(arci_bank *b, size_t size)
{
    void *p = arci_arena_calloc(&b->arena, 1, size);
    if (!p) arci_nomem(b->env);
    return p;
}

arci_bank_stmt *arci_bank_add_statement(arci_bank *b, int64_t row, size_t offset)
{
    static const arc_bank_statement defaults = ARC_BANK_STATEMENT_INIT;
    arci_bank_stmt *s = fresh(b, sizeof *s);
    void *grown = more(b, b->stmts, b->info.n_statements, &b->cap_stmts, sizeof b->stmts[0]);
    if (!s || !grown) return NULL;
    b->stmts = grown;
    s->s = defaults;
    s->s.row = row;
    s->s.offset = (int64_t)offset;
    b->stmts[b->info.n_statements++] = s;
    return s;
}

static arci_bank_entry *new_entry(arci_bank *b, int64_t row, size_t offset)
{
    static const arc_bank_line defaults = ARC_BANK_LINE_INIT;
    if (b->n_entries >= b->max_entries) {
        arci_bank_fault(b, ARC_E_LIMIT, row, NULL, "more than %lu lines", "超过 %lu 行", (unsigned long)b->max_entries);
        return NULL;
    }
    arci_bank_entry *e = fresh(b, sizeof *e);
    if (!e) return NULL;
    b->n_entries++;
    e->l = defaults;
    e->l.row = row;
    e->l.offset = (int64_t)offset;
    return e;
}

arci_bank_entry *arci_bank_add_line(arci_bank *b, arci_bank_stmt *s, int64_t row, size_t offset)
{
    arci_bank_entry *e = new_entry(b, row, offset);
    void *grown = e ? more(b, s->lines, s->s.n_lines, &s->cap_lines, sizeof s->lines[0]) : NULL;
    if (!grown) return NULL;
    s->lines = grown;
    e->l.index = s->s.n_lines;
    s->lines[s->s.n_lines++] = e;
    return e;
}

arci_bank_entry *arci_bank_add_detail(arci_bank *b, arci_bank_entry *line, int64_t row, size_t offset)
{
    arci_bank_entry *e = new_entry(b, row, offset);
    void *grown = e ? more(b, line->details, line->l.n_details, &line->cap, sizeof line->details[0]) : NULL;
    if (!grown) return NULL;
    line->details = grown;
    e->l.index = line->l.n_details;
    line->details[line->l.n_details++] = e;
    return e;
}

arc_bank_balance *arci_bank_add_balance(arci_bank *b, arci_bank_stmt *s, int32_t kind, const char *code, int64_t row)
{
    static const arc_bank_balance defaults = ARC_BANK_BALANCE_INIT;
    void *grown = more(b, s->balances, s->s.n_balances, &s->cap_balances, sizeof s->balances[0]);
    if (!grown) return NULL;
    s->balances = grown;
    arc_bank_balance *x = &s->balances[s->s.n_balances++];
    *x = defaults;
    x->kind = kind;
    x->code = code;
    x->row = row;
    return x;
}

/* ---- texts ----------------------------------------------------------------------------------------------------------------- */

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

const char *arci_bank_keep(arci_bank *b, const char *s, size_t n)
{
    /* a piece of fixed length may end within a character, or begin there */
    while (n && ((unsigned char)*s & 0xC0) == 0x80) s++, n--;
    if (n && (unsigned char)s[n - 1] >= 0x80) n = arci_utf8_check(s, n);
    if (!n) return NULL;
    const char *kept = arci_arena_strndup(&b->arena, s, n);
    if (!kept) b->extra.failed = 1;
    return kept;
}

static void trim(const char **s, size_t *n)
{
    for (;; (*s)++, (*n)--) {
        if (*n >= 3 && memcmp(*s, "\xE3\x80\x80", 3) == 0) { /* ideographic space */
            *s += 2;
            *n -= 2;
        } else if (!*n || !is_blank(**s)) {
            break;
        }
    }
    for (;; (*n)--) {
        if (*n >= 3 && memcmp(*s + *n - 3, "\xE3\x80\x80", 3) == 0) {
            *n -= 2;
        } else if (!*n || !is_blank((*s)[*n - 1])) {
            break;
        }
    }
}

const char *arci_bank_trimmed(arci_bank *b, const char *s, size_t n)
{
    trim(&s, &n);
    return arci_bank_keep(b, s, n);
}

const char *arci_bank_squeezed(arci_bank *b, const char *s, size_t n)
{
    size_t k = 0;
    trim(&s, &n);
    if (!n) return NULL;
    char *out = arci_arena_alloc(&b->arena, n + 1);
    if (!out) {
        b->extra.failed = 1;
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        if (!is_blank(s[i])) out[k++] = s[i];
    out[k] = 0;
    return out;
}

const char *arci_bank_joined(arci_bank *b, const char *before, const char *between, const char *s, size_t n)
{
    if (!before) return arci_bank_keep(b, s, n);
    if (!n) return before;
    size_t a = strlen(before), m = strlen(between);
    char *out = arci_arena_alloc(&b->arena, a + m + n + 1);
    if (!out) {
        b->extra.failed = 1;
        return before;
    }
    memcpy(out, before, a);
    memcpy(out + a, between, m);
    memcpy(out + a + m, s, n);
    out[a + m + n] = 0;
    return out;
}

const char *arci_bank_reference(arci_bank *b, const char *s, size_t n)
{
    static const char *const nothing[] = { "NONREF", "NONREF.", "NOTPROVIDED", "NOT PROVIDED", "NOT-PROVIDED", "NOTAVAILABLE", "NOT AVAILABLE", "NREF", "NIHIL", "NONE", "N/A",
                                           "NO REFERENCE", "UNKNOWN", "/", "//", "-", ".", "NA" };
    trim(&s, &n);
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (arci_ascii_ieq(s, n, nothing[i], strlen(nothing[i]))) return NULL;
    return arci_bank_keep(b, s, n);
}

void arci_bank_extra(arci_bank *b, const char *name, size_t name_len, const char *s, size_t n)
{
    trim(&s, &n);
    trim(&name, &name_len);
    if (!n) return;
    arci_str_putc(&b->extra, b->extra.len ? ',' : '{');
    arci_json_put_text(&b->extra, name, name_len);
    arci_str_putc(&b->extra, ':');
    arci_json_put_text(&b->extra, s, n);
}

arc_status arci_bank_extra_end(arci_bank *b, const char **out)
{
    if (b->extra.len) {
        arci_str_putc(&b->extra, '}');
        *out = arci_bank_keep(b, b->extra.s ? b->extra.s : "", b->extra.len);
    }
    arc_status st = b->extra.failed ? arci_nomem(b->env) : ARC_OK;
    if (st == ARC_OK) arci_str_reset(&b->extra);
    return st;
}

/* ---- values ---------------------------------------------------------------------------------------------------------------- */

arc_status arci_bank_fault(arci_bank *b, arc_status st, int64_t row, const char *field, const char *en, const char *zh, ...)
{
    arc_error said = ARC_ERROR_INIT;
    arci_env aside = { b->ctx, &said };
    va_list args;
    if (b->extra.failed) return arci_nomem(b->env); /* what is missing was there, and could not be kept */
    va_start(args, zh);
    arci_failv(&aside, st, en, zh, args);
    va_end(args);
    /* each language takes its own of the two messages and lets the other go by */
    if (field)
        arci_fail(b->env, st, "%s, line %ld, %.40s: %s%.0s", "%s 第 %ld 行 %.40s：%.0s%s", b->what, (long)row, field, said.message, said.message_zh);
    else
        arci_fail(b->env, st, "%s, line %ld: %s%.0s", "%s 第 %ld 行：%.0s%s", b->what, (long)row, said.message, said.message_zh);
    arci_fail_at(b->env, "bank_file", field, -1, row);
    return st;
}

int32_t arci_bank_exponent(const char *currency)
{
    int32_t e = currency && currency[0] ? arci_currency_exponent(currency) : -1;
    return e < 0 ? 2 : e;
}

int arci_bank_currency_form(const char *s, size_t n)
{
    return n == 3 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z' && s[2] >= 'A' && s[2] <= 'Z';
}

arc_status arci_bank_amount(arci_bank *b, arc_money *out, uint32_t *flags, const char *s, size_t n, int mark, const char *currency, int64_t row, const char *field)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arci_digits d;
    int64_t minor;
    arc_money money = { 0, { 0 }, 0 };
    if (!currency || !currency[0]) currency = b->currency;
    memcpy(money.currency, currency, strlen(currency) < 4 ? strlen(currency) : 3);
    o.flags = ARC_NUMBER_BARE_POINT | ARC_NUMBER_SPACE;
    o.decimal_mark = mark;
    arc_status st = n && (s[0] == '-' || s[0] == '+') ? ARC_E_SYNTAX : arci_digits_parse(&d, NULL, s, n, &o);
    if (st != ARC_OK)
        return arci_bank_fault(b, st == ARC_E_NOMEM ? st : ARC_E_VALUE, row, field, "'%.*s' is no amount", "“%.*s”不是金额", n < 40 ? (int)n : 40, s);
    int32_t exponent = arci_bank_exponent(money.currency);
    st = arci_digits_int(&minor, &d, exponent, ARC_ROUND_EXACT);
    if (st == ARC_E_PRECISION && (b->flags & ARC_BANK_ROUND)) {
        st = arci_digits_int(&minor, &d, exponent, ARC_ROUND_HALF_UP);
        *flags |= ARC_BANK_LINE_ROUNDED;
    }
    if (st == ARC_E_PRECISION)
        return arci_bank_fault(b, st, row, field, "'%.*s' has more decimals than %s", "“%.*s”的小数位多于 %s 的", n < 40 ? (int)n : 40, s, money.currency[0] ? money.currency : "-");
    if (st != ARC_OK || minor > ARC_MONEY_MAX || minor < -ARC_MONEY_MAX)
        return arci_bank_fault(b, ARC_E_OVERFLOW, row, field, "the amount is too large", "金额过大");
    money.minor = minor;
    *out = money;
    return ARC_OK;
}

int arci_bank_ymd(arc_date *out, int32_t year, int32_t month, int32_t day)
{
    return arc_date_from_ymd(out, year, month, day) == ARC_OK;
}

int arci_bank_yymmdd(arc_date *out, const char *s)
{
    int32_t y = arci_fixed_digits(s, 2), m = arci_fixed_digits(s + 2, 2), d = arci_fixed_digits(s + 4, 2);
    return y >= 0 && m >= 0 && d >= 0 && arci_bank_ymd(out, y + (y < 80 ? 2000 : 1900), m, d);
}

int arci_bank_yyyymmdd(arc_date *out, const char *s)
{
    int32_t y = arci_fixed_digits(s, 4), m = arci_fixed_digits(s + 4, 2), d = arci_fixed_digits(s + 6, 2);
    return y >= 0 && m >= 0 && d >= 0 && arci_bank_ymd(out, y, m, d);
}

int arci_bank_is_iban(const char *s, size_t n)
{
    const arci_format *f = arci_format_by_name("iban", 4);
    return f && n >= 15 && n <= 34 && f->fits(s, n);
}
