/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/woe.h"

#include "arcore/score.h"
#include "base/num.h"

#define ONE (INT64_C(1) << 31)
#define LN2 INT64_C(1488522236) /* ln 2 in 2^-31 */
#define MOST_BINS 1000u

/* ln(v) less the power of two taken out of it, which *power receives. */
static int64_t ln_of(int64_t v, int64_t *power)
{
    int64_t m = v, sum = 0;
    int bits = 0;
    while (m > 1) {
        m >>= 1;
        bits++;
    }
    *power = bits;
    /* v / 2^bits in [1, 2), as 2^31ths: ln x = 2 (y + y^3/3 + ...), y = (x - 1) / (x + 1) < 1/3 */
    const int64_t x = bits > 31 ? v >> (bits - 31) : v << (31 - bits);
    const int64_t y = (int64_t)(((uint64_t)(x - ONE) << 31) / (uint64_t)(x + ONE)), y2 = (y * y) >> 31;
    int64_t term = y;
    for (int k = 1; k < 40 && term; k += 2) {
        sum += term / k;
        term = (term * y2) >> 31;
    }
    return 2 * sum;
}

int64_t arci_ln_ratio(int64_t a, int64_t b)
{
    int64_t pa, pb;
    const int64_t la = ln_of(a, &pa), lb = ln_of(b, &pb);
    return la - lb + (pa - pb) * LN2;
}

int64_t arci_millionths(int64_t ln)
{
    const int64_t half = ln < 0 ? -ONE / 2 : ONE / 2;
    return (ln * ARCI_MILLION + half) / ONE; /* |ln| < 88 * 2^31: fits */
}

/* ln((good/G) / (bad/B)) = ln(good * B) - ln(bad * G): in doubled counts, so that the half that stands for none is whole. */
arc_status arc_score_woe(int64_t *woe, int64_t *iv, const int64_t *good, const int64_t *bad, size_t n)
{
    const int64_t most = INT64_C(1000000000);
    int64_t all_good = 0, all_bad = 0, sum = 0;
    if (!woe || !good || !bad) return ARC_E_INVALID;
    if (!n || n > MOST_BINS) return ARC_E_RANGE;
    for (size_t i = 0; i < n; i++) {
        if (good[i] < 0 || bad[i] < 0 || good[i] > most || bad[i] > most) return ARC_E_RANGE;
        all_good += good[i];
        all_bad += bad[i];
    }
    if (!all_good || !all_bad || all_good > most || all_bad > most) return ARC_E_RANGE;
    for (size_t i = 0; i < n; i++) {
        const int none = !good[i] || !bad[i];
        const int64_t g = 2 * good[i] + none, b = 2 * bad[i] + none;
        const int64_t ln = arci_ln_ratio(g, b) - arci_ln_ratio(all_good, all_bad);
        woe[i] = arci_millionths(ln);
        const int64_t share = (g * (most / 2) + all_good / 2) / all_good - (b * (most / 2) + all_bad / 2) / all_bad; /* good less bad, in 10^-9 */
        sum += share * woe[i] / ARCI_MILLION; /* at most 10^9 x 45 * 10^6 */
    }
    if (iv) *iv = (sum + 500) / 1000;
    return ARC_OK;
}

arc_status arc_score_scaling(int64_t *factor, int64_t *offset, int32_t pdo, int32_t score, int32_t odds)
{
    if (!factor || !offset) return ARC_E_INVALID;
    if (pdo < 1 || pdo > 1000 || score < 0 || score > 100000 || odds < 1 || odds > 1000000) return ARC_E_RANGE;
    const int64_t ln = arci_ln_ratio(odds, 1);
    /* pdo / ln 2 = pdo x 2^31 / LN2, in millionths: whole and rest apart, so that nothing overflows */
    const int64_t whole = (int64_t)pdo * ONE / LN2, rest = (int64_t)pdo * ONE % LN2;
    *factor = whole * ARCI_MILLION + (rest * ARCI_MILLION + LN2 / 2) / LN2;
    /* factor x ln(odds) = pdo x ln / LN2 */
    const int64_t w = (int64_t)pdo * ln / LN2, r = (int64_t)pdo * ln % LN2;
    *offset = (int64_t)score * ARCI_MILLION - w * ARCI_MILLION - (r * ARCI_MILLION + LN2 / 2) / LN2;
    return ARC_OK;
}
