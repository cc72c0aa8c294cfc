/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of orders and deliveries, for the permission matrix. */
#ifndef TESTS_API_MATRIX_ORDER_H
#define TESTS_API_MATRIX_ORDER_H

#include "api/matrix_rows.h"

typedef arc_status (*order_verb)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

/* They may be in a state, or without lines: who may is told so. */
static arc_status order_step_as(matrix *m, order_verb verb, const char *entity, int t)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = made[arci_entity_position(arci_entity_by_name(entity, strlen(entity)))][t];
    e.reason = "x";
    arc_status st = verb(m->actor, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
    return st == ARC_E_STATE || st == ARC_E_REQUIRED || st == ARC_E_VALUE || st == ARC_E_GUARD || st == ARC_E_RANGE ? ARC_OK : st;
}

static arc_status drive_order_confirm(matrix *m, int t) { return order_step_as(m, arc_order_confirm, "sales_order", t); }
static arc_status drive_order_close(matrix *m, int t) { return order_step_as(m, arc_order_close, "sales_order", t); }
static arc_status drive_order_cancel(matrix *m, int t) { return order_step_as(m, arc_order_cancel, "sales_order", t); }
static arc_status drive_delivery_ship(matrix *m, int t) { return order_step_as(m, arc_delivery_ship, "delivery", t); }
static arc_status drive_delivery_sign(matrix *m, int t) { return order_step_as(m, arc_delivery_sign, "delivery", t); }
static arc_status drive_delivery_refuse(matrix *m, int t) { return order_step_as(m, arc_delivery_refuse, "delivery", t); }
static arc_status drive_delivery_cancel(matrix *m, int t) { return order_step_as(m, arc_delivery_cancel, "delivery", t); }

#endif
