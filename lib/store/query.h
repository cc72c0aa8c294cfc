/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of queries and cursors, and access to cursors by blocks for layers above (export, Arrow). */
#ifndef ARCI_STORE_QUERY_H
#define ARCI_STORE_QUERY_H

#include "arcore/query.h"
#include "store/scan.h"

#define ARCI_QUERY_MAX_OPS 1000
#define ARCI_QUERY_MAX_FIELDS 200
#define ARCI_QUERY_MAX_ORDER 8
#define ARCI_QUERY_MAX_GROUPS 8
#define ARCI_QUERY_MAX_MEASURES 16
#define ARCI_QUERY_MAX_IN 10000

typedef struct arci_column {
    const arci_field *field; /* NULL: a count */
    uint16_t col;            /* of the table; ARC_NO_COL for a count */
    uint16_t currency;       /* money: position of its currency in the row; ARC_NO_COL when one fixed currency, see query */
    uint32_t measure;        /* ARC_COUNT ...; UINT32_MAX when it is none */
    uint32_t bucket;
    char fixed_currency[4];
} arci_column;

typedef struct arci_cursor {
    arci_owned owned;
    arci_session *session;
    arc_error error;
    arci_env env;
    arci_txn *txn;     /* NULL once it has ended */
    arci_scan *scan;
    const arci_table *table;
    arci_arena arena; /* columns and order */
    arci_column *columns;
    uint32_t n_columns; /* public ones; rows may carry more behind them (currencies, order keys) */
    uint32_t n_values;  /* values a row */
    uint16_t *order_place; /* of the order columns in a row */
    arc_order *order;
    uint32_t n_order;
    uint8_t grouped, done, own_txn;
    arc_block block;
    uint32_t at; /* row of the block */
    const arc_value *row; /* current, or NULL */
} arci_cursor;

/* For layers above: the cursor behind a handle, entered as a session call; leave with arci_session_leave(c->session, st). */
arc_status arci_cursor_enter(arc_cursor *handle, arci_cursor **out);
/* The rest of the current block (n_values a row, columns first), or the next one. ARC_DONE at the end. Moves behind it. */
arc_status arci_cursor_block(arci_cursor *c, arc_block *block);

#endif
