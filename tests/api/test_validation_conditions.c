/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of validation rules are those of all rules: what they may say, what they refuse at publish, and what happens to rows they cannot be
 * worked out for. */
#include "support/books.h"

#include "arcore/custom.h"

typedef struct faults {
    char text[2000];
    int n;
} faults;

static int32_t note_fault(void *user, const arc_error *e)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s%s %s", f->n++ ? "\n" : "", e->rule[0] ? e->rule : arc_status_name(e->status), e->pointer);
    assert_true(*e->message && *e->message_zh);
    return 0;
}

static void publish(test_book *b, const char *code, const char *rules)
{
    char json[2000];
    int64_t id;
    snprintf(json, sizeof json, "{\"entity\":\"customer\",\"rules\":[%s]}", rules);
    assert_session(b, arc_definition_save(b->session, &id, "validation", code, json, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
}

static arc_status insert(test_book *b, int64_t *id, const char *members)
{
    static int n;
    char json[600];
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"n\"%s%s}", ++n, *members ? "," : "", members);
    assert_session(b, arc_record_new(b->session, &r, ARC_CUSTOMER));
    arc_status st = arc_record_set_json(r, json, SIZE_MAX);
    (void)arc_record_error(r, &e);
    assert_ok_err(&e, st);
    st = arc_session_insert(b->session, id, r);
    arc_record_free(r);
    return st;
}

static void taken(test_book *b, const char *members)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = insert(b, NULL, members);
    (void)arc_session_error(b->session, &e);
    if (st != ARC_OK) fail_msg("%s: %s", members, e.message);
}

static void refused(test_book *b, const char *members, const char *rule, const char *field)
{
    arc_error e = ARC_ERROR_INIT;
    arc_status st = insert(b, NULL, members);
    assert_ok(arc_session_error(b->session, &e));
    if (st != ARC_E_RULE || strcmp(e.rule, rule) != 0 || strcmp(e.field, field) != 0) fail_msg("%s: %d, %s, %s", members, st, e.rule, e.field);
}

static void define(test_book *b, const char *name, const char *kind, const char *more)
{
    char json[300];
    snprintf(json, sizeof json, "{\"entity\":\"customer\",\"name\":\"%s\",\"kind\":\"%s\"%s}", name, kind, more);
    assert_session(b, arc_custom_define(b->session, NULL, json, SIZE_MAX));
}

static void fields(test_book *b)
{
    define(b, "x_a", "number", ",\"size\":2");
    define(b, "x_b", "number", ",\"size\":0");
    define(b, "x_cap", "money", "");
    define(b, "x_on", "date", "");
    define(b, "x_vip", "bool", "");
    assert_session(b, arc_session_set_business_date(b->session, 20500)); /* 2026-02-16 */
}

/* Arithmetic, choices of values, calendar days: what the language has, records have too. */
static void whole_language(test_book *b)
{
    fields(b);
    publish(b, "c", "{\"name\":\"sum\",\"check\":{\"<=\":[{\"+\":[{\"var\":\"x_a\"},{\"var\":\"x_b\"}]},\"10.50\"]}},"
                    "{\"name\":\"past\",\"check\":{\"<=\":[{\"var\":\"x_on\"},{\"var\":\"today\"}]}},"
                    "{\"name\":\"month\",\"check\":{\">=\":[{\"add_months\":[{\"var\":\"x_on\"},12]},{\"var\":\"today\"}]}},"
                    "{\"name\":\"vip\",\"when\":{\"var\":\"x_vip\"},\"required\":\"short_name\"},"
                    "{\"name\":\"form\",\"check\":{\"if\":[{\"==\":[{\"var\":\"kind\"},\"person\"]},{\"startsWith\":[{\"var\":\"short_name\"},\"P-\"]},"
                    "{\"or\":[{\"!\":{\"var\":\"short_name\"}},{\"!\":{\"startsWith\":[{\"var\":\"short_name\"},\"P-\"]}}]}]}}");
    taken(b, "\"x_a\":\"8.50\",\"x_b\":\"2\"");
    refused(b, "\"x_a\":\"8.51\",\"x_b\":\"2\"", "sum", "x_a");
    taken(b, "\"x_a\":\"80.00\""); /* nothing to add: nothing to find fault with */
    taken(b, "\"x_on\":\"2026-02-16\"");
    refused(b, "\"x_on\":\"2026-02-17\"", "past", "x_on");
    refused(b, "\"x_on\":\"2025-02-15\"", "month", "x_on");
    refused(b, "\"x_vip\":true", "vip", "short_name");
    taken(b, "\"x_vip\":false");
    taken(b, "");
    refused(b, "\"kind\":\"person\",\"short_name\":\"Q\"", "form", "kind");
    refused(b, "\"kind\":\"company\",\"short_name\":\"P-1\"", "form", "kind");
    taken(b, "\"kind\":\"company\",\"short_name\":\"Q\"");
    /* The day is that of the call. */
    assert_session(b, arc_session_set_business_date(b->session, 20501));
    taken(b, "\"x_on\":\"2026-02-17\"");
    refused(b, "\"x_on\":\"2026-02-18\"", "past", "x_on");
}

/* What cannot be worked out is refused: nobody can say that the row is right. */
static void errors(test_book *b)
{
    arc_error e = ARC_ERROR_INIT;
    fields(b);
    publish(b, "c", "{\"name\":\"ratio\",\"check\":{\"<=\":[{\"/\":[{\"var\":\"x_a\"},{\"var\":\"x_b\"}]},\"2.00\"]},\"message\":{\"en\":\"too much\"}},"
                    "{\"name\":\"when\",\"when\":{\"and\":[{\"!=\":[{\"var\":\"x_on\"},null]},{\"!=\":[{\"var\":\"x_b\"},null]},{\">\":[{\"add_days\":[{\"var\":\"x_on\"},{\"var\":\"x_b\"}]},\"2030-01-01\"]}]},"
                    "\"required\":[\"short_name\"]}");
    taken(b, "\"x_a\":\"4.00\",\"x_b\":\"2\"");
    taken(b, "\"x_b\":\"0\"");
    refused(b, "\"x_a\":\"4.10\",\"x_b\":\"2\"", "ratio", "x_a");
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.message, "too much");
    refused(b, "\"x_a\":\"4.00\",\"x_b\":\"0\"", "ratio", "x_a");
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.message, "rule ratio cannot be worked out for this row: ARC_E_DIVIDE");
    assert_non_null(strstr(e.message_zh, "ratio"));
    taken(b, "\"x_on\":\"2026-01-01\",\"x_b\":\"1\"");
    refused(b, "\"x_on\":\"2026-01-01\",\"x_b\":\"4000\"", "when", "short_name");
    refused(b, "\"x_on\":\"2026-01-01\",\"x_b\":\"999999999999\"", "when", "short_name");
    assert_ok(arc_session_error(b->session, &e));
    assert_string_equal(e.message, "rule when cannot be worked out for this row: ARC_E_OVERFLOW");
}

/* Amounts: of the currency a rule states or a constant names; rows in another one are none of its business. */
static void amounts(test_book *b)
{
    fields(b);
    publish(b, "c", "{\"name\":\"cap\",\"check\":{\"<=\":[{\"var\":\"x_cap\"},\"100.00 CNY\"]}},"
                    "{\"name\":\"some\",\"currency\":\"CNY\",\"check\":{\"!\":{\"<\":[{\"var\":\"x_cap\"},\"1.00\"]}}},"
                    "{\"name\":\"capital\",\"currency\":\"USD\",\"when\":{\">\":[{\"var\":\"registered_capital\"},\"500.00\"]},\"required\":\"short_name\"}");
    taken(b, "\"x_cap\":\"100.00 CNY\"");
    taken(b, "\"x_cap\":\"100.01 USD\"");
    refused(b, "\"x_cap\":\"100.01 CNY\"", "cap", "x_cap");
    refused(b, "\"x_cap\":\"0.99 CNY\"", "some", "x_cap");
    taken(b, "\"x_cap\":\"0.99 USD\"");
    taken(b, "\"registered_capital\":\"500.01\",\"capital_currency\":\"CNY\"");
    refused(b, "\"registered_capital\":\"500.01\",\"capital_currency\":\"USD\"", "capital", "short_name");
}

/* What stood there before stays until what the rule reads is touched. */
static void changes(test_book *b)
{
    int64_t id;
    arc_record *r;
    fields(b);
    publish(b, "c", "{\"name\":\"capital\",\"currency\":\"USD\",\"check\":{\"<=\":[{\"var\":\"registered_capital\"},\"500.00\"]}}");
    assert_session(b, insert(b, &id, "\"registered_capital\":\"500.01\",\"capital_currency\":\"CNY\""));
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_set_json(r, "{\"short_name\":\"s\"}", SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_set_json(r, "{\"registered_capital\":\"500.01\",\"capital_currency\":\"USD\"}", SIZE_MAX));
    assert_session_status(ARC_E_RULE, b, arc_session_update(b->session, r));
    arc_record_free(r);
}

static void one_fault(test_book *b, const char *rule, const char *expected)
{
    faults f = { .n = 0 };
    char json[900];
    snprintf(json, sizeof json, "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r\",%s}]}", rule);
    arc_status st = arc_definition_check(b->session, "validation", json, SIZE_MAX, note_fault, &f);
    if (strcmp(f.text, expected) != 0) fail_msg("%s\ngave     %s\nexpected %s", rule, f.text, expected);
    assert_int_equal(st == ARC_OK, f.n == 0);
}

static void refusals(test_book *b)
{
    fields(b);
    /* What another row says is not read when a record is written. */
    one_fault(b, "\"check\":{\"==\":[{\"var\":\"parent.kind\"},\"company\"]}", "field /rules/0/check/==/0/var");
    one_fault(b, "\"check\":{\">\":[{\"count\":[{\"var\":\"items\"}]},0]}", "field /rules/0/check/>/0/count/0/var");
    one_fault(b, "\"check\":{\"==\":[{\"var\":\"id\"},1]}", "field /rules/0/check/==/0/var");
    one_fault(b, "\"check\":{\"<\":[{\"add_business_days\":[{\"var\":\"x_on\"},1]},{\"var\":\"today\"}]}", "operator_left_out /rules/0/check/</0/add_business_days");
    one_fault(b, "\"check\":{\"<\":[{\"var\":\"today\"},\"2030-01-01\"]}", "value /rules/0/check");
    /* A missing value must not make a rule apply; in a check it decides nothing anyway. */
    one_fault(b, "\"required\":\"short_name\",\"when\":{\"!\":{\">\":[{\"var\":\"x_a\"},5]}}", "null_guard /rules/0/when/!");
    one_fault(b, "\"required\":\"short_name\",\"when\":{\">\":[{\"+\":[{\"var\":\"x_a\"},1]},5]}", "null_guard /rules/0/when/>/0");
    one_fault(b, "\"check\":{\"!\":{\">\":[{\"var\":\"x_a\"},5]}}", "");
    one_fault(b, "\"check\":{\">\":[{\"+\":[{\"var\":\"x_a\"},1]},5]}", "");
    one_fault(b, "\"check\":{\"if\":[{\"!\":{\">\":[{\"var\":\"x_a\"},5]}},true,{\"!=\":[{\"var\":\"x_b\"},0]}]}", "null_guard /rules/0/check/if/0/!");
    one_fault(b, "\"check\":{\"!\":{\"var\":\"x_a\"}}", "truth_of_number /rules/0/check/!");
    one_fault(b, "\"currency\":\"USD\",\"check\":{\"<=\":[{\"var\":\"x_cap\"},\"100.00 CNY\"]}", "currency /rules/0/check/<=/1");
    /* All of them, not only the first. */
    one_fault(b, "\"check\":{\"and\":[{\"==\":[{\"var\":\"nope\"},1]},{\"like\":[1]}]},\"when\":{\"<\":[{\"var\":\"code\"},\"x\"]}",
              "unknown_field /rules/0/check/and/0/==/0/var\nunknown_operator /rules/0/check/and/1/like\norder /rules/0/when/<");
}

static void with_books(void (*body)(test_book *b))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        test_book b;
        test_book_open(&b, k);
        body(&b);
        test_book_close(&b);
    }
}

static void test_language(void **state) { (void)state, with_books(whole_language); }
static void test_errors(void **state) { (void)state, with_books(errors); }
static void test_amounts(void **state) { (void)state, with_books(amounts); }
static void test_changes(void **state) { (void)state, with_books(changes); }
static void test_refusals(void **state) { (void)state, with_books(refusals); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language), cmocka_unit_test(test_errors), cmocka_unit_test(test_amounts), cmocka_unit_test(test_changes), cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
