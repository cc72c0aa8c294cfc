/* SPDX-License-Identifier: Apache-2.0 */
/* What in a text is no reference: dates, times, amounts, rates, telephone and tax numbers, accounts. Each is told by its form and by the words beside it. */
#include <string.h>

#include "base/num.h"
#include "cash/reference.h"
#include "value/currency.h"
#include "value/textform.h"

typedef struct masker {
    arci_ref_text *t;
    const arc_reference_options *o;
} masker;

static uint32_t length_of(const arci_ref_piece *p) { return p->end - p->start; }

/* The piece, or NULL behind the last. */
static const arci_ref_piece *piece(const masker *m, uint32_t i) { return i < m->t->n_pieces ? &m->t->pieces[i] : NULL; }

static const arci_ref_piece *digits(const masker *m, uint32_t i, uint32_t least, uint32_t most)
{
    const arci_ref_piece *p = piece(m, i);
    return p && p->kind == ARCI_REF_DIGITS && length_of(p) >= least && length_of(p) <= most ? p : NULL;
}

static uint32_t value(const masker *m, const arci_ref_piece *p)
{
    uint32_t v = 0;
    for (uint32_t i = p->start; i < p->end && v < 100000000; i++) v = v * 10 + (uint32_t)(m->t->keys[i] - '0');
    return v;
}

static int says(const masker *m, const arci_ref_piece *p, const char *word)
{
    if (!p || m->t->keys[p->start] != (uint8_t)word[0]) return 0; /* most words differ in their first letter */
    size_t n = strlen(word);
    return length_of(p) == n && memcmp(m->t->keys + p->start, word, n) == 0;
}

static int one_of(const masker *m, const arci_ref_piece *p, const char *const *words, size_t n)
{
    for (size_t i = 0; p && i < n; i++)
        if (says(m, p, words[i])) return 1;
    return 0;
}
#define ONE_OF(m, p, words) one_of(m, p, words, sizeof words / sizeof *words)

static void mask(masker *m, uint32_t from, uint32_t to, uint8_t what)
{
    for (uint32_t i = from; i < to && i < m->t->n_pieces; i++)
        if (!m->t->pieces[i].mask) m->t->pieces[i].mask = what;
}

static int is_year(uint32_t v) { return v >= 1980 && v <= 2079; }
static int is_month(uint32_t v) { return v >= 1 && v <= 12; }
static int is_day(uint32_t v) { return v >= 1 && v <= 31; }

/* ---- dates ---------------------------------------------------------------------------------------------------------------------------- */

static int month_word(const masker *m, const arci_ref_piece *p)
{
    static const char *const months[] = { "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "SEPT", "OCT", "NOV", "DEC", "JANUARY", "FEBRUARY", "MARCH", "APRIL", "JUNE", "JULY",
        "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER", "JANUAR", "FEBRUAR", "MARZ", "MAERZ", "MAI", "JUNI", "JULI", "OKT", "OKTOBER", "DEZ", "DEZEMBER", "MAERZ", "JANV", "JANVIER", "FEVRIER",
        "MARS", "AVRIL", "JUIN", "JUILLET", "AOUT", "DECEMBRE", "NOVEMBRE", "OCTOBRE", "SEPTEMBRE", "ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO", "JULIO", "AGOSTO", "SEPTIEMBRE", "OCTUBRE",
        "NOVIEMBRE", "DICIEMBRE", "MRT", "MEI", "JANUARI", "FEBRUARI", "MAART", "AUGUSTUS" };
    return p && p->kind == ARCI_REF_LETTERS && ONE_OF(m, p, months);
}

/* A joint inside a date: one of - . / and nothing else. */
static int date_joint(const arci_ref_piece *p, uint8_t sign) { return p->gap == ARCI_REF_TIGHT && p->sign == sign && (sign == '-' || sign == '.' || sign == '/'); }

/* 2025-01-31, 31.01.2025, 01/31/25, 2025/01, 01.2025: pieces taken, 0: none. */
static uint32_t numeric_date(const masker *m, uint32_t i)
{
    const arci_ref_piece *a = digits(m, i, 1, 4), *b = digits(m, i + 1, 1, 4);
    if (!a || !b || !date_joint(b, b->sign)) return 0;
    const arci_ref_piece *c = digits(m, i + 2, 1, 4);
    uint32_t x = value(m, a), y = value(m, b), z = c ? value(m, c) : 0;
    if (c && date_joint(c, b->sign)) {
        if (length_of(a) == 4) return length_of(b) <= 2 && length_of(c) <= 2 && is_year(x) && is_month(y) && is_day(z) ? 3 : 0;
        int end = length_of(c) == 2 || (length_of(c) == 4 && is_year(z));
        int start = length_of(a) <= 2 && length_of(b) <= 2 && ((is_day(x) && is_month(y)) || (is_month(x) && is_day(y)));
        int short_year = length_of(a) == 2 && length_of(b) == 2 && length_of(c) == 2 && is_month(y) && is_day(z); /* 25-01-31 */
        return (start && end) || short_year ? 3 : 0;
    }
    if (c && c->gap <= ARCI_REF_TIGHT) return 0;
    if (length_of(a) == 4 && length_of(b) == 2) return is_year(x) && is_month(y) ? 2 : 0;
    return length_of(a) <= 2 && length_of(b) == 4 && is_month(x) && is_year(y) ? 2 : 0;
}

/* 2025年1月31日, 1月31日, 2025年, 1月份. */
static uint32_t han_date(const masker *m, uint32_t i)
{
    static const char *const year[] = { "年" }, *const month[] = { "月" }, *const day[] = { "日", "号" };
    uint32_t n = 0;
    for (int step = 0; step < 3; step++) {
        const arci_ref_piece *d = digits(m, i + n, 1, 4), *u = piece(m, i + n + 1);
        if (!d || !u || (n && d->gap == ARCI_REF_BARRIER)) break;
        if (step == 0 && ONE_OF(m, u, year) && (length_of(d) == 4 || length_of(d) == 2)) n += 2;
        else if (step <= 1 && ONE_OF(m, u, month) && is_month(value(m, d))) n += 2, step = 1;
        else if (step == 2 && ONE_OF(m, u, day) && is_day(value(m, d))) n += 2;
        else if (step) break;
    }
    return n;
}

/* 12 Jan 2025, 12. Januar, Jan 12, 2025, January 2025. */
static uint32_t word_date(const masker *m, uint32_t i)
{
    const arci_ref_piece *d = digits(m, i, 1, 2), *y;
    if (d && is_day(value(m, d)) && month_word(m, piece(m, i + 1))) {
        y = digits(m, i + 2, 2, 4);
        return y && y->gap != ARCI_REF_BARRIER && (length_of(y) == 2 || is_year(value(m, y))) ? 3 : 2;
    }
    if (!month_word(m, piece(m, i))) return 0;
    y = digits(m, i + 1, 4, 4);
    if (y && is_year(value(m, y))) return 2;
    d = digits(m, i + 1, 1, 2);
    if (!d || !is_day(value(m, d))) return 0;
    y = digits(m, i + 2, 4, 4);
    return y && is_year(value(m, y)) ? 3 : 2;
}

/* Nothing but a blank or a separator on both sides. */
static int alone(const masker *m, uint32_t i)
{
    const arci_ref_piece *p = &m->t->pieces[i], *next = p + 1; /* there is always one behind the last */
    return p->gap >= ARCI_REF_LOOSE && (next->gap >= ARCI_REF_LOOSE || (next->gap == ARCI_REF_TIGHT && (next->sign == '.' || next->sign == ':') && next->kind != ARCI_REF_DIGITS));
}

/* Against Chinese words too: 20250131付款. */
static int alone_or_han(const masker *m, uint32_t i)
{
    const arci_ref_piece *p = &m->t->pieces[i], *next = p + 1;
    int before = p->gap >= ARCI_REF_LOOSE || (p->gap == ARCI_REF_TOUCHING && i && p[-1].kind == ARCI_REF_HAN);
    int behind = alone(m, i) || next->gap >= ARCI_REF_LOOSE || (next->gap == ARCI_REF_TOUCHING && next->kind == ARCI_REF_HAN);
    return before && behind;
}

/* 20250131, 20250131123000, and a year by itself. */
static uint32_t compact_date(const masker *m, uint32_t i)
{
    const arci_ref_piece *p = digits(m, i, 4, 14);
    if (!p || !alone_or_han(m, i)) return 0;
    uint32_t n = length_of(p);
    if (n == 4) return is_year(value(m, p)) && alone(m, i) ? 1 : 0;
    if (n != 8 && n != 12 && n != 14) return 0;
    arci_ref_piece day = *p;
    day.end = day.start + 8;
    uint32_t v = value(m, &day);
    int ymd = is_year(v / 10000) && is_month(v / 100 % 100) && is_day(v % 100);
    int dmy = n == 8 && is_year(v % 10000) && ((is_day(v / 1000000) && is_month(v / 10000 % 100)) || (is_month(v / 1000000) && is_day(v / 10000 % 100)));
    if (n > 8) {
        day.start = day.end;
        day.end = day.start + 4;
        uint32_t time = value(m, &day);
        ymd = ymd && time / 100 < 24 && time % 100 < 60;
    }
    return ymd || dmy ? 1 : 0;
}

/* 250131 behind a word that announces a day. */
static uint32_t said_date(const masker *m, uint32_t i)
{
    static const char *const words[] = { "DATE", "DATED", "DTD", "DD", "VOM", "DATUM", "DEL", "DU", "FECHA", "DAT", "ON" };
    const arci_ref_piece *p = digits(m, i, 6, 6);
    if (!p || !i || !ONE_OF(m, piece(m, i - 1), words)) return 0;
    uint32_t v = value(m, p), a = v / 10000, b = v / 100 % 100, c = v % 100;
    return (is_month(b) && (is_day(a) || is_day(c))) || (is_month(a) && is_day(b)) ? 1 : 0;
}

static uint32_t any_date(const masker *m, uint32_t i)
{
    uint32_t n = m->t->pieces[i].kind == ARCI_REF_HAN ? 0 : numeric_date(m, i);
    if (!n) n = han_date(m, i);
    if (!n) n = word_date(m, i);
    if (!n) n = compact_date(m, i);
    return n ? n : said_date(m, i);
}

static uint32_t time_of_day(const masker *m, uint32_t i)
{
    const arci_ref_piece *h = digits(m, i, 1, 2), *mi = digits(m, i + 1, 2, 2), *s = digits(m, i + 2, 2, 2);
    if (!h || !mi || mi->gap != ARCI_REF_TIGHT || mi->sign != ':' || value(m, h) > 23 || value(m, mi) > 59) return 0;
    return s && s->gap == ARCI_REF_TIGHT && s->sign == ':' && value(m, s) < 60 ? 3 : 2;
}

/* ---- amounts -------------------------------------------------------------------------------------------------------------------------- */

static int is_currency(const masker *m, const arci_ref_piece *p)
{
    static const char *const words[] = { "RMB", "CNH", "US", "EURO", "EUROS", "DOLLAR", "DOLLARS", "YUAN", "FR", "SFR", "KC", "ZL", "FT", "RS" };
    char code[4] = { 0 };
    if (!p || p->kind != ARCI_REF_LETTERS) return 0;
    if (length_of(p) == 3) {
        memcpy(code, m->t->keys + p->start, 3);
        if (arci_currency_find(code)) return 1;
    }
    return ONE_OF(m, p, words);
}

/* A number as people write amounts, with groups and decimals: pieces taken; *decimals is those behind the last sign, -1: none. */
static uint32_t figure(const masker *m, uint32_t i, int *decimals)
{
    const arci_ref_piece *p = digits(m, i, 1, 15);
    uint32_t n = 1;
    *decimals = -1;
    if (!p) return 0;
    uint8_t group = 0;
    for (;; n++) {
        const arci_ref_piece *q = digits(m, i + n, 1, 8);
        int point = q && q->sign && (q->sign == ',' || q->sign == '.' || q->sign == '\'') && (q->gap == ARCI_REF_TIGHT || (q->sign == ',' && q->before == 0 && q->gap == ARCI_REF_BARRIER));
        if (!point || m->t->at[q->start] != m->t->to[q->start - 1] + 1) return n;
        if (length_of(q) == 3 && length_of(&m->t->pieces[i]) <= 3 && (!group || group == q->sign) && *decimals < 0) {
            group = q->sign;
            continue;
        }
        const arci_ref_piece *after = q + 1;
        if (length_of(q) <= 8 && (!group || group != q->sign) && q->sign != '\'') {
            if (after->kind == ARCI_REF_DIGITS && after->gap == ARCI_REF_TIGHT && (after->sign == '.' || after->sign == '-' || after->sign == '/')) return n;
            *decimals = (int)length_of(q);
            return n + 1;
        }
        return n;
    }
}

/* Whether what stands around says that it is money, a share, a rate. */
static uint8_t said_amount(const masker *m, uint32_t i, uint32_t n)
{
    static const char *const rates[] = { "RATE", "KURS", "FX", "COURS", "CAMBIO" }, *const yuan[] = { "元", "圆", "块" };
    static const char *const words[] = { "AMOUNT", "AMT", "BETRAG", "MONTANT", "IMPORTE", "TOTAL", "SUM", "FEE", "LESS", "SKONTO", "DISCOUNT" };
    const arci_ref_piece *p = &m->t->pieces[i], *next = &m->t->pieces[i + n], *before = i ? p - 1 : NULL;
    int joined = next->gap == ARCI_REF_TOUCHING || next->gap == ARCI_REF_LOOSE || (next->gap == ARCI_REF_TIGHT && next->sign == '.');
    if (next->before & ARCI_REF_PERCENT) return ARC_MASK_RATE;
    if (p->before & ARCI_REF_AT) return ARC_MASK_RATE;
    if (before && ONE_OF(m, before, rates) && p->gap <= ARCI_REF_LOOSE) return ARC_MASK_RATE;
    if ((p->before & ARCI_REF_CURRENCY) || ((next->before & ARCI_REF_CURRENCY) && next->gap == ARCI_REF_BARRIER)) return ARC_MASK_AMOUNT;
    if (before && p->gap <= ARCI_REF_LOOSE && (is_currency(m, before) || (ONE_OF(m, before, words) && p->gap >= ARCI_REF_TIGHT))) return ARC_MASK_AMOUNT;
    if (joined && i + n < m->t->n_pieces && (is_currency(m, next) || ONE_OF(m, next, yuan))) {
        /* a currency between two figures belongs to the one behind it when that has decimals: 4711 EUR 12,50 */
        int decimals;
        const arci_ref_piece *q = digits(m, i + n + 1, 1, 15);
        if (next->kind == ARCI_REF_LETTERS && q && q->gap <= ARCI_REF_LOOSE && figure(m, i + n + 1, &decimals)) return 0;
        return ARC_MASK_AMOUNT;
    }
    return 0;
}

/* Whether the figure is the payment's own amount, whole or in minor units with a point. */
static int is_own_amount(const masker *m, uint32_t i, uint32_t n, int decimals)
{
    uint64_t v = 0, mag = arci_mag64(m->o->amount.minor), unit = 1;
    if (!mag) return 0;
    for (uint32_t k = m->t->pieces[i].start; k < m->t->pieces[i + n - 1].end; k++) {
        if (v > UINT64_MAX / 10 - 10) return 0;
        v = v * 10 + (uint64_t)(m->t->keys[k] - '0');
    }
    int32_t exponent = m->o->amount.currency[0] ? arci_currency_exponent(m->o->amount.currency) : 2;
    for (int32_t e = 0; e < exponent; e++) unit *= 10;
    if (decimals == exponent) return v == mag;
    return decimals < 0 && mag % unit == 0 && v == mag / unit && v >= 100;
}

static uint32_t amount(const masker *m, uint32_t i, uint8_t *what)
{
    int decimals;
    uint32_t n = figure(m, i, &decimals);
    const arci_ref_piece *p = &m->t->pieces[i];
    if (!n) return 0;
    /* what letters or a dash hang on to is part of a number */
    if (p->gap == ARCI_REF_TOUCHING && i && p[-1].kind == ARCI_REF_LETTERS && !is_currency(m, p - 1)) return 0;
    if (p->gap == ARCI_REF_TIGHT && p->sign != ':' && i && !is_currency(m, p - 1) && !(p->before & ARCI_REF_CURRENCY) && p[-1].mask != ARC_MASK_RATE) return 0;
    *what = said_amount(m, i, n);
    if (*what) return n;
    *what = ARC_MASK_AMOUNT;
    const arci_ref_piece *next = &m->t->pieces[i + n];
    if (next->kind == ARCI_REF_LETTERS && next->gap <= ARCI_REF_TIGHT && next->sign != '.') return 0;
    if (decimals == 2 && !(next->kind == ARCI_REF_DIGITS && next->gap == ARCI_REF_TIGHT)) return n;
    return is_own_amount(m, i, n, decimals) ? n : 0;
}

/* ---- telephones, taxes ---------------------------------------------------------------------------------------------------------------- */

/* Pieces that hang together by blanks and signs and come to `least` to `most` digits; letters end it. */
static uint32_t run_of_digits(const masker *m, uint32_t i, uint32_t least, uint32_t most)
{
    uint32_t n = 0, total = 0;
    for (const arci_ref_piece *p; (p = digits(m, i + n, 1, 15)) != NULL && (!n || p->gap <= ARCI_REF_LOOSE); n++) {
        if (total + length_of(p) > most) break;
        total += length_of(p);
    }
    return total >= least ? n : 0;
}

static uint32_t phone(const masker *m, uint32_t i)
{
    static const char *const words[] = { "TEL", "TELEFON", "PHONE", "TELEPHONE", "MOBILE", "MOBIL", "HANDY", "FAX", "CELL", "MOB", "WHATSAPP", "WECHAT" };
    static const char *const han[] = { "话", "机", "真" };
    const arci_ref_piece *p = digits(m, i, 1, 15), *before = i ? &m->t->pieces[i - 1] : NULL;
    if (!p) return 0;
    if (p->before & ARCI_REF_PLUS && p->gap >= ARCI_REF_TIGHT && value(m, p) && m->t->keys[p->start] != '0') {
        /* +49 170 1234567: the sign touches a country's code, and a blank or nothing stands before the sign */
        if (m->t->at[p->start] && m->t->text[m->t->at[p->start] - 1] == '+' && (!i || m->t->at[p->start] >= m->t->to[p->start - 1] + 2) && length_of(p) <= 3) {
            uint32_t n = run_of_digits(m, i, 8, 15);
            if (n > 1) return n;
        }
    }
    int announced = before && p->gap <= ARCI_REF_LINE && (ONE_OF(m, before, words) || (before->kind == ARCI_REF_HAN && ONE_OF(m, before, han)));
    if (announced) {
        uint32_t n = run_of_digits(m, i, 6, 15);
        if (n) return n;
    }
    if (length_of(p) == 11 && m->t->keys[p->start] == '1' && m->t->keys[p->start + 1] >= '3' && alone_or_han(m, i)) return 1;
    const arci_ref_piece *q = digits(m, i + 1, 7, 8);
    if (q && m->t->keys[p->start] == '0' && (length_of(p) == 3 || length_of(p) == 4) && q->gap == ARCI_REF_TIGHT && q->sign == '-' && (q + 1)->gap >= ARCI_REF_LOOSE) return 2;
    return 0;
}

/* The key bytes from piece i on that hang together without a gap, at most 40; pieces taken. */
static uint32_t word_of(const masker *m, uint32_t i, uint32_t *length)
{
    uint32_t n = 1;
    const arci_ref_piece *p = &m->t->pieces[i];
    while (i + n < m->t->n_pieces && p[n].gap == ARCI_REF_TOUCHING && p[n].kind != ARCI_REF_HAN && n < 40) n++;
    *length = p[n - 1].end - p->start;
    return n;
}

static int fits(const masker *m, const char *format, uint32_t start, uint32_t n)
{
    const arci_format *f = arci_format_by_name(format, strlen(format));
    return f && f->fits((const char *)m->t->keys + start, n);
}

static uint32_t tax_id(const masker *m, uint32_t i)
{
    static const struct { char country[3]; uint8_t least, most; } vat[] = { { "AT", 9, 9 }, { "BE", 10, 10 }, { "DE", 9, 9 }, { "DK", 8, 8 }, { "ES", 8, 9 }, { "FI", 8, 8 }, { "FR", 11, 11 },
        { "IT", 11, 11 }, { "LU", 8, 8 }, { "NL", 12, 12 }, { "PL", 10, 10 }, { "PT", 9, 9 }, { "CZ", 8, 10 }, { "SK", 10, 10 }, { "HU", 8, 8 }, { "SE", 12, 12 }, { "IE", 8, 9 }, { "GR", 9, 9 },
        { "EL", 9, 9 }, { "SI", 8, 8 }, { "HR", 11, 11 }, { "EE", 9, 9 }, { "LV", 11, 11 }, { "LT", 9, 12 } };
    static const char *const words[] = { "VAT", "UST", "USTID", "USTIDNR", "IDNR", "STNR", "STEUERNUMMER", "TVA", "IVA", "TAXID", "TIN", "EIN", "NIF", "CIF", "NIP", "SIRET", "SIREN", "GST", "GSTIN", "ABN" };
    static const char *const han[] = { "税", "号" };
    uint32_t length, n;
    const arci_ref_piece *p = &m->t->pieces[i], *before = i ? p - 1 : NULL;
    if (p->kind == ARCI_REF_HAN || p->gap == ARCI_REF_TOUCHING) {
        if (p->kind == ARCI_REF_HAN || !before || before->kind != ARCI_REF_HAN) return 0;
    }
    n = word_of(m, i, &length);
    if (length == 18 && fits(m, "uscc", p->start, 18)) return n;
    int announced = before && (ONE_OF(m, before, words) || (before->kind == ARCI_REF_HAN && ONE_OF(m, before, han) && i >= 2 && ONE_OF(m, before - 1, han)));
    if (announced && length >= 6) return n;
    for (size_t k = 0; p->kind == ARCI_REF_LETTERS && length_of(p) == 2 && k < sizeof vat / sizeof *vat; k++)
        if (says(m, p, vat[k].country) && length >= 2u + vat[k].least && length <= 2u + vat[k].most) return n;
    return 0;
}

/* ---- accounts ------------------------------------------------------------------------------------------------------------------------- */

/* An IBAN, in groups or not. */
static uint32_t iban(const masker *m, uint32_t i)
{
    const arci_ref_piece *p = piece(m, i), *q = digits(m, i + 1, 2, 34);
    uint32_t found = 0;
    if (!p || p->kind != ARCI_REF_LETTERS || length_of(p) < 2 || !q || q->gap != ARCI_REF_TOUCHING) return 0;
    for (uint32_t n = 2; i + n <= m->t->n_pieces && n < 30; n++) {
        uint32_t length = p[n - 1].end - p->start;
        if (length > 34 || (n > 2 && p[n - 1].gap > ARCI_REF_LINE) || p[n - 1].kind == ARCI_REF_HAN) break;
        if (length >= 15 && (i + n == m->t->n_pieces || p[n].gap != ARCI_REF_TOUCHING || p[n].kind == ARCI_REF_HAN) && length_of(p) == 2 && fits(m, "iban", p->start, length)) found = n;
    }
    return found;
}

/* Letters and digits of an account that was given, from the end backwards against the keys [start, end): how many agree. */
static uint32_t agree(const masker *m, const char *account, uint32_t start, uint32_t end)
{
    size_t n = strlen(account);
    uint32_t k = end;
    while (n && k > start) {
        char c = account[n - 1];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        n--;
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) continue;
        if ((uint8_t)c != m->t->keys[k - 1]) return 0;
        k--;
    }
    return k == start ? end - start : 0;
}

/* An account that was given, or its last eight characters and more. */
static uint32_t given(const masker *m, uint32_t i)
{
    const arci_ref_piece *p = &m->t->pieces[i];
    if (p->kind == ARCI_REF_HAN) return 0;
    for (uint32_t n = 1; i + n <= m->t->n_pieces && n < 16; n++) {
        uint32_t length = p[n - 1].end - p->start;
        if ((n > 1 && p[n - 1].gap > ARCI_REF_LINE) || length > 40) break;
        for (size_t a = 0; length >= 8 && a < m->o->n_accounts; a++)
            if (m->o->accounts[a] && agree(m, m->o->accounts[a], p->start, p[n - 1].end)) return n;
    }
    return 0;
}

static uint32_t account(const masker *m, uint32_t i)
{
    static const char *const words[] = { "ACCOUNT", "ACCT", "KONTO", "KTO", "KONTONR", "IBAN", "BLZ", "COMPTE", "CUENTA", "CARD", "KARTE", "ACC" };
    const arci_ref_piece *p = &m->t->pieces[i];
    uint32_t n = m->o->n_accounts ? given(m, i) : 0;
    if (!n) n = iban(m, i);
    if (n) return n;
    if (p->kind != ARCI_REF_DIGITS) return 0;
    if ((p->before & ARCI_REF_STAR) && p->sign == '*') return 1;
    if (p->gap <= ARCI_REF_LOOSE && i && ONE_OF(m, p - 1, words)) return run_of_digits(m, i, 5, 24);
    return 0;
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------------ */

void arci_ref_text_mask(arci_ref_text *t, const arc_reference_options *o)
{
    masker m = { t, o };
    for (uint32_t i = 0; i < t->n_pieces;) {
        uint8_t what = ARC_MASK_ACCOUNT;
        const arci_ref_piece *p = &t->pieces[i];
        /* letters begin an account, a tax number or a month; Chinese words nothing */
        uint32_t n = p->kind == ARCI_REF_HAN ? 0 : account(&m, i);
        if (!n && p->kind != ARCI_REF_HAN) what = ARC_MASK_TAX_ID, n = tax_id(&m, i);
        if (!n && p->kind == ARCI_REF_DIGITS) what = ARC_MASK_PHONE, n = phone(&m, i);
        if (!n && p->kind != ARCI_REF_HAN) what = ARC_MASK_DATE, n = any_date(&m, i);
        if (!n && p->kind == ARCI_REF_DIGITS) what = ARC_MASK_TIME, n = time_of_day(&m, i);
        if (!n && p->kind == ARCI_REF_DIGITS) n = amount(&m, i, &what);
        if (n) mask(&m, i, i + n, what);
        i += n ? n : 1;
    }
}
