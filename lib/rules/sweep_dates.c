/* SPDX-License-Identifier: Apache-2.0 */
/* Rows sweeps keep for speed: next dates by rule and subject, and how far each rule has come. No event tells of them. */
#include <string.h>

#include "rules/sweep_impl.h"

#define AT_ONCE 500u

/* ---- heads ----------------------------------------------------------------------------------------------------------------------- */

static const char head_fields[] = "policy definition epoch seal digest swept_on at";
enum { H_POLICY, H_DEFINITION, H_EPOCH, H_SEAL, H_DIGEST, H_SWEPT, H_AT, H_N };
static const char head_changes[] = "definition epoch seal digest swept_on at";

static void take_head(arci_rule_head *h, const arc_value *v)
{
    h->stored = 1;
    h->definition = v[H_DEFINITION].u.i;
    h->epoch = v[H_EPOCH].u.i;
    h->place.seal = v[H_SEAL].u.i;
    memset(h->place.digest, 0, sizeof h->place.digest);
    memcpy(h->place.digest, v[H_DIGEST].u.s, v[H_DIGEST].len < 64 ? v[H_DIGEST].len : 64);
    h->swept_on = v[H_SWEPT].type == ARC_V_INT ? (arc_date)v[H_SWEPT].u.i : ARC_DATE_NONE;
    h->at = v[H_AT].type == ARC_V_INT ? v[H_AT].u.i : -1;
}

arc_status arci_heads_read(arci_txn *t, arci_arena *arena, const arci_ruleset *set, const uint8_t *wanted, arci_rule_head *heads)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "rule_head", head_fields);
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; i < set->n; i++) {
        memset(&heads[i], 0, sizeof heads[i]);
        heads[i].at = -1;
        heads[i].swept_on = ARC_DATE_NONE;
    }
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * H_N;
        for (uint32_t i = 0; i < set->n; i++) {
            const char *code = set->rules[i]->code;
            if (wanted[i] && strlen(code) == v[H_POLICY].len && memcmp(code, v[H_POLICY].u.s, v[H_POLICY].len) == 0) take_head(&heads[i], v);
        }
    }
    return st;
}

arc_status arci_head_write(arci_txn *t, arci_arena *arena, const char *policy, arci_rule_head *h)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "rule_head", h->stored ? head_changes : head_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, h->stored ? ARC_WRITE_UPDATE : ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0) - (h->stored ? 1 : 0); /* the key stands in front */
    if (h->stored) arci_batch_key(b, 0)[0] = arci_v_text(policy, strlen(policy));
    else v[H_POLICY] = arci_v_text(policy, strlen(policy));
    v[H_DEFINITION] = arci_v_int(h->definition);
    v[H_EPOCH] = arci_v_int(h->epoch);
    v[H_SEAL] = arci_v_int(h->place.seal);
    v[H_DIGEST] = arci_v_text(h->place.digest, strlen(h->place.digest));
    v[H_SWEPT] = h->swept_on == ARC_DATE_NONE ? arci_v_null() : arci_v_int(h->swept_on);
    v[H_AT] = h->at < 0 ? arci_v_null() : arci_v_int(h->at);
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) h->stored = 1;
    return st;
}

/* ---- dates -------------------------------------------------------------------------------------------------------------------------- */

static const char date_fields[] = "policy entity row next_on epoch";
enum { D_POLICY, D_ENTITY, D_ROW, D_NEXT, D_EPOCH, D_N };

arc_status arci_dates_due(arci_txn *t, const char *policy, const char *entity, arc_date as_of, arci_rows_found *ids)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", "policy next_on entity row");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[0], ARC_OP_EQ, policy, strlen(policy));
    arci_where_int(&w, shape->cols[1], ARC_OP_LE, as_of);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, entity, strlen(entity));
    st = arci_repo_scan(t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) st = arci_rows_add(t->env, ids, block.values[(size_t)i * block.n_cols + 3].u.i);
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* What is kept of some rows: old[i], ARC_DATE_MAX: nothing; epochs. */
static arc_status read_dates(arci_txn *t, arci_arena *arena, const char *policy, const char *entity, const int64_t *ids, uint32_t n, arc_date *old, int64_t *epochs)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *v = arci_arena_alloc(arena, n * sizeof *v);
    if (!v) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        v[i] = arci_v_int(ids[i]);
        old[i] = ARC_DATE_MAX;
    }
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", date_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[D_POLICY], ARC_OP_EQ, policy, strlen(policy));
    arci_where_text(&w, shape->cols[D_ENTITY], ARC_OP_EQ, entity, strlen(entity));
    arci_where_in(&w, shape->cols[D_ROW], v, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *x = rows.values + (size_t)r * D_N;
        uint32_t lo = 0, hi = n;
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (ids[mid] < x[D_ROW].u.i) lo = mid + 1;
            else hi = mid;
        }
        if (lo == n || ids[lo] != x[D_ROW].u.i) continue;
        old[lo] = (arc_date)x[D_NEXT].u.i;
        epochs[lo] = x[D_EPOCH].u.i;
    }
    return st;
}

/* 1 insert, 2 update, 3 delete, 0: as it is. */
static int what_to_do(arc_date old, int64_t old_epoch, arc_date next, int64_t epoch)
{
    if (old == ARC_DATE_MAX) return next == ARC_DATE_MAX ? 0 : ARC_WRITE_INSERT;
    if (next == ARC_DATE_MAX) return ARC_WRITE_DELETE;
    return old != next || old_epoch != epoch ? ARC_WRITE_UPDATE : 0;
}

typedef struct dates {
    const char *policy, *entity;
    const int64_t *ids, *old_epochs;
    const arc_date *next, *old;
    int64_t epoch;
    uint32_t n;
} dates;

static arc_status put_dates(arci_txn *t, arci_arena *arena, const dates *d, int op, uint32_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t k = 0;
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", op == ARC_WRITE_INSERT ? date_fields : op == ARC_WRITE_UPDATE ? "next_on epoch" : "row");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, (uint16_t)op, n, 0, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < d->n; i++) {
        if (what_to_do(d->old[i], d->old_epochs[i], d->next[i], d->epoch) != op) continue;
        arc_value *v = arci_batch_row(b, k), *key = op == ARC_WRITE_INSERT ? v : arci_batch_key(b, k);
        k++;
        key[D_POLICY] = arci_v_text(d->policy, strlen(d->policy));
        key[D_ENTITY] = arci_v_text(d->entity, strlen(d->entity));
        key[D_ROW] = arci_v_int(d->ids[i]);
        if (op == ARC_WRITE_DELETE) continue;
        if (op == ARC_WRITE_INSERT) v += D_NEXT;
        v[0] = arci_v_int(d->next[i]);
        v[1] = arci_v_int(d->epoch);
    }
    return st == ARC_OK ? arci_repo_write(t, &b, 1, NULL) : st;
}

arc_status arci_dates_write(arci_txn *t, arci_arena *arena, const char *policy, const char *entity, int64_t epoch, const int64_t *ids, const arc_date *next, uint32_t n, int64_t *written)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        arc_date old[AT_ONCE];
        int64_t epochs[AT_ONCE];
        dates d = { policy, entity, ids + from, epochs, next + from, old, epoch, n - from < AT_ONCE ? n - from : AT_ONCE };
        uint32_t todo[4] = { 0, 0, 0, 0 };
        memset(epochs, 0, sizeof epochs);
        st = read_dates(t, arena, policy, entity, d.ids, d.n, old, epochs);
        for (uint32_t i = 0; st == ARC_OK && i < d.n; i++) todo[what_to_do(old[i], epochs[i], d.next[i], epoch)]++;
        for (int op = ARC_WRITE_INSERT; op <= ARC_WRITE_DELETE && st == ARC_OK; op++) {
            if (todo[op]) st = put_dates(t, arena, &d, op, todo[op]);
            *written += todo[op];
        }
    }
    return st;
}
