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

int64_t arci_parts_sum(const arci_parts *parts)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < parts->n; i++) sum += parts->part[i].amount; /* 16 amounts within ARC_MONEY_MAX */
    return sum;
}

void arci_parts_empty(arci_parts *parts)
{
    for (uint32_t i = 0; i < parts->n; i++) parts->part[i].amount = 0;
}

arc_status arci_parts_fit(arci_env *env, const arci_parts *parts, int64_t amount)
{
    if (!parts->n || arci_parts_sum(parts) == amount) return ARC_OK;
    char sum[ARCI_SAID], said[ARCI_SAID];
    return arci_fail(env, ARC_E_VALUE, "the parts come to %s, the amount is %s", "组成合计 %s，金额为 %s", arci_money_said(sum, arci_parts_sum(parts), parts->currency),
                     arci_money_said(said, amount, parts->currency));
}

/* ---- taking --------------------------------------------------------------------------------------------------------------------- */

static void take_from(arci_part *from, arci_part *to, int64_t *amount)
{
    int64_t part = from->amount < *amount ? from->amount : *amount;
    from->amount -= part;
    to->amount += part;
    *amount -= part;
}

/* Those named take in proportion to what is open of them. */
static arc_status prorate(arci_env *env, arci_parts *open, arci_parts *taken, const uint8_t named[ARCI_PARTS_MAX], int64_t *amount)
{
    int64_t weights[ARCI_PARTS_MAX], parts[ARCI_PARTS_MAX], room = 0;
    for (uint32_t i = 0; i < open->n; i++) room += weights[i] = named[i] ? open->part[i].amount : 0;
    const arc_money m = { *amount < room ? *amount : room, { open->currency[0], open->currency[1], open->currency[2], 0 }, 0 };
    if (!m.minor) return ARC_OK;
    arc_status st = arc_money_allocate(parts, &m, weights, weights, open->n);
    if (st != ARC_OK) return arci_fail(env, st, "the amount cannot be shared among the parts", "金额无法在各组成之间分摊");
    for (uint32_t i = 0; i < open->n; i++) {
        open->part[i].amount -= parts[i];
        taken->part[i].amount += parts[i];
    }
    *amount -= m.minor;
    return ARC_OK;
}

static int known_kind(const char *kind, size_t n)
{
    static const char *const kinds[] = { "line", "tax", "freight", "charges", "cost", "interest", "principal" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i]) == n && memcmp(kinds[i], kind, n) == 0) return 1;
    }
    return 0;
}

static arc_status no_part(arci_env *env, const char *kind, size_t n)
{
    return arci_fail(env, ARC_E_VALUE, "the item has no part \"%.*s\"", "该应收没有组成“%.*s”", (int)(n > 60 ? 60 : n), kind);
}

/* The next kinds of an order, up to the comma. What the item does not have is passed over, as an order is given for many. */
static arc_status next_named(arci_env *env, arci_parts *open, const char **at, uint8_t named[ARCI_PARTS_MAX])
{
    memset(named, 0, ARCI_PARTS_MAX);
    for (;;) {
        size_t n = strcspn(*at, ",+");
        arci_part *part = find(open, *at, n);
        if (part) named[part - open->part] = 1;
        else if (!known_kind(*at, n)) return no_part(env, *at, n);
        *at += n;
        if (**at != '+') break;
        (*at)++;
    }
    if (**at) (*at)++;
    return ARC_OK;
}

static arc_status take_more(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount, const char *order)
{
    uint8_t named[ARCI_PARTS_MAX];
    arc_status st = ARC_OK;
    if (order && strcmp(order, "prorate") == 0) {
        memset(named, 1, sizeof named);
        return prorate(env, open, taken, named, &amount);
    }
    for (const char *at = order; at && *at && st == ARC_OK;) {
        st = next_named(env, open, &at, named);
        if (st == ARC_OK) st = prorate(env, open, taken, named, &amount);
    }
    for (uint32_t i = 0; st == ARC_OK && i < open->n; i++) take_from(&open->part[i], &taken->part[i], &amount);
    return st;
}

static arc_status begin(arci_env *env, const arci_parts *open, arci_parts *taken, int64_t amount)
{
    *taken = *open;
    arci_parts_empty(taken);
    return amount > arci_parts_sum(open) ? arci_fail(env, ARC_E_CORRUPT, "more is taken than the parts come to", "核销金额超过组成合计") : ARC_OK;
}

arc_status arci_parts_take(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount, const char *order)
{
    arc_status st = begin(env, open, taken, amount);
    return st == ARC_OK ? take_more(env, open, taken, amount, order) : st;
}

arc_status arci_parts_order(arci_env *env, const char *order)
{
    uint8_t named[ARCI_PARTS_MAX];
    arci_parts none;
    arc_status st = ARC_OK;
    memset(&none, 0, sizeof none);
    if (order && strcmp(order, "prorate") == 0) return ARC_OK;
    for (const char *at = order; at && *at && st == ARC_OK;) st = next_named(env, &none, &at, named);
    return st;
}

static void turn(arci_parts *parts)
{
    for (uint32_t i = 0; i < parts->n; i++) parts->part[i].amount = -parts->part[i].amount;
}

/* Each kind gives what the other side has of it. */
static void take_equal(arci_parts *open, arci_parts *taken, const arci_parts *other, int64_t *amount)
{
    for (uint32_t i = 0; i < open->n; i++) {
        arci_part *p = &open->part[i];
        for (uint32_t k = 0; k < other->n; k++) {
            if (strcmp(p->kind, other->part[k].kind) != 0) continue;
            int64_t most = other->part[k].amount < *amount ? other->part[k].amount : *amount, took = most;
            take_from(p, &taken->part[i], &took);
            *amount -= most - took;
        }
    }
}

arc_status arci_parts_match(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount, arci_parts *credit, arci_parts *given, int64_t leaves, const char *order)
{
    int64_t rest = amount, most = leaves;
    memset(taken, 0, sizeof *taken);
    memset(given, 0, sizeof *given);
    turn(credit);
    arc_status st = open->n ? begin(env, open, taken, amount) : ARC_OK;
    if (st == ARC_OK && credit->n) st = begin(env, credit, given, leaves);
    if (st == ARC_OK && open->n) {
        if (!order) take_equal(open, taken, credit, &most);
        rest -= leaves - most;
        st = take_more(env, open, taken, rest, order);
    }
    if (st == ARC_OK && credit->n) {
        take_equal(credit, given, taken, &leaves);
        st = take_more(env, credit, given, leaves, NULL);
    }
    turn(credit);
    return st;
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
