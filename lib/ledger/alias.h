/* SPDX-License-Identifier: Apache-2.0 */
/* How sure it is that a name or an account that has paid is a customer's. */
#ifndef ARCI_LEDGER_ALIAS_H
#define ARCI_LEDGER_ALIAS_H

#include <stdint.h>

/* (s + 1) / (s + c + 2) in millionths. */
static inline int32_t arci_alias_ppm(int64_t supports, int64_t contradicts)
{
    const int64_t most = 1000000000, s = supports < 0 ? 0 : supports > most ? most : supports, c = contradicts < 0 ? 0 : contradicts > most ? most : contradicts;
    return (int32_t)((s + 1) * 1000000 / (s + c + 2));
}

/* Whether that is enough: 0.8 of at least three. */
static inline int arci_alias_active(int64_t supports, int64_t contradicts) { return supports >= 3 && (supports + 1) * 5 >= (supports + contradicts + 2) * 4; }

#endif
