/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/event.h
 *  What happened, in order: a feed for integration, and the history of one record. Both give CloudEvents 1.0 in JSON:
 *
 *      {"specversion":"1.0","id":"7.1","source":"arcore:main","type":"invoice.record","subject":"invoice/12","time":"2026-11-21T08:30:00.000000Z",
 *       "datacontenttype":"application/json","seal":5,"data":{"actor":"li","business_date":"2026-11-21","system":"crm","rows":[{"entity":"invoice","id":12,
 *       "op":"insert","version":1,"after":{...}},{"entity":"item","id":12,"op":"insert","after":{...}}]}}
 *
 *  system stands there where another system's upsert wrote it. id is the transaction and the number of the event in it: the same however often the event is delivered. docs/audit.md says what stands in rows. */
#ifndef ARCORE_EVENT_H
#define ARCORE_EVENT_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

typedef struct arc_feed arc_feed;

#define ARC_FEED_PERSONAL 0x1u /**< give personal values in clear to who may read them, as long as they are not erased; else their commitments */

/** Options of arc_feed_open() and arc_record_history(). Start from ARC_FEED_OPTIONS_INIT. */
typedef struct arc_feed_options {
    uint32_t struct_size;
    uint32_t flags;     /**< 0 or ARC_FEED_PERSONAL */
    const char *after;  /**< token: events behind it; NULL = from the beginning. Not for histories */
    const char *verb;   /**< only verbs that begin with this, for example "invoice." or "invoice.record"; NULL = all */
    uint32_t entity;    /**< only events about documents of this entity; 0 = all. Not for histories */
    uint32_t reserved;  /**< 0 */
    int64_t row;        /**< with entity: only this document; 0 = all. Not for histories */
    const char *not_from; /**< code of a system (arcore/external.h): events of what it wrote itself are passed over; NULL = none. Not for histories */
} arc_feed_options;

#define ARC_FEED_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_feed_options), 0, NULL, NULL, 0, 0, 0, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_feed_options_init(arc_feed_options *options);

/** Opens the feed of a book. It reads sealed transactions in the order of their seals, so an event that has been passed over by one token never
 *  appears behind it later. Rows the actor may not see, and fields he may not read, are left out; events without a row left are passed over.
 *
 *  @param session may read events; no transaction is held between calls.
 *  @param out receives the handle; the caller frees it with arc_feed_free(). NULL is stored on error.
 *  @param options NULL for defaults; copied.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL, an unknown flag, a row without entity; ARC_E_SYNTAX: after is no token; ARC_E_NOT_FOUND: no such
 *          entity; ARC_E_FORBIDDEN; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_feed_open(arc_session *session, arc_feed **out, const arc_feed_options *options);

/** Opens the history of one record: the events that changed it, oldest first, with no other rows in them. A part of a document (an item of an invoice) has
 *  the events of its document that touched it. What is not sealed yet is not in it.
 *
 *  @param session may read the record.
 *  @param out receives the handle; the caller frees it with arc_feed_free(). NULL is stored on error.
 *  @param entity number of its entity. @param row its id. @param options NULL for defaults; copied.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such entity or record, or one the actor may not see; ARC_E_INVALID: out is NULL, an unknown flag, or an option that is not
 *          for histories; ARC_E_UNSUPPORTED: records of this entity have no id; ARC_E_FORBIDDEN; ARC_E_TXN; ARC_E_DOOMED; ARC_E_CORRUPT; ARC_E_BUSY; ARC_E_IO;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_history(arc_session *session, arc_feed **out, uint32_t entity, int64_t row, const arc_feed_options *options);

/** The next event.
 *  @param json receives the event; until the next step of the handle. @param length of it in bytes; may be NULL.
 *  @return ARC_OK; ARC_DONE: no more for now (a feed may be asked again later); ARC_E_INVALID: json is NULL; ARC_E_TXN: another session's transaction is
 *          open; ARC_E_DOOMED; ARC_E_CORRUPT; ARC_E_BUSY; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_feed_next(arc_feed *feed, const char **json, size_t *length);

/** The place behind the last event given: hand it to arc_feed_open() as `after` to go on there, also in another process.
 *  @param buf receives the token. @param len its capacity in, its length out.
 *  @return ARC_OK; ARC_E_BUFFER: buf is too short, *len says how long it is; ARC_E_INVALID: len is NULL; ARC_E_UNSUPPORTED: a history; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_feed_token(arc_feed *feed, char *buf, size_t *len);

/** Last error of a feed. @return as arc_context_error(). @since 0.1 */
ARC_API arc_status arc_feed_error(arc_feed *feed, arc_error *error);

/** Frees a feed or a history. @param feed NULL is allowed; a stale handle is ignored. @since 0.1 */
ARC_API void arc_feed_free(arc_feed *feed);

ARC_END_DECLS

#endif
