/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of bills of exchange: the table of states, and the claims a bill leaves behind. */
#ifndef ARCI_LEDGER_BILL_H
#define ARCI_LEDGER_BILL_H

#include "arcore/bill.h"
#include "ledger/allot.h"
#include "ledger/items.h"

enum { ARCI_BILL_ENDORSE, ARCI_BILL_DISCOUNT, ARCI_BILL_SEND, ARCI_BILL_COLLECT, ARCI_BILL_DISHONOUR, ARCI_BILL_RETURN, ARCI_BILL_SPLIT, ARCI_BILL_VERBS };

/* Of bill, in the order of ARCI_BILL_C_*. */
#define ARCI_BILL_FIELDS "id version number sub_range customer currency face maturity status recourse receipt received_on part_offset parent"
enum {
    ARCI_BILL_C_ID, ARCI_BILL_C_VERSION, ARCI_BILL_C_NUMBER, ARCI_BILL_C_RANGE, ARCI_BILL_C_CUSTOMER, ARCI_BILL_C_CURRENCY, ARCI_BILL_C_FACE,
    ARCI_BILL_C_MATURITY, ARCI_BILL_C_STATUS, ARCI_BILL_C_RECOURSE, ARCI_BILL_C_RECEIPT, ARCI_BILL_C_RECEIVED,
    ARCI_BILL_C_OFFSET, ARCI_BILL_C_PARENT
};

/* What a status becomes; NULL: the verb is not possible then. */
const char *arci_bill_next(const char *status, int verb, int recourse);
/* Says why not: ARC_E_STATE. */
arc_status arci_bill_not_now(arci_env *env, const arc_value *bill, const char *status, int verb);
/* Both, and what else the book says against a verb: ARC_OK or ARC_E_STATE. bill by ARCI_BILL_C_*. */
arc_status arci_bill_allows(arci_txn *t, arci_arena *arena, const arc_value *bill, int verb);
arc_status arci_bill_merged(arci_env *env, const arc_value *bill);
arc_status arci_bill_untouched(arci_env *env, const arc_value *bill);

/* Of bill_event. */
enum { ARCI_BE_ID, ARCI_BE_SEQ, ARCI_BE_STATUS, ARCI_BE_DATE, ARCI_BE_ITEM, ARCI_BE_CHARGE, ARCI_BE_REVERSES, ARCI_BE_BILL };
arc_status arci_bill_events(arci_txn *t, arci_arena *arena, int64_t bill, arci_rows *events); /* by seq */
arc_status arci_bills_events(arci_txn *t, arci_arena *arena, const arc_value *bills, uint32_t n, arci_rows *events); /* of some hundred, by bill and number */
/* The last event that nothing undoes, and the one before it: NULL, it was only received. */
const arc_value *arci_bill_standing(const arci_rows *events, const arc_value **before);
static inline int arci_bill_ours(const char *status) { return status[0] == 'h' ? status[1] == 'e' : status[0] == 'c'; } /* held, collecting */

/* One event on its way. */
typedef struct arci_bill_event {
    arci_posting *p;
    const arc_value *bill; /* by ARCI_BILL_C_* */
    arc_date date;
    const char *reason;
    int64_t charge;
    char currency[4];
    int64_t whole;    /* of the receipt */
    int64_t base;     /* booked base amount of the face */
    int64_t charge_base; /* of the charge, on the day */
    int has_base;
} arci_bill_event;

/* One event to be written. event by ARCI_BS_*; version: the bill's, whose status becomes the event's; NULL: of a bill just made. */
enum { ARCI_BS_BILL, ARCI_BS_SEQ, ARCI_BS_STATUS, ARCI_BS_DATE, ARCI_BS_CURRENCY, ARCI_BS_PARTY, ARCI_BS_PROCEEDS, ARCI_BS_CHARGE, ARCI_BS_ITEM, ARCI_BS_REASON, ARCI_BS_REVERSES, ARCI_BS_N };
typedef struct arci_bill_step {
    arc_value event[ARCI_BS_N];
    arc_value version;
    int64_t *id; /* receives the event's; may be NULL */
} arci_bill_step;
arc_status arci_bill_note(arci_posting *p, const arci_bill_step *steps, uint32_t n);

/* Ranges of divisible bills, "17-40": 1; "0" or none, the whole bill: 0; anything else: -1. */
int arci_bill_range(const arc_value *v, int64_t *from, int64_t *to);
/* Cuts a bill that is locked into parts, which are held; seq: of its event. */
arc_status arci_bill_cut(arci_posting *p, const arc_value *bill, int64_t seq, const int64_t *amounts, uint32_t n, arc_date date, const char *reason, int64_t *parts);
/* Makes the parts of a bill one again, when nothing has happened to them: ARC_E_STATE. */
arc_status arci_bill_mergeable(arci_txn *t, arci_arena *arena, const arc_value *bill);
arc_status arci_bill_merge(arci_posting *p, const arc_value *bill, arc_date date);

/* A line in the currency of the bill with its share of the base amount. */
void arci_bill_line(const arci_bill_event *e, const char *role, int64_t amount);
/* The claims of a dishonoured bill: one for each item it had settled, with that one's due date; *item is the first. */
arc_status arci_bill_claim(const arci_bill_event *e, int64_t *item);
/* Gives back what the receipt had settled, and settles the receipt with a refund item. */
arc_status arci_bill_give_back(const arci_bill_event *e, int64_t *item);
/* Takes back what either made. */
arc_status arci_bill_unclaim(const arci_bill_event *e, int64_t item);
/* The items an event made, by ARCI_ITEM_*: those of the face and that of the charge, or the refund. first: the one the event names. */
arc_status arci_bill_made(arci_txn *t, arci_arena *arena, const arc_value *bill, int64_t first, const arc_value **rows, int64_t **ids, uint32_t *n);
arc_status arci_bill_settled(arci_env *env, int64_t item); /* ARC_E_STATE: an item made by an event is no longer as it was */
/* Where in its receipt the face of a bill begins. */
static inline int64_t arci_bill_offset(const arc_value *bill) { return bill[ARCI_BILL_C_OFFSET].type == ARC_V_INT ? bill[ARCI_BILL_C_OFFSET].u.i : 0; }

#endif
