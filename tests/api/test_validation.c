/* SPDX-License-Identifier: Apache-2.0 */
/* Validation rules as callers meet them: published as definitions, applied on every path that writes records, reported all at once by the
 * call that only checks. On every backend of support/books.h. */
#include "support/books.h"

#include "arcore/custom.h"

typedef struct faults {
    char text[4000];
    int n, stop_at;
} faults;

static int32_t note_fault(void *user, const arc_error *e)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s%s %s", f->n++ ? "\n" : "", arc_status_name(e->status), e->pointer);
    return f->stop_at && f->n == f->stop_at;
}

static int32_t note_record(void *user, const arc_record_fault *e)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s%s%s %s %s", f->n++ ? "\n" : "", e->severity == ARC_FAULT_WARNING ? "warning " : "",
             arc_status_name(e->status), e->pointer, e->rule);
    assert_true(*e->message && *e->message_zh && *e->entity);
    return f->stop_at && f->n == f->stop_at;
}

static int64_t save(test_book *b, const char *code, const char *json)
{
    int64_t id = 0;
    assert_session(b, arc_definition_save(b->session, &id, "validation", code, json, SIZE_MAX, NULL));
    return id;
}

static int64_t publish(test_book *b, const char *code, const char *json)
{
    int64_t id = save(b, code, json);
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
    return id;
}

static arc_record *record(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    assert_session(b, arc_record_new(b->session, &r, entity));
    arc_status st = arc_record_set_json(r, json, SIZE_MAX);
    (void)arc_record_error(r, &e);
    assert_ok_err(&e, st);
    return r;
}

static int64_t insert(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r = record(b, entity, json);
    int64_t id;
    assert_session(b, arc_session_insert(b->session, &id, r));
    arc_record_free(r);
    return id;
}

static void assert_rule(test_book *b, const char *rule, const char *field)
{
    arc_error e = ARC_ERROR_INIT;
    char pointer[80];
    assert_ok(arc_session_error(b->session, &e));
    assert_int_equal(e.status, ARC_E_RULE);
    assert_string_equal(e.rule, rule);
    assert_string_equal(e.field, field);
    snprintf(pointer, sizeof pointer, "/%s", field);
    assert_string_equal(e.pointer, pointer);
}

static void refused(test_book *b, uint32_t entity, const char *json, const char *rule, const char *field)
{
    arc_record *r = record(b, entity, json);
    assert_session_status(ARC_E_RULE, b, arc_session_insert(b->session, NULL, r));
    assert_rule(b, rule, field);
    arc_record_free(r);
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

static const char customer_rules[] =
    "{\"entity\":\"customer\","
    "\"normalise\":[{\"field\":\"code\",\"steps\":[\"trim\",\"half_width\",\"upper\"]},{\"field\":\"uscc\",\"steps\":[\"remove_space\",\"half_width\",\"upper\"]}],"
    "\"rules\":["
    "{\"name\":\"uscc\",\"field\":\"uscc\",\"format\":\"uscc\"},"
    "{\"name\":\"company-has-uscc\",\"when\":{\"==\":[{\"var\":\"kind\"},\"company\"]},\"required\":[\"uscc\"]},"
    "{\"name\":\"code-form\",\"field\":\"code\",\"format\":{\"pattern\":\"[A-Z][A-Z0-9]{1,7}\",\"max_length\":8},\"message\":{\"en\":\"A letter first\",\"zh\":\"首位须为字母\"}},"
    "{\"name\":\"one-per-uscc\",\"unique\":[\"uscc\"],\"among\":{\"!=\":[{\"var\":\"status\"},\"blocked\"]}},"
    "{\"name\":\"short-name\",\"required\":\"short_name\",\"severity\":\"warning\"}]}";


/* ---- master data ------------------------------------------------------------------------------------------------------- */

static void master_rules(test_book *b)
{
    (void)publish(b, "customer.base", customer_rules);
    refused(b, ARC_CUSTOMER, "{\"code\":\"9A\",\"legal_name\":\"n\"}", "code-form", "code");
    refused(b, ARC_CUSTOMER, "{\"code\":\"A1\",\"legal_name\":\"n\",\"kind\":\"company\"}", "company-has-uscc", "uscc");
    refused(b, ARC_CUSTOMER, "{\"code\":\"A1\",\"legal_name\":\"n\",\"uscc\":\"91350100M000100Y44\"}", "uscc", "uscc");
    /* Normalised before it is judged and stored; the caller's record stays as it was. */
    arc_record *r = record(b, ARC_CUSTOMER, "{\"code\":\" ａ１ \",\"legal_name\":\"n\",\"kind\":\"company\",\"uscc\":\"91350100m000100y43\"}");
    const char *s;
    size_t n;
    int64_t id;
    assert_session(b, arc_session_insert(b->session, &id, r));
    assert_ok(arc_record_get_text(r, &s, &n, ARC_CUSTOMER_CODE));
    assert_string_equal(s, " ａ１ ");
    arc_record_free(r);
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_get_text(r, &s, &n, ARC_CUSTOMER_CODE));
    assert_string_equal(s, "A1");
    assert_ok(arc_record_get_text(r, &s, &n, ARC_CUSTOMER_USCC));
    assert_string_equal(s, "91350100M000100Y43");
    /* A change is judged by the rules that read what it sets, on the row as it will be. */
    assert_ok(arc_record_set_null(r, ARC_CUSTOMER_USCC));
    assert_session_status(ARC_E_RULE, b, arc_session_update(b->session, r));
    assert_rule(b, "company-has-uscc", "uscc");
    arc_record_free(r);
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_customer_set_code(r, "b2 ", SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_get_text(r, &s, &n, ARC_CUSTOMER_CODE));
    assert_string_equal(s, "B2");
    arc_record_free(r);
    refused(b, ARC_CUSTOMER, "{\"code\":\"C3\",\"legal_name\":\"n\",\"uscc\":\"91350100M000100Y43\"}", "one-per-uscc", "uscc");
    /* A blocked one does not count, on either side. */
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"C3\",\"legal_name\":\"n\",\"status\":\"blocked\",\"uscc\":\"91350100M000100Y43\"}");
}

static void test_master(void **state)
{
    (void)state;
    with_books(master_rules);
}

/* Two rows of one call that are alike: the second is refused only if the first was written. */
static void batch_rules(test_book *b)
{
    (void)publish(b, "c", customer_rules);
    static const char *const rows[] = { "{\"code\":\"A1\",\"legal_name\":\"n\",\"uscc\":\"91350100M000100Y43\"}",
                                        "{\"code\":\"A2\",\"legal_name\":\"n\",\"uscc\":\"91350100m000100y43\"}",
                                        "{\"code\":\"1\",\"legal_name\":\"n\"}", "{\"code\":\"A3\",\"legal_name\":\"n\"}" };
    static const arc_status want[] = { ARC_OK, ARC_E_RULE, ARC_E_RULE, ARC_OK };
    arc_record *r[5];
    arc_status results[5];
    int64_t ids[5];
    for (int i = 0; i < 4; i++) r[i] = record(b, ARC_CUSTOMER, rows[i]);
    assert_session_status(ARC_PARTIAL, b, arc_session_insert_many(b->session, ids, results, r, 4, 0));
    for (int i = 0; i < 4; i++) {
        assert_int_equal(results[i], want[i]);
        assert_int_equal(ids[i] != 0, want[i] == ARC_OK);
    }
    assert_rule(b, "one-per-uscc", "uscc");
    /* A9 is refused since its code is taken: then its twin in the same call is the only one. */
    r[4] = record(b, ARC_CUSTOMER, "{\"code\":\"A1\",\"legal_name\":\"n\",\"uscc\":\"91110000802100433B\"}");
    arc_record *twin = record(b, ARC_CUSTOMER, "{\"code\":\"A9\",\"legal_name\":\"n\",\"uscc\":\"91110000802100433B\"}");
    arc_record *pair[2] = { r[4], twin };
    assert_session_status(ARC_PARTIAL, b, arc_session_insert_many(b->session, ids, results, pair, 2, 0));
    assert_int_equal(results[0], ARC_E_EXISTS);
    assert_int_equal(results[1], ARC_OK);
    assert_session_status(ARC_E_RULE, b, arc_session_insert_many(b->session, ids, NULL, r + 2, 2, ARC_ALL_OR_NONE));
    for (int i = 0; i < 5; i++) arc_record_free(r[i]);
    arc_record_free(twin);
}

static void test_batch(void **state)
{
    (void)state;
    with_books(batch_rules);
}

/* ---- documents -------------------------------------------------------------------------------------------------------------- */

static void document_rules(test_book *b)
{
    int64_t c = insert(b, ARC_CUSTOMER, "{\"code\":\"K\",\"legal_name\":\"n\"}"), ids[2];
    char json[400];
    arc_status results[2];
    (void)publish(b, "invoice.base",
                  "{\"entity\":\"invoice\",\"normalise\":[{\"field\":\"number\",\"steps\":[\"trim\",\"upper\"]}],\"rules\":["
                  "{\"name\":\"due\",\"field\":\"due_date\",\"check\":{\">=\":[{\"var\":\"due_date\"},{\"var\":\"invoice_date\"}]}},"
                  "{\"name\":\"large\",\"when\":{\"and\":[{\"==\":[{\"var\":\"kind\"},\"invoice\"]},{\">\":[{\"var\":\"gross_amount\"},\"1000.00\"]}]},"
                  "\"currency\":\"CNY\",\"required\":[\"base_date\"]},"
                  "{\"name\":\"not-zero\",\"check\":{\"!=\":[{\"var\":\"gross_amount\"},0]}},"
                  "{\"name\":\"remark-once\",\"unique\":[\"customer\",\"remark\"],\"among\":\"open\"}]}");
    static const struct {
        const char *amount, *currency, *dates, *rule, *field;
    } cases[] = { { "10.00", "CNY", "\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-01\"", "due", "due_date" },
                  { "0.00", "CNY", "\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"", "not-zero", "gross_amount" },
                  { "1000.01", "CNY", "\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"", "large", "base_date" },
                  { "1000.01", "USD", "\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"", NULL, NULL },
                  { "-2000.00", "CNY", "\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"", NULL, NULL },
                  { "1000.00", "CNY", "\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"", NULL, NULL } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(json, sizeof json, "{\"number\":\" i-%d \",\"customer\":%lld,\"currency\":\"%s\",\"gross_amount\":\"%s\",%s}", (int)i, (long long)c,
                 cases[i].currency, cases[i].amount, cases[i].dates);
        arc_record *r = record(b, ARC_INVOICE, json);
        assert_session_status(cases[i].rule ? ARC_E_RULE : ARC_OK, b, arc_invoice_record(b->session, &ids[0], r));
        if (cases[i].rule) assert_rule(b, cases[i].rule, cases[i].field);
        arc_record_free(r);
    }
    arc_record *r, *pair[2];
    assert_session(b, arc_session_get(b->session, &r, ARC_INVOICE, ids[0]));
    const char *s;
    size_t n;
    assert_ok(arc_record_get_text(r, &s, &n, ARC_INVOICE_NUMBER));
    assert_string_equal(s, "I-5");
    arc_record_free(r);
    /* Unique among open ones: the second of a batch is refused; once the first is paid another may come. */
    snprintf(json, sizeof json, "{\"number\":\"o1\",\"customer\":%lld,\"remark\":\"x\",\"currency\":\"CNY\",\"gross_amount\":\"5.00\",\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"}", (long long)c);
    pair[0] = record(b, ARC_INVOICE, json);
    json[12]++;
    pair[1] = record(b, ARC_INVOICE, json);
    assert_session_status(ARC_PARTIAL, b, arc_invoice_record_many(b->session, ids, results, pair, 2, 0));
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_E_RULE);
    assert_rule(b, "remark-once", "customer");
    assert_session_status(ARC_E_RULE, b, arc_invoice_record(b->session, NULL, pair[1]));
    assert_session(b, arc_session_set_business_date(b->session, 20500));
    snprintf(json, sizeof json, "{\"number\":\"r\",\"customer\":%lld,\"currency\":\"CNY\",\"amount\":\"5.00\",\"value_date\":\"2026-01-03\"}", (long long)c);
    arc_record *receipt = record(b, ARC_RECEIPT, json);
    arc_allocation a = ARC_ALLOCATION_INIT;
    assert_session(b, arc_receipt_record(b->session, &a.receipt, receipt));
    a.item = 4; /* three were recorded before it */
    a.amount = 500;
    a.date = 20500;
    assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_session(b, arc_invoice_record(b->session, NULL, pair[1]));
    arc_record_free(receipt);
    arc_record_free(pair[0]);
    arc_record_free(pair[1]);
}

static void test_documents(void **state)
{
    (void)state;
    with_books(document_rules);
}

/* ---- checking only ----------------------------------------------------------------------------------------------------------- */

static void assert_faults(test_book *b, uint32_t entity, const char *json, arc_status first, const char *expected)
{
    arc_record *r = record(b, entity, json);
    faults f = { .n = 0 };
    assert_session_status(first, b, arc_record_validate(b->session, r, note_record, &f, NULL));
    assert_string_equal(f.text, expected);
    arc_record_free(r);
}

static void validate_only(test_book *b)
{
    (void)publish(b, "c", customer_rules);
    int64_t id = insert(b, ARC_CUSTOMER, "{\"code\":\"A1\",\"legal_name\":\"n\",\"uscc\":\"91350100M000100Y43\"}");
    assert_faults(b, ARC_CUSTOMER, "{\"code\":\"X1\",\"legal_name\":\"n\",\"short_name\":\"s\"}", ARC_OK, "");
    assert_faults(b, ARC_CUSTOMER, "{\"code\":\"X1\",\"legal_name\":\"n\"}", ARC_OK, "warning ARC_E_RULE /short_name short-name");
    assert_faults(b, ARC_CUSTOMER, "{\"code\":\"a1\",\"kind\":\"company\",\"owner\":77}", ARC_E_REQUIRED,
                  "ARC_E_REQUIRED /legal_name \nARC_E_EXISTS /code \nARC_E_REFERENCE /owner \nARC_E_RULE /uscc company-has-uscc\n"
                  "warning ARC_E_RULE /short_name short-name");
    assert_faults(b, ARC_CUSTOMER, "{\"code\":\"_\",\"legal_name\":\"n\",\"short_name\":\"s\",\"uscc\":\"91350100M000100Y43\"}", ARC_E_RULE,
                  "ARC_E_RULE /code code-form\nARC_E_RULE /uscc one-per-uscc");
    assert_faults(b, ARC_INVOICE, "{\"number\":\"1\",\"net_amount\":\"1.00\",\"currency\":\"CNY\"}", ARC_E_REQUIRED,
                  "ARC_E_REQUIRED /customer \nARC_E_REQUIRED /invoice_date \nARC_E_REQUIRED /due_date \nARC_E_REQUIRED /gross_amount ");
    assert_faults(b, ARC_RECEIPT, "{\"number\":\"1\",\"value_date\":\"2026-01-01\",\"amount\":\"-1.00\",\"currency\":\"CNY\",\"customer\":99}", ARC_E_RANGE,
                  "ARC_E_RANGE  \nARC_E_REFERENCE /customer ");
    arc_record *r;
    faults f = { .n = 0 };
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_customer_set_code(r, " zz ", SIZE_MAX));
    arc_validate_options o = ARC_VALIDATE_OPTIONS_INIT;
    o.flags = ARC_VALIDATE_NORMALISE;
    assert_session(b, arc_record_validate(b->session, r, note_record, &f, &o));
    assert_string_equal(f.text, "");
    const char *s;
    size_t n;
    assert_ok(arc_record_get_text(r, &s, &n, ARC_CUSTOMER_CODE));
    assert_string_equal(s, "ZZ");
    assert_ok(arc_customer_set_code(r, "9", SIZE_MAX));
    f.stop_at = 1;
    assert_session_status(ARC_E_CANCELLED, b, arc_record_validate(b->session, r, note_record, &f, NULL));
    assert_session_status(ARC_E_RULE, b, arc_record_validate(b->session, r, NULL, NULL, NULL));
    assert_rule(b, "code-form", "code");
    o.flags = 8;
    assert_session_status(ARC_E_INVALID, b, arc_record_validate(b->session, r, NULL, NULL, &o));
    arc_record_free(r);
    assert_session(b, arc_record_new(b->session, &r, ARC_ITEM));
    assert_session_status(ARC_E_FORBIDDEN, b, arc_record_validate(b->session, r, NULL, NULL, NULL));
    arc_record_free(r);
}

static void test_validate(void **state)
{
    (void)state;
    with_books(validate_only);
}

/* ---- definitions ------------------------------------------------------------------------------------------------------------------ */

static void assert_document(test_book *b, const char *json, const char *expected)
{
    faults f = { .n = 0 };
    arc_status st = arc_definition_check(b->session, "validation", json, SIZE_MAX, note_fault, &f);
    if (strcmp(f.text, expected) != 0) fail_msg("%s\ngave     %s\nexpected %s", json, f.text, expected);
    assert_int_equal(st == ARC_OK, f.n == 0);
}

static void test_documents_faults(void **state)
{
    test_book b;
    (void)state;
    test_book_open(&b, 0);
    assert_document(&b, "{", "ARC_E_SYNTAX ");
    assert_document(&b, "[]", "ARC_E_SYNTAX ");
    assert_document(&b, "{\"rules\":[]}", "ARC_E_REQUIRED ");
    assert_document(&b, "{\"entity\":\"cat\"}", "ARC_E_NOT_FOUND /entity");
    assert_document(&b, "{\"entity\":\"item\"}", "ARC_E_VALUE /entity");
    assert_document(&b, "{\"entity\":\"customer\"}", "ARC_E_REQUIRED ");
    assert_document(&b, "{\"entity\":\"customer\",\"extra\":1,\"rules\":[{\"name\":\"a\",\"required\":[\"code\"]}]}", "ARC_E_NOT_FOUND /extra");
    /* Each fault of each rule. */
    assert_document(&b,
                    "{\"entity\":\"customer\",\"normalise\":[{\"field\":\"kind\",\"steps\":[\"trim\"]},{\"field\":\"code\",\"steps\":[\"x\"]},"
                    "{\"field\":\"short_name\",\"steps\":[\"upper\",\"lower\"]},3],\"rules\":["
                    "{\"name\":\"A\",\"required\":[]},"
                    "{\"name\":\"a\",\"field\":\"code\",\"format\":\"none\",\"severity\":\"bad\"},"
                    "{\"name\":\"a\",\"required\":[\"code\",\"code\"],\"when\":{\"like\":[1,2]}},"
                    "{\"name\":\"b\"},"
                    "{\"name\":\"c\",\"check\":{\"<\":[{\"var\":\"code\"},\"x\"]}},"
                    "{\"name\":\"d\",\"check\":{\"<\":[{\"var\":\"registered_capital\"},\"5.00\"]}},"
                    "{\"name\":\"e\",\"check\":{\"==\":[{\"var\":\"kind\"},\"martian\"]}},"
                    "{\"name\":\"f\",\"check\":{\"==\":[{\"var\":\"size_declared_on\"},\"2026-02-30\"]}},"
                    "{\"name\":\"g\",\"unique\":[\"code\"],\"among\":\"open\"},"
                    "{\"name\":\"h\",\"unique\":[\"code\"],\"required\":[\"code\"]},"
                    "{\"name\":\"i\",\"format\":\"digits\"},"
                    "{\"name\":\"j\",\"field\":\"code\",\"format\":{\"pattern\":\"(\",\"min_length\":0}},"
                    "{\"name\":\"k\",\"check\":{\"==\":[1,1]}},"
                    "{\"name\":\"l\",\"check\":{\"and\":[{\"==\":[{\"var\":\"score\"},1]}]}},"
                    "{\"name\":\"m\",\"required\":[\"owner\"],\"message\":{\"fr\":\"x\"},\"among\":\"open\",\"currency\":\"XXQ\"}]}",
                    "ARC_E_VALUE /normalise/0/field\nARC_E_NOT_FOUND /normalise/1/steps/0\nARC_E_VALUE /normalise/2/steps\nARC_E_VALUE /normalise/3\n"
                    "ARC_E_VALUE /rules/0/name\nARC_E_VALUE /rules/0/required\n"
                    "ARC_E_NOT_FOUND /rules/1/format\nARC_E_VALUE /rules/1/severity\n"
                    "ARC_E_EXISTS /rules/2/name\nARC_E_EXISTS /rules/2/required/1\nARC_E_NOT_FOUND /rules/2/when/like\n"
                    "ARC_E_REQUIRED /rules/3\n"
                    "ARC_E_VALUE /rules/4/check/<\nARC_E_CURRENCY /rules/5/check/</1\nARC_E_VALUE /rules/6/check/==/1\nARC_E_RANGE /rules/7/check/==/1\n"
                    "ARC_E_VALUE /rules/8/among\nARC_E_VALUE /rules/9/required\nARC_E_REQUIRED /rules/10\n"
                    "ARC_E_SYNTAX /rules/11/format/pattern\nARC_E_VALUE /rules/12/check\nARC_E_VALUE /rules/13/check/and/0/==/0/var\n"
                    "ARC_E_CURRENCY /rules/14/currency\nARC_E_NOT_FOUND /rules/14/message/fr\nARC_E_VALUE /rules/14/among\nARC_E_VALUE /rules/14/among");
    assert_session_status(ARC_E_UNSUPPORTED, &b, arc_definition_check(b.session, "workflow", "{}", 2, NULL, NULL));
    assert_session_status(ARC_E_VALUE, &b, arc_definition_check(b.session, "none", "{}", 2, NULL, NULL));
    assert_session_status(ARC_E_INVALID, &b, arc_definition_check(b.session, NULL, "{}", 2, NULL, NULL));
    faults f = { .stop_at = 1 };
    assert_session_status(ARC_E_CANCELLED, &b, arc_definition_check(b.session, "validation", "{\"entity\":\"customer\",\"a\":1,\"b\":2}", SIZE_MAX, note_fault, &f));
    f.stop_at = f.n = 0;
    f.text[0] = 0;
    assert_session_status(ARC_E_NOT_FOUND, &b, arc_definition_check(b.session, "import_mapping", "{\"x\":1}", SIZE_MAX, note_fault, &f));
    assert_string_equal(f.text, "ARC_E_NOT_FOUND /x");
    test_book_close(&b);
}

static int32_t list_one(void *user, const arc_definition_info *i)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s/%s %lld %s%s;", i->kind, i->code, (long long)i->revision, i->status, i->in_force ? "*" : "");
    return 0;
}

static void assert_list(test_book *b, arc_date on, const char *expected)
{
    faults f = { .n = 0 };
    assert_session(b, arc_definition_list(b->session, list_one, &f, "validation", on));
    assert_string_equal(f.text, expected);
}

static void life(test_book *b)
{
    static const char one[] = "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r1\",\"required\":[\"short_name\"]}]}";
    static const char two[] = "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r2\",\"required\":[\"remark\"]}]}";
    arc_definition_options o = ARC_DEFINITION_OPTIONS_INIT;
    int64_t first, second, found;
    /* A wrong draft may be kept, not published; nothing of it applies. */
    first = save(b, "c", "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r1\",\"required\":[\"nothing\"]}]}");
    assert_session_status(ARC_E_NOT_FOUND, b, arc_definition_publish(b->session, first, NULL, NULL));
    assert_int_equal(save(b, "c", one), first);
    assert_list(b, 20000, "validation/c 1 draft;");
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"n\"}");
    assert_session(b, arc_definition_publish(b->session, first, NULL, NULL));
    assert_session_status(ARC_E_STATE, b, arc_definition_publish(b->session, first, NULL, NULL));
    refused(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}", "r1", "short_name");
    /* The next revision, from a day on. */
    o.valid_from = 20500;
    o.title = "Second";
    assert_session(b, arc_definition_save(b->session, &second, "validation", "c", two, SIZE_MAX, &o));
    assert_true(second != first);
    assert_session(b, arc_definition_publish(b->session, second, NULL, NULL));
    assert_list(b, 20499, "validation/c 1 published*;validation/c 2 published;");
    assert_list(b, 20500, "validation/c 1 published;validation/c 2 published*;");
    assert_session(b, arc_definition_find(b->session, &found, "validation", "c", 20499));
    assert_int_equal(found, first);
    assert_session(b, arc_session_set_business_date(b->session, 20499));
    refused(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}", "r1", "short_name");
    assert_session(b, arc_session_set_business_date(b->session, 20500));
    refused(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}", "r2", "remark");
    assert_session(b, arc_definition_retire(b->session, second));
    assert_session_status(ARC_E_STATE, b, arc_definition_retire(b->session, second));
    refused(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}", "r1", "short_name");
    assert_session(b, arc_definition_retire(b->session, first));
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}");
    assert_session_status(ARC_E_NOT_FOUND, b, arc_definition_find(b->session, &found, "validation", "c", ARC_DATE_NONE));
    assert_session_status(ARC_E_NOT_FOUND, b, arc_definition_retire(b->session, 999));
    assert_session_status(ARC_E_VALUE, b, arc_definition_save(b->session, NULL, "validation", "a b", one, SIZE_MAX, NULL));
    assert_session_status(ARC_E_SYNTAX, b, arc_definition_save(b->session, NULL, "validation", "c", "{,}", SIZE_MAX, NULL));
    o.valid_to = 20000;
    assert_session_status(ARC_E_RANGE, b, arc_definition_save(b->session, NULL, "validation", "c", one, SIZE_MAX, &o));
    /* Rows of definitions are no master data. */
    arc_record *r;
    assert_session(b, arc_session_get(b->session, &r, ARC_DEFINITION, first));
    assert_session_status(ARC_E_FORBIDDEN, b, arc_session_update(b->session, r));
    arc_record_free(r);
}

static void test_life(void **state)
{
    (void)state;
    with_books(life);
}

/* What another handle publishes is seen by the next transaction; what is undone or rolled back never was. */
static void handles(test_book *b)
{
    static const char one[] = "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r1\",\"required\":[\"short_name\"]}]}";
    test_book other = *b;
    arc_txn *txn;
    uint32_t depth;
    assert_ok(arc_book_clone(b->book, &other.book));
    assert_ok(arc_session_open(other.book, &other.session, NULL));
    (void)insert(&other, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"n\"}");
    int64_t id = publish(b, "c", one);
    refused(&other, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}", "r1", "short_name");
    assert_session(&other, arc_definition_retire(other.session, id));
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\"}");
    int64_t draft = save(b, "d", one);
    assert_session(b, arc_session_begin(b->session, &txn, ARC_WRITE));
    assert_session(b, arc_txn_savepoint(txn, &depth));
    assert_session(b, arc_definition_publish(b->session, draft, NULL, NULL));
    refused(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"n\"}", "r1", "short_name");
    assert_session(b, arc_txn_rollback_to(txn, depth));
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"n\"}");
    assert_session(b, arc_definition_publish(b->session, draft, NULL, NULL));
    arc_txn_rollback(txn);
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"n\"}");
    /* The same number of the epoch, and another rule behind it. */
    (void)publish(&other, "e", "{\"entity\":\"customer\",\"rules\":[{\"name\":\"r3\",\"required\":[\"remark\"]}]}");
    refused(b, ARC_CUSTOMER, "{\"code\":\"E\",\"legal_name\":\"n\"}", "r3", "remark");
    arc_book_close(other.book);
}

static void test_handles(void **state)
{
    (void)state;
    with_books(handles);
}

/* ---- custom fields ------------------------------------------------------------------------------------------------------------------ */

static void custom_rules(test_book *b)
{
    assert_session(b, arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_sku\",\"kind\":\"text\",\"indexed\":true}", SIZE_MAX));
    assert_session(b, arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_cap\",\"kind\":\"money\"}", SIZE_MAX));
    assert_session(b, arc_custom_define(b->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_rate\",\"kind\":\"number\",\"size\":2}", SIZE_MAX));
    (void)publish(b, "c",
                  "{\"entity\":\"customer\",\"normalise\":[{\"field\":\"x_sku\",\"steps\":[\"trim\",\"upper\"]}],\"rules\":["
                  "{\"name\":\"form\",\"field\":\"x_sku\",\"format\":{\"pattern\":\"[A-Z]{2}\\\\d+\"}},"
                  "{\"name\":\"once\",\"unique\":[\"x_sku\"]},"
                  "{\"name\":\"cap\",\"check\":{\"<=\":[{\"var\":\"x_cap\"},\"100.00 CNY\"]}},"
                  "{\"name\":\"rate\",\"check\":{\"<=\":[0,{\"var\":\"x_rate\"},\"1.5\"]}}]}");
    refused(b, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"n\",\"x_sku\":\"1\"}", "form", "x_sku");
    refused(b, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"n\",\"x_cap\":\"100.01 CNY\"}", "cap", "x_cap");
    refused(b, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"n\",\"x_rate\":\"1.51\"}", "rate", "x_rate");
    int64_t id = insert(b, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"n\",\"x_sku\":\" ab1 \",\"x_cap\":\"100.00 CNY\",\"x_rate\":\"1.5\"}");
    refused(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\",\"x_sku\":\"AB1\"}", "once", "x_sku");
    arc_record *r;
    char json[400];
    size_t n = sizeof json;
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_record_get_json(r, json, &n));
    assert_non_null(strstr(json, "\"x_sku\":\"AB1\""));
    assert_ok(arc_record_set_json(r, "{\"x_sku\":\" cd2\"}", SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
    (void)insert(b, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"n\",\"x_sku\":\"AB1\"}");
    refused(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"n\",\"x_sku\":\"cd2\"}", "once", "x_sku");
}

static void test_custom(void **state)
{
    (void)state;
    with_books(custom_rules);
}

/* ---- import ------------------------------------------------------------------------------------------------------------------------- */

typedef struct bytes {
    const char *s;
    size_t at;
} bytes;

static int64_t read_bytes(void *user, void *buffer, size_t capacity)
{
    bytes *f = user;
    size_t n = strlen(f->s) - f->at;
    if (n > capacity) n = capacity;
    memcpy(buffer, f->s + f->at, n);
    f->at += n;
    return (int64_t)n;
}

static int32_t rewind_bytes(void *user)
{
    ((bytes *)user)->at = 0;
    return 0;
}

static int32_t note_import(void *user, const arc_import_fault *e)
{
    faults *f = user;
    size_t at = strlen(f->text);
    snprintf(f->text + at, sizeof f->text - at, "%s%d:%u %s %s %s%s", f->n++ ? "\n" : "", (int)e->line, e->column_number, e->column, e->field, e->rule,
             e->severity == ARC_FAULT_WARNING ? "?" : "");
    assert_int_equal(e->status, ARC_E_RULE);
    return 0;
}

static arc_status import(test_book *b, const char *csv, uint32_t flags, faults *f, arc_import_summary *sum)
{
    static const char mapping[] =
        "{\"mapping\":\"arcore/1\",\"file\":{\"date\":\"ymd\"},\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"c\"},"
        "\"legal_name\":{\"column\":\"c\"}}},{\"entity\":\"invoice\",\"fields\":{\"number\":{\"column\":\"n\"},\"customer\":{\"match\":\"customer\"},"
        "\"invoice_date\":{\"column\":\"d\"},\"due_date\":{\"column\":\"e\"},\"currency\":{\"value\":\"CNY\"},\"gross_amount\":{\"column\":\"a\"},\"remark\":{\"column\":\"r\"}}}]}";
    bytes file = { csv, 0 };
    arc_source source = ARC_SOURCE_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    source.user = &file;
    source.read = read_bytes;
    source.rewind = rewind_bytes;
    o.flags = flags;
    o.fault = note_import;
    o.user = f;
    f->n = 0;
    f->text[0] = 0;
    return arc_import_csv(b->session, sum, &source, mapping, SIZE_MAX, &o);
}

static void import_rules(test_book *b)
{
    static const char csv[] = "c,n,d,e,a,r\n"
                              " k1 ,I1,2026-01-02,2026-01-01,10.00,p\n"   /* line 2: due before issue; skipped, so its remark does not count */
                              "K1,i2,2026-01-02,2026-01-02,10.00,p\n"     /* the same customer as above, once it is upper case */
                              "k1,I3,2026-01-02,2026-01-02,10.00,p\n"     /* line 4: the remark of line 3 */
                              "K2,I4,2026-01-02,2026-01-02,10.00,p\n"     /* another customer's */
                              "9,I5,2026-01-02,2026-01-02,10.00,\n"       /* line 6: a code that is none */
                              "K0,I6,2026-01-02,2026-01-02,900.00,q\n";   /* line 7: the remark stands in the book; a warning */
    static const char expected[] = "2:4 e due_date due\n4:0  customer once\n6:1 c code code-form\n7:5 a gross_amount large?\n7:0  customer once";
    faults f;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    char json[300];
    (void)publish(b, "c", "{\"entity\":\"customer\",\"normalise\":[{\"field\":\"code\",\"steps\":[\"trim\",\"upper\"]}],\"rules\":["
                          "{\"name\":\"code-form\",\"field\":\"code\",\"format\":{\"pattern\":\"K\\\\d\"}}]}");
    (void)publish(b, "i", "{\"entity\":\"invoice\",\"normalise\":[{\"field\":\"number\",\"steps\":[\"trim\",\"upper\"]}],\"rules\":["
                          "{\"name\":\"due\",\"field\":\"due_date\",\"check\":{\">=\":[{\"var\":\"due_date\"},{\"var\":\"invoice_date\"}]}},"
                          "{\"name\":\"kind\",\"when\":{\"==\":[{\"var\":\"kind\"},\"credit_note\"]},\"required\":\"base_date\"},"
                          "{\"name\":\"large\",\"currency\":\"CNY\",\"severity\":\"warning\",\"check\":{\"<\":[{\"var\":\"gross_amount\"},\"500.00\"]}},"
                          "{\"name\":\"once\",\"unique\":[\"customer\",\"remark\"]}]}");
    int64_t id = insert(b, ARC_CUSTOMER, "{\"code\":\"K0\",\"legal_name\":\"n\"}");
    snprintf(json, sizeof json, "{\"number\":\"OLD\",\"customer\":%lld,\"remark\":\"q\",\"currency\":\"CNY\",\"gross_amount\":\"5.00\",\"invoice_date\":\"2026-01-02\",\"due_date\":\"2026-01-02\"}", (long long)id);
    arc_record *r = record(b, ARC_INVOICE, json);
    assert_session(b, arc_invoice_record(b->session, NULL, r));
    arc_record_free(r);
    assert_session_status(ARC_E_VALUE, b, import(b, "c,n,d,e,a,r\n9,I5,2026-01-02,2026-01-02,10.00,\n", 0, &f, &sum));
    assert_string_equal(f.text, "2:1 c code code-form");
    assert_session_status(ARC_PARTIAL, b, import(b, csv, ARC_IMPORT_DRY_RUN, &f, &sum));
    assert_string_equal(f.text, expected);
    assert_session_status(ARC_PARTIAL, b, import(b, csv, ARC_IMPORT_SKIP_BAD, &f, &sum));
    assert_string_equal(f.text, expected);
    assert_int_equal(sum.invoices, 2);
    assert_int_equal(sum.bad_rows, 4);
    assert_int_equal(sum.faults, 4);
    assert_int_equal(sum.customers_new, 2);
}

static void test_import(void **state)
{
    (void)state;
    with_books(import_rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_master),  cmocka_unit_test(test_batch),   cmocka_unit_test(test_documents), cmocka_unit_test(test_validate),
        cmocka_unit_test(test_documents_faults), cmocka_unit_test(test_life), cmocka_unit_test(test_handles), cmocka_unit_test(test_custom), cmocka_unit_test(test_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
