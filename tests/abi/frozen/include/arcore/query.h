/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/query.h
 *  Questions to a book and the rows that answer them. The same answer on every backend, in the same order.
 *
 *  A query is of one entity. Conditions are pushed one after another; arc_query_and(), arc_query_or() and arc_query_not() join the
 *  last ones pushed (postfix), and whatever stands alone at the end must all hold. Conditions are two-valued: a compare with a NULL on
 *  either side is false, except ARC_NE, which is true when exactly one side is NULL; NOT turns false into true.
 *  NULL sorts first, text sorts by bytes, ties break by the primary key: so pages never overlap and never skip.
 *
 *      arc_query_new(session, &q, ARC_ITEM);
 *      arc_query_where_date(q, ARC_ITEM_DUE_DATE, ARC_LT, today);
 *      arc_query_order(q, ARC_ITEM_DUE_DATE, 0);
 *      arc_query_run(q, &cursor);
 *      while ((st = arc_cursor_next(cursor)) == ARC_OK) ...          (ARC_DONE at the end)
 *
 *  The JSON form (arc_query_from_json(), arc_query_json()): values are text, hence exact; lists are fixed in order.
 *
 *      {"entity":"item", "fields":["number","due_date","amount"],
 *       "filters":[{"member":"due_date","operator":"lt","values":["2025-03-01"]},
 *                  {"or":[{"member":"currency","operator":"equals","values":["CNY","USD"]},
 *                         {"not":{"member":"contract","operator":"set"}}]},
 *                  {"member":"due_date","operator":"gte","other":"base_date"}],
 *       "order":[{"member":"due_date","descending":true}], "limit":100, "after":"TOKEN"}
 *
 *      {"entity":"item", "dimensions":["currency",{"member":"due_date","edges":["2025-01-01","2025-02-01"]}],
 *       "measures":[{"measure":"count"},{"measure":"sum","member":"amount"}], "filters":[...]}
 *
 *  Custom fields are named like others, the currency of a custom amount "x_fee.currency". A list of choices is asked what it contains: one of its
 *  codes as a whole. The index of custom fields is used for equals, lt ... gte, startsWith and that; see arcore/custom.h.
 *
 *  Operators: equals, notEquals, lt, lte, gt, gte, startsWith, contains, set, notSet; equals with several values is "one of",
 *  notEquals with several is "none of". Amounts in a filter are written "1234.50 CNY", or "123450 minor" where the currency is not
 *  asked for. Edges of amounts are minor units. A grouped query may be ordered by {"column":2,"descending":true}: column 2 of
 *  the answer. */
#ifndef ARCORE_QUERY_H
#define ARCORE_QUERY_H

#include "arcore/record.h"
#include "arcore/types.h"

ARC_BEGIN_DECLS

typedef struct arc_query arc_query;
typedef struct arc_cursor arc_cursor;

#define ARC_EQ 1u
#define ARC_NE 2u
#define ARC_LT 3u
#define ARC_LE 4u
#define ARC_GT 5u
#define ARC_GE 6u
#define ARC_PREFIX 9u    /**< text begins with the bytes given */
#define ARC_CONTAINS 10u /**< text holds the bytes given */

#define ARC_COUNT 0u /**< rows of the group; field is 0 */
#define ARC_SUM 1u   /**< of integers and money, NULLs skipped; NULL when there was none */
#define ARC_MIN 2u   /**< NULLs skipped */
#define ARC_MAX 3u

/** Makes a query of one entity: no conditions, all fields, by primary key, no limit.
 *
 *  @param session whose transactions it runs in. @param out receives the handle; the caller frees it. NULL on error.
 *  @param entity an ARC_<ENTITY> constant.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_NOT_FOUND: no such entity; ARC_E_UNSUPPORTED: a reserved entity; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_query_new(arc_session *session, arc_query **out, uint32_t entity);
/** Makes a query from its JSON form.
 *
 *  @param session keeps the error: JSON Pointer, field. @param out receives the handle; the caller frees it. NULL on error.
 *  @param json,length the text; SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_SYNTAX: not JSON, or not this form; ARC_E_ENCODING; ARC_E_EXISTS: a member twice; ARC_E_LIMIT; ARC_E_NOT_FOUND: unknown
 *          entity, field, member or operator; ARC_E_VALUE, ARC_E_RANGE, ARC_E_OVERFLOW, ARC_E_PRECISION, ARC_E_CURRENCY: a value does not fit its field; ARC_E_INVALID;
 *          ARC_E_UNSUPPORTED; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_query_from_json(arc_session *session, arc_query **out, const char *json, size_t length);
/** The query in its JSON form; arc_query_from_json() of it gives the same query.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_query_json(arc_query *query, char *buf, size_t *len);
/** Frees a query; its open cursors stay. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_query_free(arc_query *query);
/** Last error of a query. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_query_error(arc_query *query, arc_error *error);
/** Resolves a field name of the query's entity, custom fields and "x_fee.currency" included.
 *  @return ARC_OK; ARC_E_INVALID: NULL argument; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_query_field(arc_query *query, arc_field_id *field, const char *name);

/* Conditions. All: ARC_E_INVALID: a field of another entity or type, an unknown operator, a NULL argument; ARC_E_NOT_FOUND: unknown field;
 * ARC_E_UNSUPPORTED: a field that is computed (formulas of custom fields are not meant); ARC_E_LIMIT: more than 1,000 steps; ARC_E_HANDLE; ARC_E_NOMEM.
 * `field` as in records; `op` is ARC_EQ ... ARC_GE unless more is said. */
/** Integers, ids, booleans (0 or 1). @param op ARC_EQ ... ARC_GE. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_int(arc_query *query, arc_field_id field, uint32_t op, int64_t value);
/** Text and codes. @param op ARC_EQ ... ARC_GE, ARC_PREFIX, ARC_CONTAINS. @param length bytes, or SIZE_MAX.
 *  @return ARC_OK; ARC_E_ENCODING; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_text(arc_query *query, arc_field_id field, uint32_t op, const char *text, size_t length);
/** Dates. @return ARC_OK; ARC_E_RANGE; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_date(arc_query *query, arc_field_id field, uint32_t op, arc_date date);
/** Stamps. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_stamp(arc_query *query, arc_field_id field, uint32_t op, arc_stamp stamp);
/** Money: the amount compares and the currency is equal (ARC_NE: either differs).
 *  @return ARC_OK; ARC_E_CURRENCY: unknown; ARC_E_RANGE; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_money(arc_query *query, arc_field_id field, uint32_t op, arc_money money);
/** The amount of money fields whatever the currency, in minor units: for signs and zero.
 *  @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_minor(arc_query *query, arc_field_id field, uint32_t op, int64_t minor);
/** Decimals, brought exactly to the field's scale. @return ARC_OK; ARC_E_PRECISION; ARC_E_OVERFLOW; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_decimal(arc_query *query, arc_field_id field, uint32_t op, arc_decimal value);
/** The field is NULL. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_null(arc_query *query, arc_field_id field);
/** The field is one of n integers, ids, dates or stamps. @param n 1 to 10,000. @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_in_int(arc_query *query, arc_field_id field, const int64_t *values, size_t n);
/** The field is one of n texts or codes, each ended by a NUL. @param n 1 to 10,000. @return ARC_OK; ARC_E_ENCODING; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_in_text(arc_query *query, arc_field_id field, const char *const *values, size_t n);
/** Two fields of one type compare with each other. @param op ARC_EQ ... ARC_GE. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_where_field(arc_query *query, arc_field_id field, uint32_t op, arc_field_id other);
/** Joins the last n conditions: all hold. @return ARC_OK; ARC_E_INVALID: n is 0 or more than stand there; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_and(arc_query *query, uint32_t n);
/** Joins the last n conditions: one holds. @return ARC_OK; ARC_E_INVALID: n is 0 or more than stand there; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_or(arc_query *query, uint32_t n);
/** Turns the last condition around. @return ARC_OK; ARC_E_INVALID: there is none; ARC_E_LIMIT; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_not(arc_query *query);
/** Takes all conditions away; fields, order, groups, measures, limit and page stay: to ask the same question with other values.
 *  @return ARC_OK; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_query_clear(arc_query *query);

/* Shape of the answer. */
/** Which fields, in this order, instead of all. A second call replaces the first.
 *  @param n 1 to 200. @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID: also in a grouped query; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_select(arc_query *query, const arc_field_id *fields, size_t n);
/** Adds a sort key, the most important first; at most 8. In a grouped query: a field that it groups by the value of.
 *  @param descending 0 or 1. @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_order(arc_query *query, arc_field_id field, int32_t descending);
/** Grouped queries: adds a sort key by column of the answer, groups first, then measures: for the largest sums first. At most 8 keys;
 *  ties break by the groups.
 *  @param descending 0 or 1. @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID: not a grouped query, or no such column by now; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_order_column(arc_query *query, uint32_t column, int32_t descending);
/** At most n rows; 0 = all. @return ARC_OK; ARC_E_INVALID: n < 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_query_limit(arc_query *query, int64_t n);
/** Only rows strictly behind the row a token names (arc_cursor_token() of the same order). NULL = from the start.
 *  @return ARC_OK; ARC_E_SYNTAX: not a token, or of another order (found at run); ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_after(arc_query *query, const char *token);
/** Groups by a field's value; makes the query a grouped one: columns are the groups, then the measures; at most 8 groups.
 *  @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID: fields were selected; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_group(arc_query *query, arc_field_id field);
/** Groups by bucket: the number of edges at or below the field's integer value (dates: day numbers; money: minor units). NULL stays NULL.
 *  @param edges ascending. @param n 1 to 1,000. @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_group_bucket(arc_query *query, arc_field_id field, const int64_t *edges, size_t n);
/** Adds a measure; makes the query a grouped one; at most 16. A sum of money needs its currency among the groups, or one currency
 *  asked for by ARC_EQ: else arc_query_run() answers ARC_E_CURRENCY.
 *  @param measure ARC_COUNT ... ARC_MAX. @param field 0 for ARC_COUNT.
 *  @return ARC_OK; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_UNSUPPORTED; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_query_measure(arc_query *query, uint32_t measure, arc_field_id field);

/** How the query would be answered: JSON for people and tests, with the parts the store takes, the parts done here and
 *  the store's own plan. Where custom fields are named, "custom" says how many conditions on them are tested row by row, and how many
 *  the index answered ("sought") with how many rows. @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; otherwise as arc_query_run(). @since 0.1 */
ARC_API arc_status arc_query_explain(arc_query *query, char *buf, size_t *len);

/** Runs the query in the session's transaction, or in a READ transaction that lives as long as the cursor.
 *
 *  @param query may be changed, run again or freed afterwards. @param out receives the cursor, before the first row; the caller frees
 *         it with arc_cursor_free(). NULL on error.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL, or order and groups do not fit; ARC_E_SYNTAX: the token is of another order; ARC_E_CURRENCY:
 *          amounts of several currencies would be added; ARC_E_OVERFLOW: a sum does not fit; ARC_E_LIMIT: a sort or grouping done here
 *          needs more than 256 MiB; ARC_E_FORBIDDEN: the actor may not read the entity, or not use a field so; ARC_E_TXN: another session's transaction is open on the book; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_query_run(arc_query *query, arc_cursor **out);

/* ---- cursors ---------------------------------------------------------------------------------------------------- */

/** What a column of a cursor is. Start from ARC_COLUMN_INFO_INIT. */
typedef struct arc_column_info {
    uint32_t struct_size;
    arc_field_id field;    /**< 0 for ARC_COUNT */
    uint32_t type;         /**< ARC_T_* of sys/backend.h; buckets and counts are ARC_T_INT */
    uint32_t scale;        /**< decimals */
    uint32_t measure;      /**< ARC_COUNT ... ARC_MAX, 0xffffffff when it is not a measure */
    uint32_t bucket;       /**< 1: number of edges at or below, not the value */
    char name[72];         /**< field name, or "count", "sum_amount", "due_date_bucket" */
} arc_column_info;

#define ARC_COLUMN_INFO_INIT \
    { (uint32_t)sizeof(arc_column_info), 0, 0, 0, 0, 0, { 0 } }

/** Fills the struct with its defaults. @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_column_info_init(arc_column_info *info);

/** Moves to the next row.
 *  @return ARC_OK; ARC_DONE: there is none; ARC_E_TXN: its transaction has ended; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_LIMIT; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_next(arc_cursor *cursor);
/** Frees a cursor, and ends its transaction when it has one of its own. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_cursor_free(arc_cursor *cursor);
/** Last error of a cursor. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_cursor_error(arc_cursor *cursor, arc_error *error);
/** Number of columns. @return ARC_OK; ARC_E_INVALID: count is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_columns(arc_cursor *cursor, uint32_t *count);
/** What column `column` (from 0) is. @return ARC_OK; ARC_E_INVALID: info is NULL, its size 0, or no such column; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_column(arc_cursor *cursor, arc_column_info *info, uint32_t column);

/* Getters of the current row: outputs, then the column from 0, in the order of arc_query_select() or of the fields. NULL: ARC_E_NOT_FOUND and the output untouched.
 * All: ARC_E_INVALID: NULL output, no such column, or of another type; ARC_E_STATE: no current row; ARC_E_HANDLE. */
/** 1 when the value is NULL. @return ARC_OK; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_is_null(arc_cursor *cursor, int32_t *is_null, uint32_t column);
/** Integers, ids, booleans, counts, buckets; of money, dates, stamps and decimals the bare integer. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_int(arc_cursor *cursor, int64_t *value, uint32_t column);
/** Text, codes, JSON; not NUL-terminated. Borrowed until the next step of the cursor. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_text(arc_cursor *cursor, const char **text, size_t *length, uint32_t column);
/** Bytes. Borrowed until the next step of the cursor. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_blob(arc_cursor *cursor, const void **bytes, size_t *length, uint32_t column);
/** Dates. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_date(arc_cursor *cursor, arc_date *date, uint32_t column);
/** Stamps. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_stamp(arc_cursor *cursor, arc_stamp *stamp, uint32_t column);
/** Money with its currency. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_money(arc_cursor *cursor, arc_money *money, uint32_t column);
/** Decimals in the field's scale. @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_INVALID; ARC_E_STATE; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_get_decimal(arc_cursor *cursor, arc_decimal *value, uint32_t column);

/** The current row as a record; fields that were not selected are NULL.
 *  @param out receives the record; the caller frees it. NULL on error. @return ARC_OK; ARC_E_INVALID: out is NULL, or a grouped query; ARC_E_STATE; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_record(arc_cursor *cursor, arc_record **out);
/** A token of the current row, to go on behind it with arc_query_after(): ASCII, at most 4,000 bytes, good as long as the order is.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_STATE; ARC_E_INVALID: a grouped query; ARC_E_LIMIT: longer; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_cursor_token(arc_cursor *cursor, char *buf, size_t *len);

ARC_END_DECLS

#endif
