/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: where things are long, many, exactly full, or asked once more. */
#include "kit.h"

static kit_state *start(kit *k)
{
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_open(k, 0, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    return s;
}

/* n bytes, all alike but for the last. */
static arc_value long_text(kit *k, size_t n, char last)
{
    char *s = kit_mem(k, n + 1);
    memset(s, 'x', n);
    s[n - 1] = last;
    return v_bytes(ARC_V_TEXT, s, n);
}

static void ask(kit *k, const kit_state *s, arc_fetch *f, uint16_t op, uint16_t col, const arc_value *v, const char *what)
{
    arc_cond_op o = { op, col, ARC_NO_COL, 0, 1, v };
    arc_cond c = { &o, 1, 0 };
    kit_rows got, want;
    f->conds = &c;
    f->n_conds = 1;
    OK(k, kit_query(k, 0, f, &got));
    model_fetch(k, s, f, &want);
    kit_same_rows(k, &got, &want, what);
}

/* Texts that differ in their last byte only are different: as values, keys and unique values, in conditions and in order. */
static void alike(kit *k)
{
    kit_state *s = start(k);
    uint8_t res;
    for (uint32_t i = 0; i < 6; i++) {
        char last = "cafbed"[i];
        arc_value p[P_COLS] = { v_int(1), v_int((int64_t)i + 1), long_text(k, 200, last) };
        arc_value key[K_COLS] = { v_int(1), long_text(k, 60, last), v_int(1), v_int(i) };
        arc_value u[U_COLS] = { v_int(1), v_int((int64_t)i + 1), long_text(k, 40, last), v_int(1) };
        kit_put(k, 0, s, KT_PARENT, p, 1);
        kit_put(k, 0, s, KT_KEY, key, 1);
        kit_put(k, 0, s, KT_UNI, u, 1);
    }
    arc_value key[K_COLS] = { v_int(1), long_text(k, 60, 'c'), v_int(1), v_int(9) };
    arc_value u[U_COLS] = { v_int(1), v_int(9), long_text(k, 40, 'c'), v_int(1) };
    arc_write w = kit_insert(KT_KEY, key, 1, &res), x = kit_insert(KT_UNI, u, 1, &res);
    (void)kit_both(k, 0, s, &w);
    (void)kit_both(k, 0, s, &x);
    kit_same_state(k, 0, s, "long texts");
    static const arc_order order[] = { { P_NAME, 1 }, { P_ID, 0 } };
    arc_fetch f = kit_fetch(KT_PARENT, kit_cols, P_COLS);
    f.order = order;
    f.n_order = 2;
    for (uint16_t op = ARC_OP_EQ; op <= ARC_OP_CONTAINS; op++) {
        arc_value v = long_text(k, 200, 'c');
        if (op == ARC_OP_IS_NULL) continue;
        ask(k, s, &f, op, P_NAME, &v, "a condition on a long text");
    }
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    arc_value v = long_text(k, 60, 'd');
    f = kit_fetch(KT_KEY, kit_cols, K_COLS);
    f.order = order + 1;
    f.n_order = 1;
    ask(k, s, &f, ARC_OP_EQ, K_CODE, &v, "a long key");
}

/* What fits its column comes back as it went in, however long; a column of size 0 has no bound here. */
static void whole(kit *k)
{
    static const uint32_t size[] = { 255, 256, 4095, 4097, 65535, 65537, 1100000 };
    static const uint16_t cols[] = { A_ID, A_J, A_Y };
    kit_state *s = start(k);
    for (uint32_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        arc_value r[A_COLS];
        char *text = kit_mem(k, size[i] + 1), *bytes = kit_mem(k, 400);
        gen_row(k, KT_ALL, (int64_t)i + 1, r);
        text[0] = text[size[i] - 1] = '"';
        for (uint32_t j = 1; j + 1 < size[i]; j++) text[j] = (char)('a' + (j * 7 + i) % 26);
        for (uint32_t j = 0; j < 400; j++) bytes[j] = (char)(j + i);
        r[A_REF] = v_null();
        r[A_J] = v_bytes(ARC_V_TEXT, text, size[i]);
        r[A_Y] = v_bytes(ARC_V_BLOB, bytes, 400);
        kit_put(k, 0, s, KT_ALL, r, 1);
    }
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    kit_rows got = { NULL, 0, 3, 0 }, want;
    arc_fetch f = kit_fetch(KT_ALL, cols, 3), *fp = &f;
    OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
    OK(k, kit_drain(k, f.cursor, 3, &got));
    model_fetch(k, s, &f, &want);
    kit_sort_rows(&got);
    kit_sort_rows(&want);
    kit_same_rows(k, &got, &want, "long values");
}

#define MANY 2048

/* Answers of every length that could be a full block: the last row is not lost, nor any behind it. */
static void full_blocks(kit *k)
{
    static const uint16_t id[] = { P_ID };
    static const arc_order order = { P_ID, 0 };
    kit_state *s = start(k);
    arc_value *rows = kit_mem(k, MANY * P_COLS * sizeof *rows);
    for (uint32_t i = 0; i < MANY; i++) {
        rows[i * P_COLS] = v_int(1);
        rows[i * P_COLS + 1] = v_int((int64_t)i + 1);
        rows[i * P_COLS + 2] = v_null();
    }
    kit_put(k, 0, NULL, KT_PARENT, rows, MANY);
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    for (uint32_t n = 16; n <= MANY; n += n < 1152 ? (n % 100 == 96 ? 4 : n % 100 == 0 ? 12 : 16) : 128) {
        arc_value most = v_int(n), book = v_int(1);
        arc_cond_op op[2] = { { ARC_OP_LE, P_ID, ARC_NO_COL, 0, 1, &most }, { ARC_OP_EQ, P_BOOK, ARC_NO_COL, 0, 1, &book } };
        arc_cond c[2] = { { &op[0], 1, 0 }, { &op[1], 1, 0 } };
        arc_fetch f = kit_fetch(KT_PARENT, id, 1);
        kit_rows got;
        f.conds = c;
        f.n_conds = 2;
        f.order = &order;
        f.n_order = 1;
        if (n % 3 == 0) f.limit = n; /* and of what it took of a longer answer */
        if (n % 3 == 0) most = v_int(MANY);
        OK(k, kit_query(k, 0, &f, &got));
        CHECK(k, got.n_rows == n, "%u rows, expected %u", got.n_rows, n);
        for (uint32_t i = 0; i < n; i++) CHECK(k, got.v[i].u.i == (int64_t)i + 1, "row %u of %u is another one", i, n);
    }
    (void)s;
}

/* Many cursors at once, each read a little and ended in another order. */
static void many_cursors(kit *k)
{
    enum { N = 24 };
    static const uint16_t id[] = { P_ID };
    arc_fetch f[N], *all[N];
    arc_block b;
    (void)start(k);
    for (uint32_t i = 0; i < 300; i++) {
        arc_value p[P_COLS] = { v_int(1), v_int((int64_t)i + 1), v_text("x") };
        kit_put(k, 0, NULL, KT_PARENT, p, 1);
    }
    for (uint32_t i = 0; i < N; i++) {
        f[i] = kit_fetch(KT_PARENT, id, 1);
        all[i] = &f[i];
    }
    OK(k, k->ops->fetch(k->slot[0].txn, all, N / 2));
    for (uint32_t i = N / 2; i < N; i++) OK(k, k->ops->fetch(k->slot[0].txn, &all[i], 1));
    for (uint32_t i = 0; i < N; i++) OK(k, k->ops->next(f[i].cursor, &b));
    for (uint32_t i = 0; i < N; i++) {
        uint32_t at = i * 7 % N, n = 0;
        arc_status st;
        while ((st = k->ops->next(f[at].cursor, &b)) == ARC_OK) n += b.n_rows;
        EXPECT(k, st, ARC_DONE);
        CHECK(k, n < 300, "a cursor gave %u rows behind its first block, of 300", n);
        k->ops->end(f[at].cursor);
    }
}

/* More groups than a block, rows than a block of a write. */
static void many_groups(kit *k)
{
    static const arc_measure m[] = { { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_SUM, T_N } };
    static const arc_group g[] = { { T_N, ARC_GROUP_VALUE, 0, NULL } };
    kit_state *s = start(k);
    uint32_t n = 6000;
    arc_value *rows = kit_mem(k, n * T_COLS * sizeof *rows);
    for (uint32_t i = 0; i < n; i++) {
        arc_value *r = rows + i * T_COLS;
        r[T_BOOK] = v_int(1);
        r[T_ID] = v_int((int64_t)i + 1);
        r[T_UP] = v_null();
        r[T_N] = v_int((int64_t)(i % 2500) - 1250);
    }
    kit_put(k, 0, NULL, KT_TREE, rows, n);
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    kit_rows got = { NULL, 0, 1, 0 };
    arc_fetch f = kit_fetch(KT_TREE, kit_cols, 1), *fp = &f;
    OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
    OK(k, kit_drain(k, f.cursor, 1, &got));
    CHECK(k, got.n_rows == n, "%u rows of %u written in one transaction", got.n_rows, n);
    (void)s;
    if (!k->ops->aggregate) return;
    arc_aggregate a = { (uint32_t)sizeof a, KT_TREE, 0, NULL, 0, 1, g, m, 2, 0, NULL };
    memset(&got, 0, sizeof got);
    OK(k, k->ops->aggregate(k->slot[0].txn, &a));
    OK(k, kit_drain(k, a.cursor, 3, &got));
    CHECK(k, got.n_rows == 2500, "%u groups, expected 2500", got.n_rows);
    for (uint32_t i = 0; i < 2500; i++) {
        const arc_value *v = got.v + (size_t)i * 3;
        int64_t at = (int64_t)i - 1250, rows_of = i < 1000 ? 3 : 2;
        CHECK(k, v[0].u.i == at && v[1].u.i == rows_of && v[2].u.i == at * rows_of, "group %u is wrong", i);
    }
}

/* A row may point at itself and at those before it in the call, not at those behind it. */
static void own_table(kit *k)
{
    if (!kit_has(k, ARC_CAP_FOREIGN_KEYS)) kit_skip(k, "needs ARC_CAP_FOREIGN_KEYS");
    kit_state *s = start(k);
    uint32_t most = k->ops->max_rows && k->ops->max_rows < 5 ? k->ops->max_rows : 5;
    arc_value in[5 * T_COLS] = { v_int(1), v_int(1), v_int(1),  v_int(0), v_int(1), v_int(2), v_int(3), v_int(0), v_int(1), v_int(3),
                                 v_int(1), v_int(0), v_int(1),  v_int(4), v_int(3), v_int(0), v_int(1), v_int(5), v_null(), v_int(0) };
    uint8_t res[5];
    arc_write w = kit_insert(KT_TREE, in, most, res);
    (void)kit_both(k, 0, s, &w);
    kit_same_state(k, 0, s, "rows that point at each other");
    arc_value up[] = { v_int(1), v_int(1), v_int(99), v_int(1), v_int(1), v_int(1), v_int(1), v_int(1), v_null() };
    static const uint16_t col[] = { T_UP };
    w = kit_insert(KT_TREE, up, most < 3 ? most : 3, res);
    w.op = ARC_WRITE_UPDATE;
    w.cols = col;
    w.n_cols = 1;
    (void)kit_both(k, 0, s, &w);
    arc_value back[] = { v_int(1), v_int(1), v_int(1) };
    w.rows = back;
    w.n_rows = 1;
    (void)kit_both(k, 0, s, &w);
    arc_value del[] = { v_int(1), v_int(3), v_int(1), v_int(4), v_int(1), v_int(3), v_int(1), v_int(1), v_int(1), v_int(5) };
    w = kit_insert(KT_TREE, del, most, res);
    w.op = ARC_WRITE_DELETE;
    w.n_cols = 0;
    (void)kit_both(k, 0, s, &w);
    kit_same_state(k, 0, s, "rows that point at each other, erased");
}

/* NULL stays NULL; a guard that fails is told before an overflow. */
static void add_edges(kit *k)
{
    static const uint16_t col[] = { T_N };
    static const uint8_t add[] = { ARC_ADD };
    static const arc_guard guard = { T_N, ARC_OP_LT, ARC_ROW_GUARD, 0 };
    kit_state *s = start(k);
    uint8_t res;
    for (uint32_t i = 0; i < 2; i++) {
        arc_value r[T_COLS] = { v_int(1), v_int((int64_t)i + 1), v_null(), i ? v_int(INT64_MAX) : v_null() };
        arc_value up[] = { v_int(1), v_int((int64_t)i + 1), v_int(1), v_int(100) };
        kit_put(k, 0, s, KT_TREE, r, 1);
        arc_write w = kit_insert(KT_TREE, up, 1, &res);
        w.op = ARC_WRITE_UPDATE;
        w.cols = col;
        w.set = add;
        w.n_cols = 1;
        w.guards = &guard;
        w.n_guards = i;
        (void)kit_both(k, 0, s, &w);
    }
    kit_same_state(k, 0, s, "after adding");
}

/* What an INSERT does not name is NULL, whatever the write before it named. */
static void unnamed(kit *k)
{
    static const uint16_t all[] = { T_BOOK, T_ID, T_N }, few[] = { T_ID, T_BOOK };
    kit_state *s = start(k);
    for (uint32_t i = 0; i < 4; i++) {
        arc_value r[] = { v_int(1), v_int((int64_t)i + 1), v_int(7) }, q[] = { v_int((int64_t)i + 1), v_int(1) };
        uint8_t res;
        arc_write w = kit_insert(KT_TREE, i & 1 ? q : r, 1, &res);
        w.cols = i & 1 ? few : all;
        w.n_cols = i & 1 ? 2 : 3;
        (void)kit_both(k, 0, s, &w);
    }
    kit_same_state(k, 0, s, "columns that were not named");
}

/* Depths that are none are refused; release() forgets deeper points too. */
static void depths(kit *k)
{
    if (!kit_has(k, ARC_CAP_SAVEPOINT)) kit_skip(k, "needs ARC_CAP_SAVEPOINT");
    const arc_backend_ops *b = k->ops;
    for (uint32_t i = 0; i < 6; i++) {
        kit_state *s = start(k);
        void *t = k->slot[0].txn;
        if (i > 2) OK(k, b->savepoint(t, 1));
        if (i == 0) REFUSED(k, b->savepoint(t, 2), ARC_E_INVALID, ARC_E_BACKEND);
        if (i == 1) REFUSED(k, b->rollback_to(t, 1), ARC_E_INVALID, ARC_E_BACKEND);
        if (i == 2) REFUSED(k, b->release(t, 1), ARC_E_INVALID, ARC_E_BACKEND);
        if (i == 3) REFUSED(k, b->savepoint(t, 1), ARC_E_INVALID, ARC_E_BACKEND);
        if (i == 4) REFUSED(k, b->rollback_to(t, 2), ARC_E_INVALID, ARC_E_BACKEND);
        if (i == 5) REFUSED(k, b->release(t, 0), ARC_E_INVALID, ARC_E_BACKEND);
        kit_rollback(k, 0);
        kit_same_state(k, 0, s, "after a depth that is none");
        kit_close(k, 0);
        kit_leave(k, 0);
    }
    kit_state *s = start(k);
    void *t = k->slot[0].txn;
    for (uint32_t i = 1; i <= 12; i++) {
        arc_value p[P_COLS] = { v_int(1), v_int(i), v_text("at its depth") };
        OK(k, b->savepoint(t, i));
        kit_put(k, 0, s, KT_PARENT, p, 1);
    }
    OK(k, b->release(t, 2)); /* 2 to 12 */
    arc_value p[P_COLS] = { v_int(1), v_int(50), v_text("undone") };
    OK(k, b->savepoint(t, 2));
    kit_put(k, 0, NULL, KT_PARENT, p, 1);
    OK(k, b->rollback_to(t, 2));
    kit_same_state(k, 0, s, "a depth used again");
    OK(k, b->release(t, 1));
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "twelve depths");
}

/* ---- stores --------------------------------------------------------------------------------------------------------------- */

/* A place that was opened and left before it had tables is no book; making them there later is allowed. */
static void left_empty(kit *k)
{
    void *be = NULL;
    OK(k, k->ops->open(&k->host, kit_place(k, 0), k->options, ARC_OPEN_CREATE, &be));
    CHECK(k, be != NULL, "open gave ARC_OK but no handle");
    k->ops->close(be);
    arc_status st = kit_try_open(k, 0, 0, &kit_schema, 0);
    CHECK(k, st == ARC_E_NOT_A_BOOK || st == ARC_E_NOT_FOUND, "opening a store without tables gave %s", arc_status_name(st));
    kit_open(k, 0, 0);
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_same_state(k, 0, s, "tables made later");
}

/* A copy never goes over something that is there. */
static void backup_onto(kit *k)
{
    if (!k->ops->backup) kit_skip(k, "backup is not offered");
    kit_state *s = start(k), none;
    arc_value p[P_COLS] = { v_int(1), v_int(1), v_text("to be copied") };
    kit_put(k, 0, s, KT_PARENT, p, 1);
    kit_commit(k, 0);
    model_init(&none);
    kit_open(k, 1, 1);
    kit_close(k, 1);
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE");
    EXPECT(k, k->ops->backup(k->slot[0].be, kit_place(k, 1), NULL, NULL), ARC_E_EXISTS);
    OK(k, kit_try_open(k, 1, 1, &kit_schema, 0));
    kit_same_state(k, 1, &none, "what was there before the copy");
}

static void removed(kit *k)
{
    if (!k->ops->remove) kit_skip(k, "remove is not offered");
    const char *at = kit_place(k, 0);
    OK(k, k->ops->remove(&k->host, at, k->options)); /* nothing there */
    kit_state *s = start(k);
    arc_value p[P_COLS] = { v_int(1), v_int(1), v_text("kept while in use") };
    kit_put(k, 0, s, KT_PARENT, p, 1);
    EXPECT(k, k->ops->remove(&k->host, at, k->options), ARC_E_BUSY);
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "a store in use is not removed");
    kit_close(k, 0);
    OK(k, k->ops->remove(&k->host, at, k->options));
    arc_status st = kit_try_open(k, 0, 0, &kit_schema, 0);
    CHECK(k, st == ARC_E_NOT_A_BOOK || st == ARC_E_NOT_FOUND || st == ARC_E_IO, "opening what was removed gave %s", arc_status_name(st));
    kit_open(k, 0, 0);
    model_init(s);
    kit_same_state(k, 0, s, "a new store where one was removed");
}

const kit_case kit_cases_edges[] = {
    { "texts_alike", "6. Text compares by bytes: by all of them", alike },
    { "values_whole", "One value: len bytes, as they were written", whole },
    { "full_blocks", "ARC_DONE when there are none left, not before", full_blocks },
    { "many_cursors", "Several questions a call; each gets a cursor", many_cursors },
    { "many_groups", "aggregate: answered as rows, all of them", many_groups },
    { "own_table", "ARC_ROW_REFERENCE: rows are applied in order; a row may point at itself", own_table },
    { "add_edges", "ARC_ADD: NULL stays NULL; guards are tried before the sum", add_edges },
    { "insert_unnamed", "columns not named become NULL", unnamed },
    { "savepoint_depths", "the depth of a new one is that of the deepest open one plus 1; release forgets deeper ones", depths },
    { "left_empty", "without ARC_OPEN_CREATE nothing is made; ARC_E_NOT_A_BOOK", left_empty },
    { "backup_onto", "backup: to a new place", backup_onto },
    { "remove", "Removes a store that nobody has open; ARC_E_BUSY where it is in use", removed },
    { NULL, NULL, NULL },
};
