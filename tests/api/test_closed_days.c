/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs with a day of their own, many rows a call, when January is closed: those dated there are refused one by one, the others go through, and nothing of January changes. */
#include "api/ledger_items.h"
#include "api/settling.h"

enum { JAN_20 = FEB_1 - 12, DAY = FEB_10 };

typedef arc_status (*many_fn)(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

/* The first row on a day of January, the second in February; both ids of the second call's rows are told. */
static void one_by_one(test_book *b, const char *what, many_fn verb, const int64_t rows[2], int64_t customer, int64_t ids[2])
{
    arc_ledger_step s[2] = { ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT };
    arc_status results[2] = { ARC_OK, ARC_OK };
    arc_error e = ARC_ERROR_INIT;
    for (int i = 0; i < 2; i++) {
        s[i].row = rows[i];
        s[i].customer = customer;
        s[i].date = i ? DAY : JAN_20;
        s[i].due_date = MAR_10 + 90;
        s[i].reason = "why";
    }
    arc_status st = verb(b->session, ids, results, s, 2, 0);
    (void)arc_session_error(b->session, &e);
    if (st != ARC_PARTIAL || results[0] != ARC_E_PERIOD || results[1] != ARC_OK) {
        fail_msg("%s: %s: %s, %s (%s)", what, arc_status_name(st), arc_status_name(results[0]), arc_status_name(results[1]), e.message);
    }
    s[0].date = DAY; /* it was the day alone */
    st = verb(b->session, ids, NULL, s, 1, ARC_ALL_OR_NONE);
    (void)arc_session_error(b->session, &e);
    if (st != ARC_OK) fail_msg("%s: %s (%s)", what, arc_status_name(st), e.message);
}

static int64_t item_of(test_book *b, const char *gross)
{
    static int n;
    char number[16];
    snprintf(number, sizeof number, "I%d", n++);
    return invoiced(b, number, 1, gross, "CNY");
}

static int64_t receipt_on(test_book *b, int64_t customer)
{
    static int n;
    char json[200], who[40] = "";
    if (customer) snprintf(who, sizeof who, "\"customer\":%d,", (int)customer);
    snprintf(json, sizeof json, "{%s\"number\":\"R%d\",\"value_date\":\"2026-01-10\",\"posting_date\":\"2026-01-10\",\"currency\":\"CNY\",\"amount\":\"100.00\"}", who, n++);
    return record_of(b, ARC_RECEIPT, json);
}

static int64_t applied(test_book *b, int64_t item, int64_t receipt)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.item = item;
    a.receipt = receipt;
    a.amount = 1000;
    a.date = JAN_20 - 2;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

static int64_t asked(test_book *b, int64_t item)
{
    static int n;
    char json[200];
    arc_record *r;
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"W%d\",\"customer\":1,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"20.00\",\"reason\":\"bankrupt\"}", n++, (int)item);
    assert_ok(arc_record_new(b->session, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_write_off_request(b->session, &id, r));
    arc_record_free(r);
    return id;
}

static void two(int64_t rows[2], int64_t a, int64_t b)
{
    rows[0] = a;
    rows[1] = b;
}

static void applications(test_book *b)
{
    arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    arc_status results[2] = { ARC_OK, ARC_OK };
    int64_t receipt = receipt_on(b, 1);
    for (int i = 0; i < 2; i++) {
        a[i].item = item_of(b, "100.00");
        a[i].receipt = receipt;
        a[i].amount = 1000;
        a[i].date = i ? DAY : JAN_20;
    }
    int64_t jan = record_of(b, ARC_FISCAL_PERIOD, "{\"code\":\"2026-01\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-31\"}");
    assert_session(b, arc_fiscal_period_close(b->session, jan, NULL, ARC_PERIOD_LEAVE_DRAFTS));
    assert_session_status(ARC_PARTIAL, b, arc_allocation_apply(b->session, NULL, results, a, 2, 0));
    assert_int_equal(results[0], ARC_E_PERIOD);
    assert_int_equal(results[1], ARC_OK);
}

static void closed(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        static char before[20000];
        test_book b;
        int64_t dues[2], moves[2], waits[2], nobodys[2], gone[2], paid_back[2], undone[2], requests[2], ids[2], made[2];
        open_book(&b, backend);
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"ledger.provision_method\",\"value\":\"aging\"}");
        two(dues, item_of(&b, "100.00"), item_of(&b, "100.00"));
        two(moves, item_of(&b, "100.00"), item_of(&b, "100.00"));
        two(waits, item_of(&b, "100.00"), item_of(&b, "100.00"));
        two(nobodys, receipt_on(&b, 0), receipt_on(&b, 0));
        two(gone, receipt_on(&b, 1), receipt_on(&b, 1));
        two(paid_back, receipt_on(&b, 1), receipt_on(&b, 1));
        two(undone, applied(&b, waits[0], receipt_on(&b, 1)), applied(&b, waits[1], receipt_on(&b, 1)));
        two(requests, asked(&b, waits[0]), asked(&b, waits[1]));
        applications(&b); /* closes January */
        aged(&b, FEB_1 - 1, before, sizeof before);
        one_by_one(&b, "extend", arc_item_extend_many, dues, 0, ids);
        two(made, ids[0], ids[0]);
        one_by_one(&b, "transfer", arc_item_transfer_many, moves, 2, ids);
        one_by_one(&b, "claim", arc_receipt_claim_many, nobodys, 1, ids);
        one_by_one(&b, "return", arc_receipt_return_many, gone, 0, ids);
        one_by_one(&b, "refund", arc_receipt_refund_many, paid_back, 0, ids);
        one_by_one(&b, "reverse", arc_allocation_reverse_many, undone, 0, ids);
        one_by_one(&b, "write off", arc_write_off_approve_many, requests, 0, ids);
        assert_aged(&b, FEB_1 - 1, before);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* What was made in January, in a book where only February on is open: taken back on a day of January it is refused. */
static void taken_back(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_ledger_step s[2] = { ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT };
        int64_t dues[2], claims[2], losses[2], ids[2];
        open_book(&b, backend);
        (void)record_of(&b, ARC_BOOK_SETTING, "{\"name\":\"ledger.provision_method\",\"value\":\"aging\"}");
        two(dues, item_of(&b, "100.00"), item_of(&b, "100.00"));
        two(claims, receipt_on(&b, 0), receipt_on(&b, 0));
        two(losses, asked(&b, item_of(&b, "100.00")), asked(&b, item_of(&b, "100.00")));
        for (int i = 0; i < 2; i++) {
            s[i].date = JAN_20 - 2;
            s[i].due_date = MAR_10;
            s[i].customer = 1;
            s[i].reason = "why";
            s[i].row = claims[i];
        }
        assert_session(&b, arc_receipt_claim_many(b.session, NULL, NULL, s, 2, ARC_ALL_OR_NONE));
        for (int i = 0; i < 2; i++) s[i].row = losses[i];
        assert_session(&b, arc_write_off_approve_many(b.session, NULL, NULL, s, 2, ARC_ALL_OR_NONE));
        for (int i = 0; i < 2; i++) s[i].row = dues[i];
        assert_session(&b, arc_item_extend_many(b.session, dues, NULL, s, 2, ARC_ALL_OR_NONE)); /* now their adjustments */
        applications(&b);
        one_by_one(&b, "extension taken back", arc_adjustment_reverse_many, dues, 0, ids);
        one_by_one(&b, "unclaim", arc_receipt_unclaim_many, claims, 0, ids);
        one_by_one(&b, "recover", arc_write_off_recover_many, losses, 0, ids);
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(closed), cmocka_unit_test(taken_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
