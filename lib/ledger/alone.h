/* SPDX-License-Identifier: Apache-2.0 */
/* Which documents one person issues, credits or voids without a second one. The book's setting decides; where it says nothing, roles do: nobody is alone where they decide who may do
 * what, unless one of his gives him an authority for the verb, up to its amount. Authorities are never given by a wildcard, rights may be. */
#ifndef ARCI_LEDGER_ALONE_H
#define ARCI_LEDGER_ALONE_H

#include "store/access.h"
#include "store/repo.h"

#define ARCI_INVOICE_APPROVAL "invoice.approval"
#define ARCI_CREDIT_APPROVAL "credit_note.approval"

typedef struct arci_alone {
    const arci_session *session;
    uint32_t verb;  /* ARCI_DO_* */
    uint8_t needed; /* a second person: unless an authority for the verb says otherwise */
    uint8_t always; /* the book says so, whatever roles say */
} arci_alone;

/* One read. */
arc_status arci_alone_read(arci_txn *t, arci_alone *out, const char *setting, uint32_t verb);
/* Whether a document of this total needs a second person; some: whether there is an amount for which none is. */
int arci_alone_refused(const arci_alone *a, const arc_value *currency, int64_t gross);
int arci_alone_some(const arci_alone *a);

#endif
