/* SPDX-License-Identifier: Apache-2.0 */
/* Proving rows: each as the last event that tells of it says, none that no event tells of, none gone. */
#ifndef ARCI_STORE_AUDIT_ROWS_H
#define ARCI_STORE_AUDIT_ROWS_H

#include "base/json.h"
#include "base/map.h"
#include "store/image.h"
#include "store/stream.h"
#include "store/verify.h"

extern const arci_json_limits arci_diff_limits;

/* A row as an event tells of it. */
typedef struct arci_claim {
    const arci_table *table;
    int64_t id, txn, version; /* version 0: rows have none */
    const arci_json *node;    /* of the row in the diff */
    uint32_t first_open, n_open; /* personal values that are kept, of the whole event */
} arci_claim;

/* A personal value kept for an event of the chunk. */
typedef struct arci_opened {
    const char *pointer; /* arena */
    uint8_t salt[32];
} arci_opened;

/* One bit a row: the latest event that tells of it has been seen and holds. */
typedef struct arci_seen {
    arci_map pages; /* id / 4096 to a page */
    arci_arena arena;
    int64_t n;
} arci_seen;

typedef struct arci_rows_check {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena; /* of a chunk */
    arci_claim *claims;
    uint32_t n_claims, cap_claims;
    arci_opened *opened;
    uint32_t n_opened, cap_opened;
    arci_stream secrets; /* event_personal */
    arci_seen *seen;     /* by table */
    arci_map missing;    /* (table, id) of rows told of and not there, as long as no event says they were deleted */
    arci_map keyed;      /* rows without id: table and key to position in digests */
    arci_str digests;    /* 32 bytes of image, 8 of transaction, each */
    arci_str text, other;
    arci_imager imager;
} arci_rows_check;

arc_status arci_audit_rows(arci_verify *v, arci_txn *t);
/* audit_image.c: whether a row is as claimed. personal: its commitments (or NULL). Reports findings. */
arc_status arci_claim_check(arci_rows_check *c, const arci_claim *claim, const arc_value *row);

#endif
