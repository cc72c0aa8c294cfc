/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft is to take over, kept until it is issued. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "billing/uses.h"

static arc_status bad(arci_bills *b)
{
    arc_status st = arci_fail(b->p->t->env, ARC_E_INVALID, "uses is NULL, or too many", "uses 为 NULL 或过多");
    arci_fail_at(b->p->t->env, "invoice", "draft_uses", 0, -1);
    return st;
}

arc_status arci_uses_keep(arci_bills *b, uint32_t i, arc_value *json)
{
    const arci_bill *d = &b->list[i];
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    arci_str s;
    const char *at = (const char *)d->uses;
    *json = arci_v_null();
    if (!d->n_uses) return ARC_OK;
    if (d->n_uses > ARCI_USES_MAX || !d->uses) return bad(b);
    arc_status st = ARC_OK;
    arci_str_init(&s, b->p->arena.ctx);
    for (uint32_t k = 0; k < d->n_uses && st == ARC_OK; k++, at += d->uses->struct_size) {
        char text[160], line[32] = "";
        st = arci_struct_in(b->p->t->env, &u, sizeof u, at);
        if (st != ARC_OK) break;
        int currency = u.amount.currency[0] >= 'A' && u.amount.currency[1] >= 'A' && u.amount.currency[2] >= 'A'; /* else "": refused when it is issued */
        if (u.line) (void)snprintf(line, sizeof line, ",\"line\":%u", u.line);
        int n = snprintf(text, sizeof text, "%c{\"item\":%lld,\"minor\":%lld,\"currency\":\"%.3s\"%s%s}", k ? ',' : '[', (long long)u.item, (long long)u.amount.minor, currency ? u.amount.currency : "",
                         u.flags & ARC_USE_UP_TO ? ",\"up_to\":true" : "", line);
        arci_str_add(&s, text, (size_t)n);
    }
    arci_str_putc(&s, ']');
    const char *text = st == ARC_OK && !s.failed ? arci_arena_strndup(&b->p->arena, s.s, s.len) : NULL;
    if (text) *json = arci_v_text(text, s.len);
    else if (st == ARC_OK) st = arci_nomem(b->p->t->env);
    arci_str_clear(&s);
    return st;
}

static arc_status one(arci_env *env, arc_invoice_use *u, const arci_json *e)
{
    const arci_json *item = arci_json_get(e, "item"), *minor = arci_json_get(e, "minor"), *currency = arci_json_get(e, "currency"), *line = arci_json_get(e, "line");
    int64_t seq = 0;
    (void)arc_invoice_use_init(u);
    if (!item || !minor || !currency || !currency->s || strlen(currency->s) > 3) return arci_fail(env, ARC_E_CORRUPT, "the draft's uses are damaged", "草稿使用的应收已损坏");
    memcpy(u->amount.currency, currency->s, strlen(currency->s));
    if (arci_json_get(e, "up_to")) u->flags = ARC_USE_UP_TO;
    arc_status st = arci_json_int(env, item, &u->item);
    if (st == ARC_OK && line) st = arci_json_int(env, line, &seq);
    u->line = seq > 0 && seq <= UINT32_MAX ? (uint32_t)seq : 0;
    return st == ARC_OK ? arci_json_int(env, minor, &u->amount.minor) : st;
}

arc_status arci_uses_kept(arci_bills *b, uint32_t i, const arc_value *json)
{
    arci_json *root = NULL;
    arci_bill *d = &b->list[i];
    arci_env *env = b->p->t->env;
    if (json->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(env, &b->p->arena, json->u.s, json->len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    arc_invoice_use *list = arci_arena_calloc(&b->p->arena, root->n + 1, sizeof *list);
    if (!list) return arci_nomem(env);
    for (const arci_json *e = root->child; e && st == ARC_OK; e = e->next) st = one(env, &list[d->n_uses++], e);
    d->uses = list;
    return st;
}
