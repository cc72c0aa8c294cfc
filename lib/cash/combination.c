/* SPDX-License-Identifier: Apache-2.0 */
/* The question: items in order, searches from the cheap to the thorough, the likelihood of each set among all that add up. */
#include <stdlib.h>
#include <string.h>

#include "base/handle.h"
#include "base/num.h"
#include "cash/logs.h"
#include "cash/sets.h"
#include "value/date.h"

#define WINDOWS 8 /* stretches of many items that are searched whole */

typedef struct candidate {
    arc_combination_candidate told;
    uint32_t *members;
    int64_t *taken;
} candidate;

typedef struct combination {
    arci_arena arena;
    arc_combination_info info;
    candidate *candidates;
} combination;

static const arc_combination_options defaults = ARC_COMBINATION_OPTIONS_INIT;

arc_status arc_combination_options_init(arc_combination_options *options)
{
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_combination_info_init(arc_combination_info *info)
{
    const arc_combination_info none = ARC_COMBINATION_INFO_INIT;
    if (!info) return ARC_E_INVALID;
    *info = none;
    return ARC_OK;
}

arc_status arc_combination_candidate_init(arc_combination_candidate *out)
{
    const arc_combination_candidate none = ARC_COMBINATION_CANDIDATE_INIT;
    if (!out) return ARC_E_INVALID;
    *out = none;
    return ARC_OK;
}

static void combination_free(void *object)
{
    combination *c = object;
    arc_context *ctx = c->arena.ctx;
    arci_arena_clear(&c->arena);
    arci_free(ctx, c);
}

void arc_combination_free(arc_combination *c)
{
    void *object;
    if (c && arci_handle_release(c, ARCI_H_COMBINATION, &object) == ARC_OK) combination_free(object);
}

/* ---- what is asked ------------------------------------------------------------------------------------------------------------------ */

typedef struct question {
    int64_t amount;
    arc_date day;
    const int64_t *open, *discounts;
    const arc_date *due, *issued;
    size_t n;
    arc_combination_options options;
} question;

static arc_status wrong_item(arci_env *env, size_t row, const char *field, const char *en, const char *zh)
{
    arci_fail(env, ARC_E_RANGE, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(env, NULL, field, -1, (int64_t)row);
    return ARC_E_RANGE;
}

static arc_status check_items(arci_env *env, const question *q)
{
    int64_t all = 0;
    for (size_t i = 0; i < q->n; i++) {
        int64_t less = q->discounts ? q->discounts[i] : 0;
        if (!q->open[i] || q->open[i] == INT64_MIN) return wrong_item(env, i, "open", "an open amount is 0 or out of range", "未清金额为 0 或超出范围");
        if (less < 0 || (less && less > q->open[i])) return wrong_item(env, i, "discount", "a discount is less than 0 or more than its item", "折扣小于 0 或大于应收项");
        if (arc_date_check(q->due[i]) != ARC_OK) return wrong_item(env, i, "due_date", "a due date is none", "到期日不是日期");
        if (q->issued && arc_date_check(q->issued[i]) != ARC_OK) return wrong_item(env, i, "issue_date", "an issue date is none", "开票日期不是日期");
        if (arci_add64(all, (int64_t)arci_mag64(q->open[i]), &all)) return arci_fail(env, ARC_E_OVERFLOW, "the items' sum does not fit", "应收项合计溢出");
    }
    if (all > INT64_MAX / 8) return arci_fail(env, ARC_E_OVERFLOW, "the items' sum does not fit", "应收项合计溢出");
    return ARC_OK;
}

static arc_status check(arci_env *env, const question *q)
{
    const arc_combination_options *o = &q->options;
    if (q->n && (!q->open || !q->due)) return arci_fail(env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (q->n > ARCI_SETS_MAX) return arci_fail(env, ARC_E_LIMIT, "more than 1,000 items", "应收项超过 1,000 个");
    if (q->amount <= 0 || q->amount > INT64_MAX / 8) return arci_fail(env, ARC_E_RANGE, "the amount is not above 0, or too large", "金额必须大于 0 且不能过大");
    if (arc_date_check(q->day) != ARC_OK) return arci_fail(env, ARC_E_RANGE, "the day is no date", "日期无效");
    if (o->flags || o->reserved || o->under < 0 || o->over < 0 || o->under > INT64_MAX / 8 || o->over >= q->amount || o->certain_ppm <= 500000 || o->certain_ppm > 999999 ||
        o->candidates < 1 || o->candidates > 20 || o->steps < 1 || o->steps > INT64_C(10000000000) ||
        (o->usual_days_late != ARC_HABIT_DAYS_LEARNED && (o->usual_days_late < -3660 || o->usual_days_late > 3660)))
        return arci_fail(env, ARC_E_INVALID, "an option is out of range", "选项超出范围");
    return check_items(env, q);
}

/* ---- items in order ------------------------------------------------------------------------------------------------------------------- */

typedef struct order {
    arci_sets_item item;
    int32_t issued;
} order;

static int by_due(const void *a, const void *b)
{
    const order *x = a, *y = b;
    if (x->item.due != y->item.due) return x->item.due < y->item.due ? -1 : 1;
    if (x->issued != y->issued) return x->issued < y->issued ? -1 : 1;
    if (x->item.amount != y->item.amount) return x->item.amount < y->item.amount ? -1 : 1;
    if (x->item.less != y->item.less) return x->item.less < y->item.less ? -1 : 1;
    return x->item.from < y->item.from ? -1 : 1;
}

static arc_status sort_items(arci_sets *s, const question *q, const arci_habit *habit)
{
    uint32_t n = (uint32_t)q->n;
    order *o = arci_arena_alloc(s->arena, (n + 1) * sizeof *o);
    s->items = arci_arena_alloc(s->arena, (n + 1) * sizeof *s->items);
    s->bin = arci_arena_alloc(s->arena, 2 * (size_t)n + 1);
    if (!o || !s->items || !s->bin) return arci_nomem(s->env);
    s->same = s->bin + n;
    for (uint32_t i = 0; i < n; i++) {
        o[i].item = (arci_sets_item){ q->open[i], q->discounts ? q->discounts[i] : 0, q->due[i], i };
        o[i].issued = q->issued ? q->issued[i] : 0;
        s->has_less |= o[i].item.less != 0;
    }
    if (n) qsort(o, n, sizeof *o, by_due);
    int32_t usual = q->options.usual_days_late == ARC_HABIT_DAYS_LEARNED ? arci_habit_usual(habit) : q->options.usual_days_late;
    for (uint32_t i = 0; i < n; i++) {
        s->items[i] = o[i].item;
        s->same[i] = i && o[i].item.due == o[i - 1].item.due;
        s->bin[i] = (uint8_t)arci_habit_bin((int64_t)q->day - o[i].item.due - usual);
    }
    return ARC_OK;
}

/* ---- searching ------------------------------------------------------------------------------------------------------------------------ */

/* Of many items: stretches of 32, from the oldest on, half of one overlapping the next; alone, and with all that came before paid too. */
static arc_status windows(arci_sets *s)
{
    uint32_t from = 0;
    for (int w = 0; w < WINDOWS && from < s->n && s->steps > 0; w++) {
        uint32_t to = arci_sets_fit(s, from, ARCI_SETS_STRETCH);
        int done;
        arc_status st = arci_sets_whole(s, from, to, 0, &done);
        if (st == ARC_OK && from) st = arci_sets_whole(s, from, to, from, &done);
        if (st != ARC_OK || to == s->n) return st;
        from += (to - from) / 2;
    }
    return ARC_OK;
}

static arc_status search(arci_sets *s)
{
    int done = 0;
    s->whole = 1;
    if (!s->n) return ARC_OK;
    arc_status st = arci_sets_runs(s);
    if (st == ARC_OK) st = arci_sets_whole(s, 0, s->n, 0, &done);
    if (done || st != ARC_OK) return st;
    s->whole = 0;
    return windows(s);
}

/* ---- ranking --------------------------------------------------------------------------------------------------------------------------- */

typedef struct group {
    uint64_t alike, weight; /* weight: 2^32 is that of the likeliest set */
    int64_t sets;
    uint32_t best;
} group;

/* What sets nobody looked at may weigh: three payments in ten are paid in other ways, and their sums lie about as densely as those of all sets, which
 * spread by half the root of the sum of the squares. */
static uint64_t unseen(const arci_sets *s, int64_t best)
{
    uint64_t hi = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        int64_t a = (int64_t)arci_mag64(s->items[i].amount) >> 6; /* squares of 64 bits: the density is rough anyway */
        hi += (uint64_t)(a >> 16) * (uint64_t)(a >> 16);
    }
    int64_t spread = hi > 0 ? (arci_log2(hi) + 44 * ARCI_LOG_ONE) / 2 : 22 * ARCI_LOG_ONE;
    int64_t log = -113835 - spread + arci_log2((uint64_t)(s->high - s->low) + 1) - 21098; /* log2 0.3, width, over 1.25 */
    if (log > -113835) log = -113835;
    return arci_exp2_q32(log - best < 0 ? log - best : 0);
}

static int by_alike(const void *a, const void *b)
{
    const arci_set *x = a, *y = b;
    if (x->alike != y->alike) return x->alike < y->alike ? -1 : 1;
    if (x->log != y->log) return x->log > y->log ? -1 : 1;
    for (uint32_t w = 0; w < x->words; w++) { /* of sets as likely the one with the oldest items */
        const uint64_t differ = x->in[w] ^ y->in[w];
        if (differ) return x->in[w] & (differ & (~differ + 1)) ? -1 : 1;
    }
    return 0;
}

static int by_weight(const void *a, const void *b)
{
    const group *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return x->alike < y->alike ? -1 : x->alike > y->alike;
}

static group *group_sets(arci_sets *s, uint32_t *n, uint64_t *all)
{
    group *g = arci_arena_alloc(s->arena, (s->n_sets + 1) * sizeof *g);
    int64_t best = INT64_MIN;
    if (!g) return NULL;
    for (uint32_t i = 0; i < s->n_sets; i++) best = s->sets[i].log > best ? s->sets[i].log : best;
    if (s->n_sets) qsort(s->sets, s->n_sets, sizeof *s->sets, by_alike);
    *all = s->n_sets && !s->whole ? unseen(s, best) : 0;
    for (uint32_t i = 0; i < s->n_sets; i++) {
        uint64_t weight = arci_exp2_q32(s->sets[i].log - best);
        if (!i || s->sets[i].alike != g[*n - 1].alike) g[(*n)++] = (group){ s->sets[i].alike, 0, 0, i };
        g[*n - 1].weight += weight;
        g[*n - 1].sets++;
        *all += weight;
    }
    qsort(g, *n, sizeof *g, by_weight);
    return g;
}

/* ---- telling ------------------------------------------------------------------------------------------------------------------------- */

static arc_status tell(combination *c, candidate *to, const arci_sets *s, const group *g, uint64_t all)
{
    const arci_set *set = &s->sets[g->best];
    const arc_combination_candidate none = ARC_COMBINATION_CANDIDATE_INIT;
    to->members = arci_arena_alloc(&c->arena, set->items * sizeof *to->members);
    to->taken = arci_arena_alloc(&c->arena, set->items * sizeof *to->taken);
    if (!to->members || !to->taken) return arci_nomem(s->env);
    to->told = none;
    to->told.kind = set->kind;
    to->told.likely_ppm = (int32_t)((g->weight >> 8) * 1000000 / ((all >> 8) + 1));
    to->told.difference = s->amount - set->sum;
    to->told.alike = g->sets;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!arci_bit(set->in, i)) continue;
        int64_t less = arci_bit(set->taken, i) ? s->items[i].less : 0;
        to->members[to->told.items] = s->items[i].from;
        to->taken[to->told.items++] = less;
        to->told.total += s->items[i].amount;
        to->told.discount += less;
    }
    return ARC_OK;
}

static arc_status answer(combination *c, arci_sets *s, const question *q)
{
    uint32_t n = 0;
    uint64_t all = 0;
    group *g = group_sets(s, &n, &all);
    if (!g) return arci_nomem(s->env);
    int32_t kept = n < (uint32_t)q->options.candidates ? (int32_t)n : q->options.candidates;
    c->candidates = arci_arena_alloc(&c->arena, ((size_t)kept + 1) * sizeof *c->candidates);
    if (!c->candidates) return arci_nomem(s->env);
    for (int32_t i = 0; i < kept; i++) {
        arc_status st = tell(c, &c->candidates[i], s, &g[i], all);
        if (st != ARC_OK) return st;
    }
    c->info.candidates = kept;
    c->info.whole = s->whole;
    c->info.found = s->n_sets;
    if (kept) c->info.outcome = c->candidates[0].told.likely_ppm >= q->options.certain_ppm ? ARC_COMBINATION_UNIQUE : ARC_COMBINATION_AMBIGUOUS;
    else c->info.outcome = s->whole ? ARC_COMBINATION_NONE : ARC_COMBINATION_UNKNOWN;
    return ARC_OK;
}

static arc_status find(arci_env *env, combination *c, const question *q, const arci_habit *habit)
{
    arci_arena arena;
    arci_sets s = { .env = env, .arena = &arena, .n = (uint32_t)q->n, .words = (uint32_t)(q->n + 63) / 64, .amount = q->amount, .day = q->day, .steps = q->options.steps };
    s.low = q->amount - q->options.over;
    s.high = q->amount + q->options.under;
    arci_arena_init(&arena, env->ctx);
    arci_habit_logs(habit, s.logs);
    arc_status st = sort_items(&s, q, habit);
    if (st == ARC_OK) st = search(&s);
    if (st == ARC_OK) st = answer(c, &s, q);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_combination_find(arc_context *context, arc_combination **out, int64_t amount, arc_date day, const int64_t *open, const int64_t *discounts,
                                const arc_date *due, const arc_date *issued, size_t n, const arc_combination_options *options)
{
    const arc_combination_info none = ARC_COMBINATION_INFO_INIT;
    question q = { amount, day, open, discounts, due, issued, n, defaults };
    arci_env env;
    void *habit = NULL, *handle;
    arc_context *of = context;
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env = (arci_env){ context, arci_context_error_slot(context) };
    if (!out) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    st = arci_struct_in(&env, &q.options, sizeof q.options, options);
    if (st == ARC_OK && q.options.habit) st = arci_handle_get(q.options.habit, ARCI_H_HABIT, &habit, &of);
    if (st == ARC_OK && of != context) st = ARC_E_HANDLE;
    if (st == ARC_OK) st = check(&env, &q);
    if (st != ARC_OK) return st;
    combination *c = arci_calloc(context, 1, sizeof *c);
    if (!c) return arci_nomem(&env);
    c->info = none;
    arci_arena_init(&c->arena, context);
    st = find(&env, c, &q, habit);
    if (st == ARC_OK && arci_handle_new(context, ARCI_H_COMBINATION, c, combination_free, &handle) != ARC_OK) st = arci_nomem(&env);
    if (st != ARC_OK) combination_free(c);
    else *out = handle;
    return st;
}

/* ---- reading an answer ------------------------------------------------------------------------------------------------------------------ */

arc_status arc_combination_get(const arc_combination *handle, arc_combination_info *info)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_COMBINATION, &object, NULL);
    if (st != ARC_OK) return st;
    if (!info || !info->struct_size) return ARC_E_INVALID;
    return arci_struct_out(info, &((combination *)object)->info, sizeof *info);
}

arc_status arc_combination_at(const arc_combination *handle, arc_combination_candidate *out, size_t *members, int64_t *taken, size_t *n, size_t i)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_COMBINATION, &object, NULL);
    if (st != ARC_OK) return st;
    const combination *c = object;
    if ((out && !out->struct_size) || ((members || taken) && !n)) return ARC_E_INVALID;
    if (i >= (size_t)c->info.candidates) return ARC_E_RANGE;
    const candidate *one = &c->candidates[i];
    size_t room = n ? *n : 0, items = (size_t)one->told.items;
    if (n) *n = items;
    if ((members || taken) && room < items) return ARC_E_BUFFER;
    for (size_t k = 0; k < items; k++) {
        if (members) members[k] = one->members[k];
        if (taken) taken[k] = one->taken[k];
    }
    return out ? arci_struct_out(out, &one->told, sizeof *out) : ARC_OK;
}
