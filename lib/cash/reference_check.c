/* SPDX-License-Identifier: Apache-2.0 */
/* Check digits of structured references: right or not, made, and what they stand around. */
#include <string.h>

#include "base/env.h"
#include "cash/reference.h"

#define MOST 40u

static int digits_only(const uint8_t *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9') return 0;
    return 1;
}

static uint32_t mod97(const uint8_t *s, uint32_t n, uint32_t rest)
{
    for (uint32_t i = 0; i < n; i++) rest = s[i] <= '9' ? (rest * 10 + (uint32_t)(s[i] - '0')) % 97 : (rest * 100 + (uint32_t)(s[i] - 'A' + 10)) % 97;
    return rest;
}

/* Digit that Luhn's sum wants behind s. */
static uint32_t luhn(const uint8_t *s, uint32_t n)
{
    uint32_t sum = 0, twice = 1;
    for (uint32_t i = n; i-- > 0; twice = !twice) {
        uint32_t d = (uint32_t)(s[i] - '0') << twice;
        sum += d > 9 ? d - 9 : d;
    }
    return (10 - sum % 10) % 10;
}

static uint32_t seven_three_one(const uint8_t *s, uint32_t n)
{
    static const uint32_t weights[3] = { 7, 3, 1 };
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += weights[i % 3] * (uint32_t)(s[n - 1 - i] - '0');
    return (10 - sum % 10) % 10;
}

/* Modulus 11 with weights 2 to 7 from the right: a digit, or '-'. */
static uint8_t eleven(const uint8_t *s, uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += (2 + i % 6) * (uint32_t)(s[n - 1 - i] - '0');
    uint32_t check = 11 - sum % 11;
    return check == 10 ? '-' : check == 11 ? '0' : (uint8_t)('0' + check);
}

static uint32_t recursive(const uint8_t *s, uint32_t n)
{
    static const uint8_t table[10] = { 0, 9, 4, 6, 8, 2, 7, 1, 3, 5 };
    uint32_t carry = 0;
    for (uint32_t i = 0; i < n; i++) carry = table[(carry + (uint32_t)(s[i] - '0')) % 10];
    return (10 - carry) % 10;
}

static int rf_form(const uint8_t *s, uint32_t n)
{
    if (n < 5 || n > 25 || s[0] != 'R' || s[1] != 'F' || !digits_only(s + 2, 2)) return 0;
    for (uint32_t i = 4; i < n; i++)
        if (!(s[i] >= '0' && s[i] <= '9') && !(s[i] >= 'A' && s[i] <= 'Z')) return 0;
    return 1;
}

/* Year, province of GB/T 2260. */
static int fapiao_form(const uint8_t *s, uint32_t n)
{
    static const uint8_t provinces[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82 };
    if (n != 20 || !digits_only(s, n)) return 0;
    uint8_t year = (uint8_t)((s[0] - '0') * 10 + s[1] - '0'), province = (uint8_t)((s[2] - '0') * 10 + s[3] - '0');
    /* the first ones are of 2021; Qingdao, Ningbo, Xiamen, Dalian and Shenzhen have codes of their own in the province's group */
    return year >= 21 && year < 80 && memchr(provinces, province, sizeof provinces) != NULL;
}

int arci_ref_scheme_fits(int32_t scheme, const uint8_t *s, uint32_t n)
{
    int digits = digits_only(s, n);
    switch (scheme) {
    case ARC_SCHEME_RF: return rf_form(s, n) && mod97(s, 4, mod97(s + 4, n - 4, 0)) == 1;
    case ARC_SCHEME_FINNISH: return digits && n >= 4 && n <= 20 && (uint32_t)(s[n - 1] - '0') == seven_three_one(s, n - 1);
    case ARC_SCHEME_KID:
    case ARC_SCHEME_OCR: return digits && n >= 2 && n <= 25 && (uint32_t)(s[n - 1] - '0') == luhn(s, n - 1);
    case ARC_SCHEME_OCR_LENGTH:
        return digits && n >= 3 && n <= 25 && (uint32_t)(s[n - 2] - '0') == n % 10 && (uint32_t)(s[n - 1] - '0') == luhn(s, n - 1);
    case ARC_SCHEME_KID11: return n >= 2 && n <= 25 && digits_only(s, n - 1) && s[n - 1] == eleven(s, n - 1);
    case ARC_SCHEME_OGM: {
        if (!digits || n != 12) return 0;
        uint32_t rest = mod97(s, 10, 0);
        return (uint32_t)(s[10] - '0') * 10 + (uint32_t)(s[11] - '0') == (rest ? rest : 97);
    }
    case ARC_SCHEME_QRR: return digits && n == 27 && (uint32_t)(s[26] - '0') == recursive(s, 26);
    case ARC_SCHEME_FAPIAO: return fapiao_form(s, n);
    default: return 0;
    }
}

int arci_ref_scheme_body(int32_t scheme, const uint8_t *s, uint32_t n, uint32_t *at, uint32_t *length)
{
    uint32_t from = 0, to = n;
    switch (scheme) {
    case ARC_SCHEME_RF: from = 4; break;
    case ARC_SCHEME_FINNISH: case ARC_SCHEME_KID: case ARC_SCHEME_KID11: case ARC_SCHEME_OCR: case ARC_SCHEME_QRR: to = n - 1; break;
    case ARC_SCHEME_OCR_LENGTH: case ARC_SCHEME_OGM: to = n - 2; break;
    default: return 0;
    }
    while (from + 1 < to && s[from] == '0') from++;
    *at = from;
    *length = to - from;
    return to > from;
}

/* ---- public --------------------------------------------------------------------------------------------------------------------------- */

/* Capitals and digits of a reference as it is written; 0: a character that none has, or too many. */
static uint32_t plain(uint8_t *out, int32_t scheme, const char *s, size_t n)
{
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == ' ' || (scheme == ARC_SCHEME_OGM && (c == '+' || c == '*' || c == '/'))) continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        int known = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c == '-' && scheme == ARC_SCHEME_KID11);
        if (!known || at == MOST) return 0;
        out[at++] = (uint8_t)c;
    }
    return at;
}

int32_t arc_reference_check(int32_t scheme, const char *reference, size_t length)
{
    uint8_t s[MOST];
    if (!reference) return 0;
    uint32_t n = plain(s, scheme, reference, length == SIZE_MAX ? strlen(reference) : length);
    return n ? arci_ref_scheme_fits(scheme, s, n) : 0;
}

static uint32_t fill(uint8_t *out, uint32_t width, const uint8_t *s, uint32_t n)
{
    if (n > width) return 0;
    memset(out, '0', width - n);
    memcpy(out + width - n, s, n);
    return width;
}

static uint32_t two(uint8_t *out, uint32_t n, uint32_t v)
{
    out[n] = (uint8_t)('0' + v / 10);
    out[n + 1] = (uint8_t)('0' + v % 10);
    return n + 2;
}

/* Length of what was made in out; 0: no room. */
static uint32_t make(uint8_t *out, int32_t scheme, const uint8_t *s, uint32_t n)
{
    uint32_t rest;
    if (scheme == ARC_SCHEME_RF) {
        memcpy(out, "RF00", 4);
        if (n > 21) return 0;
        memcpy(out + 4, s, n);
        two(out, 2, 98 - mod97(out, 4, mod97(s, n, 0)));
        return n + 4;
    }
    if (!digits_only(s, n) || n > 26) return 0;
    memcpy(out, s, n);
    switch (scheme) {
    case ARC_SCHEME_FINNISH:
        if (n < 3 || n > 19) return 0;
        out[n] = (uint8_t)('0' + seven_three_one(s, n));
        return n + 1;
    case ARC_SCHEME_OCR_LENGTH:
        if (n > 23) return 0;
        out[n] = (uint8_t)('0' + (n + 2) % 10);
        out[n + 1] = (uint8_t)('0' + luhn(out, n + 1));
        return n + 2;
    case ARC_SCHEME_KID: case ARC_SCHEME_OCR: case ARC_SCHEME_KID11:
        if (n > 24) return 0;
        out[n] = scheme == ARC_SCHEME_KID11 ? eleven(s, n) : (uint8_t)('0' + luhn(s, n));
        return n + 1;
    case ARC_SCHEME_OGM:
        if (!fill(out, 10, s, n)) return 0;
        rest = mod97(out, 10, 0);
        return two(out, 10, rest ? rest : 97);
    default: /* QRR */
        if (!fill(out, 26, s, n)) return 0;
        out[26] = (uint8_t)('0' + recursive(out, 26));
        return 27;
    }
}

arc_status arc_reference_make(char *buf, size_t *len, int32_t scheme, const char *number)
{
    uint8_t s[MOST], out[MOST];
    if (!len || !number || scheme < ARC_SCHEME_RF || scheme > ARC_SCHEME_QRR) return ARC_E_INVALID;
    uint32_t n = plain(s, ARC_SCHEME_NONE, number, strlen(number));
    n = n ? make(out, scheme, s, n) : 0;
    return n ? arci_text_out(buf, len, (const char *)out, n) : ARC_E_VALUE;
}

const char *arc_scheme_name(int32_t scheme)
{
    static const char *const names[] = { "none", "rf", "finnish", "kid", "kid11", "ocr", "ocr_length", "ogm", "qrr", "fapiao" };
    return scheme >= 0 && scheme <= ARC_SCHEME_LAST ? names[scheme] : names[0];
}
