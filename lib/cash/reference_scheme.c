/* SPDX-License-Identifier: Apache-2.0 */
/* Structured references in a text: those that show by their form what they are, and digits whose check digit stands behind a number of the book. */
#include <string.h>

#include "cash/reference_impl.h"

/* Pieces from i on that hang together by blanks and signs, of digits only when asked; as long as they come to `most` keys. */
static uint32_t run(const arci_ref_text *t, uint32_t i, uint32_t most, int letters)
{
    const arci_ref_piece *p = &t->pieces[i];
    uint32_t n = 0;
    while (i + n < t->n_pieces && !p[n].used && p[n].kind != ARCI_REF_HAN && (letters || p[n].kind == ARCI_REF_DIGITS) && (!n || p[n].gap <= ARCI_REF_LINE) &&
           p[n].end - p->start <= most)
        n++;
    return n;
}

/* The number inside of a reference: all of it, else its longest end that is one and has `least` characters. */
static int body_number(const arci_ref_finder *f, arci_ref_found *found, const uint8_t *s, uint32_t n, uint32_t least)
{
    for (uint32_t from = 0; from < n && (n - from >= least || !from); from++) {
        if (from && s[from] == '0' && s[from - 1] == '0') continue; /* the end with all its zeros was tried */
        uint64_t hash = arci_ref_hash(s + from, n - from);
        if (!arci_ref_may_have(f->x, n - from, hash)) continue;
        arci_ref_exact(f->x, found, s + from, n - from, hash);
        if (found->n && found->n <= ARC_HIT_NUMBERS) return 1;
    }
    return 0;
}

static int resolve(const arci_ref_finder *f, arci_ref_found *found, int32_t scheme, const uint8_t *s, uint32_t n)
{
    uint32_t at, length;
    uint64_t hash = arci_ref_hash(s, n);
    found->n = 0;
    if (arci_ref_may_have(f->x, n, hash)) arci_ref_exact(f->x, found, s, n, hash);
    if (found->n && found->n <= ARC_HIT_NUMBERS) return 1;
    found->n = 0;
    return arci_ref_scheme_body(scheme, s, n, &at, &length) && body_number(f, found, s + at, length, 5);
}

static uint32_t tell(arci_ref_finder *f, int32_t scheme, uint32_t i, uint32_t pieces)
{
    const arci_ref_text *t = f->t;
    uint32_t from = t->pieces[i].start, to = t->pieces[i + pieces - 1].end;
    arci_ref_found found;
    int known = resolve(f, &found, scheme, t->keys + from, to - from);
    arc_reference_hit *h = arci_ref_hit(f, known ? ARC_HIT_STRUCTURED : ARC_HIT_UNKNOWN, from, to, &found);
    if (h) h->scheme = scheme;
    arci_ref_use(f, i, i + pieces);
    return pieces;
}

static uint32_t creditor_reference(arci_ref_finder *f, uint32_t i)
{
    const arci_ref_text *t = f->t;
    const arci_ref_piece *p = &t->pieces[i];
    if (p->end - p->start != 2 || t->keys[p->start] != 'R' || t->keys[p->start + 1] != 'F' || p[1].kind != ARCI_REF_DIGITS || p[1].gap > ARCI_REF_LOOSE) return 0;
    for (uint32_t n = run(t, i, 25, 1); n >= 2; n--)
        if ((p[n].gap != ARCI_REF_TOUCHING || p[n].kind == ARCI_REF_HAN) && arci_ref_scheme_fits(ARC_SCHEME_RF, t->keys + p->start, p[n - 1].end - p->start)) return tell(f, ARC_SCHEME_RF, i, n);
    return 0;
}

/* 020/3430/57642, between pluses or stars or not. */
static int is_ogm(const arci_ref_text *t, uint32_t i, uint32_t n)
{
    const arci_ref_piece *p = &t->pieces[i];
    int grouped = n == 3 && p[0].end - p[0].start == 3 && p[1].end - p[1].start == 4 && p[1].sign == '/' && p[2].sign == '/';
    int marked = ((p->before & ARCI_REF_PLUS) && (p[n].before & ARCI_REF_PLUS)) || ((p->before & ARCI_REF_STAR) && (p[n].before & ARCI_REF_STAR));
    return (grouped || marked) && arci_ref_scheme_fits(ARC_SCHEME_OGM, t->keys + p->start, p[n - 1].end - p->start);
}

uint32_t arci_ref_strong_scheme(arci_ref_finder *f, uint32_t i)
{
    const arci_ref_text *t = f->t;
    const arci_ref_piece *p = &t->pieces[i];
    if (p->used || p->kind == ARCI_REF_HAN) return 0;
    if (p->gap == ARCI_REF_TOUCHING && i && p[-1].kind != ARCI_REF_HAN) return 0;
    if (p->kind == ARCI_REF_LETTERS) return creditor_reference(f, i);
    uint32_t n = run(t, i, 27, 0), length = n ? p[n - 1].end - p->start : 0;
    if (!n || (p[n].gap == ARCI_REF_TOUCHING && p[n].kind == ARCI_REF_LETTERS)) return 0;
    if (length == 27 && arci_ref_scheme_fits(ARC_SCHEME_QRR, t->keys + p->start, 27)) return tell(f, ARC_SCHEME_QRR, i, n);
    for (uint32_t k = 1; k <= n && p[k - 1].end - p->start <= 20; k++) {
        uint32_t so_far = p[k - 1].end - p->start;
        if (so_far == 12 && is_ogm(t, i, k)) return tell(f, ARC_SCHEME_OGM, i, k);
        if (so_far == 20 && k == 1 && !p->mask && arci_ref_scheme_fits(ARC_SCHEME_FAPIAO, t->keys + p->start, 20)) return tell(f, ARC_SCHEME_FAPIAO, i, 1);
    }
    return 0;
}

/* Digits that are no number of the book, but a number with its check digit. */
uint32_t arci_ref_weak_scheme(arci_ref_finder *f, uint32_t i)
{
    static const int32_t schemes[] = { ARC_SCHEME_OGM, ARC_SCHEME_OCR_LENGTH, ARC_SCHEME_KID, ARC_SCHEME_FINNISH, ARC_SCHEME_KID11 };
    const arci_ref_text *t = f->t;
    const arci_ref_piece *p = &t->pieces[i];
    arci_ref_found found;
    if (p->gap == ARCI_REF_TOUCHING && i && p[-1].kind == ARCI_REF_LETTERS) return 0;
    for (uint32_t n = run(t, i, 25, 0); n; n--) {
        uint32_t length = p[n - 1].end - p->start, masked = 0;
        for (uint32_t k = 0; k < n; k++) masked += p[k].mask != 0;
        if (length < 6 || masked || p[n].gap == ARCI_REF_TOUCHING) continue;
        for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++) {
            uint32_t at, body;
            const uint8_t *s = t->keys + p->start;
            if (!arci_ref_scheme_fits(schemes[k], s, length) || !arci_ref_scheme_body(schemes[k], s, length, &at, &body) || body < 5 || !body_number(f, &found, s + at, body, 7)) continue;
            arc_reference_hit *h = arci_ref_hit(f, ARC_HIT_STRUCTURED, p->start, p[n - 1].end, &found);
            if (h) h->scheme = schemes[k];
            arci_ref_use(f, i, i + n);
            return n;
        }
    }
    return 0;
}
