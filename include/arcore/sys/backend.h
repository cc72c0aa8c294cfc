/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/sys/backend.h
 *  The storage contract: what a store must do so that books can live in it. For people who write backends.
 *
 *  A backend keeps rows of integers, texts and bytes in tables that the core describes. It knows nothing of invoices.
 *  `docs/backends.md` tells the same story slowly; `arcore/sys/testkit.h` proves an implementation.
 *
 *  Laws of the contract (each has cases in the test kit):
 *   1. One open handle is one connection. The core never calls one handle from two threads at once and never calls
 *      into a backend from inside one of the host functions below.
 *   2. At most one transaction is open on a handle. Cursors die with their transaction.
 *   3. A READ transaction sees one unchanging snapshot; a store that cannot keep it while others commit answers
 *      ARC_E_CONFLICT rather than mix two. A WRITE transaction sees the latest committed rows and its own
 *      writes. What another handle commits is seen whole or not at all.
 *   4. A call that returns an error other than a per-row result dooms the transaction: only rollback() may follow.
 *      A failed call leaves no trace once rolled back, out of memory included.
 *   5. commit() returning ARC_OK means: durable as the capabilities declare. It ends the transaction whatever it returns;
 *      ARC_E_OUTCOME_UNKNOWN where its fate cannot be known.
 *   6. Text is UTF-8 without NUL (the core checks) and compares by bytes. NULL sorts before everything, ascending.
 *   7. Conditions are two-valued: a compare with NULL on either side is false, except NE (true when exactly one side is
 *      NULL) and IS_NULL. NOT turns false into true. (SQL backends must not let UNKNOWN leak: sqlkit shows how.)
 *   8. Unknown flags, operators and table numbers are refused with ARC_E_BACKEND or ARC_E_INVALID, never ignored.
 *   9. Sums never wrap: ARC_E_OVERFLOW.
 *  10. Structures only grow at their end; each begins with its size. A backend must not read past struct_size. */
#ifndef ARCORE_SYS_BACKEND_H
#define ARCORE_SYS_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "arcore/context.h"
#include "arcore/status.h"

ARC_BEGIN_DECLS

#define ARC_BACKEND_ABI 1u /**< version of this contract */

/* ---- values ------------------------------------------------------------------------------------------------- */

#define ARC_V_NULL 0
#define ARC_V_INT 1  /**< u.i: integers, booleans 0/1, dates as days since 1970-01-01, stamps as microseconds UTC,
                          money in minor units, decimals as mantissa of the column's scale */
#define ARC_V_TEXT 2 /**< u.s, len bytes of UTF-8 without NUL; not terminated */
#define ARC_V_BLOB 3 /**< u.s, len bytes */
#define ARC_V_DAMAGED 4 /**< only in rows handed out: what the store has there is not of the column's type, or NULL in a required column. Somebody else wrote it. The core
                           makes ARC_E_CORRUPT of it that names the place, and a finding where it proves the book; len and u are not looked at */

/** One value. 16 bytes on 64-bit machines. Of a NULL `len` is 0 and `u` means nothing. */
typedef struct arc_value {
    uint8_t type;   /**< ARC_V_* */
    uint8_t pad[3]; /**< 0 */
    uint32_t len;   /**< bytes of text or blob, else 0 */
    union {
        int64_t i;
        const char *s;
    } u;
} arc_value;

/* ---- descriptors: what the core tells a backend about the tables ------------------------------------------------ */

#define ARC_T_INT 1      /**< int64 */
#define ARC_T_BOOL 2     /**< 0 or 1 */
#define ARC_T_TEXT 3     /**< UTF-8; size = most bytes */
#define ARC_T_DATE 4     /**< civil day number; SQL stores keep a date or ISO text */
#define ARC_T_STAMP 5    /**< microseconds UTC */
#define ARC_T_MONEY 6    /**< minor units; currency_col names the column that holds the ISO 4217 code */
#define ARC_T_CODE 7     /**< short text from a list (codes) */
#define ARC_T_JSON 8     /**< JSON document as text, already checked by the core */
#define ARC_T_DECIMAL 9  /**< integer mantissa; size = number of decimals */
#define ARC_T_BLOB 10    /**< bytes; size = most bytes */
#define ARC_T_ID 11      /**< int64 id of a row in this or another table */

#define ARC_COL_REQUIRED 0x1u  /**< never NULL */
#define ARC_COL_SENSITIVE 0x2u /**< worth sealing: cipher.h. Other backends look away */

#define ARC_NO_COL 0xffffu /**< "no column" where a column number is expected */

/** A column. */
typedef struct arc_column {
    const char *name;         /**< [a-z][a-z0-9_]*, at most 40 bytes */
    const char *comment;      /**< one English line */
    const char *const *codes; /**< ARC_T_CODE: allowed values, NULL-terminated; else NULL */
    uint32_t size;            /**< see the types */
    uint32_t flags;           /**< ARC_COL_* */
    uint16_t type;            /**< ARC_T_* */
    uint16_t currency_col;    /**< ARC_T_MONEY: column with the currency, else ARC_NO_COL */
    uint32_t since;           /**< schema version that brought it */
} arc_column;

#define ARC_INDEX_UNIQUE 0x1u        /**< no two rows with equal, all non-NULL keys */
#define ARC_INDEX_WHERE_NONZERO 0x2u /**< holds only rows whose where_col is neither NULL nor 0 */
#define ARC_INDEX_WHERE_NULL 0x4u    /**< holds only rows whose where_col is NULL */
#define ARC_INDEX_WHERE_SET 0x8u     /**< holds only rows whose where_col is not NULL */

/** An index. A backend may keep it or not, but must enforce ARC_INDEX_UNIQUE. The first column is always the book. */
typedef struct arc_index {
    const char *name;
    const uint16_t *cols; /**< n_key key columns, then n_include columns that only make it covering */
    uint16_t n_key;
    uint16_t n_include;
    uint16_t where_col;   /**< for ARC_INDEX_WHERE_*, else ARC_NO_COL */
    uint16_t reserved;
    uint32_t flags;       /**< ARC_INDEX_* */
    uint32_t since;
} arc_index;

/** A foreign key: cols of this table name the primary key of ref_table. A row with a NULL in cols is not checked. A row may point
 *  at itself, and at rows before it in the call; at later ones not. */
typedef struct arc_foreign_key {
    const uint16_t *cols; /**< as many as ref_table's primary key has */
    uint16_t n_cols;
    uint16_t ref_table;
    uint32_t since;
} arc_foreign_key;

#define ARC_TABLE_APPEND_ONLY 0x1u /**< rows are never updated or deleted: the store should make that impossible */
#define ARC_TABLE_ERASABLE 0x2u    /**< rows may be deleted (by default no table's rows are) */

/** A table. Column 0 is the book's id in every table; the primary key begins with it. */
typedef struct arc_table {
    const char *name; /**< [a-z][a-z0-9_]*, at most 40 bytes */
    const char *comment;
    const arc_column *cols;
    const uint16_t *key; /**< primary key columns */
    const arc_index *indexes;
    const arc_foreign_key *fks;
    uint16_t n_cols;
    uint16_t n_key;
    uint16_t n_indexes;
    uint16_t n_fks;
    uint32_t flags; /**< ARC_TABLE_* */
    uint32_t since;
} arc_table;

/** All tables. The pointers live until the backend handle is closed. Tables are numbered by position, which another version may
 *  change: keep them by name. New columns stand behind the old ones of their table. */
typedef struct arc_schema_desc {
    uint32_t struct_size;
    uint32_t version;        /**< schema version: major * 1000 + minor; same major = additive changes only */
    uint32_t application_id; /**< marks a file as ours ("ARC1") */
    uint32_t n_tables;
    const arc_table *tables;
} arc_schema_desc;

/* ---- conditions -------------------------------------------------------------------------------------------------- */

#define ARC_OP_EQ 1
#define ARC_OP_NE 2
#define ARC_OP_LT 3
#define ARC_OP_LE 4
#define ARC_OP_GT 5
#define ARC_OP_GE 6
#define ARC_OP_IN 7      /**< col is one of n constants v[0..n-1], n >= 1, none of them NULL */
#define ARC_OP_IS_NULL 8
#define ARC_OP_PREFIX 9  /**< text col begins with the bytes of v[0] */
#define ARC_OP_CONTAINS 10 /**< text col holds the bytes of v[0] somewhere */
#define ARC_OP_AND 20    /**< joins the n results before it, n >= 1 */
#define ARC_OP_OR 21     /**< joins the n results before it, n >= 1 */
#define ARC_OP_NOT 22    /**< turns the result before it */

/** One step of a postfix boolean program. A compare pushes a result; AND, OR, NOT pop and push. Constants are of the
 *  column's kind (or NULL, in EQ..GE), and so is a column on the right. Lists and programs may be long: decline what is too long. */
typedef struct arc_cond_op {
    uint16_t op;        /**< ARC_OP_* */
    uint16_t col;       /**< left side of a compare */
    uint16_t col2;      /**< right side column for EQ..GE, or ARC_NO_COL: then v[0] is the right side */
    uint16_t reserved;  /**< 0 */
    uint32_t n;         /**< constants of IN, operands of AND and OR, else 0 or 1 */
    const arc_value *v; /**< constants, or NULL */
} arc_cond_op;

/** One top-level conjunct: a program that leaves exactly one result. All conjuncts of a fetch must hold. */
typedef struct arc_cond {
    const arc_cond_op *ops;
    uint32_t n_ops;
    uint32_t accepted; /**< OUT of plan(): 1 when the backend will apply it, exactly; set to 0 by the core before */
} arc_cond;

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct arc_order {
    uint16_t col;
    uint16_t descending; /**< 0 or 1; descending puts NULL last */
} arc_order;

#define ARC_PLAN_ORDER 0x1u /**< rows will come in the order asked, `after` applied */
#define ARC_PLAN_LIMIT 0x2u /**< at most `limit` rows will come; allowed only with ARC_PLAN_ORDER (or no order) and every
                                 conjunct accepted */

#define ARC_FETCH_WHOLE 0x1u /**< all rows will be read, and soon: nothing is gained by cutting the answer up. Only where later() is offered */

/** A question to one table. plan() decides which parts the backend takes; fetch() is then called with only those
 *  conjuncts, with order/after/limit only where planned, and with the columns the core needs: often more than plan() saw,
 *  because it tests and sorts by itself what was not taken. `after` comes only with an order. */
typedef struct arc_fetch {
    uint32_t struct_size;
    uint16_t table;
    uint16_t reserved;
    const uint16_t *cols; /**< columns wanted, in this order; n_cols >= 1 */
    uint32_t n_cols;
    uint32_t n_conds;
    arc_cond *conds;
    const arc_order *order;  /**< NULL: any order */
    const arc_value *after;  /**< NULL, or n_order values: only rows strictly behind them in the order */
    uint32_t n_order;
    uint32_t flags;          /**< ARC_FETCH_* */
    int64_t limit;           /**< most rows wanted; 0 = all */
    uint32_t planned;        /**< OUT of plan(): ARC_PLAN_* */
    uint32_t reserved2;
    void *cursor;            /**< OUT of fetch(): for next() and end() */
} arc_fetch;

/** Rows handed out by next(): row-major, n_cols values a row. Memory lives until the next next() or end() on the cursor. */
typedef struct arc_block {
    const arc_value *values;
    uint32_t n_rows;
    uint32_t n_cols;
} arc_block;

#define ARC_GROUP_VALUE 0  /**< group by the column's value */
#define ARC_GROUP_BUCKET 1 /**< group by the number of edges <= the column's integer value; NULL stays NULL */

typedef struct arc_group {
    uint16_t col;
    uint16_t kind; /**< ARC_GROUP_* */
    uint32_t n_edges;
    const int64_t *edges; /**< ascending */
} arc_group;

#define ARC_MEASURE_COUNT 0 /**< rows of the group; col is ignored, even where there is no such column */
#define ARC_MEASURE_SUM 1   /**< of an integer column, NULLs skipped; NULL when there was none */
#define ARC_MEASURE_MIN 2   /**< of any column, texts by bytes, NULLs skipped; NULL when there was none */
#define ARC_MEASURE_MAX 3

typedef struct arc_measure {
    uint16_t kind; /**< ARC_MEASURE_* */
    uint16_t col;
} arc_measure;

/** Counts and sums. Answered as rows: group values, then measures; ordered by the group values ascending, NULL first.
 *  Without groups: exactly one row. A sum that does not fit is ARC_E_OVERFLOW, here or in next(); so may be one that fits in the end where only
 *  a sum on the way does not. A backend that cannot apply every conjunct answers ARC_E_UNSUPPORTED at once and the
 *  core computes from fetch(); so does one that cannot see values of ARC_COL_SENSITIVE columns. */
typedef struct arc_aggregate {
    uint32_t struct_size;
    uint16_t table;
    uint16_t reserved;
    const arc_cond *conds;
    uint32_t n_conds;
    uint32_t n_groups;
    const arc_group *groups;
    const arc_measure *measures;
    uint32_t n_measures;
    uint32_t reserved2;
    void *cursor; /**< OUT */
} arc_aggregate;

/* ---- writing ----------------------------------------------------------------------------------------------------- */

#define ARC_WRITE_INSERT 1
#define ARC_WRITE_UPDATE 2
#define ARC_WRITE_DELETE 3

#define ARC_SET 0 /**< column := value */
#define ARC_ADD 1 /**< column := column + value (integers; NULL stays NULL, the value is never NULL) */
#define ARC_NEXT 2 /**< INSERT of one row: column := value + the largest there is (0: none) in the rows that have the same first key column (integers). It
                        is looked for when the row is written, and so behind every other writer whom this transaction has waited for. Needed without
                        ARC_CAP_SINGLE_WRITER; with it never asked for. */

/** A guard of an update or delete: `column op value` must hold in the stored row, else the row is not touched. */
typedef struct arc_guard {
    uint16_t col;
    uint16_t op;     /**< ARC_OP_EQ .. ARC_OP_GE */
    uint16_t result; /**< what a failing row reports: ARC_ROW_STALE or ARC_ROW_GUARD */
    uint16_t reserved;
} arc_guard;

#define ARC_ROW_OK 0        /**< written */
#define ARC_ROW_EXISTS 1    /**< primary key or a unique index is taken */
#define ARC_ROW_STALE 2     /**< a guard with result STALE failed */
#define ARC_ROW_MISSING 3   /**< no row with this key */
#define ARC_ROW_GUARD 4     /**< a guard with result GUARD failed */
#define ARC_ROW_REFERENCE 5 /**< a foreign key points at nothing, or a deleted row is pointed at */

/** Rows to write into one table. Row i of INSERT: n_cols values (columns not named become NULL).
 *  Row i of UPDATE: the primary key, then n_cols values, then n_guards values. Row i of DELETE: the primary key, then
 *  n_guards values. Rows are applied in order; a row that reports anything but ARC_ROW_OK changed nothing, the others
 *  stand. Several reasons: MISSING, then the first failing guard in order, then EXISTS, then REFERENCE. `results` is filled in for
 *  every row when ARC_OK is returned.
 *  A value the store itself refuses (CHECK, NOT NULL) dooms the transaction with ARC_E_CHECK; arithmetic that
 *  overflows in ARC_ADD dooms it with ARC_E_OVERFLOW. */
typedef struct arc_write {
    uint32_t struct_size;
    uint16_t table;
    uint16_t op;           /**< ARC_WRITE_* */
    const uint16_t *cols;  /**< columns written; never key columns in UPDATE */
    const uint8_t *set;    /**< UPDATE: ARC_SET or ARC_ADD a column; INSERT: ARC_SET or ARC_NEXT; NULL = all ARC_SET */
    const arc_guard *guards;
    const arc_value *rows; /**< row-major */
    uint32_t n_cols;
    uint32_t n_guards;
    uint32_t n_rows;       /**< >= 1 */
    uint32_t flags;        /**< 0 */
    uint8_t *results;      /**< OUT: n_rows of ARC_ROW_* */
} arc_write;

/* ---- the host table: what the core lends a backend ------------------------------------------------------------------ */

typedef struct arc_host arc_host;
struct arc_host {
    uint32_t struct_size;
    uint32_t reserved;
    void *user;
    void *(*alloc)(const arc_host *host, size_t size);
    void *(*resize)(const arc_host *host, void *p, size_t size);
    void (*release)(const arc_host *host, void *p); /**< p may be NULL */
    void (*log)(const arc_host *host, int32_t level, const char *message);
    /** Details of the error about to be returned; texts are copied; sqlstate and message may be NULL. */
    void (*set_error)(const arc_host *host, arc_status status, int32_t vendor_code, const char *sqlstate, const char *message);
    /** Non-zero when the caller wants to stop: return ARC_E_CANCELLED soon. Ask inside long loops and waits for locks. (The core of
     *  0.1 never wants to; the conformance kit does.) */
    int32_t (*cancelled)(const arc_host *host);
    /** NULL unless someone traces. SQL backends call it before each execution of a statement (text and bound values),
     *  so that the same work can be replayed on the bare store. */
    void (*trace)(const arc_host *host, const char *statement, const arc_value *params, uint32_t n_params);
    /** The backend registered for a URI scheme in the same context, NULL when there is none: for backends that wrap
     *  another one (the shims of testkit.h), and for one that wants its own `user`. NULL in hosts that know no others.
     *  What it returns is static for the life of the context. */
    const struct arc_backend_ops *(*find_backend)(const arc_host *host, const char *scheme);
};

/* ---- the operations ---------------------------------------------------------------------------------------------------- */

#define ARC_OPEN_CREATE 0x1u      /**< make the store and its tables where they are missing */
#define ARC_OPEN_UPGRADE 0x2u     /**< bring an older schema up to this version */
#define ARC_OPEN_READONLY 0x4u    /**< never write */
#define ARC_OPEN_FOREIGN_TRIGGERS 0x8u /**< accept triggers of others on our tables */
#define ARC_OPEN_CHECK 0x10u      /**< run the store's integrity check before use */

#define ARC_TXN_READ 1u
#define ARC_TXN_WRITE 2u

#define ARC_CAP_DURABLE 0x1u        /**< committed rows survive the end of the process and power loss */
#define ARC_CAP_SHARED 0x2u         /**< several handles, also in several processes, may open one store */
#define ARC_CAP_SINGLE_WRITER 0x4u  /**< write transactions exclude each other: row locks are not needed */
#define ARC_CAP_FOREIGN_KEYS 0x8u   /**< ARC_ROW_REFERENCE is reported; without it the core checks by reading */
#define ARC_CAP_SAVEPOINT 0x10u     /**< savepoint, rollback_to, release work */

#define ARC_THREADS_SERIAL 0u   /**< the whole backend is used by one thread at a time (core locks) */
#define ARC_THREADS_HANDLES 1u  /**< different handles may be used by different threads at once */

/** A backend. Fill the head with ARC_BACKEND_HEAD. Functions marked "optional" may be NULL. */
typedef struct arc_backend_ops {
    uint32_t struct_size;
    uint32_t abi;
    const char *scheme;      /**< URI scheme that selects it, for example "sqlite" */
    const char *description; /**< one line */
    uint32_t caps;           /**< ARC_CAP_* */
    uint32_t threads;        /**< ARC_THREADS_* */
    uint32_t max_rows;       /**< most rows a write() may carry; 0 = no bound */
    uint32_t reserved;

    /** Opens a connection. `location` is the URI after "scheme:" without the query; `options` is the query string
     *  ("" when none; key=value pairs joined by '&', percent-encoding resolved by the backend; unknown keys are refused
     *  with ARC_E_INVALID, except "book", which the core has removed). No table is looked at yet. ARC_E_NOT_FOUND when nothing is there and flags lack
     *  ARC_OPEN_CREATE, and nothing is left there; who cannot tell yet leaves it to migrate(): ARC_E_NOT_A_BOOK. */
    arc_status (*open)(const arc_host *host, const char *location, const char *options, uint32_t flags, void **be);
    /** Rolls back what is open and frees everything. Never fails. */
    void (*close)(void *be);
    /** Makes, upgrades or verifies the tables as the open flags say; all or nothing. `schema` lives until close().
     *  ARC_E_NOT_A_BOOK, ARC_E_SCHEMA_OLDER (no upgrade flag), ARC_E_SCHEMA_NEWER (unless read-only), ARC_E_SCHEMA_FOREIGN. */
    arc_status (*migrate)(void *be, const arc_schema_desc *schema, uint32_t flags);
    /** Starts a transaction; waits for locks at most timeout_ms, then ARC_E_BUSY. */
    arc_status (*begin)(void *be, uint32_t mode, uint32_t timeout_ms, void **txn);
    arc_status (*commit)(void *txn);
    void (*rollback)(void *txn);
    /** Several tables a call, applied in order. Rows live during the call only, and so do keys and constants elsewhere: keep
     *  copies. */
    arc_status (*write)(void *txn, arc_write *const *writes, uint32_t n);
    /** Several questions a call; each gets a cursor. Rows written after fetch() in the same transaction may or may not
     *  appear in that cursor; existing rows appear exactly once. On error no cursor is left open. */
    arc_status (*fetch)(void *txn, arc_fetch *const *fetches, uint32_t n);
    /** Next rows, at least one with ARC_OK; ARC_DONE when there are none left, and again when asked again. The backend chooses the block size
     *  (64 to 1,024 rows are sensible). */
    arc_status (*next)(void *cursor, arc_block *block);
    void (*end)(void *cursor);
    /** n consecutive numbers of a named sequence of a book (a name has at most 40 bytes), starting at 1, none beyond INT64_MAX. Never handed out twice by committed work; gaps are allowed;
     *  may be called only inside a WRITE transaction. */
    arc_status (*reserve)(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first);

    /* optional from here on */
    /** Marks what the backend takes of a fetch. No input or output happens. NULL: nothing is ever taken. */
    void (*plan)(void *be, arc_fetch *fetch);
    /** Cursor over aggregated rows, read with next() and end(). */
    arc_status (*aggregate)(void *txn, arc_aggregate *aggregate);
    /** Rows by primary key: n_keys keys, row-major. Answers through a cursor, in key order given; absent rows are left
     *  out, so ask for the key columns. The keys differ from each other. */
    arc_status (*get_many)(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                           uint32_t n_keys, void **cursor);
    /** Nested undo points, named by depth 1, 2, 3 ...: the depth of a new one is that of the deepest open one plus 1. The end
     *  of the transaction ends them. Needs ARC_CAP_SAVEPOINT. Another depth is
     *  ARC_E_INVALID. */
    arc_status (*savepoint)(void *txn, uint32_t depth);
    arc_status (*rollback_to)(void *txn, uint32_t depth); /**< undoes; the point stays, deeper ones are gone. Reserved numbers may be
                                                               handed out again: the core forgets those drawn behind the point */
    arc_status (*release)(void *txn, uint32_t depth); /**< forgets it and deeper ones, undoes nothing; the depth is free again */
    /** Locks rows by primary key until the transaction ends, in the order given. Needed without ARC_CAP_SINGLE_WRITER. */
    arc_status (*lock_rows)(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys);
    /** The store's own integrity check. Calls `report` once a finding; ARC_OK also with findings. */
    arc_status (*check)(void *be, void (*report)(void *user, const char *finding), void *user);
    /** Copies the whole store, consistent, to a new place (ARC_E_EXISTS, and nothing changed there, when it is taken) while others go on working. `progress` may be NULL; a non-zero
     *  return stops with ARC_E_CANCELLED and leaves nothing at the target. */
    arc_status (*backup)(void *be, const char *location, int32_t (*progress)(void *user, int64_t done, int64_t total),
                         void *user);
    /** How the store would answer a fetch, in its own words, for people. (buf, len): law of arcore.h. */
    arc_status (*explain)(void *txn, const arc_fetch *fetch, char *buf, size_t *len);
    /** The backend's own, untouched by the core; open() gets at it by host->find_backend(host, its scheme)->user. */
    void *user;
    /** Removes a store that nobody has open, with everything that stands beside it: a copy that did not come to its end. ARC_OK also when
     *  there is none; ARC_E_BUSY where it is in use. NULL: the core leaves an empty store behind. */
    arc_status (*remove)(const arc_host *host, const char *location, const char *options);
    /** Optional. What the store is, for people and their doctors: calls say() with pairs of ASCII keys and UTF-8 values, "engine", "version" and
     *  "location" among them where they are known, each key once. No secrets. No transaction need be open. */
    arc_status (*describe)(void *be, void (*say)(void *user, const char *key, const char *value), void *user);
    /** Optional. The counter of a sequence: above every number that was handed out, 1 where none was. Draws nothing; in any transaction. Numbers that a
     *  handle holds in advance are below it. 0 where what is stored is no number. NULL: the core cannot prove that numbers are not handed out twice. */
    arc_status (*next_number)(void *txn, int64_t book, const char *sequence, int64_t *next);
    /** Optional. Like lock_rows, but other transactions may share the rows too: who locks or changes one of them waits until the last sharer has ended.
     *  NULL: lock_rows is used. */
    arc_status (*share_rows)(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys);
    /** Optional. Tells what a READ transaction sees from what another one saw: two READ transactions of one handle get the same number only
     *  where they see the same committed rows, whoever committed in between. The other way round is no promise. What was read once
     *  need not be read again while the number stays; so it must cost no trip to the store. ARC_E_UNSUPPORTED where it cannot be told without
     *  one: that dooms nothing. */
    arc_status (*snapshot)(void *txn, uint64_t *number);
    /** Optional. Like open(), on a connection that the host has already (`connection`: what its client library calls a connection; the header of the
     *  backend says which). It stays the host's: close() takes what is ours off it and leaves it open, and its settings are not changed. No store is
     *  made or upgraded: of `flags` only ARC_OPEN_READONLY and ARC_OPEN_FOREIGN_TRIGGERS may be set.
     *
     *  Where the host has a transaction open when begin() is called, ours lies inside it: commit() keeps what was written for the host to
     *  commit, rollback() undoes exactly ours. A WRITE holds back other writers from begin() on, as ever. Where the host ends its transaction under ours, what follows is
     *  ARC_E_TXN and nothing is written. Else begin() and commit() are the backend's own. */
    arc_status (*attach)(const arc_host *host, void *connection, const char *options, uint32_t flags, void **be);
    /** Optional, for stores that are a trip away. Inside a WRITE transaction, right before a call of write, lock_rows, share_rows, savepoint or release: that
     *  call may answer ARC_OK before it is done, and be sent together with what comes after it; write then fills in ARC_ROW_OK. The order of things
     *  stays. What goes wrong dooms the transaction and is the answer of a later call, at the latest of commit, which then has not committed: of a refused row
     *  the status that belongs to it (ARC_E_EXISTS, ARC_E_STALE for MISSING and both kinds of guard, ARC_E_REFERENCE). The core does the work once more
     *  without it to learn which row it was. NULL: nothing is put off. */
    void (*later)(void *txn);
} arc_backend_ops;

#define ARC_BACKEND_HEAD (uint32_t)sizeof(arc_backend_ops), ARC_BACKEND_ABI

/** Makes a backend known to a context, so that "scheme:..." URIs reach it. "memory" and "sqlite" are known from the start.
 *
 *  @param context the context.
 *  @param ops copied up to its struct_size; scheme and description must live as long as the context.
 *  @return ARC_OK; ARC_E_INVALID: another ABI, a required function is NULL, a bad scheme, or caps that contradict the
 *          functions; ARC_E_EXISTS: the scheme is taken; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_backend_register(arc_context *context, const arc_backend_ops *ops);

ARC_END_DECLS

#endif
