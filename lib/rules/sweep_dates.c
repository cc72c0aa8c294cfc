/* SPDX-License-Identifier: Apache-2.0 */
/* Rows sweeps keep for speed: next dates by rule and subject, and how far each rule has come. No event tells of them. */
#include <stdlib.h>
#include <string.h>

#include "rules/sweep_impl.h"

#define AT_ONCE 500u

/* Two sweeps at once. */
static arc_status quicker(arci_txn *t, arc_status st)
{
    if (st != ARC_E_EXISTS && st != ARC_E_NOT_FOUND) return st;
    return arci_fail(t->env, ARC_E_CONFLICT, "another sweep was quicker", "另一次扫描已先完成");
}

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

arc_status arci_heads_all(arci_txn *t, arci_arena *arena, arci_rule_head **heads, uint32_t *n)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "rule_head", head_fields);
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK) return st;
    *heads = arci_arena_calloc(arena, rows.n_rows + 1u, sizeof **heads);
    if (!*heads) return arci_nomem(t->env);
    for (*n = 0; *n < rows.n_rows; ++*n) take_head(&(*heads)[*n], rows.values + (size_t)*n * H_N);
    return ARC_OK;
}

static void put_head(arc_value *v, const arci_rule_head *h) /* behind the policy */
{
    v[H_DEFINITION] = arci_v_int(h->definition);
    v[H_EPOCH] = arci_v_int(h->epoch);
    v[H_SEAL] = arci_v_int(h->place.seal);
    v[H_DIGEST] = arci_v_text(h->place.digest, strlen(h->place.digest));
    v[H_SWEPT] = h->swept_on == ARC_DATE_NONE ? arci_v_null() : arci_v_int(h->swept_on);
    v[H_AT] = h->at < 0 ? arci_v_null() : arci_v_int(h->at);
}

static arc_status new_batch(arci_txn *t, arci_arena *arena, arci_batch **out, int stored, uint32_t n)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "rule_head", stored ? head_changes : head_fields);
    return st == ARC_OK ? arci_batch_new(t, arena, out, shape, stored ? ARC_WRITE_UPDATE : ARC_WRITE_INSERT, n, 0, NULL, 0) : st;
}

arc_status arci_heads_write(arci_txn *t, arci_arena *arena, const arci_ruleset *set, const uint8_t *which, arci_rule_head *heads)
{
    arci_batch *batches[2];
    uint32_t n[2] = { 0, 0 }, n_batches = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < set->n; i++) n[heads[i].stored != 0] += which[i] != 0;
    for (int stored = 0; stored < 2 && st == ARC_OK; stored++) {
        uint32_t k = 0;
        if (!n[stored]) continue;
        st = new_batch(t, arena, &batches[n_batches], stored, n[stored]);
        for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
            const char *code = set->rules[i]->code;
            if (!which[i] || (heads[i].stored != 0) != stored) continue;
            arc_value *v = arci_batch_row(batches[n_batches], k);
            *(stored ? arci_batch_key(batches[n_batches], k) : v) = arci_v_text(code, strlen(code));
            put_head(stored ? v - 1 : v, &heads[i]);
            k++;
        }
        n_batches++;
    }
    if (st == ARC_OK && n_batches) st = quicker(t, arci_repo_write(t, batches, n_batches, NULL));
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) heads[i].stored |= which[i] != 0;
    return st;
}

/* ---- dates -------------------------------------------------------------------------------------------------------------------------- */

static const char date_fields[] = "policy entity row next_on epoch";
enum { D_POLICY, D_ENTITY, D_ROW, D_NEXT, D_EPOCH, D_N };

static int by_row(const void *x, const void *y)
{
    const arci_kept_date *a = x, *b = y;
    return (a->row > b->row) - (a->row < b->row);
}

static arc_status keep(arci_env *env, arci_kept_dates *d, const arc_value *v)
{
    if (d->n == d->cap) {
        uint32_t cap = d->cap ? d->cap * 2 : 64;
        arci_kept_date *dates = arci_resize(env->ctx, d->dates, cap * sizeof *dates);
        if (!dates) return arci_nomem(env);
        d->dates = dates;
        d->cap = cap;
    }
    d->dates[d->n++] = (arci_kept_date){ v[3].u.i, v[4].u.i, (arc_date)v[1].u.i, ARC_DATE_NONE };
    return ARC_OK;
}

arc_status arci_dates_due(arci_txn *t, const char *policy, const char *entity, arc_date as_of, arci_kept_dates *out)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", "policy next_on entity row epoch");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[0], ARC_OP_EQ, policy, strlen(policy));
    arci_where_int(&w, shape->cols[1], ARC_OP_LE, as_of);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, entity, strlen(entity));
    st = arci_repo_scan(t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) st = keep(t->env, out, block.values + (size_t)i * block.n_cols);
    }
    arci_scan_end(scan);
    if (out->n > 1) qsort(out->dates, out->n, sizeof *out->dates, by_row);
    return st == ARC_DONE ? ARC_OK : st;
}

const arci_kept_date *arci_dates_find(const arci_kept_dates *d, int64_t row)
{
    const arci_kept_date key = { row, 0, 0, 0 };
    return d->n ? bsearch(&key, d->dates, d->n, sizeof key, by_row) : NULL;
}

void arci_dates_free(arc_context *ctx, arci_kept_dates *d)
{
    arci_free(ctx, d->dates);
    d->dates = NULL;
    d->n = d->cap = 0;
}

arc_status arci_dates_read(arci_txn *t, arci_arena *arena, const char *policy, const char *entity, arci_kept_date *dates, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    uint32_t asked = 0;
    arc_value *v = arci_arena_alloc(arena, n * sizeof *v);
    if (!v) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (dates[i].old != ARC_DATE_NONE) continue;
        v[asked++] = arci_v_int(dates[i].row);
        dates[i].old = ARC_DATE_MAX;
    }
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", date_fields);
    if (st != ARC_OK || !asked) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[D_POLICY], ARC_OP_EQ, policy, strlen(policy));
    arci_where_text(&w, shape->cols[D_ENTITY], ARC_OP_EQ, entity, strlen(entity));
    arci_where_in(&w, shape->cols[D_ROW], v, asked);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *x = rows.values + (size_t)r * D_N;
        const arci_kept_date key = { x[D_ROW].u.i, 0, 0, 0 };
        arci_kept_date *at = bsearch(&key, dates, n, sizeof key, by_row);
        if (!at) continue;
        at->old = (arc_date)x[D_NEXT].u.i;
        at->epoch = x[D_EPOCH].u.i;
    }
    return st;
}

/* ARC_WRITE_*, or 0: as it is. */
static int what_to_do(const arci_kept_date *d, int64_t epoch)
{
    if (d->old == ARC_DATE_MAX) return d->next == ARC_DATE_MAX ? 0 : ARC_WRITE_INSERT;
    if (d->next == ARC_DATE_MAX) return ARC_WRITE_DELETE;
    return d->old != d->next || d->epoch != epoch ? ARC_WRITE_UPDATE : 0;
}

typedef struct writing {
    const char *policy, *entity;
    const arci_kept_date *dates;
    int64_t epoch;
    uint32_t n;
} writing;

static arc_status put_dates(arci_txn *t, arci_arena *arena, const writing *d, int op, uint32_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t k = 0;
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", op == ARC_WRITE_INSERT ? date_fields : op == ARC_WRITE_UPDATE ? "next_on epoch" : "row");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, (uint16_t)op, n, 0, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < d->n; i++) {
        if (what_to_do(&d->dates[i], d->epoch) != op) continue;
        arc_value *v = arci_batch_row(b, k), *key = op == ARC_WRITE_INSERT ? v : arci_batch_key(b, k);
        k++;
        key[D_POLICY] = arci_v_text(d->policy, strlen(d->policy));
        key[D_ENTITY] = arci_v_text(d->entity, strlen(d->entity));
        key[D_ROW] = arci_v_int(d->dates[i].row);
        if (op == ARC_WRITE_DELETE) continue;
        if (op == ARC_WRITE_INSERT) v += D_NEXT;
        v[0] = arci_v_int(d->dates[i].next);
        v[1] = arci_v_int(d->epoch);
    }
    return st == ARC_OK ? quicker(t, arci_repo_write(t, &b, 1, NULL)) : st;
}

arc_status arci_dates_write(arci_txn *t, arci_arena *arena, const char *policy, const char *entity, int64_t epoch, arci_kept_date *dates, uint32_t n, int64_t *written)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        writing d = { policy, entity, dates + from, epoch, n - from < AT_ONCE ? n - from : AT_ONCE };
        uint32_t todo[4] = { 0, 0, 0, 0 };
        st = arci_dates_read(t, arena, policy, entity, dates + from, d.n);
        for (uint32_t i = 0; st == ARC_OK && i < d.n; i++) todo[what_to_do(&d.dates[i], epoch)]++;
        for (int op = ARC_WRITE_INSERT; op <= ARC_WRITE_DELETE && st == ARC_OK; op++) {
            if (todo[op]) st = put_dates(t, arena, &d, op, todo[op]);
            *written += todo[op];
        }
    }
    return st;
}
