/* SPDX-License-Identifier: Apache-2.0 */
/* Of what the items of documents are made: line, tax, freight, charges. To the cent, whatever divides them; settled in their order; taken back kind by kind. */
#include "api/credits.h"

#define CNY "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-01-31\""
#define GOODS "\"name\":\"a\",\"currency\":\"CNY\",\"tax_rate\":\"0.13\""
#define FREIGHT "\"name\":\"f\",\"currency\":\"CNY\",\"tax_rate\":\"0.09\",\"part\":\"freight\""
#define FEE "\"name\":\"i\",\"currency\":\"CNY\",\"tax_rate\":\"0\",\"account_role\":\"interest_income\""

static int backends = TEST_BACKENDS;

static arc_record *row_of(invoices *v, uint32_t entity, int64_t id)
{
    arc_record *r;
    arc_query *q;
    arc_cursor *c;
    if (entity != ARC_ITEM_STATE) {
        assert_session(&v->b, arc_session_get(v->s, &r, entity, id));
        return r;
    }
    assert_session(&v->b, arc_query_new(v->s, &q, entity));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, id));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_record(c, &r));
    arc_cursor_free(c);
    arc_query_free(q);
    return r;
}

/* Parts as text: "line 100.00 tax 13.00"; NULL: it has none. */
static void parts_are(invoices *v, uint32_t entity, int64_t id, arc_field_id field, const char *expected)
{
    char is[400] = "";
    size_t n = 0;
    const char *json = NULL;
    arc_record *r = row_of(v, entity, id);
    arc_status st = arc_record_get_text(r, &json, NULL, field);
    if (!expected) {
        assert_int_equal(st, ARC_E_NOT_FOUND);
        arc_record_free(r);
        return;
    }
    assert_ok(st);
    for (const char *at = json; (at = strstr(at, "\"kind\":\"")) != NULL;) {
        const char *amount = strstr(at, "\"amount\":\"") + 10;
        at += 8;
        n += (size_t)snprintf(is + n, sizeof is - n, "%s%.*s %.*s", n ? " " : "", (int)strcspn(at, "\""), at, (int)strcspn(amount, "\""), amount);
    }
    assert_string_equal(is, expected);
    arc_record_free(r);
}
#define item_parts(v, id, expected) parts_are(v, ARC_ITEM, id, ARC_ITEM_PARTS, expected)
#define open_parts(v, id, expected) parts_are(v, ARC_ITEM_STATE, id, ARC_ITEM_STATE_PARTS, expected)

/* Sum of parts; -1: it has none. */
static int64_t sum_of_parts(invoices *v, uint32_t entity, int64_t id, arc_field_id field, int64_t kinds[4])
{
    static const char *const names[] = { "line", "tax", "freight", "charges" };
    const char *json = NULL;
    int64_t sum = 0;
    arc_record *r = row_of(v, entity, id);
    if (arc_record_get_text(r, &json, NULL, field) != ARC_OK) sum = INT64_MIN;
    for (const char *at = json; at && (at = strstr(at, "\"kind\":\"")) != NULL;) {
        const char *amount = strstr(at, "\"amount\":\"") + 10;
        arc_money m;
        at += 8;
        assert_ok(arc_money_parse(&m, amount, strcspn(amount, "\""), "CNY", NULL));
        sum += m.minor;
        for (int k = 0; k < 4; k++) kinds[k] += strncmp(at, names[k], strlen(names[k])) == 0 ? m.minor : 0;
    }
    arc_record_free(r);
    return sum;
}

static int64_t money_of(invoices *v, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_money m = { 0 };
    arc_record *r = row_of(v, entity, id);
    assert_ok(arc_record_get_money(r, &m, field));
    arc_record_free(r);
    return m.minor;
}

static int64_t receipt(invoices *v, const char *number, const char *amount)
{
    char json[200];
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":1,\"value_date\":\"2026-02-05\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, amount);
    arc_record *r = invoices_record(v->s, ARC_RECEIPT, json);
    assert_session(&v->b, arc_receipt_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t pay(invoices *v, int64_t of, int64_t item, int64_t amount, const char *order)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id = 0;
    a.receipt = of;
    a.item = item;
    a.amount = amount;
    a.order = order;
    a.reason = order ? "agreed" : NULL;
    assert_session(&v->b, arc_allocation_apply(v->s, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

/* [ORA-APP]: line first, then tax, freight, late charges; other rules by agreement; a reversal gives each its own. */
static void settled_in_order(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        (void)issue_ok(&v, "{" CNY "}", "{" GOODS ",\"net_amount\":\"120.00\"}", "{\"name\":\"less\",\"currency\":\"CNY\",\"net_amount\":\"-20.00\",\"discount_of\":1}", "{" FREIGHT ",\"net_amount\":\"10.00\"}",
                       "{" FEE ",\"net_amount\":\"5.00\"}", NULL);
        item_parts(&v, 1, "line 100.00 tax 13.90 freight 10.00 charges 5.00");
        open_parts(&v, 1, "line 100.00 tax 13.90 freight 10.00 charges 5.00");
        row_is(&v, ARC_INVOICE_LINE, 3, "{\"part\":\"freight\"}");
        row_is(&v, ARC_INVOICE_LINE, 4, "{\"part\":\"charges\"}");
        const int64_t r = receipt(&v, "R1", "500.00");
        const int64_t first = pay(&v, r, 1, 10500, NULL);
        parts_are(&v, ARC_ALLOCATION, first, ARC_ALLOCATION_PARTS, "line 100.00 tax 5.00 freight 0.00 charges 0.00");
        parts_are(&v, ARC_ALLOCATION, first, ARC_ALLOCATION_CREDIT_PARTS, NULL);
        const int64_t second = pay(&v, r, 1, 700, "charges,tax");
        open_parts(&v, 1, "line 0.00 tax 6.90 freight 10.00 charges 0.00");
        assert_session(&v.b, arc_allocation_reverse(v.s, NULL, first, ARC_DATE_NONE, "wrong"));
        open_parts(&v, 1, "line 100.00 tax 11.90 freight 10.00 charges 0.00");
        (void)pay(&v, r, 1, 5595, "line+tax"); /* line first, tax in proportion */
        open_parts(&v, 1, "line 50.00 tax 5.95 freight 10.00 charges 0.00");
        assert_session(&v.b, arc_allocation_reverse(v.s, NULL, second, ARC_DATE_NONE, "wrong"));
        (void)pay(&v, r, 1, 7295, "prorate");
        open_parts(&v, 1, "line 0.00 tax 0.00 freight 0.00 charges 0.00");
        /* one part: there is nothing to tell apart */
        (void)issue_ok(&v, "{" CNY "}", "{\"name\":\"a\",\"currency\":\"CNY\",\"tax_rate\":\"0\",\"net_amount\":\"50.00\"}", NULL);
        item_parts(&v, 2, NULL);
        (void)pay(&v, r, 2, 5000, "tax,line");
        invoices_close(&v);
    }
}

/* The book's own order, of what is issued from now on. */
static void order_of_the_book(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.part_order\",\"value\":\"tax,freight\"}");
    (void)issue_ok(&v, "{" CNY "}", "{" GOODS ",\"net_amount\":\"100.00\"}", "{" FREIGHT ",\"net_amount\":\"10.00\"}", NULL);
    item_parts(&v, 1, "tax 13.90 freight 10.00 line 100.00");
    const int64_t r = receipt(&v, "R1", "20.00");
    (void)pay(&v, r, 1, 2000, NULL);
    open_parts(&v, 1, "tax 0.00 freight 3.90 line 100.00");
    invoices_close(&v);
    invoices_open(&v, 0);
    (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.part_order\",\"value\":\"tax,soap\"}");
    issue_refused(&v, ARC_E_STATE, "", "", "{" CNY "}", "{" GOODS ",\"net_amount\":\"100.00\"}", NULL);
    invoices_close(&v);
}

/* T1.6 and T3.1: instalments and what is retained have each of their parts, together those of the document. */
static void divided(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        int64_t id;
        invoices_open(&v, backend);
        assert_session(&v.b, arc_definition_save(v.s, &id, "term", "343",
                                                 "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"40\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                                                 "{\"due\":{\"kind\":\"net\",\"days\":60}}]}", SIZE_MAX, NULL));
        assert_session(&v.b, arc_definition_publish(v.s, id, NULL, NULL));
        (void)issue_ok(&v, "{" CNY ",\"term\":\"343\"}", "{" GOODS ",\"gross_amount\":\"100.01\"}", NULL);
        row_is(&v, ARC_ITEM, 1, "{\"amount\":\"30.00\",\"tax_amount\":\"3.45\"}");
        item_parts(&v, 1, "line 26.55 tax 3.45");
        item_parts(&v, 2, "line 35.40 tax 4.60");
        item_parts(&v, 3, "line 26.55 tax 3.46");
        (void)issue_ok(&v, "{" CNY ",\"term\":\"NET30\",\"retention\":\"0.05\"}", "{" GOODS ",\"gross_amount\":\"99000\"}", "{" FREIGHT ",\"gross_amount\":\"1000\"}", NULL);
        item_parts(&v, 4, "line 83230.09 tax 10898.35 freight 871.56");
        item_parts(&v, 5, "line 4380.53 tax 573.60 freight 45.87");
        invoices_close(&v);
    }
}

static void dropped(invoices *v, int64_t invoice)
{
    arc_invoice_step e = ARC_INVOICE_STEP_INIT;
    e.invoice = invoice;
    e.reason = "wrong";
    e.date = 20484; /* 2026-01-31 */
    assert_session(&v->b, arc_invoice_void(v->s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE));
}

/* A note gives back the kinds it is of, whatever order they are settled in; what the item has not open goes in its order. */
static void credited(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        const int64_t invoice = issue_ok(&v, "{" CNY "}", "{" GOODS ",\"net_amount\":\"100.00\"}", "{" FREIGHT ",\"net_amount\":\"10.00\"}", NULL);
        arc_credit_note n = credit_of(invoice);
        arc_credit_line l = credit_seq(2, ARC_CREDIT_NET, 600);
        n.lines = &l;
        n.n_lines = 1;
        n.date = 20484;
        const int64_t note = credit_ok(&v, &n);
        item_parts(&v, 2, "tax -0.54 freight -6.00");
        open_parts(&v, 2, "tax 0.00 freight 0.00");
        parts_are(&v, ARC_ALLOCATION, 1, ARC_ALLOCATION_PARTS, "line 0.00 tax 0.54 freight 6.00");
        parts_are(&v, ARC_ALLOCATION, 1, ARC_ALLOCATION_CREDIT_PARTS, "tax 0.54 freight 6.00");
        open_parts(&v, 1, "line 100.00 tax 13.36 freight 4.00");
        invoices_verified(&v);
        dropped(&v, note);
        open_parts(&v, 1, "line 100.00 tax 13.90 freight 10.00");
        open_parts(&v, 2, "tax 0.00 freight 0.00");
        invoices_verified(&v);
        /* the line is paid: a note to it takes what is open, what is over stays a credit of its kinds */
        const int64_t r = receipt(&v, "R1", "110.00");
        (void)pay(&v, r, 1, 11000, NULL);
        open_parts(&v, 1, "line 0.00 tax 3.90 freight 10.00");
        l = credit_seq(1, ARC_CREDIT_NET, 3000);
        n.date = ARC_DATE_NONE;
        (void)credit_ok(&v, &n); /* 33.90: 30.00 and 3.90 tax */
        item_parts(&v, 3, "line -30.00 tax -3.90");
        open_parts(&v, 1, "line 0.00 tax 0.00 freight 0.00");
        open_parts(&v, 3, "line -20.00 tax 0.00");
        invoices_close(&v);
    }
}

/* A void document claims nothing, of no kind. */
static void voided(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        const int64_t invoice = issue_ok(&v, "{" CNY "}", "{" GOODS ",\"net_amount\":\"100.00\"}", NULL);
        dropped(&v, invoice);
        open_parts(&v, 1, "line 0.00 tax 0.00");
        item_parts(&v, 1, "line 100.00 tax 13.00");
        invoices_close(&v);
    }
}

/* What is left to pay of a document that deducts an advance; of one that is the tax invoice of a receivable which stands. */
static void the_rest_alone(void **state)
{
    invoices v;
    int64_t advance, id;
    char line[200];
    (void)state;
    invoices_open(&v, 0);
    assert_session(&v.b, AS(&v, &advance, ARC_AS_ADVANCE, "{" CNY "}", "{" GOODS ",\"net_amount\":\"90.00\"}"));
    item_parts(&v, 1, "line 90.00 tax 11.70");
    snprintf(line, sizeof line, "{" GOODS ",\"net_amount\":\"-90.00\",\"advance\":%lld}", (long long)advance);
    (void)issue_ok(&v, "{" CNY "}", "{" GOODS ",\"net_amount\":\"50.00\"}", "{" FREIGHT ",\"net_amount\":\"100.00\"}", line, NULL);
    item_parts(&v, 2, "tax 3.80 freight 60.00"); /* 40.00 more was deducted than there were goods */
    id = 0;
    arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"S\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"40.00\",\"business_date\":\"2026-01-10\"}");
    assert_session(&v.b, arc_item_record(v.s, &id, r));
    arc_record_free(r);
    arc_invoice_use use = ARC_INVOICE_USE_INIT;
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    use.item = id;
    assert_ok(arc_money_set(&use.amount, 4000, "CNY"));
    arc_record *lines[2] = { invoices_record(v.s, ARC_INVOICE_LINE, "{" GOODS ",\"net_amount\":\"100.00\"}"), invoices_record(v.s, ARC_INVOICE_LINE, "{" FREIGHT ",\"net_amount\":\"10.00\"}") };
    d.invoice = invoices_record(v.s, ARC_INVOICE, "{" CNY "}");
    d.lines = lines;
    d.n_lines = 2;
    d.uses = &use;
    d.n_uses = 1;
    assert_session(&v.b, arc_invoice_issue_document(v.s, NULL, &d));
    row_is(&v, ARC_ITEM, 4, "{\"amount\":\"83.90\",\"tax_amount\":\"9.41\"}");
    item_parts(&v, 4, "line 67.72 tax 9.41 freight 6.77");
    item_parts(&v, id, NULL); /* what it was recorded with */
    for (int k = 0; k < 2; k++) arc_record_free(lines[k]);
    arc_record_free(d.invoice);
    invoices_close(&v);
}

static void define_thirds(invoices *v)
{
    int64_t id;
    assert_session(&v->b, arc_definition_save(v->s, &id, "term", "333",
                                              "{\"lines\":[{\"percent\":\"33.33\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"33.33\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                                              "{\"due\":{\"kind\":\"net\",\"days\":60}}]}", SIZE_MAX, NULL));
    assert_session(&v->b, arc_definition_publish(v->s, id, NULL, NULL));
}

/* Three instalments of a cent, two of them a receivable that stands: what is left is one of them, with all of the rest's tax and base amount. */
static void the_smallest_rest(void **state)
{
    invoices v;
    int64_t id;
    (void)state;
    invoices_open(&v, 0);
    define_thirds(&v);
    arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"S\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"USD\",\"amount\":\"0.02\",\"business_date\":\"2026-01-10\",\"base_currency\":\"CNY\",\"base_amount\":\"0.14\"}");
    assert_session(&v.b, arc_item_record(v.s, &id, r));
    arc_record_free(r);
    arc_invoice_use use = ARC_INVOICE_USE_INIT;
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    use.item = id;
    assert_ok(arc_money_set(&use.amount, 2, "USD"));
    arc_record *line = invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"USD\",\"tax_rate\":\"0\",\"gross_amount\":\"0.03\"}");
    d.invoice = invoices_record(v.s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-01-31\",\"term\":\"333\",\"base_currency\":\"CNY\",\"base_amount\":\"0.21\"}");
    d.lines = &line;
    d.n_lines = 1;
    d.uses = &use;
    d.n_uses = 1;
    assert_session(&v.b, arc_invoice_issue_document(v.s, NULL, &d));
    row_is(&v, ARC_ITEM, 2, "{\"amount\":\"0.01\",\"base_amount\":\"0.07\"}");
    assert_int_equal(invoices_count(&v, ARC_ITEM), 2);
    arc_record_free(line);
    arc_record_free(d.invoice);
    invoices_close(&v);
}

/* Currencies of three decimals and of none; in a foreign one parts are of what is claimed, in its currency. */
static void other_currencies(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    define_thirds(&v);
    (void)issue_ok(&v, "{\"customer\":1,\"currency\":\"KWD\",\"invoice_date\":\"2026-01-31\",\"term\":\"333\",\"fx_rate\":\"23.5\"}", "{\"name\":\"a\",\"currency\":\"KWD\",\"tax_rate\":\"0.13\",\"net_amount\":\"1.000\"}",
                   "{\"name\":\"f\",\"currency\":\"KWD\",\"tax_rate\":\"0\",\"net_amount\":\"0.007\",\"part\":\"freight\"}", NULL);
    item_parts(&v, 1, "line 0.332 tax 0.044 freight 0.003");
    item_parts(&v, 2, "line 0.334 tax 0.043 freight 0.002");
    item_parts(&v, 3, "line 0.334 tax 0.043 freight 0.002");
    (void)issue_ok(&v, "{\"customer\":1,\"currency\":\"JPY\",\"invoice_date\":\"2026-01-31\",\"term\":\"333\",\"price_basis\":\"gross\"}", "{\"name\":\"a\",\"currency\":\"JPY\",\"tax_rate\":\"0.1\",\"gross_amount\":\"101\"}", NULL);
    item_parts(&v, 4, "line 31 tax 3");
    item_parts(&v, 6, "line 30 tax 3");
    invoices_close(&v);
}

/* A red letter has parts once the red fapiao exists, of the lines it takes back. */
static void red_letters(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        const int64_t invoice = issue_ok(&v, "{" CNY ",\"fapiao_kind\":\"digital_special\",\"fapiao_no\":\"26372000000000000001\"}", "{" GOODS ",\"net_amount\":\"100.00\"}", "{" FREIGHT ",\"net_amount\":\"10.00\"}", NULL);
        arc_credit_note n = credit_of(invoice);
        arc_credit_line l = credit_seq(2, ARC_CREDIT_NET, 1000);
        n.lines = &l;
        n.n_lines = 1;
        const int64_t note = credit_ok(&v, &n);
        open_parts(&v, 1, "line 100.00 tax 13.90 freight 10.00");
        assert_session(&v.b, arc_credit_red_status(v.s, note, "not_needed", NULL, NULL));
        assert_session(&v.b, arc_credit_red_issued(v.s, note, "26372000000000000002", NULL, ARC_DATE_NONE));
        item_parts(&v, 2, "tax -0.90 freight -10.00");
        open_parts(&v, 1, "line 100.00 tax 13.00 freight 0.00");
        invoices_close(&v);
    }
}

/* One order for a list of items, of which some have all the kinds and some but one; residuals have what is left. */
static void settled_as_a_list(void **state)
{
    invoices v;
    arc_settle_options o = ARC_SETTLE_OPTIONS_INIT;
    const int64_t items[2] = { 1, 2 };
    (void)state;
    invoices_open(&v, 0);
    (void)issue_ok(&v, "{" CNY "}", "{\"name\":\"a\",\"currency\":\"CNY\",\"tax_rate\":\"0\",\"net_amount\":\"50.00\"}", NULL);
    (void)issue_ok(&v, "{" CNY "}", "{" GOODS ",\"net_amount\":\"100.00\"}", "{" FREIGHT ",\"net_amount\":\"10.00\"}", NULL);
    const int64_t r = receipt(&v, "R1", "73.90");
    o.order = "freight,tax,charges";
    o.reason = "agreed";
    o.rest = ARC_REST_RESIDUAL;
    assert_session(&v.b, arc_receipt_settle(v.s, NULL, NULL, r, items, NULL, 2, &o));
    open_parts(&v, 2, "line 0.00 tax 0.00 freight 0.00");
    item_parts(&v, 4, "line 100.00 tax 0.00 freight 0.00");
    invoices_close(&v);
}

/* ---- random documents --------------------------------------------------------------------------------------------------------------- */

static uint32_t roll(uint64_t *seed, uint32_t n)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 33) % n;
}

/* Rows of an invoice in their order; 0: of all. */
enum { ROWS = 600 };

static uint32_t ids_of(invoices *v, uint32_t entity, arc_field_id invoice, arc_field_id seq, int64_t id, int64_t *out)
{
    arc_query *q;
    arc_cursor *c;
    uint32_t n = 0;
    const arc_field_id own = entity == ARC_ITEM ? ARC_ITEM_ID : ARC_INVOICE_LINE_ID;
    assert_session(&v->b, arc_query_new(v->s, &q, entity));
    assert_ok(arc_query_select(q, &own, 1));
    if (id) assert_ok(arc_query_where_int(q, invoice, ARC_EQ, id));
    assert_ok(arc_query_order(q, seq, 0));
    assert_ok(arc_query_run(q, &c));
    while (n < ROWS && arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &out[n++], 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* The parts of every item come to its amount, those that are open to what is open. */
static void all_add_up(invoices *v)
{
    int64_t ids[ROWS];
    for (uint32_t n = ids_of(v, ARC_ITEM, 0, ARC_ITEM_SEQ, 0, ids); n--;) {
        const int64_t id = ids[n];
        int64_t kinds[4] = { 0, 0, 0, 0 }, sum = sum_of_parts(v, ARC_ITEM, id, ARC_ITEM_PARTS, kinds);
        if (sum == INT64_MIN) continue;
        assert_int_equal(sum, money_of(v, ARC_ITEM, id, ARC_ITEM_AMOUNT));
        assert_int_equal(sum_of_parts(v, ARC_ITEM_STATE, id, ARC_ITEM_STATE_PARTS, kinds), money_of(v, ARC_ITEM_STATE, id, ARC_ITEM_STATE_OPEN));
    }
}

/* One document of 1 to 4 lines; its parts are its lines'. */
static void random_document(invoices *v, uint64_t *seed)
{
    static const char *const parts[] = { "", "", ",\"part\":\"line\"", ",\"part\":\"freight\"", ",\"part\":\"charges\"" };
    char header[300], text[4][200];
    const char *lines[5] = { NULL };
    const uint32_t n = 1 + roll(seed, 4);
    for (uint32_t k = 0; k < n; k++) {
        static const char *const rates[] = { "0.13", "0.09", "0.06", "0" };
        snprintf(text[k], sizeof text[k], "{\"name\":\"a\",\"currency\":\"CNY\",\"tax_rate\":\"%s\",\"%s\":\"%u.%02u\"%s}", rates[roll(seed, 4)], roll(seed, 2) ? "gross_amount" : "net_amount",
                 roll(seed, roll(seed, 4) ? 900 : 1), 1 + roll(seed, 99), parts[roll(seed, 5)]);
        lines[k] = text[k];
    }
    snprintf(header, sizeof header, "{" CNY ",\"term\":\"%s\"%s%s}", roll(seed, 2) ? "343" : "NET30", roll(seed, 3) ? "" : ",\"retention\":\"0.05\"", roll(seed, 2) ? ",\"tax_method\":\"group\"" : "");
    const int64_t id = issue_lines(v, header, lines);
    int64_t of_items[4] = { 0, 0, 0, 0 }, of_lines[4] = { 0, 0, 0, 0 }, ids[ROWS];
    int told = 1;
    for (uint32_t k = ids_of(v, ARC_ITEM, ARC_ITEM_INVOICE, ARC_ITEM_SEQ, id, ids); k--;) told &= sum_of_parts(v, ARC_ITEM, ids[k], ARC_ITEM_PARTS, of_items) != INT64_MIN;
    assert_int_equal(ids_of(v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_INVOICE, ARC_INVOICE_LINE_SEQ, id, ids), n);
    for (uint32_t k = 0; k < n; k++) {
        const int kind = strstr(text[k], "freight") ? 2 : strstr(text[k], "charges") ? 3 : 0;
        of_lines[kind] += money_of(v, ARC_INVOICE_LINE, ids[k], ARC_INVOICE_LINE_NET_AMOUNT);
        of_lines[1] += money_of(v, ARC_INVOICE_LINE, ids[k], ARC_INVOICE_LINE_TAX_AMOUNT);
    }
    int n_kinds = 0;
    for (int k = 0; k < 4; k++) n_kinds += of_lines[k] != 0;
    assert_int_equal(told, n_kinds > 1);
    for (int k = 0; told && k < 4; k++) assert_int_equal(of_items[k], of_lines[k]);
}

/* Whatever is refused is refused whole. */
static void random_step(invoices *v, uint64_t *seed, const int64_t *receipts)
{
    static const char *const orders[] = { NULL, NULL, "prorate", "tax,line", "line+tax,freight" };
    arc_allocation a = ARC_ALLOCATION_INIT;
    arc_credit_note n = credit_of(1 + roll(seed, 6));
    arc_ledger_step e = ARC_LEDGER_STEP_INIT;
    const int64_t item = 1 + roll(seed, (uint32_t)invoices_count(v, ARC_ITEM));
    arc_credit_line l = credit_seq(1 + roll(seed, 4), roll(seed, 2) ? ARC_CREDIT_NET : ARC_CREDIT_GROSS, 1 + roll(seed, 20000));
    switch (roll(seed, 7)) {
    case 0: case 1: case 2:
        a.item = item;
        a.receipt = roll(seed, 4) ? receipts[roll(seed, 3)] : 0;
        if (!a.receipt) a.credit_item = 1 + roll(seed, (uint32_t)invoices_count(v, ARC_ITEM));
        a.amount = 1 + roll(seed, 20000);
        a.discount = roll(seed, 3) ? 0 : roll(seed, 500);
        a.write_off = roll(seed, 3) ? 0 : roll(seed, 50);
        a.order = orders[roll(seed, 5)];
        a.reason = "agreed";
        (void)arc_allocation_apply(v->s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
        break;
    case 3:
        n.lines = &l;
        n.n_lines = 1;
        (void)arc_invoice_credit(v->s, NULL, &n);
        break;
    case 4:
        e.row = item;
        e.amount = 1 + roll(seed, 9000);
        e.reason = "later";
        (void)arc_item_carry_over_many(v->s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
        break;
    case 5: (void)arc_item_give_up(v->s, NULL, item, ARC_DATE_NONE, "small"); break;
    default: (void)arc_allocation_reverse(v->s, NULL, 1 + roll(seed, 12), ARC_DATE_NONE, "wrong"); break;
    }
}

static void random_books(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 24; round++) {
        invoices v;
        int64_t id, receipts[3];
        uint64_t seed = round * 0x9e3779b97f4a7c15u + 1;
        invoices_open(&v, round % 8 ? 0 : 1);
        assert_session(&v.b, arc_definition_save(v.s, &id, "term", "343",
                                                 "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"40\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                                                 "{\"due\":{\"kind\":\"net\",\"days\":60}}]}", SIZE_MAX, NULL));
        assert_session(&v.b, arc_definition_publish(v.s, id, NULL, NULL));
        for (int k = 0; k < 6; k++) random_document(&v, &seed);
        for (int k = 0; k < 3; k++) receipts[k] = receipt(&v, k == 0 ? "R0" : k == 1 ? "R1" : "R2", "700.00");
        for (int k = 0; k < 40; k++) random_step(&v, &seed, receipts);
        all_add_up(&v);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settled_in_order), cmocka_unit_test(order_of_the_book), cmocka_unit_test(divided),      cmocka_unit_test(credited),
        cmocka_unit_test(voided),           cmocka_unit_test(the_rest_alone),    cmocka_unit_test(the_smallest_rest), cmocka_unit_test(other_currencies),
        cmocka_unit_test(red_letters),      cmocka_unit_test(settled_as_a_list), cmocka_unit_test(random_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
