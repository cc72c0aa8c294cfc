/* SPDX-License-Identifier: Apache-2.0 */
/* What of an index stands in a text. Structured references first, then numbers as they are, the longest from each place on; what is left is looked at more kindly, piece group by
 * piece group. Nothing is allocated and nothing is tried more often than the text is long. */
#include <string.h>

#include "cash/reference_impl.h"

#define SPAN 12  /* pieces of a number */
#define TRIES 64 /* groups of a text that are repaired */

/* ---- hits ----------------------------------------------------------------------------------------------------------------------------- */

uint32_t arci_ref_narrow(const arci_ref_finder *f, arci_ref_found *found)
{
    uint32_t kept = 0, first[ARC_HIT_NUMBERS];
    if (found->n <= 1) return 0;
    for (uint32_t i = 0; i < found->n && i < ARC_HIT_NUMBERS; i++)
        if (f->o->n_customers && arci_ref_is_of(f->x, found->numbers[i], f->o->customers, f->o->n_customers)) first[kept++] = found->numbers[i];
    if (kept && found->n <= ARC_HIT_NUMBERS) {
        memcpy(found->numbers, first, kept * sizeof *first);
        found->n = kept;
        return ARC_HIT_AMONG | (kept > 1 ? ARC_HIT_AMBIGUOUS : 0);
    }
    return ARC_HIT_AMBIGUOUS;
}

arc_reference_hit *arci_ref_hit(arci_ref_finder *f, int32_t kind, uint32_t from, uint32_t to, arci_ref_found *found)
{
    uint32_t flags = arci_ref_narrow(f, found);
    if (f->n == f->most || found->n > ARC_HIT_NUMBERS) return NULL;
    arc_reference_hit *h = &f->hits[f->n++];
    memset(h, 0, sizeof *h);
    h->flags = flags;
    h->kind = kind;
    h->start = f->t->at[from];
    h->end = f->t->to[to - 1];
    h->n_numbers = found->n;
    for (uint32_t i = 0; i < found->n; i++) {
        uint32_t k = i, n = found->numbers[i];
        for (; k && h->numbers[k - 1] > n; k--) h->numbers[k] = h->numbers[k - 1];
        h->numbers[k] = n;
    }
    return h;
}

void arci_ref_use(arci_ref_finder *f, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) f->t->pieces[i].used = 1;
}

/* ---- numbers as they stand ------------------------------------------------------------------------------------------------------------ */

int arci_ref_is_label(const arci_ref_text *t, uint32_t i)
{
    static const char *const words[] = { "INV", "INVOICE", "INVOICES", "RE", "RG", "RN", "RNR", "RECHNUNG", "RECHNUNGSNR", "RGNR", "NR", "NO", "NUMBER", "NUM", "FACTURE", "FACT", "FACTURA", "FATTURA",
        "FAKTURA", "FAKTUR", "BILL", "ORDER", "PO", "SO", "CONTRACT", "REF", "REFERENCE", "DOC", "FC", "FT", "CN", "票", "号", "单", "同", "据" };
    const arci_ref_piece *p = &t->pieces[i];
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (t->keys[p->start] == (uint8_t)words[k][0] && strlen(words[k]) == p->end - p->start && memcmp(t->keys + p->start, words[k], p->end - p->start) == 0) return 1;
    return 0;
}

typedef struct span {
    uint32_t pieces, digits, masked, loose, blanks; /* loose: gaps in it; blanks: those that are not between its letters and its digits */
} span;

/* Adds a piece; 0: no number goes on there. */
static int extend(const arci_ref_text *t, span *s, uint32_t i)
{
    const arci_ref_piece *first = &t->pieces[i], *p = first + s->pieces;
    if (s->pieces) {
        if (p->gap == ARCI_REF_BARRIER || p->used) return 0;
        s->loose += p->gap >= ARCI_REF_LOOSE;
        s->blanks += p->gap >= ARCI_REF_LOOSE && !(p->kind == ARCI_REF_DIGITS && !s->digits);
        if (s->blanks > 3) return 0;
    }
    if (p->end - first->start > ARC_REFERENCE_NUMBER_MAX) return 0;
    s->pieces++;
    s->masked += p->mask != 0;
    if (p->kind == ARCI_REF_DIGITS) s->digits += p->end - p->start;
    return 1;
}

/* Whether that much of a text can be meant as a number: it is no date or amount, and long enough for how it is written. */
static int plausible(const arci_ref_finder *f, const span *s, uint32_t i, uint32_t length)
{
    if (!s->digits || s->masked == s->pieces || (s->masked && s->blanks)) return 0;
    if (s->digits == length) {
        if (s->loose) return length >= 6;
        return length >= 4 || (length == 3 && ((i && arci_ref_is_label(f->t, i - 1)) || f->o->n_customers));
    }
    return length >= (s->loose ? 4u : 3u);
}

/* The longest number that begins at piece i: pieces it takes. */
static uint32_t longest(const arci_ref_finder *f, uint32_t i, span *best, arci_ref_found *found)
{
    const arci_ref_text *t = f->t;
    span s = { 0, 0, 0, 0, 0 };
    arci_ref_found now;
    uint32_t start = t->pieces[i].start;
    best->pieces = 0;
    while (s.pieces < SPAN && i + s.pieces < t->n_pieces && extend(t, &s, i)) {
        uint32_t end = t->pieces[i + s.pieces - 1].end;
        if (!plausible(f, &s, i, end - start)) continue;
        uint64_t hash = arci_ref_span(t, start, end);
        if (!arci_ref_may_have(f->x, end - start, hash)) continue;
        arci_ref_exact(f->x, &now, t->keys + start, end - start, hash);
        if (!now.n || now.n > ARC_HIT_NUMBERS) continue;
        *found = now;
        *best = s;
    }
    return best->pieces;
}

static uint32_t touches(const arci_ref_text *t, uint32_t from, uint32_t to)
{
    const arci_ref_piece *a = &t->pieces[from], *b = &t->pieces[to];
    int before = a->gap == ARCI_REF_TOUCHING && from && a[-1].kind == ARCI_REF_LETTERS, behind = b->gap == ARCI_REF_TOUCHING && b->kind == ARCI_REF_LETTERS;
    return before || behind ? ARC_HIT_INSIDE : 0;
}

static void whole_numbers(arci_ref_finder *f)
{
    const arci_ref_text *t = f->t;
    uint32_t last = UINT32_MAX, last_end = 0, last_from = 0, taken;
    for (uint32_t i = 0; i < t->n_pieces && f->n < f->most; i += taken ? taken : 1) {
        arci_ref_found found;
        span s;
        taken = 0;
        if (t->pieces[i].used || !(taken = longest(f, i, &s, &found))) continue;
        uint32_t from = t->pieces[i].start, to = t->pieces[i + taken - 1].end;
        arc_reference_hit *h = arci_ref_hit(f, found.bare[0] ? ARC_HIT_BARE : ARC_HIT_EXACT, from, to, &found);
        if (!h) continue;
        h->flags |= (s.blanks ? ARC_HIT_WRAPPED : 0) | touches(t, i, i + taken);
        if ((i && arci_ref_is_label(t, i - 1)) || arci_ref_is_label(t, i)) h->flags |= ARC_HIT_LABELLED;
        arci_ref_use(f, i, i + taken);
        if (h->n_numbers != 1) continue;
        uint32_t number = h->numbers[0];
        if (last != UINT32_MAX && last_end <= i && i - last_end <= 1) arci_ref_between(f, last, number, i, last_from, to);
        last = number;
        last_end = i + taken;
        last_from = from;
        arci_ref_follow(f, number, from, i + taken);
    }
}

/* ---- what is left --------------------------------------------------------------------------------------------------------------------- */

/* Digits that begin a list whose first number is paid, stand around a number with their check digit, or are several numbers. */
static void digits_alone(arci_ref_finder *f)
{
    for (uint32_t i = 0, n; i < f->t->n_pieces && f->n < f->most; i += n ? n : 1) {
        const arci_ref_piece *p = &f->t->pieces[i];
        n = 0;
        if (p->used || p->mask || p->kind != ARCI_REF_DIGITS) continue;
        n = arci_ref_orphans(f, i);
        if (!n) n = arci_ref_weak_scheme(f, i);
        if (!n) n = arci_ref_merged(f, i);
    }
}

static void groups(arci_ref_finder *f)
{
    const arci_ref_text *t = f->t;
    for (uint32_t i = 0, to; i < t->n_pieces && f->n < f->most; i = to) {
        const arci_ref_piece *p = &t->pieces[i];
        uint32_t digits = 0;
        to = i + 1;
        if (p->used || p->kind == ARCI_REF_HAN) continue;
        for (to = i; to < t->n_pieces && to - i < SPAN; to++) {
            const arci_ref_piece *q = &t->pieces[to];
            if (q->used || q->kind == ARCI_REF_HAN || (to > i && q->gap > ARCI_REF_TIGHT)) break;
            if (q->kind == ARCI_REF_DIGITS && !q->mask) digits += q->end - q->start;
        }
        if (digits >= 3) arci_ref_last_resort(f, i, to);
    }
}

static void by_place(arc_reference_hit *hits, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        arc_reference_hit h = hits[i];
        size_t k = i;
        for (; k && (hits[k - 1].start > h.start || (hits[k - 1].start == h.start && hits[k - 1].end > h.end)); k--) hits[k] = hits[k - 1];
        hits[k] = h;
    }
}

size_t arci_ref_find(const arci_ref_index *x, arci_ref_text *t, arc_reference_hit *hits, size_t most, const char *text, size_t length, const arc_reference_options *o,
                     int *failed)
{
    arci_ref_finder f = { x, t, o, hits, 0, most, TRIES };
    *failed = !arci_ref_text_read(t, text, length);
    if (*failed || !most || !t->n) return 0;
    arci_ref_text_mask(t, o);
    for (uint32_t i = 0; i < t->n_pieces && f.n < most;) {
        uint32_t n = arci_ref_strong_scheme(&f, i);
        i += n ? n : 1;
    }
    whole_numbers(&f);
    digits_alone(&f);
    groups(&f);
    by_place(hits, f.n);
    return f.n;
}
