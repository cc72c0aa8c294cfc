/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions have an order, which is that of their seals, and business dates, which need not follow it: what was set up first bears the date of that day, corrections bear earlier
 * ones. The longest run of transactions whose dates do follow it keeps them; of several as long the one with the later dates, since more is dated back than forward.
 * The others belong to the day of the one before. */
#include "store/replay_impl.h"

#define AT_ONCE 500u

static arc_status read_dates(arci_replay *r)
{
    const arci_shape *seals, *txns;
    arci_scan *scan;
    arc_block block;
    int64_t ids[AT_ONCE], places[AT_ONCE], seen = 0;
    arc_status st = arci_shape_get(r->from, &seals, "seal", "seq txn");
    if (st == ARC_OK) st = arci_shape_get(r->from, &txns, "txn", "business_date");
    if (st != ARC_OK) return st;
    const arc_order order = { .col = seals->cols[0] };
    st = arci_repo_scan(r->from, seals, NULL, &order, 1, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t at = 0; st == ARC_OK && at < block.n_rows; at += AT_ONCE) {
            const uint32_t n = block.n_rows - at < AT_ONCE ? block.n_rows - at : AT_ONCE;
            arc_value *rows;
            uint8_t *there;
            for (uint32_t i = 0; i < n; i++) {
                const arc_value *v = block.values + (size_t)(at + i) * block.n_cols;
                places[i] = v[0].u.i;
                ids[i] = v[1].u.i;
            }
            st = arci_repo_get_many(r->from, txns, ids, n, &r->arena, &rows, &there);
            for (uint32_t i = 0; st == ARC_OK && i < n; i++, seen++) {
                if (!there[i] || places[i] != seen + 1 || places[i] > r->top) st = arci_replay_corrupt(r, NULL, 0, "the chain of seals has gaps", "封签链不连续");
                else r->days[seen] = (arc_date)rows[i].u.i;
            }
            arci_arena_reset(&r->arena);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE && seen != r->top ? arci_replay_corrupt(r, NULL, 0, "the chain of seals has gaps", "封签链不连续") : st == ARC_DONE ? ARC_OK : st;
}

/* From the last to the first: heads[n] begins the run of n + 1 that can have the latest first date; next[k] goes on from k. Returns where the longest begins. */
static int64_t longest(const arc_date *days, int64_t n, int64_t *heads, int64_t *next)
{
    int64_t most = 0;
    for (int64_t k = n - 1; k >= 0; k--) {
        int64_t lo = 0, hi = most;
        while (lo < hi) {
            int64_t mid = lo + (hi - lo) / 2;
            if (days[heads[mid]] >= days[k]) lo = mid + 1;
            else hi = mid;
        }
        next[k] = lo ? heads[lo - 1] : -1;
        if (lo == most || days[k] > days[heads[lo]]) heads[lo] = k;
        if (lo == most) most++;
    }
    return most ? heads[most - 1] : -1;
}

arc_status arci_replay_business(arci_replay *r)
{
    const size_t n = (size_t)r->top;
    arc_context *ctx = r->env->ctx;
    r->days = arci_calloc(ctx, n + 1, sizeof *r->days);
    int64_t *heads = arci_calloc(ctx, n + 1, sizeof *heads), *next = arci_calloc(ctx, n + 1, sizeof *next);
    arc_status st = r->days && heads && next ? read_dates(r) : arci_nomem(r->env);
    if (st == ARC_OK && n) {
        int64_t kept = longest(r->days, r->top, heads, next);
        arc_date day = r->days[kept];
        for (int64_t k = 0; k < r->top; k++) {
            if (k == kept) {
                day = r->days[k];
                kept = next[k];
            }
            r->days[k] = day;
        }
    }
    arci_free(ctx, next);
    arci_free(ctx, heads);
    return st;
}
