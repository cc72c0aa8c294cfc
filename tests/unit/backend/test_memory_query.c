/* SPDX-License-Identifier: Apache-2.0 */
/* Random questions against brute force: conditions of every kind, order, keyset, limit, sums. What plan() takes must be exact. */
#include "memory_fixture.h"

typedef struct bench {
    fx f;
    fx_chance c;
    fx_model m;
    void *be, *txn;
    arc_value pool[512];
    arc_cond_op ops[64];
    arc_cond conds[6];
    uint32_t n_pool, n_ops, n_conds, paths, ordered;
} bench;

/* ---- brute force ------------------------------------------------------------------------------------------------------------------ */

static int compare(uint16_t op, const arc_value *a, const arc_value *b)
{
    if (!a->type || !b->type) return op == ARC_OP_NE && a->type != b->type;
    int r = fx_cmp(a, b);
    return op == ARC_OP_EQ ? r == 0 : op == ARC_OP_NE ? r != 0 : op == ARC_OP_LT ? r < 0 : op == ARC_OP_LE ? r <= 0
         : op == ARC_OP_GT ? r > 0 : r >= 0;
}

static int contains(const arc_value *a, const arc_value *part)
{
    for (uint32_t i = 0; i + part->len <= a->len; i++)
        if (!part->len || !memcmp(a->u.s + i, part->u.s, part->len)) return 1;
    return 0;
}

static int step(const arc_cond_op *op, const arc_value *row)
{
    const arc_value *a = &row[op->col];
    if (op->op == ARC_OP_IS_NULL) return !a->type;
    if (op->op <= ARC_OP_GE) return compare(op->op, a, op->col2 != ARC_NO_COL ? &row[op->col2] : op->v);
    if (!a->type) return 0;
    if (op->op == ARC_OP_PREFIX) return op->v->type && a->len >= op->v->len && (!op->v->len || !memcmp(a->u.s, op->v->u.s, op->v->len));
    if (op->op == ARC_OP_CONTAINS) return op->v->type && contains(a, op->v);
    for (uint32_t i = 0; i < op->n; i++)
        if (!fx_cmp(a, &op->v[i])) return 1;
    return 0;
}

static int holds(const arc_cond *c, const arc_value *row)
{
    int stack[32];
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n_ops; i++) {
        const arc_cond_op *op = &c->ops[i];
        if (op->op < ARC_OP_AND) {
            stack[n++] = step(op, row);
        } else if (op->op == ARC_OP_NOT) {
            stack[n - 1] = !stack[n - 1];
        } else {
            int all = 1, any = 0;
            for (uint32_t k = 0; k < op->n; k++) {
                all &= stack[n - 1 - k];
                any |= stack[n - 1 - k];
            }
            n -= op->n;
            stack[n++] = op->op == ARC_OP_AND ? all : any;
        }
    }
    assert_int_equal(n, 1);
    return stack[0];
}

static int all_hold(const bench *b, const arc_value *row)
{
    for (uint32_t i = 0; i < b->n_conds; i++)
        if (!holds(&b->conds[i], row)) return 0;
    return 1;
}

/* ---- random questions ---------------------------------------------------------------------------------------------------------------- */

static arc_value constant(bench *b, uint16_t col)
{
    fx_row row;
    if (b->m.n && fx_below(&b->c, 2)) return b->m.rows[fx_below(&b->c, b->m.n)].v[col];
    fx_random_row(&b->c, &row, 600);
    if (col == I_NUMBER) return fx_below(&b->c, 2) ? fx_text("N17") : fx_text("INVOICE-2026-00001000");
    return row.v[col];
}

static void leaf(bench *b)
{
    arc_cond_op *op = &b->ops[b->n_ops++];
    memset(op, 0, sizeof *op);
    op->col = (uint16_t)fx_below(&b->c, I_COLS);
    op->col2 = ARC_NO_COL;
    int text = op->col == I_CUR || op->col == I_NUMBER || op->col == I_NOTE;
    uint32_t what = fx_below(&b->c, text ? 12 : 9);
    op->op = (uint16_t)(what < 3 ? ARC_OP_EQ : what < 6 ? ARC_OP_EQ + fx_below(&b->c, 6) : what < 8 ? ARC_OP_IN : what < 9
                       ? ARC_OP_IS_NULL : what < 11 ? ARC_OP_PREFIX : ARC_OP_CONTAINS);
    if (op->op == ARC_OP_IS_NULL) return;
    if (op->op <= ARC_OP_GE && !fx_below(&b->c, 8)) {
        static const uint16_t partner[I_COLS] = { I_ID, I_OPEN, I_DUE, I_PARTY, I_NOTE, I_DUE, I_CUR, I_NUMBER, I_BOOK };
        op->col2 = partner[op->col];
        return;
    }
    op->v = &b->pool[b->n_pool];
    uint32_t n = op->op == ARC_OP_IN ? fx_below(&b->c, 6) : 1;
    if (op->op == ARC_OP_IN) op->n = n;
    for (uint32_t i = 0; i < n; i++) {
        arc_value v = constant(b, op->col);
        while (op->op == ARC_OP_IN && !v.type) v = constant(b, op->col);
        if (op->op >= ARC_OP_PREFIX && v.len && fx_below(&b->c, 2)) v.len = fx_below(&b->c, v.len);
        b->pool[b->n_pool++] = v;
    }
}

static void conjunct(bench *b)
{
    arc_cond *c = &b->conds[b->n_conds++];
    uint32_t from = b->n_ops;
    memset(c, 0, sizeof *c);
    uint32_t n = fx_below(&b->c, 4) ? 1 : 2 + fx_below(&b->c, 3);
    for (uint32_t i = 0; i < n; i++) {
        leaf(b);
        if (n > 1 && !fx_below(&b->c, 3)) {
            memset(&b->ops[b->n_ops], 0, sizeof *b->ops);
            b->ops[b->n_ops++].op = ARC_OP_NOT;
        }
    }
    if (n > 1) {
        memset(&b->ops[b->n_ops], 0, sizeof *b->ops);
        b->ops[b->n_ops].n = n;
        b->ops[b->n_ops++].op = (uint16_t)(ARC_OP_AND + fx_below(&b->c, 2));
    }
    c->ops = b->ops + from;
    c->n_ops = b->n_ops - from;
}

static void fixed_conjunct(bench *b, uint16_t op, uint16_t col, arc_value v)
{
    arc_cond_op *o = &b->ops[b->n_ops];
    arc_cond *c = &b->conds[b->n_conds++];
    memset(o, 0, sizeof *o);
    memset(c, 0, sizeof *c);
    b->pool[b->n_pool] = v;
    o->op = op;
    o->col = col;
    o->col2 = ARC_NO_COL;
    o->v = &b->pool[b->n_pool++];
    c->ops = o;
    c->n_ops = 1;
    b->n_ops++;
}

static void conditions(bench *b)
{
    b->n_pool = b->n_ops = b->n_conds = 0;
    if (fx_below(&b->c, 5)) fixed_conjunct(b, ARC_OP_EQ, I_BOOK, fx_int(1 + fx_below(&b->c, 2)));
    if (!fx_below(&b->c, 4)) fixed_conjunct(b, ARC_OP_NE, I_OPEN, fx_int(0));
    if (!fx_below(&b->c, 4)) fixed_conjunct(b, ARC_OP_EQ, I_PARTY, constant(b, I_PARTY));
    if (!fx_below(&b->c, 3)) { /* around zero, where partial indexes prove themselves or not */
        uint16_t op = (uint16_t)(ARC_OP_EQ + fx_below(&b->c, 6)), col = fx_below(&b->c, 2) ? I_OPEN : I_DUE;
        fixed_conjunct(b, op, col, fx_int((int64_t)fx_below(&b->c, 5) - 2));
    }
    uint32_t n = fx_below(&b->c, 3);
    while (n--) conjunct(b);
}

static void question(bench *b, arc_fetch *q, arc_order *order, arc_value *after, uint16_t *cols)
{
    memset(q, 0, sizeof *q);
    q->struct_size = (uint32_t)sizeof *q;
    q->table = ITEM;
    q->cols = cols;
    q->n_cols = 1 + fx_below(&b->c, 4);
    for (uint32_t i = 0; i < q->n_cols; i++) cols[i] = (uint16_t)fx_below(&b->c, I_COLS);
    q->conds = b->conds;
    q->n_conds = b->n_conds;
    q->order = order;
    static const uint16_t common[][4] = { { I_ID }, { I_DUE, I_ID }, { I_PARTY, I_DUE, I_ID }, { I_NUMBER }, { I_NOTE, I_CUR, I_ID },
                                          { I_PARTY, I_DUE }, { I_BOOK, I_ID, I_NOTE } };
    static const uint32_t length[] = { 1, 2, 3, 1, 3, 2, 3 };
    if (fx_below(&b->c, 4)) {
        uint32_t k = fx_below(&b->c, 7), down = fx_below(&b->c, 2);
        q->n_order = length[k];
        for (uint32_t i = 0; i < q->n_order; i++) {
            order[i].col = common[k][i];
            order[i].descending = (uint16_t)(fx_below(&b->c, 12) ? down : !down);
        }
        if (fx_below(&b->c, 2)) {
            const arc_value *row = b->m.n ? b->m.rows[fx_below(&b->c, b->m.n)].v : NULL;
            for (uint32_t i = 0; i < q->n_order; i++)
                after[i] = row && fx_below(&b->c, 8) ? row[order[i].col] : constant(b, order[i].col);
            q->after = after;
        }
    }
    if (fx_below(&b->c, 2)) q->limit = 1 + fx_below(&b->c, 60);
}

static int order_cmp(const arc_fetch *q, const arc_value *a, const arc_value *key)
{
    for (uint32_t i = 0; i < q->n_order; i++) {
        int r = fx_cmp(&a[q->order[i].col], &key[i]);
        if (r) return q->order[i].descending ? -r : r;
    }
    return 0;
}

/* Rows got must be rows of the model that satisfy everything, each once; in order where that was planned; all of them unless limited. */
static void ask(bench *b)
{
    arc_order order[4];
    arc_value after[4];
    uint16_t wanted[8], cols[16];
    arc_fetch q;
    conditions(b);
    question(b, &q, order, after, wanted);
    b->f.ops.plan(b->be, &q);
    for (uint32_t i = 0; i < q.n_conds; i++) assert_int_equal(q.conds[i].accepted, 1);
    if (!(q.planned & ARC_PLAN_ORDER)) {
        if (q.n_order) q.limit = 0;
        q.order = NULL;
        q.after = NULL;
        q.n_order = 0;
    } else {
        b->ordered++;
    }
    if (!(q.planned & ARC_PLAN_LIMIT)) q.limit = 0;
    if (!fx_below(&b->c, 3)) q.n_cols = 1; /* so that covering paths are taken too */
    memcpy(cols, q.cols, q.n_cols * sizeof *cols);
    cols[q.n_cols] = I_BOOK;
    cols[q.n_cols + 1] = I_ID;
    q.n_cols += 2;
    q.cols = cols;
    char words[200];
    size_t len = sizeof words;
    assert_int_equal(b->f.ops.explain(b->txn, &q, words, &len), ARC_OK);
    b->paths |= strstr(words, "COVERING") ? 1u : strstr(words, "USING INDEX") ? 2u : 4u;
    arc_fetch *list[] = { &q };
    assert_int_equal(b->f.ops.fetch(b->txn, list, 1), ARC_OK);

    uint8_t *met = calloc(b->m.n + 1, 1);
    const arc_value *last = NULL;
    uint32_t got = 0, want = 0;
    arc_block block;
    while (b->f.ops.next(q.cursor, &block) == ARC_OK) {
        for (uint32_t r = 0; r < block.n_rows; r++, got++) {
            const arc_value *v = block.values + (size_t)r * block.n_cols;
            uint32_t at;
            assert_true(fx_model_find(&b->m, v[q.n_cols - 2].u.i, v[q.n_cols - 1].u.i, &at));
            const arc_value *row = b->m.rows[at].v;
            for (uint32_t i = 0; i < q.n_cols; i++) assert_int_equal(fx_cmp(&v[i], &row[cols[i]]), 0);
            assert_false(met[at]);
            met[at] = 1;
            assert_true(all_hold(b, row));
            if (q.after) assert_true(order_cmp(&q, row, after) > 0);
            arc_value key[4];
            for (uint32_t i = 0; last && i < q.n_order; i++) key[i] = last[order[i].col];
            if (last) assert_true(order_cmp(&q, row, key) >= 0);
            last = row;
        }
    }
    b->f.ops.end(q.cursor);
    for (uint32_t i = 0; i < b->m.n; i++) {
        int is = all_hold(b, b->m.rows[i].v) && (!q.after || order_cmp(&q, b->m.rows[i].v, after) > 0);
        want += (uint32_t)is;
        if (is && !met[i] && q.n_order && last) { /* what the limit cut off does not come before the last row */
            arc_value key[4];
            for (uint32_t k = 0; k < q.n_order; k++) key[k] = last[order[k].col];
            assert_true(order_cmp(&q, b->m.rows[i].v, key) >= 0);
        }
    }
    if (q.limit && want > (uint32_t)q.limit) want = (uint32_t)q.limit;
    assert_int_equal(got, want);
    free(met);
}

/* ---- sums --------------------------------------------------------------------------------------------------------------------------- */

typedef struct line {
    arc_value key[3];
    int64_t n, sum, n_sum;
    arc_value least, most;
} line;

static const int64_t edges[] = { -20, -5, 0, 0, 12 };

static void sum_row(line *lines, uint32_t *n, const arc_group *g, uint32_t n_groups, const arc_value *row)
{
    line l;
    uint32_t i;
    memset(&l, 0, sizeof l);
    for (i = 0; i < n_groups; i++) {
        l.key[i] = row[g[i].col];
        if (g[i].kind != ARC_GROUP_BUCKET || !l.key[i].type) continue;
        int64_t k = 0;
        while (k < 5 && edges[k] <= l.key[i].u.i) k++;
        l.key[i].u.i = k;
    }
    for (i = 0; i < *n; i++) {
        int r = 0;
        for (uint32_t k = 0; k < n_groups && !r; k++) r = fx_cmp(&lines[i].key[k], &l.key[k]);
        if (r > 0) break;
        if (!r) goto found;
    }
    memmove(lines + i + 1, lines + i, (*n - i) * sizeof *lines);
    lines[i] = l;
    ++*n;
found:
    lines[i].n++;
    lines[i].sum += row[I_OPEN].u.i;
    if (row[I_NOTE].type && (!lines[i].least.type || fx_cmp(&row[I_NOTE], &lines[i].least) < 0)) lines[i].least = row[I_NOTE];
    if (row[I_DUE].type && (!lines[i].most.type || fx_cmp(&row[I_DUE], &lines[i].most) > 0)) lines[i].most = row[I_DUE];
}

static void sums(bench *b)
{
    static line lines[4000];
    static const arc_measure m[] = { { ARC_MEASURE_SUM, I_OPEN }, { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_MIN, I_NOTE }, { ARC_MEASURE_MAX, I_DUE } };
    static const arc_group groups[] = { { I_CUR, ARC_GROUP_VALUE, 0, NULL }, { I_DUE, ARC_GROUP_BUCKET, 5, edges },
                                        { I_PARTY, ARC_GROUP_VALUE, 0, NULL }, { I_NOTE, ARC_GROUP_VALUE, 0, NULL },
                                        { I_BOOK, ARC_GROUP_VALUE, 0, NULL }, { I_NUMBER, ARC_GROUP_VALUE, 0, NULL } };
    uint32_t first = fx_below(&b->c, 4), n_groups = fx_below(&b->c, 4), n = 0, few = fx_below(&b->c, 2) ? 1 : 4, at = 0;
    arc_aggregate a;
    memset(&a, 0, sizeof a);
    conditions(b);
    a.struct_size = (uint32_t)sizeof a;
    a.table = ITEM;
    a.conds = b->conds;
    a.n_conds = b->n_conds;
    a.groups = groups + first;
    a.n_groups = n_groups;
    a.measures = m;
    a.n_measures = few;
    for (uint32_t i = 0; i < b->m.n; i++)
        if (all_hold(b, b->m.rows[i].v)) sum_row(lines, &n, a.groups, n_groups, b->m.rows[i].v);
    assert_int_equal(b->f.ops.aggregate(b->txn, &a), ARC_OK);
    if (!n_groups && !n) memset(lines, 0, sizeof *lines);
    arc_block block;
    while (b->f.ops.next(a.cursor, &block) == ARC_OK) {
        for (uint32_t r = 0; r < block.n_rows; r++, at++) {
            const arc_value *v = block.values + (size_t)r * block.n_cols;
            for (uint32_t i = 0; i < n_groups; i++) assert_int_equal(fx_cmp(&v[i], &lines[at].key[i]), 0);
            v += n_groups;
            assert_int_equal(v[0].type, lines[at].n ? ARC_V_INT : ARC_V_NULL);
            if (lines[at].n) assert_int_equal(v[0].u.i, lines[at].sum);
            if (few == 1) continue;
            assert_int_equal(v[1].u.i, lines[at].n);
            assert_int_equal(fx_cmp(&v[2], &lines[at].least), 0);
            assert_int_equal(fx_cmp(&v[3], &lines[at].most), 0);
        }
    }
    assert_int_equal(at, n_groups ? n : 1);
    b->f.ops.end(a.cursor);
}

/* ---- by key ------------------------------------------------------------------------------------------------------------------------- */

static void many(bench *b)
{
    static const uint16_t cols[] = { I_ID, I_NOTE };
    arc_value keys[40];
    void *cursor;
    arc_block block;
    uint32_t n = fx_below(&b->c, 20), at = 0, where;
    for (uint32_t i = 0; i < n; i++) {
        keys[i * 2] = fx_int(1 + fx_below(&b->c, 2));
        keys[i * 2 + 1] = fx_int(fx_below(&b->c, 700));
    }
    assert_int_equal(b->f.ops.get_many(b->txn, ITEM, cols, 2, keys, n, &cursor), ARC_OK);
    while (b->f.ops.next(cursor, &block) == ARC_OK) {
        for (uint32_t r = 0; r < block.n_rows; r++, at++) {
            while (!fx_model_find(&b->m, keys[at * 2].u.i, keys[at * 2 + 1].u.i, &where)) at++;
            assert_int_equal(fx_cmp(&block.values[r * 2], &b->m.rows[where].v[I_ID]), 0);
            assert_int_equal(fx_cmp(&block.values[r * 2 + 1], &b->m.rows[where].v[I_NOTE]), 0);
        }
    }
    for (; at < n; at++) assert_false(fx_model_find(&b->m, keys[at * 2].u.i, keys[at * 2 + 1].u.i, &where));
    b->f.ops.end(cursor);
}

static void fill(bench *b, uint32_t n)
{
    b->txn = fx_begin(&b->f, b->be, ARC_TXN_WRITE);
    for (uint32_t i = 0; i < n; i++) {
        fx_row row;
        uint32_t at;
        uint8_t result;
        fx_random_row(&b->c, &row, 600);
        if (row.v[I_PARTY].type && row.v[I_PARTY].u.i > FX_PARTIES) continue;
        if (fx_model_find(&b->m, row.v[I_BOOK].u.i, row.v[I_ID].u.i, &at) || fx_model_number_taken(&b->m, &row)) continue;
        fx_model_insert(&b->m, at, &row);
        assert_int_equal(fx_write(&b->f, b->txn, ITEM, ARC_WRITE_INSERT, fx_all, I_COLS, row.v, 1, &result), ARC_OK);
        assert_int_equal(result, ARC_ROW_OK);
    }
    assert_int_equal(b->f.ops.commit(b->txn), ARC_OK);
}

static void questions(void **state)
{
    (void)state;
    static const uint32_t sizes[] = { 0, 1, 60, 700 };
    uint32_t paths = 0, ordered = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        static bench b;
        memset(&b, 0, sizeof b);
        fx_init(&b.f, 1);
        b.c.state = seed;
        b.be = fx_open(&b.f, "");
        fx_parties(&b.f, b.be);
        fill(&b, sizes[seed % 4]);
        b.txn = fx_begin(&b.f, b.be, ARC_TXN_READ);
        for (int i = 0; i < 1500; i++) {
            ask(&b);
            if (i % 5 == 0) sums(&b);
            if (i % 10 == 0) many(&b);
        }
        paths |= b.paths;
        ordered += b.ordered;
        b.f.ops.close(b.be);
        fx_done(&b.f);
        free(b.m.rows);
    }
    assert_int_equal(paths, 7); /* covering, by index, by primary key: all were met */
    assert_true(ordered > 1000);
}

/* ---- paths ---------------------------------------------------------------------------------------------------------------------------- */

static void explains(void **state)
{
    (void)state;
    static bench b;
    memset(&b, 0, sizeof b);
    fx_init(&b.f, 1);
    b.be = fx_open(&b.f, "");
    fx_parties(&b.f, b.be);
    fill(&b, 800);
    b.txn = fx_begin(&b.f, b.be, ARC_TXN_READ);
    static const uint16_t open_cols[] = { I_PARTY, I_CUR, I_OPEN }, id[] = { I_ID };
    arc_order by_id[] = { { I_ID, 1 } };
    struct {
        uint16_t col, op;
        arc_value v;
        const uint16_t *cols;
        uint32_t n_cols, n_order;
        const char *words;
    } cases[] = {
        { I_OPEN, ARC_OP_NE, fx_int(0), open_cols, 3, 0, "SEARCH item USING COVERING INDEX open_party (book=?)" },
        { I_ID, ARC_OP_EQ, fx_int(7), fx_all, I_COLS, 0, "SEARCH item USING PRIMARY KEY (book=? AND id=?)" },
        { I_NUMBER, ARC_OP_EQ, fx_text("N1"), fx_all, I_COLS, 0, "SEARCH item USING INDEX number (book=? AND number=?)" },
        { I_NOTE, ARC_OP_PREFIX, fx_text("ab"), id, 1, 0, "SEARCH item USING COVERING INDEX note (book=? AND note PREFIX)" },
        { I_ID, ARC_OP_GT, fx_int(7), id, 1, 1, "SEARCH item USING PRIMARY KEY (book=? AND id>?) IN REVERSE" },
        { I_PARTY, ARC_OP_EQ, fx_int(7), fx_all, I_COLS, 1, "SEARCH item USING INDEX by_party (book=? AND party=?) UNORDERED" },
        { I_PARTY, ARC_OP_GT, fx_int(18), fx_all, I_COLS, 0, "SEARCH item USING INDEX by_party (book=? AND party>?)" },
        { I_PARTY, ARC_OP_GT, fx_int(4), fx_all, I_COLS, 0, "SEARCH item USING PRIMARY KEY (book=?)" },
        { I_PARTY, ARC_OP_GT, fx_int(4), open_cols, 1, 0, "SEARCH item USING COVERING INDEX by_party (book=? AND party>?)" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arc_fetch q;
        char words[200];
        size_t len = 5;
        memset(&q, 0, sizeof q);
        b.n_pool = b.n_ops = b.n_conds = 0;
        fixed_conjunct(&b, ARC_OP_EQ, I_BOOK, fx_int(1));
        fixed_conjunct(&b, cases[i].op, cases[i].col, cases[i].v);
        q.struct_size = (uint32_t)sizeof q;
        q.table = ITEM;
        q.cols = cases[i].cols;
        q.n_cols = cases[i].n_cols;
        q.conds = b.conds;
        q.n_conds = b.n_conds;
        q.order = by_id;
        q.n_order = cases[i].n_order;
        assert_int_equal(b.f.ops.explain(b.txn, &q, words, &len), ARC_E_BUFFER);
        len = sizeof words;
        assert_int_equal(b.f.ops.explain(b.txn, &q, words, &len), ARC_OK);
        assert_string_equal(words, cases[i].words);
        assert_int_equal(len, strlen(words));
    }
    b.f.ops.close(b.be);
    fx_done(&b.f);
    free(b.m.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(questions), cmocka_unit_test(explains) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
