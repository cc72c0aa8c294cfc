/* SPDX-License-Identifier: Apache-2.0 */
/* Every code of every dimension of an invoice - its kind, document, way to the customer, fapiao, red-letter confirmation, use by the buyer - is one that verbs bring a document to. */
#include "api/credits.h"

#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"due_date\":\"2026-03-10\""
#define SPECIAL "{" HEADER ",\"fapiao_kind\":\"paper_special\"}"
#define LINE "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}"
#define MOST 400

static char met[MOST][64]; /* "list:code" */
static uint32_t n_met;

static const struct {
    arc_field_id field;
    const char *list;
} dimensions[] = { { ARC_INVOICE_KIND, "invoice_kind" },           { ARC_INVOICE_STATUS, "invoice_status" },         { ARC_INVOICE_TAX_STATUS, "tax_status" },
                   { ARC_INVOICE_RED_STATUS, "red_status" },       { ARC_INVOICE_DELIVERY_STATUS, "document_delivery" }, { ARC_INVOICE_BUYER_USE, "buyer_use" } };
enum { DIMENSIONS = sizeof dimensions / sizeof dimensions[0] };

static int is_met(const char *list, const char *code, size_t n)
{
    char key[64];
    (void)snprintf(key, sizeof key, "%s:%.*s", list, (int)n, code);
    for (uint32_t k = 0; k < n_met; k++) {
        if (strcmp(met[k], key) == 0) return 1;
    }
    return 0;
}

/* What documents are at now. */
static void look(invoices *v)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id fields[DIMENSIONS];
    for (int k = 0; k < DIMENSIONS; k++) fields[k] = dimensions[k].field;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_INVOICE));
    assert_ok(arc_query_select(q, fields, DIMENSIONS));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        for (uint32_t k = 0; k < DIMENSIONS; k++) {
            const char *text = NULL;
            size_t n = 0;
            arc_status st = arc_cursor_get_text(c, &text, &n, k);
            if (st == ARC_E_NOT_FOUND) continue; /* NULL */
            assert_ok(st);
            if (is_met(dimensions[k].list, text, n)) continue;
            assert_true(n_met < MOST);
            (void)snprintf(met[n_met++], sizeof met[0], "%s:%.*s", dimensions[k].list, (int)n, text);
        }
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

typedef arc_status (*step_fn)(arc_session *, int64_t *, arc_status *, const arc_invoice_step *, size_t, uint32_t);

static void step(invoices *v, step_fn verb, int64_t id)
{
    arc_invoice_step e = ARC_INVOICE_STEP_INIT;
    e.invoice = id;
    e.reason = "r";
    e.by = "张三";
    assert_session(&v->b, verb(v->s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
    look(v);
}

static int64_t issued(invoices *v, uint32_t flags, const char *header)
{
    int64_t id = 0;
    assert_session(&v->b, AS(v, &id, flags, header, LINE));
    look(v);
    return id;
}

static void red(invoices *v, int64_t note, const char *code)
{
    assert_session(&v->b, arc_credit_red_status(v->s, note, code, "1", "r"));
    look(v);
}

static int64_t note_to(invoices *v, int64_t invoice)
{
    arc_credit_note n = credit_of(invoice);
    int64_t id = credit_ok(v, &n);
    look(v);
    return id;
}

static void documents(invoices *v)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    char json[200];
    int64_t id = 0;
    arc_record *line = invoices_record(v->s, ARC_INVOICE_LINE, LINE);
    d.invoice = invoices_record(v->s, ARC_INVOICE, "{" HEADER "}");
    d.lines = &line;
    d.n_lines = 1;
    assert_session(&v->b, arc_invoice_draft(v->s, &id, &d));
    arc_record_free(d.invoice);
    arc_record_free(line);
    step(v, arc_invoice_submit, id);
    step(v, arc_invoice_approve, id);
    step(v, arc_invoice_issue, id);
    step(v, arc_invoice_send, id);
    step(v, arc_invoice_refuse, id);
    step(v, arc_invoice_send, id);
    step(v, arc_invoice_deliver, id);
    step(v, arc_invoice_confirm, id);
    (void)snprintf(json, sizeof json, "{" HEADER ",\"debit_of\":%lld}", (long long)id);
    step(v, arc_invoice_void, issued(v, 0, json));
    (void)issued(v, ARC_AS_ADVANCE, "{" HEADER "}");
    (void)issued(v, ARC_AS_PROFORMA, "{" HEADER "}");
    (void)note_to(v, id);
    step(v, arc_invoice_close, id);
    step(v, arc_invoice_void, issued(v, 0, "{" HEADER ",\"fapiao_kind\":\"paper_general\",\"fapiao_no\":\"12345678\",\"fapiao_code\":\"011\"}"));
}

static void fapiao(invoices *v)
{
    static const char *const uses[] = { "certified", "deducted", "booked" };
    static const char *const ways[][3] = { { "not_needed" }, { "seller_entered", "confirmed" }, { "buyer_entered", "refused_by_seller" }, { "seller_entered", "refused_by_buyer" }, { "seller_entered", "lapsed" },
                                           { "seller_entered", "withdrawn" }, { "seller_entered", "confirmed", "withdrawn_after" } };
    for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
        int64_t note = note_to(v, issued(v, 0, SPECIAL));
        for (int i = 0; i < 3 && ways[k][i]; i++) red(v, note, ways[k][i]);
        if (k) continue;
        assert_session(&v->b, arc_credit_red_issued(v->s, note, "26312000000000000001", NULL, ARC_DATE_NONE));
        look(v);
    }
    int64_t used = issued(v, 0, SPECIAL);
    for (int k = 0; k < 3; k++) {
        assert_session(&v->b, arc_credit_buyer_use(v->s, used, uses[k], ARC_DATE_NONE));
        look(v);
    }
}

static void every_code(void **state)
{
    invoices v;
    arc_context *context;
    size_t n = 0;
    (void)state;
    n_met = 0;
    invoices_open(&v, 0);
    documents(&v);
    fapiao(&v);
    invoices_close(&v);
    assert_ok(arc_context_new(&context, NULL));
    assert_int_equal(arc_schema_json(context, NULL, &n, "en"), ARC_E_BUFFER);
    char *json = malloc(++n);
    assert_non_null(json);
    assert_ok(arc_schema_json(context, json, &n, "en"));
    for (int k = 0; k < DIMENSIONS; k++) {
        char list[64];
        (void)snprintf(list, sizeof list, "\"%s\":[", dimensions[k].list);
        const char *at = strstr(json, list), *end = at ? strchr(at, ']') : NULL;
        assert_non_null(end);
        int codes = 0;
        for (at = strstr(at, "\"code\":\""); at && at < end; at = strstr(at, "\"code\":\""), codes++) {
            at += strlen("\"code\":\"");
            size_t len = strcspn(at, "\"");
            if (!is_met(dimensions[k].list, at, len)) fail_msg("%s: no verb leads to %.*s", dimensions[k].list, (int)len, at);
        }
        assert_true(codes > 2);
    }
    free(json);
    arc_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_code) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
