/* SPDX-License-Identifier: Apache-2.0 */
/* How near two names are: words are paired, each pair weighs what its words say, what is left over counts against. docs/duplicates.md has the
 * figures and why they are what they are. */
#include <string.h>

#include "value/name.h"

/* What a word of a kind says, beside how rare it is in the book. */
static const int32_t bases[ARCI_NAME_N_KINDS] = { 1000, 350, 250, 60, 40, 350, 600 };

#define TYPO 8000       /* words nearer than this are the same word misspelt */
#define SHORTENED 8500  /* the beginning of a word */
#define JOINED 9500     /* words written together */
#define ACRONYM 9500     /* of four letters and more; three are found in many names */
#define ACRONYM_3 8500
#define COMMON 7000      /* a common word misspelt */
#define REST 7500        /* what is left of both, written together */
#define INITIAL 8000
#define BY_LETTERS 12   /* of 100: how names are written as a whole */
#define LETTERS 7800    /* of 10,000: what names written without spaces can reach by their letters alone */

static uint32_t lg(uint32_t v) /* log2 in 1/256, v >= 1 */
{
    uint32_t whole = 0;
    while (whole < 31 && v >> (whole + 1)) whole++;
    uint64_t x = ((uint64_t)v << 32) >> whole; /* 1.0 .. 2.0 in 1/2^32 */
    uint32_t part = 0;
    for (int i = 0; i < 8; i++) {
        x = ((x >> 16) * (x >> 16));
        part <<= 1;
        if (x >> 33) {
            part |= 1;
            x >>= 1;
        }
    }
    return whole * 256 + part;
}

/* A word in one name of ten thousand says all it can; one in every name says an eighth. In a small book little is known of how common words are:
 * it is judged as if it had 4,096 names. */
int32_t arci_name_weight(const arci_name_weigher *w, const arci_name *name, const arci_name_token *t)
{
    int32_t base = bases[t->kind];
    if (!w || !w->names_with || t->kind == ARCI_NAME_LEGAL || t->kind == ARCI_NAME_STOP) return base;
    uint32_t with = w->names_with(w->user, name->text + t->at, t->len), of = w->names < 4096 ? 4096 : w->names;
    uint32_t common = lg(with + 1), all = lg(of + 1);
    int32_t left = common < all ? (int32_t)((uint32_t)base * (all - common) / all) : 0;
    return left > base / 8 ? left : base / 8;
}

void arci_name_weigh(const arci_name_weigher *w, const arci_name *name, int32_t *weights)
{
    for (uint32_t i = 0; i < name->n; i++) weights[i] = arci_name_weight(w, name, &name->tokens[i]);
}

/* ---- words ---- */

typedef struct pairing {
    const arci_name *a, *b;
    arci_name_report *r;
    uint64_t used_a, used_b;
    uint32_t pa[ARCI_NAME_TOKENS][ARCI_NAME_POINTS], pb[ARCI_NAME_TOKENS][ARCI_NAME_POINTS];
    uint8_t na[ARCI_NAME_TOKENS], nb[ARCI_NAME_TOKENS];
} pairing;

static const char *text(const arci_name *n, uint32_t i) { return n->text + n->tokens[i].at; }

static int equal(const arci_name *a, uint32_t i, const arci_name *b, uint32_t j)
{
    return a->tokens[i].len == b->tokens[j].len && memcmp(text(a, i), text(b, j), a->tokens[i].len) == 0;
}

static int weak(int kind) { return kind == ARCI_NAME_LEGAL || kind == ARCI_NAME_STOP || kind == ARCI_NAME_INITIALS || kind == ARCI_NAME_NUMBER; }

static void link_tokens(pairing *p, uint32_t i, uint32_t j, int how, int32_t near_a, int32_t near_b)
{
    arci_name_report *r = p->r;
    r->matched_a[i] = (int32_t)((int64_t)r->weights_a[i] * near_a / ARCI_NAME_ONE);
    r->matched_b[j] = (int32_t)((int64_t)r->weights_b[j] * near_b / ARCI_NAME_ONE);
    p->used_a |= UINT64_C(1) << i;
    p->used_b |= UINT64_C(1) << j;
    if (r->n_links < sizeof r->links / sizeof r->links[0]) {
        arci_name_link *l = &r->links[r->n_links++];
        l->a = (uint8_t)i;
        l->b = (uint8_t)j;
        l->how = (uint8_t)how;
        l->nearness = near_a < near_b ? near_a : near_b;
    }
}

static int starts(const uint32_t *s, size_t n, const uint32_t *with, size_t k)
{
    return n > k && memcmp(s, with, k * sizeof *s) == 0;
}

/* ae, oe, ue for a, o, u with two dots. */
static size_t without_umlaut(uint32_t *out, const uint32_t *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        out[k++] = s[i];
        if ((s[i] == 'a' || s[i] == 'o' || s[i] == 'u') && i + 1 < n && s[i + 1] == 'e') i++;
    }
    return k;
}

static int same_but_umlaut(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    uint32_t x[ARCI_NAME_POINTS], y[ARCI_NAME_POINTS];
    size_t nx = without_umlaut(x, a, na), ny = without_umlaut(y, b, nb);
    return nx == ny && memcmp(x, y, nx * sizeof *x) == 0;
}

/* A word nobody knows beside one that many names have is more likely that one misspelt than a word of its own: less has to agree. */
static int32_t common_nearness(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    size_t longest = na > nb ? na : nb;
    if (longest < 5 || a[0] != b[0] || arci_name_edits(a, na, b, nb) * 5 > longest * 2) return 0;
    return COMMON;
}

/* The mean of edits and Jaro-Winkler; below TYPO it is 0. The latter is at most 1, so words that are too unlike need not be spelt through. */
static int32_t misspelt(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, size_t longest, size_t apart)
{
    if (apart * ARCI_NAME_ONE > longest * 2 * (ARCI_NAME_ONE - TYPO)) return 0;
    int32_t winkler = arci_name_jaro_winkler(a, na, b, nb);
    if (winkler + ARCI_NAME_ONE < 2 * TYPO) return 0;
    int32_t edits = (int32_t)(ARCI_NAME_ONE - (int64_t)arci_name_edits(a, na, b, nb) * ARCI_NAME_ONE / (int64_t)longest);
    int32_t near = (edits + winkler) / 2;
    return near < TYPO ? 0 : near;
}

static int32_t word_nearness(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, int han, int *how)
{
    size_t longest = na > nb ? na : nb, shortest = na < nb ? na : nb, least = han ? 2 : 4;
    *how = ARCI_HOW_TYPO;
    if (shortest < (han ? 2u : 3u)) return 0;
    if (!han && a[0] == b[0] && same_but_umlaut(a, na, b, nb)) return 9800;
    int32_t near = shortest < 4 ? 0 : misspelt(a, na, b, nb, longest, longest - shortest);
    if (near < SHORTENED && shortest >= least && (na < nb ? starts(b, nb, a, na) : starts(a, na, b, nb))) {
        near = SHORTENED;
        *how = ARCI_HOW_SHORT;
    }
    return near;
}

static void pair_same(pairing *p)
{
    for (uint32_t i = 0; i < p->a->n; i++) {
        for (uint32_t j = 0; j < p->b->n; j++) {
            if ((p->used_b >> j & 1) || !equal(p->a, i, p->b, j)) continue;
            link_tokens(p, i, j, ARCI_HOW_SAME, ARCI_NAME_ONE, ARCI_NAME_ONE);
            break;
        }
    }
}

static void spell(pairing *p)
{
    for (uint32_t i = 0; i < p->a->n; i++) p->na[i] = (uint8_t)arci_name_points(p->pa[i], ARCI_NAME_POINTS, text(p->a, i), p->a->tokens[i].len);
    for (uint32_t j = 0; j < p->b->n; j++) p->nb[j] = (uint8_t)arci_name_points(p->pb[j], ARCI_NAME_POINTS, text(p->b, j), p->b->tokens[j].len);
}

/* Misspelt and shortened words, the heaviest and nearest first. */
static void pair_near(pairing *p)
{
    for (;;) {
        int64_t best = 0;
        uint32_t bi = 0, bj = 0;
        int32_t best_near = 0;
        int best_how = 0;
        for (uint32_t i = 0; i < p->a->n; i++) {
            const arci_name_token *ta = &p->a->tokens[i];
            if ((p->used_a >> i & 1) || weak(ta->kind)) continue;
            for (uint32_t j = 0; j < p->b->n; j++) {
                const arci_name_token *tb = &p->b->tokens[j];
                int how;
                if ((p->used_b >> j & 1) || weak(tb->kind) || ta->han != tb->han) continue;
                int32_t near = word_nearness(p->pa[i], p->na[i], p->pb[j], p->nb[j], ta->han, &how);
                if (!near && !ta->han && (ta->kind == ARCI_NAME_GENERIC) != (tb->kind == ARCI_NAME_GENERIC)) {
                    near = common_nearness(p->pa[i], p->na[i], p->pb[j], p->nb[j]);
                }
                int64_t worth = (int64_t)near * (p->r->weights_a[i] + p->r->weights_b[j]);
                if (worth <= best) continue;
                best = worth;
                bi = i;
                bj = j;
                best_near = near;
                best_how = how;
            }
        }
        if (!best) return;
        link_tokens(p, bi, bj, best_how, best_near, best_near);
    }
}

/* ---- words written together ---- */

typedef struct joiner {
    const arci_name *of;
    uint64_t used;
    uint32_t budget;
    uint8_t parts[8];
    uint32_t n;
} joiner;

/* The last part may be a word of the same stem: "storagetechnologies" of "storage", "technology". */
static int last_part(joiner *j, const char *s, size_t n)
{
    const char *stem;
    size_t len;
    (void)arci_name_stem(s, n, &stem, &len);
    for (uint32_t i = 0; i < j->of->n; i++) {
        const arci_name_token *t = &j->of->tokens[i];
        if ((j->used >> i & 1) || t->len != len || memcmp(j->of->text + t->at, stem, len) != 0) continue;
        j->parts[j->n++] = (uint8_t)i;
        return 1;
    }
    return 0;
}

/* Whether s is made of words of the name that are not paired yet. */
static int made_of(joiner *j, const char *s, size_t n)
{
    if (!n) return j->n >= 2;
    if (j->n == sizeof j->parts || !j->budget) return 0;
    j->budget--;
    for (uint32_t i = 0; i < j->of->n; i++) {
        const arci_name_token *t = &j->of->tokens[i];
        if ((j->used >> i & 1) || t->len > n || memcmp(j->of->text + t->at, s, t->len) != 0) continue;
        j->used |= UINT64_C(1) << i;
        j->parts[j->n++] = (uint8_t)i;
        if (made_of(j, s + t->len, n - t->len)) return 1;
        j->n--;
        j->used &= ~(UINT64_C(1) << i);
    }
    return j->n > 0 && last_part(j, s, n);
}

static void join(pairing *p, int of_a)
{
    const arci_name *one = of_a ? p->b : p->a, *many = of_a ? p->a : p->b;
    for (uint32_t i = 0; i < one->n; i++) {
        const arci_name_token *t = &one->tokens[i];
        joiner j = { many, of_a ? p->used_a : p->used_b, 200, { 0 }, 0 };
        if (((of_a ? p->used_b : p->used_a) >> i & 1) || t->len < 4 || weak(t->kind)) continue;
        if (!made_of(&j, one->text + t->at, t->len)) continue;
        for (uint32_t k = 0; k < j.n; k++) {
            if (of_a) link_tokens(p, j.parts[k], i, ARCI_HOW_JOINED, JOINED, JOINED);
            else link_tokens(p, i, j.parts[k], ARCI_HOW_JOINED, JOINED, JOINED);
        }
    }
}

static size_t spell_rest(uint32_t out[64], const arci_name *n, uint64_t used, uint32_t *count)
{
    size_t len = 0;
    *count = 0;
    for (uint32_t i = 0; i < n->n; i++) {
        const arci_name_token *t = &n->tokens[i];
        if ((used >> i & 1) || t->kind == ARCI_NAME_STOP) continue;
        len += arci_name_points(out + len, 64 - len, n->text + t->at, t->len);
        ++*count;
    }
    return len;
}

static int any_core(const arci_name *n, uint64_t used)
{
    for (uint32_t i = 0; i < n->n; i++) {
        if (n->tokens[i].kind == ARCI_NAME_CORE && !(used >> i & 1)) return 1;
    }
    return 0;
}

/* Words cut otherwise and misspelt too: what is left of both names is compared as if it were one word. */
static void pair_rest(pairing *p)
{
    uint32_t x[64], y[64], words_a, words_b;
    uint64_t used_a = p->used_a, used_b = p->used_b;
    size_t nx = spell_rest(x, p->a, used_a, &words_a), ny = spell_rest(y, p->b, used_b, &words_b), longest = nx > ny ? nx : ny;
    if (words_a == words_b || !words_a || !words_b || longest < 7 || !any_core(p->a, used_a) || !any_core(p->b, used_b)) return;
    int32_t near = (int32_t)(ARCI_NAME_ONE - (int64_t)arci_name_edits(x, nx, y, ny) * ARCI_NAME_ONE / (int64_t)longest);
    if (near < REST) return;
    for (uint32_t i = 0; i < p->a->n; i++) {
        if ((used_a >> i & 1) || p->a->tokens[i].kind == ARCI_NAME_STOP) continue;
        for (uint32_t j = 0; j < p->b->n; j++) {
            if (!(used_b >> j & 1) && p->b->tokens[j].kind != ARCI_NAME_STOP) link_tokens(p, i, j, ARCI_HOW_JOINED, near, near);
        }
    }
}

/* ---- initials ---- */

/* "ibm" for words that begin with i, b, m, in this order. */
static void acronym(pairing *p, int of_a)
{
    const arci_name *one = of_a ? p->b : p->a, *many = of_a ? p->a : p->b;
    for (uint32_t i = 0; i < one->n; i++) {
        const arci_name_token *t = &one->tokens[i];
        uint8_t parts[8];
        uint32_t k = 0;
        if (((of_a ? p->used_b : p->used_a) >> i & 1) || t->han || t->len < 3 || t->len > 6) continue;
        if (t->kind == ARCI_NAME_LEGAL || t->kind == ARCI_NAME_STOP || t->kind == ARCI_NAME_NUMBER) continue;
        for (uint32_t j = 0; j < many->n && k < t->len; j++) {
            const arci_name_token *w = &many->tokens[j];
            if (((of_a ? p->used_a : p->used_b) >> j & 1) || w->len < 2 || w->kind == ARCI_NAME_STOP) continue;
            if (w->initial != one->text[t->at + k]) break;
            parts[k++] = (uint8_t)j;
        }
        if (k != t->len) continue;
        int32_t near = k > 3 ? ACRONYM : ACRONYM_3;
        for (uint32_t j = 0; j < k; j++) {
            if (of_a) link_tokens(p, parts[j], i, ARCI_HOW_ACRONYM, near, near);
            else link_tokens(p, i, parts[j], ARCI_HOW_ACRONYM, near, near);
        }
    }
}

/* "J." for "John": the letter says what a letter says, the word half of what it does. */
static void initials(pairing *p, int of_a)
{
    const arci_name *one = of_a ? p->b : p->a, *many = of_a ? p->a : p->b;
    for (uint32_t i = 0; i < one->n; i++) {
        const arci_name_token *t = &one->tokens[i];
        if (t->kind != ARCI_NAME_INITIALS || ((of_a ? p->used_b : p->used_a) >> i & 1)) continue;
        uint32_t found = 0;
        for (uint32_t k = 0; k < t->len; k++) {
            for (uint32_t j = 0; j < many->n; j++) {
                const arci_name_token *w = &many->tokens[j];
                if (((of_a ? p->used_a : p->used_b) >> j & 1) || w->kind != ARCI_NAME_CORE || w->han || many->text[w->at] != one->text[t->at + k]) continue;
                found++;
                int32_t letter = (int32_t)((int64_t)INITIAL * found / t->len);
                if (of_a) link_tokens(p, j, i, ARCI_HOW_INITIALS, ARCI_NAME_ONE / 2, letter);
                else link_tokens(p, i, j, ARCI_HOW_INITIALS, letter, ARCI_NAME_ONE / 2);
                break;
            }
        }
    }
}

/* ---- the whole ---- */

static int64_t sum(const int32_t *v, uint32_t n)
{
    int64_t s = 0;
    for (uint32_t i = 0; i < n; i++) s += v[i];
    return s;
}

static int left_over(const arci_name *n, uint64_t used, int kind)
{
    for (uint32_t i = 0; i < n->n; i++) {
        if (n->tokens[i].kind == kind && !(used >> i & 1)) return 1;
    }
    return 0;
}

/* Both names count alike (Dice), and a name that lies whole in the other is nearer than one of which as much is left over. */
static int32_t by_words(const pairing *p)
{
    const arci_name_report *r = p->r;
    int64_t all_a = sum(r->weights_a, p->a->n), all_b = sum(r->weights_b, p->b->n);
    int64_t in_a = sum(r->matched_a, p->a->n), in_b = sum(r->matched_b, p->b->n);
    if (!all_a || !all_b) return all_a == all_b ? ARCI_NAME_ONE : 0;
    int64_t both = ARCI_NAME_ONE * (in_a + in_b) / (all_a + all_b);
    int64_t share_a = ARCI_NAME_ONE * in_a / all_a, share_b = ARCI_NAME_ONE * in_b / all_b;
    return (int32_t)((both * 6 + (share_a > share_b ? share_a : share_b) * 4) / 10);
}

static size_t squeeze(uint32_t out[64], const arci_name *n)
{
    return arci_name_points(out, 64, n->raw, n->raw_len);
}

static int32_t by_letters(const arci_name *a, const arci_name *b)
{
    uint32_t x[64], y[64];
    size_t nx = squeeze(x, a), ny = squeeze(y, b), longest = nx > ny ? nx : ny;
    if (!longest) return ARCI_NAME_ONE;
    return (int32_t)(ARCI_NAME_ONE - (int64_t)arci_name_edits(x, nx, y, ny) * ARCI_NAME_ONE / (int64_t)longest);
}

int32_t arci_name_compare(const arci_name *a, const arci_name *b, arci_name_report *r, int32_t least)
{
    pairing p;
    p.a = a;
    p.b = b;
    p.r = r;
    p.used_a = p.used_b = 0;
    r->n_links = 0;
    memset(r->matched_a, 0, sizeof r->matched_a);
    memset(r->matched_b, 0, sizeof r->matched_b);
    pair_same(&p);
    spell(&p);
    join(&p, 0);
    join(&p, 1);
    pair_near(&p);
    pair_rest(&p);
    acronym(&p, 0);
    acronym(&p, 1);
    initials(&p, 0);
    initials(&p, 1);
    r->words = by_words(&p);
    /* Where not even the same letters would do, they are not looked at. */
    r->letters = least > LETTERS && r->words * (100 - BY_LETTERS) + ARCI_NAME_ONE * BY_LETTERS < least * 100 ? 0 : by_letters(a, b);
    r->legal_differs = left_over(a, p.used_a, ARCI_NAME_LEGAL) && left_over(b, p.used_b, ARCI_NAME_LEGAL);
    r->number_differs = left_over(a, p.used_a, ARCI_NAME_NUMBER) && left_over(b, p.used_b, ARCI_NAME_NUMBER);
    r->branch_differs = a->branch != b->branch;
    int32_t score = (r->words * (100 - BY_LETTERS) + r->letters * BY_LETTERS) / 100, letters = (int32_t)((int64_t)r->letters * LETTERS / ARCI_NAME_ONE);
    if (r->number_differs) score = score * 85 / 100;
    if (r->branch_differs) score = score * 95 / 100;
    return score > letters ? score : letters;
}
