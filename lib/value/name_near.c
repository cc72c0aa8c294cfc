/* SPDX-License-Identifier: Apache-2.0 */
/* How near two words are. Integers all the way: the same answer everywhere. */
#include <string.h>

#include "value/name.h"
#include "value/textform.h"

#define MOST 64u

size_t arci_name_points(uint32_t *out, size_t most, const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n && count < most;) {
        size_t len;
        out[count++] = arci_utf8_at(s + i, n - i, &len);
        i += len;
    }
    return count;
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

uint32_t arci_name_edits(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    uint32_t rows[3][MOST + 1];
    uint32_t *two = rows[0], *one = rows[1], *now = rows[2];
    if (na > MOST) na = MOST;
    if (nb > MOST) nb = MOST;
    for (size_t j = 0; j <= nb; j++) one[j] = two[j] = (uint32_t)j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = (uint32_t)i;
        for (size_t j = 1; j <= nb; j++) {
            uint32_t best = least(one[j - 1] + (a[i - 1] != b[j - 1]), least(one[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = least(best, two[j - 2] + 1);
            now[j] = best;
        }
        uint32_t *old = two;
        two = one;
        one = now;
        now = old;
    }
    return one[nb];
}

/* Marks what matches within the window; how many, and half of what is out of order in *swaps. */
static uint32_t matches(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, uint32_t *swaps)
{
    uint64_t in_a = 0, in_b = 0;
    size_t longest = na > nb ? na : nb, window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    uint32_t m = 0, moved = 0;
    for (size_t i = 0; i < na; i++) {
        size_t from = i > window ? i - window : 0, to = i + window + 1 < nb ? i + window + 1 : nb;
        for (size_t j = from; j < to; j++) {
            if ((in_b >> j & 1) || a[i] != b[j]) continue;
            in_a |= UINT64_C(1) << i;
            in_b |= UINT64_C(1) << j;
            m++;
            break;
        }
    }
    for (size_t i = 0, j = 0; i < na; i++) {
        if (!(in_a >> i & 1)) continue;
        while (!(in_b >> j & 1)) j++;
        moved += a[i] != b[j++];
    }
    *swaps = moved / 2;
    return m;
}

/* In 1/10^8, so that what is made of it can be rounded once. */
static int64_t jaro(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    const int64_t one = INT64_C(100000000);
    uint32_t swaps;
    if (na > MOST) na = MOST;
    if (nb > MOST) nb = MOST;
    if (!na && !nb) return one;
    uint32_t m = matches(a, na, b, nb, &swaps);
    if (!m) return 0;
    return (one * m / (int64_t)na + one * m / (int64_t)nb + one * (m - swaps) / m) / 3;
}

static int32_t rounded(int64_t v) { return (int32_t)((v + 5000) / 10000); }

int32_t arci_name_jaro(const uint32_t *a, size_t na, const uint32_t *b, size_t nb) { return rounded(jaro(a, na, b, nb)); }

int32_t arci_name_jaro_winkler(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    int64_t j = jaro(a, na, b, nb), prefix = 0;
    while (prefix < 4 && (size_t)prefix < na && (size_t)prefix < nb && a[prefix] == b[prefix]) prefix++;
    return rounded(j + prefix * (INT64_C(100000000) - j) / 10);
}
