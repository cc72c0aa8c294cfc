/* SPDX-License-Identifier: Apache-2.0 */
/* What an exact-sum question costs: 10 to 60 open items of 10.00 to 10,000.00 in steps of 5 cents, a quarter of them paid, or a sum that nothing adds up to. Beside the
 * library's answer - every set found, weighed, told - a bare reachable-sums table over the cents, which only says yes or no, in the same run.
 *
 * bench_match [QUESTIONS]     The last line is one JSON object: medians in microseconds, and the ratios. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arcore/combination.h"
#include "arcore/context.h"

enum { MOST = 60, SIZES = 4 };

typedef struct question {
    int64_t open[MOST], amount;
    arc_date due[MOST];
    int n;
} question;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static uint64_t mixed(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static void make(question *q, int n, int round, int hit)
{
    q->n = n;
    q->amount = hit ? 0 : 1;
    for (int i = 0; i < n; i++) {
        q->open[i] = 1000 + (int64_t)(mixed((uint64_t)(round * 1000 + i)) % 199801) * 5;
        q->due[i] = 20000 + (arc_date)(mixed((uint64_t)(round * 1000 + i + 500)) % 90) - 60;
    }
    for (int i = 0; i < (n / 4 < 2 ? 2 : n / 4); i++) q->amount += q->open[(i * 7 + round) % n];
}

/* Which sums can be reached: bit s of the table. */
static int reachable(uint64_t *table, const question *q)
{
    size_t words = (size_t)q->amount / 64 + 1;
    memset(table, 0, words * sizeof *table);
    table[0] = 1;
    for (int i = 0; i < q->n; i++) {
        size_t skip = (size_t)q->open[i] / 64;
        unsigned bits = (unsigned)(q->open[i] % 64);
        for (size_t w = words; w-- > skip;) {
            table[w] |= table[w - skip] << bits | (bits && w > skip ? table[w - skip - 1] >> (64 - bits) : 0);
        }
    }
    return (int)(table[words - 1] >> (q->amount % 64) & 1);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, int n)
{
    qsort(times, (size_t)n, sizeof *times, by_value);
    return times[n / 2];
}

int main(int argc, char **argv)
{
    static const int sizes[SIZES] = { 10, 20, 40, 60 };
    int questions = argc > 1 ? atoi(argv[1]) : 21;
    uint64_t *table = malloc(MOST * 1000000 / 8 + 64);
    double *ours = malloc((size_t)questions * sizeof *ours), *bare = malloc((size_t)questions * sizeof *bare);
    arc_context *context = NULL;
    char line[1024] = "";
    if (questions < 1 || !table || !ours || !bare || arc_context_new(&context, NULL) != ARC_OK) return 1;
    printf("%-6s %-5s %14s %14s %8s  %s\n", "items", "sum", "answer, us", "bare table, us", "ratio", "outcomes: none unique ambiguous unknown");
    for (int s = 0; s < SIZES; s++) {
        for (int hit = 1; hit >= 0; hit--) {
            int outcomes[4] = { 0, 0, 0, 0 };
            for (int round = 0; round < questions; round++) {
                question q;
                arc_combination *c = NULL;
                arc_combination_info info = ARC_COMBINATION_INFO_INIT;
                make(&q, sizes[s], round, hit);
                double t = now();
                if (arc_combination_find(context, &c, q.amount, 20000, q.open, NULL, q.due, NULL, (size_t)q.n, NULL) != ARC_OK) return 1;
                ours[round] = now() - t;
                t = now();
                if (reachable(table, &q) != hit) return 1;
                bare[round] = now() - t;
                arc_combination_get(c, &info);
                outcomes[info.outcome]++;
                arc_combination_free(c);
            }
            double a = median(ours, questions), b = median(bare, questions);
            printf("%-6d %-5s %14.1f %14.1f %8.2f  %d %d %d %d\n", sizes[s], hit ? "hit" : "miss", a, b, a / b, outcomes[0], outcomes[1], outcomes[2], outcomes[3]);
            size_t used = strlen(line);
            snprintf(line + used, sizeof line - used, "%s\"%s_%d\":{\"us\":%.1f,\"bare_us\":%.1f,\"ratio\":%.3f}", used ? "," : "", hit ? "hit" : "miss", sizes[s], a, b, a / b);
        }
    }
    printf("{%s}\n", line);
    arc_context_free(context);
    free(table);
    free(ours);
    free(bare);
    return 0;
}
