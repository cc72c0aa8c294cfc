/* SPDX-License-Identifier: Apache-2.0 */
/* How often rules wait for the server: that does not grow with their number, with the rows they have something due for, nor - but for the pages they fill - with events. */
#include "support/pg.h"
#include "support/support.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include "api/rule_world.h"
#include "arcore/postgresql.h"
#include "conformance/trips.h"

static arc_backend_ops watched;
static pg_server server;
static int runs;

static arc_status watch_begin(void *be, uint32_t how, uint32_t timeout_ms, void **txn)
{
    handle = be;
    return inner->begin(be, how, timeout_ms, txn);
}

static int start(void **state)
{
    (void)state;
    inner = arc_postgresql_backend();
    watched = *inner;
    watched.begin = watch_begin;
    runs = pg_start(&server, "-c fsync=off -c full_page_writes=off");
    return runs && pg_run(&server, "postgres", "CREATE DATABASE books") ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    pg_stop(&server);
    return 0;
}

static void open_book(world *w, int n)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    memset(w, 0, sizeof *w);
    test_open(&w->b.t);
    assert_ok(arc_backend_register(w->b.t.ctx, &watched));
    snprintf(w->b.uri, sizeof w->b.uri, "postgresql://postgres@%s/books?durability=server&book=r%d", server.socket, n);
    o.flags = ARC_BOOK_CREATE;
    arc_status st = arc_book_open(w->b.t.ctx, &w->b.book, w->b.uri, &o);
    (void)arc_context_error(w->b.t.ctx, &e);
    assert_ok_err(&e, st);
    assert_ok(book_session(w->b.book, &w->b.session));
    w->s = w->b.session;
    session_on(w, DAY);
}

static void contact(world *w, int64_t customer)
{
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{'customer':%d,'name':'n%d','role':'finance','email':'f%d@example.com'}", (int)customer, (int)customer, (int)customer);
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_CONTACT));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, NULL, r));
    arc_record_free(r);
}

static void publish_many(world *w, int n)
{
    char text[900], code[20];
    arc_txn *txn;
    assert_session(&w->b, arc_session_begin(w->s, &txn, ARC_WRITE));
    for (int i = 0; i < n; i++) {
        snprintf(code, sizeof code, "r%d", i);
        snprintf(text, sizeof text, i % 4 ? "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'>':[{'var':'open'},'%d.00']},'on':{'kind':'date','anchor':'due_date','offset':'P%dD'},"
                                            "'then':[{'type':'message','params':{'subject':'s','body':'{{number}}','to':{'role':'finance'},'cc':['owner'],'channels':['email']}}]}"
                                          : "{'rule':'arcore/1','subject':'customer','if':{'!=':[{'var':'segment'},'s%d']},'on':{'kind':'change','field':'remark'},'then':[],'priority':%d}", i, 20 + i % 5);
        publish(w, code, text);
    }
    assert_session(&w->b, arc_txn_commit(txn));
}

/* Trips of a sweep that proposes: the first, one of a day on which nothing happened, one after some changes, one when all is due. */
static void trips_of(int rules, int items, int64_t out[4])
{
    static int n;
    static const char *const what[] = { "first", "nothing", "a change", "all due" };
    world w;
    arc_proposal *p;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    open_book(&w, n++);
    assert_session(&w.b, book_customers(w.s, 1, items));
    for (int i = 0; i < items; i++) {
        char number[20];
        snprintf(number, sizeof number, "A-%d", i);
        contact(&w, i + 1);
        invoice(&w, number, i + 1, 100000, DAY);
    }
    publish_many(&w, rules);
    o.flags = ARC_RULE_SWEEP;
    for (int k = 0; k < 4; k++) {
        o.as_of = DAY + k * 10;
        session_on(&w, o.as_of);
        if (k == 2) {
            arc_record *r;
            assert_session(&w.b, arc_session_get(w.s, &r, ARC_CUSTOMER, 1));
            assert_ok(arc_record_set_text(r, ARC_CUSTOMER_REMARK, "x", 1));
            assert_session(&w.b, arc_session_update(w.s, r));
            arc_record_free(r);
        }
        int64_t before = trips();
        arc_status st = arc_rule_propose(w.s, &p, &o);
        out[k] = trips() - before;
        fprintf(stderr, "  %4d rules, %3d items, %-10s %lld\n", rules, items, what[k], (long long)out[k]);
        if (st != ARC_DONE) assert_session(&w.b, st);
        if (k == 3) assert_true(lines(p) > 0);
        arc_proposal_free(p);
    }
    test_book_close(&w.b);
}

static void test_bounded(void **state)
{
    int64_t few[4], many[4], more[4];
    (void)state;
    if (!runs) skip();
    trips_of(20, 20, few);
    trips_of(400, 20, many);
    trips_of(20, 200, more);
    for (int k = 0; k < 4; k++) {
        if (many[k] > few[k] + 12) fail_msg("%d: %lld trips for 400 rules, %lld for 20", k, (long long)many[k], (long long)few[k]);
        if (more[k] > few[k] + 60) fail_msg("%d: %lld trips for 200 items, %lld for 20", k, (long long)more[k], (long long)few[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_bounded) };
    return cmocka_run_group_tests(tests, start, stop);
}

#else

static void test_left_out(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_left_out) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
