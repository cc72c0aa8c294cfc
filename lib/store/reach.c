/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reach.h"

#include <string.h>

#include "store/be.h"

#define FEWEST_PLACES 256u
#define MOST_PLACES 8192u
#define SETS 8u
#define SET_MAX (1u << 18) /* ids of a set that is kept */

/* A place of the table of customers: at id % places, a newer one drives out an older. */
typedef struct place {
    arci_owners owners;
    uint32_t era;
} place;

typedef struct known_set {
    const arci_entity *entity;
    int at;
    uint32_t era;
    uint32_t n_lists[ARCI_BY_N]; /* of the scope */
    uint32_t n;
    int64_t *memory; /* lists, then ids */
    size_t cap;
} known_set;

struct arci_reach {
    uint32_t era; /* what bears another number is of another state */
    uint32_t n_places, used;
    uint64_t number; /* of the state, when told */
    int told;
    place *places;
    known_set sets[SETS];
    uint32_t next_set;
};

typedef struct arci_reach reach;

/* ---- of which state ------------------------------------------------------------------------------------------------------ */

static void new_era(reach *s)
{
    s->used = 0;
    if (++s->era) return;
    for (uint32_t i = 0; i < s->n_places; i++) s->places[i].era = 0;
    for (uint32_t i = 0; i < SETS; i++) s->sets[i].era = 0;
    s->era = 1;
}

/* *out: what may be used in this transaction; NULL: nothing. */
static arc_status reach_of(arci_txn *t, reach **out)
{
    arci_book *b = t->book;
    uint64_t number = 0;
    *out = NULL;
    if (t->mode != ARC_READ) return ARC_OK;
    if (!b->reach) b->reach = arci_calloc(b->ctx, 1, sizeof *b->reach);
    if (!b->reach) return arci_nomem(t->env);
    reach *s = *out = b->reach;
    if (t->reach_asked) return ARC_OK;
    int told = arci_be_snapshot(b, t->be, &number);
    if (!told || !s->told || s->number != number) new_era(s);
    s->told = told;
    s->number = number;
    t->reach_asked = 1;
    return ARC_OK;
}

arc_status arci_reach_number(arci_txn *t, int *told, uint64_t *number)
{
    reach *s;
    arc_status st = reach_of(t, &s);
    *told = st == ARC_OK && s && s->told;
    *number = *told ? s->number : 0;
    return st;
}

void arci_reach_free(arci_book *b)
{
    reach *s = b->reach;
    if (!s) return;
    for (uint32_t i = 0; i < SETS; i++) arci_free(b->ctx, s->sets[i].memory);
    arci_free(b->ctx, s->places);
    arci_free(b->ctx, s);
    b->reach = NULL;
}

/* ---- customers ----------------------------------------------------------------------------------------------------------- */

static place *place_of(const reach *s, int64_t id)
{
    return &s->places[(uint64_t)id & (s->n_places - 1)];
}

static const arci_owners *find(const reach *s, int64_t id)
{
    const place *p = s && s->n_places ? place_of(s, id) : NULL;
    return p && p->era == s->era && p->owners.id == id ? &p->owners : NULL;
}

/* More places while there are customers for them. */
static arc_status grow(arci_env *env, reach *s)
{
    uint32_t n = s->n_places ? s->n_places * 2 : FEWEST_PLACES;
    place *old = s->places, *more = arci_calloc(env->ctx, n, sizeof *more);
    uint32_t n_old = s->n_places;
    if (!more) return arci_nomem(env);
    s->places = more;
    s->n_places = n;
    s->used = 0;
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i].era != s->era) continue;
        *place_of(s, old[i].owners.id) = old[i];
        s->used++;
    }
    arci_free(env->ctx, old);
    return ARC_OK;
}

static arc_status remember(arci_env *env, reach *s, const arci_owners *w)
{
    arc_status st = ARC_OK;
    if (!s) return ARC_OK;
    if (s->n_places < MOST_PLACES && s->used >= s->n_places / 2) st = grow(env, s);
    if (st != ARC_OK) return st;
    place *p = place_of(s, w->id);
    s->used += p->era != s->era;
    p->owners = *w;
    p->era = s->era;
    return ARC_OK;
}

/* ids[of[k]] are to be read. */
static arc_status read_owners(arci_txn *t, arci_arena *arena, reach *s, const int64_t *ids, const uint32_t *of, uint32_t n, arci_owners *out)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t one, *some = n == 1 ? &one : arci_arena_alloc(arena, n * sizeof *some);
    if (!some) return arci_nomem(t->env);
    for (uint32_t k = 0; k < n; k++) some[k] = ids[of[k]];
    arc_status st = arci_shape_get(t, &shape, "customer", "owner team region");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, some, n, arena, &rows, &found);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        arci_owners *w = &out[of[k]];
        if (!found[k]) continue;
        w->id = some[k];
        const arc_value *v = rows + (size_t)k * shape->n;
        for (int i = 0; i < ARCI_BY_N; i++) w->by[i] = v[i].type == ARC_V_INT ? v[i].u.i : 0;
        st = remember(t->env, s, w);
    }
    return st;
}

arc_status arci_reach_owners(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, arci_owners *out)
{
    reach *s;
    uint32_t one, *unknown = &one, count = 0;
    arc_status st = reach_of(t, &s);
    if (st != ARC_OK) return st;
    if (n > 1) unknown = arci_arena_alloc(arena, n * sizeof *unknown);
    if (!unknown) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        const arci_owners *w = find(s, ids[i]);
        memset(&out[i], 0, sizeof out[i]);
        if (w) out[i] = *w;
        else unknown[count++] = i;
    }
    return count ? read_owners(t, arena, s, ids, unknown, count, out) : ARC_OK;
}

/* ---- sets ---------------------------------------------------------------------------------------------------------------- */

static int same_lists(const known_set *k, const arci_row_scope *scope, int at)
{
    const int64_t *own = k->memory;
    for (int i = 0; i < ARCI_BY_N; i++) {
        if (k->n_lists[i] != scope->n[at][i]) return 0;
    }
    for (int i = 0; i < ARCI_BY_N; own += k->n_lists[i++]) {
        if (k->n_lists[i] && memcmp(own, scope->ids[at][i], k->n_lists[i] * sizeof *own) != 0) return 0;
    }
    return 1;
}

static size_t lists_of(const arci_row_scope *scope, int at)
{
    size_t n = 0;
    for (int i = 0; i < ARCI_BY_N; i++) n += scope->n[at][i];
    return n;
}

arc_status arci_reach_find(arci_txn *t, const arci_entity *e, const arci_row_scope *scope, int at, const int64_t **ids, uint32_t *n)
{
    reach *s;
    *ids = NULL;
    arc_status st = reach_of(t, &s);
    for (uint32_t i = 0; s && i < SETS; i++) {
        const known_set *k = &s->sets[i];
        if (k->era != s->era || k->entity != e || k->at != at || !same_lists(k, scope, at)) continue;
        *ids = k->memory + lists_of(scope, at);
        *n = k->n;
        break;
    }
    return st;
}

arc_status arci_reach_keep(arci_txn *t, const arci_entity *e, const arci_row_scope *scope, int at, const int64_t *ids, uint32_t n)
{
    reach *s;
    size_t lists = lists_of(scope, at), all = lists + n;
    arc_status st = reach_of(t, &s);
    if (!s || all > SET_MAX) return st;
    known_set *k = &s->sets[s->next_set++ % SETS];
    k->era = 0;
    if (k->cap < all) {
        arci_free(t->book->ctx, k->memory);
        k->memory = arci_alloc(t->book->ctx, all * sizeof *k->memory);
        k->cap = k->memory ? all : 0;
    }
    if (!k->memory) return arci_nomem(t->env);
    int64_t *to = k->memory;
    for (int i = 0; i < ARCI_BY_N; i++) {
        k->n_lists[i] = scope->n[at][i];
        if (k->n_lists[i]) memcpy(to, scope->ids[at][i], k->n_lists[i] * sizeof *to);
        to += k->n_lists[i];
    }
    if (n) memcpy(to, ids, n * sizeof *to);
    k->entity = e;
    k->at = at;
    k->n = n;
    k->era = s->era;
    return ARC_OK;
}
