/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of matching ask again and again: what is due, what came in, and what is proposed for it. */
#ifndef TESTS_API_MATCHING_H
#define TESTS_API_MATCHING_H

#include "api/settling.h"

#include <stdio.h>
#include <string.h>

enum { APR_1 = FEB_1 + 59 };

static inline int64_t item_of_invoice(test_book *b, int64_t invoice)
{
    arc_query *q;
    arc_cursor *c;
    int64_t item = 0;
    const arc_field_id field = ARC_ITEM_ID;
    assert_ok(arc_query_new(b->session, &q, ARC_ITEM));
    assert_ok(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, invoice));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

static inline int64_t due(test_book *b, const char *number, int64_t customer, const char *gross, const char *on, const char *more)
{
    char json[500];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-01-02\",\"due_date\":\"%s\",\"currency\":\"CNY\",\"gross_amount\":\"%s\"%s}", number,
             (int)customer, on, gross, more);
    return item_of_invoice(b, record_of(b, ARC_INVOICE, json));
}

/* customer 0: nobody knows whose. */
static inline int64_t came(test_book *b, const char *number, int64_t customer, const char *amount, const char *memo)
{
    char json[500], who[40] = "";
    if (customer) snprintf(who, sizeof who, "\"customer\":%d,", (int)customer);
    snprintf(json, sizeof json, "{%s\"number\":\"%s\",\"value_date\":\"2026-04-01\",\"posting_date\":\"2026-04-01\",\"currency\":\"CNY\",\"amount\":\"%s\",\"memo\":\"%s\"}", who, number, amount,
             memo);
    return record_of(b, ARC_RECEIPT, json);
}

static inline arc_proposal *matched(test_book *b, int64_t receipt, const char *strategy)
{
    arc_proposal *p = NULL;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    o.as_of = APR_1;
    o.strategy = strategy;
    arc_status st = arc_match_propose(b->session, &p, &receipt, receipt ? 1 : 0, &o);
    if (!receipt) st = arc_match_propose(b->session, &p, NULL, 0, &o);
    if (st != ARC_DONE) assert_session(b, st);
    return p;
}

static inline void has(const char *text, const char *part)
{
    if (!text || !strstr(text, part)) fail_msg("%s\n    is not in\n%s", part, text ? text : "NULL");
}

/* The line of a receipt says all of these, in action or explanation. */
static inline void says(test_book *b, int64_t receipt, const char *strategy, const char *const *parts)
{
    arc_proposal *p = matched(b, receipt, strategy);
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    char both[40000];
    assert_ok(arc_proposal_get(p, &l, 0));
    snprintf(both, sizeof both, "%s\n%s", l.action, l.explanation);
    for (; *parts; parts++) has(both, *parts);
    arc_proposal_free(p);
}
#define SAYS(b, receipt, strategy, ...) says(b, receipt, strategy, (const char *const[]){ __VA_ARGS__, NULL })

static inline void none(test_book *b, int64_t receipt, const char *strategy, const char *why)
{
    char json[20000], part[60];
    size_t n = sizeof json;
    arc_proposal *p = matched(b, receipt, strategy);
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    assert_ok(arc_proposal_describe(p, &info));
    assert_int_equal(info.n_lines, 0);
    assert_ok(arc_proposal_json(p, json, &n));
    snprintf(part, sizeof part, "\"why\":\"%s\"", why);
    has(json, part);
    arc_proposal_free(p);
}

/* Proposes for one receipt, applies it, and hands the line's result back. */
static inline void apply_line(test_book *b, int64_t receipt, const char *strategy)
{
    arc_proposal *p = matched(b, receipt, strategy);
    int64_t id;
    assert_session(b, arc_proposal_store(p, &id, NULL));
    assert_ok(arc_proposal_approve(p, NULL, 0));
    arc_status st = arc_proposal_apply(p, NULL);
    if (st != ARC_OK) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        arc_error e = ARC_ERROR_INIT;
        assert_ok(arc_proposal_get(p, &l, 0));
        (void)arc_proposal_error(p, &e);
        print_message("%s: %s (%s)\n", l.action, e.message, l.result ? l.result : "");
    }
    assert_int_equal(st, ARC_OK);
    arc_proposal_free(p);
}

#endif
