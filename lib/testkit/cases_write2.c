/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: guards, foreign keys, several tables a call, refusals. */
#include "kit.h"

static kit_state *start(kit *k, uint32_t rows)
{
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, s, rows);
    kit_begin(k, 0, ARC_TXN_WRITE);
    return s;
}

static void both(kit *k, kit_state *s, arc_write *w, const uint8_t *want)
{
    OK(k, kit_both(k, 0, s, w));
    for (uint32_t i = 0; want && i < w->n_rows; i++)
        CHECK(k, w->results[i] == want[i], "row %u reports %u, expected %u", i, w->results[i], want[i]);
    kit_same_state(k, 0, s, "after the write");
}

static void guard_row(kit *k, kit_state *s)
{
    arc_value r[A_COLS];
    gen_row(k, KT_ALL, 50, r);
    r[A_VERSION] = v_int(3);
    r[A_I] = v_int(100);
    r[A_N] = v_null();
    r[A_T] = v_text("abc");
    r[A_REF] = v_null();
    kit_put(k, 0, s, KT_ALL, r, 1);
}

/* Each operator, on each side of equality, against NULL and against text. */
static void guard_ops(kit *k)
{
    kit_state *s = start(k, 3);
    guard_row(k, s);
    for (uint16_t op = ARC_OP_EQ; op <= ARC_OP_GE; op++)
        for (uint32_t i = 0; i < 9; i++) {
            static const uint16_t col[] = { A_X };
            arc_guard g = { i < 4 ? A_I : i < 6 ? A_N : A_T, op, ARC_ROW_GUARD, 0 };
            const arc_value against[] = { v_int(99),   v_int(100), v_int(101),    v_null(),     v_int(1),
                                          v_null(),    v_text("abb"), v_text("abc"), v_text("abcd") };
            arc_value up[] = { v_int(1), v_int(50), v_int(op * 10 + (int64_t)i), against[i] };
            uint8_t res;
            arc_write w = kit_insert(KT_ALL, up, 1, &res);
            w.op = ARC_WRITE_UPDATE;
            w.cols = col;
            w.n_cols = 1;
            w.guards = &g;
            w.n_guards = 1;
            OK(k, kit_both(k, 0, s, &w));
        }
    kit_same_state(k, 0, s, "after guarded updates");
}

/* Optimistic lock and balance guard as the core uses them, with the order of reasons. */
static void guard_results(kit *k)
{
    kit_state *s = start(k, 3);
    guard_row(k, s);
    static const uint16_t cols[] = { A_I, A_VERSION };
    static const uint8_t set[] = { ARC_ADD, ARC_ADD };
    static const arc_guard g[] = { { A_VERSION, ARC_OP_EQ, ARC_ROW_STALE, 0 }, { A_I, ARC_OP_GE, ARC_ROW_GUARD, 0 } };
    const int64_t row[][5] = { { 50, -60, 1, 3, 60 },  { 50, -1, 1, 3, 1 },   { 50, -60, 1, 4, 60 },
                               { 51, -60, 1, 3, 60 },  { 50, -60, 1, 3, 600 }, { 50, -40, 1, 4, 40 } };
    static const uint8_t want[] = { 0, ARC_ROW_STALE, ARC_ROW_GUARD, ARC_ROW_MISSING, ARC_ROW_STALE, 0 };
    for (uint32_t i = 0; i < 6; i++) {
        arc_value up[] = { v_int(1), v_int(row[i][0]), v_int(row[i][1]), v_int(row[i][2]), v_int(row[i][3]), v_int(row[i][4]) };
        uint8_t res;
        arc_write w = kit_insert(KT_ALL, up, 1, &res);
        w.op = ARC_WRITE_UPDATE;
        w.cols = cols;
        w.set = set;
        w.n_cols = 2;
        w.guards = g;
        w.n_guards = 2;
        both(k, s, &w, &want[i]);
    }
}

static void guard_delete(kit *k)
{
    kit_state *s = start(k, 3);
    guard_row(k, s);
    static const arc_guard g[] = { { A_VERSION, ARC_OP_EQ, ARC_ROW_STALE, 0 } };
    static const uint8_t want[] = { ARC_ROW_STALE, ARC_ROW_OK, ARC_ROW_MISSING };
    for (uint32_t i = 0; i < 3; i++) {
        arc_value del[] = { v_int(1), v_int(50), v_int(i ? 3 : 2) };
        uint8_t res;
        arc_write w = kit_insert(KT_ALL, del, 1, &res);
        w.op = ARC_WRITE_DELETE;
        w.n_cols = 0;
        w.guards = g;
        w.n_guards = 1;
        both(k, s, &w, &want[i]);
    }
}

/* A guard sees what rows before it in the same call have written. */
static void guard_in_order(kit *k)
{
    if (k->ops->max_rows && k->ops->max_rows < 3) kit_skip(k, "max_rows is %u", k->ops->max_rows);
    kit_state *s = start(k, 3);
    guard_row(k, s);
    static const uint16_t cols[] = { A_I };
    static const uint8_t set[] = { ARC_ADD }, want[] = { 0, ARC_ROW_GUARD, 0 };
    static const arc_guard g[] = { { A_I, ARC_OP_GE, ARC_ROW_GUARD, 0 } };
    arc_value up[] = { v_int(1), v_int(50), v_int(-70), v_int(70), v_int(1), v_int(50), v_int(-70), v_int(70),
                       v_int(1), v_int(50), v_int(-30), v_int(30) };
    uint8_t res[3];
    arc_write w = kit_insert(KT_ALL, up, 3, res);
    w.op = ARC_WRITE_UPDATE;
    w.cols = cols;
    w.set = set;
    w.n_cols = 1;
    w.guards = g;
    w.n_guards = 1;
    both(k, s, &w, want);
}

/* MISSING, then the first failing guard, then EXISTS, then REFERENCE. */
static void reasons(kit *k)
{
    kit_state *s = start(k, 3);
    arc_value r[2 * U_COLS];
    for (uint32_t i = 0; i < 2 * U_COLS; i++) r[i] = v_null();
    for (uint32_t i = 0; i < 2; i++) {
        arc_value *row = r + (size_t)i * U_COLS;
        row[U_BOOK] = v_int(1);
        row[U_ID] = v_int((int64_t)i + 1);
        row[U_A] = v_text("k");
        row[U_B] = v_int((int64_t)i + 1);
        kit_put(k, 0, s, KT_UNI, row, 1);
    }
    static const uint16_t col[] = { U_B };
    static const arc_guard g[] = { { U_B, ARC_OP_EQ, ARC_ROW_GUARD, 0 }, { U_A, ARC_OP_EQ, ARC_ROW_STALE, 0 } };
    const struct {
        int64_t id, guard;
        const char *text;
        uint8_t want;
    } t[] = { { 9, 7, "x", ARC_ROW_MISSING }, { 1, 7, "x", ARC_ROW_GUARD }, { 1, 1, "x", ARC_ROW_STALE },
              { 1, 1, "k", ARC_ROW_EXISTS } };
    for (uint32_t i = 0; i < 4; i++) {
        arc_value up[] = { v_int(1), v_int(t[i].id), v_int(2), v_int(t[i].guard), v_text(t[i].text) };
        uint8_t res;
        arc_write w = kit_insert(KT_UNI, up, 1, &res);
        w.op = ARC_WRITE_UPDATE;
        w.cols = col;
        w.n_cols = 1;
        w.guards = g;
        w.n_guards = 2;
        both(k, s, &w, &t[i].want);
    }
    if (!kit_has(k, ARC_CAP_FOREIGN_KEYS)) return;
    arc_value row[A_COLS];
    uint8_t res, want = ARC_ROW_EXISTS;
    gen_row(k, KT_ALL, 1, row); /* taken, and points at nothing */
    row[A_REF] = v_int(777);
    arc_write w = kit_insert(KT_ALL, row, 1, &res);
    both(k, s, &w, &want);
}

static void foreign_keys(kit *k)
{
    if (!kit_has(k, ARC_CAP_FOREIGN_KEYS)) kit_skip(k, "needs ARC_CAP_FOREIGN_KEYS");
    kit_state *s = start(k, 0);
    arc_value r[A_COLS];
    uint8_t res;
    static const struct {
        int64_t book, ref;
        uint8_t want;
    } t[] = { { 1, 1, 0 }, { 1, 9, ARC_ROW_REFERENCE }, { 2, 1, ARC_ROW_REFERENCE }, { 2, 0, 0 } };
    for (uint32_t i = 0; i < 4; i++) {
        gen_row(k, KT_ALL, i + 1, r);
        r[A_BOOK] = v_int(t[i].book);
        r[A_REF] = t[i].ref ? v_int(t[i].ref) : v_null();
        arc_write w = kit_insert(KT_ALL, r, 1, &res);
        both(k, s, &w, &t[i].want);
    }
    static const uint16_t col[] = { A_REF };
    static const uint8_t no = ARC_ROW_REFERENCE, yes = ARC_ROW_OK;
    arc_value up[] = { v_int(1), v_int(1), v_int(9) };
    arc_write u = kit_insert(KT_ALL, up, 1, &res);
    u.op = ARC_WRITE_UPDATE;
    u.cols = col;
    u.n_cols = 1;
    both(k, s, &u, &no);
    up[2] = v_int(2);
    both(k, s, &u, &yes);
    arc_value key[] = { v_int(1), v_int(2) };
    arc_write d = kit_insert(KT_PARENT, key, 1, &res);
    d.op = ARC_WRITE_DELETE;
    d.n_cols = 0;
    both(k, s, &d, &no); /* pointed at */
    up[2] = v_null();
    both(k, s, &u, &yes);
    both(k, s, &d, &yes);
}

/* Several tables a call, applied in order: the child finds the parent written before it, not behind it. */
static void several(kit *k)
{
    kit_state *s = start(k, 3);
    arc_value p1[P_COLS] = { v_int(1), v_int(30), v_text("thirty") };
    arc_value p2[P_COLS] = { v_int(1), v_int(31), v_text("thirty-one") };
    arc_value c1[L_COLS] = { v_int(1), v_int(1), v_int(30), v_text("ok") };
    arc_value c2[L_COLS] = { v_int(1), v_int(2), v_int(31), v_text("too early") };
    uint8_t res[5] = { 9, 9, 9, 9, 9 }, mine;
    static const uint16_t col[] = { P_NAME };
    arc_value up[] = { v_int(1), v_int(30), v_text("changed") };
    arc_write w[5];
    w[0] = kit_insert(KT_PARENT, p1, 1, &res[0]);
    w[1] = kit_insert(KT_LOG, c1, 1, &res[1]);
    w[2] = kit_insert(KT_LOG, c2, 1, &res[2]);
    w[3] = kit_insert(KT_PARENT, p2, 1, &res[3]);
    w[4] = kit_insert(KT_PARENT, up, 1, &res[4]);
    w[4].op = ARC_WRITE_UPDATE;
    w[4].cols = col;
    w[4].n_cols = 1;
    arc_write *all[] = { &w[0], &w[1], &w[2], &w[3], &w[4] };
    OK(k, k->ops->write(k->slot[0].txn, all, 5));
    for (uint32_t i = 0; i < 5; i++) {
        model_write(k, s, &w[i], &mine);
        CHECK(k, res[i] == mine, "write %u of the call reports %u, expected %u", i, res[i], mine);
    }
    kit_same_state(k, 0, s, "several tables in one call");
}

static void append_only(kit *k)
{
    kit_state *s = start(k, 0);
    arc_value r[L_COLS] = { v_int(1), v_int(1), v_null(), v_text("for ever") };
    kit_put(k, 0, s, KT_LOG, r, 1);
    kit_commit(k, 0);
    uint32_t open = 0;
    for (uint32_t i = 0; i < 2; i++) {
        static const uint16_t col[] = { L_TEXT };
        arc_value up[] = { v_int(1), v_int(1), v_text("changed") };
        uint8_t res = 9;
        arc_write w = kit_insert(KT_LOG, up, 1, &res);
        w.op = i ? ARC_WRITE_DELETE : ARC_WRITE_UPDATE;
        w.cols = col;
        w.n_cols = i ? 0 : 1;
        kit_begin(k, 0, ARC_TXN_WRITE);
        arc_status st = kit_write1(k, 0, &w);
        open += st == ARC_OK && res == ARC_ROW_OK;
        CHECK(k, st <= 0, "write gave %s", arc_status_name(st));
        kit_rollback(k, 0);
        kit_same_state(k, 0, s, "append-only table");
    }
    if (open) kit_skip(k, "the store does not enforce append-only tables (\"should\")");
}

/* CHECK and NOT NULL: a store may refuse such values, and then with ARC_E_CHECK. */
static void store_checks(kit *k)
{
    kit_state *s = start(k, 3);
    kit_commit(k, 0);
    uint32_t lax = 0;
    for (uint32_t i = 0; i < 3; i++) {
        arc_value r[A_COLS];
        uint8_t res = 9;
        gen_row(k, KT_ALL, 90, r);
        r[A_REF] = v_null();
        if (i == 0) r[A_VERSION] = v_null();
        if (i == 1) r[A_C] = v_text("not in the list");
        if (i == 2) r[A_FLAG] = v_int(2);
        arc_write w = kit_insert(KT_ALL, r, 1, &res);
        kit_begin(k, 0, ARC_TXN_WRITE);
        arc_status st = kit_write1(k, 0, &w);
        CHECK(k, st == ARC_OK || st == ARC_E_CHECK, "a value against the column's rules gave %s", arc_status_name(st));
        lax += st == ARC_OK;
        kit_rollback(k, 0);
        kit_same_state(k, 0, s, "after a refused value");
    }
    if (lax) kit_skip(k, "the store accepts %u of 3 values that break a column's rules", lax);
}

/* One wrong thing at a time; all must be refused. */
static void write_unknown(kit *k)
{
    kit_state *s = start(k, 3);
    kit_commit(k, 0);
    for (uint32_t i = 0; i < 9; i++) {
        static const uint16_t bad_col[] = { P_BOOK, P_ID, 77 }, name[] = { P_NAME }, key[] = { P_ID };
        static const arc_guard bad_guard = { P_NAME, ARC_OP_PREFIX, ARC_ROW_GUARD, 0 };
        static const uint8_t bad_set[] = { 7 };
        arc_value r[] = { v_int(1), v_int(40), v_text("x"), v_text("x") };
        uint8_t res = 9;
        arc_write w = kit_insert(KT_PARENT, r, 1, &res);
        if (i == 0) w.op = 99;
        if (i == 1) w.table = 99;
        if (i == 2) w.flags = 0x80;
        if (i == 3) w.cols = bad_col;
        if (i >= 4 && i < 7) {
            w.op = ARC_WRITE_UPDATE;
            w.cols = i == 4 ? key : name;
            w.n_cols = 1;
            r[1] = v_int(1);
        }
        if (i == 5) {
            w.guards = &bad_guard;
            w.n_guards = 1;
        }
        if (i == 6) w.set = bad_set;
        if (i == 7) w.n_rows = 0;
        if (i == 8) w.struct_size = 8;
        kit_begin(k, 0, ARC_TXN_WRITE);
        arc_write *wp = &w;
        arc_status st = k->ops->write(k->slot[0].txn, &wp, 1);
        CHECK(k, st == ARC_E_INVALID || st == ARC_E_BACKEND, "wrong write %u gave %s", i, arc_status_name(st));
        kit_rollback(k, 0);
        kit_same_state(k, 0, s, "after a wrong write");
    }
}

static void longer_write(kit *k)
{
    struct {
        arc_write w;
        uint64_t more[3];
    } w;
    kit_state *s = start(k, 3);
    arc_value r[P_COLS] = { v_int(1), v_int(40), v_text("x") };
    uint8_t res = 9;
    memset(&w, 0, sizeof w);
    w.w = kit_insert(KT_PARENT, r, 1, &res);
    w.w.struct_size = (uint32_t)sizeof w;
    both(k, s, &w.w, NULL);
}

const kit_case kit_cases_write2[] = {
    { "guard_ops", "`column op value` must hold in the stored row; 7. compares with NULL", guard_ops },
    { "guard_results", "ARC_ROW_STALE, ARC_ROW_GUARD as the guard says: a stale version is never silent", guard_results },
    { "guard_delete", "A guard of an update or delete", guard_delete },
    { "guard_in_order", "Rows are applied in order", guard_in_order },
    { "reasons", "Several reasons: MISSING, then the first failing guard in order, then EXISTS, then REFERENCE", reasons },
    { "foreign_keys", "ARC_ROW_REFERENCE; a row with a NULL in cols is not checked", foreign_keys },
    { "several_tables", "Several tables a call, applied in order", several },
    { "append_only", "ARC_TABLE_APPEND_ONLY: the store should make that impossible", append_only },
    { "store_checks", "A value the store itself refuses dooms the transaction with ARC_E_CHECK", store_checks },
    { "write_unknown", "8. Unknown flags, operators and table numbers are refused", write_unknown },
    { "write_longer_struct", "10. Structures only grow at their end; a longer one is accepted", longer_write },
    { NULL, NULL, NULL },
};
