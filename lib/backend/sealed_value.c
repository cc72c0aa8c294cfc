/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "backend/sealed.h"

static const char mark[] = "\xee\x80\x80s1:";
enum { MARK = sizeof mark - 1, MOST_DIGITS = 10 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t arci_sealed_length(size_t n, uint32_t overhead)
{
    return MARK + MOST_DIGITS + 1 + (n + overhead + 2) / 3 * 4 + 2;
}

/* ---- what a value is bound to ---------------------------------------------------------------------------------------------- */

static int bind_bytes(arci_sealed_text *text, const void *p, size_t n)
{
    uint32_t len = (uint32_t)n;
    if (text->n_bound + n + 4 > sizeof text->bound) return 0;
    for (int i = 0; i < 4; i++) text->bound[text->n_bound++] = (unsigned char)(len >> (8 * i));
    if (n) memcpy(text->bound + text->n_bound, p, n);
    text->n_bound += n;
    return 1;
}

static int bind(arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key)
{
    text->n_bound = 0;
    if (t->n_key > ARCI_SEALED_KEYS || !bind_bytes(text, t->name, strlen(t->name))) return 0;
    if (!bind_bytes(text, t->cols[col].name, strlen(t->cols[col].name))) return 0;
    for (uint32_t k = 0; k < t->n_key; k++) {
        unsigned char number[8];
        if (key[k]->type == ARC_V_INT) {
            for (int i = 0; i < 8; i++) number[i] = (unsigned char)((uint64_t)key[k]->u.i >> (8 * i));
            if (!bind_bytes(text, number, sizeof number)) return 0;
        } else if (key[k]->type == ARC_V_NULL || !bind_bytes(text, key[k]->u.s, key[k]->len)) {
            return 0;
        }
    }
    return 1;
}

/* ---- base64 -------------------------------------------------------------------------------------------------------------------- */

static size_t put_base64(char *to, const unsigned char *from, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t left = n - i < 3 ? (uint32_t)(n - i) : 3u;
        uint32_t v = (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0u) | (left > 2 ? from[i + 2] : 0u);
        to[out++] = digits[v >> 18 & 63];
        to[out++] = digits[v >> 12 & 63];
        to[out++] = left > 1 ? digits[v >> 6 & 63] : '=';
        to[out++] = left > 2 ? digits[v & 63] : '=';
    }
    return out;
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Bytes decoded, SIZE_MAX when it is no base64. */
static size_t take_base64(unsigned char *to, const char *from, size_t n)
{
    size_t out = 0;
    if (n % 4) return SIZE_MAX;
    for (size_t i = 0; i < n; i += 4) {
        uint32_t v = 0, pad = 0;
        for (size_t k = 0; k < 4; k++) {
            const int d = digit_value(from[i + k]);
            if (from[i + k] == '=' && i + 4 == n && k >= 2) pad++;
            else if (d < 0 || pad) return SIZE_MAX;
            v = v << 6 | (d < 0 ? 0u : (uint32_t)d);
        }
        to[out++] = (unsigned char)(v >> 16);
        if (pad < 2) to[out++] = (unsigned char)(v >> 8);
        if (pad < 1) to[out++] = (unsigned char)v;
    }
    return out;
}

static size_t put_number(char *to, uint32_t v)
{
    char rev[MOST_DIGITS];
    size_t n = 0, i = 0;
    do rev[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n) to[i++] = rev[--n];
    return i;
}

/* ---- sealing and opening ------------------------------------------------------------------------------------------------------------ */

arc_status arci_seal_value(const arc_cipher *cipher, arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key,
                           arc_value *v, size_t *at)
{
    char *to = text->s + *at;
    const size_t n = (size_t)v->len + cipher->overhead;
    const int quoted = t->cols[col].type == ARC_T_JSON;
    size_t used = 0;
    if (!bind(text, t, col, key)) return ARC_E_KEY;
    arc_status s = cipher->seal(cipher->user, cipher->key, text->work, (const unsigned char *)v->u.s, v->len, text->bound, text->n_bound);
    if (s) return s;
    if (quoted) to[used++] = '"';
    memcpy(to + used, mark, MARK);
    used += MARK;
    used += put_number(to + used, cipher->key);
    to[used++] = ':';
    used += put_base64(to + used, text->work, n);
    if (quoted) to[used++] = '"';
    v->u.s = to;
    v->len = (uint32_t)used;
    *at += used;
    return ARC_OK;
}

arc_status arci_open_value(const arc_cipher *cipher, arci_sealed_text *text, const arc_table *t, uint16_t col, const arc_value *const *key,
                           arc_value *v, size_t *at)
{
    const char *s = v->u.s, *end = s + v->len;
    unsigned char *to = (unsigned char *)text->s + *at;
    uint64_t number = 0;
    if (t->cols[col].type == ARC_T_JSON) {
        if (v->len < 2 || s[0] != '"' || end[-1] != '"') return ARC_E_KEY;
        s++;
        end--;
    }
    if ((size_t)(end - s) < MARK || memcmp(s, mark, MARK) != 0) return ARC_E_KEY;
    for (s += MARK; s < end && *s >= '0' && *s <= '9' && number <= UINT32_MAX; s++) number = number * 10 + (uint64_t)(*s - '0');
    if (s == end || *s != ':' || number > UINT32_MAX || !bind(text, t, col, key)) return ARC_E_KEY;
    s++;
    size_t n = take_base64(text->work, s, (size_t)(end - s));
    if (n == SIZE_MAX || n < cipher->overhead) return ARC_E_KEY;
    arc_status st = cipher->open(cipher->user, (uint32_t)number, to, text->work, n, text->bound, text->n_bound);
    if (st) return st;
    v->u.s = (const char *)to;
    v->len = (uint32_t)(n - cipher->overhead);
    *at += v->len;
    return ARC_OK;
}
