/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <time.h>
#include <unistd.h>

static figure figures[64];
static int n_figures;

static double clock_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double bench_now(void) { return clock_of(CLOCK_MONOTONIC); }

lap lap_start(void)
{
    lap l = { clock_of(CLOCK_MONOTONIC), clock_of(CLOCK_PROCESS_CPUTIME_ID) };
    return l;
}

lap lap_end(lap start)
{
    lap l = { clock_of(CLOCK_MONOTONIC) - start.wall, clock_of(CLOCK_PROCESS_CPUTIME_ID) - start.cpu };
    return l;
}

void lap_add(lap *sum, lap more)
{
    sum->wall += more.wall;
    sum->cpu += more.cpu;
}

uint64_t bench_mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

void bench_die(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(1);
}

/* ---- pairs ---- */

void pairs_add(pairs *p, lap ours, lap floor)
{
    NEED(p->n < MAX_PAIRS);
    p->ours[p->n] = ours;
    p->floor[p->n++] = floor;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    NEED(n > 0);
    qsort(v, (size_t)n, sizeof *v, by_size);
    return n & 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static double median_wall(const lap *v, int n)
{
    double s[MAX_PAIRS];
    for (int i = 0; i < n; i++) s[i] = v[i].wall;
    return median(s, n);
}

double pairs_ours(const pairs *p) { return median_wall(p->ours, p->n); }
double pairs_floor(const pairs *p) { return median_wall(p->floor, p->n); }

double pairs_ratio(const pairs *p)
{
    double r[MAX_PAIRS];
    for (int i = 0; i < p->n; i++) r[i] = p->ours[i].wall / p->floor[i].wall;
    return median(r, p->n);
}

double pairs_cpu(const pairs *p)
{
    double r[MAX_PAIRS];
    for (int i = 0; i < p->n; i++) r[i] = p->ours[i].cpu / p->floor[i].cpu;
    return median(r, p->n);
}

void pairs_run(pairs *p, int n, bench_run_fn ours, bench_run_fn floor, void *user)
{
    p->n = 0;
    for (int i = 0; i < n; i++) {
        lap f = { 0, 0 }, o;
        if (i & 1) f = floor(user);
        o = ours(user);
        if (!(i & 1)) f = floor(user);
        pairs_add(p, o, f);
    }
}

/* ---- figures ---- */

static int fails(const figure *f)
{
    if (f->limit <= 0) return 0;
    return f->at_least ? f->ratio < f->limit : f->ratio > f->limit;
}

void figure_add(const figure *f)
{
    NEED(n_figures < 64);
    figures[n_figures++] = *f;
    printf("%-28s %12.1f %12.1f %-6s ratio %6.3f", f->name, f->ours, f->floor, f->unit, f->ratio);
    if (f->cpu > 0) printf(" (cpu %.3f)", f->cpu);
    if (f->limit > 0) printf("  %s %.2f %s", f->at_least ? ">=" : "<=", f->limit, fails(f) ? "MISSED" : "ok");
    printf("  %s\n", f->note ? f->note : "");
    fflush(stdout);
}

void figure_pairs(const char *name, const pairs *p, double count, double limit, const char *note)
{
    figure f = { name, "ns", note, pairs_ours(p) / count * 1e9, pairs_floor(p) / count * 1e9, pairs_ratio(p), limit, 0, pairs_cpu(p) };
    figure_add(&f);
}

void figure_rate(const char *name, const pairs *p, double count, double limit, const char *note)
{
    figure f = { name, "ns", note, pairs_ours(p) / count * 1e9, pairs_floor(p) / count * 1e9, 1 / pairs_ratio(p), limit, 1,
                 1 / pairs_cpu(p) };
    figure_add(&f);
}

int figures_json(const char *bench)
{
    int missed = 0;
    printf("{\"bench\":\"%s\",\"rows\":%" PRId64 ",\"figures\":{", bench, args.rows);
    for (int i = 0; i < n_figures; i++) {
        const figure *f = &figures[i];
        missed += fails(f);
        printf("%s\"%s\":{\"ours\":%.3f,\"floor\":%.3f,\"unit\":\"%s\",\"ratio\":%.4f", i ? "," : "", f->name, f->ours, f->floor, f->unit,
               f->ratio);
        if (f->cpu > 0) printf(",\"cpu_ratio\":%.4f", f->cpu);
        if (f->limit > 0) {
            printf(",\"%s\":%.4f,\"met\":%s", f->at_least ? "at_least" : "at_most", f->limit, fails(f) ? "false" : "true");
        }
        printf("}");
    }
    printf("},\"missed\":%d}\n", missed);
    return missed;
}

/* ---- files and memory ---- */

const char *bench_path(char out[PATH], const char *name)
{
    NEED(snprintf(out, PATH, "%s/%s", args.dir, name) < PATH);
    return out;
}

void bench_remove(const char *path)
{
    static const char *const tails[] = { "", "-wal", "-shm", "-journal", "-arclock" };
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char p[PATH + 16];
        snprintf(p, sizeof p, "%s%s", path, tails[i]);
        unlink(p);
    }
}

int64_t bench_memory(const char *key)
{
    char line[256];
    int64_t kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, key, strlen(key)) == 0) kib = strtoll(line + strlen(key), NULL, 10);
    }
    if (f) fclose(f);
    return kib;
}
