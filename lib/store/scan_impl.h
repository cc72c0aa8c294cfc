/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a scan; for scan*.c. */
#ifndef ARCI_STORE_SCAN_IMPL_H
#define ARCI_STORE_SCAN_IMPL_H

#include "base/agg.h"
#include "store/be.h"
#include "store/scan.h"

typedef struct arci_sorter {
    arc_value **rows;
    arc_value **spare; /* for merging */
    size_t n, cap, at;
    size_t bytes;     /* held by rows and texts */
    arci_arena arena; /* rows and texts */
} arci_sorter;

struct arci_scan {
    arci_scan *prev, *next; /* of the transaction; spare ones: of the book */
    arci_txn *txn;          /* NULL once it has ended */
    arci_book *book;
    const arci_table *table;
    void *cursor; /* the backend's, NULL when at its end */
    const struct arci_answer *answer; /* the whole answer, known ahead; NULL: it is not, or handed over. store/scout.h */
    const struct arci_set *set; /* rows that are here already, instead; NULL: none, or handed over */
    arci_arena arena;
    arc_cond *conds; /* taken by the backend first, then the rest */
    uint16_t *cols;
    uint16_t *place; /* by table column: where it stands in a row */
    uint8_t *kinds;  /* for arci_be_next() */
    uint8_t *stack;  /* for arci_cond_test() */
    arc_order *order;
    arc_value *after;
    uint32_t n_conds, n_pushed, n_wanted, n_cols, n_order;
    uint32_t n_fetched; /* values a row as the backend hands it over */
    uint32_t n_virtual; /* conditions on custom fields: the last ones, no backend hears of them */
    struct arci_composer *composer; /* makes rows with custom fields of the backend's; NULL: they go out as they come */
    const arci_overlay *overlay;
    const arci_row_test *test;
    uint16_t *overlay_cols; /* columns of the table among those wanted, for the plan */
    uint32_t planned;
    int64_t left; /* rows still wanted, -1 = all */
    int64_t due;  /* rows the backend may still hand over, -1 = any number */
    uint32_t n_groups; /* of an answer the backend grouped: its first columns */
    arc_value *last_group; /* of the block before, NULL when there was none */
    uint8_t sort_here, grouped, loaded, agg_used;
    const uint16_t *fetched; /* columns of the table as the backend hands them over */
    arc_value *mended; /* a block with damaged values replaced */
    size_t mended_values;
    arc_value *buf; /* rows that passed */
    size_t buf_rows;
    arci_sorter sorter;
    arci_agg agg;
    arc_block agg_block;
};

/* scan_sort.c: rows that are put in order here. */
arc_status arci_sort_add(arci_scan *s, const arc_block *block);
void arci_sort_finish(arci_scan *s);
arc_status arci_sort_next(arci_scan *s, arc_block *block);
void arci_sort_clear(arci_scan *s);

/* scan.c */
arc_status arci_scan_given(arci_txn *t, arci_scan **out, const arci_entity *e, const struct arci_answer *answer);
arc_status arci_scan_take(arci_txn *t, const arci_entity *e, arci_scan **out); /* an empty one, of the transaction */
arc_status arci_scan_conds(arci_scan *s, const arc_cond *conds, uint32_t n, int any_book);

void arci_scan_overlay(arci_scan *s, const arci_overlay *overlay); /* NULL allowed */

/* scan_agg.c: whether a block of groups is as asked: each once, in order, one row where nothing is grouped. */
arc_status arci_groups_check(arci_scan *s, const arc_block *block);
arc_status arci_groups_end(arci_scan *s);

/* scan_custom.c: columns of custom fields. */
/* Whether the program reads one. */
int arci_scan_is_virtual(const arci_scan *s, const arc_cond *c);
/* Conditions on choices as the stored list is written: "holds this code". Replaces the ops of c, memory from the scan. */
arc_status arci_scan_choices(arci_scan *s, arc_cond *c);
/* Which columns to fetch so that s->cols can be made of them: *cols, *n; a NULL composer when those are s->cols themselves. */
arc_status arci_compose_plan(arci_scan *s, const uint16_t **cols, uint32_t *n);
arc_status arci_compose_block(arci_scan *s, arc_block *block);
void arci_compose_free(arci_scan *s);

#endif
