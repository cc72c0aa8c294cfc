/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the backend: each takes the lock a serial backend needs, checks that the answer is one the contract allows (else
 * ARC_E_BACKEND) and turns what went wrong into the error of the call under way. */
#ifndef ARCI_STORE_BE_H
#define ARCI_STORE_BE_H

#include "store/book.h"

void arci_be_host(arci_book *b); /* fills b->host */
arc_status arci_be_open(arci_env *env, arci_book *b, const char *location, const char *options, uint32_t flags);
arc_status arci_be_attach(arci_env *env, arci_book *b, void *connection, const char *options, uint32_t flags);
void arci_be_close(arci_book *b);
arc_status arci_be_migrate(arci_env *env, arci_book *b, uint32_t flags);
arc_status arci_be_begin(arci_env *env, arci_book *b, uint32_t mode, uint32_t timeout_ms, void **txn);
arc_status arci_be_commit(arci_env *env, arci_book *b, void *txn);
void arci_be_rollback(arci_book *b, void *txn);
/* Of a READ transaction: 1 and the number of what it sees, 0 where the backend cannot tell. */
int arci_be_snapshot(arci_book *b, void *txn, uint64_t *number);
arc_status arci_be_write(arci_env *env, arci_book *b, void *txn, arc_write *const *writes, uint32_t n);
void arci_be_plan(arci_book *b, arc_fetch *f);
arc_status arci_be_fetch(arci_env *env, arci_book *b, void *txn, arc_fetch *f);
/* kinds[i]: ARC_V_* of column i, plus 0x80 when it is never NULL. b->damaged: the block has ARC_V_DAMAGED in it. */
arc_status arci_be_next(arci_env *env, arci_book *b, void *cursor, arc_block *block, const uint8_t *kinds, uint32_t n_cols);
void arci_be_end(arci_book *b, void *cursor);
arc_status arci_be_reserve(arci_env *env, arci_book *b, void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first);
/* ARC_E_UNSUPPORTED without an error set: the backend does not say. */
arc_status arci_be_next_number(arci_env *env, arci_book *b, void *txn, int64_t book, const char *sequence, int64_t *next);
/* ARC_E_UNSUPPORTED without an error set: the core does it. */
arc_status arci_be_aggregate(arci_env *env, arci_book *b, void *txn, arc_aggregate *a);
arc_status arci_be_get_many(arci_env *env, arci_book *b, void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols,
                            const arc_value *keys, uint32_t n_keys, void **cursor);
arc_status arci_be_savepoint(arci_env *env, arci_book *b, void *txn, uint32_t depth);
arc_status arci_be_rollback_to(arci_env *env, arci_book *b, void *txn, uint32_t depth);
arc_status arci_be_release(arci_env *env, arci_book *b, void *txn, uint32_t depth);
arc_status arci_be_lock(arci_env *env, arci_book *b, void *txn, uint16_t table, const arc_value *keys, uint32_t n);
arc_status arci_be_share(arci_env *env, arci_book *b, void *txn, uint16_t table, const arc_value *keys, uint32_t n);
/* Pairs of key and value about the store; nothing where the backend says nothing. */
arc_status arci_be_describe(arci_env *env, arci_book *b, void (*say)(void *user, const char *key, const char *value), void *user);
arc_status arci_be_check(arci_env *env, arci_book *b, void (*report)(void *user, const char *finding), void *user);
arc_status arci_be_explain(arci_env *env, arci_book *b, void *txn, const arc_fetch *f, char *buf, size_t *len);
/* Natively, to a place that must not exist. */
arc_status arci_be_backup(arci_env *env, arci_book *b, const char *location, arc_progress_fn progress, void *user);
/* Removes a store nobody has open; b knows its backend but is not connected. ARC_E_UNSUPPORTED without an error set where the backend cannot. */
arc_status arci_be_remove(arci_env *env, arci_book *b, const char *location, const char *options);
arc_status arci_be_broken(arci_env *env, arci_book *b, const char *what);
/* The same where damage on disk can look like it: ARC_E_CORRUPT from a store that keeps its rows there. */
arc_status arci_be_damaged(arci_env *env, arci_book *b, const char *what);

#endif
