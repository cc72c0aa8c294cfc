/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/record.h
 *  One record type for all entities: values by field id (constants in arcore/fields.h) or by name.
 *
 *  A record is a row on its way in or out. It belongs to one session, is used by one thread at a time and never writes by itself:
 *  hand it to a verb (`arc_invoice_issue` ...) or, for master data, to arc_session_insert() and arc_session_update().
 *  Setters check type, length, code list and range at once. Custom fields (x_...) have ids valid for one book: resolve them
 *  by name with arc_record_field().
 *
 *  Borrowed text lives "until the next change of the record". */
#ifndef ARCORE_RECORD_H
#define ARCORE_RECORD_H

#include "arcore/context.h"
#include "arcore/types.h"

ARC_BEGIN_DECLS

typedef struct arc_session arc_session;
typedef struct arc_record arc_record;

/** A field: entity number * 65536 + field number. See arcore/fields.h. */
typedef uint32_t arc_field_id;

/** Makes an empty record (all fields NULL).
 *  @param session the session whose book's custom fields it knows.
 *  @param out receives the record; the caller frees it with arc_record_free().
 *  @param entity an ARC_<ENTITY> constant of arcore/fields.h.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_NOT_FOUND: no such entity; ARC_E_UNSUPPORTED: a reserved entity;
 *          ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_new(arc_session *session, arc_record **out, uint32_t entity);
/** Frees a record. NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_record_free(arc_record *record);
/** Sets all fields back to NULL. @return ARC_OK; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_clear(arc_record *record);
/** Which entity a record is of. @return ARC_OK; ARC_E_INVALID: entity is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_entity(arc_record *record, uint32_t *entity);
/** Resolves a field name, custom fields included.
 *  @return ARC_OK; ARC_E_INVALID: NULL argument; ARC_E_NOT_FOUND: no such field; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_field(arc_record *record, arc_field_id *field, const char *name);
/** Last error of a record. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_record_error(arc_record *record, arc_error *error);

/* Getters. Outputs before the field: an ARC_<ENTITY>_<FIELD> constant, or what arc_record_field() gave. NULL fields: ARC_E_NOT_FOUND and the output untouched, so that a default set before the call stands.
 * All: ARC_E_INVALID: NULL output, a field of another entity, or a field of another type; ARC_E_NOT_FOUND: the field is NULL or unknown; ARC_E_HANDLE.
 * Custom fields of a row read from the book: ARC_E_CORRUPT when what is stored cannot be read; ARC_E_NOMEM. */
/** 1 when the field is NULL. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND: unknown field; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_is_null(arc_record *record, int32_t *is_null, arc_field_id field);
/** Integers, ids and booleans. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_int(arc_record *record, int64_t *value, arc_field_id field);
/** Text, codes and JSON. A NUL follows the text; length, without it, may be NULL. Borrowed until the next change of the record.
 *  @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_text(arc_record *record, const char **text, size_t *length, arc_field_id field);
/** Civil dates. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_date(arc_record *record, arc_date *date, arc_field_id field);
/** Stamps. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_stamp(arc_record *record, arc_stamp *stamp, arc_field_id field);
/** Money with the currency of its currency field. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND: the amount or its currency is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_money(arc_record *record, arc_money *money, arc_field_id field);
/** Decimals, in the scale of the field. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_decimal(arc_record *record, arc_decimal *value, arc_field_id field);
/** Bytes. Borrowed until the next change of the record. @return ARC_OK; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_get_blob(arc_record *record, const void **bytes, size_t *length, arc_field_id field);

/* Setters copy. The field is an ARC_<ENTITY>_<FIELD> constant, or what arc_record_field() gave; the value is in the field's unit. All: ARC_E_INVALID: a field of another entity or type; ARC_E_NOT_FOUND: unknown field; ARC_E_HANDLE; ARC_E_NOMEM. */
/** Makes the field NULL. @return ARC_OK; ARC_E_CURRENCY: the currency of an amount that is set; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_set_null(arc_record *record, arc_field_id field);
/** Integers, ids, booleans (0 or 1). @return ARC_OK; ARC_E_RANGE; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_int(arc_record *record, arc_field_id field, int64_t value);
/** Text, codes, JSON. `length` bytes, or up to the NUL when length is SIZE_MAX.
 *  @return ARC_OK; ARC_E_ENCODING: not UTF-8 or a NUL inside; ARC_E_LIMIT: longer than the field allows; ARC_E_VALUE: not in the code list;
 *          ARC_E_SYNTAX: not JSON; ARC_E_CURRENCY: not a currency, or another one while amounts are set; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_text(arc_record *record, arc_field_id field, const char *text, size_t length);
/** Civil dates. @return ARC_OK; ARC_E_RANGE: outside ARC_DATE_MIN..ARC_DATE_MAX; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_date(arc_record *record, arc_field_id field, arc_date date);
/** Stamps. @return ARC_OK; ARC_E_RANGE: outside ARC_STAMP_MIN..ARC_STAMP_MAX; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_stamp(arc_record *record, arc_field_id field, arc_stamp stamp);
/** Amount, in minor units, and the currency field it shares; a currency already set to another code is ARC_E_CURRENCY.
 *  @return ARC_OK; ARC_E_CURRENCY: unknown or another currency; ARC_E_RANGE: beyond ARC_MONEY_MAX; ARC_E_INVALID; ARC_E_NOT_FOUND;
 *          ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_money(arc_record *record, arc_field_id field, arc_money money);
/** Rescaled exactly to the field's scale. @return ARC_OK; ARC_E_PRECISION: digits would be lost; ARC_E_OVERFLOW; ARC_E_INVALID;
 *          ARC_E_NOT_FOUND; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_decimal(arc_record *record, arc_field_id field, arc_decimal value);
/** Bytes. @return ARC_OK; ARC_E_LIMIT: longer than the field allows; ARC_E_INVALID; ARC_E_NOT_FOUND; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_blob(arc_record *record, arc_field_id field, const void *bytes, size_t length);

/** The record as a JSON object: field names, dates as "YYYY-MM-DD", stamps as RFC 3339, money and decimals as strings ("1234.50"),
 *  custom fields inline under their x_ names, NULL fields left out.
 *  @param buf,len law of arcore.h. @return ARC_OK; ARC_E_BUFFER; ARC_E_CURRENCY: an amount read without a currency; ARC_E_CORRUPT: a stored value is none;
 *          ARC_E_INVALID; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_get_json(arc_record *record, char *buf, size_t *len);
/** Sets the fields a JSON object names (null = NULL), in the same form; nothing is set when anything is wrong.
 *  @param json,length UTF-8; SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_EXISTS (duplicate member), ARC_E_NOT_FOUND (unknown field), ARC_E_VALUE, ARC_E_RANGE, ARC_E_PRECISION,
 *          ARC_E_CURRENCY: with field and JSON Pointer in the error; ARC_E_INVALID; ARC_E_HANDLE; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_record_set_json(arc_record *record, const char *json, size_t length);

ARC_END_DECLS

#endif
