/* SPDX-License-Identifier: Apache-2.0 */
/* Preview of credit policies: what they count and check, and what the exposure of customers would be by them. */
#include <string.h>

#include "api/preview.h"
#include "credit/exposure.h"
#include "store/access.h"

static void put_parts(arci_str *b, const arci_policy *p)
{
    arci_json_put_key(b, "parts");
    arci_str_putc(b, '[');
    for (int k = 0; k < ARCI_PARTS; k++) {
        if (!p->parts[k].include && p->parts[k].limit < 0) continue;
        arci_preview_begin(b, '{');
        arci_json_put_str(b, "part", arci_part_names[k]);
        arci_str_puts(b, p->parts[k].include ? ",\"included\":true" : ",\"included\":false");
        if (p->parts[k].limit >= 0) arci_preview_amount(b, "limit", p->currency, p->parts[k].limit);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static void put_rules(arci_str *b, const arci_policy *p)
{
    static const char *const effects[] = { "ignore", "warn", "block" };
    arci_json_put_key(b, "rules");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < p->n_rules; i++) {
        arci_preview_begin(b, '{');
        arci_json_put_str(b, "rule", arci_credit_rule_names[p->rules[i].rule]);
        arci_json_put_str(b, "effect", effects[p->rules[i].effect]);
        arci_str_puts(b, ",\"at\":[");
        if (p->rules[i].at & ARCI_AT_ORDER) arci_str_puts(b, "\"order\"");
        if (p->rules[i].at & ARCI_AT_DELIVERY) arci_str_puts(b, p->rules[i].at & ARCI_AT_ORDER ? ",\"delivery\"" : "\"delivery\"");
        if (p->rules[i].at & ARCI_AT_INVOICE) arci_str_puts(b, p->rules[i].at != ARCI_AT_INVOICE ? ",\"invoice\"" : "\"invoice\"");
        arci_str_puts(b, "]}");
    }
    arci_str_putc(b, ']');
}

static arc_status put_customer(arci_preview *p, const arci_policy *policy, int64_t customer)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    arci_rates rates;
    arci_exposure x;
    arci_exposure_ask ask;
    arc_status st = arci_access_row(p->t, &arci_verbs[ARCI_DO_READ], e, e, customer);
    if (st != ARC_OK) return st;
    memset(&ask, 0, sizeof ask);
    arci_rates_init(&rates, p->t, p->arena);
    ask.t = p->t;
    ask.arena = p->arena;
    ask.policy = policy;
    ask.rates = &rates;
    ask.customers = &customer;
    ask.n = 1;
    ask.day = p->o.as_of;
    ask.horizon = ARC_DATE_NONE;
    memcpy(ask.currency, policy->currency, 4);
    st = arci_exposure_of(&ask, &x);
    if (st != ARC_OK) return st;
    arci_preview_begin(p->out, '{');
    arci_json_put_int(p->out, "id", customer);
    arci_json_put_str(p->out, "currency", policy->currency);
    arci_preview_amount(p->out, "exposure", policy->currency, x.total);
    for (int k = 0; k < ARCI_PARTS; k++) {
        if (x.parts[k] && policy->parts[k].include) arci_preview_amount(p->out, arci_part_names[k], policy->currency, x.parts[k]);
    }
    arci_str_putc(p->out, '}');
    return ARC_OK;
}

arc_status arci_preview_credit_policy(arci_preview *p)
{
    arci_policy policy;
    const arci_row_scope *rows = NULL;
    arc_status st = arci_policy_read(p->env, p->arena, &policy, p->json, p->len);
    if (st == ARC_OK && p->o.n_rows) st = arci_access_read(p->env, p->s, arci_entity_by_name("account", 7), &rows);
    if (st != ARC_OK) return st;
    put_parts(p->out, &policy);
    put_rules(p->out, &policy);
    arci_json_put_key(p->out, "customers");
    arci_str_putc(p->out, '[');
    for (size_t i = 0; st == ARC_OK && i < p->o.n_rows; i++) st = put_customer(p, &policy, p->o.rows[i]);
    arci_str_putc(p->out, ']');
    return st;
}
