/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for tax invoices: every step from every state, what is sent, what the service answers. */
#include "api/invoices.h"

enum { SUBMIT, APPROVE, SEND, ISSUE, FAIL, CANCEL, REJECT, REISSUE, OPS };
static const char *const states[] = { "draft", "submitted", "approved", "sent", "issued", "failed", "cancelled" };
enum { STATES = sizeof states / sizeof states[0] };

static arc_status act(invoices *v, int op, int64_t request, int64_t *made)
{
    static int n;
    char number[20], fapiao[24];
    arc_fapiao f = ARC_FAPIAO_INIT;
    snprintf(fapiao, sizeof fapiao, "24312000%012d", (int)request);
    f.number = fapiao;
    f.date = PEOPLE_DAY;
    snprintf(number, sizeof number, "Q-again-%d", n++);
    switch (op) {
    case SUBMIT: return arc_invoice_request_submit(v->s, request);
    case APPROVE: return arc_invoice_request_approve(v->s, request);
    case SEND: return arc_invoice_request_send(v->s, made, request);
    case ISSUE: return arc_invoice_request_issue(v->s, made, request, &f);
    case FAIL: return arc_invoice_request_fail(v->s, request, "title unknown");
    case CANCEL: return arc_invoice_request_cancel(v->s, request, "not needed");
    case REJECT: return arc_invoice_request_reject(v->s, request, "wrong title");
    default: return arc_invoice_request_reissue(v->s, made, request, number);
    }
}

static int64_t new_request(invoices *v, const char *number, const char *line)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"fapiao_kind\":\"digital_special\",\"currency\":\"CNY\",\"amount\":\"113.00\"}", number);
    int64_t id = sample_insert(v->s, ARC_INVOICE_REQUEST, json);
    snprintf(json, sizeof json, "{\"invoice_request\":%d,\"seq\":1,\"name\":\"水泵\",\"currency\":\"CNY\",\"amount\":\"113.00\",\"tax_rate\":\"0.13\"%s}", (int)id, line);
    (void)sample_insert(v->s, ARC_INVOICE_REQUEST_LINE, json);
    return id;
}

static void titled(invoices *v)
{
    (void)sample_insert(v->s, ARC_INVOICE_TITLE, "{\"customer\":1,\"title\":\"甲公司\",\"tax_no\":\"91310000000000000X\",\"is_default\":true}");
}

/* From every state every step: it works, or says ARC_E_STATE and changes nothing. */
static void every_step(void **state)
{
    static const int way[STATES][5] = { { -1 }, { SUBMIT, -1 }, { SUBMIT, APPROVE, -1 }, { SUBMIT, APPROVE, SEND, -1 }, { SUBMIT, APPROVE, SEND, ISSUE, -1 }, { SUBMIT, APPROVE, SEND, FAIL, -1 }, { CANCEL, -1 } };
    static const char *const to[STATES][OPS] = { [0] = { [SUBMIT] = "submitted", [CANCEL] = "cancelled" },
                                                 [1] = { [APPROVE] = "approved", [CANCEL] = "cancelled", [REJECT] = "draft" },
                                                 [2] = { [SEND] = "sent", [CANCEL] = "cancelled", [REJECT] = "draft" },
                                                 [3] = { [ISSUE] = "issued", [FAIL] = "failed", [REJECT] = "draft" },
                                                 [4] = { [ISSUE] = "issued" } /* told again */,
                                                 [5] = { [CANCEL] = "cancelled", [ISSUE] = "issued" /* after all */, [REISSUE] = "failed", [FAIL] = "failed", [REJECT] = "draft" },
                                                 [6] = { [REISSUE] = "cancelled" } };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        titled(&v);
        for (int from = 0; from < STATES; from++) {
            for (int op = 0; op < OPS; op++) {
                char number[20], json[60];
                snprintf(number, sizeof number, "Q%d-%d", from, op);
                int64_t id = new_request(&v, number, ""), made = 0;
                for (int k = 0; way[from][k] >= 0; k++) assert_session(&v.b, act(&v, way[from][k], id, &made));
                arc_status st = act(&v, op, id, &made);
                if (st != (to[from][op] ? ARC_OK : ARC_E_STATE)) fail_msg("%s, step %d: %s", states[from], op, arc_status_name(st));
                snprintf(json, sizeof json, "{\"status\":\"%s\"}", to[from][op] ? to[from][op] : states[from]);
                row_is(&v, ARC_INVOICE_REQUEST, id, json);
            }
        }
        invoices_close(&v);
    }
}

/* What is sent says title, lines and amounts; the answer makes the invoice, which covers the receivable. */
static void there_and_back(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        static char payload[4000];
        invoices v;
        int64_t message = 0, invoice = 0, item = 0, again = 0;
        invoices_open(&v, backend);
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"E1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"200.00\",\"project\":1}");
        assert_session(&v.b, arc_item_record(v.s, &item, r));
        arc_record_free(r);
        int64_t id = new_request(&v, "Q1", ",\"item\":1");
        assert_session_status(ARC_E_REQUIRED, &v.b, arc_invoice_request_submit(v.s, id)); /* no title */
        titled(&v);
        assert_session(&v.b, arc_invoice_request_submit(v.s, id));
        row_is(&v, ARC_INVOICE_REQUEST, id, "{\"buyer_title\":1}");
        assert_session(&v.b, arc_invoice_request_approve(v.s, id));
        assert_session(&v.b, arc_invoice_request_send(v.s, &message, id));
        assert_ok(arc_session_get(v.s, &r, ARC_MESSAGE, message));
        size_t n = sizeof payload;
        assert_ok(arc_record_get_json(r, payload, &n));
        arc_record_free(r);
        assert_non_null(strstr(payload, "91310000000000000X"));
        assert_non_null(strstr(payload, "113.00"));
        assert_non_null(strstr(payload, "水泵"));
        assert_session(&v.b, arc_invoice_request_fail(v.s, id, "service down"));
        row_is(&v, ARC_INVOICE_REQUEST, id, "{\"failure\":\"service down\"}");
        assert_session(&v.b, arc_invoice_request_reissue(v.s, &again, id, "Q2"));
        row_is(&v, ARC_INVOICE_REQUEST, again, "{\"replaces\":1,\"status\":\"draft\",\"amount\":\"113.00\"}");
        assert_session_status(ARC_E_EXISTS, &v.b, arc_invoice_request_reissue(v.s, NULL, id, "Q2"));
        for (int op = SUBMIT; op <= SEND; op++) assert_session(&v.b, act(&v, op, again, &message));
        assert_session(&v.b, act(&v, ISSUE, again, &invoice));
        invoice_is(&v, invoice, "{\"fapiao_no\":\"24312000000000000002\",\"gross_amount\":\"113.00\",\"tax_amount\":\"13.00\",\"buyer_title\":1,\"fapiao_kind\":\"digital_special\",\"tax_status\":\"issued\"}");
        row_is(&v, ARC_INVOICE_REQUEST, again, "{\"status\":\"issued\",\"fapiao_no\":\"24312000000000000002\",\"overruled\":null}");
        /* the service says it again: the same invoice, nothing else; another number is another matter */
        int64_t same = 0;
        arc_fapiao told = ARC_FAPIAO_INIT;
        told.number = "24312000000000000002";
        told.date = PEOPLE_DAY;
        assert_session(&v.b, arc_invoice_request_issue(v.s, &same, 2, &told));
        assert_int_equal(same, invoice);
        told.number = "24312000000000000001";
        assert_session_status(ARC_E_STATE, &v.b, arc_invoice_request_issue(v.s, &same, 2, &told));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED), 8700);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 11300);
        row_is(&v, ARC_INVOICE_ITEM, 1, "{\"item\":1,\"consumes\":true,\"amount\":\"113.00\"}");
        /* what was submitted is not changed behind the approver's back */
        int64_t q = new_request(&v, "Q3", "");
        assert_session(&v.b, arc_invoice_request_submit(v.s, q));
        arc_record *more = invoices_record(v.s, ARC_INVOICE_REQUEST_LINE, "{\"invoice_request\":3,\"seq\":2,\"name\":\"x\",\"currency\":\"CNY\",\"amount\":\"1.00\",\"tax_rate\":\"0.13\"}");
        assert_session_status(ARC_E_STATE, &v.b, arc_session_insert(v.s, NULL, more));
        /* sent back it is a draft again, with the reason */
        assert_session(&v.b, arc_invoice_request_reject(v.s, q, "wrong title"));
        row_is(&v, ARC_INVOICE_REQUEST, q, "{\"status\":\"draft\",\"failure\":\"wrong title\",\"submitted_by\":null}");
        assert_session(&v.b, arc_session_insert(v.s, NULL, more));
        arc_record_free(more);
        assert_session_status(ARC_E_VALUE, &v.b, arc_invoice_request_submit(v.s, q));
        assert_session_status(ARC_E_INVALID, &v.b, arc_invoice_request_cancel(v.s, q, ""));
        assert_session_status(ARC_E_NOT_FOUND, &v.b, arc_invoice_request_submit(v.s, 99));
        invoices_close(&v);
    }
}

/* Many a call: each has its answer; a refused one leaves nothing, the others are done; with a key they are done once. */
static void many(void **state)
{
    (void)state;
    typedef arc_status (*many_fn)(arc_session *, int64_t *, arc_status *, const arc_request_step *, size_t, uint32_t);
    static const many_fn way[] = { arc_invoice_request_submit_many, arc_invoice_request_approve_many, arc_invoice_request_send_many };
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_request_step e[4] = { ARC_REQUEST_STEP_INIT, ARC_REQUEST_STEP_INIT, ARC_REQUEST_STEP_INIT, ARC_REQUEST_STEP_INIT };
        int64_t made[4], again[4];
        arc_status results[4];
        invoices_open(&v, backend);
        titled(&v);
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"R1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"150.00\"}");
        assert_session(&v.b, arc_item_record(v.s, NULL, r));
        arc_record_free(r);
        for (int i = 0; i < 3; i++) {
            char number[8];
            snprintf(number, sizeof number, "Q%d", i);
            e[i].request = new_request(&v, number, ",\"item\":1"); /* 113.00 each: the second is too much */
        }
        e[3].request = 99;
        for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
            assert_int_equal(way[k](v.s, made, results, e, 4, 0), ARC_PARTIAL);
            for (int i = 0; i < 3; i++) assert_int_equal(results[i], k == 2 && i ? ARC_E_GUARD : ARC_OK); /* beside the one that is there already */
            assert_int_equal(results[3], ARC_E_NOT_FOUND);
            assert_true(made[0] > 0 && made[3] == 0);
        }
        for (int i = 0; i < 4; i++) {
            static const char *const numbers[] = { "24312000000000000001", "24312000000000000002", "", "24312000000000000004" };
            e[i].number = numbers[i];
            e[i].date = PEOPLE_DAY;
        }
        assert_int_equal(arc_invoice_request_issue_many(v.s, made, results, e, 4, ARC_ALL_OR_NONE), ARC_E_STATE);
        assert_int_equal(invoices_count(&v, ARC_INVOICE), 0);
        for (int pass = 0; pass < 2; pass++) {
            assert_ok(arc_session_set_request_key(v.s, "k"));
            assert_int_equal(arc_invoice_request_issue_many(v.s, pass ? again : made, results, e, 4, 0), ARC_PARTIAL);
            assert_int_equal(results[0] < 0, 0);
            assert_int_equal(results[1], ARC_E_STATE);
            assert_int_equal(results[2], ARC_E_REQUIRED);
            assert_int_equal(results[3], ARC_E_NOT_FOUND);
            assert_int_equal(invoices_count(&v, ARC_INVOICE), 1);
        }
        assert_int_equal(again[0], made[0]);
        row_is(&v, ARC_INVOICE_REQUEST, e[1].request, "{\"status\":\"approved\",\"fapiao_no\":null}");
        e[0].reason = e[1].reason = e[2].reason = "no quota";
        assert_int_equal(arc_invoice_request_fail_many(v.s, NULL, results, e, 3, 0), ARC_PARTIAL); /* none of them */
        assert_int_equal(results[0], ARC_E_STATE); /* it is issued */
        assert_int_equal(results[1], ARC_E_STATE); /* never sent */
        assert_int_equal(results[2], ARC_E_STATE);
        invoices_close(&v);
    }
}

/* A request for what was delivered: the invoice counts on the lines it names, and takes what was estimated, though it is more. */
static void of_a_delivery(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t item = 0, message = 0, made = 0;
        invoices_open(&v, backend);
        titled(&v);
        (void)sample_insert(v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
        (void)sample_insert(v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"20\",\"currency\":\"CNY\",\"amount\":\"200.00\",\"tax_rate\":\"0.13\"}");
        assert_session(&v.b, order_step(&v, arc_order_confirm, 1));
        (void)sample_insert(v.s, ARC_DELIVERY, "{\"number\":\"D1\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}");
        (void)sample_insert(v.s, ARC_DELIVERY_LINE, "{\"delivery\":1,\"seq\":1,\"order_line\":1,\"quantity\":\"6\",\"currency\":\"CNY\",\"amount\":\"120.00\"}");
        assert_session(&v.b, order_step(&v, arc_delivery_ship, 1));
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"E1\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"80.00\",\"delivery\":1,\"business_date\":\"2026-01-10\"}");
        assert_session(&v.b, arc_item_record(v.s, &item, r));
        arc_record_free(r);
        int64_t id = new_request(&v, "Q1", ",\"item\":1,\"quantity\":\"5\",\"unit\":\"台\",\"delivery_line\":1");
        assert_session(&v.b, arc_invoice_request_submit(v.s, id));
        assert_session(&v.b, arc_invoice_request_approve(v.s, id));
        assert_session(&v.b, arc_invoice_request_send(v.s, &message, id));
        assert_session(&v.b, act(&v, ISSUE, id, &made));
        row_is(&v, ARC_INVOICE_LINE, 1, "{\"order_line\":1,\"delivery_line\":1,\"quantity\":\"5\",\"unit\":\"台\"}");
        invoice_is(&v, made, "{\"sales_order\":1,\"gross_amount\":\"113.00\"}");
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED), 0);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 11300);
        /* another for more than was delivered */
        int64_t more = new_request(&v, "Q2", ",\"quantity\":\"2\",\"delivery_line\":1");
        assert_session_status(ARC_E_GUARD, &v.b, arc_invoice_request_submit(v.s, more));
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(many), cmocka_unit_test(of_a_delivery), cmocka_unit_test(every_step), cmocka_unit_test(there_and_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
