/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/book.h
 *  A book: one company's receivables in a store. Opening, cloning, proving, copying.
 *
 *  URIs
 *   - `memory:NAME`: in this process, shared by all books of one context that name it; gone when the last of them is closed.
 *   - `sqlite:PATH?book=CODE&key=value`: a file. `postgresql://host/db?book=CODE`: a server.
 *   - `book` is the code of the book in that store, `main` when left out: 1 to 32 of A-Z a-z 0-9 `-` `_` `.`.
 *     The other keys belong to the backend (docs/backends.md).
 *   - What stands between the scheme and the first '?' goes to the backend as it is; SQLite takes it literally, as a path. '#' is
 *     refused. At most 4,096 bytes.
 *
 *  A book handle is one connection, used by one thread at a time; see the laws in arcore.h. */
#ifndef ARCORE_BOOK_H
#define ARCORE_BOOK_H

#include "arcore/context.h"
#include "arcore/types.h"

ARC_BEGIN_DECLS

typedef struct arc_book arc_book;
struct arc_value; /* arcore/sys/backend.h */

#define ARC_BOOK_CREATE 0x1u           /**< make the store, its tables and the book where they are missing */
#define ARC_BOOK_UPGRADE 0x2u          /**< bring an older schema up to this version */
#define ARC_BOOK_READONLY 0x4u         /**< never write; also opens a store of a newer version */
#define ARC_BOOK_FOREIGN_TRIGGERS 0x8u /**< accept triggers of others on our tables */
#define ARC_BOOK_CHECK 0x10u           /**< run the store's own integrity check before use */

#define ARC_BOOK_ATTACHED 0x20u        /**< of arc_book_info only: it works on a connection of the host's, arc_book_attach() */

#define ARC_TIMEOUT_DEFAULT 0xffffffffu /**< take the book's timeout */

/** Options of arc_book_open(). Start from ARC_BOOK_OPTIONS_INIT. */
typedef struct arc_book_options {
    uint32_t struct_size;         /**< sizeof(arc_book_options) */
    uint32_t flags;               /**< ARC_BOOK_* */
    uint32_t timeout_ms;          /**< how long to wait for locks, at most 3,600,000; 0 = do not wait */
    int32_t utc_offset_minutes;   /**< new book: its civil day starts at this offset, -1080..1080; China: 480 */
    const char *base_currency;    /**< new book: ISO 4217 code; NULL = "CNY" */
    const char *name;             /**< new book: name of the company, at most 200 bytes; NULL = the code */
    arc_stamp created;            /**< new book: when it was made; 0 = by the context's clock */
    /** Told what the backend sends to its store, for measuring and for people; may be NULL. Must not use the book. */
    void (*trace)(void *user, const char *statement, const struct arc_value *params, uint32_t n_params);
    void *trace_user;
    /** Key of the host's for the seals (HMAC-SHA-256, arcore/audit.h), at most 256 bytes; copied. NULL: plain hashes. Once a chain has a key, commits
     *  without it are not sealed but wait for arc_audit_seal() by someone who has it. */
    const void *seal_key;
    size_t n_seal_key;
} arc_book_options;

#define ARC_BOOK_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_book_options), 0, 5000, 480, NULL, NULL, 0, NULL, NULL, NULL, 0 }

/** Fills options with their defaults; the same bytes as ARC_BOOK_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_book_options_init(arc_book_options *options);

/** Opens a book, and makes it where ARC_BOOK_CREATE says so.
 *
 *  @param context the context; it keeps the error of this call.
 *  @param out receives the handle; the caller closes it with arc_book_close(). NULL is stored on error.
 *  @param uri see above; UTF-8.
 *  @param options NULL for defaults; copied.
 *  @return ARC_OK; ARC_E_INVALID: a NULL argument, a bad URI, code, option or flag, or a new book without created or clock; ARC_E_UNSUPPORTED: no backend for the
 *          scheme; ARC_E_NOT_FOUND: no such store or book and ARC_BOOK_CREATE is not set; ARC_E_NOT_A_BOOK: the file or
 *          database is something else or empty; ARC_E_SCHEMA_OLDER: needs ARC_BOOK_UPGRADE; ARC_E_SCHEMA_NEWER: open it read-only;
 *          ARC_E_SCHEMA_FOREIGN: our tables were altered, or carry triggers of others; ARC_E_CURRENCY: unknown base currency;
 *          ARC_E_CORRUPT; ARC_E_READONLY: create and read-only at once, or nothing may be written there; ARC_E_BUSY;
 *          ARC_E_IO; ARC_E_FULL; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_book_open(arc_context *context, arc_book **out, const char *uri, const arc_book_options *options);

/** Opens a book on a connection that the host has already, so that the host's rows and ours stand or fall together.
 *
 *  While the host has a transaction open on the connection, every transaction of the book - of a verb or of arc_session_begin() - lies inside it: a verb that
 *  fails undoes exactly what it wrote, one that succeeds is committed when the host commits. While the host has none, they are committed by
 *  themselves. `docs/host-transactions.md` tells what cannot be promised inside a transaction of somebody else.
 *
 *  @param context the context.
 *  @param out receives the handle; the caller closes it with arc_book_close(), before the connection and outside the host's transaction or in it. NULL
 *         is stored on error.
 *  @param uri scheme and code of the book: `sqlite:?book=CODE`, `postgresql:?book=CODE` (its backend must have been registered). UTF-8.
 *  @param connection `sqlite3 *` or `PGconn *`, of the same copy of that client library that this one is linked with; it stays the host's, which neither
 *         uses it in another thread during a call nor ends its transaction while one of the book is open.
 *  @param options NULL for defaults; copied; of the flags only ARC_BOOK_READONLY and ARC_BOOK_FOREIGN_TRIGGERS.
 *  @return ARC_OK; ARC_E_INVALID: a NULL argument, a URI with a place or with options (PostgreSQL takes schema and busy), a flag that is not allowed; ARC_E_UNSUPPORTED: no
 *          backend for the scheme, one that cannot do it, or a connection with a setting that a book cannot live with (SQLite: foreign_keys off; PostgreSQL: client_encoding not UTF8, pipeline mode); ARC_E_NOT_FOUND: no such book;
 *          ARC_E_NOT_A_BOOK, ARC_E_SCHEMA_OLDER, ARC_E_SCHEMA_NEWER, ARC_E_SCHEMA_FOREIGN, ARC_E_CORRUPT, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT,
 *          ARC_E_TXN, ARC_E_IO, ARC_E_FULL, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_NOMEM, ARC_E_HANDLE: as arc_book_open().
 *  @since 0.1 */
ARC_API arc_status arc_book_attach(arc_context *context, arc_book **out, const char *uri, void *connection, const arc_book_options *options);

/** Opens the same book once more: a connection of its own for another thread.
 *
 *  @param book stays usable. @param out receives the handle; the caller closes it. NULL is stored on error.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_UNSUPPORTED: an attached book; as arc_book_open() otherwise (without creating or upgrading); ARC_E_FORK.
 *  The error is kept by `book`. @since 0.1 */
ARC_API arc_status arc_book_clone(arc_book *book, arc_book **out);

/** Closes a book: rolls back what is open and frees every session, transaction, record, query and cursor made from it.
 *  @param book NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_book_close(arc_book *book);

/** Last error of a book. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_book_error(arc_book *book, arc_error *error);

/** What a book is. Start from ARC_BOOK_INFO_INIT. */
typedef struct arc_book_info {
    uint32_t struct_size;       /**< sizeof(arc_book_info) */
    uint32_t flags;             /**< ARC_BOOK_READONLY and ARC_BOOK_ATTACHED when it is */
    int64_t id;                 /**< number of the book in its store */
    uint32_t schema_version;    /**< major * 1000 + minor */
    uint32_t capabilities;      /**< ARC_CAP_* of sys/backend.h */
    int32_t utc_offset_minutes; /**< where its civil day starts */
    char base_currency[4];      /**< ISO 4217 */
    char scheme[16];            /**< of the backend, for example "sqlite" */
    char code[40];              /**< of the book */
    char name[208];             /**< of the company */
    char fingerprint[72];       /**< SHA-256 of the schema, hex */
} arc_book_info;

#define ARC_BOOK_INFO_INIT \
    { (uint32_t)sizeof(arc_book_info), 0, 0, 0, 0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } }

/** Fills the struct with its defaults; the same bytes as ARC_BOOK_INFO_INIT.
 *  @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_book_info_init(arc_book_info *info);

/** What a book is, from memory.
 *  @param info filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: info is NULL or its size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_book_describe(arc_book *book, arc_book_info *info);

/** What lies under a book: the store's engine, its version and settings, as one JSON object of texts: for doctors and support.
 *
 *      {"scheme":"sqlite", "engine":"SQLite", "version":"3.40.1", "location":"/srv/company.arc", "journal":"wal", "wal_reset_defect":"yes", ...}
 *
 *  `scheme` is always there; the other members are the backend's (docs/backends.md, docs/sqlite.md).
 *  @param book may have a transaction open. @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_book_store_json(arc_book *book, char *buf, size_t *len);

/* ---- verify ---------------------------------------------------------------------------------------------------- */

/** One thing found wrong. Texts live only during the call. */
typedef struct arc_finding {
    uint32_t struct_size;
    uint32_t reserved;
    const char *check;      /**< which check, for example "store.reference", "ledger.item_state"; static */
    const char *entity;     /**< "" when the store as a whole is meant */
    const char *field;      /**< "" when the row as a whole is meant */
    int64_t id;             /**< row, 0 when none */
    const char *message;    /**< one English line with the figures */
    const char *message_zh; /**< the same in Chinese */
} arc_finding;

/** Receives findings. Non-zero stops the check with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_finding_fn)(void *user, const arc_finding *finding);

/** Reports progress of long work: done of total units, total 0 when not known. Non-zero stops it with ARC_E_CANCELLED. The book must
 *  not be used inside. */
typedef int32_t (*arc_progress_fn)(void *user, int64_t done, int64_t total);

/** Options of arc_book_verify(). Start from ARC_VERIFY_OPTIONS_INIT. */
typedef struct arc_verify_options {
    uint32_t struct_size;
    uint32_t flags;         /**< 0 */
    const char *only;       /**< run only checks whose name begins with this; NULL = all */
    int64_t max_findings;   /**< stop after this many; 0 = no bound */
    arc_progress_fn progress; /**< may be NULL */
    void *progress_user;
} arc_verify_options;

#define ARC_VERIFY_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_verify_options), 0, NULL, 0, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_verify_options_init(arc_verify_options *options);

/** What arc_book_verify() did. Start from ARC_VERIFY_SUMMARY_INIT. */
typedef struct arc_verify_summary {
    uint32_t struct_size;
    uint32_t checks;   /**< checks that ran */
    int64_t rows;      /**< rows read */
    int64_t findings;  /**< things found wrong */
} arc_verify_summary;

#define ARC_VERIFY_SUMMARY_INIT \
    { (uint32_t)sizeof(arc_verify_summary), 0, 0, 0 }

/** Recomputes everything that is kept twice and checks everything that must hold, in one snapshot. Changes nothing. There is no actor: who holds the book is the host, and findings tell of
 *  any row (docs/permissions.md).
 *
 *  @param book no transaction may be open on it.
 *  @param summary may be NULL; filled up to its struct_size, also when findings were made.
 *  @param report receives each finding; may be NULL.
 *  @param user handed to report.
 *  @param options NULL for defaults.
 *  @return ARC_OK: the book was read through, see summary.findings; ARC_E_CANCELLED: report, progress or max_findings stopped it;
 *          ARC_E_CORRUPT: the store could not be read through; ARC_E_TXN: a transaction is open; ARC_E_INVALID: bad
 *          options; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_book_verify(arc_book *book, arc_verify_summary *summary, arc_finding_fn report, void *user,
                                   const arc_verify_options *options);

/* ---- copies ---------------------------------------------------------------------------------------------------- */

#define ARC_DUMP_NO_STAMPS 0x1u /**< arc_book_dump(): leave instants out, for comparing work done at different times */

/** Options of arc_book_backup(), arc_book_restore() and arc_book_dump(). Start from ARC_COPY_OPTIONS_INIT. */
typedef struct arc_copy_options {
    uint32_t struct_size;
    uint32_t flags;           /**< 0, or ARC_DUMP_NO_STAMPS */
    arc_progress_fn progress; /**< may be NULL */
    void *progress_user;
} arc_copy_options;

#define ARC_COPY_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_copy_options), 0, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_copy_options_init(arc_copy_options *options);

/** Copies the store of a book to a new place, consistent, while others go on working. The whole of it: there is no actor, who holds the book is the host (docs/permissions.md).
 *
 *  @param book no transaction may be open on it.
 *  @param target_uri where to; the same scheme copies natively (all books of the store), another scheme copies this book row by row. The target
 *         must not exist yet, or be a server's database without a book in it; after an error or a cancel nothing is left there (in a
 *         database: tables without rows).
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_EXISTS: there is something at the target; ARC_E_CANCELLED; ARC_E_TXN: a transaction is open;
 *          ARC_E_INVALID: bad URI or options; ARC_E_UNSUPPORTED: no backend for the scheme; ARC_E_IO; ARC_E_FULL; ARC_E_BUSY;
 *          ARC_E_CORRUPT; ARC_E_REFERENCE: a row of the book points at nothing, with entity, id and field; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_book_backup(arc_book *book, const char *target_uri, const arc_copy_options *options);

/** Copies a backup to the place where it is to be used, and proves it: opens, verifies and compares canonical dumps before
 *  the target is left standing. Others may go on writing to the source: then the copy is of one moment of this book.
 *
 *  @param context keeps the error of this call.
 *  @param source_uri a backup or any other book. @param target_uri must not exist yet; nothing is left there on error.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_CORRUPT: the source does not verify; otherwise as arc_book_open() and arc_book_backup().
 *  @since 0.1 */
ARC_API arc_status arc_book_restore(arc_context *context, const char *source_uri, const char *target_uri,
                                    const arc_copy_options *options);

/** Receives the next bytes of a dump or an export. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_write_fn)(void *user, const char *bytes, size_t n);

/** Writes the canonical dump of a book: JSON lines, entities and rows in a fixed order, ids replaced by dense ranks, so
 *  that equal operations give equal bytes on every backend. The whole of it, as arc_book_backup(); arc_query_export() is cut to an actor.
 *
 *  @param book a READ transaction is opened for the time of the call; no other may be open.
 *  @param write receives the bytes. @param user handed to write. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_CANCELLED: write or progress stopped it; ARC_E_TXN: a transaction is open; ARC_E_INVALID: write is NULL or bad
 *          options; ARC_E_CORRUPT; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_book_dump(arc_book *book, arc_write_fn write, void *user, const arc_copy_options *options);

ARC_END_DECLS

#endif
