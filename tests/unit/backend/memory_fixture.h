/* SPDX-License-Identifier: Apache-2.0 */
/* Two small tables, a host that counts and can fail, and a plain array of rows to compare with. */
#ifndef MEMORY_FIXTURE_H
#define MEMORY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/memory.h"

enum { PARTY, ITEM };
enum { P_BOOK, P_ID, P_NAME, P_ABOVE, P_COLS };
enum { I_BOOK, I_ID, I_PARTY, I_DUE, I_CUR, I_OPEN, I_NUMBER, I_NOTE, I_FLAG, I_COLS };

#define FX_COL(name, type, size, flags) { name, "", NULL, size, flags, type, ARC_NO_COL, 1000 }
#define FX_REQ ARC_COL_REQUIRED

static const char *const fx_codes[] = { "CNY", "EUR", "USD", "a currency with a long name", NULL };
static const arc_column fx_party_cols[] = {
    FX_COL("book", ARC_T_ID, 0, FX_REQ),
    FX_COL("id", ARC_T_ID, 0, FX_REQ),
    FX_COL("name", ARC_T_TEXT, 100, 0),
    FX_COL("above", ARC_T_ID, 0, 0),
};
static const arc_column fx_item_cols[] = {
    FX_COL("book", ARC_T_ID, 0, FX_REQ),  FX_COL("id", ARC_T_ID, 0, FX_REQ),
    FX_COL("party", ARC_T_ID, 0, 0),      FX_COL("due", ARC_T_DATE, 0, 0),
    { "cur", "", fx_codes, 0, 0, ARC_T_CODE, ARC_NO_COL, 1000 },
    { "open", "", NULL, 0, FX_REQ, ARC_T_MONEY, I_CUR, 1000 },
    FX_COL("number", ARC_T_TEXT, 40, 0),  FX_COL("note", ARC_T_TEXT, 300, 0),
    FX_COL("flag", ARC_T_BOOL, 0, 0),     FX_COL("late", ARC_T_TEXT, 20, 0), /* of version 1001 */
};
static const uint16_t fx_key[] = { 0, 1 };
static const uint16_t fx_above[] = { P_BOOK, P_ABOVE };
static const uint16_t fx_party[] = { I_BOOK, I_PARTY };
static const uint16_t fx_by_party[] = { I_BOOK, I_PARTY, I_DUE, I_OPEN };
static const uint16_t fx_open_due[] = { I_BOOK, I_DUE, I_CUR, I_OPEN };
static const uint16_t fx_open_party[] = { I_BOOK, I_PARTY, I_DUE, I_CUR, I_OPEN };
static const uint16_t fx_number[] = { I_BOOK, I_NUMBER, I_FLAG };
static const uint16_t fx_dated[] = { I_BOOK, I_FLAG, I_DUE };
static const uint16_t fx_note[] = { I_BOOK, I_NOTE, I_CUR };
static const uint16_t fx_flag[] = { I_BOOK, I_DUE };
static const arc_foreign_key fx_party_fks[] = { { fx_above, 2, PARTY, 1000 } };
static const arc_foreign_key fx_item_fks[] = { { fx_party, 2, PARTY, 1000 } };
static const arc_index fx_indexes[] = {
    { "by_party", fx_by_party, 3, 1, ARC_NO_COL, 0, 0, 1000 },
    { "open_due", fx_open_due, 2, 2, I_OPEN, 0, ARC_INDEX_WHERE_NONZERO, 1000 },
    { "open_party", fx_open_party, 3, 2, I_OPEN, 0, ARC_INDEX_WHERE_NONZERO, 1000 },
    { "number", fx_number, 2, 1, ARC_NO_COL, 0, ARC_INDEX_UNIQUE, 1000 },
    { "note", fx_note, 3, 0, I_NOTE, 0, ARC_INDEX_WHERE_SET, 1000 },
    { "unflagged", fx_flag, 2, 0, I_FLAG, 0, ARC_INDEX_WHERE_NULL, 1000 },
    { "dated", fx_dated, 2, 1, I_DUE, 0, ARC_INDEX_WHERE_NONZERO, 1000 },
    { "cur", fx_note, 2, 1, ARC_NO_COL, 0, 0, 1001 }, /* of version 1001 */
};
#define FX_TABLES(n_cols, n_indexes)                                                                                            \
    {                                                                                                                           \
        { "party", "", fx_party_cols, fx_key, NULL, fx_party_fks, P_COLS, 2, 0, 1, ARC_TABLE_ERASABLE, 1000 },                  \
            { "item", "", fx_item_cols, fx_key, fx_indexes, fx_item_fks, n_cols, 2, n_indexes, 1, ARC_TABLE_ERASABLE, 1000 },   \
    }
static const arc_table fx_tables[] = FX_TABLES(I_COLS, 7);
static const arc_table fx_tables_newer[] = FX_TABLES(I_COLS + 1, 8);
static const arc_schema_desc fx_schema = { (uint32_t)sizeof(arc_schema_desc), 1000, 0x41524331u, 2, fx_tables };
static const arc_schema_desc fx_schema_newer = { (uint32_t)sizeof(arc_schema_desc), 1001, 0x41524331u, 2, fx_tables_newer };

/* ---- the host ------------------------------------------------------------------------------------------------------------------ */

typedef struct fx {
    arc_host host;
    arc_backend_ops ops;
    arci_memory_registry registry;
    int64_t live, allocs, fail_at; /* fail_at: this allocation and all later ones fail; 0: none */
    arc_status error;
    int32_t cancel;
    int counting;
} fx;

static inline fx *fx_of(const arc_host *host)
{
    return host->user;
}
static inline int fx_refuse(fx *f)
{
    if (!f->counting) return 0;
    f->allocs++;
    return f->fail_at && f->allocs >= f->fail_at;
}
static void *fx_alloc(const arc_host *host, size_t size)
{
    fx *f = fx_of(host);
    if (fx_refuse(f)) return NULL;
    void *p = malloc(size);
    if (p && f->counting) f->live++;
    return p;
}
static void *fx_resize(const arc_host *host, void *p, size_t size)
{
    fx *f = fx_of(host);
    if (fx_refuse(f)) return NULL;
    if (!p && f->counting) f->live++;
    return realloc(p, size);
}
static void fx_release(const arc_host *host, void *p)
{
    if (p && fx_of(host)->counting) fx_of(host)->live--;
    free(p);
}
static void fx_error(const arc_host *host, arc_status status, int32_t vendor, const char *sqlstate, const char *message)
{
    (void)vendor;
    (void)sqlstate;
    (void)message;
    if (fx_of(host)->counting) fx_of(host)->error = status;
}
static int32_t fx_cancelled(const arc_host *host)
{
    return fx_of(host)->cancel;
}
static const arc_backend_ops *fx_find(const arc_host *host, const char *scheme)
{
    return strcmp(scheme, "memory") == 0 ? &fx_of(host)->ops : NULL;
}
/* counting: the host is used by one thread only, so it may keep count */
static inline void fx_init(fx *f, int counting)
{
    memset(f, 0, sizeof *f);
    f->host.struct_size = (uint32_t)sizeof f->host;
    f->host.user = f;
    f->host.alloc = fx_alloc;
    f->host.resize = fx_resize;
    f->host.release = fx_release;
    f->host.set_error = fx_error;
    f->host.cancelled = fx_cancelled;
    f->host.find_backend = fx_find;
    f->ops = *arci_backend_memory();
    f->ops.user = &f->registry;
    f->counting = counting;
    assert_int_equal(arci_memory_registry_init(&f->registry), 0);
}
static inline void fx_done(fx *f)
{
    assert_null(f->registry.stores);
    assert_int_equal(f->live, 0);
    arci_memory_registry_destroy(&f->registry);
}
static inline void *fx_open(fx *f, const char *name)
{
    void *be = NULL;
    assert_int_equal(f->ops.open(&f->host, name, "", ARC_OPEN_CREATE, &be), ARC_OK);
    assert_int_equal(f->ops.migrate(be, &fx_schema, ARC_OPEN_CREATE), ARC_OK);
    return be;
}
static inline void *fx_begin(fx *f, void *be, uint32_t mode)
{
    void *txn = NULL;
    assert_int_equal(f->ops.begin(be, mode, 0, &txn), ARC_OK);
    return txn;
}

/* ---- values and chance ---------------------------------------------------------------------------------------------------------- */

static inline arc_value fx_int(int64_t i)
{
    arc_value v;
    memset(&v, 0, sizeof v);
    v.type = ARC_V_INT;
    v.u.i = i;
    return v;
}
static inline arc_value fx_text(const char *s)
{
    arc_value v;
    memset(&v, 0, sizeof v);
    v.type = ARC_V_TEXT;
    v.len = (uint32_t)strlen(s);
    v.u.s = s;
    return v;
}
static inline arc_value fx_null(void)
{
    arc_value v;
    memset(&v, 0, sizeof v);
    return v;
}
static inline int fx_cmp(const arc_value *a, const arc_value *b)
{
    if (!a->type || !b->type) return (a->type > 0) - (b->type > 0);
    if (a->type == ARC_V_INT) return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    uint32_t n = a->len < b->len ? a->len : b->len;
    int r = n ? memcmp(a->u.s, b->u.s, n) : 0;
    return r ? r : (a->len > b->len) - (a->len < b->len);
}

typedef struct fx_chance {
    uint64_t state;
} fx_chance;
static inline uint32_t fx_below(fx_chance *c, uint32_t n)
{
    uint64_t z = (c->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % n);
}

static const char *const fx_notes[] = {
    "", "a", "ab", "abc", "abcd", "abcde", "twelve bytes", "thirteen byte", "thirteen bytf", "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyz and more", "abcdefghijkm", "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c", "Zz", "zz top", "b",
};
#define FX_NOTES 16u

/* ---- the array that stands for the item table ------------------------------------------------------------------------------------ */

typedef struct fx_row {
    arc_value v[I_COLS];
    char number[48];
} fx_row;

typedef struct fx_model {
    fx_row *rows; /* by id */
    uint32_t n, cap;
} fx_model;

static inline void fx_model_copy(fx_model *to, const fx_model *from)
{
    free(to->rows);
    to->rows = malloc((from->n + 1) * sizeof *to->rows);
    assert_non_null(to->rows);
    to->n = to->cap = from->n;
    for (uint32_t i = 0; i < from->n; i++) {
        to->rows[i] = from->rows[i];
        if (to->rows[i].v[I_NUMBER].type) to->rows[i].v[I_NUMBER].u.s = to->rows[i].number;
    }
}
static inline int fx_model_find(const fx_model *m, int64_t book, int64_t id, uint32_t *at)
{
    for (*at = 0; *at < m->n; ++*at) {
        const arc_value *v = m->rows[*at].v;
        if (v[I_BOOK].u.i > book || (v[I_BOOK].u.i == book && v[I_ID].u.i >= id))
            return v[I_BOOK].u.i == book && v[I_ID].u.i == id;
    }
    return 0;
}
static inline void fx_model_place(fx_model *m)
{
    for (uint32_t i = 0; i < m->n; i++)
        if (m->rows[i].v[I_NUMBER].type) m->rows[i].v[I_NUMBER].u.s = m->rows[i].number;
}
static inline void fx_model_insert(fx_model *m, uint32_t at, const fx_row *row)
{
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->rows = realloc(m->rows, m->cap * sizeof *m->rows);
        assert_non_null(m->rows);
    }
    memmove(m->rows + at + 1, m->rows + at, (m->n - at) * sizeof *m->rows);
    m->rows[at] = *row;
    m->n++;
    fx_model_place(m);
}
static inline void fx_model_delete(fx_model *m, uint32_t at)
{
    memmove(m->rows + at, m->rows + at + 1, (m->n - at - 1) * sizeof *m->rows);
    m->n--;
    fx_model_place(m);
}
static inline int fx_model_number_taken(const fx_model *m, const fx_row *row)
{
    if (!row->v[I_NUMBER].type) return 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const arc_value *v = m->rows[i].v;
        if (v[I_BOOK].u.i == row->v[I_BOOK].u.i && v[I_ID].u.i != row->v[I_ID].u.i && v[I_NUMBER].type &&
            !fx_cmp(&v[I_NUMBER], &row->v[I_NUMBER]))
            return 1;
    }
    return 0;
}

#define FX_PARTIES 20

static inline void fx_random_rest(fx_chance *c, fx_row *row)
{
    arc_value *v = row->v;
    v[I_PARTY] = fx_below(c, 10) ? fx_int(1 + fx_below(c, fx_below(c, 12) ? FX_PARTIES : FX_PARTIES + 5)) : fx_null();
    v[I_DUE] = fx_below(c, 8) ? fx_int((int64_t)fx_below(c, 60) - 30) : fx_null();
    v[I_CUR] = fx_below(c, 9) ? fx_text(fx_codes[fx_below(c, 4)]) : fx_null();
    v[I_OPEN] = fx_int(fx_below(c, 3) ? (int64_t)fx_below(c, 2000) - 500 : 0);
    v[I_NUMBER] = fx_null();
    if (fx_below(c, 6)) {
        (void)snprintf(row->number, sizeof row->number, fx_below(c, 2) ? "N%u" : "INVOICE-2026-%08u", fx_below(c, 4000));
        v[I_NUMBER] = fx_text(row->number);
    }
    v[I_NOTE] = fx_below(c, 4) ? fx_text(fx_notes[fx_below(c, FX_NOTES)]) : fx_null();
    v[I_FLAG] = fx_below(c, 3) ? fx_int(fx_below(c, 2)) : fx_null();
}
static inline void fx_random_row(fx_chance *c, fx_row *row, uint32_t ids)
{
    memset(row, 0, sizeof *row);
    row->v[I_BOOK] = fx_int(1 + fx_below(c, 2));
    row->v[I_ID] = fx_int(1 + fx_below(c, ids));
    fx_random_rest(c, row);
}

static const uint16_t fx_all[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static inline arc_status fx_write(fx *f, void *txn, uint16_t table, uint16_t op, const uint16_t *cols, uint32_t n_cols,
                                  const arc_value *rows, uint32_t n_rows, uint8_t *results)
{
    arc_write w;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = table;
    w.op = op;
    w.cols = cols;
    w.n_cols = n_cols;
    w.rows = rows;
    w.n_rows = n_rows;
    w.results = results;
    arc_write *list[] = { &w };
    return f->ops.write(txn, list, 1);
}
static inline void fx_parties(fx *f, void *be)
{
    void *txn = fx_begin(f, be, ARC_TXN_WRITE);
    for (int64_t book = 1; book <= 2; book++) {
        for (int64_t id = 1; id <= FX_PARTIES; id++) {
            arc_value v[] = { fx_int(book), fx_int(id), fx_text("a party"), id > 3 ? fx_int(id / 3) : fx_null() };
            uint8_t result = 9;
            assert_int_equal(fx_write(f, txn, PARTY, ARC_WRITE_INSERT, fx_all, P_COLS, v, 1, &result), ARC_OK);
            assert_int_equal(result, ARC_ROW_OK);
        }
    }
    assert_int_equal(f->ops.commit(txn), ARC_OK);
}

static inline void *fx_scan(fx *f, void *txn, const uint16_t *cols, uint32_t n_cols)
{
    arc_fetch q;
    memset(&q, 0, sizeof q);
    q.struct_size = (uint32_t)sizeof q;
    q.table = ITEM;
    q.cols = cols;
    q.n_cols = n_cols;
    q.order = NULL;
    arc_fetch *list[] = { &q };
    assert_int_equal(f->ops.fetch(txn, list, 1), ARC_OK);
    return q.cursor;
}
/* All rows the transaction sees are those of the model. */
static inline void fx_same(fx *f, void *txn, const fx_model *m)
{
    void *cursor = fx_scan(f, txn, fx_all, I_COLS);
    arc_block block;
    arc_status s;
    uint32_t at = 0;
    while ((s = f->ops.next(cursor, &block)) == ARC_OK) {
        for (uint32_t r = 0; r < block.n_rows; r++, at++) {
            assert_true(at < m->n);
            for (uint32_t c = 0; c < I_COLS; c++) {
                const arc_value *got = &block.values[r * I_COLS + c], *want = &m->rows[at].v[c];
                assert_int_equal(got->type, want->type);
                assert_int_equal(fx_cmp(got, want), 0);
            }
        }
    }
    assert_int_equal(s, ARC_DONE);
    assert_int_equal(at, m->n);
    f->ops.end(cursor);
}
static inline void fx_finding(void *user, const char *finding)
{
    (void)user;
    fail_msg("%s", finding);
}

/* ---- amounts ---------------------------------------------------------------------------------------------------------------------- */

static inline arc_status fx_put(fx *f, void *txn, int64_t id, int64_t open, const char *note, uint8_t *result)
{
    arc_value v[I_COLS] = { fx_int(1),    fx_int(id), fx_int(1 + id % FX_PARTIES),   fx_int(id % 50),
                            fx_text("CNY"), fx_int(open), fx_null(), note ? fx_text(note) : fx_null(), fx_null() };
    return fx_write(f, txn, ITEM, ARC_WRITE_INSERT, fx_all, I_COLS, v, 1, result);
}

static inline arc_status fx_add(fx *f, void *txn, int64_t id, int64_t amount, uint8_t *result)
{
    static const uint16_t col = I_OPEN;
    static const uint8_t set = ARC_ADD;
    arc_value v[] = { fx_int(1), fx_int(id), fx_int(amount) };
    arc_write w;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = ITEM;
    w.op = ARC_WRITE_UPDATE;
    w.cols = &col;
    w.set = &set;
    w.n_cols = 1;
    w.rows = v;
    w.n_rows = 1;
    w.results = result;
    arc_write *list[] = { &w };
    return f->ops.write(txn, list, 1);
}

/* Sum and count over the rows with something open, by the covering path, and over all rows, by the primary one. */
static inline arc_status fx_total(fx *f, void *txn, int by_index, int64_t *sum, int64_t *n)
{
    arc_value zero = fx_int(0), one = fx_int(1);
    arc_cond_op ops[] = { { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 0, &one }, { ARC_OP_NE, I_OPEN, ARC_NO_COL, 0, 0, &zero } };
    arc_cond conds[] = { { &ops[0], 1, 0 }, { &ops[1], 1, 0 } };
    arc_measure m[] = { { ARC_MEASURE_SUM, I_OPEN }, { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_MAX, by_index ? I_OPEN : I_NOTE } };
    arc_aggregate a;
    memset(&a, 0, sizeof a);
    a.struct_size = (uint32_t)sizeof a;
    a.table = ITEM;
    a.conds = conds;
    a.n_conds = by_index ? 2 : 1;
    a.measures = m;
    a.n_measures = 3;
    arc_status status = f->ops.aggregate(txn, &a);
    if (status) return status;
    arc_block block;
    status = f->ops.next(a.cursor, &block);
    if (!status) {
        *sum = block.values[0].type ? block.values[0].u.i : 0;
        *n = block.values[1].u.i;
    }
    f->ops.end(a.cursor);
    return status;
}

#endif
