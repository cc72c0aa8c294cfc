/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/voucher.h
 *  Vouchers (凭证): entries of the journal as they go to a general ledger.
 *
 *  An export makes vouchers of the entries that are in none yet, ledger by ledger: with the account codes of an account map (arcore/account_map.h), numbered without
 *  gaps by ledger and period, each entry once a ledger. What a voucher says never changes: asked for again, it gives the same bytes, whose digest is kept.
 *
 *  A voucher is pending, sent, acknowledged (the general ledger has given it a number) or rejected. A rejected one is sent again as it is, or rebuilt under its number
 *  with the map of now. Vouchers are rows of ARC_VOUCHER, their entries of ARC_VOUCHER_ENTRY; queries read both. docs/journal.md tells more. */
#ifndef ARCORE_VOUCHER_H
#define ARCORE_VOUCHER_H

#include "arcore/book.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_VOUCHER_BY_DOCUMENT 0     /**< a voucher for each document and day */
#define ARC_VOUCHER_BY_CUSTOMER_DAY 1 /**< one for each customer and day; equal lines are added up */
#define ARC_VOUCHER_BY_DAY 2          /**< one for each day; equal lines are added up */

#define ARC_VOUCHER_MAX 50000u /**< entries a call of arc_voucher_export() takes at most */

#define ARC_VOUCHER_VALUED 0x1u /**< refuse to export lines without a base amount */

/** Options of arc_voucher_export(). Start from ARC_VOUCHER_OPTIONS_INIT. */
typedef struct arc_voucher_options {
    uint32_t struct_size;
    uint32_t flags;   /**< 0 or ARC_VOUCHER_VALUED */
    uint32_t merge;   /**< ARC_VOUCHER_BY_... */
    uint32_t max;     /**< at most so many entries, 1 to ARC_VOUCHER_MAX; 0 = ARC_VOUCHER_MAX */
    const char *map;  /**< code of the account map; NULL = "main" */
} arc_voucher_options;

#define ARC_VOUCHER_OPTIONS_INIT { (uint32_t)sizeof(arc_voucher_options), 0, ARC_VOUCHER_BY_DOCUMENT, 0, NULL }

/** Fills options with their defaults; the same bytes as ARC_VOUCHER_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_voucher_options_init(arc_voucher_options *options);

/** What an export made. Start from ARC_VOUCHER_SUMMARY_INIT. */
typedef struct arc_voucher_summary {
    uint32_t struct_size;
    uint32_t more;        /**< 1: there were more entries than `max`; call again */
    int64_t n_vouchers;   /**< made */
    int64_t n_entries;    /**< in them */
    int64_t n_moved;      /**< entries of a closed period, dated on the next open day with a reference to their own */
    int64_t n_unvalued;   /**< lines in a foreign currency without a base amount */
    int64_t n_incomplete; /**< lines that lack an auxiliary their account demands */
    int64_t first;        /**< id of the first voucher made, 0: none */
    int64_t last;         /**< id of the last one */
} arc_voucher_summary;

#define ARC_VOUCHER_SUMMARY_INIT { (uint32_t)sizeof(arc_voucher_summary), 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills a summary with its defaults; the same bytes as ARC_VOUCHER_SUMMARY_INIT.
 *  @param summary not NULL. @return ARC_OK, or ARC_E_INVALID when summary is NULL. @since 0.1 */
ARC_API arc_status arc_voucher_summary_init(arc_voucher_summary *summary);

/** Makes vouchers of the entries posted from a day to a day that are in no voucher of this ledger yet. A second call makes none.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param summary receives what was made; may be NULL.
 *  @param ledger  code of the general ledger, 1 to 64 of a-z A-Z 0-9 _ . -
 *  @param from    first posting date; ARC_DATE_NONE = from the beginning. @param to the last one; ARC_DATE_NONE = the session's business date.
 *  @param options NULL for defaults.
 *  @return ARC_OK, also when there was nothing to do; ARC_E_NOT_FOUND: no such map is in force on `to`, or it knows no account for a role (the error names which); ARC_E_VALUE: not a code,
 *          or a line has no base amount and ARC_VOUCHER_VALUED is set; ARC_E_RANGE: not dates, or `to` before `from`; ARC_E_LIMIT: a voucher with too many lines; ARC_E_OVERFLOW: lines that do not
 *          add up in int64; ARC_E_INVALID; ARC_E_CONFLICT: another export was at it; ARC_E_PERIOD; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_voucher_export(arc_session *session, arc_voucher_summary *summary, const char *ledger, arc_date from, arc_date to,
                                      const arc_voucher_options *options);

/** Says that vouchers were handed over. Those that are sent already stay so.
 *
 *  @param session  the session. @param results n statuses out: ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is acknowledged. May be NULL only with ARC_ALL_OR_NONE.
 *  @param vouchers n ids. @param n 1 to 100,000. @param flags 0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL; with ARC_ALL_OR_NONE the status of the first refused element; ARC_E_LIMIT; otherwise as arc_voucher_export(). @since 0.1 */
ARC_API arc_status arc_voucher_send(arc_session *session, arc_status *results, const int64_t *vouchers, size_t n, uint32_t flags);

/** Says that the general ledger has taken a voucher, and under which number. The same answer again is ARC_OK.
 *
 *  @param voucher    id. @param voucher_no its number there, 1 to 64 bytes of UTF-8.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it was rejected, or acknowledged under another number; ARC_E_INVALID: no number, or too long; ARC_E_ENCODING; otherwise as
 *          arc_voucher_export(). @since 0.1 */
ARC_API arc_status arc_voucher_acknowledge(arc_session *session, int64_t voucher, const char *voucher_no);

/** Says that the general ledger has refused a voucher, and why.
 *
 *  @param reason 1 to 1,000 bytes of UTF-8.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is acknowledged; ARC_E_INVALID; ARC_E_ENCODING; otherwise as arc_voucher_export(). @since 0.1 */
ARC_API arc_status arc_voucher_reject(arc_session *session, int64_t voucher, const char *reason);

/** Builds a rejected voucher anew under its number, day and entries, with the account map of now; it is pending again. What it said before stays in its history.
 *
 *  @param voucher id. @param map code of the account map; NULL = "main".
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such voucher, map or account; ARC_E_STATE: it is not rejected; otherwise as arc_voucher_export(). @since 0.1 */
ARC_API arc_status arc_voucher_rebuild(arc_session *session, int64_t voucher, const char *map);

#define ARC_VOUCHER_JSON_LINES 0 /**< an object a voucher: id, ledger, period, number, posting_date, merge, map, digest, lines */
#define ARC_VOUCHER_CSV 1        /**< a row a line, in the columns of a layout */

/** Which vouchers, and how. Start from ARC_VOUCHER_PRINT_INIT. */
typedef struct arc_voucher_print {
    uint32_t struct_size;
    uint32_t format;      /**< ARC_VOUCHER_JSON_LINES or ARC_VOUCHER_CSV */
    int64_t voucher;      /**< this one alone; 0 = all that match */
    const char *ledger;   /**< NULL = every ledger */
    const char *status;   /**< pending, sent, acknowledged or rejected; NULL = whatever it is */
    const char *period;   /**< NULL = every period */
    const char *layout;   /**< CSV: a layout shipped ("kingdee_k3", "kingdee_kis", "yonyou_u8", "plain"), or one as JSON text; NULL = "plain" */
    const char *language; /**< of summaries and names: "zh" or "en"; NULL = the session's */
} arc_voucher_print;

#define ARC_VOUCHER_PRINT_INIT { (uint32_t)sizeof(arc_voucher_print), ARC_VOUCHER_JSON_LINES, 0, NULL, NULL, NULL, NULL, NULL }

/** Fills print with its defaults; the same bytes as ARC_VOUCHER_PRINT_INIT.
 *  @param print not NULL. @return ARC_OK, or ARC_E_INVALID when print is NULL. @since 0.1 */
ARC_API arc_status arc_voucher_print_init(arc_voucher_print *print);

/** Writes vouchers out, by ledger, period and number. Nothing changes; arc_voucher_send() says that they went.
 *
 *  @param session the session. @param write receives the bytes, UTF-8. @param user handed to write.
 *  @param n       receives how many vouchers; may be NULL.
 *  @param print   NULL for defaults.
 *  @return ARC_OK; ARC_E_CANCELLED: write stopped it; ARC_E_NOT_FOUND: no layout of that name, or no such voucher; ARC_E_SYNTAX, ARC_E_VALUE, ARC_E_REQUIRED ...: the layout has a fault (with a JSON Pointer), or the status is none;
 *          ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_CORRUPT: a voucher is not what its digest says; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND;
 *          ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_voucher_write(arc_session *session, arc_write_fn write, void *user, int64_t *n, const arc_voucher_print *print);

/** The document of a shipped CSV layout, to be changed and handed to arc_voucher_write().
 *
 *  @param buf,len law of arcore.h. @param code "kingdee_k3", "kingdee_kis", "yonyou_u8" or "plain".
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such layout is shipped; ARC_E_INVALID: len or code is NULL. @since 0.1 */
ARC_API arc_status arc_voucher_layout_shipped(char *buf, size_t *len, const char *code);

ARC_END_DECLS

#endif
