/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/bank.h"

FUZZ_BANK(fuzz_bank_table(ctx, s, size))
