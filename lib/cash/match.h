/* SPDX-License-Identifier: Apache-2.0 */
/* The match engine, inside. A call reads receipts, what they may pay and who may have paid (match_read.c), in questions whose number does not grow with the receipts; decides each by its
 * strategy (match_decide.c, match_tiers.c), taking what is matched from what is open; and tells what it decided and why (match_tell.c). It writes nothing. */
#ifndef ARCI_CASH_MATCH_H
#define ARCI_CASH_MATCH_H

#include "arcore/combination.h"
#include "base/map.h"
#include "base/num.h"
#include "cash/calibrate.h"
#include "cash/strategy.h"
#include "ledger/merged.h"
#include "ledger/offer.h"
#include "ledger/rates.h"
#include "store/proposal.h"

#define ARCI_MATCH_ENGINE "matching"

enum { ARCI_M_ORDER, ARCI_M_CONTRACT, ARCI_M_DELIVERY, ARCI_M_PROJECT, ARCI_M_DEPARTMENT, ARCI_M_OWNER, ARCI_M_STORE, ARCI_M_LINE, ARCI_M_LINKS }; /* as the bits of ARCI_AGREE_* */

typedef struct arci_mitem {
    int64_t id, customer, open; /* customer: merged ones as the one they were merged into; open: less what this call has matched; a credit is negative */
    int64_t named;               /* the customer it names */
    int64_t amount, seq, invoice;
    int64_t links[ARCI_M_LINKS]; /* 0: none */
    arc_date due, since;         /* due: ARC_DATE_MAX: none yet */
    char currency[4];
    uint8_t disputed, has_offer, linked, closed; /* linked: what its invoice hangs on was read; closed: nothing was open of it when it was read */
    arc_value number, discounts, term;
    int64_t granted;             /* of discounts */
} arci_mitem;

typedef struct arci_mcustomer {
    int64_t id, parent;
    arc_value code, name, segment, channel;
    uint32_t first, n; /* its items in order[], with those of customers merged into it; only when whole */
    uint32_t laid;     /* of them, while they are read */
    uint8_t whole, blocked, held;
    int32_t days_late; /* median of what it paid lately; ARC_HABIT_DAYS_LEARNED: not known */
} arci_mcustomer;

typedef struct arci_mnetting { /* an offset with payables that waits to be used */
    int64_t receipt, customer, left;
    char currency[4];
} arci_mnetting;

enum { ARCI_MTEXTS = 7 }; /* memo, bank_ref, remark; of its line: structured reference, document numbers, customer's reference, words of details that are no payments */
extern const char *const arci_mtext_names[ARCI_MTEXTS];

typedef struct arci_mreceipt {
    int64_t id, customer, left, version; /* customer 0: nobody knows */
    int64_t links[ARCI_M_LINKS];
    arc_date value_date, from; /* from: it can be used */
    char currency[4];
    uint8_t returned, offset;  /* offset: a netting */
    arc_value texts[ARCI_MTEXTS], payer_name, payer_account, channel, ultimate; /* ultimate: on whose behalf it was paid */
    int64_t kept;      /* what banks on the way kept of what was instructed, as the bank says; -1: it does not */
    int64_t our_account, line;
    arc_value holder, ours; /* of our_account: one of our own names; its number */
    uint8_t moved;    /* something of it was applied once */
    uint8_t reversed; /* a match of it was taken back */
    uint8_t plain;    /* named whole and paid exactly: what else the customer has open was not read */
    int64_t payer;    /* of receipts of nobody: who seems to have paid; 0: not known */
    int64_t guess;    /* the same where what was learned is not enough yet: for a suggestion, and against nobody */
    int64_t may_be[32]; /* in order: those that may have paid, and those they may pay for */
    uint32_t n_may_be, payer_flags;
    int32_t payer_ppm;
    const char *payer_how;
    uint8_t payer_asked;
    uint8_t shared;   /* the payer pays for several customers, as somebody said or was learned: each of them may be meant, and all together */
} arci_mreceipt;

/* A place in a receipt's text that names something of the book. */
typedef struct arci_mhit {
    uint32_t text, start, end; /* bytes */
    uint8_t kind;              /* ARC_HIT_* of the reference reader, 0: exact */
    uint8_t by;                /* ARCI_BY_* */
    uint8_t exact, ambiguous, repaired;
    int64_t id;                /* item, order, contract or delivery */
    int64_t customer;
    uint32_t item;             /* position, when it is one; else UINT32_MAX */
    const char *number;        /* as it stands in the book */
    const char *note;          /* repair, in words; NULL */
} arci_mhit;

/* One row of what is to be settled. */
typedef struct arci_mrow {
    uint32_t item;
    uint32_t credit;  /* position of a credit item, or UINT32_MAX: the receipt, or other */
    int64_t other;    /* another receipt of the customer that is used up; 0: none */
    int64_t amount, discount, write_off; /* of the item's currency */
    int64_t leaves;   /* of a receipt in another currency: what leaves it; else 0 */
    const char *reason; /* of write_off; NULL: small difference */
    uint8_t rest;     /* ARCI_DIFF_RESIDUAL or _CHARGEBACK: what is left of the item moves; 0: it stays */
} arci_mrow;

/* A part of the difference, and the rule that decided. */
typedef struct arci_mdiff {
    uint8_t as, mode;
    int64_t amount;
    const char *reason, *word;
} arci_mdiff;

typedef struct arci_mcandidate {
    uint8_t tier, mode, kind; /* kind: ARC_SET_*; 0: named */
    uint8_t proved;           /* whole numbers as they stand in the book name it, and the amounts agree */
    uint8_t by_rules;         /* every part of the difference may post by itself */
    uint8_t exact;            /* nothing is left of receipt and items */
    int64_t customer;
    int32_t raw_ppm, ppm;
    int64_t alike, sets;      /* sets of the same amounts; all that add up, as far as was looked. 0: not counted */
    const uint32_t *items;    /* credits among them, in the order in which they are paid */
    uint32_t n_items;
    arci_mrow *rows;
    uint32_t n_rows;
    arci_mdiff diffs[8];
    uint32_t n_diffs;
    int64_t paid, open, credits, over; /* from the receipt; of the debits; from credits; left on the receipt */
    uint8_t refund;           /* what is over goes back to the payer */
    uint8_t family;           /* it pays for others than whose the receipt is */
    char currency[4];         /* of its items */
    int64_t left, spent;      /* of the receipt: what it has, in the currency of the items; what leaves it, in its own */
    int64_t day_rate, rate;   /* of a receipt in another currency: for one of the items' currency, 8 decimals, on its value date and as it is applied; else 0 */
} arci_mcandidate;

enum { ARCI_OUT_NONE, ARCI_OUT_SUGGEST, ARCI_OUT_AUTO };
enum { ARCI_ANS_NONE, ARCI_ANS_UNIQUE, ARCI_ANS_AMBIGUOUS };
#define ARCI_MCANDIDATES 5

typedef struct arci_mresult {
    int outcome, answer;
    const char *why;  /* why it does not post by itself, or nothing was found: a code */
    int64_t customer; /* whose it is taken to be */
    uint8_t disagrees; /* a document is named that does not agree in the fields the strategy binds */
    uint8_t family;   /* documents of several customers may be paid: all of those that are named */
    const char *payer; /* how that is known: "receipt", "reference", "account", ...; NULL: not known */
    int32_t payer_ppm;
    uint32_t n;
    arci_mhit *hits;
    uint32_t n_hits;
    const arci_strategy *strategy;
    int64_t twice;    /* receipt that this one seems to repeat; 0: none */
    int32_t threshold_ppm, margin_ppm;
    int64_t cases;
    arci_mcandidate c[ARCI_MCANDIDATES]; /* the last: only the n that are used are filled */
} arci_mresult;

typedef struct arci_cash {
    arci_txn *t;
    arci_env *env;
    arci_arena arena;    /* of the call or chunk */
    arci_arena scratch;  /* of a receipt */
    arc_date as_of;
    arci_strategy *strategies;
    uint32_t n_strategies;
    arci_tolerance *tols; /* by strategy */
    arci_tolerance tol;   /* of the strategy at hand */
    arci_learned model;    /* what was learned */
    arci_mreceipt *receipts;
    uint32_t n_receipts;
    arci_mitem *items;
    uint32_t n_items, cap_items;
    uint32_t *order;     /* items by customer, as customers[] say */
    uint32_t n_order, cap_order;
    arci_mcustomer *customers;
    uint32_t n_customers, cap_customers;
    arci_mnetting *nettings;
    uint32_t n_nettings, cap_nettings;
    arc_value user_group; /* of the actor, as tolerances know it */
    arci_map held;        /* items under legal action or insolvency */
    arci_merged merged;   /* customers that are one */
    arci_rates rates;
    arci_map item_at, customer_at, account_at; /* id to position; (customer, currency) to version */
    struct arci_cash_refs *refs; /* match_refs.c */
    struct arci_cash_index *index; /* match_index.c; NULL: nothing is read closely yet */
    struct arci_payers *payers; /* cash/payer.h; NULL: not asked for yet */
    uint8_t payers_lent; /* they are the caller's */
    struct arci_cash_recent *recent; /* match_twice.c */
    uint32_t indexed;    /* items that are in it */
    uint8_t whole_book, whole_tried; /* all that is open was read */
} arci_cash;

arc_status arci_cash_begin(arci_cash *m, arci_txn *t, arc_date as_of, const char *strategy);
void arci_cash_end(arci_cash *m);
/* Receipts by id, or all that wait; in the order of value date and id. */
typedef struct arci_cash_asked {
    const int64_t *receipts;
    uint32_t n, max;
    int64_t customer, after; /* after: only receipts with a higher id */
    int by_id;               /* in order of id */
    const char *currency;    /* "": any */
    const arci_row_scope *scope;
} arci_cash_asked;
arc_status arci_cash_read(arci_cash *m, const arci_cash_asked *asked);
/* Items by id, whatever is open of them; those of documents by number; those of customers, all that is open. */
arc_status arci_cash_items(arci_cash *m, const int64_t *ids, uint32_t n);
arc_status arci_cash_customers(arci_cash *m, const int64_t *ids, uint32_t n, int whole); /* whole: and all that is open of them */
/* Of items from a place of order[] on: what they do not say themselves of order, contract, delivery, project, department, owner, store and business line, their invoices say. */
arc_status arci_cash_links(arci_cash *m, uint32_t from);
/* What the lines of statements that receipts came of say besides (match_lines.c). */
arc_status arci_cash_lines(arci_cash *m);
arci_mitem *arci_cash_item(const arci_cash *m, int64_t id);
arci_mcustomer *arci_cash_customer(const arci_cash *m, int64_t id);
arc_status arci_cash_accounts(arci_cash *m, const int64_t *customers, uint32_t n);
static inline int64_t arci_cash_root(const arci_cash *m, int64_t customer) { return arci_merged_root(&m->merged, customer); }
/* Some customers and those that were merged into them, as values. */
arc_status arci_cash_members(arci_cash *m, const int64_t *ids, uint32_t n, arc_value **out, uint32_t *n_out);

/* What the texts of the receipts of this call name; before the first is decided. */
arc_status arci_cash_refs_read(arci_cash *m);
arc_status arci_cash_refs_find(arci_cash *m, const arci_mreceipt *r, const int64_t *customers, uint32_t n_customers, arci_mhit **hits, uint32_t *n);
arc_status arci_cash_refs_none(arci_cash *m);
arc_status arci_cash_refs_put(arci_cash *m, const arc_value *number, uint8_t by, int64_t id, int64_t customer); /* a number as it stands, and what for */
void arci_cash_refs_free(arci_cash *m);
/* The same read closely: what was loaded goes into an index; hits are added behind those given that do not cover them. */
arc_status arci_cash_index(arci_cash *m);
arc_status arci_cash_look(arci_cash *m, const arci_mreceipt *r, const int64_t *customers, uint32_t n_customers, arci_mhit *hits, uint32_t cap, uint32_t *n);
void arci_cash_index_free(arci_cash *m);
arc_status arci_cash_whole_book(arci_cash *m); /* where no more than 50,000 items are open */

/* What a receipt may pay: open items of a customer in its currency that agree with it, by the strategy's order. */
typedef struct arci_mpool {
    const arci_strategy *strategy;
    const arci_mreceipt *receipt;
    const arci_mcustomer *customer;
    uint32_t *items;
    uint32_t n;
    int64_t *net; /* of what paying each whole earns */
    uint8_t family; /* of all that the customer may pay for */
    uint8_t weighed; /* the sets that add up were looked for, and are candidates */
} arci_mpool;
int arci_cash_agrees(const arci_mreceipt *r, const arci_mresult *res, const arci_mitem *item, uint32_t agree);
arc_status arci_cash_pool(arci_cash *m, arci_mpool *p, const arci_tier *tier, const arci_mresult *res);

/* Who may have paid a receipt of nobody (match_payer.c). */
arc_status arci_cash_payer(arci_cash *m, arci_mreceipt *r);
int arci_cash_may_be(const arci_mreceipt *r, int64_t customer);

/* Who pays for whom (match_family.c). Of receipts whose customer is known: those above and below him are read, and may be paid for. */
arc_status arci_cash_families(arci_cash *m);
arc_status arci_cash_above(arci_cash *m, const int64_t *ids, uint32_t n); /* whoever is above some customers is known */
/* Customers of which what is named may be paid by this receipt: its own, those above and below him, and those its payer pays for. */
int arci_cash_pays_for(const arci_cash *m, const arci_mreceipt *r, int64_t payer, int64_t customer);
/* The tiers without a name once more, over all that the payer pays for. */
arc_status arci_cash_family(arci_cash *m, const arci_mreceipt *r, arci_mresult *out);
/* The same as it is now, for a match that is to be applied: ARC_E_STALE where he does not pay for one of them any more. */
arc_status arci_cash_family_check(arci_txn *t, arci_arena *arena, int64_t receipt, int64_t customer, const int64_t *items, uint32_t n);

/* Items in another currency than the receipt (match_foreign.c). What paying one whole earns is off its net amount. */
int arci_cash_names_foreign(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out); /* what is named is in other currencies alone */
arc_status arci_cash_net(arci_cash *m, const arci_mreceipt *r, const arci_mitem *item, int64_t *net);
arc_status arci_cash_foreign(arci_cash *m, const arci_mreceipt *r, arci_mresult *out);
int arci_cash_is_new_payer(const arci_mreceipt *r);
void arci_cash_payers_free(arci_cash *m);

/* Our own names; whether a text names another company of ours (match_names.c). */
arc_status arci_cash_holders(arci_cash *m);
int arci_cash_other_entity(const arci_mreceipt *r);
int arci_cash_says_otherwise(const arci_mreceipt *r); /* match_settle.c */

/* What these customers paid lately; the earlier receipt that one repeats, 0: none. */
arc_status arci_cash_recent_read(arci_cash *m, const int64_t *customers, uint32_t n);
void arci_cash_recent_free(arci_cash *m);
int64_t arci_cash_twice(const arci_cash *m, const arci_mreceipt *r, int64_t customer, int32_t days);

/* One receipt: everything in the result is in the scratch arena, which the caller resets. What the first candidate takes is taken when `take` says so. */
/* Not where the same place names something of a customer as well. */
int arci_cash_is_meant(const arci_mresult *out, const arci_mhit *h, int64_t customer);
arc_status arci_cash_decide(arci_cash *m, arci_mreceipt *r, arci_mresult *out);
void arci_cash_take(arci_cash *m, arci_mreceipt *r, const arci_mcandidate *c);

/* Settles a list of items with what the receipt has left: rows and differences of the candidate. 0 in *fits: the rules do not allow it. */
arc_status arci_cash_settle(arci_cash *m, const arci_mreceipt *r, const arci_strategy *s, arci_mcandidate *c, int *fits);
/* The candidates of a tier, likeliest first; none: it does not fit. */
arc_status arci_cash_named(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, arci_mresult *out);
/* One open item of exactly the amount, where nothing else has to be looked at; *done: it was found. */
arc_status arci_cash_amount_alone(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const arci_mcustomer *c, arci_mresult *out, int *done);
arc_status arci_cash_unnamed(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, arci_mpool *pool, arci_mresult *out);
arc_status arci_cash_weigh(arci_cash *m, const arci_mreceipt *r, arci_mpool *pool, arci_mresult *out);
/* Settles a list and adds it as a candidate. exactly: only when nothing is left open or over but what rules give up. *added. */
arc_status arci_cash_try(arci_cash *m, const arci_mreceipt *r, const arci_tier *tier, const uint32_t *items, uint32_t n, int exactly, arci_mresult *out, arci_mcandidate **added);
const arci_tier *arci_strategy_tier(const arci_strategy *s, int tier); /* NULL: off */

/* JSON. */
typedef struct arci_cash_told {
    arci_str action, explanation, preconditions, context;
} arci_cash_told;
void arci_cash_told_init(arci_cash_told *t, arc_context *ctx);
void arci_cash_told_clear(arci_cash_told *t);
arc_status arci_cash_tell(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, arci_cash_told *out);
void arci_cash_tell_action(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, const arci_mcandidate *c, arci_str *b, arci_str *text);

/* What stays with the rows of a match that posts by itself. */
void arci_cash_tell_evidence(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, arci_str *b, arci_str *scratch);
arc_date arci_cash_day(const arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c); /* from when it counts */

/* A proposal's lines for the receipts asked for, and what was considered. */
arc_status arci_cash_propose(arci_cash *m, arci_proposal *out, int64_t *counts);
extern const arci_engine arci_cash_engine;

#endif
