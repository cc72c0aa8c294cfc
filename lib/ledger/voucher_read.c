/* SPDX-License-Identifier: Apache-2.0 */
/* What vouchers are made of: lines of entries, and the codes behind their auxiliaries. */
#include <stdlib.h>
#include <string.h>

#include "ledger/voucher.h"

#define IN_A_CALL 500u

enum { L_ENTRY, L_SEQ, L_ROLE, L_CURRENCY, L_AMOUNT, L_BASE_CURRENCY, L_BASE, L_AUX, L_RED = L_AUX + ARCI_AUX_N };
static const char line_fields[] =
    "journal_entry seq account_role currency amount base_currency base_amount customer department person project business_line red";

static int by_id(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* ---- lines ------------------------------------------------------------------------------------------------------------- */

typedef struct of_entry {
    int64_t id;
    uint32_t at;
} of_entry;

static void take_line(arci_gl *g, const arc_value *v, arci_gl_line *line)
{
    const char *home = g->t->book->base_currency;
    int domestic = memcmp(v[L_CURRENCY].u.s, home, 3) == 0;
    line->role = v[L_ROLE].u.s;
    line->n_role = v[L_ROLE].len;
    memcpy(line->currency, v[L_CURRENCY].u.s, 3);
    line->amount = v[L_AMOUNT].u.i;
    line->valued = domestic || v[L_BASE].type == ARC_V_INT;
    line->base = domestic ? line->amount : line->valued ? v[L_BASE].u.i : 0;
    line->red = v[L_RED].type == ARC_V_INT && v[L_RED].u.i;
    for (int k = 0; k < ARCI_AUX_N; k++) line->aux[k] = v[L_AUX + k].type == ARC_V_INT ? v[L_AUX + k].u.i : 0;
}

/* The lines of entries list[from..to), by id: found together, in order of entry and seq. */
static arc_status read_part(arci_gl *g, const of_entry *list, uint32_t from, uint32_t to, arci_rows *rows)
{
    const arci_shape *shape;
    arc_value ids[IN_A_CALL];
    arci_where w;
    arc_status st = arci_shape_get(g->t, &shape, "journal_line", line_fields);
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[L_ENTRY], 0 }, { shape->cols[L_SEQ], 0 } };
    for (uint32_t i = from; i < to; i++) ids[i - from] = arci_v_int(list[i].id);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[L_ENTRY], ids, to - from);
    return arci_repo_find(g->t, shape, &w, order, 2, 0, g->arena, rows);
}

static arc_status room(arci_gl *g, uint32_t more, uint32_t *cap)
{
    if (g->n_lines + more <= *cap) return ARC_OK;
    uint32_t n = (g->n_lines + more) * 2;
    arci_gl_line *lines = arci_arena_alloc(g->arena, (size_t)n * sizeof *lines);
    if (!lines) return arci_nomem(g->t->env);
    if (g->n_lines) memcpy(lines, g->lines, g->n_lines * sizeof *lines);
    g->lines = lines;
    *cap = n;
    return ARC_OK;
}

static arc_status read_lines(arci_gl *g)
{
    of_entry *list = arci_arena_alloc(g->arena, (g->n_entries + 1u) * sizeof *list);
    uint32_t cap = 0;
    arc_status st = ARC_OK;
    if (!list) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < g->n_entries; i++) {
        list[i].id = g->entries[i].id;
        list[i].at = i;
    }
    qsort(list, g->n_entries, sizeof *list, by_id);
    for (uint32_t from = 0; from < g->n_entries && st == ARC_OK; from += IN_A_CALL) {
        uint32_t to = g->n_entries - from < IN_A_CALL ? g->n_entries : from + IN_A_CALL, at = from;
        arci_rows rows;
        st = read_part(g, list, from, to, &rows);
        if (st == ARC_OK) st = room(g, rows.n_rows, &cap);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            while (at < to && list[at].id < v[L_ENTRY].u.i) at++;
            arci_gl_entry *e = &g->entries[list[at].at];
            if (!e->n++) e->first = g->n_lines;
            memset(&g->lines[g->n_lines], 0, sizeof *g->lines);
            take_line(g, v, &g->lines[g->n_lines++]);
        }
    }
    return st;
}

/* ---- codes --------------------------------------------------------------------------------------------------------------- */

static arc_status read_codes(arci_gl *g, int aux)
{
    static const struct {
        const char *entity, *fields;
    } of[ARCI_AUX_N] = { { "customer", "code segment" }, { "org_unit", "code" }, { "user_account", "code" }, { "project", "code" }, { "org_unit", "code" } };
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    arci_gl_codes *c = &g->codes[aux];
    uint32_t n = 0, unique = 0;
    c->ids = arci_arena_alloc(g->arena, (g->n_lines + 1u) * sizeof *c->ids);
    if (!c->ids) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < g->n_lines; i++) {
        if (g->lines[i].aux[aux]) c->ids[n++] = g->lines[i].aux[aux];
    }
    qsort(c->ids, n, sizeof *c->ids, by_id);
    for (uint32_t i = 0; i < n; i++) {
        if (!unique || c->ids[unique - 1] != c->ids[i]) c->ids[unique++] = c->ids[i];
    }
    c->n = unique;
    if (!unique) return ARC_OK;
    c->codes = arci_arena_calloc(g->arena, unique, sizeof *c->codes);
    c->segments = arci_arena_calloc(g->arena, unique, sizeof *c->segments);
    if (!c->codes || !c->segments) return arci_nomem(g->t->env);
    arc_status st = arci_shape_get(g->t, &shape, of[aux].entity, of[aux].fields);
    if (st == ARC_OK) st = arci_repo_get_many(g->t, shape, c->ids, unique, g->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < unique; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        if (!found[i]) continue;
        c->codes[i] = v[0].u.s; /* terminated in the arena */
        if (aux == ARCI_AUX_CUSTOMER && v[1].type == ARC_V_TEXT) c->segments[i] = v[1].u.s;
    }
    return st;
}

arc_status arci_gl_read(arci_gl *g)
{
    arc_status st = read_lines(g);
    for (int aux = 0; aux < ARCI_AUX_N && st == ARC_OK; aux++) st = read_codes(g, aux);
    return st;
}
