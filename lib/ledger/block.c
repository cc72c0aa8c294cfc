/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/block.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/flag.h"
#include "ledger/marks.h"

enum { CHUNK = 1000 };
enum { G_ID, G_CUSTOMER, G_ITEM, G_KIND, G_FROM, G_TO, G_AMOUNT, G_REASON };
enum { C_OPT_OUT, C_BLOCK_TO };

/* The graver first. */
static const struct {
    uint32_t flag;
    const char *kind;
} kinds[] = { { ARC_FLAG_INSOLVENT, "insolvent" }, { ARC_FLAG_LEGAL, "legal" }, { ARC_FLAG_FACTORED, "factored" }, { ARC_FLAG_HOLD, "hold" } };
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

static int by_item(const void *x, const void *y)
{
    const arci_block *a = x, *b = y;
    return (a->item > b->item) - (a->item < b->item);
}

static int by_id(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* ---- flags ------------------------------------------------------------------------------------------------------------------------ */

static uint32_t kind_of(const arc_value *v)
{
    uint32_t k = 0;
    while (k < N_KINDS && (strlen(kinds[k].kind) != v->len || memcmp(kinds[k].kind, v->u.s, v->len) != 0)) k++;
    return k;
}

/* A flag in force: of the item, in whole or in part, or of its customer. */
static arc_status take_flag(arci_txn *t, arci_arena *arena, arci_block *b, uint32_t *graver, const arc_value *v)
{
    const uint32_t k = kind_of(&v[G_KIND]);
    if (v[G_ITEM].type == ARC_V_INT && v[G_AMOUNT].type == ARC_V_INT && v[G_AMOUNT].u.i < b->amount) {
        b->amount -= v[G_AMOUNT].u.i;
        return ARC_OK;
    }
    if (k >= *graver) return ARC_OK;
    *graver = k;
    b->code = kinds[k].kind;
    b->entity = "flag";
    b->row = v[G_ID].u.i;
    b->until = v[G_TO].type == ARC_V_INT ? (arc_date)v[G_TO].u.i : ARC_DATE_NONE;
    b->reason = v[G_REASON].type == ARC_V_TEXT ? arci_arena_strndup(arena, v[G_REASON].u.s, v[G_REASON].len) : NULL;
    return b->reason || v[G_REASON].type != ARC_V_TEXT ? ARC_OK : arci_nomem(t->env);
}

/* What the flags of a few items say; `set` of an item: there are some. */
static arc_status explain_flags(arci_txn *t, arci_arena *arena, arc_date as_of, arci_block *b, uint32_t set)
{
    const arci_shape *shape;
    uint32_t graver = N_KINDS, m = 0;
    arc_status st = arci_shape_get(t, &shape, "flag", "id customer item kind from_date to_date amount reason");
    for (int own = 0; own < 2 && st == ARC_OK; own++) {
        arci_rows rows;
        const int64_t *id = own ? &b->item : &b->customer;
        st = arci_marks_of(t, arena, shape, shape->cols[own ? G_ITEM : G_CUSTOMER], id, 1, &m, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
            const arc_value *v = rows.values + (size_t)i * rows.n_cols;
            if (v[G_FROM].u.i > as_of || (v[G_TO].type == ARC_V_INT && v[G_TO].u.i < as_of) || (v[G_ITEM].type == ARC_V_INT) != own) continue;
            st = take_flag(t, arena, b, &graver, v);
        }
    }
    if (st != ARC_OK || graver < N_KINDS || b->amount < b->open - b->disputed) return st;
    for (uint32_t k = 0; k < N_KINDS && !b->code; k++) { /* of a customer that was merged with his */
        if (set & kinds[k].flag) b->code = kinds[k].kind;
    }
    return ARC_OK;
}

static arc_status take_flags(arci_txn *t, arci_arena *arena, arc_date as_of, arci_block *list, uint32_t n)
{
    int64_t *ids = arci_arena_alloc(arena, n * sizeof *ids);
    uint32_t *set = arci_arena_calloc(arena, n, sizeof *set);
    if (!ids || !set) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = list[i].item;
    arc_status st = arci_flags_of(t, arena, set, ids, n, as_of);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (set[i]) st = explain_flags(t, arena, as_of, &list[i], set[i]);
    }
    return st;
}

/* ---- customers ---------------------------------------------------------------------------------------------------------------------- */

static void take_customer(arci_block *b, const arc_value *v, arc_date as_of)
{
    if (b->code) return;
    if (v[C_OPT_OUT].type == ARC_V_INT && v[C_OPT_OUT].u.i) b->code = "opt_out";
    else if (v[C_BLOCK_TO].type == ARC_V_INT && v[C_BLOCK_TO].u.i >= as_of) b->code = "block";
    if (!b->code) return;
    b->entity = "customer";
    b->row = b->customer;
    if (strcmp(b->code, "block") == 0) b->until = (arc_date)v[C_BLOCK_TO].u.i;
}

static arc_status take_customers(arci_txn *t, arci_arena *arena, arc_date as_of, arci_block *list, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t kept = 0;
    int64_t *ids = arci_arena_alloc(arena, n * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) ids[i] = list[i].customer;
    qsort(ids, n, sizeof *ids, by_id);
    for (uint32_t i = 0; i < n; i++) {
        if (!kept || ids[kept - 1] != ids[i]) ids[kept++] = ids[i];
    }
    arc_status st = arci_shape_get(t, &shape, "customer", "opt_out dunning_block_to");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, kept, arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const int64_t *at = bsearch(&list[i].customer, ids, kept, sizeof *ids, by_id);
        if (at && found[at - ids]) take_customer(&list[i], rows + (size_t)(at - ids) * shape->n, as_of);
    }
    return st;
}

arc_status arci_blocks_as_of(arci_txn *t, arci_arena *arena, arc_date as_of, arci_block *list, uint32_t n)
{
    arc_status st = ARC_OK;
    if (!n) return ARC_OK;
    qsort(list, n, sizeof *list, by_item);
    for (uint32_t i = 0; i < n; i++) {
        arci_block *b = &list[i];
        b->amount = b->open > b->disputed ? b->open - b->disputed : 0;
        b->code = b->reason = b->entity = NULL;
        b->row = 0;
        b->until = ARC_DATE_NONE;
    }
    for (uint32_t at = 0; at < n && st == ARC_OK; at += CHUNK) {
        const uint32_t m = n - at < CHUNK ? n - at : CHUNK;
        st = take_flags(t, arena, as_of, list + at, m);
        if (st == ARC_OK) st = take_customers(t, arena, as_of, list + at, m);
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!list[i].code && !list[i].amount) list[i].code = "disputed";
    }
    return st;
}
