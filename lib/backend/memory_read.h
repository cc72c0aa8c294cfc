/* SPDX-License-Identifier: Apache-2.0 */
/* Reading in the memory backend: conditions over rows and entries as they lie, access paths, scans, cursors. */
#ifndef ARCI_BACKEND_MEMORY_READ_H
#define ARCI_BACKEND_MEMORY_READ_H

#include "backend/memory_impl.h"

#define MEM_ENTRY_WORDS (2u + 2u * MEM_SLOTS)

/* ---- memory of one cursor ---------------------------------------------------------------------------------------- */

typedef struct mem_bump {
    const arc_host *host;
    mem_chunk *chunks;
    size_t used, cap; /* of the newest chunk */
} mem_bump;

void *arci_mem_bump(mem_bump *b, size_t size); /* zeroed, aligned to 8; NULL: no memory */
void arci_mem_bump_free(mem_bump *b);
int arci_mem_values_copy(mem_bump *b, const arc_value *v, uint32_t n, arc_value **out); /* with their bytes; 0: no memory */

/* ---- where a value is, and what it is compared with ----------------------------------------------------------------- */

typedef struct mem_src { /* a row being looked at; either may be NULL if no location needs it */
    const uint8_t *entry;
    const mem_row *row;
} mem_src;

typedef struct mem_loc {
    uint16_t col, off;
    uint8_t in_entry, bit, kind, pad;
} mem_loc;

static inline int mem_get_int(const mem_src *s, const mem_loc *l, int64_t *v) /* 0: NULL */
{
    if (l->in_entry) {
        *v = (int64_t)mem_word(s->entry + l->off);
        return !(mem_word(s->entry) >> l->bit & 1u);
    }
    const uint64_t *w = mem_row_word(s->row, l->col);
    if (!w) return 0;
    *v = (int64_t)*w;
    return 1;
}
static inline const char *mem_get_bytes(const mem_src *s, const mem_loc *l, uint32_t *len) /* NULL: NULL */
{
    if (l->in_entry)
        return mem_word(s->entry) >> l->bit & 1u ? NULL : mem_text_bytes(s->entry + l->off, len);
    const uint64_t *w = mem_row_word(s->row, l->col);
    return w ? mem_row_bytes(s->row, *w, len) : NULL;
}
mem_loc arci_mem_loc(const mem_table *table, const mem_tree *tree, uint16_t col); /* in the entry when the tree has it */
arc_value arci_mem_get(const mem_src *s, const mem_loc *l);

typedef struct mem_test {
    uint16_t op;
    uint16_t with_col;
    uint32_t n;
    mem_loc a, b;
    const arc_value *v; /* of IN: ascending */
} mem_test;

typedef struct mem_pred { /* one conjunct */
    const mem_test *tests;
    uint8_t *stack; /* as deep as the program needs */
    uint32_t n;
    uint32_t row; /* 1: some column is only in the row */
} mem_pred;

int arci_mem_cond_valid(const mem_table *table, const arc_cond *cond);
/* The conjuncts not in `done` (bit a conjunct); those that need the row stand last, from *first_row on. 0: no memory. */
int arci_mem_preds(mem_bump *b, const mem_table *table, const mem_tree *tree, const arc_cond *conds, uint32_t n, uint64_t done,
                   mem_pred **out, uint32_t *n_out, uint32_t *first_row);
int arci_mem_pred_holds(const mem_pred *p, const mem_src *s);

/* ---- access paths ------------------------------------------------------------------------------------------------------ */

typedef struct mem_question {
    const mem_table *table;
    const arc_cond *conds;
    const arc_order *order;
    const uint16_t *cols; /* wanted beside those of the conditions and the order */
    uint32_t n_conds, n_order, n_cols;
    int must_order; /* only paths that give the order */
    int rows_only;  /* only the primary tree */
    int few;        /* not all rows are wanted */
} mem_question;

#define MEM_FIXED 16u /* leading slots a path fixes at most */

typedef struct mem_access {
    const mem_tree *tree;
    const arc_cond_op *eq[MEM_FIXED];                 /* what fixes the leading slots */
    const arc_cond_op *lo, *hi, *in, *prefix;          /* on the slot behind them */
    uint32_t n_eq, n_mapped; /* n_mapped: slots behind n_eq that order columns name */
    uint64_t done;           /* conjuncts the path itself applies, bit a conjunct */
    int64_t score;
    int covering, ordered, reverse, all_mapped, one; /* one: there is one such row at most */
} mem_access;

int arci_mem_choose(const mem_question *q, mem_access *out); /* 0: must_order and there is no such path */
void arci_mem_plan(void *be, arc_fetch *fetch);
arc_status arci_mem_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len);
arc_status arci_mem_fetch_question(mem_txn *txn, const arc_fetch *fetch, mem_question *q); /* checks it */

/* ---- scans --------------------------------------------------------------------------------------------------------------- */

typedef struct mem_scan {
    mem_txn *txn;
    const mem_table *table;
    const mem_tree *tree;
    mem_root root, rows;
    mem_pred *preds;
    uint32_t n_preds, first_row;
    uint32_t n_eq, range, n_ranges, after_slots;
    int reverse, need_row, after_whole;
    uint16_t lo_op, hi_op;
    const arc_value *lo, *hi, *in, *prefix;
    const arc_order *order; /* with after */
    const arc_value *after;
    const mem_loc *order_locs;
    uint32_t n_order;
    uint64_t *bound, *seek; /* entries: with the leading slots fixed, and to look for */
    mem_pos pos, end; /* what is left of the range */
    mem_node *leaf;   /* what is left of the leaf: [from, to) */
    uint32_t from, to;
    int open;
} mem_scan;

/* Chooses the path and opens it. Unlike plan() this may look: an index that does not cover and would name a large share of the
 * rows gives way to the rows themselves. ARC_E_INVALID: an order that no path gives. */
arc_status arci_mem_scan_open(mem_scan **out, mem_access *a, mem_bump *b, mem_txn *txn, const mem_question *q,
                              const arc_value *after);
/* Next row that satisfies every condition; 0: none left. Stops between leaves when *budget runs out (then -1). */
int arci_mem_scan_next(mem_scan *s, mem_src *src, uint32_t *budget);
/* Where every entry of the path is an answer and no row is needed, whole leaves: s->leaf, [s->from, s->to). 0: none left. */
static inline int mem_scan_plain(const mem_scan *s)
{
    return !s->n_preds && !s->need_row && !s->after;
}
int arci_mem_scan_leaf(mem_scan *s);

/* ---- cursors --------------------------------------------------------------------------------------------------------------- */

#define MEM_CURSOR_SCAN 0
#define MEM_CURSOR_ROWS 1   /* rows found beforehand */
#define MEM_CURSOR_VALUES 2 /* computed values */

struct mem_cursor {
    mem_txn *txn;
    mem_cursor *prev, *next;
    mem_bump bump;
    int kind;
    uint32_t n_cols;
    mem_loc *out;
    int64_t left; /* rows still to give; -1: no bound */
    mem_scan *scan;
    const mem_row **rows;
    arc_value *values; /* of the block, or all */
    uint64_t *keys;    /* of aggregated groups: texts of values lie in them */
    uint32_t cap;      /* rows the block has room for */
    uint64_t n_rows, at;
};

mem_cursor *arci_mem_cursor_make(mem_txn *txn, int kind); /* not yet in the transaction's list */
void arci_mem_cursor_join(mem_cursor *c);
void arci_mem_cursor_free(mem_cursor *c); /* not in the list */
arc_status arci_mem_fetch(void *txn, arc_fetch *const *fetches, uint32_t n);
arc_status arci_mem_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys, uint32_t n_keys,
                             void **cursor);
arc_status arci_mem_next(void *cursor, arc_block *block);
void arci_mem_end(void *cursor);
arc_status arci_mem_aggregate(void *txn, arc_aggregate *aggregate);

#endif
