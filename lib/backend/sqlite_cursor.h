/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors of the SQLite backend: blocks of rows with the text they point at. */
#ifndef ARCI_BACKEND_SQLITE_CURSOR_H
#define ARCI_BACKEND_SQLITE_CURSOR_H

#include "backend/sqlite.h"

enum { ARCI_SQLITE_BLOCK = 256 };
/* Without a WAL: the first page holds an answer of up to so many rows whole, so that it never meets a conflict; later pages
 * are larger, because each steps over the rows before it again. */
enum { ARCI_SQLITE_PAGE = 4096, ARCI_SQLITE_MAX_PAGE = 65536, ARCI_SQLITE_PAGE_BYTES = 4 << 20 };

typedef struct arci_sqlite_chunk arci_sqlite_chunk; /* text memory; never moved while rows point at it */
struct arci_sqlite_chunk {
    arci_sqlite_chunk *next;
    size_t size, used;
    char data[];
};

enum { ARCI_SQLITE_DEAD, ARCI_SQLITE_SCAN, ARCI_SQLITE_KEYS, ARCI_SQLITE_ROWS, ARCI_SQLITE_FINISHED };

struct arci_sqlite_cursor {
    arci_sqlite *be;
    arci_sqlite_cursor *next; /* in be->cursors */
    arci_sqlite_stmt *stmt;
    const arc_column **cols;
    arc_value *values; /* the block; of ROWS: all rows */
    arci_sqlite_chunk *chunks;
    arc_value *keys; /* KEYS: rows of key values, text copied */
    uint32_t n_cols, cap_cols;
    uint32_t cap_values;
    uint32_t grow;  /* rows of the next block */
    uint32_t state; /* ARCI_SQLITE_* */
    uint32_t n_keys, at; /* KEYS, ROWS: how many, and the next */
    uint32_t paged, n_rows, given; /* rows of the page in hand; grow is what the next may hold */
    uint64_t passed;               /* rows of the pages before */
    const arc_table *table;
    arci_sqlite_cursor *rest; /* what was left when its table was updated: next() goes on there */
};

arc_status arci_sqlite_cursor_new(arci_sqlite *be, const arc_table *t, const uint16_t *cols, uint32_t n_cols,
                                  arci_sqlite_cursor **out);
/* Before rows of the table are updated: scans of it read their rest, or rows that move in an index would come twice. */
arc_status arci_sqlite_settle(arci_sqlite *be, const arc_table *t);
/* Room for n values; what is there stays. */
arc_status arci_sqlite_cursor_room(arci_sqlite_cursor *c, uint32_t n_values);
/* Copies the bytes of a text or blob into the cursor. 0: no memory. */
int arci_sqlite_cursor_keep(arci_sqlite_cursor *c, arc_value *v);
/* Opens a statement with all conditions and steps nothing yet. */
arc_status arci_sqlite_question(arci_sqlite *be, const arc_fetch *fetch, arci_sqlite_stmt **out);

#endif
