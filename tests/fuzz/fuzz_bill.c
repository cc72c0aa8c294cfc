/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/bank.h"

FUZZ_BANK(fuzz_bank(ctx, ARC_BANK_AUTO, NULL, s, size))
