/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that must be done once, for tests that break calls in the middle or make them at the same time: nothing but the request
 * key keeps them from being done twice. */
#ifndef TESTS_SUPPORT_REQUEST_H
#define TESTS_SUPPORT_REQUEST_H

#include "arcore/arcore.h"
#include "support/work_book.h"

#define REQUEST_SUPPLY INT64_C(1000000000)

/* A customer, an invoice of REQUEST_SUPPLY and a receipt of as much: ids 1. */
arc_status request_found(arc_session *s);
/* Request number i: 0, 2, 4 ... allocate 1 + i of the receipt to the item; 1, 3 ... record a receipt and allocate it, in one transaction with
 * a key for each verb. *id: of the allocation. Not repeated here. */
arc_status request_do(arc_session *s, const char *name, int64_t i, int64_t *id);
/* The same, again and again until it is done or fails for good. */
arc_status request_until_done(arc_session *s, const char *name, int64_t i, int64_t *id);
/* Number of allocations, and what was allocated. */
arc_status request_count(arc_session *s, int64_t *n, int64_t *amount);
/* What requests 0 ... n - 1 come to. */
int64_t request_amount(int64_t n);

#endif
