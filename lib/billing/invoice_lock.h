/* SPDX-License-Identifier: Apache-2.0 */
/* Locking documents in the one order that all verbs keep to. */
#ifndef ARCI_BILLING_INVOICE_LOCK_H
#define ARCI_BILLING_INVOICE_LOCK_H

#include "store/repo.h"

/* Locks rows of invoice by id, in any order, repeats allowed: notes, then invoices, then advances. Verbs that go on to what their documents point at lock the documents first. A no-op where
 * writers exclude each other; of several documents it costs a question more elsewhere. */
arc_status arci_invoices_lock(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n);

#endif
