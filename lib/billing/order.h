/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of orders and deliveries: rows read for a batch, judged by the table of states, updated under their versions. */
#ifndef ARCI_BILLING_ORDER_H
#define ARCI_BILLING_ORDER_H

#include "arcore/order.h"
#include "billing/chain.h"
#include "billing/chain_state.h"

enum { ARCI_ORDER_ID, ARCI_ORDER_VERSION, ARCI_ORDER_NUMBER, ARCI_ORDER_STATUS, ARCI_ORDER_CUSTOMER, ARCI_ORDER_DATE,
       ARCI_ORDER_CONTRACT, /* of a delivery: its order */
       ARCI_ORDER_CURRENCY, ARCI_ORDER_COMMITTED, ARCI_ORDER_COMMITTED_NET, ARCI_ORDER_COLUMNS, ARCI_DELIVERY_COLUMNS = ARCI_ORDER_CURRENCY };

/* Lines of the rows at hand, row by row, by seq. Of a delivery line `of` is the order line, and that is its last column. */
enum { ARCI_OLINE_HEAD, ARCI_OLINE_SEQ, ARCI_OLINE_ID, ARCI_OLINE_QUANTITY, ARCI_OLINE_CURRENCY, ARCI_OLINE_AMOUNT, ARCI_OLINE_OF,
       ARCI_OLINE_CONTRACT, ARCI_OLINE_COMMITTED, ARCI_OLINE_COMMITTED_NET, ARCI_OLINE_VERSION };

typedef struct arci_order_call {
    arci_posting *p;
    uint32_t verb; /* ARCI_DO_* */
    int delivery;
    const char *entity;
    arc_order_step *list;   /* p->n */
    const arc_value **rows; /* by element, NULL: refused */
    arci_rows lines;
    uint32_t *first, *count; /* lines of element i */
} arci_order_call;

/* Tells what is asked for, reads the rows; refuses what is not there, not the actor's, named twice, of another version, or in a state that does not allow it. Nothing is
 * locked yet. */
arc_status arci_order_begin(arci_order_call *c, arci_posting *p, uint32_t verb, const void *elements, int needs_reason);
/* The lines of the good rows, as they are now. */
arc_status arci_order_lines(arci_order_call *c);
/* Locks them, of this entity. */
arc_status arci_order_hold_lines(arci_order_call *c, const char *entity);
/* Locks the rows and reads them and their lines again: ARC_E_CONFLICT when one moved since. */
arc_status arci_order_hold(arci_order_call *c);
static inline int arci_order_good(const arci_order_call *c, uint32_t i) { return arci_posting_good(c->p, i); }
static inline const arc_value *arci_order_line(const arci_order_call *c, uint32_t k) { return c->lines.values + (size_t)k * c->lines.n_cols; }
/* Refuses element i with the error just set; or the end of the call, where it is no judgement. */
arc_status arci_order_judged(arci_order_call *c, uint32_t i, arc_status st, const char *field);
/* Updates named fields (static text) of the good rows; fill sets the values of element i in that order. */
arc_status arci_order_update(arci_order_call *c, const char *fields, void (*fill)(const arci_order_call *c, uint32_t i, arc_value *v, void *user), void *user);
/* Sums of children of the lines of the call: by line. */
arc_status arci_order_sums(arci_order_call *c, int link, arci_link_sum **out);

#endif
