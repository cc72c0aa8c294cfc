/* SPDX-License-Identifier: Apache-2.0 */
/* Lines from a table by a profile. */
#include <string.h>

#include "arcore/date.h"
#include "io/bank_profile.h"
#include "io/csv.h"
#include "value/date.h"
#include "value/digits.h"
#include "value/textform.h"

enum { NOT_THERE = -1 };

typedef struct reading {
    arci_bank *b;
    const arci_profile *p;
    const arci_csv_row *row;
    int column[ARCI_PROFILE_COLUMNS];       /* of the table, or NOT_THERE */
    const char *headers[ARCI_PROFILE_COLUMNS * 4];
    uint32_t n_headers;
    const char *marks[ARCI_PROFILE_MARKS];  /* values found before the table */
    arci_bank_stmt *s;                      /* of the row before */
    int done;                               /* behind the footer */
} reading;

typedef struct cell {
    const char *s;
    size_t n;
    const char *header; /* of the column; "" */
} cell;

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

static int contains(const char *s, size_t n, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; len && i + len <= n; i++)
        if (memcmp(s + i, word, len) == 0) return 1;
    return 0;
}

static int any_in(const arci_profile_words *w, const char *s)
{
    for (uint32_t i = 0; s && i < w->n; i++)
        if (contains(s, strlen(s), w->w[i])) return 1;
    return 0;
}

static int is_one(const arci_profile_words *w, const char *s, size_t n)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (strlen(w->w[i]) == n && memcmp(w->w[i], s, n) == 0) return 1;
    return 0;
}

static void trim(const reading *r, const char **s, size_t *n)
{
    while (*n && strchr(" \t\r\n", (*s)[0])) (*s)++, (*n)--;
    while (*n && strchr(" \t\r\n", (*s)[*n - 1])) (*n)--;
    while (*n && r->p->strip && strchr(r->p->strip, (*s)[0])) (*s)++, (*n)--;
}

/* Column names are alike when they differ in blanks and in the width of their signs. */
static int same_name(const char *a, size_t an, const char *b, size_t bn)
{
    char x[160], y[160];
    if (an >= sizeof x || bn >= sizeof y) return 0;
    an = arci_normalise(x, a, an, ARCI_NORM_HALF_WIDTH | ARCI_NORM_REMOVE_SPACE);
    bn = arci_normalise(y, b, bn, ARCI_NORM_HALF_WIDTH | ARCI_NORM_REMOVE_SPACE);
    return arci_ascii_ieq(x, an, y, bn);
}

/* ---- header --------------------------------------------------------------------------------------------------------------------- */

static int find_column(const reading *r, const arci_csv_row *row, const arci_json *names)
{
    for (const arci_json *name = names->type == ARCI_JSON_ARRAY ? names->child : names; name; name = names->type == ARCI_JSON_ARRAY ? name->next : NULL) {
        for (uint32_t i = 0; i < row->n; i++) {
            const char *s = row->cells[i].s;
            size_t n = row->cells[i].len;
            trim(r, &s, &n);
            if (i == 0 && n && s[0] == '#') s++, n--;
            if (same_name(s, n, name->s, name->len)) return (int)i;
        }
    }
    return NOT_THERE;
}

/* 1 when all columns that must be there are in this row. */
static int is_header(reading *r, const arci_csv_row *row)
{
    for (uint32_t i = 0; i < r->p->n_columns; i++) {
        r->column[i] = find_column(r, row, r->p->columns[i].names);
        if (r->column[i] == NOT_THERE && !r->p->columns[i].optional) return 0;
    }
    r->n_headers = row->n < sizeof r->headers / sizeof r->headers[0] ? row->n : (uint32_t)(sizeof r->headers / sizeof r->headers[0]);
    for (uint32_t i = 0; i < r->n_headers; i++) r->headers[i] = arci_bank_trimmed(r->b, row->cells[i].s, row->cells[i].len);
    return 1;
}

/* ---- what stands before the table --------------------------------------------------------------------------------------------------- */

/* Behind the mark: what stands in brackets, else up to a wide gap or the end. */
static const char *marked(arci_bank *b, const char *s, size_t n)
{
    size_t k = 0;
    while (n && (s[0] == ' ' || s[0] == '\t')) s++, n--;
    if (n && s[0] == '[') {
        s++, n--;
        while (k < n && s[k] != ']') k++;
    } else {
        while (k < n && !(s[k] == ' ' && k + 1 < n && s[k + 1] == ' ') && s[k] != '\t') k++;
    }
    return arci_bank_trimmed(b, s, k);
}

static void look_for_marks(reading *r, const arci_csv_row *row)
{
    for (uint32_t i = 0; i < row->n; i++) {
        for (uint32_t m = 0; m < r->p->n_marks; m++) {
            const char *s = row->cells[i].s;
            size_t len = strlen(r->p->marks[m].after), n = row->cells[i].len, at = 0;
            while (at + len <= n && memcmp(s + at, r->p->marks[m].after, len) != 0) at++;
            if (at + len > n || r->marks[m]) continue;
            if (strcmp(r->p->marks[m].to, "month") == 0) r->marks[m] = arci_bank_trimmed(r->b, s, n);
            else if (at + len < n) r->marks[m] = marked(r->b, s + at + len, n - at - len);
            else if (i + 1 < row->n) r->marks[m] = arci_bank_trimmed(r->b, row->cells[i + 1].s, row->cells[i + 1].len); /* in the next cell */
        }
    }
}

static const char *mark_of(const reading *r, const char *to)
{
    for (uint32_t m = 0; m < r->p->n_marks; m++)
        if (r->marks[m] && strcmp(r->p->marks[m].to, to) == 0) return r->marks[m];
    return NULL;
}

/* ---- values --------------------------------------------------------------------------------------------------------------------------- */

static cell value(const reading *r, int to)
{
    cell c = { "", 0, "" };
    for (uint32_t i = 0; i < r->p->n_columns; i++) {
        int k = r->column[i];
        if (r->p->columns[i].to != to || k == NOT_THERE) continue;
        if ((uint32_t)k < r->n_headers && r->headers[k]) c.header = r->headers[k];
        if ((uint32_t)k >= r->row->n) return c;
        c.s = r->row->cells[k].s;
        c.n = r->row->cells[k].len;
        trim(r, &c.s, &c.n);
        if (is_one(&r->p->nothing, c.s, c.n)) c.n = 0;
        return c;
    }
    return c;
}

static int number(arci_digits *d, const reading *r, const char *s, size_t n)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arci_affix affix;
    o.flags = ARC_NUMBER_ANY & ~ARC_NUMBER_EXPONENT;
    o.decimal_mark = r->p->decimal;
    return arci_digits_parse(d, &affix, s, n, &o) == ARC_OK;
}

/* Signed, as it stands there. */
static arc_status money(reading *r, arc_money *out, uint32_t *flags, cell c, const char *currency)
{
    arci_bank *b = r->b;
    arci_digits d;
    int64_t minor;
    if (!number(&d, r, c.s, c.n)) return arci_bank_fault(b, ARC_E_VALUE, r->row->line, c.header, "'%.*s' is no amount", "“%.*s”不是金额", c.n < 40 ? (int)c.n : 40, c.s);
    int32_t exponent = arci_bank_exponent(currency);
    arc_status st = arci_digits_int(&minor, &d, exponent, ARC_ROUND_EXACT);
    if (st == ARC_E_PRECISION && (b->flags & ARC_BANK_ROUND)) {
        st = arci_digits_int(&minor, &d, exponent, ARC_ROUND_HALF_UP);
        *flags |= ARC_BANK_LINE_ROUNDED;
    }
    if (st == ARC_E_PRECISION) return arci_bank_fault(b, st, r->row->line, c.header, "'%.*s' has more decimals than its currency", "“%.*s”的小数位多于币种所允许的", c.n < 40 ? (int)c.n : 40, c.s);
    if (st != ARC_OK || minor > ARC_MONEY_MAX || minor < -ARC_MONEY_MAX) return arci_bank_fault(b, ARC_E_OVERFLOW, r->row->line, c.header, "the amount is too large", "金额过大");
    memset(out, 0, sizeof *out);
    out->minor = minor;
    memcpy(out->currency, currency, strlen(currency) < 4 ? strlen(currency) : 3);
    return ARC_OK;
}

/* Month and day: in the year that does not lie behind the month of the statement. */
static int month_day(const reading *r, arc_date *out, const char *s, size_t n)
{
    const char *m = mark_of(r, "month");
    int32_t year = 0, month = 0, mm, dd;
    arc_date end;
    for (const char *at = m; at && *at && !year; at++) {
        int32_t y = strlen(at) >= 6 ? arci_fixed_digits(at, 4) : -1;
        const char *rest = at + 4;
        if (y < 1990 || y > 2199) continue;
        for (int gap = 0; gap < 4 && *rest && (*rest < '0' || *rest > '9'); gap++) rest++;
        month = arci_fixed_digits(rest, strlen(rest) >= 2 && rest[1] >= '0' && rest[1] <= '9' ? 2 : 1);
        if (month >= 1 && month <= 12) year = y;
    }
    if (!year || n < 4 || n > 5) return 0;
    size_t slash = 0;
    while (slash < n && s[slash] >= '0' && s[slash] <= '9') slash++;
    if (slash == n) slash = n == 4 ? 2 : n;
    if (slash < 1 || slash > 2 || slash >= n) return 0;
    mm = arci_fixed_digits(s, slash);
    size_t day = s[slash] >= '0' && s[slash] <= '9' ? slash : slash + 1;
    dd = day < n ? arci_fixed_digits(s + day, n - day) : -1;
    if (mm < 1 || dd < 1 || !arci_bank_ymd(&end, year, month, arci_month_days(year, month)) || !arci_bank_ymd(out, year, mm, dd)) return 0;
    return *out <= end || arci_bank_ymd(out, year - 1, mm, dd);
}

static int to_day(const reading *r, arc_date *out, const char *s, size_t n)
{
    arc_date_options o = ARC_DATE_OPTIONS_INIT;
    if (!r->p->date) return month_day(r, out, s, n);
    o.flags = ARC_DATE_TIME_TAIL | ARC_DATE_FULLWIDTH | ARC_DATE_SPACE;
    o.order = r->p->date;
    o.pivot = 1980;
    return arc_date_parse_as(out, s, n, &o) == ARC_OK;
}

static arc_status day(reading *r, arc_date *out, const char **time, cell c)
{
    if (!to_day(r, out, c.s, c.n)) return arci_bank_fault(r->b, ARC_E_VALUE, r->row->line, c.header, "'%.*s' is no date", "“%.*s”不是日期", c.n < 40 ? (int)c.n : 40, c.s);
    for (size_t i = 2; time && i + 2 < c.n; i++) {
        if (c.s[i] != ':' || arci_fixed_digits(c.s + i - 2, 2) < 0 || arci_fixed_digits(c.s + i + 1, 2) < 0) continue;
        int seconds = i + 5 < c.n && c.s[i + 3] == ':' && arci_fixed_digits(c.s + i + 4, 2) >= 0;
        *time = arci_bank_joined(r->b, arci_bank_keep(r->b, c.s + i - 2, 5), "", seconds ? c.s + i + 3 : ":00", 3);
        break;
    }
    return ARC_OK;
}

static arc_status currency(reading *r, char out[4])
{
    cell c = value(r, ARCI_TO_CURRENCY);
    memcpy(out, r->b->currency[0] ? r->b->currency : r->p->currency, 4);
    if (!c.n) return ARC_OK;
    for (const arci_json *k = r->p->currencies ? r->p->currencies->child : NULL; k; k = k->next) {
        if (k->key_len != c.n || memcmp(k->key, c.s, c.n) != 0) continue;
        memcpy(out, k->s, 4);
        return ARC_OK;
    }
    if (!arci_bank_currency_form(c.s, c.n)) return arci_bank_fault(r->b, ARC_E_CURRENCY, r->row->line, c.header, "'%.*s' is no currency", "“%.*s”不是币种", c.n < 20 ? (int)c.n : 20, c.s);
    memcpy(out, c.s, 3);
    out[3] = 0;
    return ARC_OK;
}

/* ---- the amount and its sign ------------------------------------------------------------------------------------------------------------ */

/* Money of the account the platform does not count: its words say which way it went; where they do not, it moves nothing. */
static void neutral(reading *r, arc_bank_line *l)
{
    const char *texts[] = { l->info, l->text, l->status };
    l->flags |= ARC_BANK_LINE_NEUTRAL;
    for (int way = 0; way < 2; way++) {
        for (size_t i = 0; i < 3; i++) {
            if (!any_in(way ? &r->p->neutral_debit : &r->p->neutral_credit, texts[i])) continue;
            if (way) l->amount.minor = -l->amount.minor;
            return;
        }
    }
    l->flags |= ARC_BANK_LINE_INFO;
}

static arc_status direct(reading *r, arc_bank_line *l, cell way)
{
    if (is_one(&r->p->credit, way.s, way.n)) return ARC_OK;
    if (is_one(&r->p->debit, way.s, way.n)) {
        l->amount.minor = -l->amount.minor;
        return ARC_OK;
    }
    /* "/" was taken for nothing, so nothing is neutral where the profile says so */
    if (r->p->neutral.n && (!way.n || is_one(&r->p->neutral, way.s, way.n))) {
        neutral(r, l);
        return ARC_OK;
    }
    return arci_bank_fault(r->b, ARC_E_VALUE, r->row->line, way.header, "'%.*s' is no direction of money", "“%.*s”不是收支方向", way.n < 30 ? (int)way.n : 30, way.s);
}

static int has(const reading *r, int to)
{
    for (uint32_t i = 0; i < r->p->n_columns; i++)
        if (r->p->columns[i].to == to && r->column[i] != NOT_THERE) return 1;
    return 0;
}

static arc_status two_columns(reading *r, arc_bank_line *l, const char *code)
{
    cell credit = value(r, ARCI_TO_CREDIT), debit = value(r, ARCI_TO_DEBIT);
    arc_money in = { 0, { 0 }, 0 }, out = { 0, { 0 }, 0 };
    arc_status st = ARC_OK;
    if (!credit.n && !debit.n) return arci_bank_fault(r->b, ARC_E_REQUIRED, r->row->line, credit.header, "there is an amount in neither of the two columns", "收入与支出两列均无金额");
    if (credit.n) st = money(r, &in, &l->flags, credit, code);
    if (st == ARC_OK && debit.n) st = money(r, &out, &l->flags, debit, code);
    if (st != ARC_OK) return st;
    if (in.minor && out.minor) return arci_bank_fault(r->b, ARC_E_VALUE, r->row->line, debit.header, "there is an amount in both of the two columns", "收入与支出两列均有金额");
    l->amount = credit.n ? in : out;
    l->amount.minor = in.minor - (out.minor < 0 ? -out.minor : out.minor); /* both within ARC_MONEY_MAX */
    return ARC_OK;
}

static arc_status amount(reading *r, arc_bank_line *l, const char *code)
{
    cell amt = value(r, ARCI_TO_AMOUNT), way = value(r, ARCI_TO_DIRECTION), back = value(r, ARCI_TO_REFUND);
    int refunded = any_in(&r->p->refund_status, l->status) || any_in(&r->p->refund_status, l->info);
    arc_status st;
    if (refunded) l->flags |= ARC_BANK_LINE_RETURN;
    if (!has(r, ARCI_TO_AMOUNT)) return two_columns(r, l, code);
    if (!amt.n && !(refunded && back.n)) return arci_bank_fault(r->b, ARC_E_REQUIRED, r->row->line, amt.header, "there is no amount", "没有金额");
    if (refunded && back.n) {
        st = money(r, &l->amount, &l->flags, back, code);
        if (l->amount.minor > 0) l->amount.minor = -l->amount.minor;
        return st;
    }
    st = money(r, &l->amount, &l->flags, amt, code);
    if (st != ARC_OK) return st;
    if (r->p->inverted) l->amount.minor = -l->amount.minor;
    return has(r, ARCI_TO_DIRECTION) ? direct(r, l, way) : ARC_OK;
}

/* The fee: of a column, or told in words ("服务费¥0.10"). */
static arc_status fee(reading *r, arc_bank_line *l, const char *code)
{
    cell c = value(r, ARCI_TO_FEE), words = value(r, ARCI_TO_FEE_TEXT);
    arc_status st = ARC_OK;
    if (c.n) st = money(r, &l->fee, &l->flags, c, code);
    if (r->p->fee_inverted) l->fee.minor = -l->fee.minor;
    if (!c.n && r->p->fee_after && contains(words.s, words.n, r->p->fee_after)) {
        size_t len = strlen(r->p->fee_after), at = 0, end;
        arci_digits d;
        while (memcmp(words.s + at, r->p->fee_after, len) != 0) at++;
        at += len;
        end = at;
        while (end < words.n && !strchr(" ,;", words.s[end])) end++;
        c.s = words.s + at;
        c.n = end - at;
        c.header = words.header;
        if (number(&d, r, c.s, c.n)) st = money(r, &l->fee, &l->flags, c, code); /* other words with 服务费 in them are words */
    }
    if (!l->fee.minor) memset(&l->fee, 0, sizeof l->fee);
    return st;
}

/* ---- rows --------------------------------------------------------------------------------------------------------------------------------- */

static void texts(reading *r, arc_bank_line *l)
{
    for (uint32_t i = 0; i < r->p->n_columns; i++) {
        int to = r->p->columns[i].to;
        if (to < ARCI_TO_TEXT || r->column[i] == NOT_THERE) continue;
        const arci_bank_field *f = &arci_bank_line_fields[to - ARCI_TO_TEXT];
        cell c = value(r, to);
        *arci_bank_slot(l, f) = arci_bank_trimmed(r->b, c.s, c.n);
    }
}

/* What no field has, by the column's own name. */
static void rest(reading *r)
{
    for (uint32_t k = 0; k < r->row->n && k < r->n_headers; k++) {
        int used = 0;
        for (uint32_t i = 0; i < r->p->n_columns; i++) used |= r->column[i] == (int)k && r->p->columns[i].to != ARCI_TO_FEE_TEXT;
        const char *s = r->row->cells[k].s;
        size_t n = r->row->cells[k].len;
        trim(r, &s, &n);
        if (!used && r->headers[k] && n && !is_one(&r->p->nothing, s, n)) arci_bank_extra(r->b, r->headers[k], strlen(r->headers[k]), s, n);
    }
}

static void running_balance(reading *r, arc_bank_line *l)
{
    cell c = value(r, ARCI_TO_BALANCE);
    char text[64];
    arci_digits d;
    int64_t minor;
    if (!c.n) return;
    if (number(&d, r, c.s, c.n) && arci_digits_int(&minor, &d, arci_bank_exponent(l->amount.currency), ARC_ROUND_EXACT) == ARC_OK && minor <= ARC_MONEY_MAX && minor >= -ARC_MONEY_MAX)
        l->balance = arci_bank_keep(r->b, text, arci_scaled_text(text, minor, arci_bank_exponent(l->amount.currency)));
    else
        arci_bank_extra(r->b, c.header, strlen(c.header), c.s, c.n); /* masked, or not a number */
}

static arc_status original(reading *r, arc_bank_line *l, const char *code)
{
    cell c = value(r, ARCI_TO_ORIGINAL), k = value(r, ARCI_TO_ORIGINAL_CURRENCY);
    char own[4] = { 0 };
    arci_digits d;
    if (!c.n || !number(&d, r, c.s, c.n)) return ARC_OK;
    memcpy(own, arci_bank_currency_form(k.s, k.n) ? k.s : code, 3);
    arc_status st = money(r, &l->original, &l->flags, c, own);
    if (l->original.minor == l->amount.minor && memcmp(own, l->amount.currency, 4) == 0) memset(&l->original, 0, sizeof l->original);
    if (!l->original.minor) memset(&l->original, 0, sizeof l->original);
    else if ((l->original.minor < 0) != (l->amount.minor < 0)) l->original.minor = -l->original.minor;
    return st;
}

static arc_status from_marks(reading *r, arci_bank_stmt *s)
{
    for (size_t i = 0; i < arci_n_bank_statement_fields; i++) {
        const char **to = arci_bank_slot(&s->s, &arci_bank_statement_fields[i]), *v = mark_of(r, arci_bank_statement_fields[i].name);
        if (v && !*to) *to = v;
    }
    const char *from = mark_of(r, "from_on"), *until = mark_of(r, "to_on");
    if (from && !to_day(r, &s->s.from_on, from, strlen(from))) s->s.from_on = ARC_DATE_NONE;
    if (until && !to_day(r, &s->s.to_on, until, strlen(until))) s->s.to_on = ARC_DATE_NONE;
    return ARC_OK;
}

/* The statement of the row's account: a table may have several. */
static arci_bank_stmt *statement_of(reading *r, size_t offset)
{
    arci_bank *b = r->b;
    cell c = value(r, ARCI_TO_SOURCE_ACCOUNT);
    if (r->s && (!c.n || (r->s->s.account && strlen(r->s->s.account) == c.n && memcmp(r->s->s.account, c.s, c.n) == 0))) return r->s;
    for (uint32_t i = 0; i < b->info.n_statements; i++)
        if (b->stmts[i]->s.account && strlen(b->stmts[i]->s.account) == c.n && memcmp(b->stmts[i]->s.account, c.s, c.n) == 0) return r->s = b->stmts[i];
    arci_bank_stmt *s = arci_bank_add_statement(b, r->row->line, offset);
    if (!s) return NULL;
    if (c.n) s->s.account = arci_bank_squeezed(b, c.s, c.n);
    else if (r->p->account) s->s.account = arci_bank_keep(b, r->p->account, strlen(r->p->account));
    if (from_marks(r, s) != ARC_OK) return NULL;
    if (s->s.account) s->s.account = arci_bank_squeezed(b, s->s.account, strlen(s->s.account));
    if (s->s.account && arci_bank_is_iban(s->s.account, strlen(s->s.account))) s->s.iban = s->s.account;
    return r->s = s;
}

static arc_status states(reading *r, arc_bank_line *l)
{
    int uncounted = !has(r, ARCI_TO_DIRECTION) || (l->flags & ARC_BANK_LINE_NEUTRAL);
    if (uncounted && any_in(&r->p->void_status, l->status)) l->flags |= ARC_BANK_LINE_INFO;
    if (any_in(&r->p->pending_status, l->status)) l->flags |= ARC_BANK_LINE_PENDING;
    return ARC_OK;
}

static arc_status one_row(reading *r)
{
    arci_bank *b = r->b;
    cell booked = value(r, ARCI_TO_BOOKED), when = value(r, ARCI_TO_VALUE);
    char code[4];
    size_t offset = r->row->n ? (size_t)r->row->cells[0].offset : 0;
    arci_bank_stmt *s = statement_of(r, offset);
    arci_bank_entry *e = s ? arci_bank_add_line(b, s, r->row->line, offset) : NULL;
    if (!e) return b->env->err->status;
    if (!booked.n && !when.n) return arci_bank_fault(b, ARC_E_REQUIRED, r->row->line, booked.header, "there is no date", "没有日期");
    arc_status st = currency(r, code);
    if (st == ARC_OK && booked.n) st = day(r, &e->l.booked, &e->l.time, booked);
    if (st == ARC_OK && when.n) st = day(r, &e->l.value, NULL, when);
    if (st != ARC_OK) return st;
    if (!booked.n) e->l.booked = e->l.value;
    texts(r, &e->l);
    st = amount(r, &e->l, code);
    if (st == ARC_OK) st = fee(r, &e->l, code);
    if (st == ARC_OK) st = original(r, &e->l, code);
    if (st == ARC_OK) st = states(r, &e->l);
    if (st != ARC_OK) return st;
    rest(r);
    running_balance(r, &e->l);
    if (!s->s.currency[0]) memcpy(s->s.currency, code, 4);
    for (uint32_t i = 0; i < r->row->n; i++) {
        const char *t = r->row->cells[i].s;
        size_t n = r->row->cells[i].len;
        trim(r, &t, &n);
        e->l.raw = i ? arci_bank_joined(b, e->l.raw ? e->l.raw : "", ",", t, n) : arci_bank_keep(b, t, n);
    }
    return arci_bank_extra_end(b, &e->l.extra);
}

/* A row of the table: blank, the footer, or a line. */
static arc_status table_row(reading *r, const arci_csv_row *row)
{
    const char *first = "";
    size_t n = 0;
    for (uint32_t i = 0; i < row->n && !n; i++) {
        first = row->cells[i].s;
        n = row->cells[i].len;
        trim(r, &first, &n);
    }
    if (!n) return ARC_OK;
    for (uint32_t i = 0; i < r->p->footer.n; i++) {
        size_t len = strlen(r->p->footer.w[i]);
        if (n >= len && memcmp(first, r->p->footer.w[i], len) == 0) r->done = 1;
    }
    r->row = row;
    return r->done ? ARC_OK : one_row(r);
}

/* ---- balances from a column ---------------------------------------------------------------------------------------------------------------- */

static int64_t balance_at(const arci_bank_stmt *s, uint32_t i)
{
    arc_decimal d = { 0, 0, 0 };
    const char *t = s->lines[i]->l.balance;
    if (!t || arc_decimal_parse(&d, t, strlen(t)) != ARC_OK) return 0;
    return d.mantissa;
}

/* Where each balance follows from the one before - or behind, in files that begin with the newest line - the first and the last are the statement's. */
static arc_status chain(arci_bank *b, arci_bank_stmt *s)
{
    uint32_t n = s->s.n_lines;
    int down = 1, up = 1;
    for (uint32_t i = 0; i < n; i++)
        if (!s->lines[i]->l.balance || (s->lines[i]->l.flags & (ARC_BANK_LINE_INFO | ARC_BANK_LINE_PENDING))) return ARC_OK;
    for (uint32_t i = 1; i < n; i++) {
        int64_t before = balance_at(s, i - 1), now = balance_at(s, i);
        down = down && now - before == s->lines[i]->l.amount.minor;
        up = up && before - now == s->lines[i - 1]->l.amount.minor;
    }
    if (!n || (!down && !up)) return ARC_OK;
    uint32_t first = down ? 0 : n - 1, last = down ? n - 1 : 0;
    for (int k = 0; k < 2; k++) {
        const arc_bank_line *l = &s->lines[k ? last : first]->l;
        arc_bank_balance *x = arci_bank_add_balance(b, s, k ? ARC_BALANCE_CLOSING : ARC_BALANCE_OPENING, "balance", l->row);
        if (!x) return b->env->err->status;
        x->amount = l->amount;
        x->amount.minor = balance_at(s, k ? last : first) - (k ? 0 : l->amount.minor);
        x->on = l->booked;
    }
    return ARC_OK;
}

/* ---- the whole table ------------------------------------------------------------------------------------------------------------------------ */

static const char *csv_fault(const arci_csv_fault *f, const char **zh)
{
    *zh = f->kind == ARCI_CSV_UNCLOSED ? "引号没有结束" : f->kind == ARCI_CSV_AFTER_QUOTE ? "引号之后还有文字" : f->kind == ARCI_CSV_NUL ? "含有 NUL 字节" : "单元格或行过大";
    return f->kind == ARCI_CSV_UNCLOSED ? "a quote is never closed" : f->kind == ARCI_CSV_AFTER_QUOTE ? "text behind a closing quote" : f->kind == ARCI_CSV_NUL ? "a NUL byte"
                                                                                                                                   : "a cell or row is too large";
}

static arc_status rows(reading *r, arci_csv *csv, int *found)
{
    arci_csv_row row;
    arc_status st;
    while (!r->done && (st = arci_csv_next(r->b->env, csv, &row)) != ARC_DONE) {
        if (st == ARC_E_NOMEM) return st;
        if (st != ARC_OK) {
            const arci_csv_fault *f = arci_csv_last_fault(csv);
            const char *zh, *en = csv_fault(f, &zh);
            if (!*found) continue; /* before the table anything may stand */
            return arci_bank_fault(r->b, st, f->line, NULL, "character %ld: %s%.0s", "第 %ld 字符：%.0s%s", (long)f->character, en, zh);
        }
        if (*found) {
            st = table_row(r, &row);
            if (st != ARC_OK) return st;
        } else if (is_header(r, &row)) {
            *found = 1;
        } else {
            look_for_marks(r, &row);
        }
    }
    return ARC_OK;
}


static arc_status with_delimiter(reading *r, int delimiter, int *found)
{
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    arci_csv *csv;
    o.encoding = ARCI_ENC_UTF8;
    o.delimiter = delimiter;
    o.quote = r->p->quote;
    o.flags = ARCI_CSV_ANY_COUNT;
    arc_status st = arci_csv_new(r->b->env, &csv, &o);
    if (st != ARC_OK) return st;
    st = arci_csv_push(r->b->env, csv, r->b->text, r->b->n_text, 1);
    if (st == ARC_OK) st = rows(r, csv, found);
    arci_csv_free(csv);
    return st;
}

arc_status arci_bank_table(arci_bank *b, const arci_profile *p)
{
    static const char delimiters[] = { ',', ';', '\t', '|' };
    static const arci_csv_row no_row = { NULL, 0, 0, 1, 0 };
    int found = 0;
    arc_status st = ARC_OK;
    reading *r = arci_arena_alloc(&b->arena, sizeof *r);
    if (!r) return arci_nomem(b->env);
    for (size_t i = 0; i < sizeof delimiters && !found && st == ARC_OK; i++) {
        if (p->delimiter && delimiters[i] != p->delimiter) continue;
        memset(r, 0, sizeof *r);
        r->b = b;
        r->p = p;
        st = with_delimiter(r, delimiters[i], &found);
    }
    if (st != ARC_OK) return st;
    if (!found) return ARC_DONE;
    r->row = &no_row;
    if (!b->info.n_statements && !statement_of(r, 0)) return b->env->err->status;
    b->info.version = p->title ? arci_bank_keep(b, p->title, strlen(p->title)) : NULL;
    for (uint32_t i = 0; i < b->info.n_statements && st == ARC_OK; i++) st = chain(b, b->stmts[i]);
    return st;
}
