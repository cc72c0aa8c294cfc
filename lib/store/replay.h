/* SPDX-License-Identifier: Apache-2.0 */
/* A book as it was: rebuilt in memory from its events, one transaction after another in the order of their seals.
 *
 *     arci_replay_options o = ARCI_REPLAY_OPTIONS_INIT;
 *     st = arci_replay_open(t, &r, &o);                  t: a READ transaction of the book, open until the replay is closed
 *     for (day = from; st == ARC_OK && day <= to; day++) {
 *         st = arci_replay_to_day(r, day);
 *         ... the book as it was known at the end of that day is behind arci_replay_session(r)
 *     }
 *     arci_replay_close(r);
 *
 * The scratch book is a whole one: rows with their ids and versions, transactions, events and seals of its own chain, so that it can be asked, verified and
 * written to like any other. Numbers it draws itself lie above all the book has drawn, and what is written to it between two steps stays.
 *
 * What events do not hold is made again or left out:
 *  - what is kept for speed (states of items and receipts, accounts, the mirror of custom fields, what children take of a parent) is kept by `rebuild`, as the
 *    verbs kept it; versions and transactions of these rows are their own;
 *  - lines of journal entries and which entries a voucher holds are told by digest alone: they never change and are taken from the book;
 *  - bytes of attachments and leases of messages are left out;
 *  - texts beyond 64 KiB are told by digest: taken from the book where it still has them;
 *  - personal values that were erased, or were never kept, are gone: a required one reads "erased:<id>", others have no value.
 *
 * The cost is that of the events read; memory is that of the scratch book. */
#ifndef ARCI_STORE_REPLAY_H
#define ARCI_STORE_REPLAY_H

#include "store/repo.h"

typedef struct arci_replay arci_replay;

/* A row as a transaction left it. Values by column, the book's included; they live until the call returns. */
typedef struct arci_replay_change {
    const arci_table *table;
    int64_t id;           /* 0: it has none */
    const arc_value *was; /* NULL: it was not there */
    const arc_value *now; /* NULL: it is gone */
} arci_replay_change;

/* Keeps what a layer keeps beside rows that were written: called with the rows of whole events, at least once a transaction that wrote any. */
typedef arc_status (*arci_rebuild_fn)(arci_txn *t, arci_arena *arena, const arci_replay_change *changes, uint32_t n);

/* What counts as the day of a transaction. */
enum {
    ARCI_REPLAY_STAMPS,   /* the day it was sealed on, in the book's zone: what was known then */
    ARCI_REPLAY_BUSINESS  /* its business date; those that do not fit the order of the seals - as few as can be - belong to the day of the one before: for books that were written in
                             retrospect */
};

typedef struct arci_replay_options {
    const arci_rebuild_fn *rebuild; /* of the layers, from the bottom up */
    const char *const *skip;        /* entities whose rows are not taken over; their events are */
    arc_progress_fn progress;       /* seals applied, seals there are; may be NULL */
    void *progress_user;
    uint32_t n_rebuild, n_skip;
    uint32_t days; /* ARCI_REPLAY_* */
} arci_replay_options;

typedef struct arci_replay_counts {
    int64_t seal;   /* of the book: the last one applied */
    int64_t seals, events, rows;
    int64_t erased; /* personal values that were not there any more */
    int64_t lost;   /* long texts that were not there any more */
} arci_replay_counts;

/* Makes the scratch book; nothing is applied yet. ARC_E_TXN: the transaction has written. */
arc_status arci_replay_open(arci_txn *from, arci_replay **out, const arci_replay_options *o);
void arci_replay_close(arci_replay *r); /* NULL allowed; ends all sessions on the scratch book */
/* Applies what belongs to days up to `day`; what was applied before stays. ARC_E_CANCELLED: progress said so. ARC_E_CORRUPT: an event that fits nothing. */
arc_status arci_replay_to_day(arci_replay *r, arc_date day);
arc_status arci_replay_to_seal(arci_replay *r, int64_t seal); /* up to a seal of the book */
/* The day of the next transaction that waits; ARC_DATE_NONE: none is left. */
arc_status arci_replay_next_day(arci_replay *r, arc_date *day);
arc_status arci_replay_last_day(arci_replay *r, arc_date *day); /* of the last transaction there is */
/* From here on rows of an entity are not taken over; those that were stay. */
void arci_replay_skip_now(arci_replay *r, const char *entity);
/* Writes a row to the scratch book in a WRITE transaction of its session, told to nobody: what something tried on the book keeps there. row: by column; book, id, version and
 * transaction are filled in. A row with the same key is replaced. */
arc_status arci_replay_put(arci_replay *r, arci_txn *t, const arci_table *table, arc_value *row);
arc_book *arci_replay_book(const arci_replay *r);
arc_session *arci_replay_session(const arci_replay *r); /* of the system, with all rights; its clock stands at the last stamp */
arci_replay_counts arci_replay_count(const arci_replay *r);

#endif
