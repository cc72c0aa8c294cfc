/* SPDX-License-Identifier: Apache-2.0 */
/* What an actor may, for front ends. */
#include <string.h>

#include "arcore/access.h"
#include "arcore/money.h"
#include "base/json_out.h"
#include "security/duty.h"
#include "security/tell.h"
#include "store/proposal.h"
#include "store/record_api.h"

static int add_text(cJSON *to, const char *key, const char *s)
{
    return arci_jo_text(to, key, s, strlen(s));
}

/* ---- one record --------------------------------------------------------------------------------------------------------- */

typedef arci_verdict verdict;

static int is_null(const arci_record *r, const char *field)
{
    const arci_field *f = arci_entity_field(r->entity, field, strlen(field));
    return !f || arci_record_value(r, f->id)->type == ARC_V_NULL;
}

/* Verbs that need a state of the record: a code in a field, of those named. */
static const struct {
    uint32_t verb;
    const char *field, *codes, *en, *zh;
} needs[] = {
    { ARCI_DO_DEFINITION_PUBLISH, "status", " draft ", "only drafts are published", "只有草稿可以发布" },
    { ARCI_DO_DEFINITION_RETIRE, "status", " published ", "only what is published is retired", "只有已发布的可以停用" },
    { ARCI_DO_PROPOSAL_APPROVE, "status", " draft approved partly_applied ", "it is closed", "已关闭" },
    { ARCI_DO_PROPOSAL_REJECT, "status", " draft approved partly_applied ", "it is closed", "已关闭" },
    { ARCI_DO_PENDING_EDIT, "status", " running ", "it has been decided", "已有审批结论" },
    { ARCI_DO_PENDING_APPROVE, "status", " running ", "it has been decided", "已有审批结论" },
    { ARCI_DO_PENDING_REJECT, "status", " running ", "it has been decided", "已有审批结论" },
    { ARCI_DO_PENDING_RECALL, "status", " running ", "it has been decided", "已有审批结论" },
    { ARCI_DO_PROPOSAL_APPLY, "status", " approved partly_applied ", "it is not approved, or closed", "未批准或已关闭" },
};

static verdict by_code(const arci_verb *v, const arci_record *r)
{
    verdict d = { NULL, NULL, NULL };
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        char code[64];
        const arci_field *f = needs[i].verb == v->number ? arci_entity_field(r->entity, needs[i].field, strlen(needs[i].field)) : NULL;
        const arc_value *is = f ? arci_record_value(r, f->id) : NULL;
        if (!is) continue;
        if (is->type != ARC_V_TEXT || is->len > 60) return (verdict){ "state", "it is not stored yet", "尚未保存" };
        code[0] = ' ';
        memcpy(code + 1, is->u.s, is->len);
        memcpy(code + 1 + is->len, " ", 2);
        if (!strstr(needs[i].codes, code)) d = (verdict){ "state", needs[i].en, needs[i].zh };
    }
    return d;
}

/* What the record itself says against a verb. */
static verdict by_state(const arci_verb *v, const arci_record *r)
{
    static const verdict fine = { NULL, NULL, NULL };
    const arci_entity *e = r->entity;
    int stored = arci_entity_field_id(e, ARCI_FIELD_ID) && arci_record_value(r, ARCI_FIELD_ID)->type != ARC_V_NULL;
    if (v->number == ARCI_DO_INSERT || v->number == ARCI_DO_UPDATE || v->number == ARCI_DO_LOAD) {
        if (!(e->flags & ARCI_E_MASTER)) return (verdict){ "state", "rows of this kind move by their verbs", "此类数据须用其专用动作处理" };
        if (v->number != ARCI_DO_UPDATE && stored) return (verdict){ "state", "it is stored already", "已经保存" };
        if (v->number == ARCI_DO_UPDATE && !(e->flags & ARCI_E_VERSIONED)) return (verdict){ "state", "rows of this kind do not change", "此类数据不可修改" };
    }
    if ((v->number == ARCI_DO_UPDATE || v->number == ARCI_DO_READ) && !stored && arci_entity_field_id(e, ARCI_FIELD_ID)) {
        return (verdict){ "state", "it is not stored yet", "尚未保存" };
    }
    if ((v->number == ARCI_DO_INVOICE_RECORD || v->number == ARCI_DO_RECEIPT_RECORD) && stored) {
        return (verdict){ "state", "it is recorded already", "已经登记" };
    }
    if (v->number == ARCI_DO_ALLOCATION_APPLY && stored) return (verdict){ "state", "it is applied already", "已经核销" };
    if ((v->number == ARCI_DO_ROLE_REVISE || v->number == ARCI_DO_ROLE_RETIRE) && !is_null(r, "retired") &&
        arci_record_value(r, arci_entity_field(e, "retired", 7)->id)->u.i) {
        return (verdict){ "state", "the role is retired", "角色已停用" };
    }
    return fine;
}

/* NULL: there is none. */
static arc_status text_of(arci_txn *t, const arci_record *r, const char *field, const char **out)
{
    const arc_value *v = arci_record_value(r, arci_entity_field(r->entity, field, strlen(field))->id);
    *out = v->type == ARC_V_TEXT ? arci_arena_strndup(&t->arena, v->u.s, v->len) : NULL;
    return v->type != ARC_V_TEXT || *out ? ARC_OK : arci_nomem(t->env);
}

/* Nobody decides what he asked for himself. */
static arc_status by_maker(arci_txn *t, const arci_verb *v, const arci_record *r, verdict *out)
{
    const char *maker = NULL, *behalf = NULL;
    const int back = v->number == ARCI_DO_PENDING_RECALL && t->session->access;
    if (v->number != ARCI_DO_PROPOSAL_APPROVE && v->number != ARCI_DO_PENDING_APPROVE && !back) return ARC_OK;
    arc_status st = text_of(t, r, "maker", &maker);
    if (st == ARC_OK) st = text_of(t, r, "maker_for", &behalf);
    if (st != ARC_OK || !maker) return st;
    const int others = arci_not_own_request(t->env, t->session, maker, behalf) == ARC_OK;
    arci_error_clear(t->env->err);
    if (back && others) *out = (verdict){ "own", "who asked takes a request back; others reject it", "只有申请人可以撤回，其他人请驳回" };
    if (back || others) return ARC_OK;
    *out = (verdict){ "own", "nobody decides what he asked for himself", "不能审批自己提出的请求" };
    return ARC_OK;
}

/* What is known only to the book: grants that were taken back. */
static arc_status by_book(arci_txn *t, const arci_verb *v, const arci_record *r, verdict *out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena arena;
    if (v->number != ARCI_DO_ROLE_REVOKE) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "role_grant", "revokes");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, arci_record_value(r, ARCI_FIELD_ID)->u.i);
    arci_arena_init(&arena, t->book->ctx);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, &arena, &rows);
    if (st == ARC_OK && rows.n_rows) *out = (verdict){ "state", "the grant is taken back already", "该授权已被收回" };
    arci_arena_clear(&arena);
    return st;
}

static arc_status judge(arci_txn *t, const arci_verb *v, arci_record *r, verdict *out)
{
    arci_session *s = t->session;
    const arci_entity *e = r->entity;
    const arc_value *id = arci_entity_field_id(e, ARCI_FIELD_ID) ? arci_record_value(r, ARCI_FIELD_ID) : NULL;
    const arci_row_scope *scope;
    arci_arena arena;
    uint8_t seen = 1;
    if (!arci_access_may(s, v, e)) {
        *out = (verdict){ "permission", "no role of the actor allows it", "当前操作人的角色没有此权限" };
        return ARC_OK;
    }
    scope = arci_access_scope(s, v, e);
    if (scope && id && id->type == ARC_V_INT) {
        arci_arena_init(&arena, t->book->ctx);
        arc_status st = arci_scope_rows(t, &arena, e, scope, &id->u.i, 1, &seen);
        arci_arena_clear(&arena);
        if (st != ARC_OK) return st;
    }
    *out = by_state(v, r);
    if (!out->class) *out = by_code(v, r);
    if (!seen) *out = (verdict){ "rows", "it is outside the rows the actor may do that to", "不在该操作人的数据范围内" };
    else if (!out->class && (v->flags & ARCI_VERB_WRITES) && (s->book->flags & ARC_BOOK_READONLY)) {
        *out = (verdict){ "mode", "the book is open for reading only", "账簿以只读方式打开" };
    }
    arc_status st = out->class ? ARC_OK : by_maker(t, v, r, out);
    return st != ARC_OK || out->class ? st : by_book(t, v, r, out);
}

static int add_verb(cJSON *list, const arci_verb *v, const arci_entity *e, const verdict *d)
{
    char name[ARCI_VERB_NAME_MAX];
    cJSON *o = arci_jo_object(list, NULL);
    if (!o || !add_text(o, "verb", arci_verb_name(v, e, name)) || !add_text(o, "label", v->label_en) || !add_text(o, "label_zh", v->label_zh) ||
        !arci_jo_bool(o, "allowed", !d->class)) {
        return 0;
    }
    return !d->class || (add_text(o, "class", d->class) && add_text(o, "reason", d->en) && add_text(o, "reason_zh", d->zh));
}

/* An error a verb would answer with, as the reason it is not possible. Other errors end the call. */
static arc_status refused(arci_txn *t, arc_status st, verdict *out)
{
    arc_error *e = t->env->err;
    if (st != ARC_E_STATE && st != ARC_E_GUARD && st != ARC_E_PERIOD && st != ARC_E_REQUIRED && st != ARC_E_FORBIDDEN) return st;
    out->class = st != ARC_E_FORBIDDEN ? "state" : strcmp(e->field, "requested_by") == 0 || strcmp(e->field, "submitted_by") == 0 ? "own" : strcmp(e->field, "amount") == 0 ? "authority" : "permission";
    out->en = arci_arena_strndup(&t->arena, e->message, strlen(e->message));
    out->zh = arci_arena_strndup(&t->arena, e->message_zh, strlen(e->message_zh));
    arci_error_clear(e);
    return out->en && out->zh ? ARC_OK : arci_nomem(t->env);
}

static arc_status by_row(arci_txn *t, const arci_state_row *row, const arci_verb *v, const arci_record *r, verdict *out)
{
    arci_arena arena;
    int own = v->entity && strcmp(v->entity, r->entity->name) == 0;
    const arc_value *id = arci_record_value(r, ARCI_FIELD_ID);
    if (!row->may && id->type == ARC_V_INT) *out = (verdict){ "state", "it is there already", "已经存在" };
    if (row->may && id->type != ARC_V_INT) *out = (verdict){ "state", "it is not stored yet", "尚未保存" };
    if (out->class || !row->may) return ARC_OK;
    if (!own) { /* the verb's own entity has the permission, its scope the rows */
        arc_status seen = arci_access_row(t, v, NULL, r->entity, id->u.i);
        if (seen == ARC_E_NOT_FOUND) seen = ARC_E_FORBIDDEN;
        if (seen != ARC_OK) return refused(t, seen, out);
    }
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = row->may(t, &arena, v->number, id->u.i);
    arci_arena_clear(&arena);
    return st == ARC_OK ? st : refused(t, st, out);
}

static const arci_state_row *row_of(const arci_states *states, const arci_verb *v, const arci_record *r)
{
    for (const arci_state_row *const *list = states->rows; *list; list++) {
        for (const arci_state_row *row = *list; row->entity; row++) {
            if (row->entity == r->entity->id && row->verb == v->number) return row;
        }
    }
    return NULL;
}

/* Upper layers' word, once nothing else speaks against it. */
static arc_status by_layers(arci_txn *t, const arci_verb *v, arci_record *r, verdict *out, const arci_states *states)
{
    const arci_state_row *row = row_of(states, v, r);
    arc_status st = row && !out->class ? by_row(t, row, v, r, out) : ARC_OK;
    for (const arci_state_rule *const *rule = states->rules; *rule && st == ARC_OK && !out->class; rule++) {
        if ((*rule)->entity == r->entity->id) st = (*rule)->judge(t, v, r, out);
    }
    return st;
}

static arc_status tell_verbs(arci_txn *t, arci_record *r, cJSON *list, const arci_states *states)
{
    for (uint32_t i = 0; i < ARCI_N_VERBS; i++) {
        const arci_verb *v = &arci_verbs[i];
        verdict d = { NULL, NULL, NULL };
        int own = !v->entity || strcmp(v->entity, r->entity->name) == 0;
        arc_status st = ARC_OK;
        if (!own && !row_of(states, v, r)) continue;
        if (own) st = judge(t, v, r, &d);
        else if (!arci_access_may(t->session, v, NULL)) d = (verdict){ "permission", "no role of the actor allows it", "当前操作人的角色没有此权限" };
        if (st == ARC_OK) st = by_layers(t, v, r, &d, states);
        if (st != ARC_OK) return st;
        if (!add_verb(list, v, r->entity, &d)) return arci_nomem(t->env);
    }
    return ARC_OK;
}

static arc_status give(arci_env *env, cJSON *root, char *buf, size_t *len)
{
    arci_str b;
    arci_str_init(&b, env->ctx);
    arc_status st = arci_jo_print(root, 0, &b) ? arci_text_out(buf, len, b.s, b.len) : arci_nomem(env);
    if (st == ARC_E_BUFFER) arci_fail(env, st, "the buffer is too short", "缓冲区不足");
    arci_str_clear(&b);
    return st;
}

arc_status arci_verbs_allowed(arc_session *session, char *buf, size_t *len, arc_record *record, const arci_states *states)
{
    arci_session *s;
    arci_record_box *box;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = len ? arci_record_box_in(&s->env, s, record, &box) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    if (st == ARC_OK) st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return arci_session_leave(s, st);
    cJSON *root = arci_jo_array(NULL, NULL);
    st = root ? tell_verbs(scope.txn, box->record, root, states) : arci_nomem(&s->env);
    st = arci_scope_end(&scope, st);
    if (st == ARC_OK) st = give(&s->env, root, buf, len);
    cJSON_Delete(root);
    return arci_session_leave(s, st);
}

/* ---- everything ----------------------------------------------------------------------------------------------------------- */

static int add_fields(cJSON *to, const arci_entity *e, const uint8_t *rights)
{
    static const char *const names[] = { "", "none", "mask", "read", "write" };
    cJSON *fields = NULL;
    for (uint16_t i = 0; rights && i < e->n_fields; i++) {
        if (rights[i] == ARCI_RIGHT_WRITE) continue;
        if (!fields) fields = arci_jo_object(to, "fields");
        if (!fields || !add_text(fields, e->fields[i].name, names[rights[i]])) return 0;
    }
    return 1;
}

static int add_entity(cJSON *list, const arci_session *s, const arci_entity *e)
{
    cJSON *o = NULL, *verbs = NULL;
    const arci_row_scope *scope = arci_access_scope(s, &arci_verbs[ARCI_DO_READ], e);
    for (uint32_t i = 0; i < ARCI_N_VERBS; i++) {
        const arci_verb *v = &arci_verbs[i];
        if ((v->entity && strcmp(v->entity, e->name) != 0) || !arci_access_may(s, v, e)) continue;
        if (!o) {
            o = arci_jo_object(list, NULL);
            if (!o || !add_text(o, "entity", e->name) || !add_text(o, "rows", scope && e->scope ? "some" : "all")) return 0;
            verbs = arci_jo_array(o, "verbs");
        }
        if (!verbs || !add_text(verbs, NULL, v->name)) return 0;
    }
    return !o || add_fields(o, e, arci_access_rights(s, e));
}

static int add_authorities(cJSON *root, const arci_access *a)
{
    cJSON *list = arci_jo_array(root, "authority");
    for (uint32_t i = 0; list && i < a->n_authorities; i++) {
        char text[64];
        size_t len = sizeof text;
        arc_money m;
        cJSON *o = arci_jo_object(list, NULL);
        memset(&m, 0, sizeof m);
        m.minor = a->authorities[i].minor;
        memcpy(m.currency, a->authorities[i].currency, 3);
        if (!o || arc_money_print_amount(text, &len, &m) != ARC_OK || !add_text(o, "verb", a->authorities[i].verb) ||
            !add_text(o, "currency", m.currency) || !arci_jo_text(o, "amount", text, len)) {
            return 0;
        }
    }
    return list != NULL;
}

static int tell_all(const arci_session *s, int roles, cJSON *root)
{
    if (!root || !add_text(root, "actor", s->actor ? s->actor : ARC_ACTOR_SYSTEM) ||
        !add_text(root, "mode", roles ? "roles" : "single")) {
        return 0;
    }
    if (!s->access) return arci_jo_bool(root, "all", 1);
    cJSON *list = arci_jo_array(root, "entities");
    for (uint32_t i = 0; list && i < arci_n_entities; i++) {
        if (!(arci_entities[i]->flags & ARCI_E_RESERVED) && !add_entity(list, s, arci_entities[i])) return 0;
    }
    return list && add_authorities(root, s->access);
}

arc_status arc_access_json(arc_session *session, char *buf, size_t *len)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = len ? arci_access_fresh(&s->env, s, 1) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    if (st != ARC_OK) return arci_session_leave(s, st);
    arci_scope scope;
    arci_arena arena;
    int roles = 0;
    arci_arena_init(&arena, s->env.ctx);
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_roles_decide(scope.txn, &arena, &roles));
    arci_arena_clear(&arena);
    if (st != ARC_OK) return arci_session_leave(s, st);
    cJSON *root = arci_jo_object(NULL, NULL);
    st = tell_all(s, roles, root) ? give(&s->env, root, buf, len) : arci_nomem(&s->env);
    cJSON_Delete(root);
    return arci_session_leave(s, st);
}
