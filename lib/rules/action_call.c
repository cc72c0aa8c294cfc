/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the host: a question in the outbox, answered later. */
#include <string.h>

#include "arcore/host_call.h"
#include "base/json_text.h"
#include "rules/action_host.h"
#include "rules/action_kinds.h"

#define KEY_MAX 201u

static const arci_param_spec name_spec = { "name", ARCI_AP_TEXT, 1, 64, 0, NULL };

typedef struct calling {
    arci_param name;
    arci_data *data; /* NULL: none */
} calling;

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
    return arci_data_compile(b, data, &c->data);
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const calling *c = program;
    arci_str_putc(params, '{');
    arc_status st = arci_param_put(r, &c->name, NULL, row, NULL, params);
    if (r->customer) arci_action_int(params, "customer", r->customer);
    arci_action_key(params, "data");
    if (st == ARC_OK) st = arci_data_put(r, c->data, row, params);
    arci_str_putc(params, '}');
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
    compile, resolve, apply };
