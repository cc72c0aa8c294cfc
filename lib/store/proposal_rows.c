/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals and their rows. */
#include <string.h>

#include "base/json_text.h"
#include "store/proposal.h"

static const char head_fields[] =
    "id version engine as_of definitions status considered expires title params maker maker_for n_draft n_approved n_applied n_stale n_rejected "
    "n_expired";
enum { H_ID, H_VERSION, H_ENGINE, H_AS_OF, H_DEFINITIONS, H_STATUS, H_CONSIDERED, H_EXPIRES, H_TITLE, H_PARAMS, H_MAKER, H_MAKER_FOR, H_COUNTS, H_N = H_COUNTS + 6 };
static const char insert_fields[] =
    "engine as_of definitions status considered expires title params maker maker_for n_draft n_approved n_applied n_stale n_rejected n_expired";
static const char update_fields[] = "status n_draft n_approved n_applied n_stale n_rejected n_expired";
const uint8_t arci_p_counted[6] = { ARCI_P_DRAFT, ARCI_P_APPROVED, ARCI_P_APPLIED, ARCI_P_STALE, ARCI_P_REJECTED, ARCI_P_EXPIRED };

static const char line_fields[] =
    "id version seq unit customer action explanation preconditions context status reason proposed result txn";
enum { L_ID, L_VERSION, L_SEQ, L_UNIT, L_CUSTOMER, L_ACTION, L_EXPLANATION, L_PRECONDITIONS, L_CONTEXT, L_STATUS, L_REASON, L_PROPOSED, L_RESULT, L_TXN };
static const char line_insert[] =
    "proposal seq unit customer action explanation preconditions context status reason proposed";
static const char line_update[] = "action status reason proposed result decided_by";

static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static arc_value number(int64_t v) { return v ? arci_v_int(v) : arci_v_null(); }

/* ---- reading --------------------------------------------------------------------------------------------------------- */

/* A copy of a column's text; *failed when there is no memory. */
static const char *take(arci_proposal *p, const arc_value *v, int *failed)
{
    if (v->type == ARC_V_NULL) return NULL;
    const char *s = arci_proposal_keep(p, v->u.s, v->len);
    *failed |= !s;
    return s;
}

uint8_t arci_p_status_of(const arc_value *v)
{
    uint8_t s = 0;
    while (s < ARCI_P_STATUSES && (strlen(arci_p_status[s]) != v->len || memcmp(arci_p_status[s], v->u.s, v->len) != 0)) s++;
    return s;
}

arc_status arci_proposal_head(arci_txn *t, arci_proposal *p)
{
    const arci_shape *shape;
    arc_value *v;
    int failed = 0;
    arc_status st = t->mode == ARC_WRITE ? arci_repo_lock(t, "proposal", &p->id, 1) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "proposal", head_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, p->id, &t->arena, &v);
    if (st != ARC_OK) return st;
    if (p->version != v[H_VERSION].u.i && !p->engine[0]) { /* just made to be loaded */
        p->engine = take(p, &v[H_ENGINE], &failed);
        p->definitions = take(p, &v[H_DEFINITIONS], &failed);
        p->params = take(p, &v[H_PARAMS], &failed);
        p->considered = take(p, &v[H_CONSIDERED], &failed);
        p->title = take(p, &v[H_TITLE], &failed);
        p->maker = take(p, &v[H_MAKER], &failed);
        p->maker_for = take(p, &v[H_MAKER_FOR], &failed);
        p->as_of = (arc_date)v[H_AS_OF].u.i;
        p->expires = v[H_EXPIRES].type == ARC_V_NULL ? 0 : v[H_EXPIRES].u.i;
    }
    p->version = v[H_VERSION].u.i;
    for (int k = 0; k < 6; k++) p->counts[arci_p_counted[k]] = v[H_COUNTS + k].u.i;
    return failed ? arci_nomem(t->env) : ARC_OK;
}

static arc_status take_line(arci_txn *t, arci_proposal *p, const arc_value *v)
{
    int failed = 0;
    arci_pline *l = &p->lines[v[L_SEQ].u.i - 1];
    if (l->id == v[L_ID].u.i && l->version == v[L_VERSION].u.i && !l->edited) return ARC_OK;
    if (!l->unit) {
        l->unit = take(p, &v[L_UNIT], &failed);
        l->explanation = take(p, &v[L_EXPLANATION], &failed);
        l->preconditions = take(p, &v[L_PRECONDITIONS], &failed);
        l->context = take(p, &v[L_CONTEXT], &failed);
        l->customer = v[L_CUSTOMER].type == ARC_V_NULL ? 0 : v[L_CUSTOMER].u.i;
    }
    l->id = v[L_ID].u.i;
    l->version = v[L_VERSION].u.i;
    l->txn = v[L_TXN].u.i;
    l->status = arci_p_status_of(&v[L_STATUS]);
    l->action = take(p, &v[L_ACTION], &failed);
    l->reason = take(p, &v[L_REASON], &failed);
    l->proposed = take(p, &v[L_PROPOSED], &failed);
    l->result = take(p, &v[L_RESULT], &failed);
    l->edited = 0;
    return failed ? arci_nomem(t->env) : ARC_OK;
}

arc_status arci_proposal_lines(arci_txn *t, arci_proposal *p, const char *unit)
{
    const arci_shape *shape, *key;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_status st = arci_shape_get(t, &shape, "proposal_line", line_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &key, "proposal_line", "proposal unit");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, key->cols[0], ARC_OP_EQ, p->id);
    if (unit) arci_where_text(&w, key->cols[1], ARC_OP_EQ, unit, strlen(unit));
    st = arci_repo_scan(t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            if (v[L_SEQ].u.i < 1 || v[L_SEQ].u.i > p->n) st = arci_fail(t->env, ARC_E_CORRUPT, "a proposal's line has no place", "建议行序号越界");
            if (arci_p_status_of(&v[L_STATUS]) == ARCI_P_STATUSES) st = arci_fail(t->env, ARC_E_CORRUPT, "a proposal's line has no status", "建议行没有状态");
            if (st == ARC_OK) st = take_line(t, p, v);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_proposal_read(arci_txn *t, arci_proposal *p)
{
    arc_status st = arci_proposal_head(t, p);
    if (st != ARC_OK) return st;
    int64_t n = 0;
    for (int k = 0; k < 6; k++) n += p->counts[arci_p_counted[k]];
    p->lines = arci_calloc(t->env->ctx, (size_t)n + 1, sizeof *p->lines);
    if (!p->lines) return arci_nomem(t->env);
    p->n = p->cap = (uint32_t)n;
    st = arci_proposal_lines(t, p, NULL);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!p->lines[i].id) st = arci_fail(t->env, ARC_E_CORRUPT, "a line of the proposal is missing", "缺少建议行");
    }
    return st;
}

/* Whether lines of an engine have values the actor may not read. */
static int tells_hidden(const arci_session *s, const arci_engine *engine)
{
    if (!s->access) return 0;
    if (!engine) return s->access->part_rows;
    for (uint32_t i = 0; i < engine->n_tells; i++) {
        if (!arci_tell_may(s, &engine->tells[i], 0)) return 1;
    }
    return 0;
}

static void hide_all(arci_proposal *p)
{
    p->cut = 1;
    for (uint32_t i = 0; i < p->n; i++) p->lines[i].hidden = 1;
}

/* A text as it is shown: NULL where nothing of it is hidden, else the members that tell of nothing. */
static arc_status cut_text(arci_env *env, const arci_session *s, arci_proposal *p, const char *text, const char **out)
{
    static const char *const plain[] = { "verb", "rule", "revision", "level", "seq", "type", "on", "outcome" };
    arci_arena arena;
    arci_json *root;
    arci_str b;
    *out = NULL;
    arci_arena_init(&arena, env->ctx);
    arci_str_init(&b, env->ctx);
    arc_status st = arci_json_parse(env, &arena, text, strlen(text), &arci_json_default_limits, &root);
    if (st == ARC_OK && !arci_tells_read(s, root)) {
        arci_str_putc(&b, '{');
        for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
            const arci_json *m = arci_json_get(root, plain[i]);
            if (!m) continue;
            arci_json_put_key(&b, plain[i]);
            arci_json_put_node(&b, m);
        }
        arci_json_put_key(&b, "hidden");
        arci_str_puts(&b, "true}");
        *out = b.failed ? NULL : arci_proposal_keep(p, b.s, b.len);
        if (!*out) st = arci_nomem(env);
    }
    arci_str_clear(&b);
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_proposal_hide_fields(arci_env *env, const arci_session *s, arci_proposal *p, const arci_engine *engine)
{
    arc_status st = ARC_OK;
    if (!s->access) return ARC_OK;
    if (tells_hidden(s, engine)) hide_all(p);
    for (uint32_t i = 0; engine && engine->lines_tell && i < p->n && st == ARC_OK; i++) {
        arci_pline *l = &p->lines[i];
        if (l->hidden) continue;
        st = cut_text(env, s, p, l->action, &l->shown_action);
        if (st == ARC_OK) st = cut_text(env, s, p, l->explanation, &l->shown_why);
    }
    return st;
}

/* A line is of a customer. */
static arc_status hide_rows(arci_txn *t, arci_proposal *p, const arci_row_scope *scope)
{
    arci_arena arena;
    arci_arena_init(&arena, t->env->ctx);
    int64_t *ids = arci_arena_alloc(&arena, p->n * sizeof *ids);
    uint8_t *seen = arci_arena_calloc(&arena, p->n, 1);
    arc_status st = ids && seen ? ARC_OK : arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) ids[i] = p->lines[i].customer;
    if (st == ARC_OK) st = arci_scope_rows(t, &arena, arci_entity_by_name("customer", 8), scope, ids, p->n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) p->lines[i].hidden = !seen[i];
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_proposal_hide(arci_txn *t, arci_proposal *p, const arci_engine *engine)
{
    const arci_row_scope *scope = NULL;
    const arci_entity *head = arci_entity_by_name("proposal", 8), *line = arci_entity_by_name("proposal_line", 13);
    p->cut = arci_access_right(t->session, head, arci_entity_field(head, "considered", 10)) < ARCI_RIGHT_READ;
    if (!arci_access_may(t->session, &arci_verbs[ARCI_DO_READ], line) || tells_hidden(t->session, engine)) {
        hide_all(p);
        return ARC_OK;
    }
    arc_status st = arci_access_read(t->env, t->session, line, &scope);
    if (st == ARC_OK && scope && p->n) st = hide_rows(t, p, scope);
    return st == ARC_OK ? arci_proposal_hide_fields(t->env, t->session, p, engine) : st;
}

static arc_status load(arci_txn *t, arci_proposal *p, const arci_engine *const *engines, uint32_t n)
{
    const arci_engine *engine = NULL;
    arc_status st = arci_proposal_read(t, p);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!strcmp(engines[i]->name, p->engine)) engine = engines[i];
    }
    p->does = engine;
    return st == ARC_OK ? arci_proposal_hide(t, p, engine) : st;
}

arc_status arci_proposal_load(arc_session *session, arc_proposal **out, int64_t id, const arci_engine *const *engines, uint32_t n)
{
    arci_session *s;
    arci_scope scope;
    arci_proposal *p;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("proposal", 8));
    if (st == ARC_OK) st = arci_proposal_new(&s->env, s, out, &p, "", ARC_DATE_NONE, "", "");
    if (st != ARC_OK) return arci_session_leave(s, st);
    p->id = id;
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, load(scope.txn, p, engines, n));
    if (st != ARC_OK) {
        arci_own_free(*out, ARCI_H_PROPOSAL);
        *out = NULL;
    }
    return arci_session_leave(s, st);
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

static void put_counts(const arci_proposal *p, arc_value *v)
{
    for (int k = 0; k < 6; k++) v[k] = arci_v_int(p->counts[arci_p_counted[k]]);
}

static arc_status insert_lines(arci_txn *t, const arci_proposal *p, arci_arena *arena, arci_batch **out)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "proposal_line", line_insert);
    if (st == ARC_OK) st = arci_batch_new(t, arena, out, shape, ARC_WRITE_INSERT, p->n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const arci_pline *l = &p->lines[i];
        const arc_value row[] = { arci_v_int(p->id),      arci_v_int((int64_t)i + 1), text(l->unit),    number(l->customer),             text(l->action), text(l->explanation),
                                  text(l->preconditions), text(l->context),           text(arci_p_status[l->status]), text(l->reason), text(l->proposed) };
        memcpy(arci_batch_row(*out, i), row, sizeof row);
    }
    return st;
}

static arc_status insert(arci_txn *t, arci_proposal *p, arci_arena *arena)
{
    const arci_shape *shape;
    arci_batch *head = NULL, *lines = NULL;
    arc_status st = arci_shape_get(t, &shape, "proposal", insert_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &head, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(t, head);
    if (st != ARC_OK) return st;
    p->id = arci_batch_id(head, 0);
    arc_value *v = arci_batch_row(head, 0);
    v[0] = text(p->engine);
    v[1] = arci_v_int(p->as_of);
    v[2] = text(p->definitions);
    v[3] = text(arci_p_status[arci_proposal_status(p)]);
    v[4] = text(p->considered);
    v[5] = number(p->expires);
    v[6] = text(p->title);
    v[7] = text(p->params);
    v[8] = text(p->maker);
    v[9] = text(p->maker_for);
    put_counts(p, v + 10);
    st = arci_repo_write(t, &head, 1, NULL);
    if (st == ARC_OK && p->n) st = insert_lines(t, p, arena, &lines);
    if (st == ARC_OK && p->n) st = arci_repo_write(t, &lines, 1, NULL);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) p->lines[i].id = arci_batch_id(lines, i);
    return st;
}

arc_status arci_proposal_write(arci_txn *t, arci_proposal *p, const uint32_t *lines, uint32_t n)
{
    const arci_shape *shape, *head;
    arci_batch *b[2] = { NULL, NULL };
    const char *actor = t->session->actor ? t->session->actor : ARC_ACTOR_SYSTEM;
    arc_status st = arci_shape_get(t, &shape, "proposal_line", line_update);
    if (st == ARC_OK) st = arci_shape_get(t, &head, "proposal", update_fields);
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b[0], shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_VERSION, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b[1], head, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) {
        const arci_pline *l = &p->lines[lines[i]];
        const arc_value row[] = { text(l->action),   text(arci_p_status[l->status]), text(l->reason), text(l->proposed), text(l->result),
                                  l->status == ARCI_P_DRAFT ? arci_v_null() : text(actor) };
        memcpy(arci_batch_row(b[0], i), row, sizeof row);
        arci_batch_key(b[0], i)[0] = arci_v_int(l->id);
        arci_batch_guard(b[0], i)[0] = arci_v_int(l->version);
    }
    *arci_batch_key(b[1], 0) = arci_v_int(p->id);
    arc_value *v = arci_batch_row(b[1], 0);
    v[0] = text(arci_p_status[arci_proposal_status(p)]);
    put_counts(p, v + 1);
    return n ? arci_repo_write(t, b, 2, NULL) : arci_repo_write(t, b + 1, 1, NULL);
}

/* ---- time and makers --------------------------------------------------------------------------------------------------- */

arc_status arci_proposal_over(arci_txn *t, const arci_proposal *p, int *over)
{
    int64_t now = 0;
    *over = 0;
    if (!p->expires) return ARC_OK;
    arc_status st = arci_session_now(t->env, t->session, &now);
    *over = st == ARC_OK && now >= p->expires;
    return st;
}

arc_status arci_not_own_request(arci_env *env, const arci_session *s, const char *maker, const char *maker_for)
{
    const char *actor = s->actor ? s->actor : ARC_ACTOR_SYSTEM;
    if (!s->access) return ARC_OK; /* one accountant keeps the book, or the host itself acts */
    if (!arci_access_same_person(actor, s->on_behalf_of, maker, maker_for)) return ARC_OK;
    return arci_fail(env, ARC_E_FORBIDDEN, "nobody decides what he asked for himself", "不能审批自己提出的请求");
}

/* ---- storing ----------------------------------------------------------------------------------------------------------- */

#define MAX_TITLE 300u

static arc_status take_options(arci_proposal *p, arci_env *env, const arc_proposal_options *options)
{
    arc_proposal_options o = ARC_PROPOSAL_OPTIONS_INIT;
    arc_status st = arci_struct_in(env, &o, sizeof o, options);
    if (st != ARC_OK || p->id) return st;
    size_t n = o.title ? strlen(o.title) : 0;
    if (n > MAX_TITLE) return arci_fail(env, ARC_E_LIMIT, "a title has at most %u bytes", "标题最多 %u 字节", MAX_TITLE);
    if (arci_utf8_check(o.title ? o.title : "", n) != n) return arci_fail(env, ARC_E_ENCODING, "the title is not valid UTF-8", "标题不是有效的 UTF-8");
    if (o.expires < 0) return arci_fail(env, ARC_E_INVALID, "expires is negative", "expires 为负");
    const arci_session *s = p->session;
    const char *actor = s->actor ? s->actor : ARC_ACTOR_SYSTEM;
    p->title = n ? arci_proposal_keep(p, o.title, n) : NULL;
    p->maker = arci_proposal_keep(p, actor, strlen(actor));
    p->maker_for = s->on_behalf_of ? arci_proposal_keep(p, s->on_behalf_of, strlen(s->on_behalf_of)) : NULL;
    p->expires = o.expires;
    return (n && !p->title) || !p->maker || (s->on_behalf_of && !p->maker_for) ? arci_nomem(env) : ARC_OK;
}

static arc_status ask(arci_call *c, const arci_proposal *p, int64_t id)
{
    static const char *const names[] = { "id", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK || !c->request) return st;
    arci_call_arg_int(c, id);
    arci_call_arg_text(c, p->engine, strlen(p->engine));
    arci_call_arg_int(c, p->as_of);
    arci_call_arg_text(c, p->params, strlen(p->params));
    arci_call_arg_text(c, p->title, p->title ? strlen(p->title) : 0);
    arci_call_arg_int(c, p->expires);
    for (uint32_t i = 0; i < p->n; i++) {
        const arci_pline *l = &p->lines[i];
        if (id && !l->edited) continue;
        arci_call_arg_int(c, i);
        arci_call_arg_int(c, l->status);
        arci_call_arg_text(c, l->action, strlen(l->action));
        arci_call_arg_text(c, l->reason, l->reason ? strlen(l->reason) : 0);
    }
    arci_call_arg_end(c, 0, NULL);
    return arci_call_replay(c);
}

/* The edited lines, and the proposal as it is stored around them. */
static arc_status write_edits(arci_txn *t, arci_proposal *p, uint32_t *edited, uint32_t n)
{
    int64_t mine[ARCI_P_STATUSES];
    uint32_t dropped = 0;
    memcpy(mine, p->counts, sizeof mine);
    arc_status st = arci_proposal_head(t, p);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) dropped += p->lines[edited[i]].status == ARCI_P_REJECTED;
    p->counts[ARCI_P_DRAFT] -= dropped;
    p->counts[ARCI_P_REJECTED] += dropped;
    st = arci_proposal_write(t, p, edited, n);
    if (st != ARC_OK) memcpy(p->counts, mine, sizeof mine);
    return st;
}

/* Lines that were dropped before they were stored, or since. */
static arc_status tell_dropped(arci_txn *t, const arci_proposal *p, uint32_t *lines)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->lines[i].edited && p->lines[i].status == ARCI_P_REJECTED) lines[n++] = i;
    }
    return n ? p->does->rejected(t, p, lines, n) : ARC_OK;
}

static arc_status store(arci_call *c, arci_proposal *p, arci_arena *arena)
{
    int64_t id = p->id;
    uint32_t n = 0, *edited = arci_arena_alloc(arena, (p->n + 1) * sizeof *edited);
    if (!edited) return arci_nomem(c->txn->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->lines[i].edited) edited[n++] = i;
    }
    arc_status st = ask(c, p, id);
    if (st != ARC_OK) return st;
    if (arci_call_done(c, 0)) { /* done before: what is stored is what was asked for */
        p->id = arci_call_number(c, 0, 0);
        st = arci_proposal_head(c->txn, p);
        return st == ARC_OK ? arci_proposal_lines(c->txn, p, NULL) : st;
    }
    st = id ? write_edits(c->txn, p, edited, n) : insert(c->txn, p, arena);
    if (st == ARC_OK && p->does && p->does->rejected) st = tell_dropped(c->txn, p, edited);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &p->id);
    st = arci_call_end(c, st);
    c->txn = NULL;
    if (st != ARC_OK) {
        p->id = id;
        return st;
    }
    p->version++;
    for (uint32_t i = 0; i < p->n; i++) {
        if (!id || p->lines[i].edited) p->lines[i].version++;
        p->lines[i].edited = 0;
    }
    return ARC_OK;
}

arc_status arc_proposal_store(arc_proposal *proposal, int64_t *id, const arc_proposal_options *options)
{
    arci_proposal *p;
    arci_session *s;
    arci_call c;
    arci_arena arena;
    arc_status st = arci_proposal_in(proposal, &p);
    if (st == ARC_OK) st = arci_session_enter(p->session->handle, &s);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->env.ctx);
    st = take_options(p, &s->env, options);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_PROPOSAL_STORE], NULL, 0);
        if (st != ARC_OK) continue;
        st = store(&c, p, &arena);
        if (c.txn) st = arci_call_end(&c, st);
    }
    arci_arena_clear(&arena);
    if (st == ARC_OK && id) *id = p->id;
    return arci_call_leave(s, arci_proposal_out(p, st));
}
