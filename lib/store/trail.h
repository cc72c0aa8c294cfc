/* SPDX-License-Identifier: Apache-2.0 */
/* The trail of a write transaction: what was done to which document, for audit, feed and messages.
 *
 * The repository hands over each row it has written (arci_trail_look() before, arci_trail_take() after). At the end of a call its rows
 * become events: one for each root document, children in its diff. Events wait in memory until the next undo point, until there are
 * many, or until the commit, where they go to the store together with the transaction's own row and its seal.
 *
 * Undo points: arci_trail_mark() is called before one is set, arci_trail_undo() after one was used. */
#ifndef ARCI_STORE_TRAIL_H
#define ARCI_STORE_TRAIL_H

#include "store/image.h"
#include "store/repo.h"
#include "store/verb.h"

/* A row that was written. */
typedef struct arci_change {
    const arci_table *table, *root;
    int64_t row, root_row; /* 0: it has no id */
    size_t at;             /* its text in trail->text */
    uint32_t len;
    uint32_t personal; /* first of its personal values */
    uint32_t next;     /* of the same event, while events are made */
} arci_change;

/* A personal value behind a commitment. */
typedef struct arci_secret {
    size_t value, name; /* in trail->text */
    uint32_t n_value, n_name;
    const arci_entity *subject;
    int64_t subject_row;
    uint8_t salt[32];
    uint8_t kept; /* 0: there was no random source */
} arci_secret;

/* An event that is not in the store yet. */
typedef struct arci_told_event {
    const arci_table *root;
    int64_t row, seq;
    size_t diff; /* in out */
    uint32_t n_diff;
    char verb[ARCI_VERB_NAME_MAX];
    char source[65]; /* "": the book itself */
    char digest[65];
} arci_told_event;

/* Its personal values. */
typedef struct arci_kept {
    int64_t event, n;
    size_t pointer, value; /* in out */
    uint32_t n_pointer, n_value;
    const arci_entity *subject, *source;
    int64_t subject_row;
    uint8_t salt[32];
} arci_kept;

typedef struct arci_trail_mark {
    int64_t n_events;
    arci_sha256 digest;
    uint32_t n_changes, n_secrets, n_requests;
    size_t text;
    uint8_t wrote;
} arci_trail_mark;

/* SHA-256 of a request key's row. */
typedef struct arci_request_digest {
    uint8_t b[32];
} arci_request_digest;

#define ARCI_TRAIL_MARKS 64

typedef struct arci_trail {
    int64_t n_events;   /* of the transaction so far */
    arci_sha256 digest; /* over the digests of its events */
    char verb[ARCI_VERB_NAME_MAX]; /* the first */
    arci_change *changes; /* of the calls under way, those of inner ones last */
    arci_secret *secrets;
    arci_told_event *told;
    arci_kept *kept;
    arci_request_digest *requests; /* no events, but proven with the transaction */
    uint32_t n_requests, cap_requests;
    uint32_t n_changes, cap_changes, n_secrets, cap_secrets, n_told, cap_told, n_kept, cap_kept;
    arci_str text; /* of changes and secrets */
    arci_str out;  /* of told and kept */
    arci_str work; /* one image, and the like */
    arci_arena rows; /* what updated rows were before; from look to take */
    arci_arena arena; /* of a flush, or of one row */
    arc_value ***before; /* by batch, by row; NULL: nothing to compare with */
    arci_imager imager;
    uint8_t wrote; /* a row carries the transaction's id: it needs a row of its own */
    arci_trail_mark marks[ARCI_TRAIL_MARKS];
} arci_trail;

arc_status arci_trail_get(arci_txn *t, arci_trail **out); /* the transaction's; made at the first need */
void arci_trail_reset(arci_trail *trail);                 /* for the next transaction; NULL allowed */
void arci_trail_free(arc_context *ctx, arci_trail *trail); /* NULL allowed */

/* Rows were locked: most likely they are to be changed, and what they are before that is asked for in the same trip. n 0: the book's own row. */
arc_status arci_trail_ahead(arci_txn *t, const arci_table *table, const int64_t *ids, uint32_t n);
arc_status arci_trail_look(arci_txn *t, arci_batch *const *batches, uint32_t n);
arc_status arci_trail_take(arci_txn *t, arci_batch *const *batches, uint32_t n);
/* Changes from number `from` on, the call's own, become events. */
arc_status arci_trail_tell(arci_txn *t, const arci_call *c, uint32_t from);
uint32_t arci_trail_changes(const arci_txn *t); /* how many there are now */
void arci_trail_drop(arci_txn *t, uint32_t from); /* those of a call that failed */
arc_status arci_trail_flush(arci_txn *t); /* events told go to the store */
/* Events left, the transaction's own row, its seal: one call of the backend. */
arc_status arci_trail_commit(arci_txn *t);
arc_status arci_trail_mark_set(arci_txn *t, uint32_t depth);
void arci_trail_undo(arci_txn *t, uint32_t depth);

/* Adds digests of request rows to that of their transaction, in an order of their own. */
void arci_requests_digest(arci_sha256 *h, arci_request_digest *requests, uint32_t n);
/* Between its files. */
arc_status arci_trail_batches(arci_txn *t, arci_batch **batches, uint32_t *n);
void arci_trail_forget(arci_trail *trail); /* what was flushed */
int arci_trail_grow(arc_context *ctx, void *list, uint32_t *cap, uint32_t n, size_t size); /* room for one more; list: T ** */

#endif
