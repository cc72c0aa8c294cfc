/* SPDX-License-Identifier: Apache-2.0 */
/* Reading rules. */
#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"
#include "rules/action.h"
#include "rules/rule_impl.h"
#include "store/calendar_rows.h"

#define MAX_LEVEL 1000000
#define MAX_PRIORITY 1000000
#define MAX_GROUP 64u
#define MAX_DESCRIPTION 1000u
#define MAX_CALENDAR 40u

/* ---- faults --------------------------------------------------------------------------------------------------------------------- */

arc_status arci_rule_note(arci_rule_reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->first == ARC_OK) r->first = st;
    return r->sink ? arci_fault_note(r->env, r->sink) : st;
}

arc_status arci_rule_wrong(arci_rule_reader *r, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh)
{
    arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_rule(r->env, code);
    return arci_rule_note(r, st);
}

arc_status arci_rule_at(arci_rule_reader *r, const arci_json *at, arc_status st, const char *code)
{
    char pointer[sizeof r->env->err->pointer];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(at, pointer, sizeof pointer);
    arci_fail_pointer(r->env, pointer);
    arci_fail_rule(r->env, code);
    return arci_rule_note(r, st);
}

int arci_rule_text_is(const arci_json *m, const char *s) { return m && m->type == ARCI_JSON_STRING && strcmp(m->s, s) == 0; }

/* A fault the compilers below have noted already. */
static arc_status noted(arci_rule_reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED || !r->sink) {
        if (st != ARC_OK && r->first == ARC_OK) r->first = st;
        return st;
    }
    if (r->first == ARC_OK) r->first = st;
    return ARC_OK;
}

/* What may be published and is worth a word: told with the status ARC_OK. */
static arc_status remark(arci_rule_reader *r, const char *pointer, const char *code, const char *en, const char *zh)
{
    if (!r->sink || !r->sink->report) return ARC_OK;
    arci_fail(r->env, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_pointer(r->env, pointer);
    arci_fail_rule(r->env, code);
    arc_error told = *r->env->err;
    told.status = ARC_OK;
    arci_error_clear(r->env->err);
    return r->sink->report(r->sink->user, &told) ? arci_fail(r->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止") : ARC_OK;
}

static arc_status tell_unbounded(arci_rule_reader *r, const arci_logic *p)
{
    const char *pointer;
    if (!arci_logic_unbounded(p, &pointer)) return ARC_OK;
    r->r->volatile_ = 1;
    return remark(r, pointer, "volatile", "follows the day in a way that cannot be solved for it: days are tried one by one", "随日期变化的方式无法求解：将逐日尝试");
}

arc_status arci_rule_lasting(arci_rule_reader *r, const arci_logic *p)
{
    const char *pointer;
    if (!p || !arci_logic_ends(p, &pointer)) return ARC_OK;
    return remark(r, pointer, "passing", "holds for some days only: who looks later finds it over. Write >= in place of ==, what has fired does not fire again, or leave the upper bound out",
                  "只在若干天内成立，晚看即已错过：请用 >= 代替 ==（触发过的不会再次触发），或去掉上限");
}

arc_status arci_rule_condition(arci_rule_reader *r, const arci_json *node, arci_logic **out)
{
    uint32_t before = r->sink ? r->sink->n : 0;
    *out = NULL;
    arc_status st = arci_logic_compile(r->env, out, r->r->frame->facts, node, 0, r->sink);
    if (st != ARC_OK && r->sink && r->sink->n == before) return st; /* no fault of the document */
    return st == ARC_OK ? tell_unbounded(r, *out) : noted(r, st);
}

arc_status arci_rule_calendar(arci_rule_reader *r, const arci_json *node, const char **out)
{
    arc_calendar *calendar = NULL;
    arci_arena arena;
    if (node->type != ARCI_JSON_STRING || !node->len || node->len > MAX_CALENDAR)
        return arci_rule_wrong(r, node, ARC_E_VALUE, "calendar", "is the code of a calendar", "须为工作日历编码");
    *out = node->s;
    if (!r->sink) return ARC_OK; /* it was there when the rule was published */
    arci_arena_init(&arena, r->env->ctx);
    arc_status st = arci_calendar_rows(r->t, &arena, node->s, &calendar);
    arc_calendar_free(calendar);
    arci_arena_clear(&arena);
    if (st == ARC_E_NOT_FOUND) return arci_rule_wrong(r, node, st, "calendar", "the book has no calendar of this code", "账簿没有该编码的工作日历");
    if (st == ARC_E_CALENDAR) return arci_rule_wrong(r, node, st, "calendar", "the rows of this calendar cannot be read", "该工作日历的数据无法读取");
    return st;
}

/* ---- members ----------------------------------------------------------------------------------------------------------------------- */

typedef struct word {
    const char *text;
    uint8_t value;
} word;

static const word modes[] = { { "propose", ARCI_RULE_PROPOSE }, { "apply", ARCI_RULE_APPLY } };
static const word catch_ups[] = { { "highest", ARCI_CATCH_HIGHEST }, { "each", ARCI_CATCH_EACH }, { "one_step", ARCI_CATCH_ONE } };

static arc_status take_word(arci_rule_reader *r, const arci_json *m, const word *words, size_t n, uint8_t *out, const char *en, const char *zh)
{
    for (size_t i = 0; i < n; i++) {
        if (!arci_rule_text_is(m, words[i].text)) continue;
        *out = words[i].value;
        return ARC_OK;
    }
    return arci_rule_wrong(r, m, ARC_E_VALUE, "value", en, zh);
}

static arc_status take_int(arci_rule_reader *r, const arci_json *m, int64_t min, int64_t max, int64_t *out, const char *en, const char *zh)
{
    int64_t v;
    if (m->type != ARCI_JSON_NUMBER || arci_json_int(r->env, m, &v) != ARC_OK || v < min || v > max) return arci_rule_wrong(r, m, ARC_E_RANGE, "value", en, zh);
    *out = v;
    return ARC_OK;
}

static arc_status take_group(arci_rule_reader *r, const arci_json *m)
{
    if (m->type != ARCI_JSON_STRING || !m->len || m->len > MAX_GROUP) return arci_rule_wrong(r, m, ARC_E_VALUE, "value", "is a name of 1 to 64 bytes", "须为 1 至 64 字节的名称");
    r->r->group = m->s;
    return ARC_OK;
}

static arc_status take_cooldown(arci_rule_reader *r, const arci_json *m)
{
    arci_duration *d = &r->r->cooldown;
    if (m->type != ARCI_JSON_STRING) return arci_rule_wrong(r, m, ARC_E_VALUE, "cooldown", "is a duration such as P7D", "须为时长，例如 P7D");
    arc_status st = arci_duration_parse(r->env, d, m->s, m->len);
    if (st != ARC_OK) return arci_rule_at(r, m, st, "cooldown");
    if (d->days < 0 || d->months < 0) return arci_rule_wrong(r, m, ARC_E_RANGE, "cooldown", "is not negative", "不能为负");
    r->r->cools = d->days || d->months;
    return ARC_OK;
}

static arc_status take_description(arci_rule_reader *r, const arci_json *m)
{
    if (m->type == ARCI_JSON_STRING && m->len <= MAX_DESCRIPTION) return ARC_OK;
    return arci_rule_wrong(r, m, ARC_E_VALUE, "value", "is a text of at most 1,000 bytes", "须为不超过 1,000 字节的文本");
}

/* Members that need nothing but themselves; *known 0: it is none of them. */
static arc_status take_plain(arci_rule_reader *r, const arci_json *m, int *known)
{
    *known = 1;
    if (strcmp(m->key, "priority") == 0) return take_int(r, m, -MAX_PRIORITY, MAX_PRIORITY, &r->r->priority, "is a whole number from -1,000,000 to 1,000,000", "须为 -1,000,000 至 1,000,000 的整数");
    if (strcmp(m->key, "mode") == 0) return take_word(r, m, modes, 2, &r->r->mode, "is propose or apply", "须为 propose 或 apply");
    if (strcmp(m->key, "catch_up") == 0) return take_word(r, m, catch_ups, 3, &r->r->catch_up, "is highest, each or one_step", "须为 highest、each 或 one_step");
    if (strcmp(m->key, "group") == 0) return take_group(r, m);
    if (strcmp(m->key, "cooldown") == 0) return take_cooldown(r, m);
    if (strcmp(m->key, "description") == 0) return take_description(r, m);
    if (strcmp(m->key, "calendar") == 0) return arci_rule_calendar(r, m, &r->r->calendar);
    *known = 0;
    return ARC_OK;
}

static arc_status unknown(arci_rule_reader *r, const arci_json *m)
{
    return arci_rule_wrong(r, m, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
}

/* ---- steps ---------------------------------------------------------------------------------------------------------------------------- */

/* Faults of actions have places and reasons; their code is that of all of them. */
static int32_t with_code(void *user, const arc_error *fault)
{
    arci_rule_reader *r = user;
    arc_error own = *fault;
    arci_env env = { r->env->ctx, &own };
    if (!own.rule[0]) arci_fail_rule(&env, "action");
    if (!r->sink->n++) r->sink->first = own;
    return r->sink->report ? r->sink->report(r->sink->user, &own) : 0;
}

/* A receivable whose number is the same text whatever it fires for: the second one is refused. */
static arc_status tell_numbers(arci_rule_reader *r, const arci_json *then)
{
    arc_status st = ARC_OK;
    for (const arci_json *m = then->type == ARCI_JSON_ARRAY ? then->child : NULL; m && st == ARC_OK; m = m->next) {
        const arci_json *params = m->type == ARCI_JSON_OBJECT ? arci_json_get(m, "params") : NULL, *number = params && params->type == ARCI_JSON_OBJECT ? arci_json_get(params, "number") : NULL;
        char pointer[sizeof r->env->err->pointer];
        if (!number || number->type != ARCI_JSON_STRING || strstr(number->s, "{{")) continue;
        arci_json_pointer(number, pointer, sizeof pointer);
        st = remark(r, pointer, "repeats", "is the same each time: the second receivable of this number is refused. Name what differs, for example {{number}} or {{firing.mark}}",
                    "每次相同：第二笔同号应收会被拒绝。请写入可区分的内容，例如 {{number}} 或 {{firing.mark}}");
    }
    return st;
}

arc_status arci_rule_take_actions(arci_rule_reader *r, arci_actions **out, arci_facts *facts, const arci_json *then)
{
    arci_fault_sink sink = { .report = with_code, .user = r };
    arci_action_build b = { .env = r->env, .t = r->t, .facts = facts, .sink = r->sink ? &sink : NULL, .rule = r->r->code, .on = r->set->day };
    uint32_t before = r->sink ? r->sink->n : 0;
    if (r->set->bare) return ARC_OK;
    arc_status st = arci_actions_compile(&b, out, then);
    if (st != ARC_OK && r->sink && r->sink->n == before) return st;
    if (st == ARC_OK) st = tell_numbers(r, then);
    return noted(r, st);
}

/* What an event must tell of to set a step off. */
static arc_status tell_change(arci_rule_reader *r, const arci_rule_change *c)
{
    arc_status st = c->entity ? arci_tells_add(r->env, &r->r->arena, &r->r->sets, c->entity->name, c->via ? c->via->name : "id", ARCI_TELL_OWN) : ARC_OK;
    return st == ARC_OK && c->field ? arci_tells_add(r->env, &r->r->arena, &r->r->sets, c->holder->name, c->field->name, ARCI_TELL_OWN) : st;
}

static arc_status take_step(arci_rule_reader *r, arci_rule_step *step, const arci_rule_step *previous, const arci_json *node, int top)
{
    const arci_json *on = arci_json_get(node, "on"), *then = arci_json_get(node, "then"), *level = arci_json_get(node, "level"), *when = top ? NULL : arci_json_get(node, "if"), *once = arci_json_get(node, "once");
    arc_status st = ARC_OK;
    step->node = node;
    step->level = previous ? previous->level + 1 : 1;
    if (level) st = take_int(r, level, 1, MAX_LEVEL, &step->level, "is a whole number from 1 to 1,000,000", "须为 1 至 1,000,000 的整数");
    if (st == ARC_OK && previous && step->level <= previous->level) st = arci_rule_wrong(r, level ? level : node, ARC_E_RANGE, "level", "is higher than the level before", "须高于前一级");
    if (st == ARC_OK && !on) st = arci_rule_wrong(r, node, ARC_E_REQUIRED, "required", "needs `on`: what sets it off", "须填写 on（触发方式）");
    arci_facts_watch(r->r->frame->facts, &r->r->arena, &r->r->sets, ARCI_TELL_OWN);
    if (st == ARC_OK && on) st = arci_rule_on(r, step, previous, on);
    if (st == ARC_OK && on) st = tell_change(r, &step->change);
    arci_facts_watch(r->r->frame->facts, &r->r->arena, &r->r->holds, ARCI_TELL_OWN);
    if (st == ARC_OK && when) st = arci_rule_condition(r, when, &step->when);
    if (st == ARC_OK && when) st = arci_rule_lasting(r, step->when);
    arci_facts_watch(r->r->frame->facts, NULL, NULL, 0);
    if (st == ARC_OK && !then) st = arci_rule_wrong(r, node, ARC_E_REQUIRED, "required", "needs `then`: a list of actions, which may be empty", "须填写 then（动作列表，可为空）");
    else if (st == ARC_OK) st = arci_rule_take_actions(r, &step->actions, r->r->frame->facts, then);
    if (st == ARC_OK && once) st = arci_rule_take_once(r, step, once);
    for (const arci_json *m = top ? NULL : node->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "description") == 0) st = take_description(r, m);
        else if (strcmp(m->key, "level") != 0 && strcmp(m->key, "on") != 0 && strcmp(m->key, "if") != 0 && strcmp(m->key, "then") != 0 && m != once) st = unknown(r, m);
    }
    return st;
}

static arc_status take_steps(arci_rule_reader *r, const arci_json *doc)
{
    const arci_json *list = arci_json_get(doc, "steps");
    arci_rule *rule = r->r;
    uint32_t n = 1;
    arc_status st = ARC_OK;
    if (list) {
        for (const arci_json *m = doc->child; m; m = m->next) {
            if (strcmp(m->key, "on") != 0 && strcmp(m->key, "then") != 0 && strcmp(m->key, "level") != 0 && strcmp(m->key, "once") != 0) continue;
            st = arci_rule_wrong(r, m, ARC_E_EXISTS, "steps", "stands in the steps where there are any", "已有 steps 时须写在其中");
            if (st != ARC_OK) return st;
        }
        if (list->type != ARCI_JSON_ARRAY || !list->n || list->n > ARCI_RULE_STEPS) return arci_rule_wrong(r, list, ARC_E_VALUE, "steps", "is a list of 1 to 100 steps", "须为 1 至 100 个步骤的列表");
        n = list->n;
    }
    rule->steps = arci_arena_calloc(&rule->arena, n, sizeof *rule->steps);
    if (!rule->steps) return arci_nomem(r->env);
    const arci_json *node = list ? list->child : doc;
    for (; rule->n_steps < n && st == ARC_OK; node = node->next) {
        arci_rule_step *step = &rule->steps[rule->n_steps++];
        if (node->type == ARCI_JSON_OBJECT) st = take_step(r, step, step > rule->steps ? step - 1 : NULL, node, !list);
        else st = arci_rule_wrong(r, node, ARC_E_VALUE, "type", "is an object", "须为对象");
    }
    return st;
}

/* ---- the subject ------------------------------------------------------------------------------------------------------------------------ */

/* The customer a row belongs to, where its scope leads to one. */
static arc_status find_customer(arci_rule_reader *r, arci_rule_frame *frame)
{
    const arci_entity *e = frame->subject;
    const char *path = strcmp(e->name, "customer") == 0 ? "id" : e->scope;
    size_t n = path ? strlen(path) : 0;
    if (!n) return ARC_OK;
    arc_status st = arci_facts_path(r->env, frame->facts, &frame->customer, path, n);
    if (st != ARC_OK && st != ARC_E_NOMEM) {
        frame->customer = NULL;
        arci_error_clear(r->env->err);
        return ARC_OK;
    }
    if (st == ARC_OK && (frame->customer->type != ARCI_FACT_REF || !frame->customer->entity || strcmp(frame->customer->entity->name, "customer") != 0)) frame->customer = NULL;
    return st;
}

static arc_status find_episode(arci_rule_reader *r, arci_rule_frame *frame)
{
    arc_status st = arci_facts_path(r->env, frame->facts, &frame->episode, "state.episode", 13);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    frame->episode = NULL; /* most subjects have none */
    arci_error_clear(r->env->err);
    return ARC_OK;
}

static arc_status new_frame(arci_rule_reader *r, const arci_entity *subject, const char currency[4], arci_rule_frame **out)
{
    arci_ruleset *set = r->set;
    if (set->n_frames == set->cap_frames) {
        uint32_t cap = set->cap_frames ? set->cap_frames * 2 : 8;
        void *grown = arci_resize(set->ctx, set->frames, cap * sizeof(arci_rule_frame *));
        if (!grown) return arci_nomem(r->env);
        set->frames = grown;
        set->cap_frames = cap;
    }
    arci_rule_frame *f = arci_calloc(set->ctx, 1, sizeof *f);
    if (!f) return arci_nomem(r->env);
    set->frames[set->n_frames++] = *out = f;
    f->subject = subject;
    memcpy(f->currency, currency, 4);
    arc_status st = arci_facts_new(r->env, &f->facts, subject, set->custom);
    if (st == ARC_OK) st = arci_facts_currency(r->env, f->facts, currency);
    if (st != ARC_OK) return st;
    arci_facts_base(f->facts, r->t->book->base_currency);
    arci_facts_zone(f->facts, r->t->book->utc_offset_minutes);
    st = find_customer(r, f);
    return st == ARC_OK ? find_episode(r, f) : st;
}

static arc_status take_frame(arci_rule_reader *r, const arci_json *doc)
{
    const arci_json *s = arci_json_get(doc, "subject"), *c = arci_json_get(doc, "currency");
    char currency[4] = { 0, 0, 0, 0 };
    if (!s) return arci_rule_wrong(r, doc, ARC_E_REQUIRED, "required", "needs a subject", "须填写 subject");
    const arci_entity *e = s->type == ARCI_JSON_STRING ? arci_entity_by_name(s->s, s->len) : NULL;
    if (!e) return arci_rule_wrong(r, s, ARC_E_NOT_FOUND, "subject", "is no entity", "没有该实体");
    if (!arci_store_table(r->t->book->store, e)) return arci_rule_wrong(r, s, ARC_E_UNSUPPORTED, "subject", "has no table yet", "尚无数据表");
    if ((e->flags & (ARCI_E_SYSTEM | ARCI_E_STATE | ARCI_E_UNTOLD)) || e->key) return arci_rule_wrong(r, s, ARC_E_UNSUPPORTED, "subject", "is nothing rules are about", "不能作为规则的对象");
    if (c) {
        if (c->type == ARCI_JSON_STRING && c->len == 3) memcpy(currency, c->s, 3);
        int32_t exponent;
        if (!currency[0] || arc_currency_exponent(&exponent, currency) != ARC_OK) return arci_rule_wrong(r, c, ARC_E_CURRENCY, "currency", "not a currency of ISO 4217 that has amounts", "不是有金额的 ISO 4217 币种");
    }
    for (uint32_t i = 0; i < r->set->n_frames && !r->r->frame; i++) {
        if (r->set->frames[i]->subject == e && memcmp(r->set->frames[i]->currency, currency, 4) == 0) r->r->frame = r->set->frames[i];
    }
    return r->r->frame ? ARC_OK : new_frame(r, e, currency, &r->r->frame);
}

/* ---- the document -------------------------------------------------------------------------------------------------------------------------- */

static arc_status read_members(arci_rule_reader *r, const arci_json *doc)
{
    static const char *const later[] = { "rule", "subject", "currency", "if", "steps", "on", "then", "level", "once", "unit" };
    arc_status st = ARC_OK;
    for (const arci_json *m = doc->child; m && st == ARC_OK; m = m->next) {
        int known;
        st = take_plain(r, m, &known);
        for (size_t i = 0; i < sizeof later / sizeof later[0] && !known; i++) known = strcmp(m->key, later[i]) == 0;
        if (st == ARC_OK && !known) st = unknown(r, m);
    }
    return st;
}

static arc_status read_document(arci_rule_reader *r, const arci_json *doc)
{
    const arci_json *form = arci_json_get(doc, "rule"), *when = arci_json_get(doc, "if"), *unit = arci_json_get(doc, "unit");
    if (doc->type != ARCI_JSON_OBJECT) return arci_rule_wrong(r, doc, ARC_E_VALUE, "type", "a rule is an object", "规则须为对象");
    arc_status st = ARC_OK;
    if (!arci_rule_text_is(form, "arcore/1")) st = arci_rule_wrong(r, form ? form : doc, form ? ARC_E_VALUE : ARC_E_REQUIRED, "form", "needs \"rule\": \"arcore/1\"", "须有 \"rule\": \"arcore/1\"");
    if (st == ARC_OK) st = read_members(r, doc);
    if (st == ARC_OK) st = take_frame(r, doc);
    if (st != ARC_OK || !r->r->frame) return st; /* without a subject nothing else can be read */
    arci_facts_watch(r->r->frame->facts, &r->r->arena, &r->r->holds, ARCI_TELL_OWN);
    if (when) st = arci_rule_condition(r, when, &r->r->when);
    if (st == ARC_OK) st = arci_rule_lasting(r, r->r->when);
    arci_facts_watch(r->r->frame->facts, NULL, NULL, 0);
    if (st == ARC_OK && unit) st = arci_rule_take_unit(r, unit);
    return st == ARC_OK ? take_steps(r, doc) : st;
}

static void free_rule(arci_ruleset *set, arci_rule *r)
{
    if (!r) return;
    arci_logic_free(r->when);
    for (uint32_t i = 0; i < r->n_steps; i++) {
        arci_rule_on_free(&r->steps[i]);
        arci_logic_free(r->steps[i].when);
        arci_actions_free(r->steps[i].actions);
        arci_actions_free(r->steps[i].once);
    }
    arci_facts_free(r->unit.facts);
    arci_arena_clear(&r->arena);
    arci_free(set->ctx, r);
}

static arc_status keep_rule(arci_rule_reader *r)
{
    arci_ruleset *set = r->set;
    if (set->n == set->cap) {
        uint32_t cap = set->cap ? set->cap * 2 : 16;
        void *grown = arci_resize(set->ctx, set->rules, cap * sizeof(arci_rule *));
        if (!grown) return arci_nomem(r->env);
        set->rules = grown;
        set->cap = cap;
    }
    set->rules[set->n++] = r->r;
    r->r->frame->n_rules++;
    return ARC_OK;
}

arc_status arci_ruleset_add(arci_txn *t, arci_ruleset *set, const char *code, int64_t definition, int64_t revision, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_rule_reader r = { .env = t->env, .t = t, .set = set, .sink = sink };
    arci_json *doc;
    size_t n = strlen(code);
    r.r = arci_calloc(set->ctx, 1, sizeof *r.r);
    if (!r.r) return arci_nomem(t->env);
    memcpy(r.r->code, code, n < ARCI_RULE_CODE ? n : ARCI_RULE_CODE - 1);
    r.r->definition = definition;
    r.r->revision = revision;
    arci_arena_init(&r.r->arena, set->ctx);
    arc_status st = arci_json_parse(t->env, &r.r->arena, json, len, &arci_json_definition_limits, &doc);
    if (st != ARC_OK && st != ARC_E_NOMEM) {
        arci_fail_rule(t->env, "json");
        st = arci_rule_note(&r, st);
    } else if (st == ARC_OK) {
        r.r->document = doc;
        st = read_document(&r, doc);
    }
    if (st == ARC_OK) st = r.first;
    if (st == ARC_OK) st = keep_rule(&r);
    if (st != ARC_OK) free_rule(set, r.r);
    return st;
}

/* ---- sets ------------------------------------------------------------------------------------------------------------------------------------ */

arc_status arci_ruleset_new(arci_txn *t, arci_ruleset **out)
{
    arci_ruleset *set = *out = arci_calloc(t->book->ctx, 1, sizeof *set);
    if (!set) return arci_nomem(t->env);
    set->ctx = t->book->ctx;
    set->users = 1;
    set->day = ARC_DATE_NONE;
    arc_status st = arci_session_custom(t->env, t->session, &set->custom);
    if (st != ARC_OK) {
        arci_free(set->ctx, set);
        *out = NULL;
        return st;
    }
    arci_custom_keep(set->custom);
    return ARC_OK;
}

void arci_ruleset_free(arci_ruleset *set)
{
    if (!set || --set->users) return;
    for (uint32_t i = 0; i < set->n; i++) free_rule(set, set->rules[i]);
    for (uint32_t i = 0; i < set->n_frames; i++) {
        arci_facts_free(set->frames[i]->facts);
        arci_free(set->ctx, set->frames[i]);
    }
    arci_custom_drop(set->custom);
    arci_free(set->ctx, set->rules);
    arci_free(set->ctx, set->frames);
    arci_free(set->ctx, set->broken);
    arci_free(set->ctx, set);
}

static int by_priority(const void *x, const void *y)
{
    const arci_rule *a = *(arci_rule *const *)x, *b = *(arci_rule *const *)y;
    if (a->priority != b->priority) return a->priority > b->priority ? -1 : 1;
    int c = strcmp(a->code, b->code);
    if (c) return c;
    return a->revision < b->revision ? -1 : a->revision > b->revision;
}

void arci_ruleset_sort(arci_ruleset *set)
{
    if (set->n > 1) qsort(set->rules, set->n, sizeof(arci_rule *), by_priority);
}

const arci_rule *arci_ruleset_find(const arci_ruleset *set, const char *code, size_t len)
{
    for (uint32_t i = 0; i < set->n; i++) {
        if (strlen(set->rules[i]->code) == len && memcmp(set->rules[i]->code, code, len) == 0) return set->rules[i];
    }
    return NULL;
}

arc_status arci_rule_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_ruleset *set;
    arc_status st = arci_ruleset_new(t, &set);
    if (st == ARC_OK) st = arci_ruleset_add(t, set, "", 0, 0, json, len, sink);
    arci_ruleset_free(set);
    return st;
}

void arci_rule_slots(const arci_rule *r, uint8_t *used)
{
    if (r->when) arci_logic_slots(r->when, used);
    if (r->frame->episode) used[r->frame->episode->slot] = 1;
    for (uint32_t i = 0; i < r->n_steps; i++) {
        const arci_rule_step *s = &r->steps[i];
        if (s->when) arci_logic_slots(s->when, used);
        if (s->on == ARCI_ON_DATE && s->date.anchor) used[s->date.anchor->slot] = 1;
        if (s->threshold.over) arci_logic_slots(s->threshold.over, used);
        if (s->threshold.rearm) arci_logic_slots(s->threshold.rearm, used);
    }
}
