/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/num.h"
#include "base/str.h"

void arci_str_init(arci_str *b, arc_context *ctx)
{
    memset(b, 0, sizeof *b);
    b->ctx = ctx;
}

static int reserve(arci_str *b, size_t n)
{
    size_t need, cap = b->cap ? b->cap : 64;
    if (b->failed) return 0;
    if (arci_addsz(b->len, n, &need) || arci_addsz(need, 1, &need)) {
        b->failed = 1;
        return 0;
    }
    if (need <= b->cap) return 1;
    while (cap < need) {
        if (arci_mulsz(cap, 2, &cap)) cap = need;
    }
    char *s = arci_resize(b->ctx, b->s, cap);
    if (!s) {
        b->failed = 1;
        return 0;
    }
    b->s = s;
    b->cap = cap;
    return 1;
}

void arci_str_add(arci_str *b, const char *s, size_t n)
{
    if (!reserve(b, n)) return;
    if (n) memcpy(b->s + b->len, s, n);
    b->len += n;
    b->s[b->len] = 0;
}

void arci_str_puts(arci_str *b, const char *s)
{
    arci_str_add(b, s, strlen(s));
}

void arci_str_putc(arci_str *b, char c)
{
    arci_str_add(b, &c, 1);
}

void arci_str_int(arci_str *b, int64_t v)
{
    char buf[24];
    arci_str_add(b, buf, arci_int_text(buf, v));
}

void arci_str_reset(arci_str *b)
{
    b->len = 0;
    b->failed = 0;
    if (b->s) b->s[0] = 0;
}

void arci_str_clear(arci_str *b)
{
    arci_free(b->ctx, b->s);
    arci_str_init(b, b->ctx);
}

char *arci_str_take(arci_str *b)
{
    if (!b->s) arci_str_add(b, "", 0);
    if (b->failed) {
        arci_str_clear(b);
        return NULL;
    }
    char *s = b->s;
    arci_str_init(b, b->ctx);
    return s;
}

size_t arci_int_text(char buf[24], int64_t v)
{
    char digits[20];
    size_t n = 0, len = 0;
    uint64_t m = arci_mag64(v);
    do {
        digits[n++] = (char)('0' + m % 10);
        m /= 10;
    } while (m);
    if (v < 0) buf[len++] = '-';
    while (n) buf[len++] = digits[--n];
    buf[len] = 0;
    return len;
}

arc_status arci_int_parse(const char *s, size_t n, int64_t *out)
{
    int negative = n > 0 && s[0] == '-', over = 0;
    uint64_t m = 0, limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    size_t i = negative ? 1 : 0;
    if (i == n) return ARC_E_SYNTAX;
    for (; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return ARC_E_SYNTAX;
        uint64_t d = (uint64_t)(s[i] - '0');
        if (m > (limit - d) / 10) over = 1;
        if (!over) m = m * 10 + d;
    }
    if (over) return ARC_E_OVERFLOW;
    *out = negative ? (m ? -(int64_t)(m - 1) - 1 : 0) : (int64_t)m;
    return ARC_OK;
}

/* Length of the character at s, 0 when it is not one. */
static size_t utf8_char(const unsigned char *s, size_t n)
{
    unsigned char c = s[0], lo = 0x80, hi = 0xbf;
    size_t len;
    if (c < 0x80) return 1;
    if (c >= 0xc2 && c <= 0xdf) len = 2;
    else if (c >= 0xe0 && c <= 0xef) len = 3;
    else if (c >= 0xf0 && c <= 0xf4) len = 4;
    else return 0;
    if (c == 0xe0) lo = 0xa0; /* overlong */
    if (c == 0xed) hi = 0x9f; /* surrogates */
    if (c == 0xf0) lo = 0x90; /* overlong */
    if (c == 0xf4) hi = 0x8f; /* beyond U+10FFFF */
    if (n < len || s[1] < lo || s[1] > hi) return 0;
    for (size_t i = 2; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
    }
    return len;
}

size_t arci_utf8_check(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t i = 0;
    while (i < n) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        size_t len = utf8_char(p + i, n - i);
        if (!len) return i;
        i += len;
    }
    return n;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int arci_ascii_ieq(const char *a, size_t an, const char *b, size_t bn)
{
    if (an != bn) return 0;
    for (size_t i = 0; i < an; i++) {
        if (lower(a[i]) != lower(b[i])) return 0;
    }
    return 1;
}
