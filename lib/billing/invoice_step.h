/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of stored invoices: rows read for a batch, judged by the table of states, updated under their versions. */
#ifndef ARCI_BILLING_INVOICE_STEP_H
#define ARCI_BILLING_INVOICE_STEP_H

#include "arcore/invoice.h"
#include "billing/invoice_state.h"
#include "ledger/person.h"
#include "ledger/posting.h"

/* Columns of a row as steps read it. */
enum {
    ARCI_STEP_ID, ARCI_STEP_VERSION, ARCI_STEP_STATUS, ARCI_STEP_KIND, ARCI_STEP_NUMBER, ARCI_STEP_CUSTOMER, ARCI_STEP_CURRENCY, ARCI_STEP_GROSS,
    ARCI_STEP_DATE, ARCI_STEP_FAPIAO_KIND, ARCI_STEP_DELIVERY, ARCI_STEP_DRAFTED_BY, ARCI_STEP_DRAFTED_FOR, ARCI_STEP_CONTRACT, ARCI_STEP_TERM,
    ARCI_STEP_BASE_DATE, ARCI_STEP_RETENTION_TERM, ARCI_STEP_DELIVERED_ON, ARCI_STEP_ACCEPTED_ON, ARCI_STEP_RECEIVED_ON, ARCI_STEP_SALES_ORDER, ARCI_STEP_NET,
    ARCI_STEP_BUYER_USE, ARCI_STEP_DELIVERED_BY, ARCI_STEP_RED_OF, ARCI_STEP_TAX_STATUS, ARCI_STEP_DEBIT_OF,
    ARCI_STEP_COLUMNS
};

typedef struct arci_steps {
    arci_posting *p;
    uint32_t verb;          /* ARCI_DO_* */
    const arc_invoice_step *list; /* p->n, of this version's size */
    const arc_value **rows; /* by element, NULL: refused */
    arci_arena *arena;
    int64_t user; /* the actor, when a step keeps him */
    struct arci_step_at {
        int64_t invoice;
        uint32_t element;
    } *index; /* by invoice */
} arci_steps;

#define ARCI_STEPS_AT_ONCE 500u /* documents named in one question */

/* Tells what is asked for, reads and locks the rows, refuses those that do not exist, that the actor may not touch, that have another version than was named,
 * are named twice, or whose state does not allow the verb. */
arc_status arci_steps_begin(arci_steps *s, arci_posting *p, uint32_t verb, const void *elements);
/* In parts, for what is done in several rounds: all but the states; the rows of the good ones once more; their states. */
arc_status arci_steps_open(arci_steps *s, arci_posting *p, uint32_t verb, const void *elements);
arc_status arci_steps_again(arci_steps *s);
arc_status arci_steps_judge(arci_steps *s);
static inline int arci_step_good(const arci_steps *s, uint32_t i) { return arci_posting_good(s->p, i); }
/* Refuses element i with a message that names the invoice. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 7), format(printf, 6, 7)))
#endif
void arci_step_refuse(arci_steps *s, uint32_t i, arc_status st, const char *field, const char *en, const char *zh, ...);
/* The element of an invoice, UINT32_MAX when it was refused. */
uint32_t arci_step_of(const arci_steps *s, int64_t invoice);
/* Items of the named invoices, document by document in order of seq; fields begin with "invoice seq". */
arc_status arci_steps_items(arci_steps *s, arci_rows *out, const char *fields, const arc_value *invoices, uint32_t n);
/* "INV-7", or "#12" of a draft without number; n is its length. */
const char *arci_step_name(const arci_steps *s, uint32_t i, int *n);
/* The day of a step: as given, else the business date; ARC_DATE_NONE when there is none. */
arc_date arci_step_day(const arci_steps *s, uint32_t i);
/* Updates named fields (static text) of the good rows; fill sets the values of element i in that order. */
arc_status arci_steps_update(arci_steps *s, const char *fields, void (*fill)(const arci_steps *s, uint32_t i, arc_value *v));
/* invoice_void.c: takes back items and journal entries of issued documents among the good ones. */
arc_status arci_steps_void(arci_steps *s);
/* Refuses good ones of which something is open. */
arc_status arci_steps_settled(arci_steps *s);
/* invoice_dates.c: due dates that follow a base date which is known now. */
arc_status arci_steps_due(arci_steps *s);

#endif
