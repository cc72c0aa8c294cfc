/* SPDX-License-Identifier: Apache-2.0 */
/* What posting verbs say to the journal: balanced entries by role, whose sums are the accounts. */
#include "api/people.h"
#include "support/work_book.h"

typedef struct sums {
    int64_t by_role[6], all, lines;
} sums;

static const char *const roles[] = { "receivable", "revenue", "output_vat", "bank", "on_account", "discount" };
enum { RECEIVABLE, REVENUE, VAT, BANK, ON_ACCOUNT, DISCOUNT, ROLES };

static sums sums_of(arc_session *s)
{
    sums out = { { 0 }, 0, 0 };
    arc_query *q;
    arc_cursor *c;
    static const arc_field_id fields[] = { ARC_JOURNAL_LINE_ACCOUNT_ROLE, ARC_JOURNAL_LINE_AMOUNT };
    assert_ok(arc_query_new(s, &q, ARC_JOURNAL_LINE));
    assert_ok(arc_query_select(q, fields, 2));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *role;
        size_t n;
        arc_money amount;
        assert_ok(arc_cursor_get_text(c, &role, &n, 0));
        assert_ok(arc_cursor_get_money(c, &amount, 1));
        for (int r = 0; r < ROLES; r++) {
            if (strlen(roles[r]) == n && !memcmp(roles[r], role, n)) out.by_role[r] += amount.minor;
        }
        out.all += amount.minor;
        out.lines++;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return out;
}

static void every_backend(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_allocation a = ARC_ALLOCATION_INIT;
        int64_t customer, id;
        test_book_open(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, 20500));
        customer = sample_insert(b.session, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
        arc_record *r;
        assert_ok(arc_record_new(b.session, &r, ARC_INVOICE));
        assert_ok(arc_record_set_json(r, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\","
                                         "\"gross_amount\":\"113.00\",\"tax_amount\":\"13.00\"}", SIZE_MAX));
        assert_session(&b, arc_invoice_record(b.session, NULL, r));
        arc_record_free(r);
        assert_session(&b, book_receipt(b.session, &a.receipt, "R", customer, 11100));
        sums before = sums_of(b.session);
        a.item = 1;
        a.amount = 11100;
        a.discount = 200;
        a.date = 20500; /* after both */
        assert_session(&b, arc_allocation_apply(b.session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
        sums paid = sums_of(b.session);
        assert_int_equal(paid.all, 0);
        assert_int_equal(paid.by_role[RECEIVABLE], 0);
        assert_int_equal(paid.by_role[REVENUE], -10000);
        assert_int_equal(paid.by_role[VAT], -1300);
        assert_int_equal(paid.by_role[BANK], 11100);
        assert_int_equal(paid.by_role[ON_ACCOUNT], 0);
        assert_int_equal(paid.by_role[DISCOUNT], 200);
        assert_ok(arc_session_set_business_date(b.session, 20501));
        assert_session(&b, arc_allocation_reverse(b.session, NULL, id, 20501, "bounced"));
        sums after = sums_of(b.session);
        assert_memory_equal(after.by_role, before.by_role, sizeof before.by_role);
        assert_int_equal(after.lines, before.lines + 6);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_backend) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
