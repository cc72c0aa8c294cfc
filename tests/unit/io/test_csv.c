/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV reader: forms, faults with their places, encodings, limits, memory, and Python's csv module as a second opinion. */
#include "support/corpus.h"

#include "io/csv.h"

/* Everything a text gives, as one string: cells end with 1F, rows with 1E; a fault is "!kind line:character@offset #cell" and 1E. */
static void read_all(test_env *t, arci_str *out, const arci_csv_options *o, const char *text, size_t n, size_t piece)
{
    arci_csv *csv;
    size_t at = 0;
    assert_ok_err(&t->err, arci_csv_new(&t->env, &csv, o));
    for (;;) {
        arci_csv_row row;
        arc_status st;
        size_t take = n - at < piece ? n - at : piece;
        char *copy = malloc(take + 1); /* so that a look beyond the piece is seen */
        uint32_t i;
        memcpy(copy, text + at, take);
        assert_ok(arci_csv_push(&t->env, csv, copy, take, at + take == n));
        while ((st = arci_csv_next(&t->env, csv, &row)) != ARC_DONE) {
            const arci_csv_fault *f = arci_csv_last_fault(csv);
            char line[96];
            if (st == ARC_OK) {
                for (i = 0; i < row.n; i++) {
                    assert_int_equal(strlen(row.cells[i].s), row.cells[i].len);
                    arci_str_add(out, row.cells[i].s, row.cells[i].len);
                    arci_str_putc(out, 0x1F);
                }
            } else {
                assert_int_equal(t->err.status, st);
                snprintf(line, sizeof line, "!%d %lld:%lld@%lld #%u", f->kind, (long long)f->line, (long long)f->character,
                         (long long)f->offset, f->column);
                arci_str_puts(out, line);
            }
            arci_str_putc(out, 0x1E);
        }
        free(copy);
        at += take;
        if (at == n) break;
    }
    arci_csv_free(csv);
}

static void readable(char *s)
{
    for (; *s; s++) *s = *s == 0x1F ? '/' : *s == 0x1E ? '$' : *s;
}

static void expect(test_env *t, const arci_csv_options *o, const char *text, size_t n, const char *expected)
{
    static const size_t pieces[] = { 1, 2, 3, 5, 1000000 };
    size_t i;
    for (i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        arci_str out;
        arci_str_init(&out, t->ctx);
        arci_str_puts(&out, "");
        read_all(t, &out, o, text, n, pieces[i]);
        readable(out.s);
        assert_string_equal(out.s, expected);
        arci_str_clear(&out);
    }
}

static const struct {
    const char *text, *rows;
} forms[] = {
    { "", "" },
    { "\n\r\n\r", "" },
    { "a,b\n1,2", "a/b/$1/2/$" },
    { "a,b\r\n1,2\r\n", "a/b/$1/2/$" },
    { "a,b\r1,2\r", "a/b/$1/2/$" },
    { "\r\n\na,b\n\n\n1,2\n\n", "a/b/$1/2/$" },
    { ",\n,\n", "//$//$" },
    { "\"\"\n\"x\"\n", "/$x/$" },
    { "\"a,b\",\"c\"\"d\"\n\"e\nf\",\"g\r\nh\"\n", "a,b/c\"d/$e\nf/g\r\nh/$" },
    { " a , b \n\" a \",b\n", " a / b /$ a /b/$" },
    { "a\"b,c\"\n", "a\"b/c\"/$" },
    { "\xEF\xBB\xBF" "a,b\n1,2\n", "a/b/$1/2/$" },
    { "a;b\n1,5;2\n", "a/b/$1,5/2/$" },
    { "a\tb\n1;2\t3\n", "a/b/$1;2/3/$" },
    { "a|b\n1,2|3\n", "a/b/$1,2/3/$" },
    { "\"a;a;a;a\",b\n1,2\n", "a;a;a;a/b/$1/2/$" },
    { "one\ntwo\n", "one/$two/$" },
    { "客户,金额\n\"甲\",1\n", "客户/金额/$甲/1/$" },
    /* faults: the row is lost, the next one is not */
    { "a,b\n\"x\"y,1\n3,4\n", "a/b/$!2 2:4@7 #1$3/4/$" },
    { "a,b\n\"x\" ,1\n3,4\n", "a/b/$!2 2:4@7 #1$3/4/$" },
    { "a,b\n1,\"never\nclosed\n", "a/b/$!1 2:3@6 #2$" },
    { "a,b\n1\n2,3,4\n5,6\n", "a/b/$!6 2:1@4 #1$!6 3:1@6 #3$5/6/$" },
    { "a,b\n\xFF,1\n3,4\n", "a/b/$!5 2:1@4 #1$3/4/$" },
    { "a,b\n1,\xE5\xAE\n3,4\n", "a/b/$!5 2:3@6 #2$3/4/$" },
    { "元,b\n元元,\"x\"z\n3,4\n", "元/b/$!2 2:7@16 #2$3/4/$" },
    { "a,b\n\"x\ny\"z,1\n3,4\n", "a/b/$!2 3:3@9 #1$3/4/$" },
    { "a,b\n\"x\r\ny\"z,1\r\n3,4\n", "a/b/$!2 3:3@10 #1$3/4/$" },
    { "a,b\r\n\"x\ry\"z,1\r\n3,4\n", "a/b/$!2 3:3@10 #1$3/4/$" },
    { "a,b\n\"x\rb\ny\"z,1\n3,4\n", "a/b/$!2 4:3@11 #1$3/4/$" },
    { "\xEF\xBB\xBF" "a,b\n\"x\"z,1\n", "a/b/$!2 2:4@10 #1$" },
};

static void test_forms(void **state)
{
    test_env *t = *state;
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    size_t i;
    o.encoding = ARCI_ENC_UTF8;
    for (i = 0; i < sizeof forms / sizeof forms[0]; i++) expect(t, &o, forms[i].text, strlen(forms[i].text), forms[i].rows);
    expect(t, &o, "a,b\n1,\0002\n3,4\n", 12, "a/b/$!4 2:3@6 #2$3/4/$");
    expect(t, &o, "a,b\n1,\"\0\"\n3,4\n", 14, "a/b/$!4 2:4@7 #2$3/4/$");
}

static void test_options(void **state)
{
    test_env *t = *state;
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    arci_csv *csv;
    o.delimiter = ':';
    o.quote = '\'';
    expect(t, &o, "a:'b:''c'\n\"1:2\n", 15, "a/b:'c/$\"1/2/$");
    o.quote = 0;
    expect(t, &o, "a:'b'\n\"1:2\n", 11, "a/'b'/$\"1/2/$");
    o.quote = '"';
    o.flags = ARCI_CSV_STRICT;
    expect(t, &o, "a:b\n1\"x:2\n3:4\n", 14, "a/b/$!3 2:2@5 #1$3/4/$");
    o.flags = ARCI_CSV_ANY_COUNT;
    expect(t, &o, "a:b\n1\n1:2:3\n", 12, "a/b/$1/$1/2/3/$");
    o.flags = 0;
    o.columns = 3;
    expect(t, &o, "a:b\n1:2:3\n", 10, "!6 1:1@0 #2$1/2/3/$");
    o.delimiter = '"';
    assert_status(ARC_E_INVALID, arci_csv_new(&t->env, &csv, &o));
    o.delimiter = '\n';
    assert_status(ARC_E_INVALID, arci_csv_new(&t->env, &csv, &o));
    o.delimiter = 0xA7;
    assert_status(ARC_E_INVALID, arci_csv_new(&t->env, &csv, &o));
    o.delimiter = ',';
    o.encoding = 99;
    assert_status(ARC_E_INVALID, arci_csv_new(&t->env, &csv, &o));
}

static void test_limits(void **state)
{
    test_env *t = *state;
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    o.delimiter = ',';
    o.max_cell = 4;
    o.max_columns = 3;
    o.max_row = 10;
    expect(t, &o, "1234,b\n12345,2\n3,4\n", 19, "1234/b/$!7 2:1@7 #1$3/4/$");
    expect(t, &o, "\"1234\",b\n1,\"12\n345\"\n3,4\n", 24, "1234/b/$!7 2:3@11 #2$3/4/$");
    expect(t, &o, "a,b,c\n1,2,3,4,5\n3,4,5\n", 22, "a/b/c/$!8 2:7@12 #4$3/4/5/$");
    expect(t, &o, "a,b,c\n1234,1234,12\n3,4,5\n", 25, "a/b/c/$!9 2:11@16 #3$3/4/5/$");
}

/* An endless quoted cell costs no more memory than the longest row. */
static void test_bounded_memory(void **state)
{
    test_env *t = *state;
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    arci_csv_row row;
    arci_csv *csv;
    static char piece[65536];
    int i, faults = 0;
    o.encoding = ARCI_ENC_UTF8;
    o.delimiter = ',';
    memset(piece, 'x', sizeof piece);
    piece[0] = '"';
    assert_ok(arci_csv_new(&t->env, &csv, &o));
    for (i = 0; i < 4000; i++) {
        arc_status st;
        assert_ok(arci_csv_push(&t->env, csv, piece, sizeof piece, i == 3999));
        while ((st = arci_csv_next(&t->env, csv, &row)) != ARC_DONE) {
            assert_int_equal(st, ARC_E_LIMIT);
            faults++;
        }
        piece[0] = 'x';
    }
    assert_int_equal(faults, 1);
    assert_true(t->memory.peak < 20 << 20);
    arci_csv_free(csv);
}

static void test_encodings(void **state)
{
    test_env *t = *state;
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    static const char gbk[] = "\xBF\xCD\xBB\xA7,\xBD\xF0\xB6\xEE\n\"\xBC\xD7\",1\n\xFF\xFF,2\n\xD2\xD2,3\n";
    static const char gb18030[] = "\xBF\xCD,\x95\x32\x82\x36\n\x81\x30\x81\x30,1\n";
    static const char le[] = "\xFF\xFE\xA2\x5B,\0b\0\n\0=\xD8\0\xDE,\0\x31\0\r\0\n\0";
    static const char be[] = "\xFE\xFF\x5B\xA2\0,\0b\0\n\xD8=\xDE\0\0,\0\x31\0\r\0\n";
    static const char lone[] = "a\0,\0b\0\n\0\x00\xDE,\0\x31\0\n\0c\0,\0d\0\n\0";
    static const char broken[] = "a\0,\0b\0\n\0=\xD8x\0,\0\x31\0\n\0c\0,\0d\0\n\0";
    static const char odd[] = "a\0,\0b\0\n\0c\0,\0d\0\n";
    o.encoding = ARCI_ENC_GBK;
    o.delimiter = ',';
    expect(t, &o, gbk, sizeof gbk - 1, "客户/金额/$甲/1/$!5 3:1@22 #1$乙/3/$");
    o.encoding = ARCI_ENC_AUTO;
    o.delimiter = 0;
    expect(t, &o, gbk, sizeof gbk - 1, "客户/金额/$甲/1/$!5 3:1@22 #1$乙/3/$");
    expect(t, &o, le, sizeof le - 1, "客/b/$😀/1/$");
    expect(t, &o, be, sizeof be - 1, "客/b/$😀/1/$");
    expect(t, &o, "\xEF\xBB\xBF元;b", 8, "元/b/$");
    o.encoding = ARCI_ENC_UTF16;
    expect(t, &o, le, sizeof le - 1, "客/b/$😀/1/$");
    expect(t, &o, le + 2, sizeof le - 3, "客/b/$😀/1/$");
    expect(t, &o, be, sizeof be - 1, "客/b/$😀/1/$");
    o.encoding = ARCI_ENC_GB18030;
    expect(t, &o, gb18030, sizeof gb18030 - 1, "客/\xF0\xA0\x80\x80/$\xC2\x80/1/$");
    expect(t, &o, gb18030, 5, "!5 1:3@4 #2$"); /* cut in the middle of a character */
    o.encoding = ARCI_ENC_UTF16LE;
    expect(t, &o, lone, sizeof lone - 1, "a/b/$!5 2:1@4 #1$c/d/$");
    expect(t, &o, broken, sizeof broken - 1, "a/b/$!5 2:1@4 #1$c/d/$");
    expect(t, &o, odd, sizeof odd - 1, "a/b/$!5 2:3@6 #2$");
}

static void test_encoding_names(void **state)
{
    (void)state;
    assert_int_equal(arci_encoding_by_name("GBK", 3), ARCI_ENC_GBK);
    assert_int_equal(arci_encoding_by_name("gb2312", 6), ARCI_ENC_GBK);
    assert_int_equal(arci_encoding_by_name("Utf-8", 5), ARCI_ENC_UTF8);
    assert_int_equal(arci_encoding_by_name("latin1", 6), ARCI_ENC_LATIN1);
    assert_int_equal(arci_encoding_by_name("koi8-r", 6), -1);
    assert_string_equal(arci_encoding_name(ARCI_ENC_GB18030), "GB18030");
}

/* ---- the second opinion -------------------------------------------------------------------------------------------- */

static size_t read_part(FILE *f, char *buf, size_t cap)
{
    size_t n = 0;
    if (fscanf(f, "%zu", &n) != 1 || n >= cap || fgetc(f) != '\n') return SIZE_MAX;
    if (fread(buf, 1, n, f) != n) return SIZE_MAX;
    buf[n] = 0;
    return n;
}

static void test_against_python(void **state)
{
    test_env *t = *state;
    static char text[65536], answer[65536];
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    size_t n, cases = 0, faults = 0;
    FILE *f;
    if (system("command -v python3 >/dev/null") != 0) {
        fprintf(stderr, "SKIPPED: python3 not found, CSV reader not compared with Python's\n");
        skip();
    }
    f = popen("python3 -B " ARCORE_SOURCE_DIR "/tests/unit/io/csv_oracle.py 30000 20260115", "r");
    assert_non_null(f);
    o.encoding = ARCI_ENC_UTF8;
    o.delimiter = ',';
    o.flags = ARCI_CSV_ANY_COUNT;
    while ((n = read_part(f, text, sizeof text)) != SIZE_MAX) {
        arci_str out;
        char *fault;
        assert_int_not_equal(read_part(f, answer, sizeof answer), SIZE_MAX);
        arci_str_init(&out, t->ctx);
        arci_str_puts(&out, "");
        read_all(t, &out, &o, text, n, cases % 3 ? 1000000 : 1 + cases % 7);
        fault = strchr(answer, '!'); /* Python stops there, we go on */
        if (fault) {
            faults++;
            if (out.len > (size_t)(fault - answer)) out.s[fault - answer + 1] = 0;
        }
        if (strcmp(out.s, answer) != 0) {
            readable(out.s);
            readable(answer);
            fail_msg("case %zu [%s]: %s, Python: %s", cases, text, out.s, answer);
        }
        arci_str_clear(&out);
        cases++;
    }
    assert_int_equal(pclose(f), 0);
    assert_int_equal(cases, 30000);
    assert_true(faults > 1000);
}

/* ---- memory that runs out, and everything else -------------------------------------------------------------------- */

static arc_status oom_body(test_env *t, void *arg)
{
    static const char text[] = "\xBF\xCD,b\n\"1\"\"2\",3\n";
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    arci_csv *csv;
    arci_csv_row row;
    int rows = 0;
    arc_status st;
    (void)arg;
    o.encoding = ARCI_ENC_GBK;
    st = arci_csv_new(&t->env, &csv, &o);
    if (st == ARC_OK) st = arci_csv_push(&t->env, csv, text, sizeof text - 1, 1);
    while (st == ARC_OK && (st = arci_csv_next(&t->env, csv, &row)) == ARC_OK) rows++;
    if (st == ARC_E_NOMEM && t->memory.fail_on == 0) { /* nothing was lost: it goes on where it stopped */
        arc_status again = rows || csv ? ARC_OK : st;
        if (csv && arci_csv_push(&t->env, csv, text, sizeof text - 1, 1) == ARC_E_NOMEM) again = ARC_E_NOMEM;
        while (csv && again == ARC_OK && (again = arci_csv_next(&t->env, csv, &row)) == ARC_OK) rows++;
        if (csv) assert_int_equal(rows, 2);
    }
    if (st == ARC_DONE) assert_int_equal(rows, 2);
    arci_csv_free(csv);
    return st == ARC_DONE ? ARC_OK : st;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(oom_body, NULL) > 3);
}

/* The same text in pieces of any size gives the same rows and faults; nothing a text holds does harm. */
static void check_pieces(test_env *t, const char *text, size_t n, uint64_t *seed)
{
    arci_csv_options o = ARCI_CSV_OPTIONS_INIT;
    arci_str whole, parts;
    o.max_cell = 200;
    o.max_row = 1000;
    o.max_columns = 20;
    o.encoding = (int)(test_random(seed) % 7);
    if (test_random(seed) % 2) o.flags = ARCI_CSV_STRICT;
    arci_str_init(&whole, t->ctx);
    arci_str_init(&parts, t->ctx);
    arci_str_puts(&whole, "");
    arci_str_puts(&parts, "");
    read_all(t, &whole, &o, text, n, 1000000);
    read_all(t, &parts, &o, text, n, 1 + test_random(seed) % 9);
    assert_string_equal(whole.s, parts.s);
    arci_str_clear(&whole);
    arci_str_clear(&parts);
}

static void test_hostile(void **state)
{
    test_env *t = *state;
    static const char alphabet[] = "a\",;\n\r\t|\x00\xFF\xFE\xEF\xBB\xBF\xE5\xAE\xA2\x81\x30 0";
    uint64_t seed = 7;
    int i;
    for (i = 0; i < 20000; i++) {
        char text[120];
        size_t n = test_random(&seed) % sizeof text, k;
        for (k = 0; k < n; k++) text[k] = alphabet[test_random(&seed) % (sizeof alphabet - 1)];
        check_pieces(t, text, n, &seed);
    }
}

static void test_replay(void **state)
{
    assert_true(corpus_replay("csv", 300, check_pieces, *state) >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forms, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_options, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_limits, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_bounded_memory, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_encodings, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_encoding_names, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_against_python, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_hostile, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_replay, test_setup, test_teardown),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
