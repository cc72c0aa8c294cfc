/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rows of one table: plans with the backend and does here what the backend does not take (conditions, order, after, limit,
 * grouping), so that every backend answers alike. The book's own conjunct is put in front. */
#ifndef ARCI_STORE_SCAN_H
#define ARCI_STORE_SCAN_H

#include "store/cond.h"
#include "store/overlay.h"
#include "store/session.h"

#define ARCI_SCAN_MEMORY ((size_t)256 << 20) /* most bytes a sort or a grouping done here may take: ARC_E_LIMIT */

/* A last test of rows that pass all conditions, done here. row[place[c]] is the value of column c, for the columns named. */
typedef struct arci_row_test {
    const uint16_t *cols;
    uint32_t n_cols;
    arc_status (*holds)(void *user, const arc_value *row, const uint16_t *place, int *holds);
    void *user;
} arci_row_test;

typedef struct arci_scan_spec {
    const arci_entity *entity;
    const arci_overlay *overlay; /* NULL, or what columns behind those of the table are; lives as long as the scan */
    const uint16_t *cols; /* columns wanted, in this order */
    const arc_cond *conds;
    const arc_order *order; /* a total order is up to the caller: add the key */
    const arc_value *after; /* NULL, or n_order values */
    const arci_row_test *test; /* NULL: none; lives as long as the scan */
    uint32_t n_cols, n_conds, n_order;
    uint32_t flags; /* ARCI_SCAN_* */
    int64_t limit; /* 0 = all */
} arci_scan_spec;

#define ARCI_SCAN_WHOLE 0x2u    /* all rows are read at once */
#define ARCI_SCAN_ANY_BOOK 0x1u /* no conjunct on the book: only for finding books */

typedef struct arci_aggregate_spec {
    const arci_entity *entity;
    const arci_overlay *overlay; /* as of a scan */
    const arc_cond *conds;
    const arc_group *groups;
    const arc_measure *measures;
    const arc_order *order; /* col: of the answer; NULL: by the groups */
    uint32_t n_conds, n_groups, n_measures, n_order;
    int64_t limit; /* 0 = all */
} arci_aggregate_spec;

/* Everything in the spec may go away after the call, except text and arrays that constants point at. */
arc_status arci_scan_open(arci_txn *t, arci_scan **out, const arci_scan_spec *spec);
arc_status arci_scan_aggregate(arci_txn *t, arci_scan **out, const arci_aggregate_spec *spec);
/* Next rows: ARC_OK with at least one, ARC_DONE. Rows live until the next call or end. The columns wanted come first; block->n_cols
 * values lie between one row and the next, which may be more than were wanted. */
arc_status arci_scan_next(arci_scan *s, arc_block *block);
void arci_scan_end(arci_scan *s); /* NULL allowed */
/* Its transaction ends: the backend's cursor is closed, the scan answers ARC_E_TXN from now on. */
void arci_scan_detach(arci_scan *s);
arci_txn *arci_scan_txn(const arci_scan *s); /* NULL once it has ended */
void arci_scans_free(arci_book *b); /* those kept for reuse */
/* Makes an order total: copies it to out (at least n + ARCI_MAX_KEY) and adds the key columns it lacks; returns how many. */
uint32_t arci_order_complete(const arci_table *t, const arc_order *order, uint32_t n, arc_order *out);

/* What the plan of a scan came to, for explain and tests. */
typedef struct arci_scan_plan {
    uint32_t n_conds, n_accepted; /* the book's conjunct included */
    uint32_t n_virtual;           /* conditions on custom fields, never offered */
    uint32_t planned;             /* ARC_PLAN_* the backend took */
    uint32_t pushed_aggregate;
} arci_scan_plan;
void arci_scan_get_plan(const arci_scan *s, arci_scan_plan *plan);
arc_status arci_scan_explain(arci_txn *t, const arci_scan_spec *spec, arci_scan_plan *plan, char *buf, size_t *len);

#endif
