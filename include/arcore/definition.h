/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/definition.h
 *  Definitions: validation rules, import mappings ... as JSON documents with versions.
 *
 *  A definition has a kind, a code that is its name in the kind, and revisions 1, 2, 3 ... A draft may be changed as often as one likes. Publishing
 *  checks the document - each fault with a JSON Pointer - and freezes it: a published revision never changes. Of the published revisions
 *  of a code the newest whose valid_from and valid_to admit a business date is in force on that date; a retired one never is. What is
 *  published or retired takes effect for all handles of the book with their next transaction.
 *
 *  Revisions are rows of the entity `definition` (ARC_DEFINITION): arc_session_get() and queries read them. */
#ifndef ARCORE_DEFINITION_H
#define ARCORE_DEFINITION_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Receives one fault of a document: status, pointer, message. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_fault_fn)(void *user, const arc_error *fault);

/** What stands beside a document. Start from ARC_DEFINITION_OPTIONS_INIT. */
typedef struct arc_definition_options {
    uint32_t struct_size;
    uint32_t flags;      /**< 0 */
    const char *title;   /**< for people, at most 300 bytes; NULL = none */
    const char *note;    /**< why this revision, at most 500 bytes; NULL = none */
    arc_date valid_from; /**< first business date it applies; ARC_DATE_NONE = always did */
    arc_date valid_to;   /**< last one; ARC_DATE_NONE = no end */
} arc_definition_options;

#define ARC_DEFINITION_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_definition_options), 0, NULL, NULL, ARC_DATE_NONE, ARC_DATE_NONE }

/** Fills options with their defaults; the same bytes as ARC_DEFINITION_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_definition_options_init(arc_definition_options *options);

/** The JSON Schema (draft 2020-12) of the documents of a kind, for editors. Checking looks at more: names, tags, values.
 *
 *  @param buf,len law of arcore.h. @param kind a code of the list definition_kind.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such kind, or one without documents to check; ARC_E_INVALID: len or kind is NULL. Any thread. @since 0.1 */
ARC_API arc_status arc_definition_schema_json(char *buf, size_t *len, const char *kind);

/** Stores a draft: changes the draft of this kind and code, or makes the next revision when there is none. The document must be JSON and may be
 *  wrong otherwise.
 *
 *  @param id receives the row of the draft; may be NULL.
 *  @param kind a code of the list definition_kind, for example "validation".
 *  @param code its name, 1 to 64 of a-z A-Z 0-9 _ . -
 *  @param document JSON. @param length its bytes, or SIZE_MAX.
 *  @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_EXISTS: not JSON the wall lets in (with line and pointer), or a text is too long;
 *          ARC_E_VALUE: no such kind, or not a code; ARC_E_RANGE: valid_to is before valid_from, or not a date; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_INVALID; ARC_E_TXN;
 *          ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE: another handle was at the same row; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK;
 *          ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_definition_save(arc_session *session, int64_t *id, const char *kind, const char *code, const char *document,
                                       size_t length, const arc_definition_options *options);

/** Checks a document as publishing would, without storing anything.
 *
 *  @param report told of every fault, and, with the status ARC_OK, of what may be published and costs; may be NULL. @param user handed to report.
 *  @return ARC_OK: it could be published; ARC_E_UNSUPPORTED: nothing in this build reads definitions of this kind; ARC_E_CANCELLED; the status of the
 *          first fault (ARC_E_SYNTAX, ARC_E_VALUE, ARC_E_NOT_FOUND, ARC_E_REQUIRED, ARC_E_RANGE, ARC_E_LIMIT, ARC_E_EXISTS, ARC_E_CURRENCY ...); otherwise as
 *          arc_definition_save(). @since 0.1 */
ARC_API arc_status arc_definition_check(arc_session *session, const char *kind, const char *document, size_t length, arc_fault_fn report,
                                        void *user);

/** What a preview looks at. Start from ARC_PREVIEW_OPTIONS_INIT. */
typedef struct arc_preview_options {
    uint32_t struct_size;
    uint32_t flags;       /**< 0 */
    const int64_t *rows;  /**< n_rows ids of rows to try the document on; NULL: none in particular */
    size_t n_rows;        /**< at most 1,000 */
    uint32_t entity;      /**< number of the entity of rows, where the kind does not say it: rule, template; else 0 */
    arc_date as_of;       /**< ARC_DATE_NONE = the session's business date */
    const char *sample;   /**< a JSON object: what else there is to try it on, by kind; NULL: nothing */
    size_t sample_length; /**< its bytes, or SIZE_MAX */
    uint32_t max;         /**< rows, firings, faults told one by one, at most; 0 = 20, at most 1,000 */
    uint32_t reserved;    /**< 0 */
} arc_preview_options;

#define ARC_PREVIEW_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_preview_options), 0, NULL, 0, 0, ARC_DATE_NONE, NULL, SIZE_MAX, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_PREVIEW_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_preview_options_init(arc_preview_options *options);

/** What a document would do, saved or not, as JSON: {"kind", ...}. Checks it first, as arc_definition_check() does; writes nothing. docs/previews.md tells the members of each kind.
 *
 *  rule: what fires (arc_rule_simulate()); validation: which rows of the book would break it; template: its variants, written for rows, for sample.view or its own sample; decision_table,
 *  scorecard: answers for rows, for sample.inputs or its own sample, and what there is to know of it; tolerance: its limits, and what they allow of sample.amounts; term: due dates and discounts of
 *  sample.date and sample.amount; import_mapping: records and faults of sample.csv; account_map: the accounts of the journal's events; approval: what waits now that it names, and which of
 *  sample.calls would wait; source: who owns which fields.
 *
 *  @param session keeps the error; the actor must be able to read definitions, and what the kind looks at. @param buf,len law of arcore.h.
 *  @param kind a code of the list definition_kind. @param document JSON. @param length its bytes, or SIZE_MAX. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_BUFFER; what arc_definition_check() answers to a document with a fault, with its JSON Pointer; ARC_E_UNSUPPORTED: nothing in this build reads definitions of this kind;
 *          ARC_E_FORBIDDEN; ARC_E_NOT_FOUND: no such row or entity; ARC_E_SYNTAX, ARC_E_VALUE, ARC_E_REQUIRED, ARC_E_CURRENCY ...: the sample is not one; ARC_E_LIMIT: too many rows; ARC_E_RANGE: as_of;
 *          ARC_E_CALENDAR: a term's calendar has no rows; ARC_E_TXN: import_mapping inside a transaction; ARC_E_INVALID; ARC_E_DOOMED; ARC_E_BUSY; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND;
 *          ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_definition_preview(arc_session *session, char *buf, size_t *len, const char *kind, const char *document, size_t length,
                                          const arc_preview_options *options);

/** Publishes a draft: checks it, and freezes it when it has no fault.
 *
 *  @param id of the draft. @param report told of every fault; may be NULL. @param user handed to report.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_NOT_FOUND: no such row; ARC_E_STATE: not a draft; otherwise as arc_definition_check(). @since 0.1 */
ARC_API arc_status arc_definition_publish(arc_session *session, int64_t id, arc_fault_fn report, void *user);

/** Retires a published revision: it is in force no more, its document stays. An older published revision of the code that admits the date
 *  is in force again.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_NOT_FOUND: no such row; ARC_E_STATE: not published; otherwise as arc_definition_save(). @since 0.1 */
ARC_API arc_status arc_definition_retire(arc_session *session, int64_t id);

/** Finds the revision in force on a day.
 *
 *  @param id receives its row. @param on the business date; ARC_DATE_NONE = today.
 *  @return ARC_OK; ARC_E_NOT_FOUND: none is in force; ARC_E_INVALID: a NULL argument, or no day is known; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_definition_find(arc_session *session, int64_t *id, const char *kind, const char *code, arc_date on);

/** One revision, for lists. Texts live during the call. */
typedef struct arc_definition_info {
    uint32_t struct_size;
    uint32_t in_force;   /**< 1 on the day asked */
    int64_t id;
    int64_t revision;
    const char *kind;
    const char *code;
    const char *status;  /**< "draft", "published", "retired" */
    const char *title;   /**< "" when none */
    const char *note;    /**< "" when none */
    const char *digest;  /**< SHA-256 of the document, "" for drafts */
    arc_date valid_from; /**< ARC_DATE_NONE when there is no bound */
    arc_date valid_to;   /**< the same */
    arc_stamp published; /**< 0 for drafts */
} arc_definition_info;

/** Receives one revision. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_definition_fn)(void *user, const arc_definition_info *info);

/** Lists revisions by kind, code and revision.
 *
 *  @param list told of each. @param user handed to list. @param kind only this one; NULL = all.
 *  @param on the day for in_force; ARC_DATE_NONE = today.
 *  @return ARC_OK; ARC_E_CANCELLED: list stopped it; otherwise as arc_definition_find(). @since 0.1 */
ARC_API arc_status arc_definition_list(arc_session *session, arc_definition_fn list, void *user, const char *kind, arc_date on);

ARC_END_DECLS

#endif
