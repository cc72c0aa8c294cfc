/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an invoice: drafts, approval, issue, voiding, the way to the customer; every verb from every state. */
#include "api/invoices.h"
#include "support/work_book.h"

#define HEADER "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\"}"
#define LINE "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100\",\"tax_rate\":\"0.13\"}"

static int backends = TEST_BACKENDS; /* and PostgreSQL where there is a server to be had */

typedef arc_status (*step_fn)(arc_session *, int64_t *, arc_status *, const arc_invoice_step *, size_t, uint32_t);

static arc_status draft_as(arc_session *s, int64_t *id, const char *header, const char *line)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *r = invoices_record(s, ARC_INVOICE_LINE, line);
    d.invoice = invoices_record(s, ARC_INVOICE, header);
    d.lines = &r;
    d.n_lines = 1;
    arc_status st = arc_invoice_draft(s, id, &d);
    arc_record_free(d.invoice);
    arc_record_free(r);
    return st;
}

static int64_t draft_of(invoices *v, const char *header)
{
    int64_t id = 0;
    assert_session(&v->b, draft_as(v->s, &id, header, LINE));
    return id;
}

static arc_status step_as(arc_session *s, step_fn fn, int64_t invoice)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = invoice;
    step.reason = "because";
    step.by = "Wang";
    step.accepted_on = PEOPLE_DAY;
    return fn(s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

static void step_ok(invoices *v, step_fn fn, int64_t invoice) { assert_session(&v->b, step_as(v->s, fn, invoice)); }

/* T3, the table: what each verb does from each state. */
enum { DRAFT, SUBMITTED, APPROVED, ISSUED, SENT, DELIVERED, CONFIRMED, REFUSED, VOIDED, CLOSED, STATES };

static int64_t in_state(invoices *v, int state)
{
    int64_t id = draft_of(v, HEADER);
    if (state == DRAFT) return id;
    if (state == VOIDED) {
        step_ok(v, arc_invoice_issue, id);
        step_ok(v, arc_invoice_void, id);
        return id;
    }
    if (state == CLOSED) {
        id = 0;
        assert_session(&v->b, draft_as(v->s, &id, HEADER, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"0\",\"tax_rate\":\"0.13\"}"));
        step_ok(v, arc_invoice_issue, id);
        step_ok(v, arc_invoice_close, id);
        return id;
    }
    step_ok(v, arc_invoice_submit, id);
    if (state >= APPROVED) step_ok(v, arc_invoice_approve, id);
    if (state >= ISSUED) step_ok(v, arc_invoice_issue, id);
    if (state >= SENT) step_ok(v, arc_invoice_send, id);
    if (state == DELIVERED) step_ok(v, arc_invoice_deliver, id);
    if (state == CONFIRMED) step_ok(v, arc_invoice_confirm, id);
    if (state == REFUSED) step_ok(v, arc_invoice_refuse, id);
    return id;
}

static const struct {
    const char *verb;
    step_fn fn;
    const char *from; /* by state: 'y' done, 'n' refused */
} verbs[] = {
    /*                                      D S A I s d c r V C */
    { "submit", arc_invoice_submit,   "ynnnnnnnnn" },
    { "approve", arc_invoice_approve, "nynnnnnnnn" },
    { "reject", arc_invoice_reject,   "nyynnnnnnn" },
    { "issue", arc_invoice_issue,     "ynynnnnnnn" },
    { "void", arc_invoice_void,       "ynnyyyyynn" },
    { "send", arc_invoice_send,       "nnnynnnyny" },
    { "deliver", arc_invoice_deliver, "nnnnynnnnn" },
    { "confirm", arc_invoice_confirm, "nnnnyynnnn" },
    { "refuse", arc_invoice_refuse,   "nnnnyynnnn" },
    { "date", arc_invoice_date,       "nnnyyyyynn" },
    { "close", arc_invoice_close,     "nnnnnnnnnn" }, /* something is open */
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

/* What front ends are told agrees with what happens. */
static void told(invoices *v, int64_t id, const char *verb, int possible)
{
    static char json[20000];
    char name[80];
    size_t n = sizeof json;
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_INVOICE, id));
    assert_session(&v->b, arc_verbs_allowed(v->s, json, &n, r));
    (void)snprintf(name, sizeof name, "\"verb\":\"invoice.%s\"", verb);
    const char *at = strstr(json, name), *allowed = at ? strstr(at, "\"allowed\":") : NULL;
    assert_non_null(allowed);
    if (!!strncmp(allowed + 10, "false", 5) != possible) fail_msg("%s: %s", verb, at);
    if (!possible) assert_true(strstr(at, "\"reason_zh\":") != NULL);
    arc_record_free(r);
}

static void every_verb_from_every_state(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 0);
    for (int s = 0; s < STATES; s++) {
        for (int k = 0; k < VERBS; k++) {
            arc_error e = ARC_ERROR_INIT;
            int64_t id = in_state(&v, s);
            int possible = verbs[k].from[s] == 'y';
            told(&v, id, verbs[k].verb, possible);
            told(&v, id, "credit", s >= ISSUED && s <= REFUSED);
            arc_status st = step_as(v.s, verbs[k].fn, id);
            (void)arc_session_error(v.s, &e);
            if (st != (possible ? ARC_OK : ARC_E_STATE)) fail_msg("%s from %d: %s %s", verbs[k].verb, s, arc_status_name(st), e.message);
            if (!possible) assert_true(e.message[0] && e.message_zh[0] && e.id == id);
        }
        int64_t id = in_state(&v, s); /* edited: only drafts */
        char json[300];
        (void)snprintf(json, sizeof json, "{\"id\":%d,\"version\":1,\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\"}", (int)id);
        assert_int_equal(draft_as(v.s, NULL, json, LINE), s == DRAFT ? ARC_OK : ARC_E_STATE);
    }
    invoices_close(&v);
}

static void a_draft(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t id = draft_of(&v, HEADER), same;
        invoice_is(&v, id, "{\"status\":\"draft\",\"gross_amount\":\"113.00\",\"number\":null,\"due_date\":null,"
                           "\"draft_lines\":[{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.1300\"}]}");
        assert_int_equal(invoices_count(&v, ARC_ITEM), 0);
        assert_int_equal(invoices_count(&v, ARC_JOURNAL_ENTRY), 0);
        arc_record *r, *line = invoices_record(v.s, ARC_INVOICE_LINE, "{\"name\":\"b\",\"currency\":\"CNY\",\"net_amount\":\"200\",\"tax_rate\":\"0.06\"}");
        assert_session(&v.b, arc_session_get(v.s, &r, ARC_INVOICE, id)); /* as it is read it is changed and kept again */
        arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
        d.invoice = r;
        d.lines = &line;
        d.n_lines = 1;
        assert_ok(arc_record_set_text(r, ARC_INVOICE_REMARK, "changed", SIZE_MAX));
        assert_session(&v.b, arc_invoice_draft(v.s, &same, &d));
        assert_int_equal(same, id);
        assert_session_status(ARC_E_STALE, &v.b, arc_invoice_draft(v.s, &same, &d)); /* its version is gone */
        invoice_is(&v, id, "{\"version\":2,\"remark\":\"changed\",\"net_amount\":\"200.00\",\"tax_amount\":\"12.00\"}");
        arc_record_free(r);
        arc_record_free(line);
        step_ok(&v, arc_invoice_submit, id);
        step_ok(&v, arc_invoice_reject, id);
        invoice_is(&v, id, "{\"status\":\"draft\",\"decision_reason\":\"because\"}");
        step_ok(&v, arc_invoice_submit, id);
        step_ok(&v, arc_invoice_approve, id);
        step_ok(&v, arc_invoice_issue, id);
        invoice_is(&v, id, "{\"version\":7,\"status\":\"issued\",\"number\":\"INV-202602-0001\",\"due_date\":\"2026-03-12\",\"draft_lines\":null,\"gross_amount\":\"212.00\"}");
        assert_int_equal(sum_of(&v, ARC_INVOICE_LINE, ARC_INVOICE_LINE_GROSS_AMOUNT), 21200);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 21200);
        invoices_close(&v);
    }
}

/* Drafts issued together: each by itself, and a number that is refused goes to the next. */
static void drafts_in_a_batch(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        arc_invoice_step steps[4];
        arc_status results[4];
        int64_t versions[4];
        invoices_open(&v, backend);
        (void)issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"number\":\"MINE\"}", LINE, NULL);
        for (int i = 0; i < 4; i++) {
            arc_invoice_step_init(&steps[i]);
            steps[i].invoice = i == 3 ? 99 : draft_of(&v, HEADER);
        }
        steps[2].version = 7;
        assert_session_status(ARC_PARTIAL, &v.b, arc_invoice_issue(v.s, versions, results, steps, 4, 0));
        assert_int_equal(results[0], ARC_OK);
        assert_int_equal(results[1], ARC_OK);
        assert_int_equal(results[2], ARC_E_STALE);
        assert_int_equal(results[3], ARC_E_NOT_FOUND);
        assert_int_equal(versions[0], 2);
        assert_int_equal(versions[2], 0);
        invoice_is(&v, steps[1].invoice, "{\"number\":\"INV-202602-0002\"}");
        assert_session_status(ARC_E_STALE, &v.b, arc_invoice_submit(v.s, NULL, NULL, &steps[2], 1, ARC_ALL_OR_NONE));
        invoices_close(&v);
    }
}

static void voiding(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_EXCHANGE_RATE, "{\"kind\":\"booked\",\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.1\"}");
        int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"USD\",\"invoice_date\":\"2026-02-10\",\"retention\":\"0.1\"}",
                              "{\"name\":\"a\",\"currency\":\"USD\",\"net_amount\":\"100\",\"tax_rate\":\"0.13\"}", NULL);
        step.invoice = id;
        assert_session_status(ARC_E_REQUIRED, &v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        step.reason = "wrong customer";
        step.date = 20515; /* 2026-03-03: another month */
        assert_session_status(ARC_E_STATE, &v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        step.date = ARC_DATE_NONE;
        assert_session(&v.b, arc_invoice_void(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        invoice_is(&v, id, "{\"status\":\"voided\",\"decision_reason\":\"wrong customer\",\"gross_amount\":\"113.00\"}");
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 0);
        assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_BASE_OPEN), 0);
        assert_int_equal(sum_of(&v, ARC_ACCOUNT, ARC_ACCOUNT_OPEN), 0);
        assert_int_equal(role_sum(&v, "receivable"), 0);
        assert_int_equal(role_sum(&v, "retention_receivable"), 0);
        assert_int_equal(role_sum(&v, "revenue"), 0);
        assert_int_equal(sum_of(&v, ARC_JOURNAL_LINE, ARC_JOURNAL_LINE_BASE_AMOUNT), 0);
        id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"fapiao_kind\":\"digital_special\"}", LINE, NULL);
        assert_int_equal(step_as(v.s, arc_invoice_void, id), ARC_E_STATE);
        id = issue_ok(&v, HEADER, LINE, NULL); /* paid in part */
        arc_allocation a = ARC_ALLOCATION_INIT;
        assert_session(&v.b, book_receipt(v.s, &a.receipt, "R", 1, 5000));
        a.item = 4;
        a.amount = 5000;
        assert_session(&v.b, arc_allocation_apply(v.s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        assert_int_equal(step_as(v.s, arc_invoice_void, id), ARC_E_STATE);
        told(&v, id, "void", 0);
        assert_session(&v.b, arc_allocation_reverse(v.s, NULL, 1, PEOPLE_DAY, "bounced"));
        assert_session(&v.b, step_as(v.s, arc_invoice_void, id));
        invoices_close(&v);
    }
}

static void due_is(invoices *v, int64_t item, arc_date due)
{
    static const arc_field_id fields[] = { ARC_ITEM_STATE_DUE_DATE };
    arc_query *q;
    arc_cursor *c;
    arc_date is = ARC_DATE_NONE;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, item));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    arc_status st = arc_cursor_get_date(c, &is, 0);
    assert_true(st == ARC_OK || st == ARC_E_NOT_FOUND);
    assert_int_equal(is, due);
    arc_cursor_free(c);
    arc_query_free(q);
}

/* The event a term counts from: the due date follows it, and what held before is kept. */
static void due_dates_follow(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        invoices_open(&v, backend);
        int64_t id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"term\":\"NET10@DELIVERY\",\"retention\":\"0.05\",\"retention_term\":\"12M@ACCEPTANCE\"}",
                              LINE, NULL);
        due_is(&v, 1, ARC_DATE_NONE);
        step.invoice = id;
        assert_session_status(ARC_E_REQUIRED, &v.b, arc_invoice_date(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        step.delivered_on = 20505; /* 2026-02-21 */
        assert_session_status(ARC_E_RANGE, &v.b, arc_invoice_date(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE)); /* not yet */
        assert_ok(arc_session_set_business_date(v.s, 20510));
        assert_session(&v.b, arc_invoice_date(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        due_is(&v, 1, 20515);
        row_is(&v, ARC_ITEM, 1, "{\"due_date\":null}");
        due_is(&v, 2, ARC_DATE_NONE);
        step.delivered_on = ARC_DATE_NONE;
        step.accepted_on = 20510; /* 2026-02-26 */
        assert_session(&v.b, arc_invoice_date(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        due_is(&v, 2, 20510 + 365);
        row_is(&v, ARC_ADJUSTMENT, 2, "{\"item\":2,\"due_date\":\"2027-02-26\",\"old_due_date\":null,\"effective_date\":\"2026-02-26\"}");
        invoice_is(&v, id, "{\"delivered_on\":\"2026-02-21\",\"accepted_on\":\"2026-02-26\"}");
        id = issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"term\":\"NET10@RECEIVED\"}", LINE, NULL);
        step_ok(&v, arc_invoice_send, id);
        step_ok(&v, arc_invoice_deliver, id);
        due_is(&v, 3, 20520);
        invoices_close(&v);
    }
}

/* Nobody approves what he drafted, nor his deputy; amounts up to the role's. */
static void approval(void **state)
{
    people p;
    int64_t id, role;
    arc_grant g = ARC_GRANT_INIT;
    (void)state;
    people_open(&p, 1);
    invoices v = { .b = p.b, .s = p.b.session };
    (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"c\",\"term\":\"NET30\"}");
    (void)sample_insert(v.s, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"{n}\",\"gapless\":true}");
    assert_session(&v.b, arc_role_define(v.s, &role, "{\"code\":\"boss\",\"name\":\"Boss\",\"rows\":\"all\",\"verbs\":[\"invoice.*\",\"customer.read\"],"
                                                     "\"authority\":[{\"verb\":\"invoice.approve\",\"currency\":\"CNY\",\"amount\":\"113.00\"}]}", SIZE_MAX));
    g.role = role;
    for (int i = 0; i < 2; i++) {
        g.user = people_user(&p, i ? "bob" : "ann");
        assert_session(&v.b, arc_role_grant(v.s, NULL, &g));
    }
    (void)people_grant(&p, "root", "admin");
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann"), *bob = people_session(p.b.book, "bob");
    assert_ok(draft_as(ann, &id, HEADER, LINE));
    assert_int_equal(step_as(ann, arc_invoice_issue, id), ARC_E_STATE); /* roles decide: approval first */
    assert_ok(step_as(ann, arc_invoice_submit, id));
    assert_int_equal(step_as(ann, arc_invoice_approve, id), ARC_E_FORBIDDEN);
    assert_ok(step_as(bob, arc_invoice_approve, id));
    assert_ok(step_as(ann, arc_invoice_issue, id));
    assert_ok(draft_as(ann, &id, HEADER, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.01\",\"tax_rate\":\"0.13\"}"));
    assert_ok(step_as(ann, arc_invoice_submit, id));
    assert_int_equal(step_as(bob, arc_invoice_approve, id), ARC_E_FORBIDDEN); /* 113.01 */
    arc_session_close(ann);
    arc_session_close(bob);
    people_close(&p);
}

/* A closed invoice that a payment opens again is issued again: it can be credited, paid, closed. One that stays paid stays closed. */
static void closed_and_open_again(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        invoices v;
        arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
        int64_t paid[2], id[2], allocation[2];
        invoices_open(&v, backend);
        for (int i = 0; i < 2; i++) {
            char json[200];
            step_ok(&v, arc_invoice_issue, id[i] = draft_of(&v, HEADER));
            (void)snprintf(json, sizeof json, "{\"number\":\"R%d\",\"customer\":1,\"value_date\":\"2026-02-10\",\"currency\":\"CNY\",\"amount\":\"113\"}", i);
            arc_record *r = invoices_record(v.s, ARC_RECEIPT, json);
            assert_session(&v.b, arc_receipt_record(v.s, &paid[i], r));
            arc_record_free(r);
            a[i].item = i + 1, a[i].receipt = paid[i], a[i].amount = 11300;
            assert_session(&v.b, arc_allocation_apply(v.s, &allocation[i], NULL, &a[i], 1, ARC_ALL_OR_NONE));
            step_ok(&v, arc_invoice_close, id[i]);
            invoice_is(&v, id[i], "{\"status\":\"closed\"}");
        }
        assert_session(&v.b, arc_allocation_reverse(v.s, NULL, allocation[0], ARC_DATE_NONE, "the cheque bounced"));
        invoice_is(&v, id[0], "{\"status\":\"issued\"}");
        invoice_is(&v, id[1], "{\"status\":\"closed\"}");
        told(&v, id[0], "credit", 1);
        assert_session(&v.b, arc_allocation_apply(v.s, NULL, NULL, &a[0], 1, ARC_ALL_OR_NONE));
        step_ok(&v, arc_invoice_close, id[0]);
        assert_session(&v.b, arc_receipt_return(v.s, paid[0], ARC_DATE_NONE, "sent back"));
        invoice_is(&v, id[0], "{\"status\":\"issued\"}");
        invoices_verified(&v);
        invoices_close(&v);
    }
}

/* What the tax service says is told to be sayable of red letters that wait for it, and the use by the buyer of fapiao. */
static void what_the_tax_service_says(void **state)
{
    (void)state;
    invoices v;
    arc_credit_note note = ARC_CREDIT_NOTE_INIT;
    int64_t plain, fapiao, red;
    arc_error e = ARC_ERROR_INIT;
    invoices_open(&v, 0);
    note.invoice = plain = draft_of(&v, HEADER);
    note.reason_code = "return", note.reason = "sent back";
    told(&v, plain, "buyer_use", 0);
    assert_session_status(ARC_E_STATE, &v.b, arc_invoice_credit(v.s, NULL, &note));
    assert_ok(arc_session_error(v.s, &e));
    assert_non_null(strstr(e.message, "invoice #1 cannot be credited")); /* a draft has no number */
    step_ok(&v, arc_invoice_issue, plain);
    told(&v, plain, "red_status", 0), told(&v, plain, "red_issued", 0), told(&v, plain, "buyer_use", 0);
    fapiao = draft_of(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"fapiao_kind\":\"digital_special\",\"fapiao_no\":\"25112000000012345678\"}");
    step_ok(&v, arc_invoice_issue, note.invoice = fapiao);
    told(&v, fapiao, "buyer_use", 1), told(&v, fapiao, "red_status", 0);
    assert_session(&v.b, arc_invoice_credit(v.s, &red, &note));
    told(&v, red, "red_status", 1), told(&v, red, "red_issued", 0), told(&v, red, "buyer_use", 0);
    assert_session(&v.b, arc_credit_red_status(v.s, red, "not_needed", NULL, NULL));
    told(&v, red, "red_status", 1), told(&v, red, "red_issued", 1);
    assert_session_status(ARC_E_STATE, &v.b, arc_credit_red_status(v.s, red, "confirmed", NULL, NULL));
    assert_ok(arc_session_error(v.s, &e));
    assert_non_null(strstr(e.message, "\"not_needed\": \"confirmed\""));
    assert_non_null(strstr(e.message_zh, "04 购销双方已确认")); /* states in the reader's language */
    assert_session(&v.b, arc_credit_red_issued(v.s, red, "25112000000012345679", NULL, ARC_DATE_NONE));
    told(&v, red, "red_status", 0), told(&v, red, "red_issued", 0);
    invoices_close(&v);
}

/* A debt without invoice says of what it is made, in the order in which that is settled: exactly its amount, in positive parts. */
static void parts_of_a_debt(void **state)
{
    (void)state;
    invoices v;
    int64_t item = 0, first = 0;
    invoices_open(&v, 0);
    static const char *const parts[] = { "[{\"kind\":\"cost\",\"amount\":\"5.00\"},{\"kind\":\"interest\",\"amount\":\"15.00\"},{\"kind\":\"principal\",\"amount\":\"80.00\"}]",
                                         "[{\"kind\":\"cost\",\"amount\":\"5.00\"}]", "[{\"kind\":\"cost\",\"amount\":\"101.00\"},{\"kind\":\"rest\",\"amount\":\"-1.00\"}]", "[7]" };
    for (int k = 0; k < 5; k++) {
        char json[600];
        (void)snprintf(json, sizeof json, "{\"number\":\"D%d\",\"kind\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"100\",\"due_date\":\"2026-03-01\",\"parts\":%s}", k,
                       k == 4 ? "planned" : "opening", parts[k % 4]);
        arc_record *r = invoices_record(v.s, ARC_ITEM, json);
        arc_status st = arc_item_record(v.s, k ? &item : &first, r);
        if (k) assert_session_status(ARC_E_VALUE, &v.b, st);
        else assert_session(&v.b, st);
        arc_record_free(r);
    }
    char paid[200];
    (void)snprintf(paid, sizeof paid, "{\"number\":\"RP\",\"customer\":1,\"value_date\":\"2026-02-10\",\"currency\":\"CNY\",\"amount\":\"12\"}");
    arc_record *r = invoices_record(v.s, ARC_RECEIPT, paid);
    arc_allocation a = ARC_ALLOCATION_INIT;
    assert_session(&v.b, arc_receipt_record(v.s, &a.receipt, r));
    arc_record_free(r);
    a.item = first, a.amount = 1200;
    assert_session(&v.b, arc_allocation_apply(v.s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    assert_int_equal(sum_of(&v, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN), 8800);
    invoices_verified(&v);
    invoices_close(&v);
}

/* Of whom a contract is and on what basis its amount stands is fixed once it is active: what was invoiced counts on it. */
static void an_active_contract(void **state)
{
    (void)state;
    invoices v;
    invoices_open(&v, 0);
    arc_record *r = invoices_record(v.s, ARC_CONTRACT, "{\"number\":\"K\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"1000\",\"tax_included\":true,\"term\":\"NET30\"}");
    assert_session(&v.b, arc_session_insert(v.s, NULL, r));
    assert_ok(arc_record_set_int(r, ARC_CONTRACT_TAX_INCLUDED, 0));
    assert_session(&v.b, arc_session_update(v.s, r)); /* a draft */
    arc_record_free(r);
    assert_session(&v.b, arc_contract_activate(v.s, 1));
    assert_session(&v.b, arc_session_get(v.s, &r, ARC_CONTRACT, 1));
    assert_ok(arc_record_set_text(r, ARC_CONTRACT_REMARK, "as agreed", SIZE_MAX));
    assert_session(&v.b, arc_session_update(v.s, r));
    assert_ok(arc_record_set_int(r, ARC_CONTRACT_TAX_INCLUDED, 1));
    assert_session_status(ARC_E_STATE, &v.b, arc_session_update(v.s, r));
    arc_record_free(r);
    invoices_close(&v);
}

/* What a document would come to, without writing anything. */
static void preview(void **state)
{
    invoices v;
    (void)state;
    invoices_open(&v, 1);
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *line = invoices_record(v.s, ARC_INVOICE_LINE, LINE), *out, *line_out, *items[2];
    uint32_t n = 1;
    char json[4000];
    size_t len = sizeof json;
    d.invoice = invoices_record(v.s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-10\",\"retention\":\"0.05\"}");
    d.lines = &line;
    d.n_lines = 1;
    assert_ok(arc_record_new(v.s, &out, ARC_INVOICE));
    assert_ok(arc_record_new(v.s, &line_out, ARC_INVOICE_LINE));
    for (int i = 0; i < 2; i++) assert_ok(arc_record_new(v.s, &items[i], ARC_ITEM));
    assert_session_status(ARC_E_BUFFER, &v.b, arc_invoice_preview(v.s, out, &line_out, items, &n, &d));
    assert_int_equal(n, 2);
    assert_session(&v.b, arc_invoice_preview(v.s, out, &line_out, items, &n, &d));
    assert_ok(arc_record_get_json(out, json, &len));
    assert_non_null(strstr(json, "\"gross_amount\":\"113.00\""));
    assert_non_null(strstr(json, "\"due_date\":\"2026-03-12\""));
    assert_null(strstr(json, "\"number\""));
    len = sizeof json;
    assert_ok(arc_record_get_json(line_out, json, &len));
    assert_non_null(strstr(json, "\"tax_amount\":\"13.00\""));
    len = sizeof json;
    assert_ok(arc_record_get_json(items[1], json, &len));
    assert_non_null(strstr(json, "\"kind\":\"retention\""));
    assert_int_equal(invoices_count(&v, ARC_INVOICE), 0);
    assert_ok(arc_record_set_null(line, ARC_INVOICE_LINE_TAX_RATE));
    assert_session_status(ARC_E_REQUIRED, &v.b, arc_invoice_preview(v.s, out, &line_out, items, &n, &d));
    for (int i = 0; i < 2; i++) arc_record_free(items[i]);
    arc_record_free(line_out);
    arc_record_free(out);
    arc_record_free(line);
    arc_record_free(d.invoice);
    invoices_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_from_every_state), cmocka_unit_test(a_draft),  cmocka_unit_test(drafts_in_a_batch), cmocka_unit_test(voiding),
        cmocka_unit_test(due_dates_follow),            cmocka_unit_test(approval), cmocka_unit_test(preview),
        cmocka_unit_test(closed_and_open_again),       cmocka_unit_test(what_the_tax_service_says),
        cmocka_unit_test(parts_of_a_debt),             cmocka_unit_test(an_active_contract),
    };
    if (test_postgresql_start()) backends = TEST_POSTGRESQL + 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
