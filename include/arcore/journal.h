/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/journal.h
 *  The journal's balances. Entries and lines themselves are rows of ARC_JOURNAL_ENTRY and ARC_JOURNAL_LINE, which queries read. */
#ifndef ARCORE_JOURNAL_H
#define ARCORE_JOURNAL_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_JOURNAL_BY_CUSTOMER 0x1u /**< a row for each customer */

/** Options of arc_journal_balance_json(). Start from ARC_JOURNAL_BALANCE_OPTIONS_INIT. */
typedef struct arc_journal_balance_options {
    uint32_t struct_size;
    uint32_t flags;     /**< 0 or ARC_JOURNAL_BY_CUSTOMER */
    int64_t customer;   /**< only this one; 0 = all */
    arc_date as_of;     /**< posted up to this day; ARC_DATE_NONE = whenever */
    char currency[4];   /**< only this one; "" = all */
    const char *map;    /**< code of an account map: rows are accounts; NULL = rows are account roles */
} arc_journal_balance_options;

#define ARC_JOURNAL_BALANCE_OPTIONS_INIT { (uint32_t)sizeof(arc_journal_balance_options), 0, 0, ARC_DATE_NONE, { 0 }, NULL }

/** Fills options with their defaults; the same bytes as ARC_JOURNAL_BALANCE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_journal_balance_options_init(arc_journal_balance_options *options);

/** A trial balance: what stands in each account role - or account - by currency, and by customer if asked for. Of actors who see some customers, those.
 *
 *  @param session the session.
 *  @param buf,len law of arcore.h: {base_currency, as_of, rows: [{role | account, name, currency, customer, debit | credit, base, unvalued}]}. A balance stands in debit or in credit;
 *                 base is signed, debit positive, without what has no base amount; rows of nothing are left out. Ordered by role or account, currency, customer.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such map is in force, or it knows no account for a role; ARC_E_INVALID: len is NULL, or an unknown flag; ARC_E_RANGE: not a date; ARC_E_OVERFLOW: a sum
 *          leaves int64; ARC_E_FORBIDDEN: the actor may not read the journal or its amounts; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_journal_balance_json(arc_session *session, char *buf, size_t *len, const arc_journal_balance_options *options);

/** What a balance sheet shows as a liability (重分类): credit balances of customers in `receivable` and `retention_receivable`, by customer and currency, that belong under
 *  receipts on account. A report; nothing is posted. Of actors who see some customers, those.
 *
 *  @param session the session.
 *  @param buf,len law of arcore.h: {base_currency, as_of, rows: [{customer, currency, debit, credit, amount, base}], total}. debit and credit are account roles, or accounts when a map is named;
 *                 amount and base are positive, total is the sum of base. Ordered by currency and customer.
 *  @param options as of arc_journal_balance_json(); NULL for defaults.
 *  @return as arc_journal_balance_json(): ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_RANGE; ARC_E_OVERFLOW; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_journal_reclass_json(arc_session *session, char *buf, size_t *len, const arc_journal_balance_options *options);

ARC_END_DECLS

#endif
