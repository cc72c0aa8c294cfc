/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of contracts, for the test of request keys. */
#ifndef TESTS_API_REQUEST_CONTRACT_H
#define TESTS_API_REQUEST_CONTRACT_H

#include "api/request_drivers.h"

/* Contracts 1 and 2 are drafts, 3 and 4 active; made without the key of the test. */
static void four_contracts(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_CONTRACT, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 1; i <= 4; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"K%d\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}", i);
        assert_int_equal(sample_insert(s, ARC_CONTRACT, json), i);
        if (i > 2) assert_ok(arc_contract_activate(s, i));
    }
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_contract_activate(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    four_contracts(s);
    a->st = arc_contract_activate(s, 1 + body);
}

static void drive_contract_close(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    four_contracts(s);
    a->st = arc_contract_close(s, 3 + body);
}

static void drive_contract_submit(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    four_contracts(s);
    a->st = arc_contract_submit(s, 1 + body);
}

static void drive_contract_decide(arc_session *s, int body, answer *a, int approve)
{
    arc_record *r;
    four_contracts(s);
    if (arc_session_get(s, &r, ARC_CONTRACT, 5) == ARC_OK) {
        arc_record_free(r);
    } else {
        assert_ok(arc_session_set_request_key(s, NULL));
        for (int i = 5; i <= 6; i++) {
            char json[200];
            snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"K%d\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}", i);
            assert_int_equal(sample_insert(s, ARC_CONTRACT, json), i);
            assert_ok(arc_contract_submit(s, i));
        }
        assert_ok(arc_session_set_request_key(s, KEY));
    }
    a->st = approve == 2 ? arc_contract_recall(s, 5 + body, "why") : approve ? arc_contract_approve(s, 5 + body) : arc_contract_reject(s, 5 + body, "why");
}

static void drive_contract_approve(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    drive_contract_decide(s, body, a, 1);
}

static void drive_contract_reject(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    drive_contract_decide(s, body, a, 0);
}

static void drive_contract_recall(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    drive_contract_decide(s, body, a, 2);
}

static void drive_contract_terminate(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    four_contracts(s);
    a->st = arc_contract_terminate(s, 3 + body, 20454, "why");
}

static void drive_contract_reopen(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    (void)b;
    four_contracts(s);
    if (arc_session_get(s, &r, ARC_CONTRACT_CHANGE, 1) == ARC_OK) {
        arc_record_free(r);
    } else {
        assert_ok(arc_session_set_request_key(s, NULL));
        for (int i = 3; i <= 4; i++) assert_ok(arc_contract_terminate(s, i, 20454, "why"));
        assert_ok(arc_session_set_request_key(s, KEY));
    }
    a->st = arc_contract_reopen(s, 3 + body, 20454, "why");
}

static void drive_contract_amend(test_book *b, arc_session *s, int body, answer *a)
{
    arc_record *r;
    (void)b;
    four_contracts(s);
    assert_ok(arc_record_new(s, &r, ARC_CONTRACT_CHANGE));
    assert_ok(arc_record_set_json(r, body ? "{\"contract\":3,\"currency\":\"CNY\",\"amount\":\"300.00\",\"effective_date\":\"2026-01-01\",\"reason\":\"more\"}"
                                          : "{\"contract\":3,\"currency\":\"CNY\",\"amount\":\"200.00\",\"effective_date\":\"2026-01-01\",\"reason\":\"more\"}", SIZE_MAX));
    a->st = arc_contract_amend(s, &a->n[0], r);
    arc_record_free(r);
}

/* Contract 3 has milestones 1 and 2; items 3 and 4 are estimates. */
static void two_milestones(arc_session *s)
{
    arc_record *r;
    four_contracts(s);
    if (arc_session_get(s, &r, ARC_MILESTONE, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 1; i <= 2; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"contract\":3,\"seq\":%d,\"currency\":\"CNY\",\"amount\":\"10.00\",\"trigger_kind\":\"delivery\"}", i);
        assert_int_equal(sample_insert(s, ARC_MILESTONE, json), i);
    }
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_plan(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_milestones(s);
    a->st = arc_contract_plan(s, &a->n[0], 3 + body);
}

static void drive_reach(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    two_milestones(s);
    a->st = arc_milestone_reach(s, 1 + body, 20460);
}

/* Estimates are of something. */
static void a_project(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_PROJECT, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    (void)sample_insert(s, ARC_PROJECT, "{\"code\":\"J\",\"name\":\"j\",\"status\":\"open\"}");
    assert_ok(arc_session_set_request_key(s, KEY));
}

static arc_status record_estimate(arc_session *s, int64_t *id, int body)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_ITEM));
    assert_ok(arc_record_set_json(r, body ? "{\"number\":\"E2\",\"customer\":1,\"business_date\":\"2026-01-05\",\"amount\":\"2.00\",\"currency\":\"CNY\",\"project\":1}"
                                          : "{\"number\":\"E1\",\"customer\":1,\"business_date\":\"2026-01-05\",\"amount\":\"1.00\",\"currency\":\"CNY\",\"project\":1}", SIZE_MAX));
    arc_status st = arc_item_record(s, id, r);
    arc_record_free(r);
    return st;
}

static void drive_item_record(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    a_project(s);
    a->st = record_estimate(s, &a->n[0], body);
}

static void drive_item_cancel(test_book *b, arc_session *s, int body, answer *a)
{
    static int64_t ids[2]; /* of the book at hand */
    arc_record *r;
    (void)b;
    a_project(s);
    if (!ids[0] || arc_session_get(s, &r, ARC_ITEM, ids[0]) != ARC_OK) {
        assert_ok(arc_session_set_request_key(s, NULL));
        for (int i = 0; i < 2; i++) assert_ok(record_estimate(s, &ids[i], i));
        assert_ok(arc_session_set_request_key(s, KEY));
    } else {
        arc_record_free(r);
    }
    a->st = arc_item_cancel(s, ids[body], "over");
}

/* Pairs of requests: 1, 2 drafts; 3, 4 submitted; 5, 6 approved; 7 to 10 sent; 11, 12 cancelled. */
static void twelve_requests(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_INVOICE_REQUEST, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    int64_t title = sample_insert(s, ARC_INVOICE_TITLE, "{\"customer\":1,\"title\":\"t\",\"tax_no\":\"1\"}");
    (void)sample_insert(s, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"RQ-{n:4}\",\"gapless\":true}");
    int64_t contract = sample_insert(s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"KQ\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}");
    assert_ok(arc_contract_activate(s, contract));
    for (int i = 1; i <= 12; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"number\":\"Q%d\",\"customer\":1,\"contract\":%d,\"buyer_title\":%d,\"fapiao_kind\":\"none\",\"currency\":\"CNY\",\"amount\":\"1.00\"}", i, (int)contract, (int)title);
        assert_int_equal(sample_insert(s, ARC_INVOICE_REQUEST, json), i);
        snprintf(json, sizeof json, "{\"invoice_request\":%d,\"seq\":1,\"name\":\"a\",\"currency\":\"CNY\",\"amount\":\"1.00\",\"tax_rate\":\"0.13\"}", i);
        (void)sample_insert(s, ARC_INVOICE_REQUEST_LINE, json);
        if (i > 10) assert_ok(arc_invoice_request_cancel(s, i, "x"));
        if (i > 2 && i <= 10) assert_ok(arc_invoice_request_submit(s, i));
        if (i > 4 && i <= 10) assert_ok(arc_invoice_request_approve(s, i));
        if (i > 6 && i <= 10) assert_ok(arc_invoice_request_send(s, NULL, i));
    }
    assert_ok(arc_session_set_request_key(s, KEY));
}

#define DRIVE_REQUEST(name, call) \
    static void drive_request_##name(test_book *b, arc_session *s, int body, answer *a) \
    { \
        (void)b; \
        twelve_requests(s); \
        a->st = call; \
    }
DRIVE_REQUEST(submit, arc_invoice_request_submit(s, 1 + body))
DRIVE_REQUEST(approve, arc_invoice_request_approve(s, 3 + body))
DRIVE_REQUEST(send, arc_invoice_request_send(s, &a->n[0], 5 + body))
DRIVE_REQUEST(fail, arc_invoice_request_fail(s, 9 + body, "why"))
DRIVE_REQUEST(reject, arc_invoice_request_reject(s, 5, body ? "other" : "why"))
DRIVE_REQUEST(recall, arc_invoice_request_recall(s, 3, body ? "other" : "why"))
DRIVE_REQUEST(cancel, arc_invoice_request_cancel(s, 1, body ? "other" : "why"))
DRIVE_REQUEST(reissue, arc_invoice_request_reissue(s, &a->n[0], 11, body ? "R2" : "R1"))

static void drive_request_issue(test_book *b, arc_session *s, int body, answer *a)
{
    arc_fapiao f = ARC_FAPIAO_INIT;
    f.number = body ? "2" : "1";
    f.date = 20500;
    (void)b;
    twelve_requests(s);
    a->st = arc_invoice_request_issue(s, &a->n[0], 7, &f);
}

#endif
