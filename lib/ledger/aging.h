/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of an aging: the run that folds (aging.c) and the result that is handed out (aging_result.c). */
#ifndef ARCI_LEDGER_AGING_H
#define ARCI_LEDGER_AGING_H

#include "arcore/aging.h"
#include "base/map.h"
#include "base/num.h"
#include "ledger/by_contract.h"
#include "ledger/merged.h"
#include "store/known.h"
#include "store/repo.h"

typedef struct arci_aging_line arci_aging_line;
struct arci_aging_line {
    int64_t customer;
    arci_aging_line *next;
    char currency[4];
    uint32_t n_items;
    arci_acc sums[]; /* buckets, then unapplied */
};

#define ARCI_AGING_RECENT 4

typedef struct arci_aging_run {
    arci_txn *t;
    arci_env *env;
    arci_arena arena, work; /* work: of one block */
    arci_map items, receipts; /* id to what it gets back for allocations after the date */
    arci_map dues;            /* item to the due date it had, where it was changed after the date */
    arci_map plans;           /* estimates of today that were plans on the date */
    arci_map past;            /* receipts of which the state does not say whose they were on the date */
    arci_map lines;           /* (customer, currency) to line */
    arci_aging_line *first; /* list */
    arci_aging_line *recent[ARCI_AGING_RECENT]; /* those used last */
    uint32_t oldest;
    const int32_t *edges;
    uint32_t n_buckets, n_lines;
    int32_t basis, by;
    uint32_t flags;
    arc_date as_of;
    uint32_t in_past; /* a past claim is being added */
    int64_t known_at; /* 0: now */
    arci_known known; /* what was not known then */
    arci_merged merged; /* whose customers were on the date */
    int64_t customer; /* 0: all; else the root of his family */
    char currency[4]; /* "": all */
} arci_aging_run;

/* What the rows of an aging stand for: the entity, its code and name, and where another row than the state has to say which. */
typedef struct arci_aging_by {
    const char *entity, *texts;
    const char *document_column; /* of the item and the receipt, or of the customer; NULL: the states tell */
} arci_aging_by;
extern const arci_aging_by arci_agings_by[];

/* Receipts that were somebody's on the date and are not now: adds them through `add`. Fills run->past, so that the states of these receipts are passed over. */
arc_status arci_aging_past_claims(arci_aging_run *run, const char *columns, arc_status (*add)(arci_aging_run *run, const arc_block *block));
/* Accumulators of what rows stand for, in a currency: n_buckets sums, unapplied; *n_items to count in. NULL: no memory. */
arci_acc *arci_aging_sums(arci_aging_run *run, int64_t key, const arc_value *currency, uint32_t **n_items);
/* Open rows summed by a store that is far away, where nothing is to be known of single ones; *done 0: it is not, or rows have to be looked at one by one. */
arc_status arci_aging_grouped(arci_aging_run *run, const char *entity, const arci_where *where, int *done);
/* Makes the handle: customers named, rows sorted, totals added. */
/* What it holds beside its memory; t, env and what is asked are set. */
void arci_aging_open(arci_aging_run *run);
void arci_aging_close(arci_aging_run *run);
arc_status arci_aging_result(arci_aging_run *run, arc_aging **out);

/* Of which contract the items of a block are, by row: `shared` says where it is not one alone. */
typedef struct arci_aging_contracts {
    const arci_shared **shared;
    int64_t *contracts;
    arci_by_contract by;
} arci_aging_contracts;
arc_status arci_aging_contracts_read(arci_aging_run *run, const arc_block *block, uint32_t id_at, arci_aging_contracts *out);

/* Only rows the actor may see count, by who owned the document. */
arc_status arci_aging_cut(arci_aging_run *run, const arci_entity *e, arci_where *where);

#endif
