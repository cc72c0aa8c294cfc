/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the host: a question in the outbox, answered later. */
#include <string.h>

#include "arcore/host_call.h"
#include "base/json_text.h"
#include "rules/action_kinds.h"

#define MAX_MEMBERS 50u
#define KEY_MAX 201u

static const arci_param_spec name_spec = { "name", ARCI_AP_TEXT, 1, 64, 0, NULL };

/* A member of what the host is told. */
typedef struct told {
    const char *name;
    arci_logic *logic;
    arci_text *text;
    const char *fixed; /* JSON */
} told;

typedef struct calling {
    arci_param name;
    told *members;
    uint32_t n;
} calling;

static arc_status take_member(arci_action_build *b, const arci_json *m, told *out)
{
    out->name = arci_arena_strndup(arci_action_arena(b), m->key, m->key_len);
    if (!out->name) return arci_nomem(b->env);
    if (m->type == ARCI_JSON_OBJECT) return arci_action_logic(b, b->facts, m, 1, &out->logic);
    if (m->type == ARCI_JSON_STRING && strstr(m->s, "{{")) return arci_text_compile(b, m, &out->text);
    arci_str s;
    arci_str_init(&s, b->env->ctx);
    arci_json_put_node(&s, m);
    out->fixed = s.failed ? NULL : arci_arena_strndup(arci_action_arena(b), s.s, s.len);
    arci_str_clear(&s);
    return out->fixed ? ARC_OK : arci_nomem(b->env);
}

static arc_status compile(arci_action_build *b, const arci_json *params, void **program)
{
    const arci_json *name = arci_json_get(params, "name"), *data = arci_json_get(params, "data");
    calling *c = arci_arena_calloc(arci_action_arena(b), 1, sizeof *c);
    arc_status st = ARC_OK;
    *program = c;
    if (!c) return arci_nomem(b->env);
    for (const arci_json *m = params->child; m && st == ARC_OK; m = m->next) {
        if (m != name && m != data) st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    if (st == ARC_OK && !name) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "name is required", "name 为必填项");
    if (st == ARC_OK && name) st = arci_param_compile(b, &name_spec, name, &c->name);
    if (st != ARC_OK || !data) return st;
    if (data->type != ARCI_JSON_OBJECT || data->n > MAX_MEMBERS) return arci_action_wrong(b, data, ARC_E_VALUE, "is an object of at most 50 names and what they are", "须为最多 50 个名称及其内容的对象");
    c->members = arci_arena_calloc(arci_action_arena(b), data->n + 1u, sizeof *c->members);
    if (!c->members) return arci_nomem(b->env);
    for (const arci_json *m = data->child; m && st == ARC_OK; m = m->next) st = take_member(b, m, &c->members[c->n++]);
    return st;
}

static arc_status put_member(arci_action_run *r, const told *m, const arc_value *row, arci_str *out)
{
    arci_logic_value v = { .type = 0 };
    arci_str text;
    arci_action_key(out, m->name);
    if (m->fixed) {
        arci_str_puts(out, m->fixed);
        return ARC_OK;
    }
    if (!m->text) {
        arc_status st = arci_action_run_logic(r, m->logic, row, &v);
        if (st == ARC_OK) arci_action_value(out, &v);
        return st;
    }
    arci_str_init(&text, r->env->ctx);
    arc_status st = arci_text_write(r, m->text, row, NULL, &text);
    arci_json_put_text(out, text.s ? text.s : "", text.len);
    out->failed |= text.failed;
    arci_str_clear(&text);
    return st;
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const calling *c = program;
    arci_str_putc(params, '{');
    arc_status st = arci_param_put(r, &c->name, NULL, row, NULL, params);
    if (r->customer) arci_action_int(params, "customer", r->customer);
    arci_action_key(params, "data");
    arci_str_putc(params, '{');
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) st = put_member(r, &c->members[i], row, params);
    arci_str_puts(params, "}}");
    return st;
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result)
{
    arc_host_question q = ARC_HOST_QUESTION_INIT;
    const arci_json *data = arci_json_get(params, "data");
    char key[KEY_MAX];
    arci_str request;
    int64_t id = 0;
    arc_status st = arci_given_text(d, params, "name", &q.name);
    if (st == ARC_OK) st = arci_given_int(d, params, "customer", &q.customer);
    if (st == ARC_OK) st = arci_action_stable(d, key, sizeof key);
    if (st != ARC_OK) return st;
    q.call_key = key;
    q.rule = d->rule;
    q.entity = d->subject->name;
    q.row = d->row;
    q.level = (int32_t)d->level;
    q.asked_on = d->as_of;
    arci_str_init(&request, d->env->ctx);
    if (data) arci_json_put_node(&request, data);
    else arci_str_puts(&request, "{}");
    q.request = request.s;
    q.request_length = request.len;
    st = request.failed ? arci_nomem(d->env) : arci_action_verb(d, arc_host_ask(d->session, &id, &q), "host_call", &id, result);
    arci_str_clear(&request);
    return st;
}

const arci_action_kind arci_action_call = { "call_host", "Call the host", "调用主机",
    "{\"type\":\"object\",\"properties\":{\"name\":" ARCI_SCHEMA_TEXT ",\"data\":{\"type\":\"object\",\"maxProperties\":50}},\"required\":[\"name\"],\"additionalProperties\":false}",
    NULL, 0, compile, resolve, apply };
