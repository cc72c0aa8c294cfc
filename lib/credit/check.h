/* SPDX-License-Identifier: Apache-2.0 */
/* Credit checks of documents, inside the transaction of the verb that moves them:
 *
 *     arci_credit_run run;
 *     st = arci_credit_begin(&run, p);                      nothing is read where the book has no policy
 *     st = arci_credit_lock(&run, customers, n);            customers of the documents; behind the documents' own locks, before accounts
 *     st = arci_credit_document(&run, i, &ask, &held);      each in its order; what passed counts for those behind it
 *
 * Two who check documents of one customer, or below one owner with a limit, wait for each other at the lock. */
#ifndef ARCI_CREDIT_CHECK_H
#define ARCI_CREDIT_CHECK_H

#include "arcore/hold.h"
#include "credit/exposure.h"
#include "ledger/posting.h"

enum { ARCI_CREDIT_PASS, ARCI_CREDIT_WARN, ARCI_CREDIT_HOLD };

typedef struct arci_credit_ask {
    const char *entity; /* of the document; NULL: none, nothing is held */
    int64_t row, version; /* version: that which it will have when it is held */
    int64_t customer;
    uint32_t moment;    /* ARCI_AT_* */
    char currency[4];
    int64_t amount;     /* of the document, inclusive of tax */
    int64_t adds;       /* to exposure: what is not counted yet */
    const arci_due_day *days; /* of an order what is wanted on days; the rest at once */
    const arci_credit_taken *taken; /* of an invoice: what it consumes of plans and estimates */
    uint32_t n_days, n_taken;
} arci_credit_ask;

typedef struct arci_credit_passed {
    int64_t customer, adds;
    const arci_due_day *days;
    uint32_t n_days;
    char currency[4];
} arci_credit_passed;

typedef struct arci_credit_warning {
    uint32_t element;
    arci_credit_ask ask;
    arc_value reasons;
    const char *words; /* what the rules say, without numbers */
    int64_t excess;
} arci_credit_warning;

typedef struct arci_credit_run {
    arci_posting *p; /* NULL: only asked */
    arci_txn *t;
    arci_arena *arena;
    arci_policy policy;
    arci_rates rates;
    arc_date day;
    int on; /* there is a policy in force */
    arci_credit_passed *passed;
    uint32_t n_passed, cap_passed;
    arci_credit_taken *taken;  /* what they consume, and behind them the document at hand */
    arci_credit_paper *papers; /* likewise */
    uint32_t n_taken, n_papers;
    arci_credit_warning *warned; /* passed with a warning */
    uint32_t n_warned, cap_warned;
    int64_t *family; /* of the document at hand: its customer, with whom it was merged; ascending */
    uint32_t n_family;
} arci_credit_run;

typedef struct arci_credit_said {
    int result;      /* ARCI_CREDIT_* */
    int64_t excess;  /* over the limit exceeded most, in its currency; 0: none is */
    int64_t limit, exposure; /* of the tightest limit: exposure with the document */
    char currency[4];
    int has_limit;
    arci_str rules;  /* JSON: array of what the rules said */
    arci_str limits; /* JSON: array of the limits with their numbers */
    arci_str words;  /* JSON: what the rules said, without numbers */
    char first_en[200], first_zh[200]; /* of the first rule that blocks, else warns */
} arci_credit_said;

arc_status arci_credit_begin(arci_credit_run *run, arci_posting *p);
/* The same for who asks alone. */
arc_status arci_credit_open(arci_credit_run *run, arci_txn *t, arci_arena *arena);
arc_status arci_credit_lock(arci_credit_run *run, const int64_t *customers, uint32_t n);
/* What the rules say of a document; said is to be cleared. */
arc_status arci_credit_judge(arci_credit_run *run, const arci_credit_ask *ask, arci_credit_said *said);
/* What an exposure asked for in this run leaves out. */
void arci_credit_leave_out(const arci_credit_run *run, arci_exposure_ask *e);
void arci_credit_said_clear(arci_credit_said *said);
/* check_rules.c: one rule; *hit. The text goes to said. */
arc_status arci_credit_rules(arci_credit_run *run, const arci_credit_ask *ask, arci_credit_said *said);
void arci_credit_hit(arci_credit_said *said, const char *rule, int effect, int64_t now, int64_t most, const char *currency, const char *en, const char *zh);

/* hold.c: element i of the posting; *held: it is held: its result is ARC_NEEDS_APPROVAL, or where it has no row to be held by, refused with ARC_E_GUARD. */
arc_status arci_credit_document(arci_credit_run *run, uint32_t i, const arci_credit_ask *ask, int *held);

/* Behind the documents: keeps those that passed with a warning, and tells the session. rows: by element, of documents that had no row when they were judged; NULL: all had. */
arc_status arci_credit_warned(arci_credit_run *run, const int64_t *rows);
arc_status arci_credit_note_warning(arci_credit_run *run, uint32_t i, const arci_credit_ask *ask, const arci_credit_said *said);

/* hold.c: as holds keep them. */
arc_status arci_hold_reasons(arci_credit_run *run, const arci_credit_said *said, arc_value *out);
arc_status arci_hold_excess(arci_credit_run *run, const arci_credit_ask *ask, const arci_credit_said *said, int64_t *out);
const char *arci_hold_moment(uint32_t moment);
const char *arci_hold_kind(uint32_t moment);

#endif
