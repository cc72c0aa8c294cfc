/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Two verbs that reach for the same rows, in every order in which their calls to the server can meet (three changes of turn): what comes of them is
 * what one after the other would have given, to the cent. */
#include "support/turns.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include "api/invoices.h"
#include "arcore/audit.h"
#include "arcore/outbox.h"
#include "arcore/postgresql.h"
#include "conformance/postgresql_server.h"

#define LINE(gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"}"

/* A scene is set anew for each order of turns; an act takes what it needs from there. */
typedef struct scene {
    invoices v; /* who looks on, without a shim */
    int64_t item[2], receipt[2], invoice, contract, period, allocation;
    int64_t a, b; /* what the acts handed out */
    int64_t later; /* the period behind the period */
    int n, year;
    arc_date day;
    int turn, accepted_at, closed_at; /* who was done first */
} scene;

typedef struct pair {
    const char *name;
    void (*set)(scene *x);
    arc_status (*one)(arc_session *s, void *scene);
    arc_status (*two)(arc_session *s, void *scene);
    arc_status refusal; /* of whoever comes too late */
    int both;           /* both may have their way; else exactly one */
    void (*after)(scene *x, arc_status one, arc_status two);
    int in_order; /* they reach for their rows in one order: neither is ever given up so that the other can go on */
} pair;

static const char *number(scene *x, const char *prefix)
{
    static _Thread_local char text[4][32];
    static _Thread_local int at;
    at = (at + 1) % 4;
    snprintf(text[at], sizeof text[at], "%s%d", prefix, x->n);
    return text[at];
}

static int64_t invoice_of(scene *x, int k, const char *amount)
{
    char json[300];
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"%s-%d\",\"customer\":1,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"}",
             number(x, "I"), k, amount);
    arc_record *r = invoices_record(x->v.s, ARC_INVOICE, json);
    assert_session(&x->v.b, arc_invoice_record(x->v.s, &id, r));
    arc_record_free(r);
    return id;
}

static int64_t item_of(scene *x, int64_t invoice)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id field = ARC_ITEM_ID;
    int64_t id;
    assert_ok(arc_query_new(x->v.s, &q, ARC_ITEM));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

static int64_t receipt_of(scene *x, int k, const char *amount)
{
    char json[300];
    int64_t id;
    snprintf(json, sizeof json, "{\"number\":\"%s-%d\",\"customer\":1,\"value_date\":\"2026-01-06\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number(x, "R"), k, amount);
    arc_record *r = invoices_record(x->v.s, ARC_RECEIPT, json);
    assert_session(&x->v.b, arc_receipt_record(x->v.s, &id, r));
    arc_record_free(r);
    return id;
}

static arc_status put(arc_session *s, int64_t *id, int64_t item, int64_t receipt, int64_t amount)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = item;
    a.receipt = receipt;
    a.amount = amount;
    return arc_allocation_apply(s, id, NULL, &a, 1, ARC_ALL_OR_NONE);
}

static int64_t open_of(scene *x, uint32_t entity, arc_field_id open, arc_field_id key, int64_t id)
{
    arc_query *q;
    arc_cursor *c;
    arc_money m;
    assert_ok(arc_query_new(x->v.s, &q, entity));
    assert_ok(arc_query_select(q, &open, 1));
    assert_ok(arc_query_where_int(q, key, ARC_EQ, id));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_money(c, &m, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return m.minor;
}
static int64_t open_item(scene *x, int k) { return open_of(x, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, ARC_ITEM_STATE_ITEM, x->item[k]); }
static int64_t left_of(scene *x, int k) { return open_of(x, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_UNAPPLIED, ARC_RECEIPT_STATE_RECEIPT, x->receipt[k]); }

static int32_t tell(void *user, const arc_finding *f)
{
    (void)user;
    fprintf(stderr, "%s.%s %lld: %s\n", f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

/* ---- one item, two payments; one receipt, two items ---------------------------------------------------------------------------------- */

static void set_payments(scene *x)
{
    for (int k = 0; k < 2; k++) {
        x->item[k] = item_of(x, invoice_of(x, k, "100.00"));
        x->receipt[k] = receipt_of(x, k, "100.00");
    }
}

static arc_status pay_one(arc_session *s, void *scene_)
{
    scene *x = scene_;
    return put(s, NULL, x->item[0], x->receipt[0], 6000);
}

static arc_status pay_two(arc_session *s, void *scene_)
{
    scene *x = scene_;
    return put(s, NULL, x->item[0], x->receipt[1], 6000);
}

static void after_payments(scene *x, arc_status one, arc_status two)
{
    assert_int_equal(open_item(x, 0), 4000);
    assert_int_equal(left_of(x, one == ARC_OK ? 0 : 1), 4000);
    assert_int_equal(left_of(x, two == ARC_OK ? 0 : 1), 10000);
}

static arc_status use_two(arc_session *s, void *scene_)
{
    scene *x = scene_;
    return put(s, NULL, x->item[1], x->receipt[0], 6000);
}

static void after_use(scene *x, arc_status one, arc_status two)
{
    assert_int_equal(left_of(x, 0), 4000);
    assert_int_equal(open_item(x, one == ARC_OK ? 0 : 1), 4000);
    assert_int_equal(open_item(x, two == ARC_OK ? 0 : 1), 10000);
}

/* A payment, and the reversal of another one of the same item: both, whoever is first. */
static void set_reversal(scene *x)
{
    set_payments(x);
    assert_session(&x->v.b, put(x->v.s, &x->allocation, x->item[0], x->receipt[1], 3000));
}

static arc_status reverse(arc_session *s, void *scene_)
{
    scene *x = scene_;
    return arc_allocation_reverse(s, NULL, x->allocation, PEOPLE_DAY, "wrong item");
}

static void after_reversal(scene *x, arc_status one, arc_status two)
{
    assert_int_equal(one, ARC_OK);
    assert_int_equal(two, ARC_OK);
    assert_int_equal(open_item(x, 0), 4000);
    assert_int_equal(left_of(x, 1), 10000);
}

/* ---- limits of a contract, numbers, periods ---------------------------------------------------------------------------------------------- */

static void set_contract(scene *x)
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"number\":\"%s\",\"amount\":\"100.00\",\"tax_included\":true}",
             number(x, "K"));
    x->contract = sample_insert(x->v.s, ARC_CONTRACT, json);
    assert_session(&x->v.b, arc_contract_activate(x->v.s, x->contract));
}

static arc_status issue(arc_session *s, void *scene_)
{
    scene *x = scene_;
    char header[200];
    const char *const lines[] = { LINE("60.00"), NULL };
    if (x->contract) snprintf(header, sizeof header, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"contract\":%lld}", (long long)x->contract);
    else snprintf(header, sizeof header, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\"}");
    return invoices_issue(s, NULL, header, lines);
}

static void after_contract(scene *x, arc_status one, arc_status two)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    (void)one;
    (void)two;
    assert_session(&x->v.b, arc_headroom_compute(x->v.s, &h, x->contract));
    assert_int_equal(h.headroom.minor, 4000);
}

/* Less than the invoice needs. */
static arc_status lower(arc_session *s, void *scene_)
{
    scene *x = scene_;
    char json[200];
    snprintf(json, sizeof json, "{\"contract\":%lld,\"currency\":\"CNY\",\"amount\":\"59.99\",\"reason\":\"less\",\"effective_date\":\"2026-02-01\"}", (long long)x->contract);
    arc_record *r = invoices_record(s, ARC_CONTRACT_CHANGE, json);
    arc_status st = arc_contract_amend(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status terminate(arc_session *s, void *scene_)
{
    scene *x = scene_;
    return arc_contract_terminate(s, x->contract, PEOPLE_DAY, "over");
}

static void after_lower(scene *x, arc_status one, arc_status two)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_session(&x->v.b, arc_headroom_compute(x->v.s, &h, x->contract));
    assert_int_equal(h.issued.minor, one == ARC_OK ? 6000 : 0);
    assert_int_equal(h.limit.minor, two == ARC_OK ? 5999 : 10000);
}

/* Whoever came first: the invoice stands, or it was refused. */
static void after_end(scene *x, arc_status one, arc_status two)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_int_equal(two, ARC_OK);
    assert_session(&x->v.b, arc_headroom_compute(x->v.s, &h, x->contract));
    assert_int_equal(h.issued.minor, one == ARC_OK ? 6000 : 0);
    assert_int_equal(h.headroom.minor, 0);
}

static void set_nothing(scene *x)
{
    x->contract = 0;
}

static void after_numbers(scene *x, arc_status one, arc_status two)
{
    int64_t issued = 0;
    arc_query *q;
    arc_cursor *c;
    static const arc_field_id field = ARC_INVOICE_NUMBER;
    (void)one;
    (void)two;
    assert_ok(arc_query_new(x->v.s, &q, ARC_INVOICE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_text(q, ARC_INVOICE_NUMBER, ARC_PREFIX, "INV-202602-", SIZE_MAX));
    assert_ok(arc_query_order(q, ARC_INVOICE_NUMBER, 0));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        const char *text;
        size_t len;
        assert_ok(arc_cursor_get_text(c, &text, &len, 0));
        assert_int_equal(atoi(text + strlen("INV-202602-")), ++issued);
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

static int64_t next_period(scene *x)
{
    char json[200];
    int year = 2027 + x->year++;
    snprintf(json, sizeof json, "{\"code\":\"%d\",\"starts_on\":\"%d-01-01\",\"ends_on\":\"%d-12-31\"}", year, year, year);
    return sample_insert(x->v.s, ARC_FISCAL_PERIOD, json);
}

static void set_period(scene *x)
{
    x->period = next_period(x);
}

static arc_status post(arc_session *s, void *scene_)
{
    scene *x = scene_;
    char header[200];
    const char *const lines[] = { LINE("60.00"), NULL };
    snprintf(header, sizeof header, "{\"number\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"%d-02-01\"}", number(x, "P"), 2026 + x->year);
    return invoices_issue(s, &x->a, header, lines);
}

static arc_status close_period(arc_session *s, void *scene_)
{
    scene *x = scene_;
    return arc_fiscal_period_close(s, x->period, NULL, 0);
}

/* Whoever posts has come before the close, and what came after it is not there. */
static void after_period(scene *x, arc_status one, arc_status two)
{
    assert_int_equal(two, ARC_OK);
    assert_true(one == ARC_OK || one == ARC_E_PERIOD);
    x->a = 0;
    assert_int_equal(post(x->v.s, x), ARC_E_PERIOD);
}

/* ---- outbox, seals --------------------------------------------------------------------------------------------------------------------------- */

static void set_messages(scene *x)
{
    for (int k = 0; k < 3; k++) {
        char key[40];
        arc_message m = ARC_MESSAGE_INIT;
        snprintf(key, sizeof key, "%s-%d", number(x, "M"), k);
        m.kind = "note";
        m.message_key = key;
        m.payload = "{}";
        assert_session(&x->v.b, arc_message_enqueue(x->v.s, NULL, &m));
    }
}

static arc_status lease(arc_session *s, int64_t *mask, size_t *n)
{
    arc_message_lease l[2] = { ARC_MESSAGE_LEASE_INIT, ARC_MESSAGE_LEASE_INIT };
    *mask = 0;
    arc_status st = arc_message_lease_due(s, l, n, 2, "worker", 3600);
    for (size_t i = 0; st == ARC_OK && i < *n; i++) *mask |= INT64_C(1) << (l[i].id % 63);
    return st;
}

static arc_status lease_one(arc_session *s, void *scene_)
{
    size_t n = 0;
    return lease(s, &((scene *)scene_)->a, &n);
}

static arc_status lease_two(arc_session *s, void *scene_)
{
    size_t n = 0;
    return lease(s, &((scene *)scene_)->b, &n);
}

static void after_lease(scene *x, arc_status one, arc_status two)
{
    int64_t rest = 0;
    size_t n = 0;
    assert_int_equal(one, ARC_OK);
    assert_int_equal(two, ARC_OK);
    assert_int_equal(x->a & x->b, 0); /* nobody was given what the other one has */
    assert_session(&x->v.b, lease(x->v.s, &rest, &n));
    assert_int_equal(rest & (x->a | x->b), 0);
    assert_int_equal(__builtin_popcountll((uint64_t)(rest | x->a | x->b)), 3); /* all three went to somebody */
}

static arc_status seal(arc_session *s, void *scene_)
{
    uint32_t n = 0;
    (void)scene_;
    return arc_audit_seal(s, &n, 100);
}

static void after_seal(scene *x, arc_status one, arc_status two)
{
    arc_audit_report report = ARC_AUDIT_REPORT_INIT;
    uint32_t n = 1;
    assert_int_equal(one, ARC_OK);
    assert_int_equal(two, ARC_OK);
    while (n) assert_session(&x->v.b, arc_audit_seal(x->v.s, &n, 1000));
    assert_session(&x->v.b, arc_audit_verify(x->v.s, &report, NULL, NULL, NULL));
    assert_int_equal(report.findings, 0);
    assert_int_equal(report.unsealed, 0);
}

/* The seals that are still to come count as well: the order of those that wait is that of what they did. */
static void proven(scene *x)
{
    arc_audit_report report = ARC_AUDIT_REPORT_INIT;
    assert_session(&x->v.b, arc_audit_verify(x->v.s, &report, tell, NULL, NULL));
    assert_int_equal(report.findings, 0);
}

/* ---- the book's own row: each moves its epoch as the last thing it does ------------------------------------------------------------------------- */

static void set_drafts(scene *x)
{
    for (int k = 0; k < 2; k++) {
        char code[40];
        arc_definition_options o = ARC_DEFINITION_OPTIONS_INIT;
        snprintf(code, sizeof code, "%s-%d", number(x, "T"), k);
        assert_session(&x->v.b, arc_definition_save(x->v.s, k ? &x->b : &x->a, "tolerance", code, "{\"tolerance\":\"arcore/1\"}", SIZE_MAX, &o));
    }
}

static arc_status publish_one(arc_session *s, void *scene_) { return arc_definition_publish(s, ((scene *)scene_)->a, NULL, NULL); }
static arc_status publish_two(arc_session *s, void *scene_) { return arc_definition_publish(s, ((scene *)scene_)->b, NULL, NULL); }

static void after_publishing(scene *x, arc_status one, arc_status two)
{
    assert_int_equal(one, ARC_OK);
    assert_int_equal(two, ARC_OK);
    proven(x);
}

/* ---- periods, which move the book's epoch too --------------------------------------------------------------------------------------------------- */

static void set_draft_and_period(scene *x)
{
    set_drafts(x);
    set_period(x);
}

static void set_periods(scene *x)
{
    set_period(x);
    x->later = next_period(x);
}

static void set_closed(scene *x)
{
    set_periods(x);
    assert_session(&x->v.b, arc_fiscal_period_close(x->v.s, x->period, NULL, 0));
}

static arc_status lock_period(arc_session *s, void *scene_) { return arc_fiscal_period_lock(s, ((scene *)scene_)->period, NULL); }
static arc_status lock_later(arc_session *s, void *scene_) { return arc_fiscal_period_lock(s, ((scene *)scene_)->later, NULL); }
static arc_status close_later(arc_session *s, void *scene_) { return arc_fiscal_period_close(s, ((scene *)scene_)->later, NULL, 0); }
static arc_status reopen_period(arc_session *s, void *scene_) { return arc_fiscal_period_reopen(s, ((scene *)scene_)->period, "something was left out"); }

static void after_locks(scene *x, arc_status one, arc_status two)
{
    after_publishing(x, one, two);
    assert_session(&x->v.b, close_period(x->v.s, x));
    assert_session(&x->v.b, close_later(x->v.s, x));
}

/* The later one is never closed while the earlier one is open. */
static void after_moves(scene *x, arc_status one, arc_status two)
{
    proven(x);
    (void)two;
    if (one == ARC_OK) return;
    assert_session(&x->v.b, close_period(x->v.s, x));
    assert_session(&x->v.b, close_later(x->v.s, x));
}

/* ---- a credit note and its invoice: void, credited again, reversed ------------------------------------------------------------------------------- */

static arc_status credit(arc_session *s, scene *x, int64_t *id, int64_t gross)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    n.invoice = x->invoice;
    n.number = number(x, gross ? "KA" : "KB");
    n.reason_code = "return";
    n.reason = "r";
    l.seq = 1;
    l.given = ARC_CREDIT_GROSS;
    l.gross = gross;
    n.lines = gross ? &l : NULL;
    n.n_lines = gross != 0;
    return arc_invoice_credit(s, id, &n);
}

/* An invoice, and a note that takes 40 of its 100. */
static void set_note(scene *x)
{
    char header[200];
    arc_query *q;
    arc_cursor *c;
    const arc_field_id field = ARC_ALLOCATION_ID;
    const char *const lines[] = { LINE("100.00"), NULL };
    snprintf(header, sizeof header, "{\"number\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\"}", number(x, "J"));
    assert_session(&x->v.b, invoices_issue(x->v.s, &x->invoice, header, lines));
    assert_session(&x->v.b, credit(x->v.s, x, &x->a, 4000));
    x->item[0] = item_of(x, x->invoice);
    assert_ok(arc_query_new(x->v.s, &q, ARC_ALLOCATION));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_ALLOCATION_ITEM, ARC_EQ, x->item[0]));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &x->allocation, 0));
    arc_cursor_free(c);
    arc_query_free(q);
}

static arc_status drop(arc_session *s, const int64_t *documents, size_t n)
{
    arc_invoice_step e[2] = { ARC_INVOICE_STEP_INIT, ARC_INVOICE_STEP_INIT };
    for (size_t i = 0; i < n; i++) {
        e[i].invoice = documents[i];
        e[i].reason = "wrong";
        e[i].date = PEOPLE_DAY;
    }
    return arc_invoice_void(s, NULL, NULL, e, n, ARC_ALL_OR_NONE);
}

static arc_status void_note(arc_session *s, void *scene_) { return drop(s, &((scene *)scene_)->a, 1); }

static arc_status void_both(arc_session *s, void *scene_)
{
    const scene *x = scene_;
    const int64_t both[] = { x->invoice, x->a };
    return drop(s, both, 2);
}

static arc_status credit_rest(arc_session *s, void *scene_)
{
    int64_t id;
    return credit(s, scene_, &id, 0);
}

static arc_status reverse_note(arc_session *s, void *scene_) { return arc_allocation_reverse(s, NULL, ((scene *)scene_)->allocation, PEOPLE_DAY, "wrong item"); }

static void after_note(scene *x, arc_status one, arc_status two)
{
    (void)one;
    (void)two;
    proven(x);
}

#include "conformance/turns_masters.h"

/* ---- the play ----------------------------------------------------------------------------------------------------------------------------------- */

#include "conformance/turns_credit.h"

static const pair pairs[] = {
    { "two payments of one item", set_payments, pay_one, pay_two, ARC_E_GUARD, 0, after_payments, 0 },
    { "two uses of one receipt", set_payments, pay_one, use_two, ARC_E_GUARD, 0, after_use, 0 },
    { "a payment and a reversal", set_reversal, pay_one, reverse, ARC_OK, 1, after_reversal, 0 },
    { "two invoices under one contract", set_contract, issue, issue, ARC_E_GUARD, 0, after_contract, 0 },
    { "an invoice and an amendment that takes its room away", set_contract, issue, lower, ARC_E_GUARD, 0, after_lower, 0 },
    { "an invoice and the end of its contract", set_contract, issue, terminate, ARC_E_STATE, 1, after_end, 0 },
    { "two numbers of one series", set_nothing, issue, issue, ARC_OK, 1, after_numbers, 0 },
    { "a credit note voided, and the rest of its invoice credited", set_note, void_note, credit_rest, ARC_OK, 1, after_note, 1 },
    { "a credit note voided, and what it settled reversed", set_note, void_note, reverse_note, ARC_E_STATE, 1, after_note, 1 },
    { "a credit note voided, and its invoice with it", set_note, void_note, void_both, ARC_E_STATE, 1, after_note, 1 },
    { "two default titles", set_nothing, title_one, title_two, ARC_OK, 1, after_titles, 0 },
    { "an invoice closed, and its payment taken back", set_paid, close_invoice, reverse, ARC_E_STATE, 1, after_close, 0 },
    { "two leases of the outbox", set_messages, lease_one, lease_two, ARC_OK, 1, after_lease, 0 },
    { "a seal and a posting", set_nothing, seal, issue, ARC_OK, 1, after_seal, 0 },
    { "two definitions published", set_drafts, publish_one, publish_two, ARC_OK, 1, after_publishing, 0 },
    { "two seals", set_payments, seal, seal, ARC_OK, 1, after_seal, 0 },
    { "two orders on one limit", set_own_limit, confirm_one, confirm_two, ARC_NEEDS_APPROVAL, 0, after_orders, 0 },
    { "two orders under one owner's limit", set_group_limit, confirm_one, confirm_two, ARC_NEEDS_APPROVAL, 0, after_orders, 0 },
    { "two orders in one customer group", set_pool_limit, confirm_one, confirm_two, ARC_NEEDS_APPROVAL, 0, after_pool, 0 },
    { "an invoice and the close of its period", set_period, post, close_period, ARC_E_PERIOD, 1, after_period, 0 }, /* from here on days without a period are refused */
    { "a due date that follows an acceptance, and the close of its period", set_accepting, accept_it, close_behind, ARC_OK, 1, after_accepting, 0 },
    { "a definition published and a period closed", set_draft_and_period, publish_one, close_period, ARC_OK, 1, after_publishing, 0 },
    { "two periods locked", set_periods, lock_period, lock_later, ARC_OK, 1, after_locks, 0 },
    { "the close of a period and the reopening of the one before", set_closed, close_later, reopen_period, ARC_E_STATE, 0, after_moves, 0 },
};

static void whole(scene *x)
{
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(x->v.b.book, &v, tell, NULL, NULL));
    assert_int_equal(v.findings, 0);
}

static int may_repeat(arc_status st)
{
    return st == ARC_E_CONFLICT || st == ARC_E_STALE || st == ARC_E_BUSY;
}

typedef struct tally {
    int orders, repeats;
} tally;

/* How often the server ended a circle of waiting: verbs do what they were asked once more then, and the caller hears nothing of it. */
static int deadlocks(void)
{
    char path[200], line[4000];
    int n = 0;
    snprintf(path, sizeof path, "%s/postgres.log", server.dir);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) n += strstr(line, "deadlock detected") != NULL;
    fclose(f);
    return n;
}

static void play(scene *x, const pair *p, turn_actor *one, int i, turn_actor *two, int j, int swapped, tally *t)
{
    const int before = p->in_order ? deadlocks() : 0;
    x->n++;
    p->set(x);
    one->act = swapped ? p->two : p->one;
    two->act = swapped ? p->one : p->two;
    if (!turns_run(one, i, two, j)) fail_msg("%s: both wait for ever (%d, %d)", p->name, i, j);
    if (p->in_order && deadlocks() != before) fail_msg("%s: one was given up for the other (%d, %d, %s first)", p->name, i, j, swapped ? "two" : "one");
    for (int k = 0; k < 2; k++) {
        turn_actor *a = k ? two : one;
        for (int n = 0; may_repeat(a->result) && n < 3; n++) {
            (void)turns_alone(a);
            t->repeats++;
        }
    }
    arc_status r1 = swapped ? two->result : one->result, r2 = swapped ? one->result : two->result;
    int good = (r1 == ARC_OK || r1 == p->refusal) && (r2 == ARC_OK || r2 == p->refusal) && (p->both || (r1 == ARC_OK) != (r2 == ARC_OK));
    if (!good) fail_msg("%s (%d, %d, %s first): %s and %s", p->name, i, j, swapped ? "two" : "one", arc_status_name(r1), arc_status_name(r2));
    p->after(x, r1, r2);
    t->orders++;
}

static int common(int a, int b) { return b ? common(b, a % b) : a; }

/* Every how many-th order is played: all of them in a long run, else some six, in which each call of the second has its turn. */
static int stride(const int most[2])
{
    int every = test_soak() ? 1 : most[0] * most[1] / 6 + 1;
    while (common(every, most[1]) > 1) every++;
    return every;
}

static void every_order(void **state)
{
    (void)state;
    NEED_SERVER();
    char uri[400];
    scene x;
    turn_table table = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER };
    turn_actor a, b;
    fresh();
    memset(&x, 0, sizeof x);
    snprintf(uri, sizeof uri, "postgresql:%s", place());
    test_open(&x.v.b.t);
    assert_ok(arc_backend_register(x.v.b.t.ctx, ops));
    x.v.b.book = sample_open(&x.v.b.t, uri, ARC_BOOK_CREATE);
    assert_ok(arc_session_open(x.v.b.book, &x.v.b.session, NULL));
    invoices_fill(&x.v);
    turns_join(&a, &table, ops, uri);
    turns_join(&b, &table, ops, uri);
    a.arg = b.arg = &x;
    assert_ok(arc_session_set_business_date(a.s, PEOPLE_DAY));
    assert_ok(arc_session_set_business_date(b.s, PEOPLE_DAY));
    for (size_t p = 0; p < sizeof pairs / sizeof pairs[0]; p++) {
        tally t = { 0, 0 };
        if (getenv("ARCORE_PAIR") && !strstr(pairs[p].name, getenv("ARCORE_PAIR"))) continue;
        x.contract = 0;
        for (int swapped = 0; swapped < 2; swapped++) {
            int most[2] = { 1, 1 };
            for (int i = 0, at = 0; i <= most[0]; i++) {
                for (int j = 1; j <= most[1]; j++, at++) {
                    if (at > 1 && at % stride(most) != 0) continue;
                    play(&x, &pairs[p], &a, i, &b, j, swapped, &t);
                    if (a.steps > most[0]) most[0] = a.steps;
                    if (b.steps > most[1]) most[1] = b.steps;
                }
            }
        }
        fprintf(stderr, "%s: %d orders, %d repeated calls\n", pairs[p].name, t.orders, t.repeats);
        whole(&x);
    }
    turns_leave(&a);
    turns_leave(&b);
    arc_book_close(x.v.b.book);
    test_close(&x.v.b.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_order) };
    return cmocka_run_group_tests_name("postgresql turns", tests, start, stop);
}

#else

static void without(void **state)
{
    (void)state;
    fprintf(stderr, "SKIPPED: built without libpq, the turns of two verbs were not tested\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
