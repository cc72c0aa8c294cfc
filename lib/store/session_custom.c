/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields of a book: read once a session, and again when the version of the book's row has grown. */
#include <string.h>

#include "store/repo.h"
#include "store/valid.h"
#include "store/scout.h"

static const char fields[] =
    "entity number name kind size label_en label_zh target choices required indexed personal retired position formula round id";
enum {
    F_ENTITY, F_NUMBER, F_NAME, F_KIND, F_SIZE, F_EN, F_ZH, F_TARGET, F_CHOICES, F_REQUIRED, F_INDEXED, F_PERSONAL, F_RETIRED, F_POSITION,
    F_FORMULA, F_ROUND, F_ID
};

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
    d.formula = text(&v[F_FORMULA]);
    d.round = text(&v[F_ROUND]);
    d.position = v[F_POSITION].type == ARC_V_INT ? v[F_POSITION].u.i : 0;
    return arci_custom_add(env, set, &d);
}

/* rows NULL: asks ahead. */
static arc_status find_all(arci_txn *t, arci_arena *arena, arci_rows *rows)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "custom_field", fields);
    if (st != ARC_OK) return st;
    arc_order by_id = { shape->cols[F_ID], 0 }; /* formulas name fields that were there before them */
    return rows ? arci_repo_find(t, shape, NULL, &by_id, 1, 0, arena, rows) : arci_repo_ask_find(t, shape, NULL, &by_id, 1, 0);
}

arc_status arci_custom_ask(arci_txn *t) { return find_all(t, NULL, NULL); }

/* The book's are those of the epoch this transaction has, where it has changed none itself. */
static int known(const arci_txn *t)
{
    const arci_book *b = t->book;
    return b->custom_version && t->epoch == b->custom_version && !t->epoch_moved && !t->access_changed && !b->attached;
}

arc_status arci_custom_read(arci_txn *t, arci_arena *arena, arci_custom **out)
{
    arci_rows rows;
    arci_custom *set = NULL;
    *out = NULL;
    if (known(t)) {
        *out = t->book->custom;
        if (*out) arci_custom_keep(*out);
        return ARC_OK;
    }
    arc_status st = find_all(t, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    st = arci_custom_new(t->env, &set);
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) st = add(t->env, set, rows.values + (size_t)i * rows.n_cols);
    if (st == ARC_OK) *out = set;
    else arci_custom_drop(set);
    return st;
}

/* The version of the book's row, which grows with every change of a definition. */
static arc_status read_version(arci_txn *t, arci_arena *arena, int64_t *version)
{
    const arci_shape *shape;
    arci_rows rows;
    if (t->epoch || t->epoch_scan) return arci_book_epoch(t, version); /* of the same row */
    *version = 0;
    arc_status st = arci_shape_get(t, &shape, "book", "version");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 1, arena, &rows);
    if (st == ARC_OK && rows.n_rows) *version = rows.values[0].u.i;
    if (st == ARC_OK && t->mode == ARC_WRITE && !t->book->ops->snapshot) t->epoch = *version;
    return st;
}

/* For the sessions to come. What this transaction may have changed itself is nobody else's. */
static void share(const arci_txn *t, arci_custom *set, int64_t version)
{
    arci_book *b = t->book;
    if (t->access_changed || t->epoch_moved || b->attached) return;
    arci_custom_drop(b->custom);
    if (set) arci_custom_keep(set);
    b->custom = set;
    b->custom_version = version;
}

static arc_status renew(arci_txn *t, arci_session *s)
{
    arci_arena arena;
    arci_custom *set = NULL;
    int64_t version;
    arci_arena_init(&arena, s->book->ctx);
    const uint8_t asking = arci_scout_pause(t);
    arc_status st = read_version(t, &arena, &version);
    if (st == ARC_OK && (!s->custom_loaded || version != s->custom_version)) {
        if (version == s->book->custom_version && !s->book->attached) {
            set = s->book->custom;
            if (set) arci_custom_keep(set);
        } else {
            st = arci_custom_read(t, &arena, &set);
            if (st == ARC_OK) share(t, set, version);
        }
        if (st == ARC_OK) {
            arci_custom_drop(s->custom);
            s->custom = set;
            s->custom_version = version;
            s->custom_loaded = 1;
        }
    }
    arci_scout_resume(t, asking);
    if (st == ARC_OK) t->custom_seen = s;
    arci_arena_clear(&arena);
    return st;
}

static arc_status look(arci_env *env, arci_session *s)
{
    arci_scope scope;
    arci_txn *open = s->book->txn;
    arci_env *kept = open ? open->env : NULL;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, ARCI_SCOPE_ANY_SESSION);
    if (st == ARC_OK) {
        scope.txn->env = env;
        st = arci_scope_end(&scope, renew(scope.txn, s));
    } else if (env != &s->env) {
        (void)arci_fail_copy(env, &s->error);
    }
    if (open) open->env = kept;
    return st;
}

arc_status arci_session_custom(arci_env *env, arci_session *s, arci_custom **out)
{
    arci_txn *open = s->book->txn;
    arc_status st = s->custom_loaded && (!open || open->custom_seen == s || open->doomed) ? ARC_OK : look(env, s);
    *out = s->custom;
    return st;
}

arc_status arci_session_custom_now(arci_env *env, arci_session *s, arci_custom **out)
{
    arci_txn *open = s->book->txn;
    arc_status st = s->custom_loaded && open && (open->custom_seen == s || open->doomed) ? ARC_OK : look(env, s);
    *out = s->custom;
    return st;
}

void arci_session_forget_custom(arci_session *s)
{
    if (!s) return;
    arci_custom_drop(s->custom);
    s->custom = NULL;
    s->custom_loaded = 0;
}

/* Nothing is added to a column of the book: that an update was made is what counts. */
arc_status arci_custom_changed(arci_txn *t)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_book_epoch_prove(t); /* from here on it is this transaction's own */
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "book", "zone_offset");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st == ARC_OK) {
        b->set[shape->n_update_sys] = ARC_ADD;
        *arci_batch_row(b, 0) = arci_v_int(0);
        st = arci_repo_write(t, &b, 1, NULL);
    }
    arci_book_epoch_old(t);
    t->epoch_moved = 1;
    arci_session_forget_custom(t->session);
    return st;
}
