/* SPDX-License-Identifier: Apache-2.0 */
/* Who sets or grants a limit needs authority for all that may be owed with it, on whatever day: in any order of calls. */
#include "api/people.h"

#include "arcore/limit.h"
#include "arcore/definition.h"

#define YUAN INT64_C(100)
#define DAY PEOPLE_DAY
#define MOST (500000 * YUAN) /* what the shipped credit manager may set, and may grant */

typedef struct desk {
    people p;
    arc_session *one, *two; /* credit managers */
} desk;

static void desk_open(desk *d, int backend)
{
    int64_t id;
    people_open(&d->p, backend);
    assert_ok(arc_session_set_business_date(d->p.b.session, DAY));
    assert_session(&d->p.b, arc_definition_save(d->p.b.session, &id, "credit_policy", "default", "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false}", SIZE_MAX, NULL));
    assert_session(&d->p.b, arc_definition_publish(d->p.b.session, id, NULL, NULL));
    (void)people_grant(&d->p, "adm", "admin");
    (void)people_grant(&d->p, "ann", "credit_manager");
    (void)people_grant(&d->p, "bob", "credit_manager");
    people_start(&d->p);
    d->one = people_session(d->p.b.book, "ann");
    d->two = people_session(d->p.b.book, "bob");
}

static void desk_close(desk *d)
{
    arc_session_close(d->one);
    arc_session_close(d->two);
    people_close(&d->p);
}

static int64_t somebody(desk *d, const char *code)
{
    char json[80];
    snprintf(json, sizeof json, "{\"code\":\"%s\",\"legal_name\":\"%s\"}", code, code);
    return sample_insert(d->p.b.session, ARC_CUSTOMER, json);
}

/* Set by one, or asked for by one and granted by the other; to ARC_DATE_NONE: open. */
static arc_status limit(desk *d, int asked, int64_t customer, int64_t amount, int temporary, arc_date from, arc_date to)
{
    int64_t request;
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    l.customer = customer;
    l.amount = amount;
    l.currency = "CNY";
    l.kind = temporary ? "temporary" : "permanent";
    l.valid_from = from;
    l.valid_to = to;
    l.reason = "agreed";
    if (!asked) return arc_credit_limit_set(d->one, NULL, &l);
    assert_ok(arc_credit_request_submit(d->one, &request, &l));
    return arc_credit_request_approve(d->two, NULL, request, "seen");
}

/* Each second (third) one alone is within the authority; in whatever order they are written, together they are not. */
static void in_any_order(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        desk d;
        desk_open(&d, backend);
        for (int asked = 0; asked < 2; asked++) {
            const int64_t n = asked * 10, big = 400000 * YUAN, small = 10000 * YUAN;
            char code[8];
            int64_t c[5];
            for (int i = 0; i < 5; i++) {
                snprintf(code, sizeof code, "C%d", (int)n + i);
                c[i] = somebody(&d, code);
            }
            assert_int_equal(limit(&d, asked, c[0], big, 0, DAY, ARC_DATE_NONE), ARC_OK); /* permanent, then temporary */
            assert_int_equal(limit(&d, asked, c[0], big, 1, DAY + 30, DAY + 60), ARC_E_FORBIDDEN);
            assert_int_equal(limit(&d, asked, c[1], big, 1, DAY + 30, DAY + 60), ARC_OK); /* the other way round */
            assert_int_equal(limit(&d, asked, c[1], big, 0, DAY, ARC_DATE_NONE), ARC_E_FORBIDDEN);
            assert_int_equal(limit(&d, asked, c[1], big, 0, DAY, DAY + 29), ARC_OK); /* they never meet */
            assert_int_equal(limit(&d, asked, c[1], big, 0, DAY + 61, ARC_DATE_NONE), ARC_OK);
            assert_int_equal(limit(&d, asked, c[2], small, 0, DAY, ARC_DATE_NONE), ARC_OK); /* the permanent one rises in between */
            assert_int_equal(limit(&d, asked, c[2], big, 0, DAY + 40, ARC_DATE_NONE), ARC_OK);
            assert_int_equal(limit(&d, asked, c[2], big, 1, DAY, DAY + 60), ARC_E_FORBIDDEN);
            assert_int_equal(limit(&d, asked, c[2], big, 1, DAY, DAY + 39), ARC_OK);
            assert_int_equal(limit(&d, asked, c[3], big, 1, DAY + 3, DAY + 30), ARC_OK); /* temporary ones, each begins before the last */
            assert_int_equal(limit(&d, asked, c[3], big, 1, DAY + 2, DAY + 30), ARC_E_FORBIDDEN);
            assert_int_equal(limit(&d, asked, c[3], big, 1, DAY + 1, DAY + 2), ARC_OK);
            assert_int_equal(limit(&d, asked, c[4], MOST - small, 1, DAY + 3, DAY + 30), ARC_OK); /* to the cent */
            assert_int_equal(limit(&d, asked, c[4], small + 1, 0, DAY, ARC_DATE_NONE), ARC_E_FORBIDDEN);
            assert_int_equal(limit(&d, asked, c[4], small, 0, DAY, ARC_DATE_NONE), ARC_OK);
        }
        desk_close(&d);
    }
}

/* ---- against a model that knows days alone -------------------------------------------------------------------------------------------- */

enum { DAYS = 24, WRITES = 12, WALKS = 25 };

typedef struct model {
    int64_t permanent[DAYS], temporary[DAYS];
    int since[DAYS]; /* first day of the permanent one that counts; -1: none */
} model;

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Takes it into the model if no day comes above the authority; returns whether. */
static int allowed(model *m, int64_t amount, int temporary, int from, int to)
{
    model after = *m;
    for (int day = from; day <= to && day < DAYS; day++) {
        if (temporary) {
            after.temporary[day] += amount;
        } else if (from >= after.since[day]) {
            after.permanent[day] = amount;
            after.since[day] = from;
        } else {
            continue;
        }
        if (after.permanent[day] + after.temporary[day] > MOST) return 0;
    }
    *m = after;
    return 1;
}

static void by_days(void **state)
{
    desk d;
    uint32_t seed = 7, passed = 0, refused = 0;
    (void)state;
    desk_open(&d, 0);
    for (int walk = 0; walk < WALKS; walk++) {
        char code[8];
        model m;
        memset(&m, 0, sizeof m);
        for (int i = 0; i < DAYS; i++) m.since[i] = -1;
        snprintf(code, sizeof code, "W%d", walk);
        const int64_t customer = somebody(&d, code);
        for (int i = 0; i < WRITES; i++) {
            const int temporary = next(&seed) % 3 != 0, from = (int)(next(&seed) % DAYS), open = !temporary && next(&seed) % 2;
            const int to = open ? DAYS : from + (int)(next(&seed) % 10), asked = next(&seed) % 4 == 0;
            const int64_t amount = next(&seed) % 30 * 10000 * YUAN;
            const int want = allowed(&m, amount, temporary, from, to);
            const arc_status st = limit(&d, asked, customer, amount, temporary, DAY + from, open ? ARC_DATE_NONE : DAY + to);
            if ((st == ARC_OK) != want) fail_msg("walk %d, %d: %s, day %d to %d: %s", walk, i, temporary ? "temporary" : "permanent", from, to, arc_status_name(st));
            if (want) passed++;
            else refused++;
        }
    }
    assert_true(passed > 60 && refused > 60);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_any_order), cmocka_unit_test(by_days) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
