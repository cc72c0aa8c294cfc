/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/import.h
 *  Import of opening data from CSV through a mapping.
 *
 *  A mapping is a JSON document (docs/import.md): how the file is written and, for each target entity, which column feeds which field,
 *  in which format, with which default. An import reads its source twice: the first pass checks every row and writes nothing (that is
 *  all a dry run does); the second writes, in one transaction, only when the first found no fault or the caller asked to
 *  skip bad rows. So either everything that was reported as good is in the book, or nothing is. */
#ifndef ARCORE_IMPORT_H
#define ARCORE_IMPORT_H

#include "arcore/record.h"
#include "arcore/validate.h"

ARC_BEGIN_DECLS

/** Where bytes come from. Start from ARC_SOURCE_INIT. */
typedef struct arc_source {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    void *user;
    /** Reads up to capacity bytes. Returns the number read, 0 at the end, -1 when reading failed. */
    int64_t (*read)(void *user, void *buffer, size_t capacity);
    /** Goes back to the first byte. Returns 0, or -1 when it cannot. */
    int32_t (*rewind)(void *user);
} arc_source;

#define ARC_SOURCE_INIT { (uint32_t)sizeof(arc_source), 0, NULL, NULL, NULL }

/** Fills a source with its defaults; the same bytes as ARC_SOURCE_INIT.
 *  @param source not NULL. @return ARC_OK, or ARC_E_INVALID when source is NULL. @since 0.1 */
ARC_API arc_status arc_source_init(arc_source *source);

/** What is wrong with one row. Texts live during the call. */
typedef struct arc_import_fault {
    uint32_t struct_size;
    arc_status status;      /**< ARC_E_REQUIRED, ARC_E_SYNTAX, ARC_E_EXISTS ... */
    int64_t line;           /**< line of the file where the row begins, 1-based */
    int64_t row;            /**< data row, 1-based */
    uint32_t column_number; /**< 1-based, 0 when no single column is to blame */
    uint32_t reserved;      /**< 0 */
    const char *column;     /**< column header, "" when none */
    const char *value;      /**< the cell as read, cut to 200 bytes, "" when none */
    const char *entity;     /**< target entity, "" when the row itself is broken */
    const char *field;      /**< target field, "" when none */
    const char *reason;     /**< one English line */
    const char *reason_zh;  /**< the same in Chinese */
    const char *rule;       /**< name of the book's validation rule that does not hold, "" when none */
    int32_t severity;       /**< ARC_FAULT_ERROR; ARC_FAULT_WARNING: the row is good all the same, and not counted */
    uint32_t reserved2;     /**< 0 */
    int64_t cause_row;      /**< 0; else the row is good by itself, but not taken because of this one, which is settled by the same receipt */
    int64_t cause_line;     /**< line of that row, 0 when there is none */
} arc_import_fault;

/** Counts, in a progress call and at the end. */
typedef struct arc_import_summary {
    uint32_t struct_size;
    uint32_t pass;            /**< 1 checking, 2 writing */
    int64_t bytes;            /**< read in this pass */
    int64_t rows;             /**< data rows read in this pass */
    int64_t bad_rows;         /**< rows with at least one fault, and rows not taken because of them */
    int64_t faults;           /**< faults in all */
    int64_t customers_new;    /**< customers written (dry run: that would be) */
    int64_t customers_known;  /**< rows that named a customer the book or the file had already */
    int64_t invoices;         /**< invoices (and credit notes) written, or that would be */
    int64_t receipts;
    int64_t allocations;
    int64_t others;           /**< contacts, bank accounts, titles and receivables written, or that would be */
    int64_t others_known;     /**< contacts, bank accounts and titles the book or the file had already (0 of a repeated request) */
} arc_import_summary;

#define ARC_IMPORT_SUMMARY_INIT { (uint32_t)sizeof(arc_import_summary), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills a summary with its defaults; the same bytes as ARC_IMPORT_SUMMARY_INIT.
 *  @param summary not NULL. @return ARC_OK, or ARC_E_INVALID when summary is NULL. @since 0.1 */
ARC_API arc_status arc_import_summary_init(arc_import_summary *summary);

#define ARC_IMPORT_DRY_RUN 0x1u   /**< check only */
#define ARC_IMPORT_SKIP_BAD 0x2u  /**< write the good rows although there are bad ones */
#define ARC_IMPORT_WARN_DUPLICATES 0x4u /**< tell of new customers who could be customers the book has: faults of severity ARC_FAULT_WARNING and status ARC_E_EXISTS, for rows that are good all the same */

/** A control total: of the good rows of a file, one for each kind of document and currency, and of what is no document how many. Start from ARC_IMPORT_TOTAL_INIT. */
typedef struct arc_import_total {
    uint32_t struct_size;
    char currency[4];
    const char *entity; /**< "invoice", "receipt", "item" or "credit_limit"; "contact", "bank_account" or "invoice_title" with currency "" and sum 0; during the call */
    int64_t count;
    int64_t minor;      /**< sum of gross amounts, or amounts, in minor units: credits taken off */
} arc_import_total;

#define ARC_IMPORT_TOTAL_INIT { (uint32_t)sizeof(arc_import_total), { 0 }, NULL, 0, 0 }

/** Fills a total with its defaults; the same bytes as ARC_IMPORT_TOTAL_INIT.
 *  @param total not NULL. @return ARC_OK, or ARC_E_INVALID when total is NULL. @since 0.1 */
ARC_API arc_status arc_import_total_init(arc_import_total *total);

typedef struct arc_import_options {
    uint32_t struct_size;
    uint32_t flags;         /**< ARC_IMPORT_* */
    uint32_t max_faults;    /**< stop reporting (not counting) after so many; 0 = 1,000 */
    uint32_t progress_rows; /**< call progress every so many rows; 0 = 10,000 */
    /** Called for each fault, in order of the file; then for each receipt that cannot be, and for each good row that is not taken because another row of the
     *  same receipt is bad. A non-zero return stops: ARC_E_CANCELLED. May be NULL. */
    int32_t (*fault)(void *user, const arc_import_fault *fault);
    /** Called now and then. A non-zero return stops: ARC_E_CANCELLED, nothing written. May be NULL. */
    int32_t (*progress)(void *user, const arc_import_summary *so_far);
    void *user;
    /** Called for each control total, when all rows have been looked at and before anything is written: what does not agree with the books it came from is stopped here by
     *  a non-zero return (ARC_E_CANCELLED, nothing written). May be NULL. */
    int32_t (*total)(void *user, const arc_import_total *total);
} arc_import_options;

#define ARC_IMPORT_OPTIONS_INIT { (uint32_t)sizeof(arc_import_options), 0, 0, 0, NULL, NULL, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_IMPORT_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_import_options_init(arc_import_options *options);

/** Imports a CSV source.
 *
 *  Rows that one receipt settles (`group_by` in the mapping) are taken together or not at all, whatever the flags: one bad row keeps out the others,
 *  each of which is reported. What a dry run counts is what the import of the same file into the same book counts.
 *
 *  Memory does not grow with the file but for the keys that must be compared across rows (16 to 40 bytes each for documents numbered by
 *  the file, customers, receipts, and invoices that share a receipt).
 *
 *  @param session        no transaction may be open on it: the import runs in its own.
 *  @param summary        counts out, also on error; may be NULL.
 *  @param source         read twice (once in a dry run); once more where a rule of the book asks for the amount of a receipt that is a sum.
 *  @param mapping        JSON document, see docs/import.md.
 *  @param mapping_length its bytes, or SIZE_MAX when NUL-terminated.
 *  @param options        NULL for defaults.
 *  @return ARC_OK: dry run without faults, or everything written; ARC_PARTIAL: bad rows were found, and skipped when asked to write;
 *          ARC_E_VALUE: bad rows were found and nothing was written (not asked to skip them); ARC_E_SYNTAX, ARC_E_NOT_FOUND, ARC_E_LIMIT, ARC_E_EXISTS: the mapping is
 *          wrong, with a JSON Pointer, or names a column the file has not; ARC_E_ENCODING: the file is not in the encoding named (with its line); ARC_E_IO: the source failed;
 *          ARC_E_CANCELLED; ARC_E_INVALID; ARC_E_TXN: a transaction is open; ARC_E_OVERFLOW; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_DOOMED;
 *          ARC_E_FULL; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_import_csv(arc_session *session, arc_import_summary *summary, const arc_source *source,
                                  const char *mapping, size_t mapping_length, const arc_import_options *options);

/** Imports a CSV file; as arc_import_csv().
 *  @param path file, in the encoding of the operating system.
 *  @return as arc_import_csv(): ARC_OK, ARC_PARTIAL, ARC_E_VALUE, ARC_E_SYNTAX, ARC_E_NOT_FOUND, ARC_E_LIMIT, ARC_E_EXISTS, ARC_E_ENCODING, ARC_E_CANCELLED, ARC_E_INVALID, ARC_E_TXN,
 *          ARC_E_OVERFLOW, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN,
 *          ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM; ARC_E_IO: also when the
 *          file cannot be opened. @since 0.1 */
ARC_API arc_status arc_import_csv_file(arc_session *session, arc_import_summary *summary, const char *path,
                                       const char *mapping, size_t mapping_length, const arc_import_options *options);

/** Proposes a mapping for a CSV source from its headers and first rows: header names in Chinese, English and German, the schema's names and labels among them, the order of
 *  dates, the decimal mark and the unit of amounts as the rows show them. What it cannot tell is left out or reported, never
 *  guessed silently: look at the mapping, and do a dry run.
 *
 *  @param session keeps the error.
 *  @param buf,len law of arcore.h: receives the mapping as indented JSON.
 *  @param source  read from its start up to 1 MiB.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: a required field has no column (the error names the field); ARC_E_VALUE: the dates of a column can be read in two
 *          ways (the error names the column); ARC_E_SYNTAX: no header line, or a row before its end is broken; ARC_E_ENCODING; ARC_E_LIMIT; ARC_E_IO; ARC_E_INVALID; ARC_E_HANDLE; ARC_E_NOMEM.
 *  @since 0.1 */
ARC_API arc_status arc_import_guess(arc_session *session, char *buf, size_t *len, const arc_source *source);

/** Proposes a mapping for a CSV file; as arc_import_guess().
 *  @param path file, in the encoding of the operating system.
 *  @return as arc_import_guess(): ARC_OK, ARC_E_BUFFER, ARC_E_NOT_FOUND, ARC_E_VALUE, ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_INVALID, ARC_E_HANDLE, ARC_E_NOMEM; ARC_E_IO: also
 *          when the file cannot be opened. @since 0.1 */
ARC_API arc_status arc_import_guess_file(arc_session *session, char *buf, size_t *len, const char *path);

ARC_END_DECLS

#endif
