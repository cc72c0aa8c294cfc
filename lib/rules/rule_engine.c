/* SPDX-License-Identifier: Apache-2.0 */
/* A unit of a rules' proposal on its way into the book: the row is looked at again, then its actions are done and what has fired is written. */
#include "rules/rule_engine.h"

#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_apply.h"
#include "rules/rule_unit.h"

void arci_rule_unit(char out[64], const arci_entity *entity, int64_t id)
{
    size_t n = strlen(entity->name);
    memcpy(out, entity->name, n);
    out[n] = ':';
    (void)arci_int_text(out + n + 1, id);
}

typedef arci_stored action;
typedef arci_found found;
typedef arci_looking looking;

arc_status arci_stored_damaged(arci_env *env) { return arci_fail(env, ARC_E_CORRUPT, "a line of the proposal is damaged", "建议行已损坏"); }

static arc_status take_text(arci_env *env, const arci_json *a, const char *key, const char **out)
{
    const arci_json *m = arci_json_get(a, key);
    if (!m || m->type != ARCI_JSON_STRING) return arci_stored_damaged(env);
    *out = m->s;
    return ARC_OK;
}

static arc_status take_int(arci_env *env, const arci_json *a, const char *key, int64_t *out)
{
    const arci_json *m = arci_json_get(a, key);
    return m ? arci_json_int(env, m, out) : arci_stored_damaged(env);
}

arc_status arci_stored_take(arci_env *env, const arci_json *a, arci_stored *out)
{
    const char *date = NULL;
    memset(out, 0, sizeof *out);
    arc_status st = take_text(env, a, "rule", &out->rule);
    if (st == ARC_OK) st = take_text(env, a, "mark", &out->mark);
    if (st == ARC_OK) st = take_text(env, a, "type", &out->type);
    if (st == ARC_OK) st = take_text(env, a, "effective_date", &date);
    if (st == ARC_OK) st = take_int(env, a, "level", &out->level);
    if (st == ARC_OK) st = take_int(env, a, "revision", &out->revision);
    if (st == ARC_OK) st = take_int(env, a, "seq", &out->seq);
    out->params = arci_json_get(a, "params");
    out->passes = arci_json_get(a, "passes");
    out->unit = arci_json_get(a, "unit");
    out->rows = arci_json_get(a, "once") ? arci_json_get(a, "rows") : NULL;
    if (st == ARC_OK && out->unit && !out->rows) st = take_int(env, a, "row", &out->row);
    if (st == ARC_OK && out->rows) st = take_text(env, a, "digest", &out->digest);
    if (st == ARC_OK && (!out->params || arc_date_parse(&out->effective, date, SIZE_MAX) != ARC_OK)) st = arci_stored_damaged(env);
    return st;
}

static arc_status take_unit(arci_env *env, const char *unit, found *f)
{
    const char *colon = strchr(unit, ':');
    f->entity = colon ? arci_entity_by_name(unit, (size_t)(colon - unit)) : NULL;
    if (!f->entity || arci_int_parse(colon + 1, strlen(colon + 1), &f->id) != ARC_OK) return arci_stored_damaged(env);
    return ARC_OK;
}

/* The revisions that decided. */
arc_status arci_stored_set(arci_txn *t, arci_arena *arena, const arci_proposal *p, arci_ruleset **set)
{
    arci_json *list;
    uint32_t n = 0;
    *set = NULL;
    arc_status st = arci_json_parse(t->env, arena, p->definitions, strlen(p->definitions), &arci_json_default_limits, &list);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(arena, (list->n + 1u) * sizeof *ids) : NULL;
    if (st == ARC_OK && !ids) return arci_nomem(t->env);
    for (const arci_json *m = st == ARC_OK ? list->child : NULL; m && st == ARC_OK; m = m->next) st = take_int(t->env, m, "id", &ids[n++]);
    if (st == ARC_OK && !n) st = arci_stored_damaged(t->env);
    return st == ARC_OK ? arci_ruleset_of(t, set, ids, n) : st;
}

/* ---- looking again --------------------------------------------------------------------------------------------------------------------- */

static const arci_step_result *step_of(const arci_rule_result *r, const action *a)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->steps[i].step->level == a->level && strcmp(r->steps[i].mark, a->mark) == 0) return &r->steps[i];
    }
    return NULL;
}

static arc_status not_due(const looking *k, const action *a, const arci_step_result *s)
{
    static const char *const why[][2] = {
        { "nothing sets it off any more", "已没有触发依据" },
        { "its day has moved", "触发日期已变动" },
        { "it has fired meanwhile", "同时已被触发" },
        { "a higher level has fired meanwhile", "更高一级同时已被触发" },
        { "a condition does not hold any more", "条件已不再成立" },
        { "a condition cannot be answered any more", "条件已无法判断" },
        { "the rule cools down", "规则处于冷却期" },
        { "another step goes first", "须先触发另一步" },
        { "it is passed over now", "现已被跳过" },
        { "it was rejected meanwhile", "同时已被驳回" },
    };
    uint8_t outcome = s && s->outcome < ARCI_STEP_DUE ? s->outcome : ARCI_STEP_NONE;
    arci_fail(k->t->env, ARC_E_STALE, "rule %s, level %lld: %s%.0s", "规则 %s 第 %lld 级：%.0s%s", a->rule, (long long)a->level, why[outcome][0], why[outcome][1]);
    arci_fail_at(k->t->env, k->f->entity->name, NULL, k->f->id, -1);
    return ARC_E_STALE;
}

/* Whether it was asked for what had been rejected, too. */
int arci_stored_rejected(const arci_proposal *p) { return strstr(p->params, "\"rejected\":1") != NULL; }

/* What was approved is done whatever its templates and users are now; whoever wants it no more retires the rule. */
static arc_status retired(const looking *k, const action *a)
{
    arci_fail(k->t->env, ARC_E_STALE, "rule %s: the revision that decided was retired", "规则 %s：作出判断的修订已停用", a->rule);
    arci_fail_at(k->t->env, k->f->entity->name, NULL, k->f->id, -1);
    return ARC_E_STALE;
}

static int of_one(const action *a, const action *b)
{
    return a->row == b->row && !b->rows && a->level == b->level && strcmp(a->rule, b->rule) == 0 && strcmp(a->mark, b->mark) == 0;
}

/* A line's action; *erased: nobody can tell any more what it was. */
static arc_status read_line(arci_env *env, arci_arena *arena, const arci_pline *l, action *out, int *erased)
{
    arci_json *node;
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { env->ctx, &none };
    arc_status st = arci_json_parse(&quiet, arena, l->action, strlen(l->action), &arci_json_default_limits, &node);
    if (st == ARC_OK) st = arci_stored_take(&quiet, node, out);
    *erased = st != ARC_OK;
    return st == ARC_E_NOMEM ? arci_nomem(env) : ARC_OK;
}

/* Another line of the same firing was applied earlier. */
static arc_status fired_by_own(const looking *k, const action *a, int *own)
{
    const arci_proposal *p = k->u->p;
    arc_status st = ARC_OK;
    *own = 0;
    for (uint32_t i = 0; i < p->n && st == ARC_OK && !*own; i++) {
        action other;
        int erased;
        if (p->lines[i].status != ARCI_P_APPLIED || strcmp(p->lines[i].unit, k->u->name) != 0) continue;
        st = read_line(k->t->env, k->u->arena, &p->lines[i], &other, &erased);
        *own = st == ARC_OK && !erased && of_one(a, &other);
    }
    return st;
}

static arc_status keep_record(looking *k, const arci_rule *rule, const arci_step_result *s, uint8_t passed, uint32_t *at)
{
    found *f = k->f;
    for (*at = 0; *at < f->n_records; ++*at) {
        const arci_rule_record *r = &f->records[*at];
        if (r->level == s->step->level && strcmp(r->policy, rule->code) == 0 && strcmp(r->mark, s->mark) == 0) return ARC_OK;
    }
    arci_rule_record *r = &f->records[f->n_records++];
    memset(r, 0, sizeof *r);
    r->policy = arci_arena_strndup(k->u->arena, rule->code, strlen(rule->code));
    r->mark = arci_arena_strndup(k->u->arena, s->mark, strlen(s->mark));
    r->definition = rule->definition;
    r->level = s->step->level;
    r->effective = s->day;
    r->passed = passed;
    r->crossed = s->step->on == ARCI_ON_THRESHOLD;
    r->again = (uint8_t)arci_stored_rejected(k->u->p);
    r->count = s->count;
    r->chain = s->chain;
    return r->policy && r->mark ? ARC_OK : arci_nomem(k->t->env);
}

static arc_status look_line(looking *k, const arci_subject_result *r, uint32_t i)
{
    const action *a = &k->f->actions[i];
    for (uint32_t n = 0; n < r->n; n++) {
        if (strcmp(r->rules[n].rule->code, a->rule) != 0) continue;
        const arci_step_result *s = step_of(&r->rules[n], a);
        k->f->record[i] = UINT32_MAX;
        if (r->rules[n].rule->retired) return retired(k, a);
        if (s && s->outcome == ARCI_STEP_BEFORE && k->u->before) {
            int own;
            arc_status read = fired_by_own(k, a, &own);
            if (read != ARC_OK || own) return read;
        }
        if (!s || s->outcome != ARCI_STEP_DUE || (s->day != a->effective && s->step->on != ARCI_ON_THRESHOLD)) return not_due(k, a, s && s->outcome == ARCI_STEP_DUE ? NULL : s);
        arc_status st = keep_record(k, r->rules[n].rule, s, 0, &k->f->record[i]);
        if (st == ARC_OK) k->f->records[k->f->record[i]].effective = a->effective; /* of a threshold the day follows what is open now */
        return st;
    }
    return not_due(k, a, NULL);
}

/* Steps passed over by what fires: of the same rule, and of other rules of its group. */
static arc_status look_passed(looking *k, const arci_subject_result *r)
{
    arc_status st = ARC_OK;
    for (uint32_t n = 0; n < r->n && st == ARC_OK; n++) {
        const arci_rule *rule = r->rules[n].rule;
        int fires = 0;
        for (uint32_t i = 0; i < k->f->n_fired && !fires; i++) {
            for (uint32_t m = 0; m < r->n && !fires; m++) {
                const arci_rule *other = r->rules[m].rule;
                if (strcmp(other->code, k->f->records[i].policy) != 0) continue;
                fires = other == rule || arci_rule_grouped(other, rule);
            }
        }
        for (uint32_t i = 0; i < r->rules[n].n && st == ARC_OK; i++) {
            uint32_t at;
            const arci_step_result *s = &r->rules[n].steps[i];
            if (s->outcome == ARCI_STEP_PASSED && (fires || s->grouped == ARCI_GROUP_FIRED)) st = keep_record(k, rule, s, 1, &at);
        }
    }
    return st;
}

arc_status arci_found_look(void *user, const arci_subject_result *r)
{
    looking *k = user;
    uint32_t steps = k->u->n;
    arc_status st = ARC_OK;
    k->seen = 1;
    k->f->customer = r->customer;
    for (uint32_t i = 0; i < r->n; i++) steps += r->rules[i].n;
    k->f->records = arci_arena_alloc(k->u->arena, (steps + 1u) * sizeof *k->f->records);
    if (!k->f->records) return arci_nomem(k->t->env);
    for (uint32_t i = 0; i < k->u->n && st == ARC_OK; i++) st = look_line(k, r, i);
    k->f->n_fired = k->f->n_records;
    return st == ARC_OK ? look_passed(k, r) : st;
}

static arc_status take_event(arci_txn *t, const found *f, const arci_ruleset *set, arci_history *events, const char *code, const char *mark, int64_t level, arc_date day)
{
    const arci_rule *rule = arci_ruleset_find(set, code, strlen(code));
    arc_status st = ARC_OK;
    for (uint32_t s = 0; rule && s < rule->n_steps && st == ARC_OK; s++) {
        arci_rule_event e = { .policy = code, .row = f->id, .level = level, .day = day };
        if (rule->steps[s].level != level || rule->steps[s].on != ARCI_ON_CHANGE || strlen(mark) >= sizeof e.mark) continue;
        memcpy(e.mark, mark, strlen(mark) + 1);
        st = arci_history_event(t->env, events, &e);
    }
    return st;
}

/* A step that is passed over, as a line has it. */
static arc_status take_pass(arci_env *env, const arci_json *m, const char **code, const char **mark, const char **date, int64_t *level, arc_date *day)
{
    arc_status st = take_text(env, m, "rule", code);
    if (st == ARC_OK) st = take_text(env, m, "mark", mark);
    if (st == ARC_OK) st = take_text(env, m, "effective_date", date);
    if (st == ARC_OK) st = take_int(env, m, "level", level);
    return st == ARC_OK && arc_date_parse(day, *date, SIZE_MAX) != ARC_OK ? arci_stored_damaged(env) : st;
}

static arc_status take_passed(arci_txn *t, const found *f, const arci_ruleset *set, arci_history *events, const arci_json *passes)
{
    arc_status st = ARC_OK;
    for (const arci_json *m = passes ? passes->child : NULL; m && st == ARC_OK; m = m->next) {
        const char *code = NULL, *mark = NULL, *date = NULL;
        int64_t level = 0;
        arc_date day = 0;
        st = take_pass(t->env, m, &code, &mark, &date, &level, &day);
        if (st == ARC_OK) st = take_event(t, f, set, events, code, mark, level, day);
    }
    return st;
}

arc_status arci_stored_events(arci_txn *t, const arci_unit *u, const arci_found *f, const arci_ruleset *set, arci_history *events)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        const action *a = &f->actions[i];
        st = take_event(t, f, set, events, a->rule, a->mark, a->level, a->effective);
        if (st == ARC_OK) st = take_passed(t, f, set, events, a->passes);
    }
    return st;
}

/* What lines say happened: it did, or the line would not be there. */
static arc_status take_events(arci_txn *t, const arci_unit *u, const found *f, const arci_ruleset *set, arci_history *events)
{
    arc_status st = arci_stored_events(t, u, f, set, events);
    if (st == ARC_OK) st = arci_rule_chains(t, events);
    arci_history_index(events);
    return st;
}

arc_status arci_found_new(arci_txn *t, arci_unit *u, arci_found **out)
{
    arc_status st = ARC_OK;
    found *f = *out = arci_arena_calloc(u->arena, 1, sizeof *f);
    if (!f) return arci_nomem(t->env);
    f->actions = arci_arena_calloc(u->arena, u->n + 1u, sizeof *f->actions);
    f->record = arci_arena_calloc(u->arena, u->n + 1u, sizeof *f->record);
    if (!f->actions || !f->record) return arci_nomem(t->env);
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) st = arci_stored_take(t->env, u->actions[i], &f->actions[i]);
    return st;
}

/* A line nobody can read any more - personal data in it was erased - was part of what was approved: the rest is no substitute for it. */
static arc_status check_erased(arci_txn *t, const arci_unit *u)
{
    for (uint32_t i = 0; i < u->p->n; i++) {
        const arci_pline *l = &u->p->lines[i];
        if (strcmp(l->unit, u->name) == 0 && l->status != ARCI_P_APPLIED && l->status != ARCI_P_REJECTED && strcmp(l->action, "{\"erased\":true}") == 0)
            return arci_fail(t->env, ARC_E_STALE, "personal data in what was approved was erased", "已批准内容中的个人数据已被删除");
    }
    return ARC_OK;
}

static arci_stored *own_actions(void *user, int64_t row, uint32_t *n)
{
    const looking *k = user;
    (void)row;
    *n = k->u->n;
    return k->f->actions;
}

static arc_status check(arci_txn *t, arci_unit *u)
{
    found *f;
    arci_calendars calendars;
    arci_history events;
    arci_ruleset *set = NULL;
    arc_status st = check_erased(t, u);
    if (st == ARC_OK) st = arci_found_new(t, u, &f);
    if (st != ARC_OK) return st;
    looking k = { t, u, f, 0 };
    u->found = f;
    if (st == ARC_OK && u->n && f->actions[0].unit) return arci_unit_check(t, u);
    if (st == ARC_OK) st = take_unit(t->env, u->name, f);
    if (st == ARC_OK) st = arci_repo_lock(t, f->entity->name, &f->id, 1);
    if (st == ARC_OK) st = arci_stored_set(t, u->arena, u->p, &set);
    arci_calendars_init(&calendars, t, u->arena);
    arci_history_init(&events, u->arena);
    if (st == ARC_OK) st = take_events(t, u, f, set, &events);
    const arci_rule_run run = { .t = t, .set = set, .as_of = u->p->as_of, .calendars = &calendars, .events = &events, .rejected = arci_stored_rejected(u->p) };
    if (st == ARC_OK) st = arci_rules_evaluate(&run, f->entity, &f->id, 1, arci_found_look, &k);
    if (st == ARC_OK && !k.seen) st = arci_fail(t->env, ARC_E_STALE, "the row is not there any more", "该行已不存在");
    if (st == ARC_OK) st = arci_found_anew(t, u->arena, u->p, f->entity, &f->id, 1, &calendars, &events, own_actions, &k);
    arci_calendars_clear(&calendars);
    arci_ruleset_free(set);
    return st;
}

/* ---- doing it -------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_rule_act(arci_action_do *d, const char *type, const arci_json *params, const char **result)
{
    arci_str b;
    arci_str_init(&b, d->env->ctx);
    arc_status st = strcmp(type, "none") == 0 ? ARC_OK : arci_action_apply(d, type, params, &b);
    *result = st == ARC_OK && !b.failed ? arci_arena_strndup(d->arena, b.len ? b.s : "{}", b.len ? b.len : 2) : NULL;
    arci_str_clear(&b);
    return st != ARC_OK || *result ? st : arci_nomem(d->env);
}

/* [{"type", "result"}] of the lines of one firing. */
arc_status arci_found_results(arci_unit *u, const arci_found *f, uint32_t record, const char **out)
{
    arci_str b;
    arci_str_init(&b, u->p->session->env.ctx);
    arci_str_putc(&b, '[');
    for (uint32_t i = 0; i < u->n; i++) {
        if (f->record[i] != record) continue;
        arci_str_puts(&b, b.len > 1 ? ",{" : "{");
        arci_json_put_str(&b, "type", f->actions[i].type);
        arci_json_put_key(&b, "result");
        arci_str_puts(&b, u->results[i]);
        arci_str_putc(&b, '}');
    }
    arci_str_putc(&b, ']');
    *out = b.failed ? NULL : arci_arena_strndup(u->arena, b.s, b.len);
    arci_str_clear(&b);
    return *out ? ARC_OK : arci_nomem(&u->p->session->env);
}

arc_date arci_rule_fired_on(const arci_session *s, arc_date as_of)
{
    return s->business_date != ARC_DATE_NONE && s->business_date > as_of ? s->business_date : as_of;
}

static arc_status apply(arc_session *session, arci_unit *u)
{
    found *f = u->found;
    if (f->actions[0].unit) return arci_unit_apply(session, u);
    arci_session *s = u->p->session;
    arci_txn *t = s->book->txn;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        const action *a = &f->actions[i];
        arci_action_do d = { .env = &s->env, .session = session, .t = t, .arena = u->arena, .rule = a->rule, .mark = a->mark, .revision = a->revision, .level = a->level,
                             .subject = f->entity, .row = f->id, .customer = f->customer, .as_of = u->p->as_of, .effective = a->effective, .seq = (uint32_t)a->seq };
        st = arci_rule_act(&d, a->type, a->params, &u->results[i]);
        t->env = &s->env;
        if (st == ARC_OK && a->anew && !(u->results[i] = arci_anew_result(&s->env, u->arena, u->results[i]))) st = arci_nomem(&s->env);
    }
    for (uint32_t k = 0; k < f->n_fired && st == ARC_OK; k++) {
        st = arci_found_results(u, f, k, &f->records[k].result);
        for (uint32_t i = 0; i < u->n && !f->records[k].explanation; i++) {
            if (f->record[i] == k) f->records[k].explanation = u->p->lines[u->lines[i]].explanation;
        }
    }
    return st == ARC_OK ? arci_rule_write(t, u->arena, f->entity, f->id, f->customer, arci_rule_fired_on(s, u->p->as_of), f->records, f->n_records) : st;
}

static arc_status rerun(arci_txn *t, arci_proposal *fresh, const arci_proposal *p, const char *unit)
{
    (void)fresh;
    (void)p;
    (void)unit;
    return arci_fail(t->env, ARC_E_INTERNAL, "proposals of rules have no context", "规则建议没有上下文");
}

/* ---- what nobody wants ------------------------------------------------------------------------------------------------------------------- */

/* Lines of one firing: is none of them left? */
static arc_status all_rejected(arci_env *env, arci_arena *arena, const arci_proposal *p, uint32_t line, const action *a, int *all)
{
    arc_status st = ARC_OK;
    *all = 1;
    for (uint32_t i = 0; i < p->n && st == ARC_OK && *all; i++) {
        action other;
        int erased;
        if (i == line || strcmp(p->lines[i].unit, p->lines[line].unit) != 0 || p->lines[i].status == ARCI_P_REJECTED) continue;
        st = read_line(env, arena, &p->lines[i], &other, &erased);
        *all = st != ARC_OK || erased || !of_one(a, &other);
    }
    return st;
}

/* [{"type":"rejected","result":{"by","reason"}}] */
static const char *put_rejected(arci_txn *t, arci_arena *arena, const char *reason)
{
    arci_str b;
    arci_str_init(&b, t->env->ctx);
    arci_str_puts(&b, "[{\"type\":\"rejected\",\"result\":{");
    arci_json_put_str(&b, "by", t->session->actor ? t->session->actor : ARC_ACTOR_SYSTEM);
    if (reason) arci_json_put_str(&b, "reason", reason);
    arci_str_puts(&b, "}}]");
    const char *text = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    arci_str_clear(&b);
    return text;
}

static int is_known(const arci_history *h, int64_t row, const char *policy, int64_t level, const char *mark)
{
    const arci_firing *fired;
    uint32_t n = arci_history_firings(h, row, &fired);
    for (uint32_t i = 0; i < n; i++) {
        if (fired[i].level == level && strcmp(fired[i].policy, policy) == 0 && strcmp(fired[i].mark, mark) == 0) return 1;
    }
    return 0;
}

/* Lower steps that it passed over stay so: who does not want the second reminder is not sent the first one. */
static arc_status add_passed(arci_txn *t, const arci_history *h, const arci_rule *rule, const found *f, const action *a, arci_rule_record *r, uint32_t *n)
{
    arc_status st = ARC_OK;
    for (const arci_json *m = a->passes ? a->passes->child : NULL; m && st == ARC_OK; m = m->next) {
        const char *code = NULL, *mark = NULL, *date = NULL;
        int64_t level = 0;
        arc_date day = 0;
        st = take_pass(t->env, m, &code, &mark, &date, &level, &day);
        if (st != ARC_OK || strcmp(code, a->rule) != 0 || is_known(h, f->id, code, level, mark)) continue;
        r[(*n)++] = (arci_rule_record){ .policy = code, .mark = mark, .level = level, .effective = day, .passed = 1, .definition = rule->definition };
    }
    return st;
}

static arc_status reject_line(arci_txn *t, arci_arena *arena, const arci_ruleset *set, const arci_proposal *p, uint32_t line)
{
    arci_json *node;
    action a;
    found f;
    arci_history h;
    const arci_pline *l = &p->lines[line];
    memset(&f, 0, sizeof f);
    arc_status st = arci_json_parse(t->env, arena, l->action, strlen(l->action), &arci_json_default_limits, &node);
    if (st == ARC_OK && arci_json_get(node, "erased")) return ARC_OK;
    if (st == ARC_OK) st = arci_stored_take(t->env, node, &a);
    const arci_rule *rule = st == ARC_OK ? arci_ruleset_find(set, a.rule, strlen(a.rule)) : NULL;
    if (st == ARC_OK && a.rows) return ARC_OK; /* a letter: the rows are what fires */
    if (st == ARC_OK && a.unit && !rule) return ARC_OK;
    if (st == ARC_OK && a.unit) f.entity = rule->frame->subject, f.id = a.row;
    else if (st == ARC_OK) st = take_unit(t->env, l->unit, &f);
    int all = 0;
    if (st == ARC_OK) st = all_rejected(t->env, arena, p, line, &a, &all);
    if (st != ARC_OK || !all) return st;
    arci_history_init(&h, arena);
    st = arci_history_read(t, &h, f.entity, &f.id, 1, 1);
    arci_history_index(&h);
    if (st != ARC_OK || !rule || is_known(&h, f.id, a.rule, a.level, a.mark)) return st; /* it has fired, or was rejected before */
    const arci_rule_state *state = arci_history_find_state(&h, a.rule, f.id, a.level);
    arci_rule_record *r = arci_arena_calloc(arena, 1u + (a.passes ? a.passes->n : 0), sizeof *r);
    if (!r) return arci_nomem(t->env);
    r[0] = (arci_rule_record){ .policy = a.rule, .mark = a.mark, .level = a.level, .effective = a.effective, .rejected = 1, .count = state ? state->count : 0, .definition = rule->definition };
    for (uint32_t i = 0; i < rule->n_steps; i++) r[0].crossed |= rule->steps[i].level == a.level && rule->steps[i].on == ARCI_ON_THRESHOLD;
    r[0].result = put_rejected(t, arena, l->reason);
    if (!r[0].result) return arci_nomem(t->env);
    uint32_t n = 1;
    st = add_passed(t, &h, rule, &f, &a, r, &n);
    return st == ARC_OK ? arci_rule_write(t, arena, f.entity, f.id, l->customer, arci_rule_fired_on(t->session, p->as_of), r, n) : st;
}

/* A step nobody wants for this mark: kept, so that it is not proposed day after day. */
static arc_status rejected(arci_txn *t, const arci_proposal *p, const uint32_t *lines, uint32_t n)
{
    arci_arena arena;
    arci_ruleset *set = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_stored_set(t, &arena, p, &set);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = reject_line(t, &arena, set, p, lines[i]);
    arci_ruleset_free(set);
    arci_arena_clear(&arena);
    return st;
}

const arci_engine arci_rule_engine = { ARCI_RULE_ENGINE, NULL, 0, 1, rerun, check, apply, rejected, arci_unit_waits };
