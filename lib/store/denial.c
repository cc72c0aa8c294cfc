/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals: noted when they happen, written in a transaction of their own when none is open. The same one again within a minute is
 * counted; so are all beyond a few dozen different ones, so that nobody fills a book with what he may not do. */
#include <string.h>

#include "store/access.h"
#include "store/verb.h"

#define KINDS 32
#define MINUTE INT64_C(60000000)

typedef struct denial {
    char actor[65], behalf[65], verb[ARCI_VERB_NAME_MAX], field[48];
    const arci_entity *entity;
    int64_t row, stamp, times; /* times not written yet */
    uint8_t behalf_set, due;
} denial;

struct arci_denials {
    denial kinds[KINDS + 1]; /* the last: all others */
    uint32_t n;
    arc_clock_fn clock;
    void *clock_user;
};

static void copy(char *to, size_t cap, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    if (n >= cap) n = cap - 1;
    if (n) memcpy(to, s, n);
    to[n] = 0;
}

static denial *find(arci_denials *d, const char *actor, const char *verb, const char *field)
{
    for (uint32_t i = 0; i < d->n; i++) {
        denial *k = &d->kinds[i];
        if (!strcmp(k->actor, actor) && !strcmp(k->verb, verb) && !strcmp(k->field, field)) return k;
    }
    return NULL;
}

/* A kind that has been quiet for a minute makes room. */
static denial *place(arci_denials *d, int64_t now)
{
    if (d->n < KINDS) return &d->kinds[d->n++];
    for (uint32_t i = 0; i < KINDS; i++) {
        if (!d->kinds[i].times && now - d->kinds[i].stamp >= MINUTE) return &d->kinds[i];
    }
    return NULL;
}

static void start(denial *k, const arci_session *s, const char *verb, const arci_entity *e, const char *field, int64_t row, int64_t now)
{
    memset(k, 0, sizeof *k);
    copy(k->actor, sizeof k->actor, s->actor ? s->actor : ARC_ACTOR_SYSTEM);
    copy(k->behalf, sizeof k->behalf, s->on_behalf_of);
    k->behalf_set = s->on_behalf_of != NULL;
    copy(k->verb, sizeof k->verb, verb);
    copy(k->field, sizeof k->field, field);
    k->entity = e;
    k->row = row;
    k->stamp = now;
    k->due = 1;
}

arc_status arci_denials_ready(arci_env *env, arci_book *b)
{
    if (!b->denials) b->denials = arci_calloc(b->ctx, 1, sizeof *b->denials);
    return b->denials ? ARC_OK : arci_nomem(env);
}

void arci_denial_note(arci_session *s, const arci_verb *v, const arci_entity *e, const char *field, int64_t row)
{
    char verb[ARCI_VERB_NAME_MAX];
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { s->book->ctx, &none };
    arci_book *b = s->book;
    int64_t now;
    if (!s->access || (b->flags & ARC_BOOK_READONLY) || arci_session_now(&quiet, s, &now) != ARC_OK) return;
    if (!b->denials) return;
    arci_denials *d = b->denials;
    d->clock = s->clock;
    d->clock_user = s->clock_user;
    (void)arci_verb_name(v, e, verb);
    denial *k = find(d, s->actor ? s->actor : ARC_ACTOR_SYSTEM, verb, field ? field : "");
    if (!k) {
        k = place(d, now);
        if (k) start(k, s, verb, e, field, row, now);
    } else if (now - k->stamp >= MINUTE) {
        int64_t times = k->times;
        start(k, s, verb, e, field, row, now);
        k->times = times;
    }
    if (!k) {
        k = &d->kinds[KINDS];
        if (!k->times) start(k, s, "*", NULL, NULL, 0, now);
        k->due = now - k->stamp >= MINUTE;
    }
    k->times++;
}

static void fill(arc_value *v, const denial *k)
{
    v[0] = arci_v_text(k->actor, strlen(k->actor));
    if (k->behalf_set) v[1] = arci_v_text(k->behalf, strlen(k->behalf));
    v[2] = arci_v_text(k->verb, strlen(k->verb));
    if (k->entity) v[3] = arci_v_text(k->entity->name, strlen(k->entity->name));
    if (k->field[0]) v[4] = arci_v_text(k->field, strlen(k->field));
    if (k->row) v[5] = arci_v_int(k->row);
    v[6] = arci_v_int(k->stamp);
    v[7] = arci_v_int(k->times);
}

static arc_status write_rows(arci_txn *t, const arci_denials *d, int all)
{
    const arci_shape *shape;
    arci_batch *batch;
    uint32_t n = 0;
    arc_status st = arci_shape_get(t, &shape, "denial", "actor on_behalf_of verb entity field row stamp times");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &batch, shape, ARC_WRITE_INSERT, KINDS + 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i <= KINDS; i++) {
        const denial *k = &d->kinds[i];
        if (k->times && (k->due || all)) fill(arci_batch_row(batch, n++), k);
    }
    batch->n_rows = n;
    return n ? arci_repo_write(t, &batch, 1, NULL) : ARC_OK;
}

/* Whether something is to be written now. */
static int pending(const arci_denials *d, int all)
{
    for (uint32_t i = 0; d && i <= KINDS; i++) {
        if (d->kinds[i].times && (d->kinds[i].due || all)) return 1;
    }
    return 0;
}

/* What cannot be written now (a busy store, no memory) is kept for the next time. */
void arci_denials_write(arci_book *b, int all)
{
    arci_session s;
    arci_scope scope;
    if (b->txn || !pending(b->denials, all)) return;
    arci_session_system(&s, b);
    s.timeout_ms = 0;
    s.clock = b->denials->clock;
    s.clock_user = b->denials->clock_user;
    arc_status st = arci_scope_begin(&s, &scope, ARC_WRITE, ARCI_SCOPE_NO_UNDO);
    if (st == ARC_OK) st = arci_scope_end(&scope, write_rows(scope.txn, b->denials, all));
    for (uint32_t i = 0; st == ARC_OK && i <= KINDS; i++) {
        denial *k = &b->denials->kinds[i];
        if (!k->due && !all) continue;
        k->times = 0;
        k->due = 0;
    }
    arci_session_clear(&s);
}

void arci_denials_free(arci_book *b)
{
    arci_free(b->ctx, b->denials);
    b->denials = NULL;
}
