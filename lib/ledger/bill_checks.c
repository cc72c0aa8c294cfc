/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of bills: status and events, parts of divisible ones, notes receivable in the journal. */
#include <string.h>

#include "base/map.h"
#include "base/num.h"
#include "ledger/bill.h"
#include "ledger/checks.h"
#include "store/stream.h"

typedef struct notes_key {
    int64_t customer;
    char currency[8];
} notes_key;

typedef struct notes {
    notes_key key;
    arci_acc held, posted;
} notes;

typedef struct proving {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena;
    arci_map index, parts; /* parts: a split bill to what its parts lack of the face */
    notes *list;
    uint32_t n, cap;
} proving;

static notes *notes_of(proving *x, const arc_value *customer, const arc_value *currency)
{
    notes_key key;
    int64_t *at;
    memset(&key, 0, sizeof key);
    key.customer = customer->type == ARC_V_INT ? customer->u.i : 0;
    memcpy(key.currency, currency->u.s, 3);
    int32_t made = arci_map_put(&x->index, &key, sizeof key, &at);
    if (made < 0) return NULL;
    if (made && x->n == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 16;
        notes *list = arci_arena_calloc(&x->arena, cap, sizeof *list);
        if (!list) return NULL;
        if (x->n) memcpy(list, x->list, x->n * sizeof *list);
        x->list = list;
        x->cap = cap;
    }
    if (made) {
        *at = x->n++;
        x->list[*at].key = key;
    }
    return &x->list[*at];
}

enum { B_ID, B_CUSTOMER, B_CURRENCY, B_STATUS, B_FACE, B_PARENT };

/* The status is that of the last event; events are numbered from 1, and their days do not fall. */
static arc_status check_bill(arci_verify *v, const arc_value *bill, arci_stream *events)
{
    arc_status st = ARC_OK;
    int64_t id = bill[B_ID].u.i, seq = 0, day = INT64_MIN;
    int good = 1, same = 0;
    for (; st == ARC_OK && events->row && events->row[0].u.i <= id; st = arci_stream_next(events)) {
        if (events->row[0].u.i != id) continue;
        good = good && events->row[1].u.i == ++seq && events->row[2].u.i >= day;
        day = events->row[2].u.i;
        same = events->row[3].len == bill[B_STATUS].len && memcmp(events->row[3].u.s, bill[B_STATUS].u.s, bill[B_STATUS].len) == 0;
    }
    if (st == ARC_OK && !same) st = arci_finding(v, "bill", "status", id, "is not that of its last event", "与最后一次流转不一致");
    if (st == ARC_OK && !good) st = arci_finding(v, "bill", "status", id, "its events have a gap, or days that fall", "流转记录序号不连续或日期倒退");
    return st;
}

static int is(const arc_value *v, const char *s) { return v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status lacks(proving *x, int64_t bill, int64_t amount)
{
    int64_t *sum;
    if (arci_map_put(&x->parts, &bill, sizeof bill, &sum) < 0) return arci_nomem(x->t->env);
    *sum += amount; /* faces of one bill: together within ARC_MONEY_MAX, or a finding */
    return ARC_OK;
}

/* The parts of a split bill come to its face; a bill that is whole has none that stand. */
static arc_status add_parts(proving *x, const arc_value *bill)
{
    arc_status st = is(&bill[B_STATUS], "split") ? lacks(x, bill[B_ID].u.i, bill[B_FACE].u.i) : ARC_OK;
    if (st == ARC_OK && bill[B_PARENT].type == ARC_V_INT && !is(&bill[B_STATUS], "merged")) st = lacks(x, bill[B_PARENT].u.i, -bill[B_FACE].u.i);
    return st;
}

static arc_status check_parts(proving *x)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < x->parts.n; i++) {
        int64_t id;
        memcpy(&id, x->parts.entries[i].key, sizeof id);
        const int64_t *left = arci_map_get(&x->parts, &id, sizeof id);
        if (left && *left) st = arci_finding(x->v, "bill", "face", id, "its parts do not come to it", "子票合计与票面不符");
    }
    return st;
}

/* Notes receivable in the journal, by customer and currency. */
static arc_status add_lines(proving *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(x->t, &shape, "journal_line", "customer currency amount account_role");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, ARCI_ROLE_NOTES, strlen(ARCI_ROLE_NOTES));
    st = arci_repo_scan(x->t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t r = 0; st == ARC_OK && r < block.n_rows; r++) {
            const arc_value *row = block.values + (size_t)r * block.n_cols;
            notes *one = notes_of(x, &row[0], &row[1]);
            if (!one) st = arci_nomem(x->t->env);
            else arci_acc_add(&one->posted, row[2].u.i);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status check_notes(proving *x)
{
    arc_status st = add_lines(x);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        const notes *l = &x->list[i];
        int64_t held = 0, posted = 0;
        if (!arci_acc_get(&l->held, &held) && !arci_acc_get(&l->posted, &posted) && held == posted) continue;
        st = arci_finding(x->v, "bill", "customer", l->key.customer, "bills held in %s come to %lld, notes receivable in the journal to %lld", "持有票据（%s）合计 %lld，应收票据分录合计 %lld",
                          l->key.currency, (long long)held, (long long)posted);
    }
    return st;
}

static arc_status check_all(proving *x)
{
    arci_stream bills, events;
    memset(&events, 0, sizeof events);
    arc_status st = arci_stream_open(x->t, x->v, &bills, "bill", "id customer currency status face parent", NULL);
    if (st == ARC_OK) st = arci_stream_open(x->t, x->v, &events, "bill_event", "bill seq event_date status", "seq");
    while (st == ARC_OK && bills.row) {
        const arc_value *row = bills.row;
        st = check_bill(x->v, row, &events);
        if (st == ARC_OK) st = add_parts(x, row);
        if (st == ARC_OK && arci_bill_ours(row[B_STATUS].u.s)) {
            notes *one = notes_of(x, &row[B_CUSTOMER], &row[B_CURRENCY]);
            if (!one) st = arci_nomem(x->t->env);
            else arci_acc_add(&one->held, row[B_FACE].u.i);
        }
        if (st == ARC_OK) st = arci_stream_next(&bills);
    }
    arci_stream_close(&events);
    arci_stream_close(&bills);
    return st;
}

arc_status arci_check_bills(arci_verify *v, arci_txn *t)
{
    proving x = { .v = v, .t = t };
    arci_arena_init(&x.arena, t->env->ctx);
    arci_map_init(&x.index, t->env->ctx);
    arci_map_init(&x.parts, t->env->ctx);
    arc_status st = check_all(&x);
    if (st == ARC_OK) st = check_parts(&x);
    if (st == ARC_OK) st = check_notes(&x);
    arci_map_clear(&x.parts);
    arci_map_clear(&x.index);
    arci_arena_clear(&x.arena);
    return st;
}
