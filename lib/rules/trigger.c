/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/trigger.h"

#include <string.h>

#include "rules/fact_impl.h"

typedef struct word {
    const char *text;
    int32_t value;
} word;

static const word rolls[] = {
    { "none", ARC_ADJUST_NONE },           { "following", ARC_ADJUST_FOLLOWING },
    { "preceding", ARC_ADJUST_PRECEDING }, { "modified_following", ARC_ADJUST_MODIFIED_FOLLOWING },
    { "end_of_month", ARC_ADJUST_END_OF_MONTH }, { "modified_preceding", ARC_ADJUST_MODIFIED_PRECEDING },
};
static const word ops[] = { { ">=", 0 }, { ">", 1 } };
static const word day_kinds[] = { { "calendar", 0 }, { "business", 1 } };

static arc_status wrong(arci_env *env, const arci_json *at, const char *en, const char *zh)
{
    return arci_json_fail(env, at, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh);
}

static int find_word(const arci_json *m, const word *words, size_t n, int32_t *value)
{
    for (size_t i = 0; m->type == ARCI_JSON_STRING && i < n; i++) {
        if (strcmp(words[i].text, m->s) != 0) continue;
        *value = words[i].value;
        return 1;
    }
    return 0;
}

static arc_status take_path(arci_env *env, arci_trigger *out, arci_facts *facts, const arci_json *m)
{
    char moved[6 + 64] = "state.";
    if (m->type != ARCI_JSON_STRING) return wrong(env, m, "is the path of a date", "须为日期字段的路径");
    arc_status st = ARC_E_NOT_FOUND;
    if (m->len < 64 && !memchr(m->s, '.', m->len) && arci_entity_field(arci_facts_subject(facts), m->s, m->len)) {
        memcpy(moved + 6, m->s, m->len);
        st = arci_facts_path(env, facts, &out->anchor, moved, 6u + m->len);
    }
    if (st == ARC_OK && out->anchor->type != ARCI_FACT_DATE) st = ARC_E_NOT_FOUND;
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_error_clear(env->err);
    st = arci_facts_path(env, facts, &out->anchor, m->s, m->len);
    if (st != ARC_OK) {
        arci_json_pointer(m, env->err->pointer, sizeof env->err->pointer);
        return st;
    }
    if (out->anchor->how == ARCI_HOW_COMPUTED) return wrong(env, m, "is computed and moves: a firing needs a date that a row keeps", "为计算所得且会变动：触发需要数据行中保存的日期");
    return out->anchor->type == ARCI_FACT_DATE ? ARC_OK : wrong(env, m, "is no date", "不是日期");
}

static arc_status take_anchor(arci_env *env, arci_trigger *out, arci_facts *facts, const arci_json *m)
{
    if (m->type == ARCI_JSON_STRING && strcmp(m->s, "previous") == 0) {
        out->from = ARCI_ANCHOR_PREVIOUS;
        return ARC_OK;
    }
    if (m->type != ARCI_JSON_OBJECT) return take_path(env, out, facts, m);
    const arci_json *path = m->child;
    if (m->n != 1 || strcmp(path->key, "month_end") != 0) return wrong(env, m, "is a path, \"previous\" or {\"month_end\": path}", "须为路径、\"previous\" 或 {\"month_end\": 路径}");
    out->from = ARCI_ANCHOR_MONTH_END;
    return take_path(env, out, facts, path);
}

static arc_status take_offset(arci_env *env, arci_trigger *out, const arci_json *m)
{
    if (m->type != ARCI_JSON_STRING) return wrong(env, m, "is a duration such as P15D", "须为时长，例如 P15D");
    arc_status st = arci_duration_parse(env, &out->offset, m->s, m->len);
    if (st != ARC_OK) arci_json_pointer(m, env->err->pointer, sizeof env->err->pointer);
    return st;
}

static arc_status take_word(arci_env *env, const arci_json *m, const word *words, size_t n, int32_t *value, const char *en, const char *zh)
{
    return find_word(m, words, n, value) ? ARC_OK : wrong(env, m, en, zh);
}

static arc_status take_member(arci_env *env, arci_trigger *out, arci_facts *facts, const arci_json *m)
{
    int32_t v = 0;
    arc_status st;
    if (strcmp(m->key, "kind") == 0) return ARC_OK;
    if (strcmp(m->key, "anchor") == 0) return take_anchor(env, out, facts, m);
    if (strcmp(m->key, "offset") == 0) return take_offset(env, out, m);
    if (strcmp(m->key, "op") == 0) {
        st = take_word(env, m, ops, 2, &v, "is >= (on the day) or > (after it)", "须为 >=（当日起）或 >（次日起）");
        out->after = (uint8_t)v;
    } else if (strcmp(m->key, "days") == 0) {
        st = take_word(env, m, day_kinds, 2, &v, "is calendar or business", "须为 calendar（自然日）或 business（工作日）");
        out->business = (uint8_t)v;
    } else if (strcmp(m->key, "roll") == 0) {
        st = take_word(env, m, rolls, sizeof rolls / sizeof rolls[0], &out->roll, "is none, following, preceding, modified_following, modified_preceding or end_of_month",
                       "须为 none、following、preceding、modified_following、modified_preceding 或 end_of_month");
    } else if (strcmp(m->key, "calendar") == 0) {
        if (m->type != ARCI_JSON_STRING || !m->len || m->len > 40) return wrong(env, m, "is the code of a calendar", "须为工作日历编码");
        out->calendar = m->s;
        st = ARC_OK;
    } else {
        st = wrong(env, m, "is not known here", "此处不识别");
    }
    return st;
}

arc_status arci_trigger_read(arci_env *env, arci_trigger *out, arci_facts *facts, const arci_json *node, const char *calendar)
{
    const arci_json *kind = arci_json_get(node, "kind"), *anchor = arci_json_get(node, "anchor");
    memset(out, 0, sizeof *out);
    out->calendar = calendar;
    if (node->type != ARCI_JSON_OBJECT || !kind || kind->type != ARCI_JSON_STRING || strcmp(kind->s, "date") != 0) {
        return wrong(env, kind ? kind : node, "is an object with the kind \"date\"", "须为 kind 为 \"date\" 的对象");
    }
    if (!anchor) return arci_json_fail(env, node, ARC_E_REQUIRED, "needs an anchor", "须填写 anchor");
    for (const arci_json *m = node->child; m; m = m->next) {
        arc_status st = take_member(env, out, facts, m);
        if (st != ARC_OK) return st;
    }
    if (out->business && !out->calendar) return arci_json_fail(env, node, ARC_E_REQUIRED, "business days need a calendar", "按工作日计算须指定 calendar");
    return ARC_OK;
}

arc_status arci_trigger_day(const arci_trigger *t, arc_date *day, const arc_value *row, arc_date previous, const arc_calendar *calendar, int *guessed)
{
    arc_date d = previous;
    *day = ARC_DATE_NONE;
    if (t->anchor) {
        const arc_value *v = &row[t->anchor->slot];
        d = v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE;
    }
    if (d == ARC_DATE_NONE) return ARC_OK;
    arc_status st = t->from == ARCI_ANCHOR_MONTH_END ? arc_date_end_of_month(&d, d) : ARC_OK;
    if (st == ARC_OK) st = arci_duration_add(&d, d, &t->offset, t->business ? calendar : NULL, guessed);
    if (st == ARC_OK) st = arci_duration_roll(&d, d, t->roll, calendar, guessed);
    if (st == ARC_OK && t->after) st = arc_date_add_days(&d, d, 1);
    if (st == ARC_OK) *day = d;
    return st;
}
