/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/profile.h
 *  The 360° view of a customer: who he is, how he stands and how he behaves, as of any day. docs/profile.md has the figures and their formulas.
 *
 *  "Now" is read from sums the ledger keeps with every posting: the cost does not grow with what was ever paid. The past is folded from the customer's own rows. */
#ifndef ARCORE_PROFILE_H
#define ARCORE_PROFILE_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Options of arc_customer_profile(). Start from ARC_PROFILE_OPTIONS_INIT. */
typedef struct arc_profile_options {
    uint32_t struct_size;
    uint32_t min_payments;  /**< fewer payments are a thin file: no payment index; 0 = 3 */
    arc_date as_of;         /**< ARC_DATE_NONE = the session's business date */
    uint32_t most_rows;     /**< of each list; 0 = 20, at most 200 */
    int64_t known_at;       /**< figures as known at this seal (arc_audit_seal_on()); 0 = now */
} arc_profile_options;

#define ARC_PROFILE_OPTIONS_INIT { (uint32_t)sizeof(arc_profile_options), 0, ARC_DATE_NONE, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_PROFILE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_profile_options_init(arc_profile_options *options);

/** The profile of a customer as JSON: {"customer", "as_of", "known_at", "read", "master", "parents", "children", "contacts": {role: [...]}, "bank_accounts", "payer_accounts",
 *  "balance", "figures": [{"name", "currency", "value", "unit", "as_of", "source", "formula", ...}], "recent", "relation", "interactions", "disputes", "flags", "limits", "holds", "scores",
 *  "hidden", "as_it_stands"}. "read" is "kept" where figures come from what accounts keep, "rows" where they are folded. What the actor may not read is null and named in "hidden"; fields are cut
 *  to his. Of a day that has passed, master data and rows are as they stood at its end, as their history tells; rows that were not there, and those dated behind the day, are left out. What the history
 *  does not tell of is named in "as_it_stands".
 *
 *  @param session the actor; he must be able to read the customer, accounts and their amounts. Its open transaction is used when there is one.
 *  @param buf,len law of arcore.h. @param customer id. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such customer, or not to be seen; ARC_E_FORBIDDEN; ARC_E_RANGE: as_of outside the calendar, no business date, or no seal known_at;
 *          ARC_E_TXN: known_at inside a transaction that has written; ARC_E_INVALID: len is NULL, most_rows too large, or known_at negative; ARC_E_OVERFLOW: a sum is too large; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_BUSY; ARC_E_TIMEOUT; of a day that has passed what waits for its seal is sealed first: ARC_E_READONLY;
 *          ARC_E_CONFLICT; ARC_E_FULL; ARC_E_OUTCOME_UNKNOWN; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_customer_profile(arc_session *session, char *buf, size_t *len, int64_t customer, const arc_profile_options *options);

ARC_END_DECLS

#endif
