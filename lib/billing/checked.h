/* SPDX-License-Identifier: Apache-2.0 */
/* Credit checks of the documents of a call (credit/check.h); where the book has no policy nothing is asked. */
#ifndef ARCI_BILLING_CHECKED_H
#define ARCI_BILLING_CHECKED_H

#include "billing/order.h"
#include "credit/check.h"

/* Opens the run and locks the customers of the good rows. */
arc_status arci_orders_checked(arci_credit_run *run, arci_order_call *c);
/* Element i, an order whose lines come to amount; *held: it is held. */
arc_status arci_order_checked(arci_credit_run *run, arci_order_call *c, uint32_t i, int64_t amount, int *held);
/* Element i, a delivery. */
arc_status arci_delivery_checked(arci_credit_run *run, arci_order_call *c, uint32_t i, int *held);
/* Orders that are held now: their status. held: by element. */
arc_status arci_orders_held(arci_order_call *c, const uint8_t *held);
/* What of a document is of no order and no delivery, by its lines and as a whole: the rest is counted there. */
int64_t arci_bill_own(const arci_bill *d);
/* Good documents that are to be issued; those held are good no more. */
arc_status arci_bills_checked(arci_bills *b);
/* Behind their rows: keeps what was warned of. */
arc_status arci_bills_warned(arci_bills *b);

#endif
