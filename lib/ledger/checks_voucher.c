/* SPDX-License-Identifier: Apache-2.0 */
/* Vouchers against their entries: whatever accounts the map of the day gave, by account role and currency a voucher says what its entries say. */
#include <string.h>

#include "arcore/money.h"
#include "base/json.h"
#include "base/num.h"
#include "ledger/checks.h"
#include "store/stream.h"

#define ENTRIES_AT_ONCE 500u

typedef struct role_sum {
    const char *role;
    uint32_t n_role;
    char currency[4];
    arci_acc amount, base; /* of the entries less what the voucher says */
} role_sum;

typedef struct sheet {
    arci_verify *v;
    arci_txn *t;
    arci_arena arena;
    role_sum *list;
    uint32_t n, cap;
} sheet;

static role_sum *at(sheet *s, const char *role, size_t n, const char *currency)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->list[i].n_role == n && !memcmp(s->list[i].role, role, n) && !memcmp(s->list[i].currency, currency, 3)) return &s->list[i];
    }
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 32;
        role_sum *more = arci_arena_alloc(&s->arena, cap * sizeof *more);
        if (!more) return NULL;
        if (s->n) memcpy(more, s->list, s->n * sizeof *more);
        s->list = more;
        s->cap = cap;
    }
    role_sum *fresh = &s->list[s->n];
    memset(fresh, 0, sizeof *fresh);
    fresh->role = arci_arena_strndup(&s->arena, role, n);
    if (!fresh->role) return NULL;
    fresh->n_role = (uint32_t)n;
    memcpy(fresh->currency, currency, 3);
    s->n++;
    return fresh;
}

/* ---- what the voucher says ------------------------------------------------------------------------------------------------------- */

static const arci_json *text_of(const arci_json *line, const char *key)
{
    const arci_json *m = arci_json_get(line, key);
    return m && m->type == ARCI_JSON_STRING ? m : NULL;
}

/* Credits are written positive. 0: it is no amount. */
static int take_amount(const arci_json *line, const char *debit, const char *credit, const char *currency, arci_acc *sum)
{
    const arci_json *d = text_of(line, debit), *c = text_of(line, credit), *m = d ? d : c;
    arc_money amount;
    if (!m || arc_money_parse(&amount, m->s, m->len, currency, NULL) != ARC_OK) return 0;
    arci_acc_add(sum, d ? -amount.minor : amount.minor);
    return 1;
}

static arc_status read_voucher(sheet *s, const arc_value *json, int *readable)
{
    arci_json *root;
    const char *home = s->t->book->base_currency;
    *readable = 1;
    arc_status st = arci_json_parse(s->t->env, &s->arena, json->u.s, json->len, &arci_json_definition_limits, &root);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK || root->type != ARCI_JSON_ARRAY) *readable = 0;
    for (const arci_json *line = *readable ? root->child : NULL; line && *readable; line = line->next) {
        const arci_json *role = text_of(line, "role"), *currency = text_of(line, "currency");
        if (!role || !currency || currency->len != 3) {
            *readable = 0;
            break;
        }
        role_sum *sum = at(s, role->s, role->len, currency->s);
        if (!sum) return arci_nomem(s->t->env);
        *readable = take_amount(line, "debit", "credit", currency->s, &sum->amount);
        (void)take_amount(line, "base_debit", "base_credit", home, &sum->base); /* none: it was not valued */
    }
    return ARC_OK;
}

/* ---- what its entries say ---------------------------------------------------------------------------------------------------------- */

enum { L_ENTRY, L_ROLE, L_CURRENCY, L_AMOUNT, L_BASE, L_COLUMNS };

static arc_status take_entries(sheet *s, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_arena arena;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(s->t, &shape, "journal_line", "journal_entry account_role currency amount base_amount");
    if (st != ARC_OK || !n) return st;
    arci_arena_init(&arena, s->t->env->ctx);
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[L_ENTRY], ids, n);
    st = arci_repo_find(s->t, shape, &w, NULL, 0, 0, &arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * L_COLUMNS;
        char currency[4] = { 0 };
        memcpy(currency, v[L_CURRENCY].u.s, v[L_CURRENCY].len < 3 ? v[L_CURRENCY].len : 3);
        role_sum *sum = at(s, v[L_ROLE].u.s, v[L_ROLE].len, currency);
        if (!sum) {
            st = arci_nomem(s->t->env);
            break;
        }
        arci_acc_add(&sum->amount, v[L_AMOUNT].u.i);
        if (memcmp(currency, s->t->book->base_currency, 3) == 0) arci_acc_add(&sum->base, v[L_AMOUNT].u.i);
        else if (v[L_BASE].type == ARC_V_INT) arci_acc_add(&sum->base, v[L_BASE].u.i);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status judge(sheet *s, int64_t voucher)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < s->n && st == ARC_OK; i++) {
        const role_sum *r = &s->list[i];
        int64_t amount = 0, base = 0;
        if (!arci_acc_get(&r->amount, &amount) && !amount && !arci_acc_get(&r->base, &base) && !base) continue;
        st = arci_finding(s->v, "voucher", "lines", voucher, "%.40s in %s differs from its entries by %lld", "%.40s（%s）与分录相差 %lld", r->role, r->currency, (long long)(amount ? amount : base));
    }
    return st;
}

arc_status arci_check_voucher_lines(arci_verify *v, arci_txn *t)
{
    arci_stream vouchers, entries;
    sheet s;
    memset(&s, 0, sizeof s);
    s.v = v;
    s.t = t;
    arci_arena_init(&s.arena, t->env->ctx);
    memset(&entries, 0, sizeof entries);
    arc_status st = arci_stream_open(t, v, &vouchers, "voucher", "id lines", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &entries, "voucher_entry", "voucher journal_entry", "journal_entry");
    while (st == ARC_OK && vouchers.row) {
        int64_t id = vouchers.row[0].u.i;
        arc_value ids[ENTRIES_AT_ONCE];
        uint32_t n = 0;
        int readable = 1;
        arci_arena_reset(&s.arena);
        s.list = NULL;
        s.n = s.cap = 0;
        st = read_voucher(&s, &vouchers.row[1], &readable);
        for (; st == ARC_OK && entries.row && entries.row[0].u.i <= id; st = st == ARC_OK ? arci_stream_next(&entries) : st) {
            if (entries.row[0].u.i != id) continue;
            ids[n++] = arci_v_int(entries.row[1].u.i);
            if (n < ENTRIES_AT_ONCE) continue;
            st = take_entries(&s, ids, n);
            n = 0;
        }
        if (st == ARC_OK) st = take_entries(&s, ids, n);
        if (st == ARC_OK && !readable) st = arci_finding(v, "voucher", "lines", id, "its lines cannot be read", "分录内容无法读取");
        else if (st == ARC_OK) st = judge(&s, id);
        if (st == ARC_OK) st = arci_stream_next(&vouchers);
    }
    arci_stream_close(&entries);
    arci_stream_close(&vouchers);
    arci_arena_clear(&s.arena);
    return st;
}
