/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: what a customer owes in one currency, kept up to date by every posting verb. A verb collects its changes here and writes
 * them once, in order of customer and currency, so that two postings meet in the same order. */
#ifndef ARCI_LEDGER_ACCOUNTS_H
#define ARCI_LEDGER_ACCOUNTS_H

#include "base/map.h"
#include "base/num.h"
#include "ledger/conduct.h"
#include "ledger/due_days.h"
#include "store/repo.h"

typedef struct arci_account_change {
    int64_t customer;
    char currency[4];
    arc_date oldest_due;      /* smallest due date of new debit items, ARC_DATE_NONE = none */
    arc_date last_receipt_on; /* latest value date of new receipts, ARC_DATE_NONE = none */
    arc_date first_deal, last_deal; /* of new deals, ARC_DATE_NONE = none */
    arc_date receipt_gone;    /* latest value date of receipts that are not the customer's any more, ARC_DATE_NONE = none */
    int64_t n_open;
    arci_acc open, estimated, unapplied;
    arci_acc conduct[ARCI_CONDUCT_N];
    arci_acc ordered, delivered; /* of commitments (ledger/commitment.h) */
    arci_due_days due;           /* of debit items that are neither planned nor estimated */
    arci_due_days wanted;        /* of `ordered` */
} arci_account_change;

typedef struct arci_accounts {
    arci_map index; /* (customer, currency) to position + 1 */
    arci_account_change *changes;
    uint32_t n, cap;
} arci_accounts;

void arci_accounts_init(arci_accounts *a, arc_context *ctx);
void arci_accounts_clear(arci_accounts *a);
/* The change of an account, made when it is new; valid until the next call. NULL: no memory. */
arci_account_change *arci_accounts_at(arci_accounts *a, int64_t customer, const char *currency);
/* What is open of a debit item with a due date grows (or, negative, gets less). */
static inline void arci_account_due(arci_accounts *a, arci_account_change *c, const arc_value *due, int64_t more) { arci_due_days_add(a->index.ctx, &c->due, due, more); }
/* Adds an item as it is made to what the account keeps of deals. */
void arci_account_deal(arci_account_change *c, const arc_value *kind, int64_t amount, int64_t seq, arc_date on);
/* Reads the accounts concerned, inserts those that do not exist and updates the others, under their versions. ARC_E_OVERFLOW names the
 * customer whose balance would not fit. */
arc_status arci_accounts_write(arci_txn *t, arci_accounts *a);
/* Locks and asks for the accounts named so far, where the store is a trip away: they are most likely those that arci_accounts_write() will write, and no row
 * is locked after them. What a names is of no use afterwards. */
arc_status arci_accounts_ask(arci_txn *t, arci_accounts *a);

#endif
