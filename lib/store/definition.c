/* SPDX-License-Identifier: Apache-2.0 */
#include "store/repo_impl.h"
#include "store/definition.h"

#include <string.h>

#include "base/sha256.h"
#include "store/valid.h"
#include "store/deed.h"

#define MAX_TITLE 300u
#define MAX_NOTE 500u

/* ---- arguments -------------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const char *field, arc_status st, const char *en, const char *zh)
{
    arci_fail(env, st, "%s: %s%.0s", "%s：%.0s%s", field, en, zh);
    arci_fail_at(env, "definition", field, -1, -1);
    return st;
}

static arc_status check_kind(arci_env *env, const char *kind)
{
    const arci_code_list *list = arci_code_list_get("definition_kind");
    for (uint32_t i = 0; list->codes[i]; i++) {
        if (strcmp(list->codes[i], kind) == 0) return ARC_OK;
    }
    return wrong(env, "kind", ARC_E_VALUE, "there is no such kind of definition", "没有该定义种类");
}

static arc_status check_code(arci_env *env, const char *code)
{
    size_t n = strlen(code), i = 0;
    while (i < n && ((code[i] >= 'a' && code[i] <= 'z') || (code[i] >= 'A' && code[i] <= 'Z') || (code[i] >= '0' && code[i] <= '9') || strchr("_.-", code[i]))) i++;
    if (n && n <= 64 && i == n) return ARC_OK;
    return wrong(env, "code", ARC_E_VALUE, "1 to 64 of a-z A-Z 0-9 _ . -", "须为 1 至 64 个 a-z A-Z 0-9 _ . -");
}

static arc_status check_text(arci_env *env, const char *field, const char *s, size_t most)
{
    if (!s) return ARC_OK;
    size_t n = strlen(s);
    if (n > most) return wrong(env, field, ARC_E_LIMIT, "too long", "过长");
    return arci_utf8_check(s, n) == n ? ARC_OK : wrong(env, field, ARC_E_ENCODING, "not UTF-8", "不是 UTF-8");
}

static int is_day(arc_date d)
{
    return d == ARC_DATE_NONE || (d >= ARC_DATE_MIN && d <= ARC_DATE_MAX);
}

static arc_status check_options(arci_env *env, const arc_definition_options *o)
{
    arc_status st = check_text(env, "title", o->title, MAX_TITLE);
    if (st == ARC_OK) st = check_text(env, "note", o->note, MAX_NOTE);
    if (st != ARC_OK) return st;
    if (o->flags) return arci_fail(env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (!is_day(o->valid_from)) return wrong(env, "valid_from", ARC_E_RANGE, "not a date", "不是日期");
    if (!is_day(o->valid_to) || (o->valid_to != ARC_DATE_NONE && o->valid_from != ARC_DATE_NONE && o->valid_to < o->valid_from))
        return wrong(env, "valid_to", ARC_E_RANGE, "not a date, or before valid_from", "不是日期，或早于生效日期");
    return ARC_OK;
}

static arc_status check_json(arci_env *env, const char *json, size_t len)
{
    arci_arena arena;
    arci_json *root;
    arci_arena_init(&arena, env->ctx);
    arc_status st = arci_json_parse(env, &arena, json, len, &arci_json_definition_limits, &root);
    if (st == ARC_OK && len > arci_entity_field(arci_entity_by_name("definition", 10), "document", 8)->size)
        st = wrong(env, "document", ARC_E_LIMIT, "too long", "过长");
    arci_arena_clear(&arena);
    return st;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

/* rows NULL: asks ahead. */
static arc_status find_published(arci_txn *t, const char *kind, arci_arena *arena, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "definition", "id code revision status document valid_from valid_to kind");
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[ARCI_DEF_CODE], 0 }, { shape->cols[ARCI_DEF_REVISION], 0 } };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[7], ARC_OP_EQ, kind, strlen(kind));
    arci_where_text(&w, shape->cols[ARCI_DEF_STATUS], ARC_OP_EQ, "published", 9);
    return rows ? arci_repo_find(t, shape, &w, order, 2, 0, arena, rows) : arci_repo_ask_find(t, shape, &w, order, 2, 0);
}

/* Where the store is a trip away they are kept with the book, while its epoch stays. Those that are compiled have places of their own. */
struct arci_published {
    struct arci_published *next;
    int64_t epoch;
    arci_rows rows;
    arci_arena arena;
    char kind[];
};

void arci_published_free(arci_book *b)
{
    while (b->published) {
        struct arci_published *p = b->published;
        b->published = p->next;
        arci_arena_clear(&p->arena);
        arci_free(b->ctx, p);
    }
}

static arc_status keep_published(arci_txn *t, const char *kind, int64_t epoch, struct arci_published **out)
{
    arci_book *b = t->book;
    struct arci_published *p = b->published;
    while (p && strcmp(p->kind, kind)) p = p->next;
    if (!p) {
        p = arci_calloc(b->ctx, 1, sizeof *p + strlen(kind) + 1);
        if (!p) return arci_nomem(t->env);
        arci_arena_init(&p->arena, b->ctx);
        memcpy(p->kind, kind, strlen(kind) + 1);
        p->next = b->published;
        b->published = p;
    }
    *out = p;
    if (p->epoch == epoch) return ARC_OK;
    p->epoch = 0;
    arci_arena_reset(&p->arena);
    arc_status st = find_published(t, kind, &p->arena, &p->rows);
    if (st == ARC_OK) p->epoch = epoch;
    return st;
}

arc_status arci_definitions_published(arci_txn *t, const char *kind, arci_arena *arena, arci_rows *rows)
{
    struct arci_published *p = NULL;
    int64_t epoch;
    if (!arci_repo_keeps(t) || t->asking || t->epoch_moved || t->book->attached || !strcmp(kind, "validation") || !strcmp(kind, "approval")) return find_published(t, kind, arena, rows);
    arc_status st = arci_book_epoch(t, &epoch);
    if (st == ARC_OK) st = keep_published(t, kind, epoch, &p);
    if (st != ARC_OK) return st;
    size_t n = (size_t)p->rows.n_rows * p->rows.n_cols;
    *rows = p->rows;
    rows->values = arci_arena_alloc(arena, n * sizeof *rows->values + 1);
    return rows->values ? arci_repo_copy(t->env, arena, rows->values, p->rows.values, (uint32_t)n) : arci_nomem(t->env);
}

arc_status arci_definitions_ask(arci_txn *t, const char *kind) { return find_published(t, kind, NULL, NULL); }

enum { R_ID, R_REVISION, R_STATUS, R_FROM, R_TO };
static const char revision_fields[] = "id revision status valid_from valid_to kind code";

static arc_status revisions(arci_txn *t, const char *kind, const char *code, arci_arena *arena, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "definition", revision_fields);
    if (st != ARC_OK) return st;
    const arc_order order = { shape->cols[R_REVISION], 0 };
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[5], ARC_OP_EQ, kind, strlen(kind));
    arci_where_text(&w, shape->cols[6], ARC_OP_EQ, code, strlen(code));
    return arci_repo_find(t, shape, &w, &order, 1, 0, arena, rows);
}

static int text_is(const arc_value *v, const char *s)
{
    return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len);
}

static int admits(const arc_value *from, const arc_value *to, arc_date day)
{
    return (from->type == ARC_V_NULL || from->u.i <= day) && (to->type == ARC_V_NULL || to->u.i >= day);
}

/* ---- saving ----------------------------------------------------------------------------------------------------------------------- */

typedef struct draft {
    const char *kind, *code, *json;
    size_t len;
    arc_definition_options o;
} draft;

static arc_value text_or_null(const char *s)
{
    return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null();
}

static arc_value day_or_null(arc_date d)
{
    return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d);
}

static void fill_draft(arc_value *v, const draft *d)
{
    v[0] = arci_v_text(d->json, d->len);
    v[1] = text_or_null(d->o.title);
    v[2] = text_or_null(d->o.note);
    v[3] = day_or_null(d->o.valid_from);
    v[4] = day_or_null(d->o.valid_to);
}

static arc_status change_draft(arci_txn *t, const draft *d, int64_t id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "definition", "document title note valid_from valid_to");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(id);
    fill_draft(arci_batch_row(b, 0), d);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status add_draft(arci_txn *t, const draft *d, int64_t revision, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "definition", "document title note valid_from valid_to kind code revision status");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    fill_draft(v, d);
    v[5] = text_or_null(d->kind);
    v[6] = text_or_null(d->code);
    v[7] = arci_v_int(revision);
    v[8] = text_or_null("draft");
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

static arc_status save(arci_txn *t, const draft *d, int64_t *id)
{
    arci_rows rows;
    int64_t revision = 0;
    arc_status st = revisions(t, d->kind, d->code, &t->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        revision = v[R_REVISION].u.i;
        if (!text_is(&v[R_STATUS], "draft")) continue;
        *id = v[R_ID].u.i;
        return change_draft(t, d, *id);
    }
    return st == ARC_OK ? add_draft(t, d, revision + 1, id) : st;
}

static void tell_text(arci_call *c, const char *s)
{
    arci_call_arg_text(c, s ? s : "", s ? strlen(s) : 0);
}

static const char *const id_names[] = { "id", NULL };

static arc_status save_once(arci_call *c, const draft *d, int64_t *id)
{
    arc_status st = arci_call_elements(c, id_names, 1, 0);
    if (st != ARC_OK) return st;
    tell_text(c, d->kind);
    tell_text(c, d->code);
    arci_call_arg_text(c, d->json, d->len);
    tell_text(c, d->o.title);
    tell_text(c, d->o.note);
    arci_call_arg_int(c, d->o.valid_from);
    arci_call_arg_int(c, d->o.valid_to);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *id = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = save(c->txn, d, id);
    if (st == ARC_OK) arci_call_keep(c, 0, st, id);
    return st;
}

static arc_status save_call(arci_session *s, int64_t *id, draft *d, const arc_definition_options *options)
{
    const arc_definition_options defaults = ARC_DEFINITION_OPTIONS_INIT;
    arci_call call;
    int64_t made = 0;
    d->o = defaults;
    arc_status st = arci_struct_in(&s->env, &d->o, sizeof d->o, options);
    if (st == ARC_OK) st = check_kind(&s->env, d->kind);
    if (st == ARC_OK) st = check_code(&s->env, d->code);
    if (st == ARC_OK) st = check_options(&s->env, &d->o);
    if (st == ARC_OK) st = check_json(&s->env, d->json, d->len);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_DEFINITION_SAVE], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, save_once(&call, d, &made));
    }
    if (st == ARC_OK && id) *id = made;
    return st;
}

arc_status arc_definition_save(arc_session *session, int64_t *id, const char *kind, const char *code, const char *document, size_t length,
                               const arc_definition_options *options)
{
    arci_session *s;
    draft d = { .kind = kind, .code = code, .json = document };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!kind || !code || !document) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "kind, code or document is NULL", "kind、code 或 document 为 NULL"));
    d.len = length == SIZE_MAX ? strlen(document) : length;
    return arci_call_leave(s, save_call(s, id, &d, options));
}

arc_status arc_definition_options_init(arc_definition_options *options)
{
    static const arc_definition_options defaults = ARC_DEFINITION_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

/* ---- checking ------------------------------------------------------------------------------------------------------------------------ */

arc_status arci_validation_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_arena arena;
    arci_custom *custom = NULL;
    arci_valid *v = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_custom_read(t, &arena, &custom);
    if (st == ARC_OK) st = arci_valid_read(t->env, custom, t->book->base_currency, json, len, sink, &v);
    arci_valid_free(t->book->ctx, v);
    arci_custom_drop(custom);
    arci_arena_clear(&arena);
    return st;
}

static const arci_definition_kind *find_kind(const arci_definition_kind *kinds, size_t n, const char *kind, size_t len)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(kinds[i].kind) == len && !memcmp(kinds[i].kind, kind, len)) return &kinds[i];
    }
    return NULL;
}

/* Whoever is told of a fault. */
typedef struct told {
    arc_context *ctx;
    arc_fault_fn report;
    void *user;
} told;

/* Every fault has a code: its own, or that of its status. */
static int32_t with_code(void *user, const arc_error *fault)
{
    const told *x = user;
    arc_error own = *fault;
    arci_env env = { x->ctx, &own };
    arci_fault_code(&env);
    return x->report(x->user, &own);
}

static arc_status check_document(arci_txn *t, const arci_definition_kind *kind, const char *json, size_t len, arc_fault_fn report, void *user)
{
    told x = { t->book->ctx, report, user };
    arci_fault_sink sink = { .report = report ? with_code : NULL, .user = &x };
    if (!kind) return arci_fail(t->env, ARC_E_UNSUPPORTED, "nothing in this build reads definitions of this kind", "本构建尚不支持该种类的定义");
    return kind->check(t, json, len, &sink);
}

arc_status arci_definition_check(arci_session *s, const arci_definition_kinds *kinds, const char *kind, const char *json, size_t len,
                                 arc_fault_fn report, void *user)
{
    arci_scope scope;
    arc_status st = check_kind(&s->env, kind);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    return arci_scope_end(&scope, check_document(scope.txn, find_kind(kinds->kinds, kinds->n, kind, strlen(kind)), json, len, report, user));
}

/* ---- publishing and retiring ----------------------------------------------------------------------------------------------------------- */

static arc_status need_status(arci_txn *t, int64_t id, const arc_value *status, const char *wanted)
{
    if (text_is(status, wanted)) return ARC_OK;
    arci_fail(t->env, ARC_E_STATE, "the revision is not %s", "该修订的状态不是 %s", wanted);
    arci_fail_at(t->env, "definition", "status", id, -1);
    return ARC_E_STATE;
}

/* Whoever publishes twice at once is stopped by the version. */
static arc_status write_status(arci_txn *t, int64_t id, const arc_value *version, const char *status, const char *digest)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "definition", digest ? "status digest published" : "status");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st == ARC_OK) st = arci_txn_touch(t); /* its stamp is when */
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(id);
    *arci_batch_guard(b, 0) = *version;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = text_or_null(status);
    if (digest) {
        v[1] = text_or_null(digest);
        v[2] = arci_v_int(t->stamp);
    }
    st = arci_repo_write(t, &b, 1, NULL);
    return st == ARC_OK ? arci_book_epoch_raise(t) : st;
}

typedef struct row_call {
    const arci_definition_kinds *kinds; /* of publishing */
    int64_t id;
    arc_fault_fn report;
    void *user;
} row_call;

static void row_args(arci_call *c, const void *what)
{
    arci_call_arg_int(c, ((const row_call *)what)->id);
}

static arc_status publish(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const row_call *p = what;
    const arci_shape *shape;
    arc_value *v;
    arci_sha256 hash;
    uint8_t digest[32];
    char hex[65];
    *id = p->id;
    arc_status st = arci_repo_lock(t, "book", id, 1); /* its epoch moves at the end: asked for with the rest */
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "definition", "kind status document version");
    if (st == ARC_OK) st = arci_repo_get(t, shape, p->id, arena, &v);
    if (st == ARC_OK) st = need_status(t, p->id, &v[1], "draft");
    if (st == ARC_OK) st = check_document(t, find_kind(p->kinds->kinds, p->kinds->n, v[0].u.s, v[0].len), v[2].u.s, v[2].len, p->report, p->user);
    if (st != ARC_OK) return st;
    arci_sha256_init(&hash);
    arci_sha256_add(&hash, v[2].u.s, v[2].len);
    arci_sha256_end(&hash, digest);
    arci_sha256_hex(digest, hex);
    return write_status(t, p->id, &v[3], "published", hex);
}

static arc_status retire(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const row_call *p = what;
    const arci_shape *shape;
    arc_value *v;
    *id = p->id;
    arc_status st = arci_repo_lock(t, "book", id, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "definition", "status version");
    if (st == ARC_OK) st = arci_repo_get(t, shape, p->id, arena, &v);
    if (st == ARC_OK) st = need_status(t, p->id, &v[0], "published");
    return st == ARC_OK ? write_status(t, p->id, &v[1], "retired", NULL) : st;
}

/* Which revision it is, and as it stands: a draft that is changed meanwhile is not what was asked for. */
static arc_status tell_row(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out, const char *becomes)
{
    const row_call *p = what;
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "definition", "version status kind code revision document");
    if (st == ARC_OK) st = arci_repo_get(t, shape, p->id, arena, &v);
    if (st != ARC_OK) return st;
    out->row = p->id;
    out->version = v[0].u.i;
    arci_asked_text(&out->before, "status", v[1].u.s, v[1].len);
    arci_asked_text(&out->after, "status", becomes, strlen(becomes));
    arci_asked_text(&out->after, "kind", v[2].u.s, v[2].len);
    arci_asked_text(&out->after, "code", v[3].u.s, v[3].len);
    arci_asked_int(&out->after, "revision", v[4].u.i);
    arci_asked_raw(&out->after, "document", v[5].u.s, v[5].len);
    return ARC_OK;
}

static arc_status tell_publish(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out) { return tell_row(t, arena, what, out, "published"); }
static arc_status tell_retire(arci_txn *t, arci_arena *arena, const void *what, arci_asked *out) { return tell_row(t, arena, what, out, "retired"); }

static arc_status take_row(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    row_call *p = arci_arena_calloc(arena, 1, sizeof *p);
    (void)after;
    if (!p) return arci_nomem(env);
    p->kinds = with;
    p->id = asked->row;
    *what = p;
    return ARC_OK;
}

const arci_deed arci_definition_publish_deed = { ARCI_DO_DEFINITION_PUBLISH, id_names, row_args, publish, tell_publish, take_row, NULL };
const arci_deed arci_definition_retire_deed = { ARCI_DO_DEFINITION_RETIRE, id_names, row_args, retire, tell_retire, take_row, NULL };

static arc_status do_row(arci_session *s, const arci_deed *deed, const row_call *p)
{
    arci_arena arena;
    arci_arena_init(&arena, s->env.ctx);
    arc_status st = arci_deed_do(s, &arena, deed, p, NULL);
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_definition_publish(arci_session *s, const arci_definition_kinds *kinds, int64_t id, arc_fault_fn report, void *user)
{
    const row_call p = { kinds, id, report, user };
    return do_row(s, &arci_definition_publish_deed, &p);
}

arc_status arc_definition_retire(arc_session *session, int64_t id)
{
    const row_call p = { NULL, id, NULL, NULL };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    return st == ARC_OK ? arci_call_leave(s, do_row(s, &arci_definition_retire_deed, &p)) : st;
}

/* ---- finding and listing ------------------------------------------------------------------------------------------------------------------ */

static arc_status find(arci_txn *t, int64_t *id, const char *kind, const char *code, arc_date on)
{
    arci_rows rows;
    arci_arena arena;
    arc_status st = on == ARC_DATE_NONE ? arci_txn_today(t, &on) : ARC_OK;
    int64_t best = 0;
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->book->ctx);
    st = revisions(t, kind, code, &arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (text_is(&v[R_STATUS], "published") && admits(&v[R_FROM], &v[R_TO], on)) best = v[R_ID].u.i;
    }
    arci_arena_clear(&arena);
    if (st == ARC_OK && best) *id = best;
    if (st == ARC_OK && !best) {
        arci_fail(t->env, ARC_E_NOT_FOUND, "no published revision of %.40s is in force on this day", "%.40s 当日没有生效的已发布修订", code);
        arci_fail_at(t->env, "definition", "code", -1, -1);
        st = ARC_E_NOT_FOUND;
    }
    return st;
}

arc_status arc_definition_find(arc_session *session, int64_t *id, const char *kind, const char *code, arc_date on)
{
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!id || !kind || !code || !is_day(on)) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL, or not a date", "参数为 NULL，或不是日期"));
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("definition", 10));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, find(scope.txn, id, kind, code, on));
    return arci_session_leave(s, st);
}

arc_status arci_definition_in_force(arci_txn *t, arci_arena *arena, const char *kind, const char *code, arc_date on, int64_t *id, const char **json, size_t *len)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = find(t, id, kind, code, on);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "definition", "document id");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, *id);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st != ARC_OK) return st;
    if (!rows.n_rows) return arci_fail(t->env, ARC_E_NOT_FOUND, "the definition is gone", "定义已不存在");
    *json = rows.values[0].u.s;
    *len = rows.values[0].len;
    return ARC_OK;
}

enum { L_ID, L_KIND, L_CODE, L_REVISION, L_STATUS, L_TITLE, L_NOTE, L_DIGEST, L_FROM, L_TO, L_PUBLISHED };

static const char *text(const arc_value *v)
{
    return v->type == ARC_V_TEXT ? v->u.s : ""; /* terminated in an arena */
}

static arc_date day(const arc_value *v)
{
    return v->type == ARC_V_NULL ? ARC_DATE_NONE : (arc_date)v->u.i;
}

/* The newest published revision of its code that admits the day; rows stand by kind, code, revision. */
static uint32_t in_force(const arci_rows *rows, uint32_t i, arc_date on)
{
    const arc_value *v = rows->values + (size_t)i * rows->n_cols;
    if (!text_is(&v[L_STATUS], "published") || !admits(&v[L_FROM], &v[L_TO], on)) return 0;
    for (uint32_t k = i + 1; k < rows->n_rows; k++) {
        const arc_value *w = rows->values + (size_t)k * rows->n_cols;
        if (!arci_value_equal(&w[L_KIND], &v[L_KIND]) || !arci_value_equal(&w[L_CODE], &v[L_CODE])) break;
        if (text_is(&w[L_STATUS], "published") && admits(&w[L_FROM], &w[L_TO], on)) return 0;
    }
    return 1;
}

static arc_status list_all(arci_txn *t, arc_definition_fn list, void *user, const char *kind, arc_date on)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = on == ARC_DATE_NONE ? arci_txn_today(t, &on) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "definition", "id kind code revision status title note digest valid_from valid_to published");
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[L_KIND], 0 }, { shape->cols[L_CODE], 0 }, { shape->cols[L_REVISION], 0 } };
    arci_where_init(&w);
    if (kind) arci_where_text(&w, shape->cols[L_KIND], ARC_OP_EQ, kind, strlen(kind));
    st = arci_repo_find(t, shape, &w, order, 3, 0, &t->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        const arc_definition_info info = { (uint32_t)sizeof info, in_force(&rows, i, on), v[L_ID].u.i, v[L_REVISION].u.i, text(&v[L_KIND]), text(&v[L_CODE]),
                                           text(&v[L_STATUS]), text(&v[L_TITLE]), text(&v[L_NOTE]), text(&v[L_DIGEST]), day(&v[L_FROM]), day(&v[L_TO]),
                                           v[L_PUBLISHED].type == ARC_V_NULL ? 0 : v[L_PUBLISHED].u.i };
        if (list(user, &info) != 0) st = arci_fail(t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return st;
}

arc_status arc_definition_list(arc_session *session, arc_definition_fn list, void *user, const char *kind, arc_date on)
{
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!list || !is_day(on)) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "list is NULL, or not a date", "list 为 NULL，或不是日期"));
    st = kind ? check_kind(&s->env, kind) : ARC_OK;
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("definition", 10));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, list_all(scope.txn, list, user, kind, on));
    return arci_session_leave(s, st);
}
