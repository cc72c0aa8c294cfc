/* SPDX-License-Identifier: Apache-2.0 */
/* One input of the fuzzer for names: lines are names. Each has a form and is 10,000 from itself, any two are as near one way as the other, and an index of all finds
 * each one. Returns NULL, or what went wrong. */
#ifndef TESTS_FUZZ_NAME_H
#define TESTS_FUZZ_NAME_H

#include <string.h>

#include "arcore/name.h"

#define FUZZ_NAMES 12

static inline const char *fuzz_name_pair(const char *a, const char *b)
{
    int32_t ab = -1, ba = -2;
    arc_status st = arc_name_compare(&ab, a, b);
    if (st != arc_name_compare(&ba, b, a)) return "one way it is a name, the other it is not";
    if (st != ARC_OK) return st == ARC_E_ENCODING || st == ARC_E_LIMIT ? NULL : "an unexpected status";
    if (ab != ba) return "not as near one way as the other";
    return ab < 0 || ab > ARC_NAME_SAME ? "a score out of bounds" : NULL;
}

static inline const char *fuzz_name_index(arc_context *ctx, const char *const *names, size_t n)
{
    arc_name_index *ix;
    const char *fault = NULL;
    size_t count;
    if (arc_name_index_new(ctx, &ix) != ARC_OK) return NULL;
    for (size_t i = 0; i < n && !fault; i++) {
        if (arc_name_index_add(ix, (int64_t)i, names[i], SIZE_MAX, NULL) != ARC_OK) fault = "a name that can be compared cannot be added";
    }
    for (size_t i = 0; i < n && !fault; i++) {
        arc_name_match m = ARC_NAME_MATCH_INIT;
        size_t room = 1, len = 0;
        char form[2600];
        len = sizeof form;
        if (arc_name_index_search(ix, &m, &room, names[i], SIZE_MAX, NULL, 0) != ARC_OK) fault = "a search fails";
        else if (arc_name_normalise(form, &len, names[i], SIZE_MAX, 0) != ARC_OK) fault = "a name has no form";
        else if (len && (!room || m.score != ARC_NAME_SAME)) fault = "a name does not find itself";
    }
    if (!fault && arc_name_index_find_pairs(ix, &count, 1, NULL, NULL) != ARC_OK) fault = "no pairs";
    arc_name_index_free(ix);
    return fault;
}

static inline const char *fuzz_name(arc_context *ctx, const char *data, size_t size)
{
    static char text[65536 + 1];
    const char *names[FUZZ_NAMES], *fault = NULL;
    size_t n = 0;
    if (size > 65536) return NULL;
    memcpy(text, data, size);
    text[size] = 0;
    for (char *s = text, *end = text + size; s < end && n < FUZZ_NAMES;) {
        char *stop = memchr(s, '\n', (size_t)(end - s));
        int32_t self = -1;
        if (stop) *stop = 0;
        arc_status st = arc_name_compare(&self, s, s);
        if (st == ARC_OK && self != ARC_NAME_SAME) return "a name is not itself";
        if (st == ARC_OK) names[n++] = s;
        s = stop ? stop + 1 : end;
    }
    for (size_t i = 1; i < n && !fault; i++) fault = fuzz_name_pair(names[i - 1], names[i]);
    return fault ? fault : fuzz_name_index(ctx, names, n);
}

#endif
