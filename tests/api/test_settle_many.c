/* SPDX-License-Identifier: Apache-2.0 */
/* Many rows in one call: each has its own answer, all that is good is committed together; what comes of items carries numbers of its own. */
#include "api/settling.h"

enum { N = 6 };

static void steps_for(arc_ledger_step *s, const int64_t *rows, int n, const char *reason)
{
    for (int i = 0; i < n; i++) {
        (void)arc_ledger_step_init(&s[i]);
        s[i].row = rows[i];
        s[i].reason = reason;
    }
}

static int64_t invoices(test_book *b, int64_t *items, int n)
{
    char number[16];
    for (int i = 0; i < n; i++) {
        snprintf(number, sizeof number, "I%d", i);
        items[i] = invoiced(b, number, 1, "100.00", "CNY");
    }
    return items[0];
}

static void text_of(test_book *b, int64_t item, arc_field_id field, char out[80])
{
    arc_record *r = row_of_id(b, ARC_ITEM, item);
    const char *text = NULL;
    assert_ok(arc_record_get_text(r, &text, NULL, field));
    snprintf(out, 80, "%s", text);
    arc_record_free(r);
}

static arc_date date_of(test_book *b, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r = row_of_id(b, entity, id);
    arc_date d = ARC_DATE_NONE;
    if (arc_record_get_date(r, &d, field) != ARC_OK) d = ARC_DATE_NONE;
    arc_record_free(r);
    return d;
}

/* The item an allocation made: {"made": id}. */
static int64_t made_by(test_book *b, int64_t allocation)
{
    arc_record *r = row_of_id(b, ARC_ALLOCATION, allocation);
    const char *text = NULL;
    long long id = 0;
    assert_ok(arc_record_get_text(r, &text, NULL, ARC_ALLOCATION_EVIDENCE));
    assert_int_equal(sscanf(text, "{\"made\":%lld}", &id), 1);
    arc_record_free(r);
    return id;
}

/* Extended, and taken back again; one of them is paid, one is named twice, one is not there. */
static void extensions(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_ledger_step s[N];
        arc_status results[N];
        int64_t items[N], ids[N];
        open_book(&b, backend);
        (void)invoices(&b, items, 4);
        (void)allocate(&b, items[1], paid(&b, "R", 1, "100.00", "CNY"), 10000, 0);
        items[4] = items[0];
        items[5] = 999;
        steps_for(s, items, N, "agreed");
        for (int i = 0; i < N; i++) s[i].due_date = 20700 + i;
        assert_int_equal(arc_item_extend_many(b.session, ids, results, s, N, 0), ARC_PARTIAL);
        static const arc_status expected[N] = { ARC_OK, ARC_E_STATE, ARC_OK, ARC_OK, ARC_E_EXISTS, ARC_E_NOT_FOUND };
        for (int i = 0; i < N; i++) {
            assert_int_equal(results[i], expected[i]);
            assert_int_equal(ids[i] != 0, expected[i] == ARC_OK);
        }
        assert_int_equal(date_of(&b, ARC_ITEM_STATE, items[2], ARC_ITEM_STATE_DUE_DATE), 20702);
        verify_clean(&b);
        int64_t rows[3] = { ids[0], ids[2], ids[3] };
        steps_for(s, rows, 3, "broken");
        assert_session(&b, arc_adjustment_reverse_many(b.session, ids, results, s, 3, ARC_ALL_OR_NONE));
        assert_int_equal(date_of(&b, ARC_ITEM_STATE, items[2], ARC_ITEM_STATE_DUE_DATE), 20484);
        assert_int_equal(arc_adjustment_reverse_many(b.session, ids, results, s, 3, ARC_ALL_OR_NONE), ARC_E_STATE);
        s[0].reason = NULL;
        assert_int_equal(arc_item_extend_many(b.session, ids, results, s, 1, ARC_ALL_OR_NONE), ARC_E_INVALID);
        s[0].flags = 1;
        assert_int_equal(arc_item_extend_many(b.session, ids, results, s, 1, ARC_ALL_OR_NONE), ARC_E_INVALID);
        assert_int_equal(arc_item_extend_many(b.session, NULL, NULL, s, 1, 0), ARC_E_INVALID);
        assert_int_equal(arc_item_extend_many(b.session, NULL, results, NULL, 1, 0), ARC_E_INVALID);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* A residual of a residual keeps the document's number. Its allocation. */
static int64_t again_residual(test_book *b, int64_t item)
{
    arc_ledger_step s[1];
    arc_status results[1];
    int64_t id;
    char again[80], expected[80];
    steps_for(s, &item, 1, "again");
    s[0].amount = 100;
    assert_session(b, arc_item_carry_over_many(b->session, &id, results, s, 1, 0));
    int64_t heir = made_by(b, id);
    text_of(b, heir, ARC_ITEM_NUMBER, again);
    snprintf(expected, sizeof expected, "I4-R%d", (int)heir);
    assert_string_equal(again, expected);
    verify_clean(b);
    return id;
}

/* Debts moved, charged back, carried over: new items with the old dates and numbers of their own; reversed together with refunds and plain rows in one call. */
static void debts(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_ledger_step s[N];
        arc_status results[N];
        int64_t items[N], ids[3][2], heirs[3][2], all[8], back[8];
        char numbers[12][80];
        open_book(&b, backend);
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
        (void)invoices(&b, items, 6);
        assert_session(&b, arc_item_extend(b.session, NULL, items[0], 20500, FEB_10, "agreed"));
        const int64_t before = sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL);
        for (int k = 0; k < 3; k++) {
            steps_for(s, items + 2 * k, 2, "letter");
            for (int i = 0; i < 2; i++) {
                s[i].customer = 2;
                s[i].amount = i ? 4000 : 0;
                s[i].reason_code = k ? "damage" : NULL;
            }
            arc_status st = k == 0 ? arc_item_transfer_many(b.session, ids[k], results, s, 2, 0) : k == 1 ? arc_item_charge_back_many(b.session, ids[k], results, s, 2, 0)
                                                                                             : arc_item_carry_over_many(b.session, ids[k], results, s, 2, 0);
            assert_session(&b, st);
            for (int i = 0; i < 2; i++) {
                int64_t heir = heirs[k][i] = made_by(&b, ids[k][i]);
                static const char letters[] = "TCR";
                char expected[80];
                text_of(&b, heir, ARC_ITEM_NUMBER, numbers[2 * k + i]);
                snprintf(expected, sizeof expected, "I%d-%c%d", 2 * k + i, letters[k], (int)heir);
                assert_string_equal(numbers[2 * k + i], expected);
                text_of(&b, heir - 1, ARC_ITEM_NUMBER, numbers[6 + 2 * k + i]); /* what clears stands before it */
                assert_int_equal(open_of(&b, heir), i ? 4000 : 10000);
                assert_int_equal(open_of(&b, items[2 * k + i]), i ? 6000 : 0);
                assert_int_equal(date_of(&b, ARC_ITEM, heir, ARC_ITEM_DUE_DATE), 2 * k + i ? 20484 : 20500); /* the one last agreed */
                assert_int_equal(date_of(&b, ARC_ITEM, heir, ARC_ITEM_BASE_DATE), date_of(&b, ARC_ITEM, items[2 * k + i], ARC_ITEM_BASE_DATE));
            }
        }
        for (int i = 0; i < 12; i++) {
            for (int k = 0; k < i; k++) assert_string_not_equal(numbers[i], numbers[k]);
        }
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), before);
        verify_clean(&b);
        all[0] = again_residual(&b, heirs[2][0]);
        int64_t receipt = paid(&b, "R", 1, "50.00", "CNY"), refund, plain;
        assert_session(&b, arc_receipt_refund(b.session, &refund, receipt, 0, 1000, ARC_DATE_NONE, "too much"));
        plain = allocate(&b, items[1], receipt, 1000, 0);
        all[1] = ids[2][0]; /* its new item has moved on: refused */
        all[2] = ids[0][0];
        all[3] = ids[1][1];
        all[4] = refund;
        all[5] = plain;
        steps_for(s, all, 6, "all back");
        assert_int_equal(arc_allocation_reverse_many(b.session, back, results, s, 6, 0), ARC_PARTIAL);
        for (int i = 0; i < 6; i++) assert_int_equal(results[i], i == 1 ? ARC_E_STATE : ARC_OK);
        assert_int_equal(open_of(&b, items[0]), 10000);
        assert_int_equal(open_of(&b, heirs[0][0]), 0);
        assert_int_equal(open_of(&b, items[1]), 6000);
        assert_int_equal(left_of(&b, receipt), 5000);
        assert_int_equal(booked(&b, "refund"), 0);
        assert_int_equal(booked(&b, "transfer"), 0);
        verify_clean(&b);
        assert_int_equal(arc_allocation_reverse_many(b.session, NULL, results, s, 6, 0), ARC_PARTIAL);
        for (int i = 0; i < 6; i++) assert_int_equal(results[i], i == 1 ? ARC_OK : ARC_E_STATE); /* it may go back now */
        assert_int_equal(sum_of(&b, ARC_ACCOUNT, ARC_ACCOUNT_OPEN, NULL), before);
        verify_clean(&b);
        test_book_close(&b);
    }
}

/* Refunds of receipts and of credits in one call; small differences. */
static void refunds(void **state)
{
    test_book b;
    arc_ledger_step s[5];
    arc_status results[5];
    int64_t ids[5], id, rows[5];
    char number[80];
    (void)state;
    open_book(&b, 1);
    int64_t credit = invoiced(&b, "CN", 1, "-30.00", "CNY"), debit = invoiced(&b, "I", 1, "100.00", "CNY");
    rows[0] = paid(&b, "R", 1, "50.00", "CNY");
    rows[1] = paid(&b, "N", 0, "50.00", "CNY");
    rows[2] = rows[3] = rows[4] = 0;
    steps_for(s, rows, 5, "too much");
    s[0].amount = 2000;
    s[2].credit_item = credit;
    s[3].credit_item = debit;
    assert_int_equal(arc_receipt_refund_many(b.session, ids, results, s, 5, 0), ARC_PARTIAL);
    assert_int_equal(results[0], ARC_OK);
    assert_int_equal(results[1], ARC_E_STATE); /* nobody's */
    assert_int_equal(results[2], ARC_OK);
    assert_int_equal(results[3], ARC_E_STATE); /* no credit */
    assert_int_equal(results[4], ARC_E_INVALID);
    assert_int_equal(booked(&b, "refund"), -5000);
    text_of(&b, made_by(&b, ids[0]), ARC_ITEM_NUMBER, number);
    assert_true(strncmp(number, "R-F", 3) == 0);
    verify_clean(&b);
    assert_session(&b, arc_definition_save(b.session, &id, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"0.50\",\"percent\":\"10\"}]}", SIZE_MAX, NULL));
    assert_session(&b, arc_definition_publish(b.session, id, NULL, NULL));
    rows[0] = debit;
    rows[1] = invoiced(&b, "J", 1, "20.00", "CNY");
    (void)allocate(&b, rows[1], paid(&b, "S", 1, "19.80", "CNY"), 1980, 0);
    steps_for(s, rows, 2, "tail");
    assert_int_equal(arc_item_give_up_many(b.session, ids, results, s, 2, 0), ARC_PARTIAL);
    assert_int_equal(results[0], ARC_E_GUARD);
    assert_int_equal(results[1], ARC_OK);
    assert_int_equal(open_of(&b, rows[1]), 0);
    verify_clean(&b);
    test_book_close(&b);
}

/* Requests asked for, approved, rejected, recovered many at once; one that cannot be leaves nothing of itself. */
static void losses(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_record *r[3];
        arc_ledger_step s[3];
        arc_status results[3];
        int64_t items[3], requests[3], ids[3];
        char json[300];
        open_book(&b, backend);
        (void)invoices(&b, items, 3);
        for (int i = 0; i < 3; i++) {
            snprintf(json, sizeof json, "{\"number\":\"W%d\",\"customer\":1,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"%s\",\"reason\":\"bankrupt\"}", i, (int)items[i],
                     i == 2 ? "100.01" : "100.00");
            assert_ok(arc_record_new(b.session, &r[i], ARC_WRITE_OFF_REQUEST));
            assert_ok(arc_record_set_json(r[i], json, SIZE_MAX));
        }
        assert_int_equal(arc_write_off_request_many(b.session, requests, results, r, 3, 0), ARC_PARTIAL);
        assert_true(requests[0] && requests[1] && !requests[2]);
        for (int i = 0; i < 3; i++) arc_record_free(r[i]);
        (void)allocate(&b, items[1], paid(&b, "R", 1, "1.00", "CNY"), 100, 0); /* less is open now than was asked for */
        requests[2] = 999;
        steps_for(s, requests, 3, "decided");
        assert_int_equal(arc_write_off_approve_many(b.session, ids, results, s, 3, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_E_STATE);
        assert_int_equal(results[2], ARC_E_NOT_FOUND);
        assert_int_equal(open_of(&b, items[0]), 0);
        assert_int_equal(open_of(&b, items[1]), 9900);
        verify_clean(&b);
        assert_int_equal(arc_write_off_reject_many(b.session, ids, results, s, 2, ARC_ALL_OR_NONE), ARC_E_STATE); /* the first is decided */
        assert_session(&b, arc_write_off_reject_many(b.session, ids, results, s + 1, 1, 0));
        s[0].amount = 4000;
        assert_session(&b, arc_write_off_recover_many(b.session, ids, results, s, 1, 0));
        assert_int_equal(open_of(&b, items[0]), 4000);
        verify_clean(&b);
        test_book_close(&b);
    }
}

static int64_t ask_for(test_book *b, const char *number, int64_t item, const char *amount)
{
    char json[300];
    arc_record *r;
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"%s\",\"reason\":\"bankrupt\"}", number, (int)item, amount);
    assert_ok(arc_record_new(b->session, &r, ARC_WRITE_OFF_REQUEST));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_write_off_request(b->session, &id, r));
    arc_record_free(r);
    return id;
}

/* Requests about one item in one call: each is judged as those before it left the item, and takes back what was its own. */
static void losses_of_one_item(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_ledger_step s[3];
        arc_status results[3];
        int64_t items[2], ids[3];
        open_book(&b, backend);
        (void)invoices(&b, items, 2);
        const int64_t asked[] = { ask_for(&b, "A", items[0], "60.00"), ask_for(&b, "B", items[0], "60.00"), ask_for(&b, "C", items[0], "40.00") };
        steps_for(s, asked, 3, "decided");
        assert_int_equal(arc_write_off_approve_many(b.session, ids, results, s, 3, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_E_STATE);
        assert_int_equal(results[2], ARC_OK);
        assert_int_equal(open_of(&b, items[0]), 0);
        assert_session(&b, arc_write_off_recover_many(b.session, ids, results, s, 1, 0)); /* all that was A's */
        assert_int_equal(open_of(&b, items[0]), 6000);
        assert_session_status(ARC_E_STATE, &b, arc_write_off_recover_many(b.session, ids, results, s, 1, ARC_ALL_OR_NONE));
        s[2].amount = 4001;
        assert_session_status(ARC_E_GUARD, &b, arc_write_off_recover_many(b.session, ids, results, s + 2, 1, ARC_ALL_OR_NONE));
        s[2].amount = 0;
        s[0].row = ask_for(&b, "D", items[0], "50.00");
        assert_session(&b, arc_write_off_approve_many(b.session, ids, results, s, 1, 0));
        s[1] = s[2];
        assert_session(&b, arc_write_off_recover_many(b.session, ids, results, s, 2, ARC_ALL_OR_NONE)); /* of D and C */
        assert_int_equal(open_of(&b, items[0]), 10000);
        assert_int_equal(open_of(&b, items[1]), 10000);
        /* a closed day is told before what is wrong with the items on it */
        int64_t dec = record_of(&b, ARC_FISCAL_PERIOD, "{\"code\":\"2025-12\",\"starts_on\":\"2025-12-01\",\"ends_on\":\"2025-12-31\"}");
        assert_session(&b, arc_fiscal_period_close(b.session, dec, NULL, 0));
        s[0].row = ask_for(&b, "E", items[1], "1.00");
        s[0].date = 20450; /* before the invoice, too */
        assert_session_status(ARC_E_PERIOD, &b, arc_write_off_approve_many(b.session, ids, results, s, 1, ARC_ALL_OR_NONE));
        verify_clean(&b);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(extensions), cmocka_unit_test(debts), cmocka_unit_test(refunds), cmocka_unit_test(losses),
                                        cmocka_unit_test(losses_of_one_item) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
