/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: installing, defining, revising, retiring. */
#include "arcore/access.h"

#include <string.h>

#include "base/json_text.h"
#include "security/deeds.h"
#include "security/duty.h"

static const char fields[] = "code name name_zh document row_scope retired";
enum { CODE, NAME, NAME_ZH, DOCUMENT, ROW_SCOPE, RETIRED };

static arc_value text(const char *s)
{
    return s ? arci_v_text(s, strlen(s)) : arci_v_null();
}

static arc_status fill(arci_txn *t, arc_value *row, const arci_role *r, const char *json, size_t length)
{
    const char *rows = arci_rows_names[r->rows - 1];
    if (length > 1048576) return arci_fail(t->env, ARC_E_LIMIT, "a role's document is at most 1 MiB", "角色文档最大 1 MiB");
    row[CODE] = text(r->code);
    row[NAME] = text(r->name);
    row[NAME_ZH] = text(r->name_zh);
    row[DOCUMENT] = arci_v_text(json, length);
    row[ROW_SCOPE] = text(rows);
    row[RETIRED] = arci_v_int(0);
    return ARC_OK;
}

static arc_status find(arci_txn *t, arci_arena *arena, const char *code, int *there)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "role", "id code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, code, strlen(code));
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    *there = st == ARC_OK && rows.n_rows;
    return st;
}

static arc_status insert(arci_txn *t, arci_arena *arena, const arci_role *r, const char *json, size_t length, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    int there;
    arc_status st = find(t, arena, r->code, &there);
    if (st == ARC_OK && there) {
        arci_fail(t->env, ARC_E_EXISTS, "the book has a role %s", "账簿中已有角色 %s", r->code);
        arci_fail_at(t->env, "role", "code", -1, -1);
        return ARC_E_EXISTS;
    }
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "role", fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = fill(t, arci_batch_row(b, 0), r, json, length);
    if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK && id) *id = arci_batch_id(b, 0);
    return st;
}

/* ---- install ------------------------------------------------------------------------------------------------------------ */

/* Those the book has not, of all that are shipped or the one that is named. */
static arc_status name_new(arci_txn *t, arci_arena *arena, const char *only, arci_role *roles, const char **json, uint32_t *n)
{
    const arci_shape *shape;
    arci_rows rows = { 0 };
    uint32_t known = 0;
    *n = 0;
    arc_status st = arci_shape_get(t, &shape, "role", "code");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; i < arci_n_shipped_roles && st == ARC_OK; i++) {
        arci_role *r = &roles[*n];
        uint32_t k = 0;
        json[*n] = arci_shipped_roles[i];
        st = arci_role_read(t->env, arena, json[*n], strlen(json[*n]), r);
        if (st != ARC_OK || (only && strcmp(only, r->code) != 0)) continue;
        known++;
        while (k < rows.n_rows && strcmp(rows.values[k].u.s, r->code) != 0) k++;
        *n += k == rows.n_rows;
    }
    if (st != ARC_OK || known) return st;
    return arci_fail(t->env, ARC_E_NOT_FOUND, "no role %.64s is shipped", "没有预置角色 %.64s", only);
}

static arc_status install(arci_txn *t, arci_arena *arena, const void *what, int64_t *added)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t n;
    arci_role *roles = arci_arena_calloc(arena, arci_n_shipped_roles + 1u, sizeof *roles);
    const char **json = arci_arena_calloc(arena, arci_n_shipped_roles + 1u, sizeof *json);
    if (!roles || !json) return arci_nomem(t->env);
    arc_status st = name_new(t, arena, what, roles, json, &n);
    if (st != ARC_OK || !n) return st;
    st = arci_shape_get(t, &shape, "role", fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, n, 0, NULL, 0);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = fill(t, arci_batch_row(b, i), &roles[i], json[i], strlen(json[i]));
    if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) *added += n;
    return st;
}

static void install_args(arci_call *c, const void *what)
{
    if (what) arci_call_arg_text(c, what, strlen(what));
}

arc_status arc_role_install_defaults(arc_session *session, uint32_t *added, const char *code)
{
    static const char *const names[] = { "roles", NULL };
    static const arci_deed deed = { ARCI_DO_ROLE_INSTALL, names, install_args, install, NULL, NULL, NULL };
    arci_session *s;
    arci_arena arena;
    int64_t n = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &deed, code, &n);
    if (st == ARC_OK && added) *added = (uint32_t)n;
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

/* ---- define ------------------------------------------------------------------------------------------------------------- */

typedef struct document {
    int64_t role, version; /* of a revision */
    const arci_role *r;    /* NULL: the role is retired */
    const char *json;
    size_t length;
} document;

static void document_args(arci_call *c, const void *what)
{
    const document *d = what;
    arci_call_arg_int(c, d->role);
    arci_call_arg_int(c, d->version);
    arci_call_arg_text(c, d->json, d->length);
}

static arc_status define(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const document *d = what;
    return insert(t, arena, d->r, d->json, d->length, id);
}

/* Reads the document and does the deed. */
static arc_status with_document(arc_session *session, int64_t *id, document *d, const arci_deed *deed)
{
    arci_session *s;
    arci_arena arena;
    arci_role r;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!d->json) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "json is NULL", "json 为 NULL"));
    if (d->length == SIZE_MAX) d->length = strlen(d->json);
    arci_arena_init(&arena, s->env.ctx);
    d->r = &r;
    st = arci_role_read(&s->env, &arena, d->json, d->length, &r);
    if (st == ARC_OK) st = arci_deed_do(s, &arena, deed, d, id);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

static const char *const role_names[] = { "role", NULL };

/* A role as it is and as it is to be. */
static arc_status tell_document(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out)
{
    const document *d = what;
    const arci_shape *shape;
    arc_value *old;
    arc_status st = arci_shape_get(t, &shape, "role", fields);
    if (st == ARC_OK && d->role) st = arci_repo_get(t, shape, d->role, arena, &old);
    if (st != ARC_OK) return st;
    out->row = d->role;
    out->version = d->version;
    if (!d->r) {
        arci_asked_raw(&out->before, "retired", "false", 5);
        arci_asked_raw(&out->after, "retired", "true", 4);
        return ARC_OK;
    }
    if (d->role) arci_asked_raw(&out->before, "document", old[DOCUMENT].u.s, old[DOCUMENT].len);
    arci_asked_raw(&out->after, "document", d->json, d->length);
    return ARC_OK;
}

static arc_status take_document(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    const arci_json *json = arci_json_get(after, "document");
    arci_role *r = arci_arena_alloc(arena, sizeof *r);
    document *d = arci_arena_calloc(arena, 1, sizeof *d);
    arci_str b;
    (void)with;
    if (!d || !r) return arci_nomem(env);
    *what = d;
    d->role = asked->row;
    d->version = asked->version;
    d->json = "";
    if (!json) return ARC_OK; /* it is retired */
    arci_str_init(&b, env->ctx);
    arci_json_put_node(&b, json);
    d->json = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    d->length = b.len;
    d->r = r;
    arci_str_clear(&b);
    return d->json ? arci_role_read(env, arena, d->json, d->length, r) : arci_nomem(env);
}

const arci_deed arci_role_define_deed = { ARCI_DO_ROLE_DEFINE, role_names, document_args, define, tell_document, take_document, NULL };

arc_status arc_role_define(arc_session *session, int64_t *id, const char *json, size_t length)
{
    document d = { 0, 0, NULL, json, length };
    return with_document(session, id, &d, &arci_role_define_deed);
}

/* ---- revise and retire --------------------------------------------------------------------------------------------------- */

static arc_status state_fault(arci_txn *t, int64_t role)
{
    arci_fail(t->env, ARC_E_STATE, "the role is retired", "角色已停用");
    arci_fail_at(t->env, "role", NULL, role, -1);
    return ARC_E_STATE;
}

static arc_status update(arci_txn *t, arci_arena *arena, int64_t role, int64_t version, const char *names, const arc_value *values)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "role", names);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(role);
    *arci_batch_guard(b, 0) = arci_v_int(version);
    memcpy(arci_batch_row(b, 0), values, shape->n * sizeof *values);
    return arci_repo_write(t, &b, 1, NULL);
}

/* Everybody who holds it must still be allowed to hold what he holds beside it. */
static arc_status holders_fit(arci_txn *t, arci_arena *arena, int64_t role, const arci_role *r)
{
    arci_grant *grants;
    uint32_t n;
    arc_status st = arci_grants_read(t, arena, 0, &grants, &n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (grants[i].role != role) continue;
        st = arci_duties_fit(t, arena, grants[i].user, r, grants[i].valid_from, grants[i].valid_to, grants[i].id);
        if (st == ARC_E_FORBIDDEN) st = t->env->err->status = ARC_E_STATE;
    }
    return st;
}

static arc_status revise(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const document *v = what;
    static const char changes[] = "name name_zh document row_scope";
    arci_role_row old;
    *id = v->role;
    arc_value row[RETIRED + 1], one = arci_v_int(1);
    arc_status st = arci_role_load(t, arena, v->role, &old);
    if (st != ARC_OK) return st;
    if (old.retired) return state_fault(t, v->role);
    if (!v->r) {
        st = update(t, arena, v->role, v->version, "retired", &one);
        return st == ARC_OK ? arci_somebody_grants_if_roles(t, arena) : st;
    }
    if (strcmp(old.role.code, v->r->code) != 0) {
        st = arci_fail(t->env, ARC_E_VALUE, "the role's code is %s", "该角色的编码为 %s", old.role.code);
        arci_fail_pointer(t->env, "/code");
        return st;
    }
    st = holders_fit(t, arena, v->role, v->r);
    if (st == ARC_OK) st = fill(t, row, v->r, v->json, v->length);
    if (st == ARC_OK) st = update(t, arena, v->role, v->version, changes, row + NAME);
    return st == ARC_OK ? arci_somebody_grants_if_roles(t, arena) : st;
}

const arci_deed arci_role_revise_deed = { ARCI_DO_ROLE_REVISE, role_names, document_args, revise, tell_document, take_document, NULL };

arc_status arc_role_revise(arc_session *session, int64_t role, int64_t version, const char *json, size_t length)
{
    document d = { role, version, NULL, json, length };
    return with_document(session, NULL, &d, &arci_role_revise_deed);
}

const arci_deed arci_role_retire_deed = { ARCI_DO_ROLE_RETIRE, role_names, document_args, revise, tell_document, take_document, NULL };

arc_status arc_role_retire(arc_session *session, int64_t role, int64_t version)
{
    document d = { role, version, NULL, "", 0 };
    arci_session *s;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &arci_role_retire_deed, &d, NULL);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}
