/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/parts.h"

#include <string.h>

#include "arcore/money.h"
#include "base/json_text.h"
#include "value/money.h"

static arc_status wrong(arci_env *env)
{
    return arci_fail(env, ARC_E_VALUE, "parts are an array of {\"kind\", \"amount\"}, 1 to 16 of them, each kind once, all of one sign",
                     "组成须为 {\"kind\", \"amount\"} 数组，1 至 16 项，类别不重复且符号一致");
}

static arci_part *find(arci_parts *parts, const char *kind, size_t n)
{
    for (uint32_t i = 0; i < parts->n; i++) {
        if (strlen(parts->part[i].kind) == n && memcmp(parts->part[i].kind, kind, n) == 0) return &parts->part[i];
    }
    return NULL;
}

static arc_status read_part(arci_env *env, arci_parts *out, const arci_json *node)
{
    const arci_json *kind = arci_json_get(node, "kind"), *amount = arci_json_get(node, "amount");
    arc_money m;
    int good = out->n < ARCI_PARTS_MAX && kind && amount && kind->type == ARCI_JSON_STRING && amount->type == ARCI_JSON_STRING && kind->len &&
               kind->len <= ARCI_PART_KIND_MAX && !strchr(kind->s, ',') && !find(out, kind->s, kind->len) &&
               arc_money_parse(&m, amount->s, amount->len, out->currency, NULL) == ARC_OK;
    if (!good) return wrong(env);
    arci_part *p = &out->part[out->n++];
    memset(p, 0, sizeof *p);
    memcpy(p->kind, kind->s, kind->len);
    p->amount = m.minor;
    return ARC_OK;
}

arc_status arci_parts_read(arci_env *env, arci_arena *arena, arci_parts *out, const arc_value *json, const char *currency)
{
    arci_json *root;
    memset(out, 0, sizeof *out);
    memcpy(out->currency, currency, 3);
    if (json->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(env, arena, json->u.s, json->len, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    if (root->type != ARCI_JSON_ARRAY || !root->n) return wrong(env);
    for (const arci_json *node = root->child; node && st == ARC_OK; node = node->next) st = read_part(env, out, node);
    return st;
}

arc_status arci_parts_print(arci_env *env, arci_arena *arena, arc_value *out, const arci_parts *parts)
{
    arci_str s;
    memset(out, 0, sizeof *out);
    if (!parts->n) return ARC_OK;
    arci_str_init(&s, env->ctx);
    for (uint32_t i = 0; i < parts->n; i++) {
        char text[40];
        size_t n = sizeof text;
        const arc_money m = { parts->part[i].amount, { parts->currency[0], parts->currency[1], parts->currency[2], 0 }, 0 };
        if (arc_money_print_amount(text, &n, &m) != ARC_OK) n = arci_int_text(text, m.minor);
        arci_str_puts(&s, i ? ",{\"kind\":" : "[{\"kind\":");
        arci_json_put_text(&s, parts->part[i].kind, strlen(parts->part[i].kind));
        arci_str_puts(&s, ",\"amount\":\"");
        arci_str_add(&s, text, n);
        arci_str_puts(&s, "\"}");
    }
    arci_str_putc(&s, ']');
    char *copy = s.failed ? NULL : arci_arena_strndup(arena, s.s, s.len);
    if (copy) {
        out->type = ARC_V_TEXT;
        out->len = (uint32_t)s.len;
        out->u.s = copy;
    }
    arci_str_clear(&s);
    return copy ? ARC_OK : arci_nomem(env);
}

static int64_t total(const arci_parts *parts)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < parts->n; i++) sum += parts->part[i].amount; /* 16 amounts within ARC_MONEY_MAX */
    return sum;
}

arc_status arci_parts_fit(arci_env *env, const arci_parts *parts, int64_t amount)
{
    if (!parts->n || total(parts) == amount) return ARC_OK;
    char sum[ARCI_SAID], said[ARCI_SAID];
    return arci_fail(env, ARC_E_VALUE, "the parts come to %s, the amount is %s", "组成合计 %s，金额为 %s", arci_money_said(sum, total(parts), parts->currency),
                     arci_money_said(said, amount, parts->currency));
}

static void take_from(arci_part *from, arci_part *to, int64_t *amount)
{
    int64_t part = from->amount < *amount ? from->amount : *amount;
    from->amount -= part;
    to->amount += part;
    *amount -= part;
}

static arc_status prorate(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount)
{
    int64_t weights[ARCI_PARTS_MAX], parts[ARCI_PARTS_MAX];
    const arc_money m = { amount, { open->currency[0], open->currency[1], open->currency[2], 0 }, 0 };
    for (uint32_t i = 0; i < open->n; i++) weights[i] = open->part[i].amount;
    arc_status st = arc_money_allocate(parts, &m, weights, weights, open->n);
    if (st != ARC_OK) return arci_fail(env, st, "the amount cannot be shared among the parts", "金额无法在各组成之间分摊");
    for (uint32_t i = 0; i < open->n; i++) {
        open->part[i].amount -= parts[i];
        taken->part[i].amount = parts[i];
    }
    return ARC_OK;
}

arc_status arci_parts_take(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount, const char *order)
{
    *taken = *open;
    for (uint32_t i = 0; i < taken->n; i++) taken->part[i].amount = 0;
    if (amount > total(open)) return arci_fail(env, ARC_E_CORRUPT, "more is taken than the parts come to", "核销金额超过组成合计");
    if (order && strcmp(order, "prorate") == 0) return prorate(env, open, taken, amount);
    for (const char *at = order; at && *at;) {
        size_t n = strcspn(at, ",");
        arci_part *from = find(open, at, n);
        if (!from) return arci_fail(env, ARC_E_VALUE, "the item has no part \"%.*s\"", "该应收没有组成“%.*s”", (int)(n > 60 ? 60 : n), at);
        take_from(from, &taken->part[from - open->part], &amount);
        at += n + (at[n] == ',');
    }
    for (uint32_t i = 0; i < open->n; i++) take_from(&open->part[i], &taken->part[i], &amount);
    return ARC_OK;
}

arc_status arci_parts_add(arci_env *env, arci_parts *to, const arci_parts *parts, int sign)
{
    for (uint32_t i = 0; i < parts->n; i++) {
        arci_part *p = find(to, parts->part[i].kind, strlen(parts->part[i].kind));
        if (!p) return arci_fail(env, ARC_E_CORRUPT, "the item has no part \"%s\"", "该应收没有组成“%s”", parts->part[i].kind);
        p->amount += sign * parts->part[i].amount;
    }
    return ARC_OK;
}
