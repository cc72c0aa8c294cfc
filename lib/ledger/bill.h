/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of bills of exchange: the table of states, and the claims a bill leaves behind. */
#ifndef ARCI_LEDGER_BILL_H
#define ARCI_LEDGER_BILL_H

#include "arcore/bill.h"
#include "ledger/allot.h"
#include "ledger/items.h"

enum { ARCI_BILL_ENDORSE, ARCI_BILL_DISCOUNT, ARCI_BILL_SEND, ARCI_BILL_COLLECT, ARCI_BILL_DISHONOUR, ARCI_BILL_RETURN, ARCI_BILL_VERBS };

/* Of bill, in the order of ARCI_BILL_C_*. */
#define ARCI_BILL_FIELDS "id version number sub_range customer currency face maturity status recourse receipt received_on"
enum {
    ARCI_BILL_C_ID, ARCI_BILL_C_VERSION, ARCI_BILL_C_NUMBER, ARCI_BILL_C_RANGE, ARCI_BILL_C_CUSTOMER, ARCI_BILL_C_CURRENCY, ARCI_BILL_C_FACE,
    ARCI_BILL_C_MATURITY, ARCI_BILL_C_STATUS, ARCI_BILL_C_RECOURSE, ARCI_BILL_C_RECEIPT, ARCI_BILL_C_RECEIVED
};

/* What a status becomes; NULL: the verb is not possible then. */
const char *arci_bill_next(const char *status, int verb, int recourse);
/* Says why not: ARC_E_STATE. */
arc_status arci_bill_not_now(arci_env *env, const arc_value *bill, const char *status, int verb);
static inline int arci_bill_ours(const char *status) { return status[0] == 'h' ? status[1] == 'e' : status[0] == 'c'; } /* held, collecting */

/* One event on its way. */
typedef struct arci_bill_event {
    arci_posting *p;
    const arc_value *bill; /* by ARCI_BILL_C_* */
    arc_date date;
    const char *reason;
    int64_t charge;
    char currency[4];
    int64_t base;     /* booked base amount of the face */
    int has_base;
} arci_bill_event;

/* A line in the currency of the bill with its share of the base amount. */
void arci_bill_line(const arci_bill_event *e, const char *role, int64_t amount);
/* The claims of a dishonoured bill: *item is that of the face. */
arc_status arci_bill_claim(const arci_bill_event *e, int64_t *item);
/* Gives back what the receipt had settled, and settles the receipt with a refund item. */
arc_status arci_bill_give_back(const arci_bill_event *e, int64_t *item);
/* Takes back what either made. */
arc_status arci_bill_unclaim(const arci_bill_event *e, int64_t item, int64_t charge);

#endif
