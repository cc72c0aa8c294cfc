/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a book: one connection of one backend.
 *
 * Public functions begin with arci_book_enter() or arci_session_enter() and end with the matching leave: these check the handle, the
 * process (fork) and that no other thread is inside. Nothing called between them calls back into user code except as documented. */
#ifndef ARCI_STORE_BOOK_H
#define ARCI_STORE_BOOK_H

#include <stdatomic.h>

#include "arcore/book.h"
#include "base/arena.h"
#include "base/handle.h"
#include "base/map.h"
#include "base/process.h"
#include "store/store.h"

typedef struct arci_session arci_session;
typedef struct arci_txn arci_txn;
typedef struct arci_shape arci_shape;
typedef struct arci_scan arci_scan;
typedef struct arci_denials arci_denials;

/* What a caller ended while a call was inside: it is ended when that call leaves. */
#define ARCI_BOOK_LATE 16u
typedef struct arci_late {
    void *handle;
    int type; /* ARCI_H_* */
} arci_late;

/* What a layer above keeps with a book between calls: of one epoch, freed when the epoch moves. p NULL: nothing. */
enum { ARCI_CACHE_PERIODS, ARCI_CACHE_RULES, ARCI_CACHES };
typedef struct arci_cache {
    void *p;
    void (*free)(arc_context *ctx, void *p);
} arci_cache;

typedef struct arci_book {
    arc_context *ctx;
    arci_store *store;
    void *handle; /* the arc_book the caller holds */
    arc_error error;
    arci_env env; /* ctx and &error */
    const arc_backend_ops *ops;
    arci_mutex *serial; /* NULL unless the backend is ARC_THREADS_SERIAL */
    void *be;
    void *attached; /* the host's connection be works on; NULL: its own */
    arc_host host;
    arc_error host_error; /* what the backend told about the failure under way */
    uint8_t late_failed; /* a write that was put off was refused */
    uint32_t n_redo;
    struct arci_sequence *redo; /* numbers of the try that failed so, for the next one; NULL: never needed */
    uint8_t damaged; /* the last block read has values that are not of their columns' types */
    int64_t id;
    arci_process process; /* that opened it */
    atomic_int busy; /* whether a call is inside. store/book.c */
    uint8_t held;    /* a call that leaves and enters again is under way */
    uint32_t n_late;
    arci_late late[ARCI_BOOK_LATE];
    uint32_t flags; /* ARC_BOOK_* */
    uint32_t timeout_ms;
    int32_t utc_offset_minutes;
    char base_currency[4];
    char code[40];
    char *uri;
    char *name;
    arci_session *sessions; /* list */
    arci_txn *txn;          /* the one open transaction, or NULL */
    arci_shape *shapes[64]; /* cached, by address of their names */
    arci_scan *spare_scans; /* kept for reuse */
    arci_arena scratch;     /* of one public call; whoever uses it resets it first */
    struct arci_access_cache *access_cache; /* of actors who had a session of late; NULL: none */
    struct arci_reach *reach; /* whose customers are; NULL: not asked yet. store/reach.h */
    arci_denials *denials;  /* noted and not written yet; NULL: none */
    struct arci_approvals *approvals; /* once they were asked for. store/approval.c */
    arci_cache caches[ARCI_CACHES];   /* of layers above */
    int64_t epoch_seen; /* when it was last looked at; 0: never. store/valid.h */
    struct arci_custom *custom; /* custom fields as of an epoch, for sessions that have none yet */
    int64_t custom_version; /* 0: custom is nothing */
    arci_cache host_actions; /* kinds of actions the host has given: as long as the handle. rules/action_host.h */
    struct arci_published *published; /* definitions by kind, as of an epoch. store/definition.c */
    struct arci_rules_cache *rules; /* validation rules, once they were asked for. store/valid.h */
    arci_txn *spare_txn;    /* memory of the last transaction, kept for the next */
    uint8_t *seal_key; /* of the host; NULL: seals are plain hashes */
    size_t n_seal_key;
    void (*trace)(void *user, const char *statement, const arc_value *params, uint32_t n_params);
    void *trace_user;
} arci_book;

void arci_caches_free(arci_book *b);
/* Clears the book's last error; its slot is where errors of the call go. ARC_E_HANDLE also when another thread is inside. */
arc_status arci_book_enter(arc_book *handle, arci_book **out);
arc_status arci_book_leave(arci_book *b, arc_status st); /* returns st */
/* The parts of it: for handles that keep their own error. */
arc_status arci_book_take(arci_book *b, arci_env *env);
void arci_book_give(arci_book *b);
/* Before something of the book is ended: 0 takes the book, and the caller ends it and gives the book back; 1: a call is inside (this is
 * one of its callbacks, or another thread), which ends it when it leaves. */
int arci_book_later(arci_book *b, void *handle, int type);
/* For calls that leave the book and go on by entering it again: what the caller ends meanwhile is ended by unhold, after which the book may be
 * gone. Hold inside, unhold outside. */
void arci_book_hold(arci_book *b);
void arci_book_unhold(arci_book *b);
#define ARCI_BOOK_CLOSED 0x80000000u /* of arci_book_connect(): only the backend is found, nothing is opened */
/* A connection to a store without a book in it: no handle, id 0, code as the URI says. For copies. flags: ARC_BOOK_*. */
arc_status arci_book_connect(arci_env *env, arci_book **out, const char *uri, uint32_t flags);
void arci_book_disconnect(arci_book *b);
/* A book that is there, as arc_book_open() opens it; never makes one. Ended by arc_book_close(). */
arc_status arci_book_open(arci_env *env, arci_book **out, const char *uri);

#endif
