/* SPDX-License-Identifier: Apache-2.0 */
/* Books rebuilt from their events: after each transaction what the book was then, row for row, and what reports of it said. */
#include "api/walk.h"
#include "exchange/dump.h"
#include "support/rebuilt.h"

enum { KEPT = 40, STEPS = 200 };

typedef struct kept {
    int64_t seal;
    arc_date as_of;
    char *dump, *aging;
} kept;

typedef struct past {
    kept list[KEPT];
    uint32_t n, met;
    char why[1000];
} past;

/* What an aging says; the caller frees it. */
static char *age(arc_session *s, arc_date as_of, int64_t known_at)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    size_t n = 100000;
    char *json = malloc(n);
    o.as_of = as_of;
    o.known_at = known_at;
    assert_ok(arc_aging_compute(s, &a, &o));
    assert_ok(arc_aging_json(a, json, &n));
    arc_aging_free(a);
    return json;
}

/* Where seals wait for a sealer. */
static void seal(test_book *b)
{
    uint32_t n;
    assert_ok(arc_audit_seal(b->session, &n, 0));
}

static void keep(walk *w, past *p, arc_date today)
{
    kept *k = &p->list[p->n];
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    seal(w->b);
    assert_ok(arc_audit_head(w->b->session, &m));
    if (p->n && p->list[p->n - 1].seal == m.seq) return;
    p->n++;
    k->seal = m.seq;
    k->as_of = today - (arc_date)roll(w, 3) * (arc_date)roll(w, 60);
    k->dump = rebuilt_dump(w->b->book);
    k->aging = age(w->b->session, k->as_of, 0);
}

static int32_t first_finding(void *user, const arc_finding *f)
{
    char *why = user;
    if (!why[0]) snprintf(why, 1000, "%s: %s %lld: %s", f->check, f->entity ? f->entity : "", (long long)f->id, f->message);
    return 0;
}

static void meet(void *user, arc_session *then, int64_t seal)
{
    past *p = user;
    const kept *k = &p->list[p->met];
    arci_session *s;
    if (p->why[0] || p->met == p->n || k->seal != seal) return;
    p->met++;
    assert_ok(arci_session_enter(then, &s));
    arc_book *book = s->book->handle;
    (void)arci_session_leave(s, ARC_OK);
    char *dump = rebuilt_dump(book), *aging = age(then, k->as_of, 0);
    rebuilt_compare(dump, k->dump, p->why);
    if (!p->why[0] && strcmp(aging, k->aging) != 0) snprintf(p->why, sizeof p->why, "aging %.400s was %.400s", aging, k->aging);
    if (!p->why[0] && p->met % 8 == 0) assert_ok(arc_book_verify(book, NULL, first_finding, p->why, NULL));
    free(dump);
    free(aging);
}

static void set_clock(test_book *b, arc_date day) { b->t.now = (int64_t)day * INT64_C(86400000000) + INT64_C(36000000000); }

/* The known-at of the book itself says the same. */
static void as_known(test_book *b, const past *p)
{
    for (uint32_t i = 0; i < p->n; i += 4) {
        char *aging = age(b->session, p->list[i].as_of, p->list[i].seal), *at = strstr(aging, "\"known_at\":");
        if (at) memmove(at, strchr(at, ',') + 1, strlen(strchr(at, ',') + 1) + 1);
        assert_string_equal(aging, p->list[i].aging);
        free(aging);
    }
}

static void walks(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 3; seed++) {
        test_book b;
        walk w;
        static past p;
        char why[1000];
        arc_date today = DAY + 5;
        memset(&p, 0, sizeof p);
        walk_open(&w, &b, seed & 1u ? 0 : 1, seed * 7919u);
        assert_ok(arc_session_set_business_date(b.session, today));
        for (int i = 0; i < STEPS; i++) {
            if (!roll(&w, 3)) grow(&w, roll(&w, GROWS));
            uint32_t k = roll(&w, ACTS);
            int64_t at = some(&w, acts[k].entity, 0);
            if (at) (void)acts[k].act(&w, at);
            if (!roll(&w, 4) && today < MATURITY - 3) assert_ok(arc_session_set_business_date(b.session, today += (arc_date)roll(&w, 4)));
            if (p.n < KEPT && !roll(&w, 5)) keep(&w, &p, today);
        }
        seal(&b);
        (void)rebuilt_check(b.book, 1, meet, &p, why);
        if (p.why[0] || why[0]) fail_msg("seed %u, seal %lld: %s%s", seed, (long long)p.list[p.met ? p.met - 1 : 0].seal, p.why, why);
        assert_int_equal(p.met, p.n);
        as_known(&b, &p);
        for (uint32_t i = 0; i < p.n; i++) {
            free(p.list[i].dump);
            free(p.list[i].aging);
        }
        test_book_close(&b);
    }
}

/* ---- days ------------------------------------------------------------------------------------------------------------------- */

typedef struct days {
    uint32_t by;
    int64_t counts[8]; /* invoices at the end of each of the days asked for */
    arc_date next;
    const char *why;
} days;

static int64_t count(arc_session *s, uint32_t entity)
{
    arc_query *q;
    int64_t n = 0;
    arc_cursor *c;
    assert_ok(arc_query_new(s, &q, entity));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static arc_status by_day(arci_txn *t, void *user)
{
    days *d = user;
    arci_replay_options o = { .rebuild = rebuilt_by, .n_rebuild = 2, .days = d->by };
    arci_replay *r;
    assert_ok(arci_replay_open(t, &r, &o));
    for (arc_date day = 0; day < 8; day++) {
        assert_ok(arci_replay_to_day(r, DAY + day));
        d->counts[day] = count(arci_replay_session(r), ARC_INVOICE);
        if (!day) assert_ok(arci_replay_next_day(r, &d->next));
    }
    arci_replay_close(r);
    return ARC_OK;
}

static void on_days(test_book *b, days *d)
{
    arci_book *book;
    assert_ok(arci_book_enter(b->book, &book));
    assert_ok(arci_book_leave(book, arci_read_book(book, by_day, d)));
}

/* Invoices written on days 1, 3 and 5, the last one two hours after midnight in the book's zone; recorded in retrospect with other business dates. */
static void days_are_those_of_seals_or_of_business(void **state)
{
    test_book b;
    walk w = { .b = &b };
    days d = { .by = ARCI_REPLAY_STAMPS };
    (void)state;
    open_book(&b, 0);
    set_clock(&b, DAY);
    (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    seal(&b);
    static const arc_date written[] = { DAY + 1, DAY + 3, DAY + 5 }, dated[] = { DAY + 4, DAY + 2, DAY + 6 };
    for (int i = 0; i < 3; i++) {
        set_clock(&b, written[i]);
        if (i == 2) b.t.now -= INT64_C(16) * 3600 * 1000000; /* 18:00 UTC of the day before: 02:00 at UTC+8 */
        assert_ok(arc_session_set_business_date(b.session, dated[i]));
        (void)new_item(&w, 1);
        seal(&b);
    }
    on_days(&b, &d);
    static const int64_t stamps[] = { 0, 1, 1, 2, 2, 3, 3, 3 };
    for (int i = 0; i < 8; i++) assert_int_equal(d.counts[i], stamps[i]);
    assert_int_equal(d.next, DAY + 1);
    d.by = ARCI_REPLAY_BUSINESS;
    on_days(&b, &d);
    static const int64_t business[] = { 0, 0, 0, 0, 2, 2, 3, 3 }; /* the second came after the first */
    for (int i = 0; i < 8; i++) assert_int_equal(d.counts[i], business[i]);
    test_book_close(&b);
}

/* ---- what the scratch book is ------------------------------------------------------------------------------------------------ */

static int32_t stop(void *user, int64_t done, int64_t total)
{
    (void)user;
    assert_true(done <= total);
    return done >= 4;
}

static arc_status scratch(arci_txn *t, void *user)
{
    const int64_t customers = *(const int64_t *)user;
    arci_replay_options o = { .rebuild = rebuilt_by, .n_rebuild = 2 };
    arci_replay *r, *other;
    char why[1000] = "";
    int64_t own = 0;
    arc_record *record;
    /* Rows written to it lie above those that are still to come, and stay. */
    assert_ok(arci_replay_open(t, &r, &o));
    assert_ok(arci_replay_to_seal(r, 4));
    arc_session *s = arci_replay_session(r);
    assert_ok(arc_record_new(s, &record, ARC_CUSTOMER));
    assert_ok(arc_record_set_json(record, "{\"code\":\"OWN\",\"legal_name\":\"Own\"}", SIZE_MAX));
    assert_ok(arc_session_insert(s, &own, record));
    arc_record_free(record);
    assert_true(own > customers);
    assert_ok(arci_replay_to_day(r, ARC_DATE_MAX));
    assert_int_equal(count(s, ARC_CUSTOMER), customers + 1);
    assert_ok(arc_book_verify(arci_replay_book(r), NULL, first_finding, why, NULL));
    assert_string_equal(why, "");
    /* Two at once have nothing to do with each other. */
    o.progress = stop;
    assert_ok(arci_replay_open(t, &other, &o));
    assert_int_equal(arci_replay_to_day(other, ARC_DATE_MAX), ARC_E_CANCELLED);
    arci_replay_close(other);
    arci_replay_close(r);
    arci_replay_close(NULL);
    return ARC_OK;
}

static void a_book_of_its_own(void **state)
{
    test_book b;
    walk w = { .b = &b };
    arci_book *book;
    (void)state;
    open_book(&b, 1);
    (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    assert_ok(arc_session_set_business_date(b.session, TODAY));
    for (int i = 0; i < 6; i++) (void)new_item(&w, 1);
    seal(&b);
    int64_t customers = count(b.session, ARC_CUSTOMER);
    assert_ok(arci_book_enter(b.book, &book));
    assert_ok(arci_book_leave(book, arci_read_book(book, scratch, &customers)));
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(walks), cmocka_unit_test(days_are_those_of_seals_or_of_business), cmocka_unit_test(a_book_of_its_own) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
