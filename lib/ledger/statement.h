/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of statements of account: gathering them (statement.c, statement_read.c) and handing them out (statement_out.c). */
#ifndef ARCI_LEDGER_STATEMENT_H
#define ARCI_LEDGER_STATEMENT_H

#include "arcore/statement.h"
#include "base/num.h"
#include "ledger/merged.h"
#include "ledger/returns.h"
#include "store/repo.h"
#include "store/session.h"

typedef struct arci_statement {
    arci_owned owned; /* first: freed with its session */
    arc_context *ctx;
    arci_env env; /* of calls on it */
    arc_error error;
    arci_arena arena;
    arc_statement_info info;
    arc_statement_row *rows, *open;
    arc_status status; /* ARC_OK, or why there is none of this customer */
} arci_statement;

/* One customer's, while it is gathered. */
typedef struct arci_statement_part {
    arci_statement *s;
    arc_statement_row *rows; /* all up to the last day, in any order */
    uint32_t n, cap;
    struct arci_statement_part *into; /* whose open items his are on the last day: his own, or of whom he was merged into; NULL: of nobody who is asked about */
} arci_statement_part;

/* A document of a customer: what it came to, and what was taken from it by the last day. */
typedef struct arci_statement_doc {
    int64_t id, amount, taken;
    arci_statement_part *of;
    arc_date date, due;
    arc_date until; /* of a receipt: the day from which on it is not his, ARC_DATE_NONE: it stays */
    uint8_t gone; /* a receipt that is not his on the last day: it went back, or the claim was taken back */
    const char *kind, *number;
} arci_statement_doc;

typedef struct arci_statement_docs {
    arci_statement_doc *all; /* by id */
    uint32_t n, cap;
} arci_statement_docs;

/* All that are asked for: of one currency and time, whose customers ascend. */
typedef struct arci_gathering {
    arci_txn *t;
    arci_arena work;
    arci_statement_part *parts; /* by customer: those who are asked about, and who was merged with them on some day */
    uint32_t n;
    arci_statement_part *told;  /* those that are handed out: parts, unless somebody was merged */
    uint32_t n_told;
    arci_merged merged;         /* as of the last day */
    const arc_statement_info *asked; /* currency, from, to */
    arci_statement_docs items, receipts;
    int64_t known_at; /* 0: now */
    arci_known known;
    arci_return *returns; /* that were not known */
    uint32_t n_returns;
} arci_gathering;

/* Takes options apart: customer, currency and days of the info, or what is wrong with them; and whether the actor may read what a statement is made of. */
arc_status arci_statement_asked(arci_session *s, arc_statement_info *info, const arc_statement_options *o);
/* Works out n statements, whose info has customer, currency, from, to; in ascending order of the customer. One whose status is not ARC_OK is refused; the error is the first one's. */
arc_status arci_statements_gather(arci_txn *t, arci_statement **list, uint32_t n, uint32_t flags, int64_t known_at);
/* Why there is no statement of a customer: sets the error. */
arc_status arci_statement_tell(arci_env *env, const arci_statement *s);

/* One more movement of a part, unless it is nothing or behind the last day. Texts are not copied. */
arc_status arci_statement_add(arci_gathering *g, arci_statement_part *of, uint32_t entity, int64_t id, const char *kind, const char *number, arc_date date, arc_date due, int64_t amount);
/* statement.c: names of the customers, their documents and movements. */
arc_status arci_statement_parts(arci_gathering *g);
/* statement_merged.c: where somebody was merged: parts of all who were one with those asked about, and from them the movements of those. */
arc_status arci_statement_merged(arci_gathering *g, arci_statement **list, uint32_t n);
void arci_statement_merged_clear(arci_gathering *g);

/* The documents of the customers, and what was taken from them, as movements (statement_read.c). */
arc_status arci_statement_read(arci_gathering *g);

#endif
