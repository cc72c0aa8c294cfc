/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/aging.h
 *  Aging: what is open, by how long it is overdue (or how old it is), as of any business date.
 *
 *  Formula: open(item, D) = amount - sum of allocations effective on or before D + sum of reversals effective on or before D, over items
 *  whose business date is on or before D (domain: bi-temporal fold with knowledge = now). Due dates are those that held on D: extensions agreed
 *  later count from their day on. Age = D - due date (or D - invoice date).
 *  Bucket of an item = number of edges <= age: with edges {1, 31, 61, 91} the buckets are not due, 1-30, 31-60, 61-90, 91 and more. */
#ifndef ARCORE_AGING_H
#define ARCORE_AGING_H

#include "arcore/record.h"

ARC_BEGIN_DECLS

#define ARC_AGE_BY_DUE_DATE 0
#define ARC_AGE_BY_DOCUMENT_DATE 1

#define ARC_AGING_MAX_EDGES 31

#define ARC_AGING_ESTIMATED 0x1u /**< estimated items (暂估) are aged too; without it the totals are those of the accounts */

/** What a row of an aging stands for. Owners, teams and regions are those of the documents when they were made. */
#define ARC_AGING_BY_CUSTOMER 0
#define ARC_AGING_BY_OWNER 1
#define ARC_AGING_BY_TEAM 2
#define ARC_AGING_BY_REGION 3
#define ARC_AGING_BY_GROUP 4 /**< customer group, as it is today */
#define ARC_AGING_BY_PROJECT 5
#define ARC_AGING_BY_DEPARTMENT 6
#define ARC_AGING_BY_BUSINESS_LINE 7
#define ARC_AGING_BY_CONTRACT 8 /**< a document over several contracts is divided, by its lines; receipts are of none */

/** Options of arc_aging_compute(). */
typedef struct arc_aging_options {
    uint32_t struct_size;
    uint32_t flags;        /**< 0 or ARC_AGING_ESTIMATED */
    arc_date as_of;        /**< ARC_DATE_NONE = the session's business date */
    int32_t basis;         /**< ARC_AGE_BY_DUE_DATE or ARC_AGE_BY_DOCUMENT_DATE */
    const int32_t *edges;  /**< days, ascending, at most ARC_AGING_MAX_EDGES; NULL = {1, 31, 61, 91} */
    uint32_t n_edges;
    uint32_t reserved;     /**< 0 */
    int64_t customer;      /**< only this customer; 0 = all */
    char currency[4];      /**< only this currency; "" = all */
    int32_t by;            /**< ARC_AGING_BY_* */
    int64_t known_at;      /**< as known at this seal (arc_audit_seal_on()): what was sealed later, or is not sealed yet, counts for nothing; 0 = now */
} arc_aging_options;

#define ARC_AGING_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_aging_options), 0, ARC_DATE_NONE, ARC_AGE_BY_DUE_DATE, NULL, 0, 0, 0, { 0 }, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_AGING_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_aging_options_init(arc_aging_options *options);

/** One line: a customer - or an owner, a team ..., as options.by says - in one currency. Start from ARC_AGING_ROW_INIT. Amounts in minor units. Credits (credit notes) count negative in the bucket of their own age. */
typedef struct arc_aging_row {
    uint32_t struct_size;
    uint32_t n_buckets;      /**< n_edges + 1 */
    int64_t customer;        /**< id of the customer, owner, team ...; 0: documents without one */
    const char *code;        /**< its code; until the aging is freed */
    const char *name;        /**< its name; until the aging is freed */
    char currency[4];
    uint32_t n_items;        /**< items open */
    const int64_t *buckets;  /**< n_buckets amounts; until the aging is freed */
    int64_t total;           /**< sum of the buckets */
    int64_t unapplied;       /**< receipts not yet applied as of the date; not netted into the buckets */
} arc_aging_row;

#define ARC_AGING_ROW_INIT { (uint32_t)sizeof(arc_aging_row), 0, 0, NULL, NULL, { 0 }, 0, NULL, 0, 0 }

/** Fills a row with its defaults; the same bytes as ARC_AGING_ROW_INIT.
 *  @param row not NULL. @return ARC_OK, or ARC_E_INVALID when row is NULL. @since 0.1 */
ARC_API arc_status arc_aging_row_init(arc_aging_row *row);

typedef struct arc_aging arc_aging;

/** Computes an aging from one snapshot.
 *  @param session the session; its open transaction is used when there is one.
 *  @param out     receives the result; the caller frees it with arc_aging_free().
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_INVALID: NULL out, too many or unordered edges, unknown flag, basis or by; ARC_E_RANGE: as_of outside the calendar, or no seal known_at; ARC_E_TXN: known_at inside a transaction that has written; ARC_E_CURRENCY: unknown currency;
 *          ARC_E_FORBIDDEN: the actor may not read receivables, receipts or their amounts; ARC_E_OVERFLOW: a sum leaves int64; ARC_E_BUSY, ARC_E_TIMEOUT, ARC_E_IO, ARC_E_CORRUPT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_aging_compute(arc_session *session, arc_aging **out, const arc_aging_options *options);

/** Last error of an aging. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_aging_error(arc_aging *aging, arc_error *error);

/** Number of rows (ordered by currency, then customer code), totals rows not counted.
 *  @return ARC_OK; ARC_E_INVALID: n is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_aging_count(arc_aging *aging, uint32_t *n);

/** Row i. @return ARC_OK; ARC_E_INVALID: row is NULL or its struct_size 0; ARC_E_RANGE: i >= count; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_aging_get(arc_aging *aging, arc_aging_row *row, uint32_t i);

/** Totals of one currency: customer 0, code and name "".
 *  @param row filled up to its struct_size. @param currency ISO 4217 code.
 *  @return ARC_OK; ARC_E_INVALID: NULL argument; ARC_E_NOT_FOUND: nothing open in that currency; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_aging_total(arc_aging *aging, arc_aging_row *row, const char *currency);

/** The whole result as JSON: {as_of, basis, edges, rows:[{customer, code, name, currency, buckets:["1.00",...], total, unapplied, items}], totals:[...]}.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_aging_json(arc_aging *aging, char *buf, size_t *len);

/** Frees an aging. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_aging_free(arc_aging *aging);

ARC_END_DECLS

#endif
