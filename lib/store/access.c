/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"

#include <string.h>

#include "base/json_text.h"
#include "model/formula.h"
#include "store/reach.h"
#include "store/valid.h"

#define CALLS_UNASKED 32u /* reads between two looks at what other processes have changed */

/* ---- life ---------------------------------------------------------------------------------------------------------- */

arc_status arci_access_new(arci_env *env, arci_access **out)
{
    arci_access *a = arci_calloc(env->ctx, 1, sizeof *a);
    *out = NULL;
    if (!a) return arci_nomem(env);
    a->ctx = env->ctx;
    a->refs = 1;
    arci_arena_init(&a->arena, env->ctx);
    a->verbs = arci_arena_calloc(&a->arena, (size_t)arci_n_entities * ARCI_N_VERBS, 1);
    a->fields = arci_arena_calloc(&a->arena, arci_n_entities, sizeof *a->fields);
    if (!a->verbs || !a->fields) {
        arci_access_drop(a);
        return arci_nomem(env);
    }
    *out = a;
    return ARC_OK;
}

void arci_access_keep(arci_access *a)
{
    if (a) a->refs++;
}

void arci_access_drop(arci_access *a)
{
    if (!a || --a->refs) return;
    arci_arena_clear(&a->arena);
    arci_free(a->ctx, a);
}

/* ---- is it still so? ------------------------------------------------------------------------------------------------- */

int arci_access_shaping(const arci_entity *e)
{
    static const char *const names[] = { "user_account", "org_unit", "role", "role_grant" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!strcmp(names[i], e->name)) return 1;
    }
    return 0;
}

/* Who may be let in at all changes by these fields. */
static int lets_in(const arci_entity *e, const arci_batch *b)
{
    static const char *const names[] = { "disabled", "valid_from", "valid_to" };
    if (!b || b->op != ARC_WRITE_UPDATE || strcmp(e->name, "user_account") != 0) return 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint16_t col = arci_col(e, names[i]);
        for (uint16_t k = 0; k < b->shape->n; k++) {
            if (b->shape->cols[k] == col) return 1;
        }
    }
    return 0;
}

arc_status arci_access_people(arci_txn *t)
{
    if (!t->people_changed) return ARC_OK;
    t->people_changed = 0;
    return t->session->people_check ? t->session->people_check(t) : ARC_OK;
}

/* One more row of the book's own counts these changes, so that other processes see that there was one. */
arc_status arci_access_changing(arci_txn *t, const arci_entity *e, const arci_batch *changes)
{
    const arci_shape *shape;
    arci_batch *b;
    if (!arci_access_shaping(e)) return ARC_OK;
    t->people_changed |= (uint8_t)lets_in(e, changes);
    arc_status st = arci_shape_get(t, &shape, "book", "access_epoch");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    b->set[shape->n_update_sys] = ARC_ADD;
    arci_batch_row(b, 0)[0] = arci_v_int(1);
    t->access_changed = 1;
    atomic_fetch_add(&t->book->store->access_generation, 1);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status epoch_of(arci_txn *t, int64_t *epoch, int64_t *version, int *roles)
{
    const arci_shape *shape;
    arci_arena arena;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "book", "access_mode access_epoch version");
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->book->ctx);
    st = arci_repo_find(t, shape, NULL, NULL, 0, 1, &arena, &rows);
    if (st == ARC_OK && !rows.n_rows) st = arci_fail(t->env, ARC_E_CORRUPT, "the book has no row of its own", "账簿自身的记录缺失");
    if (st == ARC_OK) {
        *roles = rows.values[0].len == 5; /* "roles" or "single" */
        *epoch = rows.values[1].u.i;
        *version = rows.values[2].u.i;
    }
    arci_arena_clear(&arena);
    return st;
}

/* Values that were built of late: as good as new while the book's epoch and the day are the same. */
#define CACHED 8

struct arci_access_cache {
    struct {
        char actor[65];
        arc_date day;
        int64_t epoch;
        arci_access *access; /* NULL: a free place */
    } places[CACHED];
    uint32_t next;
};

static arci_access *cached(const arci_session *s, arc_date day, int64_t epoch)
{
    struct arci_access_cache *c = s->book->access_cache;
    for (uint32_t i = 0; c && i < CACHED; i++) {
        if (!c->places[i].access || c->places[i].day != day || c->places[i].epoch != epoch || strcmp(c->places[i].actor, s->actor) != 0) continue;
        arci_access_keep(c->places[i].access);
        return c->places[i].access;
    }
    return NULL;
}

static arc_status keep(arci_env *env, const arci_session *s, arc_date day, int64_t epoch, arci_access *a)
{
    arci_book *b = s->book;
    if (!b->access_cache) b->access_cache = arci_calloc(b->ctx, 1, sizeof *b->access_cache);
    if (!b->access_cache) return arci_nomem(env);
    if (strlen(s->actor) > 64) return ARC_OK;
    uint32_t at = b->access_cache->next++ % CACHED;
    arci_access_drop(b->access_cache->places[at].access);
    memcpy(b->access_cache->places[at].actor, s->actor, strlen(s->actor) + 1);
    b->access_cache->places[at].day = day;
    b->access_cache->places[at].epoch = epoch;
    b->access_cache->places[at].access = a;
    arci_access_keep(a);
    return ARC_OK;
}

void arci_access_cache_free(arci_book *b)
{
    for (uint32_t i = 0; b->access_cache && i < CACHED; i++) arci_access_drop(b->access_cache->places[i].access);
    arci_free(b->ctx, b->access_cache);
    b->access_cache = NULL;
}

/* What a transaction has changed and not committed is nobody else's. */
static arc_status build(arci_env *env, arci_session *s, arci_txn *t, arc_date day, int64_t epoch)
{
    arci_access *a = t->access_changed ? NULL : cached(s, day, epoch);
    int fresh = a == NULL;
    arc_status st = fresh ? s->access_source(env, s, t, day, &a) : ARC_OK;
    if (st == ARC_OK && fresh && !t->access_changed) {
        st = keep(env, s, day, epoch, a);
        if (st != ARC_OK) arci_access_drop(a);
    }
    if (st == ARC_E_FORBIDDEN && s->handle) { /* was let in once: may do nothing any more */
        arci_error_clear(env->err);
        st = arci_access_new(env, &a);
    }
    if (st != ARC_OK) return st;
    arci_access_drop(s->access);
    s->access = a;
    return ARC_OK;
}

/* s->access is what the book says as t sees it. A change made since t began bears a newer generation than t: it is asked for again. */
static void as_of(arci_session *s, const arci_txn *t, int told, uint64_t snapshot)
{
    s->access_known = 1;
    s->access_told = (uint8_t)told;
    s->access_snapshot = snapshot;
    s->access_date = s->business_date;
    s->access_generation = t->access_generation;
    s->access_calls = 0;
}

static arc_status refresh(arci_env *env, arci_session *s, arci_txn *t)
{
    int64_t epoch = 0, version = 0;
    uint64_t snapshot = 0;
    int roles = 0, told = 0;
    arc_date day;
    arc_status st = arci_reach_number(t, &told, &snapshot);
    if (st == ARC_OK) st = arci_session_day(env, s, &day);
    if (st == ARC_OK && told && s->access_known && s->access_told && s->access_snapshot == snapshot && s->access_day == day) {
        as_of(s, t, told, snapshot); /* nothing was committed since */
        return ARC_OK;
    }
    if (st == ARC_OK) st = epoch_of(t, &epoch, &version, &roles);
    if (st != ARC_OK) return st;
    int same = s->access_known && s->access_epoch == epoch && s->access_roles == roles && s->access_day == day;
    if (!same && roles) st = build(env, s, t, day, epoch);
    if (!same && !roles) {
        arci_access_drop(s->access);
        s->access = NULL;
    }
    if (st != ARC_OK) return st;
    s->access_roles = (uint8_t)roles;
    s->access_epoch = epoch;
    s->access_version = t->access_changed || t->epoch_moved ? 0 : version;
    s->access_day = day;
    as_of(s, t, told, snapshot);
    return ARC_OK;
}

/* Every change of what people may raises the version of the book's row: while that is proven to be as it was, so is access. */
int arci_access_stands(arci_session *s, arci_txn *t)
{
    int64_t epoch;
    arc_date day;
    if (!t->late || !s->access_known || s->access_date != s->business_date || s->access_version != s->book->epoch_seen || !s->access_version ||
        s->access_generation != atomic_load(&s->book->store->access_generation)) return 0;
    if (arci_session_day(&s->env, s, &day) != ARC_OK || day != s->access_day) return 0;
    return arci_book_epoch(t, &epoch) == ARC_OK && epoch == s->access_version;
}

arc_status arci_access_fresh(arci_env *env, arci_session *s, int now)
{
    arci_scope scope;
    if (!s->access_source) return ARC_OK;
    int known = s->access_known && s->access_date == s->business_date &&
                s->access_generation == atomic_load(&s->book->store->access_generation);
    if (known && !now && s->access_calls++ < CALLS_UNASKED) return ARC_OK;
    arci_txn *open = s->book->txn;
    arci_env *kept = open ? open->env : NULL;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, ARCI_SCOPE_ANY_SESSION);
    if (st == ARC_OK) {
        scope.txn->env = env;
        st = arci_scope_end(&scope, refresh(env, s, scope.txn));
    } else if (env != &s->env) {
        (void)arci_fail_copy(env, &s->error);
    }
    if (open) open->env = kept;
    return st;
}

/* ---- verbs ----------------------------------------------------------------------------------------------------------- */

static uint8_t cell(const arci_access *a, const arci_verb *v, const arci_entity *e)
{
    return e ? a->verbs[(size_t)arci_entity_position(e) * ARCI_N_VERBS + v->number] : 0;
}

int arci_access_may(const arci_session *s, const arci_verb *v, const arci_entity *e)
{
    return !s->access || cell(s->access, v, arci_verb_entity(v, e));
}

const arci_row_scope *arci_access_scope(const arci_session *s, const arci_verb *v, const arci_entity *e)
{
    e = arci_verb_entity(v, e);
    uint8_t c = s->access ? cell(s->access, v, e) : 0;
    if (!c || (s->access->scopes[c - 1].all && !arci_scope_by_row(s->book->store, e))) return NULL;
    return &s->access->scopes[c - 1];
}

arc_status arci_access_check(arci_env *env, arci_session *s, const arci_verb *v, const arci_entity *e)
{
    char name[ARCI_VERB_NAME_MAX];
    arc_status st = arci_access_fresh(env, s, 0);
    if (st == ARC_OK && !arci_access_may(s, v, e)) st = arci_access_fresh(env, s, 1); /* perhaps it was just granted elsewhere */
    if (st != ARC_OK || arci_access_may(s, v, e)) return st;
    e = arci_verb_entity(v, e);
    arci_denial_note(s, v, e, NULL, 0);
    arci_fail(env, ARC_E_FORBIDDEN, "%s may not do %s", "%s 无权执行 %s", s->actor ? s->actor : ARC_ACTOR_SYSTEM, arci_verb_name(v, e, name));
    arci_fail_at(env, e ? e->name : NULL, NULL, -1, -1);
    return ARC_E_FORBIDDEN;
}

arc_status arci_access_read(arci_env *env, arci_session *s, const arci_entity *e, const arci_row_scope **scope)
{
    *scope = NULL;
    arc_status st = arci_access_check(env, s, &arci_verbs[ARCI_DO_READ], e);
    if (st == ARC_OK) *scope = arci_access_scope(s, &arci_verbs[ARCI_DO_READ], e);
    return st;
}

/* ---- copies of other rows' values ------------------------------------------------------------------------------------- */

int arci_access_copies(const arci_entity *e)
{
    static const char *const names[] = { "event", "event_personal", "pending_change", "proposal_line" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!strcmp(names[i], e->name)) return 1;
    }
    return 0;
}

int arci_access_shut(const arci_session *s, const arci_entity *e)
{
    if (!s->access || !(s->access->part_rows | s->access->part_system) || !arci_access_copies(e)) return 0;
    return s->access->part_rows || !strncmp(e->name, "event", 5); /* events tell of the platform's own rows too */
}

arc_status arci_access_plain(arci_env *env, arci_session *s, const arci_entity *e)
{
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    arc_status st = arci_access_check(env, s, read, e);
    if (st == ARC_OK && arci_access_shut(s, e)) st = arci_access_fresh(env, s, 1);
    if (st != ARC_OK || !arci_access_shut(s, e)) return st;
    arci_denial_note(s, read, e, NULL, 0);
    arci_fail(env, ARC_E_FORBIDDEN, "%s keeps copies of what is hidden from %s: use the feed, the history or the proposal", "%s 含有对 %s 隐藏的数据副本：请使用事件流、历史或建议",
              e->name, s->actor ? s->actor : ARC_ACTOR_SYSTEM);
    arci_fail_at(env, e->name, NULL, -1, -1);
    return ARC_E_FORBIDDEN;
}

/* ---- fields ---------------------------------------------------------------------------------------------------------- */

const uint8_t *arci_access_rights(const arci_session *s, const arci_entity *e)
{
    return s->access ? s->access->fields[arci_entity_position(e)] : NULL;
}

int arci_access_open(const arci_session *s, const arci_entity *e)
{
    return !s->access || (!s->access->n_customs && !arci_access_rights(s, e));
}

/* A custom field, or the currency of one: its own right, at most that of the column it stands in, and for a formula at most those of what
 * it reads. */
static uint8_t custom_field_right(const arci_session *s, const arci_entity *e, const arci_field *f)
{
    static const char currency[] = ".currency";
    size_t len = strlen(f->name), cut = sizeof currency - 1;
    const arci_field *column = arci_entity_field_id(e, ARCI_FIELD_CUSTOM);
    if (len > cut && memcmp(f->name + len - cut, currency, cut) == 0) len -= cut;
    uint8_t right = arci_access_custom_right(s, e, f->name, len), other = column ? arci_access_right(s, e, column) : ARCI_RIGHT_WRITE;
    const arci_custom_field *cf = arci_custom_by_name(s->custom, e, f->name, len);
    if (other < right) right = other;
    for (uint32_t i = 0; cf && cf->formula && i < cf->formula->n_ops; i++) {
        uint32_t number = cf->formula->ops[i].field;
        if (cf->formula->ops[i].op != ARCI_FX_FIELD) continue;
        const arci_custom_field *input = number >= ARCI_FIELD_CUSTOM_FIRST ? arci_custom_by_number(s->custom, e, number) : NULL;
        const arci_field *plain = input ? &input->field : arci_entity_field_id(e, number);
        other = plain ? arci_access_right(s, e, plain) : ARCI_RIGHT_WRITE;
        if (other < right) right = other;
    }
    return right;
}

uint8_t arci_access_right(const arci_session *s, const arci_entity *e, const arci_field *f)
{
    const uint8_t *rights = arci_access_rights(s, e);
    if (s->access && f->id >= ARCI_FIELD_CUSTOM_FIRST) return custom_field_right(s, e, f);
    if (!rights || f < e->fields || f >= e->fields + e->n_fields) return ARCI_RIGHT_WRITE;
    return rights[f - e->fields];
}

arc_status arci_access_field(arci_env *env, arci_session *s, const arci_entity *e, const arci_field *f)
{
    if (arci_access_right(s, e, f) >= ARCI_RIGHT_READ) return ARC_OK;
    arci_denial_note(s, &arci_verbs[ARCI_DO_READ], e, f->name, 0);
    arci_fail(env, ARC_E_FORBIDDEN, "%s may not be used by this actor", "当前操作人不能使用字段 %s", f->name);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return ARC_E_FORBIDDEN;
}

arc_status arci_access_mask(arci_env *env, arci_arena *arena, const arci_field *f, arc_value *v)
{
    uint32_t from = v->len, characters = 0, total = 0;
    if (v->type != ARC_V_TEXT || f->type != ARC_T_TEXT) {
        *v = arci_v_null();
        return ARC_OK;
    }
    for (uint32_t i = 0; i < v->len; i++) total += ((unsigned char)v->u.s[i] & 0xc0) != 0x80;
    while (total > 4 && characters < 4) characters += ((unsigned char)v->u.s[--from] & 0xc0) != 0x80;
    char *s = arci_arena_alloc(arena, 4 + (size_t)(v->len - from) + 1);
    if (!s) return arci_nomem(env);
    memcpy(s, "****", 4);
    memcpy(s + 4, v->u.s + from, v->len - from);
    *v = arci_v_text(s, 4 + (size_t)(v->len - from));
    s[v->len] = 0;
    return ARC_OK;
}

arc_status arci_access_authority(const arci_session *s, const char *verb, const char *currency, int64_t *minor)
{
    const arci_access *a = s->access;
    arc_status st = a ? ARC_E_NOT_FOUND : ARC_OK;
    *minor = a ? 0 : INT64_MAX;
    for (uint32_t i = 0; a && i < a->n_authorities; i++) {
        const arci_authority *k = &a->authorities[i];
        if (strcmp(k->verb, verb) || strcmp(k->currency, currency)) continue;
        if (st != ARC_OK || k->minor > *minor) *minor = k->minor;
        st = ARC_OK;
    }
    return st;
}

uint8_t arci_access_custom_right(const arci_session *s, const arci_entity *e, const char *name, size_t len)
{
    const arci_access *a = s->access;
    for (uint32_t i = 0; a && i < a->n_customs; i++) {
        if (a->customs[i].entity == e && strlen(a->customs[i].name) == len && !memcmp(a->customs[i].name, name, len)) return a->customs[i].right;
    }
    return ARCI_RIGHT_WRITE;
}

int arci_access_hides(const arci_session *s, const arci_entity *e)
{
    const uint8_t *rights = arci_access_rights(s, e);
    for (uint16_t i = 0; rights && i < e->n_fields; i++) {
        if (rights[i] < ARCI_RIGHT_READ) return 1;
    }
    for (uint32_t i = 0; s->access && i < s->access->n_customs; i++) {
        if (s->access->customs[i].entity == e && s->access->customs[i].right < ARCI_RIGHT_READ) return 1;
    }
    return 0;
}

/* The custom document without the members that may not be read; masked ones go too: they have their own types. */
static arc_status custom_out(arci_env *env, arci_arena *arena, const arci_session *s, const arci_entity *e, arc_value *v)
{
    arci_json *root;
    arci_str b;
    uint32_t left = 0, hidden = 0;
    for (uint32_t i = 0; i < s->access->n_customs; i++) {
        hidden |= s->access->customs[i].entity == e && s->access->customs[i].right < ARCI_RIGHT_READ;
    }
    if (!hidden || v->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(env, arena, v->u.s, v->len, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    arci_str_init(&b, env->ctx);
    for (const arci_json *m = root->child; m; m = m->next) {
        if (arci_access_custom_right(s, e, m->key, m->key_len) < ARCI_RIGHT_READ) continue;
        arci_str_putc(&b, left++ ? ',' : '{');
        arci_json_put_text(&b, m->key, m->key_len);
        arci_str_putc(&b, ':');
        arci_json_put_node(&b, m);
    }
    arci_str_putc(&b, '}');
    char *own = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    *v = left && own ? arci_v_text(own, b.len) : arci_v_null();
    arci_str_clear(&b);
    return own ? ARC_OK : arci_nomem(env);
}

arc_status arci_access_out(arci_env *env, arci_arena *arena, const arci_session *s, const arci_table *t, const uint16_t *cols, uint32_t n,
                           arc_value *row)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && s->access && st == ARC_OK; i++) {
        uint16_t col = cols ? cols[i] : (uint16_t)(i + 1);
        const arci_field *f = t->field_of_col[col];
        uint8_t right = f ? arci_access_right(s, t->entity, f) : ARCI_RIGHT_WRITE;
        if (right == ARCI_RIGHT_NONE) row[i] = arci_v_null();
        if (right == ARCI_RIGHT_MASK) st = arci_access_mask(env, arena, f, &row[i]);
        if (st == ARC_OK && col == t->col_custom && s->access->n_customs) st = custom_out(env, arena, s, t->entity, &row[i]);
    }
    return st;
}

/* ---- people ---------------------------------------------------------------------------------------------------------- */

int arci_access_same_person(const char *actor, const char *behalf, const char *actor2, const char *behalf2)
{
    const char *a[2] = { actor, behalf }, *b[2] = { actor2, behalf2 };
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 2; k++) {
            if (a[i] && b[k] && !strcmp(a[i], b[k])) return 1;
        }
    }
    return 0;
}
