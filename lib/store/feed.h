/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of feeds: feed.c reads events in order, feed_json.c writes one of them as its reader may see it. */
#ifndef ARCI_STORE_FEED_H
#define ARCI_STORE_FEED_H

#include "arcore/event.h"
#include "base/json.h"
#include "store/access.h"
#include "store/audit_rows.h"

/* An event and where it stands. Values live in the feed's page. */
typedef struct arci_feed_event {
    int64_t seal, stamp; /* of the seal */
    const arc_value *txn; /* as arci_feed_txn_fields */
    const arc_value *row; /* as arci_feed_event_fields */
} arci_feed_event;

enum { ARCI_FT_ID, ARCI_FT_STAMP, ARCI_FT_ACTOR, ARCI_FT_BEHALF, ARCI_FT_DATE, ARCI_FT_KEY, ARCI_FT_REASON };
enum { ARCI_FE_TXN, ARCI_FE_SEQ, ARCI_FE_VERB, ARCI_FE_ENTITY, ARCI_FE_ROW, ARCI_FE_DIFF, ARCI_FE_DEFINITIONS, ARCI_FE_SOURCE };
extern const char arci_feed_txn_fields[], arci_feed_event_fields[];

typedef struct arci_feed_place {
    int64_t seal, txn, stamp, seq;
} arci_feed_place;

typedef struct arci_feed {
    arci_owned owned; /* first: freed with its session */
    arci_session *session;
    arci_env env;
    arc_error error;
    uint32_t flags;
    char verb[ARCI_VERB_NAME_MAX + 1];
    char not_from[65];         /* events of this system are passed over; "" = none */
    const arci_entity *entity; /* filter, or that of the record of a history */
    int64_t row;
    int64_t at_seal, at_event; /* behind the last one given */
    uint8_t history;
    arci_feed_place *places; /* of a history, in order */
    uint32_t n_places, next_place;
    arci_arena page;  /* events read ahead */
    arci_arena arena; /* of one event */
    arci_feed_event *events;
    uint32_t n_events, next_event;
    int64_t page_seal, page_event; /* where the next page begins */
    arci_str out;
} arci_feed;

/* Writes an event to f->out as the session may see it; *seen 0: nothing of it is left. */
arc_status arci_feed_write(arci_feed *f, arci_txn *t, const arci_feed_event *e, int *seen);

#endif
