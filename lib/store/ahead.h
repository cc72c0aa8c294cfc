/* SPDX-License-Identifier: Apache-2.0 */
/* Where the store is a trip away: what a verb will ask, told in a table (ahead_plans.c), goes out with what it asks first.
 *
 * A plan is a list of links. A link starts at rows of a table - all of them the verb locks, reads by id, or was brought by another link - and leads to the rows of another
 * table that name them, or that they name. As soon as the values of its start are known, its rows are asked for, whole, behind all that was asked and locked before; who asks for
 * some of them by the same column, under whatever further conditions, in whatever order, is answered from them. They are forgotten when the transaction writes to their
 * table, locks more rows of it, or undoes.
 *
 * So a link says two things: that the verb is likely to ask, and that what it decides on was not to change meanwhile - it starts at a lock, or at what is never changed - or
 * is judged once more by guards. */
#ifndef ARCI_STORE_AHEAD_H
#define ARCI_STORE_AHEAD_H

#include "store/scan.h"

typedef struct arci_link {
    const char *from; /* a table; NULL: the start of the verb, where the link is for all rows of `to` that pass the condition */
    const char *by;   /* its column; its key fires when the ids are known, NULL is the key once the rows are locked */
    const char *to;   /* NULL: rows of `from` that are read by id are locked first */
    const char *col;  /* of `to`: has the values of `by`; NULL, from "book": all rows */
    const char *only; /* NULL, or another column of it ... */
    const char *is;   /* ... and its one text; of rows that are locked: a column of `from` that says which */
    uint32_t lock;    /* the rows are locked, not asked for: `col` is their key; without `to`: only where it is one row, of several the verb knows the order */
} arci_link;

typedef struct arci_plan {
    const char *verb; /* as arci_verb_name() */
    const arci_link *links;
    uint32_t n;
} arci_plan;

extern const arci_plan arci_plans[]; /* ended by NULL */
const arci_plan *arci_ahead_plan(const char *verb);

typedef struct arci_set arci_set;

/* A verb begins. */
arc_status arci_ahead_begin(arci_txn *t);
/* Rows of a table, by their ids, are about to be read; locked: and are locked. */
arc_status arci_ahead_known(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n, int locked);
/* Rows have come, with all columns: column c of row i is rows[i * width + c - first]. */
arc_status arci_ahead_came(arci_txn *t, const arci_table *table, const arc_value *rows, uint32_t n, uint32_t width, uint32_t first);

/* The set that has all rows of a question; NULL: none. Waits for them, where wait says so. */
arc_status arci_ahead_covers(arci_txn *t, const arci_scan_spec *spec, int wait, arci_set **out);
uint32_t arci_set_size(const arci_set *set);
const arc_value *arci_set_row(const arci_set *set, uint32_t i); /* by column of the table */
/* Whether a row by its id is known: *known, and *row, NULL where there is none. */
arc_status arci_ahead_row(arci_txn *t, const arci_table *table, int64_t id, int *known, const arc_value **row);
int arci_ahead_has_ids(const arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n); /* whether they are asked for */
/* The same for a reader that is run ahead: what is not known is asked for. */
arc_status arci_ahead_scout(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n);
arc_status arci_ahead_load(arci_txn *t, uint32_t *rows); /* waits for all that was asked; *rows counts them */
void arci_ahead_forget(arci_txn *t, const arci_table *table, int inserted); /* NULL: of all tables; inserted: rows that are there stay as they are */

#endif
