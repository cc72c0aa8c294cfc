/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/offer.h"

#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "base/json.h"
#include "base/map.h"
#include "ledger/rates.h"
#include "store/access.h"
#include "store/session.h"

arc_status arc_offer_init(arc_offer *offer)
{
    static const arc_offer init = ARC_OFFER_INIT;
    if (!offer) return ARC_E_INVALID;
    *offer = init;
    return ARC_OK;
}

/* A tier as the invoice wrote it: {"until": day or null, "percent": "2", "amount": "20.00"}; without an amount it is the percentage of the item's. */
static int read_tier(const arci_json *tier, const char *currency, int64_t whole, arc_date *until, int64_t *amount)
{
    const arci_json *day = arci_json_get(tier, "until"), *a = arci_json_get(tier, "amount"), *percent = arci_json_get(tier, "percent");
    arc_money m;
    arc_decimal share;
    *until = ARC_DATE_NONE;
    if (day && day->type == ARCI_JSON_STRING && arc_date_parse(until, day->s, day->len) != ARC_OK) return 0;
    if (a && a->type == ARCI_JSON_STRING && arc_money_parse(&m, a->s, a->len, currency, NULL) == ARC_OK) {
        *amount = m.minor;
        return 1;
    }
    if (!percent || percent->type != ARCI_JSON_STRING || arc_decimal_parse(&share, percent->s, percent->len) != ARC_OK || share.scale > 16) return 0;
    share.scale += 2;
    const arc_money all = { whole, { currency[0], currency[1], currency[2], 0 }, 0 };
    if (arc_money_mul(&m, &all, &share, ARC_ROUND_HALF_UP) != ARC_OK) return 0;
    *amount = m.minor;
    return 1;
}

int64_t arci_offer_part(const arc_offer *offer, int64_t payment)
{
    int64_t net = offer->open - offer->amount;
    if (!offer->amount || payment <= 0 || net <= 0) return 0;
    if (payment >= net) return offer->amount;
    return arci_part_of(offer->amount, payment, net);
}

static int needs_granted(const arci_offered *o) { return o->discounts->type == ARC_V_TEXT && o->open > 0 && o->open < o->amount; }

arc_status arci_offers_granted(arci_txn *t, arci_arena *arena, arci_offered *items, uint32_t n)
{
    const arci_shape *shape;
    const uint32_t at_once = 500;
    uint32_t wanted = 0;
    arc_value *in = NULL;
    for (uint32_t i = 0; i < n; i++) wanted += needs_granted(&items[i]) != 0;
    if (!wanted) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "allocation", "item discount");
    if (st == ARC_OK && !(in = arci_arena_alloc(arena, wanted * sizeof *in))) return arci_nomem(t->env);
    arci_map by_item;
    arci_map_init(&by_item, arena->ctx);
    for (uint32_t i = 0, k = 0; st == ARC_OK && i < n; i++) {
        int64_t *at;
        if (!needs_granted(&items[i])) continue;
        in[k++] = arci_v_int(items[i].item);
        if (arci_map_put(&by_item, &items[i].item, sizeof items[i].item, &at) < 0) st = arci_nomem(t->env);
        else *at = i;
    }
    for (uint32_t from = 0; st == ARC_OK && from < wanted; from += at_once) {
        arci_where w;
        arci_rows rows = { 0 };
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], in + from, wanted - from < at_once ? wanted - from : at_once);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) { /* what was taken back is negative */
            const arc_value *v = rows.values + 2 * (size_t)r;
            const int64_t *at = arci_map_get(&by_item, &v[0].u.i, sizeof v[0].u.i);
            if (at) items[*at].granted += v[1].u.i; /* together within the item's amount */
        }
    }
    arci_map_clear(&by_item);
    return st;
}

arc_status arci_offer(arci_env *env, arci_arena *arena, arc_offer *out, const arci_offered *item, const char *currency, arc_date paid_on, int64_t payment, const arci_tolerance *tol)
{
    arci_json *root;
    int32_t tier = 0;
    int64_t open = item->open;
    (void)arc_offer_init(out);
    out->open = open;
    if (item->discounts->type != ARC_V_TEXT || open <= 0 || item->amount <= 0) return ARC_OK;
    arc_status st = arci_json_parse(env, arena, item->discounts->u.s, item->discounts->len, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    for (const arci_json *t = root->child; t; t = t->next) {
        arc_date until;
        int64_t whole, part;
        tier++;
        if (!read_tier(t, currency, item->amount, &until, &whole) || whole < 0 || whole > item->amount) {
            return arci_fail(env, ARC_E_CORRUPT, "the item's cash discounts cannot be read", "无法读取该应收的现金折扣");
        }
        part = open <= item->amount ? arci_part_of(whole, open, item->amount) : whole;
        if (part > whole - item->granted) part = whole > item->granted ? whole - item->granted : 0;
        if (part > out->most) out->most = part;
        if ((until != ARC_DATE_NONE && paid_on > until + tol->grace_days) || part <= out->amount) continue;
        out->amount = part;
        out->tier = tier;
        out->until = until;
    }
    out->earned = !payment || payment >= open - out->amount ? out->amount : tol->partial_discount ? arci_offer_part(out, payment) : 0;
    return ARC_OK;
}

/* ---- asking ----------------------------------------------------------------------------------------------------------------- */

typedef struct question {
    int64_t item, payment;
    arc_date on;
    const char *tolerance;
} question;

static arc_status answer(arci_txn *t, arci_arena *arena, arc_offer *out, const question *q)
{
    const arci_shape *items, *states;
    const arci_row_scope *scope = NULL;
    arc_value *item, *state;
    uint8_t seen = 1;
    arci_tolerance tol;
    arc_status st = arci_shape_get(t, &items, "item", "amount currency discounts");
    if (st == ARC_OK) st = arci_shape_get(t, &states, "item_state", "open");
    if (st == ARC_OK) st = arci_access_read(t->env, t->session, items->table->entity, &scope);
    if (st == ARC_OK) st = arci_access_field(t->env, t->session, items->table->entity, arci_entity_field(items->table->entity, "discounts", 9));
    if (st == ARC_OK && scope) st = arci_scope_rows(t, arena, items->table->entity, scope, &q->item, 1, &seen);
    if (st == ARC_OK && !seen) {
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在");
        arci_fail_at(t->env, "item", NULL, q->item, -1);
    }
    if (st == ARC_OK) st = arci_repo_get(t, items, q->item, arena, &item);
    if (st == ARC_OK) st = arci_repo_get(t, states, q->item, arena, &state);
    if (st == ARC_OK) st = arci_tolerance_get(t, arena, &tol, q->tolerance, q->on);
    if (st != ARC_OK) return st;
    if (item[0].u.i < 0) {
        st = arci_fail(t->env, ARC_E_STATE, "a credit offers no discount", "贷项不提供折扣");
        arci_fail_at(t->env, "item", NULL, q->item, -1);
        return st;
    }
    char currency[4] = { 0 };
    memcpy(currency, item[1].u.s, 3);
    arci_offered offered = { q->item, item[0].u.i, state[0].u.i, &item[2], 0 };
    st = arci_offers_granted(t, arena, &offered, 1);
    return st == ARC_OK ? arci_offer(t->env, arena, out, &offered, currency, q->on, q->payment, &tol) : st;
}

arc_status arc_item_offer(arc_session *session, arc_offer *offer, int64_t item, arc_date paid_on, int64_t payment, const char *tolerance)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    arc_offer out;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    const question q = { item, payment, paid_on == ARC_DATE_NONE ? s->business_date : paid_on, tolerance };
    if (!offer) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "offer is NULL", "offer 为 NULL"));
    if (q.on < ARC_DATE_MIN || q.on > ARC_DATE_MAX - 400 || payment < 0) {
        return arci_session_leave(s, arci_fail(&s->env, ARC_E_RANGE, "a day, and a payment that is not negative", "须给出日期，付款不得为负"));
    }
    arci_arena_init(&arena, s->book->ctx);
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, answer(scope.txn, &arena, &out, &q));
    if (st == ARC_OK) st = arci_struct_out(offer, &out, sizeof out);
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}
