/* SPDX-License-Identifier: Apache-2.0 */
/* Simulations as they go out, one alone or two side by side. */
#include <string.h>

#include "base/json_text.h"
#include "rules/rule_sim.h"

#define TOLD 1000u

static uint32_t most_of(const arc_rule_options *o) { return o->max ? o->max : TOLD; }

/* ---- one -------------------------------------------------------------------------------------------------------------------------------- */

static void put_rules(arci_str *b, const arci_ruleset *set)
{
    arci_json_put_key(b, "rules");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < set->n; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_str(b, "rule", set->rules[i]->code);
        if (set->rules[i]->revision) arci_json_put_int(b, "revision", set->rules[i]->revision);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

/* By rule and level: how many. */
static void put_by_rule(arci_str *b, const arci_sim *sim)
{
    const arci_ruleset *set = sim->walk.set;
    int first = 1;
    arci_json_put_key(b, "by_rule");
    arci_str_putc(b, '[');
    for (uint32_t r = 0; r < set->n; r++) {
        for (uint32_t s = 0; s < set->rules[r]->n_steps; s++) {
            int64_t n[2] = { 0, 0 };
            for (uint32_t i = 0; i < sim->n; i++) {
                const arci_sim_firing *f = &sim->firings[i];
                if (f->level == set->rules[r]->steps[s].level && strcmp(f->code, set->rules[r]->code) == 0) n[f->passed]++;
            }
            if (!n[0] && !n[1]) continue;
            arci_str_puts(b, first ? "{" : ",{");
            arci_json_put_str(b, "rule", set->rules[r]->code);
            arci_json_put_int(b, "level", set->rules[r]->steps[s].level);
            arci_json_put_int(b, "fired", n[0]);
            arci_json_put_int(b, "passed", n[1]);
            arci_str_putc(b, '}');
            first = 0;
        }
    }
    arci_str_putc(b, ']');
}

static void put_sim(arci_str *b, const arci_sim *sim)
{
    int64_t passed = 0;
    uint32_t most = most_of(&sim->walk.o);
    for (uint32_t i = 0; i < sim->n; i++) passed += sim->firings[i].passed;
    arci_str_putc(b, '{');
    arci_sim_put_days(b, &sim->walk.o);
    put_rules(b, sim->walk.set);
    arci_json_put_int(b, "rows", sim->rows);
    arci_json_put_int(b, "fired", sim->n - passed);
    arci_json_put_int(b, "passed", passed);
    arci_json_put_int(b, "errors", sim->errors);
    put_by_rule(b, sim);
    arci_json_put_key(b, "firings");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < sim->n && i < most; i++) {
        if (i) arci_str_putc(b, ',');
        arci_sim_put(b, &sim->firings[i]);
    }
    arci_str_putc(b, ']');
    if (sim->n > most) arci_json_put_int(b, "more", sim->n - most);
    arci_str_putc(b, '}');
}

static arc_status simulate(arci_session *s, arci_txn *t, arci_str *b, const char *rules, size_t n, const arc_rule_options *o)
{
    arci_sim sim;
    /* options.max bounds what is told */
    uint32_t max = o->max;
    arc_status st = arci_sim_run(s, t, &sim, rules, n, o);
    sim.walk.o.max = max;
    if (st == ARC_OK) put_sim(b, &sim);
    arci_sim_end(&sim);
    return st == ARC_OK && b->failed ? arci_nomem(t->env) : st;
}

/* ---- two ---------------------------------------------------------------------------------------------------------------------------------- */

typedef struct comparing {
    const arci_sim *before, *after;
    const arc_rule_options *o;
    arci_str gain, lose, change;
    int64_t n_gain, n_lose, n_change, n_same, more;
    arci_str by_rule;
} comparing;

static const char *name_of(const arci_sim *sim, const arci_sim *other, const arci_sim_firing *f)
{
    return sim->bare && other->bare && sim->walk.set->n == 1 && other->walk.set->n == 1 ? "document" : f->code;
}

/* The rule, the row and the episode; what fires for these is compared. */
static int place(const comparing *c, const arci_sim_firing *a, const arci_sim_firing *b)
{
    int x = strcmp(name_of(c->before, c->after, a), name_of(c->after, c->before, b));
    if (x) return x;
    if (a->entity != b->entity) return a->entity->id < b->entity->id ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static int alike(const arci_sim_firing *a, const arci_sim_firing *b)
{
    return a->level == b->level && a->effective == b->effective && a->on == b->on && strcmp(a->actions, b->actions) == 0 && strcmp(a->once ? a->once : "", b->once ? b->once : "") == 0;
}

static void put_one(comparing *c, arci_str *list, int64_t *n, const arci_sim_firing *f)
{
    if ((*n)++ >= most_of(c->o)) {
        c->more++;
        return;
    }
    if (list->len) arci_str_putc(list, ',');
    arci_sim_put(list, f);
}

static void put_two(comparing *c, const arci_sim_firing *a, const arci_sim_firing *b)
{
    arci_str *list = &c->change;
    if (c->n_change++ >= most_of(c->o)) {
        c->more++;
        return;
    }
    arci_str_puts(list, list->len ? ",{\"before\":" : "{\"before\":");
    arci_sim_put(list, a);
    arci_str_puts(list, ",\"after\":");
    arci_sim_put(list, b);
    arci_str_putc(list, '}');
}

/* Firings of one row: before[i..ie), after[k..ke), both in the order of their days. Passed ones are not told. */
static void compare_row(comparing *c, uint32_t i, uint32_t ie, uint32_t k, uint32_t ke)
{
    while (i < ie || k < ke) {
        const arci_sim_firing *a = i < ie ? &c->before->firings[i] : NULL, *b = k < ke ? &c->after->firings[k] : NULL;
        if (a && a->passed) i++;
        else if (b && b->passed) k++;
        else if (a && b) {
            if (alike(a, b)) c->n_same++;
            else put_two(c, a, b);
            i++;
            k++;
        } else if (a) {
            put_one(c, &c->lose, &c->n_lose, a);
            i++;
        } else {
            put_one(c, &c->gain, &c->n_gain, b);
            k++;
        }
    }
}

static void put_rule(comparing *c, const char *code, const int64_t *was)
{
    const int64_t now[] = { c->n_same, c->n_gain, c->n_lose, c->n_change };
    static const char *const names[] = { "same", "gain", "lose", "change" };
    arci_str_puts(&c->by_rule, c->by_rule.len ? ",{" : "{");
    arci_json_put_str(&c->by_rule, "rule", code);
    for (int n = 0; n < 4; n++) arci_json_put_int(&c->by_rule, names[n], now[n] - was[n]);
    arci_str_putc(&c->by_rule, '}');
}

static void compare_all(comparing *c)
{
    uint32_t i = 0, k = 0;
    const char *code = NULL;
    int64_t was[4] = { 0, 0, 0, 0 };
    while (i < c->before->n || k < c->after->n) {
        int order = i == c->before->n ? 1 : k == c->after->n ? -1 : place(c, &c->before->firings[i], &c->after->firings[k]);
        const arci_sim_firing *first = order > 0 ? &c->after->firings[k] : &c->before->firings[i];
        const char *name = order > 0 ? name_of(c->after, c->before, first) : name_of(c->before, c->after, first);
        uint32_t ie = i, ke = k;
        if (code && strcmp(code, name) != 0) put_rule(c, code, was);
        if (!code || strcmp(code, name) != 0) {
            const int64_t now[] = { c->n_same, c->n_gain, c->n_lose, c->n_change };
            memcpy(was, now, sizeof was);
        }
        code = name;
        while (order <= 0 && ie < c->before->n && (ie == i || (strcmp(c->before->firings[ie].code, first->code) == 0 && c->before->firings[ie].entity == first->entity && c->before->firings[ie].row == first->row))) ie++;
        const arci_sim_firing *other = order >= 0 ? &c->after->firings[k] : NULL;
        while (other && ke < c->after->n && (ke == k || (strcmp(c->after->firings[ke].code, other->code) == 0 && c->after->firings[ke].entity == other->entity && c->after->firings[ke].row == other->row))) ke++;
        compare_row(c, i, ie, k, ke);
        i = ie;
        k = ke;
    }
    if (code) put_rule(c, code, was);
}

static void put_list(arci_str *b, const char *key, const arci_str *list)
{
    arci_json_put_key(b, key);
    arci_str_putc(b, '[');
    if (list->len) arci_str_add(b, list->s, list->len);
    arci_str_putc(b, ']');
    b->failed |= list->failed;
}

typedef struct compared {
    const char *before, *after;
    size_t n_before, n_after;
} compared;

static arc_status compare(arci_session *s, arci_txn *t, arci_str *b, const compared *what, const arc_rule_options *o)
{
    arci_sim before, after;
    comparing c;
    memset(&c, 0, sizeof c);
    memset(&after, 0, sizeof after);
    arc_status st = arci_sim_run(s, t, &before, what->before, what->n_before, o);
    int second = st == ARC_OK;
    if (second) st = arci_sim_run(s, t, &after, what->after, what->n_after, o);
    c.before = &before;
    c.after = &after;
    c.o = o;
    arci_str *const lists[] = { &c.gain, &c.lose, &c.change, &c.by_rule };
    for (int i = 0; i < 4; i++) arci_str_init(lists[i], t->book->ctx);
    if (st == ARC_OK) {
        compare_all(&c);
        arci_str_putc(b, '{');
        arci_sim_put_days(b, o);
        put_list(b, "rules", &c.by_rule);
        put_list(b, "gain", &c.gain);
        put_list(b, "lose", &c.lose);
        put_list(b, "change", &c.change);
        if (c.more) arci_json_put_int(b, "more", c.more);
        arci_str_putc(b, '}');
    }
    for (int i = 0; i < 4; i++) arci_str_clear(lists[i]);
    if (second) arci_sim_end(&after);
    arci_sim_end(&before);
    return st == ARC_OK && b->failed ? arci_nomem(t->env) : st;
}

/* ---- the calls ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status work(arci_session *s, arci_str *b, const compared *what, int two, const arc_rule_options *options)
{
    arc_rule_options o;
    arci_scope scope;
    arc_status st = arci_rule_options_in(s, &o, options);
    if (st == ARC_OK && o.flags) st = arci_fail(&s->env, ARC_E_INVALID, "simulations look at all rows", "模拟须查看全部行");
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("rule_firing", 11));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    return arci_scope_end(&scope, two ? compare(s, scope.txn, b, what, &o) : simulate(s, scope.txn, b, what->before, what->n_before, &o));
}

static arc_status call(arc_session *session, char *buf, size_t *len, const compared *what, int two, const arc_rule_options *options)
{
    arci_session *s;
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_str_init(&b, s->env.ctx);
    st = len ? work(s, &b, what, two, options) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    if (st == ARC_E_BUFFER) arci_fail(&s->env, st, "the buffer is too short", "缓冲区太短");
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}

arc_status arc_rule_simulate(arc_session *session, char *buf, size_t *len, const char *rules, size_t length, const arc_rule_options *options)
{
    const compared what = { rules, NULL, rules && length == SIZE_MAX ? strlen(rules) : length, 0 };
    return call(session, buf, len, &what, 0, options);
}

arc_status arc_rule_compare(arc_session *session, char *buf, size_t *len, const char *before, size_t n_before, const char *after, size_t n_after, const arc_rule_options *options)
{
    const compared what = { before, after, before && n_before == SIZE_MAX ? strlen(before) : n_before, after && n_after == SIZE_MAX ? strlen(after) : n_after };
    return call(session, buf, len, &what, 1, options);
}
