/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/computed.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/json_out.h"
#include "credit/limit.h"
#include "credit/profile.h"
#include "credit/relation.h"
#include "credit/score_rows.h"
#include "ledger/alias.h"

/* Fields of customer as they are numbered: constants of new ones are made from the schema. */
enum {
    ALIASES = 1000, GRADE, SCORE, LIMIT_CURRENCY, CREDIT_LIMIT, LIMIT_TO, CHECKED_ON, COLLECTION_DAYS, OVERDUE_COUNT, LAST_CONTACT_DAYS = 1010, PROMISES_BROKEN, PAYMENT_INDEX,
    LAST_CONTACT_ON, ADBT, LATE_SHARE, OVERDUE_SHARE, OLDEST_DUE, WORST_OVERDUE, PROMISES_KEPT, DISPUTES_OPEN
};

static arc_value *at(const arci_compute *c, uint32_t i, uint32_t field) { return arci_compute_at(c, i, ARCI_PUBLIC_FIELD(ARC_CUSTOMER, field)); }
static void until(const arci_compute *c, uint32_t i, uint32_t field, arc_date day) { arci_compute_until(c, i, ARCI_PUBLIC_FIELD(ARC_CUSTOMER, field), day); }

static int wants(const arci_compute *c, const uint32_t *fields, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (arci_compute_wants(c, ARCI_PUBLIC_FIELD(ARC_CUSTOMER, fields[k]))) return 1;
    }
    return 0;
}

static void put_num(const arci_compute *c, uint32_t i, uint32_t field, int known, const arci_num *n, int32_t scale)
{
    int64_t v;
    if (known && !arci_num_round(n, scale, &v)) *at(c, i, field) = arci_v_int(v);
}

/* ---- how he pays and owes -------------------------------------------------------------------------------------------------------------- */

static const uint32_t of_standings[] = { COLLECTION_DAYS, OVERDUE_COUNT, PAYMENT_INDEX, ADBT, LATE_SHARE, OVERDUE_SHARE, OLDEST_DUE, WORST_OVERDUE };

/* Several currencies: only what is counted, and days. */
static arc_status add_up(const arci_compute *c, const arci_standings *x, uint32_t from, uint32_t n, arci_behaviour *all, arc_date *oldest, arc_date *next)
{
    arc_status st = ARC_OK;
    *oldest = *next = ARC_DATE_NONE;
    for (uint32_t k = from; k < from + n && st == ARC_OK; k++) {
        const arci_standing *one = &x->list[k];
        arci_behaviour b;
        if (one->oldest_due != ARC_DATE_NONE && (*oldest == ARC_DATE_NONE || one->oldest_due < *oldest)) *oldest = one->oldest_due;
        if (one->next_due != ARC_DATE_NONE && (*next == ARC_DATE_NONE || one->next_due < *next)) *next = one->next_due;
        st = arci_behaviour_of(c->t->env, k == from ? all : &b, one);
        if (k == from) continue;
        all->n_late += b.n_late;
        all->n_overdue += b.n_overdue;
    }
    return st;
}

static arc_status put_behaviour(const arci_compute *c, const arci_standings *x, uint32_t i, arc_date day)
{
    arci_behaviour all;
    uint32_t from, n = arci_standings_of(x, c->ids[i], &from);
    arci_num v;
    arc_date oldest, next;
    arci_behaviour_init(&all);
    arc_status st = add_up(c, x, from, n, &all, &oldest, &next);
    for (size_t k = 0; k < sizeof of_standings / sizeof *of_standings && !x->now; k++) until(c, i, of_standings[k], day + 1); /* something is dated ahead */
    if (st != ARC_OK || !n) return st;
    *at(c, i, OVERDUE_COUNT) = arci_v_int(all.n_late + all.n_overdue);
    if (next != ARC_DATE_NONE) until(c, i, OVERDUE_COUNT, next + 1);
    if (next != ARC_DATE_NONE) until(c, i, OVERDUE_SHARE, next + 1);
    if (oldest != ARC_DATE_NONE) {
        *at(c, i, OLDEST_DUE) = arci_v_int(oldest);
        *at(c, i, WORST_OVERDUE) = arci_v_int(day > oldest ? day - oldest : 0);
        until(c, i, WORST_OVERDUE, day < oldest ? oldest + 1 : day + 1);
    }
    if (n > 1) return ARC_OK;
    put_num(c, i, COLLECTION_DAYS, arci_adbt_weighted(&all, &v), &v, 0);
    put_num(c, i, ADBT, arci_adbt_weighted(&all, &v), &v, 2);
    put_num(c, i, LATE_SHARE, arci_share_late(&all, &v), &v, 4);
    put_num(c, i, OVERDUE_SHARE, arci_share_overdue(&all, &v), &v, 4);
    put_num(c, i, PAYMENT_INDEX, all.n >= 3 && arci_payment_index(&all, &v), &v, 2);
    return ARC_OK;
}

static arc_status fill_standings(const arci_compute *c, arc_date day)
{
    arci_standings x;
    if (!wants(c, of_standings, sizeof of_standings / sizeof *of_standings)) return ARC_OK;
    arc_status st = arci_standings_read(&x, c->t, c->arena, c->ids, c->n, day, NULL);
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) st = put_behaviour(c, &x, i, day);
    arci_standings_clear(&x);
    return st;
}

/* ---- contacts, promises, disputes -------------------------------------------------------------------------------------------------------- */

static arc_status fill_relations(const arci_compute *c, arc_date day)
{
    static const uint32_t fields[] = { LAST_CONTACT_DAYS, LAST_CONTACT_ON, PROMISES_BROKEN, PROMISES_KEPT, DISPUTES_OPEN };
    if (!wants(c, fields, sizeof fields / sizeof *fields)) return ARC_OK;
    arci_relation *list = arci_arena_alloc(c->arena, c->n * sizeof *list);
    arc_status st = list ? arci_relations_read(c->t, c->arena, list, c->ids, c->n, day, NULL) : arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) {
        const arci_relation *r = &list[i];
        const arci_num kept = arci_num_of(r->kept, 0), judged = arci_num_of(r->kept + r->partly + r->broken, 0);
        arci_num v;
        if (r->last_contact != ARC_DATE_NONE) {
            *at(c, i, LAST_CONTACT_ON) = arci_v_int(r->last_contact);
            *at(c, i, LAST_CONTACT_DAYS) = arci_v_int(day - r->last_contact);
            until(c, i, LAST_CONTACT_DAYS, day + 1);
        }
        if (r->promises) *at(c, i, PROMISES_BROKEN) = arci_v_int(r->broken);
        put_num(c, i, PROMISES_KEPT, arci_num_sign(&judged) > 0 && arci_num_div(&v, &kept, &judged) == ARC_OK, &v, 4);
        *at(c, i, DISPUTES_OPEN) = arci_v_int(r->disputes_open);
        until(c, i, LAST_CONTACT_ON, r->contact_next);
        until(c, i, LAST_CONTACT_DAYS, r->contact_next);
        until(c, i, PROMISES_BROKEN, r->promise_next);
        until(c, i, PROMISES_KEPT, r->promise_next);
        until(c, i, DISPUTES_OPEN, r->dispute_next);
    }
    return st;
}

/* ---- scores and limits --------------------------------------------------------------------------------------------------------------------- */

static arc_status fill_scores(const arci_compute *c, arc_date day)
{
    static const uint32_t fields[] = { GRADE, SCORE };
    if (!wants(c, fields, sizeof fields / sizeof *fields)) return ARC_OK;
    arci_score_standing *list = arci_arena_alloc(c->arena, c->n * sizeof *list);
    arc_status st = list ? arci_scores_standing(c->t, c->arena, list, c->ids, c->n, day) : arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) {
        for (int k = 0; k < 2; k++) until(c, i, fields[k], list[i].next);
        if (!list[i].row || list[i].band < 0) continue;
        *at(c, i, GRADE) = arci_v_text(arci_band_codes[list[i].band], 1);
        *at(c, i, SCORE) = arci_v_int((list[i].points + (list[i].points < 0 ? -50 : 50)) / 100);
    }
    return st;
}

/* His own limits: of one currency, or he has none that could be told in one figure. */
static arc_status put_limit(const arci_compute *c, const arci_limits_of *all, uint32_t i, arc_date day)
{
    static const uint32_t fields[] = { LIMIT_CURRENCY, CREDIT_LIMIT, LIMIT_TO };
    arci_limit_key keys[ARCI_LIMIT_KEYS_MAX];
    arci_limit_now now;
    arc_date next = ARC_DATE_NONE;
    uint32_t in_force = 0, n = arci_limit_keys(all, c->ids[i], 0, keys, ARCI_LIMIT_KEYS_MAX);
    arc_status st = ARC_OK;
    if (n > ARCI_LIMIT_KEYS_MAX) n = ARCI_LIMIT_KEYS_MAX;
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        if (keys[k].group) continue;
        const arc_date change = arci_limit_next(all, &keys[k], day);
        if (change != ARC_DATE_NONE && (next == ARC_DATE_NONE || change < next)) next = change;
        st = arci_limit_on(c->t->env, all, &keys[k], day, &now);
        if (st != ARC_OK || !now.found) continue;
        in_force++;
        const char *currency = arci_arena_strndup(c->arena, keys[k].currency, 3);
        if (!currency) return arci_nomem(c->t->env);
        *at(c, i, LIMIT_CURRENCY) = arci_v_text(currency, 3);
        *at(c, i, CREDIT_LIMIT) = arci_v_int(now.amount);
        if (change != ARC_DATE_NONE) *at(c, i, LIMIT_TO) = arci_v_int(change - 1);
    }
    for (int k = 0; k < 3 && in_force > 1; k++) *at(c, i, fields[k]) = arci_v_null();
    for (int k = 0; k < 3; k++) until(c, i, fields[k], next);
    return st;
}

static arc_status take_check(void *user, const arc_value *v)
{
    const arci_compute *c = user;
    const uint32_t i = arci_compute_place(c, v[0].u.i);
    const arc_date day = c->as_of != ARC_DATE_NONE ? c->as_of : c->day;
    if (i == UINT32_MAX) return ARC_OK;
    arc_value *last = at(c, i, CHECKED_ON);
    if (v[1].u.i > day) until(c, i, CHECKED_ON, (arc_date)v[1].u.i);
    else if (last->type != ARC_V_INT || v[1].u.i > last->u.i) *last = v[1];
    return ARC_OK;
}

static arc_status fill_limits(arci_compute *c, arc_date day)
{
    static const uint32_t fields[] = { LIMIT_CURRENCY, CREDIT_LIMIT, LIMIT_TO }, check[] = { CHECKED_ON };
    const arci_shape *shape;
    arci_limits_of all;
    arc_status st = ARC_OK;
    if (wants(c, fields, 3)) {
        st = arci_limits_read(c->t, c->arena, c->ids, c->n, INT64_MAX, &all);
        for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) st = put_limit(c, &all, i, day);
    }
    if (st != ARC_OK || !wants(c, check, 1)) return st;
    st = arci_shape_get(c->t, &shape, "credit_check", "customer checked_on");
    return st == ARC_OK ? arci_find_in(c->t, c->arena, shape, shape->cols[0], c->ids, c->n, NULL, NULL, 0, take_check, c) : st;
}

/* ---- names -------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct naming {
    arci_compute *c;
    arc_date day;
    cJSON **lists; /* by row; NULL: none */
} naming;

enum { N_CUSTOMER, N_KIND, N_VALUE, N_SUPPORTS, N_CONTRADICTS, N_SAID, N_TO, N_SEEN };
static const char alias_fields[] = "customer kind value supports contradicts confirmed_on valid_to last_seen id";

static arc_status take_alias(void *user, const arc_value *v)
{
    naming *x = user;
    const uint32_t i = arci_compute_place(x->c, v[N_CUSTOMER].u.i);
    const int former = v[N_KIND].len == 11 && memcmp(v[N_KIND].u.s, "former_name", 11) == 0;
    char day[16];
    size_t n = sizeof day;
    if (i == UINT32_MAX || (v[N_TO].type == ARC_V_INT && v[N_TO].u.i < x->day)) return ARC_OK;
    if (!former && v[N_SAID].type != ARC_V_INT && !arci_alias_active(v[N_SUPPORTS].u.i, v[N_CONTRADICTS].u.i)) return ARC_OK;
    if (!x->lists[i]) x->lists[i] = cJSON_CreateArray();
    cJSON *o = x->lists[i] ? arci_jo_object(x->lists[i], NULL) : NULL;
    int ok = o && arci_jo_text(o, "kind", v[N_KIND].u.s, v[N_KIND].len) && arci_jo_text(o, "value", v[N_VALUE].u.s, v[N_VALUE].len);
    if (ok && v[N_SEEN].type == ARC_V_INT && arc_date_print(day, &n, (arc_date)v[N_SEEN].u.i) == ARC_OK) ok = arci_jo_text(o, "last_seen", day, n);
    return ok ? ARC_OK : arci_nomem(x->c->t->env);
}

static arc_status fill_names(arci_compute *c, arc_date day)
{
    static const uint32_t fields[] = { ALIASES };
    const arci_shape *shape;
    naming x = { c, day, NULL };
    if (!wants(c, fields, 1)) return ARC_OK;
    x.lists = arci_arena_calloc(c->arena, c->n, sizeof(cJSON *));
    if (!x.lists) return arci_nomem(c->t->env);
    arc_status st = arci_shape_get(c->t, &shape, "customer_alias", alias_fields);
    const arc_order order[2] = { { st == ARC_OK ? shape->cols[N_CUSTOMER] : 0, 0 }, { st == ARC_OK ? shape->cols[8] : 0, 0 } };
    if (st == ARC_OK) st = arci_find_in(c->t, c->arena, shape, shape->cols[N_CUSTOMER], c->ids, c->n, NULL, order, 2, take_alias, &x);
    for (uint32_t i = 0; i < c->n; i++) {
        arci_str b;
        if (!x.lists[i]) continue;
        arci_str_init(&b, c->t->env->ctx);
        const char *kept = st == ARC_OK && arci_jo_print(x.lists[i], 0, &b) && !b.failed ? arci_arena_strndup(c->arena, b.s, b.len) : NULL;
        if (kept) *at(c, i, ALIASES) = arci_v_text(kept, b.len);
        else if (st == ARC_OK) st = arci_nomem(c->t->env);
        arci_str_clear(&b);
        cJSON_Delete(x.lists[i]);
    }
    return st;
}

static arc_status fill_customers(arci_compute *c)
{
    const arc_date day = c->as_of != ARC_DATE_NONE ? c->as_of : c->day;
    if (!c->n) return ARC_OK;
    if (day == ARC_DATE_NONE) return fill_names(c, day);
    arc_status st = fill_standings(c, day);
    if (st == ARC_OK) st = fill_relations(c, day);
    if (st == ARC_OK) st = fill_scores(c, day);
    if (st == ARC_OK) st = fill_limits(c, day);
    return st == ARC_OK ? fill_names(c, day) : st;
}

static const arci_computed_entity entities[] = { { "customer", fill_customers }, { NULL, NULL } };
static const arci_computed_field fields[] = {
    { "customer", "aliases", "customer_alias.value" },
    { "customer", "grade", "score.band" },
    { "customer", "score", "score.points" },
    { "customer", "limit_currency", "credit_limit.currency" },
    { "customer", "credit_limit", "credit_limit.amount" },
    { "customer", "limit_valid_to", "credit_limit.valid_to" },
    { "customer", "credit_checked_on", "credit_check.checked_on" },
    { "customer", "avg_collection_days", "account.paid account.paid_over_0" },
    { "customer", "overdue_count", "account.paid_late_n item_state.open" },
    { "customer", "payment_index", "account.paid account.paid_over_0" },
    { "customer", "last_contact_days", "interaction.sent_at" },
    { "customer", "promises_broken", "interaction.promise_date receipt.amount" },
    { "customer", "last_contact_on", "interaction.sent_at" },
    { "customer", "adbt", "account.paid account.paid_over_0" },
    { "customer", "late_share", "account.paid account.paid_late" },
    { "customer", "overdue_share", "item_state.open item_state.due_date" },
    { "customer", "oldest_due_on", "item_state.open item_state.due_date" },
    { "customer", "worst_overdue", "item_state.open item_state.due_date" },
    { "customer", "promises_kept_share", "interaction.promise_date receipt.amount" },
    { "customer", "disputes_open", "dispute.opened_on" },
    { NULL, NULL, NULL },
};
const arci_computing arci_credit_computing = { entities, fields };

/* What is paid on allocations dated ahead follows the day, too: fill_standings() says until when. */
const arci_computed_fact arci_credit_computed_facts[] = {
    { "customer", "grade", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "score", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "limit_currency", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "credit_limit", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "limit_valid_to", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "credit_checked_on", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "avg_collection_days", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "adbt", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "late_share", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "payment_index", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "overdue_count", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "overdue_share", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "oldest_due_on", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "worst_overdue", "oldest_due_on", ARCI_GOES_LATE },
    { "customer", "last_contact_on", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "last_contact_days", "last_contact_on", ARCI_GOES_SINCE },
    { "customer", "promises_broken", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "promises_kept_share", NULL, ARCI_GOES_WITH_DAYS },
    { "customer", "disputes_open", NULL, ARCI_GOES_WITH_DAYS },
    { NULL, NULL, NULL, 0 },
};
