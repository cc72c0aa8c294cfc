/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arc_context *ctx;
    static fuzz_counts counts;
    arc_error error = ARC_ERROR_INIT;
    if (!ctx && arc_context_new(&ctx, NULL) != ARC_OK) abort();
    arci_env env = { ctx, &error };
    const char *fault = fuzz_mustache(&env, (const char *)data, size, size, &counts);
    if (!fault) return 0;
    fprintf(stderr, "%s\n", fault);
    abort();
}
