/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL kit by itself: texts for two dialects, shapes, conditions against a small evaluator, dates. */
#include "sqlite_support.h"
#include "value/currency.h"

static lite_host h;
static arc_sql_stmt stmt;

static int setup(void **state)
{
    (void)state;
    lite_host_init(&h);
    arc_sql_stmt_init(&stmt, &h.host);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arc_sql_stmt_clear(&stmt);
    assert_int_equal(h.blocks, 0);
    return 0;
}

/* ---- a second dialect, as a server would have it ---- */

static void server_param(arc_sql_text *out, const arc_column *c, uint32_t n)
{
    arc_sql_text_puts(out, "$");
    arc_sql_text_int(out, n);
    arc_sql_text_puts(out, c->type == ARC_T_DATE ? "::date" : "");
}

static const arc_sql_dialect server = {
    (uint32_t)sizeof(arc_sql_dialect),
    ARC_SQL_NULLS_WORDS | ARC_SQL_DISTINCT_FROM | ARC_SQL_INCLUDE | ARC_SQL_FK_LATER | ARC_SQL_COMMENT_ON,
    "$",
    { NULL, "bigint", "boolean", "text", "date", "timestamptz", "bigint", "text", "jsonb", "bigint", "bytea", "bigint" },
    65535,
    0,
    NULL,
    server_param,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
};

/* ---- DDL ---- */

typedef struct ddl {
    char *text;
    int n[8];
    uint32_t stop_after;
} ddl;

static arc_status collect(void *user, const arc_sql_object *o)
{
    ddl *d = user;
    size_t at = d->text ? strlen(d->text) : 0;
    d->text = realloc(d->text, at + strlen(o->sql) + 2);
    memcpy(d->text + at, o->sql, strlen(o->sql) + 1);
    strcat(d->text, "\n");
    d->n[o->kind]++;
    return d->stop_after && --d->stop_after == 0 ? ARC_E_CANCELLED : ARC_OK;
}

static void has(const ddl *d, const char *part)
{
    if (!strstr(d->text, part)) {
        fprintf(stderr, "not found: %s\n%s", part, d->text);
        fail();
    }
}

static void ddl_texts(void **state)
{
    (void)state;
    ddl lite, pg, old;
    memset(&lite, 0, sizeof lite);
    memset(&pg, 0, sizeof pg);
    memset(&old, 0, sizeof old);
    assert_int_equal(arc_sqlkit_ddl(&arci_sqlite_dialect, &lite_v2, 2, &h.host, collect, &lite), ARC_OK);
    has(&lite, "\"status\" TEXT NOT NULL CHECK (\"status\" = 'open' OR \"status\" = 'paid' OR "
               "\"status\" = 'it''s void') /* where it stands */");
    has(&lite, "PRIMARY KEY (\"book\", \"id\")");
    has(&lite, "FOREIGN KEY (\"book\", \"customer\") REFERENCES \"customer\" (\"book\", \"id\")");
    has(&lite, "CREATE UNIQUE INDEX \"item__number\" ON \"item\" (\"book\", \"number\")\n");
    has(&lite, "CREATE INDEX \"item__due\" ON \"item\" (\"book\", \"due\", \"open\") WHERE \"open\" <> 0\n");
    has(&lite, "CREATE INDEX \"item__payer\" ON \"item\" (\"book\", \"payer\") WHERE \"payer\" IS NOT NULL\n");
    has(&lite, "\"held\" INTEGER CHECK (\"held\" = 0 OR \"held\" = 1)");
    has(&lite, ") STRICT");
    has(&lite, "CREATE TRIGGER \"log__no_update\" BEFORE UPDATE ON \"log\"");
    has(&lite, "CREATE VIEW \"v_item\" AS SELECT \"book\", ");
    has(&lite, "CREATE TABLE \"arc_sequence\"");
    assert_int_equal(lite.n[ARC_SQL_OBJECT_TABLE], 6);
    assert_int_equal(lite.n[ARC_SQL_OBJECT_VIEW], 4);
    assert_int_equal(lite.n[ARC_SQL_OBJECT_TRIGGER], 2 + 3);
    assert_int_equal(arc_sqlkit_ddl(&server, &lite_v2, 2, &h.host, collect, &pg), ARC_OK);
    has(&pg, "\"status\" text NOT NULL CHECK (\"status\" IN ('open', 'paid', 'it''s void'))");
    has(&pg, "ALTER TABLE \"item\" ADD CONSTRAINT \"item__fk_payer\" FOREIGN KEY (\"book\", \"payer\")");
    has(&pg, "(\"book\", \"due\" NULLS FIRST) INCLUDE (\"open\") WHERE \"open\" <> 0");
    has(&pg, "COMMENT ON COLUMN \"item\".\"status\" IS 'where it stands'");
    assert_null(strstr(pg.text, "/*"));
    assert_null(strstr(pg.text, "STRICT"));
    assert_int_equal(arc_sqlkit_ddl(&arci_sqlite_dialect, &lite_v2, 1, &h.host, collect, &old), ARC_OK);
    assert_null(strstr(old.text, "payer"));
    assert_null(strstr(old.text, "\"note\""));
    free(lite.text);
    free(pg.text);
    free(old.text);
}

/* The kit cannot see the library's table of currencies: the two must agree. */
static void currencies(void **state)
{
    (void)state;
    static const char *const units[] = { "1", "10", "100", "1000", "10000" };
    ddl d;
    int listed = 0;
    memset(&d, 0, sizeof d);
    assert_int_equal(arc_sqlkit_ddl(&server, &lite_v1, 1, &h.host, collect, &d), ARC_OK);
    for (int32_t i = 0; i < arci_currency_n; i++) {
        char row[32];
        int32_t e = arci_currencies[i].exponent;
        snprintf(row, sizeof row, "('%s', %s)", arci_currencies[i].code, e < 0 ? "" : units[e]);
        if (e >= 0 && (strstr(d.text, row) != NULL) != (e != 2)) {
            fprintf(stderr, "%s\n", row);
            fail();
        }
        listed += e >= 0 && e != 2;
    }
    int rows = 0;
    const char *line = strstr(d.text, "INSERT INTO \"arc_currency\"");
    for (const char *p = line; (p = strstr(p + 1, "('")) != NULL;) {
        rows += p < strchr(line, '\n');
    }
    assert_int_equal(rows, listed); /* none that has gone */
    free(d.text);
}

static void ddl_refusals(void **state)
{
    (void)state;
    ddl d;
    memset(&d, 0, sizeof d);
    d.stop_after = 3;
    assert_int_equal(arc_sqlkit_ddl(&server, &lite_v1, 1, &h.host, collect, &d), ARC_E_CANCELLED);
    assert_int_equal(arc_sqlkit_ddl(NULL, &lite_v1, 1, &h.host, collect, &d), ARC_E_INVALID);
    assert_int_equal(arc_sqlkit_ddl(&server, NULL, 1, &h.host, collect, &d), ARC_E_INVALID);
    arc_sql_dialect no_way = arci_sqlite_dialect;
    no_way.reference = NULL;
    assert_int_equal(arc_sqlkit_ddl(&no_way, &lite_v2, 2, &h.host, collect, &d), ARC_E_UNSUPPORTED);
    assert_int_equal(arc_sqlkit_ddl(&no_way, &lite_v2, 1, &h.host, collect, &d), ARC_OK);
    free(d.text);
}

/* ---- statements ---- */

static const uint16_t id_due[] = { I_ID, I_DUE };

static arc_fetch question(arc_cond *conds, uint32_t n)
{
    arc_fetch f;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = T_ITEM;
    f.cols = id_due;
    f.n_cols = 2;
    f.conds = conds;
    f.n_conds = n;
    return f;
}

static const char *text_of(const arc_sql_dialect *d, const arc_fetch *f)
{
    assert_int_equal(arc_sqlkit_fetch(d, &lite_v2, f, ARC_SQL_KEY | ARC_SQL_TEXT, &stmt), ARC_OK);
    return stmt.text.s;
}

static void fetch_texts(void **state)
{
    (void)state;
    arc_value v[3] = { lite_int(1), lite_int(20000), lite_text("R-1") };
    arc_cond_op book = { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &v[0] }, due = { ARC_OP_NE, I_DUE, ARC_NO_COL, 0, 1, &v[1] };
    arc_cond_op prog[] = { { ARC_OP_PREFIX, I_NUMBER, ARC_NO_COL, 0, 1, &v[2] }, { ARC_OP_NOT, 0, 0, 0, 0, NULL } };
    arc_cond conds[] = { { &book, 1, 1 }, { &due, 1, 1 }, { prog, 2, 1 } };
    arc_order order[] = { { I_DUE, 1 }, { I_ID, 0 } };
    arc_fetch f = question(conds, 3);
    assert_string_equal(text_of(&arci_sqlite_dialect, &f),
                        "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = ?1 AND \"due\" IS NOT ?2 AND "
                        "(((\"number\" >= ?3 AND \"number\" < ?4)) IS NOT TRUE)");
    assert_memory_equal(stmt.params[3].value.u.s, "R-2", 3);
    assert_string_equal(text_of(&server, &f), "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = $1 AND \"due\" IS DISTINCT "
                                              "FROM $2::date AND ((starts_with(\"number\", $3)) IS NOT TRUE)");
    f = question(conds, 1);
    f.order = order;
    f.n_order = 2;
    f.limit = 5;
    assert_string_equal(text_of(&server, &f), "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = $1 ORDER BY \"due\" DESC NULLS "
                                              "LAST, \"id\" LIMIT $2");
    arc_value after[] = { lite_int(20000), lite_int(9) };
    f.after = after;
    assert_string_equal(text_of(&arci_sqlite_dialect, &f),
                        "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = ?1 AND ((\"due\" < ?2 OR \"due\" IS NULL) OR "
                        "(\"due\" = ?2 AND ((\"id\" > ?3)))) ORDER BY \"due\" DESC, \"id\" LIMIT ?4");
    arc_order keys[] = { { I_BOOK, 0 }, { I_ID, 0 } };
    f.order = keys;
    assert_string_equal(text_of(&arci_sqlite_dialect, &f),
                        "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = ?1 AND (\"book\", \"id\") > (?2, ?3) ORDER BY "
                        "\"book\", \"id\" LIMIT ?4");
}

/* A long list of integers is one parameter where no index leads to its column. */
static void sets(void **state)
{
    static const char *const texts[] = {
        "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = ?1 AND arc_among(\"customer\", ?2)",
        "SELECT \"id\", \"due\" FROM \"item\" WHERE \"book\" = ?1 AND ((arc_among(\"open\", ?2)) IS NOT TRUE)",
    };
    (void)state;
    arc_value one = lite_int(1), v[40];
    for (int i = 0; i < 40; i++) {
        v[i] = lite_int(100 + i * i);
    }
    arc_cond_op book = { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &one };
    arc_cond_op in[] = { { ARC_OP_IN, I_CUSTOMER, ARC_NO_COL, 0, 17, v }, { ARC_OP_NOT, 0, ARC_NO_COL, 0, 0, NULL } };
    arc_cond conds[] = { { &book, 1, 0 }, { in, 1, 0 } };
    arc_fetch f = question(conds, 2);
    assert_string_equal(text_of(&arci_sqlite_dialect, &f), texts[0]);
    assert_int_equal(stmt.n_params, 2);
    for (int64_t x = 0; x < 2000; x++) {
        int has = 0;
        for (int i = 0; i < 17; i++) {
            has |= v[i].u.i == x;
        }
        assert_int_equal(arc_sqlkit_set_has(stmt.params[1].value.u.s, stmt.params[1].value.len, x), has);
    }
    assert_int_equal(arc_sqlkit_set_has(stmt.params[1].value.u.s, stmt.params[1].value.len, INT64_MIN), 0);
    assert_int_equal(arc_sqlkit_set_has(stmt.params[1].value.u.s, stmt.params[1].value.len, INT64_MAX), 0);
    for (uint32_t n = 0; n < stmt.params[1].value.len; n++) { /* any bytes may come */
        (void)arc_sqlkit_set_has(stmt.params[1].value.u.s, n, 100 + 16 * 16);
    }
    assert_int_equal(arc_sqlkit_set_has(NULL, 99, 1), 0);
    assert_null(strstr(text_of(&server, &f), "among")); /* a dialect without */
    in[0].n = 16;
    assert_null(strstr(text_of(&arci_sqlite_dialect, &f), "among")); /* a short one */
    in[0].n = 40;
    in[0].col = I_OPEN;
    conds[1].n_ops = 2;
    assert_string_equal(text_of(&arci_sqlite_dialect, &f), texts[1]);
    conds[1].n_ops = 1;
    static const uint16_t led_to[] = { I_ID, I_PAYER };
    for (int i = 0; i < 2; i++) {
        in[0].col = led_to[i];
        assert_null(strstr(text_of(&arci_sqlite_dialect, &f), "among"));
        f.conds = &conds[1]; /* of any book: the index leads nowhere */
        f.n_conds = 1;
        assert_non_null(strstr(text_of(&arci_sqlite_dialect, &f), "among"));
        f = question(conds, 2);
    }
    in[0].col = I_CUSTOMER;
    v[3] = lite_int(INT64_MIN); /* too far apart for bits */
    v[4] = lite_int(INT64_MAX);
    assert_null(strstr(text_of(&arci_sqlite_dialect, &f), "among"));
}

/* Equal shapes share a statement, different ones never do. */
static void shapes(void **state)
{
    (void)state;
    arc_value a = lite_int(1), b = lite_int(2), null = lite_null, in[] = { lite_int(1), lite_int(2), lite_int(3), lite_int(4) };
    arc_cond_op op = { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &a };
    arc_cond cond = { &op, 1, 1 };
    arc_fetch f = question(&cond, 1);
    char key[64][256], text[64][1024];
    uint32_t len[64], n = 0;
#define NOTE()                                                       \
    do {                                                             \
        snprintf(text[n], sizeof text[n], "%s", text_of(&arci_sqlite_dialect, &f)); \
        assert_true(stmt.key.len < 256);                             \
        memcpy(key[n], stmt.key.s, stmt.key.len);                    \
        len[n++] = (uint32_t)stmt.key.len;                           \
    } while (0)
    NOTE();
    op.v = &b;
    NOTE();
    op.v = &null;
    NOTE();
    op.op = ARC_OP_IN;
    op.v = in;
    for (op.n = 0; op.n <= 4; op.n++) {
        NOTE();
    }
    op.n = 1;
    op.v = &a;
    op.op = ARC_OP_EQ;
    op.col = I_OPEN;
    NOTE(); /* proves non-zero */
    arc_value zero = lite_int(0);
    op.v = &zero;
    NOTE(); /* does not */
    for (op.op = ARC_OP_NE; op.op <= ARC_OP_GE; op.op++) {
        NOTE();
        op.col2 = I_AMOUNT;
        NOTE();
        op.col2 = ARC_NO_COL;
    }
    f.limit = 3;
    op.op = ARC_OP_IS_NULL;
    NOTE();
    f.limit = 4;
    NOTE();
    f.n_cols = 1;
    NOTE();
    int same = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = i + 1; k < n; k++) {
            int keys = len[i] == len[k] && memcmp(key[i], key[k], len[i]) == 0;
            assert_int_equal(keys, strcmp(text[i], text[k]) == 0);
            same += keys;
        }
    }
    assert_true(same >= 4); /* constants do not matter, IN is padded, nor does the limit's value */
}

static void refusals(void **state)
{
    (void)state;
    arc_value v = lite_int(1), t = lite_text("x"), far = lite_int(INT64_MAX), nulls[] = { lite_int(1), lite_null };
    const arc_cond_op bad[] = {
        { 0, I_BOOK, ARC_NO_COL, 0, 1, &v },           { 11, I_BOOK, ARC_NO_COL, 0, 1, &v },
        { ARC_OP_EQ, 99, ARC_NO_COL, 0, 1, &v },       { ARC_OP_EQ, I_BOOK, 99, 0, 1, &v },
        { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, NULL }, { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &t },
        { ARC_OP_EQ, I_NUMBER, ARC_NO_COL, 0, 1, &v }, { ARC_OP_EQ, I_BOOK, I_NUMBER, 0, 0, NULL },
        { ARC_OP_LT, I_DUE, ARC_NO_COL, 0, 1, &far },  { ARC_OP_EQ, I_DUE, I_ID, 0, 0, NULL },
        { ARC_OP_IN, I_BOOK, ARC_NO_COL, 0, 2, nulls }, { ARC_OP_PREFIX, I_BOOK, ARC_NO_COL, 0, 1, &t },
        { ARC_OP_NOT, 0, 0, 0, 0, NULL },              { ARC_OP_AND, 0, 0, 0, 1, NULL },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_cond cond = { &bad[i], 1, 1 };
        arc_fetch f = question(&cond, 1);
        assert_int_equal(arc_sqlkit_accepts(&arci_sqlite_dialect, &lite_tables_2[T_ITEM], &cond), 0);
        assert_int_equal(arc_sqlkit_fetch(&arci_sqlite_dialect, &lite_v2, &f, ARC_SQL_KEY, &stmt), ARC_E_INVALID);
        arc_sqlkit_plan(&arci_sqlite_dialect, &lite_v2, &f);
        assert_int_equal(cond.accepted, 0);
        assert_int_equal(f.planned, ARC_PLAN_ORDER);
    }
    arc_cond_op two[] = { { ARC_OP_EQ, I_BOOK, ARC_NO_COL, 0, 1, &v }, { ARC_OP_EQ, I_ID, ARC_NO_COL, 0, 1, &v } };
    arc_cond leaves_two = { two, 2, 1 };
    assert_int_equal(arc_sqlkit_accepts(&arci_sqlite_dialect, &lite_tables_2[T_ITEM], &leaves_two), 0);
    arc_cond_op *deep = calloc(300, sizeof *deep);
    deep[0] = two[0];
    for (int i = 1; i < 300; i++) {
        deep[i].op = ARC_OP_NOT;
    }
    for (uint32_t n = 1; n < 300; n++) { /* NOT on NOT on ... : deep ones are declined, never a crash */
        arc_cond cond = { deep, n, 1 };
        assert_int_equal(arc_sqlkit_accepts(&arci_sqlite_dialect, &lite_tables_2[T_ITEM], &cond), n <= 33);
    }
    free(deep);
    arc_fetch f = question(NULL, 0);
    f.table = 9;
    assert_int_equal(arc_sqlkit_fetch(&arci_sqlite_dialect, &lite_v2, &f, ARC_SQL_KEY, &stmt), ARC_E_INVALID);
    f = question(NULL, 0);
    f.flags = 1;
    assert_int_equal(arc_sqlkit_fetch(&arci_sqlite_dialect, &lite_v2, &f, ARC_SQL_KEY, &stmt), ARC_E_INVALID);
    f = question(NULL, 0);
    f.struct_size = 8;
    assert_int_equal(arc_sqlkit_fetch(&arci_sqlite_dialect, &lite_v2, &f, ARC_SQL_KEY, &stmt), ARC_E_INVALID);
}

static void write_texts(void **state)
{
    (void)state;
    static const uint16_t cols[] = { I_OPEN, I_DUE }, key_col[] = { I_ID };
    static const uint8_t set[] = { ARC_ADD, ARC_SET };
    arc_guard g[] = { { I_OPEN, ARC_OP_GE, ARC_ROW_GUARD, 0 }, { I_STATUS, ARC_OP_NE, ARC_ROW_STALE, 0 } };
    uint8_t r[1];
    arc_write w = { (uint32_t)sizeof w, T_ITEM, ARC_WRITE_UPDATE, cols, set, g, NULL, 2, 2, 1, 0, r };
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &w, ARC_SQL_TEXT, &stmt), ARC_OK);
    assert_string_equal(stmt.text.s, "UPDATE \"item\" SET \"open\" = \"open\" + $3, \"due\" = $4::date WHERE \"book\" = $1 AND \"id\" = "
                                     "$2 AND \"open\" >= $5 AND \"status\" IS DISTINCT FROM $6");
    assert_int_equal(arc_sqlkit_diagnose(&server, &lite_v2, &w, ARC_SQL_TEXT, &stmt), ARC_OK);
    assert_string_equal(stmt.text.s, "SELECT 1, CASE WHEN \"open\" >= $3 THEN 1 ELSE 0 END, CASE WHEN \"status\" IS DISTINCT FROM $4 "
                                     "THEN 1 ELSE 0 END FROM \"item\" WHERE \"book\" = $1 AND \"id\" = $2");
    assert_ptr_equal(arc_sqlkit_write_column(&lite_tables_2[T_ITEM], &w, 0), &lite_item[I_BOOK]);
    assert_ptr_equal(arc_sqlkit_write_column(&lite_tables_2[T_ITEM], &w, 3), &lite_item[I_DUE]);
    assert_ptr_equal(arc_sqlkit_write_column(&lite_tables_2[T_ITEM], &w, 5), &lite_item[I_STATUS]);
    assert_null(arc_sqlkit_write_column(&lite_tables_2[T_ITEM], &w, 6));
    static const uint8_t add_date[] = { ARC_SET, ARC_ADD };
    w.set = add_date;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &w, ARC_SQL_TEXT, &stmt), ARC_E_INVALID);
    w.set = NULL;
    w.cols = key_col;
    w.n_cols = 1;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &w, ARC_SQL_TEXT, &stmt), ARC_E_INVALID); /* a key column */
    w.op = 7;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &w, ARC_SQL_TEXT, &stmt), ARC_E_INVALID);
    static const uint16_t twice[] = { I_ID, I_ID };
    arc_write ins = { (uint32_t)sizeof ins, T_ITEM, ARC_WRITE_INSERT, twice, NULL, NULL, NULL, 2, 0, 1, 0, r };
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &ins, ARC_SQL_TEXT, &stmt), ARC_E_INVALID);
    static const uint16_t some[] = { I_BOOK, I_ID, I_OPEN }, no_key[] = { I_ID, I_OPEN };
    static const uint8_t next[] = { ARC_SET, ARC_SET, ARC_NEXT }, not_here[] = { ARC_SET, ARC_ADD };
    ins.cols = some;
    ins.n_cols = 3;
    ins.set = next;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &ins, ARC_SQL_TEXT, &stmt), ARC_OK);
    assert_string_equal(stmt.text.s, "INSERT INTO \"item\" (\"book\", \"id\", \"open\") VALUES ($1, $2, (SELECT coalesce(max(\"open\"), 0) + $3 FROM \"item\" WHERE "
                                     "\"book\" = $1))");
    ins.n_rows = 2;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &ins, ARC_SQL_TEXT, &stmt), ARC_E_INVALID); /* one row at a time */
    ins.n_rows = 1;
    ins.cols = no_key;
    ins.n_cols = 2;
    ins.set = next + 1;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &ins, ARC_SQL_TEXT, &stmt), ARC_E_INVALID); /* of which book? */
    ins.set = not_here;
    assert_int_equal(arc_sqlkit_write(&server, &lite_v2, &ins, ARC_SQL_TEXT, &stmt), ARC_E_INVALID);
}

static void aggregate_text(void **state)
{
    (void)state;
    static const int64_t edges[] = { 20000, 20030 };
    arc_group g[] = { { I_CURRENCY, ARC_GROUP_VALUE, 0, NULL }, { I_DUE, ARC_GROUP_BUCKET, 2, edges } };
    arc_measure m[] = { { ARC_MEASURE_SUM, I_OPEN }, { ARC_MEASURE_COUNT, 0 } };
    arc_aggregate a = { (uint32_t)sizeof a, T_ITEM, 0, NULL, 0, 2, g, m, 2, 0, NULL };
    assert_int_equal(arc_sqlkit_aggregate(&server, &lite_v2, &a, ARC_SQL_KEY | ARC_SQL_TEXT, &stmt), ARC_OK);
    assert_string_equal(stmt.text.s,
                        "SELECT \"currency\", CASE WHEN \"due\" IS NULL THEN NULL WHEN \"due\" >= $1::date THEN 2 WHEN \"due\" >= "
                        "$2::date THEN 1 ELSE 0 END, sum(\"open\"), count(*) FROM \"item\" GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2 NULLS "
                        "FIRST");
    assert_int_equal(stmt.params[0].value.u.i, 20030);
    m[0].col = I_NUMBER;
    assert_int_equal(arc_sqlkit_aggregate(&server, &lite_v2, &a, ARC_SQL_TEXT, &stmt), ARC_E_INVALID);
}

/* ---- dates ---- */

static void dates(void **state)
{
    (void)state;
    char text[10], before[10] = "0000-00-00";
    for (int64_t d = -719162; d <= 2932896; d++) {
        int64_t back = 0;
        if (!arc_sql_date_text(text, d) || !arc_sql_date_parse(text, 10, &back) || back != d || memcmp(before, text, 10) >= 0) {
            fail();
        }
        memcpy(before, text, 10);
    }
    assert_memory_equal(before, "9999-12-31", 10);
    assert_int_equal(arc_sql_date_text(text, -719163), 0);
    assert_int_equal(arc_sql_date_text(text, 2932897), 0);
    assert_true(arc_sql_date_text(text, 0));
    assert_memory_equal(text, "1970-01-01", 10);
    static const char *const bad[] = { "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "0000-01-01",
                                       "2026/01/01", "2026-1-001", "+026-01-01", "1900-02-29", "2026-04-31" };
    int64_t days;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(arc_sql_date_parse(bad[i], 10, &days), 0);
    }
    assert_int_equal(arc_sql_date_parse("2026-01-011", 11, &days), 0);
    assert_int_equal(arc_sql_date_parse("2000-02-29", 10, &days), 1);
}

/* ---- memory ---- */

static int64_t fail_at;

static void *failing(const arc_host *host, void *p, size_t n)
{
    return --fail_at == 0 ? NULL : lite_resize(host, p, n);
}

static void no_memory_for(uint16_t col)
{
    arc_value v[40];
    arc_cond_op op = { ARC_OP_IN, col, ARC_NO_COL, 0, 40, v };
    arc_cond cond = { &op, 1, 1 };
    for (int i = 0; i < 40; i++) {
        v[i] = lite_int(i);
    }
    arc_fetch f = question(&cond, 1);
    h.host.resize = failing;
    int64_t n = 0;
    for (;;) {
        arc_sql_stmt s;
        arc_sql_stmt_init(&s, &h.host);
        fail_at = ++n;
        arc_status st = arc_sqlkit_fetch(&arci_sqlite_dialect, &lite_v2, &f, ARC_SQL_KEY | ARC_SQL_TEXT, &s);
        arc_sql_stmt_clear(&s);
        assert_int_equal(h.blocks, 0);
        if (st == ARC_OK) {
            break;
        }
        assert_int_equal(st, ARC_E_NOMEM);
    }
    assert_true(n > 3);
}

static void no_memory(void **state)
{
    (void)state;
    no_memory_for(I_BOOK);     /* a list */
    no_memory_for(I_CUSTOMER); /* a set */
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(ddl_texts), T(currencies), T(ddl_refusals), T(fetch_texts), T(sets), T(shapes), T(refusals),
        T(write_texts), T(aggregate_text), T(dates), T(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
