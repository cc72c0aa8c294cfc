/* SPDX-License-Identifier: Apache-2.0 */
/* From users, roles and grants to an access value. A verb is allowed when one of the actor's roles allows it, on the rows of all roles that
 * do. A field has the best right of the roles that reach the same rows; where roles reach different rows, the right that holds for all of
 * them: what one role hides is not shown because another role shows it of other rows. */
#include "security/build.h"

#include <stdlib.h>
#include <string.h>

#define MAX_GRANTS 32u
#define MAX_SCOPES 255u

typedef struct grant {
    arci_role role;
    int64_t unit;
    uint8_t scope[6]; /* by ARCI_ROWS_*: its number + 1 among the base scopes, 0: not made yet */
} grant;

typedef struct builder {
    arci_env *env;
    arci_txn *t;
    arci_access *a;
    arci_arena arena;
    const arci_user *user;
    grant grants[MAX_GRANTS];
    uint32_t n_grants;
    arci_row_scope bases[64];
    uint32_t n_bases;
    uint64_t masks[MAX_SCOPES]; /* of the merged scopes: which bases */
    arci_rows units;            /* id, parent; read when first needed */
    uint8_t units_read;
} builder;

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* ---- base scopes ------------------------------------------------------------------------------------------------------ */

static arc_status read_units(builder *b)
{
    const arci_shape *shape;
    if (b->units_read) return ARC_OK;
    arc_status st = arci_shape_get(b->t, &shape, "org_unit", "id parent");
    if (st == ARC_OK) st = arci_repo_find(b->t, shape, NULL, NULL, 0, 0, &b->arena, &b->units);
    b->units_read = st == ARC_OK;
    return st;
}

static int among(const int64_t *ids, uint32_t n, int64_t id)
{
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] == id) return 1;
    }
    return 0;
}

/* A unit and all below it. Rings in the tree do no harm: each unit is taken once. */
static arc_status subtree(builder *b, int64_t top, int64_t **ids, uint32_t *n)
{
    arc_status st = read_units(b);
    if (st != ARC_OK) return st;
    *ids = arci_arena_alloc(&b->a->arena, (b->units.n_rows + 1u) * sizeof **ids);
    if (!*ids) return arci_nomem(b->env);
    (*ids)[0] = top;
    *n = 1;
    for (uint32_t at = 0; at < *n; at++) {
        for (uint32_t i = 0; i < b->units.n_rows; i++) {
            const arc_value *v = b->units.values + (size_t)i * b->units.n_cols;
            if (v[1].type == ARC_V_INT && v[1].u.i == (*ids)[at] && !among(*ids, *n, v[0].u.i)) (*ids)[(*n)++] = v[0].u.i;
        }
    }
    qsort(*ids, *n, sizeof **ids, by_value);
    return ARC_OK;
}

static arc_status one_id(builder *b, int64_t id, int64_t **ids, uint32_t *n)
{
    *ids = arci_arena_alloc(&b->a->arena, sizeof **ids);
    if (!*ids) return arci_nomem(b->env);
    (*ids)[0] = id;
    *n = 1;
    return ARC_OK;
}

static arc_status fill_scope(builder *b, const grant *g, uint8_t rows, arci_row_scope *s)
{
    int at = g->role.at;
    int64_t team = g->unit ? g->unit : b->user->team, region = g->unit ? g->unit : b->user->region;
    memset(s, 0, sizeof *s);
    switch (rows) {
    case ARCI_ROWS_ALL: s->all = 1; return ARC_OK;
    case ARCI_ROWS_OWN: return one_id(b, b->user->id, &s->ids[at][ARCI_BY_OWNER], &s->n[at][ARCI_BY_OWNER]);
    case ARCI_ROWS_TEAM: return team ? one_id(b, team, &s->ids[at][ARCI_BY_TEAM], &s->n[at][ARCI_BY_TEAM]) : ARC_OK;
    case ARCI_ROWS_SUBTREE: return team ? subtree(b, team, &s->ids[at][ARCI_BY_TEAM], &s->n[at][ARCI_BY_TEAM]) : ARC_OK;
    default: return region ? subtree(b, region, &s->ids[at][ARCI_BY_REGION], &s->n[at][ARCI_BY_REGION]) : ARC_OK;
    }
}

static int same_scope(const arci_row_scope *x, const arci_row_scope *y)
{
    int same = x->all == y->all;
    for (int at = 0; at < ARCI_AT_N; at++) {
        for (int by = 0; by < ARCI_BY_N; by++) {
            uint32_t n = x->n[at][by];
            same = same && n == y->n[at][by] && (!n || !memcmp(x->ids[at][by], y->ids[at][by], n * sizeof(int64_t)));
        }
    }
    return same;
}

/* Number of the base scope of a grant for rows of a kind. */
static arc_status base_of(builder *b, grant *g, uint8_t rows, uint8_t *out)
{
    if (!g->scope[rows]) {
        arci_row_scope s;
        uint32_t k = 0;
        arc_status st = fill_scope(b, g, rows, &s);
        if (st != ARC_OK) return st;
        while (k < b->n_bases && !same_scope(&b->bases[k], &s)) k++;
        if (k == 64) return arci_fail(b->env, ARC_E_LIMIT, "the actor's roles reach more than 64 sets of rows", "该操作人的角色涉及超过 64 种数据范围");
        b->bases[k] = s;
        if (k == b->n_bases) b->n_bases++;
        g->scope[rows] = (uint8_t)(k + 1);
    }
    *out = (uint8_t)(g->scope[rows] - 1);
    return ARC_OK;
}

static arc_status base_for(builder *b, grant *g, uint32_t entity, uint8_t *out)
{
    uint8_t rows = g->role.rows_of[entity] ? g->role.rows_of[entity] : g->role.rows;
    if (!arci_entities[entity]->scope) rows = ARCI_ROWS_ALL;
    return base_of(b, g, rows, out);
}

/* ---- merged scopes ---------------------------------------------------------------------------------------------------- */

static arc_status merge_lists(builder *b, uint64_t mask, int at, int by, arci_row_scope *to)
{
    uint32_t total = 0, n = 0;
    for (uint32_t k = 0; k < b->n_bases; k++) total += mask >> k & 1 ? b->bases[k].n[at][by] : 0;
    if (!total) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&b->a->arena, total * sizeof *ids);
    if (!ids) return arci_nomem(b->env);
    for (uint32_t k = 0; k < b->n_bases; k++) {
        const arci_row_scope *s = &b->bases[k];
        if (!(mask >> k & 1) || !s->n[at][by]) continue;
        memcpy(ids + n, s->ids[at][by], s->n[at][by] * sizeof *ids);
        n += s->n[at][by];
    }
    qsort(ids, n, sizeof *ids, by_value);
    uint32_t unique = 1;
    for (uint32_t i = 1; i < n; i++) {
        if (ids[i] != ids[unique - 1]) ids[unique++] = ids[i];
    }
    to->ids[at][by] = ids;
    to->n[at][by] = unique;
    return ARC_OK;
}

static arc_status merged(builder *b, uint64_t mask, uint8_t *out)
{
    arci_access *a = b->a;
    arc_status st = ARC_OK;
    uint32_t k = 0;
    while (k < a->n_scopes && b->masks[k] != mask) k++;
    if (k == MAX_SCOPES) return arci_fail(b->env, ARC_E_LIMIT, "the actor's roles combine to more than 255 sets of rows", "该操作人的角色组合超过 255 种数据范围");
    if (k == a->n_scopes) {
        arci_row_scope *s = &a->scopes[k];
        memset(s, 0, sizeof *s);
        for (uint32_t i = 0; i < b->n_bases; i++) s->all |= (uint8_t)(mask >> i & 1 && b->bases[i].all);
        for (int at = 0; !s->all && at < ARCI_AT_N; at++) {
            for (int by = 0; by < ARCI_BY_N && st == ARC_OK; by++) st = merge_lists(b, mask, at, by, s);
        }
        b->masks[a->n_scopes++] = mask;
    }
    *out = (uint8_t)(k + 1);
    return st;
}

/* ---- verbs and fields --------------------------------------------------------------------------------------------------- */

static arc_status build_verbs(builder *b)
{
    arc_status st = ARC_OK;
    for (uint32_t p = 0; p < arci_n_entities && st == ARC_OK; p++) {
        for (uint32_t v = 0; v < ARCI_N_VERBS && st == ARC_OK; v++) {
            size_t at = (size_t)p * ARCI_N_VERBS + v;
            uint64_t mask = 0;
            uint8_t base = 0;
            for (uint32_t g = 0; g < b->n_grants && st == ARC_OK; g++) {
                if (!b->grants[g].role.verbs[at]) continue;
                st = base_for(b, &b->grants[g], p, &base);
                mask |= UINT64_C(1) << base;
            }
            if (mask && st == ARC_OK) st = merged(b, mask, &b->a->verbs[at]);
        }
    }
    return st;
}

/* A state shows what it is the state of: what is hidden there is hidden here, and its amounts with the amount. */
static arc_status lend_fields(builder *b, const arci_entity *e, const arci_entity *of)
{
    uint8_t *rights = b->a->fields[arci_entity_position(of)], *own = b->a->fields[arci_entity_position(e)];
    const arci_field *amount = arci_entity_field(of, "amount", 6);
    if (!rights) return ARC_OK;
    if (!own) {
        own = arci_arena_alloc(&b->a->arena, e->n_fields);
        if (!own) return arci_nomem(b->env);
        memset(own, ARCI_RIGHT_WRITE, e->n_fields);
        b->a->fields[arci_entity_position(e)] = own;
    }
    for (uint16_t i = 0; i < e->n_fields; i++) {
        const arci_field *same = arci_entity_field(of, e->fields[i].name, strlen(e->fields[i].name));
        if (e->fields[i].type == ARC_T_MONEY && amount) same = amount;
        if (e->fields[i].id < ARCI_FIELD_FIRST || !same || rights[same - of->fields] >= own[i]) continue;
        own[i] = rights[same - of->fields];
    }
    return ARC_OK;
}

/* States are read with what they are the state of. */
static arc_status lend_states(builder *b)
{
    arci_access *a = b->a;
    arc_status st = ARC_OK;
    for (uint32_t p = 0; p < arci_n_entities && st == ARC_OK; p++) {
        const arci_entity *e = arci_entities[p];
        if (!(e->flags & ARCI_E_STATE) || !e->key || !e->key[0]) continue;
        const arci_field *f = arci_entity_field(e, e->key, strcspn(e->key, " "));
        const arci_entity *of = f && f->aux ? arci_entity_by_name(f->aux, strlen(f->aux)) : NULL;
        if (!of) continue;
        a->verbs[(size_t)p * ARCI_N_VERBS + ARCI_DO_READ] = a->verbs[(size_t)arci_entity_position(of) * ARCI_N_VERBS + ARCI_DO_READ];
        st = lend_fields(b, e, of);
    }
    return st;
}

static int touches(const arci_role *r, uint32_t entity)
{
    for (uint32_t v = 0; v < ARCI_N_VERBS; v++) {
        if (r->verbs[(size_t)entity * ARCI_N_VERBS + v]) return 1;
    }
    return 0;
}

/* The right on one field (its place in the entity, or a custom field by name) that holds on every row the actor reaches. */
typedef uint8_t (*right_of)(const arci_role *r, uint32_t entity, const void *what);

static arc_status joint_right(builder *b, uint32_t entity, right_of of, const void *what, uint8_t *out)
{
    uint8_t best[64] = { 0 }, right = ARCI_RIGHT_WRITE, all = 0, base = 0;
    for (uint32_t g = 0; g < b->n_grants; g++) {
        if (!touches(&b->grants[g].role, entity)) continue;
        arc_status st = base_for(b, &b->grants[g], entity, &base);
        if (st != ARC_OK) return st;
        uint8_t own = of(&b->grants[g].role, entity, what);
        if (own > best[base]) best[base] = own;
    }
    for (uint32_t k = 0; k < b->n_bases; k++) {
        if (best[k] && best[k] < right) right = best[k];
        if (b->bases[k].all && best[k] > all) all = best[k];
    }
    *out = all ? all : right;
    return ARC_OK;
}

static uint8_t plain_right(const arci_role *r, uint32_t entity, const void *what)
{
    const uint8_t *rights = r->fields[entity];
    uint8_t right = rights ? rights[*(const uint16_t *)what] : 0;
    return right ? right : ARCI_RIGHT_WRITE;
}

static uint8_t custom_right(const arci_role *r, uint32_t entity, const void *what)
{
    for (uint32_t i = 0; i < r->n_customs; i++) {
        if (r->customs[i].entity == arci_entities[entity] && !strcmp(r->customs[i].name, what)) return r->customs[i].right;
    }
    return ARCI_RIGHT_WRITE;
}

static arc_status build_fields(builder *b)
{
    arc_status st = ARC_OK;
    for (uint32_t p = 0; p < arci_n_entities && st == ARC_OK; p++) {
        int any = 0;
        for (uint32_t g = 0; g < b->n_grants; g++) any |= b->grants[g].role.fields[p] != NULL;
        if (!any) continue;
        uint8_t *rights = arci_arena_alloc(&b->a->arena, arci_entities[p]->n_fields);
        if (!rights) return arci_nomem(b->env);
        for (uint16_t i = 0; i < arci_entities[p]->n_fields && st == ARC_OK; i++) st = joint_right(b, p, plain_right, &i, &rights[i]);
        b->a->fields[p] = rights;
    }
    return st;
}

static arc_status build_customs(builder *b)
{
    uint32_t total = 0;
    arci_access *a = b->a;
    for (uint32_t g = 0; g < b->n_grants; g++) total += b->grants[g].role.n_customs;
    if (!total) return ARC_OK;
    a->customs = arci_arena_alloc(&a->arena, total * sizeof *a->customs);
    if (!a->customs) return arci_nomem(b->env);
    for (uint32_t g = 0; g < b->n_grants; g++) {
        for (uint32_t i = 0; i < b->grants[g].role.n_customs; i++) {
            arci_custom_right c = b->grants[g].role.customs[i];
            arc_status st = joint_right(b, arci_entity_position(c.entity), custom_right, c.name, &c.right);
            if (st != ARC_OK) return st;
            if (c.right < ARCI_RIGHT_WRITE) a->customs[a->n_customs++] = c;
        }
    }
    return ARC_OK;
}

static arc_status build_authorities(builder *b)
{
    uint32_t total = 0;
    arci_access *a = b->a;
    for (uint32_t g = 0; g < b->n_grants; g++) total += b->grants[g].role.n_authorities;
    if (!total) return ARC_OK;
    a->authorities = arci_arena_alloc(&a->arena, total * sizeof *a->authorities);
    if (!a->authorities) return arci_nomem(b->env);
    for (uint32_t g = 0; g < b->n_grants; g++) {
        const arci_role *r = &b->grants[g].role;
        for (uint32_t i = 0; i < r->n_authorities; i++) a->authorities[a->n_authorities++] = r->authorities[i];
    }
    return ARC_OK;
}

/* ---- copies ------------------------------------------------------------------------------------------------------------- */

static int sees_part(const builder *b, uint32_t p)
{
    const arci_access *a = b->a;
    const arci_entity *e = arci_entities[p];
    if (e->flags & ARCI_E_RESERVED || arci_access_copies(e)) return 0;
    uint8_t cell = a->verbs[(size_t)arci_entity_position(arci_verb_entity(&arci_verbs[ARCI_DO_READ], e)) * ARCI_N_VERBS + ARCI_DO_READ];
    if (!cell || !a->scopes[cell - 1].all) return 1;
    for (uint16_t i = 0; a->fields[p] && i < e->n_fields; i++) {
        if (a->fields[p][i] < ARCI_RIGHT_READ) return 1;
    }
    return 0;
}

static arc_status hide(builder *b, const char *entity, const char *field)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    uint8_t **rights = &b->a->fields[arci_entity_position(e)];
    if (!*rights) {
        *rights = arci_arena_alloc(&b->a->arena, e->n_fields);
        if (!*rights) return arci_nomem(b->env);
        memset(*rights, ARCI_RIGHT_WRITE, e->n_fields);
    }
    (*rights)[arci_entity_field(e, field, strlen(field)) - e->fields] = ARCI_RIGHT_NONE;
    return ARC_OK;
}

/* Who does not see everything sees no copies of it either: entities of copies are shut to him (arci_access_shut), of others the fields. */
static arc_status build_copies(builder *b)
{
    static const char *const fields[][2] = { { "proposal", "considered" }, { "proposal", "params" }, { "import_job", "faults" },
                                             { "import_job", "totals" },   { "message", "payload" },
                                             { "rule_firing", "explanation" }, { "rule_firing", "result" }, { "rule_firing", "mark" }, { "rule_firing", "effective_date" } };
    arci_access *a = b->a;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < a->n_customs; i++) a->part_rows |= a->customs[i].right < ARCI_RIGHT_READ;
    for (uint32_t p = 0; p < arci_n_entities; p++) {
        if (arci_entities[p]->flags & ARCI_E_SYSTEM) a->part_system |= (uint8_t)sees_part(b, p);
        else a->part_rows |= (uint8_t)sees_part(b, p);
    }
    for (size_t i = 0; a->part_rows && st == ARC_OK && i < sizeof fields / sizeof fields[0]; i++) st = hide(b, fields[i][0], fields[i][1]);
    return st;
}

/* ---- grants ------------------------------------------------------------------------------------------------------------- */

static arc_status take_grants(builder *b, const arci_grant *grants, uint32_t n, arc_date day)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_shape_get(b->t, &shape, "role", "document retired");
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!arci_valid_on(grants[i].valid_from, grants[i].valid_to, day)) continue;
        st = arci_repo_get(b->t, shape, grants[i].role, &b->arena, &row);
        if (st != ARC_OK || row[1].u.i) continue;
        if (b->n_grants == MAX_GRANTS) return arci_fail(b->env, ARC_E_LIMIT, "more than %u roles at once", "同时持有的角色超过 %u 个", MAX_GRANTS);
        grant *g = &b->grants[b->n_grants];
        memset(g, 0, sizeof *g);
        g->unit = grants[i].unit;
        st = arci_role_read(b->env, &b->arena, row[0].u.s, row[0].len, &g->role);
        if (st == ARC_OK) b->n_grants++;
    }
    return st;
}

static arc_status refuse(builder *b, const char *actor, const char *en, const char *zh)
{
    arci_fail(b->env, ARC_E_FORBIDDEN, "%s: %s%.0s", "%s：%.0s%s", actor, en, zh);
    arci_fail_at(b->env, "user_account", NULL, -1, -1);
    return ARC_E_FORBIDDEN;
}

static arc_status build(builder *b, arci_user *user, const char *actor, arc_date day)
{
    arci_grant *grants;
    uint32_t n;
    arc_status st = arci_user_find(b->t, actor, strlen(actor), user);
    if (st == ARC_E_NOT_FOUND) return refuse(b, actor, "the book knows no such user", "账簿中没有该用户");
    if (st != ARC_OK) return st;
    if (user->disabled) return refuse(b, actor, "the user is disabled", "用户已停用");
    if (!arci_valid_on(user->valid_from, user->valid_to, day)) return refuse(b, actor, "the user is not valid on this day", "用户当日不在有效期内");
    st = arci_grants_read(b->t, &b->arena, user->id, &grants, &n);
    if (st == ARC_OK) st = take_grants(b, grants, n, day);
    if (st != ARC_OK) return st;
    if (!b->n_grants) return refuse(b, actor, "the user has no role on this day", "用户当日没有任何角色");
    b->a->user = user->id;
    b->a->scopes = arci_arena_alloc(&b->a->arena, MAX_SCOPES * sizeof *b->a->scopes);
    if (!b->a->scopes) return arci_nomem(b->env);
    st = build_verbs(b);
    if (st == ARC_OK) st = build_fields(b);
    if (st == ARC_OK) st = build_customs(b);
    if (st == ARC_OK) st = build_authorities(b);
    if (st == ARC_OK) st = lend_states(b);
    return st == ARC_OK ? build_copies(b) : st;
}

arc_status arci_access_build(arci_env *env, arci_session *s, arci_txn *t, arc_date day, arci_access **out)
{
    arci_user user;
    builder *b = arci_calloc(env->ctx, 1, sizeof *b);
    *out = NULL;
    if (!b) return arci_nomem(env);
    b->env = env;
    b->t = t;
    b->user = &user;
    arci_arena_init(&b->arena, env->ctx);
    arc_status st = arci_access_new(env, &b->a);
    if (st == ARC_OK) st = build(b, &user, s->actor, day);
    if (st == ARC_OK) *out = b->a;
    else arci_access_drop(b->a);
    arci_arena_clear(&b->arena);
    arci_free(env->ctx, b);
    return st;
}
