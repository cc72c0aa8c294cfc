/* SPDX-License-Identifier: Apache-2.0 */
/* The money customers had sent by a day, as known then: what of it was not applied, and when the last of it came. Whose a receipt was is said by itself or by its claims;
 * what stands now, less what happened behind the day, is what was left of it. */
#include <string.h>

#include "credit/profile.h"
#include "ledger/returns.h"
#include "store/computed.h"

enum { R_ID, R_CUSTOMER };
enum { C_ID, C_RECEIPT, C_CUSTOMER, C_DATE, C_ENDS };
static const char claim_fields[] = "id receipt customer effective_date ends";
enum { S_CURRENCY, S_VALUE_DATE, S_POSTED, S_LEFT, S_RETURNED_ON, S_RETURNED, S_COLUMNS };
static const char state_fields[] = "currency value_date posting_date unapplied returned_on returned";
enum { A_ID, A_RECEIPT, A_DATE, A_AMOUNT, A_CREDIT };
static const char allocation_fields[] = "id receipt effective_date amount credit_amount";

typedef struct money {
    arci_standings *s;
    arci_map of;   /* receipt: the customer it was on the day */
    arci_map back; /* receipt: what was taken of it later */
    arci_map ends; /* claims that were taken back by then */
    arci_map unreturned; /* receipts of which nobody knew that they went back */
    uint16_t receipt, claim, allocation; /* entities */
} money;

static int was_known(const money *m, uint16_t entity, int64_t row) { return !m->s->known || arci_known_has(m->s->known, entity, row); }

static arc_status put(money *m, arci_map *map, int64_t key, int64_t add)
{
    int64_t *value;
    const int32_t made = arci_map_put(map, &key, sizeof key, &value);
    if (made < 0) return arci_nomem(m->s->t->env);
    if (made) *value = 0;
    *value += add; /* within what a receipt is */
    return ARC_OK;
}

static arc_status take_named(void *user, const arc_value *v)
{
    money *m = user;
    return was_known(m, m->receipt, v[R_ID].u.i) ? put(m, &m->of, v[R_ID].u.i, v[R_CUSTOMER].u.i) : ARC_OK;
}

static arc_status take_end(void *user, const arc_value *v)
{
    money *m = user;
    if (v[C_ENDS].type != ARC_V_INT || v[C_DATE].u.i > m->s->as_of || !was_known(m, m->claim, v[C_ID].u.i)) return ARC_OK;
    return put(m, &m->ends, v[C_ENDS].u.i, 1);
}

static arc_status take_claim(void *user, const arc_value *v)
{
    money *m = user;
    if (v[C_ENDS].type == ARC_V_INT || v[C_DATE].u.i > m->s->as_of || !was_known(m, m->claim, v[C_ID].u.i) || !was_known(m, m->receipt, v[C_RECEIPT].u.i)) return ARC_OK;
    if (arci_map_get(&m->ends, &v[C_ID].u.i, sizeof v[C_ID].u.i)) return ARC_OK;
    return put(m, &m->of, v[C_RECEIPT].u.i, v[C_CUSTOMER].u.i);
}

static arc_status take_allocation(void *user, const arc_value *v)
{
    money *m = user;
    if (v[A_DATE].u.i <= m->s->as_of && was_known(m, m->allocation, v[A_ID].u.i)) return ARC_OK;
    return put(m, &m->back, v[A_RECEIPT].u.i, v[A_CREDIT].type == ARC_V_INT ? v[A_CREDIT].u.i : v[A_AMOUNT].u.i);
}

static arc_status read_unreturned(money *m)
{
    arci_return *list;
    uint32_t n;
    arc_status st = m->s->known ? arci_returns_unknown(m->s->t, m->s->arena, m->s->known, &list, &n) : ARC_OK;
    for (uint32_t i = 0; m->s->known && st == ARC_OK && i < n; i++) st = put(m, &m->unreturned, list[i].receipt, 1);
    return st;
}

static arc_status add(money *m, int64_t receipt, int64_t customer, const arc_value *v)
{
    const int64_t *back = arci_map_get(&m->back, &receipt, sizeof receipt);
    const arc_date as_of = m->s->as_of;
    if (v[S_POSTED].u.i > as_of) return ARC_OK;
    arci_standing *x = arci_standing_at(m->s, customer, &v[S_CURRENCY]);
    if (!x) return arci_nomem(m->s->t->env);
    const int went = v[S_RETURNED_ON].type == ARC_V_INT, gone = went && v[S_RETURNED_ON].u.i <= as_of && !arci_map_get(&m->unreturned, &receipt, sizeof receipt);
    x->unapplied += v[S_LEFT].u.i + (back ? *back : 0) + (went && !gone && v[S_RETURNED].type == ARC_V_INT ? v[S_RETURNED].u.i : 0);
    if (!gone && v[S_VALUE_DATE].u.i > x->last_paid) x->last_paid = (arc_date)v[S_VALUE_DATE].u.i; /* ARC_DATE_NONE is the smallest */
    return ARC_OK;
}

static arc_status add_up(money *m)
{
    const arci_standings *s = m->s;
    const arci_shape *states, *allocations;
    arc_value *state;
    uint8_t *found;
    const uint32_t n = m->of.n;
    int64_t *ids = arci_arena_alloc(s->arena, (n + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(s->t->env);
    for (uint32_t i = 0; i < n; i++) memcpy(&ids[i], m->of.entries[i].key, sizeof *ids);
    (void)arci_id_sort(ids, n);
    arc_status st = arci_shape_get(s->t, &states, "receipt_state", state_fields);
    if (st == ARC_OK) st = arci_shape_get(s->t, &allocations, "allocation", allocation_fields);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, allocations, allocations->cols[A_RECEIPT], ids, n, NULL, NULL, 0, take_allocation, m);
    if (st == ARC_OK) st = arci_repo_get_many(s->t, states, ids, n, s->arena, &state, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (found[i]) st = add(m, ids[i], *arci_map_get(&m->of, &ids[i], sizeof *ids), state + (size_t)i * S_COLUMNS);
    }
    return st;
}

static arc_status read_all(money *m)
{
    const arci_standings *s = m->s;
    const arci_shape *receipts, *claims;
    arc_status st = arci_shape_get(s->t, &receipts, "receipt", "id customer");
    if (st == ARC_OK) st = arci_shape_get(s->t, &claims, "receipt_claim", claim_fields);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, receipts, receipts->cols[R_CUSTOMER], s->ids, s->n_ids, NULL, NULL, 0, take_named, m);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, claims, claims->cols[C_CUSTOMER], s->ids, s->n_ids, NULL, NULL, 0, take_end, m);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, claims, claims->cols[C_CUSTOMER], s->ids, s->n_ids, NULL, NULL, 0, take_claim, m);
    if (st == ARC_OK) st = read_unreturned(m);
    return st == ARC_OK && m->of.n ? add_up(m) : st;
}

arc_status arci_standings_money(arci_standings *s)
{
    money m = { .s = s };
    arci_map_init(&m.of, s->t->env->ctx);
    arci_map_init(&m.back, s->t->env->ctx);
    arci_map_init(&m.ends, s->t->env->ctx);
    arci_map_init(&m.unreturned, s->t->env->ctx);
    m.receipt = arci_entity_by_name("receipt", 7)->id;
    m.claim = arci_entity_by_name("receipt_claim", 13)->id;
    m.allocation = arci_entity_by_name("allocation", 10)->id;
    const arc_status st = read_all(&m);
    arci_map_clear(&m.of);
    arci_map_clear(&m.back);
    arci_map_clear(&m.ends);
    arci_map_clear(&m.unreturned);
    return st;
}
