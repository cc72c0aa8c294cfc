/* SPDX-License-Identifier: Apache-2.0 */
/* Date triggers: documents read and refused, and the day each is crossed. */
#include "support/support.h"

#include "rules/trigger.h"

typedef struct kit {
    arci_facts *facts;
    arci_arena arena;
} kit;

static arc_status read_it(test_env *t, kit *k, arci_trigger *out, const char *text)
{
    char own[400];
    arci_json *node;
    size_t n = strlen(text);
    for (size_t i = 0; i <= n; i++) own[i] = text[i] == '\'' ? '"' : text[i];
    assert_ok_err(&t->err, arci_json_parse(&t->env, &k->arena, own, n, &arci_json_default_limits, &node));
    return arci_trigger_read(&t->env, out, k->facts, node, NULL);
}

static void kit_open(test_env *t, kit *k)
{
    arci_arena_init(&k->arena, t->ctx);
    assert_ok(arci_facts_new(&t->env, &k->facts, arci_entity_by_name("item", 4), NULL));
}

static void kit_close(kit *k)
{
    arci_facts_free(k->facts);
    arci_arena_clear(&k->arena);
}

static void refused(void **state)
{
    static const struct {
        const char *text, *pointer;
    } bad[] = {
        { "[]", "" },
        { "{}", "" },
        { "{'kind':'date'}", "" },
        { "{'kind':'cron','anchor':'due_date'}", "/kind" },
        { "{'kind':'date','anchor':'due_day'}", "/anchor" },
        { "{'kind':'date','anchor':'amount'}", "/anchor" },
        { "{'kind':'date','anchor':{'end':'due_date'}}", "/anchor" },
        { "{'kind':'date','anchor':{'month_end':'number'}}", "/anchor/month_end" },
        { "{'kind':'date','anchor':'due_date','offset':'15 days'}", "/offset" },
        { "{'kind':'date','anchor':'due_date','offset':15}", "/offset" },
        { "{'kind':'date','anchor':'due_date','op':'=='}", "/op" },
        { "{'kind':'date','anchor':'due_date','days':'working'}", "/days" },
        { "{'kind':'date','anchor':'due_date','days':'business'}", "" },
        { "{'kind':'date','anchor':'due_date','roll':'next'}", "/roll" },
        { "{'kind':'date','anchor':'due_date','calendar':''}", "/calendar" },
        { "{'kind':'date','anchor':'due_date','time':'09:00'}", "/time" },
    };
    test_env *t = *state;
    kit k;
    arci_trigger trigger;
    kit_open(t, &k);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arc_status st = read_it(t, &k, &trigger, bad[i].text);
        if (st == ARC_OK || strcmp(t->err.pointer, bad[i].pointer) != 0) fail_msg("%s: %s at %s (%s)", bad[i].text, arc_status_name(st), t->err.pointer, t->err.message);
        assert_true(t->err.message_zh[0] != 0);
    }
    kit_close(&k);
}

static void crossed(void **state)
{
    static const struct {
        const char *text, *due, *previous, *day;
    } cases[] = {
        { "{'kind':'date','anchor':'due_date'}", "2026-03-15", NULL, "2026-03-15" },
        { "{'kind':'date','anchor':'due_date','offset':'P15D'}", "2026-03-15", NULL, "2026-03-30" },
        { "{'kind':'date','anchor':'due_date','offset':'P15D','op':'>'}", "2026-03-15", NULL, "2026-03-31" }, /* overdue more than 15 days */
        { "{'kind':'date','anchor':'due_date','offset':'-P3D'}", "2026-03-15", NULL, "2026-03-12" },
        { "{'kind':'date','anchor':{'month_end':'due_date'},'offset':'P10D'}", "2026-02-03", NULL, "2026-03-10" },
        { "{'kind':'date','anchor':'due_date','offset':'P1M'}", "2026-01-31", NULL, "2026-02-28" },
        { "{'kind':'date','anchor':'due_date','roll':'following'}", "2026-03-14", NULL, "2026-03-16" }, /* a Saturday */
        { "{'kind':'date','anchor':'due_date','roll':'preceding','op':'>'}", "2026-03-14", NULL, "2026-03-14" },
        { "{'kind':'date','anchor':'previous','offset':'P7D'}", "2026-03-15", "2026-03-20", "2026-03-27" },
        { "{'kind':'date','anchor':'previous','offset':'P7D'}", "2026-03-15", NULL, NULL },
        { "{'kind':'date','anchor':'due_date','offset':'P15D'}", NULL, "2026-03-20", NULL },
    };
    test_env *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kit k;
        arci_trigger trigger;
        arc_value row[8];
        arc_date day, due = ARC_DATE_NONE, previous = ARC_DATE_NONE, want = ARC_DATE_NONE;
        int guessed = 0;
        kit_open(t, &k);
        memset(row, 0, sizeof row);
        assert_ok_err(&t->err, read_it(t, &k, &trigger, cases[i].text));
        if (cases[i].due) assert_ok(arc_date_parse(&due, cases[i].due, SIZE_MAX));
        if (cases[i].previous) assert_ok(arc_date_parse(&previous, cases[i].previous, SIZE_MAX));
        if (cases[i].day) assert_ok(arc_date_parse(&want, cases[i].day, SIZE_MAX));
        if (trigger.anchor && due != ARC_DATE_NONE) row[trigger.anchor->slot] = (arc_value){ ARC_V_INT, { 0, 0, 0 }, 0, { due } };
        assert_ok(arci_trigger_day(&trigger, &day, row, previous, NULL, &guessed));
        if (day != want) fail_msg("%s: %d, expected %d", cases[i].text, (int)day, (int)want);
        kit_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refused, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(crossed, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("rules trigger", tests, NULL, NULL);
}
