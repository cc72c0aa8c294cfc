/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/duplicate.h
 *  Customers of a book that could be one. docs/duplicates.md has how names are compared.
 *
 *  A decision that two customers are not one is a row of `duplicate_decision`: inserted, changed and deleted as master data are. */
#ifndef ARCORE_DUPLICATE_H
#define ARCORE_DUPLICATE_H

#include "arcore/name.h"
#include "arcore/record.h"
#include "arcore/session.h"

ARC_BEGIN_DECLS

/** Makes an index of the customers the actor sees: by id, with their legal and short names, the titles of their invoices, their country, tax numbers, bank
 *  accounts and telephone numbers, as far as he may read these, and what was decided not to be duplicates by then. arc_name_index_search() finds
 *  whom a name means, arc_name_index_find_pairs() which could be one. It does not follow the book: what is added later, add with arc_name_index_add().
 *
 *  @param session the actor. @param out receives the handle; it belongs to the session's context; the caller frees it with arc_name_index_free(). NULL on error.
 *  @return ARC_OK; ARC_E_FORBIDDEN: he may not read customers; ARC_E_LIMIT: more than 16,000,000 names; ARC_E_INVALID: out is NULL; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_BUSY; ARC_E_TIMEOUT; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_duplicate_index(arc_session *session, arc_name_index **out);

/** Looks whom of the customers a customer could be, before it is stored: {"least": 8000, "candidates": [{"id", "code", "name", "score", "name_score", "margin",
 *  "reasons": ["name", "tax_id", "bank_account", "phone", "same_text", "tax_id_differs", "country_differs"]}]}, the nearest first, at most 10. A record with an id is not its own candidate.
 *
 *  @param session the actor. @param buf,len law of arcore.h. @param customer a record of entity customer with a legal or a short name.
 *  @param index what arc_duplicate_index() made, for many questions; NULL: one is made for this one, which reads all customers.
 *  @return as arc_duplicate_index(); ARC_E_BUFFER; ARC_E_REQUIRED: neither name; ARC_E_INVALID: NULL, or a record of another entity. @since 0.1 */
ARC_API arc_status arc_duplicate_check(arc_session *session, char *buf, size_t *len, arc_record *customer, arc_name_index *index);

ARC_END_DECLS

#endif
