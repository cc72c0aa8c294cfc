/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: conditions, order, paging, cursors and blocks, rows by key. */
#include "kit.h"

static kit_state *start(kit *k, uint32_t rows)
{
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, s, rows);
    kit_begin(k, 0, ARC_TXN_READ);
    return s;
}

static void same(kit *k, const kit_state *s, const arc_fetch *f, const char *what)
{
    kit_rows got, want;
    OK(k, kit_query(k, 0, f, &got));
    model_fetch(k, s, f, &want);
    if (!f->n_order) {
        kit_sort_rows(&got);
        kit_sort_rows(&want);
    }
    kit_same_rows(k, &got, &want, what);
}

static arc_cond cond1(kit *k, uint16_t op, uint16_t col, uint16_t col2, const arc_value *v, uint32_t n)
{
    arc_cond_op *o = kit_mem(k, sizeof *o);
    o->op = op;
    o->col = col;
    o->col2 = col2;
    o->v = v;
    o->n = n;
    arc_cond c = { o, 1, 0 };
    return c;
}

/* Columns in the order asked, repeated ones and one only included. */
static void columns(kit *k)
{
    kit_state *s = start(k, 40);
    static const uint16_t cols[] = { A_T, A_ID, A_BOOK, A_T, A_Y };
    for (uint32_t n = 1; n <= 5; n += 4) {
        arc_fetch f = kit_fetch(KT_ALL, cols, n), *fp = &f;
        kit_rows got = { NULL, 0, n, 0 }, want;
        OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
        OK(k, kit_drain(k, f.cursor, n, &got));
        model_fetch(k, s, &f, &want);
        kit_sort_rows(&got);
        kit_sort_rows(&want);
        kit_same_rows(k, &got, &want, "some columns");
    }
}

static void many_rows(kit *k)
{
    kit_state *s = start(k, 3000);
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), *fp = &f;
    kit_rows got = { NULL, 0, A_COLS, 0 };
    OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
    OK(k, kit_drain(k, f.cursor, A_COLS, &got));
    CHECK(k, got.n_rows == s->n[KT_ALL], "%u rows, expected %u", got.n_rows, s->n[KT_ALL]);
    kit_same_state(k, 0, s, "3,000 rows");
}

static void nothing(kit *k)
{
    kit_state *s = start(k, 0);
    arc_fetch f = kit_fetch(KT_LOG, kit_cols, L_COLS), *fp = &f;
    arc_block b = { NULL, 0, 0 };
    OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
    EXPECT(k, k->ops->next(f.cursor, &b), ARC_DONE);
    EXPECT(k, k->ops->next(f.cursor, &b), ARC_DONE);
    k->ops->end(f.cursor);
    same(k, s, &f, "an empty table");
}

/* Each compare against each sort of value and NULL, plain and under NOT: two-valued. */
static void compare(kit *k)
{
    kit_state *s = start(k, 120);
    static const uint16_t col[] = { A_N, A_T, A_D, A_C, A_FLAG, A_REF, A_M };
    for (uint32_t i = 0; i < 7 * 6 * 4; i++) {
        arc_value *v = kit_mem(k, sizeof *v);
        arc_cond_op ops[2];
        memset(ops, 0, sizeof ops);
        ops[0].op = (uint16_t)(ARC_OP_EQ + i % 6);
        ops[0].col = col[i / 6 % 7];
        ops[0].col2 = ARC_NO_COL;
        *v = i % 4 ? gen_value(k, KT_ALL, ops[0].col) : v_null();
        ops[0].v = v;
        ops[0].n = 1;
        ops[1].op = ARC_OP_NOT;
        ops[1].col2 = ARC_NO_COL;
        for (uint32_t n = 1; n <= 2; n++) {
            arc_cond c = { ops, n, 0 };
            arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
            f.conds = &c;
            f.n_conds = 1;
            same(k, s, &f, n == 2 ? "NOT of a compare" : "a compare");
        }
    }
}

static void column_compare(kit *k)
{
    kit_state *s = start(k, 200);
    static const uint16_t pair[][2] = { { A_I, A_N }, { A_N, A_X }, { A_T, A_C }, { A_T, A_T }, { A_I, A_VERSION } };
    for (uint32_t i = 0; i < 5; i++)
        for (uint16_t op = ARC_OP_EQ; op <= ARC_OP_GE; op++) {
            arc_cond c = cond1(k, op, pair[i][0], pair[i][1], NULL, 0);
            arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
            f.conds = &c;
            f.n_conds = 1;
            same(k, s, &f, "a compare of two columns");
        }
}

static void text_ops(kit *k)
{
    kit_state *s = start(k, 200);
    static const char *const part[] = { "", "a", "A", "a%", "a_", "%", "_", "\xe4", "\xc3\xa4", "\\", "ab", "b", "\x7f", " " };
    for (uint32_t i = 0; i < sizeof part / sizeof part[0]; i++)
        for (uint16_t op = ARC_OP_PREFIX; op <= ARC_OP_CONTAINS; op++) {
            arc_value *v = kit_mem(k, sizeof *v);
            *v = v_text(part[i]);
            if (part[i][0] == '\xe4') continue; /* constants are UTF-8 */
            arc_cond c = cond1(k, op, A_T, ARC_NO_COL, v, 1);
            arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
            f.conds = &c;
            f.n_conds = 1;
            same(k, s, &f, op == ARC_OP_PREFIX ? "PREFIX" : "CONTAINS");
        }
}

static void in_list(kit *k)
{
    kit_state *s = start(k, 200);
    for (uint32_t n = 1; n <= 3000; n = n * 3 + 1) {
        arc_value *v = kit_mem(k, n * sizeof *v);
        for (uint32_t i = 0; i < n; i++) v[i] = v_int((int64_t)i * 2 + 1);
        for (uint32_t down = 0; down < 2; down++) { /* what is met stands first, then last */
            arc_cond c = cond1(k, ARC_OP_IN, A_ID, ARC_NO_COL, v, n);
            arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
            f.conds = &c;
            f.n_conds = 1;
            same(k, s, &f, "IN");
            for (uint32_t i = 0; i < n; i++) v[i] = v_int((int64_t)(n - 1 - i) * 2 + 1);
        }
    }
}

/* Random programs, planned and then put right by the kit, against brute force. */
static void conditions(kit *k)
{
    kit_state *s = start(k, 150);
    for (uint32_t i = 0; i < k->rounds * 20; i++) {
        uint16_t t = kit_below(k, 4) ? KT_ALL : KT_PARENT;
        arc_cond c[3];
        arc_fetch f = kit_fetch(t, kit_cols, kit_ncols(t));
        f.conds = c;
        f.n_conds = kit_below(k, 3) + 1;
        for (uint32_t j = 0; j < f.n_conds; j++) gen_cond(k, t, &c[j]);
        same(k, s, &f, "a random condition");
    }
}

static arc_cond book_is(kit *k, int64_t book)
{
    arc_value *v = kit_mem(k, sizeof *v);
    *v = v_int(book);
    return cond1(k, ARC_OP_EQ, 0, ARC_NO_COL, v, 1);
}

/* Conditions, order, after and limit mixed freely. Mostly within a book, as the core asks. */
static void questions(kit *k)
{
    kit_state *s = start(k, 150);
    for (uint32_t i = 0; i < k->rounds * 20; i++) {
        arc_cond c[3];
        arc_order o[8];
        arc_value after[8];
        arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
        f.conds = c;
        f.n_conds = kit_below(k, 3);
        for (uint32_t j = 0; j < f.n_conds; j++) gen_cond(k, KT_ALL, &c[j]);
        if (kit_below(k, 4)) c[f.n_conds++] = book_is(k, 1);
        f.order = o;
        f.n_order = gen_order(k, KT_ALL, o);
        if (o[f.n_order - 1].col != A_ID && !(f.n_order > 1 && o[f.n_order - 2].col == A_ID)) {
            o[f.n_order].col = A_ID; /* the order is total, so that a limit has one answer */
            o[f.n_order++].descending = 0;
        }
        for (uint32_t j = 0; j < f.n_order; j++)
            after[j] = o[j].col == A_ID ? v_int((int64_t)kit_below(k, 150)) : gen_value(k, KT_ALL, o[j].col);
        for (uint32_t j = 0; j < f.n_order; j++)
            if (o[j].col == 0) after[j] = v_int(1);
        if (kit_below(k, 2)) f.after = after;
        if (kit_below(k, 2)) f.limit = (int64_t)kit_below(k, 40) + 1;
        same(k, s, &f, "a random question");
    }
}

static void limit_only(kit *k)
{
    kit_state *s = start(k, 100);
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
    for (f.limit = 1; f.limit < 300; f.limit *= 3) {
        kit_rows r;
        OK(k, kit_query(k, 0, &f, &r));
        uint32_t want = f.limit < s->n[KT_ALL] ? (uint32_t)f.limit : s->n[KT_ALL];
        CHECK(k, r.n_rows == want, "limit %lld without order: %u rows", (long long)f.limit, r.n_rows);
    }
}

/* Pages to the end: each row exactly once, in order. */
static void page_through(kit *k, const kit_state *s, arc_fetch *f)
{
    arc_value last[8];
    kit_rows all = { NULL, 0, f->n_cols, 0 }, want;
    model_fetch(k, s, f, &want);
    f->limit = 1 + kit_below(k, 30);
    for (;;) {
        kit_rows page;
        OK(k, kit_query(k, 0, f, &page));
        if (!page.n_rows) break;
        for (uint32_t r = 0; r < page.n_rows; r++) rows_push(k, &all, page.v + (size_t)r * f->n_cols, f->n_cols);
        const arc_value *end = all.v + (size_t)(all.n_rows - 1) * f->n_cols;
        for (uint32_t j = 0; j < f->n_order; j++) last[j] = end[f->order[j].col];
        f->after = last;
        CHECK(k, all.n_rows <= want.n_rows, "paging came to %u rows of %u", all.n_rows, want.n_rows);
    }
    kit_same_rows(k, &all, &want, "page by page");
}

static void paging(kit *k)
{
    kit_state *s = start(k, 170);
    static const uint16_t cols[] = { A_N, A_T, A_D, A_C, A_I, A_REF };
    for (uint32_t i = 0; i < 24; i++) {
        arc_order o[3] = { { cols[i % 6], (uint16_t)(i / 6 & 1) }, { cols[(i + 1) % 6], (uint16_t)(i / 12 & 1) },
                           { A_ID, (uint16_t)(i & 1) } };
        arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
        f.order = o;
        f.n_order = 3;
        page_through(k, s, &f);
    }
}

/* Orders that an index or the key gives, in a book: what backends take. */
static void paging_index(kit *k)
{
    kit_state *s = start(k, 170);
    for (uint32_t i = 0; i < k->rounds * 2; i++) {
        arc_order o[8];
        arc_cond c[2] = { book_is(k, 1), book_is(k, 1) };
        arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS);
        if (i % 3 == 2) gen_cond(k, KT_ALL, &c[1]);
        f.conds = c;
        f.n_conds = i % 3 == 2 ? 2 : 1;
        f.order = o;
        f.n_order = gen_order(k, KT_ALL, o);
        page_through(k, s, &f);
    }
}

static void text_order(kit *k)
{
    kit_state *s = start(k, 0);
    kit_rollback(k, 0);
    static const char *const t[] = { "", "\x01", " ", "A", "B", "Z", "a", "a ", "a\x01", "aa", "b", "z", "\x7f", "\xc3\xa4",
                                     "\xe4\xb8\xad", "\xee\x80\x80", "\xf0\x9f\x98\x80" };
    kit_begin(k, 0, ARC_TXN_WRITE);
    for (uint32_t i = 0; i < 17; i++) {
        arc_value r[P_COLS] = { v_int(1), v_int(100 + (int64_t)(i * 7 % 17)), v_text(t[i * 7 % 17]) };
        kit_put(k, 0, s, KT_PARENT, r, 1);
    }
    for (uint32_t i = 0; i < 17; i++) {
        arc_value r[K_COLS] = { v_int(1), v_text(t[i * 5 % 17]), v_int(-(int64_t)i), v_int((int64_t)i % 4) };
        if (i % 5 == 0) r[K_VAL] = v_null();
        kit_put(k, 0, s, KT_KEY, r, 1);
    }
    kit_commit(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    for (uint16_t down = 0; down < 2; down++) {
        arc_order o[2] = { { P_NAME, down }, { P_ID, 0 } }, key[3] = { { 0, down }, { K_CODE, down }, { K_N, down } };
        arc_order val[4] = { { 0, down }, { K_VAL, down }, { K_CODE, down }, { K_N, down } };
        arc_cond c = book_is(k, 1);
        arc_fetch f = kit_fetch(KT_PARENT, kit_cols, P_COLS);
        f.order = o;
        f.n_order = 2;
        same(k, s, &f, "text in byte order");
        f = kit_fetch(KT_KEY, kit_cols, K_COLS);
        f.conds = &c;
        f.n_conds = 1;
        f.order = key;
        f.n_order = 3;
        same(k, s, &f, "text keys in byte order");
        page_through(k, s, &f);
        f.order = key + 1;
        f.n_order = 2;
        f.after = NULL;
        f.limit = 0;
        same(k, s, &f, "text keys in byte order");
        f.order = val;
        f.n_order = 4;
        page_through(k, s, &f);
    }
}

/* A block stays as it is until the next next() or end() on its own cursor, whatever else happens. */
static void blocks(kit *k)
{
    kit_state *s = start(k, 1500);
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), g = kit_fetch(KT_ALL, kit_cols, A_COLS);
    arc_fetch *both[] = { &f, &g };
    arc_block a, b;
    kit_rows seen = { NULL, 0, A_COLS, 0 }, other = { NULL, 0, A_COLS, 0 }, again = { NULL, 0, A_COLS, 0 };
    kit_rollback(k, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    OK(k, k->ops->fetch(k->slot[0].txn, both, 2));
    OK(k, k->ops->next(f.cursor, &a));
    for (uint32_t i = 0; i < a.n_rows; i++) rows_push(k, &seen, a.values + (size_t)i * A_COLS, A_COLS);
    OK(k, k->ops->next(g.cursor, &b));
    OK(k, k->ops->next(g.cursor, &b) < 0 ? ARC_E_BACKEND : ARC_OK);
    arc_value row[P_COLS] = { v_int(1), v_int(500), v_text("written meanwhile") };
    kit_put(k, 0, s, KT_PARENT, row, 1);
    OK(k, kit_table(k, 0, KT_PARENT, &other));
    k->ops->end(g.cursor);
    for (uint32_t i = 0; i < a.n_rows; i++) rows_push(k, &again, a.values + (size_t)i * A_COLS, A_COLS);
    kit_same_rows(k, &again, &seen, "a block, later");
    k->ops->end(f.cursor); /* before its end: allowed any time */
}

/* Walks a question and writes to what it is ordered by on the way: each row that was there appears exactly once. */
static void walk_and_write(kit *k, arc_fetch *f, uint16_t touched)
{
    arc_fetch *fp = f;
    uint8_t *met = kit_mem(k, 800);
    uint32_t total = 0;
    arc_block b;
    arc_status st;
    if (k->ops->plan) k->ops->plan(k->slot[0].be, f);
    if (!(f->planned & ARC_PLAN_ORDER)) f->n_order = 0;
    if (!f->n_order) f->order = NULL;
    if (f->n_conds && !f->conds[0].accepted) f->n_conds = 0; /* all rows are of that book */
    OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
    while ((st = k->ops->next(f->cursor, &b)) == ARC_OK) {
        for (uint32_t i = 0; i < b.n_rows; i++) {
            int64_t id = b.values[i * 2].u.i;
            uint8_t res;
            if (id > 700) continue; /* rows written on the way may come or not */
            CHECK(k, !met[id]++, "row %lld appears twice while the order is being written to", (long long)id);
            total++;
            arc_value up[] = { v_int(1), v_int(id), v_int(1000 + id) };
            arc_write w = kit_insert(KT_ALL, up, 1, &res);
            w.op = ARC_WRITE_UPDATE;
            w.cols = &touched;
            w.n_cols = 1;
            OK(k, kit_write1(k, 0, &w));
            if (id % 10 == 0) {
                arc_value r[A_COLS];
                gen_row(k, KT_ALL, 700 + id, r);
                kit_put(k, 0, NULL, KT_ALL, r, 1);
            }
        }
    }
    EXPECT(k, st, ARC_DONE);
    k->ops->end(f->cursor);
    CHECK(k, total == 700, "%u of 700 rows appeared while rows were written", total);
}

static void write_while_reading(kit *k)
{
    static const uint16_t by_n[] = { A_ID, A_N }, by_d[] = { A_ID, A_D };
    static const arc_order order[] = { { A_N, 0 }, { A_I, 0 }, { A_ID, 0 } }, down[] = { { A_N, 1 }, { A_ID, 1 } };
    kit_state *s = start(k, 700);
    kit_rollback(k, 0);
    for (uint32_t i = 0; i < 5; i++) { /* no order, by columns, by an index up and down, by the key */
        arc_cond c = book_is(k, 1);
        arc_fetch f = kit_fetch(KT_ALL, i == 4 ? by_d : by_n, 2);
        f.conds = &c;
        f.n_conds = i != 1;
        f.order = i == 3 ? down : i == 4 ? order + 2 : order;
        f.n_order = i == 0 ? 0 : i == 3 ? 2 : i == 4 ? 1 : 3;
        if (!f.n_order) f.order = NULL;
        kit_begin(k, 0, ARC_TXN_WRITE);
        walk_and_write(k, &f, i == 4 ? A_D : A_N);
        kit_rollback(k, 0);
        kit_same_state(k, 0, s, "after rollback");
    }
}

static void several_fetches(kit *k)
{
    kit_state *s = start(k, 60);
    arc_fetch f[4] = { kit_fetch(KT_ALL, kit_cols, A_COLS), kit_fetch(KT_PARENT, kit_cols, P_COLS),
                       kit_fetch(KT_LOG, kit_cols, L_COLS), kit_fetch(KT_ALL, kit_cols, 2) };
    arc_fetch *all[] = { &f[0], &f[1], &f[2], &f[3] };
    OK(k, k->ops->fetch(k->slot[0].txn, all, 4));
    for (uint32_t i = 4; i-- > 0;) { /* ended in another order than begun */
        kit_rows got = { NULL, 0, f[i].n_cols, 0 }, want;
        OK(k, kit_drain(k, f[i].cursor, f[i].n_cols, &got));
        model_fetch(k, s, &f[i], &want);
        kit_sort_rows(&got);
        kit_sort_rows(&want);
        kit_same_rows(k, &got, &want, "several questions in one call");
    }
}

static void fetch_unknown(kit *k)
{
    kit_state *s = start(k, 5);
    kit_rollback(k, 0);
    for (uint32_t i = 0; i < 6; i++) {
        static const uint16_t bad[] = { 1, 99 };
        arc_value one = v_int(1);
        arc_cond c = cond1(k, 55, A_ID, ARC_NO_COL, &one, 1);
        arc_fetch good = kit_fetch(KT_ALL, kit_cols, A_COLS), f = good;
        if (i == 0) f.table = 99;
        if (i == 1) f.flags = 0x40;
        if (i == 2) f.cols = bad, f.n_cols = 2;
        if (i == 3) f.conds = &c, f.n_conds = 1;
        if (i == 4) f.n_cols = 0;
        if (i == 5) f.struct_size = 8;
        if (i == 3 && k->ops->plan) {
            k->ops->plan(k->slot[0].be, &f);
            CHECK(k, !c.accepted, "plan() accepted an unknown operator");
        }
        f.planned = 0;
        kit_begin(k, 0, ARC_TXN_READ);
        arc_fetch *both[] = { &good, &f };
        arc_status st = k->ops->fetch(k->slot[0].txn, both, 2);
        CHECK(k, st == ARC_E_INVALID || st == ARC_E_BACKEND, "wrong fetch %u gave %s", i, arc_status_name(st));
        kit_rollback(k, 0);
    }
    kit_same_state(k, 0, s, "after wrong fetches");
}

/* plan() needs no transaction, writes only what is OUT, and answers the same question alike. */
static void plan_alone(kit *k)
{
    if (!k->ops->plan) kit_skip(k, "plan is not offered: nothing is ever taken");
    kit_state *s = start(k, 60);
    kit_rollback(k, 0);
    for (uint32_t i = 0; i < k->rounds * 5; i++) {
        arc_cond c[2], was[2];
        arc_order o[8], o_was[8];
        arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), before;
        gen_cond(k, KT_ALL, &c[0]);
        c[1] = book_is(k, 1);
        memset(o, 0, sizeof o);
        f.conds = c;
        f.n_conds = 2;
        f.order = o;
        f.n_order = gen_order(k, KT_ALL, o);
        f.limit = 10;
        before = f;
        memcpy(was, c, sizeof was);
        memcpy(o_was, o, sizeof o_was);
        k->ops->plan(k->slot[0].be, &f);
        uint32_t planned = f.planned, took[2] = { c[0].accepted, c[1].accepted };
        CHECK(k, took[0] <= 1 && took[1] <= 1, "plan() set accepted to %u and %u", took[0], took[1]);
        f.planned = before.planned;
        c[0].accepted = c[1].accepted = 0;
        CHECK(k, !memcmp(&f, &before, sizeof f) && !memcmp(c, was, sizeof c) && !memcmp(o, o_was, sizeof o),
              "plan() changed the question");
        kit_begin(k, 0, ARC_TXN_READ);
        k->ops->plan(k->slot[0].be, &f);
        CHECK(k, f.planned == planned && c[0].accepted == took[0] && c[1].accepted == took[1],
              "plan() answers differently inside a transaction");
        kit_rollback(k, 0);
    }
    kit_same_state(k, 0, s, "after plan() alone");
}

static void longer_fetch(kit *k)
{
    struct {
        arc_fetch f;
        uint64_t more[3];
    } f;
    kit_state *s = start(k, 20);
    memset(&f, 0, sizeof f);
    f.f = kit_fetch(KT_ALL, kit_cols, A_COLS);
    f.f.struct_size = (uint32_t)sizeof f;
    arc_fetch *fp = &f.f;
    kit_rows got = { NULL, 0, A_COLS, 0 };
    OK(k, k->ops->fetch(k->slot[0].txn, &fp, 1));
    OK(k, kit_drain(k, f.f.cursor, A_COLS, &got));
    CHECK(k, got.n_rows == s->n[KT_ALL], "%u rows", got.n_rows);
}

static void get_many(kit *k)
{
    if (!k->ops->get_many) kit_skip(k, "get_many is not offered");
    kit_state *s = start(k, 300);
    for (uint32_t n = 1; n <= 700; n = n * 3 + 1) {
        static const uint16_t cols[] = { A_ID, A_T, A_BOOK };
        arc_value *key = kit_mem(k, n * 2 * sizeof *key);
        kit_rows want = { NULL, 0, 3, 0 }, got = { NULL, 0, 3, 0 };
        for (uint32_t i = 0; i < n; i++) { /* scattered, some absent, some of another book */
            key[i * 2] = v_int(i % 11 == 5 ? 2 : 1);
            key[i * 2 + 1] = v_int((int64_t)i * 397 % 701);
            for (uint32_t r = 0; r < s->n[KT_ALL]; r++) {
                const arc_value *row = s->row[KT_ALL][r];
                arc_value line[3] = { row[A_ID], row[A_T], row[A_BOOK] };
                if (kit_equal(&row[0], &key[i * 2]) && kit_equal(&row[1], &key[i * 2 + 1])) rows_push(k, &want, line, 3);
            }
        }
        void *cursor = NULL;
        OK(k, k->ops->get_many(k->slot[0].txn, KT_ALL, cols, 3, key, n, &cursor));
        OK(k, kit_drain(k, cursor, 3, &got));
        kit_same_rows(k, &got, &want, "get_many in key order");
    }
}

static void get_many_text(kit *k)
{
    if (!k->ops->get_many) kit_skip(k, "get_many is not offered");
    kit_state *s = start(k, 0);
    kit_rollback(k, 0);
    kit_begin(k, 0, ARC_TXN_WRITE);
    static const char *const code[] = { "", "a", "A", "ab", "\xc3\xa4", "b" };
    static const uint16_t cols[] = { K_CODE, K_N, K_VAL };
    for (uint32_t i = 0; i < 6; i++) {
        arc_value r[K_COLS] = { v_int(1), v_text(code[i]), v_int((int64_t)i % 2), v_int(i) };
        kit_put(k, 0, s, KT_KEY, r, 1);
    }
    arc_value keys[12 * 3];
    kit_rows want = { NULL, 0, 3, 0 }, got = { NULL, 0, 3, 0 };
    for (uint32_t i = 0; i < 12; i++) { /* each code with both numbers: one of them is there */
        uint32_t c = (i * 5) % 6, n = i / 6;
        keys[i * 3] = v_int(1);
        keys[i * 3 + 1] = v_text(code[c]);
        keys[i * 3 + 2] = v_int(n);
        arc_value line[3] = { v_text(code[c]), v_int(n), v_int(c) };
        if (c % 2 == n) rows_push(k, &want, line, 3);
    }
    void *cursor = NULL;
    OK(k, k->ops->get_many(k->slot[0].txn, KT_KEY, cols, 3, keys, 12, &cursor));
    OK(k, kit_drain(k, cursor, 3, &got));
    kit_same_rows(k, &got, &want, "get_many by text keys, own writes");
    kit_rollback(k, 0);
    kit_begin(k, 0, ARC_TXN_READ);
    REFUSED(k, k->ops->get_many(k->slot[0].txn, 99, cols, 3, keys, 12, &cursor), ARC_E_INVALID, ARC_E_BACKEND);
}

const kit_case kit_cases_read[] = {
    { "columns", "columns wanted, in this order", columns },
    { "many_rows", "next(): at least one with ARC_OK; existing rows appear exactly once", many_rows },
    { "no_rows", "ARC_DONE when there are none left", nothing },
    { "compare", "7. Conditions are two-valued; NE is true when exactly one side is NULL; NOT", compare },
    { "compare_columns", "right side column for EQ..GE", column_compare },
    { "text_ops", "PREFIX and CONTAINS by bytes, nothing is a wildcard", text_ops },
    { "in_list", "col is one of n constants", in_list },
    { "conditions_random", "accepted conjuncts are applied exactly, others not at all (superset, never subset)", conditions },
    { "questions_random", "ARC_PLAN_ORDER, ARC_PLAN_LIMIT: limit only with the order and every conjunct", questions },
    { "limit", "most rows wanted; 0 = all", limit_only },
    { "paging", "`after`: only rows strictly behind them in the order; NULL first, descending NULL last", paging },
    { "paging_index", "`after` in the order of a key or an index, within a book and under conditions", paging_index },
    { "text_order", "6. Text compares by bytes. NULL sorts before everything, ascending", text_order },
    { "blocks", "Memory lives until the next next() or end() on the cursor", blocks },
    { "write_while_reading", "Rows written after fetch() may or may not appear; existing rows exactly once", write_while_reading },
    { "several_fetches", "Several questions a call; each gets a cursor", several_fetches },
    { "fetch_unknown", "8. Unknown flags, operators and tables are refused; on error no cursor is left open", fetch_unknown },
    { "fetch_longer_struct", "10. Structures only grow at their end; a longer one is accepted", longer_fetch },
    { "plan_alone", "Marks what the backend takes of a fetch. No input or output happens", plan_alone },
    { "get_many_text_keys", "Rows by primary key: of several columns, text among them", get_many_text },
    { "get_many", "Rows by primary key, in key order given; absent rows are left out", get_many },
    { NULL, NULL, NULL },
};
