/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/audit.h
 *  Who did what, provably. Every transaction that changes a book leaves events (one for each verb and document, with the values before and
 *  after) and a seal: one link of a chain of SHA-256 hashes over all transactions of the book. docs/audit.md has the bytes that are hashed.
 *
 *  What the chain shows: any change of an event, a transaction, a seal or a row behind the library's back, and a gap. What it cannot show by itself
 *  is that its end was cut off, or that all of it was made anew: keep heads (arc_audit_head()) outside, or give the book a seal key. */
#ifndef ARCORE_AUDIT_H
#define ARCORE_AUDIT_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** The end of the chain. Start from ARC_AUDIT_MARK_INIT. */
typedef struct arc_audit_mark {
    uint32_t struct_size;
    int32_t keyed;     /**< 1: the last seal was made with the host's key */
    int64_t seq;       /**< number of the last seal; 0 = there is none */
    arc_stamp stamp;   /**< of the last seal, µs UTC */
    int64_t unsealed;  /**< transactions that wait for their seal */
    char hash[72];     /**< of the last seal, 64 hexadecimal digits; zeroes when there is none */
} arc_audit_mark;

#define ARC_AUDIT_MARK_INIT \
    { (uint32_t)sizeof(arc_audit_mark), 0, 0, 0, 0, { 0 } }

/** Fills the struct with its defaults. @param mark not NULL. @return ARC_OK, or ARC_E_INVALID when mark is NULL. @since 0.1 */
ARC_API arc_status arc_audit_mark_init(arc_audit_mark *mark);

/** The end of the chain: to be kept outside, and handed to arc_audit_verify() later.
 *
 *  @param session any session that may read seals; reads in its open transaction or in one of its own.
 *  @param mark filled up to its struct_size.
 *  @return ARC_OK; ARC_E_INVALID: mark is NULL or has no size; ARC_E_FORBIDDEN; ARC_E_DOOMED; ARC_E_TXN: another session's transaction is open;
 *          ARC_E_CORRUPT; ARC_E_IO; ARC_E_BUSY; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_audit_head(arc_session *session, arc_audit_mark *mark);

/** Seals transactions that wait for it, oldest first, so that none comes before one it depends on.
 *
 *  On stores with one writer at a time (memory, SQLite) every transaction is sealed as it commits, and nothing waits unless a seal key was missing.
 *  On PostgreSQL writers work side by side: call this every so often, from as many processes as you like. Feeds, proofs and questions "as known at"
 *  see sealed transactions only.
 *
 *  @param session in its open WRITE transaction, or in one of its own when none is open.
 *  @param sealed receives how many; may be NULL.
 *  @param max most to seal, 0 = 10,000.
 *  @return ARC_OK; ARC_E_CONFLICT: another sealer was quicker, nothing was sealed; ARC_E_STATE: the chain was made with a key and the book was
 *          opened without one; ARC_E_FORBIDDEN; ARC_E_INVALID: max is above 1,000,000; ARC_E_TXN; ARC_E_DOOMED; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CORRUPT; ARC_E_IO; ARC_E_FULL; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_audit_seal(arc_session *session, uint32_t *sealed, uint32_t max);

/** The last seal at or before the end of a day: what was known then. Hand it on as `known_at`.
 *
 *  @param session may read seals; reads in its open transaction or in one of its own.
 *  @param seq receives the number of the seal; 0 = nothing was sealed by then.
 *  @param day civil day of the book.
 *  @return ARC_OK; ARC_E_INVALID: seq is NULL; ARC_E_RANGE: day is outside the calendar; ARC_E_FORBIDDEN; ARC_E_DOOMED; ARC_E_TXN; ARC_E_CORRUPT; ARC_E_IO; ARC_E_BUSY;
 *          ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_audit_seal_on(arc_session *session, int64_t *seq, arc_date day);

#define ARC_AUDIT_CHAIN_ONLY 0x1u /**< prove events, transactions and seals, but not that rows are as the events tell */

/** Options of arc_audit_verify(). Start from ARC_AUDIT_OPTIONS_INIT. */
typedef struct arc_audit_options {
    uint32_t struct_size;
    uint32_t flags;           /**< 0 or ARC_AUDIT_CHAIN_ONLY */
    int64_t anchor_seq;       /**< seal kept outside; 0 = none */
    const char *anchor_hash;  /**< its hash, 64 hexadecimal digits; NULL = none */
    int64_t max_findings;     /**< stop after this many; 0 = no bound */
    arc_progress_fn progress; /**< may be NULL */
    void *progress_user;
} arc_audit_options;

#define ARC_AUDIT_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_audit_options), 0, 0, NULL, 0, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_audit_options_init(arc_audit_options *options);

/** What a proof came to. Start from ARC_AUDIT_REPORT_INIT. */
typedef struct arc_audit_report {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t findings;   /**< things found wrong */
    int64_t seals;      /**< links walked */
    int64_t events;     /**< events proven */
    int64_t unsealed;   /**< transactions that wait for their seal */
    int64_t unanchored; /**< seals behind the anchor (all, when there is none): cutting them off would not be seen */
    int64_t unproven;   /**< keyed links that could not be recomputed because the book was opened without the key */
    char head[72];      /**< hash of the last seal */
} arc_audit_report;

#define ARC_AUDIT_REPORT_INIT \
    { (uint32_t)sizeof(arc_audit_report), 0, 0, 0, 0, 0, 0, 0, { 0 } }

/** Fills the struct with its defaults. @param report not NULL. @return ARC_OK, or ARC_E_INVALID when report is NULL. @since 0.1 */
ARC_API arc_status arc_audit_report_init(arc_audit_report *report);

/** Proves that nobody changed the book behind the library's back: recomputes every digest and link, and compares every row with the last event that
 *  tells of it. arc_book_verify() does the same among its other checks. What is kept for speed (states, accounts) is recomputed there.
 *
 *  @param session reads the whole book in its open transaction or in one of its own.
 *  @param report filled up to its struct_size, also when findings were made or the run was stopped; may be NULL.
 *  @param finding receives each finding, in order of the chain, so the first names the first broken link; may be NULL.
 *  @param user handed to finding.
 *  @param options NULL for defaults.
 *  @return ARC_OK: the chain was walked, see report.findings; ARC_E_CANCELLED: finding, progress or max_findings stopped it; ARC_E_FORBIDDEN;
 *          ARC_E_INVALID: bad options or a report without size; ARC_E_CORRUPT: the store could not be read through; ARC_E_TXN; ARC_E_DOOMED; ARC_E_BUSY;
 *          ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_audit_verify(arc_session *session, arc_audit_report *report, arc_finding_fn finding, void *user,
                                    const arc_audit_options *options);

/* ---- erasure ------------------------------------------------------------------------------------------------------ */

/** Asked before anything is erased: non-zero keeps the data (a legal hold, a duty the library does not know of). The book must not be used inside. */
typedef int32_t (*arc_retention_fn)(void *user, uint32_t entity, int64_t id);

/** Options of arc_subject_erase(). Start from ARC_ERASE_OPTIONS_INIT. */
typedef struct arc_erase_options {
    uint32_t struct_size;
    uint32_t flags;          /**< 0 */
    const char *reason;      /**< why, for example the request it answers; 1 to 500 bytes; kept with the transaction */
    arc_retention_fn retain; /**< may be NULL */
    void *retain_user;
} arc_erase_options;

#define ARC_ERASE_OPTIONS_INIT { (uint32_t)sizeof(arc_erase_options), 0, NULL, NULL, NULL }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_erase_options_init(arc_erase_options *options);

/** What was erased. Start from ARC_ERASURE_INIT. */
typedef struct arc_erasure {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t rows;     /**< rows whose personal fields were emptied */
    int64_t values;   /**< values taken out of the audit trail */
    int64_t retained; /**< values that stay, because they are in documents that never change (what a receipt says of its payer) */
} arc_erasure;

#define ARC_ERASURE_INIT { (uint32_t)sizeof(arc_erasure), 0, 0, 0, 0 }

/** Fills the struct with its defaults. @param erasure not NULL. @return ARC_OK, or ARC_E_INVALID when erasure is NULL. @since 0.1 */
ARC_API arc_status arc_erasure_init(arc_erasure *erasure);

/** Erases the personal data of one subject: empties the personal fields (schema and custom) of its row and of the rows that name it, and deletes the values
 *  kept for the audit trail. A customer goes with its contacts. Copies in texts - lines of proposals, firings of rules, messages, tasks - are
 *  looked for and emptied as a whole; lines that were still to be applied become stale, messages still to be delivered leave the outbox. The chain still proves: it holds commitments only. Required texts become "erased:<id>".
 *
 *  Refused (ARC_E_STATE, with the reason) while something is open on an account of the customer; while documents of the customer are younger than the book's
 *  setting `privacy.retention_years` (a whole number) by the session's business date; and when options.retain says so.
 *
 *  @param session in its open WRITE transaction, or in one of its own.
 *  @param erasure what was erased; may be NULL.
 *  @param entity ARC_CUSTOMER, ARC_CONTACT or ARC_USER_ACCOUNT. @param id of the subject.
 *  @param options reason is required; copied.
 *  @return ARC_OK; ARC_E_STATE: its data must be kept; ARC_E_NOT_FOUND: no such subject; ARC_E_UNSUPPORTED: not an entity of subjects; ARC_E_REQUIRED: no reason;
 *          ARC_E_INVALID: bad options; ARC_E_LIMIT: reason is too long; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_READONLY; ARC_E_TXN; ARC_E_DOOMED;
 *          ARC_E_CONFLICT; ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_OUTCOME_UNKNOWN; ARC_E_CORRUPT; ARC_E_IO; ARC_E_FULL; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_subject_erase(arc_session *session, arc_erasure *erasure, uint32_t entity, int64_t id, const arc_erase_options *options);

ARC_END_DECLS

#endif
