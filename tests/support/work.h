/* SPDX-License-Identifier: Apache-2.0 */
/* Work for fault tests: a store that transactions move from state to state, each the same from the same state, and that can
 * tell which state it is in and whether it is sound. Two kinds: plain tables through the backend's operations, and a
 * whole book through the public functions. */
#ifndef TESTS_WORK_H
#define TESTS_WORK_H

#include "support/support.h"

typedef struct work_digest {
    unsigned char b[32];
} work_digest;

typedef struct work work;
struct work {
    const char *name;
    const char *path;    /* of the database file */
    const char *options; /* of the URI, "" or "key=value&..." */
    /* Opens; with `create` makes what is missing. Nothing is open after an error. */
    arc_status (*open)(work *w, int create);
    void (*close)(work *w); /* also when nothing is open */
    /* Transaction i (from 0). ARC_OK: committed. */
    arc_status (*step)(work *w, int64_t i);
    /* Reads everything: ARC_OK, the digest and the number of things that are wrong, or why it cannot be read. */
    arc_status (*check)(work *w, work_digest *digest, int64_t *wrong);
    char finding[512]; /* the last thing that was wrong */
    void *impl;
    void (*free_more)(work *w); /* may be NULL */
};

work *work_bank_new(const char *path, const char *options);
work *work_book_new(const char *path, const char *options);
void work_free(work *w);

static inline int work_same(const work_digest *a, const work_digest *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

#endif
