/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of entities in and out, for engines: checked, versioned, stamped with their transaction, references proven.
 *
 * A shape names the fields a batch of rows has. System columns (book, id, version, txn) are put in front of a row and filled
 * here: a caller fills the named fields, which start at batch.first. */
#ifndef ARCI_STORE_REPO_H
#define ARCI_STORE_REPO_H

#include "store/scan.h"

struct arci_shape {
    const arci_table *table;
    const char *entity_name, *fields; /* as given */
    arci_shape *next;
    uint16_t n;      /* named fields */
    uint16_t n_key;  /* primary key columns, book included */
    uint16_t n_insert_sys, n_update_sys; /* columns in front of the named ones (update: behind the key) */
    const uint16_t *cols;        /* named fields only */
    const uint16_t *insert_cols; /* system columns, then named */
    const uint16_t *update_cols;
    const uint8_t *kinds;      /* by named field: ARC_V_*, plus 0x80 when never NULL */
    uint16_t lacking;          /* a required column an INSERT of this shape does not name, or ARC_NO_COL */
    uint8_t names_system;      /* for reading only */
    uint8_t pad;
};

/* The shape of some fields of an entity, for example ("item", "customer currency due_date"): both static text, since shapes are kept by
 * their address until the book is closed. fields NULL: all fields that have a column, book and system ones left out; "*": those too, for
 * reading. ARC_E_INTERNAL: no such name. */
arc_status arci_shape_get(arci_txn *t, const arci_shape **out, const char *entity, const char *fields);
/* A shape of columns chosen at run time; lives in the arena. */
arc_status arci_shape_of(arci_env *env, arci_arena *arena, const arci_shape **out, const arci_table *table, const uint16_t *cols,
                         uint16_t n);

void arci_shapes_free(arci_book *b);

/* ---- writing ---- */

#define ARCI_BATCH_VERSION 0x1u   /* UPDATE, DELETE: the row must have the version given as first guard value: ARC_ROW_STALE */
#define ARCI_BATCH_UNCHECKED 0x2u /* values are known to fit the schema (checked as records): only kind and NULL are looked at */

#define ARCI_BATCH_NEXT 0x4u      /* INSERT of one row: `set` counts */

typedef struct arci_batch {
    const arci_shape *shape;
    uint16_t op; /* ARC_WRITE_* */
    uint16_t n_guards;
    uint32_t flags;  /* ARCI_BATCH_* */
    uint32_t n_rows; /* may be lowered before writing */
    uint32_t stride; /* values a row */
    uint32_t first;  /* of the named fields in a row */
    uint32_t key;    /* UPDATE, DELETE: of the key behind the book: the id */
    uint32_t guard;  /* of the guard values */
    arc_value *rows;
    uint8_t *set; /* UPDATE: ARC_SET or ARC_ADD by column written: set[shape->n_update_sys + j] is named field j's; starts as ARC_SET. INSERT with
                   * ARCI_BATCH_NEXT: ARC_SET or ARC_NEXT, set[shape->n_insert_sys + j] */
    arc_guard guards[4];
    uint8_t *results; /* n_rows of ARC_ROW_*, OUT */
} arci_batch;

/* Rows start as NULL everywhere. Memory comes from the arena. guards: up to 4 (3 with ARCI_BATCH_VERSION, which puts its own first). */
arc_status arci_batch_new(arci_txn *t, arci_arena *arena, arci_batch **out, const arci_shape *shape, uint16_t op, uint32_t n_rows,
                          uint32_t flags, const arc_guard *guards, uint16_t n_guards);
static inline arc_value *arci_batch_row(const arci_batch *b, uint32_t i) /* first named field */
{
    return b->rows + (size_t)i * b->stride + b->first;
}
static inline arc_value *arci_batch_key(const arci_batch *b, uint32_t i) /* key behind the book */
{
    return b->rows + (size_t)i * b->stride + b->key;
}
static inline arc_value *arci_batch_guard(const arci_batch *b, uint32_t i)
{
    return b->rows + (size_t)i * b->stride + b->guard;
}
/* INSERT into entities whose key is the id: ids are drawn where they are not set before arci_repo_write() (arci_batch_id_set), in order
 * of rows, and can be read afterwards. arci_batch_ids() draws them now, for rows of other batches that point at these. */
arc_status arci_batch_ids(arci_txn *t, arci_batch *b);
static inline int64_t arci_batch_id(const arci_batch *b, uint32_t i) { return b->rows[(size_t)i * b->stride + 1].u.i; }
static inline void arci_batch_id_set(arci_batch *b, uint32_t i, int64_t id)
{
    arc_value *v = &b->rows[(size_t)i * b->stride + 1];
    v->type = ARC_V_INT;
    v->u.i = id;
}

/* Writes batches in order, in as few backend calls as can be. With `refused` NULL any row that is not ARC_ROW_OK makes the call fail:
 * ARC_E_EXISTS, ARC_E_STALE, ARC_E_NOT_FOUND, ARC_E_GUARD, ARC_E_REFERENCE with entity, id and row of the first one, and the scope must
 * fail with it. With `refused` given, rows report in results and *refused counts them.
 * Before anything is written: ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_RANGE, ARC_E_LIMIT, ARC_E_ENCODING with field and row. */
arc_status arci_repo_write(arci_txn *t, arci_batch *const *batches, uint32_t n, uint32_t *refused);
/* What it would answer for rows to be inserted, in their results, as far as they are judged against what is there: references, unique values (those of row `own`, 0: none, are its
 * own). Nothing is written. */
arc_status arci_repo_try(arci_txn *t, arci_arena *arena, arci_batch *b, int64_t own, uint32_t *refused);
/* The same for rows of the trail (events, seals): unchecked, told to nobody; every row must be taken. */
arc_status arci_repo_put(arci_txn *t, arci_batch *const *batches, uint32_t n);
/* Status that belongs to an ARC_ROW_* result. */
arc_status arci_row_status(uint8_t result);
/* Sets the error of a refused row - which value is taken, which reference points at nothing - and returns its status. */
arc_status arci_batch_refused(arci_txn *t, const arci_batch *b, uint32_t row);
/* The field whose unique index is the only one of a table: then that is the value that is taken. NULL: there are several, or none. */
const char *arci_taken_field(const arc_table *t);
/* Locks rows by id, in id order, where writers do not exclude each other; a no-op elsewhere. */
arc_status arci_repo_lock(arci_txn *t, const char *entity, const int64_t *ids, uint32_t n);
/* The same for rows of any key, in the order given: n times the key behind the book. */
arc_status arci_repo_lock_keys(arci_txn *t, const char *entity, const arc_value *keys, uint32_t n);
/* The book's own row: entity "book", any one id. */
/* The same, shared with others who share them: only who locks or changes the rows waits. */
arc_status arci_repo_share(arci_txn *t, const char *entity, const int64_t *ids, uint32_t n);

/* ---- reading ---- */

typedef struct arci_rows {
    arc_value *values; /* row-major, shape->n a row, in the order of the shape */
    uint32_t n_rows, n_cols;
} arci_rows;

/* One row by id: n values in the arena. ARC_E_NOT_FOUND with entity and id. */
arc_status arci_repo_get(arci_txn *t, const arci_shape *shape, int64_t id, arci_arena *arena, arc_value **row);
/* Rows by id: rows[i * n] belongs to ids[i]; found[i] is 0 where there is none. Ids may repeat. */
arc_status arci_repo_get_many(arci_txn *t, const arci_shape *shape, const int64_t *ids, uint32_t n, arci_arena *arena, arc_value **rows,
                              uint8_t **found);
/* Says that arci_repo_get_many() will be asked for these rows of this shape: where the store is a trip away the question goes out with the next one. Nothing may be
 * written to them in between. */
arc_status arci_repo_ask_many(arci_txn *t, const arci_shape *shape, const int64_t *ids, uint32_t n);
arc_status arci_repo_ask_whole(arci_txn *t, const char *entity, int64_t id); /* for whatever shape of the row, of a table that is only added to */
/* The same for arci_repo_find() with the same arguments. */
arc_status arci_repo_ask_find(arci_txn *t, const arci_shape *shape, const arci_where *where, const arc_order *order, uint32_t n_order, int64_t limit);
/* A reader whose questions follow from its arguments alone is called twice where the store is a trip away, first between these two: then locks are taken,
 * and what is read by id or by condition is only asked for, and looks as if nothing were there. So its own call, and whatever is asked before that, wait
 * once. begin 0: there is nothing to gain, leave it out. */
int arci_repo_asking(arci_txn *t);
void arci_repo_asked(arci_txn *t);
void arci_repo_forget_table(arci_txn *t, const arci_table *table, int inserted); /* what was asked for of it, and read: a row of it changes, or (inserted) there is one more */
void arci_repo_forget_asked(arci_txn *t); /* what was asked for and never taken */
/* All rows that match, in the order asked (none: by primary key). where may be NULL. */
arc_status arci_repo_find(arci_txn *t, const arci_shape *shape, const arci_where *where, const arc_order *order, uint32_t n_order,
                          int64_t limit, arci_arena *arena, arci_rows *out);
/* A scan over the named fields of a shape, for results that are not to be held in memory. */
arc_status arci_repo_scan(arci_txn *t, const arci_shape *shape, const arci_where *where, const arc_order *order, uint32_t n_order,
                          arci_scan **out);

#endif
