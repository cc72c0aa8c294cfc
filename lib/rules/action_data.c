/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json_text.h"
#include "rules/action_host.h"

#define MAX_MEMBERS 50u

typedef struct member {
    const char *name;
    arci_logic *logic;
    arci_text *text;
    const char *fixed; /* JSON */
} member;

struct arci_data {
    member *members;
    uint32_t n;
};

static arc_status take_member(arci_action_build *b, const arci_json *m, member *out)
{
    arci_str s;
    out->name = arci_arena_strndup(arci_action_arena(b), m->key, m->key_len);
    if (!out->name) return arci_nomem(b->env);
    if (m->type == ARCI_JSON_OBJECT) return arci_action_logic(b, b->facts, m, 1, &out->logic);
    if (m->type == ARCI_JSON_STRING && strstr(m->s, "{{")) return arci_text_compile(b, m, &out->text);
    arci_str_init(&s, b->env->ctx);
    arci_json_put_node(&s, m);
    out->fixed = s.failed ? NULL : arci_arena_strndup(arci_action_arena(b), s.s, s.len);
    arci_str_clear(&s);
    return out->fixed ? ARC_OK : arci_nomem(b->env);
}

arc_status arci_data_compile(arci_action_build *b, const arci_json *data, arci_data **out)
{
    arc_status st = ARC_OK;
    arci_data *d = arci_arena_calloc(arci_action_arena(b), 1, sizeof *d);
    *out = d;
    if (!d) return arci_nomem(b->env);
    if (data->type != ARCI_JSON_OBJECT || data->n > MAX_MEMBERS) return arci_action_wrong(b, data, ARC_E_VALUE, "is an object of at most 50 names and what they are", "须为最多 50 个名称及其内容的对象");
    d->members = arci_arena_calloc(arci_action_arena(b), data->n + 1u, sizeof *d->members);
    if (!d->members) return arci_nomem(b->env);
    for (const arci_json *m = data->child; m && st == ARC_OK; m = m->next) st = take_member(b, m, &d->members[d->n++]);
    return st;
}

static arc_status put_member(arci_action_run *r, const member *m, const arc_value *row, arci_str *out)
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

arc_status arci_data_put(arci_action_run *r, const arci_data *data, const arc_value *row, arci_str *out)
{
    arc_status st = ARC_OK;
    arci_str_putc(out, '{');
    for (uint32_t i = 0; data && i < data->n && st == ARC_OK; i++) st = put_member(r, &data->members[i], row, out);
    arci_str_putc(out, '}');
    return st;
}
