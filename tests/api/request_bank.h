/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the test of request keys: statements of banks. */
#ifndef TESTS_API_REQUEST_BANK_H
#define TESTS_API_REQUEST_BANK_H

static size_t bank_bytes(char out[400], int day)
{
    return (size_t)snprintf(out, 400, ":20:S\r\n:25:10020030/1234567890\r\n:28C:%d\r\n:60F:C260101CNY0,00\r\n:61:2601%02d01%02dC5,00NTRFR%d\r\n:86:rent\r\n:62F:C2601%02dCNY5,00\r\n-\r\n", day, day, day, day, day);
}

/* An account of our own, once; without the key of the test. */
static int64_t bank_account_for(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    assert_ok(arc_session_set_request_key(s, NULL));
    assert_ok(arc_query_new(s, &q, ARC_BANK_ACCOUNT));
    const arc_field_id field = ARC_BANK_ACCOUNT_ID;
    assert_ok(arc_query_where_text(q, ARC_BANK_ACCOUNT_NUMBER, ARC_EQ, "1234567890", SIZE_MAX));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    if (!id) id = sample_insert(s, ARC_BANK_ACCOUNT, "{\"number\":\"1234567890\",\"currency\":\"CNY\"}");
    return id;
}

/* A statement of a day, kept without the key of the test; its id. */
static int64_t bank_statement_for(arc_session *s, int day)
{
    arc_bank_imported done = ARC_BANK_IMPORTED_INIT;
    arc_error e = ARC_ERROR_INIT;
    char raw[400];
    (void)bank_account_for(s);
    arc_status st = arc_bank_import(s, &done, raw, bank_bytes(raw, day), NULL);
    if (st == ARC_E_EXISTS) assert_ok(arc_session_error(s, &e));
    else assert_ok(st);
    assert_ok(arc_session_set_request_key(s, KEY));
    return st == ARC_E_EXISTS ? e.id : done.statement;
}

static void drive_bank_import(test_book *b, arc_session *s, int body, answer *a)
{
    arc_bank_imported done = ARC_BANK_IMPORTED_INIT;
    char raw[400];
    (void)b;
    (void)bank_account_for(s);
    assert_ok(arc_session_set_request_key(s, KEY));
    a->st = arc_bank_import(s, &done, raw, bank_bytes(raw, 7 + body), NULL);
    a->n[0] = done.statement;
}

static void drive_bank_undo(test_book *b, arc_session *s, int body, answer *a)
{
    static int64_t id;
    (void)b;
    arc_record *r;
    assert_ok(arc_session_set_request_key(s, NULL));
    if (!id || arc_session_get(s, &r, ARC_BANK_STATEMENT, id) != ARC_OK) id = bank_statement_for(s, 3);
    else arc_record_free(r);
    assert_ok(arc_session_set_request_key(s, KEY));
    a->st = arc_bank_undo(s, id, body ? "wrong" : "right");
}

static void drive_bank_receive(test_book *b, arc_session *s, int body, answer *a)
{
    arc_bank_received done = ARC_BANK_RECEIVED_INIT;
    arc_bank_receive_options o = ARC_BANK_RECEIVE_OPTIONS_INIT;
    (void)b;
    (void)bank_statement_for(s, 4);
    o.flags = body ? ARC_BANK_RECEIVE_RETURNS : 0;
    a->st = arc_bank_receive(s, &done, &o);
    a->n[0] = done.n_received;
    a->n[1] = done.last;
}

/* ---- who paid ---- */

static void drive_payer_learn(test_book *b, arc_session *s, int body, answer *a)
{
    static const int64_t receipts[1] = { 1 };
    uint32_t changed = 0;
    (void)b;
    a->st = arc_payer_learn(s, &changed, receipts, 1, body ? ARC_PAYER_FORGET : 0);
    a->n[0] = changed;
}

static void drive_payer_confirm(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a->st = arc_payer_confirm(s, &a->n[0], 1, "payer_name", body ? "Somebody" : "Another", ARC_DATE_NONE);
}

#endif
