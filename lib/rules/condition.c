/* SPDX-License-Identifier: Apache-2.0 */
/* Making conditions, and telling the faults of documents. Running them: condition_run.c. */
#include "rules/condition.h"

#include <string.h>

#include "base/handle.h"
#include "base/json_text.h"
#include "rules/fact_impl.h"
#include "store/access.h"
#include "store/computed.h"
#include "value/currency.h"

arc_status arc_condition_options_init(arc_condition_options *options)
{
    const arc_condition_options defaults = ARC_CONDITION_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

/* ---- life ----------------------------------------------------------------------------------------------------------------------- */

static void drop_program(arci_condition *c)
{
    arci_logic_free(c->logic);
    arci_facts_free(c->facts);
    c->logic = NULL;
    c->facts = NULL;
}

static void condition_free(arci_owned *o)
{
    arci_condition *c = (arci_condition *)(void *)o;
    drop_program(c);
    arci_free(c->env.ctx, c->text);
    arci_free(c->env.ctx, c);
}

void arc_condition_free(arc_condition *condition)
{
    arci_own_end(condition, ARCI_H_CONDITION);
}

arc_status arc_condition_error(arc_condition *condition, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(condition, ARCI_H_CONDITION, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_condition *)object)->error, sizeof(arc_error));
}

/* ---- documents ------------------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh)
{
    arci_json_fail(env, at, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_rule(env, code);
    return st;
}

arc_status arci_condition_document(arci_env *env, const arci_json *document, const arci_json **expression, char currency[4])
{
    const arci_json *inner = arci_json_get(document, "if");
    *expression = document;
    if (document->type != ARCI_JSON_OBJECT || !inner || inner->type == ARCI_JSON_ARRAY) return ARC_OK;
    *expression = inner;
    for (const arci_json *m = document->child; m; m = m->next) {
        if (m == inner) continue;
        if (strcmp(m->key, "currency") != 0) return wrong(env, m, ARC_E_NOT_FOUND, "unknown_member", "a document has the members `if` and `currency`", "文档只有 if 和 currency 两个成员");
        char code[4] = { 0, 0, 0, 0 };
        if (m->type == ARCI_JSON_STRING && m->len == 3) memcpy(code, m->s, 3);
        if (!code[0] || arci_currency_exponent(code) < 0) return wrong(env, m, ARC_E_CURRENCY, "currency", "not a currency of ISO 4217 that has amounts", "不是有金额的 ISO 4217 币种");
        memcpy(currency, code, 4);
    }
    return ARC_OK;
}

/* ---- permission -------------------------------------------------------------------------------------------------------------------- */

static arc_status may_read(arci_env *env, arci_session *s, const arci_entity *e, int subject)
{
    const arci_row_scope *scope;
    arc_status st = arci_access_plain(env, s, e);
    if (st == ARC_OK) st = arci_access_read(env, s, e, &scope);
    if (st != ARC_OK || subject || !scope) return st;
    arci_fail(env, ARC_E_FORBIDDEN, "the condition reaches rows of %s, of which you see only a part", "条件涉及 %s，而您只能看到其中一部分", e->name);
    arci_fail_at(env, e->name, NULL, -1, -1);
    return ARC_E_FORBIDDEN;
}

/* What it is computed from, too. */
static arc_status may_compute(arci_env *env, arci_session *s, const arci_entity *of, const arci_field *field)
{
    arc_status st = arci_access_field(env, s, of, field);
    for (const char *p = arci_computed_needs(of, field); p && *p && st == ARC_OK;) {
        const size_t len = strcspn(p, " "), n = strcspn(p, ". ");
        const arci_entity *e = arci_entity_by_name(p, n);
        const arci_field *one = e && n < len ? arci_entity_field(e, p + n + 1, len - n - 1) : NULL;
        if (e) st = arci_access_check(env, s, &arci_verbs[ARCI_DO_READ], e);
        if (st == ARC_OK && one) st = arci_access_field(env, s, e, one);
        p += len + (p[len] == ' ');
    }
    return st;
}

arc_status arci_facts_may(arci_env *env, arci_session *s, const arci_facts *f)
{
    arc_status st = ARC_OK;
    if (!s->access) return ARC_OK;
    for (uint32_t i = 0; i < f->n_nodes && st == ARC_OK; i++) {
        if (f->nodes[i].kind != ARCI_NODE_COMPUTED) st = may_read(env, s, f->nodes[i].entity, f->nodes[i].kind == ARCI_NODE_ROOT && !f->outer);
    }
    for (uint32_t i = 0; i < f->n_facts && st == ARC_OK; i++) {
        const arci_fact *x = f->facts[i];
        if (x->how == ARCI_HOW_FIELD && x->field) st = arci_access_field(env, s, f->nodes[x->node].entity, x->field);
        if (x->how == ARCI_HOW_COMPUTED) st = may_compute(env, s, f->nodes[x->node].entity, x->field);
        if (x->how == ARCI_HOW_CHILDREN) st = arci_facts_may(env, s, x->elements);
    }
    return st;
}

/* ---- compiling ---------------------------------------------------------------------------------------------------------------------- */

static arc_status make_facts(arci_env *env, arci_condition *c, const char *currency)
{
    arci_session *s = c->session;
    arc_status st = arci_session_custom(env, s, &c->custom);
    if (st == ARC_OK) st = arci_facts_new(env, &c->facts, c->entity, c->custom);
    if (st == ARC_OK) st = arci_facts_currency(env, c->facts, currency);
    if (st != ARC_OK) return st;
    arci_facts_base(c->facts, s->book->base_currency);
    arci_facts_zone(c->facts, c->options.zone_minutes);
    return ARC_OK;
}

static arc_status compile(arci_env *env, arci_condition *c, arci_fault_sink *sink)
{
    arci_arena arena;
    arci_json *document;
    const arci_json *expression = NULL;
    char currency[4];
    memcpy(currency, c->currency, 4);
    arci_arena_init(&arena, env->ctx);
    drop_program(c);
    arc_status st = arci_json_parse(env, &arena, c->text, c->len, &arci_json_definition_limits, &document);
    if (st != ARC_OK && st != ARC_E_NOMEM) arci_fail_rule(env, "json");
    if (st == ARC_OK) st = arci_condition_document(env, document, &expression, currency);
    if (st != ARC_OK && st != ARC_E_NOMEM && sink) {
        arc_status told = arci_fault_note(env, sink);
        if (told != ARC_OK) st = told;
    }
    if (st == ARC_OK) st = make_facts(env, c, currency);
    if (st == ARC_OK) st = arci_logic_compile(env, &c->logic, c->facts, expression, 0, sink);
    arci_arena_clear(&arena);
    return st;
}

static int reads_custom(const arci_facts *f)
{
    for (uint32_t i = 0; i < f->n_facts; i++) {
        const arci_fact *x = f->facts[i];
        if (x->how == ARCI_HOW_FIELD && x->col >= ARCI_FIELD_CUSTOM_FIRST) return 1;
        if (x->how == ARCI_HOW_CHILDREN && reads_custom(x->elements)) return 1;
    }
    return 0;
}

/* Compiles again when the fields of the book that it reads may have got other choices since. */
static arc_status renew(arci_env *env, arci_condition *c)
{
    arci_custom *now = c->custom;
    arc_status st = !c->logic || reads_custom(c->facts) ? arci_session_custom_now(env, c->session, &now) : ARC_OK;
    if (st == ARC_OK && (!c->logic || now != c->custom)) st = compile(env, c, NULL);
    return st == ARC_OK ? arci_facts_may(env, c->session, c->facts) : st;
}

arc_status arci_condition_enter(arc_condition *handle, arci_condition **out)
{
    void *object;
    arci_session *s;
    arc_status st = arci_handle_get(handle, ARCI_H_CONDITION, &object, NULL);
    if (st != ARC_OK) return st;
    arci_condition *c = object;
    if (c->error.status != ARC_OK) arci_error_clear(&c->error);
    st = arci_session_enter(c->session->handle, &s);
    if (st != ARC_OK) return arci_fail_copy(&c->env, &c->session->error);
    *out = c;
    st = renew(&s->env, c);
    return st == ARC_OK ? st : arci_condition_leave(c, st);
}

arc_status arci_condition_leave(arci_condition *c, arc_status st)
{
    if (st < 0) (void)arci_fail_copy(&c->env, &c->session->error);
    return arci_session_leave(c->session, st);
}

/* ---- public --------------------------------------------------------------------------------------------------------------------------- */

static arc_status subject_of(arci_env *env, arci_session *s, uint32_t entity, const arci_entity **out)
{
    const arci_entity *e = arci_entity_by_id(entity);
    *out = e;
    if (!e) return arci_fail(env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    if (arci_store_table(s->book->store, e)) return may_read(env, s, e, 1);
    arci_fail(env, ARC_E_UNSUPPORTED, "%s has no table yet", "%s 尚无数据表", e->name);
    arci_fail_at(env, e->name, NULL, -1, -1);
    return ARC_E_UNSUPPORTED;
}

static arc_status take_options(arci_env *env, arci_condition *c, const arc_condition_options *options)
{
    const arc_condition_options defaults = ARC_CONDITION_OPTIONS_INIT;
    c->options = defaults;
    arc_status st = arci_struct_in(env, &c->options, sizeof c->options, options);
    if (st != ARC_OK) return st;
    const arc_condition_options *o = &c->options;
    if (o->flags || o->reserved || o->zone_minutes < -1439 || o->zone_minutes > 1439) return arci_fail(env, ARC_E_INVALID, "an option is wrong", "选项有误");
    if (o->currency && (strlen(o->currency) != 3 || arci_currency_exponent(o->currency) < 0)) {
        return arci_fail(env, ARC_E_CURRENCY, "not a currency of ISO 4217 that has amounts", "不是有金额的 ISO 4217 币种");
    }
    if (o->currency) memcpy(c->currency, o->currency, 4);
    c->options.currency = NULL;
    if (!o->calendar) return ARC_OK;
    void *object;
    return arci_handle_get(o->calendar, ARCI_H_CALENDAR, &object, NULL) == ARC_OK ? ARC_OK : arci_fail(env, ARC_E_HANDLE, "not a calendar", "不是有效的日历");
}

static arc_status make(arci_session *s, arci_condition **out, uint32_t entity, const char *json, size_t length, const arc_condition_options *options)
{
    arci_env *env = &s->env;
    if (!json) return arci_fail(env, ARC_E_INVALID, "json is NULL", "json 为 NULL");
    arci_condition *c = arci_calloc(env->ctx, 1, sizeof *c);
    if (!c) return arci_nomem(env);
    c->session = s;
    c->env.ctx = env->ctx;
    c->env.err = &c->error;
    (void)arc_error_init(&c->error);
    c->len = length == SIZE_MAX ? strlen(json) : length;
    arc_status st = take_options(env, c, options);
    if (st == ARC_OK) st = subject_of(env, s, entity, &c->entity);
    if (st == ARC_OK && !(c->text = arci_strndup(env->ctx, json, c->len))) st = arci_nomem(env);
    if (st == ARC_OK) {
        *out = c;
        return st;
    }
    condition_free(&c->owned);
    return st;
}

arc_status arc_condition_new(arc_session *session, arc_condition **out, uint32_t entity, const char *json, size_t length, const arc_condition_options *options)
{
    arci_session *s;
    arci_condition *c = NULL;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? make(s, &c, entity, json, length, options) : arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    if (st == ARC_OK) st = compile(&s->env, c, NULL);
    if (st == ARC_OK) st = arci_facts_may(&s->env, s, c->facts);
    if (st == ARC_OK) st = arci_own(&s->env, s, &c->owned, ARCI_H_CONDITION, condition_free);
    if (st == ARC_OK) *out = c->owned.handle;
    else if (c) condition_free(&c->owned);
    return arci_session_leave(s, st);
}

static int32_t put_fault(void *user, const arc_error *fault)
{
    arci_str *b = user;
    const char *name = arc_status_name(fault->status);
    const struct {
        const char *key, *value;
    } members[] = { { "{\"pointer\":", fault->pointer }, { ",\"code\":", fault->rule }, { ",\"status\":", name }, { ",\"en\":", fault->message }, { ",\"zh\":", fault->message_zh } };
    if (b->len > 1) arci_str_putc(b, ',');
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        arci_str_puts(b, members[i].key);
        arci_json_put_text(b, members[i].value, strlen(members[i].value));
    }
    arci_str_putc(b, '}');
    return b->failed;
}

static arc_status check(arci_session *s, arci_condition *c, arci_str *b)
{
    arci_fault_sink sink = { .report = put_fault, .user = b };
    arci_str_putc(b, '[');
    arc_status st = compile(&s->env, c, &sink);
    if (st == ARC_OK) st = arci_facts_may(&s->env, s, c->facts);
    else if (sink.n && st == sink.first.status) st = ARC_OK; /* told */
    arci_str_putc(b, ']');
    return b->failed ? arci_nomem(&s->env) : st;
}

arc_status arc_condition_check(arc_session *session, char *buf, size_t *len, uint32_t entity, const char *json, size_t length, const arc_condition_options *options)
{
    arci_session *s;
    arci_condition *c = NULL;
    arci_str b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_str_init(&b, s->env.ctx);
    st = len ? make(s, &c, entity, json, length, options) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    if (st == ARC_OK) st = check(s, c, &b);
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    if (st == ARC_E_BUFFER) arci_fail(&s->env, st, "the buffer is too short", "缓冲区不足");
    else if (st == ARC_OK) arci_error_clear(&s->error);
    if (c) condition_free(&c->owned);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
