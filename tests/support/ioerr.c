/* SPDX-License-Identifier: Apache-2.0 */
#include "support/ioerr.h"

enum { SHOWN = 10, MAX_STATES = 64 };

typedef struct sweep {
    arfault *a;
    work *w;
    ioerr_counts *n;
    arf_image base;
    int64_t first, steps;
    work_digest state[MAX_STATES]; /* after first + i transactions */
    uint64_t random;
    int kind, on;
    int64_t at;
} sweep;

void ioerr_print(const char *what, const ioerr_counts *c, double seconds)
{
    fprintf(stderr, "%s: %lld calls failed: %lld without effect on the work, %lld refused, %lld outcome unknown (%lld had committed); "
                    "%lld power cuts behind; %lld violations, %.1f s\n",
            what, (long long)c->points, (long long)c->unhurt, (long long)c->refused, (long long)c->unknown, (long long)c->held,
            (long long)c->cuts, (long long)c->bad, seconds);
}

static void bad(sweep *s, const char *what, arc_status st)
{
    static const char *const kinds[] = { "EIO", "ENOSPC", "short write" };
    if (s->n->bad++ < SHOWN) {
        fprintf(stderr, "VIOLATION %s, %s at call %lld%s: %s (%s; %s)\n", s->w->name, kinds[s->kind], (long long)s->at,
                s->on ? " and on" : "", what, arc_status_name(st), s->w->finding);
    }
}

/* What a failing file system may be told as. */
static int fair(arc_status st)
{
    return st == ARC_E_IO || st == ARC_E_FULL || st == ARC_E_OUTCOME_UNKNOWN;
}

/* Index of the state that the store shows, which must lie in [least, most]; -1 after a violation. */
static int64_t state_of(sweep *s, int64_t least, int64_t most, const char *when)
{
    work_digest d;
    int64_t wrong = 0;
    s->w->finding[0] = 0;
    arc_status st = s->w->check(s->w, &d, &wrong);
    if (st == ARC_OK && !wrong) {
        for (int64_t i = least; i <= most; i++) {
            if (work_same(&d, &s->state[i])) return i;
        }
    }
    bad(s, when, st);
    return -1;
}

/* Opens without faults; [least, most] must hold, and work must go on. */
static int64_t settled(sweep *s, int64_t least, int64_t most, const char *when)
{
    arc_status st = s->w->open(s->w, 0);
    if (st != ARC_OK) {
        bad(s, when, st);
        return -1;
    }
    int64_t now = state_of(s, least, most, when);
    if (now >= 0) {
        st = s->w->step(s->w, s->first + now);
        if (st != ARC_OK) bad(s, "work does not go on after opening anew", st);
        else (void)state_of(s, now + 1, now + 1, "work after opening anew went wrong");
    }
    s->w->close(s->w);
    return now;
}

/* The machine also stops: a disk as it may be then. */
static void cut_power(sweep *s, int64_t least, int64_t most)
{
    static arf_image disk;
    arf_replay *r = arf_replay_new(s->a);
    while (arf_replay_next(r)) {
    }
    int variant = (int)(test_random(&s->random) % ARF_VARIANTS);
    if (!arf_replay_image(r, variant, &s->random, &disk)) arf_replay_image(r, ARF_DROP, &s->random, &disk);
    arf_replay_free(r);
    arfault_load(s->a, &disk);
    s->n->cuts++;
    (void)settled(s, least, most, "after a failed call and a power cut");
}

static arc_status do_steps(sweep *s, int64_t *state)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && *state < s->steps) {
        st = s->w->step(s->w, s->first + *state);
        *state += st == ARC_OK;
    }
    return st;
}

/* The handle that saw one failure must go on as if nothing had been. */
static int64_t same_handle(sweep *s, int64_t least, int64_t most)
{
    int64_t now = state_of(s, least, most, "on the same handle after the failure");
    if (now < 0 || now >= s->steps) return now;
    arc_status st = s->w->step(s->w, s->first + now);
    if (st == ARC_OK) return now + 1;
    bad(s, "the same handle does not go on", st);
    return now;
}

/* One run with one armed fault. 0: no call failed. */
static int one_point(sweep *s)
{
    static arf_image left;
    int64_t least = 0;
    arfault_load(s->a, &s->base);
    arfault_record(s->a, 1);
    arfault_arm(s->a, s->kind, s->at, s->on);
    arc_status st = s->w->open(s->w, 0);
    int opened = st == ARC_OK;
    if (opened) st = do_steps(s, &least);
    int64_t most = st == ARC_E_OUTCOME_UNKNOWN ? least + 1 : least;
    int hit = arfault_hits(s->a) > 0;
    if (st != ARC_OK && !fair(st)) bad(s, "told as something else", st);
    if (hit && opened && !s->on) {
        int64_t now = same_handle(s, least, most);
        if (now >= 0) least = most = now;
    }
    s->w->close(s->w);
    arfault_arm(s->a, 0, 0, 0);
    arfault_save(s->a, &left);
    if (hit) {
        cut_power(s, least, most);
        arfault_load(s->a, &left);
        int64_t now = settled(s, least, most, "opened anew after the failure");
        s->n->points++;
        s->n->unhurt += st == ARC_OK;
        s->n->refused += st != ARC_OK && st != ARC_E_OUTCOME_UNKNOWN;
        s->n->unknown += st == ARC_E_OUTCOME_UNKNOWN;
        s->n->held += st == ARC_E_OUTCOME_UNKNOWN && s->on && now == most;
    } else {
        arfault_record(s->a, 0);
    }
    return hit;
}

static work_digest digest_now(sweep *s)
{
    work_digest d;
    int64_t wrong = 0;
    assert_ok(s->w->check(s->w, &d, &wrong));
    if (wrong) fail_msg("the run without faults is not sound: %s", s->w->finding);
    return d;
}

/* Of a sample each way of failing takes calls of its own. */
static void each_point(sweep *s, int64_t every, int (*point)(sweep *s))
{
    for (s->kind = 0; s->kind < ARF_KINDS; s->kind++) {
        for (s->on = 0; s->on < 2; s->on++) {
            for (s->at = 1 + s->on + (2 * s->kind + s->on) * every / (2 * ARF_KINDS); s->n->bad < 2 * SHOWN && point(s); s->at += every) {
            }
        }
    }
}

void ioerr_work(arfault *a, work *w, int64_t first, int64_t steps, int64_t every, ioerr_counts *out)
{
    static const arf_image empty;
    static sweep s;
    memset(&s, 0, sizeof s);
    s.a = a;
    s.w = w;
    s.n = out;
    s.first = first;
    s.steps = steps;
    s.random = 1;
    assert_true(steps + 2 < MAX_STATES);
    arfault_load(a, &empty);
    assert_ok(w->open(w, 1));
    for (int64_t i = 0; i < first; i++) assert_ok(w->step(w, i));
    w->close(w);
    arfault_save(a, &s.base);
    assert_ok(w->open(w, 0));
    for (int64_t i = 0; i <= steps + 1; i++) {
        s.state[i] = digest_now(&s);
        assert_ok(w->step(w, first + i));
    }
    w->close(w);
    each_point(&s, every, one_point);
    arf_image_clear(&s.base);
}

static int one_create(sweep *s)
{
    static const arf_image empty;
    arfault_load(s->a, &empty);
    arfault_arm(s->a, s->kind, s->at, s->on);
    arc_status st = s->w->open(s->w, 1);
    int hit = arfault_hits(s->a) > 0;
    if (st != ARC_OK && !fair(st)) bad(s, "told as something else", st);
    s->w->close(s->w);
    arfault_arm(s->a, 0, 0, 0);
    s->n->points += hit;
    s->n->unhurt += hit && st == ARC_OK;
    s->n->refused += hit && st != ARC_OK && st != ARC_E_OUTCOME_UNKNOWN;
    s->n->unknown += hit && st == ARC_E_OUTCOME_UNKNOWN;
    st = s->w->open(s->w, 1);
    if (st != ARC_OK) {
        bad(s, "cannot be made after a failure", st);
        return hit;
    }
    if (state_of(s, 0, 0, "made after a failure") == 0) {
        st = s->w->step(s->w, 0);
        if (st != ARC_OK) bad(s, "no work after it was made", st);
    }
    s->w->close(s->w);
    return hit;
}

void ioerr_create(arfault *a, work *w, int64_t every, ioerr_counts *out)
{
    static const arf_image empty;
    static sweep s;
    memset(&s, 0, sizeof s);
    s.a = a;
    s.w = w;
    s.n = out;
    arfault_load(a, &empty);
    assert_ok(w->open(w, 1));
    s.state[0] = digest_now(&s);
    w->close(w);
    each_point(&s, every, one_create);
}
