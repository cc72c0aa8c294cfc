/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation rows to be: judged one by one against both sides as those before them left them, then written together with the states, parts and journal.
 * Every verb that settles anything works with these:
 *
 *     arci_allot a;
 *     st = arci_allot_open(p, &a, items, n_items, receipts, n_receipts, most_rows);
 *     st = arci_allot_add(&a, &row);  ...          an error leaves all as it was before this row
 *     st = arci_allot_write(&a);
 *     id = arci_allot_id(&a, 0);
 *
 * New items are written first (ledger/items.h) and then named like any others. */
#ifndef ARCI_LEDGER_ALLOT_H
#define ARCI_LEDGER_ALLOT_H

#include "ledger/sides.h"

#define ARCI_ALLOT_OTHERS 1u /* item and credit may be of two customers: a debt changes hands */

typedef struct arci_allot_row {
    arc_date date;                /* effective */
    int64_t receipt, credit_item; /* at most one; neither: given up without a credit, amount is 0 */
    int64_t item, amount, discount, write_off, unearned, credit_amount;
    const char *mode;             /* code of allocation_mode */
    const char *reason_code, *reason, *evidence, *order; /* NULL: none. Live until written; checked */
    int64_t rule;                 /* definition that decided; 0: none */
    int32_t likely;               /* how likely it was, ten-thousandths; with rule or `engine` */
    uint8_t engine;               /* `likely` counts */
    const char *role;             /* account write_off is charged to; NULL: follows from reason_code */
    uint32_t flags;
} arci_allot_row;

typedef struct arci_allot {
    arci_posting *p;
    arci_sides items, receipts;
    arci_batch *rows; /* one by one filled; n_rows says how many there are */
    uint32_t cap;
    arc_date earliest; /* of the rows to come, where they have several dates; ARC_DATE_MAX after arci_allot_open() */
} arci_allot;

/* Of allocation, in the order of ARCI_AL_*: rows to be reversed are read so. */
extern const char arci_allot_fields[];
enum {
    ARCI_AL_DATE, ARCI_AL_ITEM, ARCI_AL_RECEIPT, ARCI_AL_CREDIT_ITEM, ARCI_AL_CURRENCY, ARCI_AL_AMOUNT, ARCI_AL_DISCOUNT, ARCI_AL_WRITE_OFF, ARCI_AL_REVERSES,
    ARCI_AL_MODE, ARCI_AL_REASON, ARCI_AL_OWNER, ARCI_AL_TEAM, ARCI_AL_REGION, ARCI_AL_BASE_CURRENCY, ARCI_AL_FX, ARCI_AL_CREDIT_CURRENCY, ARCI_AL_CREDIT_AMOUNT,
    ARCI_AL_ITEM_BASE, ARCI_AL_CREDIT_BASE, ARCI_AL_REASON_CODE, ARCI_AL_EVIDENCE, ARCI_AL_UNEARNED, ARCI_AL_PARTS, ARCI_AL_ROLE, ARCI_AL_REOPENS,
    ARCI_AL_CREDIT_PARTS, ARCI_AL_DAYS_LATE, ARCI_AL_RULE, ARCI_AL_LIKELY, ARCI_AL_N
};

/* Reads the sides; ids in any order, 0 is skipped, repeats are allowed; both arrays are sorted. cap: most rows. */
arc_status arci_allot_open(arci_posting *p, arci_allot *a, int64_t *items, uint32_t n_items, int64_t *receipts, uint32_t n_receipts, uint32_t cap);
/* The accounts of what was opened are locked and asked for, with what is read next. For who locks no row after that. */
arc_status arci_allot_ask_accounts(arci_allot *a);
arc_status arci_allot_add(arci_allot *a, const arci_allot_row *row);
/* Could this row be added, as far as its item is concerned? Its credit is one that will be made. Nothing is added. */
arc_status arci_allot_fits(arci_allot *a, const arci_allot_row *row);
/* Could it be undone on that day? Nothing is added. */
arc_status arci_allot_undoes(arci_allot *a, int64_t id, const arc_value *old, arc_date date);
/* The row that undoes another, which nothing has undone yet: `old` by ARCI_AL_*. */
arc_status arci_allot_undo(arci_allot *a, int64_t id, const arc_value *old, arc_date date, const char *reason);
/* Writes what was added; nothing: does nothing. */
arc_status arci_allot_write(arci_allot *a);
static inline int64_t arci_allot_id(const arci_allot *a, uint32_t i) { return arci_batch_id(a->rows, i); }
/* Rows of allocation by which something is undone, in order of id: those that no row undoes yet, of one receipt, credit item or item (column's name). ids[] are theirs. */
arc_status arci_allot_standing_of(arci_posting *p, const char *column, const int64_t *of, uint32_t n_of, arc_value **rows, int64_t **ids, uint32_t *n);
arc_status arci_allot_standing(arci_posting *p, const char *column, int64_t id, arc_value **rows, int64_t **ids, uint32_t *n);

/* The account a reason charges to. */
const char *arci_reason_role(const char *reason_code);
/* 1 to 500 bytes of UTF-8. ARC_E_INVALID, ARC_E_ENCODING with entity and field. */
arc_status arci_reason_check(arci_env *env, const char *reason, const char *entity);

#endif
