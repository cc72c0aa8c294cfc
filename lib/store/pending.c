/* SPDX-License-Identifier: Apache-2.0 */
/* Pending changes: storing, editing, approving, rejecting, expiring. */
#include "store/deed.h"

#include <string.h>

#include "base/json_text.h"
#include "store/proposal.h"
#include "store/record_api.h"

#define MAX_REASON 1000u
#define MAX_EXPIRE 100000u
#define US_PER_DAY INT64_C(86400000000)

const char arci_pending_fields[] =
    "id version verb entity row row_version before_value after_value status expires maker maker_for reason asked decided_by decision_reason result_row";

static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

/* ---- storing ----------------------------------------------------------------------------------------------------------- */

/* The stored row of an update, cut to the fields r sets. */
static arc_status before_json(arci_txn *t, arci_arena *arena, arci_record *r, arci_str *out)
{
    const arci_shape *shape;
    arci_record *old;
    arc_value *row;
    const arc_value *id = arci_record_value(r, ARCI_FIELD_ID);
    if (id->type != ARC_V_INT) { /* keyed by something else: what it was is in the events */
        arci_str_puts(out, "{}");
        return out->failed ? arci_nomem(t->env) : ARC_OK;
    }
    arc_status st = arci_record_new(t->env, r->entity, r->custom, &old);
    if (st != ARC_OK) return st;
    st = arci_shape_get(t, &shape, r->entity->name, "*");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id->u.i, arena, &row);
    if (st == ARC_OK) st = arci_record_load(t->env, old, shape->cols, shape->n, row);
    if (st == ARC_OK) st = arci_record_changes_json(t->env, r, old, out);
    arci_record_free(old);
    return st;
}

/* before and after are whole documents; row and row_version may be NULL values. */
static arc_status insert(arci_txn *t, arci_arena *arena, const arci_verb *verb, const arci_entity *e, const arci_approval *a, const arc_value *row,
                         const arc_value *row_version, const arci_str *before, const arci_str *after, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    char name[ARCI_VERB_NAME_MAX];
    int64_t now = 0;
    const arci_session *s = t->session;
    if (before->failed || after->failed) return arci_nomem(t->env);
    arc_status st = arci_session_now(t->env, t->session, &now);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "pending_change", "verb entity row row_version before_value after_value reason status expires maker maker_for asked");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(t, b);
    if (st != ARC_OK) return st;
    const arc_value values[] = { text(arci_verb_name(verb, e, name)), text(e->name), *row, *row_version, arci_v_text(before->s, before->len), arci_v_text(after->s, after->len),
                                 text(a->reason), text("running"), a->days ? arci_v_int(now + a->days * US_PER_DAY) : arci_v_null(),
                                 text(s->actor ? s->actor : ARC_ACTOR_SYSTEM), text(s->on_behalf_of), arci_v_int(now) };
    memcpy(arci_batch_row(b, 0), values, sizeof values);
    *id = arci_batch_id(b, 0);
    return arci_repo_write(t, &b, 1, NULL);
}

arc_status arci_pending_store(arci_txn *t, arci_arena *arena, const arci_verb *verb, const arci_approval *a, arci_record *r, int update, int64_t *id)
{
    arci_str before, after;
    const arc_value none = arci_v_null(), *row = arci_record_value(r, ARCI_FIELD_ID), *version = arci_record_value(r, ARCI_FIELD_VERSION);
    arci_str_init(&before, t->env->ctx);
    arci_str_init(&after, t->env->ctx);
    arc_status st = ARC_OK;
    if (update) st = before_json(t, arena, r, &before);
    else arci_str_puts(&before, "{}");
    if (st == ARC_OK) st = update ? arci_record_changes_json(t->env, r, r, &after) : arci_record_get_json(t->env, r, &after);
    if (st == ARC_OK) {
        st = insert(t, arena, verb, r->entity, a, update && row->type == ARC_V_INT ? row : &none, update ? version : &none, &before, &after, id);
    }
    arci_str_clear(&before);
    arci_str_clear(&after);
    return st;
}

static void braced(arci_str *b, const arci_str *members)
{
    arci_str_putc(b, '{');
    if (members->len) arci_str_add(b, members->s, members->len);
    arci_str_putc(b, '}');
    b->failed |= members->failed;
}

arc_status arci_pending_put(arci_txn *t, arci_arena *arena, const arci_verb *verb, const arci_approval *a, int64_t row, int64_t version, const arci_str *before,
                            const arci_str *after, int64_t *id)
{
    arci_str was, will;
    const arc_value at = row ? arci_v_int(row) : arci_v_null(), under = version ? arci_v_int(version) : arci_v_null();
    arci_str_init(&was, t->env->ctx);
    arci_str_init(&will, t->env->ctx);
    braced(&was, before);
    braced(&will, after);
    arc_status st = insert(t, arena, verb, arci_verb_entity(verb, NULL), a, &at, &under, &was, &will, id);
    arci_str_clear(&was);
    arci_str_clear(&will);
    return st;
}

/* ---- trying -------------------------------------------------------------------------------------------------------------- */

arc_status arci_try_begin(arci_txn *t, arci_try *try)
{
    try->depth = 0;
    try->scope_depth = t->scope_depth;
    try->wrote = t->wrote;
    return arci_txn_mark(t, &try->depth);
}

arc_status arci_try_end(arci_txn *t, const arci_try *try, arc_status st)
{
    arc_error kept = *t->env->err;
    arc_status undone = arci_txn_undo(t, try->depth);
    if (undone == ARC_OK) undone = arci_txn_forget(t, try->depth);
    *t->env->err = kept;
    t->scope_depth = try->scope_depth; /* the scope's own point, if it was set in here, is gone */
    t->wrote = try->wrote;
    return st == ARC_OK ? undone : st;
}

/* ---- one pending change ------------------------------------------------------------------------------------------------ */

arc_status arci_pending_over(arci_pending *p, int *is)
{
    int64_t now = 0;
    *is = 0;
    if (p->v[ARCI_PC_EXPIRES].type == ARC_V_NULL) return ARC_OK;
    arc_status st = arci_session_now(p->t->env, p->s, &now);
    *is = st == ARC_OK && now >= p->v[ARCI_PC_EXPIRES].u.i;
    return st;
}

arc_status arci_pending_take(arci_pending *p, const arc_value *v)
{
    p->v = v;
    p->id = v[ARCI_PC_ID].u.i;
    p->entity = arci_entity_by_name(v[ARCI_PC_ENTITY].u.s, v[ARCI_PC_ENTITY].len);
    p->update = v[ARCI_PC_ROW_VERSION].type == ARC_V_INT;
    return p->entity ? ARC_OK : arci_fail(p->t->env, ARC_E_CORRUPT, "a pending change of no entity", "待批变更的实体不存在");
}

/* Reads it, locked. It must be running. */
enum { IN_TIME = 1, SEEN = 2 };
static arc_status open_pending(arci_pending *p, int must, arci_pending_verdict *verdict)
{
    const arci_shape *shape;
    arc_value *v;
    int is_over = 0;
    arc_status st = arci_repo_lock(p->t, "pending_change", &p->id, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "pending_change", arci_pending_fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, p->id, &p->arena, &v);
    if (st != ARC_OK) return st;
    st = arci_pending_take(p, v);
    if (st == ARC_OK && (must & SEEN)) st = arci_pending_judge(p, verdict);
    if (st == ARC_OK && (must & SEEN) && !verdict->seen) st = arci_no_such(p->t->env, "pending_change");
    if (st == ARC_E_NOT_FOUND) arci_fail_at(p->t->env, "pending_change", NULL, p->id, -1);
    if (st != ARC_OK) return st;
    if (v[ARCI_PC_STATUS].len != 7 || memcmp(v[ARCI_PC_STATUS].u.s, "running", 7) != 0) {
        st = arci_fail(p->t->env, ARC_E_STATE, "it has been decided", "已审批");
    } else {
        st = arci_pending_over(p, &is_over);
        if (st == ARC_OK && is_over && (must & IN_TIME)) st = arci_fail(p->t->env, ARC_E_STATE, "it has expired", "已过期");
    }
    if (st != ARC_OK) arci_fail_at(p->t->env, "pending_change", "status", p->id, -1);
    return st;
}

arc_status arci_pending_build(arci_pending *p, const char *after, size_t len, arc_record **handle, arci_record_box **box)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_record_box_new(p->t->env, p->s, p->entity, handle, box);
    if (st != ARC_OK) return st;
    if (p->update && p->v[ARCI_PC_ROW].type == ARC_V_INT) {
        st = arci_shape_get(p->t, &shape, p->entity->name, "*");
        if (st == ARC_OK) st = arci_repo_get(p->t, shape, p->v[ARCI_PC_ROW].u.i, &p->arena, &row);
        if (st == ARC_OK) st = arci_record_load(p->t->env, (*box)->record, shape->cols, shape->n, row);
    }
    if (st == ARC_OK) st = arci_record_set_json(p->t->env, (*box)->record, after, len);
    if (st == ARC_OK && p->update) st = arci_record_put(p->t->env, (*box)->record, ARCI_FIELD_VERSION, &p->v[ARCI_PC_ROW_VERSION]);
    return st;
}

arci_rights arci_rights_aside(arci_session *s)
{
    arci_rights own = { s->access, s->access_source };
    s->access = NULL;
    s->access_source = NULL;
    return own;
}

void arci_rights_back(arci_session *s, arci_rights own)
{
    s->access = own.access;
    s->access_source = own.source;
}

/* What its maker asked for is done with the rights he had then. */
static void take_up(arci_pending *p, arci_rights own)
{
    arci_rights_back(p->s, own);
    p->t->env = &p->s->env;
}

static arc_status write_master(arci_pending *p, arc_record *handle, int try, int64_t *id)
{
    arci_rights own = arci_rights_aside(p->s);
    arc_status st = arci_master_write(p->s, handle, p->update, try, id);
    take_up(p, own);
    return st;
}

/* An insert or update of master data; everything else is a deed. */
static int is_master(const arci_pending *p)
{
    char name[ARCI_VERB_NAME_MAX];
    if (!(p->entity->flags & ARCI_E_MASTER)) return 0;
    const char *is = arci_verb_name(&arci_verbs[p->update ? ARCI_DO_UPDATE : ARCI_DO_INSERT], p->entity, name);
    return strlen(is) == p->v[ARCI_PC_VERB].len && !memcmp(is, p->v[ARCI_PC_VERB].u.s, strlen(is));
}

/* The members of a document that are no personal data. */
static const char *impersonal(arci_pending *p, const arc_value *json)
{
    arci_json *root;
    arci_custom *custom = NULL;
    arci_str b;
    int n = 0;
    if (arci_json_parse(p->t->env, &p->arena, json->u.s, json->len, &arci_json_definition_limits, &root) != ARC_OK) return NULL;
    if (arci_session_custom(p->t->env, p->s, &custom) != ARC_OK) return NULL;
    arci_str_init(&b, p->t->env->ctx);
    arci_str_putc(&b, '{');
    for (const arci_json *m = root->child; m; m = m->next) {
        const arci_field *f = arci_entity_field(p->entity, m->key, m->key_len);
        const arci_custom_field *cf = f ? NULL : arci_custom_by_name(custom, p->entity, m->key, m->key_len);
        if (f ? f->flags & ARCI_F_PERSONAL : !cf || (cf->flags & ARCI_CUSTOM_PERSONAL)) continue;
        if (n++) arci_str_putc(&b, ',');
        arci_json_put_text(&b, m->key, m->key_len);
        arci_str_putc(&b, ':');
        arci_json_put_node(&b, m);
    }
    arci_str_putc(&b, '}');
    const char *kept = b.failed ? NULL : arci_arena_strndup(&p->arena, b.s, b.len);
    arci_str_clear(&b);
    return kept;
}

static arc_status close_pending(arci_pending *p, const char *status, const char *reason, int64_t row)
{
    const arci_shape *shape;
    arci_batch *b;
    const char *before = impersonal(p, &p->v[ARCI_PC_BEFORE]), *after = impersonal(p, &p->v[ARCI_PC_AFTER]);
    if (!before || !after) return arci_nomem(p->t->env);
    arc_status st = arci_shape_get(p->t, &shape, "pending_change", "before_value after_value status decided_by decision_reason result_row");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value values[] = { text(before), text(after), text(status), text(p->s->actor ? p->s->actor : ARC_ACTOR_SYSTEM), text(reason), row ? arci_v_int(row) : arci_v_null() };
    memcpy(arci_batch_row(b, 0), values, sizeof values);
    *arci_batch_key(b, 0) = p->v[ARCI_PC_ID];
    *arci_batch_guard(b, 0) = p->v[ARCI_PC_VERSION];
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* ---- the verbs --------------------------------------------------------------------------------------------------------- */

typedef struct request {
    uint32_t verb;
    int64_t id;
    const char *what; /* reason or document; NULL: none */
    size_t len;
    arc_status (*work)(arci_pending *p, const struct request *r, int64_t *row);
    const arci_deed_list *lists; /* of an approval */
    uint32_t n_lists;
} request;

static arc_status edit(arci_pending *p, const request *r, int64_t *row)
{
    arc_record *handle = NULL;
    arci_record_box *box;
    const arci_shape *shape;
    arci_batch *b;
    arci_str after;
    arci_pending_verdict verdict;
    arc_status st = open_pending(p, IN_TIME | SEEN, &verdict);
    arci_str_init(&after, p->t->env->ctx);
    if (st == ARC_OK && !is_master(p)) st = arci_fail(p->t->env, ARC_E_UNSUPPORTED, "this verb is not edited: take it back and ask again", "该动作不能修改：请撤回后重新提出");
    if (st == ARC_OK) st = arci_pending_build(p, r->what, r->len, &handle, &box);
    if (st == ARC_OK) st = p->update ? arci_record_changes_json(p->t->env, box->record, box->record, &after) : arci_record_get_json(p->t->env, box->record, &after);
    if (st == ARC_OK) st = write_master(p, handle, 1, row);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "pending_change", "after_value");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st == ARC_OK) {
        arci_batch_row(b, 0)[0] = arci_v_text(after.s, after.len);
        *arci_batch_key(b, 0) = p->v[ARCI_PC_ID];
        *arci_batch_guard(b, 0) = p->v[ARCI_PC_VERSION];
        st = arci_repo_write(p->t, &b, 1, NULL);
    }
    *row = 0;
    arci_str_clear(&after);
    arci_own_free(handle, ARCI_H_RECORD);
    return st;
}

static arc_status approve_master(arci_pending *p, int64_t *row)
{
    arc_record *handle = NULL;
    arci_record_box *box;
    arc_status st = arci_pending_build(p, p->v[ARCI_PC_AFTER].u.s, p->v[ARCI_PC_AFTER].len, &handle, &box);
    if (st == ARC_OK) st = write_master(p, handle, 0, row);
    if (st == ARC_OK && p->update && p->v[ARCI_PC_ROW].type == ARC_V_INT) *row = p->v[ARCI_PC_ROW].u.i;
    arci_own_free(handle, ARCI_H_RECORD);
    return st;
}

static const arci_deed *find_deed(const arci_pending *p, const request *r, const void **with)
{
    const arc_value *is = &p->v[ARCI_PC_VERB];
    for (uint32_t i = 0; i < r->n_lists; i++) {
        for (uint32_t k = 0; k < r->lists[i].n; k++) {
            char name[ARCI_VERB_NAME_MAX];
            const arci_deed *d = r->lists[i].deeds[k];
            (void)arci_verb_name(&arci_verbs[d->verb], NULL, name);
            *with = r->lists[i].with;
            if (strlen(name) == is->len && !memcmp(name, is->u.s, is->len)) return d;
        }
    }
    return NULL;
}

static arc_status approve_deed(arci_pending *p, const request *r, int64_t *row)
{
    const void *with = NULL, *what = NULL;
    arci_json *after;
    const arci_deed *d = find_deed(p, r, &with);
    arci_env *env = p->t->env;
    if (!d) return arci_fail(env, ARC_E_UNSUPPORTED, "this version does not know what was asked for", "此版本不支持所请求的动作");
    arci_asked asked = { .row = p->v[ARCI_PC_ROW].type == ARC_V_INT ? p->v[ARCI_PC_ROW].u.i : 0, .version = p->update ? p->v[ARCI_PC_ROW_VERSION].u.i : 0 };
    arc_status st = arci_json_parse(env, &p->arena, p->v[ARCI_PC_AFTER].u.s, p->v[ARCI_PC_AFTER].len, &arci_json_definition_limits, &after);
    if (st == ARC_OK) st = d->take(env, &p->arena, with, &asked, after, &what);
    if (st == ARC_OK && d->fits) st = d->fits(p->t, &p->arena, what);
    if (st != ARC_OK) return st;
    arci_rights own = arci_rights_aside(p->s);
    st = arci_deed_perform(p->s, &p->arena, d, what, row);
    take_up(p, own);
    return st;
}

static arc_status approve(arci_pending *p, const request *r, int64_t *row)
{
    arci_pending_verdict v;
    arc_status st = open_pending(p, IN_TIME | SEEN, &v);
    if (st != ARC_OK) return st;
    if (v.class && (!strcmp(v.class, "own") || !strcmp(v.class, "fields"))) return arci_fail(p->t->env, ARC_E_FORBIDDEN, "%s%.0s", "%.0s%s", v.en, v.zh);
    int master = is_master(p);
    if (!master && v.class && !strcmp(v.class, "stale")) {
        st = arci_fail(p->t->env, ARC_E_STALE, "%s%.0s", "%.0s%s", v.en, v.zh);
        arci_fail_at(p->t->env, p->entity->name, NULL, p->v[ARCI_PC_ROW].u.i, -1);
        return st;
    }
    st = master ? approve_master(p, row) : approve_deed(p, r, row);
    return st == ARC_OK ? close_pending(p, "approved", r->what, *row) : st;
}

static arc_status reject(arci_pending *p, const request *r, int64_t *row)
{
    *row = 0;
    arci_pending_verdict v;
    arc_status st = open_pending(p, SEEN, &v);
    return st == ARC_OK ? close_pending(p, "rejected", r->what, 0) : st;
}

/* Whose request it is, or who acts for him. */
static arc_status recall(arci_pending *p, const request *r, int64_t *row)
{
    arci_pending_verdict v;
    arc_status st = open_pending(p, SEEN, &v);
    *row = 0;
    if (st != ARC_OK) return st;
    const char *maker = arci_arena_strndup(&p->arena, p->v[ARCI_PC_MAKER].u.s, p->v[ARCI_PC_MAKER].len);
    const char *made_for = p->v[ARCI_PC_MAKER_FOR].type == ARC_V_TEXT ? arci_arena_strndup(&p->arena, p->v[ARCI_PC_MAKER_FOR].u.s, p->v[ARCI_PC_MAKER_FOR].len) : NULL;
    if (!maker) return arci_nomem(p->t->env);
    if (p->s->access && arci_not_own_request(p->t->env, p->s, maker, made_for) == ARC_OK) {
        st = arci_fail(p->t->env, ARC_E_FORBIDDEN, "who asked takes a request back; others reject it", "只有申请人可以撤回，其他人请驳回");
        arci_fail_at(p->t->env, "pending_change", "maker", p->id, -1);
        return st;
    }
    arci_error_clear(p->t->env->err);
    return close_pending(p, "recalled", r->what, 0);
}

static arc_status in_call(arci_call *c, const request *r, int64_t *row)
{
    static const char *const names[] = { "row", NULL };
    arci_pending p = { .s = c->session, .t = c->txn, .id = r->id };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, r->id);
    arci_call_arg_text(c, r->what, r->what ? r->len : 0);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *row = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    arci_arena_init(&p.arena, c->session->env.ctx);
    if (st == ARC_OK) st = arci_txn_writing(c->txn); /* the undo point goes before that of the verb inside */
    if (st == ARC_OK) st = r->work(&p, r, row);
    arci_arena_clear(&p.arena);
    if (st == ARC_OK) arci_call_keep(c, 0, st, row);
    return st;
}

static arc_status run(arci_session *s, const request *r, int64_t *row)
{
    arci_call c;
    arc_status st = ARC_OK;
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[r->verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&c, in_call(&c, r, row));
    }
    return st;
}

static arc_status check_reason(arci_session *s, const char *reason, int required)
{
    size_t n = reason ? strlen(reason) : 0;
    if ((required && !n) || n > MAX_REASON) {
        return arci_fail(&s->env, required && !n ? ARC_E_INVALID : ARC_E_LIMIT, "a reason of at most %u bytes", "原因最多 %u 字节", MAX_REASON);
    }
    if (n && arci_utf8_check(reason, n) != n) return arci_fail(&s->env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8");
    return ARC_OK;
}

arc_status arc_pending_edit(arc_session *session, int64_t pending_change, const char *after, size_t length)
{
    arci_session *s;
    int64_t row = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!after) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "after is NULL", "after 为 NULL"));
    request r = { ARCI_DO_PENDING_EDIT, pending_change, after, length == SIZE_MAX ? strlen(after) : length, edit, NULL, 0 };
    return arci_call_leave(s, run(s, &r, &row));
}

arc_status arci_pending_approve(arc_session *session, int64_t *row, int64_t pending_change, const char *reason, const arci_deed_list *lists, uint32_t n)
{
    arci_session *s;
    int64_t made = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    request r = { ARCI_DO_PENDING_APPROVE, pending_change, reason, reason ? strlen(reason) : 0, approve, lists, n };
    st = check_reason(s, reason, 0);
    if (st == ARC_OK) st = run(s, &r, &made);
    if (st == ARC_OK && row) *row = made;
    return arci_call_leave(s, st);
}

arc_status arc_pending_reject(arc_session *session, int64_t pending_change, const char *reason)
{
    arci_session *s;
    int64_t row = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    request r = { ARCI_DO_PENDING_REJECT, pending_change, reason, reason ? strlen(reason) : 0, reject, NULL, 0 };
    st = check_reason(s, reason, 1);
    if (st == ARC_OK) st = run(s, &r, &row);
    return arci_call_leave(s, st);
}

arc_status arc_pending_recall(arc_session *session, int64_t pending_change, const char *reason)
{
    arci_session *s;
    int64_t row = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    request r = { ARCI_DO_PENDING_RECALL, pending_change, reason && reason[0] ? reason : NULL, reason ? strlen(reason) : 0, recall, NULL, 0 };
    st = check_reason(s, reason, 0);
    if (st == ARC_OK) st = run(s, &r, &row);
    return arci_call_leave(s, st);
}

/* ---- expiry ------------------------------------------------------------------------------------------------------------ */

static arc_status expire(arci_call *c, uint32_t *n, uint32_t max)
{
    static const char *const names[] = { "n", NULL };
    const arci_shape *shape;
    arci_where w;
    arci_rows rows = { 0 };
    int64_t now = 0, kept;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, max);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *n = (uint32_t)arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    arci_pending p = { .s = c->session, .t = c->txn };
    arci_arena_init(&p.arena, c->session->env.ctx);
    if (st == ARC_OK) st = arci_session_now(c->txn->env, c->session, &now);
    if (st == ARC_OK) st = arci_shape_get(c->txn, &shape, "pending_change", "id status expires");
    if (st == ARC_OK) {
        arci_where_init(&w);
        arci_where_text(&w, shape->cols[1], ARC_OP_EQ, "running", 7);
        arci_where_int(&w, shape->cols[2], ARC_OP_LE, now);
        st = arci_repo_find(c->txn, shape, &w, NULL, 0, (int64_t)max, &p.arena, &rows);
    }
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) {
        p.id = rows.values[(size_t)i * rows.n_cols].u.i;
        st = open_pending(&p, 0, NULL);
        if (st == ARC_OK) st = close_pending(&p, "expired", NULL, 0);
    }
    *n = rows.n_rows;
    arci_arena_clear(&p.arena);
    if (st == ARC_OK && *n < max) st = ARC_DONE;
    kept = *n;
    if (st >= ARC_OK) arci_call_keep(c, 0, st, &kept);
    return st;
}

arc_status arc_pending_expire(arc_session *session, uint32_t *n, uint32_t max)
{
    arci_session *s;
    arci_call c;
    uint32_t done = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!max || max > MAX_EXPIRE) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "max is 1 to %u", "max 须为 1 至 %u", MAX_EXPIRE));
    st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_PENDING_EXPIRE], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&c, expire(&c, &done, max));
    if (n && st >= ARC_OK) *n = done;
    return arci_call_leave(s, st);
}
