/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/logic_scan.h"

#include <string.h>

#include "rules/fact_impl.h"
#include "store/access.h"

#define BATCH 500u

typedef struct scanning {
    arci_txn *t;
    const arci_logic_scan *s;
    arci_arena arena, rows; /* of the scan; of the batch under way */
    arci_fact_reader *reader;
    arci_logic_run run;
    arci_logic_scan_fn tell;
    void *user;
    arci_logic_scanned *out;
    const arci_row_scope *scope;
} scanning;

static arc_status judge(scanning *k, int64_t id, const arc_value *row)
{
    int result = k->out->whole ? ARCI_LOGIC_TRUE : arci_logic_test(k->s->logic, row, &k->run);
    return result == ARCI_LOGIC_FALSE ? ARC_OK : k->tell(k->user, id, result, row, &k->run);
}

/* ---- the rows themselves ------------------------------------------------------------------------------------------------------- */

static arc_status by_rows(scanning *k, const arci_pushed *pushed)
{
    const arci_overlay *overlay;
    uint32_t n_cols, width = arci_facts_width(k->s->facts);
    arci_scan *scan;
    arc_block block;
    int bare = k->s->ids_only && pushed->whole;
    const uint16_t *cols = arci_fact_columns(k->reader, &n_cols, &overlay);
    const arc_order order = { cols[0], 0 };
    arci_scan_spec spec = { .entity = k->s->entity, .overlay = overlay, .cols = cols, .n_cols = n_cols, .order = &order, .n_order = 1, .conds = pushed->conds, .n_conds = pushed->n };
    arc_status st = k->scope ? arci_scope_narrow(k->t, &k->arena, k->s->entity, k->scope, &spec.conds, &spec.n_conds, &spec.test) : ARC_OK;
    if (st == ARC_OK) st = arci_scan_open(k->t, &scan, &spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        arc_value *rows = NULL;
        arci_arena_reset(&k->rows);
        k->out->read += block.n_rows;
        if (!bare) st = arci_fact_read_block(k->reader, &k->rows, &block, &rows);
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            st = judge(k, block.values[(size_t)i * block.n_cols].u.i, bare ? NULL : rows + (size_t)i * width);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* ---- the states beside them ------------------------------------------------------------------------------------------------------ */

/* The node of the subject's state; 0: there is none, or nothing of it is read. */
static uint32_t state_node(const arci_facts *f)
{
    for (uint32_t i = 1; i < f->n_nodes; i++) {
        if (f->nodes[i].kind == ARCI_NODE_STATE && f->nodes[i].parent == 0) return i;
    }
    return 0;
}

static arc_status judge_ids(scanning *k, const int64_t *ids, uint32_t n)
{
    arc_value *rows;
    uint32_t width = arci_facts_width(k->s->facts);
    arci_arena_reset(&k->rows);
    uint8_t *found = arci_arena_alloc(&k->rows, n + 1u), *seen = arci_arena_alloc(&k->rows, n + 1u);
    if (!found || !seen) return arci_nomem(k->t->env);
    arc_status st = arci_fact_read(k->reader, &k->rows, ids, n, &rows, found);
    memset(seen, 1, n);
    if (st == ARC_OK && k->scope) st = arci_scope_rows(k->t, &k->rows, k->s->entity, k->scope, ids, n, seen);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (found[i] && seen[i]) st = judge(k, ids[i], rows + (size_t)i * width);
    }
    return st;
}

static arc_status by_states(scanning *k, uint32_t node, const arci_table *table, const arci_pushed *pushed)
{
    const uint16_t key = table->desc->key[1];
    const arc_order order = { key, 0 };
    const arci_scan_spec spec = { .entity = k->s->facts->nodes[node].entity, .cols = &key, .n_cols = 1, .order = &order, .n_order = 1, .conds = pushed->conds, .n_conds = pushed->n };
    int64_t ids[BATCH];
    uint32_t n = 0;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_scan_open(k->t, &scan, &spec);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        k->out->read += block.n_rows;
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            ids[n++] = block.values[(size_t)i * block.n_cols].u.i;
            if (n < BATCH) continue;
            st = judge_ids(k, ids, n);
            n = 0;
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? (n ? judge_ids(k, ids, n) : ARC_OK) : st;
}

/* ---- either ------------------------------------------------------------------------------------------------------------------------- */

static arc_status run(scanning *k)
{
    const arci_logic_scan *s = k->s;
    const arci_overlay *overlay;
    uint32_t n, node = state_node(s->facts);
    arci_pushed own, state = { NULL, 0, 0 };
    const arci_table *table = arci_store_table(k->t->book->store, s->entity), *beside = node ? arci_store_table(k->t->book->store, s->facts->nodes[node].entity) : NULL;
    (void)arci_fact_columns(k->reader, &n, &overlay);
    arc_status st = s->scoped ? arci_access_read(k->t->env, k->t->session, s->entity, &k->scope) : ARC_OK;
    if (st == ARC_OK) st = arci_logic_push(k->t->env, &k->arena, s->logic, 0, table, overlay, &s->call, &own);
    if (st == ARC_OK && beside && !own.whole) st = arci_logic_push(k->t->env, &k->arena, s->logic, node, beside, NULL, &s->call, &state);
    if (st != ARC_OK) return st;
    k->out->by = state.n ? s->facts->nodes[node].entity->name : s->entity->name;
    k->out->asked = state.n ? state.n : own.n;
    k->out->whole = !state.n && own.whole;
    return state.n ? by_states(k, node, beside, &state) : by_rows(k, &own);
}

arc_status arci_logic_scan_run(arci_txn *t, const arci_logic_scan *scan, arci_logic_scan_fn tell, void *user, arci_logic_scanned *out)
{
    scanning k;
    memset(&k, 0, sizeof k);
    memset(out, 0, sizeof *out);
    k.t = t;
    k.s = scan;
    k.run.calendar = scan->calendar;
    k.tell = tell;
    k.user = user;
    k.out = out;
    arci_arena_init(&k.arena, t->book->ctx);
    arci_arena_init(&k.rows, t->book->ctx);
    arc_status st = arci_fact_reader_open(t, &k.arena, scan->facts, &scan->call, &k.reader);
    if (st == ARC_OK) st = run(&k);
    arci_fact_reader_close(k.reader);
    arci_arena_clear(&k.rows);
    arci_arena_clear(&k.arena);
    return st;
}
