/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that one receipt settles are taken together or not at all, and a dry run counts what the run counts. */
#include "api/people.h"
#include "importing.h"

static const char mapping[] = MAPPING;

/* What a fault says, one line each: "line status field [<- line of the cause]". */
typedef struct report {
    char text[8000];
} report;

static int32_t note(void *user, const arc_import_fault *f)
{
    report *r = user;
    size_t at = strlen(r->text);
    assert_true(strlen(f->reason) > 5 && strlen(f->reason_zh) > 5);
    at += (size_t)snprintf(r->text + at, sizeof r->text - at, "%s%d %s", at ? "\n" : "", (int)f->line, arc_status_name(f->status));
    if (f->field[0]) at += (size_t)snprintf(r->text + at, sizeof r->text - at, " %s", f->field);
    if (f->rule[0]) at += (size_t)snprintf(r->text + at, sizeof r->text - at, " %s", f->rule);
    if (!f->cause_row) return 0;
    assert_int_equal(f->cause_row, f->cause_line - 1);
    assert_string_equal(f->entity, "receipt");
    assert_non_null(strstr(f->reason, "not taken"));
    snprintf(r->text + at, sizeof r->text - at, " <- %d", (int)f->cause_line);
    return 0;
}

static arc_status import_noted(book *b, const char *text, uint32_t flags, const char *map, report *r)
{
    text_source s = { text, strlen(text), 0, 0, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary_init(&b->sum);
    memset(r, 0, sizeof *r);
    o.flags = flags;
    o.fault = note;
    o.user = r;
    return arc_import_csv(b->session, &b->sum, &source, map, SIZE_MAX, &o);
}

/* Both runs of one file say the same, and the book has what they say. */
static void dry_and_real(book *b, const char *text, const char *map, report *r)
{
    report dry;
    int64_t had[] = { rows_of(b, ARC_CUSTOMER), rows_of(b, ARC_INVOICE), rows_of(b, ARC_RECEIPT), rows_of(b, ARC_ALLOCATION) };
    arc_status said = import_noted(b, text, ARC_IMPORT_DRY_RUN, map, &dry);
    arc_import_summary first = b->sum;
    arc_status did = import_noted(b, text, ARC_IMPORT_SKIP_BAD, map, r);
    assert_int_equal(said, did);
    assert_true(did == ARC_OK || did == ARC_PARTIAL);
    assert_string_equal(dry.text, r->text);
    assert_int_equal(b->sum.pass, 2);
    first.pass = 2;
    assert_memory_equal(&first, &b->sum, sizeof first);
    assert_int_equal(rows_of(b, ARC_CUSTOMER), had[0] + b->sum.customers_new);
    assert_int_equal(rows_of(b, ARC_INVOICE), had[1] + b->sum.invoices);
    assert_int_equal(rows_of(b, ARC_RECEIPT), had[2] + b->sum.receipts);
    assert_int_equal(rows_of(b, ARC_ALLOCATION), had[3] + b->sum.allocations);
    assert_int_equal(b->sum.customers_new + b->sum.customers_known, b->sum.rows - b->sum.bad_rows);
    assert_int_equal(findings(b), 0);
}

static void whole_or_not(void **state)
{
    static const struct {
        const char *bad, *told; /* %d of the bad row is 3 */
    } cases[] = {
        { "A2,K1,One,2026-01-05,2026-02-04,CNY,abc,2026-02-01\n", "3 ARC_E_SYNTAX gross_amount\n2 ARC_E_SYNTAX <- 3\n5 ARC_E_SYNTAX <- 3" },
        { "A1,K1,One,2026-01-05,2026-02-04,CNY,1.00,2026-02-01\n", "3 ARC_E_EXISTS number\n2 ARC_E_EXISTS <- 3\n5 ARC_E_EXISTS <- 3" },
        { "A2,K1,One,2026-01-05,2026-02-04,USD,1.00,2026-02-01\n", "3 ARC_E_VALUE customer\n2 ARC_E_VALUE <- 3\n5 ARC_E_VALUE <- 3" },
        { "A2,K1,One,2026-01-05,2026-02-04,CNY,-900.00,2026-02-01\n", "2 ARC_E_RANGE amount\n3 ARC_E_RANGE <- 2\n5 ARC_E_RANGE <- 2" },
        { "A2,K1,One,2026-01-05,2026-02-04,CNY,1.00,2026-02-01,\n", "3 ARC_E_SYNTAX\n2 ARC_E_SYNTAX <- 3\n5 ARC_E_SYNTAX <- 3" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        book b;
        report r;
        char text[1000];
        snprintf(text, sizeof text, "%sA1,K1,One,2026-01-05,2026-02-04,CNY,10.00,2026-02-01\n%s"
                 "B1,K2,Two,2026-01-05,2026-02-04,CNY,20.00,2026-02-01\n"
                 "A3,K1,One,2026-01-05,2026-02-04,CNY,30.00,2026-02-01\n"
                 "A4,K1,One,2026-01-05,2026-02-04,CNY,40.00,\n", HEADER, cases[i].bad);
        open_book(*state, &b, "memory:");
        print_message("case %d\n", (int)i);
        dry_and_real(&b, text, mapping, &r);
        assert_string_equal(r.text, cases[i].told);
        assert_int_equal(b.sum.bad_rows, 3);
        assert_int_equal(b.sum.faults, 3);
        assert_int_equal(b.sum.invoices, 2);
        assert_int_equal(b.sum.receipts, 1);
        assert_int_equal(b.sum.customers_new, 2);
        assert_status(ARC_E_VALUE, import_text(&b, text, strlen(text), 0, 0, mapping)); /* and without skipping, nothing */
        arc_book_close(b.book);
    }
}

/* The bad row stands first; the customer of a row that is not taken is still the one it says, where another row names it. */
static void first_row_bad(void **state)
{
    static const char text[] = HEADER
        "A1,K1,Right,2026-01-05,2026-02-04,CNY,10.00,2026-02-01\n" /* good, and the first that names K1 */
        "A2,K1,,2026-01-05,,CNY,10.00,2026-02-01\n"                /* no due date */
        "A3,K1,Wrong,2026-01-05,2026-02-04,CNY,10.00,\n"
        "A4,K9,Nine,bad,2026-02-04,CNY,10.00,2026-02-01\n"
        "A5,K9,Nine,2026-01-05,2026-02-04,CNY,10.00,2026-02-01\n"; /* the only good row of K9, with a bad one before it */
    book b;
    report r;
    arc_query *q;
    arc_cursor *c;
    static const arc_field_id fields[] = { ARC_CUSTOMER_LEGAL_NAME };
    const char *name;
    size_t len;
    open_book(*state, &b, "memory:");
    dry_and_real(&b, text, mapping, &r);
    assert_string_equal(r.text, "3 ARC_E_REQUIRED due_date\n5 ARC_E_SYNTAX invoice_date\n2 ARC_E_REQUIRED <- 3\n6 ARC_E_SYNTAX <- 5");
    assert_int_equal(b.sum.invoices, 1);
    assert_int_equal(b.sum.customers_new, 1);
    assert_int_equal(b.sum.customers_known, 0);
    assert_ok(arc_query_new(b.session, &q, ARC_CUSTOMER));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_text(c, &name, &len, 0));
    assert_int_equal(len, 5);
    assert_memory_equal(name, "Right", 5);
    arc_cursor_free(c);
    arc_query_free(q);
    arc_book_close(b.book);
}

/* Any file: good rows, bad ones, numbers twice, credit notes, groups, and the same file again. */
static void any_file(void **state)
{
    static const char *const bad[] = { "x", "", "12.345" };
    uint64_t seed = 20260201;
    char *text = malloc(100000);
    for (int round = 0; round < 300; round++) {
        book b;
        report r;
        int rows = 1 + (int)(test_random(&seed) % 30);
        size_t len = (size_t)sprintf(text, HEADER);
        for (int i = 0; i < rows; i++) {
            unsigned dice = (unsigned)(test_random(&seed) % 100), customer = (unsigned)(test_random(&seed) % 4), day = (unsigned)(test_random(&seed) % 4);
            int number = dice < 5 ? 0 : i;
            len += (size_t)sprintf(text + len, "N%d,K%u,%s,2026-01-0%u,2026-02-04,%s,", number, customer, dice % 7 ? "Name" : "", dice == 9 ? 0 : 1 + dice % 5,
                                   dice % 13 == 0 ? "USD" : "CNY");
            if (dice >= 5 && dice < 9) len += (size_t)sprintf(text + len, "%s,", bad[dice % 3]);
            else len += (size_t)sprintf(text + len, "%s%u.00,", dice > 70 ? "-" : "", (unsigned)(test_random(&seed) % 6) * (dice > 70 ? 1 : 2));
            if (day) len += (size_t)sprintf(text + len, "2026-02-0%u", day);
            len += (size_t)sprintf(text + len, dice == 10 ? ",\n" : "\n");
        }
        open_book(*state, &b, "memory:");
        dry_and_real(&b, text, mapping, &r);
        int64_t invoices = b.sum.invoices;
        dry_and_real(&b, text, mapping, &r); /* what was taken is there already; what was not is as bad as before */
        assert_true(invoices == 0 || b.sum.bad_rows > 0);
        arc_book_close(b.book);
    }
    free(text);
}

static void publish(book *b, const char *kind, const char *json)
{
    int64_t id;
    assert_ok(arc_definition_save(b->session, &id, kind, "one", json, SIZE_MAX, NULL));
    assert_ok(arc_definition_publish(b->session, id, NULL, NULL));
}

/* Rules about the amount of a receipt, which is the sum of its rows. */
static void rules_on_amounts(void **state)
{
    static const char text[] = HEADER
        "A1,K1,One,2026-01-05,2026-02-04,CNY,60.00,2026-02-01\n"
        "A2,K1,One,2026-01-05,2026-02-04,CNY,60.00,2026-02-01\n" /* 120: too much */
        "B1,K2,Two,2026-01-05,2026-02-04,CNY,90.00,2026-02-02\n"
        "C1,K3,Three,2026-01-05,2026-02-04,CNY,40.00,2026-02-03\n"
        "C2,K3,Three,2026-01-05,2026-02-04,CNY,50.00,2026-02-03\n" /* 90 once more */
        "D1,K4,Four,2026-01-05,2026-02-04,CNY,5.00,2026-02-04\n"
        "D2,K4,Four,2026-01-05,2026-02-04,CNY,6.00,2026-02-04\n"; /* 11: a warning */
    static const char rules[] = "{\"entity\":\"receipt\",\"rules\":["
                                "{\"name\":\"most\",\"currency\":\"CNY\",\"check\":{\"<=\":[{\"var\":\"amount\"},\"100.00\"]}},"
                                "{\"name\":\"least\",\"currency\":\"CNY\",\"severity\":\"warning\",\"check\":{\">=\":[{\"var\":\"amount\"},\"20.00\"]}},"
                                "{\"name\":\"twice\",\"unique\":[\"amount\"]},"
                                "{\"name\":\"other\",\"check\":{\"!=\":[{\"var\":\"number\"},\"R\"]}}]}";
    book b;
    report r;
    open_book(*state, &b, "memory:");
    publish(&b, "validation", rules);
    dry_and_real(&b, text, mapping, &r);
    assert_string_equal(r.text, "2 ARC_E_RULE amount most\n5 ARC_E_RULE amount twice\n7 ARC_E_RULE amount least\n3 ARC_E_RULE most <- 2\n6 ARC_E_RULE twice <- 5");
    assert_int_equal(b.sum.bad_rows, 4);
    assert_int_equal(b.sum.faults, 4);
    assert_int_equal(b.sum.receipts, 2);
    assert_int_equal(b.sum.invoices, 3);
    arc_book_close(b.book);
}

/* What only writing would meet otherwise. */
static void approvals(void **state)
{
    static const char text[] = HEADER "A1,K1,One,2026-01-05,2026-02-04,CNY,60.00,\n";
    book b;
    report r;
    open_book(*state, &b, "memory:");
    publish(&b, "approval", "{\"approvals\":[{\"verb\":\"customer.insert\"}]}");
    dry_and_real(&b, text, mapping, &r);
    assert_string_equal(r.text, "2 ARC_E_STATE code");
    arc_book_close(b.book);
}

/* Paid tomorrow: the row, and with it the others of its receipt. */
static void paid_tomorrow(void **state)
{
    static const char text[] = HEADER
        "A1,K1,One,2026-01-05,2026-02-04,CNY,60.00,2026-02-16\n"
        "A2,K2,Two,2026-01-05,2026-02-04,CNY,60.00,2026-02-17\n"
        "A3,K2,Two,2026-01-05,2026-02-04,CNY,60.00,2026-02-17\n";
    book b;
    report r;
    open_book(*state, &b, "memory:"); /* business date 2026-02-16 */
    dry_and_real(&b, text, mapping, &r);
    assert_string_equal(r.text, "3 ARC_E_RANGE value_date\n4 ARC_E_RANGE <- 3");
    arc_book_close(b.book);
}

/* Invoices of an open period, settled on a day of a closed one. */
static void closed_period(void **state)
{
    static const char text[] = HEADER
        "A1,K1,One,2026-02-05,2026-03-04,CNY,60.00,2026-02-10\n"
        "A2,K2,Two,2026-01-05,2026-02-04,CNY,60.00,\n"
        "A3,K2,Two,2026-02-05,2026-02-04,CNY,60.00,2026-01-17\n" /* settled when the invoice is there */
        "A4,K3,Three,2025-12-31,2026-01-04,CNY,5.00,2026-01-17\n";
    book b;
    report r;
    arc_record *p;
    int64_t id;
    open_book(*state, &b, "memory:");
    assert_ok(arc_record_new(b.session, &p, ARC_FISCAL_PERIOD));
    assert_ok(arc_record_set_json(p, "{\"code\":\"2026-01\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}", SIZE_MAX));
    assert_ok(arc_session_insert(b.session, &id, p));
    arc_record_free(p);
    assert_ok(arc_fiscal_period_close(b.session, id, "done", 0));
    dry_and_real(&b, text, mapping, &r);
    assert_string_equal(r.text, "3 ARC_E_PERIOD invoice_date\n5 ARC_E_PERIOD invoice_date");
    arc_book_close(b.book);
}

/* A role that may import, and record invoices, but neither receipts nor a customer's address: the dry run says what the run would. */
static void rights(void **state)
{
    static const char role[] = "{\"code\":\"loader\",\"name\":\"Loader\",\"rows\":\"all\",\"verbs\":[\"import_job.*\",\"customer.*\",\"invoice.*\"],"
                               "\"fields\":{\"customer.address\":\"read\"}}";
    static const char map[] =
        "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"cust\"},\"legal_name\":{\"column\":\"cust\"},"
        "\"address\":{\"column\":\"at\"}}}]}";
    static const char text[] = "cust,at\nK1,\nK2,Here\nK3,\n", whole[] = HEADER "A1,K1,One,2026-01-05,2026-02-04,CNY,60.00,2026-02-01\n";
    people p;
    book b;
    report r;
    arc_grant g = ARC_GRANT_INIT;
    (void)state;
    people_open(&p, 0);
    assert_session(&p.b, arc_role_define(p.b.session, &g.role, role, SIZE_MAX));
    g.user = people_user(&p, "ann");
    assert_session(&p.b, arc_role_grant(p.b.session, NULL, &g));
    (void)people_grant(&p, "root", "admin");
    people_start(&p);
    memset(&b, 0, sizeof b);
    b.book = p.b.book;
    b.session = people_session(p.b.book, "ann");
    assert_status(ARC_PARTIAL, import_noted(&b, text, ARC_IMPORT_DRY_RUN, map, &r));
    assert_string_equal(r.text, "3 ARC_E_FORBIDDEN address");
    assert_int_equal(b.sum.customers_new, 2);
    assert_status(ARC_PARTIAL, import_noted(&b, text, ARC_IMPORT_SKIP_BAD, map, &r));
    assert_string_equal(r.text, "3 ARC_E_FORBIDDEN address");
    assert_int_equal(b.sum.customers_new, 2);
    assert_status(ARC_E_FORBIDDEN, import_noted(&b, whole, ARC_IMPORT_DRY_RUN, mapping, &r));
    assert_status(ARC_E_FORBIDDEN, import_noted(&b, whole, 0, mapping, &r));
    people_close(&p);
}

/* A file of receipts, each a row with an amount of its own. */
static void receipts_alone(void **state)
{
    static const char map[] =
        "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"cust\"},\"legal_name\":{\"column\":\"cust\"}}},"
        "{\"entity\":\"receipt\",\"fields\":{\"number\":{\"column\":\"no\"},\"customer\":{\"match\":\"customer\"},\"value_date\":{\"column\":\"date\"},"
        "\"currency\":{\"value\":\"CNY\"},\"amount\":{\"column\":\"amount\"}}}]}";
    static const char text[] = "no,cust,date,amount\n"
                               "R1,K1,2026-01-05,60.00\n"
                               "R2,K1,2026-01-05,0.00\n"
                               "R3,K2,2026-01-05,-1.00\n"
                               "R1,K1,2026-01-05,5.00\n"
                               "R5,K1,2026-01-05,\n"
                               "R6,K1,2026-01-06,40.00\n";
    book b;
    report r;
    open_book(*state, &b, "memory:");
    dry_and_real(&b, text, map, &r);
    assert_string_equal(r.text, "3 ARC_E_RANGE amount\n4 ARC_E_RANGE amount\n5 ARC_E_EXISTS number\n6 ARC_E_REQUIRED amount");
    assert_int_equal(b.sum.receipts, 2);
    assert_int_equal(b.sum.customers_new, 1);
    arc_aging *a;
    arc_aging_row total = { .struct_size = sizeof total };
    assert_ok(arc_aging_compute(b.session, &a, NULL));
    assert_ok(arc_aging_total(a, &total, "CNY"));
    assert_int_equal(total.unapplied, 10000);
    arc_aging_free(a);
    arc_book_close(b.book);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
    const struct CMUnitTest tests[] = { T(whole_or_not), T(first_row_bad), T(any_file), T(rules_on_amounts), T(approvals), T(paid_tomorrow), T(closed_period), T(rights), T(receipts_alone) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
