/* SPDX-License-Identifier: Apache-2.0 */
/* What was approved for a row, as the same revision would propose it now: a payment or a credit note in between changes a letter, a fee, interest. What is the same now is done as it was approved, word for
 * word; what is not is done as it is now, and its result says so. Templates and users that have changed are no reason. */
#include <string.h>

#include "base/json_text.h"
#include "rules/action.h"
#include "rules/rule_apply.h"

typedef struct looking_anew {
    const arci_rule_run *run;
    arci_env *env;
    arci_arena *arena;
    arci_anew_fn find;
    void *user;
} looking_anew;

static const char *text_at(const arci_json *o, const char *key)
{
    const arci_json *m = arci_json_get(o, key);
    return m && m->type == ARCI_JSON_STRING ? m->s : NULL;
}

/* A whole number as it is written; "": none. */
static const char *text_of_number(const arci_json *o, const char *key)
{
    const arci_json *m = arci_json_get(o, key);
    return m && m->type == ARCI_JSON_NUMBER && m->s ? m->s : "";
}

/* Whom a message goes to is looked at when it is sent, and what a template has become is not asked. */
static int is_left_out(const char *key)
{
    static const char *const keys[] = { "to", "cc", "contact", "tried", "definition" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], key) == 0) return 1;
    }
    return 0;
}

static void put_all_but(arci_str *b, const arci_json *o)
{
    for (const arci_json *m = o->child; m; m = m->next) {
        if (is_left_out(m->key)) continue;
        arci_json_put_key(b, m->key);
        arci_json_put_node(b, m);
    }
}

static arc_status is_same(arci_env *env, const arci_json *a, const arci_json *b, int *same)
{
    arci_str x, y;
    arci_str_init(&x, env->ctx);
    arci_str_init(&y, env->ctx);
    put_all_but(&x, a);
    put_all_but(&y, b);
    *same = x.len == y.len && (!x.len || memcmp(x.s, y.s, x.len) == 0);
    int failed = x.failed || y.failed;
    arci_str_clear(&x);
    arci_str_clear(&y);
    return failed ? arci_nomem(env) : ARC_OK;
}

/* Another revision of the template, or none. */
static int is_other_template(const arci_json *then, const arci_json *now)
{
    const arci_json *a = arci_json_get(then, "definition"), *b = arci_json_get(now, "definition");
    return (a != NULL) != (b != NULL) || (a && (a->type != b->type || strcmp(a->s ? a->s : "", b->s ? b->s : "") != 0));
}

/* A message that was approved, and that nobody would get now. */
static arc_status reaches(arci_env *env, const arci_json *approved, const arci_json *now)
{
    const arci_json *why = arci_json_get(now, "why");
    if (!text_at(now, "suppressed") || text_at(approved, "suppressed")) return ARC_OK;
    return arci_fail(env, ARC_E_STALE, "%s%.0s", "%.0s%s", why && text_at(why, "en") ? text_at(why, "en") : "nobody is reached any more", why && text_at(why, "zh") ? text_at(why, "zh") : "已无法送达");
}

/* What a message says now, to those it was approved for: whoever is new there was approved by nobody. */
arc_status arci_anew_people(arci_env *env, arci_arena *arena, const arci_json *approved, const arci_json **params)
{
    static const char *const people[] = { "to", "cc", "contact" };
    const arci_json *const now = *params, *then = arci_json_get(approved, "channel"), *channel = arci_json_get(now, "channel");
    const char *customer[2] = { text_of_number(approved, "customer"), text_of_number(now, "customer") };
    arci_str b;
    arci_json *both;
    arc_status st = reaches(env, approved, now);
    if (st != ARC_OK || !arci_json_get(approved, "to") || !arci_json_get(now, "to")) return st;
    if (!then || !channel || !text_at(now, "channel") || !text_at(approved, "channel") || strcmp(channel->s, then->s) != 0) return arci_fail(env, ARC_E_STALE, "it would go out by another channel now", "现须改用其他渠道发送");
    if (strcmp(customer[0], customer[1]) != 0) return arci_fail(env, ARC_E_STALE, "it belongs to another customer by now", "现已属于其他客户");
    arci_str_init(&b, env->ctx);
    arci_str_putc(&b, '{');
    put_all_but(&b, now);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        const arci_json *m = arci_json_get(approved, people[i]);
        if (!m) continue;
        arci_json_put_key(&b, people[i]);
        arci_json_put_node(&b, m);
    }
    arci_str_putc(&b, '}');
    st = b.failed ? arci_nomem(env) : arci_json_parse(env, arena, b.s, b.len, &arci_json_default_limits, &both);
    arci_str_clear(&b);
    if (st == ARC_OK) *params = both;
    return st;
}

static arc_status compare(const looking_anew *l, arci_stored *a, const arci_rule_line *line)
{
    arci_json *now;
    int same = 0;
    arc_status st = arci_json_parse(l->env, l->arena, line->params, strlen(line->params), &arci_json_default_limits, &now);
    if (st == ARC_OK) st = is_same(l->env, a->params, now, &same);
    if (st != ARC_OK || same) return st;
    if (strcmp(a->type, "message") == 0 && (st = reaches(l->env, a->params, now)) != ARC_OK) return st;
    if (is_other_template(a->params, now)) return ARC_OK;
    const arci_json *params = now;
    if (strcmp(a->type, "message") == 0) st = arci_anew_people(l->env, l->arena, a->params, &params);
    a->params = params;
    a->anew = 1;
    return st;
}

static void ignore(void *user, const arci_rule_fault *f)
{
    (void)user;
    (void)f; /* what cannot be worked out any more is done as it was approved */
}

static arc_status look(void *user, const arci_subject_result *r)
{
    looking_anew *l = user;
    arci_rule_line *lines;
    uint32_t n, n_actions = 0;
    arci_stored *actions = l->find(l->user, r->id, &n_actions);
    arc_status st = actions ? arci_rule_plan(l->run, r, l->arena, &lines, &n, ignore, NULL) : ARC_DONE;
    for (uint32_t i = 0; i < n_actions && st == ARC_OK; i++) {
        arci_stored *a = &actions[i];
        for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
            if (lines[k].seq != (uint32_t)a->seq || lines[k].step->step->level != a->level || strcmp(lines[k].type, a->type) != 0 || strcmp(lines[k].step->mark, a->mark) != 0 ||
                strcmp(lines[k].rule->code, a->rule) != 0)
                continue;
            st = compare(l, a, &lines[k]);
            break;
        }
    }
    return st == ARC_DONE ? ARC_OK : st;
}

/* Rules in force whose revision is the one that decided. */
static arc_status want_same(arci_txn *t, arci_arena *arena, const arci_proposal *p, const arci_ruleset *set, uint8_t *wanted, int *any)
{
    arci_json *list;
    arc_status st = arci_json_parse(t->env, arena, p->definitions, strlen(p->definitions), &arci_json_default_limits, &list);
    for (const arci_json *d = st == ARC_OK ? list->child : NULL; d && st == ARC_OK; d = d->next) {
        const arci_json *id = arci_json_get(d, "id");
        int64_t definition = 0;
        if (id) st = arci_json_int(t->env, id, &definition);
        for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
            if (set->rules[i]->definition != definition) continue;
            wanted[i] = 1;
            *any = 1;
        }
    }
    return st;
}

arc_status arci_found_anew(arci_txn *t, arci_arena *arena, const arci_proposal *p, const arci_entity *entity, const int64_t *ids, uint32_t n, arci_calendars *calendars, arci_history *events, arci_anew_fn find,
                           void *user)
{
    arci_ruleset *set = NULL;
    int any = 0;
    arc_status st = arci_ruleset_in_force(t, &set, p->as_of);
    uint8_t *wanted = st == ARC_OK ? arci_arena_calloc(arena, set->n + 1u, 1) : NULL;
    if (st == ARC_OK && !wanted) st = arci_nomem(t->env);
    if (st == ARC_OK) st = want_same(t, arena, p, set, wanted, &any);
    const arci_rule_run run = { .t = t, .set = set, .wanted = wanted, .as_of = p->as_of, .calendars = calendars, .events = events, .rejected = arci_stored_rejected(p) };
    looking_anew l = { &run, t->env, arena, find, user };
    if (st == ARC_OK && any) st = arci_rules_evaluate(&run, entity, ids, n, look, &l);
    arci_ruleset_free(set);
    return st;
}

const char *arci_anew_result(arci_env *env, arci_arena *arena, const char *result)
{
    arci_str b;
    size_t n = strlen(result);
    arci_str_init(&b, env->ctx);
    arci_str_add(&b, result, n - 1);
    arci_str_puts(&b, n > 2 ? ",\"anew\":true}" : "\"anew\":true}");
    const char *text = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    arci_str_clear(&b);
    return text;
}
