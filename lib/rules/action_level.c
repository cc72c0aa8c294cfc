/* SPDX-License-Identifier: Apache-2.0 */
/* The dunning level of an item. */
#include <string.h>

#include "arcore/level.h"
#include "rules/action_kinds.h"

static const arci_param_spec specs[] = { { "level", ARCI_AP_INT, 0, 0, 0, NULL }, { "reason", ARCI_AP_TEXT, 0, 500, 0, NULL } };
enum { LEVEL, REASON, N_PARAMS };

static arc_status compile(arci_action_build *b, const arci_json *params, void **program)
{
    const arci_entity *e = arci_facts_subject(b->facts);
    arci_param *p = arci_arena_calloc(arci_action_arena(b), N_PARAMS, sizeof *p);
    *program = p;
    if (!p) return arci_nomem(b->env);
    if (e && strcmp(e->name, "item") != 0) return arci_action_wrong(b, params, ARC_E_VALUE, "only items have a dunning level", "只有应收有催收等级");
    return arci_params_compile(b, params, specs, N_PARAMS, p);
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const arci_param *p = program;
    arci_str_putc(params, '{');
    arci_action_int(params, "item", r->row);
    if (!arci_param_given(&p[LEVEL])) arci_action_int(params, "level", r->level);
    arc_status st = arci_params_put(r, p, N_PARAMS, row, NULL, params);
    arci_str_putc(params, '}');
    return st;
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result)
{
    arc_level l = ARC_LEVEL_INIT;
    char cause[201];
    int64_t level = 0, id = 0;
    arc_status st = arci_given_int(d, params, "item", &l.item);
    if (st == ARC_OK) st = arci_given_int(d, params, "level", &level);
    if (st == ARC_OK) st = arci_given_text(d, params, "reason", &l.reason);
    if (st == ARC_OK) st = arci_action_stable(d, cause, sizeof cause);
    if (st != ARC_OK) return st;
    l.level = level < 0 || level > ARC_LEVEL_MAX ? ARC_LEVEL_MAX + 1 : (int32_t)level;
    l.date = d->as_of;
    l.cause = cause;
    if (!l.reason) l.reason = d->rule;
    return arci_action_verb(d, arc_item_set_level(d->session, &id, &l), "level_change", &id, result);
}

const arci_action_kind arci_action_level = { "level", "Set dunning level", "设置催收等级",
    "{\"type\":\"object\",\"properties\":{\"level\":" ARCI_SCHEMA_INT ",\"reason\":" ARCI_SCHEMA_TEXT "},\"additionalProperties\":false}", compile, resolve, apply };
