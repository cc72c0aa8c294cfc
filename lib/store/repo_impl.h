/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the repository. */
#ifndef ARCI_STORE_REPO_IMPL_H
#define ARCI_STORE_REPO_IMPL_H

#include "store/repo.h"
#include "store/session.h"


/* reference.c: foreign keys where the backend does not look at them. */
typedef arc_status (*arci_write_fn)(arci_txn *t, arci_batch *const *batches, uint32_t n);
/* Writes batches one after another, each without the rows whose references point at nothing: these get ARC_ROW_REFERENCE. */
arc_status arci_write_referenced(arci_txn *t, arci_batch *const *batches, uint32_t n, arci_write_fn write);
/* Marks them, and nothing else. */
arc_status arci_mark_references(arci_txn *t, arci_arena *arena, arci_batch *b);
/* Name of the first field of a row whose reference points at nothing; NULL when none is found. */
const char *arci_reference_fault(arci_txn *t, const arci_batch *b, uint32_t row);

/* ---- repo_kept.c: where the store is a trip away, what a transaction asked for ahead and what it need not ask again ---- */

#define ARCI_KEPT_MOST 64u /* rows of a question that are kept */

static inline int arci_repo_keeps(const arci_txn *t)
{
    return t->mode == ARC_WRITE && t->book->ops->later && !(t->book->ops->caps & ARC_CAP_SINGLE_WRITER);
}
/* Rows were locked, or shared: they stay as they are until the transaction ends or undoes. ids ascend. */
arc_status arci_repo_hold(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n, int share);
int arci_repo_holds(const arci_txn *t, const arci_table *table, int64_t id, int share);
typedef struct arci_kept arci_kept;
int arci_repo_kept_whole(const arci_txn *t, const arci_table *table, int64_t id); /* read with all its columns, or known not to be there */
/* A row as it was read, if it is held and nothing was written to it since. */
const arci_kept *arci_repo_kept(const arci_txn *t, const arci_shape *shape, int64_t id);
int arci_repo_project(const arci_kept *k, const arci_shape *shape, arc_value *out); /* texts stay the transaction's; 0: there was no such row */
/* Rows inserted just now: nobody else sees them, and they are as they were written. */
arc_status arci_repo_keep_new(arci_txn *t, const arci_batch *b);
/* values NULL: it was looked for, under its lock, and is not there. */
arc_status arci_repo_keep(arci_txn *t, const arci_shape *shape, int64_t id, const arc_value *values);
/* A question for rows with all their columns, this one among them, that was not taken yet; NULL: there is none. */
typedef struct arci_asked_rows arci_asked_rows;
struct arci_asked_rows {
    arci_asked_rows *next;
    const arci_shape *shape;
    const int64_t *ids;
    uint32_t n;
    void *cursor; /* NULL: taken */
};
const arci_asked_rows *arci_repo_asked_whole(const arci_txn *t, const arci_table *table, int64_t id);
void *arci_repo_take_asked(arci_txn *t, const arci_shape *shape, const int64_t *ids, uint32_t n);
arc_status arci_repo_ask_spec(arci_txn *t, const arci_scan_spec *spec);
arci_scan *arci_repo_take_found(arci_txn *t, const arci_scan_spec *spec); /* the same question asked ahead; NULL: it was not */

/* Of repo_read.c. */
arc_status arci_repo_open_by_id(arci_txn *t, void **cursor, arci_arena *arena, const arci_shape *shape, const uint16_t *cols, const int64_t *ids, uint32_t n);
arc_status arci_repo_id_column(arci_txn *t, const arci_table *table, uint16_t *col);
arc_status arci_repo_copy(arci_env *env, arci_arena *arena, arc_value *to, const arc_value *from, uint32_t n);

#endif
