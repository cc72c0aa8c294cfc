/* SPDX-License-Identifier: Apache-2.0 */
/* Whose receipts were: claims that were taken back after the date of an aging, and claims nobody knew of then. The state of a receipt says whose it is now. */
#include "ledger/aging.h"

#include <string.h>

#include "arcore/fields.h"
#include "store/access.h"

enum { C_RECEIPT, C_CUSTOMER, C_DATE, C_ENDS, C_CLAIMED_ON, C_OWNER, C_TEAM, C_REGION, C_ID, C_N };
static const char claim_fields[] = "receipt customer effective_date ends claimed_on owner team region id";
/* Of the receipts' states, in the order of aging.c. */
enum { R_CUSTOMER, R_CURRENCY, R_CLAIMED_ON = 3, R_OWNER = 7 };

static arc_status pass_over(arci_aging_run *run, const arc_value *receipt)
{
    int64_t *one;
    if (arci_map_put(&run->past, &receipt->u.i, sizeof receipt->u.i, &one) < 0) return arci_nomem(run->env);
    *one = 1;
    return ARC_OK;
}

/* Ends after the date of claims made by it. */
static arc_status read_ended(arci_aging_run *run, const arci_shape *shape, arci_rows *out)
{
    arci_where w;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[C_ENDS], ARC_OP_GT, 0);
    arci_where_int(&w, shape->cols[C_DATE], ARC_OP_GT, run->as_of);
    arci_where_int(&w, shape->cols[C_CLAIMED_ON], ARC_OP_LE, run->as_of);
    return arci_repo_find(run->t, shape, &w, NULL, 0, 0, &run->arena, out);
}

/* Rows that were not known: ends are as if they had not been, and so are claims. */
static arc_status read_unknown(arci_aging_run *run, const arci_shape *shape, arc_value **rows, uint8_t **found, uint32_t *n)
{
    int64_t *ids;
    arc_status st = arci_known_missing(run->t, &run->known, shape->table->entity->id, &run->arena, &ids, n);
    return st == ARC_OK && *n ? arci_repo_get_many(run->t, shape, ids, *n, &run->arena, rows, found) : st;
}

static int known(const arci_aging_run *run, const arc_value *claim) { return !run->known_at || arci_known_has(&run->known, arci_entity_by_name("receipt_claim", 13)->id, claim->u.i); }

typedef struct held {
    const arc_value **claims; /* whose the receipts were; by receipt */
    uint32_t n;
} held;

static arc_status collect(arci_aging_run *run, const arci_shape *shape, held *h)
{
    arci_rows ended;
    arc_value *rows = NULL;
    uint8_t *found = NULL;
    uint32_t n = 0;
    arc_status st = read_ended(run, shape, &ended);
    if (st == ARC_OK && run->known_at) st = read_unknown(run, shape, &rows, &found, &n);
    h->claims = st == ARC_OK ? arci_arena_alloc(&run->arena, ((size_t)ended.n_rows + n + 1) * sizeof *h->claims) : NULL;
    if (st != ARC_OK) return st;
    if (!h->claims) return arci_nomem(run->env);
    for (uint32_t i = 0; i < ended.n_rows + n && st == ARC_OK; i++) {
        const int later = i < ended.n_rows;
        const arc_value *v = later ? ended.values + (size_t)i * C_N : rows + (size_t)(i - ended.n_rows) * C_N;
        if (!later && (!found[i - ended.n_rows] || v[C_DATE].u.i > run->as_of)) continue; /* what came later has been met, or is passed by */
        const int end = v[C_ENDS].type == ARC_V_INT;
        if (end && v[C_CLAIMED_ON].u.i > run->as_of) continue;
        st = pass_over(run, &v[C_RECEIPT]);
        if (end && known(run, &v[C_ENDS])) h->claims[h->n++] = v;
    }
    return st;
}

static int wanted(const arci_aging_run *run, const arc_value *claim, const arc_value *state)
{
    if (run->known_at && !arci_known_has(&run->known, ARC_RECEIPT, claim[C_RECEIPT].u.i)) return 0;
    if (run->customer && arci_merged_root(&run->merged, claim[C_CUSTOMER].u.i) != run->customer) return 0;
    return !run->currency[0] || memcmp(state[R_CURRENCY].u.s, run->currency, 3) == 0;
}

/* Which of the claims the actor may see: by who owned the receipt then. */
static arc_status cut(arci_aging_run *run, const arci_shape *shape, held *h)
{
    const arci_entity *e = shape->table->entity;
    arci_where w;
    arci_rows seen;
    uint32_t kept = 0;
    arc_value *ids = arci_arena_alloc(&run->arena, (h->n + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(run->env);
    if (!arci_access_scope(run->t->session, &arci_verbs[ARCI_DO_READ], e)) return ARC_OK;
    for (uint32_t from = 0; from < h->n; from += 200) {
        const uint32_t m = h->n - from < 200 ? h->n - from : 200;
        for (uint32_t i = 0; i < m; i++) ids[i] = h->claims[from + i][C_ID];
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[C_ID], ids, m);
        arc_status st = arci_aging_cut(run, e, &w);
        if (st == ARC_OK) st = arci_repo_find(run->t, shape, &w, NULL, 0, 0, &run->arena, &seen);
        if (st != ARC_OK) return st;
        for (uint32_t i = 0; i < m; i++) {
            int is = 0;
            for (uint32_t r = 0; r < seen.n_rows && !is; r++) is = seen.values[(size_t)r * C_N + C_ID].u.i == ids[i].u.i;
            if (is) h->claims[kept++] = h->claims[from + i];
        }
    }
    h->n = kept;
    return ARC_OK;
}

arc_status arci_aging_past_claims(arci_aging_run *run, const char *columns, arc_status (*add)(arci_aging_run *run, const arc_block *block))
{
    const arci_shape *shape, *states;
    arc_value *rows;
    uint8_t *found;
    held h = { NULL, 0 };
    arc_status st = arci_shape_get(run->t, &shape, "receipt_claim", claim_fields);
    if (st == ARC_OK) st = arci_shape_get(run->t, &states, "receipt_state", columns);
    if (st == ARC_OK) st = collect(run, shape, &h);
    if (st == ARC_OK && h.n) st = cut(run, shape, &h);
    if (st != ARC_OK || !h.n) return st;
    int64_t *ids = arci_arena_alloc(&run->arena, h.n * sizeof *ids);
    if (!ids) return arci_nomem(run->env);
    for (uint32_t i = 0; i < h.n; i++) ids[i] = h.claims[i][C_RECEIPT].u.i;
    st = arci_repo_get_many(run->t, states, ids, h.n, &run->arena, &rows, &found);
    if (st != ARC_OK) return st;
    arc_block block = { 0 };
    block.values = rows;
    block.n_cols = states->n;
    for (uint32_t i = 0; i < h.n; i++) {
        arc_value *v = rows + (size_t)i * states->n;
        if (!found[i] || !wanted(run, h.claims[i], v)) continue;
        v[R_CUSTOMER] = h.claims[i][C_CUSTOMER];
        v[R_CLAIMED_ON] = h.claims[i][C_CLAIMED_ON];
        if (run->by >= ARC_AGING_BY_OWNER && run->by <= ARC_AGING_BY_REGION) v[R_OWNER] = h.claims[i][C_OWNER + (run->by - ARC_AGING_BY_OWNER)];
        memmove(rows + (size_t)block.n_rows++ * states->n, v, states->n * sizeof *v);
    }
    return block.n_rows ? add(run, &block) : ARC_OK;
}
