/* SPDX-License-Identifier: Apache-2.0 */
/* The life of contracts: submitted and approved by another, amended within what is issued, ended and taken back; and what they left on any day. */
#include "support/support.h"

#include "api/invoices.h"
#include "support/alter.h"
#include "support/rebuilt.h"

#define CONTRACT "\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true"
#define HEADER "\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\""
#define LINE(gross) "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"" gross "\",\"tax_rate\":\"0.13\"}"

static int64_t contract_of(invoices *v, const char *json)
{
    int64_t id = sample_insert(v->s, ARC_CONTRACT, json);
    assert_session(&v->b, arc_contract_activate(v->s, id));
    return id;
}

static arc_status amend(invoices *v, int64_t *id, const char *json)
{
    arc_record *r = invoices_record(v->s, ARC_CONTRACT_CHANGE, json);
    arc_status st = arc_contract_amend(v->s, id, r);
    arc_record_free(r);
    return st;
}

static void amend_ok(invoices *v, const char *json) { assert_session(&v->b, amend(v, NULL, json)); }

static void refused(invoices *v, arc_status should, arc_status is, const char *field, const char *text)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(v->s, &e);
    if (is != should || strcmp(e.field, field) != 0 || !strstr(e.message, text)) fail_msg("%s: %s (%s)", arc_status_name(is), e.message, e.field);
    assert_true(e.message_zh[0] != 0);
}

static void headroom_is(invoices *v, int64_t contract, int64_t limit, int64_t issued, int64_t left)
{
    arc_headroom h = ARC_HEADROOM_INIT;
    assert_session(&v->b, arc_headroom_compute(v->s, &h, contract));
    assert_int_equal(h.limit.minor, limit);
    assert_int_equal(h.issued.minor, issued);
    assert_int_equal(h.headroom.minor, left);
}

static arc_status update(invoices *v, int64_t id, const char *json)
{
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_CONTRACT, id));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = arc_session_update(v->s, r);
    arc_record_free(r);
    return st;
}

/* ---- amendments ------------------------------------------------------------------------------------------------------------------------ */

static void amendments(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t id = 0;
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"1000.00\"}");
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("600.00"), NULL);
        /* what it says is changed by amendments alone */
        refused(&v, ARC_E_STATE, update(&v, k, "{\"amount\":\"500.00\"}"), "amount", "contract K1 is active: an amendment changes amount, tolerance and end");
        refused(&v, ARC_E_STATE, update(&v, k, "{\"tolerance\":\"0.5\"}"), "tolerance", "an amendment");
        refused(&v, ARC_E_STATE, update(&v, k, "{\"ends_on\":\"2027-01-01\"}"), "ends_on", "an amendment");
        refused(&v, ARC_E_STATE, update(&v, k, "{\"kind\":\"framework\"}"), "kind", "only drafts");
        assert_session(&v.b, update(&v, k, "{\"amount\":\"1000.00\",\"remark\":\"as it was\"}"));
        /* never below what is issued */
        refused(&v, ARC_E_GUARD, amend(&v, &id, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"599.99\",\"reason\":\"less\"}"), "amount",
                "contract K1 cannot be limited to 599.99: 600.00 are issued, 0.00 ordered");
        assert_int_equal(id, 0);
        headroom_is(&v, k, 100000, 60000, 40000);
        assert_session(&v.b, amend(&v, &id, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"600.00\",\"reason\":\"补充协议一\",\"number\":\"K1-A1\",\"effective_date\":\"2026-02-02\"}"));
        headroom_is(&v, k, 60000, 60000, 0);
        row_is(&v, ARC_CONTRACT_CHANGE, id, "{\"contract\":1,\"seq\":1,\"kind\":\"amended\",\"effective_date\":\"2026-02-02\",\"number\":\"K1-A1\",\"amount\":\"600.00\",\"old_amount\":\"1000.00\",\"reason\":\"补充协议一\"}");
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("0.01"), NULL);
        /* a tolerance gives room, and cannot be taken away from under what was issued */
        amend_ok(&v, "{\"contract\":1,\"tolerance\":\"0.1\",\"reason\":\"room\"}");
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":1}", LINE("60.00"), NULL); /* not before it was given */
        (void)issue_ok(&v, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-16\",\"contract\":1}", LINE("60.00"), NULL);
        refused(&v, ARC_E_GUARD, amend(&v, NULL, "{\"contract\":1,\"tolerance\":\"0.05\",\"reason\":\"less\"}"), "tolerance", "cannot be limited to 630.00: 660.00 are issued");
        /* nor below what is ordered */
        amend_ok(&v, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"900.00\",\"reason\":\"more\",\"ends_on\":\"2026-06-30\"}");
        row_is(&v, ARC_CONTRACT, k, "{\"amount\":\"900.00\",\"tolerance\":\"0.1\",\"ends_on\":\"2026-06-30\"}");
        (void)sample_insert(v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"contract\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
        (void)sample_insert(v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"800\",\"currency\":\"CNY\",\"amount\":\"800.00\"}");
        assert_session(&v.b, order_step(&v, arc_order_confirm, 1));
        refused(&v, ARC_E_GUARD, amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"700.00\",\"reason\":\"less\"}"), "amount", "cannot be limited to 770.00: 660.00 are issued, 800.00 ordered");
        /* what makes no sense */
        refused(&v, ARC_E_VALUE, amend(&v, NULL, "{\"contract\":1,\"reason\":\"nothing\"}"), "amount", "changes nothing");
        refused(&v, ARC_E_VALUE, amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"-1.00\",\"reason\":\"x\"}"), "amount", "negative");
        refused(&v, ARC_E_CURRENCY, amend(&v, NULL, "{\"contract\":1,\"currency\":\"USD\",\"amount\":\"2000.00\",\"reason\":\"x\"}"), "currency", "is in CNY");
        refused(&v, ARC_E_REQUIRED, amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"2000.00\"}"), "reason", "");
        refused(&v, ARC_E_RANGE, amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"2000.00\",\"reason\":\"x\",\"effective_date\":\"2026-02-01\"}"), "effective_date", "before the last change");
        refused(&v, ARC_E_RANGE, amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"2000.00\",\"reason\":\"x\",\"effective_date\":\"2026-02-17\"}"), "effective_date", "after the business date");
        refused(&v, ARC_E_NOT_FOUND, amend(&v, NULL, "{\"contract\":77,\"reason\":\"x\"}"), "", "");
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K2\",\"kind\":\"framework\",\"starts_on\":\"2026-01-01\"}");
        refused(&v, ARC_E_VALUE, amend(&v, NULL, "{\"contract\":2,\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"x\"}"), "amount", "framework");
        refused(&v, ARC_E_RANGE, amend(&v, NULL, "{\"contract\":2,\"ends_on\":\"2025-12-31\",\"reason\":\"x\"}"), "ends_on", "end before it starts");
        amend_ok(&v, "{\"contract\":2,\"ends_on\":\"2026-01-31\",\"reason\":\"x\"}");
        issue_refused(&v, ARC_E_GUARD, "contract", "", "{" HEADER ",\"contract\":2}", LINE("1.00"), NULL);
        int64_t draft = sample_insert(v.s, ARC_CONTRACT, "{" CONTRACT ",\"number\":\"K3\",\"amount\":\"5.00\"}");
        refused(&v, ARC_E_STATE, amend(&v, NULL, "{\"contract\":3,\"currency\":\"CNY\",\"amount\":\"6.00\",\"reason\":\"x\"}"), "status", "draft");
        assert_session(&v.b, update(&v, draft, "{\"amount\":\"6.00\"}"));
        invoices_close(&v);
    }
}

/* What other systems issued may exceed a contract: amendments raise it, step by step, and never lower it further. */
static void above_already(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"100.00\"}");
        arc_record *r = invoices_record(v.s, ARC_INVOICE, "{" HEADER ",\"number\":\"X1\",\"contract\":1,\"due_date\":\"2026-02-01\",\"gross_amount\":\"150.00\"}");
        assert_session(&v.b, arc_invoice_record(v.s, NULL, r));
        arc_record_free(r);
        headroom_is(&v, k, 10000, 15000, -5000);
        refused(&v, ARC_E_GUARD, amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"90.00\",\"reason\":\"x\"}"), "amount", "150.00 are issued");
        amend_ok(&v, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"120.00\",\"reason\":\"x\"}");
        headroom_is(&v, k, 12000, 15000, -3000);
        invoices_close(&v);
    }
}

/* ---- states ------------------------------------------------------------------------------------------------------------------------------ */

static int may(people *p, arc_session *s, int64_t id, const char *verb)
{
    static char json[60000];
    char name[80];
    size_t n = sizeof json;
    arc_record *r;
    (void)p;
    assert_ok(arc_session_get(s, &r, ARC_CONTRACT, id));
    assert_ok(arc_verbs_allowed(s, json, &n, r));
    arc_record_free(r);
    snprintf(name, sizeof name, "\"verb\":\"contract.%s\"", verb);
    const char *at = strstr(json, name);
    at = at ? strstr(at, "\"allowed\":") : NULL;
    assert_non_null(at);
    return strncmp(at + 10, "true", 4) == 0;
}

static void approvals(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        people p;
        arc_error e = ARC_ERROR_INIT;
        people_open(&p, backend);
        arc_session *root = p.b.session;
        (void)sample_insert(root, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"C\",\"owner\":4,\"team\":3,\"region\":1}");
        (void)people_grant(&p, "root", "admin");
        (void)people_grant(&p, "ann", "sales");
        (void)people_grant(&p, "clerk", "ar_clerk");
        (void)people_grant(&p, "bob", "finance_manager");
        people_start(&p);
        arc_session *ann = people_session(p.b.book, "ann"), *clerk = people_session(p.b.book, "clerk"), *bob = people_session(p.b.book, "bob");
        int64_t k = sample_insert(ann, ARC_CONTRACT, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"100.00\"}");
        assert_int_equal(may(&p, ann, k, "submit"), 1);
        assert_int_equal(may(&p, ann, k, "activate"), 0);
        assert_int_equal(arc_contract_activate(ann, k), ARC_E_FORBIDDEN);
        assert_int_equal(arc_contract_approve(bob, k), ARC_E_STATE);
        assert_ok(arc_contract_submit(ann, k));
        assert_int_equal(arc_contract_submit(ann, k), ARC_E_STATE);
        assert_int_equal(arc_contract_approve(ann, k), ARC_E_FORBIDDEN);
        assert_int_equal(arc_contract_activate(clerk, k), ARC_E_STATE); /* no way round the approval */
        assert_int_equal(may(&p, bob, k, "approve"), 1);
        assert_int_equal(may(&p, bob, k, "amend"), 0);
        assert_ok(arc_contract_reject(bob, k, "too cheap"));
        assert_int_equal(arc_contract_reject(bob, k, "x"), ARC_E_STATE);
        /* nobody approves what he submitted, though he has the right */
        assert_ok(arc_contract_submit(clerk, k));
        assert_int_equal(may(&p, clerk, k, "approve"), 0);
        assert_int_equal(arc_contract_approve(clerk, k), ARC_E_FORBIDDEN);
        (void)arc_session_error(clerk, &e);
        assert_string_equal(e.field, "submitted_by");
        assert_ok(arc_contract_approve(bob, k));
        arc_record *r;
        int64_t who = 0;
        assert_ok(arc_session_get(root, &r, ARC_CONTRACT, k));
        assert_ok(arc_record_get_int(r, &who, ARC_CONTRACT_APPROVED_BY));
        assert_int_equal(who, people_user(&p, "bob"));
        arc_record_free(r);
        assert_int_equal(may(&p, bob, k, "approve"), 0);
        assert_int_equal(may(&p, bob, k, "amend"), 1);
        /* who sells amends nothing */
        assert_ok(arc_record_new(ann, &r, ARC_CONTRACT_CHANGE));
        assert_ok(arc_record_set_json(r, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"200.00\",\"reason\":\"x\"}", SIZE_MAX));
        assert_int_equal(arc_contract_amend(ann, NULL, r), ARC_E_FORBIDDEN);
        arc_record_free(r);
        assert_int_equal(arc_contract_terminate(ann, k, ARC_DATE_NONE, "x"), ARC_E_FORBIDDEN);
        assert_ok(arc_contract_terminate(bob, k, ARC_DATE_NONE, "x"));
        assert_ok(arc_contract_reopen(bob, k, ARC_DATE_NONE, "x"));
        arc_session_close(ann);
        arc_session_close(clerk);
        arc_session_close(bob);
        people_close(&p);
    }
}

/* ---- the end ------------------------------------------------------------------------------------------------------------------------------ */

static int64_t open_of(invoices *v, int64_t item)
{
    arc_record *r;
    arc_money m;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_ITEM, item));
    assert_session(&v->b, arc_record_compute(v->s, &r, 1, ARC_DATE_NONE));
    assert_ok(arc_record_get_money(r, &m, ARC_ITEM_OPEN));
    arc_record_free(r);
    return m.minor;
}

static void terminated(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        int64_t n = 0;
        invoices_open(&v, backend);
        int64_t k = contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"300.00\"}");
        for (int i = 1; i <= 3; i++) {
            char json[200];
            snprintf(json, sizeof json, "{\"contract\":1,\"seq\":%d,\"currency\":\"CNY\",\"amount\":\"100.00\",\"trigger_kind\":\"delivery\"}", i);
            (void)sample_insert(v.s, ARC_MILESTONE, json);
        }
        assert_session(&v.b, arc_contract_plan(v.s, &n, k));
        assert_int_equal(n, 3);
        int64_t invoice = issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("130.00"), NULL); /* the first plan, and a part of the second */
        arc_record *r = invoices_record(v.s, ARC_ITEM, "{\"number\":\"E\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"20.00\",\"business_date\":\"2026-02-01\",\"contract\":1}");
        assert_session(&v.b, arc_item_record(v.s, NULL, r));
        arc_record_free(r);
        (void)sample_insert(v.s, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"contract\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
        (void)sample_insert(v.s, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"50\",\"currency\":\"CNY\",\"amount\":\"50.00\"}");
        assert_session(&v.b, order_step(&v, arc_order_confirm, 1));
        refused(&v, ARC_E_STATE, arc_contract_terminate(v.s, k, ARC_DATE_NONE, "x"), "status", "orders of the contract are open");
        refused(&v, ARC_E_STATE, arc_contract_close(v.s, k), "status", "orders of the contract are open");
        assert_session(&v.b, order_step(&v, arc_order_close, 1));
        refused(&v, ARC_E_STATE, arc_contract_close(v.s, k), "status", "planned receivables of the contract are open");
        refused(&v, ARC_E_REQUIRED, arc_contract_terminate(v.s, k, ARC_DATE_NONE, ""), "", "a reason is required");
        refused(&v, ARC_E_RANGE, arc_contract_terminate(v.s, k, PEOPLE_DAY + 1, "x"), "ended_on", "after the business date");
        refused(&v, ARC_E_STATE, arc_contract_reopen(v.s, k, ARC_DATE_NONE, "x"), "status", "neither closed nor terminated");
        assert_int_equal(open_of(&v, 2), 7000);
        assert_session(&v.b, arc_contract_terminate(v.s, k, PEOPLE_DAY - 5, "客户违约"));
        row_is(&v, ARC_CONTRACT, k, "{\"status\":\"terminated\",\"ended_on\":\"2026-02-11\",\"decision_reason\":\"客户违约\"}");
        headroom_is(&v, k, 30000, 13000, 0);
        assert_int_equal(open_of(&v, 2), 0);
        assert_int_equal(open_of(&v, 3), 0);
        assert_int_equal(open_of(&v, 5), 2000); /* what was delivered is owed */
        issue_refused(&v, ARC_E_STATE, "contract", "", "{" HEADER ",\"contract\":1}", LINE("1.00"), NULL);
        assert_int_equal(arc_contract_terminate(v.s, k, ARC_DATE_NONE, "x"), ARC_E_STATE);
        assert_int_equal(amend(&v, NULL, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"900.00\",\"reason\":\"x\"}"), ARC_E_STATE);
        /* what is issued stands and is collected */
        arc_invoice_step step = ARC_INVOICE_STEP_INIT;
        step.invoice = invoice;
        assert_session(&v.b, arc_invoice_send(v.s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE));
        assert_int_equal(open_of(&v, 4), 13000);
        /* the way back: what was not invoiced at all may be planned again */
        assert_session(&v.b, arc_contract_reopen(v.s, k, PEOPLE_DAY, "和解"));
        headroom_is(&v, k, 30000, 13000, 17000);
        assert_session(&v.b, arc_contract_plan(v.s, &n, k));
        assert_int_equal(n, 1);
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("170.00"), NULL);
        assert_session(&v.b, arc_contract_close(v.s, k));
        row_is(&v, ARC_CONTRACT_CHANGE, 3, "{\"contract\":1,\"seq\":3,\"kind\":\"closed\",\"effective_date\":\"2026-02-16\"}");
        invoices_close(&v);
    }
}

/* ---- as of days --------------------------------------------------------------------------------------------------------------------------- */

enum { DAYS = 30, CONTRACTS = 3 };

typedef struct past {
    int64_t issued, headroom;
} past;

static void look(invoices *v, int64_t contract, arc_date day, past *out)
{
    arc_money m;
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_CONTRACT, contract));
    assert_session(&v->b, arc_record_compute(v->s, &r, 1, day));
    assert_ok(arc_record_get_money(r, &m, ARC_CONTRACT_ISSUED));
    out->issued = m.minor;
    out->headroom = INT64_MIN;
    if (arc_record_get_money(r, &m, ARC_CONTRACT_HEADROOM) == ARC_OK) out->headroom = m.minor;
    arc_record_free(r);
}

/* One thing that may happen; refusals are part of life. */
static void happens(invoices *v, uint64_t *seed, int64_t *documents, uint32_t *n)
{
    char json[300], line[200], other[200];
    const int contract = 1 + (int)(test_random(seed) % CONTRACTS);
    const int amount = 1 + (int)(test_random(seed) % 400);
    int64_t id = 0;
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    arc_credit_note note = ARC_CREDIT_NOTE_INIT;
    switch (test_random(seed) % 9) {
    case 0: case 1: case 2: {
        const char *const lines[] = { line, test_random(seed) % 2 ? other : NULL, NULL };
        if (test_random(seed) % 5) snprintf(json, sizeof json, "{\"customer\":1,\"currency\":\"CNY\",\"contract\":%d}", contract);
        else snprintf(json, sizeof json, "{\"customer\":1,\"currency\":\"CNY\"}");
        snprintf(other, sizeof other, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"%d.00\",\"tax_rate\":\"0.06\",\"contract\":%d}", 1 + amount / 3, 1 + (int)(test_random(seed) % CONTRACTS));
        snprintf(line, sizeof line, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"%d.00\",\"tax_rate\":\"0.13\"}", amount);
        if (invoices_issue(v->s, &id, json, lines) == ARC_OK) documents[(*n)++] = id;
        break;
    }
    case 3:
        if (!*n) break;
        note.invoice = documents[test_random(seed) % *n];
        note.reason_code = "price";
        note.reason = "x";
        if (arc_invoice_credit(v->s, &id, &note) == ARC_OK) documents[(*n)++] = id;
        break;
    case 4: case 5:
        if (!*n) break;
        step.invoice = documents[test_random(seed) % *n];
        step.reason = "x";
        (void)arc_invoice_void(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
        break;
    case 6:
        snprintf(json, sizeof json, "{\"contract\":%d,\"currency\":\"CNY\",\"amount\":\"%d.00\",\"reason\":\"x\"}", contract, 5 * amount);
        (void)amend(v, NULL, json);
        break;
    case 7: (void)arc_contract_terminate(v->s, contract, ARC_DATE_NONE, "x"); break;
    default: (void)arc_contract_reopen(v->s, contract, ARC_DATE_NONE, "x"); break;
    }
}

/* Day by day what is told at its end, and what is told of it later. */
static void as_of(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        static past then[DAYS][CONTRACTS];
        int64_t documents[DAYS * 6];
        uint32_t n = 0, moved = 0;
        uint64_t seed = 20261122u + (uint64_t)backend;
        invoices_open(&v, backend);
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"1000.00\",\"tolerance\":\"0.05\"}");
        (void)contract_of(&v, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":false,\"number\":\"K2\",\"amount\":\"1500.00\"}");
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K3\",\"kind\":\"framework\"}");
        for (int d = 0; d < DAYS; d++) {
            assert_ok(arc_session_set_business_date(v.s, PEOPLE_DAY + d));
            for (int k = 0; k < 5; k++) happens(&v, &seed, documents, &n);
            for (int k = 0; k < CONTRACTS; k++) {
                look(&v, k + 1, ARC_DATE_NONE, &then[d][k]);
                moved += d && memcmp(&then[d][k], &then[d - 1][k], sizeof(past)) != 0;
            }
        }
        assert_true(moved > DAYS);
        for (int d = 0; d < DAYS; d++) {
            for (int k = 0; k < CONTRACTS; k++) {
                past now;
                look(&v, k + 1, PEOPLE_DAY + d, &now);
                if (now.issued != then[d][k].issued || now.headroom != then[d][k].headroom) {
                    fail_msg("contract %d, day %d: issued %lld, headroom %lld; then %lld, %lld", k + 1, d, (long long)now.issued, (long long)now.headroom, (long long)then[d][k].issued,
                             (long long)then[d][k].headroom);
                }
            }
        }
        char why[1000] = "";
        uint32_t sealed = 0;
        assert_ok(arc_audit_seal(v.s, &sealed, 0)); /* a server seals when it is told to */
        (void)rebuilt_check(v.b.book, 40, NULL, NULL, why); /* from its events it comes out as it is */
        if (why[0]) fail_msg("%s", why);
        invoices_close(&v);
    }
}

/* ---- verify -------------------------------------------------------------------------------------------------------------------------------- */

static int32_t on_finding(void *user, const arc_finding *f)
{
    int *hit = user;
    *hit |= strcmp(f->check, "billing.contract") == 0 && f->id == 1;
    return 0;
}

static void planted(void **state)
{
    (void)state;
    static const char *const sql[] = {
        "UPDATE contract SET amount = 59999 WHERE id = 1", "UPDATE contract SET tolerance = 1 WHERE id = 1", "UPDATE contract SET ends_on = '2030-01-01' WHERE id = 1",
        "UPDATE contract SET status = 'closed' WHERE id = 1", "UPDATE contract_change SET seq = 3 WHERE seq = 2", "UPDATE contract_change SET old_amount = 1 WHERE seq = 2",
        "UPDATE contract_change SET amount = 50000 WHERE seq = 2; UPDATE contract SET amount = 50000 WHERE id = 1" };
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        test_env t;
        char path[500], uri[520];
        int hit = 0;
        invoices v;
        memset(&v, 0, sizeof v);
        test_open(&t);
        snprintf(path, sizeof path, "%s", test_path(&t, "planted.db"));
        snprintf(uri, sizeof uri, "sqlite:%s", path);
        v.b.book = sample_open(&t, uri, ARC_BOOK_CREATE);
        assert_ok(arc_session_open(v.b.book, &v.b.session, NULL));
        invoices_fill(&v);
        (void)contract_of(&v, "{" CONTRACT ",\"number\":\"K1\",\"amount\":\"1000.00\"}");
        amend_ok(&v, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"700.00\",\"reason\":\"x\"}");
        amend_ok(&v, "{\"contract\":1,\"currency\":\"CNY\",\"amount\":\"600.00\",\"reason\":\"x\"}");
        (void)issue_ok(&v, "{" HEADER ",\"contract\":1}", LINE("600.00"), NULL);
        invoices_verified(&v);
        test_alter(path, sql[i]);
        (void)arc_book_verify(v.b.book, NULL, on_finding, &hit, NULL);
        if (!hit) fail_msg("not found: %s", sql[i]);
        arc_session_close(v.s);
        test_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(amendments), cmocka_unit_test(above_already), cmocka_unit_test(approvals), cmocka_unit_test(terminated), cmocka_unit_test(as_of),
                                        cmocka_unit_test(planted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
