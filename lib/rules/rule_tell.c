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
        arci_str_puts(b, day[0] ? day : "?");
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
    { "it was rejected, for %", "已被驳回，生效日 %" },
    { "due since %", "自 % 起到期" },
};
static const char *const looped[2] = { "set off on %, but rules set each other off too often in a row", "于 % 触发，但规则连续相互触发次数过多" };
static const char *const grouped[][2] = {
    { "due since %, passed over: another rule of its group fires", "自 % 起到期，已跳过：同组的另一规则触发" },
    { "due since %, passed over: another rule of its group has fired today", "自 % 起到期，已跳过：同组的另一规则今日已触发" },
    { "due since %, but people first decide about another rule of its group", "自 % 起到期，但须先由人决定同组的另一规则" },
    { "due since %, tomorrow: another rule of its group has fired today", "自 % 起到期，顺延至明日：同组的另一规则今日已触发" },
};

/* Why nothing sets a step off. */
static const char *const idle[][2] = {
    { "the date it counts from has no value", "起算日期没有值" },
    { "it counts from the level below, which was not due yet", "自上一级起算，而上一级尚未到期" },
    { "no event has set it off", "没有触发它的事件" },
    { "it was not crossed: the bound is not reached", "未越过：尚未达到界限" },
    { "it was crossed before, and the other bound was not seen since", "此前已越过，尚未回到另一界限" },
};
/* What has fired, or was passed over: by day, by event, by bound; when the other bound holds. */
static const char *const before[][2] = {
    { "it has fired already, for %", "已触发，生效日 %" },
    { "it has fired, for %; another event fires it again", "已触发，生效日 %；再有事件时再次触发" },
    { "it has fired, for %; it fires again once the other bound was seen", "已触发，生效日 %；回到另一界限后可再次触发" },
    { "it has fired, for %; the other bound holds now: the next run arms it again", "已触发，生效日 %；现已回到另一界限，下次运行时重新启用" },
    { "it was passed over, for %: a higher level, or another rule of its group, fired in its place", "已被跳过，生效日 %：由更高一级或同组另一规则代为触发" },
};

static const char *const *sentence_of(const arci_step_result *s)
{
    if (s->outcome == ARCI_STEP_ERROR && s->chain >= ARCI_RULE_CHAIN) return looped;
    if (s->grouped) return grouped[s->grouped - 1];
    if (s->outcome == ARCI_STEP_BEFORE) return before[s->passed ? 4 : s->step->on == ARCI_ON_THRESHOLD && s->rearm ? 3 : s->step->on == ARCI_ON_THRESHOLD ? 2 : s->step->on == ARCI_ON_CHANGE];
    if (s->outcome != ARCI_STEP_NONE) return sentences[s->outcome];
    if (s->step->on == ARCI_ON_DATE) return idle[s->step->date.from == ARCI_ANCHOR_PREVIOUS];
    return idle[s->step->on == ARCI_ON_CHANGE ? 2 : s->unarmed ? 4 : 3];
}

/* Outcomes as they are told: what fired before and what was passed over then, what waits for people and what is passed over now are two things each. */
static const char *outcome_of(const arci_step_result *s)
{
    if (s->outcome == ARCI_STEP_BEFORE && s->passed) return "passed_before";
    return s->outcome == ARCI_STEP_PASSED && s->grouped == ARCI_GROUP_PEOPLE ? "held" : arci_step_outcomes[s->outcome];
}

void arci_rule_put_step(arci_str *b, const arci_rule_run *run, const arci_rule_result *r, const arci_step_result *s)
{
    static const char *const kinds[] = { "date", "change", "threshold" };
    const char *const *said = sentence_of(s);
    arci_json_put_int(b, "level", s->step->level);
    arci_json_put_str(b, "on", kinds[s->step->on]);
    arci_json_put_str(b, "outcome", outcome_of(s));
    if (s->grouped && s->by) arci_json_put_str(b, "by", s->by);
    if (s->mark[0] && !run->undated) arci_json_put_str(b, "mark", s->mark);
    if (!run->undated) arci_rule_put_date(b, "day", s->day);
    if (!run->undated && s->outcome == ARCI_STEP_DUE && s->day != ARC_DATE_NONE) arci_json_put_int(b, "late_days", (int64_t)run->as_of - s->day);
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
    arc_date day = s->outcome == ARCI_STEP_COOLS ? s->until : run->undated ? ARC_DATE_NONE : s->day;
    put_sentence(b, "en", said[0], day);
    put_sentence(b, "zh", said[1], day);
}

static arc_status trace_begin(const arci_rule_run *run, const arci_rule *rule, arci_logic_run *logic)
{
    memset(logic, 0, sizeof *logic);
    logic->masked = run->masked;
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

arc_status arci_rule_put_rearm(arci_str *b, const arci_rule_run *run, const arci_rule *rule, const arci_rule_step *step, const arc_value *row)
{
    arci_logic_run logic;
    int result;
    arc_status st = trace_begin(run, rule, &logic);
    if (st != ARC_OK) return st;
    arci_json_put_key(b, "rearm");
    arci_logic_explain(step->threshold.rearm, row, &logic, b, &result);
    return b->failed ? arci_nomem(run->t->env) : ARC_OK;
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

/* A document of the asker's own could ask for anything: rows, too, must be ones he sees. */
arc_status arci_rule_may(arci_env *env, arci_session *s, const arci_rule *rule)
{
    const arci_entity *subject = rule->frame->subject;
    const arci_tell row = { subject->name, "id", ARCI_TELL_OWN };
    int rows = rule->definition == 0;
    if (!s->access) return ARC_OK;
    arc_status st = arci_tells_check(env, s, &row, 1, 0);
    if (st == ARC_OK) st = arci_tells_check(env, s, rule->sets.list, rule->sets.n, rows);
    return st == ARC_OK ? arci_tells_check(env, s, rule->holds.list, rule->holds.n, rows) : st;
}

arc_status arci_rule_mask(arci_env *env, const arci_session *s, arci_arena *arena, const arci_rule *rule, const uint8_t **out)
{
    const arci_facts *f = rule->frame->facts;
    uint32_t n = arci_facts_width(f);
    uint8_t *masked = s->access ? arci_arena_calloc(arena, n + 1u, 1) : NULL;
    arc_status st = ARC_OK;
    *out = masked;
    if (!s->access) return ARC_OK;
    if (!masked) return arci_nomem(env);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_tells tells = { NULL, 0, 0 };
        const arci_fact *x = arci_facts_slot(f, i);
        if (x) st = arci_fact_tells(env, arena, &tells, f, x, ARCI_TELL_OWN);
        masked[i] = (uint8_t)!arci_tells_may(s, tells.list, tells.n, 1);
    }
    return st;
}

int arci_rule_dated(const arci_session *s, const arci_rule *rule) { return arci_tells_may(s, rule->sets.list, rule->sets.n, 1); }

int arci_rule_fault_shows(const arci_session *s, const arci_rule_fault *f)
{
    for (uint32_t i = 0; i < f->rule->n_steps; i++) {
        if (f->rule->steps[i].level != f->level) continue;
        const arci_tells *t = arci_actions_tells(f->rule->steps[i].actions, f->seq);
        return arci_tells_may(s, t->list, t->n, 1);
    }
    return 0;
}

void arci_rule_put_params(const arci_session *s, arci_str *b, const arci_rule_line *l)
{
    arci_json_put_key(b, "params");
    arci_str_puts(b, arci_rule_shows(s, l) ? l->params : "{\"hidden\":true}");
}

int arci_rule_shows(const arci_session *s, const arci_rule_line *l)
{
    return arci_tells_may(s, l->tells.list, l->tells.n, 1) && arci_tells_may(s, l->rule->sets.list, l->rule->sets.n, 1);
}
