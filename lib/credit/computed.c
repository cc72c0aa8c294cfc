/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/computed.h"

#include "arcore/fields.h"
#include "credit/profile.h"
#include "credit/relation.h"
#include "credit/score_rows.h"

/* Fields of customer as they are numbered: constants of new ones are made from the schema. */
enum { GRADE = 1001, SCORE = 1002, COLLECTION_DAYS = 1007, OVERDUE_COUNT = 1008, LAST_CONTACT_DAYS = 1010, PROMISES_BROKEN = 1011, PAYMENT_INDEX = 1012 };

static arc_value *at(const arci_compute *c, uint32_t i, uint32_t field) { return arci_compute_at(c, i, ARCI_PUBLIC_FIELD(ARC_CUSTOMER, field)); }

static arc_status put_behaviour(arci_compute *c, const arci_standings *x, uint32_t i)
{
    arci_behaviour all;
    uint32_t from, n = arci_standings_of(x, c->ids[i], &from);
    arci_num v;
    int64_t number;
    arc_status st = ARC_OK;
    arci_behaviour_init(&all);
    if (n) st = arci_behaviour_of(c->t->env, &all, &x->list[from]);
    for (uint32_t k = from + 1; k < from + n && st == ARC_OK; k++) { /* several currencies: only what is counted */
        arci_behaviour b;
        st = arci_behaviour_of(c->t->env, &b, &x->list[k]);
        all.n_late += b.n_late;
        all.n_overdue += b.n_overdue;
    }
    if (st != ARC_OK) return st;
    if (n) *at(c, i, OVERDUE_COUNT) = arci_v_int(all.n_late + all.n_overdue);
    if (n == 1 && arci_adbt_weighted(&all, &v) && !arci_num_round(&v, 0, &number)) *at(c, i, COLLECTION_DAYS) = arci_v_int(number);
    if (n == 1 && all.n >= 3 && arci_payment_index(&all, &v) && !arci_num_round(&v, 2, &number)) *at(c, i, PAYMENT_INDEX) = arci_v_int(number);
    return ARC_OK;
}

static arc_status fill_customers(arci_compute *c)
{
    arci_standings x;
    const arc_date day = c->as_of != ARC_DATE_NONE ? c->as_of : c->day;
    if (day == ARC_DATE_NONE || !c->n) return ARC_OK;
    arci_relation *relations = arci_arena_alloc(c->arena, c->n * sizeof *relations);
    arci_score_standing *scores = arci_arena_alloc(c->arena, c->n * sizeof *scores);
    if (!relations || !scores) return arci_nomem(c->t->env);
    arc_status st = arci_standings_read(&x, c->t, c->arena, c->ids, c->n, day, NULL);
    if (st == ARC_OK) st = arci_relations_read(c->t, c->arena, relations, c->ids, c->n, day, NULL);
    if (st == ARC_OK) st = arci_scores_standing(c->t, c->arena, scores, c->ids, c->n, day);
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) {
        st = put_behaviour(c, &x, i);
        if (relations[i].last_contact != ARC_DATE_NONE) *at(c, i, LAST_CONTACT_DAYS) = arci_v_int(day - relations[i].last_contact);
        if (relations[i].promises) *at(c, i, PROMISES_BROKEN) = arci_v_int(relations[i].broken);
        if (!scores[i].row || scores[i].band < 0) continue;
        *at(c, i, GRADE) = arci_v_text(arci_band_codes[scores[i].band], 1);
        *at(c, i, SCORE) = arci_v_int((scores[i].points + (scores[i].points < 0 ? -50 : 50)) / 100);
    }
    arci_standings_clear(&x);
    return st;
}

static const arci_computed_entity entities[] = { { "customer", fill_customers }, { NULL, NULL } };
static const arci_computed_field fields[] = {
    { "customer", "grade", "score.band" },
    { "customer", "score", "score.points" },
    { "customer", "avg_collection_days", "account.paid account.paid_over_0" },
    { "customer", "overdue_count", "account.paid_late_n item_state.open" },
    { "customer", "payment_index", "account.paid account.paid_over_0" },
    { "customer", "last_contact_days", "interaction.sent_at" },
    { "customer", "promises_broken", "interaction.promise_date receipt.amount" },
    { NULL, NULL, NULL },
};
const arci_computing arci_credit_computing = { entities, fields };
