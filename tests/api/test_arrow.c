/* SPDX-License-Identifier: Apache-2.0 */
/* Rows through the Arrow C data interface, read and made here by hand, as the specification says. */
#include "sample.h"

#include "arcore/arrow.h"

typedef struct fixture {
    arc_book *book;
    arc_session *s;
    arc_query *q;
} fixture;

static const arc_field_id some[] = { ARC_CUSTOMER_CODE, ARC_CUSTOMER_REGISTERED_CAPITAL, ARC_CUSTOMER_SIZE_DECLARED_ON,
                                     ARC_CUSTOMER_PARENT, ARC_CUSTOMER_REMARK, ARC_CUSTOMER_OPT_OUT };

static void start(test_env *t, fixture *f, const char *uri, int groups)
{
    memset(f, 0, sizeof *f);
    f->book = sample_open(t, uri, ARC_BOOK_CREATE);
    if (groups) sample_fill(f->book, groups);
    assert_ok(arc_session_open(f->book, &f->s, NULL));
    assert_ok(arc_query_new(f->s, &f->q, ARC_CUSTOMER));
    assert_ok(arc_query_select(f->q, some, 6));
}

/* Value of a key in metadata; NULL when it is not there. */
static const char *meta(const char *m, const char *key, char out[200])
{
    int32_t n, i, len;
    memcpy(&n, m, 4);
    m += 4;
    for (i = 0; i < n; i++) {
        int hit;
        memcpy(&len, m, 4);
        hit = (size_t)len == strlen(key) && memcmp(m + 4, key, (size_t)len) == 0;
        m += 4 + len;
        memcpy(&len, m, 4);
        memcpy(out, m + 4, (size_t)len);
        out[len] = 0;
        m += 4 + len;
        if (hit) return out;
    }
    return NULL;
}

static void test_schema(void **state)
{
    test_env *t = *state;
    static const char *const formats[] = { "u", "l", "tdD", "l", "u", "b", "u" };
    static const char *const names[] = { "code", "registered_capital", "size_declared_on", "parent", "remark", "opt_out", "capital_currency" };
    struct ArrowArrayStream stream;
    struct ArrowSchema schema, moved;
    char text[200];
    fixture f;
    int i;
    start(t, &f, "memory:schema", 1);
    assert_ok(arc_query_arrow(f.q, &stream, NULL));
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_string_equal(schema.format, "+s");
    assert_int_equal(schema.n_children, 7);
    for (i = 0; i < 7; i++) {
        assert_string_equal(schema.children[i]->format, formats[i]);
        assert_string_equal(schema.children[i]->name, names[i]);
        assert_int_equal(schema.children[i]->flags, ARROW_FLAG_NULLABLE);
        assert_int_equal(schema.children[i]->n_children, 0);
    }
    assert_string_equal(meta(schema.children[1]->metadata, "arcore.type", text), "money");
    assert_string_equal(meta(schema.children[1]->metadata, "arcore.currency_column", text), "capital_currency");
    assert_string_equal(meta(schema.children[1]->metadata, "arcore.label_zh", text), "注册资本");
    assert_string_equal(meta(schema.children[0]->metadata, "arcore.label_en", text), "Code");
    assert_null(meta(schema.children[0]->metadata, "arcore.type", text));
    /* a child moved out of its parent lives on */
    moved = *schema.children[2];
    schema.children[2]->release = NULL;
    schema.release(&schema);
    assert_null(schema.release);
    assert_string_equal(moved.name, "size_declared_on");
    moved.release(&moved);
    stream.release(&stream);
    assert_null(stream.release);
    arc_book_close(f.book);
}

static int valid(const struct ArrowArray *a, int64_t i)
{
    const uint8_t *bits = a->buffers[0];
    return !bits || (bits[i / 8] >> (i % 8) & 1);
}

/* Compares a column with what a cursor has. */
static void check_value(const struct ArrowArray *a, int64_t row, arc_cursor *cursor, uint32_t col, const char *format)
{
    int32_t null;
    int64_t v;
    const char *text;
    size_t n;
    assert_ok(arc_cursor_is_null(cursor, &null, col));
    assert_int_equal(valid(a, row), !null);
    if (null) return;
    if (strcmp(format, "u") == 0) {
        const int32_t *offsets = a->buffers[1];
        assert_ok(arc_cursor_get_text(cursor, &text, &n, col));
        assert_int_equal(offsets[row + 1] - offsets[row], n);
        assert_memory_equal((const char *)a->buffers[2] + offsets[row], text, n);
        return;
    }
    assert_ok(arc_cursor_get_int(cursor, &v, col));
    if (strcmp(format, "b") == 0)
        assert_int_equal(((const uint8_t *)a->buffers[1])[row / 8] >> (row % 8) & 1, v);
    else if (strcmp(format, "tdD") == 0)
        assert_int_equal(((const int32_t *)a->buffers[1])[row], v);
    else
        assert_int_equal(((const int64_t *)a->buffers[1])[row], v);
}

static int64_t compare(fixture *f, uint32_t batch_rows, int *batches)
{
    static const char *const formats[] = { "u", "l", "tdD", "l", "u", "b" };
    arc_arrow_options o = ARC_ARROW_OPTIONS_INIT;
    struct ArrowArrayStream stream;
    arc_cursor *cursor;
    int64_t rows = 0;
    *batches = 0;
    o.batch_rows = batch_rows;
    assert_ok(arc_query_run(f->q, &cursor));
    assert_ok(arc_query_arrow(f->q, &stream, &o));
    for (;;) {
        struct ArrowArray a;
        int64_t i, nulls;
        uint32_t c;
        assert_int_equal(stream.get_next(&stream, &a), 0);
        if (!a.release) break;
        assert_true(a.length > 0 && (!batch_rows || a.length <= batch_rows));
        assert_int_equal(a.offset, 0);
        assert_int_equal(a.null_count, 0);
        assert_int_equal(a.n_buffers, 1);
        for (i = 0; i < a.length; i++) {
            assert_ok(arc_cursor_next(cursor));
            for (c = 0; c < 6; c++) check_value(a.children[c], i, cursor, c, formats[c]);
        }
        for (c = 0; c < 7; c++) {
            assert_int_equal(a.children[c]->length, a.length);
            for (nulls = 0, i = 0; i < a.length; i++) nulls += !valid(a.children[c], i);
            assert_int_equal(a.children[c]->null_count, nulls);
        }
        rows += a.length;
        ++*batches;
        a.release(&a);
        assert_null(a.release);
    }
    assert_status(ARC_DONE, arc_cursor_next(cursor));
    stream.release(&stream);
    arc_cursor_free(cursor);
    return rows;
}

static void test_values(void **state)
{
    test_env *t = *state;
    fixture f;
    int batches;
    start(t, &f, "memory:values", 100);
    assert_int_equal(compare(&f, 0, &batches), 800);
    assert_int_equal(batches, 1);
    assert_int_equal(compare(&f, 7, &batches), 800);
    assert_int_equal(batches, 115);
    assert_int_equal(compare(&f, 800, &batches), 800);
    assert_int_equal(batches, 1);
    assert_ok(arc_query_where_text(f.q, ARC_CUSTOMER_CODE, ARC_EQ, "nobody", SIZE_MAX));
    assert_int_equal(compare(&f, 0, &batches), 0);
    assert_int_equal(batches, 0);
    arc_book_close(f.book);
}

/* Arrays outlive stream, book and context; a column moved out of its batch outlives that. */
static void test_lives(void **state)
{
    test_env t;
    struct ArrowArrayStream stream;
    struct ArrowArray a, column;
    struct ArrowSchema schema;
    arc_allocator mine;
    fixture f;
    (void)state;
    test_open(&t);
    mine = t.allocator;
    (void)mine;
    start(&t, &f, "memory:lives", 2);
    assert_ok(arc_query_arrow(f.q, &stream, NULL));
    arc_query_free(f.q);
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_int_equal(stream.get_next(&stream, &a), 0);
    stream.release(&stream);
    arc_book_close(f.book);
    column = *a.children[0];
    a.children[0]->release = NULL;
    a.release(&a);
    assert_memory_equal(column.buffers[2], "C0000C0001", 10);
    column.release(&column);
    assert_string_equal(schema.children[0]->name, "code");
    schema.release(&schema);
    test_close(&t);
}

static void test_stream_errors(void **state)
{
    test_env *t = *state;
    arc_arrow_options o = ARC_ARROW_OPTIONS_INIT;
    struct ArrowArrayStream stream;
    struct ArrowArray a;
    fixture f;
    start(t, &f, "memory:errors", 10);
    assert_status(ARC_E_INVALID, arc_query_arrow(f.q, NULL, NULL));
    o.batch_rows = 65537;
    assert_status(ARC_E_INVALID, arc_query_arrow(f.q, &stream, &o));
    o.batch_rows = 1;
    assert_ok(arc_query_arrow(f.q, &stream, &o));
    assert_null(stream.get_last_error(&stream));
    assert_int_equal(stream.get_next(&stream, &a), 0);
    a.release(&a);
    arc_session_close(f.s);
    while (stream.get_next(&stream, &a) == 0) {
        assert_non_null(a.release); /* rows it had already */
        a.release(&a);
    }
    assert_non_null(stream.get_last_error(&stream));
    assert_null(a.release);
    stream.release(&stream);
    assert_status(ARC_E_HANDLE, arc_query_arrow(f.q, &stream, NULL));
    arc_book_close(f.book);
}

/* ---- loading -------------------------------------------------------------------------------------------------------- */

static int32_t count_faults(void *user, int64_t row, const arc_error *e)
{
    char *text = user;
    size_t n = strlen(text);
    snprintf(text + n, 1000 - n, "%lld %s %s\n", (long long)row, e->field, arc_status_name(e->status));
    return 0;
}

static void expect_load(fixture *f, arc_status expected, struct ArrowArrayStream *stream, const arc_load_options *o, int64_t loaded, int64_t refused)
{
    arc_load_results r = ARC_LOAD_RESULTS_INIT;
    arc_error e = ARC_ERROR_INIT;
    arc_status st = arc_session_load_arrow(f->s, &r, ARC_CUSTOMER, stream, o);
    (void)arc_session_error(f->s, &e);
    if (st != expected) fail_msg("%s instead of %s: %s %s", arc_status_name(st), arc_status_name(expected), e.field, e.message);
    assert_null(stream->release);
    assert_int_equal(r.loaded, loaded);
    assert_int_equal(r.refused, refused);
}

/* From one book into another: what is asked of both answers alike. */
static void test_between_books(void **state)
{
    test_env *t = *state;
    static const arc_field_id fields[] = { ARC_CUSTOMER_CODE, ARC_CUSTOMER_LEGAL_NAME, ARC_CUSTOMER_CURRENCY, ARC_CUSTOMER_CAPITAL_CURRENCY,
                                           ARC_CUSTOMER_REGISTERED_CAPITAL, ARC_CUSTOMER_SIZE_DECLARED_ON, ARC_CUSTOMER_REMARK };
    struct ArrowArrayStream stream;
    arc_arrow_options o = ARC_ARROW_OPTIONS_INIT;
    arc_load_options lo = ARC_LOAD_OPTIONS_INIT;
    arc_cursor *a, *b;
    char uri[600], faults[1000] = "";
    fixture from, to;
    arc_status st;
    int rows = 0;
    (void)test_dir(t);
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(t, "to.db"));
    start(t, &from, "memory:from", 150);
    start(t, &to, uri, 0);
    o.batch_rows = 333;
    assert_ok(arc_query_select(from.q, fields, 7));
    assert_ok(arc_query_select(to.q, fields, 7));
    assert_ok(arc_query_arrow(from.q, &stream, &o));
    expect_load(&to, ARC_OK, &stream, NULL, 1200, 0);
    assert_ok(arc_query_run(from.q, &a));
    assert_ok(arc_query_run(to.q, &b));
    while ((st = arc_cursor_next(a)) == ARC_OK) {
        arc_record *x, *y;
        char left[2000], right[2000];
        size_t n = sizeof left;
        assert_ok(arc_cursor_next(b));
        assert_ok(arc_cursor_record(a, &x));
        assert_ok(arc_cursor_record(b, &y));
        assert_ok(arc_record_get_json(x, left, &n));
        n = sizeof right;
        assert_ok(arc_record_get_json(y, right, &n));
        assert_string_equal(left, right);
        arc_record_free(x);
        arc_record_free(y);
        rows++;
    }
    assert_int_equal(rows, 1200);
    arc_cursor_free(a);
    arc_cursor_free(b);
    /* all codes are taken now: each row is refused, or the first one ends it */
    assert_ok(arc_query_limit(from.q, 3));
    assert_ok(arc_query_arrow(from.q, &stream, NULL));
    lo.fault = count_faults;
    lo.user = faults;
    expect_load(&to, ARC_PARTIAL, &stream, &lo, 0, 3);
    assert_string_equal(faults, "0 code ARC_E_EXISTS\n1  ARC_E_EXISTS\n2  ARC_E_EXISTS\n");
    lo.flags = ARC_ALL_OR_NONE;
    assert_ok(arc_query_arrow(from.q, &stream, NULL));
    expect_load(&to, ARC_E_EXISTS, &stream, &lo, 0, 0);
    arc_book_close(from.book);
    arc_book_close(to.book);
}

/* A stream of one batch made by hand: arrays and buffers are the test's own. */
typedef struct hand {
    struct ArrowSchema schema, children[8], *list[8];
    struct ArrowArray batch, columns[8], *column_list[8];
    const void *buffers[8][3], *none[1];
    int n, sent, fail_next, released;
} hand;

static void drop_schema(struct ArrowSchema *s) { s->release = NULL; }
static void drop_array(struct ArrowArray *a)
{
    ((hand *)a->private_data)->released++;
    a->release = NULL;
}
static int hand_schema(struct ArrowArrayStream *s, struct ArrowSchema *out)
{
    *out = ((hand *)s->private_data)->schema;
    return 0;
}
static int hand_next(struct ArrowArrayStream *s, struct ArrowArray *out)
{
    hand *h = s->private_data;
    memset(out, 0, sizeof *out);
    if (h->fail_next == 1 || (h->fail_next == 2 && h->sent)) return 5;
    if (!h->sent++) *out = h->batch;
    return 0;
}
static const char *hand_error(struct ArrowArrayStream *s) { return ((hand *)s->private_data)->fail_next ? "the disk is on fire" : NULL; }
static void hand_release(struct ArrowArrayStream *s) { s->release = NULL; }

static void hand_start(hand *h, int64_t rows)
{
    memset(h, 0, sizeof *h);
    h->schema.format = "+s";
    h->schema.name = "";
    h->schema.children = h->list;
    h->schema.release = drop_schema;
    h->batch.length = rows;
    h->batch.n_buffers = 1;
    h->batch.buffers = h->none;
    h->batch.children = h->column_list;
    h->batch.release = drop_array;
    h->batch.private_data = h;
}

static void hand_column(hand *h, const char *name, const char *format, const void *valid_bits, const void *b1, const void *b2)
{
    int i = h->n++;
    h->list[i] = &h->children[i];
    h->column_list[i] = &h->columns[i];
    h->children[i].name = name;
    h->children[i].format = format;
    h->buffers[i][0] = valid_bits;
    h->buffers[i][1] = b1;
    h->buffers[i][2] = b2;
    h->columns[i].length = h->batch.length + h->batch.offset;
    h->columns[i].null_count = valid_bits ? -1 : 0;
    h->columns[i].n_buffers = b2 ? 3 : 2;
    h->columns[i].buffers = h->buffers[i];
    h->schema.n_children = h->batch.n_children = h->n;
}

static struct ArrowArrayStream hand_stream(hand *h)
{
    struct ArrowArrayStream s;
    s.get_schema = hand_schema;
    s.get_next = hand_next;
    s.get_last_error = hand_error;
    s.release = hand_release;
    s.private_data = h;
    return s;
}

static const char codes[] = "H1H2H3H4";
static const int32_t code_ends[] = { 0, 2, 4, 6, 8 };
static const int64_t long_ends[] = { 0, 2, 4, 6, 8 };

static void assert_customer(fixture *f, const char *code, const char *expected)
{
    arc_query *q;
    arc_cursor *c;
    arc_record *r;
    char json[1000];
    size_t n = sizeof json;
    const arc_field_id fields[] = { ARC_CUSTOMER_CODE, ARC_CUSTOMER_SIZE_DECLARED_ON, ARC_CUSTOMER_CAPITAL_CURRENCY,
                                    ARC_CUSTOMER_REGISTERED_CAPITAL, ARC_CUSTOMER_OPT_OUT };
    assert_ok(arc_query_new(f->s, &q, ARC_CUSTOMER));
    assert_ok(arc_query_select(q, fields, 5));
    assert_ok(arc_query_where_text(q, ARC_CUSTOMER_CODE, ARC_EQ, code, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_record(c, &r));
    assert_ok(arc_record_get_json(r, json, &n));
    assert_string_equal(json, expected);
    arc_record_free(r);
    arc_cursor_free(c);
    arc_query_free(q);
}

static void test_types(void **state)
{
    test_env *t = *state;
    static const char cur[] = "CNYJPYUSD";
    static const int32_t cur_ends[] = { 0, 3, 6, 9, 9 };
    static const int64_t amounts[][2] = { { 12345, 0 }, { -600, -1 }, { 150, 0 }, { 0, 0 } }; /* two decimals */
    static const int64_t days[] = { 86400000, -86400000, 1, 0 };
    static const uint8_t three = 7, truth = 5;
    struct ArrowArrayStream stream;
    arc_load_options lo = ARC_LOAD_OPTIONS_INIT;
    char faults[1000] = "";
    hand h;
    fixture f;
    start(t, &f, "memory:types", 0);
    hand_start(&h, 4);
    hand_column(&h, "registered_capital", "d:38,2", &three, amounts, NULL);
    hand_column(&h, "code", "U", NULL, long_ends, codes);
    hand_column(&h, "legal_name", "u", NULL, code_ends, codes);
    hand_column(&h, "capital_currency", "u", &three, cur_ends, cur);
    hand_column(&h, "size_declared_on", "tdm", NULL, days, NULL);
    hand_column(&h, "opt_out", "b", NULL, &truth, NULL);
    stream = hand_stream(&h);
    lo.fault = count_faults;
    lo.user = faults;
    expect_load(&f, ARC_PARTIAL, &stream, &lo, 3, 1);
    assert_int_equal(h.released, 1);
    assert_string_equal(faults, "2 size_declared_on ARC_E_PRECISION\n");
    assert_customer(&f, "H1", "{\"code\":\"H1\",\"size_declared_on\":\"1970-01-02\",\"capital_currency\":\"CNY\",\"registered_capital\":\"123.45\",\"opt_out\":true}");
    assert_customer(&f, "H2", "{\"code\":\"H2\",\"size_declared_on\":\"1969-12-31\",\"capital_currency\":\"JPY\",\"registered_capital\":\"-6\",\"opt_out\":false}");
    assert_customer(&f, "H4", "{\"code\":\"H4\",\"size_declared_on\":\"1970-01-01\",\"opt_out\":false}");
    arc_book_close(f.book);
}

/* Offsets of batch and column, minor units, and rows that the record itself refuses. */
static void test_offsets(void **state)
{
    test_env *t = *state;
    static const int32_t minor[] = { 99, 99, 100, 200, 300 };
    static const char cur[] = "CNYCNYZZZ";
    static const int32_t cur_ends[] = { 0, 0, 0, 3, 6, 9 };
    struct ArrowArrayStream stream;
    arc_load_options lo = ARC_LOAD_OPTIONS_INIT;
    char faults[1000] = "";
    hand h;
    fixture f;
    start(t, &f, "memory:offsets", 0);
    hand_start(&h, 3);
    h.batch.offset = 1;
    hand_column(&h, "code", "u", NULL, code_ends, codes);
    hand_column(&h, "legal_name", "u", NULL, code_ends, codes);
    hand_column(&h, "registered_capital", "i", NULL, minor, NULL);
    h.columns[2].offset = 1;
    hand_column(&h, "capital_currency", "u", NULL, cur_ends, cur);
    h.columns[3].offset = 1;
    stream = hand_stream(&h);
    lo.fault = count_faults;
    lo.user = faults;
    expect_load(&f, ARC_PARTIAL, &stream, &lo, 2, 1);
    assert_string_equal(faults, "2 capital_currency ARC_E_CURRENCY\n");
    assert_customer(&f, "H2", "{\"code\":\"H2\",\"capital_currency\":\"CNY\",\"registered_capital\":\"1.00\"}");
    assert_customer(&f, "H3", "{\"code\":\"H3\",\"capital_currency\":\"CNY\",\"registered_capital\":\"2.00\"}");
    arc_book_close(f.book);
}

static void test_load_faults(void **state)
{
    test_env *t = *state;
    static const int32_t backwards[] = { 0, 2, 1, 6, 8 };
    struct ArrowArrayStream stream;
    arc_load_options lo = ARC_LOAD_OPTIONS_INIT;
    arc_load_results r = ARC_LOAD_RESULTS_INIT;
    sample_bytes before, after;
    hand h;
    fixture f;
    start(t, &f, "memory:faults", 1);
    before = sample_dump(f.book);
#define HAND(name, format, b1, b2) \
    hand_start(&h, 4); \
    hand_column(&h, "legal_name", "u", NULL, code_ends, codes); \
    hand_column(&h, name, format, NULL, b1, b2); \
    stream = hand_stream(&h)
    HAND("nothing", "u", code_ends, codes);
    expect_load(&f, ARC_E_NOT_FOUND, &stream, NULL, 0, 0);
    HAND("code", "l", long_ends, NULL);
    expect_load(&f, ARC_E_VALUE, &stream, NULL, 0, 0);
    HAND("code", "+l", long_ends, NULL);
    expect_load(&f, ARC_E_VALUE, &stream, NULL, 0, 0);
    HAND("size_declared_on", "l", long_ends, NULL);
    expect_load(&f, ARC_E_VALUE, &stream, NULL, 0, 0);
    HAND("code", "u", backwards, codes);
    expect_load(&f, ARC_E_CORRUPT, &stream, NULL, 0, 0);
    HAND("code", "u", code_ends, codes);
    h.columns[1].length = 3;
    expect_load(&f, ARC_E_CORRUPT, &stream, NULL, 0, 0);
    HAND("code", "u", code_ends, codes);
    h.columns[1].n_buffers = 2;
    expect_load(&f, ARC_E_CORRUPT, &stream, NULL, 0, 0);
    HAND("code", "u", code_ends, codes);
    h.fail_next = 1;
    expect_load(&f, ARC_E_IO, &stream, NULL, 0, 0);
    HAND("code", "u", code_ends, codes);
    h.fail_next = 2; /* when the rows of the first batch are in */
    expect_load(&f, ARC_E_IO, &stream, NULL, 0, 0);
    HAND("code", "u", code_ends, codes);
    lo.flags = 2;
    expect_load(&f, ARC_E_INVALID, &stream, &lo, 0, 0);
    HAND("code", "u", code_ends, codes);
    assert_status(ARC_E_FORBIDDEN, arc_session_load_arrow(f.s, &r, ARC_TXN, &stream, NULL));
    assert_null(stream.release);
    HAND("code", "u", code_ends, codes);
    assert_status(ARC_E_NOT_FOUND, arc_session_load_arrow(f.s, &r, 60000, &stream, NULL));
    assert_status(ARC_E_INVALID, arc_session_load_arrow(f.s, &r, ARC_CUSTOMER, NULL, NULL));
    after = sample_dump(f.book);
    assert_string_equal(before.s, after.s);
    free(before.s);
    free(after.s);
    arc_book_close(f.book);
}

/* Inside a transaction of the session it joins; what fails takes back only its own rows. */
static void test_joins(void **state)
{
    test_env *t = *state;
    struct ArrowArrayStream stream;
    arc_load_options lo = ARC_LOAD_OPTIONS_INIT;
    arc_txn *txn;
    hand h;
    fixture f;
    start(t, &f, "memory:joins", 0);
    assert_ok(arc_session_begin(f.s, &txn, ARC_WRITE));
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"H3\",\"legal_name\":\"n\"}");
    HAND("code", "u", code_ends, codes);
    h.fail_next = 2;
    expect_load(&f, ARC_E_IO, &stream, NULL, 0, 0);
    lo.flags = ARC_ALL_OR_NONE;
    HAND("code", "u", code_ends, codes);
    expect_load(&f, ARC_E_EXISTS, &stream, &lo, 0, 0);
    lo.flags = 0;
    HAND("code", "u", code_ends, codes);
    expect_load(&f, ARC_PARTIAL, &stream, &lo, 3, 1);
    assert_ok(arc_txn_commit(txn));
    assert_customer(&f, "H4", "{\"code\":\"H4\"}");
    assert_customer(&f, "H3", "{\"code\":\"H3\"}");
    arc_book_close(f.book);
}

/* The currency of a custom amount is no field: it comes in a column named after the amount. Export writes the same columns. */
static void test_custom_amount(void **state)
{
    test_env *t = *state;
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;
    arc_field_id fee;
    char text[200];
    fixture f;
    start(t, &f, "memory:fees", 0);
    assert_ok(arc_custom_define(f.s, &fee, "{\"entity\":\"customer\",\"name\":\"x_fee\",\"kind\":\"money\"}", SIZE_MAX));
    (void)sample_insert(f.s, ARC_CUSTOMER, "{\"code\":\"F1\",\"legal_name\":\"n\",\"x_fee\":\"12.50 CNY\"}");
    assert_ok(arc_query_select(f.q, &fee, 1));
    assert_ok(arc_query_arrow(f.q, &stream, NULL));
    assert_int_equal(stream.get_schema(&stream, &schema), 0);
    assert_int_equal(schema.n_children, 2);
    assert_string_equal(schema.children[1]->name, "x_fee.currency");
    assert_string_equal(meta(schema.children[0]->metadata, "arcore.currency_column", text), "x_fee.currency");
    assert_int_equal(stream.get_next(&stream, &batch), 0);
    assert_int_equal(((const int64_t *)batch.children[0]->buffers[1])[0], 1250);
    assert_memory_equal(batch.children[1]->buffers[2], "CNY", 3);
    batch.release(&batch);
    schema.release(&schema);
    stream.release(&stream);
    arc_book_close(f.book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_custom_amount, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_schema, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_values, test_setup, test_teardown),
        cmocka_unit_test(test_lives),
        cmocka_unit_test_setup_teardown(test_stream_errors, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_between_books, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_types, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_offsets, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_load_faults, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_joins, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
