/* SPDX-License-Identifier: Apache-2.0 */
/* Events that set rules off: those behind the seal up to which a rule has read them. That seal is kept as a state of its own. */
#include <string.h>

#include "base/json.h"
#include "rules/rule_impl.h"
#include "store/audit_rows.h"

#define SEALS_AT_ONCE 200u

/* A step that waits for events. */
typedef struct waiter {
    const arci_rule *rule;
    const arci_rule_step *step;
    int64_t from; /* seal */
} waiter;

typedef struct changes {
    arci_txn *t;
    arci_history *h;
    arci_arena arena; /* of a page */
    waiter *waiters;
    uint32_t n;
    int64_t from; /* the lowest */
    arci_rule_via *open; /* of the page: rows whose subject its event does not tell */
    uint32_t n_open, cap_open;
} changes;

typedef arci_rule_told told;

enum { E_TXN, E_SEQ, E_VERB, E_ENTITY, E_ROW, E_DIFF };

static int text_is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && strlen(s) == v->len && memcmp(v->u.s, s, v->len) == 0; }

/* ---- where rules stand ------------------------------------------------------------------------------------------------------------- */

static arc_status last_seal(arci_txn *t, arci_arena *arena, int64_t *seq)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "seal", "seq stamp");
    if (st != ARC_OK) return st;
    const arc_order order = { shape->cols[0], 1 };
    st = arci_repo_find(t, shape, NULL, &order, 1, 1, arena, &rows);
    *seq = st == ARC_OK && rows.n_rows ? rows.values[0].u.i : 0;
    return st;
}

/* A rule that has read nothing yet: its first seal that is not before it was published is sought between the two. */
typedef struct start {
    int64_t stamp, lo, hi;
    uint32_t rule;
} start;

/* One step for all of them. */
static arc_status halve(arci_txn *t, start *starts, uint32_t n, int *open)
{
    const arci_shape *shape;
    arci_arena arena;
    arci_where w;
    arci_rows rows;
    uint32_t k = 0;
    *open = 0;
    arci_arena_init(&arena, t->book->ctx);
    arc_value *mids = arci_arena_alloc(&arena, (n + 1u) * sizeof *mids);
    arc_status st = mids ? arci_shape_get(t, &shape, "seal", "seq stamp") : arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (starts[i].lo < starts[i].hi) mids[k++] = arci_v_int(starts[i].lo + (starts[i].hi - starts[i].lo) / 2);
    }
    if (st == ARC_OK && k) {
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], mids, k);
        st = arci_repo_find(t, shape, &w, NULL, 0, 0, &arena, &rows);
    }
    for (uint32_t i = 0; st == ARC_OK && i < n && k; i++) {
        int64_t mid = starts[i].lo + (starts[i].hi - starts[i].lo) / 2;
        int before = 0;
        if (starts[i].lo >= starts[i].hi) continue;
        for (uint32_t r = 0; r < rows.n_rows && !before; r++) before = rows.values[2 * (size_t)r].u.i == mid && rows.values[2 * (size_t)r + 1].u.i < starts[i].stamp;
        if (before) starts[i].lo = mid + 1;
        else starts[i].hi = mid;
        *open |= starts[i].lo < starts[i].hi;
    }
    arci_arena_clear(&arena);
    return st;
}

/* Seals up to which rules have read, where that was ever written. */
static arc_status read_heads(arci_txn *t, arci_arena *arena, const arci_ruleset *set, int64_t *heads)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "rule_state", "policy rearmed entity row");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, ARCI_RULE_HEADS, strlen(ARCI_RULE_HEADS));
    arci_where_int(&w, shape->cols[3], ARC_OP_EQ, 1);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        for (uint32_t i = 0; i < set->n; i++) {
            if (text_is(&v[0], set->rules[i]->code)) heads[i] = v[1].u.i;
        }
    }
    return st;
}

/* ---- what an event says -------------------------------------------------------------------------------------------------------------- */

static int same(const arci_json *wanted, const arci_json *v)
{
    if (!v) return wanted->type == ARCI_JSON_NULL;
    if (wanted->type != v->type) return 0;
    return wanted->type < ARCI_JSON_NUMBER || (wanted->len == v->len && memcmp(wanted->s, v->s, v->len) == 0);
}

/* Any value goes where none is asked for. */
static int fits(const arci_json *wanted, const arci_json *v)
{
    if (!wanted) return 1;
    if (wanted->type != ARCI_JSON_ARRAY) return same(wanted, v);
    for (const arci_json *w = wanted->child; w; w = w->next) {
        if (same(w, v)) return 1;
    }
    return 0;
}

/* Whether a row of the diff is the change that is waited for. */
static int changes_field(const arci_rule_change *c, const arci_json *row)
{
    const arci_json *op = arci_json_get(row, "op"), *after = arci_json_get(row, "after"), *before = arci_json_get(row, "before");
    const arci_json *now = after ? arci_json_get(after, c->field->name) : NULL, *was = before ? arci_json_get(before, c->field->name) : NULL;
    if (arci_rule_text_is(op, "delete")) return 0;
    if (!now && !was) return 0; /* the field has not changed */
    return fits(c->to, now) && fits(c->from, was) && !(c->from == NULL && c->to == NULL && now && was && same(now, was));
}

static arc_status keep(changes *k, const waiter *w, const told *e, int64_t row)
{
    arci_rule_event x = { .policy = w->rule->code, .row = row, .level = w->step->level, .seal = e->seal, .day = e->day };
    size_t n = arci_int_text(x.mark, e->txn);
    x.mark[n++] = '.';
    (void)arci_int_text(x.mark + n, e->seq);
    return arci_history_event(k->t->env, k->h, &x);
}

/* The row of the entity the event is about; the rule's subject may be what it points at. */
static arc_status take_row(changes *k, const waiter *w, const told *e, const arci_json *diff, int64_t id)
{
    const arci_rule_change *c = &w->step->change;
    int64_t subject = id;
    if (c->via && !arci_rule_via_said(k->t, c, diff, id, &subject)) {
        if (k->n_open == k->cap_open) {
            uint32_t cap = k->cap_open ? k->cap_open * 2 : 32;
            arci_rule_via *open = arci_arena_alloc(&k->arena, cap * sizeof *open);
            if (!open) return arci_nomem(k->t->env);
            if (k->n_open) memcpy(open, k->open, k->n_open * sizeof *open);
            k->open = open;
            k->cap_open = cap;
        }
        k->open[k->n_open++] = (arci_rule_via){ c, w, *e, id, 0, 0 };
        return ARC_OK;
    }
    return subject ? keep(k, w, e, subject) : ARC_OK;
}

static arc_status take_diff(changes *k, const waiter *w, const told *e, const arci_json *diff)
{
    const arci_rule_change *c = &w->step->change;
    arc_status st = ARC_OK;
    for (const arci_json *row = diff->child; row && st == ARC_OK; row = row->next) {
        const arci_json *id = arci_json_get(row, "id");
        int64_t n;
        if (!id || !arci_rule_text_is(arci_json_get(row, "entity"), c->entity->name) || (c->field && !changes_field(c, row))) continue;
        st = arci_json_int(k->t->env, id, &n);
        if (st == ARC_OK) st = take_row(k, w, e, diff, n);
    }
    return st;
}

static arc_status take_event(changes *k, const told *e)
{
    arci_json *diff = NULL;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < k->n && st == ARC_OK; i++) {
        const waiter *w = &k->waiters[i];
        const arci_rule_change *c = &w->step->change;
        if (e->seal <= w->from || (c->verb && !text_is(&e->row[E_VERB], c->verb))) continue;
        int root = !c->field && text_is(&e->row[E_ENTITY], c->entity->name) && e->row[E_ROW].type == ARC_V_INT;
        if (root && !c->via) {
            st = keep(k, w, e, e->row[E_ROW].u.i);
            continue;
        }
        if (!diff) st = arci_json_parse(k->t->env, &k->arena, e->row[E_DIFF].u.s, e->row[E_DIFF].len, &arci_diff_limits, &diff);
        if (st == ARC_OK) st = root ? take_row(k, w, e, diff, e->row[E_ROW].u.i) : take_diff(k, w, e, diff);
    }
    return st;
}

/* Whether any waiter can be meant: cheap, before documents are read. */
static int concerns(const changes *k, const arc_value *row)
{
    for (uint32_t i = 0; i < k->n; i++) {
        const arci_rule_change *c = &k->waiters[i].step->change;
        if (!c->verb || text_is(&row[E_VERB], c->verb)) return 1;
    }
    return 0;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------------------- */

/* Business dates of the transactions of a page. */
static arc_status business_days(changes *k, const arc_value *txns, uint32_t n, const arc_value **days)
{
    const arci_shape *shape;
    arc_value *v;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&k->arena, (n + 1u) * sizeof *ids);
    arc_status st = ids ? arci_shape_get(k->t, &shape, "txn", "business_date") : arci_nomem(k->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) ids[i] = txns[i].u.i;
    if (st == ARC_OK) st = arci_repo_get_many(k->t, shape, ids, n, &k->arena, &v, &found);
    if (st == ARC_OK) *days = v;
    return st;
}

static arc_status read_page(changes *k, const arci_rows *seals)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    const arc_value *days = NULL;
    arc_value *ids = arci_arena_alloc(&k->arena, seals->n_rows * sizeof *ids);
    if (!ids) return arci_nomem(k->t->env);
    for (uint32_t i = 0; i < seals->n_rows; i++) ids[i] = seals->values[2 * (size_t)i + 1];
    arc_status st = arci_shape_get(k->t, &shape, "event", "txn seq verb entity row diff");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[E_TXN], 0 }, { shape->cols[E_SEQ], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[E_TXN], ids, seals->n_rows);
    st = arci_repo_find(k->t, shape, &w, order, 2, 0, &k->arena, &rows);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        told e = { .row = rows.values + (size_t)r * rows.n_cols };
        uint32_t i = 0;
        if (!concerns(k, e.row)) continue;
        e.txn = e.row[E_TXN].u.i;
        e.seq = e.row[E_SEQ].u.i;
        while (i < seals->n_rows && ids[i].u.i != e.txn) i++;
        e.seal = seals->values[2 * (size_t)i].u.i;
        if (!days) st = business_days(k, ids, seals->n_rows, &days);
        if (st == ARC_OK) e.day = (arc_date)days[i].u.i;
        if (st == ARC_OK) st = take_event(k, &e);
    }
    if (st == ARC_OK && k->n_open) st = arci_rule_via_then(k->t, &k->arena, k->open, k->n_open);
    for (uint32_t i = 0; i < k->n_open && st == ARC_OK; i++) {
        if (k->open[i].subject) st = keep(k, k->open[i].user, &k->open[i].told, k->open[i].subject);
    }
    return st;
}

static arc_status read_all(changes *k)
{
    const arci_shape *shape;
    arci_rows seals;
    arc_status st = arci_shape_get(k->t, &shape, "seal", "seq txn");
    while (st == ARC_OK) {
        arci_where w;
        const arc_order order = { shape->cols[0], 0 };
        arci_arena_reset(&k->arena);
        k->n_open = k->cap_open = 0;
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[0], ARC_OP_GT, k->from);
        st = arci_repo_find(k->t, shape, &w, &order, 1, SEALS_AT_ONCE, &k->arena, &seals);
        if (st != ARC_OK || !seals.n_rows) break;
        k->from = seals.values[2 * (size_t)(seals.n_rows - 1)].u.i;
        st = read_page(k, &seals);
    }
    return st;
}

static int waits_for_events(const arci_rule *rule)
{
    uint32_t s = 0;
    while (s < rule->n_steps && rule->steps[s].on != ARCI_ON_CHANGE) s++;
    return s < rule->n_steps;
}

/* Rules begin behind what they have read, else with their first publishing; stamps of seals never go back. */
static arc_status find_starts(changes *k, arci_arena *arena, const arci_ruleset *set, const uint8_t *asks, int64_t *heads)
{
    int64_t last = 0;
    uint32_t n = 0;
    int open = 1;
    start *starts = arci_arena_alloc(arena, (set->n + 1u) * sizeof *starts);
    arc_status st = starts ? last_seal(k->t, arena, &last) : arci_nomem(k->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < set->n; i++) {
        if (asks[i] && !heads[i] && set->rules[i]->since) starts[n++] = (start){ set->rules[i]->since, 1, last + 1, i };
    }
    while (st == ARC_OK && n && open) st = halve(k->t, starts, n, &open);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) heads[starts[i].rule] = starts[i].lo - 1;
    return st;
}

static arc_status find_waiters(changes *k, arci_arena *arena, const arci_ruleset *set, const uint8_t *wanted, const arci_entity *entity, int64_t *heads)
{
    uint32_t n = 0;
    uint8_t *asks = arci_arena_calloc(arena, set->n + 1u, 1);
    for (uint32_t i = 0; i < set->n; i++) n += set->rules[i]->n_steps;
    k->waiters = arci_arena_calloc(arena, n + 1u, sizeof *k->waiters);
    if (!k->waiters || !asks) return arci_nomem(k->t->env);
    for (uint32_t i = 0; i < set->n; i++) asks[i] = (!wanted || wanted[i]) && (!entity || set->rules[i]->frame->subject == entity) && waits_for_events(set->rules[i]);
    arc_status st = find_starts(k, arena, set, asks, heads);
    for (uint32_t i = 0; i < set->n && st == ARC_OK; i++) {
        const arci_rule *rule = set->rules[i];
        if (!asks[i]) continue;
        if (!k->n || heads[i] < k->from) k->from = heads[i];
        for (uint32_t s = 0; s < rule->n_steps; s++) {
            if (rule->steps[s].on == ARCI_ON_CHANGE) k->waiters[k->n++] = (waiter){ rule, &rule->steps[s], heads[i] };
        }
    }
    return st;
}

/* ---- firings that led to events ------------------------------------------------------------------------------------------------------ */

static arc_status chains_of(arci_txn *t, arci_arena *arena, arci_history *h, const int64_t *of, uint32_t from, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *txns = arci_arena_alloc(arena, (n + 1u) * sizeof *txns);
    arc_status st = txns ? arci_shape_get(t, &shape, "rule_firing", "txn chain status") : arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) txns[i] = arci_v_int(of[from + i]);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[0], txns, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols;
        int64_t chain = 1 + (v[1].type == ARC_V_INT ? v[1].u.i : 0);
        if (!text_is(&v[2], "fired")) continue;
        for (uint32_t i = 0; i < n; i++) {
            if (of[from + i] == v[0].u.i && h->events[from + i].chain < chain) h->events[from + i].chain = chain;
        }
    }
    return st;
}

arc_status arci_rule_chains(arci_txn *t, arci_history *h)
{
    arci_arena arena;
    arc_status st = ARC_OK;
    if (!h->n_events) return ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    int64_t *of = arci_arena_alloc(&arena, h->n_events * sizeof *of);
    for (uint32_t i = 0; of && i < h->n_events; i++) {
        const char *dot = strchr(h->events[i].mark, '.');
        if (!dot || arci_int_parse(h->events[i].mark, (size_t)(dot - h->events[i].mark), &of[i]) != ARC_OK) of[i] = 0;
    }
    if (!of) st = arci_nomem(t->env);
    for (uint32_t from = 0; from < h->n_events && st == ARC_OK; from += SEALS_AT_ONCE) {
        st = chains_of(t, &arena, h, of, from, h->n_events - from < SEALS_AT_ONCE ? h->n_events - from : SEALS_AT_ONCE);
    }
    arci_arena_clear(&arena);
    return st;
}

int arci_ruleset_waits(const arci_ruleset *set, const uint8_t *wanted)
{
    for (uint32_t i = 0; i < set->n; i++) {
        if ((!wanted || wanted[i]) && waits_for_events(set->rules[i])) return 1;
    }
    return 0;
}

arc_status arci_rule_events(arci_txn *t, const arci_ruleset *set, const uint8_t *wanted, const arci_entity *entity, arci_history *h, arci_rule_read_to *heads)
{
    changes k = { .t = t, .h = h };
    arci_arena arena;
    if (!arci_ruleset_waits(set, wanted)) return ARC_OK;
    arci_arena_init(&arena, t->book->ctx);
    arci_arena_init(&k.arena, t->book->ctx);
    int64_t *own = arci_arena_calloc(&arena, set->n + 1u, sizeof *own);
    arc_status st = own ? read_heads(t, &arena, set, own) : arci_nomem(t->env);
    if (st == ARC_OK) st = find_waiters(&k, &arena, set, wanted, entity, own);
    if (st == ARC_OK && k.n) st = read_all(&k);
    if (st == ARC_OK && k.n) st = arci_rule_chains(t, h);
    for (uint32_t i = 0; st == ARC_OK && heads && i < set->n; i++) {
        for (uint32_t w = 0; w < k.n; w++) {
            if (k.waiters[w].rule == set->rules[i]) heads[i] = (arci_rule_read_to){ own[i], k.from }; /* where the reading ended */
        }
    }
    arci_arena_clear(&k.arena);
    arci_arena_clear(&arena);
    return st;
}
