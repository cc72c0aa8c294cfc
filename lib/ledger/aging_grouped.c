/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of open rows made by the store. What lies in this process is summed faster here; from a server, rows would travel that only their sums are wanted of. */
#include <string.h>

#include "ledger/aging.h"
#include "store/book.h"

enum { KEY, CURRENCY, N_OF_RECEIPTS, BUCKET = N_OF_RECEIPTS, N_OF_ITEMS };

static int by_owner(const arci_aging_run *run) { return run->by >= ARC_AGING_BY_OWNER && run->by <= ARC_AGING_BY_REGION; }

/* Whether sums are all that is wanted: no row gets anything back, was unknown, or has to be looked up elsewhere. */
static int sums_tell(const arci_aging_run *run, int items)
{
    if (!run->t->book->ops->later || !run->t->book->ops->aggregate) return 0;
    if (run->known_at || arci_agings_by[run->by].document_column) return 0;
    return items ? !run->items.n && !run->dues.n && !run->plans.n : !run->receipts.n && !run->past.n;
}

/* Days a row is aged from, at which a bucket ends: a row of bucket b is at or behind n_buckets - 1 - b of them. */
static uint32_t days(const arci_aging_run *run, int64_t *out)
{
    const uint32_t n = run->n_buckets - 1;
    for (uint32_t i = 0; i < n; i++) out[i] = (int64_t)run->as_of - run->edges[n - 1 - i] + 1;
    return n;
}

static arc_status add_rows(arci_aging_run *run, const arc_block *block, int items)
{
    const arc_value *v = block->values;
    const uint32_t n = items ? N_OF_ITEMS : N_OF_RECEIPTS;
    for (uint32_t r = 0; r < block->n_rows; r++, v += block->n_cols) {
        uint32_t *n_items;
        if (v[n].type != ARC_V_INT) continue;
        const int64_t key = v[KEY].type == ARC_V_INT ? v[KEY].u.i : 0;
        arci_acc *sums = arci_aging_sums(run, run->by == ARC_AGING_BY_CUSTOMER ? arci_merged_root(&run->merged, key) : key, &v[CURRENCY], &n_items);
        if (!sums) return arci_nomem(run->env);
        if (!items) {
            arci_acc_add(&sums[run->n_buckets], v[n].u.i);
            continue;
        }
        const uint32_t bucket = v[BUCKET].type == ARC_V_INT ? run->n_buckets - 1 - (uint32_t)v[BUCKET].u.i : 0; /* without a day it is not due */
        arci_acc_add(&sums[bucket], v[n].u.i);
        *n_items += (uint32_t)v[n + 1].u.i;
    }
    return ARC_OK;
}

static arc_status sum_up(arci_aging_run *run, const arci_aggregate_spec *spec, int items)
{
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_scan_aggregate(run->t, &scan, spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        st = add_rows(run, &block, items);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_aging_grouped(arci_aging_run *run, const char *entity, const arci_where *where, int *done)
{
    static const char *const owners[] = { "owner", "team", "region" };
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const int items = strcmp(entity, "item_state") == 0;
    int64_t edges[ARC_AGING_MAX_EDGES];
    arci_where w = *where;
    *done = sums_tell(run, items);
    if (!*done) return ARC_OK;
    const arc_value day = arci_v_int(run->as_of);
    const arc_cond_op later[] = { { .op = ARC_OP_GT, .col = items ? 0 : arci_col(e, "claimed_on"), .col2 = ARC_NO_COL, .n = 1, .v = &day }, { .op = ARC_OP_NOT, .col2 = ARC_NO_COL } };
    const arc_cond claimed = { .ops = later, .n_ops = 2 };
    const arc_group groups[] = {
        { .col = arci_col(e, by_owner(run) ? owners[run->by - ARC_AGING_BY_OWNER] : "customer") },
        { .col = arci_col(e, "currency") },
        { .col = items ? arci_col(e, run->basis == ARC_AGE_BY_DUE_DATE ? "due_date" : "business_date") : 0, .kind = ARC_GROUP_BUCKET, .n_edges = days(run, edges), .edges = edges },
    };
    const arc_measure measures[] = { { .kind = ARC_MEASURE_SUM, .col = arci_col(e, items ? "open" : "unapplied") }, { .kind = ARC_MEASURE_COUNT } };
    if (items) {
        arci_where_text(&w, arci_col(e, "kind"), ARC_OP_NE, "planned", 7);
        if (!(run->flags & ARC_AGING_ESTIMATED)) arci_where_text(&w, arci_col(e, "kind"), ARC_OP_NE, "estimated", 9);
    } else {
        arci_where_int(&w, arci_col(e, "customer"), ARC_OP_GT, 0); /* somebody's, by the day */
        if (w.n < ARCI_WHERE_MAX) w.conds[w.n++] = claimed;
        else w.failed = 1;
    }
    if (w.failed) return arci_fail(run->env, ARC_E_INTERNAL, "a condition names no column", "条件引用了不存在的列");
    const arci_aggregate_spec spec = { .entity = e, .conds = w.conds, .n_conds = w.n, .groups = groups, .n_groups = items ? N_OF_ITEMS : N_OF_RECEIPTS, .measures = measures, .n_measures = 2 };
    return sum_up(run, &spec, items);
}
