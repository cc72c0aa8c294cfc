/* SPDX-License-Identifier: Apache-2.0 */
/* A credit check on a customer with many open items against one with few, in turns in one run, and confirming an order with a policy and without.
 *
 *   build/release/bench/bench_credit [items 10000] [rounds 400]        the last line is JSON; the ratio of the checks is to stay at or below 2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arcore/arcore.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(arc_session *s, arc_status st, const char *what)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return;
    if (s) (void)arc_session_error(s, &e);
    fprintf(stderr, "%s: %s %s\n", what, arc_status_name(st), e.message);
    exit(1);
}

static int64_t insert(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    int64_t id = 0;
    must(s, arc_record_new(s, &r, entity), json);
    must(s, arc_record_set_json(r, json, SIZE_MAX), json);
    must(s, arc_session_insert(s, &id, r), json);
    arc_record_free(r);
    return id;
}

enum { AT_ONCE = 500 };

/* late: they were due long ago. */
static void owe(arc_session *s, int64_t customer, int n, int late)
{
    static int number;
    for (int from = 0; from < n; from += AT_ONCE) {
        arc_record *list[AT_ONCE];
        const int m = n - from < AT_ONCE ? n - from : AT_ONCE;
        for (int i = 0; i < m; i++) {
            char json[300];
            snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"currency\":\"CNY\",\"gross_amount\":\"%d.00\",\"invoice_date\":\"2025-12-01\",\"due_date\":\"2026-%02d-%02d\"}", number++, (int)customer,
                     10 + (int)(i % 90), (int)(late ? 1 : 6 + i % 6), (int)(1 + i % 28));
            must(s, arc_record_new(s, &list[i], ARC_INVOICE), "invoice");
            must(s, arc_record_set_json(list[i], json, SIZE_MAX), json);
        }
        must(s, arc_invoice_record_many(s, NULL, NULL, list, (size_t)m, ARC_ALL_OR_NONE), "invoices");
        for (int i = 0; i < m; i++) arc_record_free(list[i]);
    }
}

static double check(arc_session *s, int64_t customer, int expected)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    q.customer = customer;
    q.currency = "CNY";
    q.amount = 100;
    const double from = now();
    must(s, arc_credit_check(s, &d, NULL, NULL, &q), "check");
    const double took = now() - from;
    if (d.result != expected || !d.has_limit) {
        fprintf(stderr, "the check says %d, not %d\n", d.result, expected);
        exit(1);
    }
    return took;
}

static int by_time(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static double median(double *list, int n)
{
    qsort(list, (size_t)n, sizeof *list, by_time);
    return list[n / 2];
}

static double ratio(arc_session *s, int64_t many, int64_t few, int rounds, int expected, double *of_few)
{
    double *a = calloc((size_t)rounds, sizeof *a), *b = calloc((size_t)rounds, sizeof *b);
    if (!a || !b) exit(1);
    for (int i = 0; i < rounds; i++) {
        a[i] = check(s, many, expected);
        b[i] = check(s, few, expected);
    }
    const double most = median(a, rounds), least = median(b, rounds);
    free(a);
    free(b);
    *of_few = least * 1e6;
    return most / least;
}

static void publish(arc_session *s, const char *json)
{
    int64_t id;
    must(s, arc_definition_save(s, &id, "credit_policy", "default", json, SIZE_MAX, NULL), json);
    must(s, arc_definition_publish(s, id, NULL, NULL), json);
}

int main(int argc, char **argv)
{
    const int items = argc > 1 ? atoi(argv[1]) : 10000, rounds = argc > 2 ? atoi(argv[2]) : 400;
    char uri[300];
    double few_us, late_us;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    snprintf(uri, sizeof uri, "sqlite:%s/bench_credit_%d.db", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    co.clock = arc_clock_system;
    must(NULL, arc_context_new(&ctx, &co), "context");
    o.flags = ARC_BOOK_CREATE;
    if (arc_book_open(ctx, &book, uri, &o) != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        (void)arc_context_error(ctx, &e);
        fprintf(stderr, "%s: %s\n", uri, e.message);
        return 1;
    }
    so.business_date = 20500; /* 2026-02-16 */
    must(NULL, arc_session_open(book, &s, &so), "session");
    const int64_t few = insert(s, ARC_CUSTOMER, "{\"code\":\"F\",\"legal_name\":\"f\"}"), many = insert(s, ARC_CUSTOMER, "{\"code\":\"M\",\"legal_name\":\"m\"}"),
                  late_few = insert(s, ARC_CUSTOMER, "{\"code\":\"LF\",\"legal_name\":\"f\"}"), late_many = insert(s, ARC_CUSTOMER, "{\"code\":\"LM\",\"legal_name\":\"m\"}");
    owe(s, few, 10, 0);
    owe(s, many, items, 0);
    owe(s, late_few, 10, 1);
    owe(s, late_many, items, 1);
    publish(s, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"},{\"rule\":\"dynamic\",\"days\":30,\"effect\":\"block\"},"
               "{\"rule\":\"document\",\"amount\":\"100000\",\"effect\":\"warn\"},{\"rule\":\"oldest\",\"days\":90,\"effect\":\"warn\"},{\"rule\":\"level\",\"level\":2,\"effect\":\"block\"},{\"rule\":\"last_payment\",\"days\":90,\"effect\":\"warn\"}]}");
    const int64_t all[] = { few, many, late_few, late_many };
    for (int i = 0; i < 4; i++) {
        arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
        l.customer = all[i];
        l.amount = 100000000000;
        l.currency = "CNY";
        l.reason = "bench";
        must(s, arc_credit_limit_set(s, NULL, &l), "limit");
    }
    const double cached = ratio(s, many, few, rounds, ARC_CREDIT_PASS, &few_us), overdue = ratio(s, late_many, late_few, rounds, ARC_CREDIT_PASS, &late_us);
    publish(s, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"},{\"rule\":\"overdue_share\",\"percent\":\"20\",\"effect\":\"warn\"}]}");
    double share_us;
    const double share = ratio(s, late_many, late_few, rounds / 4 + 1, ARC_CREDIT_WARN, &share_us);
    printf("a check on a customer with 10 open items: %.0f us\n", few_us);
    printf("{\"items\":%d,\"few_us\":%.1f,\"ratio\":%.2f,\"ratio_all_overdue\":%.2f,\"ratio_overdue_share\":%.2f,\"overdue_share_us\":%.1f}\n", items, few_us, cached, overdue, share, share_us);
    arc_session_close(s);
    arc_book_close(book);
    arc_context_free(ctx);
    for (int k = 0; k < 4; k++) {
        static const char *const tails[] = { "", "-wal", "-shm", "-arclock" };
        char path[400];
        snprintf(path, sizeof path, "%s%s", uri + 7, tails[k]);
        (void)unlink(path);
    }
    return 0;
}
