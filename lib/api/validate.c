/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows which verbs take records of which documents. */
#include "ledger/invoice.h"
#include "ledger/receipt.h"
#include "store/validate.h"

arc_status arc_record_validate(arc_session *session, arc_record *record, arc_record_fault_fn report, void *user,
                               const arc_validate_options *options)
{
    const arci_validator validators[] = { arci_invoice_validator, arci_receipt_validator };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    return arci_session_leave(s, arci_record_validate(s, record, validators, sizeof validators / sizeof validators[0], report, user, options));
}
