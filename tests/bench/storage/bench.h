/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the storage benchmark share: the clock, the invoices all of them use, pairs of times, the figures of the
 * last line.
 *
 * A figure is a ratio of two things done in turns in one run, ours and its floor: what the store alone, or a plain loop, needs for the
 * same work. Machines differ and are busy; the ratio is what holds. */
#ifndef BENCH_STORAGE_H
#define BENCH_STORAGE_H

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/arcore.h"
#include "arcore/sys/testkit.h"
#include "support/replay.h"

#define BATCH 1000
#define TODAY 20000 /* days since 1970-01-01: the day everything is aged at */
#define MAX_PAIRS 64
#define PATH 700

typedef struct bench_args {
    const char *dir; /* scratch; files of the benchmark are made and removed there */
    const char *only; /* run only the parts whose name begins with this */
    int64_t rows;     /* invoices of the load and of reading */
    int64_t small, large; /* growth */
    const char *keep;     /* growth: the large book, taken up and kept; NULL: made and removed */
    int64_t import_rows;
    int pairs;
} bench_args;

extern bench_args args;

/* ---- bench.c ---- */
double bench_now(void);
uint64_t bench_mix(uint64_t x);
void bench_die(const char *what, const char *file, int line);
#define NEED(x) ((x) ? (void)0 : bench_die(#x, __FILE__, __LINE__))

/* Time on the wall, and of the processor: what others do on the machine disturbs the second much less. */
typedef struct lap {
    double wall, cpu;
} lap;
lap lap_start(void);
lap lap_end(lap start);
void lap_add(lap *sum, lap more);

/* Times of ours and of the floor, done in turns. */
typedef struct pairs {
    int n;
    lap ours[MAX_PAIRS], floor[MAX_PAIRS];
} pairs;
void pairs_add(pairs *p, lap ours, lap floor);
double pairs_ours(const pairs *p); /* medians, on the wall */
double pairs_floor(const pairs *p);
double pairs_ratio(const pairs *p); /* median of ours / floor, on the wall */
double pairs_cpu(const pairs *p);   /* the same of processor time */

/* Times `ours` and `floor` by turns, each pair in another order. */
typedef lap (*bench_run_fn)(void *user);
void pairs_run(pairs *p, int n, bench_run_fn ours, bench_run_fn floor, void *user);

/* One figure: printed, and kept for the last line. `ours` and `floor` are in `unit`; limit 0: for information. at_least: the ratio must
 * reach the limit instead of staying below it. */
typedef struct figure {
    const char *name, *unit, *note;
    double ours, floor, ratio, limit;
    int at_least;
    double cpu; /* ratio of processor times, 0 = not measured */
} figure;
void figure_add(const figure *f);
/* Of pairs of seconds for `count` items each: nanoseconds an item. */
void figure_pairs(const char *name, const pairs *p, double count, double limit, const char *note);
/* A rate against the floor's: the ratio is floor time / our time, and must reach the limit. */
void figure_rate(const char *name, const pairs *p, double count, double limit, const char *note);
int figures_json(const char *bench); /* the last line; number of figures beyond their limit */

const char *bench_path(char out[PATH], const char *name);
void bench_remove(const char *path); /* with what SQLite and the lock leave beside it */
int64_t bench_memory(const char *key); /* KiB of /proc/self/status, for example "VmHWM:" */

/* ---- world.c ---- */
typedef struct invoice {
    int64_t customer, amount;
    arc_date issued, due;
    const char *currency;
    char number[16];
} invoice;
/* Invoice i (from 0) of a book meant for n: dates over two years rise with i, about 100 invoices a customer. */
void invoice_make(invoice *v, int64_t i, int64_t n);
int64_t invoice_customers(int64_t n);

typedef struct world {
    arc_context *ctx;
    arc_book *book;
    arc_session *session;
    arc_record *records[BATCH];
    int64_t n;         /* invoices it is meant for */
} world;
/* Opens (and makes, when it is not there) the book; trace may be NULL. */
void world_open(world *w, const char *uri, int64_t n, replay_log *trace);
/* The same behind a shim that takes nothing of a question: "nopushdown:sqlite:...". */
void world_open_nopushdown(world *w, const char *uri, int64_t n);
void world_close(world *w);
void world_customers(world *w);                              /* invoice_customers(n) of them */
void world_load(world *w, int64_t first, int32_t count);     /* invoices, one call; in the open transaction, else in one of its own */
void world_settle(world *w, int64_t n);                      /* about 60 % of the first n items are paid */
void world_check(arc_status st, arc_session *session, const char *call, const char *file, int line);
void world_forgive(int yes); /* calls may fail until it is taken back */
#define OK(w, call) world_check((call), (w)->session, #call, __FILE__, __LINE__)

/* ---- parts ---- */
void part_open(void);
void part_load(void);
void part_growth(void);
void part_read(void);
void part_aging(void);
void part_import(void);
void part_access(void);
int import_child(const char *csv, const char *mapping, const char *uri, int64_t rows);

#endif
