/* SPDX-License-Identifier: Apache-2.0 */
/* One input of the fuzzer for references: the first line has numbers, what follows is the text. Offsets lie in the text and in order, each number found is one of those, the same
 * question has the same answer, and what was masked is no number by itself. Returns NULL, or what went wrong. */
#ifndef TESTS_FUZZ_REFERENCE_H
#define TESTS_FUZZ_REFERENCE_H

#include <string.h>

#include "arcore/reference.h"

#define FUZZ_HITS 64

static inline arc_status fuzz_reference_add(arc_reference_index *x, const char *line, size_t n)
{
    arc_reference_target target = ARC_REFERENCE_TARGET_INIT;
    target.kind = ARC_REFERENCE_DOCUMENT;
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i < n && line[i] != ' ') continue;
        target.id++;
        target.customer = target.id % 3;
        arc_status st = arc_reference_index_add(x, line + from, i - from, &target);
        if (st != ARC_OK && st != ARC_E_LIMIT) return st;
        from = i + 1;
    }
    return ARC_OK;
}

static inline const char *fuzz_reference_ask(arc_reference_index *x, const char *text, size_t n, const arc_reference_options *o)
{
    static arc_reference_hit first[FUZZ_HITS], again[FUZZ_HITS];
    size_t a = FUZZ_HITS, b = FUZZ_HITS;
    memset(first, 0, sizeof first);
    memset(again, 0, sizeof again);
    for (size_t i = 0; i < FUZZ_HITS; i++) first[i].struct_size = again[i].struct_size = (uint32_t)sizeof *first;
    if (arc_reference_index_find(x, first, &a, text, n, o) != ARC_OK || arc_reference_index_find(x, again, &b, text, n, o) != ARC_OK) return "a text is refused";
    if (a != b || memcmp(first, again, sizeof first) != 0) return "not the same again";
    for (size_t i = 0; i < a; i++) {
        size_t len = 0;
        if (first[i].start >= first[i].end || first[i].end > n) return "offsets lie outside of the text";
        if (i && first[i].start < first[i - 1].start) return "hits are out of order";
        if (first[i].n_numbers > ARC_HIT_NUMBERS || (!first[i].n_numbers && first[i].kind != ARC_HIT_UNKNOWN)) return "a hit without a number";
        if ((first[i].n_numbers > 1) != ((first[i].flags & ARC_HIT_AMBIGUOUS) != 0)) return "several numbers that are not called ambiguous";
        for (uint32_t k = 0; k < first[i].n_numbers; k++)
            if (arc_reference_index_number(x, NULL, &len, NULL, first[i].numbers[k]) != ARC_E_BUFFER) return "a number that there is not";
    }
    return NULL;
}

static inline const char *fuzz_reference(arc_context *ctx, const char *data, size_t size)
{
    static const int64_t customers[] = { 1, 2 };
    arc_reference_options o = ARC_REFERENCE_OPTIONS_INIT;
    arc_reference_index *x;
    const char *fault = NULL, *line = size ? memchr(data, '\n', size) : NULL;
    size_t n = line ? (size_t)(line - data) : 0;
    if (size > 65536 || arc_reference_index_new(ctx, &x) != ARC_OK) return NULL;
    if (line) data = line + 1;
    if (n && fuzz_reference_add(x, line - n, n) != ARC_OK) fault = "a number cannot be added";
    size -= line ? n + 1 : 0;
    if (!fault) fault = fuzz_reference_ask(x, data, size, NULL);
    o.customers = customers;
    o.n_customers = 2;
    if (!fault) fault = fuzz_reference_ask(x, data, size, &o);
    arc_reference_index_free(x);
    return fault;
}

#endif
