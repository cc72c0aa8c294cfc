/* SPDX-License-Identifier: Apache-2.0 */
/* Doing what a match says: a claim where nobody knew whose the receipt is, allocations, and what becomes of rests. */
#ifndef ARCI_CASH_MATCH_APPLY_H
#define ARCI_CASH_MATCH_APPLY_H

#include "arcore/ledger_step.h"
#include "base/json.h"
#include "base/str.h"
#include "ledger/allocation.h"

typedef struct arci_cash_deed {
    int64_t receipt, claim; /* claim: the customer; 0: he is known */
    arc_date date;
    arci_decided decided;
    arci_decided *each;     /* by row, where rows were decided apart; NULL: `decided` */
    arc_ledger_step *claims; /* n_claims of many receipts; NULL: the one */
    uint32_t n_claims;
    int64_t *lessons;       /* of them, those whose payer is known by it: n_lessons */
    uint32_t n_lessons;
    uint8_t family;         /* items of several customers */
    const char *evidence;   /* JSON for the rows; NULL: none */
    arc_allocation *rows;
    uint8_t *rest;          /* by row: 0, 1 residual, 2 chargeback */
    const char **rest_code; /* by row, reason of the rest; NULL: none */
    uint32_t n;
    int64_t refund;         /* of the receipt, in its currency; 0: none */
    int64_t refunded;       /* out: the row; 0: none */
    uint8_t refund_waits;   /* out: for a second person */
    int64_t *ids, *made;    /* out: rows; what came of rests */
    uint32_t n_made;
} arci_cash_deed;

#define ARCI_REST_REASON 48
/* Why the rest of an item stands in another: its receipt. */
void arci_cash_rest_reason(char out[ARCI_REST_REASON], int64_t receipt);
/* From an action; its amount may have been lowered: then rows are done as far as it reaches. Texts are the action's. */
arc_status arci_cash_deed_read(arci_env *env, arci_arena *arena, arci_cash_deed *out, const arci_json *action);
/* The part of an explanation that stays with the rows. edited: somebody has changed the action, or chose an alternative: then the action tells what is done. */
arc_status arci_cash_evidence(arci_env *env, arci_arena *arena, arci_cash_deed *d, const char *explanation, const arci_json *action, int edited);
/* In the session's open transaction. */
arc_status arci_cash_do(arc_session *session, arci_arena *arena, arci_cash_deed *d);
void arci_cash_deed_told(const arci_cash_deed *d, arci_str *b);

#endif
