/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 with the instructions x86 processors have for it: five times as fast as sha256.c, which stands in everywhere else. */
#include "base/sha256.h"

/* Whether the processor has them is asked of what gcc's own start-up code found; asking the processor each time costs more than it saves. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define HAVE_NI 1
#include <immintrin.h>
#else
#define HAVE_NI 0
#endif

#if HAVE_NI
__attribute__((target("sha,sse4.1,ssse3"))) static void blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
    const __m128i flip = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203); /* words are big-endian */
    __m128i dcba = _mm_shuffle_epi32(_mm_loadu_si128((const void *)h), 0xb1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(h + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(dcba, hgfe, 8), cdgh = _mm_blend_epi16(hgfe, dcba, 0xf0);
    for (; n; n--, p += 64) {
        const __m128i abef0 = abef, cdgh0 = cdgh;
        __m128i w[4]; /* of the four rounds under way and the next twelve */
        for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(p + 16 * i)), flip);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            __m128i kw = _mm_add_epi32(w[i & 3], _mm_loadu_si128((const void *)(arci_sha256_k + 4 * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, kw);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(kw, 0x0e));
            if (i >= 12) continue;
            kw = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]), _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
            w[i & 3] = _mm_sha256msg2_epu32(kw, w[(i + 3) & 3]);
        }
        abef = _mm_add_epi32(abef, abef0);
        cdgh = _mm_add_epi32(cdgh, cdgh0);
    }
    dcba = _mm_shuffle_epi32(abef, 0x1b);
    hgfe = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((void *)h, _mm_blend_epi16(dcba, hgfe, 0xf0));
    _mm_storeu_si128((void *)(h + 4), _mm_alignr_epi8(hgfe, dcba, 8));
}
#endif

int arci_sha256_ni(uint32_t h[8], const uint8_t *p, size_t n)
{
#if HAVE_NI
    if (!__builtin_cpu_supports("sha") || !__builtin_cpu_supports("sse4.1")) return 0;
    blocks(h, p, n);
    return 1;
#else
    (void)h;
    (void)p;
    (void)n;
    return 0;
#endif
}
