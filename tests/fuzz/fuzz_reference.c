/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arc_context *ctx;
    if (!ctx && arc_context_new(&ctx, NULL) != ARC_OK) abort();
    const char *fault = fuzz_reference(ctx, (const char *)data, size);
    if (!fault) return 0;
    fprintf(stderr, "%s\n", fault);
    abort();
}
