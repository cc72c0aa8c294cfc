/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of replays. */
#ifndef ARCI_STORE_REPLAY_IMPL_H
#define ARCI_STORE_REPLAY_IMPL_H

#include "base/json.h"
#include "store/replay.h"
#include "store/seal.h"
#include "store/stream.h"

#define ARCI_REPLAY_PAGE 64u    /* seals read at once */
#define ARCI_REPLAY_PART 1000u  /* rows of a transaction after which what is kept beside them is kept */
#define ARCI_REPLAY_CHUNK 500u  /* rows written at once */

/* A sealed transaction. */
typedef struct arci_replay_place {
    int64_t seal, txn, stamp; /* of the seal */
    arc_date day;
    const arc_value *row; /* of txn, as "*" has it */
} arci_replay_place;

/* A personal value of the event at hand. */
typedef struct arci_replay_secret {
    const char *pointer, *value;
    uint32_t n_pointer, n_value;
} arci_replay_secret;

/* Rows of one table that wait to be written together. */
typedef struct arci_replay_rows {
    const arci_table *table;
    arc_value *values;
    uint32_t n, cap;
} arci_replay_rows;

/* A row that could not be written yet: another one stood in the way, or what it points at was not there. */
typedef struct arci_replay_late {
    const arci_table *table;
    const arc_value *was, *now;
} arci_replay_late;

struct arci_replay {
    arci_txn *from;
    arci_env *env; /* of from */
    arci_replay_options o;
    arc_book *book_handle;
    arc_session *session_handle;
    arci_book *book; /* the scratch one */
    arci_session *session;
    arci_txn *t; /* of it, while transactions are applied */
    arci_arena own;  /* of the replay */
    arci_arena page; /* seals read ahead and their transactions */
    arci_arena arena; /* of the rows at hand */
    uint8_t *skip; /* by table */
    arci_replay_place *places;
    uint32_t n_places, next_place;
    int64_t read_to; /* seals read so far */
    int64_t top;     /* the last seal there is */
    arc_date *days;  /* of ARCI_REPLAY_BUSINESS: by seal, from 1; else NULL */
    int64_t now;     /* the session's clock */
    arci_seal last;  /* of the scratch book */
    arci_stream events, personal, requests;
    const arci_replay_place *at;
    arci_replay_rows waiting;
    arci_replay_change *changes;
    uint32_t n_changes, cap_changes;
    arci_replay_secret *secrets;
    uint32_t n_secrets, cap_secrets;
    arci_replay_late *late;
    uint32_t n_late, cap_late;
    arci_str text;
    arci_replay_counts counts;
};

/* replay_days.c: the days of transactions by their business dates. */
arc_status arci_replay_business(arci_replay *r);

/* replay_row.c: rows as the nodes of a diff tell of them. text: the node as it is written, for documents that are to stay as their authors wrote them. */
arc_status arci_replay_node(arci_replay *r, const arci_json *node, uint32_t position, const char *text, size_t len);

/* replay_put.c: rows into the scratch book. */
arc_status arci_replay_insert(arci_replay *r, const arci_table *table, const arc_value *row); /* by column; written with others of the table */
arc_status arci_replay_update(arci_replay *r, const arci_table *table, const arc_value *was, const arc_value *now);
arc_status arci_replay_delete(arci_replay *r, const arci_table *table, const arc_value *was);
arc_status arci_replay_flush(arci_replay *r);
arc_status arci_replay_again(arci_replay *r); /* those that could not be written yet; ARC_E_CORRUPT: they still cannot */
/* Rows of the book as they are, read with the shape "*". */
arc_status arci_replay_copy(arci_replay *r, const arci_table *table, const arc_value *row);
/* The row with these key values behind the book, by column; NULL: there is none. */
arc_status arci_replay_find(arci_replay *r, arci_txn *t, const arci_table *table, const arc_value *key, arc_value **out);
/* What is kept beside the rows changed so far. */
arc_status arci_replay_keep(arci_replay *r);

/* A JSON text's parts, unparsed. What is written has been parsed before, so nothing is checked. */
const char *arci_replay_skip(const char *s);                                    /* behind a value */
const char *arci_replay_member(const char *object, const char *name, size_t *n); /* the value of a member; NULL: none */

arc_status arci_replay_corrupt(arci_replay *r, const arci_table *table, int64_t id, const char *en, const char *zh);

#endif
