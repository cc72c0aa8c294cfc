/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of invoice_item that take something back: by credit notes (uses_credit.c), by voiding (uses_back.c). */
#ifndef ARCI_BILLING_USES_GIVE_H
#define ARCI_BILLING_USES_GIVE_H

#include "billing/chain.h"
#include "billing/uses.h"
#include "billing/uses_back.h"

enum {
    ARCI_USED_INVOICE, ARCI_USED_ID, ARCI_USED_ITEM, ARCI_USED_CURRENCY, ARCI_USED_AMOUNT, ARCI_USED_CONSUMES, ARCI_USED_REVERSES, ARCI_USED_LINE, ARCI_USED_ONLY, ARCI_USED_LAPSED,
    ARCI_USED_COLUMNS
};
static inline const arc_value *arci_used_row(const arci_rows *rows, uint32_t r) { return rows->values + (size_t)r * ARCI_USED_COLUMNS; }

/* All rows of documents (ids ascending), document by document. */
arc_status arci_used_find(arci_posting *p, const int64_t *ids, uint32_t n, arci_rows *out);
/* Their items, locked, and which of them lapse; of those that stand, what no tax invoice covers. */
arc_status arci_used_items(arci_posting *p, const arci_rows *rows, arci_plan **plans, uint32_t *n);

typedef struct arci_giver {
    arci_posting *p;
    arci_batch *rows;
    uint32_t n;
    arci_plan *plans;
    uint32_t n_plans;
    int posts; /* estimates go to the journal; voiding reverses the entries that documents made */
} arci_giver;

/* An item gets `amount` back (negative: gives it again) from a document on a day. What is planned of something that is over gets nothing: the row says what lapsed. */
typedef struct arci_gift {
    int64_t document, item, amount, lapsed, line;
    const arc_value *currency, *reverses; /* reverses: the row it undoes; NULL: none */
    arc_date day;
    int consumes, only;
} arci_gift;

arc_status arci_giver_open(arci_giver *g, arci_posting *p, arci_plan *plans, uint32_t n_plans, uint32_t most);
arc_status arci_give(arci_giver *g, const arci_gift *gift);
arc_status arci_given_write(arci_giver *g);

#endif
