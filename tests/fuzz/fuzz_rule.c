/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "arcore/fields.h"
#include "fuzz/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t noon(void *user)
{
    (void)user;
    return (int64_t)FUZZ_DAY * 86400000000 + 43200000000;
}

static arc_session *begin(void)
{
    static const char *const customers[] = { "{\"code\":\"A\",\"legal_name\":\"A\"}", "{\"code\":\"B\",\"legal_name\":\"B\",\"status\":\"blocked\"}" };
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    arc_book_options b = ARC_BOOK_OPTIONS_INIT;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    c.clock = noon; /* a book has a day on which it was made */
    b.flags = ARC_BOOK_CREATE;
    o.business_date = FUZZ_DAY;
    if (arc_context_new(&ctx, &c) != ARC_OK || arc_book_open(ctx, &book, "memory:fuzz", &b) != ARC_OK || arc_session_open(book, &s, &o) != ARC_OK) abort();
    for (int i = 0; i < 2; i++) {
        arc_record *r;
        if (arc_record_new(s, &r, ARC_CUSTOMER) != ARC_OK || arc_record_set_json(r, customers[i], SIZE_MAX) != ARC_OK || arc_session_insert(s, NULL, r) != ARC_OK) abort();
        arc_record_free(r);
    }
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arc_session *s;
    if (!s) s = begin();
    const char *fault = fuzz_rule(s, (const char *)data, size);
    if (!fault) return 0;
    fprintf(stderr, "%s\n", fault);
    abort();
}
