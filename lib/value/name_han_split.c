/* SPDX-License-Identifier: Apache-2.0 */
/* Names without spaces: 上海 | 索迪龙 | 自动化 | 有限公司: where, who, what, how incorporated. */
#include <string.h>

#include "value/name.h"

#define POINT 3u /* bytes of nearly all ideographs */

static size_t points(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += ((unsigned char)s[i] & 0xC0) != 0x80;
    return count;
}

static int is(const char *s, size_t n, const char *what)
{
    return n >= strlen(what) && memcmp(s, what, strlen(what)) == 0;
}

/* "昆山市", "余杭区": two or three characters and what they are; not 超市, 城市. */
static size_t unit(const char *s, size_t n, int after_region)
{
    static const char *const ends[] = { "市", "县", "区", "镇" };
    for (size_t k = 2; k <= 3; k++) {
        if (n < (k + 1) * POINT) break;
        const char *at = s + k * POINT;
        for (size_t e = 0; e < (after_region ? 4u : 1u); e++) {
            const char *before = at - POINT;
            if (!is(at, n - k * POINT, ends[e])) continue;
            if (is(before, POINT, "超") || is(before, POINT, "城") || is(before, POINT, "都") || is(before, POINT, "门") || is(before, POINT, "社")) continue;
            return (k + 1) * POINT;
        }
    }
    return 0;
}

/* Takes the places a run begins with; a run that is nothing else keeps them all. */
static size_t regions(arci_name *out, const char *s, size_t n)
{
    size_t at = 0;
    for (int i = 0; i < 4 && at < n; i++) {
        size_t len = arci_name_han_prefix(ARCI_HAN_REGION, s + at, n - at);
        if (!len) len = unit(s + at, n - at, i > 0);
        if (!len) break;
        size_t name = len; /* without 省 and 市, where the place is known without them */
        if (len > 2 * POINT && (is(s + at + len - POINT, POINT, "市") || is(s + at + len - POINT, POINT, "省"))) name = len - POINT;
        else if (at + len < n && (is(s + at + len, n - at - len, "市") || is(s + at + len, n - at - len, "省"))) len += POINT;
        arci_name_push(out, s + at, name, ARCI_NAME_REGION, 1);
        at += len;
    }
    return at;
}

typedef struct piece {
    size_t at, len;
    int kind;
} piece;

/* What a run ends with, from its end: legal forms, then trades. Pieces come out last first. */
static size_t tails(piece *out, size_t most, const char *s, size_t *n, int *branch)
{
    size_t count = 0;
    while (*n && count < most) {
        size_t len = arci_name_han_suffix(ARCI_HAN_LEGAL, s, *n);
        int kind = ARCI_NAME_LEGAL;
        if (len && *n - len > 0 && points(s, *n - len) < 2 && len < 2 * POINT) len = 0;
        if (!len) {
            len = arci_name_han_suffix(ARCI_HAN_TRADE, s, *n);
            kind = ARCI_NAME_GENERIC;
            /* What is left has to name somebody. */
            if (len && len < *n && points(s, *n - len) < 2) len = 0;
        }
        if (!len) break;
        *n -= len;
        if (is(s + *n, len, "分公司") || is(s + *n, len, "分店") || is(s + *n, len, "分厂") || is(s + *n, len, "办事处")) *branch = 1;
        out[count].at = *n;
        out[count].len = len;
        out[count++].kind = kind;
    }
    return count;
}

static void put_core(arci_name *out, const char *s, size_t n)
{
    static const char *const within[] = { "集团", "控股", "有限公司", "公司" }; /* 海尔集团电器 */
    for (size_t w = 0; w < sizeof within / sizeof within[0]; w++) {
        size_t len = strlen(within[w]);
        for (size_t i = 2 * POINT; i + len < n; i++) {
            if (memcmp(s + i, within[w], len) != 0) continue;
            arci_name_push_han(out, s, i + len);
            arci_name_push_han(out, s + i + len, n - i - len);
            return;
        }
    }
    arci_name_push(out, s, n, ARCI_NAME_CORE, 1);
}

void arci_name_push_han(arci_name *out, const char *s, size_t n)
{
    piece ends[12];
    size_t lead = arci_name_han_prefix(ARCI_HAN_LEGAL, s, n), at;
    int branch = 0;
    if (lead == 4 * POINT && is(s, n, "株式会社")) { /* Japanese companies may begin with it */
        arci_name_push(out, s, lead, ARCI_NAME_LEGAL, 1);
        arci_name_push_han(out, s + lead, n - lead);
        return;
    }
    if (!n) return;
    size_t count = tails(ends, sizeof ends / sizeof ends[0], s, &n, &branch);
    at = regions(out, s, n);
    if (branch) out->branch = 1;
    if (at < n) put_core(out, s + at, n - at);
    while (count--) arci_name_push(out, s + ends[count].at, ends[count].len, ends[count].kind, 1);
}
