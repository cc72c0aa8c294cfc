/* SPDX-License-Identifier: Apache-2.0 */
/* What documents, contracts, their plans and orders come to: fields without a column. */
#ifndef ARCI_BILLING_COMPUTED_H
#define ARCI_BILLING_COMPUTED_H

#include "store/computed.h"

extern const arci_computing arci_billing_computing;

#endif
