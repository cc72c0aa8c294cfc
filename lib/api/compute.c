/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows which engines of all layers compute fields. */
#include "billing/computed.h"
#include "credit/computed.h"
#include "ledger/computed.h"

static const arci_computing *const engines[] = { &arci_store_computing, &arci_ledger_computing, &arci_credit_computing, &arci_billing_computing };
enum { N_ENGINES = sizeof engines / sizeof engines[0] };

arc_status arc_record_compute(arc_session *session, arc_record *const *records, size_t n, arc_date as_of)
{
    return arci_record_compute(session, records, n, as_of, engines, N_ENGINES);
}
