/* SPDX-License-Identifier: Apache-2.0 */
/* What has happened since a seal, for sweeps. */
#include <string.h>

#include "rules/sweep_impl.h"
#include "store/audit_rows.h"
#include "store/seal.h"

#define SEALS_AT_ONCE 200u

arc_status arci_place_now(arci_txn *t, arci_place *out)
{
    arci_seal last;
    arc_status st = arci_seal_last(t, &last);
    if (st != ARC_OK) return st;
    out->seal = last.seq;
    memcpy(out->digest, last.hash, sizeof out->digest);
    return ARC_OK;
}

/* Most heads stand at few places: each is looked at once. */
arc_status arci_places_known(arci_txn *t, arci_arena *arena, const arci_rule_head *heads, uint32_t n, uint8_t *known)
{
    const arci_shape *shape;
    arci_rows_found seals = { NULL, 0, 0 };
    arc_status st = arci_shape_get(t, &shape, "seal", "seq hash");
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        known[i] = heads[i].stored && !heads[i].place.seal;
        if (heads[i].stored && heads[i].place.seal && (!seals.n || seals.ids[seals.n - 1] != heads[i].place.seal)) st = arci_rows_add(t->env, &seals, heads[i].place.seal);
    }
    arci_rows_sort(&seals);
    for (uint32_t from = 0; from < seals.n && st == ARC_OK; from += SEALS_AT_ONCE) {
        uint32_t k = seals.n - from < SEALS_AT_ONCE ? seals.n - from : SEALS_AT_ONCE;
        arc_value *v = arci_arena_alloc(arena, k * sizeof *v);
        arci_where w;
        arci_rows rows;
        if (!v) st = arci_nomem(t->env);
        for (uint32_t i = 0; st == ARC_OK && i < k; i++) v[i] = arci_v_int(seals.ids[from + i]);
        arci_where_init(&w);
        if (st == ARC_OK) arci_where_in(&w, shape->cols[0], v, k);
        if (st == ARC_OK) st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *seal = rows.values + 2 * (size_t)r;
            for (uint32_t i = 0; i < n; i++) {
                if (!heads[i].stored || heads[i].place.seal != seal[0].u.i) continue;
                known[i] = seal[1].type == ARC_V_TEXT && seal[1].len == strlen(heads[i].place.digest) && !memcmp(seal[1].u.s, heads[i].place.digest, seal[1].len);
            }
        }
    }
    arci_rows_free(t->book->ctx, &seals);
    return st;
}

typedef struct reading {
    arci_txn *t;
    arci_paths *paths;
    uint32_t n;
    int64_t *events;
    int *whole;
    arci_arena page, diff;
} reading;

/* Rows of these every subject may hang on. Definitions are the rules themselves, terms and the like: what a condition reads of them it reads from rows. */
static int for_all(const arci_entity *e)
{
    static const char *const names[] = { "calendar", "custom_field", "book" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(e->name, names[i]) == 0) return 1;
    }
    return 0;
}

static arc_status one_event(reading *r, const arc_value *diff)
{
    arci_json *rows;
    arci_arena_reset(&r->diff);
    arc_status st = arci_json_parse(r->t->env, &r->diff, diff->u.s, diff->len, &arci_diff_limits, &rows);
    if (st != ARC_OK) return st == ARC_E_NOMEM ? st : arci_fail(r->t->env, ARC_E_CORRUPT, "the diff of an event cannot be read", "事件的变更内容无法读取");
    for (const arci_json *row = rows->child; row && st == ARC_OK; row = row->next) {
        const arci_json *name = arci_json_get(row, "entity");
        const arci_entity *e = name && name->type == ARCI_JSON_STRING ? arci_entity_by_name(name->s, name->len) : NULL;
        if (!e) continue;
        if (for_all(e)) *r->whole = 1;
        for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) st = arci_paths_told(r->t, &r->paths[i], e, row);
    }
    return st;
}

static arc_status events_of(reading *r, const arc_value *txns, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(r->t, &shape, "event", "txn seq diff");
    if (st != ARC_OK || !n) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], txns, n);
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
    st = arci_repo_scan(r->t, shape, &w, order, 2, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && !*r->whole && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK && !*r->whole; i++) {
            if (++*r->events > ARCI_SWEEP_EVENTS) *r->whole = 1;
            else st = one_event(r, block.values + (size_t)i * block.n_cols + 2);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status sealed(reading *r, int64_t seal)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(r->t, &shape, "seal", "seq txn");
    for (uint32_t n = SEALS_AT_ONCE; st == ARC_OK && n == SEALS_AT_ONCE && !*r->whole;) {
        arci_arena_reset(&r->page);
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[0], ARC_OP_GT, seal);
        const arc_order order = { shape->cols[0], 0 };
        st = arci_repo_find(r->t, shape, &w, &order, 1, SEALS_AT_ONCE, &r->page, &rows);
        if (st != ARC_OK) return st;
        n = rows.n_rows;
        arc_value *txns = arci_arena_alloc(&r->page, (n + 1u) * sizeof *txns);
        if (!txns) return arci_nomem(r->t->env);
        for (uint32_t i = 0; i < n; i++) {
            seal = rows.values[2 * (size_t)i].u.i;
            txns[i] = rows.values[2 * (size_t)i + 1];
        }
        st = events_of(r, txns, n);
    }
    return st;
}

static arc_status waiting(reading *r)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(r->t, &shape, "seal_queue", "txn");
    arci_arena_reset(&r->page);
    if (st == ARC_OK) st = arci_repo_find(r->t, shape, NULL, NULL, 0, 0, &r->page, &rows);
    for (uint32_t from = 0; st == ARC_OK && from < rows.n_rows && !*r->whole; from += SEALS_AT_ONCE) {
        st = events_of(r, rows.values + from, rows.n_rows - from < SEALS_AT_ONCE ? rows.n_rows - from : SEALS_AT_ONCE);
    }
    return st;
}

arc_status arci_sweep_read(arci_txn *t, int64_t seal, arci_paths *paths, uint32_t n, int64_t *events, int *whole)
{
    reading r = { .t = t, .paths = paths, .n = n, .events = events, .whole = whole };
    arci_arena_init(&r.page, t->book->ctx);
    arci_arena_init(&r.diff, t->book->ctx);
    arc_status st = sealed(&r, seal);
    if (st == ARC_OK && !*whole) st = waiting(&r);
    arci_arena_clear(&r.page);
    arci_arena_clear(&r.diff);
    return st;
}
