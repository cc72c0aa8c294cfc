/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: insert, update, delete and what each row reports. */
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

/* Writes, demands the results, then the whole state. `want` may be NULL: only the model decides. */
static void both(kit *k, kit_state *s, arc_write *w, const uint8_t *want)
{
    OK(k, kit_both(k, 0, s, w));
    for (uint32_t i = 0; want && i < w->n_rows; i++)
        CHECK(k, w->results[i] == want[i], "row %u reports %u, expected %u", i, w->results[i], want[i]);
    kit_same_state(k, 0, s, "after the write");
}

static arc_write update(uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *rows, uint32_t n_rows,
                        uint8_t *results)
{
    arc_write w = kit_insert(table, rows, n_rows, results);
    w.op = ARC_WRITE_UPDATE;
    w.cols = cols;
    w.n_cols = n_cols;
    return w;
}

static void need_rows(kit *k, uint32_t n)
{
    if (k->ops->max_rows && k->ops->max_rows < n) kit_skip(k, "max_rows is %u, the case writes %u", k->ops->max_rows, n);
}

/* Every type comes back as it went in, at its edges; NULL, empty text and empty bytes stay apart. */
static void types(kit *k)
{
    kit_state *s = start(k, 0);
    static const char long_text[] = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
                                    "890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
                                    "890123456789\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4";
    const int64_t ints[] = { 0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993), INT64_C(-9007199254740993) };
    const int64_t dates[] = { 0, -1, -719162, 2932896, 20454, 1, -25567 };
    for (uint32_t i = 0; i < 7; i++) {
        arc_value r[A_COLS];
        for (uint32_t c = 0; c < A_COLS; c++) r[c] = v_null();
        r[A_BOOK] = v_int(i == 6 ? INT64_MAX : 1);
        r[A_ID] = v_int(i == 5 ? INT64_MAX : 100 + (int64_t)i);
        r[A_VERSION] = v_int(1);
        r[A_I] = r[A_N] = v_int(ints[i]);
        r[A_M] = v_int(i < 2 ? ints[i] : i & 1 ? INT64_C(1000000000000000000) : INT64_C(-1000000000000000000));
        r[A_X] = v_int(i & 1 ? INT64_MAX : INT64_MIN);
        r[A_D] = v_int(dates[i]);
        r[A_S] = v_int(i & 1 ? INT64_C(253402300799999999) : INT64_C(-62135596800000000));
        r[A_CUR] = v_text("USD");
        r[A_C] = v_text("paid");
        r[A_T] = i == 0 ? v_text("") : i == 1 ? v_text(long_text) : i == 2 ? v_null() : v_text("\xe4\xb8\xad \xf0\x9f\x98\x80 '\"\\\n\t\x01");
        r[A_Y] = i == 0 ? v_bytes(ARC_V_BLOB, "", 0) : i == 1 ? v_null() : v_bytes(ARC_V_BLOB, "\0\xff\0'\n", 5);
        r[A_FLAG] = v_int(i & 1);
        r[A_J] = v_text("{\"a\": [1.10, \"\\u00e4\"]}");
        kit_put(k, 0, s, KT_ALL, r, 1);
    }
    kit_same_state(k, 0, s, "values at their edges");
    kit_commit(k, 0);
    kit_same_state(k, 0, s, "values at their edges, committed");
}

static void some_columns(kit *k)
{
    kit_state *s = start(k, 0);
    static const uint16_t cols[] = { A_T, A_ID, A_VERSION, A_BOOK };
    arc_value rows[] = { v_text("x"), v_int(7), v_int(1), v_int(1), v_null(), v_int(8), v_int(2), v_int(1) };
    uint8_t res[2];
    arc_write w = kit_insert(KT_ALL, rows, k->ops->max_rows == 1 ? 1 : 2, res);
    w.cols = cols;
    w.n_cols = 4;
    both(k, s, &w, NULL);
}

static void exists(kit *k)
{
    need_rows(k, 4);
    kit_state *s = start(k, 0);
    arc_value rows[] = { v_int(1), v_int(1),  v_text("taken"), v_int(1), v_int(20), v_text("fresh"),
                         v_int(1), v_int(20), v_text("twin"),  v_int(2), v_int(1),  v_text("other book") };
    uint8_t res[4];
    static const uint8_t want[] = { ARC_ROW_EXISTS, ARC_ROW_OK, ARC_ROW_EXISTS, ARC_ROW_OK };
    arc_write w = kit_insert(KT_PARENT, rows, 4, res);
    both(k, s, &w, want);
}

static void uni_row(arc_value *r, int64_t id, const char *a, int64_t b)
{
    for (uint32_t c = 0; c < U_COLS; c++) r[c] = v_null();
    r[U_BOOK] = v_int(1);
    r[U_ID] = v_int(id);
    if (a) r[U_A] = v_text(a);
    if (b) r[U_B] = v_int(b);
}

static void unique(kit *k)
{
    need_rows(k, 7);
    kit_state *s = start(k, 0);
    arc_value r[7 * U_COLS];
    uint8_t res[7];
    static const uint8_t want[] = { 0, ARC_ROW_EXISTS, 0, 0, 0, 0, 0 };
    uni_row(r, 1, "a", 1);
    uni_row(r + U_COLS, 2, "a", 1);
    uni_row(r + 2 * U_COLS, 3, "a", 2);
    uni_row(r + 3 * U_COLS, 4, "A", 1);
    uni_row(r + 4 * U_COLS, 5, NULL, 1); /* a NULL key collides with nothing */
    uni_row(r + 5 * U_COLS, 6, NULL, 1);
    uni_row(r + 6 * U_COLS, 7, "a", 1);
    r[6 * U_COLS] = v_int(2); /* another book */
    arc_write w = kit_insert(KT_UNI, r, 7, res);
    both(k, s, &w, want);
}

/* A unique index over part of the rows, of each kind: in it rows collide, beside it they do not; an update moves a row
 * into it. */
static void partial(kit *k)
{
    need_rows(k, 4);
    static const struct {
        uint16_t where, key;
        int64_t out; /* value of the where column outside the index; -1 = NULL */
        int64_t in;
    } kind[] = { { U_LIVE, U_NZ, 0, 5 }, { U_LIVE, U_NZ, -1, -7 }, { U_GONE, U_NULL, 3, -1 }, { U_SETCOL, U_SET, -1, 0 } };
    kit_state *s = start(k, 0);
    for (uint32_t i = 0; i < 4; i++) {
        arc_value r[4 * U_COLS], up[3] = { v_int(1), v_int(0), v_null() };
        uint8_t res[4];
        static const uint8_t want[] = { 0, 0, 0, ARC_ROW_EXISTS }, collide[] = { ARC_ROW_EXISTS };
        arc_value in = kind[i].where == U_SETCOL ? v_text("") : kind[i].in == -1 ? v_null() : v_int(kind[i].in);
        arc_value out = kind[i].out == -1 ? v_null() : v_int(kind[i].out);
        for (uint32_t j = 0; j < 4; j++) {
            arc_value *row = r + (size_t)j * U_COLS;
            uni_row(row, 100 + i * 10 + j, NULL, 0);
            row[U_GONE] = v_int(1); /* out of the other indexes */
            row[kind[i].key] = v_int(1000 + (int64_t)i);
            row[kind[i].where] = j < 2 ? out : in;
        }
        arc_write w = kit_insert(KT_UNI, r, 4, res);
        both(k, s, &w, want);
        up[1] = v_int(100 + i * 10);
        up[2] = in;
        arc_write u = update(KT_UNI, &kind[i].where, 1, up, 1, res);
        both(k, s, &u, collide);
        up[1] = v_int(102 + i * 10); /* the row in the index leaves it, then the other may enter */
        up[2] = out;
        both(k, s, &u, NULL);
        up[1] = v_int(100 + i * 10);
        up[2] = in;
        both(k, s, &u, NULL);
        CHECK(k, res[0] == ARC_ROW_OK, "a free place in a partial unique index is refused: %u", res[0]);
    }
}

static void unique_update(kit *k)
{
    need_rows(k, 4);
    kit_state *s = start(k, 0);
    arc_value r[3 * U_COLS];
    uint8_t res[4];
    for (int64_t i = 0; i < 3; i++) uni_row(r + i * U_COLS, i + 1, "a", i + 1);
    arc_write w = kit_insert(KT_UNI, r, 3, res);
    both(k, s, &w, NULL);
    static const uint16_t cols[] = { U_B };
    /* 1 -> 3 collides; 2 -> 2 is itself; 3 -> 9 frees 3; 1 -> 3 now fits: rows are applied in order */
    arc_value up[] = { v_int(1), v_int(1), v_int(3), v_int(1), v_int(2), v_int(2),
                       v_int(1), v_int(3), v_int(9), v_int(1), v_int(1), v_int(3) };
    static const uint8_t want[] = { ARC_ROW_EXISTS, 0, 0, 0 };
    arc_write u = update(KT_UNI, cols, 1, up, 4, res);
    both(k, s, &u, want);
}

static void update_some(kit *k)
{
    need_rows(k, 3);
    kit_state *s = start(k, 10);
    static const uint16_t cols[] = { A_T, A_N, A_FLAG };
    arc_value up[] = { v_int(1), v_int(3), v_text("new"), v_null(), v_int(1), v_int(1), v_int(99), v_text("nobody"),
                       v_int(5), v_int(0), v_int(2), v_int(3), v_text("other book"), v_int(5), v_int(0) };
    static const uint8_t want[] = { 0, ARC_ROW_MISSING, ARC_ROW_MISSING };
    uint8_t res[3];
    arc_write u = update(KT_ALL, cols, 3, up, 3, res);
    both(k, s, &u, want);
}

static void add(kit *k)
{
    need_rows(k, 4);
    kit_state *s = start(k, 10);
    arc_value r[A_COLS];
    gen_row(k, KT_ALL, 50, r);
    r[A_I] = v_int(INT64_MAX - 1);
    r[A_N] = v_null();
    r[A_REF] = v_null();
    r[A_M] = v_int(100);
    r[A_CUR] = v_text("EUR");
    kit_put(k, 0, s, KT_ALL, r, 1);
    static const uint16_t cols[] = { A_I, A_N, A_M, A_VERSION, A_T };
    static const uint8_t set[] = { ARC_ADD, ARC_ADD, ARC_ADD, ARC_ADD, ARC_SET };
    arc_value up[] = { v_int(1), v_int(50), v_int(1),  v_int(5), v_int(-300), v_int(1), v_text("x"),
                       v_int(1), v_int(50), v_int(-9), v_int(5), v_int(7),    v_int(1), v_text("y") };
    uint8_t res[2];
    arc_write u = update(KT_ALL, cols, 5, up, 2, res);
    u.set = set;
    both(k, s, &u, NULL);
}

static void overflow(kit *k)
{
    static const int64_t at[] = { INT64_MAX, INT64_MIN, INT64_MAX - 5, INT64_MIN, 1 };
    static const int64_t by[] = { 1, -1, 6, INT64_MIN, INT64_MAX };
    kit_state *s = start(k, 3);
    for (uint32_t i = 0; i < 5; i++) {
        arc_value r[A_COLS];
        gen_row(k, KT_ALL, 50 + i, r);
        r[A_N] = v_int(at[i]);
        r[A_REF] = v_null();
        kit_put(k, 0, s, KT_ALL, r, 1);
    }
    kit_commit(k, 0);
    for (uint32_t i = 0; i < 5; i++) {
        static const uint16_t cols[] = { A_N };
        static const uint8_t set[] = { ARC_ADD };
        arc_value up[] = { v_int(1), v_int(50 + i), v_int(by[i]) };
        uint8_t res;
        arc_write u = update(KT_ALL, cols, 1, up, 1, &res);
        u.set = set;
        kit_begin(k, 0, ARC_TXN_WRITE);
        EXPECT(k, kit_write1(k, 0, &u), ARC_E_OVERFLOW);
        kit_rollback(k, 0);
        kit_same_state(k, 0, s, "after an overflow");
    }
}

static void erase(kit *k)
{
    need_rows(k, 4);
    kit_state *s = start(k, 10);
    arc_value del[] = { v_int(1), v_int(3), v_int(1), v_int(99), v_int(1), v_int(3), v_int(1), v_int(4) };
    static const uint8_t want[] = { 0, ARC_ROW_MISSING, ARC_ROW_MISSING, 0 };
    uint8_t res[4];
    arc_write d = kit_insert(KT_ALL, del, 4, res);
    d.op = ARC_WRITE_DELETE;
    d.cols = NULL;
    d.n_cols = 0;
    both(k, s, &d, want);
    arc_value r[A_COLS]; /* the key is free again */
    gen_row(k, KT_ALL, 3, r);
    kit_put(k, 0, s, KT_ALL, r, 1);
    kit_same_state(k, 0, s, "inserted again after delete");
}

static void text_key(kit *k)
{
    need_rows(k, 6);
    kit_state *s = start(k, 0);
    static const char *const code[] = { "", "a", "A", "a ", "\xc3\xa4", "a\xcc\x88" };
    arc_value r[6 * K_COLS];
    uint8_t res[6];
    for (uint32_t i = 0; i < 6; i++) {
        r[i * K_COLS + K_BOOK] = v_int(1);
        r[i * K_COLS + K_CODE] = v_text(code[i]);
        r[i * K_COLS + K_N] = v_int(-5);
        r[i * K_COLS + K_VAL] = v_int(i);
    }
    arc_write w = kit_insert(KT_KEY, r, 6, res);
    both(k, s, &w, (const uint8_t *)"\0\0\0\0\0\0");
    static const uint16_t cols[] = { K_VAL };
    arc_value up[] = { v_int(1), v_text("A"), v_int(-5), v_int(70), v_int(1), v_text("B"), v_int(-5), v_int(71),
                       v_int(1), v_text("a"), v_int(5), v_int(72) };
    static const uint8_t want[] = { 0, ARC_ROW_MISSING, ARC_ROW_MISSING };
    arc_write u = update(KT_KEY, cols, 1, up, 3, res);
    both(k, s, &u, want);
}

const kit_case kit_cases_write[] = {
    { "types", "values come back as they went in: edges of int64, dates, stamps; NULL, \"\" and bytes apart", types },
    { "insert_some_columns", "INSERT: columns not named become NULL", some_columns },
    { "insert_exists", "ARC_ROW_EXISTS: primary key is taken; the others stand; rows are applied in order", exists },
    { "unique", "no two rows with equal, all non-NULL keys", unique },
    { "unique_partial", "ARC_INDEX_WHERE_*: holds only rows whose where_col ...", partial },
    { "unique_update", "ARC_ROW_EXISTS on update: a unique index is taken, the row is unchanged", unique_update },
    { "update_some_columns", "An update names its columns; ARC_ROW_MISSING: no row with this key", update_some },
    { "update_add", "ARC_ADD: column := column + value; NULL stays NULL", add },
    { "update_overflow", "arithmetic that overflows in ARC_ADD dooms it with ARC_E_OVERFLOW", overflow },
    { "delete", "DELETE: the primary key; ARC_ROW_MISSING", erase },
    { "text_key", "6. Text compares by bytes: keys too", text_key },
    { NULL, NULL, NULL },
};
