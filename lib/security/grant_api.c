/* SPDX-License-Identifier: Apache-2.0 */
/* Grants and the access mode. */
#include "arcore/access.h"

#include <string.h>

#include "arcore/date.h"
#include "base/str.h"
#include "security/deeds.h"
#include "security/duty.h"

#define REASON_MAX 500u

static const char fields[] = "user_account role org_unit valid_from valid_to revokes reason";
enum { USER, ROLE, ORG_UNIT, VALID_FROM, VALID_TO, REVOKES, REASON, N_FIELDS };

arc_status arc_grant_init(arc_grant *grant)
{
    static const arc_grant init = ARC_GRANT_INIT;
    if (!grant) return ARC_E_INVALID;
    *grant = init;
    return ARC_OK;
}

static arc_status check_reason(arci_env *env, const char *reason, int needed)
{
    size_t n = reason ? strlen(reason) : 0;
    arc_status st = ARC_OK;
    if ((needed && !n) || n > REASON_MAX) {
        st = arci_fail(env, ARC_E_INVALID, "a reason has 1 to %u bytes", "原因须为 1 至 %u 字节", REASON_MAX);
    } else if (n && arci_utf8_check(reason, n) != n) {
        st = arci_fail(env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8");
    }
    if (st != ARC_OK) arci_fail_at(env, "role_grant", "reason", -1, -1);
    return st;
}

static arc_status no_such(arci_txn *t, const char *field)
{
    arci_fail(t->env, ARC_E_REFERENCE, "%s points at nothing", "%s 指向的数据不存在", field);
    arci_fail_at(t->env, "role_grant", field, -1, -1);
    return ARC_E_REFERENCE;
}

/* Nobody grants himself, nor has it done by a deputy. */
static arc_status not_himself(arci_txn *t, arci_arena *arena, int64_t user)
{
    const arci_shape *shape;
    arc_value *v;
    const arci_session *s = t->session;
    arc_status st = arci_shape_get(t, &shape, "user_account", "code");
    if (st == ARC_OK) st = arci_repo_get(t, shape, user, arena, &v);
    if (st == ARC_E_NOT_FOUND) return no_such(t, "user_account");
    if (st != ARC_OK || !s->access || !arci_access_same_person(s->actor, s->on_behalf_of, v[0].u.s, NULL)) return st;
    arci_denial_note(t->session, &arci_verbs[ARCI_DO_ROLE_GRANT], arci_entity_by_name("role_grant", 10), "user_account", user);
    arci_fail(t->env, ARC_E_FORBIDDEN, "nobody grants himself a role", "不得为自己授予角色");
    arci_fail_at(t->env, "role_grant", "user_account", -1, -1);
    return ARC_E_FORBIDDEN;
}

static arc_status held_already(arci_txn *t, arci_arena *arena, const arc_grant *g)
{
    arci_grant *grants;
    uint32_t n;
    arc_status st = arci_grants_read(t, arena, g->user, &grants, &n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (grants[i].role != g->role || grants[i].unit != g->org_unit) continue;
        if (!arci_periods_meet(g->valid_from, g->valid_to, grants[i].valid_from, grants[i].valid_to)) continue;
        st = arci_fail(t->env, ARC_E_EXISTS, "the user holds this role then", "用户在该期间已持有此角色");
        arci_fail_at(t->env, "role_grant", NULL, grants[i].id, -1);
    }
    return st;
}

static arc_status insert(arci_txn *t, arci_arena *arena, const arc_value *row, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t refused;
    arc_status st = arci_shape_get(t, &shape, "role_grant", fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    memcpy(arci_batch_row(b, 0), row, N_FIELDS * sizeof *row);
    st = arci_repo_write(t, &b, 1, &refused);
    if (st == ARC_OK && refused) st = arci_batch_refused(t, b, 0);
    if (st == ARC_OK && id) *id = arci_batch_id(b, 0);
    return st;
}

static arc_value date_value(arc_date d)
{
    return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d);
}

static arc_status grant_role(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const arc_grant *g = what;
    arci_role_row row;
    arc_value v[N_FIELDS] = { { 0 } };
    arc_status st = not_himself(t, arena, g->user);
    if (st == ARC_OK) st = arci_role_load(t, arena, g->role, &row);
    if (st == ARC_E_NOT_FOUND) return no_such(t, "role");
    if (st == ARC_OK && row.retired) {
        st = arci_fail(t->env, ARC_E_STATE, "the role is retired", "角色已停用");
        arci_fail_at(t->env, "role", NULL, g->role, -1);
    }
    if (st == ARC_OK) st = held_already(t, arena, g);
    if (st == ARC_OK) st = arci_duties_fit(t, arena, g->user, &row.role, g->valid_from, g->valid_to, 0);
    if (st != ARC_OK) return st;
    v[USER] = arci_v_int(g->user);
    v[ROLE] = arci_v_int(g->role);
    if (g->org_unit) v[ORG_UNIT] = arci_v_int(g->org_unit);
    v[VALID_FROM] = date_value(g->valid_from);
    v[VALID_TO] = date_value(g->valid_to);
    if (g->reason) v[REASON] = arci_v_text(g->reason, strlen(g->reason));
    return insert(t, arena, v, id);
}

static arc_status check_grant(arci_env *env, const arc_grant *g)
{
    arc_date dates[2] = { g->valid_from, g->valid_to };
    arc_status st = check_reason(env, g->reason, 0);
    if (st == ARC_OK && g->reserved) st = arci_fail(env, ARC_E_INVALID, "reserved is not 0", "reserved 须为 0");
    for (int i = 0; i < 2 && st == ARC_OK; i++) {
        if (dates[i] == ARC_DATE_NONE || (dates[i] >= ARC_DATE_MIN && dates[i] <= ARC_DATE_MAX)) continue;
        st = arci_fail(env, ARC_E_RANGE, "not a date", "不是有效日期");
        arci_fail_at(env, "role_grant", i ? "valid_to" : "valid_from", -1, -1);
    }
    if (st == ARC_OK && dates[0] != ARC_DATE_NONE && dates[1] != ARC_DATE_NONE && dates[1] < dates[0]) {
        st = arci_fail(env, ARC_E_RANGE, "it ends before it begins", "失效日期早于生效日期");
        arci_fail_at(env, "role_grant", "valid_to", -1, -1);
    }
    return st;
}

static arc_status put_day(arci_env *env, arci_str *b, const char *key, arc_date d)
{
    char text[16];
    size_t n = sizeof text;
    if (d == ARC_DATE_NONE) return ARC_OK;
    if (arc_date_print(text, &n, d) != ARC_OK) return arci_fail(env, ARC_E_RANGE, "not a date", "不是有效日期");
    arci_asked_text(b, key, text, n);
    return ARC_OK;
}

static arc_status tell_grant(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    const arc_grant *g = what;
    (void)arena;
    arci_asked_int(&out->after, "user_account", g->user);
    arci_asked_int(&out->after, "role", g->role);
    if (g->org_unit) arci_asked_int(&out->after, "org_unit", g->org_unit);
    arc_status st = put_day(t->env, &out->after, "valid_from", g->valid_from);
    if (st == ARC_OK) st = put_day(t->env, &out->after, "valid_to", g->valid_to);
    if (g->reason) arci_asked_text(&out->after, "reason", g->reason, strlen(g->reason));
    return st;
}

static arc_status take_day(arci_env *env, const arci_json *after, const char *key, arc_date *d)
{
    const char *s;
    size_t n;
    if (!arci_json_get(after, key)) return ARC_OK;
    arc_status st = arci_asked_get_text(env, after, key, &s, &n);
    return st == ARC_OK ? arc_date_parse(d, s, n) : st;
}

static arc_status take_grant(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    static const arc_grant init = ARC_GRANT_INIT;
    size_t n;
    arc_grant *g = arci_arena_alloc(arena, sizeof *g);
    (void)with;
    (void)asked;
    if (!g) return arci_nomem(env);
    *g = init;
    *what = g;
    arc_status st = arci_asked_get_int(env, after, "user_account", &g->user);
    if (st == ARC_OK) st = arci_asked_get_int(env, after, "role", &g->role);
    if (st == ARC_OK) st = arci_asked_get_int(env, after, "org_unit", &g->org_unit);
    if (st == ARC_OK) st = take_day(env, after, "valid_from", &g->valid_from);
    if (st == ARC_OK) st = take_day(env, after, "valid_to", &g->valid_to);
    return st == ARC_OK && arci_json_get(after, "reason") ? arci_asked_get_text(env, after, "reason", &g->reason, &n) : st;
}

/* Approving is granting too. */
static arc_status not_to_approver(arci_txn *t, arci_arena *arena, const void *what)
{
    return not_himself(t, arena, ((const arc_grant *)what)->user);
}

static void grant_args(arci_call *c, const void *what)
{
    const arc_grant *g = what;
    arci_call_arg_int(c, g->user);
    arci_call_arg_int(c, g->role);
    arci_call_arg_int(c, g->org_unit);
    arci_call_arg_int(c, g->valid_from);
    arci_call_arg_int(c, g->valid_to);
    if (g->reason) arci_call_arg_text(c, g->reason, strlen(g->reason));
}

static const char *const grant_names[] = { "grant", NULL };

const arci_deed arci_grant_deed = { ARCI_DO_ROLE_GRANT, grant_names, grant_args, grant_role, tell_grant, take_grant, not_to_approver };

arc_status arc_role_grant(arc_session *session, int64_t *id, const arc_grant *grant)
{
    arc_grant g = ARC_GRANT_INIT;
    arci_session *s;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = grant ? arci_struct_in(&s->env, &g, sizeof g, grant) : arci_fail(&s->env, ARC_E_INVALID, "grant is NULL", "grant 为 NULL");
    if (st == ARC_OK) st = check_grant(&s->env, &g);
    if (st != ARC_OK) return arci_call_leave(s, st);
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &arci_grant_deed, &g, id);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

/* ---- taking back -------------------------------------------------------------------------------------------------------- */

static arc_status revoked_already(arci_txn *t, arci_arena *arena, const arci_shape *shape, int64_t grant)
{
    arci_where w;
    arci_rows rows;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[REVOKES], ARC_OP_EQ, grant);
    arc_status st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    arci_fail(t->env, ARC_E_STATE, "the grant is taken back already", "该授权已被收回");
    arci_fail_at(t->env, "role_grant", NULL, grant, -1);
    return ARC_E_STATE;
}

typedef struct revocation {
    int64_t grant;
    const char *reason;
} revocation;

static void revoke_args(arci_call *c, const void *what)
{
    const revocation *r = what;
    arci_call_arg_int(c, r->grant);
    arci_call_arg_text(c, r->reason, strlen(r->reason));
}

static arc_status revoke(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const revocation *r = what;
    int64_t grant = r->grant;
    const arci_shape *shape;
    arc_value *old, v[N_FIELDS] = { { 0 } };
    arc_status st = arci_shape_get(t, &shape, "role_grant", fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, grant, arena, &old);
    if (st == ARC_OK && old[REVOKES].type != ARC_V_NULL) {
        st = arci_fail(t->env, ARC_E_STATE, "this row takes a grant back itself", "该记录本身即为收回授权");
        arci_fail_at(t->env, "role_grant", NULL, grant, -1);
    }
    if (st == ARC_OK) st = revoked_already(t, arena, shape, grant);
    if (st != ARC_OK) return st;
    v[USER] = old[USER];
    v[ROLE] = old[ROLE];
    v[ORG_UNIT] = old[ORG_UNIT];
    v[REVOKES] = arci_v_int(grant);
    v[REASON] = arci_v_text(r->reason, strlen(r->reason));
    st = insert(t, arena, v, id);
    return st == ARC_OK ? arci_somebody_grants_if_roles(t, arena) : st;
}

/* Whose grant of which role it is, for the approver. */
static arc_status tell_revoke(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    const revocation *r = what;
    const arci_shape *shape;
    arc_value *old;
    arc_status st = arci_shape_get(t, &shape, "role_grant", fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, r->grant, arena, &old);
    if (st != ARC_OK) return st;
    out->row = r->grant;
    arci_asked_int(&out->after, "revokes", r->grant);
    arci_asked_int(&out->after, "user_account", old[USER].u.i);
    arci_asked_int(&out->after, "role", old[ROLE].u.i);
    arci_asked_text(&out->after, "reason", r->reason, strlen(r->reason));
    return ARC_OK;
}

static arc_status take_revoke(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    size_t n;
    revocation *r = arci_arena_calloc(arena, 1, sizeof *r);
    (void)with;
    if (!r) return arci_nomem(env);
    r->grant = asked->row;
    *what = r;
    return arci_asked_get_text(env, after, "reason", &r->reason, &n);
}

const arci_deed arci_revoke_deed = { ARCI_DO_ROLE_REVOKE, grant_names, revoke_args, revoke, tell_revoke, take_revoke, NULL };

arc_status arc_role_revoke(arc_session *session, int64_t *id, int64_t grant, const char *reason)
{
    revocation r = { grant, reason };
    arci_session *s;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = check_reason(&s->env, reason, 1);
    if (st != ARC_OK) return arci_call_leave(s, st);
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &arci_revoke_deed, &r, id);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

/* ---- the mode ------------------------------------------------------------------------------------------------------------- */

arc_status arc_access_get_mode(arc_session *session, uint32_t *mode)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    int roles = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!mode) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "mode is NULL", "mode 为 NULL"));
    arci_arena_init(&arena, s->env.ctx);
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_roles_decide(scope.txn, &arena, &roles));
    if (st == ARC_OK) *mode = roles ? ARC_ACCESS_ROLES : ARC_ACCESS_SINGLE;
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}

static void mode_args(arci_call *c, const void *what)
{
    arci_call_arg_int(c, *(const uint32_t *)what);
}

static arc_status set_mode(arci_txn *t, arci_arena *arena, const void *what, int64_t *number)
{
    uint32_t mode = *(const uint32_t *)what;
    const arci_shape *shape;
    arci_batch *b;
    int roles, wanted = mode == ARC_ACCESS_ROLES;
    *number = mode;
    arc_status st = arci_roles_decide(t, arena, &roles);
    if (st == ARC_OK && wanted) st = arci_somebody_grants(t, arena);
    if (st != ARC_OK || roles == wanted) return st;
    st = arci_shape_get(t, &shape, "book", "access_mode");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_row(b, 0)[0] = wanted ? arci_v_text("roles", 5) : arci_v_text("single", 6);
    st = arci_repo_write(t, &b, 1, NULL);
    return st == ARC_OK ? arci_access_changing(t, arci_entity_by_name("role_grant", 10), NULL) : st;
}

static const char *const mode_names[] = { "single", "roles" };

static arc_status tell_mode(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    int roles;
    arc_status st = arci_roles_decide(t, arena, &roles);
    if (st != ARC_OK) return st;
    const char *is = mode_names[roles], *will = mode_names[*(const uint32_t *)what == ARC_ACCESS_ROLES];
    arci_asked_text(&out->before, "access_mode", is, strlen(is));
    arci_asked_text(&out->after, "access_mode", will, strlen(will));
    return ARC_OK;
}

static arc_status take_mode(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    const char *s;
    size_t n;
    uint32_t *mode = arci_arena_alloc(arena, sizeof *mode);
    (void)with;
    (void)asked;
    if (!mode) return arci_nomem(env);
    arc_status st = arci_asked_get_text(env, after, "access_mode", &s, &n);
    if (st == ARC_OK) *mode = strcmp(s, mode_names[1]) == 0 ? ARC_ACCESS_ROLES : ARC_ACCESS_SINGLE;
    *what = mode;
    return st;
}

static const char *const mode_number[] = { "mode", NULL };
const arci_deed arci_mode_deed = { ARCI_DO_ACCESS_SET_MODE, mode_number, mode_args, set_mode, tell_mode, take_mode, NULL };

arc_status arc_access_set_mode(arc_session *session, uint32_t mode)
{
    arci_session *s;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (mode != ARC_ACCESS_SINGLE && mode != ARC_ACCESS_ROLES) {
        return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "mode is neither ARC_ACCESS_SINGLE nor ARC_ACCESS_ROLES",
                                               "mode 须为 ARC_ACCESS_SINGLE 或 ARC_ACCESS_ROLES"));
    }
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &arci_mode_deed, &mode, NULL);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}
