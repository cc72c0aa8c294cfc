/* SPDX-License-Identifier: Apache-2.0 */
/* Checking a record without writing it. Documents have a validator of the verb that records them; lib/api/validate.c knows them all. */
#ifndef ARCI_STORE_VALIDATE_H
#define ARCI_STORE_VALIDATE_H

#include "arcore/validate.h"
#include "store/valid.h"
#include "store/verb.h"

typedef struct arci_validation {
    arci_txn *t;
    const arci_entity *entity;
    const arci_table *table;
    arci_record *record;       /* normalised */
    const arci_record *set;    /* the caller's, when it is a change of a row; NULL: a new row */
    int64_t id;                /* of that row, else 0 */
    const arci_shape *shape;   /* of row: "*" for a change, all fields else */
    arc_value *row;            /* as it would be stored */
    arci_arena arena;
    arc_record_fault_fn report;
    void *user;
    arc_error first;           /* the first error */
    uint32_t errors;
} arci_validation;

/* Tells the error just set; ARC_OK, or ARC_E_CANCELLED when the receiver stops. */
arc_status arci_validation_tell(arci_validation *v, int32_t severity);

typedef struct arci_validator {
    uint32_t entity;          /* ARC_<ENTITY> */
    uint32_t verb;            /* ARCI_DO_* that writes it */
    const uint32_t *required; /* public fields, ended by 0 */
    arc_status (*judge)(arci_validation *v); /* what the verb itself asks; fills the row as the verb would */
} arci_validator;

arc_status arci_record_validate(arci_session *s, arc_record *handle, const arci_validator *validators, size_t n, arc_record_fault_fn report,
                                void *user, const arc_validate_options *options);

/* The stored row (all columns but the book's, in their order) that a record names by its key; in the arena. */
arc_status arci_stored_row(arci_txn *t, arci_arena *arena, const arci_record *r, const arci_table *table, const arci_shape **shape,
                           arc_value **row);

#endif
