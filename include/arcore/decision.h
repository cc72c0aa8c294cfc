/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/decision.h
 *  Decision tables and scorecards: rows of tests that front ends edit as JSON, with the hit policies of DMN, exact numbers, and an answer to why.
 *  docs/tables.md has the form of the documents.
 *
 *  They are definitions of kind "decision_table" and "scorecard" (arcore/definition.h). A table is a checked handle of its context; one thread at a time. */
#ifndef ARCORE_DECISION_H
#define ARCORE_DECISION_H

#include "arcore/definition.h"

ARC_BEGIN_DECLS

typedef struct arc_decision arc_decision; /**< checked handle: a decision table or a scorecard */

#define ARC_DECISION_EXPLAIN 0x1u /**< the answer also tells of each row which cell decided */

/** Makes a table from a document. What only publishing refuses - rows of a unique table that meet, rows that disagree, gaps in a complete one - is let in
 *  here: arc_decision_report() tells of it.
 *
 *  @param context where memory comes from and where errors are told.
 *  @param out receives the handle; the caller frees it with arc_decision_free(). NULL on error.
 *  @param document JSON. @param length its bytes, or SIZE_MAX.
 *  @param report told of every fault; may be NULL. @param user handed to report.
 *  @return ARC_OK; ARC_E_CANCELLED: report stopped it; the status of the first fault (ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_EXISTS, ARC_E_REQUIRED,
 *          ARC_E_VALUE, ARC_E_NOT_FOUND, ARC_E_RANGE, ARC_E_PRECISION, ARC_E_CURRENCY, ARC_E_RULE ...), with JSON Pointer; ARC_E_INVALID: NULL; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_decision_load(arc_context *context, arc_decision **out, const char *document, size_t length, arc_fault_fn report, void *user);

/** Makes a table from the published definition in force.
 *
 *  @param session needs the right to read definitions.
 *  @param out receives the handle; it belongs to the session's context; the caller frees it with arc_decision_free(). NULL on error.
 *  @param kind "decision_table" or "scorecard". @param code of the definition. @param on business date; ARC_DATE_NONE = today.
 *  @return ARC_OK; ARC_E_NOT_FOUND: none is in force; what arc_decision_load() answers (a custom field it reads may be gone); ARC_E_FORBIDDEN; ARC_E_INVALID: a NULL
 *          argument, another kind, or no day is known; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_decision_open(arc_session *session, arc_decision **out, const char *kind, const char *code, arc_date on);

/** Asks it.
 *
 *  Of a decision table the answer is {"hitPolicy", "definition", "matched": [{"row", "id"}], "result"}: the outputs of the row as an object, a list of objects (R, C), a
 *  number (C+, C<, C>, C#), or null. With ARC_DECISION_EXPLAIN also {"inputs", "rows": [{"row", "id", "matched", "cell": {"input", "pointer", "test", "value"}}]}. Of a scorecard:
 *  {"score", "definition", "reasons": [{"reasonCode", "characteristic", "difference"}], "characteristics": [{"name", "value", "test", "pointer", "points", "baseline",
 *  "reasonCode"}]}. Rows count from 1. Decimals and amounts are text.
 *  @param buf,len law of arcore.h.
 *  @param inputs JSON: {"field": value}, or objects in each other for dotted fields; NULL: the document's sample. @param length its bytes, or SIZE_MAX.
 *  @param flags ARC_DECISION_EXPLAIN, or 0.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_RULE: two rows of a unique table apply, or two disagree (the message names them); ARC_E_REQUIRED: an input that must be there is null, or a condition met a null;
 *          ARC_E_VALUE, ARC_E_PRECISION, ARC_E_OVERFLOW, ARC_E_CURRENCY: an input is not of its type (JSON Pointer into inputs); ARC_E_RANGE: outside of min and max; ARC_E_NOT_FOUND: there is no
 *          sample; ARC_E_UNSUPPORTED: the table reads a list; ARC_E_DIVIDE, ARC_E_CALENDAR: a condition came to an error; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_EXISTS, ARC_E_LIMIT: not JSON the wall lets in;
 *          ARC_E_INVALID: len is NULL, or unknown flags; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_decision_evaluate(arc_decision *decision, char *buf, size_t *len, const char *inputs, size_t length, uint32_t flags);

/** Asks it about a row of the book: the fields its subject has, and what its references point at, are read there.
 *
 *  @param session the actor; he must be able to read every field the table looks at.
 *  @param buf,len law of arcore.h. @param decision of this context; its document names a subject. @param id of a row of the subject. @param today the date of the call; ARC_DATE_NONE: the session's.
 *  @param flags as of arc_decision_evaluate(), whose answer this is.
 *  @return as arc_decision_evaluate(); ARC_E_NOT_FOUND: no such row, or not to be seen; ARC_E_STATE: the table has no subject; ARC_E_STALE: the book's own fields have
 *          changed, open it again; ARC_E_REQUIRED: an input with a type of its own, which no row has; ARC_E_FORBIDDEN; ARC_E_INVALID: len is NULL, unknown flags, or no day is known; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK. The session keeps the error. @since 0.1 */
ARC_API arc_status arc_decision_evaluate_row(arc_session *session, char *buf, size_t *len, arc_decision *decision, int64_t id, arc_date today,
                                              uint32_t flags);

/** What there is to know of a table before it is used, as JSON: {"overlaps": [{"rows", "differ", "decided", "when"}], "gaps": [{field: values}], "warnings": [{"code",
 *  "message"}], "overlaps_decided", "gaps_decided", "n_overlaps", "n_gaps"}. Both are exact, unless the last say that it was not decided: where conditions decide, or beyond the bounds
 *  of docs/tables.md. At most 50 of each are listed. Overlaps are looked for where they matter: U, A and F.
 *
 *  @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_decision_report(arc_decision *decision, char *buf, size_t *len);

/** Copies the last error of a table.
 *  @param error filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: error is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_decision_error(arc_decision *decision, arc_error *error);

/** Frees a table.
 *  @param table NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_decision_free(arc_decision *decision);

ARC_END_DECLS

#endif
