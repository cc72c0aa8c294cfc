/* SPDX-License-Identifier: Apache-2.0 */
/* Merges of customers: what customers say of themselves is what the records come to, and nobody is two or his own. */
#include <string.h>

#include "ledger/checks.h"
#include "ledger/merged.h"
#include "store/stream.h"

enum { M_ID, M_KEPT, M_MERGED, M_DAY, M_REVERSES, M_COLUMNS };

/* A reversal is of the same two, and not before what it undoes. */
static arc_status check_reversals(arci_verify *v, arci_txn *t, arci_arena *arena, uint32_t *n)
{
    const arci_shape *shape;
    arci_rows rows;
    arci_map merges;
    arci_map_init(&merges, t->env->ctx);
    arc_status st = arci_shape_get(t, &shape, "merge_record", "id kept merged effective_date reverses");
    if (st != ARC_OK) return st;
    const arc_order by = { shape->cols[M_ID], 0 };
    st = arci_repo_find(t, shape, NULL, &by, 1, 0, arena, &rows);
    *n = st == ARC_OK ? rows.n_rows : 0;
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *r = rows.values + (size_t)i * M_COLUMNS;
        int64_t *at;
        if (arci_map_put(&merges, &r[M_ID].u.i, sizeof r->u.i, &at) < 0) st = arci_nomem(t->env);
        else *at = i;
        if (st != ARC_OK || r[M_REVERSES].type != ARC_V_INT) continue;
        at = arci_map_get(&merges, &r[M_REVERSES].u.i, sizeof r->u.i);
        const arc_value *of = at ? rows.values + (size_t)*at * M_COLUMNS : NULL;
        if (!of || of == r || of[M_REVERSES].type == ARC_V_INT || of[M_KEPT].u.i != r[M_KEPT].u.i || of[M_MERGED].u.i != r[M_MERGED].u.i || of[M_DAY].u.i > r[M_DAY].u.i) {
            st = arci_finding(v, "merge_record", "reverses", r[M_ID].u.i, "does not undo merge %lld", "与被撤销的合并 %lld 不符", (long long)r[M_REVERSES].u.i);
        }
    }
    arci_map_clear(&merges);
    return st;
}

static int on_no_day(const arci_merge_edge *e) { return e->undo && e->to <= e->from; }

/* Of one customer a merge begins when the one before has ended. */
static arc_status check_edges(arci_verify *v, arci_txn *t, const arci_merged *m)
{
    arci_map last;
    arc_status st = ARC_OK;
    arci_map_init(&last, t->env->ctx);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        const arci_merge_edge *e = &m->edges[i];
        int64_t *at;
        if (on_no_day(e)) continue;
        int32_t fresh = arci_map_put(&last, &e->merged, sizeof e->merged, &at);
        if (fresh < 0) st = arci_nomem(t->env);
        if (fresh == 0 && (!m->edges[*at].undo || m->edges[*at].to > e->from)) {
            st = arci_finding(v, "merge_record", "merged", e->id, "customer %lld is in merge %lld on the same days", "客户 %lld 同期另有合并 %lld", (long long)e->merged, (long long)m->edges[*at].id);
        }
        if (fresh >= 0) *at = i;
    }
    arci_map_clear(&last);
    return st;
}

static arc_status check_ring(arci_verify *v, const arci_map *into, int64_t customer)
{
    const int64_t *up = arci_map_get(into, &customer, sizeof customer);
    for (uint32_t steps = 0; up && steps <= into->n; steps++) {
        if (*up == customer) return arci_finding(v, "customer", "merged_into", customer, "comes back to itself", "合并关系成环");
        up = arci_map_get(into, up, sizeof *up);
    }
    return ARC_OK;
}

static arc_status check_customers(arci_verify *v, arci_txn *t, const arci_merged *m)
{
    arci_map into;
    arci_stream s;
    int64_t *kept;
    memset(&s, 0, sizeof s);
    arci_map_init(&into, t->env->ctx);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        if (m->edges[i].undo) continue;
        if (arci_map_put(&into, &m->edges[i].merged, sizeof m->edges[i].merged, &kept) < 0) st = arci_nomem(t->env);
        else *kept = m->edges[i].kept;
    }
    for (uint32_t i = 0; st == ARC_OK && i < into.n; i++) {
        int64_t id;
        memcpy(&id, into.entries[i].key, sizeof id);
        st = check_ring(v, &into, id);
    }
    if (st == ARC_OK) st = arci_stream_open(t, v, &s, "customer", "id merged_into", NULL);
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        const int64_t *should = arci_map_get(&into, &s.row[0].u.i, sizeof s.row->u.i);
        int64_t is = s.row[1].type == ARC_V_INT ? s.row[1].u.i : 0;
        if (is != (should ? *should : 0)) {
            st = arci_finding(v, "customer", "merged_into", s.row[0].u.i, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)is, (long long)(should ? *should : 0));
            if (st != ARC_OK) break;
        }
    }
    arci_stream_close(&s);
    arci_map_clear(&into);
    return st;
}

arc_status arci_check_merges(arci_verify *v, arci_txn *t)
{
    arci_arena arena;
    arci_merged m;
    uint32_t n = 0;
    arci_arena_init(&arena, t->env->ctx);
    arci_merged_init(&m, t->env->ctx);
    arc_status st = check_reversals(v, t, &arena, &n);
    if (st == ARC_OK) st = arci_verify_rows(v, n);
    if (st == ARC_OK) st = arci_merged_read(t, &arena, &m, ARC_DATE_NONE, NULL);
    if (st == ARC_OK) st = check_edges(v, t, &m);
    if (st == ARC_OK) st = check_customers(v, t, &m);
    arci_merged_clear(&m);
    arci_arena_clear(&arena);
    return st;
}
