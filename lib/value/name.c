/* SPDX-License-Identifier: Apache-2.0 */
/* Reading names: folding, cutting into words, saying what each word is. */
#include "value/name.h"

#include <string.h>

#include "value/textform.h"

typedef struct reader {
    arci_name *out;
    char word[256]; /* the Latin word being read */
    size_t n;
    char han[600]; /* the run of ideographs being read */
    size_t n_han;
    int dotted;      /* a dot stood after the word: more letters may follow ("B.V.") */
    int single;      /* the last token pushed is made of single letters, and may grow */
} reader;

void arci_name_push(arci_name *out, const char *s, size_t n, int kind, int han)
{
    if (!n || out->n == ARCI_NAME_TOKENS || (size_t)out->len + n > ARCI_NAME_TEXT) return;
    arci_name_token *t = &out->tokens[out->n++];
    t->at = out->len;
    t->len = (uint16_t)n;
    t->kind = (uint8_t)kind;
    t->han = (uint8_t)han;
    t->initial = *s;
    memcpy(out->text + out->len, s, n);
    out->len = (uint16_t)(out->len + n);
}

static int all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return 0;
    }
    return n > 0;
}

/* A word cut short: at least five letters, and half of a word; words of no other stem begin so. */
static const char *cut_short(const char *s, size_t n)
{
    const char *stem = NULL;
    int half = 0;
    size_t lo = 0, hi = arci_n_name_generic;
    if (n < 5) return NULL;
    while (lo < hi) { /* the first word that is not before s */
        size_t mid = lo + (hi - lo) / 2;
        if (strncmp(arci_name_generic[mid].text, s, n) < 0) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < arci_n_name_generic && strncmp(arci_name_generic[lo].text, s, n) == 0; lo++) {
        const arci_name_word *w = &arci_name_generic[lo];
        const char *is = w->stem ? w->stem : w->text;
        if (stem && strcmp(stem, is) != 0) return NULL;
        stem = is;
        if (strlen(w->text) <= 2 * n) half = 1;
    }
    return half ? stem : NULL;
}

int arci_name_stem(const char *s, size_t n, const char **stem, size_t *stem_len)
{
    const char *is = NULL;
    int kind = arci_name_word_kind(s, n, &is);
    if (kind == ARCI_NAME_CORE && n > 3 && s[n - 1] == 's') { /* a plural */
        kind = arci_name_word_kind(s, n - 1, &is);
        if (kind != ARCI_NAME_GENERIC) kind = ARCI_NAME_CORE;
        else if (!is) n--;
    }
    if (kind == ARCI_NAME_CORE) {
        is = cut_short(s, n);
        if (is) kind = ARCI_NAME_GENERIC;
    }
    *stem = is ? is : s;
    *stem_len = is ? strlen(is) : n;
    return kind;
}

void arci_name_push_word(arci_name *out, const char *s, size_t n)
{
    const char *stem;
    size_t len;
    if (all_digits(s, n)) {
        arci_name_push(out, s, n, ARCI_NAME_NUMBER, 0);
        return;
    }
    int kind = arci_name_stem(s, n, &stem, &len);
    if (kind == ARCI_NAME_CORE && n == 1) kind = ARCI_NAME_INITIALS;
    uint16_t before = out->n;
    arci_name_push(out, stem, len, kind, 0);
    if (out->n > before) out->tokens[before].initial = *s;
}

/* ---- words ---- */

/* Single letters that follow each other are one word: "S. p. A.", "J.G.", "B V". */
static int grow(reader *r, int letters)
{
    arci_name *out = r->out;
    if (!letters || !r->single || !out->n || out->tokens[out->n - 1].len + r->n > 12) return 0;
    char joined[16];
    arci_name_token last = out->tokens[out->n - 1];
    memcpy(joined, out->text + last.at, last.len);
    memcpy(joined + last.len, r->word, r->n);
    const char *stem;
    size_t len;
    out->n--;
    out->len = last.at;
    int kind = arci_name_stem(joined, last.len + r->n, &stem, &len);
    if (kind != ARCI_NAME_LEGAL) {
        kind = ARCI_NAME_INITIALS;
        stem = joined;
        len = last.len + r->n;
    }
    arci_name_push(out, stem, len, kind, 0);
    return 1;
}

static void end_word(reader *r)
{
    if (!r->n) return;
    int letters = r->n == 1 && !all_digits(r->word, 1);
    if (!grow(r, letters)) {
        if (letters) arci_name_push(r->out, r->word, 1, ARCI_NAME_INITIALS, 0);
        else arci_name_push_word(r->out, r->word, r->n);
    }
    r->single = letters;
    r->n = 0;
}

static void end_han(reader *r)
{
    if (!r->n_han) return;
    arci_name_push_han(r->out, r->han, r->n_han);
    r->n_han = 0;
    r->single = 0;
}

static void add_raw(arci_name *out, const char *s, size_t n)
{
    if (out->raw_len + n > ARCI_NAME_RAW) return;
    memcpy(out->raw + out->raw_len, s, n);
    out->raw_len = (uint16_t)(out->raw_len + n);
}

static void add_letters(reader *r, const char *s)
{
    end_han(r);
    for (; *s; s++) {
        if (*s == '~' || r->n == sizeof r->word) continue;
        r->word[r->n++] = *s;
        add_raw(r->out, s, 1);
    }
}

static void add_han(reader *r, const char *s, size_t n)
{
    end_word(r);
    r->single = 0;
    add_raw(r->out, s, n);
    if (r->n_han + n <= sizeof r->han) {
        memcpy(r->han + r->n_han, s, n);
        r->n_han += n;
    }
}

static size_t encode(char out[4], uint32_t u)
{
    if (u < 0x80) {
        out[0] = (char)u;
        return 1;
    }
    if (u < 0x800) {
        out[0] = (char)(0xC0 | (u >> 6));
        out[1] = (char)(0x80 | (u & 0x3F));
        return 2;
    }
    if (u < 0x10000) {
        out[0] = (char)(0xE0 | (u >> 12));
        out[1] = (char)(0x80 | ((u >> 6) & 0x3F));
        out[2] = (char)(0x80 | (u & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (u >> 18));
    out[1] = (char)(0x80 | ((u >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((u >> 6) & 0x3F));
    out[3] = (char)(0x80 | (u & 0x3F));
    return 4;
}

/* Signs that stand for words. */
static const char *sign(uint32_t u)
{
    static const char *const roman[] = { "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii" };
    if (u >= 0x2160 && u <= 0x216B) return roman[u - 0x2160];
    if (u >= 0x2170 && u <= 0x217B) return roman[u - 0x2170];
    return NULL;
}

static int silent(uint32_t u) /* neither a letter nor a gap */
{
    return (u < 0x20 && u != '\t' && u != '\n' && u != '\r') || (u >= 0x7F && u < 0xA0) || u == '\'' || u == 0x2018 || u == 0x2019 || u == 0x60 || u == 0xB4 || u == 0x02BC || (u >= 0x0300 && u <= 0x036F) || (u >= 0x200B && u <= 0x200F) ||
           u == 0xFEFF || u == 0xFF9E || u == 0xFF9F || u == 0xAD || u == 0xAE || u == 0x2122;
}

/* Signs no name has: between two letters they are a slip of the hand, not a gap. */
static int slip(uint32_t u, const char *rest, size_t n)
{
    if (u >= 0x80 || !strchr("^`~|[]{}<>\\*%#$=\"", (int)u) || !u || !n) return 0;
    char c = *rest;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void gap(reader *r, uint32_t u)
{
    int letter = r->n == 1;
    end_word(r);
    end_han(r);
    if (u == '&' || u == '+') {
        arci_name_push(r->out, "and", 3, ARCI_NAME_STOP, 0);
        r->single = 0;
    } else if (u != '.' && u != ' ' && u != '/' && !letter) {
        r->single = 0;
    }
}

static void add_point(reader *r, uint32_t u, const char *rest, size_t n)
{
    char buf[4];
    const char *letters;
    u = arci_name_fold_point(u);
    if (silent(u) || (r->n && slip(u, rest, n))) return;
    if (u == 0x3231 || u == 0x3232) { /* the ligatures of the Japanese legal forms */
        end_word(r);
        end_han(r);
        arci_name_push(r->out, u == 0x3231 ? "株式会社" : "有限会社", 12, ARCI_NAME_LEGAL, 1);
        return;
    }
    if (arci_name_is_han(u)) {
        add_han(r, buf, encode(buf, u));
    } else if (u < 0x80) {
        char one[2] = { (char)u, 0 };
        if (u >= 'A' && u <= 'Z') one[0] = (char)(u - 'A' + 'a');
        if ((one[0] >= 'a' && one[0] <= 'z') || (u >= '0' && u <= '9')) add_letters(r, one);
        else gap(r, u);
    } else if ((letters = arci_name_letter(u)) != NULL && *letters) {
        add_letters(r, letters);
    } else if ((letters = sign(u)) != NULL) {
        gap(r, ' ');
        add_letters(r, letters);
    } else if ((u >= 0x2000 && u <= 0x206F) || (u >= 0x3001 && u <= 0x303F) || u == 0xA0 || u == 0xB7 || u == 0x30FB) {
        gap(r, ' ');
    } else if (u >= 0x0250) { /* letters of scripts without a table stay as they are */
        add_han(r, buf, encode(buf, u));
    }
}

void arci_name_read(arci_name *out, const char *s, size_t n)
{
    reader r;
    memset(&r, 0, sizeof r);
    r.out = out;
    out->n = out->len = out->branch = out->raw_len = 0;
    for (size_t i = 0; i < n;) {
        size_t len;
        uint32_t u = arci_utf8_at(s + i, n - i, &len);
        i += len;
        add_point(&r, u, s + i, n - i);
    }
    end_word(&r);
    end_han(&r);
}
