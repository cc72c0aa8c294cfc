/* SPDX-License-Identifier: Apache-2.0 */
/* Agings by owner, team, region, group, project: other rows, the same totals. */
#include "api/people.h"
#include "support/work_book.h"

static void record_json(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(b->session, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    if (entity == ARC_INVOICE) assert_session(b, arc_invoice_record(b->session, NULL, r));
    else assert_session(b, arc_receipt_record(b->session, NULL, r));
    arc_record_free(r);
}

static void fill(test_book *b)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    char json[400];
    assert_ok(arc_session_set_business_date(b->session, 20600));
    (void)sample_insert(b->session, ARC_ORG_UNIT, "{\"code\":\"T1\",\"name\":\"Team one\",\"kind\":\"team\"}");
    (void)sample_insert(b->session, ARC_ORG_UNIT, "{\"code\":\"N\",\"name\":\"North\",\"kind\":\"region\"}");
    (void)sample_insert(b->session, ARC_USER_ACCOUNT, "{\"code\":\"ann\",\"name\":\"Ann\",\"kind\":\"person\",\"disabled\":false}");
    (void)sample_insert(b->session, ARC_CUSTOMER_GROUP, "{\"code\":\"G\",\"name\":\"Group\"}");
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"A\",\"owner\":1,\"team\":1,\"region\":2,\"customer_group\":1}");
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"B\",\"customer_group\":1}");
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C3\",\"legal_name\":\"C\",\"owner\":1}");
    (void)sample_insert(b->session, ARC_PROJECT, "{\"code\":\"P\",\"name\":\"Project\",\"status\":\"open\",\"customer\":1}");
    for (int i = 0; i < 6; i++) {
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"2026-01-0%d\",\"due_date\":\"2026-0%d-05\",\"currency\":\"CNY\",\"gross_amount\":\"%d00.00\"%s}", i,
                 i % 3 + 1, i + 1, i + 1, i + 1, i == 0 ? ",\"project\":1" : "");
        record_json(b, ARC_INVOICE, json);
        snprintf(json, sizeof json, "{\"number\":\"R%d\",\"customer\":%d,\"value_date\":\"2026-04-0%d\",\"currency\":\"CNY\",\"amount\":\"50.00\"%s}", i, i % 3 + 1, i + 1,
                 i == 3 ? ",\"project\":1" : "");
        record_json(b, ARC_RECEIPT, json);
    }
    a.item = 1;
    a.receipt = 1;
    a.amount = 5000;
    a.date = 20580;
    assert_session(b, arc_allocation_apply(b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
}

/* "code=total/unapplied ..." of one aging; the totals must be the same whatever it is by. */
static void aged(test_book *b, int32_t by, arc_date as_of, char *out, size_t cap, arc_aging_row *total)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging *a;
    uint32_t n;
    o.by = by;
    o.as_of = as_of;
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    assert_ok(arc_aging_count(a, &n));
    out[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t len = strlen(out);
        assert_ok(arc_aging_get(a, &row, i));
        snprintf(out + len, cap - len, "%s%s=%lld/%lld", i ? " " : "", row.code, (long long)row.total / 100, (long long)row.unapplied / 100);
    }
    total->struct_size = sizeof *total;
    assert_ok(arc_aging_total(a, total, "CNY"));
    arc_aging_free(a);
}

static void totals_stay(void **state)
{
    static const char *const expected[] = { "C1=450/50 C2=700/100 C3=900/100", "=700/100 ann=1350/150", "=1600/200 T1=450/50", "=1600/200 N=450/50", "=900/100 G=1150/150",
                                            "=2000/200 P=50/50", "=2050/250", "=2050/250", "=2050/250" };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char got[300];
        test_book_open(&b, backend);
        fill(&b);
        for (int32_t by = 0; by < 9; by++) {
            arc_aging_row total = ARC_AGING_ROW_INIT;
            aged(&b, by, 20600, got, sizeof got, &total);
            assert_string_equal(got, expected[by]);
            assert_int_equal(total.total, 205000);
            assert_int_equal(total.unapplied, 25000);
            aged(&b, by, 20570, got, sizeof got, &total); /* before the allocation, after the receipts */
            assert_int_equal(total.total, 210000);
            assert_int_equal(total.unapplied, 30000);
        }
        arc_aging_options o = ARC_AGING_OPTIONS_INIT;
        arc_aging *a;
        o.by = 9;
        assert_session_status(ARC_E_INVALID, &b, arc_aging_compute(b.session, &a, &o));
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(totals_stay) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
