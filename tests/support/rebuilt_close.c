/* SPDX-License-Identifier: Apache-2.0 */
/* Stands before arc_book_close() in tests that are linked with --wrap: with ARCORE_REBUILT set each book is rebuilt from its events before it is closed. A difference
 * ends the test. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arcore/arcore.h"
#include "support/rebuilt.h"

void __real_arc_book_close(arc_book *book);
void __wrap_arc_book_close(arc_book *book);

/* Where writers work side by side transactions wait for their seals. */
static void seal(arc_book *book)
{
    arc_session *s = NULL;
    uint32_t n;
    if (arc_session_open(book, &s, NULL) != ARC_OK) return;
    (void)arc_audit_seal(s, &n, 0);
    arc_session_close(s);
}

void __wrap_arc_book_close(arc_book *book)
{
    static int inside; /* the scratch book is closed as well */
    char why[1000];
    if (book && !inside && getenv("ARCORE_REBUILT")) {
        inside = 1;
        seal(book);
        if (rebuilt_check(book, 0, NULL, NULL, why)) {
            fprintf(stderr, "rebuilt from its events the book is another: %s\n", why);
            _exit(1);
        }
        inside = 0;
    }
    __real_arc_book_close(book);
}
