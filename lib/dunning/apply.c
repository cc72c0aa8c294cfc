/* SPDX-License-Identifier: Apache-2.0 */
/* Letters on their way into the book. What is open, disputed and blocked is looked at once more just before: only the very letter that was approved goes out. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/level.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "dunning/run.h"
#include "rules/rule_engine.h"
#include "store/access.h"

/* What check() hands to apply(). */
typedef struct deed {
    arci_rule rule;     /* code and revision alone */
    arci_letter letter; /* mark, level and day alone */
    int64_t head, definition, n_items;
    arc_money open, amount;
    const arci_json *items, *actions;
    const char *unit;
} deed;

static arc_status damaged(arci_env *env) { return arci_fail(env, ARC_E_CORRUPT, "a line of the proposal is damaged", "建议行已损坏"); }

static arc_status take_int(arci_env *env, const arci_json *o, const char *key, int64_t *out)
{
    const arci_json *m = o ? arci_json_get(o, key) : NULL;
    return m && arci_json_int(env, m, out) == ARC_OK ? ARC_OK : damaged(env);
}

static arc_status take_text(arci_env *env, const arci_json *o, const char *key, char *out, size_t cap)
{
    const arci_json *m = o ? arci_json_get(o, key) : NULL;
    if (!m || m->type != ARCI_JSON_STRING || m->len >= cap) return damaged(env);
    memcpy(out, m->s, m->len + 1);
    return ARC_OK;
}

static arc_status take_date(arci_env *env, const arci_json *o, const char *key, arc_date *out)
{
    const arci_json *m = o ? arci_json_get(o, key) : NULL;
    return m && m->type == ARCI_JSON_STRING && arc_date_parse(out, m->s, m->len) == ARC_OK ? ARC_OK : damaged(env);
}

static arc_status read_line(arci_env *env, deed *d, const arci_json *a)
{
    const arci_json *unit = arci_json_get(a, "unit");
    d->items = arci_json_get(a, "items");
    d->actions = arci_json_get(a, "actions");
    if (!d->items || d->items->type != ARCI_JSON_ARRAY || !d->items->n || !d->actions || d->actions->type != ARCI_JSON_ARRAY) return damaged(env);
    d->n_items = d->items->n;
    arc_status st = take_text(env, a, "ladder", d->rule.code, sizeof d->rule.code);
    if (st == ARC_OK) st = take_text(env, a, "mark", d->letter.mark, sizeof d->letter.mark);
    if (st == ARC_OK) st = take_int(env, a, "revision", &d->rule.revision);
    if (st == ARC_OK) st = take_int(env, a, "definition", &d->definition);
    if (st == ARC_OK) st = take_int(env, a, "level", &d->letter.level);
    if (st == ARC_OK) st = take_date(env, a, "effective_date", &d->letter.effective);
    if (st == ARC_OK) st = take_int(env, unit, "customer", &d->head);
    if (st == ARC_OK) st = arci_action_amount(env, a, &d->open, "open");
    if (st == ARC_OK) st = arci_action_amount(env, a, &d->amount, "amount");
    if (st == ARC_OK && !d->definition) st = arci_fail(env, ARC_E_UNSUPPORTED, "the ladder is a document that is tried: it is not applied", "催收阶梯为试算文档，不能执行");
    return st;
}

/* ---- once more -------------------------------------------------------------------------------------------------------------------------- */

typedef struct again {
    const char *unit;
    const deed *d;
    int met, same;
} again;

static arc_status compare(void *user, arci_dun_plan *p, const arci_dun_letter *l)
{
    again *x = user;
    arci_str now, then;
    char unit[101];
    arci_dun_unit_name(unit, l);
    if (strcmp(unit, x->unit) != 0) return ARC_OK;
    x->met = 1;
    arci_str_init(&now, p->env->ctx);
    arci_str_init(&then, p->env->ctx);
    arci_dun_put_items(&now, l);
    arci_json_put_node(&then, x->d->items);
    int failed = now.failed || then.failed;
    x->same = !failed && strcmp(now.s, then.s) == 0;
    arci_str_clear(&then);
    arci_str_clear(&now);
    return failed ? arci_nomem(p->env) : ARC_OK;
}

static arc_status accounts_of(arci_txn *t, arci_unit *u, int64_t **out, uint32_t *n)
{
    const arci_json *list = arci_json_get(u->actions[0], "accounts");
    *n = 0;
    if (!list || list->type != ARCI_JSON_ARRAY || !list->n) return damaged(t->env);
    *out = arci_arena_alloc(u->arena, list->n * sizeof **out);
    if (!*out) return arci_nomem(t->env);
    for (const arci_json *m = list->child; m; m = m->next) {
        if (arci_json_int(t->env, m, &(*out)[(*n)++]) != ARC_OK) return damaged(t->env);
    }
    return ARC_OK;
}

static arc_status ladder_asked(arci_txn *t, arci_unit *u, const char **code)
{
    arci_json *params;
    *code = NULL;
    arc_status st = arci_json_parse(t->env, u->arena, u->p->params, strlen(u->p->params), &arci_json_default_limits, &params);
    const arci_json *m = st == ARC_OK ? arci_json_get(params, "ladder") : NULL;
    if (m && m->type == ARCI_JSON_STRING) *code = m->s;
    return st;
}

arc_status arci_dun_check(arci_txn *t, arci_unit *u)
{
    arci_dun_plan p;
    const char *code;
    int64_t *accounts = NULL;
    uint32_t n = 0;
    deed *d = arci_arena_calloc(u->arena, 1, sizeof *d);
    if (!d) return arci_nomem(t->env);
    arc_status st = read_line(t->env, d, u->actions[0]);
    if (st == ARC_OK) st = accounts_of(t, u, &accounts, &n);
    if (st == ARC_OK) st = ladder_asked(t, u, &code);
    if (st != ARC_OK) return st;
    again x = { .unit = u->name, .d = d };
    st = arci_dun_begin(&p, t, u->p->as_of, code, accounts, n);
    if (st == ARC_OK) st = arci_dun_letters(&p, compare, &x);
    arci_dun_end(&p);
    if (st == ARC_OK && !x.met) st = arci_fail(t->env, ARC_E_STALE, "nothing of it is to be claimed any more: it was paid, disputed, blocked or written to since", "已无可催收内容：此后已付款、提出争议、暂停催收或已另行催收");
    else if (st == ARC_OK && !x.same) st = arci_fail(t->env, ARC_E_STALE, "what is open, blocked or due has changed: the letter would be another one", "未收金额、暂停情况或等级已变化，催收函内容将不同");
    d->unit = u->name;
    u->found = d;
    return st;
}

/* ---- doing it ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status set_levels(arc_session *session, arci_env *env, const arci_unit *u, const deed *d)
{
    arc_status st = ARC_OK;
    for (const arci_json *m = d->items->child; m && st == ARC_OK; m = m->next) {
        arc_level l = ARC_LEVEL_INIT;
        int64_t level = 0, before = 0;
        st = take_int(env, m, "item", &l.item);
        if (st == ARC_OK) st = take_int(env, m, "level", &level);
        if (st == ARC_OK) st = take_int(env, m, "level_before", &before);
        if (st != ARC_OK || level <= before) continue;
        l.level = (int32_t)level;
        l.date = u->p->as_of;
        l.reason = d->rule.code;
        l.cause = d->unit;
        st = arc_item_set_level(session, NULL, &l);
    }
    return st;
}

static arc_status do_actions(arc_session *session, arci_unit *u, const deed *d, int64_t *message, arci_str *results)
{
    arci_session *s = u->p->session;
    arci_txn *t = s->book->txn;
    arc_status st = ARC_OK;
    arci_str_putc(results, '[');
    for (const arci_json *a = d->actions->child; a && st == ARC_OK; a = a->next) {
        const arci_json *type = arci_json_get(a, "type"), *params = arci_json_get(a, "params");
        const char *result = NULL;
        arci_json *made;
        int64_t seq;
        st = take_int(&s->env, a, "seq", &seq);
        if (st == ARC_OK && (!type || type->type != ARCI_JSON_STRING || !params)) st = damaged(&s->env);
        if (st == ARC_OK) st = arci_letter_do(session, s, t, u->arena, &d->rule, &d->letter, d->head, u->p->as_of, type->s, (uint32_t)seq, params, &result);
        if (st == ARC_OK) st = arci_json_parse(&s->env, u->arena, result, strlen(result), &arci_json_default_limits, &made);
        if (st != ARC_OK) break;
        const arci_json *id = arci_json_get(made, "message");
        if (id && !*message) (void)arci_json_int(&s->env, id, message);
        arci_str_puts(results, results->len > 1 ? ",{" : "{");
        arci_json_put_str(results, "type", type->s);
        arci_json_put_key(results, "result");
        arci_str_puts(results, result);
        arci_str_putc(results, '}');
    }
    arci_str_putc(results, ']');
    return st == ARC_OK && results->failed ? arci_nomem(&s->env) : st;
}

/* Unit, day and ladder name a letter: there is one. */
static arc_value run_key(arci_unit *u)
{
    char key[200];
    size_t n = strlen(u->name), m = sizeof key - n - 1;
    memcpy(key, u->name, n); /* at most 100 bytes, with the ladder's code in it */
    key[n] = '@';
    (void)arc_date_print(key + n + 1, &m, u->p->as_of);
    n = strlen(key);
    const char *kept = arci_arena_strndup(u->arena, key, n);
    return kept ? arci_v_text(kept, n) : arci_v_null();
}

static arc_status put_items(arci_txn *t, arci_unit *u, const deed *d, arci_batch *b, int64_t notice)
{
    uint32_t i = 0;
    arc_status st = ARC_OK;
    for (const arci_json *m = d->items->child; m && st == ARC_OK; m = m->next) {
        static const char *const numbers[] = { "item", "customer", "level", "level_before", "episode" };
        int64_t n[5] = { 0, 0, 0, 0, 0 };
        arc_money open, amount;
        arc_date effective = ARC_DATE_NONE;
        for (int k = 0; k < 5 && st == ARC_OK; k++) st = take_int(t->env, m, numbers[k], &n[k]);
        if (st == ARC_OK) st = take_date(t->env, m, "effective_date", &effective);
        const arci_json *o = arci_json_get(m, "open"), *a = arci_json_get(m, "amount");
        if (st == ARC_OK && (!o || !a || arc_money_parse(&open, o->s, o->len, d->open.currency, NULL) != ARC_OK || arc_money_parse(&amount, a->s, a->len, d->open.currency, NULL) != ARC_OK)) {
            st = damaged(t->env);
        }
        if (st != ARC_OK) break;
        const arc_value v[] = { arci_v_int(notice), arci_v_int(n[0]), arci_v_int(n[1]), arci_v_int(u->p->as_of), arci_v_int(effective), arci_v_int(n[2]), arci_v_int(n[3]), arci_v_int(n[4]),
                                arci_v_text(d->open.currency, 3), arci_v_int(open.minor), arci_v_int(amount.minor) };
        memcpy(arci_batch_row(b, i++), v, sizeof v);
    }
    return st;
}

static arc_status write_notice(arci_txn *t, arci_unit *u, const deed *d, int64_t message, const arci_str *results, int64_t *id)
{
    const arci_shape *notices, *items;
    arci_batch *both[2];
    const arc_value key = run_key(u);
    arc_status st = key.type == ARC_V_NULL ? arci_nomem(t->env) : arci_shape_get(t, &notices, "dunning_notice", "customer ladder definition proposal as_of level currency open amount n_items run_key message results");
    if (st == ARC_OK) st = arci_shape_get(t, &items, "dunning_notice_item", "dunning_notice item customer as_of effective_date level level_before episode currency open amount");
    if (st == ARC_OK) st = arci_batch_new(t, u->arena, &both[0], notices, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, u->arena, &both[1], items, ARC_WRITE_INSERT, (uint32_t)d->n_items, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(t, both[0]);
    if (st != ARC_OK) return st;
    const arc_value v[] = { arci_v_int(d->head), arci_v_text(d->rule.code, strlen(d->rule.code)), arci_v_int(d->definition), arci_v_int(u->p->id), arci_v_int(u->p->as_of), arci_v_int(d->letter.level),
                            arci_v_text(d->open.currency, 3), arci_v_int(d->open.minor), arci_v_int(d->amount.minor), arci_v_int(d->n_items), key, message ? arci_v_int(message) : arci_v_null(),
                            arci_v_text(results->s, results->len) };
    memcpy(arci_batch_row(both[0], 0), v, sizeof v);
    *id = arci_batch_id(both[0], 0);
    st = put_items(t, u, d, both[1], *id);
    return st == ARC_OK ? arci_repo_write(t, both, 2, NULL) : st;
}

arc_status arci_dun_apply(arc_session *session, arci_unit *u)
{
    arci_session *s = u->p->session;
    arci_txn *t = s->book->txn;
    const deed *d = u->found;
    int64_t message = 0, id = 0;
    arci_str results;
    arci_str_init(&results, s->env.ctx);
    arc_status st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_ITEM_LEVEL], NULL);
    if (st == ARC_OK) st = do_actions(session, u, d, &message, &results);
    if (st == ARC_OK) st = set_levels(session, &s->env, u, d);
    t->env = &s->env;
    if (st == ARC_OK) st = write_notice(t, u, d, message, &results, &id);
    arci_str_reset(&results);
    arci_str_putc(&results, '{');
    arci_json_put_int(&results, "notice", id);
    if (message) arci_json_put_int(&results, "message", message);
    arci_str_putc(&results, '}');
    u->results[0] = st == ARC_OK && !results.failed ? arci_arena_strndup(u->arena, results.s, results.len) : NULL;
    if (st == ARC_OK && !u->results[0]) st = arci_nomem(&s->env);
    arci_str_clear(&results);
    return st;
}
