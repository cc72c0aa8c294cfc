/* SPDX-License-Identifier: Apache-2.0 */
/* arc_invoice_record_many() for engines and import: also hands out the ids of the items made. */
#ifndef ARCI_LEDGER_INVOICE_H
#define ARCI_LEDGER_INVOICE_H

#include "arcore/invoice.h"
#include "store/validate.h"

/* item_ids: n out, 0 where refused; may be NULL. how: see arci_posting_run(). */
arc_status arci_invoice_record(arc_session *session, int64_t *ids, int64_t *item_ids, arc_status *results, arc_record *const *invoices,
                               size_t n, uint32_t flags, uint32_t how);

/* What the verb fills in where the record leaves it open; customer: as arci_posting_customer() gives it. */
void arci_invoice_fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer);
extern const arci_validator arci_invoice_validator;

#endif
