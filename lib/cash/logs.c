/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/logs.h"

int64_t arci_log2(uint64_t x)
{
    int whole = 0;
    for (uint64_t rest = x; rest > 1; rest >>= 1) whole++;
    /* The mantissa, 1 <= m < 2, with 31 bits behind the point; squaring it brings out one more bit of the logarithm. */
    uint64_t m = whole >= 31 ? x >> (whole - 31) : x << (31 - whole);
    int64_t log = whole;
    for (int i = 0; i < 16; i++) {
        m = m * m >> 31;
        log *= 2;
        if (m >> 32) {
            m >>= 1;
            log++;
        }
    }
    return log;
}

int64_t arci_log2_share(uint64_t a, uint64_t of)
{
    return arci_log2(a) - arci_log2(of);
}

uint64_t arci_exp2_q32(int64_t log)
{
    /* 2^(-1/2), 2^(-1/4) ... in 1/2^32. */
    static const uint64_t root[16] = { 0xb504f334, 0xd744fccb, 0xeac0c6e8, 0xf5257d15, 0xfa83b2db, 0xfd3e0c0d, 0xfe9e115c, 0xff4ecb59,
                                       0xffa75652, 0xffd3a752, 0xffe9d2b3, 0xfff4e91c, 0xfffa747f, 0xfffd3a3b, 0xfffe9d1d, 0xffff4e8e };
    if (log >= 0) return UINT64_C(1) << 32;
    uint64_t down = (uint64_t)-log, value = UINT64_C(1) << 31; /* half of one: products stay in 64 bits */
    if (down >> 16 > 31) return 0;
    for (int i = 0; i < 16; i++) {
        if (down & (UINT64_C(0x8000) >> i)) value = value * root[i] >> 32;
    }
    return value * 2 >> (down >> 16);
}
