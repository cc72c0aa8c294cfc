/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of customers who were merged. On each day a statement holds those who were one with its customer then: it says in a line what came with a
 * merge, and in another what went when it was undone. So the balance of a day is the same whatever the statement's last day, and that of days before a
 * merge is what it was. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "ledger/statement.h"

/* From a day on a customer belongs to a root. */
typedef struct stay {
    arc_date from;    /* ARC_DATE_NONE: ever since */
    int64_t root, id; /* id: of the merge record that made it so */
} stay;

typedef struct edges {
    const arci_merge_edge **by_merged, **by_kept;
    uint32_t n;
} edges;

static int by_merged(const void *x, const void *y)
{
    const arci_merge_edge *a = *(const arci_merge_edge *const *)x, *b = *(const arci_merge_edge *const *)y;
    if (a->merged != b->merged) return a->merged < b->merged ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static int by_kept(const void *x, const void *y)
{
    const arci_merge_edge *a = *(const arci_merge_edge *const *)x, *b = *(const arci_merge_edge *const *)y;
    if (a->kept != b->kept) return a->kept < b->kept ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Merges of the time the statements tell of. */
static arc_status sort_edges(arci_gathering *g, edges *e)
{
    const arci_merged *m = &g->merged;
    e->by_merged = arci_arena_alloc(&g->work, (m->n + 1u) * sizeof *e->by_merged);
    e->by_kept = arci_arena_alloc(&g->work, (m->n + 1u) * sizeof *e->by_kept);
    if (!e->by_merged || !e->by_kept) return arci_nomem(g->t->env);
    e->n = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        if (m->edges[i].from > g->asked->to || (m->edges[i].undo && m->edges[i].to <= m->edges[i].from)) continue;
        e->by_merged[e->n] = e->by_kept[e->n] = &m->edges[i];
        e->n++;
    }
    if (e->n) qsort(e->by_merged, e->n, sizeof *e->by_merged, by_merged);
    if (e->n) qsort(e->by_kept, e->n, sizeof *e->by_kept, by_kept);
    return ARC_OK;
}

/* The first edge of a customer in one of the two orders. */
static uint32_t first_of(const arci_merge_edge *const *list, uint32_t n, int64_t customer, int kept)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if ((kept ? list[mid]->kept : list[mid]->merged) < customer) low = mid + 1;
        else high = mid;
    }
    return low;
}

/* ---- who was one with somebody on some day ------------------------------------------------------------------------------------ */

static arc_status put(arci_env *env, arci_map *m, int64_t id, int64_t value, int *fresh)
{
    int64_t *at;
    int32_t made = arci_map_put(m, &id, sizeof id, &at);
    if (made < 0) return arci_nomem(env);
    if (made) *at = value;
    *fresh = made;
    return ARC_OK;
}

static int64_t key_of(const arci_map_entry *e)
{
    int64_t id;
    memcpy(&id, e->key, sizeof id);
    return id;
}

/* Adds whoever came to a customer, by way of others too, to `family`. */
static arc_status gather_family(arci_gathering *g, const edges *e, int64_t root, arci_map *family)
{
    int fresh;
    arc_status st = put(g->t->env, family, root, 0, &fresh);
    for (uint32_t at = 0; st == ARC_OK && at < family->n; at++) {
        const int64_t kept = key_of(&family->entries[at]);
        for (uint32_t k = first_of(e->by_kept, e->n, kept, 1); st == ARC_OK && k < e->n && e->by_kept[k]->kept == kept; k++) st = put(g->t->env, family, e->by_kept[k]->merged, 0, &fresh);
    }
    return st;
}

/* ---- whose somebody was, day by day ----------------------------------------------------------------------------------------------- */

static int in_force(const arci_merge_edge *e, arc_date on) { return on != ARC_DATE_NONE && e->from <= on && (!e->undo || e->to > on); }

static int64_t root_on(const edges *e, int64_t customer, arc_date on)
{
    for (uint32_t steps = 0; steps <= e->n; steps++) {
        uint32_t k = first_of(e->by_merged, e->n, customer, 0);
        while (k < e->n && e->by_merged[k]->merged == customer && !in_force(e->by_merged[k], on)) k++;
        if (k == e->n || e->by_merged[k]->merged != customer) break;
        customer = e->by_merged[k]->kept;
    }
    return customer;
}

static int by_day(const void *x, const void *y)
{
    const stay *a = x, *b = y;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* The stays of a customer up to the last day, in time; the first has no first day. */
static arc_status stays_of(arci_gathering *g, const edges *e, int64_t customer, stay **out, uint32_t *n)
{
    arci_map reach;
    int fresh;
    uint32_t kept = 1;
    *n = 0;
    *out = arci_arena_alloc(&g->work, (2u * (size_t)e->n + 1u) * sizeof **out);
    if (!*out) return arci_nomem(g->t->env);
    arci_map_init(&reach, g->t->env->ctx);
    arc_status st = put(g->t->env, &reach, customer, 0, &fresh);
    (*out)[(*n)++] = (stay){ ARC_DATE_NONE, customer, 0 };
    for (uint32_t at = 0; st == ARC_OK && at < reach.n; at++) {
        const int64_t who = key_of(&reach.entries[at]);
        for (uint32_t k = first_of(e->by_merged, e->n, who, 0); st == ARC_OK && k < e->n && e->by_merged[k]->merged == who; k++) {
            const arci_merge_edge *x = e->by_merged[k];
            (*out)[(*n)++] = (stay){ x->from, 0, x->id };
            if (x->undo && x->to <= g->asked->to) (*out)[(*n)++] = (stay){ x->to, 0, x->undo };
            st = put(g->t->env, &reach, x->kept, 0, &fresh);
        }
    }
    arci_map_clear(&reach);
    if (st == ARC_OK) qsort(*out + 1, *n - 1, sizeof **out, by_day);
    for (uint32_t i = 1; st == ARC_OK && i < *n; i++) {
        stay s = (*out)[i];
        s.root = root_on(e, customer, s.from);
        if (s.from == (*out)[kept - 1].from) (*out)[kept - 1].root = s.root;
        else if (s.root != (*out)[kept - 1].root) (*out)[kept++] = s;
    }
    *n = kept;
    return st;
}

/* ---- the movements of a statement ------------------------------------------------------------------------------------------------- */

static const char *keep_text(arci_statement_part *of, const char *s) { return arci_arena_strndup(&of->s->arena, s, strlen(s)); }

static arc_status copy_row(arci_gathering *g, arci_statement_part *to, const arc_statement_row *r)
{
    const char *number = keep_text(to, r->number);
    if (!number) return arci_nomem(g->t->env);
    return arci_statement_add(g, to, r->entity, r->id, r->kind, number, r->date, r->due, r->debit - r->credit);
}

/* What somebody's balance was at the end of the day before. */
static arc_status balance_before(arci_gathering *g, const arci_statement_part *of, arc_date day, int64_t *out)
{
    arci_acc sum = { 0, 0 };
    for (uint32_t i = 0; i < of->n; i++) {
        if (of->rows[i].date < day) arci_acc_add(&sum, of->rows[i].debit - of->rows[i].credit);
    }
    if (!arci_acc_get(&sum, out)) return ARC_OK;
    return arci_fail(g->t->env, ARC_E_OVERFLOW, "a sum of the statement is too large", "对账单合计超出范围");
}

static arc_status add_change(arci_gathering *g, arci_statement_part *to, const arci_statement_part *from, const stay *s, const char *kind, int sign)
{
    int64_t balance;
    const char *number = keep_text(to, from->s->info.code);
    if (!number) return arci_nomem(g->t->env);
    arc_status st = balance_before(g, from, s->from, &balance);
    return st == ARC_OK ? arci_statement_add(g, to, ARC_MERGE_RECORD, s->id, kind, number, s->from, ARC_DATE_NONE, sign * balance) : st;
}

/* One customer's share in a statement. */
static arc_status add_part(arci_gathering *g, const edges *e, arci_statement_part *to, const arci_statement_part *from)
{
    stay *stays;
    uint32_t n;
    arc_status st = stays_of(g, e, from->s->info.customer, &stays, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (stays[i].root != to->s->info.customer) continue;
        const arc_date until = i + 1 < n ? stays[i + 1].from : ARC_DATE_NONE;
        if (stays[i].from != ARC_DATE_NONE) st = add_change(g, to, from, &stays[i], "merge", 1);
        for (uint32_t k = 0; st == ARC_OK && k < from->n; k++) {
            const arc_statement_row *r = &from->rows[k];
            if ((stays[i].from != ARC_DATE_NONE && r->date < stays[i].from) || (until != ARC_DATE_NONE && r->date >= until)) continue;
            st = copy_row(g, to, r);
        }
        if (st == ARC_OK && until != ARC_DATE_NONE) st = add_change(g, to, from, &stays[i + 1], "unmerge", -1);
    }
    return st;
}

static int by_allocation(const void *x, const void *y)
{
    const arc_statement_row *a = x, *b = y;
    const int is[2] = { strcmp(a->kind, "transfer") == 0, strcmp(b->kind, "transfer") == 0 };
    if (is[0] != is[1]) return is[1] - is[0];
    return (a->id > b->id) - (a->id < b->id);
}

/* What one of them took from another is no movement of both. */
static void drop_transfers(arci_statement_part *of)
{
    uint32_t kept = 0;
    if (of->n) qsort(of->rows, of->n, sizeof *of->rows, by_allocation);
    for (uint32_t i = 0; i < of->n; i++) {
        const arc_statement_row *a = &of->rows[i], *b = i + 1 < of->n ? a + 1 : NULL;
        if (b && strcmp(a->kind, "transfer") == 0 && strcmp(b->kind, "transfer") == 0 && a->id == b->id && a->debit == b->credit && a->credit == b->debit) i++;
        else of->rows[kept++] = *a;
    }
    of->n = kept;
}

/* ---- whose parts there are ---------------------------------------------------------------------------------------------------------- */

static int by_id(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* A part for each of them, which lives as long as the gathering. */
static arc_status make_parts(arci_gathering *g, const arci_map *all)
{
    int64_t *ids = arci_arena_alloc(&g->work, all->n * sizeof *ids);
    arci_statement *own = arci_arena_calloc(&g->work, all->n, sizeof *own);
    g->parts = arci_arena_calloc(&g->work, all->n, sizeof *g->parts);
    if (!ids || !own || !g->parts) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < all->n; i++) ids[i] = key_of(&all->entries[i]);
    qsort(ids, all->n, sizeof *ids, by_id);
    for (uint32_t i = 0; i < all->n; i++) {
        own[i].info = *g->asked;
        own[i].info.customer = ids[i];
        arci_arena_init(&own[i].arena, g->t->env->ctx);
        g->parts[i].s = &own[i];
    }
    g->n = all->n;
    return ARC_OK;
}

void arci_statement_merged_clear(arci_gathering *g)
{
    for (uint32_t i = 0; i < g->n; i++) arci_arena_clear(&g->parts[i].s->arena);
}

static arci_statement_part *part_of(const arci_gathering *g, int64_t customer)
{
    uint32_t low = 0, high = g->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (g->parts[mid].s->info.customer < customer) low = mid + 1;
        else high = mid;
    }
    return &g->parts[low]; /* there is one of each */
}

/* The statement of a root: of the customer himself when he is asked for too, else of the first that belongs to him. */
static arc_status choose_told(arci_gathering *g, arci_statement **list, uint32_t n, arci_map *of_root)
{
    int fresh = 0;
    g->told = arci_arena_calloc(&g->work, n, sizeof *g->told);
    if (!g->told) return arci_nomem(g->t->env);
    g->n_told = n;
    arc_status st = ARC_OK;
    for (int himself = 1; st == ARC_OK && himself >= 0; himself--) {
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            const int64_t named = list[i]->info.customer, root = arci_merged_root(&g->merged, named);
            g->told[i].s = list[i];
            if ((named == root) != himself) continue;
            st = put(g->t->env, of_root, root, i, &fresh);
            if (st == ARC_OK && !fresh) list[i]->status = ARC_E_STATE;
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) list[i]->info.customer = arci_merged_root(&g->merged, list[i]->info.customer);
    return st;
}

/* Name, and whether he may be told of at all. */
static arc_status take_head(arci_gathering *g, arci_statement_part *to, const arci_statement_part *own)
{
    to->s->info.code = keep_text(to, own->s->info.code);
    to->s->info.name = keep_text(to, own->s->info.name);
    if (own->s->status != ARC_OK) to->s->status = own->s->status;
    return to->s->info.code && to->s->info.name ? ARC_OK : arci_nomem(g->t->env);
}

static arc_status tell_one(arci_gathering *g, const edges *e, arci_statement_part *to)
{
    arci_map family;
    if (to->s->status != ARC_OK) {
        to->s->info.code = to->s->info.name = "";
        return ARC_OK;
    }
    arci_map_init(&family, g->t->env->ctx);
    arc_status st = take_head(g, to, part_of(g, to->s->info.customer));
    if (st == ARC_OK) st = gather_family(g, e, to->s->info.customer, &family);
    for (uint32_t i = 0; st == ARC_OK && i < family.n; i++) {
        arci_statement_part *from = part_of(g, key_of(&family.entries[i]));
        if (from->s->status != ARC_OK && from->n && to->s->status == ARC_OK) to->s->status = ARC_E_FORBIDDEN;
        st = add_part(g, e, to, from);
    }
    arci_map_clear(&family);
    drop_transfers(to);
    return st;
}

arc_status arci_statement_merged(arci_gathering *g, arci_statement **list, uint32_t n)
{
    arci_map all, of_root;
    edges e;
    arci_map_init(&all, g->t->env->ctx);
    arci_map_init(&of_root, g->t->env->ctx);
    arc_status st = sort_edges(g, &e);
    if (st == ARC_OK) st = choose_told(g, list, n, &of_root);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) st = gather_family(g, &e, list[i]->info.customer, &all);
    if (st == ARC_OK) st = make_parts(g, &all);
    if (st == ARC_OK) st = arci_statement_parts(g);
    for (uint32_t i = 0; st == ARC_OK && i < g->n; i++) {
        const int64_t root = arci_merged_root(&g->merged, g->parts[i].s->info.customer), *at = arci_map_get(&of_root, &root, sizeof root);
        g->parts[i].into = at ? &g->told[*at] : NULL;
    }
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) st = tell_one(g, &e, &g->told[i]);
    arci_map_clear(&of_root);
    arci_map_clear(&all);
    return st;
}
