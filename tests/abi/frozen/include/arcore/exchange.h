/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/exchange.h
 *  The rows of a query as text for other programs: CSV and JSON lines. For programs that take Arrow: arrow.h. */
#ifndef ARCORE_EXCHANGE_H
#define ARCORE_EXCHANGE_H

#include "arcore/book.h"
#include "arcore/query.h"

ARC_BEGIN_DECLS

#define ARC_EXPORT_CSV 1u        /**< RFC 4180: a header line, then a line a row */
#define ARC_EXPORT_JSON_LINES 2u /**< a JSON object a line; values in the form of arc_record_get_json(), NULL as null */

#define ARC_EXPORT_BOM 0x1u       /**< CSV: begin with a byte order mark, as spreadsheets need it to see UTF-8 */
#define ARC_EXPORT_LF 0x2u        /**< CSV: end lines with LF instead of CRLF */
#define ARC_EXPORT_NO_HEADER 0x4u /**< CSV: no header line */
#define ARC_EXPORT_RAW 0x8u       /**< CSV: text as it is. Without it a text cell that begins with = + - @ TAB or CR gets a ' in front,
                                       so that no spreadsheet takes it for a formula */
#define ARC_EXPORT_QUOTE_ALL 0x10u /**< CSV: quotes around every cell that has a value */

/** Options of arc_query_export(). Start from ARC_EXPORT_OPTIONS_INIT. */
typedef struct arc_export_options {
    uint32_t struct_size;
    uint32_t flags;         /**< ARC_EXPORT_BOM ... */
    const char *language;   /**< CSV: of the header: "en" or "zh" labels; NULL = field names */
    const char *null_text;  /**< CSV: what stands for NULL, at most 32 bytes; NULL = "" (then an empty text is written "") */
    int32_t delimiter;      /**< CSV: an ASCII character; 0 = ',' */
    uint32_t reserved;      /**< 0 */
    arc_progress_fn progress; /**< rows written so far, total 0; may be NULL */
    void *progress_user;
} arc_export_options;

#define ARC_EXPORT_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_export_options), 0, NULL, NULL, 0, 0, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_export_options_init(arc_export_options *options);

/** Runs a query and writes its rows as text, UTF-8. Amounts are written in major units; where the query does not have the
 *  currency among its columns, a column with it is put behind them.
 *
 *  @param query keeps the error. @param rows receives the number of rows written; may be NULL.
 *  @param format ARC_EXPORT_CSV or ARC_EXPORT_JSON_LINES.
 *  @param write receives the bytes, in pieces of any size. @param user handed to write.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_CANCELLED: write or progress stopped it; ARC_E_INVALID: write is NULL, unknown format, flag or language, a delimiter that
 *          is a quote, a line end or not ASCII; ARC_E_CORRUPT: a stored amount has no currency, or a value is out of its range;
 *          otherwise as arc_query_run() and arc_cursor_next(). What was written before an error stays written. @since 0.1 */
ARC_API arc_status arc_query_export(arc_query *query, int64_t *rows, uint32_t format, arc_write_fn write, void *user,
                                    const arc_export_options *options);

ARC_END_DECLS

#endif
