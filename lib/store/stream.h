/* SPDX-License-Identifier: Apache-2.0 */
/* A table read in the order of one id, row by row, so that several can be merged in bounded memory. */
#ifndef ARCI_STORE_STREAM_H
#define ARCI_STORE_STREAM_H

#include "store/repo.h"
#include "store/verify.h"

typedef struct arci_stream {
    arci_scan *scan;
    arci_verify *verify; /* counts the rows */
    arc_block block;
    uint32_t at;
    uint32_t n_cols;      /* fields named; a row may carry more behind them */
    const arc_value *row; /* NULL at the end */
} arci_stream;

/* The first field named is the id to order by, then those of `second` (one or two names, or NULL); rows where it is NULL are left out.
 * v NULL: nothing is counted. */
arc_status arci_stream_open(arci_txn *t, arci_verify *v, arci_stream *s, const char *entity, const char *fields, const char *second);
arc_status arci_stream_next(arci_stream *s);
void arci_stream_close(arci_stream *s);

#endif
