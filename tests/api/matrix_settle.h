/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs that settle and of those around receipts and debts, for the permission matrix. */
#ifndef TESTS_API_MATRIX_SETTLE_H
#define TESTS_API_MATRIX_SETTLE_H

#include "api/matrix.h"

static arc_status drive_settle(matrix *m, int t)
{
    const arc_settle_options init = ARC_SETTLE_OPTIONS_INIT;
    arc_settle_options o = init;
    o.flags = ARC_SETTLE_DRY;
    return arc_receipt_settle(m->actor, NULL, NULL, m->open_receipt[t], &m->open_item[t], NULL, 1, &o);
}

static arc_status drive_offer(matrix *m, int t)
{
    arc_offer o = ARC_OFFER_INIT;
    return arc_item_offer(m->actor, &o, m->open_item[t], ARC_DATE_NONE, 0, NULL);
}

#endif
