/* SPDX-License-Identifier: Apache-2.0 */
/* Which documents one person issues, credits or voids without a second one. The book's setting decides; where it says nothing, roles do: nobody is alone where they decide who may do
 * what, unless one of his gives him the right to, up to the amount of its authority. */
#ifndef ARCI_LEDGER_ALONE_H
#define ARCI_LEDGER_ALONE_H

#include "store/access.h"
#include "store/repo.h"

#define ARCI_INVOICE_APPROVAL "invoice.approval"
#define ARCI_CREDIT_APPROVAL "credit_note.approval"

typedef struct arci_alone {
    const arci_session *session;
    uint32_t right; /* ARCI_DO_* */
    uint8_t needed; /* a second person: unless the right says otherwise */
    uint8_t may;    /* the actor has the right */
    uint8_t always; /* the book says so, whatever rights say */
} arci_alone;

/* One read. */
arc_status arci_alone_read(arci_txn *t, arci_alone *out, const char *setting, uint32_t right);
/* Whether a document of this total needs a second person. */
int arci_alone_refused(const arci_alone *a, const arc_value *currency, int64_t gross);

#endif
