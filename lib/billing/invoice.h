/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with lines on their way into the book. The phases, each over the whole batch so that what is read is read once:
 *
 *   take      headers and lines out of what the caller handed in (or a draft kept)
 *   complete  customers, products, tax codes; totals; base amounts; terms and the items they make
 *   number    from a series where the caller gave none
 *   write     documents first, their unique numbers decide; then lines, items and states, journal entries
 *
 * A document that is refused in one phase is left out of the next. Other verbs of this layer (credit notes, contracts) look at the bills between complete
 * and number, and add what they write behind `write`. */
#ifndef ARCI_BILLING_INVOICE_H
#define ARCI_BILLING_INVOICE_H

#include "arcore/invoice.h"
#include "billing/totals.h"
#include "ledger/items.h"
#include "ledger/posting.h"
#include "ledger/rates.h"

#define ARCI_PART_ORDER "ledger.part_order" /* setting: the order of parts */
#define ARCI_INHERITED 7 /* contract, sales_order, project, store, department, business_line, channel */

/* One claim of a document. */
typedef struct arci_bill_item {
    const char *kind; /* code of item_kind */
    int64_t amount, tax, base;
    int64_t id; /* once it is written */
    arc_date base_date, due; /* ARC_DATE_NONE: not known yet */
    arc_value discounts;     /* JSON, or NULL */
    arc_value parts;         /* of what it is made, JSON, or NULL: of one part; arci_bills_parts() */
} arci_bill_item;

typedef struct arci_bill {
    arci_record *record; /* header as given; normalised */
    arci_record **lines; /* as given; normalised */
    arci_total_line *amounts; /* of the lines */
    const arc_value **line_products; /* snapshot of their products (ARCI_PRODUCT_*), NULL: none */
    uint32_t n_lines, n_items;
    const char *kind;   /* code of invoice_kind */
    const char *role;   /* what it is credited to when it has no lines; NULL: revenue */
    const char *series; /* asked for, or NULL */
    const arc_value *customer; /* snapshot, ARCI_CUSTOMER_* */
    arci_totals totals;
    arc_date ordered_on, signed_on; /* of its order and contract; ARC_DATE_NONE */
    arc_value own_term; /* as the header says, or NULL */
    arc_value contract_term; /* of its order or contract, or NULL */
    arc_value inherited[ARCI_INHERITED]; /* what the header leaves open and its parents say */
    struct {
        arc_value order_line, delivery_line, contract;
    } *line_parents; /* of the lines, as given or inherited; NULL: none has any */
    arc_date date, due; /* invoice date; due date of the last item that has one */
    arc_date posted;    /* of what was told late: when it counts */
    arc_value term;     /* that made the items; NULL: a due date was given */
    arci_booked booked;
    arci_bill_item *items;
    arc_value number;   /* given, or drawn */
    int64_t id;         /* of the document; once it is written */
    int64_t draft, version; /* a stored document that is issued; 0: a new one */
    const arc_invoice_use *uses; /* as given */
    uint32_t n_uses;
    int64_t covered;    /* of its total, in its sign: it is the tax invoice of receivables that stand, and claims the rest alone */
    uint8_t drawn;      /* its number comes from a series */
    uint8_t gapless;    /* and that one counts without gaps */
    uint8_t no_split;   /* what of its total is tax is not known */
    uint8_t kept;       /* its totals were computed before: no check of what the caller says */
    uint8_t is_advance; /* or takes one back: a contract liability, not revenue */
    uint8_t waits;      /* for the tax service: no number, items or journal yet */
    uint8_t has_lines;  /* its lines are rows already */
    uint8_t based;      /* base amounts of its lines were found */
    uint8_t late;       /* its own day is not open any more */
} arci_bill;

typedef struct arci_uses arci_uses; /* billing/uses.h */
typedef struct arci_claim arci_claim; /* billing/claim.h */
typedef struct arci_advances arci_advances; /* billing/advance.h */

/* The batch at hand. */
typedef struct arci_bills {
    arci_posting *p;
    arci_bill *list; /* p->n */
    arci_rates rates;
    arci_total_rules rules;
    const arci_rules *line_rules; /* of the book, for lines; NULL: none */
    uint32_t n_lines;             /* of all documents */
    arci_advances *advances;      /* that their lines deduct */
    arci_claim *claims;           /* what they take of contracts, orders and deliveries; by document, once the chain was checked */
    arci_uses *uses;              /* what documents take over; NULL: nothing */
    struct arci_credit_run *credit; /* their checks; NULL: none was made */
    uint8_t drafting;             /* kept as a draft: no items, no period, no number but one given */
    uint8_t told;                 /* the tax service has issued them already: they are taken as they are, whatever the book would have said */
} arci_bills;

enum { ARCI_PRODUCT_NAME, ARCI_PRODUCT_UNIT, ARCI_PRODUCT_TAX_CODE, ARCI_PRODUCT_TAX_CLASS, ARCI_PRODUCT_COLUMNS };

static inline int arci_bill_good(const arci_bills *b, uint32_t i) { return arci_posting_good(b->p, i); }
/* Refuses document i with the error just set. */
void arci_bill_refuse(arci_bills *b, uint32_t i, arc_status st);
/* Whether an error judges a document, and does not end the call. */
int arci_bill_judges(arc_status st);
/* The refusal, or the end of the call where the error is no judgement on the document (memory, a broken store): ARC_OK to go on. */
arc_status arci_bill_judged(arci_bills *b, uint32_t i, arc_status st);
static inline const arc_value *arci_bill_value(const arci_bill *d, uint32_t field) { return arci_record_value(d->record, field); }
/* A field of the header, or what the documents above it say. */
const arc_value *arci_bill_or_parent(const arci_bill *d, uint32_t field);
/* Whether code value v is the text s. */
int arci_code_is(const arc_value *v, const char *s);

/* The day it counts from in journal and agings. */
static inline arc_date arci_bill_day(const arci_bill *d) { return d->late ? d->posted : d->date; }

/* Issues one document inside a call of another verb, which has entered the session. */
arc_status arci_invoice_issue_inside(arc_session *session, int64_t *id, const arc_invoice_document *document);
/* The same of one the tax service has issued already, which the book would have refused: neither customer, rules, rates, terms, contract, order, delivery nor what is left of its
 * receivables keep it out, and where its day is closed it counts from the first open one. */
arc_status arci_invoice_told_inside(arc_session *session, int64_t *id, const arc_invoice_document *document);

/* take: invoice_read.c. new: an empty batch, for who fills it from elsewhere; room: for the lines of one; take: from the caller's records, whose contents are
 * told for request keys; admit: rules of the book that change records, and what the actor may set and point at. */
arc_status arci_bills_new(arci_bills *b, arci_posting *p);
arc_status arci_bill_room(arci_bills *b, arci_bill *d, uint32_t n_lines);
arc_status arci_bills_admit(arci_bills *b);
arc_status arci_bills_take(arci_bills *b, arci_posting *p, const arc_invoice_document *documents);
/* complete: header, customers, lines, totals, base amounts, items. invoice_read.c, invoice_terms.c */
arc_status arci_bills_complete(arci_bills *b);
arc_status arci_bills_products(arci_bills *b); /* invoice_products.c: products, tax codes and other rows the lines name */
arc_status arci_bills_items(arci_bills *b);
/* The values of a line's row: what is computed over what is given. row has the columns of shape. */
void arci_bill_line_fill(const arci_bills *b, const arci_bill *d, uint32_t line, arc_value *row, const arci_shape *shape);
/* The computed values of the header's row. */
void arci_bill_fill(const arci_bills *b, const arci_bill *d, arc_value *row, const arci_shape *shape);
/* The values of item k (ARCI_ITEM_*). */
void arci_bill_item_fill(const arci_bills *b, const arci_bill *d, uint32_t k, arc_value *v);

/* A dimension of a line: its own, of a discount that of the line it discounts; NULL: the document's. */
const arc_value *arci_bill_line_dim(const arci_bill *d, uint32_t line, uint32_t field);
/* Base amounts of the lines of documents in foreign currency, where they were not found before; right before they are written. invoice_post.c */
void arci_bills_value(arci_bills *b);
/* Of a document that covers receivables which stand the items become those of the rest, in proportion; none: it claims nothing. Right before they are written. */
void arci_bill_rest(arci_bill *d);
/* Of what the items of the good documents are made, as they are written: bill_parts.c. */
arc_status arci_bills_parts(arci_bills *b);
/* What a line is of the debt besides its tax, code of line_part; NULL: goods or services. */
arc_value arci_bill_line_part(const arci_bill *d, uint32_t line);
/* The journal entry of a document; first_item: its first item's row (ARCI_ITEM_*). invoice_post.c */
void arci_bill_account(arci_bills *b, const arci_bill *d, const arc_value *first_item);

/* number and write: invoice_write.c */
arc_status arci_bills_write(arci_bills *b);
/* The same without writing: what is refused, and what the good ones come to. own: the draft that is looked at anew, 0: none. */
arc_status arci_bills_try(arci_bills *b, int64_t own);
/* The same for documents that are rows already, whose id is known: numbers where there is none, then items and journal entries. */
arc_status arci_bills_number(arci_bills *b);
arc_status arci_bills_post(arci_bills *b);

#endif
