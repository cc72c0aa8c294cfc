/* SPDX-License-Identifier: Apache-2.0 */
/* Credit balances of customers at the end of a period (重分类): what a balance sheet shows as a liability. A report: nothing is posted. */
#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"
#include "base/json_text.h"
#include "ledger/journal.h"
#include "ledger/journal_balance.h"
#include "store/valid.h"

/* What a customer's receivables come to in one currency. */
typedef struct standing {
    int64_t customer, amount, base;
    char currency[4];
} standing;

typedef struct reclass {
    arci_balance *b;
    arci_account_map *map; /* NULL: roles */
    standing *list;
    uint32_t n;
} reclass;

static int counts(const arci_balance_row *r)
{
    return r->customer && (!strcmp(r->label, ARCI_ROLE_RECEIVABLE) || !strcmp(r->label, ARCI_ROLE_RETENTION));
}

static int in_order(const void *x, const void *y)
{
    const standing *a = x, *b = y;
    int d = memcmp(a->currency, b->currency, 3);
    return d ? d : (a->customer > b->customer) - (a->customer < b->customer);
}

/* Rows are by role, currency, customer: both roles of a customer come together. */
static arc_status collect(reclass *x)
{
    arci_map index;
    arc_status st = ARC_OK;
    x->list = arci_arena_calloc(&x->b->arena, x->b->n + 1u, sizeof *x->list);
    if (!x->list) return arci_nomem(x->b->t->env);
    arci_map_init(&index, x->b->t->env->ctx);
    for (uint32_t i = 0; i < x->b->n && st == ARC_OK; i++) {
        const arci_balance_row *r = &x->b->rows[i];
        char key[11];
        int64_t *slot, amount, base;
        if (!counts(r)) continue;
        memcpy(key, r->currency, 3);
        memcpy(key + 3, &r->customer, sizeof r->customer);
        int32_t fresh = arci_map_put(&index, key, sizeof key, &slot);
        if (fresh < 0) st = arci_nomem(x->b->t->env);
        if (st == ARC_OK && fresh) {
            x->list[x->n].customer = r->customer;
            memcpy(x->list[x->n].currency, r->currency, 4);
            *slot = ++x->n;
        }
        if (st != ARC_OK) break;
        standing *s = &x->list[*slot - 1];
        if (arci_acc_get(&r->amount, &amount) || arci_acc_get(&r->base, &base) || arci_add64(s->amount, amount, &s->amount) || arci_add64(s->base, base, &s->base)) {
            st = arci_fail(x->b->t->env, ARC_E_OVERFLOW, "a balance is too large", "余额超出范围");
        }
    }
    arci_map_clear(&index);
    if (x->n) qsort(x->list, x->n, sizeof *x->list, in_order);
    return st;
}

static arc_status put_account(reclass *x, arci_str *out, const char *key, const char *role, const standing *s)
{
    const arci_gl_account *a = NULL;
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    const char *keys[ARCI_KEY_N] = { NULL, s->currency, NULL, NULL };
    arci_str_puts(out, ",\"");
    arci_str_puts(out, key);
    arci_str_puts(out, "\":");
    if (!x->map) {
        arci_json_put_text(out, role, strlen(role));
        return ARC_OK;
    }
    arc_status st = arci_shape_get(x->b->t, &shape, "customer", "segment");
    if (st == ARC_OK) st = arci_repo_get_many(x->b->t, shape, &s->customer, 1, &x->b->arena, &row, &found);
    if (st != ARC_OK) return st;
    keys[ARCI_KEY_SEGMENT] = found[0] && row[0].type == ARC_V_TEXT ? row[0].u.s : NULL;
    a = arci_account_map_find(x->map, role, strlen(role), keys);
    if (!a) return arci_fail(x->b->t->env, ARC_E_NOT_FOUND, "the account map %.64s has no account for the role %s", "科目映射 %.64s 未定义角色 %s 的科目", x->map->code, role);
    arci_json_put_text(out, a->code, strlen(a->code));
    return ARC_OK;
}

static arc_status put_money(reclass *x, arci_str *out, const char *key, int64_t minor, const char *currency)
{
    char text[32];
    size_t n = sizeof text;
    arc_money m;
    if (arc_money_set(&m, minor, currency) != ARC_OK || arc_money_print_amount(text, &n, &m) != ARC_OK) {
        return arci_fail(x->b->t->env, ARC_E_OVERFLOW, "a balance is too large", "余额超出范围");
    }
    arci_str_puts(out, ",\"");
    arci_str_puts(out, key);
    arci_str_puts(out, "\":");
    arci_json_put_text(out, text, n);
    return ARC_OK;
}

static arc_status put_rows(reclass *x, arci_str *out, int64_t *base)
{
    arc_status st = ARC_OK;
    int first = 1;
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) {
        const standing *s = &x->list[i];
        if (s->amount >= 0) continue;
        arci_str_puts(out, first ? "{\"customer\":" : ",{\"customer\":");
        first = 0;
        arci_str_int(out, s->customer);
        arci_str_puts(out, ",\"currency\":");
        arci_json_put_text(out, s->currency, 3);
        st = put_account(x, out, "debit", ARCI_ROLE_RECEIVABLE, s);
        if (st == ARC_OK) st = put_account(x, out, "credit", ARCI_ROLE_ON_ACCOUNT, s);
        if (st == ARC_OK) st = put_money(x, out, "amount", -s->amount, s->currency);
        if (st == ARC_OK) st = put_money(x, out, "base", -s->base, x->b->t->book->base_currency);
        arci_str_putc(out, '}');
        if (arci_add64(*base, -s->base, base)) return arci_fail(x->b->t->env, ARC_E_OVERFLOW, "a balance is too large", "余额超出范围");
    }
    return st;
}

static arc_status run(arci_balance *b, arci_str *out)
{
    reclass x = { b, NULL, NULL, 0 };
    const char *map = b->o.map;
    arc_date day = b->o.as_of;
    int64_t base = 0;
    arc_status st = map && day == ARC_DATE_NONE ? arci_txn_today(b->t, &day) : ARC_OK;
    if (st == ARC_OK && map) st = arci_account_map_get(b->t, &b->arena, map, day, &x.map);
    b->o.map = NULL; /* balances are by role and customer */
    b->o.flags |= ARC_JOURNAL_BY_CUSTOMER;
    if (st == ARC_OK) st = arci_balance_read(b);
    if (st == ARC_OK) st = collect(&x);
    if (st == ARC_OK) st = arci_balance_head(b, out);
    if (st == ARC_OK) st = put_rows(&x, out, &base);
    arci_str_putc(out, ']');
    if (st == ARC_OK) st = put_money(&x, out, "total", base, b->t->book->base_currency);
    arci_str_putc(out, '}');
    return st == ARC_OK && out->failed ? arci_nomem(b->t->env) : st;
}

arc_status arc_journal_reclass_json(arc_session *session, char *buf, size_t *len, const arc_journal_balance_options *options)
{
    return arci_balance_json(session, buf, len, options, run);
}
