/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/relation.h"

#include <string.h>

#include "arcore/fields.h"
#include "credit/family.h"
#include "store/computed.h"

#define INTERACTION 106u

enum { N_CUSTOMER, N_ID, N_AT, N_PROMISED, N_CURRENCY, N_AMOUNT, N_NEXT, N_DONE };
static const char interaction_fields[] = "customer id sent_at promise_date promise_currency promise_amount next_on done_on";
enum { D_CUSTOMER, D_ID, D_OPENED, D_CLOSED };
static const char dispute_fields[] = "debtor id opened_on closed_on";
enum { R_CUSTOMER, R_ID, R_CURRENCY, R_AMOUNT, R_DATE };
static const char receipt_fields[] = "customer id currency amount value_date";
enum { C_CUSTOMER, C_ID, C_CLAIMED };
static const char claim_fields[] = "customer receipt claimed_on";

typedef struct promise {
    uint32_t of; /* place of the customer */
    arc_date made, until;
    int64_t amount, paid; /* amount 0: any payment keeps it */
    char currency[4];     /* "": any */
} promise;

typedef struct money {
    uint32_t of;
    int64_t id;
} money;

typedef struct relations {
    arci_txn *t;
    arci_arena *arena;
    arci_relation *out;
    const int64_t *ids;
    uint32_t n;
    arci_families families;
    arc_date as_of;
    const arci_known *known;
    promise *promises;
    uint32_t n_promises, cap_promises;
    money *receipts; /* that may have kept one */
    uint32_t n_receipts, cap_receipts;
} relations;

/* Of whom a row tells: who was merged is the one he was merged into. UINT32_MAX: nobody asked about. */
static uint32_t place(const relations *r, const arc_value *customer)
{
    return customer->type == ARC_V_INT ? arci_id_place(r->ids, r->n, arci_family_of(&r->families, customer->u.i)) : UINT32_MAX;
}

static void *grown(const relations *r, void *list, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) return list;
    const uint32_t more = *cap ? *cap * 2 : 32;
    void *copy = arci_arena_alloc(r->arena, more * size);
    if (!copy) return NULL;
    if (n) memcpy(copy, list, n * size);
    *cap = more;
    return copy;
}

static int was_known(const relations *r, uint32_t entity, int64_t id) { return !r->known || arci_known_has(r->known, (uint16_t)entity, id); }

static void sooner(arc_date *at, int64_t day)
{
    if (*at == ARC_DATE_NONE || day < *at) *at = (arc_date)day;
}

static arc_status take_promise(relations *r, uint32_t of, arc_date made, const arc_value *v)
{
    promise *list = grown(r, r->promises, r->n_promises, &r->cap_promises, sizeof *list);
    if (!list) return arci_nomem(r->t->env);
    r->promises = list;
    promise *p = &list[r->n_promises++];
    *p = (promise){ .of = of, .made = made, .until = (arc_date)v[N_PROMISED].u.i };
    if (v[N_AMOUNT].type == ARC_V_INT) p->amount = v[N_AMOUNT].u.i;
    if (v[N_CURRENCY].type == ARC_V_TEXT) memcpy(p->currency, v[N_CURRENCY].u.s, v[N_CURRENCY].len < 3 ? v[N_CURRENCY].len : 3);
    return ARC_OK;
}

static arc_status take_contact(void *user, const arc_value *v)
{
    relations *r = user;
    const uint32_t of = place(r, &v[N_CUSTOMER]);
    arc_date day = ARC_DATE_NONE;
    if (of == UINT32_MAX || arc_stamp_date(&day, v[N_AT].u.i, 0) != ARC_OK || !was_known(r, INTERACTION, v[N_ID].u.i)) return ARC_OK;
    arci_relation *x = &r->out[of];
    if (day > r->as_of) {
        sooner(&x->contact_next, day);
        if (v[N_PROMISED].type == ARC_V_INT) sooner(&x->promise_next, day);
        return ARC_OK;
    }
    x->contacts++;
    if (day > x->last_contact) x->last_contact = day; /* ARC_DATE_NONE is the smallest */
    if (day > r->as_of - ARCI_RELATION_DAYS) x->recent++;
    else if (day > r->as_of - 2 * ARCI_RELATION_DAYS) x->before++;
    const int done = v[N_DONE].type == ARC_V_INT && v[N_DONE].u.i <= r->as_of;
    if (v[N_NEXT].type == ARC_V_INT && !done && (x->next_on == ARC_DATE_NONE || v[N_NEXT].u.i < x->next_on)) x->next_on = (arc_date)v[N_NEXT].u.i;
    return v[N_PROMISED].type == ARC_V_INT ? take_promise(r, of, day, v) : ARC_OK;
}

static arc_status take_dispute(void *user, const arc_value *v)
{
    relations *r = user;
    const uint32_t of = place(r, &v[D_CUSTOMER]);
    if (of == UINT32_MAX || !was_known(r, ARC_DISPUTE, v[D_ID].u.i)) return ARC_OK;
    arci_relation *x = &r->out[of];
    if (v[D_OPENED].u.i > r->as_of) sooner(&x->dispute_next, v[D_OPENED].u.i);
    if (v[D_CLOSED].type == ARC_V_INT && v[D_CLOSED].u.i > r->as_of) sooner(&x->dispute_next, v[D_CLOSED].u.i);
    if (v[D_OPENED].u.i > r->as_of) return ARC_OK;
    x->disputes++;
    x->disputes_year += v[D_OPENED].u.i > r->as_of - ARCI_RELATION_DISPUTES;
    x->disputes_open += v[D_CLOSED].type == ARC_V_NULL || v[D_CLOSED].u.i > r->as_of;
    return ARC_OK;
}

/* ---- what became of promises ---------------------------------------------------------------------------------------------------- */

static arc_status keep_receipt(relations *r, uint32_t of, int64_t id)
{
    money *list = grown(r, r->receipts, r->n_receipts, &r->cap_receipts, sizeof *list);
    if (!list) return arci_nomem(r->t->env);
    r->receipts = list;
    list[r->n_receipts++] = (money){ of, id };
    return ARC_OK;
}

static arc_status take_receipt(void *user, const arc_value *v)
{
    relations *r = user;
    const uint32_t of = place(r, &v[R_CUSTOMER]);
    return of == UINT32_MAX ? ARC_OK : keep_receipt(r, of, v[R_ID].u.i);
}

static arc_status take_claim(void *user, const arc_value *v)
{
    relations *r = user;
    const uint32_t of = place(r, &v[C_CUSTOMER]);
    return of == UINT32_MAX || v[C_CLAIMED].u.i > r->as_of ? ARC_OK : keep_receipt(r, of, v[C_ID].u.i);
}

/* Money that is his and did not go back by the day counts for each promise it came within. */
static arc_status count_receipts(relations *r)
{
    enum { CURRENCY, AMOUNT, DATE };
    const arci_shape *receipts, *states;
    arc_value *rows, *back;
    uint8_t *found, *there;
    int64_t *ids = arci_arena_alloc(r->arena, (r->n_receipts + 1) * sizeof *ids);
    if (!ids) return arci_nomem(r->t->env);
    for (uint32_t i = 0; i < r->n_receipts; i++) ids[i] = r->receipts[i].id;
    arc_status st = arci_shape_get(r->t, &receipts, "receipt", "currency amount value_date");
    if (st == ARC_OK) st = arci_shape_get(r->t, &states, "receipt_state", "returned_on");
    if (st == ARC_OK && r->n_receipts) st = arci_repo_get_many(r->t, receipts, ids, r->n_receipts, r->arena, &rows, &found);
    if (st == ARC_OK && r->n_receipts) st = arci_repo_get_many(r->t, states, ids, r->n_receipts, r->arena, &back, &there);
    for (uint32_t i = 0; st == ARC_OK && i < r->n_receipts; i++) {
        const arc_value *v = rows + 3 * (size_t)i;
        if (found[i] && v[DATE].u.i > r->as_of) sooner(&r->out[r->receipts[i].of].promise_next, v[DATE].u.i);
        if (there[i] && back[i].type == ARC_V_INT && back[i].u.i > r->as_of) sooner(&r->out[r->receipts[i].of].promise_next, back[i].u.i);
        if (!found[i] || !there[i] || (back[i].type == ARC_V_INT && back[i].u.i <= r->as_of) || v[DATE].u.i > r->as_of || !was_known(r, ARC_RECEIPT, ids[i])) continue;
        for (uint32_t k = 0; k < r->n_promises; k++) {
            promise *p = &r->promises[k];
            if (p->of != r->receipts[i].of || v[DATE].u.i < p->made || v[DATE].u.i > p->until) continue;
            if (p->currency[0] && memcmp(p->currency, v[CURRENCY].u.s, 3) != 0) continue;
            p->paid = p->paid > ARC_MONEY_MAX - v[AMOUNT].u.i ? ARC_MONEY_MAX : p->paid + v[AMOUNT].u.i;
        }
    }
    return st;
}

static arc_status judge_promises(relations *r)
{
    const arci_shape *receipts, *claims;
    arci_where between, claimed;
    arc_date from = ARC_DATE_MAX, to = ARC_DATE_MIN;
    if (!r->n_promises) return ARC_OK;
    for (uint32_t k = 0; k < r->n_promises; k++) {
        if (r->promises[k].made < from) from = r->promises[k].made;
        if (r->promises[k].until > to) to = r->promises[k].until;
    }
    arc_status st = arci_shape_get(r->t, &receipts, "receipt", receipt_fields);
    if (st == ARC_OK) st = arci_shape_get(r->t, &claims, "receipt_state", claim_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&between);
    arci_where_int(&between, receipts->cols[R_DATE], ARC_OP_GE, from);
    arci_where_int(&between, receipts->cols[R_DATE], ARC_OP_LE, to);
    st = arci_find_in(r->t, r->arena, receipts, receipts->cols[R_CUSTOMER], r->families.ids, r->families.n, &between, NULL, 0, take_receipt, r);
    arci_where_init(&claimed);
    arci_where_int(&claimed, claims->cols[C_CLAIMED], ARC_OP_GE, ARC_DATE_MIN);
    if (st == ARC_OK) st = arci_find_in(r->t, r->arena, claims, claims->cols[C_CUSTOMER], r->families.ids, r->families.n, &claimed, NULL, 0, take_claim, r);
    if (st == ARC_OK) st = count_receipts(r);
    for (uint32_t k = 0; st == ARC_OK && k < r->n_promises; k++) {
        const promise *p = &r->promises[k];
        arci_relation *x = &r->out[p->of];
        x->promises++;
        if (p->until >= r->as_of) sooner(&x->promise_next, (int64_t)p->until + 1);
        if (p->amount ? p->paid >= p->amount : p->paid > 0) x->kept++;
        else if (p->until >= r->as_of) x->pending++;
        else if (p->paid > 0) x->partly++;
        else x->broken++;
    }
    return st;
}

arc_status arci_relations_read(arci_txn *t, arci_arena *arena, arci_relation *out, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known)
{
    relations r = { .t = t, .arena = arena, .out = out, .ids = ids, .n = n, .as_of = as_of, .known = known };
    const arci_shape *interactions, *disputes;
    for (uint32_t i = 0; i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].last_contact = out[i].next_on = out[i].contact_next = out[i].promise_next = out[i].dispute_next = ARC_DATE_NONE;
    }
    arc_status st = arci_families_read(t, arena, &r.families, ids, n, as_of, known);
    if (st == ARC_OK) st = arci_shape_get(t, &interactions, "interaction", interaction_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &disputes, "dispute", dispute_fields);
    if (st == ARC_OK) st = arci_find_in(t, arena, interactions, interactions->cols[N_CUSTOMER], r.families.ids, r.families.n, NULL, NULL, 0, take_contact, &r);
    if (st == ARC_OK) st = arci_find_in(t, arena, disputes, disputes->cols[D_CUSTOMER], r.families.ids, r.families.n, NULL, NULL, 0, take_dispute, &r);
    if (st == ARC_OK) st = judge_promises(&r);
    arci_families_clear(&r.families);
    return st;
}
