/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows which engines of all layers compute fields, and which of these rules may read. */
#include "billing/computed.h"
#include "credit/computed.h"
#include "ledger/computed.h"

const arci_computing *const arci_all_computing[] = { &arci_store_computing, &arci_ledger_computing, &arci_credit_computing, &arci_billing_computing, NULL };
const arci_computed_fact *const arci_all_computed_facts[] = { arci_credit_computed_facts, NULL };

arc_status arc_record_compute(arc_session *session, arc_record *const *records, size_t n, arc_date as_of) { return arci_record_compute(session, records, n, as_of); }
