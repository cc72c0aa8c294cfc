/* SPDX-License-Identifier: Apache-2.0 */
/* Limits a document must fit into: its customer's, and those of who owns it. */
#include "credit/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "ledger/merged.h"

/* ---- a run ------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_credit_open(arci_credit_run *run, arci_txn *t, arci_arena *arena)
{
    int any = 0;
    memset(run, 0, sizeof *run);
    run->t = t;
    run->arena = arena;
    run->day = t->session->business_date;
    arci_rates_init(&run->rates, t, arena);
    arc_status st = arci_policy_any(t, arena, &any);
    if (st != ARC_OK || !any) return st;
    st = arci_policy_get(t, arena, &run->policy, run->day);
    run->on = st == ARC_OK && run->policy.definition != 0;
    if (!run->on || run->day != ARC_DATE_NONE) return st;
    return arci_fail(t->env, ARC_E_REQUIRED, "a credit check needs a business date: the session has none", "信用检查需要业务日期：会话未设置业务日期");
}

arc_status arci_credit_begin(arci_credit_run *run, arci_posting *p)
{
    arc_status st = arci_credit_open(run, p->t, &p->arena);
    run->p = p;
    return st;
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Customers and owners first, then their groups: each in the order of ids. */
arc_status arci_credit_lock(arci_credit_run *run, const int64_t *customers, uint32_t n)
{
    uint32_t n_all = 0, kept = 0, n_pools = 0;
    int64_t *pools;
    arc_status st = ARC_OK;
    if (!run->on || !n || (run->t->book->ops->caps & ARC_CAP_SINGLE_WRITER)) return ARC_OK;
    int64_t *own = arci_arena_alloc(run->arena, n * sizeof *own), *all = arci_arena_alloc(run->arena, (size_t)n * ARCI_OWNERS_MAX * sizeof *all);
    int64_t *of = arci_arena_alloc(run->arena, (size_t)n * ARCI_OWNERS_MAX * sizeof *of);
    if (!own || !all || !of) return arci_nomem(run->t->env);
    memcpy(own, customers, n * sizeof *own);
    qsort(own, n, sizeof *own, by_value);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        uint32_t owners;
        if (i && own[i] == own[i - 1]) continue;
        st = arci_credit_owners(run->t, run->arena, own[i], all + n_all, of + n_all, &owners);
        n_all += owners;
    }
    if (st == ARC_OK) st = arci_credit_pools(run->t, run->arena, of, n_all, &pools, &n_pools);
    if (st != ARC_OK || !n_all) return st;
    qsort(all, n_all, sizeof *all, by_value);
    for (uint32_t i = 0; i < n_all; i++) {
        if (!kept || all[kept - 1] != all[i]) all[kept++] = all[i];
    }
    st = arci_repo_lock(run->t, "customer", all, kept);
    return st == ARC_OK && n_pools ? arci_repo_lock(run->t, "customer_group", pools, n_pools) : st;
}

/* ---- limits -------------------------------------------------------------------------------------------------------------------------- */

typedef struct limit_check {
    arci_credit_run *run;
    const arci_credit_ask *ask;
    arci_credit_said *said;
    arc_date horizon; /* ARC_DATE_NONE: all orders */
    const char *rule;
    int effect;
    int hidden;    /* who asks does not see all whom the limit is for */
    int64_t worst; /* headroom of the tightest limit so far */
} limit_check;

static int owned(const int64_t *ids, uint32_t n, int64_t id) { return bsearch(&id, ids, n, sizeof *ids, by_value) != NULL; }

/* What its customer has to its own credit, and no other of the group, is used up first. */
static arc_status against_credit(const arci_exposure_ask *e, arci_exposure *x, int64_t customer, int64_t *amount)
{
    int64_t root;
    if (!x->n_surplus || *amount <= 0) return ARC_OK;
    arc_status st = arci_merged_roots_now(e->t, e->arena, &customer, 1, &root);
    for (uint32_t i = 0; st == ARC_OK && i < x->n_surplus; i++) {
        if (x->surplus[i].customer != root) continue;
        const int64_t part = *amount < x->surplus[i].amount ? *amount : x->surplus[i].amount;
        x->surplus[i].amount -= part;
        *amount -= part;
    }
    return st;
}

/* Without what is wanted behind the horizon; a document that is counted already adds nothing anyway. */
static int64_t within(const limit_check *x, int64_t adds, const arci_due_day *days, uint32_t n)
{
    for (uint32_t i = 0; i < n && x->horizon != ARC_DATE_NONE; i++) adds -= days[i].day > x->horizon ? days[i].open : 0;
    return adds > 0 ? adds : 0;
}

/* What passed before it in this call, and the document itself, in the currency of a limit. */
static arc_status pending(const limit_check *x, const arci_exposure_ask *e, arci_exposure *exposure, int64_t *out, int64_t *own)
{
    arci_credit_run *run = x->run;
    *out = *own = 0;
    for (uint32_t i = 0; i <= run->n_passed; i++) {
        const int last = i == run->n_passed;
        const int64_t customer = last ? x->ask->customer : run->passed[i].customer;
        const int64_t adds = last ? within(x, x->ask->adds, x->ask->days, x->ask->n_days) : within(x, run->passed[i].adds, run->passed[i].days, run->passed[i].n_days);
        const char *currency = last ? x->ask->currency : run->passed[i].currency;
        int64_t amount;
        int apart = 0;
        if (!owned(e->customers, e->n, customer)) continue;
        for (uint32_t k = 0; k < e->n_apart; k++) apart |= memcmp(e->apart[k], currency, 3) == 0 && memcmp(currency, e->currency, 3) != 0;
        if (apart) continue;
        arc_status st = arci_credit_convert(e, adds, currency, e->currency, &amount);
        if (st != ARC_OK) return st;
        st = against_credit(e, exposure, customer, &amount);
        if (st != ARC_OK) return st;
        if (last) *own = amount;
        if (arci_add64(*out, amount, out)) return arci_fail(run->t->env, ARC_E_OVERFLOW, "the exposure is too large", "敞口合计超出范围");
    }
    return ARC_OK;
}

static void put_limit(limit_check *x, const arci_limit_key *key, int64_t limit, int64_t exposure, int64_t document, int64_t after)
{
    arci_str *b = &x->said->limits;
    const int64_t excess = after > limit ? after - limit : 0;
    arci_str_puts(b, b->len ? ",{" : "{");
    arci_json_put_str(b, "rule", x->rule);
    if (key->pool && !x->hidden) arci_json_put_int(b, "customer_group", key->pool);
    else if (!x->hidden) arci_json_put_int(b, "customer", key->customer);
    arci_json_put_str(b, "scope", key->group ? "group" : "own");
    arci_json_put_str(b, "currency", key->currency);
    if (x->hidden) {
        arci_str_puts(b, ",\"hidden\":true}");
        return;
    }
    arci_json_put_int(b, "limit", limit);
    arci_json_put_int(b, "exposure", exposure);
    arci_json_put_int(b, "document", document);
    arci_json_put_int(b, "after", after);
    arci_json_put_key(b, "percent");
    if (limit > 0) arci_str_int(b, arci_part_of(after > 0 ? after : 0, 1000, limit) / 10);
    else arci_str_puts(b, "null");
    arci_json_put_int(b, "excess", excess);
    arci_str_putc(b, '}');
    if (!x->said->has_limit || limit - after < x->worst) {
        x->worst = limit - after;
        x->said->has_limit = 1;
        x->said->limit = limit;
        x->said->exposure = after;
        memcpy(x->said->currency, key->currency, 4);
    }
}

/* Asked alone: numbers of a group are for who sees all of it. What is held keeps them. */
static arc_status hides(limit_check *x, const int64_t *ids, uint32_t n)
{
    int64_t *seen;
    uint32_t n_seen = n;
    x->hidden = 0;
    if (arci_credit_sees_all(x->run->t)) return ARC_OK;
    const arc_status st = arci_credit_seen(x->run->t, x->run->arena, ids, n, &seen, &n_seen);
    x->hidden = n_seen != n;
    return st;
}

static arc_status check_limit(limit_check *x, const arci_limits_of *all, const arci_limit_key *keys, uint32_t n, const arci_limit_key *key, const int64_t *ids, uint32_t n_ids, int *found)
{
    arci_credit_run *run = x->run;
    char apart[ARCI_LIMIT_KEYS_MAX][4];
    arci_exposure_ask e;
    arci_exposure exposure;
    arci_limit_now now;
    int64_t adds, own, after;
    arc_status st = arci_limit_on(run->t->env, all, key, run->day, &now);
    if (st != ARC_OK || !now.found) return st;
    *found = 1;
    x->hidden = 0;
    memset(&e, 0, sizeof e);
    for (uint32_t k = 0; k < n; k++) {
        if (keys[k].group == key->group) memcpy(apart[e.n_apart++], keys[k].currency, 4);
    }
    e.t = run->t;
    e.arena = run->arena;
    e.policy = &run->policy;
    e.rates = &run->rates;
    e.customers = ids;
    e.n = n_ids;
    e.day = run->day;
    e.horizon = x->horizon;
    e.apart = (const char(*)[4])apart;
    memcpy(e.currency, key->currency, 4);
    e.apart_members = key->group && !run->policy.netting;
    arci_credit_leave_out(run, &e);
    st = arci_exposure_of(&e, &exposure);
    if (st == ARC_OK) st = pending(x, &e, &exposure, &adds, &own);
    if (st != ARC_OK) return st;
    if (arci_add64(exposure.total, adds, &after)) return arci_fail(run->t->env, ARC_E_OVERFLOW, "the exposure is too large", "敞口合计超出范围");
    if (!run->p && key->group) st = hides(x, ids, n_ids);
    if (st != ARC_OK) return st;
    put_limit(x, key, now.amount, after - own, own, after);
    if (after <= now.amount) return ARC_OK;
    if (!x->hidden && after - now.amount > x->said->excess) x->said->excess = after - now.amount;
    arci_credit_hit(x->said, x->rule, x->effect, x->hidden ? 0 : after, x->hidden ? 0 : now.amount, x->hidden ? NULL : key->currency, key->group ? "the limit of the group is exceeded" : "the credit limit is exceeded", key->group ? "超出集团信用额度" : "超出信用额度");
    return ARC_OK;
}

/* Own and group limits of the customer, group limits of those that own it. */
static arc_status check_limits(limit_check *x, const arci_limits_of *all, const int64_t *owners, uint32_t n_owners, int *found)
{
    arci_credit_run *run = x->run;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < n_owners; i++) {
        arci_limit_key keys[ARCI_LIMIT_KEYS_MAX];
        const uint32_t n = arci_limit_keys(all, owners[i], 0, keys, ARCI_LIMIT_KEYS_MAX);
        int64_t *ids = NULL;
        uint32_t n_ids = 0;
        for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
            if (i && !keys[k].group) continue;
            if (keys[k].group && !ids) st = arci_credit_owned(run->t, run->arena, owners[i], &ids, &n_ids);
            if (st == ARC_OK) st = check_limit(x, all, keys, n, &keys[k], keys[k].group ? ids : run->family, keys[k].group ? n_ids : run->n_family, found);
        }
    }
    return st;
}

/* Those of the customer groups they stand in. */
static arc_status check_pools(limit_check *x, const arci_limits_of *all, const int64_t *pools, uint32_t n_pools, int *found)
{
    arci_credit_run *run = x->run;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < n_pools; i++) {
        arci_limit_key keys[ARCI_LIMIT_KEYS_MAX];
        const uint32_t n = arci_limit_keys(all, 0, pools[i], keys, ARCI_LIMIT_KEYS_MAX);
        int64_t *ids = NULL;
        uint32_t n_ids = 0;
        if (n) st = arci_pool_members(run->t, run->arena, pools[i], &ids, &n_ids);
        for (uint32_t k = 0; st == ARC_OK && k < n; k++) st = check_limit(x, all, keys, n, &keys[k], ids, n_ids, found);
    }
    return st;
}

static const arci_credit_rule *rule_of(const arci_credit_run *run, int rule, uint32_t moment, const arc_value *segment)
{
    for (uint32_t i = 0; i < run->policy.n_rules; i++) {
        const arci_credit_rule *r = &run->policy.rules[i];
        if (r->rule == rule && r->effect != ARCI_EFFECT_IGNORE && (r->at & moment) && arci_policy_rule_for(r, segment)) return r;
    }
    return NULL;
}

static int any_in_force(const arci_credit_run *run, const arci_limits_of *all)
{
    for (uint32_t i = 0; i < all->n; i++) {
        const arc_value *row = all->rows + (size_t)i * ARCI_LIMIT_COLUMNS;
        if (row[ARCI_LIMIT_FROM].u.i <= run->day && (row[ARCI_LIMIT_TO].type != ARC_V_INT || run->day <= row[ARCI_LIMIT_TO].u.i)) return 1;
    }
    return 0;
}

static arc_status all_limits(arci_credit_run *run, const arci_credit_ask *ask, arci_credit_said *said, const int64_t *owners, const int64_t *of, uint32_t n_owners, const arc_value *segment)
{
    arci_limits_of all, pooled = { NULL, 0, NULL };
    int64_t *pools = NULL;
    uint32_t n_pools = 0;
    limit_check x = { .run = run, .ask = ask, .said = said };
    int found = 0;
    const arci_credit_rule *fixed = rule_of(run, ARCI_RULE_STATIC, ask->moment, segment), *moving = rule_of(run, ARCI_RULE_DYNAMIC, ask->moment, segment);
    if (!fixed && !moving && run->policy.without_limit == ARCI_EFFECT_IGNORE) return ARC_OK;
    arc_status st = arci_limits_read(run->t, run->arena, owners, n_owners, INT64_MAX, &all);
    if (st == ARC_OK) st = arci_credit_pools(run->t, run->arena, of, n_owners, &pools, &n_pools);
    if (st == ARC_OK && n_pools) st = arci_pool_limits_read(run->t, run->arena, pools, n_pools, INT64_MAX, &pooled);
    for (int k = 0; st == ARC_OK && k < 2; k++) {
        const arci_credit_rule *r = k ? moving : fixed;
        if (!r) continue;
        x.horizon = k ? run->day + r->days : ARC_DATE_NONE;
        x.rule = arci_credit_rule_names[r->rule];
        x.effect = r->effect;
        st = check_limits(&x, &all, owners, n_owners, &found);
        if (st == ARC_OK) st = check_pools(&x, &pooled, pools, n_pools, &found);
    }
    if (st == ARC_OK && !fixed && !moving) found = any_in_force(run, &all) || any_in_force(run, &pooled);
    if (st == ARC_OK && !found) arci_credit_hit(said, "limit", run->policy.without_limit, 0, 0, NULL, "the customer has no credit limit", "客户没有信用额度");
    return st;
}

void arci_credit_said_clear(arci_credit_said *said)
{
    arci_str_clear(&said->rules);
    arci_str_clear(&said->limits);
    arci_str_clear(&said->words);
}

void arci_credit_leave_out(const arci_credit_run *run, arci_exposure_ask *e)
{
    e->taken = run->taken;
    e->n_taken = run->n_taken;
    e->papers = run->papers;
    e->n_papers = run->n_papers;
}

/* The document at hand goes behind those that passed; who holds it takes it off again. */
static arc_status look_at(arci_credit_run *run, const arci_credit_ask *ask)
{
    const int invoice = ask->moment == ARCI_AT_INVOICE;
    arci_credit_taken *taken = arci_arena_alloc(run->arena, (run->n_taken + ask->n_taken + 1u) * sizeof *taken);
    arci_credit_paper *papers = arci_arena_alloc(run->arena, (run->n_papers + 1u) * sizeof *papers);
    if (!taken || !papers) return arci_nomem(run->t->env);
    if (run->n_taken) memcpy(taken, run->taken, run->n_taken * sizeof *taken);
    if (ask->n_taken) memcpy(taken + run->n_taken, ask->taken, ask->n_taken * sizeof *taken);
    if (run->n_papers) memcpy(papers, run->papers, run->n_papers * sizeof *papers);
    run->taken = taken;
    run->papers = papers;
    run->n_taken += ask->n_taken;
    if (ask->entity && (invoice || ask->moment == ARCI_AT_ORDER)) papers[run->n_papers++] = (arci_credit_paper){ ask->row, invoice };
    return ARC_OK;
}

arc_status arci_credit_judge(arci_credit_run *run, const arci_credit_ask *ask, arci_credit_said *said)
{
    const arci_shape *shape;
    arc_value *row;
    int64_t owners[ARCI_OWNERS_MAX], of[ARCI_OWNERS_MAX];
    uint32_t n_owners = 0;
    memset(said, 0, sizeof *said);
    arci_str_init(&said->rules, run->t->book->ctx);
    arci_str_init(&said->limits, run->t->book->ctx);
    arci_str_init(&said->words, run->t->book->ctx);
    if (!run->on) return ARC_OK;
    arc_status st = look_at(run, ask);
    if (st == ARC_OK) st = arci_shape_get(run->t, &shape, "customer", "segment");
    if (st == ARC_OK) st = arci_repo_get(run->t, shape, ask->customer, run->arena, &row);
    if (st == ARC_OK) st = arci_credit_owners(run->t, run->arena, ask->customer, owners, of, &n_owners);
    if (st == ARC_OK) st = arci_merged_family_now(run->t, run->arena, ask->customer, &run->family, &run->n_family);
    if (st == ARC_OK) qsort(run->family, run->n_family, sizeof *run->family, by_value);
    if (st == ARC_OK) st = all_limits(run, ask, said, owners, of, n_owners, &row[0]);
    if (st == ARC_OK) st = arci_credit_rules(run, ask, said);
    return st == ARC_OK && (said->rules.failed || said->limits.failed || said->words.failed) ? arci_nomem(run->t->env) : st;
}
