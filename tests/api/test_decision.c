/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables and scorecards through the public interface: hit policies, faults, explanations, reports, the book. */
#include "support/books.h"

typedef struct faults {
    char text[4000];
    int n;
} faults;

static int32_t take_fault(void *user, const arc_error *fault)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s %d %s\n", fault->pointer, (int)fault->status, fault->message);
    assert_true(fault->rule[0]); /* its code */
    f->n++;
    return 0;
}

static arc_decision *load(arc_context *ctx, const char *text)
{
    faults f = { { 0 }, 0 };
    arc_decision *d = NULL;
    if (arc_decision_load(ctx, &d, text, SIZE_MAX, take_fault, &f) != ARC_OK) fail_msg("%s\n%s", text, f.text);
    return d;
}

static arc_status ask(arc_decision *d, char *out, size_t size, const char *inputs, uint32_t flags)
{
    arc_error error = ARC_ERROR_INIT;
    size_t n = size;
    arc_status st = arc_decision_evaluate(d, out, &n, inputs, SIZE_MAX, flags);
    if (st != ARC_OK) {
        assert_ok(arc_decision_error(d, &error));
        assert_int_equal(error.status, st);
        assert_true(error.message_zh[0] != 0);
        snprintf(out, size, "%s %s", error.pointer, error.message);
    }
    return st;
}

/* Rows that meet on purpose. n <= 10: a; n >= 5: b; n >= 8: a; text "x" never. */
#define RULES \
    "\"inputs\":[{\"id\":\"i\",\"field\":\"n\",\"type\":\"integer\"}],\"outputs\":[{\"id\":\"o\",\"field\":\"out\",\"type\":\"decimal\"%s}]," \
    "\"rules\":[{\"_id\":\"r1\",\"i\":\"<= 10\",\"o\":\"1.50\"},{\"_id\":\"r2\",\"i\":\"[5..20]\",\"o\":\"2\"},{\"_id\":\"r3\",\"i\":\"[8..20]\",\"o\":\"1.5\"}]}"

static void policies(void **state)
{
    static const struct {
        const char *policy, *more, *inputs, *out;
        arc_status st;
    } cases[] = {
        { "U", "", "{\"n\":4}", "{\"hitPolicy\":\"U\",\"matched\":[{\"row\":1,\"id\":\"r1\"}],\"result\":{\"out\":\"1.5\"}}", ARC_OK },
        { "U", "", "{\"n\":5}", "/rules/1 rows 1 (r1) and 2 (r2) both apply", ARC_E_RULE },
        { "U", "", "{\"n\":21}", "{\"hitPolicy\":\"U\",\"matched\":[],\"result\":null}", ARC_OK },
        { "U", ",\"default\":\"9\"", "{\"n\":21}", "{\"hitPolicy\":\"U\",\"matched\":[],\"result\":{\"out\":\"9\"}}", ARC_OK },
        { "A", "", "{\"n\":5}", "/rules/1 rows 1 (r1) and 2 (r2) both apply and disagree", ARC_E_RULE },
        { "F", "", "{\"n\":9}", "{\"hitPolicy\":\"F\",\"matched\":[{\"row\":1,\"id\":\"r1\"}],\"result\":{\"out\":\"1.5\"}}", ARC_OK },
        { "R", "", "{\"n\":9}", "{\"hitPolicy\":\"R\",\"matched\":[{\"row\":1,\"id\":\"r1\"},{\"row\":2,\"id\":\"r2\"},{\"row\":3,\"id\":\"r3\"}],\"result\":[{\"out\":\"1.5\"},{\"out\":\"2\"},{\"out\":\"1.5\"}]}", ARC_OK },
        { "C", "", "{\"n\":30}", "{\"hitPolicy\":\"C\",\"matched\":[],\"result\":[]}", ARC_OK },
        { "C+", "", "{\"n\":\"9\"}", "{\"hitPolicy\":\"C+\",\"matched\":[{\"row\":1,\"id\":\"r1\"},{\"row\":2,\"id\":\"r2\"},{\"row\":3,\"id\":\"r3\"}],\"result\":\"5\"}", ARC_OK },
        { "C<", "", "{\"n\":12}", "{\"hitPolicy\":\"C<\",\"matched\":[{\"row\":2,\"id\":\"r2\"},{\"row\":3,\"id\":\"r3\"}],\"result\":\"1.5\"}", ARC_OK },
        { "C>", "", "{\"n\":12}", "{\"hitPolicy\":\"C>\",\"matched\":[{\"row\":2,\"id\":\"r2\"},{\"row\":3,\"id\":\"r3\"}],\"result\":\"2\"}", ARC_OK },
        { "C#", "", "{\"n\":12}", "{\"hitPolicy\":\"C#\",\"matched\":[{\"row\":2,\"id\":\"r2\"},{\"row\":3,\"id\":\"r3\"}],\"result\":2}", ARC_OK },
        { "C+", "", "{\"n\":30}", "{\"hitPolicy\":\"C+\",\"matched\":[],\"result\":null}", ARC_OK },
        { "C#", "", "{\"n\":30}", "{\"hitPolicy\":\"C#\",\"matched\":[],\"result\":0}", ARC_OK },
        { "collect", "", "{\"n\":30}", "{\"hitPolicy\":\"C\",\"matched\":[],\"result\":[]}", ARC_OK },
    };
    test_env *t = *state;
    char text[2000], out[2000];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "{\"hitPolicy\":\"%s\"," RULES, cases[i].policy, cases[i].more);
        arc_decision *d = load(t->ctx, text);
        arc_status st = ask(d, out, sizeof out, cases[i].inputs, 0);
        if (st != cases[i].st || strcmp(out, cases[i].out) != 0) fail_msg("case %zu: %d %s", i, (int)st, out);
        arc_decision_free(d);
    }
}

/* Decimals are sums of decimals: a float would print 0.30000000000000004. */
static void exact(void **state)
{
    test_env *t = *state;
    char out[1000];
    arc_decision *d = load(t->ctx, "{\"hitPolicy\":\"C+\",\"inputs\":[{\"id\":\"i\",\"field\":\"x\",\"type\":\"decimal\",\"scale\":2}],\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"decimal\",\"scale\":12}],"
                                   "\"rules\":[{\"i\":\"\",\"o\":\"0.1\"},{\"i\":\"[0.3..0.3]\",\"o\":\"0.2\"},{\"i\":\"< 0.3\",\"o\":\"0.000000000001\"}]}");
    assert_ok(ask(d, out, sizeof out, "{\"x\":\"0.3\"}", 0));
    assert_non_null(strstr(out, "\"result\":\"0.3\""));
    assert_ok(ask(d, out, sizeof out, "{\"x\":0.29}", 0));
    assert_non_null(strstr(out, "\"result\":\"0.100000000001\""));
    assert_status(ARC_E_PRECISION, ask(d, out, sizeof out, "{\"x\":0.291}", 0));
    arc_decision_free(d);
}

static const char ladder[] = "{\"decision_table\":\"arcore/1\",\"name\":\"level\",\"hitPolicy\":\"F\",\"currency\":\"CNY\",\"inputs\":["
                             "{\"id\":\"days\",\"name\":\"Days\",\"field\":\"invoice.days\",\"type\":\"integer\",\"min\":0,\"max\":1000},"
                             "{\"id\":\"amount\",\"field\":\"amount\",\"type\":\"money\"},"
                             "{\"id\":\"grade\",\"field\":\"grade\",\"type\":\"text\",\"values\":[\"A\",\"B\",\"C\"],\"nullable\":true},"
                             "{\"id\":\"due\",\"field\":\"due\",\"type\":\"date\",\"nullable\":true},"
                             "{\"id\":\"vip\",\"field\":\"vip\",\"type\":\"boolean\"},"
                             "{\"id\":\"c\",\"type\":\"condition\"}],"
                             "\"outputs\":[{\"id\":\"l\",\"field\":\"level\",\"type\":\"integer\"},{\"id\":\"m\",\"field\":\"fee\",\"type\":\"money\"},{\"id\":\"w\",\"field\":\"when\",\"type\":\"date\"},{\"id\":\"ok\",\"field\":\"ok\",\"type\":\"boolean\"},{\"id\":\"t\",\"field\":\"text\",\"type\":\"text\"}],"
                             "\"rules\":[{\"_id\":\"vip\",\"_description\":null,\"vip\":true,\"l\":0,\"ok\":true,\"t\":\"\\\"no \\\\\\\"letter\\\\\\\"\\\"\"},"
                             "{\"_id\":\"big\",\"days\":\"> 15\",\"amount\":\">= 1000.00\",\"grade\":\"\\\"B\\\",\\\"C\\\",null\",\"due\":\"< 2026-01-01, null\",\"c\":{\"<\":[{\"var\":\"amount\"},\"5000.00\"]},\"l\":\"2\",\"m\":\"12.5\",\"w\":\"2026-02-01\",\"ok\":\"false\"},"
                             "{\"_id\":\"rest\",\"l\":\"1\"}],"
                             "\"sample\":{\"invoice\":{\"days\":16},\"amount\":\"1000.00\",\"grade\":\"C\",\"vip\":false}}";

static void explains(void **state)
{
    test_env *t = *state;
    char out[4000];
    arc_decision *d = load(t->ctx, ladder);
    assert_ok(ask(d, out, sizeof out, NULL, 0));
    assert_string_equal(out, "{\"hitPolicy\":\"F\",\"matched\":[{\"row\":2,\"id\":\"big\"}],\"result\":{\"level\":2,\"fee\":\"12.50\",\"when\":\"2026-02-01\",\"ok\":false,\"text\":null}}");
    assert_ok(ask(d, out, sizeof out, "{\"invoice.days\":15,\"amount\":{\"amount\":\"1000.00\",\"currency\":\"CNY\"},\"grade\":\"A\",\"vip\":true}", 0));
    assert_string_equal(out, "{\"hitPolicy\":\"F\",\"matched\":[{\"row\":1,\"id\":\"vip\"}],\"result\":{\"level\":0,\"fee\":null,\"when\":null,\"ok\":true,\"text\":\"no \\\"letter\\\"\"}}");
    assert_ok(ask(d, out, sizeof out, "{\"invoice\":{\"days\":20},\"amount\":\"2000.00\",\"grade\":\"A\",\"vip\":false}", ARC_DECISION_EXPLAIN));
    assert_non_null(strstr(out, "\"inputs\":{\"invoice.days\":\"20\",\"amount\":\"2000.00 CNY\",\"grade\":\"A\",\"due\":null,\"vip\":\"false\"}"));
    assert_non_null(strstr(out, "{\"row\":1,\"id\":\"vip\",\"matched\":false,\"cell\":{\"input\":\"vip\",\"pointer\":\"/rules/0/vip\",\"test\":\"true\",\"value\":\"false\"}}"));
    assert_non_null(strstr(out, "{\"row\":2,\"id\":\"big\",\"matched\":false,\"cell\":{\"input\":\"grade\",\"pointer\":\"/rules/1/grade\",\"test\":\"\\\"B\\\",\\\"C\\\",null\",\"value\":\"A\"}}"));
    assert_non_null(strstr(out, "{\"row\":3,\"id\":\"rest\",\"matched\":true}"));
    assert_ok(ask(d, out, sizeof out, "{\"invoice\":{\"days\":20},\"amount\":\"5000.00\",\"vip\":false}", ARC_DECISION_EXPLAIN));
    assert_non_null(strstr(out, "\"pointer\":\"/rules/1/c\",\"condition\":{"));
    arc_decision_free(d);
}

static void refuses_inputs(void **state)
{
    static const struct {
        const char *inputs, *error;
        arc_status st;
    } cases[] = {
        { "[]", " the inputs are an object", ARC_E_VALUE },
        { "{\"invoice\":{\"days\":1},\"vip\":false}", " amount is needed and is null", ARC_E_REQUIRED },
        { "{\"invoice\":{\"days\":1.5},\"amount\":\"1\",\"vip\":false}", "/invoice/days 1.5: more decimals than the 0 it is compared at", ARC_E_PRECISION },
        { "{\"invoice\":{\"days\":-1},\"amount\":\"1\",\"vip\":false}", "/invoice/days invoice.days is outside of what the table is for", ARC_E_RANGE },
        { "{\"invoice\":{\"days\":1},\"amount\":\"1\",\"vip\":\"no\"}", "/vip vip is true or false", ARC_E_VALUE },
        { "{\"invoice\":{\"days\":1},\"amount\":{\"amount\":\"1.00\",\"currency\":\"USD\"},\"vip\":false}", "/amount/currency the currency is not CNY, which is asked for", ARC_E_CURRENCY },
        { "{\"invoice\":{\"days\":1},\"amount\":\"1\",\"vip\":false,\"grade\":\"D\"}", "/grade D: not one of the codes of this field", ARC_E_VALUE },
        { "{\"invoice\":{\"days\":1},\"amount\":\"1\",\"vip\":false,\"due\":\"tomorrow\"}", "/due tomorrow: not a date YYYY-MM-DD", ARC_E_VALUE },
        { "{\"invoice\":{\"days\":[1]},\"amount\":\"1\",\"vip\":false}", "/invoice/days invoice.days is a single value", ARC_E_VALUE },
        { "{", " JSON, line 1, column 2: a key in quotes is missing", ARC_E_SYNTAX },
    };
    test_env *t = *state;
    char out[4000];
    arc_decision *d = load(t->ctx, ladder);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arc_status st = ask(d, out, sizeof out, cases[i].inputs, 0);
        if (st != cases[i].st || strcmp(out, cases[i].error) != 0) fail_msg("case %zu: %d %s", i, (int)st, out);
    }
    arc_decision_free(d);
}

/* ---- documents ---------------------------------------------------------------------------------------------------------------------- */

#define IN "\"inputs\":[{\"id\":\"i\",\"field\":\"n\",\"type\":\"integer\"}],"
#define OUT "\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"text\"}],"

static void every_fault_is_told(void **state)
{
    static const struct {
        const char *kind, *document, *told;
    } cases[] = {
        { "decision_table", "[]", " -26 is an object\n" },
        { "decision_table", "{\"decision_table\":\"x\",\"hitPolicy\":\"P\",\"extra\":1}", "/decision_table -26 is \"arcore/1\"\n/extra -20 no such member\n/hitPolicy -26 is U, A, F, R, C, C+, C<, C> or C#\n -25 needs inputs, 1 to 64\n" },
        { "decision_table", "{\"inputs\":[{\"field\":\"n\",\"type\":\"integer\"},{\"id\":\"a\"},{\"id\":\"b\",\"field\":\"b\"},{\"id\":\"c\",\"field\":\"c\",\"type\":\"float\"},{\"id\":\"d\",\"field\":\"d\",\"type\":\"money\"},{\"id\":\"e\",\"field\":\"e\",\"type\":\"text\",\"min\":1},"
                            "{\"id\":\"f\",\"type\":\"condition\",\"field\":\"x\"},{\"id\":\"g\",\"field\":\"e\",\"type\":\"text\"},{\"id\":\"h\",\"field\":\"h\",\"type\":\"integer\",\"min\":5,\"max\":4},{\"id\":\"h\",\"field\":\"h2\",\"type\":\"integer\",\"scale\":1}]," OUT "\"rules\":[{}]}",
          "/inputs/0 -25 needs an id, its column in the rows\n/inputs/1 -25 needs a field, what it looks at\n/inputs/2 -25 needs a type: the table has no subject whose fields are known\n"
          "/inputs/3/type -26 is boolean, integer, decimal, money, date or text\n/inputs/4 -10 money needs a currency\n/inputs/5/min -26 values of this type have no bounds\n"
          "/inputs/6 -26 a column of conditions has no field\n/inputs/7/field -21 two columns look at this field: write both tests in one\n/inputs/8 -5 min is above max\n/inputs/9/scale -5 is 0 to 12, for a decimal\n/inputs/9 -21 two columns have this id\n" },
        { "decision_table", "{" IN "\"outputs\":[{\"id\":\"o\",\"field\":\"o\",\"type\":\"text\",\"values\":[\"a\"],\"default\":\"\\\"b\\\"\"},{\"id\":\"p\",\"field\":\"p\"}],\"rules\":[{\"i\":\">\",\"o\":\"\\\"z\\\"\"},{\"j\":1,\"o\":\"a\"},1]}",
          "/outputs/0/default -26 b: not one of the codes of this field\n/outputs/1 -25 needs a type: boolean, integer, decimal, money, date or text\n/rules/0/i -6 the test \">\", character 2: a value is missing\n"
          "/rules/0/o -26 z: not one of the codes of this field\n/rules/1/j -20 there is no such column\n/rules/1/o -6 texts stand in quotes\n/rules/2 -26 a row is an object\n" },
        { "decision_table", "{" IN OUT "\"hitPolicy\":\"C+\",\"rules\":[{\"o\":\"\\\"a\\\"\"}]}", "/outputs/0 -26 values of this type cannot be aggregated so\n" },
        { "decision_table", "{" IN OUT "\"rules\":[{\"i\":\"<= 10\",\"o\":\"\\\"a\\\"\"},{\"i\":\"> 9\",\"o\":\"\\\"a\\\"\"}]}", "/rules/1 -33 rows 1 and 2 both apply: n 10\n" },
        { "decision_table", "{" IN OUT "\"hitPolicy\":\"A\",\"rules\":[{\"i\":\"<= 10\",\"o\":\"\\\"a\\\"\"},{\"i\":\"> 9\",\"o\":\"\\\"a\\\"\"},{\"i\":\"8\",\"o\":\"\\\"b\\\"\"}]}", "/rules/2 -33 rows 1 and 3 both apply: n 8\n" },
        { "decision_table", "{" IN OUT "\"complete\":true,\"rules\":[{\"i\":\"<= 10\",\"o\":\"\\\"a\\\"\"},{\"i\":\"> 11\",\"o\":\"\\\"a\\\"\"}]}", " -33 no row applies to n 11, and the table is to be complete\n" },
        { "decision_table", "{\"inputs\":[{\"id\":\"c\",\"type\":\"condition\"}]," OUT "\"rules\":[{\"c\":{\">\":[{\"var\":\"nothing\"},1]}},{\"c\":\"{\"}]}", NULL },
        { "decision_table", "{\"characteristics\":[{\"name\":\"a\",\"field\":\"a\",\"type\":\"boolean\",\"attributes\":[{\"test\":\"true\",\"partialScore\":1},{\"test\":\"false\",\"partialScore\":2}]}]}", " -26 is no decision table\n" },
        { "scorecard", "{" IN OUT "\"rules\":[{}]}", " -26 is no scorecard\n" },
        { "scorecard", "{\"scorecard\":\"arcore/1\",\"initialScore\":\"x\"}", " -25 needs characteristics, 1 to 64\n" },
        { "scorecard", "{\"characteristics\":[{\"name\":\"a\",\"field\":\"a\",\"type\":\"integer\",\"nullable\":true,\"attributes\":[{\"test\":\"<= 10\",\"partialScore\":1},{\"test\":\"[10..20]\",\"partialScore\":\"1.5\"},{\"test\":\"> 21\",\"partialScore\":1}]}]}",
          "/characteristics/0/attributes/1 -33 bins 1 and 2 hold the same value\n/characteristics/0 -25 the value may be missing: a bin must say null\n/characteristics/0 -33 21 is in no bin\n" },
        { "scorecard", "{\"characteristics\":[{\"name\":\"a\",\"field\":\"a\",\"type\":\"text\",\"attributes\":[{\"test\":\"\\\"x\\\"\",\"partialScore\":1},{\"test\":\"not(\\\"x\\\",\\\"y\\\")\",\"partialScore\":\"1.5\"}]},{\"name\":\"b\",\"field\":\"b\",\"type\":\"text\",\"attributes\":[{\"test\":\"\\\"x\\\"\",\"partialScore\":1}]},"
                       "{\"field\":\"c\",\"type\":\"text\",\"attributes\":[{\"test\":\"-\",\"partialScore\":\"1.1234567\"}]},{\"name\":\"d\",\"field\":\"d\",\"type\":\"text\",\"attributes\":[{\"partialScore\":1}]}]}",
          "/characteristics/0 -33 y is in no bin\n/characteristics/1 -33 other texts are in no bin: one must say not(...)\n/characteristics/2 -25 needs a name\n/characteristics/2/attributes/0/partialScore -8 is a number of at most 6 decimals\n"
          "/characteristics/3/attributes/0 -25 needs a test and a partialScore\n" },
    };
    test_book b;
    (void)state;
    test_book_open(&b, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        faults f = { { 0 }, 0 };
        arc_status st = arc_definition_check(b.session, cases[i].kind, cases[i].document, SIZE_MAX, take_fault, &f);
        if (cases[i].told && strcmp(f.text, cases[i].told) != 0) fail_msg("case %zu:\n%s", i, f.text);
        if (!cases[i].told && !(strstr(f.text, "/rules/0/c") && strstr(f.text, "/rules/1/c"))) fail_msg("case %zu:\n%s", i, f.text);
        assert_true(st < 0);
    }
    test_book_close(&b);
}

static void reports(void **state)
{
    test_env *t = *state;
    char out[4000];
    size_t n = sizeof out;
    arc_decision *d = load(t->ctx, "{\"inputs\":[{\"id\":\"i\",\"field\":\"n\",\"type\":\"integer\",\"min\":0},{\"id\":\"s\",\"field\":\"s\",\"type\":\"text\",\"nullable\":true},{\"id\":\"c\",\"type\":\"condition\"}]," OUT
                                   "\"rules\":[{\"i\":\"<= 10\",\"s\":\"\\\"a\\\"\",\"o\":\"\\\"1\\\"\"},{\"i\":\"[10..20)\",\"s\":\"\\\"a\\\", null\",\"o\":\"\\\"2\\\"\"},{\"i\":\"> 30\",\"c\":{\"==\":[{\"var\":\"n\"},33]},\"o\":\"\\\"3\\\"\"}]}");
    assert_ok(arc_decision_report(d, out, &n));
    assert_string_equal(out, "{\"overlaps\":[{\"rows\":[1,2],\"differ\":true,\"decided\":true,\"when\":{\"n\":\"10\",\"s\":\"\\\"a\\\"\"}}],"
                             "\"gaps\":[{\"n\":\"0 .. 9\",\"s\":\"any other text\"},{\"n\":\"0 .. 9\",\"s\":\"null\"},{\"n\":\"10\",\"s\":\"any other text\"},{\"n\":\"11 .. 19\",\"s\":\"any other text\"},{\"n\":\"20 .. 30\"}],"
                             "\"warnings\":[{\"code\":\"overlap\",\"message\":\"Rows of a unique table meet: where they do, asking it is an error.\"},"
                             "{\"code\":\"gaps-not-decided\",\"message\":\"Whether some row always applies was not decided: conditions, or too many boxes.\"}],"
                             "\"overlaps_decided\":true,\"gaps_decided\":false,\"n_overlaps\":1,\"n_gaps\":5}");
    arc_decision_free(d);
    n = sizeof out;
    d = load(t->ctx, ladder);
    assert_ok(arc_decision_report(d, out, &n));
    assert_non_null(strstr(out, "\"code\":\"first\""));
    assert_non_null(strstr(out, "\"gaps\":[]"));
    assert_status(ARC_E_INVALID, arc_decision_report(d, out, NULL));
    assert_status(ARC_E_INVALID, arc_decision_evaluate(d, out, &n, "{}", SIZE_MAX, 2));
    arc_decision_free(d);
    assert_status(ARC_E_HANDLE, arc_decision_report(d, out, &n));
}

static void scorecards(void **state)
{
    test_env *t = *state;
    char out[4000];
    arc_decision *d = load(t->ctx, "{\"scorecard\":\"arcore/1\",\"initialScore\":\"100\",\"topReasons\":2,\"currency\":\"CNY\",\"characteristics\":["
                                   "{\"name\":\"delay\",\"field\":\"days\",\"type\":\"integer\",\"nullable\":true,\"baselineScore\":\"20\",\"weight\":\"1.5\",\"reasonCode\":\"LATE\",\"attributes\":["
                                   "{\"test\":\"<= 0\",\"partialScore\":20},{\"test\":\"[1..30]\",\"partialScore\":\"10.25\"},{\"test\":\"> 30\",\"partialScore\":-20},{\"test\":\"null\",\"partialScore\":0,\"reasonCode\":\"NEW\"}]},"
                                   "{\"name\":\"turnover\",\"field\":\"sum\",\"type\":\"money\",\"baselineScore\":10,\"reasonCode\":\"SMALL\",\"attributes\":[{\"test\":\"< 1000.00\",\"partialScore\":0},{\"test\":\">= 1000.00\",\"partialScore\":10}]},"
                                   "{\"name\":\"kind\",\"field\":\"kind\",\"type\":\"text\",\"values\":[\"firm\",\"person\"],\"attributes\":[{\"test\":\"\\\"firm\\\"\",\"partialScore\":5},{\"test\":\"\\\"person\\\"\",\"partialScore\":0}]}]}");
    assert_ok(ask(d, out, sizeof out, "{\"days\":12,\"sum\":\"999.99\",\"kind\":\"firm\"}", 0));
    assert_string_equal(out, "{\"score\":\"120.375\",\"reasons\":[{\"reasonCode\":\"LATE\",\"characteristic\":\"delay\",\"difference\":\"14.625\"},{\"reasonCode\":\"SMALL\",\"characteristic\":\"turnover\",\"difference\":\"10\"}],"
                             "\"characteristics\":[{\"name\":\"delay\",\"value\":\"12\",\"test\":\"[1..30]\",\"pointer\":\"/characteristics/0/attributes/1\",\"points\":\"15.375\",\"baseline\":\"30\",\"reasonCode\":\"LATE\"},"
                             "{\"name\":\"turnover\",\"value\":\"999.99 CNY\",\"test\":\"< 1000.00\",\"pointer\":\"/characteristics/1/attributes/0\",\"points\":\"0\",\"baseline\":\"10\",\"reasonCode\":\"SMALL\"},"
                             "{\"name\":\"kind\",\"value\":\"firm\",\"test\":\"\\\"firm\\\"\",\"pointer\":\"/characteristics/2/attributes/0\",\"points\":\"5\",\"baseline\":\"0\",\"reasonCode\":\"\"}]}");
    assert_ok(ask(d, out, sizeof out, "{\"sum\":\"1000.00\",\"kind\":\"person\"}", 0));
    assert_non_null(strstr(out, "{\"score\":\"110\",\"reasons\":[{\"reasonCode\":\"NEW\",\"characteristic\":\"delay\",\"difference\":\"30\"}]"));
    assert_status(ARC_E_REQUIRED, ask(d, out, sizeof out, "{\"days\":1,\"kind\":\"person\"}", 0));
    assert_status(ARC_E_NOT_FOUND, ask(d, out, sizeof out, NULL, 0));
    arc_decision_free(d);
    /* ties stand in the order of the document */
    d = load(t->ctx, "{\"topReasons\":1,\"reasonCodeAlgorithm\":\"pointsAbove\",\"characteristics\":[{\"name\":\"a\",\"field\":\"a\",\"type\":\"boolean\",\"reasonCode\":\"A\",\"attributes\":[{\"test\":\"-\",\"partialScore\":5}]},"
                     "{\"name\":\"b\",\"field\":\"b\",\"type\":\"boolean\",\"reasonCode\":\"B\",\"attributes\":[{\"test\":\"-\",\"partialScore\":\"5.0\"}]}]}");
    assert_ok(ask(d, out, sizeof out, "{\"a\":true,\"b\":true}", 0));
    assert_non_null(strstr(out, "\"score\":\"10\",\"reasons\":[{\"reasonCode\":\"A\",\"characteristic\":\"a\",\"difference\":\"5\"}]"));
    arc_decision_free(d);
}

static void fields_of_the_book(void **state)
{
    static const char text[] = "{\"decision_table\":\"arcore/1\",\"subject\":\"customer\",\"currency\":\"CNY\",\"inputs\":[{\"id\":\"s\",\"field\":\"enterprise_size\"},{\"id\":\"g\",\"field\":\"industry\",\"type\":\"expression\"},{\"id\":\"t\",\"field\":\"today\"}],"
                               "\"outputs\":[{\"id\":\"o\",\"field\":\"term\",\"type\":\"text\"}],\"rules\":[{\"s\":\"\\\"large\\\"\",\"t\":\">= 2026-01-01\",\"o\":\"\\\"NET60\\\"\"},{\"s\":\"not(\\\"large\\\"),null\",\"o\":\"\\\"NET30\\\"\"}]}";
    test_book b;
    faults f = { { 0 }, 0 };
    int64_t id;
    arc_decision *d;
    char out[1000], wanted[200];
    (void)state;
    test_book_open(&b, 0);
    assert_session(&b, arc_definition_save(b.session, &id, "decision_table", "terms", text, SIZE_MAX, NULL));
    if (arc_definition_publish(b.session, id, take_fault, &f) != ARC_OK) fail_msg("%s", f.text);
    assert_session(&b, arc_decision_open(b.session, &d, "decision_table", "terms", ARC_DATE_NONE));
    assert_ok(ask(d, out, sizeof out, "{\"enterprise_size\":\"large\",\"today\":\"2026-06-30\"}", 0));
    snprintf(wanted, sizeof wanted, "\"definition\":%d,", (int)id);
    assert_non_null(strstr(out, wanted));
    assert_non_null(strstr(out, "\"result\":{\"term\":\"NET60\"}"));
    assert_status(ARC_E_NOT_FOUND, arc_decision_open(b.session, &d, "scorecard", "terms", ARC_DATE_NONE));
    assert_status(ARC_E_INVALID, arc_decision_open(b.session, &d, "template", "terms", ARC_DATE_NONE));
    f.text[0] = 0;
    assert_status(ARC_E_NOT_FOUND, arc_definition_check(b.session, "decision_table", "{\"subject\":\"customer\",\"inputs\":[{\"id\":\"s\",\"field\":\"shoe_size\"}]," OUT "\"rules\":[{}]}", SIZE_MAX, take_fault, &f));
    assert_non_null(strstr(f.text, "/inputs/0/field"));
    test_book_close(&b);
}

static void rows_of_the_book(void **state)
{
    static const char text[] = "{\"subject\":\"customer\",\"inputs\":[{\"id\":\"s\",\"field\":\"enterprise_size\"},{\"id\":\"t\",\"field\":\"today\"}],"
                               "\"outputs\":[{\"id\":\"o\",\"field\":\"term\",\"type\":\"text\"}],\"rules\":[{\"_id\":\"a\",\"s\":\"\\\"large\\\"\",\"t\":\">= 2026-01-01\",\"o\":\"\\\"NET60\\\"\"},{\"_id\":\"b\",\"s\":\"not(\\\"large\\\"),null\",\"o\":\"\\\"NET30\\\"\"}]}";
    test_book b;
    arc_record *r;
    int64_t id, customer;
    arc_decision *d;
    char out[1000];
    size_t n = sizeof out;
    (void)state;
    test_book_open(&b, 0);
    assert_session(&b, arc_record_new(b.session, &r, ARC_CUSTOMER));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_CODE, "C1", SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, "Acme", SIZE_MAX));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_ENTERPRISE_SIZE, "large", SIZE_MAX));
    assert_session(&b, arc_session_insert(b.session, &customer, r));
    assert_session(&b, arc_definition_save(b.session, &id, "decision_table", "terms", text, SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    assert_session(&b, arc_decision_open(b.session, &d, "decision_table", "terms", ARC_DATE_NONE));
    arc_date day;
    assert_ok(arc_date_from_ymd(&day, 2026, 1, 1));
    assert_session(&b, arc_decision_evaluate_row(b.session, out, &n, d, customer, day, ARC_DECISION_EXPLAIN));
    assert_non_null(strstr(out, "\"result\":{\"term\":\"NET60\"},\"inputs\":{\"enterprise_size\":\"large\",\"today\":\"2026-01-01\"}"));
    n = sizeof out;
    assert_session(&b, arc_decision_evaluate_row(b.session, out, &n, d, customer, day - 1, 0));
    assert_non_null(strstr(out, "\"result\":null"));
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_decision_evaluate_row(b.session, out, &n, d, customer + 1, day, 0));
    assert_session_status(ARC_E_INVALID, &b, arc_decision_evaluate_row(b.session, out, &n, d, customer, day, 2));
    arc_decision_free(d);
    assert_session_status(ARC_E_HANDLE, &b, arc_decision_evaluate_row(b.session, out, &n, d, customer, day, 0));
    d = load(b.t.ctx, ladder); /* inputs of its own */
    assert_session_status(ARC_E_STATE, &b, arc_decision_evaluate_row(b.session, out, &n, d, customer, day, 0));
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(policies, test_setup, test_teardown), cmocka_unit_test_setup_teardown(exact, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(explains, test_setup, test_teardown), cmocka_unit_test_setup_teardown(refuses_inputs, test_setup, test_teardown),
        cmocka_unit_test(every_fault_is_told), cmocka_unit_test_setup_teardown(reports, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(scorecards, test_setup, test_teardown), cmocka_unit_test(fields_of_the_book), cmocka_unit_test(rows_of_the_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
