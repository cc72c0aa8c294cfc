/* SPDX-License-Identifier: Apache-2.0 */
/* What one asks and another decides: a single accountant decides himself, with roles nobody decides what he asked for. */
#include "api/invoices.h"

#include "arcore/fields.h"

typedef struct deed {
    const char *name;
    arc_status (*ask)(arc_session *s, int64_t *id, int n);
    arc_status (*decide)(arc_session *s, int64_t id);
    uint32_t entity;
    const char *verb;
    int limited; /* by an authority */
    arc_status (*recall)(arc_session *s, int64_t id); /* by who asked; NULL: he rejects it */
    const char *recall_verb;
} deed;

static int64_t inserted(arc_session *s, uint32_t entity, const char *json) { return sample_insert(s, entity, json); }

/* ---- invoices ---- */

static arc_status ask_invoice(arc_session *s, int64_t *id, int n)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    arc_record *line = invoices_record(s, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}");
    (void)n;
    d.invoice = invoices_record(s, ARC_INVOICE, "{\"customer\":1,\"currency\":\"CNY\"}");
    d.lines = &line;
    d.n_lines = 1;
    arc_status st = arc_invoice_draft(s, id, &d);
    arc_record_free(d.invoice);
    arc_record_free(line);
    step.invoice = *id;
    return st == ARC_OK ? arc_invoice_submit(s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE) : st;
}

static arc_status decide_invoice(arc_session *s, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    return arc_invoice_approve(s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

static arc_status recall_invoice(arc_session *s, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    return arc_invoice_recall(s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

/* ---- contracts ---- */

static arc_status ask_contract(arc_session *s, int64_t *id, int n)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"K%d\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"113.00\",\"tax_included\":true,\"term\":\"NET30\"}", n);
    *id = inserted(s, ARC_CONTRACT, json);
    return arc_contract_submit(s, *id);
}

static arc_status decide_contract(arc_session *s, int64_t id) { return arc_contract_approve(s, id); }
static arc_status recall_contract(arc_session *s, int64_t id) { return arc_contract_recall(s, id, "wrong customer"); }

/* ---- requests for tax invoices ---- */

static arc_status ask_request(arc_session *s, int64_t *id, int n)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"Q%d\",\"customer\":1,\"fapiao_kind\":\"digital_special\",\"currency\":\"CNY\",\"amount\":\"113.00\"}", n);
    *id = inserted(s, ARC_INVOICE_REQUEST, json);
    snprintf(json, sizeof json, "{\"invoice_request\":%d,\"seq\":1,\"name\":\"a\",\"currency\":\"CNY\",\"amount\":\"113.00\",\"tax_rate\":\"0.13\"}", (int)*id);
    (void)inserted(s, ARC_INVOICE_REQUEST_LINE, json);
    return arc_invoice_request_submit(s, *id);
}

static arc_status decide_request(arc_session *s, int64_t id) { return arc_invoice_request_approve(s, id); }

static arc_status recall_request(arc_session *s, int64_t id) { return arc_invoice_request_recall(s, id, NULL); }

/* ---- bank data, which a definition makes wait ---- */

static arc_status ask_bank(arc_session *s, int64_t *id, int n)
{
    char json[120];
    arc_error e = ARC_ERROR_INIT;
    snprintf(json, sizeof json, "{\"customer\":2,\"number\":\"%d\",\"bank\":\"B\"}", n);
    arc_record *r = invoices_record(s, ARC_BANK_ACCOUNT, json);
    arc_status st = arc_session_insert(s, NULL, r);
    (void)arc_session_error(s, &e);
    *id = e.id;
    arc_record_free(r);
    return st == ARC_NEEDS_APPROVAL ? ARC_OK : st;
}

static arc_status decide_bank(arc_session *s, int64_t id) { return arc_pending_approve(s, NULL, id, NULL); }

static arc_status recall_bank(arc_session *s, int64_t id) { return arc_pending_recall(s, id, "typed wrong"); }

/* ---- write-offs ---- */

static arc_status ask_write_off(arc_session *s, int64_t *id, int n)
{
    char json[200];
    snprintf(json, sizeof json, "{\"number\":\"W%d\",\"customer\":1,\"items\":[1],\"currency\":\"CNY\",\"amount\":\"10.00\",\"reason\":\"bankrupt\",\"note\":\"n\"}", n);
    arc_record *r = invoices_record(s, ARC_WRITE_OFF_REQUEST, json);
    arc_status st = arc_write_off_request(s, id, r);
    arc_record_free(r);
    return st;
}

static arc_status decide_write_off(arc_session *s, int64_t id) { return arc_write_off_approve(s, NULL, id, ARC_DATE_NONE, "yes"); }

static arc_status recall_write_off(arc_session *s, int64_t id) { return arc_write_off_recall(s, id, NULL); }

/* ---- proposals ---- */

static arc_status ask_proposal(arc_session *s, int64_t *id, int n)
{
    arc_proposal *p;
    (void)n;
    arc_status st = arc_receipt_propose(s, &p, NULL, 0, NULL);
    if (st != ARC_OK) return st;
    st = arc_proposal_store(p, id, NULL);
    arc_proposal_free(p);
    return st;
}

static arc_status decide_proposal(arc_session *s, int64_t id)
{
    arc_proposal *p;
    const uint32_t line = 0;
    arc_status st = arc_proposal_load(s, &p, id);
    if (st != ARC_OK) return st;
    st = arc_proposal_approve(p, &line, 1);
    arc_proposal_free(p);
    return st;
}

static const deed deeds[] = { { "invoice", ask_invoice, decide_invoice, ARC_INVOICE, "invoice.approve", 1, recall_invoice, "invoice.recall" },
                              { "contract", ask_contract, decide_contract, ARC_CONTRACT, "contract.approve", 0, recall_contract, "contract.recall" },
                              { "invoice request", ask_request, decide_request, ARC_INVOICE_REQUEST, "invoice_request.approve", 0, recall_request, "invoice_request.recall" },
                              { "bank account", ask_bank, decide_bank, ARC_PENDING_CHANGE, "pending_change.approve", 0, recall_bank, "pending_change.recall" },
                              { "write-off", ask_write_off, decide_write_off, ARC_WRITE_OFF_REQUEST, "write_off_request.approve", 1, recall_write_off, "write_off_request.recall" },
                              { "proposal", ask_proposal, decide_proposal, ARC_PROPOSAL, "proposal.approve", 0, NULL, NULL } };
enum { DEEDS = sizeof deeds / sizeof deeds[0] };

static void fill(people *p)
{
    static const char rules[] = "{\"approvals\":[{\"verb\":\"bank_account.insert\"}]}";
    arc_session *s = p->b.session;
    int64_t id;
    (void)inserted(s, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"c\",\"term\":\"NET30\"}");
    (void)inserted(s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"d\",\"term\":\"NET30\"}");
    (void)inserted(s, ARC_INVOICE_TITLE, "{\"customer\":1,\"title\":\"t\",\"tax_no\":\"91310000000000000X\",\"is_default\":true}");
    arc_record *r = invoices_record(s, ARC_INVOICE, "{\"number\":\"I\",\"customer\":1,\"invoice_date\":\"2026-01-01\",\"due_date\":\"2026-01-31\",\"currency\":\"CNY\",\"gross_amount\":\"600.00\"}");
    assert_session(&p->b, arc_invoice_record(s, NULL, r));
    arc_record_free(r);
    r = invoices_record(s, ARC_RECEIPT, "{\"number\":\"R\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"600.00\",\"memo\":\"I\"}");
    assert_session(&p->b, arc_receipt_record(s, NULL, r));
    arc_record_free(r);
    (void)inserted(s, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"INV-{n:4}\",\"gapless\":true}");
    assert_session(&p->b, arc_definition_save(s, &id, "approval", "a", rules, SIZE_MAX, NULL));
    assert_session(&p->b, arc_definition_publish(s, id, NULL, NULL));
    assert_session(&p->b, arc_role_define(s, NULL, "{\"code\":\"both\",\"name\":\"B\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"],"
                                                   "\"authority\":[{\"verb\":\"write_off_request.approve\",\"currency\":\"CNY\",\"amount\":\"1000.00\"}]}", SIZE_MAX));
    assert_session(&p->b, arc_role_define(s, NULL, "{\"code\":\"small\",\"name\":\"S\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"],"
                                                   "\"authority\":[{\"verb\":\"write_off_request.approve\",\"currency\":\"CNY\",\"amount\":\"9.99\"},"
                                                   "{\"verb\":\"invoice.approve\",\"currency\":\"CNY\",\"amount\":\"112.99\"}]}", SIZE_MAX));
    (void)people_grant(p, "dan", "small");
    (void)people_grant(p, "ann", "both");
    (void)people_grant(p, "bob", "both");
    (void)people_grant(p, "root", "admin");
}

static void done(arc_session *s, const deed *d, const char *what, arc_status expected, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(s, &e);
    if (st != expected) fail_msg("%s, %s: %s instead of %s: %s", d->name, what, arc_status_name(st), arc_status_name(expected), e.message);
}

/* What a front end is told: class NULL, it is possible. */
static void told(test_book *b, arc_session *s, const deed *d, int64_t id, const char *class)
{
    static char json[40000];
    char name[80], says[80] = "\"allowed\":true";
    size_t n = sizeof json;
    arc_record *r;
    (void)b;
    assert_ok(arc_session_get(s, &r, d->entity, id));
    assert_ok(arc_verbs_allowed(s, json, &n, r));
    arc_record_free(r);
    (void)snprintf(name, sizeof name, "\"verb\":\"%s\"", d->verb);
    if (class) (void)snprintf(says, sizeof says, "\"allowed\":false,\"class\":\"%s\"", class);
    char *at = strstr(json, name), *end = at ? strchr(at, '}') : NULL;
    if (!at || !end) fail_msg("%s is not told of: %s", d->verb, json);
    *end = 0;
    if (!strstr(at, says)) fail_msg("%s is told %s, expected %s", d->name, at, says);
}

static void test_single(void **state)
{
    people p;
    (void)state;
    people_open(&p, 0);
    assert_ok(arc_session_set_business_date(p.b.session, PEOPLE_DAY));
    fill(&p);
    arc_session *ann = people_session(p.b.book, "ann"); /* she is a user of the book, as in one that will have roles later */
    for (int k = 0; k < DEEDS; k++) {
        int64_t id = 0;
        done(ann, &deeds[k], "asked", ARC_OK, deeds[k].ask(ann, &id, k));
        told(&p.b, ann, &deeds[k], id, NULL);
        done(ann, &deeds[k], "decided by herself", ARC_OK, deeds[k].decide(ann, id));
    }
    arc_session_close(ann);
    people_close(&p);
}

static void test_roles(void **state)
{
    people p;
    (void)state;
    people_open(&p, 0);
    assert_ok(arc_session_set_business_date(p.b.session, PEOPLE_DAY));
    fill(&p);
    people_start(&p);
    arc_session *ann = people_session(p.b.book, "ann"), *bob = people_session(p.b.book, "bob"), *dan = people_session(p.b.book, "dan");
    for (int k = 0; k < DEEDS; k++) {
        int64_t id = 0;
        done(ann, &deeds[k], "asked", ARC_OK, deeds[k].ask(ann, &id, k));
        told(&p.b, ann, &deeds[k], id, "own");
        done(ann, &deeds[k], "decided by herself", ARC_E_FORBIDDEN, deeds[k].decide(ann, id));
        if (deeds[k].limited) {
            told(&p.b, dan, &deeds[k], id, "authority");
            done(dan, &deeds[k], "decided by one who may not decide so much", ARC_E_FORBIDDEN, deeds[k].decide(dan, id));
        }
        told(&p.b, bob, &deeds[k], id, NULL);
        done(bob, &deeds[k], "decided by another", ARC_OK, deeds[k].decide(bob, id));
    }
    arc_session_close(ann);
    arc_session_close(bob);
    arc_session_close(dan);
    people_close(&p);
}

/* Taken back by who asked, before it is decided; nobody else, and not twice. */
static void test_recall(void **state)
{
    (void)state;
    for (int roles = 0; roles < 2; roles++) {
        people p;
        people_open(&p, 0);
        assert_ok(arc_session_set_business_date(p.b.session, PEOPLE_DAY));
        fill(&p);
        if (roles) people_start(&p);
        arc_session *ann = people_session(p.b.book, "ann"), *bob = people_session(p.b.book, "bob");
        for (int k = 0; k < DEEDS; k++) {
            int64_t id = 0;
            deed d = deeds[k];
            if (!d.recall) continue;
            d.verb = d.recall_verb;
            done(ann, &d, "asked", ARC_OK, d.ask(ann, &id, k));
            told(&p.b, ann, &d, id, NULL);
            if (roles) {
                told(&p.b, bob, &d, id, "own");
                done(bob, &d, "taken back by another", ARC_E_FORBIDDEN, d.recall(bob, id));
            }
            done(ann, &d, "taken back", ARC_OK, d.recall(ann, id));
            told(&p.b, ann, &d, id, "state");
            done(ann, &d, "taken back twice", ARC_E_STATE, d.recall(ann, id));
            done(bob, &d, "decided after all", ARC_E_STATE, d.decide(bob, id));
        }
        for (int k = 0; k < DEEDS; k++) { /* what was decided is not taken back */
            int64_t id = 0;
            if (!deeds[k].recall) continue;
            done(ann, &deeds[k], "asked", ARC_OK, deeds[k].ask(ann, &id, 20 + k));
            done(bob, &deeds[k], "decided", ARC_OK, deeds[k].decide(bob, id));
            done(ann, &deeds[k], "taken back too late", ARC_E_STATE, deeds[k].recall(ann, id));
        }
        arc_session_close(ann);
        arc_session_close(bob);
        people_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_single), cmocka_unit_test(test_roles), cmocka_unit_test(test_recall) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
