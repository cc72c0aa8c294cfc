/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: statement letters. */
#ifndef TESTS_API_REQUEST_LETTER_H
#define TESTS_API_REQUEST_LETTER_H

static arc_statement_options letter_of(int64_t customer)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.customer = customer;
    o.from = 20000;
    o.to = 20600;
    return o;
}

/* Letters 1 and 2: drafts, or sent; made without the key of the test. */
static void two_letters(arc_session *s, int sent)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_STATEMENT_LETTER, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 1; i <= 2; i++) {
        const arc_statement_options o = letter_of(i);
        assert_ok(arc_statement_letter_make(s, NULL, &o, i == 1 ? "L1" : "L2"));
        if (sent) assert_ok(arc_statement_letter_send(s, i, 20601));
    }
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_letter_make(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    const arc_statement_options o = letter_of(1 + body);
    a->st = arc_statement_letter_make(s, &a->n[0], &o, "L");
}

static void drive_letters_make(test_book *b, arc_session *s, int body, answer *a)
{
    arc_status results[2];
    arc_statement_options o = letter_of(0);
    const int64_t customers[2] = { 1, 2 };
    arc_record *r;
    if (arc_session_get(s, &r, ARC_STATEMENT_LETTER, 1) == ARC_OK) arc_record_free(r);
    else {
        assert_ok(arc_session_set_request_key(s, NULL));
        (void)sample_insert(s, ARC_NUMBER_SERIES, "{\"code\":\"statement_letter\",\"period\":\"\",\"pattern\":\"L-{n:3}\",\"gapless\":true}");
        assert_ok(arc_session_set_request_key(s, KEY));
    }
    (void)b;
    o.to += body;
    a->st = arc_statement_letter_make_many(s, a->n, results, &o, customers, 2, 0);
}

static void drive_letters_send(test_book *b, arc_session *s, int body, answer *a)
{
    arc_status results[2];
    arc_ledger_step steps[2] = { ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT };
    (void)b;
    two_letters(s, 0);
    for (int i = 0; i < 2; i++) {
        steps[i].row = i + 1;
        steps[i].date = 20601 + body;
    }
    a->st = arc_statement_letter_send_many(s, a->n, results, steps, 2, 0);
}

static void drive_letter_send(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_letters(s, 0);
    a->st = arc_statement_letter_send(s, 1 + body, 20601);
}

static void drive_letter_confirm(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_letters(s, 1);
    a->st = arc_statement_letter_confirm(s, 1 + body, 20601, "Li", NULL, 0);
}

#endif
