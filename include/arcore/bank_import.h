/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/bank_import.h
 *  Statements of banks into a book: kept once however often they come, payments received as receipts, what was imported by mistake taken back.
 *
 *  A statement is a row of ARC_BANK_STATEMENT, a booking one of ARC_STATEMENT_LINE, a batch's payments lines below it. docs/bank-files.md tells what is kept of which
 *  file, and how lines are told apart. */
#ifndef ARCORE_BANK_IMPORT_H
#define ARCORE_BANK_IMPORT_H

#include "arcore/bank.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_BANK_IMPORT_STRICT 0x1u /**< flag: a statement whose balances or totals do not add up refuses the file */

/** How a file is imported. Start from ARC_BANK_IMPORT_OPTIONS_INIT. */
typedef struct arc_bank_import_options {
    uint32_t struct_size;
    uint32_t flags;               /**< ARC_BANK_IMPORT_STRICT */
    const arc_bank_options *read; /**< how bytes are read; NULL: defaults. Not looked at with a file that was read */
    int64_t account;              /**< our account (a row of ARC_BANK_ACCOUNT without customer) of statements that name none, or one nobody knows; 0: none */
    const char *file_name;        /**< kept with the statements; NULL: none */
    int32_t repeat_days;          /**< lines of one payer, amount and text within so many days are marked as possible repeats, 0 to 366; default 10 */
    uint32_t reserved;            /**< 0 */
} arc_bank_import_options;

#define ARC_BANK_IMPORT_OPTIONS_INIT { (uint32_t)sizeof(arc_bank_import_options), 0, NULL, 0, NULL, 10, 0 }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_bank_import_options_init(arc_bank_import_options *options);

/** What an import came to. Start from ARC_BANK_IMPORTED_INIT. */
typedef struct arc_bank_imported {
    uint32_t struct_size;
    uint32_t n_statements;
    int64_t statement;    /**< id of the first; the others follow it */
    uint32_t n_lines;     /**< of the file: bookings */
    uint32_t n_new;       /**< kept now */
    uint32_t n_known;     /**< kept before, with another statement */
    uint32_t n_skipped;   /**< not booked yet, or mere information */
    uint32_t n_payments;  /**< new ones that wait to be received: lines or details of batches */
    uint32_t n_returns;   /**< new lines that give an earlier one back */
    uint32_t n_linked;    /**< of them: the line they give back was found */
    uint32_t n_repeats;   /**< new payments that could repeat an earlier one */
    uint32_t n_differs;   /**< statements whose balances or totals do not add up */
    uint32_t reserved;    /**< 0 */
} arc_bank_imported;

#define ARC_BANK_IMPORTED_INIT { (uint32_t)sizeof(arc_bank_imported), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills a result with its defaults. @param result not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_bank_imported_init(arc_bank_imported *result);

/** Reads a bank's file and keeps its statements: all of them, or none.
 *
 *  A file is kept once (ARC_E_EXISTS with the statement); of files that overlap each booking is kept once, and equal bookings as often as they took place. Statements may come in any
 *  order. Each belongs to an account of our own, found by its number.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param result  receives what it came to; may be NULL.
 *  @param bytes   the file as it came. @param length its bytes. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_EXISTS: the file was imported; ARC_E_REFERENCE: no account of our own has this number; ARC_E_CURRENCY: not the account's; ARC_E_CHECK: with ARC_BANK_IMPORT_STRICT, a
 *          statement does not add up; ARC_E_REQUIRED: a statement has no currency, and no account; ARC_E_UNSUPPORTED, ARC_E_SYNTAX, ARC_E_VALUE, ARC_E_PRECISION, ARC_E_OVERFLOW,
 *          ARC_E_ENCODING: the file, as arc_bank_file_read(); ARC_E_LIMIT; ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_INVALID, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT,
 *          ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_bank_import(arc_session *session, arc_bank_imported *result, const void *bytes, size_t length, const arc_bank_import_options *options);

/** The same of a file that was read, and perhaps joined with its notices.
 *  @param file of the session's context; not changed. @return as arc_bank_import(). @since 0.1 */
ARC_API arc_status arc_bank_import_file(arc_session *session, arc_bank_imported *result, arc_bank_file *file, const arc_bank_import_options *options);

/** Takes a statement back as if it had not come: its bookings can come again. Receipts that were made of its lines go back as of the business date (arc_receipt_return()), which needs the right to that, and only while nothing
 *  of them is applied.
 *
 *  @param session   the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param statement the statement. @param reason 1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: taken back already, something of it is applied, or a later import counted on its lines; ARC_E_REQUIRED: the session has no business date; others as
 *          arc_receipt_return() and arc_bank_import(). @since 0.1 */
ARC_API arc_status arc_bank_undo(arc_session *session, int64_t statement, const char *reason);

#define ARC_BANK_RECEIVE_RETURNS 0x1u /**< flag: receipts of payments that were given back go back too (arc_receipt_return()); needs the right to that */

/** Which lines become receipts, and how. Start from ARC_BANK_RECEIVE_OPTIONS_INIT. */
typedef struct arc_bank_receive_options {
    uint32_t struct_size;
    uint32_t flags;           /**< ARC_BANK_RECEIVE_RETURNS */
    int64_t statement;        /**< of this statement; 0: of all */
    uint32_t chunk;           /**< lines a transaction, 1 to 10,000; default 1,000 */
    uint32_t most;            /**< lines at most; 0: all */
    arc_progress_fn progress; /**< lines done, 0; non-zero stops behind the chunk at hand: ARC_E_CANCELLED. May be NULL */
    void *user;
} arc_bank_receive_options;

#define ARC_BANK_RECEIVE_OPTIONS_INIT { (uint32_t)sizeof(arc_bank_receive_options), 0, 0, 1000, 0, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_bank_receive_options_init(arc_bank_receive_options *options);

/** What receiving came to. Start from ARC_BANK_RECEIVED_INIT. */
typedef struct arc_bank_received {
    uint32_t struct_size;
    uint32_t n_lines;    /**< looked at */
    uint32_t n_received; /**< became receipts */
    uint32_t n_returned; /**< receipts that went back */
    uint32_t n_refused;  /**< stay as they are: a closed period, a value date to come; the error tells the first */
    uint32_t reserved;   /**< 0 */
    int64_t last;        /**< line looked at last */
} arc_bank_received;

#define ARC_BANK_RECEIVED_INIT { (uint32_t)sizeof(arc_bank_received), 0, 0, 0, 0, 0, 0 }

/** Fills a result with its defaults. @param result not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_bank_received_init(arc_bank_received *result);

/** Receives payments that wait as receipts, of nobody yet: with dates, payer, account, references and text as the bank gave them, numbered BL-<line>. Chunk by chunk, each in a transaction of its own unless one is open; called again it goes
 *  on where it stopped, and no line becomes two receipts. With a request key the chunks have key, key/2, key/3 ...
 *
 *  @param session the session. @param result receives what it came to, of the chunks that are done too; may be NULL. @param options NULL for defaults.
 *  @return ARC_OK; ARC_PARTIAL: some were refused; ARC_E_CANCELLED; ARC_E_NOT_FOUND: no such statement; others as arc_receipt_record_many(). @since 0.1 */
ARC_API arc_status arc_bank_receive(arc_session *session, arc_bank_received *result, const arc_bank_receive_options *options);

/** What does not add up in the statements of an account, as a JSON array by date: {"kind": "balance", "statement", "number", "date", "difference"}: opening + lines is not closing; "control": totals the file gives of itself differ;
 *  "gap" with "before": it does not begin with the balance the one before ended with; "return" with "line": a return whose payment was not found; "return_waits" with "line", "reverses": the
 *  receipt of the payment it gives back still stands (arc_bank_receive() with ARC_BANK_RECEIVE_RETURNS, or by hand); "repeat" with "line", "same_as": a payment that could repeat another.
 *
 *  @param session the session. @param buf,len law of arcore.h. @param account one of our own. @param from first day of the statements; ARC_DATE_NONE: all.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND; ARC_E_FORBIDDEN; ARC_E_INVALID; ARC_E_TXN, ARC_E_DOOMED, ARC_E_IO, ARC_E_CORRUPT, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_bank_findings(arc_session *session, char *buf, size_t *len, int64_t account, arc_date from);

ARC_END_DECLS

#endif
