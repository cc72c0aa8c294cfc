/* SPDX-License-Identifier: Apache-2.0 */
/* What of the face of a bill settles what. The parts of a divisible bill share a receipt, and each has its own stretch of it: [part_offset, part_offset + face). An allocation of the
 * receipt takes the first stretches that no other takes, and keeps them, whatever happens to others; what goes back with a part, or is put back of one, says where it lies. */
#ifndef ARCI_LEDGER_BILL_FACE_H
#define ARCI_LEDGER_BILL_FACE_H

#include "ledger/allot.h"

typedef struct arci_stretch {
    int64_t from, to;
} arci_stretch;

/* An allocation that stands, and what of a part it takes. */
typedef struct arci_face_row {
    int64_t id, amount;        /* amount: of the part */
    const arc_value *row;      /* by ARCI_AL_* */
    const arci_stretch *rest;  /* what of it lies outside of the part */
    uint32_t n_rest;
} arci_face_row;

/* The allocations of a receipt of `whole` that take something of [from, to), in order of id. */
arc_status arci_bill_face(arci_posting *p, int64_t receipt, int64_t whole, int64_t from, int64_t to, arci_face_row **rows, uint32_t *n);
/* Evidence of a row that lies where it is told. */
arc_status arci_bill_face_evidence(arci_posting *p, const arci_stretch *at, uint32_t n, const char **out);

#endif
