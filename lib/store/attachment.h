/* SPDX-License-Identifier: Apache-2.0 */
/* What verify asks of attachments. */
#ifndef ARCI_STORE_ATTACHMENT_H
#define ARCI_STORE_ATTACHMENT_H

#include "store/verify.h"

arc_status arci_attachment_verify(arci_verify *v, arci_txn *t);

#endif
