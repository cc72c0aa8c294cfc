/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/statement.h
 *  Statements of account (对账单): what a customer owed, what happened since, what he owes, in one currency; and the letters (对账函) that ask him to confirm it.
 *
 *  Formula: balance(D) = sum of items dated on or before D (planned and estimated ones left out) + adjustments - receipts - discounts and write-offs granted, each on or
 *  before its own date. It ties to the aging as of D: balance = total open - unapplied.
 *
 *  Of a customer who is merged into another on the last day the statement is that of the other one (docs/merging.md): the info says whose. */
#ifndef ARCORE_STATEMENT_H
#define ARCORE_STATEMENT_H

#include "arcore/ledger_step.h"

ARC_BEGIN_DECLS

#define ARC_STATEMENT_OPEN_ITEMS 0x1u /**< also list what is open on the last day */

/** What a statement is asked for. Start from ARC_STATEMENT_OPTIONS_INIT. */
typedef struct arc_statement_options {
    uint32_t struct_size;
    uint32_t flags;    /**< 0 or ARC_STATEMENT_OPEN_ITEMS */
    int64_t customer;  /**< id; required */
    char currency[4];  /**< ISO 4217; "" = the book's base currency */
    arc_date from;     /**< first day; ARC_DATE_NONE = from the beginning, with an opening balance of 0 */
    arc_date to;       /**< last day; ARC_DATE_NONE = the session's business date */
    uint32_t reserved; /**< 0 */
    int64_t known_at;  /**< as known at this seal (arc_audit_seal_on()): what was sealed later, or is not sealed yet, counts for nothing; 0 = now */
} arc_statement_options;

#define ARC_STATEMENT_OPTIONS_INIT { (uint32_t)sizeof(arc_statement_options), 0, 0, { 0 }, ARC_DATE_NONE, ARC_DATE_NONE, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_STATEMENT_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_statement_options_init(arc_statement_options *options);

/** A statement at a glance. Start from ARC_STATEMENT_INFO_INIT. Amounts in minor units; a positive balance is what the customer owes. */
typedef struct arc_statement_info {
    uint32_t struct_size;
    uint32_t n_rows;
    uint32_t n_open; /**< items listed, with ARC_STATEMENT_OPEN_ITEMS */
    char currency[4];
    int64_t customer;
    const char *code; /**< of the customer; until the statement is freed */
    const char *name; /**< legal name; until the statement is freed */
    arc_date from;    /**< ARC_DATE_NONE: from the beginning */
    arc_date to;
    int64_t opening;   /**< balance at the end of the day before `from` */
    int64_t debit;     /**< sum of what raised it */
    int64_t credit;    /**< sum of what lowered it, positive */
    int64_t closing;   /**< opening + debit - credit */
    int64_t unapplied; /**< receipts not yet applied on the last day, within closing */
    int64_t overdue;   /**< open items due before the last day, credits left out */
    int64_t known_at;  /**< seal; 0: as known now */
} arc_statement_info;

#define ARC_STATEMENT_INFO_INIT \
    { (uint32_t)sizeof(arc_statement_info), 0, 0, { 0 }, 0, NULL, NULL, ARC_DATE_NONE, ARC_DATE_NONE, 0, 0, 0, 0, 0, 0, 0 }

/** Fills an info with its defaults; the same bytes as ARC_STATEMENT_INFO_INIT.
 *  @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_statement_info_init(arc_statement_info *info);

/** One movement, or one open item. Start from ARC_STATEMENT_ROW_INIT. Texts live until the statement is freed. */
typedef struct arc_statement_row {
    uint32_t struct_size;
    uint32_t entity;   /**< ARC_ITEM, ARC_RECEIPT, ARC_ALLOCATION, ARC_ADJUSTMENT or ARC_MERGE_RECORD */
    int64_t id;        /**< of that row */
    const char *kind;  /**< static: the item's kind (code list item_kind), or receipt, receipt_return, receipt_unclaim, transfer, discount, write_off, exchange, adjustment, merge and unmerge: what a customer owed who was merged into this one, or taken out again; number is his code */
    const char *number; /**< document number; "" when it has none */
    arc_date date;
    arc_date due;      /**< items; ARC_DATE_NONE: none */
    int64_t debit;     /**< movements: raises the balance; open items: open when a debit */
    int64_t credit;    /**< movements: lowers the balance, positive; open items: open when a credit, positive */
    int64_t balance;   /**< movements: after this row; open items: the item's amount */
} arc_statement_row;

#define ARC_STATEMENT_ROW_INIT { (uint32_t)sizeof(arc_statement_row), 0, 0, NULL, NULL, ARC_DATE_NONE, ARC_DATE_NONE, 0, 0, 0 }

/** Fills a row with its defaults; the same bytes as ARC_STATEMENT_ROW_INIT.
 *  @param row not NULL. @return ARC_OK, or ARC_E_INVALID when row is NULL. @since 0.1 */
ARC_API arc_status arc_statement_row_init(arc_statement_row *row);

typedef struct arc_statement arc_statement;

/** Works a statement out, from one snapshot.
 *
 *  @param session the session; its open transaction is used when there is one.
 *  @param out     receives the statement; the caller frees it with arc_statement_free().
 *  @param options what is asked for.
 *  @return ARC_OK; ARC_E_INVALID: NULL argument, unknown flag; ARC_E_NOT_FOUND: no such customer, or the actor may not see him; ARC_E_CURRENCY: unknown currency; ARC_E_RANGE: a day
 *          outside the calendar, from behind to, or no business date; ARC_E_FORBIDDEN: the actor may not read receivables, receipts, allocations or
 *          their amounts, or some documents of this customer: half a statement would be a wrong one; ARC_E_OVERFLOW: a sum leaves int64;
 *          ARC_E_BUSY, ARC_E_TIMEOUT, ARC_E_IO, ARC_E_CORRUPT, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_compute(arc_session *session, arc_statement **out, const arc_statement_options *options);

/** Works out the statements of many customers, from one snapshot and with a few reads for some hundred of them.
 *
 *  @param session   the session; its open transaction is used when there is one.
 *  @param out       receives n statements in the order of the customers, NULL for those refused; the caller frees each. All NULL on an error.
 *  @param results   what came of each: ARC_OK; ARC_E_NOT_FOUND: no such customer, or the actor may not see him; ARC_E_FORBIDDEN: some of his documents may not be seen.
 *  @param options   what is asked for; customer is 0. @param customers ids, none twice. @param n 1 to 10,000.
 *  @return ARC_OK; ARC_PARTIAL: some were refused, the error is the first one's; ARC_E_INVALID: NULL argument, a customer twice, unknown flag; ARC_E_LIMIT; otherwise as arc_statement_compute(). @since 0.1 */
ARC_API arc_status arc_statement_compute_many(arc_session *session, arc_statement **out, arc_status *results, const arc_statement_options *options, const int64_t *customers, size_t n);

/** Last error of a statement. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_statement_error(arc_statement *statement, arc_error *error);

/** The figures. @param info filled up to its struct_size.
 *  @return ARC_OK; ARC_E_INVALID: info is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_statement_get_info(arc_statement *statement, arc_statement_info *info);

/** Movement i, by date; on one day items before what settles them, then by id.
 *  @return ARC_OK; ARC_E_INVALID: row is NULL or its struct_size 0; ARC_E_RANGE: i >= n_rows; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_statement_get_row(arc_statement *statement, arc_statement_row *row, uint32_t i);

/** Open item i on the last day, by due date, number and id.
 *  @return ARC_OK; ARC_E_INVALID: row is NULL or its struct_size 0; ARC_E_RANGE: i >= n_open; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_statement_get_open(arc_statement *statement, arc_statement_row *row, uint32_t i);

/** The whole statement as JSON: {customer, code, name, currency, from, to, opening, debit, credit, closing, unapplied, overdue, rows:[{date, kind, number, due, debit,
 *  credit, balance, entity, id}], open:[...]}; amounts as text in major units.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_json(arc_statement *statement, char *buf, size_t *len);

/** The statement as text to be read by people: UTF-8, columns lined up for fixed-width type.
 *  @param buf,len law of arcore.h. @param lang "en" or "zh".
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: NULL, or another language; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_text(arc_statement *statement, char *buf, size_t *len, const char *lang);

/** Frees a statement. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_statement_free(arc_statement *statement);

/* ---- letters (对账函): a statement's figures, kept as they were sent, and what the customer answered ------------------------------------ */

/** Keeps the figures of a statement as a letter (entity statement_letter, status draft).
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the letter's id; may be NULL.
 *  @param options which statement; from is required, flags 0.
 *  @param number  of the letter, unique; NULL: drawn from the series "statement_letter".
 *  @return ARC_OK; ARC_E_EXISTS: the number is taken; ARC_E_NOT_FOUND: no such customer, or no number given and no such series; ARC_E_RANGE, ARC_E_CURRENCY, ARC_E_INVALID, ARC_E_FORBIDDEN,
 *          ARC_E_OVERFLOW: as arc_statement_compute(); ARC_E_LIMIT: number longer than 64 bytes; ARC_E_ENCODING; ARC_E_REQUEST; ARC_E_STATE: the pattern of the series is wrong;
 *          ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK,
 *          ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_letter_make(arc_session *session, int64_t *id, const arc_statement_options *options, const char *number);

/** Letters of many customers in one call, as arc_statement_letter_make(): documents are read for some hundred customers at a time, numbers are drawn from the series "statement_letter" in the
 *  order of the call, and all that are good are committed together.
 *
 *  @param session   the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param ids       receives the letters' ids, 0 where none was made; may be NULL.
 *  @param results   receives a status for each customer; may be NULL.
 *  @param options   currency and days for all of them; customer, flags and known_at are 0.
 *  @param customers n ids, at most 100,000. @param flags 0 or ARC_ALL_OR_NONE.
 *  @return ARC_OK; ARC_PARTIAL: some were refused, see results; with ARC_ALL_OR_NONE the status of the first refused one. Of a customer: ARC_E_NOT_FOUND: no such customer; ARC_E_FORBIDDEN: documents
 *          the actor may not see; ARC_E_EXISTS: he is named twice. Of the call as arc_statement_letter_make(), and ARC_E_LIMIT. @since 0.1 */
ARC_API arc_status arc_statement_letter_make_many(arc_session *session, int64_t *ids, arc_status *results, const arc_statement_options *options, const int64_t *customers, size_t n, uint32_t flags);

/** A letter as text to be printed and signed: to whom, the figures of the account, the request to confirm them, and the place for the customer's stamp and signature - or his answer, with
 *  the balance he named and the difference. UTF-8, columns lined up for fixed-width type.
 *
 *  @param session the session; its open transaction is used when there is one. @param buf,len law of arcore.h. @param letter its id. @param lang "en" or "zh".
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: NULL, or another language; ARC_E_NOT_FOUND: no such letter, or the actor may not see it; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_TIMEOUT;
 *          ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_letter_text(arc_session *session, char *buf, size_t *len, int64_t letter, const char *lang);

/** Receives the text of a letter, UTF-8, ended by a zero byte behind len; borrowed until it returns. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_letter_fn)(void *user, int64_t letter, const char *text, size_t len);

/** The texts of many letters, from one snapshot, each handed out in the order of the call. All of them are looked up first: when one is missing nothing is handed out.
 *
 *  @param session the session; its open transaction is used when there is one. @param letters n ids, at most 100,000. @param lang "en" or "zh". @param each receives the texts. @param user handed through.
 *  @return ARC_OK; ARC_E_CANCELLED: each stopped it; ARC_E_LIMIT; otherwise as arc_statement_letter_text(), with the id of the first letter it is about. @since 0.1 */
ARC_API arc_status arc_statement_letter_texts(arc_session *session, const int64_t *letters, size_t n, const char *lang, arc_letter_fn each, void *user);

/** Says that a letter went out. @param letter its id, a draft. @param date when; ARC_DATE_NONE = the session's business date.
 *  @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND: no such letter; ARC_E_STATE: it has been sent; ARC_E_RANGE: date before the letter's last day, or none; ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY,
 *          ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO,
 *          ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_letter_send(arc_session *session, int64_t letter, arc_date date);

/** Says so of many letters: step.row is the letter, step.date as above, step.version may guard it.
 *  @return see arc_ledger_step; the rest as arc_statement_letter_send(). @since 0.1 */
ARC_API arc_status arc_statement_letter_send_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/** Keeps the customer's answer: confirmed when his balance is ours, differs otherwise. A letter that differs may be answered again.
 *
 *  @param letter    its id, sent or differing. @param date when he answered, not before it was sent; ARC_DATE_NONE = the session's business date.
 *  @param by        who answered, 1 to 120 bytes of UTF-8.
 *  @param balance   what he says he owes, in minor units of the letter's currency; NULL: he agrees.
 *  @param seal_file attachment of the signed letter (盖章件), 0: none.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such letter; ARC_E_STATE: it has not been sent, or is confirmed; ARC_E_REFERENCE: no such attachment; ARC_E_RANGE: date, or balance beyond ARC_MONEY_MAX;
 *          ARC_E_INVALID: letter is below 1, by is missing or too long; ARC_E_ENCODING; ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT,
 *          ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE,
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_statement_letter_confirm(arc_session *session, int64_t letter, arc_date date, const char *by, const int64_t *balance,
                                                int64_t seal_file);

ARC_END_DECLS

#endif
