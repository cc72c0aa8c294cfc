/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_BILLING_CREDIT_VOID_H
#define ARCI_BILLING_CREDIT_VOID_H

#include "billing/invoice_step.h"

/* Refuses good ones that a credit note, which still waits for the tax service, is of. */
arc_status arci_credit_waits(arci_steps *s);

#endif
