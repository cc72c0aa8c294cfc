/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps by hand: who is looked at and why, on every backend; sweeps that die go on where they were; what waits for its seal is seen. */
#include "api/rule_world.h"

#include "rules/sweep_impl.h"

static const char ladder[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'and':[{'in':[{'var':'kind'},['invoiced']]},{'>':[{'var':'open'},'0']},{'!':{'var':'customer.opt_out'}}]},"
    "'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},"
    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P16D'},'then':[]}]}";
static const char owed[] =
    "{'rule':'arcore/1','subject':'customer','currency':'CNY','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'},{'and':[{'==':[{'var':'currency'},'CNY']},{'>':[{'var':'days_overdue'},5]}]}]},"
    "'above':'250.00','rearm':'50.00'},'then':[]}";

typedef struct seen {
    int64_t ids[64];
    uint32_t n, due;
} seen;

static arc_status note(void *user, const arci_subject_result *r)
{
    seen *s = user;
    assert_true(s->n < 64);
    s->ids[s->n++] = r->id;
    for (uint32_t i = 0; i < r->n; i++) s->due += r->rules[i].n_due;
    return ARC_OK;
}

static int32_t stop_after(void *user, int64_t done, int64_t total)
{
    (void)total;
    return done >= *(int64_t *)user;
}

static arc_status sweep_as(world *w, arci_sweep *o, arc_date day, seen *s)
{
    arci_session *in;
    arci_scope scope;
    arci_ruleset *set = NULL;
    memset(s, 0, sizeof *s);
    assert_ok(arci_session_enter(w->s, &in));
    arc_status st = arci_scope_begin(in, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_ruleset_in_force(scope.txn, &set, day));
    o->session = in;
    o->set = set;
    o->as_of = day;
    if (st == ARC_OK) st = arci_sweep_run(o, note, s);
    arci_ruleset_free(set);
    return arci_session_leave(in, st);
}

/* Rows looked at, rows that hang on a change, things due. */
static void sweep(world *w, arc_date day, uint32_t flags, int looked, int dirty, uint32_t due)
{
    arci_sweep o = { .flags = flags };
    seen s;
    assert_session(&w->b, sweep_as(w, &o, day, &s));
    if (o.counts.looked != looked || o.counts.dirty != dirty || s.due != due) {
        fail_msg("day %d: looked at %d (%d dirty, %d by date), %u due; not %d (%d), %u", (int)day, (int)o.counts.looked, (int)o.counts.dirty, (int)o.counts.due, s.due, looked, dirty, due);
    }
}

static void fired(world *w, arc_date day)
{
    arc_proposal *p = propose(w, day, NULL);
    apply(w, p);
}

static void edit(world *w, int64_t customer, const char *json)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, ARC_CUSTOMER, customer));
    assert_session(&w->b, arc_record_set_json(r, json, SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

static void by_hand(world *w)
{
    publish(w, "dun", ladder);
    for (int i = 0; i < 6; i++) {
        char number[8];
        snprintf(number, sizeof number, "A%d", i);
        invoice(w, number, 1 + i / 2, 10000, DAY + 10 * i); /* due today, in 10 days ... */
    }
    sweep(w, DAY, 0, 6, 0, 0); /* the first time: all */
    sweep(w, DAY, 0, 0, 0, 0); /* nothing has happened */
    sweep(w, DAY + 1, 0, 1, 0, 1);
    sweep(w, DAY + 1, 0, 1, 0, 1); /* nobody has done it */
    session_on(w, DAY + 1);
    fired(w, DAY + 1);
    sweep(w, DAY + 1, 0, 1, 1, 0);
    sweep(w, DAY + 10, 0, 0, 0, 0);
    sweep(w, DAY + 11, ARCI_SWEEP_LOOK, 1, 0, 1);
    sweep(w, DAY + 11, 0, 1, 0, 1);
    edit(w, 2, "{\"remark\":\"read by no rule\"}");
    sweep(w, DAY + 11, 0, 1, 0, 1);
    edit(w, 2, "{\"opt_out\":true}"); /* items 3 and 4 */
    sweep(w, DAY + 11, 0, 3, 2, 1);
    sweep(w, DAY + 21, 0, 2, 0, 2); /* the second item, and the first one's second level; not the third */
    sweep(w, DAY + 5, 0, 6, 0, 0);  /* of an earlier day: all, and nothing is kept of it */
    sweep(w, DAY + 21, 0, 2, 0, 2);
    edit(w, 2, "{\"opt_out\":false}");
    sweep(w, DAY + 21, 0, 4, 2, 3);
    session_on(w, DAY + 21);
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 2, 10000)); /* pays item 3 */
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 3, 10000));
    sweep(w, DAY + 21, 0, 3, 1, 2);
    assert_session(&w->b, arc_item_extend(w->s, NULL, 4, DAY + 60, DAY + 21, "agreed")); /* what is told of its date is now told of DAY + 60 */
    sweep(w, DAY + 31, 0, 3, 1, 2);
    publish(w, "dun", ladder); /* anew: all */
    sweep(w, DAY + 31, 0, 6, 0, 2);
    sweep(w, DAY + 31, ARCI_SWEEP_FULL, 6, 0, 2);
}

/* A customer's date follows from its items. */
static void lists(world *w)
{
    publish(w, "owed", owed);
    invoice(w, "A1", 1, 10000, DAY);
    invoice(w, "A2", 1, 10000, DAY + 10);
    invoice(w, "A3", 1, 10000, DAY + 20);
    invoice(w, "A4", 2, 10000, DAY + 20);
    sweep(w, DAY, 0, 3, 0, 0);
    sweep(w, DAY + 5, 0, 0, 0, 0);
    sweep(w, DAY + 25, 0, 0, 0, 0); /* three hundred are more than 250 once the third is overdue: the days before do not matter */
    sweep(w, DAY + 26, 0, 1, 0, 1);
    session_on(w, DAY + 26);
    fired(w, DAY + 26);
    sweep(w, DAY + 26, 0, 1, 1, 0);
    invoice(w, "A5", 2, 90000, DAY + 21);
    sweep(w, DAY + 27, 0, 1, 1, 1);
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 1, 30000));
    for (int i = 1; i <= 3; i++) assert_session(&w->b, book_allocate(w->s, NULL, 1, i, 10000));
    sweep(w, DAY + 27, 0, 2, 1, 1); /* armed again; nobody has told customer 2 */
    sweep(w, DAY + 27, 0, 2, 1, 1); /* the state of the threshold has changed */
    sweep(w, DAY + 27, 0, 1, 0, 1);
}

static void dies(world *w)
{
    int64_t most = 4;
    arci_sweep o = { .progress = stop_after, .progress_user = &most, .chunk = 2 };
    seen s;
    publish(w, "dun", ladder);
    for (int i = 0; i < 9; i++) {
        char number[8];
        snprintf(number, sizeof number, "A%d", i);
        invoice(w, number, 1, 10000, DAY - i % 2); /* every other one is due */
    }
    assert_session_status(ARC_E_CANCELLED, &w->b, sweep_as(w, &o, DAY, &s));
    assert_int_equal(s.n, 4);
    invoice(w, "B1", 1, 10000, DAY - 1);
    o = (arci_sweep){ .chunk = 2 };
    assert_session(&w->b, sweep_as(w, &o, DAY, &s)); /* goes on: two that were due, the rest, the new one */
    assert_int_equal(s.n, 8);
    assert_int_equal(s.due, 5);
    sweep(w, DAY, 0, 5, 0, 5);
    most = 2;
    o = (arci_sweep){ .progress = stop_after, .progress_user = &most, .chunk = 2 };
    edit(w, 1, "{\"opt_out\":true}"); /* all of them */
    assert_session_status(ARC_E_CANCELLED, &w->b, sweep_as(w, &o, DAY, &s));
    sweep(w, DAY, 0, 10, 10, 0);
    sweep(w, DAY, 0, 0, 0, 0);
}

static void test_by_hand(void **state)
{
    (void)state;
    on_all(by_hand);
}

static void test_lists(void **state)
{
    (void)state;
    on_all(lists);
}

static void test_dies(void **state)
{
    (void)state;
    on_all(dies);
}

/* On a server transactions wait for their seals: who only looks sees them, too. */
static void test_waiting(void **state)
{
    static world w;
    (void)state;
    int there = test_postgresql_start();
    if (there) {
        open_world(&w, TEST_POSTGRESQL);
        publish(&w, "dun", ladder);
        invoice(&w, "A1", 1, 10000, DAY - 3);
        invoice(&w, "A2", 2, 10000, DAY + 3);
        sweep(&w, DAY, 0, 2, 0, 1);
        sweep(&w, DAY, 0, 1, 0, 1);
        invoice(&w, "A3", 2, 10000, DAY - 3);
        sweep(&w, DAY, ARCI_SWEEP_LOOK, 2, 1, 2); /* it has no seal yet */
        sweep(&w, DAY, ARCI_SWEEP_LOOK, 2, 1, 2);
        sweep(&w, DAY, 0, 2, 1, 2);
        sweep(&w, DAY, 0, 2, 0, 2);
        test_book_close(&w.b);
    }
    test_postgresql_stop();
    if (!there) skip();
}

/* ---- proof ------------------------------------------------------------------------------------------------------------------------ */

static void move_date(world *w, int64_t row, arc_date next)
{
    arci_session *in;
    arci_scope scope;
    const arci_shape *shape;
    arci_batch *b;
    arci_arena arena;
    assert_ok(arci_session_enter(w->s, &in));
    arci_arena_init(&arena, w->b.t.ctx);
    arc_status st = arci_scope_begin(in, &scope, ARC_WRITE, 0);
    if (st == ARC_OK) st = arci_shape_get(scope.txn, &shape, "evaluation_date", "next_on");
    if (st == ARC_OK) st = arci_batch_new(scope.txn, &arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st == ARC_OK) {
        const arc_value key[] = { arci_v_text("dun", 3), arci_v_text("item", 4), arci_v_int(row) };
        memcpy(arci_batch_key(b, 0), key, sizeof key);
        arci_batch_row(b, 0)[0] = arci_v_int(next);
        st = arci_scope_end(&scope, arci_repo_write(scope.txn, &b, 1, NULL));
    }
    arci_arena_clear(&arena);
    assert_ok_err(&in->error, arci_session_leave(in, st));
}

static int32_t late_date(void *user, const arc_finding *f)
{
    if (strcmp(f->check, "rules.dates") != 0 || strcmp(f->entity, "evaluation_date") != 0 || f->id != 2) fail_msg("%s %s %d: %s", f->check, f->entity, (int)f->id, f->message);
    ++*(int *)user;
    return 0;
}

/* Verify finds a next date that is too late; one that is early costs a look, no more. */
static void test_proof(void **state)
{
    static world w;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    int found = 0;
    (void)state;
    open_world(&w, 0);
    publish(&w, "dun", ladder);
    for (int i = 0; i < 3; i++) {
        char number[8];
        snprintf(number, sizeof number, "A%d", i);
        invoice(&w, number, 1 + i, 10000, DAY + 5);
    }
    sweep(&w, DAY, 0, 3, 0, 0);
    move_date(&w, 1, DAY + 2);
    move_date(&w, 2, DAY + 7);
    assert_ok(arc_book_verify(w.b.book, &sum, late_date, &found, NULL));
    assert_int_equal(found, 1);
    edit(&w, 2, "{\"opt_out\":true}"); /* the next sweep looks at it in any case */
    assert_ok(arc_book_verify(w.b.book, &sum, late_date, &found, NULL));
    assert_int_equal(found, 1);
    sweep(&w, DAY + 2, 0, 2, 1, 0);
    assert_ok(arc_book_verify(w.b.book, &sum, late_date, &found, NULL));
    assert_int_equal(found, 1);
    test_book_close(&w.b);
}

static int32_t remark(void *user, const arc_error *e)
{
    assert_int_equal(e->status, ARC_OK);
    assert_string_equal(e->rule, "volatile");
    assert_string_equal(e->pointer, "/steps/0/if/>/0");
    assert_true(e->message[0] && e->message_zh[0]);
    ++*(int *)user;
    return 0;
}

/* What cannot be solved for the day is told of when it is published, and works. */
static void test_volatile(void **state)
{
    static const char text[] = "{'rule':'arcore/1','subject':'item','steps':[{'level':1,'on':{'kind':'date','anchor':'business_date'},'if':{'>':[{'*':[{'var':'age_days'},{'var':'age_days'}]},%d]},'then':[]}]}";
    static world w;
    char own[400];
    int64_t id;
    int told = 0;
    (void)state;
    open_world(&w, 0);
    for (int k = 0; k < 2; k++) {
        snprintf(own, sizeof own, text, k ? 1000000 : 12000); /* 109.5 and 1,000 days */
        assert_session(&w.b, arc_definition_save(w.s, &id, "rule", k ? "far" : "near", quoted(own), SIZE_MAX, NULL));
        assert_session(&w.b, arc_definition_publish(w.s, id, remark, &told));
    }
    assert_int_equal(told, 2);
    invoice(&w, "A1", 1, 10000, DAY); /* of 100 days ago */
    sweep(&w, DAY, 0, 1, 0, 0);
    sweep(&w, DAY + 9, 0, 0, 0, 0);
    sweep(&w, DAY + 10, 0, 1, 0, 1);
    session_on(&w, DAY + 10);
    fired(&w, DAY + 10);
    sweep(&w, DAY + 10, 0, 1, 1, 0);
    sweep(&w, DAY + 250, 0, 0, 0, 0);
    sweep(&w, DAY + 280, 0, 1, 0, 0); /* so far it was tried */
    sweep(&w, DAY + 900, 0, 1, 0, 0);
    sweep(&w, DAY + 901, 0, 1, 0, 1);
    test_book_close(&w.b);
}

/* Memory runs out anywhere in the second sweep: the third finds what it should. */
static void test_no_memory(void **state)
{
    static world w;
    seen s;
    (void)state;
    open_world(&w, 0);
    publish(&w, "dun", ladder);
    for (int i = 0; i < 5; i++) {
        char number[8];
        snprintf(number, sizeof number, "A%d", i);
        invoice(&w, number, 1, 10000, DAY - 1);
    }
    sweep(&w, DAY, 0, 5, 0, 5);
    int64_t n = 0;
    arc_status st = ARC_E_NOMEM;
    edit(&w, 1, "{\"opt_out\":true}");
    for (; st == ARC_E_NOMEM && n < 5000; n++) {
        arci_sweep o = { .chunk = 2 };
        w.b.t.memory.calls = 0;
        w.b.t.memory.fail_at = n + 1;
        st = sweep_as(&w, &o, DAY, &s);
        w.b.t.memory.fail_at = 0;
    }
    assert_ok(st);
    print_message("%d allocations\n", (int)n);
    assert_true(n > 20);
    sweep(&w, DAY, 0, 0, 0, 0);
    test_book_close(&w.b);
}

/* A row that has gone has no date any more. */
static void gone(world *w)
{
    arci_session *in;
    arci_scope scope;
    arci_arena arena;
    arci_kept_date ghost = { 99, 0, DAY, ARC_DATE_NONE, 0 };
    arci_rule_dates of = { "c", &ghost, 1, 1 };
    arc_record *r;
    int64_t id, written = 0;
    publish(w, "c", "{'rule':'arcore/1','subject':'contact','on':{'kind':'date','anchor':'valid_to','offset':'P10D'},'then':[]}");
    for (int i = 0; i < 3; i++) {
        assert_session(&w->b, arc_record_new(w->s, &r, ARC_CONTACT));
        assert_ok(arc_record_set_json(r, quoted("{'customer':1,'name':'a','valid_to':'2026-05-01'}"), SIZE_MAX));
        assert_session(&w->b, arc_session_insert(w->s, &id, r));
        arc_record_free(r);
    }
    sweep(w, DAY, 0, 3, 0, 0);
    assert_int_equal(count(w, ARC_EVALUATION_DATE), 3);
    arci_arena_init(&arena, w->b.t.ctx);
    assert_ok(arci_session_enter(w->s, &in));
    assert_ok(arci_scope_begin(in, &scope, ARC_WRITE, 0));
    assert_ok(arci_dates_write(scope.txn, &arena, "contact", &of, 1, &written));
    assert_ok(arci_session_leave(in, arci_scope_end(&scope, ARC_OK)));
    arci_arena_clear(&arena);
    assert_int_equal(count(w, ARC_EVALUATION_DATE), 4);
    seen s;
    arci_sweep o = { .flags = 0 };
    assert_session(&w->b, sweep_as(w, &o, DAY + 60, &s));
    assert_int_equal(s.due, 3);
    assert_int_equal(o.counts.due, 4);
    assert_int_equal(count(w, ARC_EVALUATION_DATE), 3);
}

static void test_gone(void **state)
{
    (void)state;
    on_all(gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand), cmocka_unit_test(test_lists), cmocka_unit_test(test_dies), cmocka_unit_test(test_waiting), cmocka_unit_test(test_no_memory), cmocka_unit_test(test_volatile), cmocka_unit_test(test_proof), cmocka_unit_test(test_gone),
    };
    return cmocka_run_group_tests_name("rules sweep", tests, NULL, NULL);
}
