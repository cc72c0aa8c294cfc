/* SPDX-License-Identifier: Apache-2.0 */
/* Firings are proven: what could not have come from its rule, its row and its day is found. */
#include "api/rule_world.h"
#include "rules/firing_check.h"
#include "rules/rule_impl.h"

static const char DATES[] = "{'rule':'arcore/1','subject':'item','mode':'apply','catch_up':'each','steps':[{'level':1,'on':{'kind':'date','anchor':'due_date'},'then':[{'type':'level'}]},"
                            "{'level':3,'on':{'kind':'date','anchor':'previous','offset':'P3D'},'then':[]}]}";
static const char CHANGES[] = "{'rule':'arcore/1','subject':'customer','mode':'apply','on':{'kind':'change','field':'status'},'then':[{'type':'task','params':{'title':'t','assignee':{'user':'boss'}}}]}";
static const char TOTAL[] = "{'rule':'arcore/1','subject':'customer','currency':'CNY','mode':'apply','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'}]},"
                            "'above':'1000.00','rearm':'500.00'},'then':[]}";

typedef struct planted {
    const char *policy, *mark, *result, *entity;
    int64_t definition, level, row;
    arc_date effective, fired;
    const char *field, *words; /* of the finding; NULL: none */
} planted;

static void plant(world *w, const planted *x)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    arci_rule_record r;
    memset(&r, 0, sizeof r);
    r.policy = x->policy;
    r.mark = x->mark;
    r.result = x->result;
    r.definition = x->definition;
    r.level = x->level;
    r.effective = x->effective;
    assert_ok(arci_session_enter(w->s, &s));
    arci_arena_init(&arena, s->env.ctx);
    assert_ok(arci_scope_begin(s, &scope, ARC_WRITE, 0));
    assert_ok(arci_scope_end(&scope, arci_rule_write(scope.txn, &arena, arci_entity_by_name(x->entity, strlen(x->entity)), x->row, 0, x->fired, &r, 1)));
    arci_arena_clear(&arena);
    assert_ok(arci_session_leave(s, ARC_OK));
}

typedef struct findings {
    int n;
    char check[40], field[40], message[300];
} findings;

static int32_t take(void *user, const arc_finding *f)
{
    findings *x = user;
    if (!x->n++) {
        snprintf(x->check, sizeof x->check, "%s", f->check);
        snprintf(x->field, sizeof x->field, "%s", f->field ? f->field : "");
        snprintf(x->message, sizeof x->message, "%s", f->message);
    }
    return 0;
}

static void made(world *w, int64_t id[3])
{
    arc_record *r;
    id[0] = publish(w, "dun", DATES);
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_USER_ACCOUNT));
    assert_ok(arc_record_set_json(r, "{\"code\":\"boss\",\"name\":\"Boss\",\"kind\":\"person\",\"disabled\":false}", SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, NULL, r));
    arc_record_free(r);
    id[1] = publish(w, "seen", CHANGES);
    id[2] = publish(w, "high", TOTAL);
    w->b.t.now += 1000000;
    invoice(w, "A-1", 1, 150000, DAY - 5);
    assert_session(&w->b, arc_session_get(w->s, &r, ARC_CUSTOMER, 2));
    assert_ok(arc_record_set_text(r, ARC_CUSTOMER_STATUS, "blocked", SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
    uint32_t sealed = 0;
    assert_session(&w->b, arc_audit_seal(w->s, &sealed, 0)); /* where commits do not do it */
    assert_session(&w->b, arc_rule_run(w->s, NULL, show_fault, NULL, NULL));
    assert_int_equal(count(w, ARC_RULE_FIRING), 4);
}

static void test_found(void **unused)
{
    (void)unused;
    int64_t id[3];
    static world w;
    open_world(&w, 0);
    made(&w, id);
    int64_t draft = 0;
    assert_session(&w.b, arc_definition_save(w.s, &draft, "rule", "dun", quoted(DATES), SIZE_MAX, NULL));
    test_book_close(&w.b);
    const planted all[] = {
        { "dun", "0@2026-03-01", NULL, "item", id[0], 1, 1, DAY, DAY, NULL, NULL },
        { "dun", "0@2026-03-01", "[{\"type\":\"level\",\"result\":{\"level_change\":1}}]", "item", id[0], 3, 1, DAY, DAY, NULL, NULL },
        { "dun", "1@2026-03-01", NULL, "item", id[0], 1, 1, DAY, DAY, "mark", "episode" },
        { "dun", "2026-03-01", NULL, "item", id[0], 1, 1, DAY, DAY, "mark", "none its step can have" },
        { "dun", "00@2026-03-01", NULL, "item", id[0], 1, 1, DAY, DAY, "mark", "none its step can have" },
        { "dun", "0@2026-3-1", NULL, "item", id[0], 1, 1, DAY, DAY, "mark", "none its step can have" },
        { "dun", "n0", NULL, "item", id[0], 3, 1, DAY, DAY, "mark", "none its step can have" },
        { "dun", "0@2026-03-01", NULL, "item", id[0], 2, 1, DAY, DAY, "level", "no step" },
        { "dun", "0@2026-03-01", NULL, "item", id[0], 1, 1, DAY + 1, DAY, "effective_date", "after the day" },
        { "dun", "0@2026-03-01", NULL, "item", id[1], 1, 1, DAY, DAY, "definition", "no revision of its rule" },
        { "dun", "0@2026-03-01", NULL, "item", draft, 1, 1, DAY, DAY, "definition", "never published" },
        { "dun", "0@2026-03-01", NULL, "item", id[0], 1, 77, DAY, DAY, "row", "names item 77" },
        { "dun", "0@2026-03-01", NULL, "customer", id[0], 1, 1, DAY, DAY, "entity", "not what the rule is about" },
        { "dun", "0@2026-03-01", "[{\"type\":\"task\",\"result\":{\"task\":99}}]", "item", id[0], 1, 1, DAY, DAY, "result", "names task 99" },
        { "dun", "0@2026-03-01", "[{\"type\":\"host.x\",\"result\":{\"task\":99}}]", "item", id[0], 1, 1, DAY, DAY, NULL, NULL },
        { "seen", "99999.1", NULL, "customer", id[1], 1, 1, DAY, DAY, "mark", "an event that is not there" },
        { "seen", "1", NULL, "customer", id[1], 1, 1, DAY, DAY, "mark", "none its step can have" },
        { "high", "n1", NULL, "customer", id[2], 1, 1, DAY, DAY, "mark", "counts more" },
        { "high", "n0", NULL, "customer", id[2], 1, 3, DAY, DAY, "mark", "counts more" },
        { "high", "n", NULL, "customer", id[2], 1, 3, DAY, DAY, "mark", "none its step can have" },
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        findings f;
        memset(&f, 0, sizeof f);
        open_world(&w, 0);
        made(&w, id);
        assert_session(&w.b, arc_definition_save(w.s, &draft, "rule", "dun", quoted(DATES), SIZE_MAX, NULL));
        assert_ok(arc_book_verify(w.b.book, NULL, take, &f, NULL));
        assert_int_equal(f.n, 0);
        plant(&w, &all[i]);
        assert_ok(arc_book_verify(w.b.book, NULL, take, &f, NULL));
        if (!all[i].field) {
            if (f.n) fail_msg("%u: %s %s", (unsigned)i, f.field, f.message);
        } else if (f.n != 1 || strcmp(f.check, "rules.firings") != 0 || strcmp(f.field, all[i].field) != 0 || !strstr(f.message, all[i].words)) {
            fail_msg("%u: %d findings, %s %s: %s, not %s: %s", (unsigned)i, f.n, f.check, f.field, f.message, all[i].field, all[i].words);
        }
        test_book_close(&w.b);
    }
}

static void test_marks(void **unused)
{
    static const struct {
        const char *mark;
        int ok[4]; /* of a date with and without episodes, a change, a threshold */
    } marks[] = { { "0@2026-01-31", { 1, 0, 0, 0 } }, { "12@2026-01-31", { 1, 0, 0, 0 } }, { "2026-01-31", { 0, 1, 0, 0 } }, { "2026-02-30", { 0, 0, 0, 0 } }, { "7.1", { 0, 0, 1, 0 } },
                  { "07.1", { 0, 0, 0, 0 } }, { "7.0", { 0, 0, 0, 0 } }, { "7.", { 0, 0, 0, 0 } }, { ".1", { 0, 0, 0, 0 } }, { "n0", { 0, 0, 0, 1 } }, { "n12", { 0, 0, 0, 1 } },
                  { "n-1", { 0, 0, 0, 0 } }, { "n", { 0, 0, 0, 0 } }, { "", { 0, 0, 0, 0 } }, { "@2026-01-31", { 0, 0, 0, 0 } }, { "-1@2026-01-31", { 0, 0, 0, 0 } }, { "7.1.1", { 0, 0, 0, 0 } } };
    (void)unused;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        static const uint8_t on[] = { ARCI_ON_DATE, ARCI_ON_DATE, ARCI_ON_CHANGE, ARCI_ON_THRESHOLD };
        for (int k = 0; k < 4; k++) {
            arci_mark m;
            if (arci_mark_read(on[k], k == 0, marks[i].mark, strlen(marks[i].mark), &m) != marks[i].ok[k]) fail_msg("%s as %d", marks[i].mark, k);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_marks), cmocka_unit_test(test_found) };
    return cmocka_run_group_tests_name("proof of firings", tests, NULL, NULL);
}
