/* SPDX-License-Identifier: Apache-2.0 */
/* A credit check on a customer with many open items against one with few, in turns in one run: with each rule alone, with all of them, and with parts of exposure told apart. The items of both are overdue,
 * due on days all over three years, and dunned.
 *
 *   build/release/bench/bench_credit [items 10000] [rounds 200]        the last line is JSON; each ratio is to stay at or below 2 */
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

static int64_t first_item;

/* They were due long ago, on days all over three years. */
static void owe(arc_session *s, int64_t customer, int n)
{
    static int number;
    for (int from = 0; from < n; from += AT_ONCE) {
        arc_record *list[AT_ONCE];
        const int m = n - from < AT_ONCE ? n - from : AT_ONCE;
        for (int i = 0; i < m; i++) {
            char json[300];
            const int k = (from + i) * 7919 % 1000;
            snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"currency\":\"CNY\",\"gross_amount\":\"%d.00\",\"invoice_date\":\"2022-12-01\",\"due_date\":\"%d-%02d-%02d\"}", number++, (int)customer,
                     10 + (int)(i % 90), 2023 + k / 336, 1 + k / 28 % 12, 1 + k % 28);
            must(s, arc_record_new(s, &list[i], ARC_INVOICE), "invoice");
            must(s, arc_record_set_json(list[i], json, SIZE_MAX), json);
        }
        must(s, arc_invoice_record_many(s, NULL, NULL, list, (size_t)m, ARC_ALL_OR_NONE), "invoices");
        for (int i = 0; i < m; i++) arc_record_free(list[i]);
    }
    arc_txn *t;
    must(s, arc_session_begin(s, &t, ARC_WRITE), "begin");
    for (int i = 0; i < n; i++) {
        arc_level l = ARC_LEVEL_INIT;
        l.item = ++first_item;
        l.level = 1;
        l.reason = "bench";
        must(s, arc_item_set_level(s, NULL, &l), "level");
    }
    must(s, arc_txn_commit(t), "commit");
}

static double check(arc_session *s, int64_t customer)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    q.customer = customer;
    q.currency = "CNY";
    q.amount = 100;
    const double from = now();
    must(s, arc_credit_check(s, &d, NULL, NULL, &q), "check");
    const double took = now() - from;
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

static double ratio(arc_session *s, int64_t many, int64_t few, int rounds, double *of_few)
{
    double *a = calloc((size_t)rounds, sizeof *a), *b = calloc((size_t)rounds, sizeof *b);
    if (!a || !b) exit(1);
    for (int i = 0; i < rounds; i++) {
        a[i] = check(s, many);
        b[i] = check(s, few);
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

static const struct {
    const char *name, *policy; /* members of the policy */
} kinds[] = {
#define RULES(r) "\"rules\":[" r "]"
#define STATIC "{\"rule\":\"static\",\"effect\":\"warn\"}"
#define DYNAMIC "{\"rule\":\"dynamic\",\"days\":30,\"effect\":\"warn\"}"
#define PART "{\"rule\":\"part\",\"effect\":\"warn\"}"
#define DOCUMENT "{\"rule\":\"document\",\"amount\":\"1\",\"effect\":\"warn\"}"
#define OLDEST "{\"rule\":\"oldest\",\"days\":90,\"effect\":\"warn\"}"
#define SHARE "{\"rule\":\"overdue_share\",\"percent\":\"20\",\"effect\":\"warn\"}"
#define LEVEL "{\"rule\":\"level\",\"level\":0,\"effect\":\"warn\"}"
#define PAYMENT "{\"rule\":\"last_payment\",\"days\":90,\"effect\":\"warn\"}"
#define REVIEW "{\"rule\":\"review\",\"effect\":\"warn\"}"
#define DOCUMENTS "{\"rule\":\"documents\",\"kinds\":[\"contract\"],\"effect\":\"warn\"}"
#define RATING "{\"rule\":\"rating\",\"bands\":[\"D\"],\"effect\":\"warn\"}"
    { "static", RULES(STATIC) },
    { "dynamic", RULES(DYNAMIC) },
    { "part", "\"parts\":{\"overdue\":{\"limit\":\"1\"},\"disputed\":{\"limit\":\"1\"}}," RULES(PART) },
    { "document", RULES(DOCUMENT) },
    { "oldest", RULES(OLDEST) },
    { "overdue_share", RULES(SHARE) },
    { "level", RULES(LEVEL) },
    { "last_payment", RULES(PAYMENT) },
    { "review", RULES(REVIEW) },
    { "documents", RULES(DOCUMENTS) },
    { "rating", RULES(RATING) },
    { "parts_apart", "\"parts\":{\"disputed\":{\"include\":false},\"planned\":{\"include\":true},\"drafts\":{\"include\":true}}," RULES(STATIC) },
    { "all", RULES(STATIC "," DYNAMIC "," PART "," DOCUMENT "," OLDEST "," SHARE "," LEVEL "," PAYMENT "," REVIEW "," DOCUMENTS "," RATING) },
};

int main(int argc, char **argv)
{
    const int items = argc > 1 ? atoi(argv[1]) : 10000, rounds = argc > 2 ? atoi(argv[2]) : 200;
    char uri[300];
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
    const int64_t few = insert(s, ARC_CUSTOMER, "{\"code\":\"F\",\"legal_name\":\"f\"}"), many = insert(s, ARC_CUSTOMER, "{\"code\":\"M\",\"legal_name\":\"m\"}");
    owe(s, few, 10);
    owe(s, many, items);
    publish(s, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}");
    for (int i = 0; i < 2; i++) {
        arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
        l.customer = i ? many : few;
        l.amount = 100000000000;
        l.currency = "CNY";
        l.reason = "bench";
        must(s, arc_credit_limit_set(s, NULL, &l), "limit");
    }
    double worst = 0;
    char line[2000];
    size_t at = (size_t)snprintf(line, sizeof line, "{\"items\":%d", items);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        char policy[2000];
        double us;
        snprintf(policy, sizeof policy, "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,%s}", kinds[k].policy);
        publish(s, policy);
        const double r = ratio(s, many, few, rounds, &us);
        printf("%-14s with 10 open items %6.0f us, with %d %6.0f us: %.2f\n", kinds[k].name, us, items, us * r, r);
        at += (size_t)snprintf(line + at, sizeof line - at, ",\"%s\":%.2f", kinds[k].name, r);
        if (r > worst) worst = r;
    }
    printf("%s,\"worst\":%.2f}\n", line, worst);
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
