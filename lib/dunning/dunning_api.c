/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of arcore/dunning.h, and the engine. */
#include "arcore/dunning.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "dunning/run.h"
#include "ledger/merged.h"
#include "rules/rule_impl.h"
#include "store/access.h"

enum { CUSTOMERS_MAX = 100000 };

arc_status arc_dunning_options_init(arc_dunning_options *options)
{
    static const arc_dunning_options init = ARC_DUNNING_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

/* Letters have no context: what they are made of is looked at again each time. */
static arc_status rerun(arci_txn *t, arci_proposal *fresh, const arci_proposal *p, const char *unit)
{
    (void)fresh;
    (void)p;
    (void)unit;
    return arci_fail(t->env, ARC_E_INTERNAL, "proposals of letters have no context", "催收建议没有上下文");
}

const arci_engine arci_dunning_engine = { ARCI_DUNNING_ENGINE, NULL, 0, 1, rerun, arci_dun_check, arci_dun_apply, NULL, NULL };

static arc_status options_in(arci_session *s, arc_dunning_options *o, const arc_dunning_options *options)
{
    arci_env *env = &s->env;
    arc_status st = arci_struct_in(env, o, sizeof *o, options);
    if (st != ARC_OK) return st;
    if (o->flags || (!o->customers && o->n_customers) || (o->customers && !o->n_customers)) return arci_fail(env, ARC_E_INVALID, "an unknown flag, or customers without their number", "标志未知，或客户列表与数量不符");
    if (o->n_customers > CUSTOMERS_MAX) return arci_fail(env, ARC_E_LIMIT, "at most %d customers", "最多 %d 个客户", CUSTOMERS_MAX);
    if (o->as_of == ARC_DATE_NONE) o->as_of = s->business_date;
    if (o->as_of == ARC_DATE_NONE) return arci_fail(env, ARC_E_REQUIRED, "as_of is required: the session has no business date", "须给出日期：会话未设置业务日期");
    if (o->as_of < ARC_DATE_MIN || o->as_of > ARC_DATE_MAX) return arci_fail(env, ARC_E_RANGE, "as_of is not a date", "日期无效");
    return ARC_OK;
}

static arc_status params_of(arci_env *env, const arc_dunning_options *o, arci_str *b)
{
    arci_str_putc(b, '{');
    if (o->ladder && o->ladder[0] != '{') arci_json_put_str(b, "ladder", o->ladder);
    if (o->customers) arci_json_put_int(b, "customers_named", o->n_customers);
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(env) : ARC_OK;
}

/* The revisions that decide. */
static arc_status definitions_of(const arci_dun_plan *p, arci_str *b)
{
    arci_str_puts(b, "{\"ladders\":[");
    for (uint32_t i = 0; i < p->ladders.n; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_str(b, "code", p->ladders.list[i]->code);
        arci_json_put_int(b, "revision", p->ladders.list[i]->revision);
        arci_str_putc(b, '}');
    }
    arci_str_puts(b, "]}");
    return b->failed ? arci_nomem(p->env) : ARC_OK;
}

/* Customers that are named are ones the actor sees. */
static arc_status check_customers(arci_txn *t, arci_session *s, const arc_dunning_options *o)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    const arci_row_scope *scope;
    arci_arena arena;
    arc_status st = arci_access_read(t->env, s, e, &scope);
    if (st != ARC_OK || !scope || !o->customers) return st;
    arci_arena_init(&arena, t->env->ctx);
    uint8_t *seen = arci_arena_alloc(&arena, o->n_customers);
    st = seen ? arci_scope_rows(t, &arena, e, scope, o->customers, o->n_customers, seen) : arci_nomem(t->env);
    for (uint32_t i = 0; i < o->n_customers && st == ARC_OK; i++) {
        if (seen[i]) continue;
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "there is no such customer", "没有该客户");
        arci_fail_at(t->env, "customer", NULL, o->customers[i], i);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status plan(arci_txn *t, arci_session *s, arc_proposal **out, const arc_dunning_options *o, const char *params)
{
    arci_dun_plan p;
    arci_proposal *made = NULL;
    arci_str definitions;
    arc_status st = check_customers(t, s, o);
    if (st != ARC_OK) return st;
    arci_str_init(&definitions, s->env.ctx);
    st = arci_dun_begin(&p, t, o->as_of, o->ladder, o->customers, o->n_customers);
    if (st == ARC_OK) st = definitions_of(&p, &definitions);
    if (st == ARC_OK) st = arci_proposal_new(t->env, s, out, &made, arci_dunning_engine.name, o->as_of, definitions.s, params);
    if (st == ARC_OK) st = arci_dun_propose(&p, made);
    if (st == ARC_OK) made->does = &arci_dunning_engine;
    arci_dun_end(&p);
    arci_str_clear(&definitions);
    return st;
}

static arc_status propose(arci_session *s, arc_proposal **out, const arc_dunning_options *o)
{
    arci_scope scope;
    arci_str params;
    arci_proposal *p = NULL;
    arci_str_init(&params, s->env.ctx);
    arc_status st = params_of(&s->env, o, &params);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, plan(scope.txn, s, out, o, params.s));
    arci_str_clear(&params);
    if (st == ARC_OK) st = arci_proposal_in(*out, &p);
    if (st == ARC_OK) st = arci_proposal_hide_fields(&s->env, s, p, &arci_dunning_engine);
    if (st == ARC_OK && !p->n) st = ARC_DONE;
    if (st < ARC_OK && *out) {
        arci_own_free(*out, ARCI_H_PROPOSAL);
        *out = NULL;
    }
    return st;
}

arc_status arc_dunning_propose(arc_session *session, arc_proposal **out, const arc_dunning_options *options)
{
    arc_dunning_options o = ARC_DUNNING_OPTIONS_INIT;
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? options_in(s, &o, options) : arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    if (st == ARC_OK) st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("item", 4));
    if (st == ARC_OK) st = propose(s, out, &o);
    return arci_session_leave(s, st);
}

/* ---- why ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct explaining {
    int64_t customer;
    arci_str units;
} explaining;

static arc_status note_letter(void *user, arci_dun_plan *p, const arci_dun_letter *l)
{
    explaining *x = user;
    char unit[101];
    (void)p;
    for (uint32_t i = 0; i < l->n; i++) {
        if (((const arci_dun_item *)l->rows[i].user)->customer != x->customer) continue;
        arci_dun_unit_name(unit, l);
        if (x->units.len) arci_str_putc(&x->units, ',');
        arci_json_put_text(&x->units, unit, strlen(unit));
        break;
    }
    return ARC_OK;
}

static int by_due(const void *x, const void *y)
{
    const arci_dun_item *a = *(arci_dun_item *const *)x, *b = *(arci_dun_item *const *)y;
    if (a->due != b->due) return a->due < b->due ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static arc_status put_items(arci_dun_plan *p, int64_t customer, arci_str *b)
{
    uint32_t n = 0;
    arci_dun_item **list = arci_arena_alloc(&p->arena, (p->n + 1u) * sizeof(arci_dun_item *));
    if (!list) return arci_nomem(p->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->items[i].customer == customer && p->items[i].seen) list[n++] = &p->items[i];
    }
    qsort(list, n, sizeof(arci_dun_item *), by_due);
    for (uint32_t i = 0; i < n; i++) {
        if (i) arci_str_putc(b, ',');
        arci_dun_explain_item(b, list[i]);
    }
    return ARC_OK;
}

/* Units of a head office are measured as a whole: all is read then. */
static arc_status begin_for(arci_dun_plan *p, arci_txn *t, arc_date as_of, const int64_t *customer)
{
    int whole = 0;
    arc_status st = arci_dun_begin(p, t, as_of, NULL, customer, 1);
    for (uint32_t i = 0; i < p->ladders.n; i++) whole |= p->ladders.list[i]->rule->unit.by == ARCI_UNIT_HEAD;
    if (st != ARC_OK || !whole) return st;
    arci_dun_end(p);
    return arci_dun_begin(p, t, as_of, NULL, NULL, 0);
}

static arc_status explain(arci_txn *t, const arc_dunning_options *o, arci_str *b)
{
    arci_dun_plan p;
    explaining x;
    int64_t root = 0;
    arci_str_init(&x.units, t->env->ctx);
    arc_status st = begin_for(&p, t, o->as_of, o->customers);
    if (st == ARC_OK) st = arci_merged_roots_now(t, &p.arena, o->customers, 1, &root);
    x.customer = root;
    if (st == ARC_OK) st = arci_dun_letters(&p, note_letter, &x);
    arci_str_putc(b, '{');
    arci_json_put_int(b, "customer", root);
    arci_rule_put_date(b, "as_of", o->as_of);
    arci_json_put_key(b, "letters");
    arci_str_putc(b, '[');
    if (x.units.len) arci_str_add(b, x.units.s, x.units.len);
    arci_str_puts(b, "],\"items\":[");
    if (st == ARC_OK) st = put_items(&p, root, b);
    arci_str_puts(b, "]}");
    if (st == ARC_OK && (b->failed || x.units.failed)) st = arci_nomem(t->env);
    arci_str_clear(&x.units);
    arci_dun_end(&p);
    return st;
}

static arc_status explain_in(arci_session *s, const arc_dunning_options *o, arci_str *b)
{
    arci_scope scope;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    st = check_customers(scope.txn, s, o);
    if (st == ARC_OK) st = explain(scope.txn, o, b);
    return arci_scope_end(&scope, st);
}

arc_status arc_dunning_explain(arc_session *session, char *buf, size_t *len, int64_t customer, arc_date as_of)
{
    arc_dunning_options o = ARC_DUNNING_OPTIONS_INIT, given = ARC_DUNNING_OPTIONS_INIT;
    arci_session *s;
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    given.as_of = as_of;
    given.customers = &customer;
    given.n_customers = 1;
    arci_str_init(&b, s->env.ctx);
    st = len ? options_in(s, &o, &given) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("item", 4));
    if (st == ARC_OK) st = arci_dun_may_tell(&s->env, s);
    if (st == ARC_OK) st = explain_in(s, &o, &b);
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    if (st == ARC_E_BUFFER) arci_fail(&s->env, st, "the buffer is too short", "缓冲区不足");
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
