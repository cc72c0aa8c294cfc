/* SPDX-License-Identifier: Apache-2.0 */
/* A long list of integers as one parameter: a map of bits from the smallest to the largest. A store tests a row against it with one call,
 * where an IN of so many constants is a search in a tree a row. */
#include <string.h>

#include "backend/sqlkit.h"

enum { SET_FEWEST = 16, SET_BYTES = 16384, SET_BYTES_EACH = 32 };

typedef struct set_head {
    int64_t first;
    uint64_t n_bits;
} set_head;

static int has_among(const arc_sql_dialect *d)
{
    return d->struct_size >= offsetof(arc_sql_dialect, among) + sizeof d->among && d->among;
}

/* Smallest and largest of the list; 0: not integers, or so far apart that the bits would be mostly empty. */
static int span(const arc_cond_op *op, int64_t *lo, uint64_t *n_bits)
{
    int64_t hi = INT64_MIN;
    *lo = INT64_MAX;
    for (uint32_t i = 0; i < op->n; i++) {
        if (op->v[i].type != ARC_V_INT) {
            return 0;
        }
        *lo = op->v[i].u.i < *lo ? op->v[i].u.i : *lo;
        hi = op->v[i].u.i > hi ? op->v[i].u.i : hi;
    }
    *n_bits = (uint64_t)hi - (uint64_t)*lo;
    if (*n_bits / 8 >= (uint64_t)SET_BYTES_EACH * op->n + SET_BYTES) {
        return 0;
    }
    ++*n_bits;
    return 1;
}

int arci_sqlkit_can_set(const arc_sql_dialect *d, const arc_column *c, const arc_cond_op *op)
{
    int64_t lo;
    uint64_t n_bits;
    return has_among(d) && op->n > SET_FEWEST && op->v && arci_sqlkit_class(c) == ARC_V_INT && span(op, &lo, &n_bits);
}

uint32_t arci_sqlkit_bind_set(arc_sql_stmt *stmt, const arc_cond_op *op)
{
    static const char zeros[256];
    set_head head;
    arc_sql_text *to = &stmt->scratch;
    arc_value v = { ARC_V_BLOB, { 1, 0, 0 }, 0, { 0 } }; /* pad[0]: see arci_sqlkit_end() */
    (void)span(op, &head.first, &head.n_bits);
    size_t from = to->len, bytes = (size_t)(head.n_bits + 7) / 8;
    arc_sql_text_add(to, &head, sizeof head);
    for (size_t left = bytes; left; left -= left < sizeof zeros ? left : sizeof zeros) {
        arc_sql_text_add(to, zeros, left < sizeof zeros ? left : sizeof zeros);
    }
    for (uint32_t i = 0; i < op->n && !to->failed; i++) {
        uint64_t bit = (uint64_t)op->v[i].u.i - (uint64_t)head.first;
        char *at = to->s + from + sizeof head + bit / 8;
        *at = (char)((unsigned char)*at | 1u << (bit % 8));
    }
    v.len = (uint32_t)(sizeof head + bytes);
    v.u.i = (int64_t)from;
    return arci_sqlkit_bind(stmt, &v, NULL);
}

int32_t arc_sqlkit_set_has(const void *set, size_t size, int64_t value)
{
    set_head head;
    if (!set || size < sizeof head) {
        return 0;
    }
    memcpy(&head, set, sizeof head);
    uint64_t bit = (uint64_t)value - (uint64_t)head.first;
    if (value < head.first || bit >= head.n_bits || bit / 8 >= size - sizeof head) {
        return 0;
    }
    return ((const unsigned char *)set)[sizeof head + bit / 8] >> (bit % 8) & 1;
}
