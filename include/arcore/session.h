/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/session.h
 *  A session: an actor on a book. Transactions, and master data by record.
 *
 *  Transactions
 *   - At most one transaction is open on a book. Inside arc_session_begin() ... arc_txn_commit() every call of that session
 *     belongs to it; outside, each call runs in a transaction of its own.
 *   - ARC_READ sees one unchanging snapshot; ARC_WRITE sees the latest committed rows and its own writes.
 *   - A failed call inside a transaction may doom it: then every further call answers ARC_E_DOOMED until arc_txn_rollback().
 *     Refusals (not found, exists, stale, wrong value ...) do not doom: nothing was written and the transaction goes on.
 *   - A cursor opened outside a transaction holds a snapshot until it is closed; until then the session can read but not write
 *     (ARC_E_TXN). */
#ifndef ARCORE_SESSION_H
#define ARCORE_SESSION_H

#include "arcore/book.h"
#include "arcore/record.h"
#include "arcore/types.h"

ARC_BEGIN_DECLS

typedef struct arc_txn arc_txn;

#define ARC_ACTOR_SYSTEM "system" /**< the actor of a host that keeps no users of its own */

/** Options of arc_session_open(). Start from ARC_SESSION_OPTIONS_INIT. */
typedef struct arc_session_options {
    uint32_t struct_size;      /**< sizeof(arc_session_options) */
    uint32_t flags;            /**< 0 */
    const char *actor;         /**< who acts, 1 to 64 bytes; NULL = ARC_ACTOR_SYSTEM */
    const char *on_behalf_of;  /**< for whom, at most 64 bytes; NULL = for nobody else */
    arc_date business_date;    /**< the date verbs take as today; ARC_DATE_NONE: a verb that needs one and is given none
                                    answers ARC_E_REQUIRED or ARC_E_RANGE, as its text says */
    uint32_t timeout_ms;       /**< wait for locks; ARC_TIMEOUT_DEFAULT = as the book */
    arc_clock_fn clock;        /**< source of stamps; NULL = the context's clock */
    void *clock_user;
    const char *language;      /**< of texts made for people: "en" or "zh"; NULL = "en" */
} arc_session_options;

#define ARC_SESSION_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_session_options), 0, NULL, NULL, ARC_DATE_NONE, ARC_TIMEOUT_DEFAULT, NULL, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_SESSION_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_session_options_init(arc_session_options *options);

/** Opens a session.
 *
 *  @param book the book; keeps the error of this call. @param out receives the handle; the caller closes it. NULL on error.
 *  @param options NULL for defaults; copied.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL or a bad option; ARC_E_ENCODING: actor is not UTF-8; ARC_E_FORBIDDEN: roles decide in this book,
 *          and the actor is no user of it, disabled, not valid on the day, or without a role (docs/permissions.md); ARC_E_BUSY; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_session_open(arc_book *book, arc_session **out, const arc_session_options *options);

/** Closes a session: rolls back its transaction and frees what was made from it.
 *  @param session NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_session_close(arc_session *session);

/** Last error of a session: also of its transaction. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_session_error(arc_session *session, arc_error *error);

/** Sets the date verbs take as today.
 *  @param date ARC_DATE_NONE or a date. @return ARC_OK; ARC_E_RANGE; ARC_E_TXN: a WRITE transaction has already written; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_session_set_business_date(arc_session *session, arc_date date);

/** Names the request that the next call on this session makes, so that it is done once however often it is repeated.
 *
 *  The next call that changes the book takes the key and, whatever it returns, clears it: set it again to repeat the call. When the key was used
 *  with the same verb before, nothing is done and the outcome then is told again: the same status, ids and versions. Only what was committed is kept,
 *  as long as the book lives; a call that was refused, failed or rolled back leaves the key free. Inside a transaction the key is part of it. A batch
 *  uses key#0, key#1 ... for its elements: those done before are answered, the rest is done. docs/api-laws.md tells it at length.
 *
 *  The call itself then may also answer ARC_E_REQUEST: the key was used before with other arguments, another business date or principal, or by
 *  another actor; ARC_E_CONFLICT: the same request is being done by somebody else: repeat.
 *
 *  @param session the session. @param key 1 to 180 bytes, copied; NULL clears.
 *  @return ARC_OK; ARC_E_INVALID: the key is empty or too long; ARC_E_ENCODING: it is not UTF-8; ARC_E_FORK; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_session_set_request_key(arc_session *session, const char *key);

/* ---- transactions ---------------------------------------------------------------------------------------------- */

#define ARC_READ 1u
#define ARC_WRITE 2u

/** Begins a transaction.
 *
 *  @param session the session. @param out receives the handle, which ends with commit or rollback. NULL on error.
 *  @param mode ARC_READ or ARC_WRITE.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL or mode is another; ARC_E_TXN: one is open on the book; ARC_E_READONLY: the book
 *          is; ARC_E_BUSY: no lock before the session's timeout; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND;
 *          ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_session_begin(arc_session *session, arc_txn **out, uint32_t mode);

/** Makes everything written since begin durable and visible. Ends the transaction and its handle whatever it returns.
 *  @return ARC_OK; ARC_E_DOOMED: it had failed before and is rolled back; ARC_E_OUTCOME_UNKNOWN; ARC_E_CONFLICT; ARC_E_BUSY; ARC_E_FULL; ARC_E_IO;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM: rolled back; ARC_E_HANDLE. The error is kept by the session. @since 0.1 */
ARC_API arc_status arc_txn_commit(arc_txn *txn);

/** Undoes everything since begin. Ends the transaction and its handle.
 *  @param txn NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_txn_rollback(arc_txn *txn);

/** Sets an undo point inside a WRITE transaction; they nest, at most 32 deep. Events of what was written before go to the store first.
 *  @param depth receives its number, 1 for the first.
 *  @return ARC_OK; ARC_E_INVALID: depth is NULL; ARC_E_LIMIT: 32 are set; ARC_E_TXN: a READ transaction; ARC_E_UNSUPPORTED: the
 *          backend has none; ARC_E_DOOMED; ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_READONLY, ARC_E_FULL, ARC_E_IO, ARC_E_CONNECTION: of writing;
 *          ARC_E_OUTCOME_UNKNOWN: the connection is lost; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_txn_savepoint(arc_txn *txn, uint32_t *depth);

/** Undoes what was written since undo point `depth`, which stays; deeper ones vanish.
 *  @return ARC_OK; ARC_E_INVALID: no such undo point; ARC_E_DOOMED; ARC_E_IO; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_txn_rollback_to(arc_txn *txn, uint32_t depth);

/** Gives up undo point `depth` and deeper ones; what was written stays part of the transaction.
 *  @return ARC_OK; ARC_E_INVALID: no such undo point; ARC_E_DOOMED; ARC_E_IO; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_txn_release(arc_txn *txn, uint32_t depth);

/** Work done inside a transaction by arc_session_run(). Returns ARC_OK or a positive status to commit; anything negative rolls back. May be called
 *  several times: it must not keep state of a failed try. */
typedef arc_status (*arc_txn_fn)(void *user, arc_session *session, arc_txn *txn);

/** Runs work in a transaction, and again when it met a conflict (ARC_E_CONFLICT, ARC_E_BUSY at begin or commit, ARC_E_STALE), at most
 *  `tries` times.
 *
 *  @param mode ARC_READ or ARC_WRITE. @param fn the work; must neither commit nor roll back.
 *  @param user handed to fn. @param tries 1 to 100; 0 = 8.
 *  @return what fn returned when that is not a conflict, else the last conflict; ARC_E_INVALID; ARC_E_TXN: also when fn ended the transaction
 *          itself, which then is as fn left it; ARC_E_OUTCOME_UNKNOWN is never retried;
 *          otherwise as arc_session_begin() and arc_txn_commit().
 *  @since 0.1 */
ARC_API arc_status arc_session_run(arc_session *session, uint32_t mode, arc_txn_fn fn, void *user, uint32_t tries);

/* ---- master data by record ---------------------------------------------------------------------------------------- */

/** Reads one row.
 *
 *  @param out receives a record with all fields that have a column (the others: arc_record_compute()); the caller frees it with arc_record_free(). NULL on error.
 *  @param entity an ARC_<ENTITY> constant. @param id the row.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such row or entity, or not one of the actor's rows; ARC_E_FORBIDDEN: the actor may not read the entity; ARC_E_UNSUPPORTED: a reserved entity, or one whose key is not an id;
 *          ARC_E_INVALID: out is NULL; ARC_E_TXN: another session's transaction is open on the book; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_session_get(arc_session *session, arc_record **out, uint32_t entity, int64_t id);

/** Computes the fields without a column (*derived* in docs/schema.md: an invoice's settlement, what is open of an item ...) of records that were read, for many
 *  of one or several entities at once; reading alone leaves them NULL. What they had before is replaced. The record's other fields, and what it would
 *  write, stay as they are. Fields the actor may not read, or computed from what he may not read, are NULL.
 *
 *  @param session the session; its open transaction is used when there is one.
 *  @param records n records read from this book; the same one may come twice. @param n 0 is nothing to do.
 *  @param as_of   ARC_DATE_NONE: as things stand now, with ages counted to the session's business date, else to today; a date: as of that business date with what
 *                 is known now, as agings have it: fields of what was not there yet are NULL, and so are those that are kept as they stand only.
 *  @return ARC_OK; ARC_E_INVALID: records is NULL, a record was never read or belongs to another book; ARC_E_NOT_FOUND: a row is not there, or not one of the actor's:
 *          with entity, id and row; ARC_E_FORBIDDEN: the actor may not read the entity; ARC_E_RANGE: as_of outside the calendar; ARC_E_LIMIT: more than 2147483647 records;
 *          ARC_E_OVERFLOW: a sum leaves int64: the records are as before; ARC_E_NOMEM: as before, or without computed fields; ARC_E_TXN, ARC_E_DOOMED, ARC_E_BUSY,
 *          ARC_E_TIMEOUT, ARC_E_IO, ARC_E_CORRUPT, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK; ARC_E_HANDLE: not a session, or not a record.
 *  @since 0.1 */
ARC_API arc_status arc_record_compute(arc_session *session, arc_record *const *records, size_t n, arc_date as_of);

/** Finds a row by the text that names it in its book: the code of a customer, a user or a role, the number of an invoice, a receipt or a contract, the
 *  key of a message.
 *
 *  @param id receives the row. @param entity an ARC_<ENTITY> constant. @param key the whole text, as it is stored; ends with a NUL.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such row or entity, or not one of the actor's rows; ARC_E_FORBIDDEN: the actor may not read the entity or the
 *          field; ARC_E_UNSUPPORTED: a reserved entity, or one whose rows have no such text: use a query; ARC_E_ENCODING: key is not UTF-8; ARC_E_INVALID: a NULL
 *          argument; ARC_E_TXN: another session's transaction is open on the book; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION;
 *          ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_session_find(arc_session *session, int64_t *id, uint32_t entity, const char *key);

/** Inserts a row of master data. Fields kept by the library (id, version, txn) and by verbs must be NULL; those kept by verbs start
 *  with their first state.
 *
 *  @param id receives the new id, 0 for entities whose key is not an id; may be NULL. Also set in the record, with version 1.
 *  @param record unchanged on error.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: stored as a pending change, which the error names, nothing else happened (arcore/pending.h); ARC_E_FORBIDDEN: the entity moves by verbs, the message names them; ARC_E_REQUIRED: a required field is NULL;
 *          ARC_E_VALUE: a field is not for callers to set; ARC_E_EXISTS: a unique value is taken; ARC_E_REFERENCE: a reference points at nothing;
 *          ARC_E_INVALID: the record is of another book; ARC_E_TXN: inside a READ transaction, or another session's is open;
 *          ARC_E_READONLY; ARC_E_BUSY; ARC_E_DOOMED; ARC_E_CHECK; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION;
 *          ARC_E_CONFLICT; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_session_insert(arc_session *session, int64_t *id, arc_record *record);

/** Changes a row of master data, if it still has the record's version: the fields set since the record was made, read or last written by
 *  this or arc_session_insert() are written, the others stay.
 *
 *  @param record with id and version as read; its version is raised by one on success, unchanged on error.
 *  @return ARC_OK; ARC_E_STALE: the row has another version by now: read it again; ARC_E_NOT_FOUND: no such row;
 *          ARC_E_REQUIRED: id, version or a required field is NULL; ARC_E_VALUE: a field that is set once, or by verbs, has another value than the row;
 *          otherwise as arc_session_insert().
 *  @since 0.1 */
ARC_API arc_status arc_session_update(arc_session *session, arc_record *record);

/** Inserts n records (of any master entities), in order, in one transaction.
 *
 *  @param ids receives n ids, 0 where refused, the id of the pending change where results[i] is ARC_NEEDS_APPROVAL; may be NULL.
 *  @param results receives n statuses; may be NULL only with ARC_ALL_OR_NONE.
 *  @param records n records. @param n 1 to 100,000.
 *  @param flags 0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK: all; ARC_NEEDS_APPROVAL: none was refused, some wait for approval; ARC_PARTIAL: some were refused, see results (error row = first refused); with ARC_ALL_OR_NONE the first
 *          refusal itself; ARC_E_INVALID; ARC_E_LIMIT: n is too large; otherwise as arc_session_insert(), then nothing is written.
 *  @since 0.1 */
ARC_API arc_status arc_session_insert_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records,
                                           size_t n, uint32_t flags);

/** Updates n records, in order, in one transaction. Parameters and results as arc_session_insert_many() and arc_session_update().
 *  @return as arc_session_insert_many(). @since 0.1 */
ARC_API arc_status arc_session_update_many(arc_session *session, arc_status *results, arc_record *const *records, size_t n,
                                           uint32_t flags);

ARC_END_DECLS

#endif
