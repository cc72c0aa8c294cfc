/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/external.h
 *  Rows as other systems know them: external ids, and the idempotent upsert for synchronisation.
 *
 *  A system (an ERP, a CRM ...) has a code of 1 to 64 of a-z A-Z 0-9 _ . -, for example "kingdee". An external id says which row a value of a
 *  system stands for; a row may have several. docs/sync.md tells the story. */
#ifndef ARCORE_EXTERNAL_H
#define ARCORE_EXTERNAL_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/* ---- upsert ---------------------------------------------------------------------------------------------------- */

#define ARC_UPSERT_INSERTED 1  /**< the value was unknown: a row was made and the value noted */
#define ARC_UPSERT_UPDATED 2   /**< the row has changed */
#define ARC_UPSERT_UNCHANGED 3 /**< the row says that already: nothing was written */

/** Options of arc_session_upsert(). Start from ARC_UPSERT_OPTIONS_INIT. */
typedef struct arc_upsert_options {
    uint32_t struct_size;
    uint32_t flags; /**< 0 or ARC_ALL_OR_NONE */
    /** Told of each field of an element that would change and is not the system's to change. Non-zero stops with ARC_E_CANCELLED. May be
     *  NULL. The book must not be used inside. */
    int32_t (*skipped)(void *user, int64_t element, const char *field);
    void *user;
} arc_upsert_options;

#define ARC_UPSERT_OPTIONS_INIT { (uint32_t)sizeof(arc_upsert_options), 0, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_UPSERT_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_upsert_options_init(arc_upsert_options *options);

/** Brings a row to what another system says of it.
 *
 *  Where the value is unknown the record is inserted (invoices and receipts are recorded by their verbs) and the value noted. Where it is known: of master
 *  data the fields that the record sets, that differ, and that the system owns are changed; an invoice or receipt is compared and answered. What would
 *  change nothing writes nothing. Events of what is written carry the system as their source.
 *
 *  @param id receives the row; may be NULL. @param what receives ARC_UPSERT_*; may be NULL.
 *  @param record unchanged but for id and version of a row that was made. @param system code of the source.
 *  @param value the row's id there, 1 to 200 bytes. @param options NULL for defaults.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL: what would be written waits for approval, nothing is noted yet; ARC_E_EXISTS: a document with this id has other contents (the error names the first field), or a unique value is taken;
 *          ARC_E_FORBIDDEN: the entity is not written from records, the system may not change a field (its definition says "refuse"), or the actor may not;
 *          ARC_E_LIMIT, ARC_E_ENCODING, ARC_E_REQUIRED, ARC_E_VALUE: system or value; ARC_E_CANCELLED; otherwise as arc_session_insert(), arc_session_update(),
 *          arc_invoice_record() and arc_receipt_record(): ARC_E_RULE, ARC_E_VALUE, ARC_E_REFERENCE, ARC_E_STALE, ARC_E_CONFLICT; ARC_E_REQUEST; ARC_E_INVALID; ARC_E_TXN; ARC_E_READONLY;
 *          ARC_E_BUSY; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_session_upsert(arc_session *session, int64_t *id, int32_t *what, arc_record *record, const char *system,
                                      const char *value, const arc_upsert_options *options);

/** The same for n records, in order, in one transaction.
 *
 *  @param ids receives n ids, 0 where refused; may be NULL. @param what receives n of ARC_UPSERT_*, 0 where refused; may be NULL.
 *  @param results receives n statuses; may be NULL only with ARC_ALL_OR_NONE. @param records n records, of any entities. @param values n values.
 *  @param n 1 to 100,000.
 *  @return ARC_OK: all; ARC_NEEDS_APPROVAL: none was refused, some wait for approval; ARC_PARTIAL: some were refused, see results (the error is that of the first); with ARC_ALL_OR_NONE the first refusal itself;
 *          otherwise as arc_session_upsert(), then nothing is written. @since 0.1 */
ARC_API arc_status arc_session_upsert_many(arc_session *session, int64_t *ids, int32_t *what, arc_status *results, arc_record *const *records,
                                           const char *const *values, size_t n, const char *system, const arc_upsert_options *options);

/* ---- external ids ---------------------------------------------------------------------------------------------- */

/** Notes that a value of a system stands for a row.
 *  @param entity ARC_<ENTITY>. @param row its id. @param system,value as arc_session_upsert().
 *  @return ARC_OK: also when it was noted before; ARC_E_EXISTS: the value stands for another row; ARC_E_NOT_FOUND: no such row; ARC_E_LIMIT, ARC_E_ENCODING,
 *          ARC_E_REQUIRED, ARC_E_VALUE: system or value; ARC_E_INVALID: rows of the entity have no id; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_CONFLICT; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_external_add(arc_session *session, uint32_t entity, int64_t row, const char *system, const char *value);

/** Deletes an external id; the row it stood for stays.
 *  @return ARC_OK; ARC_E_NOT_FOUND: the value is unknown; otherwise as arc_external_add(). @since 0.1 */
ARC_API arc_status arc_external_remove(arc_session *session, uint32_t entity, const char *system, const char *value);

/** Finds the row a value stands for.
 *  @param row receives its id.
 *  @return ARC_OK; ARC_E_NOT_FOUND: the value is unknown, or its row is not for this actor; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_external_find(arc_session *session, int64_t *row, uint32_t entity, const char *system, const char *value);

/** Receives one external id. Texts live during the call. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_external_fn)(void *user, const char *system, const char *value);

/** Lists the external ids of a row, by system and value.
 *  @param list told of each. @param user handed to list.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such row, or not for this actor; ARC_E_CANCELLED; otherwise as arc_external_find(). @since 0.1 */
ARC_API arc_status arc_external_list(arc_session *session, arc_external_fn list, void *user, uint32_t entity, int64_t row);

ARC_END_DECLS

#endif
