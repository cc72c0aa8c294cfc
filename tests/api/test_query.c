/* SPDX-License-Identifier: Apache-2.0 */
/* Queries against a plain array of the same rows: whatever the store takes or leaves, the answer is the array's. */
#include "arcore/fields.h"
#include "support/books.h"

enum { ROWS = 400 };

typedef struct contract {
    char number[16], name[16], currency[4];
    int has_name, has_end, has_amount;
    int64_t id;
    arc_date signed_on, ends_on;
    int64_t minor;
    int64_t rate; /* 4 decimals */
} contract;

static contract rows[ROWS];

static void make_rows(uint64_t seed)
{
    static const char *const currencies[] = { "CNY", "USD", "JPY" };
    for (int i = 0; i < ROWS; i++) {
        contract *c = &rows[i];
        uint64_t r = test_random(&seed);
        memset(c, 0, sizeof *c);
        snprintf(c->number, sizeof c->number, "K%04u", (unsigned)((i * 7919) % 10000));
        c->has_name = r % 4 != 0;
        snprintf(c->name, sizeof c->name, "n%u", (unsigned)(r / 4 % 20));
        memcpy(c->currency, currencies[r / 128 % 3], 4);
        c->signed_on = 19000 + (arc_date)(r / 512 % 60);
        c->has_end = r / 65536 % 3 != 0;
        c->ends_on = c->signed_on + (arc_date)(r / 262144 % 5) - 2;
        c->has_amount = r / (1 << 24) % 5 != 0;
        c->minor = (int64_t)(r >> 32) % 1000 - 500;
        c->rate = (int64_t)(r >> 44) % 20 * 100;
    }
}

static int64_t customer(test_book *b)
{
    arc_record *r;
    int64_t id = 0;
    assert_session(b, arc_record_new(b->session, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_CODE, "C1", SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, "Acme", SIZE_MAX));
    assert_session(b, arc_session_insert(b->session, &id, r));
    arc_record_free(r);
    return id;
}

static void fill(test_book *b)
{
    static arc_record *records[ROWS];
    static int64_t ids[ROWS];
    int64_t who = customer(b);
    make_rows(11);
    for (int i = 0; i < ROWS; i++) {
        contract *c = &rows[i];
        arc_record *r;
        assert_session(b, arc_record_new(b->session, &r, ARC_CONTRACT));
        assert_ok(arc_record_set_text(r, ARC_CONTRACT_NUMBER, c->number, SIZE_MAX));
        if (c->has_name) assert_ok(arc_record_set_text(r, ARC_CONTRACT_NAME, c->name, SIZE_MAX));
        assert_ok(arc_record_set_int(r, ARC_CONTRACT_CUSTOMER, who));
        assert_ok(arc_record_set_date(r, ARC_CONTRACT_SIGN_DATE, c->signed_on));
        if (c->has_end) assert_ok(arc_record_set_date(r, ARC_CONTRACT_ENDS_ON, c->ends_on));
        assert_ok(arc_record_set_text(r, ARC_CONTRACT_CURRENCY, c->currency, SIZE_MAX));
        arc_money m = { c->minor, { 0 }, 0 };
        memcpy(m.currency, c->currency, 4);
        if (c->has_amount) assert_ok(arc_record_set_money(r, ARC_CONTRACT_AMOUNT, m));
        assert_ok(arc_record_set_int(r, ARC_CONTRACT_TAX_INCLUDED, 1));
        arc_decimal rate = { c->rate, 4, 0 };
        assert_ok(arc_record_set_decimal(r, ARC_CONTRACT_TAX_RATE, rate));
        assert_ok(arc_record_set_text(r, ARC_CONTRACT_TERM, "NET30", SIZE_MAX));
        records[i] = r;
    }
    assert_session(b, arc_session_insert_many(b->session, ids, NULL, records, ROWS, ARC_ALL_OR_NONE));
    for (int i = 0; i < ROWS; i++) {
        rows[i].id = ids[i];
        arc_record_free(records[i]);
    }
}

static arc_query *query(test_book *b)
{
    arc_query *q;
    assert_session(b, arc_query_new(b->session, &q, ARC_CONTRACT));
    return q;
}

static void run_ok(arc_query *q, arc_cursor **c)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_query_run(q, c);
    (void)arc_query_error(q, &e);
    assert_ok_err(&e, st);
}

/* ---- random conditions ------------------------------------------------------------------------------------------------ */

static int cmp(int64_t a, uint32_t op, int64_t b)
{
    switch (op) {
    case ARC_EQ:
        return a == b;
    case ARC_NE:
        return a != b;
    case ARC_LT:
        return a < b;
    case ARC_LE:
        return a <= b;
    case ARC_GT:
        return a > b;
    default:
        return a >= b;
    }
}

typedef struct leaf {
    uint64_t kind, flags;
    uint32_t op;
    int64_t k, list[3];
    char text[16];
} leaf;

static int leaf_holds(const leaf *l, const contract *c)
{
    int usd = !strcmp(c->currency, "USD"), equal = c->has_amount && usd && c->minor == l->k * 20 - 400;
    switch (l->kind) {
    case 0:
        return cmp(c->signed_on, l->op, 19000 + l->k);
    case 1:
        return c->has_end ? cmp(c->ends_on, l->op, 19000 + l->k) : l->op == ARC_NE;
    case 2:
        return c->has_name ? cmp(strcmp(c->name, l->text), l->op, 0) : l->op == ARC_NE;
    case 3:
        return l->op == ARC_NE ? !equal : c->has_amount && usd && cmp(c->minor, l->op, l->k * 20 - 400);
    case 4:
        return c->has_end ? cmp(c->ends_on, l->op, c->signed_on) : l->op == ARC_NE;
    case 5:
        return !c->has_end;
    case 6:
        return c->signed_on == l->list[0] || c->signed_on == l->list[1] || c->signed_on == l->list[2];
    case 7:
        return cmp(c->rate, l->op, l->k / 2 * 100);
    default:
        if (!c->has_name) return 0;
        return l->flags & 1024 ? !strncmp(c->name, l->text + 1, strlen(l->text) - 1) : strstr(c->name, l->text + 1) != NULL;
    }
}

static arc_status push_leaf(arc_query *q, const leaf *l)
{
    arc_money m = { l->k * 20 - 400, "USD", 0 };
    arc_decimal d = { l->k / 2, 2, 0 };
    switch (l->kind) {
    case 0:
        return arc_query_where_date(q, ARC_CONTRACT_SIGN_DATE, l->op, (arc_date)(19000 + l->k));
    case 1:
        return arc_query_where_date(q, ARC_CONTRACT_ENDS_ON, l->op, (arc_date)(19000 + l->k));
    case 2:
        return arc_query_where_text(q, ARC_CONTRACT_NAME, l->op, l->text, SIZE_MAX);
    case 3:
        return arc_query_where_money(q, ARC_CONTRACT_AMOUNT, l->op, m);
    case 4:
        return arc_query_where_field(q, ARC_CONTRACT_ENDS_ON, l->op, ARC_CONTRACT_SIGN_DATE);
    case 5:
        return arc_query_where_null(q, ARC_CONTRACT_ENDS_ON);
    case 6:
        return arc_query_where_in_int(q, ARC_CONTRACT_SIGN_DATE, l->list, 3);
    case 7:
        return arc_query_where_decimal(q, ARC_CONTRACT_TAX_RATE, l->op, d);
    default:
        return arc_query_where_text(q, ARC_CONTRACT_NAME, l->flags & 1024 ? ARC_PREFIX : ARC_CONTAINS, l->text + 1, SIZE_MAX);
    }
}

/* Pushes a random condition and works out which rows hold. */
static void random_leaf(arc_query *q, uint64_t *seed, char *holds)
{
    uint64_t r = test_random(seed);
    leaf l = { .kind = r % 9, .flags = r, .op = (uint32_t)(1 + r / 16 % 6), .k = (int64_t)(r / 128 % 40) };
    snprintf(l.text, sizeof l.text, "n%d", (int)l.k % 22);
    l.list[0] = 19000 + l.k;
    l.list[1] = 19010 + l.k / 2;
    l.list[2] = 19059;
    assert_ok(push_leaf(q, &l));
    for (int i = 0; i < ROWS; i++) holds[i] = (char)leaf_holds(&l, &rows[i]);
}

static void random_where(arc_query *q, uint64_t *seed, char *holds)
{
    char stack[8][ROWS];
    int depth = 0, steps = (int)(test_random(seed) % 8);
    for (int s = 0; s < steps; s++) {
        uint64_t r = test_random(seed);
        if (depth >= 2 && r % 3 == 0) {
            int or = r / 8 % 2;
            assert_ok(or ? arc_query_or(q, 2) : arc_query_and(q, 2));
            depth--;
            for (int i = 0; i < ROWS; i++) stack[depth - 1][i] = or ? stack[depth - 1][i] | stack[depth][i] : stack[depth - 1][i] & stack[depth][i];
        } else if (depth && r % 3 == 1) {
            assert_ok(arc_query_not(q));
            for (int i = 0; i < ROWS; i++) stack[depth - 1][i] = !stack[depth - 1][i];
        } else if (depth < 7) {
            random_leaf(q, seed, stack[depth++]);
        }
    }
    for (int i = 0; i < ROWS; i++) {
        holds[i] = 1;
        for (int k = 0; k < depth; k++) holds[i] &= stack[k][i];
    }
}

/* ---- order ------------------------------------------------------------------------------------------------------------- */

typedef struct sort_key {
    uint32_t field;
    int down;
} sort_key;

static sort_key keys[3];
static int n_keys;

static int by(const contract *a, const contract *b, uint32_t field)
{
    switch (field) {
    case ARC_CONTRACT_NAME:
        if (!a->has_name || !b->has_name) return a->has_name - b->has_name;
        return strcmp(a->name, b->name);
    case ARC_CONTRACT_ENDS_ON:
        if (!a->has_end || !b->has_end) return a->has_end - b->has_end;
        return a->ends_on - b->ends_on;
    case ARC_CONTRACT_SIGN_DATE:
        return a->signed_on - b->signed_on;
    default:
        return a->id < b->id ? -1 : a->id > b->id;
    }
}

static int compare(const void *x, const void *y)
{
    const contract *a = *(const contract *const *)x, *b = *(const contract *const *)y;
    for (int i = 0; i < n_keys; i++) {
        int c = by(a, b, keys[i].field);
        if (c) return keys[i].down ? -c : c;
    }
    return by(a, b, 0);
}

static void random_order(arc_query *q, uint64_t *seed)
{
    static const uint32_t fields[] = { ARC_CONTRACT_NAME, ARC_CONTRACT_ENDS_ON, ARC_CONTRACT_SIGN_DATE };
    uint64_t r = test_random(seed);
    n_keys = (int)(r % 4);
    for (int i = 0; i < n_keys; i++) {
        keys[i].field = fields[(r / 4 + (uint64_t)i) % 3];
        keys[i].down = (int)(r >> (8 + i)) & 1;
        assert_ok(arc_query_order(q, keys[i].field, keys[i].down));
    }
}

static void check_rows(arc_query *q, const contract *const *want, int n)
{
    arc_cursor *c;
    int got = 0;
    arc_status st;
    run_ok(q, &c);
    while ((st = arc_cursor_next(c)) == ARC_OK) {
        int64_t id = 0;
        const char *s;
        size_t len;
        arc_money m;
        assert_ok(arc_cursor_get_int(c, &id, 0));
        assert_true(got < n);
        assert_int_equal(id, want[got]->id);
        st = arc_cursor_get_text(c, &s, &len, 1);
        assert_int_equal(st, want[got]->has_name ? ARC_OK : ARC_E_NOT_FOUND);
        if (st == ARC_OK) assert_memory_equal(s, want[got]->name, len);
        st = arc_cursor_get_money(c, &m, 2);
        assert_int_equal(st, want[got]->has_amount ? ARC_OK : ARC_E_NOT_FOUND);
        if (st == ARC_OK) {
            assert_int_equal(m.minor, want[got]->minor);
            assert_string_equal(m.currency, want[got]->currency);
        }
        got++;
    }
    assert_int_equal(st, ARC_DONE);
    assert_int_equal(got, n);
    assert_status(ARC_DONE, arc_cursor_next(c));
    arc_cursor_free(c);
}

/* The query again from its own JSON. */
static arc_query *twin(test_book *b, arc_query *q)
{
    static char text[20000], again[20000];
    size_t n = sizeof text, m = sizeof again;
    arc_query *t;
    assert_ok(arc_query_json(q, text, &n));
    assert_session(b, arc_query_from_json(b->session, &t, text, n));
    assert_ok(arc_query_json(t, again, &m));
    assert_string_equal(again, text);
    return t;
}

static void pages(arc_query *q, const contract *const *want, int n, int64_t size)
{
    char token[4001];
    int got = 0;
    assert_ok(arc_query_limit(q, size));
    for (;;) {
        arc_cursor *c;
        int64_t id, here = 0;
        run_ok(q, &c);
        while (arc_cursor_next(c) == ARC_OK) {
            size_t len = sizeof token;
            assert_ok(arc_cursor_get_int(c, &id, 0));
            assert_true(got < n);
            assert_int_equal(id, want[got++]->id);
            assert_ok(arc_cursor_token(c, token, &len));
            here++;
        }
        arc_cursor_free(c);
        if (here < size) break;
        assert_ok(arc_query_after(q, token));
    }
    assert_int_equal(got, n);
}

static void answers_equal_the_array(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        static const arc_field_id fields[] = { ARC_CONTRACT_ID, ARC_CONTRACT_NAME, ARC_CONTRACT_AMOUNT };
        print_message("%s\n", test_backend_names[k]);
        test_book_open(&b, k);
        fill(&b);
        uint64_t seed = 5;
        for (int i = 0; i < 150; i++) {
            char holds[ROWS];
            const contract *want[ROWS];
            int n = 0;
            arc_query *q = query(&b);
            random_where(q, &seed, holds);
            random_order(q, &seed);
            assert_ok(arc_query_select(q, fields, 3));
            for (int r = 0; r < ROWS; r++) {
                if (holds[r]) want[n++] = &rows[r];
            }
            qsort(want, (size_t)n, sizeof want[0], compare);
            check_rows(q, want, n);
            arc_query *t = twin(&b, q);
            check_rows(t, want, n);
            int64_t limit = 1 + (int64_t)(test_random(&seed) % 30);
            assert_ok(arc_query_limit(q, limit));
            check_rows(q, want, n < limit ? n : (int)limit);
            if (i % 10 == 0) pages(t, want, n, 7);
            arc_query_free(t);
            arc_query_free(q);
        }
        test_book_close(&b);
    }
}

/* ---- groups ------------------------------------------------------------------------------------------------------------- */

static int64_t count[3][4], sum[3][4], any[3][4];
static const char *const in_order[] = { "CNY", "JPY", "USD" };

static void sum_up(void)
{
    memset(count, 0, sizeof count);
    memset(sum, 0, sizeof sum);
    memset(any, 0, sizeof any);
    for (int i = 0; i < ROWS; i++) {
        int cur = rows[i].currency[0] == 'C' ? 0 : rows[i].currency[0] == 'J' ? 1 : 2;
        int d = (rows[i].signed_on >= 19015) + (rows[i].signed_on >= 19030) + (rows[i].signed_on >= 19045);
        count[cur][d]++;
        sum[cur][d] += rows[i].has_amount ? rows[i].minor : 0;
        any[cur][d] += rows[i].has_amount;
    }
}

static void check_groups(arc_query *q)
{
    arc_cursor *c;
    int n = 0;
    run_ok(q, &c);
    for (; arc_cursor_next(c) == ARC_OK; n++) {
        int64_t bucket, rows_here;
        const char *s;
        size_t len;
        arc_money m;
        assert_ok(arc_cursor_get_text(c, &s, &len, 0));
        assert_memory_equal(s, in_order[n / 4], 3);
        assert_ok(arc_cursor_get_int(c, &bucket, 1));
        assert_int_equal(bucket, n % 4);
        assert_ok(arc_cursor_get_int(c, &rows_here, 2));
        assert_int_equal(rows_here, count[n / 4][bucket]);
        assert_true(any[n / 4][bucket] > 0);
        assert_ok(arc_cursor_get_money(c, &m, 3));
        assert_int_equal(m.minor, sum[n / 4][bucket]);
        assert_string_equal(m.currency, in_order[n / 4]);
    }
    assert_int_equal(n, 12);
    arc_column_info info = ARC_COLUMN_INFO_INIT;
    assert_ok(arc_cursor_column(c, &info, 1));
    assert_string_equal(info.name, "sign_date_bucket");
    assert_ok(arc_cursor_column(c, &info, 3));
    assert_string_equal(info.name, "sum_amount");
    arc_cursor_free(c);
}

static void check_largest(arc_query *q)
{
    arc_cursor *c;
    int64_t best = -1, got;
    for (int i = 0; i < 12; i++) {
        if (count[i / 4][i % 4] > best) best = count[i / 4][i % 4];
    }
    run_ok(q, &c);
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &got, 2));
    assert_int_equal(got, best);
    assert_status(ARC_DONE, arc_cursor_next(c));
    arc_cursor_free(c);
}

static void groups_equal_the_array(void **state)
{
    (void)state;
    static const int64_t edges[] = { 19015, 19030, 19045 };
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        test_book_open(&b, k);
        fill(&b);
        sum_up();
        arc_query *q = query(&b);
        assert_ok(arc_query_group(q, ARC_CONTRACT_CURRENCY));
        assert_ok(arc_query_group_bucket(q, ARC_CONTRACT_SIGN_DATE, edges, 3));
        assert_ok(arc_query_measure(q, ARC_COUNT, 0));
        assert_ok(arc_query_measure(q, ARC_SUM, ARC_CONTRACT_AMOUNT));
        arc_query *t = twin(&b, q);
        check_groups(t);
        arc_query_free(t);
        assert_ok(arc_query_order_column(q, 2, 1));
        assert_ok(arc_query_limit(q, 1));
        t = twin(&b, q);
        check_largest(t);
        arc_query_free(t);
        arc_query_free(q);
        test_book_close(&b);
    }
}

static void currencies_do_not_mix(void **state)
{
    (void)state;
    test_book b;
    arc_cursor *c;
    arc_money m;
    test_book_open(&b, 0);
    fill(&b);
    arc_query *q = query(&b);
    assert_ok(arc_query_measure(q, ARC_SUM, ARC_CONTRACT_AMOUNT));
    assert_status(ARC_E_CURRENCY, arc_query_run(q, &c));
    assert_null(c);
    assert_ok(arc_query_where_text(q, ARC_CONTRACT_CURRENCY, ARC_EQ, "USD", SIZE_MAX));
    run_ok(q, &c);
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_money(c, &m, 0));
    assert_string_equal(m.currency, "USD");
    arc_cursor_free(c);
    arc_query_free(q);
    test_book_close(&b);
}

static void records_and_get(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        arc_cursor *c;
        arc_record *r, *s;
        char x[4000], y[4000];
        size_t n = sizeof x, m = sizeof y;
        test_book_open(&b, k);
        fill(&b);
        arc_query *q = query(&b);
        assert_ok(arc_query_where_text(q, ARC_CONTRACT_NUMBER, ARC_EQ, rows[17].number, SIZE_MAX));
        run_ok(q, &c);
        assert_ok(arc_cursor_next(c));
        assert_ok(arc_cursor_record(c, &r));
        assert_session(&b, arc_session_get(b.session, &s, ARC_CONTRACT, rows[17].id)); /* while the cursor holds its snapshot */
        assert_ok(arc_record_get_json(r, x, &n));
        assert_ok(arc_record_get_json(s, y, &m));
        assert_string_equal(x, y);
        assert_session_status(ARC_E_TXN, &b, arc_session_update(b.session, s));
        assert_status(ARC_DONE, arc_cursor_next(c));
        arc_cursor_free(c);
        assert_ok(arc_record_set_text(s, ARC_CONTRACT_NAME, "renamed", SIZE_MAX));
        assert_session(&b, arc_session_update(b.session, s));
        assert_ok(arc_record_set_text(r, ARC_CONTRACT_NAME, "too late", SIZE_MAX));
        assert_session_status(ARC_E_STALE, &b, arc_session_update(b.session, r));
        arc_record_free(r);
        arc_record_free(s);
        arc_query_free(q);
        test_book_close(&b);
    }
}

/* One query asked again and again with other values: fields, order and edges stay. */
static void cleared(void **state)
{
    static const arc_field_id fields[] = { ARC_CONTRACT_NUMBER };
    static const int64_t edges[] = { 19000, 19030 };
    (void)state;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        test_book_open(&b, k);
        fill(&b);
        arc_query *q = query(&b), *grouped = query(&b);
        assert_ok(arc_query_select(q, fields, 1));
        assert_ok(arc_query_group_bucket(grouped, ARC_CONTRACT_SIGN_DATE, edges, 2));
        assert_ok(arc_query_measure(grouped, ARC_COUNT, 0));
        for (int i = 0; i < 40; i++) {
            arc_cursor *c;
            const char *text;
            size_t len;
            int64_t n = 0;
            assert_ok(arc_query_clear(q));
            assert_ok(arc_query_where_text(q, ARC_CONTRACT_NUMBER, ARC_EQ, rows[i].number, SIZE_MAX));
            run_ok(q, &c);
            assert_ok(arc_cursor_next(c));
            assert_ok(arc_cursor_get_text(c, &text, &len, 0));
            assert_int_equal(len, strlen(rows[i].number));
            assert_memory_equal(text, rows[i].number, len);
            assert_status(ARC_DONE, arc_cursor_next(c));
            arc_cursor_free(c);
            assert_ok(arc_query_clear(grouped));
            assert_ok(arc_query_where_text(grouped, ARC_CONTRACT_NUMBER, ARC_EQ, rows[i].number, SIZE_MAX));
            run_ok(grouped, &c);
            assert_ok(arc_cursor_next(c));
            assert_ok(arc_cursor_get_int(c, &n, 0));
            assert_int_equal(n, rows[i].signed_on >= 19030 ? 2 : 1);
            arc_cursor_free(c);
        }
        arc_query_free(grouped);
        assert_status(ARC_E_HANDLE, arc_query_clear(grouped));
        arc_query_free(q);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleared),
        cmocka_unit_test(answers_equal_the_array),
        cmocka_unit_test(groups_equal_the_array),
        cmocka_unit_test(currencies_do_not_mix),
        cmocka_unit_test(records_and_get),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
