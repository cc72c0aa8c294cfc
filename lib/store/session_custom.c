/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields of a book: read once a session. */
#include <string.h>

#include "store/repo.h"

static const char fields[] = "entity number name kind size label_en label_zh target choices required indexed personal retired";
enum { F_ENTITY, F_NUMBER, F_NAME, F_KIND, F_SIZE, F_EN, F_ZH, F_TARGET, F_CHOICES, F_REQUIRED, F_INDEXED, F_PERSONAL, F_RETIRED };

/* Texts in an arena are terminated. */
static const char *text(const arc_value *v)
{
    return v->type == ARC_V_TEXT ? v->u.s : NULL;
}

static arc_status add(arci_env *env, arci_custom *set, const arc_value *v)
{
    arci_custom_def d;
    memset(&d, 0, sizeof d);
    const arci_entity *e = arci_entity_by_name(v[F_ENTITY].u.s, v[F_ENTITY].len);
    if (!e) return ARC_OK; /* of a newer version */
    d.entity = e->id;
    d.number = (uint16_t)v[F_NUMBER].u.i;
    for (uint16_t k = 0; arci_custom_kinds[k]; k++) {
        if (!strcmp(arci_custom_kinds[k], text(&v[F_KIND]))) d.kind = (uint16_t)(k + 1);
    }
    if (v[F_REQUIRED].u.i) d.flags |= ARCI_CUSTOM_REQUIRED;
    if (v[F_INDEXED].u.i) d.flags |= ARCI_CUSTOM_INDEXED;
    if (v[F_PERSONAL].u.i) d.flags |= ARCI_CUSTOM_PERSONAL;
    if (v[F_RETIRED].u.i) d.flags |= ARCI_CUSTOM_RETIRED;
    d.size = (uint32_t)v[F_SIZE].u.i;
    d.name = text(&v[F_NAME]);
    d.label_en = text(&v[F_EN]);
    d.label_zh = text(&v[F_ZH]);
    d.target = text(&v[F_TARGET]);
    d.choices = text(&v[F_CHOICES]);
    return arci_custom_add(env, set, &d);
}

arc_status arci_custom_read(arci_txn *t, arci_arena *arena, arci_custom **out)
{
    const arci_shape *shape;
    arci_rows rows;
    arci_custom *set = NULL;
    arc_status st = arci_shape_get(t, &shape, "custom_field", fields);
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = arci_custom_new(t->env, &set);
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) st = add(t->env, set, rows.values + (size_t)i * rows.n_cols);
    if (st == ARC_OK) *out = set;
    else arci_custom_drop(set);
    return st;
}

arc_status arci_session_custom(arci_env *env, arci_session *s, arci_custom **out)
{
    arci_scope scope;
    *out = s->custom;
    if (s->custom_loaded) return ARC_OK;
    arci_txn *open = s->book->txn;
    arci_env *kept = open ? open->env : NULL;
    arci_arena arena;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, ARCI_SCOPE_ANY_SESSION);
    if (st == ARC_OK) {
        arci_arena_init(&arena, s->book->ctx);
        scope.txn->env = env;
        st = arci_scope_end(&scope, arci_custom_read(scope.txn, &arena, out));
        arci_arena_clear(&arena);
    } else if (env != &s->env) {
        (void)arci_fail_copy(env, &s->error);
    }
    if (open) open->env = kept;
    if (st == ARC_OK) {
        s->custom = *out;
        s->custom_loaded = 1;
    }
    return st;
}

void arci_session_forget_custom(arci_session *s)
{
    if (!s) return;
    arci_custom_drop(s->custom);
    s->custom = NULL;
    s->custom_loaded = 0;
}
