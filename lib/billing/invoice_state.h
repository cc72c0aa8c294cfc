/* SPDX-License-Identifier: Apache-2.0 */
/* Which verb an invoice allows in which state, and why not: one table for the verbs themselves and for what front ends are told. */
#ifndef ARCI_BILLING_INVOICE_STATE_H
#define ARCI_BILLING_INVOICE_STATE_H

#include "ledger/alone.h"
#include "security/tell.h"

typedef struct arci_invoice_row {
    const arc_value *status, *kind, *delivery, *fapiao_kind, *buyer_use; /* codes, NULL allowed */
    uint8_t approval; /* issuing a draft needs approval first; voiding what is issued another person */
    uint8_t note;     /* a credit note that is drafted: it takes nothing of its invoice yet */
} arci_invoice_row;

/* Why a verb (ARCI_DO_INVOICE_*) is not possible in this state; a verdict without class: it is. */
arci_verdict arci_invoice_verdict(uint32_t verb, const arci_invoice_row *row);
/* A credit note is told from one that waits for the tax service by what it takes back: that one does. */
int arci_invoice_is_note(const arc_value *kind, const arc_value *red_of);
/* Whether issuing, or voiding, asks for somebody else: by the rules of what it is. */
typedef struct arci_seconds {
    arci_alone invoices, notes, voids;
} arci_seconds;
arc_status arci_invoice_seconds(arci_txn *t, uint32_t verb, arci_seconds *out);
int arci_invoice_second(const arci_seconds *s, uint32_t verb, int note, const arc_value *currency, int64_t gross);

/* Who approves: not who drafted it, nor who stood in for him or he for; and up to the amount a role gives. people: drafted_by, drafted_for; user, behalf: of the actor. */
/* Whether one of who drafted it is the actor, or whom he acts for. */
int arci_invoice_his(const arc_value *const people[2], const int64_t actors[2]);
arci_verdict arci_invoice_approver(const arci_session *s, const arc_value *const people[2], const int64_t actors[2], const arc_value *currency, int64_t gross);

extern const arci_state_rule arci_invoice_states;

#endif
