/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about custom fields, indexed or not, beside a model of plain arrays, on every kind of backend. */
#include "sample.h"

#include "arcore/custom.h"
#include "support/books.h"
#include "support/pg.h"

#ifdef ARCORE_HAVE_POSTGRESQL
#include "arcore/postgresql.h"
#endif

enum { ROWS = 160, QUERIES = 120 };
enum { F_TEXT, F_PLAIN, F_NUM, F_RAW, F_MONEY, F_DATE, F_FLAG, F_TIER, F_TAGS, F_REF, F_SUM, FIELDS };

static const char *const definitions[FIELDS] = {
    "{\"entity\":\"customer\",\"name\":\"x_text\",\"kind\":\"text\",\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_plain\",\"kind\":\"text\"}",
    "{\"entity\":\"customer\",\"name\":\"x_num\",\"kind\":\"number\",\"size\":2,\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_raw\",\"kind\":\"number\",\"size\":1}",
    "{\"entity\":\"customer\",\"name\":\"x_money\",\"kind\":\"money\",\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_date\",\"kind\":\"date\",\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_flag\",\"kind\":\"bool\"}",
    "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"gold\",\"iron\",\"tin\"],\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_tags\",\"kind\":\"choices\",\"choices\":[\"a\",\"x\\\"a\",\"b,\",\"b\"],\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_ref\",\"kind\":\"reference\",\"target\":\"customer_group\",\"indexed\":true}",
    "{\"entity\":\"customer\",\"name\":\"x_sum\",\"kind\":\"formula\",\"size\":2,\"formula\":{\"+\":[{\"var\":\"x_num\"},{\"var\":\"x_raw\"}]}}",
};
static const char *const texts[] = { "", "alpha", "alphabet", "beta", "Beta", "\xe9\x93\x81" };
static const char *const tiers[] = { "gold", "iron", "tin" };
static const char *const tags[] = { "a", "x\"a", "b,", "b" };

/* One value of the model. */
typedef struct cell {
    int set;
    int64_t i;        /* mantissa, minor units, day, 0/1, id, bits of tags */
    const char *s;    /* text, code, currency */
} cell;

typedef struct row {
    cell c[FIELDS];
} row;

typedef struct world {
    arc_session *s;
    arc_field_id field[FIELDS], currency;
    row rows[ROWS];
    uint64_t seed;
} world;

static uint64_t draw(world *w, uint64_t n) { return test_random(&w->seed) % n; }

static cell make_cell(world *w, int f)
{
    cell c = { draw(w, 5) != 0, 0, NULL };
    switch (f) {
    case F_TEXT:
    case F_PLAIN: c.s = texts[draw(w, 6)]; break;
    case F_NUM: c.i = (int64_t)draw(w, 40) * 25 - 300; break;
    case F_RAW: c.i = (int64_t)draw(w, 20) - 8; break;
    case F_MONEY:
        c.s = draw(w, 3) ? "CNY" : "JPY";
        c.i = (int64_t)draw(w, 12) * 100 - 300;
        break;
    case F_DATE: c.i = 20400 + (int64_t)draw(w, 30); break;
    case F_FLAG: c.i = (int64_t)draw(w, 2); break;
    case F_TIER: c.s = tiers[draw(w, 3)]; break;
    case F_TAGS: c.i = (int64_t)draw(w, 16); break;
    case F_REF: c.i = 1 + (int64_t)draw(w, 3); break;
    default: break;
    }
    return c;
}

static void put(char *json, const char *key, const char *value, int quoted)
{
    sprintf(json + strlen(json), quoted ? ",\"%s\":\"%s\"" : ",\"%s\":%s", key, value);
}

static void put_decimal(char *json, const char *key, int64_t v, int scale)
{
    char text[40];
    size_t len = sizeof text;
    arc_decimal d;
    assert_ok(arc_decimal_set(&d, v, scale));
    assert_ok(arc_decimal_print(text, &len, &d));
    put(json, key, text, 1);
}

static void put_row(world *w, int i)
{
    row *r = &w->rows[i];
    char json[900], text[80];
    size_t n;
    sprintf(json, "{\"code\":\"C%03d\",\"legal_name\":\"n\"", i);
    for (int f = 0; f < F_SUM; f++) r->c[f] = make_cell(w, f);
    if (r->c[F_TEXT].set) put(json, "x_text", r->c[F_TEXT].s, 1);
    if (r->c[F_PLAIN].set) put(json, "x_plain", r->c[F_PLAIN].s, 1);
    if (r->c[F_NUM].set) put_decimal(json, "x_num", r->c[F_NUM].i, 2);
    if (r->c[F_RAW].set) put_decimal(json, "x_raw", r->c[F_RAW].i, 1);
    if (r->c[F_MONEY].set) {
        int yen = r->c[F_MONEY].s[0] == 'J';
        sprintf(text, yen ? "%lld JPY" : "%lld.00 CNY", (long long)(yen ? r->c[F_MONEY].i : r->c[F_MONEY].i / 100));
        put(json, "x_money", text, 1);
    }
    if (r->c[F_DATE].set) {
        n = sizeof text;
        assert_ok(arc_date_print(text, &n, (arc_date)r->c[F_DATE].i));
        put(json, "x_date", text, 1);
    }
    if (r->c[F_FLAG].set) put(json, "x_flag", r->c[F_FLAG].i ? "true" : "false", 0);
    if (r->c[F_TIER].set) put(json, "x_tier", r->c[F_TIER].s, 1);
    if (r->c[F_TAGS].set) {
        static const char *const quoted[] = { "\"a\"", "\"x\\\"a\"", "\"b,\"", "\"b\"" };
        strcpy(text, "[");
        for (int t = 0; t < 4; t++) {
            if (r->c[F_TAGS].i >> t & 1) sprintf(text + strlen(text), "%s%s", text[1] ? "," : "", quoted[t]);
        }
        put(json, "x_tags", strcat(text, "]"), 0);
    }
    sprintf(text, "%d", (int)r->c[F_REF].i);
    if (r->c[F_REF].set) put(json, "x_ref", text, 0);
    r->c[F_SUM].set = r->c[F_NUM].set && r->c[F_RAW].set;
    r->c[F_SUM].i = r->c[F_NUM].i + r->c[F_RAW].i * 10;
    assert_int_equal(sample_insert(w->s, ARC_CUSTOMER, strcat(json, "}")), i + 1);
}

static void fill(world *w)
{
    for (int g = 0; g < 3; g++) {
        char json[80];
        sprintf(json, "{\"code\":\"G%d\",\"name\":\"g\"}", g);
        (void)sample_insert(w->s, ARC_CUSTOMER_GROUP, json);
    }
    for (int f = 0; f < FIELDS; f++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_custom_define(w->s, &w->field[f], definitions[f], SIZE_MAX);
        (void)arc_session_error(w->s, &e);
        assert_ok_err(&e, st);
    }
    arc_query *q;
    assert_ok(arc_query_new(w->s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_field(q, &w->currency, "x_money.currency"));
    arc_query_free(q);
    for (int i = 0; i < ROWS; i++) put_row(w, i);
}

/* ---- conditions ------------------------------------------------------------------------------------------------------------- */

static int holds(uint32_t op, int c)
{
    switch (op) {
    case ARC_EQ: return c == 0;
    case ARC_NE: return c != 0;
    case ARC_LT: return c < 0;
    case ARC_LE: return c <= 0;
    case ARC_GT: return c > 0;
    default: return c >= 0;
    }
}

/* Two-valued: with a NULL only "not equal" holds. */
static int test_cell(int f, const cell *a, uint32_t op, const cell *k)
{
    if (!a->set) return op == ARC_NE;
    if (f == F_TAGS) return (a->i >> k->i & 1) != 0;
    if (f == F_MONEY) return op == ARC_NE ? strcmp(a->s, k->s) != 0 || a->i != k->i : strcmp(a->s, k->s) == 0 && holds(op, (a->i > k->i) - (a->i < k->i));
    if (!k->s) return holds(op, (a->i > k->i) - (a->i < k->i));
    if (op == ARC_PREFIX) return strncmp(a->s, k->s, strlen(k->s)) == 0;
    if (op == ARC_CONTAINS) return strstr(a->s, k->s) != NULL;
    return holds(op, strcmp(a->s, k->s));
}

static void push_cell(world *w, arc_query *q, int f, uint32_t op, const cell *k)
{
    arc_field_id field = w->field[f];
    arc_money m;
    arc_decimal d;
    switch (f) {
    case F_TEXT:
    case F_PLAIN:
    case F_TIER: assert_ok(arc_query_where_text(q, field, op, k->s, SIZE_MAX)); break;
    case F_NUM:
    case F_RAW:
    case F_SUM:
        assert_ok(arc_decimal_set(&d, k->i, f == F_RAW ? 1 : 2));
        assert_ok(arc_query_where_decimal(q, field, op, d));
        break;
    case F_MONEY:
        assert_ok(arc_money_set(&m, k->i, k->s));
        assert_ok(arc_query_where_money(q, field, op, m));
        break;
    case F_DATE: assert_ok(arc_query_where_date(q, field, op, (arc_date)k->i)); break;
    case F_TAGS: assert_ok(arc_query_where_text(q, field, ARC_CONTAINS, tags[k->i], SIZE_MAX)); break;
    default: assert_ok(arc_query_where_int(q, field, op, k->i)); break;
    }
}

/* One random condition, to the query and to the marks. */
static void one_condition(world *w, arc_query *q, uint8_t *marks)
{
    int f = (int)draw(w, FIELDS);
    cell k = make_cell(w, f == F_SUM ? F_NUM : f);
    uint32_t op = 1 + (uint32_t)draw(w, 6);
    if (f == F_TAGS) k.i = (int64_t)draw(w, 4), op = ARC_CONTAINS;
    if ((f == F_TEXT || f == F_PLAIN) && !draw(w, 3)) op = draw(w, 2) ? ARC_PREFIX : ARC_CONTAINS;
    if (!draw(w, 8)) {
        assert_ok(arc_query_where_null(q, w->field[f]));
        for (int i = 0; i < ROWS; i++) marks[i] = !w->rows[i].c[f].set;
        return;
    }
    push_cell(w, q, f, op, &k);
    for (int i = 0; i < ROWS; i++) marks[i] = (uint8_t)test_cell(f, &w->rows[i].c[f], op, &k);
}

static void conditions(world *w, arc_query *q, uint8_t *keep)
{
    int n = (int)draw(w, 4);
    memset(keep, 1, ROWS);
    for (int k = 0; k < n; k++) {
        uint8_t a[ROWS], b[ROWS];
        int form = (int)draw(w, 4);
        one_condition(w, q, a);
        if (form == 1) {
            one_condition(w, q, b);
            assert_ok(arc_query_or(q, 2));
            for (int i = 0; i < ROWS; i++) a[i] |= b[i];
        } else if (form == 2) {
            assert_ok(arc_query_not(q));
            for (int i = 0; i < ROWS; i++) a[i] = !a[i];
        }
        for (int i = 0; i < ROWS; i++) keep[i] &= a[i];
    }
}

/* ---- order ------------------------------------------------------------------------------------------------------------------ */

typedef struct sorting {
    const world *w;
    int field[2], down[2], n;
} sorting;
static sorting by;

static int compare_cells(const cell *a, const cell *b)
{
    if (a->set != b->set) return a->set - b->set;
    if (!a->set) return 0;
    if (a->s && b->s && a->i == b->i) return strcmp(a->s, b->s);
    return (a->i > b->i) - (a->i < b->i);
}

static int compare_rows(const void *x, const void *y)
{
    int a = *(const int *)x, b = *(const int *)y;
    for (int k = 0; k < by.n; k++) {
        cell ca = by.w->rows[a].c[by.field[k]], cb = by.w->rows[b].c[by.field[k]];
        if (by.field[k] == F_MONEY) ca.s = cb.s = NULL; /* amounts as minor units */
        int c = compare_cells(&ca, &cb);
        if (c) return by.down[k] ? -c : c;
    }
    return a - b;
}

static void orders(world *w, arc_query *q)
{
    by.w = w;
    by.n = (int)draw(w, 3);
    for (int k = 0; k < by.n; k++) {
        do by.field[k] = (int)draw(w, FIELDS);
        while (by.field[k] == F_TAGS || (k && by.field[k] == by.field[0]));
        by.down[k] = (int)draw(w, 2);
        assert_ok(arc_query_order(q, w->field[by.field[k]], by.down[k]));
    }
}

/* ---- asking ----------------------------------------------------------------------------------------------------------------- */

static void check_row(world *w, arc_cursor *c, int i)
{
    const row *r = &w->rows[i];
    int64_t id = 0, v = 0;
    const char *s;
    size_t n;
    arc_money m;
    arc_decimal d;
    assert_ok(arc_cursor_get_int(c, &id, 0));
    assert_int_equal(id, i + 1);
    assert_status(r->c[F_NUM].set ? ARC_OK : ARC_E_NOT_FOUND, arc_cursor_get_decimal(c, &d, 1));
    if (r->c[F_NUM].set) assert_true(d.mantissa == r->c[F_NUM].i && d.scale == 2);
    assert_status(r->c[F_MONEY].set ? ARC_OK : ARC_E_NOT_FOUND, arc_cursor_get_money(c, &m, 2));
    if (r->c[F_MONEY].set) assert_true(m.minor == r->c[F_MONEY].i && strcmp(m.currency, r->c[F_MONEY].s) == 0);
    assert_status(r->c[F_TEXT].set ? ARC_OK : ARC_E_NOT_FOUND, arc_cursor_get_text(c, &s, &n, 3));
    if (r->c[F_TEXT].set) assert_true(n == strlen(r->c[F_TEXT].s) && memcmp(s, r->c[F_TEXT].s, n) == 0);
    assert_status(r->c[F_SUM].set ? ARC_OK : ARC_E_NOT_FOUND, arc_cursor_get_decimal(c, &d, 4));
    if (r->c[F_SUM].set) assert_int_equal(d.mantissa, r->c[F_SUM].i);
    assert_status(r->c[F_FLAG].set ? ARC_OK : ARC_E_NOT_FOUND, arc_cursor_get_int(c, &v, 5));
    if (r->c[F_FLAG].set) assert_int_equal(v, r->c[F_FLAG].i);
}

static void check_rows(world *w, arc_query *q, const int *expected, int n)
{
    arc_cursor *c;
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_query_run(q, &c);
    (void)arc_query_error(q, &e);
    assert_ok_err(&e, st);
    for (int i = 0; i < n; i++) {
        st = arc_cursor_next(c);
        (void)arc_cursor_error(c, &e);
        assert_ok_err(&e, st);
        check_row(w, c, expected[i]);
    }
    assert_status(ARC_DONE, arc_cursor_next(c));
    arc_cursor_free(c);
}

/* The same in its JSON form, and page by page. */
static void check_forms(world *w, arc_query *q, const int *expected, int n)
{
    char json[8000], again[8000], token[2000] = "";
    size_t len = sizeof json;
    arc_query *p;
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_query_json(q, json, &len));
    arc_status st = arc_query_from_json(w->s, &p, json, SIZE_MAX);
    (void)arc_session_error(w->s, &e);
    if (st != ARC_OK) print_message("%s\n", json);
    assert_ok_err(&e, st);
    len = sizeof again;
    assert_ok(arc_query_json(p, again, &len));
    assert_string_equal(json, again);
    check_rows(w, p, expected, n);
    assert_ok(arc_query_limit(p, 7));
    for (int at = 0; at < n; at += 7) {
        arc_cursor *c;
        assert_ok(arc_query_after(p, at ? token : NULL));
        assert_ok(arc_query_run(p, &c));
        for (int i = at; i < at + 7 && i < n; i++) {
            assert_ok(arc_cursor_next(c));
            check_row(w, c, expected[i]);
            len = sizeof token;
            assert_ok(arc_cursor_token(c, token, &len));
        }
        assert_status(ARC_DONE, arc_cursor_next(c));
        arc_cursor_free(c);
    }
    arc_query_free(p);
}

static void random_question(world *w)
{
    uint8_t keep[ROWS];
    int expected[ROWS], n = 0;
    const arc_field_id select[] = { ARC_CUSTOMER_ID, w->field[F_NUM], w->field[F_MONEY], w->field[F_TEXT], w->field[F_SUM], w->field[F_FLAG] };
    arc_query *q;
    assert_ok(arc_query_new(w->s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_select(q, select, 6));
    conditions(w, q, keep);
    orders(w, q);
    for (int i = 0; i < ROWS; i++) {
        if (keep[i]) expected[n++] = i;
    }
    qsort(expected, (size_t)n, sizeof *expected, compare_rows);
    check_rows(w, q, expected, n);
    check_forms(w, q, expected, n);
    arc_query_free(q);
}

/* Groups by tier and by the currency of an amount: counts, sums. */
static void grouped(world *w)
{
    arc_query *q;
    arc_cursor *c;
    int64_t total = 0;
    assert_ok(arc_query_new(w->s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_group(q, w->field[F_TIER]));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_measure(q, ARC_SUM, w->field[F_MONEY]));
    assert_status(ARC_E_CURRENCY, arc_query_run(q, &c));
    assert_ok(arc_query_group(q, w->currency));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *tier = NULL, *currency = NULL;
        size_t nt = 0, nc = 0;
        int64_t count = 0, sum = 0, got = 0, n = 0;
        (void)arc_cursor_get_text(c, &tier, &nt, 0);
        (void)arc_cursor_get_text(c, &currency, &nc, 1);
        assert_ok(arc_cursor_get_int(c, &count, 2));
        for (int i = 0; i < ROWS; i++) {
            const cell *t = &w->rows[i].c[F_TIER], *m = &w->rows[i].c[F_MONEY];
            if (t->set != (tier != NULL) || (tier && strncmp(tier, t->s, nt) != 0)) continue;
            if (m->set != (currency != NULL) || (currency && strncmp(currency, m->s, 3) != 0)) continue;
            n++;
            sum += m->i;
        }
        assert_int_equal(count, n);
        if (currency) {
            assert_ok(arc_cursor_get_int(c, &got, 3));
            assert_int_equal(got, sum);
        }
        total += count;
    }
    assert_int_equal(total, ROWS);
    arc_cursor_free(c);
    arc_query_free(q);
}

static void explained(world *w, const char *json, const char *expected)
{
    arc_query *q;
    char text[4000];
    size_t n = sizeof text;
    assert_ok(arc_query_from_json(w->s, &q, json, SIZE_MAX));
    assert_ok(arc_query_explain(q, text, &n));
    if (!strstr(text, expected)) fail_msg("%s lacks %s", text, expected);
    arc_query_free(q);
}

static arc_status try_insert(arc_session *s, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

/* Fields that become indexed and cease to be: the same answers, and verify finds nothing. */
static void index_changed(world *w, arc_book *book)
{
    static const char *const changes[] = { "x_plain", "{\"indexed\":true}", "x_tags", "{\"indexed\":false}", "x_raw", "{\"indexed\":true}" };
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    for (int i = 0; i < 6; i += 2) assert_ok(arc_custom_alter(w->s, ARC_CUSTOMER, changes[i], changes[i + 1], SIZE_MAX));
    for (int k = 0; k < QUERIES / 4; k++) random_question(w);
    explained(w, "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_plain\",\"operator\":\"startsWith\",\"values\":[\"al\"]}]}", "\"sought\":1,");
    explained(w, "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_tags\",\"operator\":\"contains\",\"values\":[\"a\"]}]}", "\"sought\":0}");
    assert_ok(arc_book_verify(book, &v, NULL, NULL, NULL));
    assert_int_equal(v.findings, 0);
}

static void on_book(arc_book *book)
{
    world *w = calloc(1, sizeof *w);
    w->seed = 7;
    assert_ok(arc_session_open(book, &w->s, NULL));
    fill(w);
    for (int k = 0; k < QUERIES; k++) random_question(w);
    grouped(w);
    explained(w, "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_tier\",\"operator\":\"equals\",\"values\":[\"gold\"]}]}", "\"custom\":{\"tested\":1,\"sought\":1,\"rows\":");
    explained(w, "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_plain\",\"operator\":\"set\"}]}", "\"custom\":{\"tested\":1,\"sought\":0}");
    explained(w, "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_num\",\"operator\":\"gt\",\"values\":[\"9999\"]}]}", "\"sought\":1,\"rows\":0}");
    index_changed(w, book);
    assert_status(ARC_E_REFERENCE, try_insert(w->s, "{\"code\":\"z\",\"legal_name\":\"n\",\"x_ref\":99}"));
    arc_session_close(w->s);
    free(w);
}

static void everywhere(void **state)
{
    (void)state;
    for (int i = 0; i < TEST_BACKENDS; i++) {
        test_book b;
        print_message("%s\n", test_backend_names[i]);
        test_book_open(&b, i);
        on_book(b.book);
        test_book_close(&b);
    }
}

static void on_postgresql(void **state)
{
    (void)state;
#ifdef ARCORE_HAVE_POSTGRESQL
    test_env t;
    pg_server server;
    char uri[400];
    if (!pg_start(&server, "")) skip();
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE custom"), 0);
    snprintf(uri, sizeof uri, "postgresql://postgres@%s/custom", server.socket);
    test_open(&t);
    assert_ok(arc_backend_register(t.ctx, arc_postgresql_backend()));
    arc_book *book = sample_open(&t, uri, ARC_BOOK_CREATE);
    on_book(book);
    arc_book_close(book);
    test_close(&t);
    pg_stop(&server);
#else
    fprintf(stderr, "SKIPPED: built without libpq, custom fields were not tested on PostgreSQL\n");
    skip();
#endif
}

/* What cannot be asked, with its place. */
static void refused(void **state)
{
    static const struct {
        const char *json, *pointer;
        arc_status status;
    } cases[] = {
        { "{\"entity\":\"customer\",\"fields\":[\"x_none\"]}", "/fields/0", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"fields\":[\"x_text.currency\"]}", "/fields/0", ARC_E_NOT_FOUND },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_tier\",\"operator\":\"equals\",\"values\":[\"lead\"]}]}", "/filters/0/values/0", ARC_E_VALUE },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_num\",\"operator\":\"equals\",\"values\":[\"1.234\"]}]}", "/filters/0/values/0", ARC_E_PRECISION },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_money\",\"operator\":\"gt\",\"values\":[\"1.00\"]}]}", "/filters/0/values/0", ARC_E_VALUE },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_date\",\"operator\":\"gt\",\"values\":[\"soon\"]}]}", "/filters/0/values/0", ARC_E_VALUE },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_tags\",\"operator\":\"equals\",\"values\":[\"a\"]}]}", "/filters/0/values", ARC_E_INVALID },
        { "{\"entity\":\"customer\",\"filters\":[{\"member\":\"x_num\",\"operator\":\"startsWith\",\"values\":[\"1\"]}]}", "/filters/0", ARC_E_VALUE },
        { "{\"entity\":\"customer\",\"order\":[{\"member\":\"x_tags\"}]}", "/order/0", ARC_E_INVALID },
        { "{\"entity\":\"customer\",\"dimensions\":[\"x_tags\"]}", "/dimensions/0", ARC_E_INVALID },
        { "{\"entity\":\"customer\",\"measures\":[{\"measure\":\"sum\",\"member\":\"x_text\"}]}", "/measures/0", ARC_E_INVALID },
        { "{\"entity\":\"invoice\",\"fields\":[\"x_text\"]}", "/fields/0", ARC_E_NOT_FOUND },
    };
    arc_book *book = sample_open(*state, "memory:", ARC_BOOK_CREATE);
    arc_session *s;
    arc_query *q;
    assert_ok(arc_session_open(book, &s, NULL));
    for (int f = 0; f < FIELDS; f++) assert_ok(arc_custom_define(s, NULL, definitions[f], SIZE_MAX));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = arc_query_from_json(s, &q, cases[i].json, SIZE_MAX);
        assert_ok(arc_session_error(s, &e));
        if (st != cases[i].status) fail_msg("%s: %s %s", cases[i].json, arc_status_name(st), e.message);
        assert_string_equal(e.pointer, cases[i].pointer);
    }
    assert_ok(arc_query_new(s, &q, ARC_CUSTOMER));
    assert_status(ARC_E_NOT_FOUND, arc_query_where_int(q, ARC_CUSTOMER << 16 | 0x9000, ARC_EQ, 1));
    assert_status(ARC_E_INVALID, arc_query_where_int(q, ARC_CUSTOMER << 16 | 0x8000, ARC_EQ, 1)); /* a text */
    arc_query_free(q);
    arc_session_close(s);
    arc_book_close(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(everywhere), cmocka_unit_test(on_postgresql), cmocka_unit_test_setup_teardown(refused, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
