/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of contracts, for the permission matrix. */
#ifndef TESTS_API_MATRIX_CONTRACT_H
#define TESTS_API_MATRIX_CONTRACT_H

#include "api/matrix.h"

/* The contracts are drafts without an amount: who may is told so. */
static arc_status drive_contract_activate(matrix *m, int t)
{
    arc_status st = arc_contract_activate(m->actor, m->contract[t]);
    return st == ARC_E_REQUIRED ? ARC_OK : st;
}

static arc_status drive_contract_close(matrix *m, int t)
{
    arc_status st = arc_contract_close(m->actor, m->contract[t]);
    return st == ARC_E_STATE ? ARC_OK : st;
}

static arc_status drive_headroom(matrix *m, int t)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    return arc_headroom_compute(m->actor, &h, m->contract[t]);
}

#endif
