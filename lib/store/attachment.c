/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments. The bytes lie in pieces beside the attachment's row, so that lists do not carry them and parts of them can be read. */
#include "arcore/attachment.h"

#include <string.h>

#include "base/sha256.h"
#include "store/attachment.h"
#include "store/verb.h"

#define PIECE (1u << 20)
#define PIECES_A_CALL 8u
#define MAX_REASON 500u

/* ---- arguments --------------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const char *field, arc_status st, const char *en, const char *zh)
{
    arci_fail(env, st, "%s: %s%.0s", "%s：%.0s%s", field, en, zh);
    arci_fail_at(env, "attachment", field, -1, -1);
    return st;
}

static arc_status check_text(arci_env *env, const char *field, const char *s, size_t most, int required)
{
    size_t n = s ? strlen(s) : 0;
    if (!n) return required ? wrong(env, field, ARC_E_REQUIRED, "is required", "为必填项") : ARC_OK;
    if (n > most) return wrong(env, field, ARC_E_LIMIT, "is too long", "过长");
    return arci_utf8_check(s, n) == n ? ARC_OK : wrong(env, field, ARC_E_ENCODING, "is not UTF-8", "不是 UTF-8");
}

static arc_status check_kind(arci_env *env, const char *kind)
{
    const arci_code_list *list = arci_code_list_get("attachment_kind");
    for (uint32_t i = 0; kind && list->codes[i]; i++) {
        if (strcmp(list->codes[i], kind) == 0) return ARC_OK;
    }
    return wrong(env, "kind", kind ? ARC_E_VALUE : ARC_E_REQUIRED, "a kind of the list attachment_kind is needed", "须为 attachment_kind 中的种类");
}

static int is_digest(const char *s)
{
    size_t n = 0;
    while ((s[n] >= '0' && s[n] <= '9') || (s[n] >= 'a' && s[n] <= 'f') || (s[n] >= 'A' && s[n] <= 'F')) n++;
    return n == 64 && !s[64];
}

typedef struct addition {
    arc_attachment_new what;
    const arci_entity *entity;
    const char *content;
    size_t length;
    char digest[65];
} addition;

/* Digest and size: of the bytes, or as they are given for bytes elsewhere. */
static arc_status settle_digest(arci_env *env, addition *a)
{
    const arc_attachment_new *w = &a->what;
    if (w->digest && !is_digest(w->digest)) return wrong(env, "digest", ARC_E_VALUE, "is not 64 hexadecimal digits", "须为 64 位十六进制数字");
    if (w->size < 0) return wrong(env, "size", ARC_E_VALUE, "is below 0", "小于 0");
    for (uint32_t i = 0; w->digest && i < 65; i++) {
        char c = w->digest[i];
        a->digest[i] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
    }
    if (w->uri) return w->digest ? ARC_OK : wrong(env, "digest", ARC_E_REQUIRED, "is required", "为必填项");
    char own[65];
    uint8_t hash[32];
    arci_sha256 s;
    arci_sha256_init(&s);
    arci_sha256_add(&s, a->content, a->length);
    arci_sha256_end(&s, hash);
    arci_sha256_hex(hash, own);
    if (w->digest && memcmp(own, a->digest, 64) != 0) return wrong(env, "digest", ARC_E_VALUE, "the bytes have another digest", "与内容的摘要不符");
    if (w->size && w->size != (int64_t)a->length) return wrong(env, "size", ARC_E_VALUE, "there are more or fewer bytes", "与内容的字节数不符");
    memcpy(a->digest, own, sizeof own);
    return ARC_OK;
}

static arc_status check_addition(arci_env *env, addition *a, const arc_attachment_new *given)
{
    const arc_attachment_new defaults = ARC_ATTACHMENT_NEW_INIT;
    a->what = defaults;
    if (!given) return arci_fail(env, ARC_E_INVALID, "attachment is NULL", "attachment 为 NULL");
    arc_status st = arci_struct_in(env, &a->what, sizeof a->what, given);
    if (st != ARC_OK) return st;
    if ((a->what.uri != NULL) == (a->content != NULL)) return arci_fail(env, ARC_E_INVALID, "either bytes or a URI", "须提供内容或 URI 之一");
    if (a->length > ARC_ATTACHMENT_MAX)
        return arci_fail(env, ARC_E_LIMIT, "an attachment has at most %u bytes", "附件最多 %u 字节", ARC_ATTACHMENT_MAX);
    a->entity = arci_entity_by_id(a->what.entity);
    st = check_kind(env, a->what.kind);
    if (st == ARC_OK) st = check_text(env, "name", a->what.name, 300, 1);
    if (st == ARC_OK) st = check_text(env, "media_type", a->what.media_type, 100, 1);
    if (st == ARC_OK && !strchr(a->what.media_type, '/')) st = wrong(env, "media_type", ARC_E_VALUE, "is type/subtype", "须为 type/subtype");
    if (st == ARC_OK) st = check_text(env, "uri", a->what.uri, 1000, a->what.uri != NULL);
    return st == ARC_OK ? settle_digest(env, a) : st;
}

/* ---- the row it belongs to ------------------------------------------------------------------------------------------------------ */

static arc_status check_row(arci_txn *t, uint32_t verb, const arci_entity *e, int64_t row)
{
    const arci_entity *own = arci_entity_by_name("attachment", 10);
    const arci_table *table = e ? arci_store_table(t->book->store, e) : NULL;
    const arci_shape *shape;
    arc_value *values;
    if (!table || !table->draws_id) return arci_fail(t->env, ARC_E_INVALID, "rows of this entity have no id", "该实体的数据没有编号");
    if (verb == ARCI_DO_READ) own = e; /* whoever may read the row may read what is attached to it */
    arc_status st = arci_access_check(t->env, t->session, &arci_verbs[ARCI_DO_READ], e);
    if (st == ARC_OK && t->session->access && own != e) st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], e, e, row);
    if (st == ARC_OK && t->session->access) st = arci_access_row(t, &arci_verbs[verb], own, e, row);
    if (st != ARC_OK) return st;
    st = arci_shape_get(t, &shape, e->name, "id");
    return st == ARC_OK ? arci_repo_get(t, shape, row, &t->arena, &values) : st;
}

static arc_value text_or_null(const char *s)
{
    return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null();
}

/* ---- adding ----------------------------------------------------------------------------------------------------------------------- */

static arc_status write_pieces(arci_txn *t, int64_t id, const addition *a)
{
    const arci_shape *shape;
    arci_arena arena;
    size_t at = 0;
    int64_t seq = 0;
    arc_status st = arci_shape_get(t, &shape, "attachment_part", "attachment seq bytes");
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->book->ctx);
    while (at < a->length && st == ARC_OK) {
        arci_batch *b;
        uint32_t n = 0;
        st = arci_batch_new(t, &arena, &b, shape, ARC_WRITE_INSERT, PIECES_A_CALL, ARCI_BATCH_UNCHECKED, NULL, 0);
        for (; st == ARC_OK && n < PIECES_A_CALL && at < a->length; n++) {
            size_t len = a->length - at < PIECE ? a->length - at : PIECE;
            arc_value *v = arci_batch_row(b, n);
            v[0] = arci_v_int(id);
            v[1] = arci_v_int(++seq);
            v[2] = arci_v_text(a->content + at, len);
            v[2].type = ARC_V_BLOB;
            at += len;
        }
        if (st == ARC_OK) b->n_rows = n;
        if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
        arci_arena_reset(&arena);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status add(arci_txn *t, const addition *a, int64_t *id)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = check_row(t, ARCI_DO_ATTACHMENT_ADD, a->entity, a->what.row);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "attachment", "entity row kind name media_type size digest uri");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = text_or_null(a->entity->name);
    v[1] = arci_v_int(a->what.row);
    v[2] = text_or_null(a->what.kind);
    v[3] = text_or_null(a->what.name);
    v[4] = text_or_null(a->what.media_type);
    v[5] = arci_v_int(a->what.uri ? a->what.size : (int64_t)a->length);
    v[6] = text_or_null(a->digest);
    v[7] = text_or_null(a->what.uri);
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st == ARC_OK && a->length ? write_pieces(t, *id, a) : st;
}

static const char *const id_names[] = { "id", NULL };

static void tell_text(arci_call *c, const char *s)
{
    arci_call_arg_text(c, s ? s : "", s ? strlen(s) : 0);
}

static arc_status add_once(arci_call *c, const addition *a, int64_t *id)
{
    arc_status st = arci_call_elements(c, id_names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, a->what.entity);
    arci_call_arg_int(c, a->what.row);
    tell_text(c, a->what.kind);
    tell_text(c, a->what.name);
    tell_text(c, a->what.media_type);
    tell_text(c, a->what.uri);
    tell_text(c, a->digest);
    arci_call_arg_int(c, a->what.uri ? a->what.size : (int64_t)a->length);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *id = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = add(c->txn, a, id);
    if (st == ARC_OK) arci_call_keep(c, 0, st, id);
    return st;
}

arc_status arc_attachment_add(arc_session *session, int64_t *id, const arc_attachment_new *attachment, const void *content, size_t length)
{
    arci_session *s;
    arci_call call;
    addition a;
    int64_t made = 0;
    memset(&a, 0, sizeof a);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    a.content = content;
    a.length = content ? length : 0;
    st = check_addition(&s->env, &a, attachment);
    if (st == ARC_OK && !a.entity) st = wrong(&s->env, "entity", ARC_E_NOT_FOUND, "there is no such entity", "没有该实体");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_ATTACHMENT_ADD], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, add_once(&call, &a, &made));
    }
    if (st == ARC_OK && id) *id = made;
    return arci_call_leave(s, st);
}

arc_status arc_attachment_new_init(arc_attachment_new *attachment)
{
    static const arc_attachment_new defaults = ARC_ATTACHMENT_NEW_INIT;
    if (!attachment) return ARC_E_INVALID;
    *attachment = defaults;
    return ARC_OK;
}

/* ---- one of them ------------------------------------------------------------------------------------------------------------------ */

enum { A_ENTITY, A_ROW, A_SIZE, A_DIGEST, A_URI };

static arc_status get_row(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id, arc_value **v)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "attachment", "entity row size digest uri");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, v);
    if (st != ARC_OK) return st;
    const arci_entity *e = arci_entity_by_name((*v)[A_ENTITY].u.s, (*v)[A_ENTITY].len);
    st = check_row(t, verb, e, (*v)[A_ROW].u.i);
    if (st == ARC_E_NOT_FOUND) { /* exactly as if there were no attachment */
        st = arci_no_such(t->env, "attachment");
        arci_fail_at(t->env, "attachment", NULL, id, -1);
    }
    return st;
}

static arc_status withdraw(arci_txn *t, int64_t id, const char *reason)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_value *v;
    uint32_t refused;
    arc_status st = get_row(t, &t->arena, ARCI_DO_ATTACHMENT_WITHDRAW, id, &v);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "attachment_withdrawal", "attachment reason");
    if (st == ARC_OK) st = arci_batch_new(t, &t->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_row(b, 0)[0] = arci_v_int(id);
    arci_batch_row(b, 0)[1] = text_or_null(reason);
    st = arci_repo_write(t, &b, 1, &refused);
    if (st != ARC_OK || !refused) return st;
    st = arci_fail(t->env, ARC_E_STATE, "the attachment is withdrawn", "附件已撤回");
    arci_fail_at(t->env, "attachment", NULL, id, -1);
    return st;
}

static arc_status withdraw_once(arci_call *c, int64_t id, const char *reason)
{
    arc_status st = arci_call_elements(c, id_names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, id);
    tell_text(c, reason);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK || arci_call_done(c, 0)) return st;
    st = withdraw(c->txn, id, reason);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &id);
    return st;
}

arc_status arc_attachment_withdraw(arc_session *session, int64_t id, const char *reason)
{
    arci_session *s;
    arci_call call;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = check_text(&s->env, "reason", reason, MAX_REASON, 1);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_ATTACHMENT_WITHDRAW], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, withdraw_once(&call, id, reason));
    }
    return arci_call_leave(s, st);
}

/* ---- bytes -------------------------------------------------------------------------------------------------------------------------- */

static arc_status missing_bytes(arci_txn *t, int64_t id)
{
    arci_fail(t->env, ARC_E_CORRUPT, "bytes of the attachment are missing", "附件内容缺失");
    arci_fail_at(t->env, "attachment_part", "bytes", id, -1);
    return ARC_E_CORRUPT;
}

/* Pieces from seq `first` on, in order, until take says ARC_DONE. */
typedef arc_status (*piece_fn)(void *user, int64_t seq, const arc_value *bytes);

static arc_status each_piece(arci_txn *t, int64_t id, int64_t first, piece_fn take, void *user)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    int64_t seq = first;
    arc_status st = arci_shape_get(t, &shape, "attachment_part", "attachment seq bytes");
    if (st != ARC_OK) return st;
    const arc_order order = { shape->cols[1], 0 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, id);
    arci_where_int(&w, shape->cols[1], ARC_OP_GE, first);
    st = arci_repo_scan(t, shape, &w, &order, 1, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++, seq++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            st = v[1].u.i == seq && v[2].type == ARC_V_BLOB ? take(user, seq, &v[2]) : missing_bytes(t, id);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status in_book(arci_txn *t, int64_t id, const arc_value *v)
{
    if (v[A_URI].type == ARC_V_NULL) return ARC_OK;
    arci_fail(t->env, ARC_E_STATE, "its bytes are not in the book but at its URI", "其内容不在账簿中，而在其 URI 处");
    arci_fail_at(t->env, "attachment", "uri", id, -1);
    return ARC_E_STATE;
}

typedef struct part_read {
    char *to;
    size_t want, got, skip;
} part_read;

static arc_status take_part(void *user, int64_t seq, const arc_value *bytes)
{
    part_read *r = user;
    size_t n = bytes->len > r->skip ? bytes->len - r->skip : 0;
    (void)seq;
    if (n > r->want - r->got) n = r->want - r->got;
    if (n) memcpy(r->to + r->got, bytes->u.s + r->skip, n);
    r->got += n;
    r->skip = 0;
    return r->got == r->want ? ARC_DONE : ARC_OK;
}

static arc_status read_part(arci_txn *t, void *buf, size_t *len, int64_t id, int64_t offset)
{
    arc_value *v;
    arci_arena arena;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = get_row(t, &arena, ARCI_DO_READ, id, &v);
    if (st == ARC_OK) st = in_book(t, id, v);
    int64_t left = st == ARC_OK && offset < v[A_SIZE].u.i ? v[A_SIZE].u.i - offset : 0;
    part_read r = { buf, *len < (uint64_t)left ? *len : (size_t)left, 0, (size_t)(offset % PIECE) };
    if (st == ARC_OK && r.want) st = each_piece(t, id, offset / PIECE + 1, take_part, &r);
    if (st == ARC_OK && r.got < r.want) st = missing_bytes(t, id);
    if (st == ARC_OK) *len = r.got;
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_attachment_read(arc_session *session, void *buf, size_t *len, int64_t id, int64_t offset)
{
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len || (!buf && *len) || offset < 0) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "buf or len is NULL, or offset below 0", "buf 或 len 为 NULL，或 offset 小于 0"));
    st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, read_part(scope.txn, buf, len, id, offset));
    return arci_session_leave(s, st);
}

typedef struct whole_read {
    arci_txn *t;
    arc_write_fn write; /* NULL: the digest alone */
    void *user;
    arci_sha256 hash;
    int64_t size;
} whole_read;

static arc_status take_whole(void *user, int64_t seq, const arc_value *bytes)
{
    whole_read *r = user;
    (void)seq;
    arci_sha256_add(&r->hash, bytes->u.s, bytes->len);
    r->size += bytes->len;
    if (!r->write || r->write(r->user, bytes->u.s, bytes->len) == 0) return ARC_OK;
    return arci_fail(r->t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

/* *same: the bytes are those the row tells of. */
static arc_status read_whole(whole_read *r, int64_t id, const arc_value *size, const arc_value *digest, int *same)
{
    uint8_t hash[32];
    char hex[65];
    arci_sha256_init(&r->hash);
    r->size = 0;
    arc_status st = each_piece(r->t, id, 1, take_whole, r);
    if (st != ARC_OK) return st;
    arci_sha256_end(&r->hash, hash);
    arci_sha256_hex(hash, hex);
    *same = r->size == size->u.i && digest->len == 64 && memcmp(hex, digest->u.s, 64) == 0;
    return ARC_OK;
}

static arc_status get_whole(arci_txn *t, arc_write_fn write, void *user, int64_t id)
{
    whole_read r = { .t = t, .write = write, .user = user };
    arc_value *v;
    arci_arena arena;
    int same = 0;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = get_row(t, &arena, ARCI_DO_READ, id, &v);
    if (st == ARC_OK) st = in_book(t, id, v);
    if (st == ARC_OK) st = read_whole(&r, id, &v[A_SIZE], &v[A_DIGEST], &same);
    if (st == ARC_OK && !same) {
        arci_fail(t->env, ARC_E_CORRUPT, "the bytes are not those that were attached", "内容与所附文件不一致");
        arci_fail_at(t->env, "attachment", "digest", id, -1);
        st = ARC_E_CORRUPT;
    }
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_attachment_get(arc_session *session, arc_write_fn write, void *user, int64_t id)
{
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = write ? ARC_OK : arci_fail(&s->env, ARC_E_INVALID, "write is NULL", "write 为 NULL");
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, get_whole(scope.txn, write, user, id));
    return arci_session_leave(s, st);
}

/* ---- lists ----------------------------------------------------------------------------------------------------------------------------- */

enum { L_ID, L_KIND, L_NAME, L_TYPE, L_SIZE, L_DIGEST, L_URI, L_ENTITY, L_ROW };
static const char list_fields[] = "id kind name media_type size digest uri entity row";

static const char *text(const arc_value *v)
{
    return v->type == ARC_V_TEXT ? v->u.s : ""; /* terminated in an arena */
}

static arc_status list_all(arci_txn *t, arci_arena *arena, arc_attachment_fn list, void *user, const arci_entity *e, int64_t row)
{
    const arci_shape *shape, *marks;
    arci_where w;
    arci_rows rows;
    arc_value *reasons;
    uint8_t *withdrawn;
    arc_status st = check_row(t, ARCI_DO_READ, e, row);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "attachment", list_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &marks, "attachment_withdrawal", "reason");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[L_ENTITY], ARC_OP_EQ, e->name, strlen(e->name));
    arci_where_int(&w, shape->cols[L_ROW], ARC_OP_EQ, row);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(arena, rows.n_rows * sizeof *ids + 1) : NULL;
    if (st == ARC_OK && !ids) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    if (st == ARC_OK) st = arci_repo_get_many(t, marks, ids, rows.n_rows, arena, &reasons, &withdrawn);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        const arc_attachment_info info = { (uint32_t)sizeof info, withdrawn[i], ids[i], v[L_SIZE].u.i, text(&v[L_KIND]), text(&v[L_NAME]), text(&v[L_TYPE]),
                                           text(&v[L_DIGEST]), text(&v[L_URI]), withdrawn[i] ? text(&reasons[i]) : "" };
        if (list(user, &info) != 0) st = arci_fail(t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    }
    return st;
}

arc_status arc_attachment_list(arc_session *session, arc_attachment_fn list, void *user, uint32_t entity, int64_t row)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    const arci_entity *e = arci_entity_by_id(entity);
    if (!list) st = arci_fail(&s->env, ARC_E_INVALID, "list is NULL", "list 为 NULL");
    else if (!e) st = arci_fail(&s->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return arci_session_leave(s, st);
    arci_arena_init(&arena, s->book->ctx);
    st = arci_scope_end(&scope, list_all(scope.txn, &arena, list, user, e, row));
    arci_arena_clear(&arena);
    return arci_session_leave(s, st);
}

/* ---- verify ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status check_one(arci_verify *v, arci_txn *t, const arc_value *row)
{
    whole_read r = { .t = t };
    arc_error kept = ARC_ERROR_INIT;
    arci_env quiet = { t->book->ctx, &kept }, *env = t->env;
    int same = 0;
    if (row[L_URI].type != ARC_V_NULL) return ARC_OK;
    t->env = &quiet;
    arc_status st = read_whole(&r, row[L_ID].u.i, &row[L_SIZE], &row[L_DIGEST], &same);
    t->env = env;
    if (st == ARC_OK && same) return ARC_OK;
    if (st != ARC_OK && st != ARC_E_CORRUPT) return arci_fail_copy(env, &kept);
    return arci_finding(v, "attachment", "digest", row[L_ID].u.i, "the bytes are not those that were attached", "内容与所附文件不一致");
}

static arc_status check_owner(arci_verify *v, arci_txn *t, arci_arena *arena, const arc_value *row)
{
    const arci_entity *e = arci_entity_by_name(row[L_ENTITY].u.s, row[L_ENTITY].len);
    const arci_table *table = e ? arci_store_table(t->book->store, e) : NULL;
    const arci_shape *shape;
    arc_value *values;
    uint8_t *found = NULL;
    if (table && table->draws_id) {
        arc_status st = arci_shape_get(t, &shape, e->name, "id");
        if (st == ARC_OK) st = arci_repo_get_many(t, shape, &row[L_ROW].u.i, 1, arena, &values, &found);
        if (st != ARC_OK) return st;
    }
    if (found && found[0]) return ARC_OK;
    return arci_finding(v, "attachment", "row", row[L_ID].u.i, "there is no row %lld of %.40s", "没有 %2$.40s 的第 %1$lld 行", (long long)row[L_ROW].u.i,
                        text(&row[L_ENTITY]));
}

arc_status arci_attachment_verify(arci_verify *v, arci_txn *t)
{
    const arci_shape *shape;
    arci_arena arena;
    arci_rows rows;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_shape_get(t, &shape, "attachment", list_fields);
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, &arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *row = rows.values + (size_t)i * rows.n_cols;
        st = check_owner(v, t, &arena, row);
        if (st == ARC_OK) st = check_one(v, t, row);
        if (st == ARC_OK) st = arci_verify_rows(v, 1);
    }
    arci_arena_clear(&arena);
    return st;
}
