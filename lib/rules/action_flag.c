/* SPDX-License-Identifier: Apache-2.0 */
/* Flags and holds: on the item the rule is about, or on its customer. */
#include "rules/action_kinds.h"

#include <string.h>

#include "arcore/flag.h"

enum { KIND, ON, FROM, TO, REASON, EVIDENCE, N_PARAMS };
static const arci_param_spec specs[N_PARAMS] = {
    { "kind", ARCI_AP_CODE, 1, 0, 0, "flag_kind" }, { "on", ARCI_AP_RAW, 0, 0, 0, NULL },      { "from_date", ARCI_AP_DATE, 0, 0, 0, NULL },
    { "to_date", ARCI_AP_DATE, 0, 0, 0, NULL },     { "reason", ARCI_AP_TEXT, 0, 500, 0, NULL }, { "evidence", ARCI_AP_TEXT, 0, 200, 0, NULL },
};

typedef struct flagging {
    arci_param params[N_PARAMS];
    int hold, customer; /* on the customer, whatever the subject */
    const arci_action_kind *other; /* holds orders and deliveries: a layer above has it; NULL: it is not asked */
    void *program;      /* of that */
} flagging;

static arc_status take_on(arci_action_build *b, flagging *f)
{
    const arci_json *on = f->params[ON].node;
    const arci_entity *e = arci_facts_subject(b->facts);
    f->customer = !e || strcmp(e->name, "item") != 0;
    if (!on) return ARC_OK;
    if (on->type == ARCI_JSON_STRING && strcmp(on->s, "customer") == 0) {
        f->customer = 1;
        return ARC_OK;
    }
    if (on->type == ARCI_JSON_STRING && strcmp(on->s, "item") == 0 && !f->customer) return ARC_OK;
    return arci_action_wrong(b, on, ARC_E_VALUE, "is customer, or item where the rule is about items", "须为 customer；以应收为对象的规则可为 item");
}

static arc_status compile_flag(arci_action_build *b, const arci_json *params, void **program)
{
    flagging *f = arci_arena_calloc(arci_action_arena(b), 1, sizeof *f);
    *program = f;
    if (!f) return arci_nomem(b->env);
    arc_status st = arci_params_compile(b, params, specs, N_PARAMS, f->params);
    return st == ARC_OK ? take_on(b, f) : st;
}

static arc_status compile_hold(arci_action_build *b, const arci_json *params, void **program)
{
    const arci_entity *e = arci_facts_subject(b->facts);
    flagging *f = arci_arena_calloc(arci_action_arena(b), 1, sizeof *f);
    *program = f;
    if (!f) return arci_nomem(b->env);
    f->hold = 1;
    int order = e && (strcmp(e->name, "sales_order") == 0 || strcmp(e->name, "delivery") == 0) && !arci_json_get(params, "on");
    f->other = order ? arci_action_find(ARCI_ACTION_ORDER_HOLD, strlen(ARCI_ACTION_ORDER_HOLD)) : NULL;
    if (f->other) return f->other->compile(b, params, &f->program);
    if (order) {
        return arci_action_wrong(b, params, ARC_E_UNSUPPORTED, "orders and deliveries cannot be held here: hold the dunning of the customer with \"on\": \"customer\"",
                                 "此处不能冻结订单或发货；可用 \"on\": \"customer\" 暂停对客户的催收");
    }
    arc_status st = arci_params_compile(b, params, specs + 1, N_PARAMS - 1, f->params + 1);
    return st == ARC_OK ? take_on(b, f) : st;
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const flagging *f = program;
    if (f->other) return f->other->resolve(r, f->program, row, params);
    if (f->customer && !r->customer) return arci_action_suppress(r, params, "no_customer", "the subject has no customer", "对象没有客户");
    arci_str_putc(params, '{');
    arci_action_int(params, f->customer ? "customer" : "item", f->customer ? r->customer : r->row);
    if (f->hold) arci_action_text(params, "kind", "hold", 4);
    arc_status st = arci_params_put(r, f->params + f->hold, N_PARAMS - (uint32_t)f->hold, row, NULL, params);
    if (!arci_param_given(&f->params[REASON])) {
        arci_str reason;
        arci_str_init(&reason, r->env->ctx);
        arci_str_puts(&reason, "rule ");
        arci_str_puts(&reason, r->rule);
        arci_action_text(params, "reason", reason.s ? reason.s : "", reason.len);
        params->failed |= reason.failed;
        arci_str_clear(&reason);
    }
    arci_str_putc(params, '}');
    return st;
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result)
{
    arc_flag f = ARC_FLAG_INIT;
    int64_t id = 0;
    const arci_action_kind *other = arci_json_get(params, "kind") ? NULL : arci_action_find(ARCI_ACTION_ORDER_HOLD, strlen(ARCI_ACTION_ORDER_HOLD));
    if (other) return other->apply(d, params, result); /* flags say their kind */
    arc_status st = arci_given_int(d, params, "item", &f.item);
    if (st == ARC_OK) st = arci_given_int(d, params, "customer", &f.customer);
    if (st == ARC_OK) st = arci_given_text(d, params, "kind", &f.kind);
    if (st == ARC_OK) st = arci_given_date(d, params, "from_date", &f.from_date);
    if (st == ARC_OK) st = arci_given_date(d, params, "to_date", &f.to_date);
    if (st == ARC_OK) st = arci_given_text(d, params, "reason", &f.reason);
    if (st == ARC_OK) st = arci_given_text(d, params, "evidence", &f.evidence);
    if (st != ARC_OK) return st;
    if (f.from_date == ARC_DATE_NONE) f.from_date = d->as_of;
    st = arc_flag_set(d->session, &id, &f);
    if (st != ARC_E_EXISTS) return arci_action_verb(d, st, "flag", &id, result);
    arc_error error = ARC_ERROR_INIT; /* it is flagged so already: what was wanted holds */
    (void)arc_session_error(d->session, &error);
    arci_str_putc(result, '{');
    arci_action_int(result, "flag", error.id);
    arci_str_puts(result, ",\"already\":true}");
    return ARC_OK;
}

#define DATES "\"from_date\":" ARCI_SCHEMA_DATE ",\"to_date\":" ARCI_SCHEMA_DATE ",\"reason\":" ARCI_SCHEMA_TEXT ",\"evidence\":" ARCI_SCHEMA_TEXT
#define ON_WHAT "\"on\":{\"enum\":[\"item\",\"customer\"]},"

const arci_action_kind arci_action_flag = { "flag", "Set flag", "设置标记",
    "{\"type\":\"object\",\"properties\":{\"kind\":{\"oneOf\":[{\"enum\":[\"hold\",\"legal\",\"factored\",\"insolvent\"]}," ARCI_SCHEMA_EXPRESSION "]}," ON_WHAT DATES
    "},\"required\":[\"kind\"],\"additionalProperties\":false}", compile_flag, resolve, apply };
const arci_action_kind arci_action_hold = { "hold", "Hold dunning", "暂停催收",
    "{\"type\":\"object\",\"properties\":{" ON_WHAT DATES "},\"additionalProperties\":false}", compile_hold, resolve, apply };
