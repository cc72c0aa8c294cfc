/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: random histories against the model. */
#include "kit.h"

/* One random write; small domains make keys, uniques and references collide. */
static void random_row(kit *k, uint16_t table, arc_value *row)
{
    gen_row(k, table, (int64_t)kit_below(k, 25) + 1, row);
    if (table == KT_KEY) row[K_N] = v_int((int64_t)kit_below(k, 3));
    if (!kit_below(k, 10)) row[0] = v_int(2);
}

static uint32_t random_cols(kit *k, uint16_t table, uint16_t *cols, uint8_t *set)
{
    const arc_table *d = &kit_schema.tables[table];
    uint32_t n = 0;
    for (uint16_t c = d->n_key; c < d->n_cols; c++) {
        if (kit_below(k, 2) || (table == KT_ALL && (c == A_M || c == A_CUR))) continue;
        uint16_t type = d->cols[c].type;
        set[n] = (type == ARC_T_INT && c != A_N && kit_below(k, 2)) ? ARC_ADD : ARC_SET;
        cols[n++] = c;
    }
    if (!n) {
        set[0] = ARC_SET;
        cols[n++] = (uint16_t)(d->n_cols - 1);
    }
    return n;
}

static arc_value addend(kit *k) { return v_int((int64_t)kit_below(k, 7) - 3); }

static void random_write(kit *k, arc_write *w)
{
    static const uint16_t mix[] = { KT_PARENT, KT_ALL, KT_ALL, KT_UNI, KT_UNI, KT_KEY, KT_LOG };
    uint16_t t = mix[kit_below(k, 7)];
    const arc_table *d = &kit_schema.tables[t];
    uint32_t most = k->ops->max_rows && k->ops->max_rows < 6 ? k->ops->max_rows : 6;
    uint32_t n = kit_below(k, most) + 1, width = 0;
    arc_value *rows = kit_mem(k, n * 64 * sizeof *rows), whole[32];
    uint16_t *cols = kit_mem(k, 32 * sizeof *cols);
    uint8_t *set = kit_mem(k, 32), *res = kit_mem(k, n);
    arc_guard *g = kit_mem(k, 2 * sizeof *g);
    *w = kit_insert(t, rows, n, res);
    uint32_t pick = t == KT_LOG ? 0 : kit_below(k, 5);
    if (pick < 2) {
        for (uint32_t i = 0; i < n; i++) random_row(k, t, rows + (size_t)i * d->n_cols);
        return;
    }
    w->op = pick < 4 ? ARC_WRITE_UPDATE : ARC_WRITE_DELETE;
    w->n_cols = pick < 4 ? random_cols(k, t, cols, set) : 0;
    w->cols = cols;
    w->set = set;
    w->guards = g;
    w->n_guards = kit_below(k, 3);
    for (uint32_t i = 0; i < w->n_guards; i++) {
        g[i].col = (uint16_t)(d->n_key + kit_below(k, (uint32_t)(d->n_cols - d->n_key)));
        g[i].op = (uint16_t)(ARC_OP_EQ + kit_below(k, 6));
        g[i].result = kit_below(k, 2) ? ARC_ROW_STALE : ARC_ROW_GUARD;
    }
    for (uint32_t i = 0; i < n; i++) {
        random_row(k, t, whole);
        for (uint32_t j = 0; j < d->n_key; j++) rows[width++] = whole[d->key[j]];
        for (uint32_t j = 0; j < w->n_cols; j++) rows[width++] = set[j] == ARC_ADD ? addend(k) : whole[cols[j]];
        for (uint32_t j = 0; j < w->n_guards; j++) rows[width++] = gen_value(k, t, g[j].col);
    }
}

static void random_question(kit *k, const kit_state *s)
{
    uint16_t t = (uint16_t)kit_below(k, KT_COUNT);
    arc_cond c[2];
    kit_rows got, want;
    arc_fetch f = kit_fetch(t, kit_cols, kit_ncols(t));
    f.conds = c;
    f.n_conds = kit_below(k, 3);
    for (uint32_t j = 0; j < f.n_conds; j++) gen_cond(k, t, &c[j]);
    OK(k, kit_query(k, 0, &f, &got));
    model_fetch(k, s, &f, &want);
    kit_sort_rows(&got);
    kit_sort_rows(&want);
    kit_same_rows(k, &got, &want, "a question in a random history");
}

#define DEPTH 4

/* A transaction of random writes, savepoints and questions. Returns 0 when an overflow doomed it. */
static int random_txn(kit *k, kit_state *s)
{
    kit_state point[DEPTH + 1];
    uint32_t depth = 0, steps = kit_below(k, 12) + 1;
    void *t = k->slot[0].txn;
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t pick = kit_below(k, 12);
        if (pick < 7) {
            arc_write w;
            random_write(k, &w);
            if (kit_both(k, 0, s, &w)) return 0;
        } else if (pick == 7) {
            random_question(k, s);
        } else if (!kit_has(k, ARC_CAP_SAVEPOINT)) {
            continue;
        } else if (pick == 8 && depth < DEPTH) {
            OK(k, k->ops->savepoint(t, ++depth));
            model_copy(k, &point[depth], s);
        } else if (pick == 9 && depth) {
            if (pick == 9 && !kit_below(k, 3)) depth = kit_below(k, depth) + 1; /* and deeper ones with it */
            OK(k, k->ops->release(t, depth--));
        } else if (pick > 9 && depth) {
            if (pick == 11) depth = kit_below(k, depth) + 1;
            OK(k, k->ops->rollback_to(t, depth));
            model_copy(k, s, &point[depth]);
        }
    }
    return 1;
}

static void run_history(kit *k, uint32_t txns, int reopen)
{
    kit_state committed, s;
    model_init(&committed);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &committed, 15);
    for (uint32_t i = 0; i < txns; i++) {
        model_copy(k, &s, &committed);
        kit_begin(k, 0, ARC_TXN_WRITE);
        if (random_txn(k, &s) && kit_below(k, 4)) {
            if (kit_below(k, 2)) kit_same_state(k, 0, &s, "before commit");
            kit_commit(k, 0);
            committed = s;
        } else {
            kit_rollback(k, 0);
        }
        if (reopen && !kit_below(k, 6)) {
            kit_close(k, 0);
            OK(k, kit_try_open(k, 0, 0, &kit_schema, 0));
        }
        if (i % 4 == 3 || i + 1 == txns) kit_same_state(k, 0, &committed, "between transactions");
    }
    kit_close(k, 0);
    kit_leave(k, 0);
}

static void history(kit *k)
{
    for (uint32_t i = 0; i < k->rounds; i++) run_history(k, 20, 0);
}

static void history_reopen(kit *k)
{
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE");
    for (uint32_t i = 0; i < k->rounds / 4 + 1; i++) run_history(k, 20, 1);
}

const kit_case kit_cases_random[] = {
    { "history_random", "random transactions equal the model, at every step", history },
    { "history_reopen", "5. commit() returning ARC_OK means durable: random transactions with closing between", history_reopen },
    { NULL, NULL, NULL },
};
