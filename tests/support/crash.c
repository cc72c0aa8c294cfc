/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "support/crash.h"

enum { MAX_STEPS = 4096, SHOWN = 8, AGAIN = 20 };

typedef struct crash {
    arfault *a;
    work *w;
    const crash_plan *plan;
    crash_counts *n;
    uint64_t random;
    size_t created;                   /* moment at which the store was there */
    size_t ack[MAX_STEPS];            /* moment at which a transaction was acknowledged */
    work_digest state[MAX_STEPS + 2]; /* before transaction i */
} crash;

double crash_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void crash_print(const char *what, const crash_counts *c, double seconds)
{
    fprintf(stderr, "%s: %lld calls recorded, %lld images opened (%lld crashed again in recovery), %lld showed the transaction under "
                    "way, %lld before there was a store, %lld violations, %.1f s\n",
            what, (long long)c->moments, (long long)c->images, (long long)c->again, (long long)c->in_flight,
            (long long)c->none, (long long)c->bad, seconds);
}

static void bad(crash *c, size_t moment, int variant, const char *what, arc_status st)
{
    if (c->n->bad++ < SHOWN) {
        fprintf(stderr, "VIOLATION %s seed %llu moment %zu variant %d: %s (%s; %s)\n", c->w->name,
                (unsigned long long)c->plan->seed, moment, variant, what, arc_status_name(st), c->w->finding);
    }
}

static work_digest digest_now(crash *c)
{
    work_digest d;
    int64_t wrong = 0;
    assert_ok(c->w->check(c->w, &d, &wrong));
    if (wrong) fail_msg("the recorded run itself is not sound: %s", c->w->finding);
    return d;
}

/* The run that is recorded; one transaction more than is crashed, so that every state has a known successor. */
static void perform(crash *c)
{
    static const arf_image empty;
    work *w = c->w;
    int64_t first = c->plan->first, n = c->plan->steps;
    assert_true(n < MAX_STEPS);
    arfault_load(c->a, &empty);
    if (c->plan->create) arfault_record(c->a, 1);
    assert_ok(w->open(w, 1));
    for (int64_t i = 0; i < first; i++) assert_ok(w->step(w, i));
    if (!c->plan->create) arfault_record(c->a, 1);
    c->created = arfault_recorded(c->a);
    c->state[0] = digest_now(c);
    for (int64_t i = 0; i < n; i++) {
        if (c->plan->reopen && i % c->plan->reopen == c->plan->reopen - 1) {
            w->close(w);
            assert_ok(w->open(w, 0));
        }
        assert_ok(w->step(w, first + i));
        c->ack[i] = arfault_recorded(c->a);
        c->state[i + 1] = digest_now(c);
    }
}

/* How many were acknowledged at a moment. */
static int64_t acknowledged(const crash *c, size_t moment)
{
    int64_t n = 0;
    while (n < c->plan->steps && c->ack[n] <= moment) n++;
    return n;
}

/* Opens what is loaded. Returns the state it is in, or -1 after a violation. */
static int64_t settle(crash *c, size_t moment, int variant, int64_t least, int create)
{
    work_digest d;
    int64_t wrong = 0;
    work *w = c->w;
    w->finding[0] = 0;
    arc_status st = w->open(w, create);
    if (st != ARC_OK) {
        bad(c, moment, variant, "does not open", st);
        return -1;
    }
    st = w->check(w, &d, &wrong);
    if (st != ARC_OK) bad(c, moment, variant, "cannot be read", st);
    else if (wrong) bad(c, moment, variant, "is not sound", st);
    else if (work_same(&d, &c->state[least])) return least;
    else if (least < c->plan->steps && work_same(&d, &c->state[least + 1])) return least + 1;
    else bad(c, moment, variant, "holds neither what was acknowledged nor that and the one under way", st);
    w->close(w);
    return -1;
}

/* The machine stops once more while the store is recovered, used and closed. */
static void crash_again(crash *c, size_t moment, const arf_image *image, int64_t state)
{
    static arf_image second;
    work *w = c->w;
    arfault_load(c->a, image);
    arfault_record(c->a, 1);
    size_t done = SIZE_MAX;
    arc_status st = w->open(w, 0);
    if (st == ARC_OK && state < c->plan->steps) {
        st = w->step(w, c->plan->first + state);
        done = arfault_recorded(c->a);
    }
    w->close(w);
    if (st != ARC_OK) bad(c, moment, -1, "cannot be worked on", st);
    size_t stop = arfault_recorded(c->a) ? (size_t)(test_random(&c->random) % (arfault_recorded(c->a) + 1)) : 0;
    arf_replay *r = arf_replay_new(c->a);
    while (arf_replay_moment(r) < stop && arf_replay_next(r)) {
    }
    int variant = (int)(test_random(&c->random) % ARF_VARIANTS);
    if (!arf_replay_image(r, variant, &c->random, &second)) arf_replay_image(r, ARF_DROP, &c->random, &second);
    arf_replay_free(r);
    arfault_load(c->a, &second);
    int64_t least = state + (done <= stop), now = settle(c, moment, 100 + variant, least, 0);
    if (now >= 0) w->close(w);
    c->n->again++;
}

static void one_image(crash *c, size_t moment, int variant, const arf_image *image)
{
    int there = moment >= c->created;
    c->n->images++;
    if (!arfault_has(c->a, image, c->w->path)) {
        if (there) bad(c, moment, variant, "the file is gone", ARC_OK);
        c->n->none++;
        return;
    }
    arfault_load(c->a, image);
    int64_t least = acknowledged(c, moment), state = settle(c, moment, variant, least, !there);
    if (state < 0) return;
    c->n->in_flight += state > least;
    c->w->close(c->w);
    if (there && c->n->images % AGAIN == 0) crash_again(c, moment, image, state);
}

void crash_run(arfault *a, work *w, const crash_plan *plan, crash_counts *out)
{
    static crash c;
    static arf_image image;
    c.a = a;
    c.w = w;
    c.plan = plan;
    c.n = out;
    c.random = plan->seed;
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 1 + (int)(plan->seed % 1000), NULL);
    perform(&c);
    size_t moments = arfault_recorded(a);
    arf_replay *r = arf_replay_new(a); /* before closing: a power cut does not close */
    w->close(w);
    out->moments += (int64_t)moments;
    /* About 4.5 variants differ at a moment. */
    uint64_t every = plan->images ? 1 + (uint64_t)moments * 9 / 2 / (uint64_t)plan->images : 1;
    do {
        if (every > 1 && arf_replay_moment(r) % every != plan->seed % every) continue;
        for (int v = 0; v < ARF_VARIANTS && out->bad < 3 * SHOWN; v++) {
            if (arf_replay_image(r, v, &c.random, &image)) one_image(&c, arf_replay_moment(r), v, &image);
        }
    } while (arf_replay_next(r));
    arf_replay_free(r);
}
