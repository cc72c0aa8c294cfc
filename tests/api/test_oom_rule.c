/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: rules published, proposed, applied, run, explained, simulated, compared. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

#define IF "\"if\":{\">\":[{\"var\":\"open\"},\"0\"]}"

static arc_status publish(arc_session *s, const char *code, const char *text)
{
    int64_t id;
    arc_status st = arc_definition_save(s, &id, "rule", code, text, SIZE_MAX, NULL);
    return st == ARC_OK ? arc_definition_publish(s, id, NULL, NULL) : st;
}

static arc_status rules(arc_session *s)
{
    static const char ladder[] = "{\"rule\":\"arcore/1\",\"subject\":\"item\",\"currency\":\"CNY\"," IF ",\"steps\":[{\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\"},\"then\":[{\"type\":\"level\"}]},"
                                 "{\"on\":{\"kind\":\"date\",\"anchor\":\"previous\",\"offset\":\"P2D\"},\"then\":[]}]}";
    static const char high[] = "{\"rule\":\"arcore/1\",\"subject\":\"customer\",\"currency\":\"CNY\",\"mode\":\"apply\",\"on\":{\"kind\":\"threshold\",\"value\":{\"sum\":[{\"var\":\"items\"},{\"var\":\"open\"}]},"
                               "\"above\":\"1.00\",\"rearm\":\"0.50\"},\"then\":[]}";
    static const char told[] = "{\"rule\":\"arcore/1\",\"subject\":\"customer\",\"mode\":\"apply\",\"on\":{\"kind\":\"change\",\"verb\":\"invoice.record\",\"entity\":\"invoice\",\"via\":\"customer\"},\"then\":[]}";
    arc_status st = publish(s, "dun", ladder);
    if (st == ARC_OK) st = publish(s, "high", high);
    return st == ARC_OK ? publish(s, "told", told) : st;
}

static arc_status asked(arc_session *s)
{
    char text[20000];
    size_t n = sizeof text;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.from = BOOK_DAY + 10;
    o.as_of = BOOK_DAY + 45;
    arc_status st = arc_rule_explain(s, text, &n, "dun", 1, BOOK_DAY + 40);
    n = sizeof text;
    if (st == ARC_OK) st = arc_rule_simulate(s, text, &n, NULL, 0, &o);
    n = sizeof text;
    return st == ARC_OK ? arc_rule_compare(s, text, &n, "\"dun\"", SIZE_MAX, "[\"dun@1\",\"high\"]", SIZE_MAX, &o) : st;
}

static arc_status done(arc_session *s)
{
    arc_proposal *p = NULL;
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    const char *codes[] = { "dun" };
    o.as_of = BOOK_DAY + 40;
    o.codes = codes;
    o.n_codes = 1;
    arc_status st = arc_rule_propose(s, &p, &o);
    if (st == ARC_OK) st = arc_proposal_store(p, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_approve(p, NULL, 0);
    if (st == ARC_OK) st = arc_proposal_apply(p, NULL);
    arc_proposal_free(p);
    o.codes = NULL;
    o.n_codes = 0;
    if (st == ARC_OK) st = arc_rule_run(s, &report, NULL, NULL, &o);
    o.flags = ARC_RULE_SWEEP;
    o.as_of++;
    return st == ARC_OK ? arc_rule_run(s, &report, NULL, NULL, &o) : st;
}

static arc_status whole(test_book *b)
{
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 40);
    if (st == ARC_OK) st = book_customers(b->session, 1, 1);
    if (st == ARC_OK) st = rules(b->session);
    b->env->now += 1000000;
    if (st == ARC_OK) st = book_invoice(b->session, NULL, "A-1", 1, 1000);
    if (st == ARC_OK) st = asked(b->session);
    if (st == ARC_OK) st = done(b->session);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
