/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's own tables: every column type, every kind of index and key that the core uses. */
#include "kit.h"

#define COL(name_, type_, size_, flags_) { name_, "kit column", NULL, size_, flags_, type_, ARC_NO_COL, 1000 }
#define REQ ARC_COL_REQUIRED

static const char *const code_list[] = { "a", "b", "open", "paid", NULL };

static const arc_column parent_cols[] = {
    COL("book", ARC_T_ID, 0, REQ),
    COL("id", ARC_T_ID, 0, REQ),
    COL("name", ARC_T_TEXT, 200, 0),
};

#define ALL_COLS                                                                    \
    COL("book", ARC_T_ID, 0, REQ), COL("id", ARC_T_ID, 0, REQ),                     \
    COL("version", ARC_T_INT, 0, REQ), COL("i", ARC_T_INT, 0, 0),                   \
    COL("n", ARC_T_INT, 0, 0), COL("t", ARC_T_TEXT, 200, 0),                        \
    COL("d", ARC_T_DATE, 0, 0), COL("s", ARC_T_STAMP, 0, 0),                        \
    { "m", "kit column", NULL, 0, 0, ARC_T_MONEY, A_CUR, 1000 },                    \
    COL("cur", ARC_T_TEXT, 3, 0),                                                   \
    { "c", "kit column", code_list, 0, 0, ARC_T_CODE, ARC_NO_COL, 1000 },           \
    COL("j", ARC_T_JSON, 0, 0), COL("x", ARC_T_DECIMAL, 4, 0),                      \
    COL("y", ARC_T_BLOB, 400, 0), COL("flag", ARC_T_BOOL, 0, 0),                    \
    COL("ref", ARC_T_ID, 0, 0)

static const arc_column all_cols[] = { ALL_COLS };
static const arc_column all_cols_newer[] = { ALL_COLS,
                                             { "late", "kit column", NULL, 50, 0, ARC_T_TEXT, ARC_NO_COL, 1001 } };
static const arc_column uni_cols[] = {
    COL("book", ARC_T_ID, 0, REQ), COL("id", ARC_T_ID, 0, REQ),  COL("a", ARC_T_TEXT, 40, 0),
    COL("b", ARC_T_INT, 0, 0),     COL("live", ARC_T_INT, 0, 0), COL("nz", ARC_T_INT, 0, 0),
    COL("gone", ARC_T_INT, 0, 0),  COL("nul", ARC_T_INT, 0, 0),  COL("setcol", ARC_T_TEXT, 20, 0),
    COL("sett", ARC_T_INT, 0, 0),
};
static const arc_column key_cols[] = {
    COL("book", ARC_T_ID, 0, REQ),
    COL("code", ARC_T_TEXT, 60, REQ),
    COL("n", ARC_T_INT, 0, REQ),
    COL("val", ARC_T_INT, 0, 0),
};
static const arc_column key_cols_altered[] = {
    COL("book", ARC_T_ID, 0, REQ),
    COL("code", ARC_T_TEXT, 60, REQ),
    COL("n", ARC_T_INT, 0, REQ),
    COL("val", ARC_T_TEXT, 20, 0),
};
static const arc_column log_cols[] = {
    COL("book", ARC_T_ID, 0, REQ),
    COL("id", ARC_T_ID, 0, REQ),
    COL("ref", ARC_T_ID, 0, 0),
    COL("line", ARC_T_TEXT, 200, ARC_COL_SENSITIVE),
};
static const arc_column tree_cols[] = {
    COL("book", ARC_T_ID, 0, REQ),
    COL("id", ARC_T_ID, 0, REQ),
    COL("up", ARC_T_ID, 0, 0),
    COL("n", ARC_T_INT, 0, 0),
};
static const arc_column late_cols[] = {
    { "book", "kit column", NULL, 0, REQ, ARC_T_ID, ARC_NO_COL, 1001 },
    { "id", "kit column", NULL, 0, REQ, ARC_T_ID, ARC_NO_COL, 1001 },
};

static const uint16_t key2[] = { 0, 1 };
static const uint16_t key3[] = { 0, 1, 2 };
static const uint16_t all_n[] = { A_BOOK, A_N, A_I, A_D };
static const uint16_t all_open[] = { A_BOOK, A_D, A_M };
static const uint16_t all_c[] = { A_BOOK, A_C, A_D };
static const uint16_t all_ref[] = { A_BOOK, A_REF };
static const uint16_t all_late[] = { A_BOOK, A_COLS };
static const uint16_t uni_ab[] = { U_BOOK, U_A, U_B };
static const uint16_t uni_nz[] = { U_BOOK, U_NZ };
static const uint16_t uni_null[] = { U_BOOK, U_NULL };
static const uint16_t uni_set[] = { U_BOOK, U_SET };
static const uint16_t key_val[] = { K_BOOK, K_VAL, K_CODE };
static const uint16_t log_ref[] = { L_BOOK, L_REF };
static const uint16_t tree_up[] = { T_BOOK, T_UP };

#define ALL_INDEXES                                                                          \
    { "all_n", all_n, 2, 2, ARC_NO_COL, 0, 0, 1000 },                                        \
    { "all_open", all_open, 2, 1, A_I, 0, ARC_INDEX_WHERE_NONZERO, 1000 },                   \
    { "all_c", all_c, 3, 0, A_REF, 0, ARC_INDEX_WHERE_NULL, 1000 },                          \
    { "all_ref", all_ref, 2, 0, A_REF, 0, ARC_INDEX_WHERE_SET, 1000 }

static const arc_index all_indexes[] = { ALL_INDEXES };
static const arc_index all_indexes_newer[] = { ALL_INDEXES, { "all_late", all_late, 2, 0, ARC_NO_COL, 0, 0, 1001 } };
static const arc_index uni_indexes[] = {
    { "uni_ab", uni_ab, 3, 0, ARC_NO_COL, 0, ARC_INDEX_UNIQUE, 1000 },
    { "uni_nz", uni_nz, 2, 0, U_LIVE, 0, ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_NONZERO, 1000 },
    { "uni_nul", uni_null, 2, 0, U_GONE, 0, ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_NULL, 1000 },
    { "uni_set", uni_set, 2, 0, U_SETCOL, 0, ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1000 },
};
static const arc_index key_indexes[] = { { "key_val", key_val, 2, 1, ARC_NO_COL, 0, 0, 1000 } };
static const arc_index log_indexes[] = { { "log_ref", log_ref, 2, 0, ARC_NO_COL, 0, 0, 1000 } };

static const arc_index tree_indexes[] = { { "tree_up", tree_up, 2, 0, ARC_NO_COL, 0, 0, 1000 } };

static const arc_foreign_key all_fks[] = { { all_ref, 2, KT_PARENT, 1000 } };
static const arc_foreign_key log_fks[] = { { log_ref, 2, KT_PARENT, 1000 } };
static const arc_foreign_key tree_fks[] = { { tree_up, 2, KT_TREE, 1000 } }; /* its own table */

#define TABLE(name_, cols_, n_cols_, key_, n_key_, idx_, n_idx_, fks_, n_fks_, flags_) \
    { name_, "kit table", cols_, key_, idx_, fks_, n_cols_, n_key_, n_idx_, n_fks_, flags_, 1000 }
#define T_PARENT TABLE("kit_parent", parent_cols, P_COLS, key2, 2, NULL, 0, NULL, 0, ARC_TABLE_ERASABLE)
#define T_ALL TABLE("kit_all", all_cols, A_COLS, key2, 2, all_indexes, 4, all_fks, 1, ARC_TABLE_ERASABLE)
#define T_UNI TABLE("kit_uni", uni_cols, U_COLS, key2, 2, uni_indexes, 4, NULL, 0, ARC_TABLE_ERASABLE)
#define T_KEY TABLE("kit_key", key_cols, K_COLS, key3, 3, key_indexes, 1, NULL, 0, ARC_TABLE_ERASABLE)
#define T_LOG TABLE("kit_log", log_cols, L_COLS, key2, 2, log_indexes, 1, log_fks, 1, ARC_TABLE_APPEND_ONLY)
#define T_TREE TABLE("kit_tree", tree_cols, T_COLS, key2, 2, tree_indexes, 1, tree_fks, 1, ARC_TABLE_ERASABLE)

static const arc_table tables[] = { T_PARENT, T_ALL, T_UNI, T_KEY, T_LOG, T_TREE };
static const arc_table tables_newer[] = {
    T_PARENT,
    TABLE("kit_all", all_cols_newer, A_COLS + 1, key2, 2, all_indexes_newer, 5, all_fks, 1, ARC_TABLE_ERASABLE),
    T_UNI,
    T_KEY,
    T_LOG,
    T_TREE,
    { "kit_late", "kit table", late_cols, key2, NULL, NULL, 2, 2, 0, 0, ARC_TABLE_ERASABLE, 1001 },
};
static const arc_table tables_altered[] = {
    T_PARENT,
    T_ALL,
    T_UNI,
    TABLE("kit_key", key_cols_altered, K_COLS, key3, 3, key_indexes, 1, NULL, 0, ARC_TABLE_ERASABLE),
    T_LOG,
    T_TREE,
};

#define SCHEMA(version_, app_, n_, tables_) { (uint32_t)sizeof(arc_schema_desc), version_, app_, n_, tables_ }
const arc_schema_desc kit_schema = SCHEMA(1000, 0x41524331u, KT_COUNT, tables);
const arc_schema_desc kit_schema_newer = SCHEMA(1001, 0x41524331u, KT_COUNT + 1, tables_newer);
const arc_schema_desc kit_schema_alien = SCHEMA(1000, 0x4e4f5045u, KT_COUNT, tables);
const arc_schema_desc kit_schema_altered = SCHEMA(1000, 0x41524331u, KT_COUNT, tables_altered);

const uint16_t kit_cols[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };

uint32_t kit_ncols(uint16_t table) { return kit_schema.tables[table].n_cols; }
