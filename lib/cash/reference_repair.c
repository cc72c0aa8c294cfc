/* SPDX-License-Identifier: Apache-2.0 */
/* The last resort: numbers of which only the end is written, or with one character wrong. Neighbours are asked for by their hash: a changed character changes the hash by a product,
 * so a word of ten has its three hundred neighbours asked of the filter before one of them is looked up. */
#include <string.h>

#include "cash/reference_impl.h"

#define LEAST 5u        /* characters of what is repaired */
#define THEIRS 4096u    /* numbers of the customers asked for that are looked at */

static const uint8_t alphabet[] = "0123456789ACDEFHJKMNPQRTUVWXY"; /* canonical: digits first */
#define N_DIGITS 10u
#define N_ALPHABET (sizeof alphabet - 1)

typedef struct word {
    uint32_t from, to; /* keys */
    uint32_t digits;   /* that are written as such */
    uint32_t canonical; /* and those that look so */
} word;

/* ---- one change ----------------------------------------------------------------------------------------------------------------------- */

typedef struct change {
    int32_t what;
    uint32_t at; /* in the word */
    uint8_t to;
} change;

typedef struct neighbours {
    arci_ref_finder *f;
    const word *w;
    const uint8_t *canon;
    uint32_t length;
    arci_ref_found all;
    change changes[ARC_HIT_NUMBERS];
} neighbours;

/* Applies a change to the word; returns the length. */
static uint32_t apply(uint8_t *out, const neighbours *n, const change *c)
{
    const uint8_t *s = n->canon;
    uint32_t length = n->length;
    memcpy(out, s, c->at);
    switch (c->what) {
    case ARC_REPAIR_REPLACED:
        memcpy(out, s, length);
        out[c->at] = c->to;
        return length;
    case ARC_REPAIR_SWAPPED:
        memcpy(out, s, length);
        out[c->at] = s[c->at + 1];
        out[c->at + 1] = s[c->at];
        return length;
    case ARC_REPAIR_EXTRA:
        memcpy(out + c->at, s + c->at + 1, length - c->at - 1);
        return length - 1;
    default: /* missing */
        out[c->at] = c->to;
        memcpy(out + c->at + 1, s + c->at, length - c->at);
        return length + 1;
    }
}

static void ask(neighbours *n, uint64_t hash, uint32_t length, change c)
{
    uint8_t key[ARC_REFERENCE_NUMBER_MAX + 2];
    arci_ref_found found;
    if (!arci_ref_may_have(n->f->x, length, hash)) return;
    apply(key, n, &c);
    arci_ref_alike(n->f->x, &found, key, length, hash);
    for (uint32_t i = 0; i < found.n && i < ARC_HIT_NUMBERS; i++) {
        uint32_t k = 0;
        while (k < n->all.n && k < ARC_HIT_NUMBERS && n->all.numbers[k] != found.numbers[i]) k++;
        if (k < n->all.n && k < ARC_HIT_NUMBERS) continue;
        if (n->all.n < ARC_HIT_NUMBERS) {
            n->all.numbers[n->all.n] = found.numbers[i];
            n->all.bare[n->all.n] = found.bare[i];
            n->changes[n->all.n] = c;
        }
        n->all.n++;
    }
}

static void look_around(neighbours *n)
{
    const arci_ref_text *t = n->f->t;
    uint32_t from = n->w->from, to = n->w->to, length = n->length;
    uint64_t all = arci_ref_span(t, from, to);
    for (uint32_t i = 0; i <= length; i++) {
        uint32_t behind = length - i;
        uint64_t rest = arci_ref_span(t, from + i, to), front = (all - rest);  /* what stands before i, moved to its place */
        uint64_t head = arci_ref_span(t, from, from + i);
        uint8_t here = i < length ? n->canon[i] : n->canon[length - 1];
        uint32_t many = here >= '0' && here <= '9' && (!i || (n->canon[i - 1] >= '0' && n->canon[i - 1] <= '9')) ? N_DIGITS : (uint32_t)N_ALPHABET;
        for (uint32_t a = 0; a < many; a++) /* one is missing before i */
            if (length < ARC_REFERENCE_NUMBER_MAX) ask(n, (head * ARCI_REF_BASE + alphabet[a]) * arci_ref_power(behind) + rest, length + 1, (change){ ARC_REPAIR_MISSING, i, alphabet[a] });
        if (i == length) break;
        uint64_t power = arci_ref_power(behind - 1), without = rest - here * power;
        for (uint32_t a = 0; a < many; a++)
            if (alphabet[a] != here) ask(n, front + without + alphabet[a] * power, length, (change){ ARC_REPAIR_REPLACED, i, alphabet[a] });
        ask(n, head * power + without, length - 1, (change){ ARC_REPAIR_EXTRA, i, 0 });
        if (behind < 2 || here == n->canon[i + 1]) continue;
        uint64_t less = arci_ref_power(behind - 2);
        uint64_t swapped = without - n->canon[i + 1] * less + n->canon[i + 1] * power + here * less;
        ask(n, front + swapped, length, (change){ ARC_REPAIR_SWAPPED, i, 0 });
    }
}

static void explain(const arci_ref_finder *f, arc_reference_hit *h, const word *w, const change *c)
{
    const arci_ref_text *t = f->t;
    uint32_t at = w->from + (c->at < w->to - w->from ? c->at : c->at - 1);
    h->repair = c->what;
    h->repair_at = c->what == ARC_REPAIR_MISSING && c->at == w->to - w->from ? t->to[at] : t->at[at];
    if (c->what != ARC_REPAIR_MISSING) h->repair_from[0] = (char)t->keys[at];
    if (c->what == ARC_REPAIR_SWAPPED) {
        h->repair_from[1] = (char)t->keys[at + 1];
        h->repair_to[0] = h->repair_from[1];
        h->repair_to[1] = h->repair_from[0];
    } else if (c->to) {
        h->repair_to[0] = (char)c->to;
    }
}

/* ---- look-alikes ---------------------------------------------------------------------------------------------------------------------- */

static uint32_t differing(const arci_ref_finder *f, const word *w, uint32_t number, int bare, uint32_t *first)
{
    uint32_t length, n = w->to - w->from, changes = 0;
    const uint8_t *key = arci_ref_key(f->x, number, &length);
    if (bare) key += length - n;
    for (uint32_t i = n; i-- > 0;)
        if (key[i] != f->t->keys[w->from + i]) changes++, *first = i;
    return changes;
}

static int looks_like(arci_ref_finder *f, const word *w)
{
    arci_ref_found found, near = { 0 };
    uint32_t first = 0, length;
    arci_ref_alike(f->x, &found, f->t->canon + w->from, w->to - w->from, arci_ref_span(f->t, w->from, w->to));
    for (uint32_t i = 0; i < found.n && i < ARC_HIT_NUMBERS; i++)
        if (differing(f, w, found.numbers[i], found.bare[i], &first) <= 2) {
            near.bare[near.n] = found.bare[i];
            near.numbers[near.n++] = found.numbers[i];
        }
    if (!near.n) return 0;
    uint8_t bare = near.bare[0];
    arc_reference_hit *h = arci_ref_hit(f, ARC_HIT_REPAIRED, w->from, w->to, &near);
    if (!h) return 0;
    if (h->n_numbers == 1) {
        const uint8_t *key = arci_ref_key(f->x, h->numbers[0], &length);
        if (bare) key += length - (w->to - w->from);
        differing(f, w, h->numbers[0], bare, &first);
        explain(f, h, w, &(change){ ARC_REPAIR_REPLACED, first, key[first] });
        h->repair = ARC_REPAIR_LOOKALIKE;
    }
    return 1;
}

/* ---- in order ------------------------------------------------------------------------------------------------------------------------- */

static int ends_of(arci_ref_finder *f, const word *w)
{
    arci_ref_found found;
    uint32_t length = w->to - w->from, least = f->o->n_customers ? 3 : 5;
    if ((f->o->flags & ARC_REFERENCE_NO_SUFFIX) || length < least || w->digits < 3) return 0;
    if (f->o->n_customers) {
        arci_ref_suffix(f->x, &found, f->t->keys + w->from, length, f->o->customers, f->o->n_customers);
        if (found.n == 1) {
            arc_reference_hit *h = arci_ref_hit(f, ARC_HIT_SUFFIX, w->from, w->to, &found);
            if (h) h->flags |= ARC_HIT_AMONG;
            return h != NULL;
        }
        if (found.n) return length >= 4 && arci_ref_hit(f, ARC_HIT_SUFFIX, w->from, w->to, &found) != NULL;
    }
    if (length < 5) return 0;
    arci_ref_suffix(f->x, &found, f->t->keys + w->from, length, NULL, 0);
    return found.n && arci_ref_hit(f, ARC_HIT_SUFFIX, w->from, w->to, &found) != NULL;
}

static int repaired(arci_ref_finder *f, const word *w)
{
    neighbours n = { f, w, f->t->canon + w->from, w->to - w->from, { 0 }, { { 0, 0, 0 } } };
    if ((f->o->flags & ARC_REFERENCE_NO_REPAIR) || n.length < LEAST || n.length > ARC_REFERENCE_NUMBER_MAX || w->canonical < 4 || w->digits < 3) return 0;
    if (looks_like(f, w)) return 1;
    if (!f->tries) return 0;
    f->tries--;
    look_around(&n);
    if (!n.all.n || n.all.n > ARC_HIT_NUMBERS) return 0;
    arci_ref_found kept = n.all;
    arc_reference_hit *h = arci_ref_hit(f, ARC_HIT_REPAIRED, w->from, w->to, &kept);
    if (!h) return 0;
    for (uint32_t i = 0; h->n_numbers == 1 && i < n.all.n; i++)
        if (n.all.numbers[i] == h->numbers[0]) explain(f, h, w, &n.changes[i]);
    return 1;
}

/* What a number begins with, cut off behind: only the numbers of the customers asked for are looked at. */
static int beginning(arci_ref_finder *f, const word *w)
{
    arci_ref_found found = { 0 };
    uint32_t n, length, have = w->to - w->from;
    if (have < 5 || w->digits < 4) return 0;
    for (size_t c = 0; c < f->o->n_customers; c++) {
        const uint32_t *theirs = arci_ref_of_customer(f->x, f->o->customers[c], &n);
        for (uint32_t i = 0; i < n && i < THEIRS; i++) {
            const uint8_t *key = arci_ref_key(f->x, theirs[i], &length);
            if (length <= have || length > have + 4 || memcmp(key, f->t->keys + w->from, have) != 0) continue;
            if (found.n < ARC_HIT_NUMBERS) found.numbers[found.n] = theirs[i];
            found.n++;
        }
    }
    arc_reference_hit *h = found.n ? arci_ref_hit(f, ARC_HIT_PREFIX, w->from, w->to, &found) : NULL;
    if (h) h->flags |= ARC_HIT_AMONG;
    return h != NULL;
}

static int take_word(const arci_ref_finder *f, word *w, uint32_t i, uint32_t to)
{
    const arci_ref_text *t = f->t;
    uint32_t masked = 0;
    *w = (word){ t->pieces[i].start, t->pieces[to - 1].end, 0, 0 };
    for (uint32_t k = i; k < to; k++) masked += t->pieces[k].mask != 0;
    if (masked == to - i || w->to - w->from > ARC_REFERENCE_NUMBER_MAX) return 0;
    for (uint32_t k = w->from; k < w->to; k++) {
        w->digits += t->keys[k] >= '0' && t->keys[k] <= '9';
        w->canonical += t->canon[k] >= '0' && t->canon[k] <= '9';
    }
    return w->digits >= 3;
}

typedef int (*resort)(arci_ref_finder *f, const word *w);

void arci_ref_last_resort(arci_ref_finder *f, uint32_t i, uint32_t to)
{
    static const resort in_order[] = { ends_of, repaired, beginning };
    word w;
    for (size_t r = 0; r < sizeof in_order / sizeof *in_order; r++)
        for (uint32_t length = to - i; length; length--)
            for (uint32_t from = i; from + length <= to; from++) {
                /* what digits stand before, the number would have them: only letters are passed over */
                if (from > i && f->t->pieces[from - 1].kind == ARCI_REF_DIGITS) break;
                if (!take_word(f, &w, from, from + length) || !in_order[r](f, &w)) continue;
                arci_ref_use(f, from, from + length);
                return;
            }
}
