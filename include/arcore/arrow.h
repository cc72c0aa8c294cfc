/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/arrow.h
 *  Rows in bulk through the Arrow C data interface, for programs that read and write columns (pandas, Polars, DuckDB, R ...).
 *  The structs below are those of the Arrow specification, under its own guard: any Arrow library may have brought them already.
 *
 *  Fields as Arrow types
 *
 *      integers, ids, counts, buckets   int64
 *      booleans                         bool
 *      text, codes, JSON                utf8
 *      dates                            date32
 *      stamps                           timestamp[us, UTC]
 *      decimals                         decimal128(38, scale)
 *      bytes                            binary
 *      money                            int64, in minor units: the currency, and so the number of decimals, may differ from row to row.
 *                                       Field metadata `arcore.type` = "money", and `arcore.currency_column` = the column with the
 *                                       currency, or `arcore.currency` = the one currency all amounts have
 *
 *  Where a query has an amount but not its currency, a column with the currency is put behind the others. Every field has
 *  metadata `arcore.label_en` and `arcore.label_zh`. */
#ifndef ARCORE_ARROW_H
#define ARCORE_ARROW_H

#include "arcore/book.h"
#include "arcore/query.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

/** Options of arc_query_arrow(). Start from ARC_ARROW_OPTIONS_INIT. */
typedef struct arc_arrow_options {
    uint32_t struct_size;
    uint32_t batch_rows; /**< most rows of a batch, 1 to 65,536; 0 = 65,536. A batch may also end where its texts reach 64 MiB */
} arc_arrow_options;

#define ARC_ARROW_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_arrow_options), 0 }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_arrow_options_init(arc_arrow_options *options);

/** Runs a query and hands its rows out as a stream of Arrow struct arrays.
 *
 *  @param query may be freed afterwards. @param out an ArrowArrayStream; filled on ARC_OK only, and then released by the caller through its
 *         own `release`. It holds a cursor: use and release it on the session's thread, before the context is freed; once the session is
 *         closed or the cursor's transaction has ended, get_next fails. Schemas and arrays got from it live on by themselves.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL or a bad option; otherwise as arc_query_run(). @since 0.1 */
ARC_API arc_status arc_query_arrow(arc_query *query, struct ArrowArrayStream *out, const arc_arrow_options *options);

/** Receives rows that were refused: `row` from 0, and why. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_load_fault_fn)(void *user, int64_t row, const arc_error *error);

/** Options of arc_session_load_arrow(). Start from ARC_LOAD_OPTIONS_INIT. */
typedef struct arc_load_options {
    uint32_t struct_size;
    uint32_t flags;           /**< 0 or ARC_ALL_OR_NONE: the first refusal ends the load */
    arc_load_fault_fn fault;  /**< may be NULL */
    arc_progress_fn progress; /**< rows read so far, total 0; may be NULL */
    void *user;               /**< handed to both */
} arc_load_options;

#define ARC_LOAD_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_load_options), 0, NULL, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_load_options_init(arc_load_options *options);

/** What arc_session_load_arrow() did. Start from ARC_LOAD_RESULTS_INIT. */
typedef struct arc_load_results {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t rows;    /**< read */
    int64_t loaded;  /**< inserted; 0 when nothing was */
    int64_t refused; /**< not inserted, and told so one by one; 0 after an error */
    int64_t pending; /**< stored as pending changes: they wait for approval */
} arc_load_results;

#define ARC_LOAD_RESULTS_INIT \
    { (uint32_t)sizeof(arc_load_results), 0, 0, 0, 0, 0 }

/** Fills results with zeros. @param results not NULL. @return ARC_OK, or ARC_E_INVALID when results is NULL. @since 0.1 */
ARC_API arc_status arc_load_results_init(arc_load_results *results);

/** Inserts the rows of an Arrow stream as master data, in one transaction (the session's own when one is open).
 *
 *  Columns are matched to fields by name, custom fields included. Types: those of the table above; also int8 to int64 and unsigned
 *  ones for integers, ids, dates (day numbers are refused: use date32) and amounts (minor units), utf8 and large_utf8 for any field in the form
 *  of arc_record_set_json() strings, decimal128 for decimals and amounts (major units), date64, timestamps in seconds, milliseconds or
 *  nanoseconds that are whole microseconds.
 *
 *  @param results filled up to its struct_size, also on error; may be NULL.
 *  @param entity an ARC_<ENTITY> constant of master data.
 *  @param stream its arrays are structs; consumed and released, whatever the outcome.
 *  @param options NULL for defaults.
 *  @return ARC_OK: all rows; ARC_PARTIAL: some were refused (never with ARC_ALL_OR_NONE); ARC_NEEDS_APPROVAL: none was refused, some wait for approval; ARC_E_NOT_FOUND: no such entity, or a column that is no field; ARC_E_VALUE:
 *          a column of a type its field cannot take; ARC_E_FORBIDDEN: the entity moves by verbs; ARC_E_IO: the stream failed, its message is in the
 *          error; ARC_E_CORRUPT: the stream breaks the interface's rules; ARC_E_CANCELLED; ARC_E_UNSUPPORTED; ARC_E_INVALID; with ARC_ALL_OR_NONE the status of the first
 *          refusal; otherwise as arc_session_insert_many(). With any error nothing is inserted. @since 0.1 */
ARC_API arc_status arc_session_load_arrow(arc_session *session, arc_load_results *results, uint32_t entity,
                                          struct ArrowArrayStream *stream, const arc_load_options *options);

ARC_END_DECLS

#endif
