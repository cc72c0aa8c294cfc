/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: transactions, snapshots in one handle, savepoints, reserved numbers, the life of cursors. */
#include "kit.h"

static kit_state *start(kit *k, uint32_t rows)
{
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, s, rows);
    return s;
}

static void put_parent(kit *k, uint32_t slot, kit_state *s, int64_t id, const char *name)
{
    arc_value row[P_COLS] = { v_int(1), v_int(id), v_text(name) };
    kit_put(k, slot, s, KT_PARENT, row, 1);
}

static void commit(kit *k)
{
    kit_state *s = start(k, 20);
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, s, 50, "kept");
    kit_same_state(k, 0, s, "own writes before commit");
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "after commit");
}

static void rollback(kit *k)
{
    kit_state *s = start(k, 20);
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, NULL, 50, "lost");
    arc_value up[3] = { v_int(1), v_int(1), v_text("changed") };
    uint16_t col = P_NAME;
    uint8_t res;
    arc_write w = kit_insert(KT_PARENT, up, 1, &res);
    w.op = ARC_WRITE_UPDATE;
    w.cols = &col;
    w.n_cols = 1;
    OK(k, kit_write1(k, 0, &w));
    arc_value del[2 * 20];
    for (uint32_t i = 0; i < 20; i++) {
        del[i * 2] = v_int(1);
        del[i * 2 + 1] = v_int((int64_t)i + 1);
    }
    uint8_t many[20];
    arc_write d = kit_insert(KT_ALL, del, k->ops->max_rows && k->ops->max_rows < 20 ? k->ops->max_rows : 20, many);
    d.op = ARC_WRITE_DELETE;
    d.n_cols = 0;
    OK(k, kit_write1(k, 0, &d));
    kit_rollback(k, 0);
    kit_same_state(k, 0, s, "after rollback");
}

static void empty_txns(kit *k)
{
    kit_state *s = start(k, 5);
    for (uint32_t i = 0; i < 4; i++) {
        kit_begin(k, 0, i & 1 ? ARC_TXN_WRITE : ARC_TXN_READ);
        if (i & 2) kit_commit(k, 0);
        else kit_rollback(k, 0);
    }
    kit_same_state(k, 0, s, "after empty transactions");
}

static void unknown_mode(kit *k)
{
    void *txn = NULL;
    kit_open(k, 0, 0);
    REFUSED(k, k->ops->begin(k->slot[0].be, 0, 0, &txn), ARC_E_INVALID, ARC_E_BACKEND);
    REFUSED(k, k->ops->begin(k->slot[0].be, 7, 0, &txn), ARC_E_INVALID, ARC_E_BACKEND);
    kit_begin(k, 0, ARC_TXN_READ);
}

static void one_txn(kit *k)
{
    kit_state *s = start(k, 5);
    void *txn = NULL;
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, s, 60, "one");
    arc_status st = k->ops->begin(k->slot[0].be, ARC_TXN_READ, 0, &txn);
    CHECK(k, st < 0, "a second transaction on one handle gave %s", arc_status_name(st));
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "after a refused second begin");
}

static void read_only_txn(kit *k)
{
    kit_state *s = start(k, 5);
    kit_begin(k, 0, ARC_TXN_READ);
    arc_value row[P_COLS] = { v_int(1), v_int(70), v_text("no") };
    uint8_t res;
    arc_write w = kit_insert(KT_PARENT, row, 1, &res);
    REFUSED(k, kit_write1(k, 0, &w), ARC_E_TXN, ARC_E_READONLY);
    kit_rollback(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    int64_t first = 0;
    REFUSED(k, k->ops->reserve(k->slot[0].txn, 1, "numbers", 1, &first), ARC_E_TXN, ARC_E_READONLY);
    kit_rollback(k, 0);
    kit_same_state(k, 0, s, "after writes in a READ transaction");
}

/* An overflow dooms; once rolled back nothing is left, and the handle works on. */
static void doomed(kit *k)
{
    kit_state *s = start(k, 5);
    arc_value row[A_COLS];
    gen_row(k, KT_ALL, 100, row);
    row[A_N] = v_int(INT64_MAX);
    row[A_REF] = v_null();
    kit_begin(k, 0, ARC_TXN_WRITE);
    kit_put(k, 0, s, KT_ALL, row, 1);
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, NULL, 80, "before the error");
    arc_value up[] = { v_int(1), v_int(100), v_int(1) };
    uint16_t col = A_N;
    uint8_t set = ARC_ADD, res;
    arc_write w = kit_insert(KT_ALL, up, 1, &res);
    w.op = ARC_WRITE_UPDATE;
    w.cols = &col;
    w.set = &set;
    w.n_cols = 1;
    EXPECT(k, kit_write1(k, 0, &w), ARC_E_OVERFLOW);
    kit_rollback(k, 0);
    kit_same_state(k, 0, s, "after a doomed transaction");
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, s, 81, "after the error");
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "the handle works on");
}

static void need_savepoints(kit *k)
{
    if (!kit_has(k, ARC_CAP_SAVEPOINT)) kit_skip(k, "needs ARC_CAP_SAVEPOINT");
}

static void savepoints(kit *k)
{
    need_savepoints(k);
    kit_state *s = start(k, 10), s1, s2, s3;
    const arc_backend_ops *b = k->ops;
    kit_begin(k, 0, ARC_TXN_WRITE);
    void *t = k->slot[0].txn;
    put_parent(k, 0, s, 10, "outside");
    model_copy(k, &s1, s);
    OK(k, b->savepoint(t, 1));
    put_parent(k, 0, s, 11, "in 1");
    model_copy(k, &s2, s);
    OK(k, b->savepoint(t, 2));
    put_parent(k, 0, s, 12, "in 2");
    model_copy(k, &s3, s);
    OK(k, b->savepoint(t, 3));
    put_parent(k, 0, s, 13, "in 3");
    OK(k, b->rollback_to(t, 3));
    kit_same_state(k, 0, &s3, "rollback_to 3");
    OK(k, b->release(t, 3));
    kit_same_state(k, 0, &s3, "release 3");
    OK(k, b->rollback_to(t, 2));
    kit_same_state(k, 0, &s2, "rollback_to 2");
    put_parent(k, 0, NULL, 14, "again in 2");
    OK(k, b->rollback_to(t, 2)); /* the point stays */
    kit_same_state(k, 0, &s2, "rollback_to 2, twice");
    put_parent(k, 0, &s2, 15, "kept in 2");
    OK(k, b->release(t, 2));
    kit_same_state(k, 0, &s2, "release 2");
    OK(k, b->savepoint(t, 2)); /* the depth is free again */
    put_parent(k, 0, NULL, 16, "third time");
    OK(k, b->rollback_to(t, 1)); /* undoes what is deeper */
    kit_same_state(k, 0, &s1, "rollback_to 1 from inside 2");
    put_parent(k, 0, &s1, 17, "kept");
    OK(k, b->release(t, 1));
    kit_commit(k, 0);
    kit_same_state(k, 0, &s1, "after commit");
}

static void savepoint_then_rollback(kit *k)
{
    need_savepoints(k);
    kit_state *s = start(k, 10);
    kit_begin(k, 0, ARC_TXN_WRITE);
    OK(k, k->ops->savepoint(k->slot[0].txn, 1));
    put_parent(k, 0, NULL, 11, "released, then lost");
    OK(k, k->ops->release(k->slot[0].txn, 1));
    OK(k, k->ops->savepoint(k->slot[0].txn, 1));
    put_parent(k, 0, NULL, 12, "lost");
    kit_rollback(k, 0);
    kit_same_state(k, 0, s, "rollback with an open savepoint");
    kit_begin(k, 0, ARC_TXN_WRITE);
    OK(k, k->ops->savepoint(k->slot[0].txn, 1));
    put_parent(k, 0, s, 13, "kept");
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "commit with an open savepoint");
}

static void reserve(kit *k)
{
    int64_t a = 0, b = 0, c = 0, d = 0;
    kit_open(k, 0, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    void *t = k->slot[0].txn;
    OK(k, k->ops->reserve(t, 1, "invoice", 3, &a));
    CHECK(k, a == 1, "a new sequence starts at %lld, expected 1", (long long)a);
    OK(k, k->ops->reserve(t, 1, "invoice", 1000, &b));
    CHECK(k, b >= a + 3, "reserved %lld again", (long long)b);
    OK(k, k->ops->reserve(t, 1, "receipt", 1, &c));
    CHECK(k, c == 1, "another sequence starts at %lld", (long long)c);
    OK(k, k->ops->reserve(t, 1, "invoice_with_a_rather_long_name_of_one", 1, &c));
    OK(k, k->ops->reserve(t, 1, "invoice_with_a_rather_long_name_of_two", 1, &d));
    CHECK(k, c == 1 && d == 1, "sequences with long names start at %lld and %lld", (long long)c, (long long)d);
    OK(k, k->ops->reserve(t, 1, "invoice_with_a_rather_long_name_of_one", 1, &c));
    CHECK(k, c > 1, "a sequence with a long name was forgotten");
    OK(k, k->ops->reserve(t, 2, "invoice", 1, &d));
    CHECK(k, d == 1, "another book's sequence starts at %lld", (long long)d);
    kit_commit(k, 0);
    for (uint32_t i = 0; i < 5; i++) {
        kit_begin(k, 0, ARC_TXN_WRITE);
        OK(k, k->ops->reserve(k->slot[0].txn, 1, "invoice", 2, &c));
        CHECK(k, c >= b + (i ? 2 : 1000), "reserved %lld again, %lld was committed", (long long)c, (long long)b);
        if (i == 2) {
            kit_rollback(k, 0); /* gaps are allowed, going back below committed work is not */
        } else {
            kit_commit(k, 0);
            b = c;
        }
    }
    if (!kit_has(k, ARC_CAP_DURABLE)) return;
    kit_close(k, 0);
    kit_open(k, 0, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    OK(k, k->ops->reserve(k->slot[0].txn, 1, "invoice", 1, &c));
    CHECK(k, c >= b + 2, "reserved %lld again after opening again", (long long)c);
}

static int64_t next_of(kit *k, int64_t book, const char *name)
{
    int64_t next = -1, again = -1;
    OK(k, k->ops->next_number(k->slot[0].txn, book, name, &next));
    OK(k, k->ops->next_number(k->slot[0].txn, book, name, &again));
    CHECK(k, next == again, "asking for the next number drew one: %lld, then %lld", (long long)next, (long long)again);
    return next;
}

static void next_number(kit *k)
{
    int64_t a = 0, next;
    if (!k->ops->next_number) kit_skip(k, "next_number is not offered");
    kit_open(k, 0, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    CHECK(k, next_of(k, 1, "invoice") == 1, "the counter of a new sequence is not 1");
    OK(k, k->ops->reserve(k->slot[0].txn, 1, "invoice", 3, &a));
    next = next_of(k, 1, "invoice");
    CHECK(k, next >= a + 3, "the counter is %lld, %lld was handed out", (long long)next, (long long)a + 2);
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    next = next_of(k, 1, "invoice");
    CHECK(k, next >= a + 3, "the counter is %lld after the commit, %lld was handed out", (long long)next, (long long)a + 2);
    CHECK(k, next_of(k, 2, "invoice") == 1 && next_of(k, 1, "receipt") == 1, "the counters of two sequences are one");
}

static void reserve_wrong(kit *k)
{
    int64_t a = 0;
    kit_open(k, 0, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    REFUSED(k, k->ops->reserve(k->slot[0].txn, 1, "invoice", 0, &a), ARC_E_INVALID, ARC_E_BACKEND);
}

/* Cursors die with their transaction: nobody calls end(), and close() still finds everything. */
static void cursor_dies(kit *k)
{
    kit_state *s = start(k, 200);
    for (uint32_t i = 0; i < 4; i++) {
        kit_begin(k, 0, i & 1 ? ARC_TXN_WRITE : ARC_TXN_READ);
        arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), g = kit_fetch(KT_PARENT, kit_cols, P_COLS);
        arc_fetch *both[] = { &f, &g };
        arc_block block;
        OK(k, k->ops->fetch(k->slot[0].txn, both, 2));
        OK(k, k->ops->next(f.cursor, &block));
        if (i & 2) kit_commit(k, 0);
        else kit_rollback(k, 0);
    }
    kit_same_state(k, 0, s, "after cursors left open");
}

static void cancel(kit *k)
{
    kit_state *s = start(k, 300);
    kit_begin(k, 0, ARC_TXN_READ);
    k->cancel = 1;
    kit_rows r = { NULL, 0, A_COLS, 0 };
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), *fp = &f;
    arc_status st = k->ops->fetch(k->slot[0].txn, &fp, 1);
    if (!st) st = kit_drain(k, f.cursor, A_COLS, &r);
    k->cancel = 0;
    CHECK(k, st == ARC_OK || st == ARC_E_CANCELLED, "a cancelled read gave %s", arc_status_name(st));
    if (!st) CHECK(k, r.n_rows == s->n[KT_ALL], "a cancelled read gave ARC_OK and %u rows", r.n_rows);
    kit_rollback(k, 0);
    kit_same_state(k, 0, s, "after a cancelled read");
}

static int number_of(kit *k, uint32_t slot, uint64_t *number)
{
    arc_status st = k->ops->snapshot(k->slot[slot].txn, number);
    CHECK(k, st == ARC_OK || st == ARC_E_UNSUPPORTED, "snapshot gave %s", arc_status_name(st));
    return st == ARC_OK;
}

/* Numbers of a handle's READ transactions: another one after each commit, whatever came between; the same while one lasts. */
static void snapshot_number(kit *k)
{
    if (!k->ops->snapshot) kit_skip(k, "snapshot is not offered");
    kit_state *s = start(k, 20);
    uint64_t number[8], again;
    uint32_t n = 0;
    for (uint32_t i = 0; i < 8; i++) {
        kit_begin(k, 0, ARC_TXN_READ);
        int told = number_of(k, 0, &number[n]);
        if (i & 1) {
            kit_rows r = { NULL, 0, P_COLS, 0 };
            arc_fetch f = kit_fetch(KT_PARENT, kit_cols, P_COLS), *fp = &f;
            OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
            OK(k, kit_drain(k, f.cursor, P_COLS, &r));
        }
        if (told) CHECK(k, number_of(k, 0, &again) && again == number[n], "the number of a READ transaction changed under it");
        for (uint32_t m = 0; told && m < n; m++) CHECK(k, number[m] != number[n], "two states have one number");
        n += (uint32_t)told;
        if (i & 2) kit_commit(k, 0);
        else kit_rollback(k, 0);
        kit_begin(k, 0, ARC_TXN_WRITE);
        put_parent(k, 0, s, 60 + i, "more");
        kit_commit(k, 0);
    }
    if (!n) kit_skip(k, "snapshot never tells");
    kit_same_state(k, 0, s, "after asking for numbers");
}

const kit_case kit_cases_txn[] = {
    { "commit", "3. A WRITE transaction sees its own writes; 5. commit keeps them", commit },
    { "rollback", "4. A failed call leaves no trace once rolled back: rollback undoes all", rollback },
    { "empty_txns", "begin, commit, rollback without work", empty_txns },
    { "begin_unknown_mode", "8. Unknown flags are refused, never ignored", unknown_mode },
    { "one_txn", "2. At most one transaction is open on a handle", one_txn },
    { "read_txn_refuses_writes", "write and reserve need a WRITE transaction", read_only_txn },
    { "doomed", "4. A call that returns an error dooms the transaction; rolled back it leaves no trace", doomed },
    { "savepoints", "Nested undo points; rollback_to undoes, the point stays", savepoints },
    { "savepoint_end", "commit and rollback end open savepoints", savepoint_then_rollback },
    { "next_number", "the counter of a sequence: above every number handed out, 1 where none was; draws nothing", next_number },
    { "reserve", "n consecutive numbers starting at 1, never handed out twice by committed work", reserve },
    { "reserve_none", "8. wrong arguments are refused", reserve_wrong },
    { "snapshot_number", "snapshot: the same number only where the same committed rows are seen", snapshot_number },
    { "cursor_dies", "2. Cursors die with their transaction", cursor_dies },
    { "cancel", "cancelled(): return ARC_E_CANCELLED soon, nothing else", cancel },
    { NULL, NULL, NULL },
};
