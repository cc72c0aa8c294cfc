/* SPDX-License-Identifier: Apache-2.0 */
/* What the store keeps once a context: the backends known, the model with its table descriptors, and per table what every write and
 * read needs to know. Made by the first arc_book_open() or arc_backend_register(). */
#ifndef ARCI_STORE_STORE_H
#define ARCI_STORE_STORE_H

#include <stdatomic.h>

#include "arcore/sys/backend.h"
#include "base/lock.h"
#include "model/schema.h"

#define ARCI_MAX_BACKENDS 16
#define ARCI_MAX_KEY 6 /* columns of a primary key, book included */

/* Where rows of a table say whose they are. store/access_rows.c */
typedef struct arci_owned_by {
    uint16_t own[3]; /* columns by ARCI_BY_*, ARC_NO_COL: none */
    uint16_t up;     /* column of the row above it, ARC_NO_COL: none */
    uint16_t now;    /* column of its customer: whose it is now; ARC_NO_COL: as above */
    uint16_t entity, row; /* columns: rows that hang on a row of any entity; ARC_NO_COL: others */
    const arci_entity *above, *customer; /* of up and of now */
    uint8_t owns; /* it has one of own */
    uint8_t sums; /* of documents of every owner: whose they were when made tells nothing of it */
} arci_owned_by;

typedef struct arci_table {
    const arci_entity *entity;
    const arc_table *desc;
    const arci_field **field_of_col; /* by column; [0] NULL: the book */
    uint16_t number;
    uint16_t col_id, col_version, col_txn, col_custom; /* ARC_NO_COL when it has none */
    uint16_t n_cols;
    uint8_t draws_id; /* the key is (book, id) */
    arci_owned_by owned;
} arci_table;

typedef struct arci_store {
    arc_context *ctx;
    arci_mutex lock; /* the registry */
    arc_backend_ops backends[ARCI_MAX_BACKENDS]; /* never moved or taken out */
    arci_mutex serial[ARCI_MAX_BACKENDS];        /* held while a backend of ARC_THREADS_SERIAL works */
    uint32_t n_backends;
    struct arci_memory_registry *named; /* stores of memory:NAME; layers above need not see backends */
    arci_model *model;
    arci_table *tables; /* by table number */
    uint32_t n_tables;
    void *memory;
    atomic_uint access_generation; /* counts changes of who may do what, by any book of the context */
} arci_store;

/* The store of a context; made when it is first asked for. */
arc_status arci_store_get(arci_env *env, arci_store **out);
/* Backend of a scheme, NULL when there is none; static for the life of the context. */
const arc_backend_ops *arci_store_backend(arci_store *s, const char *scheme, size_t n);
const arci_table *arci_store_table(const arci_store *s, const arci_entity *e); /* NULL: reserved */

#endif
