/* SPDX-License-Identifier: Apache-2.0 */
#include "dunning/checks.h"

#include <string.h>

#include "store/stream.h"

enum { N_ID, N_LEVEL, N_OPEN, N_AMOUNT, N_ITEMS, N_CURRENCY, N_AS_OF };
enum { I_NOTICE, I_LEVEL, I_OPEN, I_AMOUNT, I_CURRENCY, I_AS_OF };

typedef struct sums {
    int64_t level, open, amount, n;
    int strange; /* another currency or day */
} sums;

static void add(sums *x, const arc_value *notice, const arc_value *v)
{
    if (v[I_LEVEL].u.i > x->level) x->level = v[I_LEVEL].u.i;
    x->open = (int64_t)((uint64_t)x->open + (uint64_t)v[I_OPEN].u.i);
    x->amount = (int64_t)((uint64_t)x->amount + (uint64_t)v[I_AMOUNT].u.i);
    x->n++;
    x->strange |= v[I_AS_OF].u.i != notice[N_AS_OF].u.i || v[I_CURRENCY].len != notice[N_CURRENCY].len || memcmp(v[I_CURRENCY].u.s, notice[N_CURRENCY].u.s, v[I_CURRENCY].len) != 0;
}

/* A notice says what its items say: how many, how much, the highest level, the day. */
static arc_status check_notices(arci_verify *v, arci_txn *t)
{
    arci_stream notices, items;
    memset(&notices, 0, sizeof notices);
    memset(&items, 0, sizeof items);
    arc_status st = arci_stream_open(t, v, &notices, "dunning_notice", "id level open amount n_items currency as_of", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &items, "dunning_notice_item", "dunning_notice level open amount currency as_of", "id");
    while (st == ARC_OK && notices.row) {
        const arc_value *r = notices.row;
        sums x = { 0, 0, 0, 0, 0 };
        for (; st == ARC_OK && items.row && items.row[I_NOTICE].u.i <= r[N_ID].u.i; st = arci_stream_next(&items)) {
            if (items.row[I_NOTICE].u.i == r[N_ID].u.i) add(&x, r, items.row);
        }
        if (st == ARC_OK && (x.strange || x.n != r[N_ITEMS].u.i || x.level != r[N_LEVEL].u.i || x.open != r[N_OPEN].u.i || x.amount != r[N_AMOUNT].u.i)) {
            st = arci_finding(v, "dunning_notice", "amount", r[N_ID].u.i, "is not what its items come to", "与其明细不一致");
        }
        if (st == ARC_OK) st = arci_stream_next(&notices);
    }
    arci_stream_close(&items);
    arci_stream_close(&notices);
    return st;
}

const arci_check arci_dunning_checks[] = { { "dunning.notice", check_notices } };
const uint32_t arci_n_dunning_checks = sizeof arci_dunning_checks / sizeof arci_dunning_checks[0];
