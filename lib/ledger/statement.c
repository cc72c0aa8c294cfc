/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of account: movements folded to balances, and what was open on the last day. */
#include "ledger/statement.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "store/access.h"
#include "store/scout.h"

static int rank(const arc_statement_row *r) { return r->entity == ARC_ITEM ? 0 : r->entity == ARC_RECEIPT ? 1 : 2; }

static int in_time(const void *x, const void *y)
{
    const arc_statement_row *a = x, *b = y;
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    if (rank(a) != rank(b)) return rank(a) - rank(b);
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    return strcmp(a->kind, b->kind);
}

static int by_due(const void *x, const void *y)
{
    const arc_statement_row *a = x, *b = y;
    if (a->due != b->due) return a->due < b->due ? -1 : 1;
    int d = strcmp(a->number, b->number);
    return d ? d : (a->id > b->id) - (a->id < b->id);
}

static arc_status too_large(arci_gathering *g) { return arci_fail(g->t->env, ARC_E_OVERFLOW, "a sum of the statement is too large", "对账单合计超出范围"); }

static arc_status fold_rows(arci_gathering *g, arci_statement_part *of)
{
    arci_statement *s = of->s;
    arc_statement_info *info = &s->info;
    arci_acc opening = { 0, 0 }, debit = { 0, 0 }, credit = { 0, 0 };
    uint32_t first = 0;
    if (of->n) qsort(of->rows, of->n, sizeof *of->rows, in_time);
    for (; first < of->n && info->from != ARC_DATE_NONE && of->rows[first].date < info->from; first++) arci_acc_add(&opening, of->rows[first].debit - of->rows[first].credit);
    info->n_rows = of->n - first;
    s->rows = arci_arena_calloc(&s->arena, info->n_rows + 1u, sizeof *s->rows);
    if (!s->rows) return arci_nomem(g->t->env);
    if (arci_acc_get(&opening, &info->opening)) return too_large(g);
    arci_acc balance = opening;
    for (uint32_t i = 0; i < info->n_rows; i++) {
        arc_statement_row *r = &s->rows[i];
        *r = of->rows[first + i];
        arci_acc_add(&debit, r->debit);
        arci_acc_add(&credit, r->credit);
        arci_acc_add(&balance, r->debit - r->credit);
        if (arci_acc_get(&balance, &r->balance)) return too_large(g);
    }
    return arci_acc_get(&debit, &info->debit) || arci_acc_get(&credit, &info->credit) || arci_acc_get(&balance, &info->closing) ? too_large(g) : ARC_OK;
}

/* ---- what was open ------------------------------------------------------------------------------------------------------------ */

typedef struct left {
    arci_acc overdue, unapplied;
    uint32_t cap;
} left;

static arc_status list_item(arci_gathering *g, const arci_statement_doc *d, left *sums, uint32_t flags)
{
    arci_statement_part *into = d->of->into;
    int64_t open = d->amount - d->taken;
    if (!into) return ARC_OK;
    arci_statement *s = into->s;
    left *sum = &sums[into - g->told];
    if (open > 0 && d->due != ARC_DATE_NONE && d->due < s->info.to) arci_acc_add(&sum->overdue, open);
    if (!open || !(flags & ARC_STATEMENT_OPEN_ITEMS)) return ARC_OK;
    if (s->info.n_open == sum->cap) {
        uint32_t cap = sum->cap ? sum->cap * 2 : 16;
        arc_statement_row *list = arci_arena_calloc(&s->arena, cap, sizeof *list);
        if (!list) return arci_nomem(g->t->env);
        if (sum->cap) memcpy(list, s->open, s->info.n_open * sizeof *list);
        s->open = list;
        sum->cap = cap;
    }
    arc_statement_row *r = &s->open[s->info.n_open++];
    arc_statement_row_init(r);
    r->entity = ARC_ITEM;
    r->id = d->id;
    r->kind = d->kind;
    r->number = into == d->of ? d->number : arci_arena_strndup(&s->arena, d->number, strlen(d->number));
    if (!r->number) return arci_nomem(g->t->env);
    r->date = d->date;
    r->due = d->due;
    r->debit = open > 0 ? open : 0;
    r->credit = open < 0 ? -open : 0;
    r->balance = d->amount;
    return ARC_OK;
}

static arc_status list_open(arci_gathering *g, uint32_t flags)
{
    left *sums = arci_arena_calloc(&g->work, g->n_told, sizeof *sums);
    arc_status st = sums ? ARC_OK : arci_nomem(g->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < g->items.n; i++) st = list_item(g, &g->items.all[i], sums, flags);
    for (uint32_t i = 0; st == ARC_OK && i < g->receipts.n; i++) {
        const arci_statement_doc *d = &g->receipts.all[i];
        if (!d->gone && d->of->into) arci_acc_add(&sums[d->of->into - g->told].unapplied, d->amount - d->taken);
    }
    for (uint32_t i = 0; st == ARC_OK && i < g->n_told; i++) {
        arci_statement *s = g->told[i].s;
        if (s->info.n_open) qsort(s->open, s->info.n_open, sizeof *s->open, by_due);
        if (arci_acc_get(&sums[i].overdue, &s->info.overdue) || arci_acc_get(&sums[i].unapplied, &s->info.unapplied)) st = too_large(g);
    }
    return st;
}

/* ---- whose they are ------------------------------------------------------------------------------------------------------------- */

static const char *text_of(arci_statement *s, const arc_value *v) { return v->type == ARC_V_TEXT ? arci_arena_strndup(&s->arena, v->u.s, v->len) : ""; }

/* Code and name of each; one that is not there, or not to be seen, has no statement. */
static arc_status name_customers(arci_gathering *g)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    const arci_row_scope *scope = arci_access_scope(g->t->session, &arci_verbs[ARCI_DO_READ], e);
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found, *seen = arci_arena_alloc(&g->work, g->n);
    int64_t *ids = arci_arena_alloc(&g->work, g->n * sizeof *ids);
    if (!seen || !ids) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < g->n; i++) ids[i] = g->parts[i].s->info.customer;
    memset(seen, 1, g->n);
    arc_status st = arci_shape_get(g->t, &shape, "customer", "code legal_name");
    if (st == ARC_OK) st = arci_repo_get_many(g->t, shape, ids, g->n, &g->work, &rows, &found);
    if (st == ARC_OK && scope) st = arci_scope_rows(g->t, &g->work, e, scope, ids, g->n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < g->n; i++) {
        arci_statement *s = g->parts[i].s;
        arc_value *v = rows + 2 * (size_t)i;
        s->info.code = s->info.name = "";
        if (!found[i] || !seen[i]) {
            s->status = ARC_E_NOT_FOUND;
            continue;
        }
        st = arci_access_out(g->t->env, &g->work, g->t->session, shape->table, shape->cols, shape->n, v);
        if (st != ARC_OK) return st;
        s->info.code = text_of(s, &v[0]);
        s->info.name = text_of(s, &v[1]);
        if (!s->info.code || !s->info.name) return arci_nomem(g->t->env);
    }
    return st;
}

arc_status arci_statement_tell(arci_env *env, const arci_statement *s)
{
    if (s->status == ARC_OK) return ARC_OK;
    if (s->status == ARC_E_NOT_FOUND) (void)arci_no_such(env, "customer");
    else if (s->status == ARC_E_STATE) (void)arci_fail(env, ARC_E_STATE, "the customer is one with another of this call", "该客户与本次调用中的另一客户已合并");
    else (void)arci_fail(env, s->status, "the statement holds documents you may not see", "对账单包含您无权查看的单据");
    arci_fail_at(env, "customer", NULL, s->info.customer, -1);
    return s->status;
}

/* The error of the first that is refused. */
static void tell_first(arci_gathering *g)
{
    for (uint32_t i = 0; i < g->n_told; i++) if (arci_statement_tell(g->t->env, g->told[i].s) != ARC_OK) return;
}

arc_status arci_statement_parts(arci_gathering *g)
{
    arc_status st = name_customers(g);
    return st == ARC_OK ? arci_statement_read(g) : st;
}

/* Nobody was merged. */
static arc_status each_by_himself(arci_gathering *g, arci_statement **list, uint32_t n)
{
    g->parts = g->told = arci_arena_calloc(&g->work, n, sizeof *g->parts);
    if (!g->parts) return arci_nomem(g->t->env);
    g->n = g->n_told = n;
    for (uint32_t i = 0; i < n; i++) {
        g->parts[i].s = list[i];
        g->parts[i].into = &g->parts[i];
    }
    return arci_statement_parts(g);
}

static arc_status gather(arci_txn *t, arci_statement **list, uint32_t n, uint32_t flags, int64_t known_at)
{
    arci_gathering g;
    memset(&g, 0, sizeof g);
    g.t = t;
    g.asked = &list[0]->info;
    g.known_at = known_at;
    arci_arena_init(&g.work, t->env->ctx);
    arci_known_init(&g.known, t->env->ctx);
    arci_merged_init(&g.merged, t->env->ctx);
    arc_status st = known_at ? arci_known_read(t, &g.known, known_at) : ARC_OK;
    if (st == ARC_OK) st = arci_merged_read(t, &g.work, &g.merged, g.asked->to, known_at ? &g.known : NULL);
    if (st == ARC_OK) st = g.merged.n ? arci_statement_merged(&g, list, n) : each_by_himself(&g, list, n);
    for (uint32_t i = 0; st == ARC_OK && i < g.n_told; i++) st = fold_rows(&g, &g.told[i]);
    if (st == ARC_OK) st = list_open(&g, flags);
    if (st == ARC_OK) tell_first(&g);
    if (g.merged.n) arci_statement_merged_clear(&g);
    arci_merged_clear(&g.merged);
    arci_known_clear(&g.known);
    arci_arena_clear(&g.work);
    return st;
}

typedef struct asked_for {
    arci_txn *t;
    arci_statement **list;
    const arc_statement_info *asked; /* as the caller gave them */
    int64_t known_at;
    uint32_t n, flags;
} asked_for;

/* Of what was begun before nothing is left but its memory. */
static arc_status gather_afresh(void *user)
{
    const asked_for *x = user;
    for (uint32_t i = 0; i < x->n; i++) {
        arci_statement *s = x->list[i];
        s->info = x->asked[i];
        s->rows = s->open = NULL;
        s->status = ARC_OK;
    }
    return gather(x->t, x->list, x->n, x->flags, x->known_at);
}

arc_status arci_statements_gather(arci_txn *t, arci_statement **list, uint32_t n, uint32_t flags, int64_t known_at)
{
    arc_statement_info *asked = arci_alloc(t->env->ctx, n * sizeof *asked);
    if (!asked) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) asked[i] = list[i]->info;
    asked_for x = { t, list, asked, known_at, n, flags };
    arc_status st = arci_scout(t, gather_afresh, &x);
    arci_free(t->env->ctx, asked);
    return st;
}
