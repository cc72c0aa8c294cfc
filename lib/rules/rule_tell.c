/* SPDX-License-Identifier: Apache-2.0 */
/* What came of rules, as JSON and in sentences. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/action.h"
#include "rules/condition.h"
#include "rules/rule_impl.h"

static size_t day_text(char text[16], arc_date d)
{
    size_t n = 16;
    if (d == ARC_DATE_NONE || arc_date_print(text, &n, d) != ARC_OK) {
        text[0] = 0;
        return 0;
    }
    return n;
}

void arci_rule_put_date(arci_str *b, const char *key, arc_date d)
{
    char text[16];
    if (day_text(text, d)) arci_json_put_str(b, key, text);
}

/* A sentence with a day in it: "%" stands for the day. */
static void put_sentence(arci_str *b, const char *key, const char *form, arc_date d)
{
    char day[16];
    const char *at = strchr(form, '%');
    (void)day_text(day, d);
    arci_json_put_key(b, key);
    arci_str_putc(b, '"');
    if (at) {
        arci_str_add(b, form, (size_t)(at - form));
        arci_str_puts(b, day);
        arci_str_puts(b, at + 1);
    } else {
        arci_str_puts(b, form);
    }
    arci_str_putc(b, '"');
}

static const char *const sentences[][2] = {
    { "nothing sets it off", "没有触发依据" },
    { "its day is to come: %", "尚未到期：%" },
    { "it has fired already, for %", "已触发，生效日 %" },
    { "a higher level has fired", "更高一级已触发" },
    { "its day was %, but a condition does not hold", "应于 % 触发，但条件不成立" },
    { "its day was %, but a condition cannot be answered", "应于 % 触发，但条件无法判断" },
    { "due, but the rule cools down until %", "已到期，但规则冷却至 %" },
    { "due since %, but one step at a time", "自 % 起到期，但每次只触发一步" },
    { "due since %, passed over: a higher level fires", "自 % 起到期，已跳过：触发更高一级" },
    { "due since %", "自 % 起到期" },
};
static const char *const grouped[2] = { "due since %, passed over: another rule of its group fires", "自 % 起到期，已跳过：同组的另一规则触发" };

void arci_rule_put_step(arci_str *b, const arci_rule_run *run, const arci_rule_result *r, const arci_step_result *s)
{
    static const char *const kinds[] = { "date", "change", "threshold" };
    const char *const *said = s->grouped ? grouped : sentences[s->outcome];
    arci_json_put_int(b, "level", s->step->level);
    arci_json_put_str(b, "on", kinds[s->step->on]);
    arci_json_put_str(b, "outcome", arci_step_outcomes[s->outcome]);
    if (s->mark[0]) arci_json_put_str(b, "mark", s->mark);
    arci_rule_put_date(b, "day", s->day);
    if (s->outcome == ARCI_STEP_DUE && s->day != ARC_DATE_NONE) arci_json_put_int(b, "late_days", (int64_t)run->as_of - s->day);
    arci_rule_put_date(b, "until", s->until);
    if (s->guessed) {
        arci_json_put_key(b, "guessed");
        arci_str_puts(b, "true");
    }
    if (s->outcome == ARCI_STEP_ERROR) {
        arci_json_put_str(b, "error", arc_status_name(s->error));
        if (s->pointer) arci_json_put_str(b, "pointer", s->pointer);
    }
    (void)r;
    put_sentence(b, "en", said[0], s->outcome == ARCI_STEP_COOLS ? s->until : s->day);
    put_sentence(b, "zh", said[1], s->outcome == ARCI_STEP_COOLS ? s->until : s->day);
}

static arc_status trace_begin(const arci_rule_run *run, const arci_rule *rule, arci_logic_run *logic)
{
    memset(logic, 0, sizeof *logic);
    return arci_calendars_get(run->calendars, &logic->calendar, rule->calendar, NULL);
}

arc_status arci_rule_put_step_trace(arci_str *b, const arci_rule_run *run, const arci_rule *rule, const arci_rule_step *step, const arc_value *row)
{
    arci_logic_run logic;
    int result;
    arc_status st = trace_begin(run, rule, &logic);
    if (st == ARC_OK && step->when) {
        arci_json_put_key(b, "step_if");
        arci_logic_explain(step->when, row, &logic, b, &result);
    }
    if (st == ARC_OK && step->threshold.over) {
        arci_json_put_key(b, "over");
        arci_logic_explain(step->threshold.over, row, &logic, b, &result);
    }
    return st == ARC_OK && b->failed ? arci_nomem(run->t->env) : st;
}

arc_status arci_rule_put_trace(arci_str *b, const arci_rule_run *run, const arci_rule *rule, const arci_rule_step *step, const arc_value *row)
{
    arci_logic_run logic;
    int result;
    arc_status st = trace_begin(run, rule, &logic);
    if (st == ARC_OK && rule->when) {
        arci_json_put_key(b, "if");
        arci_logic_explain(rule->when, row, &logic, b, &result);
    }
    if (st == ARC_OK && step) st = arci_rule_put_step_trace(b, run, rule, step, row);
    return st == ARC_OK && b->failed ? arci_nomem(run->t->env) : st;
}

arc_status arci_rule_may(arci_env *env, arci_session *s, const arci_rule *rule)
{
    arc_status st = arci_facts_may(env, s, rule->frame->facts);
    for (uint32_t i = 0; i < rule->n_steps && st == ARC_OK; i++) {
        const arci_actions *a = rule->steps[i].actions;
        for (uint32_t k = 0; k < arci_actions_n(a) && st == ARC_OK; k++) {
            const char *type = arci_actions_type(a, k);
            const arci_action_kind *kind = arci_action_find(type, strlen(type));
            for (uint32_t j = 0; kind && j < kind->n_tells && st == ARC_OK; j++) {
                const arci_entity *e = arci_entity_by_name(kind->tells[j].entity, strlen(kind->tells[j].entity));
                st = arci_access_field(env, s, e, arci_entity_field(e, kind->tells[j].field, strlen(kind->tells[j].field)));
            }
        }
    }
    return st;
}
