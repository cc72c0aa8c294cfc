/* SPDX-License-Identifier: Apache-2.0 */
/* Exposure: what is at stake with some customers on the business date, by parts, in one currency. Each amount is in one part; what accounts keep is read, not summed up. */
#ifndef ARCI_CREDIT_EXPOSURE_H
#define ARCI_CREDIT_EXPOSURE_H

#include "base/num.h"
#include "base/str.h"
#include "credit/limit.h"
#include "credit/policy.h"
#include "ledger/rates.h"

enum { ARCI_DETAIL_ALL = 1, ARCI_DETAIL_ITEMS /* disputed and overdue alone */ };

/* What a document consumes of plans and estimates, which are counted less this: of an item, or of those of a contract, by customer and currency. */
typedef struct arci_credit_taken {
    int64_t item, amount, contract, customer;
    char currency[4];
} arci_credit_taken;

typedef struct arci_credit_paper { /* a document that is looked at: no draft any more */
    int64_t row;
    int invoice; /* else an order */
} arci_credit_paper;

typedef struct arci_exposure_ask {
    arci_txn *t;
    arci_arena *arena;
    const arci_policy *policy;
    arci_rates *rates;
    const int64_t *customers; /* ascending, each once */
    uint32_t n;
    arc_date day;
    arc_date horizon;       /* last day on which orders are wanted that count; ARC_DATE_NONE: all count */
    char currency[4];       /* of the answer */
    const char (*apart)[4]; /* currencies with limits of their own: left out */
    uint32_t n_apart;
    const arci_credit_taken *taken; /* what documents that are looked at consume */
    const arci_credit_paper *papers; /* those documents: not counted among drafts */
    uint32_t n_taken, n_papers;
    int apart_members;      /* of a group: what one has to its credit does not lessen what others owe */
    int detail;             /* ARCI_DETAIL_*: what is told apart or read, whatever the policy needs */
} arci_exposure_ask;

typedef struct arci_exposure_line { /* of one currency, in that currency */
    char currency[4];
    int64_t parts[ARCI_PARTS];
} arci_exposure_line;

typedef struct arci_surplus { /* what a customer has to its credit that counts for nobody else; customers that were merged are one */
    int64_t customer, amount;
} arci_surplus;

typedef struct arci_exposure {
    int64_t parts[ARCI_PARTS]; /* what lessens it is negative; those left out by the policy too */
    int64_t total;             /* of the parts that are included */
    arci_exposure_line *lines; /* what customers owe, by currency; without what insures it */
    uint32_t n_lines, n_surplus;
    arci_surplus *surplus; /* by customer, with apart_members */
} arci_exposure;

/* ARC_E_VALUE: no exchange rate of the day; ARC_E_OVERFLOW. */
arc_status arci_exposure_of(const arci_exposure_ask *ask, arci_exposure *out);
/* An amount in another currency at the policy's rate of the day, whichever way it is quoted, or by way of the book's base currency. */
arc_status arci_credit_convert(const arci_exposure_ask *ask, int64_t amount, const char *from, const char *to, int64_t *out);
/* The answer of arc_credit_exposure_json() from the sums of the transaction's book. */
/* who: the transaction of who asks; of a group only what he sees is told. */
arc_status arci_exposure_tell(arci_txn *t, arci_str *b, int64_t customer, const char *currency, arc_date day, int group, arci_txn *who);

/* exposure_rows.c: what accounts do not keep, by (customer, currency). */
typedef struct arci_at_stake {
    int64_t customer;
    char currency[4];
    int64_t estimated; /* as the account keeps it */
    arci_acc parts[ARCI_PARTS];
} arci_at_stake;
typedef struct arci_stakes {
    const arci_exposure_ask *ask;
    arci_at_stake *list; /* by customer and currency */
    int apart;           /* what is overdue and disputed is told apart */
    int wanted;          /* orders wanted behind the horizon are left out */
    arci_credit_taken *drafted; /* what drafts of invoices are to consume */
    uint32_t n_drafted;
    uint32_t n, cap;
} arci_stakes;
/* NULL: no memory. Valid until the next call. */
arci_at_stake *arci_stake_at(arci_stakes *s, int64_t customer, const char *currency);
arc_status arci_stakes_disputed(arci_stakes *s);  /* of what is open, or overdue */
arc_status arci_stakes_plans(arci_stakes *s);     /* planned, estimated */
arc_status arci_stakes_bills(arci_stakes *s);     /* notes, recourse */
arc_status arci_stakes_drafts(arci_stakes *s); /* exposure_drafts.c: before plans */
arc_status arci_stake_move(arci_stakes *s, const arc_value *customer, const arc_value *currency, int from, int to, int64_t amount);

/* A draft of an invoice: own is what exposure counts of it, taken what it is to consume. */
typedef struct arci_draft_facts {
    const arc_value *customer, *currency, *gross, *rest, *contract, *uses; /* as they are stored */
    int64_t own;
    arci_credit_taken *taken; /* in the arena */
    uint32_t n_taken;
} arci_draft_facts;
arc_status arci_draft_facts_of(arci_txn *t, arci_arena *arena, arci_draft_facts *f);
/* Rows of an entity of the customers asked about, in batches. where: more conjuncts, may be NULL; the first field is the customer; by: the second field of the index that is to be
 * used: a store without statistics takes the one that has the order asked for. */
typedef arc_status (*arci_stake_fn)(arci_stakes *s, const arc_value *row);
arc_status arci_stakes_rows(arci_stakes *s, const char *entity, const char *fields, const char *by, const arci_where *more, arci_stake_fn each);

#endif
