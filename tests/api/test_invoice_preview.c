/* SPDX-License-Identifier: Apache-2.0 */
/* A preview says what issuing would: the same header, lines and items, or the same refusal, of random documents on contracts, orders and receivables; nothing is written. */
#include "api/credits.h"

#define DAY "\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\""

enum { ROUNDS = 90, ITEMS = 4, TEXT = 6000 };

static int backends = TEST_BACKENDS;

static uint32_t roll(uint64_t *seed, uint32_t n)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 33) % n;
}

static int64_t recorded(invoices *v, const char *json)
{
    int64_t id = 0;
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

/* Contract 1 of 2,000.00 (and 2, a draft), order 1 of ten pieces on it, delivery 1 of four of them; items 1 to 4: estimates of the contract and the order, two receivables; advance 1. */
static void fill(invoices *v)
{
    int64_t id;
    assert_session(&v->b, arc_definition_save(v->s, &id, "term", "343",
                                              "{\"lines\":[{\"percent\":\"30\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"40\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                                              "{\"due\":{\"kind\":\"net\",\"days\":60}}]}", SIZE_MAX, NULL));
    assert_session(&v->b, arc_definition_publish(v->s, id, NULL, NULL));
    (void)sample_insert(v->s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"乙公司\",\"term\":\"NET30\"}");
    (void)sample_insert(v->s, ARC_CUSTOMER, "{\"code\":\"C3\",\"legal_name\":\"丙公司\",\"term\":\"NET30\",\"status\":\"blocked\"}");
    id = sample_insert(v->s, ARC_CONTRACT, "{\"number\":\"K1\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"amount\":\"2000.00\",\"tax_included\":true}");
    assert_session(&v->b, arc_contract_activate(v->s, id));
    (void)sample_insert(v->s, ARC_CONTRACT, "{\"number\":\"K2\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true}");
    id = sample_insert(v->s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\",\"contract\":1}");
    (void)sample_insert(v->s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"100\",\"currency\":\"CNY\",\"amount\":\"1130.00\",\"tax_rate\":\"0.13\"}");
    assert_session(&v->b, order_step(v, arc_order_confirm, id));
    id = sample_insert(v->s, ARC_DELIVERY, "{\"number\":\"D1\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}");
    (void)sample_insert(v->s, ARC_DELIVERY_LINE, "{\"delivery\":1,\"seq\":1,\"order_line\":1,\"quantity\":\"4\",\"currency\":\"CNY\",\"amount\":\"452.00\"}");
    assert_session(&v->b, order_step(v, arc_delivery_ship, id));
    (void)recorded(v, "{\"number\":\"E1\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"500.00\",\"business_date\":\"2026-01-10\",\"contract\":1}");
    (void)recorded(v, "{\"number\":\"E2\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"300.00\",\"business_date\":\"2026-01-10\",\"sales_order\":1}");
    (void)recorded(v, "{\"number\":\"S1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"400.00\",\"business_date\":\"2026-01-10\"}");
    (void)recorded(v, "{\"number\":\"S2\",\"kind\":\"invoiced\",\"customer\":2,\"currency\":\"CNY\",\"amount\":\"400.00\",\"business_date\":\"2026-01-10\"}");
    assert_session(&v->b, AS(v, &id, ARC_AS_ADVANCE, "{\"customer\":1," DAY ",\"number\":\"V1\"}", "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}"));
    assert_int_equal(id, 1);
}

typedef struct document {
    arc_invoice_document d;
    arc_record *lines[3], *out_lines[3], *header, *items[ITEMS];
    arc_invoice_use uses[2];
    uint32_t n_items;
    char text[600];
} document;

/* Mostly good, now and then wrong in one thing. */
static void make(invoices *v, document *x, uint64_t *seed)
{
    static const char *const numbers[] = { ",\"number\":\"V1\"", ",\"number\":\"X\"", "", "", "", "" };
    static const char *const tops[] = { ",\"contract\":1", ",\"contract\":2", ",\"contract\":9", ",\"sales_order\":1", ",\"delivery\":1", ",\"project\":7", ",\"debit_of\":1", ",\"retention\":\"0.1\"", "", "", "", "" };
    static const char *const ofs[] = { ",\"order_line\":1", ",\"delivery_line\":1", ",\"order_line\":7", ",\"part\":\"freight\"", "", "", "" };
    static const char *const terms[] = { ",\"term\":\"343\"", "", ",\"term\":\"never\"" };
    memset(x, 0, sizeof *x);
    assert_ok(arc_invoice_document_init(&x->d));
    const uint32_t number = roll(seed, 6), under = roll(seed, 16);
    const char *top = under > 11 || (number < 2 && under == 5) ? "" : tops[under]; /* a number taken and a project that is not there: which is told is the store's */
    int n = snprintf(x->text, sizeof x->text, "{\"customer\":%u," DAY "%s%s%s}", roll(seed, 8) ? 1 : 2 + roll(seed, 2), numbers[number], top, terms[roll(seed, 8) ? roll(seed, 2) : 2]);
    x->d.invoice = invoices_record(v->s, ARC_INVOICE, x->text);
    x->d.n_lines = 1 + roll(seed, 3);
    for (uint32_t k = 0; k < x->d.n_lines; k++) {
        char line[300];
        if (k && roll(seed, 4) == 0) snprintf(line, sizeof line, "{\"name\":\"v\",\"currency\":\"CNY\",\"net_amount\":\"-%u.00\",\"tax_rate\":\"0.13\",\"advance\":1}", 1 + roll(seed, 60));
        else snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"%u\",\"price\":\"%u\",\"tax_rate\":\"0.13\"%s}", 1 + roll(seed, 3), 1 + roll(seed, 100), ofs[roll(seed, 7)]);
        n += snprintf(x->text + n, sizeof x->text - (size_t)n, "%s", line);
        x->lines[k] = invoices_record(v->s, ARC_INVOICE_LINE, line);
        assert_ok(arc_record_new(v->s, &x->out_lines[k], ARC_INVOICE_LINE));
    }
    x->d.lines = x->lines;
    x->d.n_uses = roll(seed, 3) ? 0 : 1 + roll(seed, 2);
    for (uint32_t k = 0; k < x->d.n_uses; k++) {
        assert_ok(arc_invoice_use_init(&x->uses[k]));
        x->uses[k].item = 1 + (int64_t)(roll(seed, 12) ? roll(seed, 3) : 3 + roll(seed, 9));
        x->uses[k].flags = roll(seed, 3) ? 0 : ARC_USE_UP_TO;
        assert_ok(arc_money_set(&x->uses[k].amount, 1 + roll(seed, 9000), "CNY"));
        n += snprintf(x->text + n, sizeof x->text - (size_t)n, " uses %lld: %lld", (long long)x->uses[k].item, (long long)x->uses[k].amount.minor);
    }
    x->d.uses = x->uses;
    if (!roll(seed, 10)) x->d.flags = roll(seed, 2) ? ARC_AS_ADVANCE : ARC_AS_PROFORMA;
    if (!roll(seed, 15)) x->d.series = "none";
    assert_ok(arc_record_new(v->s, &x->header, ARC_INVOICE));
    for (int k = 0; k < ITEMS; k++) assert_ok(arc_record_new(v->s, &x->items[k], ARC_ITEM));
    x->n_items = ITEMS;
}

static void drop(document *x)
{
    for (uint32_t k = 0; k < x->d.n_lines; k++) {
        arc_record_free(x->lines[k]);
        arc_record_free(x->out_lines[k]);
    }
    for (int k = 0; k < ITEMS; k++) arc_record_free(x->items[k]);
    arc_record_free(x->header);
    arc_record_free(x->d.invoice);
}

/* JSON of a record without what only a written row has. */
static void text_of(arc_record *r, char out[TEXT])
{
    static const char *const keys[] = { "id", "version", "txn", "number", "status", "issued_on", "invoice" };
    size_t n = TEXT;
    assert_ok(arc_record_get_json(r, out, &n));
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        char key[40];
        snprintf(key, sizeof key, "\"%s\":", keys[k]);
        char *at = strstr(out, key);
        if (!at || (at[-1] != '{' && at[-1] != ',')) continue;
        char *end = at + strlen(key);
        end += *end == '"' ? strcspn(end + 1, "\"") + 2 : strcspn(end, ",}");
        if (*end == ',') end++;
        else if (at[-1] == ',') at--;
        memmove(at, end, strlen(end) + 1);
    }
}

static void same(arc_record *seen, arc_record *issued, const document *x)
{
    static char is[TEXT], said[TEXT];
    text_of(seen, said);
    text_of(issued, is);
    if (strcmp(is, said) != 0) fail_msg("%s:\nsaid   %s\nissued %s", x->text, said, is);
    arc_record_free(issued);
}

/* The invoice's rows in order of seq are those seen. */
static void same_rows(invoices *v, uint32_t entity, arc_field_id invoice, arc_field_id seq, int64_t id, arc_record *const *seen, uint32_t n, const document *x)
{
    arc_query *q;
    arc_cursor *c;
    arc_record *r;
    assert_session(&v->b, arc_query_new(v->s, &q, entity));
    assert_ok(arc_query_where_int(q, invoice, ARC_EQ, id));
    assert_ok(arc_query_order(q, seq, 0));
    assert_ok(arc_query_run(q, &c));
    for (uint32_t k = 0; k < n; k++) {
        assert_ok(arc_cursor_next(c));
        assert_ok(arc_cursor_record(c, &r));
        same(seen[k], r, x);
    }
    assert_int_equal(arc_cursor_next(c), ARC_DONE);
    arc_cursor_free(c);
    arc_query_free(q);
}

static void one(invoices *v, uint64_t *seed, int *good, int *refused)
{
    document x;
    arc_error said = ARC_ERROR_INIT, why = ARC_ERROR_INIT;
    int64_t id = 0;
    make(v, &x, seed);
    arc_record *issued;
    const int64_t rows = invoices_count(v, ARC_INVOICE), used = invoices_count(v, ARC_INVOICE_ITEM), events = invoices_count(v, ARC_EVENT);
    const arc_status seen = arc_invoice_preview(v->s, x.header, x.out_lines, x.items, &x.n_items, &x.d);
    (void)arc_session_error(v->s, &said);
    assert_int_equal(invoices_count(v, ARC_INVOICE), rows);
    assert_int_equal(invoices_count(v, ARC_INVOICE_ITEM), used);
    assert_int_equal(invoices_count(v, ARC_EVENT), events);
    const arc_status st = arc_invoice_issue_document(v->s, &id, &x.d);
    (void)arc_session_error(v->s, &why);
    if (seen != st) fail_msg("%s: seen %s %s, issued %s %s", x.text, arc_status_name(seen), said.message, arc_status_name(st), why.message);
    if (st == ARC_OK) {
        (*good)++;
        assert_session(&v->b, arc_session_get(v->s, &issued, ARC_INVOICE, id));
        same(x.header, issued, &x);
        same_rows(v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_INVOICE, ARC_INVOICE_LINE_SEQ, id, x.out_lines, x.d.n_lines, &x);
        same_rows(v, ARC_ITEM, ARC_ITEM_INVOICE, ARC_ITEM_SEQ, id, x.items, x.n_items, &x);
    } else {
        (*refused)++;
        if (strcmp(said.message, why.message) != 0 || strcmp(said.field, why.field) != 0 || strcmp(said.pointer, why.pointer) != 0 || strcmp(said.entity, why.entity) != 0) {
            fail_msg("%s:\nsaid   %s (%s %s)\nissued %s (%s %s)", x.text, said.message, said.entity, said.field, why.message, why.entity, why.field);
        }
    }
    drop(&x);
}

static void as_issued(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        for (uint64_t round = 1; round <= (backend ? 1u : 6u); round++) {
            invoices v;
            uint64_t seed = round * 0x9e3779b97f4a7c15u + 1;
            int good = 0, refused = 0;
            invoices_open(&v, backend);
            fill(&v);
            for (int k = 0; k < ROUNDS; k++) one(&v, &seed, &good, &refused);
            print_message("%d issued, %d refused\n", good, refused);
            assert_true(good > 5 && refused > 20);
            invoices_close(&v);
        }
    }
}

/* A draft read from the book is looked at anew: its own number is not taken. Rules of the book judge it. */
static void a_stored_draft(void **state)
{
    invoices v;
    int64_t id;
    uint32_t n = 1;
    arc_record *draft, *items[1];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    (void)state;
    invoices_open(&v, 0);
    arc_record *line = invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}");
    d.invoice = invoices_record(v.s, ARC_INVOICE, "{\"customer\":1," DAY ",\"number\":\"N1\"}");
    d.lines = &line;
    d.n_lines = 1;
    assert_session(&v.b, arc_invoice_draft(v.s, &id, &d));
    arc_record_free(d.invoice);
    assert_session(&v.b, arc_session_get(v.s, &draft, ARC_INVOICE, id));
    assert_ok(arc_record_new(v.s, &items[0], ARC_ITEM));
    d.invoice = draft;
    arc_record_free(line);
    line = invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"200.00\",\"tax_rate\":\"0.13\"}");
    assert_session(&v.b, arc_invoice_preview(v.s, NULL, NULL, items, &n, &d));
    assert_ok(arc_record_set_text(draft, ARC_INVOICE_NUMBER, "N2", SIZE_MAX));
    (void)issue_ok(&v, "{\"customer\":1," DAY ",\"number\":\"N2\"}", "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"1.00\",\"tax_rate\":\"0.13\"}", NULL);
    assert_session_status(ARC_E_EXISTS, &v.b, arc_invoice_preview(v.s, NULL, NULL, items, &n, &d));
    arc_record_free(items[0]);
    arc_record_free(draft);
    arc_record_free(line);
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(as_issued), cmocka_unit_test(a_stored_draft) };
    if (test_postgresql_start()) backends = TEST_POSTGRESQL + 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
