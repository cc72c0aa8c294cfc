/* SPDX-License-Identifier: Apache-2.0 */
/* Who paid, inside: what is on file and what was learned, as maps in memory. Find it once per call and ask it per line. */
#ifndef ARCI_CASH_PAYER_H
#define ARCI_CASH_PAYER_H

#include "arcore/payer.h"
#include "ledger/alias.h"
#include "store/repo.h"
#include "store/session.h"

typedef struct arci_payers arci_payers;

/* Reads customers, their accounts and aliases: three scans. cut: only what the actor may see of them; else the whole book, and rights are the caller's affair. */
arc_status arci_payers_load(arci_txn *t, arci_payers **out, int cut);
void arci_payers_free(arci_payers *p);
/* The likeliest first. near: names are looked for among near ones when nothing else is known. */
arc_status arci_payers_find(arci_env *env, arci_payers *p, arc_payer_match *out, size_t most, size_t *n, uint32_t *flags, const arc_payer *payer, int near);
/* Customers one may pay for, ascending, until the next call. */
arc_status arci_payers_scope(arci_env *env, arci_payers *p, const int64_t **out, size_t *n, int64_t customer);

/* Whether the account or the name of a payer, as receipts have them, is one that counts for a customer: on file, learned or confirmed. */
int arci_payers_speak_for(const arci_payers *p, const arc_value *name, const arc_value *account, int64_t customer);
/* The same customer, or one is above the other. */
int arci_payers_related(const arci_payers *p, int64_t a, int64_t b);

/* Whether the actor may read a field of any row as it is. */
int arci_payer_may_read(const arci_session *s, const char *entity, const char *field);
/* ARC_E_NOT_FOUND for the first of these rows the actor may not use with the verb under way. */
arc_status arci_payer_seen(arci_txn *t, arci_arena *arena, const char *entity, const int64_t *ids, uint32_t n);

#define ARCI_PAYER_KEY 300u
/* What names and accounts are compared by; length, 0: nothing. */
size_t arci_payer_name_key(char out[ARCI_PAYER_KEY], const char *name, size_t n);
size_t arci_payer_account_key(char out[ARCI_PAYER_KEY], const char *account, size_t n);
/* Whether a name is of those through which everybody pays. */
int arci_payer_is_platform(const char *name, size_t n);

#endif
