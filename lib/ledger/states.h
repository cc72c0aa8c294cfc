/* SPDX-License-Identifier: Apache-2.0 */
/* Which verbs the state of a document allows, and why not. One function a document: the verb asks it once the document is locked, and arc_verbs_allowed() asks it for
 * front ends, so that what is told and what happens are the same. */
#ifndef ARCI_LEDGER_STATES_H
#define ARCI_LEDGER_STATES_H

#include "security/duty.h"
#include "security/tell.h"

/* ARC_OK, or ARC_E_STATE with the reason for a clerk, entity, field and id; ARC_E_NOT_FOUND. Needs no lock to be asked, and one to be sure. */
arc_status arci_receipt_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id); /* claim, unclaim, return, refund; apply */
/* The same of rows that have been read: facts from them, some more that were asked of others, and what is told. */
enum { ARCI_RECEIPT_BILL = 64, ARCI_RECEIPT_REFUNDED = 128, ARCI_RECEIPT_BAD_BILL = 256 };
uint32_t arci_receipt_facts(int64_t amount, int64_t unapplied, const arc_value *customer, const arc_value *claimed_on, const arc_value *returned_on);
arc_status arci_receipt_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id);
enum { ARCI_ALLOCATION_REVERSED = 2 };
/* v: columns of its row, at the places named; kind: of its item; made: the item that came of it, on which `open` is open; amount: of the row. */
uint32_t arci_allocation_facts(const arc_value *v, int mode, int evidence, int reverses, int credit_item, const arc_value *kind, int64_t made, int64_t open, int64_t amount);
arc_status arci_allocation_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id);
uint32_t arci_item_facts(int64_t amount, int64_t open, const arc_value *kind, const arc_value *due_date);
arc_status arci_item_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id);
arc_status arci_receipt_refunded(arci_txn *t, arci_arena *arena, int64_t id, int *yes); /* a refund of it stands */
arc_status arci_item_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);    /* transfer, cancel, extend, dispute, write off, apply; refund of a credit */
arc_status arci_allocation_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_adjustment_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_dispute_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_flag_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_write_off_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
/* The same of a request that has been read. */
enum { ARCI_WRITE_OFF_DECIDED = 1, ARCI_WRITE_OFF_NOT_APPROVED = 2, ARCI_WRITE_OFF_PAID = 4, ARCI_WRITE_OFF_NOTHING = 8 };
uint32_t arci_write_off_facts(const arc_value *status);
arc_status arci_write_off_tell(arci_txn *t, uint32_t verb, uint32_t facts, int64_t id);
/* May the actor approve it? Somebody else than who asked, within his authority, who posted none of the customer's receipts, and with the evidence the book asks for. */
typedef struct arci_write_off_people {
    uint8_t own, unproven;     /* asked for by himself; evidence is wanted and not there */
    const arci_sod_rule *duty; /* that keeps him from the customer's debts, or NULL */
} arci_write_off_people;
arc_status arci_write_off_judge(arci_txn *t, const arci_write_off_people *x, const arc_value *customer, const arc_value *currency, const arc_value *amount, int64_t id);
arc_status arci_write_off_not_his(arci_txn *t, int64_t id); /* taken back by somebody else than who asked */
arc_status arci_letter_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_letter_tell(arci_txn *t, uint32_t verb, const arc_value *status, int64_t id); /* of one that has been read */
/* Of a voucher that has been read. */
arc_status arci_voucher_state(arci_env *env, uint32_t verb, int64_t id, const arc_value *status, const arc_value *period, int64_t number);
arc_status arci_voucher_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_revaluation_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);
arc_status arci_bill_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id);   /* bill_state.c */
arc_status arci_period_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id); /* period_move.c */

/* The id that evidence, a small object the ledger wrote, keeps under a name; 0: none. Needs no memory. */
int64_t arci_evidence_id(const arc_value *evidence, const char *name);

/* Rows for arc_verbs_allowed(), ended by one without entity. */
extern const arci_state_row arci_ledger_states[];

/* For states of upper layers: facts about a document, one bit each, and what speaks against a verb of it. The first block whose bit is set counts. */
typedef struct arci_block {
    uint32_t verb, when;
    const char *en, *zh;
} arci_block;
/* Bits some block of the verb asks for. */
uint32_t arci_block_asks(const arci_block *blocks, size_t n, uint32_t verb);
arc_status arci_block_tell(arci_env *env, const arci_block *blocks, size_t n, uint32_t verb, uint32_t facts, const char *entity, const char *field, int64_t id);

#endif
