/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: limits set, customers merged, limits of a day before that, what a check says to who is asked. */
#include "arcore/definition.h"
#include "arcore/fields.h"
#include "arcore/hold.h"
#include "arcore/limit.h"
#include "arcore/merge.h"
#include "support/books.h"

static arc_status customer(arc_session *s, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status policy(arc_session *s)
{
    int64_t id;
    arc_status st = arc_definition_save(s, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}", SIZE_MAX, NULL);
    return st == ARC_OK ? arc_definition_publish(s, id, NULL, NULL) : st;
}

static arc_status limit(arc_session *s, int64_t of, int64_t amount, const char *scope, const char *kind)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = of;
    l.amount = amount;
    l.currency = "CNY";
    l.scope = scope;
    l.kind = kind;
    l.valid_to = *kind == 't' ? 20490 : ARC_DATE_NONE;
    l.reason = "agreed";
    return arc_credit_limit_set(s, NULL, &l);
}

static arc_status told(arc_session *s)
{
    char text[6000];
    size_t n = sizeof text;
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    q.customer = 2;
    q.currency = "CNY";
    q.amount = 100;
    arc_status st = arc_credit_limit_json(s, text, &n, 3, 20481, 0);
    if (st == ARC_OK && !strstr(text, ":700")) return ARC_E_INTERNAL; /* of who owned it then */
    n = sizeof text;
    return st == ARC_OK ? arc_credit_check(s, NULL, text, &n, &q) : st;
}

static arc_status whole(test_book *b)
{
    arc_merge m = ARC_MERGE_INIT;
    arc_session *s = b->session;
    arc_status st = arc_session_set_business_date(s, 20480);
    if (st == ARC_OK) st = policy(s);
    if (st == ARC_OK) st = customer(s, "{\"code\":\"A\",\"legal_name\":\"a\"}");
    if (st == ARC_OK) st = customer(s, "{\"code\":\"B\",\"legal_name\":\"b\"}");
    if (st == ARC_OK) st = customer(s, "{\"code\":\"C\",\"legal_name\":\"c\",\"parent\":2}");
    if (st == ARC_OK) st = limit(s, 1, 500, "group", "permanent");
    if (st == ARC_OK) st = limit(s, 2, 600, "group", "permanent");
    if (st == ARC_OK) st = limit(s, 2, 100, "group", "temporary");
    m.kept = 1;
    m.merged = 2;
    m.reason = "one";
    if (st == ARC_OK) st = arc_session_set_business_date(s, 20485);
    if (st == ARC_OK) st = arc_customer_merge(s, NULL, &m);
    return st == ARC_OK ? told(s) : st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
