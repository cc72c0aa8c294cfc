/* SPDX-License-Identifier: Apache-2.0 */
/* A program outside the project, in C99 and in C++17: installed headers and library, nothing else. */
#include <stdio.h>
#include <string.h>

#include <arcore/arcore.h>
#ifdef USE_POSTGRESQL
#include <arcore/postgresql.h>
#endif
#ifdef USE_SODIUM
#include <arcore/sodium.h>
#endif
#ifdef USE_TESTKIT
#include <arcore/sys/testkit.h>
#endif

static int use_book(arc_context *ctx)
{
    arc_book_options options = ARC_BOOK_OPTIONS_INIT;
    arc_book_info info = ARC_BOOK_INFO_INIT;
    arc_book *book = NULL;
    options.flags = ARC_BOOK_CREATE;
    if (arc_book_open(ctx, &book, "memory:install", &options) != ARC_OK) return 0;
    if (arc_book_describe(book, &info) != ARC_OK || strcmp(info.scheme, "memory") != 0) return 0;
    arc_book_close(book);
    return 1;
}

int main(void)
{
    arc_context_options options = ARC_CONTEXT_OPTIONS_INIT;
    arc_context *ctx = NULL;
    options.clock = arc_clock_system;
    if (arc_context_new(&ctx, &options) != ARC_OK) return 1;
    if (!use_book(ctx)) {
        arc_error e = ARC_ERROR_INIT;
        (void)arc_context_error(ctx, &e);
        printf("%s\n", e.message);
        return 1;
    }
#ifdef USE_POSTGRESQL
    if (arc_backend_register(ctx, arc_postgresql_backend()) != ARC_OK) return 1;
#endif
#ifdef USE_SODIUM
    arc_sodium_key key;
    arc_sodium *keys = NULL;
    memset(&key, 1, sizeof key);
    key.number = 1;
    if (arc_sodium_new(&keys, &key, 1, 1) != ARC_OK) return 1;
    arc_sodium_free(keys);
#endif
#ifdef USE_TESTKIT
    if (arc_testkit_case_count() == 0) return 1;
#endif
    arc_context_free(ctx);
    return strcmp(arc_version_string(), ARC_VERSION_STRING) != 0;
}
