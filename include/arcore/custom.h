/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/custom.h
 *  Custom fields: what one book adds to the schema. They are read and set like all fields (arc_record_field() finds them by name),
 *  stand in JSON under their names, and stay with the book.
 *
 *  Kinds and the values they take in JSON
 *
 *      text       "any text"            size: most bytes, at most 4,000 (1,000 when left out)
 *      number     "12.50"               size: decimals, 0 to 18
 *      money      "12.50 CNY"           carries its own currency
 *      date       "2026-01-31"
 *      bool       true
 *      choice     "gold"                choices: ["gold", {"code": "iron", "en": "Iron", "zh": "铁"}], 1 to 200
 *      choices    ["gold", "iron"]      several of them, kept in the order of the definition
 *      reference  17                    target: the entity it points at, by id
 *      member     17                    id of a user_account
 *      attachment 17                    id of an attachment
 *      formula    (read only)           formula: an expression; size: decimals of a number; round: how the result is rounded
 *
 *  A row that is written must point at rows that are there; arc_book_verify() reports those that do not. A formula is exact arithmetic over
 *  amounts, whole numbers and decimals of its own row:
 *
 *      {"-": [{"var": "gross_amount"}, {"var": "x_paid"}]}
 *      {"*": [{"var": "gross_amount"}, 0.005]}                                    "round": "half_even" must be given
 *      {"/": [{"var": "x_paid"}, {"var": "gross_amount"}, 4, "half_up"]}          decimals kept, rounding mode
 *
 *  What does not go together (an amount plus a number) is refused when the field is defined. What only a row shows - another currency, a
 *  division by zero, an operand without a value, a result too large - makes the value NULL.
 *
 *  Queries name custom fields like others (arcore/query.h); the currency of an amount is "x_fee.currency". A condition on an indexed field is
 *  looked up in an index and costs what it finds; on one that is not, and for sorting and grouping, every row the other conditions leave is
 *  read and its values are taken out of a JSON document: slow in large tables. docs/custom-fields.md tells more.
 *
 *  A session learns of what others define: in a transaction when it first uses custom fields in it, and wherever it meets a name
 *  it does not know. */
#ifndef ARCORE_CUSTOM_H
#define ARCORE_CUSTOM_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Adds a field to an entity of the book.
 *
 *  @param field receives its id, which is valid in this book only; may be NULL.
 *  @param json the definition: {"entity": "customer", "name": "x_tier", "kind": "choice", "choices": [...], "label_en": "Tier", "label_zh": "等级",
 *         "size": 0, "target": "", "formula": {...}, "round": "", "required": false, "indexed": true, "personal": false, "position": 10}; entity, name (x_ and up to 38 of a-z 0-9 _) and kind must be
 *         there. Required: rows inserted from now on must have a value. Indexed: values are mirrored where they can be searched.
 *  @param length bytes, or SIZE_MAX.
 *  @return ARC_OK; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT: not such a document, or the entity has 200 fields; ARC_E_NOT_FOUND: an unknown member; ARC_E_VALUE,
 *          ARC_E_RANGE, ARC_E_REQUIRED: a member is wrong or missing; ARC_E_EXISTS: a member twice, or the name is taken (also by a retired field);
 *          each with field or JSON Pointer; ARC_E_INVALID; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION;
 *          ARC_E_CONFLICT; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_custom_define(arc_session *session, arc_field_id *field, const char *json, size_t length);

/** Changes a custom field: its labels, its place on forms, whether it is required of rows written from now on, its choices (all that are there,
 *  in their order, and new ones behind), and whether it is indexed: then the values of all rows are put into the index, or taken out of it, in the
 *  same transaction.
 *
 *  @param entity an ARC_<ENTITY> constant. @param name of the field.
 *  @param json what shall be otherwise: {"label_en": "Tier", "label_zh": "等级", "choices": [...], "required": true, "indexed": true, "position": 3}.
 *  @param length bytes, or SIZE_MAX.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_NOT_FOUND: no such field, or an unknown member; ARC_E_STATE: it is retired; ARC_E_VALUE: a member that does not change, or choices
 *          that are gone; otherwise as arc_custom_define(). @since 0.1 */
ARC_API arc_status arc_custom_alter(arc_session *session, uint32_t entity, const char *name, const char *json, size_t length);

/** Retires a custom field: what is stored can be read and set to NULL, new values are refused. It cannot be taken back.
 *
 *  @param entity an ARC_<ENTITY> constant. @param name of the field.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_NOT_FOUND: no such field; ARC_E_STATE: it is retired; ARC_E_INVALID; otherwise as arc_custom_define(). @since 0.1 */
ARC_API arc_status arc_custom_retire(arc_session *session, uint32_t entity, const char *name);

/** The schema as arc_schema_json() gives it, with the custom fields of the book among the fields of their entities: each has "kind", "indexed",
 *  "retired", "position" and its choices besides. Where roles decide, entities of which the actor may do nothing and fields hidden from him are
 *  left out; "access" says "mask" or "read" of fields he may not set.
 *
 *  @param buf,len law of arcore.h. @param language "en" or "zh"; NULL: the session's.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_session_schema_json(arc_session *session, char *buf, size_t *len, const char *language);

ARC_END_DECLS

#endif
