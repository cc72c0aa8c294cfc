/* SPDX-License-Identifier: Apache-2.0 */
/* Credit notes on their way into the book:
 *
 *   targets   the invoices named, locked; what other credit notes have left of them and of their lines     credit_read.c
 *   lines     what each note takes of them, so that the last one takes the last cent                       credit_line.c
 *   write     as any other bill (invoice.h): numbers, rows, items, journal
 *   apply     against the open items of the invoice; statuses                                              credit_apply.c */
#ifndef ARCI_BILLING_CREDIT_H
#define ARCI_BILLING_CREDIT_H

#include "arcore/credit.h"
#include "billing/invoice.h"
#include "ledger/allot.h"

/* Quantity and amounts in the sign of what is credited. */
typedef struct arci_credit_part {
    int64_t quantity, net, tax, gross;
} arci_credit_part;

typedef struct arci_credit_source { /* a line of an invoice */
    int64_t id, seq;
    const arc_value *row; /* shape of all fields of invoice_line */
    arci_credit_part left;
    int64_t base_net, base_tax; /* left, in base currency, when valued */
    uint8_t has_quantity, valued;
} arci_credit_source;

typedef struct arci_credit_target { /* an invoice that is credited */
    int64_t id;
    const arc_value *row; /* shape of all fields of invoice; NULL: there is none */
    int64_t version, base_left;
    arci_credit_part left; /* quantity is not used */
    arci_credit_source *lines;
    uint32_t n_lines, n_notes; /* notes of this call */
    uint32_t first_item, n_items;
    uint32_t n_waiting;      /* credit notes that wait for the tax service */
    arc_status access;
    uint8_t has_base, split; /* split: net and tax are known */
    uint8_t valued;          /* all its lines have base amounts */
    uint8_t changed;         /* something of it is credited by this call */
} arci_credit_target;

typedef struct arci_credits {
    arci_posting *p;
    const arc_credit_note *notes; /* p->n, of this version's size, lines too */
    arci_bills bills;
    const arci_shape *headers, *lines; /* all fields */
    arci_credit_target *targets; /* by id */
    arci_credit_target **of;     /* by note */
    uint32_t n_targets;
    arci_record **made; /* records to be freed */
    uint32_t n_made, cap_made;
    int64_t *items; /* of the targets, target by target */
} arci_credits;

/* The value of a field in a row of all fields. */
const arc_value *arci_credit_value(const arci_shape *shape, const arc_value *row, uint32_t field);
uint8_t arci_credit_off(const arci_shape *shape, const arc_value *row); /* ARCI_OFF_* of a line */
/* Number of the invoice for messages. */
const char *arci_credit_name(const arci_credits *c, const arci_credit_target *t, int *n);
/* The fault of note i, which is about its invoice. */
arc_status arci_credit_at(arci_credits *c, arc_status st, const arci_credit_target *t, const char *field);

/* All rows of `entity` whose first field is one of ids, ordered by the first and second; 500 ids at a time. */
arc_status arci_credit_find(arci_txn *t, arci_arena *arena, const arci_shape *shape, const int64_t *ids, uint32_t n, arci_rows *out);
arc_status arci_credit_targets(arci_credits *c);
/* What note i comes to: its bill, with records, amounts and totals. ARC_E_...: a judgement on the note. */
arc_status arci_credit_lines(arci_credits *c, uint32_t i);
/* A record of an entity from a row of all its fields. */
arc_status arci_credit_record(arci_credits *c, arci_record **out, const arci_shape *shape, const arc_value *row);
int arci_credit_is_tax(const arci_credits *c, const arci_credit_target *t);
int arci_credit_foreign(const arci_bill *d, int known); /* something of it is known in base currency */
/* Whether an invoice may be credited at all: its state. */
arc_status arci_credit_possible(arci_credits *c, const arci_credit_target *t);
/* What later invoices deducted of an advance is theirs: it is not credited. */
arc_status arci_credit_deducted(arci_credits *c, const arci_credit_target *t);
/* The day of a credit note: not before the invoice's, in an open period. */
arc_status arci_credit_day(arci_credits *c, const arci_credit_target *t, arc_date day);
/* Allocations and statuses of what was written. */
arc_status arci_credit_apply(arci_credits *c);
void arci_credit_clear(arci_credits *c);
/* credit.c: what notes come to, of each what it takes of its invoice (elements: arc_credit_note; NULL: c->notes is there); then writing them. */
arc_status arci_credits_judge(arci_credits *c, arci_posting *p, const void *elements);
arc_status arci_credits_write(arci_credits *c);

/* Why an invoice in this state cannot be credited: English, Chinese; NULL: it can. */
const char *const *arci_credit_refusal(const arc_value *status, const arc_value *kind);

#endif
