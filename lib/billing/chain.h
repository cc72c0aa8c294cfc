/* SPDX-License-Identifier: Apache-2.0 */
/* Where a document stands in the chain contract - order - delivery - invoice: what it takes from the documents above it, and that it stays within them. */
#ifndef ARCI_BILLING_CHAIN_H
#define ARCI_BILLING_CHAIN_H

#include "billing/claim.h"
#include "billing/invoice.h"
#include "billing/uses.h"
#include "store/computed.h"
#include "value/money.h"

/* Reads the rows that documents name - the invoice of a note, delivery, order, contract, each once a call - and takes dates, terms and what the header leaves
 * open. Documents that point at nothing are refused. */
arc_status arci_chain_parents(arci_bills *b);
/* The order line of lines that name only their delivery line, and both of discount lines. */
arc_status arci_chain_lines(arci_bills *b);
/* The order and the contract of documents whose lines are all of one. */
arc_status arci_chain_heads(arci_bills *b);
/* Refuses documents with a discount that names another contract, order line or delivery line than the line it discounts; once headers have theirs. */
void arci_chain_discounts(arci_bills *b);
/* Whether the negative lines of document i may stand: each is a discount of its line, deducts an advance, or is of something that the document invoices more of. */
arc_status arci_chain_signs(arci_bills *b, uint32_t i);
/* What a parent says of a field, unless somebody nearer said something. */
void arci_chain_take(arci_bill *d, uint32_t field, const arc_value *v);
/* The order line (or delivery line) a line belongs to. */
const arc_value *arci_line_parent(const arci_bill *d, uint32_t k, int delivery);
/* The contract a line counts on, where that is another than the document's; else NULL. */
arc_value arci_line_contract(const arci_bill *d, uint32_t k);
/* Locks contracts, orders, deliveries and their lines and refuses the documents that exceed them or take over what is not there. Right before documents are
 * written. */
arc_status arci_chain_check(arci_bills *b);
/* What document i takes of its parents is counted; once it is written. */
void arci_chain_count(arci_bills *b, uint32_t i);
/* What documents take, where nothing is checked: for counting. */
arc_status arci_chain_claims(arci_bills *b);

/* Finds the heads of the claims' lines; the claims live as long as the limits. */
arc_status arci_limits_open(arci_posting *p, arci_claim *claims, uint32_t n, arci_limits **out);
void arci_limits_told(arci_limits *x); /* from now on they are counted, whatever is left */
arc_status arci_limits_judge(arci_limits *x, uint32_t i); /* refused: it took nothing */
/* What is invoiced of an order line (delivery line), with what was judged good so far; NULL: no document of the call names it. */
const arci_link_sum *arci_limits_taken(const arci_limits *x, int delivery, int64_t line);
void arci_limits_undo(arci_limits *x, uint32_t i); /* also of a claim that is given back without having been judged here */

/* What a contract allows. */
enum {
    ARCI_CONTRACT_NUMBER, ARCI_CONTRACT_CUSTOMER, ARCI_CONTRACT_STARTS, ARCI_CONTRACT_ENDS, ARCI_CONTRACT_CURRENCY, ARCI_CONTRACT_AMOUNT,
    ARCI_CONTRACT_TAX_INCLUDED, ARCI_CONTRACT_STATUS, ARCI_CONTRACT_KIND, ARCI_CONTRACT_TOLERANCE, ARCI_CONTRACT_ROW_VERSION,
    ARCI_CONTRACT_BILLING_BASIS, ARCI_CONTRACT_CHANGED_ON, ARCI_CONTRACT_COLUMNS
};
typedef struct arci_contract {
    int64_t id;
    const arc_value *row; /* ARCI_CONTRACT_*; NULL: there is none */
    int64_t tolerance;    /* mantissa, 4 decimals */
    int64_t limit;        /* amount with tolerance, when limited */
    int64_t issued;       /* invoices less credit notes, in the basis of the contract; those in its currency */
    int64_t ordered;      /* orders, likewise */
    uint8_t limited, without_tax;
    uint8_t over; /* closed or terminated */
    uint8_t pad[1];
    arc_date freed, changed; /* last day on which a document gave something back; of its last amendment, end or return; ARC_DATE_NONE: never */
    uint32_t share; /* 1 + its place among the shares of the claim at hand */
} arci_contract;
/* What of a claim counts on which contract: of the header all that no line says is of another. */
typedef struct arci_share {
    arci_contract *contract; /* that there is */
    int64_t gross, net;
    uint32_t line; /* the first that says so; UINT32_MAX: the header */
} arci_share;
arc_status arci_claim_shares(arci_txn *t, arci_arena *arena, const arci_claim *c, arci_contract *list, uint32_t n, arci_share **out, uint32_t *n_out);
/* Tolerance, and by what may be invoiced, of a claim and its lines; advance: whatever was delivered. */
void arci_claim_terms(arci_claim *c, arci_contract *list, uint32_t n, int advance);
/* Ids of the contracts of claims, for arci_contracts_read(): *n of them, with repeats and zeros. NULL: no memory. */
int64_t *arci_claim_contracts(arci_arena *arena, const arci_claim *list, uint32_t n, uint32_t *n_out);

/* The end of a day, and what was issued and allowed by then; limit INT64_MAX: it was not limited. */
typedef struct arci_worst_day {
    arc_date day;
    int64_t issued, limit;
    uint8_t over; /* it was closed or terminated on the first of the days */
} arci_worst_day;
/* Of the days from one on, the one that leaves least: reads all of the contract, so it is asked only of what is dated before something was given back or changed (arci_contract_turned()).
 * more: contract, day and amount of what the call has taken and not written yet, or NULL; limit: instead of those of its history, or NULL. */
arc_status arci_contract_worst(arci_txn *t, arci_arena *arena, arci_contract *c, arc_date from, const arci_ints *more, const int64_t *limit, arci_worst_day *out);
static inline int arci_contract_turned(const arci_contract *c, arc_date from) { return c->freed > from || c->changed > from; }

/* The same as of a day: limit, issued and over become what they were at its end; ids: theirs. */
arc_status arci_contracts_as_of(arci_txn *t, arci_arena *arena, arci_contract *list, const int64_t *ids, uint32_t n, arc_date day);
/* What is left of a limit; nothing of a contract that is over. */
int64_t arci_contract_room(int64_t limit, int64_t issued, int over);
/* A limit of this amount; amount and tolerance may be NULL. 0: it is not limited. */
int arci_contract_limit(const arci_contract *c, const arc_value *amount, const arc_value *tolerance, int64_t *limit);
/* Contracts by id, ascending, with what is issued on them; locked when asked to. Ids may repeat and are sorted. */
arc_status arci_contracts_read(arci_txn *t, arci_arena *arena, int64_t *ids, uint32_t n, int lock, arci_contract **out, uint32_t *n_out);
arci_contract *arci_contract_find(arci_contract *list, uint32_t n, int64_t id);

/* amount * (1 + tolerance), rounded towards zero; tolerance has 4 decimals. */
int64_t arci_with_tolerance(int64_t amount, int64_t tolerance);
/* Sorts ids and drops repeats and zeros; returns how many are left. */
uint32_t arci_ids_unique(int64_t *ids, uint32_t n);
/* Where an id is in ids that ascend; UINT32_MAX: nowhere. */
uint32_t arci_ids_find(const int64_t *ids, uint32_t n, int64_t id);
/* A quantity with up to 6 decimals, likewise. */
const char *arci_quantity_text(char buf[48], int64_t mantissa);

#endif
