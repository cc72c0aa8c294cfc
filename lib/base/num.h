/* SPDX-License-Identifier: Apache-2.0 */
/* Checked integers and 128-bit products. Functions return 0 on success, 1 on overflow; then *r is not to be used. The portable
 * code is compiled where the compiler has no builtins or no __int128, or ARCI_NO_INT128 is defined; tests build both. */
#ifndef ARCI_BASE_NUM_H
#define ARCI_BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && !defined(ARCI_NO_INT128)
static inline int arci_add64(int64_t a, int64_t b, int64_t *r) { return __builtin_add_overflow(a, b, r); }
static inline int arci_sub64(int64_t a, int64_t b, int64_t *r) { return __builtin_sub_overflow(a, b, r); }
static inline int arci_mul64(int64_t a, int64_t b, int64_t *r) { return __builtin_mul_overflow(a, b, r); }
static inline int arci_addsz(size_t a, size_t b, size_t *r) { return __builtin_add_overflow(a, b, r); }
static inline int arci_mulsz(size_t a, size_t b, size_t *r) { return __builtin_mul_overflow(a, b, r); }
#else
int arci_add64(int64_t a, int64_t b, int64_t *r);
int arci_sub64(int64_t a, int64_t b, int64_t *r);
int arci_mul64(int64_t a, int64_t b, int64_t *r);
int arci_addsz(size_t a, size_t b, size_t *r);
int arci_mulsz(size_t a, size_t b, size_t *r);
#endif

/* Unsigned 128-bit magnitude. */
typedef struct arci_u128 {
    uint64_t hi, lo;
} arci_u128;

uint64_t arci_mag64(int64_t v); /* |v|, also of INT64_MIN */
arci_u128 arci_mul_u64(uint64_t a, uint64_t b);
int arci_add_u128(arci_u128 a, arci_u128 b, arci_u128 *r);
/* n / d with remainder; 1 when the quotient does not fit 64 bits. d != 0. */
int arci_divmod_u128(arci_u128 n, uint64_t d, uint64_t *q, uint64_t *rem);

/* Signed 128-bit accumulator for sums that are checked once at the end. */
typedef struct arci_acc {
    uint64_t lo;
    int64_t hi;
} arci_acc;
static inline void arci_acc_add(arci_acc *a, int64_t v)
{
    uint64_t lo = a->lo + (uint64_t)v;
    a->hi += (v < 0 ? -1 : 0) + (lo < a->lo ? 1 : 0);
    a->lo = lo;
}
int arci_acc_get(const arci_acc *a, int64_t *r); /* 1: does not fit */

#endif
