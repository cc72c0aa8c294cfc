/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of sessions and transactions. The frame of verbs that change the book is in store/verb.h; that of reading ones is
 *
 *     arci_session *s;
 *     arc_status st = arci_session_enter(session, &s);
 *     if (st != ARC_OK) return st;
 *     arci_scope scope;
 *     st = arci_scope_begin(s, &scope, ARC_READ, 0);
 *     if (st == ARC_OK) st = arci_scope_end(&scope, work(scope.txn, ...));
 *     return arci_session_leave(s, st);
 *
 * A scope joins the session's open transaction or opens one of its own. When work fails, a scope of its own is rolled back; one that
 * joined undoes just what it wrote (an undo point is set before its first write; where the backend has none, the transaction is doomed). */
#ifndef ARCI_STORE_SESSION_H
#define ARCI_STORE_SESSION_H

#include "arcore/session.h"
#include "model/custom.h"
#include "store/book.h"

#define ARCI_MAX_SAVEPOINTS 32
#define ARCI_MAX_SEQUENCES 8
#define ARCI_REQUEST_KEY_MAX 180

/* What was made from a session and is freed with it: records, queries, cursors. Put first in the object. */
typedef struct arci_owned arci_owned;
struct arci_owned {
    arci_owned *prev, *next;
    arci_session *session;
    void *handle; /* as the caller holds it */
    int type;     /* ARCI_H_* */
    void (*free)(arci_owned *o); /* frees the object; handle and list are done with already */
};

struct arci_session {
    arci_book *book;
    arci_session *next; /* of the book */
    void *handle;       /* the arc_session the caller holds */
    arc_error error;
    arci_env env; /* ctx and &error */
    arc_date business_date; /* ARC_DATE_NONE: none given */
    uint32_t timeout_ms;
    arc_clock_fn clock;
    void *clock_user;
    char *actor;
    char *on_behalf_of; /* NULL: nobody */
    const char *source; /* system the changes under way come from; NULL: the book itself. Lives as long as the call */
    char language[4];   /* "en" or "zh" */
    struct arci_access *access; /* what the actor may; NULL: everything. store/access.h */
    arc_status (*access_source)(arci_env *env, arci_session *s, arci_txn *t, arc_date day, struct arci_access **out); /* NULL: may everything */
    arc_status (*people_check)(arci_txn *t); /* after a change of users; NULL: none */
    int64_t access_epoch;       /* of the book, when access was built */
    int64_t access_version;     /* of the book's row then */
    arc_date access_day, access_date; /* the day it was built for; the business date it was asked with */
    uint64_t access_snapshot; /* where access_told: what was committed when access was found to be as the book has it */
    uint32_t access_generation, access_calls;
    uint8_t access_known, access_roles, access_told;
    arci_custom *custom; /* loaded by arci_session_custom() */
    int64_t custom_version; /* of the book's row when they were read */
    uint8_t custom_loaded;
    uint8_t repeatable; /* the call that begins next can be done once more from the start. store/verb.h */
    char tried_key[ARCI_REQUEST_KEY_MAX + 1]; /* that of the call under way, for when it is done once more */
    char request_key[ARCI_REQUEST_KEY_MAX + 1]; /* for the next call that changes the book; "": none */
    arci_owned *owned; /* alive, newest first */
    char *warned[2];   /* what credit checks of the last call that changed the book warned of: without numbers and with them; NULL: nothing (credit/warn.c) */
};

/* A call that changes the book begins: what the last one warned of is over. */
void arci_session_unwarn(arci_session *s);

/* Numbers drawn and not yet used. */
typedef struct arci_sequence {
    const char *name; /* table or other static text */
    int64_t next, end;
    int64_t first; /* of those that hang together with them */
    uint32_t block; /* how many to draw next time */
    uint32_t depth; /* undo points that were set when it was drawn */
} arci_sequence;

struct arci_txn {
    arci_book *book;
    arci_session *session;
    void *handle; /* the arc_txn the caller holds; NULL for transactions of a single call */
    arci_env *env; /* where errors of the call under way go */
    void *be;     /* the backend's */
    uint32_t mode; /* ARC_READ, ARC_WRITE */
    uint32_t users; /* implicit READ: cursors that hold it */
    uint8_t doomed, implicit, wrote, scope_armed;
    uint8_t access_changed; /* users, units, roles or grants were written */
    uint8_t people_changed; /* users were let in or shut out by the verb under way */
    uint8_t epoch_moved; /* it raised the book's epoch */
    uint8_t late;        /* what is written may be answered for later, at the latest by the commit */
    uint8_t ahead;       /* what is likely to be needed is asked for with the questions before it */
    uint8_t asking;      /* questions are asked and not waited for: ARCI_ASK, store/repo.h; ARCI_SCOUT, store/scout.h */
    uint8_t reach_asked; /* the book's reach is of what it sees. store/reach.h */
    int64_t epoch;       /* of the book as it was read; 0: not yet. store/valid.h */
    int64_t epoch_taken; /* it was taken to be this, and is still to be proven; 0: nothing is */
    uint32_t depth;       /* undo points set */
    uint32_t scope_depth; /* of the innermost scope's own undo point, 0 = none */
    uint32_t undone;      /* how often something was undone: row locks taken since an undo point go with it */
    uint32_t touch_depth; /* undo points that were set when its id was drawn */
    int64_t id;           /* of its txn row, which is written at the commit; 0 until the first write */
    int64_t stamp;        /* µs UTC; valid once id is */
    struct arci_call *call; /* the innermost verb under way, or NULL. store/verb.h */
    struct arci_trail *trail; /* what it has done so far. store/trail.h; NULL: nothing */
    const char *request_key;  /* of the first call that had one, or NULL; in the arena */
    const char *reason;       /* why, where a verb was told; in the arena */
    arc_date business_date;   /* valid once id is */
    const arci_session *custom_seen; /* whose custom fields are known to be those of this transaction */
    const struct arci_mend *mend; /* reads go on over damaged values. store/damage.h; NULL: they stop */
    arci_scan *scans;     /* open ones */
    struct arci_asked_rows *asked_rows; /* rows by id asked for ahead; in the arena, as the next three. store/repo_kept.c */
    struct arci_asked_find *asked_finds;
    struct arci_kept *kept; /* rows read that stay as they are */
    struct arci_held *held; /* rows locked */
    struct arci_answer *answers; /* of readers that are run ahead. store/scout.h; in the arena */
    uint32_t asked_new;   /* questions such a run has put */
    uint8_t pretended;    /* it was told that nothing is there, and nobody has looked */
    struct arci_set *sets; /* what the plans of its verbs have asked for. store/ahead.h; in the arena */
    arci_scan *epoch_scan; /* the book's epoch, asked for ahead, or NULL */
    uint32_t access_generation; /* of the store, before it began */
    arci_arena arena;     /* freed at its end */
    arci_sequence sequences[ARCI_MAX_SEQUENCES];
    uint32_t n_sequences;
};

/* For the store itself, without a caller: the system's actor. Frees nothing but what it holds inside. */
void arci_session_system(arci_session *s, arci_book *b);
void arci_session_clear(arci_session *s);
void arci_session_end(void *handle); /* arc_session_close() inside of a call */
arc_status arci_session_enter(arc_session *handle, arci_session **out);
arc_status arci_session_leave(arci_session *s, arc_status st);
/* Makes the handle of an owned object and enters it into the session's list. */
arc_status arci_own(arci_env *env, arci_session *s, arci_owned *o, int type, void (*free)(arci_owned *o));
/* Takes it out of the list and frees it, inside of a call. NULL and stale handles are ignored. */
void arci_own_free(void *handle, int type);
/* The body of every arc_..._free(): not before a call that is inside of the book has ended. */
void arci_own_end(void *handle, int type);
/* Custom fields of the book; NULL when there are none. Definitions change seldom and are asked for often, so each change of one raises the
 * version of the book's own row, and a session compares that version with the one it read them at: once in each transaction, the first time
 * they are asked for in it. Outside of one it answers what it read last, which may be older; arci_session_custom_now() looks again, for names
 * that are not known. */
arc_status arci_session_custom(arci_env *env, arci_session *s, arci_custom **out);
arc_status arci_session_custom_now(arci_env *env, arci_session *s, arci_custom **out);
/* They are read again when they are asked for next; records made before keep theirs. */
void arci_session_forget_custom(arci_session *s);
/* The same as the transaction sees them, for the caller to drop; NULL when there are none. */
arc_status arci_custom_read(arci_txn *t, arci_arena *arena, arci_custom **out);
arc_status arci_custom_ask(arci_txn *t); /* ahead */
/* Definitions have changed: raises the version. */
arc_status arci_custom_changed(arci_txn *t);
/* The stamp of now: session's clock, else context's; ARC_E_INVALID when there is none. */
arc_status arci_session_now(arci_env *env, arci_session *s, int64_t *stamp);
/* The day roles are looked at: the business date, else the civil day of now, else ARC_DATE_NONE. */
arc_status arci_session_day(arci_env *env, arci_session *s, arc_date *day);

#define ARCI_SCOPE_ANY_SESSION 0x2u /* reads of the platform itself: join whatever transaction is open on the book */
#define ARCI_SCOPE_NO_UNDO 0x1u /* work writes at most one row, or dooms the transaction gladly when it fails after its first write */

typedef struct arci_scope {
    arci_txn *txn;
    uint32_t mode, outer_depth;
    uint8_t own, outer_armed, outer_wrote;
} arci_scope;

arc_status arci_scope_begin(arci_session *s, arci_scope *scope, uint32_t mode, uint32_t flags);
/* Ends the scope: commits or rolls back. Returns st, or what commit returned when st was not negative. */
arc_status arci_scope_end(arci_scope *scope, arc_status st);

/* Says that a write follows: arms undoing. Called by the repository before each write. */
arc_status arci_txn_writing(arci_txn *t);
/* Begins and ends without a scope: for cursors, which hold a READ transaction over calls. */
arc_status arci_txn_begin(arci_session *s, arci_env *env, arci_txn **out, uint32_t mode);
arc_status arci_txn_end(arci_txn *t, int commit); /* frees it; what commit returned */
void arci_txn_leave(arci_txn *t);                 /* one user less of an implicit READ transaction */
void arci_txn_free(arc_context *ctx, arci_txn *t); /* its memory; NULL allowed */
/* Draws the id of the transaction's own row and takes its stamp, before the first write; the row is written at the commit. */
arc_status arci_txn_touch(arci_txn *t);
/* n consecutive numbers of a sequence of the book; name is static text (a table's for its ids). */
arc_status arci_txn_reserve(arci_txn *t, const char *sequence, uint32_t n, int64_t *first);
/* Says how many numbers a sequence will need, so that they are drawn at once. */
arc_status arci_txn_expect(arci_txn *t, const char *sequence, uint32_t n);
void arci_txn_doom(arci_txn *t);
/* Undo points by number, for batches that refuse single elements. ARC_E_UNSUPPORTED without ARC_CAP_SAVEPOINT. */
arc_status arci_txn_mark(arci_txn *t, uint32_t *depth);
arc_status arci_txn_undo(arci_txn *t, uint32_t depth);   /* the point stays */
arc_status arci_txn_forget(arci_txn *t, uint32_t depth);

#endif
