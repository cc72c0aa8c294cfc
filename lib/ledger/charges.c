/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/charges.h"

#include <string.h>

#include "arcore/money.h"
#include "base/json.h"
#include "ledger/rates.h"

static arc_status wrong(arci_env *env)
{
    return arci_fail(env, ARC_E_VALUE, "charges are an array of {\"role\", \"amount\"}, 1 to %u of them, each amount positive", "扣费须为 {\"role\", \"amount\"} 数组，1 至 %u 项，金额须为正数", ARCI_CHARGES_MAX);
}

static int is_role(const arci_json *m)
{
    if (!m || m->type != ARCI_JSON_STRING || !m->len || m->len > 40 || m->s[0] < 'a' || m->s[0] > 'z') return 0;
    return strspn(m->s, "abcdefghijklmnopqrstuvwxyz0123456789_") == m->len;
}

static arc_status read_one(arci_env *env, arci_arena *arena, arci_charges *out, const arci_json *node, const char *currency)
{
    const arci_json *role = arci_json_get(node, "role"), *amount = arci_json_get(node, "amount");
    arc_money m;
    if (out->n == ARCI_CHARGES_MAX || node->type != ARCI_JSON_OBJECT || node->n != 2 || !is_role(role) || !amount || amount->type != ARCI_JSON_STRING ||
        arc_money_parse(&m, amount->s, amount->len, currency, NULL) != ARC_OK || m.minor <= 0) {
        return wrong(env);
    }
    if (arci_role_is_balance(role->s, role->len)) return arci_fail(env, ARC_E_VALUE, "%s is no account role that charges go to", "%s 不是费用类科目角色", role->s);
    out->list[out->n].role = arci_arena_strndup(arena, role->s, role->len);
    if (!out->list[out->n].role) return arci_nomem(env);
    out->list[out->n++].amount = m.minor;
    out->total += m.minor; /* 20 amounts within ARC_MONEY_MAX */
    return ARC_OK;
}

arc_status arci_charges_read(arci_env *env, arci_arena *arena, arci_charges *out, const arc_value *json, const char *currency, int64_t amount)
{
    arci_json *root;
    memset(out, 0, sizeof *out);
    if (json->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(env, arena, json->u.s, json->len, &arci_json_default_limits, &root);
    if (st == ARC_OK && (root->type != ARCI_JSON_ARRAY || !root->n)) st = wrong(env);
    for (const arci_json *node = st == ARC_OK ? root->child : NULL; node && st == ARC_OK; node = node->next) st = read_one(env, arena, out, node, currency);
    if (st != ARC_OK || out->total <= amount) return st;
    return arci_fail(env, ARC_E_VALUE, "the charges are more than the amount they are part of", "扣费合计超过回款金额");
}

void arci_charges_post(arci_journal *j, const arci_charges *c, const char *into, const char *currency, int64_t amount, const int64_t *base, int sign)
{
    int64_t done = amount - c->total, so_far = base ? arci_part_of(*base, done, amount) : 0, part = sign * so_far;
    arci_journal_line(j, into, currency, sign * done, base ? &part : NULL);
    for (uint32_t i = 0; i < c->n; i++) {
        done += c->list[i].amount;
        int64_t upto = base ? arci_part_of(*base, done, amount) : 0;
        part = sign * (upto - so_far);
        so_far = upto;
        arci_journal_line(j, c->list[i].role, currency, sign * c->list[i].amount, base ? &part : NULL);
    }
}
