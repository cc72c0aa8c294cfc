/* SPDX-License-Identifier: Apache-2.0 */
/* A book with a credit policy, for tests of limits, exposure and checks. Amounts in CNY; customer 1 is there. */
#ifndef TESTS_API_LIMITS_H
#define TESTS_API_LIMITS_H

#include "api/invoices.h"
#include "support/work_book.h"

/* The number behind "name": behind the `at`-th (from 0) of `mark`, which may be NULL. */
static inline int64_t number_in(const char *json, const char *mark, int at, const char *name)
{
    char key[80];
    const char *p = json;
    for (int i = 0; mark && i <= at; i++) {
        p = strstr(i ? p + 1 : p, mark);
        if (!p) fail_msg("%s: no %s", json, mark);
    }
    snprintf(key, sizeof key, "\"%s\":", name);
    p = strstr(p, key);
    if (!p) fail_msg("%s: no %s", json, name);
    p += strlen(key);
    return strncmp(p, "null", 4) == 0 ? INT64_MIN : strtoll(p, NULL, 10);
}

static inline void publish(invoices *v, const char *kind, const char *code, const char *json)
{
    int64_t id;
    assert_session(&v->b, arc_definition_save(v->s, &id, kind, code, json, SIZE_MAX, NULL));
    assert_session(&v->b, arc_definition_publish(v->s, id, NULL, NULL));
}

static inline int64_t checked(invoices *v, int64_t customer, const char *valid_to)
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":%d,\"checked_on\":\"2026-01-01\",\"sources\":[\"registry\"],\"documents\":[\"licence\"],\"result\":\"pass\",\"valid_to\":\"%s\"}", (int)customer, valid_to);
    return sample_insert(v->s, ARC_CREDIT_CHECK, json);
}

static inline arc_status limited(invoices *v, int64_t *id, int64_t customer, int64_t amount, const char *scope, const char *kind, arc_date from, arc_date to)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = customer;
    l.amount = amount;
    l.currency = "CNY";
    l.scope = scope;
    l.kind = kind;
    l.valid_from = from;
    l.valid_to = to;
    l.reason = "agreed";
    return arc_credit_limit_set(v->s, id, &l);
}

static inline const char *limits_json(invoices *v, int64_t customer, arc_date as_of, arc_stamp known)
{
    static char json[20000];
    size_t n = sizeof json;
    assert_session(&v->b, arc_credit_limit_json(v->s, json, &n, customer, as_of, known));
    return json;
}

static inline const char *exposure_json(invoices *v, int64_t customer, arc_date as_of, int group)
{
    static char json[20000];
    size_t n = sizeof json;
    assert_session(&v->b, arc_credit_exposure_json(v->s, json, &n, customer, NULL, as_of, group));
    return json;
}

static inline int64_t part_of(const char *json, const char *part)
{
    char mark[60];
    snprintf(mark, sizeof mark, "{\"part\":\"%s\"", part);
    return number_in(json, mark, 0, "amount");
}

/* An order of one line; wanted NULL: at once. */
static inline int64_t ordered(invoices *v, int64_t customer, const char *number, int64_t yuan, const char *wanted)
{
    char json[400], on[40] = "";
    if (wanted) snprintf(on, sizeof on, ",\"wanted_on\":\"%s\"", wanted);
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"%s}", number, (int)customer, on);
    int64_t id = sample_insert(v->s, ARC_SALES_ORDER, json);
    snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"1000\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"%lld.00\",\"tax_rate\":\"0.13\"}", (int)id, (long long)yuan);
    (void)sample_insert(v->s, ARC_ORDER_LINE, json);
    return id;
}

static inline int64_t line_of_order(invoices *v, int64_t order)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_ORDER_LINE));
    assert_ok(arc_query_where_int(q, ARC_ORDER_LINE_SALES_ORDER, ARC_EQ, order));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &id, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return id;
}

/* A delivery of one line; line 0: of no order. */
static inline int64_t delivering(invoices *v, int64_t customer, const char *number, int64_t line, const char *quantity, int64_t yuan)
{
    char json[300], of[40] = "";
    if (line) snprintf(of, sizeof of, ",\"order_line\":%d", (int)line);
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"delivery_date\":\"2026-01-10\"}", number, (int)customer);
    int64_t id = sample_insert(v->s, ARC_DELIVERY, json);
    snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1%s,\"quantity\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%lld.00\"}", (int)id, of, quantity, (long long)yuan);
    (void)sample_insert(v->s, ARC_DELIVERY_LINE, json);
    return id;
}

#endif
