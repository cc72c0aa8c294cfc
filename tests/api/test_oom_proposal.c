/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: calls with request keys and their repeats, proposals from proposing to applying, pending changes. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static arc_status keyed(arc_session *s)
{
    int64_t id;
    arc_status st = ARC_OK;
    for (int i = 0; i < 2 && st == ARC_OK; i++) {
        st = arc_session_set_request_key(s, "bulk");
        if (st == ARC_OK) st = book_bulk(s, "B", 1, 3);
        if (st == ARC_OK) st = arc_session_set_request_key(s, "money");
        if (st == ARC_OK) st = book_receipt(s, &id, "MONEY", 1, 2500);
    }
    return st;
}

static arc_status proposal(arc_session *s)
{
    arc_proposal *p = NULL, *q = NULL;
    arc_money m = { 500, "CNY", 0 };
    int64_t id = 0;
    char json[6000];
    size_t n = sizeof json;
    arc_status st = arc_receipt_propose(s, &p, NULL, 0, NULL);
    if (st == ARC_OK) st = arc_proposal_set_amount(p, 0, &m);
    if (st == ARC_OK) st = arc_proposal_store(p, &id, NULL);
    if (st == ARC_OK) st = arc_proposal_drop(p, 1, "not now");
    if (st == ARC_OK) st = arc_proposal_store(p, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_load(s, &q, id);
    const uint32_t last = 2;
    if (st == ARC_OK) st = arc_proposal_approve(q, &last, 1); /* in two steps */
    if (st == ARC_OK) st = arc_proposal_apply(q, NULL);
    if (st == ARC_OK) st = arc_proposal_approve(q, NULL, 0);
    if (st == ARC_OK) st = arc_proposal_json(q, json, &n);
    if (st == ARC_OK) st = arc_proposal_apply(q, NULL);
    arc_proposal_free(p);
    arc_proposal_free(q);
    return st;
}

static int32_t listed(void *user, const arc_pending_info *i) { return (void)user, (void)i, 0; }

/* A role that is defined, and a custom field that is changed, once somebody has approved it. */
static arc_status waiting(arc_session *s)
{
    static const char role[] = "{\"code\":\"few\",\"name\":\"F\",\"rows\":\"own\",\"verbs\":[\"customer.read\"]}";
    arc_status st = arc_custom_define(s, NULL, "{\"entity\":\"customer\",\"name\":\"x_a\",\"kind\":\"choice\",\"choices\":[\"a\"]}", SIZE_MAX);
    if (st == ARC_OK) st = arc_custom_alter(s, ARC_CUSTOMER, "x_a", "{\"choices\":[\"a\",\"b\"],\"indexed\":true}", SIZE_MAX);
    if (st == ARC_NEEDS_APPROVAL) st = arc_role_define(s, NULL, role, SIZE_MAX);
    if (st == ARC_NEEDS_APPROVAL) st = arc_pending_list(s, listed, NULL, NULL);
    if (st == ARC_OK) st = arc_pending_approve(s, NULL, 2, NULL);
    return st == ARC_OK ? arc_pending_approve(s, NULL, 3, NULL) : st;
}

static arc_status pending(arc_session *s)
{
    int64_t id;
    arc_record *r = NULL;
    arc_status st = arc_definition_save(s, &id, "approval", "a", "{\"approvals\":[{\"verb\":\"customer.update\",\"fields\":[\"legal_rep\"]},{\"verb\":\"role.define\"},{\"verb\":\"custom_field.alter\"}]}", SIZE_MAX, NULL);
    if (st == ARC_OK) st = arc_definition_publish(s, id, NULL, NULL);
    if (st == ARC_OK) st = arc_session_get(s, &r, ARC_CUSTOMER, 1);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_LEGAL_REP, "Wang", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_update(s, r);
    if (st == ARC_NEEDS_APPROVAL) st = arc_pending_edit(s, 1, "{\"legal_rep\":\"Li\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_pending_approve(s, NULL, 1, "seen");
    arc_record_free(r);
    return st == ARC_OK ? waiting(s) : st;
}

static arc_status whole(test_book *b)
{
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 10);
    if (st == ARC_OK) st = book_customers(b->session, 1, 1);
    if (st == ARC_OK) st = keyed(b->session);
    if (st == ARC_OK) st = proposal(b->session);
    if (st == ARC_OK) st = pending(b->session);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
