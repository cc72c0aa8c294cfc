/* SPDX-License-Identifier: Apache-2.0 */
/* Rows sweeps keep for speed: next dates by rule and subject, and how far each rule has come. No event tells of them. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "rules/sweep_impl.h"

#define AT_ONCE 500u
#define VALUES_A_READ 20000u /* rows times rules */
#define ROWS_A_WRITE 5000u
#define ROWS_ASKED 100000u    /* until those that stand there twice are thrown out */

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
    d->dates[d->n++] = (arci_kept_date){ v[3].u.i, v[4].u.i, (arc_date)v[1].u.i, ARC_DATE_NONE, 0 };
    return ARC_OK;
}

/* Policies to their place in a list. */
static arc_status policy_map(arci_env *env, arci_map *m, const char *const *policies, uint32_t n)
{
    arci_map_init(m, env->ctx);
    for (uint32_t i = 0; i < n; i++) {
        int64_t *at;
        if (arci_map_put(m, policies[i], strlen(policies[i]), &at) < 0) return arci_nomem(env);
        *at = i;
    }
    return ARC_OK;
}

static arc_status due_of(arci_txn *t, arci_arena *arena, const arci_map *places, const char *const *policies, uint32_t n, const char *entity, arc_date as_of, arci_kept_dates *out)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_value *names = arci_arena_alloc(arena, (n + 1u) * sizeof *names);
    arc_status st = names ? arci_shape_get(t, &shape, "evaluation_date", "policy next_on entity row epoch") : arci_nomem(t->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) names[i] = arci_v_text(policies[i], strlen(policies[i]));
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], names, n);
    arci_where_int(&w, shape->cols[1], ARC_OP_LE, as_of);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, entity, strlen(entity));
    st = arci_repo_scan(t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            const int64_t *at = arci_map_get(places, v[0].u.s, v[0].len);
            if (at) st = keep(t->env, &out[*at], v);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_dates_due(arci_txn *t, const char *const *policies, uint32_t n, const char *entity, arc_date as_of, arci_kept_dates *out)
{
    arci_map places;
    arci_arena arena;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = policy_map(t->env, &places, policies, n);
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        st = due_of(t, &arena, &places, policies + from, n - from < AT_ONCE ? n - from : AT_ONCE, entity, as_of, out);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (out[i].n > 1) qsort(out[i].dates, out[i].n, sizeof *out[i].dates, by_row);
    }
    arci_map_clear(&places);
    arci_arena_clear(&arena);
    return st;
}

const arci_kept_date *arci_dates_find(const arci_kept_dates *d, int64_t row)
{
    const arci_kept_date key = { row, 0, 0, 0, 0 };
    return d->n ? bsearch(&key, d->dates, d->n, sizeof key, by_row) : NULL;
}

void arci_dates_free(arc_context *ctx, arci_kept_dates *d)
{
    arci_free(ctx, d->dates);
    d->dates = NULL;
    d->n = d->cap = 0;
}

/* ---- what is kept -------------------------------------------------------------------------------------------------------------------- */

/* Some rows of some rules, in one read. */
static arc_status read_window(arci_txn *t, arci_arena *arena, const char *entity, const arci_map *places, arci_rule_dates *of, uint32_t n, const arc_value *rows, uint32_t n_rows)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_value *names = arci_arena_alloc(arena, (n + 1u) * sizeof *names);
    arc_status st = names ? arci_shape_get(t, &shape, "evaluation_date", date_fields) : arci_nomem(t->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) names[i] = arci_v_text(of[i].policy, strlen(of[i].policy));
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[D_POLICY], names, n);
    arci_where_text(&w, shape->cols[D_ENTITY], ARC_OP_EQ, entity, strlen(entity));
    arci_where_in(&w, shape->cols[D_ROW], rows, n_rows);
    st = arci_repo_scan(t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows; i++) {
            const arc_value *x = block.values + (size_t)i * block.n_cols;
            const int64_t *at = arci_map_get(places, x[D_POLICY].u.s, x[D_POLICY].len);
            const arci_kept_date key = { x[D_ROW].u.i, 0, 0, 0, 0 };
            const arci_rule_dates *rule = at ? (const arci_rule_dates *)(const void *)(uintptr_t)*at : NULL;
            arci_kept_date *d = rule ? bsearch(&key, rule->dates, rule->n, sizeof key, by_row) : NULL;
            if (!d || !d->asked) continue;
            d->old = (arc_date)x[D_NEXT].u.i;
            d->epoch = x[D_EPOCH].u.i;
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* Rows any of the rules has to ask for, ascending. */
static arc_status asked_rows(arci_txn *t, arci_arena *arena, arci_rule_dates *of, uint32_t n, arc_value **out, uint32_t *n_out)
{
    arci_rows_found all = { NULL, 0, 0 };
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < of[i].n && st == ARC_OK; k++) {
            arci_kept_date *d = &of[i].dates[k];
            d->asked = d->old == ARC_DATE_NONE;
            if (!d->asked) continue;
            d->old = ARC_DATE_MAX;
            st = arci_rows_add(t->env, &all, d->row);
        }
        if (all.n > ROWS_ASKED) arci_rows_sort(&all);
    }
    arci_rows_sort(&all);
    *out = st == ARC_OK ? arci_arena_alloc(arena, (all.n + 1u) * sizeof **out) : NULL;
    if (st == ARC_OK && !*out) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < all.n; i++) (*out)[i] = arci_v_int(all.ids[i]);
    *n_out = all.n;
    arci_rows_free(t->book->ctx, &all);
    return st;
}

arc_status arci_dates_read(arci_txn *t, arci_arena *arena, const char *entity, arci_rule_dates *of, uint32_t n)
{
    arci_map places;
    arc_value *rows;
    uint32_t n_rows = 0;
    arci_map_init(&places, t->book->ctx);
    arc_status st = asked_rows(t, arena, of, n, &rows, &n_rows);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        int64_t *at;
        if (arci_map_put(&places, of[i].policy, strlen(of[i].policy), &at) < 0) st = arci_nomem(t->env);
        else *at = (int64_t)(uintptr_t)&of[i];
    }
    for (uint32_t row = 0; row < n_rows && st == ARC_OK; row += AT_ONCE) {
        uint32_t some = n_rows - row < AT_ONCE ? n_rows - row : AT_ONCE, most = VALUES_A_READ / some;
        if (most > AT_ONCE) most = AT_ONCE;
        for (uint32_t i = 0; i < n && st == ARC_OK; i += most) st = read_window(t, arena, entity, &places, of + i, n - i < most ? n - i : most, rows + row, some);
    }
    arci_map_clear(&places);
    return st;
}

/* ARC_WRITE_*, or 0: as it is. */
static int what_to_do(const arci_kept_date *d, int64_t epoch)
{
    if (d->old == ARC_DATE_MAX) return d->next == ARC_DATE_MAX ? 0 : ARC_WRITE_INSERT;
    if (d->next == ARC_DATE_MAX) return ARC_WRITE_DELETE;
    return d->old != d->next || d->epoch != epoch ? ARC_WRITE_UPDATE : 0;
}

/* What is to be written, some of it at a time. */
typedef struct todo {
    const arci_rule_dates *rule;
    const arci_kept_date *date;
} todo;

static arc_status put_dates(arci_txn *t, arci_arena *arena, arci_batch **out, const char *entity, const todo *list, uint32_t n, int op)
{
    const arci_shape *shape;
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) k += what_to_do(list[i].date, list[i].rule->epoch) == op;
    *out = NULL;
    if (!k) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "evaluation_date", op == ARC_WRITE_INSERT ? date_fields : op == ARC_WRITE_UPDATE ? "next_on epoch" : "row");
    if (st == ARC_OK) st = arci_batch_new(t, arena, out, shape, (uint16_t)op, k, 0, NULL, 0);
    k = 0;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arci_rule_dates *rule = list[i].rule;
        if (what_to_do(list[i].date, rule->epoch) != op) continue;
        arc_value *v = arci_batch_row(*out, k), *key = op == ARC_WRITE_INSERT ? v : arci_batch_key(*out, k);
        k++;
        key[D_POLICY] = arci_v_text(rule->policy, strlen(rule->policy));
        key[D_ENTITY] = arci_v_text(entity, strlen(entity));
        key[D_ROW] = arci_v_int(list[i].date->row);
        if (op == ARC_WRITE_DELETE) continue;
        if (op == ARC_WRITE_INSERT) v += D_NEXT;
        v[0] = arci_v_int(list[i].date->next);
        v[1] = arci_v_int(rule->epoch);
    }
    return st;
}

static arc_status write_some(arci_txn *t, const char *entity, const todo *list, uint32_t n)
{
    arci_arena arena;
    arci_batch *batches[3];
    uint32_t n_batches = 0;
    arc_status st = ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    for (int op = ARC_WRITE_INSERT; op <= ARC_WRITE_DELETE && st == ARC_OK; op++) {
        st = put_dates(t, &arena, &batches[n_batches], entity, list, n, op);
        n_batches += st == ARC_OK && batches[n_batches] != NULL;
    }
    if (st == ARC_OK && n_batches) st = quicker(t, arci_repo_write(t, batches, n_batches, NULL));
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_dates_write(arci_txn *t, arci_arena *arena, const char *entity, arci_rule_dates *of, uint32_t n, int64_t *written)
{
    todo *list = arci_arena_alloc(arena, ROWS_A_WRITE * sizeof *list);
    uint32_t k = 0;
    arc_status st = list ? arci_dates_read(t, arena, entity, of, n) : arci_nomem(t->env);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        for (uint32_t d = 0; d < of[i].n && st == ARC_OK; d++) {
            if (!what_to_do(&of[i].dates[d], of[i].epoch)) continue;
            list[k++] = (todo){ &of[i], &of[i].dates[d] };
            ++*written;
            if (k < ROWS_A_WRITE) continue;
            st = write_some(t, entity, list, k);
            k = 0;
        }
    }
    return st == ARC_OK && k ? write_some(t, entity, list, k) : st;
}
