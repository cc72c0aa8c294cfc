/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: two handles on one store, durability. */
#include "kit.h"

static kit_state *start(kit *k, uint32_t rows)
{
    if (!kit_has(k, ARC_CAP_SHARED)) kit_skip(k, "needs ARC_CAP_SHARED");
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, s, rows);
    kit_open(k, 1, 0);
    return s;
}

static void put_parent(kit *k, uint32_t slot, kit_state *s, int64_t id, const char *name)
{
    arc_value row[P_COLS] = { v_int(1), v_int(id), v_text(name) };
    kit_put(k, slot, s, KT_PARENT, row, 1);
}

static arc_write rename_row(kit *k, int64_t id, const char *name, uint8_t *res)
{
    static const uint16_t col[] = { P_NAME };
    arc_value *up = kit_mem(k, 3 * sizeof *up);
    up[0] = v_int(1);
    up[1] = v_int(id);
    up[2] = v_text(name);
    arc_write w = kit_insert(KT_PARENT, up, 1, res);
    w.op = ARC_WRITE_UPDATE;
    w.cols = col;
    w.n_cols = 1;
    return w;
}

static void visible(kit *k)
{
    kit_state *s = start(k, 20), before;
    model_copy(k, &before, s);
    kit_same_state(k, 1, s, "second handle");
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, s, 30, "a");
    put_parent(k, 0, s, 31, "b");
    kit_same_state(k, 1, &before, "not committed yet");
    kit_commit(k, 0);
    kit_same_state(k, 1, s, "committed by the other");
    kit_begin(k, 1, ARC_TXN_WRITE);
    put_parent(k, 1, NULL, 32, "lost");
    kit_rollback(k, 1);
    kit_same_state(k, 0, s, "rolled back by the other");
}

static void snapshot(kit *k)
{
    if (k->q->flags & ARC_TESTKIT_CONFLICTS) kit_skip(k, "a READ answers ARC_E_CONFLICT: see shared_conflict");
    kit_state *s = start(k, 400), old;
    model_copy(k, &old, s);
    kit_begin(k, 1, ARC_TXN_READ);
    kit_same_state(k, 1, &old, "snapshot, first look"); /* fixes the snapshot where it is taken lazily */
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), *fp = &f;
    kit_rows rows = { NULL, 0, A_COLS, 0 };
    arc_block b;
    OK(k, k->ops->fetch(k->slot[1].txn, &fp, 1));
    OK(k, k->ops->next(f.cursor, &b));
    for (uint32_t i = 0; i < b.n_rows; i++) rows_push(k, &rows, b.values + (size_t)i * A_COLS, A_COLS);
    for (uint32_t i = 0; i < 3; i++) {
        arc_value del[4] = { v_int(1), v_int(10 + i), v_int(1), v_int(300 + i) };
        uint8_t res[2];
        arc_write w = kit_insert(KT_ALL, del, k->ops->max_rows == 1 ? 1 : 2, res);
        w.op = ARC_WRITE_DELETE;
        w.n_cols = 0;
        kit_begin(k, 0, ARC_TXN_WRITE);
        OK(k, kit_both(k, 0, s, &w));
        put_parent(k, 0, s, 40 + i, "later");
        kit_commit(k, 0);
        kit_same_state(k, 1, &old, "snapshot while the other commits");
    }
    OK(k, kit_drain(k, f.cursor, A_COLS, &rows));
    CHECK(k, rows.n_rows == old.n[KT_ALL], "a cursor of the snapshot gave %u rows, expected %u", rows.n_rows, old.n[KT_ALL]);
    kit_rollback(k, 1);
    kit_same_state(k, 1, s, "a new transaction");
}

/* Where a snapshot need not last it is given up in so many words: nothing of the new state is mixed into the old one. */
static void conflict(kit *k)
{
    if (!(k->q->flags & ARC_TESTKIT_CONFLICTS)) kit_skip(k, "the quirks say that snapshots last: see shared_snapshot");
    kit_state *s = start(k, 400), old;
    for (uint32_t i = 0; i < 4; i++) {
        arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), *fp = &f;
        kit_rows rows = { NULL, 0, A_COLS, 0 }, more;
        model_copy(k, &old, s);
        kit_begin(k, 1, ARC_TXN_READ);
        kit_same_state(k, 1, &old, "before the other commits");
        OK(k, k->ops->fetch(k->slot[1].txn, &fp, 1));
        kit_begin(k, 0, ARC_TXN_WRITE);
        put_parent(k, 0, i & 1 ? NULL : s, 40 + i, "later");
        kit_same_state(k, 1, &old, "not committed yet");
        if (i & 1) {
            kit_rollback(k, 0);
            kit_same_state(k, 1, &old, "rolled back");
        } else {
            kit_commit(k, 0);
        }
        arc_status st = kit_drain(k, f.cursor, A_COLS, &rows);
        CHECK(k, st == ARC_OK || (st == ARC_E_CONFLICT && !(i & 1)), "a cursor gave status %d", (int)st);
        CHECK(k, st != ARC_OK || rows.n_rows == old.n[KT_ALL], "a cursor gave %u rows", rows.n_rows);
        if (st == ARC_OK && !(i & 1)) EXPECT(k, kit_table(k, 1, KT_PARENT, &more), ARC_E_CONFLICT);
        kit_rollback(k, 1);
        kit_same_state(k, 1, s, "a new transaction");
    }
}

static void writer_sees_latest(kit *k)
{
    kit_state *s = start(k, 10);
    kit_same_state(k, 1, s, "before");
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, s, 30, "latest");
    kit_commit(k, 0);
    kit_begin(k, 1, ARC_TXN_WRITE);
    kit_same_state(k, 1, s, "a WRITE transaction sees the latest committed rows");
    put_parent(k, 1, s, 31, "mine");
    kit_commit(k, 1);
    kit_same_state(k, 0, s, "after both");
}

static void writers(kit *k)
{
    kit_state *s = start(k, 10);
    if (!kit_has(k, ARC_CAP_SINGLE_WRITER)) kit_skip(k, "several writers: see row_locks");
    kit_begin(k, 0, ARC_TXN_WRITE);
    for (uint32_t ms = 0; ms <= 60; ms += 60) {
        void *txn = NULL;
        k->asked = 0;
        EXPECT(k, k->ops->begin(k->slot[1].be, ARC_TXN_WRITE, ms, &txn), ARC_E_BUSY);
        CHECK(k, !ms || k->asked, "ARC_E_BUSY without a wait: cancelled() was not asked");
    }
    void *txn = NULL;
    k->cancel = 1; /* waiting ends when the caller wants to stop */
    REFUSED(k, k->ops->begin(k->slot[1].be, ARC_TXN_WRITE, 3000, &txn), ARC_E_BUSY, ARC_E_CANCELLED);
    k->cancel = 0;
    kit_begin(k, 1, ARC_TXN_READ); /* readers do not wait */
    kit_rollback(k, 1);
    put_parent(k, 0, s, 30, "first");
    kit_commit(k, 0);
    kit_begin(k, 1, ARC_TXN_WRITE);
    put_parent(k, 1, s, 31, "second");
    kit_commit(k, 1);
    kit_same_state(k, 0, s, "one after the other");
}

/* Read on both, write on one, then on the other with the version read: never silence. */
static void stale(kit *k)
{
    kit_state *s = start(k, 5);
    static const uint16_t cols[] = { A_VERSION, A_N };
    static const arc_guard g[] = { { A_VERSION, ARC_OP_EQ, ARC_ROW_STALE, 0 } };
    static const uint8_t set[] = { ARC_ADD, ARC_SET };
    for (uint32_t i = 0; i < 2; i++) {
        uint8_t res = 9;
        arc_value up[] = { v_int(1), v_int(2), v_int(1), v_int(100 + i), v_int(1) };
        arc_write w = kit_insert(KT_ALL, up, 1, &res);
        w.op = ARC_WRITE_UPDATE;
        w.cols = cols;
        w.set = set;
        w.n_cols = 2;
        w.guards = g;
        w.n_guards = 1;
        kit_begin(k, i, ARC_TXN_WRITE);
        arc_status st = kit_write1(k, i, &w);
        if (i && (st == ARC_E_CONFLICT || st == ARC_E_STALE)) {
            kit_rollback(k, i);
            break;
        }
        EXPECT(k, st, ARC_OK);
        CHECK(k, res == (i ? ARC_ROW_STALE : ARC_ROW_OK), "handle %u: the row reports %u", i, res);
        kit_commit(k, i);
        if (!i) {
            uint8_t mine;
            model_write(k, s, &w, &mine);
        }
    }
    kit_same_state(k, 0, s, "after a stale update");
}

static void exists(kit *k)
{
    kit_state *s = start(k, 5);
    kit_begin(k, 0, ARC_TXN_WRITE);
    put_parent(k, 0, s, 30, "mine");
    kit_commit(k, 0);
    kit_begin(k, 1, ARC_TXN_WRITE);
    arc_value row[P_COLS] = { v_int(1), v_int(30), v_text("yours") };
    uint8_t res;
    arc_write w = kit_insert(KT_PARENT, row, 1, &res);
    OK(k, kit_both(k, 1, s, &w));
    kit_commit(k, 1);
    kit_same_state(k, 0, s, "the key of the other");
}

static void reserve(kit *k)
{
    start(k, 0);
    int64_t last[2] = { 0, 0 };
    uint8_t *seen = kit_mem(k, 100000);
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t h = kit_below(k, 2), n = kit_below(k, 20) + 1;
        int64_t first = 0;
        kit_begin(k, h, ARC_TXN_WRITE);
        OK(k, k->ops->reserve(k->slot[h].txn, 1, "shared", n, &first));
        CHECK(k, first > last[h] && first < 90000, "handle %u reserved %lld", h, (long long)first);
        if (i % 7 == 3) {
            kit_rollback(k, h);
            continue;
        }
        for (int64_t j = first; j < first + n; j++)
            CHECK(k, !seen[j]++, "the number %lld was committed twice", (long long)j);
        last[h] = first + n - 1;
        kit_commit(k, h);
    }
}

/* With several writers: the second waits for the first one's rows, and says so in time. */
static void row_locks(kit *k)
{
    if (!k->ops->lock_rows) kit_skip(k, "lock_rows is not offered");
    kit_state *s = start(k, 10);
    arc_value keys[] = { v_int(1), v_int(1), v_int(1), v_int(2), v_int(1), v_int(999) };
    kit_begin(k, 0, ARC_TXN_WRITE);
    OK(k, k->ops->lock_rows(k->slot[0].txn, KT_ALL, keys, 3));
    if (!kit_has(k, ARC_CAP_SINGLE_WRITER)) {
        void *txn = NULL;
        OK(k, k->ops->begin(k->slot[1].be, ARC_TXN_WRITE, 50, &txn));
        k->slot[1].txn = txn;
        REFUSED(k, k->ops->lock_rows(txn, KT_ALL, keys + 2, 1), ARC_E_BUSY, ARC_E_CONFLICT);
        kit_rollback(k, 1);
    }
    kit_commit(k, 0);
    kit_begin(k, 1, ARC_TXN_WRITE);
    OK(k, k->ops->lock_rows(k->slot[1].txn, KT_ALL, keys, 3));
    kit_commit(k, 1);
    kit_same_state(k, 0, s, "locks change nothing");
}

/* Numbers that the store looks for: behind those of its own and of everybody who has committed. */
static void next_value(kit *k)
{
    static const uint8_t set[] = { ARC_SET, ARC_SET, ARC_SET, ARC_NEXT };
    if (kit_has(k, ARC_CAP_SINGLE_WRITER)) kit_skip(k, "one writer at a time");
    kit_state *s = start(k, 10);
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t h = i / 2 % 2;
        uint8_t res = 9;
        arc_value row[K_COLS] = { v_int(i < 6 ? 77 : 1), v_text("next"), v_int(i), v_int(i == 4 ? 40 : 1) };
        arc_write w = kit_insert(KT_KEY, row, 1, &res);
        w.set = set;
        if (i % 2 == 0) kit_begin(k, h, ARC_TXN_WRITE);
        OK(k, kit_both(k, h, s, &w));
        CHECK(k, res == ARC_ROW_OK, "row %u reports %u", i, res);
        if (i % 2) kit_commit(k, h);
    }
    kit_same_state(k, 0, s, "the largest and one more");
}

/* Sharers do not wait for each other; who locks waits for the last of them. */
static void row_shares(kit *k)
{
    if (!k->ops->share_rows) kit_skip(k, "share_rows is not offered");
    kit_state *s = start(k, 10);
    const int alone = kit_has(k, ARC_CAP_SINGLE_WRITER);
    arc_value keys[] = { v_int(1), v_int(1), v_int(1), v_int(2), v_int(1), v_int(999) };
    kit_begin(k, 0, ARC_TXN_WRITE);
    OK(k, k->ops->share_rows(k->slot[0].txn, KT_ALL, keys, 3));
    for (int lock = 0; lock < 2 && !alone; lock++) {
        void *txn = NULL;
        OK(k, k->ops->begin(k->slot[1].be, ARC_TXN_WRITE, 50, &txn));
        k->slot[1].txn = txn;
        if (lock) REFUSED(k, k->ops->lock_rows(txn, KT_ALL, keys + 2, 1), ARC_E_BUSY, ARC_E_CONFLICT);
        else OK(k, k->ops->share_rows(txn, KT_ALL, keys, 3));
        kit_rollback(k, 1);
    }
    kit_commit(k, 0);
    kit_begin(k, 1, ARC_TXN_WRITE);
    OK(k, k->ops->lock_rows(k->slot[1].txn, KT_ALL, keys, 3));
    if (!alone) {
        void *txn = NULL;
        OK(k, k->ops->begin(k->slot[0].be, ARC_TXN_WRITE, 50, &txn));
        k->slot[0].txn = txn;
        REFUSED(k, k->ops->share_rows(txn, KT_ALL, keys, 1), ARC_E_BUSY, ARC_E_CONFLICT);
        kit_rollback(k, 0);
    }
    kit_commit(k, 1);
    kit_same_state(k, 0, s, "shared locks change nothing");
}

/* Random work on two handles in turn; every look is at a state that was committed as a whole. */
static void interleaved(kit *k)
{
    kit_state *s = start(k, 10), seen;
    int reading = 0, moved = 0;
    model_init(&seen);
    for (uint32_t i = 0; i < k->rounds * 10; i++) {
        uint8_t res;
        uint32_t pick = kit_below(k, 4);
        if (pick == 0 && !reading) {
            kit_begin(k, 1, ARC_TXN_READ);
            model_copy(k, &seen, s);
            kit_same_state(k, 1, &seen, "a new snapshot");
            reading = 1;
            moved = 0;
        } else if (pick == 1 && reading) {
            kit_rows rows;
            if (moved && (k->q->flags & ARC_TESTKIT_CONFLICTS)) EXPECT(k, kit_table(k, 1, KT_ALL, &rows), ARC_E_CONFLICT);
            else kit_same_state(k, 1, &seen, "an old snapshot");
            kit_rollback(k, 1);
            reading = 0;
        } else {
            kit_state after;
            model_copy(k, &after, s);
            arc_write w = rename_row(k, (int64_t)kit_below(k, 5) + 1, pick == 2 ? "two" : "three", &res);
            kit_begin(k, 0, ARC_TXN_WRITE);
            OK(k, kit_both(k, 0, &after, &w));
            put_parent(k, 0, &after, 100 + i, "with it");
            if (kit_below(k, 3)) {
                kit_commit(k, 0);
                *s = after;
                moved = 1;
            } else {
                kit_rollback(k, 0);
            }
        }
    }
}

/* A copy made while another handle is in the middle of writing holds what was committed. */
static void backup_beside(kit *k)
{
    if (!k->ops->backup) kit_skip(k, "backup is not offered");
    kit_state *s = start(k, 100), before;
    model_copy(k, &before, s);
    kit_begin(k, 1, ARC_TXN_WRITE);
    put_parent(k, 1, s, 30, "not yet committed");
    OK(k, k->ops->backup(k->slot[0].be, kit_place(k, 1), NULL, NULL));
    kit_commit(k, 1);
    OK(k, kit_try_open(k, 2, 1, &kit_schema, 0));
    kit_same_state(k, 2, &before, "the copy");
    kit_same_state(k, 0, s, "the original");
}

static void durable(kit *k)
{
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE");
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 200);
    for (uint32_t i = 0; i < 5; i++) {
        kit_begin(k, 0, ARC_TXN_WRITE);
        put_parent(k, 0, i % 2 ? NULL : &s, 50 + i, "x");
        if (i % 2) kit_rollback(k, 0);
        else kit_commit(k, 0);
        kit_close(k, 0);
        OK(k, kit_try_open(k, 0, 0, &kit_schema, 0));
        kit_same_state(k, 0, &s, "opened again");
    }
}

typedef struct victim {
    kit *k;
    uint32_t stop; /* how far it gets before it dies */
} victim;

static int32_t dies(void *arg)
{
    victim *v = arg;
    kit *k = v->k;
    const arc_backend_ops *b = k->ops;
    void *be = NULL, *txn = NULL;
    uint8_t res = 9;
    arc_value row[P_COLS] = { v_int(1), v_int(0), v_text("by the dead") };
    if (b->open(&k->host, k->location[0], k->options, 0, &be) || b->migrate(be, &kit_schema, 0)) return 1;
    for (uint32_t i = 0; i <= v->stop; i++) {
        row[1] = v_int(500 + i);
        arc_write w = kit_insert(KT_PARENT, row, 1, &res), *wp = &w;
        if (b->begin(be, ARC_TXN_WRITE, 1000, &txn) || b->write(txn, &wp, 1) || res) return 2;
        if (i < v->stop && b->commit(txn)) return 3; /* the last one stays open */
    }
    return 0;
}

static void killed(kit *k)
{
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE");
    if (!k->q->kill) kit_skip(k, "the quirks have no kill");
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 50);
    for (uint32_t stop = 0; stop < 4; stop++) {
        victim v = { k, stop };
        kit_close(k, 0);
        CHECK(k, k->q->kill(k->q->user, dies, &v) == 0, "the process that was to die could not do its work");
        OK(k, kit_try_open(k, 0, 0, &kit_schema, 0));
        for (uint32_t i = 0; i < stop; i++) {
            arc_value row[P_COLS] = { v_int(1), v_int(500 + i), v_text("by the dead") };
            uint8_t res, mine;
            arc_write w = kit_insert(KT_PARENT, row, 1, &res);
            model_write(k, &s, &w, &mine);
        }
        kit_same_state(k, 0, &s, "after a process died");
        kit_begin(k, 0, ARC_TXN_WRITE);
        for (uint32_t i = 0; i < stop; i++) {
            arc_value key[] = { v_int(1), v_int(500 + i) };
            uint8_t res;
            arc_write d = kit_insert(KT_PARENT, key, 1, &res);
            d.op = ARC_WRITE_DELETE;
            d.n_cols = 0;
            OK(k, kit_both(k, 0, &s, &d));
        }
        kit_commit(k, 0);
    }
}

/* The number of one handle tells what the other has committed. */
static void snapshot_number(kit *k)
{
    if (!k->ops->snapshot) kit_skip(k, "snapshot is not offered");
    kit_state *s = start(k, 20);
    uint64_t number[6] = { 0 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < 6; i++) {
        kit_begin(k, 1, ARC_TXN_READ);
        arc_status st = k->ops->snapshot(k->slot[1].txn, &number[n]);
        CHECK(k, st == ARC_OK || st == ARC_E_UNSUPPORTED, "snapshot gave %s", arc_status_name(st));
        for (uint32_t m = 0; !st && m < n; m++) CHECK(k, number[m] != number[n], "two states have one number");
        n += st == ARC_OK;
        kit_rollback(k, 1);
        kit_begin(k, 0, ARC_TXN_WRITE);
        put_parent(k, 0, s, 60 + i, "by the other");
        kit_commit(k, 0);
    }
    if (!n) kit_skip(k, "snapshot never tells");
    kit_same_state(k, 1, s, "after asking for numbers");
}

const kit_case kit_cases_share[] = {
    { "shared_visible", "3. What another handle commits is seen whole or not at all", visible },
    { "shared_snapshot", "3. A READ transaction sees one unchanging snapshot", snapshot },
    { "shared_snapshot_number", "snapshot: another number after another handle's commit", snapshot_number },
    { "shared_conflict", "3. or, with ARC_TESTKIT_CONFLICTS, it ends with ARC_E_CONFLICT rather than show two states", conflict },
    { "shared_writer_latest", "3. A WRITE transaction sees the latest committed rows", writer_sees_latest },
    { "shared_writers", "ARC_CAP_SINGLE_WRITER: write transactions exclude each other; ARC_E_BUSY in time", writers },
    { "shared_stale", "two handles: a stale version yields ARC_ROW_STALE or a retryable code, never silence", stale },
    { "shared_exists", "ARC_ROW_EXISTS also for what another handle wrote", exists },
    { "shared_reserve", "reserve: never handed out twice by committed work, across handles", reserve },
    { "row_locks", "lock_rows: locks until the transaction ends; waits at most timeout_ms", row_locks },
    { "next_value", "ARC_NEXT: column := value + the largest there is in the rows of the same first key column", next_value },
    { "row_shares", "share_rows: shared among transactions, in the way of who locks or changes the rows", row_shares },
    { "shared_random", "random work of two handles in turn", interleaved },
    { "shared_backup", "Copies the whole store, consistent, while others go on working", backup_beside },
    { "durable", "ARC_CAP_DURABLE: committed rows survive", durable },
    { "killed", "ARC_CAP_DURABLE: committed rows survive the end of the process, others vanish", killed },
    { NULL, NULL, NULL },
};
