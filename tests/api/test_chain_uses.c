/* SPDX-License-Identifier: Apache-2.0 */
/* What documents took over of estimates and receivables, given back by voiding and by credit notes; agings of every day, against a plain list of moves. */
#include "api/credits.h"


static arc_date day(const char *text)
{
    arc_date d = ARC_DATE_NONE;
    assert_ok(arc_date_parse(&d, text, SIZE_MAX));
    return d;
}

static int64_t estimate(invoices *v, const char *number, int64_t minor, arc_date on, const char *kind)
{
    char json[300], text[20];
    size_t n = sizeof text;
    int64_t id = 0;
    assert_ok(arc_date_print(text, &n, on));
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"kind\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"%lld.%02lld\",\"business_date\":\"%s\",\"project\":1}", number, kind, (long long)minor / 100,
             (long long)minor % 100, text);
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &id, r));
    arc_record_free(r);
    return id;
}

static arc_status take(invoices *v, int64_t *id, int64_t gross, arc_date on, const arc_invoice_use *uses, uint32_t n)
{
    char json[300], text[20];
    size_t len = sizeof text;
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    assert_ok(arc_date_print(text, &len, on));
    snprintf(json, sizeof json, "{\"customer\":1,\"currency\":\"CNY\",\"term\":\"NET30\",\"invoice_date\":\"%s\"}", text);
    d.invoice = invoices_record(v->s, ARC_INVOICE, json);
    snprintf(json, sizeof json, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"%lld.%02lld\",\"tax_rate\":\"0.13\"}", (long long)gross / 100, (long long)gross % 100);
    arc_record *line = invoices_record(v->s, ARC_INVOICE_LINE, json);
    d.lines = &line;
    d.n_lines = 1;
    d.uses = uses;
    d.n_uses = n;
    arc_status st = arc_invoice_issue_document(v->s, id, &d);
    arc_record_free(line);
    arc_record_free(d.invoice);
    return st;
}

static arc_invoice_use use_of(int64_t item, int64_t minor)
{
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    u.item = item;
    assert_ok(arc_money_set(&u.amount, minor, "CNY"));
    return u;
}

static arc_status drop(invoices *v, int64_t invoice, arc_date on)
{
    arc_invoice_step s = ARC_INVOICE_STEP_INIT;
    s.invoice = invoice;
    s.reason = "wrong";
    s.date = on;
    return arc_invoice_void(v->s, NULL, NULL, &s, 1, ARC_ALL_OR_NONE);
}

static arc_status note(invoices *v, int64_t *id, int64_t invoice, int64_t gross, arc_date on)
{
    arc_credit_note n = credit_of(invoice);
    arc_credit_line l = credit_seq(1, ARC_CREDIT_GROSS, gross);
    n.date = on;
    n.lines = gross ? &l : NULL;
    n.n_lines = gross != 0;
    return arc_invoice_credit(v->s, id, &n);
}

static int64_t aged(invoices *v, arc_date on, uint32_t flags)
{
    arc_aging *a;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    o.as_of = on;
    o.flags = flags;
    assert_session(&v->b, arc_aging_compute(v->s, &a, &o));
    arc_status st = arc_aging_total(a, &row, "CNY");
    assert_true(st == ARC_OK || st == ARC_E_NOT_FOUND);
    int64_t total = st == ARC_OK ? row.total : 0;
    arc_aging_free(a);
    return total;
}

static int64_t episode_of(invoices *v, int64_t item)
{
    arc_query *q;
    arc_cursor *c;
    const arc_field_id field = ARC_ITEM_STATE_EPISODE;
    int64_t n = 0;
    assert_ok(arc_query_new(v->s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, item));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* Voided, all comes back; credited, in proportion, the last note the last cent; a note taken back takes again, unless somebody else did. */
static void there_and_back(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0, n1 = 0, n2 = 0, other = 0;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_BOOK_SETTING, "{\"name\":\"ledger.post_estimates\",\"value\":1}");
        arc_date d = day("2026-02-10");
        assert_ok(arc_session_set_business_date(v.s, d + 30));
        int64_t a = estimate(&v, "E1", 10000, d, "estimated"), b = estimate(&v, "E2", 5001, d, "estimated");
        const arc_invoice_use both[] = { use_of(a, 10000), use_of(b, 5001) };
        assert_session(&v.b, take(&v, &id, 30000, d + 1, both, 2));
        assert_int_equal(open_of(&v, a) + open_of(&v, b), 0);
        assert_session(&v.b, drop(&v, id, d + 2));
        assert_int_equal(open_of(&v, a), 10000);
        assert_int_equal(open_of(&v, b), 5001);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED), 15001);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 15001);
        assert_session(&v.b, take(&v, &id, 30000, d + 3, both, 2));
        assert_session(&v.b, note(&v, &n1, id, 10000, d + 4)); /* a third: 33.33 of one, 16.67 of the other */
        assert_int_equal(open_of(&v, a), 3333);
        assert_int_equal(open_of(&v, b), 1667);
        assert_int_equal(role_sum(&v, "estimated_receivable"), 5000);
        assert_session(&v.b, note(&v, &n2, id, 0, d + 5)); /* all the rest */
        assert_int_equal(open_of(&v, a), 10000);
        assert_int_equal(open_of(&v, b), 5001);
        /* the second note is taken back: the invoice consumes again what it gave back */
        assert_session(&v.b, drop(&v, n2, d + 6));
        assert_int_equal(open_of(&v, a), 3333);
        assert_int_equal(open_of(&v, b), 1667);
        const arc_invoice_use rest[] = { use_of(a, 3333) };
        assert_session(&v.b, take(&v, &other, 5000, d + 6, rest, 1));
        assert_int_equal(drop(&v, n1, d + 7), ARC_E_STATE); /* somebody else has that now */
        assert_session(&v.b, drop(&v, other, d + 7));
        assert_int_equal(episode_of(&v, a), 3);
        assert_session(&v.b, drop(&v, n1, d + 8));
        assert_int_equal(open_of(&v, a) + open_of(&v, b), 0);
        assert_int_equal(episode_of(&v, a), 3); /* used up and open again: by the void, the first note, the other's void */
        assert_int_equal(episode_of(&v, b), 2);
        invoices_close(&v);
    }
}

/* Two notes that are voided in one call: what the first takes again, the second has not. */
static void voided_at_once(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0, other = 0, notes[2] = { 0, 0 };
        arc_invoice_step s[2] = { ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT };
        arc_status results[2];
        invoices_open(&v, backend);
        arc_date d = day("2026-02-10");
        assert_ok(arc_session_set_business_date(v.s, d + 30));
        int64_t a = estimate(&v, "E1", 10000, d, "estimated");
        const arc_invoice_use all[] = { use_of(a, 10000) }, some[] = { use_of(a, 3000) };
        assert_session(&v.b, take(&v, &id, 10000, d, all, 1));
        for (int k = 0; k < 2; k++) assert_session(&v.b, note(&v, &notes[k], id, 4000, d + 1));
        assert_session(&v.b, take(&v, &other, 3000, d + 1, some, 1)); /* of 80.00 that came back 50.00 are left */
        for (int k = 0; k < 2; k++) {
            s[k].invoice = notes[k];
            s[k].reason = "wrong";
            s[k].date = d + 2;
        }
        assert_int_equal(arc_invoice_void(v.s, NULL, results, s, 2, 0), ARC_PARTIAL);
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_E_STATE);
        assert_int_equal(open_of(&v, a), 1000);
        invoices_close(&v);
    }
}

/* A fapiao of a receivable that stands is taken back: the receivable stays, and may be covered again. */
static void covered(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0, n1 = 0, again = 0;
        invoices_open(&v, backend);
        arc_date d = day("2026-02-10");
        assert_ok(arc_session_set_business_date(v.s, d + 30));
        int64_t a = estimate(&v, "R1", 10000, d, "invoiced"), b = estimate(&v, "R2", 5001, d, "invoiced");
        const arc_invoice_use both[] = { use_of(a, 6000), use_of(b, 5001) }, more[] = { use_of(a, 4001) }, third[] = { use_of(a, 4000), use_of(b, 1) };
        assert_session(&v.b, take(&v, &id, 11001, d, both, 2)); /* a part of the first: the rest stays to be invoiced */
        assert_int_equal(take(&v, &again, 4001, d, more, 1), ARC_E_GUARD);
        assert_session(&v.b, note(&v, &n1, id, 5500, d + 1));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 15001); /* what is owed is what it was */
        assert_int_equal(role_sum(&v, "receivable"), 15001);
        assert_int_equal(drop(&v, id, d + 1), ARC_E_STATE);
        assert_session(&v.b, take(&v, &again, 4001, d + 1, third, 2)); /* 4000 were left, and 3000 came back */
        assert_session(&v.b, drop(&v, again, d + 2));
        assert_session(&v.b, note(&v, &n1, id, 0, d + 2));
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        assert_session(&v.b, take(&v, &again, 11001, d + 3, both, 2));
        assert_session(&v.b, drop(&v, again, d + 3));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 15001);
        assert_int_equal(role_sum(&v, "receivable"), 15001);
        invoices_close(&v);
    }
}

/* A tax invoice of more than the receivable claims the rest: by its terms, in the journal, with its notes and its end. */
static void covered_and_more(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0, n1 = 0, n2 = 0;
        invoices_open(&v, backend);
        arc_date d = day("2026-02-10");
        assert_ok(arc_session_set_business_date(v.s, d + 30));
        int64_t a = estimate(&v, "R1", 8000, d, "invoiced"), e = estimate(&v, "E1", 3000, d, "estimated");
        const arc_invoice_use both[] = { use_of(a, 8000), use_of(e, 1500) };
        assert_session(&v.b, take(&v, &id, 10000, d, both, 2));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 10000); /* 80.00 stood, 20.00 are new */
        assert_int_equal(role_sum(&v, "receivable"), 10000);
        assert_int_equal(role_sum(&v, "output_vat"), -230); /* of the rest; that of the receivable was its own affair */
        assert_int_equal(open_of(&v, e), 1500);
        row_is(&v, ARC_ITEM, 3, "{\"invoice\":1,\"amount\":\"20.00\",\"tax_amount\":\"2.30\",\"due_date\":\"2026-03-12\"}");
        invoices_verified(&v);
        assert_session(&v.b, note(&v, &n1, id, 5000, d + 1)); /* half of both */
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 9000);
        assert_int_equal(open_of(&v, 3), 1000);
        assert_int_equal(open_of(&v, a), 8000);
        assert_int_equal(open_of(&v, e), 2250);
        assert_session(&v.b, note(&v, &n2, id, 0, d + 2));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 8000);
        assert_int_equal(role_sum(&v, "output_vat"), 0);
        invoice_is(&v, id, "{\"status\":\"credited\"}");
        invoices_verified(&v);
        assert_session(&v.b, drop(&v, n2, d + 3));
        assert_session(&v.b, drop(&v, n1, d + 3));
        assert_session(&v.b, drop(&v, id, d + 3));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 8000);
        assert_int_equal(role_sum(&v, "receivable"), 8000);
        assert_int_equal(open_of(&v, e), 3000);
        /* nothing was left of the receivable to invoice but this */
        assert_session(&v.b, take(&v, &id, 8000, d + 3, both, 1));
        arc_invoice_use most = use_of(e, 9000); /* of what is left of an estimate, not of a receivable */
        assert_int_equal(take(&v, &n1, 9500, d + 3, &most, 1), ARC_E_GUARD);
        most.flags = ARC_USE_UP_TO;
        assert_session(&v.b, take(&v, &n1, 9500, d + 3, &most, 1));
        assert_int_equal(open_of(&v, e), 0);
        most.item = a;
        assert_int_equal(take(&v, &n1, 9500, d + 3, &most, 1), ARC_E_GUARD);
        most.flags = 2;
        assert_int_equal(take(&v, &n1, 9500, d + 3, &most, 1), ARC_E_INVALID);
        assert_int_equal(take(&v, &n1, 10000, d + 3, both, 1), ARC_E_GUARD);
        invoices_close(&v);
    }
}

/* The same in another currency, by instalments, line by line: every cent in both currencies, there and back. */
static void covered_abroad(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
        arc_invoice_use use = ARC_INVOICE_USE_INIT;
        int64_t id = 0, item = 0, term = 0, n1 = 0, n2 = 0;
        invoices_open(&v, backend);
        assert_session(&v.b, arc_definition_save(v.s, &term, "term", "thirds", "{\"lines\":[{\"percent\":\"33.33\",\"due\":{\"kind\":\"net\"}},{\"percent\":\"33.33\",\"due\":{\"kind\":\"net\",\"days\":30}},"
                                                                                "{\"due\":{\"kind\":\"net\",\"days\":60}}]}", SIZE_MAX, NULL));
        assert_session(&v.b, arc_definition_publish(v.s, term, NULL, NULL));
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"R1\",\"kind\":\"invoiced\",\"customer\":1,\"currency\":\"USD\",\"amount\":\"77.77\",\"business_date\":\"2026-02-01\",\"base_currency\":\"CNY\",\"base_amount\":\"550.00\"}");
        assert_session(&v.b, arc_item_record(v.s, &item, r));
        arc_record_free(r);
        arc_record *lines[] = { invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"33.33\",\"tax_rate\":\"0.13\"}"),
                                invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"b\",\"currency\":\"USD\",\"net_amount\":\"66.67\",\"tax_rate\":\"0.06\",\"account_role\":\"other_income\"}"),
                                invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"c\",\"currency\":\"USD\",\"net_amount\":\"-0.07\",\"tax_rate\":\"0.06\",\"discount_of\":2}") };
        d.invoice = invoices_record(v.s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-02-03\",\"term\":\"thirds\",\"fx_rate\":\"7.1234\"}");
        d.lines = lines;
        d.n_lines = 3;
        use.item = item;
        assert_ok(arc_money_set(&use.amount, 7777, "USD"));
        d.uses = &use;
        d.n_uses = 1;
        assert_session(&v.b, arc_invoice_issue_document(v.s, &id, &d));
        int64_t rest = 10826 - 7777; /* 33.33 + 4.33 + 66.67 + 4.00 - 0.07 */
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 7777 + rest);
        assert_int_equal(sum_where(&v, ARC_ITEM, ARC_ITEM_AMOUNT, 0, NULL), 7777 + rest);
        assert_int_equal(sum_of(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_AMOUNT), 0);
        assert_int_equal(sum_of(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT), 0);
        invoices_verified(&v);
        arc_credit_note n = credit_of(id);
        arc_credit_line l = credit_seq(2, ARC_CREDIT_NET, 3001);
        n.lines = &l;
        n.n_lines = 1;
        assert_session(&v.b, arc_invoice_credit(v.s, &n1, &n));
        invoices_verified(&v);
        n.n_lines = 0;
        assert_session(&v.b, arc_invoice_credit(v.s, &n2, &n));
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 7777);
        assert_int_equal(role_sum(&v, "other_income"), 0);
        invoices_verified(&v);
        assert_session(&v.b, drop(&v, n2, day("2026-02-16")));
        assert_session(&v.b, drop(&v, n1, day("2026-02-16")));
        assert_session(&v.b, drop(&v, id, day("2026-02-16")));
        assert_int_equal(role_sum(&v, "receivable"), 7777);
        assert_int_equal(sum_where(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT, ARC_JOURNAL_LINE_ACCOUNT_ROLE, "receivable"), 55000);
        assert_int_equal(sum_of(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT), 0);
        for (int k = 0; k < 3; k++) arc_record_free(lines[k]);
        arc_record_free(d.invoice);
        invoices_close(&v);
    }
}

/* What a document names, and what it takes by itself of the rest. */
static void named_and_more(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_invoice_document doc = ARC_INVOICE_DOCUMENT_INIT;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"150.00\",\"tax_included\":true,\"term\":\"NET30\"}");
        assert_session(&v.b, arc_contract_activate(v.s, 1));
        arc_date d = day("2026-02-10");
        assert_ok(arc_session_set_business_date(v.s, d + 30));
        int64_t a = estimate(&v, "E1", 8000, d, "estimated"), of = 0;
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"E2\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"70.00\",\"business_date\":\"2026-02-10\",\"contract\":1}");
        assert_session(&v.b, arc_item_record(v.s, &of, r));
        arc_record_free(r);
        const arc_invoice_use named[] = { use_of(a, 8000) };
        doc.invoice = invoices_record(v.s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"CNY\",\"contract\":1,\"invoice_date\":\"2026-02-10\"}");
        arc_record *line = invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\",\"tax_rate\":\"0.13\"}");
        doc.lines = &line;
        doc.n_lines = 1;
        doc.uses = named;
        doc.n_uses = 1;
        assert_session(&v.b, arc_invoice_issue_document(v.s, NULL, &doc));
        assert_int_equal(open_of(&v, a), 0);
        assert_int_equal(open_of(&v, of), 5000); /* 20.00 of the contract's */
        arc_headroom h = ARC_HEADROOM_INIT;
        assert_session(&v.b, arc_headroom_compute(v.s, &h, 1));
        assert_int_equal(h.headroom.minor, 5000);
        arc_record_free(line);
        arc_record_free(doc.invoice);
        invoices_close(&v);
    }
}

/* ---- every day ---------------------------------------------------------------------------------------------------------------------- */

enum { ITEMS = 4, MOVES = 200, DAYS = 24, DOCS = 40 };
typedef struct plain {
    struct {
        arc_date on;
        int64_t amount; /* of what is estimated */
    } moves[MOVES];
    struct {
        int64_t id, gross, left, item_at, used, took;
        arc_date on;
        int credited, over;
    } docs[DOCS];
    int64_t items[ITEMS], open[ITEMS];
    arc_date since[ITEMS];
    int n_moves, n_docs;
} plain;

static void move(plain *p, arc_date on, int64_t amount)
{
    assert_true(p->n_moves < MOVES);
    p->moves[p->n_moves].on = on;
    p->moves[p->n_moves++].amount = amount;
}

static arc_date later(arc_date a, arc_date b) { return a > b ? a : b; }

static uint32_t next(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void step(invoices *v, plain *p, uint32_t *seed, arc_date today)
{
    assert_ok(arc_session_set_business_date(v->s, today));
    uint32_t what = next(seed, 4), k = next(seed, ITEMS);
    int64_t id = 0;
    if (what < 2 && p->open[k] > 0 && p->n_docs < DOCS) {
        int64_t amount = 1 + (int64_t)next(seed, (uint32_t)p->open[k]), gross = amount + (int64_t)next(seed, 500);
        arc_date on = today - (arc_date)next(seed, 3);
        const arc_invoice_use u = use_of(p->items[k], amount);
        assert_session(&v->b, take(v, &id, gross, on, &u, 1));
        p->open[k] -= amount;
        move(p, later(on, p->since[k]), -amount);
        p->docs[p->n_docs].id = id;
        p->docs[p->n_docs].gross = p->docs[p->n_docs].left = gross;
        p->docs[p->n_docs].used = p->docs[p->n_docs].took = amount;
        p->docs[p->n_docs].item_at = k;
        p->docs[p->n_docs++].on = on;
        return;
    }
    if (!p->n_docs) return;
    uint32_t at = next(seed, (uint32_t)p->n_docs);
    if (p->docs[at].over) return;
    int64_t item = p->docs[at].item_at, back;
    if (what == 2 && !p->docs[at].credited) {
        assert_session(&v->b, drop(v, p->docs[at].id, today));
        back = p->docs[at].used;
        p->docs[at].over = 1;
    } else {
        int64_t gross = 1 + (int64_t)next(seed, (uint32_t)p->docs[at].left);
        arc_status st = note(v, &id, p->docs[at].id, gross, today);
        if (st == ARC_E_GUARD) return; /* net or tax of the line do not go into it so */
        assert_session(&v->b, st);
        p->docs[at].left -= gross;
        const int64_t all = p->docs[at].gross, credited = all - p->docs[at].left, took = p->docs[at].took; /* what all notes so far take decides, not which */
        back = (2 * took * credited + all) / (2 * all) - (took - p->docs[at].used);
        p->docs[at].used -= back;
        p->docs[at].credited = 1;
        p->docs[at].over = !p->docs[at].left;
    }
    p->open[item] += back;
    if (back) move(p, later(today, p->since[item]), back);
}

static void every_day(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        for (uint32_t run = 1; run <= 6; run++) {
            invoices v;
            plain p;
            uint32_t seed = run;
            const arc_date first = day("2026-03-02");
            memset(&p, 0, sizeof p);
            invoices_open(&v, backend);
            for (int k = 0; k < ITEMS; k++) {
                char number[8];
                snprintf(number, sizeof number, "E%d", k);
                p.since[k] = first + 3 * k;
                p.open[k] = 1000 + 977 * k;
                p.items[k] = estimate(&v, number, p.open[k], p.since[k], "estimated");
                move(&p, p.since[k], p.open[k]);
            }
            for (arc_date today = first + 2; today < first + DAYS; today++) step(&v, &p, &seed, today);
            for (arc_date on = first - 1; on <= first + DAYS; on++) {
                int64_t should = 0;
                for (int m = 0; m < p.n_moves; m++) should += p.moves[m].on <= on ? p.moves[m].amount : 0;
                int64_t is = aged(&v, on, ARC_AGING_ESTIMATED) - aged(&v, on, 0);
                if (is != should) fail_msg("backend %d, run %u, day %d: %lld, expected %lld", backend, run, (int)(on - first), (long long)is, (long long)should);
            }
            for (int k = 0; k < ITEMS; k++) assert_int_equal(open_of(&v, p.items[k]), p.open[k]);
            invoices_close(&v);
        }
    }
}

/* A plan that a milestone makes an estimate was a plan until that day. */
static void became(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        arc_date d = day("2026-03-02");
        (void)sample_insert(v.s, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}");
        (void)sample_insert(v.s, ARC_MILESTONE, "{\"contract\":1,\"seq\":1,\"currency\":\"CNY\",\"amount\":\"100.00\",\"trigger_kind\":\"delivery\",\"item_kind\":\"estimated\"}");
        assert_session(&v.b, arc_contract_activate(v.s, 1));
        assert_ok(arc_session_set_business_date(v.s, d));
        assert_session(&v.b, arc_contract_plan(v.s, NULL, 1));
        assert_ok(arc_session_set_business_date(v.s, d + 5));
        assert_session(&v.b, arc_milestone_reach(v.s, 1, d + 5));
        assert_int_equal(aged(&v, d + 4, ARC_AGING_ESTIMATED), 0);
        assert_int_equal(aged(&v, d + 5, ARC_AGING_ESTIMATED), 10000);
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(there_and_back), cmocka_unit_test(voided_at_once), cmocka_unit_test(covered), cmocka_unit_test(covered_and_more), cmocka_unit_test(covered_abroad),
                                        cmocka_unit_test(named_and_more), cmocka_unit_test(every_day), cmocka_unit_test(became) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
