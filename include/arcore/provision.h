/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/provision.h
 *  Provisions (坏账准备): what is expected not to be paid, charged to the allowance or released from it. What is required is the caller's figure; the difference to what stands in
 *  the allowance is posted. */
#ifndef ARCORE_PROVISION_H
#define ARCORE_PROVISION_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Where part of a provision comes from; kept, not posted by itself. Start from ARC_PROVISION_PART_INIT. */
typedef struct arc_provision_part {
    uint32_t struct_size;
    int32_t bucket;      /**< of an aging; -1: none */
    int64_t customer;    /**< 0: of all */
    int64_t balance;     /**< what the rate was applied to, minor units of the base currency */
    int64_t rate;        /**< fraction with 6 decimals: 50000 = 5 % */
    int64_t amount;      /**< required for it, minor units of the base currency */
} arc_provision_part;

#define ARC_PROVISION_PART_INIT { (uint32_t)sizeof(arc_provision_part), -1, 0, 0, 0, 0 }

/** Fills a part with its defaults; the same bytes as ARC_PROVISION_PART_INIT.
 *  @param part not NULL. @return ARC_OK, or ARC_E_INVALID when part is NULL. @since 0.1 */
ARC_API arc_status arc_provision_part_init(arc_provision_part *part);

/** What a run came to. Amounts in minor units of the book's base currency. Start from ARC_PROVISION_INIT. */
typedef struct arc_provision {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    int64_t id;        /**< row of ARC_PROVISION_RUN */
    int64_t required;  /**< what the allowance has to be */
    int64_t existing;  /**< what stood there */
    int64_t charge;    /**< required - existing, posted: charge positive, release negative */
} arc_provision;

#define ARC_PROVISION_INIT { (uint32_t)sizeof(arc_provision), 0, 0, 0, 0, 0 }

/** Fills a result with its defaults; the same bytes as ARC_PROVISION_INIT.
 *  @param provision not NULL. @return ARC_OK, or ARC_E_INVALID when provision is NULL. @since 0.1 */
ARC_API arc_status arc_provision_init(arc_provision *provision);

/** Brings the allowance to what is required on a day: an entry on that day, `bad_debt_expense` against `bad_debt_allowance`, over the difference to what the journal has there as of the
 *  day. Write-offs and recoveries move the allowance themselves. Nothing to post is a run without an entry.
 *
 *  @param session  the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param result   receives what it came to; may be NULL.
 *  @param as_of    the day; ARC_DATE_NONE = the session's business date.
 *  @param required minor units of the base currency, 0 or more.
 *  @param method   code of provision_method: "aging", "matrix" or "individual". "none" is the choice of books without an allowance: nothing is charged there.
 *  @param reason   1 to 500 bytes; kept, and the memo of the entry.
 *  @param parts    n parts, which come to `required`; NULL when n is 0. @param n 0 to 100,000.
 *  @return ARC_OK; ARC_E_STATE: a later day is provided for already, or the book writes off without an allowance (setting `ledger.provision_method` "none"); ARC_E_VALUE: no such method, parts that
 *          do not come to `required`, or lines of the allowance in foreign currency have no base amount; ARC_E_RANGE: not a date, or a negative amount; ARC_E_REFERENCE: no such customer; ARC_E_PERIOD; ARC_E_LIMIT;
 *          ARC_E_OVERFLOW; ARC_E_INVALID; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_CONFLICT; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_provision_run(arc_session *session, arc_provision *result, arc_date as_of, int64_t required, const char *method, const char *reason,
                                     const arc_provision_part *parts, size_t n);

/** Takes the last run back on its day.
 *
 *  @param id        receives the id of the reversing row; may be NULL.
 *  @param provision id of the run.
 *  @param reason    1 to 500 bytes; kept.
 *  @return ARC_OK; ARC_E_NOT_FOUND; ARC_E_STATE: it is itself a reversal, is reversed already, or a later run stands; otherwise as arc_provision_run(). @since 0.1 */
ARC_API arc_status arc_provision_reverse(arc_session *session, int64_t *id, int64_t provision, const char *reason);

ARC_END_DECLS

#endif
