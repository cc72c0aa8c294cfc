/* SPDX-License-Identifier: Apache-2.0 */
/* A program outside the project: installed headers and library, nothing else. */
#include <stdio.h>
#include <string.h>

#include <arcore/context.h>

int main(void)
{
    arc_context *ctx = NULL;
    if (arc_context_new(&ctx, NULL) != ARC_OK) return 1;
    arc_context_free(ctx);
    return strcmp(arc_status_name(ARC_E_BUSY), "ARC_E_BUSY") == 0 ? 0 : 1;
}
