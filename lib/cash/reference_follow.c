/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and ranges: 10041/42/45, INV10041, 10042 and 10043, 10041-45, and numbers with nothing between them. What is written of the following ones replaces the end of the one before. */
#include <string.h>

#include "cash/reference_impl.h"

#define RANGE_MOST 500u

typedef struct base {
    uint8_t key[ARC_REFERENCE_NUMBER_MAX];
    uint32_t length, digits; /* digits at its end */
} base;

static void take_base(base *b, const uint8_t *key, uint32_t length)
{
    memcpy(b->key, key, length);
    b->length = length;
    for (b->digits = 0; b->digits < length && b->digits < 18 && key[length - 1 - b->digits] >= '0' && key[length - 1 - b->digits] <= '9';) b->digits++;
}

static uint64_t tail_value(const base *b, uint32_t k)
{
    uint64_t v = 0;
    for (uint32_t i = b->length - k; i < b->length; i++) v = v * 10 + (uint64_t)(b->key[i] - '0');
    return v;
}

static void put_tail(base *b, uint32_t k, uint64_t v)
{
    for (uint32_t i = b->length; k; k--, v /= 10) b->key[--i] = (uint8_t)('0' + v % 10);
}

static int lookup(const arci_ref_finder *f, const base *b, arci_ref_found *found)
{
    uint64_t hash = arci_ref_hash(b->key, b->length);
    found->n = 0;
    if (!arci_ref_may_have(f->x, b->length, hash)) return 0;
    arci_ref_exact(f->x, found, b->key, b->length, hash);
    return found->n && found->n <= ARC_HIT_NUMBERS;
}

/* ---- what joins them ------------------------------------------------------------------------------------------------------------------ */

enum { NO_JOINT, LIST_JOINT, RANGE_JOINT };

static int says(const arci_ref_text *t, const arci_ref_piece *p, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (t->keys[p->start] == (uint8_t)words[i][0] && strlen(words[i]) == p->end - p->start && memcmp(t->keys + p->start, words[i], p->end - p->start) == 0) return 1;
    return 0;
}

/* How the digits at piece *i, or behind a word there, go on from what ends before it; *i is moved to the digits. `written` is how many digits the one before was written with. */
static int joint(const arci_ref_text *t, uint32_t *i, uint32_t written)
{
    static const char *const list[] = { "AND", "UND", "ET", "Y", "E", "EN", "OG", "OCH", "和", "及", "与" }, *const range[] = { "TO", "BIS", "THRU", "THROUGH", "UNTIL", "TOT", "AU", "至", "到" };
    const arci_ref_piece *p = &t->pieces[*i];
    int word = NO_JOINT;
    if (*i >= t->n_pieces) return NO_JOINT;
    if (p->kind != ARCI_REF_DIGITS) {
        if (p->gap == ARCI_REF_BARRIER && !(p->sign == ',' || p->sign == ';')) return NO_JOINT;
        word = says(t, p, list, sizeof list / sizeof *list) ? LIST_JOINT : says(t, p, range, sizeof range / sizeof *range) ? RANGE_JOINT : NO_JOINT;
        if (!word || *i + 1 >= t->n_pieces) return NO_JOINT;
        ++*i;
        p++;
        if (p->gap > ARCI_REF_LINE) return NO_JOINT;
    }
    uint32_t length = p->end - p->start;
    if (p->kind != ARCI_REF_DIGITS || p->used || p->mask || ((p + 1)->gap == ARCI_REF_TOUCHING && (p + 1)->kind == ARCI_REF_LETTERS)) return NO_JOINT;
    if (word) return length >= 2 ? word : NO_JOINT;
    if (p->before & (ARCI_REF_CURRENCY | ARCI_REF_PERCENT | ARCI_REF_AT)) return NO_JOINT;
    if (p->sign == '-' || p->sign == '~') return length >= 2 ? RANGE_JOINT : NO_JOINT;
    if (p->sign == '/' || p->sign == ',' || p->sign == ';' || p->sign == '+' || p->sign == '&' || p->sign == '\\') {
        const arci_ref_piece *next = p + 1;
        if (length >= 2) return LIST_JOINT;
        /* one digit is an instalment, two of them are a list: 10041/2/5 */
        int goes_on = next->kind == ARCI_REF_DIGITS && next->sign == p->sign && next->end - next->start == 1;
        int went_on = *i && p[-1].used && p[-1].end - p[-1].start == 1 && p[-1].sign == p->sign;
        return p->sign == '/' && (goes_on || went_on) ? LIST_JOINT : NO_JOINT;
    }
    return p->gap >= ARCI_REF_LOOSE && p->gap <= ARCI_REF_LINE && !p->sign && length == written && length >= 4 ? LIST_JOINT : NO_JOINT;
}

/* Those between base and value `end` of its last k digits; the ends are not among them. */
static void between(arci_ref_finder *f, const base *b, uint32_t k, uint64_t end, uint32_t from, uint32_t to)
{
    base now = *b;
    arci_ref_found found;
    uint64_t first = tail_value(b, k);
    if (end <= first || end - first > RANGE_MOST) return;
    for (uint64_t v = first + 1; v < end; v++) {
        put_tail(&now, k, v);
        if (lookup(f, &now, &found)) arci_ref_hit(f, ARC_HIT_RANGE, from, to, &found);
    }
}

void arci_ref_follow(arci_ref_finder *f, uint32_t number, uint32_t from, uint32_t i)
{
    arci_ref_text *t = f->t;
    uint32_t length, kind, written = i && t->pieces[i - 1].kind == ARCI_REF_DIGITS ? t->pieces[i - 1].end - t->pieces[i - 1].start : 0;
    const uint8_t *key = arci_ref_key(f->x, number, &length);
    arci_ref_found found;
    base b, now;
    take_base(&b, key, length);
    for (uint32_t at = i; b.digits && f->n < f->most && (kind = (uint32_t)joint(t, &at, written)) != NO_JOINT; at++) {
        const arci_ref_piece *p = &t->pieces[at];
        uint32_t k = p->end - p->start;
        if (k > b.digits) return;
        now = b;
        memcpy(now.key + now.length - k, t->keys + p->start, k);
        if (memcmp(now.key, b.key, b.length) == 0 || !lookup(f, &now, &found) || found.n != 1) return;
        if (kind == RANGE_JOINT) between(f, &b, k, tail_value(&now, k), from, p->end);
        if (!arci_ref_hit(f, kind == RANGE_JOINT ? ARC_HIT_RANGE : ARC_HIT_LIST, p->start, p->end, &found)) return;
        arci_ref_use(f, i, at + 1);
        written = k;
        b = now;
        i = at + 1;
        from = p->start;
    }
}

void arci_ref_between(arci_ref_finder *f, uint32_t first, uint32_t second, uint32_t i, uint32_t from, uint32_t to)
{
    static const char *const range[] = { "TO", "BIS", "THRU", "THROUGH", "UNTIL", "TOT", "AU", "至", "到" };
    const arci_ref_text *t = f->t;
    const arci_ref_piece *p = &t->pieces[i];
    uint32_t na, nb;
    const uint8_t *a = arci_ref_key(f->x, first, &na), *b = arci_ref_key(f->x, second, &nb);
    base x, y;
    int word = i && !p[-1].used && says(t, p - 1, range, sizeof range / sizeof *range);
    if (i && !p[-1].used && !word) return;
    if (!word && p->sign != '-' && p->sign != '~') return;
    take_base(&x, a, na);
    take_base(&y, b, nb);
    if (na != nb || x.digits != y.digits || !x.digits || memcmp(a, b, na - x.digits) != 0) return;
    between(f, &x, x.digits, tail_value(&y, y.digits), from, to);
}

/* ---- numbers whose first one is unknown ----------------------------------------------------------------------------------------------- */

/* The digits of piece i, with the letters before them when numbers of the book have them. */
static int orphan_base(const arci_ref_finder *f, base *b, uint32_t i, int letters)
{
    const arci_ref_piece *p = &f->t->pieces[i];
    uint32_t from = p->start;
    if (letters) {
        if (!i || p[-1].kind != ARCI_REF_LETTERS || p[-1].used || p->gap > ARCI_REF_LOOSE) return 0;
        from = p[-1].start;
    }
    if (p->end - from > ARC_REFERENCE_NUMBER_MAX || p->end - p->start > 18) return 0;
    take_base(b, f->t->keys + from, p->end - from);
    return 1;
}

static uint32_t orphans_of(arci_ref_finder *f, uint32_t i, int letters)
{
    arci_ref_text *t = f->t;
    base b, now;
    arci_ref_found found;
    uint32_t at = i + 1, written = t->pieces[i].end - t->pieces[i].start, k;
    if (written < 4 || !orphan_base(f, &b, i, letters)) return 0;
    int kind = joint(t, &at, written);
    const arci_ref_piece *p = &t->pieces[at];
    k = kind ? p->end - p->start : 0;
    if (!kind || k > b.digits || k >= written) return 0;
    now = b;
    memcpy(now.key + now.length - k, t->keys + p->start, k);
    size_t before = f->n;
    if (kind == RANGE_JOINT) between(f, &b, k, tail_value(&now, k), t->pieces[i].start, p->end);
    if (lookup(f, &now, &found) && found.n == 1) {
        arc_reference_hit *h = arci_ref_hit(f, kind == RANGE_JOINT ? ARC_HIT_RANGE : ARC_HIT_LIST, p->start, p->end, &found);
        if (h) arci_ref_follow(f, h->numbers[0], p->start, at + 1);
    }
    if (f->n == before) return 0;
    arci_ref_use(f, i, at + 1);
    return at + 1 - i;
}

uint32_t arci_ref_orphans(arci_ref_finder *f, uint32_t i)
{
    uint32_t n = orphans_of(f, i, 1);
    return n ? n : orphans_of(f, i, 0);
}

/* ---- nothing between them ------------------------------------------------------------------------------------------------------------- */

typedef struct tile {
    uint32_t from, to; /* keys */
    arci_ref_found found;
} tile;

static uint32_t tiles(const arci_ref_finder *f, tile *out, uint32_t n, uint32_t from, uint32_t to, const base *letters)
{
    const arci_ref_text *t = f->t;
    if (from == to) return n;
    if (n == 8) return 0;
    for (uint32_t length = to - from < 24 ? to - from : 24; length >= 4; length--) {
        base b = *letters;
        if (b.length + length > ARC_REFERENCE_NUMBER_MAX) continue;
        memcpy(b.key + b.length, t->keys + from, length);
        b.length += length;
        int known = lookup(f, &b, &out[n].found) && out[n].found.n == 1;
        if (!known && letters->length) {
            take_base(&b, t->keys + from, length);
            known = lookup(f, &b, &out[n].found) && out[n].found.n == 1;
        }
        if (!known) continue;
        out[n].from = from;
        out[n].to = from + length;
        uint32_t all = tiles(f, out, n + 1, from + length, to, letters);
        if (all) return all;
    }
    return 0;
}

uint32_t arci_ref_merged(arci_ref_finder *f, uint32_t i)
{
    const arci_ref_text *t = f->t;
    const arci_ref_piece *p = &t->pieces[i];
    tile found[9];
    base letters = { { 0 }, 0, 0 };
    uint32_t n = 0;
    if (p->end - p->start < 8 || p->end - p->start > 80) return 0;
    if (i && p[-1].kind == ARCI_REF_LETTERS && !p[-1].used && p->gap <= ARCI_REF_LOOSE && p->start - p[-1].start <= 16) take_base(&letters, t->keys + p[-1].start, p->start - p[-1].start);
    if (letters.length) n = tiles(f, found, 0, p->start, p->end, &letters);
    letters.length = 0;
    if (n < 2) n = tiles(f, found, 0, p->start, p->end, &letters);
    if (n < 2) return 0;
    for (uint32_t k = 0; k < n; k++) arci_ref_hit(f, ARC_HIT_MERGED, found[k].from, found[k].to, &found[k].found);
    arci_ref_use(f, i, i + 1);
    return 1;
}
