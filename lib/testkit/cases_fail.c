/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: memory runs out at every place there is. */
#include "kit.h"

/* A session's work with the n-th allocation refused. Returns the first status that was not ARC_OK. `done` tells whether
 * the commit had been reached and answered ARC_OK. */
static arc_status work(kit *k, uint32_t slot, int *done)
{
    const arc_backend_ops *b = k->ops;
    arc_value p[P_COLS] = { v_int(1), v_int(900), v_text("some text that is long enough to need memory of its own") };
    arc_value up[3] = { v_int(1), v_int(1), v_text("another text that is long enough to need memory of its own") };
    static const uint16_t col[] = { P_NAME };
    uint8_t res[2] = { 9, 9 };
    arc_write w[2] = { kit_insert(KT_PARENT, p, 1, &res[0]), kit_insert(KT_PARENT, up, 1, &res[1]) };
    w[1].op = ARC_WRITE_UPDATE;
    w[1].cols = col;
    w[1].n_cols = 1;
    arc_write *wp[] = { &w[0], &w[1] };
    void *txn = NULL;
    int64_t first;
    arc_status s = b->begin(k->slot[slot].be, ARC_TXN_WRITE, 1000, &txn);
    if (s) return s;
    k->slot[slot].txn = txn;
    if (kit_has(k, ARC_CAP_SAVEPOINT)) s = b->savepoint(txn, 1);
    if (!s) s = b->write(txn, wp, 2);
    if (!s) s = b->reserve(txn, 1, "numbers", 2, &first);
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), *fp = &f;
    if (!s) s = b->fetch(txn, &fp, 1);
    if (!s) {
        arc_block block;
        do s = b->next(f.cursor, &block);
        while (!s);
        b->end(f.cursor);
        s = s == ARC_DONE ? ARC_OK : s;
    }
    if (s) return s;
    k->slot[slot].txn = NULL;
    s = b->commit(txn);
    *done = s == ARC_OK;
    return s;
}

static void after(kit *k, kit_state *s)
{
    arc_value p[P_COLS] = { v_int(1), v_int(900), v_text("some text that is long enough to need memory of its own") };
    arc_value up[3] = { v_int(1), v_int(1), v_text("another text that is long enough to need memory of its own") };
    static const uint16_t col[] = { P_NAME };
    uint8_t res;
    arc_write w = kit_insert(KT_PARENT, p, 1, &res);
    model_write(k, s, &w, &res);
    w = kit_insert(KT_PARENT, up, 1, &res);
    w.op = ARC_WRITE_UPDATE;
    w.cols = col;
    w.n_cols = 1;
    model_write(k, s, &w, &res);
}

static void nomem(kit *k, int forever)
{
    kit_state s;
    for (int64_t n = 1;; n++) {
        int done = 0;
        CHECK(k, n < 20000, "the sweep does not end");
        model_init(&s);
        kit_open(k, 0, 0);
        gen_fill(k, 0, &s, 40);
        k->failed_alloc = 0;
        k->fail_at = k->allocs + n;
        k->fail_forever = forever;
        arc_status st = work(k, 0, &done);
        if (k->slot[0].txn) kit_rollback(k, 0); /* cannot fail, also without memory */
        k->fail_at = 0;
        int failed = k->failed_alloc;
        if (failed) CHECK(k, st == ARC_E_NOMEM || done, "allocation %lld failed: %s", (long long)n, arc_status_name(st));
        else EXPECT(k, st, ARC_OK);
        if (done) after(k, &s);
        kit_same_state(k, 0, &s, "after an allocation failed");
        kit_close(k, 0);
        kit_leave(k, 0);
        CHECK(k, k->live == 0, "allocation %lld failed: %lld allocations leak", (long long)n, (long long)k->live);
        if (!failed) return;
    }
}

static void nomem_once(kit *k) { nomem(k, 0); }
static void nomem_forever(kit *k) { nomem(k, 1); }

static void nomem_open(kit *k)
{
    for (int64_t n = 1;; n++) {
        CHECK(k, n < 20000, "the sweep does not end");
        kit_place(k, 0);
        k->failed_alloc = 0;
        k->fail_forever = 0;
        k->fail_at = k->allocs + n;
        arc_status st = kit_try_open(k, 0, 0, &kit_schema, ARC_OPEN_CREATE);
        k->fail_at = 0;
        int failed = k->failed_alloc;
        CHECK(k, st == ARC_OK || (failed && st == ARC_E_NOMEM), "allocation %lld failed at open: %s", (long long)n,
              arc_status_name(st));
        if (st) CHECK(k, k->live == 0, "allocation %lld failed at open: %lld leak", (long long)n, (long long)k->live);
        kit_close(k, 0);
        kit_state s;
        model_init(&s);
        kit_open(k, 0, 0); /* and a next try finds nothing half made */
        kit_same_state(k, 0, &s, "opened after a failed open");
        kit_close(k, 0);
        kit_leave(k, 0);
        if (!failed) return;
    }
}

const kit_case kit_cases_fail[] = {
    { "nomem_once", "4. A failed call leaves no trace once rolled back, out of memory included", nomem_once },
    { "nomem_forever", "4. rollback and close work without memory", nomem_forever },
    { "nomem_open", "migrate: all or nothing", nomem_open },
    { NULL, NULL, NULL },
};
