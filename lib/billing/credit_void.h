/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_BILLING_CREDIT_VOID_H
#define ARCI_BILLING_CREDIT_VOID_H

#include "billing/invoice_step.h"

/* Before documents are voided: credit notes among the good ones give back what they settled of their invoices; those of which more was used, and advances that
 * were deducted, are refused. */
arc_status arci_credit_void(arci_steps *s);
/* Refuses good ones that a credit note, which still waits for the tax service, is of. */
arc_status arci_credit_waits(arci_steps *s);

#endif
