/* SPDX-License-Identifier: Apache-2.0 */
#include "support/request.h"

#include <stdio.h>

#include "arcore/fields.h"

enum { TRIES = 10000 };

arc_status request_found(arc_session *s)
{
    arc_status st = book_customers(s, 1, 1);
    if (st == ARC_OK) st = book_invoice(s, NULL, "ITEM", 1, REQUEST_SUPPLY);
    return st == ARC_OK ? book_receipt(s, NULL, "MONEY", 1, REQUEST_SUPPLY) : st;
}

static arc_status use_key(arc_session *s, const char *name, int64_t i)
{
    char key[100];
    snprintf(key, sizeof key, "%s-%lld", name, (long long)i);
    return arc_session_set_request_key(s, key);
}

typedef struct pair {
    const char *name;
    int64_t i, id;
} pair;

static arc_status in_one(void *user, arc_session *s, arc_txn *t)
{
    pair *p = user;
    int64_t receipt = 0;
    char number[100];
    (void)t;
    snprintf(number, sizeof number, "%s-%lld", p->name, (long long)p->i);
    arc_status st = use_key(s, p->name, p->i);
    if (st == ARC_OK) st = book_receipt(s, &receipt, number, 1, 1 + p->i);
    if (st == ARC_OK) st = use_key(s, p->name, p->i);
    return st == ARC_OK ? book_allocate(s, &p->id, receipt, 1, 1 + p->i) : st;
}

arc_status request_do(arc_session *s, const char *name, int64_t i, int64_t *id)
{
    pair p = { name, i, 0 };
    if (i % 2) {
        arc_status st = arc_session_run(s, ARC_WRITE, in_one, &p, 100);
        *id = p.id;
        return st;
    }
    arc_status st = use_key(s, name, i);
    return st == ARC_OK ? book_allocate(s, id, 1, 1, 1 + i) : st;
}

arc_status request_until_done(arc_session *s, const char *name, int64_t i, int64_t *id)
{
    arc_status st = ARC_E_BUSY;
    for (int k = 0; k < TRIES && arc_status_retryable(st); k++) st = request_do(s, name, i, id);
    return st;
}

arc_status request_count(arc_session *s, int64_t *n, int64_t *amount)
{
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    arc_money m = { 0, "CNY", 0 };
    *n = *amount = 0;
    arc_status st = arc_query_new(s, &q, ARC_ALLOCATION);
    if (st == ARC_OK) st = arc_query_group(q, ARC_ALLOCATION_CURRENCY);
    if (st == ARC_OK) st = arc_query_measure(q, ARC_COUNT, 0);
    if (st == ARC_OK) st = arc_query_measure(q, ARC_SUM, ARC_ALLOCATION_AMOUNT);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st == ARC_OK) st = arc_cursor_next(c);
    if (st == ARC_OK) st = arc_cursor_get_int(c, n, 1);
    if (st == ARC_OK) st = arc_cursor_get_money(c, &m, 2);
    *amount = m.minor;
    arc_cursor_free(c);
    arc_query_free(q);
    return st == ARC_DONE ? ARC_OK : st;
}

int64_t request_amount(int64_t n) { return n * (n + 1) / 2; }
