/* SPDX-License-Identifier: Apache-2.0 */
/* :61: the line of a statement. */
#include <string.h>

#include "io/mt940.h"
#include "value/date.h"
#include "value/digits.h"

typedef struct scan {
    arci_bank *b;
    const arci_mt_field *f;
    const char *s; /* what is left of it */
    size_t n;
} scan;

static void skip(scan *c, size_t k)
{
    c->s += k;
    c->n -= k;
}

static int digit(const scan *c, size_t i) { return i < c->n && c->s[i] >= '0' && c->s[i] <= '9'; }
static int letter(const scan *c, size_t i) { return i < c->n && c->s[i] >= 'A' && c->s[i] <= 'Z'; }

/* The year of an entry date is that which brings it next to the value date. */
static int entry_date(arc_date *out, arc_date value, const char *mmdd)
{
    int32_t y, m, d, month = arci_fixed_digits(mmdd, 2), day = arci_fixed_digits(mmdd + 2, 2);
    arc_date best = ARC_DATE_NONE;
    arci_date_split(&y, &m, &d, value);
    for (int32_t k = y - 1; k <= y + 1; k++) {
        arc_date t;
        if (month < 1 || day < 1 || !arci_bank_ymd(&t, k, month, day)) continue;
        if (best == ARC_DATE_NONE || (t > value ? t - value : value - t) < (best > value ? best - value : value - best)) best = t;
    }
    *out = best;
    return best != ARC_DATE_NONE;
}

static arc_status dates(scan *c, arc_bank_line *l)
{
    if (c->n < 6 || !arci_bank_yymmdd(&l->value, c->s))
        return arci_bank_fault(c->b, c->n < 6 ? ARC_E_SYNTAX : ARC_E_VALUE, c->f->row, ":61:", "'%.*s' is no date", "“%.*s”不是日期", c->n < 6 ? (int)c->n : 6, c->s);
    skip(c, 6);
    l->booked = l->value;
    if (digit(c, 0)) {
        if (!digit(c, 1) || !digit(c, 2) || !digit(c, 3) || !entry_date(&l->booked, l->value, c->s))
            return arci_bank_fault(c->b, ARC_E_VALUE, c->f->row, ":61:", "'%.*s' is no entry date", "“%.*s”不是记账日期", c->n < 4 ? (int)c->n : 4, c->s);
        skip(c, 4);
    } else {
        l->flags |= ARC_BANK_LINE_NO_DATE;
    }
    while (c->n && c->s[0] == ' ') skip(c, 1);
    return ARC_OK;
}

/* C, D, RC, RD, EC, ED, then the third letter of the currency or another single one. */
static arc_status mark(scan *c, arc_bank_line *l, int *debit)
{
    if (c->n >= 2 && (c->s[0] == 'R' || c->s[0] == 'E') && (c->s[1] == 'C' || c->s[1] == 'D')) {
        l->flags |= c->s[0] == 'R' ? ARC_BANK_LINE_REVERSAL : ARC_BANK_LINE_PENDING;
        skip(c, 1);
    }
    if (!c->n || (c->s[0] != 'C' && c->s[0] != 'D'))
        return arci_bank_fault(c->b, ARC_E_SYNTAX, c->f->row, ":61:", "C, D, RC or RD is expected, not '%.*s'", "应为 C、D、RC 或 RD，而不是“%.*s”", c->n < 8 ? (int)c->n : 8, c->s);
    *debit = c->s[0] == 'D';
    /* reversal of a credit takes money away, reversal of a debit gives it back */
    if (l->flags & ARC_BANK_LINE_REVERSAL) *debit = !*debit;
    skip(c, 1);
    if (letter(c, 0)) skip(c, 1);
    while (c->n && (c->s[0] == ' ' || c->s[0] == '\n' || c->s[0] == '\r')) skip(c, 1);
    return ARC_OK;
}

static arc_status amount(scan *c, arci_bank_stmt *s, arc_bank_line *l, int debit)
{
    size_t k = 0, marks = 0;
    while (digit(c, k) || (k < c->n && (c->s[k] == ',' || c->s[k] == '.') && !marks)) marks += !digit(c, k), k++;
    if (!k || !digit(c, 0)) return arci_bank_fault(c->b, ARC_E_SYNTAX, c->f->row, ":61:", "an amount is expected, not '%.*s'", "应为金额，而不是“%.*s”", c->n < 12 ? (int)c->n : 12, c->s);
    /* An amount has a comma. Where a bank leaves it out, the type must follow: "500NTRF" is 500, "1O,00NTRF" is nothing. */
    if (!marks && !(c->n >= k + 4 && strchr("NSF", c->s[k]) && letter(c, k + 1) && letter(c, k + 2)))
        return arci_bank_fault(c->b, ARC_E_SYNTAX, c->f->row, ":61:", "an amount is expected, not '%.*s'", "应为金额，而不是“%.*s”", c->n < 12 ? (int)c->n : 12, c->s);
    arc_status st = arci_bank_amount(c->b, &l->amount, &l->flags, c->s, k, memchr(c->s, ',', k) ? ',' : '.', s->s.currency, c->f->row, ":61:");
    if (debit) l->amount.minor = -l->amount.minor;
    skip(c, k);
    return st;
}

/* Where the value stands elsewhere, in :86:. */
static int elsewhere(const char *s, size_t n)
{
    static const char *const words[] = { "EREF", "EREF+", "KREF", "KREF+", "MARF", "MREF+", "PREF", "PREF+" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0) return 1;
    return 0;
}

static arc_status references(scan *c, arc_bank_line *l)
{
    size_t k = 0, slashes;
    const char *line = c->s;
    size_t at = 0, len = 0;
    while (c->n && c->s[0] == ' ') skip(c, 1);
    if (c->n && !letter(c, 0) && c->s[0] != '/' && c->s[0] != '\n' && c->s[0] != '\r')
        return arci_bank_fault(c->b, ARC_E_SYNTAX, c->f->row, ":61:", "a transaction type such as NTRF is expected, not '%.*s'", "应为 NTRF 之类的交易类型，而不是“%.*s”",
                               c->n < 8 ? (int)c->n : 8, c->s);
    if (c->n >= 4 && letter(c, 0)) {
        size_t i = 1;
        while (i < 4 && (letter(c, i) || digit(c, i) || c->s[i] == ' ')) i++;
        if (i == 4 && c->n >= 9 && memcmp(c->s + 3, "NONREF", 6) == 0) i = 3; /* a type of three letters: NETNONREF */
        if (i >= 3 && (i == 4 || c->s[3] == 'N')) {
            l->swift_code = arci_bank_trimmed(c->b, c->s, i);
            skip(c, i);
        }
    }
    if (!arci_mt_next_line(c->s, c->n, &at, &line, &len)) return ARC_OK;
    while (k < len && !(line[k] == '/' && k + 1 < len && line[k + 1] == '/')) k++;
    slashes = k < len ? 2 : 0;
    while (len > k && line[len - 1] == ' ') len--;
    size_t ref = k;
    while (ref && line[ref - 1] == ' ') ref--;
    if (arci_mt_iban_form(line, ref)) l->account = arci_bank_keep(c->b, line, ref);
    else if (!elsewhere(line, ref)) l->customer_ref = arci_bank_reference(c->b, line, ref);
    if (slashes && len > k + 2) l->bank_ref = arci_bank_reference(c->b, line + k + 2, len - k - 2);
    skip(c, at);
    return ARC_OK;
}

arc_status arci_mt_original(arci_bank *b, arci_bank_entry *e, const char *s, size_t n, int64_t row)
{
    if (n < 4 || !arci_bank_currency_form(s, 3)) {
        arci_bank_extra(b, "OCMT", 4, s, n);
        return ARC_OK;
    }
    char currency[4] = { s[0], s[1], s[2], 0 };
    arc_status st = arci_bank_amount(b, &e->l.original, &e->l.flags, s + 3, n - 3, memchr(s, ',', n) ? ',' : '.', currency, row, "OCMT");
    if (st == ARC_OK && e->l.amount.minor < 0) e->l.original.minor = -e->l.original.minor;
    return st;
}

arc_status arci_mt_charges(arci_bank *b, arci_bank_entry *e, const char *s, size_t n, int64_t row)
{
    arc_money fee;
    if (n < 4 || !arci_bank_currency_form(s, 3)) {
        arci_bank_extra(b, "CHGS", 4, s, n);
        return ARC_OK;
    }
    char currency[4] = { s[0], s[1], s[2], 0 };
    arc_status st = arci_bank_amount(b, &fee, &e->l.flags, s + 3, n - 3, memchr(s, ',', n) ? ',' : '.', currency, row, "CHGS");
    if (st != ARC_OK) return st;
    if (e->l.fee.currency[0] && memcmp(e->l.fee.currency, currency, 4) == 0) fee.minor += e->l.fee.minor; /* both within ARC_MONEY_MAX */
    e->l.fee = fee;
    return ARC_OK;
}

void arci_mt_rate(arci_bank *b, arci_bank_entry *e, const char *s, size_t n)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arc_decimal d;
    o.decimal_mark = memchr(s, ',', n) ? ',' : '.';
    o.flags = ARC_NUMBER_BARE_POINT | ARC_NUMBER_SPACE;
    if (arc_decimal_parse_as(&d, s, n, ARC_SCALE_NATURAL, &o) == ARC_OK && d.mantissa > 0) e->l.rate = d;
    else arci_bank_extra(b, "EXCH", 4, s, n);
}

/* Supplementary details: keys of their own, a counterparty's account, or words. */
static arc_status supplement(scan *c, arci_bank_entry *e)
{
    const char *line;
    size_t at = 0, len;
    arc_status st = ARC_OK;
    while (st == ARC_OK && arci_mt_next_line(c->s, c->n, &at, &line, &len)) {
        while (len && line[len - 1] == ' ') len--;
        if (!len) continue;
        if (arci_mt_iban_form(line, len)) {
            if (!e->l.account) e->l.account = arci_bank_keep(c->b, line, len);
        } else if (!arci_mt_slashes(c->b, e, line, len, c->f->row, &st)) {
            const char *kept = arci_bank_trimmed(c->b, line, len);
            if (kept) e->l.info = arci_bank_joined(c->b, e->l.info, "\n", kept, strlen(kept));
        }
    }
    return st;
}

arc_status arci_mt_line(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f, arci_bank_entry **out)
{
    scan c = { b, f, f->s, f->n };
    int debit = 0;
    arci_bank_entry *e = arci_bank_add_line(b, s, f->row, f->offset);
    if (!e) return b->env->err->status;
    arc_status st = dates(&c, &e->l);
    if (st == ARC_OK) st = mark(&c, &e->l, &debit);
    if (st == ARC_OK) st = amount(&c, s, &e->l, debit);
    if (st == ARC_OK) st = references(&c, &e->l);
    if (st != ARC_OK) return st;
    *out = e;
    return supplement(&c, e);
}
