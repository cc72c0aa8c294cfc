/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/debt.h"

#include <stdio.h>
#include <string.h>

#include "ledger/parts.h"
#include "ledger/states.h"

enum { NUMBER_MAX = 64 };

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "item", field, id, -1);
    return st;
}

/* Numbers of items that come of others: the document's, a letter, the item's own id. Of one that came of another already its own ending gives way. */
static size_t stem(const arc_value *number, int derived)
{
    size_t n = number->len, at = n;
    while (derived && at && number->u.s[at - 1] >= '0' && number->u.s[at - 1] <= '9') at--;
    int ends = derived && at < n && at >= 3 && number->u.s[at - 2] == '-' && memchr("RCTXFD", number->u.s[at - 1], 6);
    return ends ? at - 2 : n;
}

arc_status arci_debt_number(arci_posting *p, arc_value *out, const arc_value *number, int derived, char letter, int64_t id)
{
    char end[32], *text = arci_arena_alloc(&p->arena, NUMBER_MAX + 1);
    if (!text) return arci_nomem(p->t->env);
    int n = snprintf(end, sizeof end, "-%c%lld", letter, (long long)id);
    size_t kept = stem(number, derived), room = NUMBER_MAX - (size_t)n;
    while (kept > room || (kept < number->len && kept && ((unsigned char)number->u.s[kept] & 0xC0) == 0x80)) kept--; /* whole characters */
    memcpy(text, number->u.s, kept);
    memcpy(text + kept, end, (size_t)n + 1);
    *out = arci_v_text(text, kept + (size_t)n);
    return ARC_OK;
}

void arci_debt_journal(arci_posting *p, const arc_value *item, int64_t id, const char *purpose, const char *against)
{
    const arci_entry e = { .date = (arc_date)item[ARCI_ITEM_BUSINESS_DATE].u.i, .purpose = purpose, .entity = "item", .source = id, .number = &item[ARCI_ITEM_NUMBER],
                           .customer = item[ARCI_ITEM_CUSTOMER].u.i, .person = &item[ARCI_ITEM_OWNER], .department = &item[ARCI_ITEM_DEPARTMENT],
                           .project = &item[ARCI_ITEM_PROJECT], .business_line = &item[ARCI_ITEM_BUSINESS_LINE] };
    char currency[4] = { 0 };
    int64_t amount = item[ARCI_ITEM_AMOUNT].u.i;
    int has_base = item[ARCI_ITEM_BASE_AMOUNT].type == ARC_V_INT;
    int64_t base = has_base ? item[ARCI_ITEM_BASE_AMOUNT].u.i : 0, other = -base;
    memcpy(currency, item[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_journal_open(&p->journal, &e);
    arci_journal_line(&p->journal, arci_item_role(&item[ARCI_ITEM_KIND]), currency, amount, has_base ? &base : NULL);
    arci_journal_line(&p->journal, against, currency, -amount, has_base ? &other : NULL);
}

/* ---- moving ----------------------------------------------------------------------------------------------------------------- */

typedef struct moving {
    const arci_debt_order *m;
    const arc_value *old; /* by ARCI_ITEM_* */
    const arci_side *side;
    int64_t amount, base;
    int has_base, good;
    arc_value parts;
    uint32_t at; /* of its two items */
} moving;

typedef struct moves {
    arci_posting *p;
    moving *all;
    uint32_t n, n_good;
    arci_allot probe; /* of the old items */
    arci_items items;
} moves;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static void fill_item(const moving *x, arc_value *v, int credit)
{
    static const int kept[] = { ARCI_ITEM_CUSTOMER, ARCI_ITEM_CURRENCY, ARCI_ITEM_BASE_DATE, ARCI_ITEM_DUE_DATE, ARCI_ITEM_CONTRACT, ARCI_ITEM_SALES_ORDER, ARCI_ITEM_DELIVERY,
                                ARCI_ITEM_PROJECT, ARCI_ITEM_STORE, ARCI_ITEM_OWNER, ARCI_ITEM_TEAM, ARCI_ITEM_REGION, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_BUSINESS_LINE,
                                ARCI_ITEM_CHANNEL, ARCI_ITEM_MILESTONE, ARCI_ITEM_BILL, ARCI_ITEM_SEQ };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) v[kept[i]] = x->old[kept[i]];
    if (!x->m->customer) v[ARCI_ITEM_INVOICE] = x->old[ARCI_ITEM_INVOICE];
    const char *kind = credit ? "transfer" : is(&x->old[ARCI_ITEM_KIND], "retention") ? "retention" : x->m->kind;
    v[ARCI_ITEM_KIND] = arci_v_text(kind, strlen(kind));
    v[ARCI_ITEM_AMOUNT] = arci_v_int(credit ? -x->amount : x->amount);
    v[ARCI_ITEM_BUSINESS_DATE] = arci_v_int(x->m->date);
    v[ARCI_ITEM_ORIGIN] = arci_v_int(x->m->item);
    v[ARCI_ITEM_DUE_DATE] = x->side->due == ARC_DATE_NONE ? arci_v_null() : arci_v_int(x->side->due); /* the one last agreed */
    memcpy(&v[ARCI_ITEM_OWNER], x->side->owner, sizeof x->side->owner);
    if (x->has_base) {
        v[ARCI_ITEM_BASE_CURRENCY] = x->old[ARCI_ITEM_BASE_CURRENCY];
        v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(credit ? -x->base : x->base);
    }
    if (x->m->reason_code) v[ARCI_ITEM_REASON_CODE] = arci_v_text(x->m->reason_code, strlen(x->m->reason_code));
    if (x->m->reason) v[ARCI_ITEM_REMARK] = arci_v_text(x->m->reason, strlen(x->m->reason));
    if (credit) return;
    v[ARCI_ITEM_PARTS] = x->parts;
    if (!x->m->customer) return;
    v[ARCI_ITEM_CUSTOMER] = arci_v_int(x->m->customer);
    for (int c = 0; c < 3; c++) v[ARCI_ITEM_OWNER + c] = x->m->owner[c];
}

/* What its state, the amount and the day allow. */
static arc_status judge(moves *w, moving *x)
{
    arci_posting *p = w->p;
    arci_env *env = p->t->env;
    int known;
    const arci_side *side = x->side = arci_sides_find(&w->probe.items, x->m->item);
    if (!side) return fault(env, arci_fail(env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在"), NULL, x->m->item);
    const arc_value due = side->due == ARC_DATE_NONE ? arci_v_null() : arci_v_int(side->due);
    if (x->m->version && x->m->version != side->version) return fault(env, arci_fail(env, ARC_E_STALE, "the item has changed since", "应收已变更"), NULL, side->id);
    arc_status st = arci_item_tell(p->t, ARCI_DO_ITEM_TRANSFER, arci_item_facts(x->old[ARCI_ITEM_AMOUNT].u.i, side->left, &side->kind, &due), side->id);
    if (st == ARC_OK && x->m->customer && x->m->customer == side->customer) {
        st = fault(env, arci_fail(env, ARC_E_STATE, "the customer owes it already", "该客户即为债务人"), "customer", side->id);
    }
    if (st != ARC_OK) return st;
    x->amount = x->m->amount ? x->m->amount : side->left;
    if (x->amount < 0 || x->amount > side->left) {
        return fault(env, arci_wanted_left(env, x->amount, side->left, side->currency), NULL, side->id);
    }
    const arci_allot_row row = { .date = x->m->date, .item = x->m->item, .amount = x->amount, .reason_code = x->m->reason_code, .reason = x->m->reason };
    st = arci_allot_fits(&w->probe, &row);
    x->base = arci_side_base(side, x->amount, &known);
    x->has_base = !side->domestic && known;
    if (st != ARC_OK || side->parts.type == ARC_V_NULL) return st;
    arci_parts open, taken;
    st = arci_parts_read(env, &p->arena, &open, &side->parts, side->currency);
    if (st == ARC_OK) st = arci_parts_take(env, &open, &taken, x->amount, NULL);
    return st == ARC_OK ? arci_parts_print(env, &p->arena, &x->parts, &taken) : st;
}

static arc_status read_old(moves *w, const arci_debt_order *orders)
{
    arci_posting *p = w->p;
    const arci_shape *shape;
    arc_value *rows = NULL;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&p->arena, (w->n + 1u) * sizeof *ids), *sorted = arci_arena_alloc(&p->arena, (w->n + 1u) * sizeof *ids);
    w->all = arci_arena_calloc(&p->arena, w->n + 1u, sizeof *w->all);
    if (!ids || !sorted || !w->all) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < w->n; k++) ids[k] = sorted[k] = orders[k].item;
    arc_status st = arci_allot_open(p, &w->probe, sorted, w->n, NULL, 0, 0);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, w->n, &p->arena, &rows, &found);
    for (uint32_t k = 0; st == ARC_OK && k < w->n; k++) {
        w->all[k].m = &orders[k];
        w->all[k].old = rows + (size_t)k * shape->n;
    }
    return st;
}

static char letter_of(const char *kind) { return kind[0] == 'r' ? 'R' : kind[0] == 'c' ? 'C' : 'T'; }

static arc_status make_items(moves *w)
{
    arci_posting *p = w->p;
    uint32_t at = 0;
    arc_status st = arci_items_new(p->t, &p->arena, &w->items, 2 * w->n_good);
    if (st == ARC_OK) st = arci_items_ids(p->t, &w->items);
    for (uint32_t k = 0; st == ARC_OK && k < w->n; k++) {
        moving *x = &w->all[k];
        if (!x->good) continue;
        x->at = at;
        for (uint32_t i = 0; st == ARC_OK && i < 2; i++, at++) {
            arc_value *v = arci_items_row(&w->items, at);
            fill_item(x, v, i == 0);
            st = arci_debt_number(p, &v[ARCI_ITEM_NUMBER], &x->old[ARCI_ITEM_NUMBER], x->old[ARCI_ITEM_ORIGIN].type == ARC_V_INT, i ? letter_of(x->m->kind) : 'X',
                                  arci_items_id(&w->items, at));
        }
    }
    if (st == ARC_OK) st = arci_items_write(p->t, &w->items, &p->accounts);
    for (uint32_t k = 0; st == ARC_OK && k < w->n; k++) {
        const moving *x = &w->all[k];
        for (uint32_t i = x->at; x->good && i < x->at + 2; i++) arci_debt_journal(p, arci_items_row(&w->items, i), arci_items_id(&w->items, i), x->m->kind, ARCI_ROLE_TRANSFER);
    }
    return st;
}

static arc_status clear_old(moves *w, arci_debt_moved *out)
{
    arci_posting *p = w->p;
    arci_allot a;
    uint32_t n = 0;
    int64_t *sides = arci_arena_alloc(&p->arena, 2u * w->n_good * sizeof *sides);
    if (!sides) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < w->n; k++) {
        if (!w->all[k].good) continue;
        sides[n++] = w->all[k].m->item;
        sides[n++] = arci_items_id(&w->items, w->all[k].at);
    }
    arc_status st = arci_allot_open(p, &a, sides, n, NULL, 0, w->n_good);
    for (uint32_t k = 0; st == ARC_OK && k < w->n; k++) {
        const moving *x = &w->all[k];
        char *evidence = arci_arena_alloc(&p->arena, 48);
        if (!evidence) return arci_nomem(p->t->env);
        if (!x->good) continue;
        snprintf(evidence, 48, "{\"made\":%lld}", (long long)arci_items_id(&w->items, x->at + 1));
        const arci_allot_row row = { .date = x->m->date, .credit_item = arci_items_id(&w->items, x->at), .item = x->m->item, .amount = x->amount, .mode = "transfer",
                                     .reason_code = x->m->reason_code, .reason = x->m->reason, .evidence = evidence };
        st = arci_allot_add(&a, &row);
    }
    if (st == ARC_OK) st = arci_allot_write(&a);
    for (uint32_t k = 0, row = 0; st == ARC_OK && k < w->n; k++) {
        if (!w->all[k].good) continue;
        out[k].allocation = arci_allot_id(&a, row++);
        out[k].item = arci_items_id(&w->items, w->all[k].at + 1);
        out[k].amount = w->all[k].amount;
    }
    return st;
}

arc_status arci_debts_move(arci_posting *p, const arci_debt_order *orders, uint32_t n, arci_debt_moved *out, arci_debt_refuse refuse, void *user)
{
    moves w = { .p = p, .n = n };
    memset(out, 0, n * sizeof *out);
    arc_status st = n ? read_old(&w, orders) : ARC_OK;
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        st = judge(&w, &w.all[k]);
        w.all[k].good = st == ARC_OK;
        w.n_good += st == ARC_OK;
        if (st != ARC_OK && refuse && refuse(user, k, st)) st = ARC_OK;
    }
    if (st != ARC_OK || !w.n_good) return st;
    st = make_items(&w);
    return st == ARC_OK ? clear_old(&w, out) : st;
}
