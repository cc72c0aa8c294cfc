/* SPDX-License-Identifier: Apache-2.0 */
/* Voiding many documents: what is needed of all of them is read at once; each is judged with what those before it took again and gave back; then what came of the good ones is
 * written. A credit note that is voided takes again what it gave back, all else gives back what it took.
 *
 *   advances, settled invoices   credit_void.c
 *   estimates and other items    uses_back.c
 *   contracts, orders, lines     chain_void.c */
#ifndef ARCI_BILLING_VOIDS_H
#define ARCI_BILLING_VOIDS_H

#include "arcore/fields.h"
#include "billing/advance.h"
#include "billing/chain.h"
#include "billing/invoice_step.h"

enum { ARCI_VOID_INVOICE, ARCI_VOID_SEQ, ARCI_VOID_ORDER, ARCI_VOID_DELIVERY, ARCI_VOID_QUANTITY, ARCI_VOID_GROSS, ARCI_VOID_NET, ARCI_VOID_TAX, ARCI_VOID_ADVANCE, ARCI_VOID_CONTRACT,
       ARCI_VOID_OFF_CONTRACT, ARCI_VOID_OFF_ORDER, ARCI_VOID_COLUMNS };

enum { ARCI_VITEM_INVOICE, ARCI_VITEM_SEQ, ARCI_VITEM_ID, ARCI_VITEM_AMOUNT, ARCI_VITEM_CURRENCY, ARCI_VITEM_COLUMNS };

typedef struct arci_void_notes arci_void_notes; /* credit_void.c */
typedef struct arci_void_uses arci_void_uses;   /* uses_back.c */
typedef struct arci_void_chain arci_void_chain; /* chain_void.c */

typedef struct arci_voids {
    arci_steps *s;
    arc_value *ids; /* of the issued documents among the good ones */
    uint32_t n;
    arci_rows lines;         /* theirs: ARCI_VOID_* */
    uint32_t *first, *count; /* by element: its lines */
    arci_rows items;         /* ARCI_VITEM_*, document by document */
    uint32_t *item_of;       /* their elements */
    int64_t *own;            /* by item: what a note's settled of its invoice, which voiding undoes */
    arci_void_notes *notes;
    arci_void_uses *uses;
    arci_void_chain *chain;
} arci_voids;

static inline const arc_value *arci_void_line(const arci_voids *v, uint32_t r) { return v->lines.values + (size_t)r * ARCI_VOID_COLUMNS; }
static inline int arci_void_issued(const arci_steps *s, uint32_t i) { return arci_step_good(s, i) && !arci_code_is(&s->rows[i][ARCI_STEP_STATUS], "draft"); }
static inline const arc_value *arci_void_item(const arci_voids *v, uint32_t r) { return v->items.values + (size_t)r * ARCI_VITEM_COLUMNS; }
static inline int arci_void_is_note(const arci_voids *v, uint32_t i) { return arci_code_is(&v->s->rows[i][ARCI_STEP_KIND], "credit_note"); }
/* A note to an advance invoice. */
int arci_void_of_advance(const arci_voids *v, uint32_t i);

/* Invoices that notes are to and advances that lines deduct, locked; then contracts, orders and their lines; then items: in this order. */
arc_status arci_void_notes_open(arci_voids *v);
arc_status arci_void_chain_open(arci_voids *v);
arc_status arci_void_uses_open(arci_voids *v);
/* Allocations by which notes settled their invoices (ARCI_AL_*), once the notes are open. */
uint32_t arci_void_notes_settled(const arci_voids *v, const arc_value **rows);
/* Judge element i, which is good, and take what it takes in memory; a refused one takes nothing, and is refused with its reason. */
arc_status arci_void_notes_judge(arci_voids *v, uint32_t i);
arc_status arci_void_chain_judge(arci_voids *v, uint32_t i);
arc_status arci_void_uses_judge(arci_voids *v, uint32_t i);
/* Element i was refused by a later one. */
void arci_void_notes_undo(arci_voids *v, uint32_t i);
void arci_void_uses_undo(arci_voids *v, uint32_t i);
/* What came of the good ones. */
arc_status arci_void_notes_write(arci_voids *v);
arc_status arci_void_uses_write(arci_voids *v);
void arci_void_chain_count(arci_voids *v);

#endif
