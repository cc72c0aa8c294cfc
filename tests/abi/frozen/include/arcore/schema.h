/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/schema.h
 *  What a front end needs to know: every entity, field and code list, with labels, as one JSON document. */
#ifndef ARCORE_SCHEMA_H
#define ARCORE_SCHEMA_H

#include "arcore/context.h"

ARC_BEGIN_DECLS

/** The schema of this version of the library as JSON (custom fields of a book are not part of it):
 *
 *      {"schema": 1, "fingerprint": "...", "language": "en",
 *       "entities": [{"name": "invoice", "number": 210, "label": "Invoice", "help": "...", "key": ["id"], "scope": "customer",
 *                     "versioned": true, "custom": true,
 *                     "fields": [{"name": "gross_amount", "number": 13762575, "type": "money", "currency": "currency",
 *                                 "label": "Gross amount", "help": "...", "required": true}]}],
 *       "codes": {"invoice_status": [{"code": "draft", "label": "Draft"}]}}
 *
 *  Of an entity: reserved, versioned, append_only, custom, state, master, system, erasable appear when true; scope when it has one.
 *  Of a field: `number` is the id of arcore/fields.h; `type` one of int, bool, text, date, stamp, money, code, json, decimal,
 *  blob, id; `size` most bytes of text, code, json, blob; `scale` digits behind the point of a decimal; `currency` the field that
 *  names the currency of money; `codes` the code list; `entity` what an id points at; `format` "currency" for ISO 4217
 *  codes; required, personal, verb (set by verbs only), derived, cache, immutable appear when true.
 *  Entities come by number, fields by number, code lists by name, codes in their order: the same bytes every time.
 *
 *  @param context  for memory and the error.
 *  @param buf,len  law of arcore.h; about 200 KiB.
 *  @param language "en" or "zh" for labels; NULL and unknown languages mean "en". Help lines are English.
 *  @return ARC_OK; ARC_E_BUFFER: too short, *len is the length needed; ARC_E_INVALID: len is NULL; ARC_E_HANDLE: not a context;
 *          ARC_E_NOMEM.
 *  Threads: any. No transaction. @since 0.1 */
ARC_API arc_status arc_schema_json(arc_context *context, char *buf, size_t *len, const char *language);

ARC_END_DECLS

#endif
