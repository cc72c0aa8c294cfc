/* SPDX-License-Identifier: Apache-2.0 */
#include "value/name_fold.h"

#include <string.h>

const char *arci_name_letter(uint32_t u)
{
    for (size_t i = 0; i < arci_n_name_ranges; i++) {
        const arci_name_letters *r = &arci_name_ranges[i];
        if (u >= r->first && u <= r->last) return r->texts[u - r->first];
    }
    return NULL;
}

/* U+FF66..U+FF9D in the order of their code points. Sound marks that stand alone are left out by the caller. */
static uint32_t kana(uint32_t u)
{
    static const uint16_t full[] = {
        0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF,
        0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2,
        0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3,
    };
    return full[u - 0xFF66];
}

static uint32_t simplified(uint32_t u)
{
    size_t lo = 0, hi = arci_n_name_han_pairs;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t at = arci_name_han_pairs[mid * 2];
        if (at == u) return arci_name_han_pairs[mid * 2 + 1];
        if (at < u) lo = mid + 1;
        else hi = mid;
    }
    return u;
}

uint32_t arci_name_fold_point(uint32_t u)
{
    if (u >= 0xFF01 && u <= 0xFF5E) return u - 0xFEE0;
    if (u == 0x3000) return ' ';
    if (u >= 0xFF66 && u <= 0xFF9D) return kana(u);
    if (u >= 0x3041 && u <= 0x3096) return u + 0x60;
    if (u >= 0x2160 && u <= 0x216F) return u; /* Roman numerals: the caller writes them out */
    if (u >= 0x3400 && u <= 0x9FFF) return simplified(u);
    return u;
}

int arci_name_is_han(uint32_t u)
{
    return (u >= 0x3400 && u <= 0x9FFF) || (u >= 0x30A1 && u <= 0x30FF && u != 0x30FB) || u == 0x3005 || u == 0x3007 || (u >= 0xAC00 && u <= 0xD7A3) ||
           (u >= 0xF900 && u <= 0xFAFF) || (u >= 0x20000 && u <= 0x3FFFF);
}
