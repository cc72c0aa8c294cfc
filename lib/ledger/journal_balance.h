/* SPDX-License-Identifier: Apache-2.0 */
/* Balances of the journal as of a day, for reports and for what is posted against a balance. */
#ifndef ARCI_LEDGER_JOURNAL_BALANCE_H
#define ARCI_LEDGER_JOURNAL_BALANCE_H

#include "ledger/merged.h"
#include "arcore/journal.h"
#include "base/map.h"
#include "base/num.h"
#include "base/str.h"
#include "ledger/account_map.h"

typedef struct arci_balance_row {
    const char *label, *name; /* role, or account and its name; terminated */
    int64_t customer;
    char currency[4];
    arci_acc amount, base;
    int64_t unvalued; /* lines */
} arci_balance_row;

typedef struct arci_balance {
    arci_txn *t;
    arci_arena arena;
    arc_journal_balance_options o;
    arci_account_map *map;
    arci_merged merged; /* whose customers are on the day */
    arci_map index; /* label, customer, currency to position + 1 */
    arci_map segments; /* customer to pointer of its segment, in the arena */
    arci_balance_row *rows; /* by label, currency, customer */
    uint32_t n, cap;
    const char *role; /* only this one; NULL: all */
    int whole; /* of the book, not of what the actor may see */
} arci_balance;

void arci_balance_init(arci_balance *b, const arci_env *env);
/* Reads what b->o asks for, in b->t. */
arc_status arci_balance_read(arci_balance *b);
void arci_balance_clear(arci_balance *b);
/* The text `{"base_currency", "as_of", "rows":[` that reports begin with. */
arc_status arci_balance_head(arci_balance *b, arci_str *out);
/* A report: options checked, a transaction begun, what `work` writes handed out. */
arc_status arci_balance_json(arc_session *session, char *buf, size_t *len, const arc_journal_balance_options *options, arc_status (*work)(arci_balance *b, arci_str *out));

#endif
