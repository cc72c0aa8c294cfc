/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arc_context *ctx;
    static arc_error err = ARC_ERROR_INIT;
    arci_env env;
    if (!ctx && arc_context_new(&ctx, NULL) != ARC_OK) abort();
    env.ctx = ctx;
    env.err = &err;
    const char *fault = fuzz_condition(&env, (const char *)data, size, size * 31 + (size ? data[size / 2] : 0));
    if (!fault) return 0;
    fprintf(stderr, "%s\n", fault);
    abort();
}
