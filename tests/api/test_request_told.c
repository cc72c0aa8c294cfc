/* SPDX-License-Identifier: Apache-2.0 */
/* What the tax service has issued is recorded: whatever the book would say is said before the service hears of it, and what changes afterwards keeps nothing out. */
#include "api/invoices.h"

typedef struct world {
    invoices v;
    int64_t contract, item, line, delivery_line;
} world;

static void world_open(world *w, int backend)
{
    memset(w, 0, sizeof *w);
    invoices_open(&w->v, backend);
    (void)sample_insert(w->v.s, ARC_INVOICE_TITLE, "{\"customer\":1,\"title\":\"甲公司\",\"tax_no\":\"91310000000000000X\",\"is_default\":true}");
    w->contract = sample_insert(w->v.s, ARC_CONTRACT, "{\"number\":\"K1\",\"customer\":1,\"term\":\"NET30\",\"tax_included\":true,\"currency\":\"CNY\",\"amount\":\"500.00\",\"sign_date\":\"2026-01-01\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-12-31\"}");
    assert_session(&w->v.b, arc_contract_activate(w->v.s, w->contract));
}

static void world_close(world *w) { invoices_close(&w->v); }

static int64_t ask(world *w, const char *number, const char *head, const char *line)
{
    char json[400];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"fapiao_kind\":\"digital_special\",\"currency\":\"CNY\",\"amount\":\"113.00\"%s}", number, head);
    int64_t id = sample_insert(w->v.s, ARC_INVOICE_REQUEST, json);
    snprintf(json, sizeof json, "{\"invoice_request\":%d,\"seq\":1,\"name\":\"水泵\",\"currency\":\"CNY\",\"amount\":\"113.00\",\"tax_rate\":\"0.13\"%s}", (int)id, line);
    (void)sample_insert(w->v.s, ARC_INVOICE_REQUEST_LINE, json);
    return id;
}

static int64_t sent(world *w, const char *number, const char *head, const char *line)
{
    int64_t id = ask(w, number, head, line), message = 0;
    assert_session(&w->v.b, arc_invoice_request_submit(w->v.s, id));
    assert_session(&w->v.b, arc_invoice_request_approve(w->v.s, id));
    assert_session(&w->v.b, arc_invoice_request_send(w->v.s, &message, id));
    return id;
}

static arc_status answer(world *w, int64_t *invoice, int64_t request, const char *number, arc_date day)
{
    arc_fapiao f = ARC_FAPIAO_INIT;
    f.number = number;
    f.date = day;
    return arc_invoice_request_issue(w->v.s, invoice, request, &f);
}

static void proven(world *w) { invoices_verified(&w->v); }

static arc_record *loaded(world *w, uint32_t entity, int64_t id)
{
    arc_record *r = NULL;
    assert_session(&w->v.b, arc_session_get(w->v.s, &r, entity, id));
    return r;
}

static void update(world *w, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r = loaded(w, entity, id);
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(&w->v.b, arc_session_update(w->v.s, r));
    arc_record_free(r);
}

/* Everything that could keep the invoice out is told at once, and leaves nothing behind. */
typedef struct early {
    const char *what;
    void (*spoil)(world *w);
    const char *head, *line;
    arc_status status;
    const char *field;
} early;

static void no_term(world *w) { update(w, ARC_CUSTOMER, 1, "{\"term\":null}"); }
static void bad_term(world *w) { update(w, ARC_CUSTOMER, 1, "{\"term\":\"NOSUCH\"}"); }
static void blocked(world *w) { update(w, ARC_CUSTOMER, 1, "{\"status\":\"blocked\"}"); }
static void little(world *w)
{
    arc_record *r = invoices_record(w->v.s, ARC_ITEM, "{\"number\":\"R1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"100.00\"}");
    assert_session(&w->v.b, arc_item_record(w->v.s, &w->item, r));
    arc_record_free(r);
}
static void closed_day(world *w)
{
    (void)sample_insert(w->v.s, ARC_FISCAL_PERIOD, "{\"code\":\"2026-01\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-12-31\"}");
    assert_session(&w->v.b, arc_fiscal_period_close(w->v.s, 1, "year end", ARC_PERIOD_LEAVE_DRAFTS));
}
static void ordered(world *w)
{
    (void)sample_insert(w->v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
    w->line = sample_insert(w->v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"20\",\"currency\":\"CNY\",\"amount\":\"200.00\",\"tax_rate\":\"0.13\"}");
}
static void over_contract(world *w)
{
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"450.00\",\"tax_rate\":\"0.13\"}", NULL };
    (void)issue_lines(&w->v, "{\"customer\":1,\"currency\":\"CNY\",\"contract\":1}", lines);
}

static void told_early(void **state)
{
    static const early list[] = {
        { "no term", no_term, "", "", ARC_E_REQUIRED, "due_date" },
        { "a term nobody knows", bad_term, "", "", ARC_E_VALUE, "term" },
        { "a blocked customer", blocked, "", "", ARC_E_STATE, "customer" },
        { "more than the receivable", little, "", ",\"item\":1", ARC_E_GUARD, "" },
        { "a closed day", closed_day, "", "", ARC_E_PERIOD, "" },
        { "an order that is not confirmed", ordered, "", ",\"order_line\":1,\"quantity\":\"1\"", ARC_E_STATE, "sales_order" },
        { "more than the contract", over_contract, ",\"contract\":1", "", ARC_E_GUARD, "contract" },
    };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
            world w;
            arc_error e = ARC_ERROR_INIT;
            world_open(&w, backend);
            list[k].spoil(&w);
            const int64_t before = invoices_count(&w.v, ARC_INVOICE);
            int64_t id = ask(&w, "Q1", list[k].head, list[k].line);
            arc_status st = arc_invoice_request_submit(w.v.s, id);
            (void)arc_session_error(w.v.s, &e);
            if (st != list[k].status || (list[k].field[0] && strcmp(e.field, list[k].field) != 0)) fail_msg("%s: %s %s %s", list[k].what, arc_status_name(st), e.message, e.field);
            row_is(&w.v, ARC_INVOICE_REQUEST, id, "{\"status\":\"draft\",\"buyer_title\":null}");
            assert_int_equal(invoices_count(&w.v, ARC_INVOICE), before);
            proven(&w);
            world_close(&w);
        }
    }
}

/* The same after it was sent: it is recorded, what the book would have said is kept, and the book proves. */
static void told_late(void **state)
{
    static const early list[] = {
        { "no term", no_term, "", "", ARC_OK, "\"due_date\":null" },
        { "a term nobody knows", bad_term, "", "", ARC_OK, "\"due_date\":null" },
        { "a blocked customer", blocked, "", "", ARC_OK, NULL },
        { "a closed day", closed_day, "", "", ARC_OK, NULL },
        { "more than the contract", over_contract, ",\"contract\":1", "", ARC_OK, "\"contract\":1" },
    };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
            static char json[40000];
            world w;
            size_t n = sizeof json;
            int64_t invoice = 0, again = 0;
            world_open(&w, backend);
            int64_t id = sent(&w, "Q1", list[k].head, list[k].line);
            list[k].spoil(&w);
            int64_t open = sum_of(&w.v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN);
            arc_status st = answer(&w, &invoice, id, "24312000000000000001", PEOPLE_DAY);
            if (st != ARC_OK) fail_msg("%s: %s", list[k].what, arc_status_name(st));
            assert_true(invoice > 0);
            assert_int_equal(sum_of(&w.v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), open + 11300);
            invoice_is(&w.v, invoice, "{\"fapiao_no\":\"24312000000000000001\",\"invoice_date\":\"2026-02-16\",\"gross_amount\":\"113.00\",\"status\":\"issued\",\"tax_status\":\"issued\"}");
            arc_record *r = loaded(&w, ARC_INVOICE_REQUEST, id);
            assert_ok(arc_record_get_json(r, json, &n));
            arc_record_free(r);
            assert_non_null(strstr(json, "\"overruled\":\""));
            if (list[k].field) {
                n = sizeof json;
                r = loaded(&w, ARC_INVOICE, invoice);
                assert_ok(arc_record_get_json(r, json, &n));
                arc_record_free(r);
                if (strstr(list[k].field, "null")) assert_null(strstr(json, "due_date"));
                else assert_non_null(strstr(json, list[k].field));
            }
            assert_int_equal(answer(&w, &again, id, "24312000000000000001", PEOPLE_DAY), ARC_OK);
            assert_int_equal(again, invoice);
            proven(&w);
            world_close(&w);
        }
    }
}

/* What it was asked for is gone: it takes what is left, and claims the rest itself. */
static void little_left(void **state)
{
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\",\"tax_rate\":\"0.13\"}", NULL };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (int kind = 0; kind < 2; kind++) {
            world w;
            int64_t invoice = 0, direct = 0;
            world_open(&w, backend);
            arc_record *r = invoices_record(w.v.s, ARC_ITEM, kind ? "{\"number\":\"R1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"113.00\",\"due_date\":\"2026-03-31\"}"
                                                                  : "{\"number\":\"R1\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"113.00\",\"project\":1}");
            assert_session(&w.v.b, arc_item_record(w.v.s, &w.item, r));
            arc_record_free(r);
            int64_t id = sent(&w, "Q1", "", ",\"item\":1");
            arc_invoice_use use = ARC_INVOICE_USE_INIT;
            arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
            arc_record *line = invoices_record(w.v.s, ARC_INVOICE_LINE, lines[0]);
            use.item = w.item;
            use.amount.minor = 10000;
            memcpy(use.amount.currency, "CNY", 3);
            d.invoice = invoices_record(w.v.s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"CNY\"}");
            d.lines = &line;
            d.n_lines = 1;
            d.uses = &use;
            d.n_uses = 1;
            assert_session(&w.v.b, arc_invoice_issue_document(w.v.s, &direct, &d));
            arc_record_free(line);
            arc_record_free(d.invoice);
            assert_session(&w.v.b, answer(&w, &invoice, id, "24312000000000000001", PEOPLE_DAY));
            assert_int_equal(sum_of(&w.v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED), 0);
            assert_int_equal(sum_of(&w.v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 21300);
            world_close(&w);
        }
    }
}

/* Taken back on our side, or told to have failed, and issued all the same; and what was taken back can be sent again. */
static void after_all(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        world w;
        int64_t invoice = 0, message = 0;
        world_open(&w, backend);
        int64_t id = sent(&w, "Q1", "", ""), other = sent(&w, "Q2", "", ""), never = ask(&w, "Q3", "", "");
        assert_session(&w.v.b, arc_invoice_request_reject(w.v.s, id, "wrong title"));
        assert_session(&w.v.b, answer(&w, &invoice, id, "24312000000000000001", PEOPLE_DAY));
        row_is(&w.v, ARC_INVOICE_REQUEST, id, "{\"status\":\"issued\",\"failure\":null,\"fapiao_no\":\"24312000000000000001\"}");
        assert_session(&w.v.b, arc_invoice_request_reject(w.v.s, other, "wrong title"));
        assert_session(&w.v.b, arc_invoice_request_submit(w.v.s, other));
        assert_session(&w.v.b, arc_invoice_request_approve(w.v.s, other));
        assert_session(&w.v.b, arc_invoice_request_send(w.v.s, &message, other)); /* a message of its own */
        assert_session(&w.v.b, arc_invoice_request_reject(w.v.s, other, "again"));
        assert_session(&w.v.b, arc_invoice_request_cancel(w.v.s, other, "not needed"));
        assert_session(&w.v.b, answer(&w, &invoice, other, "24312000000000000002", PEOPLE_DAY));
        assert_session_status(ARC_E_STATE, &w.v.b, answer(&w, &invoice, never, "24312000000000000003", PEOPLE_DAY)); /* the service never heard of it */
        world_close(&w);
    }
}

/* The tax invoice came in another way: it is the request's. A number that is another's is a wrong number. */
static void there_already(void **state)
{
    static const char *const lines[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"113.00\",\"tax_rate\":\"0.13\"}", NULL };
    static const char *const more[] = { "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"114.00\",\"tax_rate\":\"0.13\"}", NULL };
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        world w;
        int64_t invoice = 0;
        world_open(&w, backend);
        int64_t id = sent(&w, "Q1", "", ""), other = sent(&w, "Q2", "", "");
        int64_t same = issue_lines(&w.v, "{\"customer\":1,\"currency\":\"CNY\",\"fapiao_no\":\"24312000000000000001\"}", lines);
        (void)issue_lines(&w.v, "{\"customer\":1,\"currency\":\"CNY\",\"fapiao_no\":\"24312000000000000002\"}", more);
        assert_session_status(ARC_E_EXISTS, &w.v.b, answer(&w, &invoice, id, "24312000000000000002", PEOPLE_DAY));
        assert_session(&w.v.b, answer(&w, &invoice, id, "24312000000000000001", PEOPLE_DAY));
        assert_int_equal(invoice, same);
        assert_session_status(ARC_E_EXISTS, &w.v.b, answer(&w, &invoice, other, "24312000000000000001", PEOPLE_DAY)); /* the first one's */
        assert_int_equal(invoices_count(&w.v, ARC_INVOICE), 2);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(told_early), cmocka_unit_test(told_late), cmocka_unit_test(little_left), cmocka_unit_test(after_all), cmocka_unit_test(there_already) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
